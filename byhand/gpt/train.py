"""Train a GPT on whatever is there: CUDA, Apple's GPU, a CPU."""

import dataclasses
import importlib.util
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from byhand.gpt import checkpoint, data
from byhand.gpt.model import GPT, GPTConfig, generate
from byhand.gpt.muon import Muon
from byhand.gpt.ranks import ALONE, Ranks
from byhand.text import letters


class DeviceError(ValueError):
    """A device cannot be used; the sentence says what there is."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a run computes.

    steps: updates of the weights, each on `accumulation` batches of
    `batch_size` pieces. peak, floor: the learning rate after `warmup` steps,
    and at the end of the cosine. muon: Muon's peak for the matrices within
    the layers; None for AdamW there too. changes: of the model, names of
    `model.CHANGES`. evaluate_every: steps between two losses on the held-out
    text; evaluate_on: batches of it, or None for all.
    ValueError: a number that cannot be.
    """

    num_layers: int
    num_heads: int
    d_model: int
    block_size: int
    batch_size: int
    steps: int
    peak: float
    floor: float
    warmup: int
    dropout: float = 0.0
    accumulation: int = 1
    beta2: float = 0.99
    weight_decay: float = 0.1
    max_norm: float = 1.0
    muon: float | None = None
    changes: tuple[str, ...] = ()
    evaluate_every: int = 250
    evaluate_on: int | None = 20
    seed: int = 0

    def __post_init__(self) -> None:
        for name in (
            *("batch_size", "block_size", "steps", "accumulation"),
            "evaluate_every",
        ):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"{name} should be at least 1; got {getattr(self, name)}"
                )
        for name in ("warmup", "seed"):
            if getattr(self, name) < 0:
                raise ValueError(
                    f"{name} should not be negative; got {getattr(self, name)}"
                )
        if not 0 < self.floor <= self.peak:
            raise ValueError(
                "the learning rate should be above 0 and its floor no higher "
                f"than its peak; got {self.floor} and {self.peak}"
            )
        if self.muon is not None and not self.muon > 0:
            raise ValueError(
                f"Muon's learning rate should be above 0; got {self.muon}"
            )

    def model(self, vocab_size: int, attention: str = "fused") -> GPTConfig:
        return GPTConfig(
            vocab_size=vocab_size,
            block_size=self.block_size,
            num_layers=self.num_layers,
            num_heads=self.num_heads,
            d_model=self.d_model,
            dropout=self.dropout,
            attention=attention,
            changes=self.changes,
        )

    @property
    def tokens_per_step(self) -> int:
        return self.batch_size * self.accumulation * self.block_size


PROFILES = {
    "tiny": Recipe(
        num_layers=3,
        num_heads=4,
        d_model=128,
        block_size=224,
        batch_size=8,
        steps=800,
        peak=3e-3,
        floor=3e-4,
        warmup=50,
        evaluate_every=100,
    ),
    "quick": Recipe(
        num_layers=4,
        num_heads=4,
        d_model=128,
        block_size=64,
        batch_size=12,
        steps=300,
        peak=4e-3,
        floor=4e-6,
        warmup=20,
        muon=0.02,
        changes=("rotary", "pairs", "relu2"),
        evaluate_every=300,
    ),
    "small": Recipe(
        num_layers=6,
        num_heads=6,
        d_model=384,
        block_size=256,
        batch_size=64,
        steps=5000,
        peak=1e-3,
        floor=1e-4,
        warmup=100,
        dropout=0.2,
    ),
    "gpt2": Recipe(
        num_layers=12,
        num_heads=12,
        d_model=768,
        block_size=1024,
        batch_size=12,
        accumulation=40,
        steps=20_000,
        peak=6e-4,
        floor=6e-5,
        warmup=500,
        beta2=0.95,
        evaluate_every=500,
    ),
}


