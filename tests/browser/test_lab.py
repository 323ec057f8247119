"""JupyterLab as `make lab` opens it, the first time."""

import shutil

import pytest

from authoring import paths
from tests.browser.jupyter import Lab, equals, expect, require_browser, until

NBGRADER = """window.jupyterapp.commands.listCommands()
  .filter(name => name.startsWith('nbgrader')).length > 0"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    require_browser()
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(paths.ROOT / "lessons", root / "lessons")
    solve(paths.lesson_path("00_start_here", root))
    return root


def solve(path):
    """Write the answer to the only exercise of that lesson."""
    text = path.read_text("utf-8")
    stub = "    raise NotImplementedError()"
    assert text.count(stub) == 1
    right = "    return sum(values) / len(values)"
    path.write_text(text.replace(stub, right), "utf-8")


def test_an_instructor_has_nbgraders_commands(root):
    # First, as two browsers at once are not to be had.
    with Lab(root, instructor=True) as lab:
        notebook = lab.open_first()
        until(lambda: notebook.page.evaluate(NBGRADER), equals(True))
        notebook.close()


@pytest.fixture(scope="module")
def lab(root):
    with Lab(root) as running:
        yield running


@pytest.fixture(scope="module")
def first(lab):
    notebook = lab.open_first()
    yield notebook
    notebook.close()


def current(notebook):
    """Reads which notebook is in front."""
    return notebook.page.evaluate(
        "window.jupyterapp.shell.currentWidget?.context?.path ?? ''"
    )


def test_all_lessons_are_in_sight_and_the_first_is_open(first):
    names = first.page.locator(".jp-DirListing-item .jp-DirListing-itemText")
    lessons = sorted(p.name for p in (paths.ROOT / "lessons").iterdir())
    expect(names).to_have_text(lessons)
    for name in (lessons[0], lessons[-1]):
        expect(names.filter(has_text=name)).to_be_in_viewport()
    until(
        lambda: current(first),
        equals("lessons/00_start_here/00_start_here.ipynb"),
    )


def test_the_table_of_contents_is_open(first):
    heading = first.page.locator(".jp-TableOfContents").get_by_text(
        "The lessons", exact=True
    )
    expect(heading).to_be_visible()


NEWS = """fetch(
  '/lab/api/settings/@jupyterlab/apputils-extension:notification')
  .then(answer => answer.json())
  .then(it => it.schema.properties.fetchNews.default)"""


def test_no_news_and_nothing_of_the_instructors(first):
    expect(first.page.locator(".jp-TableOfContents")).to_be_visible()
    expect(
        first.page.locator(".jp-toastContainer .Toastify__toast")
    ).to_have_count(0)
    expect(first.page.locator(".jp-Dialog")).to_have_count(0)
    # What would be asked a little later, if it were not set.
    until(lambda: first.page.evaluate(NEWS), equals("false"))
    until(lambda: first.page.evaluate(NBGRADER), equals(False))


def test_links_open_the_neighbour_in_the_same_window(first):
    first.page.locator(
        ".jp-MarkdownOutput a", has_text="Gradient descent →"
    ).first.click()
    until(
        lambda: current(first),
        equals("lessons/01_gradient_descent/01_gradient_descent.ipynb"),
    )
    back = first.page.locator(".jp-NotebookPanel:visible a", has_text="All l")
    back.first.click()
    until(
        lambda: current(first),
        equals("lessons/00_start_here/00_start_here.ipynb"),
    )
    expect(
        first.page.get_by_role("heading", name="The lessons")
    ).to_be_in_viewport()


def test_how_far_one_is_is_shown_after_a_check(first, lab):
    first.run_all()
    told = first.page.locator(".jp-OutputArea .jp-RenderedMarkdown")
    row = told.locator("tr", has_text="00_start_here")
    expect(row).to_contain_text("1 of 1")
    expect(row).to_contain_text("●")
    told.get_by_role("link", name="02_vectorization").click()
    path = "lessons/02_vectorization/02_vectorization.ipynb"
    until(lambda: current(first), equals(path))
    (notes,) = lab.state.rglob("checks.jsonl")
    assert "start_here.average" in notes.read_text("utf-8")
