# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 18 · Translation, from end to end
#
# In lesson 14 you built the Transformer of 2017. It was made for one job:
# translation. Today it does that job. You prepare sentence pairs, train the
# model, let it write French, and put a number on how good the French is. Then
# you take its attention away, and see what the number says.
#
# **After it you can**
#
# - turn sentence pairs into a batch: inputs, targets and both masks;
# - say why a model learns with the right words and writes with its own;
# - let a model translate many sentences at once, until each has ended;
# - read an attention map, and say what it is not;
# - compute BLEU by hand, and say what it cannot see;
# - show with two trainings why one fixed vector is not enough.
#
# You need: masks (lesson 9), the Transformer (14), shifted targets (15), beam
# search (16). About 60 minutes, one of which is training.
#
# The model is given today, so that an unfinished lesson does not stop you:
# `translator.Translator` is lesson 14's Transformer, with a width of 64, four
# heads, and two layers on either side.
#
# A long cell below is folded to its first line: it only prints or compares. Run
# it like any other, and click on it if you want to read it.

# %%
import math
from collections import Counter

import torch

from byhand import check, tools
from byhand.sliders.bar import followed
from byhand.text import pairs, translator

PAD, BOS, EOS = pairs.PAD, pairs.BOS, pairs.EOS  # 0, 1, 2


def shown(numbers, digits=4):
    """A row of numbers, readable."""
    return "  ".join(f"{float(each):.{digits}f}" for each in numbers)


# %% [markdown]
# ## The idea in one picture
#
# {picture translation.svg The blue house sleeps goes as ids into the encoder, whose memory, a vector for each source word, goes to the decoder. Given (bos) la maison bleue dort, the decoder returns a row of logits for each place. The targets are la maison bleue dort (eos).}
#
# In training the decoder is *given* the right French, moved by one place. In use
# it is given what it has written so far.
#
# ## The data
#
# Our sentences come from a small grammar: 46 English and 49 French words,
# punctuation included. Small as it is, it has what makes translation hard. Look
# for these five in the pairs below:
#
# - colours stand *behind* the noun: *the blue house*, *la maison bleue*;
# - articles and adjectives agree with the noun's gender: *petit*, *petite*;
# - *le*, *la* and *ne* are cut short before a vowel, and only the *next French
#   word* decides: *l' oiseau*, but *le petit oiseau*;
# - *not* goes on both sides of the verb: *ne … pas*;
# - *it* is *il* or *elle*, and the noun that decides may be many words back.
#
# One sentence in a hundred is an idiom that no dictionary gives: *how are you ?*
# is *comment allez vous ?*, "how go you". Every English sentence has exactly one
# French one here. So a loss of 0 is possible, and so is a perfect score.

# %% tags=["demonstration"]
learned = pairs.learned()
sizes = sorted(len(pair.english) for pair in learned)
print(f"{len(learned)} pairs of {sizes[0]} to {sizes[-1]} words,", end=" ")
print(f"median {sizes[len(learned) // 2]}")
told = {" ".join(p.french): " ".join(p.english) for p in learned}
for part in (
    "maison bleue",
    "l' oiseau",
    "petit oiseau",
    "ne voit",
    "et elle",
):
    sentence = min((s for s in told if part in s), key=lambda s: (len(s), s))
    print(f"\n  {told[sentence]}\n  {sentence}")

fresh, known = pairs.corpus(4_000, seed=9), {p.english for p in learned}
again = sum(pair.english in known for pair in fresh) / len(fresh)
print(f"\nof fresh sentences, learned before: {again:.2f}")
unseen = pairs.unseen()  # 60 of each length, none of them learned
print("unseen:", {words: len(some) for words, some in unseen.items()})

