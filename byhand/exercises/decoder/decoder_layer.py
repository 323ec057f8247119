"""The exercise `decoder.DecoderLayer`."""

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Exercise, Misconception
from byhand.ways import modules

from ..pieces.dropping import DROPPING, measuring_dropout, not_divided
from ..pieces.tensors import GRADIENTS, going_in
from .shared import (
    TURNED_ROUND,
    cases_of,
    dropped,
    dropping_case,
    inverse,
    layer_of,
    masked_as,
    masked_by_query,
    network,
)


class TorchDecoderLayer(nn.Module):
    """One layer of it, by torch.nn.TransformerDecoderLayer."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        parts = ("q_proj", "k_proj", "v_proj", "out_proj")
        self.self_attention, self.cross_attention = (
            nn.ModuleDict({one: nn.Linear(d_model, d_model) for one in parts})
            for _ in range(2)
        )
        self.norm1, self.norm2, self.norm3 = (
            nn.LayerNorm(d_model) for _ in range(3)
        )
        self.linear1, self.linear2 = (
            nn.Linear(d_model, d_ff),
            nn.Linear(d_ff, d_model),
        )
        self.num_heads = num_heads
        # In a list, so that it brings no numbers of its own to learn.
        self.library = [
            nn.TransformerDecoderLayer(
                *(d_model, num_heads, d_ff, dropout),
                batch_first=True,
                device="meta",
            )
        ]

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        own = dict(self.named_parameters())
        given = {n: p for n, p in own.items() if "attention" not in n}
        for ours, theirs in (
            ("self_attention", "self_attn"),
            ("cross_attention", "multihead_attn"),
        ):
            for part in ("weight", "bias"):
                given[f"{theirs}.in_proj_{part}"] = torch.cat(
                    [own[f"{ours}.{each}_proj.{part}"] for each in "qkv"]
                )
                given[f"{theirs}.out_proj.{part}"] = own[
                    f"{ours}.out_proj.{part}"
                ]

        def blocked(mask, keys):
            if mask is None:
                return None
            whole = mask.broadcast_to(len(x), x.shape[1], keys)
            return ~whole.repeat_interleave(self.num_heads, dim=0)

        (library,) = self.library
        return torch.func.functional_call(
            library.train(self.training),
            given,
            (x, memory),
            {
                "tgt_mask": blocked(tgt_mask, x.shape[1]),
                "memory_mask": blocked(src_mask, memory.shape[1]),
            },
        )


def looking(across):
    """As it should be, but for what the second attention is given."""

    def forward(self, x, memory, src_mask, tgt_mask):
        a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
        b = self.norm2(a + across(self, a, memory, src_mask, x, tgt_mask))
        return self.norm3(b + network(self, b))

    return layer_of(forward)


def cross_first(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(x + self.cross_attention(x, memory, memory, src_mask))
    b = self.norm2(a + self.self_attention(a, a, a, tgt_mask))
    return self.norm3(b + network(self, b))


def no_third_norm(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
    b = self.norm2(a + self.cross_attention(a, memory, memory, src_mask))
    return b + network(self, b)


def no_second_path(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
    b = self.norm2(self.cross_attention(a, memory, memory, src_mask))
    return self.norm3(b + network(self, b))


def path_from_the_start(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
    b = self.norm2(x + self.cross_attention(a, memory, memory, src_mask))
    return self.norm3(b + network(self, b))


def path_around_two(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
    b = self.norm2(a + self.cross_attention(a, memory, memory, src_mask))
    return self.norm3(a + network(self, b))


def one_norm(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
    b = self.norm1(a + self.cross_attention(a, memory, memory, src_mask))
    return self.norm1(b + network(self, b))


def pre_norm(self, x, memory, src_mask, tgt_mask):
    z = self.norm1(x)
    x = x + self.self_attention(z, z, z, tgt_mask)
    z = self.norm2(x)
    x = x + self.cross_attention(z, memory, memory, src_mask)
    return x + network(self, self.norm3(x))


def dropping_in_use(self, x, memory, src_mask, tgt_mask):
    def drop(each):
        return functional.dropout(each, self.dropout)

    a = self.norm1(x + drop(self.self_attention(x, x, x, tgt_mask)))
    found = self.cross_attention(a, memory, memory, src_mask)
    b = self.norm2(a + drop(found))
    return self.norm3(b + drop(network(self, b)))


def dropping_by(drop):
    """As it should be, but for how it drops what each step returns."""

    def forward(self, x, memory, src_mask, tgt_mask):
        found = self.self_attention(x, x, x, tgt_mask)
        a = self.norm1(x + drop(self, found))
        found = self.cross_attention(a, memory, memory, src_mask)
        b = self.norm2(a + drop(self, found))
        return self.norm3(b + drop(self, network(self, b)))

    return layer_of(forward, drops=lambda dropout: 0.0)


def dropping_the_sums(self, x, memory, src_mask, tgt_mask):
    def drop(each):
        return functional.dropout(each, self.dropout, self.training)

    a = self.norm1(drop(x + self.self_attention(x, x, x, tgt_mask)))
    found = self.cross_attention(a, memory, memory, src_mask)
    b = self.norm2(drop(a + found))
    return self.norm3(drop(b + network(self, b)))


MASKS = (
    'Masks are boolean, `True` means "may attend", and they are the same '
    "for every head. `tgt_mask` belongs to the attention of the target to "
    "itself, shape `(n, n)` or `(batch, n, n)`, such as lesson 9's causal "
    "mask; `src_mask` to the attention to `memory`, shape `(batch, 1, m)`, "
    "`(n, m)` or `(batch, n, m)`, such as lesson 9's padding mask with an "
    "axis put in for the queries. `None` masks nothing."
)


def thinking(bend):
    """As it should be, but for what stands between the linear layers."""

    def forward(self, x, memory, src_mask, tgt_mask):
        a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
        b = self.norm2(a + self.cross_attention(a, memory, memory, src_mask))
        found = self.linear2(bend(self.linear1(b)))
        return self.norm3(b + dropped(self, found))

    return layer_of(forward)


def no_first_path(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(self.self_attention(x, x, x, tgt_mask))
    b = self.norm2(a + self.cross_attention(a, memory, memory, src_mask))
    return self.norm3(b + network(self, b))


def no_third_path(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
    b = self.norm2(a + self.cross_attention(a, memory, memory, src_mask))
    return self.norm3(network(self, b))


def no_path(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(self.self_attention(x, x, x, tgt_mask))
    b = self.norm2(self.cross_attention(a, memory, memory, src_mask))
    return self.norm3(network(self, b))


def no_second_norm(self, x, memory, src_mask, tgt_mask):
    a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
    b = a + self.cross_attention(a, memory, memory, src_mask)
    return self.norm3(b + network(self, b))


def look_ahead(x, memory):
    return torch.ones(x.shape[1], memory.shape[1], dtype=torch.bool).tril()


def both(src, tgt, memory):
    if src is None or tgt is None:
        fits = tgt is None or tgt.shape[-1] == memory.shape[1]
        return src if tgt is None else tgt if fits else None
    return src & tgt


EXERCISE = Exercise(
    id="decoder.DecoderLayer",
    signature="DecoderLayer(d_model, num_heads, d_ff, dropout=0.0)",
    asks=(
        "One layer of the decoder, as a `torch.nn.Module`. Its parts are "
        "`self_attention` and `cross_attention` (each a "
        "`MultiHeadAttention`), `norm1`, `norm2`, `norm3` (each a layer norm "
        "over `d_model`), and `linear1`, `linear2` of the network, "
        "`d_model` → `d_ff` → `d_model` with ReLU between them. "
        "`forward(x, memory, src_mask=None, tgt_mask=None)` takes the target "
        "so far, `(batch, n, d_model)`, and what the encoder made of the "
        "source, `(batch, m, d_model)`, and returns `(batch, n, d_model)`. "
        "Three steps, each followed by its add & norm (post-norm): the "
        "target attends to itself; the target attends to `memory`; the "
        "network. In training, dropout falls on what each step returns, "
        "before the sum, with probability `dropout`; in use, nothing is "
        "dropped.\n\n"
        f"{MASKS} The check copies weights into your parts, so their names "
        "matter, and looks at gradients too: where the mask hides the "
        "future, output 0 must have no gradient with respect to later "
        "tokens."
    ),
    points=4,
    difficulty=3,
    importance=5,
    minutes=20,
    reference=TorchDecoderLayer,
    way=measuring_dropout(modules.alone, steps=3),
    cases=(
        *cases_of(TorchDecoderLayer),
        dropping_case(TorchDecoderLayer, "dropout of 0.25, in training"),
        *masked_by_query(TorchDecoderLayer),
    ),
    misconceptions=(
        Misconception(
            "keys and values from the decoder",
            "nothing of `memory` reaches your output: the second attention "
            "takes its keys and values from the target again. It should ask "
            "with the target and look things up in `memory`.",
            looking(
                lambda self, a, memory, src_mask, x, tgt_mask: (
                    self.cross_attention(a, a, a, tgt_mask)
                )
            ),
        ),
        Misconception(
            "values from the decoder",
            "the second attention compares the target with `memory` but "
            "carries home the *target's* own values. Keys and values belong "
            "together: both come from `memory`.",
            looking(
                lambda self, a, memory, src_mask, x, tgt_mask: (
                    self.cross_attention(a, memory, a, src_mask)
                )
            ),
        ),
        Misconception(
            "queries from the memory",
            "you swapped the roles in the second attention: its queries come "
            "from `memory`, and its keys and values from the target. The "
            "target asks, the source answers.",
            looking(
                lambda self, a, memory, src_mask, x, tgt_mask: (
                    self.cross_attention(memory, a, a, src_mask)
                )
            ),
        ),
        Misconception(
            "asks too early",
            "the second attention asks with the layer's *input*. It should "
            "ask with what the first add & norm returned, which knows what "
            "else stands in the target.",
            looking(
                lambda self, a, memory, src_mask, x, tgt_mask: (
                    self.cross_attention(x, memory, memory, src_mask)
                )
            ),
        ),
        Misconception(
            "cross-attention first",
            "the target looks at `memory` before it has looked at itself. "
            "First self-attention, then cross-attention, then the network.",
            layer_of(cross_first),
        ),
        Misconception(
            "tgt_mask forgotten",
            "`tgt_mask` is not used: the target sees its own future, and "
            "gradients of early outputs reach later tokens. Hand it to the "
            "self-attention.",
            masked_as(lambda src, tgt: (None, src)),
        ),
        Misconception(
            "src_mask forgotten",
            "`src_mask` is not used: the target attends to padding in the "
            "source. Hand it to the cross-attention.",
            masked_as(lambda src, tgt: (tgt, None)),
        ),
        Misconception(
            "masks swapped",
            "you swapped the masks. `tgt_mask` says which *target* tokens "
            "may be seen, so it goes with the self-attention. `src_mask` "
            "speaks of source tokens and goes with the cross-attention.",
            masked_as(lambda src, tgt: (src, tgt)),
        ),
        Misconception(
            "masks turned round",
            TURNED_ROUND,
            masked_as(lambda src, tgt: (inverse(tgt), inverse(src))),
        ),
        Misconception(
            "third norm missing",
            "the last sum is not normalised. There are three steps in a "
            "decoder layer, and each ends with its norm.",
            layer_of(no_third_norm),
        ),
        Misconception(
            "no residual around cross-attention",
            "around the cross-attention the residual path is missing: the "
            "target's own vector is thrown away, and only what was found in "
            "`memory` goes on.",
            layer_of(no_second_path),
        ),
        Misconception(
            "residual from the layer's input",
            "to the result of the cross-attention you add the input of the "
            "whole *layer*. Add what went into this step: the result of the "
            "first add & norm.",
            layer_of(path_from_the_start),
        ),
        Misconception(
            "residual past two steps",
            "the last residual path jumps over the cross-attention: you add "
            "what came out of the *first* add & norm. Add what went into the "
            "network, the result of the second.",
            layer_of(path_around_two),
        ),
        Misconception(
            "dropping in use",
            "dropout changes numbers although the layer is in use: it drops "
            "some, or scales all by 1 − p. In use it must leave every number "
            "as it is. `nn.Dropout`, made in `__init__`, hears of `eval()`. "
            "Tell the function: `training=self.training`.",
            layer_of(dropping_in_use),
        ),
        Misconception(
            "nothing dropped in training",
            "nothing is dropped in training. Dropout falls on what each step "
            "returns, before the sum.",
            masked_as(lambda src, tgt: (tgt, src), drops=lambda dropout: 0.0),
        ),
        Misconception(
            "the sums dropped",
            "in training your dropout falls on the sums, so that x itself is "
            "dropped. It falls on what a step returns, *before* the sum.",
            layer_of(dropping_the_sums),
        ),
        Misconception(
            "not divided by 1 − p",
            "in training what your dropout keeps is not divided by 1 − p. "
            "Then it is too small on average. `nn.Dropout` divides by itself.",
            dropping_by(
                lambda self, each: not_divided(
                    each, self.dropout, self.training
                )
            ),
        ),
        Misconception(
            "dropped with 1 − p",
            "you drop with probability 1 − p, and keep with p. Drop with "
            "probability `dropout`.",
            dropping_by(
                lambda self, each: functional.dropout(
                    each, 1 - self.dropout, self.training
                )
            ),
        ),
        Misconception(
            "one norm for all",
            "one and the same norm is used three times. Each step has its "
            "own γ and β.",
            layer_of(one_norm),
        ),
        Misconception(
            "pre-norm",
            "the norms come before the steps (pre-norm). Here they come "
            "after each sum, as in the paper.",
            layer_of(pre_norm),
        ),
        Misconception(
            "values from x",
            "the cross-attention takes its keys from `memory` and its "
            "values from the layer's input x. Both come from `memory`.",
            looking(
                lambda own, a, memory, src, x, tgt: own.cross_attention(
                    a, memory, x, src
                )
            ),
        ),
        Misconception(
            "asks with memory",
            "the cross-attention asks with `memory` and looks up the target. "
            "The target asks, so it is the query. Keys and values are "
            "`memory`.",
            looking(
                lambda own, a, memory, src, x, tgt: own.cross_attention(
                    memory, a, a, None
                )
            ),
        ),
        Misconception(
            "GELU",
            "you used GELU, as GPT does. This layer is the first "
            "Transformer's, with ReLU.",
            thinking(functional.gelu),
        ),
        Misconception(
            "no ReLU",
            "there is no ReLU between `linear1` and `linear2`. Without it, "
            "two linear layers are no more than one.",
            thinking(lambda z: z),
        ),
        Misconception(
            "no residual around the network",
            "what goes into the network is not added to what comes out of it.",
            layer_of(no_third_path),
        ),
        Misconception(
            "no residual around self-attention",
            "x is not added to what the self-attention returns.",
            layer_of(no_first_path),
        ),
        Misconception(
            "no residual at all",
            "nothing is added. Add each step's input to its output, before "
            "the norm.",
            layer_of(no_path),
        ),
        Misconception(
            "look-ahead on cross-attention",
            "the cross-attention gets the look-ahead mask of the target. "
            "The source is known whole: give it `src_mask`.",
            looking(
                lambda own, a, memory, src, x, tgt: own.cross_attention(
                    a, memory, memory, look_ahead(a, memory)
                )
            ),
        ),
        Misconception(
            "both masks on cross-attention",
            "the cross-attention gets both masks. `tgt_mask` belongs to the "
            "self-attention alone.",
            looking(
                lambda own, a, memory, src, x, tgt: own.cross_attention(
                    a, memory, memory, both(src, tgt, memory)
                )
            ),
        ),
        Misconception(
            "second norm missing",
            "the second sum goes on as it is. `norm2` is missing.",
            layer_of(no_second_norm),
        ),
    ),
    hints=(
        "Three questions, one for each attention input: who asks in the "
        "second attention? Whose keys are compared with that? Whose values "
        "are carried home?",
        "It is lesson 13's encoder layer with one more step in the middle. "
        "An attention is called with query, key, value and a mask: the first "
        "time all three are x, the second time two of them are memory.",
        "x = norm1(x + self-attention of x, x, x under tgt_mask); x = "
        "norm2(x + cross-attention of x, memory, memory under src_mask); "
        "x = norm3(x + linear2 of ReLU of linear1 of x); return x.",
    ),
    not_by=("TransformerDecoderLayer",),
    returns=(*GRADIENTS, *DROPPING),
    called=going_in("x", "memory", "src_mask", "tgt_mask"),
)
