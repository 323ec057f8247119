"""The exercise `training.shift_right`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception, Whole

from ..pieces.tensors import tensor


def padded_in_front(targets, bos_id):
    from torch.nn import functional

    # A negative pad at the end cuts off.
    return functional.pad(targets, (1, -1), value=bos_id)


def sentences(batch, n, bos_id=1):
    """Ids from 3 on, no two alike."""
    return lambda rng: {
        "targets": tensor(3 + rng.permutation(2 * batch * n)[: batch * n])
        .long()
        .reshape(batch, n),
        "bos_id": bos_id,
    }


def sentences_with_padding(rng):
    """Two sentences that end with 2, the second of them filled with 0."""
    words = 3 + rng.permutation(12)[:6]
    rows = [[*words[:4], 2], [*words[4:], 2, 0, 0]]
    return {"targets": tensor(rows).long(), "bos_id": 1}


def joined(*columns):
    return tensor(np.concatenate([np.asarray(c) for c in columns], axis=1))


def column_of(targets, bos_id):
    return np.full((len(targets), 1), bos_id)


def shifted_through_the_batch(targets, bos_id):
    """One long row: a sentence begins with the last token of another."""
    row = [bos_id, *np.asarray(targets).flatten()[:-1]]
    return tensor(row).reshape(targets.shape)


def shifted_down(targets, bos_id):
    out = np.roll(np.asarray(targets), 1, axis=0)
    out[0] = bos_id
    return tensor(out)


EXERCISE = Exercise(
    id="training.shift_right",
    signature="shift_right(targets, bos_id)",
    asks=(
        "Make the decoder's input from its targets. `targets` is a tensor of "
        "token ids, `(batch, n)`, a sentence in each row. Return a new "
        "tensor of the same shape in which every row has moved one place to "
        "the right: `bos_id` stands in front, and the last token is dropped. "
        "Padding is a token like any other here."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=padded_in_front,
    cases=(
        Case("a sentence of two tokens", sentences(1, 2)),
        Case("a sentence of one token", sentences(1, 1)),
        Case("two sentences of three", sentences(2, 3)),
        Case("another number for <bos>", sentences(3, 2, bos_id=40)),
        Case("<bos> is 0", sentences(2, 3, bos_id=0)),
        Case("a sentence with padding behind it", sentences_with_padding),
    ),
    misconceptions=(
        Misconception(
            "not shifted",
            "nothing has moved: at every place the decoder is given the very "
            "token that it is to predict there. It learns to copy, and that "
            "is of no use when there is nothing to copy.",
            lambda targets, bos_id: targets.clone(),
        ),
        Misconception(
            "floats",
            "the ids are right, but they are floats: `torch.zeros` and "
            "`torch.ones` make those unless you name a `dtype`. An embedding "
            "takes whole numbers only.",
            lambda targets, bos_id: padded_in_front(targets, bos_id).double(),
        ),
        Misconception(
            "shifted left",
            "the sentence moved to the left and `bos_id` came in at the end. "
            "Then the decoder is shown the token *after* the one it is to "
            "predict. It should see what came before.",
            lambda targets, bos_id: joined(
                targets[:, 1:], column_of(targets, bos_id)
            ),
        ),
        Misconception(
            "last not dropped",
            "`bos_id` is in front, but nothing was dropped at the end, so "
            "the rows are one token longer than the targets. Drop the last "
            "token: the model need not say what follows it.",
            lambda targets, bos_id: joined(
                column_of(targets, bos_id), targets
            ),
        ),
        Misconception(
            "rolled round",
            "the last token came round to the front, where `bos_id` should "
            "be. It tells the decoder how the sentence ends before it has "
            "begun.",
            lambda targets, bos_id: targets.roll(1, 1),
        ),
        Misconception(
            "the first token overwritten",
            "`bos_id` took the place of the first token, and the others "
            "stayed where they were: the decoder is still given what it is "
            "to predict. All tokens move. The one that goes is the last.",
            lambda targets, bos_id: joined(
                column_of(targets, bos_id), targets[:, 1:]
            ),
        ),
        Misconception(
            "only cut",
            "the last token is dropped, but there is no `bos_id` in front: "
            "the rows are one token short, and the first prediction has "
            "nothing to start from.",
            lambda targets, bos_id: targets[:, :-1],
        ),
        Misconception(
            "as one long row",
            "the batch was shifted as one long row, so that every sentence "
            "but the first begins with the last token of the one above. Each "
            "row gets a `bos_id` of its own.",
            shifted_through_the_batch,
        ),
        Misconception(
            "rolled as one long row",
            "without an axis, a roll takes the whole batch as one long row: "
            "tokens wander from one sentence into the next, and `bos_id` is "
            "nowhere.",
            lambda targets, bos_id: targets.roll(1),
        ),
        Misconception(
            "along the batch",
            "you shifted *sentences*: the first row became `bos_id` and the "
            "others moved down. Shift tokens, along the last axis.",
            shifted_down,
        ),
        Misconception(
            "always 0 in front",
            "0 stands in front, whatever `bos_id` says.",
            lambda targets, bos_id: padded_in_front(targets, 0),
        ),
        Misconception(
            "always 1 in front",
            "1 stands in front, whatever `bos_id` says.",
            lambda targets, bos_id: padded_in_front(targets, 1),
        ),
        Misconception(
            "bos on both sides of the cut",
            "you put `bos_id` in front *and* over the last token. It belongs "
            "in front only. Dropping the last token leaves no gap, since all "
            "have moved.",
            lambda targets, bos_id: joined(
                column_of(targets, bos_id),
                targets[:, : max(targets.shape[1] - 2, 0)],
                column_of(targets, bos_id),
            ),
        ),
    ),
    hints=(
        "The targets are `I am <eos>`. What does the decoder know before it "
        "has said anything, what before the second word, what before the "
        "third?",
        "A column of `bos_id`, as long as the batch, and behind it all "
        "columns of the targets but the last. PyTorch joins tensors along an "
        "axis with `torch.cat`; the types must match (int64).",
        "first = a (batch, 1) tensor filled with bos_id; result = first and "
        "targets without its last column, joined along axis 1.",
    ),
    returns=(Whole("decoder_input"),),
)
