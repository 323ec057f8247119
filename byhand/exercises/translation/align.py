"""The exercise `translation.align`."""

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Misconception, Whole

from ..pieces.seams import but
from ..pieces.tensors import tensor


def by_sums(weights, src_mask):
    """Real columns alone, and their places looked up again."""
    places = torch.nonzero(src_mask)[:, 0]
    return places[weights.sum(0)[:, places].argmax(1)]


def hidden(scores, src_mask):
    return scores.masked_fill(~src_mask, -torch.inf)


def over_heads(
    weights,
    src_mask,
    *,
    join=lambda w: w.mean(0),
    hide=hidden,
    choose=lambda scores: scores.argmax(-1),
):
    """The best place, each step of which can go wrong."""
    return choose(hide(join(weights), src_mask))


def a_vote(weights, src_mask):
    """Each head names a place; the one named most often, at a tie first."""
    named = hidden(weights, src_mask).argmax(-1)  # (h, m)
    votes = torch.nn.functional.one_hot(named, weights.shape[-1]).sum(0)
    return votes.argmax(-1)


def surest_head(weights, src_mask):
    """Of the head that is surest about a word."""
    shut = hidden(weights, src_mask)
    best, places = shut.max(-1)
    return places.gather(0, best.argmax(0, keepdim=True))[0]


def sharpest_head(weights, src_mask):
    """One head for the whole sentence, the one with the largest weight."""
    shut = hidden(weights, src_mask)
    return shut[shut.amax((1, 2)).argmax()].argmax(-1)


def mean_of_places(weights, src_mask):
    places = hidden(weights, src_mask).argmax(-1).double()
    return places.mean(0).round().long()


def without_padding(weights, src_mask):
    """Places counted among the real words only."""
    return weights.mean(0)[:, src_mask].argmax(-1)


def each_head(weights, src_mask):
    return hidden(weights, src_mask).argmax(-1)


def along_the_target(weights, src_mask):
    return weights.mean(0).argmax(0)


def closed_by_rows(scores, src_mask):
    return scores * src_mask.flip(0)


def heads(*rows, mask):
    """A case of its own weights, each moved a little and made to sum to 1.

    rows: for each head its weights, a list a target word.
    """

    def inputs(rng):
        weights = np.array(rows) + rng.uniform(0, 0.01, np.shape(rows))
        weights /= weights.sum(axis=-1, keepdims=True)
        return {
            "weights": tensor(weights),
            "src_mask": tensor([flag == "1" for flag in mask]),
        }

    return inputs


def drawn(h, m, mask):
    def inputs(rng):
        scores = rng.normal(0, 1.5, (h, m, len(mask)))
        weights = np.exp(scores)
        weights /= weights.sum(axis=-1, keepdims=True)
        return {
            "weights": tensor(weights),
            "src_mask": tensor([flag == "1" for flag in mask]),
        }

    return inputs


BLUE_HOUSE = (
    [[0.6, 0.2, 0.2], [0.1, 0.5, 0.4], [0.1, 0.6, 0.3]],
    [[0.6, 0.1, 0.3], [0.2, 0.1, 0.7], [0.1, 0.8, 0.1]],
)
# Two of three heads like place 0 a little better; the third is sure of 1.
OUTVOTED = (
    [[0.45, 0.35, 0.2], [0.2, 0.45, 0.35]],
    [[0.45, 0.35, 0.2], [0.2, 0.45, 0.35]],
    [[0.1, 0.8, 0.1], [0.1, 0.1, 0.8]],
)
# One head is all but sure that it is not 1, so a product leaves it out.
VETO = (
    [[0.55, 0.001, 0.449], [0.3, 0.2, 0.5]],
    [[0.1, 0.85, 0.05], [0.3, 0.2, 0.5]],
)
CLOSE = (  # by their squares, place 0 would win
    [[0.68, 0.32, 0.0], [0.0, 0.3, 0.7]],
    [[0.0, 0.45, 0.55], [0.6, 0.35, 0.05]],
)
TORN = ([[0.5, 0.3, 0.2]], [[0.2, 0.24, 0.56]])
SURE = (  # one head is sure of 0, the others agree on 2
    [[0.7, 0.1, 0.2, 0.0]],
    [[0.1, 0.25, 0.65, 0.0]],
    [[0.1, 0.25, 0.65, 0.0]],
)


