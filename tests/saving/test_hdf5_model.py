"""Whole models in `.h5` files of other Keras versions: optimizers and what they had learned."""

import json
import warnings

import h5py
import numpy as np
import pytest

import tfk
from tfk.optimizers import legacy

tf_keras = pytest.importorskip("tf_keras")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 4)).astype("float32")
Y = RNG.normal(size=(8, 4)).astype("float32")

SETTINGS = {
    "SGD": [{}, {"momentum": 0.9, "nesterov": True, "decay": 0.01}],
    "RMSprop": [{}, {"momentum": 0.9, "centered": True}],
    "Adam": [{}, {"amsgrad": True, "clipnorm": 1.0}],
    "Adamax": [{}],
    "Nadam": [{}],
    "Adagrad": [{}],
    "Adadelta": [{}],
    "Ftrl": [{}],
}
CASES = [(name, settings) for name, variants in SETTINGS.items() for settings in variants]


def square_model(library, optimizer):
    """All variables have one shape, so that only the order tells whose state is whose."""
    layers = [library.layers.Dense(4, use_bias=False) for _ in range(3)]
    model = library.Sequential([library.Input((4,)), *layers])
    model.compile(optimizer, "mse")
    return model


def trained(library, optimizer, steps=3):
    model = square_model(library, optimizer)
    model.set_weights([RNG.normal(size=(4, 4)) for _ in range(3)])
    for _ in range(steps):
        model.train_on_batch(X, Y)
    return model


def same_steps(model, other, steps=2):
    """Whether both models take the same steps from here on."""
    for _ in range(steps):
        for one in (model, other):
            one.train_on_batch(X, Y)
    for got, want in zip(other.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def rewrite(path, change):
    """Changes the optimizer of a file: `change(training_config, names, arrays)` returns the new
    names and arrays.
    """
    with h5py.File(path, "a") as file:
        settings = json.loads(file.attrs["training_config"])
        group = file["optimizer_weights"]
        names = list(group.attrs["weight_names"])
        names, arrays = change(settings, names, [group[name][()] for name in names])
        del file["optimizer_weights"]
        group = file.create_group("optimizer_weights")
        group.attrs["weight_names"] = np.array(names, dtype="S")
        for name, array in zip(names, arrays):
            group[name] = array
        file.attrs["training_config"] = json.dumps(settings)


@pytest.mark.parametrize("name, settings", CASES)
@pytest.mark.parametrize("writer, reader", [(tf_keras, tfk), (tfk, tf_keras), (tfk, tfk)])
def test_legacy_optimizers_come_back_with_their_state(name, settings, writer, reader, tmp_path):
    path = str(tmp_path / "model.h5")
    model = trained(writer, getattr(writer.optimizers.legacy, name)(0.01, **settings))
    model.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = reader.models.load_model(path)
    assert type(loaded.optimizer) is getattr(reader.optimizers.legacy, name)
    assert int(loaded.optimizer.iterations) == 3
    expected = [np.asarray(value) for value in model.optimizer.get_weights()]
    for got, want in zip(loaded.optimizer.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(got, want)
    same_steps(model, loaded)


def first_layout(name, keep_count):
    """Turns the state of a legacy optimizer into the list that Keras 2.2 kept."""

    def change(settings, names, arrays):
        settings["optimizer_config"]["config"].pop("name")
        count, slots = arrays[0].astype("float32"), arrays[1:]
        if name == "SGD":
            slots = [np.zeros((4, 4), "float32")] * 3
        if name == "Adam":
            slots += [np.zeros((1,), "float32")] * 3
        if name == "Nadam":
            slots = slots[1:]  # without the momentum cache
        arrays = [count, *slots] if keep_count else slots
        return [f"training/{name}/Variable_{i}:0" for i in range(len(arrays))], arrays

    return change


@pytest.mark.parametrize(
    "name, keep_count",
    [
        ("SGD", True),
        ("Adam", True),
        ("Adamax", True),
        ("Nadam", True),
        ("RMSprop", False),
        ("Adagrad", False),
        ("Adadelta", False),
    ],
)
def test_state_as_keras_2_2_kept_it(name, keep_count, tmp_path):
    path = str(tmp_path / "model.h5")
    model = trained(tf_keras, getattr(tf_keras.optimizers.legacy, name)(0.01))
    model.save(path)
    rewrite(path, first_layout(name, keep_count))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = tfk.models.load_model(path)
    assert type(loaded.optimizer) is getattr(legacy, name)
    assert int(loaded.optimizer.iterations) == (3 if keep_count else 0)
    expected = model.optimizer.get_weights()[1:]
    for got, want in zip(loaded.optimizer.get_weights()[1:], expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6)
    same_steps(model, loaded)


def test_absolute_names_of_theano_and_cntk(tmp_path):
    path, weights = str(tmp_path / "model.h5"), str(tmp_path / "weights.h5")
    model = trained(tf_keras, tf_keras.optimizers.legacy.SGD(0.01, momentum=0.9))
    model.save(path)
    rewrite(path, lambda settings, names, arrays: (["/iterations", *names[1:]], arrays))
    loaded = tfk.models.load_model(path)
    assert int(loaded.optimizer.iterations) == 3
    same_steps(model, loaded)
    model.save_weights(weights)
    with h5py.File(weights, "a") as file:
        layer = file[model.layers[0].name]
        file["/kernel_0"] = layer[layer.attrs["weight_names"][0]][()]
        layer.attrs["weight_names"] = [b"/kernel_0"]
    loaded.set_weights([np.zeros((4, 4))] * 3)
    loaded.load_weights(weights)
    np.testing.assert_array_equal(loaded.get_weights(), model.get_weights())


def test_state_that_fits_nothing_is_left_out(tmp_path):
    path = str(tmp_path / "model.h5")
    trained(tf_keras, tf_keras.optimizers.legacy.Adam(0.01)).save(path)
    rewrite(path, lambda settings, names, arrays: (names[:-1], arrays[:-1]))
    with pytest.warns(UserWarning, match=r"does not fit \(it has 6 variables, Adam 7\)"):
        loaded = tfk.models.load_model(path)
    assert int(loaded.optimizer.iterations) == 0


def rename_optimizer(path, **changes):
    with h5py.File(path, "a") as file:
        settings = json.loads(file.attrs["training_config"])
        settings["optimizer_config"].update(changes)
        file.attrs["training_config"] = json.dumps(settings)


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"class_name": "Addons>RectifiedAdam"}, "'Addons>RectifiedAdam'"),
        ({"class_name": "TFOptimizer"}, "'TFOptimizer'"),
        ({"class_name": "Adam", "config": {"momentum_of_the_moon": 3}}, "momentum_of_the_moon"),
    ],
)
def test_model_loads_without_an_optimizer_that_cannot_be_read(changes, reason, tmp_path):
    path = str(tmp_path / "model.h5")
    model = trained(tf_keras, tf_keras.optimizers.legacy.Adam(0.01))
    model.save(path)
    rename_optimizer(path, **changes)
    with pytest.warns(UserWarning, match=f"without its optimizer and not compiled.*{reason}"):
        loaded = tfk.models.load_model(path)
    assert loaded.optimizer is None
    np.testing.assert_allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5)


