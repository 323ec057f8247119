"""A GPT that writes letter by letter, run by hand in NumPy.

It is the model of byhand/gpt/model.py as it stands, without changes: one that
a learner trained, or the recorded one, letters.npz, by the recipe of lesson
17's button. `python -m byhand.gpt.record` makes that. Nothing here needs
PyTorch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from byhand import special
from byhand.text.reader import gelu, norm

RECORD = Path(__file__).with_name("letters.npz")
START = "\n"  # what stands before the first letter, as between two stories
Memory = tuple[np.ndarray, np.ndarray]  # keys, values: (n, heads, d_k) each
SEED = 0  # of the throws when a letter is drawn


# Two models are never compared, number by number.
@dataclass(frozen=True, eq=False)
class Model:
    """What decides what a GPT writes.

    alphabet: a letter's id is its place in it. weights: by the names of
    byhand.gpt's parameters. steps: of its training. changes: of its
    arrangement, as byhand.gpt names them; with one, nothing here can run it.
    """

    alphabet: str
    heads: int
    steps: int
    weights: Mapping[str, np.ndarray]
    changes: tuple[str, ...] = ()

    @property
    def layers(self) -> int:
        return sum(name.endswith("qkv_proj.weight") for name in self.weights)

    @property
    def width(self) -> int:
        return self.weights["tokens.weight"].shape[1]

    @property
    def block_size(self) -> int:
        return len(self.weights["positions.weight"])

    def ids_of(self, text: str) -> list[int]:
        """ValueError: a letter that no text had from which it learned."""
        unknown = dict.fromkeys(c for c in text if c not in self.alphabet)
        if unknown:
            listed = ", ".join(f"“{each}”" for each in unknown)
            known = "".join(c for c in self.alphabet if not c.isspace())
            raise ValueError(
                f"The model has never seen {listed}. It knows the space and"
                f" {known}"
            )
        return [self.alphabet.index(letter) for letter in text]


@cache
def recorded() -> Model:
    """Kept in half precision, and computed with in double."""
    with np.load(RECORD) as file:
        kept = dict(file)
    alphabet, heads, steps = (
        kept.pop(name).item() for name in ("alphabet", "heads", "steps")
    )
    weights = {name: kept[name].astype(np.float64) for name in kept}
    return Model(alphabet, heads, steps, weights)


def record(model: Model) -> None:
    """Keep a model as the recorded one."""
    kept: dict[str, Any] = {
        name: weight.astype(np.float16)
        for name, weight in model.weights.items()
    }
    kept |= {
        "alphabet": model.alphabet,
        "heads": model.heads,
        "steps": model.steps,
    }
    np.savez(RECORD, **kept)


class Written(NamedTuple):
    """A text of n letters, the start included, and what was computed for it.

    scores: (layers, heads, n, n), of what row i looks at in column j, before
    the softmax; −∞ where it may not look. logits: (n, letters), for what
    comes after each.
    """

    text: str
    scores: np.ndarray
    logits: np.ndarray


# Most moves of a handle look at a text that has been written already.
@lru_cache(16)
def written(
    model: Model, prompt: str, length: int, temperature: float
) -> Written:
    """The start and a prompt, continued to a length of so many letters.

    temperature: 0 takes the likeliest letter. Above it letters are drawn, by
    the same throws each time. ValueError: a letter that the model does not
    know, or a model with changes.
    """
    if model.changes:
        raise ValueError(
            "This runs a GPT that is arranged like GPT-2, and yours was"
            f" trained with {', '.join(model.changes)}."
        )
    ids = model.ids_of(START + prompt)[:length]
    throws = np.random.default_rng(SEED).random(length)
    scores = np.full((model.layers, model.heads, length, length), -np.inf)
    logits = np.zeros((length, len(model.alphabet)))
    memory: list[Memory] = []
    place = 0
    while place < length:
        end = len(ids)
        now = slice(place, end)
        found = after(model, ids[now], memory)
        scores[:, :, now, :end], logits[now] = found
        place = end
        if end < length:
            ids.append(_next(logits[end - 1], temperature, throws[end - 1]))
    return Written("".join(model.alphabet[k] for k in ids), scores, logits)


def _next(logits: np.ndarray, temperature: float, throw: float) -> int:
    if temperature == 0:
        return int(logits.argmax())
    chances = special.shares(logits / temperature).cumsum()
    drawn = int(np.searchsorted(chances, throw, side="right"))
    return min(drawn, len(logits) - 1)  # they may add up to a little less


def after(
    model: Model, ids: Sequence[int], memory: list[Memory]
) -> tuple[np.ndarray, np.ndarray]:
    """Some letters more: scores (layers, heads, m, n), logits (m, letters).

    m: of the letters; n: of all so far. memory: keys and values of the
    letters before, of each layer, or empty at the start. They stay what they
    were, as nobody looks ahead; those of these are added.
    """
    given, found = model.weights, []
    empty = np.zeros((0, model.heads, model.width // model.heads))
    if not memory:
        memory += [(empty, empty)] * model.layers
    before = len(memory[0][0])
    n = before + len(ids)
    x = given["tokens.weight"][ids] + given["positions.weight"][before:n]
    later = ~np.tri(len(ids), n, before, dtype=bool)
    for layer in range(model.layers):
        name = f"layers.{layer}."
        y = norm(x, given[name + "attention_norm.weight"])
        y = y @ given[name + "attention.qkv_proj.weight"].T
        q, k, v = y.reshape(len(ids), 3, model.heads, -1).swapaxes(0, 1)
        keys, values = (
            np.concatenate(both)
            for both in zip(memory[layer], (k, v), strict=True)
        )
        memory[layer] = keys, values
        scores = np.einsum("ihd,jhd->hij", q, keys) / np.sqrt(q.shape[-1])
        scores[:, later] = -np.inf
        found.append(scores)
        shares = special.shares(scores, axis=-1)
        seen = np.einsum("hij,jhd->ihd", shares, values)
        seen = seen.reshape(len(ids), -1)
        x = x + seen @ given[name + "attention.out_proj.weight"].T
        y = norm(x, given[name + "network_norm.weight"])
        y = gelu(y @ given[name + "network.0.weight"].T)
        x = x + y @ given[name + "network.2.weight"].T
    x = norm(x, given["last_norm.weight"])
    return np.stack(found), x @ given["tokens.weight"].T


NAME, THING = "name", "thing"


def average_look(
    model: Model, texts: Sequence[str], what: str
) -> tuple[np.ndarray, float]:
    """What heads look at in our stories: (layers, heads), and spread evenly.

    what: NAME, the weight on all letters of it, from the space after the
    first full stop, where he or she must come; or THING, from the space
    before it comes again.
    """
    looks, even = [], []
    for text in texts:
        start, end, place = _place_of(text, what)
        scores = written(model, text[:place], place + 1, 0.0).scores[:, :, -1]
        shares = special.shares(scores, axis=-1)
        looks.append(shares[..., start:end].sum(axis=-1))
        even.append((end - start) / (place + 1))
    return np.mean(looks, axis=0), float(np.mean(even))


def _place_of(story: str, what: str) -> tuple[int, int, int]:
    """Where it stands first, from start to end, and from where to look.

    Places, which begin with the start: a letter's is one more than in the
    story.
    """
    stop = story.index(".")  # the thing stands before it
    if what == NAME:
        return 1, 1 + story.index(" "), stop + 2
    thing = story[:stop].rpartition(" ")[2]
    again = story.index(f" {thing}", stop)
    return 1 + stop - len(thing), 1 + stop, again + 1