# %% [markdown]
# One fresh sentence in ten had been in the training set. A model that learned
# by heart would get those right. So our test set has only sentences that were
# never learned: 60 of each length.
#
# ## Shapes, on paper
#
# *How are you ?* is four words, so ids `(1, 4)`. Take a wider model than ours,
# with `d_model` = 256. The ids become `(1, 4, 256)`, and the memory is
# `(1, 4, 256)` too: a vector for each source word. With t French words so far
# the decoder works on `(1, t, 256)`, and answers with logits `(1, t, vocab)`. Its
# cross-attention has h heads, and a weight for each head, each French and each
# English word: `(1, h, t, 4)`.
#
# ## A batch, on paper
#
# Two pairs: 5 6 7 → 8 9, and 5 6 → 8 9 10. Padding is 0, bos 1, eos 2.
#
# | src | tgt_in | tgt_out | src_mask | tgt_mask, row by row |
# |---|---|---|---|---|
# | 5 6 7 | 1 8 9 0 | 8 9 2 0 | 111 | 1000 1100 1110 1110 |
# | 5 6 0 | 1 8 9 10 | 8 9 10 2 | 110 | 1000 1100 1110 1111 |
#
# Read the first row as the decoder does: given *bos*, say 8. Given *bos 8*, say
# 9. Given *bos 8 9*, say *eos*. At its last place there is only padding, which
# the loss leaves out. `src_mask` hides padding in two places, as in lesson 14: in
# the encoder and in cross-attention. `tgt_mask` is look-ahead **and** "is no
# padding", as in lesson 9. (With padding on the right, the look-ahead mask alone
# already keeps real words from seeing it. The second rule changes rows of padding
# only. It is there so that the mask is right whatever comes after it.)
#
# {card translation.make_batch}


# %% nbgrader={"grade_id": "make_batch", "solution": true}
def make_batch(
    pairs: list, pad_id: int, bos_id: int, eos_id: int
) -> tuple[torch.Tensor, ...]:
    """src (b, n), tgt_in (b, m), tgt_out (b, m), src_mask, tgt_mask."""

    ### BEGIN SOLUTION
    def table(rows):
        longest = max(len(row) for row in rows)
        return torch.tensor(
            [row + [pad_id] * (longest - len(row)) for row in rows]
        )

    src = table([source for source, _ in pairs])
    tgt_in = table([[bos_id, *target] for _, target in pairs])
    tgt_out = table([[*target, eos_id] for _, target in pairs])
    places = tgt_in.shape[1]
    back = torch.ones(places, places, dtype=torch.bool).tril()
    tgt_mask = back & (tgt_in != pad_id)[:, None]
    return src, tgt_in, tgt_out, (src != pad_id)[:, None], tgt_mask
    ### END SOLUTION


# %% nbgrader={"grade_id": "make_batch-check", "grade": true, "locked": true}
check("translation.make_batch", make_batch)

# %% tags=["demonstration"]
two = [([5, 6, 7], [8, 9]), ([5, 6], [8, 9, 10])]
names = ("src", "tgt_in", "tgt_out", "src_mask", "tgt_mask")
for name, table in zip(names, make_batch(two, 0, 1, 2), strict=True):
    print(f"{name:9}{tuple(table.shape)!s:11}", table.int().tolist())

wide = translator.Translator(width=256, heads=8)
src = torch.tensor([pairs.read("how are you ?")])
memory, _ = wide.memory(src, None)
logits = wide(src, torch.tensor([[BOS, 5, 6]]), None, None)
print("\nids", tuple(src.shape), " memory", tuple(memory.shape), end="  ")
print("logits of three places", tuple(logits.shape))

# %% [markdown]
# ## Teacher forcing
#
# In training the model never sees its own French. At each place it is given the
# *right* words before that place, whatever it would have said itself. That is
# **teacher forcing**, and it has a great advantage: all places of a sentence
# learn at the same time, in one pass.
#
# The loop is lesson 15's: your batch, logits, cross-entropy without padding,
# gradients clipped at 1, AdamW with a warm-up. 64 pairs a batch, 400 steps,
# half a minute on one core. The decoder chooses among 52: 49 French words,
# *pad*, *bos* and *eos*. A model that knows nothing gives each the same, so its
# loss is about $\ln 52 = 3.9512$, with ln the natural logarithm. The floor is
# 0.

