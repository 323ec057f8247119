"""The tests here wait for what a kernel sends, and never look once.

Read from their text. A test that looks once passes for as long as the machine
is quick, and then fails on somebody else's.
"""

import ast
from pathlib import Path

import pytest

from tests.browser.jupyter import Notebook

FOLDER = Path(__file__).parent
# What reads a page as it is at this moment: Playwright's, and our own.
PLAYWRIGHTS = {
    "all",
    "all_inner_texts",
    "all_text_contents",
    "bounding_box",
    "count",
    "evaluate",
    "evaluate_all",
    "get_attribute",
    "inner_html",
    "inner_text",
    "input_value",
    "is_checked",
    "is_disabled",
    "is_editable",
    "is_enabled",
    "is_hidden",
    "is_visible",
    "screenshot",
    "text_content",
}
# Time that is only let go by is a look as well, a later one.
SLEEPS = {"sleep", "wait_for_timeout"}


def our_readers():
    """The methods in jupyter.py that say that they read."""
    tree = ast.parse((FOLDER / "jupyter.py").read_text("utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and (ast.get_docstring(node) or "").startswith("Reads ")
    }


def looks_once(source, readers=frozenset()):
    """Every place that decides by what a page was at one moment.

    An `assert` or an `if` of a look, or of a name that a look was given; a
    list that a look picks from; a sleep. What stands inside `until(…)` is
    looked at again and again, as is what our `wait_…` are given.
    """
    complaints = []
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            complaints += looks_once_in(function, PLAYWRIGHTS | readers)
    return sorted(set(complaints))


def looks_once_in(function, readers):
    stale, complaints = set(), []
    # In the order of the text: a name is stale from where it is given.
    nodes = sorted(
        walk_outside_until(function), key=lambda n: getattr(n, "lineno", 0)
    )
    for node in nodes:
        if isinstance(node, ast.Assert) and looks(node, readers, stale):
            complaints.append(complaint(node, "asserts what it saw once"))
        elif isinstance(node, ast.If) and looks(node.test, readers, stale):
            complaints.append(complaint(node.test, "decides by one look"))
        elif isinstance(node, ast.comprehension):
            complaints += [
                complaint(each, "picks by one look")
                for each in node.ifs
                if looks(each, readers, set())
            ]
        elif isinstance(node, ast.Call) and name_of(node) in SLEEPS:
            complaints.append(complaint(node, "sleeps"))
        for target in targets(node, readers, stale):
            stale |= {n.id for n in names(target)}
    return complaints


def walk_outside_until(node):
    yield node
    if isinstance(node, ast.Call) and (
        name_of(node) == "until" or name_of(node).startswith("wait_")
    ):
        return
    for child in ast.iter_child_nodes(node):
        yield from walk_outside_until(child)


def looks(node, readers, stale):
    """Whether a look, or a name that holds one, stands in it."""
    return any(
        (isinstance(each, ast.Call) and is_look(each, readers))
        or (named(each) and each.id in stale)
        for each in walk_outside_until(node)
    )


def is_look(call, readers):
    # A list's count() is of something; a locator's is of itself.
    counts_something = name_of(call) == "count" and call.args
    attribute = isinstance(call.func, ast.Attribute)
    return attribute and name_of(call) in readers and not counts_something


def targets(node, readers, stale):
    """The names that get what a look gave."""
    if isinstance(node, ast.Assign) and looks(node.value, readers, stale):
        return node.targets
    if isinstance(node, ast.NamedExpr) and looks(node.value, readers, stale):
        return [node.target]
    if isinstance(node, ast.For) and looks(node.iter, readers, stale):
        return [node.target]
    return []


def names(target):
    """The names in `a`, `a, *b` or `(a, b)`; `a.b` and `a[b]` give none."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            yield from names(each)
    elif isinstance(target, ast.Starred):
        yield from names(target.value)
    elif named(target):
        yield target


def name_of(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def named(node):
    return isinstance(node, ast.Name)


def complaint(node, what):
    return f"line {node.lineno} {what}: {ast.unparse(node)}"


def with_a_kernel():
    """The tests whose pages have a kernel behind them, and so messages."""
    files = sorted(FOLDER.glob("test_*.py"))
    found = [f for f in files if "with Lab(" in f.read_text("utf-8")]
    # And the page that is its own kernel.
    found.append(FOLDER.parent / "site" / "test_edition.py")
    return [f for f in found if f != Path(__file__)]


@pytest.mark.parametrize("file", with_a_kernel(), ids=lambda file: file.name)
def test_nothing_that_comes_by_message_is_looked_at_once(file):
    assert looks_once(file.read_text("utf-8"), our_readers()) == []


def test_the_tests_with_a_kernel_are_found_and_so_are_our_readers():
    names = {file.name for file in with_a_kernel()}
    assert names >= {"test_lessons.py", "test_live.py", "test_sliders.py"}
    assert our_readers() >= {"brightness", "collisions", "shown", "value"}


def test_our_own_waiting_looks_again():
    """And only it, and the start of the server, may let time go by."""
    text = (FOLDER / "jupyter.py").read_text("utf-8")
    assert [c for c in looks_once(text) if " sleeps: " not in c] == []
    assert len(looks_once(text)) == 2


BAD = {
    # What failed `make test` on a fresh machine.
    "assert train.is_enabled() and stop.is_disabled()": "asserts",
    "text = error.inner_text()\n    assert 'Trace' not in text": "asserts",
    "a, b = x, figure.svg()\n    click()\n    assert b != a": "asserts",
    "for width in images.evaluate_all(W):\n        assert width": "asserts",
    "assert (n := locator.count()) == 3": "asserts",
    "assert wide(bar.evaluate(WIDTH))": "asserts",
    "if page.locator('a').is_visible():\n        fail()": "decides",
    "x = [f for f in figures if f.panel.locator('b').count()]": "picks",
    "page.wait_for_timeout(300)": "sleeps",
    "time.sleep(1)": "sleeps",
}
GOOD = (
    "expect(train).to_be_enabled()",
    "until(figure.svg, differs(before))",
    "until(lambda: bar.evaluate(WIDTH), lambda w: w > 0)",
    "assert until(lambda: text.inner_text(), bool) != ''",
    "before = figure.svg()\n    figure.wait_changed(before)",
    "assert source.count('.show()') == 2",
    "was = c.value()\n    ours.value = c.wait_moved(was)\n    assert ours",
)


@pytest.mark.parametrize("line", BAD)
def test_a_single_look_is_found(line):
    source = f"def test_it(page):\n    {line}\n"
    (found,) = looks_once(source, frozenset({"svg"}))
    assert BAD[line] in found


@pytest.mark.parametrize("line", GOOD)
def test_waiting_is_not_taken_for_a_look(line):
    source = f"def test_it(page):\n    {line}\n"
    assert looks_once(source, frozenset({"svg"})) == []


def test_what_is_waited_for_in_vain_is_told(browser):
    notebook = object.__new__(Notebook)
    notebook.page = browser.new_page()
    notebook.page.set_default_timeout(50)
    with pytest.raises(AssertionError, match=r"never so: window\.nothing; \{"):
        notebook.wait_until("window.nothing")
    notebook.page.close()
