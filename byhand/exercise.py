"""What an exercise is: the vocabulary in which lessons write theirs.

The exercises themselves are in byhand/exercises/, a folder a lesson;
byhand/bank.py finds them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# float32 keeps 7 digits and loses about one over the few dozen operations
# of an exercise, so 1e-6 (relative, and absolute near 0) accepts an answer
# in any precision that a lesson allows. It still refuses 4-decimal rounding,
# and misconceptions must miss by 100 times as much (tests/exercises).
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Case:
    """One set of inputs, made to isolate one mechanism.

    name: what the case is about, in the learner's words.
    inputs: draws the arguments, by name and in the order of the signature,
        from a generator.
    part: which part of the exercise it tests, where it has parts.
    raises: the exception that a right answer raises on these inputs.
    wordless: the exception may come without a sentence.
    """

    name: str
    inputs: Callable[[np.random.Generator], dict[str, Any]]
    part: str = ""
    raises: type[Exception] | None = None
    wordless: bool = False


@dataclass(frozen=True)
class Misconception:
    """A plausible wrong answer, and what its author should read.

    name: unique within the exercise.
    sentence: names the mechanism that went wrong, and never quotes code.
    answer: the wrong implementation.
    """

    name: str
    sentence: str
    answer: Callable


@dataclass(frozen=True)
class Fact:
    """Something that every right answer satisfies, to say what holds.

    sentence: completes "It holds that …".
    holds: takes what it is about (numbers: a float64 array), returns a bool;
        called only where all that came is finite and of the right shape.
    about: the one of `returns` that it is about; "" for the first.
    """

    sentence: str
    holds: Callable[[Any], bool]
    about: str = ""


class Listed(str):
    """The name of a returned list of arrays, each of a shape of its own."""


class Whole(str):
    """The name of returned whole numbers: by their type, as ids have to be."""


class Measured(str):
    """The name of what a check measured: words, as no answer returns it."""


class Yes(Measured):
    """The name of a 1 for yes or a 0 for no: a sentence after "that"."""


def directly(answer: Callable, *inputs: Any) -> Any:
    """The plain way to use an answer."""
    return answer(*inputs)


def flowing(reference: Callable) -> Callable:
    """Mark a reference as one through which gradients have to flow.

    Where it stands in for a learner's own, it is sent as its source, as a
    class is: so it names nothing but torch, nn and functional.
    """
    vars(reference)["flowing"] = True
    return reference


def is_lent_as_source(reference: Callable) -> bool:
    return isinstance(reference, type) or hasattr(reference, "flowing")


def check_name(exercise_id: str, part: str | None) -> str:
    """What a check is called: its exercise, with a part if it has some."""
    return f"{exercise_id} ({part})" if part else exercise_id


@dataclass(frozen=True, eq=False)
class Exercise:
    """One graded function: what is asked, and how an answer is judged.

    id: "<lesson slug>.<function>".
    signature: how it is called, as the learner sees it.
    asks: what is asked, in Markdown, for the card in the notebook.
    points: for a right answer; a dict from part to points where it has
        parts.
    difficulty, importance: 1 to 5. minutes: how long it may take.
    reference: the right answer by an independent path.
    cases: smallest first.
    misconceptions: five at least.
    hints: the ladder: a question, a pointer, pseudocode.
    returns: the names of what is returned; several for a sequence.
    kind: of the result: "numbers" (arrays, compared within the tolerance) or
        "text" (tokens, ids, dicts of them: the same or wrong); see
        byhand/results/.
    facts: what every right answer satisfies.
    way: how the answer is used to get a result, where that is not a plain
        call with the inputs (a class to build, a random answer to be
        measured): byhand/ways/.
    expected: what is expected of these inputs, in place of what the reference
        gives: for a random answer, whose reference varies as it does, and
        where what holds of every right answer is known beforehand.
    tolerance: relative and, near 0, absolute.
    not_by: names of library functions that would do it all: what
        byhand/short_cuts.py notices.
    bounds: for a random answer, how far each of `returns` may be off in
        these inputs, in place of the tolerance: arrays of the shapes of what
        the reference returns, five standard errors wide.
    called: what a learner reads of a case's inputs, where that is not all of
        them by their names: a module's settings and what goes in, say.
    """

    id: str
    signature: str
    asks: str
    points: int | dict[str, int]
    difficulty: int
    importance: int
    minutes: int
    reference: Callable
    cases: tuple[Case, ...]
    misconceptions: tuple[Misconception, ...]
    hints: tuple[str, str, str]
    returns: tuple[str, ...]
    kind: str = "numbers"
    facts: tuple[Fact, ...] = ()
    way: Callable = directly
    expected: Callable | None = None
    tolerance: float = TOLERANCE
    not_by: tuple[str, ...] = ()
    bounds: Callable[..., tuple[np.ndarray, ...]] | None = None
    called: Callable[..., dict[str, Any]] | None = None

    @property
    def lesson(self) -> str:
        """The lesson's name without its number: the first half of the id."""
        return self.id.partition(".")[0]

    @property
    def function(self) -> str:
        """What the learner writes: the second half of the id."""
        return self.id.partition(".")[2]

    @property
    def total_points(self) -> int:
        if isinstance(self.points, dict):
            return sum(self.points.values())
        return self.points

    def points_of(self, part: str | None) -> int:
        """The points of a part, or of all for None or ""."""
        if part and isinstance(self.points, dict):
            return self.points[part]
        return self.total_points

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.points) if isinstance(self.points, dict) else ()

    def checks(self, part: str | None) -> tuple[str, ...]:
        """What the checks of a part, or of all, are called."""
        every = (part,) if part else self.parts or (None,)
        return tuple(check_name(self.id, one) for one in every)

    def cases_of(self, part: str | None) -> tuple[Case, ...]:
        """The cases of one part, or all. ValueError: no such part."""
        if part is None:
            return self.cases
        if part not in self.parts:
            known = ", ".join(self.parts) or "none: it has no parts"
            raise ValueError(
                f"{self.id} has no part {part!r}; its parts: {known}"
            )
        return tuple(case for case in self.cases if case.part == part)
