"""Which kernel is taken where, from plain facts and from the operations of a traced graph."""

import dataclasses

import pytest
import tensorflow as tf

import tfk
from tfk import activations, layers
from tfk.layers.recurrent.kernels.choose import Situation, choose_gru, choose_lstm, choose_simple
from tfk.utils.jit_scope import inside_xla, portable_scope, xla_scope

CPU = Situation(device="CPU", dtype=tf.float32, steps=100, batch=32, training=True)
GPU = dataclasses.replace(CPU, device="GPU")


def lstm(situation, activation="tanh", gate="sigmoid", noisy=False, width=64, **changes):
    situation = dataclasses.replace(situation, **changes)
    return choose_lstm(situation, activations.get(activation), activations.get(gate), noisy, width)


def gru(situation, activation="tanh", noisy=False, reset_after=True, **changes):
    situation = dataclasses.replace(situation, **changes)
    return choose_gru(
        situation, activations.get(activation), activations.sigmoid, noisy, reset_after
    )


@pytest.mark.parametrize(
    "choice, kernel, way",
    [
        (lstm(GPU), "cudnn", "inline"),
        (lstm(GPU, dtype=tf.float16), "cudnn", "inline"),
        (lstm(GPU, dtype=tf.bfloat16), "scan", "inline"),
        (lstm(GPU, noisy=True), "scan", "inline"),
        (lstm(GPU, activation="relu"), "scan", "inline"),
        (lstm(GPU, xla=True), "scan", "inline"),
        (lstm(CPU), "block_lstm", "inline"),
        (lstm(CPU, width=65), "scan", "jit"),
        (lstm(CPU, width=65, steps=None), "scan", "inline"),
        (lstm(CPU, width=65, steps=None, training=False), "block_lstm", "inline"),
        (lstm(CPU, width=65, eager=True), "scan", "graph"),
        (lstm(CPU, width=65, eager=True, training=False), "block_lstm", "inline"),
        (lstm(CPU, dtype=tf.float64), "scan", "jit"),
        (lstm(CPU, noisy=True), "scan", "jit"),
        (lstm(CPU, gate="hard_sigmoid"), "scan", "jit"),
        (lstm(CPU, activation="gelu"), "loop", "inline"),
        (lstm(CPU, xla=True), "scan", "inline"),
        (lstm(CPU, portable=True), "loop", "inline"),
        (lstm(CPU, exported=True), "block_lstm", "inline"),
        (lstm(CPU, exported=True, training=False), "scan", "inline"),
        (gru(CPU, exported=True, training=False), "scan", "inline"),
        (gru(GPU), "cudnn", "inline"),
        (gru(GPU, reset_after=False), "scan", "inline"),
        (gru(CPU), "scan", "jit"),
        (gru(CPU, steps=15), "scan", "inline"),
        (gru(CPU, batch=None), "scan", "jit"),
        (gru(CPU, batch=None, training=False), "scan", "inline"),
        (gru(CPU, training=False), "scan", "jit"),
        (gru(CPU, activation="mish"), "loop", "inline"),
        (choose_simple(GPU, activations.tanh), "scan", "inline"),
        (choose_simple(CPU, activations.tanh), "scan", "jit"),
        (choose_simple(CPU, lambda x: x), "loop", "inline"),
    ],
)
def test_rule(choice, kernel, way):
    assert (choice.kernel, choice.way) == (kernel, way)
    assert choice.reason


def graph_of(layer, **scope):
    """Types of the operations of a training step of `layer`, with those of the functions it
    calls.
    """
    layer(tf.ones((2, 20, 3)))

    @tf.function(autograph=False)
    def step(x):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(layer(x, training=True, **scope))
        return tape.gradient(total, layer.trainable_variables)

    concrete = step.get_concrete_function(tf.TensorSpec((2, 20, 3)))
    graph = concrete.graph.as_graph_def()
    nodes = [
        *graph.node,
        *(node for function in graph.library.function for node in function.node_def),
    ]
    compiled = any("_XlaMustCompile" in function.attr for function in graph.library.function)
    return {node.op for node in nodes}, compiled


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_cudnn_is_traced_for_a_gpu(monkeypatch, kind):
    monkeypatch.setattr("tfk.layers.recurrent.kernels.choose.device_here", lambda: "GPU")
    layer = getattr(layers, kind)(4, return_sequences=True)
    layer.build((None, None, 3))

    @tf.function(autograph=False)
    def step(x, mask):
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(layer(x, mask=mask, training=True))
        return tape.gradient(total, layer.trainable_variables)

    concrete = step.get_concrete_function(
        tf.TensorSpec((None, None, 3)), tf.TensorSpec((None, None), tf.bool)
    )
    found = {op.type for op in concrete.graph.get_operations()}
    assert {"CudnnRNNV3", "CudnnRNNBackpropV3"} <= found
    assert layer.kernel_used.startswith("cudnn: on a GPU")
    assert [tuple(g.shape) for g in concrete.structured_outputs] == [
        tuple(w.shape) for w in layer.weights
    ]


def test_graphs_on_a_cpu():
    operations, compiled = graph_of(layers.LSTM(4))
    assert {"BlockLSTMV2", "BlockLSTMGradV2"} <= operations and not compiled
    operations, compiled = graph_of(layers.GRU(4))
    assert compiled and "BlockLSTMV2" not in operations


def test_portable_graphs_have_basic_operations_alone():
    with portable_scope():
        operations, compiled = graph_of(layers.LSTM(4))
    assert not compiled and not any("LSTM" in operation for operation in operations)


def test_kernel_used_tells_why():
    layer = layers.LSTM(4)
    assert layer.kernel_used is None
    layer(tf.ones((2, 5, 3)))
    assert layer.kernel_used == "block_lstm: inputs and units together are 7, at most 64"
    unrolled = layers.GRU(4, unroll=True)
    unrolled(tf.ones((2, 5, 3)))
    assert unrolled.kernel_used == "unrolled: unroll=True"


def test_xla_is_noticed():
    seen = []

    @tf.function(jit_compile=True)
    def compiled(x):
        def body(i, x):
            seen.append(inside_xla())
            return i + 1, x

        return tf.while_loop(lambda i, _: i < 2, body, (0, x))[1]

    @tf.function
    def plain(x):
        seen.append(inside_xla())
        return compiled(x)

    plain(tf.constant(1.0))
    with xla_scope():
        seen.append(inside_xla())
    assert seen == [False, True, True] and not inside_xla()


def test_graphs_of_inference_hold_no_kernels_that_converters_do_not_know():
    layer = layers.LSTM(4)
    layer.build((None, 20, 3))
    model = tfk.Sequential([tfk.Input((20, 3)), layer])
    for function in (lambda x: model(x, training=False), lambda x: model(x)):
        concrete = tf.function(function).get_concrete_function(tf.TensorSpec((1, 20, 3)))
        library = concrete.graph.as_graph_def().library.function
        found = {op.type for op in concrete.graph.get_operations()}
        found |= {node.op for inner in library for node in inner.node_def}
        assert found & {"While", "StatelessWhile"} and "BlockLSTMV2" not in found
        assert not any("_XlaMustCompile" in inner.attr for inner in library)
    model.predict(tf.ones((2, 20, 3)), verbose=0)
    assert layer.kernel_used.startswith("block_lstm")
