# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 14 · The decoder, and the whole Transformer
#
# The encoder of lesson 13 reads. It turns a sentence into vectors, one for each
# word, and there it stops: nothing is ever said. The **decoder** writes. It is
# an encoder with one more question in it: "and what does the *other* sentence
# say about this?" Put the two together, add a last layer that turns vectors
# into words, and you have the **Transformer** of 2017. It is the T in GPT
# and in BERT.
#
# **After it you can**
#
# - say who asks whom in each of a Transformer's three attentions, and which
#   mask goes where;
# - work out cross-attention by hand, for two target words and three source
#   words;
# - write a decoder layer, a decoder and a whole Transformer in PyTorch, and show
#   that your layer computes what the library's does;
# - *prove*, with gradients, that no output can see a later word;
# - say why the last step is a softmax and not a sigmoid.
#
# You need: lessons 9 to 13. About 60 minutes.
#
# The first cell has lesson 13's attention and encoder in a short form, and
# lesson 11's positions, given here so that an unfinished lesson does not stop
# you. As always `True` in a mask means "may attend". PyTorch's
# `scaled_dot_product_attention` does lesson 9's whole calculation in one call,
# and takes masks as we do.
#
# A long cell below is folded to its first line: it only prints or compares. Run
# it like any other, and click on it if you want to read it.

# %%
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand import check

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")


class MultiHeadAttention(nn.Module):
    """Lesson 13's. query: (b, n, d); key, value: (b, m, d) → (b, n, d).

    mask: (n, m), (b, 1, m) or (b, n, m), the same for every head.
    """

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.h = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        asked, offered, given = (
            project(words).unflatten(-1, (self.h, -1)).transpose(1, 2)
            for project, words in (
                (self.q_proj, query),
                (self.k_proj, key),
                (self.v_proj, value),
            )
        )  # (b, h, words, d / h)
        open_ = mask[:, None] if mask is not None and mask.dim() > 2 else mask
        taken = functional.scaled_dot_product_attention(
            asked, offered, given, attn_mask=open_
        )
        return self.out_proj(taken.transpose(1, 2).flatten(-2))


class EncoderLayer(nn.Module):
    """Lesson 13's, post-norm."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.look = MultiHeadAttention(d_model, num_heads)
        self.think = nn.Sequential(
            nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(2))
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        x = self.norms[0](x + self.drop(self.look(x, x, x, mask)))
        return self.norms[1](x + self.drop(self.think(x)))


class Encoder(nn.Module):
    """Lesson 13's: x (b, m, d_model) → (b, m, d_model)."""

    def __init__(self, num_layers, *sizes):
        super().__init__()
        self.stack = nn.ModuleList()
        while len(self.stack) < num_layers:
            self.stack.append(EncoderLayer(*sizes))

    def forward(self, x, mask=None):
        for each in self.stack:
            x = each(x, mask)
        return x


def positions(n, d_model):
    """Lesson 11's sines and cosines, (n, d_model)."""
    rates = 10_000 ** (-torch.arange(0, d_model, 2) / d_model)
    angles = torch.arange(n)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


# %% [markdown]
# ## The idea in one picture
#
# A translator reads *The cat sleeps*, the **source**, and writes the **target**,
# *le chat dort*. A first token, *(start)*, is put in front of the target and
# says "begin to write". Given *(start) le chat*, the model answers at each
# place with the word that comes next: *le*, *chat*, *dort*.
#
# {picture transformer.svg On the left the source goes through embedding and positions into the encoder: N layers of self-attention, source asks source under src_mask, and network. What comes out, the memory, gives keys and values to the decoder on the right. There the target goes through embedding and positions into N layers of self-attention, target asks target under tgt_mask, then cross-attention, target asks source under src_mask, then network; after the last layer come linear and softmax, and the next words. After every step: add and norm.}
#
# What comes out of the encoder is called **memory**: a vector for every source
# word. The decoder's second step looks things up in it. That step is
# **cross-attention** (or *encoder–decoder attention*): its *queries* come from
# the target, its *keys and values* from the memory. Three attentions, then:
#
# | attention | who asks (queries) | who answers (keys, values) | mask | weights |
# |---|---|---|---|---|
# | encoder, step 1 | source | source | `src_mask`: padding | $m × m$ |
# | decoder, step 1 | target | target | `tgt_mask`: the future (and padding) | $n × n$ |
# | decoder, step 2 | **target** | **source** | `src_mask`: padding | $n × m$ |
#
# Throughout, $n$ is the number of target words and $m$ that of source words.
#
# ## Cross-attention by hand
#
# Let the memory be our three words from lesson 7, *The* = [1, 0, 1, 0],
# *Cat* = [0, 1, 0, 1], *Sat* = [1, 1, 1, 1], which serve as keys and values.
# Two target words ask: *(start)* with the query [2, −1, 2, −1] and *le* with
# [−1, 2, −1, 2]. So $n = 2$ and $m = 3$.
#
# Nothing about the calculation is new, only where things come from. On paper,
# for *(start)*: the dot products with the three keys are 4, −2 and 2, divided
# by √4 they are 2, −1 and 1. Then softmax, then the weighted sum of the values.

