"""Sequential: repeated layers, inputs of other shapes, layers without symbolic calls."""

import json

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk
from tests.support.compare import assert_same_outputs
from tfk.engine.graph.input_layer import Input
from tfk.layers import Dense, Dropout, Flatten, Layer, RandomFlip, ReLU, Rescaling
from tfk.models import Sequential


def test_layer_in_several_places_has_the_same_weights():
    shared = Dense(3, use_bias=False, name="shared")
    model = tfk.Sequential([shared, shared, ReLU(), shared])
    x = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
    result = model(x)
    kernel = shared.kernel.numpy()
    np.testing.assert_allclose(result, np.maximum(x @ kernel @ kernel, 0) @ kernel, rtol=1e-5)
    assert [layer.name for layer in model.layers][:1] == ["shared"] and len(model.layers) == 2
    assert len(model.weights) == 1


def test_repeated_layers_train_as_in_keras():
    def history(keras):
        layers = keras.layers
        norm, drop = layers.BatchNormalization(), layers.Dropout(0.0)
        hidden = layers.Dense(4, kernel_initializer="ones")
        model = keras.Sequential([keras.Input((4,)), norm, hidden, norm, drop, hidden, drop])
        model.compile("sgd", "mse")
        x = np.arange(32, dtype="float32").reshape(8, 4) / 32
        return model.fit(x, x, verbose=0, shuffle=False, epochs=3).history["loss"], len(
            model.layers
        )

    ours, theirs = history(tfk), history(tf_keras)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-4)
    assert ours[1] == theirs[1]


@pytest.mark.parametrize("start", [[tfk.Input((3,))], []])
def test_repeated_layers_come_back_from_configs_and_clones(start):
    shared = Dense(3, name="shared")
    model = tfk.Sequential([*start, shared, ReLU(name="r"), shared])
    model.build((None, 3))
    x = np.ones((2, 3), "float32")
    for copy in (tfk.Sequential.from_config(model.get_config()), tfk.models.clone_model(model)):
        copy.build((None, 3))
        assert len(copy.weights) == 2
        copy.set_weights(model.get_weights())
        np.testing.assert_allclose(copy(x), model(x), rtol=1e-6)


def test_names_of_different_layers_must_differ():
    with pytest.raises(ValueError, match="duplicate layer name 'a'"):
        tfk.Sequential([Dense(2, name="a"), Dense(3, name="a")])


def test_other_models_of_the_layers_keep_their_graphs():
    dense = Dense(2)
    x = tfk.Input((3,))
    other = tfk.Model(x, dense(x))
    model = tfk.Sequential([dense, Dense(1)])
    model(np.ones((4, 3), "float32"))
    model(np.ones((5, 3), "float32"))
    assert dense.output is other.output
    np.testing.assert_allclose(other(np.ones((1, 3))), dense(np.ones((1, 3), "float32")))
    assert len(dense.inbound_nodes) == 2


def test_pop_and_add_again():
    model = tfk.Sequential([tfk.Input((3,)), Dense(2), Dense(5)])
    model.pop()
    assert model.output_shape == (None, 2) and not model.layers[-1].outbound_nodes
    model.pop()
    assert not model.layers
    assert model.inputs is None and model.outputs is None
    model.add(Dense(4))
    assert model(np.ones((2, 3))).shape == (2, 4)
    deferred = tfk.Sequential([Dense(2), Dense(3)])
    deferred(np.ones((1, 7)))
    deferred.pop()
    deferred.pop()
    deferred.add(Dense(2))
    assert deferred(np.ones((1, 9))).shape == (1, 2)


def test_an_inferred_input_may_change_its_rank():
    augment = tfk.Sequential([RandomFlip("horizontal"), Rescaling(0.5)])
    batch = np.ones((1, 24, 18, 3), "float32")
    np.testing.assert_allclose(augment(batch), batch / 2)
    image = np.ones((6, 6, 3), "float32")
    np.testing.assert_allclose(augment(image), image / 2)
    assert augment.input_spec is None


def test_a_given_input_is_checked():
    model = tfk.Sequential([Dense(3, input_dim=10), Dense(2)])
    assert len(model.input_spec) == 1
    assert model(np.ones((2, 10), "float32")).shape == (2, 2)
    assert model(np.ones((2, 10, 10), "float32")).shape == (2, 10, 2)  # as in Keras 2
    with pytest.raises(ValueError, match="does not fit"):
        model.predict(np.ones((2, 5, 10)), verbose=0)
    with pytest.raises(ValueError, match="does not fit"):
        model(np.ones((2, 9)))


class EagerOnly(Layer):
    """Works on values alone."""

    def call(self, x):
        return tf.constant(x.numpy() * 2.0)


