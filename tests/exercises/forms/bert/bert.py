"""Right answers to `bert.Bert`."""

import torch
from torch import nn

from .bert_embeddings import OneHot, Plain, Stacked
from .shared import BertLayer, LayerByFunctions


class PlainBert(nn.Module):
    def __init__(
        self, vocab_size, max_len, d_model, num_layers, num_heads, d_ff
    ):
        super().__init__()
        self.embeddings = Plain(vocab_size, max_len, d_model)
        self.layers = nn.ModuleList(
            [BertLayer(d_model, num_heads, d_ff) for _ in range(num_layers)]
        )
        self.pooler = nn.Linear(d_model, d_model)

    def forward(self, ids, segments=None, mask=None):
        x = self.embeddings(ids, segments)
        keys = None if mask is None else mask[:, None, :]
        for layer in self.layers:
            x = layer(x, keys)
        return x, torch.tanh(self.pooler(x[:, 0]))


class ByRecursion(nn.Module):
    """A full mask in all cases, and the layers one inside the other."""

    def __init__(
        self, vocab_size, max_len, d_model, num_layers, num_heads, d_ff
    ):
        super().__init__()
        self.layers = nn.ModuleList()
        while len(self.layers) < num_layers:
            self.layers.append(BertLayer(d_model, num_heads, d_ff))
        self.pooler = nn.Linear(d_model, d_model)
        self.embeddings = OneHot(vocab_size, max_len, d_model)

    def through(self, x, mask, depth):
        if depth == 0:
            return x
        return self.layers[depth - 1](self.through(x, mask, depth - 1), mask)

    def forward(self, ids, segments=None, mask=None):
        if mask is None:
            mask = torch.ones_like(ids, dtype=torch.bool)
        square = mask.unsqueeze(1).expand(-1, ids.shape[1], -1)
        first = self.embeddings(ids, segments)
        hidden = self.through(first, square, len(self.layers))
        pooled = self.pooler(hidden.select(1, 0)).tanh()
        return [hidden, pooled]


class WithFused(nn.Module):
    """Other layers of the same names; place 0 pooled by a product."""

    def __init__(
        self, vocab_size, max_len, d_model, num_layers, num_heads, d_ff
    ):
        super().__init__()
        self.embeddings = Stacked(vocab_size, max_len, d_model)
        self.layers = nn.ModuleList(
            LayerByFunctions(d_model, num_heads, d_ff)
            for _ in range(num_layers)
        )
        self.pooler = nn.Linear(d_model, d_model)

    def forward(self, ids, segments=None, mask=None):
        hidden = self.embeddings(ids, segments)
        b, n = ids.shape
        keys = mask
        if mask is not None:
            keys = mask.reshape(b, 1, n)
        for layer in list(self.layers):
            hidden = layer(hidden, mask=keys)
        pooled = hidden[:, :1] @ self.pooler.weight.T + self.pooler.bias
        return hidden, torch.tanh(pooled.squeeze(1))


FORMS = [PlainBert, ByRecursion, WithFused]
