"""Slips written from the cards of lesson 21."""

import math

import torch
from torch.nn import functional


def mean_with_padding(hidden, mask, kind="mean"):
    if kind == "mean":
        return hidden.mean(dim=1)
    if kind == "max":
        return hidden.max(dim=1).values
    if kind == "cls":
        return hidden[:, 0]
    raise ValueError("unknown kind")


def mean_over_n(hidden, mask, kind="mean"):
    h = hidden * mask.unsqueeze(-1)
    if kind == "mean":
        return h.mean(dim=1)
    if kind == "max":
        m = hidden.masked_fill(~mask.unsqueeze(-1), -math.inf).amax(1)
        return torch.where(torch.isinf(m), 0.0, m)
    if kind == "cls":
        return hidden[:, 0]
    raise ValueError("unknown kind")


def nan_for_none(hidden, mask, kind="mean"):
    m = mask.unsqueeze(-1)
    if kind == "mean":
        return (hidden * m).sum(1) / m.sum(1)
    if kind == "max":
        found = hidden.masked_fill(~m, -math.inf).amax(1)
        return torch.where(torch.isinf(found), 0.0, found)
    if kind == "cls":
        return hidden[:, 0]
    raise ValueError("unknown kind")


def zeros_in_max(hidden, mask, kind="mean"):
    m = mask.unsqueeze(-1)
    if kind == "mean":
        return (hidden * m).sum(1) / m.sum(1).clamp(min=1)
    if kind == "max":
        return (hidden * m).max(1).values
    if kind == "cls":
        return hidden[:, 0]
    raise ValueError("unknown kind")


def minus_a_billion(hidden, mask, kind="mean"):
    m = mask.unsqueeze(-1)
    if kind == "mean":
        return (hidden * m).sum(1) / m.sum(1).clamp(min=1)
    if kind == "max":
        return hidden.masked_fill(~m, -1e9).max(1).values
    if kind == "cls":
        return hidden[:, 0]
    raise ValueError("unknown kind")


def everything_else_is_cls(hidden, mask, kind="mean"):
    m = mask.unsqueeze(-1)
    if kind == "mean":
        return (hidden * m).sum(1) / m.sum(1).clamp(min=1)
    if kind == "max":
        found = hidden.masked_fill(~m, -math.inf).amax(1)
        return torch.where(torch.isinf(found), 0.0, found)
    return hidden[:, 0]


def values_and_places(hidden, mask, kind="mean"):
    m = mask.unsqueeze(-1)
    if kind == "mean":
        return (hidden * m).sum(1) / m.sum(1).clamp(min=1)
    if kind == "max":
        return hidden.masked_fill(~m, -math.inf).max(1)
    if kind == "cls":
        return hidden[:, 0]
    raise ValueError("unknown kind")


def dots(A, B):
    return A @ B.T


def nan_cosine(A, B):
    return (A @ B.T) / (
        A.norm(dim=1, keepdim=True) * B.norm(dim=1, keepdim=True).T
    )


def norm_of_all(A, B):
    return A @ B.T / (A.norm() * B.norm())


def wrong_axis(A, B):
    return functional.normalize(A, dim=0) @ functional.normalize(B, dim=0).T


def with_eps(A, B):
    a = A / (A.norm(dim=1, keepdim=True) + 1e-6)
    b = B / (B.norm(dim=1, keepdim=True) + 1e-6)
    return a @ b.T


def flipped(A, B):
    return functional.normalize(B, dim=1) @ functional.normalize(A, dim=1).T


def centred_columns(A, B):
    return flipped(B - B.mean(0), A - A.mean(0))


def searching(change):
    def search(query, corpus, k):
        if k < 1:
            raise ValueError("k must be positive")
        scores = corpus @ query / (corpus.norm(dim=1) * query.norm())
        return change(scores, query, corpus, k)

    return search


