"""The exercise `gpt_on_gpu.CausalSelfAttention`."""

import math
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import modules

from ..pieces.tensors import GRADIENTS, NEARLY_ALL, going_in
from .shared import (
    HALF,
    Causal,
    dropped,
    half_dropped,
    kept_only,
    look_back,
    reading,
    sized,
    three_of,
)


class TorchCausal(nn.Module):
    """PyTorch's multi-head attention, told to look back only."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.num_heads, self.p = num_heads, dropout
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x):
        n, d_model = x.shape[1:]
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        output, _ = functional.multi_head_attention_forward(
            *(x.transpose(0, 1),) * 3,
            d_model,
            self.num_heads,
            self.qkv_proj.weight,
            self.qkv_proj.bias,
            None,
            None,
            False,
            self.p,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            need_weights=False,
            attn_mask=later,
        )
        return output.transpose(0, 1)


def heads_by_reshape(x, num_heads):
    batch, n, d_model = x.shape
    return x.reshape(batch, num_heads, n, d_model // num_heads)


def put_together_by_reshape(x):
    batch, heads, n, width = x.shape
    return x.reshape(batch, n, heads * width)


def look_strictly_back(scores):
    n, m = scores.shape[-2:]
    now = torch.ones(n, m, dtype=torch.bool).triu()
    return scores.masked_fill(now, -math.inf).softmax(dim=-1).nan_to_num()


def look_ahead(scores):
    return look_back(scores.mT.flip(-1).mT.flip(-1)).flip(-1).flip(-2)


def zeros_before_softmax(scores):
    return scores.tril().softmax(dim=-1)


def zeros_after_softmax(scores):
    return scores.softmax(dim=-1).tril()


def other_order(*order):
    def parts(own, x):
        found = three_of(own, x)
        return [found[k] for k in order]

    return parts


def head_by_head(own, x):
    """Cut into heads first: every head's q, k and v stand side by side."""
    h = own.num_heads
    each = own.qkv_proj(x).unflatten(-1, (h, 3, -1))
    return [each[..., k, :].flatten(-2) for k in range(3)]


def other_causal(**parts):
    return partial(Causal, **parts)


