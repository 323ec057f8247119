"""Lesson 07: dot products, softmax, weighted values, self-attention.

The references come from SciPy and from PyTorch's own attention function;
the formulas are those of "Attention Is All You Need" (Vaswani et al. 2017),
equation 1.
"""

import numpy as np
import scipy.special

from byhand.exercise import Case, Exercise, Fact, Misconception, readable

LESSON = "07_self_attention"


def torch_attention(Q, K, V, scale=None):
    """PyTorch's fused attention on float64 arrays (…, n, d)."""
    import torch  # takes seconds, and only these exercises need it

    tensors = (torch.from_numpy(np.asarray(a)) for a in (Q, K, V))
    out = torch.nn.functional.scaled_dot_product_attention(
        *tensors, scale=scale
    )
    return out.numpy()


def torch_weights(Q, K, scale=None):
    # Attention over an identity matrix of values returns the weights.
    return torch_attention(Q, K, np.eye(K.shape[-2]), scale)


def wrong_softmax(z, axis=-1):
    """For the misconceptions: right, but not stable."""
    powers = np.exp(z)
    return powers / np.sum(powers, axis=axis, keepdims=True)


def rows_are_weights(weights):
    return bool(np.allclose(weights.sum(axis=-1), 1) and (weights >= 0).all())


ROWS_ADD_UP = Fact("every row of weights adds up to 1", rows_are_weights)


# --- dot_product_scores ----------------------------------------------------


def pair(rng, n, m, d):
    return {"Q": readable(rng, n, d), "K": readable(rng, m, d)}


