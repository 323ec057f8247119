"""What `recall_at_k` and `mean_reciprocal_rank` share."""

import numpy as np
import torch

from ..pieces.tensors import tensor


def ranks(scores, relevant):
    """The rank of each query's right text among all, from 1."""
    own = scores.gather(1, relevant[:, None])
    return 1 + (scores > own).sum(1)


def from_below(scores, relevant):
    """The lowest score has rank 1."""
    return ranks(-scores, relevant)


def of_the_diagonal(scores, relevant):
    """Text i is taken for the right one of query i."""
    return ranks(scores, torch.arange(len(scores)) % scores.shape[1])


def of_one_argsort(scores, relevant):
    """What stands at the right text's place in the sorted order, from 1."""
    order = scores.argsort(1, descending=True)
    return 1 + order.gather(1, relevant[:, None])[:, 0]


def of_one_argsort_ascending(scores, relevant):
    order = scores.argsort(1)
    return 1 + order.gather(1, relevant[:, None])[:, 0]


def over_the_queries(scores, relevant):
    """Ranks down the columns: of queries for a text."""
    own = scores.gather(1, relevant[:, None])[:, 0]
    columns = scores[:, relevant]
    return 1 + (columns > own).sum(0)


def of_the_first_query(scores, relevant):
    return ranks(scores, relevant[:1].expand(len(relevant)))


def of_all_scores(scores, relevant):
    """A rank among the scores of all queries together."""
    own = scores.gather(1, relevant[:, None])
    return 1 + (scores.flatten()[None] > own).sum(1)


# What is taken for the rank, and what its author should read.
OTHER_RANKS = {
    "lowest": (
        from_below,
        "you counted from the lowest score. The best text has the *highest*.",
    ),
    "the diagonal taken for right": (
        of_the_diagonal,
        "you took text i for the right one of query i. Which is right stands "
        "in `relevant`.",
    ),
    "argsort taken for ranks": (
        of_one_argsort,
        "you took an argsort for ranks. It says which text comes first, "
        "second, … The rank of a text is *where* it stands in that list.",
    ),
    "ascending argsort taken for ranks": (
        of_one_argsort_ascending,
        "you took an ascending argsort for ranks. It says which text comes "
        "last, last but one, … The rank of a text is *where* it stands in "
        "the list, best first.",
    ),
    "over the queries": (
        over_the_queries,
        "you ranked down the columns. Each *query* ranks the texts: along "
        "its row.",
    ),
    "the first query's text for all": (
        of_the_first_query,
        "you looked for the first query's right text in every row. Each "
        "query has its own.",
    ),
    "one list for all queries": (
        of_all_scores,
        "you ranked the scores of all queries in one list. Each query has a "
        "list of its own.",
    ),
}


def ranked(*places, n):
    """Scores in which the right text of each query has such a rank.

    No ranks that are taken for them have the same mean or the same count of
    small ones, where there is room for others.
    """
    wanted = torch.tensor(places)

    def inputs(rng):
        q = len(places)
        while True:
            order = np.stack([rng.permutation(n) for _ in places])
            steps = np.sort(rng.integers(1, 100 // n, (q, n)), 1) + np.arange(
                n
            ) * (100 // n)
            # From −0.9 to 1, highest first; a query's own level besides.
            falling = (1 - steps / 60).round(2)
            level = rng.permutation(np.linspace(-0.4, 0.4, q)).round(1)
            scores = np.empty((q, n))
            np.put_along_axis(scores, order, falling + level[:, None], 1)
            given = {
                "scores": tensor(scores.round(2)),
                "relevant": tensor(order[np.arange(q), np.array(places) - 1]),
            }
            if (ranks(**given) == wanted).all() and are_apart(given):
                return given

    return inputs


def are_apart(given):
    """Whether wrong ranks differ from the right ones, in their order."""
    right = ranks(**given)
    q, n = given["scores"].shape
    if q == 1 or n < 3:
        return True
    others = [rank(**given) for rank, _ in OTHER_RANKS.values()]
    return all(
        (one.double() ** -1).mean() != (right.double() ** -1).mean()
        for one in others
    )


def by_hand(**more):
    return lambda rng: {
        "scores": tensor([[0.9, 0.1, 0.2], [0.3, 0.5, 0.4], [0.1, 0.7, 0.6]]),
        "relevant": tensor([0, 0, 2]),
        **more,
    }
