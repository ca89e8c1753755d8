"""Where files come from: cache, mirror, official address; and what the message says without any."""

import hashlib
import os
import pathlib
import sys

import pytest

from tfk.datasets import mnist, storage

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "utils"))
from file_server import FileServer

CONTENT = os.urandom(1000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NOWHERE = "http://127.0.0.1:9/files/a.npz"


@pytest.fixture
def home(tmp_path, monkeypatch):
    for variable in (storage.MIRROR, storage.TRUST):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_cached_file_is_used_without_network(home):
    (home / "datasets").mkdir(parents=True)
    (home / "datasets" / "a.npz").write_bytes(CONTENT)
    assert storage.fetch("a.npz", NOWHERE, SHA256) == home / "datasets" / "a.npz"


def test_message_without_network(home):
    with pytest.raises(OSError) as caught:
        storage.fetch("a.npz", NOWHERE, SHA256)
    message = str(caught.value)
    for words in (NOWHERE, SHA256, str(home / "datasets" / "a.npz"), storage.MIRROR):
        assert words in message
    assert storage.TRUST not in message
    assert not list((home / "datasets").iterdir())


def test_cached_file_with_another_hash(home, monkeypatch):
    (home / "datasets").mkdir(parents=True)
    path = home / "datasets" / "a.npz"
    path.write_bytes(b"rebuilt")
    digest = hashlib.sha256(b"rebuilt").hexdigest()
    with pytest.raises(
        OSError, match=f"There is a file {path}, but its sha256 is {digest}.*{storage.TRUST}=1"
    ):
        storage.fetch("a.npz", NOWHERE, SHA256)
    assert path.read_bytes() == b"rebuilt"
    monkeypatch.setenv(storage.TRUST, "1")
    assert storage.fetch("a.npz", NOWHERE, SHA256) == path
    monkeypatch.setenv(storage.TRUST, "0")
    with FileServer() as server:  # with network it is replaced, as in Keras 2
        server.files["a.npz"] = CONTENT
        storage.fetch("a.npz", f"{server.address}/a.npz", SHA256)
    assert path.read_bytes() == CONTENT


def test_mirror_folder_is_read_in_place(home, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror"
    (mirror / "fashion-mnist").mkdir(parents=True)
    (mirror / "fashion-mnist" / "a.gz").write_bytes(CONTENT)
    (mirror / "b.npz").write_bytes(b"rebuilt")
    monkeypatch.setenv(storage.MIRROR, str(mirror))
    path = storage.fetch("a.gz", "http://x/a.gz", SHA256, cache_subdir="datasets/fashion-mnist")
    assert path == mirror / "fashion-mnist" / "a.gz"
    with pytest.raises(
        OSError,
        match=f"mirror folder {mirror} has no file b.npz with the official hash.*{storage.TRUST}",
    ):
        storage.fetch("b.npz", "http://x/b.npz", SHA256)
    monkeypatch.setenv(storage.TRUST, "1")
    assert storage.fetch("b.npz", "http://x/b.npz", SHA256) == mirror / "b.npz"
    assert storage.fetch("c/my.npz", "http://x/b.npz", SHA256) == mirror / "b.npz"


def test_mirror_folder_holds_archives_under_either_name(home, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    monkeypatch.setenv(storage.MIRROR, str(mirror))
    for name in ("cifar-10-python.tar.gz", "cifar-10-batches-py.tar.gz"):
        (mirror / name).write_bytes(CONTENT)
        found = storage.fetch(
            "cifar-10-batches-py.tar.gz", "http://x/cifar-10-python.tar.gz", SHA256
        )
        assert found == mirror / name
        found.unlink()


def test_mirror_address(home, monkeypatch):
    with FileServer() as server:
        monkeypatch.setenv(storage.MIRROR, server.address)
        monkeypatch.setenv(storage.TRUST, "1")
        server.files["fashion-mnist/a.gz"] = CONTENT
        server.files["b.npz"] = CONTENT
        server.files["c.npz"] = b"tampered with"
        subdir = "datasets/fashion-mnist"
        assert (
            storage.fetch("a.gz", "http://x/a.gz", SHA256, cache_subdir=subdir).read_bytes()
            == CONTENT
        )
        assert storage.fetch("b.npz", "http://x/b.npz", SHA256).read_bytes() == CONTENT
        with pytest.raises(OSError, match="unexpected content"):  # trust is for local files only
            storage.fetch("c.npz", "http://x/c.npz", SHA256)
        with pytest.raises(OSError, match="HTTP 404"):
            storage.fetch("d.npz", "http://x/d.npz", SHA256)
    assert not (home / "datasets" / "c.npz").exists()


def test_cache_dir(home, tmp_path, monkeypatch):
    monkeypatch.setenv(storage.MIRROR, str(tmp_path))
    (tmp_path / "mine" / "datasets").mkdir(parents=True)
    (tmp_path / "mine" / "datasets" / "mnist.npz").write_bytes(b"x")
    with pytest.raises(OSError, match=str(tmp_path / "mine")):
        mnist.load_data(cache_dir=tmp_path / "mine")
