"""Wrong answers that nobody has a sentence for are refused all the same.

Many are not what an honest person would write: they do what a check looks at
and nothing else. Each of them, or one like it, was accepted at some time.
"""

import importlib
import pkgutil

import pytest

from byhand.bank import find
from byhand.judge import drawn
from tests.exercises import refused

FILES = {
    name: importlib.import_module(f"{refused.__name__}.{name}")
    for _, name, _ in pkgutil.iter_modules(refused.__path__)
}
WRONG = [
    pytest.param(exercise, answer, id=f"{exercise}: {name}")
    for file in FILES.values()
    for exercise, wrong in file.WRONG.items()
    for name, answer in wrong.items()
]
SEEDS = 25
# A whole model is built a dozen times in a case, or thousands of words drawn.
FEW_SEEDS = {"decoder.Transformer": 3, "bert.mask_tokens": 3}


@pytest.mark.parametrize(("exercise", "answer"), WRONG)
def test_it_is_refused_at_every_seed(exercise, answer):
    exercise = find(exercise)
    for seed in range(FEW_SEEDS.get(exercise.id, SEEDS)):
        assert any(
            trial.distance(trial.run(answer, noticing=False)) > 1
            for trial in drawn(exercise, None, (seed,))
        ), f"accepted with seed {seed}"


@pytest.mark.parametrize(
    ("exercise", "name", "seed"),
    [
        # Two draws of weights were too few to tell.
        ("decoder.Transformer", "a decoder layer that does not look", 7),
        ("decoder.Transformer", "a decoder layer that does not look", 39),
        # "Another" sentence was the same one.
        ("decoder.Transformer", "num_heads ignored in the encoder", 101),
        # Only what was drawn could tell.
        ("translation.ngram_matches", "first and last word only", 110),
    ],
)
def test_no_seed_lets_a_known_mistake_through(exercise, name, seed):
    exercise = find(exercise)
    (known,) = (m for m in exercise.misconceptions if m.name == name)
    assert any(
        trial.distance(trial.run(known.answer)) > 1
        for trial in drawn(exercise, None, (seed,))
    )
