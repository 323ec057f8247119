# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 9 · Masking: who may look at whom
#
# A model that writes is trained on texts that are already written. It sees
# "The cat sat", guesses the next word, and is told whether it was right. If it
# could look one word further, it would not have to learn anything. It
# would copy, be right every time, and be useless on the day when there is no
# next word to copy. A **mask** holds a hand before its eyes.
#
# Masks are a few lines of code, and among the most expensive lines to get
# wrong: a model with a leaking mask trains *beautifully*. This lesson builds
# them, and a test that catches the leak.
#
# **After it you can**
#
# - make a padding mask and a look-ahead mask, and combine them;
# - work out masked attention for a four-token sentence by hand;
# - say why a mask acts *before* the softmax, and why with −∞;
# - deal with the row that may look at nobody, in any number format;
# - test a model for leaks: change the future and watch the past.
#
# You need: lesson 7; why scores are divided by √d_k is in lesson 8. About 60
# minutes.
#
# The first cell also has two functions of lessons 7 and 8, given here so that
# an unfinished lesson does not stop you. This `scaled_scores` also takes a
# *batch*: many sentences at once, stacked along a new first axis. The three
# dots in `(…, n, d_k)` stand for such axes, as many as there are, or none.

# %%
import numpy as np

from byhand import check, tools

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")


def softmax(z, axis=-1):
    """Positive weights that add up to 1 along `axis`."""
    gaps = z - np.amax(z, axis=axis, keepdims=True)
    return np.exp(gaps - np.logaddexp.reduce(gaps, axis=axis, keepdims=True))


def scaled_scores(Q, K):
    """Queries against keys, ÷ √d_k: (…, n, d_k), (…, m, d_k) → (…, n, m)."""
    products = np.einsum("...nd,...md->...nm", Q, K)
    return products * np.shape(K)[-1] ** -0.5


# %% [markdown]
# ## The idea in one picture
#
# Attention is a table: a row for each word that looks, a column for each word
# that is looked at. A mask is a second table of the same shape that says yes or
# no. In this course yes is `True` and means **"may attend"**.
#
# The words are **tokens**, as in lesson 4, where they could also be smaller pieces.
# Take four tokens: *I, am, here*, and a
# **pad**, a filler that is no word.
#
# {picture who_may_look.svg In three tables with the rows and columns I, am, here and pad, the mask opens the cells on and below the diagonal except the column of the pad, the scores of the shut cells are −∞, and after the softmax their weights are 0, so that here gives 0.12 to I, 0.27 to am and 0.62 to itself.}
#
# There are two reasons to say no. What stands above the diagonal comes *later*
# than the one who looks. What stands in the last column is *padding*. Each
# reason becomes a mask, and the two are combined. A shut cell gets the score
# −∞, and after the softmax its weight is 0.
#
# ## Mask 1 · Padding
#
# A computer likes rectangles. Take two sentences, 1 2 3 and 4 5. (The numbers
# are the words' places in the vocabulary, the list of all words that a model
# knows: their **ids**.) To work on both at once, they have to be of one length.
# So the shorter one is filled up with a special id, the pad, often 0:
#
# $$\begin{bmatrix} 1 & 2 & 3 \\ 4 & 5 & 0 \end{bmatrix}$$
#
# Nothing may read the 0 as if it were a word. The first mask says where words
# are.
#
# {card masking.padding_mask}


# %% nbgrader={"grade_id": "padding_mask", "solution": true}
def padding_mask(ids: np.ndarray, pad_id: int) -> np.ndarray:
    """True where a token is real. ids: (batch, n). Returns (batch, n)."""
    ### BEGIN SOLUTION
    return np.asarray(ids) != pad_id
    ### END SOLUTION


# %% nbgrader={"grade_id": "padding_mask-check", "grade": true, "locked": true}
check("masking.padding_mask", padding_mask)

# %% tags=["demonstration"]
batch = np.array([[1, 2, 3], [4, 5, 0]])  # (2, 3)
print(padding_mask(batch, 0))
print("as numbers:")
print(padding_mask(batch, 0).astype(int))