def by_dot(scores, query, corpus, k):
    dots = corpus @ query
    order = torch.argsort(dots, descending=True, stable=True)[:k]
    return order, dots[order]


def ascending(scores, query, corpus, k):
    order = torch.argsort(scores, stable=True)[:k]
    return order, scores[order]


def topk_too_far(scores, query, corpus, k):
    if k > len(scores):
        raise RuntimeError("selected index k out of range")
    order = torch.argsort(scores, descending=True, stable=True)[:k]
    return order, scores[order]


def swapped(scores, query, corpus, k):
    order = torch.argsort(scores, descending=True, stable=True)[:k]
    return scores[order], order


def flipped_sort(scores, query, corpus, k):
    order = torch.argsort(scores, stable=True).flip(0)[:k]
    return order, scores[order]


def no_check(query, corpus, k):
    scores = corpus @ query / (corpus.norm(dim=1) * query.norm())
    order = torch.argsort(scores, descending=True, stable=True)[:k]
    return order, scores[order]


def losing(change):
    def info_nce(queries, keys, temperature=0.05):
        if temperature <= 0:
            raise ValueError("temperature must be positive")
        q = functional.normalize(queries, dim=1)
        k = functional.normalize(keys, dim=1)
        return change(queries, keys, q @ k.T, temperature)

    return info_nce


def labels(table):
    return torch.arange(len(table))


def by_dots(queries, keys, table, t):
    return functional.cross_entropy(queries @ keys.T / t, labels(table))


def forgets_temperature(queries, keys, table, t):
    return functional.cross_entropy(table, labels(table))


def times_temperature(queries, keys, table, t):
    return functional.cross_entropy(table * t, labels(table))


def symmetric(queries, keys, table, t):
    one = functional.cross_entropy(table / t, labels(table))
    other = functional.cross_entropy(table.T / t, labels(table))
    return (one + other) / 2


def without_own(queries, keys, table, t):
    e = torch.exp(table / t)
    own = e.diagonal()
    return -torch.log(own / (e.sum(1) - own)).mean()


def summed(queries, keys, table, t):
    return functional.cross_entropy(table / t, labels(table), reduction="sum")


def as_number(queries, keys, table, t):
    loss = functional.cross_entropy(table / t, labels(table))
    return torch.tensor(loss.item())


def recall_k_divided(scores, relevant, k):
    top = scores.topk(min(k, scores.shape[1]), dim=1).indices
    return (top == relevant[:, None]).sum() / (len(scores) * k)


def recall_counted(scores, relevant, k):
    top = scores.topk(min(k, scores.shape[1]), dim=1).indices
    return (top == relevant[:, None]).sum().item()


def recall_off(scores, relevant, k):
    own = scores[torch.arange(len(scores)), relevant][:, None]
    return ((scores > own).sum(1) + 1 < k).double().mean()


def recall_diagonal(scores, relevant, k):
    top = scores.topk(min(k, scores.shape[1]), dim=1).indices
    return (top == torch.arange(len(scores))[:, None]).any(1).double().mean()


def recall_first(scores, relevant, k):
    return (scores.argmax(1) == relevant).double().mean()


def recall_argsort(scores, relevant, k):
    order = scores.argsort(1, descending=True)
    places = order[torch.arange(len(scores)), relevant]
    return (places < k).double().mean()


def recall_cut_off(scores, relevant, k):
    hits = [
        int(right) in row.argsort(descending=True)[:k].tolist()
        for row, right in zip(scores, relevant, strict=True)
    ]
    return sum(hits) // len(hits)


def rank_of(scores, relevant):
    own = scores[torch.arange(len(scores)), relevant][:, None]
    return (scores > own).sum(1).double()


def mrr_from_zero(scores, relevant):
    return (1 / rank_of(scores, relevant)).mean()


def mrr_of_mean(scores, relevant):
    return 1 / (rank_of(scores, relevant) + 1).mean()


