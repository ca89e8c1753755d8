"""Random damage to bytes, to entries of archives, to configs and to the layout of HDF5 files."""

import copy
import io
import json
import zipfile

import h5py
import numpy as np

# Values that sizes, names and settings of a config are replaced by.
NASTY = (
    0,
    -1,
    1,
    10**5,
    10**9,
    2**31,
    2**63,
    10**30,
    -(10**9),
    0.5,
    -1e30,
    1e300,
    float("nan"),
    float("inf"),
    True,
    False,
    None,
    "",
    "a",
    "..",
    "../x",
    "/etc/passwd",
    "a\0b",
    "\x1b[2J",
    "é",
    "x" * 10_000,
    "relu",
    "os.system",
    "http://127.0.0.1:1/x",
    "file:///etc/passwd",
    [],
    [[]],
    {},
    [10**9],
    [None, 10**9],
    [10**5, 10**5],
    [0, 0, 0],
    {"": 0},
    {"class_name": []},
    {"class_name": "Dense", "config": {}},
    {"class_name": "function", "config": "eval"},
    {"class_name": "__lambda__", "config": {"value": ["eA==", None, None]}},
    {"class_name": "__numpy__", "config": {"value": [{}], "dtype": "object"}},
    {"class_name": "__tensor__", "config": {"value": [1], "dtype": "float8_e5m2"}},
    {"class_name": "__typespec__", "spec_name": "TensorSpec", "config": [[10**9], "string", None]},
    {"module": "os", "class_name": "system", "config": {"command": "true"}},
)
DTYPES = ("float16", "float64", "int64", "uint8", "bool", "S3", "complex64", "i1", "V4")


def mutated(good, rng):
    """Bytes with a cut, a stretch of noise, or a few changed bytes."""
    data = bytearray(good)
    kind = rng.integers(4)
    if not data or kind == 0:
        return bytes(data[: rng.integers(len(data) + 1)])
    if kind == 1:
        at = rng.integers(len(data))
        data[at : at + rng.integers(1, 64)] = rng.bytes(rng.integers(1, 64))
    else:
        for _ in range(rng.integers(1, 8)):
            data[rng.integers(len(data))] = rng.integers(256)
    return bytes(data)


def mutated_inside(good, rng, change=mutated):
    """An archive one of whose entries is changed, with the checksum that then fits."""
    with zipfile.ZipFile(io.BytesIO(good)) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    name = sorted(entries)[rng.integers(len(entries))]
    entries[name] = change(entries[name], rng)
    kind = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)[rng.integers(2)]
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w", kind) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        if rng.integers(4) == 0:
            extra = ("assets/x/y.txt", "assets/..", "../evil", "config.json/x", "a" * 300, "assets")
            archive.writestr(extra[rng.integers(len(extra))], rng.bytes(10))
    return new.getvalue()


def mutated_json(text, rng):
    """A JSON text in which up to three values, keys or subtrees are changed."""
    config = json.loads(text)
    for _ in range(rng.integers(1, 3)):
        config = _changed(config, rng)
    return json.dumps(config).encode()


def _changed(config, rng):
    places = list(_places(config))
    if not places:
        return NASTY[rng.integers(len(NASTY))]
    container, key = places[rng.integers(len(places))]
    kind = rng.integers(6)
    if kind < 3:
        container[key] = copy.deepcopy(NASTY[rng.integers(len(NASTY))])
    elif kind == 3:
        del container[key]
    elif kind == 4:
        other, other_key = places[rng.integers(len(places))]
        container[key] = copy.deepcopy(other[other_key])
    elif isinstance(container, list):
        container[key:key] = [container[key]] * int(rng.integers(2, 200))
    else:
        container[f"{key}{NASTY[rng.integers(len(NASTY))]}"[:40]] = container.pop(key)
    return config


def _places(nest):
    """Pairs of a container and a key of everything in a nest of lists and dicts."""
    keys = nest.keys() if isinstance(nest, dict) else range(len(nest))
    for key in list(keys):
        yield nest, key
        if isinstance(nest[key], (dict, list)):
            yield from _places(nest[key])


def mutated_hdf5(good, rng):
    """An HDF5 file whose structure is sound and whose content is not what it should be."""
    stream = io.BytesIO(good)
    try:
        with h5py.File(stream, "r+") as file:
            names = []
            file.visit(names.append)
            if names:
                _change_member(file, names[rng.integers(len(names))], rng)
            _change_attribute(file, [file, *(file[n] for n in names if n in file)], rng)
    except (OSError, ValueError, RuntimeError, TypeError, KeyError):
        return mutated(good, rng)  # what HDF5 cannot write
    return stream.getvalue()


def _change_member(file, name, rng):
    member, kind = file[name], rng.integers(8)
    is_data = isinstance(member, h5py.Dataset)
    if kind == 0:
        del file[name]
    elif kind == 1:
        del file[name]
        file[name] = h5py.SoftLink("/elsewhere")
    elif kind == 2:
        del file[name]
        file[name] = h5py.ExternalLink("/etc/passwd", "/")
    elif kind == 3 and is_data:
        del file[name]
        sizes = [int(rng.choice([1, 3, 1000, 2**20, 2**30])) for _ in range(rng.integers(1, 4))]
        file.create_dataset(name, sizes, "float32", chunks=tuple(min(n, 64) for n in sizes))
    elif kind == 4 and is_data:
        values = np.zeros(member.shape, DTYPES[rng.integers(len(DTYPES))])
        del file[name]
        file[name] = values
    elif kind == 5 and is_data and member.shape:
        values = member[()]
        del file[name]
        file.create_dataset(name, data=values, compression="gzip", shuffle=True, fletcher32=True)
    elif kind == 6 and is_data:
        del file[name]
        file.create_group(name)
    elif not is_data:
        file.move(name, name + "x")


def _change_attribute(file, members, rng):
    place = members[rng.integers(len(members))]
    keys = list(place.attrs)
    if not keys:
        return
    key = keys[rng.integers(len(keys))]
    value = place.attrs[key]
    kind = rng.integers(5)
    if kind == 0:
        del place.attrs[key]
    elif isinstance(value, (bytes, str)) and value[:1] in (b"{", "{") and kind < 4:
        place.attrs[key] = mutated_json(value, rng).decode()
    elif kind == 1:
        place.attrs[key] = rng.bytes(5).hex()
    elif kind == 2:
        place.attrs[key] = 5
    elif kind == 3 and getattr(value, "shape", None):
        place.attrs[key] = value[::-1]
