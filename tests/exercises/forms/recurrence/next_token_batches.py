"""Right answers to `recurrence.next_token_batches`."""

import numpy as np


def with_reshape(ids, batch_size, seq_len):
    L = (len(ids) - 1) // batch_size
    windows = L // seq_len
    if windows == 0:
        raise ValueError("no window fits")
    size = batch_size * L

    def cut(flat):
        rows = flat.reshape(batch_size, L)[:, : windows * seq_len]
        rows = rows.reshape(batch_size, windows, seq_len)
        return rows.transpose(1, 0, 2)

    return cut(ids[:size]), cut(ids[1 : size + 1])


def with_loops(ids, batch_size, seq_len):
    L = (len(ids) - 1) // batch_size
    inputs, targets = [], []
    for k in range(L // seq_len):
        starts = [r * L + k * seq_len for r in range(batch_size)]
        inputs.append([list(ids[s : s + seq_len]) for s in starts])
        targets.append([list(ids[s + 1 : s + 1 + seq_len]) for s in starts])
    if not inputs:
        raise ValueError("too few ids")
    return inputs, targets


def with_split(ids, batch_size, seq_len):
    L = (len(ids) - 1) // batch_size
    used = L - L % seq_len
    if L < 1 or used < 1:
        raise ValueError(f"{len(ids)} ids are too few")
    rows = np.stack([ids[r * L : r * L + used + 1] for r in range(batch_size)])
    pieces = used // seq_len
    return (
        np.stack(np.split(rows[:, :-1], pieces, axis=1)),
        np.stack(np.split(rows[:, 1:], pieces, axis=1)),
    )


def by_torch(ids, batch_size, seq_len):
    import torch

    ids = torch.tensor(ids)
    L = (len(ids) - 1) // batch_size
    if seq_len > L:
        raise ValueError("no window fits")
    both = (
        ids[shift : shift + batch_size * L].view(batch_size, L)
        for shift in (0, 1)
    )
    return tuple(
        rows.unfold(1, seq_len, seq_len).transpose(0, 1) for rows in both
    )


FORMS = [with_reshape, with_loops, with_split, by_torch]
