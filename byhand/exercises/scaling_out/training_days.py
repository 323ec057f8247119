"""The exercise `scaling_out.training_days`."""

import math
from functools import partial

from byhand.exercise import Case, Exercise, Misconception

from .shared import asserted, not_refused, refuse_unless

DAY = 24 * 60 * 60


def by_the_seconds(parameters, tokens, devices, peak_flops, utilisation):
    """How long one device would take at its peak, and what slows it down."""
    refuse_unless(devices >= 1 and 0 < utilisation <= 1)
    forward, backward = 2 * parameters, 4 * parameters
    seconds_at_peak = (forward + backward) * tokens / peak_flops
    return seconds_at_peak / utilisation / devices / DAY


def days(
    parameters,
    tokens,
    devices,
    peak_flops,
    utilisation,
    *,
    checked=refuse_unless,
    enough=lambda devices: devices >= 1,
    possible=lambda share: 0 < share <= 1,
    work=6,
    share=lambda utilisation: utilisation,
    machines=lambda devices: devices,
    unit=DAY,
    finish=lambda found: found,
):
    """A formula of which every part can go wrong."""
    checked(enough(devices) and possible(utilisation))
    speed = machines(devices) * peak_flops * share(utilisation)
    return finish(work * parameters * tokens / speed / unit)


def other(**parts):
    return partial(days, **parts)


def anything(parameters, tokens, devices, peak_flops, utilisation):
    return days(
        parameters,
        tokens,
        devices or 1,
        peak_flops,
        utilisation or 1,
        checked=lambda holds: None,
    )


def parameters_left_out(parameters, tokens, devices, peak_flops, utilisation):
    return days(1, tokens, devices, peak_flops, utilisation)


def without_brackets(parameters, tokens, devices, peak_flops, utilisation):
    refuse_unless(devices >= 1 and 0 < utilisation <= 1)
    work = 6 * parameters * tokens
    return work / devices * peak_flops * utilisation / DAY


def of(name, *given, raises=None):
    """A case; a pair stands for a number to be drawn from it."""
    names = (
        *("parameters", "tokens", "devices", "peak_flops"),
        "utilisation",
    )

    def inputs(rng):
        drawn = [
            float(rng.integers(*one)) if isinstance(one, tuple) else one
            for one in given
        ]
        inputs = dict(zip(names, drawn, strict=True))
        return inputs | {"devices": int(inputs["devices"])}

    return Case(name, inputs, raises=raises)


