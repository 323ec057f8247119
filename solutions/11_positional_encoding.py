# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 · Positions: who kills whom
#
# "Lion kills tiger" and "Tiger kills lion" have the same three words, and the
# difference matters to both animals. The attention that you have written cannot
# see it. In this lesson you show that, *prove* it, and
# then give every word a sense of where it stands.
#
# **After it you can**
#
# - measure whether a function cares about the order of its rows;
# - prove in four lines that attention does not;
# - work out sinusoidal position encodings by hand, and write them;
# - move an encoding by any number of places with one matrix, a rotation;
# - say what learned positions and rotary positions do differently.
#
# You need: lesson 7, and a memory of sine and cosine: the point on a circle at
# angle $a$ has height $\sin a$ and lies $\cos a$ to the right. About 75
# minutes.
#
# The first cell has softmax and the self-attention of lesson 7, given here so
# that an unfinished lesson does not stop you.

# %%
from math import cos, sin

import numpy as np

from byhand import check, tools

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")


def softmax(z, axis=-1):
    """Positive weights that add up to 1 along `axis`."""
    gaps = z - np.amax(z, axis=axis, keepdims=True)
    return np.exp(gaps - np.logaddexp.reduce(gaps, axis=axis, keepdims=True))


def self_attention(X, W_q, W_k, W_v):
    """Scaled dot-product self-attention: output (n, d_v), weights (n, n)."""
    fits = np.einsum("nd,md->nm", X @ W_q, X @ W_k)
    shares = softmax(fits / np.shape(W_k)[1] ** 0.5)
    return np.einsum("nm,md->nd", shares, X @ W_v), shares


# %% [markdown]
# ## The idea in one picture
#
# Think of every sentence as a stack of cards, one word each. Attention lets
# each card look at all the others, and how well two of them fit is read off the
# two cards alone. Nothing says where in the stack they lie. Shuffle the stack,
# and every card still finds the same others:
#
# {picture cards.svg Two stacks of cards, lion kills tiger and tiger kills lion, are the same set of three words for attention; with a clock on each card that shows its position, 0, 1 or 2, lion at 0 and lion at 2 are two different cards.}
#
# The cure is to write the position *on the card*, here as a small clock. Before
# anything else happens, a vector that depends on the position alone is added to
# each word's vector.
# Which vectors do that well is what this lesson is about.
#
# ## Show it
#
# Our three words again have four made-up numbers each, and $W_Q$, $W_K$, $W_V$
# are drawn at random: what follows holds for any.

# %% tags=["demonstration"]
words = ["lion", "kills", "tiger"]
vectors = np.array(
    [
        [1.0, 0.0, 1.0, 0.0],  # lion
        [0.0, 1.0, 0.0, 1.0],  # kills
        [1.0, 1.0, 0.0, 0.0],  # tiger
    ]
)
rng = np.random.default_rng(11)
W_q, W_k, W_v = rng.standard_normal((3, 4, 4))


def attend(X):
    """The output of attention alone, (n, 4)."""
    return self_attention(X, W_q, W_k, W_v)[0]


# %% tags=["demonstration"]
backwards = [2, 1, 0]
lion_first, tiger_first = attend(vectors), attend(vectors[backwards])
print("Lion kills tiger")
for word, row in zip(words, lion_first, strict=True):
    print(f"  {word:6}", row)
print("Tiger kills lion")
for place, row in zip(backwards, tiger_first, strict=True):
    print(f"  {words[place]:6}", row)
one = {tuple(row) for row in lion_first.round(9)}
other = {tuple(row) for row in tiger_first.round(9)}
print("as sets of three rows, the two are equal:", one == other)

# %% [markdown]
# Compare the rows of *lion*, then those of *kills*. The two sentences go in as
# the same **set** of vectors and come out as the same set of vectors, only
# stacked in another order. Whatever is worked out from the vector of *kills*
# is the same for both.
#
# ## Measure it
#
# "Shuffle first, then attend" gives the same as "attend first, then shuffle".
# A function with that property is called **permutation equivariant**: a
# *permutation* is a shuffling, and *equivariant* says that the output goes
# along with it. Write the measuring device. It takes *any* function from rows
# to rows, so that you can hold it against everything you build from now on.
#
# {card positional_encoding.permutation_gap}


