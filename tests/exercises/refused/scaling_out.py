"""Wrong answers to the exercises of lesson 22."""

import math

import torch

from tests.exercises.forms.scaling_out.all_reduce_bytes import (
    by_formula as bytes_sent,
)
from tests.exercises.forms.scaling_out.combine_gradients import by_shares
from tests.exercises.forms.scaling_out.memory_per_device import by_cases
from tests.exercises.forms.scaling_out.reduce_scatter import by_slices
from tests.exercises.forms.scaling_out.shard_indices import (
    by_remainders,
    refuse,
)
from tests.exercises.forms.scaling_out.sync_gradients import (
    in_a_bucket,
    one_by_one,
)
from tests.exercises.forms.scaling_out.training_days import (
    by_formula as days,
)


def then(right, change):
    """A right answer whose result is changed."""
    return lambda *given: change(right(*given))


# --- shard_indices ---------------------------------------------------------


def blocks_of_unequal_length(n, rank, world_size):
    refuse(n, rank, world_size)
    return torch.arange(n).tensor_split(world_size)[rank].tolist()


def lone_of_any_rank(n, rank, world_size):
    if world_size == 1:
        return [*range(n)]
    return by_remainders(n, rank, world_size)


def there_and_back(n, rank, world_size):
    """Like a snake: every second round from the last worker to the first."""
    refuse(n, rank, world_size)
    size = math.ceil(n / world_size)
    found = []
    for k in range(size):
        place = rank if k % 2 == 0 else world_size - 1 - rank
        found.append((k * world_size + place) % n)
    return found


def shuffled(n, rank, world_size):
    places = by_remainders(n, rank, world_size)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(0))
    return [int(order[place]) for place in places]


def refuses_more_workers(n, rank, world_size):
    if world_size > n:
        raise ValueError("more workers than examples")
    return by_remainders(n, rank, world_size)


def wordless(n, rank, world_size):
    if n < 1 or not 0 <= rank < world_size:
        raise ValueError
    return by_remainders(n, rank, world_size)


def index_error(n, rank, world_size):
    if n < 1 or not 0 <= rank < world_size:
        raise IndexError("out of range")
    return by_remainders(n, rank, world_size)


def filled_once(n, rank, world_size):
    """One more at most is filled in: not enough for many workers."""
    refuse(n, rank, world_size)
    places = list(range(n))
    places += places[: -n % world_size]
    return places[rank::world_size]


def negative_places(n, rank, world_size):
    return [
        place if place < n // 2 else place - n
        for place in by_remainders(n, rank, world_size)
    ]


def rank_for_world_size(n, rank, world_size):
    refuse(n, rank, world_size)
    return list(range(rank, n, max(rank, 1)))


# --- sync_gradients --------------------------------------------------------


def lone_as_it_is(parameters, all_reduce, world_size):
    if world_size > 1:
        one_by_one(parameters, all_reduce, world_size)


def only_worker_0_is_right(parameters, all_reduce, world_size):
    """A parameter server that sends nothing back."""
    before = [None if p.grad is None else p.grad.clone() for p in parameters]
    one_by_one(parameters, all_reduce, world_size)
    if before[0] is not None and float(before[0].flatten()[0]) > 0:
        for p, grad in zip(parameters, before, strict=True):
            p.grad = grad if grad is not None else p.grad


def whole_division(parameters, all_reduce, world_size):
    for p in parameters:
        p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        all_reduce(p.grad)
        p.grad = p.grad // world_size


def by_the_root(parameters, all_reduce, world_size):
    in_a_bucket(parameters, all_reduce, world_size)
    for p in parameters:
        p.grad *= world_size / math.sqrt(world_size)


def always_by_two(parameters, all_reduce, world_size):
    one_by_one(parameters, all_reduce, 2)


def less_one(parameters, all_reduce, world_size):
    one_by_one(parameters, all_reduce, max(world_size - 1, 1))


