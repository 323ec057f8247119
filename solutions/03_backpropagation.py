# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3 · Backpropagation
#
# Lesson 1 had one knob, and a formula for its gradient. A network has many
# knobs, some of them deep inside. How does the *first* layer learn that the
# *last* number was wrong? Backpropagation answers that. It goes through the
# network once more, from the loss back to the input. On the way it hands every
# weight its gradient. Every network in this course is trained with it.
#
# **After it you can**
#
# - say what a neuron, a layer, an activation and a loss are;
# - work out every gradient of a small network by hand, to four decimals;
# - write the way back twice: with matrices, and as an engine like PyTorch's;
# - explain why gradients are *added* where a value is used twice;
# - say why gradients vanish or explode in deep networks, and what helps.
#
# You need lessons 1 and 2: gradients, arrays, shapes and `@`. About 70
# minutes.

# %%
import math

import numpy as np

from byhand import check

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")

# %% [markdown]
# ## The idea in one picture
#
# Numbers go forward, from left to right, until a loss comes out. Then
# ask at the end: *if this number grew a little, how much would
# the loss grow?* At the loss itself the answer is 1. Each box on the left
# finds its answer from the box on its right: multiply by the slope in between.
# That is the chain rule of lesson 1, once for each step.
#
# {picture there_and_back.svg Forward: x becomes z, z becomes hidden by the sigmoid, hidden becomes logits, logits become the loss 0.5545. Backward: 1 at the loss becomes p minus one-hot at the logits, times W2 transposed at hidden, times h(1 − h) at z.}
#
# You will compute every number in this picture, first forward, then back.

# %% [markdown]
# ## A neuron
#
# A **neuron** takes some numbers, multiplies each by a weight, adds them up
# and adds one more number, its **bias**. Then it bends the sum with an
# **activation**. Take the inputs 1 and 2, the weights 0.1 and 0.2, and the
# bias 0. The sum is $1 · 0.1 + 2 · 0.2 + 0 = 0.5$.
#
# Neurons side by side are a **layer**. The numbers that come in are the
# *input* layer, the last are the *output* layer. Layers between are *hidden*.
#
# The oldest activation in use is the **sigmoid**, $\sigma$ (say *sigma*). It
# takes any number to a value between 0 and 1. It is built from $e$, a number
# of about 2.72: the slope of $e^x$ is $e^x$ itself. That gives the sigmoid's
# slope a short formula, $\sigma(x)\,(1 - \sigma(x))$, of the value alone.
#
# {card backpropagation.sigmoid}


# %% nbgrader={"grade_id": "sigmoid", "solution": true}
def sigmoid(x: np.ndarray) -> np.ndarray:
    """Between 0 and 1, rising. x: any shape, or one number."""
    ### BEGIN SOLUTION
    return 0.5 * (np.tanh(np.asarray(x) / 2) + 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "sigmoid-check", "grade": true, "locked": true}
check("backpropagation.sigmoid", sigmoid)

# %% tags=["demonstration"]
print("    x   sigmoid   slope     tanh   slope")
for x in (-2, -1, 0, 1, 2):
    s, t = sigmoid(x), np.tanh(x)
    print(f"{x:5}    {s:.4f}  {s * (1 - s):.4f}", end="")
    print(f"  {t:7.4f}  {1 - t**2:.4f}")

# %% [markdown]
# The steepest slope of the sigmoid is 0.25, in the middle. **tanh** is a
# sigmoid that runs from −1 to 1. Its slope is $1 - \tanh^2$, and 1 in the
# middle. Far out both are flat: such a neuron is **saturated**.
#
# ## Three younger activations
#
# **ReLU** keeps what is positive and sets the rest to 0. It costs next to
# nothing, and its slope is 1 or 0. A neuron whose sum is negative for every
# example gets no gradient any more: it is *dead*. **Leaky ReLU** leaves a
# small slope $\alpha$ (*alpha*) on the left, so that it can recover.
#
# {card backpropagation.leaky_relu}


# %% nbgrader={"grade_id": "leaky_relu", "solution": true}
def leaky_relu(x: np.ndarray, alpha: float) -> np.ndarray:
    """x where it is positive, alpha times x elsewhere. x: any shape."""
    ### BEGIN SOLUTION
    return np.where(np.asarray(x) > 0, x, alpha * np.asarray(x))
    ### END SOLUTION


# %% nbgrader={"grade_id": "leaky_relu-check", "grade": true, "locked": true}
check("backpropagation.leaky_relu", leaky_relu)

# %% [markdown]
# **GELU** is the activation of BERT and GPT. ReLU multiplies $x$ by 1 or by 0.
# GELU multiplies it by $\Phi(x)$ (say *phi of x*). Picture a bell curve around
# 0: the **normal distribution**, with the deviation 1. $\Phi(x)$ is the share of
# it that lies below $x$. It rises smoothly from 0 to 1, and a ready function,
# the error function `erf`, computes it. GPT-2 used an approximation with tanh, because it was faster at the time.
#
# {card backpropagation.gelu}


