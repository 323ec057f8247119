"""The exercise `word_vectors.skipgram_pairs`."""

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but


def around(n, i, window):
    """The places of the neighbours of place i, from left to right."""
    return [j for j in range(n) if 0 < abs(i - j) <= window]


def right(
    tokens, window, *, places=around, pair=lambda a, b: (a, b), keep=None
):
    """places: of a centre's neighbours. keep: which pairs stay."""
    found = []
    for place, centre in enumerate(tokens):
        for j in places(len(tokens), place, window):
            if keep is None or keep(centre, tokens[j]):
                found.append(pair(centre, tokens[j]))
    return found


def round_the_end(n, i, window):
    steps = [k for k in range(-window, window + 1) if k]
    return [(i + k) % n for k in steps]


def from_the_end(n, i, window):
    """Negative places count from the end; those past it are left out."""
    return [i + k for k in range(-window, window + 1) if k and -n <= i + k < n]


def nothing_below_0(n, i, window):
    """tokens[i - window : i] with a negative start."""
    left = list(range(n))[i - window : i]
    return left + [j for j in around(n, i, window) if j > i]


def nearest_first(n, i, window):
    return sorted(around(n, i, window), key=lambda j: (abs(i - j), j))


def right_side_first(n, i, window):
    return sorted(around(n, i, window), key=lambda j: (j < i, j))


def full_only(n, i, window):
    places = around(n, i, window)
    return places if len(places) == 2 * window else []


def at_that_distance(n, i, window):
    return [j for j in around(n, i, window) if abs(i - j) == window]


def grouped(tokens, window):
    """A list for each centre."""
    return [
        (centre, [tokens[j] for j in around(len(tokens), i, window)])
        for i, centre in enumerate(tokens)
    ]


def distinct(tokens, window):
    return list(dict.fromkeys(right(tokens, window)))


def cut_into_blocks(tokens, window):
    """Blocks of window + 1 tokens, beside one another."""
    size = window + 1
    blocks = [tokens[i : i + size] for i in range(0, len(tokens), size)]
    return [one for block in blocks for one in right(block, window)]


def by_first_place(tokens, window):
    """`index` finds the first of equal words."""
    found = []
    for centre in tokens:
        i = tokens.index(centre)
        found += [(centre, tokens[j]) for j in around(len(tokens), i, window)]
    return found


def each_pair_once(n, i, window):
    return [j for j in around(n, i, window) if j > i]


def drawn(n, window, *, twice=(), zero=None):
    """n ids, all different but for the places in `twice`, which are equal.

    The ids are neither in order nor equal to their places. At the place
    `zero` stands 0.
    """

    def inputs(rng):
        tokens = [int(t) for t in 10 + rng.permutation(3 * n)[:n]]
        for place in twice:
            tokens[place] = tokens[twice[0]]
        if zero is not None:
            tokens[zero] = 0
        return {"tokens": tokens, "window": window}

    return inputs


