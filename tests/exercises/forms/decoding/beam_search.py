"""Right answers to `decoding.beam_search`."""

import numpy as np
import torch


def beam_of_lists(step, bos, eos, width, max_len):
    beam = [(0.0, [bos])]
    for _ in range(max_len):
        new = []
        for score, ids in beam:
            if ids[-1] == eos:
                new.append((score, ids))
            else:
                logs = step(ids).tolist()
                new += [(score + x, [*ids, i]) for i, x in enumerate(logs)]
        beam = sorted(new, reverse=True)[:width]
    score, ids = beam[0]
    return ids, score


def beam_that_stops_early(step, bos, eos, width, max_len):
    """Scores only fall: nothing can overtake a finished best."""
    beam = [((bos,), 0.0)]
    for _ in range(max_len):
        if beam[0][0][-1] == eos:
            break
        ended = [pair for pair in beam if pair[0][-1] == eos]
        for ids, score in beam:
            if ids[-1] != eos:
                logs = np.asarray(step(list(ids)))
                for i in np.argsort(-logs)[:width]:
                    ended.append(((*ids, int(i)), score + logs[i]))
        beam = sorted(ended, key=lambda pair: pair[1], reverse=True)[:width]
    return beam[0]


def beam_in_recursion(step, bos, eos, width, max_len, beam=None):
    beam = beam or [(torch.tensor(0.0, dtype=torch.float64), [bos])]
    if max_len == 0 or all(ids[-1] == eos for _, ids in beam):
        return beam[0][1], beam[0][0]
    new = []
    for score, ids in beam:
        if ids[-1] == eos:
            new.append((score, ids))
            continue
        best = torch.topk(step(ids), min(width, len(step(ids))))
        for log, i in zip(best.values, best.indices, strict=True):
            new.append((score + log, [*ids, i.item()]))
    new.sort(key=lambda pair: pair[0].item(), reverse=True)
    return beam_in_recursion(step, bos, eos, width, max_len - 1, new[:width])


FORMS = [
    beam_of_lists,
    beam_that_stops_early,
    beam_in_recursion,
]
