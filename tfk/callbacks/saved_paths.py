"""Paths produced by a `filepath` with placeholders, and removal of files saved there."""

import os
import re
import string

import tensorflow as tf

# A formatted number: callbacks never write any other value for a placeholder.
NUMBER = r" *[+-]?(?:\d[\d.,_%e+-]*|inf|nan)%? *"
# Placeholders that only ever become numbers: no attribute, conversion or fill character, whose text
# may be part of a path.
_NUMBERED = re.compile(r"(?:[^{}]|{{|}}|{\w+(?::[+-]?0?\d*[,_]?(?:\.\d+)?[bdeEfFgG%]?)?})*")


def is_numbered(filepath):
    """Return whether the placeholders of `filepath` only ever become numbers.

    >>> is_numbered("best/{epoch:02d}-{val_loss:.2f}.keras"), is_numbered("{epoch:c}{loss!r:.>2.0}")
    (True, False)
    """
    return _NUMBERED.fullmatch(filepath) is not None


def path_pattern(filepath):
    """Return a compiled pattern of the paths that `filepath.format(...)` produces for numbers.

    >>> bool(path_pattern("best/{epoch:02d}.keras").fullmatch("best/07.keras"))
    True
    >>> bool(path_pattern("best/{epoch:02d}.keras").fullmatch("best/../07.keras"))
    False
    """
    parts = string.Formatter().parse(filepath)
    return re.compile(
        "".join(re.escape(text) + ("" if field is None else NUMBER) for text, field, *_ in parts)
    )


def newest_match(filepath):
    """Return the newest file or checkpoint whose name fits `filepath` with its placeholders, or
    None.

    Of files written in the same second the last by name.
    """
    folder, name = os.path.split(filepath)
    pattern = re.compile(re.sub(r"\\{.*?\\}", ".*", re.escape(name)) + r"(\.index)?")
    files = tf.io.gfile.listdir(folder or ".") if tf.io.gfile.isdir(folder or ".") else []
    paths = sorted(
        os.path.join(folder, file.rstrip("/"))
        for file in files
        if pattern.fullmatch(file.rstrip("/"))
    )
    if not paths:
        return None
    newest = max(paths, key=lambda path: (tf.io.gfile.stat(path).mtime_nsec, path))
    return newest.removesuffix(".index")


def delete_saved(path):
    """Delete the file, SavedModel folder or TensorFlow checkpoint at `path`.

    Other folders are kept, and only the link itself is deleted for a link.
    """
    if os.path.islink(path):
        os.remove(path)
    elif tf.io.gfile.isdir(path):
        if tf.io.gfile.exists(os.path.join(path, "saved_model.pb")):
            tf.io.gfile.rmtree(path)
    elif tf.io.gfile.exists(path):
        tf.io.gfile.remove(path)
    for part in tf.io.gfile.glob(f"{path}.index") + tf.io.gfile.glob(f"{path}.data-?????-of-?????"):
        tf.io.gfile.remove(part)
