"""The site's pages: whole, alike on any screen, and without an answer."""

import io
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlparse

import nbformat
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from playwright.sync_api import expect
from pypdf import PdfReader

from authoring import edition, mathml, pages, terms
from authoring import site as command
from authoring.paths import ROOT, lesson_path, solved_path, sources
from authoring.text import fingerprint, title
from tests import gates

LESSONS = [source.stem for source in sources()]
every_lesson = pytest.mark.parametrize("lesson", LESSONS)
RUN = "try/notebooks/index.html"
A4 = (842, 595)  # on its side, in points


@cache
def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "lxml")


def every_page(site: Path) -> dict[Path, BeautifulSoup]:
    found = [*site.glob("*.html"), *site.glob("lessons/*.html")]
    return {path: read(path) for path in sorted(found)}


# --- what is there ----------------------------------------------------------


@every_lesson
def test_a_lesson_has_its_page(site, lesson):
    page = read(site / "lessons" / f"{lesson}.html")
    name = title(ROOT / "solutions" / f"{lesson}.py")
    assert page.h1.get_text().rstrip("#") == name
    table = read(site / "index.html").find("table")
    assert table.find("a", href=f"lessons/{lesson}.html").get_text() == name


def test_every_other_text_has_its_page(site):
    there = {path.name for path in site.glob("*.html")}
    assert there >= {
        *("index.html", "glossary.html", "cheat_sheet.html", "api.html"),
        *(
            Path(page).with_suffix(".html").name
            for page in pages.TEXTS.values()
        ),
    }
    names = {x.get_text() for x in read(site / "api.html").select(".descname")}
    assert names == {"check", "last", "solution", "CheckFailed"}


@every_lesson
def test_a_page_shows_what_learners_get(site, lesson):
    """All code, all folded texts, and every picture with its own words."""
    page = read(site / "lessons" / f"{lesson}.html")
    cells = nbformat.read(lesson_path(lesson), 4).cells
    shown = [cell.get_text().strip() for cell in page.select(".cell_input")]
    assert shown == [c.source.strip() for c in cells if c.cell_type == "code"]
    texts = [c.source for c in cells if c.cell_type == "markdown"]
    folded = page.select("article details:not([class])")
    assert len(folded) == sum(text.count("<details>") for text in texts)
    pictures = page.select("article img:not(.cell_output img)")
    assert [x["alt"] for x in pictures] == [
        alt for text in texts for alt in re.findall(r"!\[([^\]]*)\]", text)
    ]


@every_lesson
def test_what_a_cell_prints_is_folded_under_it(site, lesson):
    page = read(site / "lessons" / f"{lesson}.html")
    printed = [
        "".join(o.text for o in cell.outputs if o.output_type == "stream")
        for cell in nbformat.read(solved_path(lesson), 4).cells
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata
    ]
    folded = page.select("details.hide .cell_output")
    assert len(folded) == len(page.select(".cell_output"))
    shown = [
        "".join(part.get_text() for part in output.select(".stream"))
        for output in folded
    ]
    kept = [text.strip() for text in shown if text.strip()]
    assert kept == [text.strip() for text in printed if text.strip()]
    assert not page.select(".traceback")


def test_a_picture_that_is_no_still_is_shown_with_its_words():
    svg = "<svg/>"
    drawn = nbformat.v4.new_output(
        "execute_result",
        {"image/svg+xml": svg, "text/plain": "One line, rising."},
    )
    cell = nbformat.v4.new_code_cell("lines.show(mine)")
    pages.show(cell, [drawn], {f"lines-{fingerprint('<svg></svg>')}.png"})
    assert cell.outputs == [drawn]
    assert cell.metadata.mystnb.image.alt == "One line, rising."
    cell = nbformat.v4.new_code_cell("lines.show()")
    pages.show(cell, [drawn], {f"lines-{fingerprint(svg)}.png"})
    assert cell.outputs == [] and "tags" not in cell.metadata


def leaking(site: Path, lines: set[str]) -> dict[str, list[str]]:
    found = {
        path.name: gates.leaks(lines, page.get_text())
        for path, page in every_page(site).items()
    }
    return {name: leaks for name, leaks in found.items() if leaks}


def test_no_line_of_a_solution_is_in_a_page(site):
    lines = set()
    for lesson in LESSONS:
        cells = nbformat.read(solved_path(lesson), 4).cells
        lines |= gates.solution_lines(cells) | gates.model_answers(cells)
    assert leaking(site, lines) == {}
    # That it would be seen: a line that is there.
    assert "07_self_attention.html" in leaking(site, {"attention.show()"})
    # Nothing else is there that could hold one, but for what the theme brings.
    assert {
        path.suffix
        for path in site.rglob("*")
        if path.is_file() and "_static" not in path.parts
    } == {".html", ".js", ".inv", ".png", ""}


