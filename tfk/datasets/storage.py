"""Sources of the dataset files: the cache, a mirror, or the official address.

In this order:

1. `~/.keras/datasets` (`KERAS_HOME` moves `~/.keras`, `cache_dir=` overrides both).
2. `TFK_DATASETS_MIRROR`, if set: a folder or an address with the files under their names in the
cache folder (or in the official address). A folder is read in place.
3. The official address, if no mirror is set.

Every file must have its official hash, wherever it comes from. `TFK_DATASETS_TRUST_CACHE=1` accepts
files in the cache folder and in a mirror folder without it: for files rebuilt with the same arrays
but other bytes. Downloads are always verified, and no file can run code.
"""

import os
import pathlib

from tfk.utils.archives import extract_archive
from tfk.utils.files import cache_folder, file_name, get_file
from tfk.utils.hashing import file_digest, has_hash, resolve_algorithm

OFFICIAL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
MIRROR = "TFK_DATASETS_MIRROR"
TRUST = "TFK_DATASETS_TRUST_CACHE"


def fetch(name, origin, file_hash, cache_dir=None, cache_subdir="datasets"):
    """Return the path of a verified copy of a dataset file.

    Args:
        name: Name in the cache folder, or an absolute path.
        origin: Official address.
        file_hash: Official sha256 or md5.
        cache_dir: Takes the place of `~/.keras`. Defaults to None.
        cache_subdir: Folder in it. Defaults to `"datasets"`.

    Returns:
        A `pathlib.Path`.

    Raises: OSError with one message that says which file to put where.
    """
    path = cache_folder(cache_dir, cache_subdir) / name
    mirror = os.environ.get(MIRROR, "")
    in_folder = mirror and "://" not in mirror
    # Relative to the data sets' folder, as in a copy of it: `fashion-mnist/...`
    inside = pathlib.PurePosixPath(cache_subdir).relative_to("datasets") / file_name(origin)
    candidates = [path]
    if in_folder:
        folder = pathlib.Path(mirror).expanduser()
        candidates += [folder / inside, folder / inside.with_name(path.name)]
    found = [candidate for candidate in candidates if candidate.is_file()]
    for candidate in found:
        if is_trusted() or has_hash(candidate, file_hash):
            return candidate
    addresses = [origin]
    if mirror and not in_folder:
        base = mirror.rstrip("/") + "/"
        addresses = list(dict.fromkeys((f"{base}{inside}", f"{base}{file_name(origin)}")))
    reasons = []
    if in_folder:
        reasons.append(f"the mirror folder {mirror} has no file {inside} with the official hash")
        addresses = []
    for address in addresses:
        try:
            return pathlib.Path(
                get_file(
                    str(path),
                    address,
                    file_hash=file_hash,
                    cache_dir=cache_dir,
                    cache_subdir=cache_subdir,
                )
            )
        except OSError as error:
            reasons.append(str(error))
    raise OSError(_how_to_help(path, file_hash, reasons, found))


def fetch_folder(name, origin, file_hash, cache_dir=None):
    """Return the path of the unpacked folder `name` of the archive at `origin`."""
    archive = fetch(f"{name}.tar.gz", origin, file_hash, cache_dir)
    folder = cache_folder(cache_dir) / name
    if not folder.exists():
        extract_archive(archive, folder.parent, "tar")
    return folder


def is_trusted():
    """Return whether `TFK_DATASETS_TRUST_CACHE` accepts local files with other hashes than the
    official ones.
    """
    return os.environ.get(TRUST, "") not in ("", "0")


def _how_to_help(path, file_hash, reasons, found):
    algorithm = resolve_algorithm(file_hash)
    message = (
        f"The data set's file {path.name} is not at hand: {'; '.join(reasons)}. Without network,"
        f" put the file with the {algorithm} {file_hash} at {path}, or set {MIRROR} to a folder or"
        " an address that has it."
    )
    for candidate in found:
        message += (
            f" There is a file {candidate}, but its {algorithm} is"
            f" {file_digest(candidate, algorithm)}: if you trust it, set {TRUST}=1 to use it."
        )
    return message
