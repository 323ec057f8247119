"""What an instructor opens: formulas, pictures, and marks that are theirs."""

import os

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from tests.browser.jupyter import Lab, require_browser
from tests.end_to_end.course import Course

LESSON = "07_self_attention"
WORDS = (
    "Because $x^2$ grows. ![mine](photo.jpg)\n\n"
    '<span id="softmax-check">1</span>\n\n###### self_attention-check\n\n'
    r"$\cssId{attention_weights-check}{y}$"
)
# A picture of one grey point.
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300ffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0000b0800010001"
    "01011100ffc40014000100000000000000000000000000000003ffc4001410010000000000"
    "0000000000000000000000ffda0008010100003f0037ffd9"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    require_browser()
    course = Course(tmp_path_factory.mktemp("course"), LESSON)
    course.nbgrader("generate_assignment", LESSON)
    course.submit("eve", course.empty(why__rows=WORDS))
    (course.folder("eve") / "photo.jpg").write_bytes(JPEG)
    ran = course.grader("autograde", LESSON)
    assert ran.returncode == 0, ran.stderr
    return course


@pytest.fixture(scope="module")
def page(course):
    here = os.getcwd()
    os.chdir(course.root)  # where the server reads the configuration
    try:
        with Lab(course.root, instructor=True) as lab, opened(course) as book:
            (one,) = book.find_submission(LESSON, "eve").notebooks
            page = lab.page(f"formgrader/submissions/{one.id}/?index=0")
            # Its marks have come, and so the buttons act.
            page.wait_for_selector("input.score[placeholder]")
            yield page
    finally:
        os.chdir(here)


def opened(course):
    url = f"sqlite:///{course.root / 'gradebook.db'}"
    return Gradebook(url, "attention-by-hand")


def test_formulas_are_drawn(page):
    formula = page.locator(".nbgrader_cell", has=page.locator("#why-rows"))
    expect(formula.locator("msup").first).to_be_visible()


def test_a_picture_that_was_handed_in_is_seen(page):
    image = page.locator("img[alt=mine]")
    expect(image).to_have_js_property("naturalWidth", 1)


def test_full_credit_for_the_words_is_for_the_words(course, page):
    cell = page.locator(".nbgrader_cell", has=page.locator("#why-rows"))
    # Its own save, and none of the answers that still come to the page.
    with page.expect_response(
        lambda r: "/api/grade/" in r.url and r.request.method == "PUT"
    ) as saved:
        # The event itself: boxes for comments still grow, and a mouse may be
        # let go beside the button.
        cell.locator(".full-credit").dispatch_event("click")
    assert saved.value.ok, saved.value.text()
    with opened(course) as book:
        (one,) = book.find_submission(LESSON, "eve").notebooks
        marks = {g.name: g.manual_score for g in one.grades}
    assert marks.pop("why-rows") == 2
    assert set(marks.values()) == {None}
