"""One vector for a sentence, in two languages: lesson 21's demonstration.

The pairs of lesson 18 are right answers for free: an English sentence belongs
to its French one and to no other. One encoder reads both languages.

It is called as lesson 19's BERT is, with (ids, segments, mask), and returns
(hidden, pooled); `pool` and `info_nce` are called as the lesson's are. The
lesson hands over the learner's own.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from byhand.text import pairs
from byhand.text.gaps import TinyBert, descend, in_a_cycle
from byhand.tools import one_torch_thread

SIGNS = ("[PAD]", "[CLS]", "[SEP]")
PAD, CLS, SEP = range(3)
# A sign such as "." is one word of both languages.
WORDS = (*SIGNS, *sorted({*pairs.ENGLISH, *pairs.FRENCH} - {*pairs.SPECIAL}))
NUMBERS = {word: i for i, word in enumerate(WORDS)}
SIZES = {
    "vocab_size": len(WORDS),
    "max_len": 80,
    "d_model": 64,
    "num_layers": 2,
    "num_heads": 4,
    "d_ff": 256,
}
STEPS, BATCH, RATE = 300, 64, 2e-3
KEPT_EACH = 50  # steps, for the figure
SHOWN = 12  # pairs in the figure

Words = Sequence[str]


def rows_of(sentences: Sequence[Words]) -> Tensor:
    """(b, n) ids: [CLS], the words, [SEP], padded to the longest.

    KeyError: a word of neither language.
    """
    ids = [[CLS, *(NUMBERS[w] for w in words), SEP] for words in sentences]
    longest = max(map(len, ids))
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in ids])


@cache
def unseen(count: int = 1000, seed: int = 2) -> list[pairs.Pair]:
    """So many different pairs that were not learned."""
    known = {pair.english for pair in pairs.learned()}
    french: set[tuple[str, ...]] = set()
    found: list[pairs.Pair] = []
    for pair in pairs.corpus(4 * count, seed):
        # "girl" and "daughter" are one word in French.
        if pair.english not in known and pair.french not in french:
            known.add(pair.english)
            french.add(pair.french)
            found.append(pair)
    return found[:count]


def started(seed: int = 0) -> nn.Module:
    """A BERT of ours, untrained, for what is recorded without a learner's."""
    torch.manual_seed(seed)
    return TinyBert(**SIZES)


class Progress(NamedTuple):
    """share: of the training that is done. loss: of the last batch."""

    share: float
    loss: float


def vectors_of(
    bert: Any, pool: Callable, sentences: Sequence[Words], kind: str
) -> Tensor:
    """(b, d), with gradients."""
    ids = rows_of(sentences)
    mask = ids != PAD
    hidden, _ = bert(ids, None, mask)
    found: Tensor = pool(hidden, mask, kind)
    return found


@torch.no_grad()
def read(bert: Any, sentences: Sequence[Words]) -> list[tuple[Tensor, Tensor]]:
    """Hidden vectors (b, n, d) and masks (b, n), a hundred sentences each."""
    found = []
    with one_torch_thread():
        for k in range(0, len(sentences), 100):
            ids = rows_of(sentences[k : k + 100])
            found.append((bert(ids, None, ids != PAD)[0], ids != PAD))
    return found


def shown() -> list[pairs.Pair]:
    """The pairs of the figure: short ones that were not learned."""
    short = [p for p in unseen() if len(p.english) <= 7]
    return short[:SHOWN]


def look(bert: Any, pool: Callable) -> Tensor:
    """(2, SHOWN, d): the vectors of the figure's pairs, English first."""
    parts = [read(bert, [pair[k] for pair in shown()])[0] for k in (0, 1)]
    return torch.stack([pool(*part, "mean") for part in parts])


def train(
    bert: nn.Module,
    pool: Callable,
    info_nce: Callable,
    kept: dict[int, Tensor] | None = None,
    steps: int = STEPS,
) -> Iterator[Progress]:
    """Teach a BERT that an English sentence belongs to its French one.

    AdamW, its rate up and down in one cycle. kept: step → what `look` gives
    then, each KEPT_EACH steps; it is filled on the way.
    ValueError: no gradient reaches the loss.
    """
    kept = {} if kept is None else kept
    kept[0] = look(bert, pool)
    adam, cycle = in_a_cycle([*bert.parameters()], RATE, steps)
    rng, learned = Random(0), pairs.learned()
    with one_torch_thread():
        for step in range(1, steps + 1):
            batch = rng.sample(learned, BATCH)
            queries, keys = (
                vectors_of(bert, pool, [pair[k] for pair in batch], "mean")
                for k in (0, 1)
            )
            loss = info_nce(queries, keys)
            if not loss.requires_grad:
                raise ValueError(
                    "no gradient reaches the loss: pool and info_nce should "
                    "use PyTorch's operations all the way"
                )
            descend(adam, cycle, loss)
            if step % KEPT_EACH == 0:
                kept[step] = look(bert, pool)
            yield Progress(step / steps, loss.item())
