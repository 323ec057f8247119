# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 13 · The encoder: from functions to modules
#
# You have written every part of a Transformer as a function, and each time
# somebody handed you the matrices. Who makes them? Who keeps them, changes
# them while a model learns, writes them to a file? In **PyTorch** that is the
# work of a *module*: a function together with the numbers that it has learned.
# Today your functions become three modules. The last one is the **encoder**,
# the half of a Transformer that reads. Then you measure it against PyTorch's
# own.
#
# **After it you can**
#
# - say what a module is, where its numbers live and how they get their
#   gradients;
# - work out `nn.Linear` by hand, and say which way round it keeps its matrix;
# - write multi-head attention, an encoder layer and an encoder as modules;
# - show that they compute what the library computes, to the last digits;
# - say what `True` means in a PyTorch mask (it depends);
# - count an encoder's parameters, and follow a word along its residual stream.
#
# You need: lessons 10 and 12, and lesson 9 for the masks. About 60 minutes.
#
# The first cell has the attention of lesson 9, given here so that an
# unfinished lesson does not stop you. It is written for **tensors**, PyTorch's
# arrays, which work much as NumPy's do. As always, `True` in a mask means "may
# attend". The other function there, `settle`, fills a module with random
# numbers: you need not read it.
#
# Some cells below are folded to their first line. They only print or compare.
# Run a folded cell like any other, and click on it if you want to read it.

# %%
import math

import numpy as np
import torch
from torch import nn

from byhand import check

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")


def masked_attention(Q, K, V, mask=None):
    """Lesson 9's: output (…, n, d_v) and weights (…, n, m).

    Q: (…, n, d_k), K: (…, m, d_k), V: (…, m, d_v); the mask broadcasts to
    (…, n, m). A row that may attend to nothing gets zeros.
    """
    fits = Q @ K.mT / math.sqrt(Q.shape[-1])  # .mT swaps the last two axes
    if mask is not None:
        fits = fits.masked_fill(~mask, -math.inf)  # ~ is "not"
    shares = torch.softmax(fits, dim=-1).nan_to_num()
    return shares @ V, shares


def settle(module, seed):
    """Give a module random numbers in float64, the same on every machine."""
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for numbers in module.double().parameters():
            spread = numbers.shape[-1] ** -0.5 if numbers.dim() > 1 else 0.1
            drawn = torch.from_numpy(rng.normal(0, spread, numbers.shape))
            # The factors of a norm start at 1, and stay near it.
            numbers.copy_(drawn + torch.all(numbers == 1))
    return module.eval()


# %% [markdown]
# ## The idea in one picture
#
# An encoder is a road with many lanes, one for each number of a word. The word
# drives straight on, and at every **sub-layer** something is read from the
# road, worked on, and *added* to it. The road is called the **residual
# stream**:
#
# {picture residual_road.svg A word x drives straight through an encoder layer on its residual stream: attention reads from the stream and its result is added, norm1 follows, then the network reads and its result is added, then norm2, and the shape stays (batch, n, d_model).}
#
# The *network* is lesson 12's position-wise network. Every word has its own
# road. Attention is the only place where words look across to each other;
# norms and network work on each word by itself. What comes out has the shape
# of what went in, `(batch, n, d_model)`: sentences, words, numbers a word. So
# layers can be stacked like bricks.
#
# In PyTorch each of these parts is a module, and modules hold modules:
#
# ```text
# Encoder
# └── layers                    a list of layers
#     ├── 0: EncoderLayer
#     │   ├── self_attention:   q_proj, k_proj, v_proj, out_proj
#     │   ├── norm1
#     │   ├── linear1, linear2  the network
#     │   └── norm2
#     └── 1: EncoderLayer …
# ```
#
# The learned numbers hang at the tips of this tree, and a path along it is a
# name: `layers.0.self_attention.q_proj.weight`. You will write it from the
# inside out.
#
# ## The smallest brick: `nn.Linear`
#
# `nn.Linear(3, 2)` takes three numbers and makes two: it holds a matrix $W$,
# its **weight**, and a vector $b$, its **bias**. There is one thing to know
# about it. So far we have written $y = xW$ with $W$ of shape `(in, out)`.
# PyTorch keeps the matrix transposed, `(out, in)`, one *row* for each number
# that comes out, and computes
#
# $$y = x W^\top + b$$
#
# (the raised T, *transposed*, says "rows become columns"). By hand, with
# $x = [1, 2, 3]$, $b = [0.5, -1]$ and
#
# $$W = \begin{pmatrix} 1 & 0 & -1 \\ 2 & 1 & 0 \end{pmatrix}$$
#
# the first number is $1 \cdot 1 + 0 \cdot 2 - 1 \cdot 3 + 0.5 = -1.5$, and the
# second $2 \cdot 1 + 1 \cdot 2 + 0 \cdot 3 - 1 = 3$.

