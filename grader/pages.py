"""How learners' texts are shown, in feedback and in formgrader."""

from typing import Any

import bleach
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
)

# What Markdown makes, and what the lessons fold hints with.
TAGS = """
    a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6
    hr i img li ol p pre s span strong sub summary sup table tbody td th thead
    tr ul
""".split()


def allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay: none that runs or fetches anything."""
    if (tag, name) == ("img", "src"):
        return value.startswith("data:image/png;base64,")
    if (tag, name) == ("a", "href"):
        return not value.strip().lower().startswith("data:")
    return name in ("alt", "class", "id", "title", "align", "start")


@pass_context
def markdown(context: Any, source: str) -> str:
    """A text cell as HTML, without scripts.

    nbgrader's pages render text cells themselves, out of the reach of
    nbconvert's `sanitize_html`. In formgrader a script would act with the
    instructor's rights.
    """
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = IPythonRenderer(escape=False, attachments=attachments)
    html = MarkdownWithMath(renderer=renderer).render(source)
    return bleach.clean(
        html,
        tags=TAGS,
        attributes=allowed,
        protocols=("http", "https", "mailto", "data"),
    )
