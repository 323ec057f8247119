"""Canvas's gradebook file, filled in.

Canvas gives it under Grades, Export, and takes it back under Import. What it
makes of a row is in its own lib/gradebook_importer.rb.
"""

import re
from collections.abc import Iterator
from typing import Any

from grader.marks import Handing, pair
from grader.sheets import NotOurs, Sheet

KEYS = ("ID", "SIS User ID", "SIS Login ID")
INFORMATION = {
    *("Student", "LastName", "FirstName", *KEYS),
    *("Integration ID", "Root Account", "Section"),
}
_TITLE = re.compile(r"(.*) \((\d+)\)")
_HIDDEN = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.I)
STAYS = {
    "EX": "excused in Canvas, which stays",
    "N/A": "not assigned to them in Canvas",
}


def is_one(sheet: Sheet) -> bool:
    head = sheet.headings
    named = head[:2] == ["LastName", "FirstName"] and "ID" in head[2:3]
    return (head[0] == "Student" and head[1:2] == ["ID"]) or named


def fill(
    sheet: Sheet,
    handings: list[Handing],
    people: list[Any],
    columns: dict[str, str],
    scale: bool,
) -> None:
    """Write marks into it. NotOurs: it is another file, or lacks a lesson.

    people: nbgrader's students. columns: lesson → which column is its own.
    """
    if not is_one(sheet):
        raise NotOurs(
            f"{sheet.path} should be the file that Canvas gives under Grades, "
            "Export: its headings begin with Student,ID. These are "
            f"{', '.join(sheet.headings[:4])}"
        )
    possible = next(
        (r for r in sheet.rows[1:] if "Points Possible" in r[0]), None
    )
    rows = {
        place: meant(sheet, row, people)
        for place, row in enumerate(sheet.rows)
        if is_student(place, row)
    }
    pairs = pair(rows, handings)
    taken: dict[int, str] = {}
    for one in handings:
        lesson = one.marks.lesson
        at = column(sheet, lesson, columns.get(lesson))
        if taken.setdefault(at, lesson) != lesson:
            raise NotOurs(
                f"{sheet.headings[at]} cannot be the column of {taken[at]} "
                f"and of {lesson}; give each its own with --column"
            )
        if possible:
            if "read only" in possible[at]:
                raise NotOurs(
                    f"Canvas says that {sheet.headings[at]} is read only; "
                    "name another column with --column"
                )
            one.fit(possible[at], scale, f"Canvas's {sheet.headings[at]}")
        for place, student in pairs.items():
            there = sheet.rows[place][at].strip()
            if there.upper() in STAYS:
                one.left[STAYS[there.upper()]].append(student)
            elif value := one.value(student):
                sheet.rows[place][at] = value


def meant(sheet: Sheet, row: list[str], people: list[Any]) -> set[str]:
    """Whom a row may mean: Canvas's own number, or what a school gave them.

    Where we know somebody's number in Canvas, it counts in place of the name
    of their folder: that may be another one's number.
    """
    given = {
        name: row[at].strip()
        for name in KEYS
        if (at := sheet.column(name)) is not None and row[at].strip()
    }
    own = given.pop("ID", None)
    return {
        person.id
        for person in people
        if own == (person.lms_user_id or person.id)
        or person.id in given.values()
    }


def is_student(place: int, row: list[str]) -> bool:
    """Canvas's rule for the rows that are about nobody."""
    return (
        place > 0
        and "Points Possible" not in row[0]
        and not all(_HIDDEN.fullmatch(cell) for cell in row)
    )


def column(sheet: Sheet, lesson: str, named: str | None) -> int:
    """The column of a lesson: one of its name, or the one that was named.

    named: a heading, its title or its number.
    """
    wanted = {words(named or lesson)}
    found, every = [], []
    for at, heading in enumerate(sheet.headings):
        if heading in INFORMATION or not heading:
            continue
        match = _TITLE.fullmatch(heading)
        every.append(heading)
        called = {heading, *(match.groups() if match else ())}
        if wanted & set(map(words, called)):
            found.append(at)
    if len(found) == 1:
        return found[0]
    many = f"{len(found)} columns are" if found else "No column is"
    raise NotOurs(
        f"{many} called {named or lesson} in {sheet.path}. Say which it is: "
        f"--column {lesson}=TITLE or its number. There are: "
        f"{', '.join(every) or 'none'}"
    )


def words(text: str) -> str:
    """07_self_attention and "07 Self-attention" are the same."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def roster(sheet: Sheet, key: str) -> Iterator[dict[str, str]]:
    """The people in it. key: which column names their folders, or ''."""
    at = sheet.column(key) if key else sheet.column(*reversed(KEYS))
    if at is None:
        raise NotOurs(sheet.lacks(key))
    for place, row in enumerate(sheet.rows):
        if not is_student(place, row):
            continue
        given = dict(zip(sheet.headings, row, strict=False))
        last, _, first = given.get("Student", "").partition(",")
        login = given.get("SIS Login ID", "").strip()
        yield {
            "id": row[at],
            "last_name": given.get("LastName", last),
            "first_name": given.get("FirstName", first),
            "email": login if "@" in login else "",
            "lms_user_id": given["ID"],
        }
