"""What a library says to the exercises of this lesson."""

import torch

from tests.exercises.references.registry import judge_of
from tests.exercises.references.shared import attended


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
