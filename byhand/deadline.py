"""The deadline of a call where there are no threads: in a browser.

Elsewhere a thread watches the clock (byhand/attempt.py). Here the call does so
itself: at each function that it enters and each jump back that it makes,
Python asks us (`sys.monitoring`), and past the deadline we raise. Every time,
since a bare `except:` swallows the first. What never comes back from C, such
as a sum over an endless iterator, cannot be ended.
"""

import sys
import time
from types import CodeType, TracebackType
from typing import Any

from byhand.elsewhere import OutOfTime

HAS_THREADS = sys.platform != "emscripten"


class Deadline:
    """Ends what runs inside a `with`: OutOfTime after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False

    def __enter__(self) -> None:
        # Since Python 3.12; a browser's is newer. As text, since the types
        # are read for 3.11.
        self.ask: Any = getattr(sys, "monitoring")  # noqa: B009
        events = self.ask.events
        # A deadline may stand inside another.
        self.tool = next(i for i in range(6) if not self.ask.get_tool(i))
        self.ask.use_tool_id(self.tool, "byhand")
        self.end = time.monotonic() + self.seconds
        for event in (events.JUMP, events.PY_START, events.PY_RESUME):
            self.ask.register_callback(self.tool, event, self._look)
        self.ask.set_events(
            self.tool, events.JUMP | events.PY_START | events.PY_RESUME
        )

    def _look(self, code: CodeType, *_: Any) -> None:
        if time.monotonic() > self.end and code is not _EXIT:
            self.is_over = True
            raise OutOfTime

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.ask.set_events(self.tool, 0)
        self.ask.free_tool_id(self.tool)
        if self.is_over:
            raise OutOfTime from None


_EXIT = Deadline.__exit__.__code__
