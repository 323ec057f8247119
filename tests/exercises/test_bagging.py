"""The out-of-bag score of lesson 23 is scikit-learn's own."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.ensemble import BaggingClassifier

from byhand.exercises.bagging import oob_predictions, oob_score, out_of_bag


@pytest.mark.parametrize("data", [load_breast_cancer, load_wine])
@pytest.mark.parametrize("seed", range(3))
def test_the_score_is_the_librarys_where_every_point_has_a_judge(data, seed):
    X, y = data(return_X_y=True)
    bag = BaggingClassifier(
        n_estimators=60, max_samples=0.6, oob_score=True, random_state=seed
    ).fit(X, y)
    drawn = bag.estimators_samples_
    votes = np.array([tree.predict(X) for tree in bag.estimators_]).astype(int)
    in_bag = ~np.array([out_of_bag.right(len(y), each) for each in drawn])
    assert not in_bag.all(axis=0).any()
    # A tree that is grown to its end gives one class the probability 1.
    assert oob_score.right(votes, in_bag, y) == bag.oob_score_
    found = oob_predictions.right(votes, in_bag)
    theirs = bag.oob_decision_function_.argmax(axis=1)
    np.testing.assert_array_equal(found, theirs)
