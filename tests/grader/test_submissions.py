"""What was handed in is read, whatever it is, and put in order."""

import contextlib
import json
import os
import random
import shutil
import threading

import nbformat
import pytest

from grader import submissions
from grader.submissions import Unreadable, parse, put_in_order, read
from tests.grader.lessons import SELF_ATTENTION, empty, release, submission

NAME = f"{SELF_ATTENTION}.ipynb"


def names(nb):
    return [
        submissions.grade_id(c) for c in nb.cells if "nbgrader" in c.metadata
    ]


def test_files_are_read_and_links_are_not_followed(tmp_path):
    (tmp_path / "secret").write_text("not theirs")
    folder = tmp_path / "learner"
    (folder / "data").mkdir(parents=True)
    (folder / NAME).write_text("{}")
    (folder / "data" / "a.csv").write_text("1")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC\n")
    came = read(folder, "learner", SELF_ATTENTION)
    assert set(came.files) == {NAME, "data/a.csv", "timestamp.txt"}
    assert came.timestamp == "2026-01-02 03:04:05 UTC"
    said = " ".join(came.left_out)
    assert all(name in said for name in ("link", "folder", "pipe"))


def test_a_folder_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / NAME).write_text("{}")
    (tmp_path / "learner").symlink_to(tmp_path / "other")
    came = read(tmp_path / "learner", "learner", SELF_ATTENTION)
    assert came.files == {}
    assert "link" in came.left_out[0]


def test_too_much_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "LARGEST_REST", 10)
    (tmp_path / "big").write_bytes(b"x" * 11)
    (tmp_path / "small").write_bytes(b"x" * 9)
    came = read(tmp_path, "learner", SELF_ATTENTION)
    assert set(came.files) == {"small"}
    assert "big" in came.left_out[0]


def test_the_digest_is_of_the_content_and_of_nothing_else(tmp_path):
    one = submission(b"a")
    assert one.digest() == submission(b"a").digest()
    assert one.digest() != submission(b"b").digest()
    assert one.digest() != submission(b"a", extra=b"").digest()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"{", "JSON"),
        (b"[1, 2]", "cannot be read"),
        (b"\0" * 100, "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b'{"cells": 5, "nbformat": 4, "nbformat_minor": 5}', "cannot"),
        (b'{"nbformat": 99, "cells": []}', "cannot be read"),
        (b"[" * 200_000, "cannot be read"),
    ],
)
def test_what_is_no_notebook_is_said_to_be_none(content, said):
    with pytest.raises(Unreadable, match=said):
        parse(submission(content))


def test_a_missing_notebook_names_what_came_instead():
    other = submissions.Submission(
        "learner", SELF_ATTENTION, {"mine.ipynb": b""}
    )
    with pytest.raises(Unreadable, match=r"not handed in; there is mine"):
        parse(other)


def test_an_old_notebook_is_read():
    cell = {"cell_type": "code", "language": "python", "input": ["x = 1"]}
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [{"cells": [{**cell, "outputs": []}]}],
    }
    nb = parse(submission(json.dumps(old).encode()))
    assert nb.cells[0].source == "x = 1"


def test_outputs_and_foreign_metadata_are_dropped():
    nb = empty()
    nb.cells[1].outputs = [nbformat.v4.new_output("stream", text="9 of 9")]
    nb.cells[1].metadata["tags"] = ["demonstration"]
    came = parse(submission(nb))
    assert all(not cell.get("outputs") for cell in came.cells)
    assert all(set(cell.metadata) <= {"nbgrader"} for cell in came.cells)


def cell_of(nb, name):
    return next(c for c in nb.cells if submissions.grade_id(c) == name)


def ordered(nb):
    return put_in_order(parse(submission(nb)), release())


def test_an_untouched_lesson_stays_as_it_is():
    nb = ordered(empty())
    assert [c.source for c in nb.cells] == [c.source for c in empty().cells]
    assert names(nb) == [cell.name for cell in release().cells]


def test_edited_and_retyped_cells_are_the_instructors_again():
    nb = empty()
    check = cell_of(nb, "softmax-check")
    check.source, check.cell_type = "1.0", "markdown"
    check.pop("outputs"), check.pop("execution_count")
    check.metadata.nbgrader.update(points=99, locked=False, grade=False)
    came = cell_of(ordered(nb), "softmax-check")
    assert came.source == release().cell("softmax-check").source
    assert came.cell_type == "code"
    assert came.metadata.nbgrader.points == 2
    assert came.metadata.nbgrader.locked


