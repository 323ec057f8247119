# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 7 · Self-attention by hand
#
# The animal did not cross the street because **it** was too tired. You knew
# at once who "it" is. You looked back, at every word before it, and one of
# them mattered most. Self-attention is that look, written as arithmetic: four
# steps, each of which you can do with a pencil. In this lesson you will.
#
# **After it you can**
#
# - say in plain words what queries, keys, values, scores and weights are;
# - work out the attention of a three-word sentence by hand, to four decimals;
# - write self-attention in NumPy, five short functions, each checked;
# - find five mistakes in explanations that were published.
#
# You need lesson 2's arrays: shapes, rows and the matrix product `@`. If you
# come from lesson 6: this is how the decoder looked back, taken apart. If you
# begin here, nothing is assumed about neural networks. About 55 minutes.

# %%
import numpy as np

from byhand import check, tools

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")

# %% [markdown]
# ## The idea in one picture
#
# Think of a search engine. You type a **query**. Every page has a title, its
# **key**. The better query and key fit, the more of the page's content, its
# **value**, you get to read. Now let every *word* of a sentence do this, with
# all words at the same time, itself among them: it asks, it is found, it hands
# something over.
#
# {picture attention_flow.svg Words become queries, keys and values. Queries and keys give scores, scores divided by the root of d_k give weights through softmax, and the weights mix the values into the output.}
#
# Read it once from left to right. The rest of the lesson walks along it.
#
# ## A sentence of three words
#
# A computer does not see words but vectors: lists of numbers. Ours have four
# numbers each. Lesson 5 learned such vectors from text. Here we make them up, so
# small that you can follow every sum:
#
# | word | vector |
# |---|---|
# | The | [1, 0, 1, 0] |
# | Cat | [0, 1, 0, 1] |
# | Sat | [1, 1, 1, 1] |
#
# One word is one **row**. The table as a matrix is called $X$, of shape
# `(n, d_model)`: `n` words, `d_model` numbers each. Here that is `(3, 4)`.

# %% tags=["demonstration"]
words = ["The", "Cat", "Sat"]
X = np.array(
    [
        [1.0, 0.0, 1.0, 0.0],  # The
        [0.0, 1.0, 0.0, 1.0],  # Cat
        [1.0, 1.0, 1.0, 1.0],  # Sat
    ]
)
X.shape

# %% [markdown]
# Queries, keys and values come from $X$ by three matrices, $W_Q$, $W_K$ and
# $W_V$ (say "W-Q": the weights that make queries). A trained model has found
# good ones. To begin with we take the identity matrix for all three, which
# changes nothing: `X @ np.eye(4)` is `X`. So, for now, each word's query, key
# and value are just its vector.

# %% tags=["demonstration"]
W_q = W_k = W_v = np.eye(4)
Q, K, V = X @ W_q, X @ W_k, X @ W_v
print("the queries are X itself:", np.array_equal(Q, X))

# %% [markdown]
# ## Step 1 · Scores: how well do two words fit?
#
# The **dot product** of two vectors multiplies them number by number and adds
# up. It is large when both are large in the same places.
#
# - *The* against *Sat*: $1·1 + 0·1 + 1·1 + 0·1 = 2$.
# - *The* against *Cat*: $1·0 + 0·1 + 1·0 + 0·1 = 0$. They share nothing.
#
# Work out *Sat* against *Sat* in your head before you go on.

# %% tags=["demonstration"]
for word, query in zip(words, Q, strict=True):
    products = [f"{query @ key:.0f}" for key in K]
    print(f"{word} against The, Cat, Sat: {', '.join(products)}")

# %% [markdown]
# Three words give 3 × 3 scores: a square table whose row says *who asks* and
# whose column says *who is asked*. It is symmetric here only because queries
# and keys are the same vectors; later it will not be.
#
# Three letters for the shapes: `n` queries meet `m` keys, and each has `d_k`
# numbers (say "d-k"). Here `n` and `m` are 3, and `d_k` is 4.
#
# {card self_attention.dot_product_scores}


# %% nbgrader={"grade_id": "dot_product_scores", "solution": true}
def dot_product_scores(Q: np.ndarray, K: np.ndarray) -> np.ndarray:
    """Every query against every key.

    Q: (n, d_k), K: (m, d_k). Returns the scores, (n, m).
    """
    ### BEGIN SOLUTION
    return Q @ K.T
    ### END SOLUTION


