"""`keras.engine.base_layer_utils`: the context of the current layer call."""

import tensorflow as tf

from tfk.engine.layer.call_context import current


class CallContext:
    """The current layer call."""

    @property
    def in_call(self):
        """True while a layer computes."""
        return current() is not None

    @property
    def training(self):
        """The mode of that call, None without one."""
        frame = current()
        return None if frame is None else frame.training

    @property
    def layer(self):
        """The innermost layer that computes, None without one."""
        frame = current()
        return None if frame is None else frame.layer


def call_context():
    """Return the `CallContext`."""
    return CallContext()


def is_in_eager_or_tf_function():
    """Return True unless a TensorFlow 1 graph is being built."""
    return tf.executing_eagerly() or tf.inside_function()


__all__ = ["CallContext", "call_context", "is_in_eager_or_tf_function"]
