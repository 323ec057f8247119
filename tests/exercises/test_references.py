"""The references of lessons 00 to 12 against the libraries' own functions.

These lessons are judged without PyTorch, so here it is shown that their
references are right. Where the two disagree, the library decides.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats
import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from byhand.bank import find, lessons
from byhand.exercise import Exercise
from byhand.message import what_is_wrong
from byhand.results import numbers
from byhand.trial import Trial, trials_of

SEEDS = range(10)
# Both sides are float64, which rounds by 1e-16. A sum of a hundred terms, or
# the softmax of scores near 100, makes that 1e-14, and scores near 1000 1e-13.
# Ten times that leaves room for another order of summation.
ROUNDING = 1e-12

EXERCISES = [
    exercise
    for name, group in lessons().items()
    if int(name.partition("_")[0]) <= 12
    for exercise in group
]

LIBRARY: dict[str, Callable] = {}


def judge_of(exercise_id: str) -> Callable:
    """Registers what a library says; it gets tensors for arrays."""

    def register(answer: Callable) -> Callable:
        LIBRARY[exercise_id] = answer
        return answer

    return register


# Lesson 00
@judge_of("start_here.average")
def average(values):
    return torch.tensor(values, dtype=torch.float64).mean()


# Lesson 01
def descent(theta, x, y, lr, batch_size):
    """θ after each update by PyTorch's loader, loss and optimiser."""
    weight = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=lr)
    thetas = []
    for some_x, some_y in DataLoader(TensorDataset(x, y), batch_size):
        optimizer.zero_grad()
        functional.mse_loss(weight * some_x, some_y).backward()
        optimizer.step()
        thetas.append(weight.item())
    return thetas


@judge_of("gradient_descent.gradient_step")
def gradient_step(x, grad, lr):
    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    x.grad = torch.tensor(grad, dtype=torch.float64)
    torch.optim.SGD([x], lr=lr).step()
    return x


@judge_of("gradient_descent.mse")
def mse(theta, x, y):
    return functional.mse_loss(theta * x, y)


@judge_of("gradient_descent.mse_gradient")
def mse_gradient(theta, x, y):
    weight = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    functional.mse_loss(weight * x, y).backward()
    return weight.grad


@judge_of("gradient_descent.batch_epoch")
def batch_epoch(theta, x, y, lr):
    return descent(theta, x, y, lr, len(x))[-1]


@judge_of("gradient_descent.sgd_epoch")
def sgd_epoch(theta, x, y, lr):
    return descent(theta, x, y, lr, 1)


LIBRARY["gradient_descent.minibatch_epoch"] = descent


@judge_of("gradient_descent.updates_per_epoch")
def updates_per_epoch(m, batch_size):
    return len(DataLoader(range(m), batch_size))


# Lesson 02
@judge_of("vectorization.weighted_sum")
def weighted_sum(x, y, a, b):
    return torch.add(a * x, y, alpha=b)


@judge_of("vectorization.broadcast_shape")
def broadcast_shape(a, b):
    return torch.broadcast_shapes(a, b)


@judge_of("vectorization.predict")
def predict(X, theta):
    return torch.mv(X.double(), theta)


@judge_of("vectorization.mse_gradient_vector")
def mse_gradient_vector(X, theta, y):
    weights = theta.clone().requires_grad_()
    functional.mse_loss(X.double() @ weights, y.double()).backward()
    return weights.grad


@judge_of("vectorization.descend")
def descend(X, y, lr, steps):
    weights = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        functional.mse_loss(X.double() @ weights, y.double()).backward()
        optimizer.step()
    return weights


@judge_of("vectorization.standardize")
def standardize(X):
    return np.nan_to_num(scipy.stats.zscore(X.numpy()))


@judge_of("vectorization.pairwise_dot")
def pairwise_dot(X):
    return torch.tensordot(X, X, dims=([1], [1]))


@judge_of("vectorization.pairwise_distances")
def pairwise_distances(X, Y):
    return scipy.spatial.distance.cdist(X.numpy(), Y.numpy())


# Lesson 03
@judge_of("backpropagation.sigmoid")
def sigmoid(x):
    return torch.sigmoid(torch.as_tensor(x, dtype=torch.float64))


@judge_of("backpropagation.leaky_relu")
def leaky_relu(x, alpha):
    x = torch.as_tensor(x, dtype=torch.float64)
    return functional.leaky_relu(x, alpha)


