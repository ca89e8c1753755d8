"""Per-row running means of a table, updated lazily when a row is used."""

import tensorflow as tf

from tfk.optimizers.virtual_variable import VirtualVariable


class DecayingSlot(VirtualVariable):
    """Rows that shrink by a factor at every update, stored as they were at their last update.

    A row last updated at step `t` now has the value `stored * factor ** (updates - t)`, so an
    update only writes the rows it uses. The first gradient decides whether a table is stored this
    way: a dense one updates all rows anyway.

    Args:
        name: Name of the slot.
        stored: Variable with the rows as last written, shape (rows, ...).
        touched: int64 variable, shape (rows,): the update at which each row was written.
        updates: int64 scalar variable: the number of updates so far.
        factor: Factor applied to rows at each update.
    """

    def __init__(self, name, stored, touched, updates, factor):
        super().__init__(name, stored.shape, stored)
        self.stored, self.touched, self.updates, self.factor = stored, touched, updates, factor
        self.by_rows = None  # not decided yet

    def _now(self, stored, touched):
        idle = tf.cast(self.updates - touched, self.dtype)
        share = tf.pow(tf.cast(self.factor, self.dtype), idle)
        return stored * tf.reshape(share, [-1] + [1] * (self.shape.rank - 1))

    def value(self):
        return self._now(self.stored, self.touched)

    def _set(self, value):
        return tf.group(
            self.stored.assign(value, read_value=False),
            self.touched.assign(tf.fill(self.touched.shape, self.updates), read_value=False),
        )

    # Saved values are rounded, so training continues from the rounded ones: a run that is
    # interrupted and resumed then equals one that was only saved, bit for bit.

    def numpy(self):
        if self.by_rows:
            self.settle()
        return self.stored.numpy()

    def _serialize_to_tensors(self):
        if self.by_rows and tf.executing_eagerly():
            self.settle()
        return super()._serialize_to_tensors()

    def rows(self, indices):
        """Return the present values of some rows."""
        return self._now(tf.gather(self.stored, indices), tf.gather(self.touched, indices))

    def finish_update(self, indices, values):
        """Finish an update that assigns new values to some rows."""
        self.updates.assign_add(1, read_value=False)
        touched = tf.fill(tf.shape(indices), self.updates.read_value())
        self.stored.scatter_update(tf.IndexedSlices(values, indices))
        self.touched.scatter_update(tf.IndexedSlices(touched, indices))

    def settle(self):
        """Write the present values of all rows, before an update of all of them."""
        self._set(self.value())

    def finish_dense_update(self):
        """Finish an update that wrote all rows."""
        self.updates.assign_add(1, read_value=False)
        self.touched.assign(
            tf.fill(self.touched.shape, self.updates.read_value()), read_value=False
        )
