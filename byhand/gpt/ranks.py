"""Several processes that train one model: what `torchrun` started.

Each has a rank, a share of every batch, and the whole model. They add their
gradients up before a step, so that all take the same one.
"""

import contextlib
import os
import re
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, distributed

LOST = (
    "another process of this training has ended, or all were stopped, so "
    "this one stops, too; with --resume it goes on from the last checkpoint"
)


class RankError(RuntimeError):
    """The processes cannot go on together; the sentence says why."""


@dataclass(frozen=True)
class Ranks:
    """Which process this is, of how many."""

    rank: int = 0
    count: int = 1

    def share(self, rows: Tensor) -> Tensor:
        """This process's rows of a batch: every count-th, from its rank."""
        return rows[self.rank :: self.count]

    def split_evenly(self, rows: int, most: int) -> int:
        """Rows at a time, at most so many, when all have an equal share.

        ValueError: the rows cannot be shared out evenly.
        """
        own, left_over = divmod(rows, self.count)
        if left_over:
            raise ValueError(
                f"a step's {rows} pieces cannot be shared out evenly over "
                f"{self.count} processes; choose another --batch, or another "
                "--nproc-per-node"
            )
        # Equal parts, as a mean of means is the mean of equal parts only.
        most = min(own, most)
        return next(k for k in range(most, 0, -1) if own % k == 0)

    def add_up(self, tensor: Tensor) -> None:
        """Put the sum over all processes into the tensor of each."""
        if self.count > 1:
            with _together():
                distributed.all_reduce(tensor)

    def average(self, weights: Iterable[Tensor]) -> None:
        """Put the mean gradient over all processes into each weight's.

        In one message whose layout never changes, and not by
        DistributedDataParallel, which changes its messages' layout after the
        first step: from three processes on, sums may then be added up in
        another order, and a run that resumes differ in its last digits.
        """
        if self.count == 1:
            return
        gradients = [w.grad for w in weights if w.grad is not None]
        bucket = torch.cat([one.flatten() for one in gradients])
        self.add_up(bucket)
        bucket /= self.count
        sizes = [one.numel() for one in gradients]
        for one, mean in zip(gradients, bucket.split(sizes), strict=True):
            one.copy_(mean.view_as(one))

    def gathered(self, tensor: Tensor, device: torch.device) -> list[Tensor]:
        """The tensors of all processes, in order of rank; each has them."""
        if self.count == 1:
            return [tensor]
        sent = tensor.to(device)
        found = [torch.empty_like(sent) for _ in range(self.count)]
        with _together():
            distributed.all_gather(found, sent)
        return [one.cpu() for one in found]

    def agree(self, step: int, device: torch.device) -> None:
        """RankError: the processes are not at the same step."""
        steps = self.gathered(torch.tensor([step]), device)
        if len({int(one) for one in steps}) > 1:
            listed = ", ".join(str(int(one)) for one in steps)
            raise RankError(
                "the processes found checkpoints of different steps "
                f"({listed}); let them all see the same folder"
            )


ALONE = Ranks()


@contextlib.contextmanager
def joined(device: torch.device) -> Iterator[tuple[Ranks, torch.device]]:
    """Meet the other processes that torchrun started, if it was torchrun.

    device: what each is to train on; of several cards each gets its own.
    RankError: that cannot be, or they do not meet.
    """
    if not (
        distributed.is_available() and distributed.is_torchelastic_launched()
    ):
        yield ALONE, device
        return
    device = _own(device)
    # torchrun ends what is left of a training so.
    before = signal.signal(signal.SIGTERM, _ended)
    with _together():
        distributed.init_process_group(
            "nccl" if device.type == "cuda" else "gloo"
        )
    here = Ranks(distributed.get_rank(), distributed.get_world_size())
    yield here, device
    distributed.destroy_process_group()
    signal.signal(signal.SIGTERM, before)


def _own(device: torch.device) -> torch.device:
    """This process's device."""
    if device.type == "mps":  # it cannot be talked to
        return torch.device("cpu")
    if device.type == "cpu":
        return device
    here, cards = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
    if here >= cards or device.index is not None:
        raise RankError(
            f"each process needs a card of its own, and here are {cards}; say "
            f"--nproc-per-node {cards} and --device cuda, or --device cpu"
        )
    torch.cuda.set_device(here)
    return torch.device("cuda", here)


def _ended(*_: Any) -> None:
    raise RankError(LOST)


@contextlib.contextmanager
def _together() -> Iterator[None]:
    """What all do together: it fails where one of them has ended."""
    try:
        yield
    except (RankError, torch.OutOfMemoryError):
        raise
    except RuntimeError as error:
        # The sentence is on its way: nobody needs to ask once more.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # Without the place in the library's source, and its advice.
        words = re.sub(r"^\[[^]]*\] *", "", str(error)).partition("\n")[0]
        raise RankError(f"{LOST} ({words.partition('. ')[0]})") from None
