"""The exercise `translation.greedy_translate`."""

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from ..pieces.tensors import tensor


def look_ahead(t):
    return torch.ones(t, t, dtype=torch.bool).tril()


def one_at_a_time(model, src, src_mask, bos_id, eos_id, max_len):
    """Each sentence by itself, as if the others were not there."""
    translations = []
    for k in range(len(src)):
        one, real = src[k : k + 1], src_mask[k : k + 1]
        words = []
        while len(words) < max_len:
            tgt = torch.tensor([[bos_id, *words]])
            logits = model(one, tgt, real, look_ahead(tgt.shape[1]))
            best = int(logits[0, -1].argmax())
            if best == eos_id:
                break
            words.append(best)
        translations.append(words)
    return translations


def last_place(logits):
    return logits[:, -1]


def up_to_eos(row, eos_id, max_len):
    words = row[1:]
    if eos_id in words:
        words = words[: words.index(eos_id)]
    return words[:max_len]


def together(
    model,
    src,
    src_mask,
    bos_id,
    eos_id,
    max_len,
    *,
    masks=lambda src_mask, look: (src_mask, look),
    shown=lambda tgt: tgt,
    place=last_place,
    choose=lambda logits, eos_id: logits.argmax(-1),
    first=lambda bos_id, eos_id: bos_id,
    stop=lambda tgt, eos_id: (tgt == eos_id).any(1).all(),
    rounds=lambda max_len: max_len,
    cut=up_to_eos,
):
    """The whole batch at once, each part of which can go wrong."""
    tgt = torch.full((len(src), 1), first(bos_id, eos_id))
    for _ in range(rounds(max_len)):
        given = shown(tgt)
        real, look = masks(src_mask, look_ahead(given.shape[1]))
        logits = place(model(src, given, real, look))
        tgt = torch.cat([tgt, choose(logits, eos_id)[:, None]], dim=1)
        if stop(tgt[:, 1:], eos_id):
            break
    rows = [cut(row, eos_id, max_len) for row in tgt.tolist()]
    return rows


def with_bos(row, eos_id, max_len):
    return row[:1] + up_to_eos(row, eos_id, max_len)


def with_eos(row, eos_id, max_len):
    words = up_to_eos(row, eos_id, max_len)
    return row[1 : len(words) + 2]


def only_without_eos(row, eos_id, max_len):
    """Every eos is taken out, and what comes behind it stays."""
    return [word for word in row[1:] if word != eos_id][:max_len]


def as_it_is(row, eos_id, max_len):
    return row[1 : max_len + 1]


def both_ends(row, eos_id, max_len):
    words = up_to_eos(row, eos_id, max_len)
    return row[: len(words) + 2]


def up_to_the_last_eos(row, eos_id, max_len):
    words = row[1:]
    if eos_id in words:
        words = words[: len(words) - 1 - words[::-1].index(eos_id)]
    return words[:max_len]


def never_stops(tgt, eos_id):
    return torch.tensor(False)


def as_long_as_the_longest(model, src, src_mask, bos_id, eos_id, max_len):
    rows = one_at_a_time(model, src, src_mask, bos_id, eos_id, max_len)
    longest = max(map(len, rows))
    return [[*row, *[eos_id] * (longest - len(row))] for row in rows]


def the_first_sentence_only(model, src, src_mask, bos_id, eos_id, max_len):
    return one_at_a_time(model, src[:1], src_mask[:1], bos_id, eos_id, max_len)


def the_first_one_for_all(model, src, src_mask, bos_id, eos_id, max_len):
    rows = the_first_sentence_only(
        model, src, src_mask, bos_id, eos_id, max_len
    )
    return rows * len(src)


def likeliest_word(logits, eos_id):
    """eos is never chosen."""
    logits = logits.clone()
    logits[:, eos_id] = -torch.inf
    return logits.argmax(-1)


VOCABULARY = 12


