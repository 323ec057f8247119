"""Training on a CPU: byhand.gpt beside nanoGPT, in one run.

Both train a model of the same shape for as many steps: the CPU recipe of
nanoGPT's README. A third side is ours with the profile "quick": the same
shape, and as few seconds as it takes to come to nanoGPT's loss. nanoGPT is not
part of this project: --nanogpt names a folder with a copy of it, which is only
read.
"""

import argparse
import importlib.util
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import torch
from rich.console import Console

from byhand.gpt import bench, data
from byhand.gpt.data import IGNORED
from byhand.gpt.model import GPT
from byhand.gpt.recipes import TARGET
from byhand.gpt.train import loaded

LAYERS, HEADS, WIDTH, BLOCK, BATCH, STEPS = 4, 4, 128, 64, 12, 2000
RATE = 3e-3  # three times nanoGPT's: a model this small bears it
# nanoGPT's last evaluation is of the model after that many steps.
EVERY = 250
SIDES = OURS, NANOGPT, QUICK = "byhand.gpt", "nanoGPT", "quick"
PIECES = 64  # in a batch when a loss is measured; the loss is the same


class Result(NamedTuple):
    """seconds: of the whole process, start, evaluations, checkpoints and
    all. loss: mean over the whole held-out text, nats a character."""

    seconds: float
    loss: float


def ours(text: Path, options: dict[str, object], folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "byhand.gpt", "train", "--device", "cpu"),
        *("--text", str(text), "--out", str(folder)),
        *(f"--{name}={value}" for name, value in options.items()),
    ]


def same(steps: int, rate: float) -> dict[str, object]:
    """nanoGPT's shape and steps."""
    return {
        **{"layers": LAYERS, "heads": HEADS, "width": WIDTH, "block": BLOCK},
        **{"batch": BATCH, "steps": steps, "rate": rate},
        "evaluate-every": EVERY,
    }


def quick(seed: int) -> dict[str, object]:
    return {
        **{"profile": "quick", "seed": seed, "precision": "bfloat16"},
        "attention": "plain",
    }


def nanogpts(steps: int, folder: Path) -> list[str]:
    """The command of its README, run in a copy of its folder."""
    sizes = {
        "device": "cpu",
        "compile": False,
        "eval_iters": 20,
        "log_interval": 1,
        "block_size": BLOCK,
        "batch_size": BATCH,
        "n_layer": LAYERS,
        "n_head": HEADS,
        "n_embd": WIDTH,
        "max_iters": steps,
        "lr_decay_iters": steps,
        "dropout": 0.0,
        "out_dir": str(folder),
    }
    return [
        *(sys.executable, "train.py", "config/train_shakespeare_char.py"),
        *(f"--{name}={value}" for name, value in sizes.items()),
    ]


