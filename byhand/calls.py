"""Ways to use an answer that is more than a function of arrays.

For `Exercise.call`. Graded, they run where the answer runs, in the learner's
own process: so they know nothing of what is right, and everything that they
return must be compared.
"""

from collections.abc import Callable
from typing import Any


def module(
    answer: Callable,
    settings: dict[str, Any],
    weights: dict[str, Any],
    inputs: list[Any],
    along: Any,
) -> tuple:
    """Build a torch module, copy weights in, run it forth and back.

    settings: what it is built with. weights: its state_dict, as arrays or
    tensors. inputs: float64 arrays or tensors. along: of the output's shape;
    the gradients are those of (output · along).sum().
    Returns the output and the gradients of the inputs and of the weights, in
    the order given; a weight without a gradient has zeros.
    """
    import torch

    built = answer(**settings).double()
    built.load_state_dict({n: torch.as_tensor(w) for n, w in weights.items()})
    leaves = [
        torch.as_tensor(x).detach().clone().requires_grad_() for x in inputs
    ]
    output = built(*leaves)
    output.backward(torch.as_tensor(along))
    parameters = dict(built.named_parameters())
    grown = [*leaves, *(parameters[n] for n in weights if n in parameters)]
    return output, *(
        torch.zeros_like(one) if one.grad is None else one.grad
        for one in grown
    )


def stateful(
    answer: Callable, settings: dict[str, Any], steps: list[tuple[str, list]]
) -> list[Any]:
    """Build something that remembers and use it step by step.

    steps: the name of a method ("__call__" for the thing itself) and its
    inputs. Returns what each step returned.
    """
    built = answer(**settings)
    return [getattr(built, method)(*inputs) for method, inputs in steps]