# %% tags=["demonstration"]
print(f"ln 52 = {math.log(len(pairs.FRENCH)):.4f}")
training = translator.train(translator.Translator, learned, make_batch)
losses = []
for progress in followed(training, share=lambda one: one.share):
    losses.append(progress.loss)
model = progress.model
parameters = sum(p.numel() for p in model.parameters())
print(f"{parameters} parameters, {len(losses)} steps")
print("first loss above 3.5:", losses[0] > 3.5)
print("mean of the last 50 below 0.1:", sum(losses[-50:]) / 50 < 0.1)

# %% [markdown]
# ## Running free
#
# In use nobody knows the right words. The model must go on from what it wrote:
# it **runs free**. If it has said something wrong, all that follows builds on a
# beginning that it never saw in training. So a low loss is not yet a good
# translator.
#
# Write the loop, for a whole batch at once. The rows end at different times.
#
# {card translation.greedy_translate}


# %% nbgrader={"grade_id": "greedy_translate", "solution": true}
def greedy_translate(
    model,
    src: torch.Tensor,
    src_mask: torch.Tensor,
    bos_id: int,
    eos_id: int,
    max_len: int,
) -> list[list[int]]:
    """For each source the ids that the model finds likeliest, one by one."""
    ### BEGIN SOLUTION
    so_far = torch.full((src.shape[0], 1), bos_id)
    for length in range(1, max_len + 1):
        back = torch.ones(length, length, dtype=torch.bool).tril()
        logits = model(src, so_far, src_mask, back)
        word = logits[:, -1].argmax(dim=-1)
        so_far = torch.cat([so_far, word[:, None]], dim=1)
        if (so_far == eos_id).any(dim=1).all():
            break
    in_french = []
    for row in so_far[:, 1:].tolist():
        end = row.index(eos_id) if eos_id in row else len(row)
        in_french.append(row[:end])
    return in_french
    ### END SOLUTION


# %% nbgrader={"grade_id": "greedy_translate-check", "grade": true, "locked": true}
check("translation.greedy_translate", greedy_translate)

# %% tags=["demonstration"]
french = {
    words: translator.translate(model, some, greedy_translate)
    for words, some in unseen.items()
}
for words, some in unseen.items():
    said, pair = french[words][0], some[0]
    if len(said) < 15:
        print(f"{' '.join(pair.english)}\n  {' '.join(pair.french)}")
        print("  the model says the same:", said == list(pair.french))
short = list(zip(french["≤ 8"], unseen["≤ 8"], strict=True))
right = sum(said == list(pair.french) for said, pair in short)
print(f"of {len(short)} short ones, at least 57 word for word:", right >= 57)

# %% [markdown]
# It translates. And nobody told it a rule of grammar.
#
# ## Who looked where?
#
# Cross-attention has a weight for each French and each English word. Take *la
# maison bleue* over *the blue house*, with two heads:
#
# | | head 1 | head 2 | mean |
# |---|---|---|---|
# | la | .6 .2 .2 | .6 .1 .3 | **.6** .15 .25 |
# | maison | .1 **.5** .4 | .2 .1 **.7** | .15 .3 **.55** |
# | bleue | .1 .6 .3 | .1 .8 .1 | .1 **.7** .2 |
#
# (Columns: *the*, *blue*, *house*.) By the mean, *la* looks at *the*, *maison* at
# *house*, *bleue* at *blue*: the lines **cross**. Head 1 alone would have *maison*
# look at *blue*. Which source word each target word looked at most is called an
# **alignment**. The weights are a soft one: they are shares, not a choice.
#
# {card translation.align}


# %% nbgrader={"grade_id": "align", "solution": true}
def align(weights: torch.Tensor, src_mask: torch.Tensor) -> torch.Tensor:
    """The place that each target word looked at. weights: (h, m, n)."""
    ### BEGIN SOLUTION
    together = weights.mean(dim=0)
    return together.masked_fill(~src_mask, -1.0).argmax(dim=1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "align-check", "grade": true, "locked": true}
check("translation.align", align)

