"""Right answers to `tokenization.word_tokenize`."""

import re
from itertools import groupby


def by_a_regular_expression(text):
    return re.findall(r"\w+|[^\w\s]", text)


def by_splitting(text):
    """Marks are kept by a group; what is empty or white goes out."""
    return [t for t in re.split(r"(\W)", text) if t.strip()]


def by_groups(text):
    found = []
    for inside, run in groupby(text, lambda c: c.isalnum() or c == "_"):
        if inside:
            found.append("".join(run))
        else:
            found += [c for c in run if not c.isspace()]
    return tuple(found)


def by_padding(text):
    return "".join(
        c if c.isalnum() or c in "_" else f" {c} " for c in text
    ).split()


def by_two_places(text):
    tokens, start = [], 0
    while start < len(text):
        end = start + 1
        if text[start].isalnum() or text[start] == "_":
            while end < len(text) and (
                text[end].isalnum() or text[end] == "_"
            ):
                end += 1
        if not text[start].isspace():
            tokens.append(text[start:end])
        start = end
    return tokens


FORMS = [
    by_a_regular_expression,
    by_splitting,
    by_groups,
    by_padding,
    by_two_places,
]
