"""A decoder-only Transformer, as GPT-2 arranged it.

Radford and others, "Language Models are Unsupervised Multitask Learners"
(2019), section 2.3: norms come first in each block, and once more at the end.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from byhand.gpt.data import IGNORED


@dataclass(frozen=True)
class GPTConfig:
    """The shape of a model.

    block_size: the most tokens that it can look at. attention: "fused", or
    "plain" to see what fusing is worth.
    ValueError: a size that is not positive, heads that do not divide the
    width, a dropout that is no chance.
    """

    vocab_size: int
    block_size: int
    num_layers: int
    num_heads: int
    d_model: int
    dropout: float = 0.0
    attention: str = "fused"

    def __post_init__(self) -> None:
        for name in (
            "vocab_size",
            "block_size",
            "num_layers",
            "num_heads",
            "d_model",
        ):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"{name} should be at least 1; got {getattr(self, name)}"
                )
        if self.d_model % self.num_heads:
            raise ValueError(
                f"the width, {self.d_model}, should be a multiple of the "
                f"number of heads, {self.num_heads}: each head gets an equal "
                "share of it"
            )
        if not 0 <= self.dropout < 1:
            raise ValueError(
                f"dropout should be at least 0 and below 1; got {self.dropout}"
            )


def plain_attention(
    query: Tensor, key: Tensor, value: Tensor, dropout_p: float, **_: bool
) -> Tensor:
    """Causal attention, one operation after the other; (…, n, d_k) each.

    Vaswani and others, "Attention Is All You Need" (2017), equation 1.
    """
    n, d_k = query.shape[-2:]
    future = torch.ones(n, n, dtype=torch.bool, device=query.device).triu(1)
    scores = query @ key.mT / math.sqrt(d_k)
    weights = scores.masked_fill(future, -math.inf).softmax(dim=-1)
    return functional.dropout(weights, dropout_p) @ value


class Attention(nn.Module):
    """Several heads, each looking back only."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        d_model = config.d_model
        # One matrix product for three: a GPU is idle in small ones.
        self.qkv_proj = nn.Linear(d_model, 3 * d_model, bias=False)
        self.out_proj = nn.Linear(d_model, d_model, bias=False)
        self.num_heads, self.p = config.num_heads, config.dropout
        self.fused = config.attention == "fused"

    def forward(self, x: Tensor) -> Tensor:
        """(batch, n, d_model) → (batch, n, d_model)"""
        parts = self.qkv_proj(x).unflatten(-1, (3, self.num_heads, -1))
        q, k, v = parts.permute(2, 0, 3, 1, 4)  # each (batch, heads, n, d_k)
        attend: Any = plain_attention
        if self.fused:
            attend = functional.scaled_dot_product_attention
        p = self.p if self.training else 0.0
        heads = attend(q, k, v, dropout_p=p, is_causal=True)
        joined = heads.transpose(1, 2).flatten(2)  # (batch, n, d_model)
        return functional.dropout(self.out_proj(joined), p)


