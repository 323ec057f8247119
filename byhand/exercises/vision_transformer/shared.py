"""What several exercises of lesson 20 use."""

import math

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case
from byhand.ways import modules

from ..pieces.inputs import readable
from ..pieces.tensors import GRADIENTS, tensor
from ..pieces.weights import weights_of

EPS = 1e-6

# What `alone` returns.
OF_WEIGHTS = (GRADIENTS[0], GRADIENTS[2])


def alone(answer, *inputs):
    """As `modules.alone`, without the gradients of the images.

    Nobody needs them, and where `patchify` is lent none gets through.
    """
    output, _, of_weights = modules.alone(answer, *inputs)
    return output, of_weights


# --- the references --------------------------------------------------------


class TorchEmbedding(nn.Module):
    """Patches by PyTorch's convolution, whose stride is its kernel's side."""

    def __init__(self, image_size, patch, channels, d_model):
        super().__init__()
        n = (image_size // patch) ** 2
        self.kernel = channels, patch, patch
        self.projection = nn.Linear(channels * patch * patch, d_model)
        self.cls = nn.Parameter(torch.zeros(1, 1, d_model))
        self.positions = nn.Parameter(torch.zeros(1, 1 + n, d_model))

    def forward(self, images):
        found = functional.conv2d(
            images,
            self.projection.weight.unflatten(1, self.kernel),
            self.projection.bias,
            stride=self.kernel[-1],
        )
        patches = found.flatten(2).mT
        first = self.cls.expand(len(images), -1, -1)
        return torch.cat([first, patches], dim=1) + self.positions


class TorchViTBlock(nn.Module):
    """PyTorch's encoder layer, its norms first, with GELU.

    It names nothing of this file: where it is lent, its source is sent alone.
    """

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.sizes = d_model, num_heads, d_ff
        self.norm1 = nn.LayerNorm(d_model, 1e-6)
        self.attention = nn.ModuleDict(
            {
                name: nn.Linear(d_model, d_model)
                for name in ("q_proj", "k_proj", "v_proj", "out_proj")
            }
        )
        self.norm2 = nn.LayerNorm(d_model, 1e-6)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x):
        # In training, if without dropout: in use it would take a short cut
        # that has no gradients.
        library = nn.TransformerEncoderLayer(
            *self.sizes,
            dropout=0.0,
            activation="gelu",
            layer_norm_eps=1e-6,
            norm_first=True,
            batch_first=True,
            device="meta",
        )
        own = dict(self.named_parameters())
        theirs = {
            name.replace("attention", "self_attn"): parameter
            for name, parameter in own.items()
            if "attention" not in name or "out_proj" in name
        }
        for kind in ("weight", "bias"):
            theirs[f"self_attn.in_proj_{kind}"] = torch.cat(
                [own[f"attention.{one}_proj.{kind}"] for one in "qkv"]
            )
        return torch.func.functional_call(library, theirs, (x,))


# --- the parts of wrong answers --------------------------------------------


def cut(images, patch):
    """(b, c, h, w) → (b, h // patch, w // patch, c, patch, patch)."""
    b, c, h, w = images.shape
    tiles = images.reshape(b, c, h // patch, patch, w // patch, patch)
    return tiles.permute(0, 2, 4, 1, 3, 5)


def patches_of(images, patch):
    return cut(images, patch).flatten(3).flatten(1, 2)


def channels_last(images, patch):
    tiles = cut(images, patch).permute(0, 1, 2, 4, 5, 3)
    return tiles.flatten(3).flatten(1, 2)


def by_reshape(images, patch):
    width = images.shape[1] * patch * patch
    return images.reshape(len(images), -1, width)


class Attention(nn.Module):
    """Multi-head attention with the names of the course."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        q, k, v = (
            each.unflatten(-1, (self.num_heads, -1))
            for each in (
                self.q_proj(query),
                self.k_proj(key),
                self.v_proj(value),
            )
        )
        fits = torch.einsum("bnhd,bmhd->bhnm", q, k) / math.sqrt(q.shape[-1])
        if mask is not None:
            fits = fits.masked_fill(~mask, -torch.inf)
        found = torch.einsum("bhnm,bmhd->bnhd", fits.softmax(dim=-1), v)
        return self.out_proj(found.flatten(-2))


def seen(own, x):
    return own.attention(x, x, x)


def network(own, x, bend=functional.gelu):
    return own.linear2(bend(own.linear1(x)))


def pre_norm(own, x):
    x = x + seen(own, own.norm1(x))
    return x + network(own, own.norm2(x))


def post_norm(own, x):
    x = own.norm1(x + seen(own, x))
    return own.norm2(x + network(own, x))


def bent_by_relu(own, x):
    x = x + seen(own, own.norm1(x))
    return x + network(own, own.norm2(x), torch.relu)


class Block(nn.Module):
    """A ViT's block that goes forward in another way."""

    def __init__(
        self,
        d_model,
        num_heads,
        d_ff,
        *,
        flow=pre_norm,
        eps=EPS,
        heads=lambda num_heads: num_heads,
        norms=("norm1", "norm2"),
    ):
        super().__init__()
        self.flow = flow
        self.attention = Attention(d_model, heads(num_heads))
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        for name in norms:
            self.add_module(name, nn.LayerNorm(d_model, eps))

    def forward(self, x):
        return self.flow(self, x)


# --- cases -----------------------------------------------------------------


def pictures(rng, *shape):
    return tensor(readable(rng, *shape))


# What a residual stream of small numbers comes from.
_ONTO_THE_STREAM = ("projection", "cls", "positions", "out_proj", "linear2")
_SMALL = 1e-3


def used(name, reference, settings, shape, out, small=False, training=False):
    """A case of a module: `shape` goes in, `out` comes out.

    small: whether the numbers on the residual stream are so small that the
    ε of a norm shows.
    """

    def inputs(rng):
        weights = weights_of(reference, settings, rng)
        x = readable(rng, *shape)
        if small:
            for one in weights:
                if any(part in one for part in _ONTO_THE_STREAM):
                    weights[one] = weights[one] * _SMALL
            x = x * (_SMALL if len(shape) == 3 else 1)
        return {
            "settings": settings,
            "weights": weights,
            "inputs": [tensor(x)],
            "along": tensor(readable(rng, *out)),
            **({"training": True} if training else {}),
        }

    return Case(name, inputs)
