"""Every slider, moved by keyboard in a real JupyterLab."""

import re

import pytest

from byhand.sliders import attention, descent, tangent
from tests.browser.jupyter import (
    Lab,
    Notebook,
    Twin,
    equals,
    expect,
    require_browser,
    until,
    write_notebook,
)
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

    def opener(name):
        notebook = lab.open_notebook(f"{name}.ipynb")
        notebook.run_all()
        (figure,) = notebook.figures(1)
        assert figure.name == name
        return figure

    return opener


def move(figure, twin, control, key):
    """Press a key; the picture must follow, to what its twin computes."""
    before = twin.numbers()
    was = control.value()
    control.press(key)
    after = control.wait_moved(was)
    twin.controls[control.description].value = after
    assert twin.numbers() != before, f"{control.description} changes nothing"
    figure.wait_shown(twin.numbers())
    return after


@pytest.mark.parametrize("name", ["tangent", "descent"])
def test_each_control_moves_the_picture(open_figure, name):
    figure, twin = open_figure(name), Twin(name)
    start = twin.numbers()
    figure.wait_shown(start)
    assert twin.in_view() == list(twin.controls)
    for control in figure.controls(twin.in_view()):
        key = "ArrowRight"
        if control.description == "batch size":
            key = "ArrowLeft"  # it starts at the right end
        for _ in range(3):
            move(figure, twin, control, key)
    figure.reset()
    figure.wait_shown(start)


@pytest.mark.about("attention")
def test_each_component_of_each_word(open_figure):
    figure, twin = open_figure("attention"), Twin("attention")
    start = twin.numbers()
    figure.wait_shown(start)
    word, *_, divisor = figure.controls(twin.in_view())
    word.wait_labels(attention.WORDS)
    for i, label in enumerate(attention.WORDS):
        before = figure.svg()
        word.choose(label)
        names = [f"{label}[{k}]" for k in range(4)]
        _, *components, _ = figure.controls(
            ["vector of", *names, "divide scores by"]
        )
        figure.wait_same(before)
        for control, loaded in zip(
            components, attention.VECTORS[i], strict=True
        ):
            control.wait_value(loaded)
            move(figure, twin, control, "ArrowRight")
            move(figure, twin, control, "Home")
            move(figure, twin, control, "ArrowRight")
    values = [twin.panel.numbers()[name] for name in twin.panel.controls]
    assert values == [-1.75] * 12 + [2.0]
    figure.reset()
    figure.wait_shown(start)
    twin.panel.reset()
    for key in ("ArrowRight", "End", "Home"):
        by = move(figure, twin, divisor, key)
    assert by == 0.5


@pytest.fixture(scope="module", params=FIGURES)
def each(request, lab):
    """A figure and its twin, as they begin. Its tests come one behind the
    other, so that its notebook is opened and run once."""
    notebook = lab.open_notebook(f"{request.param}.ipynb")
    notebook.run_all()
    (figure,) = notebook.figures(1)
    return figure, Twin(request.param)


def test_a_handle_has_a_name_and_says_what_is_read(each):
    """0.013, say, and not 0.013000000000000001; and of stops the stop."""
    figure, twin = each
    for control in figure.controls(twin.in_view()):
        if control.kind == "slider":
            control.press("Home")
            control.press("ArrowRight", times=3)
        read = control.box.locator(".widget-readout, button.mod-active")
        until(
            lambda control=control, read=read: (
                control.heard()
                == (control.description, read.inner_text().strip())
            ),
            equals(True),
        )
        if control.kind == "slider":
            twin.controls[control.description].value = control.value()
    # A Reset that overtakes a press would be undone by it.
    figure.wait_shown(twin.numbers())
    figure.reset()
    twin.panel.reset()
    figure.wait_shown(twin.numbers())


@pytest.mark.parametrize(
    "name", ["multi_head", "trained_heads", "looking_back", "schedule"]
)
def test_text_can_be_read_in_a_narrow_window(open_figure, name):
    """Of at least 11 pixels; and no read-out or line to type is cut off."""
    figure = open_figure(name)
    figure.page.set_viewport_size({"width": 768, "height": 900})
    until(figure.smallest_text, lambda pixels: pixels >= 10.99)
    until(figure.cut_off, equals([]))


