"""Where [CLS] looks in a digit, by layer and head.

What the picture shows was recorded by `python -m byhand.sliders.record
patch_attention`, from a model of PyTorch's own layers. `show` takes what a
notebook's model looks at instead.
"""

import json
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.controls import stops, whole_slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("patch_attention.json")
DIGITS, SIDE, PATCH, BRIGHTEST = 10, 8, 2, 16
GRID = SIDE // PATCH
LAYERS, HEADS = 2, 4
MEAN = "mean"
_PIXEL = 22  # of the image, on the screen


class Looks(NamedTuple):
    """One digit, and where the row in front of its patches looks.

    pixels: (8, 8), from 0 to 16. read: what the model takes it for. patches:
    (4, 4), percent. itself: what it keeps for itself, percent.
    """

    digit: int
    layer: int
    head: int | str
    pixels: np.ndarray
    read: int
    patches: np.ndarray
    itself: float


@cache
def record() -> dict:
    """What was recorded.

    "images" (10, 8, 8), "read" (10,) and "weights" (10, layers, heads, 17).
    """
    return json.loads(RECORD.read_text(encoding="utf-8"))


def compute(digit=3, layer=1, head=MEAN, looks=None) -> Looks:
    """looks: as in the record; None for the recorded ones.

    Raises ValueError for a digit, layer or head that there is not.
    """
    require.whole("the digit", digit, 0, DIGITS - 1)
    require.whole("the layer", layer, 1, LAYERS)
    require.one_of("the head", head, (MEAN, *range(1, HEADS + 1)))
    kept = looks or record()
    heads = 100 * np.array(kept["weights"])[digit, layer - 1]
    row = heads.mean(axis=0) if head == MEAN else heads[head - 1]
    return Looks(
        int(digit),
        int(layer),
        head,
        np.array(kept["images"])[digit],
        int(kept["read"][digit]),
        row[1:].reshape(GRID, GRID),
        float(row[0]),
    )


def draw(arrays: Looks) -> str:
    looks = svg.heat_map(
        arrays.patches,
        "patches",
        title="where [CLS] looks, in %",
        limits=(0, 40),
        decimals=1,
        cell=(44, 44),
    )
    image = svg.column(
        svg.caption("the digit, in patches", bold=True),
        _image(arrays.pixels),
        gap=4,
    )
    block = svg.column(
        svg.row(image, looks, gap=40),
        svg.caption(
            "read as ",
            svg.Shown("read", str(arrays.read)),
            "   ·   [CLS] keeps ",
            svg.Shown("itself", arrays.itself, 1),
            " % for itself",
        ),
        gap=12,
    )
    block = svg.sized(block, 440)
    return svg.figure("patch_attention", summary(arrays), block)


def _image(pixels):
    wide = SIDE * _PIXEL
    parts = []
    for (i, j), value in np.ndenumerate(pixels):
        grey = f"{round(255 * (1 - value / BRIGHTEST)):02x}" * 3
        parts.append(
            f'<rect x="{j * _PIXEL}" y="{i * _PIXEL}" width="{_PIXEL}"'
            f' height="{_PIXEL}" fill="#{grey}"/>'
        )
    step = PATCH * _PIXEL
    lines = "".join(
        f"M{at} 0V{wide}M0 {at}H{wide}" for at in range(0, wide + 1, step)
    )
    parts.append(
        f'<path d="{lines}" fill="none" stroke-width="1.5"'
        f' style="stroke:{svg.RED}"/>'
    )
    return svg.Block("".join(parts), wide, wide)


def summary(arrays: Looks) -> str:
    heads = (
        "mean of the heads" if arrays.head == MEAN else f"head {arrays.head}"
    )
    row, column = np.unravel_index(arrays.patches.argmax(), (GRID, GRID))
    return (
        f"A {arrays.digit}, read as {arrays.read}; layer {arrays.layer}, "
        f"{heads}: [CLS] looks most at the patch in row {row + 1}, column "
        f"{column + 1}, with {svg.number(arrays.patches.max(), 1)} %, and "
        f"keeps {svg.number(arrays.itself, 1)} % for itself."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show(looks=None) -> Panel:
    """The figure with its controls, of a model's looks or the recorded."""
    controls = {
        "digit": whole_slider("digit", 3, 0, DIGITS - 1),
        "layer": stops("layer", 1, (1, LAYERS)),
        "head": stops("head", MEAN, (MEAN, *range(1, HEADS + 1))),
    }
    return Panel(
        "patch_attention",
        controls,
        partial(compute, looks=looks),
        draw,
        summary,
    )
