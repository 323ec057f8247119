# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 0 · Start here
#
# In this course you build a Transformer, the kind of model behind today's
# chatbots and translators, from arithmetic that you can do with a pencil. You
# read a little, move a slider, write a short function, and are told at once
# whether it is right. This first lesson shows how. It holds one exercise, and
# that one is a toy.
#
# **After it you can**
#
# - run a lesson from top to bottom, and start afresh when it is in a muddle;
# - move a slider;
# - write an answer, check it, and read what a check says;
# - get a hint, see how far you have come, and hand in your work.
#
# You need: a little Python (functions, lists, loops). About 15 minutes.

# %% [markdown]
# ## Cells
#
# A lesson is a **notebook**: a column of cells. Some hold text, like this one.
# Others hold code, and what the code prints appears below it.
#
# Click on the cell below and press **Shift + Enter**. That runs it and moves
# you on to the next. A star `[*]` on its left means that it is still running.
# A number means that it is done.

# %%
from byhand import check

print("It works: the course is installed, and you ran a cell.")

# %% [markdown]
# Run every cell you meet, from the top down: later ones use what earlier ones
# made. Try it twice with this one. Then change the 20, and run it again.

# %% tags=["demonstration"]
minutes = 20
print(f"{minutes} minutes a day is {minutes * 7 / 60:.1f} hours a week.")

# %% [markdown]
# **Where this breaks.** Between the cells sits one Python, the *kernel*, and
# it remembers everything you ran, in the order in which you ran it, even from
# a cell that you have changed or deleted since. If a result makes no sense,
# start afresh: choose *Kernel → Restart Kernel and Run up to Selected Cell…*
# in the menu. You lose no text by it, only what the kernel remembers. To stop
# a cell that never ends, press the ■ above the notebook.
#
# Is the text too narrow? Ctrl + B hides the list of lessons on its left, and
# Ctrl + J the contents on its right (on a Mac, ⌘). The same keys bring them
# back.
#
# You cannot damage the lesson by trying things out. Add cells of your own with
# the + above, as many as you like.
#
# In later lessons some cells are folded to their first line. They only print
# or compare. Run a folded cell like any other, and click on it if you want to
# read it.

# %% [markdown]
# ## The idea in one picture, and a slider
#
# A lesson would rather show than tell. The next picture is from lesson 1, which
# explains it: a curve, a place on it, and one step downhill. Run the next cell.
# Drag the handles, or click on one and use the arrow keys. *Reset* brings the
# start back.
#
# {figure tangent}
#
# The *learning rate* says how long the step is. Two things to find out:
# where must `x` stand for the slope to be 0? And from which learning rate on
# does the step land *higher* than it began?

# %% tags=["demonstration"]
from byhand.sliders import tangent

tangent.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# The slope is 0 at x = 0, the bottom of the valley. The step lands higher from
# a learning rate above 1 on, wherever you begin, the bottom aside.
#
# </details>
#
# Answers to questions in the text are folded away like this one. Think first,
# then click.
#
# ## An exercise
#
# First by hand: the average of 2, 3 and 7. Add them up, 12, and divide by how
# many there are, 3. The average is 4.
#
# Now as a function, for any list. An exercise always begins with a card like
# this one. It says how the function is called, how hard and how important the
# exercise is, how long it may take, and what it is worth. Three hints are
# folded below it, each saying more than the one before. Take them one at a
# time.
#
# {card start_here.average}
#
# Replace `raise NotImplementedError()` by your code, indented just as far.
# Leave the line with `def` as it is. Then run the cell, and the one with
# `check` below it.


# %% nbgrader={"grade_id": "average", "solution": true}
def average(values: list[float]) -> float:
    """The average of a list of at least one number."""
    ### BEGIN SOLUTION
    total = sum(values)
    return total / len(values)
    ### END SOLUTION


# %% nbgrader={"grade_id": "average-check", "grade": true, "locked": true}
check("start_here.average", average)

# %% [markdown]
# When it says **right**, you have earned the point. A check never looks at how
# you wrote your function. It calls it with several inputs and compares what
# comes back, so any correct way will do. Printing is not returning: the
# function has to end with a `return`.

# %% tags=["demonstration"]
print("2, 3 and 7:", average([2.0, 3.0, 7.0]))

