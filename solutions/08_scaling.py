# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 8 · Why scores are divided by √d_k
#
# In lesson 7 every score was divided by $\sqrt{d_k}$, and you were asked to
# take it on trust. It looks like a detail. Leave it out, and a wide model
# stops learning in the first minute. There is no error message. Every word stares
# at one other word, and nothing changes its mind. This
# lesson shows where the square root comes from, and what dies without it.
#
# **After it you can**
#
# - say how far dot products spread, and why the cure is a *root*;
# - work out by hand how sure of itself a softmax is;
# - write the table of slopes of a softmax, and read off it whether anything
#   can still be learned;
# - measure what a formula claims, with random numbers;
# - find four mistakes in what people say about scaling.
#
# You need: lesson 7 (scores, softmax, weights) and from lesson 1 what a slope
# is. About 60 minutes.
#
# The first cell also has two functions of lesson 7, given here so that an
# unfinished lesson 7 does not stop you. They are written in another way than
# you were asked to, and do the same.

# %%
import math

import numpy as np

from byhand import check

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")


def softmax(z, axis=-1):
    """Positive weights that add up to 1 along `axis`."""
    gaps = z - np.amax(z, axis=axis, keepdims=True)
    return np.exp(gaps - np.logaddexp.reduce(gaps, axis=axis, keepdims=True))


def dot_product_scores(Q, K):
    """Every query against every key: (n, d_k), (m, d_k) → (n, m)."""
    return np.inner(Q, K)


# %% [markdown]
# ## The idea in one picture
#
# Think of a room in which several people speak, and of a microphone in front
# of you. At a sensible volume you hear everybody, some more, some less. Turn
# the amplifier up, and the loudest voice drowns all the others. Turn it up
# further, and the needle sticks at the end of the scale: the speaker may shout
# or whisper now, the needle does not move.
#
# {picture spread_and_softmax.svg From width 4 to 64 to 1024 a typical score of random vectors grows from 2.0 to 7.8 to 31.6, the largest of six weights from 0.57 to 0.90 to 0.96, and the largest slope of the weights falls from 0.23 to 0.015 to 0.0000001, while with scores divided by the root of d_k the largest weight stays between 0.39 and 0.42 and the slope at 0.22 or 0.23.}
#
# Softmax is the needle. The scores are the volume, and they grow with the
# width of the vectors all by themselves. As they are, the first of six keys
# takes nearly everything, and its slope dies: the needle is stuck. Divided by
# $\sqrt{d_k}$, every width looks alike. Learning needs a needle that moves.
#
# ## One query and two keys, by hand
#
# A query [2, 3, 4, 1] meets the keys [1, 0, 1, 0] and [0, 1, 0, 1]. The dot
# products are $2 + 4 = 6$ and $3 + 1 = 4$. Divided by $\sqrt 4 = 2$ they are 3
# and 2. Softmax sees only how far they lie *apart*: e to the 6 over e to the 4
# is e to the 2. So a difference of 2 means $e^2 \approx 7.39$ times the
# weight, a difference of 1 only $e \approx 2.72$ times.
#
# Before you run the cell: which of the rows will be nearly all or nothing?

# %% tags=["demonstration"]
query = np.array([2.0, 3.0, 4.0, 1.0])
keys = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]])
print("scores:", keys @ query)
for name, row in (
    ("as they are", [6.0, 4.0]),
    ("divided by √4", [3.0, 2.0]),
    ("far apart", [10.0, 1.0]),
):
    print(f"{name:13} {row!s:11} → weights", softmax(np.array(row)))

# %% [markdown]
# Undivided, the first key gets 88 %; divided, 73 %. And with scores of 10 and
# 1, the second key is all but gone: 0.0001. Now as a function, for any width.
#
# {card scaling.scaled_scores}


# %% nbgrader={"grade_id": "scaled_scores", "solution": true}
def scaled_scores(Q: np.ndarray, K: np.ndarray) -> np.ndarray:
    """Every query against every key, divided by √d_k.

    Q: (n, d_k), K: (m, d_k). Returns the scaled scores, (n, m).
    """
    ### BEGIN SOLUTION
    d_k = K.shape[-1]
    return dot_product_scores(Q, K) / math.sqrt(d_k)
    ### END SOLUTION


# %% nbgrader={"grade_id": "scaled_scores-check", "grade": true, "locked": true}
check("scaling.scaled_scores", scaled_scores)