# %% tags=["demonstration"]
heads = torch.tensor(
    [
        [[0.6, 0.2, 0.2], [0.1, 0.5, 0.4], [0.1, 0.6, 0.3]],
        [[0.6, 0.1, 0.3], [0.2, 0.1, 0.7], [0.1, 0.8, 0.1]],
    ],
    dtype=torch.float64,
)
real = torch.tensor([True, True, True])
for word, row in zip(("la", "maison", "bleue"), heads.mean(0), strict=True):
    print(f"{word:7}", shown(row, 2))
print("both heads:", align(heads, real).tolist(), end="   ")
print("head 1 alone:", align(heads[:1], real).tolist())

seen = translator.look(model, pairs.read("the blue house sees the dog ."))
places = align(seen.weights[-1], torch.ones(7, dtype=torch.bool))
print(
    f"\nthe trained model: weights {tuple(seen.weights.shape)}, layers first"
)
looks = {
    word: seen.english[k] for word, k in zip(seen.french, places, strict=True)
}
print("maison looks at house:", looks.get("maison") == "house")
print("bleue looks at blue:", looks.get("bleue") == "blue")

# %% [markdown]
# ## Poke at it: the map
#
# The weights of a trained model, in either layer, for each head or for their
# mean. Below the map, a thick line goes from each French word to the English one
# with the largest weight, and thin ones to all from 0.1 on.
#
# 1. Find the crossing of *maison bleue*. Is it in every head?
# 2. What do *le* and *la* look at, besides *the*? Why would they?
# 3. In *does not hear*, where do *n'* and *pas* look?
# 4. Run the cell, and type a sentence of your own. Try *the elephant sleeps .*
#
# {figure alignment}
#
# Run the next cell. It shows recorded sentences, and **your** model for those
# that you type.


# %% tags=["demonstration"]
from byhand.sliders import alignment


def typed(text):
    looked = translator.look(model, pairs.read(text))
    return looked._asdict() | {"weights": looked.weights.tolist()}


alignment.show().ask(typed)

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. In the means of both layers *maison* looks at *house* and *bleue* at *blue*.
#    Single heads do other things: no head has to align words.
# 2. Often at the *noun*: its gender decides between *le* and *la*. And at the word
#    that comes next in French, such as *small*: its first letter decides between
#    these and *l'*. *The* alone does not say which.
# 3. *n'* looks at *hear* more than at *not*. The verb is *entend* in French, and
#    its vowel makes *ne* into *n'*. *pas* looks at *not* and *hear* about equally.
# 4. The picture says which word is not among the 46.
#
# So a map is a soft alignment, and useful. It is no **explanation**. It shows
# what was looked at, in one layer, by one head. It does not show what was taken
# from there, nor what the residual path carried past it.
#
# </details>
#
# ## How good is it? Counting n-grams
#
# To compare translators you need a number. **BLEU** (2002) counts: which runs of
# words, **n-grams**, does a translation (the **hypothesis**) share with a
# person's (the **reference**)? Take the reference *la petite souris voit le chat
# noir*, seven words.
#
# - *la petite souris voit le **noir chat***: all seven words are right. Of its
#   six pairs four are right, of five triples three, of four runs of four, two.
# - *le le le le le le le*: is every word right? *le* stands in the reference
#   **once**, so only one of the seven counts. That is **clipping**.
# - With two references, *le chat est sur le tapis* and *il y a le chat*, the
#   hypothesis *le le le le* has 2 of 4. The first reference has *le* twice, the
#   second once. The larger count holds, 2, and not the sum, 3.
#
# Matches divided by all n-grams of the hypothesis are the **precision** of
# order n. Above, with *noir chat*, that of order 2 is 4/6.
#
# {card translation.ngram_matches}


