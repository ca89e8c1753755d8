"""Augmented batches from a folder: the result of `ImageDataGenerator.flow_from_directory`."""

import os
import warnings

import numpy as np

from tfk import config
from tfk.preprocessing.image.file_iterator import BatchFromFilesMixin
from tfk.preprocessing.image.iterator import Iterator
from tfk.typing import DataFormat, DTypeLike, PathLike
from tfk.utils.checks import check_choice
from tfk.utils.interactive_logging import print_message


class DirectoryIterator(BatchFromFilesMixin, Iterator):
    """Iterator over batches of transformed images from a folder with one subfolder per class.

    Args:
        directory: The folder.
        image_data_generator: The `ImageDataGenerator` whose transforms are applied, or None.
        target_size: `(height, width)` of the images. Defaults to `(256, 256)`.
        color_mode: `"rgb"`, `"rgba"` or `"grayscale"`. Defaults to `"rgb"`.
        classes: The subfolders in label order; None sorts them. Defaults to None.
        class_mode: `"categorical"` (one-hot rows), `"binary"`, `"sparse"` (indices), `"input"` (the
            images), or None for no targets. Defaults to `"categorical"`.
        batch_size: Images per batch. Defaults to 32.
        shuffle: Whether to reshuffle at the start of each epoch. Defaults to True.
        seed: Random seed; see `Iterator`. Defaults to None.
        data_format: `"channels_last"`, `"channels_first"`, or None for the global setting. Defaults
            to None.
        save_to_dir: Folder to which transformed images are written. Defaults to None.
        save_prefix: Prefix of their names. Defaults to `""`.
        save_format: Format of the files. Defaults to `"png"`.
        follow_links: Whether to follow links to subfolders. Defaults to False.
        subset: `"training"`, `"validation"` (the first files of each class), or None for all.
            Defaults to None.
        interpolation: Interpolation of the resizing; see `load_img`. Defaults to `"nearest"`.
        keep_aspect_ratio: Whether to center-crop the images instead of distorting them. Defaults to
            False.
        dtype: Dtype of the images; None uses `config.floatx()`. Defaults to None.

    Attributes:
        samples: Number of images.
        filenames: Names relative to `directory`.
        class_indices: Dict from class name to index.
        classes: Class indices of all images.
    Raises: ValueError if an argument is invalid.
    >>> DirectoryIterator("photos", None).num_classes  # doctest: +SKIP
    2
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "input", None)

    def __init__(
        self,
        directory: PathLike,
        image_data_generator,
        target_size=(256, 256),
        color_mode: str = "rgb",
        classes=None,
        class_mode: str = "categorical",
        batch_size: int | None = 32,
        shuffle: bool | str = True,
        seed: int | None = None,
        data_format: DataFormat | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: DTypeLike | None = None,
    ):
        self.set_processing_attrs(
            image_data_generator,
            target_size,
            color_mode,
            data_format or config.image_data_format(),
            save_to_dir,
            save_prefix,
            save_format,
            subset,
            interpolation,
            keep_aspect_ratio,
        )
        self.directory = os.fspath(directory)
        self.class_mode = check_choice(
            type(self), "class_mode", class_mode, self.allowed_class_modes
        )
        self.dtype = dtype or config.floatx()
        classes = list(classes or self._subfolders())
        self.num_classes = len(classes)
        self.class_indices = {name: number for number, name in enumerate(classes)}
        self.filenames, numbers = [], []
        for name, number in self.class_indices.items():
            found = self._list(name, follow_links)
            self.filenames += found
            numbers += [number] * len(found)
        self.classes = np.array(numbers, dtype="int32")
        self.samples = len(self.filenames)
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        print_message(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def labels(self):
        """Class indices of all images."""
        return self.classes

    def _subfolders(self):
        return [
            name
            for name in sorted(os.listdir(self.directory))
            if os.path.isdir(os.path.join(self.directory, name))
        ]

    def _list(self, class_name, follow_links):
        folder = os.path.join(self.directory, class_name)
        names = [
            os.path.relpath(os.path.join(root, name), self.directory)
            for root, _, names in sorted(os.walk(folder, followlinks=follow_links))
            for name in sorted(names)
            if name.lower().endswith(self.white_list_formats)
        ]
        if any(name.lower().endswith(".tiff") for name in names):
            warnings.warn(
                "TIFF files with several bands may come out distorted: look at some images first."
            )
        if self.split is None:
            return names
        start, stop = (int(share * len(names)) for share in self.split)
        return names[start:stop]
