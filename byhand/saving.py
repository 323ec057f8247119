"""What a notebook says of its kernel stays when JupyterLab saves it.

    jupyter lab --ContentsManager.pre_save_hook=byhand.saving.keep_kernel

JupyterLab writes what the kernel is called here, and its Python's version:
other words on every machine. A lesson that was opened and saved would then
differ from the one that git knows, without an answer in it.
"""

import json
from pathlib import Path
from typing import Any

KEPT = ("kernelspec", "language_info")


def keep_kernel(
    model: dict[str, Any], path: str, contents_manager: Any, **_: Any
) -> None:
    """Give a notebook that is being saved the words of its file.

    If they are of a kernel of the same name; another one was chosen.
    """
    if model["type"] != "notebook":
        return
    new = model["content"]["metadata"]
    old = _metadata(Path(contents_manager.root_dir, path))
    if _kernel(old) == _kernel(new):
        new.update({name: old[name] for name in KEPT if name in old})


def _metadata(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8"))["metadata"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # it is new, or no notebook


def _kernel(metadata: dict[str, Any]) -> Any:
    return metadata.get("kernelspec", {}).get("name")
