"""The exercise `sentence_embeddings.pool`."""

import torch

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.seams import but
from ..pieces.tensors import flags, tensor

KINDS = ("mean", "max", "cls")


def one_by_one(hidden, mask, kind="mean"):
    """Sentence by sentence, from its real rows alone."""
    if kind not in KINDS:
        raise ValueError(f"kind should be one of {KINDS}; got {kind!r}")
    pooled = torch.zeros_like(hidden[:, 0])
    for place, (rows, real) in enumerate(zip(hidden, mask, strict=True)):
        if kind == "cls":
            pooled[place] = rows[0]
        elif real.any() and kind == "max":
            pooled[place] = rows[real].max(0).values
        elif real.any():
            pooled[place] = rows[real].mean(0)
    return pooled


# --- what goes wrong -------------------------------------------------------


def summed(hidden, real):
    return (hidden * real).sum(1)


def counted(hidden, real):
    return real.sum(1).clamp(min=1)


def every_place(hidden, real):
    return real.shape[1]


def root(hidden, real):
    return counted(hidden, real).sqrt()


def of_the_batch(hidden, real):
    """The mean number of real tokens in the batch."""
    return real.sum(1).mean().clamp(min=1)


def average(hidden, real):
    return summed(hidden, real) / counted(hidden, real)


def largest(hidden, real, fill=-torch.inf, none=0.0):
    found = hidden.masked_fill(real == 0, fill).amax(1)
    return found.where(real.any(1), torch.full_like(found, none))


def padding_counts_0(hidden, real):
    return (hidden * real).amax(1)


def values_and_places(hidden, real):
    """What `max` over an axis returns."""
    return hidden.masked_fill(real == 0, -torch.inf).max(1)


def smallest(hidden, real):
    return -largest(-hidden, real)


def furthest(hidden, real):
    """The number that is furthest from 0."""
    held = hidden * real
    place = held.abs().argmax(1, keepdim=True)
    return held.gather(1, place)[:, 0]


def first(hidden, real):
    return hidden[:, 0]


def last(hidden, real):
    return hidden[:, -1]


def last_real(hidden, real):
    places = torch.arange(hidden.shape[1]) * real[..., 0]
    return hidden[torch.arange(len(hidden)), places.long().amax(1)]


def first_real(hidden, real):
    """Of a sentence without any, place 0."""
    return hidden[torch.arange(len(hidden)), real[..., 0].argmax(1)]


def first_if_real(hidden, real):
    return hidden[:, 0] * real[:, 0]


def refused(hidden, real, kind):
    raise ValueError(f"unknown kind {kind!r}")


def asserted(hidden, real, kind):
    raise AssertionError


def pooled(
    hidden,
    mask,
    kind="mean",
    *,
    read=lambda mask: mask,
    mean=average,
    top=largest,
    cls=first,
    other=refused,
    finish=lambda found: found,
):
    real = read(mask)[..., None].to(hidden.dtype)
    ways = {"mean": mean, "max": top, "cls": cls}
    if kind not in ways:
        return other(hidden, real, kind)
    return finish(ways[kind](hidden, real))


def over(count):
    return lambda hidden, real: summed(hidden, real) / count(hidden, real)


def everything(mask):
    return torch.ones_like(mask)


def but_the_first(mask):
    """Without [CLS]."""
    return mask & (torch.arange(mask.shape[1]) > 0)


def nan_for_none(hidden, real):
    return summed(hidden, real) / real.sum(1)


def of_length_1(found):
    return found / found.norm(dim=-1, keepdim=True).clamp(min=1e-12)


def along_the_width(hidden, real):
    return (hidden * real).mean(2)


def one_for_the_batch(hidden, real):
    total = summed(hidden, real).sum(0) / real.sum().clamp(min=1)
    return total.expand(len(hidden), -1)


# --- cases -----------------------------------------------------------------


def batch(*rows, d=3, zero=(), **more):
    """A sentence a row of 1 and 0; what stands at padding is large.

    zero: where a number is 0.
    """

    def inputs(rng):
        mask = flags(*rows)
        hidden = tensor(readable(rng, *mask.shape, d))
        if zero:
            hidden[zero] = 0
        hidden = hidden.where(mask[..., None], 5 + hidden)
        return {"hidden": hidden, "mask": mask, **more}

    return inputs


def negative(*rows, d=3, **more):
    """All real numbers are below −2, and padding is still lower."""

    def inputs(rng):
        mask = flags(*rows)
        hidden = tensor(readable(rng, *mask.shape, d)).abs()
        hidden = (-2 - hidden).where(mask[..., None], -9 - hidden)
        return {"hidden": hidden, "mask": mask, **more}

    return inputs


