import threading

import pytest
import tensorflow as tf

from tfk import activations, initializers, regularizers
from tfk.saving import registry
from tfk.saving.registry import UnknownName, custom_object_scope, find


class Widget:
    def get_config(self):
        return {}


@pytest.fixture(autouse=True)
def _no_custom_objects_left():
    saved = dict(registry.get_custom_objects())
    yield
    registry.get_custom_objects().clear()
    registry.get_custom_objects().update(saved)


@pytest.mark.parametrize(
    "module",
    [
        "keras.initializers",
        "tf_keras.initializers",
        "tensorflow.keras.initializers",
        "tensorflow.python.keras.initializers",
        "tfk.initializers",
        "keras.src.initializers.initializers_v2",
        "keras.initializers.initializers",
        None,
    ],
)
def test_built_ins_are_found_under_all_spellings_of_their_module(module):
    assert find("HeNormal", module) is initializers.HeNormal


def test_initializers_of_tensorflow_mean_those_of_the_same_names():
    stored = tf.constant_initializer(0)  # EfficientNetV2 of Keras 2 has one in its file
    assert find(type(stored).__name__, type(stored).__module__) is initializers.Constant
    with pytest.raises(UnknownName):
        find("ops", type(stored).__module__)


def test_functions():
    assert find("relu", "builtins", functions=True) is activations.relu
    with pytest.raises(UnknownName):
        find("HeNormal", "builtins", functions=True)


@pytest.mark.parametrize(
    "name, module",
    [
        ("system", "os"),
        ("eval", "builtins"),
        ("HeNormal", "my_package.initializers"),
        ("HeNormal", "kerasoid.initializers"),
        ("get_file", "keras.utils"),
        ("find", "tfk.saving.registry"),
        ("registry", "tfk.saving"),
        ("HeNormale", "keras.initializers"),
        (3, "keras.initializers"),
    ],
)
def test_nothing_else_is_found(name, module):
    with pytest.raises(UnknownName, match="nothing is imported by name"):
        find(name, module)


def test_kind_restricts():
    assert find("he_normal", kind="initializers") is initializers.HeNormal
    with pytest.raises(UnknownName, match="Unknown regularizer: 'he_normal'"):
        find("he_normal", kind="regularizers")


def test_a_name_of_two_kinds_is_decided_by_the_module():
    marks = [type("Twin", (), {}) for _ in range(2)]
    registry.register("kind_a")(marks[0])
    registry.register("kind_b")(marks[1])
    assert find("Twin", "keras.kind_a") is marks[0]
    assert find("Twin", "keras.kind_b") is marks[1]
    with pytest.raises(UnknownName):
        find("Twin", "keras.elsewhere")


def test_the_message_gives_the_code_to_write():
    with pytest.raises(UnknownName) as caught:
        find("my_package>Widget")
    assert "custom_objects={'my_package>Widget': Widget}" in str(caught.value)
    assert "@tfk.saving.register_keras_serializable()" in str(caught.value)
    with pytest.raises(UnknownName, match="Did you mean 'glorot_uniform'"):
        find("glorot_unifrom", kind="initializers")


def test_register_keras_serializable():
    assert registry.register_keras_serializable("pack", "Thing")(Widget) is Widget
    assert registry.get_registered_name(Widget) == "pack>Thing"
    assert registry.get_registered_object("pack>Thing") is Widget
    assert find("Widget", "some.module", registered_name="pack>Thing") is Widget
    assert registry.get_registered_name(len) == "len"
    with pytest.raises(ValueError, match="class Bare has no get_config"):
        registry.register_keras_serializable()(type("Bare", (), {}))


def test_get_registered_object_looks_everywhere():
    assert registry.get_registered_object("Widget") is None
    assert (
        registry.get_registered_object(
            "Widget", custom_objects={"Widget": 1}, module_objects={"Widget": 2}
        )
        == 1
    )
    assert registry.get_registered_object("Widget", module_objects={"Widget": 2}) == 2
    with custom_object_scope({"Widget": 3}):
        assert registry.get_registered_object("Widget", custom_objects={"Widget": 1}) == 3


def test_global_custom_objects():
    registry.get_custom_objects()["Widget"] = Widget
    assert find("Widget") is Widget
    registry.get_custom_objects().clear()
    with pytest.raises(UnknownName):
        find("Widget")


def test_users_objects_win():
    mine = type("Mine", (), {})
    assert find("HeNormal", "keras.initializers", custom_objects={"HeNormal": mine}) is mine


def test_scopes_nest_and_end_even_on_errors():
    with custom_object_scope({"a": 1}, {"b": 2}):
        with pytest.raises(KeyError), custom_object_scope({"a": 3}):
            assert [find(name) for name in "ab"] == [3, 2]
            raise KeyError
        assert find("a") == 1
    with pytest.raises(UnknownName):
        find("a")
    with pytest.raises(TypeError, match="custom_object_scope: expected dicts"):
        custom_object_scope([Widget])


def test_scopes_belong_to_a_thread():
    seen = []
    with custom_object_scope({"Widget": Widget}):
        thread = threading.Thread(
            target=lambda: seen.append(registry.get_registered_object("Widget"))
        )
        thread.start()
        thread.join()
    assert seen == [None]


def test_one_scope_object_may_be_entered_twice():
    scope = custom_object_scope({"Widget": Widget})
    with scope, scope:
        assert find("Widget") is Widget
    with pytest.raises(UnknownName):
        find("Widget")


def test_built_in_names_are_listed_beside_many_custom_ones():
    custom = {f"mine_{number}": lambda x: x for number in range(20)}
    with custom_object_scope(custom), pytest.raises(ValueError, match="'l1'"):
        regularizers.get("l3")
