"""Sentences in two languages, and a short training on them."""

import pytest
import torch

from byhand.bank import find
from byhand.text import meanings, pairs

pytestmark = pytest.mark.about("21_sentence_embeddings")
POOL = find("sentence_embeddings.pool").reference
LOSS = find("sentence_embeddings.info_nce").reference


@pytest.fixture
def bert():
    return meanings.started()


def test_one_vocabulary_for_both_languages():
    assert len(meanings.WORDS) == 96
    assert meanings.SIZES["vocab_size"] == 96
    rows = meanings.rows_of([("the", "cat"), ("le",)])
    assert rows.shape == (2, 4)
    assert [meanings.WORDS[i] for i in rows[1]] == [
        "[CLS]",
        "le",
        "[SEP]",
        "[PAD]",
    ]


def test_unseen_pairs_are_new_and_all_different():
    found = meanings.unseen()
    assert len(found) == 1000
    assert len({p.english for p in found}) == 1000
    assert len({p.french for p in found}) == 1000
    known = {p.english for p in pairs.learned()}
    assert not known & {p.english for p in found}
    longest = max(len(side) for pair in found for side in pair)
    assert longest + 2 <= meanings.SIZES["max_len"]


def test_a_few_steps_pull_pairs_together(bert, monkeypatch):
    """And what is kept on the way is kept at its steps."""
    monkeypatch.setattr(meanings, "KEPT_EACH", 12)
    kept = {}
    losses = [step.loss for step in meanings.train(bert, POOL, LOSS, kept, 24)]
    assert len(losses) == 24
    assert sum(losses[-3:]) < sum(losses[:3]) / 2
    assert [*kept] == [0, 12, 24]
    assert kept[24].shape == (2, meanings.SHOWN, 64)
    before, after = (
        float(torch.cosine_similarity(one[0], one[1].roll(1, 0)).mean())
        for one in (kept[0], kept[24])
    )
    assert after < before


def test_a_loss_without_a_gradient_is_told(bert):
    def cut(queries, keys):
        return LOSS(queries, keys).detach()

    with pytest.raises(ValueError, match="no gradient reaches the loss"):
        next(meanings.train(bert, POOL, cut))


def test_what_is_read_does_not_depend_on_the_batch(bert):
    """Padding is seen by nobody, so a long neighbour changes nothing."""
    short, long = sorted((p.english for p in meanings.unseen()), key=len)[
        ::999
    ]
    alone = POOL(*meanings.read(bert, [short])[0])
    beside = POOL(*meanings.read(bert, [short, long])[0])[:1]
    torch.testing.assert_close(alone, beside, rtol=1e-4, atol=1e-5)
