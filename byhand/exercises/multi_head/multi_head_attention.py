"""The exercise `multi_head.multi_head_attention`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import (
    attend,
    minus_a_billion,
    not_a_number,
    over_queries,
    zeroed_after,
)
from ..pieces.facts import rows_add_up_or_are_zero
from ..pieces.inputs import readable
from ..pieces.masks import flags, look_back
from ..pieces.seams import but
from .shared import (
    merge_by_reshape,
    merge_interleaved,
    side_by_side,
    split_by_reshape,
    split_interleaved,
    to_heads,
)


def for_every_head(mask):
    """(n, n) or (…, n, n) → (…, 1, n, n): the same for all heads."""
    return np.expand_dims(mask, -3)


def heads_attend(
    x,
    W_q,
    W_k,
    W_v,
    W_o,
    num_heads,
    mask=None,
    *,
    split=to_heads,
    merge=side_by_side,
    fit=for_every_head,
    **seams,
):
    """fit: gives a mask the axis of the heads. seams: those of `attend`."""
    Q, K, V = (split(x @ W, num_heads) for W in (W_q, W_k, W_v))
    shown = True if mask is None else fit(mask)
    output, weights = attend(Q, K, V, shown, **seams)
    return merge(output) @ W_o, weights


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
    # Halved, or the softmax is so sure of itself that nothing else shows.
    for name in ("W_q", "W_k", "W_v", "W_o"):
        given[name] = readable(rng, d, d) / 2
    given["num_heads"] = num_heads
    if mask is not None:
        given["mask"] = mask
    return given


def plain(num_heads, *shape):
    return lambda rng: sentence(rng, num_heads, *shape)


def under(mask, num_heads, *shape):
    return lambda rng: sentence(rng, num_heads, *shape, mask=mask)


LOOK_BACK = look_back(3)
PAIR = look_back(2)
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
        '"may attend". A mask `(n, n)` holds for every sentence and every '
        "head. When `x` is `(batch, n, d_model)`, the mask may also be "
        "`(batch, n, n)`: one square for each sentence, which holds for "
        "**every head** of that sentence. A row that may attend to "
        "nothing gets weights 0, never NaN."
    ),
    points=4,
    difficulty=4,
    importance=5,
    minutes=20,
    reference=heads_attend,
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
            lambda x, *given: heads_attend(
                x, *given, scale=np.shape(x)[-1] ** -0.5
            ),
        ),
        Misconception(
            "not scaled",
            "the scores are not divided by the root of the head's width.",
            but(heads_attend, scale=1.0),
        ),
        Misconception(
            "over the queries",
            "the columns of each head's weights add up to 1, and the rows "
            "should: the softmax runs over the keys.",
            but(heads_attend, weigh=over_queries),
        ),
        Misconception(
            "mask forgotten",
            "you never used the mask. Without one your result is right.",
            lambda *given: heads_attend(*given[:6]),
        ),
        Misconception(
            "mask turned round",
            "your mask is inverted: you kept what it forbids and blocked what "
            'it allows. `True` means "may attend".',
            but(heads_attend, fit=lambda mask: ~for_every_head(mask)),
        ),
        Misconception(
            "mask on the wrong axis",
            "the masks of a batch landed on the *heads*: head number b used "
            "sentence number b's mask. The weights have an axis of heads that "
            "the mask lacks. Give the mask one of length 1 there, so that it "
            "holds for every head of its sentence.",
            but(heads_attend, fit=lambda mask: mask),
        ),
        Misconception(
            "mask transposed",
            "you transposed the mask. Its rows belong to the tokens that "
            "look, its columns to the tokens they look at.",
            but(
                heads_attend,
                fit=lambda mask: np.swapaxes(for_every_head(mask), -1, -2),
            ),
        ),
        Misconception(
            "masked after the softmax",
            "the masked rows do not add up to 1: you set weights to 0 after "
            "the softmax. Scores are masked before it.",
            but(heads_attend, weigh=zeroed_after),
        ),
        Misconception(
            "NaN rows",
            "a row that may attend to nothing became NaN: its scores are all "
            "−∞, and its weights 0/0. Give it zeros.",
            but(heads_attend, weigh=not_a_number),
        ),
        Misconception(
            "minus a billion",
            "a row that may attend to nothing attends to all alike. A large "
            "negative number is still a number, and the same one everywhere. "
            "Such a row should be all zeros.",
            but(heads_attend, weigh=minus_a_billion),
        ),
        Misconception(
            "split by reshape alone",
            "the heads mix up tokens: a reshape alone reads on from left to "
            "right. Cut the rows first, then move the axis of the heads.",
            but(heads_attend, split=split_by_reshape),
        ),
        Misconception(
            "merged by reshape alone",
            "the weights are right. The output is not: when you put the heads "
            "together, a row gathers several tokens of one head. Move their "
            "axis back first.",
            but(heads_attend, merge=merge_by_reshape),
        ),
        Misconception(
            "interleaved heads",
            "the heads take every h-th number of a row, where each should "
            "take neighbours.",
            but(
                heads_attend,
                split=split_interleaved,
                merge=merge_interleaved,
            ),
        ),
        Misconception(
            "heads averaged",
            "you took the mean of the heads' outputs. They are put side by "
            "side, and `W_o` decides how to mix them.",
            averaged_heads,
        ),
        Misconception(
            "weights averaged",
            "the output is right. Your weights are the *mean* over the heads. "
            "Return those of every head.",
            averaged_weights,
        ),
        Misconception(
            "slices of the embedding",
            "each head sees only its own slice of a *word's vector*. The "
            "projections come first: queries, keys and values are made from "
            "the whole row. Split those.",
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
            "you returned the output alone. Return the weights of the heads "
            "too, as a second value.",
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
    facts=(rows_add_up_or_are_zero("weights"),),
)
