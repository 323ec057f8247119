"""Ways to use an answer that is a piece of training."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from byhand.ways.door import apart, inside
from byhand.ways.files import witnessed

CHECKPOINT = ("model", "optimizer", "step", "rng")


@inside
def batches(
    answer: Callable,
    ids: Any,
    batch_size: int,
    block_size: int,
    seed: int,
    times: int,
) -> list[Any]:
    """Draw many batches of a text, all from one generator.

    Returns them in their order, and behind them the first batch of another
    generator with the same seed.
    """
    import torch

    def generator() -> Any:
        return torch.Generator().manual_seed(seed)

    rng = generator()
    given = ids, batch_size, block_size
    return [
        *(answer(*given, rng) for _ in range(times)),
        answer(*given, generator()),
    ]


def little_model(vocab: int, width: int, seed: int, between: Any) -> Any:
    """Token ids to logits, with a module between; float64.

    PyTorch's random numbers are seeded, but the weights are NumPy's: those
    that a layer begins with differ in their last digit from one kind of
    processor to another.
    """
    import numpy as np
    import torch
    from torch import nn

    model = nn.Sequential(
        nn.Embedding(vocab, width), between, nn.Linear(width, vocab)
    ).double()
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for weight in model.parameters():
            drawn = rng.standard_normal(tuple(weight.shape))
            weight.copy_(torch.from_numpy(drawn))
    torch.manual_seed(seed)
    return model


@inside
def trained(
    answer: Callable, batches: list, max_norm: float, steps: int, seed: int
) -> tuple:
    """Train a model by an answer that does a step.

    batches: pairs of ids, for every step the same. The model has been used
    before: it is in evaluation mode, and has gradients. What it makes of its
    input depends on its mode, so that the numbers tell in which it worked.
    Returns what each step returned, and the weights in a row.
    """
    import torch
    from torch import nn

    class Moody(nn.Module):
        def forward(self, x: Any) -> Any:
            return x if self.training else 2 * x.flip(-1)

    model = little_model(5, 3, seed, Moody())
    # In two groups, which are clipped together all the same.
    groups = [{"params": list(layer.parameters())} for layer in model[::2]]
    optimizer = torch.optim.SGD(groups, lr=0.5)
    model(batches[0][0]).square().sum().backward()
    model.eval()
    losses = [
        answer(model, optimizer, batches, max_norm) for _ in range(steps)
    ]
    # Or PyTorch would warn of a gradient that is lost, as if the answer did.
    losses = [
        loss.detach() if hasattr(loss, "detach") else loss for loss in losses
    ]
    return losses, _weights(model)


def _weights(model: Any) -> Any:
    """What a model keeps, learned or not, in a row."""
    import torch

    return torch.cat([w.flatten() for w in model.state_dict().values()])


def in_training(seed: int, steps: int, lr: float = 0.1) -> tuple:
    """A model with dropout and a buffer, and its AdamW, after some steps."""
    import torch
    from torch import nn

    dropout = nn.Dropout(0.5)
    dropout.register_buffer("seed", torch.tensor([seed % 100]))
    model = little_model(4, 2, seed, dropout)
    adam = torch.optim.AdamW(model.parameters(), lr, weight_decay=lr)
    _train_on(model, adam, steps)
    return model, adam


def _train_on(model: Any, adam: Any, steps: int) -> None:
    import torch

    for _ in range(steps):
        adam.zero_grad()
        model(torch.arange(4)).square().sum().backward()
        adam.step()


@inside
def saved(answer: Callable, step: int, seed: int, older: bytes) -> tuple:
    """Let an answer save a model in training over an older file.

    Returns what lay under the file's name, moment by moment (see
    `witnessed`); what the older file holds under another name that it had;
    the names in the folder afterwards; how many files it tried to move in
    from another folder; and what the model, with its dropout, gives then.
    """
    import torch

    model, optimizer = in_training(seed, 2)
    drawn = torch.get_rng_state()
    with tempfile.TemporaryDirectory() as place:
        folder, other = Path(place, "run"), Path(place, "other")
        folder.mkdir()
        path = folder / "checkpoint.pt"
        path.write_bytes(older)
        os.link(path, other)  # a second name, which sees what is written
        torch.set_rng_state(drawn)
        with witnessed(path) as seen:
            answer(path, model, optimizer, step)
        torch.set_rng_state(drawn)
        return (
            seen.contents,
            other.read_bytes(),
            os.listdir(folder),
            len(seen.from_elsewhere),
            model(torch.arange(4)).detach(),
        )


@apart
def read(_: None, file: bytes) -> tuple:
    """What a checkpoint holds.

    Returns the weights and the optimizer's moments, each in a row, the step,
    and the random numbers that come next. ValueError: the file is not what
    was asked for.
    """
    import io

    import torch

    try:
        kept = torch.load(io.BytesIO(file), weights_only=True)
    except Exception:
        raise ValueError(
            "the file should be readable by torch.load with "
            f"weights_only=True; {_what_keeps_it_from_that(file)}"
        ) from None
    if not isinstance(kept, dict) or set(kept) != set(CHECKPOINT):
        names = sorted(kept) if isinstance(kept, dict) else type(kept).__name__
        raise ValueError(
            f"the file should hold a dict of {', '.join(CHECKPOINT)}; it "
            f"holds {names}"
        )
    if "state" not in kept["optimizer"]:
        raise ValueError(
            "under 'optimizer' should be the optimizer's state_dict()"
        )
    weights = torch.cat([w.flatten() for w in kept["model"].values()])
    moments = [
        value.flatten()
        for one in kept["optimizer"]["state"].values()
        for value in one.values()
    ]
    torch.set_rng_state(kept["rng"])
    in_a_row = torch.cat(moments or [torch.zeros(0)])
    return weights, in_a_row, kept["step"], torch.rand(3)


def _what_keeps_it_from_that(file: bytes) -> str:
    """Why a file cannot be loaded safely, without loading it."""
    import io

    from torch.serialization import get_unsafe_globals_in_checkpoint

    if not file.startswith(b"PK"):  # as an archive begins
        return "torch.save did not write it"
    try:
        names = get_unsafe_globals_in_checkpoint(io.BytesIO(file))
    except Exception:
        return "it is not whole"
    for library in ("torch", "numpy"):
        if any(name.startswith(f"{library}.") for name in names):
            return f"it holds objects of {library}"
    return f"it holds {', '.join(names) or 'something else'}"


def file_of(seed: int, step: Any) -> bytes:
    """A checkpoint of a model in training, as bytes."""
    import io

    import torch

    model, optimizer = in_training(seed, 2)
    state = model.state_dict(), optimizer.state_dict(), step
    kept = dict(zip(CHECKPOINT, (*state, torch.get_rng_state()), strict=True))
    buffer = io.BytesIO()
    torch.save(kept, buffer)
    return buffer.getvalue()


@inside
def restored(answer: Callable, file: bytes, seed: int) -> tuple:
    """Let an answer load a file into another model in training.

    Returns what it returned; the weights, and the buffer; three random
    numbers; and the same weights after two more steps, with dropout.
    """
    import torch

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "checkpoint.pt")
        path.write_bytes(file)
        model, optimizer = in_training(seed, 1, lr=0.02)
        came = answer(path, model, optimizer)
    weights = _weights(model)
    random = torch.rand(3)
    _train_on(model, optimizer, 2)
    return came, weights, random, _weights(model)
