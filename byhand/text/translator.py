"""A Transformer that learns to translate our sentence pairs, and two rivals.

The network of lesson 14, small; the same network whose decoder sees *one*
vector of the source, the mean over its words; and a dictionary.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from byhand.text import pairs
from byhand.tools import one_torch_thread

WIDTH, HEADS, LAYERS, INNER = 64, 4, 2, 256
BATCH, STEPS, RATE, CLIP = 64, 400, 3e-3, 1.0
CHUNK = 20  # batches that are sorted by length together


class Attention(nn.Module):
    """Lesson 13's, and the weights beside: (b, n, d) and (b, h, n, m)."""

    def __init__(self, d_model: int, heads: int):
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, asking: Tensor, told: Tensor, mask: Any) -> Tensor:
        values = self.split(self.v_proj(told))
        found = self.weights(asking, told, mask) @ values
        return self.out_proj(found.transpose(1, 2).flatten(2))

    def weights(self, asking: Tensor, told: Tensor, mask: Any) -> Tensor:
        """(b, h, n, m): which share each of n words takes of m others."""
        queries = self.split(self.q_proj(asking))
        keys = self.split(self.k_proj(told))
        scores = queries @ keys.mT / math.sqrt(keys.shape[-1])
        if mask is not None:
            # A mask (n, m) is for all sentences, (b, n, m) for each its own.
            mask = mask if mask.dim() == 2 else mask[:, None]
            scores = scores.masked_fill(~mask, -math.inf)
        return scores.softmax(-1)

    def split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class Layer(nn.Module):
    """A layer of either stack: the decoder's looks at a memory as well."""

    def __init__(self, width: int, heads: int, inner: int, looks_up: bool):
        super().__init__()
        self.own = Attention(width, heads)
        self.cross = Attention(width, heads) if looks_up else None
        self.network = nn.Sequential(
            nn.Linear(width, inner), nn.ReLU(), nn.Linear(inner, width)
        )
        norms = 3 if looks_up else 2
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(norms))

    def forward(
        self, x: Tensor, mask: Any, memory: Any = None, memory_mask: Any = None
    ) -> Tensor:
        first, *between, last = self.norms
        x = first(x + self.own(x, x, mask))
        if self.cross is not None:
            x = between[0](x + self.cross(x, memory, memory_mask))
        return last(x + self.network(x))


class Translator(nn.Module):
    """Lesson 14's Transformer: (b, n) and (b, m) ids to (b, m, vocab)."""

    def __init__(
        self,
        english: int = len(pairs.ENGLISH),
        french: int = len(pairs.FRENCH),
        width: int = WIDTH,
        heads: int = HEADS,
        layers: int = LAYERS,
        inner: int = INNER,
    ):
        super().__init__()
        self.source = nn.Embedding(english, width)
        self.target = nn.Embedding(french, width)
        for table in (self.source, self.target):
            # Times √width it has a spread of 1, as the positions nearly do.
            nn.init.normal_(table.weight, std=width**-0.5)
        each = width, heads, inner
        self.encoder = nn.ModuleList(
            Layer(*each, looks_up=False) for _ in range(layers)
        )
        self.decoder = nn.ModuleList(
            Layer(*each, looks_up=True) for _ in range(layers)
        )
        self.output = nn.Linear(width, french)

    def forward(
        self, src: Tensor, tgt: Tensor, src_mask: Any, tgt_mask: Any
    ) -> Tensor:
        memory, seen = self.memory(src, src_mask)
        x = placed(self.target, tgt)
        for layer in self.decoder:
            x = layer(x, tgt_mask, memory, seen)
        return self.output(x)

    def memory(self, src: Tensor, src_mask: Any) -> tuple[Tensor, Any]:
        """What the decoder may look up, (b, n, width), and its mask."""
        x = placed(self.source, src)
        for layer in self.encoder:
            x = layer(x, src_mask)
        return x, src_mask


class OneVector(Translator):
    """The same, but all that the decoder sees of a source is one vector."""

    def memory(self, src: Tensor, src_mask: Any) -> tuple[Tensor, Any]:
        """The mean over the real words, (b, 1, width). It needs no mask."""
        x, seen = super().memory(src, src_mask)
        return (seen.double() @ x.double() / seen.sum(-1, True)).float(), None


def placed(table: nn.Embedding, tokens: Tensor) -> Tensor:
    """Embeddings with lesson 11's positions, (b, n, width)."""
    width = table.embedding_dim
    return table(tokens) * math.sqrt(width) + waves(tokens.shape[1], width)


def waves(n: int, width: int) -> Tensor:
    rates = 10_000.0 ** (-torch.arange(0, width, 2) / width)
    angles = torch.outer(torch.arange(n), rates)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


# --- training --------------------------------------------------------------


class Progress(NamedTuple):
    """share: of the training that is done. loss: of the last batch, in nats
    a word. model: the same one throughout."""

    share: float
    loss: float
    model: Translator


