"""Wrong answers to the exercises of lesson 16."""

import numpy as np
import torch

from byhand.exercises.decoding.beam_search import ends


def rounds(prune, at_the_end=max):
    """A beam search that keeps what `prune` leaves of a round's candidates."""

    def answer(step, bos, eos, width, max_len):
        beam, aside = [([bos], 0.0)], []
        for _ in range(max_len):
            families = [
                [(tokens, score)]
                if ends(tokens, eos)
                else [
                    ([*tokens, token], score + float(log))
                    for token, log in enumerate(step(list(tokens)))
                ]
                for tokens, score in beam
            ]
            beam, aside = prune(families, aside, width, eos)
        return at_the_end(beam + aside, key=lambda one: one[1])

    return answer


def best(candidates, width):
    return sorted(candidates, key=lambda one: -one[1])[: max(width, 0)]


def joined(families):
    return [one for family in families for one in family]


def unfinished_cut_finished_kept(families, aside, width, eos):
    every = joined(families)
    kept = [one for one in every if ends(one[0], eos)]
    return best([o for o in every if o not in kept], width) + kept, aside


def finished_leave_if_among_the_best(families, aside, width, eos):
    every = best(joined(families), width)
    aside = aside + [one for one in every if ends(one[0], eos)]
    going = [one for one in joined(families) if not ends(one[0], eos)]
    return best(going, width), aside


def the_beam_shrinks(families, aside, width, eos):
    every = best(joined(families), width - len(aside))
    aside = aside + [one for one in every if ends(one[0], eos)]
    return [one for one in every if one not in aside], aside


def two_of_each(families, aside, width, eos):
    return joined(best(family, 2) for family in families), aside


def half_of_each(families, aside, width, eos):
    each = max(1, width // len(families))
    return best(joined(best(f, each) for f in families), width), aside


def one_more(families, aside, width, eos):
    return best(joined(families), width + 1), aside


def finished_first(families, aside, width, eos):
    """What is finished is kept in any case, others if there is room."""
    every = joined(families)
    kept = best([one for one in every if ends(one[0], eos)], width)
    others = [one for one in every if not ends(one[0], eos)]
    return kept + best(others, width - len(kept)), aside


PRUNES = (
    unfinished_cut_finished_kept,
    finished_leave_if_among_the_best,
    the_beam_shrinks,
    two_of_each,
    half_of_each,
    one_more,
    finished_first,
)


def bos_left_out(step, bos, eos, width, max_len):
    beam = [([bos], 0.0)]
    for _ in range(max_len):
        new = []
        for tokens, score in beam:
            if tokens[-1] == eos:
                new.append((tokens, score))
                continue
            logs = enumerate(step(tokens).tolist())
            new += [([*tokens, i], score + x) for i, x in logs if i != bos]
        beam = best(new, width)
    return beam[0]


def top_k(itself):
    def answer(logits, k):
        if k >= logits.shape[-1]:
            return itself(logits)
        limit = logits.topk(k).values[..., -1:]
        return torch.where(logits < limit, -torch.inf, logits)

    return answer


def top_p(itself):
    def answer(logits, p):
        if p >= 1:
            return itself(logits)
        shares, places = logits.softmax(-1).sort(dim=-1, descending=True)
        drop = shares.cumsum(-1) - shares >= p
        drop = torch.zeros_like(drop).scatter(-1, places, drop)
        return logits.masked_fill(drop, -torch.inf)

    return answer


def cooled(itself):
    return lambda logits, t: itself(logits) if t == 1 else logits / t


# What is the given tensor, or looks into it.
ITSELF = {
    "itself": lambda logits: logits,
    "a view": lambda logits: logits.view(logits.shape),
    "a slice": lambda logits: logits[...],
    "detached": lambda logits: logits.detach(),
    "an array": lambda logits: logits.numpy(),
}


def top_k_by_shares(logits, k):
    shares = logits.softmax(-1)
    least = shares.topk(min(k, logits.shape[-1]), dim=-1).values[..., -1:]
    return logits.masked_fill(shares < least, -torch.inf)


def drawn_below(largest):
    """By exponentials of the logits, less `largest` of the rows."""

    def answer(logits, rng):
        rows = logits.reshape(-1, logits.shape[-1])
        powers = np.exp((rows - largest(rows)).numpy())
        with np.errstate(all="ignore"):
            ends = powers.cumsum(-1) / powers.sum(-1, keepdims=True)
        ids = (ends < rng.random((len(ends), 1))).sum(-1)
        return torch.from_numpy(ids).reshape(logits.shape[:-1])

    return answer


WRONG = {
    "decoding.beam_search": {
        **{one.__name__: rounds(one) for one in PRUNES},
        "bos left out": bos_left_out,
    },
    "decoding.apply_temperature": {
        **{name: cooled(one) for name, one in ITSELF.items()},
        "never below 0.05": lambda logits, t: logits / max(t, 0.05),
        "squeezed": lambda logits, t: (logits / t).squeeze(),
    },
    "decoding.top_k_filter": {
        **{n: top_k(one) for n, one in ITSELF.items()},
        "by shares": top_k_by_shares,
    },
    "decoding.top_p_filter": {n: top_p(one) for n, one in ITSELF.items()},
    "decoding.greedy": {
        "float32": lambda logits: logits.argmax(-1).float(),
        "squeezed": lambda logits: logits.argmax(-1).squeeze(),
        "by exponentials": lambda logits: logits.exp().argmax(-1),
        "by shares of all": lambda logits: (
            logits.flatten().softmax(0).view_as(logits).argmax(-1)
        ),
        "an array of floats": lambda logits: np.argmax(
            logits.numpy(), axis=-1
        ).astype(float),
        "a list of floats": lambda logits: logits.argmax(-1).double().tolist(),
    },
    "decoding.sample": {
        "floats": lambda logits, rng: (
            torch.distributions.Categorical(logits=logits).sample().float()
        ),
        "the largest of all": drawn_below(lambda rows: rows.max()),
        "the largest of the first": drawn_below(lambda rows: rows[0].max()),
    },
}
