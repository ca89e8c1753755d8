"""Checkpoints that do not fit a model: an error, and the model stays as it was."""

import warnings

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


@pytest.mark.parametrize("writer", [tfk, tf_keras], ids=lambda k: k.__name__)
def test_arrays_that_are_not_used_are_named(writer, tmp_path):
    longer = stack(writer, 3, 2)
    longer.compile("adam", "mse", metrics=["mae"])
    longer.train_on_batch(np.ones((1, 4)), np.ones((1, 2)))
    longer.save_weights(tmp_path / "w")
    longer.save(tmp_path / "folder", save_format="tf")
    prefixes = [tmp_path / "w"]
    if writer is tf_keras:  # folders of tfk are read from the .keras file in them
        prefixes.append(tmp_path / "folder")
    for prefix in prefixes:
        message = "holds layer_with_weights-1/bias, layer_with_weights-1/kernel, which"
        with pytest.warns(UserWarning, match=message):
            stack(tfk, 3).load_weights(prefix)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stack(tfk, 3).load_weights(prefixes[0]).expect_partial()
        stack(tfk, 3, 2).load_weights(prefixes[0])
        late = tfk.Sequential([tfk.layers.Dense(3), tfk.layers.Dense(2)])
        late.load_weights(prefixes[0])  # the layers take the arrays once they are built


@pytest.mark.parametrize("writer", [tfk, tf_keras], ids=lambda k: k.__name__)
@pytest.mark.parametrize("is_built", [True, False], ids=["built", "not built"])
@pytest.mark.parametrize("scaled", [True, False], ids=["scaled", "plain"])
def test_the_state_of_another_optimizer_is_left_out(writer, is_built, scaled, tmp_path):
    """SGD has one slot for each variable, and would read the two of Adam in turn."""

    def updated(k, optimizer):
        model = stack(k, 3, 1)
        model.compile(optimizer, "mse")
        gradients = [tf.ones(v.shape) for v in model.trainable_variables]
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return model

    saved = updated(writer, writer.optimizers.Adam())
    saved.save_weights(str(tmp_path / "w"))
    optimizer = tfk.optimizers.SGD(0.1, momentum=0.9)
    wrap = tfk.mixed_precision.LossScaleOptimizer if scaled else lambda inner: inner
    model = stack(tfk, 3, 1)
    model.compile(wrap(optimizer), "mse")
    if is_built:
        optimizer.build(model.trainable_variables)
    with pytest.warns(UserWarning, match='another optimizer, Adam: SGD "SGD" keeps its own'):
        model.load_weights(tmp_path / "w")
    optimizer.build(model.trainable_variables)
    assert all(np.all(variable.numpy() == 0) for variable in optimizer.variables)
    assert float(optimizer.learning_rate) == np.float32(0.1)
    for value, expected in zip(model.get_weights(), saved.get_weights(), strict=True):
        np.testing.assert_array_equal(value, expected)
    model.save_weights(tmp_path / "again")
    again = stack(tfk, 3, 1)
    again.compile(tfk.optimizers.SGD(0.1, momentum=0.9), "mse")
    again.load_weights(tmp_path / "again")


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
