"""The exercise `positional_encoding.rotary`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.inputs import readable
from .shared import angles, encoding, together, turns_of


def by_complex_numbers(x):
    pairs = np.ascontiguousarray(x, dtype=float).view(complex)
    return (pairs * turns_of(*np.shape(x)[-2:])).view(float)


def turned(x, turns, place=together):
    """Pairs of neighbours turned by angles that broadcast to (…, n, d/2)."""
    z = (x[..., ::2] + 1j * x[..., 1::2]) * np.exp(1j * turns)
    return place(z.real, z.imag)


def rotary_angles(x, **changed):
    return angles(*np.shape(x)[-2:], **changed)


def rotary_by_halves(x):
    a, b = np.split(x, 2, axis=-1)
    z = (a + 1j * b) * np.exp(1j * rotary_angles(x))
    return np.concatenate([z.real, z.imag], axis=-1)


def positions_on_first_axis(x):
    turns = angles(np.shape(x)[0], np.shape(x)[-1])
    between = (1,) * (np.ndim(x) - 2)
    return turned(x, turns.reshape(len(turns), *between, -1))


def to_turn(*shape):
    return lambda rng: {"x": readable(rng, *shape)}


EXERCISE = Exercise(
    id="positional_encoding.rotary",
    signature="rotary(x)",
    asks=(
        "Turn every pair of numbers by an angle that grows with the "
        "position. `x` is `(…, n, d)` with an even `d`: queries or keys, of "
        "one sentence or of a stack of them, `n` positions counted from 0. "
        "The pair $(2i, 2i+1)$ at position $pos$ is a point of the plane. "
        r"Turn it by $pos / 10000^{2i/d}$, from the first axis towards the "
        "second: a quarter turn takes (1, 0) to (0, 1). The "
        "result has the shape of `x`."
    ),
    points=3,
    difficulty=4,
    importance=5,
    minutes=15,
    reference=by_complex_numbers,
    cases=(
        Case("position 0 alone", to_turn(1, 2)),
        Case("two positions, one pair", to_turn(2, 2)),
        Case("three positions, two pairs", to_turn(3, 4)),
        Case("two positions, three pairs", to_turn(2, 6)),
        Case("a stack of two sentences", to_turn(2, 3, 4)),
        Case("heads of a batch", to_turn(2, 1, 4, 6)),
    ),
    misconceptions=(
        Misconception(
            "the wrong way",
            "a rotation the wrong way: a quarter turn should take (1, 0) to "
            "(0, 1), not to (0, −1). One of the two sines has the wrong "
            "sign.",
            lambda x: turned(x, -rotary_angles(x)),
        ),
        Misconception(
            "halves for neighbours",
            "you paired the first half of a row with its second half, as "
            "some libraries do. Here pairs are neighbours: 0 and 1, 2 and 3, "
            "and so on.",
            rotary_by_halves,
        ),
        Misconception(
            "positions from 1",
            "you count positions from 1. At position 0 nothing turns.",
            lambda x: turned(x, rotary_angles(x, first=1)),
        ),
        Misconception(
            "one speed for all",
            "every pair turns at the same speed. Later pairs turn more "
            "slowly.",
            lambda x: turned(
                x, rotary_angles(x, power=lambda pair, d: 0.0 * pair)
            ),
        ),
        Misconception(
            "exponent i",
            "the speeds fall at half the pace. The exponent is 2i over d for "
            "pair number i, and yours lacks the 2.",
            lambda x: turned(
                x, rotary_angles(x, power=lambda pair, d: pair / d)
            ),
        ),
        Misconception(
            "twice the column",
            "you put twice the *column's* number into the exponent. 2i is "
            "the even column of the pair already.",
            lambda x: turned(
                x, rotary_angles(x, power=lambda pair, d: 4 * pair / d)
            ),
        ),
        Misconception(
            "added",
            "you *added* the encodings. Rotary positions turn what is there, "
            "and add nothing.",
            lambda x: x + encoding(*np.shape(x)[-2:]),
        ),
        Misconception(
            "cosines only",
            "each number is multiplied by its cosine only. A rotation also "
            "mixes in the other number of the pair, times the sine.",
            lambda x: x * together(*2 * (np.cos(rotary_angles(x)),)),
        ),
        Misconception(
            "half overwritten",
            "the second number of each pair was worked out from the first "
            "*after* that had been turned. Both need the old numbers.",
            lambda x: together(
                turned(x, rotary_angles(x))[..., ::2],
                turned(x, rotary_angles(x))[..., ::2]
                * np.sin(rotary_angles(x))
                + x[..., 1::2] * np.cos(rotary_angles(x)),
            ),
        ),
        Misconception(
            "positions on the first axis",
            "right for one sentence, wrong for a stack: you count positions "
            "along the *first* axis. They run along the last but one.",
            positions_on_first_axis,
        ),
        Misconception(
            "not put back in pairs",
            "every pair is turned correctly, but the result has all first "
            "numbers in front and all second ones behind. Each goes back to "
            "where it came from.",
            lambda x: turned(
                x,
                rotary_angles(x),
                place=lambda *halves: np.concatenate(halves, axis=-1),
            ),
        ),
        Misconception(
            "mirrored",
            "your pairs are mirrored as they turn. In a rotation one of the "
            "two sines has a minus sign, and the cosines have none.",
            lambda x: (
                turned(x, rotary_angles(x))
                * np.tile([1.0, -1.0], np.shape(x)[-1] // 2)
            ),
        ),
    ),
    hints=(
        "The point (1, 0) is turned by an angle a. Where does it land? And "
        "the point (0, 1)? What then becomes of (3, 2)?",
        "(first, second) becomes (first · cos a − second · sin a, "
        "first · sin a + second · cos a). Slices with a step of 2 give all "
        "first and all second numbers at once; the angles are a table "
        "(n, d / 2), as in `sinusoidal_encoding`.",
        "For every pos and pair i: a = pos / 10000 to the power 2i/d; "
        "result[…][pos][2i] = first · cos a − second · sin a; "
        "result[…][pos][2i + 1] = first · sin a + second · cos a.",
    ),
    returns=("turned",),
)
