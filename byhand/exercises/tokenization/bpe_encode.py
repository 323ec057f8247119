"""The exercise `tokenization.bpe_encode`."""

from itertools import pairwise

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import learnt, letters, merged, pieces_of
from .wrong_merges import first_place_only, from_the_right


def oldest(ids, rank):
    """Which of the pairs in `ids` was learnt first."""
    return min(pairwise(ids), key=lambda pair: rank.get(pair, len(rank)))


def newest(ids, rank):
    return max(pairwise(ids), key=lambda pair: rank.get(pair, -1))


def applied(
    text,
    merges,
    *,
    spell=str.encode,
    choose=oldest,
    merge=merged,
    first=256,
):
    """The pair that `choose` prefers, again and again."""
    ids = list(spell(text))
    rank = {pair: place for place, pair in enumerate(merges)}
    while len(ids) > 1 and (pair := choose(ids, rank)) in rank:
        ids = merge(ids, pair, first + rank[pair])
    return ids


# --- the ways of the misconceptions ----------------------------------------


def longest_first(text, merges):
    """From the left the longest piece that fits, whatever its merge."""
    pieces = {piece: number for number, piece in pieces_of(merges).items()}
    left, found = text.encode(), []
    while left:
        piece = max(filter(left.startswith, pieces), key=len)
        found.append(pieces[piece])
        left = left[len(piece) :]
    return found


def from_the_left(text, merges):
    """The first pair that any merge knows, again and again."""
    rank = {pair: 256 + place for place, pair in enumerate(merges)}
    ids, place = list(text.encode()), 0
    while place < len(ids) - 1:
        new = rank.get(tuple(ids[place : place + 2]))
        if new is None:
            place += 1
        else:
            ids[place : place + 2], place = [new], 0
    return ids


def last_token_lost(text, merges):
    """The loop stops one token early, and what is left is not copied."""
    ids = list(text.encode())
    for number, pair in enumerate(merges, start=256):
        after = merged(ids, pair, number)
        ids = after if after[-1:] == [number] else after[:-1]
    return ids


def second_kept(ids, pair, new):
    """The new id stands for the left half only."""
    replaced = [new if two == pair else two[0] for two in pairwise(ids)]
    return replaced + ids[-1:]


def longest_anywhere(text, merges):
    """The longest piece of the whole text is cut out first."""
    pieces = pieces_of(merges)

    def cut(left):
        if not left:
            return []
        whole = [(len(p), -i) for i, p in pieces.items() if p in left]
        number = -max(whole)[1]
        before, _, behind = left.partition(pieces[number])
        return [*cut(before), number, *cut(behind)]

    return cut(text.encode())


def one_pass(text, merges):
    """Pairs of bytes only, from the left; what came of them is not seen."""
    ids, found, place = list(text.encode()), [], 0
    while place < len(ids):
        pair = tuple(ids[place : place + 2])
        known = pair in merges
        found.append(256 + merges.index(pair) if known else ids[place])
        place += 1 + known
    return found


def each_once(text, merges):
    """Every merge in order, but at its first place only."""
    ids = list(text.encode())
    for place, pair in enumerate(merges):
        ids = first_place_only(ids, pair, 256 + place)
    return ids


def in_order_from_the_right(text, merges):
    ids = list(text.encode())
    for place, pair in enumerate(merges):
        ids = from_the_right(ids, pair, 256 + place)
    return ids


def backwards(text, merges):
    """The merges in reverse, once each."""
    ids = list(text.encode())
    for place, pair in reversed(list(enumerate(merges))):
        ids = merged(ids, pair, 256 + place)
    return ids


def until_one_is_missing(text, merges):
    ids = list(text.encode())
    for place, pair in enumerate(merges):
        if pair not in pairwise(ids):
            break
        ids = merged(ids, pair, 256 + place)
    return ids


def without_the_last(text, merges):
    return applied(text, merges[:-1])


def by_words(text, merges):
    """The words apart; the blanks between them are lost."""
    return [i for word in text.split() for i in applied(word, merges)]


def by_words_with_blanks(text, merges):
    """No merge goes across a blank."""
    found = []
    for place, word in enumerate(text.split(" ")):
        found += [32] * bool(place) + applied(word, merges)
    return found


def looks_at_the_first(text, merges):
    ids = list(text.encode())
    return ids[:1] * (ids[0] < 0) + applied(text, merges)


def spelt(change):
    return but(applied, spell=lambda text: change(text).encode())


def then(change):
    return lambda text, merges: change(applied(text, merges))


def numbered_by_use(text, merges):
    """New ids only for merges that occur."""
    ids, new = list(text.encode()), 256
    names = {}
    for pair in merges:
        here = tuple(names.get(one, one) for one in pair)
        if here in pairwise(ids):
            ids = merged(ids, here, new)
            names[256 + merges.index(pair)] = new
            new += 1
    return ids


# --- cases -----------------------------------------------------------------


def drawn(count, make, trained, num_merges):
    """`make` and `trained` get so many letters: the text, and the words that
    its merges are learnt from.
    """

    def inputs(rng):
        few = letters(rng, count)
        merges = learnt(trained(*few), num_merges)
        return {"text": make(*few), "merges": merges}

    return inputs