# %% nbgrader={"grade_id": "permutation_gap", "solution": true}
def permutation_gap(attention, X: np.ndarray, order: np.ndarray) -> float:
    """How much it matters whether one shuffles before or after.

    attention: a function from (n, d) to n rows; X: (n, d); order: (n,), the
    numbers of the rows in their new order. Returns the largest absolute
    difference.
    """
    ### BEGIN SOLUTION
    attended_first = attention(X)[order]
    shuffled_first = attention(X[order])
    return float(np.max(np.abs(attended_first - shuffled_first)))
    ### END SOLUTION


# %% nbgrader={"grade_id": "permutation_gap-check", "grade": true, "locked": true}
check("positional_encoding.permutation_gap", permutation_gap)

# %% tags=["demonstration"]
order = np.array([2, 0, 1])


def look_back(X):
    """Attention behind a look-ahead mask, as in lesson 9."""
    fits = np.where(np.tri(len(X)) > 0, X @ X.T / 2, -np.inf)
    return softmax(fits) @ X


for name, function in (
    ("attention", attend),
    ("each row doubled", lambda X: 2 * X),
    ("a running sum", lambda X: np.cumsum(X, axis=0)),
    ("masked attention", look_back),
):
    print(f"{name:17} gap {permutation_gap(function, vectors, order):.4f}")

# %% [markdown]
# Attention has a gap of 0, like each function that treats all rows alike. A
# running sum has a gap: it depends on what came before. So has attention behind
# a look-ahead mask, since the mask itself knows what "before" means. A model
# that writes can learn about order from its mask alone (Haviv and others, 2022).
# A model that reads, without such a mask, can learn nothing about it.
#
# ## Prove it
#
# A number on three words is evidence, not a proof. Here is one, in four lines. Let
# $P$, `(n, n)`, be the matrix that shuffles rows: $PX$ is `X[order]`. Every row
# of $P$ has a single 1. $P^\top$ shuffles back, so that $P^\top P = I$, the
# identity matrix. Now put $PX$ in:
#
# 1. Queries, keys and values are made row by row: $(PX)W = P(XW)$. They are
#    shuffled like the words.
# 2. The scores become $(PQ)(PK)^\top = P\,(QK^\top)\,P^\top$: the same table,
#    its rows *and its columns* shuffled.
# 3. Softmax works within a row, and does not care in which order the row's
#    entries stand. So the weights are $P\,A\,P^\top$, where $A$, `(n, n)`, are
#    the old ones.
# 4. The output is $P A P^\top \cdot P V = P A\,(P^\top P)\,V = P\,(AV)$: the old
#    output, shuffled. That was to be proved.
#
# Each line as numbers:

# %% tags=["demonstration"]
P = np.eye(3)[order]
Q, K, V = vectors @ W_q, vectors @ W_k, vectors @ W_v
shuffled = P @ vectors
A = softmax(Q @ K.T / 2)
new = softmax((shuffled @ W_q) @ (shuffled @ W_k).T / 2)
print("P is\n", P.astype(int))
print("P X is X[order]:", np.array_equal(shuffled, vectors[order]))
print("1.", np.allclose(shuffled @ W_q, P @ Q))
print(
    "2.",
    np.allclose((shuffled @ W_q) @ (shuffled @ W_k).T, P @ (Q @ K.T) @ P.T),
)
print("3.", np.allclose(new, P @ A @ P.T))
print("4.", np.allclose(new @ (shuffled @ W_v), P @ (A @ V)))

