# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 22 · Scaling out
#
# The models that you hear of were not trained on one machine. The training is
# the same as yours in lesson 17. It runs on thousands of devices at once, and
# what is new is what they *send each other*. You build that part: who gets which
# example, how gradients become one, what it costs to send them, what a device
# must hold, and how many days it all takes. On the way two processes on your own
# machine work together. At the end you can check the press releases.
#
# **After it you can**
#
# - share a batch among workers so that they train as one would;
# - say when a mean of means is wrong, and fix it;
# - explain all-reduce as two halves, and count the bytes;
# - say what ZeRO or FSDP splits, and whether a model fits into 80 GB;
# - estimate the days of a training from parameters, tokens and devices.
#
# You need lessons 15 and 17: gradients that are accumulated, checkpoints, and
# the share of a device's peak. One slip is about lesson 10's pairs. About 55
# minutes. Nothing here needs a GPU.

# %%
import math

import numpy as np
import torch

from byhand import check

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")
GPT2 = 124_439_808  # parameters of GPT-2 small

# %% [markdown]
# ## The idea in one picture
#
# {picture four_ways.svg Four ways to share a model of four layers between two devices. Data parallel: each device has the whole model; gradients are sent once a step. Sharded: each device keeps half of each layer's weights and fetches the rest before it uses them. Tensor parallel: each device has half of each layer; activations are sent in every layer. Pipeline parallel: device 0 has the first two layers, device 1 the last two; activations are sent from half to half.}
#
# In **data parallel** training each *worker* has the whole model and its own part
# of every batch. The three other ways split the model as well, since it may not
# fit. Each has its price, written below it: what must be sent, and how often. (An
# *activation* is what a layer hands on to the next.) Large trainings use all four
# at once. This lesson begins at the left.
#
# ## By hand: who gets which example?
#
# Ten examples, four workers. Worker 0 takes example 0, worker 1 example 1, and
# after worker 3 it begins again:
#
# | worker | its examples |
# |---|---|
# | 0 | 0 4 8 |
# | 1 | 1 5 9 |
# | 2 | 2 6 **0** |
# | 3 | 3 7 **1** |
#
# Workers wait for each other at every step. So each needs equally many examples,
# and two are used twice. The **rank** is a worker's number, the **world size** is
# how many there are.
#
# {card scaling_out.shard_indices}


# %% nbgrader={"grade_id": "shard_indices", "solution": true}
def shard_indices(n: int, rank: int, world_size: int) -> list[int]:
    """The examples of one worker: rank, rank + world_size, …"""
    ### BEGIN SOLUTION
    if min(n, world_size) < 1 or rank not in range(world_size):
        raise ValueError(f"no worker {rank} of {world_size} for {n} examples")
    each = math.ceil(n / world_size)
    return [(rank + turn * world_size) % n for turn in range(each)]
    ### END SOLUTION


# %% nbgrader={"grade_id": "shard_indices-check", "grade": true, "locked": true}
check("scaling_out.shard_indices", shard_indices)

# %% tags=["demonstration"]
from torch.utils.data import DistributedSampler

shards = [shard_indices(10, rank, 4) for rank in range(4)]
for rank, mine in enumerate(shards):
    sampler = DistributedSampler(range(10), 4, rank, shuffle=False)
    print(f"worker {rank}: {mine}", "as PyTorch's:", mine == list(sampler))
seen = [k for mine in shards for k in mine]
print(f"{len(seen)} examples seen, {len(set(seen))} different ones")

# %% [markdown]
# In training two repeated examples hardly matter. In an *evaluation* they do:
# a right or wrong answer on examples 0 and 1 counts twice. Remember that for later.
#
# ## All take the same step
#
# All workers begin with the same weights. If all apply the same gradient, their
# weights stay equal to each other, and nobody needs to send weights. So before the
# step the workers bring their gradients together. The operation is called
# **all-reduce**: everybody hands in a tensor, everybody gets the sum.
#
# Two workers have the gradients 2 and 6. The sum is 8, the mean is 4, and *both*
# go on with 4.
#
# The danger is silence. All-reduce waits until all have called it. A worker that
# skips one call stops all others. Or its *next* tensor is added to the wrong one,
# and nobody notices.
#
# {card scaling_out.sync_gradients}


