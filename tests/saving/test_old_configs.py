"""Configs as earlier versions of Keras wrote them."""

import json
import zipfile

import h5py
import numpy as np
import pytest

import tfk
from tfk.saving.configs import deserialize_keras_object

tf_keras = pytest.importorskip("tf_keras")


def without_input(config):
    return [layer for layer in config["config"]["layers"] if layer["class_name"] != "InputLayer"]


def rewrite_config(path, change):
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        file.attrs["model_config"] = json.dumps(change(config) or config)


def rewrite_archive(path, target, change):
    """Copies a `.keras` file with another config."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config)
            copy.writestr(name, data)


def test_sequential_as_a_list_of_layers(tmp_path):
    """Keras 1.0 to 2.2.2."""
    path = str(tmp_path / "model.h5")
    layers = [tf_keras.layers.Dense(3, input_shape=(4,)), tf_keras.layers.Dense(2)]
    model = tf_keras.Sequential(layers)
    model.compile("sgd", "mse")
    model.save(path)

    def as_list(config):
        config["config"] = without_input(config)

    rewrite_config(path, as_list)
    loaded = tfk.models.load_model(path)
    x = np.ones((2, 4), "float32")
    np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6)
    config = json.loads(model.to_json())
    as_list(config)
    assert len(tfk.models.model_from_json(json.dumps(config)).layers) == 2
    assert len(tfk.models.model_from_config(config).layers) == 2
    assert len(tfk.Sequential.from_config(config["config"]).layers) == 2


def test_wrapped_sequential_as_a_list_of_layers(tmp_path):
    path = str(tmp_path / "model.h5")
    x = tf_keras.Input((4,))
    inner = tf_keras.Sequential([tf_keras.layers.Dense(3, input_shape=(4,))])
    steps = tf_keras.layers.TimeDistributed(inner)(tf_keras.layers.RepeatVector(2)(x))
    model = tf_keras.Model(x, steps)
    model.save(path)

    def as_list(config):
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "TimeDistributed":
                layer["config"]["layer"]["config"] = without_input(layer["config"]["layer"])

    rewrite_config(path, as_list)
    data = np.ones((2, 4), "float32")
    np.testing.assert_allclose(
        tfk.models.load_model(path).predict(data, verbose=0),
        model.predict(data, verbose=0),
        rtol=1e-6,
    )


def test_layers_take_no_list_but_sequential():
    config = {"class_name": "Dense", "config": [{"class_name": "Dense", "config": {}}]}
    with pytest.raises(ValueError, match="Dense: expected its config to be a dict, got "):
        deserialize_keras_object(config)


@pytest.mark.parametrize("wrapped", [False, True])
def test_identity_without_module_is_the_layer(wrapped, tmp_path):
    path = str(tmp_path / "model.h5")
    identity = tf_keras.layers.Identity()
    if wrapped:
        identity = tf_keras.layers.TimeDistributed(identity)
    tf_keras.Sequential([tf_keras.Input((4, 3)), identity, tf_keras.layers.Dense(2)]).save(path)

    def forget_modules(nest):
        if isinstance(nest, dict):
            nest.pop("module", None)
            nest.pop("registered_name", None)
        for item in nest.values() if isinstance(nest, dict) else nest:
            if isinstance(item, (dict, list)):
                forget_modules(item)

    rewrite_config(path, forget_modules)
    layer = tfk.models.load_model(path).layers[0]
    assert type(layer.layer if wrapped else layer) is tfk.layers.Identity


OPTIMIZERS = ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "Adam", "Lion")


@pytest.mark.parametrize("module", ["keras.optimizers.experimental", "keras.src.optimizers"])
def test_optimizers_in_the_modules_of_keras_2_13(module, tmp_path):
    path, old = str(tmp_path / "model.keras"), str(tmp_path / "old.keras")
    for name in OPTIMIZERS:
        model = tf_keras.Sequential([tf_keras.layers.Dense(1, input_shape=(4,))])
        model.compile(getattr(tf_keras.optimizers, name)(0.01), "mse")
        model.train_on_batch(np.ones((4, 4)), np.ones((4, 1)))
        model.save(path)

        def change(config):
            optimizer = config["compile_config"]["optimizer"]
            optimizer["module"] = module
            rate = {"value": 0.25, "dtype": "float32"}
            optimizer["config"]["learning_rate"] = {"class_name": "__numpy__", "config": rate}

        rewrite_archive(path, old, change)
        optimizer = tfk.models.load_model(old).optimizer
        assert type(optimizer) is getattr(tfk.optimizers, name)
        assert int(optimizer.iterations) == 1
        assert float(optimizer.learning_rate) == 0.25


def test_numpy_scalars_are_numbers():
    def load(value, dtype):
        config = {"value": value, "dtype": dtype}
        return deserialize_keras_object({"class_name": "__numpy__", "config": config})

    assert load(0.5, "float32") == 0.5 and isinstance(load(0.5, "float32"), float)
    assert load(3, "int64") == 3 and isinstance(load(3, "int64"), int)
    assert load(True, "bool") is True
    assert load([1.0], "float32").shape == (1,)


def lambda_model(path):
    """A file with the bytecode of another version of Python."""
    layer = tf_keras.layers.Lambda(
        lambda x: x / 127.5 - 1, output_shape=lambda shape: shape, input_shape=(4,), name="norm"
    )
    tf_keras.Sequential([layer, tf_keras.layers.Dense(1)]).save(path)

    def age(config):
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "Lambda":
                for key in ("function", "output_shape"):
                    layer["config"][key] = ["4wEAAAAAAAAAAQAAAAIAAABD\n", None, None]
                    layer["config"][f"{key}_type"] = "lambda"

    rewrite_config(path, age)


def test_lambda_with_the_function_of_the_user(tmp_path):
    path = str(tmp_path / "model.h5")
    lambda_model(path)
    for safe_mode in (None, False):
        with pytest.raises(ValueError, match="Lambda 'norm'.*custom_objects={'norm': function}"):
            tfk.models.load_model(path, safe_mode=safe_mode)
    loaded = tfk.models.load_model(path, custom_objects={"norm": lambda x: x / 127.5 - 1})
    np.testing.assert_allclose(loaded.layers[0](np.full((1, 4), 255.0)), np.ones((1, 4)))
    with h5py.File(path) as file:
        text = file.attrs["model_config"]
    model = tfk.models.model_from_json(text, custom_objects={"norm": lambda x: 2 * x})
    assert model.output_shape == (None, 1)


def test_model_from_json_with_a_lambda():
    model = tfk.Sequential([tfk.Input((4,)), tfk.layers.Lambda(lambda x: 2 * x)])
    with pytest.warns(UserWarning, match="lambda"):
        text = model.to_json()
    with pytest.raises(ValueError, match="safe_mode=False"):
        tfk.models.model_from_json(text)
    loaded = tfk.models.model_from_json(text, safe_mode=False)
    np.testing.assert_array_equal(loaded(np.ones((1, 4))), 2 * np.ones((1, 4)))


def test_optimizer_in_a_loss_scale_of_keras_2_12():
    inner = {"class_name": "Custom>SGD", "config": {"momentum": 0.5}}
    config = {"class_name": "LossScaleOptimizerV3", "config": {"inner_optimizer": inner}}
    optimizer = tfk.optimizers.deserialize(config)
    assert type(optimizer.inner_optimizer) is tfk.optimizers.SGD
    assert optimizer.inner_optimizer.momentum == 0.5
