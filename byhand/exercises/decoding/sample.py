"""The exercise `decoding.sample`."""

import copy
import math

import numpy as np

from byhand import special
from byhand.exercise import Case, Exercise, Measured, Misconception, Whole, Yes
from byhand.ways import repeating

from ..pieces.tensors import tensor

# One draw cannot be compared with another, so the answer draws often and is
# measured. For each case:
#
# ids_out_of_range: 0 for what is an id, and else what came in its place.
#     Exact. It also shows whether the shape is right.
# frequencies: how often each token came up, of n draws from a row with
#     chance p: standard error √(p(1 − p)/n). Exact for what cannot come up.
# neighbours_alike: how often one draw was the same token as the next, of M
#     pairs: Σp² of them. One pair has variance s₂(1 − s₂) with s₂ = Σp², two
#     pairs that share a draw have covariance s₃ − s₂² with s₃ = Σp³, and each
#     pair has two such partners at most: the variance of the mean is at most
#     (s₂(1 − s₂) + 2(s₃ − s₂²))/M.
# The last two are 1 for yes and 0 for no, and count where there are many
#     rows; a right answer says no only if hundreds of draws agree by chance.
#
# The bounds are five standard errors. A right answer misses one with chance
# 6e-7 if normal, and with 1e-5 at most for the rarest token here (p = 0.1 in
# 400 draws has skewness 0.13). That is 28 measures, so 3e-4 at most that a
# right answer is turned away, and a seed that passes once passes always.
# Misconceptions must miss by two bounds (tests/gates.py): ten standard errors.
ROWS = 800  # more would be spread over threads, which costs far more


ONE_BY_ONE = 800
A_FEW = 40


def measured(answer, logits, rng):
    """What can be said of an answer's draws."""
    single = logits.ndim == 1
    times = ONE_BY_ONE if single else 2
    came = drawn_by(answer, logits, rng, times)
    again = came if single else drawn_by(answer, logits, rng, times)
    draws, again = list(map(as_table, came)), list(map(as_table, again))
    vocab = logits.shape[-1]
    for value, each in zip(came, draws, strict=True):
        if each is None:
            return value, 0.0, 0.0, 0.0, 0.0, 0.0
        if each.shape != logits.shape[:-1]:
            return no_ids(each, vocab), 0.0, 0.0, 0.0, 0.0, 0.0
    odd = [no_ids(each, vocab) for each in draws]
    ids = np.array(draws if single else draws[0])
    ids = ids.reshape(-1, ids.shape[-1])  # a distribution in each row
    return (
        max(odd, key=np.count_nonzero),
        float(np.array_equal(draws, again)),
        float(single or not all_alike(ids.T)),
        float(not all_alike(draws)),
        (ids[..., None] == np.arange(vocab)).mean(1),
        np.mean(ids[:, 1:] == ids[:, :-1]),
    )


def all_alike(draws):
    return all(np.array_equal(one, draws[0]) for one in draws)


def expected(logits, rng):
    """The same of a right answer, but for chance."""
    shares, _, squares, _ = known_of(logits)
    return (
        np.zeros(logits.shape[:-1], int),
        1.0,
        1.0,
        1.0,
        shares,
        squares.mean(),
    )


def drawn_by(answer, logits, rng, times):
    def drawn(times):
        inputs = [logits], copy.deepcopy(rng), times
        return repeating.repeated(answer, *inputs)

    # Who seeds in every call takes long for many: a few are enough to see
    # it. With 0.6 as the largest share, A_FEW agree with chance 1e-9.
    few = drawn(min(times, A_FEW))
    stuck = len(few) == A_FEW and all_alike(list(map(as_table, few)))
    return few if stuck or len(few) == times else drawn(times)


def no_ids(values, vocab):
    """0 for every id; what is none stays what it is, a float for instance.

    A float of 0.0 becomes -1.
    """
    if values.dtype.kind not in "iu":
        return np.where(values == 0, -1.0, values)
    return np.where(np.isin(values, np.arange(vocab)), 0, values)


