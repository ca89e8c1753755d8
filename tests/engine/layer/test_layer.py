"""What a layer is: weights in order, building once, casting, masks, training mode, added losses."""

import gc
import weakref

import numpy as np
import pytest
import tensorflow as tf

from tfk.engine.graph.input_layer import Input
from tfk.engine.layer.input_spec import InputSpec
from tfk.engine.layer.layer import Layer
from tfk.engine.model.model import Model
from tfk.layers import Dense
from tfk.metrics.reduction import Mean
from tfk.regularizers import L2


class Scale(Layer):
    """Multiplies by a trainable factor and counts its calls in a fixed one."""

    builds = 0

    def build(self, input_shape):
        self.builds += 1
        self.factor = self.add_weight(
            "factor", (input_shape[-1],), initializer="ones", regularizer=L2(0.5)
        )
        self.calls = self.add_weight("calls", (), initializer="zeros", trainable=False)

    def call(self, inputs):
        self.calls.assign_add(1.0)
        return inputs * self.factor


def test_weights_are_built_once_and_named_after_the_layer():
    layer = Scale(name="s")
    layer(np.ones((2, 3), "float32"))
    layer(tf.ones((5, 3)))
    assert layer.builds == 1
    assert [w.name for w in layer.weights] == ["s/factor:0", "s/calls:0"]
    assert [w.name for w in layer.trainable_weights] == ["s/factor:0"]
    assert layer.count_params() == 4
    np.testing.assert_array_equal(layer.get_weights()[1], 2.0)


def test_direct_build_is_not_repeated_by_the_first_call():
    layer = Scale()
    layer.build((None, 3))
    layer(tf.ones((2, 3)))
    assert layer.builds == 1 and layer.built
    assert layer.get_build_config() == {"input_shape": (None, 3)}


def test_regularizer_penalty_is_among_the_losses():
    layer = Scale()
    layer(tf.ones((2, 3)))
    np.testing.assert_allclose(layer.losses[0], 0.5 * 3)
    assert len(layer.losses) == 1


def test_nested_layers_in_attributes_lists_dicts_and_modules_are_tracked_in_order():
    class Block(Layer):
        def __init__(self):
            super().__init__(name="block")
            self.z_first = Dense(1, name="z_first")
            self.many = [Dense(2, name="in_list"), {"key": Dense(3, name="in_dict")}]
            self.module = tf.Module()
            self.module.inner = Dense(4, name="in_module")
            self.own = tf.Variable(7.0, name="own")
            self.many.append(Dense(5, name="appended"))

        def call(self, inputs):
            for layer in (
                self.z_first,
                self.many[0],
                self.many[1]["key"],
                self.module.inner,
                self.many[2],
            ):
                inputs = layer(inputs)
            return inputs

    block = Block()
    block(tf.ones((2, 3)))
    assert [layer.name for layer in block._flatten_layers(include_self=False)] == [
        "z_first",
        "in_list",
        "in_dict",
        "appended",
        "in_module",
    ]
    assert block.weights[0].name == "own:0"
    assert block.weights[1].name == "block/z_first/kernel:0"
    assert len(block.trainable_weights) == 11


def test_reassigned_and_deleted_attributes_lose_their_weights():
    layer = Layer()
    layer.part = Dense(2)
    layer.part(tf.ones((1, 2)))
    layer.part = Dense(3)
    layer.part(tf.ones((1, 2)))
    assert [w.shape.as_list() for w in layer.weights] == [[2, 3], [3]]
    del layer.part
    assert layer.weights == []


def test_attributes_set_before_super_init_are_kept():
    class Early(Layer):
        def __init__(self):
            self.inner = Dense(2)
            super().__init__()

        def call(self, inputs):
            return self.inner(inputs)

    early = Early()
    early(tf.ones((1, 3)))
    assert len(early.weights) == 2


def test_calling_without_super_init_says_so():
    class Forgot(Layer):
        def __init__(self):
            self.units = 3

    with pytest.raises(RuntimeError, match=r"super\(\).__init__\(\) was not called"):
        Forgot()(tf.ones((1, 2)))


def test_trainable_switches_inner_layers_and_moves_weights():
    outer = Layer()
    outer.inner = Dense(2)
    outer.inner(tf.ones((1, 2)))
    outer.trainable = False
    assert not outer.inner.trainable
    assert outer.trainable_weights == [] and len(outer.non_trainable_weights) == 2
    outer.trainable = True
    assert len(outer.trainable_weights) == 2