# %% [markdown]
# Nowhere did it matter what was in $W_Q$, $W_K$ or $W_V$. No amount of training
# helps: the order has to come in with the words.
#
# ## Write it on the card
#
# What could be added to a word to say "I am number 5"?
#
# - **The number itself**, 5. But in a long text it becomes 5,000, and drowns a
#   word whose numbers are around 1.
# - **A fraction of the length**, 5 of 20 = 0.25. Now all is between 0 and 1,
#   but the distance between neighbours depends on how long the text is.
# - **Binary digits**, 0101. All small, and all different! The last digit
#   changes at every step, the one before at every second, then at every
#   fourth. Only the jumps are unpleasant, since models like smooth things.
# - **A clock.** Its hands do what binary digits do, smoothly: a fast hand, a
#   slow one, a slower one. None ever leaves its circle.
#
# **Sinusoidal encodings** (made of sine waves) are the clock. A hand at angle $a$
# is written down as the point where it ends, and that takes two numbers,
# $\sin a$ and $\cos a$: a **pair**. With $d_{model}$ numbers there are
# $d_{model}/2$ hands, each slower than the one before:
#
# $$PE_{pos,\,2i} = \sin\frac{pos}{10000^{2i/d_{model}}} \qquad
# PE_{pos,\,2i+1} = \cos\frac{pos}{10000^{2i/d_{model}}}$$
#
# Say: "the sine of the position over 10000 to the power $2i$ over $d_{model}$".
# $PE$ is the table of position encodings, one row for each position $pos$, from
# 0 on. $i$ is the number of the pair, from 0 on: pair $i$ fills the columns $2i$
# and $2i + 1$. Note that **both of a pair have the same angle**.
#
# The first three hands for $d_{model} = 8$. A hand begins at the right and turns
# anticlockwise, each ten times as slowly as the one above:
#
# {picture clocks.svg Seven positions have three clocks each: the hand of pair 0 turns by 1 a position and has gone nearly round at position 6, that of pair 1 is ten times as slow, that of pair 2 a hundred times, and below each stand the sine and cosine of its angle.}
#
# By hand, for $d_{model} = 4$, so that $i$ is 0 or 1. The first pair divides by
# $10000^0 = 1$, the second by $10000^{2/4} = 100$. So position 1 has the angles
# 1 and 0.01 (in radians: a full circle is $2\pi = 6.2832$). Take a calculator
# and work out its four numbers. Then those of position 2.

# %% tags=["demonstration"]
print(f"a full circle: 2π = {2 * np.pi:.4f}")
for pos in (0, 1, 2):
    fast, slow = pos / 10000 ** (0 / 4), pos / 10000 ** (2 / 4)
    print(f"PE({pos}): angles {fast:.2f} and {slow:.2f} →", end=" ")
    print(
        f"{sin(fast):.4f}, {cos(fast):.4f}, {sin(slow):.4f}, {cos(slow):.5f}"
    )

# %% [markdown]
# {card positional_encoding.sinusoidal_encoding}


# %% nbgrader={"grade_id": "sinusoidal_encoding", "solution": true}
def sinusoidal_encoding(n: int, d_model: int) -> np.ndarray:
    """The encodings of positions 0 to n − 1, (n, d_model).

    ValueError: d_model is odd.
    """
    ### BEGIN SOLUTION
    if d_model % 2:
        raise ValueError(f"pairs need an even d_model; got {d_model}")
    speeds = 10_000.0 ** (-np.arange(0, d_model, 2) / d_model)
    turns = np.outer(np.arange(n), speeds)
    table = np.empty((n, d_model))
    table[:, 0::2] = np.sin(turns)
    table[:, 1::2] = np.cos(turns)
    return table
    ### END SOLUTION


# %% nbgrader={"grade_id": "sinusoidal_encoding-check", "grade": true, "locked": true}
check("positional_encoding.sinusoidal_encoding", sinusoidal_encoding)

# %% [markdown]
# Why several hands? One alone comes round again. After 44 positions the first
# hand has gone round seven times and stands almost exactly where it began. The
# second has moved on only a little, and tells the two apart:

# %% tags=["demonstration"]
long = sinusoidal_encoding(45, 4)
print("PE(0): ", long[0])
print("PE(44):", long[44])
speeds = 10000.0 ** (-np.arange(0, 512, 2) / 512)
around = 2 * np.pi / speeds
print("d_model = 512: once round in", end=" ")
print(", ".join(f"{around[i]:,.1f}" for i in (0, 1, 128, 255)), "positions")
print("(pairs 0, 1, 128 and 255)")

# %% [markdown]
# ## Add it
#
# The Transformer's paper (Vaswani and others, 2017) adds the encoding to the word,
# number to number.
# By hand: *The* is [.1, .2, .3, .4] and stands at position 0, whose encoding is
# [0, 1, 0, 1]. That makes [.1, 1.2, .3, 1.4]. Do the same for *Cat*,
# [.5, .6, .7, .8], which stands at position 1.
#
# {card positional_encoding.add_positions}