# %% tags=["demonstration"]
linear = nn.Linear(3, 2).double()
W = torch.tensor([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]])
b = torch.tensor([0.5, -1.0])
with torch.no_grad():  # we set numbers by hand: nothing to learn from that
    linear.weight.copy_(W)
    linear.bias.copy_(b)
x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
print(
    "weight:", tuple(linear.weight.shape), " bias:", tuple(linear.bias.shape)
)
print("linear(x):  ", linear(x).tolist())
print("x @ W.T + b:", (x @ linear.weight.T + linear.bias).tolist())
many = torch.zeros(5, 7, 3, dtype=torch.float64)
print("a batch:    ", tuple(many.shape), "→", tuple(linear(many).shape))

# %% [markdown]
# Axes in front of the last one are left alone, as in all our functions. (And
# `.double()` asks for float64, in which we count in this course. PyTorch's own
# choice is float32, with about 7 digits, since that is faster.)
#
# ## Who works out the gradients?
#
# Lesson 1 had one weight, $\hat{y} = \theta x$ ("y hat is theta times x"), the
# data (1, 2), (2, 3), (3, 4), (4, 5), and a start at $\theta = 0.1$. The
# gradient of the loss was −18.5, and you had to derive its formula. PyTorch
# needs no formula. It writes down every operation on a number that can be
# learned, and `loss.backward()` goes through these notes from the end to the
# start, one chain rule after another. This is **autograd**. What it finds is
# put into `.grad`, beside the number itself.

# %% tags=["demonstration"]
line = nn.Linear(1, 1, bias=False).double()
xs = torch.tensor([[1.0], [2.0], [3.0], [4.0]], dtype=torch.float64)  # (4, 1)
ys = xs + 1
theta = line.weight  # (1, 1)
with torch.no_grad():
    theta.fill_(0.1)

loss = ((line(xs) - ys) ** 2).mean()
loss.backward()
print(f"loss {loss.item():.4f}, gradient {theta.grad.item():.4f}")
with torch.no_grad():  # a step is arithmetic, not part of the function
    theta -= 0.01 * theta.grad
loss = ((line(xs) - ys) ** 2).mean()
print(f"after one step: θ = {theta.item():.4f}, loss {loss.item():.4f}")

loss.backward()
print(f"backward once more: {theta.grad.item():.4f}")
theta.grad = None
((line(xs) - ys) ** 2).mean().backward()
print(f"after clearing .grad: {theta.grad.item():.4f}")

# %% [markdown]
# The numbers of lesson 1: 11.575, −18.5, 0.285, 8.4092. And a trap that has
# cost many an evening: `backward` **adds** to what `.grad` holds. The second
# gradient is −15.725, but −18.5 was still there. Clear it before each step
# (an optimiser's `zero_grad()` does that for all; lesson 15).
#
# ## What a module is
#
# A module is a class with two methods. `__init__` makes what it owns, `forward`
# computes with it. Three rules:
#
# 1. Call `super().__init__()` first. It prepares the book in which PyTorch
#    enters what you own.
# 2. Whatever learns is put on `self`: another module, or an `nn.Parameter`,
#    which is a tensor with the note "this one learns". Everything else (sizes,
#    ε) is a plain attribute.
# 3. Use it as `module(x)`. That runs `forward`, and whatever else is due.
#
# Here is lesson 12's layer norm in that form. The cell after it runs ours and
# PyTorch's `nn.LayerNorm` on the same word and lists what each has learned.
# Then it copies a changed β (PyTorch calls it `bias`) from theirs into ours.


# %% tags=["demonstration"]
class Norm(nn.Module):
    """Layer norm of the last axis: (…, d) → (…, d)."""

    def __init__(self, d, eps=1e-5):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(d))
        self.beta = nn.Parameter(torch.zeros(d))
        self.eps = eps

    def forward(self, x):
        far = x - x.mean(dim=-1, keepdim=True)
        variance = far.square().mean(dim=-1, keepdim=True)
        return self.gamma * far / torch.sqrt(variance + self.eps) + self.beta


# %% tags=["demonstration"]
ours, theirs = Norm(4).double(), nn.LayerNorm(4).double()
the = torch.tensor([2.0, 4.0, 6.0, 8.0], dtype=torch.float64)
for name, module in (("ours:  ", ours), ("theirs:", theirs)):
    print(name, module(the).detach().numpy(), end="   ")
    print([name for name, numbers in module.named_parameters()])
state = ours.state_dict()
print(
    "state_dict:", {name: numbers.tolist() for name, numbers in state.items()}
)
with torch.no_grad():
    theirs.bias += 5
