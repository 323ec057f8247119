"""Right answers to `gpt_on_gpu.get_batch`."""

import torch


def batch_of_slices(ids, batch_size, block_size, rng):
    high = len(ids) - block_size
    starts = torch.randint(high, (batch_size,), generator=rng)
    inputs = torch.stack([ids[s : s + block_size] for s in starts])
    targets = torch.stack([ids[s + 1 : s + 1 + block_size] for s in starts])
    return inputs, targets


def batch_by_indices(ids, batch_size, block_size, rng):
    starts = torch.randint(
        0, ids.numel() - block_size, (batch_size, 1), generator=rng
    )
    places = starts + torch.arange(block_size)
    return ids[places], ids[places + 1]


def batch_by_permutation(ids, batch_size, block_size, rng):
    """Each row from a shuffle of its own."""
    inputs, targets = [], []
    for _ in range(batch_size):
        order = torch.randperm(len(ids) - block_size, generator=rng)
        piece = ids[order[0] : order[0] + block_size + 1]
        inputs.append(piece[:-1])
        targets.append(piece[1:])
    return [torch.stack(inputs), torch.stack(targets)]


def batch_by_real_numbers(ids, batch_size, block_size, rng):
    share = torch.rand(batch_size, generator=rng, dtype=torch.float64)
    starts = (share * (len(ids) - block_size)).floor().long().tolist()
    rows = torch.stack([ids[s : s + block_size + 1] for s in starts])
    return rows[:, :-1].contiguous(), rows[:, 1:].contiguous()


FORMS = [
    batch_of_slices,
    batch_by_indices,
    batch_by_permutation,
    batch_by_real_numbers,
]