# %% nbgrader={"grade_id": "sync_gradients", "solution": true}
def sync_gradients(parameters: list, all_reduce, world_size: int) -> None:
    """Let each p.grad be the mean over all workers."""
    ### BEGIN SOLUTION
    for weight in parameters:
        if weight.grad is None:
            weight.grad = torch.zeros_like(weight)
        all_reduce(weight.grad)
        weight.grad.div_(world_size)
    ### END SOLUTION


# %% nbgrader={"grade_id": "sync_gradients-check", "grade": true, "locked": true}
check("scaling_out.sync_gradients", sync_gradients)

# %% [markdown]
# ## Two processes, for real
#
# The next cell starts two further Python processes on your machine. They meet by
# a file, and send tensors with **gloo**, PyTorch's library for CPUs (on GPUs it is
# NCCL). Each wraps its model in `DistributedDataParallel`, which does what your
# `sync_gradients` does, while the backward pass still runs: the last layers'
# gradients travel while the first layers' are computed. The heart of each process
# is three lines:
#
# ```python
# parallel = DistributedDataParallel(model)
# logits = parallel(inputs[rank::2])
# functional.cross_entropy(logits, targets[rank::2]).backward()
# ```
#
# They do it in four ways, on 64 examples. *Equal*: 32 each. *Unequal*: 48 and 16.
# *Weighted*: 48 and 16 again, each loss multiplied by twice its share, as averaging
# halves it again. *Accumulated*: 32 each, in four parts, sent once. Each result is
# compared with the gradients of *one* process on all 64. It takes about ten
# seconds, most of them to start PyTorch twice. (If your system lets no processes talk, you see what the cell
# printed once.)

# %% tags=["demonstration"]
from byhand.gpt import parallel

found = parallel.together(recorded="scaling_out/two_processes")
if found:
    print(f"largest gradient: {parallel.alone().abs().max().item():.3f}")
    for name, gap in parallel.gaps(found).items():
        exact = "by less than 1e-15" if gap < 1e-15 else f"by {gap:.3f}"
        print(f"{name}: off {exact}")

# %% [markdown]
# Three times, two processes give the gradients of one, to the last digits. *Unequal*
# does not: shards of 48 and 16, averaged plainly, are off by more than half of the
# largest gradient. Why?
#
# ## A mean of means
#
# Worker 0 has three examples, and their mean gradient is 2.0. Worker 1 has one
# example, whose gradient is 6.0. On one machine the mean of all four is
#
# $$\frac{2 + 2 + 2 + 6}{4} = \frac{3 \cdot 2 + 1 \cdot 6}{3 + 1} = 3, \qquad \text{and not } \frac{2 + 6}{2} = 4.$$
#
# **A mean of means is the mean only for equal parts.** Otherwise weight each part
# by how many it has.
#
# {card scaling_out.combine_gradients}


# %% nbgrader={"grade_id": "combine_gradients", "solution": true}
def combine_gradients(gradients: list, counts: list) -> list:
    """The gradients of the mean loss over all examples."""
    ### BEGIN SOLUTION
    everybody = sum(counts)
    shares = [count / everybody for count in counts]
    combined = []
    for of_one_parameter in zip(*gradients, strict=True):
        pairs = zip(shares, of_one_parameter, strict=True)
        combined.append(sum(one * part for one, part in pairs))
    return combined
    ### END SOLUTION


# %% nbgrader={"grade_id": "combine_gradients-check", "grade": true, "locked": true}
check("scaling_out.combine_gradients", combine_gradients)

# %% tags=["demonstration"]
two, six = [torch.tensor([2.0])], [torch.tensor([6.0])]
print("3 examples and 1:", combine_gradients([two, six], [3, 1])[0].item())
print("plain mean:      ", torch.stack(two + six).mean().item())

# Mean losses of two sequences, and how many tokens each has.
mean_loss, tokens = np.array([4.0, 2.0]), np.array([11, 101])
print("mean of the sequences' means:", mean_loss.mean())
print(f"mean of all {tokens.sum()} tokens:", end=" ")
print(f"{(mean_loss * tokens).sum() / tokens.sum():.4f}")