# %% [markdown]
# ## What a wrong answer looks like
#
# You will see this often, and so does everybody. Here somebody forgot half of
# the work. Read the message from the top: which exercise, then a hint if the
# mistake is a known one, then the inputs, what was expected and what came. (A
# failed check raises an error, which `try` and `except` catch here.)

# %% tags=["demonstration"]
from byhand import CheckFailed


def forgetful(numbers):
    return sum(numbers)


try:
    check("start_here.average", forgetful)
except CheckFailed as message:
    if not message.is_shown:  # as a card, with the orange line
        print(message)

# %% [markdown]
# The first case passed: the sum of *one* number is its average. The second
# gave it away. The cases of a check begin with the smallest, so that you can
# redo by hand the one that failed. They are the same every time. To see
# others, write `check("start_here.average", average, seed=1)` in a cell of
# your own.
#
# ## When you are stuck
#
# 1. Do the case from the message by hand, with a pencil. Most mistakes show
#    before you are done.
# 2. Print something: `print(values)` inside your function shows what it was
#    given.
# 3. Open the next hint on the card. Or get it in a terminal (*File → New →
#    Terminal*), one step at each call:
#    `python -m byhand hint start_here.average`. The browser edition has no
#    terminal: write `%run -m byhand hint start_here.average` in a cell of your
#    own.
# 4. Leave it and go on. Later exercises are checked with a right version of
#    the earlier ones where yours is still wrong, so that nothing is lost.
# 5. Sleep on it. We mean that seriously.
#
# Once an answer of yours is right, you may want to see ours. Write this in a
# cell of your own; before, it shows nothing:
#
# ```
# from byhand import solution
# solution("start_here.average")
# ```
#
# From lesson 1 on there is a question that you answer in words. Write your
# answer, save the notebook, and `solution("gradient_descent")` shows ours.
#
# If a check or a slider does not work at all, `python -m byhand doctor` says
# what is missing on your machine and how to fix it.

# %% [markdown]
# ## Handing in
#
# If you learn on your own, that is all. If you take the course in a class, do
# this for every lesson:
#
# 1. Choose *Kernel → Restart Kernel and Run All Cells…*. A check that fails
#    says so, and a cell that needs what you have not written waits for it.
# 2. Save with **Ctrl + S** (on a Mac, ⌘ + S).
# 3. Give your instructor the notebook file, for this lesson
#    `00_start_here.ipynb`, under just that name.
#
# Your instructor puts it into the folder `submitted/`, under your name, and
# nbgrader runs the checks again on a clean machine. That is also why you
# should leave the check cells as they are: the marks come from fresh copies of
# them. An exercise may have *parts* that earn points one by one. A few
# questions are answered in words, and a person reads those.

# %% [markdown]
# ## The lessons
#
# *Needs* names the lessons that come before. A link opens the lesson in a new
# tab.
#
# {lessons}
#
# How far are you? Run this cell. It shows what your checks said, a ● for each
# one that was right. In a terminal, `python -m byhand progress` says the same,
# and `python -m byhand progress --run` runs your notebooks and looks again.

# %% tags=["demonstration"]
from byhand import progress

progress.how_far()

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. What does Shift + Enter do?</summary>
#
# It runs the cell that you are in, and moves you on to the next.
#
# </details>
#
# <details><summary>2. A result makes no sense. What do you try
# first?</summary>
#
# Restart the kernel, and run all cells from the top. The kernel remembers
# everything you ran, even what you have deleted since.
#
# </details>
#
# <details><summary>3. What does a check compare?</summary>
#
# What your function returns, for several inputs. It never looks at how you
# wrote the function.
#
# </details>
#
# <details><summary>4. Your function prints the right number, and the check
# fails. Why?</summary>
#
# Printing is not returning. The function must end with `return`.
#
# </details>
#
# <details><summary>5. Which case of a failed check do you redo by
# hand?</summary>
#
# The one in the message. It is the first that failed, and cases begin with the
# smallest.
#
# </details>
#
# <details><summary>6. You are stuck in an exercise. May you go on?</summary>
#
# Yes. Later exercises are checked with a right version of the earlier ones.
#
# </details>
#
# ## What comes next
#
# Every lesson goes the same way: what you will be able to do, the idea in one
# picture, by hand, in code, a slider to poke at it, and where it breaks.
#
# Lesson 1 answers the question on which all the others rest: how does a
# machine *learn*? It takes small steps downhill, as in the picture above.
