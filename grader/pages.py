"""How learners' texts are shown, in feedback and in formgrader."""

import html
import os
import re
import time
from typing import Any

import bleach
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from pygments.token import STANDARD_TYPES

from grader.formulas import Renderer, without_places
from grader.lending import Lender

# What Markdown makes, and what the lessons fold hints with.
TAGS = """
    a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6
    hr i img li ol p pre s span strong sub summary sup table tbody td th thead
    tr ul
""".split()
LONGEST = 50_000  # characters of a text that is rendered
# For a text and for all of a page: some take a time that grows with the square
# of their length, and meanwhile the whole Jupyter server waits.
SECONDS, SECONDS_A_PAGE = 1.0, 5.0
# Formulas are MathML (grader/formulas.py). Formgrader waits for MathJax's end.
_MATHJAX = re.compile(
    "<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->", re.S
)
_ENDS_AT_ONCE = """<script>
window.MathJax = {Hub: {Startup: {signal: {Interest: (told) =>
  document.readyState === "complete" ? told("End")
    : addEventListener("load", () => told("End"))}}}};
</script>"""
_FITTING = """
.rendered_html img, .rendered_html svg, div.output img, div.output svg {
    max-width: 100%; height: auto; border: 0; outline: 0;
}
"""
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")
_ATTACHED = re.compile(r"""(<img\s[^>]*?src=["'])attachment:([^"']+)""")
_SHOWN = {"alt", "title", "align", "start"}
_CODE = {*STANDARD_TYPES.values()}


def allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay: none that runs or fetches anything.

    Nor one by which the pages' own scripts and styles go: formgrader finds
    the fields for marks by their ids. Of classes only those of coloured code.
    """
    if (tag, name) == ("img", "src"):
        return bool(_PICTURE.match(value))
    if (tag, name) == ("a", "href"):
        return not value.strip().lower().startswith("data:")
    if name == "class":
        return (tag == "span" and value in _CODE) or (
            tag == "div" and value == "highlight"
        )
    return name in _SHOWN


@pass_context
def markdown(context: Any, source: str) -> str:
    """A text cell as HTML, without scripts.

    nbgrader's pages render text cells themselves, out of the reach of
    nbconvert's `sanitize_html`. In formgrader a script would act with the
    instructor's rights. What is too long, or takes too long, is plain text.
    """
    attachments = context.get("cell", {}).get("attachments", {})
    page = context.get("resources", {})
    spent = page.get("seconds_of_markdown", 0.0)
    began = time.monotonic()
    made = None
    if len(source) <= LONGEST and spent < SECONDS_A_PAGE:
        made = _in_time(source, attachments)
    page["seconds_of_markdown"] = spent + time.monotonic() - began
    return made if made is not None else as_text(source)


def as_text(source: str) -> str:
    cut = "\n…" if len(source) > LONGEST else ""
    return f"<pre>{html.escape(source[:LONGEST])}{cut}</pre>"


def rendered(source: str, attachments: dict[str, Any]) -> str:
    """A text's HTML, of which only what is harmless is left."""
    renderer = Renderer(
        escape=False, attachments=attachments, exclude_anchor_links=True
    )

    def data(match: re.Match[str]) -> str:
        kinds = attachments.get(match[2], {})
        found = [f"data:{k};base64,{kinds[k]}" for k in kinds]
        return match[1] + (found or ["missing:"])[0]

    made = MarkdownWithMath(renderer=renderer).render(without_places(source))
    clean = bleach.clean(
        # Of an image that is written as HTML, nbconvert knows nothing.
        _ATTACHED.sub(data, made),
        tags=TAGS,
        attributes=allowed,
        protocols=("http", "https", "mailto", "data"),
    )
    return renderer.filled(clean)


_lender: Lender | None = None


def _in_time(source: str, attachments: dict[str, Any]) -> str | None:
    """As `rendered`, in a process that is ended when its time is up."""
    global _lender
    if not hasattr(os, "fork"):
        return rendered(source, attachments)
    if _lender is None or not _lender.knows(rendered):
        _lender = Lender([rendered], SECONDS)
    plain = {name: dict(kinds) for name, kinds in attachments.items()}
    came = _lender.ask(rendered, [source, plain], {}).get("value")
    return came if isinstance(came, str) else None


class Formgrader(HTMLExporter):
    """Formgrader's pages, which load nothing from a net."""

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **more: Any
    ) -> tuple:
        made, resources = super().from_notebook_node(nb, resources, **more)
        return offline(made, _ENDS_AT_ONCE), resources


def offline(page: str, instead: str = "") -> str:
    """A page without MathJax, its pictures within their panel."""
    page = _MATHJAX.sub(lambda _: instead, page)
    return page.replace("</head>", f"<style>{_FITTING}</style>\n</head>", 1)
