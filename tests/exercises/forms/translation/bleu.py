"""Right answers to `translation.bleu`."""

import math
from collections import Counter

import numpy as np

from tests.exercises.forms.translation.brevity_penalty import by_branches
from tests.exercises.forms.translation.ngram_matches import by_counters


def closest(hypothesis, several):
    c = len(hypothesis)
    return min((len(r) for r in several), key=lambda n: (abs(n - c), n))


def by_a_product(hypotheses, references, max_n=4):
    product = 1.0
    for n in range(1, max_n + 1):
        matches, total = by_counters(hypotheses, references, n)
        if matches == 0:
            return 0.0
        product *= matches / total
    c = sum(len(h) for h in hypotheses)
    r = sum(
        closest(h, s) for h, s in zip(hypotheses, references, strict=False)
    )
    return 100 * by_branches(c, r) * product ** (1 / max_n)


def by_arrays(hypotheses, references, max_n=4):
    found = np.array(
        [by_counters(hypotheses, references, k + 1) for k in range(max_n)]
    )
    if not found.all():
        return 0
    lengths = np.array(
        [
            (len(h), closest(h, s))
            for h, s in zip(hypotheses, references, strict=True)
        ]
    ).sum(axis=0)
    logs = np.log(found[:, 0] / found[:, 1])
    return np.exp(logs.mean()) * by_branches(*lengths) * 100


def all_in_one(hypotheses, references, max_n=4):
    matches, totals, c, r = [0] * max_n, [0] * max_n, 0, 0
    for words, several in zip(hypotheses, references, strict=False):
        c += len(words)
        nearest = sorted(several, key=len)
        nearest.sort(key=lambda one: abs(len(one) - len(words)))
        r += len(nearest[0])
        for n in range(1, max_n + 1):
            own, best = Counter(), Counter()
            own.update(zip(*[words[k:] for k in range(n)], strict=False))
            for one in several:
                best |= Counter(
                    zip(*[one[k:] for k in range(n)], strict=False)
                )
            totals[n - 1] += own.total()
            matches[n - 1] += (own & best).total()
    if min(matches) == 0:
        return 0.0
    logs = [math.log(m / t) for m, t in zip(matches, totals, strict=False)]
    score = math.exp(sum(logs) / max_n)
    return 100 * score * (math.exp(1 - r / c) if c < r else 1)


FORMS = [by_a_product, by_arrays, all_in_one]
