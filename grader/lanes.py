"""The lanes that a class is graded on: processes here, or a Dask cluster."""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from grader import gradebook, lane, sealed
from grader.submissions import Graded, Submission

_TRIES = 3  # lanes that may die over a submission before it is given up


def cores() -> int:
    """How many this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Lanes:
    """Submissions on their way to a verdict. Use it as a context.

    scheduler: the address of a Dask cluster's, or "" for processes here.
    jobs: how many are graded at a time; 0: one a core. step: called whenever
    one is done.
    """

    def __init__(
        self, scheduler: str, jobs: int, step: Callable[[], object]
    ) -> None:
        self.step = step
        self.scheduler = scheduler
        self.width = jobs or cores()
        self.waiting: dict[futures.Future, tuple] = {}
        self.tries: Counter[str] = Counter()
        self.executor: Any = None
        self.client: Any = None

    def submit(self, submission: Submission, *rest: Any) -> None:
        """Send a submission to a lane."""
        if self.executor is None:
            self.executor = self._cluster() if self.scheduler else self._pool()
        future = self.executor.submit(lane.grade_here, submission, *rest)
        self.waiting[future] = (submission, rest)

    def _pool(self) -> futures.Executor:
        context = multiprocessing.get_context("forkserver")
        return futures.ProcessPoolExecutor(
            self.width, context, initializer=lane.end_with_parent
        )

    def _cluster(self) -> futures.Executor:
        try:
            import distributed
        except ImportError:
            raise sealed.CannotSeal(
                "--scheduler needs dask.distributed: pip install -c "
                "constraints.txt -e '.[cluster]'"
            ) from None
        try:
            self.client = distributed.Client(self.scheduler, timeout=10)
        except OSError as error:
            raise gradebook.CannotBegin(
                f"no Dask scheduler answers at {self.scheduler} ({error})"
            ) from None
        self.width = max(1, sum(self.client.nthreads().values()))
        return self.client.get_executor(retries=_TRIES, pure=False)

    def finished(
        self, at_most: int
    ) -> Iterator[tuple[Submission, Graded | Exception]]:
        """Verdicts as they come, until at most so many are on their way."""
        while len(self.waiting) > at_most:
            done, _ = futures.wait(
                self.waiting, return_when=futures.FIRST_COMPLETED
            )
            broken = []
            for future in done:
                submission, rest = self.waiting.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    broken.append((submission, rest))
                    continue
                self.step()
                if error is not None and not isinstance(error, Exception):
                    raise error  # the run itself is to end
                yield submission, error or future.result()
            if broken:
                yield from self._again(broken)

    def _again(
        self, broken: list[tuple]
    ) -> Iterator[tuple[Submission, Exception]]:
        """A lane died, and with it all that was on its way: try again."""
        broken += self.waiting.values()
        self.waiting.clear()
        self.executor.shutdown(wait=False)
        self.executor = None
        for submission, rest in broken:
            self.tries[submission.student] += 1
            if self.tries[submission.student] < _TRIES:
                self.submit(submission, *rest)
            else:
                self.step()
                yield submission, RuntimeError("the grading process died")

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(self, *_: Any) -> None:
        for future in self.waiting:
            future.cancel()
        if self.executor is not None:
            self.executor.shutdown(wait=False)
        if self.client is not None:
            self.client.close()
