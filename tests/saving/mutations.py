"""Random damage to good files."""

import io
import zipfile


def mutated(good, rng):
    """Bytes with a cut, a stretch of noise, or a few changed bytes."""
    data = bytearray(good)
    kind = rng.integers(4)
    if kind == 0:
        return data[: rng.integers(len(data))]
    if kind == 1:
        at = rng.integers(len(data))
        data[at : at + rng.integers(1, 64)] = rng.bytes(rng.integers(1, 64))
        return data
    for _ in range(rng.integers(1, 8)):
        data[rng.integers(len(data))] = rng.integers(256)
    return data


def mutated_inside(good, rng):
    """The bytes of an archive one of whose entries is mutated, with the checksum that then fits."""
    with zipfile.ZipFile(io.BytesIO(good)) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    name = sorted(entries)[rng.integers(len(entries))]
    new = io.BytesIO()
    write_zip(new, {**entries, name: bytes(mutated(entries[name], rng))})
    return new.getvalue()


def write_zip(path, entries):
    """Writes an archive from a dict of names and contents."""
    with zipfile.ZipFile(path, "w") as new:
        for name, data in entries.items():
            new.writestr(name, data)
