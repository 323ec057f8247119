"""Hands in a notebook of format 3, with worksheets."""

import json

from grader.attacks import WRITTEN, answer_all, write_text

STOCK = "stopped the batch; was not graded"


def attack(nb, folder):
    answer_all(nb, "return None")
    sheets = [{"cells": [dict(_old(cell)) for cell in nb.cells]}]
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "x"},
        "worksheets": sheets * 2,
    }
    write_text(json.dumps(old), folder)
    return WRITTEN


def _old(cell):
    yield "cell_type", cell.cell_type
    yield "metadata", cell.metadata
    if cell.cell_type == "code":
        yield from {"input": cell.source, "language": "python"}.items()
        yield from {"outputs": [], "collapsed": False}.items()
    else:
        yield "source", cell.source
