"""What every figure must satisfy, wherever its controls stand.

Each rule is a function of a figure's module that returns its complaints as
sentences, so that a test can hold every figure to it (no complaints) and
another can show that it does complain (test_every_figure.py).
"""

import hashlib
import importlib
import inspect
import itertools
import json
import math
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

import ipywidgets
import numpy as np

from byhand.sliders import draw
from byhand.sliders.panel import Panel
from byhand.sliders.picture import choices, neighbours
from tests.sliders.reading import (
    SVG,
    clashes,
    colours,
    miscoloured,
    parse,
    shown,
)

ROOT = Path(__file__).parents[2]
MOST_CORNERS = 32
THEME = {draw.INK, draw.FAINT, draw.RULE, draw.PAPER}
PALETTE = {draw.BLUE, draw.ORANGE, draw.GREEN, draw.PINK}


class State(NamedTuple):
    """What a panel says with its controls somewhere."""

    numbers: dict
    picture: str
    summary: str

    @property
    def where(self):
        return ", ".join(f"{k} = {v}" for k, v in self.numbers.items())


def name_of(module):
    return module.__name__.rpartition(".")[2]


def stations(control):
    """Both ends of a slider, every option of a choice or of a line."""
    if hasattr(control, "step"):
        return [control.min, control.max]
    return choices(control)


@cache
def states(module):
    """At the start, with each control moved alone, and in the corners.

    If there are many corners, some: always the same ones.
    """
    panel = module.show()
    found = [_state(panel, {})]
    for name, control in panel.controls.items():
        found += [_state(panel, {name: at}) for at in stations(control)]
    names, at = panel.controls, map(stations, panel.controls.values())
    corners = list(itertools.product(*at))
    if len(corners) > MOST_CORNERS:
        rng = np.random.default_rng(0)
        some = rng.choice(len(corners), MOST_CORNERS, replace=False)
        corners = [corners[k] for k in sorted(some)]
    for corner in corners:
        found.append(_state(panel, dict(zip(names, corner, strict=True))))
    return found


def _state(panel, moves):
    panel.reset()
    for name, value in moves.items():
        panel.controls[name].value = value
    return State(panel.numbers(), panel.picture, panel.summary)


def answers(module):
    """A picture or a sentence for every move, never an exception."""
    try:
        states(module)
    except Exception as error:
        return [f"a move raises {type(error).__name__}: {error}"]
    return []


def has_its_parts(module):
    """show() gives a Panel, which begins where compute's defaults are."""
    parts = ("compute", "draw", "summary", "picture", "show")
    if missing := [part for part in parts if not hasattr(module, part)]:
        return [f"has no {', '.join(missing)}"]
    panel = module.show()
    if not isinstance(panel, Panel):
        return [f"show() gives a {type(panel).__name__}, not a Panel"]
    complaints = []
    named = parse(panel.picture).get("data-figure")
    if not panel.name == named == name_of(module):
        complaints.append(f"is named {panel.name!r} and {named!r} in its file")
    if panel.picture != module.picture():
        complaints.append("show() does not begin with picture()")
    parameters = inspect.signature(module.compute).parameters
    for name, value in panel.numbers().items():
        default = parameters[name].default if name in parameters else value
        if default != value:
            complaints.append(f"{name} begins at {value}, not at {default}")
    return complaints


def says_what_it_computes(module):
    """Each control is the keyword of `compute` that it is named after."""
    compute = getattr(module, "from_sliders", module.compute)
    complaints = []
    for numbers, picture, summary in states(module):
        try:
            arrays = compute(**numbers)
        except ValueError as error:
            wrong = summary != str(error)
        else:
            wrong = picture != module.draw(arrays)
            wrong |= summary != module.summary(arrays)
        if wrong:
            complaints.append(f"{numbers}: shows something else")
    return complaints


def is_labelled(module):
    """Every control has a description of its own and reports every move."""
    controls = module.show().controls.values()
    words = [control.description for control in controls]
    complaints = []
    if not all(words) or len(set(words)) < len(words):
        complaints.append(f"descriptions are missing or twice: {words}")
    for control in controls:
        # What is typed is read at Enter.
        moves = not isinstance(control, ipywidgets.Text)
        if moves and not getattr(control, "continuous_update", True):
            complaints.append(f"{control.description} waits to be let go")
    return complaints


# What a person would not say: 1e-05, 0.009999999999999998.
UNSAID = re.compile(r"\d\.\d{7}|\de[-−]\d")


