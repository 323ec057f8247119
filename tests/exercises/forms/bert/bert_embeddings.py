"""Right answers to `bert.BertEmbeddings`."""

import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self, vocab_size, max_len, d_model):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(max_len, d_model)
        self.segments = nn.Embedding(2, d_model)
        self.norm = nn.LayerNorm(d_model, eps=1e-12)

    def forward(self, ids, segments=None):
        if segments is None:
            segments = torch.zeros_like(ids)
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.tokens(ids) + self.positions(places)
        return self.norm(x + self.segments(segments))


class OneHot(nn.Module):
    """Rows by a product with one-hot ones, and a norm by its formula."""

    def __init__(self, vocab_size, max_len, d_model):
        super().__init__()
        self.norm = nn.LayerNorm(d_model, 1e-12)
        self.segments = nn.Embedding(2, d_model)
        self.positions = nn.Embedding(max_len, d_model)
        self.tokens = nn.Embedding(vocab_size, d_model)

    def rows(self, table, ids):
        hot = nn.functional.one_hot(ids, table.num_embeddings)
        return hot.to(table.weight.dtype) @ table.weight

    def forward(self, ids, segments=None):
        which = 0 * ids if segments is None else segments
        n = ids.shape[-1]
        x = self.rows(self.tokens, ids) + self.rows(self.segments, which)
        x = x + self.positions.weight[None, :n]
        far = x - x.mean(-1, keepdim=True)
        spread = (far.square().mean(-1, keepdim=True) + 1e-12).sqrt()
        return far / spread * self.norm.weight + self.norm.bias


class Stacked(nn.Module):
    """The three in one stack; no segments: row 0 of the table, broadcast."""

    def __init__(self, vocab_size, max_len, d_model):
        super().__init__()
        rows = {"tokens": vocab_size, "positions": max_len, "segments": 2}
        for name, count in rows.items():
            setattr(self, name, nn.Embedding(count, d_model))
        self.norm = nn.LayerNorm((d_model,), eps=1e-12)
        self.register_buffer("places", torch.arange(max_len)[None])

    def forward(self, ids, segments=None):
        x = self.tokens(ids)
        places = self.positions(self.places[:, : x.size(1)]).expand_as(x)
        if segments is None:
            kinds = self.segments.weight[0].expand_as(x)
        else:
            kinds = self.segments(segments)
        return self.norm(torch.stack([x, places, kinds]).sum(0))


FORMS = [Plain, OneHot, Stacked]
