"""What the forms of several exercises use."""

import math

import torch
from torch import nn
from torch.nn import functional

from tests.exercises.forms.vision_transformer.patchify import (
    by_loops,
    by_permute,
)


class PlainEmbedding(nn.Module):
    def __init__(self, image_size, patch, channels, d_model):
        super().__init__()
        self.patch = patch
        self.projection = nn.Linear(channels * patch**2, d_model)
        self.cls = nn.Parameter(torch.randn(1, 1, d_model) * 0.02)
        places = 1 + (image_size // patch) ** 2
        self.positions = nn.Parameter(torch.randn(1, places, d_model) * 0.02)

    def forward(self, images):
        x = self.projection(by_permute(images, self.patch))
        first = self.cls.expand(x.shape[0], -1, -1)
        return torch.cat((first, x), 1) + self.positions


class EmbeddingByConvolution(nn.Module):
    """The linear layer's numbers, used as a convolution's filters."""

    def __init__(self, image_size, patch, channels, d_model):
        super().__init__()
        n = (image_size // patch) * (image_size // patch)
        self.positions = nn.Parameter(torch.zeros(1, n + 1, d_model))
        self.cls = nn.Parameter(torch.zeros(1, 1, d_model))
        self.projection = nn.Linear(channels * patch * patch, d_model)
        self.shape = d_model, channels, patch, patch

    def forward(self, images):
        grid = functional.conv2d(
            images,
            self.projection.weight.view(self.shape),
            self.projection.bias,
            stride=self.shape[-1],
        )
        rows = grid.flatten(start_dim=2).transpose(1, 2)
        cls = self.cls.repeat(images.size(0), 1, 1)
        return self.positions + torch.cat([cls, rows], dim=1)


class EmbeddingInPieces(PlainEmbedding):
    """Each row filled in, an image at a time."""

    def one(self, image):
        rows = by_loops(image[None], self.patch)[0]
        x = rows @ self.projection.weight.T + self.projection.bias
        first = self.cls[0, 0] + self.positions[0, 0]
        return torch.vstack([first, x + self.positions[0, 1:]])

    def forward(self, images):
        return torch.stack([self.one(image) for image in images])


class Attention(nn.Module):
    """Lesson 13's, by PyTorch's fused function."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.num_heads = num_heads

    def split(self, x):
        b, n, _ = x.shape
        return x.reshape(b, n, self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        found = functional.scaled_dot_product_attention(
            self.split(self.q_proj(query)),
            self.split(self.k_proj(key)),
            self.split(self.v_proj(value)),
            attn_mask=mask,
        )
        return self.out_proj(found.transpose(1, 2).flatten(2))


class HeadByHead(Attention):
    def forward(self, query, key, value, mask=None):
        width = query.shape[-1] // self.num_heads
        found = []
        for h in range(self.num_heads):
            mine = slice(h * width, (h + 1) * width)
            q = self.q_proj(query)[..., mine]
            k = self.k_proj(key)[..., mine]
            weights = torch.softmax(q @ k.mT / math.sqrt(width), dim=-1)
            found.append(weights @ self.v_proj(value)[..., mine])
        return self.out_proj(torch.cat(found, dim=-1))


class PlainBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model, eps=1e-6)
        self.attention = Attention(d_model, num_heads)
        self.norm2 = nn.LayerNorm(d_model, eps=1e-6)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attention(y, y, y)
        return x + self.linear2(functional.gelu(self.linear1(self.norm2(x))))


class BlockByModules(nn.Module):
    """GELU is a module, the look around a method; other attention."""

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.linear1, self.gelu = nn.Linear(d_model, d_ff), nn.GELU()
        self.linear2 = nn.Linear(d_ff, d_model)
        self.attention = HeadByHead(d_model, num_heads)
        for name in ("norm1", "norm2"):
            setattr(self, name, nn.LayerNorm(d_model, 1e-6))

    def look(self, x):
        return self.attention(query=x, key=x, value=x)

    def think(self, x):
        return self.linear2(self.gelu(self.linear1(x)))

    def forward(self, x):
        x = self.look(self.norm1(x)).add(x)
        return self.think(self.norm2(x)).add(x)


class BlockByFormulas(PlainBlock):
    """Norms and GELU written out."""

    def normed(self, x, norm):
        gaps = x - x.mean(-1, keepdim=True)
        spread = gaps.square().mean(-1, keepdim=True) + 1e-6
        return gaps / spread.sqrt() * norm.weight + norm.bias

    def forward(self, x):
        y = self.normed(x, self.norm1)
        x = x + self.attention(y, y, y)
        z = self.linear1(self.normed(x, self.norm2))
        bent = z * 0.5 * (1 + torch.erf(z / math.sqrt(2)))
        return x + self.linear2(bent)


class BlockInSequence(nn.Module):
    """Other names: parts are found by the ends of their names and order."""

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.first = nn.Module()
        self.first.norm1 = nn.LayerNorm(d_model, eps=1e-6)
        self.first.attention = Attention(d_model, num_heads)
        self.mlp = nn.Module()
        self.mlp.norm2 = nn.LayerNorm(d_model, eps=1e-6)
        self.mlp.linear1 = nn.Linear(d_model, d_ff)
        self.mlp.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x):
        y = self.first.norm1(x)
        x = x + self.first.attention(y, y, y)
        y = self.mlp.linear1(self.mlp.norm2(x))
        return self.mlp.linear2(functional.gelu(y)) + x
