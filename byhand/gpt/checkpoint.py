"""Checkpoints that a crash cannot spoil and that run no code when read.

A checkpoint is one safetensors file: tensors, and everything else as JSON in
its header. It is written beside its place and then moved there, so that a
reader sees all of it or nothing.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

KEPT = 2  # the newest, and the one before in case that is damaged


class CheckpointError(RuntimeError):
    """There is no usable checkpoint; the sentence says why."""


class Checkpoint(NamedTuple):
    """tensors: name to tensor. facts: what JSON can hold."""

    step: int
    tensors: dict[str, Tensor]
    facts: dict[str, Any]


def save(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint, and remove all but the newest ones."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{checkpoint.step:08}.safetensors"
    beside = path.with_suffix(".partial")
    tensors = {
        name: tensor.detach().cpu().contiguous()
        for name, tensor in checkpoint.tensors.items()
    }
    facts = {**checkpoint.facts, "step": checkpoint.step}
    about = {"facts": json.dumps(facts), "digest": digest(tensors)}
    save_file(tensors, beside, metadata=about)
    with open(beside, "rb+") as written:
        os.fsync(written.fileno())
    os.replace(beside, path)
    _keep_name(folder)
    for old in found(folder)[KEPT:]:
        old.unlink()
    return path


def _keep_name(folder: Path) -> None:
    """See to it that a power cut does not lose a new name in a folder."""
    # Windows has no such thing, and refuses to open one.
    with contextlib.suppress(PermissionError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def found(folder: Path) -> list[Path]:
    """The checkpoints in a folder, newest first."""
    return sorted(folder.glob("step-*.safetensors"), reverse=True)


def read(path: Path) -> Checkpoint:
    """One checkpoint. CheckpointError: it is damaged, or none of ours."""
    try:
        with safe_open(path, framework="pt") as opened:
            about = opened.metadata() or {}
            tensors = {
                name: opened.get_tensor(name) for name in opened.offset_keys()
            }
        facts = json.loads(about["facts"])
        whole = about["digest"] == digest(tensors)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise CheckpointError(
            f"{path.name} is damaged or no checkpoint of this program "
            f"({type(error).__name__}: {error})"
        ) from None
    if not whole:
        raise CheckpointError(
            f"{path.name} is damaged: its numbers are not those that were "
            "written"
        )
    return Checkpoint(facts.pop("step"), tensors, facts)


def newest(folder: Path, say: Callable[[str], None]) -> Checkpoint:
    """The newest checkpoint that is whole; damaged ones are told of.

    CheckpointError: there is none.
    """
    paths = found(folder)
    if not paths:
        raise CheckpointError(
            f"there is no checkpoint in {folder}; train first, or say --out"
        )
    for path in paths:
        try:
            return read(path)
        except CheckpointError as error:
            say(f"{error}; trying the one before.")
    raise CheckpointError(f"no checkpoint in {folder} can be used")


def digest(tensors: dict[str, Tensor]) -> str:
    """What tells these numbers from others: safetensors has no check sum."""
    known = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        known.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        known.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return known.hexdigest()
