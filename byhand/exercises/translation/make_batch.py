"""The exercise `translation.make_batch`."""

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from byhand.exercise import Case, Exercise, Fact, Misconception, Whole, Yes

from ..pieces.seams import but
from ..pieces.tensors import is_boolean, is_int64


def given(words, bos, eos):
    return [bos, *words]


def wanted(words, bos, eos):
    return [*words, eos]


def padded(rows, pad_id):
    return pad_sequence(
        [torch.tensor(row) for row in rows],
        batch_first=True,
        padding_value=pad_id,
    )


def padded_on_the_left(rows, pad_id):
    return padded([row[::-1] for row in rows], pad_id).flip(1)


def is_word(ids, pad_id):
    return ids != pad_id


def past(m):
    return torch.ones(m, m, dtype=torch.bool).tril()


def past_and_real(tgt_in, real, m):
    return past(m) & real[:, None]


def as_they_are(*batch):
    return batch


def batch(
    pairs,
    pad_id,
    bos_id,
    eos_id,
    *,
    source=lambda words, bos, eos: words,
    tgt_in=given,
    tgt_out=wanted,
    fill=padded,
    real=is_word,
    opened=past_and_real,
    finish=as_they_are,
):
    """A batch, of which every part can go wrong by itself."""
    sources, targets = zip(*pairs, strict=True)
    src = fill([source(list(s), bos_id, eos_id) for s in sources], pad_id)
    ins, outs = (
        fill([make(list(t), bos_id, eos_id) for t in targets], pad_id)
        for make in (tgt_in, tgt_out)
    )
    src_mask = real(src, pad_id)[:, None]
    tgt_mask = opened(ins, real(ins, pad_id), ins.shape[1])
    return finish(src, ins, outs, src_mask, tgt_mask)


def cut_after_filling(pairs, pad_id, bos_id, eos_id):
    """<bos> … <eos> filled up first, then cut at either end."""
    whole = padded([[bos_id, *t, eos_id] for _, t in pairs], pad_id)
    src = padded([s for s, _ in pairs], pad_id)
    ins, outs = whole[:, :-1], whole[:, 1:]
    real = ins != pad_id
    mask = past_and_real(ins, real, ins.shape[1])
    return src, ins, outs, (src != pad_id)[:, None], mask


def to_one_width(pairs, pad_id, bos_id, eos_id):
    """Both languages filled up to the longest of all."""
    longest = max(max(len(s), len(t) + 1) for s, t in pairs)
    marker = [pad_id] * longest

    def fill(rows, pad_id):
        return padded([*rows, marker], pad_id)[:-1]

    return batch(pairs, pad_id, bos_id, eos_id, fill=fill)


def no_eos(pairs, pad_id, bos_id, eos_id):
    """Where it should stand there is padding."""
    *others, tgt_out, src_mask, tgt_mask = batch(pairs, pad_id, bos_id, eos_id)
    tgt_out = torch.where(tgt_out == eos_id, pad_id, tgt_out)
    return *others, tgt_out, src_mask, tgt_mask


def eos_at_the_end(pairs, pad_id, bos_id, eos_id):
    src, tgt_in, _, *masks = batch(pairs, pad_id, bos_id, eos_id)
    end = torch.full((len(pairs), 1), eos_id)
    return src, tgt_in, torch.cat([tgt_in[:, 1:], end], dim=1), *masks


def filled_with(number):
    return lambda rows, pad_id: padded(rows, number)


def rows_of_padding_closed(tgt_in, real, m):
    return past_and_real(tgt_in, real, m) & real[:, :, None]


def inverted(src, tgt_in, tgt_out, src_mask, tgt_mask):
    return src, tgt_in, tgt_out, ~src_mask, ~tgt_mask


def as_numbers(src, tgt_in, tgt_out, src_mask, tgt_mask):
    return src, tgt_in, tgt_out, src_mask.double(), tgt_mask.double()


def ids_as_floats(src, tgt_in, tgt_out, src_mask, tgt_mask):
    return src.double(), tgt_in.double(), tgt_out.double(), src_mask, tgt_mask


