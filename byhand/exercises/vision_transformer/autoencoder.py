"""The exercise `vision_transformer.Autoencoder`."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Measured, Misconception
from byhand.ways import modules

from ..pieces.inputs import readable
from ..pieces.tensors import going_in, tensor
from ..pieces.weights import weights_of


class Sequential(nn.Module):
    """Both halves as PyTorch's functions."""

    def __init__(self, d_in, d_code):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_code)
        self.decoder = nn.Linear(d_code, d_in)

    def forward(self, x):
        code = functional.linear(x, *self.encoder.parameters()).clamp_min(0)
        grey = functional.linear(code, *self.decoder.parameters())
        return grey.sigmoid(), code


def same(x):
    return x


def both(own, x):
    code = own.inside(own.encoder(x))
    return own.outside(own.decoder(code)), code


def code_before(own, x):
    before = own.encoder(x)
    return torch.sigmoid(own.decoder(torch.relu(before))), before


def decoded_before(own, x):
    before = own.encoder(x)
    return torch.sigmoid(own.decoder(before)), torch.relu(before)


def before_sigmoid(own, x):
    code = torch.relu(own.encoder(x))
    return own.decoder(code), code


def tied(own, x):
    code = torch.relu(own.encoder(x))
    grey = functional.linear(code, own.encoder.weight.T, own.decoder.bias)
    return torch.sigmoid(grey), code


def swapped(own, x):
    return both(own, x)[::-1]


def reconstruction_only(own, x):
    return both(own, x)[0]


def input_too(own, x):
    return *both(own, x), x


def input_returned(own, x):
    return x + 0, both(own, x)[1]


def code_detached(own, x):
    code = torch.relu(own.encoder(x))
    return torch.sigmoid(own.decoder(code)), code.detach()


def decoded_detached(own, x):
    code = torch.relu(own.encoder(x))
    return torch.sigmoid(own.decoder(code.detach())), code


def residual(own, x):
    code = torch.relu(own.encoder(x))
    return torch.sigmoid(x + own.decoder(code)), code


class Auto(nn.Module):
    """An autoencoder of which every part can be another."""

    def __init__(
        self,
        d_in,
        d_code,
        *,
        flow=both,
        inside=torch.relu,
        outside=torch.sigmoid,
        bias=True,
    ):
        super().__init__()
        self.encoder = nn.Linear(d_in, d_code, bias=bias)
        self.decoder = nn.Linear(d_code, d_in, bias=bias)
        self.flow, self.inside, self.outside = flow, inside, outside

    def forward(self, x):
        return self.flow(self, x)


def other(flow=both, **parts):
    return partial(Auto, flow=flow, **parts)


def of(name, d_in, d_code, *batch, size=1, training=False):
    """A case. size: what the numbers are multiplied by."""
    settings = {"d_in": d_in, "d_code": d_code}

    def inputs(rng):
        weights = weights_of(Sequential, settings, rng)
        # So that no sum is 0, where ReLU has a corner.
        weights["encoder.bias"] = weights["encoder.bias"] + 0.0021
        return {
            "settings": settings,
            "weights": weights,
            "inputs": [tensor(size * readable(rng, *batch, d_in))],
            "along": [
                tensor(readable(rng, *batch, d_in)),
                tensor(readable(rng, *batch, d_code)),
            ],
            **({"training": True} if training else {}),
        }

    return Case(name, inputs)


