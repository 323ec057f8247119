"""The exercise `gpt_on_gpu.train_step`."""

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Measured, Misconception
from byhand.ways import training

from .shared import nothing


def by_whole_batch(model, optimizer, batches, max_norm):
    """All batches as one: the mean gradient, by hand, in one backward."""
    model.train()
    inputs, targets = (torch.cat(each) for each in zip(*batches, strict=True))
    loss = loss_of(model, inputs, targets)
    weights = list(model.parameters())
    gradients = torch.autograd.grad(loss, weights)
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    factor = min(1.0, max_norm / norm.item())
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = factor * gradient
    optimizer.step(None)
    return loss.item()


def loss_of(model, inputs, targets):
    return functional.cross_entropy(
        model(inputs).flatten(0, 1), targets.flatten()
    )


def loss_of_chances(model, inputs, targets):
    chances = model(inputs).softmax(dim=-1)
    return functional.cross_entropy(chances.flatten(0, 1), targets.flatten())


def step_by(
    begin=lambda model: model.train(),
    forget=lambda optimizer: optimizer.zero_grad(),
    before_each=nothing,
    loss_by=loss_of,
    share=lambda count: 1 / count,
    after_each=nothing,
    clip=nn.utils.clip_grad_norm_,
    before_step=nothing,
    step=lambda optimizer: optimizer.step(),
    result=lambda losses, model, batches: sum(losses) / len(losses),
):
    """A wrong answer that goes wrong in one of these places."""

    def answer(model, optimizer, batches, max_norm):
        begin(model)
        forget(optimizer)
        losses = []
        for inputs, targets in batches:
            before_each(optimizer)
            loss = loss_by(model, inputs, targets)
            (loss * share(len(batches))).backward()
            losses.append(loss.item())
            after_each(optimizer, model, max_norm)
        clip(model.parameters(), max_norm)
        before_step(optimizer)
        step(optimizer)
        return result(losses, model, batches)

    return answer


def loss_after(losses, model, batches):
    with torch.no_grad():
        again = [loss_of(model, *pair).item() for pair in batches]
    return sum(again) / len(again)


def each_by_itself(weights, max_norm):
    for weight in weights:
        nn.utils.clip_grad_norm_([weight], max_norm)


def always_scaled(weights, max_norm):
    gradients = [weight.grad for weight in weights]
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    for gradient in gradients:
        gradient *= max_norm / norm


def clip_now(optimizer, model, max_norm):
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)


def first_group_clipped(model, optimizer, batches, max_norm):
    def clip(_, most):
        nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], most)

    return step_by(clip=clip)(model, optimizer, batches, max_norm)


def pairs(count, batch, n, max_norm, steps):
    def inputs(rng):
        drawn = rng.integers(5, size=(count, 2, batch, n))
        return {
            "batches": [
                (torch.from_numpy(one), torch.from_numpy(other))
                for one, other in drawn
            ],
            "max_norm": max_norm,
            "steps": steps,
            "seed": int(rng.integers(2**31)),
        }

    return inputs


def measured(answer, batches, max_norm, steps, seed):
    """The loss of each step, and the weights after the last.

    The model works otherwise in evaluation mode, which both show.
    """
    losses, weights = training.trained(answer, batches, max_norm, steps, seed)
    nothing = any(loss is None for loss in losses)
    return None if nothing else [float(x) for x in losses], weights


def a_step_a_batch(share):
    """Forgets, clips and steps once for each batch."""

    def step_now(optimizer, model, max_norm):
        clip_now(optimizer, model, max_norm)
        optimizer.step(None)

    return step_by(
        before_each=lambda optimizer: optimizer.zero_grad(),
        share=share,
        after_each=step_now,
        clip=nothing,
        step=nothing,
    )