def one_axis_less(src, tgt_in, tgt_out, src_mask, tgt_mask):
    return src, tgt_in, tgt_out, src_mask[:, 0], tgt_mask


def a_square_source_mask(src, tgt_in, tgt_out, src_mask, tgt_mask):
    square = src_mask.expand(-1, src.shape[1], -1)
    return src, tgt_in, tgt_out, square, tgt_mask


BOOLEAN = Yes("both masks are boolean")
INT64 = Yes("all ids are int64")


def typed(answer, *inputs):
    """What came, and whether the masks are boolean and the ids int64."""
    came = answer(*inputs)
    if came is None:
        return None
    if not isinstance(came, (tuple, list)) or len(came) != 5:
        raise ValueError(
            "make_batch should return five tensors: src, tgt_in, tgt_out, "
            "src_mask, tgt_mask"
        )
    boolean = all(is_boolean(mask) for mask in came[3:])
    return *came, float(boolean), float(all(map(is_int64, came[:3])))


def drawn(*lengths, pad=0, bos=1, eos=2, lowest=3):
    """Pairs of these lengths: ids from `lowest` on, the special ones apart."""

    def inputs(rng):
        special = (pad, bos, eos)
        words = [i for i in range(lowest, lowest + 60) if i not in special]
        ids = iter(rng.permutation(words).tolist())
        pairs = [
            ([next(ids) for _ in range(n)], [next(ids) for _ in range(m)])
            for n, m in lengths
        ]
        return {"pairs": pairs, "pad_id": pad, "bos_id": bos, "eos_id": eos}

    return inputs


def with_word_0(rng):
    """Padding is 9, 0 is a word on both sides, and a pair comes twice.

    Its source also has another target.
    """
    ids = rng.permutation([3, 4, 5, 6, 7, 8]).tolist()
    twice = [0, ids[0], ids[1]], [ids[2]]
    pairs = [twice, ([ids[3]], [ids[4], 0]), twice, (twice[0], [ids[5]])]
    pairs = [(list(source), list(target)) for source, target in pairs]
    return {"pairs": pairs, "pad_id": 9, "bos_id": 1, "eos_id": 2}