# %% nbgrader={"grade_id": "add_positions", "solution": true}
def add_positions(X: np.ndarray) -> np.ndarray:
    """Every row plus the encoding of its position. X: (n, d_model)."""
    ### BEGIN SOLUTION
    return X + sinusoidal_encoding(*X.shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "add_positions-check", "grade": true, "locked": true}
check("positional_encoding.add_positions", add_positions)

# %% tags=["demonstration"]
cat = np.array(
    [[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8], [0.9, 1, 1.1, 1.2]]
)
with np.printoptions(precision=5):
    for name, word, place, both in zip(
        ("The", "Cat", "Sat"),
        cat,
        sinusoidal_encoding(3, 4),
        add_positions(cat),
        strict=True,
    ):
        print(f"{name} {word} + {place}\n  = {both}")


def attend_in_place(X):
    return attend(add_positions(X))


print("the lions again, with positions:")
for name, gap in (
    ("Tiger kills lion", permutation_gap(attend_in_place, vectors, backwards)),
    ("all three moved on", permutation_gap(attend_in_place, vectors, order)),
):
    print(f"  {name:18} gap {gap:.4f}")

# %% [markdown]
# Now there is a gap: attention can tell who kills whom. (You may wonder whether
# adding spoils the word. With four numbers it might: a word at one position can
# come out as another word at another position. With 512 there is more room, and
# the learned matrices can keep the two apart.)
#
# ## Poke at it
#
# The table has the encodings of 16 positions, eight numbers each. On the right
# the chosen column as a wave, and below it the dot product of the chosen
# position with every position, by distance. (Here the lions' matrices are the
# identity.)
#
# 1. Walk through the columns. Which pairs belong together?
# 2. Move the position. What happens to the dots of the lower curve, and what to
#    the curve itself?
# 3. Switch the positions of the lions on and off.
#
# {figure positions}

# %% tags=["demonstration"]
from byhand.sliders import positions

positions.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. 0 and 1, 2 and 3, and so on: the same wave, the cosine a quarter ahead.
#    Each pair is ten times as slow as the one before it.
# 2. The dots slide along; the curve stays. The dot product of two encodings
#    depends only on how far apart they are. The next section says why.
# 3. Without positions the two tables are the same, word by word.
#
# </details>
#
# ## Moving on is a rotation
#
# Why sines and cosines, and not some other smooth waves? Because of this: to
# get from $PE(pos)$ to $PE(pos + k)$ you turn each hand by $k$ steps, and the
# turn is the same *wherever you start*. A model can learn "three words back" as
# one fixed matrix.
#
# Take one pair. At $pos$ it has the angle $a$, and $k$ steps turn it by $b$,
# which is $k$ times its angle at position 1: $b = k / 10000^{2i/d_{model}}$. For
# the sum of two angles there are the **addition theorems**, perhaps known to you
# from school:
#
# $$\sin(a+b) = \cos b · \sin a + \sin b · \cos a$$
# $$\cos(a+b) = -\sin b · \sin a + \cos b · \cos a$$
#
# On the right stand $\sin a$ and $\cos a$, each times something in which $a$
# does not occur. Those are four numbers, a 2 × 2 matrix that takes the old pair
# (as a column, the sine on top) to the new one: a rotation. One such block for
# every pair along the diagonal, and zeros elsewhere, make the whole matrix.
#
# {card positional_encoding.shift_matrix}


# %% nbgrader={"grade_id": "shift_matrix", "solution": true}
def shift_matrix(k: int, d_model: int) -> np.ndarray:
    """M with PE(pos + k) = M @ PE(pos), (d_model, d_model)."""
    ### BEGIN SOLUTION
    M = np.zeros((d_model, d_model))
    for even in range(0, d_model, 2):
        b = k / 10_000 ** (even / d_model)
        M[even, even] = M[even + 1, even + 1] = np.cos(b)
        M[even, even + 1] = np.sin(b)
        M[even + 1, even] = -np.sin(b)
    return M
    ### END SOLUTION


# %% nbgrader={"grade_id": "shift_matrix-check", "grade": true, "locked": true}
check("positional_encoding.shift_matrix", shift_matrix)