def test_set_weights_checks_before_it_changes_anything():
    dense = Dense(2)
    dense(tf.ones((1, 3)))
    before = dense.get_weights()
    with pytest.raises(ValueError, match="expected 2 arrays"):
        dense.set_weights([np.ones((3, 2))])
    with pytest.raises(ValueError, match=r"got shape \(9,\) for .*bias"):
        dense.set_weights([np.ones((3, 2)), np.ones(9)])
    np.testing.assert_array_equal(before[0], dense.get_weights()[0])


def test_initial_weights_argument():
    dense = Dense(2, weights=[np.full((3, 2), 5.0), np.array([1.0, 2.0])])
    np.testing.assert_allclose(dense(tf.ones((1, 3))), [[16.0, 17.0]])


def test_inputs_are_cast_to_the_compute_dtype_integers_are_not():
    seen = []

    class Spy(Layer):
        def call(self, inputs):
            seen.extend(value.dtype.name for value in tf.nest.flatten(inputs))
            return inputs[0]

    Spy()([tf.ones((1,), tf.float64), tf.ones((1,), tf.int32)])
    Spy(autocast=False)([tf.ones((1,), tf.float64)])
    assert seen == ["float32", "int32", "float64"]


def test_mixed_precision_reads_weights_in_half_precision_within_the_call_only():
    layer = Dense(2, dtype="mixed_float16")
    output = layer(tf.ones((1, 3)))
    assert output.dtype == tf.float16
    assert layer.kernel.dtype == tf.float32 and layer.variable_dtype == "float32"
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(tf.ones((1, 3))))
    assert tape.gradient(loss, layer.kernel).dtype == tf.float32


class Mode(Layer):
    def call(self, inputs, training=None):
        self.seen = training
        return inputs


