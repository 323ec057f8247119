"""Lesson 10: several attentions side by side, sharing one width.

The references are PyTorch's: `unflatten` and `movedim` for the heads, its own
attention function for what they do, and the size of
`torch.nn.MultiheadAttention` for the count. As everywhere in the course, a
boolean mask says True for "may attend".
"""

import numpy as np
import scipy.special

from byhand.exercise import Case, Exercise, Fact, Misconception, readable

LESSON = "10_multi_head"


# --- split_heads -----------------------------------------------------------


def torch_split(x, num_heads):
    import torch  # takes seconds, and only a lesson that needs it waits

    parts = torch.from_numpy(np.asarray(x)).unflatten(-1, (num_heads, -1))
    return parts.movedim(-2, -3).numpy()


def cut(x, heads, width):
    """The last axis as a table of `heads` rows and `width` columns."""
    return np.reshape(x, (*np.shape(x)[:-1], heads, width))


def split_by_reshape(x, num_heads):
    n, d = np.shape(x)[-2:]
    wanted = (*np.shape(x)[:-2], num_heads, n, d // num_heads)
    return np.reshape(x, wanted)


def split_interleaved(x, num_heads):
    width = np.shape(x)[-1] // num_heads
    return np.moveaxis(cut(x, width, num_heads), -1, -3)


def split_not_moved(x, num_heads):
    return cut(x, num_heads, np.shape(x)[-1] // num_heads)


def split_the_sentence(x, num_heads):
    n, d = np.shape(x)[-2:]
    wanted = (*np.shape(x)[:-2], num_heads, n // num_heads, d)
    return np.reshape(x, wanted)


def split_and_drop(x, num_heads):
    width = np.shape(x)[-1] // num_heads
    starts = range(0, num_heads * width, width) if width else []
    pieces = [x[..., a : a + width] for a in starts]
    return np.stack(pieces, axis=-3) if pieces else np.zeros(0)


def to_split(num_heads, *shape):
    return lambda rng: {"x": readable(rng, *shape), "num_heads": num_heads}


split_heads = Exercise(
    id="multi_head.split_heads",
    signature="split_heads(x, num_heads)",
    asks=(
        "Cut every row into equal pieces, one for each head. `x` is "
        "`(…, n, d)`: `n` rows of `d` numbers, behind any number of further "
        "axes (none, or a batch). The result is `(…, num_heads, n, "
        "d / num_heads)`: head 0 gets the *first* `d / num_heads` numbers of "
        "every row, head 1 the next, and so on. Where `num_heads` does not "
        "divide `d`, raise a `ValueError` that says so."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=torch_split,
    cases=(
        Case("one token, two heads", to_split(2, 1, 4)),
        Case("three tokens, two heads", to_split(2, 3, 4)),
        Case("two tokens, two heads of three", to_split(2, 2, 6)),
        Case("one head", to_split(1, 3, 4)),
        Case("heads of a single number", to_split(3, 2, 3)),
        Case("a batch of two sentences", to_split(4, 2, 3, 8)),
        Case("two axes before the tokens", to_split(2, 2, 1, 3, 4)),
        Case(
            "3 heads for a width of 4",
            to_split(3, 2, 4),
            raises=ValueError,
        ),
        Case(
            "4 heads for a width of 6",
            to_split(4, 4, 6),
            raises=ValueError,
        ),
        Case(
            "more heads than numbers",
            to_split(6, 6, 3),
            raises=ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "reshaped without moving the axis",
            "the shape is right and the numbers are in the wrong heads. A "
            "reshape only reads on from left to right, so that a head gets "
            "*whole words* first. Cut each row into pieces, and then move "
            "the axis of the heads in front of that of the tokens.",
            split_by_reshape,
        ),
        Misconception(
            "interleaved",
            "the numbers of a row were dealt out like cards, one to each "
            "head in turn. A head gets neighbours: the first piece of the "
            "row, or the second.",
            split_interleaved,
        ),
        Misconception(
            "heads behind the tokens",
            "the rows are cut correctly, but the heads still stand *behind* "
            "the tokens. Each head needs a matrix of its own, tokens by "
            "numbers, so the axis of the heads goes in front.",
            split_not_moved,
        ),
        Misconception(
            "axes counted from the front",
            "right for a single sentence, wrong for a batch: you count axes "
            "from the front, where a batch pushes them along. Counted from "
            "the back they stay where they are.",
            lambda x, num_heads: np.swapaxes(
                split_not_moved(x, num_heads), 0, 1
            ),
        ),
        Misconception(
            "axes as in a batch",
            "right for a batch of sentences, wrong for one sentence: the "
            "axes that you swap are those of an array that has exactly one "
            "axis in front. Count them from the back.",
            lambda x, num_heads: np.swapaxes(
                split_not_moved(x, num_heads), 1, 2
            ),
        ),
        Misconception(
            "heads in front of the batch",
            "right for a single sentence, wrong for a batch: the heads stand "
            "in front of the *sentences*. Every sentence keeps its heads "
            "together, so their axis goes just before the tokens.",
            lambda x, num_heads: np.moveaxis(
                split_not_moved(x, num_heads), -2, 0
            ),
        ),
        Misconception(
            "number and width swapped",
            "you made heads that are `num_heads` numbers wide. That is how "
            "many heads there should be; their width is what a row's length "
            "leaves to each of them.",
            lambda x, num_heads: torch_split(
                x, np.shape(x)[-1] // num_heads or 1
            ),
        ),
        Misconception(
            "sentence split",
            "you divided the *sentence* among the heads. Every head looks at "
            "every token; what they share is the width of the rows.",
            split_the_sentence,
        ),
        Misconception(
            "whole rows for every head",
            "every head got whole rows. Then h heads are h times the work; "
            "they should divide the numbers of a row among themselves.",
            lambda x, num_heads: np.repeat(
                np.expand_dims(x, -3), num_heads, axis=-3
            ),
        ),
        Misconception(
            "rest dropped",
            "if the heads do not divide the width, you round down, and the "
            "numbers at the end of every row are lost without a word. Refuse "
            "instead, with a `ValueError`.",
            split_and_drop,
        ),
        Misconception(
            "head transposed",
            "each head lies on its side: its rows should belong to tokens "
            "and its columns to numbers.",
            lambda x, num_heads: np.swapaxes(
                torch_split(x, num_heads)
                if np.shape(x)[-1] % num_heads == 0
                else np.asarray(x),
                -1,
                -2,
            ),
        ),
    ),
    hints=(
        "A row has 6 numbers, and there are 2 heads. Which numbers go to "
        "head 0? And which to head 0 from the *second* row?",
        "Two steps: first give the last axis two, heads and width, which is "
        "a reshape that leaves the tokens alone. Then swap the axis of the "
        "heads with that of the tokens. Negative axis numbers count from the "
        "back.",
        "if d is not a multiple of num_heads: raise ValueError. Reshape "
        "(…, n, d) to (…, n, num_heads, d / num_heads); swap the axes −3 and "
        "−2.",
    ),
    returns=("heads",),
)


# --- merge_heads -----------------------------------------------------------


def torch_merge(x):
    import torch

    return torch.from_numpy(np.asarray(x)).movedim(-3, -2).flatten(-2).numpy()


def merge_by_reshape(x):
    h, n, width = np.shape(x)[-3:]
    return np.reshape(x, (*np.shape(x)[:-3], n, h * width))


def merge_interleaved(x):
    h, n, width = np.shape(x)[-3:]
    return np.moveaxis(x, -3, -1).reshape(*np.shape(x)[:-3], n, width * h)


def merge_from_the_front(x):
    h, n, width = np.shape(x)[-3:]
    wanted = (*np.shape(x)[:-3], n, h * width)
    return np.reshape(np.swapaxes(x, 0, 1), wanted)


def merge_as_in_a_batch(x):
    h, n, width = np.shape(x)[-3:]
    wanted = (*np.shape(x)[:-3], n, h * width)
    return np.reshape(np.swapaxes(x, 1, 2), wanted)


def merge_along_tokens(x):
    h, n, width = np.shape(x)[-3:]
    return np.reshape(x, (*np.shape(x)[:-3], h * n, width))


def to_merge(*shape):
    return lambda rng: {"x": readable(rng, *shape)}


merge_heads = Exercise(
    id="multi_head.merge_heads",
    signature="merge_heads(x)",
    asks=(
        "The way back: put the pieces of every token side by side again. `x` "
        "is `(…, h, n, w)`: `h` heads, `n` tokens, `w` numbers for each. "
        "The result is `(…, n, h · w)`: in every row the numbers of head 0 "
        "come first, then those of head 1, and so on. Merging what "
        "`split_heads` has split gives back the original."
    ),
    points=1,
    difficulty=2,
    importance=5,
    minutes=5,
    reference=torch_merge,
    cases=(
        Case("two heads, one token", to_merge(2, 1, 3)),
        Case("two heads, three tokens", to_merge(2, 3, 2)),
        Case("three heads, two tokens", to_merge(3, 2, 4)),
        Case("one head", to_merge(1, 3, 2)),
        Case("a batch of two sentences", to_merge(2, 4, 3, 2)),
        Case("two axes before the heads", to_merge(3, 1, 2, 4, 2)),
    ),
    misconceptions=(
        Misconception(
            "reshaped without moving the axis",
            "the shape is right, but a row now holds several *tokens* of one "
            "head. The axis of the heads has to go back behind the tokens "
            "before the last two axes become one.",
            merge_by_reshape,
        ),
        Misconception(
            "interleaved",
            "the heads are shuffled into each other like cards: the first "
            "number of each, then the second of each. All of head 0 comes "
            "first, then all of head 1.",
            merge_interleaved,
        ),
        Misconception(
            "averaged",
            "you took the mean over the heads. What each has found out would "
            "be blurred into one; they are put *side by side*.",
            lambda x: np.mean(x, axis=-3),
        ),
        Misconception(
            "added up",
            "you added the heads up. They are put side by side, so that "
            "nothing is lost.",
            lambda x: np.sum(x, axis=-3),
        ),
        Misconception(
            "not merged yet",
            "the axis of the heads is where it should be, and there is still "
            "one axis too many: heads and width become one axis now.",
            lambda x: np.moveaxis(x, -3, -2),
        ),
        Misconception(
            "along the tokens",
            "you put the heads one *under* another: there are more rows than "
            "tokens now. They belong side by side.",
            merge_along_tokens,
        ),
        Misconception(
            "axes counted from the front",
            "right for a single sentence, wrong for a batch: count the axes "
            "from the back, where heads, tokens and width always are.",
            merge_from_the_front,
        ),
        Misconception(
            "axes as in a batch",
            "right for a batch of sentences, wrong for one sentence: you "
            "count on exactly one axis in front. Count from the back.",
            merge_as_in_a_batch,
        ),
        Misconception(
            "last head first",
            "the heads come in the wrong order: head 0 is the leftmost.",
            lambda x: torch_merge(np.flip(x, -3).copy()),
        ),
        Misconception(
            "one head only",
            "only the first head is left.",
            lambda x: np.take(x, 0, axis=-3),
        ),
    ),
    hints=(
        "You have cut, and you have moved an axis. To undo two steps, in "
        "which order do you undo them?",
        "First swap the axes of heads and tokens back. Then a reshape makes "
        "one axis of the last two.",
        "Swap the axes −3 and −2, which gives (…, n, h, w); reshape to "
        "(…, n, h times w).",
    ),
    returns=("merged",),
)


# --- multi_head_attention --------------------------------------------------


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

multi_head_attention = Exercise(
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
            lambda output, weights: bool(
                (
                    np.isclose(weights.sum(axis=-1), 1)
                    | np.isclose(weights.sum(axis=-1), 0)
                ).all()
            ),
        ),
    ),
)


# --- count_parameters ------------------------------------------------------


def torch_count(d_model, num_heads, bias=True):
    import torch

    # On no device at all: only the sizes are wanted.
    layer = torch.nn.MultiheadAttention(
        d_model, num_heads, bias=bias, device="meta"
    )
    return sum(p.numel() for p in layer.parameters())


def counted(per_projection, per_bias, projections=4):
    """A count with other sizes of a projection and of its bias."""
    return lambda d, h, bias=True: (
        projections * (per_projection(d, h) + bool(bias) * per_bias(d, h))
    )


def square(d, h):
    return d * d


def one_row(d, h):
    return d


count_parameters = Exercise(
    id="multi_head.count_parameters",
    signature="count_parameters(d_model, num_heads, bias=True)",
    asks=(
        "How many numbers does multi-head attention learn? Count its four "
        "projections, `W_q`, `W_k`, `W_v` and `W_o`, each from `d_model` to "
        "`d_model` numbers, for all heads together. With `bias=True`, which "
        "is the default, each projection also has a **bias**: one number for "
        "each of its outputs, added at the end. `num_heads` divides "
        "`d_model`. Return an integer."
    ),
    points=1,
    difficulty=2,
    importance=3,
    minutes=5,
    reference=torch_count,
    cases=(
        Case(
            "one head, no bias",
            lambda rng: {"d_model": 3, "num_heads": 1, "bias": False},
        ),
        Case(
            "two heads, no bias",
            lambda rng: {"d_model": 4, "num_heads": 2, "bias": False},
        ),
        Case(
            "two heads with bias",
            lambda rng: {"d_model": 6, "num_heads": 2, "bias": True},
        ),
        Case(
            "bias is the default",
            lambda rng: {"d_model": 10, "num_heads": 5},
        ),
        Case(
            "a larger one",
            lambda rng: {
                "d_model": 8 * int(rng.integers(4, 20)),
                "num_heads": 8,
                "bias": bool(rng.integers(2)),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "times the heads",
            "you count full matrices for *every* head. The heads share them: "
            "each owns a slice of the columns, and all slices together are "
            "one matrix.",
            lambda d, h, bias=True: h * torch_count(d, h, bias),
        ),
        Misconception(
            "one head only",
            "you counted what a single head owns. All heads together are "
            "asked for.",
            counted(lambda d, h: d * d // h, lambda d, h: d // h),
        ),
        Misconception(
            "heads square",
            "you took a head's matrices for square, its width by its width. "
            "A head reads a word's *whole* vector: its matrices are d_model "
            "high and as wide as the head.",
            counted(lambda d, h: h * (d // h) ** 2, one_row),
        ),
        Misconception(
            "W_o forgotten",
            "you counted three projections. The fourth, `W_o`, comes after "
            "the heads and is learned as well.",
            counted(square, one_row, projections=3),
        ),
        Misconception(
            "bias ignored",
            "you leave the biases out whatever `bias` says.",
            lambda d, h, bias=True: torch_count(d, h, False),
        ),
        Misconception(
            "bias always",
            "you count biases even where `bias` is False.",
            lambda d, h, bias=True: torch_count(d, h, True),
        ),
        Misconception(
            "no bias by default",
            "right wherever `bias` is given; if it is not, it should be True.",
            lambda d, h, bias=False: torch_count(d, h, bias),
        ),
        Misconception(
            "one number as bias",
            "a projection's bias is not a single number: it has one for each "
            "of the projection's outputs.",
            counted(square, lambda d, h: 1),
        ),
        Misconception(
            "one bias for all",
            "you counted the bias of one projection. Each of the four has "
            "its own.",
            lambda d, h, bias=True: torch_count(d, h, False) + bool(bias) * d,
        ),
        Misconception(
            "W_o without bias",
            "queries, keys and values have their biases here, and the last "
            "projection has none. It has one too.",
            lambda d, h, bias=True: (
                torch_count(d, h, False) + 3 * bool(bias) * d
            ),
        ),
        Misconception(
            "one projection",
            "this is one projection. There are four of them.",
            counted(square, one_row, projections=1),
        ),
    ),
    hints=(
        "How large is the matrix that takes in rows of d_model numbers and "
        "gives out rows of d_model numbers? How many such matrices are "
        "there?",
        "The number of heads says how the columns are *shared out*, not how "
        "many there are. A bias is as long as a row of the output.",
        "4 times (d_model times d_model, plus d_model if there is a bias).",
    ),
    returns=("parameters",),
)

EXERCISES = (
    split_heads,
    merge_heads,
    multi_head_attention,
    count_parameters,
)
