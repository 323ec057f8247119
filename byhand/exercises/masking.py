"""Lesson 09: who may look at whom.

Masks are boolean, and True means "may attend". The references are PyTorch's
own: its causal mask for `nn.Transformer`, and its attention function with a
boolean mask, which gives zero weights to a query that may attend to nothing.
"""

import numpy as np
import scipy.special

from byhand.exercise import Case, Exercise, Fact, Misconception, readable

LESSON = "09_masking"


def torch_attention(Q, K, V, mask, scale=None):
    """PyTorch's attention under a boolean mask, on float64 arrays."""
    import torch  # takes seconds, and only these exercises need it

    shape = (*np.shape(Q)[:-1], np.shape(K)[-2])
    # A copy: an array stretched by broadcasting cannot be written to, which
    # PyTorch warns about.
    mask = torch.from_numpy(np.broadcast_to(mask, shape).copy())
    tensors = (torch.from_numpy(np.asarray(a, dtype=float)) for a in (Q, K, V))
    return torch.nn.functional.scaled_dot_product_attention(
        *tensors, attn_mask=mask, scale=scale
    ).numpy()


def torch_weights(Q, K, mask, scale=None):
    # Attention over an identity matrix of values returns the weights.
    m = np.shape(K)[-2]
    values = np.broadcast_to(np.eye(m), (*np.shape(K)[:-2], m, m)).copy()
    return torch_attention(Q, K, values, mask, scale)


def right_weights(scores, mask):
    """The softmax of the scores that the mask lets through."""
    keys = np.shape(scores)[-1]
    identity = np.broadcast_to(
        np.eye(keys), (*np.shape(scores)[:-2], keys, keys)
    ).copy()
    return torch_weights(scores, identity, mask, scale=1.0)


def plain_softmax(scores, axis=-1):
    return scipy.special.softmax(scores, axis=axis)


def minus_infinity(scores, mask):
    return np.where(mask, scores, -np.inf)


def rows_add_up(weights):
    sums = weights.sum(axis=-1)
    return bool((np.isclose(sums, 1) | np.isclose(sums, 0)).all())


ROWS_ADD_UP = "every row of weights adds up to 1, or to 0 where all is masked"


# --- padding_mask ----------------------------------------------------------

ON_THE_LEFT = np.array([[1, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]])


def sentences(rng, pad_id, *lengths, n):
    """Ids from 1 to 9, never the pad's, filled up with it to length n."""
    ids = rng.choice(np.delete(np.arange(10), [0, pad_id]), (len(lengths), n))
    for row, length in zip(ids, lengths, strict=True):
        row[length:] = pad_id
    return {"ids": ids, "pad_id": pad_id}


def padded_on_the_left(rng):
    given = sentences(rng, 0, 5, 5, 5, n=5)
    given["ids"][ON_THE_LEFT == 1] = 0
    return given


def real(ids, pad_id):
    import torch

    return torch.ne(torch.from_numpy(np.asarray(ids)), pad_id).numpy()


