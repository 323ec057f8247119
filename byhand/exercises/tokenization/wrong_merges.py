"""Other counts, choices and merges than those of byte-pair encoding.

What the misconceptions of train_bpe.py, and some of bpe_encode.py, do.
"""

from collections import Counter
from itertools import pairwise

from .shared import (
    learnt,
    merged,
    pairs_in,
    pieces_of,
    smallest_of_the_most,
)


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


def last_token_lost(ids, pair, new):
    """The loop stops one token early, and what is left is not copied."""
    end = merged(ids, pair, new)[-1:]
    return merged(ids, pair, new)[:-1] + end * (end == [new])


def in_digits(words, num_merges):
    """Ids as text, where one is found inside another."""
    spelt = [" ".join(map(str, word.encode())) for word in words]
    merges = []
    while len(merges) < num_merges:
        counts = pairs_in([list(map(int, line.split())) for line in spelt])
        if not counts:
            break
        merges.append(smallest_of_the_most(counts))
        pair, new = " ".join(map(str, merges[-1])), 255 + len(merges)
        spelt = [line.replace(pair, str(new)) for line in spelt]
    return merges


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


def in_letters(merges):
    pieces = pieces_of(merges)
    return [
        (
            pieces[a].decode("utf-8", "replace"),
            pieces[b].decode("utf-8", "replace"),
        )
        for a, b in merges
    ]
