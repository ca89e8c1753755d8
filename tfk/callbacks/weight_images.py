"""Layer weights as images."""

import numpy as np

from tfk import config


def weight_images(values):
    """Return a weight as grayscale images `(batch, height, width, 1)`, or None if it has too many
    axes.

    A vector becomes a column, a matrix is displayed in landscape format, and the last of three axes
    indexes the images.
    """
    values = np.squeeze(np.asarray(values, "float32"))
    if values.ndim == 1:
        return values[None, :, None, None]
    if values.ndim == 2:
        return (values.T if values.shape[0] > values.shape[1] else values)[None, :, :, None]
    if values.ndim == 3:
        last = config.image_data_format() == "channels_last"
        return (np.transpose(values, (2, 0, 1)) if last else values)[..., None]
    if values.ndim == 4 and values.shape[-1] in (1, 3, 4):
        return values
    return None
