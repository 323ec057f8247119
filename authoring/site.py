"""Build the public site: its pages, and the course in the browser.

Run as `python -m authoring.site` in the project's root, or `make site`.
"""

import argparse
import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from authoring.paths import ROOT
from authoring.stamps import changed_lessons
from byhand.environment import can_be_had

DEFAULT = ROOT / "build" / "site"


class SiteError(Exception):
    """The site cannot be built; the message says why."""


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m authoring.site",
        description=(
            "Build the site of lessons/, solutions/ and docs/: every lesson "
            "as a page, and lessons 00 to 12 to run in a browser. A folder "
            "of static files comes of it, for any web server."
        ),
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=DEFAULT,
        metavar="DIR",
        help="where to (build/site); what an earlier build left is replaced",
    )
    parser.add_argument(
        "--pages-only",
        action="store_true",
        help="leave the lessons to run in a browser out, which is quicker",
    )
    parser.add_argument(
        "--self-hosted",
        action="store_true",
        help="put Python for the browser beside the pages, too: nothing is "
        "fetched from another server then",
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="show the site to this machine alone, until Ctrl-C",
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="where to, with --serve (8000)"
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    if not can_be_had("sphinx", "site", "python -m authoring.site"):
        return 2
    try:
        build(options)
        if options.serve:
            serve(options.out, options.port)
    except SiteError as error:
        print(f"no site: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


def build(options: argparse.Namespace) -> None:
    if changed := changed_lessons():
        raise SiteError(
            f"lessons/ holds answers of yours ({', '.join(changed)}), and "
            "pages are made of lessons as they came. To keep yours, copy "
            "lessons/ to my-lessons/; then: git restore lessons"
        )
    make_room(options.out)
    print("Writing the pages:", flush=True)
    build_pages(options.out, edition=not options.pages_only)
    if not options.pages_only:
        print("Putting lessons 00 to 12 into a browser:", flush=True)
        build_edition(options.out, self_hosted=options.self_hosted)
    print(f"The site is in {options.out}.")


def make_room(out: Path) -> None:
    """Remove an earlier site, and nothing else."""
    if out.exists():
        if any(out.iterdir()) and not (out / "objects.inv").exists():
            raise SiteError(f"{out} is not empty, and is no site")
        shutil.rmtree(out)


def build_pages(out: Path, *, edition: bool) -> None:
    """edition: whether pages lead to the lessons in the browser."""
    from authoring import pages
    from authoring.mathml import font

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "pages"
        pages.write(source, edition=edition)
        # In a process of its own: Sphinx changes much of the one it is in.
        made = subprocess.run(
            [
                *(sys.executable, "-m", "sphinx", "--builder", "html"),
                *("--conf-dir", str(ROOT / "site"), "--jobs", "auto"),
                # All that is wrong is said, and then the build has failed.
                *("--fail-on-warning", "--quiet"),
                *("--doctree-dir", str(Path(folder) / "doctrees")),
                *(str(source), str(out)),
            ]
        )
    if made.returncode:
        raise SiteError("what is wrong with its pages, Sphinx says above")
    texts = [path.read_text("utf-8") for path in sorted(out.rglob("*.html"))]
    (out / "_static" / "math.woff").write_bytes(font("".join(texts)))


def build_edition(out: Path, *, self_hosted: bool) -> None:
    from authoring import edition, fetch

    fetch.main()
    try:
        edition.build(out, self_hosted=self_hosted)
    except fetch.NotThere as error:
        raise SiteError(f"{error}; --pages-only does without") from None


def serve(out: Path, port: int) -> None:
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(out)
    )
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise SiteError(f"port {port} is taken; try --port: {error}") from None
    print(f"Open http://127.0.0.1:{port}. Ctrl-C ends it.", flush=True)
    with server:
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