# %% nbgrader={"grade_id": "gelu", "solution": true}
def gelu(x: np.ndarray) -> np.ndarray:
    """x times the share of a normal distribution below x. Any shape."""
    ### BEGIN SOLUTION
    erf = np.vectorize(math.erf)
    return 0.5 * np.asarray(x) * (1 + erf(np.asarray(x) / math.sqrt(2)))
    ### END SOLUTION


# %% nbgrader={"grade_id": "gelu-check", "grade": true, "locked": true}
check("backpropagation.gelu", gelu)


# %% tags=["demonstration"]
def gelu_of_gpt2(x):
    return (
        x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    )


print("    x  leaky 0.1     GELU  tanh form")
for x in (-2.0, -1.0, 0.0, 1.0, 2.0):
    print(f"{x:5}  {leaky_relu(x, 0.1):9.1f}", end="")
    print(f"  {gelu(x):7.4f}    {gelu_of_gpt2(x):7.4f}")

grid = np.linspace(-5, 5, 10_001)
lowest = grid[gelu(grid).argmin()]
gaps = np.abs(gelu(grid) - gelu_of_gpt2(grid))
print(f"GELU is lowest at {lowest:.3f}: {gelu(lowest):.4f}")
print(f"the two forms differ by {gaps.max():.1e} at most", end="")
print(f", near ±{abs(grid[gaps.argmax()]):.2f}")

# %% [markdown]
# ## Why bend at all?
#
# Without an activation, a second layer adds nothing. $(x W_1) W_2$ is
# $x (W_1 W_2)$: the two matrices are one, and the network draws straight
# lines. A ReLU is a hinge: flat on one side, steep on the other. With hinges in
# between, the network can draw a curve. Each hidden ReLU neuron gives one corner, and the output adds them up. Here a network draws the price
# of a house against its size:
#
# {figure hinges}
#
# Move the slider below, from 1 hidden neuron to 16, and watch the error fall.

# %% tags=["demonstration"]
from byhand.sliders import hinges

hinges.show()

# %% [markdown]
# Take any continuous curve over a bounded range. With enough hidden neurons,
# one hidden layer comes as close to it as you like. This is the **universal approximation
# theorem**. It says that such weights *exist*. It does not say that gradient
# descent finds them.
#
# ## Forward, by hand
#
# Our network has two inputs, two hidden neurons and two outputs. It looks at
# one example, $x = [1, 2]$, whose right class is 0. A weight matrix has the
# shape `(in, out)` and stands on the right, as in lesson 2: a column holds the
# weights of one neuron.
#
# $$W_1 = \begin{bmatrix} 0.1 & -0.3 \\ 0.2 & 0.4 \end{bmatrix},\;
# b_1 = [0, 0.1],\quad W_2 = \begin{bmatrix} 0.5 & -0.5 \\ -0.2 & 0.3
# \end{bmatrix},\; b_2 = [0, 0]$$
#
# - $z = x W_1 + b_1$: the first neuron gets $1 · 0.1 + 2 · 0.2 + 0 = 0.5$, the
#   second $1 · (-0.3) + 2 · 0.4 + 0.1 = 0.6$.
# - hidden $= \sigma(z)$: 0.6225 and 0.6457.
# - **logits** $=$ hidden $· W_2 + b_2$: one number for each class. The first is
#   $0.6225 · 0.5 + 0.6457 · (-0.2) + 0 = 0.1821$. Logits may be of any sign and
#   size. The largest is the network's choice.
#
# {card backpropagation.mlp_forward}


