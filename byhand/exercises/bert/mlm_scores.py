"""The exercise `bert.mlm_scores`."""

import math

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from ..pieces.tensors import distinct, tensor


def chosen_in(labels):
    return labels != -100


def every_place(labels):
    return torch.ones_like(labels, dtype=torch.bool)


def log_softmax(logits):
    return logits - logits.logsumexp(-1, keepdim=True)


def average(numbers, counted):
    return (numbers * counted).sum() / counted.sum().clamp(min=1)


def over_all(numbers, counted):
    return (numbers * counted).mean()


def summed(numbers, counted):
    return (numbers * counted).sum()


def of_the_rows(numbers, counted):
    """The mean of the means of rows; those without a choice are left out."""
    rows = zip(numbers, counted, strict=True)
    means = [average(*row) for row in rows if row[1].any()]
    return sum(means) / len(means) if means else torch.zeros(())


def of_all_rows(numbers, counted):
    rows = zip(numbers, counted, strict=True)
    return sum(average(*row) for row in rows) / len(numbers)


def nan_for_none(numbers, counted):
    return numbers[counted].mean()


def scored(
    logits,
    labels,
    *,
    logs=log_softmax,
    loss_of=average,
    accuracy_of=average,
    guess=lambda logits: logits.argmax(-1),
    finish=lambda loss, accuracy: (loss, accuracy),
):
    counted = chosen_in(labels)
    where = labels.where(counted, 0)
    right = torch.take_along_dim(logs(logits), where[..., None], -1)[..., 0]
    hits = (guess(logits) == labels).to(logits.dtype)
    loss, accuracy = loss_of(-right, counted), accuracy_of(hits, counted)
    return finish(loss, accuracy)


def reference(logits, labels):
    from torch.nn import functional

    if not chosen_in(labels).any():
        return (0.0,) * 2
    loss = functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
    hits = logits.argmax(-1)[chosen_in(labels)] == labels[chosen_in(labels)]
    return loss, hits.double().mean()


def zero_counts_as_none(logits, labels):
    """The word with id 0 is taken for padding."""
    return reference(logits, labels.where(labels != 0, -100))


def accuracy_as_share_of_probability(logits, labels):
    """How much probability the right words got, on average."""
    probability = but(
        scored, logs=lambda z: -log_softmax(z).exp(), accuracy_of=average
    )
    return reference(logits, labels)[0], probability(logits, labels)[0]


def asked(*rows, vocab=5, size=1):
    """Rows of places: "x" is chosen and guessed right, "o" chosen and wrong.

    "2" is chosen, and its word comes second; "l", and it comes last. Anything
    else is not chosen. size: what the logits are multiplied by.
    """
    shape = len(rows), len(rows[0])

    def inputs(rng):
        logits = distinct(rng, *shape, vocab) * size
        labels = np.full(shape, -100)
        for place, sign in np.ndenumerate(np.array([list(r) for r in rows])):
            ranked = logits[place].argsort(descending=True).tolist()
            if sign in "x2":
                labels[place] = ranked[sign == "2"]
            elif sign == "l":
                labels[place] = ranked[-1]
            elif sign == "o":
                labels[place] = ranked[int(rng.integers(1, vocab))]
        return {"logits": logits, "labels": tensor(labels)}

    return inputs


def word_0(rng):
    """Two places are chosen, and the right word of one is word 0."""
    logits = distinct(rng, 1, 3, 4)
    second = 1 + int(logits[0, 1, 1:].argmax())
    return {"logits": logits, "labels": tensor([[0, second, -100]])}


def by_hand(rng):
    return {
        "logits": tensor([[[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0, 0, 3]]]),
        "labels": tensor([[0, 2, -100]]),
    }


