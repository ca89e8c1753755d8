"""`.keras` files: a zip archive of the architecture, the weights and assets such as
vocabularies.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import struct
import tempfile
import zipfile
import zlib

from tfk.saving import variables_file
from tfk.saving.assets import load_assets, readers_of, save_assets
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object, serialize_sharing
from tfk.saving.json_format import KERAS_VERSION, parse, to_plain
from tfk.saving.keras3 import is_keras3, to_keras2
from tfk.saving.load_scopes import sharing_scope
from tfk.saving.portable import portable
from tfk.saving.protocols import Trainable
from tfk.saving.shared_ids import complete_ids
from tfk.saving.to_keras3 import KERAS3_VERSION, to_keras3
from tfk.saving.trainable_flags import with_flags
from tfk.utils.loading import load_budget, reserve, weights_follow
from tfk.utils.zip_entries import open_zip

METADATA, CONFIG, WEIGHTS, ASSETS = "metadata.json", "config.json", "model.weights.h5", "assets"
COPIED_AT_ONCE = 2**18  # bytes
JSON_EXPANSION = 4  # bytes of memory per byte of text
ENTRY_COST = 32  # objects of the budget: extracting a file takes as long
# What `zipfile` raises for damaged, encrypted and exotic archives and entries.
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    UnicodeDecodeError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)
_NAME = re.compile(r"[A-Za-z0-9_.\-/ ]+")


class ArchiveError(ValueError):
    """A `.keras` file that is corrupt or contains unexpected data."""


def save(model, path, include_optimizer=True, for_keras=2):
    """Write `model` to `path`; without its optimizer, it is not compiled on loading.

    Args:
        model: The model.
        path: Path of the file.
        include_optimizer: Whether to store the compile settings and the optimizer.
        for_keras: 3 writes a file for Keras 3.
    Returns: What Keras 3 cannot hold of the model, as a list of texts.
    """
    config = serialize_sharing(lambda: serialize_keras_object(model))
    if not include_optimizer:
        config.pop("compile_config", None)
    if for_keras == 3:
        (config, lost), version = to_keras3(to_plain(config)), KERAS3_VERSION
    else:
        config, lost, version = with_flags(portable(config), model), [], KERAS_VERSION
    metadata = {
        "keras_version": version,
        "date_saved": datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
    }
    with tempfile.TemporaryDirectory() as folder:
        assets = pathlib.Path(folder, ASSETS)
        save_assets(model, assets, for_earlier=for_keras == 2)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(METADATA, json.dumps(metadata))
            archive.writestr(CONFIG, json.dumps(to_plain(config)))
            _write_weights(archive, model, os.path.dirname(path) or ".", for_keras)
            for file in sorted(assets.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(folder).as_posix())
    return lost


def _write_weights(archive, model, folder, for_keras):
    """HDF5 is not written in order, as an archive is: hence a file in between, which has no name to
    be left behind.
    """
    with tempfile.TemporaryFile(dir=folder, buffering=0) as weights:
        variables_file.save(weights, model, for_keras)
        weights.seek(0)
        with archive.open(WEIGHTS, "w", force_zip64=True) as entry:
            shutil.copyfileobj(weights, entry, COPIED_AT_ONCE)


def load(path, custom_objects=None, compile=True, safe_mode=None):
    """Return the model in the file at `path`."""
    with (
        load_budget(os.path.getsize(path)),
        open_archive(path) as archive,
        tempfile.TemporaryDirectory() as folder,
    ):
        config = read_config(archive)
        if not compile:
            config.pop("compile_config", None)
        with weights_follow(), sharing_scope():
            model = deserialize_keras_object(
                config, custom_objects=custom_objects, safe_mode=safe_mode
            )
        if not isinstance(model, Trainable) and not getattr(model, "is_saved_alone", False):
            raise ArchiveError(
                f"The .keras file describes a {type(model).__name__} where a model was expected."
            )
        _load_state(archive, model, folder, path)
    return model


def load_weights(path, model, skip_mismatch=False):
    """Set the weights of `model` from those in the archive."""
    with (
        load_budget(os.path.getsize(path)),
        open_archive(path) as archive,
        tempfile.TemporaryDirectory() as folder,
    ):
        _load_state(archive, model, folder, path, skip_mismatch)


def _load_state(archive, model, folder, title, skip_mismatch=False):
    """Extracts weights and those assets that objects of the model read, and loads both."""
    entries = {entry: _asset_folders(entry) for entry in archive.infolist() if not entry.is_dir()}
    folders = set().union(*entries.values())
    readers = readers_of(model, folders) if folders else {}
    for entry, parents in entries.items():
        if entry.filename == WEIGHTS or parents & readers.keys():
            _extract(archive, entry, pathlib.Path(folder, entry.filename))
    load_assets(readers, pathlib.Path(folder, ASSETS))
    variables_file.load(os.path.join(folder, WEIGHTS), model, skip_mismatch, title=title)


def _asset_folders(entry):
    """The folders within that of the assets that contain an entry; `""` is this folder itself."""
    root, *parts = entry.filename.split("/")
    return {"/".join(parts[:depth]) for depth in range(len(parts))} if root == ASSETS else set()


def open_archive(path):
    """Open a `.keras` file after checking its list of entries.

    Raises: ArchiveError for entries outside of the archive's own folder, links, duplicates, unknown
        names, and for more data than the file can hold.
    """
    try:
        archive = open_zip(path)
    except DAMAGES as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ArchiveError(
            f"{os.fspath(path)!r} is not a .keras file: {error}. It may be incomplete."
        ) from None
    try:
        _check_entries(archive.infolist())
    except ValueError:
        archive.close()
        raise
    return archive


def _check_entries(entries):
    names = [entry.filename for entry in entries]
    reserve("A .keras file", objects=ENTRY_COST * len(names))
    reserve("A .keras file", bytes=sum(entry.file_size for entry in entries))
    if len(set(names)) < len(names):
        raise ArchiveError("A .keras file lists an entry twice.")
    folders = {name[: name.rindex("/")] for name in names if "/" in name.rstrip("/")}
    if both := folders.intersection(names):
        raise ArchiveError(f"The .keras file holds {min(both)!r} both as a file and as a folder.")
    if WEIGHTS not in names:
        raise ArchiveError(f"The .keras file lacks {WEIGHTS}.")
    for entry in entries:
        name, parts = entry.filename, entry.filename.split("/")
        known = name in (METADATA, CONFIG, WEIGHTS) or (parts[0] == ASSETS and len(parts) > 1)
        packed_as_usual = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        link = (entry.external_attr >> 16) & 0o170000 == 0o120000
        if (
            not known
            or not packed_as_usual
            or link
            or not _NAME.fullmatch(name)
            or any(part in ("..", ".") for part in parts)
            or "" in parts[:-1]
        ):
            raise ArchiveError(
                f"A .keras file holds the entry {name!r}, which does not belong there."
            )


def read_config(archive):
    """Return the config of the model in an open archive, in the layout of Keras 2."""
    try:
        entry = archive.getinfo(CONFIG)
        reserve(f"{CONFIG} in the .keras file", bytes=JSON_EXPANSION * entry.file_size)
        config = parse(archive.read(entry), f"{CONFIG} in the .keras file")
    except KeyError:
        raise ArchiveError(f"The .keras file lacks {CONFIG}.") from None
    except DAMAGES as error:
        raise ArchiveError(f"{CONFIG} in the .keras file is damaged: {error}") from None
    if not isinstance(config, dict):
        raise ArchiveError(
            f"{CONFIG} in the .keras file holds a {type(config).__name__}, not a model's config."
        )
    version = read_metadata(archive).get("keras_version")
    config = to_keras2(config, version) if is_keras3(version) else config
    complete_ids(config)
    return config


def read_metadata(archive):
    """Return the version and date of an open archive; an empty dict if unknown."""
    try:
        metadata = parse(archive.read(METADATA), f"{METADATA} in the .keras file")
    except (KeyError, *DAMAGES):
        return {}
    return metadata if isinstance(metadata, dict) else {}


def _extract(archive, entry, target):
    """Writes an entry to a file, never more bytes than were declared."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(entry) as source, open(target, "xb") as file:
            shutil.copyfileobj(source, file, COPIED_AT_ONCE)
    except DAMAGES as error:
        raise ArchiveError(f"{entry.filename} in the .keras file is damaged: {error}") from None
