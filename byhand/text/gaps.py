"""Stories with gaps, and a small BERT that learns to fill them.

Lesson 19's demonstration. How well a gap can be filled at all is known: the
grammar gives every story its probability, so that with each word in the gap
in turn it gives the exact posterior (byhand/text/stories.py).

The models that train here are called as the lesson's are: a BERT takes (ids,
segments, mask) and returns (hidden, pooled), a head takes hidden and returns
logits, and `mask_tokens` hides words. The lesson hands over the learner's own.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from byhand.text import stories
from byhand.tools import one_torch_thread

SIGNS = ("[PAD]", "[CLS]", "[SEP]", "[MASK]")
PAD, CLS, SEP, MASK = range(4)
TINY = 1e-12  # ε of BERT's norms
PLACES = 56  # the longest story has 52 tokens; and [CLS] and [SEP]
# What a BERT of this size is built with, behind the vocabulary.
SIZES = {
    "max_len": PLACES,
    "d_model": 64,
    "num_layers": 2,
    "num_heads": 4,
    "d_ff": 256,
}
STORIES, BATCH, RATE, HIDDEN, SPREAD = 6000, 48, 3e-3, 0.3, 0.05
STEPS = 1200
TOKEN = re.compile(r"\w+|[^\w\s]")


def tokens_of(text: str) -> list[str]:
    return TOKEN.findall(text)


@cache
def words() -> tuple[str, ...]:
    """The vocabulary: four signs, then all words of the stories, sorted."""
    found = {t for s in stories.corpus(STORIES, 0) for t in tokens_of(s.text)}
    return *SIGNS, *sorted(found)


@cache
def numbers() -> dict[str, int]:
    """Word to id."""
    return {word: i for i, word in enumerate(words())}


def rows_of(texts: Sequence[str]) -> Tensor:
    """(b, n) ids: [CLS], the tokens, [SEP], padded to the longest.

    KeyError: a word that no story has.
    """
    ids = [[CLS, *(numbers()[t] for t in tokens_of(x)), SEP] for x in texts]
    longest = max(map(len, ids))
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in ids])


# --- what can be known -----------------------------------------------------


class Gap(NamedTuple):
    """A token of a story that is hidden.

    place: among its tokens, from 0. posterior: word to its probability, given
    all the rest.
    """

    text: str
    place: int
    posterior: dict[str, float]

    @property
    def word(self) -> str:
        return tokens_of(self.text)[self.place]


def posterior(text: str, place: int) -> dict[str, float]:
    """Word to its exact probability at that place, given all the rest.

    ValueError: no word makes a story of it.
    """
    token = [*TOKEN.finditer(text)][place]
    before, after = text[: token.start()], text[token.end() :]
    likely = {
        word: math.exp(-information)
        for word in words()[len(SIGNS) :]
        for information in stories.derivations(f"{before}{word}{after}")
    }
    total = sum(likely.values())
    if not total:
        raise ValueError("no word makes a story of this text")
    found = {word: chance / total for word, chance in likely.items()}
    return dict(sorted(found.items(), key=lambda one: -one[1]))


@cache
def gaps(count: int = 25, seed: int = 2) -> tuple[Gap, ...]:
    """Every token of so many unseen stories, hidden one at a time."""
    return tuple(
        Gap(story.text, place, posterior(story.text, place))
        for story in stories.corpus(count, seed)
        for place in range(len(tokens_of(story.text)))
    )


def ceiling(some: Sequence[Gap]) -> tuple[float, float]:
    """The best loss and accuracy that anybody can have on these gaps.

    Expected ones: the entropy of the posteriors, and their largest entries.
    """
    shares = [np.array([*gap.posterior.values()]) for gap in some]
    entropy = np.mean([-(s * np.log(s)).sum() for s in shares])
    return float(entropy), float(np.mean([s.max() for s in shares]))


# --- models ----------------------------------------------------------------


class Attention(nn.Module):
    """Multi-head attention with the names of the course."""

    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        self.num_heads = num_heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(d_model, d_model) for _ in range(4)
        )

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        q, k, v = (
            each(x).unflatten(-1, (self.num_heads, -1)).movedim(-2, 1)
            for each in (self.q_proj, self.k_proj, self.v_proj)
        )
        found = functional.scaled_dot_product_attention(q, k, v, mask)
        return self.out_proj(found.movedim(1, -2).flatten(-2))


class TinyLayer(nn.Module):
    """Attention and a network, each with its norm behind the sum."""

    def __init__(self, d_model: int, num_heads: int, d_ff: int):
        super().__init__()
        self.self_attention = Attention(d_model, num_heads)
        self.network = nn.Sequential(
            nn.Linear(d_model, d_ff), nn.GELU(), nn.Linear(d_ff, d_model)
        )
        self.norms = nn.ModuleList(
            nn.LayerNorm(d_model, TINY) for _ in range(2)
        )

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        first, second = self.norms
        x = first(x + self.self_attention(x, mask))
        return second(x + self.network(x))


class TinyBert(nn.Module):
    """A BERT of our own, for what is recorded without a learner's."""

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
        self.table = nn.Embedding(vocab_size, d_model)
        self.places = nn.Embedding(max_len, d_model)
        self.kinds = nn.Embedding(2, d_model)
        self.norm = nn.LayerNorm(d_model, TINY)
        self.layers = nn.ModuleList(
            TinyLayer(d_model, num_heads, d_ff) for _ in range(num_layers)
        )
        self.last = nn.Linear(d_model, d_model)

    def forward(
        self,
        ids: Tensor,
        segments: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        total = self.table(ids) + self.places.weight[: ids.shape[1]]
        x = self.norm(
            total + self.kinds(ids * 0 if segments is None else segments)
        )
        seen = mask if mask is None else mask[:, None, None]
        for each in self.layers:
            x = each(x, seen)
        return x, self.last(x.select(1, 0)).tanh()


class TinyHead(nn.Module):
    """From vectors to a score for each word, by the table of the BERT."""

    def __init__(self, table: nn.Embedding):
        super().__init__()
        d_model = table.embedding_dim
        self.table = table
        self.before = nn.Sequential(
            nn.Linear(d_model, d_model), nn.GELU(), nn.LayerNorm(d_model, TINY)
        )
        self.offset = nn.Parameter(torch.zeros(table.num_embeddings))

    def forward(self, hidden: Tensor) -> Tensor:
        return functional.linear(
            self.before(hidden), self.table.weight, self.offset
        )


@torch.no_grad()
def looks(bert: Any, ids: Tensor) -> Tensor:
    """(layers, heads, n): what [CLS] of the one row pays attention to.

    bert: its layers have a `self_attention` with `q_proj` and `k_proj`.
    """
    read: list[Tensor] = []
    attentions = [layer.self_attention for layer in bert.layers]
    hooks = [
        each.register_forward_pre_hook(lambda _, given: read.append(given[0]))
        for each in attentions
    ]
    try:
        bert(ids, None, None)
    finally:
        for hook in hooks:
            hook.remove()
    heads = SIZES["num_heads"]
    found = []
    for each, x in zip(attentions, read, strict=True):
        q, k = (
            project(x)[0].unflatten(-1, (heads, -1)).movedim(0, 1)
            for project in (each.q_proj, each.k_proj)
        )
        scores = (k @ q[:, :1].mT)[..., 0] / math.sqrt(q.shape[-1])
        found.append(scores.softmax(-1))
    return torch.stack(found)


def small(part: nn.Module, seed: int) -> nn.Module:
    """The part with all its matrices drawn with a small deviation.

    By NumPy, which draws the same numbers everywhere. Biases are 0; the
    factors of norms stay 1.
    """
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for weight in part.parameters():
            if weight.dim() > 1:
                drawn = rng.normal(0, SPREAD, tuple(weight.shape))
                weight.copy_(torch.from_numpy(drawn))
            elif not bool((weight == 1).all()):
                weight.zero_()
    return part


class Progress(NamedTuple):
    """share: of the training that is done. loss: of the last batch."""

    share: float
    loss: float


def train(
    bert: nn.Module,
    head: nn.Module,
    mask_tokens: Callable,
    steps: int = STEPS,
    p: float = HIDDEN,
) -> Iterator[Progress]:
    """Teach a BERT and its head to fill gaps in the stories.

    AdamW, its rate up and down in one cycle.
    """
    ids = rows_of([story.text for story in stories.corpus(STORIES, 0)])
    # The table that both share counts once.
    weights = [*nn.ModuleList([bert, head]).parameters()]
    adam, cycle = in_a_cycle(weights, RATE, steps)
    rng = torch.Generator().manual_seed(0)
    with one_torch_thread():
        for step, batch in enumerate(batches(ids, steps, rng), 1):
            inputs, labels = mask_tokens(
                batch, batch < len(SIGNS), MASK, len(words()), rng, p
            )
            hidden, _ = bert(inputs, None, batch != PAD)
            hid = labels != -100
            loss = functional.cross_entropy(head(hidden[hid]), labels[hid])
            descend(adam, cycle, loss)
            yield Progress(step / steps, loss.item())


def hiding(
    ids: Tensor,
    special: Tensor,
    mask_id: int,
    vocab_size: int,
    rng: torch.Generator,
    p: float,
) -> tuple[Tensor, Tensor]:
    """BERT's way to hide words, for what is recorded without a learner's."""
    fates = torch.rand(ids.shape, generator=rng).masked_fill(special, 1)
    words = torch.randint_like(ids, vocab_size, generator=rng)
    asked = fates < p
    shown = words.where(fates < 0.9 * p, ids).where(fates >= 0.8 * p, mask_id)
    return shown, ids.where(asked, -100)


def in_a_cycle(weights: list[Any], rate: float, steps: int) -> tuple:
    adam = torch.optim.AdamW(weights, rate)
    cycle = torch.optim.lr_scheduler.OneCycleLR(adam, rate, total_steps=steps)
    return adam, cycle


def descend(adam: Any, cycle: Any, loss: Tensor) -> None:
    adam.zero_grad()
    loss.backward()
    adam.step()
    cycle.step()


def batches(ids: Tensor, steps: int, rng: torch.Generator) -> Iterator[Tensor]:
    """So many batches of rows: all in a new order, again and again."""
    left = torch.zeros(0, dtype=torch.long)
    for _ in range(steps):
        if len(left) < BATCH:
            left = torch.randperm(len(ids), generator=rng)
        batch, left = ids[left[:BATCH]], left[BATCH:]
        yield batch[:, : int((batch != PAD).sum(1).max())]


@torch.no_grad()
def filled(bert: nn.Module, head: nn.Module, ids: Tensor) -> Tensor:
    """(b, n, V) logits for rows in which something reads [MASK]."""
    with one_torch_thread():
        return head(bert(ids, None, ids != PAD)[0])


def asked(some: Sequence[Gap]) -> tuple[Tensor, Tensor]:
    """Rows with one [MASK] each, and labels: −100 but for what it hides."""
    ids = rows_of([gap.text for gap in some])
    labels = torch.full_like(ids, -100)
    rows = torch.arange(len(some))
    places = torch.tensor([1 + gap.place for gap in some])  # behind [CLS]
    labels[rows, places] = ids[rows, places]
    ids[rows, places] = MASK
    return ids, labels


def guesses(
    bert: nn.Module, head: nn.Module, text: str, place: int
) -> dict[str, float]:
    """Word to its probability at a place of a text, likeliest first."""
    ids = rows_of([text])
    ids[0, 1 + place] = MASK
    chances = filled(bert, head, ids)[0, 1 + place].double().softmax(0)
    ranked = chances.argsort(descending=True, stable=True).tolist()
    return {words()[i]: float(chances[i]) for i in ranked}


# --- fine-tuning -----------------------------------------------------------

GIRLS, BOYS = (
    [name for _, name in stories.GRAMMAR[who]] for who in ("girl", "boy")
)


def with_another_child(text: str, rng: np.random.Generator) -> str:
    """The story, with another child of its kind at the last mention."""
    child = next(name for name in (*GIRLS, *BOYS) if name in text)
    same_kind = GIRLS if child in GIRLS else BOYS
    other = rng.choice([name for name in same_kind if name != child])
    before, _, after = text.rpartition(child)
    return f"{before}{other}{after}"


def labelled(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """(count, n) rows, every second of which does not hang together.

    And (count,), 1 for those that do.
    """
    rng = np.random.default_rng(seed)
    corpus = stories.corpus(count, seed)
    texts = [
        with_another_child(story.text, rng) if k % 2 else story.text
        for k, story in enumerate(corpus)
    ]
    return rows_of(texts), torch.arange(count) % 2 == 0


class Judge(nn.Module):
    """One number a text, from [CLS]: above 0, it hangs together."""

    def __init__(self, bert: nn.Module, d_model: int = SIZES["d_model"]):
        super().__init__()
        self.bert = bert
        self.score = small(nn.Linear(d_model, 1), 2)

    def forward(self, ids: Tensor) -> Tensor:
        return self.score(self.bert(ids, None, ids != PAD)[1])[:, 0]


EPOCHS, FINE_RATE = 8, 1e-3


def fine_tune(judge: Judge, count: int, seed: int = 3) -> Iterator[Progress]:
    """Teach a BERT to say which labelled stories hang together."""
    ids, good = labelled(count, seed)
    steps = EPOCHS * max(1, count // BATCH)
    adam, cycle = in_a_cycle([*judge.parameters()], FINE_RATE, steps)
    rng = torch.Generator().manual_seed(seed)
    # Rows with their label in front, so that both are shuffled alike.
    rows = torch.cat([good[:, None].long(), ids], dim=1)
    with one_torch_thread():
        for step, batch in enumerate(batches(rows, steps, rng), 1):
            loss = functional.binary_cross_entropy_with_logits(
                judge(batch[:, 1:]), batch[:, 0].float()
            )
            descend(adam, cycle, loss)
            yield Progress(step / steps, loss.item())


@torch.no_grad()
def accuracy(judge: Judge, count: int = 300, seed: int = 4) -> float:
    """The share of unseen stories that are judged rightly."""
    ids, good = labelled(count, seed)
    with one_torch_thread():
        return float(((judge(ids) > 0) == good).double().mean())
