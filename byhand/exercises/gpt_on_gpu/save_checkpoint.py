"""The exercise `gpt_on_gpu.save_checkpoint`."""

import os
import pickle
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Measured, Misconception, Yes
from byhand.ways import training

from .shared import FORMAT, in_training


def state_of(model, optimizer, step):
    return {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "rng": torch.get_rng_state(),
    }


def moved_into_place(path, state):
    beside = path.with_suffix(".partial")
    torch.save(state, beside)
    beside.replace(path)


def save_all(path, model, optimizer, step):
    moved_into_place(path, state_of(model, optimizer, step))


def save_by(**other):
    """Saved as it should be, but for these entries; None for none."""

    def answer(path, model, optimizer, step):
        state = state_of(model, optimizer, step)
        state |= {name: make(state[name]) for name, make in other.items()}
        state = {n: value for n, value in state.items() if value is not None}
        moved_into_place(path, state)

    return answer


def no_entry(value):
    return None


def measured(answer, step, seed):
    """What is in the file, and what a crash on the way would have left.

    Every content that lay under the name must be a whole checkpoint: the
    older one, or one that can be read.
    """
    older = np.random.default_rng(seed).bytes(500)
    contents, beside, names, from_elsewhere, says = training.saved(
        answer, step, seed, older
    )
    if contents[-1] is None:
        raise ValueError("there is no file at `path`")
    if contents[-1] == older:
        raise ValueError(
            "the file at `path` is still the older one: move the new one to "
            "its place, with `os.replace`"
        )
    kept = training.read(answer, contents[-1])
    there = [one for one in contents if one is not None]
    half = {bytes(one) for one in there} - {older, bytes(contents[-1])}
    return (
        *kept,
        # Yes or no: how often depends on how a file is written.
        float(len(there) < len(contents)),
        float(bool(half) or beside != older),
        float(from_elsewhere),
        len(names) - 1,
        says,
    )


def parameters_only(kept):
    return {name: one for name, one in kept.items() if "seed" not in name}


def pickled(path, model, optimizer, step):
    beside = path.with_suffix(".partial")
    beside.write_bytes(pickle.dumps(state_of(model, optimizer, step)))
    beside.replace(path)


def in_evaluation_mode(path, model, optimizer, step):
    model.eval()
    save_all(path, model, optimizer, step)


def written_over(path, model, optimizer, step):
    torch.save(state_of(model, optimizer, step), path)


def left_behind(path, model, optimizer, step):
    beside = path.with_suffix(".partial")
    torch.save(state_of(model, optimizer, step), beside)
    shutil.copy(beside, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)


def deleted_first(path, model, optimizer, step):
    path.unlink(missing_ok=True)
    written_over(path, model, optimizer, step)


def deleted_before_the_move(path, model, optimizer, step):
    beside = path.with_suffix(".partial")
    torch.save(state_of(model, optimizer, step), beside)
    path.unlink(missing_ok=True)
    beside.rename(path)


def moved_from_elsewhere(path, model, optimizer, step):
    with tempfile.TemporaryDirectory() as elsewhere:
        made = Path(elsewhere, "checkpoint.pt")
        torch.save(state_of(model, optimizer, step), made)
        shutil.move(made, path)


def replaced_from_elsewhere(path, model, optimizer, step):
    with tempfile.TemporaryDirectory() as elsewhere:
        made = Path(elsewhere, "checkpoint.pt")
        torch.save(state_of(model, optimizer, step), made)
        os.replace(made, path)


def whole_objects(path, model, optimizer, step):
    moved_into_place(path, (model, optimizer, step))


def draws_first(path, model, optimizer, step):
    torch.rand(1)
    save_all(path, model, optimizer, step)


def never_moved(path, model, optimizer, step):
    torch.save(state_of(model, optimizer, step), path.with_suffix(".partial"))


