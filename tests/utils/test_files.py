"""get_file: the cache, hashes, faulty servers, unsafe archives."""

import gzip
import hashlib
import io
import os
import pathlib
import stat
import subprocess
import sys
import tarfile
import threading
import zipfile

import pytest

from tfk.utils import archives, download
from tfk.utils.download import DownloadError
from tfk.utils.files import cache_folder, get_file
from tfk.utils.hashing import file_digest, has_hash

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from file_server import FileServer

CONTENT = os.urandom(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def server():
    with FileServer() as server:
        server.files["a.bin"] = CONTENT
        yield server


@pytest.fixture
def fetch(server, tmp_path):
    def fetch(name="a.bin", **kwargs):
        return get_file(origin=f"{server.address}/{name}", cache_dir=str(tmp_path), **kwargs)

    return fetch


def files_under(folder):
    return sorted(
        str(p.relative_to(folder)) for p in pathlib.Path(folder).rglob("*") if not p.is_dir()
    )


def test_downloads_once_and_says_where(fetch, server, tmp_path, capsys):
    path = fetch()
    assert path == str(tmp_path / "datasets" / "a.bin")
    assert pathlib.Path(path).read_bytes() == CONTENT
    assert fetch() == path and len(server.requests) == 1
    assert f"Downloading data from {server.address}/a.bin" in capsys.readouterr().out
    assert files_under(tmp_path) == ["datasets/a.bin"]


@pytest.mark.parametrize("kwargs", [{"file_hash": SHA256}, {"file_hash": MD5}, {"md5_hash": MD5}])
def test_hash_is_checked_also_of_cached_files(fetch, server, tmp_path, kwargs):
    path = pathlib.Path(fetch(**kwargs))
    path.write_bytes(b"tampered with")
    fetch(**kwargs)
    assert path.read_bytes() == CONTENT and len(server.requests) == 2


def test_wrong_hash_leaves_the_old_file_and_nothing_else(fetch, server, tmp_path):
    path = pathlib.Path(fetch())
    server.files["a.bin"] = b"another file"
    with pytest.raises(DownloadError, match=f"a.bin has unexpected content.*not {'0' * 64}"):
        fetch(file_hash="0" * 64)
    assert path.read_bytes() == CONTENT
    assert files_under(tmp_path) == ["datasets/a.bin"]


def test_dropped_connection_is_resumed(fetch, server):
    server.faults["a.bin"] = ["drop", "drop"]
    assert pathlib.Path(fetch()).read_bytes() == CONTENT
    assert [r for _, r in server.requests] == [None, "bytes=150000-", "bytes=225000-"]


def test_server_without_ranges_starts_again(fetch, server):
    server.faults["a.bin"] = ["drop", "no_range"]
    assert pathlib.Path(fetch()).read_bytes() == CONTENT


def test_file_that_changes_during_a_resume_is_not_mixed(fetch, server):
    server.faults["a.bin"] = ["drop"]
    answer = server.answer

    def change_after_first(handler):
        answer(handler)
        server.files["a.bin"], server.etag = CONTENT[::-1], '"2"'

    server.answer = change_after_first
    assert pathlib.Path(fetch()).read_bytes() == CONTENT[::-1]


def test_truncated_download_is_an_error(fetch, server, tmp_path):
    server.faults["a.bin"] = ["drop"] + ["500"] * 9
    with pytest.raises(DownloadError, match="HTTP 500"):
        fetch()
    assert files_under(tmp_path) == []


def test_truncated_without_length_is_caught_by_the_hash(fetch, server, tmp_path):
    server.faults["a.bin"] = ["silent_drop"]
    with pytest.raises(DownloadError, match="unexpected content"):
        fetch(file_hash=SHA256)
    assert files_under(tmp_path) == []


def test_interrupted_download_goes_on_in_the_next_call(fetch, server, tmp_path, monkeypatch):
    real = download._fetch_rest

    def interrupted(*args):
        real(*args)
        raise KeyboardInterrupt

    server.faults["a.bin"] = ["drop"]
    monkeypatch.setattr(download, "_fetch_rest", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(file_hash=SHA256)
    assert files_under(tmp_path) == ["datasets/a.bin.part"]
    monkeypatch.setattr(download, "_fetch_rest", real)
    assert pathlib.Path(fetch(file_hash=SHA256)).read_bytes() == CONTENT
    assert server.requests[-1][1] == "bytes=150000-"
    assert files_under(tmp_path) == ["datasets/a.bin"]


def test_part_of_another_version_is_thrown_away(fetch, tmp_path):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "a.bin.part").write_bytes(b"x" * 1000)
    assert pathlib.Path(fetch(file_hash=SHA256)).read_bytes() == CONTENT
    (tmp_path / "datasets" / "a.bin").unlink()
    (tmp_path / "datasets" / "a.bin.part").write_bytes(
        b"x" * len(CONTENT)
    )  # the server answers 416
    assert pathlib.Path(fetch(file_hash=SHA256)).read_bytes() == CONTENT


def test_two_at_a_time_download_once(fetch, server):
    threads = [threading.Thread(target=fetch, kwargs={"file_hash": SHA256}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pathlib.Path(fetch(file_hash=SHA256)).read_bytes() == CONTENT
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault, words", [("404", "HTTP 404"), ("500", "HTTP 500")])
def test_http_errors(fetch, server, fault, words):
    server.faults["a.bin"] = [fault]
    with pytest.raises(DownloadError, match=words):
        fetch()


def test_no_server_at_all(tmp_path):
    with pytest.raises(DownloadError, match="http://127.0.0.1:9/a.bin"):
        get_file(origin="http://127.0.0.1:9/a.bin", cache_dir=tmp_path)


def test_names_and_folders(server, tmp_path, monkeypatch):
    origin = f"{server.address}/a.bin"
    assert get_file("b.bin", origin, cache_dir=tmp_path, cache_subdir="models") == str(
        tmp_path / "models" / "b.bin"
    )
    assert get_file(tmp_path / "here" / "c.bin", origin) == str(tmp_path / "here" / "c.bin")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    assert get_file(origin=origin) == str(tmp_path / "home" / "datasets" / "a.bin")
    assert cache_folder() == tmp_path / "home" / "datasets"
    source = tmp_path / "local.bin"
    source.write_bytes(CONTENT)
    assert (
        pathlib.Path(get_file("d.bin", source.as_uri(), file_hash=SHA256)).read_bytes() == CONTENT
    )


def test_bad_arguments(tmp_path):
    with pytest.raises(ValueError, match="origin"):
        get_file("a.bin")
    with pytest.raises(ValueError, match="no file name in origin"):
        get_file(origin="http://example.com/..", cache_dir=tmp_path)
    with pytest.raises(DownloadError, match="http://"):
        get_file(origin="gopher://example.com/a", cache_dir=tmp_path)
    path = tmp_path / "a"
    path.write_bytes(CONTENT)
    with pytest.raises(ValueError, match="64"):
        has_hash(path, "abc")
    with pytest.raises(ValueError, match="hash_algorithm"):
        has_hash(path, SHA256, "crc")
    assert (
        file_digest(path) == SHA256
        and file_digest(path, "md5") == MD5
        and has_hash(path, SHA256.upper())
    )


# Archives


def tar_bytes(*members, mode="w:gz"):
    """A tar of (name, content) pairs or ready TarInfo objects."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return buffer.getvalue()


def zip_bytes(*members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_link(name, target):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


GOOD = (("photos/a.txt", b"one"), ("photos/cats/b.txt", b"two"))


@pytest.mark.parametrize(
    "name, content",
    [
        ("p.tar.gz", tar_bytes(*GOOD)),
        ("p.tgz", tar_bytes(special("./", tarfile.DIRTYPE), *GOOD)),
        ("p.tar.bz2", tar_bytes(*GOOD, mode="w:bz2")),
        ("p.tar", tar_bytes(*GOOD, mode="w")),
        ("p.zip", zip_bytes(("photos/", b""), *GOOD)),
    ],
)
def test_extract(fetch, server, tmp_path, name, content):
    server.files[name] = content
    path = fetch(name, extract=True, file_hash=hashlib.sha256(content).hexdigest())
    folder = tmp_path / "datasets"
    assert path == str(folder / name)
    assert files_under(folder) == sorted([name, "photos/a.txt", "photos/cats/b.txt"])
    assert (folder / "photos/cats/b.txt").read_bytes() == b"two"
    (folder / "photos/a.txt").write_bytes(b"torn by a crash")
    fetch(name, extract=True)
    assert (folder / "photos/a.txt").read_bytes() == b"one"


def test_untar_and_gz(fetch, server, tmp_path):
    server.files["p.tar.gz"] = tar_bytes(("q/a.txt", b"one"))
    path = get_file("q", f"{server.address}/p.tar.gz", untar=True, cache_dir=tmp_path)
    assert (
        path == str(tmp_path / "datasets" / "q")
        and (pathlib.Path(path) / "a.txt").read_bytes() == b"one"
    )
    server.files["table.csv.gz"] = gzip.compress(b"1,2")
    fetch("table.csv.gz", extract=True)
    assert (tmp_path / "datasets" / "table.csv").read_bytes() == b"1,2"


def test_what_is_no_archive_is_left_with_a_warning(fetch, server):
    with pytest.warns(UserWarning, match="not an archive"):
        assert pathlib.Path(fetch(extract=True)).read_bytes() == CONTENT
    server.files["p.zip"] = zip_bytes(*GOOD)
    with pytest.warns(UserWarning):
        fetch("p.zip", extract=True, archive_format=None)
    with pytest.raises(ValueError, match="formats"):
        fetch("p.zip", extract=True, archive_format="rar")


UNSAFE = {
    "absolute.tar": (tar_bytes(("/etc/evil", b"x")), "leads out"),
    "dots.tar": (tar_bytes(("ok/../../evil", b"x")), "leads out"),
    "backslash.zip": (zip_bytes(("..\\evil", b"x")), "leads out"),
    "dots.zip": (zip_bytes(("ok.txt", b"x"), ("../datasets-evil/x", b"x")), "leads out"),
    "absolute.zip": (zip_bytes(("/etc/evil", b"x")), "leads out"),
    "drive.zip": (zip_bytes(("C:/evil", b"x")), "leads out"),
    "symlink.tar": (
        tar_bytes(special("l", tarfile.SYMTYPE, "/etc"), ("l/evil", b"x")),
        "link or a device",
    ),
    "hardlink.tar": (tar_bytes(special("l", tarfile.LNKTYPE, "/etc/passwd")), "link or a device"),
    "device.tar": (tar_bytes(special("d", tarfile.CHRTYPE)), "link or a device"),
    "fifo.tar": (tar_bytes(special("d", tarfile.FIFOTYPE)), "link or a device"),
    "symlink.zip": (zip_bytes(zip_link("l", "/etc"), ("l/evil", b"x")), "link or a device"),
    "twice.tar": (tar_bytes(("a", b"1"), ("a", b"2")), "appears twice"),
    "twice_dot.tar": (tar_bytes(("a", b"1"), ("./a", b"2")), "appears twice"),
    "both.tar": (tar_bytes(("a", b"1"), ("a/b", b"2")), "both a file and a folder"),
    "bomb.zip": (zip_bytes(*((f"{n}", bytes(10**7)) for n in range(2))), "refusing to unpack more"),
    "name.zip": (zip_bytes(("\u00e4", b"x")).replace("\u00e4".encode(), b"\xcb "), "damaged"),
    "torn.zip": (zip_bytes(("a", bytes(100) + b"x")).replace(b"\x60", b"\x61", 1), "damaged"),
    "torn.tar.gz": (tar_bytes(("a", os.urandom(50_000)))[:30_000], "damaged"),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_archives_leave_nothing(fetch, server, tmp_path, monkeypatch, name):
    content, words = UNSAFE[name]
    if "bomb" in name:
        monkeypatch.setattr(archives, "LARGEST_RATIO", 10)
    server.files[name] = content
    with pytest.raises(ValueError, match=words):
        fetch(name, extract=True)
    assert files_under(tmp_path) == [f"datasets/{name}"]
    assert sorted(os.listdir(tmp_path)) == ["datasets"]


def test_sizes_are_those_declared(tmp_path):
    """A zip whose directory understates a member (what was checked) is refused while copying."""
    content = zip_bytes(("a", b"0123456789" * 10))
    at = content.rindex(b"PK\x01\x02") + 24
    assert int.from_bytes(content[at : at + 4], "little") == 100
    (tmp_path / "lie.zip").write_bytes(content[:at] + (7).to_bytes(4, "little") + content[at + 4 :])
    with pytest.raises(ValueError, match="damaged"):
        archives.extract_archive(tmp_path / "lie.zip", tmp_path / "out")
    assert files_under(tmp_path) == ["lie.zip"]


def test_hash_is_checked_before_extraction(fetch, server, tmp_path):
    server.files["p.zip"] = zip_bytes(*GOOD)
    with pytest.raises(DownloadError):
        fetch("p.zip", extract=True, file_hash=SHA256)
    assert files_under(tmp_path) == []


def test_killed_during_a_download_leaves_no_torn_file(server, tmp_path):
    server.files["big.bin"] = os.urandom(8_000_000)
    hold = threading.Event()
    answer = server.answer

    def slowly(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "8000000")
        handler.end_headers()
        handler.wfile.write(server.files["big.bin"][:4_000_000])
        hold.wait(30)

    server.answer = slowly
    digest = hashlib.sha256(server.files["big.bin"]).hexdigest()
    address = f"{server.address}/big.bin"
    code = f"from tfk.utils.download import download; download({address!r}, 'big.bin', {digest!r})"
    env = {**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).parents[2])}
    child = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=env)
    part = tmp_path / "big.bin.part"
    while child.poll() is None and not (part.exists() and part.stat().st_size > 1_000_000):
        pass
    child.kill()
    child.wait()
    hold.set()
    assert files_under(tmp_path) == ["big.bin.part"]
    server.answer = answer
    download.download(f"{server.address}/big.bin", tmp_path / "big.bin", digest)
    assert server.requests[-1][1].startswith("bytes=")
    assert files_under(tmp_path) == ["big.bin"]