def far_below(*rows):
    """Real numbers of −200,000 and less, where padding is 5 or more."""

    def inputs(rng):
        given = batch(*rows, d=2, kind="max")(rng)
        real = given["mask"][..., None]
        low = (given["hidden"].abs() + 2) * -1e5
        return {**given, "hidden": low.where(real, given["hidden"])}

    return inputs


def by_hand(kind):
    return lambda rng: {
        "hidden": tensor([[[1.0, 3.0], [3.0, 5.0], [9.0, 9.0]]]),
        "mask": flags("110"),
        "kind": kind,
    }


EXERCISE = Exercise(
    id="sentence_embeddings.pool",
    signature='pool(hidden, mask, kind="mean")',
    asks=(
        "Make one vector of each sentence. `hidden` `(b, n, d)` has a vector "
        "for each token, `mask` `(b, n)` is `True` at real tokens and "
        '`False` at padding. Return `(b, d)`. For `kind="mean"` it is the '
        'mean over the real tokens, for `kind="max"` the largest of each '
        "column over the real tokens. A sentence without any real token "
        'gets zeros in both. For `kind="cls"` it is the vector at place 0, '
        "whatever the mask says. Raise a `ValueError` with a sentence for "
        "any other `kind`. Use PyTorch's operations, so that gradients can "
        "flow back: below you train through it."
    ),
    points=3,
    difficulty=2,
    importance=5,
    minutes=8,
    reference=one_by_one,
    cases=(
        Case("a sentence without padding", batch("11", d=2, kind="mean")),
        Case("by hand, the mean", by_hand("mean")),
        Case("by hand, the largest", by_hand("max")),
        Case("by hand, place 0", by_hand("cls")),
        Case(
            "sentences of 3, 1 and 2",
            batch("1110", "1000", "1100", zero=(0, 1, 0)),
        ),
        Case(
            "the largest, of sentences of 1 and 3",
            batch("1000", "1110", kind="max"),
        ),
        Case(
            "the largest of numbers below 0",
            negative("1100", "1110", kind="max"),
        ),
        Case("the largest of numbers far below 0", far_below("110", "100")),
        Case("place 0 of two sentences", batch("110", "111", kind="cls")),
        Case("padding in front", batch("0011", "0111", kind="mean")),
        Case("padding in front, the largest", batch("0011", kind="max")),
        Case(
            "place 0, with padding in front", batch("011", "001", kind="cls")
        ),
        Case(
            "a sentence without any token",
            batch("000", "110", d=2, kind="mean"),
        ),
        Case(
            "the same, the largest",
            negative("110", "000", d=2, kind="max"),
        ),
        Case(
            "more sentences than tokens",
            batch("11", "10", "01", "11", "10", d=5, kind="mean"),
        ),
        Case('kind=""', batch("110", "111", kind=""), raises=ValueError),
        Case('kind="CLS"', batch("101", "111", kind="CLS"), raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "padding averaged in",
            "you averaged the padding in. Its vectors mean nothing: add the "
            "real tokens only, and divide by how many there are.",
            but(pooled, mean=lambda h, real: h.mean(1)),
        ),
        Misconception(
            "padding in both",
            "you never looked at the mask. Padding has vectors too, and they "
            "mean nothing.",
            but(pooled, read=everything),
        ),
        Misconception(
            "divided by n",
            "you added the real tokens, and divided by all places. Divide by "
            "the number of real tokens.",
            but(pooled, mean=over(every_place)),
        ),
        Misconception(
            "divided by the root of the count",
            "you divided by the root of the number of tokens. A mean divides "
            "by the number itself.",
            but(pooled, mean=over(root)),
        ),
        Misconception(
            "one divisor for the batch",
            "you divided all sentences by the same number. Each has its own "
            "number of real tokens.",
            but(pooled, mean=over(of_the_batch)),
        ),
        Misconception(
            "sum",
            "you added the real tokens up and did not divide.",
            but(pooled, mean=summed),
        ),
        Misconception(
            "NaN for none",
            "NaN for a sentence without any token: that is 0 divided by 0. "
            "Return zeros there.",
            but(pooled, mean=nan_for_none),
        ),
        Misconception(
            "padding's 0 in the maximum",
            "you set padding to 0, and 0 is the largest where all is "
            "negative. Set it to −∞ before you take the largest.",
            but(pooled, top=padding_counts_0),
        ),
        Misconception(
            "maximum over padding",
            "you took the largest over the padding too. Only real tokens "
            "count.",
            but(pooled, top=lambda h, real: h.amax(1)),
        ),
        Misconception(
            "−10⁹ for none",
            "for a sentence without any token your largest is what you hide "
            "padding with, −10⁹. Return zeros there.",
            but(pooled, top=but(largest, fill=-1e9, none=-1e9)),
        ),
        Misconception(
            "padding hidden with −10⁴",
            "you hide padding with −10,000, and real numbers may be lower. "
            "Hide it with −∞.",
            but(pooled, top=but(largest, fill=-1e4)),
        ),
        Misconception(
            "−∞ for none",
            "for a sentence without any token your largest is −∞. Return "
            "zeros there.",
            but(pooled, top=but(largest, none=-torch.inf)),
        ),
        Misconception(
            "values and places",
            "`max` over an axis returns two things, the values and their "
            "places. Return the values alone, or use `amax`.",
            but(pooled, top=values_and_places),
        ),
        Misconception(
            "largest magnitude",
            "you took the number that is furthest from 0. The largest of −3 "
            "and 2 is 2.",
            but(pooled, top=furthest),
        ),
        Misconception(
            "smallest",
            "you took the smallest number of each column.",
            but(pooled, top=smallest),
        ),
        Misconception(
            "last for first",
            '"cls" gives the last place in yours. [CLS] stands at place 0.',
            but(pooled, cls=last),
        ),
        Misconception(
            "last real token",
            '"cls" gives the last real token in yours. [CLS] stands at place '
            "0.",
            but(pooled, cls=last_real),
        ),
        Misconception(
            "first real token",
            '"cls" gives the first *real* token in yours. It is place 0, '
            "whatever the mask says.",
            but(pooled, cls=first_real),
        ),
        Misconception(
            "cls masked",
            'you masked place 0 for "cls". Return it whatever the mask says.',
            but(pooled, cls=first_if_real),
        ),
        Misconception(
            "mask inverted",
            "your mask is inverted: you pooled the padding. `True` is a real "
            "token.",
            but(pooled, read=lambda mask: ~mask),
        ),
        Misconception(
            "made a unit vector",
            "the direction is right, but you made each vector 1 long. Return "
            "it as it is: the cosine divides by the length later.",
            but(pooled, finish=of_length_1),
        ),
        Misconception(
            "without [CLS]",
            "you left out place 0. [CLS] is a real token, and counts like "
            "the others.",
            but(pooled, read=but_the_first),
        ),
        Misconception(
            "mean without [CLS]",
            "you left place 0 out of the mean. [CLS] is a real token, and "
            "counts like the others.",
            but(
                pooled,
                mean=lambda h, real: average(h[:, 1:], real[:, 1:]),
            ),
        ),
        Misconception(
            "over the width",
            "you averaged over the width: one number for each token. Average "
            "over the tokens, axis 1.",
            but(pooled, mean=along_the_width),
        ),
        Misconception(
            "one vector for the batch",
            "you averaged over all sentences together. Each has its own "
            "vector.",
            but(pooled, mean=one_for_the_batch),
        ),
        Misconception(
            "the largest by default",
            "right wherever `kind` is given. If it is not, take the mean.",
            lambda hidden, mask, kind="max": pooled(hidden, mask, kind),
        ),
        Misconception(
            "cls by default",
            "right wherever `kind` is given. If it is not, take the mean. "
            "Yours takes place 0.",
            lambda hidden, mask, kind="cls": pooled(hidden, mask, kind),
        ),
        Misconception(
            "kind ignored",
            "you take the mean whatever `kind` says.",
            lambda hidden, mask, kind="mean": pooled(hidden, mask),
        ),
        Misconception(
            "no error",
            "a `kind` that nobody knows passes without an error. A typing "
            "error would never be noticed: raise a ValueError.",
            but(pooled, other=lambda h, real, kind: average(h, real)),
        ),
        Misconception(
            "no error but place 0",
            'any `kind` that is neither "mean" nor "max" counts as "cls" in '
            "yours. Raise a ValueError for what is none of the three.",
            but(pooled, other=lambda h, real, kind: first(h, real)),
        ),
        Misconception(
            "no error but the largest",
            'any `kind` that is neither "mean" nor "cls" counts as "max" in '
            "yours. Raise a ValueError for what is none of the three.",
            but(pooled, other=lambda h, real, kind: largest(h, real)),
        ),
        Misconception(
            "None for another kind",
            "for another `kind` nothing is returned, and nobody is told. "
            "Raise a ValueError.",
            but(pooled, other=lambda h, real, kind: None),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError, and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            but(pooled, other=asserted),
        ),
    ),
    hints=(
        "Two of three vectors are real. What is added up, and by what is "
        "the sum divided?",
        "`mask[..., None]` is `(b, n, 1)` and broadcasts over the width. For "
        "the mean multiply by it, add over axis 1, and divide by the count "
        "(1 where it is 0). For the largest, `masked_fill` padding with −∞.",
        "real = mask[..., None]; mean: (hidden × real).sum(1) / "
        "real.sum(1).clamp(min=1). max: hidden with −∞ where not real, amax "
        "over axis 1, and 0 where no token is real. cls: hidden[:, 0].",
    ),
    returns=("vectors",),
)
