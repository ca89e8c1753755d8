"""Base class of the iterators over image files: loading of a batch, and its targets."""

import numpy as np

from tfk.preprocessing.image.saving import save_batch
from tfk.typing import DataFormat
from tfk.utils.checks import check_choice
from tfk.utils.images import COLOR_MODES, img_to_array, load_img

SAVED_NUMBERS = 10_000_000


class BatchFromFilesMixin:
    """Mixin that loads and transforms the images of a batch.

    The class has `filepaths`, `labels`, `sample_weight`, `class_mode`, `dtype`, and for
    `class_mode="categorical"` also `class_indices` and `classes`.
    """

    def set_processing_attrs(
        self,
        image_data_generator,
        target_size,
        color_mode: str,
        data_format: DataFormat,
        save_to_dir: str | None,
        save_prefix: str,
        save_format,
        subset: str | None,
        interpolation: str,
        keep_aspect_ratio,
    ):
        """Set the attributes that determine how files are loaded, transformed and split."""
        check_choice(type(self), "color_mode", color_mode, COLOR_MODES)
        check_choice(type(self), "subset", subset, ("training", "validation", None))
        self.image_data_generator = image_data_generator
        self.target_size = tuple(target_size)
        self.color_mode = color_mode
        self.data_format = data_format
        self.keep_aspect_ratio = keep_aspect_ratio
        self.interpolation = interpolation
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        channels = (COLOR_MODES[color_mode],)
        last = data_format == "channels_last"
        self.image_shape = self.target_size + channels if last else channels + self.target_size
        self.subset = subset
        self.split = None
        if subset is not None:
            held_out = image_data_generator._validation_split
            self.split = (0, held_out) if subset == "validation" else (held_out, 1)

    @property
    def filepaths(self):
        """Paths of the images."""
        return self._filepaths

    @property
    def sample_weight(self):
        """Sample weights, or None."""
        return None

    def _get_batches_of_transformed_samples(self, index_array):
        images = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        for row, index in enumerate(index_array):
            image = self._read(index)
            images[row] = self._transform(image) if self.image_data_generator else image
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
        if self.class_mode is None:
            return images
        targets = self._targets_of(images, index_array)
        if self.sample_weight is None:
            return images, targets
        return images, targets, self.sample_weight[index_array]

    def _read(self, index):
        image = load_img(
            self.filepaths[index],
            color_mode=self.color_mode,
            target_size=self.target_size,
            interpolation=self.interpolation,
            keep_aspect_ratio=self.keep_aspect_ratio,
        )
        return img_to_array(image, data_format=self.data_format)

    def _targets_of(self, images, index_array):
        if self.class_mode == "input":
            return images.copy()
        if self.class_mode == "multi_output":
            return [output[index_array] for output in self.labels]
        if self.class_mode == "raw":
            return self.labels[index_array]
        if self.class_mode in ("binary", "sparse"):
            return np.array([self.classes[index] for index in index_array], dtype=self.dtype)
        rows = np.zeros((len(images), len(self.class_indices)), dtype=self.dtype)
        for row, index in zip(rows, index_array):
            row[self.classes[index]] = 1.0  # one class, or a list of them
        return rows
