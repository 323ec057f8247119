"""Weights for the torch modules of cases."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .inputs import readable


def weights_of(
    module: Callable, settings: dict[str, Any], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """A readable number for every weight of a torch module, in its order.

    settings: what it would be built with.
    """
    import torch  # takes seconds, and not every lesson needs it

    with torch.device("meta"):  # only names and shapes are wanted
        shapes = module(**settings).named_parameters()
    drawn = {}
    for name, parameter in shapes:
        values = readable(rng, *parameter.shape)
        # Halved, lest the softmax be so sure of itself that nothing else
        # shows; the factors of a norm are around 1, as they are in life.
        is_factor = "norm" in name and name.endswith("weight")
        drawn[name] = 1 + values / 4 if is_factor else values / 2
    return drawn
