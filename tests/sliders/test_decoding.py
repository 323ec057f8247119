import itertools
import math
import time

import numpy as np
import pytest
import torch

from byhand.sliders import decoding
from byhand.text import stories
from tests.sliders.reading import matrix, require_room, shown

TEMPERATURES = np.round(np.arange(0.1, 3.01, 0.1), 1)
PS = np.round(np.arange(0.05, 1.01, 0.05), 2)
CORNERS = list(itertools.product((0.1, 1.0, 3.0), (1, 5, 12), (0.05, 0.8, 1)))


def by_torch(temperature, k, p):
    """The distribution that is drawn from, by another way."""
    logits = torch.tensor(decoding.counted()[1]).double().log() / temperature
    best = logits.topk(k)
    shares, left = best.values.softmax(0), []
    for share in shares:
        if sum(left) < p - 1e-12:
            left.append(share.item())
    out = torch.zeros(12, dtype=torch.float64)
    left = torch.tensor(left, dtype=torch.float64)
    out[best.indices[: len(left)]] = left / left.sum()
    return out.numpy()


def test_the_words_are_those_of_the_stories():
    words, counts = decoding.counted()
    following = [
        story.text.split(" had a ")[1].split()[0].rstrip(".")
        for story in stories.corpus(decoding.STORIES, decoding.SEED)
    ]
    assert sum(counts) == decoding.STORIES == len(following)
    assert dict(zip(words, counts, strict=True)) == {
        word: following.count(word) for word in set(following)
    }
    # No two alike, so that "the k likeliest" are the same for everybody.
    assert (np.diff(counts) < 0).all()


def test_the_counts_are_near_the_probabilities_of_the_grammar():
    chances = {}
    for share, rule in stories.GRAMMAR["thing"]:
        first = "quality" if rule.startswith("{quality}") else "toy"
        for chance, word in stories.GRAMMAR[first]:
            chances[word.split()[0]] = share * chance
    assert sum(chances.values()) == pytest.approx(1)
    for word, count in zip(*decoding.counted(), strict=True):
        expected = chances[word] * decoding.STORIES
        assert abs(count - expected) < 4 * math.sqrt(expected)


@pytest.mark.parametrize("setting", CORNERS)
def test_the_filters_are_those_of_the_lesson(setting):
    arrays = decoding.compute(*setting)
    np.testing.assert_allclose(arrays.after, by_torch(*setting), atol=1e-12)
    np.testing.assert_array_equal(arrays.kept, arrays.after > 0)
    assert arrays.share == pytest.approx(arrays.heated[arrays.kept].sum())
    for shares, said in (
        (arrays.before, arrays.entropy[0]),
        (arrays.after, arrays.entropy[1]),
    ):
        entropy = torch.distributions.Categorical(torch.tensor(shares))
        assert said == pytest.approx(entropy.entropy().item(), abs=1e-6)


def test_every_position_of_the_sliders():
    for temperature in TEMPERATURES:
        entropy = decoding.compute(temperature, 12, 1).entropy[1]
        assert (entropy <= decoding.compute().entropy[0] + 1e-12) == (
            temperature <= 1
        )
        for k in range(1, 13):
            sums = [decoding.compute(temperature, k, p) for p in PS]
            for p, arrays in zip(PS, sums, strict=True):
                assert arrays.after.sum() == pytest.approx(1)
                number = arrays.kept.sum()
                assert 1 <= number <= k and arrays.kept[:number].all()
                # Rounding decides nothing: no sum is as good as p.
                left = np.cumsum(arrays.heated[:k]) / arrays.heated[:k].sum()
                if p < 1:
                    assert abs(left - p).min() > 1e-7
            numbers = [arrays.kept.sum() for arrays in sums]
            assert numbers == sorted(numbers) and numbers[-1] == k


def test_what_the_lesson_says_about_it():
    cold, plain, hot = (decoding.compute(t, 12, 1) for t in (0.1, 1.0, 3.0))
    assert cold.after[0] == pytest.approx(0.921, abs=5e-4)
    assert hot.after[0] == pytest.approx(0.116, abs=5e-4)
    assert hot.after[-1] == pytest.approx(0.058, abs=5e-4)
    for arrays, number in ((cold, 1.4), (plain, 10.0), (hot, 11.7)):
        said = math.exp(arrays.entropy[1])
        assert said == pytest.approx(number, abs=0.05)
    for temperature, number in ((0.5, 5), (1.0, 8), (2.0, 9)):
        assert decoding.compute(temperature, 12, 0.8).kept.sum() == number
    for temperature in TEMPERATURES:
        assert decoding.compute(temperature, 1, 1).after[0] == 1
        assert decoding.compute(temperature, 4, 1).kept.sum() == 4
    both = decoding.compute(1.0, 4, 0.8)
    assert both.kept.sum() == 3
    assert both.share == pytest.approx(0.493, abs=5e-4)


def test_the_picture_says_the_numbers_and_has_room_for_them():
    for setting in CORNERS:
        arrays = decoding.compute(*setting)
        picture = decoding.draw(arrays)
        require_room(picture)
        rows = matrix(picture, "shares")
        for row, expected in zip(
            rows, (arrays.before, arrays.heated, arrays.after), strict=True
        ):
            np.testing.assert_allclose(
                np.array(row, float), expected, atol=5.1e-4
            )
        values = shown(picture)
        assert int(values["number"]) == arrays.kept.sum()
        assert float(values["share"]) == pytest.approx(
            100 * arrays.share, abs=0.051
        )
        assert float(values["effective_after"]) == pytest.approx(
            math.exp(arrays.entropy[1]), abs=0.051
        )


def test_it_answers_within_a_blink():
    decoding.picture()
    spent = []
    for k in range(1, 10):
        start = time.process_time()
        decoding.draw(decoding.compute(0.7, k, 0.9))
        spent.append(time.process_time() - start)
    assert sorted(spent)[4] < 0.02  # 0.001 on an idle machine


def test_the_summary():
    arrays = decoding.compute(0.5, 1, 0.9)
    said = decoding.summary(arrays)
    assert said.startswith(
        "The next word after “… had a”, at temperature 0.50, with k = 1 and"
        " p = 0.90: 1 word is kept, with 35.0 % of the probability.\n"
        "“red” goes from 0.201 to 1.000,"
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ((0, 5, 0.5), "above 0 and at most 3, but it is 0"),
        ((3.5, 5, 0.5), "above 0 and at most 3, but it is 3.5"),
        ((math.nan, 5, 0.5), "but it is nan"),
        ((1.0, 0, 0.5), "from 1 to 12, but it is 0"),
        ((1.0, 13, 0.5), "from 1 to 12, but it is 13"),
        ((1.0, 2.5, 0.5), "from 1 to 12, but it is 2.5"),
        ((1.0, 5, 0), "above 0 and at most 1, but it is 0"),
        ((1.0, 5, 1.1), "above 0 and at most 1, but it is 1.1"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        decoding.compute(*setting)
