from collections import Counter

import numpy as np
import pytest

from byhand.text import court, skipgram


def test_the_corpus():
    sentences = court.corpus()
    assert len(sentences) == 4000
    words = Counter(word for sentence in sentences for word in sentence)
    assert len(words) == 64
    assert {person.word for person in court.PEOPLE} <= words.keys()
    assert court.corpus() == sentences
    assert court.corpus(10, seed=1) != sentences[:10]


def test_a_sentence_tells_only_what_is_true():
    for sentence in court.corpus():
        person = next((p for p in court.PEOPLE if p.word == sentence[1]), None)
        if person is None:
            continue
        text = " ".join(sentence)
        assert ("and he " in text) is person.male
        for word, holds in (
            ("beard", person.male),
            ("crown", person.royal),
            ("school", not person.grown),
            ("mother", person.grown and not person.male),
        ):
            assert holds or word not in sentence


def test_each_sentence_of_a_person_tells_two_different_facts():
    shows = {
        "male": {"grows", "father", "mother", "son", "daughter"},
        "royal": {"wears", "sits", "lives"},
        "grown": {"goes", "pays", "plays", "sleeps"},
    }
    people = {person.word for person in court.PEOPLE}
    for sentence in court.corpus():
        if sentence[1] in people:
            told = [f for f, words in shows.items() if words & {*sentence}]
            assert len(told) == 2, sentence


def test_pets_and_heat_keep_the_same_company():
    after = {word: set() for word in ("cat", "dog", "hot", "cold")}
    for sentence in court.corpus():
        for word in after.keys() & {*sentence}:
            after[word].add(tuple(w for w in sentence if w != word))
    assert after["cat"] == after["dog"]
    assert len(after["hot"] & after["cold"]) >= 6


def test_five_sentences_of_17_words():
    assert len(court.FIVE) == 5
    assert len({word for s in court.FIVE for word in s}) == 17


def test_the_analogies():
    found = court.analogies()
    assert len(found) == len({*found}) == 72
    assert ("man", "king", "woman", "queen") in found
    facts = {person.word: np.array(person[1:]) for person in court.PEOPLE}
    for a, b, c, d in found:
        first, second = facts[a] ^ facts[b], facts[c] ^ facts[d]
        assert first.sum() == 1
        assert (first == second).all()
        assert (facts[a][first] == facts[c][first]).all()


def test_hits_of_vectors_that_know_the_facts():
    ids = {person.word: i for i, person in enumerate(court.PEOPLE)}
    E = np.array([person[1:] for person in court.PEOPLE], dtype=float)
    assert skipgram.hits(2 * E - 1, ids) == 72
    # Backwards, each word's vector is its opposite's, and steps still match.
    assert skipgram.hits(np.eye(8), ids) < 72


def test_a_step_is_the_lessons_own_step():
    rng = np.random.default_rng(0)
    vectors, contexts = rng.standard_normal((2, 5, 3))
    old = vectors.copy(), contexts.copy()
    # Centre 1 with neighbour 2 and the wrong words 0 and 4; 4 comes twice.
    others = np.array([[2, 0, 4, 4]])
    loss = skipgram.step(vectors, contexts, np.array([1]), others, 0.1)
    c, rows = old[0][1], old[1][[2, 0, 4, 4]]
    p = 1 / (1 + np.exp(-(rows @ c)))
    expected = -np.log(p[0]) - np.log(1 - p[1:]).sum()
    assert loss == pytest.approx(expected)
    errors = p - [1, 0, 0, 0]
    np.testing.assert_allclose(vectors[1], c - 0.1 * errors @ rows)
    np.testing.assert_allclose(
        contexts[4], old[1][4] - 0.1 * (errors[2] + errors[3]) * c
    )
    untouched = [0, 2, 3, 4]
    np.testing.assert_array_equal(vectors[untouched], old[0][untouched])


def test_a_training_begins_at_a_coin_toss_and_reports_to_the_end():
    pairs = np.array([(0, 1), (1, 0)] * 100)
    noise = np.array([0.5, 0.25, 0.25])
    # A batch adds up dozens of steps on the same few words: a small rate.
    seen = [
        (learned.share, learned.loss)
        for learned in skipgram.train(pairs, noise, lr=0.02)
    ]
    assert seen[0] == (0, pytest.approx(6 * np.log(2)))
    assert seen[-1][0] == 1
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert seen[-1][1] < seen[0][1]


def test_what_learns_from_nothing_but_chance_stays_at_a_coin_toss():
    """Neighbours drawn like the wrong words tell nothing."""
    rng = np.random.default_rng(0)
    pairs = rng.integers(0, 8, (4000, 2))
    *_, last = skipgram.train(pairs, np.full(8, 1 / 8), negatives=1, lr=0.02)
    assert last.loss == pytest.approx(2 * np.log(2), abs=0.02)