def learning_rate(recipe: Recipe, step: int) -> float:
    """The rate of a step, counted from 0.

    Up in a straight line, then down a half cosine: Loshchilov and Hutter,
    "SGDR" (2017), equation 5, without restarts. Lesson 15's begins at 0; this
    at peak / warmup, as a step of length 0 would be a batch for nothing.
    """
    if step < recipe.warmup:
        return recipe.peak * (step + 1) / recipe.warmup
    left = max(recipe.steps - 1 - recipe.warmup, 1)
    done = min((step - recipe.warmup) / left, 1.0)
    height = (1 + math.cos(math.pi * done)) / 2
    return recipe.floor + height * (recipe.peak - recipe.floor)


# --- what the machine offers -----------------------------------------------


PRECISIONS = ("float32", "tf32", "bfloat16", "float16")


@dataclass(frozen=True)
class Setup:
    """How it is computed: what may change speed, and rounding, alone.

    precision: one of PRECISIONS, of the matrix products. attention: "fused"
    or "plain". ranks: which process of how many this is; where there is
    dropout, each draws its own, and several do not train as one does.
    """

    device: torch.device
    precision: str = "float32"
    attention: str = "fused"
    compile: bool = False
    fused_optimizer: bool = True
    ranks: Ranks = ALONE

    @property
    def half(self) -> torch.dtype | None:
        return {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(
            self.precision
        )

    @property
    def widest(self) -> torch.dtype:
        """For sums of losses: Apple's GPUs have no float64."""
        return torch.float32 if self.device.type == "mps" else torch.float64

    def autocast(self) -> AbstractContextManager:
        return torch.autocast(
            self.device.type,
            dtype=self.half or torch.bfloat16,
            enabled=self.half is not None,
        )

    def synchronize(self) -> None:
        """Wait until the device has done what it was given."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()


def device_named(name: str) -> torch.device:
    """The device of that name; the best there is for "auto".

    DeviceError: no such name, or none of that kind here.
    """
    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.insert(0, "mps")
    if torch.cuda.is_available():
        count = torch.cuda.device_count()
        there[:0] = ["cuda", *(f"cuda:{k}" for k in range(count))]
    if name == "auto":
        return torch.device(there[0])
    if name not in there:
        raise DeviceError(
            f"there is no device {name!r} here; there is {', '.join(there)}"
        )
    return torch.device(name)


def best_setup(device: torch.device, compiled: bool | None = None) -> Setup:
    """The fastest setup of a device. compiled: None for where it pays.

    DeviceError: it should be compiled, and cannot.
    """
    missing = missing_to_compile(device)
    if compiled and missing:
        raise DeviceError(f"torch.compile needs {missing}; say --no-compile")
    if device.type != "cuda":
        return Setup(device, compile=bool(compiled))
    # Cards before Ampere know no bfloat16 and no tf32.
    bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    return Setup(
        device,
        precision="bfloat16" if bf16 else "float16",
        compile=not missing if compiled is None else compiled,
    )


def missing_to_compile(device: torch.device) -> str:
    """What torch.compile lacks on this machine; '' if nothing."""
    if device.type == "cuda":  # it writes Triton
        found = importlib.util.find_spec("triton") is not None
        return "" if found else "the package triton"
    if device.type == "cpu":  # it writes C++
        names = os.environ.get("CXX"), "g++", "clang++", "cl"
        found = any(name and shutil.which(name) for name in names)
        return "" if found else "a C++ compiler (g++, clang++ or cl)"
    return "" if sys.platform == "darwin" else "Apple's Metal"


# --- a run -----------------------------------------------------------------


class Run:
    """A model in training: everything that a checkpoint has to hold."""

    def __init__(self, text: data.Text, recipe: Recipe, setup: Setup) -> None:
        torch.manual_seed(recipe.seed)
        self.text, self.recipe, self.setup = text, recipe, setup
        self.rows_at_once = setup.ranks.split_evenly(
            recipe.batch_size * recipe.accumulation, recipe.batch_size
        )
        config = recipe.model(len(text.alphabet), setup.attention)
        self.model = GPT(config).to(setup.device)
        if setup.ranks.rank:  # the same weights, and other places to drop
            _seed(recipe.seed, setup.ranks.rank, 0)
        self.optimizers = optimizers(self.model, recipe, setup.fused_optimizer)
        # float16 has no small numbers: gradients are scaled up to be seen.
        self.scaler = torch.amp.GradScaler(
            setup.device.type, enabled=setup.precision == "float16"
        )
        self.step = 0
        torch.set_float32_matmul_precision(
            "highest" if setup.precision == "float32" else "high"
        )
        self._forward = (
            torch.compile(self.model) if setup.compile else self.model
        )

    def train_step(self, batches: list[tuple[Tensor, Tensor]]) -> Tensor:
        """One update from the mean gradient of some batches.

        Of those of all processes; each has its own. Returns the mean loss of
        these, on the device: nothing here waits for it.
        """
        share = learning_rate(self.recipe, self.step) / self.recipe.peak
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = share * group["peak"]
        self.model.zero_grad(set_to_none=True)
        total = torch.zeros((), device=self.setup.device)
        for inputs, targets in batches:
            with self.setup.autocast():
                loss = self._forward(inputs, targets) / len(batches)
            self.scaler.scale(loss).backward()
            total += loss.detach()
        self.setup.ranks.average(self.model.parameters())
        for optimizer in self.optimizers:
            self.scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.max_norm)
        for optimizer in self.optimizers:
            self.scaler.step(optimizer)
        self.scaler.update()
        self.step += 1
        return total

    @torch.no_grad()
    def evaluate(self, split: data.Split, most: int | None) -> float:
        """The mean loss a token, in nats, on a part of the text."""
        self.model.eval()
        # Of losses, and of tokens.
        widest = self.setup.widest
        total = torch.zeros(2, dtype=widest, device=self.setup.device)
        recipe, ranks = self.recipe, self.setup.ranks
        pieces = data.pieces(
            split, recipe.batch_size, recipe.block_size, most, recipe.seed
        )
        for inputs, targets in islice(pieces, ranks.rank, None, ranks.count):
            counted = int((targets != data.IGNORED).sum())
            with self.setup.autocast():
                loss = self._forward(
                    *data.sent((inputs, targets), self.setup.device)
                )
            total[0] += loss.to(widest) * counted
            total[1] += counted
        ranks.add_up(total)
        self.model.train()
        loss, count = total.tolist()
        return loss / count

    def sample(self, length: int, seed: int, **choices: Any) -> str:
        """What the model writes, beginning with the text's prompt."""
        ids = data.encode(self.text.alphabet, self.text.prompt)
        generator = torch.Generator().manual_seed(seed)
        with self.setup.autocast():
            written = generate(
                self.model,
                ids[None].to(self.setup.device),
                length,
                generator=generator,
                **choices,
            )
        return data.decode(self.text.alphabet, written[0, len(ids) :])

    def learned(self) -> letters.Model:
        """The model as it is now, for NumPy: it learns on without that."""
        weights = {  # not every device has float64
            name: weight.detach().cpu().to(torch.float64, copy=True).numpy()
            for name, weight in self.model.named_parameters()
        }
        return letters.Model(
            self.text.alphabet,
            self.recipe.num_heads,
            self.step,
            weights,
            self.recipe.changes,
        )

    # --- to and from a checkpoint ---

    def state(self) -> checkpoint.Checkpoint:
        """All that the rest of the run depends on, the same on each process.

        All of several call it together.
        """
        tensors = {
            f"model.{name}": tensor
            for name, tensor in self.model.state_dict().items()
        }
        for which, optimizer in enumerate(self.optimizers):
            for place, state in optimizer.state_dict()["state"].items():
                for name, value in state.items():
                    tensors[f"optimizer.{which}.{place}.{name}"] = value
        for kind, state in self._random().items():
            of_all = self.setup.ranks.gathered(state, self.setup.device)
            for rank, one in enumerate(of_all):
                tensors[_random_name(kind, rank)] = one
        facts = {
            "recipe": dataclasses.asdict(self.recipe),
            "alphabet": self.text.alphabet,
            "prompt": self.text.prompt,
            "text": {
                "path": self.text.path and str(self.text.path),
                "digest": self.text.digest,
            },
            "scaler": self.scaler.state_dict(),
        }
        return checkpoint.Checkpoint(self.step, tensors, facts)

    def _random(self) -> dict[str, Tensor]:
        """The states of what this process draws from."""
        states = {"cpu": torch.get_rng_state()}
        if self.setup.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self.setup.device)
        elif self.setup.device.type == "mps":
            states["mps"] = torch.mps.get_rng_state()
        return states

    def restore(self, kept: checkpoint.Checkpoint) -> None:
        """Go on from there. CheckpointError: it is of another run."""
        facts = kept.facts
        mine, theirs = self.recipe, kept_recipe(kept)[0]
        other = [
            (
                field.name,
                getattr(theirs, field.name),
                getattr(mine, field.name),
            )
            for field in dataclasses.fields(Recipe)
            if getattr(theirs, field.name) != getattr(mine, field.name)
        ]
        if other:
            listed = ", ".join(
                f"{name} is {there} there and {here} here"
                for name, there, here in other
            )
            raise checkpoint.CheckpointError(
                f"the checkpoint is of another recipe: {listed}"
            )
        if facts["text"]["digest"] != self.text.digest:
            where = facts["text"]["path"] or "our stories"
            raise checkpoint.CheckpointError(
                f"the checkpoint was trained on another text, {where}, or "
                "that file has changed since"
            )
        self.model.load_state_dict(_below(kept.tensors, "model"))
        for which, optimizer in enumerate(self.optimizers):
            state: dict[int, dict[str, Tensor]] = {}
            for name, tensor in _below(
                kept.tensors, f"optimizer.{which}"
            ).items():
                place, _, key = name.partition(".")
                state.setdefault(int(place), {})[key] = tensor
            optimizer.load_state_dict(
                {**optimizer.state_dict(), "state": state}
            )
        self.scaler.load_state_dict(facts["scaler"])
        self.step = kept.step
        self._draw_on(kept.tensors)

    def _draw_on(self, tensors: dict[str, Tensor]) -> None:
        """Go on with the random numbers of a checkpoint."""
        rank = self.setup.ranks.rank
        names = {
            kind: _random_name(kind, rank) for kind in ("cpu", "cuda", "mps")
        }
        if names["cpu"] not in tensors:  # there were fewer processes
            _seed(self.recipe.seed, rank, self.step)
            return
        torch.set_rng_state(tensors[names["cpu"]])
        if names["cuda"] in tensors and torch.cuda.is_available():
            torch.cuda.set_rng_state(tensors[names["cuda"]], self.setup.device)
        if names["mps"] in tensors and torch.backends.mps.is_available():
            torch.mps.set_rng_state(tensors[names["mps"]])


