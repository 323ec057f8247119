"""What a learner is told of an answer, in words."""

from collections.abc import Iterable
from textwrap import indent

from byhand import attempt, results
from byhand.attempt import Outcome
from byhand.exercise import Exercise, Misconception
from byhand.results import Unusable
from byhand.results.show import show
from byhand.trial import Trial

LONGEST = 20_000  # characters of a message


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


def not_callable(exercise: Exercise, answer: object) -> CheckFailed:
    """For what is no function at all."""
    return CheckFailed(
        f"{exercise.id}: not right yet.\nPass the function itself, "
        f"`{exercise.function}`, without brackets behind it; got "
        f"{show(answer)}.",
        exercise.id,
    )


def failure(
    trials: list[Trial],
    outcomes: list[Outcome],
    wrong: str,
    known: Misconception | None,
    sure: bool,
) -> CheckFailed:
    """The message for the first failing trial, the last with an outcome.

    wrong: the first thing that is wrong. known: the misconception that it
    looks like, and how surely.
    """
    index, outcome = len(outcomes), outcomes[-1]
    trial = trials[index - 1]
    exercise = trial.exercise
    if isinstance(outcome.error, NotImplementedError):
        return CheckFailed(
            f"{exercise.id}: not written yet.\nPut your code in place of "
            f"`raise NotImplementedError()`: {exercise.signature}",
            exercise.id,
        )
    lines = [f"{exercise.id}: not right yet."]
    if known:  # where the eye is, before long arrays
        lines.append(f"{'Hint' if sure else 'Perhaps'}: {known.sentence}")
    lines += [
        wrong,
        f'Case {index} of {len(trials)}, "{trial.case.name}", called with',
        *labelled((n, show(value)) for n, value in trial.inputs.items()),
        *_expected_and_got(trial, outcome),
    ]
    if not known:
        lines += _what_holds(trial, outcome)
    if outcome.printed:
        lines.append("Your code printed or warned:")
        lines.append(indent(outcome.printed, "    "))
    return CheckFailed(
        bounded("\n".join(lines)),
        exercise.id,
        trial.case.name,
        known.name if known and sure else "",
    )


def bounded(text: str) -> str:
    """A message of a size that a page and a gradebook can bear."""
    if len(text) <= LONGEST:
        return text
    left_out = len(text) - LONGEST
    return (
        f"{text[: LONGEST * 2 // 3]}\n… ({left_out} characters more) …\n"
        f"{text[-LONGEST // 3 :]}"
    )


def labelled(shown: Iterable[tuple[str, str]]) -> list[str]:
    """Values by their names, each in lines of its own."""
    lines = []
    for name, text in shown:
        head = f"    {name} = "
        lines.append(head + text.replace("\n", "\n" + " " * len(head)))
    return lines


def told_as(replaced: tuple[str, ...]) -> str:
    """That right versions stood in, as a sentence; '' if none did."""
    names = " and ".join(f"`{name}`" for name in replaced)
    verb = "are" if len(replaced) > 1 else "is"
    one = "right ones" if len(replaced) > 1 else "a right one"
    return (
        f"(Your {names} {verb} not right yet. This was checked with {one}.)"
    ) * bool(names)


def short_cut(exercise: Exercise, calls: tuple[str, ...]) -> str:
    names = " and ".join(f"`{call}`" for call in calls)
    return (
        f"By hand means by hand: it calls {names}, which does what "
        f"`{exercise.function}` is to build."
    )


# --- what is wrong ---------------------------------------------------------


def what_is_wrong(trial: Trial, outcome: Outcome) -> str:
    """The first thing that is wrong, as a sentence; '' if nothing is."""
    if outcome.timed_out:
        return _too_slow(outcome)
    if trial.case.raises is not None:
        return _wrong_exception(trial, outcome, trial.case.raises)
    if outcome.error is not None:
        return _raised(outcome, trial.exercise)
    if outcome.changed:
        names = " and ".join(outcome.changed)
        return (
            f"It changed its input {names} in place. Work on a copy: "
            "whoever calls the function may still need the original."
        )
    try:
        got = trial.read(outcome)
    except Unusable as unusable:
        return str(unusable)
    return trial.kind.gap(got, trial.expected, trial.limits)


def _too_slow(outcome: Outcome) -> str:
    seconds = f"{attempt.TIME_LIMIT:g} s"
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


def _wrong_exception(
    trial: Trial, outcome: Outcome, raises: type[Exception]
) -> str:
    # A kind that no built-in name stands for may be any.
    any_kind = raises is Exception
    wanted = "an exception" if any_kind else f"a {raises.__name__}"
    if outcome.error is None:
        return (
            f"It should refuse these inputs with {wanted}; "
            f"it returned {show(outcome.value)}."
        )
    if isinstance(outcome.error, raises):
        return ""
    if isinstance(outcome.error, NotImplementedError):
        return _raised(outcome, trial.exercise)
    return (
        f"It should refuse these inputs with {wanted}; it raised "
        f"{type(outcome.error).__name__}: {outcome.error}."
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


# --- what came, and what holds ---------------------------------------------


def _expected_and_got(trial: Trial, outcome: Outcome) -> list[str]:
    returns = trial.exercise.returns
    lines = []
    if trial.case.raises is None:
        right = trial.kind.shown(trial.right, returns)
        lines += ["expected", *labelled(right.items())]
    if outcome.error is None and not outcome.timed_out:
        try:
            got = trial.kind.shown(outcome.value, returns)
        except Unusable:
            lines += ["got", f"    {show(outcome.value)}"]
        else:
            lines += ["got", *labelled(got.items())]
    return lines


def _what_holds(trial: Trial, outcome: Outcome) -> list[str]:
    """For a mistake that nobody foresaw: what is right about it."""
    if trial.case.raises or outcome.error or outcome.timed_out:
        return []
    if outcome.changed:
        return []
    try:
        got = trial.read(outcome)
    except Unusable:
        return []
    lines, sound = trial.kind.remarks(
        got, trial.expected, trial.limits, trial.exercise.tolerance
    )
    return lines + (_facts(trial.exercise, got) if sound else [])


def _facts(exercise: Exercise, got: results.kind.Results) -> list[str]:
    lines = []
    for fact in exercise.facts:
        about = got[fact.about or exercise.returns[0]]
        holds = "It holds" if fact.holds(about) else "It does not hold"
        lines.append(f"{holds} that {fact.sentence}.")
    return lines
