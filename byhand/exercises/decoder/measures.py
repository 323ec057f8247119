"""What a whole Transformer does: measured, as its inside is free."""

import numpy as np
import torch

from byhand.exercise import Measured, Yes
from byhand.ways import modules

# Inside, a Transformer may be built in many ways, so no weights can be copied
# in by name. It is given random ones, used on sentences that differ in one
# thing, and what must hold for any weights is measured: 1 for yes, 0 for no.
# With weights of a good size whatever matters shows, in a thousandth of the
# largest logit at least; a softmax in float32 rounds by 1e-7 of it.
DIFFER, AGREE = 1e-5, 1e-6  # of the largest logit
LONG = 64  # tokens that must fit
SENTENCES = 16
# Logits are looked at with two draws of weights, and what either shows is
# there: one alone in 1,400 hides what a right model does, as an attention may
# be as good as certain.
LOOKS = 2
# Gradients with more: what never wakes in two draws varies so much that one
# sentence in twenty took a layer that does not look for one that does. In
# five, of 121 drawn, right ones had 0.99 or more of the second share below,
# and that layer 0.63 or less.
TURNS = 5
# A gradient above this share of the largest is one. Where a token is alone,
# its attention is certain, and queries and keys have none but for rounding.
AWAKE = 1e-8
MORE = 24  # units of a network, for which a few that never wake hardly count


def measured(answer, settings, src, tgt, seed, learning=True):
    """What a Transformer does with a sentence; see `MEASURES`.

    src, tgt: (1, n_src) and (1, n_tgt) token ids. The sentence and changed
    ones are one batch, a row each, so that few uses are needed. learning:
    whether to look at gradients, too, which takes several models.
    """
    rows = changed_sentences(settings, src, tgt)
    ids, targets, src_masks, tgt_masks = zip(*rows.values(), strict=True)
    n, causal = tgt.shape[1], rows["plain"][3]
    uses = [
        [*map(torch.cat, (ids, targets)), torch.stack(src_masks),
         torch.stack(tgt_masks)],
        [src, tgt, rows["plain"][2][None], causal],
        [torch.cat([src, zero_at(src, 1)]), torch.cat([tgt, zero_at(tgt, 0)]),
         None, None],
        [src[:, :-1], tgt, None, causal],
    ]  # fmt: skip
    turns = [
        [as_numbers(modules.the_output(each)) for each, _ in came]
        for came in modules.used(answer, settings, draws(seed, LOOKS), uses)
    ]
    first = turns[0][0]
    shape = np.array(() if first is None else first.shape, dtype=float)
    wanted = [(*u[1].shape, settings["tgt_vocab"]) for u in uses]
    if any(
        [None if o is None else o.shape for o in outputs] != wanted
        or not all(np.isfinite(o).all() for o in outputs)
        for outputs in turns
    ):  # there is nothing to be compared
        return shape, *(0.0,) * (len(MEASURES) - 1)
    whole, by_itself, no_masks, cut = map(np.stack, zip(*turns, strict=True))
    at = dict(zip(rows, whole.swapaxes(0, 1), strict=True))
    at["by itself"], at["no masks"] = by_itself[:, 0], no_masks[:, 0]
    at["zeros, no masks"], at["cut"] = no_masks[:, 1], cut[:, 0]
    return (
        shape,
        *what_it_computes(at, n),
        *how_far_it_sees(answer, settings, seed),
        *what_it_drops(answer, settings, src, tgt, seed),
        *(
            what_it_learns(answer, settings, src.shape[1], n, seed)
            if learning
            else np.ones(LEARNED)
        ),
    )


def expected(settings, src, tgt, seed, learning=True):
    """What is measured of a right Transformer: all holds, at any weights."""
    rows = len(changed_sentences(settings, src, tgt))
    shape = np.array([rows, tgt.shape[1], settings["tgt_vocab"]], dtype=float)
    return shape, *(1.0,) * (len(MEASURES) - 1)


