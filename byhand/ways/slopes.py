"""A way to use an answer that is a loss, to go back from."""

from collections.abc import Callable
from typing import Any

from byhand.ways.door import inside


@inside
def slopes(answer: Callable, tensors: list[Any], more: list[Any]) -> list[Any]:
    """Call a function of tensors, and go back from the number it returns.

    more: further inputs behind the tensors, without a gradient.
    Returns what came, and a gradient for each tensor; zeros where none came.
    ValueError: several things came, in a list say.
    """
    import torch

    leaves = [
        torch.as_tensor(one).detach().clone().requires_grad_()
        for one in tensors
    ]
    came = answer(*leaves, *more)
    if isinstance(came, (list, tuple, dict)):
        raise ValueError(
            "it should return one tensor; yours returned a "
            f"{type(came).__name__} of {len(came)}"
        )
    if getattr(came, "requires_grad", False):
        if came.numel() == 1:
            came.backward()
        came = came.detach()
    gradients = [
        torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        for leaf in leaves
    ]
    return [came, *gradients]
