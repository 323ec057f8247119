"""What a learner is told of an answer, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from textwrap import indent

from byhand import attempt, results
from byhand.attempt import Outcome
from byhand.exercise import Exercise, Measured, Misconception, Yes
from byhand.results import Unusable
from byhand.results.show import show
from byhand.trial import Trial

LONGEST = 20_000  # characters of a message
MOST_LINES = 25  # of a message, before what is left is folded


@dataclass(frozen=True)
class Message:
    """What a learner is told of a wrong answer, from the first line on.

    head: that it is wrong. hints: the mistake, if it was recognised, and
    earlier answers that are wrong. wrong: the first thing that is wrong.
    about: what else can be said of the result. details: the case, what was
    expected, what came; long at times.
    """

    head: str
    hints: tuple[str, ...] = ()
    wrong: str = ""
    about: tuple[str, ...] = ()
    details: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        first = (self.head, *self.hints, self.wrong, *self.about)
        told = "\n".join(filter(None, (*first, *self.details)))
        return bounded(told).splitlines()

    def whole(self) -> str:
        return "\n".join(self.lines())

    def folded(self) -> str:
        """At most MOST_LINES of it, and how to read the others."""
        lines = self.lines()
        if len(lines) <= MOST_LINES:
            return "\n".join(lines)
        kept = MOST_LINES - 1
        more = f"… and {len(lines) - kept} lines more: `byhand.last()`"
        return "\n".join([*lines[:kept], more])


class CheckFailed(AssertionError):
    """A wrong answer. str() is the message for the learner.

    told: the message in its parts. exercise: its id. case: the name of the
    case that failed. misconception: the name of the one that was recognised,
    or "". itself: whether the check itself says what is wrong: a shape, an
    exception, an input that was changed; False where only numbers differ.
    unwritten: there is no answer yet.
    """

    def __init__(
        self,
        told: Message,
        exercise: str,
        case: str = "",
        misconception: str = "",
        itself: bool = True,
        unwritten: bool = False,
    ) -> None:
        super().__init__(told.folded())
        self.told = told
        self.exercise = exercise
        self.case = case
        self.misconception = misconception
        self.itself = itself
        self.unwritten = unwritten
        self.is_shown = False  # as a card, above

    # In a person's notebook, "Run all" does not stop at it.
    goes_on = True

    def noting(self, note: str) -> "CheckFailed":
        """The same with a further sentence where the hint stands."""
        return CheckFailed(
            replace(self.told, hints=(*self.told.hints, note)),
            self.exercise,
            self.case,
            self.misconception,
            self.itself,
        )

    def _render_traceback_(self) -> list[str]:
        # IPython shows this in place of frames of our own code, which say
        # nothing about the learner's.
        return [self.told.head] if self.is_shown else str(self).splitlines()


def not_callable(exercise: Exercise, answer: object) -> CheckFailed:
    """For what is no function at all."""
    told = Message(
        not_right(exercise),
        wrong=(
            f"Pass the function itself, `{exercise.function}`, without "
            f"brackets behind it; got {show(answer)}."
        ),
    )
    return CheckFailed(told, exercise.id)


def not_right(exercise: Exercise) -> str:
    return f"{exercise.id}: not right yet."


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
        told = Message(
            f"{exercise.id}: not written yet.",
            wrong=(
                "Put your code where `raise NotImplementedError()` stands: "
                f"{exercise.signature}"
            ),
        )
        return CheckFailed(told, exercise.id, unwritten=True)
    hints = []
    if known:  # where the eye is, before long arrays
        hints.append(f"{'Hint' if sure else 'Perhaps'}: {known.sentence}")
    details = [
        f'Case {index} of {len(trials)}, "{trial.case.name}", called with',
        *labelled((n, show(value)) for n, value in trial.called().items()),
        *_expected_and_got(trial, outcome),
    ]
    if outcome.printed:
        details.append("Your code printed or warned:")
        details.append(indent(outcome.printed, "    "))
    told = Message(
        not_right(exercise),
        tuple(hints),
        wrong,
        () if known else tuple(_what_holds(trial, outcome)),
        tuple(details),
    )
    return CheckFailed(
        told,
        exercise.id,
        trial.case.name,
        known.name if known and sure else "",
        _says_it(trial, outcome),
    )


def _says_it(trial: Trial, outcome: Outcome) -> bool:
    """Whether what is wrong is said in words, and not in a number alone."""
    if not can_be_compared(trial, outcome):
        return True
    return isinstance(trial.wrong_results(outcome)[0], Yes)


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
        head = f"    {name} = " if name else "    "
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
        inputs = "inputs" if len(outcome.changed) > 1 else "input"
        return (
            f"It changed its {inputs} {names} in place. Work on a copy: "
            "the caller may still need the original."
        )
    try:
        got = trial.read(outcome)
    except Unusable as unusable:
        return str(unusable)
    return trial.kind.gap(got, trial.expected, trial.limits)


def can_be_compared(trial: Trial, outcome: Outcome) -> bool:
    """Whether all that can be said is how one value differs from another."""
    if trial.case.raises is not None or outcome.error or outcome.timed_out:
        return False
    if outcome.changed:
        return False
    try:
        got = trial.read(outcome)
    except Unusable:
        return False
    return trial.kind.fits(got, trial.expected)


def _too_slow(outcome: Outcome) -> str:
    seconds = f"{attempt.TIME_LIMIT:g} s"
    stopped = "was stopped"
    if outcome.still_running:
        stopped = "cannot be stopped"
    said = (
        f"It did not return within {seconds} and {stopped}. Is there a loop "
        "that never ends, or does it do much more work than it needs?"
    )
    if outcome.still_running:
        said += (
            " Restart the kernel before you go on, or it keeps the machine "
            "busy."
        )
    return said


def _wrong_exception(
    trial: Trial, outcome: Outcome, raises: type[Exception]
) -> str:
    # A kind that no built-in name stands for may be any.
    any_kind = raises is Exception
    wanted = "an exception" if any_kind else f"a {raises.__name__}"
    if outcome.error is None:
        came = show(outcome.value)
        if "\n" in came or len(came) > 60:
            came = "the result below"
        return (
            f"It should refuse these inputs with {wanted}; it returned {came}."
        )
    if trial.refused(outcome):
        return ""
    if isinstance(outcome.error, raises):
        return (
            f"Your {type(outcome.error).__name__} has no sentence. Say in it "
            "what is wrong with the inputs."
        )
    if isinstance(outcome.error, NotImplementedError):
        return _raised(outcome, trial.exercise)
    return (
        f"It should refuse these inputs with {wanted}; it raised "
        f"{_told_by(outcome.error)}."
    )


def _raised(outcome: Outcome, exercise: Exercise) -> str:
    error = outcome.error
    line = f" The line was: {outcome.line}" if outcome.line else ""
    message = str(error)
    if isinstance(error, TypeError) and "positional argument" in message:
        line = f" It is called as {exercise.signature}."
    said = _told_by(error)
    advice = next((a for part, a in ADVICE.items() if part in message), "")
    return f"It raised {said.rstrip(' .')}.{line}{advice}"


def _told_by(error: BaseException | None) -> str:
    name, message = type(error).__name__, str(error)
    return f"{name}: {message}" if message else name


# What a library says in a way that no beginner can read → what it means.
_ROWS_AND_COLUMNS = (
    " In `A @ B` a row of A is as long as a column of B. Print both shapes."
)
_IN_PLACE = (
    " An input, or something that a gradient needs, was changed in place. "
    "Write `x = x + …`, which makes a new tensor, where you have `x += …`."
)
ADVICE = {
    "matmul: Input operand 1 has a mismatch": _ROWS_AND_COLUMNS,
    "shapes cannot be multiplied": _ROWS_AND_COLUMNS,
    "not aligned: ": _ROWS_AND_COLUMNS,
    "could not be broadcast together": (
        " Two arrays met whose shapes do not fit each other. Print both."
    ),
    "must match the size of tensor b": (
        " Two tensors met whose shapes do not fit each other. Print both."
    ),
    "stack expects each tensor to be equal size": (
        " All that is stacked must have one shape. Is one of them cut short "
        "at an end?"
    ),
    "used in an in-place operation": _IN_PLACE,
    "modified by an inplace operation": _IN_PLACE,
    "do not fit. Missing: none. Not expected": (
        " Your module learns more than the card asks for: leave that out."
    ),
    "before Module.__init__() call": (
        " Call `super().__init__()` in the first line of your `__init__`: "
        "it makes the place where a module keeps its parts."
    ),
    "has no attribute '_modules'": (
        " Call `super().__init__()` in the first line of your `__init__`: "
        "it makes the place where a module keeps its parts."
    ),
}


# --- what came, and what holds ---------------------------------------------


def _expected_and_got(trial: Trial, outcome: Outcome) -> list[str]:
    returns = trial.exercise.returns
    if outcome.error is not None or outcome.timed_out:
        came = {}
    else:
        try:
            came = trial.kind.shown(outcome.value, returns)
        except Unusable:
            came = {"": show(outcome.value)}
    if trial.case.raises is not None:
        return ["got", *labelled(came.items())] if came else []
    right = trial.kind.shown(trial.right, returns)
    names = _to_be_shown(trial, outcome)
    lines = []
    for title, shown in (("expected", right), ("got", came)):
        some = [(n, text) for n, text in shown.items() if n in (*names, "")]
        lines += [title, *labelled(some)] if some else []
    return lines


def _to_be_shown(trial: Trial, outcome: Outcome) -> list[str]:
    """The results that are wrong; of what a check measured, the first."""
    try:
        names = trial.wrong_results(outcome)
    except Unusable:
        names = list(trial.expected)
    if any(isinstance(name, Measured) for name in trial.exercise.returns):
        names = names[:1]
    return [name for name in names if not isinstance(name, Yes)]


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
    return lines + (_facts(trial, got) if sound else [])


def _facts(trial: Trial, got: results.kind.Results) -> list[str]:
    """What holds of the result, of all that holds of the right one."""
    lines = []
    for fact in trial.exercise.facts:
        about = fact.about or trial.exercise.returns[0]
        if fact.holds(trial.expected[about]):
            holds = (
                "It holds" if fact.holds(got[about]) else "It does not hold"
            )
            lines.append(f"{holds} that {fact.sentence}.")
    return lines
