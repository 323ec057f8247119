"""The exercise `bagging.oob_predictions`."""

from collections import Counter

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception, Whole

from ..pieces.seams import but
from .shared import (
    FOUR_POINTS,
    NOBODY,
    all_trees,
    all_where_nobody_may,
    ballot,
    drawn,
    elected,
    largest,
    majority,
    nobody_at_a_tie,
    those_that_saw_it,
)


def right(votes, in_bag):
    """Point by point: the most frequent of a sorted list of votes."""
    found = []
    for vote, seen in zip(votes.T, in_bag.T, strict=True):
        heard = Counter(sorted(vote[~seen].tolist())).most_common(1)
        found.append(heard[0][0] if heard else -1)
    return np.array(found)


def summary(of_votes, nobody=-1):
    """One number made of the votes that count, point by point."""

    def answer(votes, in_bag):
        heard = (
            vote[~seen] for vote, seen in zip(votes.T, in_bag.T, strict=True)
        )
        return np.array(
            [int(of_votes(one)) if len(one) else nobody for one in heard]
        )

    return answer


def first_heard(vote):
    """At a tie, the class that was voted for first."""
    return Counter(vote.tolist()).most_common(1)[0][0]


def seen_as(value):
    """Votes of trees that saw the point count as votes for another class."""

    def answer(votes, in_bag):
        changed = np.where(in_bag, value, votes)
        return summary(lambda vote: first_heard(np.sort(vote)))(
            changed, np.zeros_like(in_bag)
        )

    return answer


def by_tree(votes, in_bag):
    """A class for each tree."""
    return right(votes.T, in_bag.T)


def left_out(votes, in_bag):
    found = right(votes, in_bag)
    return found[found >= 0]


def how_many(votes, in_bag):
    """The votes for the class that has most."""
    return np.array(
        [
            max(Counter(vote[~seen].tolist()).values(), default=NOBODY)
            for vote, seen in zip(votes.T, in_bag.T, strict=True)
        ]
    )


def named(*points):
    return lambda rng: ballot(*points)


def with_a_tie(votes, in_bag):
    """Whether the larger class, or who came first, would win a tie."""
    ours, late = right(votes, in_bag), elected(votes, in_bag, pick=largest)
    return (ours != late).any()


def at_random(trees, n, classes):
    def inputs(rng):
        while True:
            given, _ = drawn(rng, trees, n, classes)
            if with_a_tie(**given):
                return given

    return inputs