# %% nbgrader={"grade_id": "ngram_matches", "solution": true}
def ngram_matches(
    hypotheses: list[list[str]], references: list[list[list[str]]], n: int
) -> tuple[int, int]:
    """How many n-grams match, clipped, and how many there are."""

    ### BEGIN SOLUTION
    def count(words):
        starts = range(len(words) - n + 1)
        return Counter(tuple(words[at : at + n]) for at in starts)

    found, all_there = 0, 0
    for guess, several in zip(hypotheses, references, strict=True):
        said, allowed = count(guess), Counter()
        for one in several:
            allowed |= count(one)
        found += (said & allowed).total()
        all_there += said.total()
    return found, all_there
    ### END SOLUTION


# %% nbgrader={"grade_id": "ngram_matches-check", "grade": true, "locked": true}
check("translation.ngram_matches", ngram_matches)

# %% [markdown]
# ## Too short is easy
#
# A translator that says only what it is sure of has a high precision. *la petite
# souris voit le chat* has every run right, and the *noir* is missing. So BLEU has
# a **brevity penalty**. With c words said and r in the reference it is 1 where
# c ≥ r, and
#
# $$e^{1 - r/c}$$
#
# below. For 6 of 7 words: $e^{1 - 7/6}$, which is 0.8465. For (c, r) = (4, 8) it
# is 0.3679, for (1, 7) 0.0025, and for (9, 7) it is 1: saying too much already
# costs precision.
#
# {card translation.brevity_penalty}


# %% nbgrader={"grade_id": "brevity_penalty", "solution": true}
def brevity_penalty(hypothesis_length: int, reference_length: int) -> float:
    """1 for long enough, less for shorter, 0.0 for nothing."""
    ### BEGIN SOLUTION
    share = min(1.0, hypothesis_length / reference_length)
    return math.exp(1.0 - 1.0 / share) if share else 0.0
    ### END SOLUTION


# %% nbgrader={"grade_id": "brevity_penalty-check", "grade": true, "locked": true}
check("translation.brevity_penalty", brevity_penalty)

# %% [markdown]
# ## BLEU
#
# Four precisions, one number: their **geometric mean**, times the penalty, times
# 100. For *noir chat* the precisions are 7/7, 4/6, 3/5 and 2/4. Their product is
# 0.2, the fourth root of that 0.6687, and BLEU 66.87. A geometric mean is strict:
# one precision of 0 makes it 0.
#
# BLEU is a number for a *corpus*. Matches and totals of all sentences are added
# up first, and divided once. The mean of the sentences' scores is another number.
#
# {card translation.bleu}


# %% nbgrader={"grade_id": "bleu", "solution": true}
def bleu(
    hypotheses: list[list[str]],
    references: list[list[list[str]]],
    max_n: int = 4,
) -> float:
    """The score of all sentences together, from 0 to 100."""
    ### BEGIN SOLUTION
    product = 1.0
    for size in range(1, max_n + 1):
        found, all_there = ngram_matches(hypotheses, references, size)
        product *= found / max(all_there, 1)
    said = wanted = 0
    for guess, several in zip(hypotheses, references, strict=True):
        length = len(guess)
        near = sorted((abs(len(one) - length), len(one)) for one in several)
        said, wanted = said + length, wanted + near[0][1]
    return 100 * brevity_penalty(said, wanted) * product ** (1 / max_n)
    ### END SOLUTION


# %% nbgrader={"grade_id": "bleu-check", "grade": true, "locked": true}
check("translation.bleu", bleu)

# %% tags=["demonstration"]
reference = "la petite souris voit le chat noir".split()
for text in (
    "la petite souris voit le chat noir",
    "la petite souris voit le noir chat",
    "la petite souris voit le chat",
    "la souris voit le chat noir",
    "la petite souris voit la maison bleue",
    "le le le le le le le",
    "le chat noir est vu par la petite souris",
):
    words = text.split()
    counts = [ngram_matches([words], [[reference]], n) for n in (1, 2, 3, 4)]
    told = " ".join(f"{matches}/{total}" for matches, total in counts)
    score, short = bleu([words], [[reference]]), brevity_penalty(len(words), 7)
    print(f"{text:41}{told:17}{short:.4f} {score:6.2f}")
