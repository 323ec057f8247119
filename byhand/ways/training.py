"""Ways to use an answer that is a piece of training."""

from collections.abc import Callable
from typing import Any

from byhand.ways.door import inside


@inside
def batches(
    answer: Callable,
    ids: Any,
    batch_size: int,
    block_size: int,
    seed: int,
    times: int,
) -> tuple:
    """Draw many batches of a text in which no two tokens are alike.

    Returns the shapes of inputs and targets; how far behind a row's first
    input its inputs and its targets stand in the text, (block_size,) each;
    how often a row began at each place of the text; how often two rows of a
    batch began at the same; and 1 where two calls differed, and 1 where one
    with a generator of the same seed did not.
    """
    import torch

    def generator():
        return torch.Generator().manual_seed(seed)

    rng = generator()
    given = ids, batch_size, block_size
    pairs = [answer(*given, rng) for _ in range(times)]
    again = answer(*given, generator())
    inputs, targets = (torch.stack([p[k] for p in pairs]) for k in (0, 1))
    shapes = [torch.tensor(each.shape[1:]) for each in (inputs, targets)]
    nothing = torch.zeros(block_size)
    if inputs.shape[1:] != targets.shape[1:] or inputs.ndim != 3:
        return *shapes, nothing, nothing, torch.zeros(len(ids)), 0, 0, 0
    place = torch.zeros(int(ids.max()) + 1).double()
    place[ids] = torch.arange(len(ids)).double()
    starts = place[inputs[..., :1]]
    return (
        *shapes,
        (place[inputs] - starts).mean(dim=(0, 1)),
        (place[targets] - starts).mean(dim=(0, 1)),
        torch.bincount(starts.flatten().long(), minlength=len(ids))
        / starts.numel(),
        (starts[:, 1:] == starts[:, :-1]).double().mean(),
        float(any(not torch.equal(p[0], pairs[0][0]) for p in pairs)),
        float(torch.equal(pairs[0][0], again[0])),
    )


def little_model(vocab: int, width: int, seed: int) -> Any:
    """Token ids to logits, with dropout between; float64.

    PyTorch's random numbers are seeded, but the weights are NumPy's: those
    that a layer begins with differ in their last digit from one kind of
    processor to another.
    """
    import numpy as np
    import torch
    from torch import nn

    model = nn.Sequential(
        nn.Embedding(vocab, width), nn.Dropout(0.5), nn.Linear(width, vocab)
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
    """Train a model by an answer that does a step; without dropout.

    batches: pairs of ids, for every step the same. The model has been used
    before: it is in evaluation mode, and has gradients. Returns the losses,
    the weights in a row, and which share of its uses was in training mode.
    """
    import torch

    model = little_model(5, 3, seed)
    model[1].p = 0.0
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    model(batches[0][0]).square().sum().backward()
    model.eval()
    modes = []
    model.register_forward_hook(lambda *_: modes.append(model.training))
    losses = [
        answer(model, optimizer, batches, max_norm) for _ in range(steps)
    ]
    # Or PyTorch would warn of a gradient that is lost, as if the answer did.
    losses = [
        loss.detach() if hasattr(loss, "detach") else loss for loss in losses
    ]
    losses = None if None in losses else [float(loss) for loss in losses]
    return losses, _weights(model), sum(modes) / max(len(modes), 1)


def _weights(model: Any) -> Any:
    import torch

    return torch.cat([w.detach().flatten() for w in model.parameters()])


def _in_training(seed: int, steps: int) -> tuple:
    """A model and its AdamW after some steps."""
    import torch

    model = little_model(4, 2, seed)
    adam = torch.optim.AdamW(model.parameters(), lr=0.1)
    _train_on(model, adam, steps)
    return model, adam


def _train_on(model: Any, adam: Any, steps: int) -> None:
    import torch

    for _ in range(steps):
        adam.zero_grad()
        model(torch.arange(4)).square().sum().backward()
        adam.step()


CHECKPOINT = ("model", "optimizer", "step", "rng")


@inside
def saved(answer: Callable, step: int, seed: int) -> tuple:
    """Let an answer save a model in training over an older file.

    Returns what the file holds: weights, the optimizer's moments, the step,
    the random numbers that come next; then 1 if the older file was moved
    away whole rather than written into, and how many more files there are.
    ValueError: the file is not what was asked for.
    """
    import os
    import tempfile
    from pathlib import Path

    import torch

    model, optimizer = _in_training(seed, 2)
    drawn = torch.get_rng_state()
    with tempfile.TemporaryDirectory() as folder:
        path, other = Path(folder, "checkpoint.pt"), Path(folder, "other")
        path.write_bytes(b"old")
        os.link(path, other)  # a second name, which sees what is written
        torch.set_rng_state(drawn)
        answer(path, model, optimizer, step)
        whole = other.read_bytes() == b"old"
        more = len(os.listdir(folder)) - 2
        kept = _read(path)
    weights = torch.cat([w.flatten() for w in kept["model"].values()])
    moments = [
        value.flatten()
        for one in kept["optimizer"]["state"].values()
        for value in one.values()
    ]
    torch.set_rng_state(kept["rng"])
    moments = torch.cat(moments or [torch.zeros(0)])
    return weights, moments, kept["step"], torch.rand(3), float(whole), more


def _read(path: Any) -> dict:
    import torch

    try:
        kept = torch.load(path, weights_only=True)
    except Exception as error:
        raise ValueError(
            "the file should be readable by torch.load with "
            f"weights_only=True; {type(error).__name__}"
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
    return kept


@inside
def restored(answer: Callable, step: int, seed: int) -> tuple:
    """Let an answer load a file into another model in training.

    Returns what it returned; the weights; three random numbers; and the
    weights after two more steps, with dropout.
    """
    import tempfile
    from pathlib import Path

    import torch

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "checkpoint.pt")
        model, optimizer = _in_training(seed, 2)
        state = model.state_dict(), optimizer.state_dict(), step
        kept = dict(
            zip(CHECKPOINT, (*state, torch.get_rng_state()), strict=True)
        )
        torch.save(kept, path)
        model, optimizer = _in_training(seed + 1, 1)
        came = answer(path, model, optimizer)
        weights = _weights(model)
        random = torch.rand(3)
        _train_on(model, optimizer, 2)
    return came, weights, random, _weights(model)
