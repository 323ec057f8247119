"""A progress bar for what takes long in a notebook."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import ipywidgets
from IPython.display import display

T = TypeVar("T")
PARTS = 1000


class Bar(ipywidgets.IntProgress):
    """Saved in a notebook as a line that never changes."""

    def __repr__(self) -> str:
        return "(a progress bar, while it lasts)"


def followed(steps: Iterable[T], share: Callable[[T], float]) -> Iterator[T]:
    """The same steps, with a bar below the cell.

    share: of the whole that is done after a step, from 0 to 1.
    """
    bar = Bar(max=PARTS, layout={"width": "400px"})
    display(bar)
    for one in steps:
        bar.value = round(PARTS * share(one))
        yield one
