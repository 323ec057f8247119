"""Text as numbers, a character a token, and batches of it.

Which pieces a step sees follows from the seed and the step's number alone: a
run that resumes at step 1000 sees what it would have seen.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from byhand.text import stories

IGNORED = -100  # a target that no loss is taken of, as in cross_entropy
STORIES = (40_000, 1_000)  # for training, and to measure the loss on
HELD_OUT = 0.1  # share of a file, at its end, that is never trained on
TRAINING, EVALUATION = 0, 1  # streams of random numbers from one seed


class DataError(ValueError):
    """A text cannot be used; the sentence says why, and what would do."""


@dataclass(frozen=True)
class Split:
    """One part of a text.

    ids: (length,) int64. starts: where a piece for training may begin.
    pieces: (start, length) of those that a loss is measured on; together
    they are the whole part.
    """

    ids: Tensor
    starts: np.ndarray
    pieces: list[tuple[int, int]]


@dataclass(frozen=True)
class Text:
    """A text in numbers.

    alphabet: the characters; a token's id is its place. prompt: what a
    sample begins with unless it is told. path: the file, or None for our
    stories. floor: the loss below which nobody can get, in nats a character,
    where it is known.
    """

    alphabet: str
    training: Split
    held_out: Split
    prompt: str
    path: Path | None = None
    floor: float | None = None

    @property
    def name(self) -> str:
        return "our stories" if self.path is None else self.path.name

    @cached_property
    def _places(self) -> dict[str, int]:
        return {character: k for k, character in enumerate(self.alphabet)}

    @cached_property
    def digest(self) -> str:
        """Tells one text from another: a checkpoint belongs to one."""
        known = hashlib.sha256(self.alphabet.encode())
        for split in (self.training, self.held_out):
            known.update(split.ids.numpy().tobytes())
        return known.hexdigest()[:16]


def encode(alphabet: str, text: str) -> Tensor:
    """The ids of a text, (length,) int64.

    DataError: a character that is not in the alphabet.
    """
    unknown = sorted(set(text) - set(alphabet))
    if unknown:
        listed = ", ".join(map(repr, unknown[:5]))
        raise DataError(
            f"the model has never seen {listed}: its alphabet is {alphabet!r}"
        )
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    known = np.frombuffer(alphabet.encode("utf-32-le"), np.uint32)
    # The alphabet is sorted, so a search finds each character's place.
    return torch.from_numpy(np.searchsorted(known, codes).astype(np.int64))


def decode(alphabet: str, ids: Tensor) -> str:
    """The text of ids, (length,)."""
    return "".join(alphabet[k] for k in ids.tolist())


def bundled(block_size: int) -> Text:
    """Our own stories, one a line.

    A piece begins at the line end before a story, so that a model sees all
    that there is to know about it, and can come near the floor.
    DataError: the block is shorter than a story.
    """
    training, held_out = (
        stories.corpus(count, seed) for seed, count in enumerate(STORIES)
    )
    longest = max(len(story.text) for story in held_out) + 1
    if block_size < longest:
        raise DataError(
            f"a story has up to {longest} characters; a block of "
            f"{block_size} holds no whole one (use --block, or --text)"
        )
    texts = [
        "\n" + "".join(f"{story.text}\n" for story in part)
        for part in (training, held_out)
    ]
    alphabet = "".join(sorted(set("".join(texts))))
    first, second = (
        _lines(encode(alphabet, text), alphabet.index("\n"), block_size)
        for text in texts
    )
    return Text(alphabet, first, second, "\n", floor=stories.entropy())


def _lines(ids: Tensor, line_end: int, block_size: int) -> Split:
    ends = np.flatnonzero(ids.numpy() == line_end)
    room = ends[ends < len(ids) - block_size]
    lengths = np.diff(ends)
    pieces = list(zip(ends[:-1].tolist(), lengths.tolist(), strict=True))
    return Split(ids, room, pieces)


def from_file(path: Path, block_size: int) -> Text:
    """Any text in UTF-8; the last tenth of it is held out.

    DataError: it cannot be read, or is too short for the block.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError(
            f"{path} is not a text in UTF-8; save it as one"
        ) from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    edge = int(len(text) * (1 - HELD_OUT))
    if len(text) - edge <= block_size:
        least = int((block_size + 1) / HELD_OUT) + 1
        raise DataError(
            f"{path} has {len(text)} characters; with blocks of {block_size} "
            f"at least {least} are needed, a tenth of them to measure on"
        )
    alphabet = "".join(sorted(set(text)))
    training, held_out = (
        _anywhere(encode(alphabet, part), block_size)
        for part in (text[:edge], text[edge:])
    )
    return Text(alphabet, training, held_out, text[edge], path.resolve())


def _anywhere(ids: Tensor, block_size: int) -> Split:
    last = len(ids) - 1
    pieces = [
        (start, min(block_size, last - start))
        for start in range(0, last, block_size)
    ]
    return Split(ids, np.arange(len(ids) - block_size), pieces)


def load(path: Path | None, block_size: int) -> Text:
    """The file's text, or without one our stories."""
    if path is None:
        return bundled(block_size)
    return from_file(path, block_size)


# --- batches ---------------------------------------------------------------


def batch(
    split: Split, size: int, block_size: int, seed: int, step: int
) -> tuple[Tensor, Tensor]:
    """Inputs and targets of one step, both (size, block_size) int64.

    The target at a place is the token that comes after it.
    """
    rng = np.random.default_rng([seed, TRAINING, step])
    starts = rng.choice(split.starts, size)
    places = torch.from_numpy(starts[:, None] + np.arange(block_size + 1))
    rows = split.ids[places]
    return rows[:, :-1], rows[:, 1:]


def prefetched(
    split: Split,
    size: int,
    block_size: int,
    seed: int,
    steps: range,
    device: torch.device,
) -> Iterator[tuple[Tensor, Tensor]]:
    """The batches of some steps, each on its way before it is needed.

    On CUDA a batch leaves from pinned memory while the step before is still
    being computed.
    """
    coming = None
    for step in steps:
        drawn = batch(split, size, block_size, seed, step)
        ready, coming = coming, sent(drawn, device)
        if ready is not None:
            yield ready
    if coming is not None:
        yield coming


def sent(
    pair: tuple[Tensor, Tensor], device: torch.device
) -> tuple[Tensor, Tensor]:
    """Inputs and targets on a device, without waiting for them to arrive."""
    inputs, targets = pair
    if device.type != "cuda":
        return inputs.to(device), targets.to(device)
    return (
        inputs.pin_memory().to(device, non_blocking=True),
        targets.pin_memory().to(device, non_blocking=True),
    )


def pieces(
    split: Split, size: int, block_size: int, most: int | None, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """The pieces that a loss is measured on, in batches of equal shape.

    most: how many batches, a random choice, always the same; None for all.
    What is shorter than the block has IGNORED for its further targets.
    """
    chosen = split.pieces
    if most is not None and most * size < len(chosen):
        rng = np.random.default_rng([seed, EVALUATION])
        places = rng.choice(len(chosen), most * size, replace=False)
        chosen = [chosen[k] for k in np.sort(places)]
    for first in range(0, len(chosen), size):
        part = chosen[first : first + size]
        inputs = torch.zeros(size, block_size, dtype=torch.int64)
        targets = torch.full_like(inputs, IGNORED)
        for row, (start, length) in enumerate(part):
            whole = split.ids[start : start + length + 1][: block_size + 1]
            inputs[row, : len(whole) - 1] = whole[:-1]
            targets[row, : len(whole) - 1] = whole[1:]
        yield inputs, targets
