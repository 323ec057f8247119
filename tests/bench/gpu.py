"""All that needs a card, in one command: byhand.gpt beside nanoGPT.

Nothing is installed or fetched: it runs with the Python at hand, which needs
PyTorch 2.11 or later, numpy, rich and safetensors. nanoGPT is not part of
this project: --nanogpt names a folder with a copy of it, which is only read.
What is measured is in --out after each part, as figures.json and figures.md;
a run that was cut off goes on with the parts that are missing. One H100 takes
under eight minutes, and four more for "recipes", which has to be asked for.
"""

import argparse
import dataclasses
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from rich.console import Console

from byhand.gpt import bench, checkpoint, data, recipes, train
from byhand.gpt.data import IGNORED
from byhand.gpt.model import GPT
from tests.bench import gpt

ROOT = Path(__file__).parents[2]
VOCAB = 50_304  # nanoGPT's, for its GPT-2: 50,257 and a few for the card
TARGET = 1.4697  # the loss that nanoGPT's README names for its small model
say = Console(stderr=True, highlight=False).print


class Sizes(NamedTuple):
    """How much is measured: on a card, or in a rehearsal."""

    gpt2: dict[str, Any]  # of the model whose speed is compared
    steps: int  # to a timed stretch
    rounds: int  # times that each side's speed is measured
    small: dict[str, Any]  # in place of the profile's
    fast: dict[str, Any]  # the same, of the recipe that is quick to a loss
    nanogpt: dict[str, Any]  # in place of its configuration's
    resumed: int  # steps before the break, and after it
    seeds: int  # of the quicker recipe


