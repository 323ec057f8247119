# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6 · Recurrence
#
# Lesson 5 gave every word a row. "dog bites man" and "man bites dog" have the
# same rows, though. Something must read them *in order*. Before the
# Transformer that was a **recurrent network**: it keeps one state, and rewrites
# it at every word. You build three of them and see how well they write. Then
# you see where they fail, and what was invented against it: attention.
#
# **After it you can**
#
# - read a sequence with one state, forward and backward;
# - say why gradients vanish or explode through time, and predict which;
# - build an LSTM's and a GRU's cell, equal to PyTorch's;
# - cut a text so that a state may be carried from window to window;
# - say why a single vector is a bottleneck, and how attention gets round it.
#
# You need lesson 3's backpropagation and lesson 5's rows. About 75 minutes.

# %%
import numpy as np

from byhand import check, tools

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")

# %% [markdown]
# ## The idea in one picture
#
# {picture one_state.svg Rolled up: a box with an arrow from itself to itself reads x and gives h. Unrolled: the same box stands once for each word. Each reads its word and the state of the box before, and hands its state on.}
#
# Left, the network as it is written: one cell, whose output goes back into
# itself. Right, the same cell **unrolled**: once for each word. All copies have
# the *same* weights. So a text of any length can be read, and what was learned
# at one place holds at every other.
#
# ## One step
#
# The cell adds what the word brings and what the old state brings, and bends
# the sum: $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$. By hand, with a single unit,
# $W_x = 1$, $W_h = 0.5$, $b = 0$ and the state 0, let 1, 0, 0 come in:
#
# - $h_1 = \tanh(1 · 1 + 0 · 0.5) = \tanh 1 = 0.7616$;
# - $h_2 = \tanh(0 + 0.7616 · 0.5) = 0.3634$;
# - $h_3 = \tanh(0 + 0.3634 · 0.5) = 0.1797$.
#
# The state remembers the 1, and less of it at every step. With several units the
# state is a row. The shapes below call its length `h` as well, and that of a
# word's row `d`.
#
# {card recurrence.rnn_cell}


# %% nbgrader={"grade_id": "rnn_cell", "solution": true}
def rnn_cell(
    x: np.ndarray,
    h: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
) -> np.ndarray:
    """The new state. x: (…, d), h: (…, h). Returns (…, h)."""
    ### BEGIN SOLUTION
    return np.tanh(x @ W_x + h @ W_h + b)
    ### END SOLUTION


# %% nbgrader={"grade_id": "rnn_cell-check", "grade": true, "locked": true}
check("recurrence.rnn_cell", rnn_cell)

# %% [markdown]
# Reading a text is a loop over this cell.
#
# {card recurrence.unroll}


# %% nbgrader={"grade_id": "unroll", "solution": true}
def unroll(
    X: np.ndarray,
    h0: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
) -> np.ndarray:
    """The state after each row. X: (n, d), h0: (h,). Returns (n, h)."""
    ### BEGIN SOLUTION
    states = []
    h = h0
    for x in X:
        h = rnn_cell(x, h, W_x, W_h, b)
        states.append(h)
    return np.array(states)
    ### END SOLUTION


# %% nbgrader={"grade_id": "unroll-check", "grade": true, "locked": true}
check("recurrence.unroll", unroll)

# %% tags=["demonstration"]
one, zero = np.ones((1, 1)), np.zeros(1)
ones_first = np.array([[1.0], [0.0], [0.0], [0.0]])
for size in (0.5, 1.0, 2.0):
    states = unroll(ones_first, zero, one, size * one, zero)
    print(f"W_h = {size}:", states[:, 0])

