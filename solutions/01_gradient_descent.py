# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1 · Gradient descent
#
# A model is a function with numbers in it that can be turned, like knobs. To
# *learn* is to turn them until the mistakes are small. With one knob you could
# try out every position; a Transformer has billions of them. This lesson shows
# the trick that works for one and for billions alike: find out which way is
# downhill, take a small step, and do it again.
#
# **After it you can**
#
# - say in plain words what a loss, a gradient and a learning rate are;
# - work out one epoch of batch, stochastic and mini-batch descent by hand;
# - write all three in Python, each in a few lines, each checked;
# - tell epoch, iteration and batch apart, and count them;
# - explain why a learning rate that is too large makes everything explode, and
#   say where "too large" begins.
#
# You need: functions, lists and NumPy arrays. What a slope is, you learn here.
# About 55 minutes.

# %%
import math

import numpy as np

from byhand import check

# %% [markdown]
# ## The idea in one picture
#
# You stand on a hillside in thick fog and want to get down into the valley.
# You cannot see it. But you can feel with your feet which way the ground
# falls, and how steeply. So you take a step that way, and feel again.
#
# The hill here is $f(x) = x^2$. The straight line touches the curve where you
# stand, and its **slope** says how much it rises for one unit to the right.
# Where it rises, go left. Where it falls, go right. Where it is steep, the
# bottom is far: go further. (Lesson 0 has this picture with its sliders.)
#
# {figure tangent}
#
# ## Where the slope comes from
#
# Feel with your feet: move a tiny bit to the right and see by how much $f$
# grows. Divide that growth by the move. Here at $x = 3$, with smaller and
# smaller moves:

# %% tags=["demonstration"]
for nudge in (1.0, 0.1, 0.01, 0.001):
    growth = (3 + nudge) ** 2 - 3**2
    print(f"move by {nudge:5}: the slope is about {growth / nudge:.3f}")

# %% [markdown]
# It closes in on 6. At $x = 4$ it would be 8, at $x = -1$ it would be −2: the
# slope of $x^2$ is $2x$ everywhere. Such a rule for the slope is called the
# **derivative**, and with many knobs, one slope for each, the **gradient**.
# With one knob the two are the same, and we say gradient from here on.
#
# ## One step
#
# By hand, from $x = 2$: the gradient is $2 · 2 = 4$. We take a tenth of it as
# our step, to be careful; that tenth is the **learning rate**. The gradient
# points uphill, so we subtract: $2 - 0.1 · 4 = 1.6$. From there the gradient
# is 3.2, and the next step leads to $1.6 - 0.1 · 3.2 = 1.28$.
#
# {card gradient_descent.gradient_step}


# %% nbgrader={"grade_id": "gradient_step", "solution": true}
def gradient_step(x: float, grad: float, lr: float) -> float:
    """Where one step against the gradient leads. All are single numbers."""
    ### BEGIN SOLUTION
    return x - lr * grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "gradient_step-check", "grade": true, "locked": true}
check("gradient_descent.gradient_step", gradient_step)

# %% tags=["demonstration"]
# Ten of your steps down x², from 2. They become shorter. Why?
place = 2.0
print("step       x   gradient   f(x)")
for step in range(11):
    print(f"{step:4}  {place:.4f}    {2 * place:.4f}  {place**2:.4f}")
    place = gradient_step(place, 2 * place, 0.1)

# %% [markdown]
# <details><summary>Why the steps become shorter</summary>
#
# A step is a tenth of the gradient, and the gradient is smaller where the
# curve is flatter. The learning rate never changed.
#
# </details>
#
# ## One knob, four points
#
# Now a model. It predicts $y$ from $x$ as $\hat y = \theta x$ (say "y-hat is
# theta times x": the hat marks a guess, and θ, *theta*, is the knob). It has
# $m = 4$ examples to learn from: (1, 2), (2, 3), (3, 4) and (4, 5). To begin
# with, $\theta = 0.1$, which is far too small. How wrong is it?

# %% tags=["demonstration"]
x = np.array([1.0, 2.0, 3.0, 4.0])  # (m,)
y = np.array([2.0, 3.0, 4.0, 5.0])  # (m,)
start = 0.1  # θ before anything is learned

print(f"θ = {start}")
print("(x, y)   prediction   error   squared")
squares = []
for a, b in zip(x, y, strict=True):
    miss = start * a - b
    squares.append(miss * miss)
    print(f"({a:.0f}, {b:.0f})      {start * a:.1f}       {miss:.1f}", end="")
    print(f"    {squares[-1]:5.2f}")