@pytest.mark.parametrize(
    "changes",
    [{"class_name": "os.system"}, {"class_name": "eval", "module": "builtins"}],
)
def test_optimizer_that_names_something_to_import(changes, tmp_path):
    path = str(tmp_path / "model.h5")
    trained(tf_keras, tf_keras.optimizers.legacy.Adam(0.01)).save(path)
    rename_optimizer(path, **changes)
    with pytest.raises(ValueError, match=f"Unknown names: '{changes['class_name']}'"):
        tfk.models.load_model(path)


def test_arrays_in_configs_are_lists_as_in_keras(tmp_path):
    class Scale(tfk.layers.Layer):
        def __init__(self, factors, **kwargs):
            super().__init__(**kwargs)
            self.factors = np.asarray(factors, "float32")

        def call(self, inputs):
            return inputs * self.factors

        def get_config(self):
            return {**super().get_config(), "factors": self.factors}

    model = tfk.Sequential([tfk.Input((2,)), Scale(np.array([1.0, 2.0]))])
    model.save(tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5") as file:
        stored = json.loads(file.attrs["model_config"])["config"]["layers"][-1]["config"]
    assert stored["factors"] == [1.0, 2.0]
    loaded = tfk.models.load_model(tmp_path / "model.h5", custom_objects={"Scale": Scale})
    np.testing.assert_array_equal(loaded(np.ones((1, 2))), [[1.0, 2.0]])


@pytest.mark.parametrize("writer", [tfk, tf_keras])
def test_metrics_of_a_dict_of_outputs(writer, tmp_path):
    # The file lists them in the order of the sorted keys.
    x, b = np.array([[1.0], [3.0]]), np.array([[0.0], [1.0]])
    inputs = writer.Input((1,))
    layers = [writer.layers.Dense(1, name=name, kernel_initializer="ones") for name in "ba"]
    model = writer.Model(inputs, {layer.name: layer(inputs) for layer in layers})
    model.compile("sgd", "mse", metrics={"a": ["mae", "mse"], "b": ["mae"]})
    model.run_eagerly = True
    before = model.evaluate(x, {"a": x, "b": b}, verbose=0, return_dict=True)
    assert (before["a_mae"], before["b_mae"]) == (0.0, 1.5)
    path = str(tmp_path / "model.h5")
    model.save(path)
    loaded = tfk.models.load_model(path)
    loaded.run_eagerly = True
    assert loaded.evaluate(x, {"a": x, "b": b}, verbose=0, return_dict=True) == before
