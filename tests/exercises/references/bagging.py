"""What a library says to the exercises of this lesson."""

import numpy as np
import scipy.stats
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel
from sklearn.metrics import accuracy_score
from sklearn.utils import resample
from sklearn.utils._mask import indices_to_mask

from tests.exercises.references.registry import judge_of


@judge_of("bagging.bootstrap_sample")
def bootstrap_sample(n, size, rng):
    state = int(rng.integers(2**32))
    return resample(np.arange(n), n_samples=size, random_state=state)


@judge_of("bagging.out_of_bag")
def out_of_bag(n, indices):
    # As scikit-learn's BaggingClassifier does for its out-of-bag score.
    return ~indices_to_mask(indices.numpy(), n)


@judge_of("bagging.out_of_bag_share")
def out_of_bag_share(n, size):
    return scipy.stats.binom.pmf(0, size, 1 / n)


@judge_of("bagging.oob_predictions")
def oob_predictions(votes, in_bag):
    heard = np.where(in_bag.numpy(), np.nan, votes.numpy())
    # A column that is NaN alone has no mode, of which SciPy would warn.
    heard[:, np.isnan(heard).all(axis=0)] = -1
    found = scipy.stats.mode(heard, axis=0, nan_policy="omit").mode
    return np.asarray(found).astype(int)


@judge_of("bagging.oob_score")
def oob_score(votes, in_bag, y):
    found = oob_predictions(votes, in_bag)
    return accuracy_score(y.numpy(), found, sample_weight=found != -1)


@judge_of("bagging.ensemble_variance")
def ensemble_variance(variance, correlation, trees):
    # A part that all trees share, and noise of each tree's own.
    shared = ConstantKernel(correlation * variance)
    kernel = shared + WhiteKernel((1 - correlation) * variance)
    return kernel(np.arange(trees)[:, None]).mean()