def _random_name(kind: str, rank: int) -> str:
    """What a checkpoint calls the random numbers of one process."""
    return f"random.{kind}" + (f".{rank}" if rank else "")


def _seed(seed: int, rank: int, step: int) -> None:
    """Let a process draw what no other does."""
    drawn = np.random.SeedSequence([seed, rank, step]).generate_state(1)
    torch.manual_seed(int(drawn[0]))


def kept_recipe(kept: checkpoint.Checkpoint) -> tuple[Recipe, Path | None]:
    """What a checkpoint was trained by, and on which file."""
    path, facts = kept.facts["text"]["path"], kept.facts["recipe"]
    changes = tuple(facts.get("changes", ()))  # JSON has no tuples
    return Recipe(**{**facts, "changes": changes}), path and Path(path)


def _below(tensors: dict[str, Tensor], group: str) -> dict[str, Tensor]:
    head = f"{group}."
    return {
        name.removeprefix(head): tensor
        for name, tensor in tensors.items()
        if name.startswith(head)
    }


def optimizers(
    model: nn.Module, recipe: Recipe, fused: bool
) -> list[torch.optim.Optimizer]:
    """AdamW, and Muon for the matrices within the layers where it is wanted.

    AdamW decays matrices and leaves the norms' factors alone: Loshchilov and
    Hutter, "Decoupled Weight Decay Regularization" (2019). Muon takes a step
    of equal length in each direction that a matrix has: Jordan and others,
    "Muon" (2024). Each group's "peak" is its learning rate's.
    """
    named = dict(model.named_parameters())
    matrices = {
        name
        for name, weight in named.items()
        if recipe.muon and weight.dim() == 2 and name.startswith("layers.")
    }
    left = [weight for name, weight in named.items() if name not in matrices]
    groups = [
        {
            "params": [w for w in left if w.dim() >= 2],
            "weight_decay": recipe.weight_decay,
        },
        {"params": [w for w in left if w.dim() < 2], "weight_decay": 0.0},
    ]
    made: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            [{**group, "peak": recipe.peak} for group in groups],
            lr=recipe.peak,
            betas=(0.9, recipe.beta2),
            fused=fused,
            foreach=False if fused else None,
        )
    ]
    if recipe.muon:
        inner = {name: named[name] for name in named if name in matrices}
        three = [w for name, w in inner.items() if "qkv" in name]
        others = [w for name, w in inner.items() if "qkv" not in name]
        groups = [{"params": three, "parts": 3}, {"params": others}]
        made.append(
            Muon(
                [{**group, "peak": recipe.muon} for group in groups],
                lr=recipe.muon,
                weight_decay=recipe.weight_decay,
            )
        )
    return made


