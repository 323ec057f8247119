"""The exercise `vision_transformer.VisionTransformer`."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import modules

from ..pieces.tensors import going_in
from .patch_embedding import Embedding, none_added, scaled
from .shared import (
    EPS,
    OF_WEIGHTS,
    Block,
    TorchEmbedding,
    TorchViTBlock,
    alone,
    bent_by_relu,
    post_norm,
    used,
)

POOLINGS = ("cls", "mean")


def known(pooling):
    if pooling not in POOLINGS:
        raise ValueError(f"pooling should be 'cls' or 'mean'; got {pooling!r}")


class TorchVisionTransformer(nn.Module):
    """A convolution, PyTorch's layers, and a linear head."""

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
        known(pooling)
        self.embedding = TorchEmbedding(image_size, patch, channels, d_model)
        self.blocks = nn.ModuleList(
            TorchViTBlock(d_model, num_heads, d_ff) for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(d_model, EPS)
        self.head = nn.Linear(d_model, num_classes, bias=True)
        self.pooling = pooling

    def forward(self, images):
        x = self.embedding(images)
        for block in self.blocks:
            x = block(x)
        first, patches = x.tensor_split([1], dim=1)
        kept = first if self.pooling == "cls" else patches
        return self.head(self.norm(kept).mean(dim=1))


# --- wrong ones ------------------------------------------------------------


def all_of(own, x):
    for block in own.blocks:
        x = block(x)
    return x


def first_block_only(own, x):
    return own.blocks[0](x)


def first_block_again(own, x):
    for _ in own.blocks:
        x = own.blocks[0](x)
    return x


def from_the_embedding(own, x):
    for block in own.blocks:
        found = block(x)
    return found


def no_blocks(own, x):
    return x


def in_reverse(own, x):
    for block in reversed(own.blocks):
        x = block(x)
    return x


def norm_before(own, x):
    return all_of(own, own.norm(x))


def norm_after_each(own, x):
    for block in own.blocks:
        x = own.norm(block(x))
    return x


def added_over(own, x):
    return x + all_of(own, x)


def place_0(x):
    return x[:, 0]


def mean_of_patches(x):
    return x[:, 1:].mean(dim=1)


def mean_of_all(x):
    return x.mean(dim=1)


def normed(own, x, pool):
    return pool(own.norm(x))


def pooled_first(own, x, pool):
    return own.norm(pool(x))


def not_normed(own, x, pool):
    return pool(x)


class Whole(nn.Module):
    """A Vision Transformer of which every part can be another."""

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
        *,
        asked=known,
        embedding=Embedding,
        block=Block,
        heads=lambda num_heads: num_heads,
        depth=lambda num_layers: num_layers,
        keep=nn.ModuleList,
        shared=False,
        flow=all_of,
        eps=EPS,
        first=place_0,
        mean=mean_of_patches,
        read=normed,
        finish=lambda own, x: own.head(x),
        end=lambda logits: logits,
    ):
        super().__init__()
        asked(pooling)
        self.flow, self.read, self.finish, self.end = flow, read, finish, end
        self.pool = first if pooling == "cls" else mean
        self.embedding = embedding(image_size, patch, channels, d_model)
        count = depth(num_layers)
        made = [block(d_model, heads(num_heads), d_ff) for _ in range(count)]
        self.blocks = keep(made[:1] * count if shared else made)
        self.norm = nn.LayerNorm(d_model, eps)
        self.head = nn.Linear(d_model, num_classes, bias=True)

    def forward(self, images):
        x = self.flow(self, self.embedding(images))
        return self.end(self.finish(self, self.read(self, x, self.pool)))


class MeanByDefault(Whole):
    def __init__(self, *sizes, pooling="mean", **more):
        super().__init__(*sizes, pooling=pooling, **more)


def anything(pooling):
    pass


def asserted(pooling):
    assert pooling in POOLINGS


def doubles(modules_):
    return [one.double() for one in modules_]


def other(**parts):
    return partial(Whole, **parts)


# --- cases -----------------------------------------------------------------


def used_or_built(answer, settings, *given):
    """As `alone`; of another `pooling`, built and no more."""
    if settings.get("pooling", "cls") not in POOLINGS:
        return modules.built(answer, settings)
    return alone(answer, settings, *given)


def sized(image_size, patch, channels, layers, heads, classes, **more):
    return {
        "image_size": image_size,
        "patch": patch,
        "channels": channels,
        "d_model": max(3, 2 * heads),  # the norm of two numbers is ±1
        "num_layers": layers,
        "num_heads": heads,
        "d_ff": 5,
        "num_classes": classes,
        **more,
    }


def case(name, settings, batch, raises=None, **more):
    size = settings["image_size"]
    shape = batch, settings["channels"], size, size
    out = batch, settings["num_classes"]
    of_a_right_one = (
        settings
        if raises is None
        else {
            **settings,
            "pooling": "cls",
        }
    )
    one = used(
        name, TorchVisionTransformer, of_a_right_one, shape, out, **more
    )
    if raises is None:
        return one
    return Case(
        name,
        lambda rng: {**one.inputs(rng), "settings": settings},
        raises=raises,
    )


