"""The exercise `vision_transformer.vit_parameters`."""

from functools import partial

import torch

from byhand.exercise import Case, Exercise, Misconception, Whole

from .vision_transformer import TorchVisionTransformer


def divides(image_size, patch):
    if image_size % patch != 0:
        raise ValueError(
            f"patches of {patch} do not divide an image of {image_size} by "
            f"{image_size}"
        )


def by_the_model(
    image_size, patch, channels, d_model, num_layers, d_ff, num_classes
):
    """The weights of a model that has names and shapes, and no numbers."""
    divides(image_size, patch)
    with torch.device("meta"):
        model = TorchVisionTransformer(
            *(image_size, patch, channels, d_model, num_layers),
            *(1, d_ff, num_classes),
        )
    return sum(one.numel() for one in model.parameters())


def counted(
    image_size,
    patch,
    channels,
    d_model,
    num_layers,
    d_ff,
    num_classes,
    *,
    checked=divides,
    patches=lambda side: side**2,
    pixels=lambda channels, patch: channels * patch**2,
    cls=1,
    placed=lambda n: 1 + n,
    bias_of=("patch", "attention", "mlp", "head"),
    projections=4,
    norms=2,
    final=1,
    layers=lambda num_layers: num_layers,
    read=lambda d_model, n: d_model,
    with_head=1,
    norm_size=2,
):
    """A formula whose parts go wrong one by one."""
    checked(image_size, patch)
    n, d = patches(image_size // patch), d_model

    def bias(part, count):
        return count if part in bias_of else 0

    first = pixels(channels, patch) * d + bias("patch", d)
    attention = projections * (d * d + bias("attention", d))
    mlp = 2 * d * d_ff + bias("mlp", d_ff + d)
    block = attention + mlp + norms * norm_size * d
    head = read(d, n) * num_classes + bias("head", num_classes)
    return (
        first
        + cls * d
        + placed(n) * d
        + layers(num_layers) * block
        + final * norm_size * d
        + with_head * head
    )


def other(**parts):
    return partial(counted, **parts)


ALL = {"patch", "attention", "mlp", "head"}


def asserted(image_size, patch):
    assert image_size % patch == 0


def sizes_swapped(
    image_size, patch, channels, d_model, num_layers, d_ff, num_classes
):
    return counted(
        *(image_size, patch, channels, d_ff, num_layers, d_model),
        num_classes,
    )


def of(name, *sizes, raises=None):
    """A case; a pair stands for a number to be drawn from it."""
    names = (
        *("image_size", "patch", "channels", "d_model"),
        *("num_layers", "d_ff", "num_classes"),
    )

    def inputs(rng):
        drawn = [
            int(rng.integers(*one)) if isinstance(one, tuple) else one
            for one in sizes
        ]
        return dict(zip(names, drawn, strict=True))

    return Case(name, inputs, raises=raises)


EXERCISE = Exercise(
    id="vision_transformer.vit_parameters",
    signature=(
        "vit_parameters(image_size, patch, channels, d_model, num_layers, "
        "d_ff, num_classes) -> int"
    ),
    asks=(
        "How many numbers does your `VisionTransformer` learn? Count "
        "everything: the projection of the patches, [CLS], all positions, "
        "the blocks, the final norm and the head. Every linear layer has its "
        "bias, and a norm has two numbers for each column. The number of "
        "heads does not matter (lesson 10). Return an integer, by "
        "arithmetic. Where `patch` does not divide `image_size`, raise a "
        "`ValueError` with a sentence."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=6,
    reference=by_the_model,
    cases=(
        of("one patch, no block, one class", 2, 2, 1, 3, 0, 5, 1),
        of("four patches, no block", 4, 2, 1, 3, 0, 5, 2),
        of("one block", 4, 2, 1, 4, 1, 7, 2),
        of("three channels, three blocks", 6, 2, 3, 4, 3, 9, 5),
        of(
            "other sizes",
            *(12, 3, 3, (6, 20), (2, 6), (21, 50), (3, 12)),
        ),
        of("ViT-B/16 for 1,000 classes", 224, 16, 3, 768, 12, 3072, 1000),
        of("patches that do not fit", 9, 2, 1, 4, 1, 7, 2, raises=ValueError),
        of(
            "patches larger than the image",
            *(4, 8, 1, 4, 1, 7, 2),
            raises=ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "d_model short",
            "you are `d_model` numbers short, whatever the sizes. Three "
            "things have just so many: [CLS], its position, and the bias of "
            "the patches. Which of them did you leave out?",
            other(cls=0),
        ),
        Misconception(
            "2 · d_model short",
            "you are 2 · `d_model` numbers short, whatever the sizes. Did "
            "you count the final norm? And both [CLS] and its position?",
            other(final=0),
        ),
        Misconception(
            "4 · d_model short in each block",
            "you are 4 · `d_model` numbers short in each block. Two things "
            "have just so many: the biases of attention's four projections, "
            "and the two norms.",
            other(bias_of=ALL - {"attention"}),
        ),
        Misconception(
            "no positions",
            "you left the positions out. They are learned: a row for each "
            "patch and one for [CLS].",
            other(placed=lambda n: 0),
        ),
        Misconception(
            "patches along one side",
            "you counted the patches along *one* side of the image. The "
            "image has two: (image_size / patch)².",
            other(patches=lambda side: side),
        ),
        Misconception(
            "a side of the patch",
            "a patch has `channels · patch · patch` numbers. You multiplied "
            "by its side only once.",
            other(pixels=lambda channels, patch: channels * patch),
        ),
        Misconception(
            "one channel",
            "you counted a patch's pixels without its channels.",
            other(pixels=lambda channels, patch: patch**2),
        ),
        Misconception(
            "no biases in the network",
            "`linear1` and `linear2` have biases: `d_ff + d_model` numbers a "
            "block.",
            other(bias_of=ALL - {"mlp"}),
        ),
        Misconception(
            "no bias in the head",
            "the head has a bias: `num_classes` numbers.",
            other(bias_of=ALL - {"head"}),
        ),
        Misconception(
            "no biases at all",
            "you counted matrices only. Every linear layer has a bias as "
            "well.",
            other(bias_of=()),
        ),
        Misconception(
            "one norm a block",
            "you counted one norm a block. There are two, each with "
            "2 · `d_model` numbers.",
            other(norms=1),
        ),
        Misconception(
            "no norms at all",
            "you left out all norms: two a block and one at the end, with "
            "2 · `d_model` numbers each.",
            other(norms=0, final=0),
        ),
        Misconception(
            "half of each norm",
            "a norm has a factor *and* an offset for each column: 2 · "
            "`d_model` numbers.",
            other(norm_size=1),
        ),
        Misconception(
            "three projections",
            "you counted three projections in attention. The fourth, "
            "`out_proj`, comes after the heads.",
            other(projections=3),
        ),
        Misconception(
            "one block",
            "you counted one block, whatever `num_layers` says.",
            other(layers=lambda num_layers: 1),
        ),
        Misconception(
            "no head",
            "you left out the head: `d_model · num_classes + num_classes` "
            "numbers.",
            other(with_head=0),
        ),
        Misconception(
            "head on all rows",
            "you counted a head that reads all patches one after another. "
            "Ours reads one row of `d_model` numbers.",
            other(read=lambda d_model, n: d_model * n),
        ),
        Misconception(
            "widths swapped",
            "you swapped `d_model` and `d_ff`.",
            sizes_swapped,
        ),
        Misconception(
            "no error",
            "patches that do not fit are counted all the same. Raise a "
            "ValueError.",
            other(checked=lambda image_size, patch: None),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError, and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            other(checked=asserted),
        ),
    ),
    hints=(
        "Go through the parts of your `VisionTransformer` from the front. "
        "How many numbers does a single `nn.Linear(5, 3)` have?",
        "A block is `4(d² + d) + (2·d·f + f + d) + 4d`, with d for `d_model` "
        "and f for `d_ff`. Mind what is there once, not once a block.",
        "refuse what does not fit. n = (image_size // patch)². patches = "
        "channels·patch²·d + d; rows = d + (1 + n)·d; all blocks; last norm "
        "2d; head d·classes + classes.",
    ),
    returns=(Whole("parameters"),),
)
