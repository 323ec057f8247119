"""Right answers to `gpt_on_gpu.save_checkpoint`."""

import os
import shutil

import torch


def four(model, optimizer, step):
    return {
        "rng": torch.get_rng_state(),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
    }


def saved_by_replacing(path, model, optimizer, step):
    temporary = f"{path}.tmp"
    torch.save(four(model, optimizer, step), temporary)
    os.replace(temporary, path)


def saved_and_flushed(path, model, optimizer, step):
    beside = path.parent / "new-checkpoint"
    with open(beside, "wb") as file:
        torch.save(four(model, optimizer, step), file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def saved_by_moving(path, model, optimizer, step):
    folder = path.with_name("half")
    folder.mkdir()
    torch.save(four(model, optimizer, step), folder / path.name)
    shutil.move(folder / path.name, path)
    folder.rmdir()


def saved_on_copies(path, model, optimizer, step):
    """The weights' copies, and the step as a tensor."""
    state = four(model, optimizer, torch.tensor(step))
    state["model"] = {n: w.clone() for n, w in state["model"].items()}
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").rename(path)


FORMS = [
    saved_by_replacing,
    saved_and_flushed,
    saved_by_moving,
    saved_on_copies,
]