def test_layers_that_need_values_run_one_after_the_other():
    model = tfk.Sequential([EagerOnly(), EagerOnly()])
    np.testing.assert_allclose(model(np.ones((2, 3), "float32")), np.full((2, 3), 4.0))
    assert model.inputs is None
    model.compile("sgd", "mse", run_eagerly=True)
    np.testing.assert_allclose(model.predict(np.ones((2, 3)), verbose=0), np.full((2, 3), 4.0))


class TakesDict(Layer):
    def __init__(self):
        super().__init__()
        self.a, self.b = Dense(2), Dense(2)

    def call(self, inputs):
        return self.a(inputs["a"]) + self.b(inputs["b"])


def test_build_with_a_dict_of_shapes():
    model = tfk.Sequential([TakesDict(), Dense(1)])
    model.build({"a": (None, 3), "b": (None, 4)})
    assert sorted(tuple(w.shape) for w in model.weights) == [
        *((1,), (2,), (2,)),
        *((2, 1), (3, 2), (4, 2)),
    ]
    assert model({"a": np.ones((5, 3)), "b": np.ones((5, 4))}).shape == (5, 1)


def test_several_outputs_are_rejected():
    class Two(Layer):
        def call(self, x):
            return x, x

    with pytest.raises(ValueError, match="one output"):
        tfk.Sequential([Two()]).build((None, 2))


class Scale(tf.Module):
    def __init__(self):
        self.v = tf.Variable(2.0)

    def __call__(self, x):
        return self.v * x


class ScaleWithMode(tf.Module):
    def __init__(self):
        super().__init__()
        self.v = tf.Variable(2.0)

    def call(self, x, training=None):
        return self.v * x if training else x


def test_modules_become_layers():
    model = tfk.Sequential([Scale(), ScaleWithMode()])
    np.testing.assert_allclose(model(np.ones((1, 1)), training=True), [[4.0]])
    np.testing.assert_allclose(model(np.ones((1, 1))), [[2.0]])
    assert len(model.trainable_variables) == 2
    with pytest.raises(ValueError, match="is not defined"):
        tfk.Sequential([tf.Module()])
    with pytest.raises(TypeError, match="expected a layer"):
        tfk.Sequential([tf.nn.relu])


def test_sequential_builds_at_once_or_when_it_sees_data():
    at_once = Sequential([Input((4,)), Dense(3), Dense(2)])
    assert at_once.output_shape == (None, 2) and [layer.name for layer in at_once.layers] == [
        "dense",
        "dense_1",
    ]
    later = Sequential([Dense(3), Dense(2)])
    assert not later.built
    with pytest.raises(ValueError, match="has no weights yet"):
        later.weights  # noqa: B018
    with pytest.raises(ValueError, match="summary.. needs the weights"):
        later.summary()
    later(tf.ones((5, 4)))
    assert later.input_shape == (None, 4) and len(later.weights) == 4
    later.pop()
    assert later.output_shape == (None, 3) and len(later.weights) == 2
    later.add(Dense(7))
    assert later(tf.ones((5, 4))).shape == (5, 7)


def test_sequential_widens_sizes_that_vary():
    model = Sequential([Dense(3), Dropout(0.1)])
    assert model(tf.ones((2, 5, 4))).shape == (2, 5, 3)
    kernel = model.get_weights()[0]
    assert model(tf.ones((2, 9, 4))).shape == (2, 9, 3)
    np.testing.assert_array_equal(kernel, model.get_weights()[0])
    assert model.input_shape == (None, None, 4)


def test_sequential_of_models_and_old_spellings():
    inner = Sequential([Dense(3, input_dim=4)])
    outer = Sequential([inner, Flatten(), Dense(1)])
    assert outer.built and outer.count_params() == 15 + 4
    copy = Sequential.from_config(json.loads(json.dumps(outer.get_config())))
    assert_same_outputs(outer, copy, tf.random.normal((2, 4)))


@pytest.mark.parametrize(
    "bad, error, message",
    [
        (lambda m: m.add(3), TypeError, "expected a layer, got int"),
        (lambda m: m.add(lambda x: x), TypeError, r"Lambda\(function\)"),
        (lambda m: m.add(Dense(1, name="d")), ValueError, "duplicate layer name 'd'"),
        (lambda m: m.add(Input((3,))), ValueError, "an Input must be the first layer"),
        (lambda m: Sequential().pop(), TypeError, "no layers to pop"),
    ],
)
def test_sequential_errors(bad, error, message):
    model = Sequential([Dense(2, name="d", input_shape=(3,))])
    with pytest.raises(error, match=message):
        bad(model)
    assert model.output_shape == (None, 2)
