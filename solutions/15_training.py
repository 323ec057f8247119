# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 15 · Training: from guesses to words
#
# You have built a whole Transformer, and it talks nonsense: its numbers are
# random. In this lesson it learns. That takes four small functions, and you
# write all four. The first makes the decoder's input from the targets. The
# second says how wrong the model is. The third changes the weights, and the
# fourth sets how large a step they take. At the end your four functions teach a
# translator two sentences, in a few seconds.
#
# **After it you can**
#
# - say what a decoder is given and what its target is, at every place;
# - work out a cross-entropy by hand, and say what it must be *before* training;
# - leave out padding, and divide by the right count;
# - do steps of Adam with a pencil, and say what its two means are for;
# - draw a learning rate that warms up and then falls, and give a reason for each
#   half;
# - clip a gradient, and find out in a minute whether a model can learn at all.
#
# You need: lesson 1 (what a gradient is), and lessons 13 and 14. About 65
# minutes.
#
# The first cell has a vocabulary of eight tokens. Three of them are not words:
# *&lt;pad&gt;* fills up short sentences, *&lt;bos&gt;* says "begin" (beginning
# of sentence), *&lt;eos&gt;* says "done" (end of sentence).
#
# A long cell below is folded to its first line: it only prints. Run it like any
# other, and click on it if you want to read it.

# %%
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand import check

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")
torch.set_printoptions(precision=4, sci_mode=False)

VOCABULARY = "<pad> <bos> <eos> a am i student thanks".split()
PAD, BOS, EOS = 0, 1, 2


def ids_of(text: str) -> list[int]:
    return [VOCABULARY.index(word) for word in text.split()]


def read(ids) -> str:
    return " ".join(VOCABULARY[int(k)] for k in ids)


# %% [markdown]
# ## The idea in one picture
#
# Training is a loop of four steps, over and over:
#
# {picture training_loop.svg From the source and what is given the model makes logits, the loss compares them with the targets, and gradients and a step lead back to the model; for je suis étudiant, given is (bos) i am a student, and the targets are one place on, i am a student (eos).}
#
# The model scores what could come next. The loss says in one number how bad
# these scores are. `backward` says for each weight which way makes it worse.
# And a step goes the other way, a little.
#
# ## Given and target
#
# We translate *je suis étudiant* into *i am a student*. The decoder writes word
# by word. So at each place it is given what has been written **so far**, and
# its **target** is what comes **next**. In training the whole answer is known.
# So the input is the targets, moved to the right by one place, with
# *&lt;bos&gt;* in the gap. *&lt;eos&gt;* falls off at the end: nothing follows
# it.

# %% tags=["demonstration"]
answer = ids_of("i am a student <eos>")
print("place      ", *(f"{k:>8}" for k in range(5)))
print("given      ", *(f"{VOCABULARY[k]:>8}" for k in [BOS, *answer[:-1]]))
print("target     ", *(f"{VOCABULARY[k]:>8}" for k in answer))
print("its id     ", *(f"{k:>8}" for k in answer))

# %% [markdown]
# Read a column from top to bottom. At place 2 the decoder has *&lt;bos&gt; i am*
# (the look-ahead mask of lesson 9 hides the rest) and should say *a*. So one
# sentence is five questions, and one pass through the model answers all five.
#
# The model is given the *right* words so far, not those that it would have
# written itself. This is called **teacher forcing**.
#
# {card training.shift_right}


# %% nbgrader={"grade_id": "shift_right", "solution": true}
def shift_right(targets: torch.Tensor, bos_id: int) -> torch.Tensor:
    """targets: (batch, n) ids → what the decoder is given, (batch, n)."""
    ### BEGIN SOLUTION
    begin = torch.full_like(targets[:, :1], bos_id)
    return torch.hstack([begin, targets[:, :-1]])
    ### END SOLUTION


# %% nbgrader={"grade_id": "shift_right-check", "grade": true, "locked": true}
check("training.shift_right", shift_right)

# %% [markdown]
# A batch of two sentences. The second, *thanks*, is short and filled up with
# *&lt;pad&gt;*, whose id is 0.

# %% tags=["demonstration"]
targets = torch.tensor(
    [ids_of("i am a student <eos>"), ids_of("thanks <eos> <pad> <pad> <pad>")]
)  # (batch, n)
given = shift_right(targets, BOS)
for row, wanted in zip(given, targets, strict=True):
    print(f"given:     {read(row)}")
    print(f"targets:   {read(wanted)}\n")
print("places:", targets.numel(), " real:", int((targets != PAD).sum()))

