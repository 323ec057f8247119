"""The exercise `vision_transformer.ViTBlock`."""

from functools import partial

import torch
from torch.nn import functional

from byhand.exercise import Exercise, Misconception
from byhand.ways import modules

from ..pieces.tensors import GRADIENTS, going_in
from .shared import (
    Block,
    TorchViTBlock,
    bent_by_relu,
    network,
    post_norm,
    pre_norm,
    seen,
    used,
)


def path_from_the_norm(own, x):
    y = own.norm1(x)
    x = y + seen(own, y)
    y = own.norm2(x)
    return y + network(own, y)


def first_path_from_the_norm(own, x):
    y = own.norm1(x)
    x = y + seen(own, y)
    return x + network(own, own.norm2(x))


def second_path_from_the_norm(own, x):
    x = x + seen(own, own.norm1(x))
    y = own.norm2(x)
    return y + network(own, y)


def norm_of_the_result(own, x):
    x = x + own.norm1(seen(own, x))
    return x + own.norm2(network(own, x))


def no_paths(own, x):
    return network(own, own.norm2(seen(own, own.norm1(x))))


def no_first_path(own, x):
    x = seen(own, own.norm1(x))
    return x + network(own, own.norm2(x))


def no_second_path(own, x):
    x = x + seen(own, own.norm1(x))
    return network(own, own.norm2(x))


def side_by_side(own, x):
    return x + seen(own, own.norm1(x)) + network(own, own.norm2(x))


def second_path_from_x(own, x):
    y = x + seen(own, own.norm1(x))
    return x + network(own, own.norm2(y))


def look_ahead(own, x):
    y = own.norm1(x)
    mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
    x = x + own.attention(y, y, y, mask)
    return x + network(own, own.norm2(x))


def norm1_twice(own, x):
    x = x + seen(own, own.norm1(x))
    return x + network(own, own.norm1(x))


def norms_swapped(own, x):
    x = x + seen(own, own.norm2(x))
    return x + network(own, own.norm1(x))


def raw(*which):
    """Attention that is given x itself in these of its three places."""

    def flow(own, x):
        y = own.norm1(x)
        given = [x if place in which else y for place in range(3)]
        x = x + own.attention(*given)
        return x + network(own, own.norm2(x))

    return flow


def network_without_norm(own, x):
    x = x + seen(own, own.norm1(x))
    return x + network(own, x)


def network_first(own, x):
    x = x + network(own, own.norm2(x))
    return x + seen(own, own.norm1(x))


def no_attention(own, x):
    return x + network(own, own.norm2(x))


def no_network(own, x):
    return x + seen(own, own.norm1(x))


def attention_twice(own, x):
    x = x + seen(own, own.norm1(x))
    x = x + seen(own, own.norm1(x))
    return x + network(own, own.norm2(x))


def bent_by(bend):
    def flow(own, x):
        x = x + seen(own, own.norm1(x))
        return x + network(own, own.norm2(x), bend)

    return flow


def bent_twice(own, x):
    x = x + seen(own, own.norm1(x))
    return x + functional.gelu(network(own, own.norm2(x)))


def bent_at_the_end(own, x):
    x = x + seen(own, own.norm1(x))
    return x + functional.gelu(network(own, own.norm2(x), lambda z: z))


def dropping(own, x):
    x = x + functional.dropout(seen(own, own.norm1(x)), 0.1, own.training)
    added = network(own, own.norm2(x))
    return x + functional.dropout(added, 0.1, own.training)


def other(flow=pre_norm, **parts):
    return partial(Block, flow=flow, **parts)


def sized(d_model, num_heads, d_ff):
    return {"d_model": d_model, "num_heads": num_heads, "d_ff": d_ff}


def case(name, settings, batch, n, **more):
    shape = batch, n, settings["d_model"]
    return used(name, TorchViTBlock, settings, shape, shape, **more)


