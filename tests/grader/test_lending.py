"""What a learner's process asks of our functions harms nobody."""

import os
import time

import numpy as np
import pytest

from grader import lending
from grader.lending import Lender


def causal(n):
    return np.tril(np.ones((n, n), dtype=bool))


def endless(n):
    while True:
        pass


def ending(n):
    os._exit(3)


@pytest.fixture
def lender(monkeypatch):
    monkeypatch.setattr(lending, "SECONDS", 1)
    made = Lender([causal, endless, ending, lambda n: 1 / n])
    yield made
    made.close()


def ask(lender, place, *inputs):
    return lender.ask(lender.functions[place], list(inputs), {})


def test_it_answers(lender):
    np.testing.assert_array_equal(ask(lender, 0, 2)["value"], causal(2))
    assert ask(lender, 3, 2) == {"value": 0.5}
    assert ask(lender, 3, 0) == {"error": "division by zero"}


@pytest.mark.parametrize(
    "size", [12_000, np.int64(12_000), 10**6, 10**30, np.float64(3e5)]
)
def test_a_size_that_would_fill_the_memory(lender, size):
    used = memory()
    answer = ask(lender, 0, size)
    # Too much, or so much that it does not arrive as numbers.
    assert "error" in answer or type(answer["value"]).__name__ != "ndarray"
    assert memory() - used < 200 * 2**20


def memory():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_more_numbers_than_a_lesson_has(lender):
    said = ask(lender, 0, np.zeros(lending.MOST_ASKED + 1))
    assert said == {"error": "more numbers than a lesson ever has"}


def test_what_does_not_end_is_ended(lender):
    began = time.monotonic()
    assert ask(lender, 1, 1) == {"error": "no answer within 1 s"}
    assert time.monotonic() - began < 5
    assert not lender.knows(causal)


def test_its_end_is_noticed(lender):
    assert "error" in ask(lender, 2, 1)
    assert not lender.knows(ending)


def test_nothing_is_left_behind(lender):
    process = lender.process
    lender.close()
    lender.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
