"""Checkpoints that do not fit a model: an error, and the model stays as it was."""

import numpy as np
import pytest
import tensorflow as tf

import tfk

tf_keras = pytest.importorskip("tf_keras")
X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")


def stack(k, *units):
    return k.Sequential([k.Input((4,)), *(k.layers.Dense(count) for count in units)])


def subclass(k, name):
    class Net(k.Model):
        def __init__(self):
            super().__init__()
            setattr(self, name, k.layers.Dense(2))

        def call(self, inputs):
            return getattr(self, name)(inputs)

    model = Net()
    model(X)
    return model


def assert_refused(model, prefix, message):
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        model.load_weights(prefix)
    for value, expected in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize("writer", [tfk, tf_keras], ids=lambda k: k.__name__)
def test_a_checkpoint_of_other_shapes_changes_nothing(writer, tmp_path):
    stack(writer, 3, 2).save_weights(str(tmp_path / "w"))
    # The first layer would fit.
    assert_refused(
        stack(tfk, 3, 5), tmp_path / "w", r"layer_with_weights-1/kernel .*\(3, 5\).*\(3, 2\)"
    )


@pytest.mark.parametrize("writer", [tfk, tf_keras], ids=lambda k: k.__name__)
def test_a_checkpoint_of_another_model_is_refused(writer, tmp_path):
    subclass(writer, "head").save_weights(str(tmp_path / "w"))
    assert_refused(
        subclass(tfk, "tail"), tmp_path / "w", "nothing in the checkpoint.*head/kernel.*dense"
    )


def test_weights_that_a_checkpoint_lacks_are_named(tmp_path):
    shorter = stack(tfk, 3)
    shorter.save_weights(tmp_path / "w")
    longer = stack(tfk, 3, 2)
    last = longer.layers[1].get_weights()[0]
    with pytest.warns(UserWarning, match="holds nothing for dense_2/kernel:0, dense_2/bias:0"):
        longer.load_weights(tmp_path / "w")
    np.testing.assert_array_equal(longer.get_weights()[0], shorter.get_weights()[0])
    np.testing.assert_array_equal(longer.get_weights()[2], last)


def test_the_state_of_a_legacy_optimizer_is_refused_before_anything_changes(tmp_path):
    saved = stack(tf_keras, 1)
    saved.compile(tf_keras.optimizers.legacy.Adam(), "mse", run_eagerly=True)
    saved.fit(X, X[:, :1], verbose=0)
    saved.save_weights(str(tmp_path / "w"))
    model = stack(tfk, 1)
    model.compile("adam", "mse")
    assert_refused(model, tmp_path / "w", "before 2.11")


def test_a_plain_restore_keeps_the_contract_of_tensorflow(tmp_path):
    path = tf.train.Checkpoint(model=subclass(tfk, "head")).save(str(tmp_path / "c"))
    status = tf.train.Checkpoint(model=subclass(tfk, "tail")).restore(path)
    with pytest.raises(AssertionError):
        status.assert_consumed()


def test_a_subclassed_model_without_weights_yet_is_saved_as_in_keras_2(tmp_path):
    for k in (tfk, tf_keras):

        class Net(k.Model):
            def __init__(self):
                super().__init__()
                self.head = k.layers.Dense(2)  # noqa: B023

            def call(self, inputs):
                return self.head(inputs)

        Net().save_weights(str(tmp_path / k.__name__))
        names = [name for name, _ in tf.train.list_variables(str(tmp_path / k.__name__))]
        assert not any("kernel" in name for name in names)