# %% [markdown]
# Three weights, three memories. With 0.5 the unit forgets. With 1 it fades
# slowly. With 2 it **latches**: it keeps the 1 for as long as nothing else
# comes.
#
# ## Backward through time
#
# The loss comes at the end. How much does it feel the *first* word? Lesson 3's
# way back, once for each step: through tanh, whose slope at its result $h$ is
# $1 - h^2$, then through the matrix, transposed.
#
# By hand for $W_h = 0.5$ and the states 0.7616, 0.3634, 0.1797. The gradient at
# $h_3$ is 1. One step back: $1 · (1 - 0.1797^2) · 0.5 = 0.4838$. Then
# $0.4838 · (1 - 0.3634^2) · 0.5 = 0.2100$, and at last 0.0441.
#
# {card recurrence.gradient_through_time}


# %% nbgrader={"grade_id": "gradient_through_time", "solution": true}
def gradient_through_time(
    states: np.ndarray, W_h: np.ndarray, grad: np.ndarray
) -> np.ndarray:
    """What the loss says to each state, h₀ first.

    states: (n, h), W_h: (h, h), grad: (h,). Returns (n + 1, h).
    """
    ### BEGIN SOLUTION
    rows = [grad]
    for h in states[::-1]:
        rows.append((rows[-1] * (1 - h**2)) @ W_h.T)
    return np.array(rows[::-1])
    ### END SOLUTION


# %% nbgrader={"grade_id": "gradient_through_time-check", "grade": true, "locked": true}
check("recurrence.gradient_through_time", gradient_through_time)

# %% tags=["demonstration"]
states = unroll(ones_first[:3], zero, one, 0.5 * one, zero)
back = gradient_through_time(states, 0.5 * one, np.ones(1))
print("h₀ to h₃:", back[:, 0])

# %% [markdown]
# Now go back 20 steps, during which nothing came in. First with one unit, from
# two starts $h_0$. Then with two units at rest, where tanh's slope is 1, and two
# matrices. The **spectral radius** of a matrix is the largest size of an
# eigenvalue. An eigenvalue is the factor by which it stretches a direction that
# it keeps:

# %% tags=["demonstration"]
nothing = np.zeros((20, 1))
for size, start in (
    (0.5, 0.0),
    (1.0, 0.0),
    (1.0, 0.5),
    (3.0, 0.0),
    (3.0, 0.5),
):
    first = np.array([start])
    states = unroll(nothing, first, one, size * one, zero)
    back = gradient_through_time(states, size * one, np.ones(1))
    print(f"W_h = {size}, h₀ = {start}: over 20 steps {back[0, 0]:.3g}")

even = np.full((2, 2), 0.6)
corner = np.array([[0.0, 2.0], [0.0, 0.0]])
for name, W in (("all entries 0.6", even), ("one entry of 2", corner)):
    resting = np.zeros((20, 2))  # slopes of 1
    back = gradient_through_time(resting, W, np.ones(2) / np.sqrt(2))
    lengths = np.linalg.norm(back, axis=1)[::-1]
    radius = np.abs(np.linalg.eigvals(W)).max()
    print(f"{name}: radius {radius:.1f}, after 2 steps", end=" ")
    print(f"{lengths[2]:.3g}, after 20 steps {lengths[20]:.3g}")

# %% [markdown]
# Read the lines one by one. With $W_h = 3$ the gradient **explodes** if the state
# rests at 0: 3.5 billion. From 0.5 the same weight drives the state to where
# tanh is flat, and the gradient **vanishes**: $1.5 · 10^{-29}$. So neither the
# weight nor the slope decides alone. Their *product* does, over all steps.
#
# For a matrix, its entries do not tell. All entries 0.6, below 1, have the
# spectral radius 1.2, and the gradient grows to 38.3. With one entry of 2 and
# zeros elsewhere, the radius is 0 and the gradient is gone after two steps.
#
# Against explosion there is lesson 3's clipping: a norm of 20 clipped at 5
# becomes a quarter. Against vanishing it does nothing.
#
# In the figure the last step stands at the right. Suppose that the state of
# an earlier step moves a little. The curve says how many times as fast the last
# state then moves.
#
# {figure through_time}
#
# 1. Where is the RNN's line level? Where does it explode?
# 2. $W_h = 3$: raise $h_0$ a little. What happens, and why?
# 3. Which forget bias holds the LSTM's line level over 60 steps? (The LSTM is
#    the section after next.)

