"""What a cell shows, cleaned: it is the learner's word, and stays text."""

import base64
import binascii
from contextlib import suppress
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.inside.wire import SHOWN
from grader.submissions import clean


def outputs(came: Any) -> list[NotebookNode]:
    """A cell's outputs, as plain text and pictures: the learner's word."""
    kept = []
    for output in came[:50] if isinstance(came, list) else []:
        kind = output.get("output_type") if isinstance(output, dict) else ""
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            said = text(output.get("text"))
            kept.append(nbformat.v4.new_output(kind, name=name, text=said))
        elif kind == "error":
            lines = output.get("traceback")
            kept.append(
                error(
                    text(output.get("ename"))[:100],
                    text(output.get("evalue")),
                    lines if isinstance(lines, list) else [],
                )
            )
        elif kind == "display_data" and isinstance(output.get("data"), dict):
            kept.append(
                nbformat.v4.new_output(kind, data=_data(output["data"]))
            )
    return kept


def _data(came: dict) -> dict[str, str]:
    data = {}
    if text(came.get("text/plain")):
        data["text/plain"] = text(came["text/plain"])
    picture = came.get("image/png")
    if isinstance(picture, str):
        with suppress(binascii.Error, ValueError):
            base64.b64decode(picture, validate=True)
            data["image/png"] = picture
    return data


def error(
    name: str, message: str, lines: list[Any] | None = None
) -> NotebookNode:
    shown = [text(line) for line in (lines or [f"{name}: {message}"])[:200]]
    return nbformat.v4.new_output(
        "error", ename=name, evalue=message, traceback=shown
    )


def text(value: Any) -> str:
    return clean(value[:SHOWN]) if isinstance(value, str) else ""