def changed_sentences(settings, src, tgt):
    """Rows that differ in one thing: src, tgt, src_mask, tgt_mask."""
    m, n = src.shape[1], tgt.shape[1]
    sees_all = torch.ones(1, m, dtype=torch.bool)
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    opened = torch.ones_like(causal)
    hides_one = sees_all.clone()
    hides_one[:, 1] = False  # from everybody
    hides_end = sees_all.clone()
    hides_end[:, -1] = False
    hides_first = causal.clone()
    hides_first[1:, 0] = False  # from all but itself
    beside_first = opened.clone()
    beside_first[1:, 0] = False
    zeros = zero_at(src, 1), zero_at(tgt, 0)
    other_src = other(src, settings["src_vocab"])
    other_tgt = other(tgt, settings["tgt_vocab"])
    return {
        "plain": (src, tgt, sees_all, causal),
        "again": (src, tgt, sees_all, causal),
        **{
            f"src {place}": (other_src(place), tgt, sees_all, causal)
            for place in range(m)
        },
        "first token": (src, other_tgt(0), sees_all, causal),
        "both": (other_src(0), other_tgt(0), sees_all, causal),
        "late token": (src, other_tgt(n - 2), sees_all, causal),
        "covered": (src, tgt, hides_one, causal),
        "under the cover": (other_src(1), tgt, hides_one, causal),
        "beside the cover": (other_src(0), tgt, hides_one, causal),
        "end covered": (src, tgt, hides_end, causal),
        "src turned": (swapped(src), tgt, sees_all, causal),
        "alone": (src, tgt, sees_all, hides_first),
        "beside the hidden": (src, other_tgt(0), sees_all, hides_first),
        "open": (src, tgt, sees_all, opened),
        "open, last token": (src, other_tgt(n - 1), sees_all, opened),
        "tgt turned": (src, swapped(tgt), sees_all, opened),
        "zeros": (*zeros, sees_all, opened),
        "zero of the source covered": (*zeros, hides_one, opened),
        "zero of the target covered": (*zeros, sees_all, beside_first),
    }


def how_far_it_sees(answer, settings, seed):
    """Whether sentences of 64 tokens fit, and their last places differ.

    In the first one nothing is changed; in the second the later half of the
    source stands in reverse, in the third that of the target.
    """
    rng = np.random.default_rng(seed)
    src, tgt = (
        torch.from_numpy(rng.integers(1, settings[name], (1, LONG)))
        for name in ("src_vocab", "tgt_vocab")
    )

    def turned(ids):
        half = LONG // 2
        return torch.cat([ids[:, :half], ids[:, half:].flip(1)], dim=1)

    use = [
        torch.cat([src, turned(src), src]),
        torch.cat([tgt, tgt, turned(tgt)]),
        None,
        None,
    ]
    try:
        came = modules.used(answer, settings, draws(seed, LOOKS), [use])
    except Exception:  # whatever a table that is too short raises
        return 0.0, 0.0, 0.0
    plain, one, other = logits(came, 0).swapaxes(0, 1)
    return (
        1.0,
        yes(apart(plain, one).max() > DIFFER),
        # At the first place: there it is only seen.
        yes(apart(plain, other)[0] > DIFFER),
    )


def what_it_drops(answer, settings, src, tgt, seed):
    """Whether two equal sentences differ in training, with dropout and not."""

    def gap(dropout):
        use = [torch.cat([src, src]), torch.cat([tgt, tgt]), None, None]
        given = settings | {"dropout": dropout}
        # Without gradients, in training.
        came = modules.used(answer, given, draws(seed, 1), [use], False, True)
        one, other = logits(came, 0).swapaxes(0, 1)
        return apart(one, other).max()

    return yes(gap(0.5) > DIFFER), yes(gap(0.0) <= AGREE)


def what_it_computes(at, n):
    """Of the logits, (turns, n_tgt, tgt_vocab): which tokens change which."""
    late, first = n - 2, at["plain"]
    powers = np.exp(first - first.max(axis=-1, keepdims=True))
    totals = np.log(powers.sum(axis=-1)) + first.max(axis=-1)

    def differ(gaps):
        return yes((gaps > DIFFER).all())

    def agree(gaps):
        return yes((gaps <= AGREE).all())

    def gaps(one, other):
        return apart(at[one], at[other])

    places = [gaps("plain", name) for name in at if name.startswith("src ")]
    future = gaps("plain", "late token")
    # What a change of both does, beyond what each does by itself: nothing, if
    # the logits are a sum of what source and target bring.
    sums = at["src 0"] + at["first token"] - at["both"]
    return (
        1.0,
        agree(gaps("plain", "again")),
        agree(gaps("plain", "by itself")),
        yes(not np.allclose(first.sum(axis=-1), 1, atol=1e-4)),
        yes(not np.allclose(totals, 0, atol=1e-4)),
        yes(first.min() < 0 or first.max() > 1),
        yes(first.min() < 0),
        agree(future[:late]),
        differ(future[late]),
        differ(future[late + 1 :]),
        agree(gaps("alone", "beside the hidden")[1:]),
        differ(gaps("open", "open, last token")),
        differ(gaps("plain", "covered").max()),
        agree(gaps("covered", "under the cover")),
        agree(gaps("end covered", "cut")),
        differ(gaps("covered", "beside the cover")),
        differ(np.array(places[:-1])),
        differ(gaps("plain", "src turned").max()),
        differ(gaps("open", "tgt turned")[-1]),
        differ(apart(first, sums).max()),
        agree(gaps("open", "no masks")),
        agree(gaps("zeros", "zeros, no masks")),
        differ(
            np.array(
                [
                    gaps("zeros", "zero of the source covered").max(),
                    gaps("zeros", "zero of the target covered")[1:].max(),
                ]
            )
        ),
    )


