import pytest

from tfk import activations, initializers
from tfk.saving import resolver
from tfk.saving.registry import custom_object_scope, register_keras_serializable


class Halves(initializers.Initializer):
    def __call__(self, shape, dtype=None, **kwargs):
        return initializers.Constant(0.5)(shape, dtype)


def test_get():
    instance = Halves()
    assert resolver.get("initializers", None) is None
    assert resolver.get("initializers", instance) is instance
    assert isinstance(resolver.get("initializers", Halves), Halves)
    assert isinstance(resolver.get("initializers", "ones"), initializers.Ones)
    assert resolver.get("activations", "relu") is activations.relu


def test_users_objects_by_name():
    with custom_object_scope({"Halves": Halves}):
        assert isinstance(resolver.get("initializers", "Halves"), Halves)
        assert isinstance(
            resolver.get("initializers", {"class_name": "Halves", "config": {}}), Halves
        )
    assert isinstance(resolver.deserialize("initializers", "Halves", {"Halves": Halves}), Halves)
    with pytest.raises(ValueError, match="Unknown initializer: 'Halves'"):
        resolver.get("initializers", "Halves")


def test_a_config_with_a_module_may_name_another_kind():
    config = {
        "module": "keras.initializers",
        "class_name": "Ones",
        "config": {},
        "registered_name": None,
    }
    assert isinstance(resolver.deserialize("activations", config), initializers.Ones)


def test_a_config_without_a_module_is_of_its_kind():
    with pytest.raises(ValueError, match="Unknown regularizer: 'Ones'"):
        resolver.deserialize("regularizers", {"class_name": "Ones", "config": {}})


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda: resolver.get("layers", 3),
            ValueError,
            "Expected a layer: a name, a config dict or a callable. Got 3",
        ),
        (
            lambda: resolver.get("losses", {"config": {}}),
            ValueError,
            "Expected the config of a loss with keys",
        ),
        (
            lambda: resolver.deserialize("optimizers", 3),
            ValueError,
            "name or config of an optimizer, got 3",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_older_format():
    assert resolver.serialize(None, use_legacy_format=True) is None
    assert resolver.serialize(activations.relu, use_legacy_format=True) == "relu"
    assert resolver.serialize(Halves(), use_legacy_format=True) == {
        "class_name": "Halves",
        "config": {},
    }
    registered = register_keras_serializable("resolver_tests")(type("Thirds", (Halves,), {}))
    old = resolver.serialize(registered(), use_legacy_format=True)
    assert old == {"class_name": "resolver_tests>Thirds", "config": {}}
    assert type(resolver.get("initializers", old)) is registered
