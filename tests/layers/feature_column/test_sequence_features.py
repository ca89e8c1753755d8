"""SequenceFeatures: sequences, lengths and errors as in Keras 2."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk


def test_values_and_lengths_equal_those_of_keras():
    make = tf.feature_column
    words = make.sequence_categorical_column_with_identity("words", 4)
    columns = [make.sequence_numeric_column("numbers"), make.indicator_column(words)]
    features = {
        "numbers": tf.sparse.from_dense([[1.0, 2.0, 0.0], [3.0, 0.0, 0.0]]),
        "words": tf.sparse.from_dense([[1, 2, 0], [3, 0, 0]]),
    }
    ours, theirs = (
        keras.experimental.SequenceFeatures(columns)(features) for keras in (tfk, tf_keras)
    )
    for part in (0, 1):
        np.testing.assert_allclose(ours[part], theirs[part])


def test_a_tensor_is_refused():
    layer = tfk.experimental.SequenceFeatures(tf.feature_column.sequence_numeric_column("a"))
    with pytest.raises(ValueError, match="expected a dict"):
        layer(tf.ones((2, 3)))
