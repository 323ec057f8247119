"""The exercise `gradient_descent.gradient_step`."""

from fractions import Fraction

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from .shared import rate


def stand(rng, sign):
    """A point, and a gradient of that sign that is neither 2x nor ±1."""
    sizes = [0.3, 0.4, 0.6, 0.7, 1.2, 1.3, 1.6, 1.7]
    grad = sign * float(rng.choice(sizes))
    x = float(readable(rng))
    while abs(2 * x - grad) < 0.05:
        x = float(readable(rng))
    return {"x": x, "grad": grad, "lr": rate(rng)}


def exact_step(x, grad, lr):
    x, grad, lr = (Fraction(float(number)) for number in (x, grad, lr))
    return float(x - grad * lr)


EXERCISE = Exercise(
    id="gradient_descent.gradient_step",
    signature="gradient_step(x, grad, lr) -> float",
    asks=(
        "One step downhill. You stand at `x`, the gradient there is `grad`, "
        "and the learning rate is `lr`; all three are floats. Return the new "
        "`x`, one float: the old one, moved *against* the gradient by the "
        "learning rate times the gradient."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=3,
    reference=exact_step,
    cases=(
        Case(
            "flat ground",
            lambda rng: {**stand(rng, 1), "grad": 0.0},
        ),
        Case("the ground rises to the right", lambda rng: stand(rng, 1)),
        Case("the ground falls to the right", lambda rng: stand(rng, -1)),
    ),
    misconceptions=(
        Misconception(
            "uphill",
            "this step goes uphill. The gradient points to where the function "
            "grows, and you want to go against it.",
            lambda x, grad, lr: exact_step(x, -grad, lr),
        ),
        Misconception(
            "learning rate forgotten",
            "you moved by the whole gradient. The learning rate says which "
            "fraction of it a step takes.",
            lambda x, grad, lr: x - grad,
        ),
        Misconception(
            "the step only",
            "this is only how far to move. Return the place where you are "
            "after the move.",
            lambda x, grad, lr: exact_step(0, grad, lr),
        ),
        Misconception(
            "gradient forgotten",
            "you always move left, by the learning rate. How far and which "
            "way to go depends on the gradient.",
            lambda x, grad, lr: x - lr,
        ),
        Misconception(
            "sign only",
            "every step has the same length here: you used only the sign of "
            "the gradient. A steep place should give a longer step.",
            lambda x, grad, lr: exact_step(x, np.sign(grad), lr),
        ),
        Misconception(
            "always the parabola",
            "you used 2x, the slope of x². The function may be another one: "
            "its slope is what you are given as `grad`.",
            lambda x, grad, lr: exact_step(x, 2 * x, lr),
        ),
        Misconception(
            "divided by the learning rate",
            "a smaller learning rate makes your steps larger: you divided by "
            "it where it should multiply.",
            lambda x, grad, lr: x - grad / lr,
        ),
        Misconception(
            "x shrunk too",
            "the learning rate multiplies only the gradient. You scaled the "
            "place where you stand as well.",
            lambda x, grad, lr: exact_step(lr * x, grad, lr),
        ),
        Misconception(
            "subtracted the wrong way",
            "you subtracted x from the step. Subtract the step from x.",
            lambda x, grad, lr: lr * grad - x,
        ),
        Misconception(
            "brackets",
            "you subtracted the learning rate from x and multiplied the "
            "rest. Multiply the gradient by the learning rate first.",
            lambda x, grad, lr: (x - lr) * grad,
        ),
        Misconception(
            "gradient replaced by x",
            "you stepped along x. Step along the gradient.",
            lambda x, grad, lr: x - lr * x,
        ),
        Misconception(
            "times x as well",
            "you multiplied by x as well. The gradient is given, as a "
            "finished number: only the learning rate multiplies it.",
            lambda x, grad, lr: x - lr * grad * x,
        ),
    ),
    hints=(
        "Where the ground rises to the right, the gradient is positive. "
        "Should x become larger or smaller?",
        "The learning rate times the gradient is how far to go. Take it away "
        "from where you stand.",
        "step = learning rate × gradient; result = old x minus step.",
    ),
    returns=("x_new",),
)
