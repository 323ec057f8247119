# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 · Layer norm, and how to go deep
#
# You have built attention, the part of a Transformer that everybody talks
# about. But stack attention alone, and the deeper you go, the more alike all
# words become (Dong and others, "Attention Is Not All You Need", 2021). What makes
# depth possible are four humble parts around it: a **norm** that keeps numbers in
# range, a **residual path** that keeps gradients alive, a small **network**
# that works on each word by itself, and **dropout**, which keeps a model from
# learning its examples by heart. Today you write all four.
#
# **After it you can**
#
# - normalise a word's numbers by hand, and say what γ, β and ε are for;
# - tell layer norm from batch norm on one table, and say why text wants layers;
# - say what a residual path does to a gradient, with numbers for depth 50;
# - tell pre-norm from post-norm;
# - write the position-wise network and dropout, and put a whole encoder layer
#   together;
# - find four mistakes in what people say about them.
#
# You need: lesson 7, and from lesson 1 what a gradient is. About 50 minutes.
#
# The first cell has softmax and the attention of lesson 7, given here so that an
# unfinished lesson does not stop you. You need it once, at the very end.
#
# A long cell below is folded to its first line: it only prints or compares. Run
# it like any other, and click on it if you want to read it.

# %%
import math
from statistics import NormalDist

import numpy as np

from byhand import check, tools

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")


def softmax(z, axis=-1):
    """Positive weights that add up to 1 along `axis`."""
    gaps = z - np.amax(z, axis=axis, keepdims=True)
    return np.exp(gaps - np.logaddexp.reduce(gaps, axis=axis, keepdims=True))


def self_attention(X, W_q, W_k, W_v):
    """Scaled dot-product self-attention: the output only, (n, d_v)."""
    fits = np.inner(X @ W_q, X @ W_k) / math.sqrt(W_k.shape[1])
    return softmax(fits) @ (X @ W_v)


# %% [markdown]
# ## The idea in one picture
#
# Three teachers give marks. One never goes above 8, one is fond of 100, one
# gives everybody nearly the same. To compare what they say, do not ask "how
# many points?" but "how far above *this teacher's own* average, measured in
# *this teacher's own* spread?"
#
# In a Transformer the teachers are the words, and the marks are the numbers in
# a word's vector, its **features**. Words are rows, as always. So there are two
# directions in which one could look for an average:
#
# {picture two_directions.svg A table has the words The, Cat and Sat as rows and four features as columns: layer norm takes the row of The, 2, 4, 6 and 8, subtracts its mean 5 and divides by its spread √5 to −1.34, −0.45, 0.45 and 1.34, while batch norm would go down a column, over all words.}
#
# Transformers go along the rows. You will see why.
#
# ## One word, by hand
#
# The word *The* has 2, 4, 6, 8. Its **mean**, $\mu$ (say "mu"), is 20/4 = 5.
# How far is each number from it? −3, −1, 1, 3. The mean of the *squares* of
# these distances is the **variance**, $\sigma^2$ (say "sigma squared"):
# (9 + 1 + 1 + 9)/4 = 5 as well, by chance. Its root is the **standard
# deviation**: $\sqrt 5 \approx 2.2361$. Now divide each distance by it.

# %% tags=["demonstration"]
the = [2.0, 4.0, 6.0, 8.0]
mu = sum(the) / 4
distances = [value - mu for value in the]
sigma_squared = sum(far**2 for far in distances) / 4
print(f"mean {mu:.0f}, variance {sigma_squared:.0f}")
print("distances from the mean:", distances)
for far in distances:
    print(f"{far:4.0f} ÷ {sigma_squared**0.5:.4f} = {far / 5**0.5:7.4f}")

