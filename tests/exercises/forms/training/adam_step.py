"""Right answers to `training.adam_step`."""

import math

import numpy as np
import torch


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


FORMS = [
    adam_as_in_the_paper,
    adam_by_lerp,
    adam_on_copies,
    adam_by_the_library,
    adam_number_by_number,
    adam_in_float32,
]
