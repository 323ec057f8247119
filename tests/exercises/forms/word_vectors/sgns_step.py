"""Right answers to `word_vectors.sgns_step`."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_formulas(center, context, negatives, lr):
    g = sigmoid(center @ context) - 1
    h = sigmoid(negatives @ center)
    return (
        center - lr * (g * context + h @ negatives),
        context - lr * g * center,
        negatives - lr * h[:, None] * center,
    )


def question_by_question(center, context, negatives, lr):
    rows, answers = np.vstack([context, negatives]), [1] + [0] * len(negatives)
    new_center, new_rows = center.copy(), rows.astype(float)
    for i, (row, answer) in enumerate(zip(rows, answers, strict=True)):
        error = sigmoid(np.dot(center, row)) - answer
        new_center -= lr * error * row
        new_rows[i] -= lr * error * center
    return new_center, new_rows[0], new_rows[1:]


def by_numbers(center, context, negatives, lr):
    """With differences in float64, small enough for the tolerance."""

    def loss(c, u, n):
        return np.logaddexp(0, -(c @ u)) + np.logaddexp(0, n @ c).sum()

    old = [np.array(v, dtype=float) for v in (center, context, negatives)]
    new = [v.copy() for v in old]
    for k, vector in enumerate(old):
        for place in np.ndindex(vector.shape):
            sides = []
            for step in (1e-5, -1e-5):
                moved = [v.copy() for v in old]
                moved[k][place] += step
                sides.append(loss(*moved))
            new[k][place] -= lr * (sides[0] - sides[1]) / 2e-5
    return new


def as_lists(center, context, negatives, lr):
    return [v.tolist() for v in by_formulas(center, context, negatives, lr)]


def with_torch_as_a_calculator(center, context, negatives, lr):
    import torch

    c, u, n = map(torch.tensor, (center, context, negatives))
    g = torch.sigmoid(c @ u) - 1
    h = torch.sigmoid(n @ c)
    return (
        c - lr * (g * u + h @ n),
        u - lr * g * c,
        n - lr * torch.outer(h, c),
    )


FORMS = [
    by_formulas,
    question_by_question,
    by_numbers,
    as_lists,
    with_torch_as_a_calculator,
]
