"""The exercise `sentence_embeddings.info_nce`."""

import math

import torch
from torch.nn import functional

from byhand.exercise import Case, Exercise, Measured, Misconception
from byhand.ways.slopes import slopes

from ..pieces.inputs import readable
from ..pieces.seams import but
from ..pieces.tensors import tensor


def not_positive(temperature):
    return temperature <= 0


def refuse(temperature):
    raise ValueError(f"temperature should be positive; got {temperature}")


def by_cross_entropy(queries, keys, temperature=0.05):
    if not_positive(temperature):
        refuse(temperature)
    q, k = (functional.normalize(x, dim=-1) for x in (queries, keys))
    return functional.cross_entropy(
        q @ k.mT / temperature, torch.arange(len(q))
    )


# --- what goes wrong -------------------------------------------------------


def unit(rows):
    return rows / rows.norm(dim=-1, keepdim=True)


def as_it_is(rows):
    return rows


def over_the_keys(logits):
    """Minus the logarithm of the right key's share, query by query."""
    return logits.logsumexp(1) - logits.diagonal()


def over_the_queries(logits):
    return over_the_keys(logits.mT)


def over_both(logits):
    return (over_the_keys(logits) + over_the_queries(logits)) / 2


def over_the_others(logits):
    """The right key is missing below the line; alone it has nothing there."""
    own = torch.eye(len(logits), dtype=torch.bool)
    others = logits.masked_fill(own, -torch.inf)
    return others.logsumexp(1) - logits.diagonal()


def over_all_pairs(logits):
    return logits.flatten().logsumexp(0) - logits.diagonal()


def the_right_ones(logits):
    return -logits.diagonal()


def shares(logits):
    return -logits.softmax(1).diagonal()


def first_is_right(logits):
    return logits.logsumexp(1) - logits[:, 0]


def every_pair(logits):
    """The mean over all entries, right and wrong."""
    return logits.logsumexp(1) - logits.mean(1)


def twice(logits):
    return over_the_keys(logits.softmax(1))


def asserted(temperature):
    raise AssertionError


def contrasted(
    queries,
    keys,
    temperature=0.05,
    *,
    of_queries=unit,
    of_keys=unit,
    refused=not_positive,
    none=refuse,
    scale=lambda cosines, temperature: cosines / temperature,
    loss=over_the_keys,
    reduce=torch.mean,
):
    if refused(temperature):
        return none(temperature)
    cosines = of_queries(queries) @ of_keys(keys).mT
    return reduce(loss(scale(cosines, temperature)))


def never(temperature):
    return False


def by_the_table(rows):
    return rows / rows.norm()


def by_columns(rows):
    return rows / rows.norm(dim=0)


def usual(value):
    """Another temperature where none is given."""

    def answer(queries, keys, temperature=value):
        return contrasted(queries, keys, temperature)

    return answer


def held_lengths(rows):
    """Lengths that count as given numbers."""
    return rows / rows.norm(dim=-1, keepdim=True).detach()


# --- cases -----------------------------------------------------------------


def rows(b, d, *temperature):
    """Queries and keys that are a little alike."""

    def inputs(rng):
        queries = readable(rng, b, d)
        keys = (queries / 2 + readable(rng, b, d)).round(1) + 0.05
        return {
            "tensors": [tensor(queries), tensor(keys)],
            "more": list(temperature),
        }

    return inputs


def sharp(rng):
    """A right key far from its query's best, at a low temperature."""
    while True:
        given = rows(3, 4, 0.005)(rng)
        queries, keys = map(unit, given["tensors"])
        cosines = queries @ keys.mT
        if (cosines.amax(1) - cosines.diagonal()).max() > 0.2:
            return given


def by_hand(*temperature):
    """Cosines of .8, .2, .4 and .6."""

    def inputs(rng):
        keys = [[0.8, 0.4], [0.2, 0.6]]
        # Each key has a third number that makes it 1 long.
        keys = [[*key, (1 - key[0] ** 2 - key[1] ** 2) ** 0.5] for key in keys]
        return {
            "tensors": [tensor([[1.0, 0, 0], [0, 1.0, 0]]), tensor(keys)],
            "more": list(temperature),
        }

    return inputs


