"""Learning rate and batch size against the path down the loss curve.

One weight, ŷ = θx, on four points; J(θ) = 1/m Σ(θxᵢ − yᵢ)².
"""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import slider, whole_slider
from byhand.sliders.panel import Panel

X = np.array([1.0, 2.0, 3.0, 4.0])
Y = np.array([2.0, 3.0, 4.0, 5.0])
START = 0.1
BEST = float(X @ Y / (X @ X))
# As far to the left of the best θ as to the right.
VIEW = (BEST - 1.9, BEST + 1.9)
COLOURS = {
    "creeps": svg.BLUE,
    "converges": svg.GREEN,
    "explodes": svg.ORANGE,
}
WHY = {
    "creeps": "a factor close to 1 or −1",
    "converges": "a factor between −0.9 and 0.9",
    "explodes": "a factor of 1 or −1, or beyond",
}


class Descent(NamedTuple):
    """u is the number of updates: epochs × ⌈4 / batch size⌉."""

    thetas: np.ndarray  # (u + 1,): θ before the first and after each update
    losses: np.ndarray  # (u + 1,): J over all four points, at each θ
    factor: float  # an epoch takes θ to factor · θ + shift
    shift: float
    per_epoch: int  # updates in an epoch
    regime: str  # "creeps", "converges" or "explodes"


def loss(theta):
    """J at each of an array of θ, of the same shape."""
    theta = np.asarray(theta, dtype=float)
    return np.mean((theta[..., None] * X - Y) ** 2, axis=-1)


def compute(learning_rate=0.01, batch_size=4, epochs=5) -> Descent:
    """Every θ on the way, taking the points in order.

    Raises ValueError unless 0 < learning_rate ≤ 1, 1 ≤ batch_size ≤ 4 and
    1 ≤ epochs ≤ 30; within those no number overflows.
    """
    require.positive("the learning rate", learning_rate, 1)
    require.whole("the batch size", batch_size, 1, len(X))
    require.whole("the number of epochs", epochs, 1, 30)
    # The gradient of a batch is linear in θ, so each update is too:
    # θ − α · 2 · mean(x(θx − y)) = (1 − 2α mean x²) θ + 2α mean xy.
    batches = [
        slice(first, first + int(batch_size))
        for first in range(0, len(X), int(batch_size))
    ]
    factors = [1 - 2 * learning_rate * np.mean(X[b] ** 2) for b in batches]
    shifts = [2 * learning_rate * np.mean(X[b] * Y[b]) for b in batches]
    thetas = [START]
    for _ in range(int(epochs)):
        for factor, shift in zip(factors, shifts, strict=True):
            thetas.append(factor * thetas[-1] + shift)
    factor, shift = 1.0, 0.0
    for each, moved in zip(factors, shifts, strict=True):
        factor, shift = each * factor, each * shift + moved
    thetas = np.array(thetas)
    return Descent(
        thetas,
        loss(thetas),
        float(factor),
        float(shift),
        len(batches),
        regime(factor),
    )


def regime(factor):
    """An epoch multiplies the distance to its resting point by `factor`."""
    if abs(factor) >= 1:
        return "explodes"
    return "creeps" if abs(factor) > 0.9 else "converges"


def draw(arrays: Descent) -> str:
    charts = svg.row(_valley(arrays), _history(arrays), gap=16)
    words = svg.column(*_words(arrays), gap=2)
    block = svg.sized(svg.column(charts, words, gap=6), charts.width)
    return svg.figure("descent", summary(arrays), block)


def _valley(arrays):
    high = 27.0
    axes = Axes(VIEW, (0, high), width=400, height=280)
    theta = np.linspace(*VIEW, 81)
    axes.curve(theta, loss(theta), svg.FAINT, 1.5)
    colour = COLOURS[arrays.regime]
    axes.curve([BEST] * 2, [0, 0.85 * high], svg.FAINT, 1, "2 4")
    axes.curve(arrays.thetas, arrays.losses, colour, 1.2)
    axes.dots(arrays.thetas, arrays.losses, colour, 3.5)
    axes.dots(START, arrays.losses[0], svg.INK, 5)
    side = {"anchor": "end", "size": 12}
    axes.note(START, arrays.losses[0], "start", shift=(-9, 4), **side)
    gone = first_outside(arrays)
    if gone is not None:
        axes.note(
            *(BEST, high),
            "leaves the picture at update ",
            svg.Shown("outside", gone, 0),
            anchor="middle",
            shift=(0, 14),
            size=12,
        )
    return axes.block("the loss curve, and the path of θ", "θ", "J(θ)")


def first_outside(arrays: Descent) -> int | None:
    """The first update whose θ is not in view, or None."""
    low, high = VIEW
    outside = (arrays.thetas < low) | (arrays.thetas > high)
    return int(np.argmax(outside)) if outside.any() else None


def _history(arrays):
    updates = np.arange(len(arrays.thetas))
    # At least two powers of ten, so that the axis is at rest until J grows.
    high = max(30.0, 2 * float(arrays.losses.max()))
    last = max(len(updates) - 1, 4)
    span = -0.03 * last, 1.03 * last
    axes = Axes(span, (0.1, high), width=400, height=280, log_y=True)
    lowest = float(loss(BEST))
    axes.level(lowest)
    colour = COLOURS[arrays.regime]
    axes.curve(updates, arrays.losses, colour, 1.5)
    axes.dots(updates, arrays.losses, colour, 3.5 if len(updates) < 42 else 2)
    where = f"update (dotted: lowest possible J, {svg.number(lowest, 4)})"
    return axes.block("J after each update (log scale)", where)


def _words(arrays):
    shown = svg.Shown
    first = ["θ after the first updates: "]
    for k, theta in enumerate(arrays.thetas[1:5], start=1):
        first += [", "] * (k > 1) + [shown(f"theta{k}", theta, 4)]
    end = len(arrays.thetas) - 1
    yield svg.caption(*first)
    yield svg.caption(
        f"after update {end}: θ = ",
        shown("theta", arrays.thetas[-1], 4),
        ", J = ",
        shown("loss", arrays.losses[-1], 4),
    )
    yield svg.caption(
        "an epoch multiplies the distance to the resting point by ",
        shown("factor", arrays.factor, 4),
    )
    yield svg.caption(
        "it ", shown("regime", arrays.regime), f": {WHY[arrays.regime]}"
    )


def summary(arrays: Descent) -> str:
    updates = len(arrays.thetas) - 1
    theta = svg.number(arrays.thetas[-1], 4)
    return (
        f"Gradient descent {arrays.regime}: after {updates} updates"
        f" θ = {theta}, J = {svg.number(arrays.losses[-1], 4)}"
        f" (best θ {svg.number(BEST, 4)}).\n"
        f"Each epoch multiplies the distance to its resting point by"
        f" {svg.number(arrays.factor, 4)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "learning_rate": slider(
            "learning rate α", 0.01, 0.001, 0.16, 0.001, decimals=3
        ),
        "batch_size": whole_slider("batch size", 4, 1, len(X)),
        "epochs": whole_slider("epochs", 5, 1, 30),
    }
    return Panel("descent", controls, compute, draw, summary)