several = ["le chat est sur le tapis".split(), "il y a le chat".split()]
print("\nle le le le:", ngram_matches([["le"] * 4], [several], 1))
spoken = (6, 7), (4, 8), (1, 7), (9, 7)
print("brevity:", shown(brevity_penalty(c, r) for c, r in spoken))
print(f"fourth root of 0.2: {0.2**0.25:.4f}")

said = [
    "la souris voit le chat noir".split(),
    "le garçon lit un livre rouge .".split(),
]
right = [[reference], ["le garçon lit un petit livre rouge .".split()]]
each = [bleu([h], [r]) for h, r in zip(said, right, strict=True)]
print(f"two sentences: {each[0]:.2f} and {each[1]:.2f}", end=", ")
print(f"mean {sum(each) / 2:.2f}, corpus {bleu(said, right):.2f}")
print("matches:", [ngram_matches(said, right, n) for n in (1, 2, 3, 4)])

# %% [markdown]
# Look at the last line of the table. It is a right translation in the passive
# voice, and BLEU gives it 0. BLEU counts. It does not understand. And *la
# maison bleue*, where *le chat noir* should stand, gets 41.11: the mouse sees a
# house.
#
# The library that papers use is **sacrebleu**. It computes what you computed.

# %% tags=["demonstration"]
if tools.installed("sacrebleu", recorded="translation/sacrebleu"):
    from sacrebleu.metrics import BLEU

    metric = BLEU(tokenize="none", smooth_method="none")
    texts = [" ".join(words) for words in said]
    wanted = [[" ".join(several[0]) for several in right]]
    score = metric.corpus_score(texts, wanted)
    print(f"sacrebleu: {score.score:.2f}, {score.counts} of {score.totals}")
    print("the same as yours:", abs(score.score - bleu(said, right)) < 1e-9)
    print(metric.get_signature())

# %% [markdown]
# The last line is its **signature**: how many references, which tokenisation,
# which smoothing. Two BLEU scores can be compared only where these agree. A full
# stop that is glued to its word is another word, and costs points.
#
# ## Poke at it: one word goes wrong
#
# 1. *Replace* a word at each place in turn. Where does it cost most, and why?
# 2. *Drop* the last word, then a middle one. Which bars move?
# 3. *Repeat* a word. Is there a penalty?
# 4. *Cut* after the third word. All runs of one, two and three words are right.
#    Why 0?
#
# {figure overlap}
#
# Run the next cell, and move its handles.

# %% tags=["demonstration"]
from byhand.sliders import overlap

for change, place in (("replace", 1), ("replace", 4), ("drop", 7)):
    score = overlap.compute(change, place).score
    print(f"{change} word {place}: {score:.2f}")
overlap.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. In the middle: word 4 is part of all four runs of four words, word 1 of one.
#    So it is 0 in the middle and 80.91 at the edge, for the same mistake.
# 2. The last: only the brevity. A middle one: pairs and longer runs as well.
# 3. No. The brevity stays 1. The precisions fall: a little at the edge, and to 2/5
#    for runs of four in the middle.
# 4. There is no run of four words at all.
#
# </details>
#
# ## The fixed vector
#
# Before attention, the decoder got *one* vector for the whole source (lesson 6).
# How bad is that? Take the same Transformer. Let its decoder see only the
# **mean** of the encoder's outputs: a memory of `(b, 1, d)`. Nothing else
# changes: the same size, the same batches, the same 400 steps.
#
# The next cell trains this model (20 s). It draws BLEU against the length of the
# source, for both models, and for a **dictionary** that translates word by word and
# always takes the masculine. At its end you can move the number of training
# steps, in recorded curves. When does each model stop getting better?
#
# {figure lengths}

# %% tags=["demonstration"] jupyter={"source_hidden": true}
from byhand.sliders import lengths

training = translator.train(translator.OneVector, learned, make_batch)
*_, progress = followed(training, share=lambda one: one.share)
one_vector = progress.model
print(sum(p.numel() for p in one_vector.parameters()), "parameters")