# %% nbgrader={"grade_id": "mlp_forward", "solution": true}
def mlp_forward(
    x: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    W2: np.ndarray,
    b2: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """The hidden layer and the logits.

    x: (n, d), W1: (d, h), b1: (h,), W2: (h, k), b2: (k,).
    Returns hidden (n, h) and logits (n, k).
    """
    ### BEGIN SOLUTION
    hidden = sigmoid(x @ W1 + b1)
    return hidden, hidden @ W2 + b2
    ### END SOLUTION


# %% nbgrader={"grade_id": "mlp_forward-check", "grade": true, "locked": true}
check("backpropagation.mlp_forward", mlp_forward)

# %% tags=["demonstration"]
x = np.array([[1.0, 2.0]])  # (n, d): one example
targets = np.array([0])  # (n,): its class
W1 = np.array([[0.1, -0.3], [0.2, 0.4]])  # (d, h)
b1 = np.array([0.0, 0.1])  # (h,)
W2 = np.array([[0.5, -0.5], [-0.2, 0.3]])  # (h, k)
b2 = np.array([0.0, 0.0])  # (k,)
weights = W1, b1, W2, b2

hidden, logits = mlp_forward(x, *weights)
print("z     ", x @ W1 + b1)
print("hidden", hidden)
print("logits", logits)

# %% [markdown]
# ## The loss
#
# For a number, a price say, the squared error of lesson 1 is a good loss. For
# classes there is a better one. First turn the logits into probabilities:
# raise $e$ to each, and divide by their sum. That is the **softmax**, which
# lesson 7 builds with care. Here it gives $p = [0.5744, 0.4256]$.
#
# Then take minus the natural logarithm of the probability $p_t$ of the *right*
# class $t$:
#
# $$L = -\ln p_t$$
#
# This is the **cross-entropy**. If the network is certain and right, $p_t = 1$
# and the loss is 0. If it is certain and wrong, the loss grows without bound.
# Here it is $-\ln 0.5744 = 0.5545$. For several examples, take the mean.
#
# A network has one output for each class, with a softmax over them. For two
# classes a single output will do, with a sigmoid.
#
# {card backpropagation.cross_entropy}


# %% nbgrader={"grade_id": "cross_entropy", "solution": true}
def cross_entropy(logits: np.ndarray, targets: np.ndarray) -> float:
    """The mean of −ln of the right class's probability.

    logits: (n, k), targets: (n,), ids from 0.
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(axis=1))
    right = shifted[np.arange(len(targets)), targets]
    return float(np.mean(log_sums - right))
    ### END SOLUTION


# %% nbgrader={"grade_id": "cross_entropy-check", "grade": true, "locked": true}
check("backpropagation.cross_entropy", cross_entropy)

# %% tags=["demonstration"]
p = np.exp(logits) / np.exp(logits).sum()
print("probabilities", p)
print(f"the loss is {cross_entropy(logits, targets):.4f}")
for k in (2, 5):
    guess = cross_entropy(np.zeros((1, k)), np.array([0]))
    print(f"equal guesses over {k} classes cost ln {k} = {guess:.4f}")

# %% [markdown]
# ## Backward, by hand
#
# Now back, with the question from above: how much does the loss grow if this
# number grows? Write $\partial L / \partial z$ for it (say "d-L by d-z"). We
# shorten it to dz, and call the gradient that arrives at a place its *error*.
#
# **1. The logits.** Softmax and logarithm together have a simple slope:
# $p$ minus the **one-hot** row, which is 1 at the right class and 0 elsewhere.
# $[0.5744, 0.4256] - [1, 0] = [-0.4256, 0.4256]$. In words: raise the right
# logit, lower the other.
#
# **2. A layer.** A logit is hidden · weight + bias. So
#
# - A *weight* gets its input times the error: dW₂ = hiddenᵀ · error. Its first
#   entry is $0.6225 · (-0.4256) = -0.2649$.
# - A *bias* gets the error itself.
# - A *hidden value* gets each error times the weight that leads there, added
#   up: error · W₂ᵀ. The first is
#   $-0.4256 · 0.5 + 0.4256 · (-0.5) = -0.4256$.
#
# (ᵀ says *transposed*: rows and columns swapped.)
#
# **3. The sigmoid.** Multiply by its slope, $h(1 - h)$, number by number
# ($\odot$ says so): dz = dhidden ⊙ h(1 − h). The first is
# $-0.4256 · 0.6225 · (1 - 0.6225) = -0.1000$.
#
# **4. The first layer** is again step 2, with $x$ as its input.
#
# <details><summary>Why p minus one-hot?</summary>
#
# With $S = \sum_j e^{z_j}$ the loss is $L = -\ln(e^{z_t} / S) = \ln S - z_t$.
# The slope of $\ln S$ in $S$ is $1/S$, and the slope of $S$ in $z_i$ is
# $e^{z_i}$. By the chain rule $\ln S$ has the slope $e^{z_i} / S$ in $z_i$,
# which is $p_i$. The slope of $-z_t$ is −1 for $i = t$ and 0 for the others.
# Together: $p_i$, minus 1 at the right class.
#
# </details>
#
# With several examples, each row is one of them. The loss is their mean, so
# the first error is (p − one-hot) / n. The products then add up over the rows
# by themselves. A bias serves every row, so its gradient is the *sum* over
# the rows.
#
# {card backpropagation.mlp_backward}


# %% nbgrader={"grade_id": "mlp_backward", "solution": true}
def mlp_backward(
    x: np.ndarray,
    targets: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    W2: np.ndarray,
    b2: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of the loss: dW1, db1, dW2, db2.

    x: (n, d), targets: (n,), W1: (d, h), b1: (h,), W2: (h, k), b2: (k,).
    """
    ### BEGIN SOLUTION
    hidden, logits = mlp_forward(x, W1, b1, W2, b2)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = powers / powers.sum(axis=1, keepdims=True)
    error[np.arange(len(x)), targets] -= 1
    error = error / len(x)
    d_z = (error @ W2.T) * hidden * (1 - hidden)
    return x.T @ d_z, d_z.sum(axis=0), hidden.T @ error, error.sum(axis=0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "mlp_backward-check", "grade": true, "locked": true}
check("backpropagation.mlp_backward", mlp_backward)

# %% tags=["demonstration"]
gradients = mlp_backward(x, targets, *weights)
error = p - np.array([[1.0, 0.0]])
print("error at the logits", error)
print("dhidden            ", error @ W2.T)
for name, gradient in zip(
    ("dW1", "db1", "dW2", "db2"), gradients, strict=True
):
    print(f"{name}\n{gradient}")

# One step against the gradients, with a learning rate of 1, as in lesson 1.
moved = [w - g for w, g in zip(weights, gradients, strict=True)]
after = cross_entropy(mlp_forward(x, *moved)[1], targets)
print(f"\nthe loss falls from 0.5545 to {after:.4f}")

# %% [markdown]
# ## Do not take anybody's word for it
#
# A gradient can be *measured*, as in lesson 1: move one weight a little to
# both sides, and see how much the loss changes. This is slow, as it needs two
# passes for every weight. But it is a check that works for every network.


# %% tags=["demonstration"]
def loss_with(entry: float) -> float:
    """The loss, with the weight W1[1, 0] set to `entry`."""
    other = W1.copy()
    other[1, 0] = entry
    return cross_entropy(mlp_forward(x, other, b1, W2, b2)[1], targets)


at, exact = W1[1, 0], gradients[0][1, 0]
print(f"by backpropagation: {exact:.10f}")
for h in (0.1, 1e-3):
    both_sides = (loss_with(at + h) - loss_with(at - h)) / (2 * h)
    print(f"both sides, h = {h:5}: {both_sides:.10f}", end="")
    print(f", off by {abs(both_sides - exact):.1e}")
h = 1e-5
one_side = (loss_with(at + h) - loss_with(at)) / h
print(f"one side,   h = {h}: {one_side:.10f}", end="")
print(f", off by {abs(one_side - exact):.1e}")

# %% [markdown]
# A hundredth of the step, a ten-thousandth of the error: it goes with $h^2$.
# One side alone is much worse. But do not make $h$ too small. You would subtract
# two numbers that are almost equal, and only rounding would be left. On the
# machine that built this page the error was 6.6e-12 for $h = 10^{-5}$. It grew
# to 5.8e-10, 8.3e-8 and 9.2e-7 for $10^{-7}$, $10^{-9}$ and $10^{-11}$.
#
# PyTorch finds the gradients by itself. What does it say to yours?

# %% tags=["demonstration"]
from byhand import tools

if tools.installed("torch", recorded="backpropagation/gradients"):
    import torch

    leaves = [torch.tensor(w, requires_grad=True) for w in weights]
    inside = torch.sigmoid(torch.from_numpy(x) @ leaves[0] + leaves[1])
    theirs = torch.nn.functional.cross_entropy(
        inside @ leaves[2] + leaves[3], torch.from_numpy(targets)
    )
    theirs.backward()
    names = ("dW1", "db1", "dW2", "db2")
    for name, leaf, mine in zip(names, leaves, gradients, strict=True):
        same = np.allclose(leaf.grad.numpy(), mine, rtol=1e-12, atol=1e-15)
        print(f"{name}: the same to 12 digits: {same}")

# %% [markdown]
# ## What a hidden layer is good for: XOR
#
# XOR is "one or the other, but not both": 0 and 1 make 1, 0 and 0 or 1 and 1
# make 0. No straight line separates the two classes. Train on the four points,
# with your own `mlp_backward` and three hidden neurons:

# %% tags=["demonstration"]
XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])  # (n, d)
CLASSES = np.array([0, 1, 1, 0])  # (n,)

