"""What the table of changes is made of, and what it says."""

import dataclasses
import json

import pytest
import torch

from byhand.gpt import recipes
from byhand.gpt.model import CHANGES
from byhand.gpt.recipes import PLAIN, Point
from byhand.gpt.train import Setup

EXACT = Setup(torch.device("cpu"))
HALF = Setup(torch.device("cpu"), precision="bfloat16", attention="plain")


@pytest.fixture
def short(recipe):
    """No dropout, two evaluations."""
    return dataclasses.replace(
        recipe, **{"steps": 4, "evaluate_every": 2, "dropout": 0.0}
    )


@pytest.fixture
def few(monkeypatch):
    """Two of the rows, and one that is on top of the second."""
    whole = recipes.rows

    def some(base, setup):
        kept = (PLAIN, "rotary", "rotary + Muon")
        return (row for row in whole(base, setup) if row.name in kept)

    monkeypatch.setattr(recipes, "rows", some)
    monkeypatch.setattr(recipes, "ROUNDS", 2)


def differences(one, other):
    """What a row has other than the row that it is compared with."""
    found = [
        field.name
        for pair in ((one.recipe, other.recipe), (one.setup, other.setup))
        for field in dataclasses.fields(pair[0])
        if getattr(pair[0], field.name) != getattr(pair[1], field.name)
    ]
    return found


def test_each_row_is_one_change_away_from_the_row_that_it_names(short):
    rows = {row.name: row for row in recipes.rows(short, HALF)}
    assert len(rows) == len(list(recipes.rows(short, HALF)))  # no name twice
    for row in rows.values():
        found = differences(row, rows[row.on])
        if row.name == PLAIN:
            assert found == []
        elif row.name == "nanochat's way":
            assert found == ["muon", "changes"]
        else:
            assert len(found) == 1
        more = set(row.recipe.changes) - set(rows[row.on].recipe.changes)
        assert len(more) <= 1 or row.name == "nanochat's way"


def test_every_change_stands_alone_and_on_top_of_others(short):
    names = [row.name for row in recipes.rows(short, EXACT)]
    stacked = " + ".join(recipes.LADDER)
    for change in ("Muon", *CHANGES):
        assert change in names
        on_top = [name for name in names if name.endswith(f" + {change}")]
        assert on_top or change == recipes.LADDER[0]
    assert stacked in names and "nanochat's way" in names


def test_a_curve_ends_at_its_target_or_at_its_end(text, short):
    points = recipes.curve(text, short, EXACT)
    assert [point.step for point in points] == [2, 4]
    assert recipes.curve(text, short, EXACT, points[0].loss) == [
        Point(2, pytest.approx(0, abs=60), points[0].loss)
    ]


def test_the_rows_are_kept_one_by_one(text, short, few, tmp_path):
    path, said = tmp_path / "rows.json", []

    def stop(line):
        said.append(line)
        if len(said) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recipes.measured(text, short, EXACT, 2, path, stop)
    assert said[3].startswith("4 of 6: as it is, seed 1: ")
    half = json.loads(path.read_text(encoding="utf-8"))
    kept = recipes.measured(text, short, EXACT, 2, path, said.append)
    assert [line[:6] for line in said[4:6]] == ["5 of 6", "6 of 6"]
    # What was there was not measured again.
    for name, row in half["rows"].items():
        for seed, points in row["curves"].items():
            assert kept["rows"][name]["curves"][seed] == points
    assert json.loads(path.read_text(encoding="utf-8")) == kept
    assert set(kept["paces"]) == {*kept["rows"], recipes.EXACT}
    assert all(pace > 0 for pace in kept["paces"].values())
    other = dataclasses.replace(short, peak=0.5, floor=0.1)
    with pytest.raises(ValueError, match="another recipe or text"):
        recipes.measured(text, other, EXACT, 2, path, said.append)


KEPT = {
    "about": {"recipe": {"steps": 4}},
    "rows": {
        PLAIN: {
            "on": PLAIN,
            "curves": {
                "0": [[2, 2.0], [4, 1.9]],
                "1": [[2, 2.1], [4, 1.8]],
            },
        },
        "better": {
            "on": PLAIN,
            "curves": {
                "0": [[2, 1.75], [4, 1.7]],
                "1": [[2, 1.9], [4, 1.4]],
            },
        },
        "half done": {"on": "better", "curves": {"1": [[2, 1.5], [4, 1.5]]}},
        "not begun": {"on": PLAIN, "curves": {}},
    },
    "paces": {PLAIN: 0.02, "better": 0.03},
}


def test_figures_are_differences_seed_by_seed():
    plain, better, half = recipes.figures(KEPT, 1.8)
    assert plain.losses == [1.9, 1.8]
    assert plain.reached == [None, 4] and better.reached == [2, 4]
    assert better.less == pytest.approx((0.2 + 0.4) / 2)
    # t = 0.3 / (0.1414 / √2) = 3 with one degree of freedom.
    assert better.chance == pytest.approx(0.2048, abs=1e-4)
    assert better.pace == pytest.approx(1.5)
    assert half.less == pytest.approx(1.4 - 1.5)
    assert half.chance is None and half.pace is None


def test_the_table():
    assert recipes.table(KEPT, 1.8).splitlines() == [
        "| change | loss after 4 steps | seeds | below | by | p "
        "| steps to 1.8 | a step's time |",
        "|---|---|---|---|---|---|---|---|",
        "| as it is | 1.8500 ± 0.0707 | 2 | – | – | – | – | 1.00 × |",
        "| better | 1.5500 ± 0.2121 | 2 | as it is | +0.3000 | 0.205 | 3 "
        "| 1.50 × |",
        "| half done | 1.5000 | 1 | better | -0.1000 | – | 2 | – |",
    ]


def test_a_chance_is_never_written_as_nothing():
    plain = {seed: [[4, 1.9]] for seed in "123"}
    lower = {seed: [[4, 1.5 + int(seed) / 1e6]] for seed in "123"}
    rows = KEPT["rows"] | {
        PLAIN: {"on": PLAIN, "curves": plain},
        "better": {"on": PLAIN, "curves": lower},
    }
    *_, row, _ = recipes.table(KEPT | {"rows": rows}, 1.8).splitlines()
    assert "| < 0.001 |" in row


def test_the_base_is_the_quick_shape_without_what_makes_it_quick():
    base = recipes.base_recipe()
    assert base.muon is None and base.changes == ()
    assert (base.num_layers, base.d_model, base.block_size) == (4, 128, 64)
    assert base.steps == recipes.STEPS


def test_each_change_names_its_source():
    for row in recipes.rows(recipes.base_recipe(), EXACT):
        assert any(f"{year}" in row.says for year in range(2015, 2026))