print(f"sum of the squares {sum(squares):.1f}, mean {sum(squares) / 4:.3f}")

# %% [markdown]
# The error is the prediction minus the truth. Squared, it cannot cancel
# against another, and large errors weigh more. The mean of the squares is our
# **loss**, here 11.575: one number for how bad $\theta$ is. In symbols, where
# $J$ is the loss and $\sum$ (*sigma*) says "add up over all examples":
#
# $$J(\theta) = \frac{1}{m} \sum_{i=1}^{m} (\theta x_i - y_i)^2$$
#
# {card gradient_descent.mse}


# %% nbgrader={"grade_id": "mse", "solution": true}
def mse(theta: float, x: np.ndarray, y: np.ndarray) -> float:
    """The mean squared error of the guess θx. x, y: (m,)."""
    ### BEGIN SOLUTION
    errors = theta * x - y
    return float(np.mean(errors**2))
    ### END SOLUTION


# %% nbgrader={"grade_id": "mse-check", "grade": true, "locked": true}
check("gradient_descent.mse", mse)

# %% [markdown]
# ## Which way is down?
#
# We want the slope of $J$ at our $\theta$. Take one example and turn the knob
# by a tiny bit. Two things happen, one inside the other:
#
# - the prediction $\theta x$, and with it the error, changes $x$ times as fast
#   as $\theta$;
# - the square of the error changes 2 × error times as fast as the error (as
#   $x^2$ did: its slope was $2x$).
#
# So the square changes $2 · \text{error} · x$ times as fast as $\theta$.
# Multiplying the speeds like that is the **chain rule**. The loss is the mean
# of the squares, so its gradient is the mean of these contributions:
#
# $$\frac{dJ}{d\theta} = \frac{1}{m} \sum_{i=1}^{m} 2(\theta x_i - y_i)\,x_i$$
#
# (say "d-J by d-theta: how much $J$ grows for a tiny growth of $\theta$"). Do
# not take the chain rule's word for it. The last line below turns the knob a
# tiny bit to either side and measures the slope of your own loss.

# %% tags=["demonstration"]
parts = []
for a, b in zip(x, y, strict=True):
    parts.append(2 * (start * a - b) * a)
    print(f"({a:.0f}, {b:.0f}): 2 × ({start * a - b:.1f}) × {a:.0f}", end="")
    print(f" = {parts[-1]:.1f}")
print(f"the mean: {sum(parts):.0f}/4 = {sum(parts) / 4:.1f}")
rise = mse(start + 0.001, x, y) - mse(start - 0.001, x, y)
print(f"measured: {rise / 0.002:.1f}")

# %% [markdown]
# It is negative: the ground falls to the right, $\theta$ should grow.
#
# {card gradient_descent.mse_gradient}


# %% nbgrader={"grade_id": "mse_gradient", "solution": true}
def mse_gradient(theta: float, x: np.ndarray, y: np.ndarray) -> float:
    """The slope of the mean squared error at θ. x, y: (m,)."""
    ### BEGIN SOLUTION
    errors = theta * x - y
    return float(2 * np.mean(errors * x))
    ### END SOLUTION


# %% nbgrader={"grade_id": "mse_gradient-check", "grade": true, "locked": true}
check("gradient_descent.mse_gradient", mse_gradient)

# %% [markdown]
# ## Way 1 · Batch: look at everything, then step
#
# One pass through all the data is called an **epoch**. There are three ways to
# spend it. The first takes the mean over *all* examples, and then makes a
# single update. By hand, with the learning rate $\alpha = 0.01$ (say *alpha*):
# $0.1 - 0.01 · (-18.5) = 0.285$.
#
# {card gradient_descent.batch_epoch}


# %% nbgrader={"grade_id": "batch_epoch", "solution": true}
def batch_epoch(
    theta: float, x: np.ndarray, y: np.ndarray, lr: float
) -> float:
    """θ after one update with all the data. x, y: (m,)."""
    ### BEGIN SOLUTION
    return gradient_step(theta, mse_gradient(theta, x, y), lr)
    ### END SOLUTION


# %% nbgrader={"grade_id": "batch_epoch-check", "grade": true, "locked": true}
check("gradient_descent.batch_epoch", batch_epoch)

