"""The exercise `translation.rescore`."""

import math

import numpy as np

from byhand.exercise import Case, Exercise, Listed, Misconception


def divided(candidates, alpha):
    """All penalties at once, then places sorted by score."""
    lengths = np.array([len(tokens) for tokens, _ in candidates])
    logs = np.array([log for _, log in candidates])
    scores = logs / ((5 + lengths) / 6) ** alpha
    order = np.argsort(-scores)
    return [(candidates[k][0], float(scores[k])) for k in order]


def rescored(
    penalty=lambda n, alpha: ((5 + n) / 6) ** alpha,
    join=lambda log, penalty: log / penalty,
    order=lambda one: -one[1],
    start=lambda log: log,
):
    """A wrong answer: one of these is another."""

    def answer(candidates, alpha):
        return sorted(
            (
                (tokens, join(start(log), penalty(len(tokens), alpha)))
                for tokens, log in candidates
            ),
            key=order,
        )

    return answer


def in_their_old_order(candidates, alpha):
    """By log-probability, with the new scores beside them."""
    by_old = sorted(candidates, key=lambda one: -one[1])
    new = {tuple(t): s for t, s in divided(candidates, alpha)}
    return [(tokens, new[tuple(tokens)]) for tokens, _ in by_old]


def as_they_came(candidates, alpha):
    new = {tuple(t): s for t, s in divided(candidates, alpha)}
    return [(tokens, new[tuple(tokens)]) for tokens, _ in candidates]


def with_old_scores(candidates, alpha):
    old = {tuple(tokens): log for tokens, log in candidates}
    return [(t, old[tuple(t)]) for t, _ in divided(candidates, alpha)]


def the_best_only(candidates, alpha):
    return divided(candidates, alpha)[:1]


def pairs(answer, candidates, alpha):
    """What came, as a list of token lists and a row of scores."""
    came = answer(candidates, alpha)
    if came is None:
        return None
    # A generator would not arrive from where a graded answer runs.
    found = list(came) if isinstance(came, (list, tuple)) else [None]
    if not all(isinstance(p, (list, tuple)) and len(p) == 2 for p in found):
        raise ValueError(
            "rescore should return a list of pairs (tokens, score)"
        )
    return [tokens for tokens, _ in found], [s for _, s in found]


def listed(*given, alpha):
    """Candidates of these lengths and log-probabilities, each moved a bit.

    One of five tokens or more has a 0 among them, and one token twice.
    """

    def inputs(rng):
        words = rng.permutation(np.arange(3, 100)).tolist()
        candidates, moved = [], rng.uniform(0.99, 1.01)
        for n, log in given:
            tokens, words = words[:n], words[n:]
            if n > 4:
                tokens[1:3] = 0, tokens[0]
            candidates.append((tokens, float(np.round(log * moved, 4))))
        return {"candidates": candidates, "alpha": alpha}

    return inputs


SHORT_AND_LONG = ((4, -2.0), (8, -2.4))


