import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent.oracle import compare, twin
from tests.support.oracle import of_keras_2_21
from tfk import layers, models

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 6, 6, 2)).astype("float32")


def keras_layers():
    return pytest.importorskip("tf_keras").layers


@pytest.mark.parametrize(
    "make, x",
    [
        (lambda module: module.TimeDistributed(module.Dense(4)), X[..., 0, 0, :]),
        (lambda module: module.TimeDistributed(module.Conv2D(2, 3)), X),
        (lambda module: module.TimeDistributed(module.LSTM(3, return_sequences=True)), X[:, :, 0]),
        (
            lambda module: module.TimeDistributed(module.TimeDistributed(module.Dense(2))),
            X[:, :, 0],
        ),
    ],
)
def test_equals_keras(make, x):
    compare(*twin(make(layers), make(keras_layers()), x), x)


@of_keras_2_21
def test_config_and_weight_names_equal_keras():
    keras_layers()
    import tf_keras

    tf_keras.backend.clear_session()
    x = X[..., 0, 0, :]
    ours, theirs = twin(
        layers.TimeDistributed(layers.Dense(4)),
        tf_keras.layers.TimeDistributed(tf_keras.layers.Dense(4)),
        x,
    )
    assert ours.get_config() == theirs.get_config()
    assert (
        [w.name for w in ours.weights]
        == [w.name for w in theirs.weights]
        == [
            "time_distributed/kernel:0",
            "time_distributed/bias:0",
        ]
    )
    assert layers.TimeDistributed.from_config(theirs.get_config()).layer.units == 4


def test_unknown_sizes():
    inputs = layers.Input((None, 6, 6, 2))
    outputs = layers.TimeDistributed(layers.Conv2D(2, 3))(inputs)
    assert tuple(outputs.shape) == (None, None, 4, 4, 2)
    model = models.Model(inputs, outputs)
    assert model(X).shape == (2, 3, 4, 4, 2)


def test_ragged():
    ragged = tf.RaggedTensor.from_row_lengths(RNG.normal(size=(5, 3)).astype("float32"), [2, 0, 3])
    layer = layers.TimeDistributed(layers.Dense(4))
    outputs = layer(ragged)
    np.testing.assert_array_equal(outputs.row_lengths(), [2, 0, 3])
    np.testing.assert_allclose(outputs.values, layer.layer(ragged.values), atol=1e-6)
    with pytest.raises(ValueError, match="all ragged or all dense"):
        layers.TimeDistributed(layers.Add())([ragged, ragged.to_tensor()])


def test_several_inputs():
    layer = layers.TimeDistributed(layers.Concatenate())
    a, b = X[..., 0, 0, :], X[..., 0, :, 0]
    np.testing.assert_array_equal(layer([a, b]), np.concatenate([a, b], -1))


def test_a_users_layer_is_called_step_by_step():
    class MeanOfBatch(layers.Layer):
        def call(self, inputs):
            return inputs - tf.reduce_mean(inputs, 0)

    x = X[..., 0, 0, :]
    expected = x - x.mean(0)
    np.testing.assert_allclose(layers.TimeDistributed(MeanOfBatch())(x), expected, atol=1e-6)
    mask = tf.constant([[True, True, False], [True, False, True]])
    outputs = layers.TimeDistributed(MeanOfBatch())(x, mask=mask)
    np.testing.assert_allclose(outputs[0, 2], expected[0, 1], atol=1e-6)  # a masked step repeats


def test_masks():
    inner = layers.TimeDistributed(layers.Masking())
    x = np.ones((2, 3, 4, 2), "float32")
    x[0, 1, 2] = 0
    outputs = inner(layers.Identity()(tf.constant(x)))
    expected = np.ones((2, 3, 4), bool)
    expected[0, 1, 2] = False
    np.testing.assert_array_equal(outputs._keras_mask, expected)
    consuming = layers.TimeDistributed(layers.LSTM(2))
    expected[1, 2] = False
    np.testing.assert_array_equal(
        consuming.compute_mask(tf.constant(x), tf.constant(expected)),
        [[True, True, True], [True, True, False]],
    )


def test_several_outputs():
    layer = layers.TimeDistributed(layers.LSTM(4, return_state=True))
    x = tf.constant(X[..., 0, :])
    outputs = layer(x)
    assert [tuple(output.shape) for output in outputs] == [(2, 3, 4)] * 3
    expected = layer.layer(X[:, 1, :, 0])
    np.testing.assert_allclose(outputs[2][:, 1], expected[2], atol=1e-6)
    assert layer.compute_mask(x) == [None] * 3


def test_training_reaches_the_layer():
    layer = layers.TimeDistributed(layers.Dropout(0.5))
    x = tf.ones((2, 50, 4))
    assert float(tf.reduce_min(layer(x, training=True))) == 0.0
    np.testing.assert_array_equal(layer(x), x)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: layers.TimeDistributed(tf.nn.relu), "expected a layer to wrap"),
        (
            lambda: layers.TimeDistributed(layers.Dense(2))(tf.ones((2, 3))),
            r"at least 3 dimensions.*\(2, 3\)",
        ),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
