"""Tables that a school's system gave, to be given back to it.

Only the cells that we fill in change: what else is in the file, its
separator, its line ends and its byte order mark stay as they came.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

BOM = "\ufeff"


class NotOurs(Exception):
    """A file or a request that nothing can be done with; it says why."""


@dataclass
class Sheet:
    """A CSV file. rows: the headings first; all are as long as these."""

    path: Path
    rows: list[list[str]]
    between: str
    line_end: str
    bom: bool

    @classmethod
    def read(cls, path: Path) -> "Sheet":
        """NotOurs: it is no CSV with a line of headings."""
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeError) as error:
            raise NotOurs(
                f"{path} cannot be read as CSV: {error}; give the file as it "
                "was downloaded, or save it as CSV in UTF-8"
            ) from None
        whole = text.removeprefix(BOM)
        try:
            between = max(
                ",;\t", key=lambda one: len(next(_rows(whole, one), []))
            )
            rows = list(_rows(whole, between))
        except csv.Error as error:
            raise NotOurs(f"{path} cannot be read as CSV: {error}") from None
        rows = [row for row in rows if row]
        if not rows:
            raise NotOurs(f"{path} is empty; a line of headings is expected")
        width = len(rows[0])
        if any("".join(row[width:]).strip() for row in rows):
            raise NotOurs(
                f"{path} has a row with more cells than there are headings; "
                "is a quotation mark missing? Download the file again"
            )
        rows = [(row + [""] * width)[:width] for row in rows]
        line_end = "\r\n" if "\r\n" in whole else "\n"
        return cls(path, rows, between, line_end, whole != text)

    def write(self, path: Path) -> None:
        """As it came, but for the cells that were filled in."""
        text = io.StringIO(newline="")
        csv.writer(
            text, delimiter=self.between, lineterminator=self.line_end
        ).writerows(self.rows)
        path.write_bytes((BOM * self.bom + text.getvalue()).encode())

    @property
    def headings(self) -> list[str]:
        return [heading.strip() for heading in self.rows[0]]

    def lacks(self, name: str) -> str:
        there = ", ".join(self.headings)
        return f"{self.path} has no column {name}; there are {there}"

    def column(self, *names: str) -> int | None:
        """The place of the first of these headings that there is."""
        found = [n for n in names if n in self.headings]
        return self.headings.index(found[0]) if found else None


def _rows(text: str, between: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=between)


def number(text: str) -> Decimal | None:
    """A number with a point or a comma before its decimals; None: none.

    The last of them is the decimal one, as Canvas reads it
    (gradebook_importer.rb, decimal_comma_to_period).
    """
    *before, last = text.strip().replace(",", ".").split(".")
    try:
        return Decimal(".".join(("".join(before), last)) if before else last)
    except InvalidOperation:
        return None


def two_decimals(points: Decimal) -> str:
    """As a person rounds: half up, and from the decimals that are shown."""
    return str(points.quantize(Decimal("0.01"), ROUND_HALF_UP))
