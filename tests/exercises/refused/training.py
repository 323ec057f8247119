"""Wrong answers to the exercises of lesson 15."""

import torch
from torch.nn import functional


def loss_of(keep):
    def answer(logits, targets, ignore_index=-100, label_smoothing=0.0):
        kept = keep(targets, ignore_index)
        where = torch.where(kept, targets, -100)
        return functional.cross_entropy(
            logits.flatten(0, -2),
            where.flatten(),
            label_smoothing=label_smoothing,
        )

    return answer


WRONG = {
    "training.cross_entropy": {
        "0 dropped": loss_of(lambda t, ignored: (t != ignored) & (t != 0)),
        "only above 0": loss_of(lambda t, ignored: (t != ignored) & (t > 0)),
        "only 0 and −100": loss_of(lambda t, ignored: (t != 0) & (t != -100)),
        "only below 0": loss_of(lambda t, ignored: t >= 0),
        "only what is truthy": loss_of(
            lambda t, ignored: (t * (t != ignored)).bool()
        ),
    },
    "training.shift_right": {
        "zeros": lambda targets, bos_id: torch.cat(
            [torch.zeros(len(targets), 1) + bos_id, targets[:, :-1]], dim=1
        ),
        "an array of floats": lambda targets, bos_id: (
            functional.pad(targets, (1, -1), value=bos_id).numpy() / 1
        ),
    },
}
