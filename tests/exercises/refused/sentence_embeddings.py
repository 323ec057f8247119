"""Wrong answers to the exercises of lesson 21."""

import math

import numpy as np
import torch
from torch.nn import functional

from tests.exercises.forms.sentence_embeddings.cosine_matrix import (
    by_lengths,
    normalised,
)
from tests.exercises.forms.sentence_embeddings.info_nce import by_logsumexp
from tests.exercises.forms.sentence_embeddings.mean_reciprocal_rank import (
    by_counting as by_counting_ranks,
)
from tests.exercises.forms.sentence_embeddings.pool import known, masked
from tests.exercises.forms.sentence_embeddings.recall_at_k import by_ranks
from tests.exercises.forms.sentence_embeddings.search import by_argsort
from tests.exercises.forms.sentence_embeddings.spearman import by_counting


def named(*answers):
    return {answer.__name__: answer for answer in answers}


# --- pool ------------------------------------------------------------------


def first_sentence_for_all(hidden, mask, kind="mean"):
    return masked(hidden[:1], mask[:1], kind).expand(len(hidden), -1)


def one_mask_for_all(hidden, mask, kind="mean"):
    return masked(hidden, mask[:1].expand_as(mask), kind)


def counts_from_the_left(hidden, mask, kind="mean"):
    """As if padding were always behind."""
    lengths = mask.sum(1, keepdim=True)
    return masked(hidden, torch.arange(mask.shape[1]) < lengths, kind)


def up_to_the_last(hidden, mask, kind="mean"):
    """Everything up to the last real token."""
    behind = mask.flip(1).cumsum(1).flip(1) > 0
    return masked(hidden, behind, kind)


def without_the_last(hidden, mask, kind="mean"):
    """[SEP] left out."""
    behind = mask & mask.roll(-1, 1)
    behind[:, -1] = False
    return masked(hidden, behind, kind)


def by_soft_maximum(hidden, mask, kind="mean"):
    if kind != "max":
        return masked(hidden, mask, kind)
    return hidden.masked_fill(~mask[..., None], -math.inf).logsumexp(1)


def hidden_with(fill):
    """Padding gets a number that is low, and not low enough."""

    def answer(hidden, mask, kind="mean"):
        if kind != "max":
            return masked(hidden, mask, kind)
        low = hidden.masked_fill(~mask[..., None], fill).amax(1)
        return low * mask.any(1, keepdim=True)

    return answer


def epsilon_below(hidden, mask, kind="mean"):
    if kind != "mean":
        return masked(hidden, mask, kind)
    real = mask[..., None].to(hidden.dtype)
    return (hidden * real).sum(1) / (real.sum(1) + 1e-3)


def median(hidden, mask, kind="mean"):
    known(kind)
    if kind != "mean":
        return masked(hidden, mask, kind)
    kept = hidden.where(mask[..., None], torch.nan)
    return kept.nanmedian(1).values.nan_to_num(0.0)


def cls_and_mean(hidden, mask, kind="mean"):
    found = masked(hidden, mask, kind)
    return (found + hidden[:, 0]) / 2 if kind == "mean" else found


def zeros_not_counted(hidden, mask, kind="mean"):
    """A number that is 0 is taken for padding in the count."""
    if kind != "mean":
        return masked(hidden, mask, kind)
    real = mask[..., None]
    count = (real & (hidden != 0)).sum(1).clamp(min=1)
    return (hidden * real).sum(1) / count


def part_of_the_names(hidden, mask, kind="mean"):
    if kind not in "mean, max, cls":
        raise ValueError("kind should be mean, max or cls")
    return masked(hidden, mask, kind if kind in ("mean", "cls") else "max")


def keeps_the_axis(hidden, mask, kind="mean"):
    return masked(hidden, mask, kind)[:, None]


def longest_row(hidden, mask, kind="mean"):
    """The token with the longest vector, for the largest of each column."""
    if kind != "max":
        return masked(hidden, mask, kind)
    held = hidden * mask[..., None]
    place = held.norm(dim=-1).argmax(1)
    return held[torch.arange(len(held)), place]


def another_error(hidden, mask, kind="mean"):
    return {"mean": masked, "max": masked, "cls": masked}[kind](
        hidden, mask, kind
    )


