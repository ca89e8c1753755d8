"""Storage for the inputs and outputs of a loop over time: two implementations of one interface."""

import tensorflow as tf


class ListStore:
    """TensorArrays: reads and writes touch a single step, also in the gradient."""

    @staticmethod
    def reader(sequence, count):
        """Return a function from a time index to that step of a time-major tensor."""
        return tf.TensorArray(sequence.dtype, count, clear_after_read=False).unstack(sequence).read

    @staticmethod
    def start(value, count):
        """Return a store for `count` steps whose first step is `value`."""
        return tf.TensorArray(value.dtype, count, element_shape=value.shape).write(0, value)

    @staticmethod
    def write(store, k, value):
        """Return the store with `value` at step `k`."""
        return store.write(k, value)

    @staticmethod
    def stack(store):
        """Return all steps as one tensor."""
        return store.stack()


class TensorStore:
    """Whole tensors: slower, but built from ops that small runtimes support."""

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
