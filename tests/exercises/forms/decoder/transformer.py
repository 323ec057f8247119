"""Right answers to `decoder.Transformer`."""

import math

import torch
from torch import nn

from .shared import (
    ByFunction,
    PlainStack,
    StackByAppending,
)


class EncoderLayer(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.self_attention = ByFunction(d_model, num_heads)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.self_attention(x, x, x, mask)))
        inside = torch.relu(self.linear1(x))
        return self.norm2(x + self.dropout(self.linear2(inside)))


def waves(n, d_model):
    table = torch.zeros(n, d_model)
    for k in range(0, d_model, 2):
        angles = torch.arange(n) / 10_000 ** (k / d_model)
        table[:, k], table[:, k + 1] = angles.sin(), angles.cos()
    return table


class Plain(nn.Module):
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
        self.src_embedding = nn.Embedding(src_vocab, d_model)
        self.tgt_embedding = nn.Embedding(tgt_vocab, d_model)
        self.encoder = nn.ModuleList(
            EncoderLayer(d_model, num_heads, d_ff, dropout)
            for _ in range(num_layers)
        )
        self.decoder = PlainStack(
            num_layers, d_model, num_heads, d_ff, dropout
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(d_model, tgt_vocab)
        self.root = math.sqrt(d_model)

    def embed(self, table, ids):
        x = table(ids) * self.root
        return self.dropout(x + waves(ids.shape[1], x.shape[-1]))

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        memory = self.embed(self.src_embedding, src)
        for layer in self.encoder:
            memory = layer(memory, src_mask)
        x = self.embed(self.tgt_embedding, tgt)
        return self.output(self.decoder(x, memory, src_mask, tgt_mask))


class Learned(nn.Module):
    """Learned positions, padding at 0, a tied head, weights that are small."""

    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, num_layers,
                 d_ff, dropout=0.0):  # fmt: skip
        super().__init__()
        self.src = nn.Embedding(src_vocab, d_model, padding_idx=0)
        self.tgt = nn.Embedding(tgt_vocab, d_model, padding_idx=0)
        self.src_places = nn.Embedding(64, d_model)
        self.tgt_places = nn.Embedding(64, d_model)
        self.layers = nn.ModuleList(
            EncoderLayer(d_model, num_heads, d_ff, dropout)
            for _ in range(num_layers)
        )
        self.stack = StackByAppending(
            num_layers, d_model, num_heads, d_ff, dropout
        )
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        places = torch.arange(64)
        x = self.src(src) + self.src_places(places[: src.shape[1]])
        for layer in self.layers:
            x = layer(x, src_mask)
        y = self.tgt(tgt) + self.tgt_places(places[: tgt.shape[1]])
        return self.stack(y, x, src_mask, tgt_mask) @ self.tgt.weight.T


class Wrapped(nn.Module):
    """PyTorch's own, pre-norm, with one table for both."""

    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, num_layers,
                 d_ff, dropout=0.0):  # fmt: skip
        super().__init__()
        self.table = nn.Embedding(max(src_vocab, tgt_vocab), d_model)
        self.inner = nn.Transformer(
            *(d_model, num_heads, num_layers, num_layers, d_ff, dropout),
            batch_first=True,
            norm_first=True,
        )
        self.num_heads = num_heads
        self.head = nn.Linear(d_model, tgt_vocab, bias=False)

    def shut(self, mask, b, n, m):
        if mask is None:
            return torch.zeros(n, m, dtype=torch.bool)
        return ~mask.expand(b, n, m).repeat_interleave(self.num_heads, 0)

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        (b, m), n = src.shape, tgt.shape[1]
        x, y = self.table(src), self.table(tgt)
        d = x.shape[-1]
        out = self.inner(
            x + waves(m, d),
            y + waves(n, d),
            src_mask=self.shut(src_mask, b, m, m),
            tgt_mask=self.shut(tgt_mask, b, n, n),
            memory_mask=self.shut(src_mask, b, n, m),
        )
        return self.head(out)


class WithBuffer(Plain):
    """Positions kept as a buffer; Xavier's weights; an extra last norm."""

    def __init__(self, src_vocab, tgt_vocab, d_model, *rest, **more):
        super().__init__(src_vocab, tgt_vocab, d_model, *rest, **more)
        self.register_buffer("places", waves(100, d_model))
        self.last = nn.LayerNorm(d_model)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        x = self.src_embedding(src) + self.places[: src.shape[1]]
        for layer in self.encoder:
            x = layer(x, src_mask)
        y = self.tgt_embedding(tgt) + self.places[: tgt.shape[1]]
        y = self.last(self.decoder(y, self.last(x), src_mask, tgt_mask))
        return self.output(y)


class Tiny(Plain):
    """Weights around 0.005: what they do is small, but it is there."""

    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.005)


class OneTable(nn.Module):
    """One table for source, target and head; positions are a parameter."""

    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, num_layers,
                 d_ff, dropout=0.0):  # fmt: skip
        super().__init__()
        self.table = nn.Parameter(torch.randn(src_vocab + tgt_vocab, d_model))
        self.places = nn.Parameter(torch.randn(1, 80, d_model) / 50)
        self.up = nn.ModuleList(
            EncoderLayer(d_model, num_heads, d_ff, dropout)
            for _ in range(num_layers)
        )
        self.down = PlainStack(num_layers, d_model, num_heads, d_ff, dropout)
        self.tgt_vocab = tgt_vocab

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        x = self.table[self.tgt_vocab + src] + self.places[:, : src.shape[1]]
        for layer in self.up:
            x = layer(x, src_mask)
        y = self.table[tgt] + self.places[:, : tgt.shape[1]]
        y = self.down(y, x, src_mask, tgt_mask)
        return torch.einsum("bnd,vd->bnv", y, self.table[: self.tgt_vocab])


class SingleSoftmax(Plain):
    """Its last step in float32."""

    def forward(self, *given):
        return super().forward(*given).float()


FORMS = [Plain, Learned, Wrapped, WithBuffer, Tiny, OneTable, SingleSoftmax]
