"""The exercise `decoding.apply_temperature`."""

import math

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import fresh

from .shared import drawn, itself


def times_the_inverse(logits, t):
    return logits * t**-1.0


def softened(logits, t):
    return logits.div(t)


EXERCISE = Exercise(
    id="decoding.apply_temperature",
    signature="apply_temperature(logits, t)",
    asks=(
        "Sharpen or flatten a distribution *before* the softmax. `logits` is "
        "a tensor `(…, vocab)` and `t`, the temperature, a number above 0. "
        "Return **logits**, in a new tensor of the same shape: the given "
        "ones divided by `t`, and nothing else done to them, so no softmax "
        "and nothing subtracted. A logit of −∞ stays −∞."
    ),
    points=1,
    difficulty=1,
    importance=4,
    minutes=5,
    reference=times_the_inverse,
    way=fresh.afterwards,
    cases=(
        Case("t = 2, one row of three", drawn(3, t=2.0)),
        Case("t = 0.5, two rows", drawn(2, 4, t=0.5)),
        Case("t = 0.8, a batch of one", drawn(1, 3, 4, t=0.8)),
        Case("t = 2, some tokens are at −∞", drawn(2, 4, dropped=2, t=2.0)),
        Case("t = 1 changes nothing", drawn(3, t=1.0)),
        Case("t = 0.01, nearly greedy", drawn(3, t=0.01)),
    ),
    misconceptions=(
        Misconception(
            "multiplied",
            "you multiplied by t. Then a high temperature sharpens. It "
            "should flatten, so divide.",
            lambda logits, t: logits * t,
        ),
        Misconception(
            "after the softmax",
            "the softmax came first, and its probabilities were divided by "
            "t. They do not add up to 1 any more, and their proportions are "
            "the old ones: nothing was sharpened or flattened. Divide the "
            "*logits*.",
            lambda logits, t: logits.softmax(-1) / t,
        ),
        Misconception(
            "after the softmax, and made to add up",
            "you divided the probabilities by t and then by their sum, which "
            "takes t out again: these are the probabilities at t = 1, "
            "whatever t is. Divide the *logits*, and return logits.",
            lambda logits, t: logits.softmax(-1),
        ),
        Misconception(
            "probabilities returned",
            "you divided by t rightly, but you return probabilities. Return "
            "logits: the softmax comes later, after the filters.",
            lambda logits, t: softened(logits, t).softmax(-1),
        ),
        Misconception(
            "log-probabilities returned",
            "you return log-probabilities. They make the same distribution. "
            "Return the logits divided by t and no more.",
            lambda logits, t: softened(logits, t).log_softmax(-1),
        ),
        Misconception(
            "the largest subtracted",
            "the largest logit was subtracted. That is a step of softmax, "
            "which takes care of it by itself. Here it is division only.",
            lambda logits, t: softened(
                logits - logits.amax(-1, keepdim=True), t
            ),
        ),
        Misconception(
            "t ignored",
            "t was never used: these are the logits as they came.",
            lambda logits, t: logits + 0,
        ),
        Misconception(
            "t ignored, the given tensor",
            "t was never used: you return the given tensor, as it came.",
            lambda logits, t: logits,
        ),
        Misconception(
            "the given tensor at t = 1",
            itself("where t is 1,"),
            lambda logits, t: logits if t == 1 else softened(logits, t),
        ),
        Misconception(
            "never below 0.1",
            "a t below 0.1 counts as 0.1 in yours. Divide by t as it is: it "
            "is never 0.",
            lambda logits, t: softened(logits, max(t, 0.1)),
        ),
        Misconception(
            "subtracted",
            "you subtracted t. Softmax does not notice when all logits move "
            "by the same amount, so that no distribution would change.",
            lambda logits, t: logits - t,
        ),
        Misconception(
            "divided by the root",
            "you divided by the square root of t. The root belongs to d_k, "
            "in attention. A temperature is taken as it is.",
            lambda logits, t: softened(logits, math.sqrt(t)),
        ),
        Misconception(
            "a power of the logits",
            "you took a power of the logits, with 1/t in the exponent. That "
            "is what happens to the *probabilities*. Logits are logarithms, "
            "and there a power becomes a product.",
            lambda logits, t: logits ** (1 / t),
        ),
        Misconception(
            "whole numbers",
            "you divided and threw away what comes after the point. Use the "
            "division that keeps it.",
            lambda logits, t: logits // t,
        ),
    ),
    hints=(
        "Two logits are 2 apart, so one token is e² = 7.4 times as likely as "
        "the other. How far apart are they after a division by 2, and how "
        "many times as likely is the one then?",
        "Softmax looks at differences between logits only. Dividing all by a "
        "number below 1 stretches the differences, by one above 1 shrinks "
        "them.",
        "result = logits / t.",
    ),
    returns=("logits",),
)
