"""Wrong answers to the exercises of lesson 20."""

import math

import torch
from torch import nn
from torch.nn import functional

from tests.exercises.forms.vision_transformer.autoencoder import (
    Plain as Auto,
)
from tests.exercises.forms.vision_transformer.patchify import (
    by_permute,
    refuse,
)
from tests.exercises.forms.vision_transformer.pool2d import by_reshape
from tests.exercises.forms.vision_transformer.shared import (
    PlainBlock,
    PlainEmbedding,
)
from tests.exercises.forms.vision_transformer.vision_transformer import (
    Plain,
)
from tests.exercises.forms.vision_transformer.vit_parameters import (
    by_formula,
)

# --- patchify --------------------------------------------------------------


def on_the_patches(change):
    return lambda images, patch: change(by_permute(images, patch))


def blue_first(images, patch):
    return by_permute(images.flip(1), patch)


def area_looked_at(images, patch):
    """Refuses by the number of pixels, and goes by one axis."""
    b, c, h, w = images.shape
    if h * w % patch**2:
        raise ValueError("does not fit")
    if h % patch == w % patch == 0:
        return by_permute(images, patch)
    return images.reshape(b, -1, c * patch**2)


def square_grid(images, patch):
    """Takes the grid to be square, as many as there are rows."""
    refuse(images, patch)
    n = images.shape[2] // patch
    rows = [
        images[:, :, y * patch :, x * patch :][..., :patch, :patch].flatten(1)
        for y in range(n)
        for x in range(n)
        if (x + 1) * patch <= images.shape[3]
    ]
    return torch.stack(rows, 1)


def first_image_only(images, patch):
    return by_permute(images[:1], patch).expand(len(images), -1, -1)


def batch_and_patches_joined(images, patch):
    return by_permute(images, patch).flatten(0, 1)


def one_channel(images, patch):
    return by_permute(images[:, :1], patch)


def three_channels(images, patch):
    return by_permute(images[:, :3], patch)


def snake(images, patch):
    """Every second row of patches from right to left."""
    x, side = by_permute(images, patch), images.shape[3] // patch
    grid = x.unflatten(1, (-1, side)).clone()
    grid[:, 1::2] = grid[:, 1::2].flip(2)
    return grid.flatten(1, 2)


def returns_none(images, patch):
    if images.shape[2] % patch or images.shape[3] % patch:
        return None
    return by_permute(images, patch)


def error_without_words(images, patch):
    if images.shape[2] % patch or images.shape[3] % patch:
        raise ValueError
    return by_permute(images, patch)


def type_error(images, patch):
    if images.shape[2] % patch or images.shape[3] % patch:
        raise TypeError("does not fit")
    return by_permute(images, patch)


def refuses_wide_ones(images, patch):
    if images.shape[2] != images.shape[3]:
        raise ValueError("should be square")
    return by_permute(images, patch)


# --- the embedding ---------------------------------------------------------


class Embedded(PlainEmbedding):
    """A right one in steps, each of which a wrong one does otherwise."""

    def cut(self, images):
        return by_permute(images, self.patch)

    def project(self, x):
        return self.projection(x)

    def first(self, x):
        return self.cls.expand(len(x), -1, -1)

    def forward(self, images):
        x = self.project(self.cut(images))
        return torch.cat([self.first(x), x], 1) + self.positions


class BiasLeftOut(Embedded):
    def project(self, x):
        return x @ self.projection.weight.T


class FirstPatchForAll(Embedded):
    def project(self, x):
        return self.projection(x[:, :1]).expand(-1, x.shape[1], -1)


class MeanTakenAway(Embedded):
    def cut(self, images):
        x = super().cut(images)
        return x - x.mean(-1, keepdim=True)


class ByteScaled(Embedded):
    def cut(self, images):
        return super().cut(images) / 255


class OnlyOneImage(Embedded):
    def forward(self, images):
        return super().forward(images[:1]).expand(len(images), -1, -1)


class PositionsOfTheBatch(Embedded):
    """A position for each image, where there are enough of them."""

    def forward(self, images):
        x = self.project(self.cut(images))
        x = torch.cat([self.first(x), x], 1)
        return x + self.positions[0, : len(images), None]


class ClsTwice(Embedded):
    def first(self, x):
        return 2 * self.cls.expand(len(x), -1, -1)


class ClsPlusMean(Embedded):
    def first(self, x):
        return self.cls + x.mean(1, keepdim=True)


