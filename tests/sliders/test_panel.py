import ipywidgets
import pytest

from byhand.sliders import attention, descent, draw, scaling, tangent
from byhand.sliders.controls import slider, whole_slider
from byhand.sliders.panel import Panel
from tests.sliders.reading import parse, shown

FIGURES = [tangent, descent, attention]
VIEW = "application/vnd.jupyter.widget-view+json"


def half(x):
    if x < 0:
        raise ValueError(f"x must not be negative, but it is {x}")
    return x / 2


def draw_half(y):
    return draw.figure("half", "half", draw.caption(draw.Shown("y", y)))


def panel(**changes):
    arguments = {
        "name": "half",
        "controls": {"x": slider("x", 1.0, -2.0, 2.0, 0.5)},
        "compute": half,
        "draw": draw_half,
        "summary": "half is {}".format,
    }
    return Panel(**(arguments | changes))


def test_a_moved_control_redraws():
    one = panel()
    assert shown(one.picture) == {"y": "0.50"}
    one.controls["x"].value = 2.0
    assert shown(one.picture) == {"y": "1.00"}
    assert one.summary == "half is 1.0"


def test_a_step_counted_in_the_browser_is_the_number_meant():
    one = descent.show()
    one.controls["learning_rate"].value = 0.001 + 9 * 0.001
    assert one.controls["learning_rate"].value != 0.01
    assert one.numbers()["learning_rate"] == 0.01
    assert one.picture == descent.picture()


def test_the_picture_is_replaced_and_never_cleared():
    one = panel()
    pictures = []
    html = one.widget.children[1]
    html.observe(lambda change: pictures.append(change["new"]), "value")
    for value in (2.0, -1.0, 0.5):
        one.controls["x"].value = value
    one.reset()
    assert len(pictures) == 4
    for each in pictures:
        parse(each)


def test_reset_puts_everything_back_in_one_redraw():
    one = attention.show()
    start = one.picture
    for control in one.controls.values():
        control.value = 0.75
    assert one.picture != start
    changes = []
    html = one.widget.children[1]
    html.observe(lambda change: changes.append(change["new"]), "value")
    one.reset_button.click()
    assert changes == [start]
    assert one.picture == start
    one.controls["The0"].value = -1.0
    assert one.picture != start


def test_a_moved_slider_has_its_neighbours_drawn_ahead():
    one = panel()
    picture = one.widget.children[1]
    one.controls["x"].value = 1.5
    assert picture.key() == "7"  # steps of 0.5 from −2
    assert {k: shown(v) for k, v in picture.ahead.items()} == {
        "6": {"y": "0.50"},
        "8": {"y": "1.00"},
    }
    one.controls["x"].value = 2.0  # its right end
    assert set(picture.ahead) == {"7"}
    one.controls["x"].value = 0.0
    assert "x must not be negative" in picture.ahead["3"]


def test_a_picture_drawn_ahead_is_the_one_that_the_kernel_sends():
    one = descent.show()
    picture = one.widget.children[1]
    for name in ("learning_rate", "epochs"):
        control = one.controls[name]
        control.value += control.step
        ahead = picture.ahead
        control.value += control.step
        assert ahead[picture.key()] == one.picture


def test_choices_have_their_neighbours_drawn_ahead():
    one = scaling.show()
    picture = one.widget.children[1]
    width = one.controls["d_k"]
    width.index = 0
    (key,) = picture.ahead
    width.index = 1
    assert key == picture.key()
    assert len(picture.ahead) == 2


def test_a_value_error_is_shown_as_a_sentence():
    one = panel()
    one.controls["x"].value = -1.0
    sentence = "x must not be negative, but it is -1.0"
    assert one.summary == sentence
    assert parse(one.picture).get("aria-label") == sentence
    one.controls["x"].value = 1.0
    assert shown(one.picture) == {"y": "0.50"}


@pytest.mark.parametrize("module", FIGURES)
def test_what_a_notebook_stores(module):
    first, second = module.show(), module.show()
    bundle = first._repr_mimebundle_()
    assert set(bundle) == {VIEW, "image/svg+xml", "text/plain"}
    assert bundle[VIEW]["model_id"] == first.widget.model_id
    assert bundle["image/svg+xml"] == module.picture()
    assert bundle["text/plain"] == second._repr_mimebundle_()["text/plain"]
    assert bundle["text/plain"] == module.summary(module.compute())
    assert " at 0x" not in bundle["text/plain"]
    assert repr(first) == bundle["text/plain"]
    assert bundle["text/plain"].count("\n") <= 1


@pytest.mark.parametrize("module", FIGURES)
def test_every_control_says_what_it_is_and_reports_every_move(module):
    controls = module.show().controls.values()
    descriptions = [control.description for control in controls]
    assert all(descriptions)
    assert len(set(descriptions)) == len(descriptions)
    assert all(control.continuous_update for control in controls)


@pytest.mark.parametrize("module", FIGURES)
def test_every_control_changes_the_picture_at_both_ends(module):
    one = module.show()
    for control in one.controls.values():
        pictures = {one.picture}
        for value in (control.min, control.max):
            control.value = value
            pictures.add(one.picture)
        one.reset()
        # One of the two ends may be where the control starts.
        assert len(pictures) >= 2


def test_changing_words_leaves_the_picture_alone():
    one = attention.show()
    before = one.picture
    top, stack, _ = one.widget.children[0].children[0].children
    _, word = top.children
    assert isinstance(word, ipywidgets.ToggleButtons)
    for label in attention.WORDS:
        word.value = label
        assert one.picture == before
    sliders = [box.children for box in stack.children]
    assert [[each.value for each in four] for four in sliders] == (
        attention.VECTORS.tolist()
    )


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"name": ""}, TypeError, "expected a name for the figure, got ''"),
        ({"controls": []}, TypeError, "dict of name to control, got list"),
        ({"controls": {}}, ValueError, "at least one control, got none"),
        ({"controls": {"x": 3}}, TypeError, "a value for 'x', got int"),
        ({"draw": "svg"}, TypeError, "compute, draw and summary, got str"),
    ],
)
def test_a_programmer_is_told_what_was_expected(changes, error, message):
    with pytest.raises(error, match=message):
        panel(**changes)


def test_other_errors_are_not_hidden():
    def broken(x):
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        panel(compute=broken)


def test_sliders_are_what_was_asked_for():
    one = slider("rate", 0.01, 0.001, 0.16, 0.001, decimals=3)
    assert (one.value, one.min, one.max, one.step) == (
        *(0.01, 0.001),
        *(0.16, 0.001),
    )
    assert one.readout_format == ".3f"
    other = whole_slider("size", 4, 1, 9)
    assert (other.value, other.min, other.max, other.step) == (4, 1, 9, 1)
