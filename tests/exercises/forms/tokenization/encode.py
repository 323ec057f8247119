"""Right answers to `tokenization.encode`."""

import numpy as np


def by_branches(tokens, vocabulary):
    ids = []
    for token in tokens:
        if token in vocabulary:
            ids.append(vocabulary[token])
        elif "<unk>" in vocabulary:
            ids.append(vocabulary["<unk>"])
        else:
            raise ValueError(f"unknown token {token!r}")
    return ids


def by_get(tokens, vocabulary):
    unknown = vocabulary.get("<unk>")
    ids = [vocabulary.get(token, unknown) for token in tokens]
    if None in ids:
        raise ValueError(f"unknown: {tokens[ids.index(None)]}")
    return tuple(ids)


def by_trying(tokens, vocabulary):
    try:
        return [vocabulary[t if t in vocabulary else "<unk>"] for t in tokens]
    except KeyError as missing:
        raise ValueError(f"{missing} is not in the vocabulary") from None


def as_an_array(tokens, vocabulary):
    missing = set(tokens) - set(vocabulary)
    if missing and "<unk>" not in vocabulary:
        raise ValueError(str(missing))
    names = [t if t not in missing else "<unk>" for t in tokens]
    return np.array([vocabulary[n] for n in names], dtype=int)


FORMS = [by_branches, by_get, by_trying, as_an_array]