def by_length(translated):
    """BLEU of each group of unseen sentences, from short to long."""
    return [
        bleu(translated[words], [[list(pair.french)] for pair in some])
        for words, some in unseen.items()
    ]


attention = by_length(french)
vector = by_length(
    {
        words: translator.translate(one_vector, some, greedy_translate)
        for words, some in unseen.items()
    }
)
dictionary = by_length(
    {
        words: [pairs.word_by_word(pair.english) for pair in some]
        for words, some in unseen.items()
    }
)
print("words:        ", "  ".join(unseen))
print("a dictionary: ", shown(dictionary, 1))
print("attention, at least 95 up to 28 words:", min(attention[:4]) >= 95)
print("one vector, at least 60 up to 8 words:", vector[0] >= 60)
print("one vector, below 60 from 15 words on:", max(vector[2:]) < 60)
print("one vector, each below the one before:", vector == sorted(vector)[::-1])
print("from 29 on, worse than the dictionary:", vector[-1] < dictionary[-1])
lengths.show()

# %% [markdown]
# Up to 8 words the one vector is nearly as good. But 64 numbers cannot hold a
# sentence of thirty words, and there it ends up below a dictionary that knows
# no grammar at all. More steps help it with short sentences most. With
# attention, the memory has a vector *a word*: it grows with the source. (For
# the longest sentences attention falls as well. Only six in a hundred of its
# training sentences were as long.)
#
# ## Why a beam likes short sentences
#
# Greedy takes the best word each time. A beam (lesson 16) looks for the best
# *sentence*. But every word multiplies in another probability below 1, so the
# longer one is always a little less likely. Two finished candidates:
#
# | | log-probability | penalty at α = 1 | score |
# |---|---|---|---|
# | 4 tokens | −2.0 | (5 + 4)/6 = 1.5 | −1.3333 |
# | 8 tokens | −2.4 | (5 + 8)/6 = 2.1667 | **−1.1077** |
#
# By themselves, −2.0 is better than −2.4. Divided by the **length penalty**
# ((5 + n)/6) to the power of α, the long one wins. With α = 0 nothing changes.
# The Transformer of 2017 was scored with α = 0.6.
#
# {card translation.rescore}


# %% nbgrader={"grade_id": "rescore", "solution": true}
def rescore(candidates: list, alpha: float) -> list:
    """(tokens, new score), best first."""
    ### BEGIN SOLUTION
    judged = []
    for tokens, log_probability in candidates:
        length_penalty = ((5 + len(tokens)) / 6) ** alpha
        judged.append((tokens, log_probability / length_penalty))
    judged.sort(key=lambda pair: pair[1], reverse=True)
    return judged
    ### END SOLUTION


# %% nbgrader={"grade_id": "rescore-check", "grade": true, "locked": true}
check("translation.rescore", rescore)

# %% tags=["demonstration"]
candidates = [([3] * 4, -2.0), ([4] * 8, -2.4)]
for alpha in (0.0, 0.6, 1.0):
    found = rescore(candidates, alpha)
    told = ", ".join(f"{len(t)} tokens {score:.4f}" for t, score in found)
    print(f"α = {alpha}: {told}")
print("penalties at α = 1:", shown([(5 + n) / 6 for n in (4, 8)]))

# %% [markdown]
# ## In your own words
#
# *2 points, read by a person.* Why does the score of the one-vector model fall
# with the length of the sentence, and the other's hardly? Would a larger
# `d_model` cure it? Two or three sentences.

