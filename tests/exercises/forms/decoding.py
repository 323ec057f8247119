"""Right answers to lesson 16 in forms that a learner may choose."""

import bisect
import heapq
import itertools
import math

import numpy as np
import torch
from torch.nn import functional

INF = math.inf


def row_by_row(function):
    """A function of one row, used on all."""

    def answer(logits, *settings):
        if logits.ndim == 1:
            return function(logits, *settings)
        rows = [answer(part, *settings) for part in logits]
        return torch.stack([torch.as_tensor(row) for row in rows])

    return answer


# --- greedy ----------------------------------------------------------------


def greedy_by_loops(logits):
    if logits.ndim > 1:
        return [greedy_by_loops(part) for part in logits]
    row = logits.tolist()
    return max(range(len(row)), key=row.__getitem__)


def greedy_by_sorting(logits):
    return torch.sort(logits, dim=-1)[1][..., -1]


# --- apply_temperature -----------------------------------------------------


def cooled_in_place_of_a_copy(logits, t):
    cooled = logits.clone()
    cooled /= t
    return cooled


def cooled_by_lists(logits, t):
    if logits.ndim > 1:
        return [cooled_by_lists(part, t) for part in logits]
    return [logit / t for logit in logits.tolist()]


# --- top_k_filter ----------------------------------------------------------


def top_k_by_limit(logits, k):
    best, _ = torch.topk(logits, min(k, logits.size(-1)))
    return logits.masked_fill(logits < best[..., -1, None], -INF)


def top_k_by_scatter(logits, k):
    values, places = logits.topk(min(k, logits.shape[-1]), dim=-1)
    return torch.full_like(logits, -INF).scatter(-1, places, values)


def top_k_in_numpy(logits, k):
    z = np.array(logits)
    drop = np.argsort(-z, axis=-1)[..., k:]
    np.put_along_axis(z, drop, -np.inf, axis=-1)
    return z


@row_by_row
def top_k_by_lists(logits, k):
    best = heapq.nlargest(k, logits.tolist())
    return torch.tensor([z if z in best else -INF for z in logits.tolist()])


def top_k_by_adding(logits, k):
    ranks = (-logits).argsort(dim=-1).argsort(dim=-1)
    return logits + torch.where(ranks < k, 0.0, -INF)


def top_k_in_float32(logits, k):
    return top_k_by_scatter(logits.float(), k)


# --- top_p_filter ----------------------------------------------------------


def top_p_by_scatter(logits, p):
    shares, places = logits.softmax(-1).sort(-1, descending=True)
    drop = shares.cumsum(-1) - shares >= p
    drop = torch.zeros_like(drop).scatter(-1, places, drop)
    return logits.masked_fill(drop, -INF)


def top_p_by_shifting(logits, p):
    """As in a widely used library."""
    ordered, places = torch.sort(logits, descending=True)
    sums = torch.cumsum(functional.softmax(ordered, dim=-1), dim=-1)
    remove = sums > p
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = False
    remove = remove.scatter(-1, places, remove.clone())
    return logits.masked_fill(remove, -INF)


def top_p_from_below(logits, p):
    """Drops from the least likely up, as long as at most 1 − p goes."""
    ordered, places = torch.sort(logits)
    # Strictly less than one: a whole 1 − p may be rounded to be gone.
    gone = ordered.softmax(-1).cumsum(-1) <= 1 - p - 1e-12
    gone[..., -1] = False
    back = places.argsort(-1)
    return torch.where(gone.gather(-1, back), -INF, logits)


@row_by_row
def top_p_token_by_token(logits, p):
    row = logits.tolist()
    top = max(row)
    powers = [math.exp(z - top) for z in row]
    out, reached = [-INF] * len(row), 0.0
    for place in sorted(range(len(row)), key=lambda i: -row[i]):
        if reached >= p:
            break
        out[place] = row[place]
        reached += powers[place] / sum(powers)
    return torch.tensor(out, dtype=torch.float64)


def top_p_in_numpy(logits, p):
    z = np.asarray(logits)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    shares = e / e.sum(axis=-1, keepdims=True)
    order = np.argsort(shares, axis=-1)[..., ::-1]
    sums = np.take_along_axis(shares, order, -1).cumsum(-1)
    count = (sums < p).sum(-1, keepdims=True) + 1
    ranks = np.argsort(order, axis=-1)
    return np.where(ranks < count, z, -np.inf)


@row_by_row
def top_p_by_bisection(logits, p):
    shares, places = logits.softmax(0).sort(descending=True)
    count = bisect.bisect_left(shares.cumsum(0).tolist(), p) + 1
    out = torch.full_like(logits, -INF)
    out[places[:count]] = logits[places[:count]]
    return out


# --- sample ----------------------------------------------------------------


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


# --- beam_search -----------------------------------------------------------


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


def beam_with_finished_apart(step, bos, eos, width, max_len):
    """What is finished leaves the beam, and its place, for another list.

    Whoever gets that place has a lower score, and scores only fall.
    """
    alive, done = [([bos], 0.0)], []
    for _ in range(max_len):
        new = [
            ([*ids, i], score + float(x))
            for ids, score in alive
            for i, x in enumerate(step(ids))
        ]
        new.sort(key=lambda pair: -pair[1])
        done += [pair for pair in new[:width] if pair[0][-1] == eos]
        alive = [pair for pair in new if pair[0][-1] != eos][:width]
    return max(alive + done, key=lambda pair: pair[1])


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


FORMS = {
    "decoding.greedy": [
        lambda logits: logits.argmax(dim=-1),
        lambda logits: np.argmax(logits.numpy(), axis=-1),
        lambda logits: logits.max(-1).indices,
        lambda logits: logits.softmax(-1).topk(1).indices.squeeze(-1),
        greedy_by_loops,
        greedy_by_sorting,
    ],
    "decoding.apply_temperature": [
        lambda logits, t: logits / t,
        lambda logits, t: np.asarray(logits) / t,
        lambda logits, t: torch.div(logits.float(), t),
        cooled_in_place_of_a_copy,
        cooled_by_lists,
    ],
    "decoding.top_k_filter": [
        top_k_by_limit,
        top_k_by_scatter,
        top_k_in_numpy,
        top_k_by_lists,
        top_k_by_adding,
        top_k_in_float32,
    ],
    "decoding.top_p_filter": [
        top_p_by_scatter,
        top_p_by_shifting,
        top_p_from_below,
        top_p_token_by_token,
        top_p_in_numpy,
        top_p_by_bisection,
    ],
    "decoding.sample": [
        sample_by_multinomial,
        sample_by_sums,
        sample_by_gumbel,
        sample_by_a_race,
        sample_row_by_row,
        sample_by_a_seed_from_it,
    ],
    "decoding.beam_search": [
        beam_of_lists,
        beam_with_finished_apart,
        beam_that_stops_early,
        beam_in_recursion,
    ],
}
