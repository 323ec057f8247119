# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 20 · The Vision Transformer
#
# BERT reads tokens, and nothing in its blocks knows that they were words. So cut
# an image into squares, write the pixels of each square as one row, and call it
# a token. The **Vision Transformer** (ViT; Dosovitskiy and others, 2020) is
# that idea and hardly more: BERT without a vocabulary. You build one, count it,
# and train it on handwritten digits. Then you ask what it knows about
# neighbourhood, and whether it was worth it.
#
# **After it you can**
#
# - cut images into patches, and say why that is a convolution;
# - write a whole ViT that equals the library's, weight by weight;
# - count the parameters of any ViT, and find where a model wastes them;
# - say what positions are worth, and when a ViT is the wrong tool;
# - tell an encoder, a decoder and an autoencoder apart.
#
# You need lessons 10, 12 and 13, and GELU and the training loop of lesson 17.
# [Lesson 19](../19_bert/19_bert.ipynb) had [CLS], and this lesson explains it again.
# About 55 minutes. The first cell has lesson 13's attention in short form.
#
# Two long cells below are folded to their first line: they only print or compare.
# Run them like any other, and click on one if you want to read it.

# %%
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand import check, digits, tools

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")


class MultiHeadAttention(nn.Module):
    """Lesson 13's. query: (b, n, d); key, value: (b, m, d) → (b, n, d)."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.h = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def split(self, rows):
        """(b, n, d) → (b, h, n, d / h)."""
        return rows.unflatten(-1, (self.h, -1)).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        taken = functional.scaled_dot_product_attention(
            self.split(self.q_proj(query)),
            self.split(self.k_proj(key)),
            self.split(self.v_proj(value)),
            attn_mask=mask,
        )
        return self.out_proj(taken.transpose(1, 2).flatten(-2))


# %% [markdown]
# ## The idea in one picture
#
# {picture image_as_sentence.svg An image of 4 by 4 pixels, 0 to 15, in four coloured squares. Each square becomes a row of four numbers: 0 1 4 5, 2 3 6 7, 8 9 12 13, 10 11 14 15. (CLS) stands in front, and each row gets a position. All go through the blocks of a Transformer without a mask. What comes out for (CLS) goes to a head, which says: a 3.}
#
# ## By hand
#
# The image above has the pixels 0 to 15, row by row. In patches of 2 by 2 the
# first one holds 0, 1, 4, 5: two pixels from the first row of the image, and
# two from the second. A plain `reshape` would give 0, 1, 2, 3. That is a strip
# of the first row, and no square.
#
# So split both axes. `h` becomes (`h // p`, `p`): which row of patches, and
# which row inside the patch. `w` splits likewise. Then move the three
# axes that lie inside a patch to the end: channel, row, column.
#
# {card vision_transformer.patchify}


# %% nbgrader={"grade_id": "patchify", "solution": true}
def patchify(images: torch.Tensor, patch: int) -> torch.Tensor:
    """(b, c, h, w) → (b, n, c·p·p), patches row by row."""
    ### BEGIN SOLUTION
    count, channels, height, width = images.shape
    if height % patch or width % patch:
        raise ValueError(f"{height} by {width}: no patches of {patch}")
    down, across = height // patch, width // patch
    grid = images.reshape(count, channels, down, patch, across, patch)
    grid = grid.permute(0, 2, 4, 1, 3, 5)
    return grid.reshape(count, down * across, channels * patch**2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "patchify-check", "grade": true, "locked": true}
check("vision_transformer.patchify", patchify)

# %% tags=["demonstration"]
image = torch.arange(16.0).reshape(1, 1, 4, 4)
print("patches:      ", patchify(image, 2).int().tolist()[0])
print("plain reshape:", image.reshape(1, 4, 4).int().tolist()[0])
for side, patch, channels in ((128, 8, 3), (128, 4, 3), (224, 16, 3)):
    n = (side // patch) ** 2
    print(f"{side} by {side}, patches of {patch}:", end=" ")
    print(f"{n:,} of {channels * patch**2} values, {n * n:,} pairs a head")

# %% [markdown]
# Half the side of a patch means four times the patches and **16 times the
# pairs**: 1,048,576 instead of 65,536.
#
# ## From pixels to rows
#
# Each patch goes through one linear layer: the **patch embedding**. In front
# stands **[CLS]**, a row that is learned and belongs to no patch. What comes
# out at its place will speak for the whole image. Then every row gets its
# position, [CLS] too. The positions are *learned*: at the start they are noise.
# In a grid four patches wide, counted from 0, patch 5 lies below patch 1.
# Nothing tells the model so.
#
# {card vision_transformer.PatchEmbedding}


# %% nbgrader={"grade_id": "PatchEmbedding", "solution": true}
class PatchEmbedding(nn.Module):
    """images (b, c, s, s) → rows (b, 1 + n, d_model), [CLS] first."""

    def __init__(
        self, image_size: int, patch: int, channels: int, d_model: int
    ):
        super().__init__()
        ### BEGIN SOLUTION
        self.side = patch
        places = 1 + (image_size // patch) ** 2
        self.projection = nn.Linear(channels * patch**2, d_model)
        self.cls = nn.Parameter(0.02 * torch.randn(1, 1, d_model))
        self.positions = nn.Parameter(0.02 * torch.randn(1, places, d_model))
        ### END SOLUTION

    def forward(self, images):
        ### BEGIN SOLUTION
        rows = self.projection(patchify(images, self.side))
        in_front = self.cls.expand(rows.shape[0], 1, -1)
        return torch.cat([in_front, rows], dim=1) + self.positions
        ### END SOLUTION


# %% nbgrader={"grade_id": "PatchEmbedding-check", "grade": true, "locked": true}
check("vision_transformer.PatchEmbedding", PatchEmbedding)

# %% [markdown]
# A convolution slides a filter over the image and takes a dot product at every
# place. Let it jump by a whole filter (`stride` = `kernel_size`): each dot
# product then sees one patch. So the patch embedding *is* a convolution, with
# the same numbers in another shape. That is why your patches have the order
# channel, row, column.

# %% tags=["demonstration"]
embedding = PatchEmbedding(8, 2, 3, 5).double()
filters = nn.Conv2d(3, 5, kernel_size=2, stride=2).double()
with torch.no_grad():
    weight = embedding.projection.weight  # (5, 12)
    filters.weight.copy_(weight.reshape(5, 3, 2, 2))
    filters.bias.copy_(embedding.projection.bias)
    images = torch.from_numpy(
        np.random.default_rng(0).normal(size=(2, 3, 8, 8))
    )
    by_linear = embedding.projection(patchify(images, 2))  # (2, 16, 5)
    by_filters = filters(images).flatten(2).mT  # (2, 5, 4, 4) → (2, 16, 5)
gap = (by_linear - by_filters).abs().max()
print("linear and Conv2d, apart by less than 1e-12:", bool(gap < 1e-12))

# %% [markdown]
# ## The block
#
# It is lesson 13's encoder layer with three changes. The norm comes *first*
# (**pre-norm**, as in GPT), ReLU became GELU, and the norm's ε is $10^{-6}$.
# There is no mask: every patch may see every other.
#
# {card vision_transformer.ViTBlock}


# %% nbgrader={"grade_id": "ViTBlock", "solution": true}
class ViTBlock(nn.Module):
    """x: (b, n, d_model) → the same shape. Pre-norm."""

    def __init__(self, d_model: int, num_heads: int, d_ff: int):
        super().__init__()
        ### BEGIN SOLUTION
        self.attention = MultiHeadAttention(d_model, num_heads)
        wide = d_ff
        self.linear1 = nn.Linear(d_model, wide)
        self.linear2 = nn.Linear(wide, d_model)
        self.norm1 = nn.LayerNorm(d_model, eps=1e-6)
        self.norm2 = nn.LayerNorm(d_model, eps=1e-6)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        calm = self.norm1(x)
        x = x + self.attention(calm, calm, calm)
        wide = functional.gelu(self.linear1(self.norm2(x)))
        return x + self.linear2(wide)
        ### END SOLUTION


# %% nbgrader={"grade_id": "ViTBlock-check", "grade": true, "locked": true}
check("vision_transformer.ViTBlock", ViTBlock)

# %% [markdown]
# ## The whole model
#
# Embedding, blocks, a final norm, and one row for the head. Which row? Either
# [CLS], or the **mean** over the patches. Both are in use.
#
# {card vision_transformer.VisionTransformer}


# %% nbgrader={"grade_id": "VisionTransformer", "solution": true}
class VisionTransformer(nn.Module):
    """images (b, c, s, s) → logits (b, num_classes)."""

    def __init__(
        self,
        image_size: int,
        patch: int,
        channels: int,
        d_model: int,
        num_layers: int,
        num_heads: int,
        d_ff: int,
        num_classes: int,
        pooling: str = "cls",
    ):
        super().__init__()
        ### BEGIN SOLUTION
        if pooling not in ("cls", "mean"):
            raise ValueError(f"pooling is 'cls' or 'mean', not {pooling!r}")
        self.speaks = pooling
        self.embedding = PatchEmbedding(image_size, patch, channels, d_model)
        inside = d_model, num_heads, d_ff
        stack = [ViTBlock(*inside) for _ in range(num_layers)]
        self.blocks = nn.ModuleList(stack)
        self.norm = nn.LayerNorm(d_model, eps=1e-6)
        self.head = nn.Linear(d_model, num_classes)
        ### END SOLUTION

    def forward(self, images):
        ### BEGIN SOLUTION
        tokens = self.embedding(images)
        for layer in self.blocks:
            tokens = layer(tokens)
        tokens = self.norm(tokens)
        if self.speaks == "cls":
            return self.head(tokens[:, 0])
        return self.head(tokens[:, 1:].mean(dim=1))
        ### END SOLUTION


# %% nbgrader={"grade_id": "VisionTransformer-check", "grade": true, "locked": true}
check("vision_transformer.VisionTransformer", VisionTransformer)

# %% [markdown]
# Is it the library's? `transformers` has the same model. Copy its weights into
# yours, under your names, and compare. (The library takes ε from its
# configuration, where it is $10^{-12}$ unless one says otherwise. To get the
# package: `python -m pip install transformers`.)

# %% tags=["demonstration"] jupyter={"source_hidden": true}
if tools.installed("transformers", recorded="vision_transformer/library"):
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(
        image_size=8,
        patch_size=2,
        num_channels=3,
        hidden_size=12,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=20,
        num_labels=4,
        layer_norm_eps=1e-6,
    )
    library = ViTForImageClassification(config).double().eval()
    renamed = {
        "vit.embeddings.patch_embeddings.": "embedding.",
        "vit.embeddings.cls_token": "embedding.cls",
        "vit.embeddings.position_embeddings": "embedding.positions",
        "vit.layers": "blocks",
        "o_proj": "out_proj",
        "layernorm_before": "norm1",
        "layernorm_after": "norm2",
        "mlp.fc": "linear",
        "vit.layernorm": "norm",
        "classifier": "head",
    }
    state = {}
    for name, numbers in library.state_dict().items():
        for theirs, ours in renamed.items():
            name = name.replace(theirs, ours)
        filters_first = name == "embedding.projection.weight"
        state[name] = numbers.flatten(1) if filters_first else numbers
    mine = VisionTransformer(8, 2, 3, 12, 2, 3, 20, 4).double()
    print(mine.load_state_dict(state))
    with torch.no_grad():
        gap = (mine(images) - library(images).logits).abs().max()
    print("logits apart by less than 1e-12:", bool(gap < 1e-12))

# %% [markdown]
# ## The arithmetic of a configuration
#
# Write $d$ for the width and $f$ for the inner width of a block. A block has
# $4(d^2 + d)$ numbers in its attention, $2df + f + d$ in its network and $4d$
# in its two norms. Now count the whole model.
#
# {card vision_transformer.vit_parameters}


# %% nbgrader={"grade_id": "vit_parameters", "solution": true}
def vit_parameters(
    image_size: int,
    patch: int,
    channels: int,
    d_model: int,
    num_layers: int,
    d_ff: int,
    num_classes: int,
) -> int:
    """How many numbers a VisionTransformer of these sizes learns."""
    ### BEGIN SOLUTION
    if image_size % patch:
        raise ValueError(f"{image_size} pixels have no patches of {patch}")
    rows = 1 + (image_size // patch) ** 2
    embedded = (channels * patch**2 + 1 + 1 + rows) * d_model
    looks = 4 * (d_model + 1) * d_model
    thinks = (d_model + 1) * d_ff + (d_ff + 1) * d_model
    each = looks + thinks + 2 * 2 * d_model
    ends = 2 * d_model + (d_model + 1) * num_classes
    return embedded + num_layers * each + ends
    ### END SOLUTION


# %% nbgrader={"grade_id": "vit_parameters-check", "grade": true, "locked": true}
check("vision_transformer.vit_parameters", vit_parameters)

# %% tags=["demonstration"] jupyter={"source_hidden": true}
base = 12 * (4 * (768**2 + 768) + 2 * 768 * 3072 + 3072 + 768 + 4 * 768)
print(f"twelve blocks of BERT-base, GPT-2 small, ViT-B/16: {base:,}")
print(f"one of them: {base // 12:,}")
parts = {
    "patches": 768 * 768 + 768,
    "positions": 197 * 768,
    "final norm": 2 * 768,
    "head for 1,000 classes": 769_000,
}
print(", ".join(f"{name} {count:,}" for name, count in parts.items()))
whole = vit_parameters(224, 16, 3, 768, 12, 3072, 1000)
print(f"ViT-B/16: {whole:,}, [CLS] counted")

print("\npublished in a tutorial: 128 by 128, patches of 8, width 64")
parts = {
    "patches": 192 * 64 + 64,
    "positions": 256 * 64,
    "attention": 4 * (64 * 64 + 64),
    "network": 64 * 128 + 128 + 128 * 64 + 64,
    "norms": 4 * 64,
}
trunk = sum(parts.values())
head = [16384 * 8192 + 8192, 8192 * 4096 + 4096, 4096 * 3 + 3]
print(", ".join(f"{name} {count:,}" for name, count in parts.items()))
print(f"all before the head: {trunk:,}")
print("head:", " + ".join(f"{one:,}" for one in head), f"= {sum(head):,}")
share = 100 * sum(head) / (trunk + sum(head))
print(f"in all {trunk + sum(head):,}, {share:.2f} % of them in the head")
print(f"the same from a mean over the patches: {64 * 3 + 3}")
print(f"yours for these sizes: {vit_parameters(128, 8, 3, 64, 1, 128, 3):,}")

# %% [markdown]
# Three models of this course have the same twelve blocks, 85,054,464 numbers.
# They differ in what stands before and behind, and in the mask.
#
# The second count is a warning. That model flattens all 256 rows into one of
# 16,384 numbers, and puts wide **dense** layers behind it: Keras's word for a linear
# layer with its activation. So 99.96 % of its 167,858,947 parameters sit in the
# head. From a mean over the patches, the head would have 195. (Yours has 256 more
# than that: [CLS], its position and a final norm.)
#
# {figure patches}
#
# The picture is a still. Run the cell below, and move the patch.
#
# 1. From 8 to 4: what happens to the patches, to the pairs, to the parameters?
# 2. Choose the head of dense layers. Which patch gives the smallest model now?
# 3. With the mean: why does a *smaller* patch not always mean fewer parameters?

# %% tags=["demonstration"]
from byhand.sliders import patches

patches.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. Four times the patches, 16 times the pairs. The parameters even grow: there
#    are more positions.
# 2. The largest patch, 32: the head's first matrix grows with the number of
#    patches.
# 3. A smaller patch has a smaller projection, and more positions. The two
#    balance near the middle.
#
# </details>
#
# ## It learns to read
#
# scikit-learn brings 1,797 handwritten digits of 8 by 8 pixels. Your model gets
# 1,437 of them, in patches of 2: 16 patches and [CLS]. It has width 64, two
# blocks and four heads. The other 360 are for the test. (The split is random,
# so the same hands wrote in both parts.) The next cell trains for about fifteen
# seconds.

# %% tags=["demonstration"]
from byhand.sliders.bar import followed

learned, tested = digits.parts()
print(f"{len(learned.labels):,} to learn from, {len(tested.labels)} to test")
vit = VisionTransformer(8, 2, 1, 64, 2, 4, 128, 10)
print(f"{sum(numbers.numel() for numbers in vit.parameters()):,} parameters")
training = digits.train(vit, digits.classify, *learned)
*_, progress = followed(training, share=lambda one: one.share)
print("96 % or more:", digits.accuracy(vit, tested) >= 0.96)

# %% [markdown]
# What is that worth? Three comparisons. The same model **without positions**.
# The same with patches of 4. And **logistic regression** on the 64 pixels: a
# single linear layer and a softmax, which is sixty years older.


# %% tags=["demonstration"]
def without_positions(model, images, labels):
    """The loss, with every position held at 0."""
    model.embedding.positions.data.zero_()
    return digits.classify(model, images, labels)


lost = VisionTransformer(8, 2, 1, 64, 2, 4, 128, 10)
lost.embedding.positions.requires_grad_(False)
training = digits.train(lost, without_positions, *learned)
*_, progress = followed(training, share=lambda one: one.share)
found = digits.accuracy(lost, tested)
print("without positions, between 60 and 85 %:", 0.6 < found < 0.85)
gap = digits.accuracy(vit, tested) - found
print("points lost, 15 or more:", gap >= 0.15)

# %% tags=["demonstration"]
coarse = VisionTransformer(8, 4, 1, 64, 2, 4, 128, 10)
training = digits.train(coarse, digits.classify, *learned)
*_, progress = followed(training, share=lambda one: one.share)
found = digits.accuracy(coarse, tested)
print("patches of 4, 96 % or more:", found >= 0.96)
for name, model in (("2", vit), ("4", coarse)):
    first, places = model.embedding.projection, model.embedding.positions
    rest = sum(p.numel() for p in first.parameters())
    print(f"patches of {name}: {rest:,} + {places.numel():,}", end=" = ")
    print(f"{rest + places.numel():,}")

# %% tags=["demonstration"]
from sklearn.linear_model import LogisticRegression

pixels, unseen = (part.images.flatten(1).numpy() for part in (learned, tested))
line = LogisticRegression(max_iter=5000).fit(pixels, learned.labels)
right = line.score(unseen, tested.labels)
print("logistic regression, 97 % or more:", right >= 0.97)
best = max(digits.accuracy(model, tested) for model in (vit, coarse))
print("the better ViT ahead of it by two points:", best >= right + 0.02)

# %% [markdown]
# Read that again. Without positions the model sees a *bag of patches*, and
# loses 15 points or more. So it does learn neighbourhood, from positions that
# were noise at the start. And on 1,437 images a ViT is hardly better than
# logistic regression, or no better at all. A Transformer brings no knowledge of images.
# A convolution does: near pixels belong together, and a stroke is a stroke
# wherever it stands. A ViT must learn that from data, and pays off with
# millions of images.
#
# (Patches of 2 and of 4 have the same number of parameters here, by accident:
# 320 + 1,088 and 1,088 + 320. What the projection gains, the positions lose.)
#
# {figure patch_attention}
#
# Where does [CLS] look? Its row of weights has 17 entries: itself, and 16
# patches. The picture is of a model that was trained like yours. The cell below
# computes the weights of *your* model from its projections: choose *yours*.
#
# 1. Layer 1, head by head: do they look at the same places?
# 2. Does any head look at empty paper?
# 3. Which of this is the same in both models?

# %% tags=["demonstration"]
from byhand.sliders import patch_attention


@torch.no_grad()
def looks(model, images):
    """The weights of [CLS] in each layer and head: (b, layers, h, 1 + n)."""
    rows, maps = model.embedding(images), []
    for block in model.blocks:
        own, normed = block.attention, block.norm1(rows)
        q, k = own.split(own.q_proj(normed)), own.split(own.k_proj(normed))
        shares = (q @ k.mT / q.shape[-1] ** 0.5).softmax(dim=-1)
        maps.append(shares[:, :, 0])  # the row of [CLS]
        rows = block(rows)
    return torch.stack(maps, dim=1)


first = [int((tested.labels == digit).nonzero()[0]) for digit in range(10)]
shown = tested.images[first]
patch_attention.show(
    {
        "images": (16 * shown[:, 0]).tolist(),
        "read": vit(shown).argmax(dim=1).tolist(),
        "weights": looks(vit, shown).tolist(),
    }
)

# %% [markdown]
# The heads differ, and empty patches get weight as well: that a stroke is
# *missing* tells a 0 from an 8. The two models differ, too, and read alike. So
# mind what lesson 18 said: a map shows where a head looks, and not why the
# model decides.
#
# ## Pooling
#
# Before there were ViTs, images went through convolutions with **pooling**
# between them: of each small window, only the largest number stays, or the mean.
# By hand, windows of 2:
#
# $$\begin{pmatrix} 1 & 3 & 2 & 4 \\ 5 & 6 & 1 & 2 \\ 7 & 2 & 8 & 0 \\ 3 & 4 & 5 & 1 \end{pmatrix} \to \begin{pmatrix} 6 & 4 \\ 7 & 8 \end{pmatrix} \text{ or } \begin{pmatrix} 3.75 & 2.25 \\ 4 & 3.5 \end{pmatrix}$$
#
# {card vision_transformer.pool2d}


# %% nbgrader={"grade_id": "pool2d", "solution": true}
def pool2d(x: torch.Tensor, size: int, kind: str = "max") -> torch.Tensor:
    """(…, h, w) → (…, h // size, w // size)."""
    ### BEGIN SOLUTION
    if kind not in ("max", "mean"):
        raise ValueError(f"kind is 'max' or 'mean', not {kind!r}")
    down, across = (length // size for length in x.shape[-2:])
    fits = x[..., : down * size, : across * size]
    cut = fits.unflatten(-1, (across, size)).unflatten(-3, (down, size))
    return cut.amax((-3, -1)) if kind == "max" else cut.mean((-3, -1))
    ### END SOLUTION


# %% nbgrader={"grade_id": "pool2d-check", "grade": true, "locked": true}
check("vision_transformer.pool2d", pool2d)

# %% tags=["demonstration"]
x = torch.tensor([[1.0, 3, 2, 4], [5, 6, 1, 2], [7, 2, 8, 0], [3, 4, 5, 1]])
print("max: ", pool2d(x, 2).tolist())
print("mean:", pool2d(x, 2, "mean").tolist())
one = torch.tensor([[2.0, 3], [1, 4]])
print(f"2, 3, 1, 4: {pool2d(one, 2).item()}, {pool2d(one, 2, 'mean').item()}")
convolution = nn.Conv2d(3, 16, 3)
for name, model in (
    ("a convolution", nn.Sequential(convolution)),
    ("and pooling", nn.Sequential(convolution, nn.MaxPool2d(2))),
):
    count = sum(numbers.numel() for numbers in model.parameters())
    shape = tuple(model(torch.zeros(1, 3, 34, 34)).shape)
    dense = shape[1] * shape[2] * shape[3] * 10 + 10
    print(f"{name}: {count} parameters, {shape}", end="")
    print(f"; a dense layer to 10 behind it: {dense:,}")

# %% [markdown]
# Pooling has no parameters and leaves the convolution's as they are. Only a
# dense layer *behind* it gets smaller. And it makes a model forget a little
# where things are: the maximum is the same wherever in the window it stands.
#
# ## Encoder, decoder, autoencoder
#
# Three words that are easily confused. An **encoder** (lessons 13, 19, and this
# one) turns an input into vectors. A **decoder** (lesson 14) writes an output,
# one token at a time. An **autoencoder** squeezes its input into a small
# **code** and rebuilds the input from it. It needs no labels. Its two halves are
# called encoder and decoder as well, but this decoder gives everything at once. Its
# "embedding dimension" is the width of the code.
#
# {card vision_transformer.Autoencoder}


# %% nbgrader={"grade_id": "Autoencoder", "solution": true}
class Autoencoder(nn.Module):
    """x (…, d_in) → reconstruction (…, d_in) and code (…, d_code)."""

    def __init__(self, d_in: int, d_code: int):
        super().__init__()
        ### BEGIN SOLUTION
        wide, narrow = d_in, d_code
        self.encoder = nn.Linear(wide, narrow)
        self.decoder = nn.Linear(narrow, wide)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        squeezed = functional.relu(self.encoder(x))
        return functional.sigmoid(self.decoder(squeezed)), squeezed
        ### END SOLUTION


# %% nbgrader={"grade_id": "Autoencoder-check", "grade": true, "locked": true}
check("vision_transformer.Autoencoder", Autoencoder)

# %% [markdown]
# How good can it get? Without ReLU and sigmoid we know: **no linear autoencoder
# beats PCA**, principal component analysis. PCA keeps the $k$ directions in
# which the images differ most, and $k$ numbers for each image. Its error is a
# floor. The next cell counts the autoencoder that many tutorials show: 28 by 28
# pixels, so 784 numbers, into a code of 32. Then it goes on with our digits of
# 64 pixels. It trains a linear autoencoder with $k = 8$ towards that floor.

# %% tags=["demonstration"]
sizes = [784 * 32 + 32, 32 * 784 + 784]
print(f"784 → 32 → 784: {sizes[0]:,} + {sizes[1]:,} = {sum(sizes):,}", end="")
print(f" parameters, {784 / 32} : 1")

flat = torch.cat([learned.images, tested.images]).flatten(1)  # (1797, 64)
stretch = np.linalg.svd(flat.double() - flat.double().mean(0))[1]
floors = {k: (stretch[k:] ** 2).sum() / flat.numel() for k in (2, 8, 16, 32)}
print("PCA:", ", ".join(f"k = {k}: {one:.4f}" for k, one in floors.items()))

linear = nn.Sequential(nn.Linear(64, 8), nn.Linear(8, 64))
training = digits.train(
    linear,
    lambda model, x: functional.mse_loss(model(x), x),
    *(flat,),
    epochs=53,
    rate=0.01,
    decay=0.0,
)
*_, progress = followed(training, share=lambda one: one.share)
error = functional.mse_loss(linear(flat), flat).item()
print("linear, k = 8: above PCA:", error > floors[8], end=", ")
print("by less than a tenth:", error < 1.1 * floors[8])

# %% [markdown]
# Now yours, with ReLU and sigmoid. A pixel between 0 and 1 can be read as a
# probability, so its loss is often the **binary cross-entropy**: with $x$ the
# pixel and $y$ what comes back, $-x \ln y - (1 - x) \ln (1 - y)$. The cell also
# computes it for a perfect reconstruction, $y = x$.

# %% tags=["demonstration"]
grey = flat.double().clamp(1e-12, 1 - 1e-12)
floor = functional.binary_cross_entropy(grey, flat.double()).item()
print(f"binary cross-entropy of a perfect reconstruction: {floor:.4f}")
auto = Autoencoder(64, 8)
training = digits.train(
    auto,
    lambda model, x: functional.binary_cross_entropy(model(x)[0], x),
    *(flat,),
    epochs=53,
    rate=0.01,
    decay=0.0,
)
*_, progress = followed(training, share=lambda one: one.share)
loss = functional.binary_cross_entropy(auto(flat)[0], flat).item()
print("yours, 64 → 8: above that and below 0.33:", floor < loss < 0.33)

# %% [markdown]
# The first of these two lines shows a trap. Binary cross-entropy is often called
# "how much the reconstruction differs". For grey pixels it is not 0 even where nothing
# differs: a pixel of 0.5 that comes back as 0.5 costs $\ln 2$. Over these
# digits the floor is 0.2134 nats a pixel. A loss without its floor says little.
#
# ## What it costs, and where it breaks
#
# - **Pairs.** Attention compares every patch with every other: $n^2$, in each
#   head and layer.
# - **Another image size** needs other positions. One interpolates the table of
#   positions, as if it were an image itself, and trains on a little.
# - **Data.** You saw it. On little data a convolution, or even a line, is as good.
# - **Sizes that do not fit.** Heads must divide the width, and patches the image.
#
# ## Spot the slip
#
# All of these were published. Find out what is wrong *before* you run the cell
# and open the answers.
#
# 1. "64 numbers and 3 heads: internal projections handle it."
# 2. "Each head sees its part of the embedding."
# 3. "`MultiHeadAttention(num_heads=4, key_dim=64)`" of Keras "splits the 64
#    among the heads", and "more heads increase computation".
# 4. A block's network (its "MLP") with GELU behind *both* dense layers.
# 5. "Pooling layers reduce the number of parameters."
# 6. Dense layers of 8,192 and 4,096 "because the flattened vector is
#    high-dimensional".
# 7. "`x = mlp(x, hidden_units=transformer_units)`", in code where that name
#    stands nowhere else.
# 8. "Transformers are easily scaled to longer sequences."

# %% tags=["demonstration"]
for width in (64, 66, 63):
    rest = width % 3
    each = f"{width // 3} each" if rest == 0 else f"{rest} left over"
    print(f"1. {width} over 3 heads: {each}")
first_head = nn.Linear(64, 64).weight[:16]  # of four: what makes its query
made, read = first_head.shape
print(f"2. the query of one head: {made} numbers, each from all {read}")
for heads in (1, 3, 4):
    ours, keras = 4 * (64**2 + 64), 64 * heads * 64
    keras = 3 * (keras + 64 * heads) + keras + 64
    print(f"3. {heads} heads: ours {ours:,}, Keras with key_dim=64 {keras:,}")
values = torch.tensor([-3.0, -0.75, 1.0, 3.0])
print("4. GELU of −3, −0.75, 1, 3:", functional.gelu(values).numpy())
try:
    print(transformer_units)
except NameError as error:
    print("7. NameError:", error)

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. Splitting needs a width that the heads divide (lesson 10): 66 gives 22 each,
#    63 gives 21, 64 a `ValueError`.
# 2. Each head sees all 64 numbers. What is split is the *projected* query, key
#    and value.
# 3. Keras does not split: every head is `key_dim` wide. So the parameters grow
#    from 16,640 to 49,792 for 3 heads and 66,368 for 4. Where heads split the
#    width, their number changes nothing.
# 4. GELU lets hardly anything below 0 through. The block could add any amount to
#    a number, and take away 0.17 at most.
# 5. They have none, and leave a convolution's as they are. A dense layer behind
#    them gets smaller.
# 6. Cause and remedy are swapped. 99.96 % of that model is the head. A mean over
#    the patches needs 195.
# 7. A `NameError`. The code was never run as it stands.
# 8. Pairs grow with $n^2$: 65,536 for 256 patches, 1,048,576 for 1,024.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* Shuffle the patches of all images in the same
# way, in training and in test. What happens to this ViT, what to a
# convolutional network, and why? Two or three sentences.

# %% [markdown] nbgrader={"grade_id": "shuffled", "grade": true, "points": 2, "solution": true}
# The ViT learns as well as before, on average: its positions are learned from
# noise, so the same shuffle for all images only renames them, and attention
# compares every patch with every other anyway. A convolutional network gets
# worse, because its filters look at pixels that lie side by side, and after the
# shuffle neighbours no longer belong together.
#
# ### BEGIN MARK SCHEME
# - 1 point: the ViT loses nothing on average, since learned positions are only
#   renamed (and attention knows no neighbourhood).
# - 1 point: the convolution loses, since its neighbourhood is built in, and the
#   shuffle destroys it (across the borders of patches).
# - Half a point for "the ViT does not care about order": without positions that
#   would be so, with them it is the *renaming* that saves it.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. 224 by 224 pixels, three colours, patches of 16. How many
# patches, and how many numbers in each?</summary>
#
# 196 patches of 768 numbers.
#
# </details>
#
# <details><summary>2. Which convolution is a patch embedding?</summary>
#
# One whose stride is its kernel's side.
#
# </details>
#
# <details><summary>3. What does a ViT know about neighbourhood before
# training?</summary>
#
# Nothing, but for what lies inside one patch.
#
# </details>
#
# <details><summary>4. Why does the number of heads not change the number of
# parameters?</summary>
#
# The heads share the four square matrices: each takes a part of their columns.
#
# </details>
#
# <details><summary>5. In which order: norm, pooling, head?</summary>
#
# In just that order. For [CLS], norm and pooling could be swapped. For a mean
# they cannot.
#
# </details>
#
# <details><summary>6. What can a linear autoencoder not do better than
# PCA?</summary>
#
# The mean squared error, for a code of the same width.
#
# </details>
#
# ## What comes next
#
# One architecture read words in [lesson 19](../19_bert/19_bert.ipynb) and images
# here. In lesson 21 it reads whole sentences, and turns each into *one* vector
# in which near means similar.
#
# The digits: E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten
# Digits*, UCI Machine Learning Repository, 1998 (CC BY 4.0, to our knowledge).
# scikit-learn carries a copy of their test set.
#
# `python -m byhand progress` in a terminal shows what you have solved.