def scripted(said, padding=0, bos=1, eos=2, max_len=6):
    """A model that says these sentences, and what else it is asked.

    said: for each source how many words it says before eos. padding: how much
    of a source is none, sentence by sentence: behind the words, or in front
    of them where it is below 0. Asked otherwise than for a
    translation (with another mask, another beginning), it says words that
    depend on all that it saw, as a model of several layers would: what a
    place tells later ones depends on what it could see itself.
    """

    def inputs(rng):
        seed = int(rng.integers(2**32))
        words = [w for w in range(VOCABULARY) if w not in (bos, eos)]
        pads = padding if isinstance(padding, tuple) else (0,) * len(said)
        n = 3
        # Whatever stands in the place of padding, it is not to be read.
        src = rng.permutation(words)[: n * len(said)].reshape(-1, n)
        real = np.array(
            [[-pad <= k < n - max(pad, 0) for k in range(n)] for pad in pads]
        )
        script = {}
        for row, seen, length in zip(src, real, said, strict=True):
            sentence = rng.choice(words, size=length).tolist()
            if length > 3 and 0 in words:  # a word like any other, and twice
                sentence[1:4] = 0, sentence[0], sentence[0]
            read = _read(row, seen)
            for k, word in enumerate([*sentence, eos]):
                script[read, _heard([bos, *sentence[:k]])] = word

        def model(src, tgt, src_mask=None, tgt_mask=None):
            src, tgt = np.asarray(src), np.asarray(tgt)
            b, t = tgt.shape
            seen = _open(src_mask, (b, 1, src.shape[1]))[:, 0]
            looks = _open(tgt_mask, (b, t, t))
            logits = np.empty((b, t, VOCABULARY))
            for row in range(b):
                read = _read(src[row], seen[row])
                for place in range(t):
                    heard = _told(tgt[row], looks[row], place)
                    key = (seed, *read, 99, *heard)
                    own = np.random.default_rng(key)
                    logits[row, place] = own.uniform(-5, -1, VOCABULARY)
                    if (read, heard) in script:
                        logits[row, place, script[read, heard]] += 5
                    said = tgt[row, 1 : place + 1].tolist()
                    if eos in said:  # a word, and then it ends again
                        again = said[-1] != eos
                        logits[row, place, eos] += 5 if again else -5
            return tensor(logits)

        return {
            "model": model,
            "src": tensor(src),
            "src_mask": tensor(real)[:, None],
            "bos_id": bos,
            "eos_id": eos,
            "max_len": max_len,
        }

    return inputs


def _open(mask, shape):
    """A mask as booleans of a shape; open everywhere for None."""
    if mask is None:
        return np.ones(shape, dtype=bool)
    mask = np.asarray(mask)
    if mask.dtype.kind != "b":
        raise TypeError(
            f"the model's masks should be boolean; got {mask.dtype}"
        )
    try:
        return np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(
            f"a mask of shape {mask.shape} does not broadcast to {shape}"
        ) from None


def _read(row, seen):
    """What is read of a source: places and words, as one key."""
    return tuple(
        number
        for place, word in enumerate(np.asarray(row).tolist())
        if seen[place]
        for number in (place, word % 2**32)
    )


def _told(row, looks, place):
    """What a place is told: each word it sees, and what that saw itself."""
    heard = []
    for other in np.flatnonzero(looks[place]).tolist():
        sees = np.flatnonzero(looks[other])
        word = int(row[other]) % 2**32  # a generator's seed is not negative
        heard += [other, word, *(100 + sees).tolist()]
    return tuple(heard)


def _heard(words):
    """As `_told`, of the last place behind the look-ahead mask."""
    n = len(words)
    return _told(np.array(words), np.tri(n, dtype=bool), n - 1)