# %% [markdown]
# The second half of the output is a bug that lived for years. Sequences have
# different lengths, and a loop that accumulates gradients or averages over workers
# takes a mean of means. In Hugging Face's Trainer this was reported with sequences
# of 11 and 101 tokens (`huggingface/transformers`, issue 24725). The first fix came
# in October 2024. (The two losses above are made up.) What counts is what you divide
# by on one machine: there, all *tokens*.
#
# ## All-reduce in two halves
#
# How do p workers get a sum, without one of them collecting everything? Cut the
# vector into p pieces, and let each worker be responsible for one.
#
# 1. **Reduce-scatter**: worker r gets piece r of the sum.
# 2. **All-gather**: everybody sends its finished piece to all.
#
# With [1, 2, 3, 4] and [10, 20, 30, 40], worker 0 ends the first half with
# [11, 22], and worker 1 with [33, 44].
#
# {card scaling_out.reduce_scatter}


# %% nbgrader={"grade_id": "reduce_scatter", "solution": true}
def reduce_scatter(vectors: list) -> list:
    """Piece r of the sum, for each worker r."""
    ### BEGIN SOLUTION
    everybody = len(vectors)
    length, rest = divmod(len(vectors[0]), everybody)
    if rest:
        raise ValueError(f"{everybody} workers, and {rest} numbers left over")
    return list(torch.stack(vectors).sum(dim=0).split(length))
    ### END SOLUTION


# %% nbgrader={"grade_id": "reduce_scatter-check", "grade": true, "locked": true}
check("scaling_out.reduce_scatter", reduce_scatter)

# %% tags=["demonstration"]
held = [torch.tensor([1, 2, 3, 4]), torch.tensor([10, 20, 30, 40])]
pieces = reduce_scatter(held)
print("reduce-scatter:", [piece.tolist() for piece in pieces])
print("all-gather:    ", torch.cat(pieces).tolist(), "for both")

# %% [markdown]
# ## What is sent
#
# Let the workers stand in a ring, and let each send to its right neighbour only. The
# vector has N bytes. In every round each worker sends one piece, of N / p bytes. After p − 1 rounds all sums are
# done, and after p − 1 more everybody has all of them:
#
# $$2 \cdot (p - 1) \cdot \frac{N}{p}$$
#
# In words: two halves, p − 1 rounds each, a p-th of the N bytes in each round.
#
# {card scaling_out.all_reduce_bytes}


# %% nbgrader={"grade_id": "all_reduce_bytes", "solution": true}
def all_reduce_bytes(num_bytes: float, workers: int) -> float:
    """What one worker sends in a ring."""
    ### BEGIN SOLUTION
    if workers < 1:
        raise ValueError(f"a ring of {workers} workers")
    a_piece = num_bytes / workers
    return 2 * (workers - 1) * a_piece
    ### END SOLUTION


# %% nbgrader={"grade_id": "all_reduce_bytes-check", "grade": true, "locked": true}
check("scaling_out.all_reduce_bytes", all_reduce_bytes)

# %% tags=["demonstration"]
size = 4 * GPT2  # float32
print(f"GPT-2's gradients: {size / 1e6:.1f} MB")
for p in (1, 2, 4, 8, 64):
    ring, collector = all_reduce_bytes(size, p) / 1e6, (p - 1) * size / 1e6
    print(f"p = {p:2}: each worker sends {ring:5.1f} MB; ", end="")
    print(f"a collector would receive {collector:,.1f} MB")

# %% [markdown] quoted=["0.125"]
# However many workers there are, each sends less than 2N. That is why rings scale.
# A single collector would drown. What does grow is the number of *rounds*: each
# costs a little time by itself, the **latency**, however small the piece. So many
# small tensors are sent as one, in a **bucket**.
#
# {figure exchange}
#
# One worker needs 1 s for a step of GPT-2 small. With p workers, each computes for
# 1 / p s, and the exchange runs at the same time. The step takes the longer of the
# two. Networks are sold in *bits*: 10 Gbit/s are 1.25 GB a second, as a byte has 8.
# The picture is a still. Run the cell below, and move the two sliders.
#
# 1. Set 0.125 GB a second, an ordinary network. How fast are 8 workers?
# 2. On which of the four are 8 workers 8 times as fast? Which bandwidth would do?
# 3. Why does the dotted line, the exchange, hardly rise after 8 workers?

# %% tags=["demonstration"]
from byhand.sliders import exchange