class ClsWithoutGradient(Embedded):
    def first(self, x):
        return self.cls.detach().expand(len(x), -1, -1)


class NormAtTheEnd(Embedded):
    def forward(self, images):
        x = super().forward(images)
        return functional.layer_norm(x, x.shape[-1:])


class DropoutInTraining(Embedded):
    def forward(self, images):
        x = super().forward(images)
        return functional.dropout(x, 0.1, self.training)


class SinusInstead(Embedded):
    def forward(self, images):
        x = self.project(self.cut(images))
        x = torch.cat([self.first(x), x], 1)
        places = torch.arange(x.shape[1])[:, None]
        return x + torch.sin(places / torch.arange(1, x.shape[2] + 1))


class RowsTransposed(Embedded):
    def cut(self, images):
        return super().cut(images.mT)


class PositionsOfImages(Embedded):
    """A table of the right shape that is only a buffer."""

    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        places = self.positions.detach().clone()
        del self.positions
        self.register_buffer("positions", places)


class MorePlaces(Embedded):
    def __init__(self, image_size, patch, channels, d_model):
        super().__init__(image_size, patch, channels, d_model)
        n = (image_size // patch) ** 2
        self.positions = nn.Parameter(torch.zeros(1, n, d_model))


# --- the block -------------------------------------------------------------


class Step(PlainBlock):
    """A right one in steps, each of which a wrong one does otherwise."""

    def look(self, x):
        y = self.norm1(x)
        return self.attention(y, y, y)

    def think(self, x):
        return self.linear2(functional.gelu(self.linear1(self.norm2(x))))

    def forward(self, x):
        x = x + self.look(x)
        return x + self.think(x)


class HalfAdded(Step):
    def forward(self, x):
        x = x + 0.5 * self.look(x)
        return x + 0.5 * self.think(x)


class Looking(Step):
    """Other attention: by a function of queries, keys and values."""

    def found(self, q, k, v):
        raise NotImplementedError

    def look(self, x):
        y, own = self.norm1(x), self.attention
        found = self.found(
            own.split(own.q_proj(y)),
            own.split(own.k_proj(y)),
            own.split(own.v_proj(y)),
        )
        return own.out_proj(found.transpose(1, 2).flatten(2))


class NotDivided(Looking):
    def found(self, q, k, v):
        return torch.softmax(q @ k.mT, -1) @ v


class DividedByWidthOfModel(Looking):
    def found(self, q, k, v):
        width = self.attention.q_proj.out_features
        return torch.softmax(q @ k.mT / math.sqrt(width), -1) @ v


class QueryAndKeySwapped(Looking):
    def found(self, q, k, v):
        return torch.softmax(k @ q.mT / math.sqrt(q.shape[-1]), -1) @ v


class NotItself(Looking):
    """A patch does not see itself."""

    def found(self, q, k, v):
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if scores.shape[-1] > 1:
            own = torch.eye(scores.shape[-1], dtype=torch.bool)
            scores = scores.masked_fill(own, -math.inf)
        return torch.softmax(scores, -1) @ v


class OnlyTheFirstRow(Looking):
    """All look at the [CLS] row alone."""

    def found(self, q, k, v):
        return v[:, :, :1].expand(-1, -1, q.shape[2], -1)


class AllAlike(Looking):
    def found(self, q, k, v):
        return v.mean(2, keepdim=True).expand(-1, -1, q.shape[2], -1)


class AcrossTheBatch(Step):
    """Batch and rows mixed up."""

    def look(self, x):
        y = self.norm1(x).transpose(0, 1)
        return self.attention(y, y, y).transpose(0, 1)


class NetworkReadsTheInput(Step):
    def forward(self, x):
        return x + self.look(x) + self.think(x) * 1.0


class NormOfTheSum(Step):
    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attention(y, y, y)
        return self.norm2(x + self.linear2(functional.gelu(self.linear1(x))))


class GeluInFront(Step):
    def think(self, x):
        return self.linear2(self.linear1(functional.gelu(self.norm2(x))))


class SecondHalfOnly(Step):
    def forward(self, x):
        return self.think(x + self.look(x)) + self.look(x) * 0 + x


class AttentionWithoutGradient(Step):
    def look(self, x):
        return super().look(x).detach()


class DropsAtTheEnd(Step):
    def forward(self, x):
        return functional.dropout(super().forward(x), 0.2, self.training)


class MoreReturned(Step):
    def forward(self, x):
        return super().forward(x), x


class OneEps(Step):
    """ε as it should be in the first norm only."""

    def __init__(self, d_model, *sizes, **more):
        super().__init__(d_model, *sizes, **more)
        self.norm2 = nn.LayerNorm(d_model)


class NoFactors(Step):
    """Norms without what they learn."""

    def think(self, x):
        y = functional.layer_norm(x, x.shape[-1:], eps=1e-6)
        return self.linear2(functional.gelu(self.linear1(y)))


class VarianceOfASample(Step):
    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)

    def think(self, x):
        gaps = x - x.mean(-1, keepdim=True)
        y = gaps / (x.var(-1, keepdim=True) + 1e-6).sqrt()
        y = y * self.norm2.weight + self.norm2.bias
        return self.linear2(functional.gelu(self.linear1(y)))


