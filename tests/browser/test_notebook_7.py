"""Jupyter Notebook 7: what a lesson needs is there, too."""

import shutil

import pytest

from authoring import paths
from tests.browser.jupyter import Lab, expect, require_browser

LESSON = "07_self_attention"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """The solved lesson 7, run from top to bottom."""
    require_browser()
    root = tmp_path_factory.mktemp("notebooks")
    shutil.copy(paths.solved_path(LESSON), root)
    with Lab(root, "notebook") as lab:
        notebook = lab.open_notebook(f"{LESSON}.ipynb")
        notebook.run_all()
        yield notebook


def test_checks_are_shown(notebook):
    right = notebook.page.get_by_text("right, in all")
    expect(right.first).to_be_visible()


def test_arrow_keys_move_a_handle_and_not_the_notebook(notebook):
    (figure,) = notebook.figures(1)
    before = figure.svg()
    names = ["vector of", *(f"The[{k}]" for k in range(4)), "divide scores by"]
    control = figure.controls(names)[1]
    control.press("ArrowRight")
    figure.wait_changed(before)
    expect(control.box.locator(".noUi-handle")).to_be_focused()
