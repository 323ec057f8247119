"""The exercise `tokenization.word_tokenize`."""

import re
import string
import unicodedata

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import FOREIGN, words

MARKS = re.escape(string.punctuation)


def in_a_word(character):
    return character.isalnum() or character == "_"


def by_characters(
    text, *, joins=in_a_word, keeps=lambda one: not one.isspace(), last=True
):
    """One character after another: into the run, behind it, or nowhere."""
    found, run = [], ""
    for character in text:
        if joins(character):
            run += character
            continue
        found += [run] * bool(run)
        found += [character] * keeps(character)
        run = ""
    return found + [run] * bool(run and last)


def by(pattern, flags=0):
    """What a regular expression finds."""
    return lambda text: re.findall(pattern, text, flags)


def after(change):
    """The right tokens of a text that was changed first."""
    return lambda text: by_characters(change(text))


def then(change):
    """The right tokens, changed."""
    return lambda text: change(by_characters(text))


def unseen(character):
    return unicodedata.category(character) == "Cf"


def padded(text):
    for mark in ".,!?":
        text = text.replace(mark, f" {mark} ")
    return text.split()


def ends_peeled(text):
    """Marks at both ends of a word are cut off, those inside are kept."""
    return re.findall(r"\w(?:\S*\w)?|[^\w\s]", text)


def marks_too_early(text):
    found, run = [], ""
    for character in text:
        if in_a_word(character):
            run += character
            continue
        found += [character] * (not character.isspace())
        found += [run] * bool(run)
        run = ""
    return found + [run] * bool(run)


def drawn(make, count):
    """`make` gets as many different words, and gives the text."""
    return lambda rng: {"text": make(*words(rng, count))}


def with_numbers(rng):
    word, other = words(rng, 2)
    n, m = rng.integers(11, 99, 2)
    # `isdecimal` knows neither ² nor ½, `isdigit` no ½: `isalnum` knows both.
    some = f"{word}_{n} x{n} {m}{other} {word}2{other} __{m}"
    return {"text": f"{some} {other}² {n}½"}


def price(rng):
    word, other = words(rng, 2)
    whole, cents = rng.integers(2, 9), rng.integers(11, 99)
    return {"text": f"I don't pay ${whole}.{cents} for {word}-{other}"}


def foreign(rng):
    one, two, three = rng.choice(FOREIGN[:6], 3, False)
    four, five = rng.choice(FOREIGN[6:], 2, False)
    return {"text": f"{one}, {two} ٣٤ {three}؟ {four}。{five}、«{one}»"}


def accents(rng):
    (word,) = words(rng, 1)
    mark = rng.choice(["\u0301", "\u0308", "\u0302"])
    return {"text": f"{word} cafe\u0301, n{mark}{word} é"}


def emoji(rng):
    (word,) = words(rng, 1)
    family = "\u200d".join(rng.permutation(list("👨👩👧👦"))[:3])
    return {"text": f"{word} {family} 👍🏽{word}🙂🙂"}


def zero_width(rng):
    one, two, three = words(rng, 3)
    return {"text": f"\ufeff{one}\u200b{two} {three[:2]}\u00ad{three[2:]}"}


