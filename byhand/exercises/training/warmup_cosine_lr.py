"""The exercise `training.warmup_cosine_lr`."""

import cmath
import math

import numpy as np

from byhand.exercise import Case, Exercise, Misconception


def by_a_turn(step, warmup, total, peak, floor):
    """|1 + e^{iα}|² is 2 + 2 cos α: half a turn takes it from 4 to 0."""
    if step < warmup:
        return float(np.interp(step, [0, warmup], [0, peak]))
    angle = math.pi * float(np.interp(step, [warmup, total], [0, 1]))
    height = abs(1 + cmath.exp(1j * angle)) ** 2 / 4
    return floor + (peak - floor) * height


def half_wave(share):
    """From 1 to 0, as the share of the way goes from 0 to 1."""
    return (1 + math.cos(math.pi * share)) / 2


def scheduled(
    up=lambda step, warmup, peak, floor: peak * step / warmup,
    share=lambda step, warmup, total: (step - warmup) / (total - warmup),
    wave=half_wave,
    scale=lambda height, peak, floor: floor + (peak - floor) * height,
    after=lambda floor: floor,
):
    """A wrong answer that goes wrong in one of these; after=None: nothing."""

    def answer(step, warmup, total, peak, floor):
        if step < warmup:
            return up(step, warmup, peak, floor)
        if after is not None and step >= total:
            return after(floor)
        return scale(wave(share(step, warmup, total)), peak, floor)

    return answer


def both_at_once(step, warmup, total, peak, floor):
    ramp = min(step / warmup, 1) if warmup else 1
    gone = min(step / total, 1)
    return ramp * (floor + (peak - floor) * half_wave(gone))


def no_warmup(step, warmup, total, peak, floor):
    return by_a_turn(step, 0, total, peak, floor)


def divided_first(step, warmup, total, peak, floor):
    return peak * min(step / warmup, by_a_turn(step, 0, total, 1, 0))


def multiplied_first(step, warmup, total, peak, floor):
    return min(float(peak) * step / warmup, peak)


def after_all_of_total(step, warmup, total, peak, floor):
    """`total` taken for the length of the decay alone."""
    return by_a_turn(step, warmup, warmup + total, peak, floor)


def at(place, warmup=True, late=0):
    """A schedule, and a step: place 0 is the end of the warm-up, 1 the end.

    Below 0, −1 is the first step. late: steps after the end.
    """

    def inputs(rng):
        up = 4 * int(rng.integers(2, 6)) if warmup else 0
        down = 4 * int(rng.integers(6, 12))
        step = up + round(place * (up if place < 0 else down)) + late
        return {
            "step": step,
            "warmup": up,
            "total": up + down,
            "peak": int(rng.integers(4, 10)) / 10,
            "floor": int(rng.integers(3, 9)) / 100,
        }

    return inputs


