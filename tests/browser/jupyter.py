"""A real JupyterLab on a free port, and a headless Chromium that reads it.

    with Lab(folder) as lab:
        notebook = lab.open_notebook("lesson.ipynb")
        notebook.change_theme("dark")
        notebook.run_all()
        (figure,) = notebook.figures(1)
        for control in figure.controls(["x", "learning rate"]):
            control.press("ArrowRight")
        figure.wait_shown({"x": "2.10", "slope": "4.20"})

Whatever the kernel has to do with comes by message, at some time. A test waits
for it (`wait_…`, `expect`, `until`) and never looks once; test_waiting.py
reads the tests for that. Methods that only read say so: they are for `until`,
and for what a test has waited for.

It is started as `python -m byhand lab` does. Nothing leaves the machine: the
server listens on 127.0.0.1, and Chromium may resolve no name.
"""

import importlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import ipywidgets
import nbformat
import pytest

from byhand import lab as course
from byhand.sliders.picture import choices
from tests.sliders.reading import shown

SECOND = 1000  # Playwright counts in milliseconds
PATIENCE = 90 * SECOND  # a cold start on a busy machine of two cores

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

SETTINGS = {
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    # Cells out of view must be there for a test to find.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
}

# What a figure shows, from any <svg> of ours: "weights 0 1" → "0.1554".
SHOWN = """svg => Object.fromEntries(
  [...svg.querySelectorAll('.cell, .value')].map(e => [
    [e.dataset.name, e.dataset.row, e.dataset.col]
      .filter(part => part !== undefined).join(' '),
    e.textContent]))"""

# WCAG's luminance of what the browser made of var(…); alpha as over the page.
BRIGHTNESS = """svg => {
  const light = (css, behind) => {
    const [r, g, b, alpha = 1] = css.match(/[\\d.]+/g).map(Number);
    const linear = [r, g, b].map(c => c / 255).map(
      c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const full = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    return alpha * full + (1 - alpha) * behind};
  const page = light(getComputedStyle(svg.querySelector('rect')).fill, 0);
  // Text that a figure colours on purpose is tested with the palette.
  const plain = [...svg.querySelectorAll('text:not(.cell)')].filter(
    text => text.getAttribute('style').includes('font-color1'));
  return [page, plain.map(t => light(getComputedStyle(t).fill, page))]}"""

COLLISIONS = """svg => {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')]
    .filter(text => text.textContent.trim())
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  const found = [];
  texts.forEach(([text, box], k) => {
    if (box.left < frame.left || box.right > frame.right + 1
        || box.top < frame.top || box.bottom > frame.bottom)
      found.push([text, 'leaves the picture']);
    for (const [other, its] of texts.slice(k + 1))
      if (box.left < its.right - 1 && its.left < box.right - 1
          && box.top < its.bottom - 4 && its.top < box.bottom - 4)
        found.push([text, other])});
  return found}"""

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

CONTROLS = ".widget-slider, .widget-toggle-buttons"
SLIDERS_AND_BUTTONS = (
    ipywidgets.FloatSlider,
    ipywidgets.IntSlider,
    ipywidgets.SelectionSlider,
    ipywidgets.ToggleButtons,
)

AT_RIGHT_END = """handle =>
  Number(handle.getAttribute('aria-valuenow'))
  >= Number(handle.getAttribute('aria-valuemax'))"""

KERNEL = "window.jupyterapp?.shell.currentWidget?.sessionContext"

# What to know of a notebook that was waited for in vain.
STATE = f"""() => {{
  const widget = window.jupyterapp?.shell.currentWidget;
  const kernel = {KERNEL}?.session?.kernel;
  return {{
    shown: widget?.title?.label, ready: widget?.context?.isReady,
    kernel: kernel?.status, connection: kernel?.connectionStatus,
    said: [...document.querySelectorAll('.jp-Dialog, .Toastify__toast')].map(
      box => box.textContent)}}}}"""

# Ends the kernels, too, which would go on until the server does.
CLOSE_ALL = """Promise.all([...window.jupyterapp.shell.widgets('main')].map(
  async widget => {
    await widget.sessionContext?.shutdown();
    widget.dispose()})).then(() => null)"""


def chromium():
    """The path of an installed Chromium or Chrome, or None."""
    names = "chromium", "chromium-browser", "google-chrome"
    return next(filter(None, map(shutil.which, names)), None)


def require_browser():
    """Skip the test where there is nothing to run it in."""
    if chromium() is None:
        pytest.skip("no Chromium or Chrome on PATH")
    pytest.importorskip("playwright", reason="Playwright is not installed")


