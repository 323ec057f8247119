"""The size of a patch against what a Vision Transformer costs.

An image of 128 by 128 pixels and three colours, 64 numbers a patch and one
block: the configuration that lesson 20 counts.
"""

from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, stops
from byhand.sliders.panel import Panel

SIDE, CHANNELS, D_MODEL, D_FF, CLASSES = 128, 3, 64, 128, 3
SIZES = (32, 16, 8, 4)  # each with four times the patches of the last
MEAN, DENSE = "mean, then 3", "8,192, 4,096, then 3"
HIDDEN = (8192, 4096)
# As they are drawn and listed: colour, and how the line is dashed.
STYLES = {
    "patches": (svg.BLUE, ""),
    "pairs": (svg.ORANGE, "8 4"),
    "parameters": (svg.GREEN, "2 4"),
}


class Patches(NamedTuple):
    """What a size of patch costs; curves have one value for each of SIZES."""

    patch: int
    head: str
    values: int  # numbers in a patch
    patches: int
    pairs: int  # of one head
    parameters: int
    head_parameters: int
    curves: dict[str, np.ndarray]

    @property
    def head_share(self) -> float:
        """Of all parameters, in percent."""
        return 100 * self.head_parameters / self.parameters


def sizes_of(patch, head):
    """Patches, pairs of them, parameters, and those of the head."""
    n = (SIDE // patch) ** 2
    widths = (D_MODEL,) if head == MEAN else (n * D_MODEL, *HIDDEN)
    ends = (*widths[1:], CLASSES)
    in_head = sum(
        (into + 1) * out for into, out in zip(widths, ends, strict=True)
    )
    rows = (CHANNELS * patch**2 + 1) * D_MODEL + n * D_MODEL
    attention = 4 * (D_MODEL + 1) * D_MODEL
    network = 2 * D_MODEL * D_FF + D_FF + D_MODEL
    block = attention + network + 4 * D_MODEL
    return n, n * n, rows + block + in_head, in_head


def compute(patch=8, head=MEAN) -> Patches:
    """Raises ValueError for a size or a head that is not on offer."""
    require.one_of("the patch", patch, SIZES)
    require.one_of("the head", head, (MEAN, DENSE))
    n, pairs, parameters, in_head = sizes_of(patch, head)
    curves = zip(*(sizes_of(size, head)[:3] for size in SIZES), strict=True)
    return Patches(
        int(patch),
        head,
        CHANNELS * patch**2,
        n,
        pairs,
        parameters,
        in_head,
        dict(zip(STYLES, map(np.array, curves), strict=True)),
    )


def draw(arrays: Patches) -> str:
    block = svg.column(
        svg.row(_image(arrays.patch), _chart(arrays), gap=20),
        svg.key(*((name, *style) for name, style in STYLES.items())),
        *_told(arrays),
        gap=8,
    )
    return svg.figure("patches", summary(arrays), svg.sized(block, 760))


_SHOWN = 2  # pixels on the screen for a pixel of the image


def _image(patch):
    """A house under the sun, cut into patches."""
    wide = SIDE * _SHOWN
    parts = [
        _shape(f"M0 0H{wide}V{wide}H0Z", svg.BLUE, 0.2),
        _shape(f"M0 176H{wide}V{wide}H0Z", svg.GREEN, 0.6),
        _shape("M180 48a26 26 0 1 0 52 0a26 26 0 1 0 -52 0", svg.ORANGE, 0.7),
        _shape("M56 112H168V204H56Z", svg.PAPER),
        _shape("M40 116L112 56L184 116Z", svg.ORANGE),
        _shape("M98 150H128V204H98Z", svg.PINK),
        _shape("M68 132H90V154H68ZM136 132H158V154H136Z", svg.BLUE),
    ]
    step = patch * _SHOWN
    lines = [
        f"M{at} 0V{wide}M0 {at}H{wide}" for at in range(0, wide + 1, step)
    ]
    parts.append(
        f'<path d="{"".join(lines)}" fill="none" stroke-width=".8"'
        f' style="stroke:{svg.INK}"/>'
    )
    picture = svg.Block("".join(parts), wide, wide)
    return svg.column(
        svg.caption(f"{SIDE} by {SIDE} pixels, three colours", bold=True),
        picture,
        gap=6,
    )


def _shape(path, colour, opacity=1):
    return f'<path d="{path}" fill-opacity="{opacity}" style="fill:{colour}"/>'


def _chart(arrays):
    axes = Axes((-0.2, 3.2), (1, 1e10), width=440, height=290, log_y=True)
    at = SIZES.index(arrays.patch)
    axes.upright(at, svg.INK, 1.5, "")
    for name, (colour, dashes) in STYLES.items():
        axes.curve(range(len(SIZES)), arrays.curves[name], colour, 2.5, dashes)
        axes.dots(at, arrays.curves[name][at], colour, 5)
    return axes.block(
        "by the size of a patch",
        "pixels along the side of a patch",
        x_ticks={place: str(size) for place, size in enumerate(SIZES)},
    )


def _told(arrays):
    def shown(name):
        return svg.Shown(name, f"{getattr(arrays, name):,}")

    yield svg.caption(
        shown("patches"),
        " patches of ",
        shown("values"),
        " numbers   ·   ",
        shown("pairs"),
        " pairs in each head",
    )
    yield svg.caption(
        shown("parameters"),
        " parameters, ",
        shown("head_parameters"),
        " of them in the head: ",
        svg.Shown("head_share", arrays.head_share),
        " %",
    )


def summary(arrays: Patches) -> str:
    return (
        f"Patches of {arrays.patch} by {arrays.patch} pixels: "
        f"{arrays.patches:,} patches of {arrays.values:,} values, "
        f"{arrays.pairs:,} pairs in each head.\n"
        f"With the head “{arrays.head}”: {arrays.parameters:,} parameters, "
        f"{svg.number(arrays.head_share)} % of them in the head."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "patch": stops("patch", 8, SIZES),
        "head": choice("head", MEAN, (MEAN, DENSE), width=170),
    }
    return Panel("patches", controls, compute, draw, summary)
