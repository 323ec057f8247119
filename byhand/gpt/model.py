"""A decoder-only Transformer, as GPT-2 arranged it.

Radford and others, "Language Models are Unsupervised Multitask Learners"
(2019), section 2.3: norms come first in each block, and once more at the end.
What later models do differently can be switched on, one by one: CHANGES.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from byhand.gpt.data import IGNORED

# What a change does, and where it comes from.
CHANGES = {
    "rotary": "query and key are turned by their place, and no vector is "
    'added for it (Su and others, "RoFormer", 2021, equation 34)',
    "qk-norm": "each head's query and key are normed before they meet "
    '(Henry and others, "Query-Key Normalization", 2020, section 3)',
    "relu2": "the square of ReLU in place of GELU "
    '(So and others, "Primer", 2021, section 4)',
    "rmsnorm": "norms divide by the root of the mean square, subtract no "
    "mean and have no factors "
    '(Zhang and Sennrich, "RMSNorm", 2019, equation 4)',
    "zero-init": "what each part adds to the stream begins at zero "
    '(Zhang and others, "Fixup", 2019, section 3)',
    "untied": "the logits have a matrix of their own "
    '(Chung and others, "Rethinking Embedding Coupling", 2021)',
    "pairs": "a second table, looked up by a token and the one before it "
    '(Pagnoni and others, "Byte Latent Transformer", 2024, section 3.2.1)',
    "soft-cap": "logits stay between −15 and 15, by a tanh "
    '("Gemma 2", 2024, section 2)',
}
CAP = 15.0
FEW = 1024  # tokens of which there may be a table for each pair


@dataclass(frozen=True)
class GPTConfig:
    """The shape of a model.

    block_size: the most tokens that it can look at. attention: "fused", or
    "plain" to see what fusing is worth. changes: names of CHANGES.
    ValueError: a size that is not positive, heads that do not divide the
    width, a dropout that is no chance, an unknown change, heads of an odd
    width that should be turned in pairs, too many tokens for "pairs".
    """

    vocab_size: int
    block_size: int
    num_layers: int
    num_heads: int
    d_model: int
    dropout: float = 0.0
    attention: str = "fused"
    changes: tuple[str, ...] = ()

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
        for name in self.changes:
            if name not in CHANGES:
                raise ValueError(
                    f"there is no change {name!r}; there is "
                    f"{', '.join(CHANGES)}"
                )
        if "pairs" in self.changes and self.vocab_size > FEW:
            raise ValueError(
                f"a vector for each pair is for an alphabet of up to {FEW} "
                f"tokens; got {self.vocab_size}"
            )
        if "rotary" in self.changes and self.d_k % 2:
            raise ValueError(
                "rotary turns a head's numbers in pairs, so their count "
                f"should be even; a width of {self.d_model} and "
                f"{self.num_heads} heads make it {self.d_k}"
            )

    @property
    def d_k(self) -> int:
        return self.d_model // self.num_heads

    def norm(self) -> nn.Module:
        if "rmsnorm" in self.changes:
            return nn.RMSNorm(self.d_model, elementwise_affine=False)
        return nn.LayerNorm(self.d_model, bias=False)


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


class Rotary(nn.Module):
    """Turn pairs of numbers by their place, each pair at its own speed.

    Su and others, "RoFormer" (2021), equation 34; the pairs are a number of
    the first half and the one in the same place of the second.
    """

    cos: Tensor
    sin: Tensor

    def __init__(self, block_size: int, d_k: int) -> None:
        super().__init__()
        speeds = 10_000.0 ** (-torch.arange(0, d_k, 2) / d_k)
        angles = torch.outer(torch.arange(block_size), speeds)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(…, n, d_k) → (…, n, d_k)"""
        n = x.shape[-2]
        cos, sin = self.cos[:n].to(x.dtype), self.sin[:n].to(x.dtype)
        first, second = x.chunk(2, dim=-1)
        return torch.cat(
            [first * cos - second * sin, first * sin + second * cos], dim=-1
        )


class SquaredReLU(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x).square()


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
        self.normed = "qk-norm" in config.changes
        self.rotary = (
            Rotary(config.block_size, config.d_k)
            if "rotary" in config.changes
            else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        """(batch, n, d_model) → (batch, n, d_model)"""
        parts = self.qkv_proj(x).unflatten(-1, (3, self.num_heads, -1))
        q, k, v = parts.permute(2, 0, 3, 1, 4)  # each (batch, heads, n, d_k)
        q, k = self.rotary(q), self.rotary(k)
        if self.normed:
            q, k = (functional.rms_norm(one, one.shape[-1:]) for one in (q, k))
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
        self.attention_norm = config.norm()
        self.attention = Attention(config)
        self.network_norm = config.norm()
        self.network = nn.Sequential(
            nn.Linear(d_model, 4 * d_model, bias=False),
            SquaredReLU() if "relu2" in config.changes else nn.GELU(),
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
        self.positions = (
            None
            if "rotary" in config.changes
            else nn.Embedding(config.block_size, width)
        )
        self.pairs = (
            nn.Embedding(config.vocab_size**2, width)
            if "pairs" in config.changes
            else None
        )
        self.dropout = nn.Dropout(config.dropout)
        self.layers = nn.ModuleList(
            Layer(config) for _ in range(config.num_layers)
        )
        self.last_norm = config.norm()
        # None is tied: the vector that a token comes in with is the one that
        # it is recognised by.
        self.head = (
            nn.Linear(width, config.vocab_size, bias=False)
            if "untied" in config.changes
            else None
        )
        self._begin()

    def _begin(self) -> None:
        # 0.02, as GPT-2 has it for a width of 768, and larger for less width,
        # so that every layer's output begins at the same size.
        spread = 0.02 * math.sqrt(768 / self.config.d_model)
        # The stream is a sum of two outputs a layer: each begins smaller by
        # the root of how many there are, and their sum does not grow.
        calm = spread / math.sqrt(2 * self.config.num_layers)
        if "zero-init" in self.config.changes:
            calm = 0.0
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
        stream = self.tokens(ids)
        if self.positions is not None:
            places = torch.arange(n, device=ids.device)
            stream = stream + self.positions(places)
        if self.pairs is not None:
            # The first has none before it, and takes token 0 for one.
            before = functional.pad(ids, (1, 0))[:, :-1]
            pair = before * self.config.vocab_size + ids
            stream = stream + self.pairs(pair)
        stream = self.dropout(stream)
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
        known = self.tokens if self.head is None else self.head
        logits = functional.linear(self.last_norm(stream), known.weight)
        if "soft-cap" in self.config.changes:
            logits = CAP * torch.tanh(logits.float() / CAP)
        return logits

    def num_parameters(self) -> int:
        return sum(weight.numel() for weight in self.parameters())

    def flops_per_token(self) -> float:
        """Floating-point operations to train on a token.

        Chowdhery and others, "PaLM" (2022), appendix B: 6 for each weight
        that multiplies, and 12 · layers · width · tokens for attention.
        """
        config = self.config
        # A table that is only looked up multiplies nothing.
        tables = [self.positions, self.pairs, self.head and self.tokens]
        idle = sum(table.weight.numel() for table in tables if table)
        weights = self.num_parameters() - idle
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
