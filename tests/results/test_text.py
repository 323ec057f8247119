"""What is missing from a text result, what is too much, and where."""

import pytest

from byhand import results
from byhand.results.show import quoted, show
from byhand.results.text import Text

TEXT = results.of("text")


def gap(got, expected):
    got, expected = (
        TEXT.read(value, ("tokens",)) for value in (got, expected)
    )
    return TEXT.gap(got, expected, TEXT.limits(expected, 0))


def remarks(got, expected):
    got, expected = (
        TEXT.read(value, ("tokens",)) for value in (got, expected)
    )
    return TEXT.remarks(got, expected, {}, 0)[0]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("é", "'é'"),
        ("e\u0301", r"'e\u0301'"),
        ("\u0301", r"'\u0301'"),
        ("नमस्ते", r"'नमस\u094dत\u0947'"),
        ("👨\u200d👩", r"'👨\u200d👩'"),
        ("👍🏽", "'👍🏽'"),
        ("❤\ufe0f", r"'❤\ufe0f'"),
        ("\U000e0100", r"'\U000e0100'"),
        ("a\u200bb\ufeff", r"'a\u200bb\ufeff'"),
        ("\u00a0\u3000\t", r"'\xa0\u3000\t'"),
        ("犬は", "'犬は'"),
        ("it's", '"it\'s"'),
        ("שלום", "\u2068'שלום'\u2069"),
        ("a مرحبا", "\u2068'a مرحبا'\u2069"),
    ],
)
def test_every_character_is_seen(text, written):
    assert quoted(text) == show(text) == written
    assert TEXT.shown([text], ("tokens",)) == {"tokens": f"[{written}]"}


def test_what_is_cut_off_stays_isolated():
    assert quoted("ש" * 10, 4) == "\u2068'" + "ש" * 3 + " …\u2069"
    assert quoted("a" * 10, 4) == "'aaa …"


def test_texts_that_look_alike_are_told_apart():
    assert gap(["é"], ["e\u0301"]) == (
        r"First difference: tokens[0] should be 'e\u0301'; yours is 'é'."
    )
    assert gap(["ab"], ["a\u200bb"]) == (
        r"First difference: tokens[0] should be 'a\u200bb'; yours is 'ab'."
    )
    long, other = "x" * 50 + "e\u0301" + "y" * 50, "x" * 50 + "é" + "y" * 50
    assert r"\u0301" in gap([other], [long])


def test_what_is_missing_and_what_is_too_much():
    right = ["👨", "\u200d", "👩", "\u200d", "👧", "。"]
    assert remarks(["👨", "👩", "👧", ".", "。"], right) == [
        r"Missing: '\u200d' ×2.",
        "Too many: '.'.",
    ]


def test_a_pair_is_told_as_a_whole():
    right = [(101, 115), (256, 116)]
    assert gap([(101, 115), (116, 256)], right) == (
        "First difference: tokens[1] should be (256, 116); yours is "
        "(116, 256)."
    )
    assert gap([(101, 115), (1, 2, 3)], right).endswith("yours is (1, 2, 3).")
    assert remarks([(101, 115)], right) == ["Missing: (256, 116)."]
    assert remarks([*right, right[0]], right) == ["Too many: (101, 115)."]


def test_a_long_row_is_told_by_its_entry():
    right, wrong = [list("abcdefg")], [list("abcdefx")]
    assert gap(wrong, right) == (
        "First difference: tokens[0][6] should be 'g'; yours is 'x'."
    )


def test_it_is_the_one_kind_of_text():
    assert isinstance(TEXT, Text)
