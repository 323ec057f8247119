"""The exercise `bert.Bert`."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import modules

from ..pieces.inputs import readable
from ..pieces.masks import look_back
from ..pieces.tensors import GRADIENTS, flags, going_in, tensor
from .bert_embeddings import FunctionalEmbeddings
from .shared import (
    TINY,
    Layer,
    ids_of,
    of_size,
    second_from,
    tanh_gelu,
)


class TorchBertLayer(nn.Module):
    """PyTorch's encoder layer, with parameters of our names."""

    def __init__(self, d_model, num_heads, d_ff):
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

    def forward(self, x, hidden):
        # Always in training, if without dropout: in use it would take a
        # short cut that has no gradients.
        library = nn.TransformerEncoderLayer(
            *self.sizes,
            dropout=0.0,
            activation="gelu",
            layer_norm_eps=TINY,
            batch_first=True,
            device="meta",
        ).train()
        theirs, stacked = {}, {}
        for name, parameter in self.named_parameters():
            *_, last, kind = name.split(".")
            if last in ("q_proj", "k_proj", "v_proj"):
                stacked.setdefault(kind, []).append(parameter)
            else:
                name = name.replace("self_attention", "self_attn")
                theirs[name] = parameter
        for kind, parts in stacked.items():
            theirs[f"self_attn.in_proj_{kind}"] = torch.cat(parts)
        return torch.func.functional_call(
            library, theirs, (x,), {"src_key_padding_mask": hidden}
        )


class TorchBert(nn.Module):
    """PyTorch's encoder layers between our embeddings and a pooler."""

    def __init__(
        self, vocab_size, max_len, d_model, num_layers, num_heads, d_ff
    ):
        super().__init__()
        self.embeddings = FunctionalEmbeddings(vocab_size, max_len, d_model)
        self.layers = nn.ModuleList(
            TorchBertLayer(d_model, num_heads, d_ff) for _ in range(num_layers)
        )
        self.pooler = nn.Linear(d_model, d_model)

    def forward(self, ids, segments=None, mask=None):
        x = self.embeddings(ids, segments)
        for layer in self.layers:
            x = layer(x, None if mask is None else ~mask)
        first = x.select(1, 0)
        return x, torch.tanh(
            functional.linear(first, self.pooler.weight, self.pooler.bias)
        )


# --- what goes wrong -------------------------------------------------------


def pre_norm(own, x, mask):
    y = own.norm1(x)
    x = x + own.self_attention(y, mask)
    return x + own.linear2(own.bend(own.linear1(own.norm2(x))))


def no_network(own, x, mask):
    return own.norm2(own.norm1(x + own.self_attention(x, mask)))


def keys(mask):
    """(b, n) to what attention takes: a padded key is seen by nobody."""
    return None if mask is None else mask[:, None, None]


def no_mask(mask):
    return None


def inverted(mask):
    return None if mask is None else ~keys(mask)


def along_the_queries(mask):
    """Padded queries see nothing at all."""
    return None if mask is None else mask[:, None, :, None]


def queries(mask):
    """Padded queries see nothing; padded keys are seen."""
    if mask is None:
        return None
    n = mask.shape[1]
    return mask[:, None, :, None].expand(-1, -1, -1, n) | keys(~mask)


def seen_by_padding(mask):
    """Padding sees padding; real tokens see real ones."""
    return mask if mask is None else mask[:, None, :, None] == keys(mask)


def one_after_another(own, x, mask):
    for layer in own.layers:
        x = layer(x, mask)
    return x


def first_mask_only(own, x, mask):
    for layer in own.layers:
        x, mask = layer(x, mask), None
    return x


def last_mask_only(own, x, mask):
    for place, layer in enumerate(own.layers, 1):
        x = layer(x, mask if place == len(own.layers) else None)
    return x


def with_look_ahead(own, x, mask):
    causal = tensor(look_back(x.shape[1]))
    mask = causal if mask is None else mask & causal
    return one_after_another(own, x, mask)


def first_again(own, x, mask):
    for _ in own.layers:
        x = own.layers[0](x, mask)
    return x


def first_only(own, x, mask):
    return own.layers[0](x, mask)


def backwards(own, x, mask):
    for layer in reversed(own.layers):
        x = layer(x, mask)
    return x


def all_but_the_last(own, x, mask):
    for layer in own.layers[: max(1, len(own.layers) - 1)]:
        x = layer(x, mask)
    return x