EXERCISE = Exercise(
    id="translation.align",
    signature="align(weights, src_mask)",
    asks=(
        "Which source word did each target word look at most? `weights` "
        "`(h, m, n)` is one sentence's cross-attention: h heads, m target "
        "words, n places of the source. `src_mask` `(n,)` is `True` at real "
        "words, one at least. Return `(m,)` whole numbers: for each target "
        "word the place of the source with the largest **mean** weight over "
        "the heads, counted from 0 with padding included. Never choose a "
        "padded place, though it may carry weight here. There are no ties."
    ),
    points=2,
    difficulty=2,
    importance=3,
    minutes=4,
    reference=by_sums,
    cases=(
        Case("one head, one word", drawn(1, 1, "111")),
        Case("the blue house", heads(*BLUE_HOUSE, mask="111")),
        Case(
            "two heads against one that is surer", heads(*OUTVOTED, mask="111")
        ),
        Case("one head all but rules a place out", heads(*VETO, mask="111")),
        Case("one head is sure, two agree", heads(*SURE, mask="1111")),
        Case("one head is surer, two are likelier", heads(*CLOSE, mask="111")),
        Case("two heads that disagree", heads(*TORN, mask="111")),
        Case("padding behind", drawn(2, 5, "1100")),
        Case("padding in front", drawn(3, 4, "00111")),
        Case("more target words than source", drawn(2, 6, "1110")),
        Case("fewer target words than source", drawn(4, 2, "011010")),
        Case("a single real word", drawn(3, 4, "00010")),
    ),
    misconceptions=(
        Misconception(
            "the first head",
            "you looked at the first head only. Take the mean over all heads.",
            but(over_heads, join=lambda w: w[0]),
        ),
        Misconception(
            "the last head",
            "you looked at the last head only. Take the mean over all heads.",
            but(over_heads, join=lambda w: w[-1]),
        ),
        Misconception(
            "the largest of the heads",
            "you took the *largest* weight of the heads, so that one sure "
            "head decides alone. Take the mean over the heads.",
            surest_head,
        ),
        Misconception(
            "a vote",
            "you let the heads vote, each for its best place. A head that is "
            "sure then counts no more than one that wavers. Take the mean of "
            "their weights.",
            a_vote,
        ),
        Misconception(
            "the product",
            "you multiplied the heads' weights, so that one head with a "
            "small weight can rule a place out. Take the mean.",
            but(over_heads, join=lambda w: w.prod(0)),
        ),
        Misconception(
            "the median",
            "you took the median of the heads. Take the mean.",
            but(over_heads, join=lambda w: w.quantile(0.5, dim=0)),
        ),
        Misconception(
            "the smallest of the heads",
            "you took the *smallest* weight of the heads. Take the mean.",
            but(over_heads, join=lambda w: w.amin(0)),
        ),
        Misconception(
            "one head for the sentence",
            "you chose the head with the largest weight of all and followed "
            "it throughout. Take the mean over all heads.",
            sharpest_head,
        ),
        Misconception(
            "padding allowed",
            "you chose padded places. They may carry weight, but there is no "
            "word: hide them before you look for the largest.",
            but(over_heads, hide=lambda scores, mask: scores),
        ),
        Misconception(
            "mask inverted",
            "you hid the real words and chose among padding. `True` in "
            "`src_mask` is a real word.",
            but(
                over_heads,
                hide=lambda scores, mask: (
                    hidden(scores, ~mask) if not mask.all() else scores * 0
                ),
            ),
        ),
        Misconception(
            "mask flipped",
            "your mask is flipped: its first entry hides the last place.",
            but(over_heads, hide=lambda s, mask: hidden(s, mask.flip(0))),
        ),
        Misconception(
            "along the target",
            "you searched along the target: for each *source* place the best "
            "target word. Each target word looks for a source place: the "
            "last axis.",
            but(over_heads, choose=lambda scores: scores.argmax(0)),
        ),
        Misconception(
            "along the target, padding too",
            "you searched along the target, and left padding in. Each target "
            "word looks for a source place, the last axis, where a word is.",
            along_the_target,
        ),
        Misconception(
            "counted without padding",
            "you dropped padding first and counted places in what was left. "
            "Count places in the source as it is.",
            without_padding,
        ),
        Misconception(
            "the least weight",
            "you chose the place with the *smallest* mean weight.",
            but(
                over_heads,
                hide=lambda scores, mask: hidden(-scores, mask),
            ),
        ),
        Misconception(
            "every head",
            "you return a row for each head. Take the mean over the heads "
            "first: one place for each target word.",
            each_head,
        ),
        Misconception(
            "the mean of the places",
            "you took the mean of *places*. Places 0 and 2 do not make a 1. "
            "Take the mean of the weights.",
            mean_of_places,
        ),
        Misconception(
            "counted from 1",
            "your places are 1 too large: the first word is place 0.",
            but(over_heads, choose=lambda scores: scores.argmax(-1) + 1),
        ),
        Misconception(
            "floats",
            "the places are right, but they are floats. A place is a whole "
            "number.",
            but(over_heads, choose=lambda s: s.argmax(-1).double()),
        ),
        Misconception(
            "the weights themselves",
            "you return the largest mean weights. Return *where* they stand.",
            but(over_heads, choose=lambda scores: scores.amax(-1)),
        ),
        Misconception(
            "weights and places",
            "you return what `max` gives: the weights *and* the places. "
            "Return the places alone.",
            but(over_heads, choose=lambda scores: scores.max(-1)),
        ),
        Misconception(
            "one place for all",
            "you return one place for the whole sentence. Each target word "
            "has its own.",
            but(over_heads, choose=lambda scores: scores.argmax()),
        ),
    ),
    hints=(
        "For *maison* head 1 has .1 .5 .4 and head 2 has .2 .1 .7. What are "
        "the means, and which place wins?",
        "Mean over axis 0 leaves `(m, n)`. Set padded columns to −∞ with "
        "`masked_fill(~src_mask, …)`: the mask broadcasts over rows. Then "
        "`argmax` along the last axis.",
        "mean = weights.mean(0); mean at padding = −∞; result = argmax of "
        "each row.",
    ),
    returns=(Whole("places"),),
)
