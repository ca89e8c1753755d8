"""Random tensors: the numbers of TensorFlow's own functions, from fewer operations."""

import numpy as np
import pytest
import tensorflow as tf

from tfk.utils import philox

DRAWS = {
    "bits": (
        lambda seed: philox.bits((50,), seed),
        lambda seed: tf.random.stateless_uniform((50,), seed, None, None, tf.int32, alg="philox"),
    ),
    "uniform": (
        lambda seed: philox.uniform((5, 7), seed, -2.0, 3.0),
        lambda seed: tf.random.stateless_uniform((5, 7), seed, -2.0, 3.0, alg="philox"),
    ),
    "integers": (
        lambda seed: philox.uniform((50,), seed, -3, 9, "int64"),
        lambda seed: tf.random.stateless_uniform((50,), seed, -3, 9, tf.int64, alg="philox"),
    ),
    "normal": (
        lambda seed: philox.normal((50,), seed, 1.0, 3.0),
        lambda seed: tf.random.stateless_normal((50,), seed, 1.0, 3.0, alg="philox"),
    ),
    "truncated": (
        lambda seed: philox.truncated_normal((50,), seed, 1.0, 3.0),
        lambda seed: tf.random.stateless_truncated_normal((50,), seed, 1.0, 3.0, alg="philox"),
    ),
    "large, made by a graph": (
        lambda seed: philox.uniform((2, philox.LARGE), seed, maxval=0.5),
        lambda seed: tf.random.stateless_uniform((2, philox.LARGE), seed, maxval=0.5, alg="philox"),
    ),
}


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("seed", [(0, 0), (1, 2), (2**31 - 1, 5)])
def test_numbers_are_those_of_tensorflow(name, seed):
    ours, theirs = DRAWS[name]
    seed = tf.constant(seed)
    np.testing.assert_array_equal(ours(seed), theirs(seed))
    np.testing.assert_array_equal(tf.function(ours)(seed), theirs(seed))


@pytest.mark.parametrize("name", ["bits", "uniform", "integers", "normal", "odd normal"])
def test_xla_draws_the_same_numbers(name):
    ours = {**DRAWS, "odd normal": (lambda seed: philox.normal((3, 5), seed), None)}[name][0]
    seed = tf.constant((3, 4))
    # Scaling to the range, logarithms and sines may round differently.
    np.testing.assert_allclose(tf.function(ours, jit_compile=True)(seed), ours(seed), atol=4e-6)


def test_takes_shapes_known_only_while_running():
    draw = tf.function(lambda x: philox.uniform(tf.shape(x), (1, 2)), autograph=False)
    assert draw(tf.zeros((2, 3))).shape == (2, 3)


def test_a_draw_takes_few_operations():
    graph = (
        tf.function(lambda seed: philox.bits((5,), seed))
        .get_concrete_function(tf.constant((1, 2)))
        .graph
    )
    assert len(graph.get_operations()) < 8
