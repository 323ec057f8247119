"""What was handed in: read it, whatever it is, and put it in order."""

import ast
import base64
import errno
import hashlib
import json
import os
import posixpath
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode

# Bytes and brackets, outputs among them: they are dropped, but parsed first.
LARGEST_NOTEBOOK = 50 * 2**20
MOST_BRACKETS = 1_000_000
LARGEST_REST = 10 * 2**20  # bytes, of all other files together
MOST_FILES = 500
MOST_CELLS = 1000
_LONGEST_NAME, _LONGEST_PATH = 200, 1000  # bytes; systems bear a little more
_LONGEST_STAMP = 100
CODE, TEXT = "code", "markdown"
_ATTACHMENT = re.compile(r"attachment:([^)\s\"']*)")
MOST_PICTURES = 5 * 2**20  # characters of them in a notebook's texts
# What a picture begins with, and what it is.
_PICTURES = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}
# Where a text shows a file: `![…](file)` or `<img src="file">`.
_SHOWN = re.compile(r"(!\[[^\]]*\]\(\s*<?|<img\s[^>]*?src=[\"'])([^)>\s\"']+)")


class Unreadable(Exception):
    """The notebook cannot be graded; the message says why, to the learner."""


# --- the instructor's version ----------------------------------------------


@dataclass(frozen=True)
class SourceCell:
    """A cell of nbgrader's, as the instructor released it."""

    name: str
    cell_type: str
    source: str
    locked: bool
    grade: bool
    solution: bool
    points: float | None
    checksum: str

    def metadata(self) -> NotebookNode:
        given = {
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": False,
        }
        if self.points is not None:
            given["points"] = self.points
        return NotebookNode(given)

    def cell(self) -> NotebookNode:
        """A cell like it, to stand where a learner's is missing."""
        is_code = self.cell_type == CODE
        v4: Any = nbformat.v4
        make = v4.new_code_cell if is_code else v4.new_markdown_cell
        return make(
            self.source, metadata={"nbgrader": self.metadata()}, id=self.name
        )


@dataclass(frozen=True)
class Release:
    """A lesson as the instructor released it.

    cells: nbgrader's, in order. demonstrations: sources of the cells on
    which no answer depends.
    """

    lesson: str
    cells: tuple[SourceCell, ...]
    demonstrations: frozenset[str] = frozenset()

    @classmethod
    def of(cls, lesson: str, path: Path) -> "Release":
        """As the released notebook has it, where there is no gradebook."""
        return cls(
            lesson,
            tuple(
                SourceCell(
                    name=given.grade_id,
                    cell_type=cell.cell_type,
                    source=cell.source,
                    locked=given.locked,
                    grade=given.grade,
                    solution=given.solution,
                    points=given.get("points"),
                    checksum=given.checksum,
                )
                for cell in nbformat.read(path, as_version=4).cells
                if (given := cell.metadata.get("nbgrader"))
            ),
            demonstrations(path),
        )

    @property
    def slug(self) -> str:
        """The lesson's name without its number."""
        return self.lesson.partition("_")[2]

    def digest(self) -> str:
        what = (self.lesson, self.cells, sorted(self.demonstrations))
        return hashlib.sha256(repr(what).encode()).hexdigest()

    def cell(self, name: str | None) -> SourceCell | None:
        return next((c for c in self.cells if c.name == name), None)


def demonstrations(path: Path) -> frozenset[str]:
    """The sources of a notebook's cells that are tagged as demonstrations."""
    if not path.exists():
        return frozenset()
    return frozenset(
        cell.source
        for cell in nbformat.read(path, as_version=4).cells
        if "demonstration" in cell.metadata.get("tags", [])
    )


@cache  # of a lesson's demonstrations, once for a whole class
def imports(sources: frozenset[str]) -> dict[str, str]:
    """Name → the statements by which cells import it."""
    found: dict[str, list[str]] = {}
    for source in sorted(sources):
        with suppress(SyntaxError):
            for statement in imported_in(ast.parse(source).body):
                for one in statement.names:
                    name = one.asname or one.name.partition(".")[0]
                    statement.names = [one]
                    found.setdefault(name, []).append(ast.unparse(statement))
    return {name: "; ".join(lines) for name, lines in found.items()}


