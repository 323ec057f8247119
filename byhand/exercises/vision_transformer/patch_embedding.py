"""The exercise `vision_transformer.PatchEmbedding`."""

from functools import partial

import torch
from torch import nn

from byhand.exercise import Exercise, Misconception

from ..pieces.tensors import going_in
from .shared import (
    OF_WEIGHTS,
    TorchEmbedding,
    alone,
    by_reshape,
    channels_last,
    patches_of,
    used,
)


def in_front(own, patches):
    first = own.cls.expand(len(patches), -1, -1)
    return torch.cat([first, patches], dim=1)


def cls_last(own, patches):
    last = own.cls.expand(len(patches), -1, -1)
    return torch.cat([patches, last], dim=1)


def zeros_in_front(own, patches):
    return torch.cat([torch.zeros_like(patches[:, :1]), patches], dim=1)


def none_in_front(own, patches):
    return patches


def mean_in_front(own, patches):
    return torch.cat([patches.mean(1, keepdim=True), patches], dim=1)


def cls_for_the_first_image(own, patches):
    first = torch.zeros_like(patches[:, :1])
    first[:1] = own.cls
    return torch.cat([first, patches], dim=1)


def cls_on_all(own, patches):
    return in_front(own, patches + own.cls)


def added(own, x):
    return x + own.positions[:, : x.shape[1]]


def for_patches_only(own, x):
    return torch.cat([x[:, :1], x[:, 1:] + own.positions[:, 1:]], dim=1)


def for_patches_from_zero(own, x):
    places = own.positions[:, : x.shape[1] - 1]
    return torch.cat([x[:, :1], x[:, 1:] + places], dim=1)


def shifted(own, x):
    return x + own.positions.roll(1, dims=1)


def reversed_positions(own, x):
    return x + own.positions.flip(1)


def same_for_all(own, x):
    return x + own.positions[:, :1]


def none_added(own, x):
    return x


def multiplied(own, x):
    return x * own.positions


def twice(own, x):
    return x + 2 * own.positions


def scaled(own, x):
    return x * x.shape[-1] ** 0.5 + own.positions


def all_scaled(own, x):
    return added(own, x) * x.shape[-1] ** 0.5


def not_learned(own, x):
    return x + own.positions.detach()


