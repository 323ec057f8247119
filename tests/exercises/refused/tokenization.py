"""Wrong answers to the exercises on text that nobody has a sentence for."""

import re
import string
from collections import Counter
from itertools import pairwise

import numpy as np

from byhand.exercises.tokenization import EXERCISES
from byhand.exercises.tokenization.shared import merged

RIGHT = {e.function: e.reference for e in EXERCISES}
in_pieces = RIGHT["wordpiece_tokenize"]


# --- word_tokenize -----------------------------------------------------------


def marks_behind_a_word(text):
    """Marks are cut off only where they end a word."""
    found = []
    for word in text.split():
        match = re.fullmatch(r"(\w+)(\W*)", word)
        found += [match[1], *match[2]] if match else [word]
    return found


def the_marks_of_ascii_padded(text):
    table = {mark: f" {mark} " for mark in string.punctuation}
    return text.translate(str.maketrans(table)).split()


def run_never_emptied(text):
    """White space puts the run into the tokens and leaves it there."""
    found, run = [], ""
    for character in text:
        if character.isalnum() or character == "_":
            run += character
            continue
        found += [run] * bool(run)
        if not character.isspace():
            found.append(character)
            run = ""
    return found + [run] * bool(run)


def runs_of(joins):
    """Runs of what joins, every other character by itself."""

    def answer(text):
        pieces = [c if joins(c) or c == "_" else f" {c} " for c in text]
        return "".join(pieces).split()

    return answer


# --- build_vocabulary --------------------------------------------------------


def most_common_over_specials(tokens, specials=(), min_count=1):
    ids = {one: place for place, one in enumerate(specials)}
    for token, count in Counter(tokens).most_common():
        if count >= min_count:
            ids[token] = len(ids)
    return ids


def specials_only_sorted_first(tokens, specials=(), min_count=1):
    counts = Counter(tokens)
    kept = [t for t in counts if counts[t] >= min_count or t in specials]
    kept.sort(key=lambda t: (t not in specials, -counts[t], t))
    return {token: place for place, token in enumerate(kept)}


def as_texts(tokens, specials=(), min_count=1):
    ids = RIGHT["build_vocabulary"](tokens, specials, min_count)
    return {token: str(one) for token, one in ids.items()}


def of_some(keeps):
    """Only tokens that `keeps` lets through, or that are special."""

    def answer(tokens, specials=(), min_count=1):
        kept = [t for t in tokens if t in specials or keeps(t, specials)]
        return RIGHT["build_vocabulary"](kept, specials, min_count)

    return answer


def never_without_a_word(tokens, specials=(), min_count=1):
    """min_count is lowered to what the most frequent one has."""
    most = max(Counter(tokens).values())
    return RIGHT["build_vocabulary"](tokens, specials, min(min_count, most))


def blanks_cut(tokens, *more):
    return RIGHT["build_vocabulary"]([t.strip() for t in tokens], *more)


# --- encode, decode ----------------------------------------------------------


def instead_of_refusing(value):
    """Returns something for the whole text where it should refuse."""

    def answer(tokens, vocabulary):
        try:
            return RIGHT["encode"](tokens, vocabulary)
        except ValueError:
            return value

    return answer


def first_known(tokens, vocabulary):
    return next((vocabulary[t] for t in tokens if t in vocabulary), [])


def also_unknown(tokens, vocabulary):
    """Looks for other names where there is no `<unk>`."""
    for name in ("[UNK]", "<UNK>"):
        if "<unk>" not in vocabulary and name in vocabulary:
            return [vocabulary.get(t, vocabulary[name]) for t in tokens]
    return RIGHT["encode"](tokens, vocabulary)


def stripped(tokens, vocabulary):
    return RIGHT["encode"]([t.strip() for t in tokens], vocabulary)


def after_decoding(change):
    return lambda ids, vocabulary: change(RIGHT["decode"](ids, vocabulary))


def up_to_the_end(tokens):
    stop = tokens.index("<eos>") + 1 if "<eos>" in tokens else len(tokens)
    return tokens[:stop]