def error_without_words(hidden, mask, kind="mean"):
    if kind not in ("mean", "max", "cls"):
        raise ValueError
    return masked(hidden, mask, kind)


def refuses_empty_ones(hidden, mask, kind="mean"):
    if not mask.any(1).all():
        raise ValueError("a sentence without tokens")
    return masked(hidden, mask, kind)


def folds_case(hidden, mask, kind="mean"):
    return masked(hidden, mask, kind.lower())


# --- cosines ---------------------------------------------------------------


def angles_over_pi(A, B):
    return 1 - by_lengths(A, B).clamp(-1, 1).arccos() / math.pi


def squared(A, B):
    return by_lengths(A, B).square()


def first_row_only(A, B):
    return by_lengths(A[:1], B).expand(len(A), -1)


def overlap(A, B):
    """Dot products over the sum of squares less themselves (Tanimoto)."""
    dots = A @ B.T
    squares = (A**2).sum(1)[:, None] + (B**2).sum(1)[None]
    return dots / (squares - dots).clamp(min=1e-12)


def of_unit_columns_then_rows(A, B):
    return normalised(*(functional.normalize(x, dim=0) for x in (A, B)))


def rounded(A, B):
    return by_lengths(A, B).round(decimals=2)


def minus_the_mean_row(A, B):
    return normalised(A - A.mean(0), B - B.mean(0))


def larger_length(A, B):
    a, b = A.norm(dim=1)[:, None], B.norm(dim=1)[None]
    return A @ B.T / torch.maximum(a, b).square().clamp(min=1e-12)


def zeros_alike(A, B):
    """Two rows of zeros are the same, so they get 1."""
    found = by_lengths(A, B).clone()
    found[(A == 0).all(1)[:, None] & (B == 0).all(1)] = 1
    return found


def padded_floor(A, B):
    return (
        functional.normalize(A, eps=0.01) @ functional.normalize(B, eps=0.01).T
    )


def as_numbers_only(A, B):
    return float(by_lengths(A, B).sum())


def flattened(A, B):
    return by_lengths(A, B).flatten()


# --- search ----------------------------------------------------------------


def search_but(change):
    def answer(query, corpus, k):
        return change(*by_argsort(query, corpus, k))

    return answer


def in_float16(query, corpus, k):
    places, scores = by_argsort(query, corpus, k)
    return places, scores.half()


def without_the_best(query, corpus, k):
    places, scores = by_argsort(query, corpus, k + 1)
    return places[1:], scores[1:]


def not_itself(query, corpus, k):
    """A text that is the query once more is left out."""
    places, scores = by_argsort(query, corpus, len(corpus) if k > 0 else k)
    others = scores < 0.9999
    return places[others][:k], scores[others][:k]


def above_zero_only(query, corpus, k):
    places, scores = by_argsort(query, corpus, k)
    return places[scores > 0], scores[scores > 0]


def by_first_number(query, corpus, k):
    order = corpus[:, 0].argsort(descending=True, stable=True)[:k]
    return order, by_argsort(query, corpus, len(corpus))[1][:k]


def three_at_most(query, corpus, k):
    return by_argsort(query, corpus, min(k, 3) if k > 0 else k)


def refuses_too_many(query, corpus, k):
    if k < 1 or k > len(corpus):
        raise ValueError("k is out of range")
    return by_argsort(query, corpus, k)


def type_error(query, corpus, k):
    if k < 1:
        raise TypeError("k")
    return by_argsort(query, corpus, k)


def only_zero_refused(query, corpus, k):
    if k == 0:
        raise ValueError("k should not be 0")
    return by_argsort(query, corpus, abs(k))


def only_negative_refused(query, corpus, k):
    if k < 0:
        raise ValueError("k should not be negative")
    return by_argsort(query, corpus, max(k, 1))


def repeats_the_best(query, corpus, k):
    places, scores = by_argsort(query, corpus, k)
    return places[:1].expand(len(places)), scores[:1].expand(len(scores))


def rounded_ranks(query, corpus, k):
    places, scores = by_argsort(query, corpus, k)
    return places, scores.round(decimals=1)


# --- the loss --------------------------------------------------------------


