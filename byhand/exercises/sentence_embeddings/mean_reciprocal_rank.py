"""The exercise `sentence_embeddings.mean_reciprocal_rank`."""

import torch

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import OTHER_RANKS, by_hand, ranked, ranks


def by_sorting(scores, relevant):
    """Where the right text stands in each sorted row."""
    order = scores.argsort(1, descending=True).tolist()
    places = [
        row.index(one)
        for row, one in zip(order, relevant.tolist(), strict=True)
    ]
    return sum(1 / (1 + place) for place in places) / len(places)


def scored(
    scores,
    relevant,
    *,
    rank=ranks,
    worth=torch.reciprocal,
    reduce=torch.mean,
):
    return reduce(worth(rank(scores, relevant).double()))


def from_0(found):
    """1 over a rank from 0, which is infinite for the best."""
    return 1 / (found - 1)


def one_more(found):
    return 1 / (found + 1)


def cut(most):
    def worth(found):
        return torch.where(found <= most, 1 / found, 0.0)

    return worth


def by_logarithm(found):
    return 1 / (1 + found).log2()


def of_the_mean(found):
    return 1 / found.mean()


def over_the_texts(scores, relevant):
    return (1 / ranks(scores, relevant)).sum() / scores.shape[1]


def quotient_of_sums(scores, relevant):
    """One over the root of the product: the geometric mean."""
    return (-ranks(scores, relevant).double().log().mean()).exp()


def only_found(scores, relevant):
    """The mean over the queries that were answered by the best text."""
    found = ranks(scores, relevant)
    return (found == 1).double().mean()


def middle(values):
    return values.quantile(0.5)


EXERCISE = Exercise(
    id="sentence_embeddings.mean_reciprocal_rank",
    signature="mean_reciprocal_rank(scores, relevant)",
    asks=(
        "How far down does one have to read? `scores` `(q, n)` and "
        "`relevant` `(q,)` are as in `recall_at_k`. The rank of a query's "
        "right text is 1 where it has the highest score of its row, 2 where "
        "one is higher, and so on. Return the mean of 1 / rank over all "
        "queries, a number. No two scores of a row are equal."
    ),
    points=2,
    difficulty=2,
    importance=3,
    minutes=4,
    reference=by_sorting,
    cases=(
        Case("one query, rank 1", ranked(1, n=3)),
        Case("one query, rank 3", ranked(3, n=4)),
        Case("by hand", by_hand()),
        Case("ranks 1, 2, 5, 3", ranked(1, 2, 5, 3, n=5)),
        Case("ranks 4, 1, 1, 2, 6, 3", ranked(4, 1, 1, 2, 6, 3, n=7)),
        Case("the best is never right", ranked(2, 2, 3, n=4)),
        Case("far down", ranked(14, 1, 12, n=15)),
        Case("more queries than texts", ranked(1, 3, 2, 1, 1, 2, n=3)),
    ),
    misconceptions=(
        Misconception(
            "ranks from 0",
            "you counted ranks from 0, so the best text gives 1 divided by 0. "
            "Ranks begin at 1.",
            but(scored, worth=from_0),
        ),
        Misconception(
            "ranks from 2",
            "your ranks are 1 too large: the best text has rank 1, and gives "
            "1.",
            but(scored, worth=one_more),
        ),
        Misconception(
            "1 over the mean rank",
            "you took the mean of the ranks, and then its reciprocal. Take "
            "the reciprocals first, then their mean.",
            but(scored, worth=lambda found: found, reduce=of_the_mean),
        ),
        Misconception(
            "mean rank",
            "you return the mean rank. Take 1 / rank first.",
            but(scored, worth=lambda found: found),
        ),
        *(
            Misconception(name, sentence, but(scored, rank=rank))
            for name, (rank, sentence) in OTHER_RANKS.items()
        ),
        Misconception(
            "cut at 10",
            "a rank beyond 10 counts 0 in yours. Here there is no limit.",
            but(scored, worth=cut(10)),
        ),
        Misconception(
            "cut at 5",
            "a rank beyond 5 counts 0 in yours. Here there is no limit.",
            but(scored, worth=cut(5)),
        ),
        Misconception(
            "median",
            "you took the median. Take the mean over the queries.",
            but(scored, reduce=middle),
        ),
        Misconception(
            "sum",
            "you added up and did not divide by the number of queries.",
            but(scored, reduce=torch.sum),
        ),
        Misconception(
            "logarithm",
            "you divided by a logarithm of the rank. Divide 1 by the rank "
            "itself.",
            but(scored, worth=by_logarithm),
        ),
        Misconception(
            "squared ranks",
            "you divided by the square of the rank. Divide 1 by the rank "
            "itself.",
            but(scored, worth=lambda found: 1 / found**2),
        ),
        Misconception(
            "geometric mean",
            "you took the geometric mean. Add up, and divide by the number "
            "of queries.",
            quotient_of_sums,
        ),
        Misconception(
            "only the best counts",
            "only rank 1 counts in yours. Rank 2 counts half, rank 3 a third.",
            only_found,
        ),
        Misconception(
            "the largest",
            "you return the reciprocal rank of the luckiest query. Return "
            "the mean over all.",
            but(scored, reduce=torch.max),
        ),
        Misconception(
            "divided by the texts",
            "you divided by the number of texts. Divide by the number of "
            "queries.",
            over_the_texts,
        ),
        Misconception(
            "one for each query",
            "you return a number for each query. Return their mean.",
            but(scored, reduce=lambda values: values),
        ),
        Misconception(
            "percent",
            "this is in percent. Return a number from 0 to 1.",
            but(scored, reduce=lambda values: 100 * values.mean()),
        ),
    ),
    hints=(
        "Three queries find their texts at ranks 1, 3 and 2. What are the "
        "three reciprocals, and their mean?",
        "The rank is 1 plus the number of scores of the row that are higher "
        "than the right text's.",
        "own = scores at (i, relevant[i]), as a column; rank = 1 + number of "
        "scores in the row above own; result = mean of 1 / rank.",
    ),
    returns=("mean reciprocal rank",),
    facts=(
        Fact("the result is between 0 and 1", lambda r: bool(0 <= r <= 1)),
    ),
)
