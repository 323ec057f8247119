"""The exercise `word_vectors.analogy`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception, Whole

from ..pieces.inputs import readable
from ..pieces.seams import but


def nearness(E, target):
    """(V,): the cosine of each row to the target."""
    return E @ target / np.linalg.norm(E, axis=1) / np.linalg.norm(target)


def distance(E, target):
    return -np.linalg.norm(E - target, axis=1)


def undivided(E, target):
    """The cosine, but for the target's length, which is the same for all."""
    return E @ target / np.linalg.norm(E, axis=1)


def dot(E, target):
    return E @ target


def goal(E, a, b, c):
    return E[b] - E[a] + E[c]


def by_columns(E, target):
    """Over the lengths of the columns: fits only a square table."""
    return E @ target / np.linalg.norm(E, axis=0)


def of_length_1(E):
    return E / np.linalg.norm(E, axis=1, keepdims=True)


def right(
    E,
    a,
    b,
    c,
    *,
    target=goal,
    near=nearness,
    out=lambda a, b, c: (a, b, c),
    lowest=-np.inf,
):
    """The best row by `near` to the target; the rows in `out` get `lowest`."""
    scores = near(E, target(E, a, b, c)).astype(float)
    scores[list(out(a, b, c))] = lowest
    return int(np.argmax(scores))


def place_among_the_rest(E, a, b, c):
    found = right(E, a, b, c)
    return found - sum(found > one for one in (a, b, c))


def of_rank(rank):
    """That place in the order of all rows, a, b and c among them."""
    return lambda E, a, b, c: int(
        np.argsort(-nearness(E, goal(E, a, b, c)))[rank]
    )


RIVALS = {
    "the fourth of all": of_rank(3),
    "the second of all": of_rank(1),
    "all three in": but(right, out=lambda a, b, c: ()),
    "only a out": but(right, out=lambda a, b, c: (a,)),
    "only b out": but(right, out=lambda a, b, c: (b,)),
    "only c out": but(right, out=lambda a, b, c: (c,)),
    "a left in": but(right, out=lambda a, b, c: (b, c)),
    "b left in": but(right, out=lambda a, b, c: (a, c)),
    "c left in": but(right, out=lambda a, b, c: (a, b)),
    "a − b + c": but(right, target=lambda E, a, b, c: E[a] - E[b] + E[c]),
    "a + b + c": but(right, target=lambda E, a, b, c: E[a] + E[b] + E[c]),
    "a + b − c": but(right, target=lambda E, a, b, c: E[a] + E[b] - E[c]),
    "c forgotten": but(right, target=lambda E, a, b, c: E[b] - E[a]),
    "a forgotten": but(right, target=lambda E, a, b, c: E[b] + E[c]),
    "near c": but(right, target=lambda E, a, b, c: E[c]),
    "near b": but(right, target=lambda E, a, b, c: E[b]),
    "dot product": but(right, near=dot),
    "distance": but(right, near=distance),
    "unit length first": lambda E, a, b, c: right(of_length_1(E), a, b, c),
    "0 for the three": but(right, lowest=0.0),
    "−1 for the three": but(right, near=undivided, lowest=-1.0),
    "centred first": lambda E, a, b, c: right(E - E.mean(axis=0), a, b, c),
    "target centred": but(
        right, target=lambda E, a, b, c: goal(E, a, b, c) - E.mean(axis=0)
    ),
    "least similar": but(right, near=lambda E, t: -nearness(E, t)),
    "absolute cosine": but(right, near=lambda E, t: np.abs(nearness(E, t))),
    "place among the rest": place_among_the_rest,
    "lengths of columns": but(right, near=by_columns),
}


def tables(rng, V, d):
    """Endless tables of V rows, some of them long, and three of their ids.

    No two rows are about as near as one another to what is looked for, so
    that the best is the best in float32 as well.
    """
    while True:
        E = readable(rng, V, d) * rng.choice([1, 5], (V, 1))
        a, b, c = (int(i) for i in rng.choice(V, 3, replace=False))
        target = goal(E, a, b, c)
        if np.abs(target).max() < 0.3:
            continue
        gaps = np.diff(np.sort(nearness(E, target)))
        if gaps[-4:].min() > 0.02:
            yield {"E": E, "a": a, "b": b, "c": c}


