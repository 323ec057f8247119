"""What a class got right and wrong: one HTML page and one CSV a lesson."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from byhand.bank import UnknownExercise, find
from grader import grades
from grader.submissions import Graded

RIGHT, UNKNOWN, EMPTY = "right", "another mistake", "not written"
UNREADABLE = "not readable"
SHORT_CUT = "library call"
MOST_CODE = 4_000  # characters of an answer that are shown


@dataclass
class Line:
    """One exercise (or part) and who came to what.

    outcomes: "right", a misconception's name, ... → students, in order.
    alike: of another mistake, what it does → students whose answers do that.
    code: what it does → the first of those answers.
    """

    exercise: str
    part: str | None
    outcomes: dict[str, list[str]] = field(default_factory=dict)
    alike: dict[str, list[str]] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)

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
    def unforeseen(self) -> list[tuple[str, list[str]]]:
        """(code, students whose answers do the same), the most first."""
        groups = sorted(
            self.alike.items(), key=lambda one: (-len(one[1]), one[1])
        )
        return [(self.code[what], students) for what, students in groups]

    @property
    def wrong(self) -> list[tuple[str, str, list[str]]]:
        """(name, what it means, students), the most frequent first.

        Last, answers that there are none of.
        """
        found = [
            (name, meaning(self.exercise, name), students)
            for name, students in self.outcomes.items()
            if name != RIGHT
        ]
        return sorted(
            found,
            key=lambda one: (one[0] in (EMPTY, UNREADABLE), -len(one[2]), one),
        )


def meaning(exercise: str, outcome: str) -> str:
    """The sentence that the learner read, or ours for other outcomes."""
    sentences = {
        UNKNOWN: "Wrong in a way that no misconception describes.",
        EMPTY: "Left as it was handed out.",
        UNREADABLE: "The notebook as a whole could not be read.",
        SHORT_CUT: "Right, but by a library call that does it all.",
    }
    with suppress(UnknownExercise):  # graded when it had another name
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
            if what == UNKNOWN:
                # What nothing is known of is like no other.
                does = finding.get("behaviour") or student
                line.alike.setdefault(does, []).append(student)
                if does not in line.code:
                    line.code[does] = code_of(verdict, line.exercise)
    return list(found.values())


def outcome(finding: dict) -> str:
    if not finding["message"]:
        return RIGHT
    if "not written yet" in finding["message"].split("\n")[0]:
        return EMPTY
    return finding["misconception"] or UNKNOWN


def code_of(verdict: Graded, exercise: str) -> str:
    """The cell of a submission that defines an exercise's answer, or ''."""
    name = re.escape(exercise.partition(".")[2])
    with suppress(ValueError, KeyError, TypeError):  # it may hold anything
        cells = json.loads(verdict.notebook)["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        found = [
            source
            for source in sources
            if re.search(rf"^(?:def|class) {name}\b", source, re.M)
        ]
        return found[-1][:MOST_CODE] if found else ""
    return ""


def marked_tests(submissions: Iterable[Any]) -> dict[str, str]:
    """Student → their test cells whose mark a person has changed.

    One click in formgrader gives it, and a learner's text may have led it.
    """
    found: dict[str, list[str]] = {}
    for one in submissions:
        for grade in (g for n in one.notebooks for g in n.grades):
            # What a person is to mark is text; what is code, our tests mark.
            if (
                grade.cell.cell_type == "code"
                and grade.manual_score is not None
            ):
                said = f"{grade.name} {grade.manual_score:g}"
                found.setdefault(one.student.id, []).append(said)
    return {student: ", ".join(said) for student, said in found.items()}


def needs_a_person(
    graded: list[tuple[str, Graded]],
    waiting: set[str],
    by_hand: dict[str, str] | None = None,
) -> dict[str, dict[str, str]]:
    """Why somebody should look → whose submissions → what happened there.

    waiting: students with an answer that a person marks. by_hand: of
    `marked_tests`.
    """
    why = {
        "Was graded without a seal": {
            s: "" for s, v in graded if not v.sealed
        },
        "Could not be read": {s: v.problem for s, v in graded if v.problem},
        "Was stopped, or ended its process": {
            s: "; ".join(dict.fromkeys(v.stopped))
            for s, v in graded
            if v.stopped
        },
        "Has an answer that waits for a person's mark": {
            s: "" for s, _ in graded if s in waiting
        },
        "Has a test cell with a mark by hand": by_hand or {},
    }
    return {reason: whose for reason, whose in why.items() if whose}


