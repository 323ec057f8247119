"""Right answers to `training.cross_entropy`."""

import math

import numpy as np
import torch
from torch.nn import functional


def loss_by_distributions(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    vocab = logits.size(-1)
    flat, ids = logits.reshape(-1, vocab), targets.reshape(-1)
    flat, ids = flat[ids != ignore_index], ids[ids != ignore_index]
    wanted = functional.one_hot(ids, vocab).to(flat.dtype)
    wanted = wanted * (1 - label_smoothing) + label_smoothing / vocab
    return -(wanted * flat.log_softmax(1)).sum() / len(ids)


def loss_by_shifting(logits, targets, ignore_index=-100, label_smoothing=0.0):
    z = logits - logits.amax(-1, keepdim=True)
    log_p = z - z.exp().sum(-1, keepdim=True).log()
    keep = (targets != ignore_index).to(z.dtype)
    ids = torch.where(targets == ignore_index, 0, targets)
    picked = log_p.gather(-1, ids[..., None])[..., 0]
    blend = (1 - label_smoothing) * picked + label_smoothing * log_p.mean(-1)
    return -(blend * keep).sum() / keep.sum()


def loss_token_by_token(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    total, number = 0.0, 0
    rows = logits.reshape(-1, logits.shape[-1]).tolist()
    for row, target in zip(rows, targets.flatten().tolist(), strict=True):
        if target == ignore_index:
            continue
        top = max(row)
        log_sum = top + math.log(sum(math.exp(z - top) for z in row))
        total += (1 - label_smoothing) * (log_sum - row[target])
        total += label_smoothing * (log_sum - sum(row) / len(row))
        number += 1
    return total / number


def loss_by_nll(logits, targets, ignore_index=-100, label_smoothing=0.0):
    log_p = functional.log_softmax(logits, dim=-1).flatten(0, -2)
    ids = targets.flatten()
    plain = functional.nll_loss(log_p, ids, ignore_index=ignore_index)
    even = -log_p.mean(1)[ids.ne(ignore_index)].mean()
    return torch.lerp(plain, even, label_smoothing)


def loss_by_the_library(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    if logits.ndim == 3:  # the library has the classes second
        logits = logits.transpose(1, 2)
    loss = torch.nn.CrossEntropyLoss(
        ignore_index=ignore_index, label_smoothing=label_smoothing
    )
    return loss(logits, targets)


def loss_in_float32(logits, targets, ignore_index=-100, label_smoothing=0.0):
    return loss_by_shifting(
        logits.float(), targets, ignore_index, label_smoothing
    )


def loss_in_numpy(logits, targets, ignore_index=-100, label_smoothing=0.0):
    from scipy.special import logsumexp

    z, ids = np.asarray(logits), np.asarray(targets)
    keep = ids != ignore_index
    z, ids = z[keep], ids[keep]
    surprise = logsumexp(z, axis=1, keepdims=True) - z
    picked = surprise[np.arange(len(ids)), ids].mean()
    return picked + label_smoothing * (surprise.mean() - picked)


FORMS = [
    loss_by_distributions,
    loss_by_shifting,
    loss_token_by_token,
    loss_by_nll,
    loss_by_the_library,
    loss_in_float32,
    loss_in_numpy,
]