def expect(locator):
    """Playwright's own `expect`, as patient as we are."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE)
    return expect(locator)


def until(read, holds):
    """What `read()` gives, as soon as `holds` of it; AssertionError: never."""
    deadline = time.monotonic() + PATIENCE / SECOND
    while not holds(found := read()):
        if time.monotonic() > deadline:
            wanted = getattr(holds, "__doc__", None) or "what was waited for"
            raise AssertionError(f"{found!r} never became {wanted}")
        time.sleep(0.05)
    return found


def equals(wanted):
    """For `until`."""

    def holds(found):
        return found == wanted

    holds.__doc__ = repr(wanted)
    return holds


def differs(before):
    """For `until`: another value than before."""
    return lambda found: found != before


def write_notebook(path, *cells):
    """A notebook of code cells at `path`."""
    nbformat.write(notebook_of(*cells), path)


def notebook_of(*cells):
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            },
            "language_info": {"name": "python"},  # JupyterLite goes by it
        },
    )


class Lab:
    """A server with `root` as its folder, and a browser; use in a `with`.

    program: "jupyterlab", or "notebook" for Jupyter Notebook 7. instructor:
    as with `--instructor`. prompt: False leaves Nagle's algorithm on.
    """

    def __init__(
        self, root, program="jupyterlab", instructor=False, prompt=True
    ):
        self.root, self.program = Path(root), program
        self.instructor, self.prompt = instructor, prompt
        self._token = secrets.token_hex(16)

    def __enter__(self):
        from playwright.sync_api import sync_playwright

        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        try:
            self._start_server()
            self._playwright = sync_playwright().start()
            self._browser = self._playwright.chromium.launch(
                executable_path=chromium(), headless=True, args=FLAGS
            )
            # One for all pages: JupyterLab's own megabytes of script are read
            # and compiled once.
            self._context = self._browser.new_context()
            self._context.set_default_timeout(PATIENCE)
            self._window = None
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for stop in (
            lambda: self._browser.close(),
            lambda: self._playwright.stop(),
            self._stop_server,
            self._home.cleanup,
        ):
            # One that never started must not keep the others running.
            try:
                stop()
            except AttributeError:
                continue

    def _start_server(self):
        home = Path(self._home.name)
        self.state = home / "state"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "HOME": str(home),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            "IPYTHONDIR": str(home / "ipython"),
            "XDG_STATE_HOME": str(self.state),
            "JUPYTER_TOKEN": self._token,
            # A kernel starts in the notebook's folder.
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        if not self.instructor:
            environment |= course.without_the_instructors()
        course.first_look(home / "workspaces")
        self._log = home / "server.log"
        with self._log.open("w") as log:
            self._server = subprocess.Popen(
                [
                    *(sys.executable, "-m", self.program, "--no-browser"),
                    *(str(self.root), "--ip=127.0.0.1", f"--port={port}"),
                    "--ServerApp.port_retries=0",
                    "--ServerApp.root_dir=" + str(self.root),
                    "--expose-app-in-browser",
                    "--LabApp.extension_manager=readonly",
                    *(
                        option
                        for option in course.options()
                        if self.prompt or "kernel_websocket" not in option
                    ),
                    *(["--allow-root"] if _is_root() else []),
                ],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_for_server()

    def _wait_for_server(self):
        deadline = time.monotonic() + PATIENCE / SECOND
        address = f"{self.url}/api/status?token={self._token}"
        while time.monotonic() < deadline:
            if self._server.poll() is not None:
                break
            try:
                with urllib.request.urlopen(address, timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise RuntimeError(
            f"JupyterLab did not start:\n{self._log.read_text()[-4000:]}"
        )

    def _stop_server(self):
        self._server.terminate()
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def open_notebook(self, path):
        """The notebook at `path`, relative to the root, and no other one.

        In the window of the one before, where there was one: JupyterLab's own
        start takes four times as long as a notebook's. Close its page to have
        a new one.
        """
        begun = self._window is not None and not self._window.is_closed()
        if not begun:
            self._settle()
            self._window = self._context.new_page()
        self._window.set_viewport_size({"width": 1400, "height": 900})
        if begun and self.program == "jupyterlab":
            self._window.evaluate(CLOSE_ALL)
            execute(self._window, "docmanager:open", path=path)
        else:
            self._window.goto(
                f"{self.url}/{self._place()}/{path}?reset&token={self._token}",
                wait_until="domcontentloaded",
            )
        notebook = Notebook(self._window)
        notebook.change_theme("light")
        return notebook

    def _settle(self):
        settings = Path(self._home.name, "settings", "@jupyterlab")
        for plugin, values in SETTINGS.items():
            file = settings / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))

    def open_first(self):
        """What `make lab` shows the first time."""
        page = self._context.new_page()
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(
            f"{self.url}/lab/workspaces/{course.WORKSPACE}"
            f"?token={self._token}",
            wait_until="domcontentloaded",
        )
        return Notebook(page)

    def _place(self):
        return "notebooks" if self.program == "notebook" else "lab/tree"

    def page(self, address):
        """A page that the server itself makes, in a new window."""
        page = self._context.new_page()
        page.goto(f"{self.url}/login?token={self._token}")  # for what it asks
        page.goto(f"{self.url}/{address}")
        return page


def execute(page, command, **arguments):
    """One of JupyterLab's commands, to its end."""
    page.evaluate(
        "([command, given]) => window.jupyterapp.commands"
        ".execute(command, given).then(() => null)",
        [command, arguments],
    )


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