@pytest.mark.parametrize(
    ("sources", "counts"),
    [
        (("softmax = 1", "softmax = 2"), "softmax = 2"),
        (("softmax = 1", None), "softmax = 1"),  # a copy nobody wrote in
        ((None, "softmax = 2"), "softmax = 2"),
        ((None, None), None),
    ],
)
def test_a_doubled_cell_counts_once_and_the_last_that_was_written(
    sources, counts
):
    nb = empty()
    cell = cell_of(nb, "softmax")
    double = nbformat.from_dict(cell)
    place = nb.cells.index(cell)
    nb.cells.insert(place + 1, double)
    double.id = "double"
    for one, source in zip((cell, double), sources, strict=True):
        one.source = source or one.source
    came = ordered(nb)
    assert names(came) == [cell.name for cell in release().cells]
    stub = release().cell("softmax").source
    assert cell_of(came, "softmax").source == (counts or stub)


@pytest.mark.parametrize(
    "lost",
    [
        {"softmax", "softmax-check"},
        {"why-rows"},
        {cell.name for cell in release().cells},
    ],
)
def test_an_id_is_enough(lost):
    nb = empty()
    for cell in nb.cells:
        if submissions.grade_id(cell) in lost:
            cell.metadata = nbformat.from_dict({})
    assert names(ordered(nb)) == [cell.name for cell in release().cells]


def test_what_was_not_changed_is_known_without_an_id():
    nb = empty()
    for place, cell in enumerate(nb.cells):
        cell.metadata, cell.id = nbformat.from_dict({}), f"x{place}"
    cell = next(c for c in nb.cells if c.source.startswith("def softmax"))
    cell.source = "def softmax(z): return 1"
    ours = [cell.name for cell in release().cells]
    came = ordered(nb)
    assert names(came) == ours
    # Behind the stub, which was put back, and so in its place.
    sources = [c.source for c in came.cells]
    stub = release().cell("softmax").source
    check = release().cell("softmax-check").source
    places = [sources.index(s) for s in (stub, cell.source, check)]
    assert places == sorted(places)


@pytest.mark.parametrize("gone", range(len(release().cells)))
def test_a_missing_cell_stands_again_behind_its_predecessor(gone):
    missing = release().cells[gone].name
    nb = empty()
    nb.cells = [c for c in nb.cells if submissions.grade_id(c) != missing]
    assert names(ordered(nb)) == [cell.name for cell in release().cells]


def test_nothing_of_ours_is_put_in_order_too():
    nb = ordered(nbformat.v4.new_notebook())
    assert names(nb) == [cell.name for cell in release().cells]


def test_an_unknown_id_means_nothing():
    nb = empty()
    stranger = nbformat.v4.new_code_cell("x = 1")
    stranger.metadata["nbgrader"] = {"grade_id": ["softmax"], "grade": True}
    other = nbformat.v4.new_code_cell("x = 1")
    other.metadata["nbgrader"] = {"grade_id": "mine", "grade": True}
    nb.cells[:0] = [stranger, other]
    came = ordered(nb)
    assert all("nbgrader" not in c.metadata for c in came.cells[:2])


def test_what_happens_in_the_folder_meanwhile_harms_nobody(tmp_path):
    """Files come, go, become links, pipes and folders while they are read."""
    secret = tmp_path / "secret"
    (secret / "inner").mkdir(parents=True)
    (secret / "inner" / "a.txt").write_text("not theirs")
    folder = tmp_path / "learner"
    folder.mkdir()
    over = threading.Event()

    def change():
        moves = random.Random(1)
        while not over.is_set():
            with contextlib.suppress(OSError):
                path = folder / moves.choice("abc")
                if path.is_symlink() or not path.is_dir():
                    path.unlink(missing_ok=True)
                else:
                    shutil.rmtree(path)
                make = moves.randrange(4)
                if make == 0:
                    path.write_text("mine")
                elif make == 1:
                    path.symlink_to(secret / "inner")
                elif make == 2:
                    os.mkfifo(path)
                else:
                    path.mkdir()
                    (path / "a.txt").write_text("mine")

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for _ in range(2_000):
            came = read(folder, "learner", SELF_ATTENTION)
            assert set(came.files.values()) <= {b"mine", b""}
    finally:
        over.set()
        changing.join()
