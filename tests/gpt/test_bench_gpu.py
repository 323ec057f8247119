"""The command for a machine with a card, rehearsed on the CPU.

Beside a stand-in for nanoGPT, which is not part of this project: it is
called, says what it measures and keeps its model as nanoGPT does.
"""

import json
import textwrap

import pytest
import torch

from byhand.gpt import bench, train
from tests.bench import gpu

MODEL = """
    from dataclasses import dataclass

    import torch
    from torch import nn
    from torch.nn import functional


    @dataclass
    class GPTConfig:
        block_size: int = 32
        vocab_size: int = 65
        n_layer: int = 1
        n_head: int = 1
        n_embd: int = 8
        dropout: float = 0.0
        bias: bool = False


    class GPT(nn.Module):
        def __init__(self, config):
            super().__init__()
            self.tokens = nn.Embedding(config.vocab_size, config.n_embd)

        def forward(self, ids, targets):
            logits = self.tokens(ids) @ self.tokens.weight.T
            return logits, functional.cross_entropy(
                logits.flatten(0, 1), targets.flatten(), ignore_index=-1
            )
"""
TRAIN = """
    import itertools
    import pickle
    import sys
    from pathlib import Path

    import torch

    from model import GPT, GPTConfig

    given = dict(word[2:].split("=") for word in sys.argv[2:])
    with open("data/shakespeare_char/meta.pkl", "rb") as file:
        vocab = pickle.load(file)["vocab_size"]
    every = int(given["eval_interval"])
    args = {"vocab_size": vocab, "n_embd": int(given["n_embd"])}
    model = GPT(GPTConfig(**args))
    Path(given["out_dir"]).mkdir()
    torch.save(
        {"model": model.state_dict(), "model_args": args},
        given["out_dir"] + "/ckpt.pt",
    )
    for step in itertools.count(0, every):  # until it is stopped
        loss = 3 - step / 10
        print(f"step {step}: train loss 9.0000, val loss {loss:.4f}")
"""
PREPARE = """
    import pickle
    from pathlib import Path

    letters = sorted(set(Path("input.txt").read_text()))
    with open("meta.pkl", "wb") as file:
        pickle.dump({"vocab_size": len(letters)}, file)
"""


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nanoGPT")
    for path, code in {
        "model.py": MODEL,
        "train.py": TRAIN,
        "data/shakespeare_char/prepare.py": PREPARE,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(code))
    return folder


@pytest.fixture
def words(stand_in, file, tmp_path, monkeypatch):
    """Words of the command; compiling would take a minute here."""
    monkeypatch.setattr(bench, "missing_to_compile", lambda device: "g++")
    monkeypatch.setattr(train, "missing_to_compile", lambda device: "g++")

    def given(*more):
        return [
            *("--rehearse", "--nanogpt", str(stand_in), "--text", str(file)),
            *("--out", str(tmp_path / "figures"), *more),
        ]

    return given


def kept(tmp_path):
    return json.loads((tmp_path / "figures/figures.json").read_text())


def test_all_parts_are_measured_kept_and_shown(words, tmp_path, capsys):
    assert gpu.main(words()) == 0
    parts = kept(tmp_path)["parts"]
    assert list(parts) == [
        name for name in gpu.PARTS if name not in gpu.ASKED_FOR
    ]
    speeds = parts["tokens-a-second"]["speeds"]
    assert [len(several) for several in speeds.values()] == [1, 1]
    assert min(speed for one in speeds.values() for speed in one) > 0
    assert {
        by
        for each in parts["resume"]["differences"].values()
        for by in each.values()
    } == {0.0}  # a CPU keeps its order
    runs = {
        name: parts[f"loss-of-{name}"]["runs"]
        for name in ("nanogpt", "small", "quicker")
    }
    assert [len(several) for several in runs.values()] == [1, 1, 1]
    stamps, loss = runs["nanogpt"][0]
    # Stopped at the first after that at the target, 1.4697.
    assert [step for _, step, _ in stamps] == [0, 10, 20, 30]
    assert [said for _, _, said in stamps] == [3.0, 2.0, 1.0, 0.0]
    assert loss > 1.1  # measured, not what it said
    for stamps, loss in runs["small"] + runs["quicker"]:
        assert stamps[-1][1] == 20
        assert stamps[-1][2] == pytest.approx(loss, abs=6e-5)
    shown = capsys.readouterr().out
    table = shown.partition("## loss-of-nanogpt")[2].splitlines()
    # The first step at or below the target, and the lowest printed.
    assert [cell.strip() for cell in table[4].split("|")[2:4]] == [
        *("20", "0.0000")
    ]
    written = (tmp_path / "figures/figures.md").read_text(encoding="utf-8")
    assert shown.strip() == written.strip()


