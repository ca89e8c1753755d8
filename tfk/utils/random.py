"""Random seeds: for the process, for one object, for one draw."""

import random

import numpy as np
import tensorflow as tf

from tfk.utils.checks import check_int

SEED_RANGE = 2**31
# Spreads replica numbers over the key: 2**32 / golden ratio, odd.
REPLICA_STRIDE = 0x9E3779B1


def set_random_seed(seed):
    """Set the seeds of Python, NumPy and TensorFlow, for reproducible runs.

    Args:
        seed: An integer of at least 0.
    >>> set_random_seed(1)
    """
    seed = check_int("set_random_seed", "seed", seed, minimum=0)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    tf.random.set_seed(seed)


def draw_seed():
    """Return a fresh seed in `[0, 2**31)`: repeatable after `tf.random.set_seed`, random without
    it."""
    with tf.init_scope():
        return int(tf.random.uniform((), maxval=SEED_RANGE - 1, dtype=tf.int32))


class SeedGenerator(tf.Module):
    """Hands out seeds for `tf.random.stateless_*` and remembers how many it has given.

    The sequence is the same eagerly, inside `tf.function` and under XLA. Replicas of a
    distribution strategy get different seeds from one state.

    Args:
        seed: An integer, or None to draw one. Defaults to None.
    >>> noise = tf.random.stateless_normal((3,), SeedGenerator(7).next_seed(), alg="philox")
    """

    def __init__(self, seed=None):
        super().__init__(name="seed_generator")
        self.seed = None if seed is None else check_int(self, "seed", seed)
        key = draw_seed() if seed is None else self.seed % SEED_RANGE
        with tf.init_scope():
            self.state = tf.Variable(
                [key, 0],
                dtype=tf.int64,
                trainable=False,
                name="seed_generator_state",
                # Each replica counts alone: no communication within a step, one value when saved.
                synchronization=tf.VariableSynchronization.ON_READ,
                aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
            )

    def next_seed(self):
        """Return an int32 tensor of shape `(2,)`; the state moves on by one."""
        state = self.state.read_value()
        self.state.assign_add([0, 1])
        key, counter = state[0], state[1]
        replica = tf.distribute.get_replica_context()
        if replica is not None and replica.num_replicas_in_sync > 1:
            number = tf.cast(replica.replica_id_in_sync_group, tf.int64)
            key = tf.bitwise.bitwise_xor(key, number * REPLICA_STRIDE)
        return tf.cast(tf.stack([key, counter]) % SEED_RANGE, tf.int32)


def next_seed_of(layer):
    """Return the next seed of a layer's `seed_generator`, which a layer with a rate of 0 lacks."""
    if layer.seed_generator is None:  # the rate was raised since
        with tf.init_scope():
            layer.seed_generator = SeedGenerator(layer.seed)
    return layer.seed_generator.next_seed()
