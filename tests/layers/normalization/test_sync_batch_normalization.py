"""SyncBatchNormalization: the config and the numbers of Keras 2."""

import numpy as np
import tf_keras

import tfk


def test_config_and_values_equal_those_of_keras():
    x = np.random.default_rng(0).random((4, 3), "float32")
    ours, theirs = (
        keras.layers.experimental.SyncBatchNormalization(name="bn") for keras in (tfk, tf_keras)
    )
    assert ours.get_config().keys() == theirs.get_config().keys()
    assert ours.synchronized
    np.testing.assert_allclose(ours(x, training=True), theirs(x, training=True), atol=1e-5)
    copy = tfk.layers.experimental.SyncBatchNormalization.from_config(ours.get_config())
    assert copy.synchronized