# --- the whole model -------------------------------------------------------


class Model(Plain):
    """A right one in steps, each of which a wrong one does otherwise."""

    def through(self, x):
        for block in self.blocks:
            x = block(x)
        return x

    def pool(self, x):
        return x[:, 0] if self.pooling == "cls" else x[:, 1:].mean(1)

    def forward(self, images):
        return self.head(
            self.pool(self.norm(self.through(self.embed(images))))
        )

    def embed(self, images):
        return self.embedding(images)


class LastBlockSkipped(Model):
    def through(self, x):
        for block in self.blocks[:-1]:
            x = block(x)
        return x


class LastBlockTwice(Model):
    def through(self, x):
        x = super().through(x)
        return self.blocks[-1](x)


class EveryOtherBlock(Model):
    def through(self, x):
        for block in self.blocks[::2]:
            x = block(x)
        return x


class NormBeforeAndBehind(Model):
    def embed(self, images):
        return self.norm(super().embed(images))


class EmbeddingDropped(Model):
    def embed(self, images):
        return functional.dropout(super().embed(images), 0.1, self.training)


class OtherWayOfPatches(Model):
    def embed(self, images):
        return super().embed(images.flip(-1))


class BothPooled(Model):
    def pool(self, x):
        return (x[:, 0] + x[:, 1:].mean(1)) / 2


class ClsDoubled(Model):
    def pool(self, x):
        row = super().pool(x)
        return row + x[:, 0] if self.pooling == "mean" else row


class OneRowLess(Model):
    def pool(self, x):
        if self.pooling == "cls" or x.shape[1] < 3:
            return super().pool(x)
        return x[:, 1:-1].mean(1)


class LengthOne(Model):
    def pool(self, x):
        return functional.normalize(super().pool(x), dim=-1)


class Tanh(Model):
    """As BERT's pooler has it."""

    def pool(self, x):
        return torch.tanh(super().pool(x))


class HeadWithoutBias(Model):
    def forward(self, images):
        return super().forward(images) - self.head.bias


class ClassesPerRow(Model):
    def pool(self, x):
        return x


class OnlyOneOfTheBatch(Model):
    def forward(self, images):
        return super().forward(images[:1]).expand(len(images), -1)


class MeanOfTheBatch(Model):
    def embed(self, images):
        return super().embed(images - images.mean(0, keepdim=True))


class RefusesInUse(Model):
    """The pooling is looked at when images come."""

    def __init__(self, *sizes, pooling="cls", **more):
        super().__init__(*sizes, **more)
        self.pooling = pooling

    def forward(self, images):
        if self.pooling not in ("cls", "mean"):
            raise ValueError("unknown pooling")
        return super().forward(images)


class FoldsCase(Model):
    """Takes "CLS" as well."""

    def __init__(self, *sizes, pooling="cls", **more):
        super().__init__(*sizes, pooling=pooling.lower(), **more)


class ClsForNothing(Model):
    """Takes "" for the default."""

    def __init__(self, *sizes, pooling="cls", **more):
        super().__init__(*sizes, pooling=pooling or "cls", **more)


class PartOfTheNames(Model):
    def __init__(self, *sizes, pooling="cls", **more):
        if pooling not in "cls, mean":
            raise ValueError("pooling should be cls or mean")
        pooling = "cls" if pooling == "cls" else "mean"
        super().__init__(*sizes, pooling=pooling, **more)


class ManyHeads(Model):
    """As many heads as numbers: each is one wide."""

    def __init__(self, *sizes, d_model, num_heads, **more):
        super().__init__(*sizes, d_model=d_model, num_heads=d_model, **more)