FULL = Sizes(
    gpt2={"num_layers": 12, "num_heads": 12, "d_model": 768},
    steps=20,
    rounds=2,
    small={},
    fast={
        **{"steps": 600, "peak": 2e-3, "floor": 2e-4, "batch_size": 128},
        **{"evaluate_every": 100, "changes": recipes.NANOCHAT},
    },
    nanogpt={},
    resumed=20,
    seeds=3,
)
REHEARSAL = Sizes(
    gpt2={"num_layers": 1, "num_heads": 2, "d_model": 8},
    steps=1,
    rounds=1,
    small={
        **{"num_layers": 1, "num_heads": 2, "d_model": 16},
        **{"block_size": 32, "batch_size": 4, "steps": 20},
        **{"warmup": 2, "evaluate_every": 10},
    },
    fast={"steps": 20, "muon": 0.01},
    nanogpt={
        **{"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 32},
        **{"batch_size": 4, "max_iters": 20, "lr_decay_iters": 20},
        **{"eval_interval": 10, "eval_iters": 2, "warmup_iters": 2},
    },
    resumed=2,
    seeds=1,
)


@dataclasses.dataclass(frozen=True)
class Bench:
    """What there is to measure with.

    copy: of nanoGPT, with the text for its Shakespeare. work: a folder for
    all that is thrown away.
    """

    device: torch.device
    sizes: Sizes
    text: Path
    copy: Path
    work: Path

    @property
    def small(self) -> train.Recipe:
        # The whole held-out text, to compare a loss with a loss.
        return dataclasses.replace(
            train.PROFILES["small"], evaluate_on=None, **self.sizes.small
        )

    def fast(self, seed: int) -> train.Recipe:
        return dataclasses.replace(self.small, **self.sizes.fast, seed=seed)

    @property
    def nanogpts_device(self) -> list[str]:
        if self.device.type == "cuda":
            return ["--device=cuda"]
        return ["--device=cpu", "--compile=False", "--dtype=float32"]

    def best_setup(self, compiled: bool | None = None) -> train.Setup:
        if self.device.type != "cuda":
            compiled = False  # a rehearsal
        return train.best_setup(self.device, compiled)


# --- tokens a second ---------------------------------------------------------


def random_text(block_size: int) -> data.Text:
    """As many different tokens as nanoGPT's GPT-2 has, at random."""
    rng = np.random.default_rng(0)
    ids = torch.from_numpy(rng.integers(VOCAB, size=1_000_000))
    starts = np.arange(len(ids) - block_size)
    split = data.Split(ids, starts, [(0, block_size)])
    alphabet = "".join(chr(0x10000 + k) for k in range(VOCAB))
    return data.Text(alphabet, split, split, alphabet[0])


def tokens_a_second(given: Bench) -> dict[str, Any]:
    """Training GPT-2 with nanoGPT's batch, in turns."""
    recipe = dataclasses.replace(
        train.PROFILES["gpt2"], accumulation=1, **given.sizes.gpt2
    )
    if given.device.type != "cuda":
        recipe = dataclasses.replace(recipe, batch_size=1, block_size=32)
    text = random_text(recipe.block_size)
    per_step = recipe.tokens_per_step
    speeds: dict[str, list[float]] = {"byhand.gpt": [], "nanoGPT": []}
    for k in range(2 * given.sizes.rounds):
        if k % 4 in (0, 3):
            one = bench.measure(
                text, recipe, given.best_setup(), given.sizes.steps
            )
            speeds["byhand.gpt"].append(one.tokens_per_second)
            empty_cache()
        else:
            speeds["nanoGPT"].append(nanogpts_speed(given, recipe, per_step))
    model = GPT(recipe.model(VOCAB))
    return {
        "recipe": dataclasses.asdict(recipe),
        "weights": model.num_parameters(),
        "speeds": speeds,
        # The work of a token is the same for both.
        "flops_per_token": model.flops_per_token(),
        "peak": bench.peak_flops(given.device),
    }


def nanogpts_speed(given: Bench, recipe: train.Recipe, per_step: int) -> float:
    """Tokens a second, from what its own bench.py prints."""
    if given.device.type != "cuda":
        # It waits for a card by name: its model and steps alone remain.
        return rehearsed_speed(given, recipe, per_step)
    said = output(
        [sys.executable, "bench.py", "--real_data=False"], given.copy
    )
    found = re.search(r"time per iteration: ([\d.]+)ms", said)
    if found is None:
        raise SystemExit(f"nanoGPT's bench.py told no time:\n{said}")
    return per_step / float(found[1]) * 1000


def rehearsed_speed(
    given: Bench, recipe: train.Recipe, per_step: int
) -> float:
    module = gpt.imported(given.copy / "model.py")
    model = module.GPT(
        module.GPTConfig(
            block_size=recipe.block_size,
            vocab_size=VOCAB,
            n_layer=recipe.num_layers,
            n_head=recipe.num_heads,
            n_embd=recipe.d_model,
            dropout=0.0,
            bias=False,
        )
    )
    ids = torch.zeros(recipe.batch_size, recipe.block_size, dtype=torch.int64)
    began = time.perf_counter()
    model(ids, ids)[1].backward()
    return per_step / (time.perf_counter() - began)


# --- one change at a time ----------------------------------------------------


def single_changes(given: Bench) -> dict[str, Any]:
    """The table of lesson 17, with the profile small."""
    text = data.load(given.text, given.small.block_size)
    rows = []
    for name, recipe, setup in bench.changes(given.small, given.device):
        say(f"    {name} …")
        speed = bench.measure(text, recipe, setup, given.sizes.steps)
        rows.append([name, list(speed)])
        empty_cache()
    return {"rows": rows}


# --- exact resume ------------------------------------------------------------


def resume(given: Bench) -> dict[str, Any]:
    """Is a run that was broken off, and went on, the same to the last bit?

    With dropout, which draws from the card's random numbers. A card adds in
    whatever order its threads come, so that two runs differ by rounding
    unless it is told to keep an order.
    """
    found = {}
    for ordered in (True, False):
        os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
        torch.use_deterministic_algorithms(ordered)
        try:
            for compiled in (False, True):
                name = ("in order" if ordered else "as fast as it can") + (
                    ", compiled" if compiled else ""
                )
                found[name] = differences(given, compiled)
        finally:
            torch.use_deterministic_algorithms(False)
    return {"differences": found}


def differences(given: Bench, compiled: bool) -> dict[str, float]:
    """The largest difference of any number of two runs' states."""
    half = given.sizes.resumed
    # As many layers as it takes for one to feed another: compiling is slow.
    recipe = dataclasses.replace(given.small, steps=2 * half, num_layers=2)
    text = data.load(given.text, recipe.block_size)
    setup = given.best_setup(compiled)

    def steps(run: train.Run, until: int) -> checkpoint.Checkpoint:
        for inputs, targets in data.prefetched(
            text.training,
            recipe.batch_size,
            recipe.block_size,
            recipe.seed,
            range(run.step, until),
            given.device,
        ):
            run.train_step([(inputs, targets)])
        return run.state()

    first = steps(train.Run(text, recipe, setup), 2 * half)
    again = train.Run(text, recipe, setup)
    folder = given.work / f"resume-{compiled}"
    path = checkpoint.save(folder, steps(again, half))
    second = steps(again, 2 * half)
    resumed = train.Run(text, recipe, setup)
    resumed.restore(checkpoint.read(path))
    third = steps(resumed, 2 * half)
    torch._dynamo.reset()
    return {
        "two runs": farthest(first, second),
        "resumed": farthest(first, third),
    }


def farthest(
    one: checkpoint.Checkpoint, other: checkpoint.Checkpoint
) -> float:
    if one.tensors.keys() != other.tensors.keys():
        raise SystemExit("two states of one recipe hold different tensors")
    return max(
        (a.double().cpu() - other.tensors[name].double().cpu())
        .abs()
        .max()
        .item()
        for name, a in one.tensors.items()
    )


# --- time to a loss ----------------------------------------------------------
#
# Of whole processes, from their start, each with an empty compiler cache.


class Stamp(NamedTuple):
    """When a loss was printed, in seconds since the process began."""

    seconds: float
    step: int
    loss: float


class Timed(NamedTuple):
    """What a process printed until its loss was at the target, and once
    more. kept: measured afterwards, the loss of the model that it kept last,
    on the whole held-out text."""

    stamps: list[Stamp]
    kept: float


def loss_of_nanogpt(given: Bench) -> dict[str, Any]:
    """As published."""
    return of_runs([nanogpts_run(given)])


def loss_of_small(given: Bench) -> dict[str, Any]:
    """Our profile of the same sizes, compiled as a card has it."""
    return of_runs([our_run(given, given.small, "small", None)])


def loss_of_quicker(given: Bench) -> dict[str, Any]:
    """Another recipe for the same sizes, with several seeds."""
    runs = [
        our_run(given, given.fast(seed), f"quicker-{seed}", False)
        for seed in range(given.sizes.seeds)
    ]
    return of_runs(runs) | {"recipe": given.sizes.fast}


def of_runs(runs: list[Timed]) -> dict[str, Any]:
    return {"runs": [[list(map(list, run.stamps)), run.kept] for run in runs]}


def nanogpts_run(given: Bench) -> Timed:
    out = given.work / "nanogpt-out"
    command = [
        *(sys.executable, "train.py", "config/train_shakespeare_char.py"),
        *(f"--{name}={value}" for name, value in given.sizes.nanogpt.items()),
        *(*given.nanogpts_device, f"--out_dir={out}"),
    ]
    pattern = r"step (\d+): train loss [\d.]+, val loss ([\d.]+)"
    stamps = stamped(command, given.copy, pattern)
    block = given.small.block_size
    text = data.from_file(given.text, block)
    model = gpt.nanogpts_model(given.copy, out).to(given.device)
    return Timed(stamps, loss_of(model, text, block, -1))


def our_run(
    given: Bench, recipe: train.Recipe, name: str, compiled: bool | None
) -> Timed:
    """As the command line trains: with checkpoints and a sample."""
    out = given.work / name
    plain = train.PROFILES["small"]
    options = {
        "num_layers": "layers",
        "num_heads": "heads",
        "d_model": "width",
        "block_size": "block",
        "batch_size": "batch",
        "peak": "rate",
        **{k: k.replace("_", "-") for k in ("steps", "evaluate_every")},
        **{k: k for k in ("dropout", "muon", "seed")},
    }
    command = [
        *(sys.executable, "-m", "byhand.gpt", "train", "--profile", "small"),
        *("--device", given.device.type, "--text", str(given.text)),
        *("--out", str(out)),
        *(
            f"--{option}={getattr(recipe, field)}"
            for field, option in options.items()
            if getattr(recipe, field) != getattr(plain, field)
        ),
        *(f"--change={change}" for change in recipe.changes),
    ]
    if compiled is not None or given.device.type != "cuda":
        command.append("--compile" if compiled else "--no-compile")
    pattern = r"step +(\d+) .*held out ([\d.]+)"
    stamps = stamped(command, given.work, pattern)
    text = data.from_file(given.text, recipe.block_size)
    model, _, _ = train.loaded(out, given.device, say)
    kept = loss_of(model, text, recipe.block_size, IGNORED)
    return Timed(stamps, kept)


def loss_of(
    model: torch.nn.Module, text: data.Text, block: int, ignored: int
) -> float:
    # In full precision, whatever it was trained in.
    torch.set_float32_matmul_precision("highest")
    return gpt.loss_of(model.eval(), text, ignored, block)


def stamped(command: list[str], where: Path, pattern: str) -> list[Stamp]:
    """Run a process, and note when it prints a loss.

    It is stopped at the first one after that at the target: by then the
    model that reached it is kept, and a card's time is dear.
    """
    stamps: list[Stamp] = []
    said: list[str] = []
    with tempfile.TemporaryDirectory() as cache:
        began = time.perf_counter()
        with subprocess.Popen(
            command,
            cwd=where,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(cache),
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                said.append(line)
                if found := re.search(pattern, line):
                    now = time.perf_counter() - began
                    say(f"    {now:.1f} s: {line.strip()}")
                    done = reached(stamps, TARGET)
                    stamps.append(Stamp(now, int(found[1]), float(found[2])))
                    if done:
                        process.terminate()
                        break
            process.communicate()
    if not stamps or (process.returncode and not reached(stamps, TARGET)):
        raise SystemExit(f"{' '.join(command)} failed:\n{''.join(said)}")
    return stamps


def output(command: list[str], where: Path) -> str:
    done = subprocess.run(
        command,
        cwd=where,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(None),
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
    return done.stdout


def environment(cache: str | None) -> dict[str, str]:
    """For a process: lines come as they are printed, in no colour."""
    caches = {"TORCHINDUCTOR_CACHE_DIR": cache, "TRITON_CACHE_DIR": cache}
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        **{name: value for name, value in caches.items() if value},
    }


def reached(stamps: list[Stamp], target: float) -> Stamp | None:
    """The first loss that is no higher."""
    return next((one for one in stamps if one.loss <= target), None)


# --- what brings a loss down -------------------------------------------------


def changes_of_recipe(given: Bench) -> dict[str, Any]:
    """Each change of the recipe alone, and all: the loss after as many
    steps, one seed."""
    base = dataclasses.replace(
        given.fast(0), muon=None, changes=(), peak=1e-3, floor=1e-4
    )
    text = data.load(given.text, base.block_size)
    rows = []
    for row in recipes.rows(base, given.best_setup(False)):
        points = recipes.curve(text, row.recipe, row.setup)
        say(f"    {row.name}: {points[-1].loss:.4f}")
        rows.append([row.name, [list(point) for point in points]])
        empty_cache()
    return {"steps": base.steps, "rows": rows}


def empty_cache() -> None:
    torch._dynamo.reset()
    torch.cuda.empty_cache()


# --- what is kept, and shown -------------------------------------------------

PARTS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "tokens-a-second": tokens_a_second,
    "single-changes": single_changes,
    "resume": resume,
    "loss-of-nanogpt": loss_of_nanogpt,
    "loss-of-small": loss_of_small,
    "loss-of-quicker": loss_of_quicker,
    "recipes": changes_of_recipe,
}
ASKED_FOR = ("recipes",)  # not measured unless --only names it


def machine(device: torch.device) -> dict[str, Any]:
    return {
        "device": bench.describe(device),
        "PyTorch": torch.__version__,
        "CUDA": torch.version.cuda,
        "Python": platform.python_version(),
        "processor cores": os.cpu_count(),
        "rehearsal": device.type != "cuda",
    }


def markdown(kept: dict[str, Any]) -> str:
    """All parts that there are, as tables."""
    facts = [f"{name} {value}" for name, value in kept["machine"].items()]
    lines = ["; ".join(facts)]
    for name, shown in SHOWN.items():
        part = kept["parts"].get(name)
        if part is None:
            continue
        lines += ["", f"## {name}", ""]
        if "failed" in part:
            lines += [f"Failed: {part['failed']}"]
        else:
            lines += [*shown(part), "", f"({part['seconds']:.0f} s)"]
    return "\n".join([*lines, ""])


def shown_tokens(part: dict[str, Any]) -> Iterator[str]:
    recipe = part["recipe"]
    yield (
        f"{recipe['num_layers']} layers, width {recipe['d_model']}, "
        f"{part['weights']:,} weights, batch {recipe['batch_size']}, block "
        f"{recipe['block_size']}; each run's tokens a second"
    )
    yield ""
    yield "| | median | runs | of the peak |"
    yield "|---|---|---|---|"
    for who, speeds in part["speeds"].items():
        median = statistics.median(speeds)
        of_peak = "–"
        if part["peak"]:
            share = median * part["flops_per_token"] / part["peak"]
            of_peak = f"{100 * share:.1f} %"
        runs = ", ".join(f"{speed:,.0f}" for speed in speeds)
        yield f"| {who} | {median:,.0f} | {runs} | {of_peak} |"


def shown_changes(part: dict[str, Any]) -> Iterator[str]:
    rows = [(name, bench.Speed(*speed)) for name, speed in part["rows"]]
    yield bench.table(rows)


def shown_resume(part: dict[str, Any]) -> Iterator[str]:
    yield "| | two runs differ by | a resumed run differs by |"
    yield "|---|---|---|"
    for name, by in part["differences"].items():
        yield f"| {name} | {by['two runs']:.3g} | {by['resumed']:.3g} |"


def shown_loss(part: dict[str, Any]) -> Iterator[str]:
    if "recipe" in part:
        yield f"small with {json.dumps(part['recipe'])}"
        yield ""
    yield (
        f"| seconds to {TARGET} | at step | lowest printed | its last model "
        "measured |"
    )
    yield "|---|---|---|---|"
    for stamps, kept in part["runs"]:
        points = [Stamp(*stamp) for stamp in stamps]
        there = reached(points, TARGET)
        when = ("–", "–")
        if there is not None:
            when = (f"{there.seconds:.1f}", str(there.step))
        lowest = min(point.loss for point in points)
        yield f"| {when[0]} | {when[1]} | {lowest:.4f} | {kept:.4f} |"


def shown_recipes(part: dict[str, Any]) -> Iterator[str]:
    yield f"| change | loss after {part['steps']} steps | seconds |"
    yield "|---|---|---|"
    for name, points in part["rows"]:
        last = recipes.Point(*points[-1])
        yield f"| {name} | {last.loss:.4f} | {last.seconds:.1f} |"


SHOWN: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "tokens-a-second": shown_tokens,
    "single-changes": shown_changes,
    "resume": shown_resume,
    "loss-of-nanogpt": shown_loss,
    "loss-of-small": shown_loss,
    "loss-of-quicker": shown_loss,
    "recipes": shown_recipes,
}


