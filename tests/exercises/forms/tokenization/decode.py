"""Right answers to `tokenization.decode`."""

import numpy as np


def by_the_dict_turned(ids, vocabulary):
    tokens = {number: token for token, number in vocabulary.items()}
    for one in ids:
        if one not in tokens:
            raise ValueError(f"no token has the id {one}")
    return [tokens[one] for one in ids]


def by_trying(ids, vocabulary):
    tokens = dict(zip(vocabulary.values(), vocabulary.keys(), strict=True))
    try:
        return list(map(tokens.__getitem__, ids))
    except KeyError as missing:
        raise ValueError(f"bad id {missing}") from None


def by_index(ids, vocabulary):
    """`list.index` raises a ValueError by itself."""
    names, numbers = list(vocabulary), list(vocabulary.values())
    return tuple(names[numbers.index(one)] for one in ids)


def by_an_array(ids, vocabulary):
    largest = max(vocabulary.values())
    table = np.full(largest + 1, None, dtype=object)
    for token, number in vocabulary.items():
        table[number] = token
    if min(ids) < 0 or max(ids) > largest or None in table[ids]:
        raise ValueError(ids)
    return table[ids]


FORMS = [by_the_dict_turned, by_trying, by_index, by_an_array]
