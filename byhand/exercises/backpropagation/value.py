"""The exercise `backpropagation.Value`."""

import math

from byhand.exercise import Exercise, Misconception
from byhand.ways import graphs

from .engine import (
    Composed,
    Dual,
    Tape,
    along_every_path,
    at_first_sight,
    begins_again,
    begins_again_below,
    by_recursion,
    changed,
    end_only,
    leaves_first,
    waiting_for_all,
    wiping_first,
    zero_is_the_start,
)
from .programs import CASES


def with_slope(name, sentence, **seam):
    """A misconception about one local slope or value."""
    ((operation, formula),) = seam.items()
    return Misconception(
        name,
        sentence,
        changed(**{operation: lambda self, *given: formula(*given)}),
    )


def on_the_left(operation):
    return lambda self, other: operation(self, self.lift(other))


def unhandled(self, other):
    return NotImplemented


def no_minus(self):
    raise TypeError("bad operand type for unary -: 'Value'")


def in_place(self, other):
    self.data += self.lift(other).data
    return self


def one_arm_each(self, data, *arms):
    by_parent = {id(parent): (parent, s) for parent, s in arms}
    return Tape.make(self, data, *by_parent.values())


def one_arm_in_a_product(self, other):
    product = Tape.__mul__(self, other)
    return one_arm_each(self, product.data, *product.arms)


