"""The exercise `encoder.Encoder`."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import modules

from ..pieces.dropping import DROPPING, measuring_dropout
from ..pieces.tensors import GRADIENTS, NEARLY_ALL, going_in
from .shared import (
    LOOK_BACK,
    TWO_TRIPLES,
    Layer,
    dropping_case,
    sized,
    to_read,
)


class TorchEncoder(nn.Module):
    """PyTorch's encoder, with parameters of our names."""

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.sizes, self.p = (d_model, num_heads, d_ff), dropout
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
                *self.sizes,
                dropout=self.p if self.training else 0.0,
                batch_first=True,
                device="meta",
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
        handed=lambda dropout: dropout,
    ):
        super().__init__()
        self.flow, self.p = flow, dropout
        sizes = d_model, num_heads, d_ff, handed(dropout)
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


EXERCISE = Exercise(
    id="encoder.Encoder",
    signature="Encoder(num_layers, d_model, num_heads, d_ff, dropout=0.0)",
    asks=(
        "`num_layers` encoder layers, one after another, each with weights "
        "of its own, and each with the same `dropout`. They stand in "
        "`self.layers`, an `nn.ModuleList`. "
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
    way=measuring_dropout(modules.alone, steps=2),
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
        Case(
            "dropout of nearly 1, in training: x alone gets through",
            to_stack(
                2, sized(4, 2, 6), 2, 3, dropout=NEARLY_ALL, training=True
            ),
        ),
        dropping_case(
            TorchEncoder,
            "one layer, dropout of 0.25, in training",
            "layers.0.",
            num_layers=1,
        ),
    ),
    misconceptions=(
        Misconception(
            "one layer, many times",
            "your list holds one layer several times, so all places share "
            "its weights. Build a new layer for each place. A list made by "
            "multiplication builds none.",
            other_stack(shared=True),
        ),
        Misconception(
            "first layer again and again",
            "x goes through the *first* layer again and again. The others "
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
            "right without a mask. Where one is given, no layer gets it.",
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
            "*inside* a layer, around its sub-layers. Around the whole layer "
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
            "what came back is the result of the *first* layer. Is there a "
            "`return` inside the loop, or do you return the results of all "
            "layers? Return that of the last.",
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
            "layer ends with a norm already. Only pre-norm encoders need "
            "another.",
            other_stack(normalised_once_more),
        ),
        Misconception(
            "a norm too many",
            "you added a norm behind the layers, with weights that the check "
            "does not expect. A post-norm layer ends with a norm already. "
            "Only pre-norm encoders need another.",
            other_stack(last_norm=True),
        ),
        Misconception(
            "dropping in use",
            "dropout changes numbers although the encoder is in use: it "
            "drops some, or scales all by 1 − p. In use it must leave every "
            "number as it is. The layers see to it themselves.",
            other_stack(
                lambda own, x, mask: one_after_another(
                    own, functional.dropout(x, own.p), mask
                )
            ),
        ),
        Misconception(
            "dropout not handed on",
            "nothing is dropped in training: your layers do not get "
            "`dropout`. Hand it on to each.",
            other_stack(handed=lambda dropout: 0.0),
        ),
        Misconception(
            "x dropped as well",
            "in training you drop numbers of x before the first layer. The "
            "layers see to dropout themselves: hand them `dropout`, and do "
            "no more.",
            other_stack(
                lambda own, x, mask: one_after_another(
                    own, functional.dropout(x, own.p, own.training), mask
                )
            ),
        ),
        Misconception(
            "mask inverted",
            "you inverted the mask on its way to the layers. There, too, "
            '`True` means "may attend".',
            other_stack(
                lambda own, x, mask: one_after_another(
                    own, x, None if mask is None else ~mask
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
    not_by=("TransformerEncoder", "Transformer"),
    returns=(*GRADIENTS, *DROPPING),
    called=going_in("x", "mask"),
    tolerance=1e-5,
)