@pytest.mark.about("descent")
def test_the_three_regimes_can_be_reached(open_figure):
    figure = open_figure("descent")
    rate, *_ = figure.controls(Twin("descent").in_view())
    figure.wait_says({"regime": "converges"})
    rate.press("Home")
    figure.wait_says({"regime": "creeps", "factor": "0.9850"})
    rate.press("End")
    figure.wait_says({"regime": "explodes", "factor": "−1.4000"})
    figure.wait_shown(shown(descent.draw(descent.compute(0.16, 4, 5))))
    # From the far end back over 2/15 into convergence, a step at a time.
    rate.press("ArrowLeft", times=27)
    figure.wait_says({"regime": "creeps", "factor": "−0.9950"})
    rate.press("ArrowLeft", times=33)
    figure.wait_says({"regime": "converges", "factor": "−0.5000"})


@pytest.mark.about("tangent")
def test_the_tangent_from_end_to_end(open_figure):
    figure = open_figure("tangent")
    x, lr = figure.controls(Twin("tangent").in_view())
    for key, at in (("Home", -3), ("End", 3)):
        x.press(key)
        figure.wait_shown(shown(tangent.draw(tangent.compute(at, 0.1))))
    for key, rate in (("End", 1.2), ("Home", 0)):
        lr.press(key)
        figure.wait_shown(shown(tangent.draw(tangent.compute(3, rate))))


@pytest.mark.about("attention")
def test_a_cell_says_the_sum_that_it_came_from(open_figure):
    """Pointed at, or gone to by keyboard; and it follows the sliders."""
    figure = open_figure("attention")
    line = figure.panel.get_by_role("status")
    expect(line).to_have_text(re.compile("^Point at a cell"))
    figure.cell("scores", 0, 2).hover()
    expect(line).to_have_text("The, Sat: 2.00 = 1·1 + 0·1 + 1·1 + 0·1")
    figure.cell("weights", 2, 0).hover()
    expect(line).to_have_text("Sat, The: 0.2119 = e^1 ÷ (e^1 + e^1 + e^2)")
    _, _, _, _, _, divisor = figure.controls(Twin("attention").in_view())
    divisor.box.hover()
    expect(line).to_have_text(re.compile("^Point at a cell"))
    cells = figure.panel.get_by_role("group", name="Point at a cell")
    cells.focus()
    expect(line).to_have_text(re.compile("^The, The: 2.00 = "))
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        cells.press(key)
    expect(line).to_have_text("Cat, Sat: 2.00 = 0·1 + 1·1 + 0·1 + 1·1")
    cells.press("ArrowRight")  # on to the weights, beside the scores
    expect(line).to_have_text("Cat, The: 0.1554 = e^0 ÷ (e^0 + e^1 + e^1)")
    # No cell of the notebook was left for another by these keys.
    expect(cells).to_be_focused()
    figure.page.keyboard.press("Tab")
    expect(line).to_have_text(re.compile("^Point at a cell"))
    figure.cell("weights", 2, 0).hover()
    divisor.press("End")
    expect(line).to_have_text(
        re.compile(r"^Sat, The: 0.2741 = e\^0.5 ÷ \(e\^0.5 \+ ")
    )


def on_a_dark_page(brightness):
    """dark, with bright text"""
    page, texts = brightness
    # Text in a heat map's cells has the cell behind it, not the page.
    return page < 0.1 and texts and min(texts) > 0.5


def beside(box):
    """Of a control's box: its description takes no line of its own."""
    return box["height"] < 40


def on_a_light_page(brightness):
    """light, with dark text"""
    page, texts = brightness
    return page > 0.9 and texts and max(texts) < 0.5


def test_a_picture_can_be_read_in_both_themes(each):
    """Text and page differ in brightness, as the browser computes them.

    And no text lies on another or outside, at either end of a slider.
    """
    figure, twin = each
    until(figure.brightness, on_a_light_page)
    controls = figure.controls(twin.in_view())
    sliders = [each for each in controls if each.kind == "slider"]
    for control in controls:
        # A description stands beside its buttons, not above them.
        until(control.box.bounding_box, beside)
    for key in ("Home", "End"):
        for control in sliders:
            control.press(key)
            twin.move_to_end(control.description, key)
        figure.wait_shown(twin.numbers())
        until(figure.collisions, equals([]))
    figure.reset()
    twin.panel.reset()
    figure.wait_shown(twin.numbers())
    figure.notebook.change_theme("dark")
    until(figure.brightness, on_a_dark_page)


def test_nothing_leaves_the_machine(lab, open_figure):
    page, asked = open_figure("tangent").page, []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    notebook = Notebook(page)
    notebook.run_all()
    notebook.figures(1)
    assert asked
    local = (lab.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(local)] == []
