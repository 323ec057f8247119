"""What a library says to the exercises of this lesson."""

import math

import torch

from tests.exercises.references.registry import judge_of


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
