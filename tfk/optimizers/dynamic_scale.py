"""Dynamic loss scale: grows while gradients are finite and shrinks otherwise."""

import tensorflow as tf

from tfk.utils.tensorflow_internals import AutoTrackable

INITIAL_SCALE = 2.0**15
GROWTH_STEPS = 2000
FACTOR = 2.0


def next_scale(scale, good_steps, finite, growth_steps):
    """Double the scale after `growth_steps` good steps in a row; halve it (down to 1) after a bad
    one.

    Args:
        scale: The scale of this step.
        good_steps: Number of steps with finite gradients since the scale last changed.
        finite: Whether the gradients of this step are finite.
        growth_steps: Number of good steps after which the scale grows.
    Returns: The new scale and the new number of good steps.
    """
    grows = finite & (good_steps + 1 >= growth_steps)
    larger = tf.where(tf.math.is_finite(scale * FACTOR), scale * FACTOR, scale)
    scale = tf.where(finite, tf.where(grows, larger, scale), tf.maximum(scale / FACTOR, 1.0))
    return scale, tf.where(finite & ~grows, good_steps + 1, tf.zeros_like(good_steps))


def all_finite(gradients):
    """Return a boolean scalar: whether no gradient contains infinity or NaN."""
    values = [g.values if isinstance(g, tf.IndexedSlices) else g for g in gradients]
    return tf.reduce_all([tf.reduce_all(tf.math.is_finite(value)) for value in values])


class DynamicScale(AutoTrackable):
    """Variables of a dynamic scale, named as in checkpoints of Keras 2."""

    def __init__(self, initial_scale, growth_steps):
        self.initial_scale, self.growth_steps = float(initial_scale), growth_steps
        with tf.init_scope():
            self.current_loss_scale = _counter("current_loss_scale", self.initial_scale, tf.float32)
            self.good_steps = _counter("good_steps", 0, tf.int64)
            self.skipped_steps = _counter("skipped_steps", 0, tf.int64)

    def update(self, strategy, finite):
        """Adjust the scale after a step whose gradients are finite or not."""
        finite = strategy.experimental_local_results(finite)[0]  # the same in all replicas
        scale, good_steps = next_scale(
            self.current_loss_scale, self.good_steps, finite, self.growth_steps
        )
        self.current_loss_scale.assign(scale)
        self.good_steps.assign(good_steps)
        self.skipped_steps.assign_add(tf.cast(~finite, tf.int64))

    def _variables(self):
        return (self.current_loss_scale, self.good_steps, self.skipped_steps)

    def save_own_variables(self, store):
        """Store the scale and its counters in `store` under "0", "1" and "2"."""
        for index, variable in enumerate(self._variables()):
            store[str(index)] = variable.numpy()

    def load_own_variables(self, store):
        """Load the values of `save_own_variables`; files of Keras 2 hold none, so the scale is
        reset.
        """
        if store.keys():
            for index, variable in enumerate(self._variables()):
                variable.assign(store[str(index)])


def _counter(name, value, dtype):
    return tf.Variable(value, name=name, dtype=dtype, trainable=False)
