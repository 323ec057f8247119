"""The exercise `bagging.oob_score`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

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
    nobody_at_a_tie,
    those_that_saw_it,
)


def right(votes, in_bag, y):
    """Each point's winner by a sort on (votes, −class)."""
    good = judged = 0
    for vote, seen, truth in zip(votes.T, in_bag.T, y, strict=True):
        heard = vote[~seen].tolist()
        if heard:
            best = max(set(heard), key=lambda c: (heard.count(c), -c))
            good, judged = good + (best == truth), judged + 1
    return good / judged


def share(found, y):
    """Right ones among the points that have a judge."""
    return np.mean(found[found != NOBODY] == y[found != NOBODY])


def by_vote(votes, in_bag, y, *, score=share, **vote):
    return score(elected(votes, in_bag, **vote), y)


def nobody_is_wrong(found, y):
    return np.mean(found == y)


def nobody_is_right(found, y):
    return np.mean((found == y) | (found == NOBODY))


def without_class_0(found, y):
    judged = found > 0
    return np.mean(found[judged] == y[judged]) if judged.any() else 0.0


def all_vote_on_the_judged(votes, in_bag, y):
    """Who counts is known, but all trees vote on it."""
    judged = ~in_bag.all(axis=0)
    found = elected(votes, in_bag, judges=all_trees)
    return np.mean(found[judged] == y[judged])


def pooled(votes, in_bag, y):
    return np.mean((votes == y)[~in_bag])


def mean_of_trees(votes, in_bag, y):
    scores = [
        np.mean(vote[~seen] == y[~seen])
        for vote, seen in zip(votes, in_bag, strict=True)
        if not seen.all()
    ]
    return np.mean(scores)


def mean_of_points(votes, in_bag, y):
    """For each point, the share of its judges that are right."""
    shares = [
        np.mean(vote[~seen] == truth)
        for vote, seen, truth in zip(votes.T, in_bag.T, y, strict=True)
        if not seen.all()
    ]
    return np.mean(shares)


def best_tree(votes, in_bag, y):
    return max(
        np.mean(vote[~seen] == y[~seen])
        for vote, seen in zip(votes, in_bag, strict=True)
        if not seen.all()
    )


def any_judge(votes, in_bag, y):
    """Right as soon as one judge is."""
    may = ~in_bag
    return np.mean(((votes == y) & may).any(0)[may.any(0)])


def every_judge(votes, in_bag, y):
    """Right only if all judges are."""
    may = ~in_bag
    return np.mean(((votes == y) | ~may).all(0)[may.any(0)])


def named(y, *points):
    return lambda rng: {**ballot(*points), "y": np.array(y)}


def shuffled(y, *points):
    """The points in any order."""

    def inputs(rng):
        order = rng.permutation(len(y))
        given = ballot(*(points[k] for k in order))
        return {**given, "y": np.array(y)[order]}

    return inputs


# The ways to go wrong that a case with random votes must show.
OTHERS = (
    but(by_vote, score=nobody_is_wrong),
    but(by_vote, score=nobody_is_right),
    but(by_vote, judges=all_trees),
    but(by_vote, judges=those_that_saw_it),
    but(by_vote, judges=all_where_nobody_may),
    but(by_vote, pick=largest),
    but(by_vote, nobody=0),
    but(by_vote, pick=nobody_at_a_tie),
    but(by_vote, score=without_class_0),
    all_vote_on_the_judged,
    pooled,
    mean_of_trees,
    mean_of_points,
)


def at_random(trees, n, classes):
    """Votes at which no way to go wrong comes out right."""

    def inputs(rng):
        while True:
            given, y = drawn(rng, trees, n, classes)
            given |= {"y": y}
            score = right(**given)
            if all(abs(wrong(**given) - score) > 1e-3 for wrong in OTHERS):
                return given

    return inputs