# %% tags=["demonstration"]
source = ["The", "Cat", "Sat"]
target = ["(start)", "le"]
memory = np.array([[1.0, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1]])  # (m, 4)
asking = np.array([[2.0, -1, 2, -1], [-1, 2, -1, 2]])  # (n, 4)


def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=-1, keepdims=True)


scores = asking @ memory.T / math.sqrt(4)  # (n, m)
weights = softmax(scores)
print(f"shape of the weights: {weights.shape}, target × source")
for word, fits, shares in zip(target, scores, weights, strict=True):
    print(f"{word:7} scores {fits}  weights {shares}")
for word, row in zip(target, weights @ memory, strict=True):
    print(f"{word:7} takes home {row}")

real = np.array([True, True, False])  # were Sat only padding
print("\nSat hidden by src_mask:")
for word, shares in zip(
    target, softmax(np.where(real, scores, -np.inf)), strict=True
):
    print(f"{word:7} weights {shares}")

# %% [markdown]
# Three things to notice. The map is **not square**: a row for each word that
# asks, a column for each that answers. A padded source word is hidden from
# *every* row, so `src_mask` has one row for all: shape `(batch, 1, m)`. And
# *(start)*, the first target word, was free to look at *Sat*, the last source
# word. That is no leak: the source is all there before the first word of the
# target is written. Only the target has a future that must be hidden.
#
# ## The decoder layer
#
# Three steps, and each is wrapped in its add & norm, as in lesson 12
# (*post-norm*). With $x$ for the target, $(n, d_{model})$:
#
# $$a = \text{LayerNorm}_1(x + \text{SelfAttention}(x, x, x))$$
# $$b = \text{LayerNorm}_2(a + \text{CrossAttention}(a, \text{memory}, \text{memory}))$$
# $$c = \text{LayerNorm}_3(b + \text{FFN}(b))$$
#
# An attention is written here as (query, key, value), and FFN is lesson 12's
# network: widen, ReLU, narrow. In words: *look back at what you wrote; look up
# what the source says about it; think*.
#
# {card decoder.DecoderLayer}


# %% nbgrader={"grade_id": "DecoderLayer", "solution": true}
class DecoderLayer(nn.Module):
    """x: (batch, n, d_model), memory: (batch, m, d_model) → as x."""

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0
    ):
        super().__init__()
        ### BEGIN SOLUTION
        self.self_attention = MultiHeadAttention(d_model, num_heads)
        self.cross_attention = MultiHeadAttention(d_model, num_heads)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        widen, narrow = (d_model, d_ff), (d_ff, d_model)
        self.linear1, self.linear2 = nn.Linear(*widen), nn.Linear(*narrow)
        self.gaps = nn.Dropout(dropout)
        ### END SOLUTION

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        ### BEGIN SOLUTION
        written = self.self_attention(x, x, x, mask=tgt_mask)
        a = self.norm1(x + self.gaps(written))
        looked_up = self.cross_attention(a, memory, memory, mask=src_mask)
        b = self.norm2(a + self.gaps(looked_up))
        thought = self.linear2(self.linear1(b).relu())
        return self.norm3(b + self.gaps(thought))
        ### END SOLUTION


