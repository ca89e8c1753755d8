"""Which Keras 2 the tests compare with: each TensorFlow has a tf_keras of its own version."""

import pytest
import tf_keras

KERAS_2_21 = tuple(map(int, tf_keras.__version__.split(".")[:2])) >= (2, 21)
of_keras_2_21 = pytest.mark.skipif(
    not KERAS_2_21, reason="compares with what tf_keras 2.21 writes; earlier ones write less"
)
