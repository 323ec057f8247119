"""What brings a loss down: each change of a recipe, alone and on others.

Steps to a loss do not depend on how busy a machine is, and seconds do: how
long a step takes is measured apart, all rows in turns, and as a ratio.
"""

import dataclasses
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import scipy.stats
import torch

from byhand.gpt import data
from byhand.gpt.bench import describe
from byhand.gpt.model import CHANGES
from byhand.gpt.train import PROFILES, Recipe, Run, Setup, fed

TARGET = 1.8983  # nanoGPT's loss on tinyshakespeare, after its 2,000 steps
STEPS, EVERY, SEEDS = 300, 50, 2
ROUNDS, STRETCH = 7, 3  # of timed steps; the first round is not counted
PLAIN, EXACT = "as it is", "as it is, float32 and fused attention"
MUON = 0.02
# nanochat's block and optimiser.
NANOCHAT = (
    *("rotary", "qk-norm", "relu2", "rmsnorm"),
    *("zero-init", "untied", "soft-cap"),
)
# What helps at this size, in the order in which it is stacked.
LADDER = ("rotary", "Muon", "pairs", "relu2")
SOURCES = {
    "Muon": "a step of equal length in each direction that a matrix has "
    '(Jordan and others, "Muon", 2024)',
    **CHANGES,
}
OTHERS = {
    "base": "a plain block, as GPT-2 arranged it, and AdamW "
    '(Radford and others, "Language Models are Unsupervised Multitask '
    'Learners", 2019, section 2.3)',
    "shorter": "steps a quarter as long, as nanoGPT's recipe has them "
    '(Karpathy, "nanoGPT", 2022)',
    "longer": "steps twice as long "
    '(Smith and Topin, "Super-Convergence", 2019)',
    "batch": "twice as much text in a step, which takes about twice as long "
    '(McCandlish and others, "An Empirical Model of Large-Batch Training", '
    "2018)",
    "beta2": "AdamW remembers squared gradients for 20 steps, not for 100 "
    '(Kingma and Ba, "Adam", 2015, algorithm 1)',
    "decay": "nothing draws the weights towards 0 "
    '(Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019)',
    "nanochat": "rotary, QK-norm, ReLU², RMSNorm, zero init, an untied head, "
    'capped logits and Muon at once (Karpathy, "nanochat", 2025)',
}


class Row(NamedTuple):
    """A recipe by name. on: the row that it is one change away from. says:
    what the change does, and its source."""

    name: str
    on: str
    recipe: Recipe
    setup: Setup
    says: str


def changed(base: Recipe, *names: str) -> Recipe:
    """With changes of the model, and Muon where it is among them."""
    return dataclasses.replace(
        base,
        muon=MUON if "Muon" in names else base.muon,
        changes=tuple(name for name in names if name != "Muon"),
    )


def rows(base: Recipe, setup: Setup) -> Iterator[Row]:
    """The base, each change of it alone, and the ladder with its own.

    A batch twice as large sees twice as much text in as many steps.
    """

    def other(**fields: Any) -> Recipe:
        return dataclasses.replace(base, **fields)

    yield Row(PLAIN, PLAIN, base, setup, OTHERS["base"])
    for name in LADDER:
        yield Row(name, PLAIN, changed(base, name), setup, SOURCES[name])
    below = LADDER[0]
    for height in range(2, len(LADDER) + 1):
        *_, last = stack = LADDER[:height]
        name = " + ".join(stack)
        yield Row(name, below, changed(base, *stack), setup, SOURCES[last])
        below = name
    whole = changed(base, *NANOCHAT, "Muon")
    yield Row("nanochat's way", PLAIN, whole, setup, OTHERS["nanochat"])
    left = {name: SOURCES[name] for name in SOURCES if name not in LADDER}
    for name, says in left.items():
        yield Row(name, PLAIN, changed(base, name), setup, says)
    for name, says in left.items():
        more = changed(base, *LADDER, name)
        yield Row(f"{below} + {name}", below, more, setup, says)
    larger = f"batch of {2 * base.batch_size}"
    single = {
        larger: (other(batch_size=2 * base.batch_size), "batch"),
        "¼ of the learning rate": (other(peak=base.peak / 4), "shorter"),
        "2 × the learning rate": (other(peak=2 * base.peak), "longer"),
        "β₂ of 0.95": (other(beta2=0.95), "beta2"),
        "no weight decay": (other(weight_decay=0.0), "decay"),
    }
    for name, (recipe, why) in single.items():
        yield Row(name, PLAIN, recipe, setup, OTHERS[why])
    best = dataclasses.replace(
        changed(base, *LADDER), batch_size=2 * base.batch_size
    )
    yield Row(f"{below} + {larger}", below, best, setup, OTHERS["batch"])


