"""Moodle's offline grading worksheet, filled in.

Moodle gives it in an assignment under Submissions, Download grading
worksheet, and takes it back under Upload grading worksheet. What it makes of
a row is in its own mod/assign/feedback/offline, locallib.php: a grade beyond
the maximum, or of a row that cannot be changed, it drops without a word.
"""

import html
from collections.abc import Iterator
from typing import Any

from grader import grades
from grader.marks import Handing, Mark, pair
from grader.sheets import NotOurs, Sheet
from grader.submissions import Graded

NEEDED = ("Identifier", "Grade", "Last modified (grade)")
EMAIL = ("Email address", "Email")
NUMBER, NAME = ("ID number",), ("Full name", "Name")
LOCKED = "Moodle says that their grade cannot be changed"
BEYOND = "beyond Moodle's maximum grade, which it would drop"


def fill(
    sheet: Sheet,
    handing: Handing,
    people: list[Any],
    graded: dict[str, Graded],
    scale: bool,
) -> None:
    """Write marks into it, with what each learner is told.

    NotOurs: it is another file. people: nbgrader's students. graded: what
    the journal has of the lesson.
    """
    lacking = [name for name in NEEDED if name not in sheet.headings]
    if lacking:
        raise NotOurs(
            f"{sheet.path} should be the grading worksheet that Moodle gives: "
            f"it has no column {', '.join(lacking)}. In another language, add "
            "&lang=en to Moodle's address, download it again, and upload it "
            "in English too"
        )
    grade, told = sheet.column("Grade"), sheet.column("Feedback comments")
    most, may = (
        sheet.column("Maximum grade"),
        sheet.column("Grade can be changed"),
    )
    assert grade is not None
    pairs = pair(
        {n: meant(sheet, row, people) for n, row in rows(sheet)}, [handing]
    )
    if not pairs and handing.marks.of:
        raise NotOurs(
            f"nobody of {handing.marks.lesson} is in {sheet.path}, by e-mail, "
            "ID number or full name. Enter them with `grader import-roster "
            f"{sheet.path}`; with anonymous submissions, reveal the "
            "identities in Moodle first"
        )
    for place, student in pairs.items():
        row = sheet.rows[place]
        if most is not None:
            handing.fit(row[most], scale, "Moodle's assignment")
        if may is not None and row[may].strip().casefold() == "no":
            handing.left[LOCKED].append(student)
        elif beyond(handing, student):
            handing.left[BEYOND].append(student)
        elif value := handing.value(student):
            row[grade] = value
            if told is not None:
                mark = handing.marks.of[student]
                row[told] = sentences(mark, graded.get(student))


def beyond(handing: Handing, student: str) -> bool:
    mark = handing.marks.of.get(student)
    return mark is not None and mark.points > handing.marks.most


def rows(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    return ((n, row) for n, row in enumerate(sheet.rows) if n)


def meant(sheet: Sheet, row: list[str], people: list[Any]) -> set[str]:
    """Whom a row may mean, by e-mail, ID number or full name.

    A full name is looked at where nothing else is known: two may share one.
    """

    def given(names: tuple[str, ...]) -> str:
        at = sheet.column(*names)
        return grades.visible(row[at].strip()) if at is not None else ""

    email, own, name = given(EMAIL).casefold(), given(NUMBER), given(NAME)
    by_email = {
        p.id
        for p in people
        if email and email in ((p.email or "").casefold(), p.id.casefold())
    }
    by_number = {p.id for p in people if own and own in (p.id, p.lms_user_id)}
    by_name = {p.id for p in people if name and name == full_name(p)}
    return by_email | by_number or by_name


def full_name(person: Any) -> str:
    return f"{person.first_name or ''} {person.last_name or ''}".strip()


def sentences(mark: Mark, graded: Graded | None) -> str:
    """What a learner is told, as the HTML that Moodle takes comments for.

    In one line, without quotation marks and backslashes: PHP's reader of CSV
    takes a backslash before a quotation mark for more than it is.
    """
    said = []
    if not mark.final:
        said.append("An answer is not marked yet: until then it counts 0.")
    for finding in graded.findings if graded else ():
        part = f" ({finding['part']})" if finding["part"] else ""
        name = f"{finding['exercise']}{part}"
        said.append(
            finding["message"] or f"{name}: right ({finding['points']:g})."
        )
    for comment in (c for n in mark.submission.notebooks for c in n.comments):
        if comment.manual_comment:
            said.append(f"{comment.name}: {comment.manual_comment}")
    return "".join(f"<pre>{escaped(one.strip())}</pre>" for one in said)


def escaped(text: str) -> str:
    safe = html.escape(grades.visible(text)).replace("\\", "&#92;")
    return "<br>".join(safe.splitlines())


def is_one(sheet: Sheet) -> bool:
    """A worksheet or a list of participants."""
    named = NAME[0] in sheet.headings or "First name" in sheet.headings
    return named and sheet.column(*EMAIL, *NUMBER) is not None


def roster(sheet: Sheet, key: str) -> Iterator[dict[str, str]]:
    """The people in it. key: which column names their folders, or ''."""
    at = sheet.column(key) if key else sheet.column(*NUMBER, *EMAIL)
    if at is None:
        raise NotOurs(sheet.lacks(key))
    for _, row in rows(sheet):
        given = dict(zip(sheet.headings, row, strict=False))
        whole = given.get(NAME[0], "").strip()
        first, _, last = whole.rpartition(" ")
        yield {
            "id": row[at],
            "last_name": given.get("Last name", given.get("Surname", last)),
            "first_name": given.get("First name", first),
            "email": next((given[n] for n in EMAIL if n in given), ""),
        }
