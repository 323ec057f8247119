# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 16 · Decoding: from scores to text
#
# A trained model never says a word. It gives a score to *every* word that could
# come next, and then somebody has to choose. That choice is called
# **decoding**, it is a few lines of code, and it decides whether the same model
# bores you, talks sense or babbles. Today you write those lines.
#
# **After it you can**
#
# - say why the likeliest word, taken every time, leads round in circles;
# - sharpen and flatten a distribution with a temperature, by hand;
# - cut off its tail with top-k and top-p, and say where they differ;
# - draw from what is left;
# - search for a likely *sequence* with a beam, and say why that is not what you
#   want for stories;
# - find four mistakes in what people write about all this.
#
# You need: softmax (lesson 7), and what logits are (lessons 14 and 15): the
# scores that a model gives to the tokens before any softmax. About 95 minutes.
#
# A long cell below is folded to its first line: it only prints or compares. Run
# it like any other, and click on it if you want to read it.

# %%
import math
import re
import textwrap

import torch

from byhand import check


def dice(seed: int) -> torch.Generator:
    """What draws at random; the same seed gives the same throws."""
    return torch.Generator().manual_seed(seed)


def shown(numbers: torch.Tensor, digits: int = 4) -> str:
    """A row of numbers, readable."""
    return "  ".join(f"{float(each):.{digits}f}" for each in numbers)


# %% [markdown]
# ## The idea in one picture
#
# "Lily had a …" What comes next? Say a model gives these probabilities, and
# look at what four ways to choose make of them (· is a word that cannot come
# any more):
#
# {picture choices.svg What could come after Lily had a: the model says red 0.40, small 0.30, soft 0.15, new 0.10 and hat 0.05, greedy takes red, temperature 0.5 makes 0.56, 0.32, 0.08, 0.04 and 0.01 of them, top-k with k = 2 keeps 0.57 and 0.43, and top-p with p = 0.8 keeps 0.47, 0.35 and 0.18.}
#
# From each of the last three rows you then **draw**, with dice. And a **beam**
# does something else altogether: it does not choose a word, it keeps several
# beginnings of a sentence and waits to see which turns out best.

# %% tags=["demonstration"]
model_says = torch.tensor([0.40, 0.30, 0.15, 0.10, 0.05], dtype=torch.float64)
squared = model_says**2  # what temperature 0.5 comes to, as you will see
print("temperature 0.5:", shown(squared / squared.sum(), 2))
print("top-k, k = 2:   ", shown(model_says[:2] / model_says[:2].sum(), 2))
print("top-p, p = 0.8: ", shown(model_says[:3] / model_says[:3].sum(), 2))

# %% [markdown]
# ## A model to play with
#
# We need a model that really writes. Here is one that needs no training: it
# *counts*. It reads 2,000 small stories (from a grammar of our own, the one that
# lesson 17 trains a GPT on), and for every two words in a row it notes which
# word came next, and how often. To say what comes next it looks at the last
# two words, and at nothing else.
#
# The logits are the logarithms of the counts: softmax takes the exponential
# again and divides by the sum, and so the probabilities are the shares. We add a
# little to each count, at most 0.02 and each time a different amount, so that
# every word stays possible. In a neural network every word is possible, too: the
# softmax of finite numbers is above 0, unless it is rounded to 0.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
from byhand.text import stories

texts = [
    ["<bos>", *re.findall(r"\w+|[^\w\s]", story.text), "<eos>"]
    for story in stories.corpus(2_000, seed=1)
]
words = sorted({word for text in texts for word in text})
ids = {word: i for i, word in enumerate(words)}
BOS, EOS = ids["<bos>"], ids["<eos>"]
counts = torch.zeros((len(words),) * 3, dtype=torch.float64)
for text in texts:
    for one, two, three in zip(["<bos>", *text], text, text[1:], strict=False):
        counts[ids[one], ids[two], ids[three]] += 1
fixed = torch.Generator().manual_seed(16)
little = 0.02 * torch.rand(counts.shape, dtype=counts.dtype, generator=fixed)


