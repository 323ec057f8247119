"""The exercise `encoder.EncoderLayer`."""

from functools import partial

import torch
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import modules

from ..pieces.dropping import DROPPING, measuring_dropout, not_divided
from ..pieces.tensors import GRADIENTS, NEARLY_ALL, going_in
from .shared import (
    LOOK_BACK,
    TWO_TRIPLES,
    Layer,
    TorchEncoderLayer,
    attended,
    dropped,
    dropping_case,
    post_norm,
    sized,
    thought,
    to_read,
)


def pre_norm(own, x, mask):
    x = x + attended(own, own.norm1(x), mask)
    return x + thought(own, own.norm2(x))


def no_residual(own, x, mask):
    x = own.norm1(attended(own, x, mask))
    return own.norm2(thought(own, x))


def no_first_residual(own, x, mask):
    x = own.norm1(attended(own, x, mask))
    return own.norm2(x + thought(own, x))


def no_second_residual(own, x, mask):
    x = own.norm1(x + attended(own, x, mask))
    return own.norm2(thought(own, x))


def residual_after_the_norm(own, x, mask):
    x = x + own.norm1(attended(own, x, mask))
    return x + own.norm2(thought(own, x))


def residual_from_the_start(own, x, mask):
    between = own.norm1(x + attended(own, x, mask))
    return own.norm2(x + thought(own, between))


def network_reads_x(own, x, mask):
    between = own.norm1(x + attended(own, x, mask))
    return own.norm2(between + thought(own, x))


def first_norm_twice(own, x, mask):
    x = own.norm1(x + attended(own, x, mask))
    return own.norm1(x + thought(own, x))


def norms_swapped(own, x, mask):
    x = own.norm2(x + attended(own, x, mask))
    return own.norm1(x + thought(own, x))


def no_last_norm(own, x, mask):
    x = own.norm1(x + attended(own, x, mask))
    return x + thought(own, x)


def no_first_norm(own, x, mask):
    x = x + attended(own, x, mask)
    return own.norm2(x + thought(own, x))


def network_first(own, x, mask):
    x = own.norm1(x + thought(own, x))
    return own.norm2(x + attended(own, x, mask))


def no_network(own, x, mask):
    return own.norm2(own.norm1(x + attended(own, x, mask)))


def dropping_the_sums(own, x, mask):
    x = own.norm1(dropped(own, x + attended(own, x, mask)))
    return own.norm2(dropped(own, x + thought(own, x)))


def dropping_the_norms(own, x, mask):
    x = dropped(own, own.norm1(x + attended(own, x, mask)))
    return dropped(own, own.norm2(x + thought(own, x)))


def dropping_twice(own, x, mask):
    x = own.norm1(x + attended(own, x, mask))
    return own.norm2(x + dropped(own, thought(own, x)))


def dropping_one(which):
    def flow(own, x, mask):
        drop = [dropped if which == k else nothing_dropped for k in (0, 1)]
        x = own.norm1(x + drop[0](own, attended(own, x, mask)))
        return own.norm2(x + drop[1](own, thought(own, x)))

    return other_layer(flow, drop=nothing_dropped)


def nothing_dropped(own, each):
    return each


def other_layer(flow=post_norm, **parts):
    return partial(Layer, flow=flow, **parts)


