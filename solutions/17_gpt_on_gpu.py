# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 17 · A GPT, on whatever you have
#
# This is the summit. You write a GPT, the decoder-only Transformer behind most
# chat models of today, and all that is needed to train it: batches, a training
# step, checkpoints that survive a crash, and a loop that writes. Then you
# press a button and watch noise become stories, in about a minute, on the CPU
# of a laptop. If a GPU is there, the same code uses it.
#
# Some cells below are folded to their first line. They only print or compare.
# Run a folded cell like any other, and click on it if you want to read it.
#
# **After it you can**
#
# - say what a loss is worth: compare it with readers that know less, and with
#   the lowest loss that is possible;
# - write a GPT in sixty lines, and count its weights: 124 million in the
#   smallest GPT-2;
# - train with accumulated and clipped gradients, and know what each does;
# - stop a training and resume it, with every number the same to the last bit;
# - say what makes training fast on a GPU, and how near to the card's limit you
#   come;
# - let your own GPT write, and see what each head looks back at.
#
# You need: lessons 9, 10, 12, 13 and 15; 16 helps. About 115 minutes, and a
# minute or two of training.

# %%
import math
import os
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from byhand import check

torch.set_printoptions(precision=4, sci_mode=False)

# %% [markdown]
# ## The idea in one picture
#
# A GPT answers one question, at every place of a text at once: *what comes
# next?*
#
# {picture next_characters.svg A GPT is given T, h, e, a blank, d, o and asked at each place for the next character, h, e, a blank, d, o, g: vectors and positions go through blocks, in which each place sees itself and the places before it, to norm, logits and loss; a step draws a batch on the CPU, then goes forward, backward and through AdamW on the GPU, if there is one.}
#
# So the text is its own teacher: the targets are the inputs, one place on. Six
# characters give six targets. The model learns from all six in one pass,
# because causal attention (lesson 9) keeps each place from seeing its own
# answer.
#
# Read the picture from the bottom up. An *id* is a whole number, one for each
# character. Each id becomes a vector, and a vector for its place is added.
# Blocks follow, much like the layers of lesson 13. At the end come **logits**,
# a score for every character that could come next. The **loss** is lesson 15's
# cross-entropy: softmax makes probabilities of the scores, and the loss is
# $-\ln$ of the probability that the right character got. It is counted in
# **nats**, as every number is that comes out of $\ln$.
#
# A **step** of training draws a batch of pieces of text, computes the loss and
# its gradients, and moves every weight a little. That is all; the rest is doing
# it often.
#
# ## Poke at it: a training, recorded
#
# This is what you will do below: a GPT with 624,512 weights, 800 steps, 5.5
# million characters to draw from. The blue line is the loss on the pieces that
# it trains on, averaged over ten steps; the orange dots are the loss on
# stories that it never trains on. The dashed line is a **floor**, below which
# nobody can get. Move through the steps, and read what it writes.
#
# 1. When does it write words, when sentences?
# 2. When does the thing that somebody *had* stay the same to the end of the
#    story?
# 3. Switch the vertical axis. How far above the floor does it end?
# 4. Why is the blue line, the loss in training, *higher* than the orange dots?
#    (Usually it is lower: a model knows best what it has practised on.)
#
# {figure training}
#
# Run the next cell, and move its handles.

# %% tags=["demonstration"]
from byhand.sliders import training

training.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. After 50 steps it has the lengths of words; after 150 every second word is
#    one, after 200 four of five, in sentences that do not yet make sense.
# 2. From about step 350 on, mostly. Between steps 100 and 200 the curve bends down
#    a second time: probably attention has then learned to look back for what
#    was said.
# 3. Less than 0.003 nats. It has found the grammar, and nearly every probability
#    in it. Nobody has told it that there is a grammar.
# 4. The pieces in training are cut off after 224 characters, in the middle of
#    a story, and most of the news is at a story's beginning. The orange dots
#    are measured on whole stories, like the floor. And 800 steps draw 6,400
#    pieces, each from one of 40,000 beginnings: few come twice, so there is
#    hardly anything to learn by heart.
#
# </details>
#
# ## A text whose floor is known
#
# Why is there a floor, and how does anybody know it? The text is made by a
# **grammar**: rules with probabilities, for small stories. Here are three.

# %% tags=["demonstration"]
from byhand.text import stories

some = stories.corpus(2000, seed=0)
for story in some[:3]:
    print(story.text)
text = "\n" + "".join(f"{story.text}\n" for story in some)
alphabet = "".join(sorted(set(text)))
print(f"\n{len(text)} characters, {len(alphabet)} different ones")

# %% [markdown]
# Because we know the rules, we know how surprising each story is. *Ben or Max
# or Noah or Tom?* is a choice of four equal ones: $\ln 4 = 1.386$ nats of news.
# But when his name comes *again*, or the hat that he had, there is no news at
# all, for a reader who remembers. Add up all the news in a story, divide by its
# length: that is the **entropy** of a character, and no model, however large,
# can have a lower loss on average. (A *nat* is to $e$ what a *bit* is to 2: the
# bit counts news by $\log_2$.)
#
# How good is a loss, then? Compare it with what simpler readers get. The first
# knows nothing. The next knows how often each character comes, and looks back
# at nothing. The others look back at the last 1, 2, 4 or 50 characters, and
# have counted what followed them in these 2000 stories. The last lines are the
# GPT of the picture above.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
from collections import Counter


