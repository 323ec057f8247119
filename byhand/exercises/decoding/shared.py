"""What several exercises of lesson 16 use."""

import math

import numpy as np

from ..pieces.tensors import tensor


def distinct(rng, *shape):
    """Logits from −4.0 to 4.0 with one decimal, no two alike."""
    tenths = rng.permutation(np.arange(-40, 41))[: math.prod(shape)]
    return tensor(tenths.reshape(shape) / 10)


def drawn(*shape, lowered=0.0, dropped=0, **settings):
    """A case's inputs: distinct logits, `dropped` of each row at −∞."""

    def inputs(rng):
        logits = distinct(rng, *shape) - lowered
        if dropped:
            rows = logits.reshape(-1, shape[-1])
            for row in rows:
                row[tensor(rng.permutation(shape[-1])[:dropped])] = -math.inf
            logits = rows.reshape(shape)
        return {"logits": logits, **settings}

    return inputs


def where_kept(logits, keep, other=-math.inf):
    """The logits where `keep` is True, and `other` elsewhere."""
    return logits.masked_fill(~keep, other)