# %% [markdown]
# These numbers have mean 0 and variance 1, and they would have come out the
# same from 20, 40, 60, 80 or from 1002, 1004, 1006, 1008. That is the point: a
# *pattern* is kept, its size and its offset are gone.
#
# Three more things, and the formula is complete.
#
# - What if all numbers of a word are equal? Then the variance is 0, and 0/0 is
#   NaN. So add a tiny ε (*epsilon*) to the variance, **inside** the root. In
#   PyTorch it is 0.00001 unless you say otherwise.
# - What if the next layer needs other sizes? Each feature gets a factor γ
#   (*gamma*) and a number to add, β (*beta*), which are learned. They start at 1
#   and 0, which changes nothing.
# - Divide the sum of the squares by $d$, the number of features, not by
#   $d - 1$, as statistics does when it has only a sample. Here nothing is
#   missing from the sample: the four numbers are all there is.
#
# $$\text{LayerNorm}(x) = \gamma \cdot \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$$
#
# This is **layer norm** (Ba, Kiros and Hinton, 2016). In words: *how far from my
# mean, in units of my spread? Then γ times that, plus β*. The whole vector is done at once: $x$, $\gamma$ and $\beta$ have $d$
# numbers each, while $\mu$ and $\sigma^2$ are one number for the word.
#
# {card layer_norm.layer_norm}


