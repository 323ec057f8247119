"""The exercise `layer_norm.add_and_norm`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from .shared import far_apart, normalise, sample_deviation, unstretched


def two_streams(*shape, plain=True, eps=None):
    def inputs(rng):
        while True:
            x, out = far_apart(rng, -1, *shape), far_apart(rng, -1, *shape)
            if ((x + out).std(axis=-1) > 0.5).all():
                break
        d = shape[-1]
        given = {
            "x": x,
            "sublayer_output": out,
            "gamma": np.ones(d) if plain else readable(rng, d),
            "beta": np.zeros(d) if plain else readable(rng, d),
        }
        return given if eps is None else {**given, "eps": eps}

    return inputs


def post_norm(
    x, sublayer_output, gamma, beta, eps=1e-5, *, join=np.add, **seams
):
    """join: what the norm gets. seams: those of `normalise`."""
    joined = join(x, sublayer_output)
    return normalise(joined, gamma, beta, eps, **seams)


EXERCISE = Exercise(
    id="layer_norm.add_and_norm",
    signature="add_and_norm(x, sublayer_output, gamma, beta, eps=1e-5)",
    asks=(
        'The step that the paper calls "Add & Norm": add what went into a '
        "sub-layer, `x`, to what came out of it, `sublayer_output`, and "
        "put the sum through layer norm. Both are `(…, d)`, `gamma` and "
        "`beta` are `(d,)`, and the result has the shape of `x`."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=post_norm,
    cases=(
        Case("one token, γ = 1, β = 0", two_streams(3)),
        Case("a large ε", two_streams(1, 4, eps=0.1)),
        Case("two tokens, γ and β", two_streams(2, 3, plain=False)),
        Case("a stack of tables", two_streams(2, 3, 4, plain=False, eps=0.1)),
    ),
    misconceptions=(
        Misconception(
            "norm before the sum",
            "you normalised the output of the sub-layer and then added x, "
            "which is never normalised now. Post-norm adds first and "
            "normalises last.",
            lambda x, out, *rest: x + normalise(out, *rest),
        ),
        Misconception(
            "pre-norm",
            "you normalised x before the sum: that is pre-norm, where the "
            "norm stands in front of the sub-layer. Post-norm normalises "
            "the sum.",
            lambda x, out, *rest: normalise(x, *rest) + out,
        ),
        Misconception(
            "both normalised",
            "you normalised both parts and then added them. Add first: one "
            "norm, over the sum.",
            lambda x, out, *rest: normalise(x, *rest) + normalise(out, *rest),
        ),
        Misconception(
            "no residual",
            "the residual path is missing. Add x itself to what the sub-layer "
            "made of it.",
            but(post_norm, join=lambda x, out: out),
        ),
        Misconception(
            "sub-layer dropped",
            "only x was normalised, and what the sub-layer found out is lost.",
            but(post_norm, join=lambda x, out: x),
        ),
        Misconception(
            "not normalised",
            "this is the sum, as it is. The norm is missing.",
            lambda x, out, *rest: x + out,
        ),
        Misconception(
            "x added again",
            "you added x once more, after the norm. The residual path joins "
            "once, before it.",
            lambda x, out, *rest: x + post_norm(x, out, *rest),
        ),
        Misconception(
            "difference",
            "you subtracted one from the other. They are added.",
            but(post_norm, join=lambda x, out: x - out),
        ),
        Misconception(
            "mean of the two",
            "you took the mean of the two, half of their sum. A norm undoes "
            "that, but for ε: it weighs four times as much against a "
            "variance that is a quarter.",
            but(post_norm, join=lambda x, out: (x + out) / 2),
        ),
        Misconception(
            "product",
            "you multiplied the two. They are added, so that the gradient "
            "has a path past the sub-layer.",
            but(post_norm, join=lambda x, out: x * out),
        ),
        Misconception(
            "ε not passed on",
            "`eps` never reached the norm: your result is that of ε = "
            "0.00001 whatever it says.",
            lambda x, out, gamma, beta, eps=1e-5: post_norm(
                x, out, gamma, beta
            ),
        ),
        Misconception(
            "over the first axis",
            "the sum is right, but it is normalised along the first axis. "
            "The norm runs inside each token, along the last one.",
            but(post_norm, axis=0),
        ),
        Misconception(
            "over everything at once",
            "the sum is right, but one mean and one variance serve all "
            "tokens together. Each has its own.",
            but(post_norm, axis=None),
        ),
        Misconception(
            "n − 1",
            "the sum is right, but its variance is divided by d − 1 and not "
            "by d.",
            but(post_norm, spread=sample_deviation),
        ),
        Misconception(
            "γ and β forgotten",
            "the sum is normalised, but `gamma` and `beta` were never used.",
            but(post_norm, stretch=unstretched),
        ),
    ),
    hints=(
        "Which comes first in its name: the adding or the norm?",
        "You wrote the norm already. What goes into it, and which of the "
        "arguments does it need?",
        "result = layer_norm of (x + sublayer_output), with gamma, beta and "
        "eps passed on.",
    ),
    returns=("result",),
)
