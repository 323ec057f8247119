"""Right answers to `bert.best_span`."""

import itertools
import math

import torch


def two_loops(start_logits, end_logits, allowed, max_length):
    best, found = -math.inf, None
    for start in range(len(allowed)):
        for end in range(start, min(start + max_length, len(allowed))):
            if allowed[start] and allowed[end]:
                score = float(start_logits[start] + end_logits[end])
                if score > best:
                    best, found = score, (start, end)
    return found


def as_a_table(start_logits, end_logits, allowed, max_length):
    n = len(allowed)
    table = start_logits[:, None] + end_logits[None, :]
    ones = torch.ones(n, n, dtype=torch.bool)
    fits = ones.triu() & ones.tril(max_length - 1)
    fits &= allowed[:, None] & allowed[None, :]
    best = table.masked_fill(~fits, -math.inf).argmax()
    return divmod(int(best), n)


def by_end(start_logits, end_logits, allowed, max_length):
    """The best start for each end, of those that are near enough."""
    starts = start_logits.masked_fill(~allowed, -math.inf)
    ends = end_logits.masked_fill(~allowed, -math.inf)
    rows = []
    for end in range(len(ends)):
        first = max(0, end - max_length + 1)
        start = first + int(starts[first : end + 1].argmax())
        rows.append((starts[start] + ends[end], start, end))
    _, start, end = max(rows, key=lambda row: float(row[0]))
    return torch.tensor(start), torch.tensor(end)


def sorted_pairs(start_logits, end_logits, allowed, max_length):
    places = allowed.nonzero().flatten().tolist()
    pairs = itertools.combinations_with_replacement(places, 2)
    near = [(i, j) for i, j in pairs if j - i < max_length]
    starts, ends = start_logits.tolist(), end_logits.tolist()
    near.sort(key=lambda pair: starts[pair[0]] + ends[pair[1]])
    return list(near[-1])


FORMS = [two_loops, as_a_table, by_end, sorted_pairs]
