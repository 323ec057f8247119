"""Weights for the torch modules of cases."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from .inputs import readable


def weights_of(
    module: Callable, settings: dict[str, Any], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """A readable number for every weight of a torch module, in its order.

    settings: what it would be built with.
    """
    drawn = {}
    for name, shape in shapes_of(module, tuple(settings.items())):
        values = readable(rng, *shape)
        # Halved, so that the softmax is not so sure that nothing else
        # shows; the factors of a norm are around 1, as they are in life.
        is_factor = "norm" in name and name.endswith("weight")
        drawn[name] = 1 + values / 4 if is_factor else values / 2
    return drawn


@cache
def shapes_of(
    module: Callable, settings: tuple[tuple[str, Any], ...]
) -> list[tuple[str, tuple[int, ...]]]:
    """The name and the shape of every weight, in its order.

    Kept: to build a module takes longer than to draw its weights.
    """
    import torch  # takes seconds, and not every lesson needs it

    with torch.device("meta"):  # only names and shapes are wanted
        built = module(**dict(settings))
    return [(n, tuple(p.shape)) for n, p in built.named_parameters()]