# %% [markdown]
# ## Mask 2 · Look-ahead
#
# The second mask does not depend on the words, only on their number: token *i*
# may look at token *j* if *j* is not later than *i*. Nothing that comes later can
# be a *cause*, so it is also called a **causal** mask. A token always sees
# itself. The model guesses the word *after* it, so the token itself is no secret.
#
# {card masking.causal_mask}


# %% nbgrader={"grade_id": "causal_mask", "solution": true}
def causal_mask(n: int) -> np.ndarray:
    """True where token i (row) may attend to token j (column): (n, n)."""
    ### BEGIN SOLUTION
    return np.tril(np.ones((n, n), dtype=bool))
    ### END SOLUTION


# %% nbgrader={"grade_id": "causal_mask-check", "grade": true, "locked": true}
check("masking.causal_mask", causal_mask)

# %% [markdown]
# ## From one row to a square
#
# The padding mask of a sentence is a *row* of n flags, the look-ahead mask a
# *square* of n × n. How does the row become a square? Ask what a flag means:
# "this token may be looked at", by whomever. So every query gets the same row,
# and the flag of a pad shuts a whole **column**.
#
# NumPy does it by **broadcasting**: where an array has an axis of length 1, it
# is repeated along it as often as needed. The row gets such an axis for the
# queries: `(batch, n)` becomes `(batch, 1, n)`, and fits any `(n, n)`.

# %% tags=["demonstration"]
print("your look-ahead mask, already a square:")
print(causal_mask(4).astype(int))
real = padding_mask(np.array([[1, 2, 3, 0]]), 0)  # (1, 4)
print("your padding mask, a row:", real.astype(int)[0], " shape", real.shape)
print("with an axis for the queries: shape", real[:, None, :].shape)
print("stretched to a square, one row for every query:")
print(np.broadcast_to(real[:, None, :], (1, 4, 4)).astype(int)[0])

# %% [markdown]
# The pad's own *row* stays as it is. What a pad looks at does not matter, as long
# as no other token reads the result.
#
# Both masks have to allow a cell: the combined mask is their element-wise
# **and**. With 1 for `True` and 0 for `False`, that is the product.
#
# {card masking.combine_masks}


# %% nbgrader={"grade_id": "combine_masks", "solution": true}
def combine_masks(padding: np.ndarray, causal: np.ndarray) -> np.ndarray:
    """Where both masks allow it.

    padding: (batch, n), causal: (n, n). Returns (batch, n, n).
    """
    ### BEGIN SOLUTION
    return padding[:, None, :] & causal
    ### END SOLUTION


# %% nbgrader={"grade_id": "combine_masks-check", "grade": true, "locked": true}
check("masking.combine_masks", combine_masks)

# %% [markdown]
# The picture at the top, as a mask: rows 1000, 1100, 1110, 1110. And below it
# the batch of two sentences, 1 2 3 and 4 5 0.

# %% tags=["demonstration"]
both = combine_masks(real, causal_mask(4))  # (1, 4, 4)
print(both.astype(int)[0])
two = combine_masks(padding_mask(batch, 0), causal_mask(3))  # (2, 3, 3)
for ids, square in zip(batch, two, strict=True):
    print(f"sentence {ids}:")
    print(square.astype(int))

# %% [markdown]
# ## Scores to be masked
#
# Our four tokens get vectors of four numbers; the pad's are all 0. As in lesson
# 7 we take identity matrices, so that queries, keys and values are the vectors
# themselves. Work out one score with a pencil: *am* against *here* is
# $0.5·0.9 + 0.6·1.0 + 0.7·1.1 + 0.8·1.2$. Then guess: the pad's vector is all
# zeros. How much attention will the others give it?

# %% tags=["demonstration"]
words = ["I", "am", "here", "pad"]
X = np.array(
    [
        [0.1, 0.2, 0.3, 0.4],  # I
        [0.5, 0.6, 0.7, 0.8],  # am
        [0.9, 1.0, 1.1, 1.2],  # here
        [0.0, 0.0, 0.0, 0.0],  # pad
    ]
)
scores = scaled_scores(X, X)
with np.printoptions(precision=2):
    print("the scores QKᵀ:")
    print(X @ X.T)
    print("divided by √4 = 2:")
    print(scores)
