"""The command line: train, sample, bench."""

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from byhand.environment import any_text_is_printed
from byhand.gpt import bench, checkpoint, data, ranks, recipes, train
from byhand.gpt.model import CHANGES, generate

OUT = Path("gpt-run")
RECIPES = Path("recipes.json")
STRETCH = 20  # steps
MISTAKES = (
    data.DataError,
    train.DeviceError,
    checkpoint.CheckpointError,
    ranks.RankError,
    ValueError,
    OSError,
)


def parser() -> argparse.ArgumentParser:
    tool = argparse.ArgumentParser(
        prog="python -m byhand.gpt",
        description="Train a GPT, let it write, measure how fast it is.",
    )
    commands = tool.add_subparsers(dest="command", required=True)
    _add_train(commands)
    _add_sample(commands)
    _add_bench(commands)
    return tool


def _add_train(commands: argparse._SubParsersAction) -> None:
    one = commands.add_parser(
        "train",
        help="train a model and keep it in a folder",
        description="Train a model. Checkpoints go into a folder, from which "
        "--resume goes on after an interruption: the result is the same. On "
        "several processes: torchrun --nproc-per-node N -m byhand.gpt train.",
    )
    _add_common(one)
    _add_out(one)
    one.add_argument(
        "--resume",
        action="store_true",
        help="go on from the folder's newest checkpoint",
    )
    one.add_argument(
        "--steps",
        type=int,
        help="updates of the weights, in place of the profile's",
    )
    one.add_argument(
        "--evaluate-every",
        type=int,
        metavar="STEPS",
        help="steps between two checkpoints and held-out losses",
    )
    one.add_argument("--seed", type=int, help="of weights and batches (0)")


def _add_sample(commands: argparse._SubParsersAction) -> None:
    one = commands.add_parser(
        "sample",
        help="let a trained model write",
        description="Let a trained model write, on from a prompt.",
    )
    _add_out(one)
    _add_device(one)
    one.add_argument("--prompt", help="what it begins with")
    one.add_argument(
        "--length", type=int, default=500, help="characters to write (500)"
    )
    one.add_argument(
        "--temperature",
        type=float,
        default=0.8,
        help="above 0; below 1 sharpens, above 1 flattens (0.8)",
    )
    one.add_argument(
        "--top-k", type=int, help="draw from the k likeliest only"
    )
    one.add_argument("--seed", type=int, default=0, help="of the draws (0)")


def _add_bench(commands: argparse._SubParsersAction) -> None:
    one = commands.add_parser(
        "bench",
        help="measure how fast it trains here",
        description="Measure training: tokens a second, and what share of "
        "the card's peak that is. Or, with --recipe, what brings the loss "
        "down: each change of a small model alone and on top of others.",
    )
    _add_common(one)
    one.add_argument(
        "--table",
        action="store_true",
        help="every optimisation one at a time, as Markdown for lesson 17",
    )
    one.add_argument(
        "--steps",
        type=int,
        help=f"steps to a timed stretch ({STRETCH}); with --recipe, to a "
        f"training ({recipes.STEPS})",
    )
    table = one.add_argument_group("what brings the loss down")
    table.add_argument(
        "--recipe",
        action="store_true",
        help="train each change of the profile quick on --text, alone and on "
        "top of others, and print the table; a quarter of an hour of one core "
        "for each seed. It goes on with what --out holds",
    )
    table.add_argument(
        "--seeds",
        type=int,
        default=recipes.SEEDS,
        help=f"that each row is trained with ({recipes.SEEDS})",
    )
    table.add_argument(
        "--target",
        type=float,
        default=recipes.TARGET,
        metavar="LOSS",
        help="count the steps to this held-out loss "
        f"({recipes.TARGET}, nanoGPT's on tinyshakespeare)",
    )
    table.add_argument(
        "--out",
        type=Path,
        default=RECIPES,
        metavar="FILE",
        help=f"where the rows are kept, after each ({RECIPES})",
    )