def an_empty_token_is_none(ids, vocabulary):
    taken = {one: token for token, one in vocabulary.items()}
    for one in ids:
        if not taken.get(one):
            raise ValueError(f"no token has the id {one}")
    return [taken[one] for one in ids]


def a_table_from_the_end(ids, vocabulary):
    """A list by id, whose end negative ids reach."""
    table = [None] * (max(vocabulary.values()) + 1)
    for token, number in vocabulary.items():
        table[number] = token
    if any(one >= len(table) or table[one] is None for one in ids):
        raise ValueError(ids)
    return [table[one] for one in ids]


def only_minus_one_refused(ids, vocabulary):
    if -1 in ids:
        raise ValueError(ids)
    names = sorted(vocabulary, key=vocabulary.get)
    known = {one: token for token, one in vocabulary.items()}
    try:
        return [known[one] if one >= 0 else names[one] for one in ids]
    except KeyError:
        raise ValueError(ids) from None


# --- one_hot -----------------------------------------------------------------


def every_column_of_every_row(ids, size):
    RIGHT["one_hot"](ids, size)
    table = np.zeros((len(ids), size))
    table[:, ids] = 1
    return table


def the_diagonal(ids, size):
    RIGHT["one_hot"](ids, size)
    return np.eye(len(ids), size)


def transposed_where_square(ids, size):
    table = RIGHT["one_hot"](ids, size)
    return table.T if len(ids) == size else table


# --- train_bpe, bpe_encode ---------------------------------------------------


def trained(spell=str.encode, merge=merged, words_of=list, new=256):
    def answer(words, num_merges):
        spelt, merges = [list(spell(w)) for w in words_of(words)], []
        while len(merges) < num_merges:
            counts = Counter(pair for ids in spelt for pair in pairwise(ids))
            if not counts:
                break
            merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
            number = new + len(merges) - 1
            spelt = [merge(ids, merges[-1], number) for ids in spelt]
        return merges

    return answer


def up_to_an_empty_word(words, num_merges):
    return RIGHT["train_bpe"](words, num_merges if all(words) else 0)


def word_by_word(text, merges):
    """Each word with the blank before it, as GPT-2 does."""
    words = re.findall(r" ?\S+|\s", text)
    return [one for word in words for one in RIGHT["bpe_encode"](word, merges)]


def at_every_second_place(ids, pair, new):
    ids, place = list(ids), 0
    while place < len(ids) - 1:
        if tuple(ids[place : place + 2]) == pair:
            ids[place : place + 2] = [new]
        place += 2
    return ids


def every_character_alone(text, merges):
    return [one for c in text for one in RIGHT["bpe_encode"](c, merges)]


# --- wordpiece_tokenize ------------------------------------------------------


def two_pieces_at_most(word, pieces):
    if not word or word in pieces:
        return [word] * bool(word)
    for end in range(len(word) - 1, 0, -1):
        both = [word[:end], f"##{word[end:]}"]
        if set(both) <= set(pieces):
            return both
    return ["[UNK]"]


def once_through_the_list(word, pieces):
    found, place = [], 0
    for piece in sorted(pieces, key=len, reverse=True):
        bare = piece.removeprefix("##")
        if word.startswith(bare, place):
            found.append(piece)
            place += len(bare)
    return found if place == len(word) else ["[UNK]"]


def three_pieces_at_most(word, pieces):
    found = in_pieces(word, pieces)
    return found if len(found) <= 3 else ["[UNK]"]


def no_longer_than_a_beginning(word, pieces):
    begins = [len(one) for one in pieces if not one.startswith("##")]
    most = 2 + max(begins, default=0)
    short = [p for p in pieces if p[:2] != "##" or len(p) <= most]
    return in_pieces(word, short)


def in_lower_case_then(word, pieces):
    found = in_pieces(word, pieces)
    if found == ["[UNK]"]:
        return in_pieces(word.lower(), pieces)
    return found


def a_letter_is_a_piece(word, pieces):
    found = in_pieces(word, pieces)
    return [word] if len(word) == 1 and found == ["[UNK]"] else found


