"""Private names of Keras 2's classes that packages use, while `install()` is in force."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.compat import private_names
from tfk.engine.layer.layer import Layer


@pytest.fixture
def installed():
    tfk.install()
    yield
    tfk.uninstall()


def classifier():
    inputs = tfk.Input((3,), name="a")
    hidden = tfk.layers.Dense(4, name="b")(inputs)
    return tfk.Model(inputs, tfk.layers.Dense(2, name="c")(hidden))


def test_the_classes_have_them_only_while_installed():
    before = [dict(vars(module.CLASS)) for module in private_names.MODULES]
    tfk.install()
    for module in private_names.MODULES:
        assert set(module.NAMES) <= set(vars(module.CLASS))
    tfk.uninstall()
    assert before == [dict(vars(module.CLASS)) for module in private_names.MODULES]


def test_lists_of_own_weights_can_be_changed(installed):
    layer = tfk.layers.BatchNormalization()
    layer.build((None, 3))
    assert [len(layer._trainable_weights), len(layer._non_trainable_weights)] == [2, 2]
    gamma, beta = layer._trainable_weights
    layer._trainable_weights.remove(gamma)
    layer.gamma = None
    assert layer.trainable_weights == [beta]
    extra = tf.Variable(1.0)
    layer._trainable_weights.append(extra)
    assert [v is w for v, w in zip(layer.trainable_weights, (beta, extra))] == [True, True]
    with pytest.raises(ValueError, match="is not a weight of"):
        layer._trainable_weights.remove(gamma)


def test_a_class_may_wrap_the_variables_of_a_layer(installed):
    class Doubled(tfk.layers.Dense):
        def _add_variable_with_custom_getter(self, name, getter, **kwargs):
            def twice(**inner):
                variable = getter(**inner)
                variable.assign(2.0 * variable)
                return variable

            return super()._add_variable_with_custom_getter(name, getter=twice, **kwargs)

    layer = Doubled(1, kernel_initializer="ones")
    assert layer(tf.ones((1, 3))).numpy().tolist() == [[6.0]]


def test_tracking_can_be_switched_off(installed):
    class Holder(Layer):
        def __init__(self, inner):
            super().__init__()
            self._setattr_tracking = False
            self.inner = inner
            self._setattr_tracking = True

    inner = tfk.layers.Dense(1)
    inner.build((None, 2))
    assert Holder(inner).weights == []


def test_the_graph_of_a_functional_model(installed):
    model = classifier()
    assert model._is_graph_network and not tfk.layers.Dense(1)._is_graph_network
    assert [layer.name for layer in model._input_layers] == ["a"]
    assert [layer.name for layer in model._output_layers] == ["c"]
    assert model._feed_input_names == ["a"] and model._feed_inputs[0] is model.inputs[0]
    depths = {d: [n.layer.name for n in nodes] for d, nodes in model._nodes_by_depth.items()}
    assert depths == {0: ["c"], 1: ["b"], 2: ["a"]}
    assert [layer.name for layer in model._self_tracked_trackables] == ["a", "b", "c"]


def test_specs_of_inputs(installed):
    class Double(tfk.Model):
        def call(self, inputs):
            return {name: 2 * value for name, value in inputs.items()}

    model = Double()
    assert model._get_save_spec() is None
    model._set_save_spec({"ids": tf.TensorSpec((None, 3), tf.float32, name="ids")})
    assert model._get_save_spec()["ids"].shape.as_list() == [None, 3]


def test_checkpoints_of_a_subclass_that_overrides_a_method(installed, tmp_path):
    saved = []

    class Notes(tfk.callbacks.ModelCheckpoint):
        def _save_model(self, epoch, batch, logs):
            saved.append((epoch, batch))
            super()._save_model(epoch, batch, logs)

    model = classifier()
    model.compile("sgd", "mse")
    path = str(tmp_path / "{epoch}.keras")
    callback = Notes(path)
    callback.set_model(model)
    assert callback._get_file_path(1, None, {}).endswith("2.keras")
    callback._save_model(0, None, {})
    assert saved == [(0, None)] and (tmp_path / "1.keras").exists()
    often = tfk.callbacks.ModelCheckpoint(path, save_freq=2)
    assert [often._should_save_on_batch(batch) for batch in range(4)] == [False, True] * 2


@pytest.mark.parametrize("shape, axes", [((2, 4, 6), None), ((2, 3, 4, 6), (2,))])
def test_attention_step_by_step(installed, shape, axes):
    layer = tfk.layers.MultiHeadAttention(2, 3, attention_axes=axes)
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer._build_from_signature(query=x, value=x)
    assert layer._built_from_signature
    query = layer._query_dense(x) / np.sqrt(layer._key_dim)
    scores = tf.einsum(layer._dot_product_equation, layer._key_dense(x), query)
    weights = layer._masked_softmax(scores, None)
    outputs = tf.einsum(layer._combine_equation, weights, layer._value_dense(x))
    np.testing.assert_allclose(layer._output_dense(outputs), layer(x, x), atol=1e-6)


def test_statistics_of_a_batch(installed):
    layer = tfk.layers.BatchNormalization(momentum=0.9)
    layer.build((None, 2))
    x = np.array([[1.0, 2.0], [3.0, 6.0]], "float32")
    mean, variance = layer._moments(tf.cast(x, layer._param_dtype), [0], keep_dims=False)
    np.testing.assert_allclose([mean, variance], [[2, 4], [1, 4]])
    layer._assign_moving_average(layer.moving_mean, mean, layer.momentum, None)
    layer._assign_moving_average(layer.moving_mean, mean, layer.momentum, tf.constant(0))
    np.testing.assert_allclose(layer.moving_mean, [0.2, 0.4], rtol=1e-6)
    assert layer._get_training_value(True) is True and not layer._support_zero_size_input()
    layer.trainable = False
    assert layer._get_training_value(True) is False


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_zeros_before_a_sequence(installed, data_format):
    layer = tfk.layers.Conv1D(
        1, 3, padding="causal", dilation_rate=2, data_format=data_format, kernel_initializer="ones"
    )
    x = tf.ones((1, 5, 1) if data_format == "channels_last" else (1, 1, 5))
    axis = 1 if data_format == "channels_last" else 2
    assert tf.pad(x, layer._compute_causal_padding()).shape[axis] == 5 + 2 * 2


def test_a_step_of_a_cell_by_hand(installed):
    cell = tfk.layers.LSTMCell(2)
    x, h, c = tf.ones((1, 3)), tf.zeros((1, 2)), tf.ones((1, 2))
    output, (_, carry) = cell(x, [h, c])
    gates = tf.split(x @ cell.kernel + h @ cell.recurrent_kernel + cell.bias, 4, axis=1)
    by_hand, gate = cell._compute_carry_and_output_fused(gates, c)
    np.testing.assert_allclose(by_hand, carry, rtol=1e-6)
    np.testing.assert_allclose(gate * tf.tanh(by_hand), output, rtol=1e-6)


def test_masks_of_a_cell_are_drawn_anew(installed):
    cell = tfk.layers.LSTMCell(2, dropout=0.5)
    layer = tfk.layers.RNN(cell)
    x = tf.ones((1, 1000))
    first = cell.get_dropout_mask_for_cell(x, True)
    assert cell.get_dropout_mask_for_cell(x, True) is first
    layer._maybe_reset_cell_dropout_mask(cell)
    assert cell.get_dropout_mask_for_cell(x, True) is not first
    layer._maybe_reset_cell_dropout_mask(object())


def test_an_optimizer_around_another(installed):
    inner = tfk.optimizers.legacy.SGD()
    assert "apply_state" in inner._dense_apply_args and "indices" in inner._sparse_apply_args
    assert [v is w for v, w in zip(inner._weights, inner.weights)] == [True]


def test_what_a_model_was_compiled_with(installed):
    model = classifier()
    model.compile("sgd", "mse", loss_weights=[2.0], weighted_metrics=["mae"])
    assert model.compiled_loss._loss_weights == [2.0]
    assert model.compiled_metrics._weighted_metrics == ["mae"]


def test_types_and_repeated_weights_of_a_layer(installed):
    layer = tfk.layers.Dense(1, dtype="mixed_float16")
    assert layer._compute_dtype_object is tf.float16
    a, b = tf.Variable(1.0), tf.Variable(1.0)
    assert [v is w for v, w in zip(layer._dedup_weights([a, b, a]), (a, b))] == [True, True]
    attention = tfk.layers.MultiHeadAttention(1, 1, kernel_initializer="ones")
    assert attention._kernel_initializer is attention.kernel_initializer


def test_sessions(installed):
    backend = tf.compat.v1.keras.backend
    with tf.Graph().as_default():
        doubled = 2 * tf.constant(3)
        assert backend.get_session().run(doubled) == 6
        own = tf.compat.v1.Session()
        backend.set_session(own)
        assert backend.get_session() is own
