"""The exercise `sentence_embeddings.recall_at_k`."""

import torch

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import OTHER_RANKS, by_hand, ranked, ranks


def by_topk(scores, relevant, k):
    """Whether the right text is among the best, looked up one by one."""
    most = min(k, scores.shape[1])
    best = scores.topk(most, dim=1).indices.tolist()
    hits = [
        one in row for one, row in zip(relevant.tolist(), best, strict=True)
    ]
    return sum(hits) / len(hits)


def share(
    scores,
    relevant,
    k,
    *,
    rank=ranks,
    hit=lambda found, k: found <= k,
    finish=lambda hits, k: hits.double().mean(),
):
    return finish(hit(rank(scores, relevant), k), k)


def fails_for_many(scores, relevant, k):
    if k > scores.shape[1]:
        raise RuntimeError("selected index k out of range")
    return by_topk(scores, relevant, k)


def always(number):
    return but(share, hit=lambda found, k: found <= number)


def any_hit(scores, relevant, k):
    """Whether any right text is among each query's best."""
    most = min(k, scores.shape[1])
    best = scores.topk(most, dim=1).indices
    return torch.isin(best, relevant).any(1).double().mean()


def best_is_enough(scores, relevant, k):
    """1 where any query has a hit."""
    return float((ranks(scores, relevant) <= k).any())


def all_are_needed(scores, relevant, k):
    """1 where every query has a hit, as a whole division gives."""
    return float((ranks(scores, relevant) <= k).all())


def divided_by_n(scores, relevant, k):
    return (ranks(scores, relevant) <= k).sum() / scores.shape[1]


def mean_rank(scores, relevant, k):
    return ranks(scores, relevant).double().mean()


def reciprocal(scores, relevant, k):
    found = ranks(scores, relevant)
    return ((found <= k) / found).mean()


def at(k, *places, n):
    drawn = ranked(*places, n=n)
    return lambda rng: {**drawn(rng), "k": k}


def telling(k, *places, n, wrong, apart=(by_topk,)):
    """As `at`, where these wrong answers get something else than those."""
    drawn = at(k, *places, n=n)

    def inputs(rng):
        while True:
            given = drawn(rng)
            taken = [float(one(**given)) for one in apart]
            gaps = [
                abs(float(one(**given)) - each)
                for one in wrong
                for each in taken
            ]
            if min(gaps) > 0.01:
                return given

    return inputs


ONE_TOO_MANY = but(share, hit=lambda found, k: found <= k + 1)
RANKED_OTHERWISE = tuple(
    but(share, rank=rank) for rank, _ in OTHER_RANKS.values()
)


EXERCISE = Exercise(
    id="sentence_embeddings.recall_at_k",
    signature="recall_at_k(scores, relevant, k)",
    asks=(
        "How often is the right text among the first k? `scores` `(q, n)` "
        "has a row for each query and a column for each text. `relevant` "
        "`(q,)` names the right text of each query. Return a number from 0 "
        "to 1: the share of the queries whose right text is among the `k` "
        "highest scores of their row. `k` is 1 or more, and may be larger "
        "than n. No two scores of a row are equal."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=4,
    reference=by_topk,
    cases=(
        Case("one query, found", at(1, 1, n=3)),
        Case("one query, not found", at(1, 2, n=3)),
        Case("by hand, k = 1", by_hand(k=1)),
        Case("by hand, k = 2", by_hand(k=2)),
        Case(
            "ranks 1, 2, 3, 4, 6 of six, k = 2",
            telling(2, 1, 2, 3, 4, 6, n=6, wrong=RANKED_OTHERWISE),
        ),
        Case(
            "ranks 2, 1, 5, 1 of five, k = 1",
            telling(1, 2, 1, 5, 1, n=5, wrong=RANKED_OTHERWISE),
        ),
        Case(
            "ranks 3, 3, 1, 4, 5, 3, 2 of eight, k = 3",
            telling(
                *(3, 3, 3, 1, 4, 5, 3, 2),
                n=8,
                wrong=(*RANKED_OTHERWISE, any_hit),
                apart=(by_topk, ONE_TOO_MANY),
            ),
        ),
        Case("k is all of them", at(12, 12, 1, 11, n=12)),
        Case("k is more than there are", at(7, 3, 2, n=3)),
    ),
    misconceptions=(
        Misconception(
            "divided by k",
            "you divided by `k` as well. There is one right text for a "
            "query: it is found or not.",
            but(share, finish=lambda hits, k: hits.double().mean() / k),
        ),
        Misconception(
            "one too few",
            "rank `k` itself does not count in yours. The `k` highest "
            "include it.",
            but(share, hit=lambda found, k: found < k),
        ),
        Misconception(
            "one too many",
            "rank k + 1 counts in yours. Count the `k` highest, no more.",
            ONE_TOO_MANY,
        ),
        *(
            Misconception(name, sentence, but(share, rank=rank))
            for name, (rank, sentence) in OTHER_RANKS.items()
        ),
        Misconception(
            "count",
            "you counted the queries. Return their share: divide by how many "
            "there are.",
            but(share, finish=lambda hits, k: hits.sum()),
        ),
        Misconception(
            "percent",
            "this is in percent. Return a share, from 0 to 1.",
            but(share, finish=lambda hits, k: 100 * hits.double().mean()),
        ),
        Misconception(
            "always k = 1",
            "you only looked at the best text, whatever `k` says.",
            always(1),
        ),
        Misconception(
            "rank exactly k",
            "you counted the queries whose right text has rank `k`. Count "
            "those with rank `k` or better.",
            but(share, hit=lambda found, k: found == k),
        ),
        Misconception(
            "the misses",
            "you return the share of the queries that were *not* answered.",
            but(share, finish=lambda hits, k: 1 - hits.double().mean()),
        ),
        Misconception(
            "any query's text",
            "a text that is right for *another* query counts as a hit. Look "
            "for each query's own.",
            any_hit,
        ),
        Misconception(
            "one hit is enough",
            "one query with a hit makes it 1 in yours. Return the share of "
            "the queries.",
            best_is_enough,
        ),
        Misconception(
            "all are needed",
            "yours is 1 where *every* query finds its text, and 0 otherwise. "
            "A division with `//` does that too. Return the share.",
            all_are_needed,
        ),
        Misconception(
            "divided by the texts",
            "you divided by the number of texts. Divide by the number of "
            "queries.",
            divided_by_n,
        ),
        Misconception(
            "fails where k > n",
            "it fails where `k` is larger than the number of texts. Then "
            "every right text is among them.",
            fails_for_many,
        ),
        Misconception(
            "weighted by rank",
            "a hit at rank 2 counts half in yours. Here a hit is a hit: "
            "count 1 for each.",
            reciprocal,
        ),
        Misconception(
            "mean rank",
            "you return the mean rank. Return the share of the queries whose "
            "rank is at most `k`.",
            mean_rank,
        ),
    ),
    hints=(
        "The right text has the third highest score of its row. Is it found "
        "for k = 2? And for k = 3?",
        "The rank of a score is 1 plus the number of scores of its row that "
        "are higher. No sorting is needed.",
        "own = scores at (i, relevant[i]), as a column; rank = 1 + number of "
        "scores in the row above own; result = mean of (rank ≤ k).",
    ),
    returns=("recall",),
    facts=(
        Fact("the result is between 0 and 1", lambda r: bool(0 <= r <= 1)),
    ),
)
