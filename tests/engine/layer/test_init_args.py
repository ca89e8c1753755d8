"""Classes without get_config are described by the arguments they were made with, as in Keras 2."""

import numpy as np
import pytest

import tfk
from tfk.engine.layer.layer import Layer

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


class Scaled(Layer):
    def __init__(self, units, scale=2.0, sizes=(1, 2), **kwargs):
        super().__init__(**kwargs)
        self.units, self.scale = units, scale

    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], self.units))

    def call(self, inputs):
        return inputs @ self.kernel * self.scale


class Network(tfk.Model):
    def __init__(self, units):  # no name, no **kwargs
        super().__init__()
        self.dense = tfk.layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)


class Wrapping(tfk.Model):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, inputs):
        return self.inner(inputs)


def test_layer():
    assert Scaled(4, scale=np.float32(3), name="a").get_config() == {
        "name": "a",
        "trainable": True,
        "dtype": "float32",
        "units": 4,
        "scale": 3.0,
    }
    assert Scaled(4, sizes=(1, (2, 3))).get_config()["sizes"] == [1, [2, 3]]
    assert Layer(name="a").get_config() == {"name": "a", "trainable": True, "dtype": "float32"}


@pytest.mark.parametrize("value", [lambda x: x, [tfk.layers.Dense(1)], {1: 2}, {"a": object()}])
def test_layer_with_arguments_that_are_not_plain(value):
    with pytest.raises(
        NotImplementedError, match=r'Scaled "scaled" takes scale in __init__.*Define get_config'
    ):
        Scaled(4, scale=value).get_config()


def test_model_takes_what_its_init_takes():
    assert Network(4).get_config() == {"units": 4}
    with pytest.warns(UserWarning, match="takes inner in __init__"):
        assert Wrapping(tfk.layers.Dense(1)).get_config() == {}
    with pytest.raises(
        TypeError, match="Wrapping cannot be created from its config {}: missing .*'inner'"
    ):
        Wrapping.from_config({})


@pytest.mark.parametrize("ending", [".keras", ".h5", ""])
def test_saved_and_loaded(ending, tmp_path):
    path = str(tmp_path / f"model{ending}")
    model = tfk.Sequential([tfk.Input((3,)), Scaled(2, scale=0.5)])
    model.save(path)
    loaded = tfk.models.load_model(path, custom_objects={"Scaled": Scaled})
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


@pytest.mark.parametrize("ending", [".keras", ""])
def test_subclassed_model_saved_and_loaded(ending, tmp_path):
    path = str(tmp_path / f"model{ending}")
    model = Network(2)
    model.compile("adam", "mse")
    model.fit(X, X[:, :2], verbose=0)
    model.save(path)
    loaded = tfk.models.load_model(path, custom_objects={"Network": Network})
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    with pytest.raises(
        NotImplementedError, match=r"Network .* makes its layers in Python.*save_weights"
    ):
        model.save(str(tmp_path / "model.h5"))
