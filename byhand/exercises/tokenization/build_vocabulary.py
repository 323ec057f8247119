"""The exercise `tokenization.build_vocabulary`."""

from collections import Counter

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.seams import but
from .shared import in_order, shuffled, words


# Which tokens are numbered, and in which order: the right one, and those of
# the misconceptions. `counts` holds the tokens as they first come.
def most_first(counts):
    """The most frequent one of those that are left, again and again."""
    left, found = dict(counts), []
    while left:
        most = max(left.values())
        found.append(min(t for t in left if left[t] == most))
        del left[found[-1]]
    return found


def least_first(counts):
    return sorted(counts, key=lambda t: (counts[t], t))


def ties_first_come(counts):
    return sorted(counts, key=lambda t: -counts[t])


def ties_last_come(counts):
    return ties_first_come({t: counts[t] for t in reversed(counts)})


def ties_backwards(counts):
    return sorted(counts, key=lambda t: (counts[t], t), reverse=True)


def ties_without_case(counts):
    return sorted(counts, key=lambda t: (-counts[t], t.lower(), t))


def ties_by_length(counts):
    return sorted(counts, key=lambda t: (-counts[t], len(t), t))


def longest_first(counts):
    return sorted(counts, key=lambda t: (-len(t), t))


def numbered(
    tokens,
    specials=(),
    min_count=1,
    *,
    rank=most_first,
    begin=0,
    enough=lambda count, least: count >= least,
    change=lambda token: token,
):
    counts = Counter(map(change, tokens))
    kept = [
        token
        for token in rank({t: counts[t] for t in counts if t not in specials})
        if enough(counts[token], min_count)
    ]
    order = [*specials, *kept]
    return {token: place + begin for place, token in enumerate(order)}


def specials_last(tokens, specials=(), min_count=1):
    others = list(numbered(tokens, specials, min_count))[len(specials) :]
    return {t: i for i, t in enumerate([*others, *specials])}


def with_a_gap(tokens, specials=(), min_count=1):
    """A special that is met takes a second id, which nobody has then."""
    ids = {token: place for place, token in enumerate(specials)}
    place = len(specials)
    for token in numbered(tokens, (), min_count):
        if token not in ids:
            ids[token] = place
        place += 1
    return ids


def specials_moved(tokens, specials=(), min_count=1):
    """A special that is met is numbered again, among the others."""
    order = [*specials, *numbered(tokens, (), min_count)]
    return {token: place for place, token in enumerate(order)}


def from_0_again(tokens, specials=(), min_count=1):
    ids = {token: place for place, token in enumerate(specials)}
    others = list(numbered(tokens, specials, min_count))[len(specials) :]
    return ids | {token: place for place, token in enumerate(others)}


def only_specials_met(tokens, specials=(), min_count=1):
    met = [one for one in specials if one in tokens]
    return numbered(tokens, met, min_count)


def rare_specials_dropped(tokens, specials=(), min_count=1):
    often = [
        one
        for one in specials
        if one not in tokens or tokens.count(one) >= min_count
    ]
    rare = [one for one in specials if one not in often]
    return numbered([t for t in tokens if t not in rare], often, min_count)


def specials_counted(tokens, specials=(), min_count=1):
    return numbered([*specials, *tokens], (), min_count)


def the_most_frequent_only(tokens, specials=(), min_count=1):
    found = list(numbered(tokens, specials))
    most = len(specials) + (min_count if min_count > 1 else len(found))
    return {token: place for place, token in enumerate(found[:most])}


def then(change):
    """What is made of the right vocabulary."""
    return lambda *given: change(numbered(*given))


# Tokens of the cases: how often each comes, and the order in which they come,
# so that no wrong order happens to be the right one.
def of_three_counts(rng):
    low, middle, high = in_order(rng, 3)
    rest = shuffled(rng, [low, middle, middle, high])
    return {"tokens": [high, low, middle, *rest]}


def with_a_tie(rng):
    one, two, three, four = in_order(rng, 4)
    tied = [two, three, one]
    return {"tokens": [*tied, four, four, *shuffled(rng, [*tied, four])]}


def with_capitals(rng):
    one, two, three = in_order(rng, 3)
    tokens = [one, three.capitalize(), two.capitalize(), two]
    return {"tokens": [*tokens, *tokens, two.capitalize()]}


def without_length(rng):
    one, two = in_order(rng, 2)
    tokens = ["zz", f"{one}{two}", "a", "?", "12", "a", "a", " a", ""]
    return {"tokens": tokens}


