"""Right answers to `recurrence.gradient_through_time`."""

import numpy as np


def in_a_list(states, W_h, grad):
    rows = [grad]
    for h in reversed(states):
        rows.append((rows[-1] * (1 - h**2)) @ W_h.T)
    return np.array(rows[::-1])


def into_a_table(states, W_h, grad):
    n, width = states.shape
    rows = np.zeros((n + 1, width))
    rows[n] = grad
    for t in range(n, 0, -1):
        rows[t - 1] = W_h @ (rows[t] * (1 - states[t - 1] ** 2))
    return rows


def by_loops(states, W_h, grad):
    rows = [[float(g) for g in grad]]
    for h in states[::-1]:
        z = [g * (1 - s * s) for g, s in zip(rows[0], h, strict=True)]
        rows.insert(
            0, [sum(w * d for w, d in zip(row, z, strict=True)) for row in W_h]
        )
    return rows


def by_matrices(states, W_h, grad):
    rows = [grad]
    for h in states[::-1]:
        rows = [W_h @ np.diag(1 - h**2) @ rows[0], *rows]
    return np.stack(rows)


def by_torch(states, W_h, grad):
    import torch

    states, W_h, grad = map(torch.tensor, (states, W_h, grad))
    rows = [grad]
    for h in states.flip(0):
        rows.append((rows[-1] * (1 - h**2)) @ W_h.mT)
    return torch.stack(rows[::-1])


FORMS = [in_a_list, into_a_table, by_loops, by_matrices, by_torch]
