"""Plain values arrive as they were; anything else harms nobody."""

import json
import math
import socket
import struct
import sys
import threading
import time
from collections import Counter, defaultdict
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import pytest
import torch

from byhand.results import tensors
from byhand.results.kind import noun
from grader.inside import wire
from grader.inside.wire import Closed, Opaque, Wire, WireError


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    yield Wire(one), Wire(other)
    one.close()
    other.close()


def across(ends, value, **more):
    one, other = ends
    sender = threading.Thread(target=one.send, args=(value,))
    sender.start()
    came = other.receive(time.monotonic() + 10, **more)
    sender.join()
    return came


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        2**100,
        1.5,
        math.inf,
        "γ · \n",
        [1, [2.0, None]],
        (1, (2, "x")),
        {"a": (1,), "b": {}},
        {1: "one", (2, "b"): [3], None: b"x", 0.5: True, "\ud800": ""},
        b"\0\xff",
        pytest.param(bytes(10 * 2**20), id="a large file"),
    ],
)
def test_plain_values(ends, value):
    came = across(ends, value)
    assert came == value
    assert type(came) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.arange(6).reshape(3, 2).T,
        np.array(2.5),
        np.zeros((0, 4)),
        np.array([[True], [False]]),
        np.array([1 + 2j]),
        np.arange(3, dtype=np.float32),
        np.arange(3, dtype=">i2"),
        np.array([np.nan, -np.inf]),
    ],
)
def test_arrays(ends, array):
    came = across(ends, array)
    assert came.shape == array.shape
    assert came.dtype == array.dtype.newbyteorder("<")
    np.testing.assert_array_equal(came, array)


def test_scalars_tensors_and_generators(ends):
    assert across(ends, np.float32(0.1)) == np.float32(0.1)
    tensor = torch.arange(4.0, dtype=torch.float64, requires_grad=True)
    came = across(ends, tensor)
    assert torch.equal(came, tensor) and came.requires_grad
    generator = np.random.default_rng(5)
    generator.random(3)
    came = across(ends, generator)
    assert came.random() == generator.random()


def test_what_has_no_plain_form_is_known_by_its_types_name(ends):
    class Weights:
        def __reduce__(self):
            raise AssertionError("nothing is pickled")

    hostile = {Weights(): 2}, {(1, frozenset()): 2}, {1, 2}
    given = [Weights(), len, np.zeros(1, dtype="i4,f4"), *hostile]
    came = across(ends, given)
    assert all(isinstance(c, Opaque) for c in came)
    names = [type(c).__name__ for c in came]
    assert names == [
        "Weights",
        "builtin_function_or_method",
        "ndarray",
        "dict",
        "dict",
        "set",
    ]
    assert [callable(c) for c in came] == [n.startswith("b") for n in names]


class Word(str):
    def __str__(self):
        raise AssertionError("looked at")

    __iter__ = __len__ = __eq__ = __str__
    __hash__ = str.__hash__


class Liar(list):
    def __iter__(self):
        raise AssertionError("looked at")

    __len__ = __getitem__ = __iter__


class Pair(NamedTuple):
    one: int
    two: str


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        pytest.param(Word("abc"), "abc", id="text"),
        (np.str_("abc"), "abc"),
        (np.array([["a", "bc"], ["", "d"]]), [["a", "bc"], ["", "d"]]),
        pytest.param(Liar([1, Word("x")]), [1, "x"], id="list"),
        (Pair(1, "b"), (1, "b")),
        (Counter("aab"), {"a": 2, "b": 1}),
        (defaultdict(list, {np.int64(3): [4]}), {3: [4]}),
        (IntEnum("Id", "zero one").one, 2),
    ],
)
def test_what_derives_from_a_plain_value_arrives_plain(ends, value, plain):
    came = across(ends, value)
    assert came == plain
    assert type(came) is type(plain)


def test_a_forged_key_is_refused():
    tree = json.dumps({"dict": [[{"opaque": "x", "called": True}, 1]]})
    with pytest.raises(WireError, match="keys that are not plain"):
        wire.decode(tree.encode(), b"")
    tree = json.dumps({"dict": [[[1, 2], 1]]})  # a list cannot be hashed
    with pytest.raises(WireError, match="keys that are not plain"):
        wire.decode(tree.encode(), b"")


