"""What sacrebleu and PyTorch say to the exercises of this lesson."""

import torch
from sacrebleu.metrics import BLEU
from torch import nn

from tests.exercises.references.registry import judge_of


def measured(hypotheses, references, n):
    """sacrebleu's BLEU of word lists, without its tokenisation."""
    most = max(map(len, references))
    # It wants as many references for each sentence; None is none.
    columns = [
        [
            " ".join(several[k]) if k < len(several) else None
            for several in references
        ]
        for k in range(most)
    ]
    metric = BLEU(
        tokenize="none", smooth_method="none", force=True, max_ngram_order=n
    )
    return metric.corpus_score([" ".join(h) for h in hypotheses], columns)


@judge_of("translation.ngram_matches")
def ngram_matches(hypotheses, references, n):
    score = measured(hypotheses, references, n)
    return score.counts[n - 1], score.totals[n - 1]


@judge_of("translation.brevity_penalty")
def brevity_penalty(c, r):
    return measured([["a"] * c], [[["a"] * r]], 1).bp


@judge_of("translation.bleu")
def bleu(hypotheses, references, max_n):
    return measured(hypotheses, references, max_n).score


@judge_of("translation.rescore")
def rescore(candidates, alpha):
    """As Google's translation system does it (Wu et al. 2016, eq. 14)."""
    sizes = torch.tensor([len(t) for t, _ in candidates]).double()
    penalties = torch.pow(5.0 + sizes, alpha) / torch.pow(
        torch.tensor(6.0).double(), alpha
    )
    logs = torch.tensor([log for _, log in candidates], dtype=torch.float64)
    found, places = torch.topk(logs / penalties, len(candidates))
    return [
        (candidates[int(k)][0], s) for k, s in zip(places, found, strict=True)
    ]


@judge_of("translation.align")
def align(weights, src_mask):
    """The heads' mean as PyTorch's attention takes it: average_attn_weights.

    Queries and keys are made so that its softmax gives these weights.
    """
    h, _, n = weights.shape
    attention = nn.MultiheadAttention(h * n, h, batch_first=True).double()
    with torch.no_grad():
        q, k, v = (torch.eye(h * n).double() for _ in range(3))
        attention.in_proj_weight.copy_(torch.cat([q, k, v]))
        attention.in_proj_bias.zero_()
        asking = weights.clamp_min(1e-300).log().transpose(0, 1).flatten(1)
        told = torch.eye(n).double().repeat(1, h) * n**0.5
        _, mean = attention(asking[None], told[None], told[None])
    return mean[0].masked_fill(~src_mask, -1).argmax(-1)
