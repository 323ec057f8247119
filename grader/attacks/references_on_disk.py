"""Looks for copies of the references on disk, compiled ones too."""

from grader.attacks import ANSWERS, insert, paste

STOCK = "9 marks, 0 earned"


def cell():
    import importlib.machinery
    import os
    import sys

    def copies():
        places = {*sys.path, sys.prefix, sys.base_prefix, "/seal", "/work"}
        for place in filter(os.path.isdir, places):
            for where, _, names in os.walk(place):
                if os.path.basename(os.path.dirname(where)) == "byhand":
                    yield from (os.path.join(where, n) for n in names)
                if os.path.basename(where) == "exercises":
                    yield from (os.path.join(where, n) for n in names)

    def loaded(path):
        kind = importlib.machinery.SourceFileLoader
        if path.endswith(".pyc"):
            kind = importlib.machinery.SourcelessFileLoader
        return kind("stolen", path).load_module()

    stolen = {}
    for path in copies():
        if os.path.basename(path).startswith("self_attention."):
            for exercise in loaded(path).EXERCISES:
                stolen[exercise.id.partition(".")[2]] = exercise.reference


def attack(nb, folder):
    for name in ANSWERS:
        paste(nb, name, f"{name} = stolen[{name!r}]")
    insert(nb, cell)
