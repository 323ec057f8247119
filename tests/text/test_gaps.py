import itertools
import math

import numpy as np
import pytest
import torch

from byhand.text import gaps, stories

STORY = stories.corpus(1, 5)[0].text


def tiny(seed=0):
    bert = gaps.small(gaps.TinyBert(len(gaps.words()), **gaps.SIZES), seed)
    return bert, gaps.small(gaps.TinyHead(bert.table), seed)


def test_the_vocabulary():
    assert gaps.words()[:4] == gaps.SIGNS
    assert len(gaps.words()) == 84
    unseen = stories.corpus(500, 99)
    found = {t for story in unseen for t in gaps.tokens_of(story.text)}
    assert found <= set(gaps.words())


def test_every_story_fits():
    longest = max(
        len(gaps.tokens_of(s.text)) for s in stories.corpus(gaps.STORIES, 0)
    )
    assert longest + 2 <= gaps.PLACES


def test_rows():
    short, long = sorted((s.text for s in stories.corpus(2, 3)), key=len)
    ids = gaps.rows_of([short, long])
    n = len(gaps.tokens_of(short))
    assert ids[0, 0] == gaps.CLS and ids[0, n + 1] == gaps.SEP
    assert (ids[0, n + 2 :] == gaps.PAD).all()
    said = [gaps.words()[i] for i in ids[0, 1 : n + 1]]
    assert said == gaps.tokens_of(short)


def test_a_posterior_is_the_grammars():
    """A choice of three with known chances, and a word that is repeated."""
    place = gaps.tokens_of(STORY).index("One") + 1
    found = gaps.posterior(STORY, place)
    assert found == pytest.approx(
        {"day": 0.5, "evening": 0.25, "summer": 0.25}
    )
    child = gaps.tokens_of(STORY)[0]
    assert gaps.posterior(STORY, 0) == {child: pytest.approx(1)}


def test_a_posterior_by_counting():
    """Of many stories that read alike but for the gap."""
    found: dict[str, dict[str, int]] = {}
    for story in stories.corpus(20_000, 8):
        tokens = gaps.tokens_of(story.text)
        place = tokens.index(".") + 2  # what was done to the thing
        rest = " ".join([*tokens[:place], "_", *tokens[place + 1 :]])
        counts = found.setdefault(rest, {})
        counts[story.text] = counts.get(story.text, 0) + 1
    likely = max(found.values(), key=lambda one: sum(one.values()))
    total = sum(likely.values())
    for text, count in likely.items():
        place = gaps.tokens_of(text).index(".") + 2
        chance = gaps.posterior(text, place)[gaps.tokens_of(text)[place]]
        error = math.sqrt(chance * (1 - chance) / total)
        assert abs(count / total - chance) < 5 * error


def test_no_word_makes_a_story():
    with pytest.raises(ValueError, match="no word"):
        gaps.posterior(STORY.replace("had", "found", 1), 0)


def test_the_ceiling():
    some = gaps.gaps()
    floor, best = gaps.ceiling(some)
    assert len(some) == 850
    assert f"{floor:.4f} {best:.4f}" == "0.0663 0.9706"
    assert sum(len(g.posterior) == 1 for g in some) / 850 == pytest.approx(
        0.941, abs=5e-4
    )
    # Who says the likeliest is right as often as that, but for chance.
    hits = np.mean([next(iter(g.posterior)) == g.word for g in some])
    assert abs(hits - best) < 5 * math.sqrt(best * (1 - best) / 850)


def test_what_is_asked():
    some = gaps.gaps()[:40]
    ids, labels = gaps.asked(some)
    assert ((labels != -100).sum(1) == 1).all()
    assert ((ids == gaps.MASK) == (labels != -100)).all()
    words = [gaps.words()[i] for i in labels[labels != -100]]
    assert words == [gap.word for gap in some]


def test_the_same_model_every_time():
    one, other = (
        torch.cat([p.flatten() for p in tiny()[0].parameters()])
        for _ in range(2)
    )
    assert torch.equal(one, other)


def test_a_few_steps_make_it_better():
    bert, head = tiny()
    ids, labels = gaps.asked(gaps.gaps()[:60])

    def loss():
        logits = gaps.filled(bert, head, ids).flatten(0, 1)
        return float(
            torch.nn.functional.cross_entropy(logits, labels.flatten())
        )

    before = loss()
    shares = [one.share for one in gaps.train(bert, head, gaps.hiding, 30)]
    assert shares[-1] == 1 and shares == sorted(shares)
    assert loss() < before - 0.5


def test_guesses_are_chances():
    bert, head = tiny()
    found = gaps.guesses(bert, head, STORY, 3)
    assert sum(found.values()) == pytest.approx(1)
    assert [*found.values()] == sorted(found.values(), reverse=True)
    assert len(found) == len(gaps.words())


def test_batches_are_all_rows_in_a_new_order():
    ids = torch.arange(1, 1 + 4 * gaps.BATCH)[:, None]
    rng = torch.Generator().manual_seed(0)
    first, second = (
        torch.cat([*itertools.islice(drawn, 4)])[:, 0].tolist()
        for drawn in [gaps.batches(ids, 8, rng)]
        for _ in range(2)
    )
    assert sorted(first) == sorted(second) == ids[:, 0].tolist()
    assert first != second


def test_stories_that_do_not_hang_together():
    rng = np.random.default_rng(0)
    for story in stories.corpus(50, 6):
        other = gaps.with_another_child(story.text, rng)
        assert other != story.text
        assert stories.derivations(other) == []
        pairs = zip(
            gaps.tokens_of(story.text), gaps.tokens_of(other), strict=True
        )
        assert sum(a != b for a, b in pairs) == 1


def test_half_of_the_labelled_hang_together():
    ids, good = gaps.labelled(20, 6)
    assert good.sum() == 10 and len(ids) == 20


def test_fine_tuning_learns_its_own_examples(monkeypatch):
    monkeypatch.setattr(gaps, "EPOCHS", 40)
    judge = gaps.Judge(tiny()[0])
    losses = [one.loss for one in gaps.fine_tune(judge, gaps.BATCH)]
    assert len(losses) == 40
    assert losses[-1] < losses[0]
    assert 0 <= gaps.accuracy(judge, 20) <= 1