# %% tags=["demonstration"]
alpha = 0.01
moved = batch_epoch(start, x, y, alpha)
print(f"α = {alpha}: θ goes from {start} to {moved:.3f}")
print(f"J falls from {mse(start, x, y):.3f} to {mse(moved, x, y):.4f}")

crawling = start
for epoch in range(1, 41):
    crawling = batch_epoch(crawling, x, y, alpha)
    if epoch in (1, 2, 5, 10, 20, 40):
        print(f"after {epoch:2} epochs θ = {crawling:.4f}")
best = sum(x * y) / sum(x * x)
print(f"on paper: the best θ is {sum(x * y):.0f}/{sum(x * x):.0f}", end="")
print(f" = {best:.4f}")

# %% [markdown]
# It closes in on 1.3333. Our loss is so simple that this can be found on
# paper. At the bottom the gradient is 0, so the $(\theta x_i - y_i)\,x_i$ add
# up to 0, and that is solved by $\theta = \sum x_i y_i / \sum x_i^2$. For most
# models nobody can solve it. Descent is all there is.
#
# ## Way 2 · Stochastic: step after every example
#
# Why wait for all the data? The second way makes an update after *every
# single* example, so that the next one already sees a better $\theta$.
# "Stochastic" means "by chance", as the order is usually shuffled. We keep it,
# so that you can follow. The first two by hand:
#
# - (1, 2) at $\theta = 0.1$: gradient $2 · (0.1 - 2) · 1 = -3.8$, so $\theta$
#   becomes $0.1 + 0.038 = 0.138$;
# - (2, 3) at $\theta = 0.138$: gradient $2 · (0.276 - 3) · 2 = -10.896$, so
#   $\theta$ becomes $0.138 + 0.10896 = 0.24696$.
#
# {card gradient_descent.sgd_epoch}


# %% nbgrader={"grade_id": "sgd_epoch", "solution": true}
def sgd_epoch(
    theta: float, x: np.ndarray, y: np.ndarray, lr: float
) -> list[float]:
    """θ after each of the m updates of an epoch. x, y: (m,)."""
    ### BEGIN SOLUTION
    visited = []
    for i in range(len(x)):
        one = slice(i, i + 1)
        theta = batch_epoch(theta, x[one], y[one], lr)
        visited.append(theta)
    return visited
    ### END SOLUTION


# %% nbgrader={"grade_id": "sgd_epoch-check", "grade": true, "locked": true}
check("gradient_descent.sgd_epoch", sgd_epoch)

# %% tags=["demonstration"]
seen = start
for a, b, after in zip(x, y, sgd_epoch(start, x, y, alpha), strict=True):
    gradient = 2 * (seen * a - b) * a
    print(f"({a:.0f}, {b:.0f}): prediction {seen * a:.9g}, ", end="")
    print(f"gradient {gradient:.9g}, step {-alpha * gradient:.9g}, ", end="")
    print(f"θ = {after:.9g}")
    seen = after

# %% [markdown]
# The same four examples, the same learning rate: 0.7009 instead of 0.285 after
# one epoch. Four steps lead further than one. But each follows a single
# example, which may pull in a direction that is wrong for the rest.
#
# ## Way 3 · Mini-batch: step after every few
#
# The third way is between the two, and it is what everybody uses. Cut the data
# into small batches, here of 2, and make an update after each. By hand:
#
# - (1, 2) and (2, 3) at $\theta = 0.1$ contribute −3.8 and −11.2. Their mean
#   is the gradient, −7.5, and $\theta$ becomes 0.175.
# - (3, 4) and (4, 5) at $\theta = 0.175$ contribute −20.85 and −34.4. The
#   gradient is −27.625, and $\theta$ becomes 0.45125.
#
# {card gradient_descent.minibatch_epoch}


# %% nbgrader={"grade_id": "minibatch_epoch", "solution": true}
def minibatch_epoch(
    theta: float, x: np.ndarray, y: np.ndarray, lr: float, batch_size: int
) -> list[float]:
    """θ after each update of an epoch. x, y: (m,)."""
    ### BEGIN SOLUTION
    visited = []
    for start in range(0, len(x), batch_size):
        batch = slice(start, start + batch_size)
        theta = batch_epoch(theta, x[batch], y[batch], lr)
        visited.append(theta)
    return visited
    ### END SOLUTION


# %% nbgrader={"grade_id": "minibatch_epoch-check", "grade": true, "locked": true}
check("gradient_descent.minibatch_epoch", minibatch_epoch)

