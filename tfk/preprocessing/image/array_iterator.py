"""Augmented batches from arrays: the result of `ImageDataGenerator.flow`."""

import warnings

import numpy as np

from tfk import config
from tfk.preprocessing.image.iterator import Iterator
from tfk.preprocessing.image.saving import save_batch
from tfk.typing import DataFormat, DTypeLike, TensorLike
from tfk.utils.checks import check_choice

SAVED_NUMBERS = 10_000


class NumpyArrayIterator(Iterator):
    """Iterator over batches of transformed images from an array in memory.

    Args:
        x: Images of four axes; or `(images, others)`, where others (an array or a list of arrays)
            are passed through unchanged.
        y: Targets, or None.
        image_data_generator: The `ImageDataGenerator` whose transforms are applied.
        batch_size: Images per batch. Defaults to 32.
        shuffle: Whether to reshuffle at the start of each epoch. Defaults to False.
        sample_weight: Sample weights. Defaults to None.
        seed: Random seed; see `Iterator`. Defaults to None.
        data_format: `"channels_last"`, `"channels_first"`, or None for the global setting. Defaults
            to None.
        save_to_dir: Folder to which transformed images are written. Defaults to None.
        save_prefix: Prefix of their names. Defaults to `""`.
        save_format: Format of the files. Defaults to `"png"`.
        subset: `"training"`, `"validation"` (the first samples), or None for all. Defaults to None.
        ignore_class_split: Whether the two subsets may contain different classes. Defaults to
            False.
        dtype: Dtype of the images; None uses `config.floatx()`. Defaults to None.
    Raises: ValueError if lengths or shapes do not match.
    >>> generator = tfk.preprocessing.image.ImageDataGenerator()
    >>> len(NumpyArrayIterator(np.ones((5, 8, 8, 3)), None, generator, batch_size=2))
    3
    """

    def __init__(
        self,
        x: TensorLike,
        y: TensorLike,
        image_data_generator,
        batch_size: int | None = 32,
        shuffle: bool | str = False,
        sample_weight: TensorLike = None,
        seed: int | None = None,
        data_format: DataFormat | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        ignore_class_split: bool = False,
        dtype: DTypeLike | None = None,
    ):
        self.image_data_generator = image_data_generator
        self.data_format = data_format or config.image_data_format()
        self.dtype = dtype or config.floatx()
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        x, others = x if isinstance(x, (tuple, list)) and len(x) == 2 else (x, [])
        others = [np.asarray(other) for other in (others if isinstance(others, list) else [others])]
        self._check_lengths(
            x, y=y, sample_weight=sample_weight, **{f"x[1][{i}]": o for i, o in enumerate(others)}
        )
        y = None if y is None else np.asarray(y)
        sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        if subset is not None:
            part = self._subset(subset, len(x), None if ignore_class_split else y)
            x, others = x[part], [other[part] for other in others]
            y = None if y is None else y[part]
            # Keras 2 leaves the weights whole, which gives the training part those of other
            # samples.
            sample_weight = None if sample_weight is None else sample_weight[part]
        self.x, self.x_misc = np.asarray(x, dtype=self.dtype), others
        self.y, self.sample_weight = y, sample_weight
        self._check_images()
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _check_lengths(self, x, **others):
        for name, array in others.items():
            if array is not None and len(array) != len(x):
                raise ValueError(
                    f"NumpyArrayIterator: expected {name} to have a value for each of the {len(x)}"
                    f" images, got {len(array)}."
                )

    def _subset(self, subset, count, y):
        check_choice(self, "subset", subset, ("training", "validation"))
        held_out = int(count * self.image_data_generator._validation_split)
        if y is not None and not np.array_equal(np.unique(y[:held_out]), np.unique(y[held_out:])):
            raise ValueError(
                "NumpyArrayIterator: the training and the validation part hold different classes."
                " Shuffle the arrays before, or pass ignore_class_split=True."
            )
        return slice(0, held_out) if subset == "validation" else slice(held_out, None)

    def _check_images(self):
        if self.x.ndim != 4:
            raise ValueError(
                f"NumpyArrayIterator: expected images of four axes, got the shape {self.x.shape}."
            )
        channels = self.x.shape[3 if self.data_format == "channels_last" else 1]
        if channels not in (1, 3, 4):
            warnings.warn(
                f"NumpyArrayIterator: with data_format={self.data_format!r} images are expected to"
                f" have 1, 3 or 4 channels, the shape {self.x.shape} has {channels}."
            )

    def _get_batches_of_transformed_samples(self, index_array):
        images = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        for row, index in enumerate(index_array):
            images[row] = self._transform(self.x[index].astype(self.dtype))
        if self.save_to_dir:
            save_batch(
                self.save_to_dir,
                images,
                index_array,
                self.save_prefix,
                self.save_format,
                self.data_format,
                SAVED_NUMBERS,
            )
        inputs = [images, *(other[index_array] for other in self.x_misc)] if self.x_misc else images
        if self.y is None:
            return inputs
        if self.sample_weight is None:
            return inputs, self.y[index_array]
        return inputs, self.y[index_array], self.sample_weight[index_array]