def nce_but(queries_of=None, keys_of=None, of_loss=None, heat=None):
    def answer(queries, keys, temperature=0.05):
        if temperature <= 0:
            raise ValueError("temperature should be positive")
        loss = by_logsumexp(
            queries_of(queries) if queries_of else queries,
            keys_of(keys) if keys_of else keys,
            heat(temperature) if heat else temperature,
        )
        return of_loss(loss, queries, keys) if of_loss else loss

    return answer


def of_probabilities_added(queries, keys, temperature=0.05):
    """Minus the logarithm of the mean probability."""
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    table = normalised(queries, keys) / temperature
    return -table.softmax(1).diagonal().mean().log()


def small_number_in_the_logarithm(queries, keys, temperature=0.05):
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    table = normalised(queries, keys) / temperature
    return -(table.softmax(1).diagonal() + 1e-9).log().mean()


def keys_among_themselves(queries, keys, temperature=0.05):
    """Other queries are wrong answers, too."""
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    table = torch.cat([normalised(queries, keys), normalised(queries, queries)
                       .fill_diagonal_(-2)], 1) / temperature  # fmt: skip
    return (table.logsumexp(1) - table.diagonal()).mean()


def hardest_only(queries, keys, temperature=0.05):
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    table = normalised(queries, keys) / temperature
    own = table.diagonal()
    others = table.masked_fill(torch.eye(len(own)).bool(), -math.inf)
    return functional.softplus(others.amax(1) - own).mean()


def with_a_margin(queries, keys, temperature=0.05):
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    table = normalised(queries, keys)
    table = (table - 0.1 * torch.eye(len(table))) / temperature
    return (table.logsumexp(1) - table.diagonal()).mean()


def smoothed(queries, keys, temperature=0.05):
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    return functional.cross_entropy(
        normalised(queries, keys) / temperature,
        torch.arange(len(queries)),
        label_smoothing=0.05,
    )


def next_key_is_right(queries, keys, temperature=0.05):
    return by_logsumexp(queries, keys.roll(1, 0), temperature)


def in_a_list(queries, keys, temperature=0.05):
    return [by_logsumexp(queries, keys, temperature)]


def of_shape_1(queries, keys, temperature=0.05):
    return by_logsumexp(queries, keys, temperature)[None]


def as_a_float(queries, keys, temperature=0.05):
    return float(by_logsumexp(queries, keys, temperature))


def by_item(queries, keys, temperature=0.05):
    found = by_logsumexp(queries, keys, temperature)
    return torch.tensor(found.item(), requires_grad=True)


def gradient_doubled(queries, keys, temperature=0.05):
    found = by_logsumexp(queries, keys, temperature)
    return 2 * found - found.detach()


# --- ranks -----------------------------------------------------------------


def recall_at_least_one(scores, relevant, k):
    return max(float(by_ranks(scores, relevant, k)), 1 / len(scores))