class Layer(nn.Module):
    """Pre-norm: each part reads a normed copy, and adds what it found."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        d_model = config.d_model
        self.attention_norm = nn.LayerNorm(d_model, bias=False)
        self.attention = Attention(config)
        self.network_norm = nn.LayerNorm(d_model, bias=False)
        self.network = nn.Sequential(
            nn.Linear(d_model, 4 * d_model, bias=False),
            nn.GELU(),
            nn.Linear(4 * d_model, d_model, bias=False),
            nn.Dropout(config.dropout),
        )

    def forward(self, stream: Tensor) -> Tensor:
        """(batch, n, d_model) → (batch, n, d_model)"""
        stream = stream + self.attention(self.attention_norm(stream))
        return stream + self.network(self.network_norm(stream))


class GPT(nn.Module):
    """Ids to logits of the next token; a loss where targets are given."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.config = config
        width = config.d_model
        self.tokens = nn.Embedding(config.vocab_size, width)
        self.positions = nn.Embedding(config.block_size, width)
        self.dropout = nn.Dropout(config.dropout)
        self.layers = nn.ModuleList(
            Layer(config) for _ in range(config.num_layers)
        )
        self.last_norm = nn.LayerNorm(width, bias=False)
        self._begin()

    def _begin(self) -> None:
        # 0.02, as GPT-2 has it for a width of 768, and larger for less width,
        # so that every layer's output begins at the same size.
        spread = 0.02 * math.sqrt(768 / self.config.d_model)
        # The stream is a sum of two outputs a layer: each begins smaller by
        # the root of how many there are, and their sum does not grow.
        calm = spread / math.sqrt(2 * self.config.num_layers)
        for name, weight in self.named_parameters():
            if weight.dim() < 2:
                continue  # norms begin at 1
            last = name.endswith(("out_proj.weight", "network.2.weight"))
            nn.init.normal_(weight, std=calm if last else spread)

    def forward(self, ids: Tensor, targets: Tensor | None = None) -> Tensor:
        """Logits, or with targets the mean loss in nats.

        ids, targets: (batch, n) int64, n at most the block size. Without
        targets only the last place is asked for: (batch, vocab_size).
        ValueError: more tokens than the model has positions for.
        """
        n = ids.shape[1]
        if n > self.config.block_size:
            raise ValueError(
                f"the model looks at {self.config.block_size} tokens at "
                f"most; got {n}"
            )
        places = torch.arange(n, device=ids.device)
        stream = self.dropout(self.tokens(ids) + self.positions(places))
        for layer in self.layers:
            stream = layer(stream)
        if targets is None:
            return self._logits(stream[:, -1])
        logits = self._logits(stream)  # (batch, n, vocab_size)
        return functional.cross_entropy(
            logits.flatten(0, 1).float(),
            targets.flatten(),
            ignore_index=IGNORED,
        )

    def _logits(self, stream: Tensor) -> Tensor:
        # Tied: the vector that a token comes in with is the one that it is
        # recognised by.
        return functional.linear(self.last_norm(stream), self.tokens.weight)

    def num_parameters(self) -> int:
        return sum(weight.numel() for weight in self.parameters())

    def flops_per_token(self) -> float:
        """Floating-point operations to train on a token.

        Chowdhery and others, "PaLM" (2022), appendix B: 6 for each weight
        that multiplies, and 12 · layers · width · tokens for attention.
        """
        config = self.config
        weights = self.num_parameters() - self.positions.weight.numel()
        looks = config.num_layers * config.d_model * config.block_size
        return 6 * weights + 12 * looks


@torch.no_grad()
def generate(
    model: nn.Module,
    ids: Tensor,
    length: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Continue each row of ids, (batch, n), by `length` tokens.

    temperature: above 0; below 1 sharpens. top_k: draw from the k likeliest
    only. generator: on the CPU, of the draws. Returns (batch, n + length).
    ValueError: a temperature, k or length that cannot be.
    """
    if not temperature > 0:  # NaN is not, either
        raise ValueError(f"temperature should be above 0; got {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k should be at least 1; got {top_k}")
    if length < 0:
        raise ValueError(f"length should not be negative; got {length}")
    was_training = model.training
    model.eval()
    config: Any = model.config
    block_size = config.block_size
    for _ in range(length):
        seen = ids[:, -block_size:]
        # Drawn on the CPU: the same seed gives the same text everywhere.
        logits = model(seen).float().cpu() / temperature
        if top_k is not None and top_k < logits.shape[-1]:
            least = logits.topk(top_k).values[:, -1:]
            logits = logits.masked_fill(logits < least, -math.inf)
        chances = logits.softmax(dim=-1)
        drawn = torch.multinomial(chances, 1, generator=generator)
        ids = torch.cat([ids, drawn.to(ids.device)], dim=1)
    model.train(was_training)
    return ids
