"""The exercise `decoder.Decoder`."""

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Exercise, Misconception
from byhand.ways import modules

from ..pieces.dropping import DROPPING, measuring_dropout
from ..pieces.tensors import GRADIENTS, going_in
from .shared import (
    cases_of,
    dropping_case,
    inverse,
    masked_by_query,
    one_after_another,
    right_layer,
    stack_of,
)


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


def first_only(self, x, memory, src_mask, tgt_mask):
    return self.layers[0](x, memory, src_mask, tgt_mask)


def memory_and_mask_replaced(self, x, memory, src_mask, tgt_mask):
    for layer in self.layers:
        x = memory = layer(x, memory, src_mask, tgt_mask)
        src_mask = tgt_mask
    return x


EXERCISE = Exercise(
    id="decoder.Decoder",
    signature="Decoder(num_layers, d_model, num_heads, d_ff, dropout=0.0)",
    asks=(
        "`num_layers` decoder layers, one after another, in `layers`: each "
        "with weights of its own and the same `dropout`, each on what the one "
        "before it returned, "
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
    way=measuring_dropout(modules.alone, steps=3),
    cases=(
        cases_of(TorchDecoder, num_layers=1)[1],
        *cases_of(TorchDecoder, num_layers=2)[3:5],
        cases_of(TorchDecoder, num_layers=3)[5],
        *cases_of(TorchDecoder, num_layers=2)[6:],
        dropping_case(
            TorchDecoder,
            "one layer, dropout of 0.25, in training",
            "layers.0.",
            num_layers=1,
        ),
        *masked_by_query(TorchDecoder, num_layers=1),
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
            "PyTorch does not see your layers. A plain list hides their "
            "weights, so an optimiser would train none of them. Use "
            "`nn.ModuleList`.",
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
            "output. Only `x` changes from layer to layer.",
            stack_of(memory_replaced),
        ),
        Misconception(
            "masks for the first layer only",
            "only the first layer gets the masks. A later layer without a "
            "mask sees the future.",
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
            "you swapped the masks on their way to the layers. A layer takes "
            "`src_mask` first, then `tgt_mask`. Hand them over by name and "
            "you cannot mix them up.",
            handing_on(lambda src, tgt: (tgt, src)),
        ),
        Misconception(
            "dropout not handed on",
            "nothing is dropped in training: your layers do not get "
            "`dropout`. Hand it on to each.",
            stack_of(one_after_another, handed=lambda dropout: 0.0),
        ),
        Misconception(
            "dropping in use",
            "dropout changes numbers although the decoder is in use: it "
            "drops some, or scales all by 1 − p. In use it must leave every "
            "number as it is. The layers see to it themselves.",
            stack_of(
                lambda self, x, *given: one_after_another(
                    self, functional.dropout(x, self.p), *given
                )
            ),
        ),
        Misconception(
            "x and memory swapped",
            "you swapped `x` and `memory`: the layers decode the source and "
            "look things up in the target.",
            stack_of(places_changed),
        ),
        Misconception(
            "first layer only",
            "what came back is the result of the *first* layer. Is there a "
            "`return` inside the loop?",
            stack_of(first_only),
        ),
        Misconception(
            "memory and its mask replaced",
            "the second layer looks up its keys and values in what the "
            "first one returned, under the target's mask. Every layer looks "
            "at `memory`, under `src_mask`.",
            stack_of(memory_and_mask_replaced),
        ),
        Misconception(
            "no masks",
            "no layer gets a mask. Hand `src_mask` and `tgt_mask` to each "
            "of them.",
            handing_on(lambda src, tgt: (None, None)),
        ),
        Misconception(
            "masks inverted",
            "you inverted the masks on their way to the layers. There, too, "
            '`True` means "may attend".',
            handing_on(lambda src, tgt: (inverse(src), inverse(tgt))),
        ),
    ),
    hints=(
        "What changes from one layer to the next, and what stays the same "
        "for all of them?",
        "It is lesson 13's encoder with one more thing to hand on. "
        "`nn.ModuleList` takes a list of modules, each a new one.",
        "In the constructor: layers = ModuleList of num_layers new "
        "DecoderLayers. Forward: for each layer, x = that layer of x, "
        "memory, src_mask, tgt_mask; return x.",
    ),
    not_by=("TransformerDecoder", "Transformer"),
    returns=(*GRADIENTS, *DROPPING),
    called=going_in("x", "memory", "src_mask", "tgt_mask"),
)
