"""A running mean for each row of a table that is brought up to date only when its row is used."""

import tensorflow as tf

from tfk.optimizers.virtual_variable import VirtualVariable


class DecayingSlot(VirtualVariable):
    """Rows that shrink by a factor at every update, stored as of the last update that touched them.

    A row touched at update `t` is worth `stored * factor ** (updates - t)` now, so an update has to
    write the rows it uses and no others. Whether a table is kept in this way is decided by its
    first
    gradient: a dense one touches all rows anyway.

    Args:
        name: Name of the slot.
        stored: Variable with the rows as last written, shape (rows, ...).
        touched: int64 variable, shape (rows,): the update at which each was written.
        updates: int64 scalar variable: the number of updates so far.
        factor: What rows shrink by at each update.
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

    # Whoever saves the values sees rounded ones, so training goes on from those: a run that is
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
        """The present values of some rows."""
        return self._now(tf.gather(self.stored, indices), tf.gather(self.touched, indices))

    def finish_update(self, indices, values):
        """Ends an update that gives some rows new values."""
        self.updates.assign_add(1, read_value=False)
        touched = tf.fill(tf.shape(indices), self.updates.read_value())
        self.stored.scatter_update(tf.IndexedSlices(values, indices))
        self.touched.scatter_update(tf.IndexedSlices(touched, indices))

    def settle(self):
        """Writes the present values of all rows, before an update of all of them."""
        self._set(self.value())

    def finish_dense_update(self):
        """Ends an update that wrote all rows."""
        self.updates.assign_add(1, read_value=False)
        self.touched.assign(
            tf.fill(self.touched.shape, self.updates.read_value()), read_value=False
        )
