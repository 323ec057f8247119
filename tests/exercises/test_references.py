"""The references of lessons 00 to 12, and 23, against libraries' functions.

These lessons are judged without PyTorch, so here it is shown that their
references are right. Where the two disagree, the library decides. Of later
lessons, those exercises are here that another library knows: BLEU, say.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import torch

from byhand.bank import find, lessons
from byhand.exercise import Exercise
from byhand.message import what_is_wrong
from byhand.results import numbers
from byhand.trial import Trial, trials_of
from tests import gates
from tests.exercises.references.registry import LIBRARY

SEEDS = range(10)


# Both sides are float64, which rounds by 1e-16. A sum of a hundred terms, or
# the softmax of scores near 100, makes that 1e-14, and scores near 1000 1e-13.
# Ten times that leaves room for another order of summation.
ROUNDING = 1e-12


EXERCISES = [
    exercise
    for name, group in lessons().items()
    for exercise in group
    if gates.without_torch(name) or exercise.id in LIBRARY
]


def tensors(value: Any) -> Any:
    """Arrays as tensors (copies: a view may not be writable)."""
    return torch.tensor(value) if isinstance(value, np.ndarray) else value


def by_library(exercise: Exercise) -> Callable:
    judge = LIBRARY[exercise.id]
    return lambda *given: judge(*map(tensors, given))


def without_judge(exercises: Iterable[Exercise]) -> list[str]:
    return [
        f"{exercise.id}: tests/exercises/test_references.py should hold its "
        "reference against a library"
        for exercise in exercises
        if exercise.id not in LIBRARY
    ]


def differences(exercise: Exercise, seed: int) -> list[str]:
    """Where the reference of an exercise and the library disagree."""
    return [
        f"{exercise.id}, {trial.case.name!r}, seed {seed}: {wrong}"
        for trial in trials_of(exercise, None, (seed,))
        if (wrong := difference(trial))
    ]


def difference(trial: Trial) -> str:
    exercise, kind = trial.exercise, trial.kind
    came = trial.run(exercise.reference, noticing=False)
    if trial.case.raises is not None:
        # What is refused, and how, is up to the exercise.
        return what_is_wrong(trial, came)
    got = trial.read(came)
    right = trial.read(trial.run(by_library(exercise), noticing=False))
    if exercise.bounds:
        # Both are random; each is held against what is expected of them.
        far = max(
            kind.distance(answer, trial.expected, trial.limits)
            for answer in (got, right)
        )
        return "" if far <= 1 else f"{far} bounds off"
    return kind.gap(got, right, kind.limits(right, ROUNDING))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_the_reference_does_what_the_library_does(exercise):
    for seed in SEEDS:
        assert differences(exercise, seed) == []


def test_every_exercise_has_a_judge():
    assert without_judge(EXERCISES) == []


def test_an_exercise_without_a_judge_is_told(monkeypatch):
    softmax = find("self_attention.softmax")
    monkeypatch.delitem(LIBRARY, softmax.id)
    (told,) = without_judge(EXERCISES)
    assert told.startswith(softmax.id)


@pytest.mark.parametrize(
    ("exercise_id", "wrong"),
    [
        ("self_attention.softmax", lambda z, axis=-1: z.softmax(axis) + 1e-9),
        ("layer_norm.dropout", lambda x, p, rng: x),
        ("multi_head.split_heads", lambda x, h: x.unflatten(-1, (-1, h))),
    ],
)
def test_a_reference_that_differs_is_told(monkeypatch, exercise_id, wrong):
    monkeypatch.setitem(LIBRARY, exercise_id, wrong)
    assert differences(find(exercise_id), 0) != []


@pytest.mark.parametrize(
    ("exercise_id", "more"),
    [
        ("self_attention.softmax", ()),
        ("masking.masked_softmax", (np.array([True, True, False]),)),
        ("scaling.softmax_with_temperature", (1e-3,)),
        ("scaling.softmax_jacobian", ()),
    ],
)
@pytest.mark.parametrize("spread", [3e3, 1e9, 1e308])
def test_any_finite_scores_are_welcome(exercise_id, more, spread):
    exercise = find(exercise_id)
    z = np.array([[0.0, 0.5, spread], [spread, -spread, 1.0]])
    for scores in z if exercise_id.endswith("jacobian") else [z]:
        got = exercise.reference(scores, *more)
        right = by_library(exercise)(scores, *more).numpy()
        assert np.isfinite(got).all()
        assert numbers.close(got, right, ROUNDING)
