"""Lesson 02's pictures that are no slider: `python -m tests.bench.arrays`.

It measures 3x + 5y as a loop over Python floats and as one line of NumPy, and
draws assets/loop_or_array.svg from it; assets/broadcasting.svg needs no clock.
The lesson quotes no number of the first: each machine has its own.
"""

import os
import platform
import timeit
from datetime import date

import numpy as np

from authoring.paths import ROOT
from byhand.sliders import draw as svg
from byhand.sliders.chart import Axes

SIZES = [10**k for k in range(1, 7)]


def loop(x, y):
    return [3 * u + 5 * v for u, v in zip(x, y, strict=True)]


def array(x, y):
    return 3 * x + 5 * y


def seconds(function, *given):
    """Of one call: the best of five rounds, as other work only adds."""
    timer = timeit.Timer(lambda: function(*given))
    calls, _ = timer.autorange()
    return min(timer.repeat(5, calls)) / calls


def measured():
    """Seconds for each of SIZES: of the loop, and of the array."""
    found = []
    for size in SIZES:
        x, y = np.random.default_rng(0).normal(size=(2, size))
        found.append(
            (seconds(loop, x.tolist(), y.tolist()), seconds(array, x, y))
        )
    return np.array(found).T


def loop_or_array(by_loop, by_array, where):
    powers = np.log10(SIZES)
    axes = Axes((0.8, 6.9), (1e-7, 1), width=560, height=300, log_y=True)
    for times, colour, name, shift in (
        (by_loop, svg.ORANGE, "loop", (10, 0)),
        (by_array, svg.BLUE, "array", (10, 0)),
    ):
        axes.curve(powers, times, colour, 2)
        axes.dots(powers, times, colour, 4)
        axes.note(powers[-1], times[-1], name, shift=shift, size=13)
    labels = {k: f"10{svg.superscript(int(k))}" for k in powers}
    labels[1.0] = "10"
    chart = axes.block(
        "3x + 5y: seconds against how many numbers (log scales)",
        "numbers",
        "s",
        labels,
    )
    block = svg.column(chart, svg.caption(where, size=12, colour=svg.FAINT))
    return svg.figure("loop_or_array", "Seconds against size.", block)


def broadcasting():
    """(3, 1) + (4,) = (3, 4): what is given in colour, what is copied not."""
    column, row = np.array([[10.0], [20.0], [30.0]]), np.arange(1.0, 5)[None]

    def table(numbers, **style):
        name = f"table{len(made)}"
        made.append(name)
        return svg.heat_map(
            numbers, name, decimals=0, limits=(0, 50), cell=(44, 34), **style
        )

    def titled(title, block):
        return svg.column(svg.caption(title, bold=True), block)

    def sign(written):
        return svg.Block(svg.text(4, 84, written, size=22), 20, 100)

    made = []
    copies = table(np.repeat(column, 3, axis=1), scale="plain")
    first = svg.row(table(column), copies, gap=0)
    copies = table(np.repeat(row, 2, axis=0), scale="plain")
    second = svg.column(table(row), copies, gap=0)
    return svg.figure(
        "broadcasting",
        "A column and a row stretch to a table.",
        svg.row(
            titled("(3, 1) stretches", first),
            sign("+"),
            titled("(4,) stretches", second),
            sign("="),
            titled("(3, 4)", table(column + row)),
            gap=14,
        ),
    )


def main():
    cpus = os.cpu_count()
    where = f"recorded {date.today()}, {platform.machine()}, {cpus} cores"
    times = measured()
    print(times)
    picture = loop_or_array(*times, where)
    (ROOT / "assets" / "loop_or_array.svg").write_text(picture + "\n", "utf-8")
    (ROOT / "assets" / "broadcasting.svg").write_text(
        broadcasting() + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
