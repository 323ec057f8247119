"""Markdown whose formulas are MathML.

So a page needs no MathJax: feedback that lies on a disk shows its formulas
without a network.
"""

import html
import re
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer

from authoring.mathml import mathml

# Where a formula stands until the text around it is clean. The two characters
# are for private use, and are taken from texts beforehand.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_IN_HTML = re.compile(r"(?<![\\$])(\$\$?)([^$<>\n]+?)(?<!\\)\1(?!\$)")


class Renderer(IPythonRenderer):
    """Markdown's HTML, with places for its formulas."""

    def __init__(self, **settings: Any):
        super().__init__(**settings)
        self.formulas: list[tuple[str, str]] = []  # the source, and MathML

    def _place(self, source: str, formula: str, display: bool) -> str:
        made = mathml(formula, display)
        if made is None:
            return html.escape(source)
        self.formulas.append((source, made))
        return f"{_OPEN}{len(self.formulas) - 1}{_CLOSE}"

    def inline_math(self, body: str) -> str:
        return self._place(f"${body}$", body, False)

    def block_math(self, body: str) -> str:
        return self._place(f"$${body}$$", body, True)

    def latex_environment(self, name: str, body: str) -> str:
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return self._place(whole, whole, True)

    def block_html(self, html: str) -> str:
        return super().block_html(self._in_html(html))

    def inline_html(self, html: str) -> str:
        return super().inline_html(self._in_html(html))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        as_written = _PLACE.sub(lambda at: self.formulas[int(at[1])][0], text)
        return super().image(as_written, url, title)

    def _in_html(self, text: str) -> str:
        """Formulas between a text's tags, which Markdown leaves alone."""
        return "".join(
            part
            if part.startswith("<")
            else _IN_HTML.sub(
                lambda found: self._place(
                    found[0], html.unescape(found[2]), found[1] == "$$"
                ),
                part,
            )
            for part in re.split("(<[^>]*>)", text)
        )

    def filled(self, clean: str) -> str:
        """The cleaned text, with its formulas in their places."""
        return _PLACE.sub(lambda at: self.formulas[int(at[1])][1], clean)


def without_places(source: str) -> str:
    return source.replace(_OPEN, "").replace(_CLOSE, "")
