"""Right answers to `tokenization.train_bpe`."""

from collections import Counter, defaultdict

import numpy as np


def replace(ids, pair, new):
    out, i = [], 0
    while i < len(ids):
        if i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(ids[i])
            i += 1
    return out


def plainly(words, num_merges):
    texts = [list(w.encode("utf-8")) for w in words]
    merges = []
    for k in range(num_merges):
        counts = {}
        for ids in texts:
            for i in range(len(ids) - 1):
                pair = (ids[i], ids[i + 1])
                counts[pair] = counts.get(pair, 0) + 1
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], p))
        texts = [replace(ids, best, 256 + k) for ids in texts]
        merges.append(best)
    return merges


def equal_words_together(words, num_merges):
    counted = Counter(tuple(w.encode()) for w in words)
    merges = []
    while len(merges) < num_merges:
        counts = Counter()
        for ids, often in counted.items():
            for i in range(1, len(ids)):
                counts[ids[i - 1 : i + 1]] += often
        if not counts:
            return merges
        most = max(counts.values())
        best = min(pair for pair in counts if counts[pair] == most)
        new, merges = 256 + len(merges), [*merges, best]
        after = Counter()
        for ids, often in counted.items():
            after[tuple(replace(ids, best, new))] += often
        counted = after
    return merges


def with_counts_kept(words, num_merges):
    """Only the words that hold the pair are counted again."""
    texts = [list(w.encode()) for w in words]
    counts, where = Counter(), defaultdict(set)

    def note(k, sign):
        for pair in zip(texts[k], texts[k][1:], strict=False):
            counts[pair] += sign
            where[pair].add(k)

    for k in range(len(texts)):
        note(k, 1)
    merges = []
    while len(merges) < num_merges:
        living = [(-n, pair) for pair, n in counts.items() if n > 0]
        if not living:
            break
        _, pair = min(living)
        for k in where.pop(pair):
            note(k, -1)
            texts[k] = replace(texts[k], pair, 256 + len(merges))
            note(k, 1)
        merges.append(pair)
    return tuple(merges)


def by_arrays(words, num_merges):
    """All words in one array, with −1 between them."""
    ids = np.array([i for w in words for i in [*w.encode(), -1]], dtype=int)
    merges = []
    for k in range(num_merges):
        left, right = ids[:-1], ids[1:]
        inside = (left >= 0) & (right >= 0)
        if not inside.any():
            break
        pairs, counts = np.unique(
            np.stack([left[inside], right[inside]], axis=1),
            axis=0,
            return_counts=True,
        )
        # Sorted already, so that the first of the most is the smallest.
        a, b = (int(one) for one in pairs[counts.argmax()])
        merges.append((a, b))
        ids = np.array(replace(ids.tolist(), (a, b), 256 + k), dtype=int)
    return merges


FORMS = [plainly, equal_words_together, with_counts_kept, by_arrays]
