"""The exercise `tokenization.wordpiece_tokenize`."""

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import letters, shuffled

UNKNOWN = "[UNK]"


def written(piece, inside):
    return f"##{piece}" if inside else piece


def longest(fitting):
    return max(fitting, key=len)


def shortest(fitting):
    return min(fitting, key=len)


def last_listed(fitting):
    return fitting[-1]


def first_listed(fitting):
    return fitting[0]


def whole_word_unknown(found, rest):
    return [UNKNOWN]


def greedy(
    word,
    pieces,
    *,
    choose=longest,
    mark=written,
    stuck=whole_word_unknown,
):
    """Of the pieces that go on, the longest. A piece without its ## fits."""
    found, rest = [], word
    while rest:
        inside = rest is not word
        fitting = [
            piece
            for piece in pieces
            if any(
                piece == mark(rest[:end], inside)
                for end in range(1, len(rest) + 1)
            )
        ]
        if not fitting:
            return stuck(found, rest)
        found.append(choose(fitting))
        rest = rest[len(found[-1].removeprefix("##")) :]
    return found


# --- the ways of the misconceptions ----------------------------------------


def goes_back(word, pieces):
    """Tries shorter pieces where it is stuck."""

    def cut(rest, inside):
        if not rest:
            return []
        for end in range(len(rest), 0, -1):
            piece = written(rest[:end], inside)
            if piece in pieces and (more := cut(rest[end:], True)) is not None:
                return [piece, *more]
        return None

    found = cut(word, False)
    return [UNKNOWN] if found is None else found


def fewest(word, pieces):
    """As few pieces as possible."""
    ways = {0: []}
    for end in range(1, len(word) + 1):
        found = [
            [*ways[start], written(word[start:end], start > 0)]
            for start in range(end)
            if start in ways and written(word[start:end], start > 0) in pieces
        ]
        if found:
            ways[end] = min(found, key=len)
    return ways.get(len(word), [UNKNOWN])


def skipping(word, pieces):
    """[UNK] for a character at which it is stuck, and on."""
    found, place = [], 0
    while place < len(word):
        ends = [
            end
            for end in range(place + 1, len(word) + 1)
            if written(word[place:end], place > 0) in pieces
        ]
        end = max(ends, default=place + 1)
        found.append(written(word[place:end], place > 0) if ends else UNKNOWN)
        place = end
    return found


def from_the_right(word, pieces):
    """The longest piece at the end first."""
    found, rest = [], word
    while rest:
        fitting = [
            written(rest[start:], start > 0)
            for start in range(len(rest))
            if written(rest[start:], start > 0) in pieces
        ]
        if not fitting:
            return [UNKNOWN]
        found.insert(0, fitting[0])
        rest = rest[: len(rest) - len(fitting[0].removeprefix("##"))]
    return found


def either(word, pieces):
    """Any piece anywhere, with its ## or without."""
    plain = {piece.removeprefix("##"): piece for piece in pieces}
    found = greedy(word, list(plain), mark=lambda piece, inside: piece)
    if found == [UNKNOWN]:
        return found
    return [written(one, bool(place)) for place, one in enumerate(found)]


def marked_first(word, pieces):
    """The first piece may be one of the inside."""
    known = [*pieces, *(p.removeprefix("##") for p in pieces)]
    return greedy(word, known)


def inside_bare(word, pieces):
    """Inside, pieces without ## count too."""
    return greedy(word, [*pieces, *(f"##{p}" for p in pieces)])


def whole_or_nothing(word, pieces):
    if not word or word in pieces:
        return [word] * bool(word)
    return [UNKNOWN]


def whole_word_missed(word, pieces):
    """The loop stops before the whole rest."""
    found, rest = [], word
    while rest:
        ends = [
            end
            for end in range(1, len(rest) + (len(rest) == 1))
            if written(rest[:end], rest is not word) in pieces
        ]
        if not ends:
            return [UNKNOWN]
        found.append(written(rest[: max(ends)], rest is not word))
        rest = rest[max(ends) :]
    return found


