"""The exercise `tokenization.train_bpe`."""

from collections import Counter
from itertools import pairwise

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import learnt, letters, merged, pairs_in, shuffled

# --- other counts, choices and merges: those of the misconceptions ---------


def across_words(words):
    return Counter(pairwise(one for ids in words for one in ids))


def with_blanks_between(words):
    return Counter(pairwise(one for ids in words for one in [*ids, 32]))


def each_word_once(words):
    return pairs_in(dict.fromkeys(map(tuple, words)))


def once_a_word(words):
    return Counter(pair for ids in words for pair in set(pairwise(ids)))


def without_overlaps(words):
    counts = Counter()
    for ids in words:
        place = 0
        while place < len(ids) - 1:
            pair = tuple(ids[place : place + 2])
            counts[pair] += 1
            # A pair of equal ones takes both, so that aaa holds one.
            place += 1 + (
                pair[0] == pair[1]
                and pair == tuple(ids[place + 1 : place + 3])
            )
    return counts


def at_even_places(words):
    """Each token belongs to one pair only."""
    return Counter(
        pair
        for ids in words
        for pair in zip(ids[::2], ids[1::2], strict=False)
    )


def triples(words):
    return Counter(
        three
        for ids in words
        for three in zip(ids, ids[1:], ids[2:], strict=False)
    )


def first_pairs(words):
    return Counter(tuple(ids[:2]) for ids in words if len(ids) > 1)


def of_the_most(choose):
    """The pair that is chosen among the most frequent ones, as seen."""

    def pick(counts):
        most = max(counts.values())
        return choose([pair for pair in counts if counts[pair] == most])

    return pick


def rarest(counts):
    return min(counts, key=lambda pair: (counts[pair], pair))


def by_ids_alone(counts):
    return min(counts)


def from_the_right(ids, pair, new):
    return merged(ids[::-1], pair[::-1], new)[::-1]


def first_place_only(ids, pair, new):
    for place in range(len(ids) - 1):
        if tuple(ids[place : place + 2]) == pair:
            return [*ids[:place], new, *ids[place + 2 :]]
    return ids


def left_in_place(ids, pair, new):
    return ids


def counted_once(words, num_merges):
    """The most frequent pairs of the bytes, without a second look."""
    counts = pairs_in([list(word.encode()) for word in words])
    ranked = sorted(counts, key=lambda pair: (-counts[pair], pair))
    return ranked[:num_merges]


def spelt_out(words, num_merges, *, choose=None):
    """The ties go by the bytes that a piece stands for, not by its id."""
    pieces = {number: bytes([number]) for number in range(256)}
    spelt, merges = [list(word.encode()) for word in words], []
    while len(merges) < num_merges and (counts := pairs_in(spelt)):
        pair = min(
            counts,
            key=lambda p: (-counts[p], *choose(pieces[p[0]], pieces[p[1]])),
        )
        new = 256 + len(merges)
        pieces[new] = pieces[pair[0]] + pieces[pair[1]]
        merges.append(pair)
        spelt = [merged(ids, pair, new) for ids in spelt]
    return merges


def filled_up(words, num_merges):
    merges = learnt(words, num_merges)
    return merges + merges[-1:] * (num_merges - len(merges))


def raises_at_the_end(words, num_merges):
    """`max` of nothing."""
    merges = learnt(words, num_merges)
    return merges if len(merges) == num_merges else max(())


def at_least_one(words, num_merges):
    return learnt(words, max(num_merges, 1))


def one_more(words, num_merges):
    return learnt(words, num_merges + 1)


def one_less(words, num_merges):
    return learnt(words, num_merges - 1)


def then(change):
    return lambda words, num_merges: change(learnt(words, num_merges))


def pieces_of(merges):
    pieces = {number: bytes([number]) for number in range(256)}
    for place, (left, right) in enumerate(merges):
        pieces[256 + place] = pieces[left] + pieces[right]
    return pieces


def in_letters(merges):
    pieces = pieces_of(merges)
    return [
        (
            pieces[a].decode("utf-8", "replace"),
            pieces[b].decode("utf-8", "replace"),
        )
        for a, b in merges
    ]


# --- cases -----------------------------------------------------------------