ours.load_state_dict({"gamma": theirs.weight, "beta": theirs.bias})
print("β copied in:", ours(the).detach().numpy())

# %% [markdown]
# `named_parameters()` lists what learns. `state_dict()` gives the same as a
# dictionary, name to numbers: what is saved to a file, and what you copy
# from one module into another. ε is not in it, since nobody learns it. (A
# result that depends on parameters carries autograd's notes with it. `detach()`
# leaves them behind before NumPy gets the numbers.)
#
# ## Multi-head attention as a module
#
# Lesson 10's four steps: project, split and attend, merge, project. The four
# matrices become four linear layers with biases. Two things are new.
#
# **Three inputs.** Queries are made from `query`, keys from `key`, values from
# `value`. In an encoder all three are the same $x$ (**self**-attention). In
# lesson 14 a sentence in French will ask one in English. So the number of
# queries, $n$, may differ from that of keys, $m$.
#
# **Axes.** `(batch, n, d_model)` is split to `(batch, h, n, width)`, with $h$
# heads of width $d_{model}/h$. `unflatten(-1, (h, -1))` cuts the last axis in
# two, and `transpose(1, 2)` swaps axes 1 and 2. On the way back `flatten(2)`
# joins all axes from axis 2 on into one. A mask for each sentence,
# `(batch, n, m)`, lacks the axis of heads: `mask[:, None]` is
# `(batch, 1, n, m)`, and broadcasts.
#
# {card encoder.MultiHeadAttention}


