"""What the edition is made of: files that were fetched, and looked at."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from authoring import edition, fetch


def test_what_was_not_fetched_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "FETCHED", tmp_path)
    with pytest.raises(fetch.NotThere, match=r"pyodide-0.*authoring\.fetch"):
        fetch.require()
    for path in fetch.everything():
        path.touch()
    fetch.require()


def test_where_nothing_can_be_had_it_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fetch, "FETCHED", tmp_path / "new")
    monkeypatch.setenv("PATH", "")  # no npm
    assert fetch.main() == 0
    assert "It did not come" in capsys.readouterr().err


@pytest.fixture
def carrier(tmp_path, monkeypatch):
    """A package that carries one file."""
    monkeypatch.setattr(fetch, "FETCHED", tmp_path)
    with zipfile.ZipFile(fetch.wheel(*fetch.CARRIER), "w") as made:
        made.writestr("carrier/assets/numpy.whl", b"as it was published")
    return tmp_path


def locked(name, data):
    digest = hashlib.sha256(data).hexdigest()
    return {"name": "numpy", "file_name": name, "sha256": digest}


def test_only_what_the_lock_knows_is_taken(carrier):
    edition.carried(carrier, [locked("numpy.whl", b"as it was published")])
    assert (carrier / "numpy.whl").read_bytes() == b"as it was published"


@pytest.mark.parametrize(
    "entry",
    [locked("numpy.whl", b"what npm knows"), locked("other.whl", b"x")],
)
def test_another_file_is_refused(carrier, entry):
    with pytest.raises(fetch.NotThere, match="not what Pyodide's lock says"):
        edition.carried(carrier, [entry])
    assert not (carrier / entry["file_name"]).exists()


@pytest.mark.parametrize("self_hosted", [True, False])
def test_every_package_of_the_lock_can_be_had(tmp_path, self_hosted):
    """It lies beside the lock; published, Pyodide's own at its server."""
    try:
        edition.build(tmp_path, self_hosted=self_hosted)
    except fetch.NotThere as missing:
        # Without npm or a network, at set-up. On CI a skip is a failure.
        pytest.skip(str(missing))
    folder = tmp_path / "try" / "static" / "pyodide"
    known = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
    for name, entry in known["packages"].items():
        file = entry["file_name"]
        beside = (folder / file).exists()
        assert beside or not self_hosted, name
        assert beside or file.startswith(edition.server_of(fetch.PUBLISHED))
        depends = {*map(canonicalize_name, entry["depends"])}
        assert depends <= known["packages"].keys(), name
        if beside:
            data = (folder / file).read_bytes()
            assert hashlib.sha256(data).hexdigest() == entry["sha256"], name
    with zipfile.ZipFile(folder / "python_stdlib.zip") as library:
        kinds = {Path(name).suffix for name in library.namelist()}
    assert ".pyc" in kinds
    assert ".py" not in kinds
    config = (tmp_path / "try" / "jupyter-lite.json").read_text("utf-8")
    plugins = json.loads(config)["jupyter-config-data"]["litePluginSettings"]
    asked = plugins[edition.PLUGIN]["loadPyodideOptions"]["packages"]
    assert "byhand" in asked
