"""What a learner's checks said, kept among their settings.

For the learner's own eyes: no mark is ever read from here. A line a note, in
JSON; of an exercise, the last one counts. So two notebooks at once write into
one file, and neither loses what the other wrote.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import platformdirs


def folder() -> Path:
    return platformdirs.user_state_path("byhand")


def file() -> Path:
    return folder() / "checks.jsonl"


def read() -> dict[str, bool]:
    """Exercise → whether it is right; one with parts is listed by part."""
    return dict(_lines())


def _lines() -> Iterator[tuple[str, bool]]:
    text = ""
    with suppress(OSError):  # none yet
        text = file().read_text(encoding="utf-8", errors="replace")
    for line in text.splitlines():
        with suppress(ValueError, TypeError, KeyError):  # spoiled: the others
            note = json.loads(line)
            yield str(note["exercise"]), bool(note["right"])


def add(results: Mapping[str, bool]) -> None:
    """Note these results, those that are new.

    Where nothing can be kept, nothing is: a check has said its word already.
    """
    known = read()
    new = {name: ok for name, ok in results.items() if known.get(name) != ok}
    if not new:
        return
    lines = "".join(
        json.dumps({"exercise": name, "right": ok}, ensure_ascii=False) + "\n"
        for name, ok in new.items()
    )
    with suppress(OSError):
        file().parent.mkdir(parents=True, exist_ok=True)
        with file().open("a", encoding="utf-8") as kept:
            kept.write(lines)


def add_check(names: Iterable[str], right: bool) -> None:
    """Note what one check said.

    What was right once is done, whatever is tried out after it.
    """
    known = {} if right else read()
    add({name: right for name in names if not known.get(name)})