def put_first(row, E, a, b, c):
    """The same table and ids, where that row and row 0 are swapped."""
    order = np.arange(len(E))
    order[[0, row]] = row, 0
    a, b, c = (int(order[one]) for one in (a, b, c))
    return {"E": E[order], "a": a, "b": b, "c": c}


def apart(V, d, *rivals, first=False):
    """Where each of these rivals has an answer of its own.

    first: and where the right one is 0.
    """

    def inputs(rng):
        for given in tables(rng, V, d):
            answers = {RIVALS[one](*given.values()) for one in rivals}
            found = right(*given.values())
            if len(answers | {found}) == len(rivals) + 1:
                row = found if first else 0
                return put_first(row, *given.values())

    return inputs


def beaten(V, d, best, second):
    """Where two of the three ids are nearer than what is right."""

    def inputs(rng):
        for given in tables(rng, V, d):
            E, *ids = given.values()
            order = np.argsort(-nearness(E, goal(E, *ids)))[:3]
            found = right(E, *ids)
            if [*order] == [given[best], given[second], found]:
                return given

    return inputs


def pointing_away(low, high):
    """Where the best is negative: its cosine times the target's length."""

    def inputs(rng):
        for given in tables(rng, 5, 2):
            E, *ids = given.values()
            best = undivided(E, goal(E, *ids))[right(E, *ids)]
            if low < best < high:
                return given

    return inputs


def wrong(name, sentence):
    return Misconception(name, sentence, RIVALS[name])