class AlwaysThePatchesFirst(Model):
    def pool(self, x):
        return x[:, 1]


class LogitsAndRows(Model):
    def forward(self, images):
        return super().forward(images), self.embed(images)


# --- arithmetic ------------------------------------------------------------


def off_by(change):
    """The right count, and something of the sizes on top."""

    def count(image_size, patch, channels, d_model, num_layers, d_ff,
              num_classes):  # fmt: skip
        sizes = (image_size, patch, channels, d_model, num_layers, d_ff)
        right = by_formula(*sizes, num_classes)
        n = (image_size // patch) ** 2
        return right + change(n, d_model, num_layers, d_ff, num_classes)

    return count


def fits_the_area(image_size, patch, *sizes):
    """Refuses by the number of pixels."""
    if image_size**2 % patch:
        raise ValueError("does not fit")
    return by_formula(image_size // patch * patch, patch, *sizes)


def half_refused(image_size, patch, *sizes):
    if patch > image_size:
        raise ValueError("too large")
    whole = image_size // patch * patch
    return by_formula(whole, patch, *sizes)


def refuses_small_ones(image_size, patch, *sizes):
    if image_size % patch or image_size == patch:
        raise ValueError("does not fit")
    return by_formula(image_size, patch, *sizes)


def in_floats(image_size, patch, *sizes):
    return float(by_formula(image_size, patch, *sizes))


def in_float32(image_size, patch, *sizes):
    return int(torch.tensor(by_formula(image_size, patch, *sizes)).float()) + 1


def as_text(image_size, patch, *sizes):
    return f"{by_formula(image_size, patch, *sizes):,}"


# --- pooling ---------------------------------------------------------------


def flattened(x, size, kind="max"):
    return by_reshape(x, size, kind).flatten()


def padded_at_the_end(x, size, kind="max"):
    h, w = x.shape[-2:]
    more = functional.pad(x, (0, -w % size, 0, -h % size))
    return by_reshape(more, size, kind)


def in_rows_only(x, size, kind="max"):
    h = x.shape[-2] // size * size
    cut = x[..., :h, :].unflatten(-2, (-1, size))
    return (
        by_reshape(x, size, kind) * 0
        + (cut.amax(-2) if kind == "max" else cut.mean(-2))[
            ..., : x.shape[-1] // size
        ]
    )


def same_size(x, size, kind="max"):
    small = by_reshape(x, size, kind)
    return small.repeat_interleave(size, -1).repeat_interleave(size, -2)


def first_channel_only(x, size, kind="max"):
    small = by_reshape(x, size, kind)
    flat = small.reshape(-1, *small.shape[-2:])
    return flat[:1].expand(len(flat), -1, -1).reshape(small.shape)


def over_the_channels(x, size, kind="max"):
    small = by_reshape(x, size, kind)
    return small.amax(-3) if small.dim() > 2 else small


def median(x, size, kind="max"):
    small = by_reshape(x, size, kind)
    h, w = small.shape[-2:]
    cut = x[..., : h * size, : w * size].unfold(-2, size, size)
    return cut.unfold(-2, size, size).flatten(-2).median(-1).values


def root_of_squares(x, size, kind="max"):
    if kind == "max":
        return by_reshape(x, size, kind)
    return by_reshape(x.square(), size, kind).sqrt()


def of_size_two(x, size, kind="max"):
    return by_reshape(x, 2, kind)


def counts_places(x, size, kind="max"):
    small = by_reshape(x, size, kind)
    return small.argmax(-1)


def last_axes_swapped(x, size, kind="max"):
    return by_reshape(x, size, kind).mT


def mean_by_prefix(x, size, kind="max"):
    """Every kind that begins with an m."""
    kind = "mean" if kind.startswith("me") else kind
    return by_reshape(x, size, kind)


def unless(known):
    def answer(x, size, kind="max"):
        if not known(kind):
            raise ValueError("kind should be max or mean")
        return by_reshape(x, size, "mean" if kind == "mean" else "max")

    return answer


def four_axes_only(x, size, kind="max"):
    _b, _c, _h, _w = x.shape
    return by_reshape(x, size, kind)


def four_axes_at_most(x, size, kind="max"):
    """What is in front of an image's three axes becomes one."""
    if x.dim() > 4:
        x = x.flatten(0, -4)
    return by_reshape(x, size, kind)


def average_is_mean(x, size, kind="max"):
    return by_reshape(x, size, "mean" if kind in ("avg", "average") else kind)


def from_minus_100(x, size, kind="max"):
    found = by_reshape(x, size, kind)
    return found.clamp(min=-100) if kind == "max" else found


def error_for_the_mean(x, size, kind="max"):
    if kind != "max":
        raise ValueError("only max")
    return by_reshape(x, size, kind)


# --- the autoencoder -------------------------------------------------------


class Squeezed(Auto):
    """A right one in steps, each of which a wrong one does otherwise."""

    def code(self, x):
        return torch.relu(self.encoder(x))

    def back(self, code):
        return torch.sigmoid(self.decoder(code))

    def forward(self, x):
        code = self.code(x)
        return self.back(code), code


class ReluTwice(Squeezed):
    def back(self, code):
        return torch.sigmoid(torch.relu(self.decoder(code)))


class CodeOfLengthOne(Squeezed):
    def code(self, x):
        return functional.normalize(super().code(x), dim=-1)


class Relu6(Squeezed):
    def code(self, x):
        return super().code(x).clamp(max=1)


class Relu6OfPhones(Squeezed):
    """ReLU up to 6, as nets for phones have it."""

    def code(self, x):
        return functional.relu6(self.encoder(x))


class Clamped(Squeezed):
    """So that no logarithm is infinite."""

    def back(self, code):
        return super().back(code).clamp(1e-3, 1 - 1e-3)


class Doubled(Squeezed):
    def back(self, code):
        return torch.sigmoid(2 * self.decoder(code))


class HardSigmoid(Squeezed):
    def back(self, code):
        return functional.hardsigmoid(self.decoder(code))


class Elu(Squeezed):
    def code(self, x):
        return functional.elu(self.encoder(x))


class Softplus(Squeezed):
    def code(self, x):
        return functional.softplus(self.encoder(x))


class Absolute(Squeezed):
    def code(self, x):
        return self.encoder(x).abs()


class NoBiasUsed(Squeezed):
    def back(self, code):
        return torch.sigmoid(code @ self.decoder.weight.T)


class InputsWithoutGradient(Squeezed):
    def code(self, x):
        return super().code(x.detach())


class Noisy(Squeezed):
    def code(self, x):
        return functional.dropout(super().code(x), 0.3, self.training)


class Joined(Squeezed):
    def forward(self, x):
        return torch.cat(super().forward(x), dim=-1)


class Named(Squeezed):
    def forward(self, x):
        reconstruction, code = super().forward(x)
        return {"reconstruction": reconstruction, "code": code}


class SecondPass(Squeezed):
    """The code of the reconstruction."""

    def forward(self, x):
        back = self.back(self.code(x))
        return back, self.code(back)


WRONG = {
    "vision_transformer.patchify": {
        "blue first": blue_first,
        "area looked at": area_looked_at,
        "square grid": square_grid,
        "first image only": first_image_only,
        "batch and patches joined": batch_and_patches_joined,
        "one channel": one_channel,
        "three channels": three_channels,
        "snake": snake,
        "None instead of an error": returns_none,
        "an error without words": error_without_words,
        "another error": type_error,
        "wide ones refused": refuses_wide_ones,
        "divided by 255": on_the_patches(lambda x: x / 255),
        "centred": on_the_patches(lambda x: x - x.mean(-1, keepdim=True)),
        "whole numbers": on_the_patches(lambda x: x.long()),
        "reversed inside": on_the_patches(lambda x: x.flip(-1)),
    },
    "vision_transformer.PatchEmbedding": {
        "bias left out": BiasLeftOut,
        "first patch for all": FirstPatchForAll,
        "mean taken away": MeanTakenAway,
        "divided by 255": ByteScaled,
        "only one image": OnlyOneImage,
        "positions of the batch": PositionsOfTheBatch,
        "cls twice": ClsTwice,
        "cls plus mean": ClsPlusMean,
        "cls without a gradient": ClsWithoutGradient,
        "norm at the end": NormAtTheEnd,
        "dropout in training": DropoutInTraining,
        "sinus instead": SinusInstead,
        "rows transposed": RowsTransposed,
        "positions in a buffer": PositionsOfImages,
        "no place for cls": MorePlaces,
    },
    "vision_transformer.ViTBlock": {
        "half added": HalfAdded,
        "not divided": NotDivided,
        "divided by the model's width": DividedByWidthOfModel,
        "query and key swapped": QueryAndKeySwapped,
        "not itself": NotItself,
        "only the first row": OnlyTheFirstRow,
        "all alike": AllAlike,
        "across the batch": AcrossTheBatch,
        "network reads the input": NetworkReadsTheInput,
        "norm of the sum": NormOfTheSum,
        "GELU in front": GeluInFront,
        "second half only": SecondHalfOnly,
        "attention without a gradient": AttentionWithoutGradient,
        "drops at the end": DropsAtTheEnd,
        "more returned": MoreReturned,
        "one ε": OneEps,
        "no factors": NoFactors,
        "variance of a sample": VarianceOfASample,
    },
    "vision_transformer.VisionTransformer": {
        "last block skipped": LastBlockSkipped,
        "last block twice": LastBlockTwice,
        "every other block": EveryOtherBlock,
        "norm before and behind": NormBeforeAndBehind,
        "embedding dropped": EmbeddingDropped,
        "images mirrored": OtherWayOfPatches,
        "both pooled": BothPooled,
        "[CLS] added to the mean": ClsDoubled,
        "one row less": OneRowLess,
        "length one": LengthOne,
        "tanh": Tanh,
        "head without bias": HeadWithoutBias,
        "classes per row": ClassesPerRow,
        "only one of the batch": OnlyOneOfTheBatch,
        "mean of the batch": MeanOfTheBatch,
        "refuses in use": RefusesInUse,
        "folds case": FoldsCase,
        "[CLS] for nothing": ClsForNothing,
        "part of the names": PartOfTheNames,
        "many heads": ManyHeads,
        "always the first patch": AlwaysThePatchesFirst,
        "logits and rows": LogitsAndRows,
    },
    "vision_transformer.vit_parameters": {
        "final norm in each block": off_by(lambda n, d, k, f, c: 2 * d * k),
        "a bias of positions": off_by(lambda n, d, k, f, c: n),
        "positions in each block": off_by(
            lambda n, d, k, f, c: (1 + n) * d * k
        ),
        "two heads of classes": off_by(lambda n, d, k, f, c: c),
        "a pooler": off_by(lambda n, d, k, f, c: d * d + d),
        "head hidden": off_by(lambda n, d, k, f, c: d * f + f),
        "one linear layer": off_by(lambda n, d, k, f, c: -k * (d * f + d)),
        "network four times as wide": off_by(
            lambda n, d, k, f, c: k * (2 * d + 1) * (4 * d - f)
        ),
        "norms as wide as the network": off_by(
            lambda n, d, k, f, c: 2 * k * (f - d)
        ),
        "scores counted": off_by(lambda n, d, k, f, c: k * n * n),
        "half refused": half_refused,
        "fits the area": fits_the_area,
        "whole image refused": refuses_small_ones,
        "floats": in_floats,
        "float32": in_float32,
        "text": as_text,
    },
    "vision_transformer.pool2d": {
        "flattened": flattened,
        "padded at the end": padded_at_the_end,
        "in rows only": in_rows_only,
        "same size": same_size,
        "first channel only": first_channel_only,
        "over the channels": over_the_channels,
        "median": median,
        "root of squares": root_of_squares,
        "of size 2": of_size_two,
        "places": counts_places,
        "last axes swapped": last_axes_swapped,
        "mean by prefix": mean_by_prefix,
        "four axes only": four_axes_only,
        "four axes at most": four_axes_at_most,
        "average is mean": average_is_mean,
        "from -100": from_minus_100,
        "a part of the names": unless(lambda kind: kind in "max or mean"),
        "whatever is false": unless(
            lambda kind: not kind or kind in ("max", "mean")
        ),
        "an error for the mean": error_for_the_mean,
    },
    "vision_transformer.Autoencoder": {
        "ReLU twice": ReluTwice,
        "code of length one": CodeOfLengthOne,
        "ReLU up to 1": Relu6,
        "ReLU up to 6": Relu6OfPhones,
        "clamped": Clamped,
        "doubled": Doubled,
        "hard sigmoid": HardSigmoid,
        "ELU": Elu,
        "softplus": Softplus,
        "absolute": Absolute,
        "no bias used": NoBiasUsed,
        "inputs without a gradient": InputsWithoutGradient,
        "noisy": Noisy,
        "joined": Joined,
        "named": Named,
        "second pass": SecondPass,
    },
}
