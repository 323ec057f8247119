import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from byhand.sliders import stream
from tests.sliders.reading import matrix, require_room, shown

SIZES = np.round(np.arange(0, 1.51, 0.1), 1)
CORNERS = list(
    itertools.product(stream.ORDERS, (1, 7, 12), (0.0, 0.5, 1.5), stream.WORDS)
)


def by_torch(order, size):
    """The stream, (13, 6, 8), by PyTorch's own encoder layers."""
    X, layers = stream.weights()
    x = torch.from_numpy(X)
    streams = [x]
    for layer in layers:
        W_q, W_k, W_v, W_o, W_1, W_2 = map(torch.from_numpy, layer)
        built = nn.TransformerEncoderLayer(
            *(8, 2, 32),
            dropout=0.0,
            batch_first=True,
            norm_first=order == "pre-norm",
            dtype=torch.float64,
        )
        own = built.self_attn
        with torch.no_grad():
            own.in_proj_weight.copy_(torch.cat([W_q.T, W_k.T, W_v.T]))
            own.out_proj.weight.copy_(size * W_o.T)
            built.linear1.weight.copy_(W_1.T)
            built.linear2.weight.copy_(size * W_2.T)
            for bias in (
                *(own.in_proj_bias, own.out_proj.bias),
                *(built.linear1.bias, built.linear2.bias),
            ):
                bias.zero_()
            x = built(x[None])[0]
        streams.append(x)
    return torch.stack(streams).numpy()


@pytest.mark.parametrize("order", stream.ORDERS)
def test_the_stream_is_that_of_torch(order):
    for size in (0.0, 0.5, 1.0, 1.5):
        expected = by_torch(order, size)
        found = stream.flow(order, size).stream
        assert found.shape == (13, 6, 8)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
        for at, word in enumerate(stream.WORDS):
            arrays = stream.compute(order, 4, size, word)
            mine = torch.from_numpy(expected[:, at])
            start = mine[:1].expand_as(mine)
            np.testing.assert_allclose(
                arrays.cosines, torch.cosine_similarity(mine, start)
            )
            np.testing.assert_allclose(arrays.lengths, mine.norm(dim=1))
            np.testing.assert_allclose(arrays.rows[0], mine[3], atol=1e-9)
            np.testing.assert_allclose(arrays.rows[-1], mine[4], atol=1e-9)


def normed(x):
    return nn.functional.layer_norm(torch.from_numpy(x), (8,)).numpy()


def test_every_row_is_the_sum_of_the_two_above():
    for order, layer, size, word in CORNERS:
        arrays = stream.compute(order, layer, size, word)
        before, attention, between, network, after = arrays.rows
        sums = before + attention, between + network
        if order == "post-norm":
            sums = map(normed, sums)
        for row, expected in zip((between, after), sums, strict=True):
            np.testing.assert_allclose(row, expected, atol=1e-12)
        lengths = arrays.added[:, layer - 1]
        expected = np.linalg.norm([attention, network], axis=-1)
        np.testing.assert_allclose(lengths, expected)


def test_each_sees_the_other_order():
    ours = stream.compute("post-norm", 3, 0.7, "sat")
    theirs = stream.compute("pre-norm", 3, 0.7, "sat")
    np.testing.assert_array_equal(ours.others, theirs.cosines)
    np.testing.assert_array_equal(theirs.others, ours.cosines)


def test_what_is_added_grows_with_its_size():
    one = stream.compute("pre-norm", 1, 0.5, "as")
    twice = stream.compute("pre-norm", 1, 1.0, "as")
    np.testing.assert_allclose(twice.rows[1], 2 * one.rows[1])


def test_the_charts_hold_every_length():
    for order, size in itertools.product(stream.ORDERS, SIZES):
        for word in stream.WORDS:
            arrays = stream.compute(order, 1, size, word)
            for sizes in stream.curves(arrays).values():
                assert sizes.min() >= 0 and sizes.max() < stream.LONGEST
            assert abs(arrays.cosines).max() < 1 + 1e-12


def test_what_the_lesson_says_about_it():
    def at(*setting, word="The"):
        return stream.compute(*setting, word)

    nothing = at("pre-norm", 12, 0.0)
    np.testing.assert_array_equal(nothing.lengths, nothing.lengths[0])
    assert nothing.lengths[0] == pytest.approx(4.35, abs=5e-3)
    np.testing.assert_allclose(nothing.cosines, 1)
    nothing = at("post-norm", 12, 0.0)
    np.testing.assert_allclose(nothing.lengths[1:], math.sqrt(8), rtol=1e-4)
    np.testing.assert_allclose(nothing.cosines[1:], 0.96, atol=0.005)
    much = at("post-norm", 12, 1.5)
    np.testing.assert_allclose(much.lengths[1:], math.sqrt(8), rtol=1e-4)
    assert at("pre-norm", 12, 1.5).lengths[-1] == pytest.approx(
        15.87, abs=5e-3
    )
    for order, word, kept in (
        ("post-norm", "The", 0.50),
        ("pre-norm", "The", 0.87),
        ("post-norm", "cat", 0.08),
        ("pre-norm", "cat", 0.52),
    ):
        last = at(order, 12, 0.5, word=word).cosines[-1]
        assert last == pytest.approx(kept, abs=5e-3)


def test_the_picture_says_the_numbers_everywhere():
    for setting in CORNERS:
        arrays = stream.compute(*setting)
        picture = stream.draw(arrays)
        said = shown(picture)
        written = [
            [stream.svg.number(each) for each in row] for row in arrays.rows
        ]
        assert matrix(picture, "stream") == written
        at = arrays.layer
        for name, value in (
            ("before", arrays.lengths[at - 1]),
            ("after", arrays.lengths[at]),
            ("attention", arrays.added[0, at - 1]),
            ("network", arrays.added[1, at - 1]),
            ("cosine", arrays.cosines[at]),
            ("last", arrays.cosines[12]),
        ):
            assert said[name] == stream.svg.number(value), name
        require_room(picture)


def test_the_summary():
    arrays = stream.compute("post-norm", 12, 0.5, "The")
    said = stream.summary(arrays)
    assert said.startswith(
        "The word “The” in layer 12 of 12, post-norm, what sub-layers add"
        " times 0.50: it comes in with length 2.83, attention adds"
    )
    assert said.endswith("0.50 at the end, where the length is 2.83.")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"order": "no norm"}, "post-norm or pre-norm, but it is 'no norm'"),
        ({"layer": 0}, "whole number from 1 to 12, but it is 0"),
        ({"layer": 13}, "whole number from 1 to 12, but it is 13"),
        ({"layer": 2.5}, "whole number from 1 to 12, but it is 2.5"),
        ({"size": -0.1}, "from 0 to 1.5, but it is -0.1"),
        ({"size": 1.6}, "from 0 to 1.5, but it is 1.6"),
        ({"size": math.nan}, "from 0 to 1.5, but it is nan"),
        ({"word": "dog"}, "one of The, cat, .*, but it is 'dog'"),
    ],
)
def test_what_cannot_be_drawn(setting, message):
    with pytest.raises(ValueError, match=message):
        stream.compute(**setting)
