"""The exercise `self_attention.self_attention`."""

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.attention import attend, fits, over_queries, shares
from ..pieces.facts import rows_are_weights
from ..pieces.inputs import readable
from ..pieces.seams import but


def sentence(rng, n, d_model, d_k, d_v):
    return {
        "X": readable(rng, n, d_model),
        "W_q": readable(rng, d_model, d_k),
        "W_k": readable(rng, d_model, d_k),
        "W_v": readable(rng, d_model, d_v),
    }


def project(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def attend_to_self(X, W_q, W_k, W_v, *, make=project, **seams):
    """seams: those of `attend`, besides how Q, K and V are made."""
    return attend(*make(X, W_q, W_k, W_v), **seams)


def scores_for_weights(X, W_q, W_k, W_v):
    Q, K, V = project(X, W_q, W_k, W_v)
    return attend(Q, K, V)[0], fits(Q, K)


def values_added(X, W_q, W_k, W_v):
    output, weights = attend_to_self(X, W_q, W_k, W_v)
    return output + X @ W_v, weights


def weights_transposed(X, W_q, W_k, W_v):
    _, weights = attend_to_self(X, W_q, W_k, W_v)
    return weights.T @ X @ W_v, weights


def softmax_at_the_end(X, W_q, W_k, W_v):
    Q, K, V = project(X, W_q, W_k, W_v)
    return shares(fits(Q, K) @ V), shares(fits(Q, K))


EXERCISE = Exercise(
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
    reference=attend_to_self,
    cases=(
        Case("one token", lambda rng: sentence(rng, 1, 3, 2, 4)),
        Case("two tokens", lambda rng: sentence(rng, 2, 3, 4, 2)),
        Case("three tokens", lambda rng: sentence(rng, 3, 4, 2, 5)),
    ),
    misconceptions=(
        Misconception(
            "not scaled",
            "these are the weights without the division by √d_k.",
            but(attend_to_self, scale=1.0),
        ),
        Misconception(
            "root of d_model",
            "you divided by √d_model. The scores are dot products of vectors "
            "of width d_k, the columns of W_k, so √d_k it is.",
            lambda X, *matrices: attend_to_self(
                X, *matrices, scale=X.shape[1] ** -0.5
            ),
        ),
        Misconception(
            "root of d_v",
            "you divided by the root of the values' width. Only queries and "
            "keys meet in a score, so their width counts.",
            lambda X, W_q, W_k, W_v: attend_to_self(
                X, W_q, W_k, W_v, scale=W_v.shape[1] ** -0.5
            ),
        ),
        Misconception(
            "over the queries",
            "the columns of the weights add up to 1, and the rows should: "
            "the softmax runs over the keys.",
            but(attend_to_self, weigh=over_queries),
        ),
        Misconception(
            "keys from W_q",
            "you made the keys with W_q: queries and keys have a matrix each.",
            lambda X, W_q, W_k, W_v: attend_to_self(X, W_q, W_q, W_v),
        ),
        Misconception(
            "values not projected",
            "you mixed the embeddings themselves. What is mixed are the "
            "values, the embeddings times W_v.",
            but(
                attend_to_self,
                make=lambda X, W_q, W_k, W_v: (X @ W_q, X @ W_k, X),
            ),
        ),
        Misconception(
            "values from W_k",
            "you mixed the keys. The values have a matrix of their own, W_v.",
            lambda X, W_q, W_k, W_v: attend_to_self(X, W_q, W_k, W_k),
        ),
        Misconception(
            "queries and keys swapped",
            "the queries were made with W_k and the keys with W_q.",
            lambda X, W_q, W_k, W_v: attend_to_self(X, W_k, W_q, W_v),
        ),
        Misconception(
            "order of results",
            "both arrays are right but in the wrong order: the output comes "
            "first, then the weights.",
            lambda *given: attend_to_self(*given)[::-1],
        ),
        Misconception(
            "output only",
            "you returned the output alone. Return the weights too, as a "
            "second value.",
            lambda *given: attend_to_self(*given)[0],
        ),
        Misconception(
            "scores returned",
            "your second result is the scores. Return the weights: what "
            "softmax makes of them.",
            scores_for_weights,
        ),
        Misconception(
            "softmax at the end",
            "you took the softmax of the output. It turns the scores into "
            "weights, *before* they mix the values.",
            softmax_at_the_end,
        ),
        Misconception(
            "matrices first",
            "the matrices come second: words are the rows of X, and each row "
            "is multiplied by W. Write X first.",
            lambda X, W_q, W_k, W_v: attend(W_q @ X, W_k @ X, W_v @ X),
        ),
        Misconception(
            "matrices transposed",
            "you transposed the matrices. They are `(d_model, d_k)` and fit "
            "behind X as they are.",
            lambda X, W_q, W_k, W_v: attend(X @ W_q.T, X @ W_k.T, X @ W_v.T),
        ),
        Misconception(
            "values added",
            "you added the values to what came out of their mixture. The "
            "mixture alone is the output.",
            values_added,
        ),
        Misconception(
            "weights transposed",
            "you transposed the weights when you mixed the values. Row i of "
            "the weights makes row i of the output.",
            weights_transposed,
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
    facts=(rows_are_weights("weights"),),
)
