# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 23 · Bagging
#
# An appendix, and the last lesson. There are no Transformers in it, but a
# question that every model raises: one model errs by chance, so are many better?
# And can you say how good they are *without* keeping points back for a test?
# **Bagging** (Breiman, 1996) answers both with nothing but drawing and counting.
#
# **After it you can**
#
# - draw a bootstrap sample, and say how many points it leaves out;
# - let each point be judged only by models that never saw it;
# - read an out-of-bag score, and say what a training score is worth;
# - compute what an average of correlated models gains, and where it stops.
#
# You need no other lesson. About 35 minutes.
#
# A long cell below is folded to its first line: it only prints or compares. Run
# it like any other, and click on it if you want to read it.

# %%
import numpy as np

from byhand import check, tools

np.set_printoptions(precision=4, suppress=True, floatmode="fixed")

# %% [markdown]
# ## The idea in one picture
#
# {picture bags.svg Four points, 0 to 3. Tree 1 draws 0 3 3 0, tree 2 draws 1 3 1 1, tree 3 draws 2 3 2 3. Not drawn: 1 and 2, then 0 and 2, then 0 and 1. So point 0 is judged by trees 2 and 3, point 1 by trees 1 and 3, point 2 by trees 1 and 2, and point 3 by nobody.}
#
# A **decision tree** asks one yes-or-no question after another: is this number
# above 3.5? At the end it names a class. Grown to its end, it learns every
# training point by heart. It is also *unstable*: change a few points, and it
# asks other questions.
#
# So grow many, each on a sample of its own, and let them vote. That is
# **bagging**: *b*ootstrap *agg*regat*ing*. Each tree draws from the same points,
# *with replacement*. Some points come twice. Others do not come at all: they are
# **out of bag**, and this tree can be tested on them.
#
# {card bagging.bootstrap_sample}


