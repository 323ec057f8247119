"""The exercise `backpropagation.cross_entropy`."""

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from .shared import classes

log_softmax = special.log_shares


def by_rows(logits):
    return log_softmax(logits, axis=1)


def of_the_right_class(logs, targets):
    return np.take_along_axis(logs, np.asarray(targets)[:, None], axis=1)


def surprise(logits, targets, *, logs=by_rows, pick=of_the_right_class):
    """The mean of minus the logarithms that `pick` takes."""
    return -float(np.mean(pick(logs(logits), targets)))


def one_hot(logits, targets):
    return np.eye(logits.shape[1])[targets]


def through(p, logarithm):
    """Logarithms by way of the shares, some of which are 0 by rounding."""
    return lambda logits: logarithm(p(logits))


def shares(logits):
    return special.shares(logits, axis=1)


def overflowing(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def two_classes(logits, targets):
    """−y ln p − (1 − y) ln(1 − p), summed over every class."""
    p, y = shares(logits), one_hot(logits, targets)
    each = -y * np.log(p) - (1 - y) * np.log(1 - p)
    return each.sum(axis=1).mean()


def logits_and_classes(rng, n, k):
    """Rows without a tie, and never all the largest as their targets."""
    while True:
        logits = readable(rng, n, k)
        targets = classes(rng, n, k)
        ordered = np.sort(logits, axis=1)
        right = logits.argmax(axis=1) == targets
        if (np.diff(ordered, axis=1) > 0.05).all() and not right.all():
            return {"logits": logits, "targets": targets}


def one_row(rng):
    """One row: neither class 0 nor the right one has the largest logit."""
    while True:
        given = logits_and_classes(rng, 1, 3)
        (target,), top = given["targets"], given["logits"].argmax()
        if len({0, int(target), int(top)}) == 3:
            return given


def shifted(rng, *by):
    """Rows moved by these numbers, which changes no loss.

    In halves, so that float32 has the sums exactly too.
    """
    halves = np.arange(-4, 5) / 2
    rows = [rng.choice(halves, size=3, replace=False) for _ in by]
    return {
        "logits": np.array(rows) + np.array(by)[:, None],
        # The smallest of the first row, the middle of the second.
        "targets": np.array([row.argsort()[k] for k, row in enumerate(rows)]),
    }


def far_apart(rng):
    """Spreads of thousands within a row, the right class far below."""
    far = 1000.0 * rng.integers(2, 6, size=3)
    return {
        "logits": np.array(
            [[far[0], 0.0, -far[0]], [-far[1], far[1], 0.5], [0.0, 1.0, 2.0]]
        ),
        "targets": np.array([2, 0, 1]),
    }


def epsilon_inside(eps):
    return Misconception(
        f"at least {eps:g}",
        f"you kept the probability at {eps:g} or more. That hides ln 0, and "
        "the loss is too small. The logarithm is the logit minus the "
        "logarithm of the sum: no probability is needed.",
        but(surprise, logs=through(shares, lambda p: np.log(p + eps))),
    )


EXERCISE = Exercise(
    id="backpropagation.cross_entropy",
    signature="cross_entropy(logits, targets) -> float",
    asks=(
        "The mean cross-entropy: for each row, minus the natural logarithm "
        "of the softmax probability of its right class, averaged over the "
        "$n$ rows. `logits` is `(n, k)`, `targets` is `(n,)`: the id of the "
        "right class of each row, 0 to k − 1. Return one number, finite for "
        "*any* finite logits, also where those of one row lie thousands "
        "apart."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=6,
    reference=surprise,
    cases=(
        Case("one example, three classes", one_row),
        Case(
            "three examples, two classes",
            lambda r: logits_and_classes(r, 3, 2),
        ),
        Case(
            "four examples, five classes",
            lambda r: logits_and_classes(r, 4, 5),
        ),
        Case("logits near 1000", lambda rng: shifted(rng, 1000.0, 1000.0)),
        Case("logits near −1000", lambda rng: shifted(rng, -1000.0, -1000.0)),
        Case(
            "one row near 0, one near 3000",
            lambda rng: shifted(rng, 0.0, 3000.0),
        ),
        Case("thousands apart within a row", far_apart),
    ),
    misconceptions=(
        Misconception(
            "overflows",
            "e to the 1000 is infinite, and you divide by it. Softmax stays "
            "the same when you subtract each row's largest logit first.",
            but(surprise, logs=through(overflowing, np.log)),
        ),
        Misconception(
            "the sum overflows",
            "e to the 1000 is infinite, and so is your logarithm of the sum. "
            "Subtract each row's largest logit before the exponential.",
            lambda logits, targets: (
                np.log(np.exp(logits).sum(axis=1)).mean()
                - of_the_right_class(logits, targets).mean()
            ),
        ),
        Misconception(
            "one maximum for everything",
            "you subtracted the largest logit of the *whole* array. A row "
            "far below it becomes 0 over 0. Each row needs its own maximum.",
            but(
                surprise,
                logs=through(lambda z: overflowing(z - z.max()), np.log),
            ),
        ),
        Misconception(
            "logarithm of 0",
            "your probability becomes 0 by rounding, and its logarithm −∞. "
            "Work out the logarithm directly: the logit minus the logarithm "
            "of the sum.",
            but(surprise, logs=through(shares, np.log)),
        ),
        *map(
            epsilon_inside, (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
        ),
        Misconception(
            "sum",
            "you summed over the examples. Take their mean.",
            lambda logits, targets: surprise(logits, targets) * len(logits),
        ),
        Misconception(
            "sign",
            "the sign is missing. A logarithm of a probability is negative, "
            "and the loss should be positive.",
            lambda logits, targets: -surprise(logits, targets),
        ),
        Misconception(
            "base 2",
            "you took the logarithm to base 2. The loss uses the natural one.",
            lambda logits, targets: surprise(logits, targets) / np.log(2),
        ),
        Misconception(
            "base 10",
            "you took the logarithm to base 10. The loss uses the natural "
            "one.",
            lambda logits, targets: surprise(logits, targets) / np.log(10),
        ),
        Misconception(
            "over n and k",
            "you divided by the number of classes as well. Divide by the "
            "number of examples only.",
            lambda logits, targets: (
                surprise(logits, targets) / logits.shape[1]
            ),
        ),
        Misconception(
            "one number an example",
            "you returned the loss of each example. Return their mean, one "
            "number.",
            lambda logits, targets: (
                -of_the_right_class(by_rows(logits), targets)[:, 0]
            ),
        ),
        Misconception(
            "every target in every row",
            "you took the columns of all targets from every row. Row i needs "
            "only target i.",
            but(surprise, pick=lambda logs, targets: logs[:, targets]),
        ),
        Misconception(
            "two-class formula",
            "you added ln(1 − p) for the wrong classes. Only the right "
            "class's logarithm counts.",
            two_classes,
        ),
        Misconception(
            "sigmoids",
            "you took a sigmoid of each logit. The classes compete: their "
            "probabilities come from a softmax.",
            but(surprise, logs=lambda z: -np.logaddexp(0, -z)),
        ),
        Misconception(
            "one softmax for all rows",
            "you took one softmax over all rows together. Each row has its "
            "own.",
            but(surprise, logs=log_softmax),
        ),
        Misconception(
            "softmax down the columns",
            "your softmax runs down the columns. It runs along each row.",
            but(surprise, logs=lambda z: log_softmax(z, axis=0)),
        ),
        Misconception(
            "softmax twice",
            "you took the softmax of probabilities. Take it once, of the "
            "logits.",
            but(surprise, logs=lambda z: by_rows(shares(z))),
        ),
        Misconception(
            "squared error",
            "this is the squared distance between the probabilities and the "
            "one-hot row. Cross-entropy takes a logarithm.",
            lambda logits, targets: (
                ((shares(logits) - one_hot(logits, targets)) ** 2)
                .sum(axis=1)
                .mean()
            ),
        ),
        Misconception(
            "mean squared error",
            "this is the mean squared error of the probabilities. "
            "Cross-entropy takes a logarithm.",
            lambda logits, targets: (
                (shares(logits) - one_hot(logits, targets)) ** 2
            ).mean(),
        ),
        Misconception(
            "the largest class",
            "you used the largest probability of each row. Use that of the "
            "*right* class, however small.",
            but(surprise, pick=lambda logs, targets: logs.max(axis=1)),
        ),
        Misconception(
            "the first class",
            "you always used class 0. Use the class that `targets` names.",
            but(surprise, pick=lambda logs, targets: logs[:, 0]),
        ),
        Misconception(
            "no softmax",
            "you returned minus the logit itself. The softmax and its "
            "logarithm are missing.",
            but(surprise, logs=lambda z: z),
        ),
        Misconception(
            "no logarithm",
            "you averaged the probabilities themselves. Take the logarithm "
            "of each first.",
            but(surprise, logs=shares),
        ),
        Misconception(
            "one minus the probability",
            "you returned 1 minus the probability. Take minus its logarithm.",
            lambda logits, targets: 1 + surprise(logits, targets, logs=shares),
        ),
        Misconception(
            "logarithm of the mean",
            "you averaged the probabilities and took the logarithm then. "
            "Take the logarithms first.",
            lambda logits, targets: (
                -np.log(-surprise(logits, targets, logs=shares))
            ),
        ),
        Misconception(
            "perplexity",
            "you raised e to the loss: that is the perplexity. Return the "
            "loss.",
            lambda logits, targets: np.exp(surprise(logits, targets)),
        ),
        Misconception(
            "largest logit taken away once",
            "you subtracted the largest logit inside the sum, but not from "
            "the right class's logit.",
            lambda logits, targets: (
                surprise(logits, targets) - logits.max(axis=1).mean()
            ),
        ),
        Misconception(
            "every class",
            "you averaged over every class. Only the right class of each row "
            "counts.",
            but(surprise, pick=lambda logs, targets: logs),
        ),
        Misconception(
            "entropy",
            "this is the entropy of the probabilities, and `targets` plays "
            "no part. Use the right class only.",
            lambda logits, targets: (
                (-shares(logits) * by_rows(logits)).sum(axis=1).mean()
            ),
        ),
        Misconception(
            "ids from 1",
            "you counted the classes from 1. The ids begin with 0.",
            lambda logits, targets: surprise(logits, targets - 1),
        ),
        Misconception(
            "logits cut off",
            "you cut the logits off at 500. The loss of far-off logits is "
            "then too small.",
            lambda logits, targets: surprise(
                np.clip(logits, -500, 500), targets
            ),
        ),
        Misconception(
            "without normalising",
            "you subtracted the largest logit, but not the logarithm of the "
            "sum of the powers.",
            but(surprise, logs=lambda z: z - z.max(axis=1, keepdims=True)),
        ),
    ),
    not_by=("cross_entropy", "log_softmax", "log_loss"),
    hints=(
        "ln(eᵃ / (eᵃ + eᵇ)) is a minus something. What is it, and what "
        "happens to both when you subtract the larger of a and b first?",
        "Subtract each row's maximum, `keepdims=True`. Then the logarithm of "
        "a probability is the logit minus ln of the sum of the powers. "
        "`logits[np.arange(n), targets]` picks one entry a row.",
        "z = logits − maximum of each row; log p = z − ln(sum of e^z along "
        "the row); result = minus the mean of log p at each row's target.",
    ),
    returns=("loss",),
    facts=(
        Fact("the loss is at least 0", lambda loss: bool((loss >= 0).all())),
    ),
)
