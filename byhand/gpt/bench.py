"""How fast it trains here, and what each optimisation adds.

Speeds are ratios of one run on one machine: a number without both is none.
"""

import dataclasses
import statistics
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch

from byhand.gpt import data
from byhand.gpt.train import Recipe, Run, Setup, missing_to_compile

# Dense bfloat16 (float16 where a card has none) of the makers' data sheets,
# in FLOP/s; the first name that the card's own contains.
PEAKS = {
    "B200": 2250e12,
    "H200": 989e12,
    "H100 PCIe": 756e12,
    "H100": 989e12,
    "A100": 312e12,
    "A10": 125e12,
    "L40S": 362e12,
    "L4": 121e12,
    "T4": 65e12,
    "V100": 125e12,
    "RTX 5090": 209e12,
    "RTX 4090": 165e12,
    "RTX 3090": 71e12,
}
WARM_UP, ROUNDS = 3, 5  # steps before the clock starts; timed stretches


class Speed(NamedTuple):
    """tokens_per_second: the median of a few stretches. share: of the peak,
    where that is known."""

    tokens_per_second: float
    share: float | None


def peak_flops(device: torch.device) -> float | None:
    """The card's peak in half precision, in FLOP/s; None if not known."""
    if device.type != "cuda":
        return None
    name = torch.cuda.get_device_name(device)
    return next((peak for known, peak in PEAKS.items() if known in name), None)


def describe(device: torch.device) -> str:
    """The machine, in words."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "an Apple GPU"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


def measure(
    text: data.Text, recipe: Recipe, setup: Setup, steps: int
) -> Speed:
    """The speed of training steps, `steps` to a stretch."""
    run = Run(text, recipe, setup)
    batches = data.prefetched(
        text.training,
        recipe.batch_size,
        recipe.block_size,
        recipe.seed,
        range(WARM_UP + ROUNDS * steps),
        setup.device,
    )
    # The first steps compile, choose kernels and fill caches.
    for _ in range(WARM_UP):
        run.train_step([next(batches)])
    speeds = []
    for _ in range(ROUNDS):
        setup.synchronize()
        began = time.perf_counter()
        for _ in range(steps):
            run.train_step([next(batches)])
        setup.synchronize()
        seconds = time.perf_counter() - began
        speeds.append(steps * recipe.batch_size * recipe.block_size / seconds)
    speed = statistics.median(speeds)
    peak = peak_flops(setup.device)
    needed = speed * run.model.flops_per_token()
    return Speed(speed, peak and needed / peak)


def changes(
    recipe: Recipe, device: torch.device
) -> Iterator[tuple[str, Recipe, Setup]]:
    """One change at a time, each on top of those before: name and result.

    What a device cannot do is left out.
    """
    setup = Setup(
        device, "float32", "plain", compile=False, fused_optimizer=False
    )
    yield "float32, one operation after another", recipe, setup
    steps: dict[str, dict[str, Any]] = {
        "fused attention": {"attention": "fused"}
    }
    if device.type == "cuda":
        steps = {
            "tf32 matrix products": {"precision": "tf32"},
            "bfloat16 autocast": {"precision": "bfloat16"},
            **steps,
        }
    if device.type != "mps" and not missing_to_compile(device):
        steps["torch.compile"] = {"compile": True}
    steps["fused AdamW"] = {"fused_optimizer": True}
    for name, change in steps.items():
        setup = dataclasses.replace(setup, **change)
        yield name, recipe, setup
    larger = dataclasses.replace(recipe, batch_size=4 * recipe.batch_size)
    yield f"batch of {larger.batch_size}", larger, setup


def table(rows: list[tuple[str, Speed]]) -> str:
    """Markdown: what changed, tokens a second, times the first and the last
    row, share of the peak."""
    lines = [
        "| change | tokens/s | × the row above | × the first | of the peak |",
        "|---|---|---|---|---|",
    ]
    first = above = rows[0][1].tokens_per_second
    for name, (speed, share) in rows:
        part = "–" if share is None else f"{100 * share:.1f} %"
        lines.append(
            f"| {name} | {speed:,.0f} | {speed / above:.2f} "
            f"| {speed / first:.2f} | {part} |"
        )
        above = speed
    return "\n".join(lines)
