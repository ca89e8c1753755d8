"""Optimizers by name, config or object."""

import pytest

import tfk.optimizers
from tfk.optimizers import experimental, legacy

NAMES = (
    "SGD",
    "RMSprop",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "Adagrad",
    "Adadelta",
    "Adafactor",
    "Ftrl",
    "Lion",
)


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_case(name):
    cls = getattr(tfk.optimizers, name)
    for spelling in (name, name.lower(), name.upper()):
        assert type(tfk.optimizers.get(spelling)) is cls
    assert tfk.optimizers.get(cls()).name == name


@pytest.mark.parametrize("name", NAMES)
def test_configs_of_both_formats(name):
    optimizer = getattr(tfk.optimizers, name)(0.25, clipnorm=1.0)
    for config in (
        tfk.optimizers.serialize(optimizer),
        tfk.optimizers.serialize(optimizer, use_legacy_format=True),
    ):
        again = tfk.optimizers.get(config)
        assert type(again) is type(optimizer)
        assert again.get_config() == optimizer.get_config()
    assert set(tfk.optimizers.serialize(optimizer, use_legacy_format=True)) == {
        "class_name",
        "config",
    }


def test_an_optimizer_comes_back_itself():
    optimizer = tfk.optimizers.Adam()
    assert tfk.optimizers.get(optimizer) is optimizer


def test_class_of_a_user():
    class Mine(tfk.optimizers.SGD):
        pass

    config = tfk.optimizers.serialize(Mine(0.5))
    assert type(tfk.optimizers.deserialize(config, custom_objects={"Mine": Mine})) is Mine
    with tfk.utils.custom_object_scope({"adam": Mine}):
        assert type(tfk.optimizers.get("adam")) is Mine  # what the user names wins


def test_configs_from_before_keras_2_11():
    config = {
        "class_name": "Adam",
        "config": {"name": "Adam", "learning_rate": 0.5, "decay": 0.1, "beta_1": 0.8},
    }
    optimizer = tfk.optimizers.deserialize(config)
    assert type(optimizer) is legacy.Adam
    assert (optimizer.decay, optimizer.beta_1) == (0.1, 0.8)
    by_hand = tfk.optimizers.deserialize({"class_name": "Adam", "config": {"learning_rate": 0.5}})
    assert type(by_hand) is tfk.optimizers.Adam


def test_experimental_names():
    assert experimental.SGD is tfk.optimizers.SGD
    assert {name for name in NAMES if name != "Lion"} | {"Optimizer"} == set(experimental.__all__)


@pytest.mark.parametrize(
    "identifier, error, message",
    [
        ("adma", ValueError, "'adma'.*adam"),
        (3, ValueError, "Could not interpret optimizer identifier: 3 of type int"),
        (None, ValueError, "identifier: None"),
        ({"class_name": "Adam"}, ValueError, "class_name"),
        ({"class_name": "Adam", "config": {"bogus": 1}}, ValueError, "bogus"),
    ],
)
def test_what_is_no_optimizer(identifier, error, message):
    with pytest.raises(error, match=message):
        tfk.optimizers.get(identifier)
    with pytest.raises(TypeError, match="unexpected keyword arguments: bogus"):
        tfk.optimizers.get("adam", bogus=1)


@pytest.mark.parametrize(
    "identifier",
    ["sgd", {"class_name": "SGD", "config": {"momentum": 0.5}}, tfk.optimizers.SGD(0.5)],
)
def test_the_legacy_class_can_be_asked_for(identifier):
    assert type(tfk.optimizers.get(identifier, use_legacy_optimizer=True)) is legacy.SGD
