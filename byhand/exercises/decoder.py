"""Lesson 14: the decoder, and the whole Transformer.

The references are PyTorch's own layers. Weights are copied into a decoder,
and the library's has other parameters, so that it cannot stand in for one. A
whole Transformer is judged by how it behaves, as its inside is free: there
the library's are named in `not_by`.
"""

import math

import numpy as np
import torch
from torch import nn

from byhand import calls
from byhand.exercise import (
    Case,
    Exercise,
    Fact,
    Misconception,
    readable,
    weights_of,
)

LESSON = "14_decoder"


class TorchDecoder(nn.Module):
    """The decoder, by torch.nn.TransformerDecoder."""

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()

        def attention():
            names = ("q_proj", "k_proj", "v_proj", "out_proj")
            return nn.ModuleDict(
                {name: nn.Linear(d_model, d_model) for name in names}
            )

        self.layers = nn.ModuleList(
            nn.ModuleDict(
                {
                    "self_attention": attention(),
                    "cross_attention": attention(),
                    **{f"norm{k}": nn.LayerNorm(d_model) for k in (1, 2, 3)},
                    "linear1": nn.Linear(d_model, d_ff),
                    "linear2": nn.Linear(d_ff, d_model),
                }
            )
            for _ in range(num_layers)
        )
        self.num_heads = num_heads
        layer = nn.TransformerDecoderLayer(
            d_model, num_heads, d_ff, dropout, batch_first=True, device="meta"
        )
        # In a list, so that it brings no numbers of its own to learn.
        self.library = [nn.TransformerDecoder(layer, num_layers)]

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        given = {}
        for k, layer in enumerate(self.layers):
            for name in ("norm1", "norm2", "norm3", "linear1", "linear2"):
                for part, value in layer[name].named_parameters():
                    given[f"layers.{k}.{name}.{part}"] = value
            for ours, theirs in (
                ("self_attention", "self_attn"),
                ("cross_attention", "multihead_attn"),
            ):
                there = f"layers.{k}.{theirs}"
                own = dict(layer[ours].named_parameters())
                for part in ("weight", "bias"):
                    given[f"{there}.in_proj_{part}"] = torch.cat(
                        [own[f"{each}_proj.{part}"] for each in "qkv"]
                    )
                    given[f"{there}.out_proj.{part}"] = own[f"out_proj.{part}"]

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


# --- what the misconceptions are made of -----------------------------------


