"""A verdict as a card: what it shows, folds and escapes."""

import re

from byhand import card
from byhand.message import MOST_LINES, Message


def text_of(html):
    return re.sub(r"<[^>]+>", " ", html)


def test_right_is_said_with_how_many_are_done():
    shown = card.right("softmax: right.", 2, 5, "Your code printed <b>")
    assert "✓ softmax: right." in text_of(shown)
    assert "2 of 5 exercises of this lesson are done." in text_of(shown)
    assert "&lt;b&gt;" in shown and "<b>" not in shown
    assert card.RIGHT in shown


def test_wrong_begins_with_what_is_wrong_and_the_hint():
    told = Message(
        "softmax: not right yet.",
        ("Hint: use `keepdims` with *each* row.",),
        "First difference: x < y.",
        ("Yours is rounded.",),
        ("Case 1", "    z = [1 < 2]"),
    )
    shown = card.wrong(told)
    assert "<code>keepdims</code> with <em>each</em> row" in shown
    order = ["✗ softmax", "Hint:", "x &lt; y", "rounded", "1 &lt; 2"]
    places = [text_of(shown).index(part) for part in order]
    assert places == sorted(places)
    assert "<details>" not in shown
    assert card.WRONG in shown


def test_what_is_long_can_be_unfolded():
    lines = tuple(f"line {k}" for k in range(MOST_LINES + 10))
    shown = card.wrong(Message("x: not right yet.", details=lines))
    before, _, folded = shown.partition("<details>")
    assert f"line {MOST_LINES - 1}" in before
    assert "… and 10 lines more" in folded
    assert f"line {MOST_LINES}\n" in folded
