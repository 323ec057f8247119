"""What bench-gpt runs and reports; how long that takes is never asserted."""

from pathlib import Path

from byhand.gpt.__main__ import parser, prepare
from byhand.gpt.recipes import TARGET
from tests.bench import gpt
from tests.bench.gpt import NANOGPT, OURS, QUICK, Result


def test_both_of_ours_are_of_nanogpts_shape(file):
    for options in (gpt.same(2000, 3e-3), gpt.quick(7)):
        command = gpt.ours(file, options, Path("out"))
        given = parser().parse_args(command[3:])
        _, recipe, setup = prepare(given)
        assert (recipe.num_layers, recipe.num_heads) == (4, 4)
        assert (recipe.d_model, recipe.block_size) == (128, 64)
        assert recipe.dropout == 0 and setup.device.type == "cpu"
    assert recipe.seed == 7 and recipe.muon and recipe.steps < 2000 / 4
    assert (setup.precision, setup.attention) == ("bfloat16", "plain")


def test_the_report_has_spreads_and_shares():
    results = {
        OURS: [Result(60.0, 1.7)],
        NANOGPT: [Result(70.0, TARGET), Result(90.0, TARGET)],
        QUICK: [Result(9.0, TARGET), Result(11.0, TARGET + 1e-4)],
    }
    lines = gpt.report(results, 2000, 3e-3).splitlines()
    assert lines[4:7] == [
        "| byhand.gpt | 1.7000 | 60.0 |",
        "| nanoGPT | 1.8983 (1.8983 to 1.8983) | 80.0 (70.0 to 90.0) |",
        "| quick | 1.8984 (1.8983 to 1.8984) | 10.0 (9.0 to 11.0) |",
    ]
    assert lines[-3:] == [
        "byhand.gpt takes 0.750 of nanoGPT's seconds.",
        "quick takes 0.125 of nanoGPT's seconds.",
        f"quick: 1 of 2 seeds end at {TARGET:g} or below.",
    ]


def test_a_side_alone_has_nothing_to_be_compared_with():
    said = gpt.report({QUICK: [Result(9.0, 1.8)]}, 2000, 3e-3)
    assert "of nanoGPT's" not in said
    assert said.endswith("1 of 1 seeds end at 1.8983 or below.")
