"""The pictures that are drawn by hand: assets/*.svg."""

import xml.etree.ElementTree as ElementTree

import pytest

from authoring import paths
from byhand.sliders import draw
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
