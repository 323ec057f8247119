"""Every lesson, opened in a real JupyterLab, run, and its sliders moved."""

import importlib
import shutil

import pytest

from authoring import paths
from tests.browser.jupyter import Lab, require_browser
from tests.sliders.reading import shown

LESSONS = [source.stem for source in paths.sources()]
every_lesson = pytest.mark.parametrize("lesson", LESSONS)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    require_browser()
    root = tmp_path_factory.mktemp("course")
    for name in ("solutions", "lessons"):
        shutil.copytree(paths.ROOT / name, root / name)
    with Lab(root) as running:
        yield running


@every_lesson
def test_the_solved_lesson_runs_and_its_sliders_answer(lab, lesson):
    notebook = lab.open_notebook(f"solutions/{lesson}/{lesson}.ipynb")
    notebook.run_all()
    source = (paths.ROOT / "solutions" / f"{lesson}.py").read_text("utf-8")
    # A training that waits for its button is tested in test_live.py.
    figures = [
        figure
        for figure in notebook.figures()
        if figure.panel.locator("button", has_text="Reset").count()
    ]
    assert len(figures) == source.count(".show()") > 0
    for figure in figures:
        follow(figure)
    notebook.close()


def follow(figure):
    """Move every control; the picture must follow each time, to what the
    figure's own pure function computes from what the controls say.
    """
    panel = importlib.import_module(f"byhand.sliders.{figure.name}").show()
    ours = {each.description: each for each in panel.controls.values()}
    assert figure.shown() == shown(panel.picture)
    for control in sorted(figure.controls(), key=lambda c: c.kind != "slider"):
        before = figure.svg()
        if control.kind == "slider":
            was = control.value()
            control.press("ArrowRight")
            if control.value() == was:  # it starts at its right end
                control.press("ArrowLeft")
            assert control.value() != was
            ours[control.description].value = control.value()
        else:
            label = next(x for x in control.labels() if x != control.value())
            control.choose(label)
            # Buttons that only choose what the sliders are about are no
            # number of the figure's, and leave the picture as it is.
            if control.description in ours:
                ours[control.description].label = label
        figure.wait_shown(shown(panel.picture))
        assert figure.shown() == shown(panel.picture)
        if control.kind == "slider":
            assert figure.svg() != before, control.description


@every_lesson
def test_the_lesson_shows_its_pictures_before_it_is_run(lab, lesson):
    notebook = lab.open_notebook(f"lessons/{lesson}/{lesson}.ipynb")
    pictures = notebook.page.locator(".jp-MarkdownOutput img")
    pictures.first.wait_for()
    sizes = pictures.evaluate_all(
        "images => Promise.all(images.map(async image => {"
        "await image.decode(); return [image.naturalWidth, image.alt]}))"
    )
    assert sizes
    for width, alt in sizes:
        assert width > 100, alt
        assert alt
    notebook.close()


def test_a_wrong_answer_is_read_in_the_notebook(lab):
    """A learner's first run: the check says that nothing is written yet."""
    lesson = "07_self_attention"
    notebook = lab.open_notebook(f"lessons/{lesson}/{lesson}.ipynb")
    with pytest.raises(AssertionError, match="not written yet"):
        notebook.run_all()
    shown_error = notebook.page.locator(
        ".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error'],"
        " .jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']"
    )
    text = shown_error.first.inner_text()
    assert text.startswith("self_attention.dot_product_scores: not written")
    assert "Traceback" not in text
    notebook.close()