EXERCISE = Exercise(
    id="vision_transformer.Autoencoder",
    signature="Autoencoder(d_in, d_code)",
    asks=(
        "Squeeze `d_in` numbers into `d_code` and bring them back. It owns "
        "`encoder`, an `nn.Linear` from `d_in` to `d_code`, and `decoder`, "
        "an `nn.Linear` back again. `forward(x)` takes `(…, d_in)` and "
        "returns two tensors, `(reconstruction, code)`: the **code**, "
        "`(…, d_code)`, is ReLU of what the encoder gives; the "
        "**reconstruction**, `(…, d_in)`, is the sigmoid of what the decoder "
        "makes of the code."
    ),
    points=1,
    difficulty=1,
    importance=3,
    minutes=4,
    reference=Sequential,
    way=modules.whole,
    cases=(
        of("two numbers into one", 2, 1, 1),
        of("three numbers into two", 3, 2, 4),
        of("six large numbers into three", 6, 3, 5, size=12),
        of("a code wider than the input", 2, 5, 3),
        of("a single row, without a batch", 4, 3),
        of("two axes in front, in training", 5, 2, 2, 3, training=True),
    ),
    misconceptions=(
        Misconception(
            "no ReLU",
            "there is no ReLU on the code. With none, and without the "
            "sigmoid, the two layers would be no more than one.",
            other(inside=same),
        ),
        Misconception(
            "code before ReLU",
            "the reconstruction is right, but you return the code as it was "
            "*before* ReLU.",
            other(code_before),
        ),
        Misconception(
            "decoded before ReLU",
            "the code is right, but the decoder reads it as it was *before* "
            "ReLU.",
            other(decoded_before),
        ),
        Misconception(
            "sigmoid inside",
            "the code goes through a sigmoid. Use ReLU there. The sigmoid "
            "belongs at the end.",
            other(inside=torch.sigmoid),
        ),
        Misconception(
            "tanh inside",
            "the code goes through tanh. Use ReLU there.",
            other(inside=torch.tanh),
        ),
        Misconception(
            "GELU inside",
            "the code goes through GELU. Use ReLU there.",
            other(inside=functional.gelu),
        ),
        Misconception(
            "leaky ReLU inside",
            "the code goes through a leaky ReLU, which lets a little of the "
            "negative numbers through. Use ReLU.",
            other(inside=functional.leaky_relu),
        ),
        Misconception(
            "no sigmoid",
            "the reconstruction has no sigmoid, so it can leave the range of "
            "a pixel, 0 to 1.",
            other(outside=same),
        ),
        Misconception(
            "ReLU outside",
            "the reconstruction goes through ReLU. Use the sigmoid there: it "
            "stays between 0 and 1.",
            other(outside=torch.relu),
        ),
        Misconception(
            "tanh outside",
            "the reconstruction goes through tanh, which lies between −1 and "
            "1. Use the sigmoid: a pixel lies between 0 and 1.",
            other(outside=torch.tanh),
        ),
        Misconception(
            "softmax outside",
            "the reconstruction goes through softmax, so all pixels would "
            "add up to 1. Use the sigmoid, for each by itself.",
            other(outside=partial(torch.softmax, dim=-1)),
        ),
        Misconception(
            "cut off outside",
            "you cut the reconstruction off at 0 and 1. Use the sigmoid, "
            "which has a slope everywhere.",
            other(outside=partial(torch.clamp, min=0, max=1)),
        ),
        Misconception(
            "activations swapped",
            "you swapped the two: ReLU belongs to the code, the sigmoid to "
            "the reconstruction.",
            other(inside=torch.sigmoid, outside=torch.relu),
        ),
        Misconception(
            "encoder's matrix reused",
            "you decode with the encoder's matrix, transposed. That is "
            "possible, and called tied weights. Here `decoder` has a matrix "
            "of its own.",
            other(tied),
        ),
        Misconception(
            "results swapped",
            "you swapped the two results. Return the reconstruction first, "
            "then the code.",
            other(swapped),
        ),
        Misconception(
            "one result only",
            "you return one tensor. Return two: the reconstruction and the "
            "code.",
            other(reconstruction_only),
        ),
        Misconception(
            "the input too",
            "you return the input as well. Return two values, the "
            "reconstruction and the code.",
            other(input_too),
        ),
        Misconception(
            "the input returned",
            "your reconstruction is the input itself. It should come from "
            "the code.",
            other(input_returned),
        ),
        Misconception(
            "a path around the code",
            "you add the input to what the decoder makes. Then nothing needs "
            "to pass through the code.",
            other(residual),
        ),
        Misconception(
            "code without a gradient",
            "both results are right, but no gradient passes through the code "
            "that you return. Is there a `detach`?",
            other(code_detached),
        ),
        Misconception(
            "encoder without a gradient",
            "both results are right, but no gradient passes from the "
            "reconstruction back to the encoder. Is there a `detach`?",
            other(decoded_detached),
        ),
        Misconception(
            "no biases",
            "your linear layers have no bias. They should have one, which is "
            "what `nn.Linear` does unless it is told otherwise.",
            other(bias=False),
        ),
    ),
    hints=(
        "How many numbers pass through the narrowest place? What range has "
        "a pixel, and which function stays inside it?",
        "Two linear layers in `__init__`. In `forward`, keep the code in a "
        "variable: you return it, too.",
        "code = relu(encoder(x)); return sigmoid(decoder(code)), code.",
    ),
    returns=(
        "reconstruction",
        "code",
        Measured("gradients of the inputs"),
        Measured("gradients of the weights"),
    ),
    called=going_in("x"),
)
