"""What learners wrote is shown, and nothing of it is the page's own."""

import base64
import re

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from authoring import mathml
from grader import pages
from grader.submissions import parse
from tests.grader.lessons import empty, submission
from tests.notebooks.test_notebooks import LESSONS, released

PNG = b"\x89PNG\r\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def shown(source, page=None, **attachments):
    cell = NotebookNode(attachments=attachments)
    context = {"cell": cell, "resources": {} if page is None else page}
    return pages.markdown(context, source)


@pytest.mark.parametrize(
    "source",
    [
        '<span id="softmax-check">x</span>',
        "###### softmax-check",
        "# softmax-check\n## why-rows-comment",
        '<h2 id=softmax-check class="score">x</h2>',
        '<a name="softmax-check" href="#softmax-check">x</a>',
        '<div class="btn full-credit">x</div>',
        '<span class="score tabbable">x</span>',
        '<details class="nbgrader_cell" data-id="1" style="x">x</details>',
    ],
)
def test_nothing_is_left_that_scripts_or_styles_go_by(source):
    made = shown(source)
    for name in ("id", "class", "name", "style", "data-id"):
        assert not re.search(rf"<[^>]*\s{name}=", made), made


def test_code_stays_coloured_and_hints_folded():
    assert 'class="k"' in shown("```python\nreturn x\n```")
    folded = "<details><summary>Hint</summary>\n\n**why**\n\n</details>"
    assert "<details><summary>" in shown(folded)


@pytest.mark.parametrize(
    "source",
    [
        r"\begin{a}" * 10_000,
        "x" * 2**20,
        "[" * 40_000,
        "*a " * 15_000,
        "<" * 45_000,
        "`" * 1 + "a`b" * 15_000,
    ],
)
def test_a_slow_text_ends_and_is_plain_or_rendered(source, monkeypatch):
    monkeypatch.setattr(pages, "SECONDS", 0.5)
    monkeypatch.setattr(pages, "_lender", None)
    page = {}
    made = shown(source, page)
    assert made.startswith("<p") or made.startswith("<pre>")
    assert len(made) < 8 * pages.LONGEST
    pages._lender and pages._lender.close()


def test_many_slow_texts_are_plain_from_some_place_on():
    page = {"seconds_of_markdown": pages.SECONDS_A_PAGE}
    assert shown("**x**", page) == "<pre>**x**</pre>"
    assert "<strong>" in shown("**x**")


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/gif"])
def test_attached_pictures_are_shown(kind):
    came = shown("![p](attachment:p)", p={kind: "AAAA"})
    assert f'src="data:{kind};base64,AAAA"' in came


def text_with(source, **files):
    """A learner's text, as it is in the graded notebook."""
    nb = empty()
    nb.cells[0].source = source
    named = {name.replace("__", "."): data for name, data in files.items()}
    return parse(submission(nb, **named)).cells[0]


@pytest.mark.parametrize(
    "source",
    ["![p](photo.png)", "![p](./photo.png)", '<img src="photo.png" alt="p">'],
)
def test_a_picture_that_was_handed_in_is_shown(source):
    for data, kind in ((PNG, "image/png"), (JPEG, "image/jpeg")):
        cell = text_with(source, photo__png=data)
        made = shown(cell.source, **cell.attachments)
        code = base64.b64encode(data).decode()
        assert f'src="data:{kind};base64,{code}"' in made


def test_what_is_no_picture_or_too_large_is_not():
    for data in (b"<svg>", PNG + bytes(5 * 2**20)):
        cell = text_with("![p](photo.png)", photo__png=data)
        assert "attachments" not in cell
        assert "data:" not in shown(cell.source)


def test_formgrader_loads_nothing_from_a_net():
    nb = empty()
    nb.cells[0].source = "$x$"
    exporter = pages.Formgrader(
        template_name="formgrade",
        extra_template_basedirs=[handlers.template_path],
        config=Config(
            HTMLExporter={
                "sanitize_html": True,
                "filters": {"markdown2html": "grader.pages.markdown"},
            }
        ),
    )
    about = {"base_url": "/user/x", "notebook_id": "n", "index": 0, "total": 1}
    page, _ = exporter.from_notebook_node(nb, about)
    scripts = re.findall(r'<script[^>]*src="([^"]*)"', page)
    assert scripts and not [s for s in scripts if "//" in s]
    assert 'told("End")' in page and "<math" in page
    assert "max-width: 100%" in page


# --- formulas --------------------------------------------------------------


@pytest.mark.parametrize(
    "environment", ["aligned", "split", "align*", "pmatrix", "cases"]
)
def test_rows_and_columns_are_drawn(environment):
    made = shown(
        f"$$\\begin{{{environment}}}a&b\\\\c&d\\end{{{environment}}}$$"
    )
    assert made.count("<mtr") == 2 and made.count("<mtd") == 4


def test_formulas_are_drawn_without_a_script():
    made = shown("$x^2$, and\n\n$$\\frac{a}{b}$$")
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in made
    assert "<math display=block>" in made and "<mfrac>" in made
    assert "$" not in made
    made = shown("\\begin{align}a&=b\\end{align}")
    assert "<mtable" in made and "begin" not in made
    made = shown("<details><summary>What is $d_k$?</summary>x</details>")
    assert "<summary>What is <math display=inline>" in made


def test_every_formula_of_the_lessons_is_drawn():
    for lesson in LESSONS:
        for cell in released(lesson).cells:
            if cell.cell_type == "markdown":
                text = re.sub(
                    r"```.*?```|`[^`\n]*`", "", cell.source, flags=re.S
                )
                made = pages.rendered(text, cell.get("attachments", {}))
                assert "$" not in made, made


@pytest.mark.parametrize("source", ["$x^$", "$" + "{" * 5000 + "$"])
def test_what_is_no_formula_stays_as_it_is_written(source):
    assert source in shown(source)


@pytest.mark.parametrize(
    "formula",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;script&gt;alert(1)}",
        r"\href{javascript:alert(1)}{x}",
        r"\class{full-credit}{x}",
        r"\style{position:fixed}{x}",
        r"\cssId{softmax-check}{x}",
        r"\color{red onclick=alert(1)}{x}",
        r"\text{' onerror=alert(1) x=\" }",
        r"\unicode{x3C}script\unicode{x3E}",
    ],
)
def test_a_formula_brings_nothing_but_itself(formula):
    places = (
        "${}$",
        "$${}$$",
        "<b>${}$</b>",
        '<img alt="> ${}$">',
        "![${}$](p)",
    )
    for place in places:
        page = shown(place.replace("{}", formula))
        for element in BeautifulSoup(page, "html.parser").find_all(True):
            assert element.name in {*pages.TAGS, *mathml.TAGS}, page
            assert not [a for a in element.attrs if a.startswith("on")]
            assert not {"href", "class", "style", "id"} & {*element.attrs}


def test_places_of_formulas_cannot_be_written():
    made = shown("\ue0000\ue001 \ue0007\ue001 $x$")
    assert made.count("<math") == 1 and "\ue000" not in made
