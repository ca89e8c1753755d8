"""`utils.legacy`: the format of Keras before 2.13, against Keras 2's own."""

import pytest

import tfk
from tfk.saving import legacy

tf_keras = pytest.importorskip("tf_keras")


class Box:
    def __init__(self, size):
        self.size = size

    def get_config(self):
        return {"size": self.size}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@pytest.mark.parametrize(
    "build",
    [
        lambda keras: keras.layers.Dropout(0.5, name="d"),
        lambda keras: keras.losses.Huber(2.0),
        lambda keras: keras.initializers.Constant(3.0),
        lambda keras: keras.regularizers.L2(0.5),
        lambda keras: keras.activations.relu,
        lambda keras: None,
    ],
)
def test_same_configs(build):
    ours = tfk.utils.legacy.serialize_keras_object(build(tfk))
    assert ours == tf_keras.utils.legacy.serialize_keras_object(build(tf_keras))


@pytest.mark.parametrize("custom, module", [({"Box": Box}, {}), (None, {"Box": Box})])
def test_argument_order_is_module_objects_then_custom_objects(custom, module):
    box = legacy.deserialize_keras_object(
        {"class_name": "Box", "config": {"size": 3}}, module, custom
    )
    assert isinstance(box, Box) and box.size == 3


def test_names_and_functions():
    found = legacy.deserialize_keras_object("relu", {"relu": tfk.activations.relu})
    assert found is tfk.activations.relu
    assert legacy.deserialize_keras_object(abs) is abs
    assert legacy.deserialize_keras_object(None) is None
    layer = tfk.layers.Dense(2, kernel_regularizer="l2")
    config = legacy.serialize_keras_object(layer)
    copy = legacy.deserialize_keras_object(config, {"Dense": tfk.layers.Dense})
    assert copy.get_config() == layer.get_config()


def test_unknown_names():
    with pytest.raises(ValueError, match="Unknown loss function: 'Nope'"):
        legacy.deserialize_keras_object("Nope", {}, {}, "loss function")
    with pytest.raises(ValueError, match="Improper config format"):
        legacy.deserialize_keras_object({"name": "x"})