# %% nbgrader={"grade_id": "MultiHeadAttention", "solution": true}
class MultiHeadAttention(nn.Module):
    """query: (batch, n, d_model); key, value: (batch, m, d_model).

    Returns (batch, n, d_model). mask: (n, m) or (batch, n, m), True for "may
    attend".
    """

    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        ### BEGIN SOLUTION
        self.split = (num_heads, d_model // num_heads)
        square = (d_model, d_model)
        self.q_proj = nn.Linear(*square)
        self.k_proj = nn.Linear(*square)
        self.v_proj = nn.Linear(*square)
        self.out_proj = nn.Linear(*square)
        ### END SOLUTION

    def forward(self, query, key, value, mask=None):
        ### BEGIN SOLUTION
        q = self.q_proj(query).unflatten(-1, self.split).transpose(1, 2)
        k = self.k_proj(key).unflatten(-1, self.split).transpose(1, 2)
        v = self.v_proj(value).unflatten(-1, self.split).transpose(1, 2)
        if mask is not None and mask.dim() == 3:
            mask = mask[:, None]  # one mask for all heads of a sentence
        heads, _ = masked_attention(q, k, v, mask)  # (batch, h, n, width)
        return self.out_proj(heads.transpose(1, 2).flatten(2))
        ### END SOLUTION


# %% nbgrader={"grade_id": "MultiHeadAttention-check", "grade": true, "locked": true}
check("encoder.MultiHeadAttention", MultiHeadAttention)

# %% [markdown]
# The example of lesson 10 once more: *The*, *Cat*, *Sat*, two heads, all
# matrices the identity except that the last two columns of $W_K$ are swapped.
# There, the first head returned [0.8022, 0.5989] for *The* and the second
# [0.5989, 0.8022]. Lesson 10's matrices were `(in, out)`, so they are
# transposed, `.T`, on their way into `weight`.
#
# These matrices are equal to their transposes, so they would hide a forgotten
# `.T`. So the last lines try a random $W_O$, once transposed and once not.
# Which of the two agrees with lesson 10?

# %% tags=["demonstration"] jupyter={"source_hidden": true}
words = torch.tensor(
    [[1.0, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1]], dtype=torch.float64
)  # The, Cat, Sat: (n, d_model)
sentence = words[None]  # a batch of one: (1, n, d_model)
eye = torch.eye(4, dtype=torch.float64)
swapped = eye[:, [0, 1, 3, 2]]


def with_weights(*weights):
    """Attention with two heads that holds these four, and biases of zero."""
    attention = MultiHeadAttention(4, 2).double()
    names = "q_proj", "k_proj", "v_proj", "out_proj"
    for name, weight in zip(names, weights, strict=True):
        state = {"weight": weight, "bias": torch.zeros(4)}
        getattr(attention, name).load_state_dict(state)
    return attention


attention = with_weights(eye.T, swapped.T, eye.T, eye.T)
merged = attention(sentence, sentence, sentence)
for word, row in zip(("The", "Cat", "Sat"), merged[0], strict=True):
    print(f"{word}:", row.detach().numpy())

W_o = torch.from_numpy(np.random.default_rng(13).normal(size=(4, 4)))
print("lesson 10, @ W_o:", (merged @ W_o)[0, 0].detach().numpy())
for name, weight in (("weight = W_o.T:", W_o.T), ("weight = W_o:", W_o)):
    attention = with_weights(eye.T, swapped.T, eye.T, weight)
    found = attention(sentence, sentence, sentence)
    print(f"{name:17}", found[0, 0].detach().numpy())

# %% [markdown]
# ## Is it the library's?
#
# PyTorch has a module for all this, `nn.MultiheadAttention`. If yours is right,
# the two must agree as soon as they hold the same numbers, whatever these are.
# The library keeps the three matrices of $q$, $k$ and $v$ stacked in one,
# `in_proj_weight`, `(3·d_model, d_model)`, so that one product does the work of three.
# The next cell is folded. It has two helpers: `for_the_library` renames and
# stacks your numbers, and `apart` says how far two results are from each
# other.


# %% tags=["demonstration"] jupyter={"source_hidden": true}
def for_the_library(state):
    """A state_dict with our names → the same with the library's."""
    theirs = {}
    for name, numbers in state.items():
        start, mine, end = name.partition("q_proj.")
        if mine:
            three = [state[f"{start}{letter}_proj.{end}"] for letter in "qkv"]
            name, numbers = f"{start}in_proj_{end}", torch.cat(three)
        if "k_proj" not in name and "v_proj" not in name:
            theirs[name.replace("self_attention", "self_attn")] = numbers
    return theirs


def apart(one, other):
    """The largest gap, in words: how far is a matter of the machine."""
    gap = (one - other).abs().max().item()
    for limit in (1e-12, 1e-5, 1e-2):
        if gap < limit:
            return f"nowhere more than {limit:g} apart"
    return f"{gap:.4f} apart"


# %% tags=["demonstration"]
mine = settle(MultiHeadAttention(12, 3), seed=1)
library = nn.MultiheadAttention(12, 3, batch_first=True).double().eval()
print(library.load_state_dict(for_the_library(mine.state_dict())))

rng = np.random.default_rng(2)
query, memory = (
    torch.from_numpy(rng.normal(size=(2, length, 12))) for length in (5, 7)
)
ours = mine(query, memory, memory)
theirs, weights = library(query, memory, memory)
print("shapes:", tuple(ours.shape), "and", tuple(theirs.shape))
print("yours and the library's:", apart(ours, theirs))

# %% [markdown]
# Now with a mask, and here is the trap. **In `nn.MultiheadAttention`, `True`
# means "must *not* attend".** The same holds for its `key_padding_mask` and for
# all boolean masks of `nn.Transformer…`. And in the very same library,
# `scaled_dot_product_attention`, the plain function for queries, keys and
# values, takes `True` for "may attend", as we do:
#
# | who | `True` says |
# |---|---|
# | this course · `functional.scaled_dot_product_attention` | may attend |
# | `nn.MultiheadAttention`, `nn.TransformerEncoder`, … (`attn_mask`, `key_padding_mask`, `mask`, `src_mask`, …) | must not attend |
#
# The look-ahead mask for three words, given to the library in both ways. The
# rows are the weights of the words. All keys are alike here, so every word that
# may be seen gets an equal share.

# %% tags=["demonstration"]
look_back = torch.ones(3, 3, dtype=torch.bool).tril()  # (n, n)
alike = torch.ones(1, 3, 12, dtype=torch.float64)
for name, mask in (("~look_back", ~look_back), ("look_back", look_back)):
    _, shares = library(alike, alike, alike, attn_mask=mask)
    print(f"library, attn_mask={name}:")
    print(shares[0].detach().numpy())
query = torch.from_numpy(rng.normal(size=(1, 3, 12)))
ours = mine(query, query, query, look_back)
for name, mask in (("~look_back", ~look_back), ("look_back", look_back)):
    theirs, _ = library(query, query, query, attn_mask=mask)
    print(f"words 0 and 1, {name:10}:", apart(ours[:, :2], theirs[:, :2]))

# %% [markdown]
# Given as it is, our mask shows each word the *future and nothing else*, and
# the last word, which has no future, nothing at all: NaN. That mistake you can
# see. With a padding mask it is quieter: in a padded sentence every word looks
# at the padding only, and you get no error.
#
# ## One layer
#
# The same pattern comes twice: a sub-layer, and add & norm around it. The
# paper's order is post-norm, so with lesson 12's words
#
# $$a = \text{LayerNorm}_1(x + \text{Attention}(x, x, x))$$
# $$\text{out} = \text{LayerNorm}_2(a + \text{FFN}(a))$$
#
# where FFN is the position-wise network: widen, ReLU, narrow.
#
# Dropout comes as `nn.Dropout(p)`. It must drop in training and never in use.
# How does it know? Every module has a switch, `module.training`. `eval()` turns
# it off in the module *and in all modules that hang below it*, and `train()`
# turns it on again.
#
# {card encoder.EncoderLayer}


# %% nbgrader={"grade_id": "EncoderLayer", "solution": true}
class EncoderLayer(nn.Module):
    """x: (batch, n, d_model) → the same shape. Post-norm."""

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0
    ):
        super().__init__()
        ### BEGIN SOLUTION
        self.self_attention = MultiHeadAttention(d_model, num_heads)
        outside, inside = d_model, d_ff
        self.norm1 = nn.LayerNorm(outside)
        self.linear1 = nn.Linear(outside, inside)
        self.linear2 = nn.Linear(inside, outside)
        self.norm2 = nn.LayerNorm(outside)
        self.dropped = nn.Dropout(dropout)
        ### END SOLUTION

    def forward(self, x, mask=None):
        ### BEGIN SOLUTION
        looked = self.self_attention(x, x, x, mask)
        x = self.norm1(x + self.dropped(looked))
        ideas = self.linear2(torch.relu(self.linear1(x)))
        return self.norm2(x + self.dropped(ideas))
        ### END SOLUTION


