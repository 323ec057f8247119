"""What is asked of every kind of result, and words that all kinds use."""

from abc import ABC, abstractmethod
from typing import Any

from byhand.results.show import quoted

Results = dict[str, Any]


class Unusable(ValueError):
    """The answer cannot be read as this kind; the message says why."""


class Kind(ABC):
    """How results of one kind are read, compared, told apart and shown."""

    def read(self, value: Any, returns: tuple[str, ...]) -> Results:
        """What an answer returned, by the names in `returns`.

        Unusable: it is not of this kind, or not so many values.
        """
        if value is None:
            raise Unusable("It returned None; is there a `return` at the end?")
        if len(returns) == 1:
            return self.read_one(value, returns[0])
        wanted = f"{len(returns)} values, ({', '.join(returns)})"
        if isinstance(value, (str, bytes, dict, set)) or not hasattr(
            value, "__len__"
        ):
            raise Unusable(f"It should return {wanted}; got {noun(value)}.")
        if len(value) != len(returns):
            raise Unusable(
                f"It should return {wanted}; got {noun(value)} of "
                f"{len(value)}."
            )
        read: Results = {}
        for name, one in zip(returns, value, strict=True):
            read |= self.read_one(one, name)
        return read

    @abstractmethod
    def read_one(self, value: Any, name: str) -> Results:
        """One of the values that an answer returned. Unusable: it is not."""

    @abstractmethod
    def limits(self, expected: Results, tolerance: float) -> Results:
        """How far off each result may be."""

    @abstractmethod
    def distance(
        self, got: Results, expected: Results, limits: Results
    ) -> float:
        """The largest gap in units of its limit.

        Infinite where what came cannot be set against what was expected.
        """

    @abstractmethod
    def fits(self, got: Results, expected: Results) -> bool:
        """Whether the two are of one shape, entry for entry."""

    @abstractmethod
    def differing(
        self, got: Results, expected: Results, limits: Results
    ) -> list[str]:
        """The names of the results that are wrong."""

    @abstractmethod
    def gap(self, got: Results, expected: Results, limits: Results) -> str:
        """One sentence: where they first differ. '' where they do not."""

    @abstractmethod
    def alike(
        self,
        one: Results,
        other: Results,
        expected: Results,
        limits: Results,
        tolerance: float,
        random: bool = False,
    ) -> bool:
        """Whether two results, right or wrong, are the same but for rounding.

        expected, limits: of the right result, whose limits hold where the
        results are of its shape; empty where there is none. random: whether
        the limits allow for chance.
        """

    @abstractmethod
    def remarks(
        self,
        got: Results,
        expected: Results,
        limits: Results,
        tolerance: float,
    ) -> tuple[list[str], bool]:
        """What a wrong result has to do with the right one, in sentences.

        And whether facts can be asked of it: whether it is of the right
        shape, and finite.
        """

    @abstractmethod
    def shown(self, value: Any, returns: tuple[str, ...]) -> dict[str, str]:
        """A result for a message: each value by its name, as text."""


def noun(value: Any) -> str:
    """What something is, with its article: "a list", "the text 'abc'"."""
    name = type(value).__name__ or "nameless thing"
    name = {"ndarray": "array"}.get(name, name)
    article = "an" if name[0].lower() in "aeiou" else "a"
    if name == "generator":
        return "a generator (a `yield`, or round brackets for a list)"
    if callable(value):
        return f"a function ({name}), so a pair of brackets may be missing"
    if isinstance(value, str):
        return f"the text {quoted(value[:40])}"
    return f"{article} {name}"