# %% nbgrader={"grade_id": "DecoderLayer-check", "grade": true, "locked": true}
check("decoder.DecoderLayer", DecoderLayer)

# %% [markdown]
# ## Is it the library's?
#
# PyTorch has its own decoder layer, `nn.TransformerDecoderLayer`. If yours
# is right, it computes the same as soon as it has the same weights. Two things
# differ in how they are kept: PyTorch stacks the matrices of query, key and
# value into one, `in_proj_weight`, and its masks are the other way round, `True`
# for "hidden". Hence `chunk(3)` and the `~` (*not*) below.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
rng = np.random.default_rng(14)


def settle(module):
    """Weights drawn from rng; norms and biases as neutral as they start."""
    with torch.no_grad():
        for name, parameter in module.double().named_parameters():
            if parameter.dim() > 1:
                drawn = rng.normal(
                    0, parameter.shape[1] ** -0.5, parameter.shape
                )
                parameter.copy_(torch.from_numpy(drawn))
            else:
                parameter.fill_(0.0 if name.endswith("bias") else 1.0)
    return module.eval()


d_model, num_heads, d_ff, n, m = 16, 4, 32, 4, 5
library = settle(
    nn.TransformerDecoderLayer(d_model, num_heads, d_ff, batch_first=True)
)
yours = DecoderLayer(d_model, num_heads, d_ff).double().eval()
copied = {
    name: value
    for name, value in library.state_dict().items()
    if not name.startswith(("self_attn", "multihead_attn"))
}
for there, here in (
    (library.self_attn, "self_attention"),
    (library.multihead_attn, "cross_attention"),
):
    for part in ("weight", "bias"):
        pieces = getattr(there, f"in_proj_{part}").chunk(3)
        for letter, piece in zip("qkv", pieces, strict=True):
            copied[f"{here}.{letter}_proj.{part}"] = piece
        copied[f"{here}.out_proj.{part}"] = getattr(there.out_proj, part)
yours.load_state_dict(copied)

x = torch.from_numpy(rng.normal(size=(1, n, d_model)))
memory = torch.from_numpy(rng.normal(size=(1, m, d_model)))
look_back = torch.ones(n, n, dtype=torch.bool).tril()  # lesson 9's, (n, n)
real = torch.tensor([[[True, True, True, True, False]]])  # (1, 1, m): a pad
with torch.no_grad():
    ours = yours(x, memory, real, look_back)
    theirs = library(
        x, memory, tgt_mask=~look_back, memory_key_padding_mask=~real[:, 0]
    )
print("shape:", tuple(ours.shape))
print("first numbers, yours:    ", ours[0, 0, :4].numpy())
print("first numbers, library's:", theirs[0, 0, :4].numpy())
print(
    "nowhere more than 1e-12 apart:",
    (ours - theirs).abs().max().item() < 1e-12,
)

# %% [markdown]
# ## Poke at it: a sentence that is copied
#
# What might a trained cross-attention look like? For a target that copies its
# source, target place 0 should look at source place 0, and so on. The head in
# the picture was made by hand: its keys are the positions of the source words
# (the two fastest waves of lesson 11), its queries the positions of the target
# words, *turned* to where they should look. You know from lesson 11 that a shift
# of the position is such a turn, the same for all places. The words themselves
# play no part.
#
# Each row is labelled with the token that the decoder was *given*; what it
# "reads" is the source word with the largest weight, the one to be written
# next.
#
# 1. Move *shift* to 1. What does the target say now? How much weight goes to
#    later source tokens, and who forbids it?
# 2. Set *sharpness* to 0. What are the weights, and why not 1/6?
# 3. Change *pads*. What happens to the columns, and what to the shape?
# 4. Choose *reverses* (with 1 pad). What goes wrong? Which shift fixes it, and
#    which with 2 pads? What does the head not know?
#
# {figure crossing}
#
# Run the next cell, and move its handles.

# %% tags=["demonstration"]
from byhand.sliders import crossing

