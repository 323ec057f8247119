"""Building: what is stale, and that nobody's work is lost."""

import importlib.util
import shutil
import subprocess

import nbformat
import pytest

from authoring import build, paths, stamps, text

SOURCE = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A title
#
# {card start_here.average}

# %% nbgrader={"grade_id": "average", "solution": true}
def average(values):
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION


# %% nbgrader={"grade_id": "average-check", "grade": true, "locked": true}
from byhand import check

check("start_here.average", average)
"""
LESSON = "00_start_here"


def begin(root, patch):
    (root / "solutions").mkdir()
    (root / "solutions" / f"{LESSON}.py").write_text(SOURCE)
    patch.setattr(paths, "ROOT", root)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one short lesson."""
    begin(tmp_path, monkeypatch)
    return tmp_path


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The same, built: a kernel and nbgrader for all that begin so."""
    root = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        begin(root, patch)
        assert build.main([]) == 0
    return root


@pytest.fixture
def built(once, tmp_path, monkeypatch):
    """A copy of that."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    return tmp_path


def lesson(project):
    return project / "lessons" / LESSON / f"{LESSON}.ipynb"


def test_only_stale_lessons_are_built(project, capsys):
    assert build.main([]) == 0
    assert "1 built, 0 up to date" in capsys.readouterr().out
    assert build.main([]) == 0
    assert "0 built, 1 up to date" in capsys.readouterr().out
    assert build.main(["--all"]) == 0
    assert "1 built" in capsys.readouterr().out
    source = project / "solutions" / f"{LESSON}.py"
    source.write_text(SOURCE.replace("A title", "Another"))
    assert build.main([]) == 0
    assert "1 built" in capsys.readouterr().out
    assert "# Another" in lesson(project).read_text()


def test_what_is_only_read_is_built_without_running(built, monkeypatch):
    ran = []
    monkeypatch.setattr(build, "execute", lambda nb, _: ran.append(nb))
    old = nbformat.read(paths.solved_path(LESSON), as_version=4)
    source = built / "solutions" / f"{LESSON}.py"
    source.write_text(SOURCE.replace("A title", "Another"))
    assert build.main([]) == 0 and not ran
    new = nbformat.read(paths.solved_path(LESSON), as_version=4)
    assert "# Another" in new.cells[0].source
    assert new.cells[1:] == old.cells[1:] and new.cells[-1].outputs
    assert new.metadata == old.metadata
    assert build.main([LESSON]) == 0 and len(ran) == 1  # when named
    source.write_text(SOURCE.replace("sum(values)", "sum(values) + 0"))
    assert build.main([]) == 0 and len(ran) == 2


def test_the_learners_notebook_has_a_card_and_no_answer(built):
    nb = nbformat.read(lesson(built), as_version=4)
    title, answer, test = nb.cells
    assert "### Exercise · `average(values)" in title.source
    assert "Hint 3: pseudocode" in title.source
    assert "raise NotImplementedError()" in answer.source
    assert "sum(" not in answer.source
    assert test.metadata.nbgrader.points == 1
    assert [c.id for c in nb.cells][1:] == ["average", "average-check"]


def test_a_lesson_that_was_written_in_is_left_alone(built, capsys):
    nb = nbformat.read(lesson(built), as_version=4)
    nb.cells[1].source = "mine = 1"
    nbformat.write(nb, lesson(built))
    assert stamps.changed_lessons() == [LESSON]
    assert build.main(["--all"]) == 0
    assert "holds changes of yours" in capsys.readouterr().out
    assert "mine = 1" in lesson(built).read_text()
    assert build.main(["--all", "--overwrite"]) == 0
    assert "mine = 1" not in lesson(built).read_text()
    assert stamps.changed_lessons() == []


def test_a_lesson_that_was_only_run_is_not_written_in(built):
    nb = nbformat.read(lesson(built), as_version=4)
    nb.cells[2].execution_count = 5
    nb.cells[2].outputs = [nbformat.v4.new_output("stream", text="x")]
    nbformat.write(nb, lesson(built))
    assert stamps.changed_lessons() == []


def test_another_file_beside_the_lesson_is_somebodys(built):
    shutil.copy(lesson(built), lesson(built).with_name("mine.ipynb"))
    assert stamps.changed_lessons() == [LESSON]