# %% tags=["demonstration"]
from byhand.sliders import through_time

through_time.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. Level at $W_h = 1$ and $h_0 = 0$ alone. Above 1 it explodes, as long as
#    $h_0 = 0$.
# 2. It vanishes at once. The state runs away from 0 and saturates.
# 3. From about 5 on.
#
# </details>
#
# ## The gradients of the weights
#
# One more thing is missing for training: the weights' own gradients. Every
# state has a loss of its own, since at every word the next one is predicted.
# And a state acts on *all later* losses as well. So on the way back, what a
# state's own loss says is added to what comes from the step behind it. The
# weights are used at every step, so their gradients add up over the steps: it
# is lesson 3's "added where a value is used twice". This is
# **backpropagation through time**.
#
# {card recurrence.rnn_backward}


# %% nbgrader={"grade_id": "rnn_backward", "solution": true}
def rnn_backward(
    X: np.ndarray,
    h0: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
    grads: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dW_x, dW_h and db. X: (n, d), grads: (n, h), each state's own loss."""
    ### BEGIN SOLUTION
    states = unroll(X, h0, W_x, W_h, b)
    before = np.vstack([h0, states[:-1]])
    dW_x, dW_h, db = np.zeros_like(W_x), np.zeros_like(W_h), np.zeros_like(b)
    later = np.zeros_like(h0)
    for t in reversed(range(len(X))):
        dz = (grads[t] + later) * (1 - states[t] ** 2)
        dW_x += np.outer(X[t], dz)
        dW_h += np.outer(before[t], dz)
        db += dz
        later = dz @ W_h.T
    return dW_x, dW_h, db
    ### END SOLUTION


# %% nbgrader={"grade_id": "rnn_backward-check", "grade": true, "locked": true}
check("recurrence.rnn_backward", rnn_backward)

# %% [markdown]
# ## A cell that can keep: the LSTM
#
# Everything in a plain RNN is squashed and mixed at every step. The **LSTM**
# (Hochreiter and Schmidhuber, 1997; its forget gate came in 2000) adds a second
# state, the **cell** $c$, that is only multiplied and added to. Three
# **gates**, sigmoids between 0 (shut) and 1 (open), decide:
#
# - the *forget* gate f: how much of the old cell stays;
# - the *input* gate i: how much of the new content g gets in;
# - the *output* gate o: how much of the cell shows as the state h.
#
# $$c' = f ⊙ c + i ⊙ g, \qquad h' = o ⊙ \tanh(c')$$
#
# By hand, one unit, all weights 1, biases 0, $x = 1$, $h = 0$, $c = 0.5$. All
# four sums are 1. So i = f = o = σ(1) = 0.7311, and g = tanh(1) = 0.7616. Then
# $c' = 0.7311 · 0.5 + 0.7311 · 0.7616 = 0.9223$, and
# $h' = 0.7311 · \tanh(0.9223) = 0.5315$.
#
# Why does this help? The way back along the cell has one factor a step: f. Let
# its bias be 5, and it is $σ(5) = 0.9933$ if nothing else comes in.
#
# {card recurrence.lstm_cell}


# %% nbgrader={"grade_id": "lstm_cell", "solution": true}
def lstm_cell(
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """New state and cell. W_x: (d, 4h), blocks i, f, g, o."""
    ### BEGIN SOLUTION
    i, f, g, o = np.split(x @ W_x + h @ W_h + b, 4, axis=-1)
    keep, take = 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-i))
    c = keep * c + take * np.tanh(g)
    return np.tanh(c) / (1 + np.exp(-o)), c
    ### END SOLUTION


# %% nbgrader={"grade_id": "lstm_cell-check", "grade": true, "locked": true}
check("recurrence.lstm_cell", lstm_cell)

