import numpy as np
import pytest

from byhand.exercises.bagging.oob_score import right as oob_score
from byhand.exercises.bagging.out_of_bag_share import right as left_out
from byhand.sliders import bagging, draw, record
from tests.sliders.reading import require_room, shown


@pytest.mark.parametrize("share", bagging.SHARES)
@pytest.mark.parametrize("trees", [1, 5, 20, 21, 100])
def test_what_is_drawn_is_what_was_computed(trees, share):
    arrays = bagging.compute(trees, share)
    picture = bagging.draw(arrays)
    found = shown(picture)
    for name, scores in arrays.scores.items():
        assert found[name] == draw.number(scores[trees - 1], 3)
    assert found["without"] == draw.number(arrays.without[trees - 1], 3)
    require_room(picture)


def test_the_lessons_numbers():
    arrays = bagging.compute()
    last = {name: round(s[-1], 3) for name, s in arrays.scores.items()}
    assert last == {"training": 0.997, "out of bag": 0.960, "test": 0.936}
    assert arrays.draws == 318
    assert arrays.without[-1] == 0


@pytest.mark.parametrize("share", bagging.SHARES)
def test_the_share_without_a_judge_is_near_theory(share):
    arrays = bagging.compute(5, share)
    drawn = 1 - left_out(398, arrays.draws)
    assert arrays.expected[4] == pytest.approx(drawn**5)
    # Five standard errors of a share of 398 points.
    error = np.sqrt(arrays.expected * (1 - arrays.expected) / 398)
    assert (abs(arrays.without - arrays.expected) <= 5 * error + 1e-12).all()


def test_all_scores_can_be_seen():
    for share in bagging.SHARES:
        for scores in bagging.compute(1, share).scores.values():
            assert 0.84 < scores.min() <= scores.max() <= 1


def test_the_record_is_what_scikit_learn_does():
    kept, found = bagging.record(), record.of_bagging()
    assert found["points"] == kept["points"]
    for share, curves in kept["right"].items():
        for name, counts in curves.items():
            # Another processor may round a tie between two splits otherwise.
            gaps = np.subtract(found["right"][share][name], counts)
            assert abs(gaps).max() <= 4, (share, name)


def test_votes_are_counted_as_in_the_exercise():
    rng = np.random.default_rng(0)
    votes, in_bag = rng.integers(2, size=(2, 7, 50))
    in_bag, y = in_bag.astype(bool), rng.integers(2, size=50)
    found = record.right_by(votes, ~in_bag, y)
    for trees in range(1, 8):
        judged = (~in_bag[:trees]).any(axis=0).sum()
        score = oob_score(votes[:trees], in_bag[:trees], y)
        assert found[trees - 1] / judged == pytest.approx(score)


def test_what_is_not_on_offer():
    with pytest.raises(ValueError, match="share drawn"):
        bagging.compute(5, 0.5)
    with pytest.raises(ValueError, match="number of trees"):
        bagging.compute(0)