def recall_of_half(scores, relevant, k):
    return by_ranks(scores, relevant, max(1, k // 2))


def recall_of_ten(scores, relevant, k):
    return by_ranks(scores, relevant, min(k, 10))


def recall_of_the_text(scores, relevant, k):
    """The share of texts that any query finds."""
    found = scores.topk(min(k, scores.shape[1])).indices.unique()
    return len(found) / scores.shape[1]


def precision(scores, relevant, k):
    return by_ranks(scores, relevant, k) / min(k, scores.shape[1])


def by_sign(scores, relevant, k):
    own = scores.gather(1, relevant[:, None])
    return (own > 0).double().mean()


def by_threshold(scores, relevant, k):
    own = scores.gather(1, relevant[:, None])
    return (own >= scores.mean(1, keepdim=True)).double().mean()


def all_found(scores, relevant, k):
    return float(by_ranks(scores, relevant, k) == 1)


def rounded_recall(scores, relevant, k):
    return round(float(by_ranks(scores, relevant, k)), 1)


def as_text(scores, relevant, k):
    return f"{float(by_ranks(scores, relevant, k)):.3f}"


def the_hits(scores, relevant, k):
    own = scores.gather(1, relevant[:, None])
    return ((scores > own).sum(1) < k).double()


def recall_without_last(scores, relevant, k):
    return by_ranks(scores[:, :-1], relevant.clamp(max=scores.shape[1] - 2), k)


def mrr_but(change):
    return lambda scores, relevant: change(
        float(by_counting_ranks(scores, relevant)), scores, relevant
    )


def harmonic(scores, relevant):
    """Ranks of texts in the whole table, row after row."""
    return 1 / len(scores) * math.log(1 + scores.shape[1])


def mrr_of_positives(scores, relevant):
    own = scores.gather(1, relevant[:, None])
    rank = 1 + ((scores > own) & (scores > 0)).sum(1)
    return (1 / rank.double()).mean()


def mrr_of_first_three(scores, relevant):
    return by_counting_ranks(scores[:3], relevant[:3])


def mrr_of_found(scores, relevant):
    """Queries beyond rank 3 are left out."""
    own = scores.gather(1, relevant[:, None])
    rank = 1.0 + (scores > own).sum(1)
    return (1 / rank[rank <= 3]).mean() if (rank <= 3).any() else 0.0


def mrr_with_itself_twice(scores, relevant):
    own = scores.gather(1, relevant[:, None])
    return (2 / (1.0 + (scores >= own).sum(1))).mean()


def halves(scores, relevant):
    own = scores.gather(1, relevant[:, None])
    return (0.5 ** (scores > own).sum(1).double()).mean()


def by_score(scores, relevant):
    """The right text's score as a share of the best's."""
    own = scores.gather(1, relevant[:, None])[:, 0]
    return (own / scores.amax(1)).mean()


# --- Spearman --------------------------------------------------------------


def rho_but(change):
    return lambda a, b: change(float(by_counting(a, b)))


def ties_broken_by_the_other(a, b):
    """Equal values are ranked as the other list has them."""
    if len(a) != len(b):
        raise ValueError("of different lengths")
    r = np.argsort(np.lexsort((b, a)))
    s = np.argsort(np.lexsort((a, b)))
    return np.corrcoef(r, s)[0, 1]


def ties_left_out(a, b):
    if len(a) != len(b):
        raise ValueError("of different lengths")
    kept = [i for i, x in enumerate(a) if a.count(x) == 1]
    return by_counting([a[i] for i in kept], [b[i] for i in kept])


def by_sign_of_steps(a, b):
    if len(a) != len(b):
        raise ValueError("of different lengths")
    steps = np.sign(np.diff(a)) * np.sign(np.diff(b))
    return steps.mean()


def quadrants(a, b):
    if len(a) != len(b):
        raise ValueError("of different lengths")
    a, b = (np.sign(np.asarray(x) - np.median(x)) for x in (a, b))
    return (a * b).mean()


def of_logarithms(a, b):
    if len(a) != len(b):
        raise ValueError("of different lengths")
    return np.corrcoef(*(np.log(np.asarray(x) + 10) for x in (a, b)))[0, 1]


def rank_of_the_rounded(a, b):
    if len(a) != len(b):
        raise ValueError("of different lengths")
    return by_counting([x // 10 for x in a], b)


def in_single_precision(a, b):
    if len(a) != len(b):
        raise ValueError("of different lengths")
    return by_counting(*(torch.tensor(x).float().tolist() for x in (a, b)))


def of_sizes(a, b):
    if len(a) != len(b):
        raise ValueError("of different lengths")
    return by_counting([abs(x) for x in a], [abs(x) for x in b])


def zeros_are_missing(a, b):
    """A pair of zeros is taken for a pair that was not judged."""
    if len(a) != len(b):
        raise ValueError("of different lengths")
    kept = [(x, y) for x, y in zip(a, b, strict=True) if x or y]
    return by_counting(*map(list, zip(*kept, strict=True)))


def refuses_ties(a, b):
    if len(a) != len(b) or len(set(a)) < len(a):
        raise ValueError("cannot rank these")
    return by_counting(a, b)


def fills_with_zeros(a, b):
    n = max(len(a), len(b))
    a, b = ([*x, *[0.0] * (n - len(x))] for x in (a, b))
    return by_counting(a, b)


def only_longer_b_refused(a, b):
    if len(b) > len(a):
        raise ValueError("b is longer")
    return by_counting(a[: len(b)], b)


def another_exception(a, b):
    if len(a) != len(b):
        raise IndexError("of different lengths")
    return by_counting(a, b)


def of_places(a, b):
    """Ranks of where the sorted ones stood."""
    if len(a) != len(b):
        raise ValueError("of different lengths")
    return np.corrcoef(np.argsort(a, kind="stable"), b)[0, 1]


WRONG = {
    "sentence_embeddings.pool": {
        "padding hidden with -100": hidden_with(-100),
        "padding hidden with -1000": hidden_with(-1000),
        **named(
            first_sentence_for_all,
            one_mask_for_all,
            counts_from_the_left,
            up_to_the_last,
            without_the_last,
            by_soft_maximum,
            epsilon_below,
            median,
            cls_and_mean,
            keeps_the_axis,
            zeros_not_counted,
            part_of_the_names,
            longest_row,
            another_error,
            error_without_words,
            refuses_empty_ones,
            folds_case,
        ),
    },
    "sentence_embeddings.cosine_matrix": named(
        angles_over_pi,
        squared,
        first_row_only,
        overlap,
        of_unit_columns_then_rows,
        rounded,
        minus_the_mean_row,
        larger_length,
        zeros_alike,
        padded_floor,
        as_numbers_only,
        flattened,
    ),
    "sentence_embeddings.search": {
        "reversed places": search_but(lambda p, s: (p.flip(0), s)),
        "one tuple a text": search_but(
            lambda p, s: list(zip(p.tolist(), s.tolist(), strict=True))
        ),
        "a table": search_but(lambda p, s: torch.stack([p.double(), s])),
        **named(
            in_float16,
            without_the_best,
            not_itself,
            above_zero_only,
            by_first_number,
            three_at_most,
            refuses_too_many,
            type_error,
            only_zero_refused,
            only_negative_refused,
            repeats_the_best,
            rounded_ranks,
        ),
    },
    "sentence_embeddings.info_nce": {
        "centred": nce_but(
            queries_of=lambda x: x - x.mean(-1, keepdim=True),
            keys_of=lambda x: x - x.mean(-1, keepdim=True),
        ),
        "a longer default": nce_but(heat=lambda t: max(t, 0.1)),
        "a hundredth at least": nce_but(heat=lambda t: max(t, 0.01)),
        "weight decay": nce_but(
            of_loss=lambda loss, q, k: loss + 0.01 * q.square().mean()
        ),
        "half": nce_but(of_loss=lambda loss, q, k: loss / 2),
        "queries twice": lambda queries, keys, temperature=0.05: by_logsumexp(
            queries, queries, temperature
        ),
        "swapped": lambda queries, keys, temperature=0.05: by_logsumexp(
            keys, queries, temperature
        ),
        **named(
            of_probabilities_added,
            small_number_in_the_logarithm,
            keys_among_themselves,
            hardest_only,
            with_a_margin,
            smoothed,
            next_key_is_right,
            in_a_list,
            of_shape_1,
            as_a_float,
            by_item,
            gradient_doubled,
        ),
    },
    "sentence_embeddings.recall_at_k": named(
        recall_at_least_one,
        recall_of_half,
        recall_of_ten,
        recall_of_the_text,
        precision,
        by_sign,
        by_threshold,
        all_found,
        rounded_recall,
        as_text,
        the_hits,
        recall_without_last,
    ),
    "sentence_embeddings.mean_reciprocal_rank": {
        "rounded": mrr_but(lambda found, s, r: round(found, 2)),
        "1 minus": mrr_but(lambda found, s, r: 1 - found),
        "the other way up": mrr_but(lambda found, s, r: 1 / found),
        "root": mrr_but(lambda found, s, r: found**0.5),
        **named(
            harmonic,
            mrr_of_positives,
            mrr_of_first_three,
            mrr_of_found,
            mrr_with_itself_twice,
            halves,
            by_score,
        ),
    },
    "sentence_embeddings.spearman": {
        "rounded": rho_but(lambda found: round(found, 2)),
        "sine": rho_but(lambda found: 2 * math.sin(math.pi * found / 6)),
        "positive part": rho_but(lambda found: max(found, 0.0)),
        **named(
            ties_broken_by_the_other,
            ties_left_out,
            by_sign_of_steps,
            quadrants,
            of_logarithms,
            rank_of_the_rounded,
            in_single_precision,
            of_sizes,
            zeros_are_missing,
            refuses_ties,
            fills_with_zeros,
            only_longer_b_refused,
            another_exception,
            of_places,
        ),
    },
}