# %% nbgrader={"grade_id": "bootstrap_sample", "solution": true}
def bootstrap_sample(
    n: int, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Numbers of points from 0 to n − 1, drawn with replacement: (size,)."""
    ### BEGIN SOLUTION
    return rng.integers(0, n, size=size)
    ### END SOLUTION


# %% nbgrader={"grade_id": "bootstrap_sample-check", "grade": true, "locked": true}
check("bagging.bootstrap_sample", bootstrap_sample)

# %% [markdown]
# Which points are left? In the picture, tree 1 drew 0, 3, 3, 0. So points 1 and
# 2 are out of its bag. As a **mask**, with `True` for out: 0, 1, 1, 0.
#
# {card bagging.out_of_bag}


# %% nbgrader={"grade_id": "out_of_bag", "solution": true}
def out_of_bag(n: int, indices: np.ndarray) -> np.ndarray:
    """True for each of n points that is not among the indices: (n,)."""
    ### BEGIN SOLUTION
    missed = np.ones(n, dtype=bool)
    missed[indices] = False
    return missed
    ### END SOLUTION


# %% nbgrader={"grade_id": "out_of_bag-check", "grade": true, "locked": true}
check("bagging.out_of_bag", out_of_bag)

# %% [markdown]
# ## How many are left out?
#
# One draw misses a given point with probability $1 - 1/n$. The draws do not know
# of each other, so $s$ draws all miss it with probability $(1 - 1/n)^s$. By
# hand, two draws from two points: $(1/2)^2 = 0.25$. Four from four:
# $(3/4)^4 = 0.3164$.
#
# {card bagging.out_of_bag_share}


# %% nbgrader={"grade_id": "out_of_bag_share", "solution": true}
def out_of_bag_share(n: int, size: int) -> float:
    """The probability that a given point of n is in none of size draws."""
    ### BEGIN SOLUTION
    return (1 - 1 / n) ** size
    ### END SOLUTION


# %% nbgrader={"grade_id": "out_of_bag_share-check", "grade": true, "locked": true}
check("bagging.out_of_bag_share", out_of_bag_share)

# %% tags=["demonstration"]
for n in (2, 4, 10, 100, 1000):
    print(f"{n:>5} draws from {n:>5} points: {out_of_bag_share(n, n):.4f}")
print(f"the limit, 1/e: {np.exp(-1):.4f}")
share = out_of_bag_share(1000, 800)
print(f"  800 draws from  1000 points: {share:.4f}", end="")
print(f", limit e^(-0.8) = {np.exp(-0.8):.4f}")
print(f"so these draws see {1 - share:.0%} of the points")

seen = 1 - out_of_bag_share(100, 100)
print(f"100 from 100: a tree sees {seen:.3f} of the points")
print(f"and five trees all see {seen**5:.0%} of them")

rng = np.random.default_rng(0)
missed = [out_of_bag(398, bootstrap_sample(398, 398, rng)) for _ in range(99)]
print(f"99 samples leave out {np.mean(missed):.2f} on average")

# %% [markdown]
# As many draws as points leave out more than a third, unless the points are very
# few: 0.3679 in the limit, which is $1/e$. Libraries let you say how many draws as a *share* of the points. A share
# of 0.8 makes 800 draws from 1,000 points, and they see only 55 % of them, not 80 %.
#
# ## Who may judge?
#
# A tree knows by heart what it drew, so its vote on those points is worth
# nothing. Let each point be judged *only* by trees that never saw it.
#
# By hand, with the three trees of the picture. A star marks what a tree drew.
#
# | point | tree 1 | tree 2 | tree 3 | votes that count | out of bag | truth |
# |---|---|---|---|---|---|---|
# | 0 | 0 ★ | 0 | 1 | 0, 1: a tie | **0**, the smaller | 0 |
# | 1 | 1 | 2 ★ | 1 | 1, 1 | **1** | 1 |
# | 2 | 2 | 2 | 0 ★ | 2, 2 | **2** | 0 |
# | 3 | 1 ★ | 0 ★ | 1 ★ | none | −1: nobody | 1 |
#
# {card bagging.oob_predictions}


# %% nbgrader={"grade_id": "oob_predictions", "solution": true}
def oob_predictions(votes: np.ndarray, in_bag: np.ndarray) -> np.ndarray:
    """The class that the judges of each point choose, −1 for nobody: (n,).

    votes, in_bag: (trees, n).
    """
    ### BEGIN SOLUTION
    chosen = np.full(votes.shape[1], -1)
    for point in range(len(chosen)):
        judges = ~in_bag[:, point]
        if judges.any():
            counts = np.bincount(votes[judges, point])
            chosen[point] = np.argmax(counts)
    return chosen
    ### END SOLUTION


# %% nbgrader={"grade_id": "oob_predictions-check", "grade": true, "locked": true}
check("bagging.oob_predictions", oob_predictions)

# %% [markdown]
# Now count. Point 3 has no judge, so it does not count at all. Of the other
# three, 0 and 1 are right. The **out-of-bag score** is 2/3.
#
# {card bagging.oob_score}


# %% nbgrader={"grade_id": "oob_score", "solution": true}
def oob_score(votes: np.ndarray, in_bag: np.ndarray, y: np.ndarray) -> float:
    """The share of points that come out right, of those with a judge."""
    ### BEGIN SOLUTION
    chosen = oob_predictions(votes, in_bag)
    judged = chosen != -1
    return np.mean(chosen[judged] == y[judged])
    ### END SOLUTION


# %% nbgrader={"grade_id": "oob_score-check", "grade": true, "locked": true}
check("bagging.oob_score", oob_score)

# %% tags=["demonstration"]
votes = np.array([[0, 1, 2, 1], [0, 2, 2, 0], [1, 1, 0, 1]])
in_bag = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]], dtype=bool)
truth = np.array([0, 1, 0, 1])
print("out of bag:", oob_predictions(votes, in_bag))
print(f"score: {oob_score(votes, in_bag, truth):.4f}")

# %% [markdown]
# ## A forest on real data
#
# 569 tumours, 30 measurements of each, and two classes: malignant and benign.
# scikit-learn brings them. Keep 171 for a test and learn from 398. First one
# tree, then a hundred bagged trees of 318 draws each. scikit-learn computes its
# own out-of-bag score. Yours gets the same trees and the same samples.

# %% tags=["demonstration"] jupyter={"source_hidden": true}
if tools.installed("sklearn", recorded="bagging/forest"):
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import BaggingClassifier
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier

    X, y = load_breast_cancer(return_X_y=True)

    def forest(seed):
        """Both halves of the data, and a hundred trees on the first."""
        halves = train_test_split(
            *(X, y), test_size=0.3, stratify=y, random_state=seed
        )
        bag = BaggingClassifier(
            DecisionTreeClassifier(),
            n_estimators=100,
            max_samples=0.8,
            oob_score=True,
            random_state=seed,
        )
        return halves, bag.fit(halves[0], halves[2])

    (X_train, X_test, y_train, y_test), bag = forest(0)
    tree = DecisionTreeClassifier(random_state=0).fit(X_train, y_train)
    for name, model in (("one tree", tree), ("100 bagged trees", bag)):
        train, test = (
            model.score(*part)
            for part in ((X_train, y_train), (X_test, y_test))
        )
        print(f"{name}: training {train:.3f}, test {test:.3f}")

    drawn = bag.estimators_samples_
    votes = np.array([each.predict(X_train) for each in bag.estimators_])
    votes = votes.astype(int)
    in_bag = np.array([~out_of_bag(len(y_train), each) for each in drawn])
    print(f"{len(drawn[0])} draws see", end=" ")
    print(f"{in_bag.sum(axis=1).mean():.1f} points: {in_bag.mean():.1%}")
    score = oob_score(votes, in_bag, y_train)
    print(f"out of bag: yours {score:.3f}, the library's", end=" ")
    print(f"{bag.oob_score_:.3f}")

    for seed in (1, 2, 3, 4):
        (_, X_new, _, y_new), other = forest(seed)
        print(f"seed {seed}: out of bag {other.oob_score_:.3f}", end=", ")
        print(f"test {other.score(X_new, y_new):.3f}")

# %% [markdown]
# One tree is perfect in training, 1.000, and loses almost a tenth in the test.
# The forest is better. Its training score, 0.997, still says nothing: on average,
# more than half of the trees learned a given point by heart. The out-of-bag score, 0.960, is
# near the test score, 0.936, and no point was kept back for it. With other seeds
# the points are split otherwise, and both scores move by a few points. Now the
# one is higher, now the other.
#
# {figure bagging}
#
# The picture is a still. Run the cell below, and move the two sliders. *Share drawn*
# is how many draws each tree makes: 0.8 of 398 are 318.
#
# 1. From 1 tree to 100, with a share of 0.8: which curve says least?
# 2. How many trees until every point has a judge? And with a share of 0.2?
# 3. A share of 0.2: what happens to the training score, and why?

# %% tags=["demonstration"]
from byhand.sliders import bagging

bagging.show()

# %% [markdown] quoted=["0.977", "0.955"]
# <details><summary>What you should have found</summary>
#
# 1. The training score. It is near 1 from the first tree on, and stays there.
# 2. Thirteen. With a share of 0.2 it is six: a tree leaves out four fifths of
#    the points, so judges are many.
# 3. With 100 trees it falls from 0.997 to 0.977, the out-of-bag score only from
#    0.960 to 0.955. A tree now sees 18 % of the points, so few of them know a
#    given point by heart. The training score measured just that.
#
# </details>
#
# ## What the average gains
#
# Write a tree's answer to one point as a number: 1 for benign, 0 for malignant.
# From sample to sample it varies, with variance $σ^2$. If trees were
# independent, a mean of $B$ of them would have variance $σ^2 / B$. They are not:
# they draw from the *same* points. Their **correlation** $ρ$ says how far two of them
# vary together: 1 is always, 0 is not at all. With $ρ$ between any two, the mean has
# variance
#
# $$ρσ^2 + \frac{1 - ρ}{B} σ^2.$$
#
# The second part falls with every tree. The first never does. By hand, $σ^2 = 1$
# and $ρ = 0.3$: two trees have $0.3 + 0.7 / 2 = 0.65$, ten have 0.37. However
# many you grow, 0.3 remains.
#
# {card bagging.ensemble_variance}


# %% nbgrader={"grade_id": "ensemble_variance", "solution": true}
def ensemble_variance(
    variance: float, correlation: float, trees: int
) -> float:
    """The variance of the mean of so many equally correlated answers."""
    ### BEGIN SOLUTION
    if trees < 1:
        raise ValueError(f"a mean needs one tree at least, not {trees}")
    if not 0 <= correlation <= 1:
        raise ValueError(f"ρ should be from 0 to 1, and is {correlation}")
    alone = (1 - correlation) * variance
    return correlation * variance + alone / trees
    ### END SOLUTION


# %% nbgrader={"grade_id": "ensemble_variance-check", "grade": true, "locked": true}
check("bagging.ensemble_variance", ensemble_variance)

# %% tags=["demonstration"]
for trees in (1, 2, 10, 100):
    print(f"B = {trees:>3}: {ensemble_variance(1.0, 0.3, trees):.3f}")

rng = np.random.default_rng(0)
shared = rng.standard_normal((100_000, 1))  # what all ten have in common
own = rng.standard_normal((100_000, 10))
answers = np.sqrt(0.3) * shared + np.sqrt(0.7) * own
print("ten, measured:", end=" ")
print(f"{answers.mean(axis=1).var():.2f}, for one {answers.var():.2f}")

# %% [markdown]
# So it pays to make trees *differ*. A **random forest** does: at each question,
# a tree may look only at some of the columns, drawn at random. $ρ$ falls.
#
# ## What it costs, and where it breaks
#
# - **Time and memory.** A hundred trees cost a hundred times as much, in
#   training and in use. They can grow side by side, at least.
# - **Stable models gain little.** Two linear regressions on two samples nearly
#   agree, so there is little to average away. Bagging is for models that overfit.
# - **Bias stays.** If all trees err in the same way, their mean errs so too.
# - **Few trees, few judges.** Five trees of $n$ draws leave 10 % of the points
#   without one.
# - **Points that belong together** break it: two rows of one patient, or two
#   neighbours in time. One is in the bag, and the other is then no new point.
#
# ## Spot the slip
#
# The first three of these were published. The others are heard often. Find out
# what is wrong *before* you run the cell and open the answers.
#
# 1. `BaggingClassifier(base_estimator=DecisionTreeClassifier())`
# 2. "With `max_samples=0.8` each tree uses 80 % of the sample."
# 3. "A sample that a tree missed is used to test the *model*."
# 4. "A hundred trees have a hundredth of the variance."
# 5. "The out-of-bag score of my single tree is 0.578, so it is hardly better
#    than a coin."

# %% tags=["demonstration"]
if tools.installed("sklearn", recorded="bagging/slips"):
    import warnings

    try:
        BaggingClassifier(base_estimator=DecisionTreeClassifier())
    except TypeError as error:
        print("1. TypeError:", str(error).partition(") ")[2])
    print(f"2. of the points it sees {1 - out_of_bag_share(398, 318):.1%}")
    print(f"4. with ρ = 0.3: {ensemble_variance(1, 0.3, 100):.3f} of it")
    alone = BaggingClassifier(n_estimators=1, oob_score=True, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the points without a judge
        alone.fit(X_train, y_train)
    seen = ~out_of_bag(len(y_train), alone.estimators_samples_[0])[None]
    vote = alone.estimators_[0].predict(X_train)[None].astype(int)
    print(f"5. the library: {alone.oob_score_:.3f}", end=", ")
    print(f"yours: {oob_score(vote, seen, y_train):.3f}", end=", ")
    print(f"without a judge: {seen.mean():.1%}")

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. A `TypeError`: the argument is called `estimator` since version 1.2, and the
#    old name is gone since 1.4.
# 2. It makes 80 % as many *draws*, and sees 55 % of the points.
# 3. Such a point is judged by the trees that missed it, and only by those. The
#    whole model has seen it.
# 4. Only of independent trees. With $ρ = 0.3$ it is 0.307 of it.
# 5. scikit-learn counts a point without a judge as class 0. Here that is 62.6 %
#    of all points. (It warns of them, too.) Yours leaves them out.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* Why is the training score of bagged trees
# useless, and the out-of-bag score not? Two or three sentences.

# %% [markdown] nbgrader={"grade_id": "training_score", "grade": true, "points": 2, "solution": true}
# Each point was learned by heart by the 55 to 63 % of the trees that drew it,
# and these outvote the others, so nearly every training point comes out right
# whatever the trees know of new points. Out of bag, only the trees that never
# saw a point vote on it, so for them it is a new point, as in a test.
#
# ### BEGIN MARK SCHEME
# - 1 point: most trees (55 to 63 %) drew the point and know it by heart, so they
#   decide the vote on it.
# - 1 point: out of bag a point is judged only by trees that never saw it, so it
#   is like a point of a test.
# - Half a point for "it overfits" without who votes on what.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What does "with replacement" mean?</summary>
#
# Every draw is from all points: one may come again.
#
# </details>
#
# <details><summary>2. As many draws as points, and many of both. What share is
# left out?</summary>
#
# $1/e$, about 37 %.
#
# </details>
#
# <details><summary>3. Which trees vote on a point for the out-of-bag
# score?</summary>
#
# Those that did not draw it.
#
# </details>
#
# <details><summary>4. What becomes of a point that every tree drew?</summary>
#
# It has no judge, and is left out of the score.
#
# </details>
#
# <details><summary>5. A million trees, ρ = 0.3. How much of one tree's variance
# is left?</summary>
#
# 0.3 of it.
#
# </details>
#
# <details><summary>6. How does a random forest lower ρ?</summary>
#
# At each question a tree may look only at some columns, drawn at random.
#
# </details>
#
# ## The end, and what comes next
#
# This was the last lesson. You can now go from four points and a slope to a
# Transformer that writes, translates, fills gaps or reads images. You built each
# of its parts, and checked them against the libraries'. You can say what a loss
# means beside its floor, and what a score means: who was tested, and on what.
#
# Where to go on:
#
# - *Train something of your own.* [Lesson 17](../17_gpt_on_gpu/17_gpt_on_gpu.ipynb)'s
#   GPT takes any text: `python -m byhand.gpt train --text FILE`.
# - *Read a real one.* "Attention Is All You Need" (Vaswani and others, 2017) has
#   few lines left that you have not built. nanoGPT and `transformers` are next.
# - *Go back to what was hard.* Delete an answer, and write it again from its
#   card.
#
# The tumours: W. Wolberg, O. Mangasarian, N. Street and W. Street, *Breast Cancer
# Wisconsin (Diagnostic)*, UCI Machine Learning Repository, 1993 (CC BY 4.0, to
# our knowledge). scikit-learn carries a copy.
#
# `python -m byhand progress` in a terminal shows what you have solved.