# %% tags=["demonstration"]
PE = sinusoidal_encoding(60, 4)
M = shift_matrix(1, 4)
print("one step on:\n", M)
print("M @ PE(1):", M @ PE[1])
print("PE(2):    ", PE[2])
three = shift_matrix(3, 4)
print("three steps, from anywhere:", np.allclose(PE[:-3] @ three.T, PE[3:]))
print("and back again:", np.allclose(shift_matrix(-3, 4) @ three, np.eye(4)))
print("dot products with the position 0, 1, 2, 5 further on:")
for pos in (0, 7, 40):
    print(f"  from {pos:2}:", PE[[pos, pos + 1, pos + 2, pos + 5]] @ PE[pos])

# %% [markdown]
# Three rows, three times the same. A rotation keeps lengths and angles, so
# turning both encodings back by $pos$ steps changes nothing about their dot
# product: $PE(pos) · PE(pos + k) = PE(0) · PE(k)$.
#
# ## Two layouts of one thing
#
# Tensor2Tensor, the library of the paper's authors, writes all sines first and
# then all cosines. The formula puts the two of a pair side by side. Is that
# wrong? It is another
# **basis**: the same numbers in other columns. Let $B$ be the matrix that
# moves the columns. If $X$ becomes $XB$, a matrix $W$ behind it only has to
# become $B^\top W$, and $XB\,B^\top W = XW$: nobody can tell. Since $W$ is
# learned, it will be learned the right way round.

# %% tags=["demonstration"]
columns = [0, 2, 4, 6, 1, 3, 5, 7]  # all sines, then all cosines
beside = sinusoidal_encoding(5, 8)
B = np.eye(8)[:, columns]
halves = beside @ B
print("pairs:          ", beside[1])
print("sines, cosines: ", halves[1])
print("same dot products:", np.allclose(beside @ beside.T, halves @ halves.T))
W = rng.standard_normal((8, 3))
print("W turned along:   ", np.allclose(beside @ W, halves @ (B.T @ W)))
print("layouts mixed up: ", np.allclose(beside @ W, halves @ W))

# %% [markdown]
# So either will do, and the last line is the danger: weights that were trained
# with one layout, run with the other. Nothing fails. The shapes are right, and
# the model talks nonsense.
#
# ## Positions that are learned
#
# There is a much simpler idea. Take a table with a row for every position, fill
# it with zeros or with noise, and *learn* it like any other weights. BERT (Devlin
# and others, 2019) and GPT-2 do that. Here a table of 3 × 4 zeros for our lions. The goal: the first
# number of *kills* should become 1 in "Lion kills tiger" and 0 in "Tiger kills
# lion".

# %% tags=["demonstration"]
if tools.installed("torch", recorded="positional_encoding/learned"):
    import torch

    lions = torch.from_numpy(np.stack([vectors, vectors[backwards]]))
    wanted = torch.tensor([1.0, 0.0], dtype=torch.float64)
    table = torch.zeros(3, 4, dtype=torch.float64, requires_grad=True)
    for step in range(101):
        seen = lions + table  # (2, 3, 4)
        mixed = torch.softmax(seen @ seen.mT / 2, dim=-1) @ seen
        kills = mixed[:, 1, 0]
        loss = ((kills - wanted) ** 2).mean()
        if step % 25 == 0:
            told = ", ".join(f"{each:.3f}" for each in kills.tolist())
            print(f"step {step:3}: loss {loss.item():.4f}, kills: {told}")
        (slope,) = torch.autograd.grad(loss, table)
        table.data -= 0.3 * slope
    print("GPT-2's table: 1024 positions × 768 numbers =", f"{1024 * 768:,}")

