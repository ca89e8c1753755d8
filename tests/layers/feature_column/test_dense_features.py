"""DenseFeatures: columns of all kinds in models, with the numbers and names of Keras 2."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk

FEATURES = {"age": np.array([[1.0], [3.0]]), "kind": np.array([["a"], ["b"]])}


def columns():
    make = tf.feature_column
    age = make.numeric_column("age")
    kind = make.categorical_column_with_vocabulary_list("kind", ["a", "b"])
    return [
        age,
        make.bucketized_column(age, [2.0]),
        make.embedding_column(kind, 2, initializer=tf.ones_initializer()),
        make.indicator_column(kind),
    ]


def test_values_names_and_training_equal_those_of_keras():
    results = []
    for keras in (tfk, tf_keras):
        layer = keras.layers.DenseFeatures(columns(), name="table")
        values = layer({name: tf.constant(value) for name, value in FEATURES.items()})
        model = keras.Sequential([layer, keras.layers.Dense(1, kernel_initializer="ones")])
        model.compile("sgd", "mse")
        data = tf.data.Dataset.from_tensor_slices((FEATURES, [1.0, 2.0])).batch(2)
        history = model.fit(data, epochs=2, verbose=0).history
        results.append((values, history["loss"], layer.weights[0].name))
    np.testing.assert_allclose(results[0][0], results[1][0])
    np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-5)
    assert results[0][2] == results[1][2]


def test_functional_models_and_configs():
    inputs = {
        "age": tfk.Input((1,), name="age"),
        "kind": tfk.Input((1,), name="kind", dtype=tf.string),
    }
    layer = tfk.layers.DenseFeatures(columns())
    outputs = layer(inputs)
    assert outputs.shape.as_list() == [None, 7]
    copy = tfk.layers.DenseFeatures.from_config({**layer.get_config(), "name": "copy"})
    model = tfk.Model(inputs, [outputs, copy(inputs)])
    np.testing.assert_allclose(*model.predict(FEATURES, verbose=0))


def test_columns_that_are_not_dense_are_refused():
    kind = tf.feature_column.categorical_column_with_vocabulary_list("kind", ["a", "b"])
    with pytest.raises(ValueError, match="indicator_column"):
        tfk.layers.DenseFeatures([kind])
    with pytest.raises(ValueError, match="each name once"):
        tfk.layers.DenseFeatures([])
