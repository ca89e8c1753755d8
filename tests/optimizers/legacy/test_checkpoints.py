"""Legacy optimizers in TensorFlow checkpoints, exchanged with Keras 2."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2

import tfk

tf_keras = pytest.importorskip("tf_keras")

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
OPTIMIZERS = {
    "Adam": lambda legacy: legacy.Adam(0.01),
    "Adam amsgrad": lambda legacy: legacy.Adam(0.01, amsgrad=True, beta_1=0.8),
    "SGD": lambda legacy: legacy.SGD(0.01),
    "SGD momentum": lambda legacy: legacy.SGD(0.01, momentum=0.9, decay=0.01),
    "RMSprop": lambda legacy: legacy.RMSprop(0.01),
    "RMSprop centered": lambda legacy: legacy.RMSprop(0.01, momentum=0.5, centered=True),
    "Adagrad": lambda legacy: legacy.Adagrad(0.01),
    "Adadelta": lambda legacy: legacy.Adadelta(0.5),
    "Adamax": lambda legacy: legacy.Adamax(0.01),
    "Nadam": lambda legacy: legacy.Nadam(0.01),
    "Ftrl": lambda legacy: legacy.Ftrl(0.01),
}


def compiled(k, make, has_input=True):
    """Five small variables, which share storage for their slots, and an unbuilt optimizer."""
    layers = [k.layers.Dense(units, activation="tanh") for units in (3, 3, 1)]
    model = k.Sequential([k.Input((4,)), *layers] if has_input else layers)
    model.compile(make(k.optimizers.legacy), "mse")
    return model


def train(model, steps):
    """Updates by made-up gradients."""
    model(X)
    for step in range(steps):
        shapes = [variable.shape for variable in model.trainable_variables]
        gradients = [
            tf.reshape(tf.cos(tf.range(shape.num_elements(), dtype="float32") + step), shape)
            for shape in shapes
        ]
        model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return model


def assert_close(model, other):
    for value, expected in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(value, expected, atol=1e-5)


def contents(prefix):
    """Keys, children of the optimizer and names of slots in a checkpoint."""
    reader = tf.train.load_checkpoint(prefix)
    graph = trackable_object_graph_pb2.TrackableObjectGraph.FromString(
        reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH")
    )
    child = next(c for c in graph.nodes[0].children if c.local_name == "optimizer")
    node = graph.nodes[child.node_id]
    return (
        set(reader.get_variable_to_shape_map()),
        {child.local_name for child in node.children},
        sorted(slot.slot_name for slot in node.slot_variables),
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_from_a_checkpoint_of_keras_2_and_back(name, tmp_path):
    make = OPTIMIZERS[name]
    theirs, ours = compiled(tf_keras, make), compiled(tfk, make)
    train(theirs, 2).save_weights(str(tmp_path / "theirs"))
    ours.set_weights(theirs.get_weights())
    train(ours, 2).save_weights(str(tmp_path / "ours"))
    assert contents(tmp_path / "ours") == contents(tmp_path / "theirs")
    train(theirs, 2)
    for has_input in (True, False):
        resumed = compiled(tfk, make, has_input)
        status = resumed.load_weights(tmp_path / "theirs")
        assert_close(train(resumed, 2), theirs)
        status.assert_consumed()
        status.assert_existing_objects_matched()
    train(ours, 2)
    back = compiled(tf_keras, make)
    back.load_weights(str(tmp_path / "ours"))
    assert_close(train(back, 2), ours)
    rebuilt = train(compiled(tfk, make), 1)
    rebuilt.load_weights(tmp_path / "ours").assert_consumed()
    assert_close(train(rebuilt, 2), ours)


def test_another_class_starts_fresh_with_the_settings_it_knows(tmp_path):
    for k in (tf_keras, tfk):
        model = compiled(k, OPTIMIZERS["Adam"])
        train(model, 4).save_weights(str(tmp_path / k.__name__))
        other = compiled(tfk, OPTIMIZERS["SGD momentum"])
        other.load_weights(tmp_path / k.__name__)
        np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
        train(other, 2)
        assert int(other.optimizer.iterations) == 6  # as in Keras 2: 4 from the file, 2 since


def test_settings_come_back_with_all_their_digits(tmp_path):
    saved = tfk.optimizers.legacy.Adam(0.1, beta_1=0.7, beta_2=0.95, decay=0.25)
    prefix = tf.train.Checkpoint(optimizer=saved).write(str(tmp_path / "settings"))
    changed = tfk.optimizers.legacy.Adam(0.5, beta_2=0.95)
    tf.train.Checkpoint(optimizer=changed).read(prefix).assert_consumed()
    assert float(changed.learning_rate) == np.float32(0.1)
    assert float(changed.beta_1) == np.float32(0.7) and changed.decay == 0.25
    assert changed.get_config()["beta_2"] == 0.95


class Speed(tfk.optimizers.legacy.Optimizer):
    """An optimizer as users wrote them, with a slot and a setting."""

    def __init__(self, learning_rate=0.1, friction=0.5, name="Speed", **kwargs):
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("friction", friction)

    def _create_slots(self, var_list):
        for variable in var_list:
            self.add_slot(variable, "speed")

    def _resource_apply_dense(self, grad, var, apply_state=None):
        speed = self.get_slot(var, "speed")
        speed.assign(speed * self._get_hyper("friction") + grad)
        return var.assign_sub(speed * self._get_hyper("learning_rate"))


def test_optimizers_of_users(tmp_path):
    """Two steps by hand: w = 1 - 0.1 * 1; speed = 0.5 + 1; w -= 0.1 * 1.5."""
    first, gradient = tf.Variable(1.0), tf.constant(1.0)
    optimizer = Speed()
    optimizer.apply_gradients([(gradient, first)])
    prefix = tf.train.Checkpoint(v=first, o=optimizer).write(str(tmp_path / "speed"))
    second, other = tf.Variable(5.0), Speed(friction=0.1)
    tf.train.Checkpoint(v=second, o=other).read(prefix)
    other.apply_gradients([(gradient, second)])
    np.testing.assert_allclose(second.numpy(), 0.75, rtol=1e-6)


def test_variables_of_one_name_keep_their_own_slots(tmp_path):
    variables = [tf.Variable([1.0], name="x"), tf.Variable([2.0], name="x")]
    optimizer = tfk.optimizers.legacy.Adam(0.1)
    optimizer.apply_gradients(
        [(tf.constant([1.0]), variables[0]), (tf.constant([3.0]), variables[1])]
    )
    assert [float(optimizer.get_slot(v, "m")[0]) for v in variables] == pytest.approx([0.1, 0.3])
    checkpoint = tf.train.Checkpoint(v=variables, o=optimizer)
    assert "v/1/.OPTIMIZER_SLOT/o/m/.ATTRIBUTES/VARIABLE_VALUE" in {
        key for key, _ in tf.train.list_variables(checkpoint.write(str(tmp_path / "same")))
    }


def test_several_optimizers_in_one_model(tmp_path):
    """Each optimizer is asked for slots of variables that the other one trains."""

    class Pair(tfk.Model):
        def __init__(self):
            super().__init__()
            self.one, self.two = (
                tfk.Sequential([tfk.Input((4,)), tfk.layers.Dense(1)]) for _ in "ab"
            )

        def compile(self, first, second):
            super().compile()
            self.first, self.second = first, second

        def train_step(self, data):
            for part, optimizer in ((self.one, self.first), (self.two, self.second)):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(part(data) ** 2)
                gradients = tape.gradient(loss, part.trainable_variables)
                optimizer.apply_gradients(zip(gradients, part.trainable_variables))
            return {"loss": loss}

    model = Pair()
    model.compile(tfk.optimizers.legacy.Adam(0.1), tfk.optimizers.legacy.RMSprop(0.1))
    model.fit(X, verbose=0)
    model.save_weights(tmp_path / "pair")
    keys = [key for key, _ in tf.train.list_variables(str(tmp_path / "pair"))]
    # Two slots of Adam and one of RMSprop, for a kernel and a bias each.
    assert len([key for key in keys if ".OPTIMIZER_SLOT" in key]) == 2 * 2 + 2
    model.load_weights(tmp_path / "pair").assert_consumed()


@pytest.mark.filterwarnings("ignore:.*get_scaled_loss and get_unscaled_gradients not called")
def test_a_loss_scale_optimizer_passes_slots_on(tmp_path):
    def make(legacy):
        mixed = tfk.mixed_precision if legacy is tfk.optimizers.legacy else tf_keras.mixed_precision
        return mixed.LossScaleOptimizer(legacy.Adam(0.01), dynamic=False, initial_scale=2)

    theirs, ours = compiled(tf_keras, make), compiled(tfk, make)
    train(theirs, 2).save_weights(str(tmp_path / "theirs"))
    ours.load_weights(tmp_path / "theirs").assert_existing_objects_matched()
    assert_close(train(ours, 2), train(theirs, 2))
    train(ours, 1).save_weights(str(tmp_path / "ours"))
    theirs.load_weights(str(tmp_path / "ours")).assert_existing_objects_matched()
    assert_close(train(theirs, 2), train(ours, 2))


def test_training_goes_on_after_fit(tmp_path):
    """The update that `fit` traced leaves nothing in the optimizer that cannot be saved."""
    model = compiled(tfk, OPTIMIZERS["Adam"])
    model.fit(X, X[:, :1], verbose=0)
    model.save_weights(tmp_path / "fitted")
    again = compiled(tfk, OPTIMIZERS["Adam"])
    again.load_weights(tmp_path / "fitted")
    assert_close(train(again, 2), train(model, 2))


def test_a_new_decay_counts_in_models_trained_before():
    model = compiled(tfk, OPTIMIZERS["SGD"])
    x, y = X[:8], X[:8, :1]
    model.fit(x, y, verbose=0)
    model.optimizer.decay = 1e9
    weights = model.get_weights()
    model.fit(x, y, verbose=0)
    for value, before in zip(model.get_weights(), weights):
        np.testing.assert_allclose(value, before, atol=1e-7)


def test_present_optimizers_do_not_take_this_layout(tmp_path):
    prefix = str(tmp_path / "old")
    train(compiled(tf_keras, OPTIMIZERS["Adam"]), 1).save_weights(prefix)
    model = compiled(tfk, OPTIMIZERS["Adam"])
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match="before 2.11"):
        model.load_weights(prefix)
