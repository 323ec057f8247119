"""What can be moved in a figure: sliders, stops on a line, buttons."""

import ipywidgets
from traitlets import CFloat, CInt, Int

LABEL = "120px"
FULL = "calc(100% - 4px)"  # of a narrow window, without its own margins
# Those that move along a line look alike, so that they stand in a column.
_LINE = {
    "continuous_update": True,
    "style": {"description_width": LABEL},
    "layout": {"width": "400px", "max_width": FULL},
}


def plain(value):
    """A number as a person says it: 0.00001, not 1e-05; 2, not 2.0."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


# The kernel would first send every move back to the browser that made it, and
# only then the picture.
class Slider(ipywidgets.FloatSlider):
    value = CFloat(0.0).tag(sync=True, echo_update=False)


class WholeSlider(ipywidgets.IntSlider):
    value = CInt(0).tag(sync=True, echo_update=False)


class Stops(ipywidgets.SelectionSlider):
    index = Int().tag(sync=True, echo_update=False)


class Choice(ipywidgets.ToggleButtons):
    index = Int(None, allow_none=True).tag(sync=True, echo_update=False)


def slider(description, value, low, high, step, decimals=2):
    """A slider for a number that reports every move."""
    return Slider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=description,
        readout_format=f".{decimals}f",
        **_LINE,
    )


def whole_slider(description, value, low, high):
    """A slider for a whole number that reports every move."""
    return WholeSlider(
        value=value, min=low, max=high, description=description, **_LINE
    )


def stops(description, value, options):
    """A slider that stops at a few values only.

    options: the values, or a (label, value) for each.
    """
    return Stops(
        options=options, value=value, description=description, **_LINE
    )


def choice(description, value, options, width=100):
    """Buttons beside each other, one of them pressed.

    options: the values, or a (label, value) for each; width: of a button, in
    pixels.
    """
    buttons = Choice(
        options=options,
        value=value,
        description=description,
        style={"description_width": LABEL, "button_width": f"{width}px"},
        layout={"width": "auto", "max_width": "100%"},  # it has no margins
    )
    # As a slider's: else the description takes a line to itself.
    buttons.add_class("widget-inline-hbox")
    return buttons


def line(description, value, examples):
    """A line for a text of one's own, read at Enter.

    examples: texts that it offers, the first value among them.
    """
    return ipywidgets.Combobox(
        options=examples,
        value=value,
        description=description,
        continuous_update=False,
        style={"description_width": LABEL},
        layout={"width": "560px", "max_width": FULL},
    )