# %% tags=["demonstration"]
halved = scaled_scores(query[None, :], keys)
print("scaled scores:", halved[0])
print("weights:      ", softmax(halved)[0])

# %% [markdown]
# ## How large do scores get?
#
# With four numbers a vector, the scores were 6 and 4. Real models have 64 or
# 128 numbers in a key. What then? Nobody knows the numbers before training, so
# take random ones, as a model does when it starts: each drawn from the
# **standard normal** distribution, the bell curve around 0. Most of them lie
# between −2 and 2.
#
# How far numbers spread around their mean is measured by the **variance**: the
# mean of the squared distances. A standard normal number has mean 0 and
# variance 1. The root of the variance is called the **standard deviation**,
# and that is the distance one actually sees.
#
# Now add up, step by step:
#
# - Take one product, $q_1 k_1$, of the first number of the query and the first
#   of the key. It has mean 0, since it is as often negative as positive. Its
#   variance is therefore the mean of $q_1^2 k_1^2$. The two numbers know
#   nothing of each other, so that is the mean of $q_1^2$ times the mean of
#   $k_1^2$, and $1 · 1 = 1$.
# - A dot product is a sum of $d_k$ such products. Where numbers know nothing of
#   one another (they are **independent**), their variances add up. So the
#   variance should be $d_k$, and the standard deviation $\sqrt{d_k}$.
#
# That is where the root comes from. But it is only a claim so far. Measure it!
#
# {card scaling.dot_product_variance}


# %% nbgrader={"grade_id": "dot_product_variance", "solution": true}
def dot_product_variance(
    d_k: int, samples: int, rng: np.random.Generator
) -> float:
    """The variance of `samples` dot products of random vectors.

    The vectors have d_k standard normal numbers each, drawn from `rng`.
    """
    ### BEGIN SOLUTION
    Q = rng.standard_normal((samples, d_k))
    K = rng.standard_normal((samples, d_k))
    scores = np.sum(Q * K, axis=1)
    return float(np.var(scores))
    ### END SOLUTION


# %% nbgrader={"grade_id": "dot_product_variance-check", "grade": true, "locked": true}
check("scaling.dot_product_variance", dot_product_variance)

# %% tags=["demonstration"]
widths = (1, 4, 16, 64, 256, 1024)
rng = np.random.default_rng(8)
print(" d_k   variance   ÷ d_k   a typical score   the same ÷ √d_k")
for d_k in widths:
    variance = dot_product_variance(d_k, 5_000, rng)
    typical = math.sqrt(variance)
    print(
        f"{d_k:4}   {variance:8.1f}   {variance / d_k:5.2f}"
        f"   {typical:15.1f}   {typical / math.sqrt(d_k):15.2f}"
    )

# %% [markdown]
# The variance follows $d_k$, up to a few percent of chance. A typical score is
# 1 at $d_k = 1$ and about 32 at $d_k = 1024$. Divided by $\sqrt{d_k}$, it is
# near 1 at *every* width. That is all the division does: it makes the volume
# the same for narrow and for wide models.
#
# ## How sure is a softmax of itself?
#
# We need a number for "stares at one word" against "looks at everybody". It is
# called **entropy**:
#
# $$H = -\sum_j w_j \ln w_j$$
#
# (say "minus the sum of weight times logarithm of weight"). $H$ is the entropy
# of one query, and $w_j$ is its weight on key $j$. ln is the logarithm to base
# $e$: ln of a number says to which power $e$ must be raised to get it. The unit
# is then a *nat*.
#
# By hand, for a query that shares itself out between two keys of four, with
# the weights ½, ½, 0, 0. A weight of 0 adds nothing, and
# $\ln 0.5 = -0.6931$. So $H = -(0.5 · (-0.6931) + 0.5 · (-0.6931)) = 0.6931$.
# With two more, to get a feeling:
#
# | weights | entropy | |
# |---|---|---|
# | 1, 0, 0, 0 | 0 | quite sure: one word only |
# | ½, ½, 0, 0 | ln 2 = 0.6931 | two words, alike |
# | ¼, ¼, ¼, ¼ | ln 4 = 1.3863 | four words, alike: the most there can be |
#
# In the shape `(…, n, m)` below, the dots stand for further axes in front: for
# as many as there are, or for none.
#
# {card scaling.attention_entropy}


