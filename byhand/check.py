"""Run an exercise on an answer and say what is wrong with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from textwrap import indent
from types import CodeType
from typing import Any

import numpy as np

from byhand import compare
from byhand.answer import TIME_LIMIT, Outcome, call
from byhand.exercise import Case, Exercise, Misconception, before, find


class CheckFailed(AssertionError):
    """A wrong answer. str() is the message for the learner.

    exercise: its id. case: the name of the case that failed.
    misconception: the name of the one that was recognised, or "".
    """

    def __init__(
        self, message: str, exercise: str, case: str = "", known: str = ""
    ) -> None:
        super().__init__(message)
        self.about = (exercise, case, known)
        self.exercise = exercise
        self.case = case
        self.misconception = known

    def _render_traceback_(self) -> list[str]:
        # IPython shows this in place of frames of our own code, which say
        # nothing about the learner's.
        return str(self).splitlines()


def check(
    exercise_id: str,
    answer: Callable[..., Any],
    *,
    part: str | None = None,
    seed: int = 0,
) -> None:
    """Check an answer to an exercise.

    exercise_id: such as "self_attention.softmax".
    answer: the function (or class) that was asked for, not its result.
    part: check one part only, in exercises that have parts.
    seed: of the random inputs, a non-negative integer; the same seed gives
        the same inputs.

    Prints one line and returns None if the answer is right. CheckFailed: it
    is wrong, and the message says how. UnknownExercise (a KeyError): no such
    id. ValueError: no such part. TypeError: the seed is not an integer.
    """
    exercise = find(exercise_id)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed should be an integer; got {seed!r}")
    if seed < 0:
        raise ValueError(f"seed should not be negative; got {seed}")
    if not callable(answer):
        raise CheckFailed(
            f"{exercise.id}: not right yet.\nPass the function itself, "
            f"`{exercise_id.partition('.')[2]}`, without brackets behind it; "
            f"got {compare.show(answer)}.",
            exercise.id,
        )
    trials = [
        Trial(exercise, case, draw(case, seed, exercise))
        for case in exercise.cases_of(part)
    ]
    failed, said = attempt(trials, answer)
    note = ""
    if failed:
        # An earlier exercise that is still wrong must not sink this one, nor
        # blur what is said about it.
        with earlier_ones_right(exercise, answer) as replaced:
            if replaced:
                again, said = attempt(trials, answer)
                names = " and ".join(f"`{name}`" for name in replaced)
                note = f"(Checked with a right {names} in place of yours.)"
                failed = again and type(again)(
                    f"{again}\n{note}", *again.about
                )
    if failed:
        raise failed
    what = f"{exercise.id}, part {part!r}" if part else exercise.id
    plural = "the one case" if len(trials) == 1 else f"all {len(trials)} cases"
    print(f"{what}: right, in {plural}.{note and ' '}{note}")
    printed = "\n".join(dict.fromkeys(text for text in said if text))
    if printed:
        print(f"Your code printed or warned:\n{indent(printed, '    ')}")


def attempt(
    trials: list["Trial"], answer: Callable[..., Any]
) -> tuple[CheckFailed | None, list[str]]:
    """Try an answer: how it failed first, and what it printed by then."""
    said = []
    for index, trial in enumerate(trials, start=1):
        outcome = run(trial.exercise, trial, answer)
        said.append(outcome.printed)
        wrong = trial.what_is_wrong(outcome)
        if wrong:
            return failure(trials, index, outcome, wrong, answer), said
    return None, said


@contextmanager
def earlier_ones_right(
    exercise: Exercise, answer: Callable[..., Any]
) -> Iterator[tuple[str, ...]]:
    """Put right functions in place of the earlier exercises' that it calls.

    Yields the names that were replaced in the answer's globals; they are put
    back on the way out.
    """
    names = getattr(answer, "__globals__", {})
    called = names_in(getattr(answer, "__code__", None))
    mine = {}
    for earlier in before(exercise):
        name = earlier.id.partition(".")[2]
        if name in called and callable(names.get(name)):
            mine[name] = names[name]
            names[name] = earlier.reference
    try:
        yield tuple(mine)
    finally:
        names.update(mine)


def names_in(code: CodeType | None) -> set[str]:
    """The global names that a function uses, its comprehensions' too."""
    if code is None:
        return set()
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return set(code.co_names).union(*map(names_in, inner))


def draw(case: Case, seed: int, exercise: Exercise) -> dict[str, Any]:
    """The inputs of a case: the same seed gives the same ones."""
    # Each case has a stream of its own, so that adding one changes no other.
    place = exercise.cases.index(case)
    return case.inputs(np.random.default_rng([int(seed), place]))


