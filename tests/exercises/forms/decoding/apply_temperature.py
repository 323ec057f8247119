"""Right answers to `decoding.apply_temperature`."""

import numpy as np
import torch


def cooled_in_place_of_a_copy(logits, t):
    cooled = logits.clone()
    cooled /= t
    return cooled


def cooled_by_lists(logits, t):
    if logits.ndim > 1:
        return [cooled_by_lists(part, t) for part in logits]
    return [logit / t for logit in logits.tolist()]


FORMS = [
    lambda logits, t: logits / t,
    lambda logits, t: np.asarray(logits) / t,
    lambda logits, t: torch.div(logits.float(), t),
    cooled_in_place_of_a_copy,
    cooled_by_lists,
]
