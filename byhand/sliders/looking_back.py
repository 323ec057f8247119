"""What a head of a GPT looks back at, letter by letter, while it writes.

The GPT of lesson 17's button: the recorded one, and the learner's own, once
they have trained it. It goes on with whatever is typed.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require, sums
from byhand.sliders.controls import choice, line, slider, whole_slider
from byhand.sliders.maths import softmax
from byhand.sliders.panel import Panel
from byhand.text import letters

PROMPT = "Lily had a very small drum. "
EXAMPLES = (
    PROMPT,
    "Tom had a red ball. ",
    "Anna had a kite. She hid the kite at night. One day Anna ",
)
LINES, LETTERS = 5, 20  # of the text, in the picture
PLACES = LINES * LETTERS  # the start among them
MOST = 60  # letters of a prompt
WIDE = 56  # letters of a line of text
HOTTEST = 2.0
LIKELIEST = 3  # letters that may come next
RECORDED, YOURS = "recorded", "yours"
NAMES = {RECORDED: "the recorded model", YOURS: "your model"}
SEEN = str.maketrans(" \n", "␣↵")


class Looks(NamedTuple):
    """One head, at one place.

    text: n letters, the start included, of which the first `prompt` were
    typed. scores, weights: of each letter up to `place`, (place + 1,). next:
    the likeliest letters to come after it, with probabilities.
    """

    whose: str
    steps: int
    temperature: float
    text: str
    prompt: int
    place: int
    layer: int
    head: int
    scores: np.ndarray
    weights: np.ndarray
    next: dict[str, float]


def compute(
    prompt=PROMPT,
    temperature=0.0,
    place=28,
    layer=3,
    head=1,
    whose=RECORDED,
    live=None,
) -> Looks:
    """live: what may have `learned` a model, which is "yours".

    Raises ValueError for a prompt that is too long or has letters that the
    model does not know; for a place, layer or head that there is not; and
    for yours as long as there is none.
    """
    model = letters.recorded() if whose == RECORDED else _learned(live)
    require.within("the temperature", temperature, 0, HOTTEST)
    length = min(PLACES, model.block_size)
    require.whole("the place", place, 0, length - 1)
    require.whole("the layer", layer, 1, model.layers)
    require.whole("the head", head, 1, model.heads)
    require.that(
        len(prompt) <= MOST,
        f"At most {MOST} letters of a prompt fit into the picture, and these"
        f" are {len(prompt)}. Leave some out at its beginning.",
    )
    written = letters.written(model, prompt, length, temperature)
    place = int(place)
    scores = written.scores[layer - 1, head - 1, place, : place + 1]
    return Looks(
        whose,
        model.steps,
        temperature,
        written.text,
        len(letters.START + prompt),
        place,
        int(layer),
        int(head),
        scores,
        softmax(scores),
        likeliest(model.alphabet, written.logits[place]),
    )


def _learned(live) -> letters.Model:
    model = getattr(live, "learned", None)
    require.that(
        model is not None,
        "You have trained no model in this notebook yet. Press “Train” above,"
        " wait until it writes, and move a handle here.",
    )
    return model


def likeliest(alphabet: str, logits: np.ndarray) -> dict[str, float]:
    """The letters that come next, the likeliest first."""
    chances = softmax(logits)
    best = np.argsort(-chances, kind="stable")[:LIKELIEST]
    return {alphabet[k]: float(chances[k]) for k in best}


def draw(arrays: Looks) -> str:
    text = arrays.text.translate(SEEN)
    lines = [
        _line(arrays, text, k, min(k + LETTERS, len(text)))
        for k in range(0, len(text), LETTERS)
    ]
    block = svg.column(*_told(arrays), *lines, gap=6)
    return svg.figure(
        "looking_back", summary(arrays), svg.sized(block, *_SIZE)
    )


_CELL = (32, 26)
_SIZE = (LETTERS * 32, LINES * 52 + 134)


def _line(arrays, text, first, end):
    """A line of the text, with the weights of its letters below them."""
    columns = np.arange(first, end)
    later = columns > arrays.place
    weights = np.append(arrays.weights, np.zeros(len(text)))[columns]
    behind = sums.of_weights([arrays.scores])[0] + [""] * len(text)
    return svg.heat_map(
        [weights],
        f"weights{first // LETTERS}",
        columns=text[first:end],
        limits=(0, 1),
        left_out=[later],
        cell=_CELL,
        sums=[behind[first:end]],
    )


def _told(arrays):
    """What was written, where the head looks from, what comes next there."""
    yield svg.caption(
        f"{NAMES[arrays.whose]} after ",
        svg.Shown("steps", arrays.steps, 0),
        " steps, ",
        svg.Shown("how", _how(arrays)),
    )
    yield from _text(arrays.text.replace("\n", "↵"), arrays.prompt)
    letter = arrays.text[arrays.place].translate(SEEN)
    yield svg.caption(
        f"layer {arrays.layer}, head {arrays.head}: where it looks back from"
        " place ",
        svg.Shown("place", arrays.place, 0),
        ", ",
        svg.Shown("letter", f"“{letter}”"),
        bold=True,
    )
    likely = [
        part
        for k, (letter, chance) in enumerate(arrays.next.items())
        for part in (
            "   ·   " if k else "",
            svg.Shown(f"next{k}", f"“{letter.translate(SEEN)}” "),
            svg.Shown(f"chance{k}", chance),
        )
    ]
    yield svg.caption("likely to come after that place: ", *likely)


def _text(text, typed):
    """In two lines, and what was typed in lighter letters."""
    cut = text.rfind(" ", 0, WIDE) + 1 or WIDE
    for k, (first, end) in enumerate([(0, cut), (cut, len(text))]):
        yield svg.caption(
            text[first : min(end, typed)],
            svg.Shown(f"line {k}", text[max(first, typed) : end] or " "),
        )


def _how(arrays):
    if arrays.temperature == 0:
        return "temperature 0: greedy, always the likeliest letter"
    return f"temperature {svg.number(arrays.temperature, 1)}: drawn by chance"


def summary(arrays: Looks) -> str:
    text = arrays.text
    typed = text[1 : arrays.prompt]
    goes_on = " / ".join(text[arrays.prompt :].strip().split("\n"))
    at, most = arrays.place, int(arrays.weights.argmax())
    seen = text.translate(SEEN)
    return (
        f"{NAMES[arrays.whose].capitalize()} after {arrays.steps} steps,"
        f" {_how(arrays)}, goes on from “{typed}” with: {goes_on}\n"
        f"Layer {arrays.layer}, head {arrays.head}, at “{seen[at]}” in place"
        f" {at}, looks most at “{seen[most]}” in place {most}, with"
        f" {svg.number(arrays.weights[most])}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show(live=None) -> Panel:
    """The figure with its controls. live: where you trained your own."""
    model = letters.recorded()
    layers, heads = model.layers, model.heads
    controls = {
        "prompt": line("prompt", PROMPT, EXAMPLES),
        "temperature": slider("temperature", 0.0, 0.0, HOTTEST, 0.1, 1),
        "place": whole_slider("place", 28, 0, PLACES - 1),
        "layer": choice("layer", 3, range(1, layers + 1), width=44),
        "head": choice("head", 1, range(1, heads + 1), width=44),
    }
    if live is not None:
        controls["whose"] = choice("model", RECORDED, (RECORDED, YOURS))
    own = partial(compute, live=live)
    return Panel("looking_back", controls, own, draw, summary)
