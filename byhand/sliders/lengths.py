"""BLEU against the length of the sentence, as two models learn.

What the picture shows was recorded by `python -m byhand.sliders.record
lengths`, from the models of byhand/text/translator.py.
"""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import stops
from byhand.sliders.panel import Panel

RECORD = Path(__file__).with_name("lengths.json")
ATTENTION, VECTOR, DICTIONARY = "attention", "one vector", "a dictionary"
# Colour, width and dashes of each curve.
STYLES = {
    ATTENTION: (svg.BLUE, 3, ""),
    VECTOR: (svg.ORANGE, 2.5, "9 5"),
    DICTIONARY: (svg.FAINT, 2, "2 4"),
}


class Lengths(NamedTuple):
    """BLEU of each group of sentences after a number of steps.

    groups: words of the source, as text. scores: model to a score a group.
    """

    steps: int
    groups: list[str]
    scores: dict[str, list[float]]


@cache
def record() -> dict:
    """What was recorded: "groups", "dictionary", and "models" by step."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def steps() -> tuple[int, ...]:
    return tuple(map(int, record()["models"]))


def compute(steps: int = 400) -> Lengths:
    kept = record()
    require.one_of(
        "the number of steps", steps, list(map(int, kept["models"]))
    )
    scores = dict(kept["models"][str(steps)])
    return Lengths(
        steps, kept["groups"], scores | {DICTIONARY: kept["dictionary"]}
    )


_WIDE = 620


def draw(arrays: Lengths) -> str:
    block = svg.column(_chart(arrays), *_key(arrays), gap=6)
    return svg.figure("lengths", summary(arrays), svg.sized(block, _WIDE))


def _chart(arrays):
    at = list(range(len(arrays.groups)))
    axes = Axes((-0.4, len(at) - 0.6), (-4, 106), _WIDE, height=290)
    for name, scores in arrays.scores.items():
        colour, width, dashes = STYLES[name]
        axes.curve(at, scores, colour, width, dashes)
        axes.dots(at, scores, colour)
    return axes.block(
        "BLEU of unseen sentences",
        "words of the source",
        x_ticks=dict(zip(at, arrays.groups, strict=True)),
    )


def _key(arrays):
    """Each curve's line, its model and its scores."""
    yield svg.caption(
        "after ", svg.Shown("steps", arrays.steps, 0), " steps of training:"
    )
    for name, scores in arrays.scores.items():
        colour, width, dashes = STYLES[name]
        line = (
            f'<path d="M0 11h40" stroke-width="{width}"'
            f' stroke-dasharray="{dashes}" style="stroke:{colour}"/>'
        )
        said = [f"{name}: "]
        for k, score in enumerate(scores):
            said += [svg.Shown(f"{name} {k}", score, 1), "   "]
        yield svg.row(svg.Block(line, 40, 21), svg.caption(*said), gap=10)


def summary(arrays: Lengths) -> str:
    told = "; ".join(
        f"{name} {', '.join(svg.number(score, 1) for score in scores)}"
        for name, scores in arrays.scores.items()
    )
    return (
        f"BLEU after {arrays.steps} steps, for sources of"
        f" {', '.join(arrays.groups)} words: {told}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its control."""
    controls = {"steps": stops("training steps", 400, steps())}
    return Panel("lengths", controls, compute, draw, summary)
