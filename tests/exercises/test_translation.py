"""BLEU's reference against sacrebleu, and the model that translations ask."""

import numpy as np
import pytest
import torch

from byhand.exercises.translation.bleu import by_logarithms
from byhand.exercises.translation.greedy_translate import (
    look_ahead,
    scripted,
)
from byhand.exercises.translation.shared import counted, drawn
from tests.exercises.references.translation import measured


def test_any_corpus_scores_as_with_sacrebleu():
    rng = np.random.default_rng(18)
    scores = []
    for _ in range(400):
        sentences, several = int(rng.integers(1, 7)), int(rng.integers(1, 4))
        max_n = int(rng.integers(1, 6))
        corpus = drawn(sentences, several)(rng)
        theirs = measured(**corpus, n=max_n)
        scores.append(by_logarithms(**corpus, max_n=max_n))
        assert scores[-1] == pytest.approx(theirs.score, rel=0, abs=1e-12)
        for n in range(1, max_n + 1):
            right = theirs.counts[n - 1], theirs.totals[n - 1]
            assert counted(**corpus, n=n) == right
    assert min(scores) == 0 < max(scores) < 100 + 1e-9
    assert len(set(scores)) > 200


def said_by(model, src, tgt, src_mask, tgt_mask):
    return model(src, tgt, src_mask, tgt_mask)[:, -1]


def test_the_model_that_is_asked_answers_otherwise_without_a_mask():
    case = scripted((3, 3), padding=(1, 2))(np.random.default_rng(0))
    model, src, real = case["model"], case["src"], case["src_mask"]
    tgt = torch.tensor([[1, 5, 6], [1, 7, 8]])
    right = said_by(model, src, tgt, real, look_ahead(3))
    assert torch.equal(right, said_by(model, src, tgt, real, look_ahead(3)))
    for masks in ((None, look_ahead(3)), (real, None), (real, ~look_ahead(3))):
        assert not torch.equal(right, said_by(model, src, tgt, *masks))
    # Whatever stands under padding is not read.
    other = torch.where(real[:, 0], src, 0)
    assert torch.equal(right, said_by(model, other, tgt, real, look_ahead(3)))
    # A mask for every sentence is as good as one for all.
    each = look_ahead(3).expand(2, 3, 3)
    assert torch.equal(right, said_by(model, src, tgt, real, each))


def test_masks_that_lesson_14s_model_would_not_take():
    case = scripted((1,))(np.random.default_rng(0))
    ask = case["model"], case["src"], torch.tensor([[1, 5]])
    with pytest.raises(TypeError, match="boolean"):
        said_by(*ask, case["src_mask"], look_ahead(2).double())
    with pytest.raises(ValueError, match="does not broadcast"):
        said_by(*ask, case["src_mask"], look_ahead(3))
