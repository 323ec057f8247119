"""Lesson 17's training: started, watched, stopped, and asked to write."""

import re

import pytest

from byhand.sliders import looking_back
from byhand.sliders.looking_back import YOURS
from tests.browser.jupyter import (
    Lab,
    equals,
    expect,
    require_browser,
    until,
    write_notebook,
)
from tests.sliders.reading import shown

# Few stories are made in a moment, and a small model is quick to learn. It has
# so many steps to go that it cannot be done before Stop is pressed, however
# busy the machine.
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
live.steps.max = live.steps.value = 100_000
live
"""
LEFT = r"^step \d+ of 100000, .* left$"
LOOKING_BACK = """
from byhand.sliders import looking_back
looking_back.show(live)
"""
WIDTH = "bar => bar.getBoundingClientRect().width"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    require_browser()
    root = tmp_path_factory.mktemp("notebooks")
    write_notebook(root / "live.ipynb", SMALL, LIVE)
    write_notebook(root / "looking_back.ipynb", SMALL, LIVE, LOOKING_BACK)
    with Lab(root) as running:
        yield running


@pytest.mark.about("17_gpt_on_gpu")
def test_a_training_moves_and_stops(lab):
    notebook = lab.open_notebook("live.ipynb")
    notebook.run_all()
    (figure,) = notebook.figures(1)
    panel, bar = figure.panel, figure.panel.locator(".progress-bar")
    train, stop = (
        panel.locator("button", has_text=name) for name in ("Train", "Stop")
    )
    held_out = panel.locator("svg [data-name='held_out']")
    expect(panel.get_by_text("not started")).to_be_visible()
    expect(train).to_be_enabled()
    expect(stop).to_be_disabled()
    expect(held_out).to_have_count(0)
    empty = figure.svg()

    train.click()
    # The first loss on held-out text is measured after 50 steps.
    expect(held_out).to_be_visible()
    expect(panel.get_by_text(re.compile(LEFT))).to_be_visible()
    figure.page.set_viewport_size({"width": 768, "height": 900})
    until(figure.smallest_text, lambda pixels: pixels >= 10.99)
    until(figure.cut_off, equals([]))
    expect(train).to_be_disabled()
    expect(stop).to_be_enabled()
    until(figure.shown, lambda said: said.get("line 0", "").strip())
    early = figure.wait_changed(empty)
    width = until(lambda: bar.evaluate(WIDTH), lambda now: now > 0)
    until(lambda: bar.evaluate(WIDTH), lambda now: now > width)
    figure.wait_changed(early)

    stop.click()
    stopped = panel.get_by_text(re.compile(r"stopped after step \d+$"))
    expect(stopped).to_be_visible()
    expect(train).to_be_enabled()
    expect(stop).to_be_disabled()
    until(lambda: int(stopped.inner_text().split()[-1]), lambda n: n >= 50)
    until(figure.collisions, equals([]))
    notebook.close()


@pytest.mark.about("17_gpt_on_gpu")
def test_a_prompt_is_continued_by_the_recorded_model_and_by_ones_own(lab):
    notebook = lab.open_notebook("looking_back.ipynb")
    notebook.run_all()
    (figure,) = notebook.figures(1, with_button="Reset")
    (training,) = notebook.figures(1, with_button="Train")
    prompt = figure.panel.get_by_role("combobox")
    for typed in ("Ben had a blue kite. ", "One day Anna "):
        prompt.fill(typed)
        prompt.press("Enter")
        shown_for(figure, prompt=typed)
    figure.cell("weights0", 0, 3).hover()
    status = figure.panel.get_by_role("status")
    expect(status).to_have_text(re.compile(r"^\S: 0\.\d\d = e\^\S+ ÷ "))

    yours = figure.panel.get_by_role("button", name=YOURS)
    yours.click()
    nothing = figure.panel.locator("svg", has_text="Press “Train” above")
    expect(nothing).to_be_visible()
    training.panel.locator("button", has_text="Train").click()
    expect(training.panel.locator("[data-name='held_out']")).to_be_visible()
    training.panel.locator("button", has_text="Stop").click()
    # It may have written more than once until it stopped.
    head = figure.panel.get_by_role("button", name="1").first
    head.click()
    said = until(figure.shown, lambda said: "steps" in said)
    assert int(said["steps"]) % 50 == 0
    notebook.close()


def shown_for(figure, **numbers):
    arrays = looking_back.compute(**numbers)
    figure.wait_shown(shown(looking_back.draw(arrays)))
