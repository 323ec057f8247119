"""The benchmark's profile, which nothing else would notice to be broken."""

import pytest

from tests.bench import grading


@pytest.mark.timeout(300)
def test_a_profile_has_a_line_for_each_step(capsys):
    grading.main(["--profile", "--submissions", "1"])
    shown = capsys.readouterr().out
    for step, _, _ in grading.steps():
        assert step in shown
