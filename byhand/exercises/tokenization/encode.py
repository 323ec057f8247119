"""The exercise `tokenization.encode`."""

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but
from .shared import vocabulary_of, words

UNKNOWN = "<unk>"


def searched(token, vocabulary):
    """Its id, or None: a binary search in the sorted tokens."""
    known, low, high = sorted(vocabulary), 0, len(vocabulary)
    while low < high:
        middle = (low + high) // 2
        if known[middle] < token:
            low = middle + 1
        else:
            high = middle
    there = low < len(known) and known[low] == token
    return vocabulary[token] if there else None


def refused(token, vocabulary):
    raise ValueError(f"{token!r} is unknown, and there is no {UNKNOWN}")


def unknown_or_refused(token, vocabulary):
    if UNKNOWN in vocabulary:
        return vocabulary[UNKNOWN]
    return refused(token, vocabulary)


def looked_up(
    tokens,
    vocabulary,
    *,
    find=searched,
    unknown=unknown_or_refused,
    change=lambda token: token,
):
    found = []
    for token in map(change, tokens):
        number = find(token, vocabulary)
        found.append(unknown(token, vocabulary) if number is None else number)
    return found


# What an unknown token gets: those of the misconceptions.
def in_place_of_unknown(number):
    """An id, whether there is an `<unk>` or not. number: of a vocabulary."""
    return but(looked_up, unknown=lambda token, known: number(known))


def without_a_refusal(number):
    """The id of `<unk>`; where there is none, something else."""
    return but(
        looked_up,
        unknown=lambda token, known: known.get(UNKNOWN, number(known)),
    )


def raising(error):
    def unknown(token, vocabulary):
        if UNKNOWN in vocabulary:
            return vocabulary[UNKNOWN]
        raise error(token)

    return but(looked_up, unknown=unknown)


def dropped(tokens, vocabulary):
    return [vocabulary[t] for t in tokens if t in vocabulary]


def dropped_without_unknown(tokens, vocabulary):
    if UNKNOWN in vocabulary:
        return looked_up(tokens, vocabulary)
    return dropped(tokens, vocabulary)


def refuses_without_unknown(tokens, vocabulary):
    if UNKNOWN not in vocabulary:
        raise ValueError(f"no {UNKNOWN}")
    return looked_up(tokens, vocabulary)


def needs_an_unknown(tokens, vocabulary):
    return [vocabulary.get(one, vocabulary[UNKNOWN]) for one in tokens]


def unknown_must_be_there(tokens, vocabulary):
    return [vocabulary[t if t in vocabulary else UNKNOWN] for t in tokens]


def place(token, vocabulary):
    return list(vocabulary).index(token) if token in vocabulary else None


def rank(token, vocabulary):
    by_id = sorted(vocabulary, key=vocabulary.get)
    return by_id.index(token) if token in vocabulary else None


def id_0_is_false(token, vocabulary):
    return searched(token, vocabulary) or None


def unknown_0_is_false(token, vocabulary):
    if vocabulary.get(UNKNOWN):
        return vocabulary[UNKNOWN]
    return refused(token, vocabulary)


def named_unknown(token, vocabulary):
    return UNKNOWN if UNKNOWN in vocabulary else refused(token, vocabulary)


def stops(tokens, vocabulary):
    found = []
    for token in tokens:
        if token not in vocabulary:
            break
        found.append(vocabulary[token])
    return found


def only_the_first_checked(tokens, vocabulary):
    if tokens[:1]:
        looked_up(tokens[:1], vocabulary)
    return dropped_without_unknown(tokens, vocabulary)


def then(change):
    return lambda tokens, vocabulary: change(looked_up(tokens, vocabulary))


def folded(token, vocabulary):
    """Its id, or that of the same word in lower case."""
    exact = searched(token, vocabulary)
    return searched(token.lower(), vocabulary) if exact is None else exact


# --- cases -----------------------------------------------------------------


def known(rng):
    one, two, three, four = words(rng, 4)
    vocabulary = vocabulary_of(rng, [one, two, three, four])
    return {"tokens": [three, four, one], "vocabulary": vocabulary}


def again(rng):
    one, two, three = words(rng, 3)
    vocabulary = vocabulary_of(rng, [one, two, three, UNKNOWN])
    return {"tokens": [two, one, two, two], "vocabulary": vocabulary}


def of_id_0(rng):
    one, two, three = words(rng, 3)
    vocabulary = vocabulary_of(rng, [one, UNKNOWN, two, three], zero=two)
    return {"tokens": [one, two], "vocabulary": vocabulary}


def unknown_ones(rng):
    one, two, three, new, newer = words(rng, 5)
    vocabulary = vocabulary_of(rng, [one, UNKNOWN, two, three])
    tokens = [two, new, one, newer, new]
    return {"tokens": tokens, "vocabulary": vocabulary}


def unknown_of_id_0(rng):
    one, two, new = words(rng, 3)
    vocabulary = vocabulary_of(rng, [one, UNKNOWN, two], zero=UNKNOWN)
    return {"tokens": [one, new], "vocabulary": vocabulary}


