"""The exercise `gpt_on_gpu.Block`."""

from functools import partial

import numpy as np
import torch
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception
from byhand.results.tensors import plain
from byhand.ways import modules

from ..pieces.dropping import (
    DROPPING,
    QUARTER,
    TEXTS,
    TOKENS,
    measuring_dropout,
    silent,
)
from ..pieces.tensors import GRADIENTS, NEARLY_ALL, going_in
from .shared import (
    HALF,
    Layer,
    TorchBlock,
    half_dropped,
    kept_only,
    network,
    pre_norm,
    reading,
    seen,
    sized,
)


def post_norm(own, x):
    x = own.norm1(x + seen(own, x))
    return own.norm2(x + network(own, x))


def path_from_the_norm(own, x):
    y = own.norm1(x)
    x = y + seen(own, y)
    y = own.norm2(x)
    return y + network(own, y)


def norm_of_the_result(own, x):
    x = x + own.norm1(seen(own, x))
    return x + own.norm2(network(own, x))


def side_by_side(own, x):
    return x + seen(own, own.norm1(x)) + network(own, own.norm2(x))


def no_second_path(own, x):
    x = x + seen(own, own.norm1(x))
    return network(own, own.norm2(x))


def no_first_path(own, x):
    x = seen(own, own.norm1(x))
    return x + network(own, own.norm2(x))


def second_path_from_x(own, x):
    y = x + seen(own, own.norm1(x))
    return x + network(own, own.norm2(y))


def one_norm_twice(own, x):
    x = x + seen(own, own.norm1(x))
    return x + network(own, own.norm1(x))


def network_without_norm(own, x):
    x = x + seen(own, own.norm1(x))
    return x + network(own, x)


def network_first(own, x):
    x = x + network(own, own.norm2(x))
    return x + seen(own, own.norm1(x))


def bent_by(bend):
    def flow(own, x):
        x = x + seen(own, own.norm1(x))
        return x + network(own, own.norm2(x), bend)

    return flow


def bent_at_the_end(own, x):
    x = x + seen(own, own.norm1(x))
    return x + functional.gelu(network(own, own.norm2(x), lambda z: z))


def dropping_inside(own, x):
    x = x + seen(own, own.norm1(x))
    inside = functional.gelu(own.linear1(own.norm2(x)))
    return x + own.drop(own, own.linear2(own.drop(own, inside)))


def other_layer(flow=pre_norm, **more):
    return partial(Layer, flow=flow, **more)


def measured(answer, settings, weights, inputs, along, training=False):
    """As `modules.alone`; of dropout by half, what was kept.

    The network is silent there, so that x and what attention adds are left:
    each number is dropped by itself, and with its head inside attention.
    """
    came, *gradients = modules.alone(
        answer, settings, weights, inputs, along, training
    )
    if settings.get("dropout") != HALF:
        return came, *gradients
    x = plain(inputs[0])[0, 0]
    return kept_only(came, x, 1), *(np.zeros(0) for _ in gradients)


ADDED = 4  # numbers to which the network adds 1, of twice as many


def network_alone(rng):
    """The network returns the same, whatever it reads, and attention 0."""
    settings = sized(2 * ADDED, 2, dropout=QUARTER)
    weights = silent(TorchBlock, settings)
    weights["norm2.bias"][0] = 1
    weights["linear1.weight"][...] = 1
    # Two units are heard, so that it shows where they are dropped.
    bent = functional.gelu(torch.ones(1).double()).item()
    weights["linear2.weight"][:ADDED, :2] = 1 / (2 * bent)
    x = np.zeros((TEXTS, TOKENS, 2 * ADDED))
    return {
        "settings": settings,
        "weights": weights,
        "inputs": [x],
        "along": x,
        "training": True,
    }


