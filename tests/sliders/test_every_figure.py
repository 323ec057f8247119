"""Every figure keeps every rule, and every rule can be broken."""

import itertools
from types import ModuleType

import pytest

from byhand.sliders import draw, require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, slider, stops
from byhand.sliders.panel import Panel
from tests.sliders import rules
from tests.sliders.reading import figures

FIGURES = figures()
RULES = [
    rules.answers,
    rules.has_its_parts,
    rules.says_what_it_computes,
    rules.is_labelled,
    rules.is_said_as_a_person_would,
    rules.marks_its_lines,
    rules.every_control_does_something,
    rules.is_well_formed,
    rules.says_its_sums,
    rules.is_summed_up,
    rules.keeps_its_size,
    rules.leaves_room,
    rules.can_be_reset,
    rules.is_drawn_ahead,
    rules.is_stored,
    rules.follows_the_theme,
    rules.gives_roles_their_colours,
]


def broken(module):
    """The rules that a figure breaks, each with its complaints."""
    found = {rule.__name__: rule(module) for rule in RULES}
    return {rule: said for rule, said in found.items() if said}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure(name):
    assert broken(FIGURES[name]) == {}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_the_same_elsewhere(name):
    told = rules.elsewhere(*(each.__name__ for each in FIGURES.values()))
    module = FIGURES[name]
    assert rules.is_the_same_elsewhere(module, told[module.__name__]) == []


def controls():
    return {
        "x": slider("x", 1.0, -2.0, 2.0, 0.5),
        "sign": choice("sign", "as it is", ("as it is", "turned")),
    }


def compute(x=1.0, sign="as it is"):
    require.that(x > -2, f"x must be above -2, but it is {x}")
    return x / 2 if sign == "as it is" else -x / 2


def paint(y, *more, width=200):
    """(y,) and further blocks as a picture."""
    half = draw.caption("half is ", draw.Shown("y", y))
    block = draw.column(half, draw.heat_map([[y]], "map"), *more)
    return draw.figure("half", summary(y), draw.sized(block, width, 100))


def summary(y):
    return f"half is {y}"


def half(**changes):
    """A small figure that keeps every rule, unless something is changed."""
    module = ModuleType("tests.sliders.half")
    parts = {
        "compute": compute,
        "draw": paint,
        "summary": summary,
        "controls": controls,
        "picture": lambda: module.draw(module.compute()),
        "show": lambda: Panel(
            *("half", module.controls(), module.compute),
            *(module.draw, module.summary),
        ),
    }
    for name, part in (parts | changes).items():
        setattr(module, name, part)
    return module


def test_a_figure_without_fault():
    # Wide enough for its one sentence.
    assert broken(half(draw=lambda y: paint(y, width=320))) == {}


def with_controls(**others):
    return lambda: controls() | others


def raising(x=1.0, sign="as it is"):
    return {1.0: 0.5}[x]


def restless():
    """A computation with another answer every time."""
    counted = itertools.count()
    return lambda x=1.0, sign="as it is": x + next(counted)


def unlike(**changes):
    """show() begins elsewhere than picture()."""
    return lambda: Panel(
        **{
            "name": "half",
            "controls": controls(),
            "compute": compute,
            "draw": paint,
            "summary": summary,
        }
        | changes
    )


def painted(*blocks):
    return lambda y: paint(y, *blocks)


def text(x=0, **style):
    return draw.Block(draw.text(x, 80, "more", **style), 10, 10)


def mapped(name, **told):
    """A heat map of 0.5, and what its cell says of its sum."""
    return {"draw": painted(draw.heat_map([[0.5]], name, ["a"], **told))}


def lines(**styles):
    """A chart of two lines; two styles."""
    axes = Axes((0, 1), (0, 1), width=150, height=60)
    for colour, dashes in styles.items():
        axes.curve([0, 1], [0, 1], getattr(draw, colour), 2, dashes)
    return {"draw": painted(axes.block())}