for word, row in zip(words, softmax(scores), strict=True):
    print(f"{word:4} gives the pad {row[3]:.4f} of its attention")

# %% [markdown]
# The pad's scores are 0. That sounds like "no attention", and is not. To a
# softmax, 0 is a score like any other, and $e^0 = 1$.
#
# ## Where does the mask go?
#
# *I* may look at itself only; *am* at *I* and itself. Take *am*, whose scores
# are 0.35, 0.87, 1.39 and 0; the first two are allowed. Three ideas:

# %% tags=["demonstration"]
row, may = scores[1], both[0, 1]
after = np.where(may, softmax(row), 0.0)
zero = softmax(np.where(may, row, 0.0))
minus_infinity = softmax(np.where(may, row, -np.inf))
print("scores of am:          ", row)
print("0 after the softmax:   ", after, f" sum {after.sum():.4f}")
print("0 before the softmax:  ", zero, f" sum {zero.sum():.4f}")
print(
    "−∞ before the softmax: ",
    minus_infinity,
    f" sum {minus_infinity.sum():.4f}",
)

# %% [markdown]
# - **0 after the softmax**: the row no longer adds up to 1. The forbidden words
#   had taken their share already, and it is lost. Worse: how large that share
#   was still shows in what is left, so the future leaks through the *sum*.
# - **0 before the softmax**: 0 is an ordinary score. The forbidden words get
#   weights.
# - **−∞ before the softmax**: $e^{-\infty} = 0$, exactly. The forbidden words
#   have no weight, take no share, and the row adds up to 1. This is the one.
#
# Nearly done. One row still makes trouble.
#
# ## The row that may look at nobody
#
# It happens: a sentence padded on the *left* under a look-ahead mask starts
# with a pad that sees only itself, and it may not be seen. All its scores are
# then −∞. Softmax divides by the sum of $e^{-\infty}$, which is 0:

# %% tags=["demonstration"]
empty = np.full(4, -np.inf)
with np.errstate(invalid="ignore"):
    print("−∞ in a whole row:", softmax(empty))

# %% [markdown]
# **NaN**, "not a number", and it is catching. Add a NaN to anything, or multiply
# by it, and the result is NaN. After one more layer the whole sentence is NaN. So
# many programs *add* a large negative number, −1e9 (minus a thousand million),
# to the scores that are masked. Tensor2Tensor, the library of the Transformer's
# authors, is one of them. Let us try that in **float32**, PyTorch's usual format,
# with about 7 digits:

# %% tags=["demonstration"]
small = scores[1].astype(np.float32)
lowered = small + np.float32(-1e9)
print("the scores:           ", small)
print("−1e9 added to them:   ", lowered)
print("next float32 to 1e9 is", np.spacing(np.float32(1e9)), "away")
print("weights:              ", softmax(lowered))

# %% [markdown]
# At a thousand million, neighbouring float32 numbers are 64 apart. A score of
# 1.39 is lost in rounding, all scores become the *same* number, and the softmax
# of equal scores is **uniform**: a word that may look at nobody looks at
# everybody alike, pads and future included. No error, no NaN. Nobody notices.
#
# And in **float16**, which takes half the memory and ends at 65504? TensorFlow's
# tutorial on the Transformer computed `scores + mask * -1e9`, with a mask of 1
# where it is *forbidden* and 0 elsewhere:

# %% tags=["demonstration"]
half = scores[1].astype(np.float16)
with np.errstate(all="ignore"):
    huge = np.float16(-1e9)
    forbidden = np.array([0, 0, 1, 1], dtype=np.float16)
    print("−1e9 as float16:         ", huge)
    print("a whole row of it:       ", softmax(half + huge))
    print("mask × −1e9, two allowed:", forbidden * huge)
    print("weights of that row:     ", softmax(half + forbidden * huge))

# %% [markdown]
# −1e9 does not exist in float16: it becomes −∞. An empty row is then NaN again.
# And the multiplication is worse: 0 × ∞ is NaN as well, so that *every* row is
# spoiled, the allowed cells first.
#
# What do we *want* for a row that may look at nobody? That it takes nothing: all
# weights 0. That needs a special rule, in two places:
#
# 1. The largest score of the row is −∞, and −∞ − (−∞) is NaN. Take away 0
#    there instead.
# 2. The sum is 0. Divide by 1 there instead.
#
# {card masking.masked_softmax}


