"""Right answers to lesson 15 in forms that a learner may choose."""

import math

import numpy as np
import torch
from torch.nn import functional

# --- shift_right -----------------------------------------------------------


def shifted_by_filling(targets, bos_id):
    shifted = torch.empty_like(targets)
    shifted[:, 0] = bos_id
    shifted[:, 1:] = targets[:, :-1]
    return shifted


def shifted_by_rolling(targets, bos_id):
    shifted = torch.roll(targets, 1, dims=-1)
    shifted[..., 0] = bos_id
    return shifted


def shifted_by_lists(targets, bos_id):
    return torch.tensor([[bos_id, *row[:-1]] for row in targets.tolist()])


def shifted_by_stacking(targets, bos_id):
    bos = torch.tensor([bos_id])
    return torch.stack([torch.cat((bos, row))[:-1] for row in targets])


# --- cross_entropy ---------------------------------------------------------


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


# --- adam_step -------------------------------------------------------------


def adam_as_in_the_paper(
    param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8
):
    m = betas[0] * m + (1 - betas[0]) * grad
    v = betas[1] * v + (1 - betas[1]) * grad**2
    m_hat = m / (1 - betas[0] ** t)
    v_hat = v / (1 - betas[1] ** t)
    return param - lr * m_hat / (torch.sqrt(v_hat) + eps), m, v


def adam_by_lerp(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    m = torch.lerp(m, grad, 1 - betas[0])
    v = torch.lerp(v, grad.square(), 1 - betas[1])
    size = lr / (1 - math.pow(betas[0], t))
    scale = v.sqrt().div(math.sqrt(1 - math.pow(betas[1], t))).add(eps)
    return [torch.addcdiv(param, m, scale, value=-size), m, v]


def adam_on_copies(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    param, m, v = param.clone(), m.clone(), v.clone()
    m.mul_(betas[0]).add_(grad, alpha=1 - betas[0])
    v.mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])
    root = (v / (1 - betas[1] ** t)).sqrt_().add_(eps)
    param -= lr * (m / (1 - betas[0] ** t)) / root
    return param, m, v


def adam_by_the_library(
    param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8
):
    weight = torch.nn.Parameter(param.clone())
    weight.grad = grad
    adam = torch.optim.Adam([weight], lr, betas, eps, foreach=True)
    adam.state[weight] = {
        "step": torch.tensor(t - 1.0),
        "exp_avg": m.clone(),
        "exp_avg_sq": v.clone(),
    }
    adam.step()
    kept = adam.state[weight]
    return weight.detach(), kept["exp_avg"], kept["exp_avg_sq"]


def adam_number_by_number(
    param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8
):
    one, two = betas
    new = [], [], []
    for p, g, a, b in zip(
        *(x.flatten().tolist() for x in (param, grad, m, v)), strict=True
    ):
        a, b = one * a + (1 - one) * g, two * b + (1 - two) * g * g
        root = math.sqrt(b / (1 - two**t))
        step = lr * a / (1 - one**t) / (root + eps)
        for column, value in zip(new, (p - step, a, b), strict=True):
            column.append(value)
    return tuple(np.reshape(column, param.shape) for column in new)


def adam_in_float32(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    single = (x.float() for x in (param, grad, m, v))
    return adam_by_lerp(*single, t, lr, betas, eps)


# --- warmup_cosine_lr ------------------------------------------------------


def rate_by_cases(step, warmup, total, peak, floor):
    if step < warmup:
        return step / warmup * peak
    if step > total:
        return floor
    way = (step - warmup) / (total - warmup)
    return floor + 0.5 * (1 + math.cos(math.pi * way)) * (peak - floor)


def rate_by_clipping(step, warmup, total, peak, floor):
    ramp = min(1, step / warmup) if warmup else 1
    way = min(max((step - warmup) / (total - warmup), 0), 1)
    cosine = np.cos(np.pi * way)
    middle, height = (peak + floor) / 2, (peak - floor) / 2
    return ramp * (middle + height * cosine)


def rate_by_a_square(step, warmup, total, peak, floor):
    if step <= warmup and warmup > 0:
        return torch.tensor(peak, dtype=torch.float64) * step / warmup
    way = (min(step, total) - warmup) / (total - warmup)
    return peak - (peak - floor) * math.sin(math.pi / 2 * way) ** 2


def rate_by_the_library(step, warmup, total, peak, floor):
    """Step by step, as in training."""
    from torch.optim import SGD
    from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR

    weight = torch.nn.Parameter(torch.zeros(1))
    if step < warmup:
        sgd = SGD([weight], lr=peak)
        schedule = LambdaLR(sgd, lambda each: each / warmup)
        number = step
    else:
        sgd = SGD([weight], lr=peak)
        schedule = CosineAnnealingLR(sgd, total - warmup, eta_min=floor)
        number = min(step, total) - warmup
    for _ in range(number):
        sgd.step()
        schedule.step()
    return sgd.param_groups[0]["lr"]


FORMS = {
    "training.shift_right": [
        shifted_by_filling,
        shifted_by_rolling,
        shifted_by_lists,
        shifted_by_stacking,
        lambda targets, bos_id: functional.pad(
            targets[:, :-1], (1, 0), "constant", bos_id
        ),
    ],
    "training.cross_entropy": [
        loss_by_distributions,
        loss_by_shifting,
        loss_token_by_token,
        loss_by_nll,
        loss_by_the_library,
        loss_in_float32,
        loss_in_numpy,
    ],
    "training.adam_step": [
        adam_as_in_the_paper,
        adam_by_lerp,
        adam_on_copies,
        adam_by_the_library,
        adam_number_by_number,
        adam_in_float32,
    ],
    "training.warmup_cosine_lr": [
        rate_by_cases,
        rate_by_clipping,
        rate_by_a_square,
        rate_by_the_library,
    ],
}
