"""What a picture says, read from its SVG."""

import importlib
import pkgutil
import re
import xml.etree.ElementTree as ElementTree
from functools import cache, lru_cache

import matplotlib
from PIL import ImageFont

import byhand.sliders
from byhand.sliders import draw

SVG = "{http://www.w3.org/2000/svg}"


# A picture is read by several tests, and never changed.
@lru_cache(512)
def parse(picture):
    """The root of a picture; raises where it is not well-formed XML."""
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img" and root.get("aria-label")
    return root


def shown(picture):
    """What is shown in a picture, as written: "weights 0 1" → "0.1554"."""
    found = {}
    for element in parse(picture).iter():
        if element.get("class") in ("cell", "value"):
            parts = [
                element.get(f"data-{part}") for part in ("name", "row", "col")
            ]
            name = " ".join(part for part in parts if part is not None)
            assert name not in found, f"{name} is shown twice"
            found[name] = "".join(element.itertext())
    return found


def matrix(picture, name):
    """The cells of one heat map, as rows of text."""
    cells = {}
    for key, text in shown(picture).items():
        if key.startswith(f"{name} "):
            _, i, j = key.split()
            cells[int(i), int(j)] = text
    rows, columns = (1 + max(at) for at in zip(*cells, strict=True))
    return [[cells[i, j] for j in range(columns)] for i in range(rows)]


def figures():
    """Every figure with sliders: name to module."""
    found = {}
    for each in pkgutil.iter_modules(byhand.sliders.__path__):
        module = importlib.import_module(f"byhand.sliders.{each.name}")
        if hasattr(module, "show"):
            found[each.name] = module
    return found


def texts(root):
    """Every piece of text with its box: (written, left, top, right, foot)."""
    for element, x, y in placed(root, "text"):
        written = "".join(element.itertext())
        if written.strip():
            high, wide = float(element.get("font-size")), width(element)
            start = {"start": 0.0, "middle": 0.5, "end": 1.0}
            left = x + float(element.get("x"))
            left -= start[element.get("text-anchor", "start")] * wide
            middle = y + float(element.get("y"))
            box = left, middle - high / 2, left + wide, middle + high / 2
            yield written, *box


def placed(element, name, x=0.0, y=0.0):
    """Every element of that name, with how far it was moved."""
    moved = re.match(
        r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", "")
    )
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    if element.tag == f"{SVG}{name}":
        yield element, x, y
    for child in element:
        yield from placed(child, name, x, y)


def width(element):
    """Of a text and its parts; spaces in a row count once, as in SVG."""
    high = float(element.get("font-size"))
    bold = element.get("font-weight") == "bold"
    runs = [(element.text, bold)]
    for part in element:
        runs += [(part.text, True), (part.tail, bold)]
    return high * sum(
        ems(re.sub(r"[ \n]+", " ", written), heavy)
        for written, heavy in runs
        if written
    )


@lru_cache(8192)
def ems(written, bold):
    """The width in DejaVu Sans, which is wider than most, at size 1."""
    return font(bold).getlength(written) / 100


@cache
def font(bold):
    file = f"fonts/ttf/DejaVuSans{'-Bold' * bold}.ttf"
    return ImageFont.truetype(f"{matplotlib.get_data_path()}/{file}", 100)


def clashes(picture):
    """Texts that lie on another one or beyond the picture's edge."""
    return clashes_in(parse(picture))


def clashes_in(root):
    wide, high = float(root.get("width")), float(root.get("height"))
    found = sorted(texts(root), key=lambda box: box[2])
    clashing = [
        f"{written!r} leaves the picture"
        for written, left, top, right, foot in found
        if left < 0 or top < 0 or right > wide or foot > high
    ]
    for k, (one, left, _, right, foot) in enumerate(found):
        for other, start, top, end, _ in found[k + 1 :]:
            if top >= foot:
                break  # and so are all that follow
            if start < right and left < end:
                clashing.append(f"{one!r} and {other!r} lie on each other")
    return clashing


def require_room(picture):
    assert clashes(picture) == []


def miscoloured(root):
    """Queries, keys and values that a picture writes in another colour.

    Or in a box that has the colour of another of them.
    """
    found = []
    boxes = sorted(_boxes(root), key=lambda box: box[3] * box[4])
    for element, x, y in placed(root, "text"):
        runs = list(_runs(element))
        written = "".join(part for part, _ in runs)
        used = [fill for part, fill in runs for _ in part]
        for start, end, colour in draw.roles(written):
            word = written[start:end]
            if set(used[start:end]) != {colour}:
                found.append(f"{word!r} in {written!r} is not {colour}")
        wanted = {colour for *_, colour in draw.roles(written)}
        x, y = x + float(element.get("x")), y + float(element.get("y"))
        around = (
            colours
            for colours, left, top, wide, high in boxes
            if left <= x <= left + wide and top <= y <= top + high
        )
        taken = next(around, set()) & {draw.QUERY, draw.KEY, draw.VALUE}
        if wanted and taken - wanted:
            found.append(f"{written!r} stands in the box of another")
    return found


def _runs(text):
    """The pieces of a text, each with its colour."""
    fill = colours(text).get("fill")
    yield text.text or "", fill
    for part in text:
        yield part.text or "", colours(part).get("fill", fill)
        yield part.tail or "", fill


def _boxes(root):
    for rect, x, y in placed(root, "rect"):
        at = [float(rect.get(side, 0)) for side in ("x", "y")]
        size = [float(rect.get(side)) for side in ("width", "height")]
        yield set(colours(rect).values()), x + at[0], y + at[1], *size


def colours(element):
    given = {k: element.get(k) for k in ("fill", "stroke") if element.get(k)}
    style = element.get("style", "")
    return given | dict(re.findall(r"\b(fill|stroke):([^;]+)", style))
