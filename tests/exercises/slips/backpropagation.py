"""Slips in lesson 03."""

import math

import numpy as np
from scipy.special import erf, expit, log_softmax


def no_axis(logits, targets):
    p = np.exp(logits) / np.exp(logits).sum()
    return -np.log(p[np.arange(len(targets)), targets]).mean()


def loss(logits, targets, reduce=np.mean, sign=-1, log=1.0):
    rows = np.arange(len(targets))
    return sign * reduce(log_softmax(logits, axis=1)[rows, targets]) / log


def whole_columns(logits, targets):
    return -log_softmax(logits, axis=1)[:, targets].mean()


def forward(x, W1, b1, W2, b2, act=expit, last=lambda z: z, b2_in=True):
    hidden = act(x @ W1 + b1)
    return hidden, last(hidden @ W2 + (b2 if b2_in else 0))


def backward(
    x,
    targets,
    W1,
    b1,
    W2,
    b2,
    *,
    mean=True,
    slope=lambda h: h * (1 - h),
    one_hot=True,
    sums=lambda d: d.sum(axis=0),
    sign=1,
):
    hidden, logits = forward(x, W1, b1, W2, b2)
    d = np.exp(log_softmax(logits, axis=1))
    if one_hot:
        d[np.arange(len(targets)), targets] -= 1
    d = sign * d / (len(x) if mean else 1)
    inside = (d @ W2.T) * slope(hidden)
    return x.T @ inside, sums(inside), hidden.T @ d, sums(d)


def but(**wrong):
    def answer(x, targets, W1, b1, W2, b2):
        return backward(x, targets, W1, b1, W2, b2, **wrong)

    return answer


