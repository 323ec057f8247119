"""The exercise `scaling_out.sync_gradients`."""

from functools import partial

import torch

from byhand.exercise import Case, Exercise, Listed, Misconception
from byhand.ways import workers

from ..pieces.inputs import readable
from ..pieces.tensors import tensor


def in_one_message(parameters, all_reduce, world_size):
    """All gradients behind one another, in a single bucket."""
    bucket = torch.cat([filled(p).flatten() for p in parameters])
    all_reduce(bucket)
    sizes = [p.numel() for p in parameters]
    for p, mean in zip(
        parameters, (bucket / world_size).split(sizes), strict=True
    ):
        p.grad = mean.reshape(p.shape)


def filled(p):
    return torch.zeros_like(p.data) if p.grad is None else p.grad


def summed(own, all_reduce):
    total = own.clone()
    all_reduce(total)
    return total


def mean(total, world_size, own):
    return total / world_size


def sync(
    parameters,
    all_reduce,
    world_size,
    *,
    sent=filled,
    exchange=summed,
    made=mean,
    order=list,
    into=setattr,
):
    """An answer of which every part can go wrong."""
    for p in order(parameters):
        own = sent(p)
        total = exchange(own, all_reduce)
        into(p, "grad", made(total, world_size, own))


def other(**parts):
    return partial(sync, **parts)


def without_none(parameters):
    return [p for p in parameters if p.grad is not None]


def none_last(parameters):
    return sorted(parameters, key=lambda p: p.grad is None)


def largest_first(parameters):
    return sorted(parameters, key=lambda p: -float(filled(p).abs().max()))


def only_where_there_is_one(p, name, value):
    if p.grad is not None:
        p.grad = value


def into_the_weights(p, name, value):
    with torch.no_grad():
        p.copy_(value)


def into_the_weights_alone(p, name, value):
    into_the_weights(p, name, value)
    p.grad = filled(p)


def not_at_all(p, name, value):
    pass


def what_came_back(own, all_reduce):
    return all_reduce(own)


def as_it_came(total, world_size, own):
    return total


def number_of_parameters(parameters, all_reduce, world_size):
    sync(parameters, all_reduce, len(parameters))


def over_those_that_have_one(parameters, all_reduce, world_size):
    for p in parameters:
        there = torch.tensor(float(p.grad is not None))
        total = summed(filled(p), all_reduce)
        all_reduce(there)
        p.grad = total / max(float(there), 1.0)


def first_only(parameters, all_reduce, world_size):
    sync(parameters[:1], all_reduce, world_size)
    for p in parameters[1:]:
        p.grad = filled(p)


def over_all_numbers(parameters, all_reduce, world_size):
    """The mean over the workers, and over a parameter's own numbers."""
    sync(parameters, all_reduce, world_size)
    for p in parameters:
        p.grad = torch.full_like(p.grad, p.grad.mean())


def a_step_as_well(parameters, all_reduce, world_size):
    sync(parameters, all_reduce, world_size)
    with torch.no_grad():
        for p in parameters:
            p -= p.grad


def weights_too(parameters, all_reduce, world_size):
    sync(parameters, all_reduce, world_size)
    for p in parameters:
        all_reduce(p.data)
        p.data /= world_size


def called(weights, gradients):
    """What a learner reads of a case: the gradients, and who has none."""
    return {
        f"gradients of worker {rank}": row
        for rank, row in enumerate(gradients)
    }


def of(name, shapes, world_size, none=(), drifted=False):
    """A case. none: (rank, place) of the gradients that are not there."""

    def inputs(rng):
        gradients = [
            [
                None
                if (rank, place) in none
                else tensor(readable(rng, *shape))
                for place, shape in enumerate(shapes)
            ]
            for rank in range(world_size)
        ]
        one = [tensor(readable(rng, *shape)) for shape in shapes]
        weights = [
            [w + 0.25 * rank * drifted for w in one]
            for rank in range(world_size)
        ]
        return {"weights": weights, "gradients": gradients}

    return Case(name, inputs)