def imported_in(
    statements: list[ast.stmt],
) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports whose names the notebook has: under an `if`, too, by which a
    cell asks for a library that may be missing.
    """
    for statement in statements:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield statement
        elif isinstance(statement, ast.If):
            yield from imported_in([*statement.body, *statement.orelse])


# --- what came -------------------------------------------------------------


@dataclass(frozen=True)
class Submission:
    """What one learner handed in for one lesson.

    files: path in the folder → content, regular files only.
    left_out: a sentence for each thing that is not among them.
    timestamp: what timestamp.txt says, or ''.
    """

    student: str
    lesson: str
    files: dict[str, bytes]
    left_out: tuple[str, ...] = ()
    timestamp: str = ""

    @property
    def notebook(self) -> str:
        return f"{self.lesson}.ipynb"

    def digest(self) -> str:
        """Of everything that a mark depends on, and on nothing else."""
        digest = hashlib.sha256(self.lesson.encode())
        for name in sorted(self.files):
            size = len(self.files[name])
            digest.update(b"\0%s\0%d\0" % (os.fsencode(name), size))
            digest.update(self.files[name])
        return digest.hexdigest()


def read(folder: Path, student: str, lesson: str) -> Submission:
    """Everything that is in a learner's folder, links and devices aside.

    Whoever may write there may change it meanwhile: that spoils their own
    submission, and leads to no other file.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    notebook, room = f"{lesson}.ipynb", LARGEST_REST
    for name, where, place in _files(folder, left_out):
        is_notebook = name == notebook
        if not is_notebook and Path(name).parts[0] == notebook:
            left_out.append(f"{notebook} is a folder.")
            continue
        try:
            content = _content(
                where, place, LARGEST_NOTEBOOK if is_notebook else room
            )
        except OSError as error:
            left_out.append(f"{name} cannot be read ({error.strerror}).")
        except _NotKept as error:
            left_out.append(f"{name} {error}")
        else:
            files[name] = content
            room -= 0 if is_notebook else len(content)
        if len(files) > MOST_FILES:
            left_out.append(f"There are more than {MOST_FILES} files.")
            kept = [n for n in files if n.endswith(".ipynb")][:MOST_FILES]
            files = {n: files[n] for n in kept}
            break
    stamp = files.get("timestamp.txt", b"")[:_LONGEST_STAMP]
    return Submission(
        student,
        lesson,
        files,
        tuple(left_out[:MOST_FILES]),
        stamp.decode(errors="replace").strip(),
    )


class _NotKept(Exception):
    """A file that is not taken; the message goes on after its name."""


def _content(name: str, folder: int, most: int) -> bytes:
    """A file's content. OSError, _NotKept: it is not to be had.

    folder: the descriptor of its folder, so that no link leads elsewhere.
    """
    # Not to wait for a pipe that has taken a file's place.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        opened = os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link, a socket
            raise _NotKept(_NO_FILE) from None
        raise
    with open(opened, "rb") as file:
        state = os.fstat(opened)
        if not stat.S_ISREG(state.st_mode):
            raise _NotKept(_NO_FILE)
        if state.st_size > most:
            raise _NotKept("is too large.")
        return file.read(most)


_NO_FILE = "is a link or a device, not a file, and was not followed."


def _files(
    folder: Path, left_out: list[str]
) -> Iterator[tuple[str, str, int]]:
    """Path below the folder, name, and the descriptor of where it lies."""
    if folder.is_symlink():
        left_out.append("The folder is a link, and was not followed.")
        return
    for where, folders, names, place in _walked(folder, left_out):
        inner = Path(where).relative_to(folder)
        links = [n for n in folders if _is_link(n, place)]
        folders[:] = sorted(
            n
            for n in folders
            if n not in (".ipynb_checkpoints", ".git", *links)
            and not _too_long(inner / n)
        )
        for name in sorted([*names, *links]):
            if _too_long(inner / name):
                left_out.append("A file's name is too long.")
            else:
                yield str(inner / name), name, place


