"""Wrong answers that nobody has a sentence for are refused all the same.

Many are not what an honest person would write: they do what a check looks at
and nothing else. Each of them, or one like it, was accepted at some time.
"""

import importlib
import pkgutil
import traceback

import pytest
import torch

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
        outcome = refused_with(exercise, answer, seed)
        assert outcome, f"accepted with seed {seed}"
        assert not by_accident(outcome.error), outcome.error


def refused_with(exercise, answer, seed):
    """What came of the first case that refuses it, or None."""
    for trial in drawn(exercise, None, (seed,)):
        outcome = trial.run(answer, noticing=False)
        if trial.distance(outcome) > 1:
            return outcome
    return None


def by_accident(error):
    """Whether a slip in the wrong answer itself kept it from being judged: a
    library, and neither the answer nor a check, says that it cannot be.
    """
    if not isinstance(error, TypeError | AttributeError | NameError):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and "site-packages" in frames[-1].filename


def test_an_accident_is_noticed():
    class Slip(torch.nn.Linear):
        def __init__(self, *sizes):
            super().__init__(*sizes)
            self.weight = 1

    with pytest.raises(TypeError) as slip:
        Slip(2, 2)
    assert by_accident(slip.value)
    assert not by_accident(TypeError("not raised by a library"))


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
