"""Centering, scaling and whitening of images by their own statistics or those of the whole data."""

import warnings

import numpy as np

from tfk.typing import TensorLike

SMALLEST_STD = 1e-6


class Standardization:
    """Mixin of `ImageDataGenerator`, which holds the settings."""

    def fit(self, x: TensorLike, augment: bool = False, rounds: int = 1, seed: int | None = None):
        """Compute the means, deviations and the whitening matrix that the settings need.

        Args:
            x: Images of four axes.
            augment: Whether to compute them over randomly transformed images. Defaults to False.
            rounds: Number of transforms per image with `augment`. Defaults to 1.
            seed: Random seed of the transforms. Defaults to None.
        """
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError(
                f"ImageDataGenerator.fit: expected images of four axes, got the shape {x.shape}."
            )
        channels = x.shape[self.channel_axis]
        if channels not in (1, 3, 4):
            warnings.warn(
                f"ImageDataGenerator.fit: with data_format={self.data_format!r} images are expected"
                f" to have 1, 3 or 4 channels, the shape {x.shape} has {channels}."
            )
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.stack(
                [self.random_transform(image) for _ in range(rounds) for image in x]
            ).astype(self.dtype)
        by_channel = [1, 1, 1]
        by_channel[self.channel_axis - 1] = channels
        others = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(x, axis=others).reshape(by_channel)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=others).reshape(by_channel)
            x /= self.std + SMALLEST_STD
        if self.zca_whitening:
            u, s, _ = np.linalg.svd(x.reshape(len(x), -1).T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(x)) / (s + self.zca_epsilon))).dot(u.T)

    def standardize(self, x: TensorLike):
        """Apply `preprocessing_function`, `rescale`, centering, scaling and whitening to one or
        more images.
        """
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x = x * self.rescale
        if self.samplewise_center:
            x = x - np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x = x / (np.std(x, keepdims=True) + SMALLEST_STD)
        if self.featurewise_center and self._is_fitted("featurewise_center", self.mean):
            x = x - self.mean
        if self.featurewise_std_normalization and self._is_fitted(
            "featurewise_std_normalization", self.std
        ):
            x = x / (self.std + SMALLEST_STD)
        if self.zca_whitening and self._is_fitted("zca_whitening", self.zca_whitening_matrix):
            flat = x.reshape(-1, np.prod(x.shape[-3:]))
            x = (flat @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def _is_fitted(self, setting, statistic):
        if statistic is None:
            warnings.warn(
                f"ImageDataGenerator: {setting} does nothing before fit(images) was called."
            )
        return statistic is not None
