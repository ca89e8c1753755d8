"""Base class of the iterators over images: assigns samples to batches."""

import threading

import numpy as np

from tfk.utils.sequence import Sequence


class Iterator(Sequence):
    """Infinite iterator over batches of samples, by `next()` or, one epoch at a time, by index.

    Subclasses define `_get_batches_of_transformed_samples(index_array)`.

    Args:
        n: Number of samples.
        batch_size: Samples per batch.
        shuffle: Whether to reshuffle at the start of each epoch.
        seed: Seed of NumPy's generator, which is set before each batch to the seed plus the number
            of batches so far; None leaves the generator alone.
    Raises: ValueError if a batch beyond the last one is requested.
    >>> len(Iterator(5, batch_size=2, shuffle=False, seed=None))
    3
    """

    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")

    def __init__(self, n, batch_size: int | None, shuffle: bool | str, seed: int | None):
        self.n = n
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.batch_index = 0
        self.total_batches_seen = 0
        self.index_array = None
        self.lock = threading.Lock()

    def __len__(self):
        return -(-self.n // self.batch_size)

    def __getitem__(self, idx):
        if idx >= len(self):
            raise ValueError(f"{type(self).__name__}: asked for batch {idx} of {len(self)}.")
        with self.lock:
            self._seed_batch()
            self.total_batches_seen += 1
            if self.index_array is None:
                self._set_index_array()
            chosen = self.index_array[self.batch_size * idx : self.batch_size * (idx + 1)]
        return self._get_batches_of_transformed_samples(chosen)

    def __iter__(self):
        return self

    def __next__(self):
        return self.next()

    def next(self):
        """Return the next batch; after the last one of an epoch comes the first of the next."""
        with self.lock:
            chosen = next(self.index_generator)
        return self._get_batches_of_transformed_samples(chosen)

    @property
    def index_generator(self):
        """Yield the indices of the next batches, for subclasses with a custom `next`."""
        while True:
            self._seed_batch()
            if self.batch_index == 0:
                self._set_index_array()
            start = self.batch_index * self.batch_size % max(self.n, 1)
            self.batch_index = self.batch_index + 1 if self.n > start + self.batch_size else 0
            self.total_batches_seen += 1
            yield self.index_array[start : start + self.batch_size]

    def reset(self):
        """Make `next` start a new epoch."""
        self.batch_index = 0

    def on_epoch_end(self):
        self._set_index_array()

    def _seed_batch(self):
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)

    def _set_index_array(self):
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _get_batches_of_transformed_samples(self, index_array):
        """Return the batch of these samples."""
        raise NotImplementedError(
            f"{type(self).__name__} must define _get_batches_of_transformed_samples(index_array)."
        )

    def _transform(self, image):
        """Return the image, transformed and standardized by the `ImageDataGenerator`."""
        generator = self.image_data_generator
        image = generator.apply_transform(image, generator.get_random_transform(image.shape))
        return generator.standardize(image)

    def __getstate__(self):
        """Return the state for worker processes, including the order of the epoch, which they
        share.
        """
        if self.index_array is None:
            self._set_index_array()
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state):
        vars(self).update(state)
        self.lock = threading.Lock()
