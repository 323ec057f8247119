"""The exercise `training.cross_entropy`."""

import math

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.inputs import readable
from ..pieces.tensors import tensor


def torch_cross_entropy(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    from torch.nn import functional

    return functional.cross_entropy(
        logits.flatten(0, -2),
        targets.flatten(),
        ignore_index=ignore_index,
        label_smoothing=label_smoothing,
    )


# What a wrong answer may make of the logits; the right one comes first.
def log_softmax(z):
    return z.log_softmax(-1)


def overflowing_to_nan(z):
    powers = z.exp()
    return (powers / powers.sum(-1, keepdim=True)).log()


def overflowing_to_infinity(z):
    return z - z.exp().sum(-1, keepdim=True).log()


def one_largest_for_all(z):
    return overflowing_to_infinity(z - z.max())


# ... how it may mix the target's part with that of all tokens,
def mixed(chosen, every, share):
    # Nothing is mixed in where the share is 0: 0 · ∞ would be NaN.
    return (1 - share) * chosen + share * every.mean(-1) if share else chosen


def always_mixed(chosen, every, share):
    return (1 - share) * chosen + share * every.mean(-1)


# ... which tokens count,
def not_ignored(targets, ignore_index):
    return targets != ignore_index


def all_of_them(targets, ignore_index):
    return targets == targets


# ... and what becomes of the losses of single tokens.
def mean_of_those(losses, counted):
    return losses[counted].mean()


def mean_of_sentences(losses, counted):
    if losses.ndim == 1:
        return mean_of_those(losses, counted)
    each = zip(losses, counted, strict=True)
    means = [mean_of_those(*sentence) for sentence in each]
    return sum(means) / len(means)


def one_for_each_token(losses, counted):
    return losses.masked_fill(~counted, 0)


def over_all_places(losses, counted):
    return one_for_each_token(losses, counted).sum() / losses.numel()


def loss_by(
    logs=log_softmax, mix=mixed, counts=not_ignored, reduce=mean_of_those
):
    """A wrong answer that goes wrong in one of these steps."""

    def answer(logits, targets, ignore_index=-100, label_smoothing=0.0):
        penalties = -logs(logits)
        counted = counts(targets, ignore_index)
        where = targets.masked_fill(~counted, 0).unsqueeze(-1)
        chosen = penalties.gather(-1, where).squeeze(-1)
        return reduce(mix(chosen, penalties, label_smoothing), counted)

    return answer


def ignored_in_a_list(logits, targets, ignore_index=-100, label_smoothing=0.0):
    import torch

    penalties = -log_softmax(logits.flatten(0, -2))
    row = targets.flatten()
    chosen = penalties[torch.arange(len(row)), row]
    return mixed(chosen, penalties, label_smoothing).mean()


def ignored_as_one_hot(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    from torch.nn import functional

    hot = functional.one_hot(targets, logits.shape[-1])
    penalties = -log_softmax(logits)
    chosen = (hot * penalties).sum(-1)
    return mixed(chosen, penalties, label_smoothing).mean()


def smoothing_counts_padding(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    # By hand, as a library call would cost a learner more than the mistake.
    plain = loss_by()(logits, targets, ignore_index)
    everywhere = -log_softmax(logits).mean()
    return (1 - label_smoothing) * plain + label_smoothing * everywhere


def over_the_vocabulary_too(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    loss = loss_by()(logits, targets, ignore_index, label_smoothing)
    return loss / logits.shape[-1]


def over_the_sentences(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    loss = loss_by()(logits, targets, ignore_index, label_smoothing)
    return loss * (targets != ignore_index).sum() / len(targets)


def others_only(chosen, every, share):
    """1 − ε for the target, and ε in equal parts for the other tokens."""
    others = (every.sum(-1) - chosen) / (every.shape[-1] - 1)
    return (1 - share) * chosen + share * others


def target_left_out(chosen, every, share):
    """As in the formula, but without the target's own share of ε."""
    return (1 - share) * chosen + share * (
        every.sum(-1) - chosen
    ) / every.shape[-1]


def one_too_few(chosen, every, share):
    return (1 - share) * chosen + share * every.sum(-1) / (every.shape[-1] - 1)


def tiny_added(tiny):
    return Misconception(
        f"{tiny:g} inside the logarithm",
        f"you add a small number ({tiny:g}) to the probability before you "
        "take its logarithm. That avoids −∞ and gives a wrong loss wherever "
        "the model is surely wrong, which is where it should learn most. "
        "Take the logarithm of the softmax in one step: logit minus the log "
        "of the sum of exponentials.",
        loss_by(lambda z: (z.softmax(-1) + tiny).log()),
    )


def to_score(*shape, vocab, ignored=0, ignore_index=None, smoothing=None):
    """Random logits and targets, the last `ignored` of which do not count."""

    def inputs(rng):
        fill = -100 if ignore_index is None else ignore_index
        targets = rng.integers(1, vocab, size=shape)
        if fill != 0 and targets.size > 1:
            targets.flat[0] = 0  # a token like any other
        if ignored:
            targets[..., -1] = fill
        if ignored > 1:
            targets[-1, -ignored:] = fill
        given = {
            "logits": tensor(readable(rng, *shape, vocab)),
            "targets": tensor(targets),
        }
        if ignore_index is not None or smoothing is not None:
            given["ignore_index"] = fill
        if smoothing is not None:
            given["label_smoothing"] = smoothing
        return given

    return inputs


def huge(*places):
    """Logits of ±1000 and 0; the targets are where they are so large."""

    def inputs(rng):
        rows = [rng.permutation([1000.0, 0.0, -1000.0]) for _ in places]
        targets = [
            int(np.flatnonzero(row == place)[0])
            for row, place in zip(rows, places, strict=True)
        ]
        return {"logits": tensor(rows), "targets": tensor(targets)}

    return inputs


def apart(rng):
    """A sentence of two places whose logits are far apart."""
    # Whole numbers: float32 holds no tenths of 1000.
    rows = rng.permutation([1000.0, -1000.0])[:, None] + rng.integers(
        -2, 3, size=(2, 3)
    )
    return {
        "logits": tensor(rows[None]),
        "targets": tensor(rng.integers(3, size=(1, 2))),
    }


def only_negative_ones_replaced(
    logits, targets, ignore_index=-100, label_smoothing=0.0
):
    penalties = -log_softmax(logits)
    chosen = penalties.gather(-1, targets.clamp(min=0).unsqueeze(-1))
    losses = mixed(chosen.squeeze(-1), penalties, label_smoothing)
    return losses[targets != ignore_index].mean()


def padding_left_in(logits, targets, ignore_index=-100, label_smoothing=0.0):
    safe = targets.masked_fill(targets == ignore_index, 0)
    return loss_by(counts=all_of_them)(
        logits, safe, ignore_index, label_smoothing
    )


EXERCISE = Exercise(
    id="training.cross_entropy",
    signature=(
        "cross_entropy(logits, targets, ignore_index=-100, "
        "label_smoothing=0.0)"
    ),
    asks=(
        "The loss of a language model. `logits` is `(…, vocab)`, scores "
        "before any softmax, and `targets` is `(…)`, the id of the right "
        "token at each place: `(n, vocab)` with `(n,)`, or "
        "`(batch, n, vocab)` with `(batch, n)`. The loss of one place is "
        "minus the logarithm (to base e) of the probability that softmax "
        "gives to the target. Return the mean over all places of the batch "
        "whose target is not `ignore_index`; there is at least one. With "
        "`label_smoothing` ε, the target distribution of a place is not the "
        "one-hot row but $(1-\\varepsilon)$ times it plus "
        "$\\varepsilon/\\text{vocab}$ on *every* token, the target too. The "
        "result must be finite for any finite logits, 1000 or −1000 too. "
        "Use PyTorch's operations all the way and return a tensor, so that "
        "gradients can flow back (the check looks at the value only)."
    ),
    points={"plain": 2, "padding": 1, "smoothing": 1},
    difficulty=4,
    importance=5,
    minutes=20,
    reference=torch_cross_entropy,
    cases=(
        Case("one token of three", to_score(1, vocab=3), "plain"),
        Case("two tokens of four", to_score(2, vocab=4), "plain"),
        Case("a logit of 1000, on the target", huge(1000), "plain"),
        Case("logits of ±1000, elsewhere", huge(0, 1000, -1000), "plain"),
        Case("two sentences of three", to_score(2, 3, vocab=5), "plain"),
        Case(
            "one target is ignored", to_score(3, vocab=4, ignored=1), "padding"
        ),
        Case(
            "padding is 0, and ignored",
            to_score(3, vocab=4, ignored=1, ignore_index=0),
            "padding",
        ),
        Case(
            "padding is 3, and 0 is a token",
            to_score(4, vocab=5, ignored=1, ignore_index=3),
            "padding",
        ),
        Case(
            "sentences of 3 and 1 tokens, padded",
            to_score(2, 4, vocab=5, ignored=3),
            "padding",
        ),
        Case(
            "label smoothing",
            to_score(2, vocab=4, smoothing=0.1),
            "smoothing",
        ),
        Case(
            "label smoothing, and padding is 0",
            to_score(2, 4, vocab=3, ignored=2, ignore_index=0, smoothing=0.2),
            "smoothing",
        ),
        Case("one place near 1000, one near −1000", apart, "plain"),
        Case(
            "padding is 99, of 5 tokens",
            to_score(4, vocab=5, ignored=1, ignore_index=99),
            "padding",
        ),
    ),
    misconceptions=(
        Misconception(
            "softmax twice",
            "softmax was applied twice: to the logits, and once more on the "
            "way to the logarithm. Probabilities lie between 0 and 1, and "
            "the softmax of such numbers is nearly uniform, so the loss can "
            "hardly fall.",
            loss_by(lambda z: z.softmax(-1).log_softmax(-1)),
        ),
        Misconception(
            "log missing",
            "the logarithm is missing: this is minus the probability itself. "
            "Then it hardly matters whether the target gets a chance of 1 % "
            "or of 0.01 %.",
            loss_by(lambda z: z.softmax(-1)),
        ),
        Misconception(
            "normalisation missing",
            "this is minus the logit of the target, as if it were a "
            "log-probability already. The log of the sum over the whole "
            "vocabulary is missing, and without it all logits just grow.",
            loss_by(lambda z: z),
        ),
        Misconception(
            "sign",
            "the logarithm of a probability is negative, and a loss is minus "
            "that. To make yours smaller would make the target less likely.",
            loss_by(lambda z: -log_softmax(z)),
        ),
        Misconception(
            "base 2",
            "this is the loss in bits, with the logarithm to base 2. Use the "
            "natural logarithm: its derivative needs no factor.",
            loss_by(lambda z: log_softmax(z) / math.log(2)),
        ),
        Misconception(
            "NaN for large logits",
            "right for small logits, NaN for large ones. Either the "
            "exponential of 1000 overflowed, or you took the logarithm of a "
            "probability that was rounded to 0. Subtract the largest logit "
            "of each row first. Then take the log-softmax in one step: logit "
            "minus the log of the sum of exponentials.",
            loss_by(overflowing_to_nan),
        ),
        Misconception(
            "infinite for large logits",
            "right for small logits, infinite for large ones: the "
            "exponential of 1000 is more than a float can hold. Subtract the "
            "largest logit of each row first. It changes nothing else, since "
            "it cancels.",
            loss_by(overflowing_to_infinity),
        ),
        Misconception(
            "one largest logit for all places",
            "you subtracted one largest logit from all places. Where another "
            "place has much larger logits, every exponential is rounded to "
            "0. Subtract from each row its own largest, along the last axis.",
            loss_by(one_largest_for_all),
        ),
        Misconception(
            "one largest logit for all places, NaN",
            "the largest logit that you subtracted is that of all places "
            "together. A place far below it is left with exponentials of 0, "
            "and the logarithm of their sum is −∞. Each row needs its own "
            "largest.",
            loss_by(one_largest_for_all, mix=always_mixed),
        ),
        Misconception(
            "log of a rounded 0",
            "softmax first and the logarithm after it: where the model is "
            "surely wrong, the probability is rounded to 0 and its logarithm "
            "is infinite. Do both in one step: logit minus the log of the "
            "sum of exponentials, with the largest logit subtracted first.",
            loss_by(lambda z: z.softmax(-1).log()),
        ),
        *map(tiny_added, (1e-12, 1e-10, 1e-9, 1e-8)),
        Misconception(
            "softmax over the first axis",
            "the softmax runs along the first axis, so that places compete "
            "with each other for a token. At each place the *tokens* "
            "compete: the last axis.",
            loss_by(lambda z: z.log_softmax(0)),
        ),
        Misconception(
            "softmax over the second axis",
            "right for `(n, vocab)`, wrong for a batch: you normalise along "
            "axis 1, which is the vocabulary in one and the places of a "
            "sentence in the other. The vocabulary is always the last axis.",
            loss_by(lambda z: z.log_softmax(1)),
        ),
        Misconception(
            "sum",
            "you added up the losses. Return their mean: otherwise long "
            "batches take larger steps.",
            loss_by(reduce=lambda losses, counted: losses[counted].sum()),
        ),
        Misconception(
            "one number for each token",
            "you return a loss for each place. Return one number: the mean "
            "of those that count.",
            loss_by(reduce=one_for_each_token),
        ),
        Misconception(
            "divided by the vocabulary as well",
            "you took the mean over all the products with the one-hot rows, "
            "zeros included, and so divided by the size of the vocabulary as "
            "well. Add up each row, and take the mean over the places only.",
            over_the_vocabulary_too,
        ),
        Misconception(
            "divided by the sentences",
            "you divided by the first axis alone: right for `(n, vocab)` "
            "without padding, wrong for a batch, where that is the number of "
            "sentences. Divide by the number of *tokens* that count.",
            over_the_sentences,
        ),
        Misconception(
            "padding in the divisor",
            "the ignored places add nothing to the sum, as they should, but "
            "you divide by the number of *all* places. Divide by how many "
            "count, or a batch with much padding seems better than it is.",
            loss_by(reduce=over_all_places),
        ),
        Misconception(
            "mean of the sentences' means",
            "you took the mean of each sentence and then the mean of those, "
            "which gives a word in a short sentence more weight. Every token "
            "that counts has the same: one sum, one division.",
            loss_by(reduce=mean_of_sentences),
        ),
        Misconception(
            "ignored targets looked up",
            "you looked up the ignored targets like any other. −100 is no "
            "token, and 0 is only padding. Find out first which places "
            "count, and put any valid id (0, say) at the others before you "
            "look up.",
            loss_by(counts=all_of_them),
        ),
        Misconception(
            "ignored targets as an index",
            "you used a target of −100 as an index. It is not a token: leave "
            "out the places whose target is `ignore_index` first.",
            ignored_in_a_list,
        ),
        Misconception(
            "a one-hot row of the ignored",
            "every target got a one-hot row, the ignored ones as well. They "
            "have no token, so they have no row: leave them out before.",
            ignored_as_one_hot,
        ),
        Misconception(
            "only negative targets replaced",
            "you put a valid id where a target is *negative*. Padding may be "
            "marked by any number: 99 is no token of a vocabulary of 5. Put "
            "a valid id wherever the target is `ignore_index`.",
            only_negative_ones_replaced,
        ),
        Misconception(
            "only −100 is ignored",
            "−100 is left out, whatever `ignore_index` says. Here another "
            "number marks the padding.",
            loss_by(counts=lambda targets, ignore_index: targets != -100),
        ),
        Misconception(
            "0 is always ignored",
            "you leave out every target of 0, whatever `ignore_index` says. "
            "0 is a token like any other, unless `ignore_index` is 0.",
            loss_by(
                counts=lambda targets, ignore_index: (
                    (targets != ignore_index) & (targets != 0)
                )
            ),
        ),
        Misconception(
            "smoothing forgotten",
            "`label_smoothing` was never used: this is the loss with plain "
            "one-hot rows.",
            loss_by(mix=lambda chosen, every, share: chosen),
        ),
        Misconception(
            "smoothing over the others",
            "you spread ε over the *other* tokens only, so that the target "
            "keeps 1 − ε. Here ε is spread over the whole vocabulary, and "
            "the target has 1 − ε + ε/vocab.",
            loss_by(mix=others_only),
        ),
        Misconception(
            "smoothing without the target",
            "the other tokens have ε/vocab each, but the target has only "
            "1 − ε: its own share of ε is missing, and the distribution does "
            "not add up to 1.",
            loss_by(mix=target_left_out),
        ),
        Misconception(
            "smoothing over one too few",
            "ε was divided by vocab − 1 and given to all tokens of the "
            "vocabulary, so that the distribution adds up to more than 1.",
            loss_by(mix=one_too_few),
        ),
        Misconception(
            "smoothing summed",
            "every token got all of ε, instead of ε divided by the size of "
            "the vocabulary.",
            loss_by(
                mix=lambda chosen, every, share: (
                    (1 - share) * chosen + share * every.sum(-1)
                )
            ),
        ),
        Misconception(
            "smoothing added on top",
            "the ε/vocab of all tokens was added, but the one-hot row was "
            "not made smaller: it should keep only 1 − ε.",
            loss_by(
                mix=lambda chosen, every, share: (
                    chosen + share * every.mean(-1)
                )
            ),
        ),
        Misconception(
            "padding smoothed",
            "the one-hot part leaves the padding out, but the part of the "
            "smoothing is a mean over *all* places. What is ignored is "
            "ignored in both.",
            smoothing_counts_padding,
        ),
        Misconception(
            "padding's own loss left in",
            "you set the ignored targets to a real token, and its loss is "
            "still in the mean. Leave those places out of sum and count.",
            padding_left_in,
        ),
    ),
    not_by=("cross_entropy", "CrossEntropyLoss", "linear_cross_entropy"),
    hints=(
        "The model gives the target a probability of 1/4. What is the loss "
        "of that place? And of a place where it gives 1?",
        "The logarithm of softmax is the logit minus `torch.logsumexp` of "
        "the row (along the last axis), which is safe for large logits. "
        "`gather` picks one number of each row; it needs valid ids, so put 0 "
        "where the target is ignored, and drop those places later.",
        "logp = logits − logsumexp of each row. keep = targets differ from "
        "ignore_index. nll = −logp at the target (at 0 where not kept). "
        "loss = (1 − ε) × nll + ε × mean of −logp over the vocabulary. "
        "result = sum of loss over keep / number of keep.",
    ),
    returns=("loss",),
    facts=(
        Fact("a loss is not negative", lambda loss: bool((loss >= 0).all())),
    ),
)
