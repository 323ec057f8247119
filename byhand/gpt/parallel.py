"""One backward pass on two processes, against the same on one: lesson 22.

`python -m byhand.gpt.parallel` shows it. It starts itself twice more, as what
a notebook has defined cannot be run by another process. The two meet by a file
and talk over this machine's own address, with PyTorch's gloo.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, distributed, nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

from byhand import tools
from byhand.sliders.bar import followed

ITSELF = "byhand.gpt.parallel"  # its name is another where it is run
COUNT = 2
EXAMPLES, FEATURES, CLASSES = 64, 12, 4
UNEQUAL = (48, 16)
WAYS = ("equal", "unequal", "weighted", "accumulated")
MICRO = 4  # parts of a process's share, for accumulation
WAIT = 50  # seconds for the two, most of which go into importing PyTorch
# This machine's own network, by its name.
OWN = {"linux": "lo", "darwin": "lo0"}


def model_and_batch() -> tuple[nn.Module, Tensor, Tensor]:
    """The same for every process that asks: a model, inputs, targets."""
    drawn = torch.Generator().manual_seed(0)
    model = nn.Sequential(
        nn.Linear(FEATURES, 16), nn.Tanh(), nn.Linear(16, CLASSES)
    ).double()
    with torch.no_grad():
        for weight in model.parameters():
            weight.uniform_(-0.3, 0.3, generator=drawn)
    inputs = torch.randn(
        EXAMPLES, FEATURES, generator=drawn, dtype=torch.float64
    )
    return model, inputs, torch.randint(CLASSES, (EXAMPLES,), generator=drawn)


def gradients(model: nn.Module, loss: Tensor) -> Tensor:
    """Those of all weights, in a row."""
    model.zero_grad()
    loss.backward()
    return in_a_row(model)


def in_a_row(model: nn.Module) -> Tensor:
    grads = [w.grad for w in model.parameters() if w.grad is not None]
    return torch.cat([one.flatten() for one in grads])


def alone() -> Tensor:
    """The gradients of one process, on all examples."""
    model, inputs, targets = model_and_batch()
    return gradients(model, functional.cross_entropy(model(inputs), targets))


# --- on each of the two ----------------------------------------------------


def worker(rank: int) -> Iterator[tuple[str, Tensor]]:
    """What one of the two processes does: four times a backward pass."""
    model, inputs, targets = model_and_batch()
    parallel = DistributedDataParallel(model)

    def mean_loss(inputs: Tensor, targets: Tensor) -> Tensor:
        return functional.cross_entropy(parallel(inputs), targets)

    own = inputs[rank::COUNT], targets[rank::COUNT]
    yield "equal", gradients(model, mean_loss(*own))

    parts = inputs.split(UNEQUAL), targets.split(UNEQUAL)
    mine = [one[rank] for one in parts]
    yield "unequal", gradients(model, mean_loss(*mine))
    weight = UNEQUAL[rank] * COUNT / EXAMPLES
    yield "weighted", gradients(model, weight * mean_loss(*mine))

    model.zero_grad()
    pieces = zip(*(one.chunk(MICRO) for one in own), strict=True)
    *first, last = pieces
    with parallel.no_sync():  # nothing is sent before the last one
        for piece in first:
            (mean_loss(*piece) / MICRO).backward()
    (mean_loss(*last) / MICRO).backward()
    yield "accumulated", in_a_row(model)


def work(rank: int, folder: Path) -> None:
    """Meet the other one, do the work, and say how far it is."""
    distributed.init_process_group(
        "gloo",
        init_method=(folder / "meeting").as_uri(),
        rank=rank,
        world_size=COUNT,
        timeout=timedelta(seconds=WAIT),
    )
    found = {}
    for name, one in worker(rank):
        found[name] = one
        print(name, flush=True)
    if rank == 0:
        save_file(found, folder / "gradients")
    distributed.destroy_process_group()


# --- where it is started ---------------------------------------------------


def together(recorded: str) -> dict[str, Tensor]:
    """The gradients of two processes, by the way in which they shared.

    With a bar below a notebook's cell. recorded: the name of what the cell
    printed when its lesson was built, which is shown where processes may not
    talk to each other; then nothing is returned.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = OWN.get(sys.platform)
        surroundings = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            **({"GLOO_SOCKET_IFNAME": own} if own else {}),
        }
        both = [
            subprocess.Popen(
                [sys.executable, "-m", ITSELF, str(rank), folder],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=surroundings,
            )
            for rank in range(COUNT)
        ]
        try:
            if _done(both):
                kept = load_file(Path(folder, "gradients"))
                return {name: kept[name] for name in WAYS}
        finally:
            for process in both:
                process.kill()
                process.communicate()
    tools.show_recorded("Two processes may not talk here", recorded)
    return {}


def _done(both: list[subprocess.Popen]) -> bool:
    """Whether all of them got to their end, in time."""

    def stop() -> None:
        for one in both:
            one.kill()

    clock = threading.Timer(WAIT, stop)
    clock.start()
    try:
        said = enumerate(both[0].stdout or (), start=1)
        for _ in followed(said, share=lambda one: one[0] / len(WAYS)):
            pass
        # One that failed alone would leave the other waiting.
        return all(one.wait() == 0 for one in both)
    finally:
        clock.cancel()


def gaps(found: dict[str, Tensor]) -> dict[str, float]:
    """How far off one process's gradients each way is, at most."""
    whole = alone()
    return {
        name: (one - whole).abs().max().item() for name, one in found.items()
    }


def main() -> None:
    if len(sys.argv) > 1:
        work(int(sys.argv[1]), Path(sys.argv[2]))
        return
    found = together("scaling_out/two_processes")
    for name, gap in gaps(found).items():
        print(f"{name}: {gap:.3g} away from one process")


if __name__ == "__main__":
    main()
