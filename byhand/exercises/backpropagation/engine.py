"""Two engines for `Value`: dual numbers, which are right, and a tape.

The tape goes backward, as a learner's own does, and is made to go wrong: each
of its methods is a seam, and `changed` gives it another one.
"""

import math
from collections.abc import Callable
from typing import Any

MOST_PATHS = 3_000  # that a walk without an order may take


class Arithmetic:
    """The operators, by what a subclass makes of results and their slopes."""

    def lift(self, other: Any) -> Any:
        """A plain number as a value."""
        return other if isinstance(other, Arithmetic) else type(self)(other)

    def make(self, data: float, *arms: tuple) -> Any:
        """A value that came from others: (value, slope) for each."""
        raise NotImplementedError

    # Local slopes, of what stands left and right.
    def of_sum(self, a, b):
        return 1.0, 1.0

    def of_difference(self, a, b):
        return 1.0, -1.0

    def of_product(self, a, b):
        return b, a

    def of_quotient(self, a, b):
        return 1 / b, -a / (b * b)

    def of_minus(self, a):
        return -1.0

    def of_power(self, a, k):
        return k * a ** (k - 1)

    def of_exp(self, a, y):
        return y

    def of_tanh(self, a, y):
        return 1 - y * y

    def of_relu(self, a, y):
        return 1.0 if a > 0 else 0.0

    # The values themselves.
    def exp_of(self, a):
        return math.exp(a)

    def tanh_of(self, a):
        return math.tanh(a)

    def relu_of(self, a):
        return max(a, 0.0)

    def meet(self, other, result, slopes):
        other = self.lift(other)
        left, right = slopes(self.data, other.data)
        data = result(self.data, other.data)
        return self.make(data, (self, left), (other, right))

    def __add__(self, other):
        return self.meet(other, lambda a, b: a + b, self.of_sum)

    def __sub__(self, other):
        return self.meet(other, lambda a, b: a - b, self.of_difference)

    def __mul__(self, other):
        return self.meet(other, lambda a, b: a * b, self.of_product)

    def __truediv__(self, other):
        return self.meet(other, lambda a, b: a / b, self.of_quotient)

    def __radd__(self, other):
        return self.lift(other) + self

    def __rsub__(self, other):
        return self.lift(other) - self

    def __rmul__(self, other):
        return self.lift(other) * self

    def __rtruediv__(self, other):
        return self.lift(other) / self

    def __neg__(self):
        return self.make(-self.data, (self, self.of_minus(self.data)))

    def __pow__(self, k):
        slope = self.of_power(self.data, k)
        return self.make(self.data**k, (self, slope))

    def exp(self):
        y = self.exp_of(self.data)
        return self.make(y, (self, self.of_exp(self.data, y)))

    def tanh(self):
        y = self.tanh_of(self.data)
        return self.make(y, (self, self.of_tanh(self.data, y)))

    def relu(self):
        y = self.relu_of(self.data)
        return self.make(y, (self, self.of_relu(self.data, y)))


class Dual(Arithmetic):
    """Forward: each value knows its slope in every leaf that it came from."""

    def __init__(self, data: float) -> None:
        self.data, self.grad = data, 0.0
        self.slopes = {id(self): (self, 1.0)}

    def make(self, data, *arms):
        made = Dual(data)
        made.slopes = {}
        for value, slope in arms:
            for key, (leaf, so_far) in value.slopes.items():
                known = made.slopes.get(key, (leaf, 0.0))[1]
                made.slopes[key] = leaf, known + slope * so_far
        return made

    def backward(self):
        for leaf, slope in self.slopes.values():
            leaf.grad += slope