# %% nbgrader={"grade_id": "EncoderLayer-check", "grade": true, "locked": true}
check("encoder.EncoderLayer", EncoderLayer)

# %% [markdown]
# The switch at work, and the names that have grown on the tree. Nobody made a
# list of them: PyTorch found them by rule 2.

# %% tags=["demonstration"]
layer = settle(EncoderLayer(8, 2, 16, dropout=0.5), seed=3)
x = torch.from_numpy(np.random.default_rng(4).normal(size=(1, 5, 8)))
for switch in (layer.train, layer.eval):
    switch()
    same = torch.equal(layer(x), layer(x))
    print(f"{switch.__name__ + '()':8} twice the same: {same}")
print("\nshape:", tuple(x.shape), "→", tuple(layer(x).shape))
for name, numbers in layer.named_parameters():
    print(f"{name:30} {tuple(numbers.shape)}")

# %% [markdown]
# ## A stack of them
#
# The encoder sends $x$ through its layers one by one. Each layer is built the
# same way, and each has *its own numbers*. Six layers in a plain Python list
# look fine, run fine, and never learn: PyTorch enters modules in its book, not
# lists. `nn.ModuleList` is a list that it knows. A `nn.Linear(4, 4)` has
# $4 \cdot 4 + 4 = 20$ numbers; how many do six have?


# %% tags=["demonstration"]
class Holder(nn.Module):
    def __init__(self, held):
        super().__init__()
        self.held = held


def size(module):
    return sum(numbers.numel() for numbers in module.parameters())


for name, held in (
    ("a plain list", [nn.Linear(4, 4) for _ in range(6)]),
    ("ModuleList", nn.ModuleList(nn.Linear(4, 4) for _ in range(6))),
    ("ModuleList([layer] * 6)", nn.ModuleList([nn.Linear(4, 4)] * 6)),
):
    print(f"{name:24} of length {len(held)}: {size(Holder(held)):3} numbers")

# %% [markdown]
# From the plain list PyTorch finds nothing: 0. The third holds *one* layer in
# six places: 20.
#
# {card encoder.Encoder}


# %% nbgrader={"grade_id": "Encoder", "solution": true}
class Encoder(nn.Module):
    """x: (batch, n, d_model) → the same shape, through all layers."""

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
        one_by_one = (
            EncoderLayer(d_model, num_heads, d_ff, dropout)
            for place in range(num_layers)
        )
        self.layers = nn.ModuleList(one_by_one)
        ### END SOLUTION

    def forward(self, x, mask=None):
        ### BEGIN SOLUTION
        stream = x
        for block in self.layers:
            stream = block(stream, mask)
        return stream
        ### END SOLUTION


# %% nbgrader={"grade_id": "Encoder-check", "grade": true, "locked": true}
check("encoder.Encoder", Encoder)

# %% [markdown]
# ## All of it against the library's
#
# Six layers of yours, six of `nn.TransformerEncoder`, one set of numbers, with
# and without a mask, in float64 and in float32. (float32 keeps about 7 digits,
# and six layers lose one or two of them to rounding. The two add up in another
# order, so they lose different ones.)

