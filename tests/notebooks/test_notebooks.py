"""What is committed is what the sources say, and gives nothing away."""

import itertools
import re

import nbformat
import pytest
from nbclient import NotebookClient

from authoring import build, paths, stamps, text
from byhand import bank, tools
from tests import gates

LESSONS = [source.stem for source in paths.sources()]
PACKAGES = ("authoring", "byhand", "grader")
every_lesson = pytest.mark.parametrize("lesson", LESSONS)


def solved(lesson):
    return nbformat.read(paths.solved_path(lesson), as_version=4)


def released(lesson):
    return nbformat.read(paths.lesson_path(lesson), as_version=4)


def without_outputs(nb):
    cells = []
    for cell in nb.cells:
        cell = cell.copy()
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        # Pixels may differ from one processor to another; the names tell.
        if "attachments" in cell:
            cell.attachments = sorted(cell.attachments)
        cells.append(cell)
    return cells


@every_lesson
def test_the_solved_notebook_is_not_stale(lesson):
    source = paths.ROOT / "solutions" / f"{lesson}.py"
    fresh = text.notebook(source)
    committed = solved(lesson)
    assert without_outputs(fresh) == without_outputs(committed), (
        "run `make notebooks` and commit what it builds"
    )
    assert not stamps.is_stale(lesson, fresh)


def test_building_twice_gives_the_same(tmp_path):
    source = paths.ROOT / "solutions" / "00_start_here.py"
    first, second = text.notebook(source), text.notebook(source)
    build.execute(first, tmp_path)
    build.execute(second, tmp_path)
    assert first == second


@every_lesson
def test_ids_are_unique_and_nothing_else_lies_in_the_folders(lesson):
    ids = [cell.id for cell in solved(lesson).cells]
    assert len(set(ids)) == len(ids)
    for path in (paths.solved_path(lesson), paths.lesson_path(lesson)):
        names = {p.name for p in path.parent.iterdir()}
        assert names - {stamps.CHECKPOINTS} == {path.name}


@every_lesson
def test_every_number_of_the_lesson_is_printed(lesson):
    numbers = gates.numbers(lesson)
    printed = gates.outputs_of(solved(lesson).cells)
    assert gates.missing_numbers(numbers, printed) == []


@every_lesson
def test_every_decimal_in_the_prose_is_printed(lesson):
    assert gates.unprinted(solved(lesson).cells) == []


@every_lesson
def test_no_solved_cell_warns(lesson):
    assert gates.warned(solved(lesson).cells) == []


@every_lesson
def test_what_libraries_said_is_recorded(lesson):
    for name, printed in build.recordings(solved(lesson)).items():
        assert name.startswith(f"{lesson.partition('_')[2]}/")
        assert printed and tools.recording(name) == printed


def test_every_recording_is_some_cells():
    known = {
        name for each in LESSONS for name in build.recordings(solved(each))
    }
    folder = paths.recording_path("x").parent
    found = {p.relative_to(folder) for p in folder.rglob("*.txt")}
    assert {str(p.with_suffix("")) for p in found} == known


@every_lesson
def test_every_exercise_of_the_lesson_is_asked_and_graded(lesson):
    text = "\n".join(
        cell.source
        for cell in released(lesson).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    )
    for exercise in bank.lessons()[lesson]:
        for part in exercise.parts or ("",):
            ending = f', part="{part}"' if part else ""
            name = exercise.function
            assert f'check("{exercise.id}", {name}{ending})' in " ".join(
                text.split()
            ).replace("( ", "(").replace(", )", ")"), (
                f"{exercise.id} {part} is not graded in {lesson}"
            )


def test_no_line_of_a_solution_reaches_learners():
    lines, answers = set(), set()
    for lesson in LESSONS:
        lines |= gates.solution_lines(solved(lesson).cells)
        answers |= gates.model_answers(solved(lesson).cells)
    assert len(lines) > 10 * len(LESSONS) / 3
    for lesson in LESSONS:
        nb = released(lesson)
        text = "\n".join(cell.source for cell in nb.cells)
        assert gates.leaks(lines | answers, text) == []
        for cell in nb.cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
    for path in (paths.ROOT / "byhand").rglob("*.py"):
        found = gates.leaks(lines | answers, path.read_text(encoding="utf-8"))
        assert found == [], path


