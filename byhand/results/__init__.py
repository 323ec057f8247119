"""What an answer returns: read, compared, told apart and shown.

A kind for each sort of result (`Exercise.kind`). All of a kind's methods take
and give results by name: a dict from the names in `Exercise.returns` to what
came under them.
"""

from byhand.results.kind import Kind, Unusable
from byhand.results.numbers import Numbers
from byhand.results.text import Text

__all__ = ["KINDS", "Kind", "Unusable", "of"]

KINDS: dict[str, Kind] = {"numbers": Numbers(), "text": Text()}


def of(kind: str) -> Kind:
    """The kind of that name. ValueError: there is none."""
    if kind not in KINDS:
        known = " or ".join(map(repr, KINDS))
        raise ValueError(f"an exercise's kind should be {known}; got {kind!r}")
    return KINDS[kind]
