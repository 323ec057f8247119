"""English sentences with their French translations, from a small grammar.

Every English sentence has exactly one French one, so the entropy of the
French given the English is 0: a loss of 0 and a BLEU of 100 are possible.
What has to be learned is what a dictionary does not know: adjectives that
stand behind their noun and agree with it, a pronoun's gender from a noun many
words back, "not" on both sides of a verb, and articles that are cut short
before a vowel.
"""

from collections.abc import Iterable
from functools import cache
from random import Random
from typing import NamedTuple

# English noun → French, feminine or not.
NOUNS = {
    "cat": ("chat", False),
    "dog": ("chien", False),
    "boy": ("garçon", False),
    "bird": ("oiseau", False),
    "book": ("livre", False),
    "mouse": ("souris", True),
    "girl": ("fille", True),
    "daughter": ("fille", True),
    "house": ("maison", True),
    "star": ("étoile", True),
}
# English adjective → French, masculine and feminine.
BEFORE = {
    "small": ("petit", "petite"),
    "big": ("grand", "grande"),
    "pretty": ("joli", "jolie"),
}
BEHIND = {
    "blue": ("bleu", "bleue"),
    "red": ("rouge", "rouge"),
    "black": ("noir", "noire"),
    "green": ("vert", "verte"),
    "tired": ("fatigué", "fatiguée"),
}
# English infinitive → French third person; in English, the third has an -s.
TRANSITIVE = {
    "see": "voit",
    "like": "aime",
    "find": "trouve",
    "follow": "suit",
    "hear": "entend",
}
INTRANSITIVE = {"sleep": "dort", "sing": "chante", "run": "court"}
IDIOM = ("how are you ?", "comment allez vous ?")
OF_A_HUNDRED = 1  # sentences are the idiom
LONGEST = 8  # parts: a subject, its verb, and up to three "and it" with verbs
LITTLE_ENGLISH = ("the", "a", "that", "and", "it", "does", "not")
LITTLE_FRENCH = (
    *("le", "la", "l'", "un", "une", "ne", "n'", "pas"),
    *("qui", "et", "il", "elle"),
)
VOWELS = "aeiouéh"

PAD, BOS, EOS = 0, 1, 2
SPECIAL = ("<pad>", "<bos>", "<eos>")


class Pair(NamedTuple):
    """A sentence in both languages, as words: signs and l', n' are words."""

    english: tuple[str, ...]
    french: tuple[str, ...]


Both = tuple[list[str], list[str]]  # English and French words so far


def _words(french: bool) -> list[str]:
    """All words of a language, in alphabetical order."""
    found = {".", *IDIOM[french].split()}
    if french:
        found |= {*LITTLE_FRENCH}
        found |= {noun for noun, _ in NOUNS.values()}
        found |= {one for both in BEFORE.values() for one in both}
        found |= {one for both in BEHIND.values() for one in both}
        found |= {*TRANSITIVE.values(), *INTRANSITIVE.values()}
    else:
        found |= {*LITTLE_ENGLISH}
        found |= {*NOUNS, *BEFORE, *BEHIND}
        for verb in (*TRANSITIVE, *INTRANSITIVE):
            found |= {verb, f"{verb}s"}
    return sorted(found)


ENGLISH = (*SPECIAL, *_words(french=False))
FRENCH = (*SPECIAL, *_words(french=True))
ENGLISH_IDS = {word: k for k, word in enumerate(ENGLISH)}
FRENCH_IDS = {word: k for k, word in enumerate(FRENCH)}


def corpus(count: int, seed: int) -> list[Pair]:
    """So many pairs; the same seed gives the same ones."""
    rng = Random(seed)
    return [_sentence(rng) for _ in range(count)]


# English words of a sentence, at least; the next group begins where one ends.
GROUPS = {"≤ 8": 0, "9–14": 9, "15–20": 15, "21–28": 21, "≥ 29": 29}


def group_of(pair: Pair) -> str:
    """Which of GROUPS its English belongs to."""
    names = [n for n, least in GROUPS.items() if len(pair.english) >= least]
    return names[-1]


@cache
def learned() -> list[Pair]:
    """The pairs that lesson 18's models learn from."""
    return corpus(20_000, seed=1)


def unseen(of_each: int = 60, seed: int = 2) -> dict[str, list[Pair]]:
    """So many different pairs of each of GROUPS that were not learned."""
    seen, rng = {pair.english for pair in learned()}, Random(seed)
    found: dict[str, list[Pair]] = {name: [] for name in GROUPS}
    while any(len(some) < of_each for some in found.values()):
        pair = _sentence(rng)
        some = found[group_of(pair)]
        if pair.english not in seen and len(some) < of_each:
            seen.add(pair.english)
            some.append(pair)
    return found


