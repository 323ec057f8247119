"""What the forms of several exercises use."""

import math

import torch
from torch import nn
from torch.nn import functional


class Fused(nn.Module):
    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.num_heads, self.dropout = num_heads, dropout

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = (
            y.view(b, n, self.num_heads, d // self.num_heads).transpose(1, 2)
            for y in self.qkv_proj(x).chunk(3, dim=-1)
        )
        p = self.dropout if self.training else 0.0
        y = functional.scaled_dot_product_attention(
            q, k, v, dropout_p=p, is_causal=True
        )
        return self.out_proj(y.transpose(1, 2).reshape(b, n, d))


class WithBuffer(nn.Module):
    """The mask is a buffer; dropout a module; a head's weights are kept."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.h = num_heads
        self.register_buffer("mask", torch.tril(torch.ones(64, 64)))

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv_proj(x).split(d, dim=2)
        cut = (b, n, self.h, d // self.h)
        q, k, v = (y.reshape(cut).permute(0, 2, 1, 3) for y in (q, k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))
        scores = scores.masked_fill(self.mask[:n, :n] == 0, -torch.inf)
        weights = self.drop(torch.softmax(scores, dim=-1))
        y = (weights @ v).permute(0, 2, 1, 3).flatten(2)
        return self.out_proj(y)


class PlainBlock(nn.Module):
    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = Fused(d_model, num_heads, dropout)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, 4 * d_model)
        self.linear2 = nn.Linear(4 * d_model, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = x + self.dropout(self.attention(self.norm1(x)))
        inside = functional.gelu(self.linear1(self.norm2(x)))
        return x + self.dropout(self.linear2(inside))


class BlockInSequence(nn.Module):
    """The network is an nn.Sequential: other names, the same order."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = WithBuffer(d_model, num_heads, dropout)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, 4 * d_model)
        self.linear2 = nn.Linear(4 * d_model, d_model)
        self.p = dropout

    def drop(self, x):
        return functional.dropout(x, self.p, training=self.training)

    def think(self, x):
        return self.linear2(nn.GELU()(self.linear1(x)))

    def forward(self, x):
        return (seen := self.drop(self.attention(self.norm1(x))) + x) + (
            self.drop(self.think(self.norm2(seen)))
        )


class BlockByFormulas(PlainBlock):
    def normed(self, norm, x):
        return functional.layer_norm(
            x, x.shape[-1:], norm.weight, norm.bias, 1e-5
        )

    def forward(self, x):
        x = x + self.dropout(self.attention(self.normed(self.norm1, x)))
        z = self.linear1(self.normed(self.norm2, x))
        z = z * (1 + torch.erf(z / math.sqrt(2))) / 2
        added = z @ self.linear2.weight.mT + self.linear2.bias
        return x + self.dropout(added)
