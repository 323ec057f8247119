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
  const html = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
  Object.defineProperty(Element.prototype, 'innerHTML', {
    ...html, set(written) {
      window.parsed += written.length;
      html.set.call(this, written); }});
  // Kept when the widget's own timer, of 50 milliseconds, has run out.
  window.sendAhead = svgs => {
    state.ahead = {...svgs};
    told['change:ahead']();
    return new Promise(done => setTimeout(done, 60));
  };
  window.send = svg => {
    state.value = svg;
    window.parsed = 0;
    told['change:value']();
    const parsed = window.parsed;
    const plain = document.createElement('div');
    plain.innerHTML = svg;
    return [el.firstChild.isEqualNode(plain.firstChild), parsed];
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


def becomes(page, svg):
    """Whether the picture is now what `svg` says, to the last attribute."""
    same, _ = page.evaluate("svg => send(svg)", svg)
    return same


@pytest.mark.parametrize("name", FIGURES)
def test_every_picture_becomes_the_next(page, name):
    for svg in pictures(FIGURES[name]):
        assert becomes(page, svg)


def test_pictures_that_were_sent_ahead_may_come_in_any_order(page):
    message, other = draw.message("f", "a"), FIGURES["descent"].picture()
    for first in (message, other):
        page.evaluate("svgs => sendAhead(svgs)", [message, other])
        for svg in (first, message, other, message, other):
            assert becomes(page, svg)


def test_a_picture_that_was_sent_ahead_is_parsed_already(page):
    descent = FIGURES["descent"]
    for rate in (0.02, 0.03, 0.02):
        svg = descent.draw(descent.compute(rate))
        page.evaluate("svgs => sendAhead(svgs)", [svg])
        assert page.evaluate("svg => send(svg)", svg) == [True, 0]


@pytest.mark.parametrize("name", ["attention", "positions", "stream"])
def test_only_what_differs_is_parsed(page, name):
    """To parse a whole picture takes up to half a frame."""
    panel = FIGURES[name].show()
    control = next(iter(panel.controls.values()))
    page.evaluate("svg => send(svg)", panel.picture)
    assert page.evaluate("svg => send(svg)", panel.picture) == [True, 0]
    control.value = neighbours(control)[-1]
    same, parsed = page.evaluate("svg => send(svg)", panel.picture)
    assert same and 0 < parsed < len(panel.picture) * 0.7


def test_whatever_may_differ(page):
    for inside in (
        '<rect x="1" y="2" rx="3"/><text>a</text><path d="M0 0"/>',
        '<rect/><text y="5">b</text><path d="M1 1"/>',
        '<text y="5">b</text><rect/><circle r="2"/>',
        "<text>a<tspan>1</tspan></text>b<rect/>",
        "<text><tspan>1</tspan>a</text><!-- b --><rect/>",
        '<text x="1">c</text><g/><g></g>',
        '<text x="2">d</text><g><g/></g>',
        '<text x="2">d</text><g x="1"><rect x="2"/></g>',
        '<text x="3">d &lt; <tspan>2</tspan>e</text><g><rect x="3"/></g>f',
        '<text x="4"/><text x="5">g</text><path/>',
        '<text x="5"/><text x="6">g</text><path d="M0 0"/>',
        '<!-- b --><rect x="1"/>',
        '<!-- b --><rect x="2"/>',
        "",
    ):
        assert becomes(page, f"<svg>{inside}</svg>")


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
