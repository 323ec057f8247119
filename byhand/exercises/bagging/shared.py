"""What the two exercises on votes share: the vote, and its inputs."""

import numpy as np

NOBODY = -1


def never_saw_it(votes, in_bag):
    return ~in_bag


def all_trees(votes, in_bag):
    return np.ones_like(in_bag)


def those_that_saw_it(votes, in_bag):
    return in_bag


def all_where_nobody_may(votes, in_bag):
    return ~in_bag | in_bag.all(axis=0)


def smallest(count):
    return int(np.argmax(count))


def largest(count):
    return len(count) - 1 - int(np.argmax(count[::-1]))


def nobody_at_a_tie(count):
    tied = np.count_nonzero(count == count.max()) > 1
    return NOBODY if tied else smallest(count)


def majority(count):
    """More than half of the votes, or nobody."""
    most = smallest(count)
    return most if 2 * count[most] > count.sum() else NOBODY


def elected(
    votes, in_bag, *, judges=never_saw_it, pick=smallest, nobody=NOBODY
):
    """judges: who votes, (trees, n). pick: a class, by its votes.

    nobody: the answer where no tree votes.
    """
    may = judges(votes, in_bag)
    classes = np.arange(votes.max() + 1)
    counts = ((votes[:, :, None] == classes) & may[:, :, None]).sum(axis=0)
    return np.array(
        [pick(count) if count.any() else nobody for count in counts]
    )


def ballot(*points):
    """Votes and bags of a few trees: for each point, a string like "1 2* 1".

    A star: the tree saw the point.
    """
    table = [point.split() for point in points]
    votes = [[int(vote.rstrip("*")) for vote in row] for row in table]
    seen = [[vote.endswith("*") for vote in row] for row in table]
    return {"votes": np.array(votes).T, "in_bag": np.array(seen).T}


def drawn(rng, trees, n, classes):
    """Votes of trees that guess better than by chance, and what is true.

    Some points are judged by nobody.
    """
    y = rng.integers(classes, size=n)
    votes = np.where(
        rng.random((trees, n)) < 0.5, y, rng.integers(classes, size=(trees, n))
    )
    in_bag = rng.random((trees, n)) < 0.55
    in_bag[:, rng.choice(n, 2, replace=False)] = True
    return {"votes": votes, "in_bag": in_bag}, y


# The lesson's: four points, three trees.
FOUR_POINTS = ballot("0* 0 1", "1 2* 1", "2 2 0*", "1* 0* 1*")
