"""`get_file`: downloads a file to the cache folder."""

import contextlib
import os
import pathlib
import tempfile
import urllib.parse
import warnings

from tfk import config
from tfk.utils.archives import extract_archive
from tfk.utils.download import download
from tfk.utils.hashing import has_hash
from tfk.utils.interactive_logging import print_message
from tfk.utils.progress import Progbar, can_redraw


def get_file(
    fname=None,
    origin=None,
    untar: bool = False,
    md5_hash=None,
    file_hash=None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str = "auto",
    cache_dir=None,
):
    """Return the path of a file, downloading it unless it is in the cache folder.

    The hash is verified before the path is returned and before anything is extracted, also for
    existing files; a file with another hash is downloaded again. Interrupted downloads are resumed
    and never visible under the final name.

    Args:
        fname: Name of the file, or an absolute path; None uses the last part of `origin`. Defaults
            to None.
        origin: URL of the file. Defaults to None.
        untar: Whether to extract `<fname>.tar.gz` and return the path of `<fname>` (deprecated).
            Defaults to False.
        md5_hash: Deprecated spelling of `file_hash` for md5. Defaults to None.
        file_hash: Expected digest of the file, 64 (sha256) or 32 (md5) hexadecimal digits. Defaults
            to None.
        cache_subdir: Folder inside the cache folder, or an absolute path. Defaults to `"datasets"`.
        hash_algorithm: `"sha256"`, `"md5"`, or `"auto"`, which infers it from the length. Defaults
            to `"auto"`.
        extract: Whether to extract the file into its folder if it is an archive. Defaults to False.
        archive_format: `"tar"`, `"zip"`, `"gz"`, a list of these, `"auto"` for all, None for none.
            Defaults to `"auto"`.
        cache_dir: The cache folder; None uses `KERAS_HOME` or else `~/.keras`. Defaults to None.

    Returns:
        Path of the file as a string (of the extracted folder with `untar`).

    Raises: ValueError for missing arguments or an unsafe archive; DownloadError (an OSError) if the
        file cannot be downloaded or has another hash.
    >>> get_file(origin="https://example.com/photos.zip", extract=True)  # doctest: +SKIP
    '/home/me/.keras/datasets/photos.zip'
    """
    if not origin:
        raise ValueError("get_file: expected origin to be the address of the file, got None.")
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    name = os.fspath(fname) if fname else file_name(origin)
    if not os.path.isabs(name) and ".." in pathlib.PurePath(name).parts:
        raise ValueError(
            f"get_file: fname={name!r} leads out of the cache folder. Pass a name, or an absolute"
            " path."
        )
    folder = cache_folder(cache_dir, cache_subdir)
    if untar:
        name = name.removesuffix(".tar.gz") + ".tar.gz"
    path = folder / name
    is_new = not path.exists() or (file_hash and not _is_intact(path, file_hash, hash_algorithm))
    if is_new:
        path.parent.mkdir(parents=True, exist_ok=True)
        _download_with_progress(origin, path, file_hash, hash_algorithm)
    if untar:
        unpacked = path.with_name(path.name.removesuffix(".tar.gz"))
        if is_new or file_hash or not unpacked.exists():
            extract_archive(path, folder, "tar")
        return str(unpacked)
    if extract and not extract_archive(path, path.parent, archive_format):
        warnings.warn(
            f"get_file: {path} is not an archive of format {archive_format!r}; it is left as it is."
        )
    return str(path)


def file_name(origin):
    """Return the last part of an address.

    >>> file_name("https://example.com/data/photos.zip?raw=true")
    'photos.zip'
    """
    name = os.path.basename(urllib.parse.urlsplit(origin).path)
    if name in ("", ".", ".."):
        raise ValueError(f"get_file: found no file name in origin {origin!r}. Pass fname.")
    return name


def cache_folder(cache_dir=None, cache_subdir="datasets"):
    """Return the folder downloads go to, made when it is missing.

    Args:
        cache_dir: The cache folder; None takes `KERAS_HOME` or else `~/.keras`. When it cannot be
            written, `.keras` in the folder for temporary files takes its place. Defaults to None.
        cache_subdir: Folder in it, or an absolute path. Defaults to `"datasets"`.
    """
    base = pathlib.Path(cache_dir).expanduser() if cache_dir else config.keras_home()
    with contextlib.suppress(OSError):
        base.mkdir(parents=True, exist_ok=True)
    if not os.access(base, os.W_OK):
        base = pathlib.Path(tempfile.gettempdir()) / ".keras"
    folder = base / cache_subdir
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _is_intact(path, file_hash, algorithm):
    if has_hash(path, file_hash, algorithm):
        return True
    print_message(
        f"{path} is not the expected file (its hash is not {file_hash}); downloading it again."
    )
    return False


def _download_with_progress(origin, path, file_hash, algorithm):
    print_message(f"Downloading data from {origin}")
    bar = Progbar(None, unit_name="byte")

    def show(received, total):
        bar.target = total
        bar.update(received, finalize=received == total)

    download(origin, path, file_hash, algorithm, show if can_redraw() else None)