def logits_after(tokens: list[int]) -> torch.Tensor:
    """The model: logits (vocab,) for what follows; it begins with BOS."""
    one, two = [BOS, *tokens][-2:]
    return (counts[one, two] + little[one, two]).log()


def tell(tokens: list[int]) -> None:
    joined = " ".join(words[i] for i in tokens[1:])
    joined = re.sub(r' ([.,"])', r"\1", joined)
    print(
        textwrap.fill(joined, 76, initial_indent="- ", subsequent_indent="  ")
    )


print("a story that it reads:")
tell([ids[word] for word in texts[1]])
print("words and signs:", len(words), "  counts:", tuple(counts.shape))
had_a = logits_after([BOS, ids["had"], ids["a"]])
for place in had_a.argsort(descending=True)[:5].tolist():
    share = had_a.softmax(0)[place]
    print(f"had a {words[place]:6} logit {had_a[place]:.4f}  {share:.4f}")

# %% [markdown]
# ## Greedy
#
# The simplest choice: take the likeliest. No softmax is needed for that, since
# the largest logit is also the largest probability.
#
# {card decoding.greedy}


# %% nbgrader={"grade_id": "greedy", "solution": true}
def greedy(logits: torch.Tensor) -> torch.Tensor:
    """The id of the likeliest token. logits: (…, vocab). Returns (…)."""
    ### BEGIN SOLUTION
    return logits.argmax(dim=-1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "greedy-check", "grade": true, "locked": true}
check("decoding.greedy", greedy)

# %% [markdown]
# Now let the model write. `write` asks for logits, lets a function of yours
# choose, puts the word behind the others and asks again, until `<eos>` (the
# end) comes up or the text is 40 tokens long.


# %% tags=["demonstration"]
def write(choose, longest=40):
    tokens = [BOS]
    while len(tokens) <= longest and tokens[-1] != EOS:
        tokens.append(int(choose(logits_after(tokens))))
    return tokens


def score_of(tokens):
    """The log-probability of a whole text under the model, at t = 1."""
    return sum(
        logits_after(tokens[:k]).log_softmax(-1)[tokens[k]].item()
        for k in range(1, len(tokens))
    )


by_greedy = write(greedy)
tell(by_greedy)

# %% [markdown]
# Round in circles. And no wonder: after *red ball* and *ball .* this model says
# the same as it did the first time, so greedy chooses the same as it did the
# first time. If you always do the same in the same place, and come to a
# place twice, you never get out again. Real models look back further than two
# words, so they are never in *quite* the same place. But a sentence that stands
# there three times makes a fourth ever more likely. Holtzman and others (2020)
# measured such loops in GPT-2.
#
# Each single choice was the best. The text is not. So we throw dice.
#
# ## Temperature, by hand
#
# Before we do, the dice may be loaded. Three tokens with the logits 2, 1, 0.
# Softmax gives 0.6652, 0.2447, 0.0900. Now divide the *logits* by a number $t$,
# the **temperature**, before the softmax:
#
# $$p_i = \frac{e^{z_i / t}}{\sum_j e^{z_j / t}}$$
#
# where $z_i$ is the logit of token $i$, and the sum below runs over all tokens.
#
# - $t = 0.5$ makes 4, 2, 0 of them: the differences are twice as large, the
#   distribution is **sharper**.
# - $t = 2$ makes 1, 0.5, 0: half as large, **flatter**.
#
# Work out the first one: $e^4 = 54.60$, $e^2 = 7.39$, $e^0 = 1$, sum 62.99; the
# shares are 0.8668, 0.1173, 0.0159.

# %% tags=["demonstration"]
three = torch.tensor([2.0, 1.0, 0.0], dtype=torch.float64)
for t in (0.5, 1.0, 2.0):
    powers = [math.exp(z / t) for z in three.tolist()]
    print(f"t = {t}:  logits", shown(three / t, 1), "  powers", end=" ")
    print(*(f"{power:.2f}" for power in powers), end="   ")
    print(f"sum {sum(powers):.2f}  shares", end="  ")
    print(*(f"{power / sum(powers):.4f}" for power in powers))

