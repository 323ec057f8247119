"""The names of a class, from a table of ours or of a school's system."""

from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook

from grader import canvas, moodle
from grader.grades import visible
from grader.sheets import NotOurs, Sheet

KNOWN = ("first_name", "last_name", "email", "lms_user_id")


def enter(book: Gradebook, path: Path, key: str = "") -> int:
    """Enter the names of a class; how many.

    path: a CSV with a line of headings, among them `id`, and of `KNOWN` what
    there is; or what Canvas or Moodle gives. key: the column of theirs that
    names a learner's folder. NotOurs: it is something else.
    """
    people = [
        (named(path, person["id"]), person)
        for person in people_of(Sheet.read(path), key)
    ]
    for name, person in people:
        given = {
            known: visible(value.strip())
            for known in KNOWN
            if (value := person.get(known))
        }
        book.update_or_create_student(name, **given)
    return len(people)


def people_of(sheet: Sheet, key: str) -> Iterator[dict[str, str]]:
    if "id" in sheet.headings and sheet.rows[1:]:
        for row in sheet.rows[1:]:
            yield dict(zip(sheet.headings, row, strict=False))
    elif canvas.is_one(sheet):
        yield from canvas.roster(sheet, key)
    elif moodle.is_one(sheet):
        yield from moodle.roster(sheet, key)
    else:
        raise NotOurs(
            f"{sheet.path} should begin with the headings id,first_name,"
            "last_name,email (id at least), and have a line a student; or be "
            "Canvas's gradebook, or Moodle's participants or grading worksheet"
        )


def named(path: Path, name: str) -> str:
    """The name of a folder. NotOurs: it cannot be one."""
    name = name.strip()
    if not name:
        raise NotOurs(
            f"{path}: a line without an id; in a file of Canvas or Moodle, "
            "say with --id which column names the learners' folders"
        )
    if Path(name).name != name or name == "..":
        raise NotOurs(f"{path}: {name} cannot be the name of a folder")
    return name