@judge_of("backpropagation.gelu")
def gelu(x):
    return functional.gelu(torch.as_tensor(x, dtype=torch.float64))


@judge_of("backpropagation.mlp_forward")
def mlp_forward(x, W1, b1, W2, b2):
    hidden = torch.sigmoid(functional.linear(x, W1.mT, b1))
    return hidden, functional.linear(hidden, W2.mT, b2)


LIBRARY["backpropagation.cross_entropy"] = functional.cross_entropy


@judge_of("backpropagation.mlp_backward")
def mlp_backward(x, targets, *weights):
    weights = [w.requires_grad_() for w in weights]
    _, logits = mlp_forward(x, *weights)
    return torch.autograd.grad(
        functional.cross_entropy(logits, targets), weights
    )


@judge_of("backpropagation.Value")
def value(data):
    """A leaf of PyTorch's own, which has the same operators."""
    leaf = torch.tensor(data, dtype=torch.float64, requires_grad=True)
    leaf.grad = torch.zeros_like(leaf)  # in place of None
    return leaf


@judge_of("backpropagation.clip_grad_norm")
def clip_grad_norm(grads, max_norm):
    """The library's own; its 10⁻⁶ in the divisor is taken out again."""
    leaves = [torch.zeros(g.shape, dtype=torch.float64) for g in grads]
    for leaf, grad in zip(leaves, grads, strict=True):
        leaf.grad = torch.tensor(grad)
    norm = torch.nn.utils.clip_grad_norm_(leaves, max_norm)
    undone = (norm + 1e-6) / norm if norm > max_norm else 1.0
    return [leaf.grad * undone for leaf in leaves], norm


# Lessons 07 to 09
def attended(Q, K, V, mask=None, scale=None):
    """PyTorch's attention; over the identity as values, it gives weights."""
    if mask is not None:
        mask = mask.broadcast_to(*Q.shape[:-1], K.shape[-2])
    same = torch.eye(K.shape[-2], dtype=K.dtype).expand(*K.shape[:-1], -1)
    return tuple(
        functional.scaled_dot_product_attention(
            Q, K, values, attn_mask=mask, scale=scale
        )
        for values in (V, same)
    )


@judge_of("self_attention.dot_product_scores")
def dot_product_scores(Q, K):
    return Q @ K.mT


@judge_of("self_attention.softmax")
def softmax(z, axis=-1):
    return torch.softmax(z, dim=axis)


@judge_of("self_attention.attention_weights")
def attention_weights(Q, K):
    return attended(Q, K, K)[1]


@judge_of("self_attention.weighted_values")
def weighted_values(weights, V):
    return torch.mm(weights, V)


@judge_of("self_attention.self_attention")
def self_attention(X, W_q, W_k, W_v):
    return attended(X @ W_q, X @ W_k, X @ W_v)


@judge_of("scaling.scaled_scores")
def scaled_scores(Q, K):
    return torch.addmm(
        torch.zeros(len(Q), len(K), dtype=Q.dtype),
        *(Q, K.mT),
        alpha=1 / math.sqrt(Q.shape[-1]),
    )


@judge_of("scaling.softmax_jacobian")
def softmax_jacobian(z):
    return torch.autograd.functional.jacobian(torch.nn.Softmax(dim=-1), z)


@judge_of("scaling.dot_product_variance")
def dot_product_variance(d_k, samples, rng):
    drawn = rng.standard_normal((2, samples, d_k))
    queries, keys = torch.from_numpy(drawn)
    return torch.linalg.vecdot(queries, keys).var()


@judge_of("scaling.attention_entropy")
def attention_entropy(weights):
    return torch.distributions.Categorical(weights).entropy()


@judge_of("scaling.softmax_with_temperature")
def softmax_with_temperature(z, temperature):
    # PyTorch's softmax takes the largest away after the division, where huge
    # scores are infinite already.
    z = z - z.amax(dim=-1, keepdim=True)
    return torch.softmax(z / temperature, dim=-1)


@judge_of("masking.padding_mask")
def padding_mask(ids, pad_id):
    return torch.ne(ids, pad_id)


@judge_of("masking.causal_mask")
def causal_mask(n):
    # 0 where a token may look, and −∞ where not.
    added = torch.nn.Transformer.generate_square_subsequent_mask(n)
    return torch.isfinite(added)


