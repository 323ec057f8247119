"""Results that are numbers: arrays, compared within a tolerance."""

import numbers
from contextlib import suppress
from typing import Any

import numpy as np

from byhand.exercise import Listed, Measured, Whole, Yes
from byhand.results import tensors
from byhand.results.kind import Kind, Results, Unusable, noun
from byhand.results.show import apart, number, show


class Numbers(Kind):
    """Numbers, nested lists, NumPy arrays and tensors, as float64 arrays.

    A value that is `Listed` stands as one array for each of its entries,
    under the names "clipped[0]", "clipped[1]", …
    A value that is `Whole` keeps its type, if it is one of whole numbers: a
    float is another value than the whole number that it equals.
    """

    def read_one(self, value: Any, name: str) -> Results:
        if not isinstance(name, Listed):
            return {name: _as_array(value, name, isinstance(name, Whole))}
        if value is None:
            raise Unusable(f"{name} should be a list of arrays; got None.")
        if isinstance(value, (str, dict, set)) or not hasattr(
            value, "__len__"
        ):
            raise Unusable(
                f"{name} should be a list of arrays; got {noun(value)}."
            )
        return {
            f"{name}[{i}]": _as_array(one, f"{name}[{i}]")
            for i, one in enumerate(value)
        }

    def limits(self, expected: Results, tolerance: float) -> Results:
        return {n: limit(e, tolerance) for n, e in expected.items()}

    def distance(
        self, got: Results, expected: Results, limits: Results
    ) -> float:
        if got.keys() != expected.keys():
            return np.inf
        return max(
            (distance(got[n], expected[n], limits[n]) for n in expected),
            default=0.0,
        )

    def fits(self, got: Results, expected: Results) -> bool:
        return got.keys() == expected.keys() and all(
            _same_shape(got[n], expected[n]) for n in expected
        )

    def differing(
        self, got: Results, expected: Results, limits: Results
    ) -> list[str]:
        if got.keys() != expected.keys():
            return list(expected)
        return [
            name
            for name in expected
            if distance(got[name], expected[name], limits[name]) > 1
        ]

    def gap(self, got: Results, expected: Results, limits: Results) -> str:
        if got.keys() != expected.keys():
            return _another_length(got, expected)
        gaps = (gap(n, got[n], expected[n], limits[n]) for n in expected)
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
        if one.keys() != other.keys():
            return False
        for name, theirs in other.items():
            within = limit(theirs, tolerance)
            if name in limits and theirs.shape == expected[name].shape:
                within = limits[name]
                if random:
                    right = expected[name]
                    within = bound_of(theirs, right, within, tolerance)
            if distance(one[name], theirs, within) > 1:
                return False
        return True

    def remarks(
        self,
        got: Results,
        expected: Results,
        limits: Results,
        tolerance: float,
    ) -> tuple[list[str], bool]:
        if got.keys() != expected.keys():
            return [], False
        said = {
            name: pattern(got[name], expected[name], tolerance)
            for name in self.differing(got, expected, limits)
            if not isinstance(name, Measured)
        }
        lines = [f"{name}: {what}" for name, what in said.items() if what]
        if not self.fits(got, expected):
            return lines, False
        if not _all_finite(got):
            # NaN has its own sentence, and −∞ may be right.
            if _all_finite(expected) and not _any_nan(got):
                lines.append("It does not hold that every number is finite.")
            return lines, False
        return lines, True

    def shown(self, value: Any, returns: tuple[str, ...]) -> dict[str, str]:
        read = self.read(value, returns)
        given = (value,) if len(returns) == 1 else value
        for name, one in zip(returns, given, strict=True):
            # True and False stay what they are.
            if name in read and _is_boolean(one):
                read[name] = read[name].astype(bool)
        return {name: show(array) for name, array in read.items()}


def _all_finite(results: Results) -> bool:
    return all(np.isfinite(array).all() for array in results.values())


def _any_nan(results: Results) -> bool:
    return any(np.isnan(array).any() for array in results.values())


def _same_shape(got: np.ndarray, expected: np.ndarray) -> bool:
    return got.shape == expected.shape and _as_whole(got) == _as_whole(
        expected
    )


def _is_boolean(value: Any) -> bool:
    dtype = value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype
    return str(dtype).rpartition(".")[2] == "bool"


def _as_array(value: Any, name: str, whole: bool = False) -> np.ndarray:
    if value is None:
        raise Unusable("It returned None; is there a `return` at the end?")
    if tensors.is_tensor(value):
        try:
            value = tensors.as_array(value)
        except tensors.NoNumbers as error:
            raise Unusable(f"{name} should be numbers; got {error}.") from None
    if np.ma.is_masked(value):
        raise Unusable(
            f"{name} is a masked array, and some of its numbers are masked: "
            "they have no value."
        )
    if _has_text(value):  # NumPy would pad every item to the longest
        raise Unusable(f"{name} should be numbers; got {noun(value)}.")
    try:
        array = np.asarray(value)
    except ValueError:
        raise Unusable(
            f"The rows of {name} are not all of one length."
        ) from None
    array = _real(array)
    if array.dtype.kind not in "biuf":
        raise Unusable(f"{name} should be numbers; got {noun(value)}.")
    # Nothing says of what type no numbers at all are.
    if whole and (array.dtype.kind in "iu" or not array.size):
        return array.astype(np.int64)
    return array.astype(np.float64)


def _real(array: np.ndarray) -> np.ndarray:
    """Real numbers, if that is what an array of another dtype holds."""
    if array.dtype.kind == "c" and not array.imag.any():
        return array.real
    if array.dtype.kind == "O":
        for kind, dtype in (
            (numbers.Integral, np.int64),
            (numbers.Real, np.float64),
        ):
            if all(isinstance(one, kind) for one in array.flat):
                with suppress(OverflowError):
                    return array.astype(dtype)
    return array


