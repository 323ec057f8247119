"""Where [CLS] looks in a digit, by layer and head.

What the picture shows was recorded by `python -m byhand.sliders.record
patch_attention`, from a model of PyTorch's own layers. What a notebook's own
model looks at can be chosen instead.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import choice, stops, whole_slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("patch_attention.json")
DIGITS, SIDE, PATCH, BRIGHTEST = 10, 8, 2, 16
GRID = SIDE // PATCH
LAYERS, HEADS = 2, 4
MEAN = "mean"
RECORDED, YOURS = "recorded", "yours"
_PIXEL = 24  # of the image, on the screen


class Looks(NamedTuple):
    """One digit, and where the row in front of its patches looks.

    pixels: (8, 8), from 0 to 16. read: what the model takes it for. heads:
    (4, 4, 4), percent of each; patches: (4, 4), of the chosen one. itself:
    what it keeps for itself, percent.
    """

    digit: int
    layer: int
    head: int | str
    pixels: np.ndarray
    read: int
    heads: np.ndarray
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
        heads[:, 1:].reshape(HEADS, GRID, GRID),
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
        cell=(48, 48),
        sums=sums.of_means(arrays.heads, 1) if arrays.head == MEAN else None,
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
    block = svg.sized(block, 460)
    return svg.figure("patch_attention", summary(arrays), block)


def _image(pixels):
    """The pixels with their numbers, and lines between the patches."""
    wide, step = SIDE * _PIXEL, PATCH * _PIXEL
    lines = "".join(
        f"M{at - 1} 0V{wide}M0 {at - 1}H{wide}"
        for at in range(step, wide, step)
    )
    grid = (
        f'<path d="{lines}" fill="none" stroke-width="2"'
        f' style="stroke:{svg.ORANGE}"/>'
    )
    cells = svg.heat_map(
        pixels,
        "pixels",
        limits=(0, BRIGHTEST),
        decimals=0,
        cell=(_PIXEL, _PIXEL),
    )
    return svg.Block(cells.svg + grid, wide, wide)


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


def show(yours=None) -> Panel:
    """The figure with its controls.

    yours: looks of another model, to choose instead of the recorded ones.
    """
    controls = {
        "digit": whole_slider("digit", 3, 0, DIGITS - 1),
        "layer": stops("layer", 1, range(1, LAYERS + 1)),
        "head": choice("head", MEAN, (MEAN, *range(1, HEADS + 1)), width=60),
    }
    if yours is not None:
        controls["model"] = choice("model", RECORDED, (RECORDED, YOURS))

    def chosen(model=RECORDED, **numbers):
        return compute(**numbers, looks=yours if model == YOURS else None)

    return Panel("patch_attention", controls, chosen, draw, summary)