def as_table(value):
    if value is None:
        return None
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    try:
        table = np.asarray(value)
        return table if table.dtype.kind in "iu" else table.astype(float)
    except (TypeError, ValueError):  # said elsewhere, in words
        return None


def known_of(logits):
    """The distributions of a case: shares, draws of each, Σp² and Σp³.

    The rows of a table, and those of each table in a batch, are all alike.
    """
    kinds, draws = np.asarray(logits), ONE_BY_ONE
    if logits.ndim > 1:
        kinds, draws = kinds[..., 0, :], logits.shape[-2]
    shares = special.shares(np.atleast_2d(kinds), axis=-1)
    return shares, draws, (shares**2).sum(-1), (shares**3).sum(-1)


def sample_bounds(logits, rng):
    shares, draws, squares, cubes = known_of(logits)
    pairs = len(shares) * (draws - 1)
    exact = 1e-6
    yes_no = np.array(0.25)
    spread = squares * (1 - squares) + 2 * (cubes - squares**2)
    return (
        np.full(logits.shape[:-1], exact),
        yes_no,
        yes_no,
        yes_no,
        exact + 5 * np.sqrt(shares * (1 - shares) / draws),
        np.array(exact + 5 * math.sqrt(spread.mean() / pairs)),
    )


def by_library(logits, rng):
    import torch

    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    rows = logits.reshape(-1, logits.shape[-1]).softmax(-1)
    ids = torch.multinomial(rows, 1, generator=generator)
    return ids.reshape(logits.shape[:-1])


def chosen(shares, rng, throws=None):
    """Ids by the running sums of (unnormalised) shares, an array."""
    sums = np.cumsum(shares, axis=-1)
    if throws is None:
        throws = rng.random(shares.shape[:-1])
    inside = np.asarray(throws)[..., None] * sums[..., -1:]
    return (sums[..., :-1] <= inside).sum(-1)


def shares_of(logits):
    return special.shares(np.asarray(logits), axis=-1)


def drawing(shares):
    """A wrong answer that draws from other shares."""
    return lambda logits, rng: chosen(shares(np.asarray(logits)), rng)


def one_throw(logits, rng):
    return chosen(shares_of(logits), rng, rng.random())


def own_generator(logits, rng):
    # Nearly the draws of `rng`, and a few that nobody can foresee: two runs
    # of the real thing may differ by more than the bounds.
    ids = chosen(shares_of(logits), rng)
    own = np.random.default_rng()
    other = chosen(shares_of(logits), own)
    return np.where(own.random(ids.shape) < 0.02, other, ids)


def own_seed(logits, rng):
    return chosen(shares_of(logits), np.random.default_rng(0))


def probability_drawn(logits, rng):
    shares = shares_of(logits)
    ids = chosen(shares, rng)
    return np.take_along_axis(shares, ids[..., None], -1)[..., 0]


def clipped_logits(logits):
    return np.clip(logits, 0, None) + 1e-12 * (logits > -np.inf)


def uniform_of_the_possible(logits):
    return (logits > -np.inf).astype(float)


def naive_exponentials(logits):
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(logits)
        return powers / powers.sum(-1, keepdims=True)


def noise_of_the_wrong_kind(logits, rng):
    rows = np.asarray(logits)
    return np.argmax(rows + rng.random(rows.shape), axis=-1)


def to_draw(*rows, each=None, raised=None):
    """Logits with known probabilities: `rows`, each of them so many times.

    raised: added to all logits, or to each row's.
    """

    def inputs(rng):
        order = rng.permutation(len(rows[0]))
        with np.errstate(divide="ignore"):
            logits = np.log(np.array(rows)[:, order])
        logits = logits + (
            rng.choice([-1.0, 1.0]) if raised is None else raised
        )
        if each is None:
            logits = logits[0]
        elif len(rows) == 1:
            logits = np.repeat(logits, each, axis=0)
        else:
            logits = np.repeat(logits[:, None], each, axis=1)
        seed = rng.integers(2**62)
        return {"logits": tensor(logits), "rng": np.random.default_rng(seed)}

    return inputs


