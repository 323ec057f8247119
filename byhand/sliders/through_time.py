"""How much the last state feels an earlier one: one unit, no input.

A plain RNN, h' = tanh(W_h · h), beside an LSTM's cell, whose path back is the
forget gate alone: c' = σ(bias) · c.
"""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import slider, whole_slider
from byhand.sliders.panel import Panel

MOST = 60
LOWEST, HIGHEST = 1e-12, 1e12  # of the log axis
TINY = np.finfo(float).tiny
RNN, LSTM = svg.BLUE, svg.ORANGE


class ThroughTime(NamedTuple):
    """Slopes of the last state (cell) by each, from the first to itself.

    regime: of the RNN: vanishing, level, exploding or saturated.
    """

    rnn: np.ndarray  # (n + 1,)
    lstm: np.ndarray  # (n + 1,)
    states: np.ndarray  # (n + 1,): the RNN's h₀ … hₙ
    regime: str


def compute(W_h=0.5, h0=0.0, steps=20, bias=1.0) -> ThroughTime:
    """One unit for so many steps, without input.

    Raises ValueError unless 0 ≤ W_h ≤ 3, 0 ≤ h0 ≤ 1, 0 ≤ bias ≤ 6 and steps
    is a whole number from 1 to 60.
    """
    require.within("W_h", W_h, 0, 3)
    require.within("h₀", h0, 0, 1)
    require.whole("the number of steps", steps, 1, MOST)
    require.within("the forget bias", bias, 0, 6)
    states = [float(h0)]
    for _ in range(int(steps)):
        states.append(float(np.tanh(W_h * states[-1])))
    states = np.array(states)
    gate = 1 / (1 + np.exp(-bias))
    rnn = backwards(W_h * (1 - states[1:] ** 2))
    lstm = backwards(np.full(int(steps), gate))
    return ThroughTime(rnn, lstm, states, regime(rnn, states[-1]))


def backwards(factors):
    """From the last state, 1, back: one factor more a step."""
    return np.cumprod([1.0, *factors[::-1]])[::-1]


def regime(slopes, last):
    """By the slope a step, on average, and by where the last state is."""
    a_step = max(slopes[0], TINY) ** (1 / (len(slopes) - 1))
    if a_step > 1.02:
        return "exploding"
    if a_step > 0.98:
        return "level"
    return "saturated" if last > 0.75 else "vanishing"


def draw(arrays: ThroughTime) -> str:
    n = len(arrays.rnn) - 1
    edge = 0.02 * n
    axes = Axes((-edge, n + edge), (LOWEST, HIGHEST), 620, 300, log_y=True)
    axes.level(1.0, svg.INK, 1.5, "5 4")
    at = np.arange(n + 1)
    for slopes, colour, radius in (
        (arrays.lstm, LSTM, 2.5),
        (arrays.rnn, RNN, 4),
    ):
        inside = np.clip(slopes, LOWEST / 10, HIGHEST * 10)
        axes.curve(at, inside, colour, 2)
        axes.dots(at, inside, colour, radius)
    chart = axes.block(
        "how fast the last state moves with each (log scale)",
        "step (0 is the beginning; dashed: 1)",
    )
    key = svg.key(("RNN (large dots)", RNN), ("LSTM's cell (small)", LSTM))
    words = svg.column(*_words(arrays), gap=2)
    block = svg.sized(svg.column(chart, key, words, gap=6), chart.width)
    return svg.figure("through_time", summary(arrays), block)


def power(value):
    """Two digits, as a power of ten where it is very large or small."""
    value = max(float(value), TINY)
    if 0.01 <= value < 1000:
        return svg.number(value, 4)
    exponent = int(np.floor(np.log10(value)))
    return f"{value / 10.0**exponent:.1f} · 10{svg.superscript(exponent)}"


def _words(arrays):
    yield svg.caption(
        "RNN, the last state by the first: ",
        svg.Shown("rnn", power(arrays.rnn[0])),
        " (",
        svg.Shown("regime", arrays.regime),
        ")",
    )
    yield svg.caption(
        "LSTM, the last cell by the first: ",
        svg.Shown("lstm", power(arrays.lstm[0])),
    )


def summary(arrays: ThroughTime) -> str:
    n = len(arrays.rnn) - 1
    return (
        f"Over {svg.plural(n, 'step')} an RNN's last state moves"
        f" {power(arrays.rnn[0])} times as fast as its first"
        f" ({arrays.regime}),\nan LSTM's cell {power(arrays.lstm[0])} times."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "W_h": slider("W_h", 0.5, 0.0, 3.0, 0.1, 1),
        "h0": slider("h₀", 0.0, 0.0, 1.0, 0.1, 1),
        "steps": whole_slider("steps", 20, 1, MOST),
        "bias": slider("forget bias", 1.0, 0.0, 6.0, 0.5, 1),
    }
    return Panel("through_time", controls, compute, draw, summary)