EXERCISE = Exercise(
    id="translation.make_batch",
    signature="make_batch(pairs, pad_id, bos_id, eos_id)",
    asks=(
        "Make a batch of sentence pairs. `pairs` is a list of "
        "`(source, target)`, both lists of ids without special tokens. None "
        "is empty. Return five tensors, `(src, tgt_in, tgt_out, src_mask, "
        "tgt_mask)`. The ids (int64): `src` `(b, n)` has the sources as they "
        "are. `tgt_in` `(b, m)` has each target with `bos_id` in front, "
        "`tgt_out` `(b, m)` each target with `eos_id` behind. Fill short rows "
        "**on the right** with `pad_id`: n is the longest source, m the "
        "longest target + 1. The masks (boolean, `True` = may attend): "
        "`src_mask` `(b, 1, n)` is `True` at words. `tgt_mask` `(b, m, m)` "
        "lets place i (a row) see place j (a column) where j is not after i "
        "**and** `tgt_in` has no padding at j. Rows of padding follow the "
        "same rule. Careful: `pad_id` need not be 0, and 0 may be a word. No "
        "sentence has one of the three special ids, and these differ."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=batch,
    cases=(
        Case("one pair, a word each", drawn((1, 1))),
        Case("one pair, nothing to fill", drawn((3, 2))),
        Case("two sources of two lengths", drawn((3, 2), (1, 2))),
        Case("two targets of two lengths", drawn((2, 3), (2, 1))),
        Case(
            "the longer source has the shorter target", drawn((3, 2), (2, 3))
        ),
        Case("padding is 40", drawn((2, 1), (4, 3), pad=40, bos=0)),
        Case("padding is 9, 0 is a word, and a pair comes twice", with_word_0),
        Case(
            "three pairs, other ids for bos and eos",
            drawn((2, 5), (4, 1), (1, 3), pad=7, bos=12, eos=10),
        ),
    ),
    misconceptions=(
        Misconception(
            "cut after filling up",
            "`tgt_in` still has `eos_id` in the rows of short targets. You "
            "filled up the whole sentence first and then cut off its last "
            "place. In a short row that place is padding. Cut off `eos_id` "
            "before you fill up.",
            cut_after_filling,
        ),
        Misconception(
            "not shifted",
            "`tgt_in` is what `tgt_out` should be: the decoder is given the "
            "very word that it should predict. Put `bos_id` in front of "
            "`tgt_in`, so that each place sees only earlier words.",
            but(batch, tgt_in=wanted),
        ),
        Misconception(
            "both begin with bos",
            "`tgt_out` begins with `bos_id` like `tgt_in`, so that each place "
            "should predict the word it is given. `tgt_out` is the target "
            "with `eos_id` behind.",
            but(batch, tgt_out=given),
        ),
        Misconception(
            "shifted the wrong way",
            "`tgt_in` and `tgt_out` are swapped: the decoder is given the "
            "next word and should predict the one before. `bos_id` stands in "
            "`tgt_in`, `eos_id` in `tgt_out`.",
            but(batch, tgt_in=wanted, tgt_out=given),
        ),
        Misconception(
            "eos given to the decoder",
            "`tgt_in` ends with `eos_id`. Nothing comes after it, so the "
            "decoder never needs it as an input. `tgt_in` is `bos_id` and the "
            "target, no more.",
            but(batch, tgt_in=lambda t, bos, eos: [bos, *t, eos]),
        ),
        Misconception(
            "bos and eos on both",
            "both `tgt_in` and `tgt_out` have `bos_id` in front and `eos_id` "
            "behind. Then they are the same, and nothing is shifted. `bos_id` "
            "stands in `tgt_in` only, `eos_id` in `tgt_out` only.",
            but(
                batch,
                tgt_in=lambda t, bos, eos: [bos, *t, eos],
                tgt_out=lambda t, bos, eos: [bos, *t, eos],
            ),
        ),
        Misconception(
            "no eos in the targets",
            "`tgt_out` has no `eos_id`, so the model never learns where to "
            "stop. Put it behind every target, before you fill up.",
            no_eos,
        ),
        Misconception(
            "the bare targets",
            "`tgt_out` is the target alone, a place shorter than `tgt_in`. "
            "The place of its last word should predict `eos_id`. Put it "
            "behind every target.",
            but(batch, tgt_out=lambda t, bos, eos: t),
        ),
        Misconception(
            "eos behind the padding",
            "in short rows `eos_id` stands behind the padding, at the end of "
            "the row. It belongs right behind the last word. Put it there "
            "before you fill up.",
            eos_at_the_end,
        ),
        Misconception(
            "special tokens around the source",
            "your source has special tokens. The encoder reads the whole "
            "source at once, and writes nothing: leave the source as it is.",
            but(batch, source=lambda s, bos, eos: [bos, *s, eos]),
        ),
        Misconception(
            "eos behind the source",
            "your source has `eos_id` behind it. Here the source stays as it "
            "is: its mask says where it ends.",
            but(batch, source=lambda s, bos, eos: [*s, eos]),
        ),
        Misconception(
            "no look-ahead",
            "`tgt_mask` hides padding only. Each place may see the words "
            "after it, which it should predict. It also needs the look-ahead "
            "mask of lesson 9.",
            but(
                batch,
                opened=lambda ids, real, m: real[:, None].repeat(1, m, 1),
            ),
        ),
        Misconception(
            "padding open in tgt_mask",
            "`tgt_mask` is the look-ahead mask alone. Padding in `tgt_in` "
            "may be seen. A place may be seen only where there is a word.",
            but(
                batch,
                opened=lambda ids, real, m: past(m).repeat(len(ids), 1, 1),
            ),
        ),
        Misconception(
            "look-ahead or padding",
            "`tgt_mask` is open where *one* of the two rules allows it. Both "
            "must: not after the row's place, and no padding.",
            but(batch, opened=lambda ids, real, m: past(m) | real[:, None]),
        ),
        Misconception(
            "without the diagonal",
            "in `tgt_mask` no place may see itself, so that the first row is "
            "closed altogether. A place may see its own input: that is the "
            "word *before* the one it should predict.",
            but(
                batch,
                opened=lambda ids, real, m: past(m).tril(-1) & real[:, None],
            ),
        ),
        Misconception(
            "the future only",
            "`tgt_mask` is transposed: places see what comes after them, and "
            "not what came before. The open triangle is the lower left one.",
            but(batch, opened=lambda ids, real, m: past(m).T & real[:, None]),
        ),
        Misconception(
            "rows of padding closed",
            "you closed the *rows* of padding in `tgt_mask`. Padding is "
            "hidden as a key, a column. What a padded place itself looks at "
            "does not matter, since the loss leaves it out.",
            but(batch, opened=rows_of_padding_closed),
        ),
        Misconception(
            "masks inverted",
            "your masks are inverted: `True` stands where a place may not be "
            'seen. In this course `True` means "may attend".',
            but(batch, finish=inverted),
        ),
        Misconception(
            "masks of numbers",
            "your masks have the right entries, but as numbers. Attention "
            "*adds* a mask of floats to the scores. Make them boolean, as a "
            "comparison does.",
            but(batch, finish=as_numbers),
        ),
        Misconception(
            "ids as floats",
            "your ids are floats. An embedding looks up whole numbers only: "
            "make the tensors with `dtype=torch.long`.",
            but(batch, finish=ids_as_floats),
        ),
        Misconception(
            "filled on the left",
            "you filled up on the left. Then positions depend on how long "
            "the other sentences are. Fill up on the right.",
            but(batch, fill=padded_on_the_left),
        ),
        Misconception(
            "padding taken to be 0",
            "your masks compare with 0. Padding is `pad_id`, and 0 may be a "
            "word.",
            but(batch, real=lambda ids, pad_id: ids != 0),
        ),
        Misconception(
            "filled with 0",
            "you filled up with 0, whatever `pad_id` says.",
            but(batch, fill=filled_with(0)),
        ),
        Misconception(
            "0 for padding everywhere",
            "you fill up with 0 and hide every 0. Padding is `pad_id`, and 0 "
            "may be a word.",
            but(
                batch,
                fill=filled_with(0),
                real=lambda ids, pad_id: ids != 0,
            ),
        ),
        Misconception(
            "one width for both",
            "sources and targets are filled up to one common length. They "
            "are different sentences: n is the longest source, m the longest "
            "target + 1.",
            to_one_width,
        ),
        Misconception(
            "a source mask of two axes",
            "`src_mask` has the shape `(b, n)`. It needs an axis of length 1 "
            "in the middle, `(b, 1, n)`: one row, for all that ask.",
            but(batch, finish=one_axis_less),
        ),
        Misconception(
            "a square source mask",
            "`src_mask` has a row for every source word. One row for all, "
            "`(b, 1, n)`, is enough. It fits the decoder too, where other "
            "words ask.",
            but(batch, finish=a_square_source_mask),
        ),
    ),
    hints=(
        "The target is 8 9. What is the decoder given before it has written "
        "anything, and what should it say after 9?",
        "Three helpers: one that fills lists up to the longest and makes a "
        "tensor of them, one for `ids != pad_id`, one for the look-ahead "
        "mask (`torch.tril`). `[:, None]` puts an axis in, so that masks "
        "broadcast. Join two masks with `&`.",
        "src = filled(sources); tgt_in = filled(bos + target); tgt_out = "
        "filled(target + eos); src_mask = (src != pad)[:, None]; tgt_mask = "
        "(tgt_in != pad)[:, None] & lower triangle of (m, m).",
    ),
    returns=(
        Whole("src"),
        Whole("tgt_in"),
        Whole("tgt_out"),
        "src_mask",
        "tgt_mask",
        BOOLEAN,
        INT64,
    ),
    facts=(
        Fact(
            "no place of tgt_mask may look ahead",
            lambda mask: not np.triu(mask, 1).any(),
            "tgt_mask",
        ),
    ),
    way=typed,
)