def drawn(count, make, num_merges):
    """`make` gets so many letters in order, and gives the words."""
    return lambda rng: {
        "words": make(*letters(rng, count)),
        "num_merges": num_merges,
    }


def mixed(count, make, num_merges):
    """The same, the words in any order."""

    def inputs(rng):
        words = make(*letters(rng, count))
        return {"words": shuffled(rng, words), "num_merges": num_merges}

    return inputs


def foreign(rng):
    words = ["été", "né", "犬", "犬犬", "🙂", "größer", "été", "שלום"]
    return {"words": shuffled(rng, words), "num_merges": 8}


def many(rng):
    few = letters(rng, 5)
    some = ["".join(rng.choice(few, rng.integers(2, 6))) for _ in range(8)]
    words = [word for word in some for _ in range(rng.integers(1, 5))]
    return {"words": shuffled(rng, words), "num_merges": 12}


CASES = (
    Case("one word, one pair", drawn(2, lambda p, q: [p + q], 1)),
    Case("no merges", drawn(3, lambda p, q, r: [p + q, q + r], 0)),
    Case(
        "one pair more often than another",
        mixed(4, lambda p, q, r, s: [r + s] * 3 + [p + q] * 2, 2),
    ),
    Case(
        "a merged pair merges again",
        mixed(3, lambda p, q, r: [p + q + r] * 3 + [p + q] * 2, 2),
    ),
    Case(
        "pairs that come once",
        drawn(4, lambda p, q, r, s: [p + s, q + r], 2),
    ),
    Case(
        "no pair is left before the end",
        drawn(3, lambda p, q, r: [q + p + r, q + p], 7),
    ),
    Case("words of one letter", drawn(2, lambda p, q: [p, q, p], 2)),
    Case(
        "the same word side by side",
        drawn(2, lambda p, q: [p + q] * 4, 3),
    ),
    Case(
        "pairs equally often",
        drawn(
            8,
            lambda p, q, r, s, t, u, v, w: [r + s, p + q, v + w, t + u] * 2,
            4,
        ),
    ),
    Case(
        "pairs equally often, with the same left one",
        drawn(5, lambda p, q, r, s, t: [q + s, q + r, q + t, s + p] * 2, 4),
    ),
    Case(
        "a merged pair as often as two letters",
        drawn(
            5,
            lambda p, q, r, s, t: [p + q + r, p + q, p + q + r, s + t, s + t],
            3,
        ),
    ),
    Case(
        "a letter that begins two words and ends one",
        drawn(
            6,
            lambda p, q, r, s, t, u: (
                [s + t, s + t, s + t, p + s + t, q + u, q + u, q + u, r + p]
            ),
            5,
        ),
    ),
    Case(
        "four equal letters in a row",
        mixed(3, lambda p, q, s: [s * 4, p + q, p + q], 3),
    ),
    Case(
        "three equal letters in a row",
        drawn(2, lambda p, s: [s * 3, p + s * 3], 3),
    ),
    Case(
        "a pair twice in one word",
        mixed(4, lambda p, q, t, u: [t + u + t + u, p + q], 3),
    ),
    Case(
        "a pair at an odd place",
        mixed(
            4,
            lambda p, q, r, s: [s + p + q, r + p + q, s + r, s + r],
            3,
        ),
    ),
    Case("letters of several bytes", foreign),
    Case("many words", many),
)

