"""Muon against its formula, one matrix at a time, and against the library."""

import math

import pytest
import torch

from byhand.gpt.muon import ROUNDS, Muon, evened


def matrices(*shape, spread):
    """With singular values from `spread` to 1."""
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(shape, generator=generator)
    left, _, right = torch.linalg.svd(drawn, full_matrices=False)
    values = torch.logspace(0, math.log10(spread), left.shape[-1])
    return left @ torch.diag(values) @ right


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 64, 16), (2, 16, 64)])
def test_all_directions_become_equal(shape):
    given = matrices(*shape, spread=0.02)
    made = evened(1e-3 * given).float()
    left, _, right = torch.linalg.svd(given, full_matrices=False)
    inside = left.mT @ made @ right.mT
    sizes = torch.diagonal(inside, dim1=-2, dim2=-1)
    assert sizes.min() > 0.6 and sizes.max() < 1.6
    # The same singular vectors: nothing beside the diagonal.
    beside = inside - torch.diag_embed(sizes)
    assert beside.abs().max() < 0.06


def test_the_rounds_without_rounding():
    values = torch.logspace(-2, 0, 1000, dtype=torch.float64)
    for a, b, c in ROUNDS:
        values = a * values + b * values**3 + c * values**5
    assert 0.72 < values.min() < 0.74 and 1.26 < values.max() < 1.28


def test_a_matrix_does_not_depend_on_those_beside_it():
    given = matrices(3, 16, 24, spread=0.1)
    together = evened(given).float()
    for one, alone in zip(together, given, strict=True):
        torch.testing.assert_close(
            one, evened(alone).float(), rtol=0.02, atol=0.01
        )


def test_no_gradient_no_step():
    assert evened(torch.zeros(4, 4)).abs().max() == 0
    weight = torch.nn.Parameter(torch.ones(4, 4))
    Muon([{"params": [weight]}], lr=0.1).step()
    assert torch.equal(weight, torch.ones(4, 4))


def test_it_goes_where_the_librarys_goes():
    """torch.optim.Muon has other rounds, so lengths differ a little."""
    generator = torch.Generator().manual_seed(1)
    start = torch.randn(24, 16, generator=generator)
    mine, theirs = (torch.nn.Parameter(start.clone()) for _ in "ab")
    options = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.5}
    ours = Muon([{"params": [mine]}], **options)
    library = torch.optim.Muon([theirs], **options)
    for _ in range(5):
        gradient = torch.randn(24, 16, generator=generator)
        mine.grad, theirs.grad = gradient, gradient.clone()
        ours.step()
        library.step()
    moved, wanted = mine.detach() - start, theirs.detach() - start
    cosine = (moved * wanted).sum() / (moved.norm() * wanted.norm())
    assert cosine > 0.98
    assert 0.8 < moved.norm() / wanted.norm() < 1.25


def test_parts_are_matrices_of_their_own():
    generator = torch.Generator().manual_seed(2)
    gradient = torch.randn(3 * 8, 8, generator=generator)
    whole = torch.nn.Parameter(torch.zeros(24, 8))
    thirds = [torch.nn.Parameter(torch.zeros(8, 8)) for _ in range(3)]
    whole.grad = gradient
    for one, part in zip(thirds, gradient.chunk(3), strict=True):
        one.grad = part.clone()
    Muon([{"params": [whole], "parts": 3}], lr=0.1).step()
    Muon([{"params": thirds}], lr=0.1).step()
    torch.testing.assert_close(whole.detach(), torch.cat(thirds).detach())
