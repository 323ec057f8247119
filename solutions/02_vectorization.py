# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2 · Vectorisation
#
# Lesson 1 walked through four examples, one at a time, with one weight. A real
# model has millions of both, and a Python loop over them takes far too long.
# So nobody writes that loop. You write one line about a whole table of
# numbers, and compiled code does the rest. This is **vectorisation**, and
# every later lesson is written that way.
#
# **After it you can**
#
# - read the shape, the axes and the dtype of an array;
# - say from two shapes whether they fit together, and what comes out;
# - write a model with any number of weights, its gradient and its descent;
# - say why descent crawls on raw inputs and arrives at once on standardised
#   ones;
# - compare every row of a table with every row of another;
# - name five places where arrays go wrong without an error.
#
# You need: lesson 1, and NumPy arrays as far as `x[0]` and `x * 2`. About 45
# minutes.

# %%
import bisect

import numpy as np

from byhand import check

np.set_printoptions(precision=4, suppress=True)

# %% [markdown]
# ## The idea in one picture
#
# You have a column of three numbers and a row of four. You write
# `column + row`, and all twelve sums come out:
#
# {picture broadcasting.svg A column of shape (3, 1) holds 10, 20, 30 and is copied to four columns. A row of shape (4,) holds 1, 2, 3, 4 and is copied to three rows. Their sum is a table of shape (3, 4), from 11 to 34.}
#
# The white cells are copies that NumPy only pretends to make. Stretching an
# array like this is called **broadcasting**. The shapes of the arrays decide
# what happens, so most of this lesson is about shapes.
#
# ## 3x + 5y, twice
#
# Take $x$ = 1, 2, 3, 4 and $y$ = 10, 20, 30, 40. What is $3x + 5y$? By hand,
# for the first pair: $3 · 1 + 5 · 10 = 53$. Here it is as a loop, and as one
# line.

# %% tags=["demonstration"]
x = np.array([1, 2, 3, 4])
tens = np.array([10, 20, 30, 40])

looped = []
for a, b in zip(x, tens, strict=True):
    looped.append(int(3 * a + 5 * b))
print("a loop:  ", looped)
print("one line:", 3 * x + 5 * tens)

# %% [markdown]
# A number times an array multiplies every entry. An array plus an array of the
# same shape adds entry by entry.
#
# {card vectorization.weighted_sum}


# %% nbgrader={"grade_id": "weighted_sum", "solution": true}
def weighted_sum(
    x: np.ndarray, y: np.ndarray, a: float, b: float
) -> np.ndarray:
    """a·x + b·y, entry by entry. x, y and the result have one shape."""
    ### BEGIN SOLUTION
    return a * x + b * y
    ### END SOLUTION


# %% nbgrader={"grade_id": "weighted_sum-check", "grade": true, "locked": true}
check("vectorization.weighted_sum", weighted_sum)

# %% [markdown]
# Is it faster? This was measured on one machine. On yours the times differ,
# but the lines look much the same:
#
# {picture loop_or_array.svg Seconds for 3x + 5y against the number of entries, from ten to a million, both axes in powers of ten. The loop grows in a straight line. The array is slower than the loop for ten numbers, stays almost flat up to ten thousand, and is dozens of times faster for a million.}
#
# For ten numbers the loop wins, because each call of NumPy has a fixed price.
# For a million the array is dozens of times faster. Both axes are in powers of
# ten: from one grey line to the next the time grows a hundredfold. The jump
# after $10^4$ is memory: large results get fresh room from the system each
# time.
#
# ## Shape, axis, dtype
#
# Back to lesson 1's four points: (1, 2), (2, 3), (3, 4), (4, 5). This time the
# model gets *two* weights, $\hat y = \theta_0 + \theta_1 x$. The first one,
# $\theta_0$ (say "theta zero"), is the **intercept**: it moves the whole line
# up or down. To treat both weights alike, put a column of ones before $x$.
# Then each weight has a column to multiply:

# %% tags=["demonstration"]
X = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [1.0, 4.0]])
y = np.array([2.0, 3.0, 4.0, 5.0])

