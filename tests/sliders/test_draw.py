import math

import numpy as np
import pytest

from byhand.sliders import draw
from byhand.sliders.chart import Axes, log_ticks, ticks
from tests.sliders.reading import SVG, matrix, parse, shown


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (0.42232, 4, "0.4223"),
        (-1.5, 2, "−1.50"),
        (-0.0, 2, "0.00"),
        (-0.004, 2, "0.00"),
        (-0.006, 2, "−0.01"),
        (3, 0, "3"),
        (0.44225, 4, "0.4423"),
        (np.nextafter(0.44225, 0), 4, "0.4423"),
        (-np.nextafter(0.44225, 1), 4, "−0.4423"),
        (0.0000001, 4, "0.0000"),
        (999_999, 0, "999999"),
        (6.677e9, 4, "6.68e9"),
        (-1e107, 2, "−1.00e107"),
        (math.nan, 2, "NaN"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
        (np.float32(0.5), 1, "0.5"),
    ],
)
def test_a_number_is_written(value, decimals, written):
    assert draw.number(value, decimals) == written


def contrast(one, other):
    """The contrast of two #rrggbb colours as WCAG 2.1 defines it."""

    def luminance(colour):
        rgb = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        rgb = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
            for c in rgb
        ]
        return np.dot(rgb, [0.2126, 0.7152, 0.0722])

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scale", draw.SCALES)
def test_ink_can_be_read_on_every_colour_of_a_scale(scale):
    for fraction in np.linspace(0, 1, 201):
        background = draw.colour(fraction, scale)
        assert contrast(background, draw.ink_on(background)) >= 4.5


@pytest.mark.parametrize(
    "line", [draw.BLUE, draw.ORANGE, draw.GREEN, draw.PINK]
)
@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_lines_stand_out_in_both_themes(line, page):
    # 3:1 is what WCAG asks of graphics; pink on white is a hair under.
    assert contrast(line, page) > 2.99


def test_a_colour_scale_ends_where_it_says_and_holds_there():
    for stops in draw.SCALES.values():
        assert len(stops) % 2 == 1
    first, *_, last = draw.SCALES["sequential"]
    assert draw.colour(0) == draw.colour(-3) == first
    assert draw.colour(1) == draw.colour(7) == last
    assert draw.colour(0.5) == draw.SCALES["sequential"][2]


def test_a_heat_map_shows_its_numbers_and_labels():
    block = draw.heat_map(
        [[0.5, -0.0], [1, 12.345]], "map", ["a", "b"], ["c", "d"], "title"
    )
    picture = draw.figure("f", "a map", block)
    assert matrix(picture, "map") == [["0.50", "0.00"], ["1.00", "12.35"]]
    texts = {each.text for each in parse(picture).iter(f"{SVG}text")}
    assert {"a", "b", "c", "d", "title"} <= texts


def fills(picture):
    return [
        each.get("style").split("fill:")[1].split(";")[0]
        for each in parse(picture).iter(f"{SVG}rect")
    ][1:]


def test_a_diverging_map_puts_zero_in_the_middle():
    block = draw.heat_map([[-1, 0, 4]], "map", scale="diverging")
    low, middle, high = fills(draw.figure("f", "s", block))
    assert middle == draw.SCALES["diverging"][2]
    assert high == draw.SCALES["diverging"][-1]
    assert low == draw.colour(3 / 8, "diverging")


def test_equal_numbers_have_a_colour():
    for numbers in ([[2, 2]], [[0, 0]]):
        for scale in draw.SCALES:
            block = draw.heat_map(numbers, "map", scale=scale)
            assert len(set(fills(draw.figure("f", "s", block)))) == 1


def test_what_is_not_finite_or_struck_out_has_no_colour():
    numbers = [[1, math.nan], [-math.inf, 3]]
    crossed = [[False, False], [False, True]]
    block = draw.heat_map(numbers, "map", crossed=crossed)
    picture = draw.figure("f", "s", block)
    assert matrix(picture, "map") == [["1.00", "NaN"], ["−∞", "3.00"]]
    assert [fill == draw.PAPER for fill in fills(picture)] == [
        *(False, True),
        *(True, True),
    ]
    assert len(list(parse(picture).iter(f"{SVG}path"))) == 1


def test_a_heat_map_wants_a_matrix():
    with pytest.raises(ValueError, match=r"\(r, c\) numbers, got \(3,\)"):
        draw.heat_map([1, 2, 3], "map")


def test_row_and_column_leave_room_for_every_block():
    one, two = draw.Block("", 30, 50), draw.Block("", 40, 20)
    assert draw.row(one, two, gap=5)[1:] == (75, 50)
    assert draw.column(one, two, gap=5)[1:] == (40, 75)


