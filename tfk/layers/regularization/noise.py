"""Random masks and noise with identical bits in eager mode, in graphs and under XLA."""

import math

import tensorflow as tf

from tfk.utils import philox

HALF_WORD = 2**16


def keep_mask(shape, rate, seed):
    """Return a boolean tensor of `shape` that is False with probability `rate`.

    Each random 32-bit word decides two elements, since generating words is the bottleneck. The rate
    is rounded to a multiple of 2**-16.

    Args:
        shape: List of sizes, integers or scalar tensors.
        rate: Python number in `[0, 1]`.
        seed: int32 tensor of shape `(2,)`.
    """
    threshold = round(rate * HALF_WORD) - HALF_WORD // 2
    if threshold >= HALF_WORD // 2:
        return tf.zeros(shape, tf.bool)
    if all(isinstance(size, int) for size in shape):
        count = math.prod(shape)
        words, shape = (count + 1) // 2, tuple(shape)
    else:
        shape = tf.stack(shape)
        count = tf.reduce_prod(shape)
        words = (count + 1) // 2
    drawn = philox.bits((words,), seed)
    halves = tf.reshape(tf.bitcast(drawn, tf.int16), (-1,))  # uniform in [-2**15, 2**15)
    return tf.reshape(halves[:count], shape) >= tf.constant(threshold, tf.int16)


def drop(inputs, rate, shape, seed):
    """Set elements to zero with probability `rate` and scale the others to preserve the mean."""
    if rate >= 1:
        return tf.zeros_like(inputs)
    kept = keep_mask(shape, rate, seed)
    return tf.where(kept, inputs * (1.0 / (1.0 - rate)), tf.zeros((), inputs.dtype))


def normal(shape, mean, stddev, dtype, seed):
    """Return a normally distributed tensor; half-precision values are drawn in float32."""
    drawn_in = dtype if dtype in (tf.float32, tf.float64) else tf.float32
    noise = philox.normal(shape, seed, mean, stddev, drawn_in)
    return tf.cast(noise, dtype)