# %% [markdown]
# At step 0, without positions, both sentences give the same 0.494. Then the
# table learns. The price: the table ends. GPT-2 cannot read a 1,025th token at
# all, and rows that few texts reach are seldom trained. Sines and cosines go on
# forever, although a model that has never seen position 5,000 in training may
# still be lost there.
#
# ## Positions that turn: rotary
#
# Llama (Touvron and others, 2023) and many other language models do neither. They
# take the best of this lesson, the rotation (RoPE: Su and others, 2021). It turns
# not the word, but **queries and keys**, just before they meet. A query at position $s$ has each of its
# pairs turned by $s$ steps, a key at position $t$ by $t$ steps. In their dot
# product only the *difference* is left, $s - t$ steps: what matters is how far
# apart two words are, and in which direction. The values are not turned, and
# nothing is added to the words. One pair, three times:
#
# {picture rotary.svg A query and a key are arrows that turn by 1 a position: the angle between them is 0.4 with both at 0, and 1.4 both for a query at 2 with a key at 1 and for a query at 3 with a key at 2, since only the distance counts.}
#
# By hand: a pair $(x, y)$ is a point of the plane now, $x$ to the right and $y$
# up. Turned by an angle $a$, it becomes
# $(x \cos a - y \sin a,\; x \sin a + y \cos a)$. At position 1 the first pair
# turns by the angle 1, and (1, 0) becomes $(\cos 1, \sin 1)$ =
# (0.5403, 0.8415). (Do not take your shift matrix for this. The pairs of an
# encoding have the sine in front, so its blocks turn the other way round.)
#
# {card positional_encoding.rotary}


# %% nbgrader={"grade_id": "rotary", "solution": true}
def rotary(x: np.ndarray) -> np.ndarray:
    """Every pair (2i, 2i + 1) turned by pos steps. x: (…, n, d)."""
    ### BEGIN SOLUTION
    waves = sinusoidal_encoding(*np.shape(x)[-2:])
    sines, cosines = waves[:, 0::2], waves[:, 1::2]
    across, up = x[..., 0::2], x[..., 1::2]
    result = np.empty(np.shape(x))
    result[..., 0::2] = across * cosines - up * sines
    result[..., 1::2] = across * sines + up * cosines
    return result
    ### END SOLUTION


# %% nbgrader={"grade_id": "rotary-check", "grade": true, "locked": true}
check("positional_encoding.rotary", rotary)

# %% [markdown]
# The same query and the same key at each of six positions. Without positions
# all 36 scores would be equal. Read the table along its diagonals:

# %% tags=["demonstration"]
query = np.tile([1.0, 0.5, -0.5, 1.0], (6, 1))
key = np.tile([0.5, 1.0, 1.0, 0.5], (6, 1))
print("(1, 0) at position 1:", rotary(np.array([[1.0, 0.0]] * 2))[1])
print("plain score:", query[0] @ key[0])
print(rotary(query) @ rotary(key).T)


def attend_rotary(X):
    fits = rotary(X @ W_q) @ rotary(X @ W_k).T / 2
    return softmax(fits) @ (X @ W_v)


print(
    f"lions, rotary: gap {permutation_gap(attend_rotary, vectors, order):.4f}"
)

# %% [markdown]
# Each diagonal has a single number: one for "the key is one place back", one
# for "two places on". In multi-head attention every head turns its own queries
# and keys, with its own width for $d$. And beware of the two layouts here too.
# Meta's code for Llama pairs neighbours, as you do. Hugging Face's pairs number
# $i$ with number $i + d/2$, and its conversion script moves the weights to fit.
#
# ## In your own words
#
# *2 points, read by a person.* A colleague wants to tell a model about order by
# adding *the same* vector $p$ to every word of a sentence. Explain in two
# sentences why attention still cannot tell "Lion kills tiger" from "Tiger kills
# lion", and what a position encoding must do that this one does not.

# %% [markdown] nbgrader={"grade_id": "why-same-vector", "grade": true, "points": 2, "solution": true}
# With the same vector added to every word, the two sentences are still the same
# set of vectors in another order, and attention gives the same set of outputs
# for them, as it is permutation equivariant. An encoding must be different at
# different positions, so that "lion at position 0" and "lion at position 2" are
# two different vectors.
#
# ### BEGIN MARK SCHEME
# 1 point: adding the same to all leaves the two sentences as the same set of
# vectors (a shuffled X + p is X shuffled, + p), and attention gives shuffled
# outputs for shuffled inputs.
# 1 point: the vector must depend on the position, so that one word at two
# positions becomes two vectors.
# Half a point off where it is claimed that adding p changes nothing at all: the
# weights may well change, only for both sentences in the same way.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# | | numbers to learn | longest text | acts on |
# |---|---|---|---|
# | sinusoidal | none | any | the words, once, at the start |
# | learned | positions × $d_{model}$ | as many as the table has rows | the words, once, at the start |
# | rotary | none | any | queries and keys, in every layer |
#
# "Any" says that the formula goes on, not that the model understands. What does a
# model do at distances that it has not met in training? That has to be tried. To
# stretch rotary models to longer texts, Chen and others (2023) slow the hands
# down, and train a little more.
#
# With a wide encoding, nearness shows in the dot product, too:

