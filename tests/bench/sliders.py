"""How long a slider takes from key press to new pixels, in a real browser.

Of a press of an arrow key, which is one step, and of a jump with the mouse.
Before and after our figures, in the same run, the baseline: what a notebook
would do without them, ipywidgets.interact redrawing a matplotlib heat map.
"""

import argparse
import itertools
import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Error
from rich.console import Console
from rich.progress import Progress

from tests.browser.jupyter import Lab, chromium, write_notebook
from tests.sliders.reading import figures

PAUSE = 150  # milliseconds between two presses, at least
FRAME = 1000 / 60
# After pauses of whole frames every press would wait equally long for the next
# frame. These fall anywhere between two frames, as a person's do.
GOLDEN = (5**0.5 - 1) / 2
GLIDE = 400  # as long as a handle glides after a jump, and takes no click
LEFT, RIGHT = 0.2, 0.8  # of a track's width, where a jump ends
# How the server is started; by itself it answers with Nagle's algorithm on.
SERVERS = {
    "course": {},
    "lab": {"prompt": False},
    "notebook": {"program": "notebook", "prompt": False},
}
FIGURES = tuple(figures())

BASELINE = """
%matplotlib inline
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np

def redraw(x=1.0):
    E = np.array([[x, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1]])
    scores = E @ E.T / 2
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    plt.imshow(weights, vmin=0, vmax=1)
    for (i, j), weight in np.ndenumerate(weights):
        plt.text(j, i, f"{weight:.4f}", ha="center", va="center")
    plt.show()

ipywidgets.interact(
    redraw,
    x=ipywidgets.FloatSlider(value=1, min=-2, max=2, step=0.25),
);
"""

# Watches one figure. A press is over when the picture has changed, is decoded
# if it is an <img>, and a frame with it in has been painted (a message posted
# in an animation frame arrives after that frame's painting). A frame is blank
# if there is no picture with a height when its scripts and layout are done: a
# ResizeObserver has its turn then, if something changes size. The probe does
# with every change in the figure, apart from the page's layout. To watch must
# not slow what is watched: it asks for no frame while nothing changes. Where
# frames go on and on, a press waits for the next one, 8 ms on average. A page
# at rest starts one for the press.
WATCH = """area => {
  const picture = () => area.querySelector(
    'svg[data-figure], .jp-OutputArea img, .jp-RenderedImage img');
  const state = window.bench = {blank: 0};
  let start = null, finish = null;
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(null);
  }));
  // Another picture, or this one with something in it changed.
  const concerns = now => ({target, addedNodes}) =>
    now.contains(target) || [...addedNodes].some(n => n.contains(now));
  const probe = document.body.appendChild(document.createElement('div'));
  probe.style.cssText =
    'contain: strict; position: fixed; height: 1px; visibility: hidden';
  let changes = 0;
  const changed = async records => {
    probe.style.width = `${1 + changes++ % 100}px`;
    const now = picture();
    if (start === null || !now || !records.some(concerns(now))) return;
    const began = start;
    start = null;
    if (now.tagName === 'IMG') await now.decode();
    await painted();
    finish(performance.now() - began);
  };
  new MutationObserver(changed).observe(
    area, {childList: true, subtree: true, attributes: true,
           characterData: true});
  for (const kind of ['keydown', 'pointerdown']) addEventListener(
    kind, event => {
      state.took = new Promise(done => { finish = done; });
      start = event.timeStamp;
    }, true);
  const sizes = new ResizeObserver(() => {
    if (!picture()?.getBoundingClientRect().height) state.blank += 1;
  });
  for (const each of [area, probe]) sizes.observe(each);
}"""


# Whether a press of that key would move the handle nowhere.
AT_END = """handle => {
  const now = name => Number(handle.getAttribute(`aria-value${name}`));
  return {ArrowLeft: now('now') <= now('min'),
          ArrowRight: now('now') >= now('max')}}"""

# A press that changes nothing must not make the bench wait for ever.
TOOK = """Promise.race([window.bench.took, new Promise((_, reject) =>
  setTimeout(() => reject('no new picture within 20 s'), 20000))])"""


class Measured(NamedTuple):
    """Milliseconds of presses and of jumps, and the number of blank frames."""

    presses: list[float]
    jumps: list[float]
    blank: int


