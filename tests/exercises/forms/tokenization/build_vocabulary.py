"""Right answers to `tokenization.build_vocabulary`."""

from collections import Counter, defaultdict

import numpy as np


def by_a_counter(tokens, specials=(), min_count=1):
    counts = Counter(tokens)
    rest = [t for t in counts if t not in specials and counts[t] >= min_count]
    rest.sort(key=lambda t: (-counts[t], t))
    return {token: i for i, token in enumerate([*specials, *rest])}


def by_two_sorts(tokens, specials=(), min_count=1):
    ids = {}
    for special in specials:
        ids[special] = len(ids)
    counts = {t: tokens.count(t) for t in set(tokens) - set(specials)}
    # The second sort keeps the order of the first where counts are equal.
    for token in sorted(sorted(counts), key=counts.get, reverse=True):
        if counts[token] >= min_count:
            ids[token] = len(ids)
    return ids


def by_levels(tokens, specials=(), min_count=1):
    levels = defaultdict(list)
    for token, count in Counter(tokens).items():
        levels[count].append(token)
    order = list(specials)
    for count in sorted(levels, reverse=True):
        if count >= min_count:
            order += sorted(set(levels[count]).difference(specials))
    return dict(zip(order, range(len(order)), strict=True))


def by_most_common(tokens, specials=(), min_count=1):
    ranked = Counter(sorted(tokens)).most_common()
    kept = (t for t, n in ranked if n >= min_count and t not in specials)
    order = [*specials, *kept]
    return {order[i]: np.int64(i) for i in range(len(order))}


FORMS = [by_a_counter, by_two_sorts, by_levels, by_most_common]
