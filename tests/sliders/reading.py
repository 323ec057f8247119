"""What a picture says, read from its SVG."""

import importlib
import pkgutil
import re
import xml.etree.ElementTree as ElementTree
from functools import cache, lru_cache

import matplotlib
from PIL import ImageFont

import byhand.sliders

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
    """Every number in a picture, as written: "weights 0 1" → "0.1554"."""
    found = {}
    for element in parse(picture).iter():
        if element.get("class") in ("cell", "value"):
            parts = [
                element.get(f"data-{part}") for part in ("name", "row", "col")
            ]
            name = " ".join(part for part in parts if part is not None)
            assert name not in found, f"{name} is shown twice"
            found[name] = element.text
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


def texts(element, x=0.0, y=0.0):
    """Every piece of text with its box: (written, left, top, right, foot)."""
    moved = re.match(
        r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", "")
    )
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    if element.tag == f"{SVG}text":
        written = "".join(element.itertext())
        if written.strip():
            high, wide = float(element.get("font-size")), width(element)
            start = {"start": 0.0, "middle": 0.5, "end": 1.0}
            left = x + float(element.get("x"))
            left -= start[element.get("text-anchor", "start")] * wide
            middle = y + float(element.get("y"))
            box = left, middle - high / 2, left + wide, middle + high / 2
            yield written, *box
    for child in element:
        yield from texts(child, x, y)


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
    root = parse(picture)
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