def loaded(
    folder: Path, device: torch.device, say: Callable[[str], None]
) -> tuple[GPT, str, str]:
    """The model of a folder's newest whole checkpoint, to sample from.

    Returns it, its alphabet and what a sample begins with.
    CheckpointError: there is none.
    """
    kept = checkpoint.newest(folder, say)
    recipe, _ = kept_recipe(kept)
    alphabet = kept.facts["alphabet"]
    model = GPT(recipe.model(len(alphabet)))
    model.load_state_dict(_below(kept.tensors, "model"))
    return model.to(device).eval(), alphabet, kept.facts["prompt"]


# --- the loop --------------------------------------------------------------


class Report(NamedTuple):
    """Where a run is.

    loss: mean over the steps since the last report. held_out: the loss on
    text that it never trains on, where it was measured. tokens_per_second:
    of training alone.
    """

    step: int
    loss: float
    rate: float
    tokens_per_second: float
    held_out: float | None = None


def fed(run: Run) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """The batches of each step that a run has still to do."""
    recipe, ranks = run.recipe, run.setup.ranks
    coming = data.prefetched(
        run.text.training,
        recipe.batch_size * recipe.accumulation,
        recipe.block_size,
        recipe.seed,
        range(run.step, recipe.steps),
        run.setup.device,
    )
    for inputs, targets in coming:
        parts = zip(
            ranks.share(inputs).split(run.rows_at_once),
            ranks.share(targets).split(run.rows_at_once),
            strict=True,
        )
        yield list(parts)


def train(
    run: Run, folder: Path | None = None, every: int = 10
) -> Iterator[Report]:
    """Train to the end of the recipe, reporting as it goes.

    folder: where to keep checkpoints, one each time the held-out loss is
    measured; None for none. every: steps between two reports. Of several
    processes each gets all reports, and the first keeps the checkpoints.
    """
    recipe, ranks = run.recipe, run.setup.ranks
    losses, began = [], time.perf_counter()
    for batches in fed(run):
        rate = learning_rate(recipe, run.step)
        losses.append(run.train_step(batches))
        last = run.step == recipe.steps
        measure = last or run.step % recipe.evaluate_every == 0
        if not (measure or run.step % every == 0):
            continue
        mean = torch.stack(losses).mean()
        ranks.add_up(mean)
        loss = mean.item() / ranks.count  # waits for the device
        seconds = time.perf_counter() - began
        speed = len(losses) * recipe.tokens_per_step / seconds
        held_out = None
        if measure:
            held_out = run.evaluate(run.text.held_out, recipe.evaluate_on)
            if folder is not None:
                state = run.state()
                if ranks.rank == 0:
                    checkpoint.save(folder, state)
        yield Report(run.step, loss, rate, speed, held_out)
        losses, began = [], time.perf_counter()
