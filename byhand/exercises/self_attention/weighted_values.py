"""The exercise `self_attention.weighted_values`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import shares
from ..pieces.inputs import readable


def weights_and_values(rng, n, m, d):
    # Weights in tenths that add up to 1, so that a person can check them.
    parts = rng.multinomial(10, np.full(m, 1 / m), size=n)
    parts[:, 0] += 10 - parts.sum(axis=1)
    return {"weights": parts / 10, "V": readable(rng, m, d)}


def uneven(rng, n, m, d):
    """As above, but never equal weights nor all on one value."""
    while True:
        inputs = weights_and_values(rng, n, m, d)
        top = np.sort(inputs["weights"], axis=1)
        if (top[:, -1] < 1).all() and (top[:, -1] > top[:, -2]).all():
            return inputs


EXERCISE = Exercise(
    id="self_attention.weighted_values",
    signature="weighted_values(weights, V)",
    asks=(
        "Mix the values: row *i* of the result is the sum of the rows of "
        "`V`, each times its weight in row *i* of `weights`. `weights` is "
        "`(n, m)`, `V` is `(m, d_v)`, the result is `(n, d_v)`."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=lambda weights, V: np.einsum("ij,jd->id", weights, V),
    cases=(
        Case("one query, two values", lambda rng: uneven(rng, 1, 2, 3)),
        Case("two queries, three values", lambda rng: uneven(rng, 2, 3, 4)),
        Case("three queries, four values", lambda rng: uneven(rng, 3, 4, 2)),
    ),
    misconceptions=(
        Misconception(
            "weights transposed",
            "you transposed the weights: row i should hold what query i "
            "gives to every value.",
            lambda weights, V: weights.T @ V,
        ),
        Misconception(
            "the largest only",
            "you took only the value with the largest weight. The others "
            "count too, each by its weight.",
            lambda weights, V: V[np.argmax(weights, axis=1)],
        ),
        Misconception(
            "plain mean",
            "every value counts the same here: the weights are not used.",
            lambda weights, V: np.repeat(
                V.mean(axis=0, keepdims=True), len(weights), axis=0
            ),
        ),
        Misconception(
            "divided by the number of values",
            "this is the right sum divided by the number of values. The "
            "weights add up to 1 already.",
            lambda weights, V: weights @ V / len(V),
        ),
        Misconception(
            "softmax again",
            "you took the softmax of the weights. They are weights already: "
            "only the sum is missing.",
            lambda weights, V: shares(weights) @ V,
        ),
        Misconception(
            "element by element",
            "you multiplied entry by entry. Each output is a *sum* over the "
            "values, which a matrix product takes for you.",
            lambda weights, V: weights * V,
        ),
        Misconception(
            "values first",
            "V comes second: the weights' columns belong to V's rows.",
            lambda weights, V: V @ weights,
        ),
    ),
    hints=(
        "With weights 0.2 and 0.8 and values [1, 0] and [0, 1], what should "
        "come out?",
        "The columns of `weights` belong to the rows of `V`. One operation "
        "multiplies and adds along exactly those.",
        "result[i] = sum over j of weights[i][j] × V[j]. As matrices: "
        "weights times V.",
    ),
    returns=("output",),
)
