"""A text and a recipe small enough to train in a second."""

import numpy as np
import pytest

from byhand.gpt import data
from byhand.gpt.train import Recipe

LETTERS = "abcdefgh .\n"


@pytest.fixture(scope="session")
def file(tmp_path_factory):
    """Two thousand characters, of which each depends on the one before."""
    rng = np.random.default_rng(0)
    place, text = 0, []
    for _ in range(2_000):
        place = (place + rng.integers(1, 3)) % len(LETTERS)
        text.append(LETTERS[place])
    path = tmp_path_factory.mktemp("texts") / "letters.txt"
    path.write_text("".join(text), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def recipe():
    return Recipe(
        num_layers=2,
        num_heads=2,
        d_model=8,
        block_size=12,
        batch_size=4,
        steps=20,
        peak=1e-2,
        floor=1e-3,
        warmup=4,
        dropout=0.1,
        accumulation=2,
        evaluate_every=10,
        evaluate_on=3,
    )


@pytest.fixture(scope="session")
def text(file, recipe):
    return data.from_file(file, recipe.block_size)