def foreign(rng):
    words = ["été"] * 3 + ["犬犬"] * 2 + ["🙂"] * 2 + ["שלום"]
    letter = letters(rng, 1)[0]
    text = f"{letter}été犬🙂犬犬é שלום👍{letter}"
    return {"text": text, "merges": learnt(words, int(rng.integers(9, 14)))}


def joined_emoji(rng):
    family = "👨\u200d👩\u200d👧"
    words = [family, "e\u0301e\u0301", f"{family}{family}"]
    letter = letters(rng, 1)[0]
    text = f"{family}{letter}e\u0301{family}"
    return {"text": text, "merges": learnt(words, int(rng.integers(4, 9)))}


def many(rng):
    few = letters(rng, 4)

    def word(low, high):
        return "".join(rng.choice(few, rng.integers(low, high)))

    words = [word(2, 7) for _ in range(15)]
    return {"text": word(12, 16), "merges": learnt(words, 10)}


EXERCISE = Exercise(
    id="tokenization.bpe_encode",
    signature="bpe_encode(text, merges) -> list[int]",
    asks=(
        "Cut a text with merges that `train_bpe` learned. Begin with its "
        "UTF-8 bytes. Take the merges in the order in which they were "
        "learned, and replace each pair wherever it stands, from left to "
        "right: merge number $k$ (from 0) by the id $256 + k$. Take the whole "
        "text as one word, blanks included. An empty text gives `[]`."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=10,
    reference=applied,
    cases=(
        Case(
            "no merges",
            drawn(3, lambda p, q, r: p + q + r, lambda p, q, r: [], 0),
        ),
        Case(
            "one merge",
            drawn(3, lambda p, q, r: r + p + q, lambda p, q, r: [p + q], 1),
        ),
        Case(
            "an empty text", drawn(2, lambda p, q: "", lambda p, q: [p + q], 1)
        ),
        Case(
            "a pair at three places",
            drawn(
                3,
                lambda p, q, r: p + q + r + p + q + p + q,
                lambda p, q, r: [p + q],
                1,
            ),
        ),
        Case(
            "a merge of merges",
            drawn(
                4,
                lambda p, q, r, s: s + p + q + r + s + p + q,
                lambda p, q, r, s: [p + q + r + s] * 2 + [p + q],
                3,
            ),
        ),
        Case(
            "two merges want the same letter",
            drawn(
                3,
                lambda p, q, r: p + q + r,
                lambda p, q, r: [q + r] * 3 + [p + q] * 2,
                2,
            ),
        ),
        Case(
            "two merges want the same letter, the left one is older",
            drawn(
                3,
                lambda p, q, r: p + q + r,
                lambda p, q, r: [p + q] * 3 + [q + r] * 2,
                2,
            ),
        ),
        Case(
            "a longer piece was learned later",
            drawn(
                4,
                lambda p, q, r, s: p + q + r + s,
                lambda p, q, r, s: [p + q] * 5 + [q + r + s] * 3,
                3,
            ),
        ),
        Case(
            "a piece that can begin in two ways",
            drawn(
                3,
                lambda p, q, r: p + q + r + p + q,
                lambda p, q, r: [q + r] * 5 + [p + q + r] * 3 + [p + q] * 2,
                3,
            ),
        ),
        Case(
            "a merge that the text does not use",
            drawn(
                5,
                lambda p, q, r, s, t: p + q + t + p + q,
                lambda p, q, r, s, t: [r + s] * 3 + [p + q] * 2 + [s + t],
                3,
            ),
        ),
        Case(
            "three equal letters",
            drawn(2, lambda p, q: p * 3, lambda p, q: [p + p], 1),
        ),
        Case(
            "seven equal letters",
            drawn(2, lambda p, q: p * 7, lambda p, q: [p * 4] * 2, 2),
        ),
        Case(
            "capitals",
            drawn(
                3,
                lambda p, q, r: (p + q).upper() + p + q + r.upper(),
                lambda p, q, r: [p + q] * 2 + [q.upper() + p],
                2,
            ),
        ),
        Case(
            "blanks",
            drawn(
                3,
                # With one more blank that a piece spans: "rp p".
                lambda p, q, r: f" {p}{q}  {r}{p} {p} {p}{q}\n",
                lambda p, q, r: [f" {p}{q}"] * 2 + [f"{r}{p} {p}"],
                4,
            ),
        ),
        Case("letters of several bytes", foreign),
        Case("joined emoji, accents that are characters", joined_emoji),
        Case("many merges", many),
    ),
    misconceptions=(
        Misconception(
            "longest piece first",
            "you took the longest piece that fits, from the left. Apply the "
            "merges in the order in which they were learned.",
            longest_first,
        ),
        Misconception(
            "longest piece anywhere",
            "you cut out the longest piece first. Apply the merges in the "
            "order in which they were learned.",
            longest_anywhere,
        ),
        Misconception(
            "newest merge first",
            "you preferred the newest merge. The oldest comes first.",
            but(applied, choose=newest),
        ),
        Misconception(
            "merges backwards",
            "you went through the merges backwards. The oldest comes first, "
            "since later ones are built on it.",
            backwards,
        ),
        Misconception(
            "whatever comes from the left",
            "you merged whatever comes first from the left. The merge that "
            "was learned first goes first.",
            from_the_left,
        ),
        Misconception(
            "one pass over the bytes",
            "you went over the bytes once, so that no merged piece was merged "
            "again. Go through the merges, one after another.",
            one_pass,
        ),
        Misconception(
            "first place only",
            "you replaced a pair at its first place only. Replace it wherever "
            "it stands.",
            each_once,
        ),
        Misconception(
            "from the right",
            "you replaced from the right. From the left, a a a becomes aa a.",
            in_order_from_the_right,
        ),
        Misconception(
            "stops at a merge that is missing",
            "you stopped at the first merge that the text does not use. Go "
            "on with the next one.",
            until_one_is_missing,
        ),
        Misconception(
            "the last token lost",
            "you lost the last token where it is not in the pair. Copy it.",
            last_token_lost,
        ),
        Misconception(
            "the second half kept",
            "you wrote the new id and kept the second half of the pair. The "
            "new id replaces both.",
            but(applied, merge=second_kept),
        ),
        Misconception(
            "the last merge left out",
            "you left out the last merge.",
            without_the_last,
        ),
        Misconception(
            "no merges applied",
            "you returned the bytes. Apply the merges to them.",
            lambda text, merges: list(text.encode()),
        ),
        Misconception(
            "characters",
            "you began with characters (`ord`) rather than UTF-8 bytes. A "
            "letter outside ASCII has several bytes.",
            but(applied, spell=lambda text: map(ord, text)),
        ),
        Misconception(
            "other alphabets dropped",
            "you dropped characters outside ASCII. Every character has UTF-8 "
            "bytes.",
            but(applied, spell=lambda text: text.encode("ascii", "ignore")),
        ),
        Misconception(
            "question marks",
            "you wrote a question mark for characters outside ASCII. Every "
            "character has UTF-8 bytes.",
            but(applied, spell=lambda text: text.encode("ascii", "replace")),
        ),
        Misconception(
            "joiners dropped",
            "you dropped characters that nobody sees. They have bytes too.",
            spelt(lambda text: text.replace("\u200d", "")),
        ),
        Misconception(
            "accents composed",
            "you composed accents with their letters. Take the characters as "
            "they come.",
            spelt(lambda text: text.replace("e\u0301", "é")),
        ),
        Misconception(
            "lower-cased",
            "you changed the case. Keep it as it comes.",
            spelt(str.lower),
        ),
        Misconception(
            "blanks lost",
            "you dropped the blanks. They are bytes of the text: keep them.",
            spelt(lambda text: text.replace(" ", "")),
        ),
        Misconception(
            "blanks at the ends lost",
            "you dropped white space at the ends. Keep it: it belongs to the "
            "text.",
            spelt(str.strip),
        ),
        Misconception(
            "words apart",
            "you cut the text at white space and lost it. Take the whole text "
            "as one word.",
            by_words,
        ),
        Misconception(
            "words apart, blanks kept",
            "you cut the text at blanks first. Take the whole text as one "
            "word: a merge may hold a blank.",
            by_words_with_blanks,
        ),
        Misconception(
            "ids from 255",
            "you gave the first merge the id 255, which is a byte. It has "
            "256.",
            but(applied, first=255),
        ),
        Misconception(
            "ids from 257",
            "you gave the first merge the id 257. It has 256.",
            but(applied, first=257),
        ),
        Misconception(
            "ids by use",
            "you numbered only the merges that the text uses. A merge's id is "
            "256 plus its place among all merges.",
            numbered_by_use,
        ),
        Misconception(
            "pieces",
            "you returned pieces of text. Return their ids.",
            lambda text, merges: [
                pieces_of(merges)[i].decode("utf-8", "replace")
                for i in applied(text, merges)
            ],
        ),
        Misconception(
            "bytes",
            "you returned pieces of bytes. Return their ids.",
            lambda text, merges: [
                pieces_of(merges)[i] for i in applied(text, merges)
            ],
        ),
        Misconception(
            "the number of tokens",
            "you returned how many tokens there are. Return their ids.",
            then(len),
        ),
        Misconception(
            "repeats dropped",
            "you dropped ids that came before. Return an id for every token.",
            then(lambda ids: list(dict.fromkeys(ids))),
        ),
        Misconception(
            "an empty text forgotten",
            "you took the first byte of an empty text. It gives an empty "
            "list.",
            looks_at_the_first,
        ),
    ),
    hints=(
        "Why does it matter which merge goes first?",
        "Start with `list(text.encode())`. For each merge, walk through the "
        "ids from left to right and write them into a new list, with the new "
        "id where the pair stands.",
        "ids = bytes of text; for k, pair in enumerate(merges): new = []; "
        "walk i through ids: if ids[i], ids[i + 1] is pair, append 256 + k "
        "and go on by 2; else append ids[i] and go on by 1; ids = new.",
    ),
    returns=("ids",),
    kind="text",
)
