"""The command line, as somebody at a shell meets it."""

import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from byhand.gpt import __main__ as command
from byhand.gpt import bench, checkpoint, recipes, stories, train
from byhand.gpt.model import CHANGES

SMALL = ["--layers=1", "--heads=2", "--width=8", "--block=12", "--batch=4"]


@pytest.fixture
def train_on(file, tmp_path):
    """Words of a command that trains a little model on the letters."""

    def words(*more, out="run", steps=20):
        return [
            *("train", "--text", str(file), "--out", str(tmp_path / out)),
            *(*SMALL, f"--steps={steps}", "--evaluate-every=10", *more),
        ]

    return words


def said(capsys, words):
    """Exit code, what was printed, what was complained of."""
    code = command.main(words)
    return code, *capsys.readouterr()


def refused(capsys, *words):
    """The sentence of a command that cannot be done, on one line."""
    code, _, errors = said(capsys, words)
    assert code == 2
    assert errors.startswith("byhand.gpt: ")
    assert len(errors.splitlines()) == 1
    return errors


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_is_no_folder_for_a_run(capsys, train_on, tmp_path, out):
    (tmp_path / "file").write_text("mine")
    assert "file" in refused(capsys, *train_on(out=out))
    assert (tmp_path / "file").read_text() == "mine"


def tensors(folder):
    return checkpoint.newest(folder, print).tensors


def same(one, other):
    return one.keys() == other.keys() and all(
        torch.equal(one[name], other[name]) for name in one
    )


def test_training_says_what_it_does_and_keeps_it(capsys, train_on, tmp_path):
    code, printed, _ = said(capsys, train_on())
    assert code == 0
    lines = printed.splitlines()
    assert "weights on CPU" in lines[0]
    assert "letters.txt: 1,800 characters" in lines[0]
    assert [x.split()[:2] for x in lines[1:3]] == [
        ["step", "10"],
        ["step", "20"],
    ]
    assert "It writes:" in printed
    assert checkpoint.newest(tmp_path / "run", print).step == 20


def test_it_goes_on_to_the_very_same_end(capsys, train_on, tmp_path):
    said(capsys, train_on(out="whole", steps=20))
    assert said(capsys, train_on(out="cut", steps=20))[0] == 0
    (tmp_path / "cut/step-00000020.safetensors").unlink()
    code, printed, _ = said(capsys, train_on("--resume", out="cut"))
    assert code == 0
    assert "Going on from step 10." in printed
    assert same(tensors(tmp_path / "whole"), tensors(tmp_path / "cut"))


def test_going_on_needs_no_other_word(capsys, train_on, tmp_path, monkeypatch):
    said(capsys, train_on(out="gpt-run", steps=20))
    (tmp_path / "gpt-run/step-00000020.safetensors").unlink()
    monkeypatch.chdir(tmp_path)
    code, printed, _ = said(capsys, ["train", "--resume"])
    assert code == 0 and "Going on from step 10." in printed
    code, printed, _ = said(capsys, ["train", "--resume"])
    assert code == 0 and "complete already" in printed