rng = np.random.default_rng(0)
net = [
    rng.standard_normal((2, 3)),
    np.zeros(3),
    rng.standard_normal((3, 2)),
    np.zeros(2),
]
for step in range(2_001):
    if step % 500 == 0:
        outputs = mlp_forward(XOR, *net)[1]
        loss = cross_entropy(outputs, CLASSES)
        print(f"step {step:4}: loss {loss:.4f}, says {outputs.argmax(axis=1)}")
    slopes = mlp_backward(XOR, CLASSES, *net)
    net = [w - 1.0 * g for w, g in zip(net, slopes, strict=True)]
assert loss < 0.01

# %% [markdown]
# It was no luck. Here are six starts for each number of hidden neurons. You need
# not read the cell. It does what the last one did, with all six at once, since
# `@` works on stacks of matrices too.


# %% tags=["demonstration"]
def train_six(hidden_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Losses and right answers after 2,000 steps, of six starts each."""
    starts = [np.random.default_rng(seed) for seed in range(6)]
    one_hot = np.eye(2)[CLASSES]
    U = np.array([r.standard_normal((2, hidden_size or 2)) for r in starts])
    V = np.array([r.standard_normal((hidden_size, 2)) for r in starts])
    a, c = np.zeros((6, 1, hidden_size)), np.zeros((6, 1, 2))
    for _ in range(2_001):
        inside = sigmoid(XOR @ U + a) if hidden_size else XOR
        z = inside @ (V if hidden_size else U) + c  # (6, n, k)
        share = np.exp(z) / np.exp(z).sum(axis=2, keepdims=True)
        error = (share - one_hot) / 4
        c = c - error.sum(axis=1, keepdims=True)
        if hidden_size:
            back = error @ V.mT * inside * (1 - inside)
            V = V - inside.mT @ error
            U, a = U - XOR.T @ back, a - back.sum(axis=1, keepdims=True)
        else:
            U = U - XOR.T @ error
    losses = -np.log((share * one_hot).sum(axis=2)).mean(axis=1)
    return losses, (z.argmax(axis=2) == CLASSES).sum(axis=1)


print("hidden  best loss  worst loss  all four right")
for size in (0, 1, 2, 3, 4):
    losses, right = train_six(size)
    print(f"{size or 'none':>6}     {losses.min():.4f}      ", end="")
    print(f"{losses.max():.4f}     {(right == 4).sum()} of 6", end="")
    print(f", at best {right.max()} of 4 points" if size == 1 else "")
    assert size < 3 or losses.max() < 0.01
    assert size > 0 or round(losses.max(), 3) == 0.693

# %% [markdown]
# Without a hidden layer the loss stays at 0.6931, which is $\ln 2$: the net
# can only guess. One hidden neuron gets 3 of 4 points at best, with a loss of
# about 0.48. Two can do it, and 4 of 6 starts find out how. With three or
# more, every start does. More neurons than needed make the search easier.
#
# ## An engine
#
# You derived one network by hand. For another you would begin again. So let
# the computer do it: each number remembers where it came from. Take
# $f = a · b + a$ at $a = 2$ and $b = -3$.
#
# - Forward: $c = a · b = -6$, and $f = c + a = -4$. Each result notes its
#   *parents*, and for each parent the local slope. For $c$ those are $(a, b)$
#   and the slopes $-3$ and $2$.
# - Backward: $f$ gets 1. It hands 1 to $c$ and 1 to $a$. Then $c$ hands
#   $1 · (-3)$ to $a$ and $1 · 2$ to $b$.
#
# Now $a$ has received 1 and −3. $f$ feels $a$ on both ways, so the two
# **add**: $\partial f / \partial a = -2$, which is $b + 1$. And the *order*
# matters. A value may hand on only when everything has come in. So each value
# waits for all that used it. That is the **reverse topological order**: list
# the parents before their children, and walk the list from its end.
#
# You need a slope for each kind of result:
#
# | result | its slopes |
# |---|---|
# | $a + b$ | 1 in $a$, 1 in $b$ |
# | $a · b$ | $b$ in $a$, and $a$ in $b$ |
# | $a^k$ | $k\,a^{k-1}$ (for $a^2$ that is $2a$, as in lesson 1) |
# | $e^a$ | $e^a$, the result itself |
# | $\tanh(a)$ | 1 − the square of the result |
# | ReLU | 1 where $a$ is positive, else 0 |
#
# In Python, `a - b` calls `a.__sub__(b)`. For `2.0 - a` it first asks the number
# 2.0, which knows nothing of your class. Then it calls `a.__rsub__(2.0)`: the
# *r* says that `a` stands on the right. The cell below brings `__init__` and
# `+`. It also brings `lift`, which makes a `Value` of a plain number and leaves a
# `Value` as it is. The other operators follow the pattern of `+`.
#
# {card backpropagation.Value}


# %% nbgrader={"grade_id": "Value", "solution": true}
class Value:
    """A number that remembers where it came from."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents  # pairs: (parent, slope in it)

    def __repr__(self):
        return f"Value({self.data:.4f}, grad {self.grad:.4f})"

    @staticmethod
    def lift(x):
        """A plain number as a Value; a Value as it is."""
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.lift(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __radd__(self, other):  # other + self, with a plain number
        return self + other

    def __mul__(self, other):
        ### BEGIN SOLUTION
        right = Value.lift(other)
        arms = [(self, right.data), (right, self.data)]
        return Value(self.data * right.data, arms)
        ### END SOLUTION

    def __pow__(self, k):
        ### BEGIN SOLUTION
        return Value(self.data**k, [(self, k * self.data ** (k - 1))])
        ### END SOLUTION

    def exp(self):
        ### BEGIN SOLUTION
        power = math.exp(self.data)
        return Value(power, [(self, power)])
        ### END SOLUTION

    def tanh(self):
        ### BEGIN SOLUTION
        bent = math.tanh(self.data)
        return Value(bent, [(self, 1 - bent**2)])
        ### END SOLUTION

    def relu(self):
        ### BEGIN SOLUTION
        return Value(max(self.data, 0.0), [(self, float(self.data > 0))])
        ### END SOLUTION

    # The rest can be made of those above.
    def __neg__(self):  # -self
        ### BEGIN SOLUTION
        return self * -1.0
        ### END SOLUTION

    def __sub__(self, other):  # self - other
        ### BEGIN SOLUTION
        return self + -1.0 * other
        ### END SOLUTION

    def __truediv__(self, other):  # self / other
        ### BEGIN SOLUTION
        return self * other**-1
        ### END SOLUTION

    def __rmul__(self, other):  # other * self, with a plain number
        ### BEGIN SOLUTION
        return self * other
        ### END SOLUTION

    def __rsub__(self, other):  # other - self, with a plain number
        ### BEGIN SOLUTION
        return -self + other
        ### END SOLUTION

    def __rtruediv__(self, other):  # other / self, with a plain number
        ### BEGIN SOLUTION
        return self**-1 * other
        ### END SOLUTION

    def backward(self):
        """Add to the grad of each leaf the slope of this value in it."""
        ### BEGIN SOLUTION
        listed, seen = [], set()

        def visit(value):
            if id(value) in seen:
                return
            seen.add(id(value))
            for parent, _ in value.parents:
                visit(parent)
            listed.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(listed):
            for parent, slope in value.parents:
                parent.grad += slope * value.grad
        ### END SOLUTION


# %% nbgrader={"grade_id": "Value-forward", "grade": true, "locked": true}
check("backpropagation.Value", Value, part="forward")

# %% nbgrader={"grade_id": "Value-slopes", "grade": true, "locked": true}
check("backpropagation.Value", Value, part="slopes")

# %% nbgrader={"grade_id": "Value-twice", "grade": true, "locked": true}
check("backpropagation.Value", Value, part="twice")

# %% nbgrader={"grade_id": "Value-deep", "grade": true, "locked": true}
check("backpropagation.Value", Value, part="deep")

# %% tags=["demonstration"]
a, b = Value(2.0), Value(-3.0)
f = a * b + a
f.backward()
print(f"f = {f.data}, its slope in a is {a.grad}, in b {b.grad}")

# A second loss on the same leaves: their gradients add up.
g = a * a
g.backward()
print(f"after a second graph: a.grad = {a.grad} (that is -2 + 4)")

# %% [markdown]
# The second graph *added* to `a.grad`. PyTorch does the same. This is why its
# training loops call `zero_grad` before every step: otherwise a step follows
# all gradients since the beginning.
#
# Now give your engine the network from above, number by number. It never saw
# your `mlp_backward`, and it finds the same gradients.


# %% tags=["demonstration"]
def values(array):
    """The same nested list, of Values."""
    return [
        values(one) if np.ndim(one) else Value(float(one)) for one in array
    ]


V1, c1, V2, c2 = map(values, weights)
h = []
for j in range(2):
    z = 1.0 * V1[0][j] + 2.0 * V1[1][j] + c1[j]
    h.append(1 / (1 + (-z).exp()))
scores = [h[0] * V2[0][k] + h[1] * V2[1][k] + c2[k] for k in range(2)]
chosen = scores[0].exp() / (scores[0].exp() + scores[1].exp())
print(f"probability of the right class: {chosen.data:.4f}")

# The engine has no logarithm. But -ln p has the slope -1/p in p, and so has
# p times the plain number -1/p: the same gradients come back.
(chosen * (-1 / chosen.data)).backward()
for row in V1:
    print("dW1:", ", ".join(f"{w.grad:.4f}" for w in row))
print("dW2:", ", ".join(f"{w.grad:.4f}" for row in V2 for w in row))

# %% [markdown]
# Backpropagation updated nothing here. The step comes afterwards, and whatever
# takes it is called the **optimiser**. So far it was lesson 1's rule: weight
# minus learning rate × gradient. Backpropagation needs a number to start from, a
# loss. Whether labels went into that number is all the same to it.
#
# ## Deep networks: products of many slopes
#
# On the way back, each layer multiplies the gradient by slope × weight. Many
# such factors make a product that is tiny or huge. You need not read `gain`
# below. It sends random rows through 50 layers and a gradient back. Its table
# shows the deviation of the last output. Beside it stands the gradient's size at
# the input, divided by its size at the last output. N(0, 0.01²) says that the
# weights are random numbers around 0 with the deviation 0.01. *Xavier* and *He*
# are two recipes for it, and stand below the table:

# %% tags=["demonstration"]
for n in (5, 10, 50):
    print(f"n = {n:2}: 0.5ⁿ = {0.5**n:.6g}, 3ⁿ = {3.0**n:.6g}")
print(f"ten sigmoids at their steepest: 0.25¹⁰ = {0.25**10:.1e}")


def gain(deviation: float, relu: bool) -> tuple[float, float]:
    """50 layers, 100 wide: the last output's deviation, and the gradient's
    size at the input over that at the last output."""
    rng = np.random.default_rng(0)
    out = rng.standard_normal((200, 100))
    layers = [deviation * rng.standard_normal((100, 100)) for _ in range(50)]
    back = rng.standard_normal((200, 100))
    outs, size = [], np.linalg.norm(back)
    for W in layers:
        out = np.maximum(out @ W, 0) if relu else np.tanh(out @ W)
        outs.append(out)
    for W, out in zip(reversed(layers), reversed(outs), strict=True):
        back = (back * ((out > 0) if relu else 1 - out**2)) @ W.T
    return outs[-1].std(), np.linalg.norm(back) / size


print("\n50 layers, 100 wide        last output  gradient at the input")
for name, deviation, relu in (
    ("tanh, weights N(0, 0.01²)", 0.01, False),
    ("tanh, weights N(0, 1)    ", 1.0, False),
    ("tanh, Xavier             ", math.sqrt(2 / (100 + 100)), False),
    ("ReLU, Xavier             ", math.sqrt(2 / (100 + 100)), True),
    ("ReLU, He                 ", math.sqrt(2 / 100), True),
):
    output, gradient = gain(deviation, relu)
    size = "over 1e+17" if gradient > 1e17 else f"{gradient:10.2g}"
    print(f"{name}  {output:9.2g}  {size}")

# %% [markdown]
# With small weights, such as N(0, 0.01²), the gradient **vanishes**, and the
# first layers learn nothing. With large ones, N(0, 1), almost all tanh neurons are saturated, and their slopes are
# tiny. Still the gradient **explodes**, because the weights outweigh the
# slopes. It is the product that counts. (For N(0, 1) it was 1.3e18 here, and your machine may find
# six times as much. Such a network enlarges rounding errors in the same way.)
#
# So choose the weights at the start to suit. **Xavier** draws them with the
# variance (the deviation squared) 2/(in + out), which suits tanh. **He** draws them with 2/in, because
# ReLU throws half of the numbers away. With He's, ReLU keeps 0.9 of the
# gradient through 50 layers.
#
# ## Poke at it
#
# The curve is the size of the gradient at each layer, on a log scale. It
# starts at the right, at the last layer, and goes back to the left. The weight
# scale is the deviation times √width: 1 is Xavier's, √2 is He's.
#
# 1. With tanh, find a scale at which the gradient stays level for 60 layers.
# 2. Switch to ReLU. What does the same scale do now?
# 3. Go back to tanh and move the scale to 3. What happens to the neurons?
# 4. Is there any scale at which 60 sigmoid layers pass their gradient on?
#
# {figure depth}

# %% tags=["demonstration"]
from byhand.sliders import depth

depth.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. About 1, Xavier's: each layer multiplies the gradient by about 0.97.
# 2. The gradient vanishes. ReLU needs √2 to make up for its zeros.
# 3. About half of them saturate, and the gradient explodes all the same.
# 4. No. Even at 3 it vanishes: a slope is 0.25 at best.
#
# </details>
#
# ## Clipping: a brake for explosions
#
# A single exploding gradient can throw all weights away. **Clipping** limits
# its length. Take *all* gradients as one long arrow. If its length, the
# *global norm*, is above a limit, shorten the arrow. Its direction stays.
#
# By hand: two arrays, [3] and [4], have the norm $\sqrt{3^2 + 4^2} = 5$. With
# at most 1, multiply both by 1/5: [0.6] and [0.8]. Clipped each by itself they
# would be [1] and [1], which is another direction.
#
# {card backpropagation.clip_grad_norm}


# %% nbgrader={"grade_id": "clip_grad_norm", "solution": true}
def clip_grad_norm(
    grads: list[np.ndarray], max_norm: float
) -> tuple[list[np.ndarray], float]:
    """Shorten all gradients together to max_norm, where they are longer.

    Returns new arrays in the same shapes, and the norm before.
    """
    ### BEGIN SOLUTION
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * grad for grad in grads], norm
    ### END SOLUTION


# %% nbgrader={"grade_id": "clip_grad_norm-check", "grade": true, "locked": true}
check("backpropagation.clip_grad_norm", clip_grad_norm)

# %% tags=["demonstration"]
clipped, norm = clip_grad_norm([np.array([3.0]), np.array([4.0])], 1.0)
print(f"norm before: {norm}")
print("clipped:", *clipped)
clipped, norm = clip_grad_norm(list(gradients), 1.0)
print(f"the gradients of our network have norm {norm:.4f}")

# %% [markdown]
# Clipping helps against explosions only. A gradient that has vanished stays
# vanished, however you scale it.
#
# ## What it costs, and where it breaks
#
# - **Time.** Each layer on the way back needs two matrix products, one for its
#   weights and one for its input. Forward needs one. So backward costs about
#   twice as much as forward.
# - **Memory.** dW₂ needs hidden. So every hidden value must be kept until the
#   way back has passed it. In training this is what fills a GPU.
# - **Steps and choices.** A step function and an `argmax` are flat: their
#   slope is 0 almost everywhere, and no gradient passes.
# - **Dead ReLUs.** Where a sum is negative for every example, so is the chance
#   to learn: the slope is 0.
# - **Deep recursion.** An engine that calls itself for every parent stops at
#   Python's limit of about 1,000 calls. PyTorch keeps a list instead.

# %% [markdown]
# ## Spot the slip
#
# Each of these four lines was published in notes about neural networks. Each
# is wrong. Find out why before you run the cell below.
#
# 1. "Backpropagation is a supervised algorithm: it needs labelled data."
# 2. "In the backward pass the weights are updated."
# 3. "By the universal approximation theorem, a single-layer network can
#    approximate any function."
# 4. "The output layer has one neuron per class." (The same notes classify cats
#    and dogs with one sigmoid.)

# %% tags=["demonstration"]
# 1. A loss without labels: how far is a value from its own reconstruction?
w = Value(0.5)
((w * 3.0 * w - 3.0) ** 2).backward()
print(f"1. an autoencoder of one weight: gradient {w.grad}")
# 2. The weights after your backward pass.
before = [weight.copy() for weight in weights]
mlp_backward(x, targets, *weights)
same = all(map(np.array_equal, before, weights))
print("2. the weights are as they were:", same)
# 3. A single layer on four points.
print(f"3. XOR without a hidden layer: loss {train_six(0)[0].min():.4f}")
# 4. Two classes: softmax over two logits, or the sigmoid of their gap.
print(f"4. softmax {p[0, 0]:.4f}, sigmoid of the gap", end=" ")
print(f"{sigmoid(logits[0, 0] - logits[0, 1]):.4f}")

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. It gives the gradient of *any* scalar loss. Autoencoders, language models
#    and word2vec train without anybody's labels.
# 2. It only computes gradients. The optimiser updates, afterwards.
# 3. It holds with one *hidden* layer. Without one, XOR stays at ln 2.
# 4. For two classes one sigmoid is enough. It gives the same probability as a
#    softmax over two outputs.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* In a graph a value is used twice. Explain in
# two or three sentences why its two gradients must be *added*. Then say what
# would happen in training if the second one were assigned over the first.

# %% [markdown] nbgrader={"grade_id": "why-added", "grade": true, "points": 2, "solution": true}
# If the value grows a little, the loss changes on both ways at once. The two
# changes add up, so its slope is the sum of the two slopes. If the second
# gradient replaced the first, one way would be forgotten. The step would then
# go in a wrong direction, and no error message would say so.
#
# ### BEGIN MARK SCHEME
# - 1 point: the value influences the loss along both paths at once, and the
#   changes (slopes) of the paths add up. "The chain rule for several
#   variables" is enough where both paths are named.
# - 1 point: assigning keeps only one path, so that the gradient is wrong and
#   the step goes in a wrong direction or has a wrong length. That nothing
#   crashes, so that it is hard to find, is worth mentioning but not asked for.
# - Half a point where only "it would be wrong" is said.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. Two layers without an activation: what are they worth?
# </summary>
#
# One layer, with the matrix $W_1 W_2$.
#
# </details>
#
# <details><summary>2. The probabilities are 0.2, 0.5 and 0.3, and class 1 is
# right. What is the error at the logits?</summary>
#
# $p$ minus one-hot: 0.2, −0.5, 0.3. Such errors always add up to 0.
#
# </details>
#
# <details><summary>3. W₂ has the shape (5, 3). What is the shape of the error
# behind it, for 8 examples, and of dW₂?</summary>
#
# (8, 3), and (5, 3): a gradient has the shape of its weight. It is hiddenᵀ,
# (5, 8), times (8, 3).
#
# </details>
#
# <details><summary>4. A sigmoid neuron has the value 0.9. What does it multiply
# the gradient by?</summary>
#
# 0.9 · 0.1 = 0.09.
#
# </details>
#
# <details><summary>5. y = a · a at a = 3. What does each of the two arms bring
# back to a?</summary>
#
# 3 each, 6 together: the slope of a².
#
# </details>
#
# <details><summary>6. Why is a loss of 0.6931 no progress for two classes?
# </summary>
#
# It is ln 2, the cost of saying one half for both.
#
# </details>
#
# <details><summary>7. Gradients of norm 0.5, clipped to at most 1: what are
# they?</summary>
#
# As they were. Clipping only shortens.
#
# </details>
#
# ## What comes next
#
# You can train any network now: the loss, the way back, the step. The next
# lessons feed it with text, and
# [lesson 4](../04_tokenization/04_tokenization.ipynb) turns text into numbers. You will meet
# `p − one-hot` again in lesson 5, and GELU in lesson 12. Lesson 6 writes the
# chain as a product of matrices, and needs `clip_grad_norm`.
#
# `python -m byhand progress` in a terminal shows what you have solved.
