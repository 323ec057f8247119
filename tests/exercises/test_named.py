"""Mistakes that readers of the lessons made, each named for what it is.

Written otherwise than the misconceptions, which the gates try themselves.
"""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from byhand.bank import find
from byhand.judge import judge
from tests import gates
from tests.exercises.forms.encoder.shared import ByFusedFunction, PlainLayer
from tests.exercises.forms.gpt_on_gpu.shared import Fused, PlainBlock


def slope(theta, x, y):
    return np.mean(2 * (theta * x - y) * x)


def mse_in_the_loop(theta, x, y):
    total = 0
    for a, b in zip(x, y, strict=True):
        total += (theta * a - b) ** 2
        return total / len(x)


def growing(theta, x, y, lr):
    thetas = []
    for i in range(len(x)):
        theta = theta - lr * slope(theta, x[: i + 1], y[: i + 1])
        thetas.append(theta)
    return thetas


def batches(cut):
    def minibatch_epoch(theta, x, y, lr, batch_size):
        thetas = []
        for start in range(0, len(x), batch_size):
            a, b = (v[cut(start, batch_size)] for v in (x, y))
            with np.errstate(invalid="ignore", divide="ignore"):
                total = np.sum(2 * (theta * a - b) * a)
                theta = theta - lr * total / np.float64(len(a))
            thetas.append(theta)
        return thetas

    return minibatch_epoch


def from_the_first(theta, x, y, lr, batch_size):
    return [
        theta - lr * slope(theta, x[k : k + batch_size], y[k : k + batch_size])
        for k in range(0, len(x), batch_size)
    ]


def scores_by_loop(one, dtype=float, short=0):
    def dot_product_scores(Q, K):
        scores = np.zeros((len(Q), len(K)), dtype)
        for i in range(len(Q)):
            for j in range(len(K)):
                for c in range(Q.shape[1] - short):
                    scores[i, j] = one(scores[i, j], Q[i, c] * K[j, c])
        return scores

    return dot_product_scores


def whole_scores(Q, K):
    scores = np.zeros((len(Q), len(K)), dtype=int)
    for i, query in enumerate(Q):
        for j, key in enumerate(K):
            scores[i, j] = query @ key
    return scores


def log_softmax(z, axis=-1):
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def powers(z, axis, less):
    return np.exp(z - less(z, axis=axis, keepdims=True))


def by_the_length(z, axis=-1):
    e = powers(z, axis, np.max)
    return e / np.linalg.norm(e, axis=axis, keepdims=True)


def above_the_least(z, axis=-1):
    with np.errstate(over="ignore", invalid="ignore"):
        e = powers(z, axis, np.min)
        return e / e.sum(axis=axis, keepdims=True)


def weights(Q, K, scores=lambda s: s):
    s = scores(Q @ K.T / K.shape[1] ** 0.5)
    e = powers(s, -1, np.max)
    return e / e.sum(axis=-1, keepdims=True)


def attend(mixed):
    def self_attention(X, W_q, W_k, W_v):
        w, V = weights(X @ W_q, X @ W_k), X @ W_v
        return mixed(w, V), w

    return self_attention


def by_turned_matrices(X, W_q, W_k, W_v):
    q, k, v = X @ W_q.T, X @ W_k.T, X @ W_v.T
    w = weights(q, k)
    return w @ v, w


def by_matrices_first(X, W_q, W_k, W_v):
    q, k, v = W_q @ X, W_k @ X, W_v @ X
    w = weights(q, k)
    return w @ v, w


class AnyMask(ByFusedFunction):
    def forward(self, query, key, value, mask=None):
        q, k, v = (
            p(t).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for p, t in (
                (self.q_proj, query),
                (self.k_proj, key),
                (self.v_proj, value),
            )
        )
        scores = q @ k.mT / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None], -torch.inf)
        w = scores.softmax(-1).nan_to_num()
        return self.out_proj((w @ v).transpose(1, 2).flatten(2))


class DropsTheNorms(PlainLayer):
    def forward(self, x, mask=None):
        x = self.dropout(self.norm1(x + self.self_attention(x, x, x, mask)))
        y = self.linear2(torch.relu(self.linear1(x)))
        return self.dropout(self.norm2(x + y))


