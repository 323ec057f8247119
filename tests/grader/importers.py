"""What Canvas and Moodle make of a file, by the rules of their importers."""

import csv
import re
from collections.abc import Iterator
from decimal import Decimal

# --- Canvas: instructure/canvas-lms, lib/gradebook_importer.rb -------------


def canvas(
    text: str, users: dict[str, dict[str, str]], assignments: dict[str, str]
) -> dict[str, dict[str, str]]:
    """User's number → assignment's number → the grade that is read.

    users: number → what of "SIS User ID", "SIS Login ID" and "name" is
    known. assignments: number → title. KeyError: it would make a new user.
    """
    between = separator(text.splitlines(keepends=True)[:3])
    lines = [
        line
        for line in text.removeprefix("\ufeff").splitlines(keepends=True)
        if not re.fullmatch(r"[;, ]+", line.rstrip("\r\n"))  # skip_lines
    ]
    header, *rows = csv.reader(lines, delimiter=between, strict=True)
    # row_has_student_headers?, header?
    lasts = header[:3] == ["LastName", "FirstName", "ID"]
    assert lasts or ("Student" in header[0] and "ID" in header[1])
    assert "Section" in header
    places = {}
    for at, heading in enumerate(header[header.index("Section") + 1 :]):
        match = re.fullmatch(r"(.*) \((\d+)\)", heading)  # title_and_id
        number = match[2] if match and match[2] in assignments else None
        if number is None and heading in assignments.values():
            number = next(n for n, t in assignments.items() if t == heading)
        if number:
            places[number] = at + header.index("Section") + 1
    read: dict[str, dict[str, str]] = {}
    for raw in rows:
        row = [decimal_point(cell) for cell in raw]
        if "Points Possible" in row[0]:
            continue
        if all(re.fullmatch(r"\s*(Muted|Manual.*)?\s*", c) for c in row if c):
            continue
        number = student(row, header, users, 2 if lasts else 1)
        read[number] = {n: row[at].strip() for n, at in places.items()}
    return read


def separator(lines: list[str]) -> str:
    """identify_delimiter: the same count of fields in the first lines."""
    counts = {}
    for one in ";,":
        sizes = {len(next(csv.reader([x], delimiter=one))) for x in lines}
        counts[one] = sizes.pop() if len(sizes) == 1 else 0
    return ";" if counts[";"] > counts[","] else ","


def decimal_point(cell: str) -> str:
    """decimal_comma_to_period, which every cell goes through."""
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *before, last = re.split(r"[,.]", cell)
    return ".".join(("".join(before), last)) if before else last


def student(row, header, users, at) -> str:
    """process_student: by ID, SIS User ID, SIS Login ID, then by name."""
    if row[at] in users:
        return row[at]
    for name in ("SIS User ID", "SIS Login ID"):
        for number, known in users.items():
            if name in header and row[header.index(name)] == known.get(name):
                return number
    raise KeyError(row)


# --- Moodle: mod/assign/feedback/offline, lib/csvlib.class.php --------------


def moodle(
    text: str, participants: set[str], most: Decimal, now: dict[str, str]
) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Identifier → the grade that is entered, and → the comment.

    now: identifier → when Moodle last changed the grade there.
    """
    text = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff")).strip()
    header, *rows = php_csv(text + "\n")
    assert all(len(row) == len(header) for row in rows), "csvweirdcolumns"
    identifier, grade, modified = (
        header.index(name)
        for name in ("Identifier", "Grade", "Last modified (grade)")
    )
    entered, told = {}, {}
    for row in rows:
        who = row[identifier]
        if who not in participants or row[modified] != now[who]:
            continue  # not enrolled, or changed since it was downloaded
        if row[grade]:
            points = Decimal(row[grade].replace(",", "."))  # unformat_float
            if 0 <= points <= most:
                entered[who] = points
        told[who] = row[header.index("Feedback comments")]
    return entered, told


def php_csv(text: str) -> Iterator[list[str]]:
    r"""fgetcsv, with PHP's own notion of a backslash: \" ends no field."""
    row, field, quoted, at = [], "", False, 0
    while at < len(text):
        two, one = text[at : at + 2], text[at]
        if quoted and two in (r"\"", '""'):
            field += two if two[0] == "\\" else '"'
            at += 1
        elif one == '"':
            quoted = not quoted
        elif not quoted and one in ",\n":
            row.append(field)
            field = ""
            if one == "\n":
                yield row
                row = []
        else:
            field += one
        at += 1
    assert not quoted, "a field that does not end"