# --- files -----------------------------------------------------------------

_PAGES = jinja2.Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_PAGES.filters["plain"] = grades.visible
PAGE = _PAGES.from_string(
    """{% macro link(student) %}<a href="{{ address(student) }}">{{
student|plain }}</a>{% endmacro %}
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ lesson }}: report</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1, h2 { line-height: 1.2; }
h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .6rem .8rem;
  border-bottom: 1px solid #8885; }
th:first-child { width: 18rem; }
th:nth-child(2) { width: 8rem; }
th:first-child, td:first-child { padding-left: 0; }
code, pre { font-size: .85em; }
pre { margin: .2rem 0 .8rem 2rem; white-space: pre-wrap; }
meter { display: block; width: 7rem; }
summary { cursor: pointer; }
summary b { display: inline-block; min-width: 1.5em; text-align: right;
  font-variant-numeric: tabular-nums; }
p.told::first-letter { text-transform: uppercase; }
details[open] { margin-bottom: .8rem; }
details p, details ul { margin: .2rem 0 .2rem 2rem; padding: 0; }
.who { opacity: .75; }
@media (max-width: 40rem) {
  tr:first-child { display: none; }
  tr { display: block; border-bottom: 1px solid #8885; padding: .6rem 0; }
  td, td:first-child { display: block; width: auto; border: 0;
    padding: .1rem 0; }
}
</style>
<h1>{{ lesson }}</h1>
<p>{{ size }} submission{{ "s" if size != 1 }} graded. Click a mistake to see
what the learner was told, and who made it.</p>
<h2>Exercises</h2>
<table>
<tr><th>Exercise<th>Right<th>Mistakes, the most frequent first</tr>
{% for line in lines %}
<tr><td><code>{{ line.name }}</code>
<td>{{ line.right }} of {{ line.total }}
<meter max="{{ line.total }}" value="{{ line.right }}"></meter>
<td>
{% for name, sentence, students in line.wrong %}
<details><summary><b>{{ students|length }}</b> × {{ name }}</summary>
<p class="told">{{ sentence }}
<p class="who">{% for student in students %}{{ link(student) }}{{
", " if not loop.last }}{% endfor %}
{% if name == unknown %}
{% for code, alike in line.unforeseen %}
<p>{{ alike|length }} × did the same: {{ alike|join(", ") }}
<pre>{{ code }}</pre>
{% endfor %}
{% endif %}
</details>
{% else %}
none
{% endfor %}
</tr>
{% endfor %}
</table>
<h2>Submissions that need a person</h2>
{% for why, whose in people.items() %}
<details><summary><b>{{ whose|length }}</b> × {{ why }}</summary>
<ul>
{% for student, what in whose.items() %}
<li>{{ link(student) }}{% if what %}:
<span class="who">{{ what }}</span>{% endif %}

{% endfor %}
</ul></details>
{% else %}
<p>None.
{% endfor %}
</html>
"""
)


def write(
    root: Path,
    lesson: str,
    graded: list[tuple[str, Graded]],
    waiting: set[str],
    by_hand: dict[str, str] | None = None,
) -> tuple[Path, Path]:
    """Write LESSON-report.html and .csv in the course's root."""
    found = lines(graded)
    people = needs_a_person(graded, waiting, by_hand)
    page = root / f"{lesson}-report.html"
    page.write_text(
        PAGE.render(
            lesson=lesson,
            size=len(graded),
            lines=found,
            people=people,
            unknown=UNKNOWN,
            address=lambda student: quote(
                f"autograded/{student}/{lesson}/{lesson}.ipynb"
            ),
        ),
        "utf-8",
    )
    table = root / f"{lesson}-report.csv"
    grades.write(table, rows(found, people, len(graded)))
    return page, table


def rows(
    found: list[Line], people: dict[str, dict[str, str]], size: int
) -> Iterator[list[str | int]]:
    """The CSV's rows: one a student, as their names may have commas."""
    yield ["exercise", "outcome", "meaning", "count", "of", "student"]
    for line in found:
        right = line.outcomes.get(RIGHT, [])
        for name, sentence, students in [(RIGHT, "", right), *line.wrong]:
            for who in students:
                yield [
                    line.name,
                    name,
                    sentence,
                    len(students),
                    line.total,
                    who,
                ]
    for why, whose in people.items():
        for who in whose:
            yield ["(needs a person)", why, "", len(whose), size, who]
