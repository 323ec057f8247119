"""The exercise `vision_transformer.patchify`."""

from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception

from .shared import (
    by_reshape,
    channels_last,
    cut,
    patches_of,
    pictures,
)


def refuse(images, patch):
    raise ValueError(
        f"patches of {patch} do not divide an image of "
        f"{images.shape[-2]} by {images.shape[-1]}"
    )


def both(h, w, patch):
    return h % patch == 0 and w % patch == 0


def checked(make=patches_of, fits=both, refused=refuse):
    """Cut like that where the patches fit, and refused like that else."""

    def patchify(images, patch):
        if fits(*images.shape[-2:], patch):
            return make(images, patch)
        return refused(images, patch)

    return patchify


def by_unfold(images, patch):
    return functional.unfold(images, patch, stride=patch).mT


def columns_first(images, patch):
    return cut(images, patch).transpose(1, 2).flatten(3).flatten(1, 2)


def turned(images, patch):
    return cut(images, patch).mT.flatten(3).flatten(1, 2)


def reversed_patches(images, patch):
    return patches_of(images, patch).flip(1)


def trimmed(images, patch):
    h, w = (size - size % patch for size in images.shape[-2:])
    return patches_of(images[..., :h, :w], patch)


def padded(images, patch):
    down, right = (-size % patch for size in images.shape[-2:])
    return patches_of(functional.pad(images, (0, right, 0, down)), patch)


def asserted(images, patch):
    assert both(*images.shape[-2:], patch)


def overlapping(images, patch):
    tiles = images.unfold(2, patch, 1).unfold(3, patch, 1)
    return tiles.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)


