"""A trained GPT of two layers, with four heads each, by hand in NumPy.

It learned to continue our stories (stories.py), a word at a time;
`python -m byhand.gpt.reader` made its weights, reader.npz. The model is the
one of byhand/gpt/model.py, but nothing here needs PyTorch.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from byhand import special
from byhand.text import stories

WEIGHTS = Path(__file__).with_name("reader.npz")
LAYERS, HEADS, D_MODEL = 2, 4, 64
START = "start"  # what stands before the first word
PLACES = 64  # the longest story has 52 words and signs, and the start
TOKEN = re.compile(r"\w+|[^\w\s]")
EPSILON = 1e-5  # of a norm, as in PyTorch


def tokens_of(text: str) -> list[str]:
    """Words and signs, as they are written."""
    return TOKEN.findall(text)


@cache
def words() -> tuple[str, ...]:
    """The vocabulary: the start, then all words of the grammar, sorted.

    A word is the same with a capital and without.
    """
    found = {
        token.lower()
        for rules in stories.GRAMMAR.values()
        for _, rule in rules
        for kind, text in stories.parts(rule)
        if kind == "text"
        for token in tokens_of(text)
    }
    return START, *sorted(found)


@cache
def numbers() -> dict[str, int]:
    """Word to id."""
    return {word: i for i, word in enumerate(words())}


def ids_of(text: str) -> list[int]:
    """The start, then every word and sign.

    ValueError: a word that no story has.
    """
    tokens, known = tokens_of(text), numbers()
    if unknown := [one for one in tokens if one.lower() not in known]:
        listed = ", ".join(f"“{one}”" for one in dict.fromkeys(unknown))
        raise ValueError(
            f"The model has never seen {listed}. It knows {len(known) - 1}"
            f" words and signs: {' '.join(words()[1:])}"
        )
    return [0, *(known[one.lower()] for one in tokens)]


@cache
def weights() -> dict[str, np.ndarray]:
    """The name of a parameter in byhand.gpt's GPT to its numbers.

    They are kept in half precision, and computed with in double.
    """
    with np.load(WEIGHTS) as kept:
        return {name: kept[name].astype(np.float64) for name in kept}


class Reading(NamedTuple):
    """What the model makes of a text of n tokens, the start included.

    scores, shares: (layers, heads, n, n), before and after the softmax; row i
    looks at column j, and a score is −∞ where it may not. logits: (n, words),
    for what comes after each token.
    """

    scores: np.ndarray
    shares: np.ndarray
    logits: np.ndarray


def read(ids: list[int]) -> Reading:
    """ids: as of `ids_of`, at most PLACES."""
    given, looks = weights(), []
    x = embedded(ids)
    for layer in range(LAYERS):
        name = f"layers.{layer}."
        y = attended(x, layer)
        output, *look = looked(y, *matrices(layer))
        looks.append(look)
        x = x + output
        y = norm(x, given[name + "network_norm.weight"])
        y = gelu(y @ given[name + "network.0.weight"].T)
        x = x + y @ given[name + "network.2.weight"].T
    x = norm(x, given["last_norm.weight"])
    scores, shares = (np.stack(each) for each in zip(*looks, strict=True))
    return Reading(scores, shares, x @ given["tokens.weight"].T)


def embedded(ids: list[int]) -> np.ndarray:
    """X, (n, d_model): the vector of each token and that of its place."""
    places = weights()["positions.weight"][: len(ids)]
    return weights()["tokens.weight"][ids] + places


def attended(x: np.ndarray, layer: int) -> np.ndarray:
    """What a layer's attention is given of its x, (n, d_model)."""
    return norm(x, weights()[f"layers.{layer}.attention_norm.weight"])


def matrices(layer: int) -> tuple[np.ndarray, ...]:
    """W_q, W_k, W_v and W_o of a layer, counted from 0."""
    name = f"layers.{layer}.attention."
    W_q, W_k, W_v = np.split(weights()[name + "qkv_proj.weight"].T, 3, axis=1)
    return W_q, W_k, W_v, weights()[name + "out_proj.weight"].T


def looked(
    x: np.ndarray,
    W_q: np.ndarray,
    W_k: np.ndarray,
    W_v: np.ndarray,
    W_o: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What attention adds to x, (n, d_model), where nobody looks ahead.

    Returns that, (n, d_model), and scores and shares, (heads, n, n).
    """
    places, width = len(x), x.shape[1] // HEADS
    Q, K, V = ((x @ W).reshape(places, HEADS, width) for W in (W_q, W_k, W_v))
    scores = np.einsum("ihd,jhd->hij", Q, K) / np.sqrt(width)
    scores[:, ~np.tri(places, dtype=bool)] = -np.inf
    shares = special.shares(scores, axis=-1)
    found = np.einsum("hij,jhd->ihd", shares, V).reshape(places, -1)
    return found @ W_o, scores, shares


def norm(x: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Each row to mean 0 and variance 1, then each column by its gain."""
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt(x.var(axis=-1, keepdims=True) + EPSILON)
    return gain * centred / spread


def gelu(x: np.ndarray) -> np.ndarray:
    return x * special.share_below(x)
