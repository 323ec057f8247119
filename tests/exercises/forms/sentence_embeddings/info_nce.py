"""Right answers to `sentence_embeddings.info_nce`."""

import torch
from torch import nn
from torch.nn import functional


def by_cross_entropy(queries, keys, temperature=0.05):
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    q = functional.normalize(queries, dim=-1)
    k = functional.normalize(keys, dim=-1)
    return nn.CrossEntropyLoss()(
        q @ k.T / temperature, torch.arange(len(queries))
    )


def by_logsumexp(queries, keys, temperature=0.05):
    if not temperature > 0:
        raise ValueError("temperature should be positive")
    lengths = queries.norm(dim=1)[:, None] * keys.norm(dim=1)
    logits = queries @ keys.T / lengths / temperature
    return (torch.logsumexp(logits, 1) - logits.diag()).mean()


def by_loops(queries, keys, temperature=0.05):
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    losses = []
    for i, query in enumerate(queries):
        scores = torch.stack(
            [query @ key / (query.norm() * key.norm()) for key in keys]
        )
        powers = (scores / temperature).exp()
        losses.append(-(powers[i] / powers.sum()).log())
    return sum(losses) / len(losses)


def by_pairs(queries, keys, temperature=0.05):
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    table = functional.cosine_similarity(
        queries.unsqueeze(1), keys.unsqueeze(0), dim=2
    )
    logs = (table / temperature).log_softmax(dim=1)
    chosen = torch.arange(len(table)).unsqueeze(1)
    return -logs.gather(1, chosen).squeeze(1).mean()


def by_trace(queries, keys, temperature=0.05):
    if temperature <= 0:
        raise ValueError("temperature should be positive")
    q = queries / queries.square().sum(1, keepdim=True).sqrt()
    k = keys / keys.square().sum(1, keepdim=True).sqrt()
    share = torch.softmax(torch.einsum("id,jd->ij", q, k) / temperature, 1)
    return -share.log().trace() / share.shape[0]


FORMS = [by_cross_entropy, by_logsumexp, by_loops, by_pairs, by_trace]
