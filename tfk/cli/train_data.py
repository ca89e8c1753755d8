"""The `data` section of a config of `tfk train`: training, validation and test data."""

import collections

import numpy as np

import tfk
from tfk.cli.arrays import read_npz, read_table
from tfk.cli.errors import CommandError
from tfk.cli.train_config import kind_of

# Each is a tuple: (x, y), or (dataset,). None where there is none.
Splits = collections.namedtuple("Splits", "train validation test")

_PREPARATION = ("scale", "standardize", "pad", "preprocess")
DATA_KINDS = {
    "dataset": ("arguments", *_PREPARATION),
    "file": _PREPARATION,
    "csv": ("target", "validation", "test", *_PREPARATION),
    "folder": (
        "image_size",
        "color_mode",
        "batch_size",
        "label_mode",
        "validation_split",
        "scale",
        "preprocess",
    ),
}


def read_data(section, base):
    """Return the data of a config.

    Args:
        section: Its `data` section.
        base: Folder that relative paths start from.

    Returns: `Splits`.
    Raises: CommandError that says what is wrong with the section or with a file.
    """
    kind = kind_of("data", section, DATA_KINDS)
    if kind == "folder":
        return _read_folder(section, base)
    readers = {"dataset": _read_dataset, "file": _read_file, "csv": _read_csv}
    return _prepare(readers[kind](section, base), section)


def _read_dataset(section, base):
    name = section["dataset"]
    known = [n for n in dir(tfk.datasets) if hasattr(getattr(tfk.datasets, n), "load_data")]
    if name not in known:
        raise CommandError(f"data: unknown dataset {name!r}; there are {', '.join(known)}")
    arguments = section.get("arguments", {})
    if outside := {"path", "cache_dir"} & set(arguments):
        raise CommandError(
            f"data: {min(outside)!r} is not allowed among the arguments of a dataset: files stay in"
            " the cache folder. Set KERAS_HOME to move it."
        )
    train, test = getattr(tfk.datasets, name).load_data(**arguments)
    return Splits(train, None, test)


def _read_file(section, base):
    arrays = read_npz(base / section["file"])
    names = ("train", "validation", "test")
    if {"x", "y"} <= set(arrays):
        arrays = {"x_train": arrays["x"], "y_train": arrays["y"], **arrays}
    splits = [
        (
            (arrays[f"x_{name}"], arrays[f"y_{name}"])
            if f"x_{name}" in arrays and f"y_{name}" in arrays
            else None
        )
        for name in names
    ]
    if splits[0] is None:
        raise CommandError(
            f"data: {section['file']} needs the arrays x_train and y_train (or x and y); it has"
            f" {sorted(arrays)}"
        )
    return Splits(*splits)


def _read_csv(section, base):
    if "target" not in section:
        raise CommandError('data: "csv" needs "target", the name of the column to predict')
    parts = [section["csv"], section.get("validation"), section.get("test")]
    return Splits(
        *(None if path is None else _split_table(base / path, section["target"]) for path in parts)
    )


def _split_table(path, target):
    names, rows = read_table(path)
    if names is None or target not in names:
        has = f"its columns are {', '.join(names)}" if names else "it has no header"
        raise CommandError(f"data: {path} has no column {target!r}: {has}")
    column = names.index(target)
    return np.delete(rows, column, axis=1), rows[:, column]


def _read_folder(section, base):
    """Images in folders by class; folders `train`, `validation` and `test` above them split the
    data.
    """
    folder = base / section["folder"]
    if not folder.is_dir():
        raise CommandError(f"data: there is no folder {folder}")
    options = {
        "image_size": tuple(section.get("image_size", (256, 256))),
        **{k: section[k] for k in ("color_mode", "batch_size", "label_mode") if k in section},
    }

    def read(name="", **more):
        dataset = tfk.utils.image_dataset_from_directory(folder / name, **options, **more)
        return (dataset.map(lambda x, y: (_scaled(x, section), y)),)

    if (folder / "train").is_dir():
        if "validation_split" in section:
            raise CommandError(
                'data: "validation_split" does not go with folders train and validation'
            )
        named = {name: (folder / name).is_dir() for name in ("validation", "test")}
        rest = {name: read(name, shuffle=False) if there else None for name, there in named.items()}
        return Splits(read("train"), rest["validation"] and rest["validation"][0], rest["test"])
    share = section.get("validation_split")
    if share is None:
        return Splits(read(), None, None)
    parts = {
        subset: read(subset=subset, validation_split=share, seed=1)
        for subset in ("training", "validation")
    }
    return Splits(parts["training"], parts["validation"][0], None)


def _prepare(splits, section):
    """Padding, scaling and standardizing of the inputs, the last by the training data's own
    figures.
    """
    splits = Splits(*(split and (_padded(split[0], section), split[1]) for split in splits))
    if section.get("standardize"):
        x = np.asarray(splits.train[0], "float32")
        mean, deviation = x.mean(axis=0), x.std(axis=0)
        deviation = np.where(deviation == 0, 1, deviation)
        return Splits(*(split and ((split[0] - mean) / deviation, split[1]) for split in splits))
    return Splits(*(split and (_scaled(split[0], section), split[1]) for split in splits))


def _padded(x, section):
    if "pad" in section:
        return tfk.utils.pad_sequences(x, maxlen=section["pad"])
    if getattr(x, "dtype", None) == np.dtype(object):
        raise CommandError(
            'data: the samples are lists of different lengths; give their common length as "pad"'
        )
    return x


def _scaled(x, section):
    """Divided by `scale`, and prepared as the application named by `preprocess` wants it."""
    if "preprocess" in section:
        module = getattr(tfk.applications, section["preprocess"], None)
        if not hasattr(module, "preprocess_input"):
            raise CommandError(
                f"data: there is no applications.{section['preprocess']} with preprocess_input"
            )
        return module.preprocess_input(x)
    return x / section["scale"] if "scale" in section else x
