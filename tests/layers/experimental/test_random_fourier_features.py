"""RandomFourierFeatures: kernels they approximate, configs, files of Keras 2, errors."""

import numpy as np
import pytest
import tf_keras

import tfk
from tfk.layers.experimental import RandomFourierFeatures

X = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")


@pytest.mark.parametrize("kernel, scale", [("gaussian", 2.0), ("laplacian", 3.0)])
def test_features_approximate_the_kernel(kernel, scale):
    tfk.utils.set_random_seed(0)
    features = RandomFourierFeatures(20000, kernel, scale=scale)(X).numpy()
    differences = X[:, None] - X
    if kernel == "gaussian":
        exact = np.exp(-(differences**2).sum(-1) / (2 * scale**2))
    else:
        exact = np.exp(-np.abs(differences).sum(-1) / scale)
    np.testing.assert_allclose(features @ features.T * 2 / 20000, exact, atol=0.04)


def test_formula_and_weights_are_those_of_keras(tmp_path):
    ours, theirs = (
        keras.Sequential([keras.Input((3,)), keras.layers.experimental.RandomFourierFeatures(5)])
        for keras in (tfk, tf_keras)
    )
    assert [w.name.split("/")[-1] for w in ours.weights] == [
        w.name.split("/")[-1] for w in theirs.weights
    ]
    assert [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-4, atol=1e-5)
    theirs.save(tmp_path / "model.h5")
    loaded = tfk.models.load_model(tmp_path / "model.h5")
    np.testing.assert_allclose(loaded(X), theirs(X), rtol=1e-4, atol=1e-5)


def test_only_the_scale_can_be_trained():
    layer = RandomFourierFeatures(4, scale=1.5)
    layer(X)
    assert layer.trainable_weights == [] and len(layer.weights) == 3
    layer.trainable = True
    assert layer.trainable_weights == [layer.kernel_scale]
    assert float(layer.kernel_scale.numpy()[0]) == 1.5


@pytest.mark.parametrize("kernel", ["gaussian", "laplacian", tfk.initializers.Ones()])
def test_config(kernel):
    layer = RandomFourierFeatures(4, kernel)
    layer.build((None, 8))
    copy = RandomFourierFeatures.from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    assert layer.scale == (2.0 if kernel == "gaussian" else 1.0)


@pytest.mark.parametrize(
    "run, message",
    [
        (lambda: RandomFourierFeatures(0), "output_dim"),
        (lambda: RandomFourierFeatures(2, "linear"), "kernel_initializer"),
        (lambda: RandomFourierFeatures(2, scale=-1.0), "scale to be positive"),
        (lambda: RandomFourierFeatures(2)(np.ones((2, 3, 4))), "rank 2"),
        (lambda: RandomFourierFeatures(2)(tfk.Input((None,))), "axis -1"),
    ],
)
def test_errors(run, message):
    with pytest.raises(ValueError, match=message):
        run()
