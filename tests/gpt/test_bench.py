import dataclasses
import itertools

import pytest
import torch

from byhand.gpt import bench
from byhand.gpt.bench import Speed
from byhand.gpt.train import Run, Setup

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def compiler(monkeypatch):
    """The table's rows do not depend on what this machine can compile."""
    monkeypatch.setattr(bench, "missing_to_compile", lambda device: "")


def test_changes_are_made_one_at_a_time(recipe):
    for kind in ("cpu", "cuda", "mps"):
        rows = list(bench.changes(recipe, torch.device(kind)))
        for (_, one, before), (_, other, after) in itertools.pairwise(rows):
            changed = [
                field.name
                for pair in ((one, other), (before, after))
                for field in dataclasses.fields(pair[0])
                if getattr(pair[0], field.name) != getattr(pair[1], field.name)
            ]
            assert len(changed) == 1


def test_the_changes_that_a_card_is_measured_by(recipe):
    names = [n for n, _, _ in bench.changes(recipe, torch.device("cuda"))]
    assert names == [
        "float32, one operation after another",
        "tf32 matrix products",
        "bfloat16 autocast",
        "fused attention",
        "torch.compile",
        "fused AdamW",
        "batch of 16",
    ]


def test_a_speed_is_of_tokens(text, recipe):
    speed = bench.measure(text, recipe, Setup(CPU), 2)
    assert speed.tokens_per_second > 0
    assert speed.share is None


def test_the_share_of_a_peak(monkeypatch, text, recipe):
    monkeypatch.setattr(bench, "peak_flops", lambda device: 1e12)
    speed = bench.measure(text, recipe, Setup(CPU), 2)
    per_token = Run(text, recipe, Setup(CPU)).model.flops_per_token()
    assert speed.share == pytest.approx(
        speed.tokens_per_second * per_token / 1e12
    )


@pytest.mark.parametrize(
    ("name", "peak"),
    [
        ("NVIDIA H100 80GB HBM3", 989e12),
        ("NVIDIA H100 PCIe", 756e12),
        ("NVIDIA A100-SXM4-80GB", 312e12),
        ("NVIDIA A10G", 125e12),
        ("Tesla T4", 65e12),
        ("Some card", None),
    ],
)
def test_peaks_of_cards(monkeypatch, name, peak):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: name)
    assert bench.peak_flops(torch.device("cuda")) == peak


def test_the_table_compares_with_the_row_above_and_the_first():
    rows = [
        ("one", Speed(1000.0, None)),
        ("two", Speed(1500.0, 0.1234)),
        ("three", Speed(3000.0, 0.2)),
    ]
    assert bench.table(rows).splitlines()[2:] == [
        "| one | 1,000 | 1.00 | 1.00 | – |",
        "| two | 1,500 | 1.50 | 1.50 | 12.3 % |",
        "| three | 3,000 | 2.00 | 3.00 | 20.0 % |",
    ]


def test_what_cannot_be_compiled_is_left_out(monkeypatch, recipe):
    monkeypatch.setattr(bench, "missing_to_compile", lambda device: "g++")
    names = [n for n, _, _ in bench.changes(recipe, CPU)]
    assert names == [
        "float32, one operation after another",
        "fused attention",
        "fused AdamW",
        "batch of 16",
    ]