def measure(given: Bench, out: Path, wanted: list[str]) -> bool:
    """Measure what is wanted and is not there yet; keep it part by part.

    Returns whether all of it could be measured.
    """
    out.mkdir(parents=True, exist_ok=True)
    figures, facts = out / "figures.json", machine(given.device)
    kept: dict[str, Any] = {"machine": facts, "parts": {}}
    if figures.exists():
        kept = json.loads(figures.read_text(encoding="utf-8"))
        if kept["machine"] != facts:
            raise SystemExit(
                f"{out} holds figures of another machine, {kept['machine']}; "
                "say --out for another folder"
            )
    for name in wanted:
        if "seconds" in kept["parts"].get(name, {}):
            say(f"{name}: is there already")
            continue
        say(f"{name} …")
        began = time.perf_counter()
        try:
            part = PARTS[name](given)
        except (Exception, SystemExit) as error:
            # The other parts are worth having: a card is not always there.
            part = {"failed": f"{type(error).__name__}: {error}"}
            say(f"    {part['failed']}")
        else:
            part["seconds"] = time.perf_counter() - began
        kept["parts"][name] = part
        empty_cache()
        figures.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        (out / "figures.md").write_text(markdown(kept), encoding="utf-8")
    return all("seconds" in kept["parts"][name] for name in wanted)


