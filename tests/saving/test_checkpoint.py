"""TensorFlow checkpoints: restoring before variables exist, exchange with Keras 2, what is
reported.
"""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.distribution.parts import Parts
from tests.saving.resumed import resumed_training

tf_keras = pytest.importorskip("tf_keras")
SCRIPT = pathlib.Path(__file__).with_name("two_devices.py")

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y = X[:, :1]


def stack(k):
    return k.Sequential(
        [k.layers.Dense(3), k.layers.BatchNormalization(), k.layers.Dropout(0.1), k.layers.Dense(1)]
    )


def stack_of_stacks(k):
    return k.Sequential([k.Sequential([k.layers.Dense(3)]), k.Sequential([k.layers.Dense(1)])])


def subclass_with_a_stack(k):
    class Net(k.Model):
        def __init__(self):
            super().__init__()
            self.inner = k.Sequential()
            for units in (3, 2):
                self.inner.add(k.layers.Dense(units))
            self.head = k.layers.Dense(1)

        def call(self, inputs):
            return self.head(self.inner(inputs))

    return Net()


def nested_containers(k):
    class Net(k.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [[k.layers.Dense(3), k.layers.BatchNormalization()], (k.layers.Dense(2),)]
            self.by_name = {"head": [k.layers.Dense(1)]}

        def call(self, inputs):
            (first, second), (third,) = self.blocks
            return self.by_name["head"][0](third(second(first(inputs))))

    return Net()


def weights_without_attributes(k):
    class Sum(k.layers.Layer):
        def build(self, input_shape):
            self.add_weight("kernel", (4, 1), initializer="normal")
            self.add_weight("shift", (1,), initializer="normal")
            self.other = self.add_weight("scale", (1,), initializer="normal")

        def call(self, inputs):
            kernel, shift, scale = self.weights
            return tf.matmul(inputs, kernel) * scale + shift

    class Net(k.Model):
        def __init__(self):
            super().__init__()
            self.sum = Sum()

        def call(self, inputs):
            return self.sum(inputs)

    return Net()


MAKERS = (
    stack,
    stack_of_stacks,
    subclass_with_a_stack,
    nested_containers,
    weights_without_attributes,
)


def randomize(model):
    random = np.random.default_rng(1)
    model.set_weights(
        [np.abs(random.normal(size=value.shape)).astype("float32") for value in model.get_weights()]
    )
    return model


def assert_equal_weights(model, values):
    assert len(model.get_weights()) == len(values)
    for weight, value in zip(model.weights, values):
        np.testing.assert_array_equal(weight.numpy(), value, err_msg=weight.name)


def load_then_call(model, prefix):
    model.load_weights(f"{prefix}-1")
    model(X)


def load_then_predict(model, prefix):
    model.load_weights(f"{prefix}-1")
    model.predict(X, verbose=0)


def load_then_build(model, prefix):
    model.load_weights(f"{prefix}-1")
    model.build((None, 4))


def restore_then_call(model, prefix):
    status = tf.train.Checkpoint(root=model).restore(f"{prefix}-1")
    model(X)
    status.assert_consumed()


@pytest.mark.parametrize("writer", [tfk, tf_keras], ids=lambda k: k.__name__)
@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_variables_created_after_loading_are_restored(make, writer, tmp_path):
    saved = make(writer)
    saved(X)
    randomize(saved)
    prefix = str(tmp_path / "weights")
    tf.train.Checkpoint(root=saved).save(prefix)
    for load in (load_then_call, load_then_predict, load_then_build, restore_then_call):
        if load is restore_then_call and make is stack and writer is tf_keras:
            continue  # Keras 2 does not store the state of Dropout
        model = make(tfk)
        load(model, prefix)
        assert_equal_weights(model, saved.get_weights())


OPTIMIZERS = {
    "Adam": lambda: tfk.optimizers.Adam(0.1),
    "averages": lambda: tfk.optimizers.SGD(0.1, momentum=0.9, use_ema=True),
    "loss scale": lambda: tfk.mixed_precision.LossScaleOptimizer(tfk.optimizers.RMSprop(0.1)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_resumes_from_a_checkpoint_loaded_before_anything_is_built(name, tmp_path):
    first, resumed = resumed_training(OPTIMIZERS[name], tmp_path)
    for value, expected in zip(resumed, first, strict=True):
        np.testing.assert_array_equal(value, expected)


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    parts = Parts.of_script(tmp_path_factory.mktemp("devices"), SCRIPT)
    yield parts
    parts.stop()


@pytest.mark.parametrize("name", ["Adam", "loss scale"])
def test_training_resumes_on_two_devices(parts, name):
    first, resumed = parts[name]
    for value, expected in zip(resumed, first, strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-6, atol=1e-6)


def test_variables_created_on_two_devices_are_restored(parts):
    for values, expected in parts["restored"]:
        assert values == expected


def test_given_weights_on_two_devices(parts):
    assert parts["given"] == [[13, 17], [13, 17]]


def test_layers_added_after_loading_are_restored(tmp_path):
    saved = randomize(tfk.Sequential([tfk.Input((4,)), tfk.layers.Dense(3), tfk.layers.Dense(1)]))
    saved.save_weights(tmp_path / "weights")
    model = tfk.Sequential([tfk.layers.Dense(3)])
    model.load_weights(tmp_path / "weights")
    model.add(tfk.layers.Dense(1))
    model(X)
    assert_equal_weights(model, saved.get_weights())


def test_weights_of_one_name_are_all_stored(tmp_path):
    class Twice(tfk.layers.Layer):
        def build(self, input_shape):
            for _ in range(3):
                self.add_weight("w", (2,), initializer="normal")

        def call(self, inputs):
            return inputs + tf.add_n([tf.reduce_sum(weight) for weight in self.weights])

    saved = tfk.Sequential([Twice()])
    saved(X)
    saved.save_weights(tmp_path / "weights")
    before, after = tfk.Sequential([Twice()]), tfk.Sequential([Twice()])
    before.load_weights(tmp_path / "weights")
    before(X)
    after(X)
    after.load_weights(tmp_path / "weights")
    assert_equal_weights(before, saved.get_weights())
    assert_equal_weights(after, saved.get_weights())


def test_weights_come_from_a_saved_model_and_from_a_nameless_prefix(tmp_path):
    model, other = (tfk.Sequential([tfk.layers.Dense(2, input_shape=(4,))]) for _ in range(2))
    model.save(tmp_path / "served")
    other.load_weights(tmp_path / "served")
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    other.set_weights([2 * weight for weight in model.get_weights()])
    other.save_weights(f"{tmp_path}/folder/")
    assert (tmp_path / "folder" / ".index").is_file()
    model.load_weights(f"{tmp_path}/folder/")
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])


def test_a_model_without_config_is_saved_for_servers(tmp_path):
    class Plain(tfk.Model):
        def __init__(self, units):
            super().__init__()
            self.dense = tfk.layers.Dense(units)

        def call(self, inputs):
            return self.dense(inputs)

        def get_config(self):
            raise NotImplementedError("not here")

    model = Plain(2)
    expected = model(X)
    with pytest.warns(UserWarning, match="load_model cannot recreate it. not here"):
        model.save(tmp_path / "served")
    served = tf.saved_model.load(tmp_path / "served").signatures["serving_default"]
    np.testing.assert_allclose(served(tf.constant(X))["output_1"], expected, rtol=1e-6)


def test_a_subclassed_model_without_weights_is_saved_as_a_checkpoint(tmp_path):
    class Net(tfk.Model):
        def __init__(self):
            super().__init__()
            self.dense = tfk.layers.Dense(2)

        def call(self, inputs):
            return self.dense(inputs)

    Net().save_weights(tmp_path / "easy")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [
        "",
        ".data-00000-of-00001",
        ".index",
    ]
    with pytest.raises(ValueError, match="no weights yet"):
        Net().save_weights(tmp_path / "easy.h5")
