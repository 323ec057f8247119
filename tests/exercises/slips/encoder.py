"""Slips in lesson 13."""

import copy
import math

import torch
from torch import nn
from torch.nn import functional

from tests.exercises.forms.encoder.shared import (
    ByFusedFunction as MultiHeadAttention,
)
from tests.exercises.forms.encoder.shared import PlainLayer as EncoderLayer


class Attention(MultiHeadAttention):
    """A right one, whose parts the wrong ones do otherwise."""

    def heads(self, x):
        b, n, _d = x.shape
        return x.view(b, n, self.num_heads, -1).transpose(1, 2)

    def scaled(self, q, k):
        return q @ k.mT / math.sqrt(q.shape[-1])

    def masked(self, scores, mask):
        return scores.masked_fill(~mask, -math.inf)

    def weights(self, scores, mask):
        return torch.softmax(scores, -1).nan_to_num()

    def merge(self, mixed):
        return mixed.transpose(1, 2).flatten(2)

    def forward(self, query, key, value, mask=None):
        q = self.heads(self.q_proj(query))
        k = self.heads(self.k_proj(key))
        v = self.heads(self.v_proj(value))
        scores = self.scaled(q, k)
        if mask is not None:
            mask = mask[:, None] if mask.dim() == 3 else mask
            scores = self.masked(scores, mask)
        return self.out_proj(self.merge(self.weights(scores, mask) @ v))


class ByModelWidth(Attention):
    def scaled(self, q, k):
        return q @ k.mT / math.sqrt(q.shape[-1] * self.num_heads)


class MaskAdded(Attention):
    def masked(self, scores, mask):
        return scores + mask


class MaskedWithZero(Attention):
    def masked(self, scores, mask):
        return scores.masked_fill(~mask, 0)


class NotANumber(Attention):
    def weights(self, scores, mask):
        return torch.softmax(scores, -1)


class NoSuper(nn.Module):
    def __init__(self, d_model, num_heads):
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    forward = Attention.forward


class MergedByView(Attention):
    def merge(self, mixed):
        b, h, n, w = mixed.shape
        return mixed.reshape(b, n, h * w)


class PreNorm(EncoderLayer):
    def forward(self, x, mask=None):
        y = self.norm1(x)
        x = x + self.dropout(self.self_attention(y, y, y, mask))
        y = self.linear2(torch.relu(self.linear1(self.norm2(x))))
        return x + self.dropout(y)


class OneNorm(EncoderLayer):
    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.self_attention(x, x, x, mask)))
        y = self.linear2(torch.relu(self.linear1(x)))
        return self.norm1(x + self.dropout(y))


class NoResidual(EncoderLayer):
    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.self_attention(x, x, x, mask)))
        y = self.linear2(torch.relu(self.linear1(x)))
        return self.norm2(self.dropout(y))


class NoMask(EncoderLayer):
    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.self_attention(x, x, x)))
        y = self.linear2(torch.relu(self.linear1(x)))
        return self.norm2(x + self.dropout(y))


class NoRelu(EncoderLayer):
    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.self_attention(x, x, x, mask)))
        y = self.linear2(self.linear1(x))
        return self.norm2(x + self.dropout(y))


class AlwaysDrops(EncoderLayer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff)
        self.p = dropout

    def forward(self, x, mask=None):
        y = functional.dropout(self.self_attention(x, x, x, mask), self.p)
        x = self.norm1(x + y)
        y = self.linear2(torch.relu(self.linear1(x)))
        return self.norm2(x + functional.dropout(y, self.p))


class Encoder(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.layers = nn.ModuleList(
            EncoderLayer(d_model, num_heads, d_ff, dropout)
            for _ in range(num_layers)
        )

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Inverted(Encoder):
    def forward(self, x, mask=None):
        return super().forward(x, None if mask is None else ~mask)


class FirstMaskOnly(Encoder):
    def forward(self, x, mask=None):
        x = self.layers[0](x, mask)
        for layer in self.layers[1:]:
            x = layer(x)
        return x


class SharedLayer(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        layer = EncoderLayer(d_model, num_heads, d_ff, dropout)
        self.layers = nn.ModuleList([layer] * num_layers)

    forward = Encoder.forward


class PlainList(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.layers = [
            EncoderLayer(d_model, num_heads, d_ff, dropout)
            for _ in range(num_layers)
        ]

    forward = Encoder.forward


class ReturnsInTheLoop(Encoder):
    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
            return x


class DropoutForgotten(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        layer = EncoderLayer(d_model, num_heads, d_ff)
        self.layers = nn.ModuleList(
            copy.deepcopy(layer) for _ in range(num_layers)
        )

    forward = Encoder.forward


WRONG = {
    "encoder.MultiHeadAttention": {
        "by d_model": ByModelWidth,
        "mask added": MaskAdded,
        "masked with 0": MaskedWithZero,
        "nan": NotANumber,
        "no super": NoSuper,
        "merged by view": MergedByView,
    },
    "encoder.EncoderLayer": {
        "pre-norm": PreNorm,
        "one norm": OneNorm,
        "no residual": NoResidual,
        "no mask": NoMask,
        "no relu": NoRelu,
        "always drops": AlwaysDrops,
    },
    "encoder.Encoder": {
        "mask inverted": Inverted,
        "first mask only": FirstMaskOnly,
        "one layer": SharedLayer,
        "a plain list": PlainList,
        "in the loop": ReturnsInTheLoop,
        "no dropout": DropoutForgotten,
    },
}