def counting_loss(text: str, back: int) -> float:
    """Nats a character for a reader who has counted what follows what."""
    whole = Counter(text[k : k + back + 1] for k in range(len(text) - back))
    seen = Counter(text[k : k + back] for k in range(len(text) - back))
    total = sum(whole.values())
    return -sum(
        count / total * math.log(count / seen[piece[:-1]])
        for piece, count in whole.items()
    )


print(f"one of four names:    ln 4 = {math.log(4):.4f}")
print(
    f"knows nothing:        ln {len(alphabet)} = {math.log(len(alphabet)):.4f}"
)
for back in (0, 1, 2, 4, 50):
    print(f"looks back {back:2}:         {counting_loss(text, back):.4f}")
print(f"knows the grammar:    {stories.entropy():.4f}  <- the floor")
print(f"                      ({stories.entropy() / math.log(2):.4f} bits)")
end = training.compute(step=800)
above = end.held_out[-1] - end.floor
print(f"the recorded GPT:     {end.held_out[-1]:.4f}")
print(f"                      ({above:.4f} above the floor)")

# %% [markdown]
# So 3.7 is the loss of a model that knows nothing, and a good training begins
# near it. A loss near 2 means that it knows roughly which letter follows
# which, and 0.1060 is perfection.
#
# But looking back 50 gives 0.0236, and nobody can get below the floor! That
# reader was asked about the very stories in which it had counted. Most
# pieces of 50 characters come only once there, so it knows by heart what
# followed. Of a new story it would know next to nothing. This is why a loss is
# measured on **held-out** text, which nobody has trained on.
#
# To come near the floor on new stories, a model must remember who had what a
# hundred characters ago. Counting cannot: there are too many pieces of a hundred
# characters to have seen each. Attention can.
#
# ## Batches
#
# The text becomes numbers first: a character's id is its place in the alphabet.
# Then every step draws a few pieces at random.
#
# {card gpt_on_gpu.get_batch}


