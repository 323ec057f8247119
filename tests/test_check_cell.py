"""One reader of the cells that check an answer."""

import pytest

from byhand.check_cell import check_in


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('check("a.b", b)', ("a.b", "b", None)),
        ('check(\n    "a.b",\n    c,\n    part="d",\n)', ("a.b", "c", "d")),
        ('%%time\ncheck("a.b", b)', ("a.b", "b", None)),
        ('!ls\nx = 1\ncheck("a.b", b, seed=3)', ("a.b", "b", None)),
        ('check("a.b", b, part=3)', ("a.b", "b", None)),
        ('check("a.b", lambda x: x)', ("a.b", "", None)),
        ('check("a.b", b)\ncheck("c.d", d)', ("a.b", "b", None)),
    ],
)
def test_what_a_cell_checks(source, found):
    assert check_in(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "check(1)",
        "def (",
        "f(1, x)",
        "check(b, b)",
        'x = "check"',
        'check("a.b")',
        'f.check("a.b", b)',
        "\0",
        '"""check("a.b", b)"""',
    ],
)
def test_a_cell_that_checks_nothing(source):
    assert check_in(source) is None


def test_an_exercise_is_named_with_its_part():
    assert check_in('check("a.b", b, part="c")').name == "a.b (c)"
    assert check_in('check("a.b", b)').name == "a.b"