EXERCISE = Exercise(
    id="bert.mlm_scores",
    signature="mlm_scores(logits, labels)",
    asks=(
        "How well are gaps filled? `logits` is `(b, n, vocab)`, `labels` "
        "`(b, n)`, where −100 stands for a place that was not chosen. Return "
        "`(loss, accuracy)`, two numbers: the mean of $-\\ln p$ over *all "
        "chosen places of the batch*, where $p$ is the probability of the "
        "right word, and the share of these places at which the right word "
        "has the largest logit. Where no place is chosen, return `(0.0, "
        "0.0)`."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=4,
    reference=reference,
    cases=(
        Case("one place, guessed right", asked("x")),
        Case("one place, guessed wrong", asked("o")),
        Case("the example of the lesson", by_hand),
        Case("a right word that comes second", asked("2x.2")),
        Case("three places, one of them not chosen", asked("xo.", size=0.1)),
        Case("the right word is word 0", word_0),
        Case("rows with three and one", asked("xxo.", ".o..")),
        Case(
            "a row in which none is chosen",
            asked("x.lo", "....", ".x..", size=20),
        ),
        Case("none is chosen at all", asked("...", "...")),
    ),
    misconceptions=(
        Misconception(
            "mean over all places",
            "you divided the loss by all places. Divide by how many were "
            "chosen.",
            but(scored, loss_of=over_all),
        ),
        Misconception(
            "accuracy over all places",
            "you divided the accuracy by all places. Divide by how many were "
            "chosen.",
            but(scored, accuracy_of=over_all),
        ),
        Misconception(
            "both over all places",
            "you divided both by all places. The other places were not "
            "asked: divide by how many were chosen.",
            but(scored, loss_of=over_all, accuracy_of=over_all),
        ),
        Misconception(
            "sum",
            "you added up the losses. Return their mean.",
            but(scored, loss_of=summed),
        ),
        Misconception(
            "number of hits",
            "you counted the hits. The accuracy is their share of the chosen "
            "places.",
            but(scored, accuracy_of=summed),
        ),
        Misconception(
            "mean of the rows' means",
            "you took the mean of each row, and then the mean of those. Each "
            "*place* counts the same: one sum, one division.",
            but(scored, loss_of=of_the_rows, accuracy_of=of_the_rows),
        ),
        Misconception(
            "mean of all rows' means",
            "you took the mean of each row, and a row without a choice "
            "counts as 0. Each *place* counts the same: one sum, one "
            "division.",
            but(scored, loss_of=of_all_rows, accuracy_of=of_all_rows),
        ),
        Misconception(
            "in bits",
            "this is the loss in bits. Use the natural logarithm.",
            but(scored, logs=lambda z: log_softmax(z) / math.log(2)),
        ),
        Misconception(
            "percent",
            "the accuracy is in percent. Return a share, from 0 to 1.",
            but(scored, finish=lambda loss, hits: (loss, 100 * hits)),
        ),
        Misconception(
            "NaN for none",
            "NaN where no place is chosen: that is 0 divided by 0. Return "
            "`(0.0, 0.0)` there.",
            but(scored, loss_of=nan_for_none, accuracy_of=nan_for_none),
        ),
        Misconception(
            "softmax twice",
            "softmax was applied twice: to the logits, and again on the way "
            "to the logarithm.",
            but(scored, logs=lambda z: log_softmax(z.softmax(-1))),
        ),
        Misconception(
            "no softmax",
            "this is minus the logit of the right word. The logarithm of the "
            "sum over all words is missing.",
            but(scored, logs=lambda z: z),
        ),
        Misconception(
            "no logarithm",
            "this is minus the probability. Its logarithm is missing.",
            but(scored, logs=lambda z: log_softmax(z).exp()),
        ),
        Misconception(
            "sign",
            "the sign of the loss is wrong: it is minus the logarithm.",
            but(scored, finish=lambda loss, hits: (-loss, hits)),
        ),
        Misconception(
            "perplexity",
            "this is e to the power of the loss, the perplexity. Return the "
            "loss itself.",
            but(
                scored,
                finish=lambda loss, hits: (
                    loss.exp() * bool(loss),
                    hits,
                ),
            ),
        ),
        Misconception(
            "swapped",
            "you returned the accuracy first. Return `(loss, accuracy)`.",
            but(scored, finish=lambda loss, hits: (hits, loss)),
        ),
        Misconception(
            "word 0 left out",
            "word 0 counts as not chosen. Only −100 means that: 0 is a word "
            "like any other.",
            zero_counts_as_none,
        ),
        Misconception(
            "probability for accuracy",
            "your accuracy is the mean probability of the right words. Count "
            "how often the right word has the largest logit.",
            accuracy_as_share_of_probability,
        ),
        Misconception(
            "the smallest logit",
            "a hit is where the right word has the *largest* logit. You took "
            "the smallest.",
            but(scored, guess=lambda logits: logits.argmin(-1)),
        ),
        Misconception(
            "errors counted",
            "you return the share of wrong guesses. The accuracy is that of "
            "right ones.",
            but(
                scored,
                guess=lambda logits: logits.argmax(-1),
                accuracy_of=lambda hits, counted: average(1 - hits, counted),
            ),
        ),
    ),
    hints=(
        "How many numbers does each mean have, if 19 of 128 places are "
        "chosen?",
        "`labels != -100` are the chosen places. `logits[chosen]` are their "
        "rows, `(k, vocab)`, and `labels[chosen]` the right words, `(k,)`.",
        "chosen = labels ≠ −100; if there is none, return 0, 0; loss = "
        "cross-entropy of logits[chosen] and labels[chosen]; accuracy = mean "
        "of (argmax of logits[chosen] = labels[chosen]).",
    ),
    returns=("loss", "accuracy"),
)