def test_a_function_can_be_called_from_the_other_side(ends):
    functions = []
    message = wire.encode([abs], functions)
    assert functions == [abs]
    size = struct.Struct("!II").size
    came = wire.decode(message[size:], b"", lambda place: functions[place])
    assert came[0](-2) == 2


def forged(tree: bytes, body: bytes = b"") -> bytes:
    return struct.pack("!II", len(tree), len(body)) + tree + body


@pytest.mark.parametrize(
    "message",
    [
        forged(b"nonsense"),
        forged(b"{}"),
        forged(b'{"pickle": "x"}'),
        forged(b"[" * 100_000),
        forged(b'{"array": ["<f8", [1000000000], 8]}', b"12345678"),
        forged(b'{"array": ["<f8", [3], 8]}', b"12345678"),
        forged(b'{"array": ["|O", [1], 8]}', b"12345678"),
        forged(b'{"array": ["f8,f8", [1], 16]}', b"1" * 16),
        forged(b'{"array": ["<f8", [1], -8]}', b"1" * 8),
        forged(b'{"generator": {"bit_generator": "MT19937"}}'),
        forged(b'{"generator": {"bit_generator": "PCG64", "state": 5}}'),
        forged(b'{"tensor": ["<u2", [1], 2]}', b"12"),
        forged(b'{"opaque": "a\\u0000b", "called": false}'),
        forged(b"1" * 5000),
        forged(json.dumps([[]] * 300_000).encode()),
        struct.pack("!II", 2**31, 2**31),
        b"\xff" * 64,
    ],
)
def test_a_forged_message_is_refused(ends, message):
    one, other = ends
    threading.Thread(target=one.end.sendall, args=(message,)).start()
    with pytest.raises(WireError) as caught:
        other.receive(time.monotonic() + 10)
    assert len(str(caught.value)) < 300


def test_a_reader_waits_no_longer_than_it_should(ends):
    one, other = ends
    one.end.sendall(struct.pack("!II", 10, 0) + b"half")
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        other.receive(began + 0.2)
    assert time.monotonic() - began < 5


def test_a_writer_waits_no_longer_than_it_should(ends):
    one, _ = ends
    with pytest.raises(TimeoutError):
        one.send(b"x" * 10 * 2**20, until=time.monotonic() + 0.2)


def test_too_much_is_not_sent(ends):
    with pytest.raises(WireError, match="MiB at once"):
        ends[0].send([np.zeros(wire.MOST_NUMBERS)] * 2)


def test_the_end_is_noticed(ends):
    one, other = ends
    one.close()
    with pytest.raises(Closed):
        other.receive()


def test_a_reply_waits_while_more_is_asked_and_no_longer(ends):
    one, other = ends
    one.put(wire.encode("a question") + wire.encode("another"))
    assert other.receive() == "a question"
    other.send_soon("an answer")
    assert other.held
    assert other.receive() == "another"
    other.send_soon("one more")
    assert not other.held
    assert [one.receive(), one.receive()] == ["an answer", "one more"]


def test_what_is_held_goes_before_anything_else(ends):
    one, other = ends
    one.put(wire.encode("a question"))
    other.send_soon("held")
    other.send("at once")
    assert [one.receive(), one.receive()] == ["held", "at once"]


def test_no_more_is_held_than_a_socket_takes(ends):
    one, other = ends
    one.put(wire.encode("a question"))
    other.send_soon(b"x" * wire.MOST_AHEAD)
    assert not other.held
    assert one.receive() == b"x" * wire.MOST_AHEAD


def test_a_tensor_is_held_without_pytorch_and_goes_back_as_one(
    ends, monkeypatch
):
    tensor = torch.tensor([[1.5, -2.0]], requires_grad=True)
    message = wire.encode(tensor)
    with monkeypatch.context() as patched:
        patched.delitem(sys.modules, "torch")
        held = across(ends, tensor)
        assert "torch" not in sys.modules
    assert type(held).__module__ != "torch" and noun(held) == "a Tensor"
    assert tensors.is_tensor(held) and held.requires_grad
    assert type(tensors.as_array(held)) is np.ndarray
    assert tensors.as_array(held).tolist() == [[1.5, -2.0]]
    assert wire.encode(held) == message
