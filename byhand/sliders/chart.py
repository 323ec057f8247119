"""Charts with a few ticks: lines, dots, bars, arrows, log y."""

import math

import numpy as np

from byhand.sliders import draw as svg


class Axes:
    """A chart in the making: add marks, then take its `block`.

    x and y are the (low, high) in view; what lies outside is cut off at the
    frame. With log_y, y runs over powers of ten and must be positive.
    """

    left, top, bottom = 52, 26, 42

    def __init__(self, x, y, width=380, height=280, log_y=False):
        if log_y and y[0] <= 0:
            raise ValueError(f"expected y > 0 on a log axis, got {y[0]}")
        self.x, self.y, self.log_y = x, y, log_y
        self.width, self.height = width, height
        self.inner = width - self.left - 8, height - self.top - self.bottom
        self.marks = []

    def place(self, xs, ys):
        """Data to pixels inside the frame, held within ±10⁵."""
        xs = np.atleast_1d(np.asarray(xs, dtype=float))
        ys = np.atleast_1d(np.asarray(ys, dtype=float))
        low, high = self.y
        if self.log_y:
            low, high = np.log10([low, high])
            ys = np.log10(np.maximum(ys, np.finfo(float).tiny))
        across = (xs - self.x[0]) / (self.x[1] - self.x[0]) * self.inner[0]
        down = (high - ys) / (high - low) * self.inner[1]
        return np.clip(across, -1e5, 1e5), np.clip(down, -1e5, 1e5)

    def curve(self, xs, ys, colour=svg.BLUE, width=2, dashes=""):
        """A line through the points; dashes as in "4 3"."""
        points = zip(*self.place(xs, ys), strict=True)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.marks.append(
            f'<polyline points="{points}" fill="none" stroke-width="{width}"'
            f' stroke-dasharray="{dashes}" stroke-linejoin="round"'
            f' style="stroke:{colour}"/>'
        )

    def level(self, y, colour=svg.FAINT, width=1, dashes="2 4"):
        """A line from side to side."""
        self.curve(self.x, [y, y], colour, width, dashes)

    def upright(self, x, colour=svg.FAINT, width=1, dashes="2 4"):
        """A line from foot to top."""
        self.curve([x, x], self.y, colour, width, dashes)

    def dots(self, xs, ys, colour=svg.BLUE, radius=4):
        self.marks += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"'
            f' style="fill:{colour};stroke:{svg.PAPER}"/>'
            for x, y in zip(*self.place(xs, ys), strict=True)
        ]

    def bars(self, xs, heights, colour=svg.BLUE, width=0.8):
        """Bars from 0 (or the frame's foot), `width` in units of x."""
        foot = self.y[0] if self.log_y else 0
        for x, height in zip(xs, heights, strict=True):
            ends = [x - width / 2, x + width / 2], [foot, height]
            (left, right), (start, end) = self.place(*ends)
            self.marks.append(
                f'<rect x="{left:.1f}" y="{min(start, end):.1f}"'
                f' width="{right - left:.1f}" fill="{colour}"'
                f' height="{abs(end - start):.1f}"/>'
            )

    def arrow(self, start, end, colour=svg.ORANGE):
        """An arrow from one (x, y) to another, its head at the second."""
        xs, ys = self.place(*zip(start, end, strict=True))
        along = np.array([xs[1] - xs[0], ys[1] - ys[0]])
        length = np.hypot(*along)
        if length < 1:
            return
        along = along / length * min(9, length)
        side = along[::-1] * [-0.45, 0.45]
        tip = np.array([xs[1], ys[1]])
        base = tip - along
        head = (tip, base + side, base - side)
        head = " ".join(f"{x:.1f},{y:.1f}" for x, y in head)
        self.marks.append(
            f'<line x1="{xs[0]:.1f}" y1="{ys[0]:.1f}" x2="{base[0]:.1f}"'
            f' y2="{base[1]:.1f}" stroke="{colour}" stroke-width="2.5"/>'
            f'<polygon points="{head}" fill="{colour}"/>'
        )

    def note(self, x, y, *parts, shift=(0, 0), **style):
        """Text at a point of the data, moved by `shift` pixels."""
        (across,), (down,) = self.place(x, y)
        where = across + shift[0], down + shift[1]
        self.marks.append(svg.text(*where, *parts, **style))

    def block(self, title="", x_label="", y_label="", x_ticks=None):
        """The chart; x_ticks, a dict of position to label, replaces ours."""
        wide, tall = self.inner
        if x_ticks is None:
            x_ticks = ticks(*self.x)
        parts = [self._x_tick(at, label) for at, label in x_ticks.items()]
        y_ticks = log_ticks(*self.y) if self.log_y else ticks(*self.y)
        parts += [self._y_tick(at, label) for at, label in y_ticks.items()]
        # A nested <svg> cuts off at its edge without an id that could clash
        # with another figure's on the same page.
        parts.append(
            f'<svg width="{wide}" height="{tall}" overflow="hidden">'
            f"{''.join(self.marks)}</svg>"
            f'<path d="M0 0V{tall}H{wide}" fill="none"'
            f' style="stroke:{svg.FAINT}"/>'
        )
        parts.append(svg.text(0, 12 - self.top, title, bold=True, size=14))
        parts.append(
            svg.text(wide, tall + 33, x_label, anchor="end", colour=svg.FAINT)
        )
        parts.append(
            svg.text(
                -7, 12 - self.top, y_label, anchor="end", colour=svg.FAINT
            )
        )
        body = f'<g transform="translate({self.left} {self.top})">'
        return svg.Block(
            f"{body}{''.join(parts)}</g>", self.width, self.height
        )

    def _x_tick(self, at, label):
        (x,), _ = self.place(at, self.y[0])
        return svg.text(x, self.inner[1] + 14, label, anchor="middle", size=12)

    def _y_tick(self, at, label):
        _, (y,) = self.place(self.x[0], at)
        rule = (
            f'<path d="M0 {y:.1f}h{self.inner[0]}" style="stroke:{svg.RULE}"'
        )
        label = svg.text(-7, y, label, anchor="end", size=12)
        return f'{rule} stroke-opacity=".45"/>{label}'


def ticks(low, high):
    """Three to six round positions between low and high, with labels."""
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(k for k in (1, 2, 5, 10) if k * power >= rough * 0.99)
    decimals = max(0, -math.floor(math.log10(step * 1.01)))
    first, last = math.ceil(low / step), math.floor(high / step)
    at = [each * step for each in range(first, last + 1)]
    return {each: svg.number(each, decimals) for each in at}


def log_ticks(low, high):
    """At most six powers of ten from low to high; 1 if it lies between."""
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    step = max(1, math.ceil((last - first + 1) / 6))
    short = {-2: "0.01", -1: "0.1", 0: "1", 1: "10", 2: "100"}
    return {
        10.0**each: short.get(each, f"10{svg.superscript(each)}")
        for each in range(math.ceil(first / step) * step, last + 1, step)
    }
