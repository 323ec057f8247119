"""The exercise `word_vectors.sgns_loss`."""

import math

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but

log_sigmoid = special.log_squashed


def products(center, others):
    """One dot product for each of the others."""
    return np.einsum("d,kd->k", center, others)


def right(
    center,
    context,
    negatives,
    *,
    log=log_sigmoid,
    yes=1.0,
    no=-1.0,
    gather=np.sum,
    product=products,
):
    """log: of the sigmoid. yes, no: signs of the products.

    gather: makes one number of those of the negatives.
    """
    good = yes * product(center, context[None])[0]
    bad = no * product(center, negatives)
    return float(-log(good) - gather(log(bad)))


def sigmoid(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(x)))


def naive(x):
    """ln of the sigmoid, which is ln 0 for large negative numbers."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.log(sigmoid(x))


def at_least(eps):
    return lambda x: np.log(sigmoid(x) + eps)


def clipped(x):
    return log_sigmoid(np.clip(x, -30, 30))


def softmax_of_the_sample(center, context, negatives):
    logits = products(center, np.vstack([context, negatives]))
    return float(special.log_of_sum(logits) - logits[0])


def sum_of_vectors(center, context, negatives):
    return right(center, context, negatives.sum(axis=0, keepdims=True))


def mean_of_vectors(center, context, negatives):
    return right(center, context, negatives.mean(axis=0, keepdims=True))


def averaged_over_all(center, context, negatives):
    return right(center, context, negatives) / (1 + len(negatives))


def against_the_context(center, context, negatives):
    return float(
        -log_sigmoid(center @ context)
        - log_sigmoid(-products(context, negatives)).sum()
    )


def positive_only(center, context, negatives):
    return float(-log_sigmoid(center @ context))


def negatives_only(center, context, negatives):
    return float(-log_sigmoid(-products(center, negatives)).sum())


def one_by_one(center, context, negatives):
    """A number a question, and not their sum."""
    signed = np.append(center @ context, -products(center, negatives))
    return -log_sigmoid(signed)


def one_minus_log(center, context, negatives):
    """1 − ln σ for ln(1 − σ)."""
    return float(
        -log_sigmoid(center @ context)
        - (1 - log_sigmoid(products(center, negatives))).sum()
    )


def vectors(rng, d, k, size=1.0):
    return {
        "center": size * readable(rng, d),
        "context": readable(rng, d),
        "negatives": readable(rng, k, d),
    }


def told_apart(rng, d, k):
    """No product near 0, where a sign would not show."""
    while True:
        given = vectors(rng, d, k)
        others = np.vstack([given["context"], given["negatives"]])
        if np.abs(products(given["center"], others)).min() > 0.2:
            return given


def drawn_twice(rng):
    """One of the negatives twice, and the context itself."""
    given = told_apart(rng, 4, 2)
    rows = np.vstack([given["negatives"], given["context"]])
    return given | {"negatives": rows[[0, 1, 0, 2]]}


def far_out(rng):
    """Products of ±1000: the context's, and those of two negatives."""
    signs = rng.choice([-1.0, 1.0], 2)
    return {
        "center": 100 * signs,
        # −1000, so that the sigmoid is 0 to the last digit
        "context": -5 * signs,
        # 1000, −1000 and 0.
        "negatives": np.array([5 * signs, -5 * signs, signs * [1.0, -1.0]]),
    }


def far_and_right(rng):
    """The context's product is 800, those of the negatives −800 and 900."""
    signs = rng.choice([-1.0, 1.0], 3)
    return {
        "center": np.array([100.0, 0.0, 0.0]) * signs,
        "context": np.array([8.0, 1.0, 0.5]) * signs,
        "negatives": np.array([[-8.0, 0.5, 1.0], [9.0, -1.0, 2.0]]) * signs,
    }


