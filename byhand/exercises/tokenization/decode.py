"""The exercise `tokenization.decode`."""

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .encode import UNKNOWN
from .shared import gaps, shuffled, vocabulary_of, words


def searched(number, vocabulary):
    """The token of an id, or None: every entry is looked at."""
    for token, taken in vocabulary.items():
        if taken == number:
            return token
    return None


def refused(number, vocabulary):
    raise ValueError(f"no token has the id {number}")


def named(ids, vocabulary, *, find=searched, bad=refused):
    found = []
    for number in ids:
        token = find(number, vocabulary)
        found.append(bad(number, vocabulary) if token is None else token)
    return found


# What a bad id gets: those of the misconceptions.
def instead(value):
    return but(named, bad=lambda number, vocabulary: value)


def raising(error):
    def bad(number, vocabulary):
        raise error(number)

    return but(named, bad=bad)


def by_id(vocabulary):
    return sorted(vocabulary, key=vocabulary.get)


def from_the_end(number, vocabulary):
    """Negative ids count from the end, as a list's places do."""
    if number < 0:
        return by_id(vocabulary)[number]
    return refused(number, vocabulary)


def refuses_negative(number, vocabulary):
    return refused(number, vocabulary) if number < 0 else UNKNOWN


def unknown_or_refused(number, vocabulary):
    if UNKNOWN in vocabulary:
        return UNKNOWN
    return refused(number, vocabulary)


def refuses_outside(number, vocabulary):
    """Only what is below 0 or above the largest; a gap is the last below."""
    if not 0 <= number <= max(vocabulary.values()):
        return refused(number, vocabulary)
    below = [t for t in vocabulary if vocabulary[t] < number]
    return max(below, key=vocabulary.get, default="")


def nothing_in_a_gap(number, vocabulary):
    if not 0 <= number <= max(vocabulary.values()):
        return refused(number, vocabulary)
    return ""


def below_the_number_of_tokens(number, vocabulary):
    """Ids from the size on are refused, though ids have gaps."""
    if number >= len(vocabulary):
        return refused(number, vocabulary)
    return searched(number, vocabulary)


def at_place(order):
    """The token at that place of an order."""

    def find(number, vocabulary):
        tokens = order(vocabulary)
        return tokens[number] if 0 <= number < len(tokens) else None

    return find


def modulo(number, vocabulary):
    return searched(number % (max(vocabulary.values()) + 1), vocabulary)


def nearest(number, vocabulary):
    return min(vocabulary, key=lambda t: abs(vocabulary[t] - number))


def absolute(number, vocabulary):
    return searched(abs(number), vocabulary)


def dropped(ids, vocabulary):
    return [t for i in ids if (t := searched(i, vocabulary)) is not None]


def only_the_first_checked(ids, vocabulary):
    named(ids[:1], vocabulary)
    return dropped(ids, vocabulary)


def id_0_is_false(number, vocabulary):
    return searched(number, vocabulary) if number else None


def then(change):
    return lambda ids, vocabulary: change(named(ids, vocabulary))


# --- cases -----------------------------------------------------------------


def known(rng):
    one, two, three, four = words(rng, 4)
    vocabulary = vocabulary_of(rng, [one, two, three, four])
    ids = [vocabulary[token] for token in (three, one, four)]
    return {"ids": ids, "vocabulary": vocabulary}


def again(rng):
    one, two, three = words(rng, 3)
    vocabulary = vocabulary_of(rng, [one, two, three])
    ids = [vocabulary[token] for token in (two, one, two, two)]
    return {"ids": ids, "vocabulary": vocabulary}


def from_1(rng):
    """Ids from 1 without gaps, and none of them is its token's place."""
    names = words(rng, 5)
    while True:
        ids = (1 + rng.permutation(5)).tolist()
        if all(number != place for place, number in enumerate(ids)):
            break
    vocabulary = dict(zip(names, ids, strict=True))
    small = [number for number in ids if number < 5]
    return {"ids": small, "vocabulary": vocabulary}


def of_id_0(rng):
    one, two, three = words(rng, 3)
    vocabulary = vocabulary_of(rng, [one, two, three], zero=two)
    return {"ids": [vocabulary[one], 0], "vocabulary": vocabulary}


