"""Lesson 13: attention, an encoder layer and an encoder, as PyTorch modules.

The references are PyTorch's own, with parameters of our names. From here on
tensors are asked for. As everywhere in the course, a boolean mask says True
for "may attend", which is the opposite of what PyTorch's modules want.

Only attention names library calls that would do it all: whoever takes a
layer or an encoder from the library has parameters that do not fit.
"""

import math
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand import calls
from byhand.exercise import Case, Exercise, Misconception, readable, weights_of

LESSON = "13_encoder"

RETURNS = ("output", "input_gradients", "weight_gradients")


def flags(*rows):
    return np.array([[c == "1" for c in row] for row in rows])


LOOK_BACK = flags("100", "110", "111")
LONELY = flags("110", "000", "011")  # the second may attend to nothing
# Per sentence; no two alike, and none the other turned round.
TWO_BY_THREE = np.stack([flags("100", "011"), flags("110", "001")])
TWO_TRIPLES = np.stack(
    [flags("110", "010", "011"), flags("001", "111", "101")]
)


# --- MultiHeadAttention ----------------------------------------------------


class TorchMultiHead(nn.Module):
    """PyTorch's function for it, with four projections of its own."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        into = self.q_proj, self.k_proj, self.v_proj
        if mask is not None:
            square = len(query), query.shape[1], key.shape[1]
            mask = ~mask.expand(square).repeat_interleave(self.num_heads, 0)
        output, _ = functional.multi_head_attention_forward(
            *(x.transpose(0, 1) for x in (query, key, value)),
            embed_dim_to_check=query.shape[-1],
            num_heads=self.num_heads,
            in_proj_weight=torch.cat([each.weight for each in into]),
            in_proj_bias=torch.cat([each.bias for each in into]),
            bias_k=None,
            bias_v=None,
            add_zero_attn=False,
            dropout_p=0.0,
            out_proj_weight=self.out_proj.weight,
            out_proj_bias=self.out_proj.bias,
            need_weights=False,
            attn_mask=mask,
        )
        return output.transpose(0, 1)


# The misconceptions share one module; each replaces some of its parts.


def cut(x, num_heads):
    return torch.stack(x.chunk(num_heads, dim=-1), dim=1)


def join(x):
    return torch.cat(x.unbind(dim=1), dim=-1)


def cut_by_reshape(x, num_heads):
    batch, n, d = x.shape
    return x.reshape(batch, num_heads, n, d // num_heads)


def cut_like_cards(x, num_heads):
    return torch.stack([x[..., h::num_heads] for h in range(num_heads)], dim=1)


def join_by_reshape(x):
    batch, heads, n, width = x.shape
    return x.reshape(batch, n, heads * width)


def join_like_cards(x):
    return torch.stack(x.unbind(dim=1), dim=-1).flatten(-2)


def hidden(scores, mask, low=-math.inf):
    """Scores with `low` wherever the mask, which fits all heads, forbids."""
    return scores if mask is None else scores.masked_fill(~mask, low)


def not_a_number(scores, mask):
    return torch.softmax(hidden(scores, mask), dim=-1)


def zeros_if_shut(scores, mask):
    return torch.nan_to_num(not_a_number(scores, mask))


def minus_a_billion(scores, mask):
    return torch.softmax(hidden(scores, mask, -1e9), dim=-1)


def minus_infinity_added(scores, mask):
    # Right forward; backward, 0 times NaN is NaN.
    if mask is not None:
        shut = torch.zeros_like(scores).masked_fill(~mask, -math.inf)
        scores = scores + shut
    return torch.nan_to_num(torch.softmax(scores, dim=-1))


def masked_after(scores, mask):
    weights = torch.softmax(scores, dim=-1)
    return weights if mask is None else weights * mask


def along_axis(axis):
    return lambda scores, mask: torch.nan_to_num(
        torch.softmax(hidden(scores, mask), dim=axis)
    )


def for_every_head(mask):
    return mask if mask is None or mask.dim() == 2 else mask.unsqueeze(1)


def turned_round(mask):
    return None if mask is None else ~for_every_head(mask)


def on_its_side(mask):
    return None if mask is None else for_every_head(mask).mT


class Attention(nn.Module):
    """Multi-head attention of which every part can be another."""

    def __init__(
        self,
        d_model,
        num_heads,
        *,
        split=cut,
        merge=join,
        fit=for_every_head,
        weigh=zeros_if_shut,
        scale=lambda d_model, width: width**-0.5,
        read=lambda query, key, value: (query, key, value),
        project=lambda own, q, k, v: (
            own.q_proj(q),
            own.k_proj(k),
            own.v_proj(v),
        ),
        finish=lambda own, x, query: own.out_proj(x),
        bias=True,
    ):
        super().__init__()
        self.num_heads = num_heads
        self.factor = scale(d_model, d_model // num_heads)
        self.split, self.merge, self.finish = split, merge, finish
        self.fit, self.weigh = fit, weigh
        self.read, self.project = read, project
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model, bias=bias))

    def forward(self, query, key, value, mask=None):
        rows = self.project(self, *self.read(query, key, value))
        q, k, v = (self.split(x, self.num_heads) for x in rows)
        scores = torch.einsum("bhnw,bhmw->bhnm", q, k) * self.factor
        weights = self.weigh(scores, self.fit(mask))
        mixed = torch.einsum("bhnm,bhmw->bhnw", weights, v)
        return self.finish(self, self.merge(mixed), query)


def other_attention(**parts):
    return partial(Attention, **parts)


def to_attend(d_model, num_heads, batch, n, m, mask=None):
    def inputs(rng):
        settings = {"d_model": d_model, "num_heads": num_heads}
        given = [readable(rng, batch, length, d_model) for length in (n, m, m)]
        if mask is not None:
            given.append(mask)
        return {
            "settings": settings,
            "weights": weights_of(TorchMultiHead, settings, rng),
            "inputs": given,
            "along": readable(rng, batch, n, d_model),
        }

    return inputs


multi_head_attention = Exercise(
    id="encoder.MultiHeadAttention",
    signature="MultiHeadAttention(d_model, num_heads)",
    asks=(
        "Lesson 10's function as a module. It holds four linear layers *with "
        "bias*, each from `d_model` to `d_model` numbers, named `q_proj`, "
        "`k_proj`, `v_proj` and `out_proj`, and nothing else that learns. "
        "`num_heads` divides `d_model`. Its "
        "`forward(query, key, value, mask=None)` takes `query` `(batch, "
        "n_query, d_model)`, and `key` and `value` `(batch, n_key, "
        "d_model)`: three tensors that may differ. Project each with its own "
        "layer, split into heads, attend in every head (scores divided by "
        "the root of the *head's* width), merge, and finish with `out_proj`. "
        "Return the output alone, `(batch, n_query, d_model)`.\n\n"
        "`mask` is `None` or boolean, `(n_query, n_key)` for all sentences "
        "or `(batch, n_query, n_key)` with one for each; it holds for every "
        'head, and `True` means "may attend". A query that may attend to '
        "nothing gets weights 0, never NaN, in the gradients either."
    ),
    points=4,
    difficulty=4,
    importance=5,
    minutes=20,
    reference=TorchMultiHead,
    call=calls.module,
    cases=(
        Case("one token: its value alone", to_attend(4, 2, 1, 1, 1)),
        Case(
            "one head; a query of two, a key and a value of three",
            to_attend(4, 1, 1, 2, 3),
        ),
        Case("two heads, three tokens", to_attend(4, 2, 1, 3, 3)),
        Case("every size is another", to_attend(12, 3, 2, 5, 7)),
        Case("look-ahead mask", to_attend(6, 3, 2, 3, 3, LOOK_BACK)),
        # As many heads as sentences, so that a mask on the wrong axis stops
        # nothing.
        Case(
            "two sentences with a mask each, two heads",
            to_attend(4, 2, 2, 2, 3, TWO_BY_THREE),
        ),
        Case(
            "two sentences with a square mask each, four heads",
            to_attend(8, 4, 2, 3, 3, TWO_TRIPLES),
        ),
        Case(
            "a token that may attend to nothing",
            to_attend(4, 2, 1, 3, 3, LONELY),
        ),
    ),
    misconceptions=(
        Misconception(
            "not scaled",
            "the scores are not divided by the root of the head's width, so "
            "the softmax is too sure of itself.",
            other_attention(scale=lambda d_model, width: 1.0),
        ),
        Misconception(
            "root of d_model",
            "you divided the scores by √d_model. A head's dot products run "
            "over its own, smaller width only: it is the root of d_model / "
            "num_heads.",
            other_attention(scale=lambda d_model, width: d_model**-0.5),
        ),
        Misconception(
            "width without a root",
            "you divided the scores by the head's width itself. It is the "
            "*root* of the width that keeps them at a spread of about 1.",
            other_attention(scale=lambda d_model, width: 1 / width),
        ),
        Misconception(
            "split by reshape alone",
            "the heads mix up tokens. A reshape reads on from left to right, "
            "so that a head gets whole words first. Give the last axis two "
            "(heads, width), and then move that of the heads in front of the "
            "tokens.",
            other_attention(split=cut_by_reshape, merge=join),
        ),
        Misconception(
            "merged by reshape alone",
            "the heads were put together wrongly: a row of yours gathers "
            "several tokens of one head. Their axis has to go back behind "
            "the tokens before the two last axes become one.",
            other_attention(merge=join_by_reshape),
        ),
        Misconception(
            "split and merged by reshape alone",
            "you reshaped without moving an axis, both when splitting and "
            "when merging. The shapes are right both times, and the heads "
            "attend among pieces of different tokens.",
            other_attention(split=cut_by_reshape, merge=join_by_reshape),
        ),
        Misconception(
            "dealt out like cards",
            "the heads take every h-th number of a row. Each should take "
            "neighbours: the first piece of the row, or the second.",
            other_attention(split=cut_like_cards, merge=join_like_cards),
        ),
        Misconception(
            "one head",
            "this is attention with a single head: nothing was split.",
            other_attention(
                split=lambda x, num_heads: x.unsqueeze(1),
                scale=lambda d_model, width: d_model**-0.5,
            ),
        ),
        Misconception(
            "key and value swapped",
            "key and value changed places: you compare queries with the "
            "*values* and mix the *keys*. The key says what a token can be "
            "found by, the value what it hands over.",
            other_attention(
                read=lambda query, key, value: (query, value, key)
            ),
        ),
        Misconception(
            "query in all places",
            "you attend to `query` and look at nothing else. That is "
            "self-attention, and right only where the three are the same: "
            "keys are made from `key`, values from `value`.",
            other_attention(read=lambda query, key, value: (query,) * 3),
        ),
        Misconception(
            "values from the key",
            "the values are made from `key`, and `value` is never looked at. "
            "The two are the same in self-attention, but need not be.",
            other_attention(read=lambda query, key, value: (query, key, key)),
        ),
        Misconception(
            "one projection for all",
            "queries, keys and values all go through `q_proj`. Each has a "
            "layer of its own, or a token could only be found by what it "
            "looks for.",
            other_attention(
                project=lambda own, q, k, v: map(own.q_proj, (q, k, v))
            ),
        ),
        Misconception(
            "values not projected",
            "the values were mixed as they came. They go through `v_proj` "
            "first.",
            other_attention(
                project=lambda own, q, k, v: (own.q_proj(q), own.k_proj(k), v)
            ),
        ),
        Misconception(
            "over the queries",
            "the softmax runs over the queries. For every query, the weights "
            "of the *keys* should add up to 1, and those stand in the last "
            "axis.",
            other_attention(weigh=along_axis(-2)),
        ),
        Misconception(
            "over the heads",
            "the softmax runs over the axis of the heads, which then compete "
            "with each other. Every head has a softmax of its own, over the "
            "keys, in the last axis.",
            other_attention(weigh=along_axis(1)),
        ),
        Misconception(
            "no last projection",
            "the heads were put side by side and handed out. The last step "
            "is missing: `out_proj`, which lets every number of the result "
            "draw from all heads.",
            other_attention(finish=lambda own, x, query: x),
        ),
        Misconception(
            "residual already added",
            "`query` is added to your result. The residual path is right, "
            "but it joins in the encoder layer, around this module.",
            other_attention(
                finish=lambda own, x, query: query + own.out_proj(x)
            ),
        ),
        Misconception(
            "no bias",
            "your linear layers have no bias. They should have one, which is "
            "what `nn.Linear` does unless it is told otherwise.",
            other_attention(bias=False),
        ),
        Misconception(
            "mask forgotten",
            "right without a mask, but where one is given, nobody looks at "
            "it.",
            other_attention(fit=lambda mask: None),
        ),
        Misconception(
            "mask turned round",
            "you kept what the mask forbids and blocked what it allows: here "
            '`True` means "may attend". (In `nn.MultiheadAttention` it means '
            "the opposite.)",
            other_attention(fit=turned_round),
        ),
        Misconception(
            "mask on the wrong axis",
            "the masks of a batch landed on the *heads*: sentence number b's "
            "mask was used by head number b. The scores have an axis of "
            "heads that such a mask lacks; give it one of length 1 there.",
            other_attention(fit=lambda mask: mask),
        ),
        Misconception(
            "mask transposed",
            "the mask lies on its side: its rows are the queries, its "
            "columns the keys.",
            other_attention(fit=on_its_side),
        ),
        Misconception(
            "masked after the softmax",
            "you set weights to 0 after the softmax, so that those that are "
            "left do not add up to 1. Scores are masked before it.",
            other_attention(weigh=masked_after),
        ),
        Misconception(
            "NaN rows",
            "a query that may attend to nothing became NaN: its scores are "
            "all −∞, and its weights 0/0. Its weights should be zeros.",
            other_attention(weigh=not_a_number),
        ),
        Misconception(
            "minus a billion",
            "a query that may attend to nothing attends to all alike: a "
            "large negative number is still a number, and the same one "
            "everywhere. Its weights should be zeros.",
            other_attention(weigh=minus_a_billion),
        ),
        Misconception(
            "NaN gradients",
            "the output is right, but its gradients are NaN: −∞ was *added* "
            "to the scores of a query that may attend to nothing, and "
            "replacing the NaN afterwards does not mend the way back. Fill "
            "in −∞ where the mask forbids (`masked_fill`, `torch.where`): "
            "then no gradient passes there.",
            other_attention(weigh=minus_infinity_added),
        ),
        Misconception(
            "no gradient",
            "the output is right, but no gradient finds its way back: "
            "somewhere the numbers left PyTorch's sight (`detach`, `data`, "
            "`no_grad`, NumPy, or a tensor made anew from numbers). Such a "
            "module cannot learn.",
            other_attention(
                finish=lambda own, x, query: own.out_proj(x).detach()
            ),
        ),
    ),
    not_by=("MultiheadAttention", "multi_head_attention_forward"),
    hints=(
        "Which of the four steps of lesson 10 (project, split and attend, "
        "merge, project) need numbers that are learned? Where do those "
        "live, and where do the others?",
        "Linear layers are made in `__init__` and called in `forward`. To "
        "split, `unflatten` the last axis into (num_heads, width) and swap "
        "the axes 1 and 2; to merge, swap them back and `flatten`. The "
        "weights are (batch, heads, n_query, n_key): a mask with a batch "
        "lacks axis 1.",
        "q, k, v = each input through its projection, split into heads; if "
        "the mask has three axes, give it one of length 1 at place 1; mixed "
        "= attention of q, k, v under the mask, for instance by the function "
        "of the first cell; result = out_proj of mixed, merged.",
    ),
    returns=RETURNS,
    # Scores of up to 10 and gradients of up to 100: whoever takes a softmax
    # in float32 loses about 1e-6.
    tolerance=1e-5,
)


# --- EncoderLayer ----------------------------------------------------------


class TorchEncoderLayer(nn.Module):
    """PyTorch's encoder layer, with parameters of our names."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.sizes = d_model, num_heads, d_ff
        projections = ("q_proj", "k_proj", "v_proj", "out_proj")
        self.self_attention = nn.ModuleDict(
            {name: nn.Linear(d_model, d_model) for name in projections}
        )
        for name, module in (
            ("norm1", nn.LayerNorm(d_model)),
            ("linear1", nn.Linear(d_model, d_ff)),
            ("linear2", nn.Linear(d_ff, d_model)),
            ("norm2", nn.LayerNorm(d_model)),
        ):
            self.add_module(name, module)

    def forward(self, x, mask=None):
        # In training, and without dropout: in use it would take a short cut
        # that has no gradients.
        library = nn.TransformerEncoderLayer(
            *self.sizes, dropout=0.0, batch_first=True, device="meta"
        ).train()
        theirs = {
            name.replace("self_attention", "self_attn"): parameter
            for name, parameter in self.named_parameters()
            if not name.startswith("self_attention.") or "out_proj" in name
        }
        own = self.self_attention
        into = [own[name] for name in ("q_proj", "k_proj", "v_proj")]
        for kind in ("weight", "bias"):
            theirs[f"self_attn.in_proj_{kind}"] = torch.cat(
                [getattr(each, kind) for each in into]
            )
        if mask is not None:
            square = len(x), x.shape[1], x.shape[1]
            mask = ~mask.expand(square).repeat_interleave(self.sizes[1], 0)
        return torch.func.functional_call(
            library, theirs, (x,), {"src_mask": mask}
        )