# %% nbgrader={"grade_id": "attention_entropy", "solution": true}
def attention_entropy(weights: np.ndarray) -> np.ndarray:
    """How evenly each query shares itself out, in nats.

    weights: (…, n, m), every row adds up to 1. Returns (…, n).
    """
    ### BEGIN SOLUTION
    inside = np.where(weights > 0, weights, 1.0)
    return -np.sum(weights * np.log(inside), axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "attention_entropy-check", "grade": true, "locked": true}
check("scaling.attention_entropy", attention_entropy)

# %% [markdown]
# Your function on two rows of the table. And then on 300 random queries, each
# against six random keys of its own, at every width, with the division and
# without it. Six equal weights would have entropy ln 6 = 1.7918.

# %% tags=["demonstration"]
two_rows = np.array([[0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25]])
print(f"ln 0.5 = {math.log(0.5):.4f}")
print("the last two rows of the table:", attention_entropy(two_rows))

rng = np.random.default_rng(88)
one_each = {}  # width → the scores of 300 queries against six keys each
for d_k in widths:
    asking = rng.standard_normal((300, 1, d_k))
    asked = rng.standard_normal((300, 6, d_k))
    one_each[d_k] = (asking * asked).sum(axis=-1)  # (300, 6)

print(f"six equal weights: {attention_entropy(np.full((1, 6), 1 / 6))[0]:.4f}")
print("       mean entropy           mean of the largest weight")
print(" d_k   as it is   ÷ √d_k      as it is   ÷ √d_k")
for d_k, each in one_each.items():
    plain, tamed = softmax(each), softmax(each / math.sqrt(d_k))
    print(
        f"{d_k:4}   {attention_entropy(plain).mean():8.2f}"
        f"   {attention_entropy(tamed).mean():6.2f}"
        f"      {plain.max(axis=1).mean():8.2f}"
        f"   {tamed.max(axis=1).mean():6.2f}"
    )

# %% [markdown]
# Without the division, a query of width 1024 gives almost everything to a
# single key, and nobody has *learned* that this key matters: the numbers are
# random. With the division, all widths look alike.
#
# ## Why that stops learning
#
# It is bad to be sure before you know anything. It is worse when you cannot change
# your mind. Lesson 1: a model learns by asking of each of its
# numbers, "if this grows a little, by how much does the outcome change?" That
# is a slope. For the scores to learn anything, the weights must *move* when a
# score moves.
#
# So let us have all the slopes of a softmax. There are $n$ scores and $n$
# weights, so $n × n$ slopes: a table with a row for each weight and a column
# for each score. It is called the **Jacobian**. With $z$ for the scores and $p$
# for the weights, both `(n,)`:
#
# $$\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i - p_i\,p_i & i = j \\ -\,p_i\,p_j & i \neq j \end{cases} \qquad\text{as a table: } \operatorname{diag}(p) - p\,p^\top$$
#
# (say "d-p-i by d-z-j: how fast weight *i* grows with score *j*"). As a table,
# diag(p) has the weights on its diagonal and zeros elsewhere. $p\,p^\top$ is the
# weights as a column times the weights as a row: it holds the product of every
# two. In words: *your own score helps you by what you have times what you have
# not yet; your neighbour's score takes from you what you have times what they
# have.*
#
# Where does it come from? Raise score $j$ by a tiny $h$. The power $e^{z_j}$
# then grows by $h$ times itself, and the sum below the fraction line by the
# share $h\,p_j$. So *every* weight shrinks by that share: weight $i$ loses
# $h\,p_j\,p_i$. Weight $j$ alone gains something too, namely $h\,p_j$, as its
# own power has grown.
#
# By hand, for two words that share alike, $p = (0.5, 0.5)$: on the diagonal
# $0.5 - 0.25 = 0.25$, beside it $-0.25$. That is the steepest it ever gets.
#
# {card scaling.softmax_jacobian}


# %% nbgrader={"grade_id": "softmax_jacobian", "solution": true}
def softmax_jacobian(z: np.ndarray) -> np.ndarray:
    """How every weight moves with every score.

    z: (n,), the scores of one query. Returns (n, n): row i, column j is
    the slope of weight i in score j.
    """
    ### BEGIN SOLUTION
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax_jacobian-check", "grade": true, "locked": true}
check("scaling.softmax_jacobian", softmax_jacobian)

