"""Right answers to `bert.MlmHead`."""

import torch
from torch import nn
from torch.nn import functional


class Plain(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.tokens = tokens
        vocab, d = tokens.weight.shape
        self.linear = nn.Linear(d, d)
        self.norm = nn.LayerNorm(d, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocab))

    def forward(self, hidden):
        x = self.norm(functional.gelu(self.linear(hidden)))
        return x @ self.tokens.weight.T + self.bias


class ByEinsum(nn.Module):
    """GELU by its formula; an odd order of making things."""

    def __init__(self, tokens):
        super().__init__()
        self.bias = nn.Parameter(torch.randn(tokens.num_embeddings))
        self.norm = nn.LayerNorm(tokens.embedding_dim, 1e-12)
        self.linear = nn.Linear(tokens.embedding_dim, tokens.embedding_dim)
        self.tokens = tokens

    def forward(self, hidden):
        z = self.linear(hidden)
        bent = z / 2 * (1 + torch.erf(z / 2**0.5))
        rows = self.norm(bent)
        scores = torch.einsum("bnd,vd->bnv", rows, self.tokens.weight)
        return scores + self.bias


class Decoder(nn.Module):
    """A linear layer that shares its matrix, beside the table itself."""

    def __init__(self, tokens):
        super().__init__()
        self.tokens = tokens
        self.decoder = nn.Linear(*reversed(tokens.weight.shape), bias=False)
        self.decoder.weight = tokens.weight
        self.bias = nn.Parameter(torch.zeros(tokens.num_embeddings))
        d = tokens.embedding_dim
        self.linear, self.norm = nn.Linear(d, d), nn.LayerNorm(d, eps=1e-12)

    def forward(self, hidden):
        bent = nn.GELU()(self.linear(hidden))
        return self.decoder(self.norm(bent)).add(self.bias)


FORMS = [Plain, ByEinsum, Decoder]
