"""byhand.special against SciPy, in units of the last place."""

import numpy as np
import pytest
import scipy.special

from byhand import special

SEEDS = range(25)
# Each in a row of its own, and each elementwise.
ROWS = np.array(
    [
        *([0.0, -0.0, 1e-300], [1e4, -1e4, 0.0], [1e300, -1e300, 1.0]),
        *([-np.inf, 1.0, 2.0], [-np.inf, -np.inf, 3.0], [-np.inf] * 3),
        *([np.inf, 1.0, 2.0], [np.nan, 1.0, 2.0], [np.inf, -np.inf, 0.0]),
        *([-750.0, 0.0, 750.0], [36.0, 1.0, -36.0], [5.0, -5.0, 1e-5]),
    ]
)
ULP = 4  # the sums are added up in another order, the exponentials are others'

ALONG = {
    special.shares: scipy.special.softmax,
    special.log_shares: scipy.special.log_softmax,
    special.log_of_sum: scipy.special.logsumexp,
}
OF_EACH = {
    special.squashed: scipy.special.expit,
    special.log_squashed: scipy.special.log_expit,
    special.entropy_terms: scipy.special.entr,
    special.erf: scipy.special.erf,
    special.erfc: scipy.special.erfc,
    special.share_below: scipy.special.ndtr,
}
along = pytest.mark.parametrize(("ours", "theirs"), ALONG.items())
of_each = pytest.mark.parametrize(("ours", "theirs"), OF_EACH.items())


def numbers(seed):
    """Three axes; each row of another size, from thousandths to thousands."""
    rng = np.random.default_rng(seed)
    return 10 ** rng.uniform(-3, 3, (2, 3, 1)) * rng.standard_normal((2, 3, 4))


@np.errstate(all="ignore")
def agree(ours, theirs, x, **named):
    found, wanted = ours(x, **named), theirs(x, **named)
    assert type(found) is type(wanted)
    places = np.full(np.shape(wanted), ULP)
    if ours in (special.erfc, special.share_below):
        # e to the −x² has the error of a rounded x², times x².
        places = places + 2 * np.clip(x, -50, 50) ** 2
    # Near 0 two numbers of about 1 cancel.
    least = 1.0 if ours is special.log_of_sum else 0.0
    unit = np.spacing(np.maximum(np.abs(wanted), least))
    same = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    off = np.abs(np.subtract(found, wanted)) / unit
    bad = ~(same | (off <= places))
    assert not np.any(bad), (
        x,
        np.asarray(found)[bad],
        np.asarray(wanted)[bad],
    )


@along
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_along_an_axis(ours, theirs, axis):
    for seed in SEEDS:
        agree(ours, theirs, numbers(seed), axis=axis)
    agree(ours, theirs, ROWS, axis=axis)
    for row in ROWS:
        agree(ours, theirs, row.tolist())


@of_each
def test_of_each_number(ours, theirs):
    for seed in SEEDS:
        agree(ours, theirs, numbers(seed))
    agree(ours, theirs, ROWS)
    for number in ROWS.flat:
        agree(ours, theirs, float(number))


@along
def test_no_rows(ours, theirs):
    agree(ours, theirs, np.zeros((0, 3)), axis=1)


@of_each
def test_no_numbers(ours, theirs):
    agree(ours, theirs, np.zeros((2, 0)))


def test_far_out():
    """Where the obvious formulas give 0, ∞ or NaN."""
    x = np.array([-1000.0, 0.0, 1000.0])
    assert special.squashed(x).tolist() == [0.0, 0.5, 1.0]
    assert special.log_squashed(x)[0] == -1000
    assert special.log_shares(x)[0] == -2000
    assert special.log_of_sum(x) == 1000
    assert special.shares(x).tolist() == [0.0, 0.0, 1.0]
    assert 0 < special.share_below(-38.0) < 1e-300
