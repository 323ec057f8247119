"""Reversing strings of letters: through one vector, or by looking back.

A GRU reads a … h, another writes them in reverse. Either it is handed the
reader's last state alone (Sutskever et al. 2014, "Sequence to Sequence
Learning with Neural Networks"), or it also looks at every state of a reader
in both directions, weighted by a softmax (Bahdanau et al. 2015, "Neural
Machine Translation by Jointly Learning to Align and Translate"). The scores
are products, of the state after the writer's step, and the weighted sum goes
into its output and its next step (Luong et al. 2015, "Effective Approaches to
Attention-based Neural Machine Translation").
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from byhand.tools import one_torch_thread

LETTERS = "abcdefgh"
START = len(LETTERS)  # what the writer is given before its first letter
EMBEDDED = 16
LONGEST = 12  # in training
STEPS, BATCH, LR = 1200, 64, 5e-3


class Reverser(nn.Module):
    """A reader and a writer; letters and sign share their embeddings."""

    def __init__(self, units: int, attention: bool):
        super().__init__()
        seen = 2 * units if attention else 0
        self.embed = nn.Embedding(len(LETTERS) + 1, EMBEDDED)
        self.reader = nn.GRU(
            EMBEDDED, units, batch_first=True, bidirectional=attention
        )
        self.match = nn.Linear(units, seen, bias=False) if attention else None
        self.writer = nn.GRUCell(EMBEDDED + seen, units)
        self.output = nn.Linear(units + seen, len(LETTERS))

    def forward(
        self, letters: Tensor, told: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(b, n) letters to (b, n, 8) logits and the weights of each step.

        told: (b, n) letters that the writer is given in place of its own
        (teacher forcing). The weights are (b, n, n), or (b, n, 0) without
        attention.
        """
        states, last = self.reader(self.embed(letters))
        state = last[-1]  # of the backward direction, where there are two
        token = torch.full_like(letters[:, 0], START)
        logits, looks = [], []
        context, _ = self.look(state, states)
        for t in range(letters.shape[1]):
            given = torch.cat([self.embed(token), context], dim=-1)
            state = self.writer(given, state)
            # After its step, not before: what it looks at is then the letter
            # that it writes, and not often the one beside it.
            context, weights = self.look(state, states)
            logits.append(self.output(torch.cat([state, context], dim=-1)))
            looks.append(weights)
            token = logits[-1].argmax(-1) if told is None else told[:, t]
        return torch.stack(logits, dim=1), torch.stack(looks, dim=1)

    def look(self, state: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """(b, h) state, (b, n, 2h) states to context and (b, n) weights.

        Both are empty without attention.
        """
        if self.match is None:
            return state[:, :0], state[:, :0]
        scores = states @ self.match(state)[:, :, None]
        scores = scores[:, :, 0] / math.sqrt(states.shape[-1])
        weights = scores.softmax(-1)
        return (weights[:, None] @ states)[:, 0], weights


# Units, and whether the writer looks back.
MODELS = {
    "one vector of 32": (32, False),
    "one vector of 64": (64, False),
    "attention": (32, True),
}


class Progress(NamedTuple):
    """Where training stands.

    share: of the whole that is done, from 0 to 1. loss: of the last batch, in
    nats a letter. model: the same one throughout.
    """

    share: float
    loss: float
    model: Reverser


def train(name: str, seed: int = 0, steps: int = STEPS) -> Iterator[Progress]:
    """Teach one of MODELS, a step at a time.

    Each batch has one length, from 1 to LONGEST. Adam, its rate up and down
    in one cycle; gradients clipped at 5; teacher forcing.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Reverser(*MODELS[name])
    rng = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=LR)
    cycle = torch.optim.lr_scheduler.OneCycleLR(adam, LR, total_steps=steps)
    with one_torch_thread():
        for step in range(1, steps + 1):
            length = int(torch.randint(1, LONGEST + 1, (), generator=rng))
            letters = strings(length, BATCH, rng)
            wanted = letters.flip(1)
            logits, _ = model(letters, wanted)
            loss = cross_entropy(logits.flatten(0, 1), wanted.flatten())
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5)
            adam.step()
            cycle.step()
            yield Progress(step / steps, loss.item(), model)


def strings(length: int, count: int, rng: torch.Generator) -> Tensor:
    """(count, length) letters, each as likely as the next."""
    return torch.randint(len(LETTERS), (count, length), generator=rng)


@torch.no_grad()
def accuracy(model: Reverser, length: int, count: int = 200) -> float:
    """The share of strings that are reversed without a mistake.

    The writer is given what it wrote itself.
    """
    rng = torch.Generator().manual_seed(length)
    letters = strings(length, count, rng)
    written = model(letters)[0].argmax(-1)
    return (written == letters.flip(1)).all(1).double().mean().item()


@torch.no_grad()
def reverse(model: Reverser, string: str) -> tuple[str, Tensor]:
    """What a model writes for a string, and its (n, n) weights.

    Row i holds what each letter that was read weighed in letter i.
    """
    letters = torch.tensor([[LETTERS.index(letter) for letter in string]])
    logits, weights = model(letters)
    written = logits[0].argmax(-1).tolist()
    return "".join(LETTERS[i] for i in written), weights[0]
