"""The exercise `scaling_out.combine_gradients`."""

from functools import partial

import torch

from byhand.exercise import Case, Exercise, Listed, Misconception

from ..pieces.inputs import readable
from ..pieces.tensors import tensor


def by_the_sums(gradients, counts):
    """Each worker's sum over its examples, and one division at the end."""
    found = []
    for parts in zip(*gradients, strict=True):
        sums = [count * one for count, one in zip(counts, parts, strict=True)]
        found.append(torch.stack(sums).sum(dim=0) / sum(counts))
    return found


def share(counts):
    total = sum(counts)
    return [count / total for count in counts]


def combine(gradients, counts, *, weights=share, finish=list):
    """A weighted sum whose weights go wrong."""
    factors = weights(counts)
    return finish(
        [
            sum(f * one for f, one in zip(factors, parts, strict=True))
            for parts in zip(*gradients, strict=True)
        ]
    )


def weighted(weights, **more):
    return partial(combine, weights=weights, **more)


def inverted(counts):
    parts = [1 / count if count else 0.0 for count in counts]
    return share(parts)


def those_with_examples(counts):
    return share([float(count > 0) for count in counts])


def the_largest(counts):
    largest = max(counts)
    return [float(k == counts.index(largest)) for k in range(len(counts))]


def softmax(counts):
    return torch.tensor(counts).double().softmax(dim=0).tolist()


def squares(counts):
    return share([count**2 for count in counts])


def roots(counts):
    return share([count**0.5 for count in counts])


def at_least_one(counts):
    return share([max(count, 1) for count in counts])


def reversed_counts(counts):
    return share(counts[::-1])


def first_parameter(gradients, counts):
    return combine(gradients, counts)[:1]


def parameters_for_workers(gradients, counts):
    """Each worker's own gradients added up, weighted."""
    return [
        f * sum(one.sum() for one in grads)
        for f, grads in zip(share(counts), gradients, strict=True)
    ]


def of(name, shapes, counts):
    """A case; a pair among the counts stands for a number to be drawn."""

    def inputs(rng):
        drawn = [
            int(rng.integers(*one)) if isinstance(one, tuple) else one
            for one in counts
        ]
        gradients = [
            [tensor(readable(rng, *shape)) for shape in shapes] for _ in drawn
        ]
        return {"gradients": gradients, "counts": drawn}

    return Case(name, inputs)


EXERCISE = Exercise(
    id="scaling_out.combine_gradients",
    signature="combine_gradients(gradients, counts) -> list[Tensor]",
    asks=(
        "The workers had different numbers of examples. Worker w took the "
        "*mean* loss over its `counts[w]` examples, and `gradients[w]` is "
        "the list of its gradients, one tensor for each parameter. Return "
        "the gradients of the mean loss over **all** examples together: a "
        "list of new tensors, one for each parameter. A count may be 0, but "
        "not all of them. Such a worker contributes nothing. Its "
        "gradients are there, and finite."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=6,
    reference=by_the_sums,
    cases=(
        of("3 examples and 1, one number", [(1,)], [3, 1]),
        of("equally many", [(2,)], [2, 2]),
        of("one worker alone", [(2,), (1, 2)], [5]),
        of("11 and 101, two parameters", [(2,), (2, 2)], [11, 101]),
        of("a worker without examples", [(3,)], [2, 0, 5]),
        of("two of four without examples", [(2,), (2,)], [0, 3, 0, 4]),
        of("only one has any", [(2, 3)], [0, 4]),
        of("three workers", [(2,), (3, 2), (1,)], [(1, 5), (5, 9), (9, 14)]),
    ),
    misconceptions=(
        Misconception(
            "plain mean",
            "you took the plain mean over the workers. A worker with more "
            "examples counts for more: weight each by its count.",
            weighted(lambda counts: [1 / len(counts)] * len(counts)),
        ),
        Misconception(
            "sum",
            "you added the gradients up. They are means already: weight each "
            "by its count, and divide by all examples.",
            weighted(lambda counts: [1.0] * len(counts)),
        ),
        Misconception(
            "not divided",
            "you weighted by the counts and did not divide. Divide by the "
            "number of all examples.",
            weighted(lambda counts: counts),
        ),
        Misconception(
            "divided by the workers",
            "you weighted by the counts and divided by the number of "
            "workers. Divide by the number of all examples.",
            weighted(lambda counts: [c / len(counts) for c in counts]),
        ),
        Misconception(
            "divided twice",
            "you divided by the number of all examples, and once more by the "
            "number of workers. The weights already add up to 1.",
            weighted(lambda counts: [c / len(counts) for c in share(counts)]),
        ),
        Misconception(
            "divided by the largest",
            "you divided by the largest count. Divide by the sum of all "
            "counts.",
            weighted(lambda counts: [c / max(counts) for c in counts]),
        ),
        Misconception(
            "weights upside down",
            "your weights are inverted: a worker with *few* examples counts "
            "for most. Multiply by the count instead of dividing by it.",
            weighted(inverted),
        ),
        Misconception(
            "gradients divided by their counts",
            "you divided each worker's gradients by its own count. They are "
            "means already.",
            weighted(lambda counts: [c and 1 / c for c in counts]),
        ),
        Misconception(
            "only those without examples left out",
            "you left out workers without examples, and took the plain mean "
            "of the others. They have different counts, too.",
            weighted(those_with_examples),
        ),
        Misconception(
            "no examples count as one",
            "a worker without examples still counts as if it had one. It "
            "contributes nothing.",
            weighted(at_least_one),
        ),
        Misconception(
            "largest worker only",
            "you kept the gradients of the worker with most examples. All of "
            "them count, each by its share.",
            weighted(the_largest),
        ),
        Misconception(
            "softmax of the counts",
            "you took the softmax of the counts as weights. The weights are "
            "plain shares: the count over the sum of all counts.",
            weighted(softmax),
        ),
        Misconception(
            "squared counts",
            "your weights grow with the *square* of the counts. Did you "
            "multiply by the count twice?",
            weighted(squares),
        ),
        Misconception(
            "roots of the counts",
            "your weights grow with the root of the counts. Use the counts "
            "themselves.",
            weighted(roots),
        ),
        Misconception(
            "counts reversed",
            "you gave each worker another one's count: the list of counts is "
            "reversed.",
            weighted(reversed_counts),
        ),
        Misconception(
            "first parameter only",
            "you returned one gradient. There is one for each parameter.",
            first_parameter,
        ),
        Misconception(
            "all in one tensor",
            "you joined the gradients into one long tensor. Return a list, "
            "one tensor of the same shape for each parameter.",
            weighted(
                share,
                finish=lambda found: [
                    torch.cat([one.flatten() for one in found])
                ],
            ),
        ),
        Misconception(
            "added, divided by all examples",
            "you added the gradients up, and divided by the number of all "
            "examples. They are means already: multiply each by its count "
            "first.",
            weighted(lambda counts: [1 / sum(counts)] * len(counts)),
        ),
    ),
    hints=(
        "Worker 0 has the gradient 2.0 from 3 examples, worker 1 has 6.0 "
        "from 1. Written out example by example, what is the mean of all "
        "four?",
        "A mean times its count is a sum. Sums may be added. What is left "
        "to do after that?",
        "total = sum of counts. For each parameter: the sum over workers of "
        "counts[w] / total · gradients[w][that parameter].",
    ),
    returns=(Listed("combined"),),
)