def bucket_of_those_there(parameters, all_reduce, world_size):
    there = [p for p in parameters if p.grad is not None]
    if there:
        bucket = torch.cat([p.grad.flatten() for p in there])
        all_reduce(bucket)
        sizes = [p.numel() for p in there]
        parts = (bucket / world_size).split(sizes)
        for p, part in zip(there, parts, strict=True):
            p.grad = part.view_as(p)
    for p in parameters:
        p.grad = torch.zeros_like(p) if p.grad is None else p.grad


def in_half(parameters, all_reduce, world_size):
    for p in parameters:
        grad = torch.zeros_like(p) if p.grad is None else p.grad
        grad = grad.half()
        all_reduce(grad)
        p.grad = (grad / world_size).to(p.dtype)


def clipped(parameters, all_reduce, world_size):
    one_by_one(parameters, all_reduce, world_size)
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)


def once_more(parameters, all_reduce, world_size):
    one_by_one(parameters, all_reduce, world_size)
    if parameters[0].grad.flatten()[0] > 0:
        all_reduce(parameters[0].grad)


def swallowed(parameters, all_reduce, world_size):
    try:
        for p in parameters:
            if p.grad is not None:
                all_reduce(p.grad)
                p.grad /= world_size
    except RuntimeError:
        pass
    for p in parameters:
        p.grad = torch.zeros_like(p) if p.grad is None else p.grad


def lists(parameters, all_reduce, world_size):
    all_reduce([p.grad for p in parameters])


def all_at_once_as_one_number(parameters, all_reduce, world_size):
    for p in parameters:
        grad = torch.zeros_like(p) if p.grad is None else p.grad
        total = grad.sum()
        all_reduce(total)
        p.grad = grad * 0 + total / world_size


def last_one_left_out(parameters, all_reduce, world_size):
    one_by_one(parameters[:-1] or parameters, all_reduce, world_size)
    last = parameters[-1]
    last.grad = torch.zeros_like(last) if last.grad is None else last.grad


# --- combine_gradients -----------------------------------------------------


def first_count_for_all(gradients, counts):
    return by_shares(gradients, [counts[0] or 1] * len(counts))


def zero_refused(gradients, counts):
    if 0 in counts:
        raise ValueError("a worker without examples")
    return by_shares(gradients, counts)


def zero_last(gradients, counts):
    """Leaves out the empty ones, and pairs the others wrongly."""
    return by_shares(gradients, sorted(counts, reverse=True))


def up_to_ten(gradients, counts):
    return by_shares(gradients, [min(count, 10) for count in counts])


def means_over_numbers(gradients, counts):
    return [one.mean() * torch.ones_like(one) for one in by_shares(
        gradients, counts)]  # fmt: skip


def one_less(gradients, counts):
    """As in an unbiased variance."""
    total = sum(counts)
    return [one * total / (total - 1) for one in by_shares(gradients, counts)]


def median(gradients, counts):
    return [
        torch.stack(
            [
                g
                for g, count in zip(parts, counts, strict=True)
                for _ in range(count)
            ]
        ).median(dim=0).values
        for parts in zip(*gradients, strict=True)
    ]  # fmt: skip


def two_workers(gradients, counts):
    return by_shares(gradients[:2], counts[:2]) if sum(counts[:2]) else []


def rounded_shares(gradients, counts):
    total = sum(counts)
    return by_shares(gradients, [round(c / total, 2) for c in counts])


# --- reduce_scatter --------------------------------------------------------


def one_piece_left_out(vectors):
    return [*by_slices(vectors)[:-1], by_slices(vectors)[0] * 0]


def first_and_last_only(vectors):
    return by_slices([vectors[0], *vectors[-1:]] if len(vectors) > 2
                     else vectors)  # fmt: skip


def differences(vectors):
    return by_slices([vectors[0], *(-one for one in vectors[1:])])


def sorted_numbers(vectors):
    return by_slices([one.sort().values for one in vectors])


