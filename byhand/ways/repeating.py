"""Ways to use an answer several times: it draws, or it remembers."""

from collections.abc import Callable
from typing import Any

from byhand.ways.door import inside


@inside
def drawn(
    answer: Callable, inputs: list[Any], rng: Any, times: int
) -> list[Any]:
    """Call something random many times, with NumPy's generator at the end."""
    return [answer(*inputs, rng) for _ in range(times)]


@inside
def repeated(
    answer: Callable, inputs: list[Any], rng: Any, times: int
) -> list[Any]:
    """Call something random many times, with one generator after the inputs.

    rng: a NumPy generator; an answer that takes PyTorch's gets one of those.
    """
    import torch

    def draws(generator: Any) -> list[Any]:
        return [answer(*inputs, generator) for _ in range(times)]

    try:
        return draws(rng)
    except (TypeError, AttributeError) as error:
        first = error
    try:
        return draws(torch.Generator().manual_seed(0))
    except Exception as second:
        # What it says of the generator that it does not take is no news.
        told = _of_a_generator(first) and not _of_a_generator(second)
        raise (second if told else first) from None


def _of_a_generator(error: Exception) -> bool:
    return "enerator" in str(error)


@inside
def seeded(
    answer: Callable,
    before: list[Any],
    after: list[Any],
    seeds: list[int],
    times: int,
) -> list[list[Any]]:
    """Call something random many times, with PyTorch's generators.

    before, after: its inputs around the generator. Returns, for each seed,
    what came of that many calls with one generator, in their order.
    """
    import torch

    drawn = []
    for seed in seeds:
        rng = torch.Generator().manual_seed(seed)
        drawn.append([answer(*before, rng, *after) for _ in range(times)])
    return drawn


@inside
def stateful(
    answer: Callable, settings: dict[str, Any], steps: list[tuple[str, list]]
) -> list[Any]:
    """Build something that remembers and use it step by step.

    steps: the name of a method ("__call__" for the thing itself) and its
    inputs. Returns what each step returned.
    """
    built = answer(**settings)
    return [getattr(built, method)(*inputs) for method, inputs in steps]
