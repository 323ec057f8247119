"""Beam search's reference against all sequences there are."""

import itertools
import math

import numpy as np

from byhand.exercises.decoding.beam_search import beam_as_a_table, model
from byhand.results.numbers import distance, limit


def best_of_all(step, bos, eos, vocab, longest):
    """The best of all finished sequences and of all of full length."""
    best = (None, -math.inf)
    for n in range(1, longest + 1):
        for tail in itertools.product(range(vocab), repeat=n):
            ended = tail[-1] == eos
            if eos in tail[:-1] or not (ended or n == longest):
                continue
            score = sum(
                float(step([bos, *tail[:k]])[token])
                for k, token in enumerate(tail)
            )
            best = max(best, ([bos, *tail], score), key=lambda one: one[1])
    return best


def test_a_wide_beam_finds_the_best_sequence():
    for seed in range(4):
        for never in (None, 2):
            inputs = model({}, 4, 2, 1, 1_000, 3, never)
            given = inputs(np.random.default_rng(seed))
            tokens, score = beam_as_a_table(**given)
            right, best = best_of_all(given["step"], 2, 1, 4, 3)
            assert tokens == right
            assert math.isclose(score, best)


def test_what_is_not_dropped_can_be_told_from_something_else():
    """Where −∞ is expected, two wrong numbers are not the same."""
    expected = np.array([-np.inf, 2.0])
    limits = limit(expected, 1e-6)
    zeros, low = np.array([0.0, 2.0]), np.array([-1e9, 2.0])
    assert distance(expected, expected, limits) == 0
    assert distance(zeros, expected, limits) == math.inf
    assert distance(zeros, low, limits) > 1