class ScaledTwice(Fused):
    def forward(self, x):
        q, k, v = (
            y.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for y in self.qkv_proj(x).chunk(3, -1)
        )
        y = functional.scaled_dot_product_attention(
            q / q.shape[-1] ** 0.5,
            k,
            v,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=True,
        )
        return self.out_proj(y.transpose(1, 2).flatten(2))


class HeadsNotMoved(Fused):
    def forward(self, x):
        q, k, v = (
            y.unflatten(-1, (self.num_heads, -1))
            for y in self.qkv_proj(x).chunk(3, -1)
        )
        y = functional.scaled_dot_product_attention(
            q,
            k,
            v,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=True,
        )
        return self.out_proj(y.flatten(2))


class GPT(nn.Module):
    def __init__(
        self,
        vocab_size,
        block_size,
        num_layers,
        num_heads,
        d_model,
        dropout=0.0,
    ):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.ModuleList(
            PlainBlock(d_model, num_heads, dropout) for _ in range(num_layers)
        )
        self.last_norm = nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)

    def embed(self, ids):
        places = torch.arange(ids.shape[1])
        return self.drop(self.tokens(ids) + self.positions(places))

    def head(self, x):
        return functional.linear(x, self.tokens.weight)

    def forward(self, ids):
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x)
        return self.head(self.last_norm(x))


class CountsTexts(GPT):
    def embed(self, ids):
        places = torch.arange(ids.shape[0])
        return self.drop(self.tokens(ids) + self.positions(places))


class AddsAllPositions(GPT):
    def embed(self, ids):
        return self.drop(self.tokens(ids) + self.positions.weight)


class DropsTokens(GPT):
    def embed(self, ids):
        places = torch.arange(ids.shape[1])
        return self.drop(self.tokens(ids)) + self.positions(places)


class CopiedHead(GPT):
    def head(self, x):
        return functional.linear(x, self.tokens.weight.detach())


def step_by(loss_of, each=False):
    def train_step(model, optimizer, batches, max_norm):
        model.train()
        optimizer.zero_grad()
        total = 0.0
        for x, y in batches:
            loss = loss_of(model(x), y)
            (loss if each else loss / len(batches)).backward()
            total += loss.item() / len(batches)
            if each:
                nn.utils.clip_grad_norm_(model.parameters(), max_norm)
                optimizer.step()
                optimizer.zero_grad()
        if not each:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
        return total

    return train_step


def cross_entropy(logits, targets):
    return functional.cross_entropy(logits.mT, targets)


