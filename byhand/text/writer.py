"""A word-level recurrent network that learns our stories, and writes some.

Lesson 06's demonstration. Its loss has a floor that is known: the stories'
own information (byhand/text/stories.py). `python -m byhand.text.writer` trains
all that the lesson compares and prints its table, in a few minutes.
"""

import argparse
import re
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from byhand.text import stories
from byhand.tools import one_torch_thread

ROWS, CLIP = 20, 5.0  # streams side by side, the gradient's largest norm
LINE_END = "\n"


class Settings(NamedTuple):
    """How a writer is built and trained.

    cell: "LSTM", "GRU" or "RNN". window: tokens of a row in one step. carried:
    a window begins with the state in which the one before ended, or with
    zeros. rate: Adam's, falling to 0 along a cosine.
    """

    cell: str = "LSTM"
    hidden: int = 128
    epochs: int = 4
    window: int = 32
    carried: bool = True
    rate: float = 0.01


THE_LESSONS = Settings()
# What the lesson's table compares.
COMPARED = {
    "LSTM of 128 units, 4 epochs": THE_LESSONS,
    "the same, 10 epochs": Settings(epochs=10),
    "GRU, 10 epochs": Settings("GRU", epochs=10),
    "plain RNN, 10 epochs": Settings("RNN", epochs=10, rate=0.003),
    "LSTM of 64, windows of 8, 3 epochs": Settings("LSTM", 64, 3, 8),
    "the same, a fresh state for every window": Settings(
        "LSTM", 64, 3, 8, carried=False
    ),
}


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


# An LSTM's h and c, or the others' h alone.
State = tuple[torch.Tensor, torch.Tensor] | torch.Tensor | None


class Writer(nn.Module):
    """Rows of ids (batch, n) to logits (batch, n, V), and the state."""

    def __init__(
        self,
        vocabulary: int,
        width: int = 32,
        hidden: int = 128,
        cell: str = "LSTM",
    ):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        kind = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}[cell]
        self.cells = kind(width, hidden, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(
        self, ids: torch.Tensor, state: State = None
    ) -> tuple[torch.Tensor, State]:
        states, state = self.cells(self.embed(ids), state)
        return self.head(states), state


class Progress(NamedTuple):
    """share: of the training that is done. model: as it is by now."""

    share: float
    loss: float  # of the last window, nats a token
    model: Writer


def train(
    ids: torch.Tensor, vocabulary: int, settings: Settings = THE_LESSONS
) -> Iterator[Progress]:
    """Learn from the ids, window by window.

    A state that is carried is detached between windows: the number goes on,
    the gradient does not (truncated backpropagation through time).
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Writer(vocabulary, hidden=settings.hidden, cell=settings.cell)
    length = (len(ids) - 1) // ROWS
    rows = [ids[k : k + ROWS * length].view(ROWS, length) for k in (0, 1)]
    starts = range(0, length - settings.window + 1, settings.window)
    whole = settings.epochs * len(starts)
    adam = torch.optim.Adam(model.parameters(), lr=settings.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, whole)
    done = 0
    with one_torch_thread():
        for _ in range(settings.epochs):
            state: State = None
            for start in starts:
                inputs, targets = (
                    row[:, start : start + settings.window] for row in rows
                )
                logits, state = model(inputs, state)
                state = detached(state) if settings.carried else None
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


def detached(state: State) -> State:
    if isinstance(state, tuple):
        return state[0].detach(), state[1].detach()
    return None if state is None else state.detach()


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


def compare() -> Iterator[tuple[str, float]]:
    """Each of COMPARED, trained, with its loss on what is held out."""
    learned, held_out, words = texts()
    for name, settings in COMPARED.items():
        *_, last = train(learned.ids, len(words), settings)
        yield name, held_out_loss(last.model, held_out.ids)


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m byhand.text.writer",
        description="Train what lesson 06 compares; print its table.",
    ).parse_args()
    print("| network | nats a token, held out |\n|---|---|")
    for name, loss in compare():
        print(f"| {name} | {loss:.3f} |", flush=True)


if __name__ == "__main__":
    main()