# %% [markdown]
# In the second sentence three targets are padding, after *&lt;eos&gt;* and so
# after the end. Nobody will ever want an answer there. Remember these two
# numbers, 10 and 7.
#
# ## How wrong is it?
#
# At each place the model gives a score to all 8 tokens, and softmax makes
# chances of them (lesson 14). What *should* the chances be? 1 for the right
# token, 0 for every other: the **one-hot row** of lesson 4. So there are two
# rows, what is and what should be. The **cross-entropy** compares them:
#
# $$\text{loss} = -\sum_k y_k \ln p_k$$
#
# Here $k$ runs over the tokens, $y_k$ is the one-hot row, $p_k$ is the model's
# row, and ln is the logarithm to base $e$. All terms but one have $y_k = 0$. So
# it comes down to *minus the logarithm of the chance of the right token*.
#
# By hand, at place 1, where *am* is right. A model that knows nothing gives each
# of the 8 tokens 1/8, and $-\ln(1/8) = \ln 8 = 2.0794$. Say a trained one gives
# *am* 0.8. Then the loss is $-\ln 0.8 = 0.2231$. With a chance of 1 it would
# be 0.

# %% tags=["demonstration"]
one_hot = np.eye(8)[ids_of("am")[0]]  # (vocab,)
untrained = np.full(8, 1 / 8)
trained = np.array([0.01, 0.01, 0.02, 0.05, 0.80, 0.03, 0.05, 0.03])
print("               ", "  ".join(f"{w:>7}" for w in VOCABULARY))
for name, row in (
    ("one-hot row", one_hot),
    ("untrained", untrained),
    ("trained", trained),
):
    print(f"{name:15}", "  ".join(f"{chance:7.3f}" for chance in row))
for name, row in (("untrained", untrained), ("trained", trained)):
    print(f"loss, {name}: {-(one_hot * np.log(row)).sum():.4f}")

print("\nthe whole sentence: chance of the right token, and loss")
chances = [0.90, 0.80, 0.99, 0.95, 0.90]
for k, chance in zip(answer, chances, strict=True):
    print(f"{VOCABULARY[k]:8} {chance:.2f}   {-math.log(chance):.4f}")
mean = -sum(map(math.log, chances)) / 5
print(f"mean of the five: trained {mean:.4f}, untrained {math.log(8):.4f}")
print(f"e to that power:  trained {math.exp(mean):.4f}, untrained", end=" ")
print(f"{math.exp(math.log(8)):.4f}")

# %% [markdown]
# The loss of a text is the mean over its places. $e$ to the power of it is
# called **perplexity**: among how many equally likely tokens does the model
# hesitate? Untrained among 8, trained among hardly more than one.
#
# **Look at the loss before the first step.** It should be near the logarithm of
# the vocabulary's size: ln 8 = 2.0794 here. Far above it, the model is sure of
# things that it cannot know. Far below it, you divide by the wrong count, or the
# weights are not new. A leaked answer does not show yet: a new model has not
# learned to use it.
#
# ## Three things that go wrong
#
# **Logits.** A model returns scores, not chances. First softmax, then the
# logarithm: that is right on paper. But $e^{1000}$ is more than a float64
# holds, and a chance of $e^{-1000}$ is rounded to 0, which has no logarithm.
# Both in one step are safe:
#
# $$-\ln p_k = \ln\Big(\sum_j e^{z_j}\Big) - z_k$$
#
# where $z$ are the logits and $j$, like $k$, runs over the tokens. The first
# part is the **log-sum-exp**. PyTorch's `torch.logsumexp` takes out the largest
# logit first, so that nothing overflows.
#
# **Padding.** Leave it out of the sum *and* of the count: divide by 7, not by
# 10.
#
# **Too sure.** With one-hot rows the loss is never satisfied: 0.99 could always
# be 0.999, and the logits grow without end. **Label smoothing** (Szegedy and
# others, 2016) wants a little less. With $\varepsilon = 0.1$ (epsilon) and 8
# tokens, take 0.1 from the right token and spread it over all 8, the right one
# too. That leaves $0.9 + 0.1/8 = 0.9125$ for the right one and 0.0125 for each
# other.

# %% tags=["demonstration"]
z = torch.tensor([1000.0, 0.0, -1000.0], dtype=torch.float64)
print("logits", z.tolist())
print("softmax, then log:", (0 - z.softmax(dim=0).log()).tolist())
print("log-sum-exp − z:  ", (z.logsumexp(dim=0) - z).tolist())

smooth = 0.9 * one_hot + 0.1 / 8
print("\nsmoothed row for am:", smooth, f" sum {smooth.sum():.1f}")
print("chance of am   loss, one-hot   loss, smoothed")
for chance in (0.5, 0.9, 0.9125, 0.99, 0.999, 0.9999, 0.999999):
    row = np.full(8, (1 - chance) / 7)
    row[one_hot == 1] = chance
    plain, smoothed = (-(y * np.log(row)).sum() for y in (one_hot, smooth))
    print(f"{chance:<12g} {plain:12.4f} {smoothed:16.4f}")

