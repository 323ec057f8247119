"""Right answers to `bert.encode_pair`."""

from itertools import chain, repeat

import numpy as np
import torch


def by_popping(first, second, cls_id, sep_id, pad_id, max_len):
    single = second is None
    room = max_len - (2 if single else 3)
    if room < 0:
        raise ValueError(f"{max_len} places are too few")
    a, b = list(first), list(second or [])
    while len(a) + len(b) > room:
        (a if len(a) > len(b) else b).pop()
    ids = [cls_id, *a, sep_id]
    segments = [0] * len(ids)
    if not single:
        ids += [*b, sep_id]
        segments += [1] * (len(b) + 1)
    missing = max_len - len(ids)
    return (
        torch.tensor(ids + [pad_id] * missing),
        torch.tensor(segments + [0] * missing),
        torch.tensor([True] * len(ids) + [False] * missing),
    )


def by_counting(first, second, cls_id, sep_id, pad_id, max_len):
    """How many are left of each is worked out at once."""
    pair = second is not None
    room = max_len - 2 - pair
    if room < 0:
        raise ValueError("too short")
    n, m = len(first), len(second or ())
    if n + m > room:
        n, m = shared_out(n, m, room)
    row = np.full(max_len, pad_id)
    segments = np.zeros(max_len, dtype=np.int64)
    row[0], row[1 : n + 1], row[n + 1] = cls_id, first[:n], sep_id
    end = n + 2
    if pair:
        row[end : end + m], row[end + m] = second[:m], sep_id
        segments[end : end + m + 1] = 1
        end += m + 1
    return row, segments, np.arange(max_len) < end


def shared_out(n, m, room):
    """The longer shrinks to the shorter, then both, the second first."""
    short = min(n, m)
    if 2 * short >= room:
        return (room + 1) // 2, room // 2
    return (room - m, m) if n > m else (n, room - n)


def by_recursion(first, second, cls_id, sep_id, pad_id, max_len):
    texts = [first] if second is None else [first, second]
    if max_len < 1 + len(texts):
        raise ValueError
    if sum(map(len, texts)) + 1 + len(texts) > max_len:
        if second is None or len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
        given = cls_id, sep_id, pad_id, max_len
        return by_recursion(first, second, *given)
    row = [(cls_id, 0, True)]
    for segment, text in enumerate(texts):
        row += [(word, segment, True) for word in chain(text, [sep_id])]
    row += repeat((pad_id, 0, False), max_len - len(row))
    ids, segments, mask = zip(*row, strict=True)
    return list(ids), list(segments), list(mask)


def as_lists_in_place(first, second, cls_id, sep_id, pad_id, max_len):
    """From the longest row down: tensors filled, and a mask of what is not."""
    least = 2 if second is None else 3
    if max_len < least:
        raise ValueError(f"max_len must be at least {least}, got {max_len}")
    keep = [list(first), [] if second is None else list(second)]
    for _ in range(max(0, sum(map(len, keep)) + least - max_len)):
        longer = 0 if len(keep[0]) > len(keep[1]) else 1
        del keep[longer][-1]
    ids = torch.full((max_len,), pad_id)
    mask = torch.zeros(max_len, dtype=torch.bool)
    segments = torch.zeros(max_len, dtype=torch.long)
    written = [cls_id, *keep[0], sep_id]
    if second is not None:
        segments[len(written) : len(written) + len(keep[1]) + 1] = 1
        written += [*keep[1], sep_id]
    ids[: len(written)] = torch.tensor(written)
    mask[: len(written)] = True
    return ids, segments, mask


FORMS = [by_popping, by_counting, by_recursion, as_lists_in_place]
