"""The exercise `masking.masked_attention`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import (
    attend,
    fits,
    minus_a_billion,
    not_a_number,
    not_masked,
    over_queries,
    shares,
    zeroed_after,
    zeroed_before,
)
from ..pieces.facts import rows_add_up_or_are_zero
from ..pieces.inputs import readable
from ..pieces.masks import flags, look_back
from ..pieces.seams import but
from .shared import allowed, and_as_product


def attention(rng, n, m, d, d_v, *batch, mask=None):
    return {
        "Q": readable(rng, *batch, n, d),
        "K": readable(rng, *batch, m, d),
        "V": readable(rng, *batch, m, d_v),
        "mask": allowed(rng, n, m) if mask is None else mask,
    }


def values_hidden(Q, K, V, mask):
    """The mask on the values of keys that nobody sees, none on weights."""
    seen = np.any(np.broadcast_to(mask, fits(Q, K).shape), axis=-2)
    weights = shares(fits(Q, K))
    return weights @ (V * seen[..., None]), weights


def reversed_axes(Q, K, V, mask):
    weights = shares(Q @ K.T / np.sqrt(K.shape[-1]), mask)
    return np.matmul(weights, V), weights


EXERCISE = Exercise(
    id="masking.masked_attention",
    signature="masked_attention(Q, K, V, mask) -> (output, weights)",
    asks=(
        "Attention with a mask, all of it: scores, divided by "
        "$\\sqrt{d_k}$, softmax over the allowed keys, mixed values. `Q` is "
        "`(…, n, d_k)`, `K` is `(…, m, d_k)`, `V` is `(…, m, d_v)`, and the "
        "boolean `mask` is `(…, n, m)` or broadcasts to it. Return two "
        "arrays: the output `(…, n, d_v)` and the weights `(…, n, m)`. The "
        "dots stand for any number of batch axes, none included."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=attend,
    cases=(
        Case(
            "one query, two keys",
            lambda rng: attention(rng, 1, 2, 3, 4),
        ),
        Case(
            "three tokens, no looking ahead",
            # Where d_v is the square of d_k, two mistakes look the same.
            lambda rng: attention(rng, 3, 3, 2, 5, mask=look_back(3)),
        ),
        Case(
            "two queries, four keys",
            lambda rng: attention(rng, 2, 4, 5, 3),
        ),
        Case(
            "a query that may see nobody",
            lambda rng: attention(
                rng, 3, 4, 2, 5, mask=flags("1010", "0000", "0111")
            ),
        ),
        Case(
            "two sentences, both masks",
            lambda rng: attention(
                *(rng, 4, 4, 3, 5, 2),
                mask=and_as_product(flags("1110", "1100"), look_back(4)),
            ),
        ),
        Case(
            "two batch axes, one mask for all",
            lambda rng: attention(rng, 3, 4, 2, 6, 2, 5),
        ),
    ),
    misconceptions=(
        Misconception(
            "not scaled",
            "these are the weights without the division by √d_k.",
            but(attend, scale=1.0),
        ),
        Misconception(
            "scaled twice",
            "the scores were divided by √d_k twice. The function of lesson 8 "
            "has done it already.",
            lambda Q, K, V, mask: attend(Q, K, V, mask, scale=1 / K.shape[-1]),
        ),
        Misconception(
            "root of the number of keys",
            "you divided by the root of how many keys there are. d_k is the "
            "width of a key, the *last* axis.",
            lambda Q, K, V, mask: attend(
                Q, K, V, mask, scale=K.shape[-2] ** -0.5
            ),
        ),
        Misconception(
            "root of d_v",
            "you divided by the root of the values' width. Queries and keys "
            "meet in a score, so their width counts.",
            lambda Q, K, V, mask: attend(
                Q, K, V, mask, scale=V.shape[-1] ** -0.5
            ),
        ),
        Misconception(
            "mask forgotten",
            "nothing is masked: forbidden keys have weights.",
            but(attend, weigh=not_masked),
        ),
        Misconception(
            "mask turned round",
            "your mask is inverted: you kept what is forbidden and blocked "
            'what is allowed. `True` means "may attend".',
            lambda Q, K, V, mask: attend(Q, K, V, ~mask),
        ),
        Misconception(
            "masked after the softmax",
            "the rows of the weights do not add up to 1: you set weights to "
            "0 *after* the softmax.",
            but(attend, weigh=zeroed_after),
        ),
        Misconception(
            "scores set to 0",
            "you set the forbidden scores to 0, which is a score like any "
            "other. Only −∞ gives weight 0.",
            but(attend, weigh=zeroed_before),
        ),
        Misconception(
            "NaN rows",
            "a query that may see nobody came out as NaN. It should have "
            "zero weights, and zeros for an output.",
            but(attend, weigh=not_a_number),
        ),
        Misconception(
            "minus a billion",
            "a query that may see nobody came out with even weights, which "
            "lets it see everybody. It should have zero weights.",
            but(attend, weigh=minus_a_billion),
        ),
        Misconception(
            "over the queries",
            "the columns of the weights add up to 1, and the rows should: "
            "the softmax runs over the keys.",
            but(attend, weigh=over_queries),
        ),
        Misconception(
            "values hidden",
            "you hid the *values* of masked keys. Their weights are still "
            "there and take a share. The mask belongs to the scores.",
            values_hidden,
        ),
        Misconception(
            "all axes reversed",
            "with a batch, transposing K should swap only its last two axes. "
            "You reversed all of them, the batch included.",
            reversed_axes,
        ),
        Misconception(
            "order of results",
            "both arrays are right but in the wrong order: the output comes "
            "first, then the weights.",
            lambda *given: attend(*given)[::-1],
        ),
        Misconception(
            "output only",
            "you returned the output alone. Return the weights too, as a "
            "second value.",
            lambda *given: attend(*given)[0],
        ),
    ),
    hints=(
        "Where in the four steps of attention does the mask belong, and "
        "which function of yours already deals with it?",
        "Scores of a batch: the keys transposed in their last two axes only, "
        "which `np.swapaxes` does. The matrix product `@` takes care "
        "of the batch axes by itself.",
        "scores = Q times (K with its last two axes swapped) / square root "
        "of the last axis of K; weights = masked_softmax(scores, mask); "
        "return weights times V, then weights.",
    ),
    returns=("output", "weights"),
    facts=(rows_add_up_or_are_zero("weights"),),
)
