"""Learning rate and scale of the inputs against the path down a bowl.

Two weights, ŷ = Xθ, on lesson 01's four points; J(θ) = 1/m Σ(ŷᵢ − yᵢ)².
"""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, stops
from byhand.sliders.maths import standardise
from byhand.sliders.panel import Panel

POINTS = np.array([1.0, 2.0, 3.0, 4.0])
Y = np.array([2.0, 3.0, 4.0, 5.0])
STEPS = 30
INPUTS = ("raw", "standardised")
RATES = [
    *(0.005, 0.01, 0.02, 0.035, 0.06, 0.1, 0.117, 0.119, 0.1198, 0.12),
    *(0.15, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.2),
]
# Of J; the last goes through the start, θ = (0, 0).
LEVELS = (0.1, 0.5, 2.0, 6.0, 13.5)
# Half of what is in view of each weight: a square of θ is a square on screen.
HALF = {"raw": (2.1, 1.6), "standardised": (6.0, 4.57)}
COLOURS = {
    "creeps": svg.BLUE,
    "zigzags": svg.PINK,
    "converges": svg.GREEN,
    "arrives in one step": svg.GREEN,
    "explodes": svg.ORANGE,
}


class Bowl(NamedTuple):
    """J is a bowl around `best`, as steep as `curvature` says."""

    thetas: np.ndarray  # (31, 2): at the start and after each step
    losses: np.ndarray  # (31,): J at each
    curvature: np.ndarray  # (2, 2): 2/m XᵀX, how fast the slopes grow
    best: np.ndarray  # (2,)
    factors: np.ndarray  # (2,): a step multiplies the distance to `best` by
    # these, along the flattest and the steepest direction
    inputs: str
    regime: str  # a key of COLOURS


def table(inputs):
    """X: a column of ones, and x as it is or standardised, (4, 2)."""
    x = POINTS if inputs == "raw" else standardise(POINTS, epsilon=0)
    return np.column_stack([np.ones(4), x])


def compute(learning_rate=0.01, inputs="raw") -> Bowl:
    """30 steps of batch descent from θ = (0, 0).

    Raises ValueError unless 0 < learning_rate ≤ 1.2; within that no number
    overflows.
    """
    require.positive("the learning rate", learning_rate, 1.2)
    require.one_of("x", inputs, INPUTS)
    X = table(inputs)
    curvature = 2 / len(Y) * X.T @ X
    best = np.linalg.solve(X.T @ X, X.T @ Y)
    thetas = np.zeros((STEPS + 1, 2))
    for step in range(STEPS):
        slopes = curvature @ (thetas[step] - best)
        thetas[step + 1] = thetas[step] - learning_rate * slopes
    losses = np.mean((thetas @ X.T - Y) ** 2, axis=1)
    factors = 1 - learning_rate * np.linalg.eigvalsh(curvature)
    how = regime(factors)
    return Bowl(thetas, losses, curvature, best, factors, inputs, how)


def regime(factors):
    """What becomes of the distance, a factor for each direction."""
    if np.abs(factors).max() >= 1 - 1e-12:
        return "explodes"
    if np.abs(factors).max() < 1e-9:
        return "arrives in one step"
    if factors.min() < 0:
        return "zigzags"
    return "creeps" if factors.max() > 0.9 else "converges"


def draw(arrays: Bowl) -> str:
    charts = svg.row(_bowl(arrays), _history(arrays), gap=16)
    words = svg.column(*_words(arrays), gap=2)
    block = svg.sized(svg.column(charts, words, gap=6), charts.width)
    return svg.figure("bowl", summary(arrays), block)


def contour(arrays: Bowl, level):
    """The ellipse of all θ with J = level, (2, k): J(best) is 0."""
    values, vectors = np.linalg.eigh(arrays.curvature)
    angle = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    around = vectors @ (np.sqrt(2 * level / values)[:, None] * circle)
    return arrays.best[:, None] + around


