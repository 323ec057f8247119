"""A GPT while it learns: its loss against the known floor, and what it writes.

What the sliders show was recorded by `python -m byhand.gpt.record`; in lesson
17 the same picture follows a training that is under way (byhand/gpt/live.py).
"""

import json
import textwrap
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("training.json")
EVERY = 50  # steps between two samples
LOSS, ABOVE = "loss", "above the floor"
TRAINING, HELD_OUT = "training", "held-out text"
COLOURS = {TRAINING: svg.BLUE, HELD_OUT: svg.ORANGE}
LETTERS, LINES = 80, 4  # of a sample that is shown
LEAST = 1e-3  # above the floor: where the log axis ends


class Curve(NamedTuple):
    """A training up to a step; losses in nats a character.

    total: steps of the whole. floor: that no model gets below, or None.
    losses: at `steps`, each the mean since the one before. held_out: at
    `measured`. sample: what the model writes. above: draw how far the losses
    are above the floor, on a log axis.
    """

    step: int
    total: int
    floor: float | None
    steps: list[int]
    losses: list[float]
    measured: list[int]
    held_out: list[float]
    sample: str
    above: bool = False


@cache
def record() -> dict:
    """What was recorded: "floor", "losses" by step, "held_out", "samples"."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def compute(step=800, how=LOSS) -> Curve:
    """The recorded training up to a step.

    ValueError: nothing was recorded at that step.
    """
    kept = record()
    known = [int(at) for at in kept["samples"]]
    require.that(
        step in known,
        f"the step must be one of {known[0]}, {known[1]}, …, {known[-1]},"
        f" but it is {step:g}",
    )
    step = int(step)
    losses = {int(at): loss for at, loss in kept["losses"].items()}
    held_out = {int(at): loss for at, loss in kept["held_out"].items()}
    steps = [at for at in losses if at <= step]
    measured = [at for at in held_out if at <= step]
    return Curve(
        step,
        known[-1],
        kept["floor"],
        steps,
        [losses[at] for at in steps],
        measured,
        [held_out[at] for at in measured],
        kept["samples"][str(step)],
        how == ABOVE,
    )


def draw(curve: Curve) -> str:
    chart = _chart(curve)
    words = svg.column(*_words(curve), gap=2)
    block = svg.column(chart, svg.key(*COLOURS.items()), words, gap=8)
    block = svg.sized(block, chart.width)
    return svg.figure("training", summary(curve), block)


def _chart(curve):
    floor = curve.floor
    below = floor if curve.above else 0.0
    y = (LEAST, 10.0) if curve.above else (0.0, 4.0)
    edge = curve.total / 100  # room for the dots at both ends
    axes = Axes((-edge, curve.total + edge), y, 640, 300, log_y=curve.above)
    if floor is not None and not curve.above:
        axes.curve([0, curve.total], [floor] * 2, svg.INK, 1.5, "5 4")
    losses = np.maximum(np.array(curve.losses) - below, LEAST / 2)
    axes.curve(curve.steps, losses, COLOURS[TRAINING], 2)
    held_out = np.maximum(np.array(curve.held_out) - below, LEAST / 2)
    axes.dots(curve.measured, held_out, COLOURS[HELD_OUT], 3.5)
    title = "how far the loss is above the floor" if curve.above else "loss"
    where = "step"
    if floor is not None and not curve.above:
        where += " (dashed: the floor)"
    return axes.block(f"{title}, in nats a character", where)


def _words(curve):
    parts = [f"after {curve.step} of {curve.total} steps"]
    if curve.held_out:
        parts += [
            ": held-out loss ",
            svg.Shown("held_out", curve.held_out[-1], 4),
        ]
    if curve.floor is not None:
        parts += [", floor ", svg.Shown("floor", curve.floor, 4)]
    yield svg.caption(*parts)
    yield svg.caption("It writes:", bold=True)
    lines = [
        line
        for story in curve.sample.splitlines()
        for line in textwrap.wrap(story, LETTERS)
    ]
    for k in range(LINES):
        line = lines[k] if k < len(lines) else ""
        yield svg.caption(svg.Shown(f"line {k}", line or " "), size=13)


def summary(curve: Curve) -> str:
    said = f"After {curve.step} of {curve.total} steps"
    if curve.held_out:
        said += (
            " the loss on text that it has never seen is"
            f" {svg.number(curve.held_out[-1], 4)} nats a character"
        )
    if curve.floor is not None:
        said += f"; nobody can get below {svg.number(curve.floor, 4)}"
    begins = " ".join(curve.sample.split())[:60]
    return f"{said}.\nIt writes: {begins} …"


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    last = int(list(record()["samples"])[-1])
    controls = {
        "step": slider("steps of training", last, 0, last, EVERY, 0),
        "how": choice("vertical axis", LOSS, (LOSS, ABOVE), width=140),
    }
    return Panel("training", controls, compute, draw, summary)
