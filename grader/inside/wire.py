"""Plain values over a socket: numbers, text, lists, dicts; never a pickle.

A message is a JSON tree, in which an array is its dtype, its shape and its
place among the buffers that follow. Whatever has no plain form arrives as an
`Opaque`, which has a type's name and nothing else.
"""

import json
import math
import select
import socket
import struct
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from byhand.results import tensors

# Several times what the largest exercise needs, and little enough to be read
# in no time: what comes may be meant to keep the reader busy.
MOST_BYTES = 16 * 2**20
MOST_VALUES = 200_000
# In one array. Outside it becomes float64, and is set against many others.
MOST_NUMBERS = 2_000_000
MOST_DEPTH = 20
# Bytes on their way with nobody waiting for them: less than a socket holds, so
# that neither end waits for the other to take them.
MOST_AHEAD = 64 * 2**10
QUICK = 0.05  # seconds
SHOWN = 100_000  # characters of a cell's output that are kept
_HEAD = struct.Struct("!II")  # bytes of the tree, and of all buffers
_KINDS = "biufc"


class WireError(Exception):
    """What came is not a message; the text says why."""


class Closed(WireError):
    """The other end is gone."""


class Opaque:
    """Something without a plain form, known by its type's name."""


class _Called(Opaque):
    def __call__(self, *_: Any) -> None:
        raise TypeError("a stand-in cannot be called")


@lru_cache(maxsize=100)
def opaque(name: str, called: bool) -> Opaque:
    """A stand-in whose type has that name: messages show no more of it."""
    return type(name, (_Called if called else Opaque,), {})()


# --- encoding --------------------------------------------------------------


def encode(value: Any, functions: list[Callable] | None = None) -> bytes:
    """A message's bytes.

    functions: filled with the functions in `value`, which the other end then
        may call by their place in it; without it they are opaque.
    WireError: too large.
    """
    buffers: list[bytes] = []
    tree = json.dumps(_plain(value, buffers, functions, 0)).encode()
    body = b"".join(buffers)
    if len(tree) + len(body) > MOST_BYTES:
        raise WireError(f"more than {MOST_BYTES // 2**20} MiB at once")
    return _HEAD.pack(len(tree), len(body)) + tree + body


def _plain(value: Any, buffers: list, functions: Any, depth: int) -> Any:
    kind = type(value)
    if depth > MOST_DEPTH:
        return {"opaque": kind.__name__, "called": False}
    if value is None or kind in (bool, float):
        return value
    if kind is tensors.Tensor:
        return _tensor(value, buffers)
    if isinstance(value, np.generic) and value.dtype.kind in _KINDS:
        return {"scalar": _array(np.asarray(value), buffers)}
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        return {"opaque": "masked array", "called": False}
    if isinstance(value, np.ndarray) and value.size > MOST_NUMBERS:
        many = f"array of {value.size} numbers"
        return {"opaque": many, "called": False}
    if isinstance(value, np.ndarray) and value.dtype.kind in _KINDS:
        return {"array": _array(np.asarray(value), buffers)}
    if isinstance(value, np.ndarray) and value.dtype.kind in "UO":
        value = np.ndarray.tolist(value)
        kind = type(value)

    def inner(one: Any) -> Any:
        return _plain(one, buffers, functions, depth + 1)

    # A subclass may do anything when it is looked at, so the methods are those
    # of the class that it comes from.
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        number = int.__int__(value)
        fits = abs(number) < 2**128  # a generator's state has 128 bits
        return number if fits else {"number": _float(number)}
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, list):
        return [inner(one) for one in list.__iter__(value)]
    if issubclass(kind, tuple):
        return {"tuple": [inner(one) for one in tuple.__iter__(value)]}
    if issubclass(kind, dict) and all(map(_is_key, dict.keys(value))):
        return {"dict": [[inner(k), inner(v)] for k, v in dict.items(value)]}
    if issubclass(kind, bytes):
        data = np.frombuffer(bytes.__getitem__(value, slice(None)), np.uint8)
        return {"bytes": _array(data, buffers)}
    if isinstance(value, np.random.Generator):
        return {"generator": value.bit_generator.state}
    if issubclass(kind, Fraction):
        return Fraction.__truediv__(value, 1.0)  # as a float
    if tensors.is_tensor(value):
        return _tensor(value, buffers)
    if functions is not None and callable(value):
        functions.append(value)
        return {"function": len(functions) - 1}
    return {"opaque": kind.__name__[:60], "called": callable(value)}


def _is_key(value: Any) -> bool:
    """Whether a dict's key is plain: text, a number, or a tuple of them."""
    if type(value) is tuple:
        return all(map(_is_key, value))
    return value is None or issubclass(
        type(value), (str, int, float, bytes, np.integer, np.floating)
    )


def _float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _array(array: np.ndarray, buffers: list[bytes]) -> list:
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    if array.dtype.itemsize > 16:  # long doubles differ between machines
        array = array.astype(np.float64)
    data = array.tobytes()
    buffers.append(data)
    return [array.dtype.str, list(array.shape), len(data)]


def _tensor(value: Any, buffers: list[bytes]) -> Any:
    try:
        array = tensors.as_array(value)
    except tensors.NoNumbers as error:
        return {"opaque": str(error)[:60], "called": False}
    if array.size > MOST_NUMBERS:
        many = f"tensor of {array.size} numbers"
        return {"opaque": many, "called": False}
    grad = bool(value.requires_grad) and array.dtype.kind in "fc"
    return {"tensor": _array(array, buffers), "grad": grad}


# --- decoding --------------------------------------------------------------


