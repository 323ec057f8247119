"""The exercise `tokenization.train_bpe`."""

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from . import wrong_merges as wrong
from .shared import learnt, letters, shuffled

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
    Case(
        "ids of two digits and of three",
        drawn(0, lambda: ["dv", "cw", "dv", "cw"], 2),
    ),
    Case(
        "words with digits",
        mixed(2, lambda p, q: [p + q] * 5 + [p + q + "9"] + ["89"] * 3, 3),
    ),
    Case("letters of several bytes", foreign),
    Case("many words", many),
    Case(
        "capitals, a blank, an empty word",
        mixed(
            3,
            lambda p, q, r: (
                [p + q] * 3 + [f" {r}"] * 2 + [(p + q).upper()] * 2 + [""]
            ),
            4,
        ),
    ),
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
            but(learnt, pick=wrong.of_the_most(lambda pairs: pairs[0])),
        ),
        Misconception(
            "ties last seen",
            "you took the pair that you saw last where several occur equally "
            "often. Take the smallest pair of ids.",
            but(learnt, pick=wrong.of_the_most(lambda pairs: pairs[-1])),
        ),
        Misconception(
            "ties the larger",
            "you took the largest pair of ids where several occur equally "
            "often. Take the smallest.",
            but(learnt, pick=wrong.of_the_most(max)),
        ),
        Misconception(
            "ties the smaller left, the larger right",
            "you took the larger right id where the left ones are equal. Take "
            "the smaller one.",
            but(
                learnt,
                pick=wrong.of_the_most(
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
                pick=wrong.of_the_most(lambda ps: min(ps, key=lambda p: p[0])),
            ),
        ),
        Misconception(
            "ties by the right first",
            "you compared the right ids first where several pairs occur "
            "equally often. The left ids come first.",
            but(
                learnt,
                pick=wrong.of_the_most(
                    lambda ps: min(ps, key=lambda p: p[::-1])
                ),
            ),
        ),
        Misconception(
            "ties by the sum",
            "you compared the sums of the ids where several pairs occur "
            "equally often. The left ids come first.",
            but(
                learnt,
                pick=wrong.of_the_most(lambda ps: min(ps, key=sum)),
            ),
        ),
        Misconception(
            "ids compared as text",
            "you compared ids as text, where 100 comes before 99. Compare "
            "them as numbers.",
            but(
                learnt,
                pick=wrong.of_the_most(
                    lambda ps: min(ps, key=lambda p: tuple(map(str, p)))
                ),
            ),
        ),
        Misconception(
            "ties by spelling",
            "you compared the spelling where several pairs occur equally "
            "often. Compare the ids: a merged piece has 256 or more.",
            but(wrong.spelt_out, choose=lambda left, right: (left, right)),
        ),
        Misconception(
            "ties by length",
            "you took the longest piece where several pairs occur equally "
            "often. Take the smallest pair of ids.",
            but(
                wrong.spelt_out,
                choose=lambda left, right: (-len(left + right), left, right),
            ),
        ),
        Misconception(
            "across words",
            "you counted pairs of which one half is in the next word. Count "
            "inside the words only.",
            but(learnt, count=wrong.across_words),
        ),
        Misconception(
            "a blank between words",
            "you joined the words with blanks, and counted pairs with a "
            "blank. Count inside the words only.",
            but(learnt, count=wrong.with_blanks_between),
        ),
        Misconception(
            "equal words once",
            "you counted equal words once. Each time that a word comes, its "
            "pairs count.",
            but(learnt, count=wrong.each_word_once),
        ),
        Misconception(
            "once a word",
            "you counted a pair at most once in a word. Count it at every "
            "place.",
            but(learnt, count=wrong.once_a_word),
        ),
        Misconception(
            "overlaps once",
            "you left out pairs that overlap. `aaa` holds the pair a a twice.",
            but(learnt, count=wrong.without_overlaps),
        ),
        Misconception(
            "every token in one pair",
            "you cut each word into pairs, two by two. Every two neighbours "
            "are a pair, so most tokens are in two.",
            but(learnt, count=wrong.at_even_places),
        ),
        Misconception(
            "the beginnings only",
            "you counted only the first pair of each word. Count at every "
            "place.",
            but(learnt, count=wrong.first_pairs),
        ),
        Misconception(
            "triples",
            "you counted three in a row. A merge takes two.",
            but(
                learnt,
                count=wrong.triples,
                pick=wrong.of_the_most(min),
                merge=wrong.left_in_place,
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
            wrong.counted_once,
        ),
        Misconception(
            "nothing replaced",
            "you never replaced the pair, so the same one is found again. "
            "Replace it in every word before you count again.",
            but(learnt, merge=wrong.left_in_place),
        ),
        Misconception(
            "replaced at the first place only",
            "you replaced the pair at its first place in a word only. Replace "
            "it everywhere.",
            but(learnt, merge=wrong.first_place_only),
        ),
        Misconception(
            "replaced from the right",
            "you replaced from the right. From the left, a a a becomes aa a.",
            but(learnt, merge=wrong.from_the_right),
        ),
        Misconception(
            "the last token lost",
            "you lost the last token of a word where it is not in the pair. "
            "Copy it.",
            but(learnt, merge=wrong.last_token_lost),
        ),
        Misconception(
            "ids in a text of digits",
            "you replaced ids in a text, where 56 57 is found in 256 57 as "
            "well. Keep them in lists.",
            wrong.in_digits,
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
            but(learnt, pick=wrong.rarest),
        ),
        Misconception(
            "by the ids alone",
            "you took the smallest pair, however often it occurs. The most "
            "frequent one comes first, and only ties go to the smallest.",
            but(learnt, pick=wrong.by_ids_alone),
        ),
        Misconception(
            "one merge too many",
            "you learned one merge too many.",
            wrong.one_more,
        ),
        Misconception(
            "one merge too few",
            "you learned one merge too few.",
            wrong.one_less,
        ),
        Misconception(
            "at least one merge",
            "you learned a merge though `num_merges` is 0. With `num_merges` "
            "0, return an empty list.",
            wrong.at_least_one,
        ),
        Misconception(
            "filled up",
            "you went on when no pair was left. Stop early, and return fewer "
            "merges.",
            wrong.filled_up,
        ),
        Misconception(
            "max of nothing",
            "you took the most frequent pair when no pair was left. Stop "
            "early, and return fewer merges.",
            wrong.raises_at_the_end,
        ),
        Misconception(
            "pairs of bytes only",
            "you left out pairs that hold a merged piece. What was merged "
            "merges again.",
            wrong.then(lambda merges: [p for p in merges if max(p) < 256]),
        ),
        Misconception(
            "in letters",
            "you returned the pieces as text. Return the pairs of ids.",
            wrong.then(wrong.in_letters),
        ),
        Misconception(
            "new ids",
            "you returned the new ids. Return the pairs that they stand for.",
            wrong.then(lambda merges: [256 + k for k in range(len(merges))]),
        ),
        Misconception(
            "a dict",
            "you returned a dict from pair to new id. Return the list of "
            "pairs: the order tells the ids.",
            wrong.then(
                lambda merges: {p: 256 + k for k, p in enumerate(merges)}
            ),
        ),
        Misconception(
            "sorted",
            "you sorted the merges. Return them in the order in which they "
            "were learned.",
            wrong.then(sorted),
        ),
        Misconception(
            "pairs with ids",
            "you returned every pair with its new id. Return the pairs alone.",
            wrong.then(
                lambda merges: [(*p, 256 + k) for k, p in enumerate(merges)]
            ),
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
