"""What a library says to the exercises of this lesson."""

import torch

from tests.exercises.references.registry import judge_of


@judge_of("multi_head.split_heads")
def split_heads(x, num_heads):
    return x.unflatten(-1, (num_heads, -1)).movedim(-2, -3)


@judge_of("multi_head.merge_heads")
def merge_heads(x):
    return x.movedim(-3, -2).flatten(-2)


@judge_of("multi_head.multi_head_attention")
def multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    layer = torch.nn.MultiheadAttention(
        x.shape[-1], num_heads, bias=False, batch_first=True, dtype=x.dtype
    )
    # PyTorch stores matrices transposed, and its True is "forbidden".
    weights = {
        "in_proj_weight": torch.cat([W_q.mT, W_k.mT, W_v.mT]),
        "out_proj.weight": W_o.mT,
    }
    layer.load_state_dict(weights)
    batch = x if x.ndim == 3 else x[None]
    if mask is not None:
        squares = mask.expand(len(batch), -1, -1)
        mask = ~squares.repeat_interleave(num_heads, dim=0)
    output, _ = layer(
        *(batch, batch, batch), attn_mask=mask, need_weights=False
    )
    _, weights = layer(
        *(batch, batch, batch), attn_mask=mask, average_attn_weights=False
    )
    # Where it is asked for weights, a query that may attend to nothing has
    # NaN; where it is not, it has zeros, as the exercise says.
    weights = weights.nan_to_num()
    return (output, weights) if x.ndim == 3 else (output[0], weights[0])


@judge_of("multi_head.count_parameters")
def count_parameters(d_model, num_heads, bias=True):
    layer = torch.nn.MultiheadAttention(d_model, num_heads, bias=bias)
    return sum(parameter.numel() for parameter in layer.parameters())