# %% nbgrader={"grade_id": "masked_softmax", "solution": true}
def masked_softmax(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Softmax over the allowed keys; a row without any gets zeros.

    scores: (…, n, m); mask: boolean, broadcasts to scores, True means
    "may attend". Returns an array of the shape of scores.
    """
    ### BEGIN SOLUTION
    seen = np.where(mask, scores, -np.inf)
    highest = seen.max(axis=-1, keepdims=True)
    shares = np.exp(seen - np.where(np.isinf(highest), 0.0, highest))
    whole = shares.sum(axis=-1, keepdims=True)
    return shares / np.where(whole == 0, 1.0, whole)
    ### END SOLUTION


# %% nbgrader={"grade_id": "masked_softmax-check", "grade": true, "locked": true}
check("masking.masked_softmax", masked_softmax)

# %% [markdown]
# The sentence, and under it the same scores with a mask that leaves *am* nobody
# to look at:

# %% tags=["demonstration"]
print(masked_softmax(scores, both[0]))
nobody = both[0].copy()
nobody[1] = False
print("with an empty row:")
print(masked_softmax(scores, nobody))

# %% [markdown]
# Read the first table. *I* can only look at itself, so it must: weight 1.
# *am* shares 0.3729 and 0.6271 between two. The **pad**, whose scores are all
# 0, gives a third to each of the three words. Its row is meaningless, but it is
# finite, and no other row reads it.
#
# ## Masked attention
#
# Now all of it, for batches too. With more than two axes, `K.T` would reverse
# *all* of them; swap only the last two. (`scaled_scores` above does that for
# you.)
#
# {card masking.masked_attention}


# %% nbgrader={"grade_id": "masked_attention", "solution": true}
def masked_attention(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scaled dot-product attention under a mask.

    Q: (…, n, d_k), K: (…, m, d_k), V: (…, m, d_v), mask: (…, n, m).
    Returns the output (…, n, d_v) and the weights (…, n, m).
    """
    ### BEGIN SOLUTION
    attention = masked_softmax(scaled_scores(Q, K), mask)
    return attention @ V, attention
    ### END SOLUTION


# %% nbgrader={"grade_id": "masked_attention-check", "grade": true, "locked": true}
check("masking.masked_attention", masked_attention)

# %% tags=["demonstration"]
output, weights = masked_attention(X, X, X, both[0])
for word, share, mixed in zip(words, weights, output, strict=True):
    print(f"{word:4} weights {share}, output {mixed}")

# %% [markdown]
# ## The leak test
#
# How do you know that a model does not peek? Reading its code is not enough:
# there are too many axes that look alike. Ask the model itself. **Change a
# word, and watch which outputs change.** Nothing before it may move, not in the
# last digit.
#
# We change *here* (position 2) and compare, without a mask and with one:

# %% tags=["demonstration"]
other = X.copy()
other[2] = [2.0, -1.0, 0.5, 3.0]  # another word in place of "here"
for name, mask in (
    ("no mask", np.ones((4, 4), dtype=bool)),
    ("padding only", np.broadcast_to(real, (4, 4))),
    ("look-ahead only", causal_mask(4)),
    ("both", both[0]),
):
    was, _ = masked_attention(X, X, X, mask)
    now, _ = masked_attention(other, other, other, mask)
    moved = np.abs(now - was).max(axis=1)
    verdict = "LEAK" if moved[:2].any() else "no leak"
    print(f"{name:16} I, am, here, pad moved by {moved}  {verdict}")

# %% [markdown]
# With a look-ahead mask, *I* and *am* stay exactly where they were: 0.0000. (A
# model that only reads, such as the *encoder* of lesson 13, is meant to see the
# words that follow. It takes the padding mask alone, and "leak" is not the word
# there.)
#
# The same trick tests padding: what stands *in* the pad must not matter, nor
# how many pads there are. A sentence alone and the same one in a padded batch
# have to give the same. Below, the pads are not even 0 but rubbish:

# %% tags=["demonstration"]
short = X[:2]  # two words, alone
long = np.concatenate([short, [[7.0, -7.0, 7.0, -7.0]] * 2])  # and two pads
flags = padding_mask(np.array([[4, 5, 0, 0]]), 0)  # (1, 4)
for name, long_mask, short_mask in (
    ("no mask", np.ones((4, 4), dtype=bool), np.ones((2, 2), dtype=bool)),
    ("padding only", flags, np.ones((2, 2), dtype=bool)),
    ("both", combine_masks(flags, causal_mask(4))[0], causal_mask(2)),
):
    alone, _ = masked_attention(short, short, short, short_mask)
    padded, _ = masked_attention(long, long, long, long_mask)
    print(f"{name:12} the same as alone: {np.allclose(padded[:2], alone)}")

# %% [markdown]
# Keep this test. It finds in a second what a falling loss hides. Lesson 14 has a
# stricter one, with gradients, for a model that writes (a *decoder*).
#
# ## Poke at it
#
# A batch of two sentences, up to four words each. Crossed cells are masked.
# *moved* says how far each output moved because one word was changed.
#
# 1. Set the mask to "none". Which words notice that word 4 has changed? Read
#    the verdicts.
# 2. Which of the two masks stops the leak in sentence 1? And the one from the
#    pad in sentence 2, with "look-ahead" off?
# 3. With "both", change word 1. Why does everything move, and why is that right?
# 4. Make sentence 2 one word long. Who looks at whom in the rows of its pads?
#
# {figure masking}

# %% tags=["demonstration"]
from byhand.sliders import masking

masking.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. All of them, in both sentences: even a pad is read like a word.
# 2. Look-ahead in sentence 1: its word 4 lies in the future of all others. In
#    sentence 2 the padding mask stops the pad. (A look-ahead mask happens to
#    stop it too, as pads on the right are in everybody's future. Padded on the
#    left, they would not be.)
# 3. Word 1 is in everybody's past, and looking back is what attention is for.
# 4. All pads look at the one word, with weight 1. Their rows are there, but
#    nobody reads them.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* The combined mask shuts the pad's *column* but
# leaves its *row* open, so that the pad gets an output like a word. Explain in
# two sentences why the column must be shut, and why the row may stay open.

# %% [markdown] nbgrader={"grade_id": "why-columns", "grade": true, "points": 2, "solution": true}
# A column holds what all words take from one token, so that an open column would
# mix the pad's value into the output of every real word, and a sentence would
# mean something else depending on how far it was filled up. The row holds only
# what the pad itself takes, and its output is read by nobody, since its column
# is shut in the next layer too and its position is left out of the loss.
#
# ### BEGIN MARK SCHEME
# - 1 point: the column is what *others* receive from the pad; left open, the
#   pad changes the outputs of real words (or takes a share of their attention).
# - 1 point: the row only makes the pad's *own* output, which nobody uses (no
#   other row reads it; it is left out of the result or the loss).
# - Half a point off where rows and columns are mixed up but the rest is right.
# - An answer that the row stays open "to avoid NaN" earns half of the second
#   point: it is a good reason, but does not say why it is allowed.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# A look-ahead mask throws away nearly half of the scores *after* they were
# computed. FlashAttention-2 (Dao, 2023) skips whole blocks of the table that lie
# above the diagonal. Padding costs as well: every pad goes through all layers for
# nothing. So the Transformer's paper puts sentences of similar length into a
# batch.

# %% tags=["demonstration"]
for n in (4, 10, 100, 1_000):
    used = n * (n + 1) // 2
    print(
        f"{n:5} tokens: {used:7} of {n * n:8} scores used, {used / n**2:.1%}"
    )
lengths = np.array([12, 9, 40, 11])
filled = lengths.sum() / (len(lengths) * lengths.max())
print(f"sentences of {lengths} tokens in one batch: {filled:.0%} are words")

# %% [markdown]
# And it breaks where people do not agree on what `True` means. Here it is "may
# attend", as in PyTorch's attention function. In PyTorch's *module* for
# attention (`torch.nn.MultiheadAttention`), `True` means the opposite, "is
# masked out". Both run without complaint, and an inverted mask gives another
# result, not an error:

# %% tags=["demonstration"]
if tools.installed("torch", recorded="masking/torch"):
    import torch

    tokens = torch.from_numpy(X)[None]
    allowed = torch.from_numpy(both)
    by_function = torch.nn.functional.scaled_dot_product_attention(
        tokens, tokens, tokens, attn_mask=allowed
    )
    print(
        "PyTorch's function, True = may:", np.allclose(by_function[0], output)
    )
    turned = torch.nn.functional.scaled_dot_product_attention(
        tokens, tokens, tokens, attn_mask=~allowed
    )
    print("the same, mask inverted:        ", np.allclose(turned[0], output))

# %% [markdown]
# ## Spot the slip
#
# The first three lines below were published in notes on masking, about our very
# example; the fourth is from code that was published with a course. Each is
# wrong. Find out why *before* you run the cell under them.
#
# 1. "The *scaled* scores of the first three tokens are [0.3, 0.7, 1.1],
#    [0.7, 1.9, 3.1] and [1.1, 3.1, 5.1]." (Two mistakes.)
# 2. "Combined mask = look-ahead mask + padding mask."
# 3. "The weights of the padding row, whose scores are 0, 0, 0, −∞, are
#    [1, 0, 0, 0]."
# 4. `scores += mask * -1e9`, with 1 for forbidden and 0 for allowed. (Fine in
#    float32, if no row is empty. And in float16?)

# %% tags=["demonstration"]
with np.printoptions(precision=2):
    print("1. plain: ", *(X @ X.T)[:3, :3])
    print("   scaled:", *scores[:3, :3])
added = causal_mask(4).astype(int) + real.astype(int)
print(
    "2. the sum in row 1:", added[0], " the product:", both[0, 0].astype(int)
)
print("3. softmax of 0, 0, 0, −∞:", softmax(np.array([0, 0, 0, -np.inf])))
with np.errstate(all="ignore"):
    print("4. 0 × −1e9 in float16:", np.float16(0) * np.float16(-1e9))

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. They are not scaled: nothing was divided by √4 = 2. And three of the plain
#    scores are wrong too: *am* with *am* is 0.25 + 0.36 + 0.49 + 0.64 = 1.74,
#    *am* with *here* 2.78, *here* with *here* 4.46.
# 2. Added, the masks give 0, 1 and 2, and a cell that only one of them allows
#    has a 1. Both must allow it: element-wise **and**, the product.
# 3. Three equal scores have equal weights: a third each. The pad looks at all
#    real words alike.
# 4. −1e9 is −∞ in float16, and 0 × −∞ is NaN: each allowed cell is spoiled.
#    Choose with `np.where` (or a library's `masked_fill`), and do not multiply.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What does True say in a mask of this course?</summary>
#
# May attend.
#
# </details>
#
# <details><summary>2. Which cells does a look-ahead mask shut?</summary>
#
# Those above the diagonal: keys that come later than the query.
#
# </details>
#
# <details><summary>3. A word is padding. Which part of its mask is shut, its
# row or its column?</summary>
#
# Its column: nobody may look at it. What its own row gives, nobody reads.
#
# </details>
#
# <details><summary>4. How are two masks combined?</summary>
#
# Element-wise *and*: both must allow a cell.
#
# </details>
#
# <details><summary>5. Why minus infinity before the softmax, and not 0 after
# it?</summary>
#
# $e^{-\infty} = 0$, and the rest of the row still adds up to 1. A 0 after the
# softmax leaves a row that the forbidden words have shrunk.
#
# </details>
#
# <details><summary>6. A padded word has only scores of 0. How much attention
# does it get without a mask?</summary>
#
# Some. $e^0 = 1$, and 0 is a score like any other.
#
# </details>
#
# <details><summary>7. How do you test a model for leaks?</summary>
#
# Change one word, and watch the outputs before it. Not one of them may move.
#
# </details>
#
# ## What comes next
#
# One table of attention, scaled and masked. A word may have to look at two
# others for two different reasons, though, and one softmax must average them.
# Lesson 10 cuts the vectors into **heads**, each with a table of its own, and
# uses your mask for all of them.
#
# `python -m byhand progress` in a terminal shows what you have solved.
