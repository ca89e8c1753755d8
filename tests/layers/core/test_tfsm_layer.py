"""TFSMLayer: functions of a SavedModel as a layer."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.saving.load_scopes import safe_mode_scope

X = np.random.default_rng(0).normal(size=(3, 2)).astype("float32")


class Doubling(tf.Module):
    """Twice the input, three times in training."""

    def __init__(self):
        super().__init__()
        self.weight = tf.Variable([1.0, 2.0])

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def serve(self, x):
        return 2.0 * x * self.weight

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def train(self, x):
        return 3.0 * x * self.weight


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("saved") / "model")
    module = Doubling()
    tf.saved_model.save(module, path, signatures={"serving_default": module.serve})
    return path


def test_endpoints(folder):
    layer = tfk.layers.TFSMLayer(folder, call_training_endpoint="train", name="doubling")
    np.testing.assert_allclose(layer(X), 2 * X * [1, 2], rtol=1e-6)
    np.testing.assert_allclose(layer(X, training=True), 3 * X * [1, 2], rtol=1e-6)
    signature = tfk.layers.TFSMLayer(folder, call_endpoint="serving_default")
    np.testing.assert_allclose(signature(X)["output_0"], 2 * X * [1, 2], rtol=1e-6)
    np.testing.assert_allclose(signature({"x": X})["output_0"], 2 * X * [1, 2], rtol=1e-6)


def test_the_variables_are_weights(folder):
    layer = tfk.layers.TFSMLayer(folder)
    assert [weight.shape.as_list() for weight in layer.trainable_weights] == [[2]]
    frozen = tfk.layers.TFSMLayer(folder, trainable=False)
    assert not frozen.trainable_weights and len(frozen.weights) == 1
    model = tfk.Sequential([tfk.Input((2,)), layer])
    model.compile(tfk.optimizers.SGD(0.1), "mse")
    model.fit(X, np.zeros_like(X), batch_size=3, verbose=0)
    # The gradient of the mean of (2 x w)^2 over 6 numbers.
    expected = np.array([1.0, 2.0]) * (1 - 0.1 * 8 * np.square(X).sum(0) / 6)
    np.testing.assert_allclose(layer.get_weights()[0], expected, rtol=1e-5)


def test_an_unknown_endpoint(folder):
    with pytest.raises(ValueError, match="no endpoint 'call'.*serve, serving_default, train"):
        tfk.layers.TFSMLayer(folder, call_endpoint="call")


def test_a_config_loads_nothing_in_safe_mode(folder):
    layer = tfk.layers.TFSMLayer(folder, name="doubling")
    config = layer.get_config()
    assert config["call_endpoint"] == "serve" and config["call_training_endpoint"] is None
    with pytest.raises(ValueError, match="safe_mode=False"):
        tfk.layers.TFSMLayer.from_config(config)
    with pytest.raises(ValueError, match="safe_mode=False"):
        tfk.layers.deserialize(tfk.layers.serialize(layer))
    with safe_mode_scope(False):
        again = tfk.layers.TFSMLayer.from_config(config)
    np.testing.assert_allclose(again(X), layer(X))


def test_copies_and_files(folder, tmp_path):
    model = tfk.Sequential([tfk.Input((2,)), tfk.layers.TFSMLayer(folder)])
    np.testing.assert_allclose(tfk.models.clone_model(model)(X), model(X))
    model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="safe_mode=False"):
        tfk.models.load_model(tmp_path / "m.keras")
    again = tfk.models.load_model(tmp_path / "m.keras", safe_mode=False)
    np.testing.assert_allclose(again(X), model(X))
