"""f(x) = x²: the slope where you stand, and one step down it."""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import slider
from byhand.sliders.panel import Panel

VIEW_X, VIEW_Y = (-4.5, 4.5), (-3.0, 19.0)


class Tangent(NamedTuple):
    """All in the units of x and f, which have none."""

    x: float
    lr: float
    value: float
    slope: float
    next_x: float
    next_value: float
    curve: np.ndarray  # (2, 91): x and f(x)
    line: np.ndarray  # (2, 2): x and height of the tangent's two ends


def compute(x=2.0, lr=0.1) -> Tangent:
    """The curve, its tangent at x, and the step x − lr · f′(x).

    Raises ValueError where x or lr is not finite or lr is negative.
    """
    require.finite("x", x, "a finite number")
    require.at_least_0("the learning rate", lr)
    x, lr = float(x), float(lr)
    slope = 2 * x
    next_x = x - lr * slope
    xs = np.linspace(*VIEW_X, 91)
    ends = x + np.array([-1.4, 1.4])
    return Tangent(
        x,
        lr,
        x * x,
        slope,
        next_x,
        next_x * next_x,
        np.stack([xs, xs * xs]),
        np.stack([ends, x * x + slope * (ends - x)]),
    )


def verdict(arrays: Tangent) -> str:
    """What the step does, in a few words."""
    if round(arrays.x, 9) == 0:
        return "flat here: the bottom, no way down"
    if arrays.lr == 0:
        return "a learning rate of 0 goes nowhere"
    # The distance to the bottom at 0 is multiplied by this.
    factor = round(1 - 2 * arrays.lr, 9)
    if factor == 0:
        return "lands exactly at the bottom"
    if factor > 0:
        return "a step closer to the bottom"
    if factor > -1:
        return "jumps across, and lands lower"
    if factor == -1:
        return "jumps across, to the same height"
    return "jumps across, and lands higher!"


def draw(arrays: Tangent) -> str:
    axes = Axes(VIEW_X, VIEW_Y, width=430, height=310)
    axes.curve(*arrays.curve, colour=svg.BLUE, width=2.5)
    axes.curve(*arrays.line, colour=svg.GREEN, width=2.5)
    here = arrays.x, arrays.value
    there = arrays.next_x, arrays.next_value
    axes.curve([here[0]] * 2, [0, here[1]], svg.FAINT, 1, "3 3")
    axes.curve([there[0]] * 2, [0, there[1]], svg.ORANGE, 1, "3 3")
    axes.arrow((here[0], 0), (there[0], 0))
    axes.dots(*here, colour=svg.BLUE, radius=6)
    axes.dots(*there, colour=svg.ORANGE, radius=5)
    shown = svg.Shown
    numbers = svg.column(
        svg.caption("where you stand", colour=svg.BLUE, bold=True),
        svg.caption("x = ", shown("x", arrays.x)),
        svg.caption("f(x) = x² = ", shown("value", arrays.value)),
        svg.caption(""),
        svg.caption("the tangent there", colour=svg.GREEN, bold=True),
        svg.caption("slope = 2x = ", shown("slope", arrays.slope)),
        svg.caption(""),
        svg.caption("one step against it", colour=svg.ORANGE, bold=True),
        svg.caption("x − lr · slope = ", shown("next_x", arrays.next_x, 3)),
        svg.caption("f there = ", shown("next_value", arrays.next_value, 3)),
        svg.caption(shown("verdict", verdict(arrays))),
        gap=1,
    )
    chart = axes.block("f(x) = x²", "x", "f(x)")
    # 270 is enough for the longest verdict.
    block = svg.row(chart, svg.sized(numbers, 270))
    return svg.figure("tangent", summary(arrays), block)


def summary(arrays: Tangent) -> str:
    x, value, slope, lr = (
        svg.number(each)
        for each in (arrays.x, arrays.value, arrays.slope, arrays.lr)
    )
    next_x = svg.number(arrays.next_x, 3)
    return (
        f"f(x) = x² at x = {x} is {value} and its slope is {slope}.\n"
        f"A step with learning rate {lr} leads to x = {next_x}:"
        f" {verdict(arrays)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "x": slider("x", 2.0, -3.0, 3.0, 0.1),
        "lr": slider("learning rate lr", 0.1, 0.0, 1.2, 0.05),
    }
    return Panel("tangent", controls, compute, draw, summary)
