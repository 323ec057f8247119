"""What one device holds in training, against its 80 GB, for lesson 22."""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, stops
from byhand.sliders.panel import Panel

CARD = 80.0  # gigabytes of a card
STAGES = (0, 1, 2, 3)
DEVICES = (1, 2, 4, 8, 16, 64, 512, 4096, 16_384)
MODELS = {
    "GPT-2 small": 124_439_808,
    "1.5 billion": 1_500_000_000,
    "7.5 billion": 7_500_000_000,
    "70 billion": 70_000_000_000,
    "405 billion": 405_000_000_000,
}
# Bytes a parameter, and the stage from which on they are split.
PARTS = {"weights": (2, 3), "gradients": (2, 2), "optimiser": (12, 1)}


class Memory(NamedTuple):
    """Gigabytes on one device; totals has one for each stage."""

    parameters: str  # one of MODELS
    stage: int
    devices: int
    weights: float
    gradients: float
    optimiser: float
    totals: np.ndarray

    @property
    def total(self) -> float:
        return float(self.totals[self.stage])

    @property
    def fits(self) -> bool:
        return self.total <= CARD


def parts_of(parameters, stage, devices):
    """Gigabytes of weights, gradients and optimiser."""
    return [
        size * parameters / (devices if stage >= split else 1) / 1e9
        for size, split in PARTS.values()
    ]


def compute(parameters="70 billion", stage=3, devices=8) -> Memory:
    """Raises ValueError for what is not on offer."""
    require.one_of("the parameters", parameters, tuple(MODELS))
    require.one_of("the stage", stage, STAGES)
    require.one_of("the devices", devices, DEVICES)
    count = MODELS[parameters]
    totals = [sum(parts_of(count, each, devices)) for each in STAGES]
    return Memory(
        parameters,
        int(stage),
        int(devices),
        *parts_of(count, stage, devices),
        np.array(totals),
    )


def draw(arrays: Memory) -> str:
    block = svg.column(_chart(arrays), *_told(arrays), gap=8)
    return svg.figure("memory", summary(arrays), svg.sized(block, 560))


def _chart(arrays):
    axes = Axes((-0.6, 3.6), (1e-4, 1e5), width=540, height=300, log_y=True)
    for stage in STAGES:
        chosen = stage == arrays.stage
        colour = svg.GREEN if arrays.totals[stage] <= CARD else svg.ORANGE
        axes.bars(
            [stage], [arrays.totals[stage]], colour, 0.8 if chosen else 0.4
        )
        axes.note(
            stage,
            arrays.totals[stage],
            f"{svg.number(arrays.totals[stage])} GB",
            shift=(0, -9),
            anchor="middle",
            bold=chosen,
        )
    axes.level(CARD, svg.INK, 1.5, "6 4")
    return axes.block(
        "GB on one device, and its 80",
        "stage",
        x_ticks={stage: str(stage) for stage in STAGES},
    )


def _told(arrays):
    yield svg.caption(
        "weights ",
        svg.Shown("weights", arrays.weights),
        " + gradients ",
        svg.Shown("gradients", arrays.gradients),
        " + optimiser ",
        svg.Shown("optimiser", arrays.optimiser),
        " = ",
        svg.Shown("total", arrays.total),
        " GB",
    )
    yield svg.caption(
        f"it {'fits' if arrays.fits else 'does not fit'} into 80 GB",
        bold=True,
    )


def summary(arrays: Memory) -> str:
    return (
        f"{arrays.parameters}, stage {arrays.stage} on "
        f"{arrays.devices:,} device{'s' * (arrays.devices > 1)}: each holds "
        f"{svg.number(arrays.total)} GB.\n"
        f"Weights {svg.number(arrays.weights)}, gradients "
        f"{svg.number(arrays.gradients)}, optimiser "
        f"{svg.number(arrays.optimiser)}: it "
        f"{'fits' if arrays.fits else 'does not fit'} into 80 GB."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "parameters": stops("parameters", "70 billion", tuple(MODELS)),
        "stage": choice("stage", 3, STAGES, width=50),
        "devices": stops("devices", 8, [(f"{n:,}", n) for n in DEVICES]),
    }
    return Panel("memory", controls, compute, draw, summary)
