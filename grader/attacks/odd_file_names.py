"""Hands in files with names of newlines, markup, dots and broken UTF-8."""

import os

from grader.attacks import LESSON

STOCK = "nothing"
NAMES = (
    b"\xff\xfe.txt",
    b"a\nb.txt",
    b"..a",
    b"...",
    b"-rf",
    b"<script>alert(1)<",
    b"=cmd|calc",
    b"\x1b[2J",
    b" ",
    b"~",
    b"$(id)",
)


def attack(nb, folder):
    for name in NAMES:
        path = os.path.join(os.fsencode(folder), name)
        with open(path, "wb") as file:
            file.write(b"x")
        os.symlink(b"/etc/passwd", path + b".link")
    (folder / f"{LESSON}.ipynb.ipynb").touch()
