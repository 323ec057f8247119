"""Libraries that may be missing: what is shown in their place."""

import importlib.util

import pytest

from byhand import tools

GRADIENTS = "backpropagation/gradients"


@pytest.fixture
def without(monkeypatch):
    """Makes libraries look as if they were not installed."""
    find = importlib.util.find_spec

    def hide(*names):
        monkeypatch.setattr(
            tools, "find_spec", lambda one: None if one in names else find(one)
        )

    return hide


def test_nothing_is_said_where_all_are_there(capsys):
    assert tools.installed("json", "torch", recorded=GRADIENTS)
    assert capsys.readouterr().out == ""


def test_what_was_recorded_is_shown_and_the_library_named(without, capsys):
    without("torch")
    assert not tools.installed("json", "torch", recorded=GRADIENTS)
    said = capsys.readouterr().out
    assert said.startswith("PyTorch is not installed here. When this page")
    assert said.endswith(f":\n\n{tools.recording(GRADIENTS)}")


def test_several_that_are_missing_are_all_named(without, capsys):
    without("nltk", "gensim")
    assert not tools.installed("nltk", "gensim", recorded=GRADIENTS)
    assert capsys.readouterr().out.startswith("NLTK and gensim are not")


def test_nothing_is_imported_to_find_out(without):
    """A library may take seconds, or fail for its own reasons."""
    import sys

    known = set(sys.modules)
    tools.installed("torch", "sklearn", "nltk", recorded=GRADIENTS)
    assert not {"nltk"} & (set(sys.modules) - known)