# %% [markdown]
# (Lesson 8 had the same number inside attention, where √d_k plays its part.)
# Two things to keep in mind. The *order* of the tokens never changes. And to
# divide a logarithm by $t$ is to take a power of the probability, $p^{1/t}$.
# So $t = 0.5$ squares them all, and softmax makes their sum 1 again. That is what
# stood in the picture at the top.
#
# {card decoding.apply_temperature}


# %% nbgrader={"grade_id": "apply_temperature", "solution": true}
def apply_temperature(logits: torch.Tensor, t: float) -> torch.Tensor:
    """Logits for a sharper (t < 1) or flatter (t > 1) distribution."""
    ### BEGIN SOLUTION
    return logits / t
    ### END SOLUTION


# %% nbgrader={"grade_id": "apply_temperature-check", "grade": true, "locked": true}
check("decoding.apply_temperature", apply_temperature)

# %% [markdown]
# ## Throwing the dice
#
# To draw from 0.6652, 0.2447, 0.0900, lay the three side by side on a line from
# 0 to 1, and throw a number $u$ between 0 and 1, all equally likely. Below
# 0.6652 it is token 0; from there to 0.9100 token 1; above that token 2. Long
# pieces are hit often. That is all of sampling. (PyTorch has a function for it,
# and the hints tell you which. Would you rather throw with NumPy? Then let `dice`
# in the first cell return `numpy.random.default_rng(seed)`, since the cells below
# use it.)
#
# {card decoding.sample}