# %% nbgrader={"grade_id": "get_batch", "solution": true}
def get_batch(
    ids: torch.Tensor,  # (length,)
    batch_size: int,
    block_size: int,
    rng: torch.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random pieces of a text, and for each place what comes next.

    Returns inputs and targets, both (batch_size, block_size).
    """
    ### BEGIN SOLUTION
    room = len(ids) - block_size
    begins = torch.randint(room, (batch_size,), generator=rng).tolist()
    pieces = torch.stack([ids[at : at + block_size + 1] for at in begins])
    return pieces[:, :-1], pieces[:, 1:]
    ### END SOLUTION


# %% nbgrader={"grade_id": "get_batch-check", "grade": true, "locked": true}
check("gpt_on_gpu.get_batch", get_batch)

# %% tags=["demonstration"]
place = {character: k for k, character in enumerate(alphabet)}
ids = torch.tensor([place[character] for character in text])  # (length,)


def read(ids: torch.Tensor) -> str:
    return "".join(alphabet[k] for k in ids.tolist())


inputs, targets = get_batch(ids, 2, 20, torch.Generator().manual_seed(1))
for row, answer in zip(inputs, targets, strict=True):
    print(f"inputs:  {read(row)!r}\ntargets: {read(answer)!r}")

# %% [markdown]
# ## The model
#
# You wrote attention in lesson 10 and as a module in lesson 13. A GPT needs
# only one kind: a text attends to itself, and looks back. You pass no mask in.
# The projections for query, key and value all read the same `x`, so they can
# be **one** matrix product, three times as wide. A GPU is fast at large
# products and idle in small ones.
#
# {card gpt_on_gpu.CausalSelfAttention}


# %% nbgrader={"grade_id": "CausalSelfAttention", "solution": true}
class CausalSelfAttention(nn.Module):
    """Every token looks at itself and at what came before it."""

    def __init__(self, d_model: int, num_heads: int, dropout: float = 0.0):
        super().__init__()
        ### BEGIN SOLUTION
        self.heads, self.chance, width = num_heads, dropout, d_model
        self.qkv_proj = nn.Linear(width, 3 * width)
        self.out_proj = nn.Linear(width, width)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, n, d_model) → (batch, n, d_model)"""
        ### BEGIN SOLUTION
        query, key, value = (
            third.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for third in self.qkv_proj(x).chunk(3, dim=-1)
        )  # each (batch, heads, n, d_k)
        chance = self.chance if self.training else 0.0
        seen = functional.scaled_dot_product_attention(
            query, key, value, dropout_p=chance, is_causal=True
        )
        return self.out_proj(seen.transpose(1, 2).flatten(2))
        ### END SOLUTION


# %% nbgrader={"grade_id": "CausalSelfAttention-check", "grade": true, "locked": true}
check("gpt_on_gpu.CausalSelfAttention", CausalSelfAttention)

# %% [markdown]
# `scaled_dot_product_attention` is lesson 8's formula and nothing else. On a
# GPU it is usually **fused**: one program that never writes down the whole
# $n \times n$ table of weights. It works on one tile of the table at a time,
# while the numbers are in the fastest memory. The result is the same.

# %% tags=["demonstration"]
rng = torch.Generator().manual_seed(2)
query, key, value = torch.randn(3, 1, 2, 5, 4, generator=rng).double()
later = torch.ones(5, 5, dtype=torch.bool).triu(1)
scores = (query @ key.mT / math.sqrt(4)).masked_fill(later, -math.inf)
by_hand = scores.softmax(dim=-1) @ value  # (1, 2, 5, 4)
fused = functional.scaled_dot_product_attention(
    query, key, value, is_causal=True
)
print(
    "largest difference below 1e-12:",
    bool((by_hand - fused).abs().max() < 1e-12),
)
for n in (256, 1024, 8192):
    table = 12 * n * n * 2 / 2**20
    print(
        f"weights of 12 heads for {n:4} tokens, 2 bytes each: {table:6.1f} MiB"
    )

# %% [markdown]
# Around it, a **block**: two sub-layers, each of which reads a normed copy and
# adds to the stream (pre-norm, lesson 12). The network's activation is GELU.
#
# {card gpt_on_gpu.Block}


# %% nbgrader={"grade_id": "Block", "solution": true}
class Block(nn.Module):
    """Attention, then a network; each reads a normed copy and adds to x."""

    def __init__(self, d_model: int, num_heads: int, dropout: float = 0.0):
        super().__init__()
        ### BEGIN SOLUTION
        narrow, wide = d_model, 4 * d_model
        self.norm1, self.norm2 = nn.LayerNorm(narrow), nn.LayerNorm(narrow)
        self.attention = CausalSelfAttention(narrow, num_heads, dropout)
        self.linear1 = nn.Linear(narrow, wide)
        self.linear2 = nn.Linear(wide, narrow)
        self.thin_out = nn.Dropout(dropout)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, n, d_model) → (batch, n, d_model)"""
        ### BEGIN SOLUTION
        x = x + self.thin_out(self.attention(self.norm1(x)))
        idea = functional.gelu(self.linear1(self.norm2(x)))
        return x + self.thin_out(self.linear2(idea))
        ### END SOLUTION


# %% nbgrader={"grade_id": "Block-check", "grade": true, "locked": true}
check("gpt_on_gpu.Block", Block)

# %% [markdown]
# And a GPT: one table turns ids into vectors, another turns places into
# vectors. Then come the blocks and a last norm. The **head** makes logits of
# the result, and here it is **tied**: it uses the first table once more, and
# scores how much the result is like each token's vector. That saves a matrix,
# and makes sense: the vector that means `e` at the entrance means `e` at the
# exit.
#
# {card gpt_on_gpu.GPT}


# %% nbgrader={"grade_id": "GPT", "solution": true}
class GPT(nn.Module):
    """Token ids to the logits of what comes next, at every place."""

    def __init__(
        self,
        vocab_size: int,
        block_size: int,
        num_layers: int,
        num_heads: int,
        d_model: int,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.block_size = block_size  # for `generate`
        ### BEGIN SOLUTION
        made = [Block(d_model, num_heads, dropout) for _ in range(num_layers)]
        self.blocks, width = nn.ModuleList(made), d_model
        self.tokens = nn.Embedding(vocab_size, width)
        self.positions = nn.Embedding(block_size, width)
        self.last_norm = nn.LayerNorm(width)
        self.thin_out = nn.Dropout(dropout)
        ### END SOLUTION

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """(batch, n) ids → (batch, n, vocab_size) logits"""
        ### BEGIN SOLUTION
        where = torch.arange(ids.shape[1], device=ids.device)
        stream = self.thin_out(self.tokens(ids) + self.positions(where))
        for each in self.blocks:
            stream = each(stream)
        return self.last_norm(stream) @ self.tokens.weight.T
        ### END SOLUTION


# %% nbgrader={"grade_id": "GPT-check", "grade": true, "locked": true}
check("gpt_on_gpu.GPT", GPT)

# %% [markdown]
# Yours is built like GPT-2. The cell below first gives it the sizes of the
# smallest GPT-2, and counts its weights. (PyTorch's *meta* device keeps shapes
# and no numbers, so the model fits anywhere.)
#
# ## Before the first step
#
# A fresh model should know nothing, so its loss should be $\ln 40 = 3.6889$. Is
# it? `nn.Embedding` draws its vectors with a spread of 1, and through the tied
# head these become logits in the dozens. Such a model knows nothing, and is
# sure of it. GPT-2 begins its weight matrices with a spread of 0.02 (its table
# of positions with 0.01). The cell's last two lines are both losses.

# %% tags=["demonstration"]
with torch.device("meta"):
    gpt2 = GPT(50257, 1024, 12, 12, 768)
count = {name: p.numel() for name, p in gpt2.named_parameters()}
print(f"weights of GPT-2: {sum(count.values()):,}")
for part in ("tokens", "positions", "blocks.0.attention", "blocks.0.linear"):
    found = sum(c for name, c in count.items() if name.startswith(part))
    print(f"    {part:20} {found:11,}")

torch.set_default_dtype(torch.float64)  # so that all machines print the same
torch.manual_seed(0)
model = GPT(
    len(alphabet), block_size=48, num_layers=2, num_heads=4, d_model=32
)
inputs, targets = get_batch(ids, 12, 48, torch.Generator().manual_seed(0))


def loss_on(model, inputs, targets) -> float:
    with torch.no_grad():
        logits = model(inputs)  # (batch, n, vocab)
    return functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten()
    ).item()


print(f"as PyTorch begins: {loss_on(model, inputs, targets):.4f}")
for weight in model.parameters():
    if weight.dim() > 1:
        nn.init.normal_(weight, std=0.02)
print(f"as GPT-2 begins:   {loss_on(model, inputs, targets):.4f}")

# %% [markdown]
# Always look at this number before you train. It takes seconds, and finds a
# whole class of mistakes.
#
# ## A training step
#
# Now the step itself: loss, gradients, update. It takes a list of batches and
# *accumulates* their gradients: it adds them up before the one update. And it
# *clips* a gradient that is too long, as in lesson 15.
#
# {card gpt_on_gpu.train_step}


# %% nbgrader={"grade_id": "train_step", "solution": true}
def train_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: list[tuple[torch.Tensor, torch.Tensor]],
    max_norm: float,
) -> torch.Tensor:
    """One update from the mean gradient of some batches; their mean loss."""
    ### BEGIN SOLUTION
    model.train(True)
    optimizer.zero_grad()
    mean = torch.zeros(())
    for seen, wanted in batches:
        scores = model(seen).flatten(0, 1)  # (batch · n, vocab)
        part = functional.cross_entropy(scores, wanted.flatten())
        part = part / len(batches)
        part.backward()
        mean = mean + part.detach()
    nn.utils.clip_grad_norm_([*model.parameters()], max_norm)
    optimizer.step()
    return mean
    ### END SOLUTION


# %% nbgrader={"grade_id": "train_step-check", "grade": true, "locked": true}
check("gpt_on_gpu.train_step", train_step)

# %% [markdown]
# First, as in lesson 15, one batch again and again: a model that cannot learn
# two pieces by heart has a bug. Then fresh pieces in every step. The losses
# below are those of every twentieth step, from the first on.

# %% tags=["demonstration"]
begin = {name: w.clone() for name, w in model.state_dict().items()}


def new_optimizer(model, lr=1e-2):
    return torch.optim.AdamW(model.parameters(), lr=lr, betas=(0.9, 0.99))


optimizer = new_optimizer(model)
print("one batch of two pieces:", end=" ")
for step in range(61):
    loss = train_step(model, optimizer, [(inputs[:2], targets[:2])], 1.0)
    if step % 20 == 0:
        print(f"{float(loss):.2f}", end="  ")

model.load_state_dict(begin)
optimizer = new_optimizer(model)
draws = torch.Generator().manual_seed(0)
print("\nfresh pieces:           ", end=" ")
for step in range(101):
    loss = train_step(model, optimizer, [get_batch(ids, 12, 48, draws)], 1.0)
    if step % 20 == 0:
        print(f"{float(loss):.2f}", end="  ")
print()

# %% [markdown]
# The first line goes to almost nothing: those two pieces it knows by heart. The
# second is on its way from how often each character comes (2.94) to how often
# each pair does (1.87). It is a very small model, and it has seen very little.
#
# Why accumulate? GPT-2 was trained on half a million tokens a step, far more
# than most cards can hold at once. The mean of the gradients is the gradient
# of the mean. So several small batches of one size do the same as a large one.
# They only take longer.

# %% tags=["demonstration"]
large = [get_batch(ids, 12, 48, torch.Generator().manual_seed(3))]
small = list(zip(*(part.split(3) for part in large[0]), strict=True))
after = []
for batches in (large, small):
    model.load_state_dict(begin)
    train_step(model, torch.optim.SGD(model.parameters(), 0.1), batches, 1.0)
    after.append(torch.cat([w.flatten() for w in model.state_dict().values()]))
print(
    f"one batch of 12, or {len(small)} of 3: the weights after a step agree to",
    "1e-12:",
    bool((after[0] - after[1]).abs().max() < 1e-12),
)

# %% [markdown]
# ## Checkpoints
#
# A training that takes days will be interrupted. What must be kept so that it
# can go on *as if nothing had happened*? More than the weights.
#
# {card gpt_on_gpu.save_checkpoint}


# %% nbgrader={"grade_id": "save_checkpoint", "solution": true}
def save_checkpoint(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, step: int
) -> None:
    """Keep all that the rest of a training depends on, all or nothing."""
    ### BEGIN SOLUTION
    everything = dict(step=step, rng=torch.get_rng_state())
    everything |= dict(
        model=model.state_dict(), optimizer=optimizer.state_dict()
    )
    unfinished = path.with_suffix(".unfinished")
    torch.save(everything, unfinished)
    os.replace(unfinished, path)
    ### END SOLUTION


# %% nbgrader={"grade_id": "save_checkpoint-check", "grade": true, "locked": true}
check("gpt_on_gpu.save_checkpoint", save_checkpoint)

# %% [markdown]
# {card gpt_on_gpu.load_checkpoint}


# %% nbgrader={"grade_id": "load_checkpoint", "solution": true}
def load_checkpoint(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer
) -> int:
    """Put everything back where it was; the number of steps that are done."""
    ### BEGIN SOLUTION
    everything = torch.load(path, weights_only=True)
    model.load_state_dict(everything["model"])
    optimizer.load_state_dict(everything["optimizer"])
    torch.set_rng_state(everything["rng"])
    return everything["step"]
    ### END SOLUTION


# %% nbgrader={"grade_id": "load_checkpoint-check", "grade": true, "locked": true}
check("gpt_on_gpu.load_checkpoint", load_checkpoint)

# %% [markdown]
# Twenty steps at a stretch, with dropout, against ten, a crash, and ten more. Do
# both end with the same weights? They do, and not just nearly: to the last bit.
# And if the random numbers had not been kept?

# %% tags=["demonstration"] jupyter={"source_hidden": true}
import tempfile


def new_run() -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(7)
    model = GPT(len(alphabet), 48, 1, 2, 16, dropout=0.1)
    return model, new_optimizer(model)


def steps(model, optimizer, first: int, last: int) -> torch.Tensor:
    """Each step seeds its own batch; dropout draws from PyTorch's numbers."""
    for step in range(first, last):
        drawn = torch.Generator().manual_seed(step)
        train_step(model, optimizer, [get_batch(ids, 4, 48, drawn)], 1.0)
    return torch.cat([w.flatten() for w in model.state_dict().values()])


