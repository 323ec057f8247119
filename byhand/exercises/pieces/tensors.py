"""For lessons with PyTorch: tensors, masks, and what a module gives."""

from typing import Any

import numpy as np

from . import masks

# What the way `modules.module` returns: of the output, along given numbers.
GRADIENTS = ("output", "input_gradients", "weight_gradients")
# So close to 1 that whoever drops drops everything, and everybody who does so
# at the same places gets the same numbers.
NEARLY_ALL = 1 - 1e-9


def tensor(values: Any) -> Any:
    import torch  # takes seconds, and not every exercise needs it

    return torch.from_numpy(np.array(values))


def flags(*rows: str) -> Any:
    """A mask written as rows of 0 and 1, as a tensor."""
    return tensor(masks.flags(*rows))
