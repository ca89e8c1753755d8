"""`trainable` flags of layers inside custom layers and models, in every format."""

import copy

import numpy as np
import pytest

import tfk
from tfk.models import load_model, model_from_json

tf_keras = pytest.importorskip("tf_keras")

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")


def classes(k):
    """Classes of a user, on tf_keras or on tfk."""

    class Block(k.layers.Layer):
        def __init__(self, units=3, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.norm = k.layers.BatchNormalization()
            self.branches = [k.layers.Dense(units), k.layers.Dense(units, trainable=False)]

        def build(self, input_shape):
            self.late = k.layers.Dense(self.units)

        def call(self, inputs, training=None):
            inputs = self.norm(inputs, training=training)
            return self.late(self.branches[0](inputs) + self.branches[1](inputs))

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    class Net(k.Model):
        def __init__(self, units=3, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.block, self.head = Block(units), k.Sequential([k.layers.Dense(1)])

        def call(self, inputs):
            return self.head(self.block(inputs))

        def get_config(self):
            return {"units": self.units}

    return {"Block": Block, "Net": Net}


THEIRS, OURS = classes(tf_keras), classes(tfk)


def edit(block):
    """Freezes and unfreezes layers other than the constructor does."""
    block.norm.trainable = block.late.trainable = False
    block.branches[1].trainable = True


def graph(k, custom, nested=False):
    x, block = k.Input((4,)), custom["Block"]()
    model = k.Model(x, k.layers.Dense(2)(block(x)))
    edit(block)
    if nested:
        x = k.Input((4,))
        model.layers[-1].trainable = False
        model = k.Sequential([x, model, k.layers.Dense(1)])
    return model


def subclassed(k, custom):
    model = custom["Net"]()
    model(X)
    edit(model.block)
    model.head.layers[0].trainable = False
    return model


def attention(k, custom):
    x, layer = k.Input((4, 4)), k.layers.MultiHeadAttention(2, 2)
    model = k.Model(x, layer(x, x))
    layer._query_dense.trainable = False
    return model


BUILDERS = {
    "graph": graph,
    "nested": lambda k, custom: graph(k, custom, nested=True),
    "subclassed": subclassed,
    "attention": attention,
}


def flags(model):
    return [layer.trainable for layer in model._flatten_layers()]


@pytest.mark.parametrize("kind", BUILDERS)
def test_flags_are_those_before_saving(kind, tmp_path):
    model = BUILDERS[kind](tfk, OURS)
    model.compile("adam", "mse")
    copies = [copy.deepcopy(model)]
    for extension in (".keras", "") if kind == "subclassed" else (".keras", "", ".h5"):
        model.save(tmp_path / f"model{extension}")
        copies.append(load_model(tmp_path / f"model{extension}", custom_objects=OURS))
    if kind != "subclassed":
        copies.append(model_from_json(model.to_json(), custom_objects=OURS))
    for copied in copies:
        assert flags(copied) == flags(model)
        assert len(copied.trainable_weights) == len(model.trainable_weights)
    assert len(copies[1].optimizer.variables) == len(copies[0].optimizer.variables)


@pytest.mark.parametrize("kind", ["graph", "subclassed"])
def test_folders_of_keras_2(kind, tmp_path):
    theirs, ours = BUILDERS[kind](tf_keras, THEIRS), BUILDERS[kind](tfk, OURS)
    theirs.compile("sgd", "mse")
    theirs.save(tmp_path / "model")
    assert flags(load_model(tmp_path / "model", custom_objects=OURS)) == flags(ours)


def test_keras_2_reads_past_the_list(tmp_path):
    model = graph(tfk, OURS)
    model.save(tmp_path / "model.keras")
    theirs = tf_keras.models.load_model(tmp_path / "model.keras", custom_objects=THEIRS)
    np.testing.assert_allclose(theirs(X), model(X), rtol=1e-5)


def test_frozen_parts_must_be_paths():
    config = tfk.layers.serialize(tfk.layers.Dense(1))
    with pytest.raises(ValueError, match="Expected frozen_parts to be a list of paths, got 3"):
        tfk.layers.deserialize({**config, "frozen_parts": 3})
