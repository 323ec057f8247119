"""Words, vocabularies and merges that several exercises draw."""

from collections import Counter
from itertools import pairwise

# Lower case, no two of which are another's beginning.
WORDS = [
    *("apple", "bread", "cloud", "dance", "earth", "flame", "grass"),
    *("honey", "ivory", "juice", "kite", "lemon", "moon", "night"),
    *("ocean", "plum", "quilt", "river", "stone", "tiger", "urn"),
    *("violet", "wind", "yarn", "zebra"),
]
# Each a run of letters: without combining marks.
FOREIGN = [
    "größer",
    "été",
    "ёлка",
    "λόγος",
    "שלום",
    "مرحبا",
    "犬",
    "你好",
    "ありがとう",
]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def words(rng, count):
    """That many different words."""
    return [str(word) for word in rng.choice(WORDS, count, replace=False)]


def in_order(rng, count):
    """That many different words, by code point."""
    return sorted(words(rng, count))


def letters(rng, count):
    """That many different letters, by code point."""
    return sorted(rng.choice(list(LETTERS), count, replace=False).tolist())


def shuffled(rng, tokens):
    return [tokens[place] for place in rng.permutation(len(tokens))]


def vocabulary_of(rng, tokens, zero=None):
    """An id for each token: neither in order nor without gaps.

    zero: the token whose id is 0; without it none is.
    """
    others = [token for token in tokens if token != zero]
    while True:
        ids = rng.choice(range(1, 3 * len(tokens)), len(others), False)
        found = dict(zip(others, ids.tolist(), strict=True))
        if zero is not None:
            found[zero] = 0
        by_place = {token: place for place, token in enumerate(found)}
        # No token's id is its place, or its place among the ids.
        ranks = {t: r for r, t in enumerate(sorted(found, key=found.get))}
        if all(found[t] != by_place[t] for t in found) and all(
            found[t] != ranks[t] for t in found if t != zero
        ):
            return found


def gaps(vocabulary):
    """The ids below the largest that no token has."""
    taken = set(vocabulary.values())
    return [number for number in range(max(taken)) if number not in taken]


# --- merges ----------------------------------------------------------------


def pairs_in(words):
    """How often each pair of neighbours occurs within the words."""
    return Counter(pair for ids in words for pair in pairwise(ids))


def smallest_of_the_most(counts):
    most = max(counts.values())
    return min(pair for pair, count in counts.items() if count == most)


def merged(ids, pair, new):
    """Ids with a pair replaced, from left to right."""
    done, place = [], 0
    while place < len(ids):
        here = tuple(ids[place : place + 2]) == tuple(pair)
        done.append(new if here else ids[place])
        place += 1 + here
    return done


def learnt(
    words,
    num_merges,
    *,
    spell=str.encode,
    count=pairs_in,
    pick=smallest_of_the_most,
    merge=merged,
    first=256,
    enough=1,
):
    """The merges of byte-pair encoding: every pair counted again each time."""
    spelt, merges = [list(spell(word)) for word in words], []
    while len(merges) < num_merges:
        counts = count(spelt)
        if not counts or max(counts.values()) < enough:
            break
        merges.append(pick(counts))
        new = first + len(merges) - 1
        spelt = [merge(ids, merges[-1], new) for ids in spelt]
    return merges


def pieces_of(merges):
    """The bytes that each id stands for."""
    pieces = {number: bytes([number]) for number in range(256)}
    for place, (left, right) in enumerate(merges):
        pieces[256 + place] = pieces[left] + pieces[right]
    return pieces
