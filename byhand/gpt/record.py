"""Records a training of the tiny profile for two figures of lesson 17.

python -m byhand.gpt.record writes byhand/sliders/training.json, and the model
at its end into byhand/text/letters.npz. What they hold depends on the machine
in the last digits, and after hundreds of steps in more: it is run when the
recipe, the model or the stories have changed.
"""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import torch

from byhand.gpt import data, train
from byhand.sliders import training
from byhand.text import letters

LENGTH = 400  # characters of a sample


def recorded(
    recipe: train.Recipe, every: int, say: Callable[[str], None] = print
) -> tuple[dict[str, Any], letters.Model]:
    """Losses, held-out losses and samples by step, and what was learned."""
    text = data.bundled(recipe.block_size)
    recipe = dataclasses.replace(recipe, evaluate_every=every)
    run = train.Run(text, recipe, train.Setup(torch.device("cpu")))
    kept: dict[str, Any] = {
        "floor": text.floor,
        "losses": {},
        "held_out": {0: run.evaluate(text.held_out, recipe.evaluate_on)},
        "samples": {0: sample(run)},
    }
    for report in train.train(run):
        kept["losses"][report.step] = round(report.loss, 5)
        if report.held_out is not None:
            say(f"step {report.step}: {report.held_out:.4f}")
            kept["held_out"][report.step] = round(report.held_out, 5)
            kept["samples"][report.step] = sample(run)
    return kept, run.learned()


def sample(run: train.Run) -> str:
    """What the model writes now, always from the same throws."""
    return run.sample(LENGTH, run.recipe.seed, temperature=0.8)


if __name__ == "__main__":
    kept, learned = recorded(train.PROFILES["tiny"], training.EVERY)
    training.RECORD.write_text(
        json.dumps(kept, indent=1) + "\n", encoding="utf-8"
    )
    letters.record(learned)
