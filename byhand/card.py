"""A verdict as a card in a notebook, for the eye.

Blue and orange are told apart by everybody, on white and on black; ✓ and ✗
say the same without colour. The plain text stands beside it in the file.
"""

import html
import re

from byhand.message import MOST_LINES, Message

RIGHT, WRONG = "#3a8fd6", "#e07b00"


def right(line: str, done: int, total: int, more: str = "") -> str:
    """That an answer is right. more: what else is printed."""
    exercises = f"{done} of {total} exercises of this lesson are done."
    parts = [_paragraph(f"✓ {line}"), _quiet(exercises)]
    if more:
        parts.append(_block(more))
    return _card(RIGHT, parts)


def wrong(told: Message) -> str:
    """What is wrong with an answer; what is long can be unfolded."""
    parts = [_paragraph(f"✗ {told.head}")]
    parts += [_paragraph(one) for one in told.hints]
    parts += [_quiet(one) for one in (told.wrong, *told.about) if one]
    lines = "\n".join(told.details).splitlines()
    shown, folded = lines[:MOST_LINES], lines[MOST_LINES:]
    parts.append(_block("\n".join(shown)) if shown else "")
    if folded:
        rest = _block("\n".join(folded))
        summary = f"… and {len(folded)} lines more"
        parts.append(f"<details><summary>{summary}</summary>{rest}</details>")
    return _card(WRONG, parts)


def _card(colour: str, parts: list[str]) -> str:
    style = f"border-left:4px solid {colour};padding:0 0.8em;margin:0.3em 0"
    return f'<div style="{style}">{"".join(parts)}</div>'


def _paragraph(text: str) -> str:
    return f'<p style="margin:0.3em 0">{_inline(text)}</p>'


def _quiet(text: str) -> str:
    return f'<p style="margin:0.3em 0;opacity:0.8">{_inline(text)}</p>'


def _block(text: str) -> str:
    return f'<pre style="margin:0.3em 0">{html.escape(text)}</pre>'


def _inline(text: str) -> str:
    """Markdown as far as sentences use it: `code` and *emphasis*."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
    return re.sub(r"\*(\w[^*]*)\*", r"<em>\1</em>", text)