whole = steps(*new_run(), 0, 20)

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "checkpoint.pt"
    model, optimizer = new_run()
    steps(model, optimizer, 0, 10)
    save_checkpoint(path, model, optimizer, 10)

    model, optimizer = new_run()  # after the crash, all is new
    done = load_checkpoint(path, model, optimizer)
    resumed = steps(model, optimizer, done, 20)

    model, optimizer = new_run()
    done = load_checkpoint(path, model, optimizer)
    torch.manual_seed(0)  # the random numbers are lost
    careless = steps(model, optimizer, done, 20)

print("resumed, to the last bit:     ", torch.equal(whole, resumed))
print("without the random numbers:   ", torch.equal(whole, careless))

# %% [markdown]
# That holds on the CPU. On a GPU dropout draws from the *GPU's* random
# numbers, and `torch.get_rng_state()` keeps only the CPU's. There a checkpoint
# also needs `torch.cuda.get_rng_state_all()`. `byhand.gpt`, below, keeps both.
#
# ## Writing
#
# Lesson 16's draw, over and over: draw a token, put it behind the text, and
# ask the model again.
#
# {card gpt_on_gpu.generate}


# %% nbgrader={"grade_id": "generate", "solution": true}
@torch.no_grad()  # nobody wants gradients here
def generate(
    model: nn.Module,
    ids: torch.Tensor,  # (batch, n)
    length: int,
    temperature: float,
    rng: torch.Generator,
) -> torch.Tensor:
    """Continue each row by `length` tokens: (batch, n + length)."""
    ### BEGIN SOLUTION
    found_in, written = model.training, ids
    model.train(False)
    while written.shape[1] < ids.shape[1] + length:
        last = model(written[:, -model.block_size :])[:, -1]  # (batch, vocab)
        chances = functional.softmax(last / temperature, dim=-1)
        drawn = torch.multinomial(chances, 1, generator=rng)  # (batch, 1)
        written = torch.cat((written, drawn), dim=1)
    model.train(found_in)
    return written
    ### END SOLUTION


