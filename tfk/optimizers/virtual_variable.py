"""Variables whose values are stored in another form."""

import tensorflow as tf


class VirtualVariable(tf.Variable):
    """Object with the interface of a variable; a subclass defines `value` and `_set`.

    Args:
        name: Its name, prefixed by the current name scope.
        shape: Its shape.
        storage: The variable that stores its values and determines dtype and device.
    """

    def __init__(self, name, shape, storage):
        scope = tf.get_current_name_scope()
        self._path = f"{scope}/{name}" if scope else name
        self._virtual_shape = tf.TensorShape(shape)
        self._storage = storage

    def value(self):
        """Return the values as a tensor."""
        raise NotImplementedError

    def _set(self, value):
        """Set the values to `value`, a tensor of the right shape and dtype."""
        raise NotImplementedError

    name = property(lambda self: f"{self._path}:0")
    shape = property(lambda self: self._virtual_shape)
    dtype = property(lambda self: self._storage.dtype)
    device = property(lambda self: self._storage.device)
    trainable = property(lambda self: False)
    constraint = property(lambda self: None)
    synchronization = property(lambda self: self._storage.synchronization)
    aggregation = property(lambda self: self._storage.aggregation)

    @property
    def _unique_id(self):
        return f"{self._path}_{id(self)}"

    def read_value(self):
        return self.value()

    def numpy(self):
        return self.value().numpy()

    def __array__(self, dtype=None, copy=None):
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __tf_tensor__(self, dtype=None, name=None):
        return tf.convert_to_tensor(self.value(), dtype, name=name)

    def assign(self, value, use_locking=False, name=None, read_value=True):
        value = tf.convert_to_tensor(value, self.dtype)
        if not self.shape.is_compatible_with(value.shape):
            raise ValueError(
                f"Variable {self.name} has shape {tuple(self.shape)}, the value to assign has "
                f"{tuple(value.shape)}."
            )
        self._set(value)
        return self if read_value else None

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        return self.assign(self.value() + delta, read_value=read_value)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        return self.assign(self.value() - delta, read_value=read_value)

    def __repr__(self):
        kind = type(self).__name__
        return f"<{kind} {self.name!r} shape={tuple(self.shape)} dtype={self.dtype.name}>"

    # Checkpoints store the values under the key of a variable, not the storage.

    def _serialize_to_tensors(self):
        return {"VARIABLE_VALUE": self.value()}

    def _restore_from_tensors(self, restored_tensors):
        return self._set(restored_tensors["VARIABLE_VALUE"])
