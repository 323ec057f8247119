"""What the forms of several exercises use."""

import math

import numpy as np
import scipy.special


def softmax_by_max(z, axis=-1):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def softmax_by_logsumexp(z, axis=-1):
    return np.exp(z - scipy.special.logsumexp(z, axis=axis, keepdims=True))


def softmax_of_list(row):
    top = max(row)
    powers = [math.exp(value - top) for value in row]
    return [power / sum(powers) for power in powers]


def weights_by_loops(Q, K):
    root = math.sqrt(len(K[0]))
    rows = []
    for query in Q:
        scaled = [float(np.dot(query, key)) / root for key in K]
        rows.append(softmax_of_list(scaled))
    return rows


def mix_by_loops(weights, V):
    output = [[0.0] * len(V[0]) for _ in weights]
    for i, row in enumerate(weights):
        for weight, value in zip(row, V, strict=True):
            for c in range(len(value)):
                output[i][c] += weight * value[c]
    return output
