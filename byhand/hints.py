"""The ladder of hints, and how far up it somebody has climbed."""

import json
import sys
from pathlib import Path

from byhand import notes
from byhand.exercise import Exercise

STEPS = ("a question", "a pointer", "pseudocode")


def seen_file() -> Path:
    return notes.folder() / "hints.json"


def _seen() -> dict[str, int]:
    try:
        seen = json.loads(seen_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or spoiled: begin anew
        return {}
    return seen if isinstance(seen, dict) else {}


def _remember(seen: dict[str, int]) -> None:
    try:
        seen_file().parent.mkdir(parents=True, exist_ok=True)
        seen_file().write_text(json.dumps(seen, indent=1), encoding="utf-8")
    except OSError as error:
        print(
            f"(Which hints you saw cannot be kept: {error.strerror}, "
            f"{seen_file()}.)",
            file=sys.stderr,
        )


def next_step(exercise: Exercise) -> str:
    """The next hint as text; after the last one, the last again."""
    seen = _seen()
    step = min(seen.get(exercise.id, 0), len(STEPS) - 1)
    was_last = seen.get(exercise.id, 0) >= len(STEPS)
    _remember({**seen, exercise.id: step + 1})
    lines = [
        f"{exercise.signature}",
        f"Hint {step + 1} of {len(STEPS)}, {STEPS[step]}:",
        exercise.hints[step],
    ]
    if was_last:
        lines.append(
            "(That is the last hint; --again begins at the first. Still "
            "stuck? Show your code and the check's message to somebody.)"
        )
    return "\n".join(lines)


def forget(exercise: Exercise) -> None:
    """Begin at the first hint again."""
    _remember({k: n for k, n in _seen().items() if k != exercise.id})
