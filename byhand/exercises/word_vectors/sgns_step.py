"""The exercise `word_vectors.sgns_step`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but


def loss(center, context, negatives):
    """For complex numbers too. Of e only powers below 1 are taken."""
    signed = np.append(-(center @ context), negatives @ center)
    above = signed.real > 0
    small = np.log(1 + np.exp(np.where(above, -signed, signed)))
    return (small + np.where(above, signed, 0)).sum()


def slopes(*vectors):
    """The gradients by complex steps, a number at a time.

    A step of ih moves the loss by ih times its slope: nothing is subtracted,
    so that with h this small it is exact to rounding.
    """
    h, found = 1e-20, []
    for which, one in enumerate(vectors):
        slope = np.zeros(one.shape)
        for place in np.ndindex(one.shape):
            moved = [v.astype(complex) for v in vectors]
            moved[which][place] += 1j * h
            slope[place] = loss(*moved).imag / h
        found.append(slope)
    return found


def right(center, context, negatives, lr):
    old = center, context, negatives
    return tuple(
        v - lr * slope for v, slope in zip(old, slopes(*old), strict=True)
    )


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_hand(
    center,
    context,
    negatives,
    lr,
    *,
    curve=sigmoid,
    yes=1.0,
    no=0.0,
    slope=lambda p: 1.0,
    moves=(1, 1, 1),
    pulls=(1, 1),
    average=lambda k: 1.0,
    signs=(1, 1),
):
    """The closed form. curve(product) − answer is how wrong one question is.

    moves: what share of its step each of the three takes. pulls: of context
    and negatives on the centre. average: of so many negatives.
    """
    good, bad = curve(center @ context), curve(negatives @ center)
    wrong_good = signs[0] * (good - yes) * slope(good)
    wrong_bad = signs[1] * (bad - no) * slope(bad) * average(len(negatives))
    of_center = (
        pulls[0] * wrong_good * context + pulls[1] * wrong_bad @ negatives
    )
    of_context = wrong_good * center
    of_negatives = np.outer(wrong_bad, center)
    return (
        center - lr * moves[0] * of_center,
        context - lr * moves[1] * of_context,
        negatives - lr * moves[2] * of_negatives,
    )


def new_center_at_once(center, context, negatives, lr):
    """With the errors that the old centre made."""
    new, *_ = right(center, context, negatives, lr)
    good = sigmoid(center @ context) - 1
    bad = sigmoid(negatives @ center)
    return new, context - lr * good * new, negatives - lr * np.outer(bad, new)


def everything_new_at_once(center, context, negatives, lr):
    """The centre first, and the others' gradients at its new value."""
    new = right(center, context, negatives, lr)[0]
    return new, *right(new, context, negatives, lr)[1:]


def others_first(center, context, negatives, lr):
    """The centre's gradient at the others' new values."""
    _, u, n = right(center, context, negatives, lr)
    return right(center, u, n, lr)[0], u, n


def changes(center, context, negatives, lr):
    old = center, context, negatives
    return tuple(new - v for new, v in zip(right(*old, lr), old, strict=True))


def one_row_for_all(center, context, negatives, lr):
    """The negatives as one vector, their mean step for each."""
    c, u, n = right(center, context, negatives, lr)
    return c, u, negatives + (n - negatives).mean(axis=0)


def summed_over_rows(center, context, negatives, lr):
    c, u, n = right(center, context, negatives, lr)
    return c, u, negatives + (n - negatives).sum(axis=0)


def context_for_context(center, context, negatives, lr):
    """Each is moved by itself, and not by the other."""
    good = sigmoid(center @ context) - 1
    bad = sigmoid(negatives @ center)
    return (
        center - lr * (good + bad.sum()) * center,
        context - lr * good * context,
        negatives - lr * bad[:, None] * negatives,
    )


def negatives_along_the_context(center, context, negatives, lr):
    c, u, _ = right(center, context, negatives, lr)
    bad = sigmoid(negatives @ center)
    return c, u, negatives - lr * np.outer(bad, context)


def row_by_row(center, context, negatives, lr):
    """The centre moves after each question, and the next one sees it."""
    c = center
    good = sigmoid(c @ context) - 1
    c, u = c - lr * good * context, context - lr * good * c
    rows = []
    for row in negatives:
        bad = sigmoid(c @ row)
        c, row = c - lr * bad * row, row - lr * bad * c
        rows.append(row)
    return c, u, np.array(rows)