EXERCISE = Exercise(
    id="translation.rescore",
    signature="rescore(candidates, alpha)",
    asks=(
        "Judge the finished sentences of a beam by more than their "
        "probability. `candidates` is a list of `(tokens, log_probability)`. "
        "`tokens` is a list of n ids without `bos`, n ≥ 1. The new score "
        "divides the log-probability by the **length penalty** ((5 + n) / 6) "
        "to the power of `alpha`. Return a new list of `(tokens, score)` "
        "with all candidates, best first: the highest score. No two scores "
        "are equal. `alpha` is 0 or more."
    ),
    points=2,
    difficulty=2,
    importance=3,
    minutes=4,
    reference=divided,
    cases=(
        Case("a single candidate", listed((3, -1.5), alpha=1.0)),
        Case(
            "alpha 0, a short and a long one",
            listed(*SHORT_AND_LONG, alpha=0.0),
        ),
        Case(
            "alpha 0.6, a short and a long one",
            listed(*SHORT_AND_LONG, alpha=0.6),
        ),
        Case(
            "alpha 1, the long one first",
            listed(*SHORT_AND_LONG[::-1], alpha=1.0),
        ),
        Case(
            "one token against three", listed((1, -1.0), (3, -1.2), alpha=0.7)
        ),
        Case(
            "five, two of the same length",
            listed(
                *((2, -1.9), (9, -2.9), (5, -2.2), (3, -3.0), (5, -3.4)),
                alpha=0.6,
            ),
        ),
        Case(
            "the longest is bad",
            listed((24, -9.0), (6, -2.1), (3, -1.9), (1, -2.5), alpha=0.9),
        ),
        Case(
            "alpha 2",
            listed((3, -1.0), (4, -1.4), (2, -0.9), alpha=2.0),
        ),
    ),
    misconceptions=(
        Misconception(
            "multiplied",
            "you multiplied by the length penalty. Log-probabilities are "
            "negative, so that makes long sentences *worse*. Divide.",
            rescored(join=lambda log, penalty: log * penalty),
        ),
        Misconception(
            "n to the power of alpha",
            "your penalty is n to the power of alpha. It is ((5 + n) / 6) to "
            "the power of alpha, which is gentler for short sentences.",
            rescored(penalty=lambda n, alpha: n**alpha),
        ),
        Misconception(
            "alpha left out",
            "you divided by (5 + n) / 6 without `alpha`. It is the exponent.",
            rescored(penalty=lambda n, alpha: (5 + n) / 6),
        ),
        Misconception(
            "alpha as a factor",
            "you multiplied by `alpha`. It is the exponent.",
            rescored(penalty=lambda n, alpha: 1 + alpha * ((5 + n) / 6 - 1)),
        ),
        Misconception(
            "no penalty at all",
            "the scores are the old log-probabilities. Divide them by the "
            "length penalty.",
            rescored(penalty=lambda n, alpha: 1.0),
        ),
        Misconception(
            "the power of 5 + n only",
            "you took the power of 5 + n alone and divided by 6 after. The "
            "power is of the whole quotient.",
            rescored(penalty=lambda n, alpha: (5 + n) ** alpha / 6),
        ),
        Misconception(
            "the power of 5 + n, without 6",
            "the 6 is missing: divide 5 + n by it before you take the power.",
            rescored(penalty=lambda n, alpha: (5 + n) ** alpha),
        ),
        Misconception(
            "5 + n / 6",
            "your brackets are missing: you add 5 to n / 6. Add 5 to n, then "
            "divide by 6.",
            rescored(penalty=lambda n, alpha: (5 + n / 6) ** alpha),
        ),
        Misconception(
            "without the 5",
            "the 5 is missing: the quotient is (5 + n) / 6, so that one "
            "token has a penalty of 1.",
            rescored(penalty=lambda n, alpha: (n / 6) ** alpha),
        ),
        Misconception(
            "the mean",
            "you divided by the number of tokens. Divide by ((5 + n) / 6) to "
            "the power of `alpha`.",
            rescored(penalty=lambda n, alpha: n),
        ),
        Misconception(
            "worst first",
            "your list begins with the worst. The best has the *highest* "
            "score, the one nearest to 0.",
            rescored(order=lambda one: one[1]),
        ),
        Misconception(
            "in the order of the old scores",
            "the scores are right, but you sorted by the old "
            "log-probabilities. Sort by the new scores.",
            in_their_old_order,
        ),
        Misconception(
            "not sorted",
            "the scores are right, but the candidates stand in their old "
            "order. Sort them, best first.",
            as_they_came,
        ),
        Misconception(
            "the old scores beside them",
            "the order is right, but the numbers are the old "
            "log-probabilities. Return the new scores.",
            with_old_scores,
        ),
        Misconception(
            "a probability",
            "you turned the log-probability into a probability. Divide the "
            "logarithm itself.",
            rescored(start=math.exp),
        ),
        Misconception(
            "one token too many",
            "your penalty is that of one token more, (6 + n) / 6. Count the "
            "tokens of the list: it is without `bos`.",
            rescored(penalty=lambda n, alpha: ((6 + n) / 6) ** alpha),
        ),
        Misconception(
            "one token too few",
            "your penalty is that of one token less, (4 + n) / 6. All tokens "
            "of the list count.",
            rescored(penalty=lambda n, alpha: ((4 + n) / 6) ** alpha),
        ),
        Misconception(
            "longest first",
            "you sorted by length. Sort by the new scores, whatever the "
            "length.",
            rescored(order=lambda one: -len(one[0])),
        ),
        Misconception(
            "subtracted",
            "you subtracted the penalty. Divide by it.",
            rescored(join=lambda log, penalty: log - penalty),
        ),
        Misconception(
            "the best only",
            "you return one candidate. Return all of them, best first.",
            the_best_only,
        ),
    ),
    hints=(
        "Four tokens have −2.0, eight −2.4. At alpha = 1, what are the "
        "penalties 9/6 and 13/6, and which quotient is nearer to 0?",
        "First a list of (tokens, new score). Then sort it by the score, "
        "descending: `sorted(…, key=…, reverse=True)`.",
        "new = [(tokens, log / ((5 + len(tokens)) / 6) ** alpha) for each]; "
        "result = new sorted by score, highest first.",
    ),
    returns=(Listed("tokens"), "scores"),
    way=pairs,
)
