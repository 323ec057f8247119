"""The edition without installing, in a browser that can reach nobody.

Built from the checkout, served as static files, and used as a learner does. A
solved lesson is put into the browser's own storage: the files that are served
hold none.
"""

import nbformat
import pytest

from authoring import edition, fetch, paths
from byhand.sliders import tangent
from byhand.tools import INSTEAD
from tests import gates
from tests.browser.edition import (
    CELLS,
    Edition,
    completed,
    outputs,
    path_of,
    run,
    store,
    text_of,
)
from tests.browser.jupyter import (
    Notebook,
    Twin,
    equals,
    expect,
    require_browser,
    until,
)
from tests.sliders.reading import shown

WHOLE = (
    *("01_gradient_descent", "04_tokenization"),
    *("07_self_attention", "09_masking"),
)
FIRST = "00_start_here"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The edition, with nothing beside it."""
    require_browser()
    out = tmp_path_factory.mktemp("site")
    try:
        edition.build(out, self_hosted=True)
    except fetch.NotThere as missing:
        # Without npm or a network, at set-up. On CI a skip is a failure.
        pytest.skip(str(missing))
    with Edition(out / "try") as running:
        yield running


@pytest.fixture(scope="module")
def first(served):
    """Lesson 0 as a learner gets it, and has run it."""
    notebook = served.open(FIRST)
    notebook.run_all()
    return notebook


@pytest.mark.parametrize("lesson", WHOLE)
def test_a_solved_lesson_says_what_it_says_elsewhere(served, first, lesson):
    stored = nbformat.read(paths.solved_path(lesson), as_version=4)
    solved = [cell for cell in stored.cells if cell.cell_type == "code"]
    said = list(map(text_of, solved))
    for cell in solved:
        cell.outputs = []
    store(first.page, path_of(lesson), stored)
    notebook = served.open(lesson)
    notebook.run_all()
    for cell, wanted, came in zip(
        solved, said, outputs(notebook), strict=True
    ):
        if INSTEAD in came:  # PyTorch is not there
            came = came.partition("printed:\n\n")[2]
        assert came.strip() == wanted.strip(), cell.source
    figures = sum(".show()" in cell.source for cell in solved)
    notebook.figures(figures, with_button="Reset")
    notebook.close()


def test_a_slider_moves_by_its_keys(first):
    (figure,) = first.figures(1)
    twin = Twin("tangent")
    x, _ = figure.controls(twin.in_view())
    # As after a click beside a cell: now keys are the notebook's.
    first.page.evaluate(
        "window.jupyterapp.commands.execute('notebook:enter-command-mode')"
        ".then(() => null)"
    )
    handle = x.box.locator(".noUi-handle")
    handle.focus()
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft"):
        before = x.value()
        first.page.keyboard.press(key)
        x.wait_moved(before)
        expect(handle).to_be_focused()
    rate = twin.panel.numbers()["lr"]
    figure.wait_shown(shown(tangent.draw(tangent.compute(x.value(), rate))))


def test_a_wrong_answer_is_named(first):
    said = run(
        first,
        "def average(values):\n    return sum(values)\n"
        'check("start_here.average", average)',
    )
    assert said.startswith("start_here.average: not right yet.\nHint: ")


ENDLESS = (
    """
    while True:
        pass
""",
    """
    while True:
        try:
            while True:
                pass
        except:
            pass
""",
    """
    def doubled(depth):
        return doubled(depth - 1) + doubled(depth - 1) if depth else 0
    return doubled(99)
""",
)


@pytest.mark.parametrize("body", ENDLESS)
def test_an_endless_answer_is_stopped(first, body):
    said = run(
        first,
        "from byhand import attempt\nattempt.TIME_LIMIT = 1\n"
        f"def average(values):{body}"
        'check("start_here.average", average)',
    )
    assert "did not return within 1 s and was stopped" in said


def test_the_commands_of_the_course_work_in_a_cell(first):
    said = run(first, "%run -m byhand hint start_here.average")
    assert "Hint 1 of 3" in said
    answer = "def average(values):\n    return sum(values) / len(values)\n"
    said = run(first, f'{answer}check("start_here.average", average)')
    assert "start_here.average: right" in said
    ask = 'from byhand import solution\nsolution("start_here.average")'
    said = run(first, ask)
    assert "there is no model answer here" in said
    first.save()
    said = run(first, f"%run -m byhand progress --run {FIRST}")
    assert "1 of 1" in said


def test_a_reload_keeps_what_was_written(first):
    mine = "# an answer of mine"
    run(first, mine)
    first.save()
    first.page.reload()
    again = Notebook(first.page)
    until(
        lambda: again.page.evaluate(
            f"{CELLS}.model.toJSON().cells.at(-1).source"
        ),
        equals(mine),
    )


def test_a_later_lesson_says_how_to_get_it(served):
    page = served.page(path_of("13_encoder"))
    text = page.locator(".jp-MarkdownOutput").first
    expect(text).to_contain_text("make lab")
    page.close()


def test_code_is_completed(first):
    run(first, "import numpy as np")
    assert completed(first, "np.logadd") == ["logaddexp", "logaddexp2"]


BY_SCIPY = """
from byhand import check
from scipy.special import softmax as theirs

def softmax(z, axis=-1):
    return theirs(z, axis=axis)

check("self_attention.softmax", softmax)
"""


def test_scipy_comes_when_a_cell_imports_it(served, first):
    """And no check of ours does. A call of it is noticed, here too."""

    def came():
        return [file.name for file in served.sent if "scipy" in file.name]

    assert came() == []
    said = run(first, BY_SCIPY)
    assert "scipy.softmax" in said
    assert "earns nothing" in said
    assert len(came()) == 1


def test_nobody_else_is_asked(served, first):
    local = (served.url, "data:", "blob:", "attachment:")
    assert served.asked
    assert [url for url in served.asked if not url.startswith(local)] == []


def test_no_solution_is_served(served):
    lines = set()
    for source in paths.sources():
        cells = nbformat.read(paths.solved_path(source.stem), 4).cells
        lines |= gates.solution_lines(cells) | gates.model_answers(cells)
    notebooks = sorted((served.folder / "files").rglob("*.ipynb"))
    assert len(notebooks) == len(paths.sources())
    for path in notebooks:
        for cell in nbformat.read(path, as_version=4).cells:
            assert gates.leaks(lines, cell.source) == [], path