def _add_common(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--text",
        type=Path,
        metavar="FILE",
        help="train on this text in UTF-8 (without: on our own stories)",
    )
    one.add_argument(
        "--profile",
        choices=train.PROFILES,
        help="tiny: minutes on a CPU; quick: seconds, with what later models "
        "do, for a --text; small and gpt2: for a GPU (tiny)",
    )
    _add_device(one)
    one.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        help="use torch.compile (by default on CUDA, but not for tiny)",
    )
    one.add_argument(
        "--precision",
        choices=train.PRECISIONS,
        help="of the matrix products (float32 but on CUDA; bfloat16 is faster "
        "on a CPU that has instructions for it)",
    )
    one.add_argument(
        "--attention",
        choices=("fused", "plain"),
        help="plain is faster in short blocks on a CPU in bfloat16 (fused)",
    )
    sizes = one.add_argument_group("in place of the profile's")
    sizes.add_argument("--layers", type=int, metavar="N", dest="num_layers")
    sizes.add_argument("--heads", type=int, metavar="N", dest="num_heads")
    sizes.add_argument("--width", type=int, metavar="N", dest="d_model")
    sizes.add_argument("--block", type=int, metavar="N", dest="block_size")
    sizes.add_argument("--batch", type=int, metavar="N", dest="batch_size")
    sizes.add_argument("--dropout", type=float, metavar="P")
    sizes.add_argument(
        "--rate",
        type=float,
        metavar="LR",
        dest="peak",
        help="the learning rate after the warm-up; ends at a tenth of it",
    )
    sizes.add_argument(
        "--muon",
        type=float,
        metavar="LR",
        help="Muon for the matrices within the layers, at this learning rate",
    )
    sizes.add_argument(
        "--change",
        choices=CHANGES,
        action="append",
        metavar="NAME",
        dest="changes",
        help=f"what later models do: {', '.join(CHANGES)}; may be repeated",
    )


def _add_out(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--out",
        type=Path,
        default=OUT,
        metavar="DIR",
        help=f"the run's folder ({OUT})",
    )


def _add_device(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--device",
        default="auto",
        help="auto, cpu, cuda, cuda:1, mps (auto: the best there is)",
    )


def recipe_of(
    arguments: argparse.Namespace, base: train.Recipe
) -> train.Recipe:
    """A recipe with what was given in its place."""
    names = {field.name for field in dataclasses.fields(base)}
    given = {
        name: value
        for name, value in vars(arguments).items()
        if name in names and value is not None
    }
    if "changes" in given:
        given["changes"] = tuple(given["changes"])
    if "peak" in given:
        given["floor"] = given["peak"] / 10
    if arguments.command == "bench":
        given.pop("steps", None)  # of the clock, not of the recipe
    return dataclasses.replace(base, **given)


def prepare(
    arguments: argparse.Namespace,
    base: train.Recipe | None = None,
    path: Path | None = None,
    device: torch.device | None = None,
) -> tuple[data.Text, train.Recipe, train.Setup]:
    """What is to be trained, and how.

    base, path: the recipe and the text of a run that is to go on. device:
    None for what the arguments say.
    """
    if base and arguments.profile:
        raise ValueError(
            "a run that goes on keeps its own profile: leave --profile out"
        )
    base = base or train.PROFILES[arguments.profile or "tiny"]
    recipe = recipe_of(arguments, base)
    recipe.model(vocab_size=1)  # refuses sizes before a text is read
    device = device or train.device_named(arguments.device)
    compiled = arguments.compile
    if compiled is None and recipe.d_model <= train.PROFILES["tiny"].d_model:
        compiled = False  # compiling would take longer than it saves
    setup = train.best_setup(device, compiled)
    given = {
        name: getattr(arguments, name)
        for name in ("precision", "attention")
        if getattr(arguments, name)
    }
    text = data.load(arguments.text or path, recipe.block_size)
    return text, recipe, dataclasses.replace(setup, **given)


def run_train(arguments: argparse.Namespace, console: Console) -> None:
    if arguments.out.exists() and not arguments.out.is_dir():
        raise checkpoint.CheckpointError(
            f"{arguments.out} is a file; --out names a folder"
        )
    device = train.device_named(arguments.device)
    with ranks.joined(device) as (here, device):
        console.quiet = here.rank > 0
        run = _begin(arguments, console, here, device)
        _say_what(run, console)
        if run.step == run.recipe.steps:
            console.print("The run is complete already.")
            return
        _follow(run, arguments.out, console)
    if here.rank == 0:
        console.print(f"In {arguments.out}. It writes:\n", soft_wrap=True)
        # Not through rich, which would break lines.
        print(run.sample(400, run.recipe.seed, temperature=0.8).strip("\n"))


def _begin(
    arguments: argparse.Namespace,
    console: Console,
    here: ranks.Ranks,
    device: torch.device,
) -> train.Run:
    """A new run, or one that goes on."""

    def prepared(
        base: train.Recipe | None = None, path: Path | None = None
    ) -> train.Run:
        text, recipe, setup = prepare(arguments, base, path, device)
        setup = dataclasses.replace(setup, ranks=here)
        return train.Run(text, recipe, setup)

    if arguments.resume:
        kept = checkpoint.newest(arguments.out, console.print)
        run = prepared(*train.kept_recipe(kept))
        run.restore(kept)
        here.agree(run.step, device)
        console.print(f"Going on from step {run.step}.")
        return run
    if checkpoint.found(arguments.out):
        raise checkpoint.CheckpointError(
            f"{arguments.out} holds a run already; say --resume to go on "
            "with it, or --out for another folder"
        )
    return prepared()