class Attention(nn.Module):
    """Multi-head attention with the names of the course."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))
        self.num_heads = num_heads

    def forward(self, query, key, value, mask=None):
        q, k, v = (
            each.unflatten(-1, (self.num_heads, -1))
            for each in (
                self.q_proj(query),
                self.k_proj(key),
                self.v_proj(value),
            )
        )
        fits = torch.einsum("bnhd,bmhd->bhnm", q, k) / math.sqrt(q.shape[-1])
        if mask is not None:
            per_head = mask.broadcast_to(len(q), *fits.shape[-2:])[:, None]
            fits = torch.where(per_head, fits, -torch.inf)
        shares = torch.nan_to_num(fits.softmax(dim=-1))
        found = torch.einsum("bhnm,bmhd->bnhd", shares, v)
        return self.out_proj(found.flatten(-2))


def network(self, x):
    return self.linear2(torch.relu(self.linear1(x)))


def layer_of(forward):
    """A decoder layer that goes forward like that."""

    class DecoderLayer(nn.Module):
        def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
            super().__init__()
            for name in ("self_attention", "cross_attention"):
                self.add_module(name, Attention(d_model, num_heads))
            for name in ("norm1", "norm2", "norm3"):
                self.add_module(name, nn.LayerNorm(d_model))
            for name, sizes in (
                ("linear1", (d_model, d_ff)),
                ("linear2", (d_ff, d_model)),
            ):
                self.add_module(name, nn.Linear(*sizes))

        def forward(self, x, memory, src_mask=None, tgt_mask=None):
            return forward(self, x, memory, src_mask, tgt_mask)

    return DecoderLayer


def looking(across):
    """As it should be, but for what the second attention is given."""

    def forward(self, x, memory, src_mask, tgt_mask):
        a = self.norm1(x + self.self_attention(x, x, x, tgt_mask))
        b = self.norm2(a + across(self, a, memory, src_mask, x, tgt_mask))
        return self.norm3(b + network(self, b))

    return layer_of(forward)


def masked_as(choose):
    """As it should be, but for its masks: choose(src, tgt) → (tgt, src)."""

    def forward(self, x, memory, src_mask, tgt_mask):
        first, second = choose(src_mask, tgt_mask)
        a = self.norm1(x + self.self_attention(x, x, x, first))
        b = self.norm2(a + self.cross_attention(a, memory, memory, second))
        return self.norm3(b + network(self, b))

    return layer_of(forward)


def inverse(mask):
    return None if mask is None else ~mask


right_layer = masked_as(lambda src, tgt: (tgt, src))


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


# --- cases with weights ----------------------------------------------------


def flags(*rows):
    return torch.tensor([[c == "1" for c in row] for row in rows])


LOOK_BACK = flags("100", "110", "111")
# What lesson 9's padding masks become with an axis for the queries.
PADDED_SOURCE = flags("110", "111")[:, None, :]
PADDED_TARGET = torch.stack([LOOK_BACK, LOOK_BACK & flags("110")])


def decoding(
    reference, settings, sizes, src_mask=None, tgt_mask=None, until=None
):
    """The inputs of a case; sizes: batch, target tokens, source tokens.

    until: gradients are taken of the outputs before it; None: of all.
    """
    batch, n, m = sizes

    def inputs(rng):
        weights = weights_of(reference, settings, rng)
        d_model = settings["d_model"]
        x = torch.from_numpy(readable(rng, batch, n, d_model))
        memory = torch.from_numpy(readable(rng, batch, m, d_model))
        along = readable(rng, batch, n, d_model)
        if until is not None:
            along[:, until:] = 0
        return {
            "settings": settings,
            "weights": weights,
            "inputs": [x, memory, src_mask, tgt_mask],
            "along": torch.from_numpy(along),
        }

    return inputs


def cases_of(reference, **more):
    """The cases of a layer, or (with num_layers) of a stack."""

    def case(name, d_model, num_heads, d_ff, sizes, **masks):
        settings = {
            **more,
            "d_model": d_model,
            "num_heads": num_heads,
            "d_ff": d_ff,
        }
        return Case(name, decoding(reference, settings, sizes, **masks))

    return (
        case("one target token, one source token", 3, 1, 5, (1, 1, 1)),
        case("one target token, two source tokens", 3, 1, 5, (1, 1, 2)),
        case("a batch of two, three heads", 6, 3, 5, (2, 3, 4)),
        case(
            "look-ahead mask on the target; gradients of output 0 alone",
            *(4, 2, 5, (2, 3, 3)),
            tgt_mask=LOOK_BACK,
            until=1,
        ),
        case(
            "padding mask on the source",
            *(4, 2, 5, (2, 3, 3)),
            src_mask=PADDED_SOURCE,
        ),
        case(
            "both masks, one for each sentence",
            *(4, 2, 5, (2, 3, 3)),
            src_mask=PADDED_SOURCE,
            tgt_mask=PADDED_TARGET,
        ),
    )


MASKS = (
    'Masks are boolean, `True` means "may attend", and they are the same '
    "for every head. `tgt_mask` belongs to the attention of the target to "
    "itself, shape `(n, n)` or `(batch, n, n)`, such as lesson 9's causal "
    "mask; `src_mask` to the attention to `memory`, shape `(batch, 1, m)`, "
    "`(n, m)` or `(batch, n, m)`, such as lesson 9's padding mask with an "
    "axis put in for the queries. `None` masks nothing."
)

RETURNS = ("output", "input_gradients", "weight_gradients")

NORMED = Fact(
    "every output is finite",
    lambda output, *gradients: bool(np.isfinite(output).all()),
)

TURNED_ROUND = (
    "what the masks allow is blocked, and what they forbid is seen. In this "
    'course `True` means "may attend"; PyTorch\'s own layers have it the '
    "other way round."
)

decoder_layer = Exercise(
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
        "network. Dropout, if you build it in, falls on what each step "
        "returns, before the sum.\n\n"
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
    call=calls.module,
    cases=cases_of(TorchDecoderLayer),
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
            "the second attention is turned round: its queries come from "
            "`memory`, and its keys and values from the target. The target "
            "asks, the source answers; so there is one result for each "
            "target token.",
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
            "the masks have changed places. `tgt_mask` says which *target* "
            "tokens may be seen, so it goes with the self-attention; "
            "`src_mask` speaks of source tokens and goes with the "
            "cross-attention.",
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
    returns=RETURNS,
    facts=(NORMED,),
)


# --- Decoder ---------------------------------------------------------------


def stack_of(forward, make=None):
    """A decoder that goes forward like that, of layers made like that."""

    class Decoder(nn.Module):
        def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
            super().__init__()
            sizes = d_model, num_heads, d_ff
            if make is None:
                layers = [right_layer(*sizes) for _ in range(num_layers)]
                self.layers = nn.ModuleList(layers)
            else:
                make(self, num_layers, *sizes)

        def forward(self, x, memory, src_mask=None, tgt_mask=None):
            return forward(self, x, memory, src_mask, tgt_mask)

    return Decoder


def one_after_another(self, x, memory, src_mask, tgt_mask):
    for layer in self.layers:
        x = layer(x, memory, src_mask, tgt_mask)
    return x


def same_layer(self, num_layers, *sizes):
    self.layers = nn.ModuleList([right_layer(*sizes)] * num_layers)


def plain_list(self, num_layers, *sizes):
    self.layers = [right_layer(*sizes).double() for _ in range(num_layers)]


def one_fewer(self, num_layers, *sizes):
    layers = (right_layer(*sizes) for _ in range(1, num_layers))
    self.layers = nn.ModuleList(layers)


def with_last_norm(self, num_layers, *sizes):
    layers = [right_layer(*sizes) for _ in range(num_layers)]
    self.layers = nn.ModuleList(layers)
    self.norm = nn.LayerNorm(sizes[0])


def and_norm(self, *given):
    return self.norm(one_after_another(self, *given))


def first_again(self, x, memory, src_mask, tgt_mask):
    for _ in self.layers:
        x = self.layers[0](x, memory, src_mask, tgt_mask)
    return x


def last_only(self, x, memory, src_mask, tgt_mask):
    for layer in self.layers:
        out = layer(x, memory, src_mask, tgt_mask)
    return out


def memory_replaced(self, x, memory, src_mask, tgt_mask):
    for layer in self.layers:
        x = memory = layer(x, memory, src_mask, tgt_mask)
    return x


def masks_once(self, x, memory, src_mask, tgt_mask):
    for k, layer in enumerate(self.layers):
        masks = (None, None) if k else (src_mask, tgt_mask)
        x = layer(x, memory, *masks)
    return x


def handing_on(choose):
    def forward(self, x, memory, src_mask, tgt_mask):
        for layer in self.layers:
            x = layer(x, memory, *choose(src_mask, tgt_mask))
        return x

    return stack_of(forward)


def places_changed(self, x, memory, src_mask, tgt_mask):
    for layer in self.layers:
        x = layer(memory, x, src_mask, tgt_mask)
    return x


decoder = Exercise(
    id="decoder.Decoder",
    signature="Decoder(num_layers, d_model, num_heads, d_ff, dropout=0.0)",
    asks=(
        "`num_layers` decoder layers, one after another, in `layers`: each "
        "with weights of its own, each on what the one before it returned, "
        "and *every one* with the same `memory` and the same masks. "
        "`forward(x, memory, src_mask=None, tgt_mask=None)` takes and "
        "returns the shapes of a single layer. The layers end with a norm; "
        "no other comes after the last. The check copies weights in and "
        "looks at gradients, as before."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=8,
    reference=TorchDecoder,
    call=calls.module,
    cases=(
        cases_of(TorchDecoder, num_layers=1)[1],
        *cases_of(TorchDecoder, num_layers=2)[3:5],
        cases_of(TorchDecoder, num_layers=3)[5],
    ),
    misconceptions=(
        Misconception(
            "one layer several times",
            "there is a single layer, listed several times, so that all "
            "share its weights. Make a new one for each.",
            stack_of(one_after_another, same_layer),
        ),
        Misconception(
            "a plain list",
            "PyTorch does not see your layers: a plain list hides their "
            "numbers from whoever asks for them, an optimiser for instance. "
            "`nn.ModuleList` is a list that it looks into.",
            stack_of(one_after_another, plain_list),
        ),
        Misconception(
            "one layer too few",
            "there is one layer fewer than `num_layers` says.",
            stack_of(one_after_another, one_fewer),
        ),
        Misconception(
            "a last norm",
            "there is one more norm behind the last layer. Post-norm layers "
            "end with a norm already (it is pre-norm that needs one more).",
            stack_of(and_norm, with_last_norm),
        ),
        Misconception(
            "the first layer again and again",
            "there are several layers, but the first one does all the work: "
            "the others get no gradient at all.",
            stack_of(first_again),
        ),
        Misconception(
            "the last layer only",
            "every layer was given the decoder's own input, so only the last "
            "one counts. Each works on what the one before it returned.",
            stack_of(last_only),
        ),
        Misconception(
            "memory replaced",
            "the second layer looks up its keys and values in what the first "
            "one returned. Every layer looks at `memory`, the encoder's "
            "output; only `x` changes from layer to layer.",
            stack_of(memory_replaced),
        ),
        Misconception(
            "masks for the first layer only",
            "only the first layer gets the masks. Every layer attends anew, "
            "so a later one without a mask sees the future.",
            stack_of(masks_once),
        ),
        Misconception(
            "tgt_mask forgotten",
            "`tgt_mask` is not handed on to the layers, so the target sees "
            "its own future.",
            handing_on(lambda src, tgt: (src, None)),
        ),
        Misconception(
            "src_mask forgotten",
            "`src_mask` is not handed on to the layers, so padding in the "
            "source is seen.",
            handing_on(lambda src, tgt: (None, tgt)),
        ),
        Misconception(
            "masks swapped",
            "the masks have changed places on their way to the layers: a "
            "layer takes `src_mask` first, then `tgt_mask`. Handed over by "
            "name, they cannot be mixed up.",
            handing_on(lambda src, tgt: (tgt, src)),
        ),
        Misconception(
            "x and memory swapped",
            "`x` and `memory` have changed places: the layers decode the "
            "source and look things up in the target.",
            stack_of(places_changed),
        ),
    ),
    hints=(
        "What changes from one layer to the next, and what stays the same "
        "for all of them?",
        "It is lesson 13's encoder with one more thing to hand on. "
        "`nn.ModuleList` takes a list of modules, each made anew.",
        "In the constructor: layers = ModuleList of num_layers new "
        "DecoderLayers. Forward: for each layer, x = that layer of x, "
        "memory, src_mask, tgt_mask; return x.",
    ),
    returns=RETURNS,
    facts=(NORMED,),
)


# --- Transformer -----------------------------------------------------------

# Inside, a Transformer may be built in many ways, so no weights can be copied
# in. It is built with weights of its own, used on sentences that differ in
# one thing, and what must hold for any weights is measured: 1 for yes, 0 for
# no. All is done in float64, so that nothing but rounding, 1e-15 of the
# largest logit or so, can stand where there should be a difference, or none.
# Weights that all start at 0.02 leave differences down to 1e-10, and a model
# that takes its softmax in float32 has rounding of 1e-7: hence two limits.
DIFFER, AGREE = 1e-13, 1e-6  # of the largest logit


def measured(answer, settings, src, tgt, seed):
    """What a Transformer does with a sentence; see `MEASURES`.

    src, tgt: (1, n_src) and (1, n_tgt) token ids. The sentence and changed
    ones are one batch, a row each, so that few uses are needed.
    """
    m, n, late = src.shape[1], tgt.shape[1], tgt.shape[1] - 2
    sees_all = torch.ones(1, m, dtype=torch.bool)
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    hides_one = sees_all.clone()
    hides_one[:, 1] = False  # from everybody
    hides_first = causal.clone()
    hides_first[1:, 0] = False  # from all but itself
    other_src = other(src, settings["src_vocab"])
    other_tgt = other(tgt, settings["tgt_vocab"])
    rows = {
        "plain": (src, tgt, sees_all, causal),
        "again": (src, tgt, sees_all, causal),
        "late token": (src, other_tgt(late), sees_all, causal),
        "covered": (src, tgt, hides_one, causal),
        "under the cover": (other_src(1), tgt, hides_one, causal),
        "beside the cover": (other_src(0), tgt, hides_one, causal),
        "src turned": (swapped(src), tgt, sees_all, causal),
        "alone": (src, tgt, sees_all, hides_first),
        "beside the hidden": (src, other_tgt(0), sees_all, hides_first),
        "open": (src, tgt, sees_all, torch.ones_like(causal)),
        "tgt turned": (src, swapped(tgt), sees_all, torch.ones_like(causal)),
    }
    ids, targets, src_masks, tgt_masks = zip(*rows.values(), strict=True)
    batch = map(torch.cat, (ids, targets))
    masks = map(torch.stack, (src_masks, tgt_masks))
    uses = [
        [*batch, *masks],
        [src, tgt, sees_all[None], causal],
        [src, tgt, None, None],
    ]
    *outputs, count = calls.using(answer, calls.built, settings, seed, uses)
    deeper = settings | {"num_layers": settings["num_layers"] + 1}
    *_, more = calls.using(answer, calls.built, deeper, seed, [])
    outputs = [as_numbers(each) for each in outputs]
    came = () if outputs[0] is None else outputs[0].shape
    shape = np.array(came, dtype=float)
    wanted = [(len(u[1]), n, settings["tgt_vocab"]) for u in uses]
    if [None if o is None else o.shape for o in outputs] != wanted or not all(
        np.isfinite(o).all() for o in outputs
    ):  # there is nothing to be compared
        return shape, *(0.0,) * (len(MEASURES) - 1)
    at = dict(zip(rows, outputs[0], strict=True))
    first = at["plain"]
    largest = np.abs(first).max()
    powers = np.exp(first - first.max(axis=-1, keepdims=True))
    totals = np.log(powers.sum(axis=-1)) + first.max(axis=-1)

    def gaps(one, other):  # (n_tgt,): how far rows of logits are apart
        return np.abs(at[one] - at[other]).max(axis=-1)

    def differ(gaps):
        return yes((gaps > DIFFER * largest).all())

    def agree(gaps):
        return yes((gaps <= AGREE * largest).all())

    at["by itself"], at["no masks"] = outputs[1][0], outputs[2][0]
    future = gaps("plain", "late token")
    return (
        shape,
        1.0,
        yes(not np.allclose(first.sum(axis=-1), 1, atol=1e-4)),
        yes(not np.allclose(totals, 0, atol=1e-4)),
        yes(first.min() < 0 or first.max() > 1),
        agree(future[:late]),
        differ(future[late]),
        differ(future[late + 1 :]),
        agree(gaps("alone", "beside the hidden")[1:]),
        differ(gaps("plain", "covered").max()),
        agree(gaps("covered", "under the cover")),
        differ(gaps("covered", "beside the cover")),
        differ(gaps("plain", "src turned").max()),
        differ(gaps("open", "tgt turned")[-1]),
        agree(gaps("open", "no masks")),
        agree(gaps("plain", "again")),
        agree(gaps("plain", "by itself")),
        min(1.0, (more - count) / needed(settings)),
    )


MEASURES = (
    "shape_of_logits",
    "logits_are_finite",
    "rows_do_not_add_up_to_1",
    "nor_do_their_exponentials",
    "logits_go_below_0_or_above_1",
    "no_later_target_token_is_seen",
    "a_target_token_changes_its_own_logits",
    "a_target_token_changes_later_logits",
    "what_tgt_mask_hides_changes_nothing",
    "src_mask_changes_something",
    "what_src_mask_hides_changes_nothing",
    "what_src_mask_shows_changes_all_logits",
    "order_of_the_source_matters",
    "order_of_the_target_matters",
    "no_masks_are_open_ones",
    "equal_sentences_get_equal_logits",
    "a_sentence_alone_gets_the_same_logits",
    "share_of_its_weights_that_one_more_layer_brings",
)


def other(ids, vocabulary):
    """The ids with another token at a place; never 0, which may be padding."""

    def at(place):
        changed = ids.clone()
        changed[:, place] = ids[:, place] % (vocabulary - 1) + 1
        return changed

    return at


def swapped(ids):
    """The ids with the first two in each other's place."""
    return torch.cat([ids[:, [1, 0]], ids[:, 2:]], dim=1)


