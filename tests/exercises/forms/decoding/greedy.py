"""Right answers to `decoding.greedy`."""

import numpy as np
import torch


def greedy_by_loops(logits):
    if logits.ndim > 1:
        return [greedy_by_loops(part) for part in logits]
    row = logits.tolist()
    return max(range(len(row)), key=row.__getitem__)


def greedy_by_sorting(logits):
    return torch.sort(logits, dim=-1)[1][..., -1]


FORMS = [
    lambda logits: logits.argmax(dim=-1),
    lambda logits: np.argmax(logits.numpy(), axis=-1),
    lambda logits: logits.max(-1).indices,
    lambda logits: logits.softmax(-1).topk(1).indices.squeeze(-1),
    greedy_by_loops,
    greedy_by_sorting,
]
