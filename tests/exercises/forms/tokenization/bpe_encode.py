"""Right answers to `tokenization.bpe_encode`."""

import re
from itertools import pairwise


def merge_after_merge(text, merges):
    ids = list(text.encode("utf-8"))
    for k, (a, b) in enumerate(merges):
        out = []
        for one in ids:
            if out and out[-1] == a and one == b:
                out[-1] = 256 + k
            else:
                out.append(one)
        ids = out
    return ids


def in_place(text, merges):
    ids = list(text.encode())
    for new, pair in enumerate(merges, start=256):
        i = 0
        while i < len(ids) - 1:
            if (ids[i], ids[i + 1]) == tuple(pair):
                ids[i : i + 2] = [new]
            i += 1
    return ids


def lowest_rank(text, merges):
    ranks = {pair: 256 + k for k, pair in enumerate(merges)}
    ids = list(text.encode())
    while True:
        known = [ranks[p] for p in pairwise(ids) if p in ranks]
        if not known:
            return tuple(ids)
        # One place at a time, the leftmost first.
        new = min(known)
        at = [ranks.get(p) for p in pairwise(ids)].index(new)
        ids[at : at + 2] = [new]


def as_characters(text, merges):
    """Ids as characters of a string, which `replace` can merge."""
    line = "".join(chr(0x1000 + one) for one in text.encode())
    for k, (a, b) in enumerate(merges):
        pair = re.escape(chr(0x1000 + a) + chr(0x1000 + b))
        line = re.sub(pair, chr(0x1000 + 256 + k), line)
    return [ord(one) - 0x1000 for one in line]


FORMS = [merge_after_merge, in_place, lowest_rank, as_characters]
