import functools
import itertools

import numpy as np
import pytest

from byhand.sliders import bottleneck, record
from byhand.text import reversal
from tests.sliders.reading import matrix, require_room, shown

ONE, LARGER, ATTENTION = "one vector of 32", "one vector of 64", "attention"


@pytest.mark.parametrize("length", bottleneck.LENGTHS)
def test_every_position_of_the_slider(length):
    arrays = bottleneck.compute(length)
    picture = bottleneck.draw(arrays)
    found = shown(picture)
    assert found["length"] == str(length)
    for name, share in arrays.here.items():
        assert found[name] == bottleneck.percent(share)
    assert len(matrix(picture, "weights")) == 8
    require_room(picture)


def test_the_record_is_whole():
    arrays = bottleneck.compute()
    assert list(arrays.right) == [ONE, LARGER, ATTENTION]
    assert len(bottleneck.STYLES) == len(arrays.right)
    for shares in arrays.right.values():
        assert len(shares) == len(bottleneck.LENGTHS)
        assert all(0 <= share <= 1 for share in shares)
    assert arrays.letters == record.LETTERS
    np.testing.assert_allclose(arrays.weights.sum(1), 1, atol=5e-3)


def test_what_is_to_be_seen():
    """Short strings pass; a larger vector moves the limit; looking helps."""
    right = bottleneck.compute().right
    assert all(shares[0] == 1 for shares in right.values())
    for smaller, larger in itertools.pairwise((ONE, LARGER, ATTENTION)):
        pairs = list(zip(right[smaller], right[larger], strict=True))
        assert all(one <= other for one, other in pairs)
        assert max(other - one for one, other in pairs) > 0.3
    twelve = bottleneck.compute(12).here
    assert twelve[LARGER] < 0.2 and twelve[ATTENTION] > 0.9
    # Lengths that were never trained on are too much for all three.
    assert all(shares[-1] < 0.5 for shares in right.values())


def test_the_attention_reads_from_the_end():
    arrays = bottleneck.compute()
    assert arrays.written == arrays.letters[::-1]
    looks = arrays.weights.argmax(axis=1)
    assert looks.tolist() == list(range(8))[::-1]


def test_the_summary():
    said = bottleneck.summary(bottleneck.compute(2))
    assert said == (
        "Strings of 2 letters reversed without a mistake: one vector of 32"
        " 100.0 %, one vector of 64 100.0 %, attention 100.0 %.\n"
        "Writing degbfach, the attention looks at hcafbged from its end to"
        " its beginning."
    )


@pytest.mark.parametrize("length", [0, 3, 2.5, 22])
def test_what_was_not_recorded(length):
    with pytest.raises(ValueError, match="even number from 2 to 20, but it"):
        bottleneck.compute(length)


def test_the_record_is_asked_for_by_name(monkeypatch, tmp_path, capsys):
    path = tmp_path / "kept.json"
    monkeypatch.setitem(
        record.RECORDS, "bottleneck", (lambda: {"a": [1]}, path)
    )
    monkeypatch.setattr("sys.argv", ["record", "bottleneck"])
    record.main()
    assert path.read_text(encoding="utf-8") == '{"a":[1]}\n'
    monkeypatch.setattr("sys.argv", ["record"])
    with pytest.raises(SystemExit):
        record.main()
    assert "vectors,bottleneck" in capsys.readouterr().err.replace(" ", "")


def test_the_button_draws_new_curves_over_the_recorded(monkeypatch):
    few = functools.partial(reversal.train, steps=2)
    seeds = []

    def train(name, seed):
        seeds.append(seed)
        return few(name, seed)

    monkeypatch.setattr(reversal, "train", train)
    panel = bottleneck.show()
    before = panel.picture
    panel.controls["length"].value = 2
    assert panel._picture.ahead
    panel.train_button.click()
    assert seeds == [1, 1, 1]
    assert panel.bar.value == panel.bar.max
    assert not panel.train_button.disabled
    # Two steps teach nothing, and none of the old pictures is left.
    found = shown(panel.picture)
    assert found[ATTENTION] == "100.0 %"
    assert float(found[f"{ATTENTION}, again"].split()[0]) < 20
    assert not panel._picture.ahead
    assert "Again: one vector of 32" in panel.summary
    require_room(panel.picture)
    panel.controls["length"].value = 20
    assert f"{LARGER}, again" in shown(panel.picture)
    assert len(panel.picture) > len(before)
    panel.train_button.click()
    assert seeds[3:] == [2, 2, 2]


def test_a_training_that_is_interrupted_leaves_the_picture(monkeypatch):
    def interrupted(name, seed):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(reversal, "train", interrupted)
    panel = bottleneck.show()
    before = panel.picture
    with pytest.raises(KeyboardInterrupt):
        panel.train()
    assert not panel.train_button.disabled
    assert panel.picture == before


@pytest.mark.parametrize("length", bottleneck.LENGTHS)
def test_new_curves_leave_room(length):
    right = bottleneck.record()["right"]
    arrays = bottleneck.compute(length, right)
    picture = bottleneck.draw(arrays)
    require_room(picture)
    assert shown(picture)[f"{ATTENTION}, again"] == shown(picture)[ATTENTION]