def specials(rng):
    one, two = words(rng, 2)
    vocabulary = vocabulary_of(
        rng, ["<pad>", one, UNKNOWN, two, "<bos>", "<eos>"]
    )
    names = ["<bos>", two, UNKNOWN, "<eos>", one, "<pad>", "<pad>"]
    return {"ids": [vocabulary[n] for n in names], "vocabulary": vocabulary}


def marks(rng):
    one, two = words(rng, 2)
    names = [one, ",", "e\u0301", "犬", "שלום", "\u200d", "🙂", two]
    names += ["", " ", "##s"]
    vocabulary = vocabulary_of(rng, names)
    ids = [vocabulary[name] for name in shuffled(rng, names)]
    return {"ids": ids, "vocabulary": vocabulary}


def refusing(bad, place=1, *more):
    """A bad id among good ones. bad: makes it of a generator and a dict."""

    def inputs(rng):
        while True:
            names = [*words(rng, 4), *more]
            vocabulary = vocabulary_of(rng, names, names[0])
            if gaps(vocabulary):
                break
        ids = [vocabulary[token] for token in names[:3]]
        ids[place] = bad(rng, vocabulary)
        return {"ids": ids, "vocabulary": vocabulary}

    return inputs


def negative(rng, vocabulary):
    return -int(rng.integers(1, len(vocabulary)))


def in_a_gap(rng, vocabulary):
    return int(rng.choice(gaps(vocabulary)))


def too_large(rng, vocabulary):
    return max(vocabulary.values()) + int(rng.integers(1, 4))


def minus_a_known_one(rng, vocabulary):
    return -max(vocabulary.values())


def refused_case(name, *given):
    return Case(name, refusing(*given), raises=ValueError)


