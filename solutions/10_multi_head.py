# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 · Multi-head attention: several looks at once
#
# "The cat sat as it ate." What do you need to know about *it*? Who it is: the
# cat. And what it does: it ate. Those are two questions with two answers, and
# the attention of the last three lessons has one softmax, which gives one
# mixture. **Multi-head attention** asks several questions side by side, and
# the surprise of this lesson is that it costs hardly anything extra.
#
# **After it you can**
#
# - say why one attention has to blend what several keep apart;
# - split, attend, merge and project by hand, for a sentence of three words;
# - write multi-head attention in NumPy, for one sentence or a batch, masks
#   included;
# - count its **parameters** (the numbers that it learns) and its
#   multiplications, and say why the number of heads is in neither;
# - say which numbers of heads are possible, and what libraries do about the
#   others.
#
# You need: lessons 7 and 9. About 55 minutes.
#
# The first cell has softmax and the attention of lesson 9, given here so that an
# unfinished lesson does not stop you. It works on the *last two* axes and
# leaves any further axes in front of them alone. That is all we need to attend
# in many places at once.

# %%
import numpy as np

from byhand import check, tools

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")


def softmax(z, axis=-1):
    """Positive weights that add up to 1 along `axis`."""
    gaps = z - np.amax(z, axis=axis, keepdims=True)
    return np.exp(gaps - np.logaddexp.reduce(gaps, axis=axis, keepdims=True))


def masked_attention(Q, K, V, mask=None):
    """Scaled dot-product attention: output (…, n, d_v), weights (…, n, m).

    Q: (…, n, d_k), K: (…, m, d_k), V: (…, m, d_v). A mask broadcasts to
    (…, n, m), and True means "may attend"; None masks nothing. A row that
    may attend to nothing gets zeros.
    """
    fits = np.einsum("...nd,...md->...nm", Q, K) * np.shape(K)[-1] ** -0.5
    if mask is not None:
        fits = np.where(mask, fits, -np.inf)
    with np.errstate(invalid="ignore"):  # an empty row: −∞ minus −∞
        shares = np.nan_to_num(softmax(fits))
    return np.einsum("...nm,...md->...nd", shares, V), shares


# %% [markdown]
# ## The idea in one picture
#
# A **head** is one attention with queries, keys and values of its own. With
# two heads, *it* can look in two directions at once, and what each head finds
# is put into its own half of the result. One head for both could only blend
# them:
#
# {picture two_heads.svg In The cat sat as it ate, the first head leads from it to cat and fills the left half of the result, and the second leads from it to sat and ate and fills the right half.}
#
# Four steps: **split** the queries, keys and values into pieces, **attend**
# within each piece, **merge** the pieces, and **project** once more. You know
# the second one. The other three are short. Here is the whole way, with a
# shape beside every array. Each sheet is a head, and $n$ is the number of words:
#
# {picture every_shape.svg X of shape (n, d_model) goes through W_Q, W_K and W_V of shape (d_model, d_model) to Q, K and V of shape (n, d_model), which are split to (h, n, d_k) and for V (h, n, d_v); scores and weights are (h, n, n), the mixed values (h, n, d_v), merged (n, h · d_v), and W_O of shape (h · d_v, d_model) gives the output of shape (n, d_model).}
#
# ## One head has to compromise
#
# Our three words from lesson 7, four numbers each. The queries are the words
# themselves. The keys we choose such that the left two numbers of a query and
# its right two numbers want *opposite* things: on the left *The* fits itself,
# on the right it fits *Cat*.

# %% tags=["demonstration"]
words = ["The", "Cat", "Sat"]
X = np.array(
    [
        [1.0, 0.0, 1.0, 0.0],  # The
        [0.0, 1.0, 0.0, 1.0],  # Cat
        [1.0, 1.0, 1.0, 1.0],  # Sat
    ]
)
W_q = W_v = W_o = np.eye(4)
W_k = np.eye(4)[[0, 1, 3, 2]]  # swap the last two columns
Q, K, V = X @ W_q, X @ W_k, X @ W_v
print("query of The:", Q[0])
for word, key in zip(words, K, strict=True):
    print(f"key of {word}:  ", key)