print(X)
print("shape of X:", X.shape, " shape of y:", y.shape, " dtype:", X.dtype)
print("sum along axis 0:", X.sum(axis=0))
print("sum along axis 1:", X.sum(axis=1))
print("its shape:", X.sum(axis=1).shape)
print("with keepdims:", X.sum(axis=1, keepdims=True).shape)

# %% [markdown]
# - The **shape** says how long each axis is. `X` is `(4, 2)`: 4 rows, 2
#   columns. `y` is `(4,)`: one axis of 4. The comma makes it a tuple.
# - An **axis** is a direction, counted from 0. Axis 0 runs down, from row to
#   row. Axis 1 runs across, from column to column. Axis −1 is the last one. A
#   sum *along* an axis makes that axis disappear: along axis 0 you get one sum
#   for each column. `keepdims=True` keeps the axis, with size 1.
# - The **dtype** says what an entry is: `float64` is a number of about 16
#   digits, `int64` an integer. All entries share one dtype.
#
# ## Broadcasting is one rule
#
# When do two shapes fit? Write them under each other, *flush right*. Then look
# at each pair of sizes:
#
# - they are **equal**: fine;
# - one of them is **1**, or **missing**: that array is stretched;
# - anything else: a clash, and NumPy raises a `ValueError`.
#
# A single number has the shape `()`. It has no axis, so it fits everything.
#
# ```
# (3, 1)      (8, 1, 6, 1)      (2, 3)
#    (4,)        (7, 1, 5)         (2,)
# (3, 4)      (8, 7, 6, 5)      3 against 2: a clash
# ```

# %% tags=["demonstration"]
print((np.ones((3, 1)) + np.ones(4)).shape)
print((np.ones((8, 1, 6, 1)) + np.ones((7, 1, 5))).shape)
try:
    np.ones((2, 3)) + np.ones(2)
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# The last one surprises many people. Two rows and two numbers seem to fit. But
# the rule starts at the *last* axis. To give each row its number, make a
# column of the two numbers `v`: `v[:, None]`. The `:` keeps the axis that is
# there, and `None` inserts one of size 1 behind it. Now `(2, 3)` meets
# `(2, 1)`, and they fit.
#
# {card vectorization.broadcast_shape}


# %% nbgrader={"grade_id": "broadcast_shape", "solution": true}
def broadcast_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of x + y, if x has shape a and y has shape b."""
    ### BEGIN SOLUTION
    longest = max(len(a), len(b))
    a = (1,) * (longest - len(a)) + a
    b = (1,) * (longest - len(b)) + b
    shape = []
    for m, n in zip(a, b, strict=True):
        if m != n and m != 1 and n != 1:
            raise ValueError(f"{m} clashes with {n}")
        shape.append(max(m, n))
    return tuple(shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "broadcast_shape-check", "grade": true, "locked": true}
check("vectorization.broadcast_shape", broadcast_shape)

# %% [markdown]
# ## A model with many weights
#
# Let $\theta$ = [0, 0.1]: no intercept, and the slope that lesson 1 started
# with. The third example is the row [1, 3]. Its prediction multiplies row and
# weights in pairs and adds up: $1 · 0 + 3 · 0.1 = 0.3$. That is a **dot
# product**.
#
# A **matrix product** is a table of dot products. `A @ B` takes every row of
# `A` with every column of `B`. So a row of `A` must be as long as a column of
# `B`, and `(n, k) @ (k, m)` is `(n, m)`. Where `B` is a single vector, `(k,)`,
# the result is `(n,)`: one dot product for each row.
#
# {card vectorization.predict}


# %% nbgrader={"grade_id": "predict", "solution": true}
def predict(X: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The prediction for every row. X: (n, d), theta: (d,). Returns (n,)."""
    ### BEGIN SOLUTION
    return X @ theta
    ### END SOLUTION


# %% nbgrader={"grade_id": "predict-check", "grade": true, "locked": true}
check("vectorization.predict", predict)