EXERCISE = Exercise(
    id="scaling_out.training_days",
    signature=(
        "training_days(parameters, tokens, devices, peak_flops, utilisation) "
        "-> float"
    ),
    asks=(
        "How many days does a training take? It costs 6 floating-point "
        "operations for each of the `parameters` and each of the `tokens`: 2 "
        "forward and 4 backward. There are `devices` devices. Each could do "
        "`peak_flops` operations a second, and does the share `utilisation` "
        "of them. A day has 86,400 seconds. Raise a `ValueError` with a "
        "sentence if `devices` is below 1, or if `utilisation` is not above "
        "0 and at most 1."
    ),
    points=2,
    difficulty=1,
    importance=4,
    minutes=5,
    reference=by_the_seconds,
    cases=(
        of("one device at its peak", 1e6, 1e9, 1, 1e12, 1.0),
        of("half of its peak", 1e6, 1e10, 1, 1e12, 0.5),
        of("four devices", 1e6, 1e11, 4, 1e12, 0.25),
        of("GPT-2 small, one H100", 124_439_808, 10e9, 1, 989e12, 0.4),
        of("other numbers", (1e8, 9e8), (1e11, 9e11), (3, 30), 312e12, 0.35),
        of("175 billion parameters", 175e9, 300e9, 1024, 312e12, 0.45),
        of("405 billion parameters", 405e9, 15.6e12, 16_384, 989e12, 0.41),
        of("no devices", 1e6, 1e9, 0, 1e12, 0.5, raises=ValueError),
        of("a utilisation of 0", 1e6, 1e9, 1, 1e12, 0.0, raises=ValueError),
        of("a utilisation above 1", 1e6, 1e9, 1, 1e12, 1.5, raises=ValueError),
        of("a negative one", 1e6, 1e9, 1, 1e12, -0.5, raises=ValueError),
        of("percent", 1e6, 1e9, 2, 1e12, 40, raises=ValueError),
    ),
    misconceptions=(
        Misconception(
            "forward only",
            "you counted 2 operations for each parameter and token: the "
            "forward pass alone. The backward pass costs 4 more.",
            other(work=2),
        ),
        Misconception(
            "backward only",
            "you counted 4 operations for each parameter and token: the "
            "backward pass alone. The forward pass costs 2 more.",
            other(work=4),
        ),
        Misconception(
            "8 operations",
            "you counted 8 operations for each parameter and token. It is "
            "8 if the forward pass is computed twice, to save memory. Here "
            "it is 6.",
            other(work=8),
        ),
        Misconception(
            "3 operations",
            "you counted 3 operations for each parameter and token. A "
            "multiplication *and* an addition make 2 each: 6.",
            other(work=3),
        ),
        Misconception(
            "utilisation left out",
            "you left out `utilisation`: no device reaches its peak all the "
            "time.",
            other(share=lambda utilisation: 1),
        ),
        Misconception(
            "utilisation multiplied",
            "you multiplied the days by `utilisation`. Who does less of the "
            "peak takes *longer*: divide.",
            other(share=lambda utilisation: 1 / utilisation),
        ),
        Misconception(
            "hours",
            "you return hours. A day has 24 of them.",
            other(unit=3600),
        ),
        Misconception(
            "minutes",
            "you return minutes. A day has 24 · 60 of them.",
            other(unit=60),
        ),
        Misconception(
            "seconds",
            "you return seconds. A day has 86,400 of them.",
            other(unit=1),
        ),
        Misconception(
            "one device",
            "you counted one device. `devices` of them share the work.",
            other(machines=lambda devices: 1),
        ),
        Misconception(
            "devices multiplied",
            "you multiplied the days by `devices`. They share the work: "
            "divide.",
            other(machines=lambda devices: 1 / devices),
        ),
        Misconception(
            "rounded up",
            "you rounded up to whole days. Return the number as it is.",
            other(finish=lambda found: float(math.ceil(found))),
        ),
        Misconception(
            "rounded to days",
            "you rounded to whole days. Return the number as it is.",
            other(finish=lambda found: float(round(found))),
        ),
        Misconception(
            "not multiplied",
            "you come to almost no time. Did you leave out the parameters or "
            "the tokens? Every token goes through all parameters: multiply "
            "the two.",
            parameters_left_out,
        ),
        Misconception(
            "devices not checked",
            "less than one device is not refused. Raise a ValueError.",
            other(enough=lambda devices: True),
        ),
        Misconception(
            "0 not refused",
            "a utilisation of 0 passes, or stops at a division. At that "
            "share no training ends: raise a ValueError.",
            other(possible=lambda share: 0 <= share <= 1),
        ),
        Misconception(
            "above 1 not refused",
            "a utilisation above 1 passes. It is a share of the peak, and no "
            "percentage: raise a ValueError.",
            other(possible=lambda share: share > 0),
        ),
        Misconception(
            "1 refused",
            "you refuse a utilisation of 1. It is allowed: above 0 and at "
            "most 1.",
            other(possible=lambda share: 0 < share < 1),
        ),
        Misconception(
            "utilisation not checked",
            "no utilisation is refused. It is a share: above 0, and at most "
            "1.",
            other(possible=lambda share: True),
        ),
        *not_refused(
            anything,
            other(checked=asserted),
            "neither the devices nor the utilisation are checked. Raise a "
            "ValueError for both.",
        ),
        Misconception(
            "no brackets",
            "you divided by the devices alone, and multiplied by their "
            "speed. Python reads `a / b * c` as (a / b) · c: put what you "
            "divide by in brackets.",
            without_brackets,
        ),
    ),
    hints=(
        "How many operations does it all cost, and how many does one device "
        "really do in a second?",
        "Work over speed. The work is 6 · parameters · tokens. The speed is "
        "devices · peak · share.",
        "refuse first. seconds = 6 · parameters · tokens / (devices · "
        "peak_flops · utilisation); days = seconds / 86,400.",
    ),
    returns=("days",),
)