dot_product_scores = Exercise(
    id="self_attention.dot_product_scores",
    signature="dot_product_scores(Q, K)",
    asks=(
        "How well does each query match each key? Return the matrix of all "
        "dot products. `Q` is `(n, d_k)`, one query a row; `K` is "
        "`(m, d_k)`, one key a row; the result is `(n, m)`: row *i*, column "
        "*j* is the dot product of query *i* with key *j*. Nothing is "
        "scaled yet."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=lambda Q, K: np.einsum("id,jd->ij", Q, K),
    cases=(
        Case("one query, one key", lambda rng: pair(rng, 1, 1, 3)),
        Case("one query, two keys", lambda rng: pair(rng, 1, 2, 4)),
        Case("two queries, three keys", lambda rng: pair(rng, 2, 3, 4)),
        Case("three queries, two keys", lambda rng: pair(rng, 3, 2, 5)),
    ),
    misconceptions=(
        Misconception(
            "not transposed",
            "a matrix product runs along the columns of the first and the "
            "rows of the second matrix. The keys lie in the rows of K: what "
            "has to be done to K before the product?",
            lambda Q, K: Q @ K,
        ),
        Misconception(
            "keys first",
            "these are keys against queries: rows should belong to queries "
            "and columns to keys, so the order of the product is turned "
            "round.",
            lambda Q, K: K @ Q.T,
        ),
        Misconception(
            "element by element",
            "you multiplied entry by entry. A dot product multiplies a query "
            "with a key and *adds up* over d_k, for every pair.",
            lambda Q, K: Q * K,
        ),
        Misconception(
            "already scaled",
            "these scores are already divided by √d_k. That is the next "
            "step; here the plain dot products are asked for.",
            lambda Q, K: Q @ K.T / np.sqrt(Q.shape[1]),
        ),
        Misconception(
            "cosine",
            "these are cosines: you divided by the lengths of the vectors. A "
            "dot product keeps the lengths.",
            lambda Q, K: (
                (Q @ K.T)
                / np.linalg.norm(Q, axis=1)[:, None]
                / np.linalg.norm(K, axis=1)
            ),
        ),
        Misconception(
            "already weights",
            "these rows add up to 1: you took the softmax already. The "
            "scores come before it.",
            lambda Q, K: wrong_softmax(Q @ K.T),
        ),
        Misconception(
            "matched row by row",
            "each query is compared only with the key of the same position. "
            "Every query meets every key.",
            lambda Q, K: np.sum(Q * K, axis=1),
        ),
    ),
    hints=(
        "If there are 2 queries and 3 keys, how many dot products are there, "
        "and in what shape would you write them down?",
        "A matrix product is a table of dot products of rows with columns. "
        "Your keys are rows; there is one operation that makes rows columns.",
        "result[i][j] = sum over c of Q[i][c] × K[j][c]. As matrices: Q "
        "times the transpose of K.",
    ),
    returns=("scores",),
)


# --- softmax ---------------------------------------------------------------


def scores(rng, *shape):
    return {"z": readable(rng, *shape)}


softmax = Exercise(
    id="self_attention.softmax",
    signature="softmax(z, axis=-1)",
    asks=(
        "Turn scores into weights: positive, adding up to 1 along `axis`, in "
        "proportion to $e^{z}$. `z` has any shape, and the result has the "
        "same. It must be finite for *any* finite scores, 1000 and −1000 "
        "too."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=10,
    reference=lambda z, axis=-1: scipy.special.softmax(
        np.asarray(z, dtype=float), axis=axis
    ),
    cases=(
        Case("three scores", lambda rng: scores(rng, 3)),
        Case("two rows", lambda rng: scores(rng, 2, 3)),
        Case(
            "down the columns",
            lambda rng: {"z": readable(rng, 3, 2), "axis": 0},
        ),
        Case("a stack of matrices", lambda rng: scores(rng, 2, 2, 3)),
        Case(
            "scores near 1000",
            lambda rng: {"z": 1000 + readable(rng, 3)},
        ),
        Case(
            "scores near −1000",
            lambda rng: {"z": readable(rng, 3) - 1000},
        ),
        Case(
            "one row near 0, one near 2000",
            lambda rng: {
                "z": readable(rng, 2, 3) + np.array([[0.0], [2000.0]])
            },
        ),
        Case(
            "down the columns, one far below the other",
            lambda rng: {
                "z": readable(rng, 3, 2) + np.array([2000.0, 0.0]),
                "axis": 0,
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "overflows",
            "the formula is right, but e to the 1000 is larger than any "
            "float64, and e to the −1000 is 0. Softmax does not change when "
            "the same number is subtracted from all scores: which number "
            "makes the largest exponent 0?",
            wrong_softmax,
        ),
        Misconception(
            "one maximum for everything",
            "you subtract the largest score of the *whole* array. A row far "
            "below it then underflows to 0/0. Each row needs its own "
            "maximum, along the same axis as the sum.",
            lambda z, axis=-1: wrong_softmax(z - np.max(z), axis),
        ),
        Misconception(
            "axis ignored",
            "you add up along the last axis whatever `axis` says.",
            lambda z, axis=-1: scipy.special.softmax(z, axis=-1),
        ),
        Misconception(
            "over the whole array",
            "all entries together add up to 1; each row should. The sum in "
            "the denominator needs an axis.",
            lambda z, axis=-1: scipy.special.softmax(z),
        ),
        Misconception(
            "first axis by default",
            "the columns add up to 1, and the rows should: the default is "
            "the last axis.",
            lambda z, axis=0: scipy.special.softmax(z, axis=axis),
        ),
        Misconception(
            "not normalised",
            "these are positive but do not add up to 1: the division by "
            "their sum is missing.",
            lambda z, axis=-1: np.exp(z - np.max(z, axis=axis, keepdims=True)),
        ),
        Misconception(
            "no exponential",
            "you divided the scores themselves by their sum. Negative scores "
            "then give negative weights; the exponential comes first.",
            lambda z, axis=-1: z / np.sum(z, axis=axis, keepdims=True),
        ),
        Misconception(
            "smallest wins",
            "the *smallest* score has the largest weight: there is a minus "
            "in the exponent.",
            lambda z, axis=-1: scipy.special.softmax(-z, axis=axis),
        ),
        Misconception(
            "clipped",
            "you cut large scores off, and with that the differences between "
            "them. Subtracting the same number from all keeps them.",
            lambda z, axis=-1: scipy.special.softmax(
                np.clip(z, -700, 700), axis=axis
            ),
        ),
        Misconception(
            "sum without its axis",
            "each row's sum lost its axis and no longer lines up with the "
            "rows. `keepdims=True` leaves an axis of length 1 in its place.",
            lambda z, axis=-1: (
                np.exp(z - np.max(z, axis=axis, keepdims=True))
                / np.exp(z - np.max(z, axis=axis, keepdims=True)).sum(
                    axis=axis
                )
            ),
        ),
        Misconception(
            "powers of two",
            "the ratios are powers of 2; softmax uses e.",
            lambda z, axis=-1: scipy.special.softmax(z * np.log(2), axis=axis),
        ),
        Misconception(
            "log softmax",
            "these are the logarithms of the weights: the last exponential "
            "is missing.",
            scipy.special.log_softmax,
        ),
    ),
    not_by=("softmax", "log_softmax"),
    hints=(
        "What happens to e^a / (e^a + e^b) when you subtract 5 from both a "
        "and b?",
        "Subtract each row's own maximum before the exponential: the largest "
        "exponent is then 0, and nothing can overflow. `keepdims=True` keeps "
        "an axis of length 1 for broadcasting.",
        "m = maximum of z along axis, axis kept; e = exp(z − m); result = e "
        "divided by the sum of e along axis, axis kept.",
    ),
    returns=("weights",),
    facts=(
        Fact("every weight is at least 0", lambda w: bool((w >= 0).all())),
    ),
)


# --- attention_weights -----------------------------------------------------

attention_weights = Exercise(
    id="self_attention.attention_weights",
    signature="attention_weights(Q, K)",
    asks=(
        "From queries and keys to weights: dot products, divided by "
        r"$\sqrt{d_k}$, softmax over the keys. `Q` is `(n, d_k)`, `K` is "
        "`(m, d_k)`, the result is `(n, m)`, and each row adds up to 1."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=10,
    reference=torch_weights,
    cases=(
        Case("one query, two keys", lambda rng: pair(rng, 1, 2, 4)),
        Case("two queries, three keys", lambda rng: pair(rng, 2, 3, 4)),
        Case("three queries, two keys", lambda rng: pair(rng, 3, 2, 5)),
        Case(
            "scores in the thousands",
            lambda rng: {
                "Q": 1000 * (1 + np.abs(readable(rng, 2, 3))),
                "K": 1 + np.abs(readable(rng, 4, 3)),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "not scaled",
            "these are the weights without the division by √d_k.",
            lambda Q, K: torch_weights(Q, K, scale=1.0),
        ),
        Misconception(
            "divided by d_k",
            "you divided the scores by d_k; it should be its square root.",
            lambda Q, K: torch_weights(Q, K, scale=1 / Q.shape[1]),
        ),
        Misconception(
            "root of n",
            "you divided by the root of the number of keys. d_k is the "
            "*width* of a key: the length of a row of K.",
            lambda Q, K: torch_weights(Q, K, scale=len(K) ** -0.5),
        ),
        Misconception(
            "multiplied by the root",
            "the scores grew: you multiplied by √d_k where it should divide.",
            lambda Q, K: torch_weights(Q, K, scale=Q.shape[1] ** 0.5),
        ),
        Misconception(
            "over the queries",
            "the columns add up to 1, and the rows should: the softmax runs "
            "over the keys, the last axis.",
            lambda Q, K: scipy.special.softmax(
                Q @ K.T / np.sqrt(Q.shape[1]), axis=0
            ),
        ),
        Misconception(
            "divided after the softmax",
            "the rows add up to 1/√d_k: you divided after the softmax. It "
            "comes before, while they are still scores.",
            lambda Q, K: torch_weights(Q, K, scale=1.0) / np.sqrt(Q.shape[1]),
        ),
        Misconception(
            "no softmax",
            "these are the scaled scores; the softmax is missing.",
            lambda Q, K: Q @ K.T / np.sqrt(Q.shape[1]),
        ),
        Misconception(
            "keys attend to queries",
            "rows belong to keys and columns to queries: Q and K have "
            "changed places.",
            lambda Q, K: torch_weights(K, Q),
        ),
        Misconception(
            "overflows",
            "large scores overflow: use a softmax that subtracts each row's "
            "maximum, as yours from the last exercise should.",
            lambda Q, K: wrong_softmax(Q @ K.T / np.sqrt(Q.shape[1])),
        ),
    ),
    hints=(
        "You wrote two of the three steps already. In which order do they "
        "come, and where does the division belong?",
        "scores → divide by the root of the width of a key → softmax along "
        "the last axis.",
        "s = dot_product_scores(Q, K); s = s / square root of the number of "
        "columns of K; result = softmax(s).",
    ),
    returns=("weights",),
    facts=(ROWS_ADD_UP,),
)


# --- weighted_values -------------------------------------------------------


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


weighted_values = Exercise(
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
            lambda weights, V: scipy.special.softmax(weights, axis=-1) @ V,
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


# --- self_attention --------------------------------------------------------


def sentence(rng, n, d_model, d_k, d_v):
    return {
        "X": readable(rng, n, d_model),
        "W_q": readable(rng, d_model, d_k),
        "W_k": readable(rng, d_model, d_k),
        "W_v": readable(rng, d_model, d_v),
    }


def attend(X, W_q, W_k, W_v):
    Q, K, V = X @ W_q, X @ W_k, X @ W_v
    return torch_attention(Q, K, V), torch_weights(Q, K)


def from_weights(weights, V):
    return np.einsum("ij,jd->id", weights, V), weights


def attend_unscaled(X, W_q, W_k, W_v):
    return from_weights(torch_weights(X @ W_q, X @ W_k, scale=1.0), X @ W_v)


def attend_by_d_model(X, W_q, W_k, W_v):
    scale = X.shape[1] ** -0.5
    return from_weights(torch_weights(X @ W_q, X @ W_k, scale), X @ W_v)


def attend_by_d_v(X, W_q, W_k, W_v):
    scale = W_v.shape[1] ** -0.5
    return from_weights(torch_weights(X @ W_q, X @ W_k, scale), X @ W_v)


def attend_over_queries(X, W_q, W_k, W_v):
    scaled = (X @ W_q) @ (X @ W_k).T / np.sqrt(W_k.shape[1])
    return from_weights(scipy.special.softmax(scaled, axis=0), X @ W_v)


self_attention = Exercise(
    id="self_attention.self_attention",
    signature="self_attention(X, W_q, W_k, W_v) -> (output, weights)",
    asks=(
        "All of it: make queries, keys and values from the embeddings, then "
        "attend. `X` is `(n, d_model)`, `W_q` and `W_k` are "
        "`(d_model, d_k)`, `W_v` is `(d_model, d_v)`. Return two arrays: the "
        "output `(n, d_v)` and the weights `(n, n)`."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=attend,
    cases=(
        Case("one token", lambda rng: sentence(rng, 1, 3, 2, 4)),
        Case("two tokens", lambda rng: sentence(rng, 2, 3, 4, 2)),
        Case("three tokens", lambda rng: sentence(rng, 3, 4, 2, 5)),
    ),
    misconceptions=(
        Misconception(
            "not scaled",
            "these are the weights without the division by √d_k.",
            attend_unscaled,
        ),
        Misconception(
            "root of d_model",
            "you divided by √d_model. The scores are dot products of vectors "
            "of width d_k, the columns of W_k, so √d_k it is.",
            attend_by_d_model,
        ),
        Misconception(
            "root of d_v",
            "you divided by the root of the values' width. Only queries and "
            "keys meet in a score, so their width counts.",
            attend_by_d_v,
        ),
        Misconception(
            "over the queries",
            "the columns of the weights add up to 1, and the rows should: "
            "the softmax runs over the keys.",
            attend_over_queries,
        ),
        Misconception(
            "keys from W_q",
            "you made the keys with W_q: queries and keys have a matrix each.",
            lambda X, W_q, W_k, W_v: attend(X, W_q, W_q, W_v),
        ),
        Misconception(
            "values not projected",
            "you mixed the embeddings themselves. What is mixed are the "
            "values, the embeddings times W_v.",
            lambda X, W_q, W_k, W_v: from_weights(
                torch_weights(X @ W_q, X @ W_k), X
            ),
        ),
        Misconception(
            "values from W_k",
            "you mixed the keys. The values have a matrix of their own, W_v.",
            lambda X, W_q, W_k, W_v: attend(X, W_q, W_k, W_k),
        ),
        Misconception(
            "queries and keys swapped",
            "the queries were made with W_k and the keys with W_q.",
            lambda X, W_q, W_k, W_v: attend(X, W_k, W_q, W_v),
        ),
        Misconception(
            "order of results",
            "both arrays are right but in the wrong order: the output comes "
            "first, then the weights.",
            lambda X, W_q, W_k, W_v: attend(X, W_q, W_k, W_v)[::-1],
        ),
        Misconception(
            "output only",
            "the output alone came back: the weights are asked for too, as "
            "a second value.",
            lambda X, W_q, W_k, W_v: attend(X, W_q, W_k, W_v)[0],
        ),
    ),
    hints=(
        "Which three matrices do you need before you can call your earlier "
        "functions, and how does each come from X?",
        "Queries are X times W_q, and so on. Then `attention_weights` and "
        "`weighted_values` do the rest.",
        "Q, K, V = X times W_q, X times W_k, X times W_v; weights = "
        "attention_weights(Q, K); output = weighted_values(weights, V); "
        "return output, then weights.",
    ),
    returns=("output", "weights"),
    # Four matrix products and scores of up to 20: float32 loses about 1e-6.
    tolerance=1e-5,
    facts=(
        Fact(
            "every row of weights adds up to 1",
            lambda output, weights: rows_are_weights(weights),
        ),
    ),
)

EXERCISES = (
    dot_product_scores,
    softmax,
    attention_weights,
    weighted_values,
    self_attention,
)