def as_numbers(value):
    """A module's output as an array, or None if it is not one of numbers."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def yes(holds):
    return float(bool(holds))


def needed(settings):
    """The weights of an encoder and a decoder layer; biases are extra."""
    d_model, d_ff = settings["d_model"], settings["d_ff"]
    return 12 * d_model * d_model + 4 * d_model * d_ff


def sinusoids(n, d_model):
    places = torch.arange(n)[:, None]
    rates = 1e4 ** (-torch.arange(0, d_model, 2) / d_model)
    waves = torch.stack([torch.sin(places * rates), torch.cos(places * rates)])
    return waves.permute(1, 2, 0).reshape(n, d_model)


class TorchTransformer(nn.Module):
    """A Transformer of torch.nn.Transformer's layers."""

    def __init__(
        self,
        src_vocab,
        tgt_vocab,
        d_model,
        num_heads,
        num_layers,
        d_ff,
        dropout=0.0,
    ):
        super().__init__()
        self.read = nn.Embedding(src_vocab, d_model)
        self.write = nn.Embedding(tgt_vocab, d_model)
        sizes = d_model, num_heads, d_ff, dropout
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(*sizes, batch_first=True),
            num_layers,
            enable_nested_tensor=False,
        )
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(*sizes, batch_first=True), num_layers
        )
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(d_model, tgt_vocab)
        self.num_heads = num_heads

    def blocked(self, mask, batch, n, m):
        if mask is None:
            return None
        whole = mask.broadcast_to(batch, n, m)
        return ~whole.repeat_interleave(self.num_heads, dim=0)

    def place(self, table, ids):
        x = table(ids)
        return self.drop(x + sinusoids(*x.shape[1:]))

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        (b, m), n = src.shape, tgt.shape[1]
        memory = self.encoder(
            self.place(self.read, src),
            mask=self.blocked(src_mask, b, m, m),
        )
        out = self.decoder(
            self.place(self.write, tgt),
            memory,
            tgt_mask=self.blocked(tgt_mask, b, n, n),
            memory_mask=self.blocked(src_mask, b, n, m),
        )
        return self.head(out)


