import ipywidgets
import pytest

from byhand.sliders import attention, descent, draw, scaling
from byhand.sliders.controls import choice, slider, stops, whole_slider
from byhand.sliders.panel import Panel
from tests.sliders.reading import parse, shown


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


def test_a_picture_is_on_its_way_before_the_next_are_drawn(monkeypatch):
    """A thread sends it, which gets no turn while this one draws."""
    done = []

    def drawn(y):
        done.append(f"drawn {y}")
        return draw_half(y)

    monkeypatch.setattr("time.sleep", lambda _: done.append("a turn"))
    one = panel(draw=drawn)
    done.clear()
    one.controls["x"].value = 0.5
    assert done == ["drawn 0.25", "a turn", "drawn 0.0", "drawn 0.5"]


def test_no_move_is_sent_back_to_the_browser_that_made_it():
    controls = [
        (slider("x", 1.0, -2.0, 2.0, 0.5), "value"),
        (whole_slider("n", 1, 0, 2), "value"),
        (stops("how", 1, (1, 2)), "index"),
        (choice("which", 1, (1, 2)), "index"),
    ]
    for control, moved in controls:
        assert control.trait_metadata(moved, "echo_update") is False


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
    # It does not fit into this small picture: no letter is cut off for that.
    assert float(parse(one.picture).get("width")) > 200
    one.controls["x"].value = 1.0
    assert shown(one.picture) == {"y": "0.50"}


def test_changing_words_leaves_the_picture_alone():
    one = attention.show()
    before = one.picture
    word, stack, _ = one.widget.children[0].children[0].children
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


def test_a_sentence_has_the_size_of_the_picture():
    def wide(y):
        block = draw.sized(draw.caption(draw.Shown("y", y)), 500, 300)
        return draw.figure("half", "half", block)

    one = panel(draw=wide)
    one.controls["x"].value = -1.0
    root = parse(one.picture)
    assert (root.get("width"), root.get("height")) == ("524", "324")


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


def test_choices_are_what_was_asked_for():
    options = [("half", 0.5), ("all", 1.0)]
    for one in (stops("how", 1.0, options), choice("how", 1.0, options)):
        assert (one.value, one.label, one.description) == (1.0, "all", "how")
        one.index = 0
        assert one.value == 0.5
    assert choice("how", 1, (1, 2), width=70).style.button_width == "70px"
