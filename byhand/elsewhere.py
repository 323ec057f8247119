"""The contract of an answer that runs in another process.

Graded, a learner's answer stays in the learner's own process, inside the seal
(grader/inside/), where nothing is known of what is right. Judging, here, holds
a stand-in for it: an `Elsewhere`. This is all that the two have to do with
each other.

**Called or used.** The stand-in is called like the function itself. An answer
that is more than a function of arrays is used in a *way* of byhand/ways/,
which is marked `@inside`: its body runs where the answer runs, in practice as
in grading, and the stand-in is asked for it by its name. A way returns what
came, and never a verdict: whatever comes from there is the learner's word,
and is compared here. It could be made up, so a way returns raw values that
follow from its inputs, and what is counted, averaged or looked for in them is
found here. Where that takes a library that must not be trusted with what came
(a file to be read), a way is marked `@apart` and runs in a process of its own,
sealed as well, in which no cell has run.

**Replayed.** What the answer did there is done again here, so that an attempt
(byhand/attempt.py) sees no difference: what it printed is printed, an input
that it changed in place is changed alike, a generator that it drew from is
moved on as far, an exception of the same built-in kind, name and message is
raised, and library calls that `Exercise.not_by` names are reported
(byhand/short_cuts.py).

**Time.** The process there keeps the time of a call, and whoever watches it
from outside gives it a little longer and then ends it. Either way the stand-in
raises `OutOfTime`; an attempt sets no limit of its own. A process that ended
is an exception of the answer's, "ProcessEnded", and its learner's next answer
gets another process, in which the cells so far have run again.

**Ahead.** Calls that will follow one another are named beforehand: `ahead`.
The process there goes on from one to the next, and each is called here as
before and finds its result waiting. It is of use to speed alone.

**Lent.** Where an answer fails, right versions of the earlier exercises that
it calls stand in for the learner's own: `with_right`. Functions stay here and
are asked from there, value by value. A class is sent as its source, since
gradients have to flow through it, and so is a function that is marked as
`flowing` (byhand/exercise.py). An exercise whose own verdict is still to come
is never lent.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any


class OutOfTime(BaseException):
    """The answer did not return in its time."""


class Elsewhere(ABC):
    """A stand-in for an answer that runs in another process."""

    @abstractmethod
    def __call__(self, *inputs: Any) -> Any:
        """Call the answer there. OutOfTime: it did not return in its time."""

    @abstractmethod
    def use(self, way: str, *inputs: Any) -> Any:
        """Use the answer there in a way, by its name in byhand/ways/."""

    @abstractmethod
    def ahead(self, way: str, calls: list[tuple], noticed: int) -> None:
        """Begin calls there that will be made here, in this order.

        way: of all of them, by its name; "" for plain calls.
        calls: the inputs of each. noticed: in how many of them, the first,
        library calls are looked out for.
        """

    @abstractmethod
    def apart(self, way: str, *inputs: Any) -> Any:
        """Run a way where no cell has run, by its name in byhand/ways/."""

    @abstractmethod
    def with_right(
        self, references: dict[str, Callable]
    ) -> AbstractContextManager[tuple[str, ...]]:
        """Lend right answers in place of those of these names that it uses.

        Yields the names that were replaced.
        """

    @abstractmethod
    def not_right(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Those of earlier exercises' answers whose own verdict is wrong."""
