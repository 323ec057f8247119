"""A way to use an answer that returns a new tensor."""

from collections.abc import Callable
from typing import Any

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