class Point(NamedTuple):
    """Where a training stood. seconds: of its steps alone. loss: mean over
    the whole held-out text, in nats a token."""

    step: int
    seconds: float
    loss: float


def curve(
    text: data.Text, recipe: Recipe, setup: Setup, target: float | None = None
) -> list[Point]:
    """How the loss falls; to the end, or until it is at the target."""
    run = Run(text, recipe, setup)
    points, seconds, began = [], 0.0, time.perf_counter()
    for batches in fed(run):
        run.train_step(batches)
        if run.step % recipe.evaluate_every and run.step < recipe.steps:
            continue
        setup.synchronize()
        seconds += time.perf_counter() - began
        loss = run.evaluate(text.held_out, None)
        points.append(Point(run.step, seconds, loss))
        if target is not None and loss <= target:
            break
        began = time.perf_counter()
    return points


def paces(text: data.Text, several: list[Row]) -> dict[str, float]:
    """Seconds a step of each row: the least, which what else the machine
    does has touched least; the rows take turns."""
    steps = ROUNDS * STRETCH
    runs = [
        Run(text, dataclasses.replace(row.recipe, steps=steps), row.setup)
        for row in several
    ]
    feeds = [fed(run) for run in runs]
    spent: dict[str, list[float]] = {row.name: [] for row in several}
    for turn in range(ROUNDS):
        for row, run, feed in zip(several, runs, feeds, strict=True):
            for _ in range(STRETCH):
                batches = next(feed)
                row.setup.synchronize()
                began = time.perf_counter()
                run.train_step(batches)
                row.setup.synchronize()
                if turn:
                    spent[row.name].append(time.perf_counter() - began)
    return {name: min(each) for name, each in spent.items()}


# --- the table -------------------------------------------------------------


def measured(
    text: data.Text,
    base: Recipe,
    setup: Setup,
    seeds: int,
    path: Path,
    say: Callable[[str], None] = print,
) -> dict[str, Any]:
    """All rows with some seeds; kept in a file after each, and gone on with.

    ValueError: the file is of other rows.
    """
    several = list(rows(base, setup))
    about = {
        "text": text.digest,
        "recipe": json.loads(written(base)),
        "precision": setup.precision,
        "attention": setup.attention,
    }
    kept: dict[str, Any] = {"about": about, "rows": {}, "paces": {}}
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(kept, dict) or kept.get("about") != about:
            raise ValueError(
                f"{path} holds a table of another recipe or text; name "
                "another file with --out"
            )
    measured_before = kept["rows"]
    kept["rows"] = {
        row.name: {
            **{"on": row.on, "says": row.says},
            "curves": measured_before.get(row.name, {}).get("curves", {}),
        }
        for row in several
    }
    total, done = seeds * len(several), 0
    for seed in range(seeds):
        for row in several:
            done += 1
            curves = kept["rows"][row.name]["curves"]
            if str(seed) in curves:
                continue
            recipe = dataclasses.replace(row.recipe, seed=seed)
            points = curve(text, recipe, row.setup)
            curves[str(seed)] = [
                [point.step, round(point.loss, 4)] for point in points
            ]
            save(kept, path)
            say(
                f"{done} of {total}: {row.name}, seed {seed}: "
                f"{points[-1].loss:.4f}"
            )
    say("how long a step takes …")
    exact = dataclasses.replace(setup, precision="float32", attention="fused")
    several.append(Row(EXACT, PLAIN, base, exact, ""))
    kept["paces"] = {
        name: round(pace, 5) for name, pace in paces(text, several).items()
    }
    kept["machine"] = f"{describe(setup.device)}, PyTorch {torch.__version__}"
    kept["date"] = time.strftime("%Y-%m-%d", time.gmtime())
    save(kept, path)
    return kept


