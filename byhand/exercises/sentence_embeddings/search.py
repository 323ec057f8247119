"""The exercise `sentence_embeddings.search`."""

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Fact, Misconception, Whole

from ..pieces.inputs import readable
from ..pieces.seams import but
from ..pieces.tensors import tensor


def cosines(query, corpus):
    lengths = corpus.norm(dim=-1) * query.norm()
    return corpus @ query / lengths


def by_sorting(query, corpus, k):
    """Python's sort keeps the order of equals."""
    if k < 1:
        raise ValueError(f"k should be 1 or more; got {k}")
    scores = cosines(query, corpus)
    ranked = sorted(range(len(corpus)), key=lambda i: -float(scores[i]))
    best = torch.tensor(ranked[:k])
    return best, scores[best]


# --- what goes wrong -------------------------------------------------------


def best_first(scores, k):
    return scores.argsort(descending=True, stable=True)[:k]


def later_at_a_tie(scores, k):
    ahead = scores.flip(0).argsort(descending=True, stable=True)
    return (len(scores) - 1 - ahead)[:k]


def worst_first(scores, k):
    return scores.argsort(stable=True)[:k]


def best_last(scores, k):
    return best_first(scores, k).flip(0)


def in_their_order(scores, k):
    return best_first(scores, k).sort().values


def one_more(scores, k):
    return best_first(scores, k + 1)


def one_less(scores, k):
    return best_first(scores, max(1, k - 1))


def ranks_for_places(scores, k):
    """What one argsort of another gives: a rank for each row."""
    return best_first(scores, len(scores)).argsort()[:k]


def no_more_than_there_are(scores, k):
    if k > len(scores):
        raise IndexError(f"{k} of {len(scores)}")
    return best_first(scores, k)


def padded_with_the_last(scores, k):
    found = best_first(scores, k)
    return torch.cat([found, found[-1:].expand(k - len(found))])


def refuse(scores, k):
    raise ValueError(f"k should be 1 or more; got {k}")


def asserted(scores, k):
    raise AssertionError


def searched(
    query,
    corpus,
    k,
    *,
    score=cosines,
    choose=best_first,
    shown=None,
    none=refuse,
    result=lambda places, scores: (places, scores),
):
    """shown: what is returned as scores, where that is something else."""
    scores = score(query, corpus)
    if k < 1:
        found = none(scores, k)
        if found is None or isinstance(found, tuple):
            return found
        k = found
    places = choose(scores, k)
    told = scores if shown is None else shown(query, corpus, scores)
    return result(places, told[places])


def dots(query, corpus):
    return corpus @ query


def corpus_alone(query, corpus):
    return corpus @ query / corpus.norm(dim=-1)


def query_alone(query, corpus):
    return corpus @ query / query.norm()


def nearness(query, corpus):
    """Minus the Euclidean distance: the nearest is the best."""
    return -(corpus - query).norm(dim=-1)


def the_distances(query, corpus, scores):
    return -scores


def empty(scores, k):
    return torch.zeros(0, dtype=torch.long), scores[:0]


def from_the_end(query, corpus, k):
    """A k below 1 cuts from the other end, as a slice does."""
    scores = cosines(query, corpus)
    places = best_first(scores, k)
    return places, scores[places]


def by_place_in_a_list(query, corpus, k):
    """The scores are right, the places are those in the list found."""
    places, scores = by_sorting(query, corpus, k)
    return torch.arange(len(places)), scores


def counted_from_1(query, corpus, k):
    places, scores = by_sorting(query, corpus, k)
    return places + 1, scores


# --- cases -----------------------------------------------------------------


def apart(scores):
    """Whether no two scores are nearly the same."""
    gaps = np.diff(np.sort(scores))
    return bool((gaps > 0.02).all()) and bool((abs(scores) > 0.02).all())


def telling(n, d, k, *wrong):
    """Rows among which these wrong answers find others than the right one.

    The rows are of very different lengths.
    """

    def inputs(rng):
        while True:
            query = tensor(readable(rng, d))
            corpus = tensor(readable(rng, n, d))
            factors = rng.permutation(np.linspace(0.5, 4, n).round(1))
            corpus = (corpus * tensor(factors)[:, None]).round(decimals=2)
            if not apart(cosines(query, corpus).numpy()):
                continue
            right = by_sorting(query, corpus, k)[0].tolist()
            if all(
                answer(query, corpus, k)[0].tolist() != right
                for answer in wrong
            ):
                return {"query": query, "corpus": corpus, "k": k}

    return inputs