@every_lesson
def test_a_lesson_leads_to_its_neighbours_from_both_ends(lesson):
    place = LESSONS.index(lesson)
    near = [*LESSONS[:place][-1:], *LESSONS[place + 1 :][:1]]
    folder = paths.lesson_path(lesson).parent
    cells = [c for c in released(lesson).cells if c.cell_type == "markdown"]
    for cell in (cells[0], cells[-1]):
        links = re.findall(r"\]\((\.\./[^)]+)\)", cell.source)
        assert all((folder / x.partition("#")[0]).is_file() for x in links)
        for one in near:
            assert f"../{one}/{one}.ipynb" in links
    assert "CC BY 4.0" in cells[0].source


@every_lesson
def test_pictures_are_local_and_have_a_text(lesson):
    for cell in released(lesson).cells:
        for alt, address in re.findall(
            r"!\[([^\]]*)\]\(([^)]+)\)", cell.source
        ):
            assert alt.strip(), address
            kind, _, name = address.partition(":")
            assert kind == "attachment", address
            assert name in cell.attachments
        assert "<img" not in cell.source
        assert "<script" not in cell.source


@every_lesson
def test_the_idea_in_one_picture_is_a_picture(lesson):
    assert gates.without_a_picture(released(lesson).cells) == []


@every_lesson
def test_every_slider_has_a_still_picture_before_it(lesson):
    cells = released(lesson).cells
    for before, cell in itertools.pairwise(cells):
        shown = re.search(r"^(\w+)\.show\(\)", cell.source, re.M)
        if cell.cell_type == "code" and shown:
            names = before.get("attachments", {})
            assert any(n.startswith(f"{shown[1]}-") for n in names)


@every_lesson
def test_no_still_picture_stands_above_the_one_that_moves(lesson):
    """It is folded: else it is there twice, and answers what is asked."""
    cells = released(lesson).cells
    for before, cell in itertools.pairwise(cells):
        shown = re.search(r"^(\w+)\.show\(", cell.source, re.M)
        if cell.cell_type == "code" and shown:
            open_ = re.sub(
                "<details>.*?</details>", "", before.source, flags=re.S
            )
            assert f"](attachment:{shown[1]}-" not in open_


@every_lesson
def test_a_lesson_says_the_minutes_that_it_takes(lesson):
    exercises = bank.lessons()[lesson]
    assert gates.mistimed(released(lesson).cells, exercises) == []


@every_lesson
def test_a_lesson_is_no_longer_than_one(lesson):
    assert gates.too_many_cells(released(lesson).cells) == []


@every_lesson
def test_no_wrapped_line_begins_a_list(lesson):
    # "scales to length / 1." was shown as a list in a list; there are none.
    begins = re.compile(r"^ +(?:\d+[.)]|[-*+]) .*", re.MULTILINE)
    for cell in released(lesson).cells:
        if cell.cell_type == "markdown":
            assert begins.findall(cell.source) == []


@every_lesson
def test_no_prose_stands_in_a_code_cell(lesson):
    assert gates.prose_in_code(released(lesson).cells) == []


@every_lesson
def test_only_cells_that_show_something_are_folded(lesson):
    assert gates.folded_answers(released(lesson).cells) == []


@every_lesson
def test_a_lesson_ends_with_questions(lesson):
    assert gates.badly_recalled(released(lesson).cells) == []


@every_lesson
def test_one_question_is_marked_by_a_person(lesson):
    by_hand = [
        cell
        for cell in solved(lesson).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
        and cell.metadata.nbgrader.solution
    ]
    assert len(by_hand) == (0 if lesson == "00_start_here" else 1)
    for cell in by_hand:
        assert "### BEGIN MARK SCHEME" in cell.source


@every_lesson
def test_cells_that_only_show_something_are_tagged(lesson):
    assert gates.untagged(solved(lesson).cells) == []


def test_every_lesson_has_a_row_in_the_readme():
    readme = (paths.ROOT / "README.md").read_text("utf-8")
    assert gates.without_a_row(readme, LESSONS) == []


@every_lesson
def test_a_lesson_of_which_nothing_is_written_goes_on_to_the_end(lesson):
    """Every check fails; whatever else needs an exercise waits for it."""
    nb = released(lesson)
    NotebookClient(
        nb,
        allow_errors=True,  # the checks' own, which are counted below
        timeout=300,
        kernel_name="python3",
        resources={
            "metadata": {"path": str(paths.lesson_path(lesson).parent)}
        },
        extra_arguments=["--log-level=ERROR"],
    ).execute()
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    raised = {
        (output.ename, output.evalue.partition("\n")[0])
        for cell in code
        for output in cell.outputs
        if output.output_type == "error"
    }
    assert {name for name, _ in raised} == {"CheckFailed"}
    assert all("not written yet" in said for _, said in raised)
    assert "is not written yet: the exercise above." in gates.outputs_of(code)