def far_out(rng):
    """Products of 800, ±7 and 900: σ is 1, or nearly 0 or 1.

    None is −800: there the usual σ is right, and warns.
    """
    signs = rng.choice([-1.0, 1.0], 3)
    negatives = [[-0.07, 0.5, 1.0], [0.07, -1.0, 2.0], [9.0, 1.5, 0.5]]
    return {
        "center": np.array([100.0, 0.0, 0.0]) * signs,
        "context": np.array([8.0, 1.0, 0.5]) * signs,
        "negatives": np.array(negatives) * signs,
        "lr": 0.5,
    }


def drawn_twice(rng):
    """One of the negatives twice, and the context itself."""
    given = drawn(3, 2, 0.5)(rng)
    rows = np.vstack([given["negatives"], given["context"]])
    return given | {"negatives": rows[[0, 1, 0, 2]]}


def drawn(d, k, lr):
    def inputs(rng):
        while True:
            given = {
                "center": readable(rng, d),
                "context": readable(rng, d),
                "negatives": readable(rng, k, d),
            }
            others = np.vstack([given["context"], given["negatives"]])
            products = others @ given["center"]
            # Away from 0, where both answers are as wrong, and from where
            # nothing moves.
            if np.abs(products).min() > 0.3 and np.abs(products).max() < 4:
                return given | {"lr": lr}

    return inputs


