"""Ways to use an answer that is a torch module."""

from collections.abc import Callable
from typing import Any

from byhand import short_cuts
from byhand.ways.door import inside


@inside
def backward(
    answer: Callable,
    settings: dict[str, Any],
    weights: dict[str, Any],
    inputs: list[Any],
    along: Any,
    training: bool = False,
    tables: dict[str, tuple[int, int]] | None = None,
) -> tuple:
    """Build a torch module, copy weights in, run it forth and back.

    settings: what it is built with. weights: name to array or tensor, for
    every parameter, in the order of the reference's. inputs: tensors or
    arrays (those of floating point get gradients), or None. along: of the
    output's shape; the gradients are those of (output · along).sum(). A list
    for several outputs: then they are those of all such sums together.
    training: whether dropout is on. tables: name to rows and width, for each
    `nn.Embedding` that it is built with and is to share. All is computed in
    float64.
    Returns what came, the gradients of the inputs in a row, those of the
    tables behind them, and those of the weights; what has no gradient has
    zeros. ValueError: the weights do not fit its parameters.
    """
    import torch

    handed = {
        name: torch.nn.Embedding(*size).double()
        for name, size in (tables or {}).items()
    }
    built = answer(**settings, **handed).double().train(training)
    own = dict(built.named_parameters(remove_duplicate=False))
    parameters = fitting(weights, own)
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(torch.as_tensor(weights[name]))
    given: list[Any] = [
        None if x is None else torch.as_tensor(x) for x in inputs
    ]
    given = [
        x.detach().clone().requires_grad_() if _has_gradient(x) else x
        for x in given
    ]
    # So that those who drop at the same places drop the same numbers.
    torch.default_generator.manual_seed(0)
    came = built(*given)
    _go_back(
        came if isinstance(came, (tuple, list)) else [came],
        along if isinstance(along, list) else [along],
    )
    leaves = [x for x in given if _has_gradient(x)]
    leaves += [table.weight for table in handed.values()]
    return came, in_a_row(leaves), in_a_row(parameters.values())


def _go_back(outputs: Any, along: Any) -> None:
    """Gradients of the sum of (output · along), where the shapes fit."""
    import torch

    pairs: list[Any] = []
    for output, one in zip(outputs, map(torch.as_tensor, along), strict=False):
        same_shape = getattr(output, "shape", None) == one.shape
        if same_shape and getattr(output, "requires_grad", False):
            pairs.append((output, one.to(output.dtype)))
    if pairs:
        # No sum of products: an output may be infinite where along is 0.
        outputs, along = zip(*pairs, strict=True)
        torch.autograd.backward(outputs, along)


@inside
def built(answer: Callable, settings: dict[str, Any]) -> str:
    """Build a torch module, and do nothing with it: it may be refused."""
    answer(**settings)
    return "a module"


def alone(answer: Callable, *inputs: Any) -> tuple:
    """As `backward`. ValueError: the output does not come alone."""
    came, *gradients = backward(answer, *inputs)
    return the_output(came), *gradients


def the_output(came: Any) -> Any:
    """What came of a module. ValueError: it does not come alone."""
    if isinstance(came, (tuple, list)):
        raise ValueError(
            "forward should return the output alone; yours returned "
            f"{_counted(came)}"
        )
    return came


def whole(answer: Callable, *inputs: Any) -> tuple:
    """As `backward`, with all outputs, one after another.

    ValueError: not so many came as the inputs' `along` has entries.
    """
    came, *gradients = backward(answer, *inputs)
    wanted = len(inputs[3])
    if not isinstance(came, (tuple, list)) or len(came) != wanted:
        raise ValueError(
            f"forward should return {wanted} values, one after another; "
            f"yours returned {_counted(came)}"
        )
    return *came, *gradients