EXERCISE = Exercise(
    id="word_vectors.sgns_loss",
    signature="sgns_loss(center, context, negatives) -> float",
    asks=(
        "The loss of skip-gram with negative sampling, for one pair: "
        "$L = -\\ln σ(c · u) - \\sum_j \\ln σ(-c · n_j)$. `center` is $c$, "
        "`(d,)`; `context` is $u$, `(d,)`, the word that truly stands near "
        "it; `negatives` is `(k, d)`, a row $n_j$ for each word that was "
        "drawn at random. σ is lesson 3's sigmoid. Return one number. It is "
        "finite where products reach ±1000."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=8,
    reference=right,
    cases=(
        Case("one negative", lambda rng: told_apart(rng, 2, 1)),
        Case("three negatives", lambda rng: told_apart(rng, 2, 3)),
        Case("two negatives, four numbers", lambda r: told_apart(r, 4, 2)),
        Case(
            "a center of zeros, as before training",
            lambda rng: vectors(rng, 3, 7, size=0.0),
        ),
        Case("one was drawn twice, one is the context", drawn_twice),
        Case("products of 1000", far_out),
        Case("most of it is right already", far_and_right),
    ),
    misconceptions=(
        Misconception(
            "sign of the negatives",
            "you took ln σ of *plus* the negatives' products. Their answer "
            "should be no: the product gets a minus sign.",
            but(right, no=1.0),
        ),
        Misconception(
            "signs swapped",
            "you gave the minus sign to the context. The context should be "
            "yes, the negatives no.",
            but(right, yes=-1.0, no=1.0),
        ),
        Misconception(
            "mean over the negatives",
            "you averaged over the negatives. Add them up.",
            but(right, gather=np.mean),
        ),
        Misconception(
            "averaged over all",
            "you divided by the number of questions. Add them up.",
            averaged_over_all,
        ),
        Misconception(
            "positive only",
            "you left the negatives out.",
            positive_only,
        ),
        Misconception(
            "negatives only",
            "you left the context out.",
            negatives_only,
        ),
        Misconception(
            "the first negative only",
            "you took only the first negative. Add up over all rows.",
            lambda center, context, negatives: right(
                center, context, negatives[:1]
            ),
        ),
        Misconception(
            "each negative once",
            "you counted equal negatives once. A word that was drawn twice "
            "counts twice.",
            lambda center, context, negatives: right(
                center, context, np.unique(negatives, axis=0)
            ),
        ),
        Misconception(
            "sign",
            "your sign is wrong: a loss gets *smaller* as the model gets "
            "better. Put a minus before each logarithm.",
            lambda *given: -right(*given),
        ),
        Misconception(
            "the negatives added on",
            "you subtracted the negatives' part. Both parts are losses: each "
            "logarithm gets a minus sign.",
            lambda center, context, negatives: (
                positive_only(center, context, negatives)
                - negatives_only(center, context, negatives)
            ),
        ),
        Misconception(
            "ln 0",
            "you took the logarithm of a sigmoid that is 0 to the last digit. "
            "−ln σ(x) is ln(1 + e⁻ˣ): `np.logaddexp(0, -x)` has it without "
            "an overflow.",
            but(right, log=naive),
        ),
        Misconception(
            "+ ε",
            "you added a small number before the logarithm. It hides ln 0, "
            "and the loss stops growing. `np.logaddexp(0, -x)` needs none.",
            but(right, log=at_least(1e-10)),
        ),
        Misconception(
            "+ 1e-12",
            "you added 10⁻¹² before the logarithm. It hides ln 0, and the "
            "loss stops growing. `np.logaddexp(0, -x)` needs none.",
            but(right, log=at_least(1e-12)),
        ),
        Misconception(
            "at least 10⁻⁷",
            "you kept the sigmoid at 10⁻⁷ or more. That hides ln 0, and the "
            "loss stops growing. `np.logaddexp(0, -x)` needs no bound.",
            but(right, log=lambda x: np.log(np.maximum(sigmoid(x), 1e-7))),
        ),
        Misconception(
            "only the largest product",
            "you took only the negative with the largest loss. Add up over "
            "all rows.",
            but(right, gather=np.min),
        ),
        Misconception(
            "products cut off",
            "you cut the products off, so that the loss stops growing. "
            "`np.logaddexp(0, -x)` takes them as they are.",
            but(right, log=clipped),
        ),
        Misconception(
            "context against negatives",
            "you multiplied the negatives with the context. The centre meets "
            "them too: c · nⱼ.",
            against_the_context,
        ),
        Misconception(
            "softmax of the sample",
            "you took a softmax over context and negatives. Negative sampling "
            "asks k + 1 separate yes-or-no questions, each with a sigmoid.",
            softmax_of_the_sample,
        ),
        Misconception(
            "sum of the vectors",
            "you added the negatives up first. Each has its own sigmoid: add "
            "up after the logarithm.",
            sum_of_vectors,
        ),
        Misconception(
            "mean of the vectors",
            "you averaged the negatives first. Each has its own sigmoid: add "
            "up after the logarithm.",
            mean_of_vectors,
        ),
        Misconception(
            "no logarithm",
            "you added up sigmoids. Take the logarithm of each.",
            but(right, log=sigmoid),
        ),
        Misconception(
            "no sigmoid",
            "you added up the products themselves. Each goes through ln σ.",
            but(right, log=lambda x: x),
        ),
        Misconception(
            "log₂",
            "you took the logarithm to base 2. ln is the natural one.",
            but(right, log=lambda x: log_sigmoid(x) / math.log(2)),
        ),
        Misconception(
            "log₁₀",
            "you took the logarithm to base 10. ln is the natural one.",
            but(right, log=lambda x: log_sigmoid(x) / math.log(10)),
        ),
        Misconception(
            "one number a question",
            "you returned a number for each question. Return their sum.",
            one_by_one,
        ),
        Misconception(
            "1 − ln σ",
            "you put the 1 outside the logarithm: 1 − ln σ. It is ln(1 − σ), "
            "the same as ln σ of minus the product.",
            one_minus_log,
        ),
        Misconception(
            "cosines",
            "you divided the products by the lengths. Take the dot products "
            "as they are.",
            but(
                right,
                product=lambda c, others: (
                    products(c, others)
                    / np.maximum(
                        np.linalg.norm(c) * np.linalg.norm(others, axis=1),
                        1e-9,
                    )
                ),
            ),
        ),
    ),
    not_by=("log_expit", "logsigmoid", "LogSigmoid"),
    hints=(
        "The context should be a yes, so −ln σ(c · u) is small for a large "
        "product. What turns a no into a yes?",
        "−ln σ(x) = ln(1 + e⁻ˣ). For x = −1000 that overflows, unless you "
        "write it as `np.logaddexp(0, -x)`.",
        "loss = logaddexp(0, −c·u) + sum over the rows n of negatives of "
        "logaddexp(0, c·n).",
    ),
    returns=("loss",),
    facts=(Fact("it is not negative", lambda loss: bool((loss >= 0).all())),),
)
