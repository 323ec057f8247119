"""Right answers to `gpt_on_gpu.GPT`."""

import torch
from torch import nn
from torch.nn import functional

from .shared import (
    BlockByFormulas,
    BlockInSequence,
    PlainBlock,
)


class PlainGPT(nn.Module):
    def __init__(
        self,
        vocab_size,
        block_size,
        num_layers,
        num_heads,
        d_model,
        dropout=0.0,
    ):
        super().__init__()
        self.block_size = block_size
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.ModuleList(
            [
                PlainBlock(d_model, num_heads, dropout)
                for _ in range(num_layers)
            ]
        )
        self.last_norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids):
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.dropout(self.tokens(ids) + self.positions(places))
        for block in self.blocks:
            x = block(x)
        return functional.linear(self.last_norm(x), self.tokens.weight)


class TiedByAssignment(nn.Module):
    """A linear layer whose weight *is* the table."""

    def __init__(self, vocab_size, block_size, num_layers, num_heads,
                 d_model, dropout=0.0):  # fmt: skip
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            self.blocks.append(BlockInSequence(d_model, num_heads, dropout))
        self.last_norm = nn.LayerNorm(d_model)
        self.lm_head = nn.Linear(d_model, vocab_size, bias=False)
        self.lm_head.weight = self.tokens.weight

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight[: ids.size(1)]
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.last_norm(x))


class GPTInSequence(nn.Module):
    """The blocks are an nn.Sequential."""

    def __init__(self, vocab_size, block_size, num_layers, num_heads,
                 d_model, dropout=0.0):  # fmt: skip
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.Sequential(
            *(BlockByFormulas(d_model, num_heads) for _ in range(num_layers))
        )
        self.last_norm = nn.LayerNorm(d_model)

    def forward(self, ids):
        places = torch.arange(ids.shape[-1]).expand_as(ids)
        x = self.blocks(self.tokens(ids) + self.positions(places))
        return self.last_norm(x) @ self.tokens.weight.t()


FORMS = [PlainGPT, TiedByAssignment, GPTInSequence]
