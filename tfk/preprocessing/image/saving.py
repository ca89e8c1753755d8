"""Writes augmented images to a folder for inspection."""

import os

import numpy as np

from tfk.utils.images import array_to_img


def save_batch(folder, images, index_array, prefix, file_format, data_format, largest_number):
    """Write images as `<prefix>_<index>_<random number>.<format>`."""
    for index, image in zip(index_array, images):
        name = f"{prefix}_{index}_{np.random.randint(largest_number)}.{file_format}"
        array_to_img(image, data_format, scale=True).save(os.path.join(folder, name))