# %% [markdown]
# The three pairs of scores from the beginning, and one pair of equals. Watch
# the numbers shrink. The last line does not trust the formula: it turns score 2
# of the pair 3, 2 a tiny bit to either side, as in lesson 1.

# %% tags=["demonstration"]
for pair in ([3.0, 3.0], [3.0, 2.0], [6.0, 4.0], [10.0, 1.0]):
    shares = softmax(np.array(pair))
    table = softmax_jacobian(np.array(pair))
    print(f"scores {pair}: weights {shares}, slopes")
    print(table)
up, down = softmax(np.array([3.0, 2.001])), softmax(np.array([3.0, 1.999]))
print("scores [3.0, 2.0], right column, measured:", (up - down) / 0.002)

# %% [markdown]
# Two things to see. Every row adds up to 0: all weights together stay 1, so
# what one wins another loses. And the slopes shrink: at 10 against 1 all four
# are 0.0001 in size. The weights are nearly 1 and 0 there, and every entry of
# the table is a product with a number near 0 in it. What happens to the scores
# is hardly felt any more: the gradient has **vanished**. Such a softmax is
# called *saturated*.
#
# How common is that? The same 300 queries as above; the table has 36 entries,
# and we look at the largest. In the *middle* query of the 300 (half have more,
# half have less) it is:

# %% tags=["demonstration"]
print(" d_k   as it is      ÷ √d_k")
for d_k, each in one_each.items():
    plain = [softmax_jacobian(row).max() for row in each]
    tamed = [softmax_jacobian(row / math.sqrt(d_k)).max() for row in each]
    print(f"{d_k:4}   {np.median(plain):.8f}    {np.median(tamed):.8f}")

# %% [markdown]
# At width 1024 the slope is less than a millionth, and it is multiplied into
# the gradient of everything that lies before the softmax: $W_Q$, $W_K$, the
# word vectors. All of them stand still. With the division nothing of the kind
# happens.
#
# ## Watch it not learn
#
# A query and two keys again. It prefers the first key and should learn to
# prefer the second. The loss is the square of what is missing from the second
# weight, $(1 - p_2)^2$. We go downhill for 300 steps as in lesson 1, in the
# scores themselves, with a learning rate of 1. By the chain rule, the gradient
# is $-2(1 - p_2)$ times the second row of your Jacobian.

# %% tags=["demonstration"]
print("weight of the second key after     0    20   100   300 steps")
for start in ([3.0, 2.0], [6.0, 4.0], [10.0, 1.0], [40.0, 4.0]):
    trained = np.array(start)
    history = []
    for step in range(301):
        second = softmax(trained)[1]
        if step in (0, 20, 100, 300):
            history.append(f"{second:.2f}")
        trained -= -2 * (1 - second) * softmax_jacobian(trained)[1]
    print(f"from scores {start!s:12}:          ", "  ".join(history))

# %% [markdown]
# The first two learn it. The other two are told 300 times that they are wrong,
# and do not move. There is no error message and no strange number. The loss
# simply stays where it is.
#
# ## A knob for it: temperature
#
# √d_k is one choice of what to divide by. In general, the number by which
# scores are divided before a softmax is called its **temperature** $T$. High:
# all becomes alike. Low: the largest takes all. You will meet it again in
# lesson 16, where a model picks its next word with it.
#
# {card scaling.softmax_with_temperature}


# %% nbgrader={"grade_id": "softmax_with_temperature", "solution": true}
def softmax_with_temperature(z: np.ndarray, temperature: float) -> np.ndarray:
    """Softmax over the last axis of scores divided by a temperature.

    z: scores of any shape; temperature: above 0, else ValueError.
    """
    ### BEGIN SOLUTION
    if temperature <= 0:
        raise ValueError(f"the temperature must be positive: {temperature}")
    below_top = z - np.max(z, axis=-1, keepdims=True)
    with np.errstate(over="ignore"):  # −∞ is what we want then: weight 0
        return softmax(below_top / temperature)
    ### END SOLUTION


# %% nbgrader={"grade_id": "softmax_with_temperature-weights", "grade": true, "locked": true}
check(
    "scaling.softmax_with_temperature",
    softmax_with_temperature,
    part="weights",
)

