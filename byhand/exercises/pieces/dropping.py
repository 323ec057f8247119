"""Where dropout falls within a layer, read off what the layer returns.

Its weights are such that every step returns the same numbers for each token,
whatever it reads. So only dropout of what it returns makes a difference: more
of it inside of a step, as PyTorch's own layers have, is nobody's mistake.
"""

from typing import Any

import numpy as np

from byhand.exercise import Measured, Yes
from byhand.results.tensors import plain

from .weights import shapes_of

# Not a half: else who drops with 1 − p would do right.
QUARTER = 0.25
DROPPING = (
    Measured("factor of what dropout keeps, in each step"),
    Measured("share of what dropout drops, in each step"),
    Yes("dropout falls on each number by itself"),
    Yes("dropout draws new numbers in each step"),
)
TEXTS, TOKENS = 12, 8
EACH = 4  # numbers that a single step adds to, and numbers that all add to
# How much each step adds where all do: less than any later one, however a
# norm between them scales it.
STEPS = 1, 10, 100


def width(steps: int) -> int:
    """An even number, for two heads."""
    return 2 * ((1 + steps + EACH * (steps + 1) + 1) // 2)


def group(steps: int, k: int) -> slice:
    """The numbers that step k alone adds to; of k = steps, that all do.

    In front of them are two to which nothing is added, and one for each norm
    but the last, which adds 1 to it: they tell what the norms did.
    """
    start = 1 + steps + EACH * k
    return slice(start, start + EACH)


def silent(reference: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """Weights that are 0, but for the factors of norms, which are 1."""
    return {
        name: np.full(shape, float("norm" in name and "weight" in name))
        for name, shape in shapes_of(reference, tuple(settings.items()))
    }


def told_by(weights: dict[str, Any], parts: list[list[str]]) -> None:
    """Weights with which step k adds 1 in its own group.

    parts: for each step, the names of what it returns through and of the norm
    behind it.
    """
    steps = len(parts)
    for k, (returns, norm) in enumerate(parts):
        adds = weights[f"{returns}.bias"]
        adds[group(steps, k)] = 1
        adds[group(steps, steps)] = STEPS[k]
        if k < steps - 1:
            weights[f"{norm}.bias"][2 + k] = 1


def dropped_by_a_quarter(reference, settings, parts, memory=0):
    """In training: what goes into a post-norm layer, or a stack of one.

    memory: the tokens of it, if it takes one.
    """
    steps = len(parts)
    d_model = width(steps)
    settings = {
        **settings,
        "d_model": d_model,
        "num_heads": 2,
        "d_ff": 2,
        "dropout": QUARTER,
    }

    def inputs(rng):
        weights = silent(reference, settings)
        told_by(weights, parts)
        x = np.zeros((TEXTS, TOKENS, d_model))
        x[..., 0] = 1
        other = np.full((TEXTS, memory, d_model), 1 / d_model)
        return {
            "settings": settings,
            "weights": weights,
            "inputs": [x, other] if memory else [x],
            "along": np.zeros_like(x),
            "training": True,
        }

    return inputs


def before_the_norms(came, steps):
    """What was added, step by step, and all of it where all add."""
    if (came == 0).mean() > 1 / 20:  # dropped behind the norms: unreadable
        return [np.zeros_like(came)] * steps, []
    first, none = came[..., :1], came[..., 1:2]
    came = (came - none) / (first - none)
    scales = [1.0, *(came[..., 2 + k : 3 + k] for k in range(steps - 1))]
    added = [came[..., group(steps, k)] / scales[k] for k in range(steps)]
    left, kept = came[..., group(steps, steps)], []
    for k in reversed(range(steps)):
        one = scales[k] * STEPS[k]
        kept.append(left > one / 2)
        left = left - kept[-1] * one / (1 - QUARTER)
    return added, kept


def what_dropout_does(added, kept=()):
    """See `DROPPING`. added: (…, tokens, numbers) of each step."""
    factors, shares, own = [], [], True
    for one in added:
        heard = np.abs(one) > 1e-3
        factors.append(np.abs(one[heard]).min() if heard.any() else 0)
        # 384 numbers: an eighth is more than five standard errors.
        shares.append(np.round(4 * (1 - heard.mean())) / 4)
        own &= all(
            (np.diff(heard, axis=axis) != 0).any()
            for axis, length in enumerate(heard.shape)
            if length > 1
        )
    redrawn = all(
        (one != other).any() and (one == other).any()
        for place, one in enumerate(kept)
        for other in kept[:place]
    )
    return np.round(factors, 3), np.array(shares), float(own), float(redrawn)


def measuring_dropout(way, steps, read=before_the_norms):
    """A way that gives `DROPPING`, too, and of a case of it that alone.

    read: of what came, what each step added, and all of them together.
    """

    def measured(answer, settings, weights, inputs, along, training=False):
        given = settings, weights, inputs, along, training
        came, *gradients = way(answer, *given)
        if settings.get("dropout") != QUARTER:
            right = np.full(steps, 1 / (1 - QUARTER)).round(3)
            return came, *gradients, right, np.full(steps, QUARTER), 1.0, 1.0
        nothing = [np.zeros(0) for _ in gradients]
        came = plain(came)
        if came.shape != along.shape:
            return came, *nothing, *_unread(steps)
        with np.errstate(all="ignore"):
            found = read(came.astype(float), steps)
        return np.zeros(0), *nothing, *what_dropout_does(*found)

    return measured


def not_divided(each, p, training):
    """Dropout that leaves what it keeps as it is: a wrong one."""
    if not training:
        return each
    return each * (each.new_empty(each.shape).uniform_() >= p)


def _unread(steps):
    return np.zeros(steps), np.zeros(steps), 0.0, 0.0
