"""Pictures as SVG text, quick enough to draw anew at every key press.

A `Block` is a piece of SVG that knows its size. Make blocks with `heat_map`,
`chart.Axes`, `caption` and `key`, lay them out with `row` and `column`, and
wrap the whole with `figure`, which gives one string. Inside a notebook the
string takes its text and background colours from JupyterLab's theme; as an
<img> it falls back to dark text on a white card.

Queries, keys and values come in their own colours, wherever a text names them.

Whatever is shown as a number can be found again: the cells of a heat map
carry class="cell" with data-name, data-row and data-col, and the sum that
they came from as data-sum; every `Shown` carries class="value" with data-name.
"""

import itertools
import math
import re
import textwrap
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from html import escape
from typing import NamedTuple

import numpy as np

INK = "var(--jp-content-font-color1, #1f1f1f)"
FAINT = "var(--jp-content-font-color2, #595959)"
RULE = "var(--jp-border-color1, #bdbdbd)"
PAPER = "var(--jp-layout-color0, #ffffff)"

# The four of Okabe and Ito's colours that stand out, at 3:1 or better, from
# a white page and from a dark one.
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"

# Each has one colour in the whole course, wherever a picture writes of it.
QUERY, KEY, VALUE = BLUE, ORANGE, GREEN
_ROLES = {"q": QUERY, "k": KEY, "v": VALUE}
# Queries, W_Q; and both of QKᵀ.
_ROLE = re.compile(
    r"(?<![^\WQ])(?:W_)?((?i:quer(?:y|ies)|keys?|values?)|[QKV])(?![^\WKᵀ])"
)

SCALES = {
    "sequential": ["#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"],
    "diverging": ["#a84b00", "#f0a35e", "#f7f7f7", "#67a9cf", "#08519c"],
}


class Block(NamedTuple):
    """A drawing with its origin at the top left, sizes in pixels."""

    svg: str
    width: float
    height: float


class Shown(NamedTuple):
    """A number, or a word that depends on one, inside running text."""

    name: str
    value: float | str
    decimals: int = 2


# Most of what is written in a picture stands in the next one, too.
@lru_cache(4096)
def number(value, decimals=2):
    """How a number is written: rounded, never −0.00, 1.23e9 from 10⁶ on.

    Halves go away from zero, as by hand. A half that came out an ulp short,
    on this machine or another, still counts as one: 0.44225 is 0.4423.
    """
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= 1e6:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    exact = Decimal(f"{value:.12g}")
    written = f"{exact.quantize(Decimal(10) ** -decimals, ROUND_HALF_UP):f}"
    if float(written) == 0:
        written = written.lstrip("-")
    return written.replace("-", "−")


def plural(count, noun):
    """The noun with its number: 1 head, 4 heads."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def superscript(exponent):
    """A whole number, small and raised."""
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


@lru_cache(4096)
def colour(fraction, scale="sequential"):
    """The colour at `fraction` (0 to 1, clipped) of a scale, as #rrggbb."""
    stops = SCALES[scale]
    at = min(max(fraction, 0), 1) * (len(stops) - 1)
    below = min(int(at), len(stops) - 2)
    pairs = zip(_rgb(stops[below]), _rgb(stops[below + 1]), strict=True)
    mixed = (round(low + (at - below) * (high - low)) for low, high in pairs)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _rgb(written):
    return [int(written[at : at + 2], 16) for at in (1, 3, 5)]


@lru_cache(4096)
def ink_on(background):
    """Black or white, whichever contrasts more with a #rrggbb colour."""
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (channel / 255 for channel in _rgb(background))
    ]
    red, green, blue = linear
    # Contrast with white and with black are equal at luminance 0.179.
    bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179
    return "#000000" if bright else "#ffffff"


