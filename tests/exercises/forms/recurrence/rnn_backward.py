"""Right answers to `recurrence.rnn_backward`."""

import numpy as np


def states_of(X, h0, W_x, W_h, b):
    h, states = h0, [h0]
    for x in X:
        h = np.tanh(x @ W_x + h @ W_h + b)
        states.append(h)
    return np.array(states)


def step_by_step(X, h0, W_x, W_h, b, grads):
    states = states_of(X, h0, W_x, W_h, b)
    dW_x, dW_h, db = (np.zeros_like(w) for w in (W_x, W_h, b))
    later = np.zeros_like(h0)
    for t in range(len(X), 0, -1):
        dz = (grads[t - 1] + later) * (1 - states[t] ** 2)
        dW_x += np.outer(X[t - 1], dz)
        dW_h += np.outer(states[t - 1], dz)
        db += dz
        later = dz @ W_h.T
    return dW_x, dW_h, db


def errors_first(X, h0, W_x, W_h, b, grads):
    """All errors, then three products."""
    states = states_of(X, h0, W_x, W_h, b)
    errors, later = [], 0
    for h, grad in zip(states[:0:-1], grads[::-1], strict=True):
        errors.insert(0, (grad + later) * (1 - h**2))
        later = W_h @ errors[0]
    errors = np.array(errors)
    return X.T @ errors, states[:-1].T @ errors, errors.sum(axis=0)


def each_loss_by_itself(X, h0, W_x, W_h, b, grads):
    """Every loss goes back alone, and all add up."""
    states = states_of(X, h0, W_x, W_h, b)
    total = [np.zeros_like(w) for w in (W_x, W_h, b)]
    for last, grad in enumerate(grads):
        g = grad
        for t in range(last, -1, -1):
            dz = g * (1 - states[t + 1] ** 2)
            total[0] += X[t][:, None] * dz
            total[1] += states[t][:, None] * dz
            total[2] += dz
            g = dz @ W_h.T
    return total


def as_lists(*given):
    return [one.tolist() for one in step_by_step(*given)]


def with_torch_as_a_calculator(*given):
    import torch

    X, h0, W_x, W_h, b, grads = map(torch.tensor, given)
    states = [h0]
    for x in X:
        states.append(torch.tanh(x @ W_x + states[-1] @ W_h + b))
    errors, later = [], torch.zeros_like(h0)
    for t in reversed(range(len(X))):
        errors.append((grads[t] + later) * (1 - states[t + 1] ** 2))
        later = errors[-1] @ W_h.mT
    errors = torch.stack(errors[::-1])
    return X.mT @ errors, torch.stack(states[:-1]).mT @ errors, errors.sum(0)


FORMS = [
    step_by_step,
    errors_first,
    each_loss_by_itself,
    as_lists,
    with_torch_as_a_calculator,
]
