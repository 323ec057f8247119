"""The exercise `bert.mask_tokens`."""

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .measures import MEASURES, NOT_CHOSEN, bounds, expected, measured

# --- answers ---------------------------------------------------------------


def throws(ids, rng):
    return torch.rand(ids.shape, generator=rng, dtype=torch.float64)


def each_token(ids, special, p, rng):
    return (throws(ids, rng) < p) & ~special


def eighty_ten_ten(ids, rng):
    """0 to become [MASK], 1 to be drawn, 2 to stay."""
    fate = throws(ids, rng)
    return (fate >= 0.8).long() + (fate >= 0.9).long()


def any_word(ids, vocab_size, rng):
    return torch.randint(vocab_size, ids.shape, generator=rng)


def where_chosen(ids, chosen, fate):
    return ids.where(chosen, NOT_CHOSEN)


def masked(
    ids,
    special,
    mask_id,
    vocab_size,
    rng,
    p=0.15,
    *,
    choose=each_token,
    fates=eighty_ten_ten,
    draw=any_word,
    label=where_chosen,
    replaced=lambda chosen: chosen,
):
    chosen = choose(ids, special, p, rng)
    fate, words = fates(ids, rng), draw(ids, vocab_size, rng)
    touched = replaced(chosen)
    inputs = ids.where(~(touched & (fate == 0)), mask_id)
    inputs = torch.where(touched & (fate == 1), words, inputs)
    return inputs, label(ids, chosen, fate)


def reference(ids, special, mask_id, vocab_size, rng, p=0.15):
    return masked(ids, special, mask_id, vocab_size, rng, p)


def always(fate):
    return lambda ids, rng: torch.full_like(ids, fate)


def tenth_of_the_rest(ids, rng):
    """Eight tenths become [MASK], and a tenth of the others is drawn."""
    draws = throws(ids, rng) < 0.1
    return torch.where(throws(ids, rng) < 0.8, 0, 2 - draws.long())


def shares(mask, drawn):
    def fates(ids, rng):
        fate = throws(ids, rng)
        return (fate >= mask).long() + (fate >= mask + drawn).long()

    return fates


def exactly(ids, chosen, rng):
    """Eight tenths of the chosen, one tenth, and the rest."""
    order = throws(ids, rng).masked_fill(~chosen, 2).flatten().argsort()
    rank = order.argsort().view(ids.shape) / chosen.sum()
    return (rank >= 0.8).long() + (rank >= 0.9).long()


def exact_shares(ids, special, mask_id, vocab_size, rng, p=0.15):
    chosen = each_token(ids, special, p, rng)
    return masked(
        *(ids, special, mask_id, vocab_size, rng, p),
        choose=lambda *given: chosen,
        fates=lambda ids, rng: exactly(ids, chosen, rng),
    )


def one_for_all(ids, rng):
    first = eighty_ten_ten(ids[:1, :1], rng)
    return first.expand(ids.shape)


def one_a_row(ids, rng):
    return eighty_ten_ten(ids[:, :1], rng).expand(ids.shape)


def special_too(ids, special, p, rng):
    return throws(ids, rng) < p


def same_places(ids, special, p, rng):
    return (throws(ids[:1], rng) < p) & ~special


def whole_rows(ids, special, p, rng):
    return (throws(ids[:, :1], rng) < p) & ~special


def as_many_in_each_row(ids, special, p, rng):
    order = throws(ids, rng).masked_fill(special, 2).argsort(1).argsort(1)
    many = ((~special).sum(1, keepdim=True) * p).round()
    return (order < many) & ~special


def as_many_in_all(ids, special, p, rng):
    order = throws(ids, rng).masked_fill(special, 2).flatten().argsort()
    many = round(float((~special).sum()) * p)
    chosen = torch.zeros(ids.numel(), dtype=torch.bool)
    chosen[order[:many]] = True
    return chosen.view(ids.shape)


def the_others(ids, special, p, rng):
    return (throws(ids, rng) >= p) & ~special


def always_15(ids, special, p, rng):
    return each_token(ids, special, 0.15, rng)


def own_generator(seed):
    """Draws from a generator with a seed of its own, or from none."""

    def answer(ids, special, mask_id, vocab_size, rng, p=0.15):
        own = torch.Generator()
        own.manual_seed(seed) if seed is not None else own.seed()
        return masked(ids, special, mask_id, vocab_size, own, p)

    return answer


def in_place(ids, special, mask_id, vocab_size, rng, p=0.15):
    inputs, labels = masked(ids, special, mask_id, vocab_size, rng, p)
    return ids.copy_(inputs), labels


def swapped(*given, **named):
    return reference(*given, **named)[::-1]


# --- cases -----------------------------------------------------------------

WORDS = 4  # ids from here on are words; before them stand special tokens