# %% nbgrader={"grade_id": "layer_norm", "solution": true}
def layer_norm(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> np.ndarray:
    """Mean 0 and variance 1 for every token, then γ and β.

    x: (…, d); gamma, beta: (d,). Returns the shape of x.
    """
    ### BEGIN SOLUTION
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta
    ### END SOLUTION


# %% nbgrader={"grade_id": "layer_norm-check", "grade": true, "locked": true}
check("layer_norm.layer_norm", layer_norm)

# %% [markdown]
# All three words at once, and what becomes of their means and variances. *Cat*
# is a good test of the divisor: [1, 0, 0, 0] becomes 1.7320 at its 1 if you
# divide by 4, and 1.5 if you divide by 3.

# %% tags=["demonstration"]
words = ["The", "Cat", "Sat"]
table = np.array(
    [[2.0, 4.0, 6.0, 8.0], [1.0, 0.0, 0.0, 0.0], [3.0, -1.0, 5.0, 1.0]]
)  # (n, d)
one, zero = np.ones(4), np.zeros(4)  # γ and β before anything is learned
normal = layer_norm(table, one, zero)
for word, row in zip(words, normal, strict=True):
    print(f"{word}: {row}   mean {abs(row.mean()):.4f}, ", end="")
    print(f"variance {row.var():.4f}")

cat = table[1]
print("Cat, its variance ÷ 4:", (cat - 0.25) / np.sqrt(cat.var() + 1e-5))
print("Cat, its variance ÷ 3:", (cat - 0.25) / np.sqrt(cat.var(ddof=1) + 1e-5))

# %% [markdown]
# Now γ, β and ε. A word of four equal numbers has no pattern at all, and ε
# makes zeros of it. In a word whose numbers hardly differ, ε decides how much
# of the little there is counts. An ε of 0.00001 matters only below a spread of
# about 0.003, its root.

# %% tags=["demonstration"]
print(f"the root of ε:          {np.sqrt(1e-5):.4f}")
gamma = np.array([1.0, 1.0, 10.0, 0.0])
beta = np.array([0.0, 5.0, 0.0, 7.0])
print("The, γ and β learned:  ", layer_norm(table[0], gamma, beta))
print("all equal:             ", layer_norm(np.full(4, 3.0), one, zero))
nearly = np.array([3.0, 3.0, 3.0, 3.001])
for eps in (1e-12, 1e-5, 0.1):
    print(f"nearly equal, ε = {eps:<5g}:", layer_norm(nearly, one, zero, eps))

# %% [markdown]
# ## The other direction: batch norm
#
# Many networks for images use **batch norm** (Ioffe and Szegedy, 2015). It takes
# the same formula **down the columns**: of each feature the mean and the variance
# over all examples of the batch. (A **batch** is what is computed together;
# lesson 1.)
#
# By hand, feature 0 of our table: 2, 1, 3. The mean is 2, the distances are 0,
# −1, 1, the variance is 2/3, and so the column becomes 0, −1.2247, 1.2247.
#
# {card layer_norm.batch_norm}


# %% nbgrader={"grade_id": "batch_norm", "solution": true}
def batch_norm(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> np.ndarray:
    """Mean 0 and variance 1 for every feature, then γ and β.

    x: (batch, features); gamma, beta: (features,).
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(axis=0)
    scaled = centred / np.sqrt(np.mean(centred**2, axis=0) + eps)
    return gamma * scaled + beta
    ### END SOLUTION


# %% nbgrader={"grade_id": "batch_norm-check", "grade": true, "locked": true}
check("layer_norm.batch_norm", batch_norm)

# %% [markdown]
# Side by side, on one table. Then somebody else's word changes: *Cat* gets a 9.
# Whose numbers move?


# %% tags=["demonstration"]
def side_by_side(x):
    layer, batch = layer_norm(x, one, zero), batch_norm(x, one, zero)
    for word, left, right in zip(words, layer, batch, strict=True):
        print(f"{word}: layer {left}   batch {right}")
    return layer, batch


layer_before, batch_before = side_by_side(table)
changed = table.copy()
changed[1, 0] = 9.0
print("the same, with a 9 in Cat:")
layer_after, batch_after = side_by_side(changed)
print("The and Sat moved by up to", end=" ")
for name, before, after in (
    ("layer", layer_before, layer_after),
    ("batch", batch_before, batch_after),
):
    print(f"{abs(after - before)[[0, 2]].max():.4f} ({name} norm)", end="  ")
print()
print("The alone, layer norm:", layer_norm(table[:1], one, zero)[0])
print("The alone, batch norm:", batch_norm(table[:1], one, zero)[0])

# %% [markdown]
# With batch norm, what a word becomes depends on who else is in the batch: on
# other sentences, on how many there are, on padding. And a word that comes
# alone becomes nothing at all, since it *is* the mean. (In use, batch norm takes
# averages that it remembers from training. That is one more thing to go wrong.) A
# model that writes text gets its words one by one. With layer norm
# every word is normalised by itself, in the same way in training and in use,
# and no word can peek at another through the norm.
#
# ## Poke at it: two norms
#
# The sliders move the first row. On the right is what the two norms make of the
# table.
#
# 1. Move *The, f3* from 8 to 10. Which numbers change under layer norm, which
#    under batch norm?
# 2. Make the four numbers of *The* equal. What does layer norm make of them?
#    And with β = 1?
# 3. Set γ to 0. What is left?
# 4. Raise ε to 10. Which row suffers most, and why?
#
# {figure normalising}
#
# Run the next cell, and move its handles.

# %% tags=["demonstration"]
from byhand.sliders import normalising

normalising.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. Under layer norm, all four of *The* and no other: its mean and spread moved.
#    Under batch norm the column f3 of *all three* words, and nothing else.
# 2. Zeros: no pattern. With β = 1, ones.
# 3. β alone, everywhere. The norm cannot say anything any more.
# 4. *Cat*: its variance is 0.19, next to which 10 is huge, so that its 1.7320
#    becomes 0.2350. The rows with variance 5 shrink to 58 % only.
#
# </details>
#
# ## Fifty layers deep: who gets told?
#
# Lesson 1: to learn, each number in a model must know how the loss changes if
# it grows a little. In a chain of layers that message travels **backwards**,
# from the loss to the first layer, and each layer it passes multiplies it by
# its own slope. That is the chain rule of lesson 1, once for every layer.
#
# Say each layer has a slope of 0.5. After two layers 0.25 is left, after ten
# 0.001, after fifty next to nothing: the first layer is never told what it did
# wrong.
#
# Now let the layer's input run **past** the layer and be added to its output:
# $y = x + f(x)$. That is a **residual path** (He and others, 2016): $f$ only has
# to find what should *change* about $x$. The slope of $x$ is 1, so the slope of $y$ is 1 plus that
# of $f$. Whatever $f$ does, there is a way on which the message is multiplied
# by 1, and after fifty layers it is still what it was.

# %% tags=["demonstration"]
print("depth   without, slope 0.5    with, slope 0.5   with, slope 0.02")
for depth in (1, 2, 10, 50):
    print(f"{depth:5}   {0.5**depth:18.1e}", end="")
    print(f"   {1.5**depth:16.4g}   {1.02**depth:16.4f}")

# %% [markdown]
# The message does not die any more. (Only a layer that takes away exactly what
# the path brings, with a slope of −1, could stop it.) But look at the middle
# column: it can *explode*. The path adds, and sums of fifty things get large,
# unless each changes only a little (last column), or something keeps the
# numbers in range. Your `layer_norm` does.
#
# ## Poke at it: depth
#
# In the picture each layer (a *sub-layer*, since two of them make a layer of a
# Transformer) turns a vector of 16 numbers and makes it $s$ times as long. The
# lines show how much of a gradient of 1 arrives at the first one.
#
# 1. At depth 50, what arrives for $s = 0.7$ without the path?
# 2. Is there an $s$ for which 50 layers work *without* the path? How much may
#    it be off?
# 3. Raise $s$ to 1.5. What does the path alone do, and what the norm?
#
# {figure residual}

# %% tags=["demonstration"]
from byhand.sliders import residual

residual.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. 0.7 to the power of 50, which is 1.80 · 10⁻⁸.
# 2. $s = 1$ and hardly anything else: 0.95 leaves 0.0769, and 1.05 makes 11.47.
#    Nobody can hold fifty layers at exactly 1 while they learn.
# 3. The path alone makes the gradient explode, even faster than no path does. With
#    the norm as well, the gradient grows only slowly with the depth.
#
# </details>

# %% tags=["demonstration"]
for s in (0.7, 0.95, 1.05):
    print(f"{s:<4} to the power of 50: {s**50:.4g}")

# %% [markdown]
# ## Add & Norm
#
# So the two go together. The Transformer's own paper (Vaswani and others, 2017)
# wraps each sub-layer, attention or the network that comes below, like this:
#
# $$\text{LayerNorm}(x + \text{sublayer}(x))$$
#
# First add, then norm. Because the norm comes last, this is called
# **post-norm**.
#
# {card layer_norm.add_and_norm}


# %% nbgrader={"grade_id": "add_and_norm", "solution": true}
def add_and_norm(
    x: np.ndarray,
    sublayer_output: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    eps: float = 1e-5,
) -> np.ndarray:
    """Layer norm of what went in plus what came out. Both are (…, d)."""
    ### BEGIN SOLUTION
    return layer_norm(x + sublayer_output, gamma, beta, eps)
    ### END SOLUTION


# %% nbgrader={"grade_id": "add_and_norm-check", "grade": true, "locked": true}
check("layer_norm.add_and_norm", add_and_norm)

# %% [markdown]
# ## Before or after?
#
# GPT-2 (Radford and others, 2019) and many models after it put the norm elsewhere:
#
# $$x + \text{sublayer}(\text{LayerNorm}(x))$$
#
# The norm comes *before* the sub-layer, hence **pre-norm**. The difference looks
# like a matter of taste. Follow the path of $x$ with your finger: in pre-norm it
# runs from the bottom to the top without meeting anything; in post-norm every
# norm sits right on it.
#
# Let us measure. The next cell only builds what we need: weights for fifty
# sub-layers $f$, each a small network of the kind that comes below, and an $x$
# of 32 numbers for the bottom.

# %% tags=["demonstration"]
rng = np.random.default_rng(12)
width, inner = 32, 128
shapes = [(width, inner), (inner, width)] * 50  # two matrices a sub-layer
matrices = [
    rng.normal(0, rows**-0.5, (rows, columns)) for rows, columns in shapes
]
bottom, top_gradient = rng.normal(size=(2, width))
top_gradient /= np.linalg.norm(top_gradient)

# %% [markdown]
# Now stack them in four ways, in PyTorch, since that works out gradients. A
# gradient of length 1 starts at the top. How long is it when it arrives at the
# bottom?
#
# Two more rows look at the **direct path**. Suppose that the sub-layers pass
# nothing back at all, because they are saturated or badly trained. What arrives
# on the path of $x$ alone? There `detach` tells PyTorch to send no gradient
# through $f$.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
if tools.installed("torch", recorded="layer_norm/arrangements"):
    import torch

    def norm(x):
        return torch.nn.functional.layer_norm(x, (width,))

    def f(x, number):
        pair = matrices[2 * number : 2 * number + 2]
        first, second = map(torch.from_numpy, pair)
        return torch.relu(x @ first) @ second

    start = torch.from_numpy(bottom).requires_grad_()
    ending = torch.from_numpy(top_gradient)
    arrangements = {
        "f(x)": f,
        "x + f(x)": lambda x, k: x + f(x, k),
        "norm(x + f(x))": lambda x, k: norm(x + f(x, k)),
        "x + f(norm(x))": lambda x, k: x + f(norm(x), k),
        "post-norm, path alone": lambda x, k: norm(x + f(x, k).detach()),
        "pre-norm, path alone": lambda x, k: x + f(norm(x), k).detach(),
    }
    print(f"{'sub-layers':22}{5:9}{20:9}{50:9}{'spread at the top':>22}")
    for name, arrangement in arrangements.items():
        print(f"{name:22}", end="")
        for depth in (5, 20, 50):
            x = start
            for k in range(depth):
                x = arrangement(x, k)
            (back,) = torch.autograd.grad(x, start, ending)
            print(f"{back.norm().item():9.1e}", end="")
        print(f"{x.std().item():22.1e}")

# %% [markdown]
# - Without a path (row 1) the gradient is dead, and so is the signal.
# - With a path and no norm (row 2), both explode.
# - The two norms (rows 3 and 4) keep both within reason.
# - The last two rows show where the norms differ. In pre-norm the direct path
#   hands on exactly what it gets. In post-norm each norm on it divides by a
#   spread a little above 1, and fifty of these leave next to nothing.
#
# Xiong and others (2020) trained both. Their post-norm models needed a gentle
# start, a *warm-up* of the learning rate (lesson 15). Their pre-norm models did
# without it. GPT-2 and GPT-3 use pre-norm, with one more norm at the very end. On
# the other hand, post-norm keeps the numbers at the top at a spread of 1. In
# pre-norm they grow with the depth.
#
# ## A network for each word
#
# Attention moves information *between* words, and does little with it: it mixes.
# The second sub-layer works on what has arrived. It is the **position-wise
# network**: every word goes through the same small network on its own. In the
# middle it is wide: in the paper, in BERT and in GPT-2 it is four times as wide as
# a word's vector. There an **activation function** bends the numbers. Without it you could
# multiply the two matrices into one. The paper used **ReLU**: what is negative becomes 0,
# the rest stays.
#
# $$\text{FFN}(x) = \max(0,\; x W_1 + b_1)\, W_2 + b_2$$
#
# By hand, a word of 2 with 3 inside. $x = [1, -1]$, the columns of $W_1$ are
# [1, 0], [0, 1], [1, 1] and $b_1$ is 0: inside stands [1, −1, 0], after ReLU
# [1, 0, 0]. So the word takes the first row of $W_2$, once, and nothing of the
# others. Each row of $W_2$ is a note, and the inside says which to read out.
#
# {card layer_norm.feed_forward}


# %% nbgrader={"grade_id": "feed_forward", "solution": true}
def feed_forward(
    x: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    W2: np.ndarray,
    b2: np.ndarray,
) -> np.ndarray:
    """Widen, ReLU, narrow: every token by itself.

    x: (…, d_model), W1: (d_model, d_ff), W2: (d_ff, d_model).
    """
    ### BEGIN SOLUTION
    hidden = np.maximum(x @ W1 + b1, 0)
    return hidden @ W2 + b2
    ### END SOLUTION


# %% nbgrader={"grade_id": "feed_forward-check", "grade": true, "locked": true}
check("layer_norm.feed_forward", feed_forward)

# %% tags=["demonstration"]
d_model, d_ff = 768, 3072  # BERT and the smallest GPT-2
rng = np.random.default_rng(768)
wide, narrow = (
    rng.normal(size=(d_model, d_ff)) / math.sqrt(d_model),
    rng.normal(size=(d_ff, d_model)) / math.sqrt(d_ff),
)
sentence = rng.normal(size=(5, d_model))
out = feed_forward(sentence, wide, np.zeros(d_ff), narrow, np.zeros(d_model))
print("five words:", sentence.shape, "→", (sentence @ wide).shape, end=" ")
print("→", out.shape, f"  that is {d_model} → {d_ff} → {d_model}")
alone = feed_forward(
    sentence[2], wide, np.zeros(d_ff), narrow, np.zeros(d_model)
)
print("word 2 alone gives the same:", np.allclose(alone, out[2]))
tiny = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
notes = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
x = np.array([1.0, -1.0])
print("by hand, inside:", x @ tiny, " result:", end=" ")
print(feed_forward(x, tiny, np.zeros(3), notes, np.zeros(2)))

# %% [markdown]
# GPT and BERT, two models of 2018, use **GELU** (Hendrycks and Gimpel, 2016)
# instead of ReLU. You wrote it in lesson 3: $x$ times $\Phi(x)$, where $\Phi$
# (*phi*) is the chance that a standard normal number is below $x$: ReLU with a soft bend. Just below 0 a
# little gets through, so that a gradient gets through as well, where ReLU has a
# slope of 0. (That is the exact form. GPT-2's code comes close to it with a tanh.)

# %% tags=["demonstration"]
print("    x     ReLU     GELU    slope of ReLU, GELU")
for x in (-3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0):
    share = NormalDist().cdf(x)  # Φ
    bell = math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    print(f"{x:5.1f}  {max(x, 0):7.4f}  {x * share:7.4f}", end="")
    print(f"{float(x > 0):12.0f}      {share + x * bell:7.4f}")

# %% [markdown]
# ## Dropout: learning with gaps
#
# A large model can learn its examples by heart. **Dropout** (Srivastava and
# others, 2014) makes that hard. In training, it sets each number that a layer
# hands on (each **activation**) to 0 with chance $p$, by a new throw of the dice
# each time. No number can rely on another to be there, so each has to be useful
# by itself.
#
# If a quarter of all numbers is gone, the next layer gets only about three
# quarters of the sum that it is used to. So multiply those that are kept by
# $1/(1-p)$, here 4/3. Doing that at once, in training, is called *inverted*
# dropout. When the model is used, nothing is left to do: dropout is switched off.
#
# By hand, with $p = 0.5$: of [3, 1, 4, 1] the second and the last are dropped.
# The rest is doubled: [6, 0, 8, 0].
#
# {card layer_norm.dropout}


# %% nbgrader={"grade_id": "dropout", "solution": true}
def dropout(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    """Set entries to 0 with chance p and scale the others by 1/(1 − p).

    p: at least 0 and below 1, else ValueError.
    """
    ### BEGIN SOLUTION
    if not 0 <= p < 1:
        raise ValueError(f"p must be at least 0 and below 1; got {p}")
    kept = rng.random(x.shape) >= p
    return np.where(kept, x / (1 - p), 0.0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "dropout-drops", "grade": true, "locked": true}
check("layer_norm.dropout", dropout, part="drops")

# %% nbgrader={"grade_id": "dropout-refuses", "grade": true, "locked": true}
check("layer_norm.dropout", dropout, part="refuses")

# %% [markdown]
# Four throws on the same word; then the mean of many; then the question whether
# it is the *weights* that are dropped.

# %% tags=["demonstration"]
rng = np.random.default_rng(0)
print("The:                ", table[0])
total = np.zeros(4)
for throw in range(20_000):
    dropped = dropout(table[0], 0.25, rng)
    total += dropped
    if throw < 4:
        print(f"throw {throw + 1}, p = 0.25:   {dropped}")
averages = "    ".join(f"{each / 20_000:.1f}" for each in total)
print("mean of 20000 throws:", averages)
print("switched off, p = 0: ", dropout(table[0], 0.0, rng))

matrix = rng.normal(size=(4, 6))  # the weights of some layer
active = np.maximum(table @ matrix, 0.1)  # above 0: a 0 comes from dropout
sent = dropout(active, 0.25, rng)  # (3, 6)
print("zeros in the weights:    ", np.count_nonzero(matrix == 0))
print("zeros in the activations:")
print((sent == 0).astype(int))

# %% [markdown]
# The weights are all there: some row uses each of them. What is missing are
# single activations, different ones in each row. (A weight set to 0 would be
# missing in *every* row, and it would only change a sum.)
#
# ## All of it: an encoder layer
#
# Attention, add & norm, network, add & norm: that is one layer of the
# Transformer's **encoder**, the half of it that reads, and you have written
# every part. Here it is on
# our sentence, with random weights and four features a word. Dropout belongs
# behind each sub-layer, before the sum; it is off here ($p = 0$). To see what
# the norms are good for, the last lines do without them.


# %% tags=["demonstration"]
def encoder_layer(X, weights, p, rng, norms=True):
    W_q, W_k, W_v, W1, b1, W2, b2 = weights
    seen = dropout(self_attention(X, W_q, W_k, W_v), p, rng)
    X = add_and_norm(X, seen, one, zero) if norms else X + seen
    thought = dropout(feed_forward(X, W1, b1, W2, b2), p, rng)
    return add_and_norm(X, thought, one, zero) if norms else X + thought


rng = np.random.default_rng(2)
random_weights = [
    rng.normal(size=size) / 2
    for size in ((4, 4), (4, 4), (4, 4), (4, 16), 16, (16, 4), 4)
]
once = encoder_layer(table, random_weights, 0.0, rng)
for word, row in zip(words, once, strict=True):
    print(f"{word} after one layer: {row}")
for norms in (True, False):
    h = table
    for layer in range(1, 13):
        h = encoder_layer(h, random_weights, 0.0, rng, norms)
        if layer in (1, 2, 12):
            print(f"{'with' if norms else 'without'} norms, {layer:2}", end="")
            print(f" layers: largest number {abs(h).max():.1e}")

# %% [markdown]
# With norms the numbers stay small, however many layers there are; without
# them, twelve layers are enough to lose all control. (We used the same weights
# twelve times. In the paper's model each layer has its own.) In lesson 13 you
# write the layer once more in PyTorch, and compare it with the library's.
#
# ## In your own words
#
# *2 points, read by a person.* A chat model is trained on batches of 32
# sentences, and in use gets one sentence at a time. Explain in two sentences
# why batch norm, with the statistics of the batch at hand, would make its
# answers depend on that difference, and why layer norm does not.

# %% [markdown] nbgrader={"grade_id": "why-layers", "grade": true, "points": 2, "solution": true}
# Batch norm takes the mean and the variance of each feature over all examples
# that happen to be in the batch, so the same sentence is shifted and scaled
# differently among 31 others than alone. Layer norm takes them over the features
# of each single word and never looks at any other, so that the same word becomes
# the same numbers in whatever company.
#
# ### BEGIN MARK SCHEME
# - 1 point: batch norm's mean and variance come from the *other examples* (or
#   words) of the batch, so that they change with its size and content.
# - 1 point: layer norm's come from the features of one word alone, which are the
#   same in training and in use.
# - Half a point for naming the directions (columns, rows) without saying what
#   follows from it. Remembered averages may be mentioned and are not needed.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# Norms cost next to nothing. With four times the width inside, the network is
# twice as large as all of attention. And there are three ways in which a layer
# breaks:
#
# - A norm throws the size away. A word that is ten times another looks the same
#   behind it. Where size matters, the pattern must hold it.
# - A word without a pattern gets one. Where all numbers are nearly equal, the
#   norm blows the rest up, rounding errors and all.
# - Dropout that stays switched on in use makes every answer a throw of the
#   dice. (In PyTorch, `model.eval()` switches it off. Do not forget it.)

# %% tags=["demonstration"]
attention_size = 4 * (d_model * d_model + d_model)
network_size = d_model * d_ff + d_ff + d_ff * d_model + d_model
norm_size = 2 * (d_model + d_model)
print(f"numbers to learn in a layer, {d_model} → {d_ff} → {d_model}:")
for name, count in (
    ("attention, 4 matrices", attention_size),
    ("network, 2 matrices", network_size),
    ("two norms, γ and β", norm_size),
):
    everything = attention_size + network_size + norm_size
    print(f"{name:22} {count:8}  {100 * count / everything:5.1f} %")

print("\nwhere it breaks:")
print("1, 2, 3, 4:    ", layer_norm(np.arange(1.0, 5.0), one, zero))
print("10, 20, 30, 40:", layer_norm(10 * np.arange(1.0, 5.0), one, zero))
faint = np.array([0.3, 0.3, 0.3, 0.31])
print("0.3 and 0.31:  ", layer_norm(faint, one, zero))
rng = np.random.default_rng(1)
for question in (1, 2):
    print(
        f"asked again {question}: ",
        f"{dropout(table[0], 0.25, rng).sum():.4f}",
    )

# %% [markdown]
# ## Spot the slip
#
# Lines 1 and 2 were published, in notes on the parts of a Transformer. The
# other two are what people answer when they are asked. Each is wrong. Find out
# why *before* you run the cells under them.
#
# 1. "Layer normalisation is applied before the activation function."
# 2. "Dropout sets some of the weights to zero."
# 3. "After layer norm (γ = 1, β = 0) every number lies between −1 and 1."
# 4. "If a sub-layer has nothing to say, it returns zeros, and Add & Norm hands
#    $x$ on as it was."

# %% tags=["demonstration"]
if tools.installed("torch", recorded="layer_norm/sizes"):
    import torch

    built = torch.nn.TransformerEncoderLayer(768, 12, 3072, batch_first=True)
    print("1. PyTorch's encoder layer: the activation sees", end=" ")
    print(f"{built.linear1.out_features} numbers a word, the norms", end=" ")
    print(f"{built.norm1.normalized_shape[0]} and", end=" ")
    print(f"{built.norm2.normalized_shape[0]}")

# %% tags=["demonstration"]
silenced = matrix * (np.random.default_rng(5).random(matrix.shape) >= 0.25)
print(
    f"2. {np.count_nonzero(silenced == 0)} of 24 weights set to zero:", end=""
)
print(
    f" {np.count_nonzero(table[0] @ silenced == 0)} of the 6 activations",
    end="",
)
print(" of The are zero")
for d in (4, 100, 768):
    lonely = np.eye(d)[0]
    peak = layer_norm(lonely, np.ones(d), np.zeros(d)).max()
    print(f"3. one 1 among {d} numbers becomes {peak:.4f}")
print("4. The:                   ", table[0])
print("   post-norm, adding zeros:", add_and_norm(table[0], zero, one, zero))
print("   pre-norm, adding zeros: ", table[0] + zero)

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. The activation function sits *inside* the network, between its two
#    matrices, where a word is 3072 wide. The norms are 768 wide: they normalise
#    the features of a word **around a sub-layer**, before it (pre-norm) or
#    after the sum (post-norm). Attention has a norm too, and no such activation
#    at all. (*Batch norm* stands before the activation in the paper of Ioffe and
#    Szegedy.)
# 2. It sets **activations** to zero, different ones for every word, and leaves
#    the weights alone. With zeros in the weights, the sums of a word change, but
#    hardly any of them is zero. (That is another method, DropConnect: Wan and
#    others, 2013.)
# 3. Mean 0 and variance 1 allow more: [2, 4, 6, 8] itself has 1.3416. A single
#    number can come near $\sqrt{d - 1}$, which is 27.7 for $d = 768$ (ε keeps
#    it a little below).
# 4. Post-norm still normalises $x$. In **pre-norm** it is true: the direct path
#    hands $x$ on untouched.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. Over what does layer norm take its mean, and over what
# does batch norm?</summary>
#
# Layer norm over the features of one word, batch norm over the examples, for
# each feature.
#
# </details>
#
# <details><summary>2. What are the mean and the variance of a word behind
# layer norm, with γ = 1 and β = 0?</summary>
#
# 0 and 1, up to ε.
#
# </details>
#
# <details><summary>3. Where does ε stand, and what for?</summary>
#
# Inside the root, added to the variance. A word of equal numbers would be 0/0.
#
# </details>
#
# <details><summary>4. Each of 50 layers has a slope of 0.5. What arrives at
# the first one, without a residual path?</summary>
#
# Next to nothing: $0.5^{50}$. With $y = x + f(x)$, there is a way on which the
# gradient is multiplied by 1.
#
# </details>
#
# <details><summary>5. What is the difference between pre-norm and
# post-norm?</summary>
#
# Pre-norm: $x + f(\text{LayerNorm}(x))$, and the direct path meets no norm.
# Post-norm: $\text{LayerNorm}(x + f(x))$.
#
# </details>
#
# <details><summary>6. Which words does the position-wise network
# mix?</summary>
#
# None. Each word goes through it on its own.
#
# </details>
#
# <details><summary>7. Inverted dropout with p = 0.25: what happens to the
# numbers that are kept?</summary>
#
# They are multiplied by 4/3. In use nothing is dropped, and nothing is
# multiplied.
#
# </details>
#
# ## What comes next
#
# You now have every part of a Transformer:
# attention, scaling, masks, heads, positions, norms, residual paths, the
# network, dropout. In lesson 13 they become PyTorch modules, and are measured
# against the library's.
#
# `python -m byhand progress` in a terminal shows what you have solved.
