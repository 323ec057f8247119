"""The learning rate's schedule against the loss of a small model.

Four models with different first weights learn which word follows which in a
dozen sentences: a word picks a row of 8 numbers, ReLU, softmax over the
vocabulary. Adam, 16 random pairs of words a step, the same ones for all.
"""

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from byhand.sliders import draw as svg
from byhand.sliders import require
from byhand.sliders.chart import Axes
from byhand.sliders.controls import slider, whole_slider
from byhand.sliders.panel import Panel

TEXT = (
    "the cat sat on the mat . the dog sat on the rug . the cat saw the dog . "
    "the dog saw a bird . a bird sat on the mat . a cat ate the fish . "
    "the dog ate a fish . the bird saw the cat . a fish saw a bird . "
    "the cat sat on a rug . a dog sat on the cat . the bird ate a fish ."
)
STEPS = 120
HIDDEN = 8
BATCH = 16
MODELS = 4
BETA1, BETA2, TINY = 0.9, 0.999, 1e-8
SCHEDULED, CONSTANT = "with this schedule", "the same peak, all the time"
STYLES = {SCHEDULED: (svg.BLUE, ""), CONSTANT: (svg.ORANGE, "5 4")}


class Schedule(NamedTuple):
    """Rates before each of the 120 steps, losses before and after each.

    A loss is the mean over the whole text, of four models.
    """

    peak: float
    warmup: int
    total: int
    floor: float  # a rate, not a share
    rates: np.ndarray  # (120,)
    losses: np.ndarray  # (121,)
    constant: np.ndarray  # (121,): without a schedule
    dead: int  # hidden units that are 0 for every word, of 32
    dead_constant: int


@cache
def pairs() -> np.ndarray:
    """How often each word follows each: shares, (v, v), adding up to 1."""
    words = TEXT.split()
    vocabulary = sorted(set(words))
    ids = [vocabulary.index(word) for word in words]
    counts = np.zeros((len(vocabulary),) * 2)
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return counts / counts.sum()


@cache
def lowest() -> float:
    """The loss of a model that knows every share: the entropy, in nats."""
    shares = pairs()
    known = shares / shares.sum(1, keepdims=True)
    return float(-np.sum(shares * np.log(np.where(known > 0, known, 1))))


@cache
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """(models, p): the first weights; and (120, v, v): the batches."""
    rng = np.random.default_rng(15)
    v = len(pairs())
    first = 0.3 * rng.standard_normal((MODELS, 2 * v * HIDDEN))
    biases = np.zeros((MODELS, HIDDEN + v))
    batches = rng.multinomial(BATCH, pairs().ravel(), size=STEPS) / BATCH
    return np.hstack([first, biases]), batches.reshape(STEPS, v, v)


def rates_of(peak, warmup, total, floor):
    """The schedule, for all steps at once."""
    steps = np.arange(STEPS)
    way = np.clip((steps - warmup) / (total - warmup), 0, 1)
    down = floor + (peak - floor) * np.cos(np.pi / 2 * way) ** 2
    return np.where(steps < warmup, peak * steps / max(warmup, 1), down)


def learn(rates):
    """Train all models with these rates: losses (121,), and dead units."""
    start, batches = drawn()
    shares = pairs()
    v = len(shares)
    weights = start.copy()
    slopes = np.empty_like(weights)
    parts, slopes_of = parts_of(weights, v), parts_of(slopes, v)
    m, square = np.zeros_like(weights), np.zeros_like(weights)
    losses = []
    for t, rate in enumerate(rates, start=1):
        hidden, scores, powers, sums = forth(parts)
        losses.append(loss_of(shares, scores, sums))
        batch = batches[t - 1]
        errors = powers / sums
        errors *= batch.sum(1, keepdims=True)
        errors -= batch
        back = errors @ parts[1].transpose(0, 2, 1)
        back *= hidden > 0
        slopes_of[0][...] = back
        np.matmul(hidden.transpose(0, 2, 1), errors, out=slopes_of[1])
        slopes_of[2][...] = back.sum(1, keepdims=True)
        slopes_of[3][...] = errors.sum(1, keepdims=True)
        m += (1 - BETA1) * (slopes - m)
        square += (1 - BETA2) * (slopes * slopes - square)
        roots = np.sqrt(square / (1 - BETA2**t)) + TINY
        weights -= rate / (1 - BETA1**t) * m / roots
    hidden, scores, _, sums = forth(parts)
    losses.append(loss_of(shares, scores, sums))
    return np.array(losses), int(np.sum((hidden == 0).all(1)))


def parts_of(flat, v):
    """Views of all weights: (·, v, 8), (·, 8, v) and the two biases."""
    end = v * HIDDEN
    return (
        flat[:, :end].reshape(-1, v, HIDDEN),
        flat[:, end : 2 * end].reshape(-1, HIDDEN, v),
        flat[:, None, 2 * end : 2 * end + HIDDEN],
        flat[:, None, 2 * end + HIDDEN :],
    )


