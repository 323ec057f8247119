"""The exercise `gpt_on_gpu.get_batch`."""

import math

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Measured, Misconception, Yes
from byhand.results.tensors import plain
from byhand.ways import training


def windows(ids, batch_size, block_size, rng):
    """All pieces of block_size + 1 tokens, and a choice of them."""
    rows = ids.unfold(0, block_size + 1, 1)
    chosen = rows[torch.randint(len(rows), (batch_size,), generator=rng)]
    return chosen[:, :-1], chosen[:, 1:]


def from_starts(ids, starts, block_size, first=0, step=1):
    """Inputs, and targets that begin `step` places after them."""
    places = starts[:, None] + torch.arange(block_size)
    last = len(ids) - 1
    return ids[places], ids[(places + step).clamp(0, last)]


def random_starts(ids, batch_size, block_size, rng, high=None):
    high = len(ids) - block_size if high is None else high
    return torch.randint(max(high, 1), (batch_size,), generator=rng)


def pieces_by(choose=random_starts, step=1):
    def answer(ids, batch_size, block_size, rng):
        starts = choose(ids, batch_size, block_size, rng)
        return from_starts(ids, starts, block_size, step=step)

    return answer


def rolled_within(ids, batch_size, block_size, rng):
    inputs, _ = windows(ids, batch_size, block_size, rng)
    return inputs, inputs.roll(-1, dims=1)


def only_the_last_target(ids, batch_size, block_size, rng):
    inputs, targets = windows(ids, batch_size, block_size, rng)
    return inputs, targets[:, -1]


def turned(ids, batch_size, block_size, rng):
    inputs, targets = windows(ids, batch_size, block_size, rng)
    return inputs.T, targets.T


def changed_places(ids, batch_size, block_size, rng):
    inputs, targets = windows(ids, batch_size, block_size, rng)
    return targets, inputs


def targets_of_their_own(ids, batch_size, block_size, rng):
    inputs, _ = windows(ids, batch_size, block_size, rng)
    _, targets = windows(ids, batch_size, block_size, rng)
    return inputs, targets


def the_last_piece_left_out(ids, batch_size, block_size, rng):
    high = len(ids) - block_size - 1
    return random_starts(ids, batch_size, block_size, rng, high)


def in_a_row(ids, batch_size, block_size, rng):
    return torch.arange(batch_size) % (len(ids) - block_size)


def in_blocks(ids, batch_size, block_size, rng):
    count = (len(ids) - 1) // block_size
    return block_size * torch.randint(count, (batch_size,), generator=rng)


def one_for_all(ids, batch_size, block_size, rng):
    one = random_starts(ids, 1, block_size, rng)
    return one.expand(batch_size)


def own_generator(ids, batch_size, block_size, rng):
    return random_starts(
        ids, batch_size, block_size, torch.Generator().manual_seed(0)
    )


def no_generator(ids, batch_size, block_size, rng):
    return torch.randint(len(ids) - block_size, (batch_size,))


TIMES = 60


def measured(answer, ids, batch_size, block_size, seed, times):
    """What can be said of the batches that an answer draws.

    The shapes of inputs and targets; how far behind a row's first input its
    inputs and its targets stand in the text, (block_size,) each; how often a
    row began at each place of the text; how often two rows of a batch began
    at the same; and 1 where two calls differed, and 1 where one with a
    generator of the same seed did not.
    """
    came = training.batches(answer, ids, batch_size, block_size, seed, times)
    inputs, targets = (
        np.stack([as_ids(pair[k], ids) for pair in came]) for k in (0, 1)
    )
    shapes = [np.array(each.shape[1:]) for each in (inputs, targets)]
    nothing = np.zeros(block_size)
    if inputs.shape != targets.shape or inputs.ndim != 3:
        return *shapes, nothing, nothing, np.zeros(len(ids)), 0, 0, 0
    again, inputs, targets = inputs[-1], inputs[:-1], targets[:-1]
    place = np.zeros(int(ids.max()) + 1)
    place[ids.numpy()] = np.arange(len(ids))
    starts = place[inputs[..., :1]]
    return (
        *shapes,
        (place[inputs] - starts).mean(axis=(0, 1)),
        (place[targets] - starts).mean(axis=(0, 1)),
        np.bincount(starts.flatten().astype(int), minlength=len(ids))
        / starts.size,
        (starts[:, 1:] == starts[:, :-1]).mean(),
        float((inputs[1:] != inputs[0]).any()),
        float((again == inputs[0]).all()),
    )


def as_ids(value, ids):
    """A row's ids as an array. ValueError: they are not ids of the text."""
    array = plain(value)
    if array.dtype.kind not in "iu":
        raise ValueError(
            "inputs and targets should be ids, whole numbers as they stand "
            f"in the text; yours are {array.dtype}"
        )
    if not np.isin(array, ids.numpy()).all():
        raise ValueError("there are ids that do not stand in the text")
    return array


def a_text(length, batch_size, block_size):
    """Ids that are no places, each of them once."""
    return lambda rng: {
        "ids": torch.from_numpy(20 + rng.permutation(length)),
        "batch_size": batch_size,
        "block_size": block_size,
        "seed": int(rng.integers(2**31)),
        "times": TIMES,
    }


