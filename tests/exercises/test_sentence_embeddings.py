"""The references of lesson 21 against the libraries that people use."""

import numpy as np
import scipy.stats
import torch
from sklearn.metrics import (
    label_ranking_average_precision_score,
    top_k_accuracy_score,
)
from sklearn.metrics.pairwise import cosine_similarity

from byhand.bank import find
from byhand.trial import trials_of

SEEDS = range(10)


def of(name):
    exercise = find(f"sentence_embeddings.{name}")
    for seed in SEEDS:
        for trial in trials_of(exercise, None, (seed,)):
            if trial.case.raises is None:
                yield trial.inputs, trial.right


def test_cosines_are_scikit_learns():
    for given, right in of("cosine_matrix"):
        theirs = cosine_similarity(given["A"], given["B"])
        np.testing.assert_allclose(right, theirs, rtol=1e-9, atol=1e-12)


def test_recall_is_top_k_accuracy():
    """Of scikit-learn, where there are more than two texts."""
    for given, right in of("recall_at_k"):
        scores, relevant = (given[n].numpy() for n in ("scores", "relevant"))
        k, n = given["k"], scores.shape[1]
        if n <= 2 or k >= n:
            assert right == 1 or n <= 2
            continue
        theirs = top_k_accuracy_score(
            relevant, scores, k=k, labels=np.arange(n)
        )
        assert np.isclose(right, theirs)


def test_reciprocal_ranks_are_the_precision_with_one_right_text():
    for given, right in of("mean_reciprocal_rank"):
        scores, relevant = (given[n].numpy() for n in ("scores", "relevant"))
        chosen = np.eye(scores.shape[1])[relevant]
        theirs = label_ranking_average_precision_score(chosen, scores)
        assert np.isclose(right, theirs)


def test_the_correlation_is_that_of_scipys_ranks():
    for given, right in of("spearman"):
        ranks = [scipy.stats.rankdata(given[name]) for name in ("a", "b")]
        theirs = scipy.stats.pearsonr(*ranks).statistic
        assert np.isclose(right, theirs)


def test_the_loss_is_the_logarithm_of_the_softmax_in_float64():
    """Written out in NumPy, with gradients by differences."""

    def loss(q, k, temperature=0.05):
        q, k = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (q, k))
        logits = q @ k.T / temperature
        below = np.log(np.exp(logits).sum(axis=1))
        return (below - logits.diagonal()).mean()

    for given, (right, of_queries, _) in of("info_nce"):
        q, k = (x.numpy() for x in given["tensors"])
        assert np.isclose(float(right), loss(q, k, *given["more"]))
        step = np.zeros_like(q)
        step[0, 0] = 1e-6
        slope = (
            loss(q + step, k, *given["more"])
            - loss(q - step, k, *given["more"])
        ) / 2e-6
        assert np.isclose(float(of_queries[0, 0]), slope, atol=1e-6)


def test_a_search_is_a_stable_sort():
    for given, (places, scores) in of("search"):
        query, corpus, k = given.values()
        cosines = cosine_similarity(query[None], corpus)[0].round(12)
        order = np.argsort(-cosines, kind="stable")[:k]
        np.testing.assert_array_equal(torch.as_tensor(places), order)
        np.testing.assert_allclose(scores, cosines[order], atol=1e-9)


def test_pooled_vectors_are_numpys_masked_ones():
    for given, right in of("pool"):
        kind = given.get("kind", "mean")
        hidden, mask = given["hidden"].numpy(), given["mask"].numpy()
        hidden = np.ma.array(
            hidden, mask=np.broadcast_to(~mask[..., None], hidden.shape)
        )
        if kind == "cls":
            theirs = hidden.data[:, 0]
        else:
            theirs = getattr(hidden, kind)(axis=1).filled(0)
        np.testing.assert_allclose(right, theirs, rtol=1e-12)
