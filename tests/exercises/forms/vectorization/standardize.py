"""Right answers to `vectorization.standardize`."""

import numpy as np


def by_loops(X):
    n, d = X.shape
    result = np.zeros((n, d))
    for j in range(d):
        mean = sum(X[:, j]) / n
        variance = sum((value - mean) ** 2 for value in X[:, j]) / n
        if variance > 0:
            for i in range(n):
                result[i, j] = (X[i, j] - mean) / variance**0.5
    return result


def by_where(X):
    deviations = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(deviations == 0, 1, deviations)


def by_masks(X):
    centred = X - X.mean(axis=0)
    deviations = np.sqrt(np.mean(centred**2, axis=0))
    deviations[deviations == 0] = 1
    return centred / deviations


def by_divide(X):
    deviations = np.broadcast_to(X.std(axis=0, keepdims=True), X.shape)
    centred = X - X.mean(axis=0, keepdims=True)
    out = np.zeros(X.shape)
    return np.divide(centred, deviations, out=out, where=deviations > 0)


def by_nan_to_num(X):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num((X - X.mean(axis=0)) / X.std(axis=0))


def by_sklearn(X):
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit_transform(X)


def by_columns(X):
    columns = [(c - c.mean()) / (c.std() or 1) for c in X.T]
    return np.stack(columns, axis=1).tolist()


def by_torch(X):
    import torch

    X = torch.tensor(X, dtype=torch.float64)
    deviations = X.std(dim=0, correction=0)
    return (X - X.mean(dim=0)) / deviations.masked_fill(deviations == 0, 1)


FORMS = [
    by_loops,
    by_where,
    by_masks,
    by_divide,
    by_nan_to_num,
    by_sklearn,
    by_columns,
    by_torch,
]