def test_what_is_written_cannot_break_the_picture():
    awkward = "<b> & \"q\" 'p'"
    block = draw.column(
        draw.caption(awkward, draw.Shown("n", 1.0), draw.Shown("w", awkward)),
        draw.heat_map([[1]], "map", [awkward], [awkward], awkward, awkward),
        draw.key((awkward, draw.BLUE)),
    )
    picture = draw.figure("f", awkward, block)
    assert parse(picture).get("aria-label") == awkward
    assert shown(picture) == {"n": "1.00", "w": awkward, "map 0 0": "1.00"}


def test_a_picture_stands_alone_and_follows_the_theme():
    picture = draw.message("f", "a sentence")
    # Every colour of the theme has one to fall back to.
    assert picture.count("var(") == picture.count(", #") > 0
    assert "href" not in picture and " id=" not in picture


def test_a_message_wraps_its_sentence():
    picture = draw.message("f", "word " * 60)
    lines = [each.text for each in parse(picture).iter(f"{SVG}text")]
    assert len(lines) == 4 and max(map(len, lines)) <= 80
    parse(draw.message("f", "\n") + "")


def test_axes_place_corners_at_corners():
    axes = Axes((-1, 3), (0, 10))
    wide, tall = axes.inner
    xs, ys = axes.place([-1, 3, 1], [0, 10, 5])
    np.testing.assert_allclose(xs, [0, wide, wide / 2])
    np.testing.assert_allclose(ys, [tall, 0, tall / 2])


def test_axes_with_a_log_scale():
    axes = Axes((0, 1), (0.1, 1000), log_y=True)
    _, ys = axes.place([0, 0, 0], [0.1, 10, 1000])
    tall = axes.inner[1]
    np.testing.assert_allclose(ys, [tall, tall / 2, 0], atol=1e-9)
    with pytest.raises(ValueError, match="y > 0 on a log axis, got 0"):
        Axes((0, 1), (0, 1), log_y=True)


@pytest.mark.parametrize("log_y", [False, True])
def test_marks_far_out_of_view_stay_short_numbers(log_y):
    axes = Axes((0, 1), (0.1, 1), log_y=log_y)
    axes.curve([0, 1e300, -1e300], [1e300, 0, -1e300])
    axes.dots([1e300], [-1e300])
    axes.arrow((0, 0.5), (1e300, 1e300))
    axes.bars([0.5], [1e300])
    picture = draw.figure("f", "s", axes.block("t", "x", "y"))
    parse(picture)
    assert "e+" not in picture and "inf" not in picture
    assert "nan" not in picture


def test_bars_reach_from_nothing_to_their_height():
    axes = Axes((0, 4), (-1, 1))
    axes.bars([1, 2], [0.5, -0.5], width=1)
    picture = draw.figure("f", "s", axes.block())
    _, up, down = parse(picture).iter(f"{SVG}rect")
    _, (zero,) = axes.place(0, 0)
    quarter = axes.inner[1] / 4
    assert float(up.get("y")) == pytest.approx(zero - quarter, abs=0.06)
    assert float(down.get("y")) == pytest.approx(zero, abs=0.06)
    for bar in (up, down):
        assert float(bar.get("height")) == pytest.approx(quarter, abs=0.06)
        assert float(bar.get("width")) == pytest.approx(
            axes.inner[0] / 4, abs=0.06
        )


def test_an_arrow_that_goes_nowhere_is_not_drawn():
    axes = Axes((0, 1), (0, 1))
    axes.arrow((0.5, 0.5), (0.5, 0.5))
    assert axes.marks == []


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        ((0, 1), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((-3, 3), ["−2", "0", "2"]),
        ((0, 30), ["0", "10", "20", "30"]),
        ((-0.1, 0.1), ["−0.10", "−0.05", "0.00", "0.05", "0.10"]),
        ((0, 1024), ["0", "500", "1000"]),
    ],
)
def test_ticks_are_few_and_round(span, labels):
    assert list(ticks(*span).values()) == labels


@pytest.mark.parametrize("low", [-1e6, -17.3, -0.002, 0, 3.1])
@pytest.mark.parametrize("width", [1e-3, 0.7, 1, 9.99, 1e5])
def test_ticks_lie_within_and_differ(low, width):
    found = ticks(low, low + width)
    assert 2 <= len(found) <= 7
    assert all(low - 1e-9 <= at <= low + width + 1e-9 for at in found)
    if width > abs(low) / 1000:
        assert len(set(found.values())) == len(found)


def test_log_ticks_are_powers_of_ten():
    assert log_ticks(0.1, 30) == {0.1: "0.1", 1.0: "1", 10.0: "10"}
    far = log_ticks(0.1, 1e17)
    assert len(far) <= 6 and list(far.values())[-1].startswith("10")
    assert log_ticks(1e-5, 1e-3)[1e-5] == "10⁻⁵"