@dataclass
class Trial:
    """A case with its inputs drawn and the right answer computed."""

    exercise: Exercise
    case: Case
    inputs: dict[str, Any]

    def __post_init__(self) -> None:
        if self.case.raises is None:
            # Without a limit: a library's first import may take long.
            reference = self.exercise.reference
            right = run(self.exercise, self, reference, limit=600)
            if right.error or right.timed_out:
                raise RuntimeError(
                    f"{self.exercise.id}: the reference fails on the case "
                    f"{self.case.name!r}; please report this"
                ) from right.error
            self.expected = compare.as_arrays(
                right.value, self.exercise.returns
            )
            self.limits = (
                self.exercise.bounds(*self.inputs.values())
                if self.exercise.bounds
                else tuple(
                    compare.limit(e, self.exercise.tolerance)
                    for e in self.expected
                )
            )

    def what_is_wrong(self, outcome: Outcome) -> str:
        """The first thing that is wrong, as a sentence; '' if nothing is."""
        if outcome.timed_out:
            return _too_slow(outcome)
        if self.case.raises is not None:
            return self._wrong_exception(outcome)
        if outcome.error is not None:
            return _raised(outcome, self.exercise)
        if outcome.changed:
            names = " and ".join(outcome.changed)
            return (
                f"It changed its input {names} in place. Work on a copy: "
                "whoever calls the function may still need the original."
            )
        try:
            got = compare.as_arrays(outcome.value, self.exercise.returns)
        except compare.Unusable as unusable:
            return _sentence(str(unusable))
        gaps = map(
            compare.gap,
            self.exercise.returns,
            got,
            self.expected,
            self.limits,
        )
        return next(filter(None, gaps), "")

    def _wrong_exception(self, outcome: Outcome) -> str:
        wanted = self.case.raises.__name__
        if outcome.error is None:
            return (
                f"It should refuse these inputs with a {wanted}; "
                f"it returned {compare.show(outcome.value)}."
            )
        if isinstance(outcome.error, self.case.raises):
            return ""
        if isinstance(outcome.error, NotImplementedError):
            return _raised(outcome, self.exercise)
        return (
            f"It should refuse these inputs with a {wanted}; it raised "
            f"{type(outcome.error).__name__}: {outcome.error}."
        )

    def alike(self, one: Outcome, other: Outcome) -> bool:
        """Whether two answers did the same on this case."""
        if one.timed_out or other.timed_out:
            return False
        if one.error is not None or other.error is not None:
            same_type = type(one.error) is type(other.error)
            # What a learner's own `raise` says is theirs to word.
            return same_type and (
                self.case.raises is not None
                or str(one.error) == str(other.error)
            )
        returns = self.exercise.returns
        try:
            a = compare.as_arrays(one.value, returns)
            b = compare.as_arrays(other.value, returns)
        except compare.Unusable:
            return _unusable(one, returns) == _unusable(other, returns)
        if self.case.raises is not None:  # both accepted what they should not
            same = partial(np.array_equal, equal_nan=True)
            return all(map(same, a, b))
        return all(map(self._alike_arrays, a, b, self.expected, self.limits))

    def _alike_arrays(
        self,
        one: np.ndarray,
        other: np.ndarray,
        expected: np.ndarray,
        limits: np.ndarray,
    ) -> bool:
        if other.shape != expected.shape:  # the limits do not fit its shape
            limits = compare.limit(other, self.exercise.tolerance)
        return compare.distance(one, other, limits) <= 1


def run(
    exercise: Exercise,
    trial: Trial,
    answer: Callable[..., Any],
    limit: float | None = None,
) -> Outcome:
    """Call an answer on a trial's inputs, in the way of the exercise."""
    return call(
        lambda *inputs: exercise.call(answer, *inputs), trial.inputs, limit
    )


def _unusable(outcome: Outcome, returns: tuple[str, ...]) -> str:
    try:
        compare.as_arrays(outcome.value, returns)
    except compare.Unusable as unusable:
        return str(unusable)
    return ""


