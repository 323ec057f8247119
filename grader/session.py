"""A learner's process, and the answer in it."""

import builtins
import inspect
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode

from byhand import short_cuts
from byhand.attempt import TIME_LIMIT
from byhand.bank import find
from byhand.elsewhere import Elsewhere, OutOfTime
from byhand.exercise import Exercise, is_lent_as_source
from grader import shown
from grader.sealed import CannotSeal, Died, Door, Late, Worker

MOST_SHOWN = 10 * 2**20  # characters of output in a graded notebook


@dataclass(frozen=True)
class TimeLimits:
    """How long a learner's work may take, in seconds."""

    cell: int = 60
    notebook: int = 300
    # Beyond a limit that is kept inside the seal, before it is ended from
    # outside: for those who swallow interrupts.
    patience: int = 3


class Session:
    """A submission's processes: if one dies, another takes its place.

    A cell that ended one is left out from then on, so that it spoils what
    depends on it and nothing else.
    """

    def __init__(
        self,
        door: Door,
        files: dict[str, bytes],
        limits: TimeLimits,
        imports: dict[str, str] | None = None,
    ) -> None:
        self.door, self.files, self.limits = door, files, limits
        # What the lesson's own cells, which are left out, would import.
        self.imports = dict(imports or {})
        self.until = time.monotonic() + limits.notebook
        self.ran: list[str] = []
        # Exercise and part → whether it is right.
        self.judged: dict[tuple[str, str | None], bool] = {}
        self.room = MOST_SHOWN
        self.stopped: list[str] = []
        self.worker: Worker | None = None
        # Replies to what was asked ahead, and to whom they go.
        self.coming = 0
        self.coming_to: Answer | None = None

    def request(self, what: str, seconds: float, **inputs: Any) -> Any:
        """As Worker.request, in a worker that has run the cells so far."""
        self._let_go()
        self._seconds_left()
        worker = self.worker or self._revive()
        left = self._seconds_left()
        try:
            return worker.request(what, min(seconds, left), **inputs)
        except Died:
            self.worker = None
            raise

    def ahead(
        self, by: "Answer", what: str, requests: list[dict[str, Any]]
    ) -> None:
        """As Worker.ahead. by: who alone asks for the replies."""
        self._let_go()
        self._seconds_left()
        worker = self.worker or self._revive()
        try:
            self.coming = worker.ahead(what, requests)
            self.coming_to = by
        except Died:
            self.worker = None
            raise

    def reply(self, seconds: float) -> Any:
        """As Worker.reply."""
        assert self.worker and self.coming
        self.coming -= 1
        try:
            return self.worker.reply(min(seconds, self._seconds_left()))
        except Died:
            self.worker, self.coming = None, 0
            raise

    def _let_go(self) -> None:
        """Take the replies for which nobody asked any more."""
        with suppress(Died):
            while self.coming:
                self.reply(TIME_LIMIT + self.limits.patience)

    def _seconds_left(self) -> float:
        """Late: there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise Late(
                f"the notebook had run for {self.limits.notebook} s, which "
                "is all that it may"
            )
        return left

    def _revive(self) -> Worker:
        while True:
            self.worker = self.door.worker()
            try:
                self.worker.request("write", 30, files=self.files)
            except Died as error:  # nothing of the learner's has run yet
                raise CannotSeal(f"a worker did not begin: {error}") from None
            for place, source in enumerate(self.ran):
                try:
                    self._run(source)
                except Died:
                    # It went well before: not one to rely on.
                    self.close()
                    self._seconds_left()
                    del self.ran[place]
                    break
            else:
                return self.worker

    def _run(self, source: str) -> Any:
        limit = self.limits.cell
        return self.request(
            "run", limit + self.limits.patience, source=source, limit=limit
        )

    def run(self, source: str) -> list[NotebookNode]:
        """Run a cell; its outputs."""
        wanted = self._imported_for(source)
        if wanted:
            self.run(wanted)
        try:
            outputs = self._fitting(shown.outputs(self._run(source)))
        except Died as error:
            self.stopped.append(f"a cell: {error}")
            return [
                shown.error(
                    "CellEnded",
                    f"This cell was ended, and left out: {error}.",
                )
            ]
        if any(o.get("ename") == "CellTimeout" for o in outputs):
            self.stopped.append(f"a cell: stopped after {self.limits.cell} s")
        else:
            self.ran.append(source)
        return outputs

    def _imported_for(self, source: str) -> str:
        """A cell that imports what a cell uses and nobody has imported."""
        used = [n for n in self.imports if re.search(rf"\b{n}\b", source)]
        return "\n".join(
            f"if {name!r} not in globals(): {self.imports.pop(name)}"
            for name in used
        )

    def replace(
        self, name: str, right: dict[str, Callable | str]
    ) -> tuple[str, ...]:
        """Right answers in place of those an answer uses; their names."""
        try:
            names = self.request(
                "replace", self.limits.patience, name=name, right=right
            )
        except Died:
            return ()
        listed = names if isinstance(names, list) else []
        return tuple(n for n in right if n in listed)

    def apart(self, way: str, inputs: tuple) -> Any:
        """Run a way in a process in which no cell has run."""
        seconds = min(TIME_LIMIT + self.limits.patience, self._seconds_left())
        worker = self.door.worker()
        try:
            return worker.request(
                "call",
                seconds,
                name="",
                way=way,
                inputs=list(inputs),
                limit=TIME_LIMIT,
                not_by=[],
            )
        finally:
            worker.kill()

    def restore(self) -> None:
        """The learner's own functions again, and no right one to be asked."""
        if self.worker:
            self.worker.take_back()
            with suppress(Died):
                self.request("restore", self.limits.patience)

    def _fitting(self, outputs: list[NotebookNode]) -> list[NotebookNode]:
        """The outputs for which a graded notebook still has room."""
        self.room -= len(json.dumps(outputs))
        if self.room < 0:
            text = "(The notebook shows more than is kept.)\n"
            return [nbformat.v4.new_output("stream", text=text)]
        return outputs

    def close(self) -> None:
        if self.worker:
            self.worker.kill()
            self.worker = None


