"""Results that are text: tokens, strings, ids, and dicts and lists of them.

They are right or wrong: the distance is 0 or infinite. Lists, tuples and
arrays of the same entries are the same; 3 and 3.0 are not, nor 1 and True.
"""

from collections import Counter
from typing import Any

import numpy as np

from byhand.results import tensors
from byhand.results.kind import Kind, Results, Unusable, noun
from byhand.results.show import quoted

MOST_ENTRIES = 60  # of a list or dict that are shown
MOST_NAMED = 6  # missing or surplus entries that are named
MOST_FLAT = 3  # entries of a tuple that is told as a whole
_WIDTH = 74
_LONGEST = 60  # characters of one text that are shown


class Text(Kind):
    """Read as plain values: texts, whole numbers, tuples and dicts."""

    def read_one(self, value: Any, name: str) -> Results:
        return {name: _plain(value, name)}

    def limits(self, expected: Results, tolerance: float) -> Results:
        return dict.fromkeys(expected, 0.0)

    def distance(
        self, got: Results, expected: Results, limits: Results
    ) -> float:
        return 0.0 if self.identical(got, expected) else np.inf

    def fits(self, got: Results, expected: Results) -> bool:
        return all(type(got[n]) is type(expected[n]) for n in expected)

    def differing(
        self, got: Results, expected: Results, limits: Results
    ) -> list[str]:
        return [n for n in expected if not _same(got[n], expected[n])]

    def gap(self, got: Results, expected: Results, limits: Results) -> str:
        gaps = (_gap(name, got[name], expected[name]) for name in expected)
        return next(filter(None, gaps), "")

    def alike(
        self,
        one: Results,
        other: Results,
        expected: Results,
        limits: Results,
        tolerance: float,
        random: bool = False,
    ) -> bool:
        return self.identical(one, other)

    def identical(self, one: Results, other: Results) -> bool:
        return _same(one, other)

    def remarks(
        self,
        got: Results,
        expected: Results,
        limits: Results,
        tolerance: float,
    ) -> tuple[list[str], bool]:
        lines = [
            f"{name}: {line}" if len(expected) > 1 else line
            for name in expected
            for line in _balance(got[name], expected[name])
        ]
        return lines, self.fits(got, expected)

    def shown(self, value: Any, returns: tuple[str, ...]) -> dict[str, str]:
        read = self.read(value, returns)
        return {name: show(plain) for name, plain in read.items()}


def _plain(value: Any, where: str) -> Any:
    """A value as texts, whole numbers, tuples and dicts of them.

    Unusable: it holds something else; the sentence says where.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    elif tensors.is_tensor(value):
        try:
            value = tensors.as_array(value).tolist()
        except tensors.NoNumbers as error:
            raise Unusable(
                f"{where} should be whole numbers; got {error}."
            ) from None
    if isinstance(value, (str, bytes, bool, int)):
        return value
    if isinstance(value, dict):
        return {
            _plain(key, f"a key of {where}"): _plain(one, f"{where}[{key!r}]")
            for key, one in value.items()
        }
    if isinstance(value, (list, tuple)):
        return tuple(_plain(v, f"{where}[{i}]") for i, v in enumerate(value))
    if isinstance(value, float):
        raise Unusable(
            f"{where} should be a text or a whole number; got the float "
            f"{value}."
        )
    if isinstance(value, (set, frozenset)):
        raise Unusable(
            f"{where} should be a list; got {noun(value)}, which has no order."
        )
    came = "None" if value is None else noun(value)
    raise Unusable(
        f"{where} should be a text or a number, or a list of them; got {came}."
    )


def _same(one: Any, other: Any) -> bool:
    """Whether two plain values are equal, 1 and True apart."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            _same(one[key], other[key]) for key in one
        )
    return bool(one == other)


# --- where they differ -----------------------------------------------------


def _gap(name: str, got: Any, expected: Any) -> str:
    """Where two plain values first differ; '' if they do not."""
    if _same(got, expected):
        return ""
    if type(got) is not type(expected):
        return f"{name} should be {_sort(expected)}; yours is {_sort(got)}."
    if isinstance(expected, tuple):
        return _gap_of_lists(name, got, expected)
    if isinstance(expected, dict):
        return _gap_of_dicts(name, got, expected)
    if isinstance(expected, str) and max(len(got), len(expected)) > _LONGEST:
        return _gap_of_texts(name, got, expected)
    return _first_difference(name, got, expected)


def _first_difference(name: str, got: Any, expected: Any) -> str:
    return (
        f"First difference: {name} should be {_brief(expected)}; "
        f"yours is {_brief(got)}."
    )


