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
    """Return normally distributed values.

    Args:
        shape: Shape of the result, a tuple of integers.
        mean: Mean. Defaults to 0.0.
        stddev: Standard deviation. Defaults to 1.0.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        seed: Integer random seed; None draws one from NumPy's generator. Defaults to None.

    >>> random_normal((2, 3)).shape
    TensorShape([2, 3])
    """
    return tf.random.normal(shape, mean, stddev, dtype or config.floatx(), _seed(seed))


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Return truncated normal values, within two standard deviations of the mean.

    Args:
        shape: Shape of the result, a tuple of integers.
        mean: Mean. Defaults to 0.0.
        stddev: Standard deviation before truncation. Defaults to 1.0.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        seed: Integer random seed; None draws one from NumPy's generator. Defaults to None.

    >>> bool(tf.reduce_all(tf.abs(truncated_normal((100,))) <= 2))
    True
    """
    return tf.random.truncated_normal(shape, mean, stddev, dtype or config.floatx(), _seed(seed))


def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Return uniformly distributed values in `[minval, maxval)`.

    Args:
        shape: Shape of the result, a tuple of integers.
        minval: Lower bound. Defaults to 0.0.
        maxval: Upper bound, exclusive. Defaults to 1.0.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        seed: Integer random seed; None draws one from NumPy's generator. Defaults to None.

    >>> random_uniform((2, 3)).shape
    TensorShape([2, 3])
    """
    return tf.random.uniform(shape, minval, maxval, dtype or config.floatx(), _seed(seed))


def random_bernoulli(shape, p=0.0, dtype=None, seed=None):
    """Return ones with probability `p`, zeros otherwise.

    Args:
        shape: Shape of the result, a tuple of integers.
        p: Probability of a one, in `[0, 1]`. Defaults to 0.0.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        seed: Integer random seed; None draws one from NumPy's generator. Defaults to None.

    >>> random_bernoulli((3,), p=1.0).numpy()
    array([1., 1., 1.], dtype=float32)
    """
    dtype = dtype or config.floatx()
    return tf.cast(tf.random.uniform(shape, dtype=dtype, seed=_seed(seed)) <= p, dtype)


def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """Former name of `random_bernoulli`.

    Args:
        shape: Shape of the result, a tuple of integers.
        p: Probability of a one, in `[0, 1]`. Defaults to 0.0.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        seed: Integer random seed; None draws one from NumPy's generator. Defaults to None.

    >>> random_binomial((3,), p=1.0).numpy()  # doctest: +SKIP
    array([1., 1., 1.], dtype=float32)
    """
    warnings.warn("random_binomial is the old name of random_bernoulli.", stacklevel=2)
    return random_bernoulli(shape, p, dtype, seed)


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """Return a variable with normally distributed initial values.

    Args:
        shape: Shape of the variable, a tuple of integers.
        mean: Mean.
        scale: Standard deviation.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        name: Name of the variable. Defaults to None.
        seed: Integer random seed; None draws one from NumPy's generator. Defaults to None.

    >>> random_normal_variable((2, 3), mean=0.0, scale=1.0).shape
    TensorShape([2, 3])
    """
    seed = np.random.randint(10**9) if seed is None else seed
    return variable(
        tf.random.normal(shape, mean, scale, dtype or config.floatx(), seed), dtype, name
    )


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """Return a variable with initial values uniformly distributed in `[low, high)`.

    Args:
        shape: Shape of the variable, a tuple of integers.
        low: Lower bound.
        high: Upper bound, exclusive.
        dtype: Dtype of the result; None uses `floatx`. Defaults to None.
        name: Name of the variable. Defaults to None.
        seed: Integer random seed; None draws one from NumPy's generator. Defaults to None.

    >>> random_uniform_variable((2, 3), low=0.0, high=1.0).shape
    TensorShape([2, 3])
    """
    seed = np.random.randint(10**9) if seed is None else seed
    return variable(
        tf.random.uniform(shape, low, high, dtype or config.floatx(), seed), dtype, name
    )


def dropout(x, level, noise_shape=None, seed=None):
    """Set random elements to zero and scale up the others, regardless of the learning phase.

    Args:
        x: Tensor of floating-point numbers.
        level: Probability of dropping an element, in `[0, 1)`.
        noise_shape: Shape of the mask, broadcast against `x`; None uses the shape of
            `x`. Defaults to None.
        seed: Integer random seed; None draws one from NumPy's generator. Defaults to None.

    >>> dropout(tf.ones((2,)), level=0.0).numpy()
    array([1., 1.], dtype=float32)
    """
    return tf.nn.dropout(x, rate=level, noise_shape=noise_shape, seed=_seed(seed))


def _seed(seed):
    return np.random.randint(LARGEST_SEED) if seed is None else seed
