"""The instructor's command: `grader`, or `python -m grader`."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from byhand.environment import (
    any_text_is_printed,
    can_be_had,
    scripts_on_path,
)
from grader import ahead

EPILOG = """
Run it in the course's root, where nbgrader_config.py is. In order:

  grader import-roster class.csv                   enter the names of a class
  nbgrader generate_assignment 07_self_attention   enter it in the gradebook
  grader autograde 07_self_attention               grade what was handed in
  grader watch 07_self_attention                   or: grade as it arrives
  grader report 07_self_attention                  what the class got wrong
  nbgrader generate_feedback 07_self_attention     a page for each learner
  nbgrader export                                  grades.csv
  grader export 07_self_attention --to canvas --into FILE
"""
RECEIVERS = ("canvas", "moodle", "gradescope", "csv")


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(
        prog="grader",
        description="Grade a class: sealed, judged from outside.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = main.add_subparsers(dest="command", required=True)
    grade = commands.add_parser(
        "autograde",
        help="grade a lesson's submissions",
        description=(
            "Grade what is in submitted/NAME/LESSON/. What was graded before "
            "and has not changed since is left alone; after an interruption, "
            "run it again. Exit status 1: something could not be graded; "
            "2: the run had to stop, on a full disk, say."
        ),
    )
    how_to_grade(grade)
    grade.add_argument(
        "--exercise",
        metavar="ID",
        help="this one alone, such as self_attention.softmax",
    )
    grade.add_argument(
        "--force", action="store_true", help="grade unchanged ones again too"
    )
    watched = commands.add_parser(
        "watch",
        help="grade a lesson's submissions as they arrive",
        description=(
            "Grade what is in submitted/NAME/LESSON/, and whatever arrives or "
            "changes there from now on, once it has been the same at two "
            "looks. Ctrl-C ends it."
        ),
    )
    how_to_grade(watched)
    watched.add_argument(
        "--seconds",
        type=positive,
        default=10,
        metavar="N",
        help="between two looks (10)",
    )
    watched.set_defaults(exercise="", force=False)
    report = commands.add_parser(
        "report",
        help="what the class got right and wrong, as HTML and CSV",
        description=(
            "Write LESSON-report.html, LESSON-report.csv, and the grades, "
            "a row a student, as LESSON-grades.csv."
        ),
    )
    report.add_argument("lesson", metavar="LESSON")
    exported = commands.add_parser(
        "export",
        help="marks for Canvas, Moodle, Gradescope or a spreadsheet",
        description=(
            "Fill in the file that Canvas or Moodle gave, write a table a "
            "lesson, or an autograder for Gradescope. Whom it leaves out, "
            "and why, it says: marks that wait for a person are not handed "
            "on as 0."
        ),
    )
    exported.add_argument("lessons", metavar="LESSON", nargs="+")
    exported.add_argument("--to", choices=RECEIVERS, default="csv")
    for option, metavar, text in (
        ("--into", "FILE", "the file that Canvas or Moodle gave"),
        ("--output", "FILE", "where to write (beside that file)"),
    ):
        exported.add_argument(option, metavar=metavar, default="", help=text)
    exported.add_argument(
        "--column",
        metavar="LESSON=TITLE",
        action="append",
        default=[],
        type=named,
        help="which of Canvas's columns is a lesson's: its title or number",
    )
    exported.add_argument(
        "--scale",
        action="store_true",
        help="scale the marks to the points that are set there",
    )
    exported.add_argument(
        "--unfinished",
        action="store_true",
        help="hand on marks that wait for a person, too",
    )
    roster = commands.add_parser(
        "import-roster",
        help="enter the names of a class",
        description=(
            "Enter students in the gradebook from a CSV with the headings "
            "id, first_name, last_name and email; id is the name of their "
            "folder in submitted/. Or from Canvas's gradebook, or Moodle's "
            "participants or grading worksheet. Run it again after changes."
        ),
    )
    roster.add_argument("file", metavar="FILE", type=Path)
    roster.add_argument(
        "--id",
        metavar="COLUMN",
        default="",
        help="in theirs, what names the folders (SIS Login ID; ID number)",
    )
    handout = commands.add_parser(
        "handout",
        help="the course for your learners, without its solutions",
        description=(
            "Write a ZIP of the course as learners need it: the lessons, and "
            "what they import. No solved notebook, and no test, is in it."
        ),
    )
    handout.add_argument("file", metavar="FILE.zip", type=Path)
    test = commands.add_parser(
        "selftest",
        help="show that the seal holds on this machine",
        description=(
            "Grade a corpus of hostile submissions in a temporary course, "
            "and show for each whether it got or harmed anything."
        ),
    )
    test.add_argument("--only", metavar="NAME", help="one attack")
    return main


def how_to_grade(grade: argparse.ArgumentParser) -> None:
    grade.add_argument("lesson", metavar="LESSON")
    grade.add_argument(
        "--student", default="*", metavar="PATTERN", help="such as 'a*'"
    )
    grade.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="submissions at a time (one a core)",
    )
    grade.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        default="",
        help="grade on a Dask cluster, such as tcp://HOST:8786",
    )
    for what, text in (
        ("ca", "certificate of the authority, for a scheduler at tls://"),
        ("cert", "our certificate for it"),
        ("key", "its key, if it is in another file"),
    ):
        grade.add_argument(
            f"--tls-{what}", metavar="FILE", default="", help=text
        )
    grade.add_argument(
        "--allow-library-calls",
        action="store_true",
        help="accept library calls that do a whole exercise",
    )
    grade.add_argument(
        "--unsealed",
        action="store_true",
        help="run learners' code with YOUR rights; noted in the gradebook",
    )


def named(text: str) -> tuple[str, str]:
    lesson, equals, title = text.partition("=")
    if not (lesson and equals and title):
        raise argparse.ArgumentTypeError(f"{text} is not LESSON=TITLE")
    return lesson, title


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number


def app() -> Any:
    """nbgrader, with the configuration of the course in this folder."""
    from nbgrader.apps import NbGrader

    scripts_on_path()
    if not Path("nbgrader_config.py").exists():
        raise SystemExit(
            "grader: there is no nbgrader_config.py here; run this in the "
            "course's root"
        )
    made = NbGrader()
    made.initialize([])
    return made


def autograde(options: argparse.Namespace) -> int:
    begin(options)
    return graded(app(), options)


def begin(options: argparse.Namespace) -> None:
    """Before nbgrader, which takes seconds to import."""
    ahead.begin(
        options.lesson,
        not options.unsealed,
        options.scheduler,
        (options.tls_ca, options.tls_cert, options.tls_key),
    )


def graded(nbgrader: Any, options: argparse.Namespace) -> int:
    from nbgrader.converters import NbGraderException

    from grader.classrun import CannotGoOn, SealedAutograde

    nbgrader.log_level = "INFO"
    nbgrader.coursedir.assignment_id = options.lesson
    nbgrader.coursedir.student_id = options.student
    converter = SealedAutograde(coursedir=nbgrader.coursedir, parent=nbgrader)
    converter.force = options.force
    converter.by_hand &= not options.allow_library_calls
    converter.sealed &= not options.unsealed
    converter.jobs = options.jobs or converter.jobs
    for name in ("exercise", "scheduler", "tls_ca", "tls_cert", "tls_key"):
        if getattr(options, name):
            setattr(converter, name, getattr(options, name))
    try:
        converter.start()
    except CannotGoOn:
        return 2
    except NbGraderException:
        return 1
    return 0


def watch(options: argparse.Namespace) -> int:
    begin(options)
    from grader import watch

    nbgrader = app()

    def grade() -> None:
        # What cannot be graded was said: the next one may be.
        if graded(nbgrader, options) == 2:
            raise SystemExit(2)

    print(
        f"Watching submitted/NAME/{options.lesson}; Ctrl-C ends it.",
        flush=True,
    )
    try:
        watch.watch(
            lambda: watch.state(nbgrader.coursedir, options.lesson),
            grade,
            lambda: time.sleep(options.seconds),
        )
    except KeyboardInterrupt:
        return 0


def report(options: argparse.Namespace) -> int:
    from grader import gradebook, grades
    from grader.journal import Journal
    from grader.report import marked_tests, write

    course = app().coursedir
    root = Path(course.root)
    with Journal(root) as journal:
        graded = list(journal.recorded(options.lesson))
    if not graded:
        print(
            f"grader: nothing of {options.lesson} has been graded here; "
            f"`grader autograde {options.lesson}` comes first",
            file=sys.stderr,
        )
        return 1
    with gradebook.opened(course.db_url, course.course_id, print) as book:
        submissions = book.assignment_submissions(options.lesson)
        waiting = {s.student.id for s in submissions if s.needs_manual_grade}
        by_hand = marked_tests(submissions)
        table = root / f"{options.lesson}-grades.csv"
        grades.write(table, grades.of_a_lesson(book, options.lesson))
    written = write(root, options.lesson, graded, waiting, by_hand)
    for path in (*written, table):
        print(f"written: {path.name}")
    return 0


def export(options: argparse.Namespace) -> int:
    from grader import gradebook
    from grader.export import EXPORTERS

    nbgrader = app()
    course = nbgrader.coursedir
    exporter = EXPORTERS[options.to](parent=nbgrader)
    exporter.assignment, exporter.to = options.lessons, options.output
    exporter.columns = dict(options.column)
    for name in ("into", "scale", "unfinished"):
        setattr(exporter, name, getattr(options, name))
    with gradebook.opened(course.db_url, course.course_id, print) as book:
        exporter.export(book)
    return 0


def hand_out(options: argparse.Namespace) -> int:
    from grader import handout

    try:
        handout.write(options.file)
    except handout.CannotHandOut as error:
        print(f"grader: {error}", file=sys.stderr)
        return 1
    print(f"written: {options.file}")
    return 0


def import_roster(options: argparse.Namespace) -> int:
    from grader import gradebook, roster
    from grader.sheets import NotOurs

    course = app().coursedir
    try:
        with gradebook.opened(course.db_url, course.course_id, print) as book:
            entered = roster.enter(book, options.file, options.id)
    except NotOurs as error:
        print(f"grader: {error}", file=sys.stderr)
        return 1
    print(f"entered: {entered} students")
    return 0


def selftest(options: argparse.Namespace) -> int:
    from grader import selftest

    return selftest.main(["--only", options.only] if options.only else [])


def main(arguments: list[str] | None = None) -> int:
    any_text_is_printed()
    options = parser().parse_args(arguments)
    if not can_be_had("nbgrader", "grading", "grader"):
        return 2
    act = {
        "autograde": autograde,
        "watch": watch,
        "report": report,
        "export": export,
        "handout": hand_out,
        "import-roster": import_roster,
        "selftest": selftest,
    }
    return act[options.command](options)


if __name__ == "__main__":
    sys.exit(main())
