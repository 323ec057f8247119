"""Run an exercise on an answer and say what is wrong with it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from textwrap import indent
from typing import Any

import numpy as np

from byhand import calls, compare
from byhand.answer import (
    TIME_LIMIT,
    Elsewhere,
    Outcome,
    call,
    functions_of,
    names_in,
)
from byhand.bank import before, find
from byhand.exercise import Case, Exercise, Misconception


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
            f"`{exercise.function}`, without brackets behind it; "
            f"got {compare.show(answer)}.",
            exercise.id,
        )
    verdict = judge(exercise, answer, part, (int(seed),))
    if verdict.failed:
        raise verdict.failed
    print(verdict.line())
    if verdict.short_cuts:
        print(
            f"{short_cut(exercise, verdict.short_cuts)} Graded, it earns "
            "nothing, unless your instructor allows it."
        )
    printed = "\n".join(dict.fromkeys(text for text in verdict.said if text))
    if printed:
        print(f"Your code printed or warned:\n{indent(printed, '    ')}")


@dataclass
class Verdict:
    """What came of judging an answer.

    exercise, part: what was judged. cases: on how many cases.
    failed: how it failed first, or None: it is right.
    replaced: the earlier exercises that a right version stood in for.
    said: what the answer printed, case by case.
    short_cuts: the library calls it made that `Exercise.not_by` names.
    """

    exercise: Exercise
    part: str | None
    cases: int
    failed: CheckFailed | None = None
    replaced: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    short_cuts: tuple[str, ...] = ()

    def line(self) -> str:
        """That it is right, in a line."""
        name = self.exercise.id
        what = f"{name}, part {self.part!r}" if self.part else name
        plural = "the one case"
        if self.cases > 1:
            plural = f"all {self.cases} cases"
        note = told_as(self.replaced)
        return f"{what}: right, in {plural}.{note and ' '}{note}"


def judge(
    exercise: Exercise,
    answer: Callable[..., Any],
    part: str | None,
    seeds: tuple[int, ...],
) -> Verdict:
    """Judge an answer on the cases of a part, once for each seed."""
    return judge_on(trials_of(exercise, part, seeds), answer, part)


def trials_of(
    exercise: Exercise, part: str | None, seeds: tuple[int, ...]
) -> list["Trial"]:
    """The cases of a part with their inputs, once for each seed."""
    return [
        Trial(exercise, case, draw(case, seed, exercise))
        for seed in seeds
        for case in exercise.cases_of(part)
    ]


def judge_on(
    trials: list["Trial"], answer: Callable[..., Any], part: str | None = None
) -> Verdict:
    """Judge an answer on trials of one exercise."""
    exercise = trials[0].exercise
    verdict = Verdict(exercise, part, len(trials))
    attempt(trials, answer, verdict)
    if verdict.failed:
        # An earlier exercise that is still wrong must not sink this one, nor
        # blur what is said about it.
        with earlier_ones_right(exercise, answer) as replaced:
            if replaced:
                verdict.replaced = replaced
                attempt(trials, answer, verdict)
                again = verdict.failed
                verdict.failed = again and type(again)(
                    f"{again}\n{told_as(replaced)}", *again.about
                )
    return verdict


def attempt(
    trials: list["Trial"], answer: Callable[..., Any], verdict: Verdict
) -> None:
    """Try an answer, and put into the verdict what came of it."""
    outcomes: list[Outcome] = []
    verdict.failed = None
    for trial in trials:
        outcomes.append(run(trial.exercise, trial, answer))
        wrong = trial.what_is_wrong(outcomes[-1])
        if wrong:
            verdict.failed = failure(trials, outcomes, wrong, answer)
            break
    verdict.said = tuple(o.printed for o in outcomes)
    verdict.short_cuts = tuple(
        dict.fromkeys(call for o in outcomes for call in o.short_cuts)
    )


def told_as(replaced: tuple[str, ...]) -> str:
    """That right versions stood in, as a sentence; '' if none did."""
    names = " and ".join(f"`{name}`" for name in replaced)
    return f"(Checked with a right {names} in place of yours.)" * bool(names)


def short_cut(exercise: Exercise, calls: tuple[str, ...]) -> str:
    names = " and ".join(f"`{call}`" for call in calls)
    return (
        f"By hand means by hand: it calls {names}, which does what "
        f"`{exercise.function}` is to build."
    )


@contextmanager
def earlier_ones_right(
    exercise: Exercise, answer: Callable[..., Any]
) -> Iterator[tuple[str, ...]]:
    """Put right answers in place of the earlier exercises' that it uses.

    Yields the names that were replaced in the answer's globals; they are put
    back on the way out. A stand-in for an answer elsewhere sees to it itself.
    """
    right = {e.function: e.reference for e in before(exercise)}
    if isinstance(answer, Elsewhere):
        with answer.with_right(right) as replaced:
            yield replaced
        return
    used = functions_of(answer)
    names = used[0].__globals__ if used else {}
    called = names_in(answer)
    mine = {}
    for name, reference in right.items():
        # One that is missing counts as wrong: its cell failed.
        if name in called and callable(names.get(name, reference)):
            mine[name] = names.get(name)
            names[name] = reference
    try:
        yield tuple(mine)
    finally:
        for name, theirs in mine.items():
            names[name] = theirs
            if theirs is None:
                del names[name]


def draw(case: Case, seed: int, exercise: Exercise) -> dict[str, Any]:
    """The inputs of a case: the same seed gives the same ones."""
    # Each case has a stream of its own, so that adding one changes no other.
    place = exercise.cases.index(case)
    return case.inputs(np.random.default_rng([int(seed), place]))


@dataclass
class Trial:
    """A case with its inputs drawn; other answers when they are needed."""

    exercise: Exercise
    case: Case
    inputs: dict[str, Any]
    wrong: dict[str, Outcome] = field(default_factory=dict, repr=False)

    def outcome_of(self, known: Misconception) -> Outcome:
        """What comes of a misconception: computed once, compared often."""
        if known.name not in self.wrong:
            self.wrong[known.name] = run(
                self.exercise, self, known.answer, noticing=False
            )
        return self.wrong[known.name]

    @cached_property
    def right(self) -> Any:
        if self.exercise.expected:
            return self.exercise.expected(*self.inputs.values())
        # Without a limit: a library's first import may take long.
        right = run(
            *(self.exercise, self, self.exercise.reference),
            limit=600,
            noticing=False,
        )
        if right.error or right.timed_out:
            raise RuntimeError(
                f"{self.exercise.id}: the reference fails on the case "
                f"{self.case.name!r}; please report this"
            ) from right.error
        return right.value

    @cached_property
    def expected(self) -> tuple[np.ndarray, ...]:
        return compare.as_arrays(self.right, self.exercise.returns)

    @cached_property
    def limits(self) -> tuple[np.ndarray, ...]:
        if self.exercise.bounds:
            return self.exercise.bounds(*self.inputs.values())
        return tuple(
            compare.limit(e, self.exercise.tolerance) for e in self.expected
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
            # By name, as an exception from elsewhere is only like the one
            # that was raised there.
            same_type = type(one.error).__name__ == type(other.error).__name__
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
    noticing: bool = True,
) -> Outcome:
    """Call an answer on a trial's inputs, in the way of the exercise.

    noticing: whether to look out for library calls, which takes time.
    """
    way = partial(exercise.way, answer)
    is_elsewhere = isinstance(answer, Elsewhere)
    if is_elsewhere and exercise.way.__module__ == calls.__name__:
        way = partial(answer.use, exercise.way.__name__)
    not_by = exercise.not_by if noticing else ()
    return call(way, trial.inputs, limit, not_by, watched=not is_elsewhere)


def _unusable(outcome: Outcome, returns: tuple[str, ...]) -> str:
    try:
        compare.as_arrays(outcome.value, returns)
    except compare.Unusable as unusable:
        return str(unusable)
    return ""


def failure(
    trials: list[Trial],
    outcomes: list[Outcome],
    wrong: str,
    answer: Callable[..., Any],
) -> CheckFailed:
    """The message for the first failing trial, the last with an outcome."""
    index, outcome = len(outcomes), outcomes[-1]
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
    known, sure = recognise(trials, outcomes, answer)
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
    outcomes: list[Outcome],
    answer: Callable[..., Any],
) -> tuple[Misconception | None, bool]:
    """The misconception that the answer agrees with, and how surely.

    outcomes: of the trials up to the failing one. Surely, if it agrees on
    every trial; perhaps, if it is the only one that agrees on the failing
    trial.
    """
    failing, came = trials[len(outcomes) - 1], outcomes[-1]
    if came.timed_out or came.changed:
        return None, False
    agree = agreeing(failing, came, failing.exercise.misconceptions)
    sure = agree
    for place, trial in enumerate(trials):
        if not sure:
            break
        if place < len(outcomes):
            outcome = outcomes[place]
        else:
            outcome = run(trial.exercise, trial, answer)
        if outcome.timed_out:
            return None, False
        sure = agreeing(trial, outcome, sure)
    if sure:
        return sure[0], True
    return (agree[0], False) if len(agree) == 1 else (None, False)


def agreeing(
    trial: Trial, outcome: Outcome, known: Sequence[Misconception]
) -> list[Misconception]:
    """The misconceptions that do the same as an answer did on a trial."""
    return [
        one for one in known if trial.alike(outcome, trial.outcome_of(one))
    ]


def _expected_and_got(trial: Trial, outcome: Outcome) -> list[str]:
    returns = trial.exercise.returns
    lines = []
    if trial.case.raises is None:
        right = compare.as_shown(trial.right, returns)
        lines += ["expected", *map(_labelled, returns, right)]
    if outcome.error is None and not outcome.timed_out:
        try:
            got = compare.as_shown(outcome.value, returns)
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
    named = dict(zip(trial.exercise.returns, got, strict=True))
    for fact in trial.exercise.facts:
        about = named[fact.about or trial.exercise.returns[0]]
        holds = "It holds" if fact.holds(about) else "It does not hold"
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
