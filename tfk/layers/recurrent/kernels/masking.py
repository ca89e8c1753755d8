"""Time masks for kernels without mask support: kept steps move to the front, results move back.

Masks are `(time, batch)`, True where a step counts. Works for any mask, so none forces a slow
kernel.
"""

import tensorflow as tf


class Kept:
    """Compute where the kept steps of a mask move, at the front and in order.

    Attributes:
        counts: `(batch,)` int32, the number of kept steps of each sample.
        before: `(time, batch)` int32, how many steps are kept up to and including each one.
    """

    def __init__(self, mask):
        kept = tf.cast(mask, tf.int32)
        self.mask = mask
        self.counts = tf.reduce_sum(kept, 0)
        self.before = tf.cumsum(kept, 0)
        self.steps, self.batch = tf.shape(mask)[0], tf.shape(mask)[1]

    def _row(self, step):
        """Row of the flattened `(time * batch)` axis for a time index of each sample."""
        return step * self.batch + tf.range(self.batch)

    def to_front(self, sequence):
        """`(time, batch, features)` with each sample's kept steps first, the others after them."""
        skipped_before = tf.range(1, self.steps + 1)[:, tf.newaxis] - self.before
        position = tf.where(self.mask, self.before - 1, self.counts + skipped_before - 1)
        there = tf.reshape(self._row(position), [-1])
        back = tf.math.invert_permutation(there)

        @tf.custom_gradient
        def move(rows):
            return tf.gather(rows, back), lambda gradient: tf.gather(gradient, there)

        return tf.reshape(move(_rows(sequence)), tf.shape(sequence))

    def spread(self, sequence, first):
        """Undo `to_front`: at every step the value of the last kept step so far, `first` where
        there is none.

        Args:
            sequence: `(time, batch, units)`, kept steps in front.
            first: `(batch, units)`, the value before the first step.
        """
        index = self._row(tf.maximum(self.before - 1, 0))
        values = tf.reshape(take_rows(_rows(sequence), tf.reshape(index, [-1])), tf.shape(sequence))
        return tf.where((self.before > 0)[..., tf.newaxis], values, first)

    def last(self, sequence, first):
        """`(batch, units)`: the value of each sample's last kept step, `first` where no step is
        kept.
        """
        values = take_rows(_rows(sequence), self._row(tf.maximum(self.counts - 1, 0)))
        return tf.where((self.counts > 0)[:, tf.newaxis], values, first)


@tf.custom_gradient
def take_rows(rows, index):
    """`tf.gather(rows, index)` whose gradient is dense."""
    count = tf.shape(rows)[0]
    return tf.gather(rows, index), lambda gradient: (
        tf.math.unsorted_segment_sum(gradient, index, count),
        None,
    )


def _rows(sequence):
    return tf.reshape(sequence, (-1, sequence.shape[-1]))


def hide(outputs, mask, zero_output_for_mask, first_is_zero):
    """Return the output sequence of a layer under a mask, as defined by Keras 2.

    A masked step repeats the output before it, and zeros where none came before; with
    `zero_output_for_mask` every masked step is zero.

    Args:
        outputs: `(time, batch, units)`, the state after each step.
        mask: `(time, batch)`.
        zero_output_for_mask: See above.
        first_is_zero: The initial state is known to be zero, so repeating it already gives zeros.
    """
    if zero_output_for_mask:
        shown = mask
    elif first_is_zero:
        return outputs
    else:
        shown = tf.cumsum(tf.cast(mask, tf.int32), 0) > 0
    return tf.where(shown[..., tf.newaxis], outputs, tf.zeros_like(outputs))


def hide_last(output, mask, zero_output_for_mask, first_is_zero):
    """`hide` for the last step alone: `output` is `(batch, units)`."""
    if zero_output_for_mask:
        shown = mask[-1]
    elif first_is_zero:
        return output
    else:
        shown = tf.reduce_any(mask, 0)
    return tf.where(shown[:, tf.newaxis], output, tf.zeros_like(output))
