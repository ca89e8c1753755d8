"""Running a layer of tfk and the layer of tf_keras with the same weights on the same data."""

import numpy as np
import tensorflow as tf

from tests.support.compare import assert_close


def twin(ours, theirs, *call_args, **call_kwargs):
    """Builds both layers by calling them and gives the second the weights of the first, drawn at
    random.
    """
    ours(*call_args, **call_kwargs)
    theirs(*call_args, **call_kwargs)
    rng = np.random.default_rng(0)
    values = [rng.normal(size=w.shape, scale=0.5).astype("float32") for w in ours.get_weights()]
    ours.set_weights(values)
    theirs.set_weights(values)
    return ours, theirs


def dense(value):
    return value.to_tensor() if isinstance(value, tf.RaggedTensor) else tf.convert_to_tensor(value)


def results_and_gradients(layer, tensors, call):
    """What `call()` returns, flat, and the gradients of a weighted sum of it by `tensors` and the
    weights.
    """
    sources = [*tensors, *layer.trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        flat = [dense(value) for value in tf.nest.flatten(call())]
        total = tf.add_n([tf.reduce_sum(value * _uneven(value)) for value in flat])
    found = tape.gradient(total, sources, unconnected_gradients="zero")
    return flat, [tf.convert_to_tensor(gradient) for gradient in found]


def _uneven(value):
    """Numbers of the shape of `value`, which may be known only when the graph runs."""
    return tf.reshape(tf.sin(1.7 * tf.range(tf.size(value), dtype=tf.float32)), tf.shape(value))


def assert_equal(ours, theirs, atol=1e-5, gradient_atol=1e-4):
    """Compares two results of `results_and_gradients`."""
    assert_close(ours[0], theirs[0], atol)
    assert_close(ours[1], theirs[1], gradient_atol)


def compare(ours, theirs, x, modes=("eager", "graph"), **kwargs):
    """Asserts that outputs and gradients of two built layers agree, eagerly and inside
    `tf.function`.
    """
    x = tf.convert_to_tensor(x) if not tf.is_tensor(x) else x
    watched = [x.flat_values if isinstance(x, tf.RaggedTensor) else x]
    expected = results_and_gradients(
        theirs, watched, lambda: theirs(_rebuilt(x, watched[0]), **kwargs)
    )

    def run():
        return results_and_gradients(ours, watched, lambda: ours(_rebuilt(x, watched[0]), **kwargs))

    for mode in modes:
        got = run() if mode == "eager" else tf.function(run, autograph=False)()
        assert_equal(got, expected)


def _rebuilt(x, values):
    return x.with_flat_values(values) if isinstance(x, tf.RaggedTensor) else values
