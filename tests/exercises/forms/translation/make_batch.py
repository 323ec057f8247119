"""Right answers to `translation.make_batch`."""

import numpy as np
import torch
from torch.nn import functional


def by_lists(pairs, pad_id, bos_id, eos_id):
    def filled(rows):
        most = max(len(row) for row in rows)
        return torch.tensor(
            [list(row) + [pad_id] * (most - len(row)) for row in rows]
        )

    src = filled([source for source, _ in pairs])
    tgt_in = filled([[bos_id, *target] for _, target in pairs])
    tgt_out = filled([[*target, eos_id] for _, target in pairs])
    look = torch.ones(2 * tgt_in.shape[1:], dtype=torch.bool).tril()
    tgt_mask = (tgt_in != pad_id)[:, None, :] & look
    return src, tgt_in, tgt_out, (src != pad_id)[:, None, :], tgt_mask


def by_arrays(pairs, pad_id, bos_id, eos_id):
    b = len(pairs)
    n = max(len(s) for s, _ in pairs)
    m = max(len(t) for _, t in pairs) + 1
    src = np.full((b, n), pad_id)
    tgt_in, tgt_out = np.full((b, m), pad_id), np.full((b, m), pad_id)
    tgt_in[:, 0] = bos_id
    for k, (source, target) in enumerate(pairs):
        src[k, : len(source)] = source
        tgt_in[k, 1 : len(target) + 1] = target
        tgt_out[k, : len(target)] = target
        tgt_out[k, len(target)] = eos_id
    i, j = np.ogrid[:m, :m]
    lengths = np.array([len(t) + 1 for _, t in pairs])
    real = np.arange(n) < np.array([len(s) for s, _ in pairs])[:, None]
    tgt_mask = (j <= i) & (j < lengths[:, None, None])
    return [src, tgt_in, tgt_out, real[:, None], tgt_mask]


def by_padding_each(pairs, pad_id, bos_id, eos_id):
    def stacked(rows):
        most = max(map(len, rows))
        return torch.stack(
            [
                functional.pad(
                    torch.tensor(r), (0, most - len(r)), value=pad_id
                )
                for r in rows
            ]
        )

    sources, targets = zip(*pairs, strict=False)
    src = stacked(sources)
    tgt_in = stacked([[bos_id, *t] for t in targets])
    tgt_out = stacked([[*t, eos_id] for t in targets])
    m = tgt_in.size(1)
    hidden = torch.ones(m, m).triu(1) > 0
    tgt_mask = ~(hidden | tgt_in.eq(pad_id).unsqueeze(1))
    return src, tgt_in, tgt_out, src.ne(pad_id).unsqueeze(1), tgt_mask


def as_nested_lists(pairs, pad_id, bos_id, eos_id):
    m = 1 + max(len(t) for _, t in pairs)
    n = max(len(s) for s, _ in pairs)
    src, ins, outs, reads, looks = [], [], [], [], []
    for s, t in pairs:
        src.append([*s, *[pad_id] * (n - len(s))])
        fill = [pad_id] * (m - len(t) - 1)
        ins.append([bos_id, *t, *fill])
        outs.append([*t, eos_id, *fill])
        reads.append([[k < len(s) for k in range(n)]])
        looks.append(
            [[j <= min(i, len(t)) for j in range(m)] for i in range(m)]
        )
    return src, ins, outs, reads, looks


FORMS = [by_lists, by_arrays, by_padding_each, as_nested_lists]