@judge_of("masking.combine_masks")
def combine_masks(padding, causal):
    """Where PyTorch's layer has weights, given both masks.

    Its masks say True for what is forbidden. It has NaN, which is not above
    0, for a query that may attend to nothing.
    """
    layer = torch.nn.MultiheadAttention(1, 1, batch_first=True)
    words = torch.zeros(*padding.shape, 1)
    _, weights = layer(
        *(words, words, words),
        key_padding_mask=~padding,
        attn_mask=~causal,
    )
    return weights > 0


@judge_of("masking.masked_softmax")
def masked_softmax(scores, mask):
    same = torch.eye(scores.shape[-1], dtype=scores.dtype)
    same = same.expand(*scores.shape[:-2], -1, -1)
    return attended(scores, same, same, mask, scale=1.0)[1]


LIBRARY["masking.masked_attention"] = attended


# Lesson 10
@judge_of("multi_head.split_heads")
def split_heads(x, num_heads):
    return x.unflatten(-1, (num_heads, -1)).movedim(-2, -3)


@judge_of("multi_head.merge_heads")
def merge_heads(x):
    return x.movedim(-3, -2).flatten(-2)


@judge_of("multi_head.multi_head_attention")
def multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    layer = torch.nn.MultiheadAttention(
        x.shape[-1], num_heads, bias=False, batch_first=True, dtype=x.dtype
    )
    # PyTorch stores matrices transposed, and its True is "forbidden".
    weights = {
        "in_proj_weight": torch.cat([W_q.mT, W_k.mT, W_v.mT]),
        "out_proj.weight": W_o.mT,
    }
    layer.load_state_dict(weights)
    batch = x if x.ndim == 3 else x[None]
    if mask is not None:
        squares = mask.expand(len(batch), -1, -1)
        mask = ~squares.repeat_interleave(num_heads, dim=0)
    output, _ = layer(
        *(batch, batch, batch), attn_mask=mask, need_weights=False
    )
    _, weights = layer(
        *(batch, batch, batch), attn_mask=mask, average_attn_weights=False
    )
    # Where it is asked for weights, a query that may attend to nothing has
    # NaN; where it is not, it has zeros, as the exercise says.
    weights = weights.nan_to_num()
    return (output, weights) if x.ndim == 3 else (output[0], weights[0])


@judge_of("multi_head.count_parameters")
def count_parameters(d_model, num_heads, bias=True):
    layer = torch.nn.MultiheadAttention(d_model, num_heads, bias=bias)
    return sum(parameter.numel() for parameter in layer.parameters())


# Lesson 11
def turns_of(n, d):
    """exp(i · angle) as complex numbers, (n, d/2)."""
    exponents = torch.arange(0, d, 2, dtype=torch.float64) / d
    positions = torch.arange(n, dtype=torch.float64)
    turns = torch.outer(positions, 10_000**-exponents)
    return torch.polar(torch.ones_like(turns), turns)


@judge_of("positional_encoding.permutation_gap")
def permutation_gap(attention, X, order):
    before = torch.from_numpy(attention(X.numpy()))
    after = torch.from_numpy(attention(X[order].numpy()))
    return torch.dist(before.index_select(0, order), after, p=math.inf)


@judge_of("positional_encoding.sinusoidal_encoding")
def sinusoidal_encoding(n, d_model):
    turns = turns_of(n, d_model)
    return torch.stack([turns.imag, turns.real], dim=-1).flatten(-2)


@judge_of("positional_encoding.add_positions")
def add_positions(X):
    return X + sinusoidal_encoding(*X.shape)


