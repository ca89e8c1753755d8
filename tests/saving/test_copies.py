"""Pickled and deeply copied models; hooks by which objects save themselves; vocabularies in
files.
"""

import copy
import pickle

import numpy as np
import pytest
import tensorflow as tf

import tfk


class Doubling(tfk.layers.Layer):
    def call(self, inputs):
        return 2 * inputs


class Net(tfk.Model):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.blocks = [tfk.layers.Dense(units), {"twice": Doubling()}]

    def call(self, inputs):
        return self.blocks[1]["twice"](self.blocks[0](inputs))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def trained(model):
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(np.ones((4, 2)), np.ones((4, 3)), verbose=0)
    return model


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
@pytest.mark.parametrize(
    "make", [Net, lambda: tfk.Sequential([tfk.layers.Dense(3, input_shape=(2,)), Doubling()])]
)
def test_copies_are_equal_and_independent(make, duplicate):
    model = trained(make())
    twin = duplicate(model)
    x = np.array([[1.0, -2.0]], "float32")
    np.testing.assert_array_equal(model(x), twin(x))
    assert int(twin.optimizer.iterations) == 1
    trained(twin)
    assert np.abs(model(x).numpy() - twin(x).numpy()).max() > 0


@pytest.mark.filterwarnings("ignore:A lambda")
def test_lambdas_are_copied_in_the_process_but_not_pickled():
    model = tfk.Sequential([tfk.Input((2,)), tfk.layers.Lambda(lambda x: 3 * x)])
    np.testing.assert_allclose(copy.deepcopy(model)(np.ones((1, 2))), [[3, 3]])
    np.testing.assert_allclose(tfk.models.clone_model(model)(np.ones((1, 2))), [[3, 3]])
    with pytest.raises(AttributeError, match="(?i)pickle.*lambda"):
        pickle.dumps(model)


@tfk.saving.register_keras_serializable("tests")
class WithHooks(tfk.layers.Layer):
    """Keeps a value that is no variable, and builds itself from a shape of its own."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.note = None

    def build(self, input_shape):
        self.scale = self.add_weight("scale", (input_shape[-1],), initializer="ones")

    def call(self, inputs):
        return inputs * self.scale

    def get_build_config(self):
        return {"size": int(self.scale.shape[0])}

    def build_from_config(self, config):
        self.build((None, config["size"]))

    def save_own_variables(self, store):
        store["scale_of_tests"] = self.scale.numpy() + 1

    def load_own_variables(self, store):
        self.scale.assign(store["scale_of_tests"] - 1)

    def save_assets(self, directory):
        with open(f"{directory}/note.txt", "w") as file:
            file.write("kept")

    def load_assets(self, directory):
        with open(f"{directory}/note.txt") as file:
            self.note = file.read()


def test_hooks_of_user_layers_are_called(tmp_path):
    model = tfk.Sequential([tfk.Input((2,)), WithHooks()])
    model.layers[0].scale.assign([5.0, 7.0])
    model.save(tmp_path / "m.keras")
    layer = tfk.models.load_model(tmp_path / "m.keras").layers[0]
    np.testing.assert_array_equal(layer.scale, [5.0, 7.0])
    assert layer.note == "kept"


def test_compile_hooks_of_models(tmp_path):
    @tfk.saving.register_keras_serializable("tests")
    class OwnCompile(Net):
        def compile(self, strength, **kwargs):
            super().compile(**kwargs)
            self.strength = strength

        def get_compile_config(self):
            return {"strength": self.strength, "optimizer": "sgd", "loss": "mse"}

        def compile_from_config(self, config):
            self.compile(**config)

    model = OwnCompile()
    model.compile(3, optimizer="sgd", loss="mse")
    model.train_on_batch(np.ones((2, 2)), np.ones((2, 3)))
    model.save(tmp_path / "m.keras")
    with pytest.warns(UserWarning, match="the state is not loaded.*build"):
        assert tfk.models.load_model(tmp_path / "m.keras").strength == 3


def test_vocabularies_travel_in_the_file(tmp_path):
    words = tfk.layers.TextVectorization(output_mode="int", output_sequence_length=4)
    words.adapt(["the cat sat", "the dog"])
    x = tfk.Input((1,), dtype="string")
    model = tfk.Model(x, tfk.layers.Embedding(10, 2)(words(x)))
    text = tf.constant([["the dog sat"], ["unknown cat"]])
    for path in (tmp_path / "m.keras", tmp_path / "directory"):
        model.save(path)
        loaded = tfk.models.load_model(path)
        np.testing.assert_array_equal(loaded(text), model(text))


def test_json_is_architecture_alone_and_not_yaml():
    model = trained(tfk.Sequential([tfk.layers.Dense(3, input_shape=(2,))]))
    copy_of_it = tfk.models.model_from_json(model.to_json(indent=1))
    assert copy_of_it.count_params() == model.count_params() and not copy_of_it._is_compiled
    with pytest.raises(RuntimeError, match="to_json"):
        model.to_yaml()
    with pytest.raises(ValueError, match="not JSON"):
        tfk.models.model_from_json("{")


def test_mixed_precision_models_come_back_with_their_policies(tmp_path):
    model = tfk.Sequential(
        [tfk.layers.Dense(3, input_shape=(2,), dtype="mixed_bfloat16"), tfk.layers.Dense(1)]
    )
    for ending in ("h5", "keras"):
        model.save(tmp_path / f"m.{ending}")
        loaded = tfk.models.load_model(tmp_path / f"m.{ending}")
        assert [layer.dtype_policy.name for layer in loaded.layers] == ["mixed_bfloat16", "float32"]
        np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
