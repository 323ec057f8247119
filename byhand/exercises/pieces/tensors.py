"""For lessons with PyTorch: tensors, masks, and what a module gives."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from byhand.exercise import Measured
from byhand.results.tensors import plain

from . import masks

# What the way `modules.alone` returns: of the output, along given numbers.
GRADIENTS = (
    "output",
    Measured("gradients of the inputs"),
    Measured("gradients of the weights"),
)
# So close to 1 that dropout drops everything, and every answer that drops so
# at the same places gets the same numbers.
NEARLY_ALL = 1 - 1e-9


def going_in(*names: str) -> Callable[..., dict[str, Any]]:
    """What a learner reads of a module's case: how it is built and called.

    names: of what its `forward` takes. The weights, and the numbers along
    which gradients are taken, are the check's own.
    """

    def called(
        settings: dict[str, Any],
        weights: dict[str, Any],
        inputs: list[Any],
        along: Any,
        training: bool = False,
    ) -> dict[str, Any]:
        given = dict(zip(names, inputs, strict=False))
        return {
            **settings,
            **{name: one for name, one in given.items() if one is not None},
            **({"mode": "training"} if training else {}),
        }

    return called


def tensor(values: Any) -> Any:
    import torch  # takes seconds, and not every exercise needs it

    return torch.from_numpy(np.array(values))


def flags(*rows: str) -> Any:
    """A mask written as rows of 0 and 1, as a tensor."""
    return tensor(masks.flags(*rows))


def distinct(rng: np.random.Generator, *shape: int) -> Any:
    """Logits from −4.0 to 4.0 with one decimal, no two alike."""
    tenths = rng.permutation(np.arange(-40, 41))[: math.prod(shape)]
    return tensor(tenths.reshape(shape) / 10)


def is_int64(ids: Any) -> bool:
    """Whether ids have the type that an embedding looks up, as int has."""
    try:
        return plain(ids).dtype == np.int64
    except ValueError:  # rows of several lengths, which the check tells
        return True


def is_boolean(mask: Any) -> bool:
    """Whether a mask holds booleans, and no numbers that equal them."""
    try:
        return plain(mask).dtype.kind == "b"
    except ValueError:  # rows of several lengths, which the check tells
        return True
