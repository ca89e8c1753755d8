"""`keras.layers.preprocessing.image_preprocessing.transform`."""

import numpy as np

from tfk.compat.old_files.image_preprocessing import transform


def test_moves_by_a_pixel():
    images = np.arange(9, dtype="float32").reshape(1, 3, 3, 1)
    moved = transform(images, [[1, 0, 1, 0, 1, 0, 0, 0]], "constant", 9.0, "nearest")
    np.testing.assert_array_equal(moved[0, ..., 0], [[1, 2, 9], [4, 5, 9], [7, 8, 9]])
    assert transform(images, [[1.0, 0, 0, 0, 1, 0, 0, 0]], output_shape=(2, 2)).shape[1:3] == (2, 2)