EXERCISE = Exercise(
    id="vision_transformer.ViTBlock",
    signature="ViTBlock(d_model, num_heads, d_ff)",
    asks=(
        "One of the Transformer's blocks, as a ViT has it: **pre-norm**, "
        "without any mask. Its parts are `norm1` and `norm2` "
        "(`nn.LayerNorm` with `eps=1e-6`), `attention` (the "
        "`MultiHeadAttention` of the first cell), `linear1` (from `d_model` "
        "to `d_ff`) and `linear2` (back again), with exact GELU between "
        "them, as `torch.nn.functional.gelu` comes. First *x + "
        "attention(norm1(x))*, in which the normed x is query, key and "
        "value. Then the same around the network, with `norm2`. "
        "`forward(x)` takes and returns `(b, n, d_model)`."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=6,
    reference=TorchViTBlock,
    way=modules.alone,
    cases=(
        case("one row", sized(4, 2, 3), 1, 1),
        case("two rows, one head", sized(3, 1, 5), 1, 2),
        case("three rows, two heads", sized(4, 2, 5), 1, 3),
        case("two images, three heads", sized(6, 3, 8), 2, 4),
        case("a wide network", sized(4, 2, 32), 1, 3),
        case(
            "numbers so small that ε shows",
            sized(4, 2, 5),
            *(1, 3),
            small=True,
        ),
        case(
            "in training: the same as in use",
            sized(4, 2, 6),
            *(2, 3),
            training=True,
        ),
    ),
    misconceptions=(
        Misconception(
            "post-norm",
            "this is post-norm, as in lesson 13: the norm comes after the "
            "sum. In a ViT it comes first, on what the sub-layer *reads*, "
            "and the path of x stays free.",
            other(post_norm),
        ),
        Misconception(
            "both paths from the norm",
            "you add to the *normed* x, both times. The sub-layer reads the "
            "normed copy. What it found is added to x as it was before the "
            "norm.",
            other(path_from_the_norm),
        ),
        Misconception(
            "first path from the norm",
            "the first sum begins at the *normed* x. Attention reads the "
            "normed copy. What it found is added to x itself.",
            other(first_path_from_the_norm),
        ),
        Misconception(
            "second path from the norm",
            "the second sum begins at the *normed* x. The network reads the "
            "normed copy. What it found is added to x itself.",
            other(second_path_from_the_norm),
        ),
        Misconception(
            "norm of what was found",
            "you norm what a sub-layer returns. Norm what it *reads*.",
            other(norm_of_the_result),
        ),
        Misconception(
            "no residual path",
            "there is no residual path: what a sub-layer returns *replaces* "
            "x. Add it to x, both times.",
            other(no_paths),
        ),
        Misconception(
            "no path around attention",
            "the residual path around attention is missing: what it returns "
            "*replaces* x.",
            other(no_first_path),
        ),
        Misconception(
            "no path around the network",
            "the residual path around the network is missing: what it "
            "returns *replaces* x.",
            other(no_second_path),
        ),
        Misconception(
            "side by side",
            "attention and network both read the block's input. The network "
            "should read the sum that attention has added to.",
            other(side_by_side),
        ),
        Misconception(
            "second sum from the block's input",
            "the second sum begins at the block's input again, so what "
            "attention has added is lost on the way.",
            other(second_path_from_x),
        ),
        Misconception(
            "look-ahead mask",
            "your attention has a look-ahead mask: a patch sees only those "
            "before it. Patches of an image may all see each other, so give "
            "it no mask.",
            other(look_ahead),
        ),
        Misconception(
            "norm1 twice",
            "`norm1` does the work of both norms, and `norm2` is never used.",
            other(norm1_twice),
        ),
        Misconception(
            "one norm only",
            "there is one norm for both sub-layers. Make two, `norm1` and "
            "`norm2`: each learns its own γ and β.",
            other(norm1_twice, norms=("norm1",)),
        ),
        Misconception(
            "norms swapped",
            "you swapped `norm1` and `norm2`. `norm1` belongs to the "
            "attention, `norm2` to the network.",
            other(norms_swapped),
        ),
        Misconception(
            "raw query",
            "the query is x as it came, and only key and value are normed. "
            "Norm x once, and give attention the result three times.",
            other(raw(0)),
        ),
        Misconception(
            "raw key and value",
            "only the query is normed. Key and value are x as it came. Norm "
            "x once, and give attention the result three times.",
            other(raw(1, 2)),
        ),
        Misconception(
            "raw value",
            "the value is x as it came. Norm x once, and give attention the "
            "result three times.",
            other(raw(2)),
        ),
        Misconception(
            "attention without a norm",
            "attention reads x as it is. `norm1` comes before it.",
            other(raw(0, 1, 2)),
        ),
        Misconception(
            "network without a norm",
            "the network reads x as it is. `norm2` comes before it.",
            other(network_without_norm),
        ),
        Misconception(
            "network first",
            "the network comes before attention in yours.",
            other(network_first),
        ),
        Misconception(
            "no attention",
            "attention never runs, so no patch hears of another.",
            other(no_attention),
        ),
        Misconception(
            "no network",
            "the network never runs: `norm2`, `linear1`, GELU and `linear2` "
            "are still to come.",
            other(no_network),
        ),
        Misconception(
            "attention twice",
            "attention runs twice before the network does. Once is enough.",
            other(attention_twice),
        ),
        Misconception(
            "ReLU",
            "you used ReLU, as the first Transformer did. A ViT has GELU.",
            other(bent_by_relu),
        ),
        Misconception(
            "tanh GELU",
            "you used the tanh form of GELU, which is a little off. Use "
            "`functional.gelu` as it comes.",
            other(bent_by(partial(functional.gelu, approximate="tanh"))),
        ),
        Misconception(
            "SiLU",
            "you used SiLU (swish), x · σ(x). A ViT has GELU.",
            other(bent_by(functional.silu)),
        ),
        Misconception(
            "no GELU",
            "there is nothing between `linear1` and `linear2`, and two "
            "linear layers in a row are no more than one.",
            other(bent_by(lambda z: z)),
        ),
        Misconception(
            "GELU behind the second layer too",
            "GELU comes after `linear2` as well. Then the network could add "
            "hardly anything below 0. It belongs only between the two "
            "layers.",
            other(bent_twice),
        ),
        Misconception(
            "GELU at the end",
            "GELU comes after `linear2`. It belongs between the two.",
            other(bent_at_the_end),
        ),
        Misconception(
            "ε of 1e-5",
            "your norms have ε = 1e-5, which is what `nn.LayerNorm` takes "
            "unless it is told otherwise. A ViT has `eps=1e-6`.",
            other(eps=1e-5),
        ),
        Misconception(
            "ε of 1e-12",
            "your norms have ε = 1e-12, as BERT's have. Here it is "
            "`eps=1e-6`.",
            other(eps=1e-12),
        ),
        Misconception(
            "one head",
            "`num_heads` makes no difference: this is attention with one "
            "head. Hand it on to `MultiHeadAttention`.",
            other(heads=lambda num_heads: 1),
        ),
        Misconception(
            "dropout",
            "in training your numbers differ from those in use: something "
            "is dropped. This block has no dropout.",
            other(dropping),
        ),
    ),
    hints=(
        "Lesson 13 has LayerNorm(x + sublayer(x)). Where does the norm move "
        "to, if nothing may stand in the way of x?",
        "Two lines, each of the form x = x + something of norm(x). The "
        "attention takes query, key and value: three times the same.",
        "y = norm1(x); x = x + attention(y, y, y); return x + "
        "linear2(gelu(linear1(norm2(x)))).",
    ),
    returns=GRADIENTS,
    called=going_in("x"),
    not_by=("TransformerEncoderLayer", "TransformerEncoder"),
    # Softmax in float32, as some write it, loses about 1e-6.
    tolerance=2e-6,
)
