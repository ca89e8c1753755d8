"""`keras.utils.losses_utils` against Keras 2's own."""

import pytest
import tensorflow as tf

from tfk.compat.old_files import losses_utils

keras_losses_utils = pytest.importorskip("tf_keras.src.utils.losses_utils")


@pytest.mark.parametrize(
    "y_pred, y_true, weight",
    [
        ((4, 1), (4,), None),
        ((4,), (4, 1), None),
        ((4, 3), (4, 3), (4,)),
        ((4,), (4,), (4, 1)),
        ((4, 3), (4, 3), (4, 1)),
    ],
)
def test_same_shapes(y_pred, y_true, weight):
    args = [tf.ones(y_pred), tf.ones(y_true), None if weight is None else tf.ones(weight)]
    ours = losses_utils.squeeze_or_expand_dimensions(*args)
    theirs = keras_losses_utils.squeeze_or_expand_dimensions(*args)
    assert [value.shape for value in ours] == [value.shape for value in theirs]


def test_common_dtype():
    losses = [tf.constant(1.0, tf.float16), tf.constant(2.0, tf.float64)]
    assert {x.dtype for x in losses_utils.cast_losses_to_common_dtype(losses)} == {tf.float64}
    assert float(losses_utils.scale_loss_for_distribution(tf.constant(3.0))) == 3.0
