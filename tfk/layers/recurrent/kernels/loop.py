"""The loop over time that the hand-written recurrences run in, and the three ways to compile it.

Inside a recurrence tensors are columns: a state is `(units, batch)`, a sequence `(time, features,
batch)`. The gates are then contiguous blocks of rows, which XLA and Eigen vectorize; with rows of
samples they are strided.
"""

import functools

import tensorflow as tf

from tfk.layers.recurrent.kernels.hand_gradient import with_gradient

INLINE, GRAPH, JIT = "inline", "graph", "jit"


def over_time(step, state, steps, shapes, dtype, reverse=False):
    """Run `step(t, state) -> (state, outputs)` for every t and stacks the outputs by t.

    Args:
        step: Function of an int32 scalar and the tuple of states.
        state: Tuple of tensors.
        steps: Number of steps, an int or a scalar tensor.
        shapes: Static shape of each output.
        dtype: Dtype of the outputs.
        reverse: Go from the last step to the first. Defaults to False.

    Returns: The last state and a list of tensors `(steps, *shape)`.
    """
    arrays = tuple(tf.TensorArray(dtype, steps, element_shape=shape) for shape in shapes)

    def body(count, state, arrays):
        t = steps - 1 - count if reverse else count
        state, outputs = step(t, state)
        return count + 1, state, tuple(a.write(t, out) for a, out in zip(arrays, outputs))

    # XLA sizes its buffers by maximum_iterations; the other backends are not slowed down by it.
    _, state, arrays = tf.while_loop(
        lambda count, *_: count < steps,
        body,
        (tf.constant(0), state, arrays),
        maximum_iterations=steps,
        parallel_iterations=1,
    )
    return state, [array.stack() for array in arrays]


def steps_of(sequence):
    """Return the Return the length of a time-major tensor, an int if known."""
    return sequence.shape[0] if sequence.shape[0] is not None else tf.shape(sequence)[0]


def joined(gradient, from_outputs, t):
    """Return the gradient of a state: what later steps sent back plus what its own output received,
    if it has one.
    """
    return gradient if from_outputs is None else gradient + from_outputs[t]


class Compilable:
    """A function of tensors (or None) that can be inlined, called as a separate graph, or compiled
    by XLA.

    As a graph it is retraced once for other shapes, then with unknown shapes: values needed as
    Python numbers must not be read from shapes.
    """

    def __init__(self, function):
        self.ways = {
            INLINE: function,
            GRAPH: tf.function(function, autograph=False, reduce_retracing=True),
            JIT: tf.function(function, autograph=False, jit_compile=True),
        }

    def __call__(self, how, *args):
        return self.ways[how](*args)


def fused(how, forward, backward):
    """Join a forward and a backward recurrence into one differentiable function.

    Args:
        how: INLINE, GRAPH or JIT.
        forward: Compilable `(inputs, extras) -> (results, saved)`.
        backward: Compilable `(inputs, extras, saved, gradients) -> gradients of inputs`.

    Returns: A function `(inputs, extras) -> results`; `inputs`, `extras` and `results` are tuples
        of tensors, and `extras` (masks, dropout noise) get no gradient.
    """

    def run(inputs, extras):
        return with_gradient(
            inputs,
            lambda inputs: forward(how, inputs, extras),
            lambda inputs, saved, gradients: backward(how, inputs, extras, saved, gradients),
            lambda inputs: forward(INLINE, inputs, extras)[0],
        )

    return run


cached = functools.lru_cache(maxsize=None)