def what_it_learns(answer, settings, m, n, seed):
    """Of the gradients: which weights take part, and when."""
    d_model, d_ff = settings["d_model"], settings["d_ff"]
    rng = np.random.default_rng(seed)
    src, tgt = (
        torch.from_numpy(rng.integers(1, settings[name], (SENTENCES, length)))
        for name, length in (("src_vocab", m), ("tgt_vocab", n))
    )
    uses = [
        [src, tgt, None, None],
        [src[:, :1], tgt, None, None],
        [src, tgt[:, :1], None, None],
    ]

    def tried(uses=uses, turns=TURNS, back=True, **other):
        seeds = draws(seed, turns)
        return modules.used(answer, settings | other, seeds, uses, back)

    def awake(turns, use):
        """Which weights have a gradient in that use, with any of the draws."""
        gradients = [as_numbers(came[use][1]) for came in turns]
        return np.any(
            [
                np.abs(g) > AWAKE * np.abs(g).max(initial=1e-300)
                for g in gradients
            ],
            axis=0,
        )

    def counts(turns):
        whole, *alone = (awake(turns, use) for use in range(len(turns[0])))
        asleep = [(whole & ~one).sum() for one in alone]
        return np.array([whole.sum(), *asleep])

    plain = tried()
    deeper = tried(num_layers=settings["num_layers"] + 1)
    wider = tried(uses[:1], d_ff=d_ff + MORE)
    heads = other_number(settings["num_heads"], d_model)
    heads = tried(uses[1:], LOOKS, back=False, num_heads=heads)
    brings = counts(deeper) - counts(plain)
    # Four projections in each of three attentions, and two networks.
    layer = 12 * d_model**2 + 4 * d_model * d_ff
    looks = 2 * d_model**2  # the projections of queries and keys
    grown = counts(wider)[0] - counts(plain)[0]
    networks = 4 * MORE * d_model * settings["num_layers"]
    matters = [
        apart(logits(plain[:LOOKS], use + 1), logits(heads, use)).max()
        > DIFFER
        for use in range(len(uses) - 1)
    ]
    return (
        # Biases come on top, and a few weights may sleep: of what learns, at
        # least 1.20, 0.99 and 0.90 times as many were seen, in the library's.
        yes(brings[0] >= 0.95 * layer),
        yes(brings[1] >= 0.75 * 2 * looks),
        yes(brings[2] >= 0.3 * looks),
        np.clip(round(2 * grown / networks), 0, 4) / 2,
        *map(yes, matters),
        heads_of_the_encoder(answer, settings, seed),
    )


def heads_of_the_encoder(answer, settings, seed):
    """Whether the number of heads matters in the encoder's attention.

    Each token of the source attends to one, which attends to all; and each
    of the target to that one of the encoder's. So no attention but that one
    token's in the encoder has anything to choose from. A mask with a row a
    token is more than was asked for: 1, where a model does not take it.
    """
    rng = np.random.default_rng(seed)
    src, tgt = (
        torch.from_numpy(rng.integers(1, settings[name], (1, 3)))
        for name in ("src_vocab", "tgt_vocab")
    )
    other_src = src.clone()
    for place in (0, 2):
        other_src = other(other_src, settings["src_vocab"])(place)
    to_one = torch.zeros(1, 3, 3, dtype=torch.bool)
    to_one[..., 1] = to_one[:, 1] = True
    causal = torch.ones(3, 3, dtype=torch.bool).tril()
    uses = [[ids, tgt, to_one, causal] for ids in (src, other_src)]
    number = other_number(settings["num_heads"], settings["d_model"])
    try:
        plain, heads = (
            modules.used(answer, settings | more, draws(seed, LOOKS), uses)
            for more in ({}, {"num_heads": number})
        )
        first, others, changed = (
            logits(came, use)[:, 0, :1]
            for came, use in ((plain, 0), (plain, 1), (heads, 0))
        )
    except Exception:  # whatever a mask of that shape sets off
        return 1.0
    if not apart(first, others).max() > DIFFER:  # the rows mean nothing
        return 1.0
    return yes(apart(first, changed).max() > DIFFER)


