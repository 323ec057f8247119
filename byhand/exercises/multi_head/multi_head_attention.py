"""The exercise `multi_head.multi_head_attention`."""

import numpy as np
import scipy.special

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.inputs import readable
from .shared import (
    merge_by_reshape,
    merge_interleaved,
    split_by_reshape,
    split_interleaved,
    split_not_moved,
    torch_merge,
    torch_split,
)


def torch_attend(Q, K, V, mask, scale=None):
    """PyTorch's attention for heads (…, h, n, w); the mask fits (…, h, n, n).

    A query that may attend to nothing gets zeros.
    """
    import torch

    if mask is not None:
        shape = (*np.shape(Q)[:-1], np.shape(K)[-2])
        # A copy: PyTorch warns of arrays that were stretched.
        mask = torch.from_numpy(np.broadcast_to(mask, shape).copy())
    tensors = (torch.from_numpy(np.array(a, dtype=float)) for a in (Q, K, V))
    return torch.nn.functional.scaled_dot_product_attention(
        *tensors, attn_mask=mask, scale=scale
    ).numpy()


def torch_weights(Q, K, mask, scale=None):
    # Attention over an identity matrix of values returns the weights.
    m = np.shape(K)[-2]
    values = np.broadcast_to(np.eye(m), (*np.shape(K)[:-2], m, m))
    return torch_attend(Q, K, values, mask, scale)


def by_torch(Q, K, V, mask):
    return torch_attend(Q, K, V, mask), torch_weights(Q, K, mask)


# The misconceptions run on NumPy: they are called by the hundred, each call
# in a thread of its own, where PyTorch takes longer to wake than to work.
def opened(mask):
    return True if mask is None else mask


def scaled(Q, K, scale=None):
    scale = np.shape(Q)[-1] ** -0.5 if scale is None else scale
    return np.einsum("...qw,...kw->...qk", Q, K) * scale


def not_a_number(Q, K, mask, scale=None):
    hidden = np.where(opened(mask), scaled(Q, K, scale), -np.inf)
    with np.errstate(invalid="ignore"):
        return scipy.special.softmax(hidden, axis=-1)


def zeros_if_shut(Q, K, mask, scale=None):
    return np.nan_to_num(not_a_number(Q, K, mask, scale))


def with_weights(make):
    """An `attend` that mixes the values by weights made in another way."""

    def attend(Q, K, V, mask):
        weights = make(Q, K, mask)
        return np.einsum("...qk,...kw->...qw", weights, V), weights

    return attend


mixed_by_weights = with_weights(zeros_if_shut)


def split_in_order(x, num_heads):
    return np.moveaxis(split_not_moved(x, num_heads), -2, -3)


def merge_in_order(x):
    by_token = np.moveaxis(x, -3, -2)
    return np.reshape(by_token, (*np.shape(by_token)[:-2], -1))


def for_every_head(mask):
    """(n, n) or (…, n, n) → (…, 1, n, n): the same for all heads."""
    return None if mask is None else np.expand_dims(mask, -3)


def heads_attend(
    x,
    W_q,
    W_k,
    W_v,
    W_o,
    num_heads,
    mask=None,
    *,
    split=split_in_order,
    merge=merge_in_order,
    attend=mixed_by_weights,
    fit=for_every_head,
):
    """Multi-head attention, with parts that misconceptions replace."""
    Q, K, V = (split(x @ W, num_heads) for W in (W_q, W_k, W_v))
    output, weights = attend(Q, K, V, fit(mask))
    return merge(output) @ W_o, weights


def variant(**parts):
    return lambda *given: heads_attend(*given, **parts)


def root_of_d_model(Q, K, mask):
    width = np.shape(Q)[-3] * np.shape(Q)[-1]
    return zeros_if_shut(Q, K, mask, scale=width**-0.5)


def masked_after(Q, K, mask):
    return zeros_if_shut(Q, K, None) * opened(mask)


def minus_a_billion(Q, K, mask):
    hidden = np.where(opened(mask), scaled(Q, K), -1e9)
    return scipy.special.softmax(hidden, axis=-1)


def over_queries(Q, K, mask):
    """Softmax down the columns; a column without an open cell is 0."""
    hidden = np.where(opened(mask), scaled(Q, K), -np.inf)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(scipy.special.softmax(hidden, axis=-2))