EXERCISE = Exercise(
    id="tokenization.word_tokenize",
    signature="word_tokenize(text) -> list[str]",
    asks=(
        "Cut `text` into tokens, from left to right. A token is a longest run "
        "of letters, digits and underscores of any alphabet. Python says "
        "which characters belong to it: `c.isalnum() or c == '_'`. Any other "
        "character is a token by itself, unless it is white space: that is "
        "dropped. Keep the case as it comes. An empty text gives `[]`."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=6,
    reference=by_characters,
    cases=(
        Case("two words", drawn(lambda a, b: f"{a} {b}", 2)),
        Case(
            "a sentence",
            drawn(lambda a, b, c: f"{a.capitalize()}, {b} and {c}!", 3),
        ),
        Case("an empty text", drawn(lambda: "", 0)),
        Case(
            "marks in a row",
            drawn(lambda a, b, c: f"{a}... {b}?! ({c})…", 3),
        ),
        Case("an apostrophe, a price, a hyphen", price),
        Case("digits and underscores", with_numbers),
        Case(
            "a word again, in capitals too",
            drawn(lambda a, b: f"The {a}, the {a}, THE {b}: {b}.", 2),
        ),
        Case(
            "white space of several kinds",
            drawn(
                lambda a, b, c, d, e: (
                    f" {a}  {b}\t{c},\n\n{d}\u00a0{e}\u3000{a}\r\n"
                ),
                5,
            ),
        ),
        Case("other alphabets", foreign),
        Case("accents that are characters", accents),
        Case("emoji, some of them joined", emoji),
        Case("characters without a width", zero_width),
    ),
    misconceptions=(
        Misconception(
            "split at white space",
            "you split at white space only. A mark, such as a comma, is a "
            "token by itself.",
            str.split,
        ),
        Misconception(
            "marks lost",
            "you dropped the marks. Only white space is dropped.",
            by(r"\w+"),
        ),
        Misconception(
            "runs of marks",
            "you took several marks in a row as one token. Each mark is a "
            "token by itself.",
            by(r"\w+|[^\w\s]+"),
        ),
        Misconception(
            "ASCII letters only",
            "you let only the letters a to z into a run. Letters of other "
            "alphabets belong into it too.",
            by(r"[A-Za-z0-9_]+|[^A-Za-z0-9_\s]"),
        ),
        Misconception(
            "re.ASCII",
            "you let `re` know ASCII only. Letters and white space of other "
            "alphabets count as well.",
            by(r"\w+|[^\w\s]", re.ASCII),
        ),
        Misconception(
            "other alphabets lost",
            "you dropped the letters of other alphabets. `str.isalnum` knows "
            "them all.",
            by(rf"[A-Za-z0-9_]+|[{MARKS}]"),
        ),
        Misconception(
            "ASCII",
            "you dropped every character outside ASCII. The rule holds for "
            "all alphabets and marks.",
            after(lambda text: text.encode("ascii", "ignore").decode()),
        ),
        Misconception(
            "marks of ASCII only",
            "you kept only marks of ASCII. Every character that is no white "
            "space belongs to a token.",
            by(rf"\w+|[{MARKS}]"),
        ),
        Misconception(
            "digits apart",
            "you cut between letters and digits. Both belong to the same run.",
            by(r"[^\W\d]+|\d+|[^\w\s]"),
        ),
        Misconception(
            "every digit apart",
            "you made every digit a token by itself. Digits belong to a run, "
            "like letters.",
            but(by_characters, joins=lambda c: c.isalpha() or c == "_"),
        ),
        Misconception(
            "letters only in a run",
            "you let only letters into a run. Digits and underscores belong "
            "to it as well.",
            but(by_characters, joins=str.isalpha),
        ),
        Misconception(
            "digits lost",
            "you dropped digits. Only white space is dropped.",
            by(r"[^\W\d]+|[^\w\s]"),
        ),
        Misconception(
            "underscores apart",
            "you made an underscore a token by itself. It belongs to a run.",
            but(by_characters, joins=str.isalnum),
        ),
        Misconception(
            "lower-cased",
            "you changed the case. Keep it as it comes.",
            after(str.lower),
        ),
        Misconception(
            "white space kept",
            "you kept white space as tokens. Drop it.",
            but(by_characters, keeps=lambda c: True),
        ),
        Misconception(
            "runs of white space kept",
            "you kept runs of white space as tokens. Drop them.",
            by(r"\w+|[^\w\s]|\s+"),
        ),
        Misconception(
            "blanks dropped only",
            "you dropped blanks only. Tabs, line ends and other white space "
            "are no tokens either: `str.isspace` knows them.",
            but(by_characters, keeps=lambda c: c != " "),
        ),
        Misconception(
            "ASCII's white space dropped only",
            "you dropped only the white space of ASCII. There are wider "
            "blanks, and some at which no line breaks: `str.isspace` knows "
            "them.",
            but(by_characters, keeps=lambda c: c not in " \t\r\n\f\v"),
        ),
        Misconception(
            "blanks and line ends dropped only",
            "you dropped blanks and line ends only. A tab is white space "
            "too: `str.isspace` knows every kind.",
            but(by_characters, keeps=lambda c: c not in " \n"),
        ),
        Misconception(
            "line ends kept",
            "you kept line ends as tokens. They are white space: drop them.",
            by(r"\w+|[^\w\s]|\n"),
        ),
        Misconception(
            "empty strings",
            "you returned empty strings between tokens. A token has at least "
            "one character.",
            lambda text: [
                one for one in re.split(r"(\W)", text) if not one.isspace()
            ],
        ),
        Misconception(
            "apostrophe in a word",
            "you kept an apostrophe inside a word. It is a token by itself.",
            by(r"\w+(?:'\w+)*|[^\w\s]"),
        ),
        Misconception(
            "decimals whole",
            "you kept a number with its decimal point in one piece. The "
            "point is a token by itself.",
            by(r"\d+\.\d+|\w+|[^\w\s]"),
        ),
        Misconception(
            "hyphen in a word",
            "you kept a hyphen inside a word. It is a token by itself.",
            by(r"\w+(?:-\w+)*|[^\w\s]"),
        ),
        Misconception(
            "apostrophe and hyphen in a word",
            "you kept apostrophes and hyphens inside a word. Each is a token "
            "by itself.",
            by(r"\w+(?:['-]\w+)*|[^\w\s]"),
        ),
        Misconception(
            "marks inside a word kept",
            "you cut off marks at the ends of a word and kept those inside. "
            "Every mark is a token by itself.",
            ends_peeled,
        ),
        Misconception(
            "a mark stays at its word",
            "you left a mark at the end of its word. It is a token by itself.",
            by(r"\w+[^\w\s]?|[^\w\s]"),
        ),
        Misconception(
            "four marks only",
            "you cut off a full stop, a comma, ! and ? only. Every mark is a "
            "token by itself.",
            padded,
        ),
        Misconception(
            "white space joins",
            "you dropped white space and went on with the same word. White "
            "space ends a run.",
            after(lambda text: "".join(text.split())),
        ),
        Misconception(
            "a mark before its word",
            "you put a mark before the word that ends at it. First the run, "
            "then the mark.",
            marks_too_early,
        ),
        Misconception(
            "the first token only",
            "you returned the first token only. Return all of them.",
            then(lambda tokens: tokens[:1]),
        ),
        Misconception(
            "repeats dropped",
            "you dropped tokens that came before. Return every token, each "
            "time it comes.",
            then(lambda tokens: list(dict.fromkeys(tokens))),
        ),
        Misconception(
            "sorted",
            "you sorted the tokens. Return them as they come in the text.",
            then(sorted),
        ),
        Misconception(
            "words first",
            "you returned the words first and the marks behind them. Return "
            "the tokens as they come in the text.",
            then(
                lambda tokens: sorted(
                    tokens, key=lambda t: t not in "_" and not in_a_word(t[0])
                )
            ),
        ),
        Misconception(
            "characters",
            "you made every character a token. A run of letters and digits "
            "is *one* token.",
            but(by_characters, joins=lambda c: False),
        ),
        Misconception(
            "the last word lost",
            "you lost a word at the end of the text. After the loop a run "
            "may still be waiting.",
            but(by_characters, last=False),
        ),
        Misconception(
            "accents composed",
            "you joined accents with their letters into other characters. "
            "Take the characters as they come.",
            after(lambda text: unicodedata.normalize("NFC", text)),
        ),
        Misconception(
            "compatible characters",
            "you replaced characters by others that look alike. Take them as "
            "they come.",
            after(lambda text: unicodedata.normalize("NFKC", text)),
        ),
        Misconception(
            "accents removed",
            "you removed accents. Take the characters as they come.",
            after(
                lambda text: "".join(
                    c
                    for c in unicodedata.normalize("NFD", text)
                    if not unicodedata.combining(c)
                )
            ),
        ),
        Misconception(
            "accents in a word",
            "you kept an accent that is a character in its word. It is "
            "neither letter nor digit (`isalnum` is False), so it is a token "
            "by itself.",
            but(
                by_characters,
                joins=lambda c: in_a_word(c) or unicodedata.combining(c),
            ),
        ),
        Misconception(
            "accents lost",
            "you dropped accents that are characters. Only white space is "
            "dropped.",
            after(
                lambda text: "".join(
                    c for c in text if not unicodedata.combining(c)
                )
            ),
        ),
        Misconception(
            "unseen characters lost",
            "you dropped characters that nobody sees. They are no white "
            "space (`isspace` is False), so each is a token.",
            but(
                by_characters,
                keeps=lambda c: not (c.isspace() or unseen(c)),
            ),
        ),
        Misconception(
            "unseen characters removed first",
            "you removed characters that nobody sees, and joined what stood "
            "around them. Each is a token by itself.",
            after(lambda text: "".join(c for c in text if not unseen(c))),
        ),
        Misconception(
            "emoji kept together",
            "you kept emoji that are joined in one token. Each of their "
            "characters is a token, the joiner too.",
            by(r"\w+|[^\w\s](?:\u200d[^\w\s])+|[^\w\s]"),
        ),
        Misconception(
            "Chinese and Japanese by characters",
            "you cut Chinese and Japanese at every character. They are "
            "letters, and a run of them is one token.",
            by(
                r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W\u3040-\u30ff\u4e00-\u9fff]+"
                r"|[^\w\s]"
            ),
        ),
        Misconception(
            "one text",
            "you returned one text. Return a list of tokens.",
            then(" ".join),
        ),
        Misconception(
            "an empty token",
            "you returned an empty token for an empty text. It has none: "
            "return an empty list.",
            then(lambda tokens: tokens or [""]),
        ),
        Misconception(
            "an empty text forgotten",
            "you took a character of an empty text, which has none.",
            lambda text: text[0] and by_characters(text),
        ),
        Misconception(
            "tokens with their places",
            "you returned each token with its place. Return the tokens alone.",
            lambda text: [
                (m[0], m.start()) for m in re.finditer(r"\w+|[^\w\s]", text)
            ],
        ),
    ),
    hints=(
        "Which characters belong to a run, which stand alone, and which are "
        "dropped?",
        "Walk through the characters and collect a run. Or use `re.findall`: "
        "`\\w` is a character of a run, `\\s` is white space, `[^\\w\\s]` is "
        "neither.",
        "tokens = [], run = ''; for c in text: if c belongs to a run, add it "
        "to run; else put run into tokens unless it is empty, empty it, and "
        "put c into tokens unless it is white space. Put the last run into "
        "tokens.",
    ),
    returns=("tokens",),
    kind="text",
    facts=(
        Fact("no token is empty", all),
        Fact(
            "no token holds white space",
            lambda tokens: not any(c.isspace() for t in tokens for c in t),
        ),
    ),
)