# %% [markdown] nbgrader={"grade_id": "why-one-vector-falls", "grade": true, "points": 2, "solution": true}
# The single vector has a fixed number of entries, whatever the sentence is, and
# every further word must share them, so that details of long sentences are lost.
# With attention the memory holds one vector for each source word, and grows with
# the content that it must carry. A larger d_model moves the limit to somewhat
# longer sentences, at a price in weights, and does not remove it.
#
# ### BEGIN MARK SCHEME
# - 1 point: fixed capacity against growing content, *and* that attention's
#   memory grows with the source (a vector a word).
# - 1 point: a larger width only shifts the limit; it is no cure.
# - Half a point for "long sentences are harder" or "attention looks at the right
#   words" without capacity.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# - **Writing is sequential.** A sentence of m words takes m + 1 passes of the
#   decoder. Reading takes one. A cache of keys and values makes each pass
#   cheaper, and there are still as many. A beam of w costs w times that.
# - **Errors build on each other.** Teacher forcing never showed the model its own
#   mistakes.
# - **BLEU** can give a right paraphrase 0. And two scores compare only under one
#   tokenisation.
# - **Long sentences** that are rare in training come out worse.
#
# ## Spot the slip
#
# Lines like these stand in lecture notes. Each is wrong. Find out why *before*
# you run the cell under them.
#
# 1. "As sentences get longer, the beam score goes down: the model gets worse."
# 2. "With attention, the longer the sentence, the higher the accuracy."
# 3. "The encoder, an RNN or a Transformer, reads word by word and returns a
#    fixed-size vector."
# 4. "There are two kinds of attention: global (soft) and local (hard)."
# 5. "Training: `output = decoder.generate(encoder(source))`, then the loss."

# %% tags=["demonstration"]
for n in (5, 10, 20):
    print(f"1. {n} words, each with 0.9: log-probability", end=" ")
    print(f"{n * math.log(0.9):.4f}, per word {math.log(0.9):.4f}")
print("2. longest above shortest:", attention[-1] > attention[0])
for text in ("how are you ?", "the cat sees the blue house ."):
    memory, _ = model.memory(torch.tensor([pairs.read(text)]), None)
    print(f"3. {len(text.split())} words: memory {tuple(memory.shape)}")
scores = torch.tensor([2.0, 1.0, 0.0, 1.0])
near = torch.tensor([False, True, True, True])
for reach, row in (
    ("global", scores),
    ("local ", scores.masked_fill(~near, -math.inf)),
):
    hard = torch.nn.functional.one_hot(row.argmax(), 4)
    print(
        f"4. {reach}: soft {shown(row.softmax(0), 2)}  hard {shown(hard, 0)}"
    )
src, src_mask = translator.sources([pairs.read("how are you ?")])
wrote = greedy_translate(model, src, src_mask, BOS, EOS, 8)
print("5. ids have a gradient:", torch.tensor(wrote).requires_grad)

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. It is **BLEU** that falls for models that cannot cope. A beam's score is a
#    log-probability. It falls with every word, for a good model too, and says
#    nothing about quality.
# 2. It falls *less* than without attention. It does not rise.
# 3. A Transformer reads all words at once and returns a vector **a word**. The
#    fixed vector is the older model.
# 4. Two different pairs. Soft or hard is *how* one looks: shares, or one choice.
#    Global or local is *where*. All four combinations exist.
# 5. The decoder must be *given* the shifted target. Generating is for use: what
#    comes out are ids, through which no gradient flows.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What are tgt_in and tgt_out of the target 8 9?</summary>
#
# bos 8 9 and 8 9 eos.
#
# </details>
#
# <details><summary>2. What is teacher forcing?</summary>
#
# In training each place is given the right words before it, not the model's
# own.
#
# </details>
#
# <details><summary>3. What does clipping do in BLEU?</summary>
#
# An n-gram counts at most as often as it stands in the one reference that has
# it most often.
#
# </details>
#
# <details><summary>4. Which mean does BLEU take, and of what?</summary>
#
# The geometric mean of the precisions for n = 1 to 4, over the corpus.
#
# </details>
#
# <details><summary>5. What is the shape of one sentence's
# cross-attention?</summary>
#
# (h, m, n): heads, target words, source words.
#
# </details>
#
# <details><summary>6. Why does a beam need a length penalty?</summary>
#
# Log-probabilities add up to less with every word, so short sentences win.
#
# </details>
#
# ## What comes next
#
# A translator has two halves. Keep the half that reads, hide words from it, and
# let it guess them: that is BERT, in lesson 19. It learns from text that nobody
# has translated.
#
# `python -m byhand progress` in a terminal shows what you have solved.