crossing.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. *cat sat on my*: every row is one place ahead. The outlined row gives 0.90
#    of its weight to source tokens after its own place, and nobody forbids
#    it: cross-attention has no look-ahead mask.
# 2. 0.2 each, for the five real words: the pad takes no part in the softmax.
# 3. A padded column is 0 in every row. The shape stays 4 × 6: a mask hides a
#    column, it does not remove it.
# 4. Every row looks one place too far to the right, since the head counts from
#    the last *place*, which is padding. The first row finds that hidden and
#    falls back on its neighbour *my*, by luck the right word; the others are
#    one word late. A shift of −1 fixes it, and one of −2 with two pads. A head
#    that goes by places alone does not know how long the sentence is.
#
# </details>
#
# ## Who can reach whom? Ask the gradient
#
# "The mask hides the future" is easily said, and lesson 9 checked it by changing
# a word and watching the past. There is a stricter test. The **gradient** of
# output $i$ with respect to input $j$ says how output $i$ moves when input $j$
# moves by a hair. If it is not 0, $j$ reaches $i$. If all slopes are *exactly* 0, no
# path is open that a gradient can follow from $j$ to $i$: not through attention,
# nor a norm, nor a residual path.
#
# Here is a table of its size for your layer, $|∂\,\text{output}_i / ∂\,\text{input}_j|$
# (the curly ∂ says "one input moves, the others stay"). Both are vectors of 16
# numbers, so there are 16 × 16 slopes for each pair; the size is the root of the
# sum of their squares.


# %% tags=["demonstration"]
def reach(function, given):
    """(outputs, inputs): how strongly each input token moves each output."""
    slopes = torch.autograd.functional.jacobian(function, given)
    return slopes[0, :, :, 0].norm(dim=(1, 3)).numpy()


print("target to target, with tgt_mask: rows are outputs, columns inputs")
masked = reach(lambda given: yours(given, memory, real, look_back), x)
print(masked)
above = np.triu(np.ones((n, n), dtype=bool), 1)
print("exactly 0 above the diagonal:", bool((masked[above] == 0).all()))
print("target to target, without")
print(reach(lambda given: yours(given, memory, real), x))
print("source to target, 1 pad: 4 outputs, 5 source tokens")
print(reach(lambda given: yours(x, given, real, look_back), memory))

# %% [markdown]
# The first table has a corner of exact zeros: **causality**, which is the word
# for "nothing depends on what comes later". Below the diagonal no entry is 0:
# every word is heard by all that follow it. Without the mask the corner fills.
# In the last table, nothing is hidden but the column of the pad. Output 0
# hears source token 3, and may.
#
# The check of your layer did the same: where there is a mask, a gradient that
# should be 0 must be.
#
# ## A stack of them
#
# The paper has six decoder layers, one above the other. Layer 2 works on what
# layer 1 made of the target, layer 3 on that, and so on. But **all** of them
# look at the *same* memory, the encoder's last output. And all need both masks:
# one layer without `tgt_mask` is enough to let the future in.
#
# {card decoder.Decoder}


# %% nbgrader={"grade_id": "Decoder", "solution": true}
class Decoder(nn.Module):
    """x: (batch, n, d_model), memory: (batch, m, d_model) → as x."""

    def __init__(
        self,
        num_layers: int,
        d_model: int,
        num_heads: int,
        d_ff: int,
        dropout: float = 0.0,
    ):
        super().__init__()
        ### BEGIN SOLUTION
        widths = (d_model, num_heads, d_ff, dropout)
        levels = [DecoderLayer(*widths) for _ in range(num_layers)]
        self.layers = nn.ModuleList(levels)
        ### END SOLUTION

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        ### BEGIN SOLUTION
        so_far = x
        for level in self.layers:
            so_far = level(so_far, memory, src_mask, tgt_mask)
        return so_far
        ### END SOLUTION


# %% nbgrader={"grade_id": "Decoder-check", "grade": true, "locked": true}
check("decoder.Decoder", Decoder)

# %% [markdown]
# Three layers, and the corner is still exactly 0. Then one careless layer: the
# middle one gets no `tgt_mask`.

# %% tags=["demonstration"]
three = settle(Decoder(3, d_model, num_heads, d_ff))
stacked = reach(lambda given: three(given, memory, real, look_back), x)
print("three layers")
print(stacked)
print("exactly 0 above the diagonal:", bool((stacked[above] == 0).all()))


def careless(given):
    for k, layer in enumerate(three.layers):
        given = layer(given, memory, real, None if k == 1 else look_back)
    return given