class Notebook:
    """An open notebook; `page` is Playwright's."""

    def __init__(self, page):
        self.page = page
        self.wait_until(
            "window.jupyterapp?.shell.currentWidget?.context?.isReady"
        )
        page.evaluate("window.jupyterapp.restored.then(() => null)")
        self.wait_idle()

    def wait_idle(self):
        """Until the kernel has nothing to do."""
        self.wait_until(f"{KERNEL}?.session?.kernel?.status === 'idle'")

    def wait_until(self, script):
        """Until that is true on the page; AssertionError: never."""
        from playwright.sync_api import TimeoutError

        try:
            self.page.wait_for_function(script, polling=50)
        except TimeoutError:
            state = self.page.evaluate(STATE)
            raise AssertionError(f"never so: {script}; {state}") from None

    def run_all(self):
        """Run every cell; an AssertionError with what a cell raised."""
        execute(self.page, "notebook:run-all-cells")
        self.wait_idle()
        # JupyterLab keeps its promise when every cell's outputs have come.
        if errors := self.errors():
            raise AssertionError("\n".join(errors))

    def errors(self):
        """Reads the name and message of every exception in the outputs."""
        return self.page.evaluate(
            """window.jupyterapp.shell.currentWidget.content.model
              .toJSON().cells.flatMap(cell => cell.outputs ?? [])
              .filter(output => output.output_type === 'error')
              .map(output => `${output.ename}: ${output.evalue}`)"""
        )

    def figures(self, count, with_button=""):
        """The figures with sliders on the page, once there are `count`.

        with_button: those that have a button of that name.
        """
        panels = self.page.locator(
            ".jp-OutputArea-output > .jupyter-widgets",
            has=self.page.locator("svg[data-figure]"),
        )
        if with_button:
            button = self.page.locator("button", has_text=with_button)
            panels = panels.filter(has=button)
        expect(panels).to_have_count(count)
        return [Figure(panels.nth(k), self) for k in range(count)]

    def change_theme(self, theme):
        """As with the menu: the notebook stays as it is."""
        execute(self.page, "apputils:change-theme", theme=THEMES[theme])

    def save(self):
        """As Ctrl+S does."""
        execute(self.page, "docmanager:save")

    def close(self):
        """Close it and end its kernel; the window stays for the next one."""
        self.page.evaluate(CLOSE_ALL)


class Figure:
    """A picture and the controls above it."""

    def __init__(self, panel, notebook):
        self.panel, self.page, self.notebook = panel, panel.page, notebook
        self._svg = panel.locator("svg[data-figure]")

    @property
    def name(self):
        return self._svg.get_attribute("data-figure")

    def svg(self):
        """Reads the picture as the page has it now."""
        return self._svg.evaluate("svg => svg.outerHTML")

    def shown(self):
        """Reads the numbers in the picture, as written: "weights 0 1" → text.

        Empty while there is no picture.
        """
        # The <svg> may be another one after a change: looked up each time.
        return self.panel.evaluate(
            "panel => { const svg = panel.querySelector('svg[data-figure]'); "
            f"return svg ? ({SHOWN})(svg) : {{}} }}"
        )

    def wait_shown(self, expected):
        """Until the picture shows these numbers, and no other ones."""
        until(self.shown, equals(expected))

    def wait_says(self, some):
        """Until it says `some`; its other numbers may be any."""
        until(
            lambda: {key: self.shown().get(key) for key in some}, equals(some)
        )

    def wait_changed(self, before):
        """Until the picture is another one than `before`."""
        return until(self.svg, differs(before))

    def wait_same(self, before):
        """Until the kernel has nothing more to say; the picture stayed."""
        self.notebook.wait_idle()
        until(self.svg, equals(before))

    def controls(self, descriptions):
        """The controls in view, once they are those.

        Sliders and groups of buttons, in their order; see `in_view`. Behind
        them may be more, where a notebook hands its own model over.
        """
        found = self.panel.locator(CONTROLS)
        until(
            lambda: found.evaluate_all(
                "(all, count) => all.slice(0, count)"
                ".map(e => e.querySelector('label').innerText)",
                len(descriptions),
            ),
            equals(list(descriptions)),
        )
        return [Control(found.nth(k)) for k in range(len(descriptions))]

    def cell(self, name, row, column):
        """The number in a heat map's cell, to point at."""
        return self.panel.locator(
            f'[data-name="{name}"][data-row="{row}"][data-col="{column}"]'
        )

    def brightness(self):
        """Reads the page's relative luminance, and that of each text on it."""
        return self._svg.evaluate(BRIGHTNESS)

    def collisions(self):
        """Reads which texts overlap, and which leave the picture."""
        return self._svg.evaluate(COLLISIONS)

    def smallest_text(self):
        """Reads the height, on the screen, of text of the usual 12 pixels."""
        return self._svg.evaluate(
            "svg => 12 * svg.getBoundingClientRect().width"
            " / svg.getAttribute('width')"
        )

    def cut_off(self):
        """Reads which controls go on behind the panel's right edge."""
        return self.panel.evaluate(
            """panel => [...panel.querySelectorAll(
                '.widget-readout, input, button')]
              .filter(part => part.getBoundingClientRect().right
                > panel.getBoundingClientRect().right + 1)
              .map(part => part.className)"""
        )

    def reset(self):
        """Press the Reset button, by keyboard."""
        button = self.panel.locator("button", has_text="Reset")
        button.focus()
        self.page.keyboard.press("Space")


