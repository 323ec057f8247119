import pytest
import torch

from byhand.gpt import checkpoint
from byhand.gpt.checkpoint import Checkpoint, CheckpointError


def one(step=3, value=1.0):
    tensors = {
        "a": torch.full((2, 3), value),
        "b": torch.arange(5, dtype=torch.uint8),
        "c": torch.tensor(7.0),
    }
    return Checkpoint(step, tensors, {"alphabet": "äö\n", "seed": 4})


def same(a, b):
    return (
        a.step == b.step
        and a.facts == b.facts
        and a.tensors.keys() == b.tensors.keys()
        and all(torch.equal(a.tensors[n], b.tensors[n]) for n in a.tensors)
    )


def test_what_is_read_is_what_was_saved(tmp_path):
    path = checkpoint.save(tmp_path / "new", one())
    assert same(checkpoint.read(path), one())
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_newest_two_are_kept(tmp_path):
    for step in (9, 10, 100):
        checkpoint.save(tmp_path, one(step))
    steps = [checkpoint.read(p).step for p in checkpoint.found(tmp_path)]
    assert steps == [100, 10]


def spoil_number(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-5])


def empty(path):
    path.write_bytes(b"")


def pickled(path):
    torch.save({"a": 1}, path)


@pytest.mark.parametrize("spoil", [spoil_number, cut_off, empty, pickled])
def test_a_damaged_one_is_refused_and_the_one_before_used(tmp_path, spoil):
    checkpoint.save(tmp_path, one(1))
    spoil(checkpoint.save(tmp_path, one(2)))
    said = []
    assert same(checkpoint.newest(tmp_path, said.append), one(1))
    assert len(said) == 1
    assert "step-00000002.safetensors is damaged" in said[0]
    assert "trying the one before" in said[0]


def test_when_all_are_damaged(tmp_path):
    empty(checkpoint.save(tmp_path, one()))
    with pytest.raises(CheckpointError, match=r"no checkpoint in .* can be"):
        checkpoint.newest(tmp_path, print)


def test_when_there_is_none(tmp_path):
    with pytest.raises(CheckpointError, match="train first"):
        checkpoint.newest(tmp_path, print)


def test_one_that_was_being_written_does_not_count(tmp_path):
    checkpoint.save(tmp_path, one(1))
    (tmp_path / "step-00000002.partial").write_bytes(b"half")
    assert checkpoint.newest(tmp_path, print).step == 1
