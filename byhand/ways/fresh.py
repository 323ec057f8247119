"""Ways to use an answer that returns new tensors, or new arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np

from byhand.ways.door import inside


@inside
def afterwards(answer: Callable, tensor: Any, *more: Any) -> Any:
    """What an answer returned, once the tensor that it was given is all 0.

    A result that is that tensor, or a part of it, is then 0 as well. Where
    the answer changed the tensor, it stays so: a check says that first.
    """
    import torch

    own = tensor.clone()
    came = answer(own, *more)
    if torch.equal(own, tensor):
        own.detach().zero_()
    else:
        tensor.set_(own.detach().clone())
    return came


@inside
def arrays_afterwards(answer: Callable, arrays: list[Any], *more: Any) -> Any:
    """The same with a list of NumPy arrays, once all of these are 0."""
    own = [array.copy() for array in arrays]
    came = answer(own, *more)
    if len(own) == len(arrays) and all(map(np.array_equal, own, arrays)):
        for array in own:
            array[...] = 0
    else:
        arrays[:] = own
    return came
