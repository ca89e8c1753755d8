"""Reads arrays from input files: .npy, .npz, .csv, images. No file can run code."""

import csv
import pathlib

import numpy as np

from tfk.cli.errors import CommandError
from tfk.utils.images import img_to_array, load_img

IMAGES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")
COLOR_MODES = {1: "grayscale", 3: "rgb", 4: "rgba"}


def read_inputs(paths, model, scale=None):
    """Read the input of `model.predict` from files.

    Args:
        paths: Names of one `.npy`, `.npz` or `.csv` file, or of images and folders of images.
        model: The model, whose Inputs give names, image size and number of colors.
        scale: Number to divide by.

    Returns:
        An array, or a dict of arrays by the names of the Inputs.

    Raises: CommandError that says what is wrong with which file.
    """
    files = [file for path in paths for file in _files_of(pathlib.Path(path))]
    kinds = {file.suffix.lower() for file in files}
    if kinds <= set(IMAGES):
        data = _read_images(files, model)
    elif len(files) > 1:
        raise CommandError("give one .npy, .npz or .csv file, or images alone")
    elif kinds == {".npy"}:
        data = load_array(files[0])
    elif kinds == {".npz"}:
        data = _for_inputs(read_npz(files[0]), model, files[0])
    elif kinds == {".csv"}:
        names, rows = read_table(files[0])
        inputs = model.input_names or []
        by_name = len(inputs) > 1 and names is not None and set(inputs) <= set(names)
        data = {name: rows[:, names.index(name)] for name in inputs} if by_name else rows
    else:
        raise CommandError(
            f"{files[0]}: unknown extension; use .npy, .npz, .csv or {', '.join(IMAGES)}"
        )
    if scale is not None:
        data = {k: v / scale for k, v in data.items()} if isinstance(data, dict) else data / scale
    return data


def _files_of(path):
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in IMAGES)
        if not files:
            raise CommandError(f"there are no images in {path}")
        return files
    if not path.is_file():
        raise CommandError(f"there is no file {path}")
    return [path]


def load_array(path):
    """Return the array in a `.npy` file."""
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise CommandError(f"{path} holds no array of numbers or strings: {error}") from None


def read_npz(path):
    """Return a dict of the arrays in an `.npz` file."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise CommandError(f"{path} holds no arrays of numbers or strings: {error}") from None


def _for_inputs(arrays, model, path):
    """The arrays that the model wants: by the names of its Inputs, else the only one, else `x`."""
    inputs = model.input_names or []
    if inputs and set(inputs) <= set(arrays):
        return {name: arrays[name] for name in inputs} if len(inputs) > 1 else arrays[inputs[0]]
    if len(arrays) == 1 and len(inputs) <= 1:
        return next(iter(arrays.values()))
    if "x" in arrays and len(inputs) <= 1:
        return arrays["x"]
    raise CommandError(
        f"{path} has the arrays {sorted(arrays)}; the model's inputs are called {inputs}"
    )


def read_table(path):
    """Read a CSV file of numbers.

    Args:
        path: Name of the file; a first line that is not all numbers is the header.

    Returns:
        `(names, rows)`: the header as a list, None without one, and a float32 array `(rows,
        columns)`. Empty fields are NaN.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            lines = [line for line in csv.reader(file) if line]
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path} is not a CSV file: {error}") from None
    names = None
    if lines and not all(_is_number(field) for field in lines[0]):
        names = [field.strip() for field in lines.pop(0)]
    if not lines:
        raise CommandError(f"{path} has no rows")
    width = len(names or lines[0])
    for number, line in enumerate(lines, start=1 if names is None else 2):
        if len(line) != width:
            raise CommandError(
                f"{path}, row {number}: {len(line)} fields, where others have {width}"
            )
        for column, field in enumerate(line):
            if not _is_number(field):
                where = repr(names[column]) if names else column + 1
                raise CommandError(
                    f"{path}, row {number}, column {where}: {field!r} is not a number. Encode text"
                    " columns first, or train in Python with FeatureSpace or StringLookup."
                )
    return names, np.array([[float(field or "nan") for field in line] for line in lines], "float32")


def _is_number(field):
    try:
        float(field or "nan")
    except ValueError:
        return False
    return True


def _read_images(files, model):
    """Images in the size and number of colors of the model's input, `(images, height, width,
    channels)`.
    """
    shape = model.input_shape if isinstance(model.input_shape, tuple) else (None,)
    if len(shape) not in (3, 4):
        raise CommandError(
            f"the model takes inputs of shape {model.input_shape}, which images do not have"
        )
    height, width = shape[1:3]
    channels = shape[3] if len(shape) == 4 else 1
    if channels not in COLOR_MODES:
        raise CommandError(f"the model takes images with {channels} channels; files have 1, 3 or 4")
    if None in (height, width) and len(files) > 1:
        raise CommandError("the model takes images of any size: give one image at a time")
    size = None if None in (height, width) else (height, width)
    try:
        images = [
            img_to_array(load_img(str(file), color_mode=COLOR_MODES[channels], target_size=size))
            for file in files
        ]
    except OSError as error:
        raise CommandError(f"cannot read an image: {error}") from None
    data = np.stack(images)
    return data if len(shape) == 4 else data[..., 0]
