"""The exercise `scaling_out.memory_per_device`."""

from functools import partial

from byhand.exercise import Case, Exercise, Misconception

from .shared import asserted, not_refused, refuse_unless

WEIGHTS, GRADIENTS, OPTIMISER = "weights", "gradients", "optimiser"
# What is split from which stage on.
SPLIT = {OPTIMISER: 1, GRADIENTS: 2, WEIGHTS: 3}
# Bytes a parameter. The optimiser has a float32 copy, m and v.
SIZES = {WEIGHTS: 2, GRADIENTS: 2, OPTIMISER: 4 + 4 + 4}


def by_the_parts(parameters, workers, stage):
    """Part by part, as in the table."""
    refuse_unless(workers >= 1 and stage in (0, 1, 2, 3))
    total = 0.0
    for part, size in SIZES.items():
        held = workers if stage >= SPLIT[part] else 1
        total += size * parameters / held
    return total


def memory(
    parameters,
    workers,
    stage,
    *,
    checked=refuse_unless,
    known=lambda stage: stage in (0, 1, 2, 3),
    enough=lambda workers: workers >= 1,
    split=None,
    sizes=None,
    unit=1,
    staged=lambda stage: stage,
):
    """A table of which every entry can be wrong."""
    checked(known(stage) and enough(workers))
    from_stage, size = SPLIT | (split or {}), SIZES | (sizes or {})
    return sum(
        size[part]
        * parameters
        / (workers if staged(stage) >= from_stage[part] else 1)
        for part in SIZES
    ) / unit  # fmt: skip


def other(**parts):
    return partial(memory, **parts)


def anything(parameters, workers, stage):
    return memory(parameters, workers or 1, stage, checked=lambda holds: None)


def own_part_alone(parameters, workers, stage):
    """Each stage forgets what those before it split."""
    refuse_unless(workers >= 1 and stage in (0, 1, 2, 3))
    return sum(
        size * parameters / (workers if stage == SPLIT[part] else 1)
        for part, size in SIZES.items()
    )


NEVER = 9


def of(name, parameters, workers, stage, raises=None):
    def inputs(rng):
        given = {"parameters": parameters, "workers": workers, "stage": stage}
        return {
            name: int(rng.integers(*one)) if isinstance(one, tuple) else one
            for name, one in given.items()
        }

    return Case(name, inputs, raises=raises)