def _is_flat(value: Any) -> bool:
    """Whether it is a few values, of which none holds others."""
    return (
        isinstance(value, tuple)
        and len(value) <= MOST_FLAT
        and not any(isinstance(one, (tuple, dict)) for one in value)
    )


def _gap_of_lists(name: str, got: tuple, expected: tuple) -> str:
    for i, (came, wanted) in enumerate(zip(got, expected, strict=False)):
        if not _same(came, wanted):
            where = f"{name}[{i}]"
            if _is_flat(came) and _is_flat(wanted):  # a pair is one thing
                return _first_difference(where, came, wanted)
            return _gap(where, came, wanted)
    wanted, came = len(expected), len(got)
    plural = "entry" if wanted == 1 else "entries"
    longer, which = expected, "is missing"
    if came > wanted:
        longer, which = got, "is too many"
    place = min(wanted, came)
    return (
        f"{name} should have {wanted} {plural}; yours has {came}. The first "
        f"that {which} is {name}[{place}], {_brief(longer[place])}."
    )


def _gap_of_dicts(name: str, got: dict, expected: dict) -> str:
    for key, wanted in expected.items():
        if key not in got:
            return (
                f"{name} has no {_brief(key)}, which should be "
                f"{_brief(wanted)}."
            )
        if not _same(got[key], wanted):
            return _gap(f"{name}[{_brief(key)}]", got[key], wanted)
    surplus = next(key for key in got if key not in expected)
    return f"{name} should not have {_brief(surplus)}."


def _gap_of_texts(name: str, got: str, expected: str) -> str:
    pairs = enumerate(zip(got, expected, strict=False))
    shorter = min(len(got), len(expected))
    place = next((i for i, (a, b) in pairs if a != b), shorter)
    start = max(place - 20, 0)
    wanted, came = (
        quoted(text[start : place + 20]) for text in (expected, got)
    )
    return (
        f"First difference: at character {place}, {name} should go … {wanted} "
        f"…; yours goes … {came} …."
    )


def _sort(value: Any) -> str:
    if isinstance(value, tuple):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"a dict of {len(value)}"
    if isinstance(value, str):
        return f"the text {_brief(value)}"
    if isinstance(value, bool):
        return str(value)
    return f"the number {value}" if isinstance(value, int) else noun(value)


def _balance(got: Any, expected: Any) -> list[str]:
    """What is missing from a list or dict, and what there is too much of."""
    if not (
        isinstance(got, (tuple, dict)) and isinstance(expected, (tuple, dict))
    ):
        return []
    came, wanted = Counter(map(_key, got)), Counter(map(_key, expected))
    missing, surplus = wanted - came, came - wanted
    if not missing and not surplus and isinstance(got, tuple):
        same = _same(got, expected)
        return [] if same else ["The same entries, in another order."]
    lines = []
    if missing:
        lines.append(f"Missing: {_counted(missing)}.")
    if surplus:
        lines.append(f"Too many: {_counted(surplus)}.")
    return lines


def _key(value: Any) -> Any:
    """The same for what can be counted: dicts are known by their text."""
    try:
        hash(value)
    except TypeError:
        return show(value)
    return value


def _counted(entries: Counter) -> str:
    named = [
        f"{_brief(one)} ×{n}" if n > 1 else _brief(one)
        for one, n in list(entries.items())[:MOST_NAMED]
    ]
    more = len(entries) - MOST_NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


# --- how they are shown ----------------------------------------------------


def _brief(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value, _LONGEST)
    text = show(value, 1).replace("\n", " ")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def show(value: Any, depth: int = 0) -> str:
    """A plain value as Python writes it, in lines; of a long one a part."""
    if isinstance(value, tuple):
        inner = [show(one, depth + 1) for one in value[:MOST_ENTRIES]]
        start, end = "()" if depth else "[]"
        if depth and len(value) == 1:
            inner[0] += ","
    elif isinstance(value, dict):
        shown = list(value.items())[:MOST_ENTRIES]
        inner = [f"{show(k, 1)}: {show(v, depth + 1)}" for k, v in shown]
        start, end = "{}"
    elif isinstance(value, str):
        return quoted(value)
    else:
        text = repr(value)
        return text if len(text) <= 400 else f"{text[:400]} …"
    if len(value) > MOST_ENTRIES:
        inner.append(f"… ({len(value)} in all)")
    return start + _filled(inner) + end


def _filled(pieces: list[str]) -> str:
    """Pieces with commas between, in lines of a readable width."""
    lines = [""]
    for place, piece in enumerate(pieces):
        piece += ", " if place < len(pieces) - 1 else ""
        if lines[-1] and len(lines[-1]) + len(piece) > _WIDTH:
            lines.append(" ")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)
