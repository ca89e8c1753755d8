"""Random tensors, from TensorFlow's stateful generators.

Without a seed one is drawn from NumPy's generator, as in Keras 2.
"""

import warnings

import numpy as np
import tensorflow as tf

from tfk import config
from tfk.backend.tensors import variable

LARGEST_SEED = 10_000_000


def random_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Normally distributed values."""
    return tf.random.normal(shape, mean, stddev, dtype or config.floatx(), _seed(seed))


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Truncated normal values, within two standard deviations of the mean."""
    return tf.random.truncated_normal(shape, mean, stddev, dtype or config.floatx(), _seed(seed))


def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Uniformly distributed values in `[minval, maxval)`."""
    return tf.random.uniform(shape, minval, maxval, dtype or config.floatx(), _seed(seed))


def random_bernoulli(shape, p=0.0, dtype=None, seed=None):
    """Ones with probability `p`, zeros otherwise."""
    dtype = dtype or config.floatx()
    return tf.cast(tf.random.uniform(shape, dtype=dtype, seed=_seed(seed)) <= p, dtype)


def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """The old name of `random_bernoulli`."""
    warnings.warn("random_binomial is the old name of random_bernoulli.", stacklevel=2)
    return random_bernoulli(shape, p, dtype, seed)


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """Return a variable with normally distributed initial values; `scale` is the standard
    deviation."""
    seed = np.random.randint(10**9) if seed is None else seed
    return variable(
        tf.random.normal(shape, mean, scale, dtype or config.floatx(), seed), dtype, name
    )


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """Return a variable with initial values uniformly distributed in `[low, high)`."""
    seed = np.random.randint(10**9) if seed is None else seed
    return variable(
        tf.random.uniform(shape, low, high, dtype or config.floatx(), seed), dtype, name
    )


def dropout(x, level, noise_shape=None, seed=None):
    """Set a fraction `level` of the elements to zero and scale up the others, regardless of the
    learning phase."""
    return tf.nn.dropout(x, rate=level, noise_shape=noise_shape, seed=_seed(seed))


def _seed(seed):
    return np.random.randint(LARGEST_SEED) if seed is None else seed