# %% tags=["demonstration"]
sizes = 64, 4, 256  # d_model, num_heads, d_ff
mine = settle(Encoder(6, *sizes), seed=5)
library = nn.TransformerEncoder(
    nn.TransformerEncoderLayer(*sizes, batch_first=True),
    num_layers=6,
    enable_nested_tensor=False,
)
library.double().eval()
print(library.load_state_dict(for_the_library(mine.state_dict())))
x = torch.from_numpy(np.random.default_rng(6).normal(size=(2, 10, 64)))
look_back = torch.ones(10, 10, dtype=torch.bool).tril()
for kind in (torch.float64, torch.float32):
    mine, library, given = mine.to(kind), library.to(kind), x.to(kind)
    with torch.no_grad():
        print(f"{kind!s:13}  no mask:   ", end="   ")
        print(apart(mine(given), library(given)))
        print(f"{kind!s:13}  look-ahead:", end="   ")
        print(apart(mine(given, look_back), library(given, ~look_back)))

# %% [markdown]
# You have written what people mean by "a Transformer encoder". The smaller model
# in BERT's paper is twelve such layers, with GELU instead of ReLU, between an
# embedding and a small network that reads off the answer (lesson 19).
#
# ## The road, seen from above
#
# Back to the picture of the beginning. Below, *one* word drives through an
# encoder of twelve layers with eight numbers a word, two heads and random
# weights. Nothing in it is learned: we only look at the traffic. The table
# shows one layer: what comes in, what attention adds, what the network adds,
# what goes on. The charts show all twelve. The left one shows the **length**
# of the word's vector (the root of the sum of its squares). The right one
# shows the **cosine** between the vector and its start: 1 is "still in the same
# direction", 0 "nothing to do with it any more".
#
# 1. Choose *pre-norm*. Check in any column that row 3 is the sum of rows 1 and
#    2, and row 5 that of rows 3 and 4. Is it the same in post-norm?
# 2. Set *what is added* to 0: the sub-layers have nothing to say. What is left
#    of the word after twelve layers, in each order?
# 3. Set it to 1.5, and compare the lengths after layer 12. Why is one of them
#    always 2.83?
# 4. At 0.5 again, how much of *The* is still there at the end, in each order?
#    And of *cat*?
#
# {figure stream}
#
# Run the next cell, and move its handles.

# %% tags=["demonstration"]
from byhand.sliders import stream

stream.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. In pre-norm it is a plain sum (the last digit may be off by one, since the
#    table rounds). In post-norm each sum is normalised at once, and so what
#    goes on is not what was added up.
# 2. In pre-norm the word comes out untouched: cosine 1, its old length of 4.35.
#    In post-norm even silence changes it. The first norm takes away its mean
#    and its length (cosine 0.96, length 2.83); the other 23 find nothing more
#    to do.
# 3. A word that was just normalised has eight numbers with a mean square of
#    1, and so a length of √8 = 2.83. In pre-norm nobody checks the length: it
#    is 15.87 after layer 12. So pre-norm models have one more norm at the very
#    end.
# 4. Of *The*: cosine 0.50 in post-norm, 0.87 in pre-norm; of *cat* 0.08 and
#    0.52. In post-norm every norm shrinks all that was on the road before, so
#    that the start fades. In pre-norm it stays, and later additions are small
#    beside a road that has grown long.
#
# </details>
#
# ## A batch with padding
#
# Real input is a batch of ids. The batch of lesson 9 was [[1, 2, 3], [4, 5, 0]],
# where 0 is padding. An **embedding** turns each id into a vector (it is a
# table with a row for each id, and learns like everything else), lesson 11's
# positions are added, then comes the encoder. Its mask lets nobody look at the
# padding. Does the second sentence notice that it was padded?

# %% tags=["demonstration"]
embedding = settle(nn.Embedding(6, 8), seed=7)  # 6 ids, 8 numbers each
encoder = settle(Encoder(2, 8, 2, 32), seed=8)
places = torch.arange(3, dtype=torch.float64)[:, None]
angles = places / 10_000 ** (torch.arange(0, 8, 2).double() / 8)
positions = torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)


def read(ids, mask=None):
    """(batch, n) ids → (batch, n, 8)"""
    with torch.no_grad():
        return encoder(embedding(ids) + positions[: ids.shape[1]], mask)


ids = torch.tensor([[1, 2, 3], [4, 5, 0]])
real = (ids != 0)[:, None, :].expand(2, 3, 3)  # (batch, n, n)
print("shape:", tuple(ids.shape), "→", tuple(read(ids).shape))
alone = read(torch.tensor([[4, 5]]))[0]
print("4 5 in the batch, with the mask:", apart(read(ids, real)[1, :2], alone))
print("4 5 in the batch, without:      ", apart(read(ids)[1, :2], alone))

other = torch.tensor([[1, 2, 5]])
moved = (read(other) - read(ids[:1]))[0].abs().amax(dim=1)
print("1 2 3 → 1 2 5, moved:", [bool(gap > 1e-6) for gap in moved])
moved = (read(other, real[:1].tril()) - read(ids[:1], real[:1].tril()))[0]
moved = moved.abs().amax(dim=1)
print("with a look-ahead mask:", [bool(gap > 1e-6) for gap in moved])

