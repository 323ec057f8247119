"""The commands of `python -m byhand`, as a person uses them."""

import asyncio
import importlib.metadata
import json
import os
import platform
import subprocess
import sys

import nbformat
import psutil
import pytest

from authoring import site
from byhand import doctor, environment, hints, notes, progress
from byhand.__main__ import main
from byhand.bank import find, lessons
from grader import __main__ as grader

EXERCISE = "self_attention.softmax"


def test_exercises_as_json_lists_every_one(capsys):
    assert main(["exercises", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    known = [e.id for group in lessons().values() for e in group]
    assert [row["id"] for row in rows] == known
    (softmax,) = (row for row in rows if row["id"] == EXERCISE)
    assert softmax == {
        "id": EXERCISE,
        "lesson": "07_self_attention",
        "points": 2,
        "signature": "softmax(z, axis=-1)",
        "misconceptions": len(find(EXERCISE).misconceptions),
        "parts": {},
    }


def test_exercises_as_a_table_shows_whole_ids(capsys):
    assert main(["exercises"]) == 0
    text = capsys.readouterr().out
    for group in lessons().values():
        assert all(e.id in text for e in group)


def test_hints_come_one_at_a_time(capsys):
    ladder = find(EXERCISE).hints
    for step, kind in enumerate(hints.STEPS):
        assert main(["hint", EXERCISE]) == 0
        text = capsys.readouterr().out
        assert f"Hint {step + 1} of 3, {kind}:\n{ladder[step]}" in text
        assert "last hint" not in text
    main(["hint", EXERCISE])
    assert "That is the last hint" in capsys.readouterr().out
    main(["hint", EXERCISE, "--again"])
    assert "Hint 1 of 3" in capsys.readouterr().out


def test_one_ladder_does_not_move_another(capsys):
    main(["hint", EXERCISE])
    main(["hint", "self_attention.weighted_values"])
    assert "Hint 1 of 3" in capsys.readouterr().out.split("weighted")[1]


def test_a_spoiled_file_of_hints_is_begun_anew(capsys):
    hints.seen_file().parent.mkdir(parents=True)
    hints.seen_file().write_text("{")
    assert main(["hint", EXERCISE]) == 0
    assert "Hint 1 of 3" in capsys.readouterr().out


def run(*command, **environment):
    return subprocess.run(
        [sys.executable, "-m", "byhand", *command],
        capture_output=True,
        text=True,
        encoding="cp1252",
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("step", [1, 2, 3])
def test_hints_are_shown_in_any_encoding(step, tmp_path):
    """Where a sign is missing, another stands for it."""
    exercise = next(
        e.id
        for group in lessons().values()
        for e in group
        if e.hints[step - 1].encode("cp1252", "ignore").decode("cp1252")
        != e.hints[step - 1]
    )
    old = {"PYTHONIOENCODING": "cp1252", "XDG_STATE_HOME": str(tmp_path)}
    for _ in range(step):
        ran = run("hint", exercise, **old)
        assert ran.returncode == 0, ran.stderr
    assert f"Hint {step} of 3" in ran.stdout


def test_hints_are_shown_where_nothing_can_be_kept(tmp_path):
    (tmp_path / "file").write_text("no folder")
    ran = run("hint", EXERCISE, XDG_STATE_HOME=str(tmp_path / "file"))
    assert ran.returncode == 0
    assert "Hint 1 of 3" in ran.stdout
    assert "cannot be kept" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_unknown_exercise_is_told_the_nearest(capsys):
    assert main(["hint", "self_attention.sofmax"]) == 2
    assert EXERCISE in capsys.readouterr().err


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for command in ("lab", "doctor", "exercises", "progress", "hint"):
        assert command in text


def test_checkpoints_of_notebooks_are_no_notebooks(tmp_path):
    for folder in ("07_self_attention", ".ipynb_checkpoints"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "07_self_attention.ipynb").touch()
    (tmp_path / ".ipynb_checkpoints" / "x-checkpoint.ipynb").touch()
    assert progress.notebooks(tmp_path, []) == [
        tmp_path / "07_self_attention" / "07_self_attention.ipynb"
    ]


def test_lessons_are_found_from_the_folder_of_one(tmp_path, monkeypatch):
    """Where a cell of its notebook runs."""
    (tmp_path / "00_start_here").mkdir()
    (tmp_path / "00_start_here" / "00_start_here.ipynb").touch()
    monkeypatch.chdir(tmp_path / "00_start_here")
    (found,) = progress.notebooks(None, [])
    assert found.stem == "00_start_here"


# --- progress --------------------------------------------------------------

RIGHT = (
    "import numpy as np\nfrom byhand import check\n"
    "def average(values):\n    return float(np.mean(values))"
)


def learner(folder, name, *cells):
    (folder / name).mkdir(parents=True)
    nb = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    nbformat.write(nb, folder / name / f"{name}.ipynb")
    return folder / name / f"{name}.ipynb"


def several(tmp_path):
    """Two that pass, one that does not, one that raises."""
    return learner(
        tmp_path,
        "00_start_here",
        RIGHT,
        'check("start_here.average", average)',
        "1 / 0",
        "def softmax(z, axis=-1):\n    return z",
        'check("self_attention.softmax", softmax)',
        'check(\n    "gradient_descent.updates_per_epoch",\n'
        '    lambda m, b: -(-m // b),\n    part="counts",\n)',
    )


def show(folder, capsys, *options):
    assert main(["progress", "--folder", str(folder), *options]) == 0
    return capsys.readouterr().out


def test_progress_says_what_checks_noted(tmp_path, capsys):
    several(tmp_path)
    assert "not begun" in show(tmp_path, capsys)
    notes.add({"start_here.average": True, EXERCISE: False})
    text = show(tmp_path, capsys)
    assert "1 of 3" in text
    assert "softmax (tried)" in " ".join(text.split())
    assert "1 of 3 checks are right" in text


def test_progress_runs_afresh_and_notes_it(tmp_path, capsys, monkeypatch):
    several(tmp_path)
    notes.add({EXERCISE: True})  # it was, once
    text = show(tmp_path, capsys, "--run")
    assert "00_start_here" in text
    assert "2 of 3" in text
    assert "softmax" in text
    known = notes.read()
    assert known.pop(EXERCISE) is False
    assert len(known) == 2 and all(known.values())


def kernels():
    """Those of this process that run."""
    return {
        child.pid
        for child in psutil.Process().children()
        if "ipykernel_launcher" in child.cmdline()
    }


def test_several_run_at_a_time_and_none_is_left_behind(tmp_path, monkeypatch):
    """As after Ctrl-C, with one that would never end."""
    monkeypatch.setattr(progress.os, "cpu_count", lambda: 2)
    before = kernels()
    endless = learner(tmp_path, "00_start_here", "while True:\n    pass")
    quick = learner(
        tmp_path,
        "01_gradient_descent",
        RIGHT,
        'check("start_here.average", average)',
    )
    running = progress.run_all([endless, quick])
    assert next(running) == (quick, {"start_here.average": True})
    assert len(kernels() - before) == 1
    running.close()
    assert kernels() == before


def test_progress_runs_only_what_changed(tmp_path, capsys, monkeypatch):
    ran = []

    def run_all(paths):
        for path in paths:
            ran.append(path)
            yield path, {"start_here.average": True}

    monkeypatch.setattr(progress, "run_all", run_all)
    path = learner(tmp_path, "00_start_here", RIGHT)
    for _ in range(2):
        assert "1 of 1" in show(tmp_path, capsys, "--run")
    assert ran == [path]
    path.write_text(path.read_text().replace("mean", "sum"))
    show(tmp_path, capsys, "--run")
    assert ran == [path, path]
    monkeypatch.setattr(progress, "COURSE", tmp_path)  # another course's code
    show(tmp_path, capsys, "--run")
    assert len(ran) == 3
    (notes.folder() / "runs.json").write_text("[1]")
    show(tmp_path, capsys, "--run")
    assert len(ran) == 4


def test_spoiled_notes_are_left_out():
    notes.add({EXERCISE: True})
    with notes.file().open("a") as kept:
        kept.write('{\n[]\n3\n{"exercise": "a"}\n')
    notes.add({"start_here.average": False})
    assert notes.read() == {EXERCISE: True, "start_here.average": False}


def test_notes_are_written_once():
    for right in (False, False, True, True):
        notes.add_check([EXERCISE], right)
    notes.add_check([EXERCISE], False)
    assert len(notes.file().read_text().splitlines()) == 2


def test_results_by_exercise_and_part(tmp_path):
    path = learner(
        tmp_path,
        "00_start_here",
        RIGHT,
        'check("start_here.average", sum)',
        'check(\n    "gradient_descent.updates_per_epoch",\n'
        '    lambda m, b: -(-m // b),\n    part="counts",\n)',
    )
    assert asyncio.run(progress.results(path)) == {
        "start_here.average": False,
        "gradient_descent.updates_per_epoch (counts)": True,
    }


def test_progress_on_a_broken_notebook(tmp_path, capsys):
    path = learner(tmp_path, "00_start_here", RIGHT)
    path.write_text("{")
    assert "no notebook any more" in show(tmp_path, capsys)
    assert "cannot be run" in show(tmp_path, capsys, "--run")


def test_progress_where_there_is_nothing(tmp_path, capsys):
    assert main(["progress", "--folder", str(tmp_path)]) == 2
    assert "no lessons in" in capsys.readouterr().err
    learner(tmp_path, "00_start_here", RIGHT)
    folder = ["--folder", str(tmp_path)]
    assert main(["progress", "99_nothing", *folder]) == 2
    assert "no lesson 99_nothing; there are 00_start_here" in (
        capsys.readouterr().err
    )


# --- lab and doctor --------------------------------------------------------


def test_lab_outside_the_course_says_where_to_go(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "--no-browser"]) == 2
    assert "run this in the course's folder" in capsys.readouterr().err


def test_doctor_finds_all_well_here(capsys):
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    for thing in ("Python", "numpy", "jupyterlab", "widgets", "GPU"):
        assert thing in text
    assert "missing" not in text


def test_doctor_names_a_wrong_version_and_the_mend(monkeypatch, capsys):
    version = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata,
        "version",
        lambda name: "1.0" if name == "numpy" else version(name),
    )
    (numpy,) = (x for x in doctor.pins() if x.thing == "numpy")
    assert numpy.state == "missing"
    assert numpy.fix.startswith("wanted is >=2.")
    assert main(["doctor"]) == 1


def test_doctor_names_a_missing_package(monkeypatch):
    def version(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    lines = {line.thing: line for line in doctor.pins()}
    assert all(line.found == "not installed" for line in lines.values())
    assert lines["numpy"].state == "missing"
    # Checks and sliders do without these.
    assert lines["jupyterlab"].state == lines["nbgrader"].state == "optional"
    assert "make lab" in lines["jupyterlab"].fix
    assert "make grading" in lines["nbgrader"].fix
    assert "pytest" not in lines


def test_a_command_whose_extra_is_missing_says_how_to_get_it(
    monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    learner(tmp_path, "00_start_here", RIGHT)
    for command, act, extra in (
        (["progress", "--run", "--folder", str(tmp_path)], main, "make lab"),
        (["lab"], main, "make lab"),
        (["selftest"], grader.main, "make grading"),
        (["--pages-only"], site.main, "make site"),
    ):
        assert act(command) == 2
        assert extra in capsys.readouterr().err


def test_doctor_without_jupyter_or_pytorch(monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    for line in (
        doctor.kernel(),
        doctor.lab_extension("widgets", "x"),
        doctor.gpu(),
    ):
        assert line.state == "optional" and line.fix


def test_doctor_on_another_python(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 0))
    monkeypatch.setattr(platform, "python_version", lambda: "3.10.0")
    line = doctor.python()
    assert line.state == "missing"
    assert "3.11" in line.fix


def test_doctor_without_an_extension_or_a_browser(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.browser().state == "optional"
    assert doctor.lab_extension("x", "no-such").state == "missing"