def test_the_recipes_one_by_one(words, tmp_path, capsys):
    assert gpu.main(words("--only=recipes")) == 0
    rows = kept(tmp_path)["parts"]["recipes"]["rows"]
    assert "rotary" in [name for name, _ in rows]
    assert len({points[-1][2] for _, points in rows}) == len(rows)
    assert "| rotary |" in capsys.readouterr().out


def test_a_part_that_fails_costs_no_other(
    words, tmp_path, capsys, monkeypatch
):
    def broken(given):
        raise RuntimeError("no such kernel")

    monkeypatch.setitem(gpu.PARTS, "resume", broken)
    both = words("--only=resume", "--only=single-changes")
    assert gpu.main(both) == 1
    assert "no such kernel" in capsys.readouterr().out
    first = kept(tmp_path)["parts"]["single-changes"]

    monkeypatch.setitem(gpu.PARTS, "resume", lambda given: {"differences": {}})
    assert gpu.main(both) == 0
    parts = kept(tmp_path)["parts"]
    assert parts["single-changes"] == first  # it was there already
    assert "seconds" in parts["resume"]


def test_figures_of_two_machines_do_not_mix(words, tmp_path):
    folder = tmp_path / "figures"
    folder.mkdir()
    other = {"machine": {"device": "another card"}, "parts": {}}
    (folder / "figures.json").write_text(json.dumps(other))
    with pytest.raises(SystemExit, match="of another machine"):
        gpu.main(words())


@pytest.mark.parametrize(
    ("place", "instead", "sentence"),
    [
        (1, "--nanogpt=nowhere", "folder with nanoGPT's train.py"),
        (3, "--text=nothing", "there is no text nothing"),
    ],
)
def test_what_is_missing_is_said(words, capsys, place, instead, sentence):
    given = words()
    given[place : place + 2] = [instead]
    with pytest.raises(SystemExit):
        gpu.main(given)
    assert sentence in capsys.readouterr().err


def test_without_a_card_there_is_the_rehearsal(words, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit):
        gpu.main(words()[1:])
    assert "--rehearse needs none" in capsys.readouterr().err


def test_what_a_card_said_is_shown_as_it_was():
    """docs/gpu, and lesson 17's table, which rounds it."""
    folder = gpu.ROOT / "docs/gpu"
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    shown = (folder / "figures.md").read_text(encoding="utf-8")
    assert shown == gpu.markdown(figures)
    rows = [speed for _, speed in figures["parts"]["single-changes"]["rows"]]
    lesson = gpu.ROOT / "solutions/17_gpt_on_gpu.py"
    text = lesson.read_text(encoding="utf-8")
    table = text.partition("# | change | thousand tokens/s |")[2]
    for line, (speed, share) in zip(
        table.splitlines()[2:], rows, strict=False
    ):
        cells = [cell.strip() for cell in line.split("|")]
        assert cells[2] == f"{speed / 1000:.0f}"
        assert cells[4] == f"{100 * share:.1f} %"
    assert len(rows) == 7
