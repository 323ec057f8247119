"""Lesson 17's panel: a training that is started, watched and stopped."""

import pytest

from tests.browser.jupyter import SECOND, Lab, require_browser, write_notebook

# Few stories are made in a moment, and a small model is quick to learn, but
# not so quick that it could come to its last step before Stop is pressed.
SMALL = """
import dataclasses
from byhand.gpt import data, train
data.STORIES = (300, 20)
train.PROFILES["tiny"] = dataclasses.replace(
    train.PROFILES["tiny"], d_model=16, num_layers=1, evaluate_on=1)
"""
LIVE = """
from byhand.gpt.live import Live
live = Live("tiny")
live.steps.value = 2000
live
"""
MOVED = "([bar, before]) => bar.getBoundingClientRect().width > before"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    require_browser()
    root = tmp_path_factory.mktemp("notebooks")
    write_notebook(root / "live.ipynb", SMALL, LIVE)
    with Lab(root) as running:
        yield running


def test_a_training_moves_and_stops(lab):
    notebook = lab.open_notebook("live.ipynb")
    notebook.run_all()
    page = notebook.page
    page.set_default_timeout(30 * SECOND)
    (figure,) = notebook.figures()
    panel, bar = figure.panel, figure.panel.locator(".progress-bar")
    train, stop = (
        panel.locator("button", has_text=name) for name in ("Train", "Stop")
    )
    panel.get_by_text("not started").wait_for()
    assert train.is_enabled() and stop.is_disabled()
    assert "held_out" not in figure.shown()
    empty = figure.svg()

    train.click()
    # The first loss on held-out text is measured after 50 steps.
    panel.locator("svg [data-name='held_out']").wait_for()
    assert train.is_disabled() and stop.is_enabled()
    assert figure.shown()["line 0"].strip()
    early = figure.svg()
    assert early != empty
    width = bar.evaluate("bar => bar.getBoundingClientRect().width")
    assert width > 0
    page.wait_for_function(MOVED, arg=[bar.element_handle(), width])
    assert figure.svg() != early

    stop.click()
    panel.get_by_text("stopped after step").wait_for()
    assert train.is_enabled() and stop.is_disabled()
    step = int(panel.get_by_text("stopped after step").inner_text().split()[3])
    assert 50 < step < 2000
    assert figure.collisions() == []
    notebook.close()