# %% tags=["demonstration"]
first, second = minibatch_epoch(start, x, y, alpha, 2)
print(f"gradient {mse_gradient(start, x[:2], y[:2]):.1f}, θ = {first:.3f}")
print(f"gradient {mse_gradient(first, x[2:], y[2:]):.3f}, θ = {second:.5f}")

print("\nThe three ways are one, with batches of different sizes:")
for name, size in (("batch", 4), ("mini-batch", 2), ("stochastic", 1)):
    walk = minibatch_epoch(start, x, y, alpha, size)
    shown = ", ".join(f"{each:.9g}" for each in walk)
    print(f"{name:10} (size {size}): {shown}")

# %% [markdown]
# ## Epoch, iteration, batch
#
# Three words that are easily mixed up. Think of the data as a book:
#
# - a **batch** is what you read before you stop and think: a page, a chapter,
#   the whole book;
# - an **iteration** is one stop to think: one update of $\theta$;
# - an **epoch** is having read the whole book once.
#
# So there are as many iterations in an epoch as there are batches in the data:
# $\lceil m / B \rceil$ of them, where $B$ is the batch size, and the brackets
# without feet say "rounded up".
#
# {card gradient_descent.updates_per_epoch}


# %% nbgrader={"grade_id": "updates_per_epoch", "solution": true}
def updates_per_epoch(m: int, batch_size: int) -> int:
    """How many batches m examples make; a shorter last one counts."""
    ### BEGIN SOLUTION
    if m < 1 or batch_size < 1:
        raise ValueError(f"both must be positive; got {m}, {batch_size}")
    return math.ceil(m / batch_size)
    ### END SOLUTION


# %% nbgrader={"grade_id": "updates_per_epoch-counts", "grade": true, "locked": true}
check("gradient_descent.updates_per_epoch", updates_per_epoch, part="counts")

# %% nbgrader={"grade_id": "updates_per_epoch-refuses", "grade": true, "locked": true}
check("gradient_descent.updates_per_epoch", updates_per_epoch, part="refuses")

# %% tags=["demonstration"]
m = 1_000
print(f"{m:,} examples, updates in an epoch:")
for name, size in (
    ("batch", m),
    ("stochastic", 1),
    ("batches of 100", 100),
    ("batches of 50", 50),
    ("batches of 30", 30),
):
    print(f"{name:14} ⌈m/B⌉ = ⌈{m}/{size}⌉ = {updates_per_epoch(m, size):,}")

# %% [markdown] quoted=["0.002"]
# ## Poke at it
#
# On the left the valley and the path of $\theta$ through it, with the best
# $\theta$ dotted; on the right the loss after every update. Below them is by
# what an epoch multiplies the distance to the *resting point*, the $\theta$
# at which an epoch changes nothing. With all 4 points in a batch, that is the
# best $\theta$. Find out with it:
#
# 1. With all 4 points in a batch, which learning rate brings $\theta$ to the
#    bottom fastest?
# 2. Make the learning rate 0.002. What is wrong with that?
# 3. Make it 0.12, then 0.14. The path jumps from side to side; what is the
#    difference?
# 4. Back to 0.03, with a batch size of 1 and many epochs. Does $\theta$ come
#    to rest?
#
# {figure descent}

# %% tags=["demonstration"]
from byhand.sliders import descent

descent.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. About 0.067: it lands at the bottom with the first step.
# 2. It creeps: safe, but after 30 epochs it is still not there.
# 3. Both jump across the valley. At 0.12 each jump lands lower than it began,
#    at 0.14 higher, and so it explodes.
# 4. No. It goes round in a small circle, because each example pulls towards a
#    $\theta$ of its own. More on that below.
#
# </details>
#
# ## Where it breaks: a step that is too long
#
# How long is too long? Our gradient is $2 · \text{mean}(x^2)$ times the
# distance to the best $\theta$. The factor $2 · \text{mean}(x^2)$ says how
# fast the slope itself grows as we walk away from the bottom. It is the
# **curvature**, $J''$ (say "J-double-prime").
#
# One update therefore moves $\theta$ by $\alpha J''$ times its distance to the
# bottom. What is left of the distance is $1 - \alpha J''$ times as much:
#
# - above 0: we come closer from the same side;
# - below 0: we jump across;
# - below −1: we jump across and land *further away* than we were. The next
#   jump is longer still.
#
# It is −1 exactly when $\alpha = 2 / J''$. Beyond that, batch descent
# diverges.