EXERCISE = Exercise(
    id="tokenization.decode",
    signature="decode(ids, vocabulary) -> list[str]",
    asks=(
        "The way back: return the token of each id, in order. `ids` is a list "
        "of whole numbers, and `vocabulary` the dict from token to id that "
        "`encode` had. Where no token has an id, raise a `ValueError` that "
        "names the id. Negative ids too: no token has one. Special tokens are "
        "tokens like all others."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=5,
    reference=named,
    cases=(
        Case("three ids", known),
        Case("an id again", again),
        Case("ids from 1 without gaps", from_1),
        Case("the id 0", of_id_0),
        Case("special tokens", specials),
        Case("marks and other alphabets", marks),
        refused_case("an id of −1", lambda rng, vocabulary: -1),
        refused_case("a negative id", negative),
        refused_case("minus the largest id", minus_a_known_one, 2),
        refused_case("an id above all", too_large),
        refused_case("an id in a gap", in_a_gap),
        refused_case("a bad id first", too_large, 0),
        refused_case("a bad id, and an <unk>", too_large, 1, UNKNOWN),
        refused_case("a gap at the end, and an <unk>", in_a_gap, 2, UNKNOWN),
    ),
    misconceptions=(
        Misconception(
            "−1 is the last",
            "you counted a negative id from the end, as Python's lists do. No "
            "token has a negative id: raise a ValueError.",
            but(named, bad=from_the_end),
        ),
        Misconception(
            "<unk> for a bad id",
            "you returned `<unk>` for an id that no token has. `<unk>` is for "
            "unknown *tokens*: raise a ValueError.",
            instead(UNKNOWN),
        ),
        Misconception(
            "<unk> for a bad id, if there is one",
            "you returned `<unk>` for an id that no token has, where the "
            "vocabulary holds `<unk>`. Raise a ValueError all the same.",
            but(named, bad=unknown_or_refused),
        ),
        Misconception(
            "<unk> for an id that is not negative",
            "you refused negative ids only. No other id without a token is "
            "good either: raise a ValueError.",
            but(named, bad=refuses_negative),
        ),
        Misconception(
            "KeyError",
            "a bad id ended in Python's own KeyError. Raise a ValueError that "
            "names the id.",
            raising(KeyError),
        ),
        Misconception(
            "IndexError",
            "a bad id ended in Python's own IndexError. Raise a ValueError "
            "that names the id.",
            raising(IndexError),
        ),
        Misconception(
            "StopIteration",
            "a bad id ended in Python's own StopIteration. Raise a "
            "ValueError that names the id.",
            raising(StopIteration),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            raising(AssertionError),
        ),
        Misconception(
            "dropped",
            "you left bad ids out. Nobody would notice that something was "
            "lost: raise a ValueError.",
            dropped,
        ),
        Misconception(
            "None for a bad id",
            "you returned None for an id that no token has. Raise a "
            "ValueError.",
            instead(None),
        ),
        Misconception(
            "an empty text for a bad id",
            "you returned an empty text for an id that no token has. Raise a "
            "ValueError.",
            instead(""),
        ),
        Misconception(
            "an empty text in a gap",
            "you returned an empty text for an id in a gap. No token has that "
            "id either: raise a ValueError.",
            but(named, bad=nothing_in_a_gap),
        ),
        Misconception(
            "a neighbour in a gap",
            "you returned another token for an id in a gap. No token has that "
            "id: raise a ValueError.",
            but(named, bad=refuses_outside),
        ),
        Misconception(
            "ids below the number of tokens",
            "you refused every id from the number of tokens on. Ids may have "
            "gaps, so the largest may be higher.",
            but(named, find=below_the_number_of_tokens),
        ),
        Misconception(
            "one text",
            "you joined the tokens to one text. Return a list of tokens.",
            then("".join),
        ),
        Misconception(
            "one text with blanks",
            "you joined the tokens with blanks to one text. Return a list of "
            "tokens.",
            then(" ".join),
        ),
        Misconception(
            "modulo",
            "you took ids modulo the largest, so that they come round again. "
            "Raise a ValueError.",
            but(named, find=modulo),
        ),
        Misconception(
            "absolute",
            "you dropped the sign of a negative id. No token has a negative "
            "id: raise a ValueError.",
            but(named, find=absolute),
        ),
        Misconception(
            "the nearest",
            "you returned the token whose id is nearest. Where no token has "
            "the id, raise a ValueError.",
            but(named, bad=nearest),
        ),
        Misconception(
            "place in the dict",
            "you took an id for a place in the dict. Look for the token whose "
            "*value* it is.",
            but(named, find=at_place(list)),
        ),
        Misconception(
            "place among the ids",
            "you took an id for a place among the sorted ids. Ids may have "
            "gaps: look for the token whose value it is.",
            but(named, find=at_place(by_id)),
        ),
        Misconception(
            "specials dropped",
            "you dropped special tokens. Here they are tokens like all "
            "others.",
            then(lambda tokens: [t for t in tokens if t[0] != "<"]),
        ),
        Misconception(
            "id 0 is false",
            "you took the id 0 for a bad one: 0 counts as False. It is an id "
            "like all others.",
            but(named, find=id_0_is_false),
        ),
        Misconception(
            "repeats dropped",
            "you dropped tokens that came before. Return a token for every "
            "id.",
            then(lambda tokens: list(dict.fromkeys(tokens))),
        ),
        Misconception(
            "the order of the vocabulary",
            "you went through the vocabulary in its order. Go through the "
            "ids, and return a token for each.",
            lambda ids, vocabulary: [
                token for token, number in vocabulary.items() if number in ids
            ],
        ),
        Misconception(
            "looked up as tokens",
            "you looked up the ids among the tokens. The dict goes from "
            "token to id: turn it around first.",
            lambda ids, vocabulary: [vocabulary[one] for one in ids],
        ),
        Misconception(
            "only the first checked",
            "you checked only the first id. Any of them may be bad.",
            only_the_first_checked,
        ),
        Misconception(
            "token and id",
            "you returned tokens with their ids. Return the tokens alone.",
            lambda ids, vocabulary: list(
                zip(named(ids, vocabulary), ids, strict=True)
            ),
        ),
        Misconception(
            "sorted",
            "you sorted the tokens. Return them in the order of the ids.",
            then(sorted),
        ),
    ),
    hints=(
        "The dict finds an id for a token. How do you find a token for an id?",
        "Build a dict in the other direction, from id to token, once. With "
        "`in` it tells whether a token has the id.",
        "tokens = {id: token for each pair of the vocabulary}; for each id: "
        "if it is not in tokens, raise ValueError, else take tokens[id].",
    ),
    returns=("tokens",),
    kind="text",
)