def failure(
    trials: list[Trial],
    index: int,
    outcome: Outcome,
    wrong: str,
    answer: Callable[..., Any],
) -> CheckFailed:
    """The message for the first failing trial (`index` counts from 1)."""
    trial = trials[index - 1]
    exercise = trial.exercise
    if isinstance(outcome.error, NotImplementedError):
        return CheckFailed(
            f"{exercise.id}: not written yet.\nPut your code in place of "
            f"`raise NotImplementedError()`: {exercise.signature}",
            exercise.id,
        )
    lines = [
        f"{exercise.id}: not right yet.",
        f'Case {index} of {len(trials)}, "{trial.case.name}", called with',
        *(_labelled(n, value) for n, value in trial.inputs.items()),
    ]
    known, sure = recognise(trials, trial, outcome, answer)
    lines += _expected_and_got(trial, outcome)
    lines.append(wrong)
    if known:
        lines.append(f"{'Hint' if sure else 'Perhaps'}: {known.sentence}")
    else:
        lines += _what_holds(trial, outcome)
    if outcome.printed:
        lines.append("Your code printed or warned:")
        lines.append(indent(outcome.printed, "    "))
    return CheckFailed(
        "\n".join(lines),
        exercise.id,
        trial.case.name,
        known.name if known and sure else "",
    )


def recognise(
    trials: list[Trial],
    failing: Trial,
    outcome: Outcome,
    answer: Callable[..., Any],
) -> tuple[Misconception | None, bool]:
    """The misconception that the answer agrees with, and how surely.

    Surely, if it agrees on every trial; perhaps, if it is the only one that
    agrees on the failing trial.
    """
    exercise = failing.exercise
    if outcome.timed_out or outcome.changed:
        return None, False
    candidates = [
        known
        for known in exercise.misconceptions
        if failing.alike(outcome, run(exercise, failing, known.answer))
    ]
    outcomes = []
    for trial in trials if candidates else []:
        outcomes.append(run(exercise, trial, answer))
        if outcomes[-1].timed_out:
            return None, False
    for known in candidates:
        if all(
            trial.alike(came, run(exercise, trial, known.answer))
            for trial, came in zip(trials, outcomes, strict=True)
        ):
            return known, True
    if len(candidates) == 1:
        return candidates[0], False
    return None, False


def _expected_and_got(trial: Trial, outcome: Outcome) -> list[str]:
    returns = trial.exercise.returns
    lines = []
    if trial.case.raises is None:
        lines += ["expected", *map(_labelled, returns, trial.expected)]
    if outcome.error is None and not outcome.timed_out:
        try:
            got = compare.as_arrays(outcome.value, returns)
        except compare.Unusable:
            lines += ["got", f"    {compare.show(outcome.value)}"]
        else:
            lines += ["got", *map(_labelled, returns, got)]
    return lines


def _what_holds(trial: Trial, outcome: Outcome) -> list[str]:
    """For a mistake that nobody foresaw: what is right about it."""
    if trial.case.raises or outcome.error or outcome.timed_out:
        return []
    if outcome.changed:
        return []
    try:
        got = compare.as_arrays(outcome.value, trial.exercise.returns)
    except compare.Unusable:
        return []
    lines = []
    for name, came, right, limits in zip(
        trial.exercise.returns, got, trial.expected, trial.limits, strict=True
    ):
        if compare.distance(came, right, limits) > 1:
            pattern = compare.pattern(came, right, trial.exercise.tolerance)
            lines += [f"{name}: {pattern}"] if pattern else []
    if any(
        a.shape != b.shape for a, b in zip(got, trial.expected, strict=True)
    ):
        return lines
    if not all(np.isfinite(a).all() for a in got):
        return [*lines, "It does not hold that every number is finite."]
    for fact in trial.exercise.facts:
        holds = "It holds" if fact.holds(*got) else "It does not hold"
        lines.append(f"{holds} that {fact.sentence}.")
    return lines


def _labelled(name: str, value: Any) -> str:
    head = f"    {name} = "
    body = compare.show(value)
    return head + body.replace("\n", "\n" + " " * len(head))


def _too_slow(outcome: Outcome) -> str:
    seconds = f"{TIME_LIMIT:g} s"
    if outcome.still_running:
        return (
            f"It did not return within {seconds} and cannot be stopped: is "
            "there a loop that never ends? Restart the kernel before you go "
            "on, or it keeps the machine busy."
        )
    return (
        f"It did not return within {seconds} and was stopped: is there a "
        "loop that never ends?"
    )


def _raised(outcome: Outcome, exercise: Exercise) -> str:
    error = outcome.error
    name = type(error).__name__
    line = f" The line was: {outcome.line}" if outcome.line else ""
    message = str(error)
    if isinstance(error, TypeError) and "positional argument" in message:
        line = f" It is called as {exercise.signature}."
    said = f"{name}: {message}" if message else name
    return f"It raised {said.rstrip('.')}.{line}"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