EXERCISE = Exercise(
    id="gpt_on_gpu.Block",
    signature="Block(d_model, num_heads, dropout=0.0)",
    asks=(
        "One block of a GPT, **pre-norm**: attention reads a normed copy of "
        "x and *adds* what it found, then the network reads a normed copy of "
        "the sum and adds in its turn. Nothing ever stands in the way of x "
        "itself. Its parts are `norm1` (an `nn.LayerNorm`), `attention` (your "
        "`CausalSelfAttention`), `norm2`, `linear1` (from `d_model` to `4 * "
        "d_model`) and `linear2` (back again), with GELU between, "
        "`torch.nn.functional.gelu`. `forward(x)` takes and returns `(batch, "
        "n, d_model)`. Hand `dropout` on to `attention`. In training, what "
        "attention and network add is dropped with the same probability, and "
        "nothing inside the network. In use nothing is dropped."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=10,
    reference=TorchBlock,
    way=measuring_dropout(
        measured, steps=1, read=lambda came, _: ([came[..., :ADDED]], [])
    ),
    cases=(
        Case("one token", reading(TorchBlock, sized(4, 2), 1, 1)),
        Case("one head, two tokens", reading(TorchBlock, sized(3, 1), 1, 2)),
        Case(
            "two heads; gradients of output 0 alone",
            reading(TorchBlock, sized(4, 2), 1, 3, first=1),
        ),
        Case("two texts", reading(TorchBlock, sized(6, 3), 2, 4)),
        Case(
            "dropout of nearly 1, in use: nothing is dropped",
            reading(TorchBlock, sized(4, 2, dropout=NEARLY_ALL), 1, 3),
        ),
        Case(
            "dropout of nearly 1, in training: x alone gets through",
            reading(
                TorchBlock,
                sized(4, 2, dropout=NEARLY_ALL),
                *(1, 3),
                training=True,
            ),
        ),
        Case(
            "dropout of 0.5, in training, and a network that adds nothing",
            half_dropped(TorchBlock, 4, 2, silent="linear2"),
        ),
        Case(
            "dropout of 0.25, in training, and attention that adds nothing",
            network_alone,
        ),
    ),
    misconceptions=(
        Misconception(
            "dropped inside the network",
            "in training you also drop numbers inside the network, between "
            "its linear layers. Drop what the network returns, and nothing "
            "else of it.",
            other_layer(dropping_inside),
        ),
        Misconception(
            "post-norm",
            "this is post-norm, as in the first Transformer: the norm comes "
            "after the sum. In a GPT it comes first, on what the sub-layer "
            "*reads*, and the path of x stays free.",
            other_layer(post_norm),
        ),
        Misconception(
            "path from after the norm",
            "you add to the *normed* x. The sub-layer reads the normed copy. "
            "What it found is added to x as it was before the norm.",
            other_layer(path_from_the_norm),
        ),
        Misconception(
            "norm of what was found",
            "you norm what a sub-layer returns. Norm what it *reads*.",
            other_layer(norm_of_the_result),
        ),
        Misconception(
            "side by side",
            "attention and network both read the block's input. The network "
            "should read the sum that attention has added to.",
            other_layer(side_by_side),
        ),
        Misconception(
            "no path around the network",
            "the residual path around the network is missing: what it "
            "returns *replaces* x.",
            other_layer(no_second_path),
        ),
        Misconception(
            "no path around attention",
            "the residual path around attention is missing: what it returns "
            "*replaces* x.",
            other_layer(no_first_path),
        ),
        Misconception(
            "second sum from the block's input",
            "the second sum begins at the block's input again, so that what "
            "attention has added is lost on the way.",
            other_layer(second_path_from_x),
        ),
        Misconception(
            "one norm twice",
            "`norm1` does the work of both norms, and `norm2` is never used.",
            other_layer(one_norm_twice),
        ),
        Misconception(
            "network without a norm",
            "the network reads x as it is. `norm2` comes before it.",
            other_layer(network_without_norm),
        ),
        Misconception(
            "network first",
            "the network comes before attention in yours.",
            other_layer(network_first),
        ),
        Misconception(
            "ReLU",
            "you used ReLU, as the first Transformer did. GPT has GELU.",
            other_layer(bent_by(torch.relu)),
        ),
        Misconception(
            "no GELU",
            "there is nothing between `linear1` and `linear2`, and two "
            "linear layers in a row are no more than one.",
            other_layer(bent_by(lambda z: z)),
        ),
        Misconception(
            "GELU at the end",
            "GELU comes after `linear2`. It belongs between the two.",
            other_layer(bent_at_the_end),
        ),
        Misconception(
            "network as wide as the model",
            "the network is `d_model` numbers wide inside. It has `4 * "
            "d_model`.",
            other_layer(wide=1),
        ),
        Misconception(
            "dropping in use",
            "dropout changes numbers although the block is in use: it drops "
            "some, or scales all by 1 − p. In use it must leave every number "
            "as it is. `nn.Dropout`, made in `__init__`, hears of `eval()`. "
            "Tell the function: `training=self.training`.",
            other_layer(
                drop=lambda own, each: functional.dropout(each, own.p)
            ),
        ),
        Misconception(
            "nothing dropped in training",
            "in training nothing is dropped of what attention and network "
            "add to x. Drop both, before the sums.",
            other_layer(drop=lambda own, each: each),
        ),
        Misconception(
            "dropout not handed on",
            "your `CausalSelfAttention` does not get `dropout`, so that no "
            "attention weight is dropped in training. Hand it on.",
            other_layer(handed=lambda dropout: 0.0),
        ),
    ),
    hints=(
        "Read the sentence of the exercise with your finger on x: where is "
        "it copied, where is it added to?",
        "Two lines, each of the form x = x + something of norm(x).",
        "x = x + drop(attention(norm1(x))); return x + "
        "drop(linear2(gelu(linear1(norm2(x))))).",
    ),
    returns=(*GRADIENTS, *DROPPING),
    called=going_in("x"),
    not_by=("TransformerEncoderLayer", "TransformerDecoderLayer"),
    tolerance=1e-5,
)
