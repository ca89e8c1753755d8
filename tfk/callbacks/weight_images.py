"""Weights of a layer as pictures."""

import numpy as np

from tfk import config


def weight_images(values):
    """A weight as a batch of grey images `(batch, height, width, 1)`, or None where it has too many
    axes.

    A vector becomes a column, a matrix lies on its longer side, of three axes the last numbers the
    images.
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