# %% [markdown]
# With one-hot rows the loss falls on and on. With smoothed rows the best chance
# is 0.9125, and to be surer than that *costs* something. (So the smoothed loss
# never comes below 0.4670 here. Losses with and without smoothing cannot be
# compared.) The Transformer's paper, "Attention Is All You Need" (Vaswani and
# others, 2017), used 0.1.
#
# {card training.cross_entropy}


# %% nbgrader={"grade_id": "cross_entropy", "solution": true}
def cross_entropy(
    logits: torch.Tensor,
    targets: torch.Tensor,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> torch.Tensor:
    """logits: (…, vocab), targets: (…) ids → the mean loss, one number."""
    ### BEGIN SOLUTION
    real = targets != ignore_index
    surprise = logits.logsumexp(-1, keepdim=True) - logits  # of every token
    ids = torch.where(real, targets, 0).unsqueeze(-1)
    of_target = surprise.gather(-1, ids).squeeze(-1)
    of_all = surprise.mean(-1)
    loss = of_target + label_smoothing * (of_all - of_target)
    return loss[real].mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "cross_entropy-plain", "grade": true, "locked": true}
check("training.cross_entropy", cross_entropy, part="plain")

# %% nbgrader={"grade_id": "cross_entropy-padding", "grade": true, "locked": true}
check("training.cross_entropy", cross_entropy, part="padding")

# %% nbgrader={"grade_id": "cross_entropy-smoothing", "grade": true, "locked": true}
check("training.cross_entropy", cross_entropy, part="smoothing")

# %% [markdown]
# Our batch of two, with a model that gives the right token 0.8 at every *real*
# place and still knows nothing at the padded ones. Its loss should be 0.2231.
# Then two ways to get it wrong, and the library's.

# %% tags=["demonstration"]
chances = torch.full((2, 5, 8), 0.2 / 7, dtype=torch.float64)
chances.scatter_(-1, targets[..., None], 0.8)
chances[targets == PAD] = 1 / 8
logits = chances.log()  # (batch, n, vocab): the softmax of a log is itself
loss = cross_entropy(logits, targets, ignore_index=PAD)
print(f"padding left out:      {float(loss):.4f}")
print(f"÷ 10, not 7:           {float(loss) * 7 / 10:.4f}")
print(f"padding counted:       {float(cross_entropy(logits, targets)):.4f}")
library = functional.cross_entropy(
    logits.flatten(0, 1), targets.flatten(), ignore_index=PAD
)
print(f"PyTorch's:             {float(library):.4f}")
print("after + 500, the same: ", end="")
moved = cross_entropy(logits + 500, targets, ignore_index=PAD)
print(bool((moved - loss).abs() < 1e-10))

# %% [markdown]
# ## A step that fits each weight: Adam
#
# Lesson 1's step was *learning rate × gradient*, with one rate for all weights.
# In a Transformer some weights have far larger gradients than others, and a
# rate that is right for these is wrong for those. **Adam** (Kingma and Ba, 2015)
# keeps two running means for each weight:
#
# - $m$, the mean of its **gradients** $g$: which way do they point, over time?
# - $v$, the mean of their **squares**: how large are they usually?
#
# and steps by *learning rate × m / √v*. Whatever the unit of the gradients, it
# cancels. If they all agree, $m$ is as large as $\sqrt v$, and the step is as
# long as the learning rate. If they disagree, $m$ is small, and so is the step.
#
# A running mean keeps most of the old and takes in a little of the new:
# $m \leftarrow \beta_1 m + (1 - \beta_1)\, g$, with $\beta_1$ ("beta one") 0.9,
# and $\beta_2 = 0.999$ for $v$. Both start at 0, and so they are far too small
# at first. After $t$ steps they hold only a share $1 - \beta^t$ of what they
# should. Divide by that, and the mean is fair. This is the **bias correction**.
# The corrected means are $\hat m$ and $\hat v$ ("m hat", "v hat").
#
# By hand: a weight of 1, a learning rate of 0.1, and the gradients 4, −4, 4.
#
# - Step 1: $m = 0.1 \cdot 4 = 0.4$, and $v = 0.001 \cdot 16 = 0.016$. Corrected:
#   $\hat m = 0.4/0.1 = 4$ and $\hat v = 0.016/0.001 = 16$. The step is
#   $0.1 \cdot 4/\sqrt{16} = 0.1$, and the weight is 0.9.
# - Step 2: $m = 0.9 \cdot 0.4 + 0.1 \cdot (-4) = -0.04$. Corrected, by
#   $1 - 0.9^2 = 0.19$: $-0.2105$. $\hat v$ is 16 again. The step is
#   $0.1 \cdot (-0.2105)/4 = -0.0053$: the gradients disagree, so Adam hardly moves.


