"""The sum behind each cell of a heat map, as a line of text.

Each function takes what the cells were computed from and gives a line a cell,
in rows, for `draw.heat_map(…, sums=…)`. Work a line out with its numbers as
they are written: it comes to what the cell shows.
"""

import numpy as np

from byhand.sliders.maths import softmax

MOST = 8  # terms that are written out
FINEST = 9  # decimals of a term


def of_products(rows, columns, decimals=2, divisor=1.0):
    """Of rows @ columnsᵀ ÷ divisor: (r, d) and (c, d) to r rows of c lines.

    decimals: what the cells show, here and below.
    """
    rows, columns = np.asarray(rows, float), np.asarray(columns, float)

    def worked(places):
        by = np.round(divisor, places) or divisor
        return np.round(rows, places) @ np.round(columns, places).T / by

    places = _enough(worked, rows @ columns.T / divisor, decimals)

    def line(row, column):
        terms = [
            f"{_factor(a, places)}·{_factor(b, places)}"
            for a, b in zip(row, column, strict=True)
        ]
        sum_ = " + ".join(terms)
        if divisor != 1:
            sum_ = f"({sum_}) ÷ {_written(divisor, places)}"
        return sum_

    return [[line(row, column) for column in columns] for row in rows]


def of_weights(scores, decimals=2):
    """Of a softmax of each row of scores, (r, c); −∞ is a masked one."""
    scores = np.asarray(scores, float)

    def worked(places):
        powers = np.exp(np.round(scores, places))
        with np.errstate(all="ignore"):  # a total may be too small to write
            return powers / _total(powers, places)[:, None]

    places = _enough(worked, softmax(scores), decimals)
    return [_shares(row, places) for row in np.round(scores, places)]


def _total(powers, places):
    """Of each row, as it is written: the sum of many stands as a number."""
    many = np.count_nonzero(powers, axis=-1) > MOST
    total = powers.sum(axis=-1)
    return np.where(many, np.round(total, places), total)


def of_means(tables, decimals=2):
    """Of the mean of several tables, (k, r, c)."""
    tables = np.asarray(tables, float)
    places = _enough(
        lambda places: np.round(tables, places).mean(axis=0),
        tables.mean(axis=0),
        decimals,
    )
    return [
        [
            f"({' + '.join(_factor(each, places) for each in cell)})"
            f" ÷ {len(cell)}"
            for cell in row
        ]
        for row in np.moveaxis(tables, 0, -1)
    ]


def of_parts(parts, whole, decimals=2):
    """Of a row of numbers, each divided by the same one: (c,) to c lines."""
    parts = np.asarray(parts, float)
    places = _enough(
        lambda places: np.round(parts, places) / np.round(whole, places),
        parts / whole,
        decimals,
    )
    below = _written(whole, places)
    return [f"{_written(part, places)} ÷ {below}" for part in parts]


def of_powers(parts, temperature, decimals=2):
    """Of a softmax of log p / T, which is p^(1/T), made to add up to 1.

    parts: p, (c,).
    """

    def total(places):
        powers = np.round(parts, places) ** (1 / temperature)
        return f"{powers.sum():.{places + 2}g}"

    def worked(places):
        powers = np.round(parts, places) ** (1 / temperature)
        return powers / float(total(places))

    powers = parts ** (1 / temperature)
    places = _enough(worked, powers / powers.sum(), decimals)
    power = f"^(1 ÷ {_written(temperature, FINEST)})"
    below = f"{total(places)}, the sum of its row’s {len(parts)} powers"
    below = below.replace("-", "−")
    return [f"{_written(part, places)}{power} ÷ {below}" for part in parts]


def of_slopes(weights, decimals=2):
    """Of a softmax's Jacobian, diag(p) − ppᵀ, from its weights p, (c,)."""

    def slopes(given):
        return np.diagflat(given) - given[:, None] * given

    places = _enough(
        lambda places: slopes(np.round(weights, places)),
        slopes(weights),
        decimals,
    )
    p = [_written(weight, places) for weight in weights]
    return [
        [f"{a}·(1 − {a})" if i == j else f"−{a}·{b}" for j, b in enumerate(p)]
        for i, a in enumerate(p)
    ]


def _shares(scores, places):
    """The lines of one row; more terms than MOST are added up."""
    powers = [f"e^{_written(score, places)}" for score in scores]
    seen = [p for p, s in zip(powers, scores, strict=True) if s > -np.inf]
    below = f"({' + '.join(seen)})" if len(seen) > 1 else seen[0]
    if len(seen) > MOST:
        total = _written(np.exp(scores).sum(), places)
        below = f"{total}, the sum of its row’s {len(seen)} powers of e"
    return [f"{power} ÷ {below}" for power in powers]


def _enough(worked, exact, decimals):
    """How many decimals the terms need, so that the sums come out as shown."""
    shown = _shown(exact, decimals)
    for places in range(1, FINEST):
        if np.array_equal(_shown(worked(places), decimals), shown):
            return places
    return FINEST


def _shown(numbers, decimals):
    # As draw.number: halves go away from zero, and so does what is nearly one.
    return np.sign(numbers) * np.floor(
        np.abs(numbers) * 10**decimals + 0.5 + 1e-9
    )


def _factor(value, places):
    written = _written(value, places)
    return f"({written})" if written.startswith("−") else written


def _written(value, places):
    """Without zeros at its end: 0.5, 2, −1.25."""
    if value == -np.inf:
        return "−∞"
    written = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written.replace("-", "−")