print("the middle one without its mask")
print(reach(careless, x))

# %% [markdown]
# ## From vectors to words
#
# The decoder returns a vector for each place of the target. To get a word, a
# last **linear layer** gives every word of the target's vocabulary a score, a
# **logit**: from `(n, d_model)` to `(n, tgt_vocab)`. Softmax makes a
# distribution of each row: one word is to come next, so the chances of all
# words together are 1.
#
# By hand, for a vocabulary of three and the logits 2, 1, 0: the exponentials
# are 7.3891, 2.7183 and 1, their sum is 11.1073, and so the chances are 0.6652,
# 0.2447 and 0.0900.

# %% tags=["demonstration"]
logits = np.array([2.0, 1.0, 0.0])
print("exponentials:", np.exp(logits), f" sum {np.exp(logits).sum():.4f}")
print("softmax:     ", softmax(logits), f" sum {softmax(logits).sum():.4f}")

# %% [markdown]
# In code the softmax is left out of the model. The loss of lesson 15 does it
# by itself, and in a way that cannot overflow. If you only want the most likely
# word you do not need it: it changes no order.
#
# ## All of it
#
# Now the whole machine, in the order of the picture at the top. The shapes on
# the way:
#
# | | source | target |
# |---|---|---|
# | token ids | `(batch, n_src)` | `(batch, n_tgt)` |
# | embedded, plus positions | `(batch, n_src, d_model)` | `(batch, n_tgt, d_model)` |
# | encoder → memory | `(batch, n_src, d_model)` | |
# | decoder, with the memory | | `(batch, n_tgt, d_model)` |
# | linear → logits | | `(batch, n_tgt, tgt_vocab)` |
#
# `nn.Embedding(vocabulary, d_model)` is a table with a row for each token id;
# called with ids, it looks the rows up. The paper multiplies them by
# $\sqrt{d_{model}}$ before it adds the positions, so that these do not drown the
# words. You may, or not.
#
# {card decoder.Transformer}


# %% nbgrader={"grade_id": "Transformer", "solution": true}
class Transformer(nn.Module):
    """src: (batch, n_src), tgt: (batch, n_tgt) ids → logits."""

    def __init__(
        self,
        src_vocab: int,
        tgt_vocab: int,
        d_model: int,
        num_heads: int,
        num_layers: int,
        d_ff: int,
        dropout: float = 0.0,
    ):
        super().__init__()
        ### BEGIN SOLUTION
        self.source_words = nn.Embedding(src_vocab, d_model)
        self.target_words = nn.Embedding(tgt_vocab, d_model)
        sizes = (d_model, num_heads, d_ff, dropout)
        self.encoder = Encoder(num_layers, *sizes)
        self.decoder = Decoder(num_layers, *sizes)
        self.scores = nn.Linear(d_model, tgt_vocab)
        self.gaps = nn.Dropout(dropout)
        ### END SOLUTION

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        ### BEGIN SOLUTION
        def placed(words, ids):
            rows = words(ids) * math.sqrt(words.embedding_dim)
            return self.gaps(rows + positions(*rows.shape[-2:]))

        memory = self.encoder(placed(self.source_words, src), src_mask)
        given = placed(self.target_words, tgt)
        return self.scores(self.decoder(given, memory, src_mask, tgt_mask))
        ### END SOLUTION


# %% nbgrader={"grade_id": "Transformer-check", "grade": true, "locked": true}
check("decoder.Transformer", Transformer)

# %% [markdown]
# ## Writing, one word at a time
#
# In use, the model is given the source and *(start)*. It returns one row of
# logits; we take a word from it (the likeliest, here), put it behind *(start)*,
# and ask again. The weights below are random, so the words are nonsense, but
# watch the numbers.

# %% tags=["demonstration"]
sentence = torch.tensor([[5, 2, 7, 1]])  # four source tokens, by their ids
start = 0
model = settle(Transformer(10, 8, d_model, num_heads, 2, d_ff))


def causal(length):
    return torch.ones(length, length, dtype=torch.bool).tril()