EXERCISE = Exercise(
    id="word_vectors.analogy",
    signature="analogy(E, a, b, c) -> int",
    asks=(
        "*a* is to *b* as *c* is to what? `E` is `(V, d)`, one row a word; "
        "`a`, `b` and `c` are three different ids. Work out E[b] − E[a] + "
        "E[c], with the rows as they are, and return the id of the row with "
        "the largest cosine to it. Leave out the rows a, b and c themselves. "
        "There are no ties and no rows of zeros."
    ),
    points=2,
    difficulty=3,
    importance=3,
    minutes=6,
    reference=right,
    cases=(
        Case("a is nearest, then b", beaten(5, 2, "a", "b")),
        Case("b is nearest, then c", beaten(6, 3, "b", "c")),
        Case("c is nearest, then a", beaten(5, 2, "c", "a")),
        Case(
            "rows of several lengths",
            apart(10, 2, "dot product", "distance", "unit length first"),
        ),
        Case(
            "another row lies opposite",
            apart(9, 2, "absolute cosine", "near c", "near b", first=True),
        ),
        Case(
            "the signs count",
            apart(9, 3, "a − b + c", "a + b + c", "a + b − c"),
        ),
        Case(
            "all three rows count",
            apart(9, 3, "c forgotten", "a forgotten", "a + b + c"),
        ),
        Case("all others point away", pointing_away(-0.9, -0.1)),
        Case(
            "all others point away, from a long one", pointing_away(-9, -1.1)
        ),
        Case(
            "no row is the middle",
            apart(9, 3, "centred first", "target centred"),
        ),
        Case("as many rows as columns", apart(5, 5, "lengths of columns")),
        Case(
            "the best stands behind the three",
            apart(9, 4, "place among the rest", "least similar"),
        ),
    ),
    misconceptions=(
        wrong(
            "all three in",
            "you left a, b and c in the race. Their rows are nearly always "
            "the closest: leave all three out.",
        ),
        wrong(
            "the fourth of all",
            "you skipped the three best rows. These need not be a, b and c: "
            "leave out those ids, wherever they stand.",
        ),
        wrong(
            "the second of all",
            "you skipped only the best row. Leave out a, b and c, wherever "
            "they stand.",
        ),
        wrong(
            "only a out",
            "you left out only a. Leave out b and c too.",
        ),
        wrong(
            "only b out",
            "you left out only b. Leave out a and c too.",
        ),
        wrong(
            "only c out",
            "you left out only c. Leave out a and b too.",
        ),
        wrong("a left in", "you left a in the race. Leave it out too."),
        wrong("b left in", "you left b in the race. Leave it out too."),
        wrong("c left in", "you left c in the race. Leave it out too."),
        wrong(
            "a − b + c",
            "you went from b to a. The step from a to b is E[b] − E[a].",
        ),
        wrong(
            "a + b + c",
            "you added all three. Subtract a's row.",
        ),
        wrong(
            "a + b − c",
            "you subtracted c's row. Subtract a's: the step starts there.",
        ),
        wrong(
            "c forgotten",
            "you left out c's row. The step from a to b starts at c.",
        ),
        wrong(
            "a forgotten",
            "you left out a's row. Subtract it: only what sets b apart from "
            "a counts.",
        ),
        wrong(
            "near c",
            "you looked for c's own neighbour. Add the step from a to b "
            "first.",
        ),
        wrong(
            "near b",
            "you looked for b's own neighbour. Subtract a and add c first.",
        ),
        wrong(
            "dot product",
            "you took the largest dot product, which favours long rows. "
            "Divide by their lengths: the cosine.",
        ),
        wrong(
            "distance",
            "you took the nearest row by distance. Take the largest cosine.",
        ),
        wrong(
            "unit length first",
            "you scaled the rows to length 1 before you added them. Take "
            "them as they are.",
        ),
        wrong(
            "0 for the three",
            "you gave a, b and c the score 0. Where all others are negative, "
            "0 is the largest: take −∞.",
        ),
        wrong(
            "−1 for the three",
            "you gave a, b and c the score −1. Unless you divide by the "
            "target's length too, others may be lower: take −∞.",
        ),
        wrong(
            "centred first",
            "you subtracted the mean row first. Take the rows as they are.",
        ),
        wrong(
            "target centred",
            "you subtracted the mean row from what you look for. Take the "
            "rows as they are.",
        ),
        wrong(
            "least similar",
            "you returned the row with the *smallest* cosine.",
        ),
        wrong(
            "absolute cosine",
            "you dropped the cosine's sign. A row that points the other way "
            "is far off.",
        ),
        wrong(
            "place among the rest",
            "you removed three rows and counted among the rest. Return the "
            "id in the whole table: set the three scores to −∞ instead.",
        ),
        Misconception(
            "the vector",
            "you returned the row. Return its id.",
            lambda E, a, b, c: E[right(E, a, b, c)],
        ),
        Misconception(
            "the point itself",
            "you returned E[b] − E[a] + E[c]. Return the id of the row that "
            "points most nearly there.",
            goal,
        ),
        Misconception(
            "the cosine",
            "you returned the largest cosine. Return the id of its row.",
            lambda E, a, b, c: float(
                nearness(E, goal(E, a, b, c))[right(E, a, b, c)]
            ),
        ),
        Misconception(
            "all cosines",
            "you returned all cosines. Return the id of the largest.",
            lambda E, a, b, c: nearness(E, goal(E, a, b, c)),
        ),
        Misconception(
            "all in their order",
            "you returned all ids in order of their cosines. Return the best "
            "one.",
            lambda E, a, b, c: np.argsort(-nearness(E, goal(E, a, b, c))),
        ),
    ),
    not_by=("cosine_similarity", "cosine_distances", "cosine", "cdist"),
    hints=(
        "What would E[b] − E[a] + E[c] be closest to, if a, b and c were "
        "allowed?",
        "Your `cosine_similarity` compares every row with that one point. "
        "Set the entries a, b and c to −∞, and `np.argmax` skips them.",
        "t = E[b] − E[a] + E[c]; s = cosine of every row with t; s[a] = s[b] "
        "= s[c] = −∞; result = place of the largest s.",
    ),
    returns=(Whole("id"),),
)
