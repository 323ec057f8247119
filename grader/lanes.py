"""The lanes that a class is graded on: processes here, or a Dask cluster."""

import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

from grader import ahead, lane, sealed
from grader.cluster import TRIES, Cluster
from grader.submissions import Graded, Submission


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


Job = tuple[Submission, tuple[Any, ...]]


class Lanes:
    """Submissions on their way to a verdict. Use it as a context.

    scheduler: the address of a Dask cluster's, or "" for processes here.
    certificates: for one at tls:// (see Cluster). jobs: how many are graded
    at a time; 0: one a core. step: called whenever one is done. nursery: for
    all lanes here; without it each makes one of its own.

    Each lane here is a process of its own with one submission at a time, so
    that a lane's death is that submission's doing and costs no other a try.
    """

    def __init__(
        self,
        scheduler: str,
        jobs: int,
        step: Callable[[], object],
        certificates: ahead.Certificates = ("", "", ""),
        nursery: sealed.Nursery | None = None,
    ) -> None:
        self.step, self.nursery = step, nursery
        self.scheduler, self.certificates = scheduler, certificates
        self.width = jobs or cores()
        self.queue: deque[Job] = deque()
        self.doing: dict[futures.Future, tuple[futures.Executor, Job]] = {}
        self.free: list[futures.Executor] = []
        self.lanes: list[futures.Executor] = []
        self.doors: list[sealed.Door] = []
        # Whose lane died: tried again when nothing else is going on.
        self.suspects: deque[Job] = deque()
        self.tries: Counter[str] = Counter()
        self.cluster: Cluster | None = None

    def submit(self, submission: Submission, *rest: Any) -> None:
        """Send a submission to the next lane that is free."""
        if self.scheduler and not self.cluster:
            self.cluster = ahead.cluster(self.scheduler, self.certificates)
            self.width = self.cluster.width
            self.lanes = [self.cluster]
        self.queue.append((submission, rest))
        self._fill()

    def _fill(self) -> None:
        while self.queue and len(self.doing) < self.width:
            job = self.queue.popleft()
            executor = self.free.pop() if self.free else self._lane()
            future = executor.submit(lane.told, job[0], *job[1])
            self.doing[future] = executor, job

    def _lane(self) -> futures.Executor:
        if self.cluster:
            return self.cluster
        made = self._pool()
        self.lanes.append(made)
        return made

    def _pool(self) -> futures.Executor:
        context = multiprocessing.get_context("forkserver")
        return futures.ProcessPoolExecutor(
            1, context, initializer=lane.begin, initargs=(self._door(),)
        )

    def _door(self) -> sealed.Door | None:
        """For one lane, which has it as soon as it is started."""
        if self.nursery:
            with suppress(sealed.CannotSeal):
                self.doors.append(self.nursery.beside(torch=False))
                return self.doors[-1]
        return None

    def finished(
        self, at_most: int
    ) -> Iterator[tuple[Submission, Graded | Exception]]:
        """Verdicts as they come, until at most so many are on their way."""
        while len(self.queue) + len(self.doing) > at_most:
            yield from self._wait()
        while at_most == 0 and self.suspects:
            self.queue.append(self.suspects.popleft())
            self._fill()
            while self.doing:
                yield from self._wait()

    def _wait(self) -> Iterator[tuple[Submission, Graded | Exception]]:
        """Those that are done next."""
        done, _ = futures.wait(self.doing, return_when=futures.FIRST_COMPLETED)
        came: list[tuple[Submission, Graded | Exception]] = []
        for future in done:
            executor, job = self.doing.pop(future)
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                executor.shutdown(wait=False)
                self.lanes.remove(executor)
                came += self._again(job)
                continue
            if not self.cluster:
                self.free.append(executor)
            self.step()
            if error is not None and not isinstance(error, Exception):
                raise error  # the run itself is to end
            came.append((job[0], error or self._heard(future.result(), job)))
        # First: no lane waits while what came is recorded.
        self._fill()
        yield from came

    def _heard(self, said: str, job: Job) -> Graded | Exception:
        release, *_ = job[1]
        try:
            return lane.heard(said, release)
        except (sealed.CannotSeal, RuntimeError) as error:
            return error

    def _again(self, job: Job) -> Iterator[tuple[Submission, Exception]]:
        """The lane died that was grading a submission: try it once more."""
        student = job[0].student
        self.tries[student] += 1
        if self.tries[student] < TRIES:
            self.suspects.append(job)
            return
        self.step()
        yield job[0], RuntimeError("the grading process died")

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(self, *_: Any) -> None:
        for future in self.doing:
            future.cancel()
        for executor in self.lanes:
            executor.shutdown(wait=False)
        for door in self.doors:
            door.close()