def none(*more):
    def inputs(rng):
        vocabulary = vocabulary_of(rng, [*words(rng, 3), *more])
        return {"tokens": [], "vocabulary": vocabulary}

    return inputs


def capitals(rng):
    one, two, three = words(rng, 3)
    names = [one, one.capitalize(), two, UNKNOWN, three.upper()]
    tokens = [one.capitalize(), one, two.capitalize(), three, three.upper()]
    return {"tokens": tokens, "vocabulary": vocabulary_of(rng, names)}


def written_in_the_text(rng):
    one, two, new = words(rng, 3)
    vocabulary = vocabulary_of(rng, [one, UNKNOWN, "<pad>", two])
    tokens = [two, UNKNOWN, "<pad>", new]
    return {"tokens": tokens, "vocabulary": vocabulary}


def look_alikes(rng):
    one, two = words(rng, 2)
    names = ["é", one, UNKNOWN, "e", "犬", "\u200d", two]
    tokens = ["e\u0301", "é", "e", "\u200d", "犬", one, f" {one}"]
    return {"tokens": tokens, "vocabulary": vocabulary_of(rng, names)}


def refusing(place, *more):
    """Three tokens without an `<unk>`; the one at `place` is unknown.

    more: of the vocabulary.
    """

    def inputs(rng):
        one, two, three, new = words(rng, 4)
        tokens = [two, three, one]
        tokens[place] = new
        vocabulary = vocabulary_of(rng, [one, two, three, *more])
        return {"tokens": tokens, "vocabulary": vocabulary}

    return inputs


def refused_case(name, *given):
    return Case(name, refusing(*given), raises=ValueError)