# %% nbgrader={"grade_id": "generate-check", "grade": true, "locked": true}
check("gpt_on_gpu.generate", generate)

# %% tags=["demonstration"]
torch.manual_seed(0)
model = GPT(len(alphabet), 48, 2, 4, 32)
model.load_state_dict(begin)
optimizer = new_optimizer(model)
start = torch.tensor([[place["\n"]]])
draws = torch.Generator().manual_seed(0)
for step in range(101):
    if step in (0, 100):
        pen = torch.Generator().manual_seed(0)
        written = generate(model, start, 60, 0.8, pen)[0, 1:]
        print(f"after {step:3} steps: {read(written)!r}")
    train_step(model, optimizer, [get_batch(ids, 12, 48, draws)], 1.0)

# %% [markdown] quoted=["0.0003"]
# That is your small model after no step, and after a hundred: spaces and the
# commonest letters, but no words yet. For stories it takes more of everything.
#
# ## Train one
#
# The cell below shows a panel with a button. Behind it is `byhand/gpt/`: the
# model and the step that you have written (`model.py`, `train.py`), with what
# makes them fast. It trains that model, not yours, so you may press the button
# before you have solved the exercises. **Press Train.** On two CPU cores that
# have nothing else to do it takes about a minute. A progress bar says how far
# it is, and after 50 steps how much time is left. Every 50 steps it writes.
# (With a GPU it uses that.) You can go on reading meanwhile, and run other
# cells.
#
# When it is done, train again with a learning rate of 0.0003, and with 0.1. (The
# rate is the highest of the run: it warms up and sinks as in lesson 15.) Your
# curve will look like the recorded one, but for the last digits: machines
# round differently, and in a training small differences grow.

# %% tags=["demonstration"]
from byhand.gpt.live import Live

torch.set_default_dtype(torch.float32)  # as everybody trains
live = Live("tiny")
live

# %% [markdown] quoted=["0.0003"]
# <details><summary>What you should have found</summary>
#
# With 0.0003 it learns the same things in the same order, more slowly: when the
# steps are over, its loss is about 0.4, and its stories are full of half-words.
# With 0.1 it stays above 2 to the end: it knows more than how often each letter
# comes (2.94), and less than which letter follows which (1.87). The steps are so
# long that each tears down what the last has built.
#
# </details>
#
# ## What makes it fast
#
# Each row is one change that makes the same model train in less time. The
# last row aside, it also computes the same numbers, up to rounding.
#
# | change | what it does |
# |---|---|
# | tf32 | a GPU's matrix units read float32 with 10 bits of fraction instead of 23, and add up in float32 |
# | bf16 autocast | matrix products in bfloat16, 16 bits: as wide a range as float32, 7 bits of fraction; weights, norms and the loss stay in float32 |
# | fused attention | the table of weights is never written to memory |
# | `torch.compile` | many small operations become one program, which reads and writes its numbers once |
# | fused AdamW | one program for all weights, not four operations for each |
# | pinned, prefetched batches | the next batch travels to the card while this one is computed; *pinned* memory is memory from which the card can fetch by itself |
# | a larger batch | more of the card is busy |
#
# And two things *not* to do in a step: wait for the GPU (`loss.item()` does), and
# copy in small pieces. Our step returns its loss as a tensor on the device, and
# the loop looks at it every ten steps.
#
# Why bfloat16, and not the older float16 (`half`)? float16 has more digits, and
# knows nothing above 65504. So gradients have to be scaled up or down to fit.
# bfloat16 has fewer digits, and needs no such care. (257 becomes 256, though.
# Never count in it.) The cell below first prints what each makes of four
# numbers.
#
# How fast *could* it be? A card's **peak** is the number of operations a
# second that its data sheet promises. Training costs about 6 operations for
# each weight and token: 2 forward (a product and a sum), 4 back. (The table of
# positions is left out: it is looked up, not multiplied.) Attention adds
# $12 \cdot \text{layers} \cdot \text{width} \cdot n$, with $n$ tokens in a piece.
# Divide a card's peak by the operations a token, and you have the most tokens
# a second that it can do. Divide what you measure by that, and you have your
# share of the peak.
#
# A **profile** is a set of sizes that `byhand.gpt` knows by name. `tiny` is
# the model of the button above, `gpt2` is the smallest GPT-2, and `small` lies
# between. (The model in `byhand.gpt` has no biases, so its GPT-2 has a few
# weights fewer than yours.)

