"""The exercise `bert.encode_pair`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception, Whole, Yes

from ..pieces.seams import but
from ..pieces.tensors import is_boolean, is_int64


def the_longer(first, second, room):
    """A word goes from the longer one, at a tie from the second."""
    a, b = len(first), len(second)
    while a + b > room:
        a, b = (a - 1, b) if a > b else (a, b - 1)
    return first[:a], second[:b]


def right_side(row, length, filler):
    return row + [filler] * (length - len(row))


def left_side(row, length, filler):
    return [filler] * (length - len(row)) + row


def least_room(second):
    return 2 if second is None else 3


def whole_row(row, max_len):
    """Nothing is left to be cut from a row whose words were cut."""
    return row


def laid_out(
    first,
    second,
    cls_id,
    sep_id,
    pad_id,
    max_len,
    *,
    cut=the_longer,
    cut_row=whole_row,
    fill=right_side,
    is_pair=lambda second: second is not None,
    least=least_room,
    opening=0,
    padding=0,
    masks=(True, False),
    edge=0,
    alone=0,
    filler=lambda pad_id: pad_id,
):
    """A row of BERT's, of which every part can be another.

    opening, padding: the segments of [CLS] and of the padding. edge, alone:
    that of the first [SEP] of a pair, and of the only one. masks: of what is
    there, and of what is not.
    """
    if max_len < least(second):
        raise ValueError(f"max_len {max_len} is too small")
    pair = is_pair(second)
    room = max_len - (3 if pair else 2)
    one, two = cut(list(first), list(second or []), room)
    ids = [cls_id, *one, sep_id]
    segments = [opening, *(0 for _ in one), edge if pair else alone]
    if pair:
        ids += [*two, sep_id]
        segments += [1] * (len(two) + 1)
    ids, segments = cut_row(ids, max_len), cut_row(segments, max_len)
    there, missing = masks
    given = (ids, filler(pad_id)), (segments, padding)
    given = (*given, ([there] * len(ids), missing))
    return tuple(np.array(fill(row, max_len, one)) for row, one in given)


def reference(first, second, cls_id, sep_id, pad_id, max_len):
    return laid_out(first, second, cls_id, sep_id, pad_id, max_len)


def typed(answer, *inputs):
    """What came, and whether the mask is boolean and the others int64."""
    came = answer(*inputs)
    if came is None:
        return None
    if not isinstance(came, (tuple, list)) or len(came) != 3:
        # No ValueError, which would be a refusal.
        raise TypeError(
            "encode_pair should return three rows: ids, segments, mask"
        )
    ids_and_segments = all(map(is_int64, came[:2]))
    return *came, float(is_boolean(came[2])), float(ids_and_segments)


# --- what goes wrong -------------------------------------------------------


def nothing_cut(first, second, room):
    return first, second


def the_end(row, max_len):
    return row[:max_len]


def end_of_the_words(first, second, room):
    """As if the two were one text, of which the end is cut."""
    return first[:room], second[: max(0, room - len(first))]


def first_only(first, second, room):
    return first[: max(0, room - len(second))], second[:room]


def other_at_a_tie(first, second, room):
    a, b = len(first), len(second)
    while a + b > room:
        a, b = (a, b - 1) if b > a else (a - 1, b)
    return first[:a], second[:b]


def half_each(first, second, room):
    if len(first) + len(second) <= room:
        return first, second
    if not second:
        return first[:room], second
    return first[: room - room // 2], second[: room // 2]


def the_shorter(first, second, room):
    a, b = len(first), len(second)
    while a + b > room:
        a, b = (a - 1, b) if b == 0 or 0 < a < b else (a, b - 1)
    return first[:a], second[:b]


def from_the_front(first, second, room):
    one, two = the_longer(first, second, room)
    return first[len(first) - len(one) :], second[len(second) - len(two) :]


def as_a_single_one(second):
    return bool(second)


def always_a_pair(second):
    return True


def no_refusal(first, second, cls_id, sep_id, pad_id, max_len):
    row = laid_out(first, second, cls_id, sep_id, pad_id, max(max_len, 3))
    return tuple(one[:max_len] for one in row)


def asserting(first, second, cls_id, sep_id, pad_id, max_len):
    assert max_len >= least_room(second)
    return reference(first, second, cls_id, sep_id, pad_id, max_len)


def special_is_no_token(first, second, cls_id, sep_id, pad_id, max_len):
    ids, segments, mask = reference(
        first, second, cls_id, sep_id, pad_id, max_len
    )
    return ids, segments, mask & ~np.isin(ids, [cls_id, sep_id])


def unclosed(first, second, cls_id, sep_id, pad_id, max_len):
    """A pair without its last [SEP], which leaves room for a word more."""
    if second is None:
        return reference(first, second, cls_id, sep_id, pad_id, max_len)
    ids, segments, mask = reference(
        first, second, cls_id, sep_id, pad_id, max_len + 1
    )
    end = mask.sum() - 1
    return tuple(np.delete(row, end) for row in (ids, segments, mask))


def ids_at_the_right(*given):
    """The ids only; segments and mask as they should be."""
    return but(laid_out, fill=left_side)(*given)[0], *reference(*given)[1:]


def last_sep_in_front(first, second, cls_id, sep_id, pad_id, max_len):
    """The second [SEP] counts to segment 0, as the first does."""
    ids, segments, mask = reference(
        first, second, cls_id, sep_id, pad_id, max_len
    )
    if second is not None:
        segments[mask.sum() - 1] = 0
    return ids, segments, mask


# --- cases -----------------------------------------------------------------

CLS, SEP, PAD = 101, 102, 0


def texts(first, second, max_len, pad=PAD):
    """Ids of as many words; second: None for a single text.

    A text of three words or more ends with its first word.
    """

    def inputs(rng):
        words = 1 + rng.permutation(99)[: first + (second or 0)]
        for begin, end in ((0, first), (first, first + (second or 0))):
            if end - begin > 2:
                words[end - 1] = words[begin]
        return {
            "first": [int(w) for w in words[:first]],
            "second": (
                None if second is None else [int(w) for w in words[first:]]
            ),
            "cls_id": CLS,
            "sep_id": SEP,
            "pad_id": pad,
            "max_len": max_len,
        }

    return inputs


EXERCISE = Exercise(
    id="bert.encode_pair",
    signature="encode_pair(first, second, cls_id, sep_id, pad_id, max_len)",
    asks=(
        "Lay out one row of BERT's input. `first` and `second` are lists of "
        "ids, perhaps empty, and `second` may be `None`. Return `(ids, "
        "segments, mask)`, each `(max_len,)`: two of int64, one of bool. The "
        "ids are [CLS], the first text, [SEP] and, unless `second` is `None`, "
        "the second text and another [SEP]. Fill up with `pad_id` at the "
        "right. Segments are 0 up to and with the first [SEP], 1 behind it, "
        "and 0 on padding. The mask is `True` on everything but padding.\n\n"
        "Where the words do not fit, drop the last word of the **longer** of "
        "the two, again and again. At a tie drop one of the second, as BERT's "
        "own code does. Raise a `ValueError` where not even [CLS] and [SEP] "
        "fit: `max_len` below 2 for a single text, below 3 for a pair."
    ),
    points=3,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=reference,
    cases=(
        Case("a single text of two words", texts(2, None, 4)),
        Case("a single text, padded", texts(2, None, 7)),
        Case("a pair, padded", texts(3, 2, 10)),
        Case("a pair that just fits", texts(2, 3, 8)),
        Case("padding with id 7 100", texts(1, 2, 9, 7100)),
        Case("an empty second text is still a pair", texts(2, 0, 7)),
        Case("an empty first text", texts(0, 2, 7)),
        Case("nothing to say, and no room", texts(0, None, 2)),
        Case("the first text is too long", texts(6, 1, 9)),
        Case("the second text is too long", texts(2, 6, 9)),
        Case("equally long, one word too many", texts(3, 3, 8)),
        Case("both lose words", texts(7, 5, 9)),
        Case("a single text is too long", texts(6, None, 5)),
        Case("room for [CLS] and two [SEP] only", texts(2, 1, 3)),
        Case(
            "no room for [CLS] and [SEP]",
            texts(2, None, 1),
            raises=ValueError,
            wordless=True,
        ),
        Case(
            "no room for [CLS] and two [SEP]",
            texts(2, 1, 2),
            raises=ValueError,
            wordless=True,
        ),
        Case(
            "no room for [CLS] and two [SEP], the second text empty",
            texts(1, 0, 2),
            raises=ValueError,
            wordless=True,
        ),
    ),
    misconceptions=(
        Misconception(
            "the end of the row is cut",
            "you cut the end of the finished row, and the last [SEP] is lost "
            "with it. Drop *words* first, then add [CLS] and [SEP].",
            but(laid_out, cut=nothing_cut, cut_row=the_end),
        ),
        Misconception(
            "words cut from the end",
            "only the end of the row loses words, as if the two were one "
            "text. Drop one word at a time, always of the longer.",
            but(laid_out, cut=end_of_the_words),
        ),
        Misconception(
            "only the first is cut",
            "only the first text loses words. Drop one word at a time, "
            "always of the longer.",
            but(laid_out, cut=first_only),
        ),
        Misconception(
            "tie the other way",
            "where both are equally long, yours drops a word of the first. "
            "At a tie the second loses one.",
            but(laid_out, cut=other_at_a_tie),
        ),
        Misconception(
            "half each",
            "each text gets half of the room, even where the other needs "
            "less. Drop words of the longer only.",
            but(laid_out, cut=half_each),
        ),
        Misconception(
            "the shorter is cut",
            "the *shorter* text loses words. It is the longer that can spare "
            "them.",
            but(laid_out, cut=the_shorter),
        ),
        Misconception(
            "cut at the front",
            "words go from the front of a text. Drop the *last* word.",
            but(laid_out, cut=from_the_front),
        ),
        Misconception(
            "first [SEP] in segment 1",
            "the first [SEP] is in segment 1. It closes the first text, so "
            "it is in segment 0.",
            but(laid_out, edge=1),
        ),
        Misconception(
            "every first [SEP] in segment 1",
            "the first [SEP] is in segment 1, in a single text too. It "
            "closes the first text, so it is in segment 0.",
            but(laid_out, edge=1, alone=1),
        ),
        Misconception(
            "one [SEP] for a pair",
            "your pair has no [SEP] behind the second text. Each text ends "
            "with one.",
            unclosed,
        ),
        Misconception(
            "last [SEP] in segment 0",
            "the last [SEP] of a pair is in segment 0. It closes the second "
            "text, so it is in segment 1.",
            last_sep_in_front,
        ),
        Misconception(
            "[CLS] in segment 1",
            "[CLS] is in segment 1. It stands before the first text, in "
            "segment 0.",
            but(laid_out, opening=1),
        ),
        Misconception(
            "padding in segment 1",
            "the padding is in segment 1. Fill the segments up with 0.",
            but(laid_out, padding=1),
        ),
        Misconception(
            "mask inverted",
            "the mask is inverted. `True` stands for a real token, `False` "
            "for padding.",
            but(laid_out, masks=(False, True)),
        ),
        Misconception(
            "mask always True",
            "the mask is `True` on padding, too. There it should be `False`.",
            but(laid_out, masks=(True, True)),
        ),
        Misconception(
            "[CLS] and [SEP] masked",
            "the mask is `False` on [CLS] and [SEP]. They are real tokens: "
            "only padding is hidden.",
            special_is_no_token,
        ),
        Misconception(
            "filled at the left",
            "the padding stands at the left. Fill up at the right, so that "
            "[CLS] is at place 0.",
            but(laid_out, fill=left_side),
        ),
        Misconception(
            "only the ids filled at the left",
            "the padding of the ids stands at the left. Fill up at the "
            "right, so that [CLS] is at place 0.",
            ids_at_the_right,
        ),
        Misconception(
            "not filled",
            "your rows are as long as their texts. Fill each up to "
            "`max_len`, or they make no batch.",
            but(laid_out, fill=lambda row, length, filler: row),
        ),
        Misconception(
            "padding with 0",
            "you fill up with 0, whatever `pad_id` is.",
            but(laid_out, filler=lambda pad_id: 0),
        ),
        Misconception(
            "an empty second is none",
            "you treat an empty second text as none. Only `None` means a "
            "single text: a pair has two [SEP], even if nothing stands "
            "between them.",
            but(laid_out, is_pair=as_a_single_one),
        ),
        Misconception(
            "always a pair",
            "a single text gets a second [SEP]. Where `second` is `None`, "
            "the row ends with the first one.",
            but(laid_out, is_pair=always_a_pair),
        ),
        Misconception(
            "no refusal",
            "no `max_len` is refused. Where not even [CLS] and [SEP] fit, "
            "raise a `ValueError`.",
            no_refusal,
        ),
        Misconception(
            "two is enough for a pair",
            "a pair in two places is not refused. It needs three: [CLS] and "
            "two [SEP].",
            but(laid_out, least=lambda second: 2, cut_row=the_end),
        ),
        Misconception(
            "a mask of numbers",
            "your mask has the right entries, but as numbers. Make it "
            "boolean, with `True` and `False`.",
            but(laid_out, masks=(1, 0)),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a `ValueError`.",
            asserting,
        ),
    ),
    hints=(
        "How many places do [CLS] and [SEP] take, for one text and for two? "
        "How many are left for words?",
        "Work on copies. While the two together are longer than the room, "
        "drop the last word of the first if it is longer, else of the "
        "second.",
        "room = max_len − 2, or − 3 for a pair; drop words until both fit; "
        "ids = [CLS] + first + [SEP], for a pair + second + [SEP]; segments "
        "= zeros as long, then ones; fill ids with pad_id, segments with 0, "
        "the mask with False.",
    ),
    returns=(
        *(Whole("ids"), Whole("segments"), "mask"),
        Yes("the mask is boolean"),
        Yes("ids and segments are int64"),
    ),
    way=typed,
)