EXERCISE = Exercise(
    id="bagging.oob_predictions",
    signature="oob_predictions(votes, in_bag) -> (n,)",
    asks=(
        "Let every point be judged only by trees that never saw it. `votes` "
        "is `(trees, n)`: for each tree the class that it gives to each "
        "point, 0, 1, 2, …. `in_bag` is `(trees, n)`, boolean: `True` where "
        "the tree drew the point. For each point, count the votes of the "
        "trees that did *not* draw it, and take the class with most votes. At "
        "a tie take the smallest of the tied classes. Where every tree drew "
        "the point there is no judge: −1. Return whole numbers, `(n,)`."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=8,
    reference=right,
    cases=(
        Case("one point, one judge", named("1* 2 1*")),
        Case("two points, no tie", named("2 0 1 2 0 2 1*", "0 2* 2 2 0* 1 2")),
        Case("a tie", named("2 1 1* 1* 2*", "1* 0 3 3 0")),
        Case("a point without a judge", named("1* 1* 0*", "1 1 0*")),
        Case("the classes are 0, 1 and 12", named("0 12 12 1", "12 0 1 12*")),
        Case("less than half is enough", named("3 0 3 1 2", "1 2 0 2 3")),
        Case("the lesson's four points", lambda rng: dict(FOUR_POINTS)),
        Case("a single tree", named("1", "2*", "0")),
        Case("six trees, eight points", at_random(6, 8, 3)),
        Case("eight trees, eight points, five classes", at_random(8, 8, 5)),
    ),
    misconceptions=(
        Misconception(
            "all trees",
            "all trees vote. A tree that drew the point knows its class by "
            "heart: only the others may.",
            but(elected, judges=all_trees),
        ),
        Misconception(
            "those that saw it",
            "the trees vote that *drew* the point. It is judged by those "
            "that never saw it, where `in_bag` is False.",
            but(elected, judges=those_that_saw_it),
        ),
        Misconception(
            "larger at a tie",
            "at a tie you take the largest of the tied classes. Take the "
            "smallest.",
            but(elected, pick=largest),
        ),
        Misconception(
            "first heard at a tie",
            "at a tie you take the class that was voted for first. Take the "
            "smallest.",
            summary(first_heard),
        ),
        Misconception(
            "0 for nobody",
            "you say 0 where a point has no judge. 0 is a class: say −1.",
            but(elected, nobody=0),
        ),
        Misconception(
            "rounded mean",
            "you took the mean of the classes, rounded. Classes are names: "
            "the mean of cat and dog is no animal. Count votes.",
            summary(lambda vote: np.rint(vote.mean())),
        ),
        Misconception(
            "mean, rounded down",
            "you took the mean of the classes, without its decimals. Classes "
            "are names: count votes.",
            summary(np.mean),
        ),
        Misconception(
            "median",
            "you took the median of the classes. Classes are names, without "
            "an order: count votes.",
            summary(np.median),
        ),
        Misconception(
            "largest class",
            "you took the largest class that was voted for. Take the one with "
            "most votes.",
            summary(np.max),
        ),
        Misconception(
            "smallest class",
            "you took the smallest class that was voted for. Take the one "
            "with most votes.",
            summary(np.min),
        ),
        Misconception(
            "rarest class",
            "you took the class with the *fewest* votes. Take the one with "
            "most.",
            summary(
                lambda vote: min(
                    sorted(set(vote.tolist())), key=vote.tolist().count
                )
            ),
        ),
        Misconception(
            "first judge",
            "you asked only the first tree that did not draw the point. All "
            "that did not may vote.",
            summary(lambda vote: vote[0]),
        ),
        Misconception(
            "last judge",
            "only the last tree that did not draw the point counts: the votes "
            "before it are overwritten. Count all of them.",
            summary(lambda vote: vote[-1]),
        ),
        Misconception(
            "all trees where nobody may",
            "where a point has no judge, you let all trees vote. They learned "
            "it by heart: say −1.",
            but(elected, judges=all_where_nobody_may),
        ),
        Misconception(
            "nobody at a tie",
            "you say −1 at a tie. Take the smallest of the tied classes: −1 "
            "is for points without a judge.",
            but(elected, pick=nobody_at_a_tie),
        ),
        Misconception(
            "majority",
            "you ask for more than half of the votes. The class with most "
            "wins, even with less.",
            but(elected, pick=majority),
        ),
        Misconception(
            "two classes only",
            "you count only whether more than half voted for something other "
            "than 0. There may be more than two classes.",
            summary(lambda vote: (vote > 0).mean() > 0.5),
        ),
        Misconception(
            "those that saw it vote for 0",
            "a tree that drew the point still votes, for class 0: you "
            "multiplied by the mask. Leave the tree out.",
            seen_as(0),
        ),
        Misconception(
            "those that saw it vote for −1",
            "a tree that drew the point still votes, for −1, and may outvote "
            "the others. Leave the tree out.",
            seen_as(-1),
        ),
        Misconception(
            "a class for each tree",
            "you counted along the wrong axis, a class for each tree. Count "
            "down the columns: one for each point.",
            by_tree,
        ),
        Misconception(
            "left out",
            "you left out the points without a judge. They stay in their "
            "place, with −1.",
            left_out,
        ),
        Misconception(
            "how many",
            "you return how many votes the winner has. Return the class.",
            how_many,
        ),
        Misconception(
            "how many judges",
            "you return how many trees may judge. Return the class they "
            "choose.",
            lambda votes, in_bag: (~in_bag).sum(axis=0),
        ),
    ),
    not_by=("BaggingClassifier", "RandomForestClassifier"),
    hints=(
        "Three trees say 1, 2, 1. The second one drew the point. Who votes, "
        "and what comes out?",
        "Take one point after another: a column of `votes`, without the "
        "trees where its column of `in_bag` is `True`. `np.bincount` counts, "
        "and `argmax` takes the first of several largest.",
        "for each point i: heard = votes[not in_bag[:, i], i]; if heard is "
        "empty: −1, else argmax of the counts of heard.",
    ),
    returns=(Whole("classes"),),
    facts=(
        Fact("no class is below −1", lambda found: bool((found >= -1).all())),
    ),
)
