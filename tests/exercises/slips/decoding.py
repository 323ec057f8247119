"""Slips in lesson 16."""

import math

import torch


def draw(logits, rng):
    p = torch.softmax(logits, -1)
    flat = torch.multinomial(p.reshape(-1, p.shape[-1]), 1, generator=rng)
    return flat.reshape(p.shape[:-1])


def no_reshape(logits, rng):
    return torch.multinomial(torch.softmax(logits, -1), 1, generator=rng)


def no_softmax(logits, rng):
    return torch.multinomial(logits, 1, generator=rng)[..., 0]


def likeliest(logits, rng):
    return logits.argmax(-1)


def own_seed(logits, rng):
    torch.manual_seed(0)
    p = torch.softmax(logits, -1)
    flat = torch.multinomial(p.reshape(-1, p.shape[-1]), 1)
    return flat.reshape(p.shape[:-1])


def one_draw_for_all(logits, rng):
    p = torch.softmax(logits, -1)
    u = torch.rand((), generator=rng)
    return (p.cumsum(-1) < u).sum(-1)


def uniformly(logits, rng):
    return torch.randint(logits.shape[-1], logits.shape[:-1], generator=rng)


def top_k(logits, k, fill=-math.inf, largest=True):
    k = min(k, logits.shape[-1])
    values, ids = logits.topk(k, dim=-1, largest=largest)
    return torch.full_like(logits, fill).scatter(-1, ids, values)


def top_k_in_place(logits, k):
    k = min(k, logits.shape[-1])
    low = logits.topk(k).values[..., -1:]
    logits[logits < low] = -math.inf
    return logits


def top_k_strict(logits, k):
    k = min(k, logits.shape[-1])
    low = logits.topk(k).values[..., -1:]
    return logits.masked_fill(logits <= low, -math.inf)


def top_k_too_large(logits, k):
    low = logits.topk(k).values[..., -1:]
    return logits.masked_fill(logits < low, -math.inf)


def top_p(logits, p, cross=True, sort=True, fill=-math.inf, soft=True):
    ranked, ids = logits.sort(-1, descending=sort)
    probs = torch.softmax(ranked, -1) if soft else ranked
    before = probs.cumsum(-1) - (probs if cross else 0)
    ranked = ranked.masked_fill(before >= p, fill)
    if not cross:
        ranked[..., 0] = logits.max(-1).values
    return torch.empty_like(logits).scatter(-1, ids, ranked)


def top_p_not_put_back(logits, p):
    ranked = logits.sort(-1, descending=True).values
    probs = torch.softmax(ranked, -1)
    return ranked.masked_fill(probs.cumsum(-1) - probs >= p, -math.inf)


def top_p_by_threshold(logits, p):
    return logits.masked_fill(torch.softmax(logits, -1) < p, -math.inf)


def beam(
    step,
    bos,
    eos,
    width,
    max_len,
    *,
    rank=lambda tokens, score: score,
    finished_stay=True,
    last=None,
    only_finished=False,
    widen=0,
):
    beams = [([bos], 0.0)]
    for _ in range(max_len):
        found = []
        for tokens, score in beams:
            if tokens[-1] == eos and finished_stay:
                found.append((tokens, score))
                continue
            if tokens[-1] == eos:
                continue
            for i, more in enumerate(step(tokens).tolist()):
                found.append(([*tokens, i], score + more))
        if not found:
            break
        found.sort(key=lambda one: rank(*one), reverse=True)
        beams = found[: width + widen]
    if only_finished:
        beams = [b for b in beams if b[0][-1] == eos] or beams
    return beams[0]


def beam_but(**wrong):
    def beam_search(step, bos, eos, width, max_len):
        return beam(step, bos, eos, width, max_len, **wrong)

    return beam_search


def beam_without_bos(step, bos, eos, width, max_len):
    tokens, score = beam(step, bos, eos, width, max_len)
    return tokens[1:], score


def beam_stops_at_the_first(step, bos, eos, width, max_len):
    beams = [([bos], 0.0)]
    for _ in range(max_len):
        found = [
            ([*tokens, i], score + more)
            for tokens, score in beams
            for i, more in enumerate(step(tokens).tolist())
        ]
        found.sort(key=lambda one: one[1], reverse=True)
        beams = found[:width]
        for tokens, score in beams:
            if tokens[-1] == eos:
                return tokens, score
    return beams[0]


WRONG = {
    "decoding.greedy": {
        "value": lambda logits: logits.max(-1).values,
        "first axis": lambda logits: logits.argmax(0),
        "whole": lambda logits: logits.argmax(),
        "keepdim": lambda logits: logits.argmax(-1, keepdim=True),
        "smallest": lambda logits: logits.argmin(-1),
        "both": lambda logits: logits.max(-1),
    },
    "decoding.apply_temperature": {
        "times": lambda logits, t: logits * t,
        "softmax": lambda logits, t: torch.softmax(logits / t, -1),
        "maximum": lambda logits, t: (
            (logits - logits.max(-1, keepdim=True).values) / t
        ),
        "in place": lambda logits, t: logits.div_(t),
        "log": lambda logits, t: torch.log_softmax(logits / t, -1),
        "afterwards": lambda logits, t: torch.softmax(logits, -1) / t,
    },
    "decoding.sample": {
        "no reshape": no_reshape,
        "no softmax": no_softmax,
        "likeliest": likeliest,
        "own seed": own_seed,
        "one draw": one_draw_for_all,
        "uniformly": uniformly,
    },
    "decoding.top_k_filter": {
        "zeros": lambda logits, k: top_k(logits, k, fill=0.0),
        "smallest": lambda logits, k: top_k(logits, k, largest=False),
        "in place": top_k_in_place,
        "one too few": top_k_strict,
        "k too large": top_k_too_large,
        "the values": lambda logits, k: (
            logits.topk(min(k, logits.shape[-1])).values
        ),
    },
    "decoding.top_p_filter": {
        "without the one that crosses": lambda logits, p: top_p(
            logits, p, cross=False
        ),
        "least likely first": lambda logits, p: top_p(logits, p, sort=False),
        "zeros": lambda logits, p: top_p(logits, p, fill=0.0),
        "not put back": top_p_not_put_back,
        "threshold": top_p_by_threshold,
        "no softmax": lambda logits, p: top_p(logits, p, soft=False),
    },
    "decoding.beam_search": {
        "mean": beam_but(rank=lambda tokens, score: score / len(tokens[1:])),
        "width + 1": beam_but(widen=1),
        "finished dropped": beam_but(finished_stay=False),
        "without bos": beam_without_bos,
        "first eos": beam_stops_at_the_first,
        "only finished": beam_but(only_finished=True),
    },
}