EXERCISE = Exercise(
    id="word_vectors.sgns_step",
    signature=(
        "sgns_step(center, context, negatives, lr) -> (center, context, "
        "negatives)"
    ),
    asks=(
        "One step of gradient descent on `sgns_loss`, for all its vectors. "
        "`center` and `context` are `(d,)`, `negatives` is `(k, d)`, and "
        "`lr` is the learning rate. Work out all gradients at the *old* "
        "values, then move every vector: new = old − `lr` × gradient. Treat "
        "each row of `negatives` as a vector by itself, even if two are "
        "equal. Return the new `center`, `context` and `negatives` as new "
        "arrays. They are finite where products reach ±1000, as the loss is."
    ),
    points=3,
    difficulty=4,
    importance=4,
    minutes=10,
    reference=right,
    cases=(
        Case("two numbers, one negative", drawn(2, 1, 0.5)),
        Case("three numbers, two negatives", drawn(3, 2, 0.1)),
        Case("two numbers, seven negatives", drawn(2, 7, 0.25)),
        Case("as many negatives as numbers", drawn(3, 3, 1.0)),
        Case(
            "a context of zeros, as before training",
            lambda rng: drawn(4, 2, 0.5)(rng) | {"context": np.zeros(4)},
        ),
        Case("one negative twice, one is the context", drawn_twice),
        Case("products of 7 and of 800", far_out),
    ),
    misconceptions=(
        Misconception(
            "uphill",
            "you stepped up the slope. Subtract the gradient.",
            lambda c, u, n, lr: right(c, u, n, -lr),
        ),
        Misconception(
            "labels swapped",
            "you pushed the context away and pulled the negatives near. The "
            "context's answer is 1, the negatives' is 0.",
            but(by_hand, yes=0.0, no=1.0),
        ),
        Misconception(
            "all are contexts",
            "you pulled the negatives near as well. Their answer is 0: their "
            "error is σ(c · n) itself.",
            but(by_hand, no=1.0),
        ),
        Misconception(
            "all are negatives",
            "you pushed the context away as well. Its answer is 1: its error "
            "is σ(c · u) − 1.",
            but(by_hand, yes=0.0),
        ),
        Misconception(
            "only the centre moves",
            "you moved only the centre. Context and negatives have gradients "
            "too.",
            but(by_hand, moves=(1, 0, 0)),
        ),
        Misconception(
            "only the others move",
            "you left the centre where it was. It has a gradient too.",
            but(by_hand, moves=(0, 1, 1)),
        ),
        Misconception(
            "the negatives stay",
            "you left the negatives where they were. They have gradients too.",
            but(by_hand, moves=(1, 1, 0)),
        ),
        Misconception(
            "the context stays",
            "you left the context where it was. It has a gradient too.",
            but(by_hand, moves=(1, 0, 1)),
        ),
        Misconception(
            "new centre used at once",
            "you moved the centre first and then used it for the others. "
            "Work out all gradients at the old values.",
            new_center_at_once,
        ),
        Misconception(
            "everything at the new centre",
            "you worked out the others' gradients at the new centre. All "
            "gradients belong to the old values.",
            everything_new_at_once,
        ),
        Misconception(
            "the others first",
            "you moved the others first and then used them for the centre. "
            "Work out all gradients at the old values.",
            others_first,
        ),
        Misconception(
            "one question after another",
            "you moved the centre after each question. Work out all "
            "gradients at the old values, then move once.",
            row_by_row,
        ),
        Misconception(
            "negatives averaged",
            "you divided the negatives' gradients by their number. The loss "
            "adds them up.",
            but(by_hand, average=lambda k: 1 / k),
        ),
        Misconception(
            "averaged over all",
            "you divided all gradients by the number of questions. The loss "
            "adds them up.",
            lambda c, u, n, lr: right(c, u, n, lr / (1 + len(n))),
        ),
        Misconception(
            "sign of the context's error",
            "you pushed the context away. Its error is σ(c · u) − 1, which "
            "is negative: minus a minus pulls.",
            but(by_hand, signs=(-1, 1)),
        ),
        Misconception(
            "sign of the negatives' error",
            "you pulled the negatives near. Their error is σ(c · n), which "
            "is positive: subtract it.",
            but(by_hand, signs=(1, -1)),
        ),
        Misconception(
            "1 − σ for the negatives",
            "you took 1 − σ(c · n) for the negatives' error. The loss has "
            "ln(1 − σ), but its slope is σ(c · n).",
            but(by_hand, no=1.0, signs=(1, -1)),
        ),
        Misconception(
            "pull of the negatives averaged",
            "you averaged the negatives' pull on the centre. The loss adds "
            "them up.",
            lambda c, u, n, lr: by_hand(c, u, n, lr, pulls=(1, 1 / len(n))),
        ),
        Misconception(
            "σ's slope once more",
            "you multiplied by the sigmoid's slope, σ(1 − σ). The logarithm "
            "has cancelled it: the error σ − answer is all there is.",
            but(by_hand, slope=lambda p: p * (1 - p)),
        ),
        Misconception(
            "no sigmoid",
            "you took the products themselves for probabilities. Each goes "
            "through σ.",
            but(by_hand, curve=lambda x: x),
        ),
        Misconception(
            "negatives leave the centre alone",
            "only the context moved your centre. Each negative pushes it too.",
            but(by_hand, pulls=(1, 0)),
        ),
        Misconception(
            "the context leaves the centre alone",
            "only the negatives moved your centre. The context pulls it too.",
            but(by_hand, pulls=(0, 1)),
        ),
        Misconception(
            "each by itself",
            "you moved each vector along itself. The gradient of c · u by u "
            "is c, and by c it is u.",
            context_for_context,
        ),
        Misconception(
            "one step for all negatives",
            "you moved all negatives by their mean step. Each has its own.",
            one_row_for_all,
        ),
        Misconception(
            "the sum of steps for each negative",
            "you moved every negative by the sum of all their steps. Each "
            "has its own.",
            summed_over_rows,
        ),
        Misconception(
            "lr ignored",
            "you stepped by the whole gradient. Multiply it by `lr`.",
            lambda c, u, n, lr: right(c, u, n, 1.0 if lr != 1 else 0.1),
        ),
        Misconception(
            "half the rate",
            "you halved the step. The loss has no factor of 2: step by `lr` "
            "× gradient.",
            lambda c, u, n, lr: right(c, u, n, lr / 2),
        ),
        Misconception(
            "the negatives along the context",
            "you moved the negatives along the context. The question was put "
            "to the centre: n moves along c.",
            negatives_along_the_context,
        ),
        Misconception(
            "changes for values",
            "you returned how far the vectors moved. Return where they are "
            "now.",
            changes,
        ),
        Misconception(
            "gradients",
            "you returned the gradients. Take the step: old − `lr` × "
            "gradient.",
            lambda c, u, n, lr: tuple(slopes(c, u, n)),
        ),
        Misconception(
            "context first",
            "you returned the context first. The order is centre, context, "
            "negatives.",
            lambda *given: tuple(right(*given)[i] for i in (1, 0, 2)),
        ),
    ),
    not_by=("backward", "grad"),
    hints=(
        "−ln σ(x) has the slope σ(x) − 1, and −ln σ(−x) has the slope σ(x). "
        "Which x belongs to the context, and whose slope is it?",
        "Each question has an error: σ(c · u) − 1, and σ(c · n) for each "
        "negative. A vector's gradient is the error times the *other* "
        "vector. The centre is in all of them, so its gradients add up.",
        "g = σ(c·u) − 1; h = σ(n·c) for each row n; new c = c − lr (g u + "
        "sum of h n); new u = u − lr g c; new n = n − lr h c; all with the "
        "old c, u, n.",
    ),
    returns=("center", "context", "negatives"),
)
