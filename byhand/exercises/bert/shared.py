"""What several exercises of lesson 19 use."""

import torch
from torch import nn
from torch.nn import functional

from byhand.text.gaps import TINY, Attention

from ..pieces.weights import weights_of


def post_norm(own, x, mask):
    x = own.norm1(x + own.self_attention(x, mask))
    return own.norm2(x + own.linear2(own.bend(own.linear1(x))))


class Layer(nn.Module):
    """BERT's layer, whose parts can be joined in another way."""

    def __init__(
        self,
        d_model,
        num_heads,
        d_ff,
        *,
        flow=post_norm,
        bend=functional.gelu,
        eps=TINY,
    ):
        super().__init__()
        self.flow, self.bend = flow, bend
        self.self_attention = Attention(d_model, num_heads)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model, eps)
        self.norm2 = nn.LayerNorm(d_model, eps)

    def forward(self, x, mask):
        return self.flow(self, x, mask)


def tanh_gelu(x):
    return functional.gelu(x, approximate="tanh")


def of_size(size, reference, settings, rng):
    """Weights for a module, `size` times as large as readable ones.

    Small ones show what is added to a variance before its root.
    """
    weights = weights_of(reference, settings, rng)
    return {name: size * weight for name, weight in weights.items()}


def ids_of(rng, vocab_size, batch, n):
    """Token ids; the first is 0, which is a token like any other."""
    ids = rng.integers(vocab_size, size=(batch, n))
    ids[0, 0] = 0
    return torch.from_numpy(ids)


def second_from(batch, n, place):
    """Segments: 1 from that place on, in later rows from the next one on."""
    places = torch.arange(n)
    rows = [(places >= place + row).long() for row in range(batch)]
    return torch.stack(rows)