# %% tags=["demonstration"]
curvature = 2 * sum(x * x) / 4
limit = 2 / curvature
print(f"J″ = {curvature:.0f}, so α must stay below 2/15 = {limit:.4f}")
for rate in (0.001, 0.01, 1 / 15, 0.12, limit, 0.14, 0.16):
    walker = start
    for _ in range(20):
        walker = batch_epoch(walker, x, y, rate)
    left = 1 - rate * curvature
    print(f"α = {rate:.4f}: distance × {left:6.3f} an epoch", end="")
    print(f", after 20 epochs θ = {walker:8.4f}")

# %% [markdown]
# ## In your own words
#
# *2 points, read by a person.* With $\alpha = 0.14$ every update goes
# *downhill*, against the gradient, and yet the loss grows in every epoch.
# Explain in two sentences how that can be, and why it gets worse and worse.

# %% [markdown] nbgrader={"grade_id": "why-diverges", "grade": true, "solution": true, "points": 2}
# The gradient tells the direction at the place where we stand, but not how far
# the bottom is, and with α = 0.14 the step is 15 · 0.14 = 2.1 times the
# distance, so that θ lands on the other side, 1.1 times as far away and higher
# up. There the slope is steeper than before, so that the next step, a fixed
# share of the slope, is longer again: the distance grows by the factor 1.1
# with every update.
#
# ### BEGIN MARK SCHEME
# - 1 point: the step overshoots: it crosses the bottom and ends further from
#   it (or higher up) than it began, since the gradient holds only near where
#   it was measured.
# - 1 point: further out the slope is steeper, so that the next step is longer,
#   and the overshoot feeds itself (a factor of −1.1 an update says the same).
# - Half a point for "the learning rate is too large" without how that makes
#   the loss grow. Ask for no calculation.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs
#
# | | updates in an epoch | examples read for one update | the path |
# |---|---|---|---|
# | batch | 1 | all $m$ | smooth |
# | mini-batch | $\lceil m/B \rceil$ | $B$ | a little noisy |
# | stochastic | $m$ | 1 | noisy |
#
# Every way reads each example once an epoch, so the arithmetic is the same.
# But with a million examples batch descent makes one update out of it, and
# stochastic descent a million. On the other hand, stochastic descent gives the
# hardware one example at a time, and a GPU, built to do thousands of things at
# once, is almost idle. Batches of some dozens or hundreds are the bargain
# between the two.
#
# Noise has a price, too. Our four points would like $\theta$ to be 2, 1.5,
# 1.3333 and 1.25: no line through 0 meets them all. Stochastic descent obeys
# one after the other and never comes to rest. A smaller learning rate makes
# the circle smaller, which is why it is often lowered towards the end.

# %% tags=["demonstration"]
for rate in (0.03, 0.01, 0.001):
    restless = start
    for _ in range(2_000):
        *others, restless = sgd_epoch(restless, x, y, rate)
    circle = ", ".join(f"{each:.4f}" for each in (*others, restless))
    print(f"α = {rate}: in the end θ goes round {circle}")
print(f"the best θ is {best:.4f}")

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. You have 60,000 pictures and batches of 64. How many
# iterations are in an epoch?</summary>
#
# 60,000 / 64 is 937.5, so 938. The last batch has 32 pictures.
#
# </details>
#
# <details><summary>2. Training ran for 500 iterations with batches of 20 on
# 1,000 examples. How many epochs were that?</summary>
#
# An epoch has 1,000 / 20 = 50 iterations, so that was 10 epochs.
#
# </details>
#
# <details><summary>3. For which batch size are an iteration and an epoch the
# same?</summary>
#
# For a batch of all $m$ examples: batch gradient descent.
#
# </details>
#
# <details><summary>4. The gradient is −18.5. Does θ grow or shrink?</summary>
#
# Grow. The loss falls to the right, and we subtract a negative number.
#
# </details>
#
# <details><summary>5. Somebody works out all four gradients of a stochastic
# epoch at θ = 0.1 first, and then makes the four updates. What have they
# really done?</summary>
#
# One batch update with a learning rate four times as large: four steps against
# gradients from one place are one step against their sum.
#
# </details>
#
# ## What comes next
#
# You can train a model with one knob.
# [Lesson 2](../02_vectorization/02_vectorization.ipynb) gives it many, and
# does away with the loops over the data: whole tables of numbers in one go.
# The step stays the one that you wrote here. With a few refinements it trains
# every model in this course, up to the last.
#
# `python -m byhand progress` in a terminal shows what you have solved.
