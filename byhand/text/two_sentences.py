"""Two sentences and a translator that learns them: lesson 15's first batch.

The lesson trains the translator with the learner's own four functions. `train`
does the same with PyTorch's, for what its figure shows before that.
"""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from byhand.tools import one_torch_thread

PAD, BOS, EOS, TOKENS = 0, 1, 2, 8
SOURCE = torch.tensor([[0, 1, 2], [3, 4, 5]])  # je suis étudiant, merci à vous
# i am a student, thanks
TARGETS = torch.tensor([[5, 4, 3, 6, EOS], [7, EOS, PAD, PAD, PAD]])
GIVEN = torch.tensor([[BOS, 5, 4, 3, 6], [BOS, 7, EOS, PAD, PAD]])
STEPS, WARM_UP, PEAK = 60, 10, 0.01
LONGEST = 6  # tokens that it writes


class Translator(nn.Module):
    """source: (batch, m), given: (batch, n) → logits (batch, n, vocab)."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.source_words = nn.Embedding(SOURCE.numel(), width)
        self.target_words = nn.Embedding(TOKENS, width)
        self.places = nn.Embedding(8, width)
        self.body = nn.Transformer(
            width, 2, 1, 1, 2 * width, dropout=0.0, batch_first=True
        )
        self.scores = nn.Linear(width, TOKENS)

    def forward(self, source: Tensor, given: Tensor) -> Tensor:
        places = self.places.weight
        n, m = given.shape[1], source.shape[1]
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        read = self.source_words(source) + places[:m]
        written = self.target_words(given) + places[:n]
        logits: Tensor = self.scores(self.body(read, written, tgt_mask=later))
        return logits


def new_translator() -> Translator:
    """Random weights in float64, the same on every machine."""
    rng = np.random.default_rng(15)
    model = Translator().double()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                # Small scores: a new model should be sure of nothing.
                last = name.startswith("scores")
                spread = 0.02 if last else weight.shape[-1] ** -0.5
                drawn = rng.normal(0, spread, weight.shape)
                weight.copy_(torch.from_numpy(drawn))
            elif not name.endswith("weight"):
                weight.zero_()  # a bias; the factors of a norm stay 1
    return model


@one_torch_thread()
@torch.no_grad()
def write(translator: nn.Module) -> list[list[int]]:
    """Both translations: the likeliest token again and again, up to EOS."""
    was_training = translator.training
    translator.eval()
    ids = torch.full((len(SOURCE), 1), BOS)
    while ids.shape[1] <= LONGEST and not (ids == EOS).any(1).all():
        likeliest = translator(SOURCE, ids)[:, -1:].argmax(dim=-1)
        ids = torch.hstack([ids, likeliest])
    translator.train(was_training)
    return [_up_to_the_end(row) for row in ids[:, 1:].tolist()]


def _up_to_the_end(ids: list[int]) -> list[int]:
    return ids[: ids.index(EOS) + 1] if EOS in ids else ids


def train(
    translator: nn.Module, given: Tensor
) -> Iterator[tuple[float, Tensor]]:
    """Train on the one batch: the loss and the logits before every step."""
    adam = torch.optim.Adam(translator.parameters())
    for step in range(STEPS):
        logits = translator(SOURCE, given)
        loss = functional.cross_entropy(logits.mT, TARGETS, ignore_index=PAD)
        yield loss.item(), logits.detach()
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(translator.parameters(), 1.0)
        adam.param_groups[0]["lr"] = _rate(step)
        adam.step()


def _rate(step: int) -> float:
    if step < WARM_UP:
        return PEAK * step / WARM_UP
    way = (step - WARM_UP) / (STEPS - WARM_UP)
    return PEAK * (0.1 + 0.9 * math.cos(math.pi / 2 * way) ** 2)