EXERCISE = Exercise(
    id="bagging.oob_score",
    signature="oob_score(votes, in_bag, y) -> float",
    asks=(
        "How good is the ensemble on points that it did not learn by heart? "
        "`votes` and `in_bag` are as before, and `y` `(n,)` holds the true "
        "classes. Let the trees that never saw a point vote on it, as in "
        "`oob_predictions`. Return the share of points that come out right, "
        "from 0 to 1, among those that *have* a judge. One point at least "
        "has one."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=5,
    reference=right,
    cases=(
        Case("one point, one judge, right", named([2], "1* 2 1*")),
        Case(
            "three points, one of them wrong",
            shuffled([1, 0, 2], "1 1 0 2*", "0* 1 0* 1", "2 2 0 2*"),
        ),
        Case(
            "a point without a judge",
            shuffled([1, 1, 2], "1 1 0*", "1* 1* 0*", "0 0 2*"),
        ),
        Case(
            "a point without a judge, of class 0",
            shuffled([1, 0, 2], "1 1 0*", "1* 1* 0*", "0 0 2*"),
        ),
        Case(
            "a tie, and the smaller class is true",
            shuffled([1, 0, 2], "1 2 2*", "1 1 1*", "2* 1 2"),
        ),
        Case(
            "the last judge decides, class 3 wins, a tie",
            shuffled([1, 3, 0], "0 1 1 1*", "3 3 2 0*", "1 0 1* 1*"),
        ),
        Case(
            "the lesson's four points",
            lambda rng: {**FOUR_POINTS, "y": np.array([0, 1, 0, 1])},
        ),
        Case("five trees, a dozen points", at_random(5, 12, 3)),
        Case("eight trees, fifteen points, four classes", at_random(8, 15, 4)),
    ),
    misconceptions=(
        Misconception(
            "nobody counts as wrong",
            "points without a judge count as wrong. Nobody judged them, so "
            "leave them out.",
            but(by_vote, score=nobody_is_wrong),
        ),
        Misconception(
            "nobody counts as right",
            "points without a judge count as right. Nobody judged them, so "
            "leave them out.",
            but(by_vote, score=nobody_is_right),
        ),
        Misconception(
            "0 for nobody",
            "points without a judge count as class 0. Nobody judged them, so "
            "leave them out.",
            but(by_vote, nobody=0),
        ),
        Misconception(
            "votes pooled",
            "you counted single *votes* that are right. Let the trees vote "
            "first: each point is right or wrong once.",
            pooled,
        ),
        Misconception(
            "mean over the points",
            "you took the share of right votes for each point, and their "
            "mean. Let the trees vote: a point is right or wrong as a whole.",
            mean_of_points,
        ),
        Misconception(
            "mean of the trees' scores",
            "this is the mean of the trees' own scores. The ensemble is "
            "asked: let the trees vote on each point.",
            mean_of_trees,
        ),
        Misconception(
            "best tree",
            "this is the best single tree's score. Let all judges vote.",
            best_tree,
        ),
        Misconception(
            "one right judge is enough",
            "you count a point as right as soon as one judge is. The judges "
            "vote.",
            any_judge,
        ),
        Misconception(
            "all judges right",
            "you count a point as right only if all its judges are. The "
            "judges vote.",
            every_judge,
        ),
        Misconception(
            "error",
            "this is the share of points that come out *wrong*. Return those "
            "that are right.",
            lambda *given: 1 - right(*given),
        ),
        Misconception(
            "all trees",
            "all trees vote. A tree that drew the point knows its class by "
            "heart: only the others may.",
            but(by_vote, judges=all_trees),
        ),
        Misconception(
            "those that saw it",
            "the trees vote that *drew* the point. It is judged by those "
            "that never saw it, where `in_bag` is False.",
            but(by_vote, judges=those_that_saw_it),
        ),
        Misconception(
            "all trees where nobody may",
            "where a point has no judge, you let all trees vote. They learned "
            "it by heart: leave the point out.",
            but(by_vote, judges=all_where_nobody_may),
        ),
        Misconception(
            "larger class at a tie",
            "at a tie you take the largest of the tied classes. Take the "
            "smallest.",
            but(by_vote, pick=largest),
        ),
        Misconception(
            "nobody at a tie",
            "you leave out the points with a tie. The smallest of the tied "
            "classes wins there.",
            but(by_vote, pick=nobody_at_a_tie),
        ),
        Misconception(
            "percent",
            "this is the score in percent. Return it as a number from 0 to 1.",
            lambda *given: 100 * right(*given),
        ),
        Misconception(
            "how many",
            "you return how many points come out right. Divide by how many "
            "have a judge.",
            but(by_vote, score=lambda found, y: np.sum(found == y)),
        ),
        Misconception(
            "which",
            "you return which points come out right. Return their share.",
            but(by_vote, score=lambda found, y: found == y),
        ),
        Misconception(
            "share with a judge",
            "this is the share of points that have a judge. Return how many "
            "of them come out right.",
            but(by_vote, score=lambda found, y: np.mean(found != NOBODY)),
        ),
        Misconception(
            "class 0 left out",
            "you left out points that come out as class 0. Only −1 stands "
            "for nobody: 0 is a class.",
            but(by_vote, score=without_class_0),
        ),
        Misconception(
            "all vote on the judged",
            "you left out the right points, but *all* trees vote on the "
            "others. A tree that drew a point has no vote on it.",
            all_vote_on_the_judged,
        ),
    ),
    not_by=("BaggingClassifier", "RandomForestClassifier"),
    hints=(
        "Of ten points, two have no judge, and six of the others come out "
        "right. What is the score?",
        "Your `oob_predictions` marks points without a judge by −1. Leave "
        "those out, on both sides.",
        "found = oob_predictions(votes, in_bag); judged = found is not −1; "
        "result = mean of found == y over judged.",
    ),
    returns=("score",),
    facts=(
        Fact(
            "the score is from 0 to 1",
            lambda score: bool(0 <= score <= 1),
        ),
    ),
)