# %% tags=["demonstration"]
all_1, no_bias = np.ones((1, 4)), np.zeros(4)
h, c = np.array([0.0]), np.array([0.5])
for x in (1.0, 0.0):
    sums = x + h[0]
    gate, new = 1 / (1 + np.exp(-sums)), np.tanh(sums)
    h, c = lstm_cell(np.array([x]), h, c, all_1, all_1, no_bias)
    print(f"x = {x:.0f}: gates {gate:.4f}, g {new:.4f}", end="")
    print(f", c {c[0]:.4f}, h {h[0]:.4f}")
published = 0.7311 * 0.0 + 0.7311 * 0.5
print(f"with the published i ⊙ h + f ⊙ c: {published:.4f}")
print(f"σ(5) = {1 / (1 + np.exp(-5)):.4f}")
print("what is left along the cell, by forget bias:")
for bias in (0, 1, 3, 5):
    f = 1 / (1 + np.exp(-bias))
    print(f"bias {bias}: {f**10:.4f} after 10 steps, {f**50:.4g} after 50")

# %% [markdown]
# That is why forget biases should *start* high: with 0 an LSTM begins by
# forgetting. (The line with 0.3655 is a formula from a published text, without g.
# You meet it again in "Spot the slip".)
#
# ## One gate fewer: the GRU
#
# The **GRU** (Cho and others, 2014) has no separate cell. Its *update* gate z
# mixes the old state with new content n: $h' = (1 - z) ⊙ n + z ⊙ h$. Its
# *reset* gate r says how much of the old state the new content sees.
#
# {card recurrence.gru_cell}


# %% nbgrader={"grade_id": "gru_cell", "solution": true}
def gru_cell(
    x: np.ndarray,
    h: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
) -> np.ndarray:
    """The new state. W_x: (d, 3h), blocks r, z, n. Returns (…, h)."""
    ### BEGIN SOLUTION
    seen_r, seen_z, seen_n = np.split(x @ W_x + b_x, 3, axis=-1)
    kept_r, kept_z, kept_n = np.split(h @ W_h + b_h, 3, axis=-1)
    r = 1 / (1 + np.exp(-(seen_r + kept_r)))
    z = 1 / (1 + np.exp(-(seen_z + kept_z)))
    n = np.tanh(seen_n + r * kept_n)
    return (1 - z) * n + z * h
    ### END SOLUTION


# %% nbgrader={"grade_id": "gru_cell-check", "grade": true, "locked": true}
check("recurrence.gru_cell", gru_cell)

# %% tags=["demonstration"]
three, none = np.ones((1, 3)), np.zeros(3)
h = gru_cell(np.ones(1), np.array([0.5]), three, three, none, none)
z = 1 / (1 + np.exp(-1.5))
n = np.tanh(1 + z * 0.5)
print(f"r = z = {z:.4f}, n = {n:.4f}, h = {h[0]:.4f}")
print(f"with z inverted, as some papers write it: {z * n + (1 - z) / 2:.4f}")
d, k = 100, 128
print(f"weights for {d} inputs, {k} units:", end=" ")
print(f"RNN {d * k + k * k + k:,}", end=", ")
print(f"LSTM {4 * (d * k + k * k + k):,}", end=", ")
print(f"GRU {3 * (d * k + k * k + 2 * k):,}")
print(f"PyTorch's LSTM, with two biases: {4 * (d * k + k * k + 2 * k):,}")

# %% [markdown]
# Are your cells PyTorch's? Its weights stand the other way, and its LSTM has
# two biases, of which the second is set to 0 here.