def averaged_heads(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    width = np.shape(x)[-1] // num_heads
    return heads_attend(
        *(x, W_q, W_k, W_v, W_o[:width], num_heads, mask),
        merge=lambda heads: np.mean(heads, axis=-3),
    )


def averaged_weights(*given):
    output, weights = heads_attend(*given)
    return output, np.mean(weights, axis=-3)


def slices_only(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    d = np.shape(x)[-1]
    block = np.kron(
        np.eye(num_heads), np.ones((d // num_heads, d // num_heads))
    )
    W_q, W_k, W_v = (W * block for W in (W_q, W_k, W_v))
    return heads_attend(x, W_q, W_k, W_v, W_o, num_heads, mask)


def one_head(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    output, weights = heads_attend(x, W_q, W_k, W_v, W_o, 1, mask)
    return output, np.squeeze(weights, axis=-3)


def no_last_projection(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return heads_attend(x, W_q, W_k, W_v, np.eye(len(W_o)), num_heads, mask)


def transposed_matrices(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    return heads_attend(x, W_q.T, W_k.T, W_v.T, W_o.T, num_heads, mask)


def sentence(rng, num_heads, *shape, mask=None):
    d = shape[-1]
    given = {"x": readable(rng, *shape)}
    # Halved, lest the softmax be so sure of itself that nothing else shows.
    for name in ("W_q", "W_k", "W_v", "W_o"):
        given[name] = readable(rng, d, d) / 2
    given["num_heads"] = num_heads
    if mask is not None:
        given["mask"] = mask
    return given


def plain(num_heads, *shape):
    return lambda rng: sentence(rng, num_heads, *shape)


def flags(*rows):
    return np.array([[c == "1" for c in row] for row in rows])


def under(mask, num_heads, *shape):
    return lambda rng: sentence(rng, num_heads, *shape, mask=mask)


LOOK_BACK = flags("100", "110", "111")


PAIR = flags("10", "11")


THREE_PAIRS = np.stack([PAIR, flags("11", "01"), flags("10", "10")])


TWO_TRIPLES = np.stack([LOOK_BACK, flags("110", "110", "110")])


EXERCISE = Exercise(
    id="multi_head.multi_head_attention",
    signature=(
        "multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask=None) "
        "-> (output, weights)"
    ),
    asks=(
        "All of it: project, split, attend in every head (each score divided "
        "by the root of the *head's* width), merge, and project once more "
        "with `W_o`. `x` is `(…, n, d_model)`, one sentence or a batch, the "
        "four matrices are `(d_model, d_model)`, and `num_heads` divides "
        "`d_model`. Return two arrays: the output `(…, n, d_model)` and the "
        "weights of every head `(…, num_heads, n, n)`.\n\n"
        "`mask` is `None` (nothing is masked) or boolean, and `True` means "
        '"may attend". It has one of two shapes: `(n, n)`, the same for '
        "every sentence and every head, or `(batch, n, n)` when `x` is "
        "`(batch, n, d_model)`, one square for each sentence, which holds "
        "for **every head** of that sentence. A row that may attend to "
        "nothing gets weights 0, never NaN."
    ),
    points=4,
    difficulty=4,
    importance=5,
    minutes=20,
    reference=variant(split=torch_split, merge=torch_merge, attend=by_torch),
    cases=(
        Case("one token, two heads", plain(2, 1, 4)),
        Case("two tokens, one head", plain(1, 2, 3)),
        Case("two tokens, two heads", plain(2, 2, 4)),
        Case("three tokens, two heads of three", plain(2, 3, 6)),
        Case("a batch of two sentences", plain(3, 2, 4, 6)),
        Case("look-ahead mask", under(LOOK_BACK, 2, 3, 4)),
        Case(
            "a token that may see nobody",
            under(flags("110", "000", "011"), 2, 3, 4),
        ),
        # As many heads as sentences, so that a mask on the wrong axis stops
        # nothing.
        Case(
            "three sentences with a mask each, three heads",
            under(THREE_PAIRS, 3, 3, 2, 3),
        ),
        Case(
            "two sentences with a mask each, four heads",
            under(TWO_TRIPLES, 4, 2, 3, 4),
        ),
        Case(
            "one mask for two sentences",
            under(LOOK_BACK, 2, 2, 3, 4),
        ),
    ),
    misconceptions=(
        Misconception(
            "root of d_model",
            "you divided the scores by √d_model. A head's dot products run "
            "over its own, smaller width only, so it is the root of that.",
            variant(attend=with_weights(root_of_d_model)),
        ),
        Misconception(
            "not scaled",
            "the scores are not divided by the root of the head's width.",
            variant(
                attend=with_weights(
                    lambda Q, K, mask: zeros_if_shut(Q, K, mask, scale=1.0)
                )
            ),
        ),
        Misconception(
            "over the queries",
            "the columns of each head's weights add up to 1, and the rows "
            "should: the softmax runs over the keys.",
            variant(attend=with_weights(over_queries)),
        ),
        Misconception(
            "mask forgotten",
            "right without a mask, but where one is given, nobody looks at "
            "it.",
            lambda *given: heads_attend(*given[:6]),
        ),
        Misconception(
            "mask turned round",
            "you kept what the mask forbids and blocked what it allows: "
            '`True` means "may attend".',
            variant(
                fit=lambda mask: (
                    None if mask is None else ~for_every_head(mask)
                )
            ),
        ),
        Misconception(
            "mask on the wrong axis",
            "the masks of a batch landed on the *heads*: sentence number b's "
            "mask was used by head number b. The weights have an axis of "
            "heads that the mask lacks; give it one of length 1 there, and "
            "it holds for every head of its sentence.",
            variant(fit=lambda mask: mask),
        ),
        Misconception(
            "mask transposed",
            "the mask lies on its side: its rows are those who look, its "
            "columns those who are looked at.",
            variant(
                fit=lambda mask: (
                    None
                    if mask is None
                    else np.swapaxes(for_every_head(mask), -1, -2)
                )
            ),
        ),
        Misconception(
            "masked after the softmax",
            "the masked rows do not add up to 1: you set weights to 0 after "
            "the softmax. Scores are masked before it.",
            variant(attend=with_weights(masked_after)),
        ),
        Misconception(
            "NaN rows",
            "a row that may attend to nothing became NaN: its scores are all "
            "−∞, and its weights 0/0. Give it zeros.",
            variant(attend=with_weights(not_a_number)),
        ),
        Misconception(
            "minus a billion",
            "a row that may attend to nothing attends to all alike: a large "
            "negative number is still a number, and the same one everywhere. "
            "Such a row should be all zeros.",
            variant(attend=with_weights(minus_a_billion)),
        ),
        Misconception(
            "split by reshape alone",
            "the heads mix up tokens: a reshape alone reads on from left to "
            "right. Cut the rows first, then move the axis of the heads.",
            variant(split=split_by_reshape),
        ),
        Misconception(
            "merged by reshape alone",
            "the weights are right. The output is not: when the heads are "
            "put together, a row gathers several tokens of one head. Their "
            "axis has to be moved back first.",
            variant(merge=merge_by_reshape),
        ),
        Misconception(
            "interleaved heads",
            "the heads take every h-th number of a row, where each should "
            "take neighbours.",
            variant(split=split_interleaved, merge=merge_interleaved),
        ),
        Misconception(
            "heads averaged",
            "you took the mean of the heads' outputs. They are put side by "
            "side, and `W_o` decides how to mix them.",
            averaged_heads,
        ),
        Misconception(
            "weights averaged",
            "the output is right; the weights are the *mean* over the heads. "
            "Those of every head are asked for.",
            averaged_weights,
        ),
        Misconception(
            "slices of the embedding",
            "each head sees only its own slice of a *word's vector*. The "
            "projections come first: every head's queries, keys and values "
            "are made from the whole row, and those are what is split.",
            slices_only,
        ),
        Misconception(
            "one head",
            "this is attention with a single head: nothing was split.",
            one_head,
        ),
        Misconception(
            "no last projection",
            "the weights are right, and the output is what the heads found, "
            "side by side. The last step is missing: times `W_o`.",
            no_last_projection,
        ),
        Misconception(
            "matrices transposed",
            "you multiplied by the transposed matrices, as PyTorch's layers "
            "store them. Here a row of `x` times `W` is a row of the result.",
            transposed_matrices,
        ),
        Misconception(
            "output only",
            "the output alone came back: the weights of the heads are asked "
            "for too, as a second value.",
            lambda *given: heads_attend(*given)[0],
        ),
        Misconception(
            "order of results",
            "both arrays are right but in the wrong order: the output comes "
            "first, then the weights.",
            lambda *given: heads_attend(*given)[::-1],
        ),
    ),
    not_by=("MultiheadAttention", "multi_head_attention_forward"),
    hints=(
        "You have split, merged and attended. Which of them happens to the "
        "queries, which to the output, and where does `W_o` come?",
        "The attention of lesson 9 works on the last two axes; if yours "
        "does, it attends in all heads at once. Only the mask of a batch "
        "lacks the axis of the heads: np.expand_dims can give it one.",
        "Q = split_heads(x times W_q, num_heads), K and V likewise; if there "
        "is a mask, give it an axis before its last two; attend; output = "
        "merge_heads(what came) times W_o.",
    ),
    returns=("output", "weights"),
    # Five matrix products in a row and scores of up to 10: in float32 about
    # 1e-6 is lost.
    tolerance=1e-5,
    facts=(
        Fact(
            "every row of weights adds up to 1, or to 0 where all is masked",
            lambda weights: bool(
                (
                    np.isclose(weights.sum(axis=-1), 1)
                    | np.isclose(weights.sum(axis=-1), 0)
                ).all()
            ),
            "weights",
        ),
    ),
)