EXERCISE = Exercise(
    id="scaling_out.sync_gradients",
    signature="sync_gradients(parameters, all_reduce, world_size) -> None",
    asks=(
        "Every worker calls this after its backward pass, all at the same "
        "time. `parameters` is the list of its own parameters. "
        "`all_reduce(tensor)` replaces a tensor *in place* by the sum of "
        "what all workers handed in, and returns nothing. It waits until "
        "all `world_size` workers have called it, so all of them must call "
        "it equally often, with tensors of the same shapes, in the same "
        "order. Afterwards let each `p.grad` be the **mean** over the "
        "workers. A parameter whose `p.grad` is `None` on a worker counts "
        "as zeros there, and gets a gradient, too. Leave the weights alone. "
        "Return nothing. The check runs your function in several threads, "
        "one a worker, and shows the gradients afterwards worker by worker, "
        "each in a row."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=in_one_message,
    way=workers.synced,
    cases=(
        of("two workers, one number", [(1,)], 2),
        of("one worker alone, and one is None", [(2,), (3,)], 1, {(0, 1)}),
        of("two workers, two parameters", [(2,), (2, 3)], 2),
        of("three workers", [(3,), (2,), (1, 2)], 3),
        of("one gradient is None on worker 1", [(2,)], 2, {(1, 0)}),
        of(
            "the first of two is None on worker 0",
            *([(2,), (3,)], 2, {(0, 0)}),
        ),
        of(
            "the same, and both have the same shape",
            *([(2, 2), (2, 2), (2, 2)], 3, {(1, 0), (2, 1)}),
        ),
        of("one is None on every worker", [(2,), (2,)], 2, {(0, 1), (1, 1)}),
        of(
            "the workers' weights have drifted apart",
            *([(2,), (3, 2)], 4),
            drifted=True,
        ),
    ),
    misconceptions=(
        Misconception(
            "not divided",
            "you kept the sum. Divide it by the number of workers: the mean "
            "does not grow with how many there are.",
            other(made=as_it_came),
        ),
        Misconception(
            "divided twice",
            "you divided by `world_size` twice, perhaps before and after "
            "`all_reduce`. Once is enough.",
            other(made=lambda total, world_size, own: total / world_size**2),
        ),
        Misconception(
            "multiplied",
            "you multiplied by the number of workers. Divide by it.",
            other(made=lambda total, world_size, own: total * world_size),
        ),
        Misconception(
            "divided by the number of parameters",
            "you divided by the number of parameters. Divide by the number "
            "of workers.",
            number_of_parameters,
        ),
        Misconception(
            "no exchange",
            "each worker kept its own gradients. Hand them to `all_reduce`.",
            other(made=lambda total, world_size, own: own),
        ),
        Misconception(
            "divided but not exchanged",
            "you divided each worker's own gradients, and nothing came from "
            "the others. Is the result of `all_reduce` lost in a copy?",
            other(made=lambda total, world_size, own: own / world_size),
        ),
        Misconception(
            "what all_reduce returns",
            "you used what `all_reduce` returns, which is None. It puts the "
            "sum into the tensor itself.",
            other(exchange=what_came_back, made=as_it_came),
        ),
        Misconception(
            "None skipped",
            "you skip what has no gradient. The other workers call "
            "`all_reduce` for it, so they wait for ever, or add the wrong "
            "tensors. Send zeros.",
            other(order=without_none),
        ),
        Misconception(
            "None stays None",
            "you send zeros for a missing gradient, but it stays None "
            "afterwards. Put the mean there, so that all workers take the "
            "same step.",
            other(into=only_where_there_is_one),
        ),
        Misconception(
            "mean over those that have one",
            "you divided by the number of workers that *have* a gradient. "
            "One that is None counts as zeros: divide by `world_size`.",
            over_those_that_have_one,
        ),
        Misconception(
            "not written back",
            "each `p.grad` is still what it was. Make the mean over the "
            "workers, and put it there.",
            other(exchange=summed, into=not_at_all),
        ),
        Misconception(
            "weights exchanged",
            "you brought the weights together, and not the gradients. Hand "
            "`p.grad` to `all_reduce`.",
            other(sent=lambda p: p.data, into=into_the_weights_alone),
        ),
        Misconception(
            "weights as gradients",
            "you sent the weights, and stored their mean as the gradient. "
            "Send `p.grad`.",
            other(sent=lambda p: p.data),
        ),
        Misconception(
            "gradients into the weights",
            "you wrote the mean gradient into the weights. It belongs into "
            "`p.grad`.",
            other(into=into_the_weights),
        ),
        Misconception(
            "weights too",
            "the gradients are right, but you averaged the weights as well. "
            "Leave them alone.",
            weights_too,
        ),
        Misconception(
            "a step as well",
            "the gradients are right, but you changed the weights. The step "
            "is the optimiser's.",
            a_step_as_well,
        ),
        Misconception(
            "order differs",
            "your order depends on which gradients are there. It differs "
            "between workers, so different parameters are added up. Go "
            "through the list as it comes.",
            other(order=none_last),
        ),
        Misconception(
            "ordered by size",
            "your order depends on how large the gradients are. It differs "
            "between workers, so different parameters are added up. Go "
            "through the list as it comes.",
            other(order=largest_first),
        ),
        Misconception(
            "first parameter only",
            "only the first parameter is right. Go through all of them.",
            first_only,
        ),
        Misconception(
            "mean over the numbers",
            "you took the mean over the numbers of a parameter, too. Each "
            "number has a mean over the workers.",
            over_all_numbers,
        ),
        Misconception(
            "what all_reduce returns, divided",
            "you divided what `all_reduce` returns, and it returns None. It "
            "puts the sum into the tensor that you hand in: divide that "
            "tensor.",
            other(exchange=what_came_back),
        ),
    ),
    hints=(
        "If worker 0 has the gradient 2 and worker 1 the gradient 6, what "
        "should both have afterwards, and what does `all_reduce` give?",
        "Each worker must do the same calls, whatever it has. What can it "
        "send for a gradient that is None, so that nothing is added?",
        "for each p: total = p.grad, or zeros like p; all_reduce(total); "
        "p.grad = total / world_size.",
    ),
    returns=(Listed("gradients"), Listed("weights")),
    called=called,
)
