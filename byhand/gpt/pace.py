"""How much longer a training takes, as a person would say it."""

from collections import deque
from statistics import median

SPANS = 15  # of which the middle one counts


class Pace:
    """Told of each step that is reported, and when.

    span: steps within which everything happens that happens now and then, as
    a loss on held-out text. The estimate takes the last spans and the middle
    one of them: neither the slow first step nor a pause of the machine moves
    it far.
    """

    def __init__(self, span: int) -> None:
        self.span = span
        self._reports: deque[tuple[int, float]] = deque()
        self._spans: deque[float] = deque(maxlen=SPANS)  # seconds a step

    def report(self, step: int, now: float) -> None:
        """now: seconds, of any clock that only goes on."""
        self._reports.append((step, now))
        first, began = self._reports[0]
        if step - first >= self.span:
            self._spans.append((now - began) / (step - first))
            self._reports.popleft()

    def seconds(self, steps: int) -> float | None:
        """That so many more steps take; None while nothing can be said."""
        return steps * median(self._spans) if self._spans else None


def left(seconds: float | None) -> str:
    """Nobody can say it to the second, and nobody wants to see it jump."""
    if seconds is None:
        return "time left: not known yet"
    if seconds < 10:
        return "a few seconds left"
    if seconds < 55:
        return f"about {round(seconds, -1):.0f} seconds left"
    minutes = round(seconds / 60)
    if minutes == 1:
        return "about a minute left"
    if minutes < 100:
        return f"about {minutes} minutes left"
    return f"about {round(seconds / 3600)} hours left"
