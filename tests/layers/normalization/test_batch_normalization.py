"""BatchNormalization: formulas by hand, moving averages, frozen layers, variants, error
messages.
"""

import numpy as np
import pytest
import tensorflow as tf

from tfk.layers import BatchNormalization


def normal(*shape):
    return np.random.default_rng(sum(shape)).normal(2.0, 3.0, shape).astype("float32")


def moments(x, axes):
    return x.mean(axes), x.var(axes)


@pytest.mark.parametrize("shape", [(8, 4), (8, 3, 4), (8, 3, 5, 4), (8, 2, 3, 5, 4)])
def test_training_and_inference(shape):
    x = normal(*shape)
    layer = BatchNormalization(momentum=0.9, epsilon=1e-2, beta_initializer="ones")
    outputs = layer(tf.constant(x), training=True)
    mean, variance = moments(x, tuple(range(len(shape) - 1)))
    np.testing.assert_allclose(outputs, (x - mean) / np.sqrt(variance + 1e-2) + 1.0, atol=1e-5)
    count = x.size / 4
    unbiased = (
        count / (count - 1) if layer.fused else 1.0
    )  # the fused kernel averages the unbiased variance
    np.testing.assert_allclose(layer.moving_mean, 0.1 * mean, rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance, 0.9 + 0.1 * variance * unbiased, rtol=1e-5)
    assert layer.fused == (len(shape) > 3)
    expected = (x - layer.moving_mean) / np.sqrt(layer.moving_variance + 1e-2) + 1.0
    np.testing.assert_allclose(layer(tf.constant(x)), expected, atol=1e-4)


@pytest.mark.parametrize(
    "shape, axis", [((6, 4, 3, 5), 1), ((6, 4, 2, 3, 5), 1), ((6, 5, 3, 4), -1)]
)
def test_fused_kernel_equals_the_formula(shape, axis):
    x = tf.constant(normal(*shape))
    results = []
    for fused in (True, False):
        layer = BatchNormalization(axis=axis, fused=fused)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
            loss = tf.reduce_sum(tf.sin(y))
        gradients = tape.gradient(loss, [x, *layer.trainable_weights])
        results.append([y, *gradients, layer.moving_mean, layer(x)])
    for fused, plain in zip(*results):
        np.testing.assert_allclose(fused, plain, atol=2e-2 if fused is results[0][-1] else 1e-4)


def test_frozen_layer_runs_as_in_inference():
    x = tf.constant(normal(8, 4))
    layer = BatchNormalization()
    layer(x, training=True)
    before = layer.get_weights()
    layer.trainable = False
    np.testing.assert_array_equal(layer(x, training=True), layer(x, training=False))
    for one, other in zip(before, layer.get_weights()):
        np.testing.assert_array_equal(np.sort(one), np.sort(other))
    assert not layer.trainable_weights


@pytest.mark.parametrize("shape", [(8, 4), (8, 3, 3, 4)])
def test_training_known_only_while_running(shape):
    x = tf.constant(normal(*shape))
    layer, twin = BatchNormalization(), BatchNormalization()
    run = tf.function(lambda x, training: layer(x, training=training), autograph=False)
    twin(x)
    layer(x)
    for training in (True, False, True):
        np.testing.assert_allclose(
            run(x, tf.constant(training)), twin(x, training=training), atol=1e-6
        )
    np.testing.assert_allclose(layer.moving_mean, twin.moving_mean, atol=1e-6)


def test_masked_steps_do_not_count():
    x = normal(4, 5, 3)
    mask = np.arange(5) < np.array([[5], [3], [1], [2]])
    layer = BatchNormalization()
    outputs = layer(tf.constant(x), training=True, mask=tf.constant(mask))
    mean, variance = moments(x[mask], 0)
    np.testing.assert_allclose(outputs, (x - mean) / np.sqrt(variance + 1e-3), atol=1e-4)


def test_the_fused_kernel_says_that_it_ignores_a_mask():
    layer = BatchNormalization(name="b")
    with pytest.warns(
        UserWarning, match='BatchNormalization "b": the fused kernel ignores the mask'
    ):
        layer(tf.ones((2, 3, 3, 4)), mask=tf.ones((2, 3), tf.bool))


