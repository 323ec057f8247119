"""The questions at a lesson's end become cards."""

import csv
import json
import sqlite3
import zipfile

import pytest

from authoring import paths
from byhand import environment, recall
from byhand.__main__ import main

LESSONS = [source.stem for source in paths.sources()]
LAST = """Before.

## Recall

Think first, then open.

<details><summary>1. What is
<code>@</code>?</summary>

The *product*, $a_i b_i$.

</details>

<details><summary>2. And this?</summary>

$$x < y$$

Two paragraphs.

</details>

## What comes next

<details><summary>3. Not one of them</summary>

No.

</details>"""
PAIRS = [
    ("07_x", "What is <code>@</code>?", "The *product*, $a_i b_i$."),
    ("07_x", "And this?", "$$x < y$$\n\nTwo paragraphs."),
]


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "07_x" / "07_x.ipynb"
    path.parent.mkdir()
    cells = [{"cell_type": "markdown", "source": LAST.splitlines(True)}]
    path.write_text(json.dumps({"cells": cells}))
    return tmp_path


def cards(folder, name):
    out = str(folder / name)
    return main(["cards", "--folder", str(folder), "--out", out])


def test_pairs_are_those_under_recall():
    assert recall.pairs("07_x", [{"source": LAST}]) == PAIRS


def test_as_a_table(folder, capsys):
    assert cards(folder, "cards.csv") == 0
    assert "2 cards of 1 lessons" in capsys.readouterr().out
    with (folder / "cards.csv").open(encoding="utf-8", newline="") as file:
        header, first, second = csv.reader(file)
    assert header == ["lesson", "question", "answer"]
    assert first == ["07_x", "What is `@`?", PAIRS[0][2]]
    assert second[2] == PAIRS[1][2]


def notes(path, folder):
    """What Anki would read: a note's guid, fields and tags."""
    with zipfile.ZipFile(path) as package:
        package.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as base:
        rows = base.execute("select guid, flds, tags from notes").fetchall()
        (decks,) = base.execute("select decks from col").fetchone()
    base.close()
    return rows, {deck["name"] for deck in json.loads(decks).values()}


def test_as_a_deck(folder):
    assert cards(folder, "cards.apkg") == 0
    rows, decks = notes(folder / "cards.apkg", folder)
    (asked, answer), (_, second) = (row[1].split("\x1f") for row in rows)
    assert asked == "What is <code>@</code>?"
    assert answer.startswith("<p>The <em>product</em>, <span")
    assert "\\(a_i b_i\\)" in answer
    assert "\\[x &lt; y\\]" in second and "<p>Two paragraphs.</p>" in second
    assert {row[2].strip() for row in rows} == {"07_x"}
    assert "Attention by Hand::07_x" in decks


def test_a_card_stays_the_same_card(folder):
    """Written again, with another answer: its due date is kept."""
    cards(folder, "one.apkg")
    path = folder / "07_x" / "07_x.ipynb"
    path.write_text(path.read_text().replace("product", "dot product"))
    cards(folder, "two.apkg")
    one, two = (
        notes(folder / name, folder)[0] for name in ("one.apkg", "two.apkg")
    )
    assert [row[0] for row in one] == [row[0] for row in two]
    assert one != two


def test_every_lesson_gives_cards(tmp_path, capsys):
    out = tmp_path / "all.apkg"
    lessons = str(paths.ROOT / "lessons")
    assert main(["cards", "--folder", lessons, "--out", str(out)]) == 0
    rows, _ = notes(out, tmp_path)
    assert {row[2].strip() for row in rows} == set(LESSONS)
    assert len({row[0] for row in rows}) == len(rows) >= 5 * len(LESSONS)
    for _, fields, _ in rows:
        assert "$" not in fields and "`" not in fields


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("cards.txt", 2, "end its name in .apkg or .csv"),
        ("none/cards.csv", 1, "cannot be written"),
        ("none/cards.apkg", 1, "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_told(folder, capsys, name, code, said):
    assert cards(folder, name) == code
    assert said in capsys.readouterr().err


def test_where_there_is_no_lesson(tmp_path, capsys):
    assert cards(tmp_path, "cards.csv") == 2
    assert "no lessons in" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["cards"])


def test_a_lesson_that_is_no_notebook_is_told(folder, capsys):
    (folder / "07_x" / "07_x.ipynb").write_text("{")
    assert cards(folder, "cards.csv") == 2
    assert "07_x.ipynb is no notebook" in capsys.readouterr().err


def test_a_deck_without_its_library(folder, capsys, monkeypatch):
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    assert cards(folder, "cards.apkg") == 2
    assert "make lab" in capsys.readouterr().err
    assert cards(folder, "cards.csv") == 0
