"""What is expected of a Transformer is what a right one does."""

import pytest

from byhand.bank import find
from byhand.trial import trials_of


@pytest.mark.parametrize("seed", range(5))
def test_the_reference_does_what_is_expected(seed):
    exercise = find("decoder.Transformer")
    for trial in trials_of(exercise, None, (seed,)):
        assert trial.distance(trial.run(exercise.reference)) == 0
