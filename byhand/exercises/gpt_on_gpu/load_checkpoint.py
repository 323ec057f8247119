"""The exercise `gpt_on_gpu.load_checkpoint`."""

import operator

import torch

from byhand.exercise import Case, Exercise, Measured, Misconception
from byhand.ways import training

from .shared import FORMAT, in_training, nothing


class Sum:
    """A whole number that a file can only hold as a call: code, if harmless.

    Reading it as it stands adds 1 and step - 1.
    """

    def __init__(self, step):
        self.step = step

    def __reduce__(self):
        return operator.add, (1, self.step - 1)


def measured(answer, step, seed, code_in_it=False):
    """What came of loading a file into another model."""
    file = training.file_of(seed, Sum(step) if code_in_it else step)
    return training.restored(answer, file, seed + 1)


def load_by(
    weights=lambda model, kept: model.load_state_dict(kept),
    memory=lambda optimizer, kept: optimizer.load_state_dict(kept),
    random=torch.set_rng_state,
    after=nothing,
    result=lambda kept: kept["step"],
    read=lambda path: torch.load(path, weights_only=True),
):
    """Loaded as it should be, but for these."""

    def answer(path, model, optimizer):
        kept = read(path)
        weights(model, kept["model"])
        memory(optimizer, kept["optimizer"])
        random(kept["rng"])
        after(kept)
        return result(kept)

    return answer


def by_copying(path, model, optimizer):
    """Number by number, into the optimizer's own state too."""
    kept = torch.load(path, weights_only=True)
    with torch.no_grad():
        for name, number in model.state_dict().items():
            number.copy_(kept["model"][name])
    groups = optimizer.param_groups, kept["optimizer"]["param_groups"]
    for mine, theirs in zip(*groups, strict=True):
        mine |= {n: one for n, one in theirs.items() if n != "params"}
    for place, weight in enumerate(model.parameters()):
        for name, value in kept["optimizer"]["state"][place].items():
            optimizer.state[weight][name].copy_(value)
    torch.set_rng_state(kept["rng"])
    return kept["step"]


def first_moment_only(optimizer, kept):
    mine = optimizer.state_dict()
    for place, state in mine["state"].items():
        state["exp_avg"] = kept["state"][place]["exp_avg"]
    optimizer.load_state_dict(mine)


def own_settings(optimizer, kept):
    mine = [{"lr": g["lr"]} for g in optimizer.param_groups]
    optimizer.load_state_dict(kept)
    for group, own in zip(optimizer.param_groups, mine, strict=True):
        group.update(own)


def parameters_only(model, kept):
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(kept[name])


def then_evaluated(model, kept):
    model.load_state_dict(kept)
    model.eval()


def half_of(model, kept):
    first = next(iter(kept))
    model.load_state_dict({first: kept[first]}, strict=False)


EXERCISE = Exercise(
    id="gpt_on_gpu.load_checkpoint",
    signature="load_checkpoint(path, model, optimizer)",
    asks=(
        f"The way back. `path` is a file with {FORMAT}. Put all of it where "
        "it came from, into `model` and `optimizer` and PyTorch's random "
        "numbers (`torch.set_rng_state`), and return the step. Read with "
        "`torch.load(path, weights_only=True)`, which never runs code from "
        "the file. The check goes on training from there, with dropout: "
        "every number must be the same as if nothing had happened."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=by_copying,
    way=measured,
    cases=(
        Case("into another model, trained otherwise", in_training),
        Case(
            "a file that holds code: refused",
            lambda rng: {**in_training(rng), "code_in_it": True},
            raises=Exception,
        ),
    ),
    misconceptions=(
        Misconception(
            "code in the file is run",
            "you read the file with `weights_only=False`. Then its author "
            "can run code on your machine. Read it with `weights_only=True`.",
            load_by(read=lambda path: torch.load(path, weights_only=False)),
        ),
        Misconception(
            "optimizer not restored",
            "the optimizer still remembers its own gradients, so the next "
            "steps go elsewhere. Load its state as well.",
            load_by(memory=nothing),
        ),
        Misconception(
            "weights not restored",
            "the model's weights are what they were before.",
            load_by(weights=nothing),
        ),
        Misconception(
            "some weights only",
            "only some of the weights have arrived. With `strict=False`, "
            "what is missing is passed over in silence.",
            load_by(weights=half_of),
        ),
        Misconception(
            "first moment only",
            "the optimizer has got back its mean of gradients, but not that "
            "of their squares.",
            load_by(memory=first_moment_only),
        ),
        Misconception(
            "buffers not restored",
            "what the model learns has arrived, but not its buffers: numbers "
            "that it needs as well, such as the means of a batch norm. "
            "`model.load_state_dict` restores both.",
            load_by(weights=parameters_only),
        ),
        Misconception(
            "learning rate not restored",
            "the optimizer goes on with the learning rate that it had before. "
            "Its state in the file has the rate of the run: leave it as "
            "`load_state_dict` has set it.",
            load_by(memory=own_settings),
        ),
        Misconception(
            "left in evaluation mode",
            "the model is in evaluation mode afterwards, so that training "
            "goes on without dropout. Leave its mode as it is.",
            load_by(weights=then_evaluated),
        ),
        Misconception(
            "random numbers not restored",
            "the random numbers are not those that would have come: dropout "
            "drops others from here on.",
            load_by(random=nothing),
        ),
        Misconception(
            "seeded with 0",
            "you set a seed. The state from the file is what goes on where "
            "the run stopped.",
            load_by(random=lambda state: torch.manual_seed(0)),
        ),
        Misconception(
            "a number drawn afterwards",
            "a random number was drawn after the state had been restored, so "
            "that all others come one too early.",
            load_by(after=lambda kept: torch.rand(1)),
        ),
        Misconception(
            "everything returned",
            "you returned all that the file holds. Put the rest where it "
            "belongs, and return the step alone.",
            load_by(result=lambda kept: kept),
        ),
        Misconception(
            "nothing returned",
            "nothing came back. Return the step, or the learning rate would "
            "start from 0 again.",
            load_by(result=nothing),
        ),
        Misconception(
            "the step after",
            "the step is one too many: the file holds how many are done.",
            load_by(result=lambda kept: kept["step"] + 1),
        ),
    ),
    hints=(
        "Which four things went into the file? Where does each belong?",
        "`load_state_dict` of the model, and that of the optimizer, copy "
        "numbers into what is there. A new model, or a new optimizer, would "
        "be of no use to the caller.",
        "kept = torch.load(path, weights_only=True); two times "
        "load_state_dict; torch.set_rng_state(kept['rng']); return "
        "kept['step'].",
    ),
    returns=(
        "step",
        Measured("weights of the model"),
        Measured("random numbers that come next"),
        Measured("weights after two more steps"),
    ),
)