def prepared(nanogpt: Path, text: Path, work: Path) -> Path:
    """A copy of nanoGPT that has this text for its Shakespeare."""
    copy = work / "nanoGPT"
    shutil.copytree(nanogpt, copy, ignore=shutil.ignore_patterns(".git"))
    place = copy / "data/shakespeare_char"
    shutil.copyfile(text, place / "input.txt")
    subprocess.run(
        [sys.executable, "prepare.py"],
        cwd=place,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return copy


def timed(command: list[str], where: Path) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=where,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
    return time.perf_counter() - began


@torch.no_grad()
def loss_of(
    model: torch.nn.Module, text: data.Text, ignored: int, block: int = BLOCK
) -> float:
    """The mean loss over the whole held-out text, in nats a character."""
    total, count = 0.0, 0
    device = next(model.parameters()).device
    for inputs, targets in data.pieces(text.held_out, PIECES, block, None, 0):
        counted = int((targets != IGNORED).sum())
        output = model(
            inputs.to(device),
            targets.masked_fill(targets == IGNORED, ignored).to(device),
        )
        # nanoGPT's model returns logits as well.
        loss = output[1] if isinstance(output, tuple) else output
        total += loss.item() * counted
        count += counted
    return total / count


def our_model(folder: Path) -> GPT:
    model, _, _ = loaded(folder, torch.device("cpu"), print)
    return model


def nanogpts_model(copy: Path, folder: Path) -> torch.nn.Module:
    """The model that it kept: the best at its evaluations."""
    module = imported(copy / "model.py")
    kept = torch.load(
        folder / "ckpt.pt", map_location="cpu", weights_only=True
    )
    model = module.GPT(module.GPTConfig(**kept["model_args"]))
    model.load_state_dict(kept["model"])
    return model.eval()


def imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("nanogpt_model", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks itself up there
    spec.loader.exec_module(module)
    return module


def run(
    nanogpt: Path,
    path: Path,
    steps: int,
    rate: float,
    rounds: int,
    sides: list[str],
) -> dict[str, list[Result]]:
    """All, in turns, so that the machine's moods hit all."""
    say = Console(stderr=True, highlight=False).print
    text = data.from_file(path, BLOCK)
    results: dict[str, list[Result]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        copy = prepared(nanogpt, path, work)
        for k in range(rounds):
            for who in sides if k % 2 == 0 else sides[::-1]:
                say(f"round {k + 1} of {rounds}: {who} …")
                out = work / f"out-{who}-{k}"
                if who == NANOGPT:
                    seconds = timed(nanogpts(steps, out), copy)
                    loss = loss_of(nanogpts_model(copy, out), text, -1)
                else:
                    options = quick(k) if who == QUICK else same(steps, rate)
                    seconds = timed(ours(path, options, out), work)
                    loss = loss_of(our_model(out), text, IGNORED)
                say(f"    {seconds:.1f} s, loss {loss:.4f}")
                results[who].append(Result(seconds, loss))
    return results


def report(results: dict[str, list[Result]], steps: int, rate: float) -> str:
    """Markdown: the sides with their spread, and the ratio of times."""
    machine = bench.describe(torch.device("cpu"))
    lines = [
        f"{LAYERS} layers, {HEADS} heads, width {WIDTH}, block {BLOCK}, batch "
        f"{BATCH}, {steps} steps ({QUICK}: its own); {OURS}'s learning rate "
        f"{rate:g}; {machine}, PyTorch {torch.__version__}",
        "",
        "| | held-out loss | seconds |",
        "|---|---|---|",
    ]
    seconds = {}
    for who, several in results.items():
        seconds[who] = statistics.mean(one.seconds for one in several)
        losses = spread([one.loss for one in several], 4)
        times = spread([one.seconds for one in several], 1)
        lines.append(f"| {who} | {losses} | {times} |")
    lines.append("")
    for who in (OURS, QUICK):
        if who in results and NANOGPT in results:
            share = seconds[who] / seconds[NANOGPT]
            lines.append(f"{who} takes {share:.3f} of nanoGPT's seconds.")
    if QUICK in results:
        there = sum(one.loss <= TARGET for one in results[QUICK])
        lines.append(
            f"{QUICK}: {there} of {len(results[QUICK])} seeds end at "
            f"{TARGET:g} or below."
        )
    return "\n".join(lines)


def spread(numbers: list[float], places: int) -> str:
    """Their mean, and from where to where they go."""
    said = f"{statistics.mean(numbers):.{places}f}"
    if len(numbers) > 1:
        low, high = min(numbers), max(numbers)
        said += f" ({low:.{places}f} to {high:.{places}f})"
    return said


def parser() -> argparse.ArgumentParser:
    tool = argparse.ArgumentParser(
        prog="python -m tests.bench.gpt", description=__doc__
    )
    tool.add_argument(
        "--nanogpt", type=Path, metavar="DIR", help="where nanoGPT lies"
    )
    tool.add_argument(
        "--text",
        type=Path,
        metavar="FILE",
        required=True,
        help="what to train on, a million characters of UTF-8 or so",
    )
    tool.add_argument(
        "--steps", type=int, default=STEPS, help=f"updates ({STEPS})"
    )
    tool.add_argument(
        "--rate",
        type=float,
        default=RATE,
        metavar="LR",
        help=f"byhand.gpt's learning rate ({RATE:g}); nanoGPT has its own",
    )
    tool.add_argument(
        "--rounds",
        type=int,
        default=1,
        help="times that each trains (1); quick has another seed each time",
    )
    tool.add_argument(
        "--side",
        choices=SIDES,
        action="append",
        help=f"train this side alone; may be repeated ({', '.join(SIDES)})",
    )
    return tool


def main(arguments: list[str] | None = None) -> None:
    tool = parser()
    given = tool.parse_args(arguments)
    if given.nanogpt is None or not (given.nanogpt / "train.py").is_file():
        tool.error("--nanogpt should name a folder with nanoGPT's train.py")
    if not given.text.is_file():
        tool.error(f"there is no text {given.text}; say --text FILE")
    if (
        given.rounds < 1
        or given.steps < EVERY
        or not math.isfinite(given.rate)
    ):
        tool.error(f"at least 1 round and {EVERY} steps are needed")
    results = run(
        *(given.nanogpt.resolve(), given.text.resolve()),
        *(given.steps, given.rate, given.rounds, given.side or list(SIDES)),
    )
    print(report(results, given.steps, given.rate))


if __name__ == "__main__":
    main()
