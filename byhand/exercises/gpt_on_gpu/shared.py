"""What several exercises of lesson 17 use."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand.results.tensors import plain

from ..pieces.inputs import readable
from ..pieces.weights import weights_of


def heads_of(x, num_heads):
    return torch.stack(x.chunk(num_heads, dim=-1), dim=1)


def put_together(x):
    return torch.cat(x.unbind(dim=1), dim=-1)


def look_back(scores):
    n, m = scores.shape[-2:]
    later = torch.ones(n, m, dtype=torch.bool).triu(1)
    return scores.masked_fill(later, -math.inf).softmax(dim=-1)


def three_of(own, x):
    return own.qkv_proj(x).chunk(3, dim=-1)


def dropped(own, each):
    return functional.dropout(each, own.p, own.training)


class Causal(nn.Module):
    """Causal self-attention of which every part can be another."""

    def __init__(
        self,
        d_model,
        num_heads,
        dropout=0.0,
        *,
        parts=three_of,
        split=heads_of,
        merge=put_together,
        weigh=look_back,
        scale=lambda d_model, width: width**-0.5,
        finish=lambda own, x: own.out_proj(x),
        drop=dropped,
    ):
        super().__init__()
        self.num_heads, self.p = num_heads, dropout
        self.parts, self.split, self.merge = parts, split, merge
        self.weigh, self.finish, self.drop = weigh, finish, drop
        self.factor = scale(d_model, d_model // num_heads)
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x):
        q, k, v = (self.split(y, self.num_heads) for y in self.parts(self, x))
        weights = self.weigh(
            torch.einsum("bhnw,bhmw->bhnm", q, k * self.factor)
        )
        mixed = torch.einsum("bhnm,bhmw->bhnw", self.drop(self, weights), v)
        return self.finish(self, self.merge(mixed))


def reading(reference, settings, batch, n, first=None, training=False):
    """Rows of vectors; gradients of the first outputs alone, if wanted."""

    def inputs(rng):
        along = readable(rng, batch, n, settings["d_model"])
        if first is not None:
            along[:, first:] = 0
        return {
            "settings": settings,
            "weights": weights_of(reference, settings, rng),
            "inputs": [readable(rng, batch, n, settings["d_model"])],
            "along": along,
            **({"training": True} if training else {}),
        }

    return inputs


def sized(d_model, num_heads, **more):
    return {"d_model": d_model, "num_heads": num_heads, **more}


class TorchBlock(nn.Module):
    """PyTorch's encoder layer with norms first, GELU and a causal mask."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.num_heads, self.p = num_heads, dropout
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = nn.Module()
        self.attention.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.attention.out_proj = nn.Linear(d_model, d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, 4 * d_model)
        self.linear2 = nn.Linear(4 * d_model, d_model)

    def forward(self, x):
        n, d_model = x.shape[1:]
        p = self.p if self.training else 0.0
        library = torch.nn.TransformerEncoderLayer(
            *(d_model, self.num_heads, 4 * d_model, p, "gelu"),
            batch_first=True,
            norm_first=True,
            device="meta",
        )
        names = {
            "attention.qkv_proj.": "self_attn.in_proj_",
            "attention.": "self_attn.",
        }
        given = {}
        for name, weight in self.named_parameters():
            for ours, theirs in names.items():
                name = name.replace(ours, theirs)
            given[name] = weight
        library.dropout.p = 0.0  # inside the network
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        return torch.func.functional_call(library, given, (x, later))


def seen(own, x):
    return own.drop(own, own.attention(x))


def network(own, x, bend=functional.gelu):
    return own.drop(own, own.linear2(bend(own.linear1(x))))


def pre_norm(own, x):
    x = x + seen(own, own.norm1(x))
    return x + network(own, own.norm2(x))


class Layer(nn.Module):
    """A block that goes forward in another way."""

    def __init__(
        self,
        d_model,
        num_heads,
        dropout=0.0,
        *,
        flow=pre_norm,
        wide=4,
        drop=dropped,
        handed=lambda dropout: dropout,
    ):
        super().__init__()
        self.flow, self.drop, self.p = flow, drop, dropout
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = Causal(d_model, num_heads, handed(dropout))
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, wide * d_model)
        self.linear2 = nn.Linear(wide * d_model, d_model)

    def forward(self, x):
        return self.flow(self, x)


def nothing(*_):
    return None


def in_training(rng):
    return {
        "step": int(rng.integers(3, 1000)),
        "seed": int(rng.integers(2**31)),
    }


FORMAT = (
    'a dict with four entries: `"model"`, the model\'s `state_dict()`; '
    '`"optimizer"`, the optimizer\'s; `"step"`, a whole number; and '
    '`"rng"`, the state of PyTorch\'s random numbers, '
    "`torch.get_rng_state()`"
)


# --- where dropout falls ---------------------------------------------------

HALF = 0.5
TEXTS = 64  # of one token each, all alike


def half_dropped(reference, d_model, num_heads, silent):
    """Texts of one token, in training, whose attention can be read off.

    The last projection hands on what it is given, and what is `silent` says
    nothing.
    """

    def inputs(rng):
        settings = sized(d_model, num_heads, dropout=HALF)
        given = reading(reference, settings, 1, 1, training=True)(rng)
        weights = given["weights"]
        for name in weights:
            if name.startswith(silent):
                weights[name] *= 0
            elif name.endswith("out_proj.weight"):
                weights[name] = np.eye(d_model)
            elif name.endswith("out_proj.bias"):
                weights[name] *= 0
        (x,) = given["inputs"]
        given["inputs"] = [np.repeat(x, TEXTS, axis=0)]
        given["along"] = np.repeat(given["along"], TEXTS, axis=0)
        return given

    return inputs


def kept_only(came, floor, together):
    """What came, with what was dropped as if it had been kept.

    floor: (d_model,), what is left where all is dropped. together: how many
    numbers in a row are dropped together. Where it is dropped as it should
    be, every row becomes the same.
    """
    added = as_rows(came, len(floor)) - floor
    parts = added.reshape(-1, together)
    gone = (np.abs(parts) < 1e-9).all(axis=1)
    if gone.all() or not gone.any():
        return floor + added
    places = np.arange(len(parts)) % (len(floor) // together)
    for place in np.unique(places):
        here, kept = places == place, parts[(places == place) & ~gone]
        parts[here & gone] = kept[0] if len(kept) else 0
    return floor + parts.reshape(added.shape)


def as_rows(came, width):
    return plain(came).astype(float).reshape(-1, width)
