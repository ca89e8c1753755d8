"""Layer, group, unit and spectral normalization: formulas by hand, gradients, error messages."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.layers import (
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    GroupNormalization,
    LayerNormalization,
    SpectralNormalization,
    UnitNormalization,
)
from tfk.layers.normalization.standardize import standardize, standardize_rows


def normal(*shape):
    return np.random.default_rng(sum(shape)).normal(2.0, 3.0, shape).astype("float32")


def by_formula(x, axes, epsilon):
    mean, variance = tf.nn.moments(x, axes, keepdims=True)
    return (x - mean) / tf.sqrt(variance + epsilon)


def gradients_twice(function, *arguments):
    """Values, gradients of a loss, and gradients of the size of those, as in gradient penalties."""
    weights = tf.constant(normal(3, 4, 5), tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(arguments)
        with tf.GradientTape() as inner:
            inner.watch(arguments)
            y = function(*arguments)
            loss = tf.reduce_sum(weights * y * y)
        first = inner.gradient(loss, arguments)
        penalty = tf.add_n([tf.reduce_sum(g**2) for g in first])
    return [y, *first, *outer.gradient(penalty, arguments)]


def assert_same_gradients(one, other, *arguments):
    arguments = [tf.constant(argument, tf.float64) for argument in arguments]
    for ours, theirs in zip(
        gradients_twice(one, *arguments), gradients_twice(other, *arguments), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)


def test_standardize_has_the_gradients_of_its_formula():
    assert_same_gradients(
        lambda x: standardize(x, lambda t: tf.reduce_mean(t, (0, 2), keepdims=True), 0.1),
        lambda x: by_formula(x, (0, 2), 0.1),
        normal(3, 4, 5),
    )
    assert_same_gradients(
        lambda x, gamma, beta: standardize_rows(x, gamma, beta, 0.1),
        lambda x, gamma, beta: by_formula(x, (2,), 0.1) * gamma + beta,
        normal(3, 4, 5),
        normal(5),
        normal(5),
    )


@pytest.mark.parametrize("axis, axes", [(-1, (2,)), (1, (1,)), ((1, 2), (1, 2)), ((2, 1), (1, 2))])
def test_layer_normalization(axis, axes):
    x = normal(3, 4, 5)
    layer = LayerNormalization(
        axis=axis, epsilon=0.1, gamma_initializer="normal", beta_initializer="normal"
    )
    outputs = layer(tf.constant(x))
    shape = [x.shape[a] if a in axes else 1 for a in range(3)]
    gamma, beta = (np.reshape(w, shape) for w in layer.get_weights())
    np.testing.assert_allclose(outputs, by_formula(x, axes, 0.1) * gamma + beta, atol=1e-5)
    assert layer.gamma.shape == [x.shape[a] for a in ((axis,) if isinstance(axis, int) else axis)]


def test_ragged_samples_are_padded_meanwhile():
    ragged = tf.ragged.constant([[[1.0, 3.0]], [[0.0, 4.0], [5.0, 7.0]]], inner_shape=(2,))
    outputs = LayerNormalization()(ragged)
    assert isinstance(outputs, tf.RaggedTensor) and outputs.row_lengths().numpy().tolist() == [1, 2]
    np.testing.assert_allclose(outputs.flat_values, [[-1, 1]] * 3, atol=1e-3)


@pytest.mark.parametrize("groups, axis", [(3, -1), (1, -1), (-1, -1), (2, 1)])
def test_group_normalization(groups, axis):
    x = normal(3, 4, 5, 6)
    layer = GroupNormalization(groups, axis, gamma_initializer="normal", beta_initializer="normal")
    outputs = layer(tf.constant(x))
    y = np.moveaxis(x, axis, -1)
    channels = y.shape[-1]
    count = channels if groups == -1 else groups
    parts = y.reshape(3, *y.shape[1:-1], count, channels // count)
    expected = by_formula(parts, (1, 2, 4), 1e-3).numpy().reshape(y.shape)
    gamma, beta = layer.get_weights()
    np.testing.assert_allclose(
        np.moveaxis(outputs.numpy(), axis, -1), expected * gamma + beta, atol=1e-4
    )


def test_group_normalization_of_masked_steps():
    x = normal(2, 4, 6)
    mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], bool)
    outputs = GroupNormalization(2)(tf.constant(x), mask=tf.constant(mask)).numpy()
    kept = x[1, :2].reshape(2, 2, 3)
    mean, variance = kept.mean((0, 2)), kept.var((0, 2))
    expected = (x[1].reshape(4, 2, 3) - mean[:, None]) / np.sqrt(variance[:, None] + 1e-3)
    np.testing.assert_allclose(outputs[1], expected.reshape(4, 6), atol=1e-4)
    np.testing.assert_allclose(outputs[0], GroupNormalization(2)(tf.constant(x))[0], atol=1e-5)


def test_unit_normalization():
    outputs = UnitNormalization(axis=(1, 2))(tf.constant(normal(3, 4, 5)))
    np.testing.assert_allclose(tf.reduce_sum(outputs**2, (1, 2)), [1, 1, 1], rtol=1e-5)


@pytest.mark.parametrize("layer, x", [(Dense(3), normal(2, 5)), (Conv2D(4, 3), normal(2, 6, 6, 3))])
def test_spectral_normalization(layer, x):
    wrapper = SpectralNormalization(layer, power_iterations=50)
    wrapper(tf.constant(x))
    before = layer.kernel.numpy()
    wrapper(tf.constant(x), training=True)
    matrix = before.reshape(-1, before.shape[-1])
    largest = np.linalg.svd(matrix, compute_uv=False)[0]
    np.testing.assert_allclose(layer.kernel, before / largest, rtol=1e-3)
    assert wrapper.vector_u.shape == (1, before.shape[-1]) and not wrapper.vector_u.trainable


def test_spectral_normalization_of_tables_zeros_and_half_precision():
    table = SpectralNormalization(Embedding(5, 3), power_iterations=50)
    table(tf.constant([[1, 2]]), training=True)
    np.testing.assert_allclose(
        np.linalg.svd(table.layer.embeddings, compute_uv=False)[0], 1.0, rtol=1e-3
    )
    zeros = SpectralNormalization(Dense(3, kernel_initializer="zeros"))
    zeros(tf.ones((1, 4)), training=True)
    np.testing.assert_array_equal(zeros.layer.kernel, np.zeros((4, 3)))
    half = SpectralNormalization(
        Dense(3, dtype="mixed_float16"), dtype="mixed_float16", power_iterations=50
    )
    assert half(tf.ones((1, 4)), training=True).dtype == tf.float16
    assert half.vector_u.dtype == tf.float32
    np.testing.assert_allclose(
        np.linalg.svd(half.layer.kernel.numpy(), compute_uv=False)[0], 1.0, rtol=1e-3
    )


@pytest.mark.parametrize(
    "run, message",
    [
        (
            lambda: LayerNormalization(axis=None),
            "expected axis to be an integer or several, got None",
        ),
        (lambda: LayerNormalization(axis=[1, -1])(tf.ones((2, 3))), "names an axis twice"),
        (lambda: LayerNormalization(axis=[]), "expected axis to be an integer or several"),
        (
            lambda: LayerNormalization(axis=3)(tf.ones((2, 3))),
            r"expected axis in \[-2, 2\) for inputs of rank 2",
        ),
        (lambda: GroupNormalization(4)(tf.ones((2, 6))), "groups=4 must divide the 6 channels"),
        (lambda: GroupNormalization(8)(tf.ones((2, 6))), "groups=8 must divide the 6 channels"),
        (lambda: GroupNormalization(2.5), "groups to be an integer"),
        (lambda: UnitNormalization(axis=2)(tf.ones((2, 6))), "expected axis in"),
        (
            lambda: SpectralNormalization(Dense(2), power_iterations=0),
            "power_iterations to be a positive integer",
        ),
        (
            lambda: SpectralNormalization(Dropout(0.5))(tf.ones((2, 6))),
            "neither a kernel nor embeddings",
        ),
    ],
)
def test_errors(run, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run()
