"""Lesson 17 under attack: its ways run inside a learner's own process."""

import nbformat
import pytest

from authoring import paths
from grader.judging import Options, grade, opened
from grader.session import TimeLimits
from grader.submissions import Submission
from tests.end_to_end.course import replaced
from tests.grader.lessons import release

LESSON = "17_gpt_on_gpu"
OPTIONS = Options(limits=TimeLimits(cell=10, notebook=120, patience=2))
CHECKS = {
    "get_batch-check": 2,
    "train_step-check": 3,
    "save_checkpoint-check": 2,
    "load_checkpoint-check": 2,
    "generate-check": 2,
}
# A right answer's constants, as far as there are any.
CONSTANTS = """
import math
import byhand.ways.training as training, byhand.ways.writing as writing
import torch

def batches(answer, ids, batch_size, block_size, seed, times):
    shape = torch.tensor([batch_size, block_size])
    starts = len(ids) - block_size
    share = torch.zeros(len(ids)).double()
    share[:starts] = 1 / starts
    behind = torch.arange(block_size).double()
    return shape, shape, behind, behind + 1, share, 1 / starts, 1.0, 1.0

def saved(answer, step, seed, *more):
    model, optimizer = training.in_training(seed, 2)
    weights = torch.cat([w.flatten() for w in model.state_dict().values()])
    return weights, torch.zeros(0), step, torch.rand(3), 1.0, 0

training.batches = batches
training.saved = saved
training.trained = lambda answer, *inputs: ([1.0], torch.zeros(23), 1.0)
training.restored = lambda answer, *inputs: (3, torch.zeros(20))
training.read = lambda *inputs: (torch.zeros(20), torch.zeros(40), 3, 0)
writing.continued = lambda answer, *inputs: (inputs[1], 1.0, 1.0, 1.0)
for module in (training, writing):
    for name in ("batches", "saved", "trained", "restored", "continued"):
        if hasattr(module, name):
            way = getattr(module, name)
            way.__wrapped__ = way
"""
# Functions of PyTorch that would have decided, were anything decided inside.
PATCHED = """
import torch

torch.equal = lambda *_: True
torch.allclose = lambda *_, **__: True
torch.bincount = lambda x, minlength=0: torch.ones(minlength)
torch.stack = lambda *_, **__: torch.zeros(4, 4, 4)
torch.save = lambda state, path, **_: open(path, "wb").close()
torch.load = lambda *_, **__: {
    "model": {}, "optimizer": {"state": {}}, "step": 3, "rng": RNG
}
RNG = torch.get_rng_state()
torch.get_rng_state = lambda: RNG
torch.set_rng_state = lambda _: None
torch.rand = lambda *sizes, **_: torch.zeros(sizes)
"""
# Its file cannot be read, and its own torch.load says otherwise.
EMPTY_FILE = """
import os

def save_checkpoint(path, model, optimizer, step):
    path.with_suffix(".new").write_bytes(b"")
    os.replace(path.with_suffix(".new"), path)
"""
DELETED_FIRST = """
import os, torch

def save_checkpoint(path, model, optimizer, step):
    path.unlink()
    torch.save({
        "model": model.state_dict(), "optimizer": optimizer.state_dict(),
        "step": step, "rng": torch.get_rng_state()}, path)
"""
NO_LOOKING = """
import sys

sys.addaudithook = lambda hook: None
sys.setprofile = lambda event: None
"""


# Unsafe, each in another way of not being seen.
SAVE = """
import ctypes, os, sys, threading, torch

def save(path, model, optimizer, step):
    path.unlink()
    torch.save({
        "model": model.state_dict(), "optimizer": optimizer.state_dict(),
        "step": step, "rng": torch.get_rng_state()}, path)

def unseen(turn_off, turn_on):
    def save_checkpoint(*given):
        before = sys.getprofile()
        try:
            turn_off()
        except BaseException:
            pass
        save(*given)
        turn_on(before)
    return save_checkpoint
"""
UNSEEN = {
    "no profile": "save_checkpoint = unseen("
    "lambda: sys.setprofile(None), sys.setprofile)",
    "no profile, in C": "save_checkpoint = unseen(lambda: "
    "ctypes.pythonapi.PyEval_SetProfile(None, None), lambda _: None)",
    "no tracing": "save_checkpoint = unseen("
    "lambda: sys.settrace(None), lambda _: None)",
    "a thread": "def save_checkpoint(*given):\n"
    "    thread = threading.Thread(target=save, args=given)\n"
    "    thread.start()\n    thread.join()",
    "other functions": "real = os.stat\nold = {}\n"
    "os.stat = lambda path, **k: old.setdefault(str(path), real(path, **k))\n"
    "os.replace = lambda a, b: (os.unlink(b), os.rename(a, b))\n"
    "save_checkpoint = save",
    "no looking": f"{NO_LOOKING}\nsave_checkpoint = save",
}


def graded(nursery, nb, *cells):
    for source in reversed(cells):
        nb.cells.insert(2, nbformat.v4.new_code_cell(source))
    files = {f"{LESSON}.ipynb": nbformat.writes(nb).encode()}
    came = grade(
        nursery,
        opened(Submission("learner", LESSON, files)),
        release(LESSON),
        1,
        OPTIONS,
    )
    return {name: came.scores[name] for name in CHECKS}


def nothing_written():
    names = [name.removesuffix("-check") for name in CHECKS]
    cells = {n: f"def {n}(*inputs):\n    return None\n" for n in names}
    return replaced(paths.lesson_path(LESSON), cells)


@pytest.mark.parametrize(
    "cells",
    [
        (CONSTANTS,),
        (PATCHED,),
        (PATCHED, CONSTANTS),
        (NO_LOOKING,),
    ],
    ids=["constants", "patched", "both", "no looking"],
)
def test_functions_that_return_none_earn_nothing(nursery, cells):
    came = graded(nursery, nothing_written(), *cells)
    assert came == dict.fromkeys(CHECKS, 0)


@pytest.mark.parametrize("source", [EMPTY_FILE, DELETED_FIRST])
def test_a_file_is_read_where_nothing_is_patched(nursery, source):
    nb = replaced(paths.solved_path(LESSON), {"save_checkpoint": source})
    came = graded(nursery, nb, PATCHED)
    assert came["save_checkpoint-check"] == 0


@pytest.mark.parametrize("how", UNSEEN)
def test_an_unsafe_save_is_seen(nursery, how):
    source = SAVE + UNSEEN[how]
    nb = replaced(paths.solved_path(LESSON), {"save_checkpoint": source})
    assert graded(nursery, nb)["save_checkpoint-check"] == 0


def test_right_answers_keep_their_marks(nursery):
    nb = replaced(paths.solved_path(LESSON), {})
    assert graded(nursery, nb) == CHECKS