def all_alike(rng):
    row = readable(rng, 1, 3)
    return {
        "tensors": [tensor(row.repeat(4, 0)), tensor(2 * row.repeat(4, 0))],
        "more": [0.5],
    }


def called(tensors, more):
    """What a learner reads of a case."""
    return {
        **dict(zip(("queries", "keys"), tensors, strict=True)),
        **dict(zip(("temperature",), more, strict=False)),
    }


EXERCISE = Exercise(
    id="sentence_embeddings.info_nce",
    signature="info_nce(queries, keys, temperature=0.05)",
    asks=(
        "The loss that pulls pairs together. `queries` and `keys` are both "
        "`(b, d)`, and no row is all zeros. Row i belongs to row i: key i is "
        "the right one for query i, and *all other keys* of the batch are "
        "wrong. Divide the cosines by `temperature`, and take each query's "
        "softmax over all keys. Return the mean over the queries of $-\\ln "
        "p$, where $p$ is the right key's probability: a 0-d tensor, from "
        "which gradients flow back to queries *and* keys. Raise a "
        "`ValueError` with a sentence where `temperature` is 0 or less."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=by_cross_entropy,
    cases=(
        Case("two pairs, temperature 1", rows(2, 2, 1.0)),
        Case("by hand, temperature 1", by_hand(1.0)),
        Case("by hand, temperature 0.5", by_hand(0.5)),
        Case("by hand, with the usual temperature", by_hand()),
        Case("three pairs, temperature 0.005", sharp),
        Case("five pairs, with the usual temperature", rows(5, 2)),
        Case("four pairs, temperature 2", rows(4, 3, 2.0)),
        Case("all alike", all_alike),
        Case("a single pair", rows(1, 3, 0.5)),
        Case("temperature 0", rows(2, 2, 0.0), raises=ValueError),
        Case("temperature −1", rows(2, 2, -1.0), raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "no norm",
            "you used dot products. Divide both sides by their lengths: the "
            "scores are cosines.",
            but(contrasted, of_queries=as_it_is, of_keys=as_it_is),
        ),
        Misconception(
            "only the queries normed",
            "you divided by the lengths of the queries only. Divide by those "
            "of the keys too.",
            but(contrasted, of_keys=as_it_is),
        ),
        Misconception(
            "only the keys normed",
            "you divided by the lengths of the keys only. Divide by those of "
            "the queries too.",
            but(contrasted, of_queries=as_it_is),
        ),
        Misconception(
            "one norm for all",
            "you divided by the length of the whole table. Each row has its "
            "own.",
            but(contrasted, of_queries=by_the_table, of_keys=by_the_table),
        ),
        Misconception(
            "columns normed",
            "you measured columns. A sentence is a row: the last axis.",
            but(contrasted, of_queries=by_columns, of_keys=by_columns),
        ),
        Misconception(
            "no temperature",
            "`temperature` was never used. Divide the cosines by it.",
            but(contrasted, scale=lambda cosines, t: cosines),
        ),
        Misconception(
            "multiplied by it",
            "you multiplied the cosines by `temperature`. Divide: a low one "
            "makes the softmax sharper.",
            but(contrasted, scale=lambda cosines, t: cosines * t),
        ),
        Misconception(
            "default whatever is given",
            "you divide by 0.05, whatever `temperature` says.",
            but(contrasted, scale=lambda cosines, t: cosines / 0.05),
        ),
        Misconception(
            "another default",
            "right where `temperature` is given. If it is not, it is 0.05. "
            "Yours is 1.",
            usual(1.0),
        ),
        Misconception(
            "0.07 by default",
            "right where `temperature` is given. If it is not, it is 0.05. "
            "Yours is 0.07.",
            usual(0.07),
        ),
        Misconception(
            "root of the temperature",
            "you divided by the root of `temperature`. Divide by it as it is.",
            but(contrasted, scale=lambda cosines, t: cosines / t**0.5),
        ),
        Misconception(
            "sum",
            "you added up the losses. Return their mean.",
            but(contrasted, reduce=torch.sum),
        ),
        Misconception(
            "one for each query",
            "you return a loss for each query. Return their mean.",
            but(contrasted, reduce=lambda losses: losses),
        ),
        Misconception(
            "both directions",
            "you averaged two losses, over the keys and over the queries. "
            "Take the first alone: each *query* looks for its key.",
            but(contrasted, loss=over_both),
        ),
        Misconception(
            "other direction",
            "your softmax runs over the queries. Each *query* looks for its "
            "key: along the rows.",
            but(contrasted, loss=over_the_queries),
        ),
        Misconception(
            "the right one missing below the line",
            "the right key is missing below the line. The softmax is over "
            "*all* keys, the right one too.",
            but(contrasted, loss=over_the_others),
        ),
        Misconception(
            "all pairs below the line",
            "you took one softmax of the whole table. Each query has its own.",
            but(contrasted, loss=over_all_pairs),
        ),
        Misconception(
            "positives only",
            "you only pull right pairs together. Without the wrong keys all "
            "vectors may become the same.",
            but(contrasted, loss=the_right_ones),
        ),
        Misconception(
            "no logarithm",
            "this is minus the probability. Its logarithm is missing.",
            but(contrasted, loss=shares),
        ),
        Misconception(
            "softmax twice",
            "softmax was applied twice: to the scores, and again on the way "
            "to the logarithm.",
            but(contrasted, loss=twice),
        ),
        Misconception(
            "key 0 is right",
            "you took key 0 for the right one of every query. Row i belongs "
            "to row i.",
            but(contrasted, loss=first_is_right),
        ),
        Misconception(
            "all keys are right",
            "you averaged over all entries of the table. Only its diagonal "
            "holds right pairs.",
            but(contrasted, loss=every_pair),
        ),
        Misconception(
            "in bits",
            "this is the loss in bits. Use the natural logarithm.",
            but(
                contrasted,
                reduce=lambda losses: losses.mean() / math.log(2),
            ),
        ),
        Misconception(
            "sign",
            "the sign is wrong: training would push right pairs apart. The "
            "loss is *minus* the logarithm.",
            but(contrasted, reduce=lambda losses: -losses.mean()),
        ),
        Misconception(
            "no gradient",
            "the number is right, but no gradient flows back, so nothing "
            "learns. Return a tensor, made of PyTorch's operations all the "
            "way.",
            but(contrasted, reduce=lambda losses: losses.mean().detach()),
        ),
        Misconception(
            "no gradient to the keys",
            "the number is right, but no gradient reaches the keys. Both "
            "sides learn.",
            but(contrasted, of_keys=lambda rows: unit(rows).detach()),
        ),
        Misconception(
            "no gradient to the queries",
            "the number is right, but no gradient reaches the queries. Both "
            "sides learn.",
            but(contrasted, of_queries=lambda rows: unit(rows).detach()),
        ),
        Misconception(
            "lengths without a gradient",
            "the number is right, but the lengths were cut off from the "
            "gradient. The cosine depends on them too.",
            but(
                contrasted,
                of_queries=held_lengths,
                of_keys=held_lengths,
            ),
        ),
        Misconception(
            "no error",
            "a temperature of 0 or less passes without an error. Raise a "
            "ValueError.",
            but(contrasted, refused=never),
        ),
        Misconception(
            "0 passes",
            "a temperature of 0 passes without an error. Raise a ValueError "
            "there too.",
            but(contrasted, refused=lambda t: t < 0),
        ),
        Misconception(
            "negative ones pass",
            "a negative temperature passes without an error. It would prefer "
            "wrong keys: raise a ValueError.",
            but(contrasted, refused=lambda t: t == 0),
        ),
        Misconception(
            "None for temperature 0",
            "for a temperature of 0 or less nothing is returned. Raise a "
            "ValueError.",
            but(contrasted, none=lambda temperature: None),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError, and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            but(contrasted, none=asserted),
        ),
    ),
    hints=(
        "Two queries, two keys: which entries of the table of cosines should "
        "be large, and over which is query 0's softmax?",
        "It is a classification: b keys are the classes, and the right class "
        "of query i is i. Lesson 15's cross-entropy takes exactly that. "
        "Yours, or PyTorch's.",
        "q, k = queries, keys, each row divided by its length; logits = q @ "
        "k.T / temperature; loss = mean of (logsumexp of row i − logits[i, "
        "i]).",
    ),
    returns=(
        "loss",
        Measured("gradient of the queries"),
        Measured("gradient of the keys"),
    ),
    way=slopes,
    called=called,
)