class Control:
    """A slider, or a group of toggle buttons, moved by keyboard."""

    def __init__(self, box):
        self.box, self.page = box, box.page
        css = box.get_attribute("class")
        self.kind = "slider" if "widget-slider" in css else "buttons"
        self.description = box.locator("label").inner_text()

    def heard(self):
        """Reads what a screen reader says of a slider: its name and value.

        Of buttons: the group's name, and the pressed one.
        """
        if self.kind == "slider":
            handle = self.box.locator(".noUi-handle")
            names = "aria-label", "aria-valuetext"
            return tuple(handle.get_attribute(name) for name in names)
        pressed = self.box.locator("button[aria-pressed=true]")
        return self.box.get_attribute("aria-label"), *pressed.all_inner_texts()

    def value(self):
        """Reads a slider's number, or the word that it stops at, or the label
        of the pressed button.
        """
        if self.kind != "slider":
            return self.box.locator("button.mod-active").inner_text()
        written = self.box.locator(".widget-readout").inner_text()
        try:
            return float(written.replace("−", "-").replace(",", ""))
        except ValueError:
            return written

    def wait_value(self, wanted):
        """Until it says that."""
        until(self.value, equals(wanted))

    def wait_moved(self, before):
        """Until it says something else than `before`; what it says then."""
        return until(self.value, differs(before))

    def at_right_end(self):
        """Reads whether a slider can go no further."""
        return self.box.locator(".noUi-handle").evaluate(AT_RIGHT_END)

    def press(self, key, times=1):
        """Focus the handle (or the pressed button) and press a key."""
        handle = self.box.locator(
            ".noUi-handle" if self.kind == "slider" else "button.mod-active"
        )
        handle.focus()
        for _ in range(times):
            self.page.keyboard.press(key)

    def labels(self):
        """Reads the labels of a group's buttons."""
        return self.box.locator("button").all_inner_texts()

    def wait_labels(self, wanted):
        """Until a group's buttons are labelled so."""
        until(self.labels, equals(list(wanted)))

    def choose(self, label):
        """Press the button of that label, by keyboard, and see it pressed."""
        self.box.locator("button", has_text=label).focus()
        self.page.keyboard.press("Space")
        self.wait_value(label)


class Twin:
    """A figure in this process: what the one in the browser must become.

    Its controls are moved along with the other's, by their descriptions.
    """

    def __init__(self, name):
        module = importlib.import_module(f"byhand.sliders.{name}")
        self.panel = module.show()
        self.controls = {
            c.description: c for c in self.panel.controls.values()
        }

    def numbers(self):
        """What its picture shows, as `Figure.wait_shown` wants it."""
        return shown(self.panel.picture)

    def move_to_end(self, description, key):
        """As the keys Home and End do with a slider."""
        control = self.controls[description]
        if hasattr(control, "options"):
            control.value = choices(control)[0 if key == "Home" else -1]
        else:
            control.value = control.min if key == "Home" else control.max

    def in_view(self):
        """The descriptions of the controls that a reader sees."""
        return list(in_view(self.panel.widget))


def in_view(widget):
    """The same of any widget."""
    if isinstance(widget, ipywidgets.Stack):
        yield from in_view(widget.children[widget.selected_index])
    elif isinstance(widget, ipywidgets.Box):
        for child in widget.children:
            yield from in_view(child)
    elif isinstance(widget, SLIDERS_AND_BUTTONS):
        yield widget.description