exchange.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. A step takes 6.97 s, *longer* than on one worker alone.
# 2. On 12.5 GB a second and on 450. Each worker sends 871.1 MB, and should be done
#    in the 1 / 8 s that it computes. So 6.97 GB a second would do.
# 3. Each worker sends less than 2N, for any number of workers. So the exchange takes
#    less than 2N over the bandwidth.
#
# </details>
#
# Where the exchange takes longer than the computing, there are three ways out: a
# faster network, gradients in 2 bytes instead of 4, or more work between two
# exchanges. The last one is lesson 17's accumulation: a larger batch. It has a limit. Beyond
# some size, a larger batch saves hardly any steps. And with fewer steps, the
# learning rate must be chosen again: often a larger one, after a longer warm-up.
#
# ## What a device must hold
#
# With Adam in **mixed precision**, a parameter costs 16 bytes: 2 for the weight
# and 2 for the gradient (in bfloat16), and 12 for the optimiser, which keeps a
# float32 copy of the weight, m and v (lesson 15). In data parallel training every
# worker holds the same 16 bytes. That is waste, and **ZeRO** (Rajbhandari and
# others, 2019) removes it in three stages. PyTorch's name for stage 3 is **FSDP**,
# *fully sharded data parallel*:
#
# | stage | split over the workers | bytes a parameter on each of p |
# |---|---|---|
# | 0 | nothing | 16 |
# | 1 | the optimiser | 4 + 12 / p |
# | 2 | and the gradients | 2 + 14 / p |
# | 3 | and the weights | 16 / p |
#
# Stage 2 costs no more sending than all-reduce: it *is* reduce-scatter and
# all-gather. In stage 3 the weights of a layer are fetched right before they are
# used, in the forward pass and again in the backward pass. With the gradients'
# reduce-scatter that is three halves of an all-reduce instead of two.
#
# {card scaling_out.memory_per_device}


# %% nbgrader={"grade_id": "memory_per_device", "solution": true}
def memory_per_device(parameters: float, workers: int, stage: int) -> float:
    """Bytes on one device: weights, gradients, optimiser."""
    ### BEGIN SOLUTION
    if stage not in range(4) or workers < 1:
        raise ValueError(f"stage {stage} on {workers} workers")
    shared = [0, 12, 14, 16][stage]  # of the 16 bytes
    return parameters * (16 - shared + shared / workers)
    ### END SOLUTION


# %% nbgrader={"grade_id": "memory_per_device-check", "grade": true, "locked": true}
check("scaling_out.memory_per_device", memory_per_device)

# %% tags=["demonstration"]
print("GB on one device, stages 0 to 3")
for name, parameters, workers in (
    ("GPT-2 small on 8", GPT2, 8),
    ("7.5 billion on 64", 7.5e9, 64),
    ("70 billion on 64", 70e9, 64),
    ("70 billion on 8", 70e9, 8),
):
    digits = 3 if parameters < 1e9 else 1
    row = [memory_per_device(parameters, workers, s) / 1e9 for s in range(4)]
    print(f"{name:18}", *(f"{one:9,.{digits}f}" for one in row))

# %% [markdown]
# 70 billion parameters do not fit on eight devices of 80 GB, not even in stage 3:
# each would hold 140 GB. On 64 devices it is 17.5 GB. The activations come on top.
# They grow with the batch and the length of the text, and no stage splits them.
#
# {figure memory}
#
# 1. On which numbers of devices do 405 billion parameters fit? Compute the smallest.
# 2. Take GPT-2 small. Which stage does it need?
# 3. Why does stage 2 stop helping when there are many devices, and stage 3 not?

# %% tags=["demonstration"]
from byhand.sliders import memory