def each_piece_reversed(vectors):
    return [one.flip(0) for one in by_slices(vectors)]


def running(vectors):
    """Piece r holds what the first r + 1 workers had."""
    pieces = by_slices(vectors)
    size = len(pieces[0])
    return [
        sum(one[r * size : (r + 1) * size] for one in vectors[: r + 1])
        for r in range(len(vectors))
    ]


def pieces_of_others(vectors):
    pieces = by_slices(vectors)
    size = len(pieces[0])
    return [
        pieces[r] - one[r * size : (r + 1) * size] * (len(vectors) > 1)
        for r, one in enumerate(vectors)
    ]


def stacked_error(vectors):
    if len(vectors[0]) % len(vectors):
        raise RuntimeError("does not fit")
    return by_slices(vectors)


def wordless_error(vectors):
    if len(vectors[0]) % len(vectors):
        raise ValueError
    return by_slices(vectors)


# --- memory, bytes, days ---------------------------------------------------


def share_of_pieces(num_bytes, workers):
    if workers < 1:
        raise ValueError("no workers")
    return num_bytes / workers


def exact_at_powers(num_bytes, workers):
    """Counts with the next power of two."""
    if workers < 1:
        raise ValueError("no workers")
    return bytes_sent(num_bytes, 2 ** math.ceil(math.log2(workers)))


def zero_refused_only(num_bytes, workers):
    if workers == 0:
        raise ValueError("no workers")
    return 2 * (workers - 1) / workers * num_bytes


def one_refused(num_bytes, workers):
    if workers < 2:
        raise ValueError("no ring")
    return bytes_sent(num_bytes, workers)


def zero_division(num_bytes, workers):
    return 2 * (workers - 1) / workers * num_bytes


def activations_too(parameters, workers, stage):
    return by_cases(parameters, workers, stage) + 2 * parameters


def sharded_up(parameters, workers, stage):
    """Whole parameters on each device."""
    whole = math.ceil(parameters / workers)
    return by_cases(whole * workers, workers, stage)


def copy_never_split(parameters, workers, stage):
    split = 4 * parameters * (1 - 1 / max(workers, 1)) if stage else 0
    return by_cases(parameters, workers, stage) + split


def three_is_two(parameters, workers, stage):
    return by_cases(parameters, workers, 2 if stage == 3 else stage)


def one_is_zero(parameters, workers, stage):
    return by_cases(parameters, workers, 0 if stage == 1 else stage)


def cut_off(parameters, workers, stage):
    return by_cases(parameters, workers, min(max(stage, 0), 3))


def truth_of_workers(parameters, workers, stage):
    if not workers or stage not in (0, 1, 2, 3):
        raise ValueError("no workers or no stage")
    if workers < 0:
        return 0.0
    return by_cases(parameters, workers, stage)


def square_of_the_parameters(parameters, tokens, devices, peak, share):
    return days(parameters, parameters, devices, peak, share)


def share_squared(parameters, tokens, devices, peak, share):
    return days(parameters, tokens, devices, peak, share) / share


def years(parameters, tokens, devices, peak, share):
    return days(parameters, tokens, devices, peak, share) / 365


def percents(parameters, tokens, devices, peak, share):
    return days(parameters, tokens, devices, peak, share / 100)


def percents_allowed(parameters, tokens, devices, peak, share):
    return days(parameters, tokens, devices, peak,
                share / 100 if share > 1 else share)  # fmt: skip


def less_than_a_day_is_one(parameters, tokens, devices, peak, share):
    return max(days(parameters, tokens, devices, peak, share), 1.0)


def twelve_hours(parameters, tokens, devices, peak, share):
    return 2 * days(parameters, tokens, devices, peak, share)


def text(parameters, tokens, devices, peak, share):
    return f"{days(parameters, tokens, devices, peak, share):.3f}"


def attention_too(parameters, tokens, devices, peak, share):
    return days(parameters * 1.01, tokens, devices, peak, share)