def other_number(num_heads, d_model):
    """The smallest other number of heads, from 2 on, that d_model allows."""
    return next(
        h for h in range(2, d_model + 1) if d_model % h == 0 and h != num_heads
    )


MEASURES = (
    Measured("shape of the logits"),
    Yes("all logits are finite"),
    Yes("equal sentences of a batch get equal logits in use"),
    Yes("a sentence alone gets the same logits as in a batch"),
    Yes("a row of logits does not add up to 1, as it would after a softmax"),
    Yes(
        "the exponentials of a row do not add up to 1, as they "
        "would after a log-softmax"
    ),
    Yes(
        "some logits are below 0 or above 1, as none would be after a sigmoid"
    ),
    Yes("some logits are below 0, as none would be after a ReLU"),
    Yes(
        "under a look-ahead mask, a later target token changes "
        "no earlier logits"
    ),
    Yes("a target token changes the logits at its own place"),
    Yes("a target token changes the logits at later places"),
    Yes("a target token that `tgt_mask` hides changes nothing"),
    Yes(
        "a later target token changes earlier logits where `tgt_mask` shows it"
    ),
    Yes("`src_mask` changes something"),
    Yes("a source token that `src_mask` hides changes nothing"),
    Yes("a source whose end is hidden gives the same as one without that end"),
    Yes("a source token that `src_mask` shows changes all logits"),
    Yes("each source token changes all logits"),
    Yes("the order of the source matters"),
    Yes("the order of the target matters"),
    Yes(
        "source and target change the logits together, and not "
        "each its own share"
    ),
    Yes("no masks give the same as masks that are True everywhere"),
    Yes("no masks hide nothing, and token 0 neither"),
    Yes("token 0 is seen as every other, where a mask shows it"),
    Yes(f"sentences of {LONG} tokens fit"),
    Yes("late places of a long source differ"),
    Yes("late places of a long target differ"),
    Yes("in training, a `dropout` of 0.5 changes the logits"),
    Yes("in training, a `dropout` of 0 changes nothing"),
    Yes(
        "one more layer brings the weights of an encoder layer "
        "and a decoder layer, and all learn"
    ),
    Yes("the encoder and the decoder of one more layer attend to the source"),
    Yes("the target attends to itself in one more layer"),
    Measured("growth of the networks with d_ff, in shares of the right one"),
    Yes("`num_heads` matters in the target's attention to itself"),
    Yes("`num_heads` matters in the attention to the source"),
    Yes("`num_heads` matters in the encoder"),
)


LEARNED = 7  # of them, the last


def other(ids, vocabulary):
    """The ids with another token at a place; never 0, which may be padding."""

    def at(place):
        changed = ids.clone()
        changed[:, place] = ids[:, place] % (vocabulary - 1) + 1
        return changed

    return at


def zero_at(ids, place):
    changed = ids.clone()
    changed[:, place] = 0
    return changed


def draws(seed, turns):
    """The seeds of the weights, one a turn."""
    return [seed + turn for turn in range(turns)]


def logits(turns, use):
    """(turns, …): what a use gave with each draw of weights."""
    return np.stack([as_numbers(came[use][0]) for came in turns])


def apart(one, other):
    """How far logits of (turns, n_tgt, tgt_vocab) are apart: (n_tgt,).

    In shares of a turn's largest logit; of the turns, the one in which it is
    most.
    """
    largest = np.abs(one).max(axis=(1, 2), keepdims=True, initial=1e-300)
    return (np.abs(one - other) / largest).max(axis=(0, 2))


def swapped(ids):
    """The ids with the first two in each other's place."""
    return torch.cat([ids[:, [1, 0]], ids[:, 2:]], dim=1)


def as_numbers(value):
    """A module's output as an array, or None if it is not one of numbers."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def yes(holds):
    return float(bool(holds))
