"""Augmented batches from a table of file names: the result of
`ImageDataGenerator.flow_from_dataframe`.
"""

import os
import warnings

import numpy as np

from tfk.preprocessing.image.file_iterator import BatchFromFilesMixin
from tfk.preprocessing.image.iterator import Iterator
from tfk.typing import DataFormat, DTypeLike, PathLike
from tfk.utils.checks import check_choice, is_number
from tfk.utils.interactive_logging import print_message

WITHOUT_CLASSES = ("input", "multi_output", "raw", None)


class DataFrameIterator(BatchFromFilesMixin, Iterator):
    """Iterator over batches of transformed images whose file names and targets are DataFrame
    columns.

    Args:
        dataframe: The pandas DataFrame.
        directory: Folder that the names are relative to. Defaults to None.
        image_data_generator: The `ImageDataGenerator` whose transforms are applied. Defaults to
            None.
        x_col: Column of the file names. Defaults to `"filename"`.
        y_col: Column of the targets; a list of columns for `class_mode="multi_output"` and `"raw"`.
            Defaults to `"class"`.
        weight_col: Column of sample weights. Defaults to None.
        target_size: `(height, width)` of the images. Defaults to `(256, 256)`.
        color_mode: `"rgb"`, `"rgba"` or `"grayscale"`. Defaults to `"rgb"`.
        classes: Class names in index order; rows of other classes are dropped. None sorts the names
            that occur. Defaults to None.
        class_mode: `"categorical"` (names, or lists of names, become rows of 0 and 1), `"binary"`,
            `"sparse"` (indices), `"raw"` (values of `y_col`), `"multi_output"` (a list of arrays,
            one per column), `"input"` (the images), or None for no targets. Defaults to
            `"categorical"`.
        batch_size: Images per batch. Defaults to 32.
        shuffle: Whether to reshuffle at the start of each epoch. Defaults to True.
        seed: Random seed; see `Iterator`. Defaults to None.
        data_format: `"channels_last"` or `"channels_first"`. Defaults to `"channels_last"`.
        save_to_dir: Folder to which transformed images are written. Defaults to None.
        save_prefix: Prefix of their names. Defaults to `""`.
        save_format: Format of the files. Defaults to `"png"`.
        subset: `"training"`, `"validation"` (the first rows), or None for all. Defaults to None.
        interpolation: Interpolation of the resizing; see `load_img`. Defaults to `"nearest"`.
        keep_aspect_ratio: Whether to center-crop the images instead of distorting them. Defaults to
            False.
        dtype: Dtype of the images. Defaults to `"float32"`.
        validate_filenames: Whether to drop rows whose file is missing or not an image by its name.
            Defaults to True.
    Raises: TypeError or ValueError if a column does not match `class_mode`.
    >>> import pandas as pd
    >>> table = pd.DataFrame({"filename": ["a.png"], "class": ["cat"]})
    >>> iterator = DataFrameIterator(table, validate_filenames=False)
    Found 1 non-validated image filenames belonging to 1 classes.
    >>> iterator.class_indices
    {'cat': 0}
    """

    allowed_class_modes = ("binary", "categorical", "sparse", *WITHOUT_CLASSES)

    def __init__(
        self,
        dataframe,
        directory: PathLike | None = None,
        image_data_generator=None,
        x_col: str = "filename",
        y_col: str = "class",
        weight_col: str | None = None,
        target_size=(256, 256),
        color_mode: str = "rgb",
        classes=None,
        class_mode: str = "categorical",
        batch_size: int | None = 32,
        shuffle: bool | str = True,
        seed: int | None = None,
        data_format: DataFormat = "channels_last",
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: DTypeLike = "float32",
        validate_filenames: bool = True,
    ):
        self.set_processing_attrs(
            image_data_generator,
            target_size,
            color_mode,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
            subset,
            interpolation,
            keep_aspect_ratio,
        )
        self.directory = os.fspath(directory or "")
        self.class_mode = check_choice(
            type(self), "class_mode", class_mode, self.allowed_class_modes
        )
        self.dtype = dtype
        self._check_columns(dataframe, x_col, y_col, weight_col, classes)
        rows = self._existing(dataframe, x_col) if validate_filenames else dataframe
        has_classes = class_mode not in WITHOUT_CLASSES
        if has_classes:
            rows, labels, names = _known_classes(rows, y_col, classes)
            self.class_indices = {name: number for number, name in enumerate(names)}
        chosen = slice(None)
        if self.split:
            chosen = slice(*(int(share * len(rows)) for share in self.split))
            rows = rows.iloc[chosen]
        if has_classes:
            self.classes = [self._number(label) for label in labels[chosen]]
        elif class_mode == "multi_output":
            self._targets = [np.array(rows[column].tolist()) for column in y_col]
        elif class_mode == "raw":
            self._targets = rows[y_col].values
        self.filenames = rows[x_col].tolist()
        self._sample_weight = rows[weight_col].values if weight_col else None
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        self.samples = len(self.filenames)
        validated = "validated" if validate_filenames else "non-validated"
        ending = f" belonging to {len(names)} classes." if has_classes else "."
        print_message(f"Found {self.samples} {validated} image filenames{ending}")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def labels(self):
        """Class indices of all images, or the targets if there are no classes."""
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes

    @property
    def sample_weight(self):
        """Sample weights, or None."""
        return self._sample_weight

    def _number(self, label):
        if isinstance(label, (list, tuple)):
            return [self.class_indices[name] for name in label]
        return self.class_indices[label]

    def _check_columns(self, table, x_col, y_col, weight_col, classes):
        mode = self.class_mode
        if mode == "multi_output" and not isinstance(y_col, list):
            raise TypeError(
                "DataFrameIterator: class_mode='multi_output' needs a list of columns, got"
                f" {y_col!r}."
            )
        _check_values(table, x_col, (str,), "file names")
        if mode in ("binary", "sparse"):
            _check_values(table, y_col, (str,), f"names of classes for class_mode={mode!r}")
        if mode == "categorical":
            _check_values(table, y_col, (str, list, tuple), "names of classes, or lists of them")
        if mode == "binary":
            count = len(set(classes)) if classes else table[y_col].nunique()
            if count != 2:
                raise ValueError(
                    f"DataFrameIterator: class_mode='binary' needs 2 classes, got {count}."
                )
        if classes and mode in WITHOUT_CLASSES:
            warnings.warn(f"DataFrameIterator: class_mode={mode!r} ignores classes.")
        if weight_col and not all(map(is_number, table[weight_col])):
            raise TypeError(f"DataFrameIterator: expected numbers in the column {weight_col!r}.")

    def _existing(self, table, x_col):
        paths = [os.path.join(self.directory, name) for name in table[x_col]]
        exists = [
            path.lower().endswith(self.white_list_formats) and os.path.isfile(path)
            for path in paths
        ]
        missing = [path for path, good in zip(paths, exists) if not good]
        if missing:
            warnings.warn(
                f"DataFrameIterator: leaving out {len(missing)} names that are not image files,"
                f" such as {missing[0]}."
            )
        return table[np.array(exists, dtype=bool)]


def _check_values(table, column, types, what):
    bad = next((value for value in table[column] if not isinstance(value, types)), None)
    if bad is not None:
        raise TypeError(
            f"DataFrameIterator: expected {what} in the column {column!r}, got {bad!r}."
        )


def _known_classes(rows, y_col, classes):
    """Return the rows with a known class, their labels, and the class names."""
    labels = list(rows[y_col])
    if not classes:
        names = set()
        for label in labels:
            names.update(label if isinstance(label, (list, tuple)) else [label])
        return rows, labels, sorted(names)
    names = list(dict.fromkeys(classes))
    known = []
    for label in labels:
        if isinstance(label, (list, tuple)):
            known.append([name for name in label if name in names] or None)
        else:
            known.append(label if label in names else None)
    kept = np.array([label is not None for label in known], dtype=bool)
    return rows[kept], [label for label in known if label is not None], names
