"""Lesson 23: many trees, each grown on a sample of its own.

NumPy only, as in lessons 00 to 12. The references take other paths than a
learner would: unions of points, sums of probabilities, whole covariance
matrices. tests/exercises/references/bagging.py holds them against
scikit-learn and SciPy.
"""

from . import (
    bootstrap_sample,
    ensemble_variance,
    oob_predictions,
    oob_score,
    out_of_bag,
    out_of_bag_share,
)

LESSON = "23_bagging"
EXERCISES = (
    bootstrap_sample.EXERCISE,
    out_of_bag.EXERCISE,
    out_of_bag_share.EXERCISE,
    oob_predictions.EXERCISE,
    oob_score.EXERCISE,
    ensemble_variance.EXERCISE,
)
