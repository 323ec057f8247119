"""The exercise `training.adam_step`."""

from typing import Any, NamedTuple

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from ..pieces.tensors import tensor


def torch_adam(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    import torch

    weight = param.detach().clone().requires_grad_()
    weight.grad = grad.clone()
    optimiser = torch.optim.Adam([weight], lr=lr, betas=betas, eps=eps)
    optimiser.state[weight] = {
        "step": torch.tensor(float(t - 1)),  # of the updates so far
        "exp_avg": m.clone(),
        "exp_avg_sq": v.clone(),
    }
    optimiser.step()
    state = optimiser.state[weight]
    return weight.detach(), state["exp_avg"], state["exp_avg_sq"]


class Update(NamedTuple):
    """What a wrong answer has at hand when it takes its step."""

    param: Any
    grad: Any
    m: Any  # already moved
    v: Any
    old_m: Any
    old_v: Any
    t: int
    lr: float
    beta1: float
    beta2: float
    eps: float

    @property
    def m_hat(self):
        return self.m / (1 - self.beta1**self.t)

    @property
    def v_hat(self):
        return self.v / (1 - self.beta2**self.t)


def right_step(now):
    return now.lr * now.m_hat / (now.v_hat**0.5 + now.eps)


def averaged(old, new, beta):
    return beta * old + (1 - beta) * new


def other_way_round(old, new, beta):
    return (1 - beta) * old + beta * new


def piled_up(old, new, beta):
    return beta * old + new


def stepped(step=right_step, mean=averaged, square=lambda g: g * g):
    """A wrong answer that goes wrong in one of these."""

    def answer(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
        new = mean(m, grad, betas[0]), mean(v, square(grad), betas[1])
        now = Update(param, grad, *new, m, v, t, lr, *betas, eps)
        return param - step(now), *new

    return answer


def with_settings(change):
    """A wrong answer that is right with other lr, betas, eps or t."""

    def answer(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
        settings = change({"t": t, "lr": lr, "betas": betas, "eps": eps})
        return stepped()(param, grad, m, v, **settings)

    return answer


def unbiased_returned(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    new, m, v = stepped()(param, grad, m, v, t, lr, betas, eps)
    return new, m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)


def step_returned(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8):
    new, m, v = stepped()(param, grad, m, v, t, lr, betas, eps)
    return param - new, m, v


def old_averages_returned(
    param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8
):
    return stepped()(param, grad, m, v, t, lr, betas, eps)[0], m, v


def decayed_gradient(
    param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8, decay=0.01
):
    return stepped()(param, grad + decay * param, m, v, t, lr, betas, eps)


def to_update(*shape, t=1, still=(), resting=(), lr=0.5, **settings):
    """Averages of 0 before the first step, else of a plausible size.

    still: the entries that never had a gradient. resting: those that have
    none now.
    """

    def inputs(rng):
        grad = readable(rng, *shape)
        before = np.zeros((2, *shape))
        if t > 1:
            before = readable(rng, 2, *shape)
            # The root of v is about as large as the gradients were.
            before[1] = before[1] ** 2 + 0.25
        for one in (grad, *before):
            one[list(still)] = 0
        grad[list(resting)] = 0
        return {
            "param": tensor(readable(rng, *shape)),
            "grad": tensor(grad),
            "m": tensor(before[0]),
            "v": tensor(before[1]),
            "t": t,
            "lr": lr,
            **settings,
        }

    return inputs


OTHER = {"betas": (0.5, 0.8), "eps": 0.1}


EXERCISE = Exercise(
    id="training.adam_step",
    signature=(
        "adam_step(param, grad, m, v, t, lr, betas=(0.9, 0.999), eps=1e-8)"
    ),
    asks=(
        "One update by Adam. `param` are weights and `grad` their gradients, "
        "tensors of the same shape, whatever it is; `m` and `v` are the "
        "averages so far, of that shape too. With $\\beta_1, \\beta_2$ from "
        "`betas` and $g$ for the gradient:\n\n"
        r"$$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad "
        r"v \leftarrow \beta_2 v + (1-\beta_2)\,g^2$$"
        "\n\n"
        r"$$\text{param} \leftarrow \text{param} - \text{lr} \cdot "
        r"\frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \varepsilon}$$"
        "\n\n"
        "`t` is the number of this update and counts from 1. Return "
        "`(param, m, v)`, three new tensors, with `m` and `v` as in the "
        "first line, not yet divided; leave the inputs as they are."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=15,
    reference=torch_adam,
    cases=(
        Case("the first update of one number", to_update(1)),
        Case("a large ε", to_update(1, betas=(0.5, 0.8), eps=0.1)),
        Case("the fourth update", to_update(2, t=4)),
        Case(
            "other β and ε, and one has no gradient now",
            to_update(3, t=2, lr=0.1, resting=(1,), **OTHER),
        ),
        Case("a gradient of 0, from the start", to_update(3, still=(1,))),
        Case("a matrix, much later", to_update(2, 3, t=40, **OTHER)),
    ),
    misconceptions=(
        Misconception(
            "no correction",
            "neither average was corrected. Both start at 0 and are too "
            "small at first: divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ. Without "
            "it, the first step is 3.2 times as long as the learning rate.",
            stepped(lambda now: now.lr * now.m / (now.v**0.5 + now.eps)),
        ),
        Misconception(
            "m not corrected",
            "v is corrected for its start at 0, m is not, so that the first "
            "steps are too short. Divide m by 1 − β₁ᵗ.",
            stepped(lambda now: now.lr * now.m / (now.v_hat**0.5 + now.eps)),
        ),
        Misconception(
            "v not corrected",
            "m is corrected for its start at 0, v is not: it stays far too "
            "small for a long time, and the steps far too long. Divide v by "
            "1 − β₂ᵗ.",
            stepped(lambda now: now.lr * now.m_hat / (now.v**0.5 + now.eps)),
        ),
        Misconception(
            "correction outside the root",
            "the root was taken of v alone and then divided by 1 − β₂ᵗ. The "
            "correction belongs to v, *inside* the root.",
            stepped(
                lambda now: (
                    now.lr
                    * now.m_hat
                    / (now.v**0.5 / (1 - now.beta2**now.t) + now.eps)
                )
            ),
        ),
        Misconception(
            "multiplied by the correction",
            "you multiplied by 1 − βᵗ where you should divide: an average "
            "that is too small has to grow.",
            stepped(
                lambda now: (
                    now.lr
                    * (now.m * (1 - now.beta1**now.t))
                    / ((now.v * (1 - now.beta2**now.t)) ** 0.5 + now.eps)
                )
            ),
        ),
        Misconception(
            "ε inside the root",
            "ε was added to v under the root. In Adam it stands outside, "
            "added to the root (in layer norm it was the other way round). "
            "With ε = 0.1 the difference shows.",
            stepped(
                lambda now: now.lr * now.m_hat / (now.v_hat + now.eps) ** 0.5
            ),
        ),
        Misconception(
            "ε before the correction",
            "ε was added to the root of v before v was corrected. First "
            "divide v by 1 − β₂ᵗ, then take the root, then add ε.",
            stepped(
                lambda now: (
                    now.lr
                    * now.m_hat
                    * (1 - now.beta2**now.t) ** 0.5
                    / (now.v**0.5 + now.eps)
                )
            ),
        ),
        Misconception(
            "ε forgotten",
            "ε is missing: a weight that never had a gradient is moved by "
            "0/0.",
            stepped(lambda now: now.lr * now.m_hat / now.v_hat**0.5),
        ),
        Misconception(
            "ε always the same",
            "your ε is always 0.00000001, whatever `eps` says.",
            with_settings(lambda given: {**given, "eps": 1e-8}),
        ),
        Misconception(
            "β always the same",
            "your β are always 0.9 and 0.999, whatever `betas` says.",
            with_settings(lambda given: {**given, "betas": (0.9, 0.999)}),
        ),
        Misconception(
            "t from 0",
            "your correction uses t − 1. `t` is 1 at the first update "
            "already. With 0 you divide by 1 − β⁰, which is 0.",
            with_settings(lambda given: {**given, "t": given["t"] - 1}),
        ),
        Misconception(
            "t + 1",
            "your correction uses t + 1, as if `t` counted from 0. It is 1 "
            "at the first update.",
            with_settings(lambda given: {**given, "t": given["t"] + 1}),
        ),
        Misconception(
            "correction of the first step, always",
            "you divided by 1 − β at every step. The correction fades as "
            "steps go by: 1 − β to the power of t.",
            with_settings(lambda given: {**given, "t": 1}),
        ),
        Misconception(
            "betas swapped",
            "you swapped β₁ and β₂: the first is that of m, the second that "
            "of v.",
            with_settings(
                lambda given: {**given, "betas": given["betas"][::-1]}
            ),
        ),
        Misconception(
            "β and 1 − β swapped",
            "you swapped β and 1 − β: the *old* average keeps β, nearly all "
            "of it, and the new gradient adds its 1 − β.",
            stepped(mean=other_way_round),
        ),
        Misconception(
            "1 − β forgotten",
            "the new gradient was added in full, without its 1 − β: sums "
            "that pile up, where averages are wanted.",
            stepped(mean=piled_up),
        ),
        Misconception(
            "gradient not squared",
            "v should be the average of the *squared* gradients. With the "
            "gradients themselves it can be negative and has no root.",
            stepped(square=lambda g: g),
        ),
        Misconception(
            "absolute gradients",
            "v averages the sizes of the gradients, not their squares.",
            stepped(square=abs),
        ),
        Misconception(
            "root forgotten",
            "you divided by v itself, and not by its root. Only with the "
            "root do the units of the gradient cancel.",
            stepped(lambda now: now.lr * now.m_hat / (now.v_hat + now.eps)),
        ),
        Misconception(
            "uphill",
            "this step goes uphill: subtract it.",
            stepped(lambda now: -right_step(now)),
        ),
        Misconception(
            "learning rate forgotten",
            "the learning rate is missing, so that every first step has "
            "length 1.",
            stepped(lambda now: right_step(now) / now.lr),
        ),
        Misconception(
            "the old averages used",
            "the step was taken with the averages from *before* this "
            "gradient. Bring m and v up to date first.",
            stepped(
                lambda now: right_step(now._replace(m=now.old_m, v=now.old_v))
            ),
        ),
        Misconception(
            "gradient in place of m",
            "the gradient itself stands above the line, where its average m "
            "should be. (That is another method, RMSProp.)",
            stepped(
                lambda now: now.lr * now.grad / (now.v_hat**0.5 + now.eps)
            ),
        ),
        Misconception(
            "momentum only",
            "the division by the root of v is missing: this is descent with "
            "momentum, in which a weight with small gradients hardly moves.",
            stepped(lambda now: now.lr * now.m_hat),
        ),
        Misconception(
            "plain descent",
            "the weights took a step of plain gradient descent. The averages "
            "were worked out and never used.",
            stepped(lambda now: now.lr * now.grad),
        ),
        Misconception(
            "weight decay",
            "the weights were also pulled towards 0, by 0.01 of themselves "
            "times the learning rate. That is AdamW. Plain Adam has no "
            "weight decay.",
            stepped(lambda now: right_step(now) + 0.01 * now.lr * now.param),
        ),
        Misconception(
            "weight decay in the gradient",
            "0.01 of the weights was added to their gradients. That is Adam "
            "with weight decay. Plain Adam has none.",
            decayed_gradient,
        ),
        Misconception(
            "corrected averages returned",
            "the weights are right, but you return m and v *after* they were "
            "divided. They would be corrected again at the next update: hand "
            "on the plain averages.",
            unbiased_returned,
        ),
        Misconception(
            "old averages returned",
            "the weights are right, but you return the old m and v, so that "
            "the next update knows nothing of this gradient.",
            old_averages_returned,
        ),
        Misconception(
            "the step only",
            "m and v are right. In place of the weights you return only by "
            "how much they move.",
            step_returned,
        ),
        Misconception(
            "mean of the squares",
            "you averaged g² over all weights, so that all share one v. "
            "Each weight has its own.",
            stepped(square=lambda g: (g * g).mean()),
        ),
    ),
    not_by=("Adam", "AdamW", "adam", "adamw"),
    hints=(
        "At the first update m = v = 0. If the gradient is 3, what are m and "
        "v after it, what are they after the correction, and how long is the "
        "step?",
        "Five lines: two averages, two corrected copies of them, one step. "
        "All of it works on whole tensors. Operations that end in an "
        "underscore, and `+=`, change a tensor in place: avoid them.",
        "m = β₁ m + (1 − β₁) grad; v = β₂ v + (1 − β₂) grad²; "
        "m̂ = m / (1 − β₁ᵗ); v̂ = v / (1 − β₂ᵗ); "
        "param = param − lr × m̂ / (root of v̂ + eps).",
    ),
    returns=("param", "m", "v"),
)
