"""Ways to use an answer that writes on: a text continued by a model."""

from collections.abc import Callable
from typing import Any

from byhand.ways.door import inside

FEW = 300  # rows, of which chance does not write two times the same


@inside
def continued(
    answer: Callable,
    logits: Any,
    ids: Any,
    length: int,
    temperature: float,
    training: bool,
    seeds: tuple[int, int],
) -> tuple:
    """Let an answer continue rows of ids with a model that needs no weights.

    logits: those of every next token, (vocab,); or None for a model that is
    certain, and looks at the first and the last of at most three tokens.
    Either says something else where its dropout is in training mode.
    training: the mode that it is in before. Returns the texts; what the model
    says to the ids in the mode that it is left in; four continuations of the
    first few rows: two by one generator, one after the other, one by another
    generator with the same seed, and one with the other seed; and the
    gradient of a sum, zeros where the answer has left gradients off.
    """
    import torch

    model = _next_token(logits)

    def write(rng: Any, ids: Any = ids[:FEW]) -> Any:
        model.train(training)
        return answer(model, ids, length, temperature, rng)

    def generator(seed: int) -> Any:
        return torch.Generator().manual_seed(seed)

    with torch.enable_grad():  # and as it was, at its end
        texts = write(generator(seeds[0]), ids)
        after = model(ids[:2, -3:])
        rng = generator(seeds[0])
        return (
            texts,
            after,
            write(rng),
            write(rng),
            write(generator(seeds[0])),
            write(generator(seeds[1])),
            _gradient_of_a_sum(),
        )


def _gradient_of_a_sum() -> Any:
    import torch

    weights = torch.ones(2, requires_grad=True)
    total = weights.sum()
    if total.requires_grad:
        total.backward()
    return torch.zeros(2) if weights.grad is None else weights.grad


def _next_token(logits: Any) -> Any:
    import torch
    from torch import nn

    class Model(nn.Module):
        block_size = 3

        def __init__(self) -> None:
            super().__init__()
            self.dropout = nn.Dropout()  # which has a mode of its own

        def forward(self, ids: Any) -> Any:
            n = ids.shape[1]
            if n > self.block_size:
                raise IndexError(
                    f"the model has {self.block_size} positions, and was "
                    f"given {n} tokens"
                )
            if logits is not None:
                given = logits.flip(0) if self.dropout.training else logits
                return given.expand(*ids.shape, -1)
            token = ids + 2 * ids[:, :1] + torch.arange(n) + 1
            token = (token + self.dropout.training) % 7
            return 1000.0 * nn.functional.one_hot(token, 7)

    return Model()
