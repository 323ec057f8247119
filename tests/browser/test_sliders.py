"""Every slider, moved by keyboard in a real JupyterLab."""

import numpy as np
import pytest

from byhand.sliders import attention, descent, tangent
from tests.browser.jupyter import Lab, require_browser, write_notebook
from tests.sliders.reading import figures, shown

FIGURES = figures()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    require_browser()
    root = tmp_path_factory.mktemp("notebooks")
    for name in FIGURES:
        source = f"from byhand.sliders import {name}\n{name}.show()"
        write_notebook(root / f"{name}.ipynb", source)
    with Lab(root) as running:
        yield running


@pytest.fixture
def open_figure(lab):
    """Opens a notebook, runs it and gives its one figure."""
    opened = []

    def opener(name, theme="light"):
        notebook = lab.open_notebook(f"{name}.ipynb", theme)
        opened.append(notebook)
        notebook.run_all()
        (figure,) = notebook.figures()
        assert figure.name == name
        return figure

    yield opener
    for notebook in opened:
        notebook.close()


def by_description(module):
    """Description of a control to its keyword in `compute`."""
    controls = module.show().controls
    return {each.description: name for name, each in controls.items()}


def move(figure, control, key, expect):
    """Press a key; the picture must follow, to what `expect` computes."""
    before = control.value()
    picture = figure.shown()
    control.press(key)
    after = control.value()
    assert after != before, f"{key} does not move {control.description}"
    expected = shown(expect(control.description, after))
    assert expected != picture
    figure.wait_shown(expected)
    assert figure.shown() == expected
    return after


@pytest.mark.parametrize("name", ["tangent", "descent"])
def test_each_control_moves_the_picture(open_figure, name):
    module = FIGURES[name]
    keywords = by_description(module)
    figure = open_figure(name)
    numbers = {
        keywords[description]: value
        for description, value in figure.values().items()
    }

    def expect(description, value):
        numbers[keywords[description]] = value
        return module.draw(module.compute(**numbers))

    assert figure.shown() == shown(module.picture())
    assert len(figure.controls()) == len(keywords)
    for control in figure.controls():
        key = "ArrowRight"
        if control.description == "batch size":
            key = "ArrowLeft"  # it starts at the right end
        for _ in range(3):
            move(figure, control, key, expect)
    figure.reset()
    figure.wait_shown(shown(module.picture()))


def test_each_component_of_each_word(open_figure):
    figure = open_figure("attention")
    word, *_, divisor = figure.controls()
    assert word.labels() == list(attention.WORDS)
    vectors, by = attention.VECTORS.copy(), 2.0
    assert figure.shown() == shown(attention.picture())
    for i, label in enumerate(attention.WORDS):
        before = figure.svg()
        word.choose(label)
        names = [f"{label}[{k}]" for k in range(4)]
        figure.wait_controls([*names, "divide scores by"])
        assert word.value() == label
        assert figure.svg() == before
        loaded = figure.values()
        assert [loaded[name] for name in names] == vectors[i].tolist()
        for k, control in enumerate(figure.controls()[1:5]):
            assert control.description == names[k]

            def expect(_, value, at=(i, k)):
                vectors[at] = value
                return attention.draw(attention.compute(vectors, by))

            move(figure, control, "ArrowRight", expect)
            move(figure, control, "Home", expect)
            move(figure, control, "ArrowRight", expect)
    np.testing.assert_array_equal(vectors, np.full((3, 4), -1.75))
    figure.reset()
    figure.wait_shown(shown(attention.picture()))
    for key in ("ArrowRight", "End", "Home"):
        by = move(
            figure,
            divisor,
            key,
            lambda _, value: attention.draw(attention.compute(divisor=value)),
        )
    assert by == 0.5


def test_the_three_regimes_can_be_reached(open_figure):
    figure = open_figure("descent")
    rate = figure.controls()[0]
    figure.wait_shown({"regime": "converges"})
    rate.press("Home")
    figure.wait_shown({"regime": "creeps", "factor": "0.9850"})
    rate.press("End")
    figure.wait_shown({"regime": "explodes", "factor": "−1.4000"})
    assert figure.shown() == shown(descent.draw(descent.compute(0.16, 4, 5)))
    # From the far end back over 2/15 into convergence, a step at a time.
    rate.press("ArrowLeft", times=27)
    figure.wait_shown({"regime": "creeps", "factor": "−0.9950"})
    rate.press("ArrowLeft", times=33)
    figure.wait_shown({"regime": "converges", "factor": "−0.5000"})


def test_the_tangent_from_end_to_end(open_figure):
    figure = open_figure("tangent")
    x, lr = figure.controls()
    for key, at in (("Home", -3), ("End", 3)):
        x.press(key)
        figure.wait_shown(shown(tangent.draw(tangent.compute(at, 0.1))))
    for key, rate in (("End", 1.2), ("Home", 0)):
        lr.press(key)
        figure.wait_shown(shown(tangent.draw(tangent.compute(3, rate))))


@pytest.mark.parametrize("name", FIGURES)
def test_a_picture_can_be_read_in_the_dark_theme(open_figure, name):
    """Text and page differ in brightness, as the browser computes them."""
    figure = open_figure(name, theme="dark")
    page, texts = figure.brightness()
    assert page < 0.1
    # Text in a heat map's cells has the cell behind it, not the page.
    assert texts and min(texts) > 0.5


@pytest.mark.parametrize("name", FIGURES)
def test_a_picture_can_be_read_in_the_light_theme(open_figure, name):
    """And no text lies on another or outside, at either end of a slider."""
    figure = open_figure(name)
    page, texts = figure.brightness()
    assert page > 0.9
    assert texts and max(texts) < 0.5
    for control in figure.controls():
        # A description stands beside its buttons, not above them.
        assert control.box.bounding_box()["height"] < 40, control.description
    for key in ("Home", "End"):
        for control in figure.controls():
            if control.kind == "slider":
                control.press(key)
        assert figure.collisions() == []


def test_nothing_leaves_the_machine(lab, open_figure):
    figure = open_figure("tangent")
    asked = []
    figure.page.on("request", lambda request: asked.append(request.url))
    figure.page.reload()
    figure.page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.context?.isReady"
    )
    assert asked
    local = (lab.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(local)] == []