def then(change):
    return lambda word, pieces: change(greedy(word, pieces))


# --- cases -----------------------------------------------------------------


def drawn(count, make):
    """`make` gets so many letters: the word, and the pieces, in any order."""

    def inputs(rng):
        word, pieces = make(*letters(rng, count))
        return {"word": word, "pieces": shuffled(rng, pieces)}

    return inputs


def as_listed(count, make):
    def inputs(rng):
        word, pieces = make(*letters(rng, count))
        return {"word": word, "pieces": pieces}

    return inputs


def foreign(rng):
    pieces = ["né", "##é", "n", "##et", "犬", "##犬", "##e", "##\u0301", "🙂"]
    word = str(rng.choice(["néet", "néeté", "ne\u0301et", "néet\u0301"]))
    return {"word": word, "pieces": shuffled(rng, pieces)}


CASES = (
    Case(
        "the word is a piece",
        drawn(
            3, lambda a, b, c: (a + b + c, [a + b + c, a, f"##{b}", f"##{c}"])
        ),
    ),
    Case(
        "two pieces",
        drawn(3, lambda a, b, c: (a + b + c, [a + b, f"##{c}", c, a + c])),
    ),
    Case(
        "an empty word",
        drawn(2, lambda a, b: ("", [a, f"##{b}"])),
    ),
    Case(
        "longer pieces and shorter ones",
        as_listed(
            4,
            lambda a, b, c, d: (
                a + b + c + d,
                [a, a + b, f"##{b}", f"##{c}", f"##{c}{d}", f"##{d}"],
            ),
        ),
    ),
    Case(
        "shorter pieces come last in the list",
        as_listed(
            4,
            lambda a, b, c, d: (
                a + b + c + d,
                [f"##{c}{d}", f"##{d}", a + b, a, f"##{c}", f"##{b}"],
            ),
        ),
    ),
    Case(
        "three pieces, the longest first",
        drawn(
            6,
            # One inside is longer than all that begin a word.
            lambda a, b, c, d, e, f: (
                a + b + c + d + e + f,
                [
                    *(a + b, a, f"##{c}", f"##{d}{e}{f}", f"##{d}", f"##{f}"),
                    *(f"##{b}{c}{d}{e}{f}", f"##{e}{f}"),
                ],
            ),
        ),
    ),
    Case(
        "a long end and a long beginning",
        drawn(
            5,
            lambda a, b, c, d, e: (
                a + b + c + d + e,
                [a + b + c, f"##{d}{e}", f"##{c}{d}{e}", a, f"##{b}"],
            ),
        ),
    ),
    Case(
        "a way that is no longer open",
        drawn(
            4,
            lambda a, b, c, d: (
                a + b + c + d,
                [a, a + b, f"##{c}", f"##{b}{c}{d}"],
            ),
        ),
    ),
    Case(
        "no piece for the beginning",
        drawn(3, lambda a, b, c: (a + b + c, [f"##{a}", f"##{b}", b, c])),
    ),
    Case(
        "the inside only without ##",
        drawn(3, lambda a, b, c: (a + b + c, [a, b, c, b + c, f"##{c}"])),
    ),
    Case(
        "the beginning only with ##",
        drawn(
            3,
            lambda a, b, c: (a + b + c, [f"##{a}{b}", f"##{c}", f"##{a}", c]),
        ),
    ),
    Case(
        "no piece for a letter inside",
        drawn(
            4,
            lambda a, b, c, d: (a + b + c + d, [a, f"##{b}", f"##{d}", c + d]),
        ),
    ),
    Case(
        "the same letter again",
        drawn(2, lambda a, b: (a * 4 + b, [a, a * 2, f"##{a}", f"##{b}"])),
    ),
    Case(
        "capitals",
        drawn(
            3,
            lambda a, b, c: (
                a.upper() + b + c.upper(),
                [a.upper(), a, a + b, f"##{b}", f"##{c}", f"##{c.upper()}"],
            ),
        ),
    ),
    Case(
        "capitals without a piece",
        drawn(3, lambda a, b, c: (a.upper() + b + c, [a, a + c, f"##{b}{c}"])),
    ),
    Case("accents", foreign),
    Case(
        "Japanese and emoji",
        drawn(
            1,
            lambda a: (
                f"犬川🙂{a}",
                ["犬", "犬川", "##🙂", f"##🙂{a}x", f"##{a}", "🙂"],
            ),
        ),
    ),
    Case(
        "a single letter without a piece",
        drawn(2, lambda a, b: (a, [f"##{a}", a + b, b])),
    ),
)

