import json
from types import SimpleNamespace

import pytest

from byhand.saving import keep_kernel

OURS = {
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "language_info": {"name": "python", "version": "3.11.7"},
}
THEIRS = {
    "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"},
    "language_info": {"name": "python", "version": "3.13.1"},
}


def saved(folder, metadata, kind="notebook"):
    content = {"metadata": dict(metadata), "cells": []}
    model = {"type": kind, "content": content}
    keep_kernel(
        model=model,
        path="a.ipynb",
        contents_manager=SimpleNamespace(root_dir=str(folder)),
    )
    return content["metadata"]


def test_the_files_words_are_kept(tmp_path):
    (tmp_path / "a.ipynb").write_text(json.dumps({"metadata": OURS}))
    other = {"toc": {"base_numbering": 1}}
    assert saved(tmp_path, THEIRS | other) == OURS | other


def test_another_kernel_that_was_chosen_stays(tmp_path):
    (tmp_path / "a.ipynb").write_text(json.dumps({"metadata": OURS}))
    julia = {"kernelspec": {"name": "julia-1.11"}}
    assert saved(tmp_path, julia) == julia
    assert saved(tmp_path, THEIRS, kind="file") == THEIRS


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"metadata": 3}'])
def test_what_is_no_notebook_yet_is_saved_as_it_is(tmp_path, text):
    if text is not None:
        (tmp_path / "a.ipynb").write_text(text)
    assert saved(tmp_path, THEIRS) == THEIRS
