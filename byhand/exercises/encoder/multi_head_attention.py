"""The exercise `encoder.MultiHeadAttention`."""

import math
from functools import partial

import numpy as np
import torch
from torch import nn

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import modules

from ..pieces.inputs import readable
from ..pieces.masks import flags
from ..pieces.tensors import GRADIENTS, going_in
from ..pieces.weights import weights_of
from .shared import LOOK_BACK, TWO_TRIPLES, TorchMultiHead

LONELY = flags("110", "000", "011")  # the second may attend to nothing


# Per sentence; no two alike, and none the transpose of another. The last query
# may attend to nothing.
TWO_BY_THREE = np.stack([flags("100", "011"), flags("110", "000")])


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


def to_attend(d_model, num_heads, batch, n, m, mask=None, times=()):
    def inputs(rng):
        settings = {"d_model": d_model, "num_heads": num_heads}
        given = [readable(rng, batch, length, d_model) for length in (n, m, m)]
        for row, factor in enumerate(times):  # of the query
            given[0][:, row] *= factor
        if mask is not None:
            given.append(mask)
        return {
            "settings": settings,
            "weights": weights_of(TorchMultiHead, settings, rng),
            "inputs": given,
            "along": readable(rng, batch, n, d_model),
        }

    return inputs


def mask_as_numbers(scores, mask):
    return torch.softmax(scores if mask is None else scores + mask, dim=-1)


def masked_with_zero(scores, mask):
    return torch.softmax(hidden(scores, mask, 0.0), dim=-1)


def first_mask_for_all(mask):
    return mask if mask is None or mask.dim() == 2 else mask[:1, None]


EXERCISE = Exercise(
    id="encoder.MultiHeadAttention",
    signature="MultiHeadAttention(d_model, num_heads)",
    asks=(
        "Lesson 10's function as a module. It holds four linear layers *with "
        "bias*, each from `d_model` to `d_model` numbers, named `q_proj`, "
        "`k_proj`, `v_proj` and `out_proj`, and nothing else that learns. "
        "`num_heads` divides `d_model`.\n\n"
        "`forward(query, key, value, mask=None)` takes `query` `(batch, "
        "n_query, d_model)`, and `key` and `value` `(batch, n_key, "
        "d_model)`: three tensors that may differ. Project each with its own "
        "layer, split into heads, attend in every head (scores divided by "
        "the root of the *head's* width), merge, and finish with `out_proj`. "
        "Return the output alone, `(batch, n_query, d_model)`. Write the "
        "attention out: PyTorch's `scaled_dot_product_attention` would do "
        "the middle of it, and is for later lessons.\n\n"
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
    way=modules.alone,
    cases=(
        Case("one token: its value alone", to_attend(4, 2, 1, 1, 1)),
        Case(
            "one head; a query of two, a key and a value of three",
            to_attend(4, 1, 1, 2, 3),
        ),
        Case("two heads, three tokens", to_attend(4, 2, 1, 3, 3)),
        Case("every size is another", to_attend(12, 3, 2, 5, 7)),
        # An exponential of such scores would overflow, and one whose row is
        # set off by another's largest would be 0.
        Case(
            "one query has large numbers",
            to_attend(4, 2, 1, 2, 3, times=(1, 1e4)),
        ),
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
        # As many sentences as queries and heads: only its axes tell that this
        # mask is for all.
        Case(
            "one mask for two sentences, two queries, two heads",
            to_attend(4, 2, 2, 2, 3, TWO_BY_THREE[0]),
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
            "you swapped key and value: you compare queries with the "
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
            "the weights as well",
            "you return the attention weights as well. Return the output "
            "alone.",
            other_attention(finish=lambda own, x, query: (own.out_proj(x), x)),
        ),
        Misconception(
            "no bias",
            "your linear layers have no bias. They should have one, which is "
            "what `nn.Linear` does unless it is told otherwise.",
            other_attention(bias=False),
        ),
        Misconception(
            "mask forgotten",
            "you never used the mask. Without one your result is right.",
            other_attention(fit=lambda mask: None),
        ),
        Misconception(
            "mask turned round",
            "you inverted the mask: you kept what it forbids. Here `True` "
            'means "may attend". (In `nn.MultiheadAttention` it means the '
            "opposite.)",
            other_attention(fit=turned_round),
        ),
        Misconception(
            "mask on the wrong axis",
            "the masks of a batch landed on the *heads*: sentence number b's "
            "mask was used by head number b. The scores have an axis of "
            "heads that such a mask lacks. Give it one of length 1 there.",
            other_attention(fit=lambda mask: mask),
        ),
        Misconception(
            "mask transposed",
            "you transposed the mask. Its rows are the queries, its columns "
            "the keys.",
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
            "the output is right, but its gradients are NaN. You *added* −∞ "
            "to the scores of a query that may attend to nothing. Replacing "
            "the NaN afterwards does not fix the gradients. Fill in −∞ where "
            "the mask forbids (`masked_fill`, `torch.where`): then no "
            "gradient passes there.",
            other_attention(weigh=minus_infinity_added),
        ),
        Misconception(
            "no gradient",
            "the output is right, but no gradient finds its way back. "
            "Somewhere the numbers left PyTorch's sight: `detach`, `data`, "
            "`no_grad`, NumPy, or a new tensor made from numbers. Such a "
            "module cannot learn.",
            other_attention(
                finish=lambda own, x, query: own.out_proj(x).detach()
            ),
        ),
        Misconception(
            "mask added",
            "you added the mask to the scores: 1 where a token may be seen, "
            "0 where not. Where it may not, the score must become −∞.",
            other_attention(weigh=mask_as_numbers),
        ),
        Misconception(
            "masked with 0",
            "you set the hidden scores to 0. e to the 0 is 1, so a hidden "
            "token still gets a share. Use −∞.",
            other_attention(weigh=masked_with_zero),
        ),
        Misconception(
            "mask of one sentence for all",
            "every sentence gets the mask of the first one. Each has its own.",
            other_attention(fit=first_mask_for_all),
        ),
        Misconception(
            "every mask gets an axis",
            "you gave every mask another axis. Only a mask for each sentence "
            "needs it, to go past the heads. One for all, `(n_query, "
            "n_key)`, broadcasts as it is.",
            other_attention(
                fit=lambda mask: None if mask is None else mask.unsqueeze(1)
            ),
        ),
        Misconception(
            "weights averaged over the heads",
            "all heads mix by the same weights: you averaged them over the "
            "heads. Each head mixes its own values by its own weights.",
            other_attention(
                weigh=lambda scores, mask: (
                    zeros_if_shut(scores, mask)
                    .mean(dim=1, keepdim=True)
                    .expand_as(scores)
                )
            ),
        ),
    ),
    not_by=(
        "MultiheadAttention",
        "multi_head_attention_forward",
        "scaled_dot_product_attention",
    ),
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
    returns=GRADIENTS,
    called=going_in("query", "key", "value", "mask"),
    # Scores of up to 10 and gradients of up to 100: whoever takes a softmax
    # in float32 loses about 1e-6.
    tolerance=1e-5,
)