def attended(own, x, mask):
    return own.self_attention(x, x, x, mask)


def thought(own, x):
    return own.linear2(own.bend(own.linear1(x)))


def post_norm(own, x, mask):
    x = own.norm1(x + attended(own, x, mask))
    return own.norm2(x + thought(own, x))


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


def always_dropping(own, x, mask):
    def drop(each):
        return functional.dropout(each, own.p, training=True)

    x = own.norm1(x + drop(attended(own, x, mask)))
    return own.norm2(x + drop(thought(own, x)))


class Layer(nn.Module):
    """An encoder layer whose parts are joined in another way."""

    def __init__(
        self,
        d_model,
        num_heads,
        d_ff,
        dropout=0.0,
        *,
        flow=post_norm,
        bend=torch.relu,
        norms=("norm1", "norm2"),
    ):
        super().__init__()
        self.flow, self.bend, self.p = flow, bend, dropout
        self.self_attention = TorchMultiHead(d_model, num_heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        for name in norms:
            self.add_module(name, nn.LayerNorm(d_model))

    def forward(self, x, mask=None):
        return self.flow(self, x, mask)


def other_layer(flow=post_norm, **parts):
    return partial(Layer, flow=flow, **parts)


def to_read(sizes, batch, n, mask=None, reference=TorchEncoderLayer, **more):
    """Inputs for a layer, or for an encoder."""

    def inputs(rng):
        settings = {**sizes, **more}
        d_model = sizes["d_model"]
        given = [readable(rng, batch, n, d_model)]
        if mask is not None:
            given.append(mask)
        return {
            "settings": settings,
            "weights": weights_of(reference, settings, rng),
            "inputs": given,
            "along": readable(rng, batch, n, d_model),
        }

    return inputs


def sized(d_model, num_heads, d_ff):
    return {"d_model": d_model, "num_heads": num_heads, "d_ff": d_ff}


# So close to 1 that whoever drops in use drops everything, and everybody who
# does so gets the same numbers.
NEARLY_ALL = 1 - 1e-9

encoder_layer = Exercise(
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
        "the sum. After `eval()` nothing may be dropped, and that is what "
        "the check looks at."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=TorchEncoderLayer,
    call=calls.module,
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
    ),
    misconceptions=(
        Misconception(
            "pre-norm",
            "this is pre-norm: the norms come before the sub-layers, and "
            "nothing is normalised at the end. Here post-norm is asked for: "
            "first the sum, then its norm.",
            other_layer(pre_norm),
        ),
        Misconception(
            "no residual path",
            "there is no residual path: each sub-layer's input has to be "
            "added to its output, before the norm.",
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
            "`norm1` does the work of both norms, and `norm2` is never used. "
            "Each has a γ and a β of its own.",
            other_layer(first_norm_twice),
        ),
        Misconception(
            "one norm only",
            "there is one norm where two are asked for, `norm1` and `norm2`: "
            "one after each sum, each with a γ and a β of its own.",
            other_layer(first_norm_twice, norms=("norm1",)),
        ),
        Misconception(
            "norms swapped",
            "`norm1` and `norm2` changed places: `norm1` belongs to the "
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
            "right without a mask; where one is given, it does not arrive in "
            "the attention.",
            other_layer(lambda own, x, mask: post_norm(own, x, None)),
        ),
        Misconception(
            "mask turned round",
            "the mask was turned round on its way to the attention. There, "
            'too, `True` means "may attend".',
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
            "linear layers; behind them, the network could only ever add to "
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
            "numbers are dropped although the module is in use: `eval()` "
            "does not reach your dropout. `nn.Dropout`, made in `__init__`, "
            "hears of it; the function has to be told, by its "
            "`training=self.training`.",
            other_layer(always_dropping),
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
    returns=RETURNS,
    tolerance=1e-5,
)


def post_norm_of(own, x, mask, network):
    x = own.norm1(x + attended(own, x, mask))
    return own.norm2(x + network(x))


# --- Encoder ---------------------------------------------------------------


class TorchEncoder(nn.Module):
    """PyTorch's encoder, with parameters of our names."""

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.sizes = d_model, num_heads, d_ff
        self.layers = nn.ModuleList()
        for _ in range(num_layers):
            layer = nn.Module()
            layer.self_attention = nn.Module()
            for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
                one = nn.Linear(d_model, d_model)
                layer.self_attention.add_module(name, one)
            layer.add_module("norm1", nn.LayerNorm(d_model))
            layer.add_module("linear1", nn.Linear(d_model, d_ff))
            layer.add_module("linear2", nn.Linear(d_ff, d_model))
            layer.add_module("norm2", nn.LayerNorm(d_model))
            self.layers.append(layer)

    def forward(self, x, mask=None):
        library = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(
                *self.sizes, dropout=0.0, batch_first=True, device="meta"
            ),
            num_layers=len(self.layers),
            enable_nested_tensor=False,
        ).train()
        theirs, stacked = {}, {}
        for name, parameter in self.named_parameters():
            name = name.replace("self_attention", "self_attn")
            start, _, end = name.rpartition("self_attn.")
            if end[:1] in ("q", "k", "v"):
                joint = f"{start}self_attn.in_proj_{end.rpartition('.')[2]}"
                stacked.setdefault(joint, []).append(parameter)
            else:
                theirs[name] = parameter
        theirs |= {name: torch.cat(parts) for name, parts in stacked.items()}
        if mask is not None:
            square = len(x), x.shape[1], x.shape[1]
            mask = ~mask.expand(square).repeat_interleave(self.sizes[1], 0)
        return torch.func.functional_call(library, theirs, (x, mask))


def one_after_another(own, x, mask):
    for layer in own.layers:
        x = layer(x, mask)
    return x


def mask_for_the_first(own, x, mask):
    for layer in own.layers:
        x = layer(x, mask)
        mask = None
    return x


def mask_for_the_last(own, x, mask):
    *before, last = own.layers
    for layer in before:
        x = layer(x)
    return last(x, mask)


def always_from_x(own, x, mask):
    return [layer(x, mask) for layer in own.layers][-1]


def sum_of_all(own, x, mask):
    return sum(layer(x, mask) for layer in own.layers)


def path_around_layers(own, x, mask):
    for layer in own.layers:
        x = x + layer(x, mask)
    return x


def backwards(own, x, mask):
    for layer in reversed(own.layers):
        x = layer(x, mask)
    return x


def first_again_and_again(own, x, mask):
    for _ in own.layers:
        x = own.layers[0](x, mask)
    return x


def all_but_the_last(own, x, mask):
    for layer in own.layers[: max(1, len(own.layers) - 1)]:
        x = layer(x, mask)
    return x


def normalised_once_more(own, x, mask):
    x = one_after_another(own, x, mask)
    return functional.layer_norm(x, x.shape[-1:])


class Stack(nn.Module):
    """An encoder whose layers are used, or kept, in another way."""

    def __init__(
        self,
        num_layers,
        d_model,
        num_heads,
        d_ff,
        dropout=0.0,
        *,
        flow=one_after_another,
        keep=nn.ModuleList,
        shared=False,
        last_norm=False,
    ):
        super().__init__()
        self.flow, self.p = flow, dropout
        sizes = d_model, num_heads, d_ff
        made = [Layer(*sizes) for _ in range(num_layers)]
        self.layers = keep(made[:1] * num_layers if shared else made)
        if last_norm:
            self.norm = nn.LayerNorm(d_model)

    def forward(self, x, mask=None):
        x = self.flow(self, x, mask)
        return self.norm(x) if hasattr(self, "norm") else x


def other_stack(flow=one_after_another, **parts):
    return partial(Stack, flow=flow, **parts)


def to_stack(num_layers, sizes, *shape, mask=None, **more):
    sizes = {"num_layers": num_layers, **sizes}
    return to_read(sizes, *shape, mask, TorchEncoder, **more)


encoder = Exercise(
    id="encoder.Encoder",
    signature="Encoder(num_layers, d_model, num_heads, d_ff, dropout=0.0)",
    asks=(
        "`num_layers` encoder layers, one after another, each with weights "
        "of its own. They stand in `self.layers`, an `nn.ModuleList`. "
        "`forward(x, mask=None)` sends `x` `(batch, n, d_model)` through all "
        "of them, every layer under the same mask, and returns what the last "
        "one returns. There is no further norm: a post-norm layer ends with "
        "one."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=TorchEncoder,
    call=calls.module,
    cases=(
        Case("a single layer", to_stack(1, sized(4, 2, 3), 1, 2)),
        Case("two layers", to_stack(2, sized(4, 2, 6), 1, 3)),
        Case("three layers, two sentences", to_stack(3, sized(6, 3, 8), 2, 4)),
        Case(
            "two layers, look-ahead mask",
            to_stack(2, sized(4, 2, 5), 2, 3, mask=LOOK_BACK),
        ),
        Case(
            "three layers, two sentences with a mask each",
            to_stack(3, sized(4, 1, 6), 2, 3, mask=TWO_TRIPLES),
        ),
        Case(
            "dropout of nearly 1, in use: nothing is dropped",
            to_stack(2, sized(4, 2, 6), 2, 3, dropout=NEARLY_ALL),
        ),
    ),
    misconceptions=(
        Misconception(
            "one layer, many times",
            "there is one layer in your list, several times over: its places "
            "share their weights. Each place needs a layer of its own, built "
            "anew, as a list made by multiplication does not.",
            other_stack(shared=True),
        ),
        Misconception(
            "first layer again and again",
            "x goes through the *first* layer again and again; the others "
            "never see it.",
            other_stack(first_again_and_again),
        ),
        Misconception(
            "a plain list",
            "the layers stand in a plain Python list, into which PyTorch does "
            "not look: it finds no parameters, and would train none of them. "
            "Put them into an `nn.ModuleList`.",
            other_stack(keep=list),
        ),
        Misconception(
            "mask for the first layer only",
            "only the first layer gets the mask. In the second, a token could "
            "look at what it must not see after all. Each layer needs it.",
            other_stack(mask_for_the_first),
        ),
        Misconception(
            "mask for the last layer only",
            "only the last layer gets the mask. By then, the tokens have long "
            "seen what they must not. Each layer needs it.",
            other_stack(mask_for_the_last),
        ),
        Misconception(
            "mask forgotten",
            "right without a mask; where one is given, no layer gets it.",
            other_stack(lambda own, x, mask: one_after_another(own, x, None)),
        ),
        Misconception(
            "always from x",
            "every layer reads the encoder's own input, and only the last "
            "one's result is used. Each should read what the one before it "
            "has made.",
            other_stack(always_from_x),
        ),
        Misconception(
            "layers added up",
            "the layers stand side by side, and their results are added up. "
            "They come one after another.",
            other_stack(sum_of_all),
        ),
        Misconception(
            "a path around each layer",
            "x is added to what each layer returns. The residual paths run "
            "*inside* a layer, around its sub-layers; around the whole layer "
            "there is none.",
            other_stack(path_around_layers),
        ),
        Misconception(
            "backwards",
            "the layers are used from the last to the first.",
            other_stack(backwards),
        ),
        Misconception(
            "first layer only",
            "what came back is the result of the *first* layer. Either the "
            "loop ends too early (a `return` inside it?), or you return the "
            "results of all layers, where the last is asked for.",
            other_stack(lambda own, x, mask: own.layers[0](x, mask)),
        ),
        Misconception(
            "last layer left out",
            "the last layer is left out.",
            other_stack(all_but_the_last),
        ),
        Misconception(
            "normalised once more",
            "the result was normalised once more at the end. A post-norm "
            "layer ends with a norm already; only pre-norm encoders need "
            "another.",
            other_stack(normalised_once_more),
        ),
        Misconception(
            "a norm too many",
            "there is a norm behind the layers, with parameters that nobody "
            "asked for. A post-norm layer ends with a norm already; only "
            "pre-norm encoders need another.",
            other_stack(last_norm=True),
        ),
        Misconception(
            "dropping in use",
            "numbers are dropped although the encoder is in use: `eval()` "
            "does not reach a dropout of yours.",
            other_stack(
                lambda own, x, mask: one_after_another(
                    own, functional.dropout(x, own.p), mask
                )
            ),
        ),
    ),
    hints=(
        "How many different sets of weights should six layers have? And how "
        "many times is your `EncoderLayer` *built*?",
        "A comprehension builds a new layer in every turn, where `[layer] * "
        "6` builds none. In `forward`, one name is enough: what a layer "
        "returns is what the next one reads.",
        "layers = ModuleList of EncoderLayer(d_model, num_heads, d_ff, "
        "dropout), num_layers times; forward: for each layer, x = that layer "
        "of x and mask; return x.",
    ),
    returns=RETURNS,
    tolerance=1e-5,
)

EXERCISES = (multi_head_attention, encoder_layer, encoder)
