"""What the judges of several lessons use."""

import torch
from torch.nn import functional


def attended(Q, K, V, mask=None, scale=None):
    """PyTorch's attention; over the identity as values, it gives weights."""
    if mask is not None:
        mask = mask.broadcast_to(*Q.shape[:-1], K.shape[-2])
    same = torch.eye(K.shape[-2], dtype=K.dtype).expand(*K.shape[:-1], -1)
    return tuple(
        functional.scaled_dot_product_attention(
            Q, K, values, attn_mask=mask, scale=scale
        )
        for values in (V, same)
    )
