"""The verdict on an answer, and the lending of right ones that it needs."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from byhand.attempt import Outcome
from byhand.bank import before
from byhand.elsewhere import Elsewhere
from byhand.exercise import Exercise, Misconception
from byhand.held import places, replaced, scope_of
from byhand.message import (
    CheckFailed,
    can_be_compared,
    failure,
    told_as,
    what_is_wrong,
)
from byhand.trial import Trial, trials_of
from byhand.ways import door


@dataclass
class Verdict:
    """What came of judging an answer.

    exercise, part: what was judged. cases: on how many cases.
    failed: how it failed first, or None: it is right.
    replaced: the earlier exercises whose answers are wrong, and for which a
        right version stood in.
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
    return judge_on(drawn(exercise, part, seeds), answer, part)


# What is right, and what the known mistakes come to, is computed once: most
# answers are checked more often.
@lru_cache(maxsize=32)
def drawn(
    exercise: Exercise, part: str | None, seeds: tuple[int, ...]
) -> list[Trial]:
    return trials_of(exercise, part, seeds)


def judge_on(
    trials: list[Trial], answer: Callable[..., Any], part: str | None = None
) -> Verdict:
    """Judge an answer on trials of one exercise."""
    exercise = trials[0].exercise
    verdict = Verdict(exercise, part, len(trials))
    _try_all(trials, answer, verdict)
    if verdict.failed:
        _try_with_right_ones(trials, answer, verdict)
    return verdict


def _try_with_right_ones(
    trials: list[Trial], answer: Callable[..., Any], verdict: Verdict
) -> None:
    """Try an answer that failed again, with the earlier exercises right.

    One that is still wrong must not sink this one, nor blur what is said
    about it. Only what made a difference is told, and only of answers that
    are wrong.
    """
    before = verdict.failed
    with earlier_ones_right(verdict.exercise, answer) as lent:
        if not lent.names:
            return
        _try_all(trials, answer, verdict)
        again = verdict.failed
        if str(again) == str(before):
            return
        verdict.replaced = lent.not_right()
        if again and verdict.replaced:
            verdict.failed = again.noting(told_as(verdict.replaced))


def _try_all(
    trials: list[Trial], answer: Callable[..., Any], verdict: Verdict
) -> None:
    """Run an answer, and put into the verdict what came of it."""
    outcomes: list[Outcome] = []
    verdict.failed = None
    _ahead(trials, answer)
    for trial in trials:
        # First what is right, without a limit: the answer's clock must not
        # run while a library imports, for the first time, what both need.
        trial.prepare()
        outcomes.append(trial.run(answer))
        wrong = what_is_wrong(trial, outcomes[-1])
        if wrong:
            known, sure = recognise(trials, outcomes, answer)
            verdict.failed = failure(trials, outcomes, wrong, known, sure)
            break
    verdict.said = tuple(o.printed for o in outcomes)
    verdict.short_cuts = tuple(
        dict.fromkeys(call for o in outcomes for call in o.short_cuts)
    )


def _ahead(trials: list[Trial], answer: Callable[..., Any]) -> None:
    """Have an answer elsewhere begin on all trials: most come to all."""
    way = door.asked_for(trials[0].exercise.way)
    if isinstance(answer, Elsewhere) and way is not None:
        calls = [tuple(trial.inputs.values()) for trial in trials]
        answer.ahead(way, calls, sum(not trial.again for trial in trials))


# --- which mistake it is ---------------------------------------------------


# Of the trials in which a misconception is wrong, an answer that does
# something else besides shares at least so many with it, or it is another
# mistake that happens to give one of its numbers.
LEAST_SHARE = 2 / 3


