"""Handwritten digits, and models that learn from them: lesson 20's data.

The images come with scikit-learn: 1,797 of 8 by 8 pixels, the test part of
"Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998,
UCI Machine Learning Repository).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from byhand.tools import one_torch_thread

SIDE, BRIGHTEST, CLASSES = 8, 16, 10
TESTED = 360  # images that no model learns from
EPOCHS, BATCH, RATE = 25, 64, 2e-3
SPREAD = 0.02  # of what stands in front of the patches and is added to them


class Part(NamedTuple):
    """images: (n, 1, 8, 8), from 0 to 1. labels: (n,), from 0 to 9."""

    images: Tensor
    labels: Tensor


def parts() -> tuple[Part, Part]:
    """What is learned from, and what is tested on; drawn at random.

    So the same hands wrote in both.
    """
    # Only who needs the images imports it: it takes a second.
    from sklearn.datasets import load_digits

    read: Any = load_digits()
    order = np.random.default_rng(0).permutation(len(read.target))
    images = torch.tensor(read.images[order] / BRIGHTEST).float()[:, None]
    labels = torch.tensor(read.target[order])
    cut = len(labels) - TESTED
    return Part(images[:cut], labels[:cut]), Part(images[cut:], labels[cut:])


class Progress(NamedTuple):
    """share: of the training that is done. model: as it is by now."""

    share: float
    loss: float  # of the last batch
    model: nn.Module


def settled(model: nn.Module, seed: int = 0) -> nn.Module:
    """The model with fresh numbers: the same for all of the same layers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for module in model.modules():
            reset: Any = getattr(module, "reset_parameters", None)
            if reset is not None:
                reset()
        for name, numbers in model.named_parameters():
            if name.endswith(("cls", "positions")):
                nn.init.normal_(numbers, std=SPREAD)
    return model


def train(
    model: nn.Module,
    loss_of: Callable[..., Tensor],
    *tensors: Tensor,
    epochs: int = EPOCHS,
    rate: float = RATE,
    decay: float = 0.01,
    seed: int = 0,
) -> Iterator[Progress]:
    """Fresh numbers, then AdamW, its rate up and down in one cycle.

    loss_of: takes the model and a batch of each of the tensors.
    """
    settled(model, seed).train()
    count = len(tensors[0])
    steps = epochs * -(-count // BATCH)
    learned = [p for p in model.parameters() if p.requires_grad]
    adam = torch.optim.AdamW(learned, lr=rate, weight_decay=decay)
    cycle = torch.optim.lr_scheduler.OneCycleLR(adam, rate, total_steps=steps)
    rng = torch.Generator().manual_seed(seed)
    done = 0
    with one_torch_thread():
        for _ in range(epochs):
            for rows in torch.randperm(count, generator=rng).split(BATCH):
                loss = loss_of(model, *(one[rows] for one in tensors))
                adam.zero_grad()
                loss.backward()
                adam.step()
                cycle.step()
                done += 1
                yield Progress(done / steps, loss.item(), model.eval())
                model.train()
    model.eval()


def classify(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """The loss of a model that gives logits."""
    return functional.cross_entropy(model(images), labels)


@torch.no_grad()
def accuracy(model: nn.Module, part: Part) -> float:
    """The share of images whose largest logit is the right one."""
    right = model(part.images).argmax(dim=1) == part.labels
    return right.double().mean().item()