EXERCISE = Exercise(
    id="vision_transformer.VisionTransformer",
    signature=(
        "VisionTransformer(image_size, patch, channels, d_model, num_layers, "
        'num_heads, d_ff, num_classes, pooling="cls")'
    ),
    asks=(
        "The whole model: `embedding` (your `PatchEmbedding`), `blocks` (an "
        "`nn.ModuleList` of `num_layers` of your `ViTBlock`), `norm` "
        "(`nn.LayerNorm` with `eps=1e-6`) and `head` (an `nn.Linear` to "
        "`num_classes`). `forward(images)` returns logits `(b, "
        "num_classes)`: embed, send through all blocks, norm, pool the rows "
        'to one, then `head`. `pooling="cls"` takes row 0. `pooling="mean"` '
        "takes the mean over the *patches*, without [CLS]. Raise a "
        "`ValueError` with a sentence for any other `pooling`, as soon as "
        "the model is built."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=8,
    reference=TorchVisionTransformer,
    way=used_or_built,
    cases=(
        case("one patch, one block", sized(2, 2, 1, 1, 1, 2), 1),
        case(
            "its mean over the patches",
            sized(2, 2, 1, 1, 1, 2, pooling="mean"),
            1,
        ),
        case("four patches", sized(4, 2, 1, 1, 2, 3, pooling="cls"), 1),
        case(
            "four patches, mean",
            sized(4, 2, 1, 1, 2, 3, pooling="mean"),
            1,
        ),
        case("three blocks, two images", sized(4, 2, 2, 3, 2, 3), 2),
        case(
            "three blocks, three heads, mean",
            sized(4, 2, 3, 3, 3, 2, pooling="mean"),
            2,
        ),
        case(
            "numbers so small that ε shows",
            sized(4, 2, 1, 2, 2, 3, pooling="mean"),
            1,
            small=True,
        ),
        case(
            "in training: the same as in use",
            sized(4, 2, 1, 2, 2, 3, pooling="cls"),
            2,
            training=True,
        ),
        case(
            'pooling=""',
            sized(4, 2, 1, 1, 2, 3, pooling=""),
            1,
            ValueError,
        ),
        case(
            'pooling="CLS"',
            sized(4, 2, 1, 1, 2, 3, pooling="CLS"),
            1,
            ValueError,
        ),
    ),
    misconceptions=(
        Misconception(
            "no final norm",
            "you never use `norm`. In pre-norm nothing has normed the sum "
            "of all blocks yet, so a last norm comes before the pooling.",
            other(read=not_normed),
        ),
        Misconception(
            "norm behind pooling",
            "your `norm` comes behind the pooling. For [CLS] that is the "
            "same, for a mean it is not. Norm the rows first, then pool.",
            other(read=pooled_first),
        ),
        Misconception(
            "norm before the blocks",
            "your `norm` comes before the blocks. It belongs behind the last "
            "one.",
            other(read=not_normed, flow=norm_before),
        ),
        Misconception(
            "norm after each block",
            "your `norm` comes behind *every* block. It belongs behind the "
            "last one only.",
            other(read=not_normed, flow=norm_after_each),
        ),
        Misconception(
            "mean with [CLS]",
            "your mean counts [CLS] in. Leave row 0 out: take the mean over "
            "the patches.",
            other(mean=mean_of_all),
        ),
        Misconception(
            "sum",
            "you added the patches up and did not divide. Take their mean, "
            "so that the logits do not grow with the image.",
            other(mean=lambda x: x[:, 1:].sum(dim=1)),
        ),
        Misconception(
            "largest",
            "you took the largest of each column over the patches. Take "
            "their mean.",
            other(mean=lambda x: x[:, 1:].amax(dim=1)),
        ),
        Misconception(
            "last row",
            "you took the last row, as a GPT does. [CLS] is row 0.",
            other(first=lambda x: x[:, -1]),
        ),
        Misconception(
            "first patch",
            "you took row 1, which is the first patch. [CLS] is row 0.",
            other(first=lambda x: x[:, 1]),
        ),
        Misconception(
            "the mean of the columns",
            "you took the mean over the wrong axis: over the numbers of a "
            "row. The patches are axis 1.",
            other(mean=lambda x: x[:, 1:].mean(dim=2)),
        ),
        Misconception(
            "always [CLS]",
            "`pooling` makes no difference: you always take [CLS]. For "
            '"mean" take the mean over the patches.',
            other(mean=place_0),
        ),
        Misconception(
            "always the mean",
            "`pooling` makes no difference: you always take the mean. For "
            '"cls" take row 0.',
            other(first=mean_of_patches),
        ),
        Misconception(
            "poolings swapped",
            'you swapped the two kinds of pooling. "cls" takes row 0, '
            '"mean" the mean over the patches.',
            other(first=mean_of_patches, mean=place_0),
        ),
        Misconception(
            "mean by default",
            'right wherever `pooling` is given. If it is not, it is "cls".',
            MeanByDefault,
        ),
        Misconception(
            "first block only",
            "what came back is the result of the *first* block. Is there a "
            "`return` inside the loop?",
            other(flow=first_block_only),
        ),
        Misconception(
            "first block again and again",
            "there are several blocks, but the first one does all the work: "
            "the others get no gradient at all.",
            other(flow=first_block_again),
        ),
        Misconception(
            "all from the embedding",
            "every block was given the embedding itself, so only the last "
            "one counts. Each works on what the one before it returned.",
            other(flow=from_the_embedding),
        ),
        Misconception(
            "no blocks",
            "the blocks never run: patches go straight from the embedding "
            "to the norm.",
            other(flow=no_blocks),
        ),
        Misconception(
            "blocks in reverse",
            "the blocks run in reverse order. Begin with the first.",
            other(flow=in_reverse),
        ),
        Misconception(
            "embedding added again",
            "you added the embedding to what the blocks return. Their own "
            "residual paths already carry it.",
            other(flow=added_over),
        ),
        Misconception(
            "one block too few",
            "there is one block fewer than `num_layers` says.",
            other(depth=lambda num_layers: num_layers - 1),
        ),
        Misconception(
            "one block, listed several times",
            "there is a single block, listed several times, so all share "
            "its weights. Make a new one for each.",
            other(shared=True),
        ),
        Misconception(
            "a plain list",
            "PyTorch does not see your blocks. A plain list hides their "
            "weights, so an optimiser would train none of them. Use "
            "`nn.ModuleList`.",
            other(keep=doubles),
        ),
        Misconception(
            "softmax",
            "you return probabilities. Return logits: the loss takes the "
            "softmax itself.",
            other(end=partial(torch.softmax, dim=-1)),
        ),
        Misconception(
            "log-softmax",
            "you return logarithms of probabilities. Return the logits as "
            "`head` gives them.",
            other(end=partial(torch.log_softmax, dim=-1)),
        ),
        Misconception(
            "GELU behind the head",
            "you bent the logits with GELU. Return them as `head` gives them.",
            other(end=functional.gelu),
        ),
        Misconception(
            "post-norm blocks",
            "your blocks are post-norm: they norm the sum. Use your "
            "`ViTBlock`, which norms what a sub-layer reads.",
            other(block=partial(Block, flow=post_norm)),
        ),
        Misconception(
            "ReLU in the blocks",
            "your blocks have ReLU. A ViT has GELU, and so has your "
            "`ViTBlock`.",
            other(block=partial(Block, flow=bent_by_relu)),
        ),
        Misconception(
            "num_heads ignored",
            "`num_heads` makes no difference: your attention has one head. "
            "Hand it on to each block.",
            other(heads=lambda num_heads: 1),
        ),
        Misconception(
            "ε of the last norm",
            "your last norm has ε = 1e-5, which is what `nn.LayerNorm` takes "
            "unless it is told otherwise. Give it `eps=1e-6`.",
            other(eps=1e-5),
        ),
        Misconception(
            "no positions",
            "no position is ever added, so the model sees a bag of patches. "
            "Use your `PatchEmbedding`.",
            other(embedding=partial(Embedding, place=none_added)),
        ),
        Misconception(
            "times √d",
            "the rows are multiplied by √d_model before the positions are "
            "added. A ViT does not scale them.",
            other(embedding=partial(Embedding, place=scaled)),
        ),
        Misconception(
            "no head",
            "you return the pooled row, `(b, d_model)`. It still goes "
            "through `head`.",
            other(finish=lambda own, x: x),
        ),
        Misconception(
            "no gradient",
            "the output is right, but no gradient finds its way back. "
            "Somewhere the numbers left PyTorch's sight: `detach`, `data`, "
            "`no_grad`, NumPy. Such a module cannot learn.",
            other(end=lambda logits: logits.detach()),
        ),
        Misconception(
            "no error",
            "a `pooling` that nobody knows is not refused when the model is "
            "built. A typing error would show late or never: look at it in "
            "`__init__`, and raise a ValueError there.",
            other(asked=anything),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError, and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            other(asked=asserted),
        ),
    ),
    hints=(
        "Follow an image to its logits: which part does it pass first? "
        "Which rows reach `head`, in each kind of pooling?",
        "It is lesson 13's `Encoder` with an embedding in front and a norm, "
        "a choice and a linear layer behind. `x[:, 0]` is [CLS], `x[:, 1:]` "
        "are the patches.",
        'in __init__: refuse a pooling that is neither "cls" nor "mean". x = '
        "embedding(images); x = block(x) for each block; x = norm(x); row = "
        "x[:, 0] or the mean of x[:, 1:] over axis 1; return head(row).",
    ),
    returns=OF_WEIGHTS,
    called=going_in("images"),
    not_by=("TransformerEncoderLayer", "TransformerEncoder"),
    tolerance=2e-6,
)