def measured(answer, settings, weights, inputs, along, training=False):
    """As `modules.alone`; of dropout by half, what was kept.

    A token alone has a single weight in each head: all of the head's numbers
    are dropped with it, or none.
    """
    came, *gradients = modules.alone(
        answer, settings, weights, inputs, along, training
    )
    if settings.get("dropout") != HALF:
        return came, *gradients
    width, heads = settings["d_model"], settings["num_heads"]
    kept = kept_only(came, np.zeros(width), width // heads)
    return kept, *(np.zeros(0) for _ in gradients)


EXERCISE = Exercise(
    id="gpt_on_gpu.CausalSelfAttention",
    signature="CausalSelfAttention(d_model, num_heads, dropout=0.0)",
    asks=(
        "The attention of a GPT, as a `torch.nn.Module`: every token looks "
        "at itself and at what came before it, in `num_heads` heads. It "
        "learns two linear layers, both with bias: `qkv_proj`, from `d_model` "
        "to `3 * d_model` numbers, which are the query, the key and the value "
        "in this order (each `d_model` wide, one matrix product instead of "
        "three), and `out_proj`, from `d_model` to `d_model`. "
        "`forward(x)` takes `(batch, n, d_model)` and returns the same shape. "
        "The mask is always causal, so that nobody has to pass one. "
        "`torch.nn.functional.scaled_dot_product_attention` is allowed here, "
        "and on a GPU it is the point. In training, attention weights are "
        "dropped with probability `dropout`; in use (`eval()`), none."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=TorchCausal,
    way=measured,
    cases=(
        Case("one token", reading(TorchCausal, sized(4, 2), 1, 1)),
        Case("one head, two tokens", reading(TorchCausal, sized(3, 1), 1, 2)),
        Case(
            "two heads; gradients of output 0 alone",
            reading(TorchCausal, sized(4, 2), 1, 3, first=1),
        ),
        Case(
            "three heads, two texts", reading(TorchCausal, sized(12, 3), 2, 5)
        ),
        Case(
            "dropout of nearly 1, in use: nothing is dropped",
            reading(TorchCausal, sized(4, 2, dropout=NEARLY_ALL), 2, 3),
        ),
        Case(
            "dropout of nearly 1, in training: every weight is dropped",
            reading(
                TorchCausal,
                sized(4, 2, dropout=NEARLY_ALL),
                *(2, 3),
                training=True,
            ),
        ),
        Case(
            "dropout of 0.5, in training: a head of one token goes or stays",
            half_dropped(TorchCausal, 6, 2, silent="nothing"),
        ),
    ),
    misconceptions=(
        Misconception(
            "no mask",
            "tokens see what comes after them. A model that is trained so "
            "finds each answer in its own input, and has learned nothing "
            "when it must write.",
            other_causal(weigh=lambda scores: scores.softmax(dim=-1)),
        ),
        Misconception(
            "looks ahead only",
            "you inverted the mask: tokens see what comes *after* them, and "
            "nothing before.",
            other_causal(weigh=look_ahead),
        ),
        Misconception(
            "not at itself",
            "a token does not see itself. Allow the diagonal: at place i the "
            "model knows tokens 0 to i, and predicts token i + 1.",
            other_causal(weigh=look_strictly_back),
        ),
        Misconception(
            "zeros before the softmax",
            "later scores were set to 0 before the softmax, and e⁰ = 1 is a "
            "weight like any other. It is −∞ that becomes 0.",
            other_causal(weigh=zeros_before_softmax),
        ),
        Misconception(
            "zeros after the softmax",
            "later weights were set to 0 *after* the softmax, so the others "
            "no longer add up to 1.",
            other_causal(weigh=zeros_after_softmax),
        ),
        Misconception(
            "not scaled",
            "the scores are not divided by the root of a head's width.",
            other_causal(scale=lambda d_model, width: 1.0),
        ),
        Misconception(
            "root of d_model",
            "you divided by √d_model. It is the root of the *head's* width.",
            other_causal(scale=lambda d_model, width: d_model**-0.5),
        ),
        Misconception(
            "key, query, value",
            "you swapped query and key. In `qkv_proj` they stand in the "
            "order of its name: query, key, value.",
            other_causal(parts=other_order(1, 0, 2)),
        ),
        Misconception(
            "value, key, query",
            "you swapped query and value. In `qkv_proj` they stand in the "
            "order of its name: query, key, value.",
            other_causal(parts=other_order(2, 1, 0)),
        ),
        Misconception(
            "three for each head",
            "you cut into heads first and each head into three. The first "
            "third of all numbers is the query of *all* heads: cut into "
            "three first.",
            other_causal(parts=head_by_head),
        ),
        Misconception(
            "split by reshape alone",
            "the heads mix up tokens: the last axis becomes two (heads, "
            "width), and then that of the heads moves in front of the tokens.",
            other_causal(split=heads_by_reshape),
        ),
        Misconception(
            "merged by reshape alone",
            "the heads were put together without moving their axis back "
            "behind the tokens first.",
            other_causal(merge=put_together_by_reshape),
        ),
        Misconception(
            "no last projection",
            "`out_proj` is missing: the heads were put side by side and "
            "handed out.",
            other_causal(finish=lambda own, x: x),
        ),
        Misconception(
            "dropping in use",
            "attention weights are dropped although the module is in use, or "
            "scaled by 1 − p. The function `scaled_dot_product_attention` "
            "does not know of `eval()`: set its `dropout_p` to 0 unless "
            "`self.training`.",
            other_causal(
                drop=lambda own, weights: functional.dropout(weights, own.p)
            ),
        ),
        Misconception(
            "nothing dropped in training",
            "nothing is dropped in training. Attention weights are dropped "
            "with probability `dropout`.",
            other_causal(drop=lambda own, weights: weights),
        ),
        Misconception(
            "the output dropped",
            "in training you drop numbers of the output. Drop the attention "
            "*weights*, after the softmax. The block drops the output.",
            other_causal(
                drop=lambda own, weights: weights,
                finish=lambda own, x: dropped(own, own.out_proj(x)),
            ),
        ),
        Misconception(
            "what was mixed dropped",
            "in training you drop numbers of what the heads have mixed. Drop "
            "the attention *weights*, after the softmax and before the "
            "values are mixed.",
            other_causal(
                drop=lambda own, weights: weights,
                finish=lambda own, x: own.out_proj(dropped(own, x)),
            ),
        ),
        Misconception(
            "scaled twice",
            "your scores are divided by the head's width: by its root, "
            "twice. `scaled_dot_product_attention` divides by itself.",
            other_causal(scale=lambda d_model, width: 1 / width),
        ),
        Misconception(
            "heads look at heads",
            "tokens do not see each other: the axis of the heads stands "
            "where that of the tokens should be, next to the last. Move it "
            "in front of the tokens.",
            other_causal(
                split=lambda x, num_heads: x.unflatten(-1, (num_heads, -1)),
                merge=lambda x: x.flatten(2),
            ),
        ),
    ),
    hints=(
        "Which of lesson 13's four projections have become one here? What is "
        "the mask, if nobody passes it?",
        "`chunk(3, dim=-1)` gives query, key and value. Then heads as in "
        "lesson 10. PyTorch's function takes `is_causal=True`, and scales.",
        "q, k, v = qkv_proj(x).chunk(3, -1), each as (batch, heads, n, "
        "width); y = scaled_dot_product_attention(q, k, v, dropout_p = "
        "dropout if training else 0, is_causal=True); merge the heads; "
        "return out_proj of that.",
    ),
    returns=GRADIENTS,
    called=going_in("x"),
    not_by=("MultiheadAttention", "multi_head_attention_forward"),
)