# %% tags=["demonstration"] jupyter={"source_hidden": true}
from byhand.gpt import model as library
from byhand.gpt.train import PROFILES

for number in (1 / 3, 256.0, 257.0, 1e38):
    half, brain = torch.tensor(number).half(), torch.tensor(number).bfloat16()
    print(
        f"{number:9.4g}: float16 {half.item():9.4g}   bfloat16 {brain.item():9.4g}"
    )
print()
peak = 312e12  # an A100, bfloat16, from its data sheet
for name, vocab in (("tiny", 40), ("small", 65), ("gpt2", 50257)):
    with torch.device("meta"):
        built = library.GPT(PROFILES[name].model(vocab))
    print(f"{name:5}: {built.num_parameters():11,} weights, ", end="")
    print(
        f"{built.flops_per_token() / 1e6:6.1f} million operations a token, ",
        end="",
    )
    print(
        f"at most {peak / built.flops_per_token() / 1e6:5.2f} million tokens/s"
    )

# %% [markdown]
# **What each change is worth on a card.** Measured on one H200 (PyTorch 2.11) with
# the profile `small`, each row on top of those before. The peak is the card's in
# bfloat16 in every row, 989 · 10¹² operations a second:
#
# | change | thousand tokens/s | × the row above | of the peak |
# |---|---|---|---|
# | float32, one operation after another | 436 | | 3.1 % |
# | tf32 in the matrix products | 690 | 1.58 | 5.0 % |
# | bfloat16 | 670 | 0.97 | 4.8 % |
# | fused attention | 691 | 1.03 | 5.0 % |
# | `torch.compile` | 949 | 1.37 | 6.8 % |
# | fused AdamW | 1292 | 1.36 | 9.3 % |
# | batch of 256 instead of 64 | 2880 | 2.23 | 20.7 % |
#
# Read the third row again. bfloat16 is the fastest arithmetic in this table,
# and here it gains *nothing*: a model this small does not keep such a card
# busy. The card waits for Python to hand it the next small operation. So it
# helps to hand over fewer operations (compiling, fusing) or larger ones (the
# batch). With GPT-2's 124 million weights the same program reaches 41 % of the
# peak: 477,000 tokens a second, where nanoGPT, on the same card, does 462,000.
#
# And does it go on *exactly* after a break? On this card two runs with the same
# seed differ by $10^{-4}$ after 40 steps, resumed or not: thousands of threads
# add up in whatever order they come. With
# `torch.use_deterministic_algorithms(True)` the difference is 0, compiled or not,
# dropout and all.
#
# Your own card's table (on a CPU leave `--profile small` out, or it takes hours):
#
# ```
# python -m byhand.gpt bench --table --profile small
# ```
#
# From a shell, the same training as above, and on any text of yours:
#
# ```
# python -m byhand.gpt train
# python -m byhand.gpt train --profile small --text FILE --out my-run
# python -m byhand.gpt train --resume --out my-run
# python -m byhand.gpt sample --out my-run --prompt "Once"
# ```
#
# ## What brings the loss down
#
# So far every change kept the numbers and saved time. Now change what is
# computed. Your GPT is arranged like GPT-2, of 2019. What later models do
# differently is small, and each piece can be switched on alone: `CHANGES` in
# `byhand/gpt/model.py` lists them, with their sources.
#
# The figure has a row for each. The model has 4 layers of width 128, the text is
# Shakespeare's, and every row trains for 300 steps. First come four single
# changes, then the same four on top of each other, then others. The dashed orange
# line is the recipe without the change, the blue line is with it. Both are means
# of four seeds.
#
# 1. Which single change brings the most? Is it one of the model?
# 2. Which changes bring nothing here, though large models have them?
# 3. Which rows reach the level line, where nanoGPT is after 2,000 steps?
# 4. What does a step of each cost? A lower loss is worth nothing if the steps take
#    longer than it saves.
#
# {figure recipes}

# %% tags=["demonstration"]
from byhand.sliders import recipes