EXERCISE = Exercise(
    id="backpropagation.Value",
    signature="Value(data)",
    asks=(
        "A number that remembers where it came from, so that gradients find "
        "their way back. `Value(2.0)` has the attributes `data` (2.0) and "
        "`grad` (0.0 at first). Write\n\n"
        "- `+ − * /` and unary −, between values and with plain numbers on "
        "*either* side;\n"
        "- `** k` for a plain number k (the base is never 0, and positive "
        "where k is no whole number);\n"
        "- `.exp()`, `.tanh()`, `.relu()`;\n"
        "- `.backward()`: it *adds* to each leaf's `grad` the slope of this "
        "value in that leaf. A leaf is a value that you made from a number.\n"
        "\n"
        "Each result is a new `Value`. Graphs may be 100 steps deep, with a "
        "value used twice at every step. Call `backward` once a graph. Two "
        "graphs share nothing but leaves, whose `grad` adds up. The check "
        "runs a short *program* with your class. It shows `data`, of each "
        "result in order, and `grads`, the `grad` of each leaf."
    ),
    points={"forward": 1, "slopes": 2, "twice": 2, "deep": 1},
    difficulty=5,
    importance=5,
    minutes=15,
    reference=Dual,
    cases=CASES,
    misconceptions=(
        # Forward.
        Misconception(
            "2 − a as a − 2",
            "with a number on the left of a minus you swapped the two sides.",
            changed(__rsub__=on_the_left(Tape.__sub__)),
        ),
        Misconception(
            "2 / a as a / 2",
            "with a number on the left of a division you swapped the two "
            "sides.",
            changed(__rtruediv__=on_the_left(Tape.__truediv__)),
        ),
        Misconception(
            "no 2 + a",
            "a number on the left of a plus is not handled. Python then asks "
            "your class for `__radd__`.",
            changed(__radd__=unhandled),
        ),
        Misconception(
            "no 2 * a",
            "a number on the left of a product is not handled. Python then "
            "asks your class for `__rmul__`.",
            changed(__rmul__=unhandled),
        ),
        Misconception(
            "no 2 − a",
            "a number on the left of a minus is not handled. Python then "
            "asks your class for `__rsub__`.",
            changed(__rsub__=unhandled),
        ),
        Misconception(
            "no 2 / a",
            "a number on the left of a division is not handled. Python then "
            "asks your class for `__rtruediv__`.",
            changed(__rtruediv__=unhandled),
        ),
        Misconception(
            "no a + 2",
            "a plain number on the right has no `data`. Make a Value of it "
            "first.",
            changed(lift=lambda self, other: other),
        ),
        Misconception(
            "no minus sign",
            "a minus sign before a value is not handled. Python asks your "
            "class for `__neg__`.",
            changed(__neg__=no_minus),
        ),
        Misconception(
            "plain results",
            "you returned a plain number. Return a new Value, which "
            "remembers its parents.",
            changed(make=lambda self, data, *arms: data),
        ),
        Misconception(
            "a Value in a Value",
            "you stored a Value in `data`. Store the plain number.",
            changed(
                make=lambda self, data, *arms: type(self)(
                    Tape.make(self, data, *arms)
                )
            ),
        ),
        Misconception(
            "sum in place",
            "your sum changes its left value. Make a new Value, and leave "
            "the two as they are.",
            changed(__add__=in_place),
        ),
        Misconception(
            "grad begins as None",
            "`grad` is None before the first backward pass. It should begin "
            "as 0.0, so that gradients can be added to it.",
            changed(at_first=None),
        ),
        Misconception(
            "grad begins with 1",
            "`grad` begins as 1 in every value. It should begin as 0.0: only "
            "the end of a graph gets 1, in the backward pass.",
            changed(at_first=1.0),
        ),
        with_slope(
            "powers of 2",
            "your `exp` gives powers of 2. It should give powers of e.",
            exp_of=lambda a: 2**a,
        ),
        with_slope(
            "sigmoid for tanh",
            "your `tanh` gives the sigmoid. tanh goes from −1 to 1.",
            tanh_of=lambda a: 1 / (1 + math.exp(-a)),
        ),
        with_slope(
            "absolute value for ReLU",
            "your `relu` turns negative numbers positive. It should give 0 "
            "there.",
            relu_of=abs,
        ),
        with_slope(
            "ReLU inverted",
            "your `relu` keeps what is negative. Keep what is positive.",
            relu_of=lambda a: min(a, 0.0),
        ),
        # Local slopes.
        with_slope(
            "slope of a difference",
            "the right side of a minus gets the gradient with its sign "
            "unchanged. The slope there is −1.",
            of_difference=lambda a, b: (1.0, 1.0),
        ),
        with_slope(
            "slope of a minus sign",
            "a minus sign in front of a value has the slope −1, not 1.",
            of_minus=lambda a: 1.0,
        ),
        with_slope(
            "slope of a sum",
            "you used the values as the slopes of a sum. Both slopes are 1.",
            of_sum=lambda a, b: (a, b),
        ),
        with_slope(
            "slopes of a product swapped",
            "in a product you gave each factor its own value as its slope. "
            "Each gets the *other* factor.",
            of_product=lambda a, b: (a, b),
        ),
        with_slope(
            "slopes of a product alike",
            "both factors of your product get the same slope, the whole "
            "product. Each gets the other factor.",
            of_product=lambda a, b: (a * b, a * b),
        ),
        with_slope(
            "slope of a product is 1",
            "your product hands the gradient on unchanged. The slope in each "
            "factor is the other factor.",
            of_product=lambda a, b: (1.0, 1.0),
        ),
        with_slope(
            "sign of a quotient",
            "a larger denominator makes a quotient smaller. Its slope has a "
            "minus.",
            of_quotient=lambda a, b: (1 / b, a / b**2),
        ),
        with_slope(
            "denominator not squared",
            "the slope of a quotient in its denominator is −a/b². You did not "
            "square b.",
            of_quotient=lambda a, b: (1 / b, -a / b),
        ),
        with_slope(
            "numerator forgotten",
            "the slope of a quotient in its denominator is −a/b². You left "
            "out a.",
            of_quotient=lambda a, b: (1 / b, -1 / b**2),
        ),
        with_slope(
            "slope of a quotient like a product's",
            "the slope of a quotient in its numerator is 1/b. You used b.",
            of_quotient=lambda a, b: (b, -a / b**2),
        ),
        with_slope(
            "exponent not in front",
            "the slope of a power brings the exponent k down as a factor. "
            "You left it out.",
            of_power=lambda a, k: a ** (k - 1),
        ),
        with_slope(
            "exponent not reduced",
            "the slope of a power has the exponent k − 1. You kept k.",
            of_power=lambda a, k: k * a**k,
        ),
        with_slope(
            "exponent too large",
            "the slope of a power has the exponent k − 1. You used k + 1.",
            of_power=lambda a, k: k * a ** (k + 1),
        ),
        with_slope(
            "slope of a power without its base",
            "the slope of a power is k times the base to the k − 1. You used "
            "k alone.",
            of_power=lambda a, k: k,
        ),
        with_slope(
            "slope of exp is 1",
            "your `exp` hands the gradient on unchanged. Its slope is its "
            "own value.",
            of_exp=lambda a, y: 1.0,
        ),
        with_slope(
            "slope of exp is its input",
            "the slope of `exp` is e to the input, its own value. You used "
            "the input.",
            of_exp=lambda a, y: a,
        ),
        with_slope(
            "exp as a power",
            "you treated `exp` as a power of its input. The slope of e to "
            "the x is e to the x.",
            of_exp=lambda a, y: a * math.exp(a - 1),
        ),
        with_slope(
            "exp of exp",
            "you took the exponential once more for the slope of `exp`. The "
            "slope is its value.",
            of_exp=lambda a, y: math.exp(y),
        ),
        with_slope(
            "tanh not squared",
            "the slope of tanh is 1 minus the *square* of its value.",
            of_tanh=lambda a, y: 1 - y,
        ),
        with_slope(
            "tanh twice",
            "you took tanh of the value once more. The slope of tanh is 1 "
            "minus the square of its value.",
            of_tanh=lambda a, y: 1 - math.tanh(y) ** 2,
        ),
        with_slope(
            "tanh by its input",
            "you squared the input of tanh. Its slope is 1 minus the square "
            "of its *value*.",
            of_tanh=lambda a, y: 1 - a**2,
        ),
        with_slope(
            "slope of the sigmoid",
            "you used the sigmoid's slope for tanh. It is 1 minus the square "
            "of the value.",
            of_tanh=lambda a, y: y * (1 - y),
        ),
        with_slope(
            "slope of tanh is 1",
            "your `tanh` hands the gradient on unchanged. Its slope is 1 "
            "minus the square of its value.",
            of_tanh=lambda a, y: 1.0,
        ),
        with_slope(
            "ReLU lets all through",
            "your `relu` hands the gradient on where it gave 0. Its slope "
            "there is 0.",
            of_relu=lambda a, y: 1.0,
        ),
        with_slope(
            "ReLU's value as slope",
            "you used the value of `relu` as its slope. The slope is 1 above "
            "0.",
            of_relu=lambda a, y: y,
        ),
        with_slope(
            "ReLU lets nothing through",
            "your `relu` stops every gradient. Above 0 its slope is 1.",
            of_relu=lambda a, y: 0.0,
        ),
        # The way back.
        Misconception(
            "not started",
            "no gradient sets out: the end's own `grad` stays 0. Begin with "
            "1, the slope of a value in itself.",
            changed(begin=lambda self: None),
        ),
        Misconception(
            "started with its value",
            "you began with the value of the end. Begin with 1, the slope of "
            "a value in itself.",
            changed(begin=lambda self: setattr(self, "grad", self.data)),
        ),
        Misconception(
            "every value begins with 1",
            "your `backward` calls itself and sets `grad` to 1 each time. "
            "Only the value that it was first called on gets 1.",
            changed(backward=begins_again),
        ),
        Misconception(
            "goes on before it hands on",
            "you sent a parent on its way before it had its gradient. Hand "
            "it on first, and give 1 to the end only.",
            changed(backward=begins_again_below),
        ),
        Misconception(
            "0 taken for the start",
            "you took a gradient of 0 for the start of the way back, and put "
            "1 there. A gradient may be 0.",
            changed(backward=zero_is_the_start),
        ),
        Misconception(
            "gradient from above forgotten",
            "you handed on the local slope alone. Multiply it by the `grad` "
            "that came from above: that is the chain rule.",
            changed(share=lambda self, slope: slope),
        ),
        Misconception(
            "gradient added to the slope",
            "you added the local slope to the gradient from above. The chain "
            "rule multiplies them.",
            changed(share=lambda self, slope: slope + self.grad),
        ),
        Misconception(
            "one step only",
            "the gradient came back one step only. Walk from the end to the "
            "leaves, so that each parent hands on in its turn.",
            changed(order=end_only),
        ),
        Misconception(
            "list not reversed",
            "the gradient came no farther than to the end's own parents. Is "
            "your list reversed? The end comes first, the leaves last.",
            changed(Composed, order=leaves_first),
        ),
        Misconception(
            "assigns",
            "you *set* a parent's gradient, so that the last arm or graph "
            "wins. Add to it: a value that is used twice gets both.",
            changed(take=lambda self, amount: setattr(self, "grad", amount)),
        ),
        Misconception(
            "assigns, in another order",
            "a parent's gradient was set, not added to. Where a value is "
            "used twice, the later arm or graph replaced the earlier one.",
            changed(
                order=waiting_for_all,
                take=lambda self, amount: setattr(self, "grad", amount),
            ),
        ),
        Misconception(
            "recursion by itself",
            "your recursion goes into each value only once, at the first "
            "arm. What comes by the second arm is never handed on. List all "
            "values first, parents before children.",
            changed(backward=by_recursion),
        ),
        Misconception(
            "depth first",
            "a value handed its gradient on before all of it had come. "
            "Follow the reverse topological order: a value's turn comes "
            "after everything that used it.",
            changed(order=at_first_sight(deep=True)),
        ),
        Misconception(
            "breadth first",
            "you went back level by level. With arms of unequal length, a "
            "value on two levels hands on too early. Use the reverse "
            "topological order.",
            changed(order=at_first_sight(deep=False)),
        ),
        Misconception(
            "along every path",
            "a value that is reached twice handed on its whole gradient "
            "twice, the first part again. Let each value hand on once, when "
            "all has come.",
            changed(backward=along_every_path),
        ),
        Misconception(
            "equal numbers taken for one",
            "you took two values with equal numbers for one and the same. "
            "Tell them apart by identity, not by `data`.",
            changed(key=lambda self: self.data),
        ),
        Misconception(
            "one arm for a value that meets itself",
            "where a value meets itself, as in a + a, you kept one of its "
            "two slopes. Keep both.",
            changed(make=one_arm_each),
        ),
        Misconception(
            "one arm in a product with itself",
            "in a·a you kept one of the two slopes. Each factor is an arm of "
            "its own: keep both.",
            changed(__mul__=one_arm_in_a_product),
        ),
        Misconception(
            "wipes the leaves",
            "you set all gradients to 0 before the way back. Leaves should "
            "keep what earlier graphs gave them.",
            changed(backward=wiping_first),
        ),
    ),
    not_by=("backward", "grad"),
    hints=(
        "Which two things must the result of a product remember, so that it "
        "can later tell each factor its gradient?",
        "Keep pairs (parent, slope) in each result. Most operators can be "
        "made of `+`, `*` and `**`: a − b is a + (−1)·b, a / b is a · b⁻¹. "
        "For `backward`, list the parents before their children "
        "(recursion, each value once), and walk that list from its end.",
        "visit(v): if v is new, note it, visit its parents, then append v to "
        "the list. backward: visit the end; its grad = 1; for v in the "
        "reversed list, for each (parent, slope) of v: parent's grad += "
        "slope × v's grad.",
    ),
    returns=("data", "grads"),
    way=graphs.graphs,
)
