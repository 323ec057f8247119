# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 19 · BERT: an encoder that fills gaps
#
# GPT reads from the left and guesses what comes next. Cover a word in the
# *middle* of a sentence, and you use both sides to guess it. **BERT** (Devlin
# and others, 2018) does the same: it is lesson 13's encoder, trained to fill
# gaps. You build it, train a tiny one, and know beforehand how good it can get.
#
# **After it you can**
#
# - lay out a text, or a pair of texts, as BERT reads it;
# - hide words the way BERT does, and say why not all become [MASK];
# - build BERT's embeddings, its encoder and its head, equal to `transformers`';
# - measure filled gaps against a floor that is known exactly;
# - turn [CLS] into a label, and two scores a word into an answer;
# - say what BERT and GPT share, and where they differ.
#
# You need: the encoder (lesson 13), and what training takes (lesson 15).
# WordPiece (lesson 4) and GPT (lesson 17) help. About 55 minutes.
#
# The first cell gives lesson 13's layer, as BERT has it: GELU for ReLU, and
# ε = 1e-12.
#
# Two long cells below are folded to their first line: they only print or compare.
# Run them like any other, and click on one if you want to read it.

# %%
import math

import torch
from torch import nn
from torch.nn import functional

from byhand import check, tools


class MultiHeadAttention(nn.Module):
    """Lesson 13's. mask: (b, n, m), or what broadcasts to it."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        given = (self.q_proj, query), (self.k_proj, key), (self.v_proj, value)
        q, k, v = (
            project(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for project, x in given
        )  # (b, h, n, width)
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if torch.is_tensor(mask):
            per_head = mask.unsqueeze(1) if mask.dim() == 3 else mask
            scores = scores.masked_fill(~per_head, -math.inf)
        weights = scores.softmax(dim=-1).nan_to_num()
        return self.out_proj((weights @ v).transpose(1, 2).flatten(2))


class BertLayer(nn.Module):
    """x: (b, n, d_model) → the same shape. mask: as above."""

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        attention = MultiHeadAttention(d_model, num_heads)
        self.self_attention = attention
        self.norm1 = nn.LayerNorm(d_model, eps=1e-12)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm2 = nn.LayerNorm(d_model, eps=1e-12)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.self_attention(x, x, x, mask))
        wide = functional.gelu(self.linear1(x))
        return self.norm2(x + self.linear2(wide))


# %% [markdown]
# ## The idea in one picture
#
# {picture both_ways.svg BERT reads (CLS) the cat (MASK) (SEP), with positions 0 to 4 and segment 0 added, in layers without a mask in which every token looks at every other; above (MASK) a head says sat, and above (CLS) a pooled vector gives a label.}
#
# Every token looks at every other, left and right, in every layer. There are
# no two passes: **bidirectional** simply means that *no mask* hides the future.
# So BERT cannot learn by guessing the next word, which it sees. It learns by
# guessing words that were taken out.
#
# ## What goes in
#
# A row begins with [CLS]. Each text ends with [SEP]. A pair of texts shares a
# row, and **segments** say which is which: 0 or 1. Three examples by hand, with
# [CLS] = 101, [SEP] = 102, [PAD] = 0:
#
# | | ids | segments | mask |
# |---|---|---|---|
# | (11 12 13, 21 22), 10 places | 101 11 12 13 102 21 22 102 0 0 | 0 0 0 0 0 1 1 1 0 0 | 1111111100 |
# | (11 … 15, 21 22 23), 9 places | 101 11 12 13 102 21 22 23 102 | 0 0 0 0 0 1 1 1 1 | 111111111 |
# | "How are you?" alone | [CLS] how are you ? [SEP] | 0 0 0 0 0 0 | 111111 |
#
# In the second row the first text lost two words. The last row has six tokens:
# three words, a question mark, [CLS] and [SEP]. The **special tokens** [CLS],
# [SEP], [PAD] and [MASK] stand for no word.
#
# {card bert.encode_pair}


# %% nbgrader={"grade_id": "encode_pair", "solution": true}
def encode_pair(
    first: list[int],
    second: list[int] | None,
    cls_id: int,
    sep_id: int,
    pad_id: int,
    max_len: int,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """ids, segments and mask, each (max_len,)."""
    ### BEGIN SOLUTION
    signs = 2 if second is None else 3
    if max_len < signs:
        raise ValueError(f"max_len {max_len} is less than {signs} signs")
    a, b = list(first), list(second or [])
    while len(a) + len(b) + signs > max_len:
        longer = a if len(a) > len(b) else b
        longer.pop()
    front = [cls_id, *a, sep_id]
    back = [] if second is None else [*b, sep_id]
    empty = max_len - len(front) - len(back)
    ids = torch.tensor(front + back + [pad_id] * empty)
    segments = torch.tensor([0] * len(front) + [1] * len(back) + [0] * empty)
    return ids, segments, torch.arange(max_len) < max_len - empty
    ### END SOLUTION


# %% nbgrader={"grade_id": "encode_pair-check", "grade": true, "locked": true}
check("bert.encode_pair", encode_pair)

# %% tags=["demonstration"]
signs = {"cls_id": 101, "sep_id": 102, "pad_id": 0}
for first, second, room in (
    ([11, 12, 13], [21, 22], 10),
    ([11, 12, 13, 14, 15], [21, 22, 23], 9),
):
    for row in encode_pair(first, second, **signs, max_len=room):
        print(*row.int().tolist())
    print()
for text in (
    "How are you ?",
    "The cat sat on the mat .",
    "The quick brown fox jumps over the lazy dog .",
):
    words = [i + 1 for i, _ in enumerate(text.split())]
    ids, _, mask = encode_pair(words, None, **signs, max_len=12)
    print(f"{len(words)} words with punctuation: {int(mask.sum())} tokens")

# %% [markdown]
# ## What is learned: hidden words
#
# Of all words 15 % are **chosen**. The loss asks for these and no others. But
# the input does not simply read [MASK] there. Of the chosen
#
# - 80 % read [MASK];
# - 10 % read a word drawn at random, rarely the same one again;
# - 10 % stay as they are.
#
# Why? When BERT is *used*, no text contains [MASK]. A model that has something
# to say at [MASK] alone would be no good there. With 80/10/10, *any* word may
# be wrong, and a word that looks fine may still be asked. So every vector must
# be good.
#
# By hand: of 128 tokens 126 are words. 15 % of these are 18.9: on average 15.12
# read [MASK], 1.89 another word, 1.89 themselves.
#
# {card bert.mask_tokens}


# %% nbgrader={"grade_id": "mask_tokens", "solution": true}
def mask_tokens(
    ids: torch.Tensor,
    special: torch.Tensor,
    mask_id: int,
    vocab_size: int,
    rng: torch.Generator,
    p: float = 0.15,
) -> tuple[torch.Tensor, torch.Tensor]:
    """inputs and labels, both (b, n), like ids and special."""
    ### BEGIN SOLUTION
    chosen = (torch.rand(ids.shape, generator=rng) < p) & ~special
    fate = torch.rand(ids.shape, generator=rng)
    words = torch.randint(vocab_size, ids.shape, generator=rng)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate > 0.9), words, inputs)
    return inputs, torch.where(chosen, ids, -100)
    ### END SOLUTION


# %% nbgrader={"grade_id": "mask_tokens-check", "grade": true, "locked": true}
check("bert.mask_tokens", mask_tokens)

# %% tags=["demonstration"]
chosen = 0.15 * 126
print(f"chosen {chosen:.1f}: [MASK] {0.8 * chosen:.2f},", end=" ")
print(f"another {0.1 * chosen:.2f}, the same {0.1 * chosen:.2f}")
print("of all words:", [f"{100 * 0.15 * s:.1f} %" for s in (0.8, 0.1, 0.1)])

from byhand.text import gaps, stories

story = stories.corpus(1, 19)[0].text
ids = gaps.rows_of([story])
rng = torch.Generator().manual_seed(2)
inputs, labels = mask_tokens(
    ids, ids < len(gaps.SIGNS), gaps.MASK, len(gaps.words()), rng
)
print("\n", story)
print(*(gaps.words()[i] for i in inputs[0]))
asked = [gaps.words()[i] for i in labels[0] if i != -100]
print("asked:", *asked)

# %% [markdown]
# ## The vectors at the start
#
# Each token brings three vectors, and they are **added**: its word's, its
# place's and its segment's. All three are learned, from random numbers on. (They
# do not come from word2vec.) A layer norm follows.
#
# {card bert.BertEmbeddings}


# %% nbgrader={"grade_id": "BertEmbeddings", "solution": true}
class BertEmbeddings(nn.Module):
    """ids, segments: (b, n) → (b, n, d_model)."""

    def __init__(self, vocab_size: int, max_len: int, d_model: int):
        super().__init__()
        ### BEGIN SOLUTION
        width = d_model
        self.tokens = nn.Embedding(vocab_size, width)
        self.positions = nn.Embedding(max_len, width)
        self.segments = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        ### END SOLUTION

    def forward(self, ids, segments=None):
        ### BEGIN SOLUTION
        kinds = torch.zeros_like(ids) if segments is None else segments
        places = torch.arange(ids.shape[1], device=ids.device)
        total = self.tokens(ids) + self.positions(places)
        return self.norm(total + self.segments(kinds))
        ### END SOLUTION


# %% nbgrader={"grade_id": "BertEmbeddings-check", "grade": true, "locked": true}
check("bert.BertEmbeddings", BertEmbeddings)

# %% [markdown]
# ## BERT
#
# Behind the embeddings come the layers. They are **post-norm**, as in lesson 13:
# first the sum, then its norm. The only mask is for padding, and it hides *keys*:
# nobody may look at a [PAD]. At the end the vector of [CLS] goes through a linear
# layer and a tanh. This is `pooled`, one vector for the whole row.
#
# {card bert.Bert}


# %% nbgrader={"grade_id": "Bert", "solution": true}
class Bert(nn.Module):
    """ids, segments, mask: (b, n) → (b, n, d_model) and (b, d_model)."""

    def __init__(
        self,
        vocab_size: int,
        max_len: int,
        d_model: int,
        num_layers: int,
        num_heads: int,
        d_ff: int,
    ):
        super().__init__()
        ### BEGIN SOLUTION
        self.embeddings = BertEmbeddings(vocab_size, max_len, d_model)
        sizes = d_model, num_heads, d_ff
        stack = [BertLayer(*sizes) for _ in range(num_layers)]
        self.layers = nn.ModuleList(stack)
        self.pooler = nn.Linear(d_model, out_features=d_model)
        ### END SOLUTION

    def forward(self, ids, segments=None, mask=None):
        ### BEGIN SOLUTION
        hidden = self.embeddings(ids, segments)
        keys = mask if mask is None else mask[:, None, :]  # for all queries
        for each_layer in self.layers:
            hidden = each_layer(hidden, keys)
        return hidden, torch.tanh(self.pooler(hidden[:, 0]))
        ### END SOLUTION


# %% nbgrader={"grade_id": "Bert-check", "grade": true, "locked": true}
check("bert.Bert", Bert)

# %% [markdown]
# ## The head that names words
#
# A word's score is the dot product of a vector with that word's row in the table
# of tokens. So the head needs no large matrix: it **shares** the table's. Before
# that come a linear layer, GELU and a norm. Behind it, each word has a bias.
#
# {card bert.MlmHead}


# %% nbgrader={"grade_id": "MlmHead", "solution": true}
class MlmHead(nn.Module):
    """hidden: (b, n, d) → logits: (b, n, vocab)."""

    def __init__(self, tokens: nn.Embedding):
        super().__init__()
        ### BEGIN SOLUTION
        self.tokens = tokens
        words, width = tokens.weight.shape
        self.linear = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(words))
        ### END SOLUTION

    def forward(self, hidden):
        ### BEGIN SOLUTION
        ready = self.norm(functional.gelu(self.linear(hidden)))
        return ready @ self.tokens.weight.T + self.bias
        ### END SOLUTION


# %% nbgrader={"grade_id": "MlmHead-check", "grade": true, "locked": true}
check("bert.MlmHead", MlmHead)

# %% [markdown]
# ## The same twelve blocks
#
# How large is the real one? Count yours, at BERT's sizes. A model on the device
# `meta` has shapes and no numbers, so it takes no memory. GPT-2 and lesson 20's
# ViT (an encoder of images) are counted by formula: $d$ is the width of a
# block, $f$ that of its network. The table below the cell compares the three.


# %% tags=["demonstration"] jupyter={"source_hidden": true}
def block(d, f):
    """The parameters of a layer: attention, network, two norms."""
    return 4 * (d * d + d) + (2 * d * f + f + d) + 4 * d


def count(*modules):
    return sum(p.numel() for p in nn.ModuleList(modules).parameters())


with torch.device("meta"):
    base = Bert(30522, 512, 768, 12, 12, 3072)
    large = Bert(30522, 512, 1024, 24, 16, 4096)
    base_head = MlmHead(base.embeddings.tokens)

d, blocks = 768, 12 * block(768, 3072)
print(f"a block {block(768, 3072):,}, twelve {blocks:,}")
print(f"BERT-base {count(base):,}, BERT-large {count(large):,}")
words_only = count(base, base_head) - count(base.pooler)
print(f"for hidden words, without the pooler {words_only:,}")
front = {
    "tokens": base.embeddings.tokens,
    "positions": base.embeddings.positions,
}
for name, part in front.items():
    print(f"  {name} {count(part):,}", end="")
print(f", pooler {count(base.pooler):,}")
print(f"GPT-2 small {50257 * d + 1024 * d + blocks + 2 * d:,}")
print(
    f"ViT-B/16 {d * d + d + 197 * d + d + blocks + 2 * d + d * 1000 + 1000:,}"
)
ids = torch.zeros(1, 12, dtype=torch.long, device="meta")
hidden, pooled = base(ids)
print("12 tokens:", tuple(hidden.shape), "and", tuple(pooled.shape))

# %% [markdown]
# | | BERT-base | GPT-2 small | ViT-B/16 (lesson 20) |
# |---|---|---|---|
# | twelve blocks | 85,054,464 | 85,054,464 | 85,054,464 |
# | all | 109,482,240 | 124,439,808 | 86,567,656 |
# | mask | padding only | look-ahead | none |
# | norm | post | pre | pre |
# | learns | the hidden word | the next word | the label |
#
# One architecture. What differs is what stands before and behind, the mask, and
# the task. GPT writes: a prompt becomes pieces, and the last piece's vector
# becomes 50,257 logits. Lesson 16 chooses among them. BERT does not write. It
# *reads*.
#
# ## How well are gaps filled?
#
# Two numbers. The loss is the mean of $-\ln p$ (minus the logarithm of the right
# word's probability) over the chosen places. The accuracy is the share of these
# that are guessed right. By hand, three words in the vocabulary, three places:
#
# | place | logits | right word | $-\ln p$ | hit |
# |---|---|---|---|---|
# | 0 | 2, 0, 0 | 0 | 0.2395 | yes |
# | 1 | 0, 1, 0 | 2 | 1.5514 | no |
# | 2 | 0, 0, 3 | not chosen | | |
#
# The mean is 0.8955, the accuracy 0.5.
#
# {card bert.mlm_scores}


# %% nbgrader={"grade_id": "mlm_scores", "solution": true}
def mlm_scores(
    logits: torch.Tensor, labels: torch.Tensor
) -> tuple[float, float]:
    """logits: (b, n, vocab), labels: (b, n), −100 for not chosen."""
    ### BEGIN SOLUTION
    asked = labels != -100
    if not asked.any():
        return 0.0, 0.0
    loss = functional.cross_entropy(logits[asked], labels[asked])
    right = logits[asked].argmax(dim=-1) == labels[asked]
    return loss.item(), right.double().mean().item()
    ### END SOLUTION


# %% nbgrader={"grade_id": "mlm_scores-check", "grade": true, "locked": true}
check("bert.mlm_scores", mlm_scores)

# %% tags=["demonstration"]
logits = torch.tensor([[[2.0, 0, 0], [0, 1, 0], [0, 0, 3]]])
for label in ([0, -100, -100], [-100, 2, -100], [0, 2, -100]):
    loss, accuracy = mlm_scores(logits, torch.tensor([label]))
    print(f"loss {loss:.4f}, accuracy {accuracy:.1f}")

# %% [markdown]
# ## A floor that is known
#
# Nobody knows how well gaps in real text can be filled. In ours we know. The
# stories of lesson 17 come from a grammar that gives each its exact
# probability. Hide *one* word, put every word of the vocabulary in the gap, and
# divide each story's probability by the sum of all. This says how likely each
# word is, given the others: the exact **posterior**. Always guess its largest
# entry: nobody can be right more often. Its entropy (lesson 8) is the floor of
# the loss, in *nats*, since the logarithm is the natural one. The cell takes
# the mean of both over 850 gaps.

# %% tags=["demonstration"]
some = gaps.gaps()
floor, best = gaps.ceiling(some)
certain = sum(len(gap.posterior) == 1 for gap in some) / len(some)
print(f"{len(some)} gaps in 25 unseen stories, {len(gaps.words()) - 4} words")
print(f"best accuracy {100 * best:.2f} %, floor of the loss {floor:.4f} nats")
print(f"certain: {100 * certain:.1f} % of the gaps")
open_gap = next(gap for gap in some if len(gap.posterior) > 2)
print(f"\n{open_gap.text}\nfor “{open_gap.word}” at place {open_gap.place}:")
for word, chance in open_gap.posterior.items():
    print(f"  {word} {chance:.3f}")

# %% [markdown]
# ## It learns
#
# Yours, with 2 layers of width 64, four heads, and 6,000 stories. One thing
# differs from BERT: 30 % of the words are chosen, not 15 %. A story has about
# 36 words. 15 % would ask for five of them, and training here must be short.
# The next two cells train for half a minute each.

# %% tags=["demonstration"]
from itertools import islice

from byhand.sliders.bar import followed

bert = Bert(len(gaps.words()), **gaps.SIZES)
head = MlmHead(bert.embeddings.tokens)
gaps.small(nn.ModuleList([bert, head]), 0)
print(f"{count(bert, head):,} parameters")
unseen, labels = gaps.asked(some)
loss, accuracy = mlm_scores(gaps.filled(bert, head, unseen), labels)
print("before, less than 10 % right:", accuracy < 0.1)

training = gaps.train(bert, head, mask_tokens)
half = gaps.STEPS // 2
for _ in followed(islice(training, half), share=lambda one: 2 * one.share):
    pass
loss, accuracy = mlm_scores(gaps.filled(bert, head, unseen), labels)
print("after half, at least 80 % right:", accuracy >= 0.8)

# %% tags=["demonstration"]
for _ in followed(training, share=lambda one: 2 * one.share - 1):
    pass
loss, accuracy = mlm_scores(gaps.filled(bert, head, unseen), labels)
print("at least 93 % right:", accuracy >= 0.93)
print("loss above the floor and below 0.2:", floor < loss < 0.2)

# %% [markdown]
# It comes close to the best that anybody can do. Look at it: hide a word.
# Beside the model's five likeliest words stands the exact posterior. Below is
# what [CLS] pays attention to. The figure begins with a model that was
# recorded. Type a story, and the model that you trained reads it.
#
# {figure filling}
#
# 1. Hide a name. Hide the *first* name. Why is the model as sure there?
# 2. Two words of this story cannot be known. Which? Compare the numbers there.
# 3. Type a story, such as one from a cell above, and make it contradict itself.

# %% tags=["demonstration"]
from byhand.sliders import filling

filling.show(bert, head)

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. The name comes again later. A model that sees *both* sides finds it there.
#    GPT, which reads from the left, could only guess among eight.
# 2. Numbers 8, *loved*, and 16, the second *day*. The model's numbers come near
#    the exact ones: it has learned not only what fits, but how often.
# 3. No word makes a story of it, and the figure says so.
#
# </details>
#
# ## What it is used for
#
# A trained BERT is a start for other tasks. The head goes, a small new one comes,
# and all weights learn on (**fine-tuning**).
#
# - **A label for a text:** `pooled`, the vector of [CLS], through a linear layer.
# - **A tag for each word** (name, place, …): each token's vector, likewise.
# - **An answer in a text:** two scores for each word, as the start and as the end.
# - **A pair:** does B follow from A? Both in one row, and [CLS] again.
#
# Here is the first: does this story hang together? In half of the stories the
# child at the last mention is another one than before. Guessing gives 50 %.
# Your BERT, **pretrained** on gaps, has 2,000 labelled stories to learn from.
# So has a new one, with random weights. The next cell trains both, for about
# half a minute.

# %% tags=["demonstration"]
import copy

stories_told, hangs = gaps.labelled(2, 4)
for row, good in zip(stories_told, hangs.tolist(), strict=True):
    said = " ".join(gaps.words()[i] for i in row if i >= len(gaps.SIGNS))
    print("hangs together:" if good else "does not:", said)

fresh = gaps.small(Bert(len(gaps.words()), **gaps.SIZES), 5)
right = {}
for name, start in (("pretrained", copy.deepcopy(bert)), ("new", fresh)):
    judge = gaps.Judge(start)
    tuning = gaps.fine_tune(judge, 2000)
    for _ in followed(tuning, share=lambda one: one.share):
        pass
    right[name] = gaps.accuracy(judge)
print("pretrained, at least 85 % right:", right["pretrained"] >= 0.85)
print("new, below 85 %:", right["new"] < 0.85)
print("10 points between them:", right["pretrained"] >= right["new"] + 0.1)

# %% [markdown]
# The labels say little: one bit a story. The gaps had taught it already which
# words depend on each other.
#
# ## An answer in a text
#
# Question and text share a row. Every token gets two numbers: how well it would
# do as the answer's first word, and as its last. The best *pair* wins, and it
# must be a span. By hand, start [1, 4, 0, 2] and end [5, 1, 3, 2]. Each for
# itself, the best start is 1 and the best end 0, which is no span. The best pair
# is (1, 2), with 4 + 3 = 7. With one word at most, it is (0, 0) with 6.
#
# {card bert.best_span}


# %% nbgrader={"grade_id": "best_span", "solution": true}
def best_span(
    start_logits: torch.Tensor,
    end_logits: torch.Tensor,
    allowed: torch.Tensor,
    max_length: int,
) -> tuple[int, int]:
    """The places of the first and the last word; all inputs are (n,)."""
    ### BEGIN SOLUTION
    best, span = -math.inf, (0, 0)
    count = len(allowed)
    for start in range(count):
        for end in range(start, min(count, start + max_length)):
            score = float(start_logits[start] + end_logits[end])
            if allowed[start] and allowed[end] and score > best:
                best, span = score, (start, end)
    return span
    ### END SOLUTION


# %% nbgrader={"grade_id": "best_span-check", "grade": true, "locked": true}
check("bert.best_span", best_span)

# %% tags=["demonstration"]
start, end = torch.tensor([1.0, 4, 0, 2]), torch.tensor([5.0, 1, 3, 2])
everywhere = torch.ones(4, dtype=torch.bool)
print("each for itself:", int(start.argmax()), int(end.argmax()))
for most in (4, 1):
    i, j = best_span(start, end, everywhere, most)
    print(f"at most {most}: ({i}, {j}) with {float(start[i] + end[j]):.0f}")

# %% [markdown]
# ## A second task, and why it went
#
# BERT had a second task: does B *follow* A? Half of the B's are the true next
# sentence. Half come from **another** text. RoBERTa (Liu and others, 2019)
# dropped it: it did not help. Another text is mostly about something else, so
# the topic gives it away, and nothing must be understood. Here are its pairs,
# from our stories.

# %% tags=["demonstration"]
import re


def next_sentence_pairs(stories, rng):
    """(first, second, whether it follows), one for each story."""
    cut = [re.findall(r"[^.]+\.", story) for story in stories]
    made = []
    for place, sentences in enumerate(cut):
        at = int(torch.randint(len(sentences) - 1, (), generator=rng))
        follows = bool(torch.rand((), generator=rng) < 0.5)
        second = sentences[at + 1]
        if not follows:
            step = 1 + int(torch.randint(len(cut) - 1, (), generator=rng))
            other = cut[(place + step) % len(cut)]
            second = other[int(torch.randint(len(other), (), generator=rng))]
        made.append((sentences[at].strip(), second.strip(), follows))
    return made


texts = [story.text for story in stories.corpus(4, 7)]
rng = torch.Generator().manual_seed(1)
for first, second, follows in next_sentence_pairs(texts, rng):
    print("follows:" if follows else "another:", first, "|", second)

# %% [markdown]
# ## What users call
#
# With the package `transformers` the same takes a few lines. Usually they begin
# with `from_pretrained("bert-base-uncased")`, which downloads 440 MB. Here a
# small configuration and a vocabulary of 13 pieces are written to a folder, and
# read from it: the same calls, without a network. Then its weights are copied
# into *your* `Bert`. To get the package, run `pip install transformers`.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
if tools.installed("transformers", recorded="bert/transformers"):
    import tempfile
    from pathlib import Path

    from transformers import BertConfig, BertModel, BertTokenizer
    from transformers.utils import logging

    from byhand.text.minilm import RENAMED

    logging.disable_progress_bar()
    pieces = "[PAD] [UNK] [CLS] [SEP] [MASK] how are you ? em ##bed ##ding ##s"
    with tempfile.TemporaryDirectory() as folder:
        config = BertConfig(
            vocab_size=13,
            hidden_size=8,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=12,
        )
        BertModel(config).save_pretrained(folder)
        Path(folder, "vocab.txt").write_text("\n".join(pieces.split()))
        tokenizer = BertTokenizer.from_pretrained(folder)
        model = BertModel.from_pretrained(folder).eval().double()
    batch = tokenizer(
        ["How are you?", "you"], padding=True, return_tensors="pt"
    )
    for row in batch["input_ids"]:
        print(*tokenizer.convert_ids_to_tokens(row))
    print(*tokenizer.tokenize("embeddings"))
    theirs = model(**batch)
    print("last_hidden_state:", tuple(theirs.last_hidden_state.shape))
    print("pooler_output:", tuple(theirs.pooler_output.shape))

    mine = Bert(13, 12, 8, 2, 2, 16).double()
    # "encoder.layer" is "layers" in yours, and so on.
    weights = {}
    for name, weight in model.named_parameters():
        for old, new in RENAMED:
            name = name.replace(old, new)
        weights[name] = weight
    mine.load_state_dict(weights)
    hidden, pooled = mine(
        batch["input_ids"],
        batch["token_type_ids"],
        batch["attention_mask"].bool(),
    )
    far = (hidden - theirs.last_hidden_state).abs().max()
    far = max(far, (pooled - theirs.pooler_output).abs().max())
    print("yours differs by less than 1e-12:", bool(far < 1e-12))

# %% [markdown]
# In BERT's own vocabulary of 30,522 pieces, *playing* is **one** word.
# *embeddings* is `em ##bed ##ding ##s`, as above, and *tokenization* is `token
# ##ization`. `last_hidden_state` has a vector for each *token*, [CLS] and [SEP]
# too.
#
# ## What it costs, and where it breaks
#
# - **Few signals.** GPT is asked at every token, BERT at 15 % of them. It needs
#   more passes over the text.
# - **It cannot write.** There is no next word in it.
# - **Gaps are filled apart from each other.** Hide all mentions of a child. *She*
#   or *he* leaves four of the eight names for each gap, and each is guessed alone:
#   they may disagree.
# - **512 places, and no more.** Positions are a table, and attention costs $n^2$
#   ("n squared").
#
# ## Spot the slip
#
# Each of these was published. Find out what is wrong, then open.
#
# 1. "BERT reads a sentence from left to right *and* from right to left."
# 2. "BERT's tokenizer cuts *playing* into `play ##ing`."
# 3. "[CLS] stands at the beginning of every sentence."
# 4. "[CLS] is used for question answering."
# 5. "`last_hidden_state` has a vector for each word."
# 6. "The encoder, like BERT or the GPT input block, reads the whole input."
# 7. "Input embeddings are often initialised with word2vec, GloVe or BERT."
#
# <details><summary>What is wrong with them</summary>
#
# 1. It makes no passes at all. Every token looks at all others at once.
# 2. A vocabulary without *playing* would. BERT's has it whole.
# 3. Once a row. A pair of sentences has one.
# 4. Start and end come from *each* token's vector. [CLS] gives labels.
# 5. For each token. "The cat sat on the mat." has 9, not 6.
# 6. GPT has no encoder. Its only stack has a look-ahead mask.
# 7. BERT is no table of word vectors. And Transformers learn theirs.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* A colleague trains with a look-ahead mask "to be
# safe" and still calls it BERT. What does the model lose, and which number of
# this lesson would show it? Two or three sentences.

# %% [markdown] nbgrader={"grade_id": "look_ahead", "grade": true, "solution": true, "points": 2}
# With a look-ahead mask a gap is guessed from its left side alone. A first name
# cannot be known then, since it only comes again later, so the accuracy on
# single gaps falls well below 97 %. [CLS] stands first and would see only
# itself: `pooled` would be the same vector for every text, and no label could be
# learned from it.
#
# ### BEGIN MARK SCHEME
# - 1 point: a gap is guessed from its left alone, so the accuracy on single gaps
#   falls (or the loss rises above its floor).
# - 1 point: [CLS], standing first, sees only itself: pooled is the same vector
#   for every text, and fine-tuning stays at 50 %.
# - Half a point for "it is not bidirectional any more" without a number.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What makes BERT bidirectional?</summary>
#
# No look-ahead mask. Nothing else.
#
# </details>
#
# <details><summary>2. Of 1,000 words, how many read [MASK] on
# average?</summary>
#
# 120: 80 % of the 150 that are chosen.
#
# </details>
#
# <details><summary>3. Why does a chosen word sometimes stay as it is?</summary>
#
# So that the vector of a word that looks fine must be good, too. In use there
# is no [MASK].
#
# </details>
#
# <details><summary>4. Which three vectors are added at the start?</summary>
#
# The token's, the place's and the segment's.
#
# </details>
#
# <details><summary>5. Where does the head get its large matrix?</summary>
#
# It is the table of tokens, used a second time.
#
# </details>
#
# <details><summary>6. What do BERT-base, GPT-2 small and ViT-B/16
# share?</summary>
#
# Their twelve blocks, down to the number of parameters.
#
# </details>
#
# <details><summary>7. Why is the best start, with the best end, not always the
# best answer?</summary>
#
# The end may stand before the start, or too far behind it.
#
# </details>
#
# ## What comes next
#
# BERT's blocks do not care that tokens are words.
# [Lesson 20](../20_vision_transformer/20_vision_transformer.ipynb) cuts pictures
# into patches, and hands them to the same encoder.
#
# `python -m byhand progress` in a terminal shows what you have solved.
