"""What a library says to the exercises of this lesson."""

import torch

from tests.exercises.references.registry import LIBRARY, judge_of
from tests.exercises.references.shared import attended


@judge_of("masking.padding_mask")
def padding_mask(ids, pad_id):
    return torch.ne(ids, pad_id)


@judge_of("masking.causal_mask")
def causal_mask(n):
    # 0 where a token may look, and −∞ where not.
    added = torch.nn.Transformer.generate_square_subsequent_mask(n)
    return torch.isfinite(added)


@judge_of("masking.combine_masks")
def combine_masks(padding, causal):
    """Where PyTorch's layer has weights, given both masks.

    Its masks say True for what is forbidden. It has NaN, which is not above
    0, for a query that may attend to nothing.
    """
    layer = torch.nn.MultiheadAttention(1, 1, batch_first=True)
    words = torch.zeros(*padding.shape, 1)
    _, weights = layer(
        *(words, words, words),
        key_padding_mask=~padding,
        attn_mask=~causal,
    )
    return weights > 0


@judge_of("masking.masked_softmax")
def masked_softmax(scores, mask):
    same = torch.eye(scores.shape[-1], dtype=scores.dtype)
    same = same.expand(*scores.shape[:-2], -1, -1)
    return attended(scores, same, same, mask, scale=1.0)[1]


LIBRARY["masking.masked_attention"] = attended
