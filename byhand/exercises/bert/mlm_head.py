"""The exercise `bert.MlmHead`."""

import copy
from functools import partial

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Measured, Misconception
from byhand.ways import modules

from ..pieces.inputs import readable
from .shared import TINY, of_size, tanh_gelu


class FunctionalHead(nn.Module):
    """By PyTorch's functions, on the table that it is given."""

    def __init__(self, tokens):
        super().__init__()
        vocab, d_model = tokens.weight.shape
        self.add_module("tokens", tokens)
        self.linear = nn.Linear(d_model, d_model)
        self.norm = nn.LayerNorm(d_model, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocab))

    def forward(self, hidden):
        bent = functional.gelu(
            functional.linear(hidden, self.linear.weight, self.linear.bias)
        )
        normed = functional.layer_norm(
            bent,
            bent.shape[-1:],
            self.norm.weight,
            self.norm.bias,
            eps=1e-12,
        )
        return functional.linear(normed, self.tokens.weight, self.bias)


# --- what goes wrong -------------------------------------------------------


def through(own, hidden):
    return own.norm(own.bend(own.linear(hidden)))


def no_norm(own, hidden):
    return own.bend(own.linear(hidden))


def norm_before_gelu(own, hidden):
    return own.bend(own.norm(own.linear(hidden)))


def norm_first(own, hidden):
    return own.bend(own.linear(own.norm(hidden)))


def no_linear(own, hidden):
    return own.norm(own.bend(hidden))


def gelu_first(own, hidden):
    return own.norm(own.linear(own.bend(hidden)))


def with_residual(own, hidden):
    return own.norm(hidden + own.bend(own.linear(hidden)))


def straight(own, hidden):
    """Neither linear layer, nor GELU, nor norm."""
    return hidden


def tied(own, x):
    return x @ own.tokens.weight.T + own.bias


def no_bias(own, x):
    return x @ own.tokens.weight.T


def detached(own, x):
    return x @ own.tokens.weight.T.detach() + own.bias


def own_matrix(own, x):
    return own.decoder(x) + own.bias


def over_root(own, x):
    return x @ own.tokens.weight.T / x.shape[-1] ** 0.5 + own.bias


def with_end(function):
    return lambda own, x: function(tied(own, x))


class Headed(nn.Module):
    """A head whose parts are joined in another way."""

    def __init__(
        self,
        tokens,
        *,
        take=lambda tokens: tokens,
        flow=through,
        bend=functional.gelu,
        score=tied,
        eps=TINY,
        decoder=False,
        keep=True,
        drop=0.0,
    ):
        super().__init__()
        self.flow, self.bend, self.score = flow, bend, score
        self.drop = drop
        vocab, d_model = tokens.weight.shape
        if keep:
            self.tokens = take(tokens)
        if decoder:
            self.decoder = nn.Linear(d_model, vocab, bias=False)
        self.linear = nn.Linear(d_model, d_model)
        self.norm = nn.LayerNorm(d_model, eps)
        self.bias = nn.Parameter(torch.zeros(vocab))

    def forward(self, hidden):
        x = functional.dropout(hidden, self.drop, self.training)
        return self.score(self, self.flow(self, x))


def other(**parts):
    return partial(Headed, **parts)


# --- cases -----------------------------------------------------------------


def answering(vocab, d_model, batch, n, size=1.0, training=False):
    """Hidden vectors, and a table to be shared; size: of the weights."""

    def on_a_table():
        return FunctionalHead(nn.Embedding(vocab, d_model))

    def inputs(rng):
        return {
            "settings": {},
            "weights": of_size(size, on_a_table, {}, rng),
            "inputs": [readable(rng, batch, n, d_model)],
            "along": readable(rng, batch, n, vocab),
            "training": training,
            "tables": {"tokens": (vocab, d_model)},
        }

    return inputs


def called(settings, weights, inputs, along, training, tables):
    (hidden,) = inputs
    vocab, d_model = tables["tokens"]
    mode = {"mode": "training"} if training else {}
    return {
        "tokens": f"nn.Embedding({vocab}, {d_model})",
        "hidden": hidden,
        **mode,
    }