# %% [markdown]
# Work out the scores of *The* on paper, the left two numbers and the right two
# apart from each other: left $1, 0, 1$, right $0, 1, 1$. A dot product over all
# four adds the two up to $1, 1, 2$. *The* and *Cat* tie, and nothing is left
# of the two clear wishes.

# %% tags=["demonstration"]
left, right = Q[0, :2] @ K[:, :2].T, Q[0, 2:] @ K[:, 2:].T
print("scores of The, left: ", left)
print("scores of The, right:", right)
print("together:            ", left + right)
whole, shares = masked_attention(Q, K, V)
print("one head:   weights", shares[0])
for name, half in (("left", slice(0, 2)), ("right", slice(2, 4))):
    _, shares = masked_attention(Q[:, half], K[:, half], V[:, half])
    print(f"head {name:5}: weights", shares[0])

# %% [markdown]
# Each half, as a head of its own, keeps its opinion: 0.4011 for *The* and
# 0.1978 for *Cat* on the left, and the other way round on the right. (Divided
# by √2 before the softmax, not by √4: a head's dot products run over its own
# two numbers only.)
#
# ## Step 1 · Split
#
# Heads share the width of the model among them. With $d_{model}$ numbers a word
# and $h$ heads, each head gets $d_{model} / h$ numbers. Here are the sizes of
# two real models, of a small one, and of one that does not work:

# %% tags=["demonstration"]
for d_model, heads in ((512, 8), (768, 12), (256, 8), (64, 3)):
    width, rest = divmod(d_model, heads)
    note = f", rest {rest}: does not go" if rest else ""
    print(f"{d_model:3} / {heads:2} = {d_model / heads:.5g}{note}")

# %% [markdown]
# 512 with 8 heads is the Transformer's paper (Vaswani and others, 2017). 768 with
# 12 is the smallest GPT-2 (Radford and others, 2019). Both have heads of 64
# numbers.
#
# To see where every number goes, take three words whose numbers are labels:
# 23 is *word 2, place 3*. Two heads. Head 0 should get the first two places of
# **every** word, head 1 the last two:
#
# | word | whole | head 0 | head 1 |
# |---|---|---|---|
# | 1 | 11 12 13 14 | 11 12 | 13 14 |
# | 2 | 21 22 23 24 | 21 22 | 23 24 |
# | 3 | 31 32 33 34 | 31 32 | 33 34 |
#
# So `(3, 4)` becomes `(2, 3, 2)`: heads, words, numbers. The axis of the heads
# stands *in front* of the words, so that each head is a matrix of words by
# numbers, as attention wants it.
#
# A batch of two such sentences is `(2, 3, 4)`, and becomes `(2, 2, 3, 2)`. The
# axes that you work on are still the last ones. So count axes from the back,
# where −1 is the last, and one function will do for both.
#
# {card multi_head.split_heads}