# %% tags=["demonstration"]
if tools.installed("torch", recorded="recurrence/cells"):
    import torch

    rng = np.random.default_rng(0)
    x, h, c = (rng.standard_normal((2, width)) for width in (3, 4, 4))

    def theirs(kind, *state):
        """PyTorch's cell with random weights, and what it makes of x."""
        cell = kind(3, 4, dtype=torch.float64)
        W_x, W_h, b_x, b_h = cell.parameters()
        given = [torch.from_numpy(one) for one in state]
        if kind is torch.nn.LSTMCell:
            b_h.data.zero_()
            given = [tuple(given)]
        came = cell(torch.from_numpy(x), *given)
        return came, [w.detach().numpy().T for w in (W_x, W_h, b_x, b_h)]

    (new_h, new_c), (W_x, W_h, b, _) = theirs(torch.nn.LSTMCell, h, c)
    mine = np.stack(lstm_cell(x, h, c, W_x, W_h, b))
    right = torch.stack([new_h, new_c]).detach().numpy()
    gap = np.abs(mine - right).max()
    print("LSTM, largest difference below 1e-12:", gap < 1e-12)
    came, weights = theirs(torch.nn.GRUCell, h)
    gap = np.abs(gru_cell(x, h, *weights) - came.detach().numpy()).max()
    print("GRU,  largest difference below 1e-12:", gap < 1e-12)

# %% [markdown]
# ## Windows, and a state that is carried
#
# A text of 73,059 tokens is too long to unroll at once. Cut it into windows of
# 32, and carry the state from one window to the next: the *number* goes on, the
# gradient does not. That is **truncated** backpropagation through time. (In
# PyTorch you `detach` the state.)
#
# For several rows at once, row r of each window must go on exactly where row r
# of the window before stopped. So first cut the text into as many long streams
# as there are rows. By hand, 0 to 13 in three rows: each stream has
# $\lfloor 13/3 \rfloor = 4$ ids, 0–3, 4–7 and 8–11. (13 and not 14, since the
# last id is only a target.) With windows of 2:
#
# ```
# window 0:  0 1 | 4 5 | 8 9       targets:  1 2 | 5 6 | 9 10
# window 1:  2 3 | 6 7 | 10 11     targets:  3 4 | 7 8 | 11 12
# ```
#
# {card recurrence.next_token_batches}


