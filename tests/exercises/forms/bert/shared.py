"""The layer that lesson 19 gives, in two forms."""

import math

import torch
from torch import nn
from torch.nn import functional


class BertLayer(nn.Module):
    """Lesson 13's layer with GELU and ε = 1e-12, as the lesson gives it."""

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.self_attention = GivenAttention(d_model, num_heads)
        self.norm1 = nn.LayerNorm(d_model, eps=1e-12)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm2 = nn.LayerNorm(d_model, eps=1e-12)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.self_attention(x, x, x, mask))
        bent = functional.gelu(self.linear1(x))
        return self.norm2(x + self.linear2(bent))


class GivenAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.split = num_heads, d_model // num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        q, k, v = (
            project(x).unflatten(-1, self.split).transpose(1, 2)
            for project, x in (
                (self.q_proj, query),
                (self.k_proj, key),
                (self.v_proj, value),
            )
        )
        fits = q @ k.mT / math.sqrt(self.split[1])
        if mask is not None:
            mask = mask[:, None] if mask.dim() == 3 else mask
            fits = fits.masked_fill(~mask, -math.inf)
        weights = torch.softmax(fits, dim=-1).nan_to_num()
        return self.out_proj((weights @ v).transpose(1, 2).flatten(2))


class LayerByFunctions(nn.Module):
    """The same by PyTorch's fused functions."""

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.heads, self.width = num_heads, (d_model,)
        names = ("q_proj", "k_proj", "v_proj", "out_proj")
        self.self_attention = nn.ModuleDict(
            {name: nn.Linear(d_model, d_model) for name in names}
        )
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model, eps=1e-12)
        self.norm2 = nn.LayerNorm(d_model, eps=1e-12)

    def forward(self, x, mask=None):
        q, k, v = (
            self.self_attention[name](x)
            .view(*x.shape[:2], self.heads, -1)
            .permute(0, 2, 1, 3)
            for name in ("q_proj", "k_proj", "v_proj")
        )
        if mask is not None:
            mask = torch.where(mask[:, None], 0.0, -1e30).to(x.dtype)
        seen = functional.scaled_dot_product_attention(q, k, v, mask)
        seen = seen.permute(0, 2, 1, 3).reshape(x.shape)
        x = self.norm1(self.self_attention["out_proj"](seen) + x)
        return self.norm2(self.linear2(nn.GELU()(self.linear1(x))) + x)