BY_SCORE = tuple(
    but(searched, score=score) for score in (dots, nearness, query_alone)
)
BY_MAGNITUDE = but(searched, score=lambda q, c: cosines(q, c).abs())
BY_RANK = but(searched, choose=ranks_for_places)


def tied(k):
    """Rows that are twice or four times another have its cosine, exactly.

    The query lies along an axis, so that nothing is rounded otherwise. One
    row lies along it, too.
    """

    def inputs(rng):
        near, far = [4.0, 3.0], [3.0, 4.0]
        rows = np.array([near, far, far, near, far, [1.0, 0.0]])
        twice = rng.permutation([1.0, 2.0, 4.0, 2.0, 4.0, 1.0])
        rows = rows * twice[:, None]
        return {
            "query": tensor([float(rng.choice([1, 2, 4])), 0.0]),
            "corpus": tensor(rows),
            "k": k,
        }

    return inputs


def opposite(rng):
    """Two of three point away from the query."""
    given = telling(3, 2, 3, BY_MAGNITUDE)
    while True:
        found = given(rng)
        if (cosines(found["query"], found["corpus"]) < 0).sum() == 2:
            return found


def small(k):
    return lambda rng: {**telling(3, 2, 1)(rng), "k": k}


EXERCISE = Exercise(
    id="sentence_embeddings.search",
    signature="search(query, corpus, k)",
    asks=(
        "Search by meaning. `query` `(d,)` is the vector of a question, "
        "`corpus` `(n, d)` has one for each text. No vector is all zeros. "
        "Return `(indices, scores)`: the places of the `k` texts with the "
        "highest cosines to the query (whole numbers), and those cosines, "
        "best first. At a tie the earlier text comes first. Where `k` is "
        "larger than n, return all n. Raise a `ValueError` with a sentence "
        "where `k` is below 1."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=6,
    reference=by_sorting,
    cases=(
        Case("a single text", telling(1, 2, 1)),
        Case("the best of four", telling(4, 2, 1, *BY_SCORE[:1])),
        Case("the three best of six", telling(6, 3, 3, *BY_SCORE, BY_RANK)),
        Case("the nearest is not the best", telling(5, 3, 2, *BY_SCORE)),
        Case("all of four", telling(4, 2, 4, *BY_SCORE, BY_RANK)),
        Case("texts that point away", opposite),
        Case("ties, all of them", tied(6)),
        Case("a tie at the end", tied(4)),
        Case("five of three", small(5)),
        Case("k is 0", small(0), raises=ValueError),
        Case("k is −1", small(-1), raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "dot product",
            "you ranked by dot products, so long vectors come first. Divide "
            "by both lengths.",
            but(searched, score=dots),
        ),
        Misconception(
            "the query's length",
            "the order is right, but you did not divide by the query's "
            "length. The scores are cosines.",
            but(searched, score=corpus_alone),
        ),
        Misconception(
            "the texts' lengths",
            "you did not divide by the lengths of the texts, so long vectors "
            "come first.",
            but(searched, score=query_alone),
        ),
        Misconception(
            "distance",
            "you ranked by distance and returned it. Use the cosine, which "
            "does not care how long a vector is.",
            but(searched, score=nearness, shown=the_distances),
        ),
        Misconception(
            "negative distance",
            "you ranked by minus the distance. Use the cosine, which does "
            "not care how long a vector is.",
            but(searched, score=nearness),
        ),
        Misconception(
            "ranked by distance",
            "you ranked by distance. The scores beside it are cosines, but "
            "the order is not theirs.",
            but(
                searched,
                score=nearness,
                shown=lambda query, corpus, scores: cosines(query, corpus),
            ),
        ),
        Misconception(
            "ranked by the dot product",
            "you ranked by dot products. The scores beside it are cosines, "
            "but the order is not theirs.",
            but(
                searched,
                score=dots,
                shown=lambda query, corpus, scores: cosines(query, corpus),
            ),
        ),
        Misconception(
            "worst first",
            "you sorted in ascending order: these are the texts that fit "
            "least. The best has the *highest* cosine.",
            but(searched, choose=worst_first),
        ),
        Misconception(
            "best last",
            "these are the right texts, but the best comes last.",
            but(searched, choose=best_last),
        ),
        Misconception(
            "corpus order",
            "these are the right texts, but they stand in the order of the "
            "corpus. The best comes first.",
            but(searched, choose=in_their_order),
        ),
        Misconception(
            "later at a tie",
            "at a tie the *later* text comes first in yours. Sort so that "
            "equals keep their order.",
            but(searched, choose=later_at_a_tie),
        ),
        Misconception(
            "fails where k > n",
            "it fails where `k` is larger than the number of texts. Return "
            "all of them.",
            but(searched, choose=no_more_than_there_are),
        ),
        Misconception(
            "filled up to k",
            "where there are fewer than `k` texts you repeat the last. "
            "Return each once.",
            but(searched, choose=padded_with_the_last),
        ),
        Misconception(
            "one too many",
            "you returned one text too many: `k` of them.",
            but(searched, choose=one_more),
        ),
        Misconception(
            "one too few",
            "you returned one text too few: `k` of them.",
            but(searched, choose=one_less),
        ),
        Misconception(
            "all of them",
            "you returned all texts. Return the `k` best.",
            but(searched, choose=lambda s, k: best_first(s, len(s))),
        ),
        Misconception(
            "swapped",
            "you returned the scores first. Return `(indices, scores)`.",
            but(searched, result=lambda places, scores: (scores, places)),
        ),
        Misconception(
            "magnitude",
            "you ranked by the size of the cosine without its sign. A text "
            "that points away fits least.",
            but(searched, score=lambda q, c: cosines(q, c).abs()),
        ),
        Misconception(
            "ranked by magnitude",
            "you ranked by the size of the cosine without its sign. The "
            "scores are right, but a text that points away fits least.",
            but(
                searched,
                score=lambda q, c: cosines(q, c).abs(),
                shown=lambda query, corpus, scores: cosines(query, corpus),
            ),
        ),
        Misconception(
            "softmaxed scores",
            "the order is right, but you took the softmax of the cosines. "
            "Return the cosines.",
            but(searched, score=lambda q, c: cosines(q, c).softmax(0)),
        ),
        Misconception(
            "1 − cosine",
            "you return 1 minus the cosine, a distance. Return the cosine.",
            but(searched, shown=lambda query, corpus, scores: 1 - scores),
        ),
        Misconception(
            "ranks for places",
            "your indices are ranks: which place a text has among the "
            "others. Return which text has the first place, the second, …",
            but(searched, choose=ranks_for_places),
        ),
        Misconception(
            "counted from 1",
            "your indices are 1 too large: the first text is 0.",
            counted_from_1,
        ),
        Misconception(
            "places in the result",
            "your indices only count the result, 0, 1, 2. Return the places "
            "of the texts in the corpus.",
            by_place_in_a_list,
        ),
        Misconception(
            "floats",
            "the indices are right, but they are floats. A place is a whole "
            "number.",
            but(searched, result=lambda p, scores: (p.double(), scores)),
        ),
        Misconception(
            "texts only",
            "you returned the indices alone. Return `(indices, scores)`.",
            but(searched, result=lambda places, scores: places),
        ),
        Misconception(
            "the scores of the first",
            "the indices are right, but the scores are those of the first "
            "texts of the corpus.",
            lambda query, corpus, k: (
                by_sorting(query, corpus, k)[0],
                cosines(query, corpus)[:k],
            ),
        ),
        Misconception(
            "nothing for k below 1",
            "a `k` below 1 finds nothing in yours, and nobody is told. Raise "
            "a ValueError.",
            but(searched, none=empty),
        ),
        Misconception(
            "k below 1 as a slice",
            "a `k` of −1 cuts the last text off in yours, as slices do. "
            "Raise a ValueError below 1.",
            from_the_end,
        ),
        Misconception(
            "one at least",
            "a `k` below 1 counts as 1 in yours. Raise a ValueError.",
            but(searched, none=lambda scores, k: 1),
        ),
        Misconception(
            "None for k below 1",
            "for a `k` below 1 nothing is returned. Raise a ValueError.",
            but(searched, none=lambda scores, k: None),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError, and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            but(searched, none=asserted),
        ),
    ),
    hints=(
        "Two texts have the same cosine. Which sorts keep them in the order "
        "in which they came?",
        "`cosine_matrix` of one row and the corpus has all scores. "
        "`argsort` with `descending=True, stable=True` ranks them, and a "
        "slice takes the first `k`, or fewer.",
        "if k < 1: ValueError. scores = cosines; order = stable argsort of "
        "scores, descending; indices = order[:k]; return indices and "
        "scores[indices].",
    ),
    returns=(Whole("indices"), "scores"),
    facts=(
        Fact(
            "no score is above the one before it",
            lambda scores: bool((np.diff(scores) <= 1e-9).all()),
            "scores",
        ),
    ),
)
