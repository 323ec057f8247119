"""Ways to use an answer that writes on: a text continued by a model."""

from collections.abc import Callable
from typing import Any

from byhand.ways.door import inside


@inside
def continued(
    answer: Callable,
    logits: Any,
    ids: Any,
    length: int,
    temperature: float,
    training: bool,
    seed: int,
) -> tuple:
    """Let an answer continue rows of ids with a model that needs no weights.

    logits: those of every next token, (vocab,); or None for a model that is
    certain, and looks at the first and the last of at most three tokens.
    training: the mode that it is in before. Returns the first row, how often
    each token came at each new place, (length, vocab), the mode after, and 1
    if the same seed gives the same texts again.
    """
    import torch

    model = _next_token(logits).train(training)

    def write():
        rng = torch.Generator().manual_seed(seed)
        return answer(model, ids, length, temperature, rng)

    came = write()
    if came is None:
        return (None,) * 4
    after = float(model.training)
    new = came[:, -length:]
    vocab = 7 if logits is None else len(logits)
    shares = torch.stack(
        [(new == token).double().mean(dim=0) for token in range(vocab)], dim=1
    )
    return came[0], shares, after, float(torch.equal(came, write()))


def _next_token(logits: Any) -> Any:
    import torch
    from torch import nn

    class Model(nn.Module):
        block_size = 3

        def forward(self, ids):
            n = ids.shape[1]
            if n > self.block_size:
                raise IndexError(
                    f"the model has {self.block_size} positions, and was "
                    f"given {n} tokens"
                )
            if logits is not None:
                return logits.expand(*ids.shape, -1)
            token = ids + 2 * ids[:, :1] + torch.arange(n) + 1
            token = (token + self.training) % 7
            return 1000.0 * nn.functional.one_hot(token, 7)

    return Model()