def parser() -> argparse.ArgumentParser:
    tool = argparse.ArgumentParser(
        prog="make bench-gpu ARGS=…", description=__doc__
    )
    tool.add_argument(
        "--nanogpt",
        type=Path,
        metavar="DIR",
        required=True,
        help="where nanoGPT lies",
    )
    tool.add_argument(
        "--text",
        type=Path,
        metavar="FILE",
        required=True,
        help="what to train on: tinyshakespeare, for nanoGPT's figure",
    )
    tool.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        required=True,
        help="where the figures go; parts that lie there are kept",
    )
    tool.add_argument(
        "--only",
        choices=PARTS,
        action="append",
        metavar="PART",
        help=f"one part, of {', '.join(PARTS)}; may be repeated",
    )
    tool.add_argument(
        "--rehearse",
        action="store_true",
        help="tiny sizes on the CPU: does all of it run?",
    )
    return tool


def main(arguments: list[str] | None = None) -> int:
    tool = parser()
    given = tool.parse_args(arguments)
    if not (given.nanogpt / "train.py").is_file():
        tool.error("--nanogpt should name a folder with nanoGPT's train.py")
    if not given.text.is_file():
        tool.error(f"there is no text {given.text}; say --text FILE")
    if not (given.rehearse or torch.cuda.is_available()):
        tool.error("PyTorch sees no CUDA card here (--rehearse needs none)")
    usual = [name for name in PARTS if name not in ASKED_FOR]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        text = given.text.resolve()
        one = Bench(
            torch.device("cpu" if given.rehearse else "cuda"),
            REHEARSAL if given.rehearse else FULL,
            text,
            gpt.prepared(given.nanogpt.resolve(), text, work),
            work,
        )
        whole = measure(one, given.out, given.only or usual)
    print((given.out / "figures.md").read_text(encoding="utf-8"))
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