def padding_emptied(own, x, mask):
    x = one_after_another(own, x, mask)
    return x if mask is None else x * mask[:, 0, 0, :, None]


def normed_at_the_end(own, x, mask):
    x = one_after_another(own, x, mask)
    return functional.layer_norm(x, x.shape[-1:], eps=TINY)


def from_place(which):
    return lambda own, x, mask: torch.tanh(own.pooler(x[:, which]))


cls_pooled = from_place(0)


def from_the_mean(own, x, mask):
    return torch.tanh(own.pooler(x.mean(1)))


def from_the_real_ones(own, x, mask):
    if mask is None:
        return from_the_mean(own, x, mask)
    share = mask[..., None] / mask.sum(1)[:, None, None]
    return torch.tanh(own.pooler((x * share).sum(1)))


def from_the_largest(own, x, mask):
    return torch.tanh(own.pooler(x.amax(1)))


def from_the_last_real_one(own, x, mask):
    if mask is None:
        return from_place(-1)(own, x, mask)
    last = (mask * torch.arange(mask.shape[1])).argmax(1)
    return torch.tanh(own.pooler(x[torch.arange(len(x)), last]))


def no_tanh(own, x, mask):
    return own.pooler(x[:, 0])


def no_linear(own, x, mask):
    return torch.tanh(x[:, 0])


def tanh_first(own, x, mask):
    return own.pooler(torch.tanh(x[:, 0]))


def bent_by(function):
    return lambda own, x, mask: function(own.pooler(x[:, 0]))


def of_every_place(own, x, mask):
    return torch.tanh(own.pooler(x))


class Whole(nn.Module):
    """A BERT of which every part can be another."""

    def __init__(
        self,
        vocab_size,
        max_len,
        d_model,
        num_layers,
        num_heads,
        d_ff,
        *,
        layer=Layer,
        heads=lambda num_heads: num_heads,
        shared=False,
        keep=nn.ModuleList,
        embed=lambda own, ids, segments: own.embeddings(ids, segments),
        masks=keys,
        flow=one_after_another,
        pool=cls_pooled,
        finish=lambda hidden, pooled: (hidden, pooled),
        drop=0.0,
    ):
        super().__init__()
        self.embed, self.masks, self.flow = embed, masks, flow
        self.pool, self.finish, self.drop = pool, finish, drop
        self.embeddings = FunctionalEmbeddings(vocab_size, max_len, d_model)
        sizes = d_model, heads(num_heads), d_ff
        made = [layer(*sizes) for _ in range(num_layers)]
        self.layers = keep(made[:1] * num_layers if shared else made)
        self.pooler = nn.Linear(d_model, d_model)

    def forward(self, ids, segments=None, mask=None):
        x = self.embed(self, ids, segments)
        x = functional.dropout(x, self.drop, self.training)
        x = self.flow(self, x, self.masks(mask))
        return self.finish(x, self.pool(self, x, mask))


def other(**parts):
    return partial(Whole, **parts)


def other_layer(**parts):
    return partial(Whole, layer=partial(Layer, **parts))


# --- cases -----------------------------------------------------------------


def sized(vocab_size, max_len, d_model, num_layers, num_heads, d_ff):
    return {
        "vocab_size": vocab_size,
        "max_len": max_len,
        "d_model": d_model,
        "num_layers": num_layers,
        "num_heads": num_heads,
        "d_ff": d_ff,
    }


def reading(
    settings, batch, n, place=None, mask=None, size=1.0, training=False
):
    """Ids, segments from a place on, and a mask; size: of the weights."""

    def inputs(rng):
        segments = None if place is None else second_from(batch, n, place)
        hidden = readable(rng, batch, n, settings["d_model"])
        return {
            "settings": settings,
            "weights": of_size(size, TorchBert, settings, rng),
            "inputs": [
                ids_of(rng, settings["vocab_size"], batch, n),
                segments,
                mask,
            ],
            "along": [hidden, readable(rng, batch, settings["d_model"])],
            **({"training": True} if training else {}),
        }

    return inputs


