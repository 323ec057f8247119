"""A lesson of its own for the tests: an exercise for each sort of result.

Tokens, a dict, pairs, a list of arrays of several shapes, and an object that
is used through a way. It stands in the bank only where a test puts it there.
"""

from collections import Counter
from itertools import pairwise

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Listed, Misconception
from byhand.exercises.pieces.inputs import readable
from byhand.ways import repeating

LESSON = "99_proof"
HINTS = ("Why?", "Like this.", "do it")
WORDS = ("The", "cat", "sat", ".", "on", "the", "mat", "!")


def exercise(function, signature, reference, cases, wrong, **more):
    """An exercise with the rest filled in. wrong: name to answer."""
    return Exercise(
        id=f"proof.{function}",
        signature=signature,
        asks="For a test.",
        points=2,
        difficulty=1,
        importance=1,
        minutes=1,
        reference=reference,
        cases=tuple(Case(name, inputs) for name, inputs in cases.items()),
        misconceptions=tuple(
            Misconception(name, f"you did this: {name}.", answer)
            for name, answer in wrong.items()
        ),
        hints=HINTS,
        **more,
    )


def sentence(rng, n):
    return " ".join(rng.choice(WORDS, size=n))


def tokenise(text):
    return text.replace(".", " .").replace("!", " !").split()


split = exercise(
    "split",
    "split(text) -> list[str]",
    tokenise,
    {
        "three words": lambda rng: {"text": "Oh no! " + sentence(rng, 2)},
        "many": lambda rng: {"text": f"{sentence(rng, 12)} A cat!?"},
    },
    {
        "at blanks": lambda text: text.split(),
        "one text": lambda text: " ".join(tokenise(text)),
        "lower case": lambda text: tokenise(text.lower()),
        "backwards": lambda text: tokenise(text)[::-1],
        "characters": list,
        "bytes": lambda text: [t.encode() for t in tokenise(text)],
    },
    returns=("tokens",),
    kind="text",
    facts=(Fact("no token is empty", all),),
)


def counted(tokens):
    ranked = sorted(Counter(tokens).items(), key=lambda one: (-one[1], one))
    return [token for token, _ in ranked]


vocabulary = exercise(
    "vocabulary",
    "vocabulary(tokens) -> (ids, size)",
    lambda tokens: ({t: i for i, t in enumerate(counted(tokens))}, 8),
    {"tokens": lambda rng: {"tokens": [*WORDS, *sentence(rng, 9).split()]}},
    {
        "from 1": lambda t: ({w: i + 1 for i, w in enumerate(counted(t))}, 8),
        "a list": lambda t: (counted(t), 8),
        "turned": lambda t: (dict(enumerate(counted(t))), 8),
        "size of the text": lambda t: (
            {w: i for i, w in enumerate(counted(t))},
            len(t),
        ),
        "floats": lambda t: ({w: float(len(w)) for w in counted(t)}, 8),
    },
    returns=("ids", "size"),
    kind="text",
)

pairs = exercise(
    "pairs",
    "pairs(ids) -> list[tuple[int, int]]",
    lambda ids: list(pairwise(ids)),
    {"ids": lambda rng: {"ids": rng.permutation(9).tolist()}},
    {
        "swapped": lambda ids: list(zip(ids[1:], ids, strict=False)),
        "one short": lambda ids: list(pairwise(ids[:-1])),
        "round the end": lambda ids: list(
            zip(ids, ids[1:] + ids[:1], strict=True)
        ),
        "a flat list": lambda ids: ids,
        "a set": lambda ids: set(pairwise(ids)),
    },
    returns=("pairs",),
    kind="text",
)


def norm_of(grads):
    return np.sqrt(sum(np.sum(g**2) for g in grads))


def clip_by(scale):
    def clip(grads, max_norm):
        norm = norm_of(grads)
        return [g * scale(norm, max_norm) for g in grads], norm

    return clip


clip = exercise(
    "clip",
    "clip(grads, max_norm) -> (clipped, norm)",
    clip_by(lambda norm, most: min(1, most / norm)),
    {
        "three of several shapes": lambda rng: {
            "grads": [2 + readable(rng, *s) for s in ((2, 3), (4,), ())],
            "max_norm": 0.5,
        }
    },
    {
        "not at all": clip_by(lambda norm, most: 1),
        "to 1": clip_by(lambda norm, most: 1 / norm),
        "squared": clip_by(lambda norm, most: most / norm**2),
        "the last left out": lambda grads, most: (grads[:-1], norm_of(grads)),
        "norm after": lambda grads, most: (
            [g * most / norm_of(grads) for g in grads],
            most,
        ),
    },
    returns=(Listed("clipped"), "norm"),
)


class Total:
    """An object that remembers: `add(x)` gives the sum so far."""

    def __init__(self, start):
        self.sum = start

    def add(self, x):
        self.sum = self.next(x)
        return self.sum

    def next(self, x):
        return self.sum + x


def total_by(following):
    return type("Total", (Total,), {"next": following})


remember = exercise(
    "Total",
    "Total(start)",
    Total,
    {
        "three steps": lambda rng: {
            "settings": {"start": 10.0},
            "steps": [["add", [float(x)]] for x in 3 + readable(rng, 3)],
        }
    },
    {
        "forgets": total_by(lambda self, x: x),
        "subtracts": total_by(lambda self, x: self.sum - x),
        "multiplies": total_by(lambda self, x: self.sum * x),
        "keeps the first": total_by(lambda self, x: self.sum),
        "mean": total_by(lambda self, x: (self.sum + x) / 2),
    },
    returns=("first", "second", "third"),
    way=repeating.stateful,
)

EXERCISES = (split, vocabulary, pairs, clip, remember)
FORMS = {
    "proof.split": (
        tokenise,
        lambda text: tuple(tokenise(text)),
        lambda text: np.array(tokenise(text)),
    ),
    "proof.vocabulary": (
        lambda t: [{w: np.int64(i) for i, w in enumerate(counted(t))}, 8],
        lambda t: (dict(reversed(list(enumerate_of(t).items()))), np.int32(8)),
        lambda t: (Counter(enumerate_of(t)), 8),
    ),
    "proof.pairs": (
        lambda ids: [[a, b] for a, b in pairwise(ids)],
        lambda ids: np.stack([ids[:-1], ids[1:]], axis=1),
        lambda ids: tuple((ids[i], ids[i + 1]) for i in range(len(ids) - 1)),
    ),
    "proof.clip": (
        lambda grads, most: [
            tuple(g * (most / norm_of(grads)) for g in grads),
            norm_of(grads),
        ],
        lambda grads, most: (
            [(g * most / norm_of(grads)).tolist() for g in grads],
            np.linalg.norm(np.concatenate([g.ravel() for g in grads])),
        ),
        lambda grads, most: (
            [np.float32(g / (norm_of(grads) / most)) for g in grads],
            float(norm_of(grads)),
        ),
    ),
    "proof.Total": (
        Total,
        type("Sum", (Total,), {"next": lambda self, x: x + self.sum}),
        type("Other", (Total,), {"next": lambda self, x: sum((self.sum, x))}),
    ),
}


def enumerate_of(tokens):
    return {token: i for i, token in enumerate(counted(tokens))}