# %% nbgrader={"grade_id": "dot_product_scores-check", "grade": true, "locked": true}
check("self_attention.dot_product_scores", dot_product_scores)

# %% [markdown]
# Your function on our sentence. Row *Sat* is 2, 2, 4: it fits itself best.

# %% tags=["demonstration"]
scores = dot_product_scores(Q, K)
print(scores)

# %% [markdown]
# ## Step 2 · Divide by $\sqrt{d_k}$
#
# $d_k$ is the width of a key: here 4 numbers, so $\sqrt{d_k} = 2$. Every score
# is divided by it. Why? A dot product of longer vectors adds up more terms and
# so grows, and large scores make the next step far too sure of itself. Lesson
# 8 is about nothing else; for now, take it as a way to keep scores of any
# width alike.

# %% tags=["demonstration"]
print(scores / np.sqrt(4))

# %% [markdown]
# ## Step 3 · Softmax: from scores to weights
#
# We want to say "a part of this word, a part of that": weights that are
# positive and add up to 1. **Softmax** makes them. It raises
# $e \approx 2.718$ to each score, which makes everything positive, and divides
# by the sum, which makes it add up:
#
# $$\text{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# In words: *e to my score, over the sum of e to everybody's score*. By hand,
# for the row of *The*, whose scaled scores are 1, 0, 1:

# %% tags=["demonstration"]
e_1, e_0 = np.exp(1), np.exp(0)
total = e_1 + e_0 + e_1
print(f"e to the 1 = {e_1:.4f}, e to the 0 = {e_0:.4f}, sum = {total:.4f}")
print(
    f"weights of The: {e_1 / total:.4f}, {e_0 / total:.4f}, {e_1 / total:.4f}"
)

# %% [markdown]
# *The* takes 42 % of itself, 16 % of *Cat* and 42 % of *Sat*.
#
# Two things to know before you write it. First, adding the same number to all
# scores changes no weight (it multiplies top and bottom of the fraction alike).
# Second, $e^{1000}$ is too large for a computer:

# %% tags=["demonstration"]
with np.errstate(over="ignore"):
    print("e to the 1000 is", np.exp(1000.0))

# %% [markdown]
# The first thing cures the second.
#
# {card self_attention.softmax}


# %% nbgrader={"grade_id": "softmax", "solution": true}
def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    """Positive weights that add up to 1 along `axis`.

    z: scores of any shape. Returns an array of the same shape.
    """
    ### BEGIN SOLUTION
    z = np.asarray(z, dtype=float)
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax-check", "grade": true, "locked": true}
check("self_attention.softmax", softmax)

# %% [markdown]
# All three rows at once. Every row adds up to 1.

# %% tags=["demonstration"]
three_rows = softmax(scores / np.sqrt(4))
print(three_rows)
print("row sums:", three_rows.sum(axis=1))

# %% [markdown]
# Now steps 1 to 3 as one function. Use your own two.
#
# {card self_attention.attention_weights}


# %% nbgrader={"grade_id": "attention_weights", "solution": true}
def attention_weights(Q: np.ndarray, K: np.ndarray) -> np.ndarray:
    """How much each query takes from each key.

    Q: (n, d_k), K: (m, d_k). Returns (n, m); every row adds up to 1.
    """
    ### BEGIN SOLUTION
    d_k = K.shape[-1]
    return softmax(dot_product_scores(Q, K) / np.sqrt(d_k))
    ### END SOLUTION


# %% nbgrader={"grade_id": "attention_weights-check", "grade": true, "locked": true}
check("self_attention.attention_weights", attention_weights)

# %% [markdown]
# ## Step 4 · Mix the values
#
# *The* takes 0.4223 of the value of *The*, 0.1554 of that of *Cat* and 0.4223
# of that of *Sat*, and adds them up, number by number:

# %% tags=["demonstration"]
shares = attention_weights(Q, K)[0]
parts = shares[:, None] * V
for word, share, row in zip(words, shares, parts, strict=True):
    print(f"{share:.4f} of {word}: {row}")
print(f"together     : {parts.sum(axis=0)}")

# %% [markdown]
# There are as many values as keys, `m`. They may be of another width than
# keys: `d_v` numbers each (say "d-v").
#
# {card self_attention.weighted_values}