def written(recipe: Recipe) -> str:
    return json.dumps(dataclasses.asdict(recipe))


def save(kept: dict[str, Any], path: Path) -> None:
    """All or nothing: half an hour's rows outlive a crash."""
    words = json.dumps(kept, indent=1, ensure_ascii=False)
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(words + "\n", encoding="utf-8")
    unfinished.replace(path)


class Figures(NamedTuple):
    """What a row comes to.

    losses: at the end, a seed each. reached: steps until the target, where
    a seed came there. less: than the row it is one change away from, in the
    mean of the seeds that both have; chance: that a difference as large
    comes of the seeds alone (a paired t-test); None with one seed. pace: a
    step's time, over that of the first row; None if it was not measured.
    """

    name: str
    on: str
    losses: list[float]
    reached: list[int | None]
    less: float
    chance: float | None
    pace: float | None


def figures(kept: dict[str, Any], target: float) -> list[Figures]:
    """Of the rows that have a seed."""
    return [
        _figures(kept, name, target)
        for name, row in kept["rows"].items()
        if row["curves"]
    ]


def _figures(kept: dict[str, Any], name: str, target: float) -> Figures:
    row = kept["rows"][name]
    curves, others = row["curves"], kept["rows"][row["on"]]["curves"]
    both = [seed for seed in curves if seed in others]
    less = [others[seed][-1][1] - curves[seed][-1][1] for seed in both]
    # Equal differences have no spread to compare with.
    tested = len(set(less)) > 1
    chance = float(scipy.stats.ttest_1samp(less, 0).pvalue) if tested else None
    paces = kept["paces"]
    return Figures(
        name,
        row["on"],
        [points[-1][1] for points in curves.values()],
        [first_at(points, target) for points in curves.values()],
        statistics.mean(less) if less else 0.0,
        chance,
        paces[name] / paces[PLAIN] if name in paces else None,
    )


def _three_places(chance: float) -> str:
    return "< 0.001" if chance < 0.001 else f"{chance:.3f}"


def first_at(points: list[list[float]], target: float) -> int | None:
    return next((int(at) for at, loss in points if loss <= target), None)


def table(kept: dict[str, Any], target: float) -> str:
    """Markdown: loss at the end, mean ± deviation, and what it is worth."""
    steps = kept["about"]["recipe"]["steps"]
    lines = [
        f"| change | loss after {steps} steps | seeds | below | by | p "
        f"| steps to {target:g} | a step's time |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in figures(kept, target):
        spread = statistics.stdev(one.losses) if one.losses[1:] else None
        known = [at for at in one.reached if at is not None]
        every = known if len(known) == len(one.reached) else []
        cells = (
            one.name,
            f"{statistics.mean(one.losses):.4f}"
            + ("" if spread is None else f" ± {spread:.4f}"),
            f"{len(one.losses)}",
            "–" if one.name == one.on else one.on,
            "–" if one.name == one.on else f"{one.less:+.4f}",
            "–" if one.chance is None else _three_places(one.chance),
            f"{statistics.mean(every):.0f}" if every else "–",
            "–" if one.pace is None else f"{one.pace:.2f} ×",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def base_recipe(steps: int = STEPS) -> Recipe:
    """nanoGPT's shape, and the rate that is best for a plain model in a run
    this short."""
    return dataclasses.replace(
        PROFILES["quick"],
        steps=steps,
        muon=None,
        changes=(),
        evaluate_every=min(EVERY, steps),
    )