# %% [markdown]
# With the mask, a sentence is read in the batch as it is read alone. (The
# padding comes out as a vector, too. Nobody looks at it, here or later.) And
# the last lines show what an encoder is: it reads in **both directions**. When
# the last word changes, all words change, the first ones as well. Writing needs
# another habit, and that is lesson 14.
#
# ## In your own words
#
# *2 points, read by a person.* To save time, a colleague gives the look-ahead
# mask to the first layer only: "Behind it no word knows of a later one, so there
# is nothing left to hide." The first half of that is true. Explain in two
# sentences how word 0 can know of word 2 all the same after the second layer,
# and what follows for the mask.

# %% [markdown] nbgrader={"grade_id": "why-every-layer", "grade": true, "points": 2, "solution": true}
# After the first layer the vector of word 0 holds nothing of word 2, but the
# vector of word 2 of course holds word 2, and in a second layer without a mask
# word 0 may attend to that vector and carries it home. So every layer must
# forbid the looking, and every layer needs the mask.
#
# ### BEGIN MARK SCHEME
# - 1 point: the way of the information: in layer 2 word 0 attends to the
#   vector *of word 2*, which contains word 2 (through its own residual path and
#   attention).
# - 1 point: what follows: every layer must have the mask.
# - Half a point for "attention mixes all words" without saying that it is the
#   second layer's attention, from word 0 to word 2.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs
#
# Numbers to learn, for the encoder of the paper: $d_{model} = 512$, 8 heads,
# $d_{ff} = 2048$ (the width inside the network), six layers. Per layer:
#
# - attention: four matrices with biases, $4 (d_{model}^2 + d_{model})$;
# - network: $2\, d_{model}\, d_{ff} + d_{ff} + d_{model}$;
# - two norms, γ and β: $4\, d_{model}$.
#
# Multiplications, for $n$ words: every number in a matrix is used once for each
# word. On top come the scores and the mixing, $2 n^2 d_{model}$ in a layer,
# the only part that grows with the *square* of the length.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
d_model, heads, d_ff = 512, 8, 2048
attention_size = 4 * (d_model * d_model + d_model)
network_size = 2 * d_model * d_ff + d_ff + d_model
norms_size = 4 * d_model
each = attention_size + network_size + norms_size
print(
    f"attention {attention_size}, network {network_size}, norms {norms_size}"
)
print(f"one layer {each}, six layers {6 * each}")
print("yours:    ", size(Encoder(6, d_model, heads, d_ff)))
one = nn.TransformerEncoderLayer(d_model, heads, d_ff, batch_first=True)
built = nn.TransformerEncoder(one, 6, enable_nested_tensor=False)
print("PyTorch's:", size(built))

print("\nmultiplications in a layer, in millions")
for n in (10, 100, 1000, 3072, 10_000):
    matrices = n * (4 * d_model**2 + 2 * d_model * d_ff)
    between = 2 * n * n * d_model
    share = 100 * between / (matrices + between)
    print(f"{n:6} words: {(matrices + between) / 1e6:9.0f}", end="")
    print(f", {share:4.1f} % of them between words")

# %% [markdown]
# For a sentence, attention *between* words is nearly free, and two thirds of
# the work in the matrices is the network's. At $n = 2\, d_{model} + d_{ff}$,
# here 3072 words, the matrices and the attention between words cost the same.
# In texts much longer than that, twice the length is nearly four times the
# work.
#
# ## Where it breaks
#
# - **Masks** that are the wrong way round, or are passed to some layers only.
# - **Words that may look at nothing.** Ours get zeros. What the library does
#   depends on how you use it, as the next cell shows.
# - **Lists** that PyTorch does not know, and `eval()` forgotten.
# - **No positions**: without them the encoder reads a bag of words (lesson 11).

# %% tags=["demonstration"] jupyter={"source_hidden": true}
mine = settle(Encoder(2, 8, 2, 16), seed=9)
library = nn.TransformerEncoder(
    nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
    num_layers=2,
    enable_nested_tensor=False,
)
library.double().eval()
library.load_state_dict(for_the_library(mine.state_dict()))
x = torch.from_numpy(np.random.default_rng(10).normal(size=(1, 3, 8)))
lonely = torch.tensor([[1, 0, 1], [0, 0, 0], [1, 0, 1]]).bool()
for name, notes in (("with autograd   ", True), ("without autograd", False)):
    with torch.set_grad_enabled(notes):
        for who, result in (
            ("yours", mine(x, lonely)),
            ("PyTorch's", library(x, ~lonely)),
        ):
            bad = result.isnan().any(dim=-1).sum().item()
            print(f"{name} {who:9}: {bad} of 3 words are NaN")