def test_virtual_batches_have_their_own_statistics():
    x = normal(6, 4)
    layer = BatchNormalization(virtual_batch_size=2)
    outputs = layer(tf.constant(x), training=True).numpy()
    parts = x.reshape(2, 3, 4)  # sample i of virtual batch j is row 3 i + j
    expected = (parts - parts.mean(0)) / np.sqrt(parts.var(0) + 1e-3)
    np.testing.assert_allclose(outputs.reshape(2, 3, 4), expected, atol=1e-4)
    np.testing.assert_allclose(layer.moving_mean[0, 0], 0.01 * parts.mean(0).mean(0), atol=1e-5)
    assert layer(tf.constant(x)).shape == (6, 4)


def test_adjustment_while_training():
    layer = BatchNormalization(
        adjustment=lambda shape: (tf.fill((shape[1],), 2.0), tf.fill((shape[1],), 3.0))
    )
    plain = BatchNormalization()
    x = tf.constant(normal(6, 4))
    np.testing.assert_allclose(
        layer(x, training=True), 2.0 * plain(x, training=True) + 3.0, atol=1e-5
    )
    np.testing.assert_allclose(layer(x), plain(x), atol=1e-6)


def test_synchronized_replicas_share_their_statistics():
    x = normal(8, 4)
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    with strategy.scope():
        layer = BatchNormalization(synchronized=True)
        layer.build((None, 4))
    outputs = strategy.run(lambda: layer(tf.constant(x), training=True))
    np.testing.assert_allclose(outputs, (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3), atol=1e-4)


def test_half_precision_keeps_its_statistics_in_full():
    layer = BatchNormalization(dtype="float16")
    outputs = layer(tf.constant(normal(8, 4)), training=True)
    assert outputs.dtype == tf.float16
    assert {weight.dtype for weight in layer.weights} == {tf.float32}


def test_double_precision():
    layer = BatchNormalization(dtype="float64")
    assert layer(tf.ones((2, 3, 3, 4), tf.float64), training=True).dtype == tf.float64
    assert not layer.fused


@pytest.mark.parametrize("shape", [(8, 4), (8, 3, 3, 4)])
def test_under_xla(shape):
    x = tf.constant(normal(*shape))
    layer, twin = BatchNormalization(), BatchNormalization()
    layer(x)
    run = tf.function(lambda: layer(x, training=True), jit_compile=True, autograph=False)
    np.testing.assert_allclose(run(), twin(x, training=True), atol=1e-4)
    np.testing.assert_allclose(layer.moving_mean, twin.moving_mean, atol=1e-5)
    np.testing.assert_allclose(layer.moving_variance, twin.moving_variance, atol=1e-5)


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: BatchNormalization(axis="channels"), "expected axis to be an integer or several"),
        (
            lambda: BatchNormalization(momentum=1.5),
            "momentum to be at least 0 and at most 1, got 1.5",
        ),
        (
            lambda: BatchNormalization(fused=True, synchronized=True),
            "not possible with synchronized=True",
        ),
        (lambda: BatchNormalization(fused=True, renorm=True), "not possible with renorm=True"),
        (lambda: BatchNormalization(fused=True, axis=[1, 2]), r"not possible with axis=\(1, 2\)"),
        (lambda: BatchNormalization(fused=True, dtype="float64"), "not possible in float64"),
        (lambda: BatchNormalization(fused=True)(tf.ones((2, 3))), "for inputs of rank 2|with axis"),
        (lambda: BatchNormalization(axis=[1, 1])(tf.ones((2, 3))), "names an axis twice"),
        (lambda: BatchNormalization(axis=4)(tf.ones((2, 3))), r"expected axis in \[-2, 2\)"),
        (
            lambda: BatchNormalization(renorm=True, renorm_clipping={"max": 1}),
            "among .'rmax', 'rmin', 'dmax'",
        ),
        (
            lambda: BatchNormalization(virtual_batch_size=0),
            "virtual_batch_size to be a positive integer",
        ),
        (
            lambda: BatchNormalization(virtual_batch_size=2, adjustment=len),
            "cannot be used together",
        ),
        (
            lambda: BatchNormalization(virtual_batch_size=2, axis=0)(tf.ones((2, 3))),
            "axis other than 0",
        ),
    ],
)
def test_errors(run, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run()
