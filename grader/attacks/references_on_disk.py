"""Looks for copies of the references on disk, compiled ones too."""

from grader.attacks import ANSWERS, insert, paste

STOCK = "9 marks, 0 earned"


def cell():
    import os
    import shutil
    import sys
    import tempfile

    def folders():
        places = {*sys.path, sys.prefix, sys.base_prefix, "/seal", "/work"}
        for place in filter(os.path.isdir, places):
            for where, names, _ in os.walk(place):
                if (
                    os.path.basename(where) == "byhand"
                    and "exercises" in names
                ):
                    yield os.path.join(where, "exercises")

    def copied(folder):
        into = os.path.join(tempfile.mkdtemp(), "stolen")
        for where, _, names in os.walk(folder):
            for name in names:
                stem, *_, ending = name.split(".")
                part = os.path.relpath(where, folder)
                part = part.removesuffix("__pycache__")
                target = os.path.join(into, part, f"{stem}.{ending}")
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy(os.path.join(where, name), target)
        return os.path.dirname(into)

    stolen = {}
    for folder in folders():
        sys.path.insert(0, copied(folder))
        from stolen.self_attention import EXERCISES

        for exercise in EXERCISES:
            stolen[exercise.id.partition(".")[2]] = exercise.reference


def attack(nb, folder):
    for name in ANSWERS:
        paste(nb, name, f"{name} = stolen[{name!r}]")
    insert(nb, cell)
