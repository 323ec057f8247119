"""What several exercises of lesson 14 use."""

import math

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case

from ..pieces.dropping import dropped_by_a_quarter
from ..pieces.inputs import readable
from ..pieces.tensors import NEARLY_ALL, flags
from ..pieces.weights import weights_of


class Attention(nn.Module):
    """Multi-head attention with the names of the course."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))
        self.num_heads, self.p = num_heads, dropout

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
        # In a layer: before the sum.
        return dropped(self, self.out_proj(found.flatten(-2)))


def network(self, x):
    return dropped(self, self.linear2(torch.relu(self.linear1(x))))


def dropped(self, each):
    return functional.dropout(each, self.p, self.training)


def layer_of(forward, drops=lambda dropout: dropout):
    """A decoder layer that goes forward like that, and so drops."""

    class DecoderLayer(nn.Module):
        def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
            super().__init__()
            for name in ("self_attention", "cross_attention"):
                one = Attention(d_model, num_heads, drops(dropout))
                self.add_module(name, one)
            self.p, self.dropout = drops(dropout), dropout
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


def masked_as(choose, **more):
    """As it should be, but for its masks: choose(src, tgt) → (tgt, src)."""

    def forward(self, x, memory, src_mask, tgt_mask):
        first, second = choose(src_mask, tgt_mask)
        a = self.norm1(x + self.self_attention(x, x, x, first))
        b = self.norm2(a + self.cross_attention(a, memory, memory, second))
        return self.norm3(b + network(self, b))

    return layer_of(forward, **more)


def inverse(mask):
    return None if mask is None else ~mask


right_layer = masked_as(lambda src, tgt: (tgt, src))


LOOK_BACK = flags("100", "110", "111")


# What lesson 9's padding masks become with an axis for the queries.
PADDED_SOURCE = flags("110", "111")[:, None, :]


PADDED_TARGET = torch.stack([LOOK_BACK, LOOK_BACK & flags("110")])


def decoding(
    reference,
    settings,
    sizes,
    src_mask=None,
    tgt_mask=None,
    until=None,
    training=False,
):
    """The inputs of a case; sizes: batch, target tokens, source tokens.

    until: gradients are taken of the outputs before it; None: of all.
    training: in training, and not in use.
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
            **({"training": True} if training else {}),
        }

    return inputs


# As many queries as sentences, heads and source tokens, so that a mask stops
# nothing where it is on the wrong axis, or in the wrong attention.
EACH_QUERY = flags("10", "11")
EACH_OF_EACH = torch.stack([EACH_QUERY, flags("01", "11")])


def masked_by_query(reference, **more):
    """What each query may see of the source; one mask, or one a sentence."""
    settings = {**more, "d_model": 4, "num_heads": 2, "d_ff": 5}
    return tuple(
        Case(name, decoding(reference, settings, (2, 2, 2), src_mask=mask))
        for name, mask in (
            ("a source mask `(n, m)`", EACH_QUERY),
            ("a source mask `(batch, n, m)`", EACH_OF_EACH),
        )
    )


def dropping_case(reference, name, start="", **more):
    """Of a layer, or (with num_layers=1) of a stack of one."""
    parts = (
        ("self_attention.out_proj", "norm1"),
        ("cross_attention.out_proj", "norm2"),
        ("linear2", "norm3"),
    )
    steps = [[start + part for part in step] for step in parts]
    return Case(name, dropped_by_a_quarter(reference, more, steps, memory=8))


def cases_of(reference, **more):
    """The cases of a layer, or (with num_layers) of a stack."""

    def case(name, d_model, num_heads, d_ff, sizes, dropout=None, **masks):
        settings = {
            **more,
            "d_model": d_model,
            "num_heads": num_heads,
            "d_ff": d_ff,
        }
        if dropout is not None:
            settings["dropout"] = dropout
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
        case(
            "dropout of nearly 1, in use: nothing is dropped",
            *(4, 2, 5, (1, 2, 3)),
            dropout=NEARLY_ALL,
        ),
        case(
            "dropout of nearly 1, in training: x alone gets through",
            *(4, 2, 5, (1, 2, 3)),
            dropout=NEARLY_ALL,
            training=True,
        ),
    )


TURNED_ROUND = (
    "what the masks allow is blocked, and what they forbid is seen. In this "
    'course `True` means "may attend". PyTorch\'s own layers have it the '
    "other way round."
)


def stack_of(forward, make=None, handed=lambda dropout: dropout):
    """A decoder that goes forward like that, of layers made like that.

    handed: the dropout that they are handed.
    """

    class Decoder(nn.Module):
        def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
            super().__init__()
            sizes = d_model, num_heads, d_ff, handed(dropout)
            self.p = dropout
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
