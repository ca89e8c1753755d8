"""Slots that lie end to end, and look like variables of their own."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.optimizers import SGD, Adam, RMSprop
from tfk.optimizers.flat_group import FLAT_LIMIT, FlatGroup, form_groups
from tfk.optimizers.virtual_variable import VirtualVariable


def variables(count=5, shape=(2, 3)):
    return [tf.Variable(tf.ones(shape), name=f"w{i}") for i in range(count)]


def test_who_is_grouped():
    small = variables(4)
    large = [tf.Variable(tf.zeros((FLAT_LIMIT,)))]
    double = [tf.Variable(tf.zeros(2, tf.float64)) for _ in range(3)]
    assert form_groups([*small, *large, *double], lambda v: v.dtype) == [[0, 1, 2, 3]]
    assert form_groups(small[:3], lambda v: v.dtype) == []


def test_a_view_is_a_part_of_the_storage():
    members = [tf.Variable(tf.zeros(shape)) for shape in ((2, 2), (), (3,), (1, 2))]
    group = FlatGroup([0, 1, 4, 5], members, tf.float32, {"m": 0.5})
    view = group.view("m", 4, "m/third")
    assert (view.name, tuple(view.shape), view.dtype, view.trainable) == (
        "m/third:0",
        (3,),
        tf.float32,
        False,
    )
    view.assign([1.0, 2.0, 3.0])
    view.assign_add([1.0, 1.0, 1.0])
    view.assign_sub([0.0, 0.0, 1.0])
    np.testing.assert_array_equal(group.storage["m"], [0.5] * 5 + [2, 3, 3] + [0.5] * 2)
    np.testing.assert_array_equal(view.numpy(), [2, 3, 3])
    np.testing.assert_array_equal(np.asarray(view), [2, 3, 3])
    np.testing.assert_array_equal(tf.convert_to_tensor(view) + view * 2, [6, 9, 9])
    assert isinstance(view, tf.Variable)
    assert "m/third:0" in repr(view)
    with pytest.raises(
        ValueError, match="m/third:0 has shape \\(3,\\), the value to assign has \\(2,\\)"
    ):
        view.assign([1.0, 2.0])
    parts = group.part(group.join([tf.fill(m.shape, float(i)) for i, m in enumerate(members)]))
    assert [tuple(p.shape) for p in parts] == [(2, 2), (), (3,), (1, 2)]
    assert [float(tf.reduce_max(p)) for p in parts] == [0, 1, 2, 3]


def test_values_assigned_between_updates_count():
    trained = variables()
    optimizer = SGD(1.0, momentum=0.5)
    optimizer.build(trained)
    assert isinstance(optimizer.variables[1], VirtualVariable)
    optimizer.variables[2].assign(tf.fill((2, 3), -8.0))
    optimizer.apply_gradients([(tf.zeros((2, 3)), v) for v in trained])
    assert [float(v[0, 0]) for v in trained] == [1, -3, 1, 1, 1]


def test_state_survives_a_checkpoint_whatever_is_grouped(tmp_path):
    """Five variables share their slots, three of them alone do not; the keys are the same."""
    trained = variables(3)
    optimizer, others = Adam(0.1), variables(5)
    optimizer.apply_gradients([(v * 2.0, v) for v in trained])
    path = tf.train.Checkpoint(optimizer=optimizer).write(str(tmp_path / "c"))
    grouped = Adam(0.1)
    grouped.build(others)
    tf.train.Checkpoint(optimizer=grouped).read(path).expect_partial()
    for a, b in zip(optimizer.variables, grouped.variables):
        np.testing.assert_array_equal(a, b)


def test_saved_model_of_a_training_function(tmp_path):
    """For training on a device: the function works on without this library."""

    class Trainer(tf.Module):
        def __init__(self, optimizer):
            self.weights = [*variables(), tf.Variable(tf.ones((200, 60)))]
            self.optimizer = optimizer
            optimizer.build(self.weights)

        @tf.function(input_signature=[tf.TensorSpec(())], autograph=False)
        def train(self, factor):
            self.optimizer.apply_gradients([(w * factor, w) for w in self.weights])
            return self.weights[0] + self.weights[5][0, 0]

    for number, optimizer in enumerate((Adam(0.1), RMSprop(0.1))):
        trainer = Trainer(optimizer)
        trainer.train(tf.constant(1.0))
        tf.saved_model.save(trainer, str(tmp_path / str(number)))
        loaded = tf.saved_model.load(str(tmp_path / str(number)))
        np.testing.assert_allclose(
            loaded.train(tf.constant(1.0)), trainer.train(tf.constant(1.0)), rtol=1e-6
        )