@judge_of("positional_encoding.shift_matrix")
def shift_matrix(k, d_model):
    """A rotation is the exponential of how it sets out."""
    speeds = turns_of(2, d_model)[1].angle()
    quarter = torch.tensor([[0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64)
    return torch.linalg.matrix_exp(k * torch.kron(torch.diag(speeds), quarter))


@judge_of("positional_encoding.rotary")
def rotary(x):
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turns_of(*x.shape[-2:])).flatten(-2)


# Lesson 12
@judge_of("layer_norm.layer_norm")
def layer_norm(x, gamma, beta, eps=1e-5):
    return functional.layer_norm(x, x.shape[-1:], gamma, beta, eps)


@judge_of("layer_norm.batch_norm")
def batch_norm(x, gamma, beta, eps=1e-5):
    return functional.batch_norm(x, None, None, gamma, beta, True, eps=eps)


@judge_of("layer_norm.add_and_norm")
def add_and_norm(x, sublayer_output, gamma, beta, eps=1e-5):
    return layer_norm(x + sublayer_output, gamma, beta, eps)


@judge_of("layer_norm.feed_forward")
def feed_forward(x, W1, b1, W2, b2):
    hidden = functional.relu(functional.linear(x, W1.mT, b1))
    return functional.linear(hidden, W2.mT, b2)


@judge_of("layer_norm.dropout")
def dropout(x, p, rng):
    with torch.random.fork_rng():
        torch.manual_seed(int(rng.integers(2**62)))
        return functional.dropout(x, p, training=True)


def tensors(value: Any) -> Any:
    """Arrays as tensors (copies: a view may not be writable)."""
    return torch.tensor(value) if isinstance(value, np.ndarray) else value


def by_library(exercise: Exercise) -> Callable:
    judge = LIBRARY[exercise.id]
    return lambda *given: judge(*map(tensors, given))


def without_judge(exercises: Iterable[Exercise]) -> list[str]:
    return [
        f"{exercise.id}: tests/exercises/test_references.py should hold its "
        "reference against a library"
        for exercise in exercises
        if exercise.id not in LIBRARY
    ]


def differences(exercise: Exercise, seed: int) -> list[str]:
    """Where the reference of an exercise and the library disagree."""
    return [
        f"{exercise.id}, {trial.case.name!r}, seed {seed}: {wrong}"
        for trial in trials_of(exercise, None, (seed,))
        if (wrong := difference(trial))
    ]


def difference(trial: Trial) -> str:
    exercise, kind = trial.exercise, trial.kind
    came = trial.run(exercise.reference, noticing=False)
    if trial.case.raises is not None:
        # What is refused, and how, is up to the exercise.
        return what_is_wrong(trial, came)
    got = trial.read(came)
    right = trial.read(trial.run(by_library(exercise), noticing=False))
    if exercise.bounds:
        # Both are random; each is held against what is expected of them.
        far = max(
            kind.distance(answer, trial.expected, trial.limits)
            for answer in (got, right)
        )
        return "" if far <= 1 else f"{far} bounds off"
    return kind.gap(got, right, kind.limits(right, ROUNDING))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.id)
def test_the_reference_does_what_the_library_does(exercise):
    for seed in SEEDS:
        assert differences(exercise, seed) == []


def test_every_exercise_has_a_judge():
    assert without_judge(EXERCISES) == []


def test_an_exercise_without_a_judge_is_told(monkeypatch):
    softmax = find("self_attention.softmax")
    monkeypatch.delitem(LIBRARY, softmax.id)
    (told,) = without_judge(EXERCISES)
    assert told.startswith(softmax.id)


@pytest.mark.parametrize(
    ("exercise_id", "wrong"),
    [
        ("self_attention.softmax", lambda z, axis=-1: z.softmax(axis) + 1e-9),
        ("layer_norm.dropout", lambda x, p, rng: x),
        ("multi_head.split_heads", lambda x, h: x.unflatten(-1, (-1, h))),
    ],
)
def test_a_reference_that_differs_is_told(monkeypatch, exercise_id, wrong):
    monkeypatch.setitem(LIBRARY, exercise_id, wrong)
    assert differences(find(exercise_id), 0) != []


@pytest.mark.parametrize(
    ("exercise_id", "more"),
    [
        ("self_attention.softmax", ()),
        ("masking.masked_softmax", (np.array([True, True, False]),)),
        ("scaling.softmax_with_temperature", (1e-3,)),
        ("scaling.softmax_jacobian", ()),
    ],
)
@pytest.mark.parametrize("spread", [3e3, 1e9, 1e308])
def test_any_finite_scores_are_welcome(exercise_id, more, spread):
    exercise = find(exercise_id)
    z = np.array([[0.0, 0.5, spread], [spread, -spread, 1.0]])
    for scores in z if exercise_id.endswith("jacobian") else [z]:
        got = exercise.reference(scores, *more)
        right = by_library(exercise)(scores, *more).numpy()
        assert np.isfinite(got).all()
        assert numbers.close(got, right, ROUNDING)