# %% nbgrader={"grade_id": "split_heads", "solution": true}
def split_heads(x: np.ndarray, num_heads: int) -> np.ndarray:
    """Cut every row into pieces, one for each head.

    x: (…, n, d). Returns (…, num_heads, n, d / num_heads). ValueError:
    num_heads does not divide d.
    """
    ### BEGIN SOLUTION
    *leading, n, d = np.shape(x)
    if d % num_heads:
        raise ValueError(f"{num_heads} heads do not divide a width of {d}")
    pieces = np.reshape(x, (*leading, n, num_heads, d // num_heads))
    return pieces.swapaxes(-2, -3)
    ### END SOLUTION


# %% nbgrader={"grade_id": "split_heads-check", "grade": true, "locked": true}
check("multi_head.split_heads", split_heads)

# %% tags=["demonstration"]
labels = np.array([[11, 12, 13, 14], [21, 22, 23, 24], [31, 32, 33, 34]])
for h, head in enumerate(split_heads(labels, 2)):
    print(f"head {h}:", *head.tolist())
print("a bare reshape to (2, 3, 2) would have given")
for h, head in enumerate(labels.reshape(2, 3, 2)):
    print(f"head {h}:", *head.tolist())

# %% [markdown]
# Look at the last two lines: this is the classic mistake. A reshape never
# moves a number. It reads on, word by word, and starts a new row when one is
# full. Head 0 would get all of word 1 and half of word 2. The shape is right, and
# no error is raised.
#
# ## 64 / 3, and what libraries do
#
# 64 numbers, shared among three heads, would be 21.33 for each. Your function
# refuses. What about the libraries?

# %% tags=["demonstration"]
if tools.installed("torch", recorded="multi_head/refusals"):
    import torch

    try:
        split_heads(np.zeros((5, 64)), 3)
    except ValueError as error:
        print("yours:  ", type(error).__name__)
    try:
        torch.nn.MultiheadAttention(64, 3)
    except AssertionError as error:
        print("PyTorch:", type(error).__name__)

# %% [markdown]
# PyTorch refuses as well, and so do the ready-made models BERT and GPT-2 in
# Hugging Face's library. Keras, another library, takes another way: there you
# say how wide a head is (`key_dim`), and nothing is divided. `num_heads=3,
# key_dim=64` makes heads of 64 numbers, 192 in all, and a last matrix that leads
# from 192 back to 64. That runs. It is another model, with about three times
# the parameters, and nobody "handled" the division: it was never made.
#
# ## Step 3 · Merge
#
# (Step 2, attending, you have.) After it every head has its own result,
# `(h, n, width)`. Put them side by side again, and each word is back to one
# row.
#
# {card multi_head.merge_heads}


# %% nbgrader={"grade_id": "merge_heads", "solution": true}
def merge_heads(x: np.ndarray) -> np.ndarray:
    """Put the heads side by side: the inverse of split_heads.

    x: (…, h, n, width). Returns (…, n, h · width).
    """
    ### BEGIN SOLUTION
    *leading, heads, n, width = np.shape(x)
    by_token = np.swapaxes(x, -2, -3)
    return by_token.reshape(*leading, n, heads * width)
    ### END SOLUTION


# %% nbgrader={"grade_id": "merge_heads-check", "grade": true, "locked": true}
check("multi_head.merge_heads", merge_heads)

# %% [markdown]
# There and back again. Then step 1 to 3 for our three words, where you can
# find both halves of the work from above.

# %% tags=["demonstration"]
print(merge_heads(split_heads(labels, 2)))
print("shape of the pieces:", split_heads(Q, 2).shape)
found, shares = masked_attention(*(split_heads(a, 2) for a in (Q, K, V)))
for h in (0, 1):
    print(f"head {h}, The: weights {shares[h, 0]}, found {found[h, 0]}")
print("merged, The:", merge_heads(found)[0])
print("one head gave:", whole[0])

# %% [markdown]
# ## Whose matrices?
#
# In the paper every head has matrices of its own, $W^Q_i$, $W^K_i$ and $W^V_i$
# (say "W-Q of head i"). Here there is one large $W_Q$, and we split what comes
# out of it. That is the same thing: column *c* of `X @ W_q` needs column *c* of
# `W_q` and no other. Head 1 of two therefore owns the right half of the
# *columns*.

# %% tags=["demonstration"]
rng = np.random.default_rng(10)
drawn = rng.standard_normal((4, 4))
print("split after the product:  ", *split_heads(X @ drawn, 2)[1])
print("product with half of W:   ", *(X @ drawn[:, 2:]))

# %% [markdown]
# Read the shape of that half: `(4, 2)`. It takes in **all four** numbers of a
# word and makes two. So a head does *not* see only a slice of the word. Each
# head may look at everything there is, and makes something small out of it.
# The slices are slices of the queries, keys and values.
#
# ## Step 4 · Project
#
# After the merge, what head 0 has found always stands on the left and what
# head 1 has found on the right. A last matrix, $W_O$ ("W-O": the weights of the
# output), lets every number of the result draw from all heads:
#
# $$\text{MultiHead}(X) = [\text{head}_1, \ldots, \text{head}_h]\,W_O$$
# $$\text{head}_i = \text{Attention}(XW^Q_i, XW^K_i, XW^V_i)$$
#
# The brackets say "side by side", and $h$ is the number of heads. (The paper
# counts them from 1 on, code from 0.) $W_O$ is `(d_model, d_model)` again. There
# is another way to read it: the rows of $W_O$ belong to the heads,
# too. Each head's result times its own rows of $W_O$, all added up, gives the
# same.

# %% tags=["demonstration"]
drawn = rng.standard_normal((4, 4))
print("side by side, then W_o: ", (merge_heads(found) @ drawn)[0])
print(
    "head by head, added up: ",
    (found[0] @ drawn[:2] + found[1] @ drawn[2:])[0],
)

# %% [markdown]
# ## All of it
#
# One thing to watch is the mask. The weights now have an axis for the heads,
# `(…, h, n, n)`. A mask of shape `(n, n)` broadcasts to that by itself. One of
# shape `(batch, n, n)` does not: broadcasting lines axes up *from the right*,
# and so the batch meets the heads. With as many sentences as heads that even
# goes through, and quietly masks the wrong thing.
#
# {card multi_head.multi_head_attention}


# %% nbgrader={"grade_id": "multi_head_attention", "solution": true}
def multi_head_attention(
    x: np.ndarray,
    W_q: np.ndarray,
    W_k: np.ndarray,
    W_v: np.ndarray,
    W_o: np.ndarray,
    num_heads: int,
    mask: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Split, attend, merge, project.

    x: (…, n, d_model); every W: (d_model, d_model); mask: (n, n), or
    (batch, n, n) for a batch, True for "may attend". Returns the output
    (…, n, d_model) and the weights (…, num_heads, n, n).
    """
    ### BEGIN SOLUTION
    queries = split_heads(x @ W_q, num_heads)
    keys = split_heads(x @ W_k, num_heads)
    values = split_heads(x @ W_v, num_heads)
    seen = None if mask is None else mask[..., None, :, :]
    found, shares = masked_attention(queries, keys, values, seen)
    return merge_heads(found) @ W_o, shares
    ### END SOLUTION


# %% nbgrader={"grade_id": "multi_head_attention-check", "grade": true, "locked": true}
check("multi_head.multi_head_attention", multi_head_attention)

# %% [markdown]
# Our three words once more, this time in one call, with one head and with two,
# and then with two heads behind the look-ahead mask of lesson 9. Both heads
# obey it: their first rows are [1, 0, 0].

# %% tags=["demonstration"]
for heads in (1, 2):
    output, shares = multi_head_attention(X, W_q, W_k, W_v, W_o, heads)
    print(f"{heads} head(s): output of The", output[0])
causal = np.tri(3, dtype=bool)
_, shares = multi_head_attention(X, W_q, W_k, W_v, W_o, 2, causal)
for h in (0, 1):
    print(f"head {h}, masked:", *shares[h])

# %% [markdown]
# ## One head against many, on one sentence
#
# "The cat sat as it ate", eight numbers a word: noun, pronoun, verb, other
# word, two for the place in the sentence, and two to spare. So $X$ is `(6, 8)`,
# and $W_Q$ and $W_K$ are `(8, 8)`. They were made by hand, so that we know what
# they ask, with two columns for each question:
#
# | columns | question | who asks |
# |---|---|---|
# | 0, 1 | who is meant? | *it*, and the verbs |
# | 2, 3 | what stands before me? | every word |
# | 4, 5 | who is of my kind? | nouns and pronouns, verbs |
# | 6, 7 | what is done? | nouns and pronouns (*The* and *as* look for a noun) |
#
# Four heads are two columns wide and ask one question each. Here is what *it*
# looks at, with one head, two and four:

# %% tags=["demonstration"]
from byhand.sliders import multi_head

sentence, W_Q, W_K = multi_head.X, multi_head.W_Q, multi_head.W_K
eye = np.eye(8)
print("it looks at  ", "    ".join(multi_head.WORDS))
for heads in (1, 2, 4):
    _, shares = multi_head_attention(sentence, W_Q, W_K, eye, eye, heads)
    for h in range(heads):
        row = "  ".join(f"{share:.3f}" for share in shares[h, 4])
        print(f"{h + 1} of {heads}:      {row}")

# %% [markdown]
# The questions were the same three times, and so were the matrices. One head
# adds the four of them up, and *it* wavers between *cat*, *sat* and itself with
# the same 0.286 each. Four heads answer plainly: *cat* (0.922), *as* (0.790),
# *cat and it*, *sat and ate*.
#
# ## Poke at it
#
# Each map is one head; rows look, columns are looked at. Words that have
# nothing to ask look at all alike. ("What stands before me?" goes round in a
# circle: before the first word comes the last.)
#
# 1. Go from 1 head to 2 and to 4. When can you read off who *it* is?
# 2. Go on to 8. Why do half of the heads have nothing to say about *it*?
# 3. What do the three numbers under the maps do?
# 4. Try 3, 5, 6 and 7.
#
# {figure multi_head}

# %% tags=["demonstration"]
multi_head.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. With 4. With 2, the first head blends *cat* with *as*, and *as* wins.
# 2. A head of one number cannot ask a question that takes two. The columns
#    that used to work together sit in different heads now, and *it* has a 0 in
#    half of them. With scores of 0, softmax gives everybody the same.
# 3. Parameters and multiplications stay. The number of *weights* grows: there
#    is a whole map for each head.
# 4. They are refused: 8 numbers do not divide among them.
#
# </details>
#
# ## What it costs: parameters
#
# Four matrices, $W_Q$, $W_K$, $W_V$ and $W_O$, each `(d_model, d_model)`.
# PyTorch's layer and GPT-2's also add a **bias** after each product: one number
# for every column of the result. Now count. Does the number of heads play a part?
#
# {card multi_head.count_parameters}


# %% nbgrader={"grade_id": "count_parameters", "solution": true}
def count_parameters(d_model: int, num_heads: int, bias: bool = True) -> int:
    """What the four projections learn, for all heads together."""
    ### BEGIN SOLUTION
    inputs = d_model + 1 if bias else d_model
    return 4 * inputs * d_model
    ### END SOLUTION


# %% nbgrader={"grade_id": "count_parameters-check", "grade": true, "locked": true}
check("multi_head.count_parameters", count_parameters)

# %% [markdown]
# Your count against the size of PyTorch's own layer. And the multiplications,
# for a text of $n$ = 100 words. A matrix product of `(a, b)` with `(b, c)`
# takes $a·b·c$ of them, so that
#
# - the four projections take $4 · n · d_{model}^2$;
# - the scores take $n · n · d_{model}/h$ in every head, $n^2 · d_{model}$ in
#   all heads together: $h$ cancels;
# - and the same once more to mix the values.

# %% tags=["demonstration"]
if tools.installed("torch", recorded="multi_head/parameters"):
    import torch

    n, d_model = 100, 512
    print("heads  width  parameters  PyTorch    multiplications  weights")
    for heads in (1, 2, 4, 8, 16):
        layer = torch.nn.MultiheadAttention(d_model, heads)
        theirs = sum(p.numel() for p in layer.parameters())
        width = d_model // heads
        products = 4 * n * d_model**2 + 2 * heads * n * n * width
        mine = count_parameters(d_model, heads)
        print(f"{heads:5}  {width:5}  {mine:,}   {theirs:,}  ", end="")
        print(f"{products:,}      {heads * n * n:,}")
    print(f"64 numbers, 4 heads of 16: {count_parameters(64, 4):,} parameters")
    keras = 3 * (64 * 192 + 192) + (192 * 64 + 64)
    print(f"Keras, with 3 heads of 64: {keras:,}")

# %% [markdown]
# Five times the same. (With its addition, a multiplication makes two **FLOPs**,
# floating-point operations. That is twice the number, and again the same for
# all.) Only the last column grows, the number of attention weights: every head
# has a map of $n × n$, to be kept in memory and put through a softmax. That is
# small change beside the multiplications as long as heads are not very narrow.
#
# The last two lines are those of Keras from above. Its three heads do not share
# 64 numbers; each has 64 of its own, and that is what costs.
#
# ## In your own words
#
# *2 points, read by a person.* A colleague says: "Eight heads are eight
# attentions, so they must cost eight times as much as one." Explain in two
# sentences why they do not, and what each head gives up for it.

# %% [markdown] nbgrader={"grade_id": "why-no-extra-cost", "grade": true, "points": 2, "solution": true}
# The heads divide the width of the model among them, so that each works with
# vectors an eighth as wide: eight small attentions need as many
# multiplications, and as many parameters, as a single wide one. What a head
# gives up is room, for it has only d_model/8 numbers in which to ask its
# question and to carry home what it finds.
#
# ### BEGIN MARK SCHEME
# 1 point: the width is divided among the heads (d_model/h each), so that the
# sum over the heads is that of a single head.
# 1 point: each head is narrower: fewer numbers for its queries and keys (what
# it can ask), or for its values (what it can carry).
# Half a point for "each head sees a part of the embedding", which is not so:
# it sees all of it, and makes narrow queries, keys and values from it.
# Extra maps of weights may be mentioned as a cost; that is right, not required.
# ### END MARK SCHEME

# %% [markdown]
# ## Where it breaks
#
# Why not 512 heads of one number, then? A head's scores are products of
# narrow vectors. A table made from vectors of width $w$ has at most $w$
# independent rows (its **rank** is at most $w$: all other rows are mixtures of
# those). With $w = 1$, every word's row of scores is a multiple of one and the
# same row. Here the scores of our sentence, head by head:

# %% tags=["demonstration"]
for heads in (1, 2, 4, 8):
    asked = split_heads(sentence @ W_Q, heads)  # (h, 6, width)
    offered = split_heads(sentence @ W_K, heads)
    ranks = np.linalg.matrix_rank(asked @ np.swapaxes(offered, -1, -2))
    print(
        f"heads: {heads}, width: {8 // heads}, ranks of their scores:", ranks
    )

# %% [markdown]
# Fewer, wider heads can ask harder questions. More, narrower ones can ask more
# questions. The paper and GPT-2 have heads of 64, the largest GPT-3 (Brown and
# others, 2020) has heads of 128. And nobody tells heads to be different. Michel
# and others (2019) cut off a fifth of the heads of a trained translator, and two
# fifths of BERT's, with hardly any harm.
#
# ## Spot the slip
#
# Each of the three lines below was published in notes on Transformers. Each is
# wrong. Find out why *before* you run the cell under them. (An *embedding* is the
# vector of a word, a row of $X$.)
#
# 1. "Now run eight heads on the 4-wide example (The, Cat, Sat). Each head gets
#    the whole matrix, and is `d_model // 8` wide."
# 2. "The embedding has 64 dimensions and there are 3 heads; 64/3 ≈ 21.33, and
#    internal projections handle it."
# 3. "More heads capture more kinds of relationships, but increase the
#    computation." (For heads that share a width, as here.)

# %% tags=["demonstration"]
print("1. width of a head:", 4 // 8, "- and √d_k, to divide by:", 0**0.5)
for heads in (1, 2, 3, 4, 8):
    rest = "goes" if 4 % heads == 0 else "does not go"
    print(f"   4 / {heads} = {4 / heads:.4g}: {rest}")
print(
    f"2. 64 / 3 = {64 / 3:.2f}; 3 heads of {64 // 3} use {3 * (64 // 3)} of 64"
)
print("   heads that divide 64:", [h for h in range(1, 65) if 64 % h == 0])
print("3. multiplications for 6 words of 8 numbers, with 1, 2, 4, 8 heads:")
print("  ", [multi_head.compute(h).products for h in (1, 2, 4, 8)])

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. 4 // 8 is 0: heads without any width, whose scores are divided by √0. And
#    a head does not get "the whole matrix" as its own; the heads *share* the
#    columns of the queries, keys and values. For a width of 4 there can be 1, 2
#    or 4 of them.
# 2. It must divide. Nothing inside handles it: one number of 64 would belong to
#    nobody, and PyTorch refuses. Take 2 or 4 heads, or a width of 66 for
#    three heads of 22, or heads whose width is chosen freely, which is another
#    model.
# 3. Parameters and multiplications stay what they are, since each head becomes
#    narrower. What grows is the number of attention weights.
#
# </details>
#
# ## Milestone: your function in a trained model
#
# So far we made the matrices ourselves. Now take some that were *learned*. A
# small GPT of ours, two layers of four heads, read 40,000 short stories. It had
# to guess every next word, and nobody told its heads what to look at.
#
# Here your function runs its first layer. A token *start* stands before the
# first word, and the look-ahead mask of lesson 9 hides what comes later. Heads
# count from 1, as in the figure below.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
from byhand.sliders import trained_heads
from byhand.text import reader, stories


def first_layer(text):
    ids = reader.ids_of(text)
    x = reader.attended(reader.embedded(ids), layer=0)  # (n, 64)
    causal = np.tri(len(ids), dtype=bool)
    heads = reader.HEADS
    return multi_head_attention(x, *reader.matrices(0), heads, causal)[1]


shares = first_layer(trained_heads.SENTENCE)
tokens = [reader.START, *reader.tokens_of(trained_heads.SENTENCE)]
print(" ".join(tokens[1:]), "…")
for head, i, j in ((2, 7, 1), (3, 10, 4), (3, 12, 6)):
    share = shares[head - 1, i, j]
    print(f"head {head}: “{tokens[i]}” looks at “{tokens[j]}”: {share:.3f}")

on_name, on_thing, even = [], [], []
for story in stories.corpus(200, 99):  # none of them was learned from
    shares = first_layer(story.text)
    told = [reader.START, *reader.tokens_of(story.text)]
    stop = told.index(".")  # the first one; the thing stands before it
    on_name.append(shares[:, stop, 1])
    even.append(1 / (stop + 1))
    if told[stop - 2] != "a":  # a quality, which is said again
        again = told.index(told[stop - 2], stop)
        on_thing.append(shares[:, again, stop - 1])
print("on average of 200 new stories, heads 1 to 4:")
print("full stop on the name:", np.mean(on_name, axis=0))
print("if spread evenly:     ", f"{np.mean(even):.4f}")
print("quality on its thing: ", np.mean(on_thing, axis=0))
for text in ("Lily had a drum.", "Tom had a drum.", trained_heads.SENTENCE):
    logits = reader.read(reader.ids_of(text)).logits[-1]
    chances = softmax(logits)
    word = reader.words()[chances.argmax()]
    print(f"{text} → {word}: {chances.max():.3f}")

# %% [markdown]
# Heads learned to ask questions. Read two of them:
#
# - **Head 2 asks at a full stop who it is about.** The next word is *She* or
#   *He*, and only the name tells which. The stop gives the name 0.8249 of its
#   weight, on average of 200 new stories. Spread evenly it would be 0.1498.
# - **Head 3 asks at a quality which thing it belongs to.** The second *small*
#   looks at *drum* with 0.887, and *drum* is what the model says next. On
#   average of the new stories it is 0.9643.
#
# Type sentences of your own. The model knows 77 words and signs. Type any other word, and it lists them.
#
# 1. Layer 1, head 2: type "Tom had a very small drum." and stop there. What does
#    the full stop look at? And what is likely to come next?
# 2. Layer 1, head 3: *start* aside, which row is the darkest? Leave out *very*. Does *small*
#    still find its thing?
# 3. Layer 2, head 2: which words look at *start*, and nowhere else?
# 4. Find a head whose question you cannot say.
#
# {figure trained_heads}

# %% tags=["demonstration"]
trained_heads.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. At *Tom*. What comes next is *he*.
# 2. The second *small*. Without *very* it still does.
# 3. *a*, and the first *very*. Weights add up to 1, so a head that has nothing
#    to ask must look somewhere.
# 4. Most of them. A map shows where a head looks. It does not show what the
#    head does with what it finds there.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. d_model is 512, with 8 heads. How wide is a
# head?</summary>
#
# 512 / 8 = 64 numbers.
#
# </details>
#
# <details><summary>2. Which shape has (3, 4) after a split into two
# heads?</summary>
#
# `(2, 3, 2)`: heads, words, numbers.
#
# </details>
#
# <details><summary>3. Why is a plain reshape to (heads, n, width)
# wrong?</summary>
#
# It moves no number. Head 0 would get whole words, and not the first columns
# of every word.
#
# </details>
#
# <details><summary>4. Does a head see only a slice of each word?</summary>
#
# No. Its columns of $W_Q$, $W_K$ and $W_V$ take in all numbers of a word. The
# queries, keys and values are sliced.
#
# </details>
#
# <details><summary>5. Twice as many heads, the same width of the model. What
# becomes of the parameters, and of the attention weights?</summary>
#
# The parameters stay. There are twice as many weights: a table for each head.
#
# </details>
#
# <details><summary>6. What is the last matrix for?</summary>
#
# $W_O$ lets every number of the result draw from all heads.
#
# </details>
#
# <details><summary>7. By what does a head divide its scores?</summary>
#
# By the root of its own width, not of the whole model's.
#
# </details>
#
# ## What comes next
#
# You have written the part that all Transformers share; in lesson 13 it
# becomes a PyTorch module with learned weights. Did you notice how the question
# "what stands before me?" worked? Two of our eight numbers *said* where a word
# stands. Take them away, and attention does not know what is before and what
# is after. Lesson 11 shows it, proves it, and fixes it.
#
# `python -m byhand progress` in a terminal shows what you have solved.