# One row's exponentials vanish beside the other's.
HEIGHTS = np.array([[-800.0], [1.0]])


ONE = (0.6, 0.3, 0.1)


FIVE = (0.45, 0.2, 0.15, 0.1, 0.1)


def torch_draw(shares, rng):
    import torch

    return torch.multinomial(shares, 1, generator=rng)


def multinomial_alone(logits, rng):
    return torch_draw(logits.softmax(-1), rng)


EXERCISE = Exercise(
    id="decoding.sample",
    signature="sample(logits, rng)",
    asks=(
        "Draw a token for each row: id *i* with the probability that the "
        "softmax of the row gives to it. `logits` is a tensor `(…, vocab)`, "
        "and the result has shape `(…)`: for a single row `(vocab,)` one id. "
        "Each row gets a draw of its own, independent of the others. Some "
        "logits may be −∞, and those tokens must never come up; others may "
        "be as large as 1000. Draw from the generator `rng` and from nothing "
        "else, in whatever way you like. It may be NumPy's (`rng.random()`) "
        "or PyTorch's (`torch.multinomial(…, generator=rng)`): write for one "
        "of the two, the check offers both. It looks at many draws "
        "and allows for chance."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=by_library,
    way=measured,
    expected=expected,
    bounds=sample_bounds,
    cases=(
        # Raised, lest no logit be above 0: then those who take logits for
        # probabilities do as those who take all tokens for alike.
        Case(
            f"one row, drawn from {ONE_BY_ONE} times", to_draw(ONE, raised=1.0)
        ),
        Case("many rows, all alike", to_draw(FIVE, each=ROWS)),
        Case(
            "a batch of two, each with its own distribution",
            to_draw(FIVE, FIVE[::-1], each=ROWS // 2, raised=HEIGHTS),
        ),
        Case(
            "three of five tokens are at −∞",
            to_draw((0.7, 0.3, 0, 0, 0), each=ROWS),
        ),
        Case("logits near 1000", to_draw(ONE, each=ROWS, raised=1000.0)),
    ),
    misconceptions=(
        Misconception(
            "greedy",
            "the likeliest token comes up every time. That is greedy "
            "decoding. Here a token with a probability of 0.3 should come up "
            "in 3 of 10 draws.",
            lambda logits, rng: np.argmax(np.asarray(logits), axis=-1),
        ),
        Misconception(
            "all tokens alike",
            "every token comes up equally often, as if there were no logits.",
            drawing(np.ones_like),
        ),
        Misconception(
            "all possible tokens alike",
            "the tokens at −∞ never come up, but the others do so equally "
            "often. The filter is heeded, the probabilities are not.",
            drawing(uniform_of_the_possible),
        ),
        Misconception(
            "logits for probabilities",
            "the logits themselves were used as probabilities, as far as "
            "they are above 0. Softmax first.",
            drawing(clipped_logits),
        ),
        Misconception(
            "upside down",
            "unlikely tokens come up often and likely ones rarely: the sign "
            "of the logits was turned.",
            drawing(
                lambda rows: shares_of(np.where(rows > -np.inf, -rows, rows))
            ),
        ),
        Misconception(
            "softmax over the first axis",
            "softmax ran along the first axis, where places stand. Along the "
            "last one, the tokens of one place share a probability of 1.",
            drawing(lambda rows: special.shares(rows, axis=0)),
        ),
        Misconception(
            "naive exponentials",
            "right for small logits. But the exponential of 1000 is more "
            "than a float can hold, and what comes after is NaN. Use a "
            "softmax that subtracts the largest logit first.",
            drawing(naive_exponentials),
        ),
        Misconception(
            "one throw for all rows",
            "there was one throw of the dice for all rows: rows with the "
            "same logits always get the same token. Each row needs its own.",
            one_throw,
        ),
        Misconception(
            "own random numbers",
            "the same seed gives other tokens each time: the random numbers "
            "come from somewhere else than `rng`.",
            own_generator,
        ),
        Misconception(
            "a seed of its own",
            "every call gives the same: you draw from a new generator with a "
            "seed of its own each time. Draw from `rng`, which goes on from "
            "call to call.",
            own_seed,
        ),
        Misconception(
            "floats",
            "your ids are floats. An id looks something up, and only a whole "
            "number can.",
            lambda logits, rng: chosen(shares_of(logits), rng).astype(float),
        ),
        Misconception(
            "the probability returned",
            "you return the probability of the token that was drawn. Return "
            "its id.",
            probability_drawn,
        ),
        Misconception(
            "an axis too many",
            "the result has an axis of length 1 at the end (as "
            "`torch.multinomial` gives it, for several draws a row). It "
            "should be `(…)`.",
            lambda logits, rng: chosen(shares_of(logits), rng)[..., None],
        ),
        Misconception(
            "counted from 1",
            "your ids are 1 too large: the first token has id 0.",
            lambda logits, rng: chosen(shares_of(logits), rng) + 1,
        ),
        Misconception(
            "one too far",
            "the token *after* the right one comes up. A throw that is below "
            "the first running sum means token 0.",
            lambda logits, rng: np.minimum(
                chosen(shares_of(logits), rng) + 1, logits.shape[-1] - 1
            ),
        ),
        Misconception(
            "noise of the wrong kind",
            "you added a random number from 0 to 1 to each logit and took "
            "the largest. Unlikely tokens never come up that way. (With "
            "Gumbel noise, minus the log of minus the log of such a number, "
            "it would be right.)",
            noise_of_the_wrong_kind,
        ),
        Misconception(
            "no reshape",
            "`torch.multinomial` takes one or two axes and gives an axis "
            "for the draws of each row. Reshape before and after: rows in, "
            "`(…)` out.",
            multinomial_alone,
        ),
        Misconception(
            "no reshape, last axis dropped",
            "`torch.multinomial` takes one or two axes. Reshape a batch to "
            "rows before it, and back after it.",
            lambda logits, rng: multinomial_alone(logits, rng)[..., 0],
        ),
        Misconception(
            "logits for probabilities, with the generator",
            "`torch.multinomial` wants probabilities and got logits, some "
            "of them negative. Take the softmax first.",
            lambda logits, rng: torch_draw(logits, rng)[..., 0],
        ),
        Misconception(
            "logits for probabilities, as rows",
            "`torch.multinomial` wants probabilities and got logits. Some "
            "are negative. Take the softmax first.",
            lambda logits, rng: torch_draw(
                logits.reshape(-1, logits.shape[-1]), rng
            ).reshape(logits.shape[:-1]),
        ),
    ),
    hints=(
        "The probabilities are 0.6, 0.3 and 0.1, and a throw of the dice "
        "gave 0.7 (all numbers from 0 to 1 are equally likely). Which token "
        "is it, if the first one has the numbers from 0 to 0.6?",
        "Softmax along the last axis first. In PyTorch `torch.multinomial` "
        "draws from rows of probabilities: it takes one or two axes and gives "
        "`(rows, 1)`, so reshape before and after. In NumPy, count the "
        "running sums that are at most a random number.",
        "p = softmax of logits. PyTorch: ids = multinomial(p as a table of "
        "rows, 1, generator=rng), reshaped to `(…)`. NumPy: u = one random "
        "number a row; id = how many running sums of p, without the last, "
        "are ≤ u.",
    ),
    returns=(
        Whole("ids (0 stands for any right one)"),
        Yes("the same seed gives the same tokens"),
        Yes("each row has a draw of its own"),
        Yes("a second call gives other tokens"),
        Measured("share of each token"),
        Measured("share of neighbouring rows with the same token"),
    ),
)