EXERCISE = Exercise(
    id="tokenization.wordpiece_tokenize",
    signature="wordpiece_tokenize(word, pieces) -> list[str]",
    asks=(
        "Cut one word as BERT does. `pieces` is a list of strings. A piece "
        "that begins with `##` goes on inside a word. The others begin one. "
        "From the left, take the longest piece that fits, and go on behind "
        "it. Never go back to a shorter one. If no piece fits, the *whole* "
        'word becomes `["[UNK]"]`. Return the pieces as they are listed, with '
        "their `##`. An empty word gives `[]`. Keep the case. A word holds no "
        "`#`."
    ),
    points=2,
    difficulty=3,
    importance=3,
    minutes=8,
    reference=greedy,
    cases=CASES,
    misconceptions=(
        Misconception(
            "shortest first",
            "you took the shortest piece that fits. Take the longest.",
            but(greedy, choose=shortest),
        ),
        Misconception(
            "the first in the list",
            "you took the first piece in the list that fits. Take the "
            "longest.",
            but(greedy, choose=first_listed),
        ),
        Misconception(
            "the last in the list",
            "you took the last piece in the list that fits. Take the longest.",
            but(greedy, choose=last_listed),
        ),
        Misconception(
            "goes back when stuck",
            "you went back to a shorter piece where nothing fitted. There is "
            "no way back: the word becomes `[UNK]`.",
            goes_back,
        ),
        Misconception(
            "as few pieces as possible",
            "you looked for the fewest pieces. Take the longest piece from "
            "the left, whatever comes behind it.",
            fewest,
        ),
        Misconception(
            "from the right",
            "you began at the end of the word. Begin at the left.",
            from_the_right,
        ),
        Misconception(
            "[UNK] for the rest",
            "you kept the pieces so far and wrote `[UNK]` for the rest. The "
            "whole word becomes `[UNK]`.",
            but(greedy, stuck=lambda found, rest: [*found, UNKNOWN]),
        ),
        Misconception(
            "the pieces so far",
            "you returned the pieces so far where nothing fitted. The whole "
            "word becomes `[UNK]`.",
            but(greedy, stuck=lambda found, rest: found),
        ),
        Misconception(
            "the rest as a piece",
            "you returned the rest of the word as a piece, which is not in "
            "the list. The whole word becomes `[UNK]`.",
            but(
                greedy,
                stuck=lambda found, rest: [
                    *found,
                    written(rest, bool(found)),
                ],
            ),
        ),
        Misconception(
            "the rest as it is",
            "you returned the rest of the word as it is where nothing fitted. "
            "The whole word becomes `[UNK]`.",
            but(greedy, stuck=lambda found, rest: [*found, rest]),
        ),
        Misconception(
            "nothing where stuck",
            "you returned an empty list where nothing fitted. The word "
            "becomes `[UNK]`.",
            but(greedy, stuck=lambda found, rest: []),
        ),
        Misconception(
            "one [UNK] a character",
            "you wrote `[UNK]` for one character and went on. The whole word "
            "becomes `[UNK]`.",
            skipping,
        ),
        Misconception(
            "[UNK] for every character",
            "you wrote an `[UNK]` for each character of the word. The word "
            "becomes a single one.",
            lambda word, pieces: (
                [UNKNOWN] * len(word)
                if greedy(word, pieces) == [UNKNOWN]
                else greedy(word, pieces)
            ),
        ),
        Misconception(
            "a text where stuck",
            "you returned the text `[UNK]`. Return a list that holds it.",
            lambda word, pieces: (
                UNKNOWN
                if greedy(word, pieces) == [UNKNOWN]
                else greedy(word, pieces)
            ),
        ),
        Misconception(
            "another name",
            "you wrote `<unk>`. BERT's name for an unknown word is `[UNK]`.",
            but(greedy, stuck=lambda found, rest: ["<unk>"]),
        ),
        Misconception(
            "refused",
            "you raised an exception where nothing fitted. The word becomes "
            "`[UNK]`.",
            but(greedy, stuck=lambda found, rest: list(map(int, "x"))),
        ),
        Misconception(
            "without ##",
            "you returned pieces of the inside without their `##`. Keep it.",
            then(lambda found: [one.removeprefix("##") for one in found]),
        ),
        Misconception(
            "no ## looked for",
            "you looked for pieces without `##` inside the word too. There "
            "only those with `##` fit.",
            but(greedy, mark=lambda piece, inside: piece),
        ),
        Misconception(
            "any piece anywhere",
            "you took any piece anywhere. Those with `##` fit only inside a "
            "word, the others only at its beginning.",
            either,
        ),
        Misconception(
            "## at the beginning",
            "you began the word with a piece of the inside. A piece with `##` "
            "fits only inside.",
            marked_first,
        ),
        Misconception(
            "beginnings inside",
            "you used a piece without `##` inside the word. Only those with "
            "`##` fit there.",
            inside_bare,
        ),
        Misconception(
            "## everywhere",
            "you looked for a `##` at the beginning of the word too. Only "
            "pieces of the inside have it.",
            but(greedy, mark=lambda piece, inside: f"##{piece}"),
        ),
        Misconception(
            "whole words only",
            "you only looked whether the word itself is a piece. If it is "
            "not, cut it.",
            whole_or_nothing,
        ),
        Misconception(
            "the whole word never",
            "you stopped one character before the end, so that the whole rest "
            "is never tried. `range(n)` stops before n.",
            whole_word_missed,
        ),
        Misconception(
            "lower-cased",
            "you changed the case. Keep it as it comes.",
            lambda word, pieces: greedy(word.lower(), pieces),
        ),
        Misconception(
            "[UNK] for an empty word",
            "you returned `[UNK]` for an empty word. It has no pieces.",
            lambda word, pieces: greedy(word, pieces) or [UNKNOWN],
        ),
        Misconception(
            "an empty piece for an empty word",
            "you returned an empty piece for an empty word. It has no pieces.",
            lambda word, pieces: greedy(word, pieces) or [""],
        ),
        Misconception(
            "backwards",
            "you returned the pieces from the last to the first. Return them "
            "as they stand in the word.",
            then(lambda found: found[::-1]),
        ),
        Misconception(
            "one text",
            "you returned one text. Return a list of pieces.",
            then(" ".join),
        ),
        Misconception(
            "places in the list",
            "you returned the places of the pieces in the list. Return the "
            "pieces themselves.",
            lambda word, pieces: [
                pieces.index(one) if one in pieces else -1
                for one in greedy(word, pieces)
            ],
        ),
    ),
    hints=(
        "At the beginning of a word and inside it, which pieces may you try?",
        "Try the whole rest first, then one character less, and so on. Inside "
        "the word put `##` before what you try. `in` tells whether it is a "
        "piece.",
        "start = 0; while start < len(word): for end from len(word) down to "
        "start + 1: piece = word[start:end], with ## if start > 0; if it is "
        "in pieces, keep it, set start = end and leave the inner loop; if no "
        "end was good, return ['[UNK]'].",
    ),
    returns=("tokens",),
    kind="text",
    facts=(
        Fact(
            "no piece but the first begins a word",
            lambda found: all(
                isinstance(one, str) and one.startswith("##")
                for one in found[1:]
            ),
        ),
    ),
)
