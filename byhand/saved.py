"""A notebook as it lies on the disk.

Read without nbformat, which a learner's environment may lack.
"""

import json
from pathlib import Path
from typing import Any


def cells_of(path: Path) -> list[dict[str, Any]]:
    """Its cells, the source of each as one text. ValueError: it is none."""
    try:
        return [
            cell
            | {
                "source": "".join(cell["source"]),
                "cell_type": cell["cell_type"],
                "metadata": dict(cell.get("metadata", {})),
            }
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no notebook any more ({error})") from None
