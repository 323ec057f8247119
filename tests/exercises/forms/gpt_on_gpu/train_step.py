"""Right answers to `gpt_on_gpu.train_step`."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional


def step_as_usual(model, optimizer, batches, max_norm):
    model.train()
    optimizer.zero_grad()
    total = 0.0
    for inputs, targets in batches:
        logits = model(inputs)
        loss = functional.cross_entropy(
            logits.view(-1, logits.size(-1)), targets.view(-1)
        )
        loss = loss / len(batches)
        loss.backward()
        total += loss.item()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return total


def step_with_a_tensor(model, optimizer, batches, max_norm):
    """Nothing is waited for: the loss stays a tensor."""
    model.train(True)
    losses = []
    optimizer.zero_grad(set_to_none=False)
    for inputs, targets in batches:
        scores = model(inputs).transpose(1, 2)  # (batch, vocab, n)
        losses.append(nn.CrossEntropyLoss()(scores, targets))
    loss = torch.stack(losses).mean()
    loss.backward()
    nn.utils.clip_grad_norm_(
        model.parameters(), max_norm, error_if_nonfinite=True
    )
    optimizer.step()
    optimizer.zero_grad()
    return loss.detach()


def step_by_hand(model, optimizer, batches, max_norm):
    model.train()
    for weight in model.parameters():
        weight.grad = None
    losses = []
    for inputs, targets in batches:
        logs = model(inputs).log_softmax(-1)
        chosen = logs.gather(-1, targets[..., None])
        losses.append(-chosen.mean())
        losses[-1].backward()
    gradients = [w.grad.div_(len(batches)) for w in model.parameters()]
    norm = math.sqrt(sum((g**2).sum().item() for g in gradients))
    if norm > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / norm)
    optimizer.step()
    return np.mean([loss.item() for loss in losses])


FORMS = [
    step_as_usual,
    step_with_a_tensor,
    step_by_hand,
]
