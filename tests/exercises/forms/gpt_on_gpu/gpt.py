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
        self.p = dropout

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight[: ids.size(1)]
        x = functional.dropout(x, self.p, self.training)
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
            nn.Dropout(dropout),
            *(
                BlockByFormulas(d_model, num_heads, dropout)
                for _ in range(num_layers)
            ),
        )
        self.last_norm = nn.LayerNorm(d_model)

    def forward(self, ids):
        places = torch.arange(ids.shape[-1]).expand_as(ids)
        x = self.blocks(self.tokens(ids) + self.positions(places))
        return self.last_norm(x) @ self.tokens.weight.t()


class HeadFirst(nn.Module):
    """The head is there before the table that it shares."""

    def __init__(self, vocab_size, block_size, num_layers, num_heads,
                 d_model, dropout=0.0):  # fmt: skip
        super().__init__()
        self.head = nn.Linear(d_model, vocab_size, bias=False)
        self.last_norm = nn.LayerNorm(d_model)
        self.blocks = nn.ModuleList(
            PlainBlock(d_model, num_heads, dropout) for _ in range(num_layers)
        )
        self.positions = nn.Embedding(block_size, d_model)
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.tokens.weight = self.head.weight
        self.drop = nn.Dropout(dropout)

    def forward(self, ids):
        n = ids.shape[1]
        x = self.drop(self.tokens(ids) + self.positions.weight[:n])
        for block in self.blocks:
            x = block(x)
        return self.head(self.last_norm(x))


class OtherNames(HeadFirst):
    """And no part of its own has the name that was asked for."""

    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        self.gpt = nn.ModuleDict({"tokens": self.tokens, "head": self.head})
        table, head = self.tokens, self.head
        del self.tokens, self.head
        self.kept = [table, head]  # seen by nobody

    def forward(self, ids):
        self.tokens, self.head = self.gpt["tokens"], self.gpt["head"]
        try:
            return super().forward(ids)
        finally:
            del self.tokens, self.head


FORMS = [PlainGPT, TiedByAssignment, GPTInSequence, HeadFirst, OtherNames]
