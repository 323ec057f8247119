"""One run of an answer on one case, set against the right one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from byhand import results
from byhand.attempt import Outcome, attempt, torch_as_imported
from byhand.elsewhere import Elsewhere
from byhand.exercise import Case, Exercise, Misconception
from byhand.results import Unusable
from byhand.results.kind import Results
from byhand.results.show import ADDRESS


def trials_of(
    exercise: Exercise, part: str | None, seeds: tuple[int, ...]
) -> list["Trial"]:
    """The cases of a part with their inputs, once for each seed."""
    return [
        Trial(exercise, case, draw(case, seed, exercise), again=turn > 0)
        for turn, seed in enumerate(seeds)
        for case in exercise.cases_of(part)
    ]


def draw(case: Case, seed: int, exercise: Exercise) -> dict[str, Any]:
    """The inputs of a case: the same seed gives the same ones."""
    # Each case has a stream of its own, so that adding one changes no other.
    place = exercise.cases.index(case)
    with torch_as_imported():
        return case.inputs(np.random.default_rng([int(seed), place]))


@dataclass
class Trial:
    """A case with its inputs drawn; other answers when they are needed.

    again: a trial before it is of the same case, with other inputs.
    """

    exercise: Exercise
    case: Case
    inputs: dict[str, Any]
    again: bool = False
    wrong: dict[str, Outcome] = field(default_factory=dict, repr=False)

    def called(self) -> dict[str, Any]:
        """What a learner reads of the inputs."""
        if self.exercise.called is None:
            return self.inputs
        return self.exercise.called(*self.inputs.values())

    def run(
        self, answer: Callable[..., Any], noticing: bool = True
    ) -> Outcome:
        """Use an answer on these inputs, in the way of the exercise.

        noticing: whether to look out for library calls, which takes longer
            than the answer does: once a case is enough.
        """
        return attempt(
            partial(self.exercise.way, answer),
            self.inputs,
            not_by=self.exercise.not_by
            if noticing and not self.again
            else None,
            # Elsewhere somebody else keeps the time.
            watched=not isinstance(answer, Elsewhere),
        )

    def _run_ours(self, answer: Callable[..., Any]) -> Outcome:
        """The same for an answer of this library, which is known to end."""
        way = partial(self.exercise.way, answer)
        return attempt(way, self.inputs, watched=False)

    def outcome_of(self, known: Misconception) -> Outcome:
        """What comes of a misconception: computed once, compared often."""
        if known.name not in self.wrong:
            self.wrong[known.name] = self._run_ours(known.answer)
        return self.wrong[known.name]

    # --- what is right -----------------------------------------------------

    @property
    def kind(self) -> results.Kind:
        return results.of(self.exercise.kind)

    def prepare(self) -> None:
        """Compute what is right, if that is what a right answer returns."""
        if self.case.raises is None:
            _ = self.right

    @cached_property
    def right(self) -> Any:
        """What a right answer returns on these inputs."""
        if self.exercise.expected:
            with torch_as_imported():
                return self.exercise.expected(*self.inputs.values())
        right = self._run_ours(self.exercise.reference)
        if right.error:
            raise RuntimeError(
                f"{self.exercise.id}: the reference fails on the case "
                f"{self.case.name!r}; please report this"
            ) from right.error
        return right.value

    @cached_property
    def expected(self) -> Results:
        return self.kind.read(self.right, self.exercise.returns)

    @cached_property
    def limits(self) -> Results:
        """How far off each of the results may be."""
        if self.exercise.bounds:
            bounds = self.exercise.bounds(*self.inputs.values())
            return dict(zip(self.exercise.returns, bounds, strict=True))
        return self.kind.limits(self.expected, self.exercise.tolerance)

    # --- what came ---------------------------------------------------------

    def read(self, outcome: Outcome) -> Results:
        """What an answer returned. Unusable: it cannot be read."""
        return self.kind.read(outcome.value, self.exercise.returns)

    def wrong_results(self, outcome: Outcome) -> list[str]:
        """The names of those results that are wrong. Unusable: as `read`."""
        if outcome.error is not None or outcome.timed_out:
            return list(self.expected)
        got = self.read(outcome)
        return self.kind.differing(got, self.expected, self.limits)

    def refused(self, outcome: Outcome) -> bool:
        """Whether an answer refused these inputs as it should."""
        case = self.case
        return (
            case.raises is not None
            and isinstance(outcome.error, case.raises)
            and (case.wordless or bool(_said(outcome)))
        )

    def distance(self, outcome: Outcome) -> float:
        """How far off an answer is, in limits: up to 1 it is right."""
        if self.case.raises is not None:
            return 0.0 if self.refused(outcome) else np.inf
        if outcome.error is not None or outcome.timed_out:
            return np.inf
        try:
            got = self.read(outcome)
        except Unusable:
            return np.inf
        return self.kind.distance(got, self.expected, self.limits)

    def alike(self, one: Outcome, other: Outcome) -> bool:
        """Whether two answers did the same on this case."""
        if one.timed_out or other.timed_out:
            return False
        if one.error is not None or other.error is not None:
            # By name, as an exception from elsewhere is only like the one
            # that was raised there.
            same_type = type(one.error).__name__ == type(other.error).__name__
            # What a learner's own `raise` says is theirs to word.
            if self._is_refusal(one) and self._is_refusal(other):
                return same_type and bool(_said(one)) == bool(_said(other))
            return same_type and _said(one) == _said(other)
        try:
            a, b = self.read(one), self.read(other)
        except Unusable:
            return self._unusable(one) == self._unusable(other)
        if self.case.raises is not None:  # both accepted what they should not
            return self.kind.alike(a, b, {}, {}, self.exercise.tolerance)
        return self.kind.alike(
            a,
            b,
            self.expected,
            self.limits,
            self.exercise.tolerance,
            self.exercise.bounds is not None,
        )

    def brief(self, outcome: Outcome) -> str:
        """What an answer did, in a text: its result to four digits."""
        if outcome.error is not None:
            return f"{type(outcome.error).__name__}: {_said(outcome)}"
        try:
            read = self.read(outcome)
        except Unusable as unusable:
            return str(unusable)
        return repr([(name, _rounded(one)) for name, one in read.items()])

    def _is_refusal(self, outcome: Outcome) -> bool:
        """Whether an answer refused its inputs, as the exercise has it.

        Of the type that a case asks for, and raised by the answer itself: a
        library's own error of that type has its own text.
        """
        asked = [case.raises for case in self.exercise.cases if case.raises]
        return any(
            type(outcome.error).__name__ == kind.__name__ for kind in asked
        ) and (self.case.raises is not None or "raise " in outcome.line)

    def _unusable(self, outcome: Outcome) -> str:
        try:
            self.read(outcome)
        except Unusable as unusable:
            return str(unusable)
        return ""


def _rounded(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    return value.shape, [f"{one + 0.0:.4g}" for one in value.flat]


def _said(outcome: Outcome) -> str:
    """What an exception says, whatever the addresses in it."""
    if isinstance(outcome.error, RecursionError):
        return "too deep"  # where it ends is chance, and so are its words
    return ADDRESS.sub("", str(outcome.error)).strip()