EXERCISE = Exercise(
    id="word_vectors.skipgram_pairs",
    signature="skipgram_pairs(tokens, window) -> list[tuple[int, int]]",
    asks=(
        "Which pairs does skip-gram learn from? `tokens` is a list of ids, "
        "two or more. Go through it from left to right. Each token is once "
        "the **centre**; its neighbours are the tokens up to `window` places "
        "to its left and to its right, as far as there are any. Return a "
        "list of pairs `(centre, neighbour)`, the neighbours of each centre "
        "from left to right. A token is not its own neighbour, but an equal "
        "word at another place is one."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=6,
    reference=right,
    cases=(
        Case("two tokens", drawn(2, 1)),
        Case("four tokens, window 1", drawn(4, 1)),
        Case("six tokens, window 2", drawn(6, 2)),
        Case("a word comes twice", drawn(6, 2, twice=(1, 4))),
        Case("a word beside itself", drawn(5, 2, twice=(2, 3))),
        Case("two words in turn", drawn(6, 3, twice=(0, 2, 4))),
        Case("the window is wider than the text", drawn(3, 5)),
        Case("nine tokens, window 3", drawn(9, 3, zero=3)),
    ),
    misconceptions=(
        Misconception(
            "itself too",
            "you paired each token with itself. Leave out the centre's own "
            "place.",
            but(
                right,
                places=lambda n, i, window: [
                    j for j in range(n) if abs(i - j) <= window
                ],
            ),
        ),
        Misconception(
            "equal words left out",
            "you left out every word that equals the centre. Leave out the "
            "centre's *place*. An equal word elsewhere is a neighbour.",
            but(right, keep=lambda centre, other: centre != other),
        ),
        Misconception(
            "left side only",
            "you took only the neighbours on the left. Take both sides.",
            but(
                right,
                places=lambda n, i, window: list(range(max(i - window, 0), i)),
            ),
        ),
        Misconception(
            "right side only",
            "you took only the neighbours on the right. Take both sides.",
            but(
                right,
                places=lambda n, i, window: list(
                    range(i + 1, min(i + window + 1, n))
                ),
            ),
        ),
        Misconception(
            "one short on the right",
            "you stopped one place early on the right: `range` and slices "
            "leave out their end.",
            but(
                right,
                places=lambda n, i, window: [
                    j for j in around(n, i, window) if j < i + window
                ],
            ),
        ),
        Misconception(
            "one short on the left",
            "you began one place late on the left.",
            but(
                right,
                places=lambda n, i, window: [
                    j for j in around(n, i, window) if j > i - window
                ],
            ),
        ),
        Misconception(
            "the last token left out",
            "you left out the last token as a neighbour. `range` leaves out "
            "its end.",
            but(
                right,
                places=lambda n, i, window: [
                    j for j in around(n, i, window) if j < n - 1
                ],
            ),
        ),
        Misconception(
            "the first token left out",
            "you left out the first token as a neighbour. Places start at 0.",
            but(
                right,
                places=lambda n, i, window: [
                    j for j in around(n, i, window) if j > 0
                ],
            ),
        ),
        Misconception(
            "nothing on the left near the edge",
            "near the left edge your slice begins below 0, and Python finds "
            "nothing there. Start at `max(0, i - window)`.",
            but(right, places=nothing_below_0),
        ),
        Misconception(
            "one too far",
            "you went one place too far on both sides.",
            but(right, places=lambda n, i, w: around(n, i, w + 1)),
        ),
        Misconception(
            "neighbour first",
            "you put the neighbour first. The centre comes first.",
            but(right, pair=lambda a, b: (b, a)),
        ),
        Misconception(
            "round the end",
            "you went on at the other end of the text. A window is cut off "
            "at the edges.",
            but(right, places=round_the_end),
        ),
        Misconception(
            "negative places at the left edge",
            "at the left edge your places are negative, and Python counts "
            "those from the end. Start at 0 at the least.",
            but(right, places=from_the_end),
        ),
        Misconception(
            "only full windows",
            "you left out tokens near the edges. They have fewer neighbours, "
            "and those count.",
            but(right, places=full_only),
        ),
        Misconception(
            "only at that distance",
            "you took only the tokens exactly `window` places away. Take all "
            "up to there.",
            but(right, places=at_that_distance),
        ),
        Misconception(
            "distinct pairs",
            "you kept each pair once. A pair that comes twice is learned "
            "from twice.",
            distinct,
        ),
        Misconception(
            "each pair in one direction",
            "you kept the pairs of each centre with later tokens, and no "
            "pair the other way. Each token is the centre once.",
            but(
                right,
                places=each_pair_once,
                pair=lambda a, b: (min(a, b), max(a, b)),
            ),
        ),
        Misconception(
            "half a window",
            "you shared the window out: half to the left, half to the right. "
            "It reaches `window` places to *each* side.",
            but(right, places=lambda n, i, w: around(n, i, w // 2)),
        ),
        Misconception(
            "nearest first",
            "you put the nearest neighbours first. Go from left to right.",
            but(right, places=nearest_first),
        ),
        Misconception(
            "from right to left",
            "you listed the neighbours from right to left.",
            but(right, places=lambda n, i, w: around(n, i, w)[::-1]),
        ),
        Misconception(
            "right side first",
            "you put the right side before the left. Go from left to right.",
            but(right, places=right_side_first),
        ),
        Misconception(
            "sorted",
            "you sorted the pairs. Keep them in the order of the text.",
            lambda tokens, window: sorted(right(tokens, window)),
        ),
        Misconception(
            "grouped",
            "you returned one entry a centre, with a list of its neighbours. "
            "Return a pair for each neighbour.",
            grouped,
        ),
        Misconception(
            "one flat list",
            "you returned all ids in one flat list. Return pairs: append a "
            "tuple.",
            lambda tokens, window: [
                one for pair in right(tokens, window) for one in pair
            ],
        ),
        Misconception(
            "places for ids",
            "you returned places in the text. Return the ids that stand "
            "there.",
            lambda tokens, window: right(range(len(tokens)), window),
        ),
        Misconception(
            "blocks",
            "you cut the text into blocks. The window moves with the centre, "
            "one place at a time.",
            cut_into_blocks,
        ),
        Misconception(
            "the first of equal words",
            "you looked up where the centre stands by its id, which finds the "
            "first of two equal words. Count the places as you go: "
            "`enumerate`.",
            by_first_place,
        ),
        Misconception(
            "the first centre only",
            "you returned after the first centre. Put the `return` behind "
            "the loops.",
            but(
                right,
                places=lambda n, i, w: around(n, i, w) if i == 0 else [],
            ),
        ),
        Misconception(
            "window ignored",
            "you paired every token with every other. Take only those up to "
            "`window` places away.",
            but(right, places=lambda n, i, w: around(n, i, n)),
        ),
        Misconception(
            "always a window of 1",
            "you took only the tokens beside the centre. `window` says how "
            "far to go.",
            but(right, places=lambda n, i, w: around(n, i, 1)),
        ),
    ),
    hints=(
        'Write down the neighbours of the first token of "the cat sat on" '
        "at window 2. How many has it, and how many has the second?",
        "For the centre at place i, the places run from i − window to i + "
        "window, but not below 0 and not past the end. Leave out i itself.",
        "for each place i: for j from max(0, i − window) up to and with "
        "min(n − 1, i + window): if j is not i, append (tokens[i], "
        "tokens[j]).",
    ),
    returns=("pairs",),
    kind="text",
)