EXERCISE = Exercise(
    id="gpt_on_gpu.save_checkpoint",
    signature="save_checkpoint(path, model, optimizer, step)",
    asks=(
        "Keep a training run, so that it can go on as if it had never "
        f"stopped. Write with `torch.save` to `path` (a `pathlib.Path`) "
        f"{FORMAT}. **A crash while you write must not cost the older "
        "checkpoint**, which may stand at `path` already: write the file "
        "under another name in the same folder first, and then move it to "
        "its place with `os.replace`, which is done all at once or not at "
        "all. No other file may be left. Return nothing."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=save_all,
    way=measured,
    cases=(
        Case("a model with AdamW and dropout, after two steps", in_training),
    ),
    misconceptions=(
        Misconception(
            "optimizer forgotten",
            "the optimizer is missing. Adam remembers a mean of gradients "
            "and one of their squares for every weight. Without them it "
            "begins again as if nothing were known.",
            save_by(optimizer=no_entry),
        ),
        Misconception(
            "random numbers forgotten",
            "the state of the random numbers is missing: dropout would draw "
            "others, and nothing after that would be the same.",
            save_by(rng=no_entry),
        ),
        Misconception(
            "step forgotten",
            "the step is missing. The learning rate follows from it, and "
            "what of the data comes next.",
            save_by(step=no_entry),
        ),
        Misconception(
            "seed in place of the state",
            "what you keep under `rng` is not the state of the random "
            "numbers. A seed says where they began, not where they are now.",
            save_by(rng=lambda state: torch.initial_seed()),
        ),
        Misconception(
            "reseeded state",
            "the random numbers that come next are others than they would "
            "have been: were some drawn, or a seed set, before their state "
            "was kept?",
            draws_first,
        ),
        Misconception(
            "next step",
            "the step is one too many: the number of steps that are done is "
            "what was given.",
            save_by(step=lambda step: step + 1),
        ),
        Misconception(
            "buffers forgotten",
            "you kept what the model learns, without its buffers: numbers "
            "that it needs as well, such as the means of a batch norm. "
            "`model.state_dict()` has both.",
            save_by(model=parameters_only),
        ),
        Misconception(
            "left in evaluation mode",
            "the model is in evaluation mode afterwards, so that training "
            "goes on without dropout. Saving needs no mode: leave it as it "
            "is.",
            in_evaluation_mode,
        ),
        Misconception(
            "something of NumPy's",
            "something of NumPy's is in the file, and `weights_only=True` "
            "refuses that. Do you keep NumPy's random numbers under `rng`? "
            "Keep PyTorch's, `torch.get_rng_state()`.",
            save_by(rng=lambda state: np.random.get_state()),
        ),
        Misconception(
            "pickled",
            "`torch.load` cannot read your file safely, as `torch.save` did "
            "not write it: with `pickle`, perhaps? Write it with "
            "`torch.save`.",
            pickled,
        ),
        Misconception(
            "whole objects",
            "you saved objects, not their numbers. Reading such a file runs "
            "code that the file names, and `weights_only=True` refuses it. "
            "Save their `state_dict()`.",
            whole_objects,
        ),
        Misconception(
            "written over",
            "for a moment half a file stands at `path`. You wrote into it, "
            "copied over it, or moved the new file there too early. If the "
            "machine stops then, you have no checkpoint. Write under another "
            "name first.",
            written_over,
        ),
        Misconception(
            "deleted, then written",
            "you deleted the older checkpoint and then wrote the new one to "
            "`path`. If the machine stops in between, you have neither. "
            "Write under another name first.",
            deleted_first,
        ),
        Misconception(
            "deleted before the move",
            "you removed the older checkpoint before you moved the new one "
            "to its place. For a moment there is no file at `path`. "
            "`os.replace` needs no removal: it swaps the two at once.",
            deleted_before_the_move,
        ),
        Misconception(
            "moved from another folder",
            "you wrote the new file in another folder, which may be on "
            "another disk. From there `shutil.move` has to copy it over the "
            "older checkpoint, piece by piece. Write it in the folder of "
            "`path`.",
            moved_from_elsewhere,
        ),
        Misconception(
            "replaced from another folder",
            "you wrote the new file in another folder, which may be on "
            "another disk. `os.replace` works within one disk only. Write "
            "the file in the folder of `path`.",
            replaced_from_elsewhere,
        ),
        Misconception(
            "left behind",
            "another file was left in the folder. Moving leaves nothing "
            "behind. Copying does.",
            left_behind,
        ),
        Misconception(
            "parameter groups only",
            "under `optimizer` are its settings, without what it remembers. "
            "Its `state_dict()` has both.",
            save_by(optimizer=lambda kept: {"groups": kept["param_groups"]}),
        ),
        Misconception(
            "never moved",
            "the new file was never moved to its place: at `path` is still "
            "the older one. Move it there with `os.replace`.",
            never_moved,
        ),
    ),
    hints=(
        "Which four things does the next step of training depend on? Which "
        "of them does `model.state_dict()` know?",
        "`path.with_suffix('.partial')` is a name in the same folder, and "
        "only within one folder (one disk) is moving all or nothing.",
        "state = dict of the four; torch.save(state, beside); "
        "os.replace(beside, path).",
    ),
    returns=(
        Measured("weights in the file"),
        Measured("averages that the optimizer keeps"),
        Measured("step in the file"),
        Measured("random numbers that come next"),
        Yes("there is a moment without a file at `path`"),
        Yes("there is a moment with half a file at `path`"),
        Measured("number of files moved from another folder"),
        Measured("number of files left over"),
        Measured("output of the model afterwards"),
    ),
    called=lambda step, seed: {"step": step},
)
