"""The inner half of the seal: what a forked worker does to itself.

The outer half is bubblewrap (grader/sealed.py): a read-only system without
other people's files, without network, in namespaces of its own. In there
every worker takes namespaces of its own again, so that no two see each other,
and gives up everything that it does not need.
"""

import ctypes
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LESSON = "/lesson"  # the working folder
TEMPORARY = ("/tmp", "/var/tmp")
_NEW = {
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
_READ_ONLY, _NO_SUID, _NO_DEV, _REC, _PRIVATE = 1, 2, 4, 0x4000, 0x40000
_DROP_BOUND, _CLONE_THREAD = 24, 0x00010000
# Whatever reaches beyond the process. Making another process is not among
# what a lesson needs, and forbidding it bounds memory, CPU and processes by
# the limits of one.
_REFUSED = """
    socket connect bind listen accept accept4 sendmsg sendmmsg io_setup
    fork vfork execve execveat kill tkill tgkill rt_sigqueueinfo
    rt_tgsigqueueinfo pidfd_open pidfd_send_signal pidfd_getfd
    ptrace process_vm_readv process_vm_writev kcmp
    unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen
    fsmount fsconfig fspick mount_setattr
    bpf perf_event_open userfaultfd io_uring_setup io_uring_enter
    io_uring_register keyctl add_key request_key
    init_module finit_module delete_module kexec_load kexec_file_load reboot
    swapon swapoff acct quotactl syslog iopl ioperm
    open_by_handle_at name_to_handle_at fanotify_init
    settimeofday clock_settime clock_adjtime adjtimex sethostname
    setdomainname personality memfd_create memfd_secret mq_open shmget semget
    msgget inotify_init inotify_init1 setpriority sched_setscheduler
    sched_setattr sched_setaffinity seccomp
""".split()


@dataclass(frozen=True)
class Resources:
    """What one worker may use.

    memory: bytes of address space beyond what is mapped at the start.
    threads: at once; 301 is the least that Linux takes.
    files: bytes in the working folder, and as much in each temporary one.
    seconds: of CPU, all together. open_files: at once.
    """

    memory: int = 2 * 2**30
    threads: int = 310
    files: int = 32 * 2**20
    seconds: int = 300
    open_files: int = 256


def scratch() -> list[str]:
    """The folders for temporary files: those in which no Python lies."""
    return [
        folder
        for folder in TEMPORARY
        if not any(
            Path(prefix).is_relative_to(folder)
            for prefix in (sys.prefix, sys.base_prefix)
        )
    ]


@cache
def _libc() -> ctypes.CDLL:
    # Not at import: whoever cannot seal must be able to say so.
    return ctypes.CDLL(None, use_errno=True)


def _ok(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"the seal fails at {what}")


def prepare() -> int:
    """Go on as a process that has the right to make namespaces.

    It has a user and a process namespace of its own, because it may come back
    only to one that is its own. Returns what `first_of_its_own` needs.
    """
    _enter("user", "pid")
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)
    return os.open("/proc/self/ns/pid", os.O_RDONLY)


def in_its_own(own: int) -> None:
    """Let the next forks be in this process's own namespace. own: as below."""
    _ok(_libc().setns(own, _NEW["pid"]), "its own namespace")


def first_of_its_own(own: int) -> None:
    """Let the next fork be process 1 of a new namespace.

    That way it takes one fork and not two, which is most of what a worker
    costs. own: of `prepare`.
    """
    in_its_own(own)
    _ok(_libc().unshare(_NEW["pid"]), "a new namespace")


def _enter(*kinds: str) -> None:
    user, group = os.getuid(), os.getgid()
    _ok(_libc().unshare(sum(_NEW[kind] for kind in kinds)), "new namespaces")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def close(allowed: Resources, keep: int) -> None:
    """Shut the process in. keep: the one descriptor that stays open.

    OSError: the kernel refuses a step; nothing may run then.
    """
    # While there is a /proc.
    mapped = _mapped()
    _threads(allowed)
    _enter("user", "mount", "ipc", "uts", "net", "cgroup")
    _files(allowed)
    _descriptors(keep)
    _rights(allowed, mapped)
    refused_calls().load()


def _threads(allowed: Resources) -> None:
    # Of this namespace alone since Linux 6.14; before that it is everybody's,
    # which we may not set, and the limit below holds for all but root.
    with suppress(OSError), open("/proc/sys/kernel/pid_max", "w") as file:
        file.write(str(allowed.threads))


def _mount(where: str, options: bytes, flags: int = 0) -> None:
    flags |= _NO_SUID | _NO_DEV
    result = _libc().mount(b"tmpfs", where.encode(), b"tmpfs", flags, options)
    _ok(result, f"mounting {where}")


def _files(allowed: Resources) -> None:
    _ok(
        _libc().mount(None, b"/", None, _REC | _PRIVATE, None),
        "private mounts",
    )
    for where in (LESSON, *scratch()):
        _mount(where, b"size=%d,nr_inodes=2000,mode=700" % allowed.files)
    # Nobody else's processes, and no memory that could be shared.
    for where in ("/proc", "/dev/shm"):
        _mount(where, b"size=4k", _READ_ONLY)
    os.chdir(LESSON)


def _descriptors(keep: int) -> None:
    nothing = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    os.closerange(3, keep)
    os.closerange(keep + 1, 65536)


def _rights(allowed: Resources, mapped: int) -> None:
    import resource

    for what, most in (
        (resource.RLIMIT_AS, mapped + allowed.memory),
        (resource.RLIMIT_NPROC, allowed.threads),
        (resource.RLIMIT_CPU, allowed.seconds),
        (resource.RLIMIT_FSIZE, allowed.files),
        (resource.RLIMIT_NOFILE, allowed.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(what, (most, most))
    for capability in range(64):
        _libc().prctl(_DROP_BOUND, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    none = (ctypes.c_uint32 * 6)()
    _ok(_libc().capset(header, none), "dropping capabilities")


def _mapped() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE")


@cache
def refused_calls() -> Any:
    """The filter of system calls; made once, and loaded by each worker."""
    import pyseccomp

    refuse = pyseccomp.ERRNO(1)  # EPERM
    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in _REFUSED:
        calls.add_rule(refuse, name)
    thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0)
    calls.add_rule(refuse, "clone", thread)
    # Half of a pair may send to the other half, and to no address.
    calls.add_rule(refuse, "sendto", pyseccomp.Arg(4, pyseccomp.NE, 0))
    # Its flags are in memory, where a filter cannot look; the C library
    # falls back to clone.
    calls.add_rule(pyseccomp.ERRNO(38), "clone3")
    return calls