padding_mask = Exercise(
    id="masking.padding_mask",
    signature="padding_mask(ids, pad_id) -> (batch, n)",
    asks=(
        "Which tokens are real? `ids` is a `(batch, n)` array of integers, "
        "one sentence a row, filled up with `pad_id` to a common length. "
        "Return a boolean array of the same shape: `True` for a real token, "
        "which may be attended to, `False` for padding. The pad is not "
        "always 0, and not always at the end."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=3,
    reference=real,
    cases=(
        Case(
            "one sentence, one pad",
            lambda rng: sentences(rng, 0, 2, n=3),
        ),
        Case(
            "two sentences, one of them full",
            lambda rng: sentences(rng, 0, 4, 2, n=4),
        ),
        Case(
            "the pad is 5, between other ids",
            lambda rng: {
                "ids": np.array(
                    [[2, *rng.permutation([7, 3]), 5], [9, 1, 5, 5]]
                ),
                "pad_id": 5,
            },
        ),
        Case("padding on the left", padded_on_the_left),
    ),
    misconceptions=(
        Misconception(
            "turned round",
            "the meaning is turned round: here `True` says that a token may "
            "be attended to, so real tokens are `True` and pads `False`.",
            lambda ids, pad_id: ~real(ids, pad_id),
        ),
        Misconception(
            "pad_id ignored",
            "you compare with 0 whatever `pad_id` says.",
            lambda ids, pad_id: real(ids, 0),
        ),
        Misconception(
            "larger than the pad",
            "you call a token real if its id is *larger* than the pad's. "
            "Ids have no order that means anything: real is whatever is not "
            "the pad.",
            lambda ids, pad_id: np.greater(ids, pad_id),
        ),
        Misconception(
            "always at the end",
            "you count the real tokens and mark that many from the left. "
            "Padding may stand on the left as well.",
            lambda ids, pad_id: (
                np.arange(ids.shape[1])
                < real(ids, pad_id).sum(axis=1, keepdims=True)
            ),
        ),
        Misconception(
            "square already",
            "this is already a square for each sentence. Here one flag for "
            "each token is asked for; a later function makes the square.",
            lambda ids, pad_id: np.repeat(
                real(ids, pad_id)[:, None, :], ids.shape[1], axis=1
            ),
        ),
        Misconception(
            "already minus infinity",
            "these are numbers to add to scores, 0 and −∞. The mask itself "
            "is boolean; what is done with it comes later.",
            lambda ids, pad_id: np.where(real(ids, pad_id), 0.0, -np.inf),
        ),
        Misconception(
            "lengths",
            "this is how many real tokens each sentence has. A flag for "
            "every token is asked for.",
            lambda ids, pad_id: real(ids, pad_id).sum(axis=1),
        ),
        Misconception(
            "first sentence only",
            "only the first sentence is looked at: the whole batch should "
            "be, one row each.",
            lambda ids, pad_id: real(ids, pad_id)[0],
        ),
        Misconception(
            "ids kept",
            "these are ids with the pads set to 0. A mask holds only `True` "
            "and `False`.",
            lambda ids, pad_id: np.where(real(ids, pad_id), ids, 0),
        ),
    ),
    hints=(
        "For the sentence 4, 5, 0 with pad 0: which three flags should come "
        "out, if `True` means that a token may be attended to?",
        "NumPy compares a whole array with a number at once, entry by entry.",
        "mask[b][i] is True if ids[b][i] is not equal to pad_id, else False.",
    ),
    returns=("mask",),
)


# --- causal_mask -----------------------------------------------------------


def look_back(n):
    """Of PyTorch's mask, 0 where a word may look and −∞ where not."""
    import torch

    square = torch.nn.Transformer.generate_square_subsequent_mask(n)
    return torch.isfinite(square).numpy()


def distances(n):
    """How far key j lies behind query i."""
    return np.subtract.outer(np.arange(n), np.arange(n))


causal_mask = Exercise(
    id="masking.causal_mask",
    signature="causal_mask(n) -> (n, n)",
    asks=(
        "The **look-ahead mask** for `n` tokens: a boolean `(n, n)` array "
        "whose row *i*, column *j* says whether token *i* may attend to "
        "token *j*. A token may attend to itself and to those before it, "
        "never to those after it."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=look_back,
    cases=(
        Case("one token", lambda rng: {"n": 1}),
        Case("two tokens", lambda rng: {"n": 2}),
        Case("four tokens", lambda rng: {"n": 4}),
        Case("a longer text", lambda rng: {"n": int(rng.integers(6, 10))}),
    ),
    misconceptions=(
        Misconception(
            "turned round",
            "the meaning is turned round: this marks what is *forbidden*. "
            'In this course `True` means "may attend".',
            lambda n: ~look_back(n),
        ),
        Misconception(
            "looks ahead",
            "your tokens see themselves and what comes *after* them. Rows "
            "are those who look, columns those who are looked at.",
            lambda n: look_back(n).T,
        ),
        Misconception(
            "blocks itself",
            "a token may not see itself here. It should: otherwise the first "
            "one sees nobody at all.",
            lambda n: distances(n) > 0,
        ),
        Misconception(
            "one too far",
            "every token also sees the next one. That is enough for a model "
            "to cheat: the next token is what it has to guess.",
            lambda n: distances(n) >= -1,
        ),
        Misconception(
            "itself only",
            "every token sees only itself. Those before it are allowed too.",
            lambda n: np.eye(n, dtype=bool),
        ),
        Misconception(
            "the last two only",
            "every token sees itself and the one before. *All* earlier ones "
            "are allowed.",
            lambda n: (distances(n) == 0) | (distances(n) == 1),
        ),
        Misconception(
            "nothing masked",
            "every token sees every token: nothing is masked.",
            lambda n: np.ones((n, n), dtype=bool),
        ),
        Misconception(
            "already minus infinity",
            "these are numbers to add to scores, 0 and −∞. The mask itself "
            "is boolean; what is done with it comes later.",
            lambda n: np.where(look_back(n), 0.0, -np.inf),
        ),
        Misconception(
            "mirrored",
            "the triangle leans the wrong way: the first token should see "
            "one token, the last one all of them, and the *first* column "
            "should be open to everybody.",
            lambda n: look_back(n)[:, ::-1],
        ),
    ),
    hints=(
        "Write three rows of yes and no: of three tokens, which may the "
        "first one see, which the second, and which the third?",
        "The yeses make a triangle below the diagonal, diagonal included. "
        "NumPy has a function that keeps exactly that part of a matrix.",
        "mask[i][j] is True if j ≤ i, else False. Or: a square full of "
        "True, of which the lower triangle is kept.",
    ),
    returns=("mask",),
    facts=(
        Fact(
            "every token sees itself",
            lambda mask: bool((np.diag(mask) != 0).all()),
        ),
        Fact(
            "nobody sees a later token",
            lambda mask: bool((np.triu(mask, 1) == 0).all()),
        ),
    ),
)


# --- combine_masks ---------------------------------------------------------


def flags(*rows):
    return np.array([[c == "1" for c in row] for row in rows])


def masks(*padding):
    """A batch of padding masks, written as "110", and the causal mask."""
    return lambda rng: {
        "padding": flags(*padding),
        "causal": look_back(len(padding[0])),
    }


def and_as_product(padding, causal):
    product = np.einsum("bk,qk->bqk", padding * 1.0, causal * 1.0)
    return product == 1


def queries_blocked(padding, causal):
    return np.einsum("bq,qk->bqk", padding, causal)


def both_blocked(padding, causal):
    return np.einsum("bq,bk,qk->bqk", padding, padding, causal)


combine_masks = Exercise(
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
            "you blocked the *rows* of the pads and not their columns. Whom "
            "a pad looks at does not matter; that nobody looks at a pad does.",
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
            "only the padding is masked; tokens still see what comes after "
            "them.",
            lambda padding, causal: np.repeat(
                padding[:, None, :], len(causal), axis=1
            ),
        ),
        Misconception(
            "causal only",
            "only what comes later is masked; the pads are still seen.",
            lambda padding, causal: np.repeat(
                causal[None], len(padding), axis=0
            ),
        ),
        Misconception(
            "causal transposed",
            "the look-ahead mask lies on its side: its rows are those who "
            "look, and should stay rows.",
            lambda padding, causal: and_as_product(padding, causal.T),
        ),
        Misconception(
            "no axis for the queries",
            "the padding has to lie along the keys of *every* query of its "
            "sentence: it needs an axis of length 1 between batch and keys. "
            "Without it, sentence number b meets query number b.",
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


# --- masked_softmax --------------------------------------------------------


def allowed(rng, *shape):
    """A random mask in which every row has an open and a shut cell."""
    *rows, m = shape
    mask = rng.random(shape) < 0.5
    mask[..., 0], mask[..., -1] = True, False
    return rng.permuted(mask.reshape(-1, m), axis=1).reshape(*rows, m)


def masked(rng, n, m):
    return {"scores": readable(rng, n, m), "mask": allowed(rng, n, m)}


def one_row_shut(rng):
    given = masked(rng, 3, 4)
    given["mask"][1] = False
    return given


def giant_behind_the_mask(rng):
    given = masked(rng, 2, 4)
    given["scores"][:, 2] += 2000
    given["mask"][:] = flags("1101", "0101")
    return given


def zeroed_after(scores, mask):
    return np.where(mask, plain_softmax(scores), 0.0)


def zeroed_before(scores, mask):
    return plain_softmax(scores * mask)


def renormalised(scores, mask):
    """Protected against 0/0, which it meets where the others underflow."""
    left = zeroed_after(scores, mask)
    total = left.sum(axis=-1, keepdims=True)
    return np.divide(left, total, out=np.zeros_like(left), where=total > 0)


def not_a_number(scores, mask):
    return plain_softmax(minus_infinity(scores, mask))


def minus_a_billion(scores, mask):
    return plain_softmax(np.where(mask, scores, -1e9))


def minus_a_billion_added(scores, mask):
    return plain_softmax(scores + np.where(mask, 0.0, -1e9))


def minus_a_billion_cleared(scores, mask):
    return minus_a_billion(scores, mask) * mask


def overflowing(scores, mask):
    powers = np.where(mask, np.exp(scores), 0.0)
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1.0, total)


def one_maximum(scores, mask):
    mask = np.broadcast_to(mask, np.shape(scores))
    return overflowing(scores - np.max(scores[mask]), mask)


def over_queries(scores, mask):
    scores, mask = np.broadcast_arrays(scores, mask)
    swapped = right_weights(scores.swapaxes(-1, -2), mask.swapaxes(-1, -2))
    return swapped.swapaxes(-1, -2)


def blocked_only_if_all(scores, mask):
    """A column is shut only where no row allows it."""
    return right_weights(scores, np.any(mask, axis=-2, keepdims=True))


masked_softmax = Exercise(
    id="masking.masked_softmax",
    signature="masked_softmax(scores, mask)",
    asks=(
        "Softmax over the allowed keys only. `scores` is `(…, n, m)`; the "
        "boolean `mask` has the same shape or broadcasts to it; `True` means "
        '"may attend". Every row of the result adds up to 1 over its '
        "allowed keys and is exactly 0 elsewhere. A row that may attend to "
        "nothing gets **all zeros**, never NaN. The result must be finite "
        "for any finite scores, whatever stands behind the mask."
    ),
    points=3,
    difficulty=4,
    importance=5,
    minutes=15,
    reference=right_weights,
    cases=(
        Case("one query, three keys", lambda rng: masked(rng, 1, 3)),
        Case(
            "nothing is masked",
            lambda rng: {
                "scores": readable(rng, 2, 3),
                "mask": np.ones((2, 3), dtype=bool),
            },
        ),
        Case("three queries, four keys", lambda rng: masked(rng, 3, 4)),
        Case("a query that may see nobody", one_row_shut),
        Case(
            "one row of flags for all queries",
            lambda rng: {
                "scores": readable(rng, 2, 4),
                "mask": allowed(rng, 4),
            },
        ),
        Case(
            "a stack of matrices, one mask",
            lambda rng: {
                "scores": readable(rng, 2, 3, 4),
                "mask": allowed(rng, 3, 4),
            },
        ),
        Case(
            "a stack of matrices, a padding mask each",
            lambda rng: {
                "scores": readable(rng, 3, 2, 4),
                "mask": allowed(rng, 3, 1, 4),
            },
        ),
        Case(
            "scores near 1000",
            lambda rng: {
                "scores": 1000 + readable(rng, 2, 3),
                "mask": allowed(rng, 2, 3),
            },
        ),
        Case(
            "one row near 0, one near −2000",
            lambda rng: {
                "scores": readable(rng, 2, 4) + np.array([[0.0], [-2000.0]]),
                "mask": allowed(rng, 2, 4),
            },
        ),
        Case("a giant behind the mask", giant_behind_the_mask),
        Case(
            "scores below minus a billion",
            lambda rng: {
                "scores": readable(rng, 2, 3) - 4e9,
                "mask": allowed(rng, 2, 3),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "masked after the softmax",
            "the rows do not add up to 1: you set weights to 0 *after* the "
            "softmax, when the forbidden keys had already taken their share.",
            zeroed_after,
        ),
        Misconception(
            "mask turned round",
            "you kept what is forbidden and blocked what is allowed. `True` "
            'means "may attend".',
            lambda scores, mask: right_weights(scores, ~mask),
        ),
        Misconception(
            "mask forgotten",
            "nothing is masked: forbidden keys have weights.",
            lambda scores, mask: plain_softmax(scores),
        ),
        Misconception(
            "scores set to 0",
            "you set the forbidden scores to 0. To a softmax 0 is a score "
            "like any other, and e to the 0 is 1; only −∞ gives weight 0.",
            zeroed_before,
        ),
        Misconception(
            "NaN rows",
            "a row that may attend to nothing came out as NaN: its scores "
            "are all −∞, its sum is 0, and 0/0 is not a number. Such a row "
            "needs a rule of its own: all zeros.",
            not_a_number,
        ),
        Misconception(
            "minus a billion",
            "a row that may attend to nothing came out *even*: its scores "
            "are all the same large negative number, and softmax looks only "
            "at differences. It should be all zeros.",
            minus_a_billion,
        ),
        Misconception(
            "minus a billion added",
            "a row that may attend to nothing came out as if nothing were "
            "masked: adding the same number to all scores changes no weight. "
            "It should be all zeros.",
            minus_a_billion_added,
        ),
        Misconception(
            "minus a billion cleared",
            "you use a large negative number for −∞. Scores that are lower "
            "still lose against it, and their row comes out empty.",
            minus_a_billion_cleared,
        ),
        Misconception(
            "overflows",
            "e to the 1000 is larger than any float64. Take the largest "
            "*allowed* score of each row away first.",
            overflowing,
        ),
        Misconception(
            "the giant decides",
            "a huge score *behind the mask* pushed all allowed weights down "
            "to 0. Forbidden scores must be out of the game before the "
            "largest one is looked for.",
            renormalised,
        ),
        Misconception(
            "one maximum for everything",
            "you take away the largest score of the *whole* array, and a row "
            "far below it becomes 0. Each row needs its own.",
            one_maximum,
        ),
        Misconception(
            "over the queries",
            "the columns add up to 1, and the rows should: the softmax runs "
            "over the keys, the last axis.",
            over_queries,
        ),
        Misconception(
            "one mask for all queries",
            "a key is blocked only where *no* query may see it. Every query "
            "has its own row of the mask.",
            lambda scores, mask: (
                blocked_only_if_all(scores, mask)
                if np.ndim(mask) > 1
                else right_weights(scores, mask)
            ),
        ),
    ),
    hints=(
        "Which score makes e to that score exactly 0? And if a whole row "
        "has that score, what does the softmax divide by what?",
        "Put −∞ in the place of forbidden scores, in a copy. Then take the "
        "largest of each row away; where a whole row is −∞, take 0 away, "
        "and divide by 1 in place of 0.",
        "s = scores where mask, else −∞. top = row maximum of s, or 0 where "
        "that is −∞. e = exp(s − top). total = row sum of e, or 1 where "
        "that is 0. result = e / total.",
    ),
    returns=("weights",),
    facts=(
        Fact(ROWS_ADD_UP, rows_add_up),
        Fact("no weight is below 0", lambda w: bool((w >= 0).all())),
    ),
)


# --- masked_attention ------------------------------------------------------


def attention(rng, n, m, d, d_v, *batch, mask=None):
    return {
        "Q": readable(rng, *batch, n, d),
        "K": readable(rng, *batch, m, d),
        "V": readable(rng, *batch, m, d_v),
        "mask": allowed(rng, n, m) if mask is None else mask,
    }


def attend(Q, K, V, mask, scale=None):
    output = torch_attention(Q, K, V, mask, scale)
    return output, torch_weights(Q, K, mask, scale)


def scaled(Q, K):
    return np.einsum("...qd,...kd->...qk", Q, K) / np.sqrt(K.shape[-1])


def from_weights(rule):
    """An answer that makes its weights by another rule."""

    def answer(Q, K, V, mask):
        weights = rule(scaled(Q, K), mask)
        return np.einsum("...qk,...kd->...qd", weights, V), weights

    return answer


def values_hidden(Q, K, V, mask):
    """The mask on the values of keys that nobody sees, none on weights."""
    seen = np.any(np.broadcast_to(mask, scaled(Q, K).shape), axis=-2)
    weights = plain_softmax(scaled(Q, K))
    return weights @ (V * seen[..., None]), weights


def reversed_axes(Q, K, V, mask):
    weights = right_weights(Q @ K.T / np.sqrt(K.shape[-1]), mask)
    return np.matmul(weights, V), weights


masked_attention = Exercise(
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
            lambda Q, K, V, mask: attend(Q, K, V, mask, scale=1.0),
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
            from_weights(lambda scores, mask: plain_softmax(scores)),
        ),
        Misconception(
            "mask turned round",
            "you kept what is forbidden and blocked what is allowed. `True` "
            'means "may attend".',
            lambda Q, K, V, mask: attend(Q, K, V, ~mask),
        ),
        Misconception(
            "masked after the softmax",
            "the rows of the weights do not add up to 1: you set weights to "
            "0 *after* the softmax.",
            from_weights(zeroed_after),
        ),
        Misconception(
            "scores set to 0",
            "you set the forbidden scores to 0, which is a score like any "
            "other. Only −∞ gives weight 0.",
            from_weights(zeroed_before),
        ),
        Misconception(
            "NaN rows",
            "a query that may see nobody came out as NaN. It should have "
            "zero weights, and zeros for an output.",
            from_weights(not_a_number),
        ),
        Misconception(
            "minus a billion",
            "a query that may see nobody came out with even weights, which "
            "lets it see everybody. It should have zero weights.",
            from_weights(minus_a_billion),
        ),
        Misconception(
            "over the queries",
            "the columns of the weights add up to 1, and the rows should: "
            "the softmax runs over the keys.",
            from_weights(over_queries),
        ),
        Misconception(
            "values hidden",
            "you hid the *values* of masked keys; their weights are still "
            "there and take a share. The mask belongs to the scores.",
            values_hidden,
        ),
        Misconception(
            "all axes reversed",
            "with a batch, turning K round has to swap only its last two "
            "axes. You reversed all of them, the batch included.",
            reversed_axes,
        ),
        Misconception(
            "order of results",
            "both arrays are right but in the wrong order: the output comes "
            "first, then the weights.",
            lambda Q, K, V, mask: attend(Q, K, V, mask)[::-1],
        ),
        Misconception(
            "output only",
            "the output alone came back: the weights are asked for too, as "
            "a second value.",
            lambda Q, K, V, mask: torch_attention(Q, K, V, mask),
        ),
    ),
    hints=(
        "Where in the four steps of attention does the mask belong, and "
        "which function of yours already deals with it?",
        "Scores of a batch: the keys turned round in their last two axes "
        "only, which `np.swapaxes` does. The matrix product `@` takes care "
        "of the batch axes by itself.",
        "scores = Q times (K with its last two axes swapped) / square root "
        "of the last axis of K; weights = masked_softmax(scores, mask); "
        "return weights times V, then weights.",
    ),
    returns=("output", "weights"),
    facts=(Fact(ROWS_ADD_UP, lambda output, weights: rows_add_up(weights)),),
)

EXERCISES = (
    padding_mask,
    causal_mask,
    combine_masks,
    masked_softmax,
    masked_attention,
)