def _counted(came: Any) -> str:
    if came is None:
        return "None"
    name = type(came).__name__
    several = isinstance(came, (tuple, list, dict))
    return f"a {name} of {len(came)}" if several else f"one {name}"


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

    own: every name that each parameter has: one that is shared has several.
    By their names; where these are not the ones that were asked for, by the
    end of their names (`norm1.weight`), their shapes and their order.
    ValueError: they do not fit.
    """
    names: dict[int, list[str]] = {}
    for name, parameter in own.items():
        names.setdefault(id(parameter), []).append(name)
    left = {also[0]: also for also in names.values()}
    found = {}
    by_name = {one: first for first, also in left.items() for one in also}
    firsts = [by_name.get(name) for name in wanted]
    if set(firsts) == set(left) and len(firsts) == len(left):
        found, left = {name: own[name] for name in wanted}, {}
    for name, weight in wanted.items() if left else ():
        ending, shape = _ending(name), tuple(weight.shape)
        mine = [
            first
            for first, also in left.items()
            if tuple(own[first].shape) == shape
            and ending in map(_ending, also)
        ]
        if mine:
            found[name] = own[mine[0]]
            del left[mine[0]]
    if left or found.keys() != wanted.keys():
        missing = {n: w for n, w in wanted.items() if n not in found}
        raise ValueError(
            f"the weights of your module do not fit. Missing: "
            f"{_listed(missing)}. Not expected: "
            f"{_listed({n: own[n] for n in left})}"
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
    more = [f"and {len(listed) - 3} more"] * (len(listed) > 3)
    return ", ".join(listed[:3] + more) or "none"


@inside
def used(
    answer: Callable,
    settings: dict[str, Any],
    seeds: list[int],
    uses: list[list[Any]],
    back: bool = False,
    training: bool = False,
) -> list[list[Any]]:
    """Build a torch module whose weights nobody else can name, and use it.

    seeds: of the weights that it is given, so that what it begins with does
    not matter, and of the directions in which gradients are taken; each is a
    turn. uses: the inputs of each use. back: whether gradients are wanted.
    training: whether dropout is on. All is computed in float64. What is
    drawn on the way goes on from use to use.
    Returns, turn by turn and use by use, what came and, where they are
    wanted, the gradients of all weights in a row.
    """
    import numpy as np
    import torch

    # The processor's alone: all is computed there, and it is the quicker way.
    seeded = torch.default_generator.manual_seed
    seeded(seeds[0])
    module = answer(**settings).double().train(training)
    parameters = [p for p in module.parameters() if p.requires_grad]
    factors = [bool((p == 1).all()) for p in parameters]

    def turn(seed: int) -> list[list[Any]]:
        drawn = np.random.default_rng(seed)
        _draw(parameters, factors, drawn)
        came = []
        seeded(seed)
        for inputs in uses:
            for parameter in parameters:
                parameter.grad = None
            output = module(*inputs)
            if back and getattr(output, "requires_grad", False):
                along = drawn.standard_normal(tuple(output.shape))
                output.backward(torch.from_numpy(along).to(output.dtype))
            came.append([output, in_a_row(parameters) if back else None])
        return came

    first, *others = seeds
    turns = [turn(first)]
    # They call what the first one called, with other numbers.
    with short_cuts.unnoticed():
        return turns + [turn(seed) for seed in others]


def _draw(parameters: list[Any], factors: list[bool], rng: Any) -> None:
    """Put random numbers into parameters, of a size that suits each.

    factors: which of them began with ones, as those of a norm do.
    """
    import torch

    sizes = [parameter.numel() for parameter in parameters]
    noise = torch.from_numpy(rng.standard_normal(sum(sizes))).split(sizes)
    with torch.no_grad():
        for parameter, is_factor, one in zip(
            parameters, factors, noise, strict=True
        ):
            if parameter.dim() > 1:
                one = one / parameter.shape[-1] ** 0.5
            else:
                one = is_factor + 0.2 * one
            parameter.copy_(one.view_as(parameter))
