"""Random tensors computed from a seed.

The numbers are those of `tf.random.stateless_*(..., alg="philox")`. TensorFlow spells out how that
algorithm scrambles its seed in some forty operations at every draw; one operation does the same,
which counts where small draws are made in every training step, and when many weights are created.
Bits, integers, uniform and normal numbers are the same eagerly, in graphs and under XLA (float32
ones: XLA has its own way from bits to floats, which is not used). Truncated normal ones, which only
initial values need, are the same eagerly and in graphs.
"""

import functools
import inspect
import math

import tensorflow as tf

from tfk.utils.jit_scope import inside_xla

ALGORITHM = 1  # Philox, in the numbering of the operations
LARGE = 2**19  # numbers, from which on a graph saves more than calling it costs


def _draw(operation, shape, seed, **options):
    """What an operation draws; it gets tensors, for which it takes a fraction of the time that
    Python numbers cost.
    """
    key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(seed=_integers(seed))
    return operation(shape=_integers(shape), key=key, counter=counter, alg=ALGORITHM, **options)


def _integers(values):
    """Python integers as a tensor; anything else, tensors and lists with tensors, as it is."""
    is_plain = isinstance(values, (tuple, list)) and all(type(value) is int for value in values)
    return tf.constant(values, None if values else tf.int32) if is_plain else values


def bits(shape, seed):
    """int32 tensor of `shape` whose 32 bits are all random.

    Args:
        shape: Sizes, integers or scalar tensors, or a tensor of them.
        seed: Two integers of at least 0, or a tensor of them.
    >>> bits((3,), (1, 2)).shape
    TensorShape([3])
    """
    return _draw(tf.raw_ops.StatelessRandomUniformFullIntV2, shape, seed, dtype=tf.int32)


def scaled_in_place(draw):
    """Wrap a distribution: a graph makes large tensors, as its steps reuse one piece of memory;
    numbers are the same.
    """
    graph = tf.function(draw, autograph=False, reduce_retracing=True)
    signature = inspect.signature(draw)

    @functools.wraps(draw)
    def run(shape, seed, *args, **kwargs):
        if (
            not tf.executing_eagerly()
            or not isinstance(shape, (tuple, list))
            or math.prod(shape) < LARGE
        ):
            return draw(shape, seed, *args, **kwargs)
        given = signature.bind(shape, seed, *args, **kwargs)
        given.apply_defaults()
        *_, first, second, dtype = given.args
        # Tensors, so that other sizes and bounds need no other graph; a mean of 0 has its own,
        # which does not add it.
        first = first if _is_zero(first) else tf.convert_to_tensor(first, dtype)
        second = tf.convert_to_tensor(second, dtype)
        return graph(
            tf.constant(shape), tf.convert_to_tensor(seed), first, second, tf.as_dtype(dtype)
        )

    return run


@scaled_in_place
def uniform(shape, seed, minval=0.0, maxval=1.0, dtype="float32"):
    """Numbers spread evenly over `[minval, maxval)`; integers for an integer `dtype`.

    >>> bool(tf.reduce_all(uniform((9,), (1, 2), maxval=0.5) < 0.5))
    True
    """
    dtype = tf.as_dtype(dtype)
    low, high = tf.convert_to_tensor(minval, dtype), tf.convert_to_tensor(maxval, dtype)
    if dtype.is_integer:
        return _draw(tf.raw_ops.StatelessRandomUniformIntV2, shape, seed, minval=low, maxval=high)
    return _moved(_unit_interval(shape, seed, dtype), minval, tf.raw_ops.Sub(x=high, y=low))


def _unit_interval(shape, seed, dtype):
    if dtype == tf.float32 and inside_xla():
        return _float_of(bits(shape, seed))
    return _draw(tf.raw_ops.StatelessRandomUniformV2, shape, seed, dtype=dtype)


def _float_of(word):
    """The number in [0, 1) that the kernels make of a random word: its lower 23 bits behind the
    exponent of 1.0.
    """
    mantissa = tf.bitwise.bitwise_and(word, 0x7FFFFF)
    return tf.bitcast(tf.bitwise.bitwise_or(mantissa, 0x3F800000), tf.float32) - 1.0


@scaled_in_place
def normal(shape, seed, mean=0.0, stddev=1.0, dtype="float32"):
    """Normally distributed numbers.

    >>> normal((2, 3), (1, 2)).shape
    TensorShape([2, 3])
    """
    dtype = tf.as_dtype(dtype)
    if dtype == tf.float32 and inside_xla():
        drawn = _box_muller(shape, seed)
    else:
        drawn = _draw(tf.raw_ops.StatelessRandomNormalV2, shape, seed, dtype=dtype)
    return _moved(drawn, mean, stddev)


def _moved(drawn, offset, scale):
    """Numbers brought to another place and width; adding nothing would take as long as adding.

    Operators mean the same, but take three times as long to find out what they are given.
    """
    drawn = tf.raw_ops.Mul(x=drawn, y=tf.convert_to_tensor(scale, drawn.dtype))
    return (
        drawn
        if _is_zero(offset)
        else tf.raw_ops.AddV2(x=drawn, y=tf.convert_to_tensor(offset, drawn.dtype))
    )


def _is_zero(value):
    """Whether a value is the number 0, known in Python."""
    return isinstance(value, (int, float)) and value == 0


def _box_muller(shape, seed):
    """Standard normal numbers as the kernels make them, two of two words (Box and Muller, 1958)."""
    count = tf.reduce_prod(shape)
    words = bits(((count + 1) // 2, 2), seed)
    radius = tf.sqrt(-2.0 * tf.math.log(tf.maximum(_float_of(words[:, 0]), 1e-7)))
    angle = 2.0 * math.pi * _float_of(words[:, 1])
    drawn = tf.stack([radius * tf.sin(angle), radius * tf.cos(angle)], axis=1)
    return tf.reshape(tf.reshape(drawn, (-1,))[:count], shape)


@scaled_in_place
def truncated_normal(shape, seed, mean=0.0, stddev=1.0, dtype="float32"):
    """Normally distributed numbers, those beyond two standard deviations drawn again.

    >>> bool(tf.reduce_all(tf.abs(truncated_normal((9,), (1, 2))) <= 2.0))
    True
    """
    drawn = _draw(tf.raw_ops.StatelessTruncatedNormalV2, shape, seed, dtype=dtype)
    return _moved(drawn, mean, stddev)
