"""Slips in lesson 20."""

import torch
from torch import nn
from torch.nn import functional

from tests.exercises.forms.vision_transformer.autoencoder import (
    Plain as RightAutoencoder,
)
from tests.exercises.forms.vision_transformer.shared import (
    PlainBlock,
    PlainEmbedding,
)
from tests.exercises.forms.vision_transformer.vision_transformer import (
    Plain as RightTransformer,
)


def only_a_view(images, patch):
    b, c, h, w = images.shape
    if h % patch or w % patch:
        raise ValueError("patch must divide h and w")
    n = (h // patch) * (w // patch)
    return images.view(b, n, c * patch * patch)


def unfold_forgets_to_transpose(images, patch):
    b, c, h, w = images.shape
    if h % patch or w % patch:
        raise ValueError("patch must divide h and w")
    x = images.reshape(b, c, h // patch, patch, w // patch, patch)
    return x.permute(0, 1, 3, 5, 2, 4).reshape(b, c * patch * patch, -1)


def as_in_keras(images, patch):
    b, c, h, w = images.shape
    if h % patch or w % patch:
        raise ValueError("patch must divide h and w")
    x = images.permute(0, 2, 3, 1)
    x = x.reshape(b, h // patch, patch, w // patch, patch, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, -1, patch * patch * c)


def loops_by_columns(images, patch):
    _, _, h, w = images.shape
    if h % patch or w % patch:
        raise ValueError("patch must divide h and w")
    rows = [
        images[:, :, i : i + patch, j : j + patch].flatten(1)
        for j in range(0, w, patch)
        for i in range(0, h, patch)
    ]
    return torch.stack(rows, dim=1)


def nothing_refused(images, patch):
    _, _, h, w = images.shape
    rows = [
        images[:, :, i : i + patch, j : j + patch].flatten(1)
        for i in range(0, h - patch + 1, patch)
        for j in range(0, w - patch + 1, patch)
    ]
    return torch.stack(rows, dim=1)


def channels_left_in_front(images, patch):
    b, c, h, w = images.shape
    if h % patch or w % patch:
        raise ValueError("patch must divide h and w")
    x = images.reshape(b, c, h // patch, patch, w // patch, patch)
    return x.permute(0, 1, 2, 4, 3, 5).reshape(b, -1, c * patch * patch)


class Embedding(PlainEmbedding):
    def patches(self, images):
        n, p = self.positions.shape[1] - 1, self.patch
        x = images.unfold(2, p, p).unfold(3, p, p).permute(0, 2, 3, 1, 4, 5)
        return self.projection(x.reshape(len(images), n, -1))


class ForgetsCls(Embedding):
    def forward(self, images):
        return self.patches(images) + self.positions[:, 1:]


class ClsBehind(Embedding):
    def forward(self, images):
        x = self.patches(images)
        cls = self.cls.expand(len(x), -1, -1)
        return torch.cat([x, cls], dim=1) + self.positions


class PositionsFirst(Embedding):
    def forward(self, images):
        x = self.patches(images) + self.positions[:, :-1]
        return torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1)


class ForgetsPositions(Embedding):
    def forward(self, images):
        x = self.patches(images)
        return torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1)


class Scaled(Embedding):
    def forward(self, images):
        x = self.patches(images)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1)
        return x * x.shape[-1] ** 0.5 + self.positions


class ReshapedInstead(Embedding):
    def forward(self, images):
        n = self.positions.shape[1] - 1
        x = self.projection(images.reshape(len(images), n, -1))
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1)
        return x + self.positions


class PostNorm(PlainBlock):
    def forward(self, x):
        x = self.norm1(x + self.attention(x, x, x))
        inside = functional.gelu(self.linear1(x))
        return self.norm2(x + self.linear2(inside))


class OnlyTheQueryNormed(PlainBlock):
    def forward(self, x):
        x = x + self.attention(self.norm1(x), x, x)
        return x + self.linear2(functional.gelu(self.linear1(self.norm2(x))))