@pytest.mark.parametrize("given, expected", [(True, True), (False, False), (None, False)])
def test_training_is_handed_down(given, expected):
    class Outer(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Mode()

        def call(self, inputs):
            return self.inner(inputs)

    outer = Outer()
    outer(tf.ones((1,)), training=given)
    assert outer.inner.seen is expected


def test_training_default_of_the_signature_counts_and_inner_calls_may_override():
    class On(Layer):
        def __init__(self):
            super().__init__()
            self.inner, self.fixed = Mode(), Mode()

        def call(self, inputs, training=True):
            self.fixed(inputs, training=False)
            return self.inner(inputs)

    on = On()
    on(tf.ones((1,)))
    assert on.inner.seen is True and on.fixed.seen is False


def test_masks_are_handed_on_and_computed():
    class NeedsMask(Layer):
        def call(self, inputs, mask=None):
            self.mask = mask
            return 2 * inputs

        def compute_mask(self, inputs, mask=None):
            return tf.logical_not(mask)

    x = tf.ones((2, 2))
    x._keras_mask = tf.constant([[True, False], [True, True]])
    layer = NeedsMask()
    out = layer(x)
    assert layer.mask is x._keras_mask
    np.testing.assert_array_equal(out._keras_mask, [[False, True], [False, False]])
    assert getattr(Scale()(x), "_keras_mask", None) is None
    with pytest.raises(TypeError, match="does not support masking"):
        Scale().compute_mask(x, x._keras_mask)


def test_added_losses_belong_to_the_latest_call():
    class Adds(Layer):
        def call(self, inputs, add=True):
            if add:
                self.add_loss(tf.reduce_sum(inputs))
            return inputs

    outer = Layer()
    outer.inner = Adds()
    model_like = outer.inner
    model_like(tf.ones((2,)))
    model_like(tf.ones((3,)))
    np.testing.assert_allclose(model_like.losses, [3.0])
    model_like(tf.ones((3,)), add=False)
    assert model_like.losses == []
    model_like.add_loss(lambda: tf.constant(4.0))
    np.testing.assert_allclose(outer.losses, [4.0])


def test_activity_regularizer_is_divided_by_the_batch_size():
    layer = Layer(activity_regularizer=L2(0.1))
    layer(tf.constant([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_allclose(layer.losses, [0.1 * 30 / 2])


def test_add_metric_keeps_a_mean():
    class Reports(Layer):
        def call(self, inputs):
            self.add_metric(tf.reduce_sum(inputs), name="total")
            return inputs

    layer = Reports()
    layer(tf.ones((2,)))
    layer(tf.ones((4,)))
    assert [m.name for m in layer.metrics] == ["total"]
    np.testing.assert_allclose(layer.metrics[0].result(), 3.0)
    with pytest.raises(ValueError, match="needs a name"):
        layer.add_metric(tf.ones(()))


def test_metric_attributes_are_metrics_not_layers():
    layer = Layer()
    layer.tracker, layer.inner = Mean(name="m"), Dense(1)
    assert layer.metrics == [layer.tracker]
    assert list(layer._flatten_layers(include_self=False)) == [layer.inner]
    assert layer.weights == []  # until the inner layer is built; metrics are no weights in Keras 2


def test_user_calls_are_converted_by_autograph_in_graphs():
    class Branch(Layer):
        def call(self, inputs):
            if tf.reduce_sum(inputs) > 0:
                return inputs
            total = tf.zeros_like(inputs)
            for row in inputs:
                total += row
            return total

    layer = Branch()
    function = tf.function(layer, autograph=False)
    np.testing.assert_allclose(
        function(tf.constant([-1.0, -2.0])), layer(tf.constant([-1.0, -2.0]))
    )
    np.testing.assert_allclose(function(tf.constant([1.0, 2.0])), [1.0, 2.0])


def test_variables_created_in_a_graph_are_lifted_out_of_it():
    dense = Dense(2)
    function = tf.function(lambda x: dense(x))
    assert function(tf.ones((1, 3))).shape == (1, 2)
    assert dense.kernel.numpy().shape == (3, 2)


def test_input_spec_messages():
    class Picky(Layer):
        def __init__(self):
            super().__init__(name="p")
            self.input_spec = InputSpec(ndim=3, axes={-1: 4})

    with pytest.raises(
        ValueError, match=r'Picky "p": input 0 does not fit: expected 3 dimensions, got 2'
    ):
        Picky()(tf.ones((1, 2)))
    with pytest.raises(ValueError, match=r"expected axis -1 to have size 4, got 5"):
        Picky()(tf.ones((1, 2, 5)))
    with pytest.raises(ValueError, match=r"expected 1 input\(s\), got 2"):
        Picky()([tf.ones((1, 2, 4))] * 2)
    with pytest.raises(TypeError, match="axes"):
        InputSpec(ndim=2, axes={2: 4})


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: Dense(2, foo=1), TypeError, r"unknown argument\(s\) foo"),
        (lambda: Dense(2, init="one"), TypeError, "Instead of init write kernel_initializer"),
        (lambda: Layer(name=3), TypeError, "name to be a string"),
        (lambda: Layer().add_weight("w", (), dtype="string"), ValueError, "needs an initializer"),
        (
            lambda: Layer().add_weight(
                "w", (), trainable=True, synchronization=tf.VariableSynchronization.ON_READ
            ),
            ValueError,
            "cannot be trainable",
        ),
        (lambda: Dense(2).count_params(), ValueError, "weights, which do not exist yet"),
        (lambda: Dense(2)(), TypeError, "called without inputs"),
        (lambda: Dense(2).input, AttributeError, "is not connected"),
    ],
)
def test_clear_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_shared_layer_knows_its_calls():
    dense = Dense(3)
    a, b = Input((4,)), Input((4,))
    outputs = dense(a), dense(b)
    assert dense.get_output_shape_at(1) == (None, 3) and dense.input_shape == (None, 4)
    # As in Keras 2: the first call.
    assert dense.input is a and dense.output is outputs[0]
    assert dense.get_input_at(1) is b and dense.get_output_at(-1) is outputs[1]
    with pytest.raises(ValueError, match="no output at index 2"):
        dense.get_output_at(2)
    with pytest.raises(RuntimeError, match="never called"):
        Dense(3).get_output_at(0)
    with pytest.raises(AttributeError, match="not connected"):
        Dense(3).output  # noqa: B018


def test_layers_work_inside_plain_modules():
    class Net(tf.Module):
        def __init__(self):
            super().__init__()
            self.dense = Dense(2)

        @tf.function
        def __call__(self, x):
            return self.dense(x)

    net = Net()
    net.dense.build((None, 3))
    assert net(tf.ones((1, 3))).shape == (1, 2)
    assert len(net.trainable_variables) == 2
    checkpoint = tf.train.Checkpoint(net=net)
    assert checkpoint is not None and len(net.submodules) == 1


def test_deleted_models_are_freed():
    x = Input((4,))
    model = Model(x, Dense(2)(x))
    model(tf.ones((1, 4)))
    gone = weakref.ref(model)
    del model, x
    gc.collect()
    assert gone() is None
