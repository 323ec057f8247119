"""Right answers to `scaling_out.sync_gradients`."""

import torch
from torch.nn.utils import parameters_to_vector


def one_by_one(parameters, all_reduce, world_size):
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        all_reduce(p.grad)
        p.grad /= world_size


def divided_before(parameters, all_reduce, world_size):
    for p in parameters:
        part = torch.zeros_like(p) if p.grad is None else p.grad
        part = part.detach() / world_size
        all_reduce(part)
        p.grad = part


def in_a_bucket(parameters, all_reduce, world_size):
    grads = [
        torch.zeros_like(p) if p.grad is None else p.grad for p in parameters
    ]
    bucket = torch.cat([g.reshape(-1) for g in grads])
    all_reduce(bucket)
    bucket = bucket / world_size
    begin = 0
    for p in parameters:
        p.grad = bucket[begin : begin + p.numel()].view_as(p)
        begin += p.numel()


def last_first(parameters, all_reduce, world_size):
    """In the order in which a backward pass ends."""
    for p in reversed(parameters):
        total = torch.zeros(p.shape, dtype=p.dtype)
        if p.grad is not None:
            total += p.grad
        all_reduce(total)
        p.grad = total.div(world_size)


def by_a_vector(parameters, all_reduce, world_size):
    for p in parameters:
        p.grad = torch.zeros_like(p) if p.grad is None else p.grad
    vector = parameters_to_vector([p.grad for p in parameters])
    all_reduce(vector)
    vector.mul_(1 / world_size)
    for p, mean in zip(
        parameters, vector.split([p.numel() for p in parameters]), strict=True
    ):
        p.grad.copy_(mean.view_as(p.grad))


def workers_counted(parameters, all_reduce, world_size):
    """Asks the others how many they are."""
    there = torch.ones(())
    all_reduce(there)
    with torch.no_grad():
        for p in parameters:
            grad = p * 0 if p.grad is None else p.grad.clone()
            all_reduce(grad)
            p.grad = grad / there.item()


def only_if_anybody_has_one(parameters, all_reduce, world_size):
    """Asks first; where all have None there is nothing to send."""
    for p in parameters:
        there = torch.tensor(0.0 if p.grad is None else 1.0)
        all_reduce(there)
        p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        if there > 0:
            all_reduce(p.grad.data)
            p.grad.data.div_(world_size)


FORMS = [
    one_by_one,
    divided_before,
    in_a_bucket,
    last_first,
    by_a_vector,
    workers_counted,
    only_if_anybody_has_one,
]