class GeluTwice(PlainBlock):
    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attention(y, y, y)
        y = functional.gelu(self.linear1(self.norm2(x)))
        return x + functional.gelu(self.linear2(y))


class DefaultEps(PlainBlock):
    def __init__(self, d_model, num_heads, d_ff):
        super().__init__(d_model, num_heads, d_ff)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)


class XOverwritten(PlainBlock):
    def forward(self, x):
        x = self.norm1(x)
        x = x + self.attention(x, x, x)
        x = self.norm2(x)
        return x + self.linear2(functional.gelu(self.linear1(x)))


class Relu(PlainBlock):
    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attention(y, y, y)
        return x + self.linear2(torch.relu(self.linear1(self.norm2(x))))


class Transformer(RightTransformer):
    def rows(self, images):
        x = self.embedding(images)
        for block in self.blocks:
            x = block(x)
        return x


class NormForgotten(Transformer):
    def forward(self, images):
        x = self.rows(images)
        row = x[:, 0] if self.pooling == "cls" else x[:, 1:].mean(1)
        return self.head(row)


class MeanOfAll(Transformer):
    def forward(self, images):
        x = self.norm(self.rows(images))
        row = x[:, 0] if self.pooling == "cls" else x.mean(1)
        return self.head(row)


class NormLast(Transformer):
    def forward(self, images):
        x = self.rows(images)
        row = x[:, 0] if self.pooling == "cls" else x[:, 1:].mean(1)
        return self.head(self.norm(row))


class Softmax(Transformer):
    def forward(self, images):
        return super().forward(images).softmax(-1)


class ReturnsInTheLoop(Transformer):
    def rows(self, images):
        x = self.embedding(images)
        for block in self.blocks:
            return block(x)

    def forward(self, images):
        x = self.norm(self.rows(images))
        row = x[:, 0] if self.pooling == "cls" else x[:, 1:].mean(1)
        return self.head(row)


class NeverRefuses(Transformer):
    def __init__(self, *sizes, pooling="cls", **more):
        super().__init__(*sizes, **more)
        self.pooling = pooling


