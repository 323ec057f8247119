"""How many workers against how long a step takes, for lesson 22.

One worker computes a step of GPT-2 small in a second. Each of p needs 1 / p of
that, and exchanges gradients in a ring, while it computes.
"""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import stops
from byhand.sliders.panel import Panel

COMPUTE = 1.0  # seconds of a step, for one worker
GRADIENTS = 4 * 124_439_808  # bytes: GPT-2 small's, in float32
WORKERS = (1, 2, 4, 8, 16, 32, 64)
# Gigabytes a second, and what has so much.
BANDWIDTHS = {
    0.125: "a network of 1 Gbit/s",
    1.25: "a network of 10 Gbit/s",
    12.5: "a network of 100 Gbit/s",
    450.0: "NVLink between H100s",
}
# As they are drawn and listed: colour, and how the line is dashed.
STYLES = {
    "computing": (svg.BLUE, "8 4"),
    "exchange": (svg.ORANGE, "2 4"),
    "step": (svg.GREEN, ""),
}


class Exchange(NamedTuple):
    """Of one choice; curves have one value for each of WORKERS."""

    workers: int
    bandwidth: float
    megabytes: float  # that each worker sends
    computing: float  # seconds, as the others
    exchange: float
    step: float
    curves: dict[str, np.ndarray]

    @property
    def efficiency(self) -> float:
        """Of p times as fast, in percent."""
        return 100 * COMPUTE / (self.workers * self.step)

    @property
    def times(self) -> float:
        """How many times as fast as one worker."""
        return COMPUTE / self.step


def sent(workers):
    """Bytes that each worker sends in a ring."""
    return 2 * (workers - 1) / workers * GRADIENTS


def seconds(workers, bandwidth):
    """Of computing, of the exchange, and of the step."""
    computing = COMPUTE / workers
    exchange = sent(workers) / (bandwidth * 1e9)
    return computing, exchange, max(computing, exchange)


def compute(workers=8, bandwidth=1.25) -> Exchange:
    """Raises ValueError for what is not on offer."""
    require.one_of("workers", workers, WORKERS)
    require.one_of("the bandwidth", bandwidth, tuple(BANDWIDTHS))
    curves = zip(*(seconds(p, bandwidth) for p in WORKERS), strict=True)
    return Exchange(
        int(workers),
        float(bandwidth),
        sent(workers) / 1e6,
        *seconds(workers, bandwidth),
        dict(zip(STYLES, map(np.array, curves), strict=True)),
    )


def draw(arrays: Exchange) -> str:
    block = svg.column(
        _chart(arrays),
        svg.key(*((name, *style) for name, style in STYLES.items())),
        *_told(arrays),
        gap=8,
    )
    return svg.figure("exchange", summary(arrays), svg.sized(block, 620))


def _chart(arrays):
    axes = Axes((-0.2, 6.2), (1e-3, 20), width=600, height=300, log_y=True)
    at = WORKERS.index(arrays.workers)
    axes.level(COMPUTE, svg.FAINT, 1.5)
    axes.upright(at, svg.INK, 1.5, "")
    # The step last but wide below the others: it is the higher of the two.
    for name in ("step", "computing", "exchange"):
        colour, dashes = STYLES[name]
        wide = 7 if name == "step" else 2.5
        values = np.maximum(arrays.curves[name], 1e-9)
        axes.curve(range(len(WORKERS)), values, colour, wide, dashes)
        axes.dots(at, values[at], colour, 6 if name == "step" else 5)
    return axes.block(
        "seconds a step",
        "workers",
        x_ticks={place: str(p) for place, p in enumerate(WORKERS)},
    )


def _told(arrays):
    yield svg.caption(
        "each worker sends ",
        svg.Shown("megabytes", f"{arrays.megabytes:,.1f}"),
        " MB in ",
        svg.Shown("exchange", arrays.exchange),
        " s and computes for ",
        svg.Shown("computing", arrays.computing),
        " s",
    )
    yield svg.caption(
        "a step takes ",
        svg.Shown("step", arrays.step),
        " s: ",
        svg.Shown("times", arrays.times),
        " times as fast as one worker, ",
        svg.Shown("efficiency", arrays.efficiency),
        " % of the best",
    )


def summary(arrays: Exchange) -> str:
    return (
        f"{arrays.workers} worker{'s' * (arrays.workers > 1)}, "
        f"{BANDWIDTHS[arrays.bandwidth]}: each sends "
        f"{arrays.megabytes:,.1f} MB in {svg.number(arrays.exchange)} s and "
        f"computes for {svg.number(arrays.computing)} s.\n"
        f"A step takes {svg.number(arrays.step)} s: "
        f"{svg.number(arrays.times)} times as fast as one worker, "
        f"{svg.number(arrays.efficiency)} % of the best."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "workers": stops("workers", 8, WORKERS),
        "bandwidth": stops(
            "GB a second",
            1.25,
            [(f"{speed:g}", speed) for speed in BANDWIDTHS],
        ),
    }
    return Panel("exchange", controls, compute, draw, summary)
