import json

import numpy as np
import pytest

from byhand.gpt import recipes as table
from byhand.gpt.train import Setup, device_named
from byhand.sliders import recipes
from tests.sliders.reading import require_room, shown

ROWS = range(len(recipes.names()))


def test_what_was_recorded_is_the_table_of_today():
    """That its numbers come again is for a machine with half an hour."""
    base = table.base_recipe()
    setup = Setup(device_named("cpu"))
    rows = list(table.rows(base, setup))
    kept = recipes.record()
    # A record that was cut off lacks the last rows, and goes on with them.
    known = {row.name: row for row in rows}
    assert recipes.names() == [
        name for name in known if kept["rows"][name]["curves"]
    ]
    for name in recipes.names():
        assert kept["rows"][name]["on"] == known[name].on
        assert kept["rows"][name]["says"] == known[name].says
    assert kept["about"]["recipe"] == json.loads(table.written(base))
    assert recipes.TARGET == table.TARGET
    assert "thread" in kept["machine"] and kept["date"].startswith("20")


def test_every_row_has_its_curve_and_its_pace():
    kept = recipes.record()
    for name in recipes.names():
        row = kept["rows"][name]
        for points in row["curves"].values():
            assert [at for at, _ in points] == list(
                range(table.EVERY, table.STEPS + 1, table.EVERY)
            )
        assert kept["paces"][name] > 0


@pytest.mark.parametrize("row", ROWS)
def test_the_picture_says_the_numbers_and_has_room_for_them(row):
    one = recipes.compute(row)
    picture = recipes.draw(one)
    require_room(picture)
    numbers = shown(picture)
    figures = {
        each.name: each
        for each in table.figures(recipes.record(), recipes.TARGET)
    }[one.name]
    assert float(numbers["loss"]) == pytest.approx(
        sum(figures.losses) / len(figures.losses), abs=6e-5
    )
    assert float(numbers["less"]) == pytest.approx(abs(figures.less), abs=6e-5)
    said = [float(numbers[n].replace("−", "-")) for n in ("least", "most")]
    gaps = sorted(np.copysign(1, figures.less) * np.array(one.gaps))
    assert said == pytest.approx([gaps[0], gaps[-1]], abs=6e-5)
    assert np.mean(one.gaps) == pytest.approx(figures.less)
    assert float(numbers["pace"]) == pytest.approx(figures.pace, abs=6e-3)
    lines = [numbers[f"line {k}"].strip() for k in range(recipes.LINES)]
    assert " ".join(lines).strip() == one.says  # none was cut off


def test_all_curves_are_within_the_frame():
    for row in ROWS:
        one = recipes.compute(row)
        assert min(one.losses) > 1.75 and max(one.losses[1:]) < 2.75


def test_the_first_row_is_compared_with_itself():
    plain = recipes.compute(0)
    assert plain.losses == plain.others and plain.pace == 1
    assert "without" not in recipes.summary(plain).splitlines()[0]


@pytest.mark.parametrize("row", [-1, 0.5, len(ROWS)])
def test_a_row_that_there_is_not(row):
    with pytest.raises(ValueError, match="the row must be a whole number"):
        recipes.compute(row)
