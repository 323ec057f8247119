"""What several tests of the grader need: a nursery, and a cluster."""

import contextlib
import os
import socket
import subprocess
import sys
from dataclasses import dataclass

import pytest

from authoring.paths import ROOT


def free_port() -> int:
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        return end.getsockname()[1]


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen]


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler and two workers, each a process of its own."""
    with running(tmp_path, f"tcp://127.0.0.1:{free_port()}", 2) as cluster:
        yield cluster


@contextlib.contextmanager
def running(folder, address, size, *options):
    """A cluster at an address. options: of scheduler and workers alike."""
    with contextlib.ExitStack() as stack:

        def begin(what, *more):
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", f"distributed.cli.dask_{what}"),
                    *(*more, "--no-dashboard", *options),
                ],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        port = address.rpartition(":")[2]
        protocol = address.partition(":")[0]
        begin(
            *("scheduler", "--host", "127.0.0.1", "--port", port),
            *("--protocol", protocol),
        )
        yield Cluster(
            address,
            [
                begin("worker", address, "--no-nanny", "--nthreads", "1")
                for _ in range(size)
            ],
        )