# %% tags=["demonstration"]
start = np.array([0.0, 0.1])
residuals = predict(X, start) - y
print("predictions:", predict(X, start))
print("residuals:  ", residuals)
print(f"J = {np.mean(residuals**2):.3f}")

# %% [markdown]
# A **residual** is the prediction minus the truth; lesson 1 called it the
# error. The mean of the squares is 11.575, as in lesson 1: with the intercept
# 0, it is the same model. Call the number of examples $n$ from here on, as in
# the shape `(n, d)`. (Lesson 1 called it $m$.) The loss, for any number of
# weights, is $J(\theta) = \frac{1}{n}\sum_i (\hat y_i - y_i)^2$.
#
# ## All slopes at once
#
# With two weights there are two slopes: how fast $J$ grows with $\theta_0$,
# and how fast with $\theta_1$. Together they are the **gradient**, a vector.
# Lesson 1's rule holds for each weight: the mean of 2 × residual × the number
# that the weight multiplies. By hand, with the residuals −1.9, −2.8, −3.7 and
# −4.6:
#
# - $\theta_0$ multiplies ones:
#   $\frac{2}{4}(-1.9 - 2.8 - 3.7 - 4.6) = \frac{2}{4} · (-13) = -6.5$;
# - $\theta_1$ multiplies 1, 2, 3, 4:
#   $\frac{2}{4}(-1.9 - 5.6 - 11.1 - 18.4) = \frac{2}{4} · (-37) = -18.5$.
#
# Both brackets are dot products of a *column* of $X$ with the residuals. To
# make rows of the columns, transpose: $X^\top$ (say "X transposed") is $X$
# with rows and columns swapped, `X.T`. So both slopes are one product:
#
# $$\nabla J = \frac{2}{n} X^\top (X\theta - y)$$
#
# ($\nabla J$, say "nabla J", is the gradient of $J$.) Check it by shapes:
# `(2, 4) @ (4,)` is `(2,)`, one slope for each weight.
#
# {card vectorization.mse_gradient_vector}


