"""What a picture says, read from its SVG."""

import importlib
import pkgutil
import xml.etree.ElementTree as ElementTree

import byhand.sliders

SVG = "{http://www.w3.org/2000/svg}"


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