def mrr_mean_rank(scores, relevant):
    return (rank_of(scores, relevant) + 1).mean()


def mrr_ascending(scores, relevant):
    return (1 / (rank_of(-scores, relevant) + 1)).mean()


def mrr_argsort(scores, relevant):
    order = scores.argsort(1, descending=True)
    places = order[torch.arange(len(scores)), relevant]
    return (1 / (places + 1.0)).mean()


def mrr_summed(scores, relevant):
    return (1 / (rank_of(scores, relevant) + 1)).sum()


def correlation(r, s):
    r, s = r - r.mean(), s - s.mean()
    return (r * s).sum() / ((r * r).sum() * (s * s).sum()).sqrt()


def without_the_root(r, s):
    r, s = r - r.mean(), s - s.mean()
    return (r * s).sum() / ((r * r).sum() * (s * s).sum())


def by_deviations(r, s):
    """PyTorch's `std` divides by n − 1."""
    r, s = r - r.mean(), s - s.mean()
    return (r * s).mean() / (r.std() * s.std())


def rho(rank, join=correlation, guard=True):
    def spearman(a, b):
        if guard and len(a) != len(b):
            raise ValueError("the lists differ in length")
        n = min(len(a), len(b))
        a, b = (torch.tensor(x[:n], dtype=torch.float64) for x in (a, b))
        return join(rank(a), rank(b))

    return spearman


def ordinal(x):
    return x.argsort(stable=True).argsort().double() + 1


def shared(x):
    return (x[:, None] > x).sum(1) + ((x[:, None] == x).sum(1) + 1) / 2


def formula(r, s):
    n = len(r)
    return 1 - 6 * ((r - s) ** 2).sum() / (n * (n * n - 1))


WRONG = {
    "sentence_embeddings.pool": {
        "padding": mean_with_padding,
        "over n": mean_over_n,
        "NaN": nan_for_none,
        "zeros": zeros_in_max,
        "minus a billion": minus_a_billion,
        "no error": everything_else_is_cls,
        "two things": values_and_places,
    },
    "sentence_embeddings.cosine_matrix": {
        "dots": dots,
        "NaN": nan_cosine,
        "norm of all": norm_of_all,
        "axis": wrong_axis,
        "eps": with_eps,
        "flipped": flipped,
        "centred": centred_columns,
    },
    "sentence_embeddings.search": {
        "dot": searching(by_dot),
        "ascending": searching(ascending),
        "too far": searching(topk_too_far),
        "swapped": searching(swapped),
        "flipped": searching(flipped_sort),
        "no check": no_check,
    },
    "sentence_embeddings.info_nce": {
        "dots": losing(by_dots),
        "no temperature": losing(forgets_temperature),
        "times": losing(times_temperature),
        "both": losing(symmetric),
        "without own": losing(without_own),
        "sum": losing(summed),
        "number": losing(as_number),
    },
    "sentence_embeddings.recall_at_k": {
        "over k": recall_k_divided,
        "count": recall_counted,
        "off by one": recall_off,
        "diagonal": recall_diagonal,
        "best only": recall_first,
        "argsort": recall_argsort,
        "whole division": recall_cut_off,
    },
    "sentence_embeddings.mean_reciprocal_rank": {
        "from 0": mrr_from_zero,
        "of the mean": mrr_of_mean,
        "mean rank": mrr_mean_rank,
        "ascending": mrr_ascending,
        "argsort": mrr_argsort,
        "sum": mrr_summed,
    },
    "sentence_embeddings.spearman": {
        "Pearson": rho(lambda x: x),
        "argsort": rho(lambda x: x.argsort(stable=True).double()),
        "ordinal": rho(ordinal),
        "formula": rho(shared, formula),
        "no root": rho(shared, without_the_root),
        "deviations": rho(shared, by_deviations),
        "smallest": rho(lambda x: (x[:, None] > x).sum(1).double() + 1),
        "no check": rho(shared, guard=False),
    },
}