words, rows = [start], []
with torch.no_grad():
    for _ in range(4):
        tgt = torch.tensor([words])
        logits = model(sentence, tgt, None, causal(len(words)))
        chances = logits[0, -1].softmax(dim=-1)  # of the last row alone
        rows.append(logits[0, -1])
        words.append(int(chances.argmax()))
        print(f"given {words[:-1]}: logits {tuple(logits.shape)},", end=" ")
        print(f"takes {words[-1]}, chance {chances.max():.4f}")
    at_once = model(sentence, torch.tensor([words[:-1]]), None, causal(4))[0]
    unmasked = model(sentence, torch.tensor([words[:-1]]))[0]
one_by_one = torch.stack(rows)
for name, together in (("with", at_once), ("without", unmasked)):
    same = (together - one_by_one).abs().amax(dim=1) < 1e-10
    print(f"all at once, {name} tgt_mask: the same rows?", same.tolist())

# %% [markdown]
# The last two lines are why this design won. With the mask, one pass over the
# finished sentence gives *the same* logits as four passes that never saw the
# future. So in training, where the right target is known, all places are
# learned at once, and each as if it stood at the end. The recurrent networks
# that came before had to go word by word. Without the mask the rows differ,
# and all but the last would have been told their own answer.
#
# ## In your own words
#
# *2 points, read by a person.* A colleague wants to put the look-ahead mask on
# cross-attention as well, "so that the decoder cannot cheat there either".
# Explain in two sentences why the target's self-attention needs that mask, and
# why cross-attention does not.

# %% [markdown] nbgrader={"grade_id": "why-no-mask-across", "grade": true, "points": 2, "solution": true}
# In training the target handed to the decoder contains the very words that it
# is to predict, so without the mask each place could read its answer from a
# later one, which in use does not exist yet. The source is complete before the
# first target word is written, in training as in use, so every target word may
# look at all of it; hiding its end would only keep the decoder from words that
# it needs, for languages order their words differently.
#
# ### BEGIN MARK SCHEME
# - 1 point: the target's later words are the *answers* (to be predicted), known
#   in training only.
# - 1 point: the source is given as a whole, before writing starts; it holds no
#   answers, and the position of a source word says nothing about "later".
# - Half a point for "the shapes do not fit" (n and m may differ) instead of the
#   second reason. That padding still has to be hidden may be added.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# A decoder layer has one attention more than an encoder layer, so a third more
# numbers to learn. Here are the sizes of the paper's smaller model: a width of
# 512, 8 heads, a network of 2048 inside, 6 layers each. (On the device "meta"
# PyTorch keeps shapes without numbers, so this is for free.)

# %% tags=["demonstration"]
with torch.device("meta"):
    parts = {
        "encoder layer": EncoderLayer(512, 8, 2048),
        "decoder layer": DecoderLayer(512, 8, 2048),
        "encoder, 6 layers": Encoder(6, 512, 8, 2048),
        "decoder, 6 layers": Decoder(6, 512, 8, 2048),
        "linear, 37000 words": nn.Linear(512, 37_000),
    }
for name, part in parts.items():
    print(f"{name:21} {sum(p.numel() for p in part.parameters()):9}")

print("\nattention weights, a head and layer:")
print("source  target   encoder   decoder   across")
for m_, n_ in ((10, 10), (1000, 10), (10, 1000), (1000, 1000)):
    print(f"{m_:6}  {n_:6} {m_ * m_:9} {n_ * n_:9} {n_ * m_:8}")

# %% [markdown]
# And in time: the encoder runs **once** a sentence, the decoder once a *word*.
# Writing is slow where reading is quick. (Real systems keep the keys and values
# of what they have written, so that each step only adds a row.)
#
# Where it breaks:
#
# - `src_mask` has *two* jobs, in the encoder and in the cross-attention. Given
#   to one of them only, padding still leaks, and no shape tells you.
# - A forgotten `tgt_mask` makes training look wonderful: the loss falls to
#   nearly nothing, since the answer is on the table. In use, the model is lost.
# - Positions are needed on both sides. Without them on the source, *the cat saw
#   the dog* and *the dog saw the cat* are the same memory, in another order.
#
# ## Spot the slip
#
# Line 1 was published, in notes on the Transformer. The other three are what
# people answer when they are asked. Each is wrong. Find out why *before* you
# run the cell under them. (The *sigmoid*, $1/(1 + e^{-z})$, brings any single
# number between 0 and 1.)
#
# 1. "The decoder's output goes through a final linear and sigmoid layer, which
#    gives the probability of each word."
# 2. "In cross-attention the encoder asks the decoder: queries from the encoder,
#    keys and values from the decoder."
# 3. "The look-ahead mask goes on cross-attention too; for three source words,
#    the first target word may see one."
# 4. "The look-ahead mask is for training. In use there is no future yet, so it
#    can be left out."

