"""Ways to use an answer that is a torch module."""

from collections.abc import Callable
from typing import Any

from byhand.ways.door import inside


@inside
def module(
    answer: Callable,
    settings: dict[str, Any],
    weights: dict[str, Any],
    inputs: list[Any],
    along: Any,
) -> tuple:
    """Build a torch module, copy weights in, run it forth and back.

    settings: what it is built with. weights: name to array or tensor, for
    every parameter, in the order of the reference's. inputs: tensors or
    arrays (those of floating point get gradients), or None. along: of the
    output's shape; the gradients are those of (output · along).sum(). All is
    computed in float64, as in use: without dropout.
    Returns the output (the first, of several), the gradients of the inputs
    in a row, and those of the weights; what has no gradient has zeros.
    ValueError: the weights do not fit its parameters.
    """
    import torch

    built = answer(**settings).double().eval()
    parameters = fitting(weights, dict(built.named_parameters()))
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.as_tensor(weights[name]))
    given = [None if x is None else torch.as_tensor(x) for x in inputs]
    given = [
        x.detach().clone().requires_grad_() if _has_gradient(x) else x
        for x in given
    ]
    output = built(*given)
    if isinstance(output, (tuple, list)):  # attention may return its weights
        output = output[0]
    along = torch.as_tensor(along)
    same_shape = getattr(output, "shape", None) == along.shape
    if same_shape and getattr(output, "requires_grad", False):
        output.backward(along)
    leaves = [x for x in given if _has_gradient(x)]
    return output, in_a_row(leaves), in_a_row(parameters.values())


def _has_gradient(value: Any) -> bool:
    return hasattr(value, "is_floating_point") and value.is_floating_point()


def in_a_row(leaves: Any) -> Any:
    """The gradients of some tensors, one after another, as one vector."""
    import torch

    parts = [
        torch.zeros_like(one) if one.grad is None else one.grad
        for one in leaves
    ]
    return torch.cat([p.flatten() for p in parts] or [torch.zeros(0)])


def fitting(wanted: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Name to parameter, for weights that are to be copied in.

    By their names; where these are not the ones that were asked for, by the
    end of their names (`norm1.weight`), their shapes and their order.
    ValueError: they do not fit.
    """
    if wanted.keys() == own.keys():
        found = own
    else:
        found, left = {}, dict(own)
        for name, weight in wanted.items():
            ending, shape = _ending(name), tuple(weight.shape)
            mine = [
                n
                for n, p in left.items()
                if _ending(n) == ending and tuple(p.shape) == shape
            ]
            if mine:
                found[name] = left.pop(mine[0])
        if left or found.keys() != wanted.keys():
            missing = {n: w for n, w in wanted.items() if n not in found}
            raise ValueError(
                f"its parameters do not fit; missing: {_listed(missing)}; "
                f"not asked for: {_listed(left)}"
            )
    for name, weight in wanted.items():
        if tuple(found[name].shape) != tuple(weight.shape):
            raise ValueError(
                f"{name} should have shape {tuple(weight.shape)}; "
                f"it has {tuple(found[name].shape)}"
            )
    return {name: found[name] for name in wanted}


def _ending(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def _listed(parameters: dict[str, Any]) -> str:
    listed = [f"{n} {tuple(p.shape)}" for n, p in parameters.items()]
    # A learner reads a few, and a sealed process hands on no long message.
    more = [f"and {len(listed) - 8} more"] * (len(listed) > 8)
    return ", ".join(listed[:8] + more) or "none"


@inside
def built(
    answer: Callable,
    settings: dict[str, Any],
    seed: int,
    uses: list[list[Any]],
    training: bool = False,
) -> list[Any]:
    """Build a torch module with weights of its own and use it several times.

    seed: of PyTorch's random numbers before it is built, and again before
    each use. uses: the inputs of each. training: whether dropout is on. All
    is computed in float64.
    Returns what each use returned (the first, of several), then how many
    numbers there are to learn.
    """
    import torch

    # The processor's alone: all is computed there, and it is the quicker way.
    seeded = torch.default_generator.manual_seed
    seeded(seed)
    module = answer(**settings).double().train(training)
    outputs = []
    for inputs in uses:
        seeded(seed)
        with torch.no_grad():
            output = module(*inputs)
        several = isinstance(output, (tuple, list))
        outputs.append(output[0] if several else output)
    return [*outputs, sum(p.numel() for p in module.parameters())]