EXERCISE = Exercise(
    id="tokenization.train_bpe",
    signature="train_bpe(words, num_merges) -> list[tuple[int, int]]",
    asks=(
        "Learn the merges of byte-pair encoding, in order. `words` is a list "
        "of strings. Write each as its UTF-8 bytes, which are the ids 0 to "
        "255. Then again and again: count every pair of neighbours inside the "
        "words, at every place (`aaa` holds the pair a a twice), and equal "
        "words each time they come. Take the pair that occurs most often. "
        "Where several do, take the smallest: the smaller left id, and of "
        "those the smaller right id. Replace it everywhere, in each word from "
        "left to right, by a new id: 256 for the first merge, 257 for the "
        "second. Stop after `num_merges` merges, or earlier if no pair is "
        "left. Return the pairs of ids."
    ),
    points=4,
    difficulty=4,
    importance=5,
    minutes=15,
    reference=learnt,
    cases=CASES,
    misconceptions=(
        Misconception(
            "ties first seen",
            "you took the pair that you saw first where several occur equally "
            "often. Take the smallest pair of ids.",
            but(learnt, pick=of_the_most(lambda pairs: pairs[0])),
        ),
        Misconception(
            "ties last seen",
            "you took the pair that you saw last where several occur equally "
            "often. Take the smallest pair of ids.",
            but(learnt, pick=of_the_most(lambda pairs: pairs[-1])),
        ),
        Misconception(
            "ties the larger",
            "you took the largest pair of ids where several occur equally "
            "often. Take the smallest.",
            but(learnt, pick=of_the_most(max)),
        ),
        Misconception(
            "ties the smaller left, the larger right",
            "you took the larger right id where the left ones are equal. Take "
            "the smaller one.",
            but(
                learnt,
                pick=of_the_most(
                    lambda ps: min(ps, key=lambda p: (p[0], -p[1]))
                ),
            ),
        ),
        Misconception(
            "ties by the left only",
            "you compared only the left ids where several pairs occur equally "
            "often. Of equal left ids, the smaller right one decides.",
            but(
                learnt,
                pick=of_the_most(lambda ps: min(ps, key=lambda p: p[0])),
            ),
        ),
        Misconception(
            "ties by the right first",
            "you compared the right ids first where several pairs occur "
            "equally often. The left ids come first.",
            but(
                learnt,
                pick=of_the_most(lambda ps: min(ps, key=lambda p: p[::-1])),
            ),
        ),
        Misconception(
            "ties by the sum",
            "you compared the sums of the ids where several pairs occur "
            "equally often. The left ids come first.",
            but(
                learnt,
                pick=of_the_most(lambda ps: min(ps, key=sum)),
            ),
        ),
        Misconception(
            "ties by spelling",
            "you compared the spelling where several pairs occur equally "
            "often. Compare the ids: a merged piece has 256 or more.",
            but(spelt_out, choose=lambda left, right: (left, right)),
        ),
        Misconception(
            "ties by length",
            "you took the longest piece where several pairs occur equally "
            "often. Take the smallest pair of ids.",
            but(
                spelt_out,
                choose=lambda left, right: (-len(left + right), left, right),
            ),
        ),
        Misconception(
            "across words",
            "you counted pairs of which one half is in the next word. Count "
            "inside the words only.",
            but(learnt, count=across_words),
        ),
        Misconception(
            "a blank between words",
            "you joined the words with blanks, and counted pairs with a "
            "blank. Count inside the words only.",
            but(learnt, count=with_blanks_between),
        ),
        Misconception(
            "equal words once",
            "you counted equal words once. Each time that a word comes, its "
            "pairs count.",
            but(learnt, count=each_word_once),
        ),
        Misconception(
            "once a word",
            "you counted a pair at most once in a word. Count it at every "
            "place.",
            but(learnt, count=once_a_word),
        ),
        Misconception(
            "overlaps once",
            "you left out pairs that overlap. `aaa` holds the pair a a twice.",
            but(learnt, count=without_overlaps),
        ),
        Misconception(
            "every token in one pair",
            "you cut each word into pairs, two by two. Every two neighbours "
            "are a pair, so most tokens are in two.",
            but(learnt, count=at_even_places),
        ),
        Misconception(
            "the beginnings only",
            "you counted only the first pair of each word. Count at every "
            "place.",
            but(learnt, count=first_pairs),
        ),
        Misconception(
            "triples",
            "you counted three in a row. A merge takes two.",
            but(
                learnt,
                count=triples,
                pick=of_the_most(min),
                merge=left_in_place,
            ),
        ),
        Misconception(
            "characters",
            "you began with characters (`ord`) rather than UTF-8 bytes. A "
            "letter outside ASCII has several bytes.",
            but(learnt, spell=lambda word: map(ord, word)),
        ),
        Misconception(
            "ASCII only",
            "you dropped characters outside ASCII. Every character has UTF-8 "
            "bytes.",
            but(learnt, spell=lambda word: word.encode("ascii", "ignore")),
        ),
        Misconception(
            "another encoding",
            "you took another encoding than UTF-8. `text.encode()` gives "
            "UTF-8.",
            but(learnt, spell=lambda word: word.encode("utf-16-le")),
        ),
        Misconception(
            "counted once",
            "you counted once and took the most frequent pairs of bytes. "
            "After every merge the pairs are others: count again.",
            counted_once,
        ),
        Misconception(
            "nothing replaced",
            "you never replaced the pair, so the same one is found again. "
            "Replace it in every word before you count again.",
            but(learnt, merge=left_in_place),
        ),
        Misconception(
            "replaced at the first place only",
            "you replaced the pair at its first place in a word only. Replace "
            "it everywhere.",
            but(learnt, merge=first_place_only),
        ),
        Misconception(
            "replaced from the right",
            "you replaced from the right. From the left, a a a becomes aa a.",
            but(learnt, merge=from_the_right),
        ),
        Misconception(
            "stops at pairs that come once",
            "you stopped when every pair occurs only once. Those are merged "
            "too.",
            but(learnt, enough=2),
        ),
        Misconception(
            "first id 255",
            "you gave the first merge the id 255, which is a byte. It gets "
            "256.",
            but(learnt, first=255),
        ),
        Misconception(
            "first id 257",
            "you gave the first merge the id 257. It gets 256: the bytes are "
            "0 to 255.",
            but(learnt, first=257),
        ),
        Misconception(
            "rarest first",
            "you merged the pair that occurs least often. Take the most "
            "frequent one.",
            but(learnt, pick=rarest),
        ),
        Misconception(
            "by the ids alone",
            "you took the smallest pair, however often it occurs. The most "
            "frequent one comes first, and only ties go to the smallest.",
            but(learnt, pick=by_ids_alone),
        ),
        Misconception(
            "one merge too many",
            "you learned one merge too many.",
            one_more,
        ),
        Misconception(
            "one merge too few",
            "you learned one merge too few.",
            one_less,
        ),
        Misconception(
            "at least one merge",
            "you learned a merge where none is asked for. With `num_merges` "
            "0, return an empty list.",
            at_least_one,
        ),
        Misconception(
            "filled up",
            "you went on when no pair was left. Stop early, and return fewer "
            "merges.",
            filled_up,
        ),
        Misconception(
            "max of nothing",
            "you took the most frequent pair when no pair was left. Stop "
            "early, and return fewer merges.",
            raises_at_the_end,
        ),
        Misconception(
            "in letters",
            "you returned the pieces as text. Return the pairs of ids.",
            then(in_letters),
        ),
        Misconception(
            "new ids",
            "you returned the new ids. Return the pairs that they stand for.",
            then(lambda merges: [256 + k for k in range(len(merges))]),
        ),
        Misconception(
            "a dict",
            "you returned a dict from pair to new id. Return the list of "
            "pairs: the order tells the ids.",
            then(lambda merges: {p: 256 + k for k, p in enumerate(merges)}),
        ),
        Misconception(
            "sorted",
            "you sorted the merges. Return them in the order in which they "
            "were learned.",
            then(sorted),
        ),
        Misconception(
            "pairs with ids",
            "you returned every pair with its new id. Return the pairs alone.",
            then(lambda merges: [(*p, 256 + k) for k, p in enumerate(merges)]),
        ),
    ),
    hints=(
        "What do you count, after the first merge, where the pair once stood?",
        "Keep the words as lists of ids. `zip(ids, ids[1:])` gives the "
        "neighbours, a `Counter` counts them. For the choice, `min` by the "
        "key (−count, pair) knows both rules.",
        "ids of each word = list of its bytes; repeat: count the pairs; if "
        "there are none, stop; pair = the smallest of the most frequent; "
        "replace it in every word, walking from left to right; remember it.",
    ),
    returns=("merges",),
    kind="text",
    facts=(
        Fact(
            "no pair holds an id that is not made yet",
            lambda merges: all(
                isinstance(pair, tuple)
                and all(isinstance(i, int) and i < 256 + k for i in pair)
                for k, pair in enumerate(merges)
            ),
        ),
        Fact(
            "no pair is merged twice",
            lambda merges: len(set(map(str, merges))) == len(merges),
        ),
    ),
)
