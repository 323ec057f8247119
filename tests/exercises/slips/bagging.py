"""Slips in lesson 23."""

import numpy as np


def judged(votes, in_bag, may):
    found = []
    for i in range(votes.shape[1]):
        heard = votes[may[:, i], i]
        found.append(np.bincount(heard).argmax() if len(heard) else -1)
    return np.array(found)


def out(votes, in_bag):
    return judged(votes, in_bag, ~in_bag)


def checked(function):
    def answer(variance, correlation, trees):
        if trees < 1 or not 0 <= correlation <= 1:
            raise ValueError("trees or correlation makes no sense")
        return function(variance, correlation, trees)

    return answer


def prints(variance, correlation, trees):
    if trees < 1 or not 0 <= correlation <= 1:
        print("trees or correlation makes no sense")
        return None
    return correlation * variance + (1 - correlation) * variance / trees


def set_of(n, size, rng):
    return list({int(k) for k in rng.integers(n, size=size)})


WRONG = {
    "bagging.bootstrap_sample": {
        "without replacement": lambda n, size, rng: rng.choice(
            n, size, replace=False
        ),
        "global": lambda n, size, rng: np.random.randint(0, n, size),
        "seeded": lambda n, size, rng: np.random.default_rng(42).integers(
            0, n, size
        ),
        "n - 1": lambda n, size, rng: rng.integers(0, n - 1, size),
        "from 1": lambda n, size, rng: rng.integers(1, n + 1, size),
        "set": set_of,
        "n of them": lambda n, size, rng: rng.choice(n, n),
    },
    "bagging.out_of_bag": {
        "in": lambda n, indices: np.isin(np.arange(n), indices),
        "difference": lambda n, indices: np.setdiff1d(np.arange(n), indices),
        "bincount": lambda n, indices: np.bincount(indices) == 0,
        "count": lambda n, indices: np.bincount(indices, minlength=n),
        "once": lambda n, indices: np.bincount(indices, minlength=n) != 1,
        "set": lambda n, indices: set(range(n)) - set(indices),
    },
    "bagging.out_of_bag_share": {
        "drawn": lambda n, size: 1 - (1 - 1 / n) ** size,
        "n": lambda n, size: (1 - 1 / n) ** n,
        "without replacement": lambda n, size: (n - size) / n,
        "limit": lambda n, size: np.exp(-size / n),
        "times n": lambda n, size: n * (1 - 1 / n) ** size,
        "whole division": lambda n, size: (1 - 1 // n) ** size,
    },
    "bagging.oob_predictions": {
        "all": lambda votes, in_bag: judged(
            votes, in_bag, np.full(votes.shape, True)
        ),
        "in bag": lambda votes, in_bag: judged(votes, in_bag, in_bag),
        "multiplied": lambda votes, in_bag: np.array(
            [np.bincount(v).argmax() for v in (votes * ~in_bag).T]
        ),
        "mean": lambda votes, in_bag: np.round(
            np.nanmean(np.where(in_bag, -1, votes), axis=0)
        ),
        "zero": lambda votes, in_bag: np.maximum(out(votes, in_bag), 0),
        "no empty": lambda votes, in_bag: np.array(
            [
                np.bincount(v[~s]).argmax()
                for v, s in zip(votes.T, in_bag.T, strict=True)
            ]
        ),
    },
    "bagging.oob_score": {
        "all points": lambda votes, in_bag, y: np.mean(
            out(votes, in_bag) == y
        ),
        "votes": lambda votes, in_bag, y: np.mean((votes == y)[~in_bag]),
        "all trees": lambda votes, in_bag, y: np.mean(
            judged(votes, in_bag, in_bag | True) == y
        ),
        "error": lambda votes, in_bag, y: np.mean(
            (out(votes, in_bag) != y)[~in_bag.all(0)]
        ),
        "count": lambda votes, in_bag, y: int((out(votes, in_bag) == y).sum()),
        "zero": lambda votes, in_bag, y: np.mean(
            np.maximum(out(votes, in_bag), 0) == y
        ),
    },
    "bagging.ensemble_variance": {
        "independent": checked(lambda v, r, b: v / b),
        "limit": checked(lambda v, r, b: r * v),
        "no check": lambda v, r, b: r * v + (1 - r) * v / b,
        "brackets": checked(lambda v, r, b: (r * v + (1 - r) * v) / b),
        "root": checked(lambda v, r, b: (r * v + (1 - r) * v / b) ** 0.5),
        "prints": prints,
        "forgot v": checked(lambda v, r, b: r + (1 - r) * v / b),
    },
}
