"""Where a loop over time reads its inputs from and puts its outputs: two ways with the same
functions.
"""

import tensorflow as tf


class ListStore:
    """TensorArrays: a read or write touches one step alone, in the gradient, too."""

    @staticmethod
    def reader(sequence, count):
        """A function from a time index to that step of a tensor with time first."""
        return tf.TensorArray(sequence.dtype, count, clear_after_read=False).unstack(sequence).read

    @staticmethod
    def start(value, count):
        """A store for `count` steps that holds `value` as the first."""
        return tf.TensorArray(value.dtype, count, element_shape=value.shape).write(0, value)

    @staticmethod
    def write(store, k, value):
        """The store with `value` at step `k`."""
        return store.write(k, value)

    @staticmethod
    def stack(store):
        """All steps as one tensor."""
        return store.stack()


class TensorStore:
    """Whole tensors: slower, but made of operations that small runtimes have."""

    @staticmethod
    def reader(sequence, count):
        return lambda t: sequence[t]

    @staticmethod
    def start(value, count):
        others = tf.fill(tf.concat([[count - 1], tf.shape(value)], 0), tf.zeros((), value.dtype))
        store = tf.concat([value[tf.newaxis], others], 0)
        static = count if isinstance(count, int) else None
        return tf.ensure_shape(store, (static, *value.shape))

    @staticmethod
    def write(store, k, value):
        here = tf.reshape(tf.range(tf.shape(store)[0]) == k, [-1] + [1] * value.shape.rank)
        return tf.where(here, value[tf.newaxis], store)

    @staticmethod
    def stack(store):
        return store