def _say_what(run: train.Run, console: Console) -> None:
    text, setup = run.text, run.setup
    floor = "" if text.floor is None else f", floor {text.floor:.4f}"
    several = f"{setup.ranks.count} processes, each on "
    console.print(
        f"{run.model.num_parameters():,} weights on "
        f"{several if setup.ranks.count > 1 else ''}"
        f"{bench.describe(setup.device)}, {setup.precision}; {text.name}: "
        f"{len(text.training.ids):,} characters{floor} (losses in nats a "
        "character)",
        soft_wrap=True,
    )


def _follow(run: train.Run, out: Path, console: Console) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        steps = run.recipe.steps
        task = bar.add_task("training", total=steps, completed=run.step)
        for report in train.train(run, out):
            bar.update(
                task,
                completed=report.step,
                description=f"loss {report.loss:.4f}, "
                f"{report.tokens_per_second:,.0f} tokens/s",
            )
            if report.held_out is not None:
                console.print(
                    f"step {report.step:6}   training {report.loss:.4f}   "
                    f"held out {report.held_out:.4f}   "
                    f"{report.tokens_per_second:,.0f} tokens/s"
                )


def run_sample(arguments: argparse.Namespace, console: Console) -> None:
    device = train.device_named(arguments.device)
    model, alphabet, prompt = train.loaded(
        arguments.out, device, Console(stderr=True).print
    )
    begin = prompt if arguments.prompt is None else arguments.prompt
    if not begin:
        raise ValueError("the prompt should have at least one character")
    ids = data.encode(alphabet, begin)
    generator = torch.Generator().manual_seed(arguments.seed)
    written = generate(
        model,
        ids[None].to(device),
        arguments.length,
        temperature=arguments.temperature,
        top_k=arguments.top_k,
        generator=generator,
    )
    print(data.decode(alphabet, written[0]).strip("\n"))


def run_bench(arguments: argparse.Namespace, console: Console) -> None:
    for name in ("steps", "seeds"):
        number = getattr(arguments, name)
        if number is not None and number < 1:
            raise ValueError(f"--{name} should be at least 1; got {number}")
    if arguments.recipe:
        bench_recipes(arguments, console)
        return
    text, recipe, setup = prepare(arguments)
    steps = arguments.steps or STRETCH
    head = (
        f"{bench.describe(setup.device)}, PyTorch {torch.__version__}, "
        f"profile {arguments.profile or 'tiny'}: {recipe.num_layers} layers, "
        f"width {recipe.d_model}, block {recipe.block_size}, "
        f"batch {recipe.batch_size}"
    )
    if not arguments.table:
        speed = bench.measure(text, recipe, setup, steps)
        share = "the card's peak is not known"
        if speed.share is not None:
            share = f"{100 * speed.share:.1f} % of the card's peak"
        print(f"{head}: {speed.tokens_per_second:,.0f} tokens/s, {share}")
        return
    rows = []
    for name, one, made in bench.changes(recipe, setup.device):
        console.print(f"measuring: {name} …")
        rows.append((name, bench.measure(text, one, made, steps)))
    print(f"{head}\n\n{bench.table(rows)}")


def bench_recipes(arguments: argparse.Namespace, console: Console) -> None:
    if arguments.text is None:
        raise ValueError("--recipe needs a text; say --text FILE")
    base = recipes.base_recipe(arguments.steps or recipes.STEPS)
    text, recipe, setup = prepare(arguments, base)
    kept = recipes.measured(
        *(text, recipe, setup, arguments.seeds, arguments.out),
        lambda line: console.print(line, soft_wrap=True),
    )
    print(f"{kept['machine']}, {kept['date']}; {text.name}\n")
    print(recipes.table(kept, arguments.target))
    print()
    for name, sentence in recipes.SOURCES.items():
        print(f"- {name}: {sentence}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 2 where something cannot be done as asked."""
    any_text_is_printed()
    given = parser().parse_args(arguments)
    console = Console(stderr=given.command == "bench", highlight=False)
    command = {"train": run_train, "sample": run_sample, "bench": run_bench}
    try:
        command[given.command](given, console)
    except MISTAKES as error:
        print(f"byhand.gpt: {error}", file=sys.stderr)
        return 2
    except (RuntimeError, MemoryError) as error:
        if not _is_memory(error):
            raise
        print(
            "byhand.gpt: out of memory; a smaller --batch, --block or "
            "--profile needs less",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print(
            "\nStopped. With --resume it goes on from the last checkpoint.",
            file=sys.stderr,
        )
        return 130
    return 0


def _is_memory(error: Exception) -> bool:
    # On a CPU and on Apple's GPU PyTorch has no class for it, only words.
    said = str(error)
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or any(
        words in said for words in ("can't allocate memory", "out of memory")
    )


if __name__ == "__main__":
    sys.exit(main())