def other_alphabets(rng):
    (word,) = words(rng, 1)
    tokens = ["犬", "é", "e\u0301", "z", "ß", "Z", "я", word, "!", "_", "9"]
    return {"tokens": shuffled(rng, tokens)}


def names(rng, *first):
    """Special tokens in an order that is not the alphabet's."""
    others = [n for n in ("<bos>", "<pad>", "<eos>") if n not in first]
    return (*first, *shuffled(rng, others)[:1], "<a>")


def with_specials(rng):
    return of_three_counts(rng) | {"specials": names(rng, "<unk>")}


def special_in_the_text(rng):
    one, two, three = in_order(rng, 3)
    met = ["<unk>", three, "<unk>", two, "<unk>", three, one, "<unk>", three]
    specials = ("<pad>", "<unk>", str(rng.choice(["<bos>", "<eos>"])))
    # Not special: one that looks so, and two that a special holds.
    return {"tokens": [*met, "<b>", "unk", "<"], "specials": specials}


def at_least_two(rng):
    one, two, three, four = in_order(rng, 4)
    tokens = [three, one, four, two, four, two, four, two, one]
    return {"tokens": tokens, "specials": (), "min_count": 2}


def special_too_rare(rng):
    one, two, three, four = in_order(rng, 4)
    tokens = [four] * 4 + ["<unk>", three, two] + [two, three] * 2 + [one] * 2
    return {
        "tokens": ["<pad>", *shuffled(rng, tokens), three],
        "specials": ("<unk>", "<pad>", "<bos>"),
        "min_count": 3,
    }


def all_too_rare(rng):
    one, two = words(rng, 2)
    return {
        "tokens": [one, two, one],
        "specials": ("<unk>", "<a>"),
        "min_count": 3,
    }