recipes.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. Muon, by 0.17, and it changes the optimiser alone. Rotary positions and the
#    table of pairs follow, by 0.14 each. On top of each other they still help:
#    1.87 with all three, where the plain recipe is at 2.19. (A batch of 24 brings
#    0.13, too, with twice as much text.)
# 2. QK-norm, zero init, capped logits: alone and on top, some seeds end lower and
#    some higher. RMSNorm brings 0.01 alone and nothing on top. They are there to
#    keep long trainings of large models steady, and this one is short. An untied
#    head even costs 0.03: its rows, too, must be learned from the same text.
# 3. Those with rotary, Muon and pairs, but not with an untied head. nanochat's
#    way comes close: two of its four seeds get there. nanoGPT's steps and ours have
#    12 pieces of 64 characters, except in the two rows with a batch of 24. The one
#    on top of the other changes gets there in 200 steps.
# 4. Muon's steps take about a third longer, and it pays. The table of pairs is
#    only looked up, and costs next to nothing. Twice the batch takes 1.8 times
#    as long, and on top of the others it pays, too.
#
# Each row was trained with four seeds, and compared seed by seed. Where the range
# in brackets has both signs, the seeds disagree: read nothing into it. The first
# command below measures all rows on your machine: a quarter of an hour of one core
# for each seed. It prints the table, and goes on where it was stopped. The second
# trains with the changes that help.
#
# ```
# python -m byhand.gpt bench --recipe --text FILE
# python -m byhand.gpt train --profile quick --text FILE --out quick-run
# ```
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* Somebody trains for ten hours, saves
# `model.state_dict()`, and goes on the next day with these weights and a new
# AdamW. Explain in two sentences what is lost, and what it does to the first
# steps.

# %% [markdown] nbgrader={"grade_id": "why-the-optimizer", "grade": true, "points": 2, "solution": true}
# AdamW's running means of the gradients and of their squares are gone, and with
# them how large a step each single weight should take. So the first steps rest
# on one or a few noisy gradients, and with the step count at 1 they have the
# full length of the learning rate for every weight alike: the loss jumps up
# before it goes on falling.
#
# ### BEGIN MARK SCHEME
# - 1 point: names what is lost, the two moments (means of gradients and of
#   squared gradients); the learning rate's schedule or the random numbers may be
#   named as well and are not needed.
# - 1 point: what follows: first steps are too long or too noisy for many weights,
#   so that the loss rises or progress is lost for a while.
# - Half a point for "training is no longer exactly the same" without a reason.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# - **Memory.** A weight in training takes 16 bytes: itself, its gradient and
#   AdamW's two means, 4 bytes each. GPT-2 needs 2 GB before the first token; then
#   come the activations, which grow with batch and block.
# - **Time.** Seconds are tokens × operations a token ÷ (peak × your share of it).
# - A **loss that is NaN** stays NaN: clip, warm up, and look at the norm of the
#   gradients.
# - A loss **below the floor** means that the answer is known: a mask is missing,
#   or the held-out text is in the training text, learned by heart.
# - A loss that **stops at about 2** for letters: it knows pairs and nothing else.
#   Attention does not work; look at the mask and at the positions.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
for name, weights in (("tiny", 624_512), ("GPT-2", 124_439_808)):
    print(
        f"{name:5}: {16 * weights / 1e9:.3f} GB to train, before any activation"
    )
tokens, share = 300e9, 0.4  # what GPT-3 was trained on; a good share
for name, weights in (("GPT-2", 124e6), ("GPT-3", 175e9)):
    seconds = 6 * weights * tokens / (share * peak)
    print(
        f"{name}: 300 billion tokens on one A100: {seconds / 86400:,.0f} days"
    )

# %% [markdown]
# ## Spot the slip
#
# All four are said often, and each is wrong. Find out why *before* you run the
# cell.
#
# 1. "GPT ends with a softmax, and the loss is the cross-entropy of what comes out
#    of it."
# 2. "With four accumulated batches, call `backward()` on each loss as it is: the
#    gradients add up by themselves."
# 3. "A GPT that is given one character more than its block just forgets the
#    oldest."
# 4. "`model.eval()` switches gradients off."

# %% tags=["demonstration"] jupyter={"source_hidden": true}
logits = torch.tensor([[4.0, 0.0, 0.0]], dtype=torch.float64)
first = torch.tensor([0])
once = functional.cross_entropy(logits, first)
twice = functional.cross_entropy(logits.softmax(dim=-1), first)
print(
    f"1. cross_entropy of the logits {once:.4f}, of their softmax {twice:.4f}"
)
weight = torch.ones(1, requires_grad=True)
for _ in range(4):
    (2 * weight).sum().backward()
print(
    f"2. a gradient of 2, four times: {weight.grad.item():.0f}; the mean is 2"
)
tiny = GPT(len(alphabet), 8, 1, 1, 4)
try:
    tiny(torch.zeros(1, 9, dtype=torch.int64))
except IndexError as error:
    print(f"3. IndexError: {error}")
logits = tiny.eval()(torch.zeros(1, 8, dtype=torch.int64))
print(f"4. in eval(), the logits want a gradient: {logits.requires_grad}")

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. PyTorch's `cross_entropy` does the softmax itself. Twice flattens everything:
#    however sure the model is, the loss cannot come near 0, and training
#    crawls. GPT returns logits.
# 2. They do add up, to four times the mean gradient. Divide each loss by four.
#    (Clipping, and Adam's scaling, hide the mistake, until they do not.)
# 3. It has no position vector for it, and stops with an error. Forgetting is
#    for you to do: `ids[:, -block_size:]`.
# 4. It switches dropout off (and batch norm to its averages). For gradients
#    there is `torch.no_grad()`.
#
# </details>
#
# ## Milestone: your GPT writes
#
# Your classes lack only weights that know something. The next cell loads the
# weights of a recorded training into *your* `GPT`, and *your* `generate`
# writes. If you pressed Train, run this cell again when the training is done:
# then it writes with the weights that you trained, too.
#
# **Predict first.** A story begins *Lily had a very small drum.* The model has
# just read the space after it. The next letter is the *S* of *She* or the *H*
# of *He*. Which letters must it look back at? Spread evenly, about a sixth of
# the weight would fall on them. How much does the best of the twelve heads give
# them? The cell prints what each head gives, on average of 40 new stories.
#
# The figure below it needs none of your code. Type a beginning of your own, and
# press Enter. The model writes on, up to 100 letters in all. Each letter's cell
# shows how much weight one head gives it. `place` is the letter that the head
# looks back *from*: place 0 is the line end before the story, and a head sees
# no letter after its place. If you have trained a model, choose "yours".
#
# 1. You begin at place 28, the space after *drum.* Which other head of layer 3
#    looks at the name?
# 2. Move to place 53, the space before *drum* comes again. What do these two
#    heads look at now?
# 3. Put *Tam* for *Lily*, a name that no story has. Is Tam *he* or *she*? What
#    is Tam called later?
# 4. Put *Lily* back. At temperature 0 the model is *greedy*: it always takes the
#    likeliest letter. From which temperature on does it misspell a word?
# 5. If you trained a model: which of its heads look at the name?
#
# {figure looking_back}