# --- links, and nothing from elsewhere --------------------------------------


def test_every_link_leads_somewhere(site):
    parsed = every_page(site)
    for path, page in parsed.items():
        for element in page.select("[href], [src]"):
            link = urlparse(element.get("href") or element.get("src"))
            if link.scheme or link.netloc:
                # To be followed by who likes; never fetched with the page.
                assert element.name == "a", element
                continue
            where = unquote(link.path)
            target = (path.parent / where).resolve() if where else path
            if target == site / RUN:
                continue  # which lesson, the next test asks
            assert target.exists(), (path, element)
            if link.fragment and target in parsed:
                name = unquote(link.fragment)
                assert parsed[target].find(id=name), (path, element)


@every_lesson
def test_a_page_says_how_to_open_its_lesson(site, lesson):
    page = read(site / "lessons" / f"{lesson}.html")
    opened = [link["href"] for link in page.select("a.open-it")]
    notebook = f"lessons/{lesson}/{lesson}.ipynb"
    assert notebook in dict(edition.lessons())
    if int(lesson[:2]) <= edition.LAST:
        assert opened == [f"../{RUN}?path={notebook}"]
    else:
        assert opened == []
        assert "To write in it, install the course." in page.get_text()


def test_the_first_page_leads_to_the_first_lesson(site):
    (link,) = read(site / "index.html").select("a.open-it")
    first = f"lessons/{LESSONS[0]}/{LESSONS[0]}.ipynb"
    assert link["href"] == f"{RUN}?path={first}"
    assert "make site" not in read(site / "index.html").main.get_text()


def test_every_picture_has_words(site):
    for path, page in every_page(site).items():
        for picture in page.select("img"):
            alt = picture.get("alt", "")
            assert len(alt) > 10 and "/" not in alt[:3], (path, picture)
            assert not alt.endswith((".png", ".svg")), (path, picture)


def test_a_link_out_of_the_pages_becomes_its_words(monkeypatch):
    text = "[a](CONTRIBUTING.md) [b](docs/grading.md#x) [c](https://x.org)"
    told = "[b](grading.md#x) [c](https://x.org)"
    monkeypatch.setattr(pages, "REPOSITORY", "")
    assert pages.relinked(text, "README.md", "index.md") == f"a {told}"
    monkeypatch.setattr(pages, "REPOSITORY", "https://r.org")
    assert pages.relinked(text, "README.md", "index.md") == (
        f"[a](https://r.org/blob/main/CONTRIBUTING.md) {told}"
    )


# --- words and formulas -----------------------------------------------------

TERMS = terms.terms()


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_introduced_by_the_lesson_that_is_named(term):
    for lesson in LESSONS:
        cells = nbformat.read(lesson_path(lesson), 4).cells
        found = terms.first_place(term, cells)
        if lesson == term.lesson:
            assert found, f"{lesson} does not say {term.name}"
            break
        assert not (found and terms.in_bold(found)), f"{lesson} says it before"


def test_terms_and_lessons_are_linked_both_ways(site):
    glossary = read(site / "glossary.html")
    names = [
        x.find(string=True, recursive=False) for x in glossary.select("dt")
    ]
    assert names == sorted((t.name for t in TERMS), key=str.lower)
    for term in TERMS:
        lesson = f"lessons/{term.lesson}.html"
        entry = glossary.find("a", href=f"{lesson}#{term.place}")
        said = entry.find_parent("dd").get_text().replace("’", "'")
        assert term.means.split(".")[0].replace("\n", " ") in said
        place = read(site / lesson).find(id=term.place)
        where = entry.find_parent("dd").find_previous("dt")["id"]
        assert place.find("a", href=f"../glossary.html#{where}")


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("a query, then a **query**", "a query, then a **[{}]{}**"),
        ("`query`, $query$ and\nQuery", "`query`, $query$ and\n[{}]{}"),
        ("# A query\n\nits query", "# A query\n\nits [{}]{}"),
        ("[a query](x) sub-query query", "[a query](x) sub-query [{}]{}"),
    ],
)
def test_a_term_is_linked_where_it_is_introduced(text, linked):
    cell = nbformat.v4.new_markdown_cell(text)
    terms.link_first([cell], [terms.Term("query", "07", "It asks.")])
    name = "Query" if "Query" in text else "query"
    link = f"{{term}}`{name} <query>`"
    assert cell.source == linked.format(link, "{#first-query}")


def test_a_term_that_is_not_said_is_noticed():
    cell = nbformat.v4.new_markdown_cell("<details>query</details>")
    with pytest.raises(KeyError, match="07 does not say 'query'"):
        terms.link_first([cell], [terms.Term("query", "07", "It asks.")])