EXERCISE = Exercise(
    id="encoder.EncoderLayer",
    signature="EncoderLayer(d_model, num_heads, d_ff, dropout=0.0)",
    asks=(
        "Two sub-layers, each wrapped as in lesson 12, **post-norm**: "
        "*LayerNorm(x + sublayer(x))*. First your `MultiHeadAttention`, "
        "named `self_attention`, in which `x` is query, key and value, and "
        "`norm1`; then the network of each word, `linear1` (from `d_model` "
        "to `d_ff`), ReLU, `linear2` (back to `d_model`), and `norm2`. The "
        "norms are `nn.LayerNorm` as it comes. `forward(x, mask=None)` takes "
        "`x` `(batch, n, d_model)` and a mask as `MultiHeadAttention` does, "
        "and returns the shape of `x`.\n\n"
        "In training, dropout falls on what each sub-layer returns, before "
        "the sum, with probability `dropout`. After `eval()` nothing may be "
        "dropped. The check looks at both."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=TorchEncoderLayer,
    way=measuring_dropout(modules.alone, steps=2),
    cases=(
        Case("one token", to_read(sized(4, 2, 3), 1, 1)),
        Case("three tokens, one head", to_read(sized(4, 1, 6), 1, 3)),
        Case("two sentences", to_read(sized(6, 3, 8), 2, 4)),
        Case("look-ahead mask", to_read(sized(4, 2, 5), 2, 3, LOOK_BACK)),
        Case(
            "two sentences with a mask each",
            to_read(sized(4, 1, 6), 2, 3, TWO_TRIPLES),
        ),
        Case(
            "dropout of nearly 1, in use: nothing is dropped",
            to_read(sized(4, 2, 6), 2, 3, dropout=NEARLY_ALL),
        ),
        Case(
            "dropout of nearly 1, in training: x alone gets through",
            to_read(sized(4, 2, 6), 2, 3, dropout=NEARLY_ALL, training=True),
        ),
        dropping_case(TorchEncoderLayer, "dropout of 0.25, in training"),
    ),
    misconceptions=(
        Misconception(
            "pre-norm",
            "this is pre-norm: the norms come before the sub-layers, and "
            "nothing is normalised at the end. Build post-norm: first the "
            "sum, then its norm.",
            other_layer(pre_norm),
        ),
        Misconception(
            "no residual path",
            "there is no residual path. Add each sub-layer's input to its "
            "output, before the norm.",
            other_layer(no_residual),
        ),
        Misconception(
            "no residual around attention",
            "x is not added to what attention returns, so that a token loses "
            "itself among the others. The second sum is right.",
            other_layer(no_first_residual),
        ),
        Misconception(
            "no residual around the network",
            "what goes into the network is not added to what comes out of "
            "it. The first sum is right.",
            other_layer(no_second_residual),
        ),
        Misconception(
            "residual after the norm",
            "you normalise a sub-layer's output and add x *afterwards*. In "
            "post-norm the sum comes first, and its norm is what is handed "
            "on.",
            other_layer(residual_after_the_norm),
        ),
        Misconception(
            "both residuals from the start",
            "the second sum takes the layer's own input, from before "
            "attention. Each sub-layer is added to what went into *it*: here "
            "the result of the first norm.",
            other_layer(residual_from_the_start),
        ),
        Misconception(
            "network reads the input",
            "the network reads the layer's input, and what attention has "
            "found passes it by. It should read the result of the first "
            "norm.",
            other_layer(network_reads_x),
        ),
        Misconception(
            "first norm twice",
            "you used `norm1` twice, and `norm2` never. Each learns its own "
            "γ and β.",
            other_layer(first_norm_twice),
        ),
        Misconception(
            "one norm only",
            "there is one norm for both sums. Make two, `norm1` and `norm2`: "
            "each learns its own γ and β.",
            other_layer(first_norm_twice, norms=("norm1",)),
        ),
        Misconception(
            "norms swapped",
            "you swapped `norm1` and `norm2`. `norm1` belongs to the "
            "attention, `norm2` to the network.",
            other_layer(norms_swapped),
        ),
        Misconception(
            "no last norm",
            "the second sum is handed on as it is. `norm2` is missing.",
            other_layer(no_last_norm),
        ),
        Misconception(
            "no first norm",
            "the first sum goes on as it is. `norm1` is missing.",
            other_layer(no_first_norm),
        ),
        Misconception(
            "network first",
            "the network comes first in yours. Words look around first, and "
            "then think about what they have seen.",
            other_layer(network_first),
        ),
        Misconception(
            "no network",
            "the network never runs: after attention and its norm, "
            "`linear1`, ReLU and `linear2` are still to come.",
            other_layer(no_network),
        ),
        Misconception(
            "mask not passed on",
            "right without a mask. Where one is given, it does not arrive in "
            "the attention.",
            other_layer(lambda own, x, mask: post_norm(own, x, None)),
        ),
        Misconception(
            "mask turned round",
            "you inverted the mask on its way to the attention. There, too, "
            '`True` means "may attend".',
            other_layer(
                lambda own, x, mask: post_norm(
                    own, x, None if mask is None else ~mask
                )
            ),
        ),
        Misconception(
            "GELU",
            "you used GELU, as GPT and BERT do. This layer is the first "
            "Transformer's, with ReLU.",
            other_layer(bend=functional.gelu),
        ),
        Misconception(
            "no ReLU",
            "there is no ReLU between `linear1` and `linear2`. Without it, "
            "two linear layers are no more than one.",
            other_layer(bend=lambda z: z),
        ),
        Misconception(
            "ReLU at the end",
            "the ReLU comes after `linear2`. It belongs between the two "
            "linear layers. Behind them, the network could only ever add to "
            "x, never take away.",
            other_layer(
                lambda own, x, mask: post_norm_of(
                    own, x, mask, lambda y: torch.relu(thought(own, y))
                ),
                bend=lambda z: z,
            ),
        ),
        Misconception(
            "dropping in use",
            "dropout changes numbers although the module is in use: it drops "
            "some, or scales all by 1 − p. In use it must leave every number "
            "as it is. `nn.Dropout`, made in `__init__`, hears of `eval()`. "
            "Tell the function: `training=self.training`.",
            other_layer(
                drop=lambda own, each: functional.dropout(each, own.p)
            ),
        ),
        Misconception(
            "nothing dropped in training",
            "nothing is dropped in training. Dropout falls on what each "
            "sub-layer returns, before the sum.",
            other_layer(drop=nothing_dropped),
        ),
        Misconception(
            "the sums dropped",
            "in training your dropout falls on the sums, so that x itself is "
            "dropped. It falls on what a sub-layer returns, *before* the sum.",
            other_layer(dropping_the_sums),
        ),
        Misconception(
            "only attention dropped",
            "in training you drop what attention returns, but not what the "
            "network returns. Dropout falls on both.",
            dropping_one(0),
        ),
        Misconception(
            "only the network dropped",
            "in training you drop what the network returns, but not what "
            "attention returns. Dropout falls on both.",
            dropping_one(1),
        ),
        Misconception(
            "dropped after the norms",
            "in training your dropout falls on what the norms return, so "
            "that x itself is dropped. It falls on what a sub-layer returns, "
            "*before* the sum.",
            other_layer(dropping_the_norms),
        ),
        Misconception(
            "not divided by 1 − p",
            "in training what your dropout keeps is not divided by 1 − p. "
            "Then it is too small on average. `nn.Dropout` divides by itself.",
            other_layer(
                drop=lambda own, each: not_divided(each, own.p, own.training)
            ),
        ),
        Misconception(
            "dropped with 1 − p",
            "you drop with probability 1 − p, and keep with p. Drop with "
            "probability `dropout`.",
            other_layer(
                drop=lambda own, each: functional.dropout(
                    each, 1 - own.p, own.training
                )
            ),
        ),
        Misconception(
            "dropped twice",
            "in training you drop what the network returns twice. Once is "
            "enough, before the sum.",
            other_layer(dropping_twice),
        ),
    ),
    hints=(
        "Read your `add_and_norm` of lesson 12 again. What are its "
        "two inputs the first time, and what are they the second time?",
        "Self-attention means that the same x is given three times; the mask "
        "is the fourth. `nn.Dropout` has nothing to learn, so it adds no "
        "parameters, and it hears of `eval()` by itself.",
        "seen = self_attention(x, x, x, mask); x = norm1(x + dropout(seen)); "
        "ideas = linear2(relu(linear1(x))); return norm2(x + "
        "dropout(ideas)).",
    ),
    not_by=("TransformerEncoderLayer",),
    returns=(*GRADIENTS, *DROPPING),
    called=going_in("x", "mask"),
    tolerance=1e-5,
)


def post_norm_of(own, x, mask, network):
    x = own.norm1(x + attended(own, x, mask))
    return own.norm2(x + network(x))
