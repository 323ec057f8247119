"""A story with one word hidden: what a small BERT says, and what is right.

What the picture shows without a model was recorded by `python -m
byhand.sliders.record filling`, from the training of byhand/text/gaps.py. With
the lesson's model a story can be typed, which that model reads. The figure
begins with what was recorded: what a training gives depends, in its last
digits, on the machine.
"""

import json
import re
import textwrap
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets
import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.controls import stops, whole_slider
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("filling.json")
STORY = (
    "Rosa had a red kite. She loved the red kite every day. One day Rosa lost "
    "the red kite by the river. A fox found it. Rosa and the fox were friends."
)
START = 16  # the second "day", which nobody can know
LIKELIEST = 5
LAYERS, HEADS = 2, 4
LOOKS = {
    f"layer {layer + 1}, head {head + 1}": (layer, head)
    for layer in range(LAYERS)
    for head in range(HEADS)
}
A_LINE = 10  # tokens
_CELL = 72
_WIDE = A_LINE * _CELL + 20


class Gap(NamedTuple):
    """A story and its gap.

    tokens: of the story. hidden: which of them, from 1. model: the likeliest
    words and their probabilities. exact: those of all words that fit. looks:
    (n + 2,), what [CLS] pays attention to, itself first. look: of which head.
    """

    tokens: list[str]
    hidden: int
    model: dict[str, float]
    exact: dict[str, float]
    looks: np.ndarray
    look: str


@cache
def record() -> dict:
    """What was recorded: "model", "exact" and "looks" of STORY."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def compute(
    hidden=START,
    look="layer 1, head 1",
    story="",
    fill=None,
):
    """What is likely in the gap, and what [CLS] looks at.

    story: a typed one, for `fill`; "": what was recorded, of STORY. fill:
    (story, place) to the likeliest words by a model, exactly, and what its
    heads look at. ValueError: no such token, or a story that nobody reads.
    """
    story = story.strip()
    tokens = tokens_of(story or STORY)
    require.that(
        1 <= hidden <= len(tokens),
        f"this story has {len(tokens)} words and signs, so that there is no "
        f"number {hidden}",
    )
    require.that(
        not story or fill is not None,
        "only your own model reads another story: hand it to show()",
    )
    if not story:
        kept = record()
        model, exact = (kept[name][hidden - 1] for name in ("model", "exact"))
        looks = kept["looks"]
    else:
        model, exact, looks = fill(story, hidden - 1)
    layer, head = LOOKS[look]
    seen = np.array(looks[layer][head])
    return Gap(tokens, int(hidden), model, exact, seen, look)


def tokens_of(story: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", story)


def by(bert: Any, head: Any, story: str, place: int) -> tuple:
    """What a model says of a gap, what is exact, and what its heads see.

    ValueError: a word is in no story, or no word makes a story of it.
    """
    from byhand.text import gaps

    for token in gaps.tokens_of(story):
        require.that(
            token in gaps.numbers(), f"{token!r} is a word of no story"
        )
    require.that(
        len(gaps.tokens_of(story)) <= gaps.PLACES - 2, "the story is too long"
    )
    exact = gaps.posterior(story, place)
    model = gaps.guesses(bert, head, story, place)
    looks = gaps.looks(bert, gaps.rows_of([story]))
    return likeliest(model), exact, looks.tolist()


def likeliest(chances: dict[str, float]) -> dict[str, float]:
    """The first few; they are sorted."""
    return dict([*chances.items()][:LIKELIEST])


def draw(arrays: Gap) -> str:
    block = svg.column(
        _story(arrays),
        _table(arrays),
        svg.caption(
            f"what [CLS] pays attention to in the whole story, {arrays.look}:",
            bold=True,
        ),
        *_looks(arrays),
        gap=12,
    )
    return svg.figure("filling", summary(arrays), svg.sized(block, _WIDE))


def _story(arrays):
    shown = list(arrays.tokens)
    shown[arrays.hidden - 1] = "[MASK]"
    lines = textwrap.wrap(" ".join(shown), 88)
    lines += [""] * (2 + len(arrays.tokens) // 20 - len(lines))
    return svg.column(*map(svg.caption, lines), gap=0)


def _table(arrays):
    """The model's likeliest words, and the exact probability of each."""
    words = [*arrays.model]
    numbers = np.array(
        [[arrays.model[w], arrays.exact.get(w, 0.0)] for w in words]
    )
    return svg.heat_map(
        numbers,
        "chances",
        [word.rjust(9) for word in words],
        ("the model", "exactly"),
        decimals=3,
        limits=(0, 1),
        cell=(90, 28),
    )


def _looks(arrays):
    tokens = ["[CLS]", *arrays.tokens, "[SEP]"]
    for start in range(0, len(tokens), A_LINE):
        some = tokens[start : start + A_LINE]
        yield svg.heat_map(
            arrays.looks[None, start : start + A_LINE],
            f"looks_{start // A_LINE}",
            columns=some,
            limits=(0, 1),
            cell=(_CELL, 26),
        )


def summary(arrays: Gap) -> str:
    first, chance = next(iter(arrays.model.items()))
    right, exact = next(iter(arrays.exact.items()))
    most = int(arrays.looks.argmax())
    tokens = ["[CLS]", *arrays.tokens, "[SEP]"]
    return (
        f"Token {arrays.hidden} of {len(arrays.tokens)} is hidden, "
        f"“{arrays.tokens[arrays.hidden - 1]}”. The model says “{first}” with "
        f"{svg.number(chance, 3)}; exactly, “{right}” is likeliest, with "
        f"{svg.number(exact, 3)}.\nIn {arrays.look}, [CLS] looks most at "
        f"“{tokens[most]}”, with {svg.number(arrays.looks[most])}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show(bert: Any = None, head: Any = None) -> Panel:
    """The figure with its controls; with a model, a story can be typed."""
    places = len(tokens_of(STORY))
    controls: dict[str, ipywidgets.Widget] = {
        "hidden": whole_slider("hidden word", START, 1, places),
        "look": stops("[CLS] looks", next(iter(LOOKS)), tuple(LOOKS)),
    }
    if bert is None:
        return Panel("filling", controls, compute, draw, summary)
    controls["story"] = ipywidgets.Text(
        placeholder="type a story, and your model reads it",
        description="story",
        continuous_update=False,
        style={"description_width": "120px"},
        layout={"width": "780px"},
    )
    # A typed story may be longer than ours.
    controls["hidden"].max = 52
    fill = partial(compute, fill=partial(by, bert, head))
    return Panel("filling", controls, fill, draw, summary)
