"""Dropout and noise: rates, means, seeds, shapes, gradients, error messages."""

import functools

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import layers
from tfk.layers.regularization import noise

ONES = tf.ones((200, 300))


def train(layer, x=ONES):
    return layer(x, training=True).numpy()


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_share_and_mean(rate):
    outputs = train(layers.Dropout(rate, seed=3))
    assert abs((outputs == 0).mean() - rate) < 0.01
    np.testing.assert_allclose(outputs[outputs != 0], 1.0 / (1.0 - rate), rtol=1e-6)


def test_rates_at_the_ends():
    np.testing.assert_array_equal(train(layers.Dropout(0.0)), ONES)
    np.testing.assert_array_equal(train(layers.Dropout(1)), 0 * ONES)
    assert not noise.keep_mask([5], 1.0, (1, 2)).numpy().any()
    assert noise.keep_mask([5], 0.0, (1, 2)).numpy().all()
    assert noise.keep_mask([0, 3], 0.5, (1, 2)).shape == (0, 3)


def test_elements_are_independent():
    """Both halves of a random word, and neighbours, decide by themselves."""
    kept = noise.keep_mask([100_000], 0.5, (1, 2)).numpy().astype(float)
    for lag in (1, 2, 3):
        assert abs(np.corrcoef(kept[:-lag], kept[lag:])[0, 1]) < 0.015


def test_same_bits_eagerly_in_graphs_and_under_xla():
    x = tf.ones((7, 9))
    expected = [train(layer, x) for layer in [layers.Dropout(0.4, seed=5)] for _ in range(3)]
    assert (expected[0] != expected[1]).any()
    for jit_compile in (False, True):
        layer = layers.Dropout(0.4, seed=5)
        run = tf.function(
            lambda x, layer=layer: layer(x, training=True), jit_compile=jit_compile, autograph=False
        )
        for one in expected:
            np.testing.assert_array_equal(run(x), one)


def test_seeds_of_the_process_repeat_runs():
    runs = []
    for _ in range(2):
        tf.random.set_seed(11)
        runs.append(train(layers.Dropout(0.5)))
    np.testing.assert_array_equal(*runs)


def test_gradient_passes_where_kept():
    layer = layers.Dropout(0.5)
    x = tf.ones((50, 50))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=True)
    np.testing.assert_array_equal(tape.gradient(y, x), y)


def test_noise_shape():
    x = tf.ones((20, 30, 40))
    outputs = train(layers.Dropout(0.5, noise_shape=(None, 1, None)), x)
    assert (outputs == outputs[:, :1]).all() and outputs.std() > 0
    outputs = train(layers.Dropout(0.5, noise_shape=(30, 1)), x)
    assert (outputs == outputs[:1, :, :1]).all()
    run = tf.function(
        lambda x: layers_under_test(x, training=True),
        input_signature=[tf.TensorSpec((None, None, 4))],
    )
    layers_under_test = layers.Dropout(0.5, noise_shape=(None, 1, None))
    assert run(tf.ones((2, 3, 4))).shape == (2, 3, 4)


@pytest.mark.parametrize(
    "cls, shape, same",
    [("SpatialDropout1D", (9, 5, 8), (1,)), ("SpatialDropout2D", (9, 5, 4, 8), (1, 2))],
)
def test_spatial_dropout_drops_whole_maps(cls, shape, same):
    outputs = train(getattr(layers, cls)(0.5), tf.ones(shape))
    first = outputs[(slice(None), *[slice(0, 1)] * len(same))]
    assert (outputs == first).all() and {0.0, 2.0} == set(outputs.ravel())


def test_spatial_dropout_of_channels_first():
    outputs = train(
        layers.SpatialDropout3D(0.5, data_format="channels_first"), tf.ones((4, 8, 2, 3, 2))
    )
    assert (outputs == outputs[:, :, :1, :1, :1]).all() and outputs.std() > 0


def test_gaussian_noise_and_dropout():
    outputs = train(layers.GaussianNoise(0.3, seed=1))
    assert abs(outputs.mean() - 1) < 0.01 and abs(outputs.std() - 0.3) < 0.01
    outputs = train(layers.GaussianDropout(0.2, seed=1), 2 * ONES)
    assert abs(outputs.mean() - 2) < 0.01 and abs(outputs.std() - 2 * np.sqrt(0.2 / 0.8)) < 0.01
    half = layers.GaussianNoise(0.3, dtype="mixed_float16")(ONES, training=True)
    assert half.dtype == tf.float16


def test_alpha_dropout_keeps_mean_and_variance():
    x = tf.random.normal((400, 500), seed=2)
    outputs = train(layers.AlphaDropout(0.3, seed=1), x)
    assert abs(outputs.mean()) < 0.02 and abs(outputs.std() - 1) < 0.02
    shared = train(layers.AlphaDropout(0.3, noise_shape=(400, 1)), tf.ones((400, 5)))
    assert (shared == shared[:, :1]).all()


def test_training_known_only_while_running():
    layer = layers.Dropout(0.5)
    run = tf.function(lambda training: layer(ONES, training=training), autograph=False)
    assert run(tf.constant(True)).numpy().std() > 0
    np.testing.assert_array_equal(run(tf.constant(False)), ONES)


def test_activity_regularization():
    layer = layers.ActivityRegularization(l1=0.5, l2=0.1)
    layer(tf.constant([[1.0, -2.0], [0.0, 1.0]]))
    np.testing.assert_allclose(layer.losses[0], (0.5 * 4 + 0.1 * 6) / 2, rtol=1e-6)


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: layers.Dropout(1.5), "rate to be at least 0 and at most 1, got 1.5"),
        (lambda: layers.Dropout(-0.1), "rate to be at least 0"),
        (lambda: layers.Dropout("half"), "rate to be a number, got 'half'"),
        (
            lambda: layers.Dropout(0.5, noise_shape=(1, 2, 3))(ONES, training=True),
            "more axes than the input",
        ),
        (lambda: layers.GaussianNoise(-1), "stddev to be at least 0"),
        (lambda: layers.SpatialDropout1D(0.5)(ONES), "expected 3 dimensions, got 2"),
        (lambda: layers.SpatialDropout2D(0.5, data_format="last"), "data_format to be one of"),
    ],
)
def test_errors(run, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run()


@pytest.mark.parametrize(
    "layer, rate",
    [
        (lambda: tfk.layers.Dropout(0.0), "rate"),
        (lambda: tfk.layers.SimpleRNN(8, return_sequences=True), "cell.dropout"),
    ],
    ids=["dropout", "recurrent"],
)
def test_a_rate_may_be_raised_from_0(layer, rate):
    model = tfk.Sequential([layer()])
    x = np.ones((2, 3, 8), "float32")
    model.compile("sgd", "mse")
    model.fit(x, x, verbose=0)
    *path, name = rate.split(".")
    setattr(functools.reduce(getattr, path, model.layers[0]), name, 0.5)
    model.compile("sgd", "mse")
    model.fit(x, x, verbose=0)
    assert not np.array_equal(model(x, training=True), model(x, training=False))
