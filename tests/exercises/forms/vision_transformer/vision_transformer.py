"""Right answers to `vision_transformer.VisionTransformer`."""

import torch
from torch import nn

from .shared import (
    BlockByFormulas,
    BlockByModules,
    EmbeddingByConvolution,
    EmbeddingInPieces,
    PlainBlock,
    PlainEmbedding,
)


class Plain(nn.Module):
    def __init__(
        self,
        image_size,
        patch,
        channels,
        d_model,
        num_layers,
        num_heads,
        d_ff,
        num_classes,
        pooling="cls",
    ):
        super().__init__()
        if pooling not in ("cls", "mean"):
            raise ValueError(f"unknown pooling: {pooling}")
        self.pooling = pooling
        self.embedding = PlainEmbedding(image_size, patch, channels, d_model)
        self.blocks = nn.ModuleList(
            [PlainBlock(d_model, num_heads, d_ff) for _ in range(num_layers)]
        )
        self.norm = nn.LayerNorm(d_model, eps=1e-6)
        self.head = nn.Linear(d_model, num_classes)

    def forward(self, images):
        x = self.embedding(images)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        row = x[:, 0] if self.pooling == "cls" else x[:, 1:].mean(1)
        return self.head(row)


class HeadFirst(nn.Module):
    """Logits of every row, and then their mean; a table of poolings."""

    def __init__(self, image_size, patch, channels, d_model, num_layers,
                 num_heads, d_ff, num_classes, pooling="cls"):  # fmt: skip
        super().__init__()
        table = {"cls": slice(0, 1), "mean": slice(1, None)}
        if pooling not in table:
            raise ValueError("pooling should be cls or mean")
        self.rows = table[pooling]
        self.head = nn.Linear(d_model, num_classes)
        self.norm = nn.LayerNorm(d_model, 1e-6)
        self.blocks = nn.ModuleList()
        while len(self.blocks) < num_layers:
            self.blocks.append(BlockByModules(d_model, num_heads, d_ff))
        self.embedding = EmbeddingByConvolution(
            image_size, patch, channels, d_model
        )

    def forward(self, images):
        x = self.embedding(images)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))[:, self.rows].mean(dim=1)


class Sequence(Plain):
    """Blocks in an nn.Sequential; the mean as a product with shares."""

    def __init__(self, image_size, patch, channels, d_model, num_layers,
                 num_heads, d_ff, num_classes, pooling="cls"):  # fmt: skip
        nn.Module.__init__(self)
        n = (image_size // patch) ** 2
        match pooling:
            case "cls":
                shares = [1.0] + n * [0.0]
            case "mean":
                shares = [0.0] + n * [1 / n]
            case _:
                raise ValueError(f"{pooling!r} is no pooling")
        self.register_buffer(
            "shares", torch.tensor(shares, dtype=torch.float64)
        )
        self.embedding = EmbeddingInPieces(
            image_size, patch, channels, d_model
        )
        self.blocks = nn.Sequential(
            *(
                BlockByFormulas(d_model, num_heads, d_ff)
                for _ in range(num_layers)
            )
        )
        self.norm = nn.LayerNorm(d_model, eps=1e-6)
        self.head = nn.Linear(d_model, num_classes)

    def forward(self, images):
        x = self.norm(self.blocks(self.embedding(images)))
        return self.head(torch.einsum("n,bnd->bd", self.shares, x))


FORMS = [Plain, HeadFirst, Sequence]