def batch_bounds(ids, batch_size, block_size, seed, times):
    """Exact, but for what is counted: five standard errors there."""
    exact = 1e-6
    starts, rows = len(ids) - block_size, times * batch_size
    share = np.zeros(len(ids))
    share[:starts] = 5 * math.sqrt((1 - 1 / starts) / starts / rows)
    neighbours = times * (batch_size - 1)
    alike = 5 * math.sqrt((1 - 1 / starts) / starts / max(neighbours, 1))
    return (
        *(np.full(2, exact),) * 2,
        *(np.full(block_size, exact),) * 2,
        # Both shares that are compared are random: the root of two.
        exact + math.sqrt(2) * share,
        np.array(exact + math.sqrt(2) * alike),
        np.array(exact),
        np.array(exact),
    )


EXERCISE = Exercise(
    id="gpt_on_gpu.get_batch",
    signature="get_batch(ids, batch_size, block_size, rng)",
    asks=(
        "Draw what a step learns from. `ids` is a whole text, a tensor "
        "`(length,)` of token ids. Draw `batch_size` places in it at random, "
        "each by itself, so that one may come twice. Every place from which "
        "`block_size` tokens *and the one after them* fit is equally likely. "
        "Return `(inputs, targets)`, both "
        "`(batch_size, block_size)`: a row of `inputs` is the piece of the "
        "text from its place on, and the target at each place of a row is "
        "the token that comes next in the text. `rng` is a "
        "`torch.Generator`; all randomness comes from it. The check draws "
        "many batches, from a text in which no token comes twice, and looks "
        "at where rows begin and what stands in them."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=windows,
    way=measured,
    cases=(
        Case("blocks of one token", a_text(5, 20, 1)),
        Case("blocks of three tokens", a_text(9, 25, 3)),
        Case("a text with room for two blocks", a_text(6, 30, 4)),
    ),
    misconceptions=(
        Misconception(
            "not shifted",
            "the targets are the inputs. The model would learn to repeat "
            "what it is shown. It should say what comes *next*.",
            pieces_by(step=0),
        ),
        Misconception(
            "two ahead",
            "the targets stand two places after the inputs. It is one: the "
            "very next token.",
            pieces_by(step=2),
        ),
        Misconception(
            "inputs and targets changed places",
            "you swapped inputs and targets: the model sees a token and must "
            "guess the one *before* it.",
            changed_places,
        ),
        Misconception(
            "rolled within the row",
            "the last target of a row is its first input: you shifted the "
            "row around in a circle. The last target is the token that "
            "follows in the *text*, so a row needs one token more than "
            "`block_size`.",
            rolled_within,
        ),
        Misconception(
            "one target a row",
            "there is one target a row. A Transformer answers at every place "
            "at once, so that a row of `block_size` tokens has as many "
            "lessons to give: a target for each place.",
            only_the_last_target,
        ),
        Misconception(
            "turned round",
            "you swapped rows and columns. A piece of text stands in a row: "
            "`(batch_size, block_size)`.",
            turned,
        ),
        Misconception(
            "two draws",
            "inputs and targets come from different places of the text, as "
            "if each had been drawn for itself. Draw once, and use the same "
            "places for both.",
            targets_of_their_own,
        ),
        Misconception(
            "the last piece left out",
            "the last piece of the text is never drawn. `torch.randint` "
            "leaves out its upper end by itself, so subtract no more.",
            pieces_by(the_last_piece_left_out),
        ),
        Misconception(
            "in a row",
            "the pieces are not random: every batch begins at the same "
            "places, one after another.",
            pieces_by(in_a_row),
        ),
        Misconception(
            "blocks side by side",
            "pieces begin at multiples of `block_size` only. Any place will "
            "do, and the model sees each token in many different positions.",
            pieces_by(in_blocks),
        ),
        Misconception(
            "one place for the whole batch",
            "all rows of a batch are the same piece. Draw a place for each "
            "row.",
            pieces_by(one_for_all),
        ),
        Misconception(
            "a seed of its own",
            "every call gives the same batch: the randomness does not come "
            "from `rng`, which goes on from call to call.",
            pieces_by(own_generator),
        ),
        Misconception(
            "rng not used",
            "`rng` makes no difference in yours: with the same seed it draws "
            "other pieces each time. Hand it on, `generator=rng`.",
            pieces_by(no_generator),
        ),
    ),
    hints=(
        "How many places are there in a text of 6 tokens where 4 tokens and "
        "one more fit? Which are they?",
        "Draw the places first, `torch.randint(high, (batch_size,), "
        "generator=rng)`. The targets are the same slices, one place on.",
        "starts = randint(len(ids) - block_size, …); inputs = the slices "
        "[s, s + block_size) of each start, stacked; targets = the slices "
        "[s + 1, s + 1 + block_size), stacked.",
    ),
    returns=(
        Measured("shape of the inputs"),
        Measured("shape of the targets"),
        Measured("places of the inputs, counted from the first"),
        Measured("places of the targets, counted from the first input"),
        Measured("share of rows that begin at each place"),
        Measured("share of neighbouring rows that are alike"),
        Yes("two calls give different batches"),
        Yes("the same seed gives the same batch"),
    ),
    bounds=batch_bounds,
    called=lambda ids, batch_size, block_size, seed, times: {
        "ids": ids,
        "batch_size": batch_size,
        "block_size": block_size,
    },
)