EXERCISE = Exercise(
    id="training.warmup_cosine_lr",
    signature="warmup_cosine_lr(step, warmup, total, peak, floor) -> float",
    asks=(
        "The learning rate of a step, where steps count from 0. While "
        "`step` is below `warmup`, it rises in a straight line from 0 at "
        "step 0 towards `peak`, which it reaches *at* step `warmup`. From "
        "there to step `total` it falls along half a wave of the cosine, "
        "from `peak` to `floor`:\n\n"
        r"$$\text{floor} + (\text{peak} - \text{floor}) \cdot "
        r"\frac{1 + \cos(\pi \cdot p)}{2} \qquad p = "
        r"\frac{\text{step} - \text{warmup}}{\text{total} - \text{warmup}}$$"
        "\n\n"
        "From `total` on it stays at `floor`. With `warmup=10, total=110, "
        "peak=1.0, floor=0.2`: step 5 has 0.5 (half of the way up), step 10 "
        "has 1.0, step 60 has 0.6 (half of the way down), and steps 110 and "
        "500 have 0.2. `warmup` may be 0, and step 0 has `peak` then; it is "
        "always below `total`. Return one float."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=by_a_turn,
    cases=(
        Case("the very first step", at(-1)),
        Case("half of the way up", at(-0.5)),
        Case("the last step of the warm-up", at(0, late=-1)),
        Case("at the top", at(0)),
        Case("a quarter of the way down", at(0.25)),
        Case("half of the way down", at(0.5)),
        Case("three quarters of the way down", at(0.75)),
        Case("just before the end", at(0.95)),
        Case("at the end", at(1)),
        Case("after the end", at(1, late=7)),
        Case("long after the end", at(3, late=2)),
        Case("no warm-up, the very first step", at(0, warmup=False)),
        Case("no warm-up, half of the way down", at(0.5, warmup=False)),
    ),
    misconceptions=(
        Misconception(
            "one step ahead",
            "your warm-up is one step ahead: step 0 has a share of `peak` "
            "already, and the last step below `warmup` has all of it. Some "
            "libraries count like that. Here step 0 has a rate of 0.",
            scheduled(
                up=lambda step, warmup, peak, floor: peak * (step + 1) / warmup
            ),
        ),
        Misconception(
            "one step ahead, of one more",
            "you count the steps of the warm-up from 1 and divide by one "
            "more than there are. Others do so too. Here it is the step "
            "itself, divided by `warmup`, so that step 0 has 0.",
            scheduled(
                up=lambda step, warmup, peak, floor: (
                    peak * (step + 1) / (warmup + 1)
                )
            ),
        ),
        Misconception(
            "top one step early",
            "you divide by `warmup` − 1, so that `peak` is reached one step "
            "before `warmup`.",
            scheduled(
                up=lambda step, warmup, peak, floor: peak * step / (warmup - 1)
            ),
        ),
        Misconception(
            "up from the floor",
            "your warm-up starts at `floor`. It starts at 0. The floor is "
            "where the decay ends.",
            scheduled(
                up=lambda step, warmup, peak, floor: (
                    floor + (peak - floor) * step / warmup
                )
            ),
        ),
        Misconception(
            "no warm-up",
            "there is no warm-up: the wave starts at step 0, at its full "
            "height. The steps below `warmup` rise from 0 to `peak`.",
            no_warmup,
        ),
        Misconception(
            "flat start",
            "before `warmup` your rate is `peak` already, so that the very "
            "first steps, which know least, are the longest.",
            scheduled(up=lambda step, warmup, peak, floor: peak),
        ),
        Misconception(
            "nothing before the top",
            "before `warmup` your rate is 0, and the model does not learn. "
            "It should rise in a straight line.",
            scheduled(up=lambda step, warmup, peak, floor: 0.0),
        ),
        Misconception(
            "both at once",
            "the decay runs from step 0 and the warm-up is multiplied onto "
            "it, so that `peak` is never reached. They come one after the "
            "other: the decay starts where the warm-up ends.",
            both_at_once,
        ),
        Misconception(
            "share of the whole",
            "after the warm-up you use step / total for the share of the way "
            "down, so that the rate jumps down at `warmup`. Count from "
            "`warmup`, and divide by what is left, total − warmup.",
            scheduled(share=lambda step, warmup, total: step / total),
        ),
        Misconception(
            "divided by all steps",
            "you count from `warmup` but divide by `total`, so that at the "
            "end some of the way is still to go. Divide by what is left "
            "after the warm-up, total − warmup.",
            scheduled(
                share=lambda step, warmup, total: (step - warmup) / total
            ),
        ),
        Misconception(
            "total after the warm-up",
            "your decay takes `total` steps of its own, and ends at warmup + "
            "total. `total` counts all steps, those of the warm-up too.",
            after_all_of_total,
        ),
        Misconception(
            "straight down",
            "your rate falls in a straight line. Half a wave of the cosine "
            "lies above the line at first and below it later.",
            scheduled(wave=lambda share: 1 - share),
        ),
        Misconception(
            "quarter wave",
            "this is a quarter of a wave: the cosine of π/2 times the share, "
            "which falls fastest at the very end. Use half a wave, from 1 to "
            "−1, moved up and halved.",
            scheduled(wave=lambda share: math.cos(math.pi * share / 2)),
        ),
        Misconception(
            "whole wave",
            "this is a whole wave, which comes back to the top at the end. "
            "The angle goes from 0 to π, half a turn.",
            scheduled(wave=lambda share: half_wave(2 * share)),
        ),
        Misconception(
            "not halved",
            "1 + cos goes from 2 to 0, so that your rate starts at twice the "
            "height. Divide it by 2.",
            scheduled(wave=lambda share: 2 * half_wave(share)),
        ),
        Misconception(
            "cosine not moved up",
            "the cosine itself goes from 1 to −1, and takes your rate below "
            "the floor, or below 0. Add 1 and divide by 2.",
            scheduled(wave=lambda share: math.cos(math.pi * share)),
        ),
        Misconception(
            "π forgotten",
            "the factor π is missing: an angle of 1 is less than a third of "
            "half a turn, and the rate never gets down.",
            scheduled(wave=lambda share: (1 + math.cos(share)) / 2),
        ),
        Misconception(
            "upside down",
            "your wave is upside down: it starts at the floor and rises. 1 "
            "*plus* the cosine goes down, 1 minus the cosine goes up.",
            scheduled(wave=lambda share: 1 - half_wave(share)),
        ),
        Misconception(
            "floor forgotten",
            "your rate goes down to 0. `floor` was never used.",
            scheduled(
                scale=lambda height, peak, floor: peak * height,
                after=lambda floor: 0.0,
            ),
        ),
        Misconception(
            "floor only at the end",
            "the wave goes down to 0 and not to `floor`, so that the rate "
            "jumps up at the end. Between the two there is peak − floor to "
            "go, and it starts from `floor`.",
            scheduled(scale=lambda height, peak, floor: peak * height),
        ),
        Misconception(
            "floor added on top",
            "`floor` was added, but the wave is still as high as `peak`: it "
            "starts at peak + floor. Its height is peak − floor.",
            scheduled(scale=lambda height, peak, floor: floor + peak * height),
        ),
        Misconception(
            "cut off at the floor",
            "the wave goes down to 0 and is cut off at `floor`. It should "
            "*end* there: its height is peak − floor.",
            scheduled(
                scale=lambda height, peak, floor: max(peak * height, floor)
            ),
        ),
        Misconception(
            "up again after the end",
            "after `total` the cosine comes up again, and the rate with it. "
            "From `total` on it stays at `floor`.",
            scheduled(after=None),
        ),
        Misconception(
            "0 after the end",
            "after `total` your rate is 0. It stays at `floor`.",
            scheduled(after=lambda floor: 0.0),
        ),
        Misconception(
            "a warm-up of 1 in place of 0",
            "with `warmup` = 0 you still warm up, for one step: step 0 has a "
            "rate of 0 and is wasted. It should have `peak` at once.",
            lambda step, warmup, total, peak, floor: (
                by_a_turn(step, warmup, total, peak, floor) if step else 0.0
            ),
        ),
        Misconception(
            "no warm-up, divided by 0",
            "with `warmup` = 0 you divide by 0. There is no step below 0 "
            "then, so look at that first: only while `step` is below "
            "`warmup` is there anything to divide.",
            lambda step, warmup, total, peak, floor: (
                by_a_turn(step, warmup, total, peak, floor)
                if warmup
                else divided_first(step, warmup, total, peak, floor)
            ),
        ),
        Misconception(
            "no warm-up, a float divided by 0",
            "with `warmup` = 0 the line of the warm-up is divided by 0, "
            "although no step is below 0. Work it out only while `step` is "
            "below `warmup`.",
            lambda step, warmup, total, peak, floor: (
                by_a_turn(step, warmup, total, peak, floor)
                if warmup
                else multiplied_first(step, warmup, total, peak, floor)
            ),
        ),
    ),
    hints=(
        "There are three stretches. In which of them is step 60 of the "
        "example, and which share of that stretch lies behind it?",
        "Two comparisons first: below `warmup`, and from `total` on. What is "
        "left is the wave. `math.cos(math.pi * p)` goes from 1 to −1 as p "
        "goes from 0 to 1; what must you do to it to get from 1 to 0?",
        "if step < warmup: peak × step / warmup. If step ≥ total: floor. "
        "Else p = (step − warmup) / (total − warmup), and floor + (peak − "
        "floor) × (1 + cos(π p)) / 2.",
    ),
    not_by=(
        "CosineAnnealingLR",
        "CosineAnnealingWarmRestarts",
        "OneCycleLR",
    ),
    returns=("lr",),
)
