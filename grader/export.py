"""Marks, on to where a school keeps them: `grader export`.

Each is an exporter of nbgrader's too: `nbgrader export
--exporter=grader.export.Canvas --Canvas.into=FILE`.
"""

from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Unicode

from grader import canvas, grades, gradescope, moodle
from grader.journal import Journal
from grader.marks import Handing, marks_of
from grader.sheets import NotOurs, Sheet


class Exporter(ExportPlugin):
    """Fills in a file that a school's system gave."""

    into = Unicode("", help="The file that the system gave.").tag(config=True)
    unfinished = Bool(
        False, help="Hand on marks that wait for a person, as they are."
    ).tag(config=True)
    scale = Bool(
        False, help="Scale the marks to the points that the system has."
    ).tag(config=True)
    columns = Dict(
        {}, help="Lesson → the column that is its own, in Canvas's file."
    ).tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        try:
            written = self.hand_on(gradebook)
        except (NotOurs, OSError) as error:
            raise SystemExit(f"grader: {error}") from None
        for path in written:
            print(f"written: {path}")

    def hand_on(self, book: Gradebook) -> list[Path]:
        """Write, and say what was left out. NotOurs: it cannot be done."""
        raise NotImplementedError

    def lessons(self, book: Gradebook) -> list[str]:
        """Those that were named, or all of which something is graded."""
        found = [str(one) for one in self.assignment] or [
            one.name
            for one in book.assignments
            if book.assignment_submissions(one.name)
        ]
        if not found:
            raise NotOurs("name a lesson: nothing has been graded here")
        return found

    def sheet(self, where: str) -> Sheet:
        if not self.into:
            raise NotOurs(
                f"give the file that is to be filled in with --into FILE; "
                f"{where}"
            )
        return Sheet.read(Path(self.into))

    def one_file(self, lessons: list[str]) -> None:
        if self.to and len(lessons) != 1:
            raise NotOurs(
                f"a file is one lesson's, and these are {len(lessons)}: give "
                "one lesson, or leave the names of the files to this command"
            )

    def handing(self, book: Gradebook, lesson: str) -> Handing:
        wanted = frozenset(map(str, self.student))
        return Handing(marks_of(book, lesson), wanted, self.unfinished)

    def done(self, sheet: Sheet, handings: list[Handing]) -> list[Path]:
        for one in handings:
            for line in one.lines():
                print(line)
        path = sheet.path
        to = Path(self.to or path.with_name(f"{path.stem}-filled.csv"))
        sheet.write(to)
        return [to]


class Canvas(Exporter):
    """Canvas's gradebook, filled in; it is imported under Grades, Import."""

    def hand_on(self, book: Gradebook) -> list[Path]:
        sheet = self.sheet("Canvas gives it under Grades, Export")
        lessons = self.lessons(book)
        handings = [self.handing(book, lesson) for lesson in lessons]
        canvas.fill(
            sheet, handings, book.students, dict(self.columns), self.scale
        )
        return self.done(sheet, handings)


class Moodle(Exporter):
    """Moodle's grading worksheet of one assignment, filled in."""

    def hand_on(self, book: Gradebook) -> list[Path]:
        sheet = self.sheet("Moodle calls it the grading worksheet")
        lessons = self.lessons(book)
        if len(lessons) != 1:
            raise NotOurs(
                "Moodle has a worksheet for each assignment: give one lesson, "
                f"not {len(lessons)}"
            )
        handing = self.handing(book, lessons[0])
        with Journal(Path(self.parent.coursedir.root)) as journal:
            graded = dict(journal.recorded(lessons[0]))
        moodle.fill(sheet, handing, book.students, graded, self.scale)
        return self.done(sheet, [handing])


class Csv(Exporter):
    """A table a lesson: a row a student, a column an exercise."""

    def hand_on(self, book: Gradebook) -> list[Path]:
        lessons = self.lessons(book)
        self.one_file(lessons)
        for lesson in lessons:
            marks_of(book, lesson)  # NotOurs: there are none
        written = []
        for lesson in lessons:
            path = Path(self.to or f"{lesson}-grades.csv")
            heading, *rows = grades.of_a_lesson(book, lesson)
            wanted = set(map(str, self.student))
            rows = [r for r in rows if not wanted or r[0] in wanted]
            grades.write(path, iter([heading, *rows]))
            written.append(path)
        return written


class Gradescope(Exporter):
    """No marks, but what makes them there: an autograder for Gradescope."""

    def hand_on(self, book: Gradebook) -> list[Path]:
        course, written = self.parent.coursedir, []
        lessons = self.lessons(book)
        self.one_file(lessons)
        for lesson in lessons:
            path = Path(self.to or f"{lesson}-gradescope.zip")
            folder = course.format_path(course.release_directory, ".", lesson)
            gradescope.write(path, Path(folder) / f"{lesson}.ipynb")
            written.append(path)
        return written


EXPORTERS = {
    "canvas": Canvas,
    "moodle": Moodle,
    "gradescope": Gradescope,
    "csv": Csv,
}
