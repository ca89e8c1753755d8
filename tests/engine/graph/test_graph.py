"""Graphs of layers: order, nesting, masks, configs and the errors of building them."""

import json

import numpy as np
import pytest
import tensorflow as tf

from tests.support.compare import assert_same_outputs
from tests.support.models import branched
from tfk.engine.graph.input_layer import Input
from tfk.layers import Add, Concatenate, Dense, Dropout, Layer
from tfk.models import Model, Sequential, model_from_json


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
    with pytest.warns(UserWarning, match=r"the keys \['extra'\]"):
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


def test_deep_graphs_need_no_deep_stack():
    x = out = Input((2,))
    for _ in range(1500):
        out = Add()([out, x])
    assert len(Model(x, out).layers) == 1501
