"""What a library says to the exercises of this lesson."""

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import pairwise
from torch.nn import functional

from tests.exercises.references.registry import judge_of


@judge_of("word_vectors.embedding_lookup")
def embedding_lookup(E, ids):
    return functional.embedding(torch.as_tensor(ids), E)


@judge_of("word_vectors.cosine_similarity")
def cosine_similarity(A, B):
    return pairwise.cosine_similarity(A.numpy(), B.numpy())


@judge_of("word_vectors.tf_idf")
def tf_idf(counts, smooth=False):
    counts = counts.numpy()
    if smooth:
        return TfidfTransformer().fit_transform(counts).toarray()
    # Unsmoothed, theirs is ln(N/n) + 1; the 1 is the plain count again.
    theirs = TfidfTransformer(norm=None, smooth_idf=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = theirs.fit_transform(counts).toarray() - counts
        shares = weights / counts.sum(axis=1, keepdims=True)
    return np.nan_to_num(shares)


@judge_of("word_vectors.skipgram_pairs")
def skipgram_pairs(tokens, window):
    """gensim's way, its random narrowing of the window left out."""
    ids = np.array(tokens)
    found = []
    for place, centre in enumerate(tokens):
        start = max(0, place - window)
        cut = ids[start : place + window + 1]
        found += [
            (centre, int(other))
            for k, other in enumerate(cut, start)
            if k != place
        ]
    return found


@judge_of("word_vectors.noise_distribution")
def noise_distribution(counts, power=0.75):
    """The odds of PyTorch's own categorical distribution."""
    odds = torch.where(counts > 0, counts.double().pow(power), 0.0)
    return torch.distributions.Categorical(probs=odds).probs


@judge_of("word_vectors.sgns_loss")
def sgns_loss(center, context, negatives):
    center, context, negatives = (
        v.double() for v in (center, context, negatives)
    )
    logits = torch.cat([(context @ center)[None], negatives @ center])
    answers = torch.zeros_like(logits)
    answers[0] = 1
    return functional.binary_cross_entropy_with_logits(
        logits, answers, reduction="sum"
    )


@judge_of("word_vectors.sgns_step")
def sgns_step(center, context, negatives, lr):
    leaves = [
        v.double().clone().requires_grad_()
        for v in (center, context, negatives)
    ]
    optimizer = torch.optim.SGD(leaves, lr=lr)
    sgns_loss(*leaves).backward()
    optimizer.step()
    return [leaf.detach() for leaf in leaves]


@judge_of("word_vectors.analogy")
def analogy(E, a, b, c):
    E = E.numpy()
    near = pairwise.cosine_similarity(E, (E[b] - E[a] + E[c])[None])[:, 0]
    return next(int(i) for i in np.argsort(-near) if i not in (a, b, c))