# %% tags=["demonstration"] jupyter={"source_hidden": true}
from byhand.sliders import looking_back
from byhand.text import letters

NAMES = {  # a part of the trained model, and what it is called in yours
    "layers": "blocks",
    "attention_norm": "norm1",
    "network_norm": "norm2",
    "network.0": "linear1",
    "network.2": "linear2",
}


def filled(trained):
    """Your GPT with trained weights; these have no biases, so yours are 0."""
    sizes = trained.block_size, trained.layers, trained.heads, trained.width
    model = GPT(len(trained.alphabet), *sizes).double()
    for weight in model.parameters():
        nn.init.zeros_(weight)
    renamed = {}
    for name, weight in trained.weights.items():
        for theirs, ours in NAMES.items():
            name = name.replace(theirs, ours)
        renamed[name] = torch.from_numpy(weight)
    model.load_state_dict(renamed, strict=False)
    return model


told = {
    letters.NAME: "after the first full stop, weight on the name",
    letters.THING: "before the thing comes again, weight on it",
}
new = [story.text for story in stories.corpus(40, 99)]
for whose, trained in {
    "recorded": letters.recorded(),
    "yours": live.learned,
}.items():
    if trained is None:
        continue
    print(f"{whose}, after {trained.steps} steps:")
    prompt = letters.START + looking_back.PROMPT
    start = torch.tensor([trained.ids_of(prompt)])
    pen = torch.Generator().manual_seed(0)
    written = generate(filled(trained), start, 100, 0.8, pen)[0, 1:]
    print("".join(trained.alphabet[k] for k in written.tolist()))
    for what, title in told.items():
        shares, even = letters.average_look(trained, new, what)
        print(f"{title}, heads 1 to 4 (spread evenly: {even:.3f})")
        for layer, row in enumerate(shares, 1):
            print(f"    layer {layer}:", *(f"{share:.3f}" for share in row))

# %% tags=["demonstration"]
looking_back.show(live)

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# The tables: after the first full stop, **layer 3, head 1** gives the name 0.849
# of its weight. Spread evenly it would be 0.169. The same head finds the thing
# again: before *drum* comes a second time, the letters of the first *drum* get
# 0.835. Nobody told it to. In layer 1 no head gives either of them more than
# its even share.
#
# 1. Head 3. It gives the *l* alone 0.84.
# 2. At *drum*, the first one. Head 3 gives its *r* 0.95.
# 3. *He*, and later *Tom*. The model has not learned to copy a name. It knows
#    eight names by heart, and *T* is enough to tell which.
# 4. From 1.5 on, where *summer* and *Noah* run together. Up to 1.4 every choice
#    that has one right answer is made right.
# 5. Compare your table with the recorded one. Machines round differently, and
#    in a training small differences grow: other heads may do the work.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What are the targets of a GPT?</summary>
#
# Its inputs, one place on.
#
# </details>
#
# <details><summary>2. What should the loss be before the first step?</summary>
#
# The logarithm of the vocabulary's size. A fresh model knows nothing.
#
# </details>
#
# <details><summary>3. A held-out loss lies below the floor. What does it
# mean?</summary>
#
# The answer leaks. A mask is missing, or the held-out text was trained on.
#
# </details>
#
# <details><summary>4. Four batches are accumulated. What must you do with each
# loss?</summary>
#
# Divide it by four, so that the gradients add up to their mean.
#
# </details>
#
# <details><summary>5. What must a checkpoint keep, besides the
# weights?</summary>
#
# The optimiser's state, the step, and the state of the random numbers.
#
# </details>
#
# <details><summary>6. The prompt is longer than the block. What do you
# do?</summary>
#
# Cut it to the last `block_size` tokens. There is no vector for a later
# position.
#
# </details>
#
# <details><summary>7. What is a tied head?</summary>
#
# The table that turns ids into vectors is used once more, to turn vectors into
# logits.
#
# </details>
#
# <details><summary>8. bfloat16 or float16: which overflows above 65504?</summary>
#
# float16. bfloat16 has the range of float32, and fewer digits.
#
# </details>
#
# ## What comes next
#
# You have written a GPT and trained one, from four data points in lesson 1 to
# stories that nobody wrote. Most of what remains between this and a chat model
# is more of the same: more weights, more text, tokens that are pieces of
# words. Then comes training on conversations, and on which answers people
# prefer.
#
# The same architecture has other jobs. In lesson 18 the Transformer of
# lesson 14 translates, and a number says how well.
#
# `python -m byhand progress` in a terminal shows what you have solved.