# %% tags=["demonstration"]
wide = sinusoidal_encoding(129, 512)
for k in (0, 1, 2, 4, 8, 16, 32, 64, 128):
    product = wide[0] @ wide[k]
    print(f"distance {k:3}: {product:6.1f}  {'█' * round(product / 8)}")

# %% [markdown]
# ## Spot the slip
#
# Each of the three lines below was published in notes on position encodings.
# Each is wrong. Find out why *before* you run the cell under them.
#
# 1. "Odd columns: $PE_{pos,\,2i+1} = \cos\big(pos / 10000^{(2i+1)/d_{model}}\big)$."
# 2. "For $d_{model} = 4$, PE(1) = [0.8415, 0.5403, 0.0100, 0.995]."
# 3. The formula with sines in the even columns and cosines in the odd ones, and
#    beside it the code `concat([sines, cosines], axis=-1)`, "which implements
#    it".

# %% tags=["demonstration"]
print("1. the cosines of PE(1) with 2i + 1 in the exponent:", end=" ")
print(", ".join(f"{cos(1 / 10000 ** (c / 4)):.7f}" for c in (1, 3)))
sine, cosine = sin(1.0), cos(1 / 10000 ** (1 / 4))
print(f"   sin² + cos² of the first pair: {sine**2 + cosine**2:.4f}")
print(f"2. cos(1/100) = {cos(1 / 100):.5f} = 1 - {1 - cos(1 / 100):.5f}")
pair = sinusoidal_encoding(2, 4)[1, 2:]
print(f"   its pair: sin² + cos² = {pair @ pair:.4f}, with 0.995", end=" ")
print(f"{0.01**2 + 0.995**2:.4f}")
with np.printoptions(precision=5):
    print("3. the formula:", sinusoidal_encoding(2, 4)[1])
    print("   the code:   ", sinusoidal_encoding(2, 4)[1, [0, 2, 1, 3]])

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. Both of a pair take $2i$: sine and cosine of *one* angle. With exponents of
#    their own they are no longer a point on a circle ($\sin^2 + \cos^2$ is not
#    1), and no rotation leads from one position to the next.
# 2. The last number is cos(0.01) = 0.99995. For a small angle $a$ the cosine is
#    about $1 - a^2/2$, here 1 − 0.00005. 0.995 would be cos(0.1).
# 3. Two layouts of one encoding. Each is good on its own; but the code does not
#    implement the formula beside it, and if you load weights that were
#    trained with one into the other, you get nonsense without an error.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What does permutation equivariant mean?</summary>
#
# Shuffle the inputs, and the outputs are shuffled in the same way.
#
# </details>
#
# <details><summary>2. Can training teach plain attention the order of
# words?</summary>
#
# No. It is equivariant for every $W_Q$, $W_K$ and $W_V$. The order must come
# in with the words.
#
# </details>
#
# <details><summary>3. Does a look-ahead mask let a model tell the
# order?</summary>
#
# A little. The mask itself knows what comes before.
#
# </details>
#
# <details><summary>4. What do the sine and the cosine of one pair
# share?</summary>
#
# Their angle. The next pair turns more slowly.
#
# </details>
#
# <details><summary>5. Which matrix leads from the encoding of a position to
# the one three places on?</summary>
#
# A rotation of each pair, the same wherever you start.
#
# </details>
#
# <details><summary>6. What can a learned table of positions not do?</summary>
#
# Go on. A position beyond its last row has no vector.
#
# </details>
#
# <details><summary>7. What do rotary positions turn, and what is left in a
# score?</summary>
#
# Queries and keys. In their dot product only the distance of the two words is
# left.
#
# </details>
#
# ## What comes next
#
# Words now know where they stand. One part of the Transformer's layer is still
# missing, and without it none of this could be trained fifty layers deep:
# **lesson 12** keeps numbers in bounds, and gradients alive.
#
# `python -m byhand progress` in a terminal shows what you have solved.
