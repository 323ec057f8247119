"""A word-level LSTM that learns our stories, and writes some.

Lesson 06's demonstration. Its loss has a floor that is known: the stories'
own information (byhand/text/stories.py).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from byhand.text import stories
from byhand.tools import one_torch_thread

ROWS, STEPS = 20, 32  # streams side by side, tokens a window
EPOCHS, RATE, CLIP = 4, 0.01, 5.0
LINE_END = "\n"


class Text(NamedTuple):
    """Ids of a corpus, a line end behind every story; nats it holds."""

    ids: torch.Tensor  # (N,)
    information: float


def tokens_of(corpus: tuple[stories.Story, ...]) -> list[str]:
    found = []
    for story in corpus:
        found += [*re.findall(r"\w+|[^\w\s]", story.text), LINE_END]
    return found


def texts() -> tuple[Text, Text, list[str]]:
    """What is learned from, what is held out, and the vocabulary."""
    learned, held_out = stories.corpus(2000, 0), stories.corpus(300, 1)
    words = sorted({*tokens_of(learned)})
    ids = {word: i for i, word in enumerate(words)}
    both = [
        Text(
            torch.tensor([ids[word] for word in tokens_of(corpus)]),
            sum(story.information for story in corpus),
        )
        for corpus in (learned, held_out)
    ]
    return both[0], both[1], words


State = tuple[torch.Tensor, torch.Tensor] | None  # of the LSTM: h and c


class Writer(nn.Module):
    """Rows of ids (batch, n) to logits (batch, n, V), and the state."""

    def __init__(self, vocabulary: int, width: int = 32, hidden: int = 128):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.lstm = nn.LSTM(width, hidden, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(
        self, ids: torch.Tensor, state: State = None
    ) -> tuple[torch.Tensor, State]:
        states, state = self.lstm(self.embed(ids), state)
        return self.head(states), state


class Progress(NamedTuple):
    """share: of the training that is done. model: as it is by now."""

    share: float
    loss: float  # of the last window, nats a token
    model: Writer


def train(ids: torch.Tensor, vocabulary: int) -> Iterator[Progress]:
    """Learn from the ids, window by window, the state carried along.

    The state is detached between windows: the number goes on, the gradient
    does not (truncated backpropagation through time).
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Writer(vocabulary)
    length = (len(ids) - 1) // ROWS
    rows = [ids[k : k + ROWS * length].view(ROWS, length) for k in (0, 1)]
    starts = range(0, length - STEPS + 1, STEPS)
    whole = EPOCHS * len(starts)
    adam = torch.optim.Adam(model.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, whole)
    done = 0
    with one_torch_thread():
        for _ in range(EPOCHS):
            state = None
            for start in starts:
                inputs, targets = (
                    row[:, start : start + STEPS] for row in rows
                )
                logits, state = model(inputs, state)
                state = tuple(part.detach() for part in state)
                loss = functional.cross_entropy(
                    logits.flatten(0, 1), targets.flatten()
                )
                adam.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), CLIP)
                adam.step()
                schedule.step()
                done += 1
                yield Progress(done / whole, float(loss.detach()), model)


@torch.no_grad()
def held_out_loss(model: Writer, ids: torch.Tensor) -> float:
    """Nats a token, the whole text read as one row."""
    logits, _ = model(ids[None, :-1])
    return float(functional.cross_entropy(logits[0], ids[1:]))


@torch.no_grad()
def write(model: Writer, words: list[str], count: int, seed: int = 0) -> str:
    """So many new tokens: sample, append, feed only the new token."""
    pen = torch.Generator().manual_seed(seed)
    token, state = words.index(LINE_END), None
    written = []
    for _ in range(count):
        logits, state = model(torch.tensor([[token]]), state)
        chances = logits[0, -1].softmax(dim=0)
        token = int(torch.multinomial(chances, 1, generator=pen))
        written.append(words[token])
    return joined(written)


def joined(words: list[str]) -> str:
    """Words as a text again: no blank before a full stop or a line end."""
    text = " ".join(words).replace(" \n ", "\n")
    text = re.sub(r" ([.,!?])", r"\1", text)
    return re.sub(r'" ([^"]*) "', r'"\1"', text).strip()