def text(x, y, *parts, anchor="start", size=13, bold=False, colour=INK):
    """One line of text around height y; parts are strings and `Shown`."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" dy=".35em" font-size="{size}"'
        f' text-anchor="{anchor}"{weight} style="fill:{colour}">'
        f"{''.join(map(_part, parts))}</text>"
    )


def roles(written):
    """Where a text names queries, keys or values: (start, end, colour)s."""
    return [(*m.span(), _role_of(m)) for m in _ROLE.finditer(written)]


def _role_of(match):
    return _ROLES[match[1][0].lower()]


def _coloured(match):
    fill = _role_of(match)
    return f'<tspan font-weight="bold" style="fill:{fill}">{match[0]}</tspan>'


@lru_cache(4096)
def _part(part):
    words = _ROLE.sub(_coloured, escape(_written(part)))
    if isinstance(part, Shown):
        return (
            f'<tspan class="value" data-name="{escape(part.name)}"'
            f' font-weight="bold">{words}</tspan>'
        )
    return words


def _written(part):
    if isinstance(part, str):
        return part
    if isinstance(part.value, str):
        return part.value
    return number(part.value, part.decimals)


def caption(*parts, size=14, bold=False, colour=INK):
    """A line of text as a block of its own."""
    width = 0.56 * size * sum(len(_written(part)) for part in parts)
    line = text(0, size * 0.75, *parts, size=size, bold=bold, colour=colour)
    return Block(line, width, size * 1.5)


def key(*entries):
    """What each colour means: entries are (name, colour).

    Of a line (name, colour, dashes), so that not its colour alone tells it.
    """
    return row(
        *(
            row(_swatch(*look), caption(name), gap=6)
            for name, *look in entries
        ),
        gap=18,
    )


def _swatch(colour, dashes=None):
    if dashes is None:
        area = f'<rect y="4" width="18" height="10" rx="2" fill="{colour}"/>'
        return Block(area, 18, 18)
    line = (
        f'<path d="M0 9h30" stroke-width="2.5" stroke-dasharray="{dashes}"'
        f' style="stroke:{colour}"/>'
    )
    return Block(line, 30, 18)


def heat_map(
    numbers,
    name,
    rows=(),
    columns=(),
    title="",
    subtitle="",
    decimals=2,
    scale="sequential",
    limits=None,
    crossed=None,
    left_out=None,
    cell=(42, 34),
    sums=None,
):
    """A matrix as coloured cells with the numbers in them.

    numbers: (r, c); rows and columns: a label for each, or none; limits: the
    numbers at the two ends of the colour scale, else the range of the finite
    numbers (the same both ways when diverging); scale: "sequential",
    "diverging", or "plain" for a table without colours; crossed: (r, c)
    booleans, True for a cell that is struck out; left_out: the same, for one
    that is not drawn; cell: width and height; sums: (r, c) lines of text, the
    sum that each cell came from (byhand/sliders/sums.py), "" where it is not
    known.
    """
    numbers = np.asarray(numbers, dtype=float)
    if numbers.ndim != 2:
        raise ValueError(f"expected (r, c) numbers, got {numbers.shape}")
    low, high = limits or _limits(numbers, scale)
    wide, high_cell = cell
    left = room(rows)
    top = 22 * bool(title) + 20 * bool(subtitle) + 20 * bool(len(columns))
    # Labels that would touch take turns in two lines.
    tight = any(
        3.75 * len(one + other) + 1 > wide
        for one, other in itertools.pairwise(columns)
    )
    top += 16 * tight
    parts = [text(left, 9, title, bold=True, size=14)] if title else []
    if subtitle:
        parts.append(text(left, 30, subtitle, colour=FAINT, size=12))
    for j, label in enumerate(columns):
        x = left + (j + 0.5) * wide
        y = top - 9 - 16 * (tight and j % 2)
        parts.append(text(x, y, label, anchor="middle", size=12))
    for i, label in enumerate(rows):
        y = top + (i + 0.5) * high_cell
        parts.append(text(left - 8, y, label, anchor="end", size=12))
    for (i, j), each in np.ndenumerate(numbers):
        if left_out is not None and left_out[i][j]:
            continue
        where = left + j * wide, top + i * high_cell, wide, high_cell
        struck = crossed is not None and crossed[i][j]
        plain = struck or scale == "plain" or not math.isfinite(each)
        fraction = 0 if plain else (each - low) / (high - low)
        fill = PAPER if plain else colour(fraction, scale)
        ink = FAINT if struck else INK if plain else ink_on(fill)
        tag = f'data-name="{name}" data-row="{i}" data-col="{j}"'
        written = number(each, decimals)
        if sums is not None and sums[i][j]:
            labels = [
                n[k].strip() for n, k in ((rows, i), (columns, j)) if len(n)
            ]
            at = ", ".join(labels) + ": " if labels else ""
            said = escape(f"{at}{written} = {sums[i][j]}")
            tag += f' data-sum="{said}"'
        parts.append(_cell(*where, fill, ink, tag, written))
        if struck:
            parts.append(_strike(*where))
    width = max(left + wide * numbers.shape[1], 8 * len(title))
    return Block("".join(parts), width, top + high_cell * numbers.shape[0])


def without_sums(picture):
    """A picture for where nobody can point at a cell."""
    return re.sub(' data-sum="[^"]*"', "", picture)


def room(labels):
    """How far to the right of its rows' labels a heat map's cells begin."""
    return 7.5 * max(map(len, labels)) + 8 if labels else 0


def _limits(numbers, scale):
    finite = numbers[np.isfinite(numbers)]
    low, high = (finite.min(), finite.max()) if finite.size else (0, 1)
    if scale == "diverging":
        low, high = -max(-low, high), max(-low, high)
    return (low, high) if low < high else (low - 1, low + 1)


def _fitting(written, width):
    """The font size of a cell's number: 12, or what still fits."""
    # In DejaVu Sans, which is wider than most: digits, points, other signs.
    ems = sum(
        0.64 if c.isdigit() else 0.32 if c in ".," else 0.84 for c in written
    )
    return min(12, math.floor((width - 1) / max(ems, 1)))