NAMED = [
    (
        "gradient_descent.gradient_step",
        "times x as well",
        lambda x, grad, lr: x * (1 - lr * grad),
    ),
    (
        "gradient_descent.mse",
        "always by 4",
        lambda theta, x, y: sum((theta * x - y) ** 2) / 4,
    ),
    ("gradient_descent.mse", "returned in the loop", mse_in_the_loop),
    (
        "gradient_descent.mse",
        "theta times the difference",
        lambda theta, x, y: np.mean((theta * (x - y)) ** 2),
    ),
    (
        "gradient_descent.mse_gradient",
        "always by 4",
        lambda theta, x, y: sum((theta * x - y) * x) / 2,
    ),
    (
        "gradient_descent.mse_gradient",
        "x squared",
        lambda theta, x, y: 2 * np.mean(x * x * (theta * x - y)),
    ),
    (
        "gradient_descent.batch_epoch",
        "arguments of the step swapped",
        lambda theta, x, y, lr: slope(theta, x, y) - lr * theta,
    ),
    ("gradient_descent.sgd_epoch", "growing batches", growing),
    (
        "gradient_descent.minibatch_epoch",
        "always the first batch",
        batches(lambda start, size: slice(size)),
    ),
    (
        "gradient_descent.minibatch_epoch",
        "one short in each batch",
        batches(lambda start, size: slice(start, start + size - 1)),
    ),
    (
        "gradient_descent.minibatch_epoch",
        "starts again each time",
        from_the_first,
    ),
    (
        "self_attention.dot_product_scores",
        "reshaped, not transposed",
        lambda Q, K: Q @ K.reshape(-1, len(K)),
    ),
    (
        "self_attention.dot_product_scores",
        "last product only",
        scores_by_loop(lambda sum, product: product),
    ),
    (
        "self_attention.dot_product_scores",
        "last number left out",
        scores_by_loop(lambda sum, product: sum + product, short=1),
    ),
    (
        "self_attention.dot_product_scores",
        "cut to whole numbers",
        whole_scores,
    ),
    (
        "self_attention.dot_product_scores",
        "distances",
        lambda Q, K: np.sqrt([[((q - k) ** 2).sum() for k in K] for q in Q]),
    ),
    ("self_attention.softmax", "log softmax", log_softmax),
    ("self_attention.softmax", "divided by the length", by_the_length),
    ("self_attention.softmax", "smallest subtracted", above_the_least),
    (
        "self_attention.attention_weights",
        "looks back only",
        lambda Q, K: weights(
            Q, K, lambda s: np.where(np.tri(*s.shape) > 0, s, -1e9)
        ),
    ),
    (
        "self_attention.self_attention",
        "values added",
        attend(lambda w, V: V + w @ V),
    ),
    (
        "self_attention.self_attention",
        "weights transposed",
        attend(lambda w, V: w.T @ V),
    ),
    (
        "self_attention.self_attention",
        "matrices transposed",
        by_turned_matrices,
    ),
    ("self_attention.self_attention", "matrices first", by_matrices_first),
    ("encoder.MultiHeadAttention", "every mask gets an axis", AnyMask),
    ("encoder.EncoderLayer", "dropped after the norms", DropsTheNorms),
    ("gpt_on_gpu.CausalSelfAttention", "scaled twice", ScaledTwice),
    (
        "gpt_on_gpu.CausalSelfAttention",
        "heads look at heads",
        HeadsNotMoved,
    ),
    ("gpt_on_gpu.GPT", "texts counted", CountsTexts),
    ("gpt_on_gpu.GPT", "all positions added", AddsAllPositions),
    ("gpt_on_gpu.GPT", "only tokens dropped", DropsTokens),
    ("gpt_on_gpu.GPT", "a copy for a head", CopiedHead),
    (
        "gpt_on_gpu.train_step",
        "forgets and steps for each batch",
        step_by(cross_entropy, each=True),
    ),
    (
        "gpt_on_gpu.train_step",
        "last place only",
        step_by(lambda z, y: cross_entropy(z[:, -1:], y[:, -1:])),
    ),
    (
        "gpt_on_gpu.train_step",
        "shifted again",
        step_by(lambda z, y: cross_entropy(z[:, :-1], y[:, 1:])),
    ),
]


@pytest.mark.parametrize(
    ("exercise", "name", "answer"),
    NAMED,
    ids=[f"{exercise}: {name}" for exercise, name, _ in NAMED],
)
def test_a_readers_mistake_is_named(exercise, name, answer):
    failed = judge(find(exercise), answer, None, (0,)).failed
    assert failed is not None
    assert failed.misconception == name, str(failed)


ONE_OUTPUT = [
    "encoder.MultiHeadAttention",
    "encoder.EncoderLayer",
    "encoder.Encoder",
    "decoder.DecoderLayer",
    "decoder.Decoder",
    "decoder.Transformer",
    "gpt_on_gpu.CausalSelfAttention",
    "gpt_on_gpu.Block",
    "gpt_on_gpu.GPT",
    "bert.BertEmbeddings",
    "vision_transformer.PatchEmbedding",
    "vision_transformer.ViTBlock",
    "vision_transformer.VisionTransformer",
]


@pytest.mark.parametrize("exercise", ONE_OUTPUT)
@pytest.mark.parametrize(
    ("put", "came"),
    [
        (lambda output: (output,), "a tuple of 1"),
        (lambda output: (output, None), "a tuple of 2"),
        (lambda output: [output], "a list of 1"),
    ],
)
def test_an_output_that_does_not_come_alone_is_told(exercise, put, came):
    """A comma behind what is returned is enough."""
    exercise = find(exercise)
    right = gates.forms(exercise)[0]

    class Answer(right):
        def forward(self, *given, **named):
            return put(super().forward(*given, **named))

    failed = judge(exercise, Answer, None, (0,)).failed
    assert failed is not None
    told = f"forward should return the output alone; yours returned {came}"
    assert told in str(failed)