class Answer(Elsewhere):
    """A learner's function, which runs in their process."""

    def __init__(
        self, session: Session, name: str, exercise: Exercise
    ) -> None:
        self.session, self.name, self.exercise = session, name, exercise
        self.not_by = exercise.not_by
        self.gone, self.lent, self.batch = "", False, 0

    def __call__(self, *inputs: Any) -> Any:
        return self.use("", *inputs)

    def use(self, way: str, *inputs: Any) -> Any:
        if self.gone:  # once is enough to know
            raise _exception({"name": "ProcessEnded", "message": self.gone})
        seconds = TIME_LIMIT + TimeLimits.patience
        try:
            reply = self._came_ahead(seconds)
            if reply is None:
                call = self._call(way, inputs, short_cuts.is_noticing())
                reply = self.session.request("call", seconds, **call)
            return self._came(reply, inputs)
        except Late as error:
            self.session.stopped.append(f"{self.name}: {error}")
            raise OutOfTime from None
        except Died as error:
            self.gone = f"{error}; does it exit, or use too much memory?"
            self.session.stopped.append(f"{self.name}: {error}")
            raise _exception(
                {"name": "ProcessEnded", "message": self.gone}
            ) from None

    def _came_ahead(self, seconds: float) -> Any:
        """The reply to a call that was begun ahead; None if there is none."""
        if not (self.session.coming and self.session.coming_to is self):
            return None
        # With a process that ends, replies are lost that it held: each call is
        # made again, alone, so that the one that ended it is told.
        with suppress(Died):
            return self.session.reply(seconds)
        return None

    def _call(
        self, way: str, inputs: tuple, noticing: bool, batch: int = 0
    ) -> dict[str, Any]:
        return {
            "name": self.name,
            "way": way,
            "inputs": list(inputs),
            "limit": TIME_LIMIT,
            "not_by": list(self.not_by) if noticing else None,
            "batch": batch,
        }

    def ahead(self, way: str, calls: list[tuple], noticed: int) -> None:
        # With right ones lent to it, it may ask for them while nobody here
        # listens, and its time would run.
        if self.gone or self.lent:
            return
        self.batch += 1
        with suppress(Died):  # which the first call will be told, too
            self.session.ahead(
                self,
                "call",
                [
                    self._call(way, inputs, place < noticed, self.batch)
                    for place, inputs in enumerate(calls)
                ],
            )

    def apart(self, way: str, *inputs: Any) -> Any:
        try:
            return self._came(self.session.apart(way, inputs), inputs)
        except Died as error:
            message = f"what it left cannot be read: {error}"
            raise _exception(
                {"name": "ProcessEnded", "message": message}
            ) from None

    def _came(self, reply: Any, inputs: tuple) -> Any:
        if not isinstance(reply, dict):
            raise Died("the process did not answer")
        print(shown.text(reply.get("printed")), end="")
        short_cuts.report([c for c in self._calls(reply) if c])
        for place, value in self._changed(reply, len(inputs)):
            _change(inputs[place], value)
        if reply.get("timed_out"):
            raise OutOfTime
        if reply.get("error"):
            raise _exception(reply["error"])
        return reply.get("value")

    def _calls(self, reply: dict) -> list[str]:
        came = reply.get("short_cuts")
        listed = came if isinstance(came, list) else []
        return [
            c
            for c in map(shown.text, listed)
            if c.rpartition(".")[2] in self.not_by or c.startswith("byhand.")
        ]

    def _changed(self, reply: dict, number: int) -> list:
        came = reply.get("changed")
        with suppress(TypeError, ValueError):
            return [
                (place, value)
                for place, value in came or []
                if isinstance(place, int) and 0 <= place < number
            ]
        return []

    @contextmanager
    def with_right(
        self, references: dict[str, Callable]
    ) -> Iterator[tuple[str, ...]]:
        self.gone = ""
        # One whose own verdict is still to come must not help itself to it.
        right: dict[str, Callable | str] = {
            n: inspect.getsource(one) if is_lent_as_source(one) else one
            for n, one in references.items()
            if self._settled(n)
        }
        names = self.session.replace(self.name, right)
        self.lent = True
        try:
            yield names
        finally:
            self.lent = False
            self.session.restore()

    def not_right(self, names: tuple[str, ...]) -> tuple[str, ...]:
        judged = self.session.judged
        return tuple(
            name
            for name in names
            if not all(judged.get(one, False) for one in self._parts(name))
        )

    def _settled(self, name: str) -> bool:
        """Whether an earlier exercise has been judged, in all its parts."""
        return all(one in self.session.judged for one in self._parts(name))

    def _parts(self, name: str) -> list[tuple[str, str | None]]:
        """An earlier exercise of this name, part by part."""
        exercise = find(f"{self.exercise.lesson}.{name}")
        return [(exercise.id, part) for part in exercise.parts or (None,)]


def _change(given: Any, value: Any) -> None:
    """Do to an input what the answer did to its copy."""
    with suppress(Exception):  # what came may not fit
        if isinstance(given, np.random.Generator):
            given.bit_generator.state = value.bit_generator.state
        elif isinstance(given, np.ndarray):
            given[...] = value
        elif isinstance(given, list):
            given[:] = value
        elif isinstance(given, dict):
            given.clear()
            given.update(value)
        elif hasattr(given, "detach"):
            given.detach().copy_(value.detach())


def _exception(came: Any) -> Exception:
    """An exception like the learner's: of the built-in kind that it was."""
    came = came if isinstance(came, dict) else {}
    kinds = came.get("kinds")
    bases = [
        kind
        for kind in (
            getattr(builtins, str(name), None)
            for name in (kinds if isinstance(kinds, list) else [])
        )
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    name = shown.text(came.get("name"))[:60] or "Exception"
    base = bases[0] if bases else Exception
    message = shown.text(came.get("message"))
    try:
        error = type(name, (base,), {"__str__": lambda _: message})()
    except (TypeError, ValueError):  # some want arguments of their own
        error = type("Error", (Exception,), {"__str__": lambda _: message})()
    error.learners_line = shown.text(came.get("line"))[:200]
    return error
