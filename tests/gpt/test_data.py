import numpy as np
import pytest
import torch

from byhand.gpt import data, stories


def test_letters_and_back(text):
    some = text.alphabet[::-1]
    assert data.decode(text.alphabet, data.encode(text.alphabet, some)) == some


def test_an_unknown_character_is_named(text):
    with pytest.raises(data.DataError, match="never seen 'é', 'Ω'"):
        data.encode(text.alphabet, "aΩé")


def test_a_target_is_what_comes_next(text, recipe):
    inputs, targets = data.batch(text.training, 5, recipe.block_size, 0, 0)
    assert inputs.shape == targets.shape == (5, recipe.block_size)
    assert torch.equal(inputs[:, 1:], targets[:, :-1])
    whole = data.decode(text.alphabet, text.training.ids)
    for row, last in zip(inputs, targets[:, -1:], strict=True):
        assert data.decode(text.alphabet, torch.cat([row, last])) in whole


def test_a_batch_depends_on_seed_and_step_alone(text):
    def drawn(seed, step):
        return data.batch(text.training, 5, 12, seed, step)[0]

    assert torch.equal(drawn(0, 3), drawn(0, 3))
    assert not torch.equal(drawn(0, 3), drawn(0, 4))
    assert not torch.equal(drawn(0, 3), drawn(1, 3))


def test_every_start_is_drawn_and_none_that_does_not_fit(text):
    last = len(text.training.ids) - 12
    assert text.training.starts.tolist() == list(range(last))


def test_prefetched_batches_are_those_of_their_steps(text):
    cpu = torch.device("cpu")
    coming = data.prefetched(text.training, 5, 12, 0, range(3, 6), cpu)
    for step, (inputs, targets) in zip(range(3, 6), coming, strict=True):
        wanted = data.batch(text.training, 5, 12, 0, step)
        assert torch.equal(inputs, wanted[0])
        assert torch.equal(targets, wanted[1])


def counted(split, size, block_size, most=None):
    """How many targets the pieces have, and each with its place."""
    found = data.pieces(split, size, block_size, most, 0)
    return [t[t != data.IGNORED] for _, t in found]


def test_pieces_are_the_whole_held_out_text_once(text):
    targets = torch.cat(counted(text.held_out, 4, 12))
    assert torch.equal(targets, text.held_out.ids[1:])


def test_some_pieces_are_always_the_same(text):
    one = counted(text.held_out, 2, 12, most=3)
    assert len(one) == 3
    for a, b in zip(one, counted(text.held_out, 2, 12, most=3), strict=True):
        assert torch.equal(a, b)


def test_pieces_of_our_stories_are_stories():
    text = data.bundled(224)
    held_out = stories.corpus(data.STORIES[1], 1)
    assert len(text.held_out.pieces) == len(held_out)
    for (start, length), story in zip(
        text.held_out.pieces, held_out, strict=True
    ):
        ids = text.held_out.ids[start : start + length + 1]
        assert data.decode(text.alphabet, ids) == f"\n{story.text}\n"
    ids = text.training.ids[text.training.starts]
    assert data.decode(text.alphabet, ids).strip("\n") == ""
    assert text.floor == stories.entropy()


def test_what_is_never_trained_on_is_not_in_the_training_text(file, text):
    whole = file.read_text(encoding="utf-8")
    parts = (text.training, text.held_out)
    both = [data.decode(text.alphabet, part.ids) for part in parts]
    assert "".join(both) == whole
    assert len(both[1]) == pytest.approx(0.1 * len(whole), abs=1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has 0 characters; with blocks of 12 at least 131 are needed"),
        (b"abc", "has 3 characters"),
        (b"\xff\xfe\x00" * 100, "is not a text in UTF-8"),
    ],
)
def test_a_text_that_will_not_do(tmp_path, content, sentence):
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(data.DataError, match=sentence):
        data.from_file(path, 12)


def test_the_least_that_is_asked_for_is_enough(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("ab" * 65 + "a")
    text = data.from_file(path, 12)
    assert len(text.held_out.ids) > 12


def test_a_text_that_is_not_there(tmp_path):
    with pytest.raises(data.DataError, match="No such file"):
        data.from_file(tmp_path / "none.txt", 12)


def test_a_block_that_holds_no_story():
    with pytest.raises(data.DataError, match="holds no whole one"):
        data.bundled(64)


def test_a_text_is_known_by_its_digest(text, file, tmp_path):
    other = tmp_path / "letters.txt"
    letters = file.read_text(encoding="utf-8")
    other.write_text(letters)
    assert data.from_file(other, 12).digest == text.digest
    other.write_text("b" + letters[1:])
    assert data.from_file(other, 12).digest != text.digest
    assert np.array_equal(
        data.from_file(file, 12).training.starts, text.training.starts
    )