def measure(lab, name, repeats, tick):
    """So many presses, and a third as many jumps; None: it has no slider."""
    notebook = lab.open_notebook(f"{name}.ipynb")
    notebook.run_all()
    page = notebook.page
    area = page.locator(".jp-OutputArea-output .jupyter-widgets").first
    area.locator("svg[data-figure], img").first.wait_for()
    if not area.locator(".noUi-handle").count():
        notebook.close()
        return None
    area.evaluate(WATCH)
    handle = area.locator(".noUi-handle").first

    def took(k):
        try:
            milliseconds = page.evaluate(TOOK)
        except Error as error:
            raise SystemExit(f"{name}: {error}") from None
        # What follows a redraw (the kernel's "idle", JupyterLab's own
        # housekeeping) belongs to no later press: a person is slower.
        notebook.wait_idle()
        page.wait_for_timeout(PAUSE + k * GOLDEN % 1 * FRAME)
        tick()
        return milliseconds

    presses, key = [], "ArrowRight"
    handle.focus()
    for k in range(repeats):
        # Three steps each way, and back from either end.
        if k % 3 == 0 or handle.evaluate(AT_END)[key]:
            key = "ArrowLeft" if key == "ArrowRight" else "ArrowRight"
            if handle.evaluate(AT_END)[key]:
                key = "ArrowLeft" if key == "ArrowRight" else "ArrowRight"
        page.keyboard.press(key)
        presses.append(took(k))
    jumps, track = [], area.locator(".noUi-target").first
    for k in range(repeats // 3):
        page.wait_for_timeout(GLIDE)
        track.scroll_into_view_if_needed()
        box = track.bounding_box()
        on_the_left = handle.bounding_box()["x"] < box["x"] + box["width"] / 2
        page.mouse.click(
            box["x"] + box["width"] * (RIGHT if on_the_left else LEFT),
            box["y"] + box["height"] / 2,
        )
        jumps.append(took(k))
    blank = page.evaluate("window.bench.blank")
    notebook.close()
    return Measured(presses, jumps, blank)


def run(names, repeats, rounds, server):
    """Name to what was measured, each time; those that have a slider."""
    # In Notebook 7 the arrow keys move the notebook, and only ours do without.
    baseline = () if server == "notebook" else ("interact",)
    turns = (*baseline, *names, *baseline) * rounds
    console = Console(stderr=True)
    results = {}
    with (
        tempfile.TemporaryDirectory() as root,
        Progress(console=console, transient=True) as progress,
    ):
        for name in FIGURES:
            write_notebook(Path(root, f"{name}.ipynb"), source(name))
        write_notebook(Path(root, "interact.ipynb"), BASELINE)
        moves = repeats + repeats // 3
        task = progress.add_task("moves", total=moves * len(turns))
        with Lab(root, **SERVERS[server]) as lab:
            for name in turns:
                progress.update(task, description=name)
                tick = partial(progress.advance, task)
                if one := measure(lab, name, repeats, tick):
                    results.setdefault(name, []).append(one)
    return results


def source(name):
    """The cell that shows a figure."""
    return f"from byhand.sliders import {name}\n{name}.show()"


def report(results):
    """The table: of all presses and jumps the median and 95th percentile, how
    far apart the medians of single rounds are, and how many times as fast.
    """
    lines = [
        f"{'milliseconds':<16}{'press':>7}{'p95':>7}{'rounds':>15}{'jump':>7}"
        f"{'p95':>7}{'rounds':>15}{'blank':>7}{'times interact':>16}"
    ]
    slow = None
    if "interact" in results:
        slow, *_ = summed_up([one.presses for one in results["interact"]])
    for name, rounds in results.items():
        presses, jumps, blank = zip(*rounds, strict=True)
        median, *_ = told = summed_up(presses)
        lines.append(
            f"{name:<16}{columns(*told)}{columns(*summed_up(jumps))}"
            f"{sum(blank):>7}{f'{slow / median:.1f}' if slow else '–':>16}"
        )
    return "\n".join(lines)


def summed_up(rounds):
    """Median and 95th percentile of all, and each round's median."""
    times = list(itertools.chain(*rounds))
    medians = [statistics.median(each) for each in rounds]
    return statistics.median(times), p95(times), medians


def columns(median, late, medians):
    one_by_one = f"{min(medians):.1f} to {max(medians):.1f}"
    spread = one_by_one if len(medians) > 1 else "–"
    return f"{median:>7.1f}{late:>7.1f}{spread:>15}"


def p95(times):
    return statistics.quantiles(times, n=20)[-1]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.sliders", description=__doc__
    )
    parser.add_argument(
        "--repeats",
        type=int,
        default=60,
        metavar="N",
        help="key presses a slider in a round; 40 in all, at least "
        "(default: 60)",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=1,
        metavar="N",
        help="measure everything so many times, one after the other "
        "(default: 1; all figures take about 20 minutes)",
    )
    parser.add_argument(
        "--figure",
        action="append",
        choices=FIGURES,
        metavar="NAME",
        help="this alone, may be repeated (default: all): "
        + ", ".join(FIGURES),
    )
    parser.add_argument(
        "--server",
        choices=SERVERS,
        default="course",
        help="JupyterLab as the course starts it (default), as `jupyter lab` "
        "does, or Jupyter Notebook 7",
    )
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error(
            f"--rounds must be at least 1, but it is {options.rounds}"
        )
    # A median of fewer than a dozen, or a 95th percentile of fewer than 40,
    # says little.
    least = max(12, -(-40 // options.rounds))
    if options.repeats < least:
        parser.error(
            f"--repeats must be at least {least} in each of {options.rounds} "
            f"rounds, but it is {options.repeats}"
        )
    if chromium() is None:
        parser.error("this needs Chromium or Chrome on PATH")
    names = options.figure or FIGURES
    print(report(run(names, options.repeats, options.rounds, options.server)))


if __name__ == "__main__":
    main()