def recognise(
    trials: list[Trial],
    outcomes: list[Outcome],
    answer: Callable[..., Any],
) -> tuple[Misconception | None, bool]:
    """The misconception that the answer agrees with, and how surely.

    outcomes: of the trials up to the failing one. Surely, if it agrees on
    every trial. Perhaps, if it agrees on every trial so far, the passed ones
    too, and on more of the others than any other misconception does.
    """
    failing, came = trials[len(outcomes) - 1], outcomes[-1]
    if came.timed_out or came.changed or _is_unwritten(came):
        return None, False
    agree = list(failing.exercise.misconceptions)
    # From the first trial on, which is the smallest: what it rules out is
    # never tried on a larger one.
    for trial, outcome in zip(trials, outcomes, strict=False):
        agree = [one for one in agree if _agrees(trial, outcome, one, failing)]
    if not agree:
        return None, False
    all_that_came = list(_all_outcomes(trials, outcomes, answer))
    told = list(zip(trials, all_that_came, strict=False))
    counts = [
        [_agrees(trial, outcome, one, failing) for trial, outcome in told]
        for one in agree
    ]
    if len(told) == len(trials):  # or one of them never ended
        for one, count in zip(agree, counts, strict=True):
            if all(count):
                return one, True
    if not can_be_compared(failing, came):
        return None, False  # its shape, or its exception, says enough
    return _likeliest(agree, counts, told), False


def _all_outcomes(
    trials: list[Trial], outcomes: list[Outcome], answer: Callable[..., Any]
) -> Iterator[Outcome]:
    """What comes of all trials, up to one that does not end."""
    yield from outcomes
    for trial in trials[len(outcomes) :]:
        outcome = trial.run(answer, noticing=False)
        if outcome.timed_out:
            return
        yield outcome


def _agrees(
    trial: Trial, outcome: Outcome, known: Misconception, failing: Trial
) -> bool:
    """Whether an answer did as a misconception does, on a trial.

    Whether inputs are refused is another matter than what comes of others:
    where a number is wrong, a right refusal does not count against it.
    """
    apart = trial is not failing and failing.case.raises is None
    return (apart and trial.refused(outcome)) or trial.alike(
        outcome, trial.outcome_of(known)
    )


def _likeliest(
    agree: list[Misconception],
    counts: list[list[bool]],
    told: list[tuple[Trial, Outcome]],
) -> Misconception | None:
    """The one that shares most of its wrong results; None if two do."""
    shares = []
    for one, count in zip(agree, counts, strict=True):
        wrong = [
            same
            for same, (trial, _) in zip(count, told, strict=True)
            if trial.distance(trial.outcome_of(one)) > 1
        ]
        shares.append(sum(wrong) / len(wrong))
    best = max(shares)
    if best < LEAST_SHARE or shares.count(best) > 1:
        return None
    return agree[shares.index(best)]


def _is_unwritten(outcome: Outcome) -> bool:
    return isinstance(outcome.error, NotImplementedError)


def fingerprint(trials: list[Trial], answer: Callable[..., Any]) -> str:
    """A short text that is the same for answers that do the same on these.

    Numbers count to four digits. '' where one does not end.
    """
    digest = hashlib.sha256()
    _ahead(trials, answer)
    for trial in trials:
        outcome = trial.run(answer, noticing=False)
        if outcome.timed_out:
            return ""
        digest.update(trial.brief(outcome).encode())
    return digest.hexdigest()[:16]


# --- lending ---------------------------------------------------------------


class Lent(NamedTuple):
    """Right answers that stand in for a learner's own.

    names: of the exercises. not_right: those of them whose own answers are
    wrong by themselves.
    """

    names: tuple[str, ...]
    not_right: Callable[[], tuple[str, ...]]


@contextmanager
def earlier_ones_right(
    exercise: Exercise, answer: Callable[..., Any]
) -> Iterator[Lent]:
    """Put right answers in place of the earlier exercises' that it uses.

    Wherever it holds them, for as long as this lasts. A stand-in for an
    answer elsewhere sees to it itself.
    """
    earlier = {e.function: e for e in before(exercise)}
    if isinstance(answer, Elsewhere):
        right = {name: one.reference for name, one in earlier.items()}
        with answer.with_right(right) as names:
            yield Lent(names, lambda: answer.not_right(names))
        return
    held = places(answer, scope_of(answer), earlier)
    right = {name: one.reference for name, one in earlier.items()}
    with replaced(held, right) as mine:

        def not_right() -> tuple[str, ...]:
            return tuple(
                name
                for name, theirs in mine.items()
                if theirs is None or _is_wrong(earlier[name], theirs)
            )

        yield Lent(tuple(mine), not_right)


def _is_wrong(exercise: Exercise, answer: Callable[..., Any]) -> bool:
    """Whether an answer fails by itself, on what its own check shows."""
    return any(
        what_is_wrong(trial, trial.run(answer, noticing=False))
        for trial in drawn(exercise, None, (0,))
    )
