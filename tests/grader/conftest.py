"""A nursery for the tests of a process, and a lesson as it was released."""

import pytest

from grader.sealed import Nursery


@pytest.fixture(scope="session")
def nursery():
    with Nursery() as nursery:
        yield nursery