def is_said_as_a_person_would(module):
    """Read-outs have the decimals of their steps, and no number too many."""
    complaints = []
    for control in module.show().controls.values():
        if hasattr(control, "step"):
            form = getattr(control, "readout_format", "d")
            said = [
                f"{each:{form}}"
                for each in (control.min, control.min + control.step)
            ]
            steps = float(said[1]) - float(said[0]) - control.step
            if abs(steps) > 1e-9:
                complaints.append(f"{control.description} reads {said}")
        for label in getattr(control, "_options_labels", ()):
            if UNSAID.search(label):
                complaints.append(f"{control.description} reads {label}")
    for state in states(module):
        texts = parse(state.picture).itertext()
        if found := [t for t in (*texts, state.summary) if UNSAID.search(t)]:
            complaints.append(f"{state.where}: says {found[0]}")
    return complaints


def marks_its_lines(module):
    """Lines of a chart differ in more than colour: in dashes, or dots."""
    complaints = set()
    for state in states(module):
        for chart in parse(state.picture).iter(f"{SVG}svg"):
            looks = {}
            for line in chart.findall(f"{SVG}polyline"):
                colour = colours(line)["stroke"]
                dots = {
                    each.get("r")
                    for each in chart.findall(f"{SVG}circle")
                    if colours(each)["fill"] == colour
                }
                look = line.get("stroke-dasharray"), tuple(sorted(dots))
                looks.setdefault(look, set()).add(colour)
            complaints.update(
                f"only colour tells {' from '.join(sorted(alike))}"
                for alike in (some & PALETTE for some in looks.values())
                if len(alike) > 1
            )
    return sorted(complaints)


def every_control_does_something(module):
    panel = module.show()
    complaints = []
    for name, control in panel.controls.items():
        pictures = {panel.picture}
        for value in stations(control):
            pictures.add(_state(panel, {name: value}).picture)
        if len(pictures) < 2:
            complaints.append(f"{name} changes nothing")
        panel.reset()
    return complaints


def is_well_formed(module):
    """An SVG with alt text, whose numbers have names and can be found."""
    complaints = []
    for state in states(module):
        try:
            label = parse(state.picture).get("aria-label")
            shown(state.picture)
        except (ParseError, AssertionError) as error:
            complaints.append(f"{state.where}: {error}")
            continue
        if label.split() != state.summary.split():
            complaints.append(f"{state.where}: the alt text is not summary")
        if re.search(r"\bnan\b", state.picture, re.IGNORECASE):
            complaints.append(f"{state.where}: shows NaN")
        # Two pictures on a page must not share an id.
        if re.search(r'\s(id|\w*href)="', state.picture):
            complaints.append(f"{state.where}: does not stand alone")
    return complaints


# Maps of weights and scores by what they are called, and those whose sum
# nobody knows any more: a recorded head's scores were not kept.
WEIGHTS = re.compile(r"(weights|scores|shares|head|looks|patches)[_\d]*")
RECORDED = {
    "alignment weights",  # but for the mean of the heads
    "bottleneck weights",
    "filling looks",
    "patch_attention patches",  # but for the mean of the heads
}


def says_its_sums(module):
    """Each weight and score has its sum; worked out, it is what is shown."""
    complaints = []
    for state in states(module):
        for cell in parse(state.picture).iter():
            if cell.get("class") != "cell":
                continue
            at = " ".join(
                cell.get(f"data-{k}") for k in ("name", "row", "col")
            )
            name, told = cell.get("data-name"), cell.get("data-sum")
            wrong = None
            if told:
                wrong = worked_wrong(told, cell.text)
            elif (
                (kind := WEIGHTS.fullmatch(name))
                and draw.FAINT not in cell.get("style")  # it is struck out
                and f"{name_of(module)} {kind[1]}" not in RECORDED
            ):
                wrong = "has no sum"
            if wrong:
                complaints.append(f"{state.where}: {at} {wrong}")
    return complaints


def worked_wrong(told, shown):
    """What is wrong with "Cat, The: 0.50 = e^0 ÷ (e^0 + e^0)", or None."""
    said = re.fullmatch(
        r"(?:[^=]+: )?(\S+) = ([^=,]+)(, the sum of .+)?", told
    )
    if not said or said[1] != shown:
        return f"says {told!r}, and shows {shown}"
    formula = said[2].translate(str.maketrans("·÷−", "*/-"))
    formula = re.sub(r"e\^(-?[\d.∞]+)", r"exp('\1')", formula)
    formula = formula.replace("^", "**")
    exp = {"exp": lambda power: math.exp(float(power.replace("∞", "inf")))}
    value = eval(formula, {"__builtins__": {}}, exp)
    decimals = len(shown.partition(".")[2])
    if (came := draw.number(value, decimals)) != shown:
        return f"comes to {came}: {told}"
    return None


def is_summed_up(module):
    """In a line or two of plain text."""
    return [
        f"{state.where}: {state.summary!r} is no plain line or two"
        for state in states(module)
        if not state.summary.strip()
        or state.summary.count("\n") > 1
        or re.search(r"<|var\(| at 0x", state.summary)
    ]


