"""Byte-pair encoding, merge by merge, on a text of one's choice.

The merges are learned from 500 of the course's own English stories; what
they do to other languages, to emoji and to code is the point of it.
"""

import re
import unicodedata
from collections import Counter
from functools import cache
from html import escape
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import choice, whole_slider
from byhand.sliders.panel import Panel
from byhand.text import stories

STORIES, SEED = 500, 0
PIECES = re.compile(r" ?\w+|[^\w\s]|\s")
MERGES = 194  # then no pair is left
TEXTS = {
    "English": "One day Lily met a dog by the river.",
    "German": "Der Hund saß am Fluss.",
    "French": "Le chien était près de la rivière.",
    "Japanese": "犬は川のそばに座った。",
    "emoji": "🐕 👨\u200d👩\u200d👧 🙂 👍🏽",
    "Python": "for dog in dogs: print(dog)",
}
BYTES, TOKENS = "bytes", "tokens"
COLOURS = {BYTES: svg.FAINT, TOKENS: svg.BLUE}


class Cut(NamedTuple):
    """A text, cut by so many merges."""

    text: str  # its name
    merges: int
    ids: tuple  # of its tokens
    pieces: tuple  # the bytes of each
    counts: np.ndarray  # (6, 2): bytes and tokens of every text

    @property
    def bytes_a_token(self):
        return sum(map(len, self.pieces)) / len(self.pieces)


@cache
def learned() -> tuple[tuple[int, int], ...]:
    """The merges, from the first on, until no pair is left."""
    written = "\n".join(one.text for one in stories.corpus(STORIES, SEED))
    often = Counter(PIECES.findall(written))
    words = {tuple(piece.encode()): n for piece, n in often.items()}
    found = []
    while True:
        counts = Counter()
        for word, times in words.items():
            for pair in pairwise(word):
                counts[pair] += times
        if not counts:
            return tuple(found)
        _, pair = min((-times, pair) for pair, times in counts.items())
        number = 256 + len(found)
        found.append(pair)
        words = {_merged(w, pair, number): n for w, n in words.items()}


def _merged(word, pair, number):
    done = []
    for each in word:
        if done and (done[-1], each) == pair:
            done[-1] = number
        else:
            done.append(each)
    return tuple(done)


@cache
def spelt() -> tuple[bytes, ...]:
    """The bytes that each id stands for."""
    found = [bytes([number]) for number in range(256)]
    for left, right in learned():
        found.append(found[left] + found[right])
    return tuple(found)


@cache
def encoded(text: str, merges: int) -> tuple[int, ...]:
    """The ids of a text, piece by piece, with the first merges only."""
    ids = ()
    for piece in PIECES.findall(text):
        word = tuple(piece.encode())
        for place, pair in enumerate(learned()[:merges]):
            word = _merged(word, pair, 256 + place)
        ids += word
    return ids


def compute(merges: int = 100, text: str = "English") -> Cut:
    require.whole("the number of merges", merges, 0, MERGES)
    require.one_of("the text", text, TEXTS)
    ids = encoded(TEXTS[text], merges)
    counts = [
        (len(each.encode()), len(encoded(each, merges)))
        for each in TEXTS.values()
    ]
    pieces = tuple(spelt()[one] for one in ids)
    return Cut(text, merges, ids, pieces, np.array(counts))


def draw(arrays: Cut) -> str:
    block = svg.column(
        svg.caption(f"“{TEXTS[arrays.text]}”, its tokens and their ids:"),
        _tokens(arrays),
        svg.column(*_words(arrays), gap=2),
        _chart(arrays),
        svg.key(*COLOURS.items()),
        gap=10,
    )
    return svg.figure("byte_pairs", summary(arrays), svg.sized(block, _WIDE))


_WIDE = 660
_ROWS, _HIGH = 2, 44
# Tints that black can be read on. Neighbours never have the same.
_TINTS = ("#bfdcf0", "#fbd9bd", "#bfe6d8", "#f0d3e3")


def _tokens(arrays):
    parts, x, y = [], 0, 0
    for place, (number, piece) in enumerate(
        zip(arrays.ids, arrays.pieces, strict=True)
    ):
        written = shown(piece)
        wide = max(_ems(written) * 14 + 8, 26)
        if x + wide > _WIDE:
            x, y = 0, y + _HIGH
        tint = _TINTS[place % len(_TINTS)]
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="{wide - 2:.1f}" height="24"'
            f' rx="3" style="fill:{tint}"/>'
            f'<text class="cell" data-name="tokens" data-row="0"'
            f' data-col="{place}" x="{x + wide / 2 - 1:.1f}" y="{y + 12}"'
            f' dy=".35em" font-size="14" text-anchor="middle"'
            f' style="fill:{svg.ink_on(tint)}">{escape(written)}</text>'
        )
        parts.append(
            svg.text(
                x + wide / 2 - 1,
                y + 32,
                str(number),
                anchor="middle",
                size=10,
                colour=svg.FAINT,
            )
        )
        x += wide
    return svg.Block("".join(parts), _WIDE, _ROWS * _HIGH)


def shown(piece: bytes) -> str:
    """A piece as text, a blank as a dot; what is no text as its bytes."""
    try:
        return piece.decode().replace(" ", "·")
    except UnicodeDecodeError:
        return piece.hex(" ")


def _ems(written):
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in written)
    return 0.66 * (len(written) - wide) + 1.3 * wide


def _words(arrays):
    text = TEXTS[arrays.text]
    yield svg.caption(
        svg.Shown("tokens", len(arrays.ids), 0),
        " tokens for ",
        svg.Shown("characters", len(text), 0),
        " characters, which are ",
        svg.Shown("bytes", len(text.encode()), 0),
        " bytes: ",
        svg.Shown("bytes_a_token", arrays.bytes_a_token),
        " bytes a token",
    )
    yield svg.caption(
        "vocabulary: 256 bytes + ",
        svg.Shown("merges", arrays.merges, 0),
        " merges = ",
        svg.Shown("vocabulary", 256 + arrays.merges, 0),
        " ids",
    )


def _chart(arrays):
    axes = Axes((-0.5, len(TEXTS) - 0.5), (0, 44), _WIDE, height=190)
    at = np.arange(len(TEXTS))
    axes.bars(at - 0.18, arrays.counts[:, 0], COLOURS[BYTES], 0.3)
    axes.bars(at + 0.18, arrays.counts[:, 1], COLOURS[TOKENS], 0.3)
    for place, (_, tokens) in enumerate(arrays.counts):
        number = svg.Shown(f"tokens_{place}", int(tokens), 0)
        above = place + 0.18, tokens
        axes.note(*above, number, shift=(0, -9), anchor="middle", size=12)
    return axes.block(
        "all six texts with these merges", x_ticks=dict(enumerate(TEXTS))
    )


def summary(arrays: Cut) -> str:
    text = TEXTS[arrays.text]
    return (
        f"{svg.plural(arrays.merges, 'merge')} learned from our stories cut"
        f" the {arrays.text} text “{text}” into"
        f" {svg.plural(len(arrays.ids), 'token')}, for {len(text)} characters"
        f" and {len(text.encode())} bytes:"
        f" {svg.number(arrays.bytes_a_token)} bytes a token.\n"
        f"The vocabulary has {256 + arrays.merges} ids."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its controls."""
    controls = {
        "merges": whole_slider("merges", 100, 0, MERGES),
        "text": choice("text", "English", tuple(TEXTS), width=90),
    }
    return Panel("byte_pairs", controls, compute, draw, summary)
