"""Right answers to `scaling_out.combine_gradients`."""

import numpy as np
import torch


def by_shares(gradients, counts):
    total = sum(counts)
    return [
        sum(c / total * g for c, g in zip(counts, parts, strict=True))
        for parts in zip(*gradients, strict=True)
    ]


def by_loops(gradients, counts):
    found = [torch.zeros_like(g) for g in gradients[0]]
    for grads, count in zip(gradients, counts, strict=True):
        for one, g in zip(found, grads, strict=True):
            one += count * g
    return [one / sum(counts) for one in found]


def by_einsum(gradients, counts):
    weights = torch.tensor(counts, dtype=torch.float64)
    weights = weights / weights.sum()
    found = []
    for place in range(len(gradients[0])):
        stacked = torch.stack([grads[place] for grads in gradients])
        found.append(torch.einsum("w,w...->...", weights, stacked))
    return found


def example_by_example(gradients, counts):
    """Each gradient as often as its worker has examples."""
    return [
        torch.stack(
            [
                g
                for g, count in zip(parts, counts, strict=True)
                for _ in range(count)
            ]
        ).mean(dim=0)
        for parts in zip(*gradients, strict=True)
    ]


def in_numpy(gradients, counts):
    return [
        np.average([g.numpy() for g in parts], axis=0, weights=counts)
        for parts in zip(*gradients, strict=True)
    ]


def step_by_step(gradients, counts):
    """A running mean."""
    seen, found = 0, [0 * g for g in gradients[0]]
    for grads, count in zip(gradients, counts, strict=True):
        if count == 0:
            continue
        seen += count
        found = [
            one + (g - one) * count / seen
            for one, g in zip(found, grads, strict=True)
        ]
    return tuple(found)


FORMS = [
    by_shares,
    by_loops,
    by_einsum,
    example_by_example,
    in_numpy,
    step_by_step,
]
