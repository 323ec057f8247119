"""Lesson 15: targets, the loss, an optimiser's step, the learning rate.

The references are PyTorch's padding, loss and optimiser, and for the
schedule a formula in complex numbers.
"""

import cmath
import math
from typing import Any, NamedTuple

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception, readable

LESSON = "15_training"


def tensor(values):
    import torch  # takes seconds, and not every exercise needs it

    return torch.from_numpy(np.array(values))


# --- shift_right -----------------------------------------------------------


def padded_in_front(targets, bos_id):
    from torch.nn import functional

    # A negative pad at the end cuts off.
    return functional.pad(targets, (1, -1), value=bos_id)


def sentences(batch, n, bos_id=1):
    """Ids from 3 on, no two alike."""
    return lambda rng: {
        "targets": tensor(3 + rng.permutation(2 * batch * n)[: batch * n])
        .long()
        .reshape(batch, n),
        "bos_id": bos_id,
    }


def sentences_with_padding(rng):
    """Two sentences that end with 2, the second of them filled with 0."""
    words = 3 + rng.permutation(12)[:6]
    rows = [[*words[:4], 2], [*words[4:], 2, 0, 0]]
    return {"targets": tensor(rows).long(), "bos_id": 1}


def joined(*columns):
    return tensor(np.concatenate([np.asarray(c) for c in columns], axis=1))


def column_of(targets, bos_id):
    return np.full((len(targets), 1), bos_id)


def shifted_through_the_batch(targets, bos_id):
    """One long row: a sentence begins with the last token of another."""
    row = [bos_id, *np.asarray(targets).flatten()[:-1]]
    return tensor(row).reshape(targets.shape)


def shifted_down(targets, bos_id):
    out = np.roll(np.asarray(targets), 1, axis=0)
    out[0] = bos_id
    return tensor(out)