def train(
    kind: type[Translator],
    corpus: Sequence[pairs.Pair],
    batch: Callable | None = None,
    steps: int = STEPS,
    seed: int = 0,
) -> Iterator[Progress]:
    """Teach a model by teacher forcing, a step at a time.

    batch: lesson 18's make_batch, or one that does as much. AdamW, its rate up
    for a tenth of the steps and down again; gradients clipped at 1.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = kind()
    adam = torch.optim.AdamW(model.parameters(), lr=RATE)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        adam, RATE, total_steps=steps, pct_start=0.1
    )
    chosen = batches(corpus, seed)
    with one_torch_thread():
        for step in range(1, steps + 1):
            src, tgt_in, tgt_out, src_mask, tgt_mask = (batch or batch_of)(
                next(chosen), pairs.PAD, pairs.BOS, pairs.EOS
            )
            logits = model(src, tgt_in, src_mask, tgt_mask)
            loss = functional.cross_entropy(
                logits.flatten(0, 1),
                tgt_out.flatten(),
                ignore_index=pairs.PAD,
            )
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            adam.step()
            cycle.step()
            yield Progress(step / steps, loss.item(), model)


def batches(
    corpus: Sequence[pairs.Pair], seed: int
) -> Iterator[list[tuple[list[int], list[int]]]]:
    """Batches of ids for ever, of sentences of about one length each.

    A few batches at a time are drawn, sorted by length and cut. So there is
    little padding, and padding costs as much time as words.
    """
    rng = random.Random(seed)
    while True:
        drawn = [
            corpus[int(rng.random() * len(corpus))]
            for _ in range(CHUNK * BATCH)
        ]
        drawn.sort(key=lambda pair: len(pair.english))
        starts = list(range(0, len(drawn), BATCH))
        for k in sorted(starts, key=lambda _: rng.random()):
            yield [pairs.ids(pair) for pair in drawn[k : k + BATCH]]


def batch_of(
    some: Sequence[tuple[list[int], list[int]]], pad: int, bos: int, eos: int
) -> tuple[Tensor, ...]:
    """Lesson 18's, for who has not written it: one sentence, cut twice."""
    whole = filled([[bos, *target, eos] for _, target in some], pad)
    src, (shown, wanted) = filled([one for one, _ in some], pad), cut(whole)
    shown = shown.masked_fill(shown == eos, pad)
    m = shown.shape[1]
    earlier = torch.arange(m) <= torch.arange(m)[:, None]
    return (
        *(src, shown, wanted, (src != pad)[:, None]),
        earlier & (shown != pad)[:, None],
    )


def cut(whole: Tensor) -> tuple[Tensor, Tensor]:
    return whole[:, :-1], whole[:, 1:]


def filled(rows: Sequence[Sequence[int]], pad: int) -> Tensor:
    return nn.utils.rnn.pad_sequence(
        [torch.tensor(row) for row in rows],
        batch_first=True,
        padding_value=pad,
    )


# --- use -------------------------------------------------------------------


def sources(
    sentences: Sequence[Sequence[int]],
) -> tuple[Tensor, Tensor]:
    """Sources as ids (b, n) and their mask (b, 1, n)."""
    src = filled(sentences, pairs.PAD)
    return src, (src != pairs.PAD)[:, None]


@torch.no_grad()
def translate(
    model: Translator,
    corpus: Sequence[pairs.Pair],
    decode: Callable,
    size: int = 100,
) -> list[list[str]]:
    """The French of each pair's English, in the order of the corpus.

    decode: lesson 18's greedy_translate.
    """
    order = sorted(range(len(corpus)), key=lambda k: len(corpus[k].english))
    found: dict[int, list[str]] = {}
    with one_torch_thread():
        for start in range(0, len(order), size):
            some = order[start : start + size]
            src, mask = sources([pairs.ids(corpus[k])[0] for k in some])
            longest = src.shape[1] + 10
            rows = decode(model, src, mask, pairs.BOS, pairs.EOS, longest)
            for k, row in zip(some, rows, strict=True):
                found[k] = [pairs.FRENCH[int(word)] for word in row]
    return [found[k] for k in range(len(corpus))]


class Look(NamedTuple):
    """One translated sentence, and what each word looked up.

    english, french: words, n and m of them. weights: (layers, h, m, n), row i
    of the place that wrote French word i.
    """

    english: list[str]
    french: list[str]
    weights: Tensor


@torch.no_grad()
def look(model: Translator, english: Sequence[int]) -> Look:
    """Translate one sentence greedily, and see where it looked."""
    src, src_mask = sources([english])
    memory, seen = model.memory(src, src_mask)
    said: list[int] = []
    while True:
        x = placed(model.target, torch.tensor([[pairs.BOS, *said]]))
        earlier = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
        looks = []
        for layer in model.decoder:
            assert isinstance(layer, Layer) and layer.cross is not None
            asking = layer.norms[0](x + layer.own(x, x, earlier))
            looks.append(layer.cross.weights(asking, memory, seen)[0])
            x = layer(x, earlier, memory, seen)
        best = int(model.output(x)[0, -1].argmax())
        if best == pairs.EOS or len(said) == len(english) + 5:
            break
        said.append(best)
    return Look(
        [pairs.ENGLISH[k] for k in english],
        [pairs.FRENCH[k] for k in said],
        torch.stack(looks)[:, :, : len(said)],
    )