# %% nbgrader={"grade_id": "next_token_batches", "solution": true}
def next_token_batches(
    ids: np.ndarray, batch_size: int, seq_len: int
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets, both (windows, batch_size, seq_len)."""
    ### BEGIN SOLUTION
    size = (len(ids) - 1) // batch_size
    count = size // seq_len
    if count == 0:
        raise ValueError(f"{len(ids)} ids are too few for a window")
    both = []
    for first in (0, 1):
        flat = ids[first : first + batch_size * size]
        streams = flat.reshape(batch_size, size)[:, : count * seq_len]
        cut = streams.reshape(batch_size, count, seq_len)
        both.append(cut.swapaxes(0, 1))
    return both[0], both[1]
    ### END SOLUTION


# %% nbgrader={"grade_id": "next_token_batches-check", "grade": true, "locked": true}
check("recurrence.next_token_batches", next_token_batches)

# %% [markdown]
# ## It writes
#
# Now a real one, in PyTorch: an LSTM of 128 units reads our stories word by word
# and learns to predict the next word. In training it is always given the *right*
# last word: **teacher forcing**. When it writes, it is given its own. Three
# words for that loop: *sample, append, feed*. Feed **only the new word**, with
# the carried state: the state knows the rest.
#
# A loss with the natural logarithm is counted in **nats**. A model that knows
# nothing but counts has a loss of 3.885 nats a token, one that knows all pairs
# 1.424. Nobody can get below 0.3990 on average: so much of the stories was drawn
# at random. The next cell trains for about ten seconds.

# %% tags=["demonstration"]
if tools.installed("torch", recorded="recurrence/writer"):
    from byhand.sliders.bar import followed
    from byhand.text import writer

    learned, held_out, words = writer.texts()
    print(f"{len(learned.ids):,} tokens, {len(words)} words")
    counts = np.bincount(learned.ids, minlength=len(words))
    shares = counts / counts.sum()
    unigram = -np.log(shares[held_out.ids]).mean()
    pairs = np.full((len(words), len(words)), 0.01)
    np.add.at(pairs, (learned.ids[:-1], learned.ids[1:]), 1)
    likely = pairs / pairs.sum(axis=1, keepdims=True)
    bigram = -np.log(likely[held_out.ids[:-1], held_out.ids[1:]]).mean()
    floor = held_out.information / len(held_out.ids)
    print(f"unigram {unigram:.3f}, bigram {bigram:.3f}, floor {floor:.4f}")

    training = writer.train(learned.ids, len(words))
    *_, progress = followed(training, share=lambda one: one.share)
    loss = writer.held_out_loss(progress.model, held_out.ids)
    print("above the floor and below 0.65:", floor < loss < 0.65)

# %% [markdown] quoted=["0.547", "0.439", "0.593", "0.620", "0.717", "0.097"]
# On the machine where this was written the loss was 0.547, and it wrote:
#
# > Ben had a drum. He loved the drum at night. One day **Tom** lost the drum in
# > the garden. A cat found it. So he gave the **round** drum to the mouse.
#
# Run `print(writer.write(progress.model, words, 120))` for yours. Every sentence
# is fine, and the story is not: who is Tom, and since when is the drum round?
# What came earlier was lost on the way. (If you keep a model, save its
# `state_dict` *and* its vocabulary: without the words, the ids mean nothing.)
#
# Here are other networks and trainings, on the same machine. `python -m
# byhand.text.writer` makes the table again; its last digits are the machine's.
#
# | network | nats a token, held out |
# |---|---|
# | LSTM of 128 units, 4 epochs | 0.547 |
# | the same, 10 epochs | 0.439 |
# | GRU, 10 epochs | 0.500 |
# | plain RNN, 10 epochs | 0.593 |
# | LSTM of 64, windows of 8, 3 epochs | 0.620 |
# | the same, a fresh state for every window | 0.717 |
#
# Both kinds of gates beat the plain RNN. The last two lines differ in a single
# thing, and it is worth 0.097 nats: the state that is carried.
#
# ## The bottleneck
#
# Translation makes it plain. An **encoder** reads a sentence, and its last
# state is handed to a **decoder**, which writes the translation: *one* vector, of
# fixed size, for a sentence of any length. In 2014 that worked (Sutskever and
# others). It also got worse the longer the sentence was (Cho and others).
#
# Here is the smallest task that shows it: reverse a string of letters. A GRU
# reads, another writes. The figure shows the share of strings that come out
# without a mistake, for lengths that training had (1 to 12) and beyond. Beside
# it is the cure: the decoder may **look at all encoder states**, weighted by how
# well they fit its own state (Bahdanau and others, 2015).
#
# {figure bottleneck}
#
# Move the length. A vector of 64 instead of 32: what did it buy?

# %% tags=["demonstration"]
from byhand.sliders import bottleneck

bottleneck.show()

# %% [markdown]
# One vector of 32 is full after about four letters. Twice the size moves the
# wall by two or three letters, and does not remove it. With attention, nineteen
# of twenty strings of 12 letters come out right. The heat map shows why. Each
# written letter looks at the letter that it needs, from the last to the first:
# an anti-diagonal that nobody programmed. Beyond 12, which it was never trained
# on, it gets worse with every letter. Attention is no magic.
#
# ## What it costs, and where it breaks
#
# - **One step after another.** Step t needs state t − 1: n steps in a row, for
#   n words, forward and back. A graphics card cannot work on all words of a
#   sentence at once.
# - **A long way.** Word 1 reaches word n through n − 1 steps. With attention it
#   is one.
# - **Memory.** Training keeps all states, for the way back.
# - **Carried states** must fit: shuffle the windows, and the state that comes in
#   belongs to another text. Then start each from zeros.
#
# ## Spot the slip
#
# Each of these was published. Find out what is wrong, then open.
#
# 1. "$c_t = i ⊙ h_{t-1} + f ⊙ c_{t-1}$."
# 2. "Gradients vanish if the slope of the activation is below 1, and explode if
#    an entry of W is above 1."
# 3. "LSTMs solve vanishing *and exploding* gradients."
# 4. A writer that feeds the *whole text so far* at every step, *and* the state
#    that it carried:

# %% tags=["demonstration"]
h = np.zeros(1)
for end in (1, 2, 3):  # 1, then 1 0, then 1 0 0
    h = unroll(ones_first[:end], h, one, 0.5 * one, zero)[-1]
print(f"the whole text and the state: {h[0]:.4f}")
right = unroll(ones_first[:3], zero, one, 0.5 * one, zero)[-1]
print(f"only the new token:           {right[0]:.4f}")

# %% [markdown]
# 5. "The longer the sentence, the lower the *beam* score."
# 6. "Transformers are faster in training *and inference*, as they work in
#    parallel."
#
# <details><summary>What is wrong with them</summary>
#
# 1. The input never gets in. It is $f ⊙ c_{t-1} + i ⊙ g$. You saw 0.3655 instead
#    of 0.9223.
# 2. The product of both decides, over all steps. tanh's slope is never above 1.
#    With entries of 0.6 the gradient exploded, and with an entry of 2 it was
#    gone after two steps.
# 3. The gates help against vanishing. Against explosion you still clip.
# 4. Every word is read again and again: 0.1950 instead of 0.1797. Feed the new
#    token with the state, or the whole text with a fresh one.
# 5. It is the BLEU score, which measures translations (lesson 18).
# 6. In training, and while reading a prompt. They still write token by token.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* Why does a larger vector only move the
# bottleneck? And what does looking back change? Two or three sentences.

# %% [markdown] nbgrader={"grade_id": "bottleneck", "grade": true, "solution": true, "points": 2}
# A vector of any fixed size holds only so much, and a longer sentence has more
# to say: twice the size is full a little later. When the decoder may look at
# all encoder states, there are as many vectors as words, so what is kept grows
# with the sentence, and each step takes from them what it needs just then.
#
# ### BEGIN MARK SCHEME
# - 1 point: the size is fixed and the sentence is not, so there is always a
#   length at which it is full.
# - 1 point: with attention there is one state a word, and each step of the
#   decoder chooses among them (a weighted sum). What can be held grows with the
#   length.
# - Half a point for "attention remembers better" without why.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. An RNN reads 5 words, then 500. How many more weights does
# it need?</summary>
#
# None. The same weights act at every step.
#
# </details>
#
# <details><summary>2. Why is W_h transposed on the way back?</summary>
#
# Forward it carries from old units (rows) to new ones (columns). Backward the
# error goes from new to old.
#
# </details>
#
# <details><summary>3. W_h = 3, and the gradient vanishes. How can that
# be?</summary>
#
# The state is saturated: tanh's slope is nearly 0 there, and the product of the
# two is far below 1.
#
# </details>
#
# <details><summary>4. What is the factor along an LSTM's cell, from step to
# step?</summary>
#
# The forget gate.
#
# </details>
#
# <details><summary>5. What does clipping cure, and what not?</summary>
#
# Exploding gradients. Vanishing ones stay as small as they are.
#
# </details>
#
# <details><summary>6. When may a state be carried to the next window?</summary>
#
# When each row goes on exactly where it stopped.
#
# </details>
#
# <details><summary>7. Name two things that attention changes for a
# decoder.</summary>
#
# It is not limited to one vector, and every word is one step away.
#
# </details>
#
# ## What comes next
#
# Weights by a softmax of dot products, and a weighted sum of states: that is
# what the decoder did when it looked back.
# [Lesson 7](../07_self_attention/07_self_attention.ipynb) begins exactly there,
# builds it by hand, and then throws the recurrence away: what if *every* word
# looks at all the others, all at once?
#
# `python -m byhand progress` in a terminal shows what you have solved.
