"""Hidden neurons against the curve that they can draw.

The price of a house against its size, by a hidden layer of ReLU hinges. Each
further corner stands where it helps most, and the weights behind them are the
best there are, by least squares. Nothing is trained.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import whole_slider
from byhand.sliders.panel import Panel

MOST = 16
SIZES = np.linspace(40, 240, 81)  # square metres


class Hinges(NamedTuple):
    """The fit is bias + Σ weight · max(0, size − corner)."""

    corners: np.ndarray  # (h,)
    weights: np.ndarray  # (h,)
    bias: float
    fitted: np.ndarray  # (81,): thousands
    error: float  # root mean square, in thousands


def price(size):
    """In thousands: it rises, levels off, and rises again for villas."""
    size = np.asarray(size, dtype=float)
    return (
        120
        + 2.2 * (size - 40)
        + 60 * np.sin((size - 40) / 32)
        + 90 / (1 + np.exp((185 - size) / 8))
    )


def features(corners):
    """(81, 1 + h): a column of ones, and one for each hinge."""
    hinges = np.maximum(0, SIZES[:, None] - np.asarray(corners))
    return np.hstack([np.ones((len(SIZES), 1)), hinges])


def best_fit(corners):
    """Bias and weights, what they draw, and its error."""
    columns = features(corners)
    weights = np.linalg.lstsq(columns, price(SIZES), rcond=None)[0]
    fitted = columns @ weights
    error = np.sqrt(np.mean((fitted - price(SIZES)) ** 2))
    return weights, fitted, float(error)


@cache
def all_corners() -> tuple[float, ...]:
    """Sixteen corners, the first at the smallest house, in their order."""
    chosen = [float(SIZES[0])]
    for _ in range(MOST - 1):
        left = [float(x) for x in SIZES[1:-1] if x not in chosen]
        errors = [round(best_fit([*chosen, x])[2], 9) for x in left]
        chosen.append(left[int(np.argmin(errors))])
    return tuple(chosen)


def compute(hidden=3) -> Hinges:
    """The best fit with 1 to 16 hinges.

    Raises ValueError for any other number.
    """
    require.whole("the number of hidden neurons", hidden, 1, MOST)
    corners = np.sort(all_corners()[: int(hidden)])
    (bias, *weights), fitted, error = best_fit(corners)
    return Hinges(corners, np.array(weights), float(bias), fitted, error)


def draw(arrays: Hinges) -> str:
    axes = Axes((30, 250), (0, 720), width=560, height=280)
    axes.curve(SIZES, price(SIZES), svg.FAINT, 5)
    axes.curve(SIZES, arrays.fitted, svg.BLUE, 2)
    at = np.interp(arrays.corners, SIZES, arrays.fitted)
    axes.dots(arrays.corners, at, svg.ORANGE, 4)
    chart = axes.block(
        "price in thousands (grey), and what the network draws (blue)",
        "size in square metres",
    )
    words = svg.caption(
        "hidden neurons: ",
        svg.Shown("hidden", len(arrays.corners), 0),
        "   ·   typical error: ",
        svg.Shown("error", arrays.error, 1),
        " thousand   ·   dots: corners",
    )
    block = svg.sized(svg.column(chart, words, gap=6), chart.width)
    return svg.figure("hinges", summary(arrays), block)


def summary(arrays: Hinges) -> str:
    count = svg.plural(len(arrays.corners), "ReLU hinge")
    return (
        f"The price of a house against its size, drawn by {count}:"
        f" the typical error is {svg.number(arrays.error, 1)} thousand."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its slider."""
    controls = {"hidden": whole_slider("hidden neurons", 3, 1, MOST)}
    return Panel("hinges", controls, compute, draw, summary)
