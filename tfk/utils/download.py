"""Downloads one file: resumed after a dropped connection, verified, and moved into place at the
end.
"""

import contextlib
import http.client
import os
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request

from tfk.utils.hashing import file_digest, has_hash, resolve_algorithm

try:
    import fcntl
except ImportError:  # Windows: two programs that download one file at a time are not kept apart
    fcntl = None

SCHEMES = ("http", "https", "ftp", "file")
TIMEOUT = 30.0  # seconds without a byte
SLOWEST, SLOW_SECONDS = 1024, 60.0  # bytes a second over so many seconds, at least
FRUITLESS_TRIES, FRUITFUL = 3, 2**14  # in a row with fewer bytes, before giving up


class DownloadError(OSError):
    """The file could not be downloaded, or has unexpected content."""


def download(url, path, file_hash=None, algorithm="auto", progress=None):
    """Download `url` to `path`, which is written only once complete and verified.

    What arrived is kept in `<path>.part`: a connection that drops is taken up again at once, and
    with `file_hash` also by the next call. Two processes that want one file take turns; the second
    finds it there.

    Args:
        url: Address: http, https, ftp or file.
        path: Where the file goes.
        file_hash: Expected digest; None trusts the server and the stated length. Defaults to None.
        algorithm: `"sha256"`, `"md5"` or `"auto"`. Defaults to `"auto"`.
        progress: Function of `(bytes so far, bytes in all or None)`, called after each piece.
            Defaults to None.

    Raises: DownloadError, which names the address and the reason.
    """
    path = pathlib.Path(path)
    scheme = urllib.parse.urlsplit(url).scheme
    if scheme not in SCHEMES:
        raise DownloadError(
            f"expected an address that begins with http:// or https://, got {url!r}"
        )
    part = path.with_name(path.name + ".part")
    before = _identity(path)
    with _locked(part) as file:
        if _identity(path) not in (None, before) and (
            not file_hash or has_hash(path, file_hash, algorithm)
        ):
            part.unlink()
            return  # another process has fetched it while this one waited
        _fetch_checked(url, file, part, file_hash, algorithm, progress)
        if fcntl is None:
            file.close()  # Windows renames closed files only
        os.replace(part, path)


def _fetch_checked(url, file, part, file_hash, algorithm, progress):
    resumed = bool(file_hash) and os.path.getsize(part) > 0
    if not resumed:
        file.truncate(0)  # without a hash, a change of the file on the server would go unnoticed
    try:
        _fetch(url, file, progress)
    except BaseException:
        if not file_hash or not file.seek(0, os.SEEK_END):  # nothing that a later call could resume
            part.unlink()
        raise
    if not file_hash or has_hash(part, file_hash, algorithm):
        return
    found = file_digest(part, resolve_algorithm(file_hash, algorithm))
    if resumed:  # the first part may have been of another version
        file.truncate(0)
        _fetch_checked(url, file, part, file_hash, algorithm, progress)
        return
    part.unlink()
    raise DownloadError(
        f"{url} has unexpected content: its hash is {found}, not {file_hash}. Nothing was kept."
    )


def _fetch(url, file, progress):
    """Appends to `file` until it holds all of `url`."""
    validator, fruitless = None, 0
    while True:
        start = file.seek(0, os.SEEK_END)
        try:
            validator, complete = _fetch_rest(url, file, start, validator, progress)
            if complete:
                return
            reason = "the connection was closed early"
        except urllib.error.HTTPError as error:
            if (
                error.code == 416 and start
            ):  # nothing left at this position: complete, or another file
                return
            raise DownloadError(f"{url}: HTTP {error.code} {error.reason}") from error
        except DownloadError:
            raise
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        grown = file.seek(0, os.SEEK_END) - start
        fruitless = fruitless + 1 if grown < FRUITFUL else 0
        if not file.tell() or fruitless == FRUITLESS_TRIES:
            raise DownloadError(f"{url}: {reason} ({file.tell()} bytes arrived)")


def _fetch_rest(url, file, start, validator, progress):
    """One request for the bytes from `start` on; return the server's version mark and whether all
    came.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "tfk"})
    if start:
        request.add_header("Range", f"bytes={start}-")
        if validator:
            request.add_header(
                "If-Range", validator
            )  # the whole file again, should it have changed
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        if start and getattr(response, "status", None) != 206:
            start = 0
            file.truncate(0)
        length = response.headers.get("Content-Length")
        total = start + int(length) if length and length.isdigit() else None
        received = start
        validator = response.headers.get("ETag") or response.headers.get("Last-Modified")
        pace = _Pace(url)
        while block := (
            response.read1(2**18) if hasattr(response, "read1") else response.read(2**18)
        ):
            file.write(block)
            received += len(block)
            pace.check(len(block))
            if progress:
                progress(received, total)
        file.flush()
    return validator, total is None or received == total


class _Pace:
    """Notices a server that sends so little that the download would never end."""

    def __init__(self, url, clock=time.monotonic):
        self._url, self._clock, self._since, self._bytes = url, clock, clock(), 0

    def check(self, received):
        """Raises DownloadError if too few bytes have come over a while."""
        self._bytes += received
        seconds = self._clock() - self._since
        if seconds < SLOW_SECONDS:
            return
        if self._bytes < SLOWEST * seconds:
            raise DownloadError(
                f"{self._url}: the server sends less than {SLOWEST} bytes per second"
            )
        self._since, self._bytes = self._clock(), 0


def _identity(path):
    """Changes when another file is moved to `path`; None while there is none."""
    with contextlib.suppress(FileNotFoundError):
        status = os.stat(path)
        return status.st_ino, status.st_mtime_ns, status.st_size


def _open_part(part):
    """Opens `part` for appending; a link that somebody has put there is removed, not followed."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    if part.is_symlink() or (part.exists() and part.stat().st_nlink > 1):
        part.unlink()
    return os.fdopen(os.open(part, flags, 0o666), "a+b")


@contextlib.contextmanager
def _locked(part):
    """Opens `part` for this process alone."""
    while True:
        with _open_part(part) as file:
            if fcntl is not None:
                fcntl.flock(
                    file, fcntl.LOCK_EX
                )  # given back when the process ends, however it ends
                if _identity(part) is None or not os.path.samestat(
                    os.stat(part), os.fstat(file.fileno())
                ):
                    continue  # the process that held it has moved or removed it
            yield file
            return