# %% nbgrader={"grade_id": "sample", "solution": true}
def sample(logits: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Draw an id from each row's softmax. logits: (…, vocab). Returns (…)."""
    ### BEGIN SOLUTION
    parts = torch.softmax(logits, dim=-1)
    table = parts.reshape(-1, logits.shape[-1])
    thrown = torch.multinomial(table, 1, generator=rng)
    return thrown.reshape(logits.shape[:-1])
    ### END SOLUTION


# %% nbgrader={"grade_id": "sample-check", "grade": true, "locked": true}
check("decoding.sample", sample)

# %% [markdown]
# Ten thousand throws, first. Then stories, at four temperatures. And at the end
# a count: of the 82 words, which ever came after "had a" in a story, and which
# share of the probability do they have, at each temperature?


# %% tags=["demonstration"]
rng = dice(16)
throws = sample(three.expand(10_000, 3), rng)
print("drawn:  ", shown(torch.bincount(throws) / 10_000))
print("softmax:", shown(three.softmax(0)))
print("ends at:", shown(three.softmax(0).cumsum(0)))

for t in (0.1, 0.5, 1.0, 1.5):
    rng = dice(3)
    print(f"\nt = {t}")
    for _ in range(2):
        told = write(lambda z, t=t, r=rng: sample(apply_temperature(z, t), r))
        tell(told)

print("\nafter “had a”:   possible words   all the others together")
possible = counts[ids["had"], ids["a"]] > 0
for t in (0.5, 1.0, 1.5, 2.0, 3.0):
    shares = apply_temperature(had_a, t).softmax(-1)
    right, wrong = shares[possible].sum(), shares[~possible].sum()
    print(f"t = {t}:  {possible.sum():5} with {right:.4f}", end="")
    print(f"   {(~possible).sum():9} with {wrong:.4f}")

# %% [markdown]
# At 0.1 nearly greedy, with its loops. At 1 these are stories, as far as a
# model goes that forgets everything but two words. And at 1.5 the text falls
# apart. Why so suddenly? There are 82 words, and most of them are wrong at any
# one place. Each of those has a tiny probability; together they have more than
# you would think, and heat gives them still more: look at the last column.
#
# One slip in a hundred words would be bearable. But after a wrong word this
# model is somewhere where it has never been, where one word is about as good as
# another. So the long **tail** of the distribution should go. There are two ways
# to cut it off.
#
# ## Top-k
#
# Keep the $k$ likeliest tokens, whatever they are (Fan and others, 2018). Among logits, "cut off" means
# −∞: its exponential is 0, so softmax gives exactly 0, and the rest adds up to
# 1 by itself. (A 0 among *logits* would be no cut at all: $e^0 = 1$.)
#
# {card decoding.top_k_filter}


# %% nbgrader={"grade_id": "top_k_filter", "solution": true}
def top_k_filter(logits: torch.Tensor, k: int) -> torch.Tensor:
    """Keep the k largest logits of each row, −∞ for the others."""
    ### BEGIN SOLUTION
    best = torch.topk(logits, min(k, logits.shape[-1]), dim=-1).values
    limit = best[..., -1:]
    return torch.where(logits < limit, -math.inf, logits)
    ### END SOLUTION


# %% nbgrader={"grade_id": "top_k_filter-check", "grade": true, "locked": true}
check("decoding.top_k_filter", top_k_filter)

# %% tags=["demonstration"]
four = torch.tensor([0.5, 0.3, 0.15, 0.05], dtype=torch.float64).log()
print("logits:        ", shown(four))
print("k = 2:         ", shown(top_k_filter(four, 2)))
print("and softmax:   ", shown(top_k_filter(four, 2).softmax(-1)))
print("with 0 for −∞: ", shown(torch.tensor([*four[:2], 0, 0]).softmax(-1)))

places = ["<bos> <bos>", "had a", "in the", ". One"]
table = torch.stack(
    [logits_after([ids[word] for word in place.split()]) for place in places]
)  # (4, vocab)
print("\nwords that ever came there:")
for place, row in zip(places, table, strict=True):
    number = int((counts[tuple(ids[w] for w in place.split())] > 0).sum())
    best = row.softmax(-1).sort(descending=True).values[:5]
    print(f"{place:12} {number:3}   the best:", shown(best, 3))

# %% [markdown]
# But which $k$? Look at the last four lines. A story can begin with eight names.
# After *had a* there are twelve ways to go on, after *One* three, and after *in
# the* only two that are right.
#
# With $k = 3$ most things that Lily might have had can never be told. With $k = 12$
# ten wrong words can stand after *in the*. One number does not fit all places.
#
# ## Top-p
#
# So fix the *share* instead of the number: keep the likeliest tokens until they
# make up $p$ of the probability, say 90 %. Where the model is sure, that is one
# token, and where it is not, many. (Holtzman and others, 2020, who call it
# **nucleus sampling**.)
#
# By hand, with 0.5, 0.3, 0.15, 0.05 and $p = 0.75$: the first makes 0.5, which
# is not enough. The second makes 0.8: $p$ is crossed, and we stop. The token
# that crosses is **kept**, since otherwise there would be less than $p$. What is
# left is 0.5 and 0.3, and softmax makes 0.625 and 0.375 of it.
#
# For each token there is one question: how much is *before* it? If the likelier
# ones together are still below $p$, it stays.
#
# | | 0.5 | 0.3 | 0.15 | 0.05 |
# |---|---|---|---|---|
# | **before it** | 0 | 0.5 | 0.8 | 0.95 |
# | **below 0.75?** | yes | yes | no | no |
#
# {card decoding.top_p_filter}


# %% nbgrader={"grade_id": "top_p_filter", "solution": true}
def top_p_filter(logits: torch.Tensor, p: float) -> torch.Tensor:
    """Keep the likeliest tokens that together have at least p."""
    ### BEGIN SOLUTION
    shares, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
    before = shares.cumsum(dim=-1) - shares
    dropped = torch.empty_like(before, dtype=torch.bool)
    dropped.scatter_(-1, order, before >= p)
    return torch.where(dropped, -math.inf, logits)
    ### END SOLUTION


# %% nbgrader={"grade_id": "top_p_filter-check", "grade": true, "locked": true}
check("decoding.top_p_filter", top_p_filter)

# %% [markdown]
# How many does it keep, in the four places from above? And does it help? At the
# end, a hundred texts at a temperature of 1.5, in three ways, and the share of
# their words that never followed the two before them in any story.

# %% tags=["demonstration"]
shares = four.softmax(-1)
print("before it:", shown(shares.cumsum(-1) - shares, 2))
print("p = 0.75: ", shown(top_p_filter(four, 0.75).softmax(-1)))
print("\nkept of 82 words        top-k, k = 12    top-p, p = 0.8")
for place, row in zip(places, table, strict=True):
    by_number = top_k_filter(row, 12) > -math.inf
    by_share = top_p_filter(row, 0.8) > -math.inf
    print(f"{place:12} {by_number.sum():21} {by_share.sum():16}")


def hot(z):
    return apply_temperature(z, 1.5)


print("\nshare of words that never stood there, at t = 1.5:")
ways = {
    "no filter": hot,
    "top-k, k = 12": lambda z: top_k_filter(hot(z), 12),
    "top-p, p = 0.8": lambda z: top_p_filter(hot(z), 0.8),
}
for name, way in ways.items():
    rng = dice(3)
    told = [write(lambda z, w=way, r=rng: sample(w(z), r)) for _ in range(100)]
    steps = [
        (one, two, three)
        for text in told
        for one, two, three in zip([BOS, *text], text, text[1:], strict=False)
    ]
    wrong = sum(int(counts[step] == 0) for step in steps)
    print(f"{name:15} {wrong / len(steps):.3f}")
    tell(told[2])

# %% [markdown]
# Half of the words were wrong, then an eighth, then hardly any. (See how others
# follow a wrong word. And even the last text mixes up who had what: no filter
# gives the model a better memory.)
#
# The order matters: temperature first, then the filters, then the softmax and
# the dice. (Both filters may be on. Hugging Face's library then does top-k before
# top-p.)
#
# ## Poke at it
#
# What follows "had a" in our 2,000 stories: twelve words, as they were counted.
# The table has the numbers: counted, after the temperature, after the filters.
# Below them is the **entropy**, which you know from lesson 8 (how unsure is
# it?), and $e$ to the power of it, which is easier to read: *as unsure as among
# so many equally likely words*.
#
# 1. Set $p$ to 1 and go through all temperatures. What becomes of *red* and of
#    *hat*? Which number of equally likely words do they head for?
# 2. With $p = 0.8$, how many words are kept at a temperature of 0.5, 1 and 2?
#    And with $k = 4$ and $p = 1$?
# 3. Set $k$ to 1. What can the temperature still do?
# 4. Set $k = 4$ and $p = 0.8$, at temperature 1. Only 49.3 % of the probability
#    is kept. Is that not less than 80 %?
#
# {figure decoding}
#
# Run the next cell, and move its handles.

# %% tags=["demonstration"]
from byhand.sliders import decoding

decoding.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. At 0.1 *red* has 0.921 and the choice is as good as made, at 3.0 it has
#    0.116 and *hat* 0.058. All twelve move towards 1/12, so that the number goes
#    from 1.4 by way of 10.0 to 11.7, and would reach 12.
# 2. 5, 8 and 9: a flatter distribution needs more words to make up 80 %. With
#    $k = 4$ it is 4 at any temperature, whatever share that is.
# 3. Nothing: a single word has a probability of 1. That is greedy.
# 4. Top-p comes second, and counts among what top-k has left: three of those
#    four words make up 80 % *of the four*.
#
# </details>

# %% tags=["demonstration"]
for t in (0.1, 1.0, 3.0):
    each = decoding.compute(t, p=1.0)
    share = dict(zip(each.words, each.after, strict=True))
    print(f"t = {t}: red {share['red']:.3f}, hat {share['hat']:.3f}, ", end="")
    print(f"as unsure as among {math.exp(each.entropy[1]):.1f} words")

# %% [markdown]
# ## Beam search: looking ahead
#
# Back to the question why greedy fails. It cannot know that a good word leads
# to a bad place. A tiny model, with at most two words to a sentence:
#
# {picture beam.svg A tree of beginnings: a beam of two keeps the and a in the first round, and in the second the dog, −1.6094, and a dog, −1.0217, which is the best, though greedy says the dog.}
#
# Greedy takes *the* (0.5) and then *dog* (0.4): $0.5 · 0.4 = 0.2$. Put up
# with *a*, and you get $0.4 · 0.9 = 0.36$. The rule of **beam search**: keep not one
# beginning but `width` of them (the **beam**). Extend each by every word, put
# all of that on one pile, and keep the `width` best of the pile.
#
# A product of many probabilities is soon too small for any float, so you add
# logarithms instead: $\ln 0.5 + \ln 0.4 = -1.6094$ against
# $\ln 0.4 + \ln 0.9 = -1.0217$. Nearer to 0 is likelier.

# %% tags=["demonstration"]
TREE = {
    "": {"<eos>": 0.1, "the": 0.5, "a": 0.4},
    "the": {"<eos>": 0.25, "dog": 0.4, "cat": 0.35},
    "a": {"<eos>": 0.05, "dog": 0.9, "cat": 0.05},
}  # after two words, the end is certain
TREE_WORDS = ["<bos>", "<eos>", "the", "a", "dog", "cat"]


def tree_step(tokens: list[int]) -> torch.Tensor:
    """log-probabilities (6,) of what follows; −∞ for what cannot."""
    said = " ".join(TREE_WORDS[i] for i in tokens[1:])
    chances = TREE.get(said, {"<eos>": 1.0})
    row = [chances.get(word, 0.0) for word in TREE_WORDS]
    return torch.tensor(row, dtype=torch.float64).log()


print("after <bos>:", shown(tree_step([0]).exp(), 2))
for first, second in ((2, 4), (2, 5), (3, 4), (3, 5)):
    total = tree_step([0])[first] + tree_step([0, first])[second]
    print(f"{TREE_WORDS[first]:3} {TREE_WORDS[second]}: ", end="")
    print(f"{total:.4f}, probability {total.exp():.4g}")

# %% [markdown]
# One more thing: sentences end. A beginning that has come to `<eos>` is
# finished and is not extended any more. It stays in the beam as it is, until
# better ones push it out.
#
# {card decoding.beam_search}


# %% nbgrader={"grade_id": "beam_search", "solution": true}
def beam_search(
    step, bos: int, eos: int, width: int, max_len: int
) -> tuple[list[int], float]:
    """The best of a beam of sequences, and its total log-probability.

    step(tokens): log-probabilities (vocab,) of the next token.
    """
    ### BEGIN SOLUTION
    beam = [([bos], 0.0)]
    for _ in range(max_len):
        pile = []
        for tokens, score in beam:
            if tokens[-1] == eos:
                pile.append((tokens, score))
            else:
                for token, logp in enumerate(step(tokens).tolist()):
                    pile.append(([*tokens, token], score + logp))
        pile.sort(key=lambda pair: pair[1], reverse=True)
        beam = pile[:width]
    return beam[0]
    ### END SOLUTION


# %% nbgrader={"grade_id": "beam_search-check", "grade": true, "locked": true}
check("decoding.beam_search", beam_search)

# %% [markdown]
# First the small tree: a width of 1 is greedy, and 2 is enough to find the
# better one. Then the stories. For each width: how often the model was asked, the
# score of the result, and the text. Below it, for comparison, three other scores:
# of a story that you drew at temperature 1, of the likeliest of the first hundred
# stories that the model has learned from, and the mean of that hundred.


# %% tags=["demonstration"]
for width in (1, 2):
    tokens, score = beam_search(tree_step, 0, 1, width, 3)
    sentence = " ".join(TREE_WORDS[i] for i in tokens)
    print(f"width {width}: {sentence}  {float(score):.4f}", end="")
    print(f"  probability {math.exp(score):.2f}")


def story_step(tokens):
    asked.append(tokens)
    logs = logits_after(tokens).log_softmax(-1)
    return logs.round(decimals=12)  # ties break alike on every machine


found = {}
for width in (1, 10, 100):
    asked = []
    tokens, found[width] = beam_search(story_step, BOS, EOS, width, 40)
    print(f"width {width}, asked {len(asked)} times, ", end="")
    print(f"score {float(found[width]):.2f}")
    tell(tokens)

rng = dice(3)
drawn_story = write(lambda z: sample(z, rng))
print(f"\ndrawn: score {score_of(drawn_story):.2f}")
tell(drawn_story)
learned = [score_of([ids[word] for word in text]) for text in texts[:100]]
print(f"the likeliest of 100 stories: {max(learned):.2f}")
print(f"their mean: {sum(learned) / 100:.2f}")

# %% [markdown]
# Look at this carefully, for two reasons.
#
# The beam is no cure for loops. It *likes* them: a sentence that repeats
# itself costs little a word, and so stays ahead of new ones. And with a
# hundred beginnings it still has not found the likeliest text: one that was
# drawn with dice is far likelier, and so is the average story. To get there, you
# must accept an unlikely word early on, and before that pays off, the beam has
# dropped it. Beam search is a search with a narrow view. It often finds
# something better than greedy, and promises nothing.
#
# But suppose it did find the likeliest text of all. Would you want that?
# For a translation, yes: the source fixes what it should say. The Transformer's
# paper (Vaswani and others, 2017) used a beam of 4. For a story, no: people do not
# tell each other the likeliest thing. On average their words surprise a model about
# as much as it expects (Meister and others, 2023). Drawn words do, too.
#
# ## In your own words
#
# *2 points, read by a person.* A colleague has set top-p to 0.9 and says: "Now
# the model can never say a word that has a probability below 0.1." Explain in
# two sentences what top-p does, and why this does not follow.

# %% [markdown] nbgrader={"grade_id": "why-not-below", "grade": true, "points": 2, "solution": true}
# Top-p goes down the words from the likeliest and keeps them until their
# probabilities *together* reach 0.9, so it is the sum that is compared and not
# any single word. Where the model is unsure, say among a hundred words with
# 0.01 each, ninety of them are needed to make up 0.9, and each of those may be
# said although it has a hundredth only.
#
# ### BEGIN MARK SCHEME
# - 1 point: tokens are added up from the likeliest down until the *sum*
#   reaches p (the one that crosses it is kept).
# - 1 point: so a kept token may have any probability of its own; a flat
#   distribution, or the last token that is needed, is enough as an example.
# - Half a point for "top-p drops the tail" without saying what decides.
# ### END MARK SCHEME

# %% [markdown]
# ## What it costs, and where it breaks
#
# Choosing is cheap next to the model: a softmax and a sort over the vocabulary,
# once a token. Only a beam is expensive, since each of its beginnings is a question
# to the model. (You saw the numbers above: 40 questions for greedy, about a
# hundred times as many for a width of 100.) And four things break:
#
# - **Temperature 0.** Towards 0 it becomes greedy, but *at* 0 it is a division
#   by zero. The library vLLM looks for that 0 and takes greedy. Hugging Face's
#   raises an error and says `do_sample=False`, which is greedy.
# - **Nothing left.** Filters that drop everything leave −∞ everywhere, and the
#   softmax of that is NaN. Top-k and top-p as you wrote them always leave one
#   token; a list of forbidden words on top of them may not.
# - **Filter first, temperature second.** Then the filter decides about another
#   distribution than the one that is drawn from.
# - **Length.** Every word makes a sequence less likely, so a beam prefers short
#   ones. Hugging Face's library divides the score by a power of the length. (Ours
#   does not.)

# %% tags=["demonstration"]
for t in (1.0, 0.1, 0.01):
    print(f"t = {t}:", shown(apply_temperature(three, t).softmax(-1)))
print("t = 0: ", shown((three / torch.tensor(0.0)).softmax(-1)))

nothing = torch.full((3,), -math.inf, dtype=torch.float64)
print("nothing left:", shown(nothing.softmax(-1)))
try:
    torch.multinomial(nothing.softmax(-1), 1)
except RuntimeError as error:
    print("drawing from it:", type(error).__name__)

hot_first = top_p_filter(apply_temperature(had_a, 2.0), 0.8)
hot_last = apply_temperature(top_p_filter(had_a, 0.8), 2.0)
for name, row in (("first", hot_first), ("last", hot_last)):
    print(f"t = 2 {name}: {int((row > -math.inf).sum())} words kept")

# %% [markdown]
# ## Spot the slip
#
# Lines like these four are often written. Each is wrong. Find out why *before*
# you run the cell under them.
#
# 1. "A temperature above 1 sharpens the distribution, so the model becomes more
#    sure of itself."
# 2. "Top-p keeps tokens as long as their sum stays below p."
# 3. "For a temperature of 2, divide the probabilities by 2 and make them add up
#    to 1 again."
# 4. "Beam search finds the most probable sequence."


# %% tags=["demonstration"]
def equally_likely(logits):
    """e to the power of the entropy."""
    shares = logits.softmax(-1)
    return torch.exp(-torch.xlogy(shares, shares).sum()).item()


for t in (0.5, 1.0, 2.0):
    number = equally_likely(apply_temperature(three, t))
    print(f"1. t = {t}: as unsure as among {number:.2f} equally likely tokens")
sure = torch.tensor([0.6, 0.3, 0.1], dtype=torch.float64)
below = sure.cumsum(0) < 0.5
print("2. 0.6, 0.3, 0.1 and p = 0.5, as in the line:", below.tolist())
kept = top_p_filter(sure.log(), 0.5) > -math.inf
print("   yours keeps:                             ", kept.tolist())
halved = three.softmax(-1) / 2
print("3. as in the line:", shown(halved / halved.sum()))
print("   t = 2:         ", shown(apply_temperature(three, 2.0).softmax(-1)))
print(f"4. a beam of 100: {found[100]:.2f}", end=", ")
print(f"drawn with dice: {score_of(drawn_story):.2f}")

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. Above 1 it **flattens**; below 1 it sharpens. (And the model is as sure as
#    before: its logits are what they were. We only draw in another way.)
# 2. The token that **crosses** $p$ is kept. With the line as it stands, a model
#    that gives 0.6 to one token, at $p = 0.5$, could say nothing at all.
# 3. What is divided by 2 and then by the sum is what it was: all are changed by
#    the same factor, and the sum takes it out again. The *logits* are divided,
#    before the softmax.
# 4. It finds the best of what it has kept, and what it drops early it never sees
#    again. Only a beam that is so wide that it never has to drop a beginning is
#    sure to find the best.
#
# </details>
#
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. Why does greedy decoding run in circles?</summary>
#
# In the same place it always chooses the same. When it comes to a place twice,
# it never gets out.
#
# </details>
#
# <details><summary>2. What is divided by the temperature?</summary>
#
# The logits, before the softmax. Above 1 flattens, below 1 sharpens.
#
# </details>
#
# <details><summary>3. Which logit does a token get that a filter cuts
# off?</summary>
#
# −∞, so that softmax gives it 0. A logit of 0 would keep it.
#
# </details>
#
# <details><summary>4. 0.5, 0.3, 0.15, 0.05 with top-p = 0.75: which tokens
# stay?</summary>
#
# The first two. The token that crosses $p$ is kept.
#
# </details>
#
# <details><summary>5. Where do top-k and top-p differ?</summary>
#
# Top-k always keeps the same number of tokens. Top-p keeps few where the model
# is sure, and many where it is not.
#
# </details>
#
# <details><summary>6. In which order: filters, temperature, dice,
# softmax?</summary>
#
# Temperature, filters, softmax, dice.
#
# </details>
#
# <details><summary>7. Does a beam find the likeliest sequence?</summary>
#
# Not always. What it drops early, it never sees again.
#
# </details>
#
# <details><summary>8. Why does a beam prefer short sentences?</summary>
#
# Every word adds a negative logarithm to the score.
#
# </details>
#
# ## What comes next
#
# You can now make any language model speak: `generate` in lesson 17 is `write`
# with a temperature and dice, and the model is a GPT that you train on the same
# stories. It looks back further than two words, so that it can end a story with
# the hero it began with.
#
# `python -m byhand progress` in a terminal shows what you have solved.
