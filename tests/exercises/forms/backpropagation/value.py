"""Right answers to `backpropagation.Value`: engines of several styles."""

import math

import numpy as np


class Closures:
    """Each result keeps a function that hands its gradient on."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self._parents = set(parents)
        self._hand_on = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Closures) else Closures(other)
        out = Closures(self.data + other.data, (self, other))

        def hand_on():
            self.grad += out.grad
            other.grad += out.grad

        out._hand_on = hand_on
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Closures) else Closures(other)
        out = Closures(self.data * other.data, (self, other))

        def hand_on():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._hand_on = hand_on
        return out

    def __pow__(self, k):
        assert isinstance(k, (int, float))
        return self._bent(self.data**k, k * self.data ** (k - 1))

    def exp(self):
        return self._bent(math.exp(self.data), math.exp(self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return self._bent(t, 1 - t**2)

    def relu(self):
        return self._bent(max(0.0, self.data), float(self.data > 0))

    def _bent(self, data, slope):
        out = Closures(data, (self,))

        def hand_on():
            self.grad += slope * out.grad

        out._hand_on = hand_on
        return out

    def backward(self):
        order, seen = [], set()

        def build(value):
            if value not in seen:
                seen.add(value)
                for parent in value._parents:
                    build(parent)
                order.append(value)

        build(self)
        self.grad = 1.0
        for value in reversed(order):
            value._hand_on()

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1


class Numbered:
    """Values are numbered as they are made: a later one never comes first."""

    made = 0

    def __init__(self, data, arms=()):
        Numbered.made += 1
        self.number = Numbered.made
        self.data, self.grad, self.arms = np.float64(data), 0.0, arms

    @staticmethod
    def of(x):
        return x if isinstance(x, Numbered) else Numbered(x)

    def __add__(self, other):
        other = self.of(other)
        return Numbered(self.data + other.data, [(self, 1), (other, 1)])

    def __mul__(self, other):
        other = self.of(other)
        arms = [(self, other.data), (other, self.data)]
        return Numbered(self.data * other.data, arms)

    def __truediv__(self, other):
        other = self.of(other)
        quotient = self.data / other.data
        arms = [(self, 1 / other.data), (other, -quotient / other.data)]
        return Numbered(quotient, arms)

    def __pow__(self, k):
        result = self.data ** float(k)
        return Numbered(result, [(self, k * result / self.data)])

    def exp(self):
        y = np.exp(self.data)
        return Numbered(y, [(self, y)])

    def tanh(self):
        y = np.tanh(self.data)
        return Numbered(y, [(self, 1 / np.cosh(self.data) ** 2)])

    def relu(self):
        return Numbered(np.maximum(self.data, 0), [(self, self.data > 0)])

    def __neg__(self):
        return Numbered(-self.data, [(self, -1)])

    def __sub__(self, other):
        return self + -self.of(other)

    def __rsub__(self, other):
        return self.of(other) - self

    def __rtruediv__(self, other):
        return self.of(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        found = {self.number: self}
        waiting = [self]
        while waiting:
            for parent, _ in waiting.pop().arms:
                if parent.number not in found:
                    found[parent.number] = parent
                    waiting.append(parent)
        self.grad += 1
        for number in sorted(found, reverse=True):
            value = found[number]
            for parent, slope in value.arms:
                parent.grad += slope * value.grad


class Taped(Numbered):
    """Gradients in a dict of the pass; only leaves keep theirs."""

    def backward(self):
        slopes, order, seen = {id(self): 1.0}, [], set()
        stack = [(self, False)]
        while stack:
            value, done = stack.pop()
            if done:
                order.append(value)
            elif id(value) not in seen:
                seen.add(id(value))
                stack.append((value, True))
                stack += [(parent, False) for parent, _ in value.arms]
        for value in reversed(order):
            above = slopes[id(value)]
            if not value.arms:
                value.grad = value.grad + above
            for parent, slope in value.arms:
                so_far = slopes.get(id(parent), 0.0)
                slopes[id(parent)] = so_far + above * slope


class Counted(Numbered):
    """Waits until everything that used a value has handed on (Kahn)."""

    def backward(self):
        uses, todo, seen = {}, [self], {self}
        while todo:
            value = todo.pop()
            for parent, _ in value.arms:
                uses[parent] = uses.get(parent, 0) + 1
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        self.grad, ready = 1.0, [self]
        while ready:
            value = ready.pop()
            for parent, slope in value.arms:
                parent.grad += slope * value.grad
                uses[parent] -= 1
                if uses[parent] == 0:
                    ready.append(parent)


class Forward:
    """No way back at all: slopes in every leaf go along with the value."""

    def __init__(self, data, slopes=None):
        self.data, self.grad = data, 0.0
        self.slopes = {self: 1.0} if slopes is None else slopes

    def of(self, x):
        return x if isinstance(x, Forward) else Forward(x, {})

    def mixed(self, data, *arms):
        slopes = {}
        for value, slope in arms:
            for leaf, so_far in value.slopes.items():
                slopes[leaf] = slopes.get(leaf, 0.0) + slope * so_far
        return Forward(data, slopes)

    def __add__(self, other):
        other = self.of(other)
        return self.mixed(self.data + other.data, (self, 1), (other, 1))

    def __mul__(self, other):
        other = self.of(other)
        both = (self, other.data), (other, self.data)
        return self.mixed(self.data * other.data, *both)

    def __pow__(self, k):
        return self.mixed(self.data**k, (self, k * self.data ** (k - 1)))

    def exp(self):
        y = math.exp(self.data)
        return self.mixed(y, (self, y))

    def tanh(self):
        # From exp alone, as a quotient.
        double = (self * 2).exp()
        return (double - 1) / (double + 1)

    def relu(self):
        return self * (1.0 if self.data > 0 else 0.0)

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -self.of(other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        return self * self.of(other) ** -1

    def __rtruediv__(self, other):
        return self**-1 * other

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        for leaf, slope in self.slopes.items():
            leaf.grad += slope


FORMS = [Closures, Numbered, Taped, Counted, Forward]
