"""Small English stories from a probabilistic grammar of our own.

Every story has exactly one derivation, so that its probability, and from it
the entropy of a character, is known exactly: no model can do better than
`entropy()` on these stories, and a good one comes near.

In a rule, `{animal}` stands for a new animal, `{=animal}` for the last one
again. What comes again costs no information, but only for a reader who looks
back: that is what attention is for.
"""

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

Rule = tuple[float, str]

_STORY = (
    "{%(hero)s} had a {thing}. %(She)s {treated} the {=thing} {when}. "
    "One {time} {=%(hero)s} {event} "
)
_TOGETHER = "{=%(hero)s} and the {=animal} {ended}."
_GAVE = "So %(she)s gave the {=thing} to the {=animal}."


def _story_of(hero: str, she: str) -> list[Rule]:
    words = {"hero": hero, "she": she, "She": she.capitalize()}
    return [
        (0.6, (_STORY + _TOGETHER) % words),
        (0.4, (_STORY + _GAVE) % words),
    ]


def _equally(*words: str) -> list[Rule]:
    return [(1 / len(words), word) for word in words]


# Symbol → its rules, each with its probability.
GRAMMAR: dict[str, list[Rule]] = {
    "story": [(0.5, "{girl_story}"), (0.5, "{boy_story}")],
    "girl_story": _story_of("girl", "she"),
    "boy_story": _story_of("boy", "he"),
    "girl": _equally("Anna", "Lily", "Mia", "Rosa"),
    "boy": _equally("Ben", "Max", "Noah", "Tom"),
    "thing": [(0.7, "{quality} {toy}"), (0.3, "{toy}")],
    "quality": [
        (0.1, "very {quality}"),
        (0.3, "red"),
        (0.2, "small"),
        (0.2, "soft"),
        (0.1, "new"),
        (0.1, "round"),
    ],
    "toy": [
        (0.3, "ball"),
        (0.2, "kite"),
        (0.2, "drum"),
        (0.1, "boat"),
        (0.1, "lamp"),
        (0.1, "hat"),
    ],
    "treated": [
        (0.5, "loved"),
        (0.25, "washed"),
        (0.125, "painted"),
        (0.125, "hid"),
    ],
    "when": [(0.5, "every day"), (0.25, "at night"), (0.25, "in the morning")],
    "time": [(0.5, "day"), (0.25, "evening"), (0.25, "summer")],
    "event": [
        (0.5, "met a {animal} {where}."),
        (0.3, "lost the {=thing} {where}. A {animal} found it."),
        (0.2, 'heard a {animal} {where}. "{words}," it said.'),
    ],
    "animal": [
        (0.25, "dog"),
        (0.25, "cat"),
        (0.125, "fox"),
        (0.125, "bear"),
        (0.125, "mouse"),
        (0.125, "duck"),
    ],
    "where": [
        (0.4, "in the garden"),
        (0.3, "by the river"),
        (0.2, "on a hill"),
        (0.1, "under a tree"),
    ],
    "words": _equally("I am cold", "I am lost", "Let us play", "Come home"),
    "ended": [
        (0.5, "were friends"),
        (0.25, "went home"),
        (0.25, "sang a song"),
    ],
}
_PART = re.compile(r"\{(=?)(\w+)\}")


class Story(NamedTuple):
    """A story, and how many nats of information it holds: −ln of its
    probability, with the line end that follows it."""

    text: str
    information: float


def parts(rule: str) -> list[tuple[str, str]]:
    """A rule in pieces: ("text", …), ("new", symbol), ("again", symbol)."""
    found, at = [], 0
    for match in _PART.finditer(rule):
        found.append(("text", rule[at : match.start()]))
        found.append(("again" if match[1] else "new", match[2]))
        at = match.end()
    return [*found, ("text", rule[at:])]


# Rules do not change: each is taken apart once, for ten thousand stories.
_RULES = {
    symbol: (
        np.cumsum([probability for probability, _ in rules]).tolist(),
        [(-math.log(p), parts(rule)) for p, rule in rules],
    )
    for symbol, rules in GRAMMAR.items()
}


def story(rng: np.random.Generator) -> Story:
    """A new story, one line."""
    said: dict[str, str] = {}

    def expand(symbol: str) -> tuple[str, float]:
        edges, rules = _RULES[symbol]
        throw = rng.random()
        place = sum(edge <= throw for edge in edges[:-1])
        information, pieces = rules[place]
        written = []
        for kind, what in pieces:
            if kind == "text":
                written.append(what)
            elif kind == "again":
                written.append(said[what])
            else:
                text, more = expand(what)
                information += more
                written.append(text)
        said[symbol] = "".join(written)
        return said[symbol], information

    return Story(*expand("story"))


@cache
def corpus(count: int, seed: int) -> tuple[Story, ...]:
    """That many stories; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    return tuple(story(rng) for _ in range(count))


@cache
def entropy() -> float:
    """Nats a character: of all stories, each with the line end behind it.

    The information in a story, on average, over its length, on average. A
    stream of independent stories has exactly this entropy rate.
    """
    symbols = list(GRAMMAR)
    place = {symbol: k for k, symbol in enumerate(symbols)}
    # What a symbol holds by itself, and how often it expects each other one:
    # two linear systems, since a symbol may expect itself.
    own = np.zeros((len(symbols), 2))
    informs = np.zeros((len(symbols), len(symbols)))
    lengthens = np.zeros_like(informs)
    for symbol, rules in GRAMMAR.items():
        row = place[symbol]
        for probability, rule in rules:
            own[row, 0] -= probability * math.log(probability)
            for kind, what in parts(rule):
                if kind == "text":
                    own[row, 1] += probability * len(what)
                else:
                    lengthens[row, place[what]] += probability
                if kind == "new":
                    informs[row, place[what]] += probability
    same = np.eye(len(symbols))
    information = np.linalg.solve(same - informs, own[:, 0])
    length = np.linalg.solve(same - lengthens, own[:, 1])
    whole = place["story"]
    return float(information[whole] / (length[whole] + 1))


def derivations(text: str, symbol: str = "story") -> list[float]:
    """The information, in nats, of each way to derive a text.

    Empty for a text that the grammar cannot make, and never more than one
    long otherwise.
    """
    return [
        information
        for end, information, _ in _matches(text, 0, symbol, {})
        if end == len(text)
    ]


def _matches(
    text: str, at: int, symbol: str, said: dict[str, str]
) -> Iterator[tuple[int, float, dict[str, str]]]:
    for information, pieces in _RULES[symbol][1]:
        for end, more, after in _follow(text, at, pieces, said):
            yield end, information + more, {**after, symbol: text[at:end]}


def _follow(
    text: str, at: int, pieces: list, said: dict[str, str]
) -> Iterator[tuple[int, float, dict[str, str]]]:
    if not pieces:
        yield at, 0.0, said
        return
    (kind, what), *rest = pieces
    if kind == "new":
        for middle, information, after in _matches(text, at, what, said):
            for end, more, last in _follow(text, middle, rest, after):
                yield end, information + more, last
        return
    wanted = what if kind == "text" else said[what]
    if text.startswith(wanted, at):
        yield from _follow(text, at + len(wanted), rest, said)
