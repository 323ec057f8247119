"""Right answers to `translation.ngram_matches`."""

from collections import Counter, defaultdict

import numpy as np


def by_counters(hypotheses, references, n):
    def grams(words):
        return Counter(
            tuple(words[k : k + n]) for k in range(len(words) - n + 1)
        )

    matches = total = 0
    for hypothesis, several in zip(hypotheses, references, strict=False):
        most = Counter()
        for reference in several:
            most = most | grams(reference)
        matches += sum((grams(hypothesis) & most).values())
        total += max(len(hypothesis) - n + 1, 0)
    return matches, total


def by_dicts(hypotheses, references, n):
    def grams(words):
        counts = defaultdict(int)
        for k in range(len(words) - n + 1):
            counts[" ".join(words[k : k + n])] += 1
        return counts

    found = [0, 0]
    for hypothesis, several in zip(hypotheses, references, strict=False):
        for gram, count in grams(hypothesis).items():
            found[0] += min(count, max(grams(r)[gram] for r in several))
            found[1] += count
    return found


def by_taking_away(hypotheses, references, n):
    """Each n-gram takes its match out of what the references still have."""
    matches = total = 0
    for words, several in zip(hypotheses, references, strict=False):
        left = [
            [tuple(r[k : k + n]) for k in range(len(r) - n + 1)]
            for r in several
        ]
        for k in range(len(words) - n + 1):
            gram = tuple(words[k : k + n])
            total += 1
            has = [one for one in left if gram in one]
            matches += bool(has)
            for one in has:
                one.remove(gram)
    return np.array([matches, total])


FORMS = [by_counters, by_dicts, by_taking_away]
