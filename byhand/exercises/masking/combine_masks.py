"""The exercise `masking.combine_masks`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.masks import flags, look_back
from .shared import and_as_product


def masks(*padding):
    """A batch of padding masks, written as "110", and the causal mask."""
    return lambda rng: {
        "padding": flags(*padding),
        "causal": look_back(len(padding[0])),
    }


def queries_blocked(padding, causal):
    return np.einsum("bq,qk->bqk", padding, causal)


def both_blocked(padding, causal):
    return np.einsum("bq,bk,qk->bqk", padding, padding, causal)


EXERCISE = Exercise(
    id="masking.combine_masks",
    signature="combine_masks(padding, causal) -> (batch, n, n)",
    asks=(
        "Both masks in one. `padding` is `(batch, n)`, one flag a token; "
        "`causal` is `(n, n)`, row *i* for the token that looks. Return the "
        "boolean `(batch, n, n)`: in sentence *b*, token *i* may attend to "
        "token *j* if *both* masks allow it. A padded **key** is seen by "
        "nobody; a padded *query* keeps its row, since nobody reads what "
        "comes out of it."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=and_as_product,
    cases=(
        Case("one sentence, one pad", masks("110")),
        Case("two sentences of four", masks("1110", "1100")),
        Case("three sentences of four", masks("1000", "1111", "1100")),
        # As many sentences as tokens, so that an axis in the wrong place
        # does not stop anything.
        Case("three sentences of three", masks("110", "111", "100")),
        Case("padding on the left", masks("00111", "01111")),
        Case(
            "a mask of another kind than the causal one",
            lambda rng: {
                "padding": flags("1110", "1111"),
                "causal": flags("1100", "1110", "0111", "0011"),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "queries blocked",
            "you blocked the *rows* of the pads and not their columns. It "
            "does not matter what a pad looks at. It matters that no token "
            "looks at a pad.",
            queries_blocked,
        ),
        Misconception(
            "queries blocked too",
            "you blocked the rows of the pads as well. Only their columns "
            "should be: a padded key is seen by nobody, a padded query "
            "keeps its row.",
            both_blocked,
        ),
        Misconception(
            "or for and",
            "a cell is open here if *one* of the masks allows it. Both must.",
            lambda padding, causal: padding[:, None, :] | causal,
        ),
        Misconception(
            "added up",
            "you added the masks: there are 0, 1 and 2 in the result. "
            "Allowed by both is an AND, for which one can also multiply.",
            lambda padding, causal: padding[:, None, :] * 1 + causal * 1,
        ),
        Misconception(
            "only one allows",
            "a cell is open here if *exactly one* mask allows it. Both must.",
            lambda padding, causal: padding[:, None, :] ^ causal,
        ),
        Misconception(
            "padding only",
            "you masked only the padding. Tokens still see what comes after "
            "them.",
            lambda padding, causal: np.repeat(
                padding[:, None, :], len(causal), axis=1
            ),
        ),
        Misconception(
            "causal only",
            "you masked only what comes later. The tokens still see the pads.",
            lambda padding, causal: np.repeat(
                causal[None], len(padding), axis=0
            ),
        ),
        Misconception(
            "causal transposed",
            "you transposed the look-ahead mask. Its rows belong to the "
            "tokens that look, and should stay rows.",
            lambda padding, causal: and_as_product(padding, causal.T),
        ),
        Misconception(
            "no axis for the queries",
            "the padding holds for *every* query of its sentence. Give it an "
            "axis of length 1 between batch and keys. Without it, sentence "
            "number b meets query number b.",
            lambda padding, causal: padding & causal,
        ),
        Misconception(
            "first sentence only",
            "only the first sentence's padding is used: the result has a "
            "square for every sentence.",
            lambda padding, causal: padding[0] & causal,
        ),
    ),
    hints=(
        "The sentence has two words and a pad, so its padding mask is True, "
        "True, False. Which cells of the 3 × 3 triangle have to go?",
        "`padding[:, None, :]` has shape (batch, 1, n): the same flags for "
        "every query. Broadcasting against (n, n) does the rest.",
        "result[b][i][j] = padding[b][j] and causal[i][j].",
    ),
    returns=("mask",),
)
