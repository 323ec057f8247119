"""The edition without installing, served as static files, and a browser.

    with Edition(folder) as running:
        notebook = running.open("07_self_attention")
        run(notebook, "1 + 1")

As tests/browser/jupyter.py is for JupyterLab; a page is its own kernel here.
"""

import functools
import http.server
import threading
from pathlib import Path

from tests.browser.jupyter import FLAGS, PATIENCE, Notebook, chromium

CELLS = "window.jupyterapp.shell.currentWidget.content"


class Server(http.server.ThreadingHTTPServer):
    """On a free port; `sent` is the files that it sent, in order."""

    def __init__(self, folder):
        handler = functools.partial(Handler, directory=folder)
        super().__init__(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.sent = []

    def handle_error(self, *_):
        """A page that is closed leaves requests unread."""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files, as any server gives them."""

    extensions_map = {  # noqa: RUF012 # as it is there
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".wasm": "application/wasm",
    }

    def log_request(self, code="-", size="-"):
        if code == http.HTTPStatus.OK:
            self.server.sent.append(Path(self.translate_path(self.path)))

    def log_message(self, *_):
        pass


class Edition:
    """The edition in a folder, and a browser; use in a `with`.

    asked: all that the browser requested. sent: the files that the server
    sent it, for a cached one is not asked for again.
    """

    def __init__(self, folder):
        self.folder, self.asked = Path(folder), []

    def __enter__(self):
        from playwright.sync_api import sync_playwright

        self._server = Server(self.folder)
        self.url, self.sent = self._server.url, self._server.sent
        threading.Thread(
            target=self._server.serve_forever, daemon=True
        ).start()
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=chromium(), headless=True, args=FLAGS
        )
        self._context = self._new_context()
        return self

    def __exit__(self, *_):
        self._browser.close()
        self._playwright.stop()
        self._server.shutdown()
        self._server.server_close()

    def _new_context(self):
        context = self._browser.new_context()
        # A page compiles Python itself before its kernel is there.
        context.set_default_timeout(2 * PATIENCE)
        context.on("request", lambda request: self.asked.append(request.url))
        return context

    def forget(self):
        """As if nobody had been here before: no cache, no storage."""
        self._context.close()
        self._context = self._new_context()

    def page(self, path):
        """A notebook's page, of which nothing needs to be there yet."""
        page = self._context.new_page()
        page.goto(
            # JupyterLab would open again what was open before, each with
            # a kernel.
            f"{self.url}/notebooks/index.html?path={path}",
            wait_until="domcontentloaded",
        )
        return page

    def open(self, lesson):
        return self.open_notebook(path_of(lesson))

    def open_notebook(self, path):
        return Notebook(self.page(path))


def path_of(lesson):
    return f"lessons/{lesson}/{lesson}.ipynb"


def store(page, path, content):
    """Put a notebook into the browser's storage, as if it had been saved."""
    page.evaluate(
        """([path, content]) =>
          window.jupyterapp.serviceManager.contents.save(path,
            {type: 'notebook', format: 'json', content}).then(() => null)""",
        [path, content],
    )


def run(notebook, source):
    """Run a cell of one's own; all that it shows, as text."""
    add(notebook, source)
    run_current(notebook)
    return outputs(notebook)[-1]


def add(notebook, source):
    """Add a cell at the end, and go there."""
    notebook.page.evaluate(
        """source => {
          const model = CELLS.model.sharedModel;
          model.insertCell(model.cells.length, {cell_type: 'code', source});
          CELLS.activeCellIndex = model.cells.length - 1}""".replace(
            "CELLS", CELLS
        ),
        source,
    )


def run_current(notebook):
    """Run the cell where one is; the milliseconds until it has run."""
    took = notebook.page.evaluate(
        """async () => {
          const began = performance.now();
          await window.jupyterapp.commands.execute('notebook:run-cell');
          return performance.now() - began}"""
    )
    notebook.wait_idle()
    return took


def completed(notebook, code):
    """What the kernel would complete code to, once it has answered."""
    return notebook.page.evaluate(
        """code => window.jupyterapp.shell.currentWidget.sessionContext
          .session.kernel.requestComplete({code, cursor_pos: code.length})
          .then(reply => reply.content.matches)""",
        code,
    )


def outputs(notebook):
    """What stands below each cell of code, as text."""
    cells = notebook.page.evaluate(f"{CELLS}.model.toJSON().cells")
    return [text_of(cell) for cell in cells if cell["cell_type"] == "code"]


def text_of(cell):
    texts = []
    for output in cell["outputs"]:
        texts.append(output.get("text", ""))
        texts.append(output.get("data", {}).get("text/plain", ""))
        texts.append(output.get("evalue", ""))
    return "".join("".join(text) for text in texts)