# %% [markdown]
# Word 1 sees nobody and is seen by nobody. While autograd takes notes, PyTorch
# gives it zeros, as we do. In use, without notes, it takes a faster way, where
# the word becomes NaN; and in the next layer its *weight* of 0 does not help
# the others, since $0 \cdot \text{NaN}$ is NaN. So a model may train well and
# answer nonsense. (That is PyTorch 2.13; other versions may differ. You get
# there with a sentence that is padding from end to end, or with a mask that
# hides a padded word even from itself.)
#
# ## Spot the slip
#
# Lines 1 and 2 were published, in notes on Transformers. The other two are what
# people answer when they are asked. Each is wrong, or at least not true of what
# you have written. Find out why *before* you run the cell under them.
#
# 1. "The encoder turns a sentence into a compressed representation, a hidden
#    state that sums it up."
# 2. "An encoder is a stack of identical layers."
# 3. "`nn.Linear(512, 2048)` holds a matrix of shape (512, 2048)."
# 4. "After `model.eval()` no gradients are computed any more."

# %% tags=["demonstration"] jupyter={"source_hidden": true}
for length in (1, 10, 500):
    given = torch.zeros(1, length, 8, dtype=torch.float64)
    result = encoder(given)
    print(f"1. {length:3} words: {given.numel():4} numbers in,", end="")
    print(f" {result.numel():4} out")
first, second = (block.linear1.weight for block in encoder.layers)
print("2. shapes alike: ", first.shape == second.shape, end="")
print(", numbers alike:", torch.equal(first, second))
first, second = (block.linear1.weight for block in built.layers[:2])
print("   PyTorch's, newly built, numbers alike:", torch.equal(first, second))
print("3. weight:", tuple(nn.Linear(512, 2048).weight.shape))
encoder.eval()
encoder(x).sum().backward()
grads = [numbers.grad is not None for numbers in encoder.parameters()]
print(f"4. after eval(): {sum(grads)} of {len(grads)} parameters have a .grad")
with torch.no_grad():
    print("   under no_grad: result has notes:", encoder(x).requires_grad)

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. Nothing is compressed: $n$ vectors go in, and $n$ vectors of the same width
#    come out, each of which has taken in what it needs of the others. The line
#    describes the encoders *before* the Transformer (lesson 6), which had to
#    squeeze a sentence into one vector, and *autoencoders*, which do so on
#    purpose.
# 2. They are built alike, and each has its own weights. With shared ones, 12
#    layers would have the numbers of one. There is a trap behind it:
#    `nn.TransformerEncoder` *copies* the layer that you give it, so that all
#    its layers **start** with the same numbers. Training would pull them
#    apart, but it is better to draw new ones first.
# 3. (2048, 512): `(out, in)`, a row for each number that comes out.
# 4. `eval()` tells dropout (and batch norm) that the model is in use. Autograd
#    goes on taking notes. `torch.no_grad()` is what stops it. For use you want
#    both.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What shape does the weight of nn.Linear(3, 2) have?</summary>
#
# `(2, 3)`: a row for each number that comes out.
#
# </details>
#
# <details><summary>2. What does backward do to a gradient that is there
# already?</summary>
#
# It adds to it. Clear it before each step.
#
# </details>
#
# <details><summary>3. Six layers lie in a plain Python list. What is
# wrong?</summary>
#
# PyTorch does not find their parameters, so they never learn. Use
# `nn.ModuleList`.
#
# </details>
#
# <details><summary>4. What does True say to nn.MultiheadAttention, and what to
# scaled_dot_product_attention?</summary>
#
# "Must not attend" to the module, "may attend" to the function.
#
# </details>
#
# <details><summary>5. What does eval() switch, and what does it not?</summary>
#
# Dropout is off. Autograd goes on: only `torch.no_grad()` stops it.
#
# </details>
#
# <details><summary>6. What shape does an encoder return?</summary>
#
# The shape of its input, `(batch, n, d_model)`. So its layers can be stacked.
#
# </details>
#
# <details><summary>7. Which words change when you change the last word of a
# sentence?</summary>
#
# All of them. An encoder reads in both directions.
#
# </details>
#
# ## What comes next
#
# Your encoder reads a sentence in both directions and hands over a vector for
# each word. In lesson 14 the **decoder** writes another sentence while looking
# at these vectors: with a look-ahead mask for its own words, and with your
# `MultiHeadAttention` once more, this time with queries from one sentence and
# keys and values from the other.
#
# `python -m byhand progress` in a terminal shows what you have solved.
