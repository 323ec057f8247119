"""The thin layer: controls above a picture that follows them."""

import time
from collections.abc import Callable, Mapping

import ipywidgets

from byhand.sliders import draw
from byhand.sliders.picture import Picture, neighbours


def _tidy(value):
    # The browser counts steps from the slider's end and sends 0.01 back as
    # 0.010000000000000002.
    return round(value, 9) if isinstance(value, float) else value


class Panel:
    """Controls, and a picture drawn anew whenever one of them moves.

    name: the figure's; controls: keyword of `compute` to widget with a
    `value`; compute: numbers to arrays; draw: arrays to an SVG string;
    summary: arrays to a line or two of plain text; arrange: a list of the
    controls to the widget that shows them, where one under another will not
    do. A ValueError of `compute` is shown as a sentence in the picture's
    place, and of its size.
    """

    def __init__(
        self,
        name: str,
        controls: Mapping[str, ipywidgets.Widget],
        compute: Callable,
        draw: Callable,
        summary: Callable,
        arrange: Callable | None = None,
    ):
        self._require(name, controls, compute, draw, summary)
        self.name, self.controls = name, dict(controls)
        self._compute, self._draw, self._summarise = compute, draw, summary
        self._start = self.numbers()
        self._picture = Picture(controls=list(self.controls.values()))
        self._first = None  # as large as all that follow
        self._redraw()
        self._first = self.picture
        for control in self.controls.values():
            control.observe(self._moved, "value")
        self.reset_button = ipywidgets.Button(
            description="Reset", layout={"width": "90px"}
        )
        self.reset_button.on_click(lambda _: self.reset())
        shown = (arrange or ipywidgets.VBox)(list(self.controls.values()))
        shown.layout.max_width = "100%"
        top = ipywidgets.HBox(
            [shown, self.reset_button], layout={"flex_flow": "row wrap"}
        )
        self.widget = ipywidgets.VBox([top, self._picture])

    @staticmethod
    def _require(name, controls, *functions):
        if not isinstance(name, str) or not name:
            raise TypeError(f"expected a name for the figure, got {name!r}")
        if not isinstance(controls, Mapping):
            raise TypeError(
                "expected a dict of name to control,"
                f" got {type(controls).__name__}"
            )
        if not controls:
            raise ValueError("expected at least one control, got none")
        for key, control in controls.items():
            if not hasattr(control, "value"):
                raise TypeError(
                    f"expected a widget with a value for {key!r},"
                    f" got {type(control).__name__}"
                )
        for function in functions:
            if not callable(function):
                raise TypeError(
                    "expected a function for compute, draw and summary,"
                    f" got {type(function).__name__}"
                )

    def numbers(self):
        """What the controls say now: keyword of `compute` to value."""
        return {
            name: _tidy(each.value) for name, each in self.controls.items()
        }

    @property
    def picture(self):
        """The current picture, an SVG string."""
        return self._picture.value

    @property
    def still(self):
        """The same for where nothing answers: without the cells' sums."""
        return draw.without_sums(self.picture)

    @property
    def summary(self):
        """The current picture in a line or two of plain text."""
        return self._text

    def reset(self):
        """Every control back to where it started, in one redraw."""
        with self.widget.hold_sync():
            for name, value in self._start.items():
                control = self.controls[name]
                control.unobserve(self._moved, "value")
                control.value = value
                control.observe(self._moved, "value")
            self._redraw()

    def _moved(self, change):
        self._redraw()
        # The thread that sends the picture has its turn, and not only when
        # the next two are drawn.
        time.sleep(0.001)
        self._look_ahead(change["owner"])

    def _redraw(self):
        self._picture.value, self._text = self._drawn(self.numbers())

    def _drawn(self, numbers):
        """The picture and its summary for numbers that controls may say."""
        try:
            arrays = self._compute(**numbers)
        except ValueError as error:
            sentence = str(error)
            return draw.message(self.name, sentence, self._first), sentence
        return self._draw(arrays), self._summarise(arrays)

    def _look_ahead(self, control):
        # Whoever moved a control is about to move it again, by one step.
        (name,) = (n for n, c in self.controls.items() if c is control)
        ahead = {}
        for value in neighbours(control):
            numbers = self.numbers() | {name: _tidy(value)}
            ahead[self._picture.key(control, value)] = self._drawn(numbers)[0]
        self._picture.ahead = ahead

    def __repr__(self):
        return self.summary

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = "application/vnd.jupyter.widget-view+json"
        return {
            view: self.widget._repr_mimebundle_()[view],
            "image/svg+xml": self.still,
            "text/plain": self.summary,
        }
