"""The marks of a lesson, on their way to where a school keeps them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from grader import grades
from grader.sheets import NotOurs, number, two_decimals

NOTHING = "nothing of theirs has been graded, so their cell stays as it was"
WAITS = (
    "an answer waits for a person's mark; give it in formgrader, or hand on "
    "what there is so far with --unfinished"
)
NOT_THERE = "not found in the file"
SEVERAL = (
    "their row cannot be told from another's in the file, so neither was "
    "filled in"
)


@dataclass(frozen=True)
class Mark:
    """points: what there is so far; final: nobody has still to look."""

    points: Decimal
    final: bool
    submission: Any = field(compare=False, default=None)


@dataclass(frozen=True)
class Marks:
    """most: the lesson's points. of: student → mark, of all who handed in."""

    lesson: str
    most: Decimal
    of: dict[str, Mark]


def marks_of(book: Gradebook, lesson: str) -> Marks:
    """NotOurs: nothing of the lesson has been graded."""
    try:
        most = book.find_assignment(lesson).max_score
    except MissingEntry:
        raise NotOurs(
            f"{lesson} is not in the gradebook; enter it with `nbgrader "
            f"generate_assignment {lesson}`"
        ) from None
    of = {
        one.student.id: Mark(
            Decimal(str(grades.points(one))), not one.needs_manual_grade, one
        )
        for one in book.assignment_submissions(lesson)
    }
    if not of:
        raise NotOurs(
            f"nothing of {lesson} has been graded here; `grader autograde "
            f"{lesson}` comes first"
        )
    return Marks(lesson, Decimal(str(most)), of)


@dataclass
class Handing:
    """One lesson's marks on their way into one column of a file.

    wanted: nobody else's, where there are any. factor: from our points to
    theirs. left: why → who was left out.
    """

    marks: Marks
    wanted: frozenset[str] = frozenset()
    unfinished: bool = False
    factor: Decimal = Decimal(1)
    filled: int = 0
    waiting: list[str] = field(default_factory=list)
    left: dict[str, list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def fit(self, most: str, scale: bool, where: str) -> None:
        """Make the points fit theirs. NotOurs: they differ, and may not."""
        theirs = number(most)
        if theirs is None or theirs == self.marks.most:
            return
        if not scale or theirs <= 0:
            ours = f"{float(self.marks.most):g}"
            raise NotOurs(
                f"{self.marks.lesson} has {ours} points, and {where} "
                f"{float(theirs):g}; set {ours} there and download the file "
                "again, or have the marks scaled with --scale"
            )
        self.factor = theirs / self.marks.most

    def value(self, student: str) -> str | None:
        """What to write in a student's cell; None: leave it, and why."""
        mark = self.marks.of.get(student)
        if mark is None:
            self.left[NOTHING].append(student)
        elif not mark.final and not self.unfinished:
            self.left[WAITS].append(student)
        else:
            self.filled += 1
            if not mark.final:
                self.waiting.append(student)
            return two_decimals(mark.points * self.factor)
        return None

    def lines(self) -> Iterator[str]:
        """What was done, and whom it was not done for, to be told."""
        yield f"{self.marks.lesson}: {self.filled} marks filled in"
        if self.waiting:
            yield (
                "  handed on although an answer waits for a person's mark: "
                f"{names(self.waiting)}"
            )
        for why, who in self.left.items():
            yield f"  left out: {names(who)}: {why}"


def names(who: Iterable[str]) -> str:
    return ", ".join(map(grades.visible, sorted(who)))


def pair(rows: dict[int, set[str]], handings: list[Handing]) -> dict[int, str]:
    """Each row's student, where there is no doubt who that is.

    rows: place → our students whom what stands there may mean. Who is left
    out is noted in each handing: a mark in somebody else's row is worse than
    none.
    """
    claimed = Counter(student for row in rows.values() for student in row)
    doubtful = {
        student
        for row in rows.values()
        for student in row
        if len(row) > 1 or claimed[student] > 1
    }
    everybody = set(claimed).union(*(one.marks.of for one in handings))
    wanted = frozenset().union(*(one.wanted for one in handings)) or everybody
    for one in handings:
        for why, who in (
            (NOT_THERE, set(one.marks.of) - set(claimed)),
            (SEVERAL, set(one.marks.of) & doubtful),
        ):
            if who & wanted:
                one.left[why] += who & wanted
    return {
        place: min(students)
        for place, students in rows.items()
        if students & wanted and not students & doubtful
    }