def test_killed_and_resumed_is_the_same_to_the_last_bit(train_on, tmp_path):
    """2N steps, and N steps, kill -9, the rest: every number is the same."""
    steps = 1500
    start = [sys.executable, "-m", "byhand.gpt"]
    more = ("--evaluate-every=50", "--dropout=0.1")
    subprocess.run(
        [*start, *train_on(*more, out="whole", steps=steps)], check=True
    )
    folder = tmp_path / "cut"
    cut = subprocess.Popen([*start, *train_on(*more, out="cut", steps=steps)])
    deadline = time.monotonic() + 120
    while not checkpoint.found(folder):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(cut.pid, signal.SIGKILL)
    assert cut.wait() == -signal.SIGKILL
    assert checkpoint.newest(folder, print).step < steps
    resumed = subprocess.run(
        [*start, *train_on(*more, "--resume", out="cut", steps=steps)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Going on from step" in resumed.stdout
    assert same(tensors(tmp_path / "whole"), tensors(folder))


def test_a_damaged_checkpoint_is_told_of(capsys, train_on, tmp_path):
    said(capsys, train_on())
    newest = tmp_path / "run/step-00000020.safetensors"
    newest.write_bytes(newest.read_bytes()[:-9])
    code, printed, _ = said(capsys, train_on("--resume"))
    assert code == 0
    assert "step-00000020.safetensors is damaged" in printed.replace("\n", " ")
    assert "Going on from step 10." in printed


def test_sampling(capsys, train_on, tmp_path):
    said(capsys, train_on())
    words = ["sample", "--out", str(tmp_path / "run"), "--length=40"]
    code, printed, _ = said(capsys, [*words, "--prompt=abc"])
    assert code == 0 and printed.startswith("abc")
    assert len(printed) == 3 + 40 + 1
    assert said(capsys, [*words, "--prompt=abc"])[1] == printed
    assert said(capsys, [*words, "--prompt=abc", "--seed=1"])[1] != printed
    assert said(capsys, [*words, "--top-k=1", "--temperature=0.5"])[0] == 0


def test_our_stories_without_a_file(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("byhand.gpt.data.STORIES", (200, 40))
    words = ["train", "--out", str(tmp_path / "run"), "--steps=2"]
    code, printed, _ = said(capsys, [*words, *SMALL[:3], "--batch=2"])
    assert code == 0
    assert "our stories" in printed
    assert f"floor {stories.entropy():.4f}" in printed


# --- what cannot be done ---------------------------------------------------


def test_later_changes_are_kept_with_the_run(capsys, train_on, tmp_path):
    words = train_on("--muon=0.02", "--change=rotary", "--change=relu2")
    assert said(capsys, words)[0] == 0
    recipe, _ = train.kept_recipe(checkpoint.newest(tmp_path / "run", print))
    assert recipe.muon == 0.02 and recipe.changes == ("rotary", "relu2")
    words = ["sample", "--out", str(tmp_path / "run"), "--length=5"]
    assert said(capsys, words)[0] == 0


def test_a_rate_of_muon_that_cannot_be(capsys, train_on):
    assert "above 0; got -1.0" in refused(capsys, *train_on("--muon=-1"))


def test_an_empty_text(capsys, tmp_path):
    (tmp_path / "empty.txt").touch()
    sentence = refused(capsys, "train", "--text", str(tmp_path / "empty.txt"))
    assert "has 0 characters" in sentence


def test_a_text_that_is_not_there(capsys, tmp_path):
    sentence = refused(capsys, "train", "--text", str(tmp_path / "none.txt"))
    assert "No such file" in sentence


def test_a_width_that_heads_do_not_divide(capsys):
    sentence = refused(capsys, "train", "--width=10", "--heads=4")
    assert "10, should be a multiple of the number of heads, 4" in sentence


def test_a_device_that_is_not_there(capsys):
    sentence = refused(capsys, "train", "--device=cuda:99")
    assert "no device 'cuda:99' here; there is" in sentence


def test_a_folder_that_holds_a_run(capsys, train_on):
    said(capsys, train_on())
    assert "say --resume" in refused(capsys, *train_on())


def test_a_resume_of_nothing(capsys, train_on):
    assert "no checkpoint in" in refused(capsys, *train_on("--resume"))


def test_a_resume_with_another_recipe(capsys, train_on):
    said(capsys, train_on())
    sentence = refused(capsys, *train_on("--resume", "--seed=5"))
    assert "seed is 0 there and 5 here" in sentence
    sentence = refused(capsys, *train_on("--resume", "--profile=tiny"))
    assert "leave --profile out" in sentence


def test_a_character_that_the_model_has_never_seen(capsys, train_on, tmp_path):
    said(capsys, train_on())
    sentence = refused(
        capsys, "sample", "--out", str(tmp_path / "run"), "--prompt=aéb"
    )
    assert "never seen 'é'" in sentence


@pytest.mark.parametrize(
    ("choice", "part"),
    [
        ("--prompt=", "at least one character"),
        ("--temperature=0", "above 0; got 0.0"),
        ("--top-k=0", "at least 1; got 0"),
        ("--length=-1", "not be negative; got -1"),
    ],
)
def test_samples_that_cannot_be(capsys, train_on, tmp_path, choice, part):
    said(capsys, train_on())
    out = str(tmp_path / "run")
    assert part in refused(capsys, "sample", "--out", out, choice)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to …"),
        MemoryError(),
        # What PyTorch's allocator on a CPU says.
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"),
    ],
)
def test_out_of_memory(capsys, train_on, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(train.Run, "train_step", fail)
    sentence = refused(capsys, *train_on())
    assert "out of memory; a smaller --batch" in sentence


@pytest.mark.parametrize("size", [f"--batch={10**12}", f"--width={10**6}"])
def test_too_much_memory_for_real(capsys, train_on, size):
    """NumPy says it in one way, PyTorch in another."""
    assert "out of memory" in refused(capsys, *train_on(size))


def test_another_error_is_not_hidden(train_on, monkeypatch):
    def fail(*_):
        raise RuntimeError("something else")

    monkeypatch.setattr(train.Run, "train_step", fail)
    with pytest.raises(RuntimeError, match="something else"):
        command.main(train_on())


def test_stopping_it_at_the_keyboard(capsys, train_on, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(train.Run, "train_step", stop)
    code, _, errors = said(capsys, train_on())
    assert code == 130
    assert "--resume" in errors


# --- bench -----------------------------------------------------------------


def test_bench(capsys, file):
    words = ["bench", "--text", str(file), "--steps=2", *SMALL]
    code, printed, _ = said(capsys, words)
    assert code == 0
    assert "profile tiny: 1 layers, width 8, block 12, batch 4" in printed
    assert "tokens/s" in printed


def test_bench_refuses_no_steps(capsys, file):
    words = ["bench", "--text", str(file), "--steps=0", *SMALL]
    assert "at least 1; got 0" in refused(capsys, *words)


def test_the_table_has_a_row_for_each_change(capsys, file, monkeypatch):
    # Compiling is tested where it is trained with.
    changes = bench.changes

    def without_compiling(recipe, device):
        for name, one, setup in changes(recipe, device):
            if not setup.compile:
                yield name, one, setup

    monkeypatch.setattr(bench, "changes", without_compiling)
    words = ["bench", "--table", "--text", str(file), "--steps=1", *SMALL]
    code, printed, errors = said(capsys, words)
    assert code == 0
    assert "measuring: fused attention" in errors
    rows = [x for x in printed.splitlines() if x.startswith("|")]
    assert [x.split("|")[1].strip() for x in rows[2:]] == [
        "float32, one operation after another",
        "fused attention",
    ]


def test_a_row_for_each_change_of_the_recipe(
    capsys, file, monkeypatch, tmp_path
):
    monkeypatch.setattr(recipes, "ROUNDS", 2)
    monkeypatch.setattr(recipes, "STRETCH", 1)
    words = [
        *("bench", "--recipe", "--text", str(file), "--steps=1", *SMALL),
        *("--seeds=1", "--out", str(tmp_path / "rows.json")),
        *("--precision=bfloat16", "--attention=plain", "--target=9"),
    ]
    code, printed, errors = said(capsys, words)
    assert code == 0
    rows = [x for x in printed.splitlines() if x.startswith("|")][2:]
    assert f"{len(rows)} of {len(rows)}: " in errors
    assert rows[0].startswith("| as it is | ")
    assert "| – | 1 | 1.00 × |" in rows[0]  # no p; at the target after a step
    for name in CHANGES:
        assert any(row.startswith(f"| {name} | ") for row in rows)
        assert f"- {name}: " in printed
    # All is there, so nothing is measured but how long a step takes.
    assert said(capsys, words)[2].splitlines() == ["how long a step takes …"]


def test_the_recipes_table_needs_a_text_and_a_seed(capsys, file):
    assert "say --text FILE" in refused(capsys, "bench", "--recipe")
    words = ["bench", "--recipe", "--text", str(file), "--seeds=0"]
    assert "--seeds should be at least 1; got 0" in refused(capsys, *words)


def test_precision_and_attention_of_a_training(capsys, train_on):
    words = train_on("--precision=bfloat16", "--attention=plain", steps=2)
    code, printed, _ = said(capsys, words)
    assert code == 0 and ", bfloat16;" in printed


def test_help_says_what_there_is(capsys):
    for words in (["--help"], ["train", "--help"], ["bench", "--help"]):
        with pytest.raises(SystemExit) as left:
            command.main(words)
        assert left.value.code == 0
    printed = capsys.readouterr().out
    for word in (
        "sample",
        "--resume",
        "--profile",
        "--table",
        "tiny",
        "--recipe",
    ):
        assert word in printed
