"""The site's pages, built once, and a server that shows them."""

import functools
import http.server
import threading

import pytest

from authoring.site import build_pages
from tests.browser.conftest import browser

__all__ = ["browser"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder, as it is published, without the lessons that run.

    Whatever Sphinx warns of fails the build.
    """
    out = tmp_path_factory.mktemp("site") / "site"
    build_pages(out, edition=True)
    return out


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """A test that passes says nothing."""


@pytest.fixture(scope="session")
def address(site):
    """Where the pages are shown."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
