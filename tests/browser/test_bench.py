"""The bench itself: a frame without a picture does not escape it."""

from contextlib import nullcontext
from unittest.mock import MagicMock

import pytest

from tests.bench import edition, sliders, wait
from tests.bench.sliders import WATCH, Measured, measure, report

# What the bench looks for in a notebook, and a slider that draws by `swap`.
PAGE = """
<div class="jp-OutputArea-output"><div class="jupyter-widgets">
  <div class="noUi-target" style="position: relative; width: 300px">
    <div class="noUi-handle" tabindex="0" aria-valuenow="5"
         aria-valuemin="0" aria-valuemax="9"
         style="position: relative; width: 9px">slide</div>
  </div>
  <div id="picture"></div>
</div></div>
<script>
  const place = document.getElementById('picture');
  const handle = document.querySelector('.noUi-handle');
  const clear = () => { place.innerHTML = ''; };
  const draw = () => {
    place.innerHTML = `<svg data-figure="f" width="90" height="20">
      <text y="15">${handle.ariaValueNow}</text></svg>`;
  };
  // Two frames on: one has been painted by then, however slow they come.
  const later = then =>
    requestAnimationFrame(() => requestAnimationFrame(then));
  const swap = () => { SWAP };
  handle.onkeydown = event => {
    const way = event.key === 'ArrowRight' ? 1 : -1;
    handle.ariaValueNow = Number(handle.ariaValueNow) + way;
    swap();
  };
  document.querySelector('.noUi-target').onpointerdown = event => {
    handle.style.left = `${event.offsetX}px`;
    handle.ariaValueNow = event.offsetX > 150 ? 8 : 1;
    swap();
  };
  draw();
</script>"""

STEADY = {
    "redrawn": "draw()",
    "redrawn in a frame": "requestAnimationFrame(draw)",
    "cleared and redrawn at once": "clear(); draw()",
    "changed in place": "place.querySelector('text').append('!')",
}
BLANK = {
    "cleared": "clear(); later(draw)",
    "cleared in a frame, redrawn before the next": """
        requestAnimationFrame(() => { clear(); setTimeout(draw) })""",
    "hidden": """
        place.style.display = 'none';
        later(() => { place.style.display = ''; draw() })""",
}


class Page:
    """A lab and a notebook as far as `measure` needs them."""

    def __init__(self, page):
        self.page = page

    def open_notebook(self, path):
        return self

    def run_all(self):
        self.page.bring_to_front()

    def wait_idle(self):
        self.page.wait_for_function("document.readyState === 'complete'")

    def close(self):
        self.page.close()


def measured(browser, swap, presses=2):
    page = browser.new_page()
    page.set_content(PAGE.replace("SWAP", swap))
    came = measure(Page(page), "any", presses, lambda: None)
    assert (len(came.presses), len(came.jumps)) == (presses, presses // 3)
    return came.blank


def test_a_jump_is_measured_too(browser):
    assert measured(browser, "draw()", 6) == 0


def test_rounds_are_taken_together_and_told_apart():
    quick, slow = (
        Measured([10.0] * 9, [30.0] * 3, 0),
        Measured([20.0] * 10, [40.0] * 4, 1),
    )
    told = report({"interact": [slow, slow], "figure": [quick, slow]})
    _, baseline, figure = (" ".join(e.split()) for e in told.splitlines())
    assert baseline.endswith(" 20.0 to 20.0 40.0 40.0 40.0 to 40.0 2 1.0")
    assert figure == (
        "figure 20.0 20.0 10.0 to 20.0 40.0 40.0 30.0 to 40.0 1 1.0"
    )


@pytest.mark.parametrize(
    "given", ["--rounds 0", "--repeats 39", "--rounds 5 --repeats 11"]
)
def test_too_few_presses_are_refused(given, capsys):
    with pytest.raises(SystemExit):
        sliders.main(given.split())
    assert "must be at least" in capsys.readouterr().err


def test_each_round_waits_for_each_lesson(monkeypatch):
    monkeypatch.setattr(wait, "Lab", nullcontext)
    monkeypatch.setattr(wait, "server_answers", lambda: 1.0)
    came = iter([(5.0, 2.0), (6.0, 3.0)])
    monkeypatch.setattr(wait, "lesson_waits", lambda *_: next(came))
    answers, waits = wait.measured(["07_self_attention"], 2)
    assert answers == [1.0, 1.0]
    assert waits == {"07_self_attention": [(5.0, 2.0), (6.0, 3.0)]}
    assert wait.told([5.0, 9.0, 6.0]) == "6.0 (5.0 to 9.0)"
    assert wait.told([5.0]) == "5.0"


def test_the_browser_editions_sliders_stand_beside_jupyterlabs(monkeypatch):
    """Each a single round, which has no spread; a figure may have none."""
    one = Measured([10.0] * 9, [30.0] * 3, 0)
    monkeypatch.setattr(
        sliders,
        "measure",
        lambda _, name, *__: one if name == "bowl" else None,
    )
    monkeypatch.setattr(edition, "Lab", nullcontext)
    monkeypatch.setattr(edition, "store", lambda *_: None)
    names = ["bowl", "patches"]
    found = edition.slide_here(MagicMock(), names, 9)
    found |= edition.slide_in_lab(names, 9)
    _, here, lab = (" ".join(e.split()) for e in report(found).splitlines())
    assert here == "bowl, here 10.0 10.0 – 30.0 30.0 – 0 –"
    assert lab.startswith("bowl, lab 10.0")


@pytest.mark.parametrize("swap", STEADY)
def test_a_picture_that_is_always_there_is_never_blank(browser, swap):
    assert measured(browser, STEADY[swap]) == 0


@pytest.mark.parametrize("swap", BLANK)
def test_a_blank_frame_is_counted(browser, swap):
    assert measured(browser, BLANK[swap]) >= 2


def test_to_watch_asks_for_no_frames(browser):
    """A page that draws frame after frame lets a press wait for the next."""
    page = browser.new_page()
    page.set_content(PAGE.replace("SWAP", "draw()"))
    page.evaluate("""() => {
      window.asked = 0;
      const ask = window.requestAnimationFrame;
      window.requestAnimationFrame = then => {
        window.asked += 1;
        return ask(then); }}""")
    page.locator(".jupyter-widgets").evaluate(WATCH)
    page.wait_for_timeout(100)
    assert page.evaluate("asked") == 0
    page.close()