@lru_cache(4096, typed=True)  # a width is written as it is given: 40, 40.0
def _cell(x, y, width, height, fill, ink, tag, written):
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width - 2}"'
        f' height="{height - 2}" rx="3" style="fill:{fill};stroke:{RULE}"/>'
        f'<text class="cell" {tag} x="{x + width / 2 - 1:.1f}"'
        f' y="{y + height / 2 - 1:.1f}" dy=".35em"'
        f' font-size="{_fitting(written, width)}"'
        f' text-anchor="middle" style="fill:{ink}">{written}</text>'
    )


def _strike(x, y, width, height):
    return (
        f'<path d="M{x + 3:.1f} {y + 3:.1f}l{width - 8} {height - 8}m0'
        f' {8 - height}l{8 - width} {height - 8}" style="stroke:{FAINT}"/>'
    )


def row(*blocks, gap=24):
    """Blocks side by side, level at the top."""
    parts, x = [], 0
    for block in blocks:
        parts.append(f'<g transform="translate({x:.1f} 0)">{block.svg}</g>')
        x += block.width + gap
    height = max(block.height for block in blocks)
    return Block("".join(parts), x - gap, height)


def column(*blocks, gap=8):
    """Blocks one under another, level at the left."""
    parts, y = [], 0
    for block in blocks:
        parts.append(f'<g transform="translate(0 {y:.1f})">{block.svg}</g>')
        y += block.height + gap
    return Block("".join(parts), max(block.width for block in blocks), y - gap)


def sized(block, width, height=None):
    """The block with a width, and a height, that its content cannot change.

    A longer number must not make one picture larger than the next: the page
    below it would jump.
    """
    return Block(block.svg, width, block.height if height is None else height)


MARGIN = 12  # around a figure


def figure(name, summary, block):
    """The whole picture as one SVG string; `summary` is its alt text."""
    width, height = (
        math.ceil(side + 2 * MARGIN) for side in (block.width, block.height)
    )
    fit = "display:block;max-width:100%;height:auto"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}"'
        f' height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{escape(summary)}" data-figure="{escape(name)}"'
        f' font-family="sans-serif" style="{fit}">'
        f'<rect width="{width}" height="{height}" rx="6"'
        f' style="fill:{PAPER}"/><g transform="translate({MARGIN} {MARGIN})">'
        f"{block.svg}</g></svg>"
    )


def message(name, sentence, instead_of=None):
    """A picture of a sentence, for where numbers allow no other.

    instead_of: a picture; the sentence takes at least as much room.
    """
    lines = textwrap.wrap(sentence, 80) or [""]
    block = column(*map(caption, lines), gap=0)
    if instead_of is not None:
        sides = re.search(r'viewBox="0 0 (\d+) (\d+)"', instead_of).groups()
        width, height = (int(side) - 2 * MARGIN for side in sides)
        width, height = max(block.width, width), max(block.height, height)
        block = sized(block, width, height)
    return figure(name, sentence, block)