BARE = draw.Block('<text x="0" y="80" font-size="12">bare</text>', 10, 10)
CELL = draw.Block(
    '<rect style="fill:#08306b"/><text class="cell" data-name="n" x="9"'
    ' y="90" font-size="9" style="fill:#000000">1</text>',
    *(10, 10),
)
INK_KEY = (
    f'<text x="0" y="80" font-size="12" fill="{draw.INK}">two keys</text>'
)
BOX = f'<rect width="20" height="20" style="fill:{draw.KEY}"/>'
BROKEN = [
    (rules.answers, {"compute": raising}, "a move raises KeyError"),
    (rules.has_its_parts, {"show": lambda: "svg"}, "a str, not a Panel"),
    (rules.has_its_parts, {"show": unlike(name="other")}, "named 'other'"),
    (
        rules.has_its_parts,
        {"picture": lambda: paint(9.0)},
        "begin with picture",
    ),
    (
        rules.has_its_parts,
        {"compute": lambda x=0.5, sign="as it is": compute(x, sign)},
        "x begins at 1.0, not at 0.5",
    ),
    (
        rules.says_what_it_computes,
        {"show": unlike(compute=lambda x, sign: compute(-x, sign))},
        "shows something else",
    ),
    (
        rules.is_labelled,
        {"controls": with_controls(sign=choice("x", "a", "ab"))},
        "missing or twice: ['x', 'x']",
    ),
    (
        rules.is_said_as_a_person_would,
        {"controls": with_controls(x=slider("x", 1.0, -2.0, 2.0, 0.125))},
        "x reads ['-2.00', '-1.88']",
    ),
    (
        rules.is_said_as_a_person_would,
        {"controls": with_controls(sign=stops("s", 1e-5, (1e-5, 0.01)))},
        "s reads 1e-05",
    ),
    (
        rules.is_said_as_a_person_would,
        {"summary": lambda y: f"half is {0.1 + 0.2}"},
        "says half is 0.30000000000000004",
    ),
    (
        rules.marks_its_lines,
        lines(BLUE="", ORANGE=""),
        "only colour tells #0072b2 from #d55e00",
    ),
    (
        rules.every_control_does_something,
        {"compute": lambda x=1.0, sign="as it is": x},
        "sign changes nothing",
    ),
    (
        rules.is_well_formed,
        {"draw": painted(draw.Block("<g>", 9, 9))},
        "mismatched tag",
    ),
    (rules.is_well_formed, {"draw": painted(CELL, CELL)}, "shown twice"),
    (rules.is_well_formed, {"summary": str}, "alt text is not summary"),
    (
        rules.is_well_formed,
        {"compute": lambda x=1.0, sign="as it is": float("nan")},
        "shows NaN",
    ),
    (
        rules.is_well_formed,
        {"draw": painted(draw.Block('<g id="a"/>', 9, 9))},
        "does not stand alone",
    ),
    (rules.says_its_sums, mapped("weights0"), "weights0 0 0 has no sum"),
    (
        rules.says_its_sums,
        mapped("any", sums=[["e^1 ÷ (e^1 + e^1.5)"]]),
        "comes to 0.38",
    ),
    (
        rules.says_its_sums,
        {
            "draw": lambda y: paint(y).replace(
                'data-name="map"', 'data-name="map" data-sum="a: 1 = 1·1"'
            )
        },
        "and shows 0.50",
    ),
    (rules.is_summed_up, {"summary": lambda y: " "}, "no plain line"),
    (rules.is_summed_up, {"summary": lambda y: "<b>1</b>"}, "no plain line"),
    (
        rules.keeps_its_size,
        {"draw": lambda y: paint(y, width=300 if y > 0 else 320)},
        "is 344 × 124 at",
    ),
    (rules.leaves_room, {"draw": painted(text(195))}, "leaves the picture"),
    (
        rules.leaves_room,
        {"draw": painted(draw.row(text(), text(5), gap=0))},
        "lie on each other",
    ),
    (rules.is_drawn_ahead, {"compute": restless()}, "was drawn otherwise"),
    (rules.is_stored, {"compute": restless()}, "is not stored"),
    (rules.follows_the_theme, {"draw": painted(BARE)}, "black in any theme"),
    (rules.follows_the_theme, {"draw": painted(CELL)}, "#000000 on #08306b"),
    (
        rules.follows_the_theme,
        {"draw": painted(text(colour="var(--jp-warn-color1)"))},
        "var(--jp-warn-color1) is not of the theme",
    ),
    (
        rules.gives_roles_their_colours,
        {"draw": painted(draw.Block(INK_KEY, 10, 10))},
        "'keys' in 'two keys' is not",
    ),
    (
        rules.gives_roles_their_colours,
        {"draw": painted(draw.Block(BOX + draw.text(5, 9, "Q"), 10, 10))},
        "'Q' stands in the box of another",
    ),
]


@pytest.mark.parametrize(("rule", "changes", "complaint"), BROKEN)
def test_every_rule_can_be_broken(rule, changes, complaint):
    complaints = rule(half(**changes))
    assert complaint in "\n".join(complaints)


def test_a_reset_that_leaves_something():
    def show():
        panel = unlike()()
        panel.reset_button.on_click(
            lambda _: setattr(panel.controls["x"], "value", 0.5)
        )
        return panel

    complaints = rules.can_be_reset(half(show=show))
    assert complaints == ["is not where it began after x moved"]


def test_a_slider_that_waits_to_be_let_go():
    waiting = slider("x", 1.0, -2.0, 2.0, 0.5)
    waiting.continuous_update = False
    complaints = rules.is_labelled(half(controls=with_controls(x=waiting)))
    assert complaints == ["x waits to be let go"]


def test_a_figure_that_is_another_elsewhere(tmp_path):
    (tmp_path / "torch.py").touch()
    (tmp_path / "changing.py").write_text(
        "import torch\npicture = lambda: '<svg/>'\n"
    )
    told = rules.elsewhere("changing", path=tmp_path)["changing"]
    assert rules.is_the_same_elsewhere(half(), told) == [
        "is another picture in another process",
        "imports PyTorch: figures compute with NumPy",
    ]
    told = {"digest": rules.digest(half()), "torch": False}
    assert rules.is_the_same_elsewhere(half(), told) == []
    counted = itertools.count()
    changing = half(draw=lambda y: paint(y + next(counted)))
    told["digest"] = rules.digest(half(draw=lambda y: paint(y + 1)))
    changing.picture()
    assert rules.is_the_same_elsewhere(changing, told) == [
        "is another picture when drawn again"
    ]


def test_every_figure_is_found():
    assert len(FIGURES) >= 14
    assert {rule for rule, *_ in BROKEN} == set(RULES) - {rules.can_be_reset}
