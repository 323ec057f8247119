"""Marks in the files of Canvas and Moodle, as these read them."""

import csv
import shutil
from decimal import Decimal

import pytest
from nbgrader.api import Gradebook

from authoring.paths import ROOT
from byhand.environment import scripts_on_path
from grader import __main__ as command
from grader import canvas, gradebook, sheets
from grader.journal import Journal
from grader.marks import Handing, Marks
from grader.submissions import Graded, Submission
from tests.grader import importers

LESSON = "07_self_attention"
WORDS = 'It\'s "1 < 2" here:\n  [1, 2]\nends in a backslash \\'
# Student → of the test, of the text, what lateness costs.
CLASS = {
    "ann": (8.675, 2.0, None),
    "bob": (9.0, None, None),  # nobody has read his text yet
    "cy": (5.0, 1.0, 1.5),
    "17": (3.0, 0.0, None),
    "dee": (1.0, 0.0, 4.0),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course's root with a gradebook in which a class was graded."""
    root = tmp_path_factory.mktemp("class") / "course"
    root.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    scripts_on_path()
    url = f"sqlite:///{root / 'gradebook.db'}"
    with Gradebook(url, "attention-by-hand") as book:
        book.add_assignment(LESSON)
        book.add_notebook(LESSON, LESSON)
        where = {"notebook": LESSON, "assignment": LESSON}
        for name, most, kind in (
            ("softmax-check", 9, "code"),
            ("why-rows", 2, "markdown"),
        ):
            book.add_grade_cell(name, **where, max_score=most, cell_type=kind)
        book.add_solution_cell("why-rows", **where)
        for name, (test, text, late) in CLASS.items():
            book.add_student(
                name,
                first_name=name.title(),
                last_name="Lee, Dr.",
                email=f"{name}@example.org",
            )
            gradebook.record(
                book,
                Submission(name, LESSON, {}),
                Graded({"softmax-check": test, "why-rows": None}, {}),
                "",
                lambda *_: None,
            )
            (one,) = book.find_submission(LESSON, name).notebooks
            one.late_submission_penalty = late
            if text is not None:
                grade = next(g for g in one.grades if g.name == "why-rows")
                grade.manual_score, grade.needs_manual_grade = text, False
            for comment in one.comments:
                comment.manual_comment = "Read it again." * (name == "ann")
        book.add_student("zoe", last_name="Lee, Dr.", first_name="Zoe")
        book.db.commit()
    with Journal(root) as journal:
        finding = {
            "cell": "softmax-check",
            "exercise": "self_attention.softmax",
            "part": None,
            "points": 9,
            "message": "",
        }
        wrong = {**finding, "message": WORDS, "points": 0}
        for name in ("ann", "cy"):
            told = wrong if name == "cy" else finding
            journal.keep(name, "bank", Graded(findings=[told]))
            journal.note_recorded(name, LESSON, name, "bank")
    return root


@pytest.fixture
def course(made, tmp_path, monkeypatch):
    """A copy of that course, with this process in it."""
    root = tmp_path / "course"
    shutil.copytree(made, root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def export(course, capfd):
    """Runs the command; what it said."""

    def run(*arguments, status=0):
        capfd.readouterr()
        try:
            came = command.main(["export", LESSON, *arguments])
            said = ""
        except SystemExit as end:
            came, said = 1, str(end.code)
        shown = capfd.readouterr()
        said = " ".join((said + shown.out + shown.err).split())
        assert came == status, said
        return said

    return run


USERS = {
    "501": {"SIS User ID": "0017", "SIS Login ID": "ann"},
    "502": {"SIS User ID": "bob", "SIS Login ID": "b@example.org"},
    "503": {"SIS User ID": "0019", "SIS Login ID": "cy"},
    "504": {"SIS User ID": "17", "SIS Login ID": "sev@example.org"},
    "505": {"SIS User ID": "0020", "SIS Login ID": "zoe"},
    "506": {"SIS User ID": "0021", "SIS Login ID": "eve"},
}
TITLES = {"77": "07 Self-attention", "78": "Essay, short"}


def canvas_file(between=",", bom="", possible="11.00", cells=None):
    """As gradebook_exporter.rb writes it."""
    cells = cells or {}
    rows = [
        [
            *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
            *("Notes", "07 Self-attention (77)", "Essay, short (78)"),
            "Final Score",
        ],
        [*[""] * 6, "Manual Posting", "", ""],
        ["    Points Possible", *[""] * 5, possible, "5,00", "(read only)"],
    ]
    for number, known in USERS.items():
        who = known["SIS Login ID"]
        rows.append(
            [
                *(f"Lee, {who}", number, *known.values(), "Sec; A, B"),
                *("", cells.get(number, ""), "4.50", "90.00"),
            ]
        )
    if possible is None:
        del rows[2]

    class Like(csv.excel):
        delimiter, lineterminator = between, "\r\n"

    with open("canvas.csv", "w", newline="", encoding="utf-8") as file:
        file.write(bom)
        csv.writer(file, Like).writerows(rows)
    return rows


def filled():
    with open("canvas-filled.csv", newline="", encoding="utf-8") as file:
        return file.read()


TO_CANVAS = ("--to", "canvas", "--into", "canvas.csv")


@pytest.mark.parametrize("between", [",", ";"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("possible", ["11.00", "11,00", "11", None])
def test_canvas_reads_the_marks_and_the_rest_is_as_it_came(
    export, between, bom, possible
):
    rows = canvas_file(between, bom, possible)
    said = export(*TO_CANVAS)
    read = importers.canvas(filled(), USERS, TITLES)
    assert {n: grades["77"] for n, grades in read.items()} == {
        "501": "10.68",  # half up, as a person and Canvas round
        "502": "",  # waits
        "503": "4.50",  # late
        "504": "3.00",
        "505": "",  # nothing handed in
        "506": "",
    }
    assert "3 marks filled in" in said
    assert "left out: bob: an answer waits" in said
    assert "left out: dee: not found in the file" in said
    assert "left out: zoe: nothing of theirs has been graded" in said
    assert filled().startswith(bom) and filled().count("\r\n") == len(rows)
    came = list(
        csv.reader(filled().removeprefix(bom).splitlines(), delimiter=between)
    )
    for before, after in zip(rows, came, strict=True):
        del before[6], after[6]
        assert before == after


def test_unfinished_marks_are_handed_on_when_that_is_said(export):
    canvas_file()
    said = export(*TO_CANVAS, "--unfinished")
    read = importers.canvas(filled(), USERS, TITLES)
    assert read["502"]["77"] == "9.00"
    assert "handed on although an answer waits for a person's mark: bob" in (
        said
    )


def test_what_is_excused_or_not_assigned_stays(export):
    canvas_file(cells={"501": "EX", "503": "N/A", "502": "7.00"})
    said = export(*TO_CANVAS)
    read = importers.canvas(filled(), USERS, TITLES)
    assert [read[n]["77"] for n in ("501", "502", "503")] == (
        ["EX", "7.00", "N/A"]
    )
    assert "left out: ann: excused in Canvas" in said
    assert "left out: cy: not assigned" in said


def test_other_points_in_canvas_are_refused_or_scaled(export):
    canvas_file(possible="100.00")
    said = export(*TO_CANVAS, status=1)
    assert "has 11 points, and Canvas's 07 Self-attention (77) 100" in said
    assert "--scale" in said
    export(*TO_CANVAS, "--scale")
    read = importers.canvas(filled(), USERS, TITLES)
    assert read["504"]["77"] == "27.27"
    canvas_file(possible="(read only)")
    assert "is read only" in export(*TO_CANVAS, status=1)


@pytest.mark.parametrize("name", ["78", "Essay, short", "Essay, short (78)"])
def test_a_column_can_be_named(export, name):
    canvas_file()
    assert "5 points" not in export(
        *(*TO_CANVAS, "--scale", "--column", f"{LESSON}={name}")
    )
    read = importers.canvas(filled(), USERS, TITLES)
    assert read["504"] == {"77": "", "78": "1.36"}
    said = export(*TO_CANVAS, "--column", f"{LESSON}=Nope", status=1)
    assert "No column is called Nope" in said
    assert "07 Self-attention (77), Essay, short (78)" in said


def test_one_column_is_not_two_lessons(course):
    canvas_file()
    sheet = sheets.Sheet.read(course / "canvas.csv")
    both = [Handing(Marks(n, Decimal(11), {})) for n in ("01_a", "02_b")]
    named = {"01_a": "77", "02_b": "77"}
    with pytest.raises(sheets.NotOurs, match="give each its own"):
        canvas.fill(sheet, both, [], named, False)


def test_a_row_that_may_be_two_peoples_gets_nobodys_mark(export, course):
    """Canvas's own number for one is the school's number of another."""
    canvas_file()
    text = (course / "canvas.csv").read_text("utf-8")
    text = text.replace(",505,", ",17,")
    (course / "canvas.csv").write_text(text, "utf-8", newline="")
    said = export(*TO_CANVAS)
    assert "17" not in (r["77"] for r in csv_marks(filled()))
    assert "left out: 17: their row cannot be told from another's" in said
    # Once we know the numbers that Canvas gave, there is no doubt.
    assert (
        command.main(["import-roster", "canvas.csv", "--id", "SIS User ID"])
        == 0
    )
    export(*TO_CANVAS)
    users = {"17": {}, **USERS}
    assert importers.canvas(filled(), users, TITLES)["504"]["77"] == "3.00"


def csv_marks(text):
    rows = csv.reader(text.splitlines())
    return [{"77": row[6]} for row in rows if row[1] in ("17", "504")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty"),
        (b"a,b\n1,2,3\n", "more cells than there are headings"),
        (b"a,b\n1,2\n", "should be the file that Canvas gives"),
        (b"\xff\xfeS\x00", "save it as CSV in UTF-8"),
    ],
)
def test_what_is_not_canvass_file(export, course, text, said):
    (course / "canvas.csv").write_bytes(text)
    assert said in export(*TO_CANVAS, status=1)
    assert not (course / "canvas-filled.csv").exists()
    assert "--into FILE" in export("--to", "canvas", status=1)


# --- Moodle ----------------------------------------------------------------

HEAD = (
    *("Identifier", "Full name", "ID number", "Email address", "Status"),
    *("Grade", "Maximum grade", "Grade can be changed"),
    *("Last modified (submission)", "Last modified (grade)"),
    "Feedback comments",
)
PEOPLE = {
    "Participant 1": ("Someone Else", "", "ANN@example.org"),
    "Participant 2": ("Bob Lee", "bob", ""),
    "Participant 3": ("Cy Lee, Dr.", "", ""),
    "Participant 4": ("Nobody", "0", "nobody@example.org"),
    "Participant 5": ("Dee", "dee", ""),
    "Participant 6": ("Anders Lee", "17", ""),
}
THEN = "Tuesday, 3 November 2026, 9:15 AM"
TO_MOODLE = ("--to", "moodle", "--into", "moodle.csv")


def moodle_file(most="11.00", locked=()):
    with open("moodle.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEAD)
        for who, known in PEOPLE.items():
            may = "No" if who in locked else "Yes"
            table.writerow(
                [who, *known, "Graded", "", most, may, "-", THEN, "old"]
            )


def moodle_reads(most="11"):
    with open("moodle-filled.csv", newline="", encoding="utf-8") as file:
        text = file.read()
    return importers.moodle(
        text, set(PEOPLE), Decimal(most), dict.fromkeys(PEOPLE, THEN)
    )


def test_moodle_reads_the_marks_and_our_sentences(export):
    moodle_file()
    said = export(*TO_MOODLE)
    entered, told = moodle_reads()
    assert {who: str(points) for who, points in entered.items()} == {
        "Participant 1": "10.68",
        "Participant 3": "4.50",
        "Participant 5": "0.00",  # late, not below nothing
        "Participant 6": "3.00",
    }
    assert told["Participant 1"] == (
        "<pre>self_attention.softmax: right (9).</pre>"
        "<pre>why-rows: Read it again.</pre>"
    )
    assert told["Participant 3"] == (
        "<pre>It&#x27;s &quot;1 &lt; 2&quot; here:<br>  [1, 2]<br>"
        "ends in a backslash &#92;</pre>"
    )
    # Whom nothing is handed on of keeps the comment, too.
    assert told["Participant 2"] == told["Participant 4"] == "old"
    assert "left out: bob: an answer waits" in said


def test_what_moodle_would_drop_is_said(export):
    moodle_file(locked=["Participant 1"])
    said = export(*TO_MOODLE)
    assert "left out: ann: Moodle says" in said
    assert "Participant 1" not in moodle_reads()[0]
    moodle_file(most="100.00")
    assert "Moodle's assignment 100" in export(*TO_MOODLE, status=1)
    export(*TO_MOODLE, "--scale", "--unfinished")
    entered, told = moodle_reads("100")
    assert str(entered["Participant 2"]) == "81.82"
    assert "until then it counts 0" in told["Participant 2"]


def test_what_is_not_moodles_worksheet(export, course):
    moodle_file()
    text = (course / "moodle.csv").read_text("utf-8")
    foreign = text.replace("Grade,", "Bewertung,")
    (course / "moodle.csv").write_text(foreign, "utf-8")
    assert "&lang=en" in export(*TO_MOODLE, status=1)
    hidden = text.splitlines()[0] + "\n"
    hidden += "Participant 9,,,,,,11.00,Yes,-,then,\n"
    (course / "moodle.csv").write_text(hidden, "utf-8")
    assert "reveal the identities" in export(*TO_MOODLE, status=1)


# --- tables, rosters, nbgrader's command -----------------------------------


def test_a_table_for_a_spreadsheet(export, course):
    export("--to", "csv")
    with open(f"{LESSON}-grades.csv", newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows["ann"]["last_name"] == "Lee, Dr."
    assert rows["bob"]["incomplete"] == "yes"
    assert rows["zoe"]["incomplete"] == "nothing handed in"


@pytest.mark.parametrize("kind", ["Canvas", "Moodle", "Csv"])
def test_nbgrader_exports_with_them(course, kind, capfd):
    from nbgrader.apps import ExportApp

    canvas_file()
    moodle_file()
    app = ExportApp()
    into = f"--{kind}.into={kind.lower()}.csv"
    app.initialize([f"--exporter=grader.export.{kind}", into, "--student=ann"])
    app.start()
    said = capfd.readouterr().out
    assert "written: " in said
    assert "left out" not in said  # nobody else was asked for
    written = said.partition("written: ")[2].strip()
    text = (course / written).read_text("utf-8-sig")
    assert "10.68" in text or "8.675" in text
    assert "4.50,Yes" not in text and "\ncy," not in text


def entered(course):
    url = f"sqlite:///{course / 'gradebook.db'}"
    with Gradebook(url, "attention-by-hand") as book:
        return {s.id: s.to_dict() for s in book.students}


def test_a_roster_from_canvas(course):
    canvas_file(";", "\ufeff")
    assert command.main(["import-roster", "canvas.csv"]) == 0
    people = entered(course)
    assert people["eve"]["lms_user_id"] == "506"
    assert people["eve"]["last_name"] == "Lee"
    assert people["b@example.org"]["email"] == "b@example.org"
    assert not any("Points" in name for name in people)


def test_a_roster_from_moodle(course, capfd):
    moodle_file()
    key = ("--id", "Identifier")
    assert command.main(["import-roster", "moodle.csv", *key]) == 0
    one = entered(course)["Participant 1"]
    assert (one["first_name"], one["last_name"]) == ("Someone", "Else")
    assert one["email"] == "ANN@example.org"
    assert command.main(["import-roster", "moodle.csv"]) == 1
    assert "say with --id which column" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,5", "1.5"), ("1.234,50", "1234.50"), ("7", "7"), ("x", None)],
)
def test_numbers_of_other_countries(text, value):
    came = sheets.number(text)
    assert came == (None if value is None else Decimal(value))