# %% tags=["demonstration"]
def adam_by_hand(gradients, weight=1.0, rate=0.1):
    mean = square = 0.0
    for t, g in enumerate(gradients, start=1):
        mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g * g
        m_hat, v_hat = mean / (1 - 0.9**t), square / (1 - 0.999**t)
        move = rate * m_hat / (math.sqrt(v_hat) + 1e-8)
        weight -= move
        numbers = (g, mean, square, m_hat, v_hat, move)
        print(t, *(f"{number:10.4g}" for number in numbers), end="")
        print(f"{weight:9.4f}")


names = ("gradient", "m", "v", "m hat", "v hat", "step")
print("t", *(f"{name:>10}" for name in names), "  weight")
adam_by_hand([4, -4, 4])
print("the same, a thousand times smaller:")
adam_by_hand([0.004, -0.004, 0.004])
print("gradients that agree:")
adam_by_hand([4, 4, 4])

# %% [markdown]
# The steps are the same, to four digits: the gradients' size cancels. Only
# $\varepsilon = 10^{-8}$ (epsilon) does not scale with them. It is part of the
# divisor, and keeps us from dividing by 0 where a weight never had a gradient.
# Here it is added **outside** the root (lesson 12's was inside).
#
# {card training.adam_step}


# %% nbgrader={"grade_id": "adam_step", "solution": true}
def adam_step(
    param: torch.Tensor,
    grad: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    t: int,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """One update of any shape: the new param, m and v."""
    ### BEGIN SOLUTION
    slow, slower = betas
    m = slow * m + (1 - slow) * grad
    v = slower * v + (1 - slower) * grad.square()
    fair_m = m / (1 - slow**t)
    fair_v = v / (1 - slower**t)
    return param - lr * fair_m / (fair_v.sqrt() + eps), m, v
    ### END SOLUTION


# %% nbgrader={"grade_id": "adam_step-check", "grade": true, "locked": true}
check("training.adam_step", adam_step)

# %% [markdown]
# Against the library's, on two weights at once. The first has the gradients 4,
# −4, 4. Those of the second are small and agree: 0.02, 0.01, 0.03. Beside them,
# plain descent with the same rate.

# %% tags=["demonstration"]
rows = torch.tensor([[4.0, 0.02], [-4.0, 0.01], [4.0, 0.03]]).double()
weights = descent = torch.ones(2, dtype=torch.float64)
m, v = torch.zeros(2, 2, dtype=torch.float64)
theirs = nn.Parameter(torch.ones(2, dtype=torch.float64))
adam = torch.optim.Adam([theirs], lr=0.1)
for t, gradient in enumerate(rows, start=1):
    weights, m, v = adam_step(weights, gradient, m, v, t, lr=0.1)
    descent = descent - 0.1 * gradient
    theirs.grad = gradient
    adam.step()
    print(f"step {t}: yours {np.asarray(weights)}", end="  ")
    print(f"PyTorch's {theirs.detach().numpy()}  descent {descent.numpy()}")

# %% [markdown]
# Plain descent throws the first weight back and forth. It hardly moves the
# second, whose gradients all point the same way. Adam does the opposite.
#
# ## How far? Warm up, then slow down
#
# The learning rate is the length of Adam's steps, and one length does not fit
# the whole journey.
#
# - **At the start** Adam's means rest on one or two batches. The very first step
#   has full length in *every* weight, on the word of a single batch. So the rate
#   **warms up**: it rises in a straight line from 0.
# - **At the end** the weights jump about around the goal, since every batch
#   points somewhere else. Shorter steps jump less. So the rate falls, along half
#   a wave of the **cosine**: slowly, faster, slowly.
#
# The straight warm-up is in the Transformer's paper, over 4,000 steps. After it
# the paper's rate falls with $1/\sqrt{\text{step}}$. The cosine comes from
# Loshchilov and Hutter ("SGDR", 2017). GPT-3 warmed up and then followed a
# cosine to a tenth of its peak (Brown and others, 2020).
#
# {card training.warmup_cosine_lr}


# %% nbgrader={"grade_id": "warmup_cosine_lr", "solution": true}
def warmup_cosine_lr(
    step: int, warmup: int, total: int, peak: float, floor: float
) -> float:
    """The learning rate of a step; steps count from 0."""
    ### BEGIN SOLUTION
    if warmup > step:
        return step * peak / warmup
    behind = min((step - warmup) / (total - warmup), 1)
    wave = (1 + math.cos(behind * math.pi)) / 2  # from 1 to 0
    return floor + wave * (peak - floor)
    ### END SOLUTION


# %% nbgrader={"grade_id": "warmup_cosine_lr-check", "grade": true, "locked": true}
check("training.warmup_cosine_lr", warmup_cosine_lr)

# %% [markdown]
# The example of the card, with a bar for each rate. Of the way down, the first
# quarter (to step 35) only leads from 1 to 0.8828, the second to 0.6.

# %% tags=["demonstration"]
for step in (0, 1, 5, 9, 10, 35, 60, 85, 109, 110, 500):
    rate = warmup_cosine_lr(step, warmup=10, total=110, peak=1.0, floor=0.2)
    print(f"step {step:3}: {rate:.4f} {'█' * round(40 * rate)}")

# %% [markdown]
# ## Poke at it: the learning rate
#
# Below, small models learn which word follows which, in a text of 13 different
# words. All use Adam, on batches of 16 pairs, for 120 steps. Blue: with the
# schedule that you set. Orange, dashed: at the peak all the time. Each line is
# the mean of four models that begin with different weights. The dotted line is
# as low as any model can get: after *the*, nobody can be *sure* of *cat*.
#
# Below the charts it says how many **hidden units are dead**: numbers inside a
# model whose ReLU gives 0 for every word. Its slope is 0 as well, so a dead unit
# gets no gradient that could bring it back.
#
# 1. As it opens: how far above the lowest possible loss do both lines end? And
#    is the loss at the beginning what it should be?
# 2. Set the warm-up to 0. What does it do to the loss, and to the units?
# 3. Set the warm-up back to 20 and the floor to 100 %: no slowing down. What do
#    you see at the end of the blue line?
# 4. Back to a floor of 5 %. Raise the peak to 0.5. Try a warm-up of 0, and one
#    of 20.
# 5. Peak 0.02, warm-up 0. Why is the schedule the worse one here?
#
# {figure schedule}
#
# Run the next cell, and move its handles.

# %% tags=["demonstration"]
from byhand.sliders import schedule

schedule.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. With the schedule 1.045, which is 0.053 above the lowest possible 0.992.
#    Without one 1.244, which is 0.252 above it. Before: 2.564, and ln 13 is
#    2.565.
# 2. It ends at 1.107, and 13 units are dead, not 5. Nine of them die in the first
#    ten steps. These have full length, on the word of a batch or two, and throw
#    the units out of reach.
# 3. It jumps about until the end, and stops at 1.142. Only 6 units are dead, but
#    the steps are too long to settle.
# 4. Without a warm-up 1.708, with one 1.135. The higher the peak, the more it
#    needs one.
# 5. It ends at 1.215, without a schedule at 1.067. The steps were short from the
#    beginning, and no unit is dead. A schedule makes them shorter still, and that
#    only costs time. Warming up and slowing down are what a *high* rate needs.
#
# </details>

# %% tags=["demonstration"] jupyter={"source_hidden": true}
least = schedule.lowest()
print(f"lowest possible {least:.3f}, ln 13 = {math.log(13):.3f}")
print(" " * 26 + "with the schedule     at the peak all the time")
print("peak  warm-up  floor  before    end  above  dead      end  above  dead")
for peak, warmup, floor in (
    (0.3, 20, 5),
    (0.3, 0, 5),
    (0.3, 20, 100),
    (0.5, 0, 5),
    (0.5, 20, 5),
    (0.02, 0, 5),
):
    each = schedule.compute(peak, warmup, floor=floor)
    with_it, without = each.losses[-1], each.constant[-1]
    print(f"{peak:4} {warmup:8} {floor:4} % {each.losses[0]:7.3f}", end="")
    print(f" {with_it:6.3f} {with_it - least:6.3f} {each.dead:5}", end="")
    print(f"   {without:6.3f} {without - least:6.3f} {each.dead_constant:5}")

# %% [markdown]
# ## One bad batch: clipping
#
# Now and then a batch has a gradient that is many times as long as usual. One
# step with it can spoil a day of training. **Clipping by norm** (Pascanu and
# others, 2013) sets a limit to the *length* (the **norm**) of the gradient of
# all weights together: the root of the sum of all squares.
#
# By hand: two weights with gradients 3 and 4 have the norm
# $\sqrt{9 + 16} = 5$. If the limit is 1, everything is multiplied by 1/5: 0.6
# and 0.8, which has norm 1 and the same direction. A gradient below the limit
# is left alone. (Clipping each *number* at 1 would give 1 and 1: another
# direction.) In PyTorch it is one line, between `backward` and the step. A limit
# of 1 is GPT-3's.


# %% tags=["demonstration"]
def clipped(*gradients, limit=1.0):
    weights = [nn.Parameter(torch.zeros(1).double()) for _ in gradients]
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = torch.tensor([gradient], dtype=torch.float64)
    norm = nn.utils.clip_grad_norm_(weights, limit)
    after = ", ".join(f"{weight.grad.item():.4g}" for weight in weights)
    print(f"gradients {gradients}: norm {norm.item():.4g} → {after}")


clipped(3.0, 4.0)
clipped(300.0, 400.0)
clipped(0.3, 0.4)

# %% [markdown]
# ## Three habits
#
# **Clear the gradients**, `zero_grad()`, before each `backward`: it *adds* to
# what is there (lesson 13). The first lines below show what happens if you
# don't, on lesson 1's $f(x) = x^2$.
#
# **`model.train()` before training, `model.eval()` before measuring.** Dropout
# (lesson 12) throws its dice in the first and does nothing in the second. With
# the dice on, a loss is another number each time that you measure it.
#
# **Weight decay**: pull each weight a little towards 0 in every step, so that
# only what the data insist on stays large. In *AdamW* (Loshchilov and Hutter,
# 2019) the pull is a line of its own, *weight × (1 − rate × decay)*. PyTorch's
# plain `Adam` has a setting of that name too. It adds the pull to the gradient,
# and then $\sqrt v$ rescales the sum like any gradient. If the data say nothing,
# the weight takes a full step.

# %% tags=["demonstration"]
for clear in (True, False):
    x = nn.Parameter(torch.tensor(1.0, dtype=torch.float64))
    sgd = torch.optim.SGD([x], lr=0.1)
    way = []
    for _ in range(9):
        if clear:
            sgd.zero_grad()
        (x**2).backward()
        sgd.step()
        way.append(f"{x.item():.2f}")
    print("cleared:    " if clear else "not cleared:", *way)

layer = nn.Dropout(0.5)
ones = torch.ones(1000)
for training in (True, False):
    layer.train(training)  # eval() is train(False)
    same = torch.equal(layer(ones), layer(ones))
    print("train():" if training else "eval(): ", "the same twice?", same)

for kind in (torch.optim.AdamW, torch.optim.Adam):
    weight = nn.Parameter(torch.ones(1, dtype=torch.float64))
    weight.grad = torch.zeros(1, dtype=torch.float64)  # the data say nothing
    kind([weight], lr=0.1, weight_decay=0.1).step()
    print(f"{kind.__name__:5}: a weight of 1 becomes {weight.item():.4f}")

# %% [markdown]
# Uncleared, the gradients pile up and $x$ swings back and forth like a pendulum
# that nothing slows down.
#
# ## Overfit one batch first
#
# Before you train for a night, train on **one batch**, again and again. A model
# that cannot learn two sentences by heart will not learn a language: look for a
# bug first. (This check and the one of the first loss are in Andrej Karpathy's
# "Recipe for Training Neural Networks", 2019.)
#
# Here is a translator in small: lesson 14's Transformer (PyTorch's this time,
# whose masks say `True` for "may *not*"), with 16 numbers a word and one layer
# on each side. `byhand/text/two_sentences.py` has it, in 25 lines. Both sources
# have three words, so they need no padding. In the targets it comes last,
# where the look-ahead mask hides it from every real place.
#
# The training has **your four functions**, `backward` and clipping, and nothing
# else. Find the four. (`yield` hands out the loss and the logits, and the loop
# waits there until the next ones are wanted.)

# %% tags=["demonstration"]
from byhand.sliders import first_batch
from byhand.text.two_sentences import SOURCE, new_translator, write

torch.set_num_threads(1)  # in arrays this small, two wait for each other


def train(translator, shift=shift_right, steps=60, peak=0.01):
    """Train on the one batch: the loss and the logits before each step."""
    weights = list(translator.parameters())
    means = [torch.zeros(2, *weight.shape).double() for weight in weights]
    translator.train()
    for step in range(steps):
        logits = translator(SOURCE, shift(targets, BOS))
        loss = cross_entropy(logits, targets, ignore_index=PAD)
        yield loss.item(), logits.detach()
        translator.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        lr = warmup_cosine_lr(step, 10, steps, peak, peak / 10)
        with torch.no_grad():
            for k, weight in enumerate(weights):
                new, *means[k] = adam_step(
                    weight, weight.grad, *means[k], step + 1, lr
                )
                weight.copy_(new)


# %% [markdown]
# And what if you forget to shift? Train two models, with the same first weights.
# The first is given the shifted targets, the second the targets themselves.
# Before you run the cell: which one ends with the lower loss? Which one can
# translate?
#
# `write` makes each model translate on its own. It begins with *&lt;bos&gt;*,
# takes the likeliest token, appends it, and asks again, until *&lt;eos&gt;*.


# %% tags=["demonstration"]
def forgetful(targets, bos_id):
    return targets


seen = {}
for name, shift in (("shifted", shift_right), ("not shifted", forgetful)):
    model = new_translator()
    seen[name] = [
        first_batch.moment(loss, logits, write(model))
        for loss, logits in train(model, shift)
    ]

print("loss before", *(f"{name:>12}" for name in seen))
for step in (0, 10, 20, 30, 40, 59):
    losses = (moments[step].loss for moments in seen.values())
    print(f"step {step:<6}", *(f"{loss:12.4f}" for loss in losses))
print(f"(ln 8 is {math.log(8):.4f})\n")
for name, moments in seen.items():
    print(f"{name:12}", " | ".join(moments[-1].written))

# %% [markdown]
# The shifted one translates: a Transformer that has learned, with nothing in
# between that you have not written or worked out by hand. The other one has the
# lower loss, 0.0249 against 0.0314, and it cannot translate. Look inside.
#
# ## Poke at it: two models learn
#
# The figure shows your two trainings, step by step. Of the seven real tokens it
# counts how many are right, in two ways. *With a teacher* the model is given
# the right words so far, as in training. *On its own* it goes on from the
# words that it has written itself. The map shows sentence 1: in each row the
# chances that the model gives to the eight tokens.
#
# 1. Which targets make *not shifted* so good with a teacher? Look at its rows.
# 2. Back to *shifted*, step 13. With a teacher one token is wrong, on its own
#    two. Why?
# 3. At which step are all seven right for the first time? What does the loss
#    still complain about then?
#
# {figure first_batch}

# %% tags=["demonstration"]
first_batch.show(seen)

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. The target of each row is the token that the row was given. So the model
#    learned to copy. At *&lt;bos&gt;*, which it has never seen, there is nothing
#    to copy, and it writes *i &lt;eos&gt;* for both sentences.
# 2. It begins sentence 2 with *i* instead of *thanks*. The teacher then gives it
#    *thanks* all the same, and the next token is right. On its own it goes on
#    from its *i*, and one mistake leads to the next.
# 3. At step 10, with a loss of 1.5066. The right tokens are the likeliest, but
#    their chances are small. At steps 13 and 14 one is wrong again, and from
#    step 15 on all seven stay right. The count can say no more then. The loss
#    falls on until the model is sure.
#
# </details>
#
# No shape was wrong and no error was raised: **a loss is only as good as the
# question.** So after the loss, always look at what the model writes.
#
# ## In your own words
#
# *2 points, read by a person.* Somebody says: "Adam divides by the size of the
# gradients. So in the first step, when little is known, it takes small steps by
# itself, and warm-up is not needed." Explain in two sentences how long Adam's
# first step really is in each weight, and why, and what that means for warm-up.

# %% [markdown] nbgrader={"grade_id": "why-warm-up", "grade": true, "points": 2, "solution": true}
# At the first step both means come from one gradient, so after the correction
# $\hat m = g$ and $\sqrt{\hat v} = |g|$, and every weight moves by the full
# learning rate, up or down, however small or accidental its gradient was. As
# that rests on a single batch, many weights go the wrong way by a full step, and
# the rate itself must be small until the means have seen enough batches.
#
# ### BEGIN MARK SCHEME
# - 1 point: the first step is as long as the learning rate in every weight,
#   *because* m̂/√v̂ is g/|g|, which is 1 or −1. (Exceptions by ε need not be
#   named.)
# - 1 point: what follows: one batch's word, noise included, is taken at full
#   length, so the rate must start small.
# - Half a point for "at the beginning the means are not reliable" without saying
#   how long the step is.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# A weight, its gradient, and the two means that Adam keeps for it: four numbers,
# 16 bytes in float32. And the largest array can be the logits: one number for
# every token of the vocabulary, at every place. (Nobody builds one-hot rows of
# that size. The loss looks up one number in each row.)
#
# The paper's table says 65 million weights for its smaller model, and its
# vocabulary for German had about 37,000 tokens. GPT-2's has 50,257.

# %% tags=["demonstration"]
weights = 65_000_000
print(f"weights, gradients, m, v: {16 * weights / 1e9:.3f} GB")
batch, n, vocab = 64, 128, 37_000
print(f"logits of {batch} × {n} places: {batch * n * vocab * 4 / 1e9:.3f} GB")

print("\nthe loss at which a model that knows nothing begins")
for vocab in (8, 40, 37_000, 50_257):
    print(f"{vocab:6} tokens: {math.log(vocab):.4f}")

# %% [markdown]
# Where it breaks, and what you see:
#
# | you see | look at |
# |---|---|
# | the first loss is far above ln(vocabulary) | the start: too large weights in the last layer |
# | the loss hardly falls | rate far too small, softmax taken twice, or a step that never reaches the weights |
# | it is nearly nothing, for new sentences too | the answer leaks: no shift, no mask |
# | it falls, then jumps up or turns to NaN | rate too high, no warm-up, no clipping |
# | one batch is learned, the rest is not | data and size, more likely than a bug |
#
# ## Spot the slip
#
# All four are said often, and each is wrong. Find out why *before* you run the
# cell.
#
# 1. "A model should end with a softmax, so that `nn.CrossEntropyLoss` gets
#    probabilities."
# 2. "Adam adapts the learning rate by itself, so it does not matter which one
#    you set."
# 3. "Our translator is good: 93 % of all tokens in the batch are right."
# 4. "Clip the gradients: that cures exploding *and* vanishing ones."

# %% tags=["demonstration"]
sure = torch.zeros(1, 8, dtype=torch.float64)
sure[0, 4] = 1000.0  # as sure of am as one can be
am = torch.tensor([4])
for name, put_in in (("logits", sure), ("softmax", sure.softmax(dim=-1))):
    loss = nn.CrossEntropyLoss()(put_in, am)
    print(f"1. a perfect answer as {name:7}: loss {abs(loss.item()):.4f}")

for peak in ("0.00001", "0.01", "10"):
    training = train(new_translator(), peak=float(peak))
    losses = [loss for loss, _ in training]
    worse = losses[-1] > losses[0]
    end = "above where it began" if worse else f"{losses[-1]:.4f}"
    print(f"2. rate {peak:7}: loss after 60 steps {end}")

padded = torch.full((2, 50), PAD)  # the batch, filled up to 50 places
padded[:, :5] = targets
always_pad = torch.full((2, 50), PAD)
right, real = always_pad == padded, padded != PAD
print(
    f"3. one that always says <pad>: {100 * right.double().mean():.0f} %",
    end="",
)
print(f" of all, {100 * right[real].double().mean():.0f} % of the words")

print("4. ", end="")
clipped(0.000003, 0.000004)

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. PyTorch's `CrossEntropyLoss` wants logits and does the softmax itself. With
#    two, even a perfect answer has a loss of 1.2740, since the second softmax
#    sees only numbers between 0 and 1. The loss cannot come near 0, and its
#    gradients are small.
# 2. It adapts the *proportions* between weights. The length of the steps is the
#    learning rate, and it is the first thing to tune. With one that is too small
#    the loss hardly moves (2.0749, from 2.0821). One that is too large destroys
#    the model.
# 3. It may have learned nothing but *&lt;pad&gt;*: 93 places of 100 are padding
#    here. Leave padding out of every measure, as out of the loss.
# 4. Clipping only ever makes gradients *shorter*. One that has vanished is below
#    any limit and stays as it is. Against vanishing there are residual paths and
#    norms (lesson 12), and the scaling of lesson 8.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. The target is bos a b eos. What is the decoder given,
# and what should it say?</summary>
#
# It is given *bos a b*, and should say *a b eos*.
#
# </details>
#
# <details><summary>2. A fresh model has a vocabulary of 8. What should its
# first loss be?</summary>
#
# ln 8: every token has the chance 1/8.
#
# </details>
#
# <details><summary>3. How does padding stay out of the loss?</summary>
#
# It counts neither in the sum nor in the number that you divide by.
#
# </details>
#
# <details><summary>4. Which two means does Adam keep, and what is a
# step?</summary>
#
# The mean $m$ of the gradients and the mean $v$ of their squares. A step is
# the learning rate times $\hat m / \sqrt{\hat v}$, both corrected.
#
# </details>
#
# <details><summary>5. Why does Adam need its bias correction?</summary>
#
# Both means start at 0, and so are too small at first.
#
# </details>
#
# <details><summary>6. Why does the learning rate warm up, and why does it
# fall?</summary>
#
# At the start, Adam's means rest on one or two batches. At the end, shorter
# steps jump about less.
#
# </details>
#
# <details><summary>7. A gradient of (3, 4) is clipped to norm 1. What is it
# then?</summary>
#
# (0.6, 0.8): shorter, in the same direction.
#
# </details>
#
# <details><summary>8. What do you do before a long training?</summary>
#
# Overfit one batch. A model that cannot learn it by heart has a bug.
#
# </details>
#
# ## What comes next
#
# Your model now knows what could come next. `write` above always took the
# likeliest token. In lesson 16 you choose in other ways, and see what each of
# them costs. And in lesson 17 the same four steps train a GPT.
#
# `python -m byhand progress` in a terminal shows what you have solved.
