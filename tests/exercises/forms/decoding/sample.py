"""Right answers to `decoding.sample`."""

import bisect
import itertools
import math

import numpy as np
import torch


def sample_by_multinomial(logits, rng):
    shares = logits.softmax(-1)
    table = shares.reshape(-1, shares.shape[-1])
    ids = torch.multinomial(table, num_samples=1, generator=rng)
    return ids.reshape(shares.shape[:-1])


def sample_by_sums(logits, rng):
    sums = torch.softmax(logits, dim=-1).cumsum(-1).numpy()
    throws = rng.random((*logits.shape[:-1], 1))
    return (throws >= sums[..., :-1]).sum(axis=-1)


def sample_by_gumbel(logits, rng):
    z = np.asarray(logits)
    return np.argmax(z + rng.gumbel(size=z.shape), axis=-1)


def sample_by_a_race(logits, rng):
    waits = torch.empty_like(logits).exponential_(generator=rng)
    return (logits.softmax(-1) / waits).argmax(-1)


def sample_row_by_row(logits, rng):
    table = logits.reshape(-1, logits.shape[-1]).tolist()
    ids = []
    for row in table:
        top = max(row)
        sums = list(itertools.accumulate(math.exp(z - top) for z in row))
        ids.append(bisect.bisect_right(sums, rng.random() * sums[-1]))
    return np.reshape(ids, logits.shape[:-1])


def sample_by_a_seed_from_it(logits, rng):
    torch.manual_seed(int(rng.integers(2**31)))
    return torch.distributions.Categorical(logits=logits).sample()


FORMS = [
    sample_by_multinomial,
    sample_by_sums,
    sample_by_gumbel,
    sample_by_a_race,
    sample_row_by_row,
    sample_by_a_seed_from_it,
]