def _walked(
    folder: Path, left_out: list[str]
) -> Iterator[tuple[str, list[str], list[str], int]]:
    """As os.fwalk, which waits or raises where a folder becomes a pipe."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK

    def walk(where: str, name: str, above: int | None) -> Iterator[Any]:
        try:
            place = os.open(name, flags | os.O_CLOEXEC, dir_fd=above)
        except OSError as error:
            left_out.append(f"A folder cannot be read ({error.strerror}).")
            return
        try:
            with os.scandir(place) as listed:
                entries = sorted(listed, key=lambda one: one.name)
            folders = [
                e.name for e in entries if e.is_dir(follow_symlinks=False)
            ]
            yield (
                where,
                folders,
                [e.name for e in entries if e.name not in folders],
                place,
            )
            for inner in folders:
                yield from walk(os.path.join(where, inner), inner, place)
        finally:
            os.close(place)

    yield from walk(str(folder), str(folder), None)


def _is_link(name: str, folder: int) -> bool:
    with suppress(OSError):  # it was there a moment ago
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        return stat.S_ISLNK(state.st_mode)
    return False


def _too_long(path: Path) -> bool:
    """Whether a path, from the folder on, could not be written elsewhere."""
    whole, name = os.fsencode(path), os.fsencode(path.name)
    return len(whole) > _LONGEST_PATH or len(name) > _LONGEST_NAME


def parse(submission: Submission) -> NotebookNode:
    """The notebook that was handed in. Unreadable: there is none."""
    content = submission.files.get(submission.notebook)
    if content is None:
        others = [n for n in submission.files if n.endswith(".ipynb")]
        came = f"; there is {others[0]}" if others else ""
        what = "; ".join(submission.left_out)
        raise Unreadable(
            f"{submission.notebook} was not handed in{came}. {what}".strip()
        )
    if not content.strip():
        raise Unreadable(f"{submission.notebook} is empty.")
    if content.count(b"[") + content.count(b"{") > MOST_BRACKETS:
        raise Unreadable(
            f"{submission.notebook} is too large; clear its outputs "
            "(Edit, Clear Outputs of All Cells) and hand it in again."
        )
    try:
        return _plain(_notebook(content.decode("utf-8-sig")), submission.files)
    except Exception as error:  # whatever a file can hold
        said = " ".join(str(error).split())[:300] or type(error).__name__
        raise Unreadable(
            f"{submission.notebook} cannot be read as a notebook: {said}"
        ) from None


def _notebook(text: str) -> NotebookNode:
    """ValueError, and whatever nbformat raises: it is none."""
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not whole as JSON ({error})") from None
    cells = tree.get("cells") or [
        cell for sheet in tree.get("worksheets", []) for cell in sheet["cells"]
    ]
    if len(cells) > MOST_CELLS:
        raise ValueError(f"it has {len(cells)} cells; {MOST_CELLS} at most")
    for cell in cells:
        _named(cell)
        cell.pop("outputs", None)
        if cell.get("cell_type") == CODE:
            cell["outputs"] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbformat.reads(json.dumps(tree), as_version=4)


def _named(cell: dict[str, Any]) -> None:
    """Let a cell keep its name where only its id is left to tell it.

    The id goes: nbformat remarks on every one that it dislikes.
    """
    name, metadata = cell.pop("id", None), cell.get("metadata")
    if isinstance(name, str) and isinstance(metadata, dict):
        given = metadata.get("nbgrader")
        if not isinstance(given, dict) or "grade_id" not in given:
            metadata["nbgrader"] = {"grade_id": name}


def _plain(nb: NotebookNode, files: dict[str, bytes]) -> NotebookNode:
    """The cells, and of each only what grading and feedback need."""
    made = nbformat.v4.new_notebook()
    made.metadata = NotebookNode(
        kernelspec={
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        language_info={"name": "python"},
    )
    pictures = Pictures(files)
    for place, cell in enumerate(nb.cells):
        given = cell.get("metadata", {}).get("nbgrader")
        kept = {"nbgrader": given} if isinstance(given, dict) else {}
        # nbformat's own makers validate each cell, which takes longer than
        # all the rest; the notebook is validated as a whole in the end.
        fresh = NotebookNode(
            id=f"cell-{place}",
            cell_type=cell.cell_type,
            metadata=NotebookNode(kept),
            source=str(cell.source),
        )
        if cell.cell_type == CODE:
            fresh.outputs, fresh.execution_count = [], None
        elif cell.cell_type == TEXT:
            pictures.attach(fresh, cell.get("attachments"))
        else:
            fresh.cell_type = "raw"
        made.cells.append(fresh)
    return made


class Pictures:
    """A notebook's pictures, as far as there is room for them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.room = files, MOST_PICTURES

    def attach(self, cell: NotebookNode, came: Any) -> None:
        """Let a text keep its pictures, and those of files that it shows.

        One that is missing would stop its page.
        """
        kept: dict[str, NotebookNode] = {}

        def keep(name: str, kind: str, picture: str) -> bool:
            if len(picture) > self.room:
                return False
            self.room -= len(picture)
            kept[name] = NotebookNode({kind: picture})
            return True

        for name, kinds in came.items() if isinstance(came, dict) else ():
            for kind in _PICTURES.values():
                one = kinds.get(kind) if isinstance(kinds, dict) else None
                if isinstance(one, str) and name not in kept:
                    keep(name, kind, one)

        def embedded(match: re.Match[str]) -> str:
            path = posixpath.normpath(unquote(match[2]))
            data, name = self.files.get(path, b""), f"file-{len(kept)}"
            kind = next(
                (k for head, k in _PICTURES.items() if data.startswith(head)),
                "",
            )
            if kind and keep(name, kind, base64.b64encode(data).decode()):
                return f"{match[1]}attachment:{name}"
            return match[0]

        cell.source = _SHOWN.sub(embedded, cell.source)
        if kept:
            cell.attachments = NotebookNode(kept)
        cell.source = _ATTACHMENT.sub(
            lambda match: match[0] if match[1] in kept else "missing:",
            cell.source,
        )


