"""Right answers to `training.shift_right`."""

import torch
from torch.nn import functional


def shifted_by_filling(targets, bos_id):
    shifted = torch.empty_like(targets)
    shifted[:, 0] = bos_id
    shifted[:, 1:] = targets[:, :-1]
    return shifted


def shifted_by_rolling(targets, bos_id):
    shifted = torch.roll(targets, 1, dims=-1)
    shifted[..., 0] = bos_id
    return shifted


def shifted_by_lists(targets, bos_id):
    return torch.tensor([[bos_id, *row[:-1]] for row in targets.tolist()])


def shifted_by_stacking(targets, bos_id):
    bos = torch.tensor([bos_id])
    return torch.stack([torch.cat((bos, row))[:-1] for row in targets])


FORMS = [
    shifted_by_filling,
    shifted_by_rolling,
    shifted_by_lists,
    shifted_by_stacking,
    lambda targets, bos_id: functional.pad(
        targets[:, :-1], (1, 0), "constant", bos_id
    ),
]