memory.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. In stage 3, 64 devices are too few and 512 are enough. All of it is 16 · 405 =
#    6,480 GB, so 6,480 / 80 = 81 devices would do. The activations come on top.
# 2. None: even stage 0 fits, on a single device.
# 3. Stage 2 leaves 2 bytes a parameter on every device, however many there are. In
#    stage 3 everything is split.
#
# </details>
#
# Where even one layer is too large, or where sharding would send too much, the
# *layers* are split. **Tensor parallel** cuts each matrix and sends activations
# twice a layer, forward and again backward. So its devices must be close to each other. **Pipeline parallel**
# gives each device some of the layers. It sends little, but the last device has
# nothing to do until the first is through: batches go in as small parts, like
# parcels on a belt.
#
# ## How long it takes
#
# A weight and a token cost 6 operations: 2 forward (a multiplication and an
# addition), and 4 backward, since a matrix product has *two* gradients, each as
# large as the product itself. So the work is 6 · N · D for N parameters and D
# tokens. (N now counts parameters, no longer bytes.) Devices do a share of their
# peak: 40 % is good (lesson 17).
#
# $$\text{days} = \frac{6 \cdot N \cdot D}{\text{devices} \cdot \text{peak} \cdot \text{share} \cdot 86{,}400}$$
#
# {card scaling_out.training_days}


# %% nbgrader={"grade_id": "training_days", "solution": true}
def training_days(
    parameters: float,
    tokens: float,
    devices: int,
    peak_flops: float,
    utilisation: float,
) -> float:
    """Days for 6 · parameters · tokens operations."""
    ### BEGIN SOLUTION
    if devices < 1:
        raise ValueError(f"{devices} devices")
    if utilisation <= 0 or utilisation > 1:
        raise ValueError(f"{utilisation} is no share of the peak")
    every_second = devices * peak_flops * utilisation
    return 6 * parameters * tokens / every_second / 86_400
    ### END SOLUTION


# %% nbgrader={"grade_id": "training_days-check", "grade": true, "locked": true}
check("scaling_out.training_days", training_days)

# %% tags=["demonstration"]
A100, H100 = 312e12, 989e12  # bfloat16 operations a second, at the peak
hours = 24 * training_days(GPT2, 10e9, 1, H100, 0.40)
print(f"GPT-2 small, 10 billion tokens: {6 * GPT2 * 10e9:.2e} operations,")
print(f"  one H100 at 40 %: {hours:.2f} hours = {hours / 24:.4f} days")
for name, *given in (
    ("175 billion, 300 billion tokens", 175e9, 300e9, 1024, A100, 0.45),
    ("405 billion, 15.6e12 tokens", 405e9, 15.6e12, 16_384, H100, 0.41),
):
    work, days = 6 * given[0] * given[1], training_days(*given)
    print(f"{name}: {work:.2e} operations,")
    share = 100 * given[4]
    print(f"  {given[2]:,} devices at {share:.0f} %: {days:.1f} days")
print(f"70 billion, 1.4e12 tokens: {6 * 70e9 * 1.4e12:.2e} operations")
for budget in (5.88e23, 1e21):
    best = math.sqrt(budget / 120)
    print(f"{budget:.2e} operations: ", end="")
    print(f"{best / 1e9:.2f} billion parameters, {20 * best:.2e} tokens")

# %% [markdown]
# 175 billion is the size of GPT-3, here on A100 cards. 405 billion is the published
# run of Llama 3.1 405B: your formula gives 66.0 days. The last two lines answer
# another question: how large should the model be, for a given amount of work? A rule
# of thumb says **20 tokens a parameter** (Hoffmann and others, 2022, "Chinchilla").
# Put D = 20 N into 6 N D, and N is the root of the work over 120. Their own model
# had 70 billion parameters and 1.4e12 tokens. Today's models take far more tokens
# than that, as a small model is cheaper to *use*.
#
# ## Train on several processes
#
# The trainer of lesson 17 trains data parallel, too. In a terminal:
#
# ```
# torchrun --nproc-per-node 2 -m byhand.gpt train --device cpu
# torchrun --nproc-per-node 8 -m byhand.gpt train --profile gpt2 --text FILE
# ```
#
# `torchrun` starts the processes and gives each its rank. The batch is shared out,
# so the losses are those of one process, to rounding. (With dropout they are not:
# each process draws its own places. The run still repeats itself exactly.) Rank 0
# alone prints and writes checkpoints, with the random numbers of *all* ranks in
# them. If one process is killed, the others stop with a sentence, and `--resume`
# goes on to the same last bit.
#
# ## What it costs, and where it breaks
#
# - **The slowest worker** sets the pace. On 16,384 devices something breaks every
#   few hours, so checkpoints must be quick, and made often.
# - **Latency.** A ring of 16,384 has 32,766 rounds. Large clusters use trees, and
#   rings of rings.
# - **Batch size.** More workers mean a larger batch. Past some size it only costs.
# - **Silence.** Unequal means, a skipped call, an example counted twice: nothing
#   raises an error, and the loss looks fine.
#
# ## Spot the slip
#
# Find out what is wrong *before* you run the cell and open the answers.
#
# 1. Each worker's loss is `loss.mean()` over its own tokens, and gradients are
#    averaged over the workers. The sequences have different lengths.
# 2. `all_reduce(loss)`, and then `print(loss.item())` as *the* training loss.
# 3. "We have 8 GPUs, so it is 8 times as fast."
# 4. Accuracy in a test, on a `DistributedSampler` and 4 workers, over 10 examples.
# 5. "Transformers scale easily to long sequences: just add devices."

