"""Ways to use an answer that is more than a function of arrays.

For `Exercise.way`. Graded, they run where the answer runs, in the learner's
own process: so they know nothing of what is right, and everything that they
return must be compared.
"""

from collections.abc import Callable
from typing import Any

from byhand.answer import Elsewhere


def using(answer: Callable, way: Callable, *inputs: Any) -> Any:
    """Use an answer in one of these ways, wherever it runs.

    For an exercise whose own `call` compares several uses with each other.
    """
    if isinstance(answer, Elsewhere):
        return answer.use(way.__name__, *inputs)
    return way(answer, *inputs)


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


def repeated(
    answer: Callable, inputs: list[Any], rng: Any, times: int
) -> list[Any]:
    """Call something random many times, with one generator after the inputs.

    rng: a NumPy generator; an answer that takes PyTorch's gets one of those.
    """
    import torch

    try:
        return [answer(*inputs, rng) for _ in range(times)]
    except (TypeError, AttributeError) as error:
        theirs = torch.Generator().manual_seed(0)
        try:
            return [answer(*inputs, theirs) for _ in range(times)]
        except Exception:
            raise error from None


def stateful(
    answer: Callable, settings: dict[str, Any], steps: list[tuple[str, list]]
) -> list[Any]:
    """Build something that remembers and use it step by step.

    steps: the name of a method ("__call__" for the thing itself) and its
    inputs. Returns what each step returned.
    """
    built = answer(**settings)
    return [getattr(built, method)(*inputs) for method, inputs in steps]


# --- training --------------------------------------------------------------


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