class Value:
    """A right one, whose parts the wrong ones do otherwise."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents

    @classmethod
    def lift(cls, x):
        return x if isinstance(x, Value) else cls(x)

    def __add__(self, other):
        other = self.lift(other)
        return type(self)(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        other = self.lift(other)
        return type(self)(
            self.data * other.data, [(self, other.data), (other, self.data)]
        )

    def __pow__(self, k):
        return type(self)(self.data**k, [(self, k * self.data ** (k - 1))])

    def exp(self):
        e = math.exp(self.data)
        return type(self)(e, [(self, e)])

    def tanh(self):
        t = math.tanh(self.data)
        return type(self)(t, [(self, 1 - t**2)])

    def relu(self):
        return type(self)(max(self.data, 0.0), [(self, float(self.data > 0))])

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-self.lift(other))

    def __truediv__(self, other):
        return self * self.lift(other) ** -1

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self.lift(other) - self

    def __rtruediv__(self, other):
        return self.lift(other) / self

    def order(self):
        done, seen = [], set()

        def visit(v):
            if id(v) not in seen:
                seen.add(id(v))
                for parent, _ in v.parents:
                    visit(parent)
                done.append(v)

        visit(self)
        return done[::-1]

    def backward(self):
        self.grad = 1.0
        for v in self.order():
            for parent, slope in v.parents:
                parent.grad += slope * v.grad


class Overwrites(Value):
    def backward(self):
        self.grad = 1.0
        for v in self.order():
            for parent, slope in v.parents:
                parent.grad = slope * v.grad


class NoOrder(Value):
    """Recursion from each value at once, before all has come in."""

    def backward(self, grad=1.0):
        self.grad += grad
        for parent, slope in self.parents:
            parent.backward(slope * self.grad)


class TanhOfInput(Value):
    def tanh(self):
        return type(self)(math.tanh(self.data), [(self, 1 - self.data**2)])


class MinusAsPlus(Value):
    def __rsub__(self, other):
        return self - other


class PowerForgetsK(Value):
    def __pow__(self, k):
        return type(self)(self.data**k, [(self, self.data ** (k - 1))])


class StartsAtZero(Value):
    def backward(self):
        for v in self.order():
            for parent, slope in v.parents:
                parent.grad += slope * v.grad


def clip(grads, max_norm, always=False, limit=None):
    norm = math.sqrt(sum((g**2).sum() for g in grads))
    factor = max_norm / norm if always or norm > max_norm else 1.0
    return [g * factor for g in grads], norm


def clip_each(grads, max_norm):
    norms = [np.linalg.norm(g) for g in grads]
    clipped = [
        g * (max_norm / n if n > max_norm else 1)
        for g, n in zip(grads, norms, strict=True)
    ]
    return clipped, math.sqrt(sum(n**2 for n in norms))


def clip_in_place(grads, max_norm):
    norm = math.sqrt(sum((g**2).sum() for g in grads))
    if norm > max_norm:
        for g in grads:
            g *= max_norm / norm
    return grads, norm


def clip_sum_of_norms(grads, max_norm):
    norm = sum(np.linalg.norm(g) for g in grads)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g * factor for g in grads], norm


def clip_norm_after(grads, max_norm):
    clipped, _ = clip(grads, max_norm)
    return clipped, math.sqrt(sum((g**2).sum() for g in clipped))


WRONG = {
    "backpropagation.sigmoid": {
        "sign": lambda x: 1 / (1 + np.exp(x)),
        "tanh": lambda x: np.tanh(x),
        "no bracket": lambda x: 1 / 1 + np.exp(-x),
        "overflows": lambda x: np.exp(x) / (1 + np.exp(x)),
        "softmax": lambda x: (
            np.exp(x - np.max(x)) / np.exp(x - np.max(x)).sum()
        ),
        "clipped": lambda x: 1 / (1 + np.exp(-np.clip(x, -5, 5))),
    },
    "backpropagation.leaky_relu": {
        "absolute": lambda x, alpha: np.where(x > 0, x, alpha * np.abs(x)),
        "relu": lambda x, alpha: np.maximum(x, 0),
        "constant": lambda x, alpha: np.where(x > 0, x, alpha),
        "minus": lambda x, alpha: np.where(x > 0, x, -alpha * x),
        "conditions swapped": lambda x, alpha: np.where(x < 0, x, alpha * x),
        "added": lambda x, alpha: np.maximum(x, 0) + alpha * x,
    },
    "backpropagation.gelu": {
        "no root": lambda x: x * (1 + erf(x)) / 2,
        "no half": lambda x: x * (1 + erf(x / np.sqrt(2))),
        "tanh": lambda x: (
            x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
        ),
        "no x": lambda x: (1 + erf(x / np.sqrt(2))) / 2,
        "sigmoid": lambda x: x * expit(1.702 * x),
        "no 1": lambda x: x / 2 * erf(x / np.sqrt(2)),
    },
    "backpropagation.mlp_forward": {
        "no bias": lambda x, W1, b1, W2, b2: forward(x, W1, 0, W2, b2),
        "no last bias": lambda x, W1, b1, W2, b2: forward(
            x, W1, b1, W2, b2, b2_in=False
        ),
        "sigmoid at the end": lambda x, W1, b1, W2, b2: forward(
            x, W1, b1, W2, b2, last=expit
        ),
        "no sigmoid": lambda x, W1, b1, W2, b2: forward(
            x, W1, b1, W2, b2, act=lambda z: z
        ),
        "relu": lambda x, W1, b1, W2, b2: forward(
            x, W1, b1, W2, b2, act=lambda z: np.maximum(z, 0)
        ),
        "logits alone": lambda x, W1, b1, W2, b2: forward(x, W1, b1, W2, b2)[
            1
        ],
    },
    "backpropagation.cross_entropy": {
        "softmax over everything": no_axis,
        "a sum": lambda logits, targets: loss(logits, targets, np.sum),
        "sign": lambda logits, targets: loss(logits, targets, sign=1),
        "bits": lambda logits, targets: loss(logits, targets, log=math.log(2)),
        "whole columns": whole_columns,
        "no maximum": lambda logits, targets: (
            -np.mean(
                np.log(
                    np.exp(logits[np.arange(len(targets)), targets])
                    / np.exp(logits).sum(axis=1)
                )
            )
        ),
    },
    "backpropagation.mlp_backward": {
        "not the mean": but(mean=False),
        "no slope": but(slope=lambda h: 1),
        "no one-hot": but(one_hot=False),
        "biases by mean": but(sums=lambda d: d.mean(axis=0)),
        "sign": but(sign=-1),
        "tanh's slope": but(slope=lambda h: 1 - h**2),
    },
    "backpropagation.Value": {
        "overwrites": Overwrites,
        "no order": NoOrder,
        "tanh of the input": TanhOfInput,
        "2 - a is a - 2": MinusAsPlus,
        "power forgets k": PowerForgetsK,
        "starts at 0": StartsAtZero,
    },
    "backpropagation.clip_grad_norm": {
        "each by itself": clip_each,
        "always": lambda grads, max_norm: clip(grads, max_norm, always=True),
        "in place": clip_in_place,
        "sum of norms": clip_sum_of_norms,
        "norm after": clip_norm_after,
        "values": lambda grads, max_norm: (
            [np.clip(g, -max_norm, max_norm) for g in grads],
            clip(grads, max_norm)[1],
        ),
    },
}