def test_a_lesson_that_is_no_notebook_any_more_is_not_overwritten(built):
    lesson(built).write_text("{ my notes")
    assert stamps.changed_lessons() == [LESSON]
    build.main(["--all"])
    assert lesson(built).read_text() == "{ my notes"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("start_here.average}", "start_here.avrg}", "did you mean"),
        ("{card start_here.average}", "{figure nothing}", "nothing"),
        ('check("start_here.average", average)', "1", "should call check"),
        ("sum(values) / len(values)", "1 / 0", "ZeroDivisionError"),
        ("return sum", "import sys; sys.stderr.write('x'); return sum", ""),
        (
            "from byhand",
            "import sys; print(1, file=sys.stderr)\nfrom byhand",
            "nothing may go to stderr",
        ),
    ],
)
def test_what_cannot_be_built_says_why(project, capsys, old, new, sentence):
    source = project / "solutions" / f"{LESSON}.py"
    assert old in SOURCE
    source.write_text(SOURCE.replace(old, new))
    code = build.main([])
    captured = capsys.readouterr()
    if not sentence:  # what an answer writes is captured by check
        assert code == 0
        return
    assert code == 1
    assert sentence in captured.err
    assert not lesson(project).exists()


def test_an_unknown_lesson_is_told_which_there_are(project, capsys):
    with pytest.raises(SystemExit):
        build.main(["99_nothing"])
    assert f"there are {LESSON}" in capsys.readouterr().err


ASKS = (
    "\n# %%\nfrom byhand import tools\n\n"
    'if tools.installed("json", recorded="start_here/greeting"):\n'
    '    print("hello")\n'
)


def test_what_a_library_said_is_recorded(project):
    source = project / "solutions" / f"{LESSON}.py"
    source.write_text(SOURCE + ASKS)
    assert build.main([]) == 0
    path = paths.recording_path("start_here/greeting")
    assert path.read_text() == "hello\n"


def test_nothing_is_recorded_without_the_library(project, capsys):
    source = project / "solutions" / f"{LESSON}.py"
    missing = ASKS.replace('"json"', '"not_there"')
    # Something that is recorded already, so that the cell itself passes.
    missing = missing.replace(
        "start_here/greeting", "backpropagation/gradients"
    )
    source.write_text(SOURCE + missing)
    assert build.main([]) == 1
    assert "cannot be recorded: not_there is" in capsys.readouterr().err
    assert not paths.recording_path("backpropagation/gradients").exists()


def test_what_the_tests_do_without_stays_as_it_was_recorded(project):
    """A cell so tagged is built the same with the library and without it."""
    name = "backpropagation/gradients"
    path = paths.recording_path(name)
    path.parent.mkdir(parents=True)
    path.write_text("printed with it\n")
    missing = ASKS.replace('"json"', '"not_there"')
    missing = missing.replace("start_here/greeting", name)
    tagged = missing.replace("# %%", f'# %% tags=["{build.OPTIONAL}"]')
    (project / "solutions" / f"{LESSON}.py").write_text(SOURCE + tagged)
    assert build.main([]) == 0
    assert path.read_text() == "printed with it\n"
    solved = nbformat.read(paths.solved_path(LESSON), as_version=4)
    assert [o.text for o in solved.cells[-1].outputs] == ["printed with it\n"]


# --- in Colab ---------------------------------------------------------------


def with_address(monkeypatch, address):
    monkeypatch.setattr(text, "REPOSITORY", address)
    (source, *_) = paths.sources()
    return text.notebook(source).cells


def test_the_course_is_fetched_from_where_it_is_said_to_be(monkeypatch):
    without = with_address(monkeypatch, "")
    cells = with_address(monkeypatch, "https://example.org/course")
    (door,) = (c for c in cells if "door" in c.metadata.get("tags", []))
    assert cells[1] == door
    assert [c.source for c in cells if c != door] == [
        c.source for c in without
    ]


@pytest.mark.parametrize("is_there", [True, False])
def test_it_is_fetched_where_it_is_missing(monkeypatch, is_there):
    ran = []
    monkeypatch.setattr(subprocess, "run", lambda c, check: ran.append(c))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: is_there)
    exec(text.DOOR.format("https://example.org/course"), {})
    assert [command[-1] for command in ran] == (
        [] if is_there else ["git+https://example.org/course"]
    )
