"""A formula as MathML, which browsers draw without a script.

Well, if they have a font for it: `font` makes a small one.
"""

import html
import io
import re
from importlib.metadata import distribution
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

# What formulas are made of. Links, classes and styles are not among it:
# \href, \class and \style are a learner's to write.
TAGS = """
    math menclose mfrac mi mn mo mover mpadded mroot mrow mspace msqrt mstyle
    msub msubsup msup mtable mtd mtext mtr munder munderover
""".split()
_ATTRIBUTES = """
    accent columnalign display displaystyle fence form linethickness mathsize
    mathvariant maxsize minsize notation rowspacing separator stretchy width
""".split()
# Nothing that ends an unquoted value.
_VALUE = re.compile(r"[A-Za-z0-9.+-]+")

# A function that stands before its argument without brackets: ln p, not lnp.
_BARE = re.compile(
    r"(\\(?:cos|exp|ln|log|sin|tanh?))(?![A-Za-z])"
    r"(?!\s*(?:[(\[^_},]|\\left|\\[bB]ig|$))"
)


def mathml(formula: str, display: bool) -> str | None:
    """A formula's MathML, or None if it cannot be read.

    There is no quotation mark in it: wherever it comes to stand, also within
    an attribute, it stays what it is.
    """
    for name in ("aligned", "split"):  # which the converter does not know
        formula = formula.replace(f"{{{name}}}", "{align*}")
    formula = _BARE.sub(r"\1\\,", formula)
    try:
        root = convert_to_element(
            formula, display="block" if display else "inline"
        )
        return _written(root)
    except Exception:
        # Of its own kinds of error there are twenty, and others come through.
        return None


def _written(element: Element) -> str:
    """An element of TAGS, whatever was written in it being text."""
    text = html.unescape(element.text or "")
    # Of what it does not know, the converter makes letters.
    unknown = text.startswith("\\") or (text == "&" and element.tag == "mi")
    if element.tag not in TAGS or unknown:
        raise ValueError(f"{element.tag} {text} is not drawn")
    attributes = "".join(
        f" {name}={value}"
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    inside = html.escape(text) + "".join(map(_written, element))
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


WHOLE_FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"
_DRAWN = re.compile("<math.*?</math>", re.S)
# What browsers draw and nobody writes: cursive letters for variables, a root.
_UNWRITTEN = (
    0x221A,
    0x210E,
    *range(0x1D434, 0x1D468),
    *range(0x1D6E2, 0x1D71C),
)


def font(page: str) -> bytes:
    """A font, as WOFF, with what the formulas of a page need.

    Most phones have none that says how far down an index stands. STIX Two's
    own file is 1.5 MB, and its licence goes with it, within the font.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    drawn = "".join(_DRAWN.findall(page))
    letters = html.unescape(re.sub("<[^>]*>", "", drawn))
    # Brought by a package, of which nothing else is used.
    whole = distribution("ziamath").locate_file(WHOLE_FONT)
    with TTFont(str(whole), recalcTimestamp=False) as made:
        options = subset.Options(layout_features=["*"], name_IDs=["*"])
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[*map(ord, letters), *_UNWRITTEN])
        subsetter.subset(made)
        made.flavor = "woff"
        written = io.BytesIO()
        made.save(written)
    return written.getvalue()