EXERCISE = Exercise(
    id="tokenization.build_vocabulary",
    signature=(
        "build_vocabulary(tokens, specials=(), min_count=1) -> dict[str, int]"
    ),
    asks=(
        "Give every token an id and return the dict from token to id. First "
        "come the `specials`, in their order, from id 0. Then come the other "
        "tokens, the most frequent first. Where two come equally often, the "
        "smaller by code point is first, as `sorted` has it: `B` before `a`. "
        "Leave out those that come fewer than `min_count` times. A special "
        "always stays: met in the text, it keeps its id. Keep the case as it "
        "comes. Ids have no gaps. `tokens` is a list, `specials` a tuple."
    ),
    points=2,
    difficulty=3,
    importance=5,
    minutes=8,
    reference=numbered,
    cases=(
        Case("three tokens, one more often than the next", of_three_counts),
        Case("three tokens equally often", with_a_tie),
        Case("equally often, with capitals", with_capitals),
        Case("tokens of several lengths", without_length),
        Case("other alphabets, all equally often", other_alphabets),
        Case("special tokens", with_specials),
        Case("a special token in the text", special_in_the_text),
        Case("min_count is 2", at_least_two),
        Case("special tokens that are rare", special_too_rare),
        Case("no token is frequent enough", all_too_rare),
    ),
    misconceptions=(
        Misconception(
            "alphabetical",
            "you numbered the tokens by the alphabet. The most frequent comes "
            "first.",
            but(numbered, rank=sorted),
        ),
        Misconception(
            "first come",
            "you numbered the tokens as they come. The most frequent comes "
            "first.",
            but(numbered, rank=list),
        ),
        Misconception(
            "ties as they come",
            "you left tokens that come equally often as they come in the "
            "text. Sort those by code point.",
            but(numbered, rank=ties_first_come),
        ),
        Misconception(
            "ties, the last first",
            "you put the token that comes last first where two come equally "
            "often. Sort those by code point.",
            but(numbered, rank=ties_last_come),
        ),
        Misconception(
            "ties backwards",
            "you sorted everything backwards, tokens that come equally often "
            "too. The smaller code point comes first.",
            but(numbered, rank=ties_backwards),
        ),
        Misconception(
            "ties without case",
            "you ignored case where two come equally often. By code point, "
            "every capital of ASCII is smaller than `a`.",
            but(numbered, rank=ties_without_case),
        ),
        Misconception(
            "ties by length",
            "you put the shorter token first where two come equally often. "
            "Sort those by code point.",
            but(numbered, rank=ties_by_length),
        ),
        Misconception(
            "by length",
            "you numbered the tokens by length. The most frequent comes "
            "first.",
            but(numbered, rank=longest_first),
        ),
        Misconception(
            "least first",
            "you numbered the least frequent token first. The most frequent "
            "comes first.",
            but(numbered, rank=least_first),
        ),
        Misconception(
            "from 1",
            "you counted ids from 1. The first id is 0.",
            but(numbered, begin=1),
        ),
        Misconception(
            "specials last",
            "you put the special tokens last. They come first, from id 0.",
            specials_last,
        ),
        Misconception(
            "specials ignored",
            "you left the special tokens out. They come first, from id 0.",
            lambda tokens, specials=(), min_count=1: numbered(
                tokens, (), min_count
            ),
        ),
        Misconception(
            "specials sorted",
            "you sorted the special tokens. They keep their order.",
            lambda tokens, specials=(), min_count=1: numbered(
                tokens, tuple(sorted(specials)), min_count
            ),
        ),
        Misconception(
            "specials counted as tokens",
            "you counted the special tokens like the others. They come first "
            "and keep their order, however often they are met.",
            specials_counted,
        ),
        Misconception(
            "a special moved",
            "you numbered a special token again where the text held it. It "
            "keeps its first id.",
            specials_moved,
        ),
        Misconception(
            "a special leaves a gap",
            "you left a gap where the text held a special token. Ids go on "
            "without gaps.",
            with_a_gap,
        ),
        Misconception(
            "a special only if met",
            "you left out special tokens that the text does not hold. They "
            "always get an id.",
            only_specials_met,
        ),
        Misconception(
            "a rare special dropped",
            "you dropped a special token that comes fewer than `min_count` "
            "times. A special always stays.",
            rare_specials_dropped,
        ),
        Misconception(
            "from 0 again",
            "you counted from 0 again behind the special tokens. Two tokens "
            "have the same id then.",
            from_0_again,
        ),
        Misconception(
            "min_count ignored",
            "you ignored `min_count`. Leave out tokens that come less often.",
            but(numbered, enough=lambda count, least: True),
        ),
        Misconception(
            "more often than min_count",
            "you kept only tokens that come more often than `min_count`. That "
            "often is enough.",
            but(
                numbered,
                enough=lambda count, least: count > least or least == 1,
            ),
        ),
        Misconception(
            "more often than min_count, 1 too",
            "you kept only tokens that come more often than `min_count`, so "
            "those that come once are lost by default. That often is enough.",
            but(numbered, enough=lambda count, least: count > least),
        ),
        Misconception(
            "rare tokens only",
            "you kept the rare tokens and left out the frequent ones. Leave "
            "out those that come fewer than `min_count` times.",
            but(
                numbered,
                enough=lambda count, least: count < least or least == 1,
            ),
        ),
        Misconception(
            "min_count as a size",
            "you took `min_count` for the number of tokens to keep. It says "
            "how often a token must come.",
            the_most_frequent_only,
        ),
        Misconception(
            "lower-cased",
            "you changed the case. Keep it as it comes.",
            but(numbered, change=str.lower),
        ),
        Misconception(
            "accents composed",
            "you made one token of two whose characters differ. Take tokens "
            "as they come.",
            but(numbered, change=lambda t: "é" if t == "e\u0301" else t),
        ),
        Misconception(
            "ids to tokens",
            "you returned a dict from id to token. Return one from token to "
            "id.",
            then(lambda ids: {i: token for token, i in ids.items()}),
        ),
        Misconception(
            "a list",
            "you returned a list of tokens. Return a dict from token to id.",
            then(list),
        ),
        Misconception(
            "pairs",
            "you returned pairs. Return a dict from token to id.",
            then(lambda ids: list(ids.items())),
        ),
        Misconception(
            "counts",
            "you returned how often each token comes. Return its id.",
            lambda tokens, specials=(), min_count=1: {
                t: tokens.count(t)
                for t in numbered(tokens, specials, min_count)
            },
        ),
        Misconception(
            "places in the text",
            "you took a token's first place in the text for its id. Ids have "
            "no gaps, and the most frequent token comes first.",
            lambda tokens, specials=(), min_count=1: {
                t: tokens.index(t) for t in dict.fromkeys(tokens)
            },
        ),
    ),
    hints=(
        "By which two things do you sort the tokens, and which of them runs "
        "backwards?",
        "`Counter` counts. `sorted` takes a `key`; a pair (minus the count, "
        "token) sorts by count, the largest first, then by code point. Take "
        "the specials out before you sort.",
        "counts = Counter(tokens); others = the tokens of counts that are no "
        "special and come at least min_count times, sorted by (−count, "
        "token); number specials followed by others, from 0.",
    ),
    returns=("vocabulary",),
    kind="text",
    facts=(
        Fact(
            "the ids run from 0 without gaps",
            lambda ids: (
                sorted(map(str, ids.values()))
                == sorted(map(str, range(len(ids))))
            ),
        ),
    ),
)