def a_whole_word_of_the_inside(word, pieces):
    if word and word not in pieces and f"##{word}" in pieces:
        return [f"##{word}"]
    return in_pieces(word, pieces)


WRONG = {
    "tokenization.word_tokenize": {
        "at word boundaries": lambda text: [
            piece for piece in re.split(r"\b", text) if piece.strip()
        ],
        "marks behind a word": marks_behind_a_word,
        "the marks of ASCII padded": the_marks_of_ascii_padded,
        "a run that is never emptied": run_never_emptied,
        "a star for a plus": lambda text: re.findall(r"\w*|[^\w\s]", text),
        "digits by isdigit": runs_of(lambda c: c.isalpha() or c.isdigit()),
        "digits by isdecimal": runs_of(lambda c: c.isalpha() or c.isdecimal()),
        "the first paragraph": lambda text: re.findall(
            r"\w+|[^\w\s]", text.partition("\n\n")[0]
        ),
        "a generator": lambda text: iter(re.findall(r"\w+|[^\w\s]", text)),
        "a set": lambda text: set(re.findall(r"\w+|[^\w\s]", text)),
    },
    "tokenization.build_vocabulary": {
        "most common over specials": most_common_over_specials,
        "only specials that are met": specials_only_sorted_first,
        "ids as texts": as_texts,
        "what looks special": of_some(
            lambda token, specials: not re.fullmatch(r"<\w+>", token)
        ),
        "specials as one text": of_some(
            lambda token, specials: token not in "".join(specials)
        ),
        "empty tokens left out": of_some(lambda token, specials: token),
        "blanks cut": blanks_cut,
        "never without a word": never_without_a_word,
    },
    "tokenization.encode": {
        "None instead of refusing": instead_of_refusing(None),
        "[] instead of refusing": instead_of_refusing([]),
        "the first that is known": first_known,
        "other names for unknown": also_unknown,
        "blanks cut": stripped,
    },
    "tokenization.decode": {
        "a table from the end": a_table_from_the_end,
        "only −1 refused": only_minus_one_refused,
        "an empty token is none": an_empty_token_is_none,
        "ends at <eos>": after_decoding(up_to_the_end),
        "<bos> left out": after_decoding(
            lambda tokens: [t for t in tokens if t != "<bos>"]
        ),
        "marks of the inside removed": after_decoding(
            lambda tokens: [t.removeprefix("##") for t in tokens]
        ),
    },
    "tokenization.one_hot": {
        "every column of every row": every_column_of_every_row,
        "the diagonal": the_diagonal,
        "transposed where square": transposed_where_square,
    },
    "tokenization.train_bpe": {
        "at every second place": trained(merge=at_every_second_place),
        "Latin-1": trained(spell=lambda w: w.encode("latin-1", "replace")),
        "first letters only": trained(words_of=lambda ws: [w[:2] for w in ws]),
        "sorted words": lambda words, num_merges: sorted(
            RIGHT["train_bpe"](words, num_merges)
        ),
        "lower-cased": trained(words_of=lambda ws: [w.lower() for w in ws]),
        "blanks cut": trained(words_of=lambda ws: [w.strip() for w in ws]),
        "up to an empty word": up_to_an_empty_word,
        "flat": lambda words, num_merges: [
            one
            for pair in RIGHT["train_bpe"](words, num_merges)
            for one in pair
        ],
    },
    "tokenization.bpe_encode": {
        "every character alone": every_character_alone,
        "word by word": word_by_word,
        "merges sorted": lambda text, merges: RIGHT["bpe_encode"](
            text, sorted(merges)
        ),
        "merges backwards": lambda text, merges: RIGHT["bpe_encode"](
            text, merges[::-1]
        ),
    },
    "tokenization.wordpiece_tokenize": {
        "two pieces at most": two_pieces_at_most,
        "three pieces at most": three_pieces_at_most,
        "once through the list": once_through_the_list,
        "no longer than a beginning": no_longer_than_a_beginning,
        "in lower case then": in_lower_case_then,
        "a letter is a piece": a_letter_is_a_piece,
        "a whole word of the inside": a_whole_word_of_the_inside,
    },
}
