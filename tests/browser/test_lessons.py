"""Every lesson, opened in a real JupyterLab, run, and its sliders moved."""

import re
import shutil

import nbformat
import pytest

from authoring import paths
from tests.browser.jupyter import (
    KERNEL,
    Lab,
    Twin,
    expect,
    require_browser,
    until,
)

LESSONS = [source.stem for source in paths.sources()]
every_lesson = pytest.mark.parametrize("lesson", LESSONS)

# Whole trainings, minutes of them, run where their numbers are compared, in
# tests/notebooks/test_outputs.py. Here a few steps of each show that it runs.
BRIEFLY = """
from itertools import islice

from byhand.sliders import bar

to_the_end = bar.followed
bar.followed = lambda steps, share: islice(to_the_end(steps, share), 3)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    require_browser()
    root = tmp_path_factory.mktemp("course")
    for name in ("solutions", "lessons"):
        shutil.copytree(paths.ROOT / name, root / name)
    for lesson in LESSONS:
        train_briefly(paths.solved_path(lesson, root))
    with Lab(root) as running:
        yield running


def train_briefly(path):
    """Begin a notebook that trains with a cell that shortens this."""
    notebook = nbformat.read(path, as_version=4)
    if any("import followed" in cell.source for cell in notebook.cells):
        notebook.cells.insert(0, nbformat.v4.new_code_cell(BRIEFLY))
        nbformat.write(notebook, path)


@every_lesson
def test_the_solved_lesson_runs_and_its_sliders_answer(lab, lesson):
    notebook = lab.open_notebook(f"solutions/{lesson}/{lesson}.ipynb")
    notebook.run_all()
    source = (paths.ROOT / "solutions" / f"{lesson}.py").read_text("utf-8")
    count = len(re.findall(r"^\w+\.show\(", source, re.M))
    assert count > 0
    # A training that waits for its button is tested in test_live.py.
    for figure in notebook.figures(count, with_button="Reset"):
        follow(figure)
    notebook.close()


def follow(figure):
    """Move every control; the picture must follow each time, to what the
    figure's own pure function computes from what the controls say.
    """
    twin = Twin(figure.name)
    figure.wait_shown(twin.numbers())
    controls = figure.controls(twin.in_view())
    for control in sorted(controls, key=lambda c: c.kind != "slider"):
        ours = twin.controls.get(control.description)
        before, was = figure.svg(), control.value()
        if control.kind == "slider":
            end = control.at_right_end()
            control.press("ArrowLeft" if end else "ArrowRight")
            ours.value = control.wait_moved(was)
            figure.wait_changed(before)
        else:
            label = next(x for x in control.labels() if x != was)
            control.choose(label)
            # Buttons that only choose what the sliders are about are no
            # number of the figure's, and leave the picture as it is.
            if ours:
                ours.label = label
        figure.wait_shown(twin.numbers())


@every_lesson
def test_the_lesson_shows_its_pictures_and_is_saved_as_it_was(lab, lesson):
    notebook = lab.open_notebook(f"lessons/{lesson}/{lesson}.ipynb")
    cells = nbformat.read(paths.lesson_path(lesson), as_version=4).cells
    count = sum(cell.source.count("](attachment:") for cell in cells)
    assert count > 0
    pictures = notebook.page.locator(".jp-MarkdownOutput img")
    expect(pictures).to_have_count(count)
    until(lambda: pictures.evaluate_all(SIZES), are_seen)
    # Once it has met its kernel, whose words JupyterLab puts into it. Or git
    # would see changes in what nobody has written in.
    notebook.wait_until(f"{KERNEL}?.session?.kernel?.info")
    notebook.save()
    saved, committed = (
        paths.lesson_path(lesson, root).read_text("utf-8")
        for root in (lab.root, None)
    )
    assert saved == committed
    notebook.close()


SIZES = """images => Promise.all(images.map(async image => {
  await image.decode(); return [image.naturalWidth, image.alt]}))"""


def are_seen(sizes):
    """pictures of some width, each with a text"""
    return all(width > 100 and alt for width, alt in sizes)


def test_a_wrong_answer_is_read_in_the_notebook(lab):
    """A learner's first run: checks say that nothing is written yet.

    All of them do: what fails, and what waits, does not stop the notebook.
    """
    lesson = "07_self_attention"
    notebook = lab.open_notebook(f"lessons/{lesson}/{lesson}.ipynb")
    with pytest.raises(AssertionError, match="not written yet"):
        notebook.run_all()
    shown_error = notebook.page.locator(
        ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'],"
        " .jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']"
    ).first
    expect(shown_error).to_have_text(
        re.compile(r"^\s*self_attention\.dot_product_scores: not written")
    )
    expect(shown_error).not_to_contain_text("Traceback")
    cards = notebook.page.locator(
        ".jp-OutputArea-output[data-mime-type='text/html']", has_text="✗"
    )
    expect(cards).to_have_count(5)
    notebook.close()