# %% nbgrader={"grade_id": "softmax_with_temperature-refuses", "grade": true, "locked": true}
check(
    "scaling.softmax_with_temperature",
    softmax_with_temperature,
    part="refuses",
)

# %% tags=["demonstration"]
pair = np.array([6.0, 4.0])
for warmth in (0.1, 0.5, 1.0, 2.0, 8.0, 100.0):
    shares = softmax_with_temperature(pair, warmth)
    spread_out = attention_entropy(shares[None, :])[0]
    print(f"T = {warmth:5}: weights {shares}, entropy {spread_out:.4f}")
print("T = √4 is the division that you know:", softmax(halved)[0])

# %% [markdown]
# ## Poke at it
#
# At the top left 1,200 scores of random vectors; beside them the weights of
# *one* query on its six keys; below, that query's table of slopes, and the
# largest slope (in the middle one of 200 queries) at every width. Note the
# scale of that last chart: each line is a *thousand* times smaller than the
# one above.
#
# 1. Go from $d_k = 1$ to 1024 with the scores as they are. Where does the
#    table of slopes go blank?
# 2. Switch to ÷ √d_k and do it again. What moves, and what does not?
# 3. Back to "as they are", at $d_k = 64$. Which temperature brings the gradient
#    back to life? Which one gives exactly the weights of ÷ √d_k?
# 4. With ÷ √d_k, can you kill the gradient with the temperature alone?
#
# {figure scaling}

# %% tags=["demonstration"]
from byhand.sliders import scaling

scaling.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. Little by little: from 16 on the largest entry is a hundredth or two, at
#    64 it is below a thousandth, and from 128 on the table shows only zeros.
# 2. The histogram stays where it is, and so does the curve of slopes. The
#    weights move, since a wider query has other numbers in it, but several
#    keys keep a share at every width.
# 3. From 2.25 on it is alive. The very weights of ÷ √d_k come with 8, which is
#    √64: scaling *is* a temperature.
# 4. Nearly: at 0.25 the weights become uneven, and the slopes are a fraction of
#    what they were. A temperature that is low enough kills every gradient.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* Somebody wants to be on the safe side and
# divides by $d_k$ instead of $\sqrt{d_k}$. Explain in two sentences what
# happens to the spread of the scores in a model with $d_k = 1024$ at the start
# of training, and what the attention of every word looks like then.

# %% [markdown] nbgrader={"grade_id": "why-the-root", "grade": true, "points": 2, "solution": true}
# Dot products spread by √1024 = 32, so that after a division by 1024 the scores
# spread by only 32/1024 = 1/32 around 0 and are practically equal. Softmax of
# equal scores is the same weight for everybody, so every word takes the plain
# average of all values and attention tells nothing apart: the needle moves, but
# the volume is too low to hear anyone.
#
# ### BEGIN MARK SCHEME
# - 1 point: the spread (standard deviation) of a dot product is √d_k, so that
#   dividing by d_k leaves about 1/√d_k = 1/32, much less than 1. "Variance
#   1/1024" says the same.
# - 1 point: nearly equal scores give nearly equal weights (high entropy), so
#   that each word gets an average over all words, whatever they are.
# - Half a point for "the scores become too small" without how small or why. No
#   point for "the gradients explode" or "the softmax saturates".
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# It costs next to nothing. Dividing the table of scores takes $n^2$ divisions;
# dividing the queries *before* the product takes $n · d_k$ and gives the same.
# For a long text that is much less. (Fast implementations such as
# FlashAttention scale inside the softmax, where the scores are at hand anyway.)

# %% tags=["demonstration"]
for n in (10, 100, 1_000, 10_000):
    print(f"{n:6} words: {n * n:9} divisions of scores, {n * 64:6} of queries")

left = scaled_scores(query[None, :], keys)
right = dot_product_scores(query[None, :] / math.sqrt(4), keys)
print("the same scores:", np.allclose(left, right))

# %% [markdown]
# It breaks where its assumption does: numbers of mean 0 and variance 1. If
# queries and keys are twice as large, the scores are four times as large, and
# √d_k knows nothing about it. Training may make them grow, too. Layer norm,
# **lesson 12**, keeps the numbers that go in near variance 1.