# %% nbgrader={"grade_id": "weighted_values", "solution": true}
def weighted_values(weights: np.ndarray, V: np.ndarray) -> np.ndarray:
    """Mix the values, each by its weight.

    weights: (n, m), V: (m, d_v). Returns the output, (n, d_v).
    """
    ### BEGIN SOLUTION
    return weights @ V
    ### END SOLUTION


# %% nbgrader={"grade_id": "weighted_values-check", "grade": true, "locked": true}
check("self_attention.weighted_values", weighted_values)

# %% [markdown]
# ## All of it
#
# The whole of step 1 to 4 is one line in the paper ("Attention Is All You
# Need", equation 1):
#
# $$\text{Attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt{d_k}}\right) V$$
#
# $K^\top$ (say "K transposed") is $K$ with rows and columns swapped. You can
# read every sign of it now.
#
# {card self_attention.self_attention}


# %% nbgrader={"grade_id": "self_attention", "solution": true}
def self_attention(
    X: np.ndarray, W_q: np.ndarray, W_k: np.ndarray, W_v: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scaled dot-product self-attention.

    X: (n, d_model); W_q, W_k: (d_model, d_k); W_v: (d_model, d_v).
    Returns the output (n, d_v) and the weights (n, n).
    """
    ### BEGIN SOLUTION
    weights = attention_weights(X @ W_q, X @ W_k)
    return weighted_values(weights, X @ W_v), weights
    ### END SOLUTION


# %% nbgrader={"grade_id": "self_attention-check", "grade": true, "locked": true}
check("self_attention.self_attention", self_attention)

# %% [markdown]
# The sentence from start to end. *Sat* has four equal numbers: it shares as
# much with *The* as with *Cat*, so it takes the same from both.

# %% tags=["demonstration"]
mixed, taken = self_attention(X, W_q, W_k, W_v)
for word, share, row in zip(words, taken, mixed, strict=True):
    print(f"{word}: weights {share}, output {row}")

# %% [markdown]
# ## Poke at it
#
# Pick a word and change its vector, or divide by something else than √4 = 2.
# Try to make *Cat* look at nobody but itself. Then set the divisor to 0.5 and
# watch the weights become nearly all or nothing.
#
# {figure attention}
#
# Run the next cell, and move its handles. With a handle in focus, the arrow
# keys move it too. Point at a cell to see the sum that it came from.

# %% tags=["demonstration"]
from byhand.sliders import attention

attention.show()

# %% [markdown]
# ## Two more, to be sure
#
# A second example, two numbers a word, where queries, keys and values differ,
# and *without* the division. Work out the row of token A by hand first: its
# scores are 1, 1, 0. Then a third: "How are you ?", four tokens. Its first row
# comes out almost flat: these queries and keys hardly tell the tokens apart.

# %% tags=["demonstration"]
Q2 = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
K2 = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
V2 = np.array([[0.5, 0.5], [0.2, 0.8], [0.7, 0.3]])
raw = dot_product_scores(Q2, K2)
print("scores of A:", raw[0])
print("weights of A, not scaled:", softmax(raw)[0])
print("output of A, not scaled:", weighted_values(softmax(raw), V2)[0])
print(
    "output of A, scaled by √2:",
    weighted_values(attention_weights(Q2, K2), V2)[0],
)

Q3 = K3 = np.array(
    [
        [0.1, 0.4, 0.4, 0.1],
        [0.4, 0.2, 0.3, 0.1],
        [0.4, 0.3, 0.2, 0.1],
        [0.1, 0.1, 0.1, 0.7],
    ]
)
V3 = np.array(
    [
        [0.3, 0.2, 0.1, 0.4],
        [0.5, 0.6, 0.7, 0.8],
        [0.9, 0.8, 0.7, 0.6],
        [0.4, 0.3, 0.2, 0.1],
    ]
)
flat = attention_weights(Q3, K3)
print("weights of How:", flat[0])
print("output of How: ", weighted_values(flat, V3)[0])

# %% [markdown]
# ## One word, two meanings
#
# So far each word was its own query, key and value. That is too simple: what a
# word *looks for* is not what it *is*. The word "bank" is a good example. On
# its own its vector is half water, half money. By a river it should become
# more watery, and with a cashier more like money.
#
# Our vectors have four numbers: *water, money, building, other*.

# %% tags=["demonstration"]
meaning = {
    "the": [0.0, 0.0, 0.0, 1.0],
    "river": [1.0, 0.0, 0.0, 0.0],
    "cashier": [0.0, 1.0, 0.0, 0.0],
    "bank": [0.5, 0.5, 1.0, 0.0],
}
by_river = np.array([meaning[w] for w in "the river bank".split()])
by_cashier = np.array([meaning[w] for w in "the cashier bank".split()])
eye = np.eye(4)
print("                  water   money   building other")
for name, text in (("river", by_river), ("cashier", by_cashier)):
    out, w = self_attention(text, eye, eye, eye)
    print(
        f"bank at the {name:7}", out[2], " weight on", name, f"{w[2, 1]:.2f}"
    )

# %% [markdown]
# With identity matrices "bank" mostly looks at itself. Its neighbour has little
# say. Let us *learn* $W_Q$ and $W_K$ instead: start from the identity, say how
# far the outcome is from what we want (water 1, money 0 at the river, and the
# other way round with the cashier), and take 200 steps downhill, just as in
# lesson 1. PyTorch works out the slopes; lesson 3 shows how.
#
# The cell is folded to its first line. Run it like any other, and click on it
# if you want to read it.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
if tools.installed("torch", recorded="self_attention/learned"):
    import torch

    learned_q = torch.eye(4, dtype=torch.float64, requires_grad=True)
    learned_k = torch.eye(4, dtype=torch.float64, requires_grad=True)
    texts = torch.tensor(np.stack([by_river, by_cashier]))
    wanted = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    for step in range(201):
        pull = (texts @ learned_q) @ (texts @ learned_k).mT / 2
        bank = (torch.softmax(pull, dim=-1) @ texts)[:, 2, :2]
        loss = ((bank - wanted) ** 2).mean()
        if step % 50 == 0:
            print(f"step {step:3}: distance from the goal {loss.item():.3f}")
        for matrix, slope in zip(
            (learned_q, learned_k),
            torch.autograd.grad(loss, (learned_q, learned_k)),
            strict=True,
        ):
            matrix.data -= 0.5 * slope

    new_q, new_k = learned_q.detach().numpy(), learned_k.detach().numpy()
    print("                  water   money   building other")
    for name, text in (("river", by_river), ("cashier", by_cashier)):
        out, w = self_attention(text, new_q, new_k, eye)
        print(
            f"bank at the {name:7}",
            out[2],
            " weight on",
            name,
            f"{w[2, 1]:.2f}",
        )

# %% [markdown]
# The same word, the same starting vector, and two different results: its
# neighbours made the difference. Such vectors are called **contextual**.
# Nobody told the matrices that rivers are wet. They were only pulled towards
# the outcome, and what a query looks for came out of that. A real model has
# thousands of such numbers in each matrix and learns them in the same way.
#
# ## In your own words
#
# *2 points, read by a person.* Each **row** of the weights adds up to 1, and
# the columns need not. Explain in two sentences why that is so, and what it
# would mean for a word if its column added up to 2.

# %% [markdown] nbgrader={"grade_id": "why-rows", "grade": true, "points": 2, "solution": true}
# The softmax runs over the keys, separately for each query, so that every word
# splits exactly one whole among the words it looks at, and that is its row. A
# column gathers what one word is given by all queries, which nothing limits: a
# sum of 2 means that it is attended to twice as much as a word is on average.
#
# ### BEGIN MARK SCHEME
# 1 point: the softmax (division by the sum) is taken over the keys, one query
# at a time, so that a row must add up to 1.
# 1 point: a column is the attention that a word *receives* from all words
# together; above 1 it matters more than average.
# Half a point off where rows and columns are mixed up but the rest is right.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# Every word meets every word, so a text of $n$ words has $n^2$ scores. Twice
# the text is four times the work.

# %% tags=["demonstration"]
for n in (3, 10, 100, 1_000, 10_000):
    mebibytes = n * n * 8 / 2**20
    print(f"{n:6} words: {n * n:11} scores, {mebibytes:9.4f} MiB in float64")

# %% [markdown]
# And three things are still missing:
#
# - Wide vectors make large scores, and large scores make softmax deaf to
#   everything but the largest: **lesson 8**.
# - A word may look at words that come after it, which is cheating for a model
#   that has to guess the next word: **lesson 9**.
# - The order of words plays no part at all. Shuffle the rows of $X$, and the
#   rows of the output are shuffled in the same way: **lesson 11**.

# %% tags=["demonstration"]
order = [2, 0, 1]
shuffled, _ = self_attention(X[order], W_q, W_k, W_v)
print("shuffled in, shuffled out:", np.allclose(shuffled, mixed[order]))

# %% [markdown]
# ## Spot the slip
#
# Each of the five lines below was published in notes on self-attention, about
# our very sentence. Each is wrong. Find out why *before* you run the cell under
# them; a pencil is enough.
#
# 1. "The word vectors have four numbers. Take for $W_Q$, $W_K$, $W_V$ the 3 × 3
#    identity matrix. Then V(Sat) = [1, 1, 1]."
# 2. "softmax(1, 0, 1) = 0.4223, 0.1574, 0.4223." (One glance is enough, if you
#    know what weights must do.)
# 3. "For *Cat* take the softmax of (0, 1, 2), for *Sat* that of (2, 2, 1)."
# 4. "The output for *The* is [1.2669, 0.9999, 1.2669, 0.9999]." (How large can
#    a mixture of our vectors be?)
# 5. "Now run eight heads on the same 4-wide example; each gets the whole
#    matrix and is `d_model // 8` wide." (A head is one of several attentions
#    side by side: lesson 10.)

# %% tags=["demonstration"]
try:
    X @ np.eye(3)
except ValueError:
    print("1. X is", X.shape, "and the matrix (3, 3): 4 columns meet 3 rows")
print("   V(Sat) with a 4 × 4 identity:", (X @ np.eye(4))[2])
print(f"2. the published weights add up to {0.4223 + 0.1574 + 0.4223:.4f}")
print("   softmax(1, 0, 1) is", softmax(np.array([1.0, 0.0, 1.0])))
print("3. Cat, scaled:", (dot_product_scores(X, X) / 2)[1])
print("   Sat, scaled:", (dot_product_scores(X, X) / 2)[2])
print("4. the largest number in V is", V.max())
print("   the output for The is", self_attention(X, eye, eye, eye)[0][0])
print("5. a head would be", 4 // 8, "wide, and √d_k", np.sqrt(4 // 8))

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. A matrix that takes in vectors of 4 has 4 rows: the identity must be
#    4 × 4, and V(Sat) has four entries.
# 2. Weights add up to 1, and these add up to 1.0020. The one in the middle is
#    0.1554.
# 3. The scores of *Cat* are 0, 2, 2, halved 0, 1, 1; those of *Sat* are
#    2, 2, 4, halved 1, 1, 2. The published lines halved some numbers and not
#    others, and mixed up the order.
# 4. The weights add up to 1, so that each number of the output lies between the
#    smallest and the largest of its column in $V$: between 0 and 1. Right is
#    [0.8446, 0.5777, 0.8446, 0.5777].
# 5. 4 // 8 is 0: heads without width, and a division by √0. Heads *share* the
#    width among them, so that their number must divide it: 1, 2 or 4 here.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What are query, key and value, in a word each?</summary>
#
# The query asks, the key is found, the value is handed over.
#
# </details>
#
# <details><summary>2. What are the four steps of self-attention?</summary>
#
# Dot products, divide by $\sqrt{d_k}$, softmax, weighted sum of the values.
#
# </details>
#
# <details><summary>3. X is (5, 8), and W_v is (8, 6). Which shape have the
# scores and the output?</summary>
#
# The scores are `(5, 5)`, a row for each word that asks. The output is `(5,
# 6)`: as many numbers as a value has.
#
# </details>
#
# <details><summary>4. Add 100 to all scores of a row. What happens to its
# weights?</summary>
#
# Nothing. Softmax sees only how far the scores lie apart.
#
# </details>
#
# <details><summary>5. Why does softmax subtract the largest score
# first?</summary>
#
# $e^{1000}$ overflows. After the subtraction no power is larger than $e^0 =
# 1$.
#
# </details>
#
# <details><summary>6. Which add up to 1: the rows of the weights, or the
# columns?</summary>
#
# The rows. Each query shares out one whole among the keys.
#
# </details>
#
# <details><summary>7. The text becomes twice as long. What happens to the
# scores?</summary>
#
# There are four times as many: $n^2$ for $n$ words.
#
# </details>
#
# ## What comes next
#
# You wrote self-attention, equation 1 of the paper. Language models still
# compute it, with a mask (lesson 9), many heads (lesson 10) and positions
# (lesson 11) around it. Lesson 8 asks what happens without the division by
# √d_k, and shows a gradient dying of it.
#
# `python -m byhand progress` in a terminal shows what you have solved.
