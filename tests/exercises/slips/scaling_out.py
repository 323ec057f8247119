"""Slips in lesson 22."""

import math

import torch


def refuse(n, rank, world_size):
    if n < 1 or world_size < 1:
        raise ValueError("n and world_size should be at least 1")
    if rank < 0 or rank >= world_size:
        raise ValueError(f"rank should be in 0 … {world_size - 1}")


def a_block_each(n, rank, world_size):
    refuse(n, rank, world_size)
    size = math.ceil(n / world_size)
    return [k % n for k in range(rank * size, (rank + 1) * size)]


def range_alone(n, rank, world_size):
    refuse(n, rank, world_size)
    return list(range(rank, n, world_size))


def floor_size(n, rank, world_size):
    refuse(n, rank, world_size)
    return [rank + k * world_size for k in range(n // world_size)]


def floor_and_one(n, rank, world_size):
    refuse(n, rank, world_size)
    size = n // world_size + 1
    return [(rank + k * world_size) % n for k in range(size)]


def last_again(n, rank, world_size):
    refuse(n, rank, world_size)
    size = math.ceil(n / world_size)
    return [min(rank + k * world_size, n - 1) for k in range(size)]


def one_too_far(n, rank, world_size):
    if n < 1 or world_size < 1 or rank < 0 or rank > world_size:
        raise ValueError("not possible")
    size = math.ceil(n / world_size)
    return [(rank + k * world_size) % n for k in range(size)]


def unchecked_rank(n, rank, world_size):
    if n < 1 or world_size < 1:
        raise ValueError("not possible")
    size = math.ceil(n / world_size)
    return [(rank + k * world_size) % n for k in range(size)]


# --- sync_gradients --------------------------------------------------------


def forgets_to_divide(parameters, all_reduce, world_size):
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        all_reduce(p.grad)


def skips_none(parameters, all_reduce, world_size):
    for p in parameters:
        if p.grad is None:
            continue
        all_reduce(p.grad)
        p.grad /= world_size


def takes_what_comes_back(parameters, all_reduce, world_size):
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        p.grad = all_reduce(p.grad)


def reduces_a_copy(parameters, all_reduce, world_size):
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        all_reduce(p.grad.clone())
        p.grad /= world_size


def both_times(parameters, all_reduce, world_size):
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        p.grad /= world_size
        all_reduce(p.grad)
        p.grad /= world_size


def reduces_the_weights(parameters, all_reduce, world_size):
    for p in parameters:
        all_reduce(p.data)
        p.data /= world_size
        if p.grad is None:
            p.grad = torch.zeros_like(p)


def by_len(parameters, all_reduce, world_size):
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        all_reduce(p.grad)
        p.grad /= len(parameters)


def stays_none(parameters, all_reduce, world_size):
    for p in parameters:
        grad = p.grad if p.grad is not None else torch.zeros_like(p)
        all_reduce(grad)
        grad /= world_size


# --- combine_gradients -----------------------------------------------------


def mean_of_means(gradients, counts):
    return [torch.stack(list(g)).mean(0) for g in zip(*gradients, strict=True)]


def only_added(gradients, counts):
    return [sum(g) for g in zip(*gradients, strict=True)]


def times_count(gradients, counts):
    return [
        sum(c * one for c, one in zip(counts, g, strict=True))
        for g in zip(*gradients, strict=True)
    ]


def by_number_of_workers(gradients, counts):
    return [
        sum(c * one for c, one in zip(counts, g, strict=True)) / len(counts)
        for g in zip(*gradients, strict=True)
    ]


def empty_ones_left_out(gradients, counts):
    there = [g for g, c in zip(gradients, counts, strict=True) if c]
    return [torch.stack(list(g)).mean(0) for g in zip(*there, strict=True)]


def over_own_count(gradients, counts):
    return [
        sum(one / c for c, one in zip(counts, g, strict=True) if c)
        for g in zip(*gradients, strict=True)
    ]


# --- reduce_scatter --------------------------------------------------------


def refuse_pieces(vectors):
    if len(vectors[0]) % len(vectors) != 0:
        raise ValueError("p should divide n")


def all_to_all(vectors):
    refuse_pieces(vectors)
    return [sum(vectors) for _ in vectors]


def strided(vectors):
    refuse_pieces(vectors)
    return [sum(vectors)[r :: len(vectors)] for r in range(len(vectors))]


def averaged(vectors):
    refuse_pieces(vectors)
    mean = torch.stack(vectors).mean(dim=0)
    return list(mean.chunk(len(vectors)))


def own_pieces(vectors):
    refuse_pieces(vectors)
    return [v.chunk(len(vectors))[r] for r, v in enumerate(vectors)]


def wrong_axis(vectors):
    refuse_pieces(vectors)
    p = len(vectors)
    return list(torch.stack(vectors).view(p, p, -1).sum(dim=1))


def never_refuses(vectors):
    size = len(vectors[0]) // len(vectors)
    total = sum(vectors)
    return [total[r * size : (r + 1) * size] for r in range(len(vectors))]


# --- the arithmetic --------------------------------------------------------


def at_least_one(workers):
    if workers < 1:
        raise ValueError("workers should be at least 1")


def one_way(num_bytes, workers):
    at_least_one(workers)
    return num_bytes * (workers - 1) / workers


def whole_pieces(num_bytes, workers):
    at_least_one(workers)
    return 2 * (workers - 1) * (num_bytes // workers)


def of_all(num_bytes, workers):
    at_least_one(workers)
    return 2 * (workers - 1) * num_bytes


def for_many(num_bytes, workers):
    at_least_one(workers)
    return 2 * num_bytes


def in_a_tree(num_bytes, workers):
    at_least_one(workers)
    return num_bytes * math.log2(workers)


def star(num_bytes, workers):
    at_least_one(workers)
    return (workers - 1) * num_bytes


def unchecked_workers(num_bytes, workers):
    return 2 * (workers - 1) / workers * num_bytes if workers else 0


def refuse_stage(workers, stage):
    at_least_one(workers)
    if stage not in range(4):
        raise ValueError("stage should be 0 to 3")


def parts(weight, gradient, optimiser):
    def answer(parameters, workers, stage):
        refuse_stage(workers, stage)
        o = optimiser / workers if stage >= 1 else optimiser
        g = gradient / workers if stage >= 2 else gradient
        w = weight / workers if stage >= 3 else weight
        return parameters * (w + g + o)

    return answer


def strictly_above(parameters, workers, stage):
    refuse_stage(workers, stage)
    o = 12 / workers if stage > 1 else 12
    g = 2 / workers if stage > 2 else 2
    w = 2 / workers if stage > 3 else 2
    return parameters * (w + g + o)


def in_gigabytes(parameters, workers, stage):
    return parts(2, 2, 12)(parameters, workers, stage) / 1e9


def all_or_nothing(parameters, workers, stage):
    refuse_stage(workers, stage)
    return 16 * parameters / (workers if stage else 1)


def unchecked_stage(parameters, workers, stage):
    at_least_one(workers)
    o = 12 / workers if stage >= 1 else 12
    g = 2 / workers if stage >= 2 else 2
    w = 2 / workers if stage >= 3 else 2
    return parameters * (w + g + o)


def refuse_share(devices, utilisation):
    if devices < 1 or not 0 < utilisation <= 1:
        raise ValueError("devices or utilisation cannot be")


def in_seconds(parameters, tokens, devices, peak_flops, utilisation):
    refuse_share(devices, utilisation)
    return 6 * parameters * tokens / (devices * peak_flops * utilisation)


def in_hours(parameters, tokens, devices, peak_flops, utilisation):
    seconds = in_seconds(parameters, tokens, devices, peak_flops, utilisation)
    return seconds / 3600


def at_its_peak(parameters, tokens, devices, peak_flops, utilisation):
    refuse_share(devices, utilisation)
    return 6 * parameters * tokens / (devices * peak_flops) / 86_400


def times_share(parameters, tokens, devices, peak_flops, utilisation):
    refuse_share(devices, utilisation)
    seconds = 6 * parameters * tokens / (devices * peak_flops) * utilisation
    return seconds / 86_400


def forward_alone(parameters, tokens, devices, peak_flops, utilisation):
    seconds = in_seconds(parameters, tokens, devices, peak_flops, utilisation)
    return seconds / 86_400 / 3


def up_to_one_excluded(parameters, tokens, devices, peak_flops, utilisation):
    if devices < 1 or not 0 < utilisation < 1:
        raise ValueError("devices or utilisation cannot be")
    seconds = in_seconds(parameters, tokens, devices, peak_flops, utilisation)
    return seconds / 86_400


WRONG = {
    "scaling_out.shard_indices": {
        "a block each": a_block_each,
        "a range alone": range_alone,
        "size rounded down": floor_size,
        "rounded down and one": floor_and_one,
        "the last again": last_again,
        "one rank too far": one_too_far,
        "rank unchecked": unchecked_rank,
    },
    "scaling_out.sync_gradients": {
        "forgets to divide": forgets_to_divide,
        "skips None": skips_none,
        "takes what comes back": takes_what_comes_back,
        "reduces a copy": reduces_a_copy,
        "divides both times": both_times,
        "reduces the weights": reduces_the_weights,
        "divides by len": by_len,
        "stays None": stays_none,
    },
    "scaling_out.combine_gradients": {
        "mean of means": mean_of_means,
        "added": only_added,
        "times the count": times_count,
        "by the number of workers": by_number_of_workers,
        "empty ones left out": empty_ones_left_out,
        "over its own count": over_own_count,
    },
    "scaling_out.reduce_scatter": {
        "all to all": all_to_all,
        "strided": strided,
        "averaged": averaged,
        "own pieces": own_pieces,
        "wrong axis": wrong_axis,
        "never refuses": never_refuses,
    },
    "scaling_out.all_reduce_bytes": {
        "one way": one_way,
        "whole pieces": whole_pieces,
        "of all": of_all,
        "for many": for_many,
        "in a tree": in_a_tree,
        "star": star,
        "unchecked": unchecked_workers,
    },
    "scaling_out.memory_per_device": {
        "no copy": parts(2, 2, 8),
        "float32": parts(4, 4, 8),
        "strictly above": strictly_above,
        "in gigabytes": in_gigabytes,
        "all or nothing": all_or_nothing,
        "stage unchecked": unchecked_stage,
    },
    "scaling_out.training_days": {
        "seconds": in_seconds,
        "hours": in_hours,
        "at its peak": at_its_peak,
        "times the share": times_share,
        "forward alone": forward_alone,
        "1 excluded": up_to_one_excluded,
    },
}
