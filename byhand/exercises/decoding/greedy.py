"""The exercise `decoding.greedy`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception, Whole

from .shared import drawn


def unbeaten(logits):
    """The id that no other token of its row beats."""
    rows = np.asarray(logits)
    beaten = (rows[..., :, None] < rows[..., None, :]).any(-1)
    return (~beaten * np.arange(rows.shape[-1])).sum(-1)


def one_hot(logits):
    return (logits == logits.amax(-1, keepdim=True)).long()


EXERCISE = Exercise(
    id="decoding.greedy",
    signature="greedy(logits)",
    asks=(
        "Choose the likeliest token. `logits` is a tensor `(…, vocab)`: for "
        "each place a row of scores, one for each token of the vocabulary. "
        "Return the **id** of the largest logit of each row, which is its "
        "place in the row, counted from 0. The shape of the result is `(…)`: "
        "for a single row `(vocab,)` one number. No two logits of a row are "
        "equal, and some may be −∞."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=5,
    reference=unbeaten,
    cases=(
        Case("one row of three", drawn(3)),
        Case("all are negative", drawn(4, lowered=5.0)),
        Case("two rows of four", drawn(2, 4)),
        Case("as many rows as tokens", drawn(3, 3)),
        Case(
            "two sentences of three places, at very different heights",
            drawn(2, 3, 5, apart=800.0, lowered=-2000.0),
        ),
        Case("one sentence, some tokens are at −∞", drawn(1, 4, dropped=2)),
    ),
    misconceptions=(
        Misconception(
            "the logit itself",
            "you return the largest logit. What is wanted is *where* it "
            "stands: the id of its token.",
            lambda logits: logits.amax(-1),
        ),
        Misconception(
            "floats",
            "the ids are right, but they are floats. An id looks something "
            "up, and only a whole number can: leave the type as it comes "
            "from `argmax`.",
            lambda logits: logits.argmax(-1).double(),
        ),
        Misconception(
            "the smallest",
            "you chose the token with the smallest logit, the least likely "
            "one.",
            lambda logits: logits.argmin(-1),
        ),
        Misconception(
            "counted through all rows",
            "without an axis, you search *all* rows for the largest, and "
            "count its place through the whole tensor. Each row needs its "
            "own id: search along the last axis.",
            lambda logits: logits.argmax(),
        ),
        Misconception(
            "along the first axis",
            "you searched along the first axis, so that places compete for a "
            "token. At each place the *tokens* compete: the last axis.",
            lambda logits: logits.argmax(0),
        ),
        Misconception(
            "along axis 1",
            "axis 1 is the vocabulary only in a table of two axes. Counted "
            "from the back, the vocabulary is always axis −1.",
            lambda logits: logits.argmax(1),
        ),
        Misconception(
            "the last place only",
            "you took the last place of the sentence only. That is how a "
            "model goes on writing. Here return an id for every row.",
            lambda logits: logits[..., -1, :].argmax(-1),
        ),
        Misconception(
            "an axis too many",
            "the axis of the vocabulary is still there, with a length of 1. "
            "It should be gone: `(…)`.",
            lambda logits: logits.argmax(-1, keepdim=True),
        ),
        Misconception(
            "counted from 1",
            "your ids are 1 too large: the first token of a row has id 0.",
            lambda logits: logits.argmax(-1) + 1,
        ),
        Misconception(
            "without signs",
            "you compared the logits without their signs. A logit of −3 is "
            "*smaller* than one of 2. Nothing about it is large.",
            lambda logits: logits.abs().argmax(-1),
        ),
        Misconception(
            "a one-hot row",
            "you return rows of zeros with a 1 at the best token. Return its "
            "id: the number of that place.",
            one_hot,
        ),
        Misconception(
            "all of them, sorted",
            "you return the ids of all tokens, best first. Return only the "
            "first of each row.",
            lambda logits: logits.argsort(-1, descending=True),
        ),
        Misconception(
            "probabilities",
            "these are the probabilities of the tokens. Softmax does not "
            "change which is the largest. Return that token's id.",
            lambda logits: logits.softmax(-1),
        ),
        Misconception(
            "values and ids",
            "you return what `max` gives: the largest logits *and* their "
            "ids. Return the ids alone, or use `argmax`.",
            lambda logits: logits.max(-1),
        ),
    ),
    hints=(
        "In the row 0.5, 2.0, −1.0, which token is the likeliest, and what "
        "is its id?",
        "A tensor has a method that gives the place of the largest number "
        "along an axis, so you need neither a loop nor a softmax. Which axis "
        "is the vocabulary?",
        "result = the place of the largest number along axis −1.",
    ),
    returns=(Whole("ids"),),
)