# %% tags=["demonstration"]
logits = np.array([2.0, 1.0, 0.0])
sigmoid = 1 / (1 + np.exp(-logits))
print(f"1. sigmoid of 2, 1, 0: {sigmoid}  sum {sigmoid.sum():.4f}")
print(
    f"   softmax:            {softmax(logits)}  sum {softmax(logits).sum():.4f}"
)
turned = nn.MultiheadAttention(d_model, 1, batch_first=True).double()
with torch.no_grad():
    backwards, _ = turned(memory, x, x)
    forwards, _ = turned(x, memory, memory)
print(
    f"2. {n} target and {m} source tokens; the decoder needs {n} rows:",
    end=" ",
)
print(f"swapped {backwards.shape[1]}, as it should be {forwards.shape[1]}")
hidden = np.where(np.tri(2, 3, dtype=bool), scores, -np.inf)
for word, free, shut in zip(target, weights, softmax(hidden), strict=True):
    print(f"3. {word:7} free {free}  masked {shut}")
for depth in (1, 2):
    stack = settle(Decoder(depth, d_model, num_heads, d_ff))
    with torch.no_grad():
        gap = (stack(x, memory, None, look_back) - stack(x, memory))[0, -1]
    print(f"4. last output, {depth} layer(s): moves by {gap.abs().max():.4f}")

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. **Softmax**, not sigmoid. Exactly *one* word comes next, so the words compete
#    and their chances add up to 1. A sigmoid judges each word by itself; here
#    the three "probabilities" have a sum of 2.1119, and what should one draw
#    from that? (It is right where several answers may be true at once: which
#    topics a text is about.)
# 2. The decoder asks and the encoder answers. The one who asks gets one result
#    for each of its words. Swapped, there would be five rows, one for each
#    source word, and the residual path could not add them to the target's four.
# 3. The source has no future. Masked, *(start)* would have to take everything
#    from *The*, and could never look at *Sat*, the last word. In a German
#    subordinate clause the verb stands there.
# 4. The last word may see everything anyway, so with *one* layer nothing changes.
#    With two, the *earlier* words of the first layer have now seen later ones,
#    as they never did in training, and the last word reads them. Leave it on.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. Who asks and who answers in cross-attention?</summary>
#
# Queries come from the target, keys and values from the memory, which is the
# encoder's output.
#
# </details>
#
# <details><summary>2. Five target words, seven source words. What shape do
# the weights of cross-attention have?</summary>
#
# `(5, 7)`: a row for each word that asks.
#
# </details>
#
# <details><summary>3. Which mask belongs to cross-attention?</summary>
#
# `src_mask`, the padding of the source. No look-ahead mask: the source is all
# there.
#
# </details>
#
# <details><summary>4. What do the steps of a decoder layer do?</summary>
#
# Look back at what was written, look up the source, think.
#
# </details>
#
# <details><summary>5. Why a softmax over the vocabulary, and not a
# sigmoid?</summary>
#
# Exactly one word comes next, so the chances must add up to 1.
#
# </details>
#
# <details><summary>6. The gradient of output 1 with respect to input 3 is
# exactly 0. What does that prove?</summary>
#
# There is no path from word 3 to output 1: the future is hidden.
#
# </details>
#
# <details><summary>7. How often does each half run, to write a sentence of ten
# words?</summary>
#
# The encoder once, the decoder once a word.
#
# </details>
#
# ## What comes next
#
# The machine is complete, and knows nothing: all its weights are random. In
# lesson 15 it learns. You will shift the target by one place, measure with
# cross-entropy how surprised the model is, write the optimiser Adam by hand, and
# watch the loss fall.
#
# `python -m byhand progress` in a terminal shows what you have solved.