EXERCISE = Exercise(
    id="gpt_on_gpu.train_step",
    signature="train_step(model, optimizer, batches, max_norm)",
    asks=(
        "One update of the weights. `batches` is a list of pairs `(inputs, "
        "targets)`, both `(batch, n)`, all of one shape; `model(inputs)` "
        "gives logits `(batch, n, vocab)`. Put the model into training mode, "
        "forget old gradients, and let the gradients of all batches "
        "*accumulate*, so that what arrives is the gradient of the mean loss "
        "over all of them (cross-entropy, the mean over all places). Then "
        "clip: if the gradients of all weights, taken as one long vector, are "
        "longer than `max_norm`, scale them to that length. Then let "
        "`optimizer` take **one** step. Return the mean loss as it was "
        "before the step, a number or a tensor with one. "
        "`torch.nn.functional.cross_entropy` and "
        "`torch.nn.utils.clip_grad_norm_` are allowed."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=by_whole_batch,
    way=measured,
    cases=(
        Case("one batch, one step", pairs(1, 1, 2, 100.0, 1)),
        Case("one batch, three steps", pairs(1, 2, 3, 100.0, 3)),
        Case("three batches to a step", pairs(3, 2, 3, 100.0, 2)),
        Case("a norm that clips", pairs(1, 2, 3, 0.05, 2)),
        Case("two batches, and a norm that clips", pairs(2, 2, 3, 0.05, 3)),
    ),
    misconceptions=(
        Misconception(
            "gradients not zeroed",
            "gradients from before are still there: PyTorch adds to what it "
            "finds. Forget them first, `optimizer.zero_grad()`.",
            step_by(forget=nothing),
        ),
        Misconception(
            "gradients zeroed between batches",
            "gradients were forgotten between batches, so that only the last "
            "batch counts. Accumulating means not to.",
            step_by(before_each=lambda optimizer: optimizer.zero_grad()),
        ),
        Misconception(
            "sum in place of the mean",
            "the gradients of several batches were added up, not averaged: "
            "the step is as many times too long. Divide each loss by the "
            "number of batches before `backward()`.",
            step_by(share=lambda count: 1.0),
        ),
        Misconception(
            "losses and gradients summed up",
            "neither the losses nor the gradients are averaged over the "
            "batches: both are sums. Divide each loss by the number of "
            "batches before `backward()`.",
            step_by(
                share=lambda count: 1.0,
                result=lambda losses, *_: sum(losses),
            ),
        ),
        Misconception(
            "softmax before the cross-entropy",
            "the loss was taken of the logits' softmax. PyTorch's "
            "`cross_entropy` wants the logits, and does the softmax itself.",
            step_by(loss_by=loss_of_chances),
        ),
        Misconception(
            "never clipped",
            "the gradients are not clipped, or only after the step has used "
            "them.",
            step_by(clip=nothing),
        ),
        Misconception(
            "every number clipped by itself",
            "you clipped each number by itself, which turns the gradient to "
            "another direction. Clip the length of the whole: "
            "`clip_grad_norm_`, not `clip_grad_value_`.",
            step_by(clip=nn.utils.clip_grad_value_),
        ),
        Misconception(
            "every weight clipped by itself",
            "you clipped the gradient of each weight tensor by itself. The "
            "norm is that of all gradients together.",
            step_by(clip=each_by_itself),
        ),
        Misconception(
            "first group clipped",
            "you clipped the gradients of the optimizer's first group of "
            "weights alone. Here it has two. Clip those of all weights "
            "together: `model.parameters()`.",
            first_group_clipped,
        ),
        Misconception(
            "always scaled to the norm",
            "the gradients were scaled to `max_norm` although they were "
            "shorter. Clipping only ever shortens.",
            step_by(clip=always_scaled),
        ),
        Misconception(
            "clipped after every batch",
            "you clipped after every batch, so that what gathers first is "
            "clipped again and again. Clip once, when all are in.",
            step_by(clip=nothing, after_each=clip_now),
        ),
        Misconception(
            "no step",
            "the weights have not changed: `optimizer.step()` is missing, or "
            "the gradients were forgotten between `backward()` and the step.",
            step_by(step=nothing),
        ),
        Misconception(
            "in evaluation mode",
            "the model worked in evaluation mode, in which somebody had left "
            "it: its dropout is off. Call `model.train()` first.",
            step_by(begin=nothing),
        ),
        Misconception(
            "loss of the last batch",
            "you returned the loss of the last batch alone. Return the mean "
            "over all batches.",
            step_by(result=lambda losses, *_: losses[-1]),
        ),
        Misconception(
            "sum of the losses",
            "you returned the sum of the losses. Return their mean.",
            step_by(result=lambda losses, *_: sum(losses)),
        ),
        Misconception(
            "loss after the step",
            "you returned the loss after the step, for which the model had "
            "to work again. Return the loss that the gradients came from.",
            step_by(result=loss_after),
        ),
        Misconception(
            "a step for each batch",
            "the optimizer took a step after every batch. Gradients of all "
            "batches gather first. Then comes one step.",
            step_by(
                after_each=lambda optimizer, *_: optimizer.step(),
                clip=nothing,
                step=nothing,
            ),
        ),
        Misconception(
            "a small step for each batch",
            "the optimiser takes a step after each batch, each along its "
            "share of the gradient. Let the shares add up, then take one "
            "step.",
            a_step_a_batch(share=lambda count: 1 / count),
        ),
        Misconception(
            "last batch alone",
            "only the last batch counts. Take the mean gradient of all of "
            "them.",
            lambda model, optimizer, batches, max_norm: by_whole_batch(
                model, optimizer, batches[-1:], max_norm
            ),
        ),
        Misconception(
            "first batch alone",
            "only the first batch counts. Is there a `return` inside the "
            "loop?",
            lambda model, optimizer, batches, max_norm: by_whole_batch(
                model, optimizer, batches[:1], max_norm
            ),
        ),
        Misconception(
            "forgets and steps for each batch",
            "you forgot old gradients and took a step for every batch. Do "
            "both once: let the gradients of all batches add up between.",
            a_step_a_batch(share=lambda count: 1.0),
        ),
        Misconception(
            "last place only",
            "your loss looks at the last place of each row alone. Every "
            "place has a target: take the mean over all of them.",
            step_by(
                loss_by=lambda model, inputs, targets: (
                    functional.cross_entropy(
                        model(inputs)[:, -1], targets[:, -1]
                    )
                )
            ),
        ),
        Misconception(
            "shifted again",
            "you shifted the targets by one place. They are shifted "
            "already: each stands at the place that predicts it.",
            step_by(
                loss_by=lambda model, inputs, targets: (
                    functional.cross_entropy(
                        model(inputs)[:, :-1].flatten(0, 1),
                        targets[:, 1:].flatten(),
                    )
                )
            ),
        ),
    ),
    hints=(
        "What is in `weight.grad` when `backward()` is called a second time? "
        "What should be in it when the optimizer looks?",
        "The gradient of a mean of three losses is the mean of their "
        "gradients: divide each loss by three and let them add up. "
        "`cross_entropy` takes logits `(places, vocab)` and targets "
        "`(places,)`: `.flatten(0, 1)` makes one axis of the first two.",
        "model.train(); zero_grad; for each pair: loss = cross-entropy / "
        "number of batches, backward, total += loss; clip_grad_norm_; step; "
        "return total.",
    ),
    returns=("losses", Measured("weights after the steps")),
    called=lambda batches, max_norm, steps, seed: {
        "batches": batches,
        "max_norm": max_norm,
    },
)