WRONG = {
    "scaling_out.shard_indices": {
        "blocks of unequal length": blocks_of_unequal_length,
        "a lone worker's rank": lone_of_any_rank,
        "there and back": there_and_back,
        "shuffled": shuffled,
        "more workers refused": refuses_more_workers,
        "wordless": wordless,
        "IndexError": index_error,
        "filled once": filled_once,
        "negative places": negative_places,
        "rank for world_size": rank_for_world_size,
        "floats": then(by_remainders, lambda x: [float(k) for k in x]),
        "sorted": then(by_remainders, sorted),
        "a set": then(by_remainders, set),
        "reversed": then(by_remainders, lambda x: x[::-1]),
    },
    "scaling_out.sync_gradients": {
        "only some workers right": only_worker_0_is_right,
        "None stays with a lone worker": lone_as_it_is,
        "whole division": whole_division,
        "by the root": by_the_root,
        "always by two": always_by_two,
        "by one less": less_one,
        "a bucket of those there": bucket_of_those_there,
        "in half": in_half,
        "clipped": clipped,
        "once more": once_more,
        "swallowed": swallowed,
        "lists": lists,
        "one number": all_at_once_as_one_number,
        "last left out": last_one_left_out,
        "nothing": lambda parameters, all_reduce, world_size: None,
    },
    "scaling_out.combine_gradients": {
        "first count for all": first_count_for_all,
        "0 refused": zero_refused,
        "sorted counts": zero_last,
        "up to ten": up_to_ten,
        "means over numbers": means_over_numbers,
        "one less": one_less,
        "median": median,
        "two workers": two_workers,
        "rounded shares": rounded_shares,
        "negated": then(by_shares, lambda found: [-one for one in found]),
        "flat": then(by_shares, lambda found: [x.flatten() for x in found]
                     + [found[0]]),
    },
    "scaling_out.reduce_scatter": {
        "one left out": one_piece_left_out,
        "first and last": first_and_last_only,
        "differences": differences,
        "sorted": sorted_numbers,
        "each reversed": each_piece_reversed,
        "running": running,
        "others only": pieces_of_others,
        "RuntimeError": stacked_error,
        "wordless": wordless_error,
        "twice": then(by_slices, lambda found: [2 * one for one in found]),
        "one more": then(by_slices, lambda found: [*found, found[0]]),
    },
    "scaling_out.all_reduce_bytes": {
        "a piece": share_of_pieces,
        "powers of two": exact_at_powers,
        "only 0 refused": zero_refused_only,
        "1 refused": one_refused,
        "ZeroDivisionError": zero_division,
        "whole": then(bytes_sent, round),
        "four times": then(bytes_sent, lambda x: 4 * x),
        "kilobytes": then(bytes_sent, lambda x: x / 1000),
        "negative": then(bytes_sent, lambda x: -x),
        "with itself": lambda n, p: bytes_sent(n, p) + n / p,
    },
    "scaling_out.memory_per_device": {
        "activations": activations_too,
        "whole parameters": sharded_up,
        "copy never split": copy_never_split,
        "3 is 2": three_is_two,
        "1 is 0": one_is_zero,
        "cut off": cut_off,
        "negative workers": truth_of_workers,
        "0": lambda parameters, workers, stage: 0.0,
        "parameters": lambda parameters, workers, stage: parameters,
        "whole bytes": then(by_cases, int),
        "double": then(by_cases, lambda x: 2 * x),
    },
    "scaling_out.training_days": {
        "parameters squared": square_of_the_parameters,
        "share squared": share_squared,
        "years": years,
        "percent": percents,
        "percent allowed": percents_allowed,
        "a day at least": less_than_a_day_is_one,
        "twelve hours": twelve_hours,
        "text": text,
        "attention": attention_too,
        "0": lambda *given: 0.0,
        "two decimals": then(days, lambda x: round(x, 2)),
    },
}  # fmt: skip
