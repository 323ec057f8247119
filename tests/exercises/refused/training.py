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


def loss_shifted_by(largest):
    """Stable as far as `largest` is each row's own."""

    def answer(logits, targets, ignore_index=-100, label_smoothing=0.0):
        z = logits - largest(logits)
        logs = z - z.exp().sum(-1, keepdim=True).log()
        keep = targets != ignore_index
        ids = torch.where(keep, targets, 0)
        plain = -logs.gather(-1, ids[..., None])[..., 0]
        even = -logs.mean(-1) if label_smoothing else 0
        loss = (1 - label_smoothing) * plain + label_smoothing * even
        return loss[keep].mean()

    return answer


def only_negative_targets_replaced(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    logs = logits.log_softmax(-1)
    plain = -logs.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    loss = torch.lerp(plain, -logs.mean(-1), label_smoothing)
    return loss[targets != ignore_index].mean()


def resting(which):
    """Adam, but what has no gradient rests; which: of param, m and v."""

    def answer(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
        b1, b2 = betas
        new_m, new_v = b1 * m + (1 - b1) * grad, b2 * v + (1 - b2) * grad**2
        step = new_m / (1 - b1**t) / ((new_v / (1 - b2**t)) ** 0.5 + eps)
        moved = param - lr * step, new_m, new_v
        return tuple(
            torch.where(grad == 0, old, new) if name in which else new
            for name, old, new in zip(
                ("param", "m", "v"), (param, m, v), moved, strict=True
            )
        )

    return answer


WRONG = {
    "training.adam_step": {
        "weights rest": resting(("param",)),
        "averages rest": resting(("m", "v")),
        "all rest": resting(("param", "m", "v")),
    },
    "training.cross_entropy": {
        "the largest of all": loss_shifted_by(lambda z: z.max()),
        "the largest of a sentence": loss_shifted_by(
            lambda z: z.amax((-2, -1), keepdim=True)
        ),
        "the largest, or 0": loss_shifted_by(lambda z: z.max().clamp(min=0)),
        "only negative targets replaced": only_negative_targets_replaced,
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