# %% nbgrader={"grade_id": "mse_gradient_vector", "solution": true}
def mse_gradient_vector(
    X: np.ndarray, theta: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """The slope of the loss for each weight.

    X: (n, d), theta: (d,), y: (n,). Returns (d,).
    """
    ### BEGIN SOLUTION
    errors = predict(X, theta) - y
    return 2 / len(y) * X.T @ errors
    ### END SOLUTION


# %% nbgrader={"grade_id": "mse_gradient_vector-check", "grade": true, "locked": true}
check("vectorization.mse_gradient_vector", mse_gradient_vector)

# %% tags=["demonstration"]
slopes = mse_gradient_vector(X, start, y)
moved = start - 0.01 * slopes
print("gradient:", slopes)
print("after one step with α = 0.01:", moved)
print(f"J = {np.mean((predict(X, moved) - y) ** 2):.4f}")
second_only = np.array([0.0, moved[1]])
print("J, had only the second moved: ", end="")
print(f"{np.mean((predict(X, second_only) - y) ** 2):.4f}")

# %% [markdown]
# The second slope, −18.5, is lesson 1's. One step moves both weights at once,
# and $J$ falls to 8.0510. Lesson 1, with the second weight alone, came to
# 8.4092: the intercept helps.
#
# Now many steps. The loop over the *data* is gone. The loop over the *steps*
# stays, because each step starts where the last one ended.
#
# {card vectorization.descend}


# %% nbgrader={"grade_id": "descend", "solution": true}
def descend(X: np.ndarray, y: np.ndarray, lr: float, steps: int) -> np.ndarray:
    """The weights after so many batch steps from zeros.

    X: (n, d), y: (n,). Returns (d,).
    """
    ### BEGIN SOLUTION
    theta = np.zeros(X.shape[1])
    for _ in range(steps):  # each starts where the last one ended
        theta = theta - lr * mse_gradient_vector(X, theta, y)
    return theta
    ### END SOLUTION


# %% nbgrader={"grade_id": "descend-check", "grade": true, "locked": true}
check("vectorization.descend", descend)


# %% tags=["demonstration"]
def loss_at(X, theta):
    return np.mean((predict(X, theta) - y) ** 2)


def steps_until(X, rate, goal=1e-6):
    """How many steps bring the loss below the goal, found by halving."""
    return bisect.bisect_left(
        range(2_000),
        True,
        key=lambda steps: loss_at(X, descend(X, y, rate, steps)) < goal,
    )


for rate in (0.01, 0.1, 0.117):
    print(f"α = {rate}: J < 0.000001 after {steps_until(X, rate):,} steps")
there = descend(X, y, 0.117, 1_000)
print(f"θ after 1,000 steps: {there}, J = {loss_at(X, there):.4f}")
for rate in (0.119, 0.120):
    theta = descend(X, y, rate, 100)
    print(f"α = {rate:.3f}: after 100 steps J = {loss_at(X, theta):.4f}")

# %% [markdown]
# The best weights are [1, 1], with loss 0: the line $1 + x$ goes through all
# four points. But descent takes 1,831 steps at α = 0.01, still 177 at the rate
# 0.117, and just above that it explodes. Why so slow, and why so touchy?
#
# ## A bowl, and how round it is
#
# In lesson 1 the **curvature** was one number: how fast the slope grows as you
# walk. It was 2 × the mean of $x^2$. With two weights it is a table,
# $\frac{2}{n} X^\top X$: 2 × the mean product of every column with every
# column. Picture $J$ as a bowl over the two weights. The curvature depends on
# the *direction* you walk in: large up the side, small along the valley. The
# table's **eigenvalues** are the curvature in the flattest and in the steepest
# direction. How they are found does not matter here. NumPy does it:

# %% tags=["demonstration"]
curvature = 2 / 4 * X.T @ X
flat, steep = np.linalg.eigvalsh(curvature)
print(curvature)
print(f"flattest {flat:.4f}, steepest {steep:.4f}", end="")
print(f", condition {steep / flat:.2f}")
print(f"descent diverges from α = 2/{steep:.4f} = {2 / steep:.4f} on")
print("what a step keeps of the distance, along the flattest and steepest:")
for rate in (0.01, 0.117):
    print(f"α = {rate}: {1 - rate * flat:.4f} and {1 - rate * steep:.4f}")

# %% [markdown]
# Lesson 1's limit, 2 over the curvature, holds for the *steepest* direction:
# α must stay below 0.1198. And a step keeps 1 − α × curvature of the distance,
# in each direction with its own curvature. At α = 0.117 that is 0.9650 along
# the flattest: hardly a move. So the steep side sets the limit, and the flat
# valley pays for it. The ratio of the two, 55.78, is called the
# **condition number**. A round bowl has 1.
#
# Can we make the bowl round? Yes: **standardise** the inputs. From each column
# subtract its mean. Then divide by its **standard deviation**, the root of the
# mean squared distance from the mean. By hand: 1, 2, 3, 4 have the mean 2.5.
# The distances are −1.5, −0.5, 0.5, 1.5, their squares have the mean 1.25, and
# its root is 1.1180. So $x$ becomes −1.3416, −0.4472, 0.4472, 1.3416.
#
# `X.mean(axis=0)` has one mean for each column. Does `(n, d)` minus `(d,)`
# broadcast? Ask your rule.
#
# {card vectorization.standardize}


# %% nbgrader={"grade_id": "standardize", "solution": true}
def standardize(X: np.ndarray) -> np.ndarray:
    """Every column with mean 0 and deviation 1; constant ones are zeros."""
    ### BEGIN SOLUTION
    deviations = X.std(axis=0)
    widths = np.where(deviations == 0, 1, deviations)
    return (X - X.mean(axis=0)) / widths
    ### END SOLUTION


# %% nbgrader={"grade_id": "standardize-check", "grade": true, "locked": true}
check("vectorization.standardize", standardize)

# %% tags=["demonstration"]
ones, raw = X[:, :1], X[:, 1:]  # each (4, 1)
print(f"mean {raw.mean():.1f}, deviation {raw.std():.4f}")
even = np.column_stack([ones, standardize(raw)])
print("x standardised:", even[:, 1])
print("curvature:")
print(np.round(2 / 4 * even.T @ even, 4) + 0)  # + 0 makes 0 of −0
first, second = descend(even, y, 0.5, 1)
print(f"one step at α = 0.5: [{first:.1f}, {second:.4f}]")
for rate in (0.01, 0.1, 0.5):
    print(f"α = {rate}: J < 0.000001 after {steps_until(even, rate)} step(s)")
for rate in (0.99, 1.0, 1.01):
    theta = descend(even, y, rate, 100)
    print(f"α = {rate:.2f}: after 100 steps J = {loss_at(even, theta):.4f}")

# %% [markdown]
# The curvature is 2 in every direction, so a single step at α = 0.5 lands on
# the bottom, [3.5, 1.1180]. It is the same line as before, written for the new
# $x$: 3.5 is its height in the middle, at $x$ = 2.5. Where 0.01 took 1,831
# steps it now takes 407. And α may be almost 1.
#
# The column of ones was left alone: standardised, it would become zeros, and
# the intercept would be gone.
#
# ## Poke at it
#
# On the left you see the bowl from above. Each line joins weights of equal
# loss, and the dots are 30 steps of descent from (0, 0). On the right is the
# loss after every step. Find out:
#
# 1. Raw $x$, α = 0.01: where do the first 15 steps go, and where the rest?
# 2. Raw $x$, α = 0.117: what does the path look like, and why?
# 3. Raw $x$: from which α on does it explode?
# 4. Standardised $x$: which α arrives in one step?
# 5. Standardised $x$: at which α do the steps stop leading down?
#
# {figure bowl}

# %% tags=["demonstration"]
from byhand.sliders import bowl

bowl.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. First straight down the steep side. Then it creeps along the valley.
# 2. It zigzags: each step jumps across the valley, to the other steep side.
# 3. At 0.1198. At 0.119 it still comes down, slowly.
# 4. 0.5, because the curvature is 2 in every direction.
# 5. At 1. There each step jumps across to the same height, forever. Beyond
#    that, each jump lands higher.
#
# </details>
#
# ## Every row against every row
#
# Here are three rows of four numbers, and they will come back. In lesson 7 they
# are three words, and their dot products say how well two words fit. By hand,
# first row against third: $1·1 + 0·1 + 1·1 + 0·1 = 2$. Three rows make 3 × 3
# dot products. A table of dot products: you know an operation for that.
#
# {card vectorization.pairwise_dot}


# %% nbgrader={"grade_id": "pairwise_dot", "solution": true}
def pairwise_dot(X: np.ndarray) -> np.ndarray:
    """All dot products of rows with rows. X: (n, d). Returns (n, n)."""
    ### BEGIN SOLUTION
    return X @ X.T
    ### END SOLUTION


# %% nbgrader={"grade_id": "pairwise_dot-check", "grade": true, "locked": true}
check("vectorization.pairwise_dot", pairwise_dot)

# %% tags=["demonstration"]
rows = np.array([[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1]])
print(pairwise_dot(rows))
print(np.einsum("id,jd->ij", rows, rows))

# %% [markdown]
# The second table comes from `einsum`, a way to write any such product by
# naming axes.
# Read `"id,jd->ij"` aloud: "the first array has axes i and d, the second j and
# d; I want i and j". An axis that is not wanted, here d, is multiplied and
# added up. You will meet it in other people's code.
#
# Distances work the same way, but need differences. Insert an axis of size 1
# into each array. `X[:, None, :]` is `(n, 1, d)` and `Y[None, :, :]` is
# `(1, m, d)`. Their difference broadcasts to `(n, m, d)`: every row minus every
# row. Then square, sum along the last axis, and take the root.
#
# {card vectorization.pairwise_distances}


# %% nbgrader={"grade_id": "pairwise_distances", "solution": true}
def pairwise_distances(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Euclidean distances. X: (n, d), Y: (m, d). Returns (n, m)."""
    ### BEGIN SOLUTION
    gaps = X[:, None, :] - Y[None, :, :]
    return np.sqrt((gaps**2).sum(axis=-1))
    ### END SOLUTION


# %% nbgrader={"grade_id": "pairwise_distances-check", "grade": true, "locked": true}
check("vectorization.pairwise_distances", pairwise_distances)

# %% tags=["demonstration"]
corner = np.array([[0.0, 0.0]])
places = np.array([[3.0, 4.0], [5.0, 12.0], [0.0, 0.0]])
print(pairwise_distances(corner, places))

# %% [markdown]
# ## What it costs, and where it breaks
#
# **The silent trap.** A column minus a row is a whole table, and no error says
# so. Let $y$ be a column by mistake, perhaps because a file gave it as one:

# %% tags=["demonstration"]
y_column = y[:, None]
wrong = predict(X, start) - y_column
print("shapes:", predict(X, start).shape, "minus", y_column.shape, end="")
print(" is", wrong.shape)
print(f"J comes out as {np.mean(wrong**2):.3f}", end="")
print(f", and should be {np.mean(residuals**2):.3f}")

# %% [markdown]
# 11.825 looks quite as good as 11.575. Only the shape gives it away: print it,
# or `assert` it.
#
# **Numbers have limits.** An 8-bit integer (`uint8`, as in pictures) holds 0 to
# 255 and starts again at 0. A `float32` keeps 7 digits, so a long sum loses the
# small ones. NumPy's own sum adds in pairs, then pairs of pairs, and loses
# almost nothing:

# %% tags=["demonstration"]
bright = np.array([200], dtype=np.uint8) + np.array([100], dtype=np.uint8)
print("200 + 100 as uint8:", bright[0])
tenths = np.full(1_000_000, 0.1, dtype=np.float32)
print(f"a million tenths, one by one: {np.cumsum(tenths)[-1]:,.2f}")
print(f"a million tenths, in pairs:   {np.sum(tenths):,.1f}")

# %% [markdown]
# **Room.** Your distances first build *all* differences. For 10,000 against
# 10,000 rows of 100 numbers that is a hundred times the table itself. There is
# a way without them. As with plain numbers, $|a - b|^2$ multiplies out to
# $|a|^2 + |b|^2 - 2\,a·b$, where $|a|$ is the length of the row $a$ and $a·b$
# a dot product. This formula needs only the table. But it subtracts large
# numbers from each other, and far from 0 no digit is left:

# %% tags=["demonstration"]
n = m = 10_000
print(f"all differences: {n * m * 100 * 8 / 1e9:.0f} GB", end="")
print(f", the table: {n * m * 8 / 1e9:.1f} GB")
a, b = np.array([1e8, 0.0]), np.array([1e8, 1.0])
print(f"by the formula: {a @ a + b @ b - 2 * a @ b:.0f}", end="")
print(f", by differences: {pairwise_distances(a[None], b[None])[0, 0]:.0f}")

# %% [markdown]
# **Views.** A slice is a **view**: it shows the same numbers and owns none.
# Write into it, and the original changes. A **copy** has its own numbers:
# `.copy()` makes one, and so does every calculation such as `v + 1`. But
# `v += 1` writes into `v` itself.

# %% tags=["demonstration"]
original = np.array([1, 2, 3, 4])
view, copy = original[1:3], original[1:3].copy()
view += 10
copy += 100
print("original:", original)
print("copy:    ", copy)

# %% [markdown]
# ## Spot the slip
#
# Each of these was published. Find out what is wrong *before* you run the cell
# under them.
#
# 1. A softmax that begins like this (lesson 7 builds one; the first line is
#    enough):
#    ```
#    def softmax(scores):
#        scores -= scores.max()
#        …
#    ```
# 2. "With NumPy, `x * 2` multiplies each element *without a loop*."
# 3. "The number of iterations per epoch is m/B."

# %% tags=["demonstration"]
scores = np.array([1.0, 2.0, 4.0])


def published(scores):
    scores -= scores.max()
    return np.exp(scores) / np.exp(scores).sum()


published(scores)
print("1. the caller's scores are now", scores)
print("2. multiplications for a million numbers:", f"{len(tenths * 2):,}")
print("3. 1,000 examples in batches of 300:", len(range(0, 1_000, 300)))

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. `-=` writes into the caller's array. The scores 1, 2, 4 are lost. Write
#    `scores = scores - scores.max()`, which makes a new array.
# 2. There is a loop, over as many numbers. It runs in compiled code. That makes
#    it faster, and twice the numbers still take twice the time.
# 3. It is m/B *rounded up*: 1,000 examples in batches of 300 are 4 iterations.
#    Lesson 1 had this one.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* Your predictions have shape `(n,)` and a
# colleague's `y` has shape `(n, 1)`. Why does subtracting them raise no error?
# And how would you notice it? Two or three sentences.

# %% [markdown] nbgrader={"grade_id": "why-no-error", "grade": true, "solution": true, "points": 2}
# Flush right, n stands above 1, and the missing axis of the predictions counts
# as 1 against n: both are allowed to stretch, so the rule sees a column and a
# row that make a table of every prediction minus every truth. I would notice it
# by the shape, `(n, n)` where `(n,)` should be; the loss itself is a plausible
# number and tells nothing.
#
# ### BEGIN MARK SCHEME
# - 1 point: broadcasting allows it: a size of 1 and a missing axis both
#   stretch, so the result is an (n, n) table of all pairs.
# - 1 point: the shape gives it away (printed, asserted, or noticed because
#   memory grows with n²). A loss that differs from one worked out by hand, or
#   from a loop, counts too.
# - Half a point for "the shapes are different" without why that is allowed.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What is the shape of (5, 1, 3) plus (4, 1)?</summary>
#
# (5, 4, 3). Flush right: 3 against 1, 1 against 4, 5 against nothing.
#
# </details>
#
# <details><summary>2. X is (100, 7). Which shape has the mean along axis 0, and
# what does it hold?</summary>
#
# (7,): the mean of each column. Axis 0, the rows, has disappeared.
#
# </details>
#
# <details><summary>3. X is (100, 7) and the row sums have shape (100,). Why does
# X divided by them fail, and what helps?</summary>
#
# 7 against 100 is a clash. `keepdims=True` keeps the sums as (100, 1), which
# fits.
#
# </details>
#
# <details><summary>4. Why is it X transposed times the residuals, and not X
# times them?</summary>
#
# Each slope is a dot product of a *column* of X with the residuals. X
# transposed has the columns as rows. And by shapes: (d, n) meets (n,).
#
# </details>
#
# <details><summary>5. The steepest curvature is 40. From which learning rate on
# does descent diverge?</summary>
#
# From 2/40 = 0.05 on.
#
# </details>
#
# <details><summary>6. Why does standardising help descent?</summary>
#
# It makes the bowl rounder. One learning rate then suits all directions.
#
# </details>
#
# <details><summary>7. You write <code>part = X[:2]</code> and then
# <code>part[0] = 0</code>. What happened to X?</summary>
#
# Its first row is 0: a slice is a view.
#
# </details>
#
# <details><summary>8. Name five places where arrays go wrong without an
# error.</summary>
#
# A column minus a row makes a table. A small integer starts again at 0. A long
# sum in float32 loses digits. So do two large numbers that are subtracted. And
# a write into a view changes the original.
#
# </details>
#
# ## What comes next
#
# You can move any number of weights at once, as long as the model is one
# product. [Lesson 3](../03_backpropagation/03_backpropagation.ipynb) puts
# several layers of them on top of each other. Its forward pass is `X @ W + b`,
# where the bias `b` broadcasts over the rows. And the gradient of every layer
# has the form that you wrote here: something transposed, times residuals.
#
# `python -m byhand progress` in a terminal shows what you have solved.
