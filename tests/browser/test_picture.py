"""A picture that is changed in place becomes exactly the one that was sent."""

import pytest

from byhand.sliders import draw
from byhand.sliders.picture import Picture, neighbours
from tests.sliders.reading import figures

FIGURES = figures()

# The widget, with a model that only ever has a next value.
WIDGET = """async script => {
  const url = URL.createObjectURL(
    new Blob([script], {type: 'text/javascript'}));
  const {default: widget} = await import(url);
  const state = {controls: [], ahead: {}}, told = {};
  const model = {get: name => state[name],
                 on: (name, then) => { told[name] = then; }};
  const el = document.body.appendChild(document.createElement('div'));
  await widget.render({model, el});
  window.sendAhead = svgs => {
    state.ahead = {...svgs};
    told['change:ahead']();
  };
  window.send = svg => {
    state.value = svg;
    told['change:value']();
    const plain = document.createElement('div');
    plain.innerHTML = svg;
    return el.firstChild.isEqualNode(plain.firstChild);
  };
}"""


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    page.evaluate(WIDGET, Picture._esm)
    return page


def pictures(module):
    """From end to end and by single steps, a sentence in between."""
    panel = module.show()
    for control in panel.controls.values():
        yield panel.picture
        ends = [getattr(control, end, control.value) for end in ("min", "max")]
        for value in (*ends, *neighbours(control)):
            control.value = value
            yield panel.picture
    yield draw.message(panel.name, "a sentence")
    panel.reset()
    yield panel.picture


@pytest.mark.parametrize("name", FIGURES)
def test_every_picture_becomes_the_next(page, name):
    for svg in pictures(FIGURES[name]):
        assert page.evaluate("svg => send(svg)", svg)


def test_a_picture_that_was_parsed_ahead_may_come_again(page):
    message, other = draw.message("f", "a"), FIGURES["descent"].picture()
    page.evaluate("svgs => sendAhead(svgs)", [message, other])
    for svg in (message, other, message, other):
        assert page.evaluate("svg => send(svg)", svg)


def test_whatever_may_differ(page):
    for inside in (
        '<rect x="1" y="2" rx="3"/><text>a</text><path d="M0 0"/>',
        '<rect/><text y="5">b</text><path d="M1 1"/>',
        '<text y="5">b</text><rect/><circle r="2"/>',
        "<text>a<tspan>1</tspan></text>b<rect/>",
        "<text><tspan>1</tspan>a</text><!-- b --><rect/>",
        "",
    ):
        assert page.evaluate("svg => send(svg)", f"<svg>{inside}</svg>")


def test_what_stays_the_same_is_left_alone(page):
    def figure(number, *others):
        blocks = draw.caption(draw.Shown("x", number)), *others
        return draw.figure("f", f"x is {number}", draw.column(*blocks))

    touched = """svg => {
      const before = [...document.querySelectorAll('svg, svg *')];
      send(svg);
      const now = [...document.querySelectorAll('svg, svg *')];
      return [before.length, now.filter(e => before.includes(e)).length]}"""
    page.evaluate("svg => send(svg)", figure(1.0))
    before, kept = page.evaluate(touched, figure(2.0))
    assert before == kept
    # A block more: that column's own blocks are others, what is above stays.
    before, kept = page.evaluate(touched, figure(2.0, draw.caption("more")))
    assert 0 < kept < before