class Tape(Arithmetic):
    """Backward: each value knows its parents, and the slope in each."""

    at_first: Any = 0.0
    at_the_end = 1.0

    def __init__(self, data: float) -> None:
        self.data, self.grad = data, self.at_first
        self.arms: tuple = ()

    def make(self, data, *arms):
        made = type(self)(data)
        made.arms = arms
        return made

    def key(self):
        """What a value is known by."""
        return id(self)

    def order(self):
        """The end first; each value when all that it went into is done."""
        found, seen, waiting = [], set(), [(self, iter(self.arms))]
        seen.add(self.key())
        while waiting:
            value, arms = waiting[-1]
            parent = next((p for p, _ in arms if p.key() not in seen), None)
            if parent is None:
                found.append(value)
                waiting.pop()
            else:
                seen.add(parent.key())
                waiting.append((parent, iter(parent.arms)))
        return found[::-1]

    def begin(self):
        self.grad = self.at_the_end

    def take(self, amount):
        self.grad += amount

    def share(self, slope):
        return slope * self.grad

    def backward(self):
        self.begin()
        for value in self.order():
            for parent, slope in value.arms:
                parent.take(value.share(slope))


class Composed(Tape):
    """A tape whose −, / and minus sign are made of +, * and **."""

    def __neg__(self):
        return Tape.__mul__(self, -1.0)

    def __sub__(self, other):
        return Tape.__add__(self, -self.lift(other))

    def __truediv__(self, other):
        return Tape.__mul__(self, Tape.__pow__(self.lift(other), -1))


def leaves_first(self):
    return Tape.order(self)[::-1]


def changed(kind: type = Tape, **seams: Any) -> Callable:
    """A tape but for these methods, under the name that learners give it."""
    return type("Value", (kind,), seams)


# --- orders that go wrong ----------------------------------------------------


def at_first_sight(deep: bool) -> Callable:
    """Each value once, as soon as one path has come to it."""

    def order(self):
        found, seen, waiting = [], set(), [self]
        while waiting:
            value = waiting.pop(-1 if deep else 0)
            if value.key() in seen:
                continue
            seen.add(value.key())
            found.append(value)
            parents = [parent for parent, _ in value.arms]
            waiting += reversed(parents) if deep else parents
        return found

    return order


def waiting_for_all(self):
    """Right too: a value's turn comes when nothing more can come in."""
    waiting, seen = {}, {self.key(): self}
    for value in (found := [self]):
        for parent, _ in value.arms:
            key = parent.key()
            waiting[key] = waiting.get(key, 0) + 1
            if key not in seen:
                seen[key] = parent
                found.append(parent)
    ready = [self]
    for value in ready:
        for parent, _ in value.arms:
            waiting[parent.key()] -= 1
            if not waiting[parent.key()]:
                ready.append(seen[parent.key()])
    return ready


def end_only(self):
    return [self]


def along_every_path(self):
    """Each parent goes on, again and again, with all that it has so far."""
    self.begin()
    paths = 0
    waiting = [iter(self.arms)]
    values = [self]
    while waiting:
        step = next(waiting[-1], None)
        if step is None:
            waiting.pop()
            values.pop()
            continue
        paths += 1
        if paths > MOST_PATHS:
            raise RecursionError("there are too many paths")
        parent, slope = step
        parent.take(values[-1].share(slope))
        waiting.append(iter(parent.arms))
        values.append(parent)


def wiping_first(self):
    for value in self.order():
        value.grad = 0.0
    Tape.backward(self)


def by_recursion(self):
    """Into each value once, by the first arm that comes to it."""
    self.begin()
    seen = set()

    def go(value):
        if value.key() in seen:
            return
        seen.add(value.key())
        for parent, slope in value.arms:
            parent.take(value.share(slope))
            go(parent)

    go(self)


def begins_again(self):
    """A recursion that gives 1 to whatever it comes to, whatever that had."""
    for value in self.order():
        value.grad = 1.0


def begins_again_below(self):
    paths = 0

    def go(value):
        nonlocal paths
        paths += 1
        if paths > MOST_PATHS:
            raise RecursionError("there are too many paths")
        value.grad = 1.0
        for parent, slope in value.arms:
            go(parent)
            parent.take(value.share(slope))

    go(self)


def zero_is_the_start(self):
    for value in self.order():
        if value.grad == 0:
            value.grad = 1.0
        for parent, slope in value.arms:
            parent.take(value.share(slope))