class Embedding(nn.Module):
    """An embedding of which every part can be another."""

    def __init__(
        self,
        image_size,
        patch,
        channels,
        d_model,
        *,
        cut=patches_of,
        front=in_front,
        place=added,
        bend=lambda x: x,
        finish=lambda x: x,
        bias=True,
    ):
        super().__init__()
        self.patch, self.cut, self.bend = patch, cut, bend
        self.front, self.place, self.finish = front, place, finish
        n = (image_size // patch) ** 2
        width = channels * patch * patch
        self.projection = nn.Linear(width, d_model, bias=bias)
        self.cls = nn.Parameter(torch.zeros(1, 1, d_model))
        self.positions = nn.Parameter(torch.zeros(1, 1 + n, d_model))

    def forward(self, images):
        patches = self.bend(self.projection(self.cut(images, self.patch)))
        return self.finish(self.place(self, self.front(self, patches)))


def other(**parts):
    return partial(Embedding, **parts)


def sized(image_size, patch, channels, d_model):
    return {
        "image_size": image_size,
        "patch": patch,
        "channels": channels,
        "d_model": d_model,
    }


def case(name, settings, batch, **more):
    size = settings["image_size"]
    n = (size // settings["patch"]) ** 2
    return used(
        name,
        TorchEmbedding,
        settings,
        (batch, settings["channels"], size, size),
        (batch, 1 + n, settings["d_model"]),
        **more,
    )


EXERCISE = Exercise(
    id="vision_transformer.PatchEmbedding",
    signature="PatchEmbedding(image_size, patch, channels, d_model)",
    asks=(
        "Turn images into rows that a Transformer reads. It owns "
        "`projection`, an `nn.Linear` from `channels * patch * patch` to "
        "`d_model`; `cls`, an `nn.Parameter` `(1, 1, d_model)`; and "
        "`positions`, an `nn.Parameter` `(1, 1 + n, d_model)` for the `n` "
        "patches of an `image_size` by `image_size` image. `forward(images)` "
        "takes `(b, channels, image_size, image_size)`. Project your "
        "patches, put `cls` in front of those of every image, then add the "
        "positions to *all* rows. Return `(b, 1 + n, d_model)`. The check "
        "copies weights in, so it does not matter how yours begin, and it "
        "looks at their gradients."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=7,
    reference=TorchEmbedding,
    way=alone,
    cases=(
        case("one patch is the whole image", sized(2, 2, 1, 3), 1),
        case("four patches, one channel", sized(4, 2, 1, 3), 1),
        case("two images", sized(4, 2, 1, 4), 2),
        case("three channels", sized(4, 2, 3, 5), 1),
        case("nine patches, two channels, two images", sized(6, 2, 2, 4), 2),
        case("patches of 3, in training", sized(6, 3, 2, 4), 2, training=True),
    ),
    misconceptions=(
        Misconception(
            "no [CLS]",
            "there is no [CLS] row: yours has one row for each patch and no "
            "more. Put `cls` in front of them.",
            other(front=none_in_front),
        ),
        Misconception(
            "[CLS] last",
            "`cls` stands behind the patches. Put it in front of them.",
            other(front=cls_last),
        ),
        Misconception(
            "[CLS] unused",
            "the row in front holds zeros instead of `cls`, so `cls` never "
            "learns.",
            other(front=zeros_in_front),
        ),
        Misconception(
            "mean in front",
            "the row in front is the mean of the patches. Put `cls` there, a "
            "row that is learned.",
            other(front=mean_in_front),
        ),
        Misconception(
            "[CLS] for the first image only",
            "only the first image gets `cls`. Expand it to the whole batch.",
            other(front=cls_for_the_first_image),
        ),
        Misconception(
            "[CLS] added to the patches",
            "you also added `cls` to the patches. It is a row of its own, in "
            "front of them.",
            other(front=cls_on_all),
        ),
        Misconception(
            "positions for patches only",
            "the [CLS] row gets no position. Add the positions to *all* "
            "rows, after `cls` was put in front.",
            other(place=for_patches_only),
        ),
        Misconception(
            "positions before [CLS]",
            "patch k gets position k, and [CLS] none. You added the "
            "positions before `cls` was in front. Position 0 belongs to "
            "[CLS].",
            other(place=for_patches_from_zero),
        ),
        Misconception(
            "positions shifted by one",
            "the positions are shifted by one row. Row k gets position k, "
            "and [CLS] is row 0.",
            other(place=shifted),
        ),
        Misconception(
            "positions reversed",
            "the positions come in reverse order. Row k gets position k.",
            other(place=reversed_positions),
        ),
        Misconception(
            "one position for all",
            "all rows get the same position. Each row has its own.",
            other(place=same_for_all),
        ),
        Misconception(
            "no positions",
            "you never add `positions`, so nothing says where a patch lies.",
            other(place=none_added),
        ),
        Misconception(
            "positions multiplied",
            "you multiplied by the positions. Add them.",
            other(place=multiplied),
        ),
        Misconception(
            "positions twice",
            "you added the positions twice.",
            other(place=twice),
        ),
        Misconception(
            "positions without a gradient",
            "the numbers are right, but no gradient reaches `positions`, so "
            "they would never be learned. Is there a `detach` or a `data`?",
            other(place=not_learned),
        ),
        Misconception(
            "channels last",
            "inside a patch your order is row, column, channel. Your "
            "`patchify` has channel, row, column.",
            other(cut=channels_last),
        ),
        Misconception(
            "plain reshape",
            "the image was only reshaped, so a row of yours holds a run of "
            "pixels. Use your `patchify`.",
            other(cut=by_reshape),
        ),
        Misconception(
            "times √d",
            "you multiplied the rows by √d_model, as the first Transformer "
            "did with its tokens. A ViT does not.",
            other(place=scaled),
        ),
        Misconception(
            "all times √d",
            "you multiplied the result by √d_model. A ViT does not scale its "
            "rows.",
            other(place=all_scaled),
        ),
        Misconception(
            "ReLU",
            "you bent the projected patches with ReLU. The projection is "
            "linear, and nothing follows it.",
            other(bend=torch.relu),
        ),
        Misconception(
            "no bias",
            "your projection has no bias. It should have one, which is what "
            "`nn.Linear` does unless it is told otherwise.",
            other(bias=False),
        ),
        Misconception(
            "no gradient",
            "the output is right, but no gradient finds its way back. "
            "Somewhere the numbers left PyTorch's sight: `detach`, `data`, "
            "`no_grad`, NumPy. Such a module cannot learn.",
            other(finish=lambda x: x.detach()),
        ),
    ),
    hints=(
        "An image of 4 by 4 in patches of 2: how many rows come out? Which "
        "of them has no pixels?",
        "`cls` is `(1, 1, d_model)` and a batch has `b` images: "
        "`expand(b, -1, -1)`. `torch.cat` puts rows behind one another. "
        "Positions broadcast over the batch.",
        "rows = projection of patchify(images, patch); rows = cls expanded, "
        "then rows, joined along axis 1; return rows + positions.",
    ),
    returns=OF_WEIGHTS,
    called=going_in("images"),
)
