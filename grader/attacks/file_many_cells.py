"""Hands in a notebook of fifty thousand cells."""

import json

import nbformat

from grader.attacks import WRITTEN, write_text

STOCK = "held the batch up for more than 120 s"


def attack(nb, folder):
    cell = json.dumps(nbformat.v4.new_code_cell("1", id="x"))
    text = json.dumps({**nb, "cells": []})
    cells = ",".join([cell] * 50_000)
    write_text(text.replace('"cells": []', f'"cells": [{cells}]'), folder)
    return WRITTEN