def short_by(change):
    def count(image_size, patch, channels, d_model, num_layers, d_ff,
              num_classes):  # fmt: skip
        if image_size % patch:
            raise ValueError("patch must divide image_size")
        n, d = (image_size // patch) ** 2, d_model
        first = channels * patch * patch * d + d + d + (1 + n) * d
        block = 4 * (d * d + d) + 2 * d * d_ff + d_ff + d + 4 * d
        last = 2 * d + d * num_classes + num_classes
        right = first + num_layers * block + last
        return right - change(n, d, num_layers, d_ff, num_classes)

    return count


def never_refused(image_size, patch, *sizes):
    side = image_size // patch
    return short_by(lambda *_: 0)(side * patch, patch, *sizes)


def pooling(window, other="refuse"):
    def pool(x, size, kind="max"):
        if kind not in ("max", "mean") and other == "refuse":
            raise ValueError("max or mean")
        return window(x, size, kind)

    return pool


def cut(x, size):
    h, w = x.shape[-2] // size, x.shape[-1] // size
    x = x[..., : h * size, : w * size]
    return x.reshape(*x.shape[:-2], h, size, w, size)


def sum_for_mean(x, size, kind):
    x = cut(x, size)
    return x.amax((-3, -1)) if kind == "max" else x.sum((-3, -1))


def always_max(x, size, kind):
    return cut(x, size).amax((-3, -1))


def reshaped(x, size, kind):
    h, w = x.shape[-2] // size, x.shape[-1] // size
    x = x[..., : h * size, : w * size].reshape(*x.shape[:-2], h, w, -1)
    return x.amax(-1) if kind == "max" else x.mean(-1)


def with_leftovers(x, size, kind):
    rows = []
    for i in range(0, x.shape[-2], size):
        windows = [
            x[..., i : i + size, j : j + size].flatten(-2)
            for j in range(0, x.shape[-1], size)
        ]
        found = [w.amax(-1) if kind == "max" else w.mean(-1) for w in windows]
        rows.append(torch.stack(found, -1))
    return torch.stack(rows, -2)


def stride_of_one(x, size, kind):
    x = x.unfold(-2, size, 1).unfold(-2, size, 1)
    return x.amax((-2, -1)) if kind == "max" else x.mean((-2, -1))


def else_is_mean(x, size, kind):
    x = cut(x, size)
    return x.amax((-3, -1)) if kind == "max" else x.mean((-3, -1))


class NoRelu(RightAutoencoder):
    def forward(self, x):
        code = self.encoder(x)
        return torch.sigmoid(self.decoder(code)), code


class CodeBeforeRelu(RightAutoencoder):
    def forward(self, x):
        code = self.encoder(x)
        return torch.sigmoid(self.decoder(torch.relu(code))), code


class NoSigmoid(RightAutoencoder):
    def forward(self, x):
        code = torch.relu(self.encoder(x))
        return self.decoder(code), code


class Swapped(RightAutoencoder):
    def forward(self, x):
        code = torch.relu(self.encoder(x))
        return code, torch.sigmoid(self.decoder(code))


class One(RightAutoencoder):
    def forward(self, x):
        return torch.sigmoid(self.decoder(torch.relu(self.encoder(x))))


class ReluOutside(RightAutoencoder):
    def forward(self, x):
        code = torch.relu(self.encoder(x))
        return torch.relu(self.decoder(code)), code


WRONG = {
    "vision_transformer.patchify": {
        "only a view": only_a_view,
        "not transposed": unfold_forgets_to_transpose,
        "as in Keras": as_in_keras,
        "loops by columns": loops_by_columns,
        "nothing refused": nothing_refused,
        "channels left in front": channels_left_in_front,
    },
    "vision_transformer.PatchEmbedding": {
        "forgets [CLS]": ForgetsCls,
        "[CLS] behind": ClsBehind,
        "positions first": PositionsFirst,
        "forgets positions": ForgetsPositions,
        "scaled": Scaled,
        "reshaped instead": ReshapedInstead,
    },
    "vision_transformer.ViTBlock": {
        "post-norm": PostNorm,
        "only the query normed": OnlyTheQueryNormed,
        "GELU twice": GeluTwice,
        "default ε": DefaultEps,
        "x overwritten": XOverwritten,
        "ReLU": Relu,
    },
    "vision_transformer.VisionTransformer": {
        "norm forgotten": NormForgotten,
        "mean of all": MeanOfAll,
        "norm last": NormLast,
        "softmax": Softmax,
        "returns in the loop": ReturnsInTheLoop,
        "never refuses": NeverRefuses,
    },
    "vision_transformer.vit_parameters": {
        "no position for [CLS]": short_by(lambda n, d, k, f, c: d),
        "biases of attention": short_by(lambda n, d, k, f, c: 4 * d * k),
        "final norm": short_by(lambda n, d, k, f, c: 2 * d),
        "out_proj": short_by(lambda n, d, k, f, c: k * (d * d + d)),
        "the head's bias": short_by(lambda n, d, k, f, c: c),
        "never refused": never_refused,
    },
    "vision_transformer.pool2d": {
        "sum for mean": pooling(sum_for_mean),
        "always max": pooling(always_max),
        "reshaped": pooling(reshaped),
        "with leftovers": pooling(with_leftovers),
        "stride of 1": pooling(stride_of_one),
        "else is mean": pooling(else_is_mean, other="let pass"),
    },
    "vision_transformer.Autoencoder": {
        "no ReLU": NoRelu,
        "code before ReLU": CodeBeforeRelu,
        "no sigmoid": NoSigmoid,
        "swapped": Swapped,
        "one": One,
        "ReLU outside": ReluOutside,
    },
}