class Reader(nn.Module):
    """An encoder, for the misconceptions: it hands each layer the mask."""

    def __init__(self, num_layers, d_model, num_heads, d_ff):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(num_layers):
            parts = nn.Module()
            parts.look = Attention(d_model, num_heads)
            parts.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in "12")
            parts.linear1 = nn.Linear(d_model, d_ff)
            parts.linear2 = nn.Linear(d_ff, d_model)
            self.layers.append(parts)

    def forward(self, x, mask=None):
        for part in self.layers:
            first, second = part.norms
            x = first(x + part.look(x, x, x, mask))
            x = second(x + network(part, x))
        return x


def transformer_like(
    *,
    end=lambda logits: logits,
    encoder_mask=lambda src, tgt: src,
    cross_mask=lambda src, tgt: src,
    self_mask=lambda src, tgt: tgt,
    places=(True, True),
    vocabularies=lambda src, tgt: (src, tgt),
    encoder_depth=lambda num_layers: num_layers,
    drop=lambda x, p, training: nn.functional.dropout(x, p, training),
    shift=lambda tgt: tgt,
):
    """A Transformer that is right but for what is given here."""

    class Transformer(nn.Module):
        def __init__(
            self,
            src_vocab,
            tgt_vocab,
            d_model,
            num_heads,
            num_layers,
            d_ff,
            dropout=0.0,
        ):
            super().__init__()
            reading, writing = vocabularies(src_vocab, tgt_vocab)
            self.read = nn.Embedding(reading, d_model)
            self.write = nn.Embedding(writing, d_model)
            up = encoder_depth(num_layers)
            self.encoder = Reader(up, d_model, num_heads, d_ff)
            self.decoder = stack_of(one_after_another)(
                num_layers, d_model, num_heads, d_ff
            )
            self.head = nn.Linear(d_model, tgt_vocab)
            self.dropout = dropout

        def placed(self, x, wanted):
            n, d_model = x.shape[1:]
            x = x + sinusoids(n, d_model) * wanted
            return drop(x, self.dropout, self.training)

        def forward(self, src, tgt, src_mask=None, tgt_mask=None):
            masks = src_mask, tgt_mask
            memory = self.encoder(
                self.placed(self.read(src), places[0]), encoder_mask(*masks)
            )
            x = self.placed(self.write(shift(tgt)), places[1])
            out = self.decoder(
                x, memory, cross_mask(*masks), self_mask(*masks)
            )
            return end(self.head(out))

    return Transformer


