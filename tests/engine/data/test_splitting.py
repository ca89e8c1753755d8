"""`validation_split`."""

import numpy as np

from tfk.engine.data.splitting import split_arrays

X = np.arange(24, dtype="float64").reshape(12, 2)


Y = np.arange(12)


def test_splitting_takes_the_last_rows():
    (x, y, weight), (held_x, held_y, _) = split_arrays((X, Y, None), 0.25)
    assert len(x) == len(y) == 9 and weight is None
    np.testing.assert_array_equal(held_y, Y[9:])
    np.testing.assert_array_equal(held_x, X[9:])
