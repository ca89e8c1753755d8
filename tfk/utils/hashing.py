"""Digests of files."""

import hashlib
import hmac

from tfk.utils.checks import check_choice

ALGORITHM_BY_LENGTH = {32: "md5", 64: "sha256"}


def file_digest(path, algorithm="sha256"):
    """Hexadecimal digest of a file, read in chunks.

    Args:
        path: The file.
        algorithm: `"sha256"` or `"md5"`. Defaults to `"sha256"`.
    """
    check_choice("file_digest", "algorithm", algorithm, ALGORITHM_BY_LENGTH.values())
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def resolve_algorithm(file_hash, algorithm="auto"):
    """Return the algorithm of `file_hash`; `"auto"` infers it from the length."""
    check_choice("get_file", "hash_algorithm", algorithm, ("auto", *ALGORITHM_BY_LENGTH.values()))
    if algorithm != "auto":
        return algorithm
    if len(file_hash) not in ALGORITHM_BY_LENGTH:
        raise ValueError(
            "get_file: expected file_hash to be 64 (sha256) or 32 (md5) hex digits, got"
            f" {file_hash!r}."
        )
    return ALGORITHM_BY_LENGTH[len(file_hash)]


def has_hash(path, file_hash, algorithm="auto"):
    """Return whether a file has the given hexadecimal digest.

    Args:
        path: The file.
        file_hash: 64 (sha256) or 32 (md5) hexadecimal digits.
        algorithm: `"sha256"`, `"md5"` or `"auto"`. Defaults to `"auto"`.
    """
    found = file_digest(path, resolve_algorithm(file_hash, algorithm))
    return hmac.compare_digest(found, file_hash.lower())