def scattered(images, patch):
    """The axes cut the other way round: pixels that lie far apart."""
    b, c, h, w = images.shape
    tiles = images.reshape(b, c, patch, h // patch, patch, w // patch)
    return tiles.permute(0, 3, 5, 1, 2, 4).flatten(3).flatten(1, 2)


def one_place_of_all(images, patch):
    patches = patches_of(images, patch)
    return patches.mT.reshape(patches.shape)


def grid_inside(images, patch):
    """The grid's two axes side by side, and the channels in front of them."""
    b, c, h, w = images.shape
    tiles = images.reshape(b, c, h // patch, patch, w // patch, patch)
    return tiles.transpose(3, 4).reshape(b, -1, c * patch * patch)


def channel_by_channel(images, patch):
    tiles = cut(images, patch).permute(0, 3, 1, 2, 4, 5)
    return tiles.flatten(4).flatten(1, 3)


EXERCISE = Exercise(
    id="vision_transformer.patchify",
    signature="patchify(images, patch)",
    asks=(
        "Cut images into patches. `images` is a tensor `(b, c, h, w)`: "
        "images, channels, rows, columns. Cut each into squares of `patch` "
        "by `patch` pixels that lie side by side. Return `(b, n, c·p·p)`: "
        "all `n` patches of an image **row by row**, each as one row of "
        "numbers in the order **channel, row, column**. Where `patch` does "
        "not divide `h` or `w`, raise a `ValueError` with a sentence."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=8,
    reference=checked(by_unfold),
    cases=(
        Case(
            "one image of 4 by 4, one channel, patches of 2",
            lambda rng: {"images": pictures(rng, 1, 1, 4, 4), "patch": 2},
        ),
        Case(
            "one patch is the whole image",
            lambda rng: {"images": pictures(rng, 1, 2, 2, 2), "patch": 2},
        ),
        Case(
            "an image wider than high",
            lambda rng: {"images": pictures(rng, 1, 1, 2, 6), "patch": 2},
        ),
        Case(
            "two channels",
            lambda rng: {"images": pictures(rng, 1, 2, 4, 4), "patch": 2},
        ),
        Case(
            "a patch is one pixel",
            lambda rng: {"images": pictures(rng, 1, 3, 2, 3), "patch": 1},
        ),
        Case(
            "two images of three channels",
            lambda rng: {"images": pictures(rng, 2, 3, 6, 4), "patch": 2},
        ),
        Case(
            "patches of 3, four channels",
            lambda rng: {"images": pictures(rng, 2, 4, 6, 9), "patch": 3},
        ),
        Case(
            "the height does not fit",
            lambda rng: {"images": pictures(rng, 1, 1, 3, 4), "patch": 2},
            raises=ValueError,
        ),
        Case(
            "the width does not fit",
            lambda rng: {"images": pictures(rng, 1, 1, 4, 5), "patch": 2},
            raises=ValueError,
        ),
        Case(
            "two halves of a patch, side by side",
            lambda rng: {"images": pictures(rng, 1, 1, 2, 8), "patch": 4},
            raises=ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "plain reshape",
            "you only reshaped, so a patch of yours is a run of pixels from "
            "the rows of the image. Split both axes of the image first. Then "
            "move the axes that lie inside a patch to the end.",
            checked(by_reshape),
        ),
        Misconception(
            "channels not moved",
            "you left the channels in front of the grid, so a row of yours "
            "holds patches of one channel side by side. Move the grid's two "
            "axes in front of the channels before you flatten.",
            checked(grid_inside),
        ),
        Misconception(
            "channels last",
            "inside a patch your order is row, column, channel, as "
            "TensorFlow has it. Use channel, row, column: then the patches "
            "fit the weights of a convolution.",
            checked(channels_last),
        ),
        Misconception(
            "patches column by column",
            "the patches are right, but their order is column by column. "
            "Count them as you read: along a row first.",
            checked(columns_first),
        ),
        Misconception(
            "patches transposed",
            "each patch is transposed inside: its rows and columns are "
            "swapped.",
            checked(turned),
        ),
        Misconception(
            "patches in reverse",
            "the patches are right, but you begin with the last one. Begin "
            "at the top left.",
            checked(reversed_patches),
        ),
        Misconception(
            "rest cut off",
            "where the patches do not fit, you drop pixels at the edge and "
            "say nothing. Raise a ValueError.",
            checked(refused=trimmed),
        ),
        Misconception(
            "padded",
            "where the patches do not fit, you fill the image up with zeros "
            "and say nothing. Raise a ValueError.",
            checked(refused=padded),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError, and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            checked(refused=asserted),
        ),
        Misconception(
            "only the height looked at",
            "you refuse a height that does not fit, but not a width. Look at "
            "both.",
            lambda images, patch: (
                trimmed(images, patch)
                if images.shape[-2] % patch == 0
                else refuse(images, patch)
            ),
        ),
        Misconception(
            "only the width looked at",
            "you refuse a width that does not fit, but not a height. Look at "
            "both.",
            lambda images, patch: (
                trimmed(images, patch)
                if images.shape[-1] % patch == 0
                else refuse(images, patch)
            ),
        ),
        Misconception(
            "last two axes swapped",
            "yours has shape `(b, c·p·p, n)`. A patch is a *row*, as a token "
            "is: swap the last two axes.",
            checked(lambda images, patch: patches_of(images, patch).mT),
        ),
        Misconception(
            "overlapping",
            "your patches overlap: each begins one pixel after the last. "
            "They lie side by side, so go on by `patch` pixels.",
            checked(overlapping),
        ),
        Misconception(
            "pixels that lie apart",
            "you split an axis into (inside, patches). It is (patches, "
            "inside): `h` becomes `h // patch` patches of `patch` rows. "
            "Your patches gather pixels from all over the image.",
            checked(scattered),
        ),
        Misconception(
            "one place of all patches",
            "a row of yours gathers the pixels of *one place* in all "
            "patches. It should hold all pixels of one patch: swap the two "
            "axes, and do not reshape them.",
            checked(one_place_of_all),
        ),
        Misconception(
            "patch not flattened",
            "your patches are still little images, `(c, p, p)`. Make one row "
            "of numbers of each: flatten the last three axes.",
            checked(lambda images, patch: cut(images, patch).flatten(1, 2)),
        ),
        Misconception(
            "grid not flattened",
            "your patches still lie in a grid of rows and columns. Make one "
            "list of it: flatten these two axes.",
            checked(lambda images, patch: cut(images, patch).flatten(3)),
        ),
        Misconception(
            "each channel by itself",
            "you made a patch of each *channel*. A patch holds all channels "
            "of its square.",
            checked(channel_by_channel),
        ),
    ),
    hints=(
        "Take the image 0…15 of 4 by 4. Which four numbers stand in the "
        "first patch? In how many rows of the image do they lie?",
        "`h` splits into (h // p, p) and `w` into (w // p, p): six axes in "
        "all. `permute` puts them in a new order. `flatten(start, end)` "
        "joins neighbours.",
        "refuse what does not fit. x = images reshaped to (b, c, h // p, p, "
        "w // p, p). Order the axes: b, grid row, grid column, channel, row, "
        "column. Join the last three, then the grid's two.",
    ),
    returns=("patches",),
    not_by=("unfold", "im2col", "pixel_unshuffle"),
)