EXERCISE = Exercise(
    id="tokenization.encode",
    signature="encode(tokens, vocabulary) -> list[int]",
    asks=(
        "Return the id of each token, in order. `vocabulary` is a dict from "
        "token to id. Its ids are all different, but they need neither be in "
        "order nor without gaps. A token that it does not hold gets the id of "
        '`"<unk>"`. If there is no `"<unk>"` either, raise a `ValueError` '
        "that names the token. No tokens give `[]`. Leave the dict as it is."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=5,
    reference=looked_up,
    cases=(
        Case("three tokens that are known", known),
        Case("a token again", again),
        Case("a token whose id is 0", of_id_0),
        Case("tokens that are unknown", unknown_ones),
        Case("<unk> has the id 0", unknown_of_id_0),
        Case("no tokens", none()),
        Case("no tokens, and an <unk>", none(UNKNOWN)),
        Case("capitals are other tokens", capitals),
        Case("<unk> written in the text", written_in_the_text),
        Case("tokens that look alike", look_alikes),
        refused_case("unknown, and no <unk>", 1),
        refused_case("the last is unknown, no <unk>", 2),
        refused_case(
            "the first is unknown, no <unk>", 0, "[UNK]", "<UNK>", "unk"
        ),
    ),
    misconceptions=(
        Misconception(
            "KeyError",
            "an unknown token ended in Python's own KeyError. Without an "
            "`<unk>` raise a ValueError that names the token.",
            raising(KeyError),
        ),
        Misconception(
            "KeyError for every unknown token",
            "you looked up every token in the dict, which ends in a KeyError "
            "for an unknown one. Return the id of `<unk>`, if there is one.",
            lambda tokens, vocabulary: [vocabulary[t] for t in tokens],
        ),
        Misconception(
            "KeyError for <unk>",
            "you looked up `<unk>` before you knew whether you need it. A "
            "vocabulary without it is fine, as long as all tokens are known.",
            needs_an_unknown,
        ),
        Misconception(
            "KeyError for an <unk> that is needed",
            "you looked up `<unk>` in a vocabulary that has none, which ends "
            "in a KeyError. Raise a ValueError that names the token.",
            unknown_must_be_there,
        ),
        Misconception(
            "0 for unknown",
            "you gave unknown tokens the id 0, which belongs to another "
            "token. Use the id of `<unk>`.",
            in_place_of_unknown(lambda known: 0),
        ),
        Misconception(
            "−1 for unknown",
            "you gave unknown tokens the id −1. Use the id of `<unk>`.",
            in_place_of_unknown(lambda known: -1),
        ),
        Misconception(
            "0 without <unk>",
            "you gave an unknown token the id 0 where there is no `<unk>`. "
            "Raise a ValueError that names it.",
            without_a_refusal(lambda known: 0),
        ),
        Misconception(
            "−1 without <unk>",
            "you gave an unknown token the id −1 where there is no `<unk>`. "
            "Raise a ValueError that names it.",
            without_a_refusal(lambda known: -1),
        ),
        Misconception(
            "None without <unk>",
            "you gave an unknown token None where there is no `<unk>`. Raise "
            "a ValueError that names it.",
            without_a_refusal(lambda known: None),
        ),
        Misconception(
            "dropped",
            "you left unknown tokens out. Each gets the id of `<unk>`.",
            dropped,
        ),
        Misconception(
            "dropped without <unk>",
            "you left unknown tokens out where there is no `<unk>`. Raise a "
            "ValueError that names the first of them.",
            dropped_without_unknown,
        ),
        Misconception(
            "a new id",
            "you gave unknown tokens a new id, which is in no vocabulary. Use "
            "the id of `<unk>`.",
            in_place_of_unknown(len),
        ),
        Misconception(
            "a new id behind the largest",
            "you gave unknown tokens an id behind the largest, which is in no "
            "vocabulary. Use the id of `<unk>`.",
            in_place_of_unknown(lambda known: max(known.values()) + 1),
        ),
        Misconception(
            "a new id without <unk>",
            "you gave an unknown token a new id where there is no `<unk>`. "
            "Raise a ValueError that names it.",
            without_a_refusal(len),
        ),
        Misconception(
            "refused in spite of <unk>",
            "you refused an unknown token though there is an `<unk>`. Return "
            "its id.",
            but(looked_up, unknown=refused),
        ),
        Misconception(
            "refuses without <unk>",
            "you refused a vocabulary without `<unk>`. It is fine, as long as "
            "all tokens are known.",
            refuses_without_unknown,
        ),
        Misconception(
            "lower-cased",
            "you changed the case of a token before you looked it up. Take "
            "it as it comes.",
            but(looked_up, change=str.lower),
        ),
        Misconception(
            "lower case tried too",
            "you took a word in lower case for an unknown one in capitals. "
            "They are different tokens.",
            but(looked_up, find=folded),
        ),
        Misconception(
            "accents composed",
            "you composed accents before you looked a token up. Take it as "
            "it comes.",
            but(
                looked_up,
                change=lambda t: "é" if t == "e\u0301" else t,
            ),
        ),
        Misconception(
            "place in the dict",
            "you returned the place of a token in the dict. Return the value "
            "that the dict has for it.",
            but(
                looked_up,
                find=place,
                unknown=lambda t, known: (
                    place(UNKNOWN, known)
                    if UNKNOWN in known
                    else refused(t, known)
                ),
            ),
        ),
        Misconception(
            "place among the ids",
            "you returned the place of a token among the sorted ids. Return "
            "the value that the dict has for it.",
            but(
                looked_up,
                find=rank,
                unknown=lambda t, known: (
                    rank(UNKNOWN, known)
                    if UNKNOWN in known
                    else refused(t, known)
                ),
            ),
        ),
        Misconception(
            "id 0 is false",
            "you took the id 0 for “not found”: 0 counts as False. Ask with "
            "`in`, or compare with None.",
            but(looked_up, find=id_0_is_false),
        ),
        Misconception(
            "<unk> of id 0 is false",
            "you took an `<unk>` with the id 0 for none: 0 counts as False. "
            "Ask with `in`, or compare with None.",
            but(looked_up, unknown=unknown_0_is_false),
        ),
        Misconception(
            "the name <unk>",
            "you returned the name `<unk>` among the ids. Return its id.",
            but(looked_up, unknown=named_unknown),
        ),
        Misconception(
            "stops at the first unknown",
            "you stopped at the first unknown token. It gets the id of "
            "`<unk>`, and then it goes on.",
            stops,
        ),
        Misconception(
            "only the first checked",
            "you checked only the first token. Any of them may be unknown.",
            only_the_first_checked,
        ),
        Misconception(
            "repeats dropped",
            "you dropped ids that came before. Return an id for every token.",
            then(lambda ids: list(dict.fromkeys(ids))),
        ),
        Misconception(
            "sorted",
            "you sorted the ids. Return them in the order of the tokens.",
            then(sorted),
        ),
        Misconception(
            "token and id",
            "you returned tokens with their ids. Return the ids alone.",
            lambda tokens, vocabulary: list(
                zip(tokens, looked_up(tokens, vocabulary), strict=True)
            ),
        ),
        Misconception(
            "a dict",
            "you returned a dict. Return a list with an id for every token.",
            lambda tokens, vocabulary: dict(
                zip(tokens, looked_up(tokens, vocabulary), strict=True)
            ),
        ),
        Misconception(
            "one text",
            "you returned one text. Return a list of ids.",
            then(lambda ids: " ".join(map(str, ids))),
        ),
        Misconception(
            "texts",
            "you returned the ids as texts. Return whole numbers.",
            then(lambda ids: [str(one) for one in ids]),
        ),
        Misconception(
            "assert",
            "you used `assert`, which raises an AssertionError and is "
            "skipped when Python runs optimised. Raise a ValueError.",
            raising(AssertionError),
        ),
        Misconception(
            "no tokens refused",
            "you refused an empty list of tokens. It gives an empty list of "
            "ids.",
            lambda tokens, vocabulary: (
                looked_up(tokens, vocabulary)
                if tokens
                else refused("nothing", vocabulary)
            ),
        ),
    ),
    hints=(
        "Which three things can happen to a token?",
        "`token in vocabulary` tells whether it is known. So does "
        "`vocabulary.get(token)`, which is None for an unknown one. But 0 is "
        "a good id, and counts as False.",
        "for each token: if it is in the vocabulary, take its id; else if "
        "<unk> is, take that one's id; else raise ValueError.",
    ),
    returns=("ids",),
    kind="text",
)