def shifted(tgt):
    return torch.cat([tgt[:, :1], tgt[:, :-1]], dim=1)


def sentence(settings, n_src, n_tgt):
    """Token ids from 1 on, the highest among them."""

    def ids(rng, vocabulary, n):
        drawn = rng.integers(1, vocabulary, (1, n))
        drawn[:, :2] = vocabulary - 1, 1  # these two change places
        return torch.from_numpy(drawn)

    return lambda rng: {
        "settings": settings,
        "src": ids(rng, settings["src_vocab"], n_src),
        "tgt": ids(rng, settings["tgt_vocab"], n_tgt),
        "seed": int(rng.integers(2**31)),
    }


def sized(src_vocab, tgt_vocab, d_model, num_heads, num_layers, d_ff):
    return {
        "src_vocab": src_vocab,
        "tgt_vocab": tgt_vocab,
        "d_model": d_model,
        "num_heads": num_heads,
        "num_layers": num_layers,
        "d_ff": d_ff,
    }


transformer = Exercise(
    id="decoder.Transformer",
    signature=(
        "Transformer(src_vocab, tgt_vocab, d_model, num_heads, num_layers, "
        "d_ff, dropout=0.0)"
    ),
    asks=(
        "All of it, as a `torch.nn.Module`. `src_vocab` and `tgt_vocab` are "
        "the sizes of two vocabularies, and encoder and decoder have "
        "`num_layers` layers each. `forward(src, tgt, src_mask=None, "
        "tgt_mask=None)` takes token ids (whole numbers) of the source, "
        "`(batch, n_src)`, and of the target, `(batch, n_tgt)`, and returns "
        "**logits** `(batch, n_tgt, tgt_vocab)`: for each place in the "
        "target a score for every token that may come next. Embed both, add "
        "positions to both, encode the source, decode the target, and end "
        "with a linear layer. No softmax: that belongs to the loss.\n\n"
        "`src_mask`, `(batch, 1, n_src)`, hides padding of the source, from "
        "the encoder *and* from the decoder; `tgt_mask`, `(n_tgt, n_tgt)` or "
        "`(batch, n_tgt, n_tgt)`, goes with the target's attention to "
        "itself. Both are boolean masks as you built them in lesson 9, "
        '`True` for "may attend", and `None` masks nothing. How you name the '
        "parts, scale the embeddings and make the positions is up to you, as "
        "long as 64 tokens fit. The check builds your model by keyword, with "
        "weights of its own, and measures what it does: which tokens change "
        "which logits. In use (`eval()`) dropout must be off."
    ),
    points=4,
    difficulty=3,
    importance=5,
    minutes=20,
    reference=TorchTransformer,
    call=measured,
    cases=(
        Case(
            "one layer, the source has more words",
            sentence(sized(11, 7, 8, 1, 1, 12), 4, 5),
        ),
        Case(
            "two layers with dropout, the target has more words",
            sentence(sized(6, 13, 6, 3, 2, 10) | {"dropout": 0.5}, 5, 4),
        ),
    ),
    misconceptions=(
        Misconception(
            "softmax at the end",
            "these are probabilities: every row adds up to 1. Logits are "
            "asked for, the bare scores of the linear layer. The loss does "
            "the softmax itself, and twice is once too often.",
            transformer_like(end=lambda logits: logits.softmax(dim=-1)),
        ),
        Misconception(
            "sigmoid at the end",
            "every number is between 0 and 1, as after a sigmoid. That "
            "would answer a yes-or-no question about each word; here one "
            "word of all is to be chosen, which is softmax, and softmax is "
            "left to the loss. Return the scores of the linear layer.",
            transformer_like(end=torch.sigmoid),
        ),
        Misconception(
            "tgt_mask not handed on",
            "your decoder ignores `tgt_mask`: a later target token changes "
            "earlier logits, so that the answer is known before it is given. "
            "Hand it to the decoder.",
            transformer_like(self_mask=lambda src, tgt: None),
        ),
        Misconception(
            "always causal",
            "the future is hidden whatever `tgt_mask` says, and nothing else "
            "is: the mask itself is not used. It may also hide padding.",
            transformer_like(
                self_mask=lambda src, tgt: (
                    None
                    if tgt is None
                    else torch.ones(tgt.shape[-2:], dtype=bool).tril()
                )
            ),
        ),
        Misconception(
            "src_mask not handed on",
            "`src_mask` changes nothing at all: neither the encoder nor the "
            "decoder gets it.",
            transformer_like(
                encoder_mask=lambda src, tgt: None,
                cross_mask=lambda src, tgt: None,
            ),
        ),
        Misconception(
            "src_mask in one place only",
            "a hidden source token still gets through. `src_mask` has two "
            "jobs and does one: in the *encoder* it keeps other tokens from "
            "taking padding in, in the *decoder* it keeps the target from "
            "looking at it.",
            transformer_like(cross_mask=lambda src, tgt: None),
        ),
        Misconception(
            "masks swapped",
            "the masks have changed places: source and target have different "
            "lengths, and a mask does not fit the scores that it was given "
            "for. `tgt_mask` goes with the decoder's self-attention, "
            "`src_mask` with everything that looks at the source.",
            transformer_like(
                cross_mask=lambda src, tgt: tgt,
                self_mask=lambda src, tgt: src,
            ),
        ),
        Misconception(
            "masks turned round",
            TURNED_ROUND,
            transformer_like(
                encoder_mask=lambda src, tgt: inverse(src),
                cross_mask=lambda src, tgt: inverse(src),
                self_mask=lambda src, tgt: inverse(tgt),
            ),
        ),
        Misconception(
            "no positions",
            "the order of the tokens makes no difference, neither in the "
            "source nor in the target: nothing says where a token stands. "
            "Add positions to both embeddings.",
            transformer_like(places=(False, False)),
        ),
        Misconception(
            "no positions in the source",
            "two source tokens may change places and nothing happens: the "
            "source has no positions.",
            transformer_like(places=(False, True)),
        ),
        Misconception(
            "no positions in the target",
            "two earlier target tokens may change places and the last logits "
            "stay the same: the target has no positions.",
            transformer_like(places=(True, False)),
        ),
        Misconception(
            "vocabularies swapped",
            "a token id is too large for its table. Ids of the source belong "
            "in a table of `src_vocab` rows, ids of the target in another, "
            "of `tgt_vocab`.",
            transformer_like(vocabularies=lambda src, tgt: (tgt, src)),
        ),
        Misconception(
            "no encoder",
            "a layer more brings too few numbers to learn: only the decoder "
            "grows. The source has to go through as many encoder layers.",
            transformer_like(encoder_depth=lambda num_layers: 0),
        ),
        Misconception(
            "dropout always on",
            "two equal sentences of a batch get different logits, though the "
            "model is in use and not in training: dropout is never switched "
            "off. `nn.Dropout` knows whether it is wanted; the function "
            "`dropout` has to be told.",
            transformer_like(
                drop=lambda x, p, training: nn.functional.dropout(x, p)
            ),
        ),
        Misconception(
            "shifts the target itself",
            "a target token does not change the logits at its own place: "
            "you have moved the target one place to the right. That is done "
            "to the data, before the model is called (lesson 15).",
            transformer_like(shift=shifted),
        ),
    ),
    # PyTorch's `Transformer` is made of these (its own name is the learner's)
    # and of decoders, which stand in for a learner's that are wrong.
    not_by=("TransformerEncoder", "TransformerEncoderLayer"),
    hints=(
        "Follow a token id of the source to a logit, and one of the target: "
        "which parts does each pass? Where do the two meet?",
        "You need five parts in all: two tables (`nn.Embedding`), an "
        "encoder, a decoder and a linear layer. Positions are added to what "
        "the tables give; the encoder takes one mask, the decoder two.",
        "memory = encoder of (embedded src plus positions) under src_mask; "
        "out = decoder of (embedded tgt plus positions), memory, src_mask, "
        "tgt_mask; return the linear layer of out.",
    ),
    returns=MEASURES,
    facts=(
        Fact(
            "no target token sees a later one",
            lambda *measures: bool(measures[5] == 1),
        ),
    ),
)

EXERCISES = (decoder_layer, decoder, transformer)