class _Buffers:
    def __init__(self, body: bytes) -> None:
        self.body, self.place = body, 0

    def take(self, size: int) -> bytes:
        if size < 0 or self.place + size > len(self.body):
            raise WireError("an array is longer than what came")
        data = self.body[self.place : self.place + size]
        self.place += size
        return data


def decode(
    tree: bytes, body: bytes, call: Callable[[int], Callable] | None = None
) -> Any:
    """The value of a message.

    call: makes, from a place, the stand-in of a function; without it
        functions do not arrive. WireError: it is not a message.
    """
    # Counted before it is parsed, which is what would take long.
    if sum(map(tree.count, (b"[", b"{", b","))) > MOST_VALUES:
        raise WireError("too many values at once")
    try:
        return _value(json.loads(tree), _Buffers(body), call)
    except WireError:
        raise
    except Exception as error:  # whatever a forged message can set off
        raise WireError(f"not a message: {str(error)[:200]}") from None


def _value(tree: Any, buffers: _Buffers, call: Any) -> Any:
    if isinstance(tree, list):
        return [_value(v, buffers, call) for v in tree]
    if not isinstance(tree, dict):
        return tree
    (kind, *_), (what, *_) = tree.keys(), tree.values()
    if kind == "tuple":
        return tuple(_value(v, buffers, call) for v in what)
    if kind == "dict":
        return {
            _key(_value(k, buffers, call)): _value(v, buffers, call)
            for k, v in what
        }
    if kind == "bytes":
        return _read(what, buffers, MOST_BYTES).tobytes()
    if kind == "array":
        return _read(what, buffers)
    if kind == "scalar":
        return _read(what, buffers)[()]
    if kind == "number":
        return float(what)
    if kind == "generator":
        return _generator(what)
    if kind == "tensor":
        return _as_tensor(_read(what, buffers), bool(tree["grad"]))
    if kind == "function" and call is not None:
        return call(int(what))
    if kind == "opaque":
        return opaque(str(what)[:60] or "nameless", bool(tree["called"]))
    raise WireError(f"an unknown kind of value: {str(kind)[:20]}")


def _key(value: Any) -> Any:
    """A dict's key, which is compared and hashed: only what is plain."""
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    if value is None or isinstance(value, (str, int, float, bytes)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    raise WireError("a dict with keys that are not plain")


def _read(
    what: list, buffers: _Buffers, most: int = MOST_NUMBERS
) -> np.ndarray:
    name, shape, size = what
    dtype = np.dtype(str(name))
    if dtype.kind not in _KINDS or len(shape) > 32:
        raise WireError("an array of something else than numbers")
    if math.prod(int(n) for n in shape) > most:
        raise WireError("an array of more numbers than a lesson ever has")
    data = buffers.take(int(size))
    return np.frombuffer(data, dtype).reshape([int(n) for n in shape]).copy()


def _as_tensor(array: np.ndarray, grad: bool) -> Any:
    """As PyTorch's, if this process has imported that.

    The code of lessons that need PyTorch imports it. Elsewhere it would cost
    seconds and 150 MiB for each process.
    """
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return tensors.away(array, grad)
    return torch.from_numpy(array).requires_grad_(grad)


def _generator(state: Any) -> np.random.Generator:
    if state.get("bit_generator") != "PCG64":
        raise WireError("a generator of another kind")
    bits = np.random.PCG64()
    bits.state = state
    return np.random.Generator(bits)


# --- the socket ------------------------------------------------------------


class Wire:
    """One end of a connection."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.held, self.came = bytearray(), 0.0

    def send(
        self,
        value: Any,
        functions: list | None = None,
        until: float | None = None,
    ) -> None:
        """Send a message.

        until: a time of time.monotonic(). TimeoutError: it was not taken by
        then. Closed: there is nobody to take it.
        """
        self.put(encode(value, functions), until)

    def send_soon(self, value: Any) -> None:
        """Reply, or hold a quick reply while the next question is here.

        To wake the other end costs more than most replies do.
        """
        self.held += encode(value)
        more, _, _ = select.select([self.end], [], [], 0)
        quick = time.monotonic() - self.came < QUICK
        if not (more and quick) or len(self.held) > MOST_AHEAD:
            self.put(b"")

    def put(self, messages: bytes, until: float | None = None) -> None:
        """Send messages that are encoded; as `send`."""
        messages, self.held = bytes(self.held + messages), bytearray()
        try:
            self._wait(until)
            self.end.sendall(messages)
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(str(error)) from None

    def receive(
        self,
        until: float | None = None,
        call: Callable[[int], Callable] | None = None,
    ) -> Any:
        """The next message.

        until: a time of time.monotonic(). TimeoutError: it did not come by
        then. Closed: the other end is gone. WireError: it is no message.
        """
        tree_size, body_size = _HEAD.unpack(self._read(_HEAD.size, until))
        if tree_size + body_size > MOST_BYTES:
            raise WireError(f"more than {MOST_BYTES // 2**20} MiB at once")
        tree = self._read(tree_size, until)
        body = self._read(body_size, until)
        self.came = time.monotonic()
        return decode(tree, body, call)

    def _read(self, size: int, until: float | None) -> bytes:
        parts, left = [], size
        while left:
            self._wait(until)
            try:
                part = self.end.recv(min(left, 2**20))
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed(str(error)) from None
            if not part:
                raise Closed("the other end is gone")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _wait(self, until: float | None) -> None:
        if until is None:
            self.end.settimeout(None)
            return
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.end.settimeout(left)

    def close(self) -> None:
        self.end.close()