def keeps_its_size(module):
    """Else the page below jumps, for a sentence too."""
    sizes = {}
    for state in states(module):
        root = parse(state.picture)
        size = root.get("width"), root.get("height")
        sizes.setdefault(size, state.where)
    if len(sizes) == 1:
        return []
    return [f"is {' × '.join(at)} at {where}" for at, where in sizes.items()]


def leaves_room(module):
    """No text lies on another one or beyond the edge."""
    return [
        f"{state.where}: {clash}"
        for state in states(module)
        for clash in clashes(state.picture)
    ]


def can_be_reset(module):
    """Exactly, and by the button."""
    panel = module.show()
    start = panel.picture, panel.summary, panel.numbers()
    for name, control in panel.controls.items():
        for value in stations(control):
            control.value = value
        panel.reset_button.click()
        if (panel.picture, panel.summary, panel.numbers()) != start:
            return [f"is not where it began after {name} moved"]
    return []


def is_drawn_ahead(module):
    """What a browser shows by itself is what the kernel then sends."""
    panel = module.show()
    complaints = []
    _, picture = panel.widget.children
    for name, control in panel.controls.items():
        panel.reset()
        for first in neighbours(control):
            control.value = first
            ahead = dict(picture.ahead)
            for value in neighbours(control):
                control.value = value
                if ahead.get(picture.key()) != panel.picture:
                    complaints.append(f"{name} = {value} was drawn otherwise")
                control.value = first
    return complaints


def is_stored(module):
    """A notebook keeps the picture and the summary beside the widget."""
    panel = module.show()
    bundle = dict(panel._repr_mimebundle_())
    view = bundle.pop("application/vnd.jupyter.widget-view+json")
    complaints = []
    if view["model_id"] != panel.widget.model_id:
        complaints.append("another widget is stored")
    summary = module.summary(module.compute())
    still = draw.without_sums(module.picture())
    kept = {"image/svg+xml": still, "text/plain": summary}
    if bundle != kept or repr(panel) != summary:
        complaints.append("its picture or summary is not stored")
    return complaints


def follows_the_theme(module):
    """Every colour is the theme's, with one to fall back to, or stands out.

    Cells of a heat map have a colour of their scale behind them and ink that
    can be read on it.
    """
    complaints = set()
    for state in states(module):
        for parent in parse(state.picture).iter():
            for before, each in itertools.pairwise([None, *parent, None]):
                complaints.update(_odd_colours(before, each))
    return sorted(complaints)


def _odd_colours(before, each):
    """Complaints about `before`, which may be the ground of a cell, `each`."""
    if before is None:
        return
    used = colours(before)
    if each is not None and each.get("class") == "cell":
        ground, ink = used.pop("fill"), colours(each)["fill"]
        if ground != draw.PAPER and ink != draw.ink_on(ground):
            yield f"{ink} on {ground}"
    if before.get("class") == "cell":
        return
    if before.tag == f"{SVG}text" and "fill" not in used:
        yield f"{''.join(before.itertext())!r} is black in any theme"
    for colour in used.values():
        if colour not in THEME | PALETTE | {"none"}:
            yield f"{colour} is not of the theme"


def gives_roles_their_colours(module):
    """Queries, keys and values have one colour each in the whole course."""
    return [
        f"{state.where}: {said}"
        for state in states(module)
        for said in miscoloured(parse(state.picture))
    ]


def is_the_same_elsewhere(module, told):
    """Neither time, nor chance, nor what was drawn before has a part in it.

    told: what `elsewhere` says of this figure.
    """
    complaints = []
    if digest(module) != told["digest"]:
        complaints.append("is another picture in another process")
    arrays = module.compute()
    if not module.picture() == module.draw(arrays) == module.draw(arrays):
        complaints.append("is another picture when drawn again")
    if told["torch"]:
        complaints.append("imports PyTorch: figures compute with NumPy")
    return complaints


def digest(module):
    return hashlib.sha256(module.picture().encode()).hexdigest()


@cache
def elsewhere(*names, path=ROOT):
    """What a fresh process says of modules: "digest", and "torch" or not."""
    script = f"from tests.sliders import rules; rules.tell({names!r})"
    paths = os.pathsep.join(map(str, (path, ROOT)))
    # Another order of sets than ours.
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "7"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(told.stdout)


def tell(names):
    """In that process; PyTorch is blamed on the first that imports it."""
    found = {}
    for name in names:
        was_there = "torch" in sys.modules
        module = importlib.import_module(name)
        found[name] = {
            "digest": digest(module),
            "torch": "torch" in sys.modules and not was_there,
        }
    print(json.dumps(found))
