"""Muon: a step of equal length in each direction that a matrix has.

Jordan and others, "Muon" (2024). torch.optim.Muon takes the matrices one by
one; here those of a shape go through the rounds together, which is several
times as fast where they are small.
"""

import math
from collections import defaultdict
from typing import Any

import torch
from torch import Tensor

# Of x, x³ and x⁵, a round a line: after them singular values from 0.01 to 1
# lie between 0.73 and 1.27, and no three rounds come closer; rounding to
# bfloat16 moves them by up to a fifth. Amsel and others, "The Polar Express"
# (2025), algorithm 1.
ROUNDS = (
    (8.0934, -23.6205, 17.4462),
    (3.6366, -2.7219, 0.5365),
    (2.6613, -1.9772, 0.4526),
)
SLACK = 1.01  # the rounds diverge above 1, where rounding may lead


def evened(matrices: Tensor) -> Tensor:
    """Matrices with the same singular vectors, and values near 1.

    (…, rows, columns) → (…, rows, columns), in bfloat16: what is lost is far
    less than what the rounds leave.
    """
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices  # the smaller product is cheaper
    size = torch.linalg.matrix_norm(x.float(), keepdim=True)
    x = (x / (SLACK * size + 1e-7)).bfloat16()
    for a, b, c in ROUNDS:
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """For matrices alone. "parts" of a group: how many matrices lie in each
    of its weights, one above the other."""

    def __init__(
        self,
        groups: list[dict[str, Any]],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        defaults = {
            **{"lr": lr, "momentum": momentum, "parts": 1},
            "weight_decay": weight_decay,
        }
        super().__init__(groups, defaults)

    # PyTorch types it as two functions, with a closure and without.
    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            alike = defaultdict(list)
            for weight in group["params"]:
                if weight.grad is not None:
                    alike[weight.shape].append(weight)
            for weights in alike.values():
                self._step(weights, group)

    def _step(self, weights: list[Tensor], group: dict[str, Any]) -> None:
        ahead = torch.stack([self._ahead(one, group) for one in weights])
        parts = ahead.unflatten(1, (group["parts"], -1))
        rows, columns = parts.shape[-2:]
        steps = evened(parts).flatten(1, 2).to(weights[0].dtype)
        length = group["lr"] * math.sqrt(max(1, rows / columns))
        for weight, step in zip(weights, steps, strict=True):
            weight.mul_(1 - group["lr"] * group["weight_decay"])
            weight.add_(step, alpha=-length)

    def _ahead(self, weight: Tensor, group: dict[str, Any]) -> Tensor:
        """Nesterov's: the gradient, and where the momentum leads from it."""
        assert weight.grad is not None
        state, share = self.state[weight], group["momentum"]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(weight)
        state["momentum_buffer"].lerp_(weight.grad, 1 - share)
        return weight.grad.lerp(state["momentum_buffer"], share)