def _as_whole(array: np.ndarray) -> bool:
    return array.dtype.kind == "i"


def _has_text(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_text, value))
    return isinstance(value, (str, bytes))


def _another_length(got: Results, expected: Results) -> str:
    """That a list has more or fewer arrays than it should."""
    lengths: dict[str, list[int]] = {}
    for which, results in enumerate((expected, got)):
        for key in results:
            lengths.setdefault(key.partition("[")[0], [0, 0])[which] += 1
    name, (wanted, came) = next(
        (name, each) for name, each in lengths.items() if each[0] != each[1]
    )
    plural = "array" if wanted == 1 else "arrays"
    return f"{name} should be a list of {wanted} {plural}; yours has {came}."


def limit(expected: np.ndarray, tolerance: float) -> np.ndarray:
    """How far a right answer may be off: relative and, near 0, absolute."""
    # Where −∞ is expected, a finite limit tells 0 from −1e9.
    size = np.where(np.isfinite(expected), np.abs(expected), 0.0)
    return tolerance * (1 + size)


def bound_of(
    other: np.ndarray,
    expected: np.ndarray,
    bound: np.ndarray,
    tolerance: float,
) -> np.ndarray:
    """How far apart two wrong random results may be and count as the same.

    The bound of the right one, less where the result is smaller: chance
    moves a variance of 0.05 by less than one of 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.sqrt(np.abs(other) / np.abs(expected))
    share = np.nan_to_num(np.minimum(share, 1.0), nan=1.0)
    return np.maximum(bound * share, limit(other, tolerance))


def beyond(
    got: np.ndarray, expected: np.ndarray, limits: np.ndarray
) -> np.ndarray:
    """The gap in units of its limit; 0 for equal infinities or NaN."""
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        gaps = np.abs(got - expected) / limits
    return np.where(same, 0.0, np.where(np.isnan(gaps), np.inf, gaps))


def distance(
    got: np.ndarray, expected: np.ndarray, limits: np.ndarray
) -> float:
    """The largest gap, in limits; infinite where the shapes differ."""
    if not _same_shape(got, expected):
        return np.inf
    return float(beyond(got, expected, limits).max(initial=0.0))


def gap(
    name: str, got: np.ndarray, expected: np.ndarray, limits: np.ndarray
) -> str:
    """One sentence: where `got` first differs. '' where it does not."""
    if got.shape != expected.shape:
        name = f"The {name}" if isinstance(name, Measured) else name
        return _another_shape(name, got, expected)
    if _as_whole(expected) and not _as_whole(got):
        return f"{name} should be whole numbers; yours are floats."
    wrong = beyond(got, expected, limits) > 1
    if not wrong.any():
        return ""
    if isinstance(name, Yes):
        so = bool(expected.all())
        should, does = ("should", "does not") if so else ("should not", "does")
        return f"It {should} hold that {name}. It {does}."
    if np.isnan(got[wrong]).any():
        return f"{name} has {int(np.isnan(got).sum())} NaN (not a number)."
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    should, yours = apart(expected[first], got[first])
    where = f"[{', '.join(map(str, first))}]" if first else ""
    if isinstance(name, Measured):
        entry = f": entry {where}" if where else ""
        return f"The {name}{entry} should be {should}; yours is {yours}."
    head = "First difference: " if first else ""
    return f"{head}{name}{where} should be {should}; yours is {yours}."


def _another_shape(name: str, got: np.ndarray, expected: np.ndarray) -> str:
    if expected.ndim == got.ndim == 1:
        return (
            f"{name} should have {counted(len(expected))}; yours has "
            f"{len(got)}."
        )
    if expected.ndim == 0:
        return f"{name} should be one number; yours has shape {got.shape}."
    yours = f"shape {got.shape}" if got.ndim else "none: it is one number"
    return f"{name} should have shape {expected.shape}; yours has {yours}."


def counted(n: int) -> str:
    return "1 number" if n == 1 else f"{n} numbers"


def close(got: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    return distance(got, expected, limit(expected, tolerance)) <= 1


def pattern(got: np.ndarray, expected: np.ndarray, tol: float) -> str:
    """What a wrong array has to do with the right one, or ''."""
    if got.ndim == 2 and close(got.T, expected, tol):
        return "Yours is the right one transposed: rows and columns swapped."
    if got.shape != expected.shape or not np.isfinite(got).all():
        return ""
    if close(-got, expected, tol):
        return "Yours is right but for its sign."
    # Only where digits were lost, and the same as ours when rounded.
    if any(
        np.allclose(got, np.round(expected, n), rtol=0, atol=1e-9)
        and not close(got, expected, tol)
        for n in (2, 3, 4, 5)
    ):
        return "Yours is rounded: return the numbers as they are."
    nonzero = np.abs(expected) > tol
    if nonzero.any() and close(got[~nonzero], expected[~nonzero], tol):
        ratios = got[nonzero] / expected[nonzero]
        if not ratios.any():
            return "Yours is 0 everywhere." if ratios.size > 1 else ""
        if ratios.size > 1 and close(
            ratios, ratios[:1].repeat(len(ratios)), tol
        ):
            return (
                f"Yours is {number(ratios[0])} times the right one everywhere."
            )
    offset = got - expected
    if offset.size > 1 and close(
        offset, np.full_like(offset, offset.flat[0]), tol
    ):
        return f"Yours is off by {number(offset.flat[0])} everywhere."
    return ""