# %% tags=["demonstration"]
print(f"1. 11 and 101 tokens: {mean_loss.mean()} is no mean over tokens")
print("2. two workers with loss 2.0:", sum([2.0, 2.0]), "is printed")
eight = exchange.compute(workers=8, bandwidth=1.25)
print(f"3. 8 workers, 1.25 GB a second: {eight.times:.2f} times as fast")
wrong = {0, 1}  # the examples that a model gets wrong
right = [k not in wrong for k in seen]
print(f"4. {10 - len(wrong)} of 10 are right; ", end="")
print(f"over the padded shards {sum(right)} of {len(right)}", end=" = ")
print(f"{sum(right) / len(right):.4f}")
for n in (1_024, 4_096):
    print(f"5. {n:,} tokens: {n * n:,} pairs a head")

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. A mean of means. Divide the *sum* of all losses by the number of all tokens,
#    over all workers.
# 2. That is the sum, and it grows with the number of workers. Divide by their number.
# 3. Only if the exchange hides behind the computing. On a network of 10 Gbit/s it
#    is 1.44 times.
# 4. Two examples count twice: 8 of 12 instead of 8 of 10. Count each once, and add
#    up right answers and examples.
# 5. Pairs grow with n² (lesson 10). Four times the tokens are 16 times the pairs.
#    In a long text most of the work is in the pairs, and devices must grow as fast.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* Two workers have 6 and 2 sentences of very different
# length. Which three different "means" can a careless loop compute, and which one
# equals training on a single machine? Three or four sentences.

# %% [markdown] nbgrader={"grade_id": "three_means", "grade": true, "points": 2, "solution": true}
# It can take the mean of the two workers' means, so that a sentence of the second
# worker counts three times as much as one of the first. It can take the mean over
# the eight sentences, each with its own mean, so that a word in a short sentence
# counts for more than one in a long one. And it can take the mean over all tokens.
# The right one is the one whose weights are what the single machine divides by:
# if its loss is a mean over all tokens of the batch, that is the third.
#
# ### BEGIN MARK SCHEME
# - 1 point: the three means are named: of workers, of sentences, of tokens.
# - 1 point: right is the one that divides by what the single machine divides by
#   (for a language model as in lesson 17: by all tokens).
# - Half a point of the second one for "tokens" without a reason.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. Ten examples, four workers: what does worker 3 get?</summary>
#
# 3, 7 and 1.
#
# </details>
#
# <details><summary>2. Why must a worker send zeros for a gradient that it does not
# have?</summary>
#
# All-reduce waits for everybody. Without its call the others would wait for ever, or
# add tensors that do not belong together.
#
# </details>
#
# <details><summary>3. How much does a worker send in a ring, for N bytes and very
# many workers?</summary>
#
# Almost 2N, and never more.
#
# </details>
#
# <details><summary>4. Where are most of the 16 bytes of a parameter?</summary>
#
# In the optimiser: 12. So stage 1 splits that first.
#
# </details>
#
# <details><summary>5. Twice the parameters and twice the tokens: how much longer does
# it take?</summary>
#
# Four times as long, on the same devices.
#
# </details>
#
# <details><summary>6. Which gradients may be averaged plainly?</summary>
#
# Those of equal parts: equally many examples, or tokens, whatever the loss divides by.
#
# </details>
#
# ## What comes next
#
# You have come from one dot product to 16,384 cards. The appendix, lesson 23, leaves
# Transformers for an older way to use many models at once: let them vote.
#
# `python -m byhand progress` in a terminal shows what you have solved.