def test_every_formula_is_drawn_without_a_script(site):
    drawn = set()
    for path, page in every_page(site).items():
        drawn |= set("".join(m.get_text() for m in page.select("math")))
        prose = "".join(
            text
            for text in page.main.strings
            if not text.find_parent(["code", "pre", "math"])
        )
        assert not re.search(r"\$|\\[a-zA-Z(\[]", prose), path
    with TTFont(site / "_static" / "math.woff") as font:
        # And with a root, which is written nowhere.
        assert {
            *map(ord, drawn - {" "}),
            ord("√"),
        } <= font.getBestCmap().keys()
        assert "MATH" in font


def test_a_function_stands_apart_from_what_it_is_of():
    space = "<mspace width=0.167em></mspace>"
    for formula, apart in ((r"\ln p", True), (r"\ln(p)", False)):
        assert (space in mathml.mathml(formula, False)) == apart


# --- in a browser -----------------------------------------------------------


@pytest.fixture
def visit(browser, address):
    """Opens a page; no request may go anywhere else."""
    contexts = []

    def opened(page, **settings):
        context = browser.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(30_000)
        shown = context.new_page()
        asked = []
        shown.on("request", lambda request: asked.append(request.url))
        shown.asked = asked
        shown.goto(f"{address}/{page}", wait_until="networkidle")
        return shown

    yield opened
    for context in contexts:
        context.close()


# What is wider than the screen, unless it scrolls within itself.
TOO_WIDE = """() => [...document.querySelectorAll('article *')].filter(e => {
  if (e.getBoundingClientRect().right <= innerWidth + 1) return false;
  for (let p = e; p && p.tagName != 'ARTICLE'; p = p.parentElement)
    if (getComputedStyle(p).overflowX != 'visible') return false;
  return true}).map(e => e.outerHTML.slice(0, 90))"""
WIDTHS = (390, 768, 1280)
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


def test_every_page_fits_any_screen_and_asks_nobody_else(site, visit, address):
    names = [x.relative_to(site).as_posix() for x in every_page(site)]
    page = visit(names[0])
    for name in names:
        page.goto(f"{address}/{name}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(TOO_WIDE) == [], f"{name} at {width}"
    assert len(page.asked) > len(names)
    assert [x for x in page.asked if not x.startswith(address)] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_light_or_dark(visit, scheme):
    page = visit("lessons/07_self_attention.html", color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    red = int(re.search(r"\d+", page.evaluate(BACKGROUND))[0])
    assert (red < 60) == (scheme == "dark")


def test_search_finds_a_lesson(visit, address):
    page = visit("search.html?q=softmax")
    found = page.locator("#search-results a[href*='07_self_attention']")
    expect(found.first).to_be_visible()
    assert [x for x in page.asked if not x.startswith(address)] == []


def test_the_cheat_sheet_prints_on_two_pages(visit):
    page = visit("cheat_sheet.html")
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    sizes = [
        (round(x.mediabox.width), round(x.mediabox.height))
        for x in printed.pages
    ]
    assert sizes == [A4, A4]
    text = "".join("".join(x.extract_text().split()) for x in printed.pages)
    for term in TERMS:
        if term.facts:
            assert "".join(term.name.split()) in text, term.name


# --- the command ------------------------------------------------------------


@pytest.fixture
def made(monkeypatch):
    """What a build was asked for; nothing is built."""
    asked = {}

    def pages_made(out, *, edition):
        asked["edition"] = edition
        out.mkdir(parents=True)
        (out / "objects.inv").touch()

    monkeypatch.setattr(command, "build_pages", pages_made)
    monkeypatch.setattr(command, "changed_lessons", list)
    return asked


def test_an_earlier_site_is_replaced_and_nothing_else(made, tmp_path, capsys):
    out = tmp_path / "out"
    asked = ["--pages-only", "--out", str(out)]
    assert command.main(asked) == 0
    (out / "left.html").touch()
    assert command.main(asked) == 0
    assert made == {"edition": False} and not (out / "left.html").exists()
    (out / "objects.inv").rename(out / "mine.txt")
    assert command.main(asked) == 1
    assert f"{out} is not empty, and is no site" in capsys.readouterr().err
    assert (out / "mine.txt").exists()


def test_answers_in_lessons_are_not_published(made, monkeypatch, capsys):
    monkeypatch.setattr(
        command, "changed_lessons", lambda: ["04_tokenization"]
    )
    assert command.main(["--pages-only"]) == 1
    said = capsys.readouterr().err
    assert "04_tokenization" in said and "git restore lessons" in said
    assert made == {}


def test_a_port_that_is_taken_is_told(made, tmp_path, address, capsys):
    port = address.rpartition(":")[2]
    out = ["--out", str(tmp_path / "out")]
    assert command.main(["--pages-only", "--serve", "--port", port, *out]) == 1
    assert f"port {port} is taken" in capsys.readouterr().err
