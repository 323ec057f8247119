"""Right answers to `word_vectors.skipgram_pairs`."""

import numpy as np


def with_ranges(tokens, window):
    pairs = []
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if j != i:
                pairs.append((tokens[i], tokens[j]))
    return pairs


def with_slices(tokens, window):
    pairs = []
    for i, centre in enumerate(tokens):
        left = tokens[max(i - window, 0) : i]
        right = tokens[i + 1 : i + 1 + window]
        pairs.extend((centre, other) for other in left + right)
    return pairs


def as_an_array(tokens, window):
    return np.array(with_ranges(tokens, window))


def as_lists(tokens, window):
    return [[a, b] for a, b in with_slices(tokens, window)]


def with_a_mask(tokens, window):
    ids = np.array(tokens)
    places = np.arange(len(ids))
    far = np.abs(places[:, None] - places)
    i, j = np.nonzero((far > 0) & (far <= window))
    return list(zip(ids[i], ids[j], strict=True))


def one_after_another(tokens, window):
    for i, centre in enumerate(tokens):
        for step in range(-window, window + 1):
            if step and 0 <= i + step < len(tokens):
                yield centre, tokens[i + step]


FORMS = [
    with_ranges,
    with_slices,
    as_an_array,
    as_lists,
    with_a_mask,
    lambda tokens, window: list(one_after_another(tokens, window)),
    lambda tokens, window: tuple(one_after_another(tokens, window)),
]