def view(arrays: Bowl):
    """The (low, high) in view of each weight."""
    return [
        (middle - half, middle + half)
        for middle, half in zip(arrays.best, HALF[arrays.inputs], strict=True)
    ]


def first_outside(arrays: Bowl) -> int | None:
    """The first step that leads out of view, or None."""
    away = np.abs(arrays.thetas - arrays.best)
    outside = (away > HALF[arrays.inputs]).any(axis=1)
    return int(np.argmax(outside)) if outside.any() else None


def _bowl(arrays):
    axes = Axes(*view(arrays), width=430, height=350)
    for level in LEVELS:
        axes.curve(*contour(arrays, level), svg.FAINT, 1)
    axes.dots(*arrays.best, svg.INK, 3)
    gone = first_outside(arrays)
    path = arrays.thetas[: None if gone is None else gone + 1].T
    colour = COLOURS[arrays.regime]
    axes.curve(*path, colour, 1.5)
    axes.dots(*path, colour, 3.5)
    axes.dots(0, 0, svg.INK, 5)
    side = {"anchor": "end", "size": 12}
    axes.note(0, 0, "start", shift=(-9, 4), **side)
    if gone is not None:
        (middle, _), top = arrays.best, axes.y[1]
        said = svg.Shown("outside", gone, 0)
        axes.note(
            *(middle, top, "leaves the picture at step ", said),
            anchor="middle",
            shift=(0, 14),
            size=12,
        )
    return axes.block("the bowl from above, and the path", "θ₀", "θ₁")


def _history(arrays):
    span = -0.03 * STEPS, 1.03 * STEPS
    axes = Axes(span, (1e-6, 1e3), width=370, height=350, log_y=True)
    colour = COLOURS[arrays.regime]
    steps = np.arange(STEPS + 1)
    axes.curve(steps, arrays.losses, colour, 1.5)
    axes.dots(steps, arrays.losses, colour, 3.5)
    return axes.block("J after each step (log scale)", "step")


def _words(arrays):
    shown = svg.Shown
    yield svg.caption(
        f"after {STEPS} steps: θ = (",
        shown("theta0", arrays.thetas[-1, 0], 4),
        ", ",
        shown("theta1", arrays.thetas[-1, 1], 4),
        "), J = ",
        shown("loss", arrays.losses[-1], 4),
        "; best: (",
        shown("best0", arrays.best[0], 4),
        ", ",
        shown("best1", arrays.best[1], 4),
        ")",
    )
    yield svg.caption(
        "a step multiplies the distance by ",
        shown("flat", arrays.factors[0], 4),
        " along the flattest direction, by ",
        shown("steep", arrays.factors[1], 4),
        " along the steepest",
    )
    yield svg.caption(
        "it ",
        shown("regime", arrays.regime),
        f" ({_why(arrays)}); contours at J = 0.1, 0.5, 2, 6 and 13.5",
    )


def _why(arrays):
    return {
        "creeps": "one of them is close to 1",
        "zigzags": "below 0, it jumps across",
        "converges": "both are small",
        "arrives in one step": "both are 0",
        "explodes": "one of them is 1 or more in size",
    }[arrays.regime]


def summary(arrays: Bowl) -> str:
    first, second = (svg.number(each, 4) for each in arrays.thetas[-1])
    flat, steep = (svg.number(each, 4) for each in arrays.factors)
    return (
        f"Descent on {arrays.inputs} x {arrays.regime}: after {STEPS} steps"
        f" θ = ({first}, {second}),"
        f" J = {svg.number(arrays.losses[-1], 4)}.\n"
        f"Each step multiplies the distance to the best θ by {flat} along"
        f" the flattest direction, by {steep} along the steepest."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "learning_rate": stops(
            "learning rate α", 0.01, [(f"{rate:g}", rate) for rate in RATES]
        ),
        "inputs": choice("x", "raw", INPUTS, width=130),
    }
    return Panel("bowl", controls, compute, draw, summary)
