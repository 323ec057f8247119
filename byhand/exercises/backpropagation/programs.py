"""The programs by which `Value` is judged."""

from byhand.exercise import Case
from byhand.ways.graphs import graphs

from .engine import Tape

# 5 and 10 tenths hide too much.
SIZES = (3, 4, 6, 7, 8, 9, 11, 12, 13, 14)


def numbers(rng, count):
    """Positive numbers with one decimal, no two of them alike."""
    sizes = rng.choice(SIZES, size=count, replace=False)
    return [float(x) for x in sizes / 10]


def values_of(leaves, program):
    """Every value of a program, in the order in which they are made."""
    made = []

    class Kept(Tape):
        def __init__(self, data):
            super().__init__(data)
            made.append(data)

    graphs(Kept, leaves, program)
    return made


def program(
    part,
    name,
    *lines,
    leaves="a b",
    signed=True,
    alike=False,
    unlike=True,
):
    """A case. In the lines, A to D stand for positive numbers to be drawn.

    alike: all leaves get the same number. unlike: by chance no two values of
    the program do.
    """
    names = leaves.split()

    def draw(rng):
        drawn = numbers(rng, len(names) + 4)
        least = -1 if signed else 1
        signs = rng.choice([least, 1], size=len(names))
        own = drawn[: len(names)]
        given = [float(s * x) for s, x in zip(signs, own, strict=True)]
        if alike:
            given = given[:1] * len(names)
        written = zip("ABCD", drawn[len(names) :], strict=True)
        table = {ord(letter): f"{x}" for letter, x in written}
        return {
            "leaves": dict(zip(names, given, strict=True)),
            "program": [line.translate(table) for line in lines],
        }

    def inputs(rng):
        while True:
            drawn = draw(rng)
            values = values_of(**drawn)
            twins = len(set(values)) < len(values)
            if not (twins and unlike and not alike):
                return drawn

    return Case(name, inputs, part)


def slope(name, line, **more):
    """One operation, and what comes back through it."""
    return program("slopes", name, line, "y.backward()", **more)


def twice(name, *lines, **more):
    return program("twice", name, *lines, "y.backward()", **more)


CASES = (
    program("forward", "a sum and a product", "c = a + b", "d = a * b"),
    program(
        "forward", "a difference and a quotient", "c = a - b", "d = a / b"
    ),
    program(
        "forward",
        "a minus sign, and powers",
        *("c = -a", "d = a**2", "e = b**3", "f = b**-1"),
    ),
    program(
        "forward",
        "a root: powers of positive values",
        *("c = a**0.5", "d = a**-1.5"),
        leaves="a",
        signed=False,
    ),
    program(
        "forward",
        "numbers on the right",
        *("c = a + A", "d = a - B", "e = a * C", "f = a / D"),
        leaves="a",
    ),
    program(
        "forward",
        "numbers on the left",
        *("c = A + a", "d = B - a", "e = C * a", "f = D / a"),
        leaves="a",
    ),
    program(
        "forward",
        "whole numbers",
        *("c = (2 * a + 3) / 2", "d = 3 - b * 2", "e = 2 / a - 1"),
        "f = sum([a, b])",
        unlike=False,
    ),
    program(
        "forward",
        "exp, tanh and ReLU",
        *("c = a.exp()", "d = b.tanh()", "e = a.relu()", "f = (-a).relu()"),
        unlike=False,
    ),
    # What others may be made of comes first, so that it is told first.
    slope("through a sum", "y = a + b"),
    slope("through a product", "y = a * b"),
    slope("through a minus sign", "y = -a", leaves="a"),
    slope("through a difference", "y = a - b"),
    slope("through a square", "y = a**2", leaves="a"),
    slope("through a cube", "y = a**3", leaves="a"),
    slope("through 1 over a value", "y = a**-1", leaves="a"),
    slope("through a root", "y = a**0.5", leaves="a", signed=False),
    slope("through a quotient", "y = a / b"),
    slope("through exp", "y = a.exp()", leaves="a"),
    slope("through tanh", "y = a.tanh()", leaves="a"),
    slope(
        "through ReLU, above 0",
        "y = a.relu()",
        leaves="a",
        signed=False,
        unlike=False,
    ),
    slope(
        "through ReLU, below 0",
        "y = (-a).relu() * A",
        leaves="a",
        signed=False,
        unlike=False,
    ),
    slope("with numbers on the left", "y = (A - a) * (B / b)"),
    slope("with numbers on the right", "y = (a / A - B) * (b + C) * D"),
    slope("through a chain", "y = ((a * b).tanh() * A).exp() * B"),
    twice("a value plus itself", "y = a + a", leaves="a"),
    twice("a value times itself", "y = a * a", leaves="a"),
    twice("a in two places", "y = a * b + a"),
    twice(
        "two equal numbers are two values",
        *("c = a * A", "d = b * A", "y = c * B + d.tanh()"),
        alike=True,
    ),
    twice("a diamond", "c = a * b", "y = c.tanh() + c.exp()"),
    twice(
        "a diamond with a long arm on the left",
        *("c = a * b", "d = (c * A).tanh() * B", "y = d + c"),
    ),
    twice(
        "a diamond with a long arm on the right",
        *("c = a * b", "d = (c * A).tanh() * B", "y = c + d"),
    ),
    twice(
        "a diamond behind a diamond",
        *("c = a + b", "d = c * a", "e = d.tanh() * c", "y = e * d + c"),
    ),
    program(
        "twice",
        "two graphs: gradients add up",
        *("y = a * b", "y.backward()", "z = (a + A).tanh()", "z.backward()"),
    ),
    program(
        "deep",
        "a hundred steps",
        "y = a",
        "for _ in range(50): y = y * 1.02 + b",
        "y.backward()",
        unlike=False,
    ),
    program(
        "deep",
        "a hundred steps, and far too many paths to walk one by one",
        "y = a",
        "for _ in range(50): y = y * 0.5 + y * 0.5",
        "y.backward()",
        unlike=False,
        leaves="a",
    ),
    program(
        "deep",
        "every value of a long chain is used again",
        *("y = a", "z = b"),
        "for _ in range(33): y, z = z * 0.5 + y * 0.4, y",
        "y.backward()",
        unlike=False,
    ),
)
