"""What several exercises of lesson 16 use."""

import math

import numpy as np

from ..pieces.tensors import distinct, tensor


def drawn(*shape, lowered=0.0, dropped=0, times=1.0, apart=0.0, **settings):
    """A case's inputs: distinct logits, `dropped` of each row at −∞.

    apart: how much lower the logits of a row are than those of the row before.
    """

    def inputs(rng):
        rows = np.arange(math.prod(shape[:-1])).reshape(*shape[:-1], 1)
        logits = distinct(rng, *shape) * times - lowered - tensor(rows * apart)
        if dropped:
            rows = logits.reshape(-1, shape[-1])
            for row in rows:
                row[tensor(rng.permutation(shape[-1])[:dropped])] = -math.inf
            logits = rows.reshape(shape)
        return {"logits": logits, **settings}

    return inputs


def itself(when):
    """A misconception's sentence; the way is `fresh.afterwards`."""
    return (
        f"{when} you return the given tensor itself, and a caller may write "
        "into that. The check did: it set all of it to 0, and your result "
        "became 0 as well. Return a new tensor."
    )


def where_kept(logits, keep, other=-math.inf):
    """The logits where `keep` is True, and `other` elsewhere."""
    return logits.masked_fill(~keep, other)
