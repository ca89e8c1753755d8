"""Models as graphs of layers: their class, names, shapes, and use on inputs of other sizes."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import tfk
from tests.support.compare import assert_same_outputs
from tests.support.models import Residual
from tfk.engine.graph.input_layer import Input
from tfk.layers import (
    Conv2D,
    Dense,
    Discretization,
    Dropout,
    Embedding,
    GlobalAveragePooling2D,
    Layer,
)
from tfk.models import Model, Sequential


def test_model_of_inputs_and_outputs_is_called_functional():
    tfk.backend.clear_session()
    x = tfk.Input((3,))
    model = tfk.Model(x, Dense(2)(x))
    assert type(model).__name__ == "Functional" and isinstance(model, tfk.Model)
    assert model.name == "model" and tfk.Model(inputs=x, outputs=x).name == "model_1"
    assert type(tfk.Model.from_config(model.get_config())) is type(model)

    class Own(tfk.Model):
        pass

    assert type(Own(x, x)) is Own and Own(x, x).name == "own_1"


class Several(Layer):
    """Returns a tuple, a list and a dict."""

    def call(self, x):
        return (x, [x[:, :2], x[:, :1]]), {"sum": tf.reduce_sum(x, 1)}


class OneInATuple(Layer):
    def call(self, x):
        return (x,)


class OneInAList(Layer):
    def call(self, x):
        return [x]


@pytest.mark.parametrize("kind", ["Several", "OneInATuple", "OneInAList", "InputLayer"])
def test_shapes_of_nested_outputs_are_those_of_keras(kind):
    def shapes(keras):
        x = keras.Input((3,))
        if kind == "InputLayer":
            layer = x._keras_history.layer
        else:
            own = globals()[kind]
            layer = type(kind, (keras.layers.Layer,), {"call": own.call})()
            layer(x)
        output = tf.nest.map_structure(lambda t: tuple(t.shape), layer.output)
        return layer.output_shape, layer.get_output_shape_at(0), layer.input_shape, output

    assert shapes(tfk) == shapes(tf_keras)


def test_output_shape_of_a_model_keeps_the_nest():
    x = tfk.Input((3,))
    model = tfk.Model(x, (Dense(1)(x), {"b": Dense(2)(x)}))
    assert model.output_shape == ((None, 1), {"b": (None, 2)})


def test_model_called_again_shows_its_first_call():
    base = tfk.Sequential([tfk.Input((4,)), Dense(3, name="hidden"), Dense(2)])
    x = tfk.Input((4,))
    again = base.get_layer("hidden")(x)
    features = tfk.Model(base.inputs, base.get_layer("hidden").output)
    values = np.ones((2, 4), "float32")
    np.testing.assert_allclose(features(values), tfk.Model(x, again)(values))
    assert base.get_layer("hidden").output is not again


def test_summary_with_weights_of_unknown_shape():
    layer = Discretization(num_bins=4)
    layer.adapt(np.random.default_rng(0).random((100, 1)))
    x = tfk.Input((1,))
    model = tfk.Model(x, layer(x))
    lines = []
    model.summary(print_fn=lines.append)
    assert "Total params: 0 (0.00 Byte)" in lines and model.count_params() == 0


def backbone(keras):
    x = keras.Input((8, 8, 3))
    y = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(x))
    return keras.Model(x, y, name="backbone")


def test_backbone_on_a_symbolic_input_of_another_size():
    x = tfk.Input((16, 16, 3))
    with pytest.warns(UserWarning, match="backbone.*To run it"):
        y = backbone(tfk)(x)
    assert tuple(y.shape) == (None, 4)
    model = tfk.Model(x, y)  # as in Keras 2 it can be built and shown, not run
    with pytest.raises(ValueError, match="expected shape"):
        model(np.ones((1, 16, 16, 3)))
    open_sizes = tfk.Input((None, None, 3))
    assert tuple(backbone(tfk)(open_sizes).shape) == (None, 4)


SHAPES = [(2, 8, 8, 3), (8, 8, 3), (2, 9, 8, 3), (2, 8, 8, 3, 1), (2, 8, 8, 4), (8,), (3, 8)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_are_accepted_as_in_keras(shape):
    def outcome(keras):
        try:
            return tuple(backbone(keras)(np.ones(shape, "float32")).shape)
        except Exception as error:
            return type(error).__name__ if isinstance(error, ValueError) else "error"

    ours, theirs = outcome(tfk), outcome(tf_keras)
    assert ours == theirs or {ours, theirs} == {"ValueError", "error"}


def test_rank_and_last_axis_are_fitted_to_the_input():
    def results(keras):
        x = keras.Input((3,), name="x")
        model = keras.Model(x, x * 2.0)
        y = keras.Input((1,))
        column = keras.Model(y, y * 2.0)
        return [
            model(np.arange(3, dtype="float32")).shape,
            model(np.ones((2, 3, 1), "float32")).shape,
            model(np.ones((2, 3), "int32")).dtype,
            column(np.ones(4, "float32")).shape,
            model.input_spec[0].shape,
            len(model.input_spec),
        ]

    assert [str(value) for value in results(tfk)] == [str(value) for value in results(tf_keras)]


def test_dict_inputs_with_further_or_other_keys():
    a, b = tfk.Input((1,), name="a"), tfk.Input((1,), name="b")
    model = tfk.Model([a, b], a - b)
    one, two = np.ones((1, 1), "float32"), np.full((1, 1), 2.0, "float32")
    with pytest.warns(UserWarning, match=r"keys \['c'\]"):
        assert float(model({"a": two, "b": one, "c": one})[0, 0]) == 1.0
    with pytest.raises(ValueError, match=r"\['b'\] are missing"):
        model({"a": one, "c": two})


def test_batches_of_unknown_rank_have_that_of_the_input():
    x = tfk.Input((4,))
    model = tfk.Model(x, Dense(2)(x))
    ids = tfk.Input((1,), dtype="int32")
    embed = tfk.Model(ids, Embedding(5, 3)(ids))

    @tf.function(input_signature=[tf.TensorSpec(None), tf.TensorSpec(None, tf.int32)])
    def run(values, indices):
        return model(values), embed(indices)

    outputs = run(tf.ones((3, 4)), tf.constant([1, 2]))
    assert outputs[0].shape == (3, 2) and outputs[1].shape == (2, 1, 3)
    assert run(tf.ones((3, 4)), tf.constant([[1], [2]]))[1].shape == (2, 1, 3)


class Net(tfk.Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(2)

    def call(self, x, training):
        return self.dense(x)


@pytest.mark.parametrize("shape", [None, 5, "abc", object()], ids=["None", "int", "str", "object"])
def test_build_rejects_what_is_no_shape(shape):
    with pytest.raises(ValueError, match="input_shape"):
        Net().build(shape)


def test_build_reports_what_call_cannot_do():
    class NeedsMore(Net):
        def call(self, x, other):
            return self.dense(x) + other

    with pytest.raises(ValueError, match="could not run call"):
        NeedsMore().build((None, 3))
    net = Net()
    net.build((None, 3))
    assert net.built and len(net.weights) == 2
    assert net(np.ones((1, 3)), training=False).shape == (1, 2)


def test_build_that_calls_build_of_model_while_the_model_is_called():
    class Own(tfk.Model):
        def build(self, shape):
            self.embedding = Embedding(5, 2)
            self.dense = Dense(3)
            super().build(shape)

        def call(self, ids, scale=1.0):
            return self.dense(self.embedding(ids)) * scale

    own = Own()
    assert own(tf.constant([[1, 2]])).shape == (1, 2, 3)
    assert [w.name.split("/")[-1] for w in own.weights] == ["embeddings:0", "kernel:0", "bias:0"]


def test_conv_backbone_layers_are_reached_after_a_second_use():
    model = tfk.Sequential([tfk.Input((8, 8, 1)), Conv2D(2, 3, name="c"), GlobalAveragePooling2D()])
    conv = model.get_layer("c")
    conv(tfk.Input((6, 6, 1)))
    grad_cam = tfk.Model(model.inputs, [conv.output, model.output])
    maps, output = grad_cam.predict(np.ones((1, 8, 8, 1)), verbose=0)
    assert maps.shape == (1, 6, 6, 2) and output.shape == (1, 2)


def test_weights_of_a_model_that_was_never_built():
    class Own(Net):
        def build(self, shape):
            super().build(shape)

    for model in (tfk.Sequential([Dense(2)]), Own()):
        for weights in ("weights", "trainable_weights", "non_trainable_variables"):
            with pytest.raises(ValueError, match="has no weights yet"):
                getattr(model, weights)
    assert Net().weights == []  # its class defines no build


def test_keyword_arguments_are_part_of_the_config():
    class Own(tfk.Model):
        def __init__(self, units, **kwargs):
            super().__init__()
            self.units = units

        def call(self, x):
            return x

    config = Own(10, extra=1).get_config()
    assert config["units"] == 10 and config["extra"] == 1
    again = Own.from_config(config).get_config()
    assert {**again, "name": None} == {**config, "name": None}


def test_input_takes_the_name_of_its_type_spec():
    assert tfk.Input(type_spec=tf.TensorSpec((None, 2), name="prices")).name == "prices"
    assert tfk.Input(type_spec=tf.TensorSpec((None, 2), name="x"), name="y").name == "y"


class MadeOfUnits(tfk.Model):
    def __init__(self, units=1, **kwargs):
        inputs = tfk.Input((2,))
        super().__init__(inputs, Dense(units)(inputs), **kwargs)


class WithOwnConfig(MadeOfUnits):
    def get_config(self):
        return {**super().get_config(), "units": self.output_shape[-1]}


@pytest.mark.parametrize("cls", [MadeOfUnits, WithOwnConfig])
def test_a_class_that_makes_its_own_graph_is_described_by_its_arguments(cls, tmp_path):
    model = cls(units=3, name="mine")
    config = model.get_config()
    assert config["units"] == 3 and "layers" not in config
    assert cls.from_config(config).output_shape == (None, 3)
    model.save(tmp_path / "model.keras")
    loaded = tfk.models.load_model(tmp_path / "model.keras", custom_objects={cls.__name__: cls})
    assert loaded.name == "mine"
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])


def test_programs_may_say_the_inputs_of_a_subclassed_model():
    class Plain(tfk.Model):
        def call(self, inputs):
            return inputs

    model = Plain()
    model._set_inputs(tf.ones((2, 3)))
    assert model.save_spec()[0][0].shape.as_list() == [None, 3]


def test_weights_have_the_same_names_after_loading(tmp_path):
    layers = [Embedding(5, 3), tfk.layers.Bidirectional(tfk.layers.GRU(2)), Dense(1)]
    model = tfk.Sequential([tfk.Input((4,)), *layers])
    model.save(tmp_path / "model.keras")
    loaded = tfk.models.load_model(tmp_path / "model.keras")
    assert [w.name for w in loaded.weights] == [w.name for w in model.weights]
    assert loaded.weights[0].name == "embedding/embeddings:0"


def test_messages_about_models_inside_models_say_what_to_do():
    inner = tfk.Sequential([Dense(2, input_shape=(3,), name="deep")], name="inner")
    x = tfk.Input((3,))
    model = tfk.Model(x, Dense(1)(inner(x)))
    with pytest.raises(ValueError, match=r"get_layer\('inner'\)\.get_layer\('deep'\)"):
        model.get_layer("deep")
    with pytest.raises(ValueError, match="inner inputs and outputs"):
        tfk.Model(model.inputs, inner.get_layer("deep").output)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_model_that_was_never_trained_is_loaded_without_warnings(ending, tmp_path, recwarn):
    model = tfk.Sequential([Dense(1, input_shape=(2,))])
    model.compile("adam", "mse")
    model.save(tmp_path / f"model.{ending}")
    tfk.models.load_model(tmp_path / f"model.{ending}")
    assert not [warning for warning in recwarn if "optimizer" in str(warning.message).lower()]


def test_class_weight_as_an_array_says_what_to_pass():
    model = tfk.Sequential([Dense(2, input_shape=(2,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"dict\(enumerate\(weights\)\)"):
        model.fit(np.ones((2, 2)), np.zeros(2), class_weight=np.ones(2))


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