def a_batch(b, n, vocab_size, *p, words_first=False):
    """Texts between [CLS] and [SEP], the later ones shorter and padded.

    words_first: whether the special tokens have the highest ids.
    """

    def inputs(rng):
        ids = rng.integers(WORDS, vocab_size, size=(b, n))
        ids[:, 0] = 1
        lengths = n - np.arange(b) % 3  # with [CLS] and [SEP]
        for row, length in enumerate(lengths):
            ids[row, length - 1 :] = 0
            ids[row, length - 1] = 2
        special, mask_id = ids < WORDS, 3
        if words_first:
            ids, mask_id = vocab_size - 1 - ids, vocab_size - 1 - mask_id
        given = {
            "ids": torch.from_numpy(ids),
            "special": torch.from_numpy(special),
            "mask_id": mask_id,
            "vocab_size": vocab_size,
            "seed": int(rng.integers(2**31)),
        }
        return given | ({"p": p[0]} if p else {})

    return inputs


def called(ids, special, mask_id, vocab_size, seed, *p):
    return {
        "ids": ids,
        "special": special,
        "mask_id": mask_id,
        "vocab_size": vocab_size,
        **({"p": p[0]} if p else {}),
    }


EXERCISE = Exercise(
    id="bert.mask_tokens",
    signature=("mask_tokens(ids, special, mask_id, vocab_size, rng, p=0.15)"),
    asks=(
        "Hide some tokens, and keep what stood there. `ids` is `(b, n)`. "
        "`special` `(b, n)` is `True` on [CLS], [SEP] and padding, which are "
        "never chosen. Choose every other token with probability `p`, each "
        "for itself. Of the chosen, again each for itself, 80 % become "
        "`mask_id`, 10 % become a word drawn uniformly from *all* "
        "`vocab_size` ids (perhaps the same one), and 10 % stay. Return "
        "`(inputs, labels)`, both `(b, n)`. The labels are the ids at the "
        "chosen places and −100 elsewhere. `rng` is a `torch.Generator`. All "
        "randomness comes from it, and a second call draws again. The check "
        "draws often, and measures the shares."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=8,
    reference=reference,
    way=measured,
    expected=expected,
    bounds=bounds,
    cases=(
        Case("everything is chosen", a_batch(2, 5, 9, 1.0)),
        Case("nothing is chosen", a_batch(2, 5, 9, 0.0)),
        Case("p as it comes, a large vocabulary", a_batch(180, 60, 1_000)),
        Case(
            "nine in ten tokens, eight ids, words first",
            a_batch(160, 60, 8, 0.9, words_first=True),
        ),
    ),
    misconceptions=(
        Misconception(
            "all become [MASK]",
            "every chosen token becomes [MASK]. One in ten should become "
            "another word, and one in ten should stay.",
            but(masked, fates=always(0)),
        ),
        Misconception(
            "a tenth of the rest",
            "only a tenth of those that are left becomes another word, 2 % "
            "of the chosen. It is half of them, 10 % of the chosen.",
            but(masked, fates=tenth_of_the_rest),
        ),
        Misconception(
            "none stay",
            "no chosen token stays as it is. One in ten should.",
            but(masked, fates=shares(0.8, 0.2)),
        ),
        Misconception(
            "nine in ten become [MASK]",
            "nine in ten of the chosen become [MASK], and none stays. It is "
            "eight in ten, and one in ten stays.",
            but(masked, fates=shares(0.9, 0.1)),
        ),
        Misconception(
            "none drawn",
            "no chosen token becomes another word. One in ten should.",
            but(masked, fates=shares(0.8, 0)),
        ),
        Misconception(
            "drawn and kept, not masked",
            "no chosen token becomes [MASK]. Eight in ten should.",
            but(masked, fates=shares(0, 0.5)),
        ),
        Misconception(
            "labels everywhere",
            "every token has its id as label. Where none was chosen, put "
            "−100, or the loss counts what was never hidden.",
            but(masked, label=lambda ids, chosen, fate: ids),
        ),
        Misconception(
            "labels of all words",
            "every word has its id as label. Where none was chosen, put "
            "−100, or the loss counts what was never hidden.",
            but(
                masked,
                label=lambda ids, chosen, fate: where_chosen(
                    ids, ids >= WORDS, fate
                ),
            ),
        ),
        Misconception(
            "labels only under [MASK]",
            "only what became [MASK] has a label. The other chosen tokens "
            "have one too: their place is asked as well.",
            but(
                masked,
                label=lambda ids, chosen, fate: where_chosen(
                    ids, chosen & (fate == 0), fate
                ),
            ),
        ),
        Misconception(
            "no label where it stays",
            "a chosen token that stays has no label. It has one: its place is "
            "asked as well.",
            but(
                masked,
                label=lambda ids, chosen, fate: where_chosen(
                    ids, chosen & (fate < 2), fate
                ),
            ),
        ),
        Misconception(
            "0 for not chosen",
            "the labels are 0 where no token was chosen. Put −100: 0 is an "
            "id like any other.",
            but(
                masked,
                label=lambda ids, chosen, fate: ids.where(chosen, 0),
            ),
        ),
        Misconception(
            "labels of the others",
            "the labels stand where *no* token was chosen.",
            but(
                masked,
                label=lambda ids, chosen, fate: ids.where(~chosen, NOT_CHOSEN),
            ),
        ),
        Misconception(
            "special tokens chosen",
            "you choose special tokens, too. Nothing can be learned from "
            "guessing [CLS] or padding: leave out what is `True` in "
            "`special`.",
            but(masked, choose=special_too),
        ),
        Misconception(
            "special inverted",
            "you choose *only* special tokens. `True` in `special` means "
            "never.",
            but(
                masked,
                choose=lambda ids, special, p, rng: each_token(
                    ids, ~special, p, rng
                ),
            ),
        ),
        Misconception(
            "the last id never drawn",
            "the last id is never drawn. `torch.randint` leaves out its "
            "upper end by itself, so subtract no more.",
            but(
                masked,
                draw=lambda ids, vocab_size, rng: any_word(
                    ids, vocab_size - 1, rng
                ),
            ),
        ),
        Misconception(
            "id 0 never drawn",
            "id 0 is never drawn. Draw from all ids, from 0 on.",
            but(
                masked,
                draw=lambda ids, vocab_size, rng: (
                    1 + any_word(ids, vocab_size - 1, rng)
                ),
            ),
        ),
        Misconception(
            "one word for all",
            "one word is drawn for all places. Draw one for each.",
            but(
                masked,
                draw=lambda ids, vocab_size, rng: any_word(
                    ids[:1, :1], vocab_size, rng
                ).expand(ids.shape),
            ),
        ),
        Misconception(
            "one word for a row",
            "one word is drawn for all places of a row. Draw one for each "
            "place.",
            but(
                masked,
                draw=lambda ids, vocab_size, rng: any_word(
                    ids[:, :1], vocab_size, rng
                ).expand(ids.shape),
            ),
        ),
        Misconception(
            "same places in every row",
            "the same places are chosen in every row. Each token needs a "
            "throw of its own.",
            but(masked, choose=same_places),
        ),
        Misconception(
            "whole rows",
            "a row is chosen whole or not at all. Each token needs a throw "
            "of its own.",
            but(masked, choose=whole_rows),
        ),
        Misconception(
            "as many in each row",
            "every row has the same number of chosen tokens. Each token has "
            "its own chance, so the number varies.",
            but(masked, choose=as_many_in_each_row),
        ),
        Misconception(
            "as many in all",
            "every batch has the same number of chosen tokens. Each token "
            "has its own chance, so the number varies.",
            but(masked, choose=as_many_in_all),
        ),
        Misconception(
            "one fate for all",
            "all chosen tokens of a batch meet the same fate. Each needs a "
            "throw of its own.",
            but(masked, fates=one_for_all),
        ),
        Misconception(
            "one fate a row",
            "the chosen tokens of a row meet the same fate. Each needs a "
            "throw of its own.",
            but(masked, fates=one_a_row),
        ),
        Misconception(
            "exactly eight in ten",
            "exactly 80 % of the chosen become [MASK] in every batch. Each "
            "chosen token needs a throw of its own, so the number varies.",
            exact_shares,
        ),
        Misconception(
            "p is kept",
            "you choose with probability 1 − p. p is the chance of being "
            "chosen.",
            but(masked, choose=the_others),
        ),
        Misconception(
            "p ignored",
            "15 % are chosen, whatever `p` is.",
            but(masked, choose=always_15),
        ),
        Misconception(
            "all tokens touched",
            "tokens that were not chosen are changed, too. Leave them as "
            "they are.",
            but(masked, replaced=lambda chosen: torch.ones_like(chosen)),
        ),
        Misconception(
            "rng not used",
            "the same seed hides other tokens each time: the randomness does "
            "not come from `rng`. Hand it on, `generator=rng`.",
            own_generator(None),
        ),
        Misconception(
            "a seed of its own",
            "every call hides the same tokens: you draw from a generator "
            "with a seed of its own. Every epoch should hide others.",
            own_generator(0),
        ),
        Misconception(
            "swapped",
            "you returned the labels first. Return `(inputs, labels)`.",
            swapped,
        ),
    ),
    hints=(
        "Of 100 chosen tokens, how many become [MASK], how many another "
        "word, how many stay? What share of those that did *not* become "
        "[MASK] is it?",
        "`torch.rand(ids.shape, generator=rng) < p` chooses. A second throw "
        "for each place decides: below 0.8, below 0.9, or above. "
        "`torch.where` puts things together without changing `ids`.",
        "chosen = (throw < p) and not special; labels = ids where chosen, "
        "else −100; fate = another throw; inputs = mask_id where chosen and "
        "fate < 0.8; a random id where chosen and 0.8 ≤ fate < 0.9; else "
        "ids.",
    ),
    returns=MEASURES,
    called=called,
)
