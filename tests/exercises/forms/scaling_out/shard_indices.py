"""Right answers to `scaling_out.shard_indices`."""

import itertools
import math

import numpy as np
import torch


def refuse(n, rank, world_size):
    if n < 1:
        raise ValueError(f"there should be an example; got n = {n}")
    if world_size < 1:
        raise ValueError(f"there should be a worker; got {world_size}")
    if not 0 <= rank < world_size:
        raise ValueError(f"rank should be below {world_size}; got {rank}")


def by_remainders(n, rank, world_size):
    refuse(n, rank, world_size)
    size = math.ceil(n / world_size)
    return [(rank + k * world_size) % n for k in range(size)]


def padded_first(n, rank, world_size):
    refuse(n, rank, world_size)
    places = list(range(n))
    while len(places) % world_size:
        places += places[: world_size - len(places) % world_size]
    return places[rank::world_size]


def by_cycle(n, rank, world_size):
    refuse(n, rank, world_size)
    total = (n + world_size - 1) // world_size * world_size
    endless = itertools.cycle(range(n))
    return list(itertools.islice(endless, rank, total, world_size))


def in_numpy(n, rank, world_size):
    refuse(n, rank, world_size)
    total = -(-n // world_size) * world_size
    return np.resize(np.arange(n), total).reshape(-1, world_size)[:, rank]


def in_torch(n, rank, world_size):
    refuse(n, rank, world_size)
    total = -(-n // world_size) * world_size
    return torch.arange(rank, total, world_size) % n


FORMS = [by_remainders, padded_first, by_cycle, in_numpy, in_torch]
