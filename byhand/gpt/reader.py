"""Trains the small GPT whose heads lesson 10 shows.

python -m byhand.gpt.reader writes byhand/text/reader.npz, in minutes on a CPU.
The last digits depend on the machine, and after hundreds of steps more than
those: it is run when the stories or the training have changed.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.gpt.data import IGNORED
from byhand.gpt.model import GPT, GPTConfig
from byhand.text import reader, stories
from byhand.tools import one_torch_thread

STORIES, HELD_OUT = 40_000, 500
BATCH, STEPS, RATE, EVERY = 64, 2000, 3e-3, 250


def config() -> GPTConfig:
    return GPTConfig(
        vocab_size=len(reader.words()),
        block_size=reader.PLACES,
        num_layers=reader.LAYERS,
        num_heads=reader.HEADS,
        d_model=reader.D_MODEL,
    )


def rows(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Inputs and targets of that many stories, (count, PLACES) int64 each.

    The start stands before a story and comes after it.
    """
    inputs = torch.zeros(count, reader.PLACES, dtype=torch.int64)
    targets = torch.full_like(inputs, IGNORED)
    for row, story in enumerate(stories.corpus(count, seed)):
        tokens = map(str.lower, reader.tokens_of(story.text))
        ids = torch.tensor([reader.numbers()[token] for token in tokens])
        inputs[row, 1 : len(ids) + 1] = ids
        targets[row, : len(ids)] = ids
        targets[row, len(ids)] = 0
    return inputs, targets


@one_torch_thread()
def trained(say: Callable[[str], None] = print, steps: int = STEPS) -> GPT:
    """The model; the same steps on the same machine give the same one."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = GPT(config())
    adam = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        adam, RATE, total_steps=steps, pct_start=0.1
    )
    held_out = rows(HELD_OUT, 1)
    for step, batch in enumerate(batches(steps), 1):
        loss = model(*batch)
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        schedule.step()
        if step % EVERY == 0 or step == steps:
            with torch.no_grad():
                say(f"step {step}: {float(model(*held_out)):.4f} nats a word")
    return model


def batches(steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    inputs, targets = rows(STORIES, 0)
    rng = np.random.default_rng(0)
    for _ in range(steps):
        chosen = torch.from_numpy(rng.choice(len(inputs), BATCH))
        yield inputs[chosen], targets[chosen]


def main() -> None:
    kept: dict[str, Any] = {
        name: weight.detach().numpy().astype(np.float16)
        for name, weight in trained().named_parameters()
    }
    np.savez(reader.WEIGHTS, **kept)


if __name__ == "__main__":
    main()