def ids(pair: Pair) -> tuple[list[int], list[int]]:
    """Both sentences as ids, without special tokens."""
    return (
        [ENGLISH_IDS[word] for word in pair.english],
        [FRENCH_IDS[word] for word in pair.french],
    )


def read(text: str) -> list[int]:
    """The ids of an English sentence that somebody typed.

    ValueError: it is empty, or has words that the grammar does not know.
    """
    spaced = text.lower().replace(".", " . ").replace("?", " ? ")
    words = spaced.split()
    known = set(ENGLISH) - set(SPECIAL)
    strange = [word for word in words if word not in known]
    if strange:
        names = ", ".join(dict.fromkeys(strange))
        raise ValueError(f"not among the {len(known)} words: {names}")
    if not words:
        raise ValueError("there is no word in it")
    return [ENGLISH_IDS[word] for word in words]


@cache
def dictionary() -> dict[str, str]:
    """Word for word, masculine: what can be looked up without grammar."""
    found = {noun: french for noun, (french, _) in NOUNS.items()}
    found |= {one: french for one, (french, _) in (BEFORE | BEHIND).items()}
    for verb, french in (TRANSITIVE | INTRANSITIVE).items():
        found |= {verb: french, f"{verb}s": french}
    found |= {"the": "le", "a": "un", "that": "qui", "and": "et", "it": "il"}
    found |= {"does": "ne", "not": "pas", ".": ".", "?": "?"}
    return found | {"how": "comment", "are": "allez", "you": "vous"}


def word_by_word(english: tuple[str, ...]) -> list[str]:
    return [dictionary()[word] for word in english]


# --- the grammar -----------------------------------------------------------


def _sentence(rng: Random) -> Pair:
    if rng.random() < OF_A_HUNDRED / 100:
        english, french = (one.split() for one in IDIOM)
        return Pair(tuple(english), tuple(french))
    (english, french), feminine = _noun(rng, clause=0.3)
    parts = [(english, french), _verb(rng, clause=0.3)]
    while len(parts) < LONGEST and rng.random() < 0.5:
        pronoun = "elle" if feminine else "il"
        parts += [(["and", "it"], ["et", pronoun]), _verb(rng, clause=0.3)]
    parts.append((["."], ["."]))
    return Pair(
        tuple(word for part, _ in parts for word in part),
        _elided([word for _, part in parts for word in part]),
    )


def _noun(rng: Random, clause: float) -> tuple[Both, bool]:
    """A noun with article, adjectives and perhaps a clause; its gender."""
    noun = _one(rng, NOUNS)
    french, feminine = NOUNS[noun]
    definite = rng.random() < 0.6
    words = ["the" if definite else "a"]
    article = ("le", "la") if definite else ("un", "une")
    said = [article[feminine]]
    behind: list[str] = []
    if rng.random() < 0.4:
        one = _one(rng, BEFORE)
        words.append(one)
        said.append(BEFORE[one][feminine])
    if rng.random() < 0.5:
        one = _one(rng, BEHIND)
        words.append(one)
        behind = [BEHIND[one][feminine]]
    words, said = [*words, noun], [*said, french, *behind]
    if rng.random() < clause:
        english, told = _verb(rng, clause)
        words, said = [*words, "that", *english], [*said, "qui", *told]
    return (words, said), feminine


def _verb(rng: Random, clause: float) -> Both:
    """What somebody does, or does not do, perhaps to something."""
    transitive = rng.random() < 0.65
    verbs = TRANSITIVE if transitive else INTRANSITIVE
    verb = _one(rng, verbs)
    if rng.random() < 0.3:
        words, said = ["does", "not", verb], ["ne", verbs[verb], "pas"]
    else:
        words, said = [f"{verb}s"], [verbs[verb]]
    if transitive:
        (more, told), _ = _noun(rng, clause / 2)
        words, said = [*words, *more], [*said, *told]
    return words, said


def _elided(words: list[str]) -> tuple[str, ...]:
    """le, la and ne lose their vowel before a word that begins with one."""
    short = {"le": "l'", "la": "l'", "ne": "n'"}
    following = [*words[1:], "."]
    return tuple(
        short[word] if word in short and after[0] in VOWELS else word
        for word, after in zip(words, following, strict=True)
    )


def _one(rng: Random, among: Iterable[str]) -> str:
    words = tuple(among)
    return words[int(rng.random() * len(words))]