EXERCISE = Exercise(
    id="scaling_out.memory_per_device",
    signature="memory_per_device(parameters, workers, stage) -> float",
    asks=(
        "How many bytes does one device hold for weights, gradients and "
        "optimiser? `parameters` is their number. With Adam in mixed "
        "precision each costs 2 bytes (weight), 2 bytes (gradient) and 12 "
        "bytes (optimiser: a copy of the weight, m and v in float32). "
        "`stage` says what is split evenly over the `workers`: 0 nothing, 1 "
        "the optimiser's 12, 2 the gradients as well, 3 the weights as well. "
        "Return bytes. Raise a `ValueError` with a sentence if `stage` is "
        "none of 0, 1, 2, 3, or if `workers` is below 1."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=6,
    reference=by_the_parts,
    cases=(
        of("nothing split", 10**6, 2, 0),
        of("one worker, everything split", 10**6, 1, 3),
        of("the optimiser split", 10**6, 2, 1),
        of("gradients as well", 10**6, 2, 2),
        of("weights as well", 10**6, 2, 3),
        of("a share is no whole number", 101, 3, 2),
        of("GPT-2 small on 8", 124_439_808, 8, 1),
        of("other numbers", (1000, 9000), (3, 30), (0, 4)),
        of("70 billion on 64", 70_000_000_000, 64, 3),
        of("stage 4", 100, 2, 4, raises=ValueError),
        of("stage −1", 100, 2, -1, raises=ValueError),
        of("no workers", 100, 0, 1, raises=ValueError),
        of("a negative number of workers", 100, -2, 0, raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "no float32 copy",
            "you counted 8 bytes for the optimiser. Besides m and v it keeps "
            "a copy of the weights in float32: 12 bytes.",
            other(sizes={OPTIMISER: 8}),
        ),
        Misconception(
            "all float32",
            "you counted everything in float32: 4 + 4 + 8. In mixed "
            "precision it is 2 + 2 + 12, and what is split has other sizes.",
            other(sizes={WEIGHTS: 4, GRADIENTS: 4, OPTIMISER: 8}),
        ),
        Misconception(
            "float32 gradients",
            "you counted gradients of 4 bytes. They have 2 here.",
            other(sizes={GRADIENTS: 4}),
        ),
        Misconception(
            "float32 weights",
            "you counted weights of 4 bytes. They have 2 here: the float32 "
            "copy is among the optimiser's 12.",
            other(sizes={WEIGHTS: 4}),
        ),
        Misconception(
            "no gradients",
            "you left out the gradients: 2 bytes each.",
            other(sizes={GRADIENTS: 0}),
        ),
        Misconception(
            "optimiser only",
            "you counted the optimiser alone. Weights and gradients have 2 "
            "bytes each besides.",
            other(sizes={WEIGHTS: 0, GRADIENTS: 0}),
        ),
        Misconception(
            "weights only",
            "you counted the weights alone. In training, gradients and "
            "optimiser take seven times as much again.",
            other(sizes={GRADIENTS: 0, OPTIMISER: 0}),
        ),
        Misconception(
            "a stage too early",
            "your stages are one too early: stage 0 splits nothing, stage 1 "
            "the optimiser.",
            other(staged=lambda stage: stage + 1),
        ),
        Misconception(
            "a stage too late",
            "your stages are one too late: stage 1 already splits the "
            "optimiser.",
            other(staged=lambda stage: stage - 1),
        ),
        Misconception(
            "gradients never split",
            "your gradients are never split. From stage 2 on, each device "
            "holds its share of them.",
            other(split={GRADIENTS: NEVER}),
        ),
        Misconception(
            "weights never split",
            "your weights are never split. In stage 3, each device holds its "
            "share of them.",
            other(split={WEIGHTS: NEVER}),
        ),
        Misconception(
            "optimiser never split",
            "your optimiser is never split. From stage 1 on, each device "
            "holds its share of it.",
            other(split={OPTIMISER: NEVER}),
        ),
        Misconception(
            "gradients before optimiser",
            "you split the gradients first. Stage 1 splits the optimiser: "
            "that is where most of the bytes are.",
            other(split={OPTIMISER: 2, GRADIENTS: 1}),
        ),
        Misconception(
            "everything split from stage 1",
            "from stage 1 on you split everything. Stage 1 splits the "
            "optimiser only.",
            other(split={WEIGHTS: 1, GRADIENTS: 1}),
        ),
        Misconception(
            "nothing ever split",
            "you split nothing in any stage. Divide what a stage splits by "
            "`workers`.",
            other(staged=lambda stage: 0),
        ),
        Misconception(
            "always split",
            "you split everything in every stage. In stage 0 each device "
            "holds all 16 bytes of every parameter.",
            other(staged=lambda stage: 3),
        ),
        Misconception(
            "all devices together",
            "you counted what all devices hold together. Say what *one* "
            "holds.",
            lambda parameters, workers, stage: (
                workers * memory(parameters, workers, stage)
            ),
        ),
        Misconception(
            "GiB",
            "beside the bytes that it takes, yours is next to nothing. Did "
            "you divide by 10⁹ or 2³⁰? Return bytes.",
            other(unit=2**30),
        ),
        Misconception(
            "stage not checked",
            "a stage that does not exist passes. Raise a ValueError.",
            other(known=lambda stage: True),
        ),
        Misconception(
            "workers not checked",
            "less than one worker is not refused, or by division alone. "
            "Raise a ValueError.",
            other(enough=lambda workers: True),
        ),
        *not_refused(
            anything,
            other(checked=asserted),
            "neither the stage nor the number of workers is checked. Raise a "
            "ValueError for both.",
        ),
        Misconception(
            "own part alone",
            "you split one part in each stage. The stages build on each "
            "other: stage 2 splits the optimiser *and* the gradients.",
            own_part_alone,
        ),
        Misconception(
            "bytes of one parameter",
            "you return the bytes of one parameter. Multiply by how many "
            "there are.",
            lambda parameters, workers, stage: memory(1, workers, stage),
        ),
    ),
    hints=(
        "A million parameters, 2 workers, stage 1: what is split, and what "
        "does every device hold whole?",
        "Three parts, 2 + 2 + 12 bytes a parameter. Each of them is either "
        "whole or divided by `workers`.",
        "refuse first. optimiser = 12, divided if stage ≥ 1; gradients = 2, "
        "divided if stage ≥ 2; weights = 2, divided if stage = 3. Their sum "
        "times parameters.",
    ),
    returns=("bytes",),
)
