"""What several exercises of lesson 17 use."""

import math

import torch
from torch import nn
from torch.nn import functional

from ..pieces.inputs import readable
from ..pieces.weights import weights_of

MODULE = ("output", "input_gradients", "weight_gradients")


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
        drop=lambda weights, p: weights,
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
        mixed = torch.einsum("bhnm,bhmw->bhnw", self.drop(weights, self.p), v)
        return self.finish(self, self.merge(mixed))


# So close to 1 that whoever drops in use drops everything, and everybody who
# does so gets the same numbers.
NEARLY_ALL = 1 - 1e-9


def reading(reference, settings, batch, n, first=None):
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
        }

    return inputs


def sized(d_model, num_heads, **more):
    return {"d_model": d_model, "num_heads": num_heads, **more}


class TorchBlock(nn.Module):
    """PyTorch's encoder layer with norms first, GELU and a causal mask."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.num_heads = num_heads
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = nn.Module()
        self.attention.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.attention.out_proj = nn.Linear(d_model, d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, 4 * d_model)
        self.linear2 = nn.Linear(4 * d_model, d_model)

    def forward(self, x):
        n, d_model = x.shape[1:]
        library = torch.nn.TransformerEncoderLayer(
            *(d_model, self.num_heads, 4 * d_model, 0.0, "gelu"),
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
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        return torch.func.functional_call(library, given, (x, later))


def network(own, x, bend=functional.gelu):
    return own.linear2(bend(own.linear1(x)))


def pre_norm(own, x):
    x = x + own.attention(own.norm1(x))
    return x + network(own, own.norm2(x))


class Layer(nn.Module):
    """A block that goes forward in another way."""

    def __init__(
        self, d_model, num_heads, dropout=0.0, *, flow=pre_norm, wide=4
    ):
        super().__init__()
        self.flow, self.p = flow, dropout
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = Causal(d_model, num_heads)
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
