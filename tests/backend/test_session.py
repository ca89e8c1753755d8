"""Learning phases: which calls they hold for."""

import pytest
import tensorflow as tf

import tfk
from tfk import backend as K


def test_learning_phase_holds_for_calls_that_are_told_nothing():
    x, dropout = tf.ones((1, 50)), tfk.layers.Dropout(0.5)
    model = tfk.Sequential([tfk.layers.Dropout(0.5, input_shape=(50,))])
    with pytest.warns(UserWarning, match="deprecated"), K.learning_phase_scope(1):
        assert K.learning_phase() == 1
        assert tf.reduce_max(dropout(x)) == tf.reduce_max(model(x)) == 2.0
        assert tf.reduce_max(dropout(x, training=False)) == 1.0
        assert model.predict(x, verbose=0).max() == 1.0
    assert K.learning_phase() == 0
    assert tf.reduce_max(dropout(x)) == 1.0
    with pytest.warns(UserWarning, match="deprecated"):
        K.set_learning_phase(True)
    assert tf.reduce_max(dropout(x)) == 2.0
    K.clear_session()
    assert tf.reduce_max(dropout(x)) == 1.0
    with pytest.warns(UserWarning), pytest.raises(ValueError, match="0 or 1"):
        K.set_learning_phase(2)
