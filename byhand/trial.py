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


def trials_of(
    exercise: Exercise, part: str | None, seeds: tuple[int, ...]
) -> list["Trial"]:
    """The cases of a part with their inputs, once for each seed."""
    return [
        Trial(exercise, case, draw(case, seed, exercise))
        for seed in seeds
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
    """A case with its inputs drawn; other answers when they are needed."""

    exercise: Exercise
    case: Case
    inputs: dict[str, Any]
    wrong: dict[str, Outcome] = field(default_factory=dict, repr=False)

    def run(
        self,
        answer: Callable[..., Any],
        limit: float | None = None,
        noticing: bool = True,
    ) -> Outcome:
        """Use an answer on these inputs, in the way of the exercise.

        noticing: whether to look out for library calls, which takes time.
        """
        return attempt(
            partial(self.exercise.way, answer),
            self.inputs,
            limit,
            self.exercise.not_by if noticing else None,
            # Elsewhere somebody else keeps the time.
            watched=not isinstance(answer, Elsewhere),
        )

    def outcome_of(self, known: Misconception) -> Outcome:
        """What comes of a misconception: computed once, compared often."""
        if known.name not in self.wrong:
            self.wrong[known.name] = self.run(known.answer, noticing=False)
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
        # Without a limit: a library's first import may take long.
        right = self.run(self.exercise.reference, limit=600, noticing=False)
        if right.error or right.timed_out:
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

    def distance(self, outcome: Outcome) -> float:
        """How far off an answer is, in limits: up to 1 it is right."""
        if self.case.raises is not None:
            right = isinstance(outcome.error, self.case.raises)
            return 0.0 if right else np.inf
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
            return same_type and (
                self._is_refusal(one) or str(one.error) == str(other.error)
            )
        try:
            a, b = self.read(one), self.read(other)
        except Unusable:
            return self._unusable(one) == self._unusable(other)
        if self.case.raises is not None:  # both accepted what they should not
            return self.kind.alike(a, b, {}, {}, self.exercise.tolerance)
        return self.kind.alike(
            a, b, self.expected, self.limits, self.exercise.tolerance
        )

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
