import math

import numpy as np
import pytest

from byhand.text import stories

SOME = stories.corpus(300, 7)


def test_probabilities_of_each_symbol_add_up():
    for symbol, rules in stories.GRAMMAR.items():
        assert math.isclose(sum(p for p, _ in rules), 1), symbol
        assert all(p > 0 for p, _ in rules), symbol


def test_a_story_has_one_derivation_and_its_information():
    for story in SOME:
        (information,) = stories.derivations(story.text)
        assert information == pytest.approx(story.information, rel=1e-12)


def test_a_line_that_is_no_story_has_none():
    right = SOME[0].text
    assert stories.derivations(right[:-1]) == []
    assert stories.derivations(f"{right} ") == []
    hero = right.split()[0]
    forgetful = right[len(hero) :].replace(hero, "Zoe")
    assert stories.derivations(hero + forgetful) == []


def small(monkeypatch, grammar):
    """The functions of the module, on another grammar."""
    monkeypatch.setattr(stories, "GRAMMAR", grammar)
    stories.entropy.cache_clear()


def test_the_entropy_of_a_grammar_that_can_be_done_by_hand(monkeypatch):
    small(
        monkeypatch,
        {
            "story": [(0.5, "a{b}{=b}"), (0.5, "c")],
            "b": [(0.25, "d"), (0.75, "ef")],
        },
    )
    # 1 bit for which rule; in half of the stories, what b is.
    b = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    information = math.log(2) + b / 2
    length = 0.5 * (1 + 2 * 1.75) + 0.5 * 1 + 1
    assert stories.entropy() == pytest.approx(information / length)
    stories.entropy.cache_clear()


def test_the_entropy_where_a_symbol_contains_itself(monkeypatch):
    small(monkeypatch, {"story": [(0.25, "x{story}"), (0.75, "y")]})
    # Geometric: the number of x has mean 1/3 and entropy H(1/4)/(3/4).
    coin = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    assert stories.entropy() == pytest.approx(coin / 0.75 / (1 / 3 + 2))
    stories.entropy.cache_clear()


def test_many_stories_hold_what_the_entropy_says():
    many = stories.corpus(20_000, 1)
    lengths = np.array([len(s.text) + 1 for s in many])
    information = np.array([s.information for s in many])
    gaps = information - stories.entropy() * lengths
    error = gaps.std() / math.sqrt(len(many))
    assert abs(gaps.mean()) < 4 * error
    # And 1 % more or less would be noticed.
    assert 0.01 * information.mean() > 8 * error


def test_the_same_seed_gives_the_same_stories():
    assert stories.corpus(5, 3) == stories.corpus(6, 3)[:5]
    assert stories.corpus(5, 3) != stories.corpus(5, 4)


def test_notebooks_from_before_find_them_where_they_were():
    from byhand.gpt import stories as before

    assert before is stories