# %% tags=["demonstration"]
rng = np.random.default_rng(888)
print("numbers   scaled scores spread by   largest slope, middle query")
for size in (0.5, 1.0, 2.0, 4.0):
    asking = size * rng.standard_normal((300, 1, 64))
    asked = size * rng.standard_normal((300, 6, 64))
    stretched = (asking * asked).sum(axis=-1) / math.sqrt(64)
    steepest = [softmax_jacobian(row).max() for row in stretched]
    print(f"× {size:3}     {stretched.std():10.2f}", end="")
    print(f"                {np.median(steepest):.4f}")

# %% [markdown]
# ## Spot the slip
#
# The first line was published, in notes on why attention is scaled. The other
# three are what people answer when they are asked about it. Each is wrong.
# Find out why *before* you run the cell under them.
#
# 1. "If $d_k$ is large, the dot products become large, and so the gradients
#    *explode*."
# 2. "Scaling divides all scores by the same number, so it cannot change the
#    weights: their proportions stay what they were."
# 3. "Scaling protects the weak: with it, another key may win."
# 4. "Random vectors have mean 0, so their dot product is near 0, and the wider
#    they are, the better the positives and negatives cancel."

# %% tags=["demonstration"]
print("1. the largest slope of a softmax is p (1 − p):")
for share in (0.5, 0.9, 0.99, 0.9999):
    print(f"   p = {share}: {share * (1 - share):.4f}")
before, after = softmax(pair), softmax(pair / 2)
print(f"2. 6 : 4 is {6 / 4}, and 3 : 2 is {3 / 2}")
print(f"   weights {before[0] / before[1]:.2f} : 1 before", end="")
print(f", {after[0] / after[1]:.2f} : 1 after")
orders = [
    np.array_equal(row.argsort(), (row / math.sqrt(64)).argsort())
    for row in one_each[64]
]
print("3. queries of 300 whose keys change order:", orders.count(False))
for d_k in (4, 64, 1024):
    each = one_each[d_k]
    print(
        f"4. d_k = {d_k:4}: mean {each.mean():5.1f}, spread {each.std():4.1f}"
    )

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. The *scores* become large; the gradient through the softmax does the
#    opposite. Its largest entry, $p(1-p)$, can never be more than 0.25, and as
#    $p$ comes near 1 or 0 it goes to 0. The softmax saturates, and gradients
#    **vanish**.
# 2. The proportions of the *scores* stay what they were. The weights depend on
#    their differences: 2 becomes 1, and $e^2 = 7.39$ to 1 becomes
#    $e = 2.72$ to 1.
# 3. A division by a positive number keeps the order. The same key wins, by
#    less.
# 4. The *mean* is near 0, but the spread grows like √d_k. A sum of many
#    independent numbers cancels in part only: a walker who tosses a coin for
#    each step does not stay at home.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. Queries and keys are random, with variance 1. What is
# the variance of a dot product?</summary>
#
# $d_k$: a sum of $d_k$ independent products, each with variance 1.
#
# </details>
#
# <details><summary>2. So why divide by the root of d_k, and not by
# d_k?</summary>
#
# The spread of the scores is the standard deviation, and that is $\sqrt{d_k}$.
#
# </details>
#
# <details><summary>3. The scores 6 and 4 become 3 and 2. By how much does the
# first key outweigh the second, before and after?</summary>
#
# By $e^2 \approx 7.39$ before, by $e \approx 2.72$ after.
#
# </details>
#
# <details><summary>4. Which weights on four keys have the largest entropy, and
# which the smallest?</summary>
#
# Four equal weights have $\ln 4$. All the weight on one key has 0.
#
# </details>
#
# <details><summary>5. What does the Jacobian of a softmax say about p = (1,
# 0)?</summary>
#
# All its slopes are 0. Whatever happens to the scores, the weights do not
# move: the softmax is saturated.
#
# </details>
#
# <details><summary>6. Without the division, do gradients explode or
# vanish?</summary>
#
# They vanish. The scores are large, the slopes of the softmax are nearly 0.
#
# </details>
#
# <details><summary>7. What does a low temperature do?</summary>
#
# It sharpens: the largest score takes nearly all. Dividing by $\sqrt{d_k}$ is
# one choice of temperature.
#
# </details>
#
# ## What comes next
#
# Your softmax has a volume that suits every width. But it still looks at
# everything: at words that come later, and at padding that is no word at all.
# Lesson 9 puts a hand in front of its eyes, and catches those who peek.
#
# `python -m byhand progress` in a terminal shows what you have solved.
