"""What a class got right and wrong: one HTML page and one CSV a lesson."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from byhand.exercise import find
from grader.submissions import Graded

RIGHT, UNKNOWN, EMPTY = "right", "another mistake", "not written"
UNREADABLE = "not readable"
SHORT_CUT = "library call"


@dataclass
class Line:
    """One exercise (or part) and who came to what.

    outcomes: "right", a misconception's name, ... → students, in order.
    """

    exercise: str
    part: str | None
    outcomes: dict[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.exercise} ({self.part})" if self.part else self.exercise

    @property
    def total(self) -> int:
        return sum(map(len, self.outcomes.values()))

    @property
    def right(self) -> int:
        return len(self.outcomes.get(RIGHT, []))

    @property
    def wrong(self) -> list[tuple[str, str, list[str]]]:
        """(name, what it means, students), the most frequent first."""
        found = [
            (name, meaning(self.exercise, name), students)
            for name, students in self.outcomes.items()
            if name != RIGHT
        ]
        return sorted(found, key=lambda one: (-len(one[2]), one[0]))


def meaning(exercise: str, outcome: str) -> str:
    """The sentence that the learner read, or ours for other outcomes."""
    sentences = {
        UNKNOWN: "Wrong in a way that no misconception describes.",
        EMPTY: "Left as it was handed out.",
        UNREADABLE: "The notebook as a whole could not be read.",
        SHORT_CUT: "Right, but by a library call that does it all.",
    }
    for known in find(exercise).misconceptions:
        sentences[known.name] = known.sentence
    return sentences.get(outcome, "")


def lines(graded: list[tuple[str, Graded]]) -> list[Line]:
    """One line an exercise, in the order of the lesson."""
    found: dict[str, Line] = {}
    for student, verdict in graded:
        for finding in verdict.findings:
            line = found.setdefault(
                finding["cell"], Line(finding["exercise"], finding["part"])
            )
            what = UNREADABLE if verdict.problem else outcome(finding)
            line.outcomes.setdefault(what, []).append(student)
    return list(found.values())


def outcome(finding: dict) -> str:
    if not finding["message"]:
        return RIGHT
    if "not written yet" in finding["message"].split("\n")[0]:
        return EMPTY
    return finding["misconception"] or UNKNOWN


def needs_a_person(
    graded: list[tuple[str, Graded]], waiting: set[str]
) -> dict[str, list[str]]:
    """Why somebody should look → whose submissions.

    waiting: students with an answer that a person marks.
    """
    why = defaultdict(list)
    for student, verdict in graded:
        if verdict.problem:
            why[f"Could not be read: {verdict.problem}"].append(student)
        for what in dict.fromkeys(verdict.stopped):
            why[f"Was stopped, or stopped itself: {what}"].append(student)
        if student in waiting:
            why["Has an answer in words that waits for a mark"].append(student)
    return dict(sorted(why.items()))


# --- files -----------------------------------------------------------------

PAGE = jinja2.Environment(autoescape=True).from_string(
    """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ lesson }}: report</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem;
  border-bottom: 1px solid #8884; }
td.n { text-align: right; white-space: nowrap; }
meter { width: 8rem; }
small { opacity: .8; }
</style>
<h1>{{ lesson }}</h1>
<p>{{ graded|length }} submissions graded.</p>
<h2>Exercises</h2>
<table>
<tr><th>Exercise<th>Right<th><th>Mistakes that were met, and by whom</tr>
{% for line in lines %}
<tr><td><code>{{ line.name }}</code>
<td class="n">{{ line.right }} of {{ line.total }}
<td><meter max="{{ line.total }}" value="{{ line.right }}">
{{ line.right }} of {{ line.total }}</meter>
<td>{% for name, sentence, students in line.wrong %}
<details><summary>{{ students|length }} × {{ name }}</summary>
{{ sentence }}<br><small>{{ students|join(", ") }}</small></details>
{% else %}none{% endfor %}</tr>
{% endfor %}
</table>
<h2>Submissions that need a person</h2>
{% for why, students in people.items() %}
<details><summary>{{ students|length }} × {{ why }}</summary>
<small>{{ students|join(", ") }}</small></details>
{% else %}<p>None.</p>{% endfor %}
</html>
"""
)


def write(
    root: Path,
    lesson: str,
    graded: list[tuple[str, Graded]],
    waiting: set[str],
) -> tuple[Path, Path]:
    """Write LESSON-report.html and .csv in the course's root."""
    found, people = lines(graded), needs_a_person(graded, waiting)
    page = root / f"{lesson}-report.html"
    page.write_text(
        PAGE.render(lesson=lesson, graded=graded, lines=found, people=people),
        "utf-8",
    )
    table = root / f"{lesson}-report.csv"
    with open(table, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["exercise", "outcome", "meaning", "count", "of", "students"]
        )
        for line in found:
            right = line.outcomes.get(RIGHT, [])
            for name, sentence, students in [(RIGHT, "", right), *line.wrong]:
                rows.writerow(
                    map(
                        safe,
                        (
                            line.name,
                            name,
                            sentence,
                            len(students),
                            line.total,
                            " ".join(students),
                        ),
                    )
                )
        for why, students in people.items():
            rows.writerow(
                map(
                    safe,
                    (
                        "(needs a person)",
                        why,
                        "",
                        len(students),
                        len(graded),
                        " ".join(students),
                    ),
                )
            )
    return page, table


def safe(value: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula: names are theirs."""
    if isinstance(value, str) and value[:1] in tuple("=+-@\t\r"):
        return f"'{value}"
    return value