def forth(parts):
    inner, outer, inner_bias, outer_bias = parts
    hidden = np.maximum(inner + inner_bias, 0)
    scores = hidden @ outer
    scores += outer_bias
    scores -= scores.max(-1, keepdims=True)
    powers = np.exp(scores)
    return hidden, scores, powers, powers.sum(-1, keepdims=True)


def loss_of(shares, scores, sums):
    logs = scores - np.log(sums)
    return -np.einsum("ij,mij->", shares, logs) / len(logs)


@lru_cache(256)
def at_constant(peak):
    return learn(np.full(STEPS, peak))


def compute(peak=0.3, warmup=20, total=120, floor=5) -> Schedule:
    """The four models' mean loss, with a schedule and without.

    floor: in percent of the peak. Raises ValueError unless 0 < peak ≤ 1,
    0 ≤ warmup < total ≤ 120, both whole numbers, and 0 ≤ floor ≤ 100.
    """
    _require(peak, warmup, total, floor)
    lowest_rate = peak * floor / 100
    rates = rates_of(peak, warmup, total, lowest_rate)
    losses, dead = learn(rates)
    constant, dead_constant = at_constant(float(peak))
    return Schedule(
        float(peak),
        int(warmup),
        int(total),
        float(lowest_rate),
        rates,
        losses,
        constant,
        dead,
        dead_constant,
    )


def _require(peak, warmup, total, floor):
    require.positive("the peak", peak, 1)
    require.that(
        0 <= warmup < total <= STEPS,
        f"expected 0 ≤ warm-up < total ≤ {STEPS} steps, but they are"
        f" {warmup} and {total}",
    )
    for name, value in (("warm-up", warmup), ("total", total)):
        require.that(
            value == int(value),
            f"the {name} must be a whole number of steps, but it is {value}",
        )
    require.within("the floor", floor, 0, 100, " percent")


def draw(arrays: Schedule) -> str:
    charts = svg.row(_rates(arrays), _losses(arrays), gap=12)
    words = svg.column(*_words(arrays), gap=2)
    key = svg.key(*((name, *style) for name, style in STYLES.items()))
    block = svg.column(charts, key, words, gap=8)
    block = svg.sized(block, charts.width)
    return svg.figure("schedule", summary(arrays), block)


def _rates(arrays):
    axes = Axes((0, STEPS), (0, 0.65), width=320, height=260)
    steps = np.arange(STEPS)
    colour, dashes = STYLES[CONSTANT]
    axes.level(arrays.peak, colour, 1.5, dashes)
    axes.curve(steps, arrays.rates, STYLES[SCHEDULED][0], 2)
    for at in (arrays.warmup, arrays.total):
        axes.upright(at)
    return axes.block("learning rate", "step (dotted: warm-up, total)")


def _losses(arrays):
    axes = Axes((0, STEPS), (0.8, 3.0), width=400, height=260)
    steps = np.arange(STEPS + 1)
    axes.level(lowest())
    colour, dashes = STYLES[CONSTANT]
    axes.curve(steps, arrays.constant, colour, 1.5, dashes)
    axes.curve(steps, arrays.losses, STYLES[SCHEDULED][0], 2)
    return axes.block(
        "loss over the whole text", "step (dotted: the lowest possible loss)"
    )


def _words(arrays):
    shown = svg.Shown
    yield svg.caption(
        "before: loss ",
        shown("before", arrays.losses[0], 3),
        f" (ln {len(pairs())} is ",
        shown("uniform", np.log(len(pairs())), 3),
        ")   ·   lowest possible ",
        shown("lowest", lowest(), 3),
    )
    yield svg.caption(
        f"after {STEPS} steps: loss ",
        shown("after", arrays.losses[-1], 3),
        " with this schedule, ",
        shown("constant", arrays.constant[-1], 3),
        " without one",
    )
    yield svg.caption(
        f"dead hidden units, of {MODELS * HIDDEN}: ",
        shown("dead", arrays.dead, 0),
        " with this schedule, ",
        shown("dead_constant", arrays.dead_constant, 0),
        " without one",
    )


def summary(arrays: Schedule) -> str:
    last, constant = arrays.losses[-1], arrays.constant[-1]
    return (
        f"The learning rate rises to {svg.number(arrays.peak)} in"
        f" {arrays.warmup} steps and falls to {svg.number(arrays.floor, 3)}"
        f" at step {arrays.total}.\n"
        f"The loss falls from {svg.number(arrays.losses[0], 3)} to"
        f" {svg.number(last, 3)}; at the peak all the time it ends at"
        f" {svg.number(constant, 3)}."
    )


def picture() -> str:
    """The figure as it first appears, an SVG string."""
    return draw(compute())


def show() -> Panel:
    """The figure with its sliders."""
    controls = {
        "peak": slider("peak rate", 0.3, 0.02, 0.6, 0.02),
        "warmup": whole_slider("warm-up steps", 20, 0, 40),
        "total": whole_slider("total steps", 120, 60, STEPS),
        "floor": whole_slider("floor, % of peak", 5, 0, 100),
    }
    return Panel("schedule", controls, compute, draw, summary)