EXERCISE = Exercise(
    id="bert.MlmHead",
    signature="MlmHead(tokens)",
    asks=(
        "From a vector to a score for each word. `tokens` is the "
        "`nn.Embedding` of the model, and its matrix is **shared**: keep the "
        "module itself, so that both learn one matrix. Add `linear`, from d "
        "to d with d the width of `tokens`, `norm`, an `nn.LayerNorm` with ε "
        "= 1e-12, and `bias`, an `nn.Parameter` with a number for each word. "
        "`forward(hidden)` takes `(b, n, d)` and returns logits `(b, n, "
        "vocab)`: norm(gelu(linear(hidden))) times the transposed matrix of "
        "`tokens`, plus the bias. GELU is the exact one."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=5,
    reference=FunctionalHead,
    way=modules.alone,
    cases=(
        Case("one place", answering(3, 4, 1, 1)),
        Case("three places", answering(6, 3, 1, 3)),
        Case("two texts", answering(5, 4, 2, 3)),
        Case("weights near 0.001, where ε shows", answering(5, 4, 1, 3, 1e-3)),
        Case(
            "in training: nothing is dropped",
            answering(5, 4, 2, 2, training=True),
        ),
    ),
    misconceptions=(
        Misconception(
            "a copy of the matrix",
            "the matrix is a copy, so that head and model learn two. Keep "
            "the module that you are given.",
            other(take=copy.deepcopy),
        ),
        Misconception(
            "a matrix more",
            "you score with a matrix that belongs to the head alone. Use the "
            "one of `tokens` a second time.",
            other(decoder=True, score=own_matrix),
        ),
        Misconception(
            "a matrix instead",
            "the head has a matrix of its own and does not keep `tokens`. "
            "Use the matrix of `tokens` a second time.",
            other(decoder=True, score=own_matrix, keep=False),
        ),
        Misconception(
            "no gradient to the matrix",
            "the scores are right, but no gradient reaches the shared "
            "matrix. Do not detach it.",
            other(score=detached),
        ),
        Misconception(
            "no bias",
            "the bias is never added.",
            other(score=no_bias),
        ),
        Misconception(
            "no norm",
            "the norm is missing between GELU and the scores.",
            other(flow=no_norm),
        ),
        Misconception(
            "norm before GELU",
            "the norm comes before GELU. It comes after it.",
            other(flow=norm_before_gelu),
        ),
        Misconception(
            "norm first",
            "the norm comes before the linear layer. The order is linear, "
            "GELU, norm.",
            other(flow=norm_first),
        ),
        Misconception(
            "no linear layer",
            "the linear layer is missing: GELU bends hidden itself.",
            other(flow=no_linear),
        ),
        Misconception(
            "GELU first",
            "GELU comes before the linear layer. The order is linear, GELU, "
            "norm.",
            other(flow=gelu_first),
        ),
        Misconception(
            "with a residual path",
            "you add hidden to what comes out of GELU. There is no residual "
            "path in the head.",
            other(flow=with_residual),
        ),
        Misconception(
            "straight to the scores",
            "hidden goes straight to the scores. Linear layer, GELU and norm "
            "are missing.",
            other(flow=straight),
        ),
        Misconception(
            "no GELU",
            "GELU is missing between the linear layer and the norm.",
            other(bend=lambda x: x),
        ),
        Misconception(
            "ReLU",
            "you used ReLU. It is GELU here.",
            other(bend=torch.relu),
        ),
        Misconception(
            "tanh",
            "you used tanh, as the pooler does. It is GELU here.",
            other(bend=torch.tanh),
        ),
        Misconception(
            "GELU by tanh",
            "this is GELU's approximation by tanh. BERT's is exact.",
            other(bend=tanh_gelu),
        ),
        Misconception(
            "softmax at the end",
            "these are probabilities. Return logits: the loss does the "
            "softmax itself.",
            other(score=with_end(lambda z: z.softmax(-1))),
        ),
        Misconception(
            "log-softmax at the end",
            "these are logarithms of probabilities. Return logits: the loss "
            "does the softmax itself.",
            other(score=with_end(lambda z: z.log_softmax(-1))),
        ),
        Misconception(
            "divided by the root",
            "you divided the products by √d, as attention does. The head "
            "does not.",
            other(score=over_root),
        ),
        Misconception(
            "PyTorch's own ε",
            "the norm's ε is not 1e-12. PyTorch's own is 1e-5, which shows "
            "where numbers are small.",
            other(eps=1e-5),
        ),
        Misconception(
            "dropout",
            "in training you drop numbers. There is no dropout here.",
            other(drop=0.1),
        ),
    ),
    hints=(
        "A word's score is a dot product of two vectors. Which two? Where "
        "does the second one come from?",
        "`self.tokens = tokens` keeps the module, and with it the matrix. "
        "`functional.linear(x, self.tokens.weight, self.bias)` is x times "
        "its transpose, plus the bias.",
        "vocab, d = the shape of tokens.weight; linear = Linear(d, d), norm "
        "= LayerNorm(d, eps=1e-12), bias = Parameter of vocab zeros; x = "
        "norm(gelu(linear(hidden))); return x times tokens.weight "
        "transposed, plus bias.",
    ),
    returns=(
        "logits",
        Measured("gradients of hidden and of the given matrix"),
        Measured("gradients of the weights"),
    ),
    called=called,
)