EXERCISE = Exercise(
    id="bert.Bert",
    signature=(
        "Bert(vocab_size, max_len, d_model, num_layers, num_heads, d_ff)"
    ),
    asks=(
        "All of it. `embeddings` is your `BertEmbeddings`, `layers` an "
        "`nn.ModuleList` of `num_layers` times the `BertLayer(d_model, "
        "num_heads, d_ff)` that is given, `pooler` an `nn.Linear` from "
        "`d_model` to `d_model`. `forward(ids, segments=None, mask=None)` "
        "returns two values, `(hidden, pooled)`. `hidden`, `(b, n, "
        "d_model)`, is what the last layer returns. `pooled`, `(b, "
        "d_model)`, is the tanh of the pooler of hidden's place 0, where "
        "[CLS] stands. `mask` `(b, n)` is `True` on real tokens: padded "
        "*keys* are seen by nobody, in every layer. A layer takes the mask "
        "that lesson 13's attention takes, `(b, n, n)` or what broadcasts to "
        "it. There is no look-ahead mask, and no dropout."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=8,
    reference=TorchBert,
    way=modules.whole,
    cases=(
        Case("one token, one layer", reading(sized(3, 2, 4, 1, 1, 3), 1, 1)),
        Case(
            "three tokens, one layer", reading(sized(5, 4, 4, 1, 2, 6), 1, 3)
        ),
        Case(
            "two layers, segments",
            reading(sized(6, 5, 4, 2, 1, 5), 1, 4, 2),
        ),
        Case(
            "two texts, the second padded",
            reading(sized(6, 5, 4, 1, 2, 5), 2, 3, 1, flags("111", "110")),
        ),
        Case(
            "three layers, three texts, each padded in another place",
            reading(
                sized(7, 6, 6, 3, 3, 8),
                *(3, 4, 1),
                flags("1110", "1011", "1000"),
            ),
        ),
        Case(
            "weights near 0.001, where ε shows",
            reading(sized(5, 4, 4, 2, 2, 5), 1, 3, 1, size=1e-3),
        ),
        Case(
            "in training: nothing is dropped",
            reading(
                sized(5, 4, 4, 2, 2, 5),
                *(2, 3, 1),
                flags("111", "100"),
                training=True,
            ),
        ),
    ),
    misconceptions=(
        Misconception(
            "ReLU",
            "you used ReLU. BERT's network bends with GELU, as the given "
            "`BertLayer` does.",
            other_layer(bend=torch.relu),
        ),
        Misconception(
            "GELU by tanh",
            "this is GELU's approximation by tanh, which GPT-2 uses. BERT's "
            "is exact.",
            other_layer(bend=tanh_gelu),
        ),
        Misconception(
            "pre-norm",
            "this is pre-norm, as in GPT. BERT's layers are post-norm: the "
            "sum first, then its norm.",
            other_layer(flow=pre_norm),
        ),
        Misconception(
            "PyTorch's own ε",
            "the layers' ε is not 1e-12. PyTorch's own is 1e-5, which shows "
            "where numbers are small.",
            other_layer(eps=1e-5),
        ),
        Misconception(
            "no network",
            "the networks of your layers never run.",
            other_layer(flow=no_network),
        ),
        Misconception(
            "look-ahead mask",
            "your tokens do not see what stands behind them: there is a "
            "look-ahead mask. BERT has none. That is what makes it "
            "bidirectional.",
            other(flow=with_look_ahead),
        ),
        Misconception(
            "mask ignored",
            "right without a mask. Where one is given, padding is seen all "
            "the same.",
            other(masks=no_mask),
        ),
        Misconception(
            "mask inverted",
            "the mask is inverted: padding is seen, and real tokens are not. "
            "`True` stands for a real token.",
            other(masks=inverted),
        ),
        Misconception(
            "queries masked",
            "your mask hides *queries*: padded tokens see nothing, and "
            "everybody sees them. It should hide keys, along the last axis.",
            other(masks=queries),
        ),
        Misconception(
            "mask along the queries",
            "your mask runs along the *queries*: padded tokens see nothing, "
            "and everybody sees them. It should hide keys, along the last "
            "axis.",
            other(masks=along_the_queries),
        ),
        Misconception(
            "padding sees padding",
            "padding sees padding, and real tokens see each other. A padded "
            "key should be seen by nobody, not by padding either.",
            other(masks=seen_by_padding),
        ),
        Misconception(
            "mask in the first layer only",
            "only the first layer gets the mask. In the next one padding is "
            "seen after all. Each layer needs it.",
            other(flow=first_mask_only),
        ),
        Misconception(
            "mask in the last layer only",
            "only the last layer gets the mask. By then tokens have taken "
            "padding in. Each layer needs it.",
            other(flow=last_mask_only),
        ),
        Misconception(
            "pooled from the mean",
            "you pooled the mean over all places. Pool place 0 alone, where "
            "[CLS] stands.",
            other(pool=from_the_mean),
        ),
        Misconception(
            "pooled from the mean of real tokens",
            "you pooled the mean over the real tokens. Pool place 0 alone, "
            "where [CLS] stands.",
            other(pool=from_the_real_ones),
        ),
        Misconception(
            "pooled from the last place",
            "you pooled the last place. [CLS] stands at place 0.",
            other(pool=from_place(-1)),
        ),
        Misconception(
            "pooled from the last real token",
            "you pooled the last real token. [CLS] stands at place 0.",
            other(pool=from_the_last_real_one),
        ),
        Misconception(
            "pooled from the largest",
            "you pooled the largest numbers of all places. Pool place 0 "
            "alone, where [CLS] stands.",
            other(pool=from_the_largest),
        ),
        Misconception(
            "every place pooled",
            "you pooled every place. Pool place 0 alone, `(b, d_model)`.",
            other(pool=of_every_place),
        ),
        Misconception(
            "no tanh",
            "`pooled` comes straight from the pooler. Its tanh is missing.",
            other(pool=no_tanh),
        ),
        Misconception(
            "no linear layer",
            "`pooled` is the tanh of hidden's place 0. The linear layer "
            "`pooler` comes before the tanh.",
            other(pool=no_linear),
        ),
        Misconception(
            "tanh first",
            "you took the tanh before the pooler. It comes after it.",
            other(pool=tanh_first),
        ),
        Misconception(
            "pooled by GELU",
            "you bent `pooled` with GELU. It is tanh there.",
            other(pool=bent_by(functional.gelu)),
        ),
        Misconception(
            "one layer, many times",
            "your list holds one layer several times, so all places share "
            "its weights. Build a new layer for each place.",
            other(shared=True),
        ),
        Misconception(
            "a plain list",
            "the layers stand in a plain Python list, into which PyTorch does "
            "not look: it would train none of them. Use an `nn.ModuleList`.",
            other(keep=list),
        ),
        Misconception(
            "first layer again and again",
            "x goes through the *first* layer again and again. The others "
            "never see it.",
            other(flow=first_again),
        ),
        Misconception(
            "first layer only",
            "only the first layer is used: does the loop return too early?",
            other(flow=first_only),
        ),
        Misconception(
            "last layer left out",
            "the last layer is left out.",
            other(flow=all_but_the_last),
        ),
        Misconception(
            "backwards",
            "the layers are used from the last to the first.",
            other(flow=backwards),
        ),
        Misconception(
            "normalised once more",
            "hidden was normalised once more at the end. A post-norm layer "
            "ends with a norm already.",
            other(flow=normed_at_the_end),
        ),
        Misconception(
            "0 at padding",
            "you put 0 at padded places. Return what the last layer gives: "
            "nobody reads those places, so nothing need happen to them.",
            other(flow=padding_emptied),
        ),
        Misconception(
            "segments not handed on",
            "everything is in segment 0: `segments` does not reach the "
            "embeddings.",
            other(embed=lambda own, ids, segments: own.embeddings(ids)),
        ),
        Misconception(
            "num_heads ignored",
            "`num_heads` makes no difference. Hand it on to the layers.",
            other(heads=lambda num_heads: 1),
        ),
        Misconception(
            "returned the other way round",
            "you returned `pooled` first. Return `(hidden, pooled)`.",
            other(finish=lambda hidden, pooled: (pooled, hidden)),
        ),
        Misconception(
            "dropout",
            "in training you drop numbers. There is no dropout here.",
            other(drop=0.1),
        ),
    ),
    not_by=("Transformer", "TransformerEncoder", "TransformerEncoderLayer"),
    hints=(
        "The mask says for each text which tokens are real, `(b, n)`. Which "
        "of the axes of `(b, n, n)`, queries or keys, should it run along?",
        "`mask[:, None, :]` is `(b, 1, n)`: the same row for every query. "
        "Mind `None`. `hidden[:, 0]` are the vectors of place 0.",
        "x = embeddings(ids, segments); keys = mask with an axis for the "
        "queries, or None; for each layer: x = layer(x, keys); return x, "
        "tanh(pooler(x[:, 0])).",
    ),
    returns=("hidden", "pooled", *GRADIENTS[1:]),
    called=going_in("ids", "segments", "mask"),
)