shift_right = Exercise(
    id="training.shift_right",
    signature="shift_right(targets, bos_id)",
    asks=(
        "Make the decoder's input from its targets. `targets` is a tensor of "
        "token ids, `(batch, n)`, a sentence in each row. Return a new "
        "tensor of the same shape in which every row has moved one place to "
        "the right: `bos_id` stands in front, and the last token is dropped. "
        "Padding is a token like any other here."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=padded_in_front,
    cases=(
        Case("a sentence of two tokens", sentences(1, 2)),
        Case("a sentence of one token", sentences(1, 1)),
        Case("two sentences of three", sentences(2, 3)),
        Case("another number for <bos>", sentences(3, 2, bos_id=40)),
        Case("<bos> is 0", sentences(2, 3, bos_id=0)),
        Case("a sentence with padding behind it", sentences_with_padding),
    ),
    misconceptions=(
        Misconception(
            "not shifted",
            "nothing has moved: at every place the decoder is given the very "
            "token that it is to predict there. It learns to copy, and that "
            "is of no use when there is nothing to copy.",
            lambda targets, bos_id: targets.clone(),
        ),
        Misconception(
            "shifted left",
            "the sentence moved to the left and `bos_id` came in at the end. "
            "Then the decoder is shown the token *after* the one it is to "
            "predict. It should see what came before.",
            lambda targets, bos_id: joined(
                targets[:, 1:], column_of(targets, bos_id)
            ),
        ),
        Misconception(
            "last not dropped",
            "`bos_id` is in front, but nothing was dropped at the end, so "
            "the rows are one token longer than the targets. What would "
            "follow the last token is asked of nobody.",
            lambda targets, bos_id: joined(
                column_of(targets, bos_id), targets
            ),
        ),
        Misconception(
            "rolled round",
            "the last token came round to the front, where `bos_id` should "
            "be. It tells the decoder how the sentence ends before it has "
            "begun.",
            lambda targets, bos_id: targets.roll(1, 1),
        ),
        Misconception(
            "the first token overwritten",
            "`bos_id` took the place of the first token, and the others "
            "stayed where they were: the decoder is still given what it is "
            "to predict. All tokens move; the one that goes is the last.",
            lambda targets, bos_id: joined(
                column_of(targets, bos_id), targets[:, 1:]
            ),
        ),
        Misconception(
            "only cut",
            "the last token is dropped, but there is no `bos_id` in front: "
            "the rows are one token short, and the first prediction has "
            "nothing to start from.",
            lambda targets, bos_id: targets[:, :-1],
        ),
        Misconception(
            "as one long row",
            "the batch was shifted as one long row, so that every sentence "
            "but the first begins with the last token of the one above. Each "
            "row gets a `bos_id` of its own.",
            shifted_through_the_batch,
        ),
        Misconception(
            "rolled as one long row",
            "without an axis, a roll takes the whole batch as one long row: "
            "tokens wander from one sentence into the next, and `bos_id` is "
            "nowhere.",
            lambda targets, bos_id: targets.roll(1),
        ),
        Misconception(
            "along the batch",
            "you shifted *sentences*: the first row became `bos_id` and the "
            "others moved down. Shift tokens, along the last axis.",
            shifted_down,
        ),
        Misconception(
            "always 0 in front",
            "0 stands in front, whatever `bos_id` says.",
            lambda targets, bos_id: padded_in_front(targets, 0),
        ),
        Misconception(
            "always 1 in front",
            "1 stands in front, whatever `bos_id` says.",
            lambda targets, bos_id: padded_in_front(targets, 1),
        ),
        Misconception(
            "bos on both sides of the cut",
            "`bos_id` was put in front *and* in place of the last token. It "
            "belongs in front only; what is dropped leaves no gap, since all "
            "have moved.",
            lambda targets, bos_id: joined(
                column_of(targets, bos_id),
                targets[:, : max(targets.shape[1] - 2, 0)],
                column_of(targets, bos_id),
            ),
        ),
    ),
    hints=(
        "The targets are `I am <eos>`. What does the decoder know before it "
        "has said anything, what before the second word, what before the "
        "third?",
        "A column of `bos_id`, as long as the batch, and behind it all "
        "columns of the targets but the last. PyTorch joins tensors along an "
        "axis with `torch.cat`; the types must match (int64).",
        "first = a (batch, 1) tensor filled with bos_id; result = first and "
        "targets without its last column, joined along axis 1.",
    ),
    returns=("decoder_input",),
)


# --- cross_entropy ---------------------------------------------------------


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


# ... how it may mix the target's part with that of all tokens,
def mixed(chosen, every, share):
    # Nothing is mixed in where the share is 0: 0 · ∞ would be NaN.
    return (1 - share) * chosen + share * every.mean(-1) if share else chosen


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


cross_entropy = Exercise(
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
            "this is the loss in bits, with the logarithm to base 2. The "
            "natural logarithm is asked for; its derivative needs no factor.",
            loss_by(lambda z: log_softmax(z) / math.log(2)),
        ),
        Misconception(
            "NaN for large logits",
            "right for small logits, NaN for large ones. Either the "
            "exponential of 1000 is more than a float can hold, or the "
            "logarithm was taken of a probability that had been rounded to "
            "0 (and 0 times infinity is no number). Subtract the largest "
            "logit of each row first, and take the logarithm of the softmax "
            "in one step: logit minus the log of the sum of exponentials.",
            loss_by(overflowing_to_nan),
        ),
        Misconception(
            "infinite for large logits",
            "right for small logits, infinite for large ones: the "
            "exponential of 1000 is more than a float can hold. Subtract the "
            "largest logit of each row first; it changes nothing else, since "
            "it cancels.",
            loss_by(overflowing_to_infinity),
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
            "the losses were added up and not divided by how many there are. "
            "The mean is asked for: otherwise long batches take larger "
            "steps.",
            loss_by(reduce=lambda losses, counted: losses[counted].sum()),
        ),
        Misconception(
            "one number for each token",
            "you return a loss for each place. One number is asked for: the "
            "mean of those that count.",
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
            "the targets that are to be ignored were looked up like any "
            "other; −100 is no token, and 0 is only padding. Find out first "
            "which places count, and put any valid id (0, say) in place of "
            "the others before you look up.",
            loss_by(counts=all_of_them),
        ),
        Misconception(
            "ignored targets as an index",
            "a target of −100 was used as an index. It is not a token: the "
            "places whose target is `ignore_index` have to be left out "
            "first.",
            ignored_in_a_list,
        ),
        Misconception(
            "a one-hot row of the ignored",
            "every target got a one-hot row, those that are to be ignored as "
            "well. They have no token, so they have no row: leave them out "
            "before.",
            ignored_as_one_hot,
        ),
        Misconception(
            "only −100 is ignored",
            "−100 is left out, whatever `ignore_index` says. Here another "
            "number marks the padding.",
            loss_by(counts=lambda targets, ignore_index: targets != -100),
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
    ),
    not_by=("cross_entropy",),
    hints=(
        "The model gives the target a probability of 1/4. What is the loss "
        "of that place? And of a place where it gives 1?",
        "The logarithm of softmax is the logit minus `torch.logsumexp` of "
        "the row (along the last axis), which is safe for large logits. "
        "`gather` picks one number of each row; it needs valid ids, so put 0 "
        "where the target is to be ignored, and drop those places later.",
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


# --- adam_step -------------------------------------------------------------


def torch_adam(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    import torch

    weight = param.detach().clone().requires_grad_()
    weight.grad = grad.clone()
    optimiser = torch.optim.Adam([weight], lr=lr, betas=betas, eps=eps)
    optimiser.state[weight] = {
        "step": torch.tensor(float(t - 1)),  # of the updates so far
        "exp_avg": m.clone(),
        "exp_avg_sq": v.clone(),
    }
    optimiser.step()
    state = optimiser.state[weight]
    return weight.detach(), state["exp_avg"], state["exp_avg_sq"]


class Update(NamedTuple):
    """What a wrong answer has at hand when it takes its step."""

    param: Any
    grad: Any
    m: Any  # already moved
    v: Any
    old_m: Any
    old_v: Any
    t: int
    lr: float
    beta1: float
    beta2: float
    eps: float

    @property
    def m_hat(self):
        return self.m / (1 - self.beta1**self.t)

    @property
    def v_hat(self):
        return self.v / (1 - self.beta2**self.t)


def right_step(now):
    return now.lr * now.m_hat / (now.v_hat**0.5 + now.eps)


def averaged(old, new, beta):
    return beta * old + (1 - beta) * new


def other_way_round(old, new, beta):
    return (1 - beta) * old + beta * new


def piled_up(old, new, beta):
    return beta * old + new


def stepped(step=right_step, mean=averaged, square=lambda g: g * g):
    """A wrong answer that goes wrong in one of these."""

    def answer(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
        new = mean(m, grad, betas[0]), mean(v, square(grad), betas[1])
        now = Update(param, grad, *new, m, v, t, lr, *betas, eps)
        return param - step(now), *new

    return answer


def with_settings(change):
    """A wrong answer that is right with other lr, betas, eps or t."""

    def answer(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
        settings = change({"t": t, "lr": lr, "betas": betas, "eps": eps})
        return stepped()(param, grad, m, v, **settings)

    return answer


def unbiased_returned(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    new, m, v = stepped()(param, grad, m, v, t, lr, betas, eps)
    return new, m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)


def step_returned(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    new, m, v = stepped()(param, grad, m, v, t, lr, betas, eps)
    return param - new, m, v


def old_averages_returned(
    param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8
):
    return stepped()(param, grad, m, v, t, lr, betas, eps)[0], m, v


def decayed_gradient(
    param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8, decay=0.01
):
    return stepped()(param, grad + decay * param, m, v, t, lr, betas, eps)


def to_update(*shape, t=1, still=(), lr=0.5, **settings):
    """Averages of 0 before the first step, else of a plausible size.

    still: the entries that never had a gradient.
    """

    def inputs(rng):
        grad = readable(rng, *shape)
        before = np.zeros((2, *shape))
        if t > 1:
            before = readable(rng, 2, *shape)
            # The root of v is about as large as the gradients were.
            before[1] = before[1] ** 2 + 0.25
        for one in (grad, *before):
            one[list(still)] = 0
        return {
            "param": tensor(readable(rng, *shape)),
            "grad": tensor(grad),
            "m": tensor(before[0]),
            "v": tensor(before[1]),
            "t": t,
            "lr": lr,
            **settings,
        }

    return inputs


OTHER = {"betas": (0.5, 0.8), "eps": 0.1}

adam_step = Exercise(
    id="training.adam_step",
    signature=(
        "adam_step(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8)"
    ),
    asks=(
        "One update by Adam. `param` are weights and `grad` their gradients, "
        "tensors of the same shape, whatever it is; `m` and `v` are the "
        "averages so far, of that shape too. With $\\beta_1, \\beta_2$ from "
        "`betas` and $g$ for the gradient:\n\n"
        r"$$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad "
        r"v \leftarrow \beta_2 v + (1-\beta_2)\,g^2$$"
        "\n\n"
        r"$$\text{param} \leftarrow \text{param} - \text{lr} \cdot "
        r"\frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \varepsilon}$$"
        "\n\n"
        "`t` is the number of this update and counts from 1. Return "
        "`(param, m, v)`, three new tensors, with `m` and `v` as in the "
        "first line, not yet divided; leave the inputs as they are."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=15,
    reference=torch_adam,
    cases=(
        Case("the first update of one number", to_update(1)),
        Case("a large ε", to_update(1, betas=(0.5, 0.8), eps=0.1)),
        Case("the fourth update", to_update(2, t=4)),
        Case("other β and ε", to_update(3, t=2, lr=0.1, **OTHER)),
        Case("a gradient of 0, from the start", to_update(3, still=(1,))),
        Case("a matrix, much later", to_update(2, 3, t=40, **OTHER)),
    ),
    misconceptions=(
        Misconception(
            "no correction",
            "neither average was corrected. Both start at 0 and are too "
            "small at first: divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ. Without "
            "it, the first step is 3.2 times as long as the learning rate.",
            stepped(lambda now: now.lr * now.m / (now.v**0.5 + now.eps)),
        ),
        Misconception(
            "m not corrected",
            "v is corrected for its start at 0, m is not, so that the first "
            "steps are too short. Divide m by 1 − β₁ᵗ.",
            stepped(lambda now: now.lr * now.m / (now.v_hat**0.5 + now.eps)),
        ),
        Misconception(
            "v not corrected",
            "m is corrected for its start at 0, v is not: it stays far too "
            "small for a long time, and the steps far too long. Divide v by "
            "1 − β₂ᵗ.",
            stepped(lambda now: now.lr * now.m_hat / (now.v**0.5 + now.eps)),
        ),
        Misconception(
            "correction outside the root",
            "the root was taken of v alone and then divided by 1 − β₂ᵗ. The "
            "correction belongs to v, *inside* the root.",
            stepped(
                lambda now: (
                    now.lr
                    * now.m_hat
                    / (now.v**0.5 / (1 - now.beta2**now.t) + now.eps)
                )
            ),
        ),
        Misconception(
            "multiplied by the correction",
            "you multiplied by 1 − βᵗ where you should divide: an average "
            "that is too small has to grow.",
            stepped(
                lambda now: (
                    now.lr
                    * (now.m * (1 - now.beta1**now.t))
                    / ((now.v * (1 - now.beta2**now.t)) ** 0.5 + now.eps)
                )
            ),
        ),
        Misconception(
            "ε inside the root",
            "ε was added to v under the root. In Adam it stands outside, "
            "added to the root (in layer norm it was the other way round); "
            "with ε = 0.1 the difference shows.",
            stepped(
                lambda now: now.lr * now.m_hat / (now.v_hat + now.eps) ** 0.5
            ),
        ),
        Misconception(
            "ε before the correction",
            "ε was added to the root of v before v was corrected. First "
            "divide v by 1 − β₂ᵗ, then take the root, then add ε.",
            stepped(
                lambda now: (
                    now.lr
                    * now.m_hat
                    * (1 - now.beta2**now.t) ** 0.5
                    / (now.v**0.5 + now.eps)
                )
            ),
        ),
        Misconception(
            "ε forgotten",
            "ε is missing: a weight that never had a gradient is moved by "
            "0/0.",
            stepped(lambda now: now.lr * now.m_hat / now.v_hat**0.5),
        ),
        Misconception(
            "ε always the same",
            "your ε is always 0.00000001, whatever `eps` says.",
            with_settings(lambda given: {**given, "eps": 1e-8}),
        ),
        Misconception(
            "β always the same",
            "your β are always 0.9 and 0.999, whatever `betas` says.",
            with_settings(lambda given: {**given, "betas": (0.9, 0.999)}),
        ),
        Misconception(
            "t from 0",
            "your correction uses t − 1. `t` is 1 at the first update "
            "already; with 0 you divide by 1 − β⁰, which is 0.",
            with_settings(lambda given: {**given, "t": given["t"] - 1}),
        ),
        Misconception(
            "t + 1",
            "your correction uses t + 1, as if `t` counted from 0. It is 1 "
            "at the first update.",
            with_settings(lambda given: {**given, "t": given["t"] + 1}),
        ),
        Misconception(
            "correction of the first step, always",
            "you divided by 1 − β at every step. The correction fades as "
            "steps go by: 1 − β to the power of t.",
            with_settings(lambda given: {**given, "t": 1}),
        ),
        Misconception(
            "betas swapped",
            "β₁ and β₂ have changed places: the first is that of m, the "
            "second that of v.",
            with_settings(
                lambda given: {**given, "betas": given["betas"][::-1]}
            ),
        ),
        Misconception(
            "β and 1 − β swapped",
            "β and 1 − β have changed places: the *old* average keeps β, "
            "nearly all of it, and the new gradient adds its 1 − β.",
            stepped(mean=other_way_round),
        ),
        Misconception(
            "1 − β forgotten",
            "the new gradient was added in full, without its 1 − β: sums "
            "that pile up, where averages are wanted.",
            stepped(mean=piled_up),
        ),
        Misconception(
            "gradient not squared",
            "v should be the average of the *squared* gradients. With the "
            "gradients themselves it can be negative and has no root.",
            stepped(square=lambda g: g),
        ),
        Misconception(
            "absolute gradients",
            "v averages the sizes of the gradients, not their squares.",
            stepped(square=abs),
        ),
        Misconception(
            "root forgotten",
            "you divided by v itself, and not by its root. Only with the "
            "root do the units of the gradient cancel.",
            stepped(lambda now: now.lr * now.m_hat / (now.v_hat + now.eps)),
        ),
        Misconception(
            "uphill",
            "this step goes uphill: the step has to be subtracted.",
            stepped(lambda now: -right_step(now)),
        ),
        Misconception(
            "learning rate forgotten",
            "the learning rate is missing, so that every first step has "
            "length 1.",
            stepped(lambda now: right_step(now) / now.lr),
        ),
        Misconception(
            "the old averages used",
            "the step was taken with the averages from *before* this "
            "gradient. Bring m and v up to date first.",
            stepped(
                lambda now: right_step(now._replace(m=now.old_m, v=now.old_v))
            ),
        ),
        Misconception(
            "gradient in place of m",
            "the gradient itself stands above the line, where its average m "
            "should be. (That is another method, RMSProp.)",
            stepped(
                lambda now: now.lr * now.grad / (now.v_hat**0.5 + now.eps)
            ),
        ),
        Misconception(
            "momentum only",
            "the division by the root of v is missing: this is descent with "
            "momentum, in which a weight with small gradients hardly moves.",
            stepped(lambda now: now.lr * now.m_hat),
        ),
        Misconception(
            "plain descent",
            "the weights took a step of plain gradient descent; the averages "
            "were worked out and never used.",
            stepped(lambda now: now.lr * now.grad),
        ),
        Misconception(
            "weight decay",
            "the weights were also pulled towards 0, by 0.01 of themselves "
            "times the learning rate. That is AdamW; plain Adam has no "
            "weight decay.",
            stepped(lambda now: right_step(now) + 0.01 * now.lr * now.param),
        ),
        Misconception(
            "weight decay in the gradient",
            "0.01 of the weights was added to their gradients. That is Adam "
            "with weight decay; plain Adam has none.",
            decayed_gradient,
        ),
        Misconception(
            "corrected averages returned",
            "the weights are right, but you return m and v *after* they were "
            "divided. They would be corrected again at the next update: hand "
            "on the plain averages.",
            unbiased_returned,
        ),
        Misconception(
            "old averages returned",
            "the weights are right, but you return the old m and v, so that "
            "the next update knows nothing of this gradient.",
            old_averages_returned,
        ),
        Misconception(
            "the step only",
            "m and v are right. In place of the weights you return only by "
            "how much they move.",
            step_returned,
        ),
    ),
    not_by=("Adam", "AdamW"),
    hints=(
        "At the first update m = v = 0. If the gradient is 3, what are m and "
        "v after it, what are they after the correction, and how long is the "
        "step?",
        "Five lines: two averages, two corrected copies of them, one step. "
        "All of it works on whole tensors. Operations that end in an "
        "underscore, and `+=`, change a tensor in place: avoid them.",
        "m = β₁ m + (1 − β₁) grad; v = β₂ v + (1 − β₂) grad²; "
        "m̂ = m / (1 − β₁ᵗ); v̂ = v / (1 − β₂ᵗ); "
        "param = param − lr × m̂ / (root of v̂ + eps).",
    ),
    returns=("param", "m", "v"),
)


# --- warmup_cosine_lr ------------------------------------------------------


def by_a_turn(step, warmup, total, peak, floor):
    """|1 + e^{iα}|² is 2 + 2 cos α: half a turn takes it from 4 to 0."""
    if step < warmup:
        return float(np.interp(step, [0, warmup], [0, peak]))
    angle = math.pi * float(np.interp(step, [warmup, total], [0, 1]))
    height = abs(1 + cmath.exp(1j * angle)) ** 2 / 4
    return floor + (peak - floor) * height


def half_wave(share):
    """From 1 to 0, as the share of the way goes from 0 to 1."""
    return (1 + math.cos(math.pi * share)) / 2


def scheduled(
    up=lambda step, warmup, peak, floor: peak * step / warmup,
    share=lambda step, warmup, total: (step - warmup) / (total - warmup),
    wave=half_wave,
    scale=lambda height, peak, floor: floor + (peak - floor) * height,
    after=lambda floor: floor,
):
    """A wrong answer that goes wrong in one of these; after=None: nothing."""

    def answer(step, warmup, total, peak, floor):
        if step < warmup:
            return up(step, warmup, peak, floor)
        if after is not None and step >= total:
            return after(floor)
        return scale(wave(share(step, warmup, total)), peak, floor)

    return answer


def both_at_once(step, warmup, total, peak, floor):
    ramp = min(step / warmup, 1) if warmup else 1
    gone = min(step / total, 1)
    return ramp * (floor + (peak - floor) * half_wave(gone))


def no_warmup(step, warmup, total, peak, floor):
    return by_a_turn(step, 0, total, peak, floor)


def divided_first(step, warmup, total, peak, floor):
    return peak * min(step / warmup, by_a_turn(step, 0, total, 1, 0))


def multiplied_first(step, warmup, total, peak, floor):
    return min(float(peak) * step / warmup, peak)


def after_all_of_total(step, warmup, total, peak, floor):
    """`total` taken for the length of the decay alone."""
    return by_a_turn(step, warmup, warmup + total, peak, floor)


def at(place, warmup=True, late=0):
    """A schedule, and a step: place 0 is the end of the warm-up, 1 the end.

    Below 0, −1 is the first step. late: steps after the end.
    """

    def inputs(rng):
        up = 4 * int(rng.integers(2, 6)) if warmup else 0
        down = 4 * int(rng.integers(6, 12))
        step = up + round(place * (up if place < 0 else down)) + late
        return {
            "step": step,
            "warmup": up,
            "total": up + down,
            "peak": int(rng.integers(4, 10)) / 10,
            "floor": int(rng.integers(3, 9)) / 100,
        }

    return inputs


warmup_cosine_lr = Exercise(
    id="training.warmup_cosine_lr",
    signature="warmup_cosine_lr(step, warmup, total, peak, floor) -> float",
    asks=(
        "The learning rate of a step, where steps count from 0. While "
        "`step` is below `warmup`, it rises in a straight line from 0 at "
        "step 0 towards `peak`, which it reaches *at* step `warmup`. From "
        "there to step `total` it falls along half a wave of the cosine, "
        "from `peak` to `floor`:\n\n"
        r"$$\text{floor} + (\text{peak} - \text{floor}) \cdot "
        r"\frac{1 + \cos(\pi \cdot p)}{2} \qquad p = "
        r"\frac{\text{step} - \text{warmup}}{\text{total} - \text{warmup}}$$"
        "\n\n"
        "From `total` on it stays at `floor`. With `warmup=10, total=110, "
        "peak=1.0, floor=0.2`: step 5 has 0.5 (half of the way up), step 10 "
        "has 1.0, step 60 has 0.6 (half of the way down), and steps 110 and "
        "500 have 0.2. `warmup` may be 0, and step 0 has `peak` then; it is "
        "always below `total`. Return one float."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=by_a_turn,
    cases=(
        Case("the very first step", at(-1)),
        Case("half of the way up", at(-0.5)),
        Case("the last step of the warm-up", at(0, late=-1)),
        Case("at the top", at(0)),
        Case("a quarter of the way down", at(0.25)),
        Case("half of the way down", at(0.5)),
        Case("three quarters of the way down", at(0.75)),
        Case("just before the end", at(0.95)),
        Case("at the end", at(1)),
        Case("after the end", at(1, late=7)),
        Case("long after the end", at(3, late=2)),
        Case("no warm-up, the very first step", at(0, warmup=False)),
        Case("no warm-up, half of the way down", at(0.5, warmup=False)),
    ),
    misconceptions=(
        Misconception(
            "one step ahead",
            "your warm-up is one step ahead: step 0 has a share of `peak` "
            "already, and the last step below `warmup` has all of it. Some "
            "libraries count like that. Here step 0 has a rate of 0.",
            scheduled(
                up=lambda step, warmup, peak, floor: peak * (step + 1) / warmup
            ),
        ),
        Misconception(
            "one step ahead, of one more",
            "you count the steps of the warm-up from 1 and divide by one "
            "more than there are. Others do so too; here it is the step "
            "itself, divided by `warmup`, so that step 0 has 0.",
            scheduled(
                up=lambda step, warmup, peak, floor: (
                    peak * (step + 1) / (warmup + 1)
                )
            ),
        ),
        Misconception(
            "top one step early",
            "you divide by `warmup` − 1, so that `peak` is reached one step "
            "before `warmup`.",
            scheduled(
                up=lambda step, warmup, peak, floor: peak * step / (warmup - 1)
            ),
        ),
        Misconception(
            "up from the floor",
            "your warm-up starts at `floor`. It starts at 0; the floor is "
            "where the decay ends.",
            scheduled(
                up=lambda step, warmup, peak, floor: (
                    floor + (peak - floor) * step / warmup
                )
            ),
        ),
        Misconception(
            "no warm-up",
            "there is no warm-up: the wave starts at step 0, at its full "
            "height. The steps below `warmup` rise from 0 to `peak`.",
            no_warmup,
        ),
        Misconception(
            "flat start",
            "before `warmup` your rate is `peak` already, so that the very "
            "first steps, which know least, are the longest.",
            scheduled(up=lambda step, warmup, peak, floor: peak),
        ),
        Misconception(
            "nothing before the top",
            "before `warmup` your rate is 0, and the model does not learn. "
            "It should rise in a straight line.",
            scheduled(up=lambda step, warmup, peak, floor: 0.0),
        ),
        Misconception(
            "both at once",
            "the decay runs from step 0 and the warm-up is multiplied onto "
            "it, so that `peak` is never reached. They come one after the "
            "other: the decay starts where the warm-up ends.",
            both_at_once,
        ),
        Misconception(
            "share of the whole",
            "after the warm-up you use step / total for the share of the way "
            "down, so that the rate jumps down at `warmup`. Count from "
            "`warmup`, and divide by what is left, total − warmup.",
            scheduled(share=lambda step, warmup, total: step / total),
        ),
        Misconception(
            "divided by all steps",
            "you count from `warmup` but divide by `total`, so that at the "
            "end some of the way is still to go. Divide by what is left "
            "after the warm-up, total − warmup.",
            scheduled(
                share=lambda step, warmup, total: (step - warmup) / total
            ),
        ),
        Misconception(
            "total after the warm-up",
            "your decay takes `total` steps of its own, and ends at warmup + "
            "total. `total` counts all steps, those of the warm-up too.",
            after_all_of_total,
        ),
        Misconception(
            "straight down",
            "your rate falls in a straight line. Half a wave of the cosine "
            "lies above the line at first and below it later.",
            scheduled(wave=lambda share: 1 - share),
        ),
        Misconception(
            "quarter wave",
            "this is a quarter of a wave: the cosine of π/2 times the share, "
            "which falls fastest at the very end. Half a wave is asked for, "
            "from 1 to −1, moved up and halved.",
            scheduled(wave=lambda share: math.cos(math.pi * share / 2)),
        ),
        Misconception(
            "whole wave",
            "this is a whole wave, which comes back to the top at the end. "
            "The angle goes from 0 to π, half a turn.",
            scheduled(wave=lambda share: half_wave(2 * share)),
        ),
        Misconception(
            "not halved",
            "1 + cos goes from 2 to 0, so that your rate starts at twice the "
            "height. Divide it by 2.",
            scheduled(wave=lambda share: 2 * half_wave(share)),
        ),
        Misconception(
            "cosine not moved up",
            "the cosine itself goes from 1 to −1, and takes your rate below "
            "the floor, or below 0. Add 1 and divide by 2.",
            scheduled(wave=lambda share: math.cos(math.pi * share)),
        ),
        Misconception(
            "π forgotten",
            "the factor π is missing: an angle of 1 is less than a third of "
            "half a turn, and the rate never gets down.",
            scheduled(wave=lambda share: (1 + math.cos(share)) / 2),
        ),
        Misconception(
            "upside down",
            "your wave is upside down: it starts at the floor and rises. 1 "
            "*plus* the cosine goes down, 1 minus the cosine goes up.",
            scheduled(wave=lambda share: 1 - half_wave(share)),
        ),
        Misconception(
            "floor forgotten",
            "your rate goes down to 0; `floor` was never used.",
            scheduled(
                scale=lambda height, peak, floor: peak * height,
                after=lambda floor: 0.0,
            ),
        ),
        Misconception(
            "floor only at the end",
            "the wave goes down to 0 and not to `floor`, so that the rate "
            "jumps up at the end. Between the two there is peak − floor to "
            "go, and it starts from `floor`.",
            scheduled(scale=lambda height, peak, floor: peak * height),
        ),
        Misconception(
            "floor added on top",
            "`floor` was added, but the wave is still as high as `peak`: it "
            "starts at peak + floor. Its height is peak − floor.",
            scheduled(scale=lambda height, peak, floor: floor + peak * height),
        ),
        Misconception(
            "cut off at the floor",
            "the wave goes down to 0 and is cut off at `floor`. It should "
            "*end* there: its height is peak − floor.",
            scheduled(
                scale=lambda height, peak, floor: max(peak * height, floor)
            ),
        ),
        Misconception(
            "up again after the end",
            "after `total` the cosine comes up again, and the rate with it. "
            "From `total` on it stays at `floor`.",
            scheduled(after=None),
        ),
        Misconception(
            "0 after the end",
            "after `total` your rate is 0. It stays at `floor`.",
            scheduled(after=lambda floor: 0.0),
        ),
        Misconception(
            "a warm-up of 1 in place of 0",
            "with `warmup` = 0 you still warm up, for one step: step 0 has a "
            "rate of 0 and is wasted. It should have `peak` at once.",
            lambda step, warmup, total, peak, floor: (
                by_a_turn(step, warmup, total, peak, floor) if step else 0.0
            ),
        ),
        Misconception(
            "no warm-up, divided by 0",
            "with `warmup` = 0 you divide by 0. There is no step below 0 "
            "then, so look at that first: only while `step` is below "
            "`warmup` is there anything to divide.",
            lambda step, warmup, total, peak, floor: (
                by_a_turn(step, warmup, total, peak, floor)
                if warmup
                else divided_first(step, warmup, total, peak, floor)
            ),
        ),
        Misconception(
            "no warm-up, a float divided by 0",
            "with `warmup` = 0 the line of the warm-up is divided by 0, "
            "although no step is below 0. Work it out only while `step` is "
            "below `warmup`.",
            lambda step, warmup, total, peak, floor: (
                by_a_turn(step, warmup, total, peak, floor)
                if warmup
                else multiplied_first(step, warmup, total, peak, floor)
            ),
        ),
    ),
    hints=(
        "There are three stretches. In which of them is step 60 of the "
        "example, and which share of that stretch lies behind it?",
        "Two comparisons first: below `warmup`, and from `total` on. What is "
        "left is the wave. `math.cos(math.pi * p)` goes from 1 to −1 as p "
        "goes from 0 to 1; what must you do to it to get from 1 to 0?",
        "if step < warmup: peak × step / warmup. If step ≥ total: floor. "
        "Else p = (step − warmup) / (total − warmup), and floor + (peak − "
        "floor) × (1 + cos(π p)) / 2.",
    ),
    returns=("lr",),
)

EXERCISES = (shift_right, cross_entropy, adam_step, warmup_cosine_lr)