EXERCISE = Exercise(
    id="translation.greedy_translate",
    signature=(
        "greedy_translate(model, src, src_mask, bos_id, eos_id, max_len)"
    ),
    asks=(
        "Translate a batch of sentences, always with the likeliest next "
        "word. `model(src, tgt, src_mask, tgt_mask)` returns logits "
        "`(b, t, vocab)`, as lesson 14's does: those of the last place are "
        "for the next word. "
        "Use nothing else of it, since it may be any function. `src` is "
        "`(b, n)`, `src_mask` `(b, 1, n)`. Begin each row with `bos_id`. In "
        "each round hand the model the source, all that is written so far, "
        "the source mask and the look-ahead mask `(t, t)`, boolean. Then "
        "append each row's likeliest word. A row ends when that is "
        "`eos_id`, each row for itself, or when it has `max_len` words (1 or "
        "more). Return a list of lists of ids, a list for each sentence: "
        "without `bos_id`, up to `eos_id` and without it. `eos_id` does not "
        "count as a word. A row that says `eos_id` at once is `[]`. No two "
        "logits of a place are equal."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=one_at_a_time,
    cases=(
        Case("one word, then the end", scripted((1,))),
        Case("the end at once", scripted((0,))),
        Case("four words, one of them twice", scripted((4,))),
        Case(
            "it is not finished after max_len words", scripted((5,), max_len=3)
        ),
        Case("exactly max_len words", scripted((3,), max_len=3)),
        Case("two sentences, the first ends sooner", scripted((1, 3))),
        Case(
            "two sentences, padded in front, the second ends sooner",
            scripted((4, 2), padding=(-1, -2)),
        ),
        Case("a padded source", scripted((3, 2), padding=(1, 0))),
        Case("max_len is 1", scripted((2, 0, 1), max_len=1)),
        Case(
            "other ids for bos and eos",
            scripted((2, 5, 0), padding=(0, 2, 1), bos=7, eos=0),
        ),
    ),
    misconceptions=(
        Misconception(
            "bos kept",
            "`bos_id` still stands in front of your sentences. It only "
            "started the model: leave it out of the result.",
            but(together, cut=with_bos),
        ),
        Misconception(
            "eos kept",
            "`eos_id` still stands at the end of your sentences. It says "
            "where to stop, and is no word: leave it out.",
            but(together, cut=with_eos),
        ),
        Misconception(
            "bos and eos kept",
            "`bos_id` and `eos_id` still stand around your sentences. "
            "Neither is a word: return what lies between.",
            but(together, cut=both_ends),
        ),
        Misconception(
            "goes on behind eos",
            "you take `eos_id` out and keep what the model says after it. "
            "Nothing after a row's first `eos_id` belongs to the sentence.",
            but(together, cut=only_without_eos, stop=never_stops),
        ),
        Misconception(
            "only eos taken out",
            "a row that has ended goes on while others write, and you take "
            "only `eos_id` itself out. Cut each row at its *first* `eos_id`.",
            but(together, cut=only_without_eos),
        ),
        Misconception(
            "cut at the last eos",
            "you cut at the *last* `eos_id`. A row that has ended says more "
            "while others write, and perhaps a second `eos_id`. Cut at its "
            "first.",
            but(together, cut=up_to_the_last_eos, stop=never_stops),
        ),
        Misconception(
            "cut at the last eos so far",
            "you keep the words up to a row's *last* `eos_id`. A row that has "
            "ended goes on while others write, and may say `eos_id` again. "
            "Cut at its first.",
            but(together, cut=up_to_the_last_eos),
        ),
        Misconception(
            "stops with the first sentence",
            "you stop as soon as the *first sentence* has ended. The others "
            "may not be finished: go on until every row has said `eos_id`.",
            but(together, stop=lambda tgt, eos_id: (tgt[0] == eos_id).any()),
        ),
        Misconception(
            "never cut",
            "rows that have ended are never cut: `eos_id` and all that "
            "comes after it are still there.",
            but(together, cut=as_it_is),
        ),
        Misconception(
            "everything that was written",
            "you return all that stands in your rows: `bos_id`, `eos_id` and "
            "whatever a row that has ended said after it. Keep what stands "
            "between `bos_id` and the first `eos_id`.",
            but(together, cut=lambda row, eos_id, max_len: row),
        ),
        Misconception(
            "stops when the first row ends",
            "you stop as soon as *one* row has ended. The others are not "
            "finished: go on until every row has said `eos_id`.",
            but(together, stop=lambda tgt, eos_id: (tgt == eos_id).any()),
        ),
        Misconception(
            "stops when all end together",
            "you stop only where all rows say `eos_id` in the *same* round, "
            "and then keep all that came after a row's own end.",
            but(
                together,
                stop=lambda tgt, eos_id: (tgt[:, -1] == eos_id).all(),
                cut=only_without_eos,
            ),
        ),
        Misconception(
            "one word too few",
            "a sentence that `max_len` cuts short lacks its last word. "
            "`max_len` counts words, neither `bos_id` nor `eos_id`. And such "
            "a sentence has no `eos_id` to drop.",
            but(together, rounds=lambda max_len: max_len - 1),
        ),
        Misconception(
            "one word too many",
            "a sentence that is not finished is one word too long: return "
            "`max_len` words at most.",
            but(
                together,
                rounds=lambda max_len: max_len + 1,
                cut=lambda row, eos_id, most: up_to_eos(row, eos_id, most + 1),
            ),
        ),
        Misconception(
            "the first place's logits",
            "you read the logits of the first place in every round. That "
            "place saw `bos_id` alone and always says the same. The next word "
            "is in the *last* place's logits.",
            but(together, place=lambda logits: logits[:, 0]),
        ),
        Misconception(
            "no source mask",
            "the model reads padding as if it were words: it gets no "
            "`src_mask`, or one that hides nothing. Hand on the mask that you "
            "are given.",
            but(together, masks=lambda real, look: (None, look)),
        ),
        Misconception(
            "no target mask",
            "the model gets no look-ahead mask. The last place may see "
            "everything, but *earlier* places were trained behind the mask. "
            "Without it they tell the last one something else.",
            but(together, masks=lambda real, look: (real, None)),
        ),
        Misconception(
            "no mask at all",
            "the model gets neither mask. Hand on `src_mask`, and the "
            "look-ahead mask of as many places as are written.",
            but(together, masks=lambda real, look: (None, None)),
        ),
        Misconception(
            "look-ahead mask inverted",
            "your look-ahead mask is inverted or transposed: places see what "
            "comes after them. The open triangle is the lower left one.",
            but(together, masks=lambda real, look: (real, look.T)),
        ),
        Misconception(
            "only the last word fed",
            "the model gets the last word only, and has forgotten the words "
            "before it. Hand it everything that is written, `bos_id` "
            "included, in every round.",
            but(together, shown=lambda tgt: tgt[:, -1:]),
        ),
        Misconception(
            "bos not fed",
            "from the second round on, the model no longer gets `bos_id`. "
            "It learned with `bos_id` in front, and positions count from it.",
            but(
                together,
                shown=lambda tgt: tgt[:, 1:] if tgt.shape[1] > 1 else tgt,
            ),
        ),
        Misconception(
            "begins with eos",
            "your rows begin with `eos_id`. The model learned to begin "
            "behind `bos_id`.",
            but(together, first=lambda bos_id, eos_id: eos_id),
        ),
        Misconception(
            "begins with 1",
            "your rows begin with 1, whatever `bos_id` is.",
            but(together, first=lambda bos_id, eos_id: 1),
        ),
        Misconception(
            "all as long as the longest",
            "all your rows have the length of the longest. A row's list ends "
            "where its sentence ends.",
            as_long_as_the_longest,
        ),
        Misconception(
            "the first sentence only",
            "you return one sentence. There should be a list for every row "
            "of `src`.",
            the_first_sentence_only,
        ),
        Misconception(
            "the first row for all",
            "every row gets the words of the first. Each row has its own "
            "source and its own likeliest word.",
            the_first_one_for_all,
        ),
        Misconception(
            "the least likely word",
            "you take the word with the *smallest* logit.",
            but(together, choose=lambda logits, eos_id: logits.argmin(-1)),
        ),
        Misconception(
            "eos never chosen",
            "`eos_id` is never chosen, so no sentence ever ends before "
            "`max_len`. It competes like any word.",
            but(together, choose=likeliest_word),
        ),
    ),
    hints=(
        "The model has said *le chat* of *le chat dort*. What do you hand it "
        "next, and which of its rows of logits has the next word?",
        "Keep all rows in one tensor `(b, t)` that begins with a column of "
        "`bos_id` and grows by a column a round. Stop when every row has "
        "`eos_id` in it. Only at the end cut each row at its first `eos_id`.",
        "tgt = (b, 1) of bos. Repeat max_len times: logits = model(src, tgt, "
        "src_mask, lower triangle of (t, t)); append the argmax of the last "
        "place as a column; stop if each row has an eos. Result: each row "
        "behind bos, up to its first eos.",
    ),
    returns=("translations",),
    kind="text",
)
