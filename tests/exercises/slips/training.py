"""Slips in lesson 15."""

import math

import torch
from torch.nn import functional


def shift_and_keep(targets, bos_id):
    bos = torch.full((len(targets), 1), bos_id, dtype=targets.dtype)
    return torch.cat([bos, targets], dim=1)


def shift_left(targets, bos_id):
    bos = torch.full((len(targets), 1), bos_id, dtype=targets.dtype)
    return torch.cat([targets[:, 1:], bos], dim=1)


def rolled(targets, bos_id):
    return torch.roll(targets, 1, dims=1)


def in_place(targets, bos_id):
    targets[:, 1:] = targets[:, :-1].clone()
    targets[:, 0] = bos_id
    return targets


def first_replaced(targets, bos_id):
    out = targets.clone()
    out[:, 0] = bos_id
    return out


def rolled_rows(targets, bos_id):
    out = torch.roll(targets, 1, dims=0)
    out[0] = bos_id
    return out


def loss(
    logits,
    targets,
    ignore_index=-100,
    label_smoothing=0.0,
    *,
    mean=True,
    over_all=False,
    others=False,
    keep_ignored=False,
    sign=-1,
):
    logits, targets = logits.flatten(0, -2), targets.flatten()
    logp = torch.log_softmax(logits, -1)
    kept = targets != ignore_index
    if keep_ignored:
        kept = torch.ones_like(kept)
    safe = torch.where(kept, targets, 0).clamp(0, logits.shape[-1] - 1)
    right = logp.gather(1, safe[:, None])[:, 0]
    eps = label_smoothing
    if others:
        rest = (logp.sum(-1) - right) / (logits.shape[-1] - 1)
    else:
        rest = logp.mean(-1)
    each = sign * ((1 - eps) * right + eps * rest)
    total = each[kept].sum()
    if not mean:
        return total
    return total / (len(targets) if over_all else kept.sum())


def but(**wrong):
    def cross_entropy(logits, targets, ignore_index=-100, label_smoothing=0.0):
        return loss(logits, targets, ignore_index, label_smoothing, **wrong)

    return cross_entropy


def without_maximum(logits, targets, ignore_index=-100, label_smoothing=0.0):
    p = logits.exp() / logits.exp().sum(-1, keepdim=True)
    kept = targets != ignore_index
    safe = torch.where(kept, targets, 0)
    logp = p.log()
    right = logp.gather(-1, safe[..., None])[..., 0]
    eps = label_smoothing
    each = -((1 - eps) * right + eps * logp.mean(-1))
    return each[kept].mean()


def adam(
    param,
    grad,
    m,
    v,
    t,
    lr,
    betas=(0.9, 0.999),
    eps=1e-8,
    *,
    correct=True,
    square=True,
    inside=False,
    sign=-1,
    corrected_back=False,
):
    b1, b2 = betas
    m = b1 * m + (1 - b1) * grad
    v = b2 * v + (1 - b2) * (grad**2 if square else grad)
    mh, vh = (m / (1 - b1**t), v / (1 - b2**t)) if correct else (m, v)
    root = (vh + eps).sqrt() if inside else vh.sqrt() + eps
    param = param + sign * lr * mh / root
    return (param, mh, vh) if corrected_back else (param, m, v)


def adam_but(**wrong):
    def adam_step(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
        return adam(param, grad, m, v, t, lr, betas, eps, **wrong)

    return adam_step


def betas_swapped(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    return adam(param, grad, m, v, t, lr, betas[::-1], eps)


def t_plus_one(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    return adam(param, grad, m, v, t + 1, lr, betas, eps)


def schedule(
    warmup_from=0, wave=1.0, by_total=False, after=None, half=True, floor_=True
):
    def warmup_cosine_lr(step, warmup, total, peak, floor):
        if step < warmup:
            return peak * (step + warmup_from) / warmup
        if step >= total and after != "goes on":
            return 0.0 if after == "zero" else floor
        p = (step - warmup) / (total - (0 if by_total else warmup))
        c = math.cos(math.pi * wave * p)
        low = floor if floor_ else 0.0
        return low + (peak - low) * ((1 + c) / 2 if half else c)

    return warmup_cosine_lr


WRONG = {
    "training.shift_right": {
        "kept": shift_and_keep,
        "left": shift_left,
        "rolled": rolled,
        "in place": in_place,
        "first replaced": first_replaced,
        "rows": rolled_rows,
    },
    "training.cross_entropy": {
        "sum": but(mean=False),
        "over all": but(over_all=True),
        "only the others": but(others=True),
        "padding's own": but(keep_ignored=True),
        "no maximum": without_maximum,
        "sign": but(sign=1),
    },
    "training.adam_step": {
        "no correction": adam_but(correct=False),
        "eps inside": adam_but(inside=True),
        "uphill": adam_but(sign=1),
        "corrected back": adam_but(corrected_back=True),
        "betas swapped": betas_swapped,
        "t from 0": t_plus_one,
    },
    "training.warmup_cosine_lr": {
        "one early": schedule(warmup_from=1),
        "whole wave": schedule(wave=2.0),
        "by total": schedule(by_total=True),
        "goes on": schedule(after="goes on"),
        "no half": schedule(half=False),
        "to zero": schedule(floor_=False),
    },
}

# `functional` has the whole loss: what a learner reaches for first.
WRONG["training.cross_entropy"]["arguments in their place"] = (
    lambda logits, targets, ignore_index=-100, label_smoothing=0.0: (
        functional.cross_entropy(
            torch.softmax(logits, -1).flatten(0, -2),
            targets.flatten(),
            ignore_index=ignore_index,
            label_smoothing=label_smoothing,
        )
    )
)
