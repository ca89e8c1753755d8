"""layers.serialize and layers.deserialize."""

import pytest

import tfk
from tfk import layers


def test_both_formats():
    layer = layers.Dense(3, name="d")
    new, old = layers.serialize(layer), layers.serialize(layer, use_legacy_format=True)
    assert new["module"] == "keras.layers" and new["class_name"] == "Dense"
    assert set(old) == {"class_name", "config"}
    for config in (new, old):
        copy = layers.deserialize(config)
        assert copy.get_config() == layer.get_config()


def test_models_are_layers():
    model = tfk.Sequential([layers.Dense(2)], name="inner")
    old = layers.serialize(model, use_legacy_format=True)
    assert (
        layers.deserialize(layers.serialize(model)).name == layers.deserialize(old).name == "inner"
    )


def test_aliases():
    assert layers.Convolution2D is layers.Conv2D and layers.MaxPool1D is layers.MaxPooling1D
    config = {"class_name": "AvgPool2D", "config": {"pool_size": 3}}
    assert layers.deserialize(config).pool_size == (3, 3)


def test_errors():
    with pytest.raises(TypeError, match="expected a dict with keys 'class_name' and 'config'"):
        layers.deserialize("Dense")
    with pytest.raises(ValueError, match="Dens"):
        layers.deserialize({"class_name": "Dens", "config": {}})


def test_star_import_brings_every_layer():
    public = {
        name
        for name, obj in vars(layers).items()
        if getattr(obj, "__module__", "").startswith("tfk.") and not name.startswith("_")
    }
    assert public == set(layers.__all__)
