"""Functional, Sequential and subclassed models: structure, sub-models, configs, copies."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tests.support.compare import assert_same_outputs
from tfk.engine.graph.input_layer import Input
from tfk.layers import Add, Concatenate, Dense, Dropout, Flatten, Layer
from tfk.models import Model, Sequential, clone_model, model_from_json


def branched():
    """Two inputs, a shared layer, two outputs."""
    a, b = Input((4,), name="a"), Input((4,), name="b")
    shared = Dense(3, name="shared")
    left, right = shared(a), shared(b)
    joined = Concatenate(name="joined")([left, right])
    return Model(
        [a, b],
        {"sum": Add(name="sum")([left, right]), "out": Dense(1, name="out")(joined)},
        name="net",
    )


def test_shared_layers_nests_and_order():
    model = branched()
    outputs = model([tf.ones((2, 4)), tf.zeros((2, 4))])
    assert set(outputs) == {"sum", "out"}
    kernel, bias = model.get_layer("shared").get_weights()
    np.testing.assert_allclose(outputs["sum"], np.tile(kernel.sum(0) + 2 * bias, (2, 1)), atol=1e-6)
    assert model.count_params() == 15 + 7 and model.input_names == ["a", "b"]
    assert model.input_shape == [(None, 4), (None, 4)]


def test_layer_order_equals_keras():
    tf_keras = pytest.importorskip("tf_keras")

    def build(k, layers):
        a, b = k.Input((4,), name="a"), k.Input((4,), name="b")
        shared = layers.Dense(4, name="shared")
        x = layers.Dense(4, name="d1")(shared(a))
        y = shared(x)
        z = layers.Concatenate(name="c")([layers.Dense(2, name="side")(b), y, x])
        w = layers.Add(name="add")(
            [layers.Dense(10, name="late")(z), layers.Concatenate(name="c2")([b, z[:, :6]])]
        )
        return k.Model([a, b], [w, layers.Dense(2, name="end")(y)])

    import tfk.layers
    import tfk.models

    class Ours:
        Input, Model = staticmethod(Input), Model

    theirs = build(tf_keras, tf_keras.layers)
    ours = build(Ours, tfk.layers)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert (
        json.loads(ours.to_json())["config"]["layers"][-1]["inbound_nodes"]
        == (json.loads(theirs.to_json())["config"]["layers"][-1]["inbound_nodes"])
    )


def test_dict_inputs_are_matched_by_name_and_ranks_are_put_right():
    model = branched()
    one = model({"a": tf.ones((2, 4)), "b": tf.zeros((2, 4)), "extra": 1})
    two = model([np.ones((2, 4)), np.zeros((2, 4), "int32")])
    np.testing.assert_allclose(one["out"], two["out"])
    column = Model(x := Input((1,)), Dense(1)(x))
    assert column(tf.ones((5,))).shape == (5, 1)


@pytest.mark.parametrize(
    "bad, message",
    [
        (lambda m: m([tf.ones((2, 4))]), r"expected 2 input\(s\) \(a, b\), got 1"),
        (lambda m: m({"a": tf.ones((2, 4))}), r"the inputs \['b'\] are missing"),
        (
            lambda m: m([tf.ones((2, 5)), tf.ones((2, 4))]),
            r'input "a" does not fit: expected shape \(None, 4\). Its shape is \(2, 5\)',
        ),
        (lambda m: m.get_layer("none"), r"has no layer 'none'. It has \["),
        (lambda m: m.get_layer(index=99), "none at index 99"),
        (lambda m: m.get_layer(), "either a name or an index"),
        (lambda m: Model(Input((2,)), m.outputs[0]), 'graph is disconnected.*Input "[ab]"'),
        (lambda m: Model(m.inputs + m.inputs[:1], m.outputs), "the same Input is listed twice"),
    ],
)
def test_clear_errors(bad, message):
    with pytest.raises(ValueError, match=message):
        bad(branched())


def test_wrong_things_in_place_of_symbolic_tensors():
    x = Input((2,))
    with pytest.raises(TypeError, match="outputs must be symbolic tensors"):
        Model(x, tf.ones((2,)))
    with pytest.raises(TypeError, match="needs both inputs and outputs"):
        Model(inputs=x)
    with pytest.raises(ValueError, match="layer names must be unique"):
        Model(x, Dense(2, name="d")(Dense(2, name="d")(x)))
    with pytest.raises(TypeError, match="has no value while a model is being built"):
        if x > 0:
            pass
    with pytest.raises(TypeError, match="NumPy"):
        np.sqrt(x)


def test_submodels_cut_out_of_inner_tensors():
    model = Sequential([Dense(3, input_shape=(4,)), Dense(2), Dense(1)])
    features = Model(model.inputs, model.layers[1].output)
    assert features(tf.ones((2, 4))).shape == (2, 2)
    head = Model(model.layers[1].output, model.output)
    np.testing.assert_allclose(head(features(tf.ones((2, 4)))), model(tf.ones((2, 4))), atol=1e-6)
    assert head.layers[-1] is model.layers[-1]


def test_nested_models_share_weights_and_configs_come_back():
    inner = Sequential([Dense(3, activation="relu", input_shape=(4,)), Dropout(0.5)], name="inner")
    a, b = Input((4,), name="a"), Input((4,), name="b")
    model = Model([a, b], Dense(1)(Concatenate()([inner(a), inner(b)])))
    assert len(model.weights) == 4
    copy = Model.from_config(json.loads(json.dumps(model.get_config())))
    assert_same_outputs(model, copy, [tf.random.normal((3, 4)), tf.random.normal((3, 4))])
    assert json.dumps(copy.get_config()) == json.dumps(model.get_config())


def test_training_flag_reaches_dropout_in_nested_graphs():
    inner = Sequential([Dropout(0.5, input_shape=(1000,))])
    x = Input((1000,))
    model = Model(x, inner(x))
    data = tf.ones((1, 1000))
    np.testing.assert_allclose(model(data), data)
    assert np.mean(model(data, training=True) == 0) > 0.3
    always = Model(x, Dropout(0.5)(x, training=True))
    assert np.mean(always(data) == 0) > 0.3


def test_masks_flow_through_graphs():
    from tfk.layers import Embedding

    class Length(Layer):
        def call(self, inputs, mask=None):
            return tf.reduce_sum(tf.cast(mask, tf.float32), -1)

    x = Input((None,), dtype="int32")
    model = Model(x, Length()(Dropout(0.1)(Embedding(5, 2, mask_zero=True)(x))))
    np.testing.assert_allclose(model(tf.constant([[1, 2, 0], [0, 0, 0]])), [2, 0])


def test_functions_operators_and_slices_become_layers_and_come_back_from_json():
    x, y = Input((4, 3)), Input((4, 3))
    z = tf.nn.relu(x * 2.0 - y) @ tf.constant(np.eye(3, dtype="float32"))
    z = tf.concat([z[:, 1:, ::2], (1.0 / (tf.abs(x) + 1.0))[..., :2][:, :3]], axis=-1)
    z = tf.reshape(z, [tf.shape(z)[0], -1]) ** 2
    z = tf.where(z > 0.5, z, -z) + tf.reduce_mean(y, axis=[1, 2])[:, tf.newaxis]
    model = Model([x, y], [z, tf.stack([x, y], 1)])
    data = [tf.random.normal((2, 4, 3)), tf.random.normal((2, 4, 3))]
    by_hand = tf.nn.relu(data[0] * 2 - data[1])
    by_hand = tf.concat([by_hand[:, 1:, ::2], (1 / (tf.abs(data[0]) + 1))[..., :2][:, :3]], -1)
    by_hand = tf.reshape(by_hand, [2, -1]) ** 2
    by_hand = tf.where(by_hand > 0.5, by_hand, -by_hand) + tf.reduce_mean(data[1], [1, 2])[:, None]
    np.testing.assert_allclose(model(data)[0], by_hand, atol=1e-5)
    copy = model_from_json(model.to_json())
    for one, other in zip(model(data), copy(data)):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_variables_in_functions_train_with_the_model():
    factor = tf.Variable(3.0, name="factor")
    x = Input((2,))
    model = Model(x, tf.multiply(x, factor))
    assert [w.name for w in model.trainable_weights] == ["factor:0"]


def test_ragged_and_sparse_inputs():
    x = Input((None,), ragged=True, dtype="int32")
    model = Model(x, tf.reduce_sum(x, axis=1))
    np.testing.assert_array_equal(model(tf.ragged.constant([[1, 2], [3]])), [3, 3])
    dense = Model(x, x.to_tensor())
    np.testing.assert_array_equal(dense(tf.ragged.constant([[1, 2], [3]])), [[1, 2], [3, 0]])
    sum_ = Model(x, (x + x) + 1)
    assert sum_(tf.ragged.constant([[1, 2], [3]])).to_list() == [[3, 5], [7]]
    s = Input((3,), sparse=True)
    sparse = Model(s, s.values + 1.0)
    np.testing.assert_array_equal(sparse(tf.sparse.from_dense([[0.0, 2.0, 0.0]])), [3])


def test_files_may_name_pure_functions_only():
    config = json.loads(Model(x := Input((2,)), tf.nn.relu(x)).to_json())
    for name in (
        "io.write_file",
        "py_function",
        "raw_ops.WriteFile",
        "os.system",
        "numpy_function",
        "load_library",
    ):
        config["config"]["layers"][1]["config"]["function"] = name
        with pytest.raises(ValueError, match="not among the pure functions"):
            model_from_json(json.dumps(config))


def test_symbolic_losses_and_metrics_on_graphs():
    x = Input((3,))
    hidden = Dense(2, kernel_initializer="ones")(x)
    model = Model(x, Dense(1)(hidden))
    model.add_loss(tf.reduce_sum(hidden))
    model.add_metric(tf.reduce_mean(hidden), name="mean_hidden")
    model(tf.ones((2, 3)))
    np.testing.assert_allclose(model.losses, [12.0])
    assert [m.name for m in model.metrics] == ["mean_hidden"]
    copy = model_from_json(model.to_json())
    copy.set_weights(model.get_weights())
    copy(tf.ones((2, 3)))
    np.testing.assert_allclose(copy.losses, [12.0])


# Sequential
# ----------------------------------------------------------------------------------------


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


# Subclasses
# ----------------------------------------------------------------------------------------


class Residual(Model):
    def __init__(self, width=4, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.first, self.second = Dense(width, activation="relu"), Dense(width)

    def call(self, inputs, training=None):
        return inputs + self.second(self.first(inputs))

    def get_config(self):
        return {**super().get_config(), "width": self.width}


def test_subclassed_model_builds_from_a_shape_or_from_data():
    model = Residual()
    model.build((None, 4))
    assert len(model.weights) == 4 and model.built
    assert [w.name for w in model.weights][0] == "dense/kernel:0"  # as in Keras 2
    other = Residual.from_config(model.get_config())
    other(tf.ones((1, 4)))
    assert_same_outputs(model, other, tf.random.normal((2, 4)))
    with pytest.raises(ValueError, match="could not run call"):
        Residual().build((None, 5))


def test_subclass_given_inputs_and_outputs_is_a_graph_with_methods():
    class WithMethod(Model):
        def double(self, x):
            return 2 * self(x)

    x = Input((3,))
    model = WithMethod(x, Dense(1)(x))
    assert model.double(tf.ones((1, 3))).shape == (1, 1) and model.output_shape == (None, 1)

    class Fixed(Model):
        def __init__(self):
            x = Input((3,))
            super().__init__(inputs=x, outputs=Dense(2)(x), name="fixed")
            self.extra = Dense(1)

    fixed = Fixed()
    fixed.extra(tf.ones((1, 2)))
    assert len(fixed.weights) == 4 and [layer.name for layer in fixed.layers][0] == "input_2"


def test_model_called_as_a_layer_of_another():
    x = Input((4,))
    outer = Model(x, Dense(1)(Residual()(x)))
    assert outer(tf.ones((2, 4))).shape == (2, 1) and len(outer.weights) == 6


# Copies
# ---------------------------------------------------------------------------------------------


def test_clone_has_its_own_weights_and_equal_config():
    model = branched()
    clone = clone_model(model)
    assert json.dumps(clone.get_config()) == json.dumps(model.get_config())
    assert not {id(w) for w in clone.weights} & {id(w) for w in model.weights}
    assert_same_outputs(model, clone, [tf.random.normal((2, 4)), tf.random.normal((2, 4))])


def test_clone_function_and_input_tensors():
    model = Sequential([Dense(3, input_shape=(4,)), Dense(2)])

    def wider(layer):
        return Dense(layer.units + 1, name=layer.name)

    clone = clone_model(model, clone_function=wider)
    assert clone.output_shape == (None, 3)
    again = clone_model(branched(), input_tensors=[Input((4,), name="p"), Input((4,), name="q")])
    assert again.input_names == ["p", "q"]
    with pytest.raises(ValueError, match="subclassed model"):
        clone_model(Residual(), clone_function=wider)


def test_deep_graphs_need_no_deep_stack():
    x = out = Input((2,))
    for _ in range(1500):
        out = Add()([out, x])
    assert len(Model(x, out).layers) == 1501


def test_weight_paths_name_attributes_or_layers():
    model = Residual()
    model.build((None, 4))
    assert list(model.get_weight_paths()) == [
        "first.kernel",
        "first.bias",
        "second.kernel",
        "second.bias",
    ]
    stack = Sequential([Dense(1, input_shape=(2,), name="a"), Dropout(0.1), Dense(1, name="b")])
    assert list(stack.get_weight_paths()) == ["a.kernel", "a.bias", "b.kernel", "b.bias"]
    assert stack.get_weight_paths()["b.kernel"] is stack.layers[2].kernel