def clean(text: str) -> str:
    """Text that can be written: a half of a surrogate pair cannot."""
    return text.encode("utf-8", "replace").decode()


# --- in order --------------------------------------------------------------


def of_the_lesson(
    nb: NotebookNode, release: Release
) -> dict[str, list[NotebookNode]]:
    """The lesson's cells among those of a notebook, by name.

    By their metadata or their id, and where both are lost by their source:
    not every program keeps all of it.
    """
    known = {cell.name for cell in release.cells}
    sources = {(c.cell_type, c.source.strip()): c.name for c in release.cells}
    named: dict[str, list[NotebookNode]] = {}
    alike: dict[str, list[NotebookNode]] = {}
    for cell in nb.cells:
        name, kind = grade_id(cell), (cell.cell_type, cell.source.strip())
        if isinstance(name, str) and name in known:
            named.setdefault(name, []).append(cell)
        elif kind in sources:
            alike.setdefault(sources[kind], []).append(cell)
    return alike | named


def put_in_order(nb: NotebookNode, release: Release) -> NotebookNode:
    """The notebook with the instructor's cells as they were released.

    Of a doubled cell the last one counts, as nbgrader has it, but for a copy
    that nobody has written in; a retyped one gets its type back, an edited
    locked one its source; a missing one stands again behind its predecessor;
    unknown ids mean nothing.
    """
    found = of_the_lesson(nb, release)
    for cell in nb.cells:
        cell.metadata.pop("nbgrader", None)
    for source in release.cells:
        copies = found.get(source.name, [])
        written = [c for c in copies if c.source != source.source]
        for cell in (written or copies)[-1:]:
            _restore(cell, source)
    place = 0
    for cell in release.cells:
        if cell.name not in found:
            nb.cells.insert(place, cell.cell())
        names = [grade_id(c) for c in nb.cells]
        place = max(place, names.index(cell.name) + 1)
    return nb


def grade_id(cell: NotebookNode) -> Any:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _restore(cell: NotebookNode, source: SourceCell) -> None:
    if cell.cell_type != source.cell_type:
        for name in ("outputs", "execution_count", "attachments"):
            cell.pop(name, None)
        cell.cell_type = source.cell_type
        if source.cell_type == CODE:
            cell.outputs, cell.execution_count = [], None
    cell.metadata.nbgrader = source.metadata()
    cell.id = source.name
    if source.locked:
        cell.source = source.source


@dataclass
class Graded:
    """What grading a submission came to; plain values only.

    scores: graded cell → points, or None where a person must say.
    comments: answer cell → what nbgrader would remark, or None.
    findings: for a report, one dict an exercise.
    notebook: the graded notebook, as JSON. problem: why it could not be
    graded as a notebook, or ''. stopped: what ended or ran too long.
    sealed: whether the learner's code was.
    """

    scores: dict[str, float | None] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    notebook: str = ""
    problem: str = ""
    stopped: list[str] = field(default_factory=list)
    seconds: float = 0.0
    sealed: bool = True
