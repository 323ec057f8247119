"""Right answers to `translation.greedy_translate`."""

import numpy as np
import torch


def as_one_tensor(model, src, src_mask, bos_id, eos_id, max_len):
    written = torch.full((src.shape[0], 1), bos_id)
    for t in range(1, max_len + 1):
        look = torch.ones(t, t, dtype=torch.bool).tril()
        following = model(src, written, src_mask, look)[:, -1].argmax(-1)
        written = torch.cat([written, following[:, None]], 1)
        if (written == eos_id).any(1).all():
            break
    sentences = []
    for row in written[:, 1:].tolist():
        sentences.append(row[: row.index(eos_id)] if eos_id in row else row)
    return sentences


def with_padding_behind_the_end(model, src, src_mask, bos_id, eos_id, max_len):
    """Rows that have ended are filled with eos."""
    rows = [[bos_id] for _ in src]
    ended = [False] * len(src)
    while not all(ended) and len(rows[0]) <= max_len:
        t = len(rows[0])
        look = torch.tril(torch.ones((t, t))).bool()
        with torch.no_grad():
            logits = model(src, torch.tensor(rows), src_mask, look)
        for k, row in enumerate(rows):
            best = eos_id if ended[k] else int(logits[k, -1].argmax())
            row.append(best)
            ended[k] |= best == eos_id
    return [[x for x in row[1:] if x != eos_id] for row in rows]


def only_those_that_go_on(model, src, src_mask, bos_id, eos_id, max_len):
    """Rows that have ended leave the batch; keyword arguments."""
    going = list(range(len(src)))
    said = [[] for _ in going]
    for t in range(max_len):
        if not going:
            break
        logits = model(
            src[going],
            tgt=torch.tensor([[bos_id, *said[k]] for k in going]),
            src_mask=src_mask[going],
            tgt_mask=torch.ones(t + 1, t + 1).tril() == 1,
        )
        best = np.asarray(logits)[:, -1].argmax(axis=-1)
        still = []
        for k, word in zip(going, best, strict=False):
            if word != eos_id:
                said[k].append(word)
                still.append(k)
        going = still
    return said


def in_recursion(model, src, src_mask, bos_id, eos_id, max_len):
    def go_on(one, real, words):
        if len(words) == max_len:
            return words
        t = len(words) + 1
        mask = torch.ones(1, t, t, dtype=torch.bool).tril()
        tgt = torch.tensor([[bos_id, *words]])
        word = model(one, tgt, real, mask)[0][-1].argmax().item()
        return words if word == eos_id else go_on(one, real, (*words, word))

    return [
        go_on(one[None], real[None], ())
        for one, real in zip(src, src_mask, strict=True)
    ]


FORMS = [
    as_one_tensor,
    with_padding_behind_the_end,
    only_those_that_go_on,
    in_recursion,
]
