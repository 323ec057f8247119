"""How Sphinx makes the site of the pages that authoring/pages.py writes."""

import inspect

from docutils import nodes

from authoring.mathml import mathml
from authoring.paths import PROJECT, REPOSITORY

project = html_title = "Attention by Hand"
release = PROJECT["project"]["version"]
project_copyright = "the Attention by Hand authors: CC BY 4.0, code MIT"

extensions = ["myst_nb", "sphinx.ext.autodoc"]
default_role = "code"
autodoc_typehints = "none"  # a learner's answer is Any
add_module_names = False

myst_enable_extensions = ["amsmath", "attrs_inline", "dollarmath"]
myst_heading_anchors = 3
# Formulas are ready when a page arrives, and are looked for nowhere else.
html_math_renderer = "mathml"
myst_update_mathjax = False

nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_code_prompt_show = nb_code_prompt_hide = "What it prints"

html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["course.css"]
html_copy_source = False
html_show_sphinx = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
    "home_page_in_toc": True,
    "show_prev_next": False,  # lessons lead to their neighbours themselves
    "use_download_button": False,
    "footer_content_items": ["copyright.html"],
    **(
        {"repository_url": REPOSITORY, "use_repository_button": True}
        if REPOSITORY
        else {}
    ),
}


def formula(display):
    def visit(translator, node):
        made = mathml(node.astext(), display)
        if made is None:
            raise ValueError(f"not a formula that can be drawn: {node}")
        translator.body.append(made)
        raise nodes.SkipNode

    return visit


def parameters(app, what, name, documented, options, lines):
    """A docstring of ours names a parameter as a sentence would."""
    if what == "function":
        known = inspect.signature(documented).parameters
        lines[:] = [
            f":param {line}" if line.partition(":")[0] in known else line
            for line in lines
        ]


def setup(app):
    app.connect("autodoc-process-docstring", parameters)
    app.add_html_math_renderer(
        "mathml", (formula(False), None), (formula(True), None)
    )
