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
WRONG = {
    "decoding.beam_search": {one.__name__: rounds(one) for one in PRUNES},
    "decoding.greedy": {
        "float32": lambda logits: logits.argmax(-1).float(),
        "an array of floats": lambda logits: np.argmax(
            logits.numpy(), axis=-1
        ).astype(float),
        "a list of floats": lambda logits: logits.argmax(-1).double().tolist(),
    },
    "decoding.sample": {
        "floats": lambda logits, rng: (
            torch.distributions.Categorical(logits=logits).sample().float()
        )
    },
}
