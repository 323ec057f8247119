"""Temperature against the softmax over a batch: how the loss is shared out."""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import slider, stops
from byhand.sliders.panel import Panel

# Cosines of four questions with four texts; row i belongs to column i.
COSINES = np.array(
    [
        [0.8, 0.2, 0.1, 0.3],
        [0.4, 0.6, 0.5, 0.0],
        [0.1, 0.3, 0.7, 0.6],
        [0.2, 0.1, 0.4, 0.5],
    ]
)
TEMPERATURES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Contrast(NamedTuple):
    """A batch of four. shares: (4, 4), each row's softmax. losses: (4,)."""

    temperature: float
    cosines: np.ndarray
    shares: np.ndarray
    losses: np.ndarray

    @property
    def loss(self) -> float:
        return float(self.losses.mean())


def compute(temperature=0.05, hard=0.6) -> Contrast:
    """hard: the cosine of question 3 with text 4, which is wrong."""
    require.one_of("the temperature", temperature, TEMPERATURES)
    require.that(-1 <= hard <= 1, f"a cosine is from -1 to 1, not {hard}")
    cosines = COSINES.copy()
    cosines[2, 3] = hard
    logits = cosines / temperature
    logits -= logits.max(axis=1, keepdims=True)
    below = np.log(np.exp(logits).sum(axis=1))
    logs = logits - below[:, None]
    # Exactly 0 where nothing else has a share.
    losses = np.maximum(-logs.diagonal(), 0.0)
    return Contrast(float(temperature), cosines, np.exp(logs), losses)


def draw(arrays: Contrast) -> str:
    rows = [f"question {k}" for k in range(1, 5)]
    columns = [f"text {k}" for k in range(1, 5)]
    cell = (64, 34)
    given = svg.heat_map(
        arrays.cosines,
        "cosines",
        rows,
        columns,
        "cosines",
        scale="diverging",
        limits=(-1, 1),
        cell=cell,
    )
    shares = svg.heat_map(
        arrays.shares,
        "shares",
        rows,
        columns,
        "softmax of cosine / temperature",
        decimals=3,
        limits=(0, 1),
        cell=cell,
        sums=sums.of_weights(arrays.cosines / arrays.temperature, 3),
    )
    losses = [
        svg.Shown(f"loss {k}", loss, 3)
        for k, loss in enumerate(arrays.losses, 1)
    ]
    told = svg.caption(
        "loss of each question: ",
        *[part for one in losses for part in (one, "  ·  ")][:-1],
    )
    mean = svg.caption("mean: ", svg.Shown("loss", arrays.loss, 4), bold=True)
    block = svg.column(svg.row(given, shares, gap=16), told, mean, gap=8)
    return svg.figure("contrast", summary(arrays), svg.sized(block, 740))


def summary(arrays: Contrast) -> str:
    wrong = arrays.shares[2, 3]
    return (
        f"Temperature {arrays.temperature:g}: the mean loss is "
        f"{svg.number(arrays.loss, 4)}.\nQuestion 3 gives its text "
        f"{svg.number(arrays.shares[2, 2], 3)}, and text 4, which is wrong, "
        f"{svg.number(wrong, 3)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "temperature": stops("temperature", 0.05, TEMPERATURES),
        "hard": slider("question 3, text 4", 0.6, -1.0, 1.0, 0.05),
    }
    return Panel("contrast", controls, compute, draw, summary)
