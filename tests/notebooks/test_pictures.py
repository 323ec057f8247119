"""The pictures of the lessons, above all those in assets/."""

import importlib
import re
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest

from authoring import paths
from byhand.sliders import draw
from tests import gates
from tests.sliders.reading import clashes_in, miscoloured, placed

PICTURES = sorted((paths.ROOT / "assets").glob("*.svg"), key=lambda p: p.stem)
NARROW = 639  # what JupyterLab leaves in a notebook of 768 pixels
LEAST = 11  # pixels that a letter should be high

every_picture = pytest.mark.parametrize(
    "picture", PICTURES, ids=[p.stem for p in PICTURES]
)


def read(picture):
    return ElementTree.fromstring(picture.read_text("utf-8"))


def smallest(root):
    """The size of its smallest text where a picture is `NARROW` wide."""
    scale = min(1, NARROW / float(root.get("width")))
    sizes = [float(e.get("font-size")) for e, *_ in placed(root, "text")]
    return min(sizes) * scale


@every_picture
def test_queries_keys_and_values_have_their_colours(picture):
    assert miscoloured(read(picture)) == []


@every_picture
def test_every_text_has_room(picture):
    assert clashes_in(read(picture)) == []


@every_picture
def test_texts_can_be_read_in_a_narrow_notebook(picture):
    assert smallest(read(picture)) >= LEAST


@every_picture
def test_a_picture_is_somewhere(picture):
    name = f"{{picture {picture.name} "
    assert any(name in s.read_text("utf-8") for s in paths.sources())


INKS = {
    "blue": [draw.BLUE],
    "orange": [draw.ORANGE],
    "green": [draw.GREEN],
    "pink": [draw.PINK],
    "grey": [draw.FAINT, draw.RULE],
    "white": [draw.PAPER],
}
# A colour as the name of a thing in a picture: "the red dots", "Red, dashed:".
NAMED = re.compile(
    rf"\b({'|'.join(INKS)}|red|yellow|purple|violet|brown|black)"
    r"(?=[:,] | (?:dot|line|curve|bar|vector|arrow|point|cell|square)s?\b)",
    re.IGNORECASE,
)
# Words that a text speaks of, and no things: *red*, `red`, "the red ball".
SAID = re.compile(r"(?<!\*)\*\w[^*]*\*|`[^`]+`|\"[^\"]+\"")


def unpainted(prose, pictures):
    """The colours that a text sees and that are in none of the pictures."""
    paragraphs = prose.replace("**", "").split("\n\n")
    seen = " ".join(SAID.sub("", " ".join(p.split())) for p in paragraphs)
    return [
        colour
        for colour in NAMED.findall(seen)
        if not any(
            ink in picture
            for ink in INKS.get(colour.lower(), ())
            for picture in pictures
        )
    ]


def named(picture):
    """The SVG of that name, of a slider or drawn by hand."""
    file = paths.ROOT / "assets" / f"{picture}.svg"
    if file.exists():
        return file.read_text("utf-8")
    return importlib.import_module(f"byhand.sliders.{picture}").picture()


@pytest.mark.parametrize("lesson", [s.stem for s in paths.sources()])
def test_a_colour_that_is_named_is_there(lesson):
    nb = nbformat.read(paths.solved_path(lesson), as_version=4)
    prose = "\n\n".join(
        c.source for c in nb.cells if c.cell_type == "markdown"
    )
    pictures = [named(name) for _, name in gates.FIGURE.findall(prose)]
    assert unpainted(gates.FIGURE.sub("", prose), pictures) == []


def test_a_red_dot_that_is_orange():
    orange = draw.text(9, 9, "dot", colour=draw.ORANGE)
    assert unpainted("**The** orange\ndots. *Red:* a *word*.", [orange]) == []
    assert unpainted("Red, dashed: held out.", [orange]) == ["Red"]
    assert unpainted("The blue lines", [orange]) == ["blue"]
    assert unpainted("Say the blue house", [orange]) == []


def drawn(*parts, width=100):
    return ElementTree.fromstring(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}"'
        f' height="40">{"".join(parts)}</svg>'
    )


def test_a_key_in_the_colour_of_queries():
    key = '<text x="9" y="9" font-size="13" fill="{}">its key</text>'
    (said,) = miscoloured(drawn(key.format(draw.QUERY)))
    assert said.startswith("'key' in 'its key' is not")
    (said,) = miscoloured(drawn(key.format("#1f1f1f")))
    assert said.endswith(draw.KEY)
    assert miscoloured(drawn(key.format(draw.KEY))) == []
    # A keyboard is no key, and a quay is no query.
    plain = '<text x="9" y="9" font-size="13">keyboards, monkeys, KV</text>'
    assert len(miscoloured(drawn(plain))) == 0


def test_a_query_in_the_box_of_values():
    box = f'<rect width="90" height="30" stroke="{draw.VALUE}"/>'
    query = draw.text(9, 9, "a query")
    assert miscoloured(drawn(query)) == []
    (said,) = miscoloured(drawn(box, query))
    assert said == "'a query' stands in the box of another"


def test_a_text_that_is_small_on_a_narrow_page():
    text = draw.text(9, 9, "small", size=12)
    assert smallest(drawn(text)) == 12
    assert smallest(drawn(text, width=2 * NARROW)) == 6
