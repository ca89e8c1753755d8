"""Variables stored in full precision and read in the compute dtype of a layer.

A variable is not wrapped in another object: it gets a class whose reads are cast during a layer's
call. It thus remains the object that tapes, optimizers, checkpoints and distribution strategies
know.
"""

import functools
import threading

import tensorflow as tf

from tfk.utils.tensorflow_internals import CompositeTensor, stored_variable

# The methods of a variable that read, and those that write with the argument that holds the values.
READS = ("value", "read_value", "read_value_no_copy", "sparse_read", "gather_nd")
WRITES = {
    "assign": "value",
    "assign_add": "delta",
    "assign_sub": "delta",
    "batch_scatter_update": "sparse_delta",
}
WRITES |= {
    f"scatter_{kind}": "sparse_delta"
    for kind in ("add", "div", "max", "min", "mul", "sub", "update")
}
WRITES |= {f"scatter_nd_{kind}": "updates" for kind in ("add", "max", "min", "sub", "update")}


class _Active(threading.local):
    dtype = None  # what variables are cast to in this thread, None outside every layer


_active = _Active()


class enable_autocast:
    """Context in which wrapped variables are read as `dtype` (a name or DType); None disables
    casting.
    """

    __slots__ = ("dtype", "outer")

    def __init__(self, dtype):
        dtype = None if dtype is None else tf.as_dtype(dtype)
        self.dtype = dtype if dtype is not None and dtype.is_floating else None

    def __enter__(self):
        self.outer, _active.dtype = _active.dtype, self.dtype

    def __exit__(self, *error):
        _active.dtype = self.outer


class AutoCastVariable:
    """Mixin that `wrap_autocast` puts in front of the class of a floating-point variable."""

    @property
    def dtype(self):
        """The dtype of reads."""
        return _active.dtype or self.true_dtype

    @property
    def true_dtype(self):
        """The dtype in which the value is stored."""
        return super().dtype

    def _as_stored(self, value):
        """Return a value, computed in any precision, in the stored dtype."""
        if isinstance(value, tf.IndexedSlices):
            return tf.IndexedSlices(self._as_stored(value.values), value.indices, value.dense_shape)
        return tf.cast(value, self.true_dtype)

    def __deepcopy__(self, memo):
        with enable_autocast(None):
            return wrap_autocast(super().__deepcopy__(memo))

    def __reduce__(self):
        with enable_autocast(None):
            rebuild, arguments = super().__reduce__()
        return _rebuild, (rebuild, arguments)


def _rebuild(rebuild, arguments):
    return wrap_autocast(rebuild(*arguments))


def _reading(name):
    def read(self, *args, **kwargs):
        value = getattr(super(AutoCastVariable, self), name)(*args, **kwargs)
        return value if _active.dtype in (None, value.dtype) else tf.cast(value, _active.dtype)

    return read


def _writing(name, argument):
    position = 1 if argument == "updates" else 0  # scatter_nd methods take the indices first

    def write(self, *args, **kwargs):
        if argument in kwargs:
            kwargs[argument] = self._as_stored(kwargs[argument])
        else:
            args = (*args[:position], self._as_stored(args[position]), *args[position + 1 :])
        with enable_autocast(None):
            result = getattr(super(AutoCastVariable, self), name)(*args, **kwargs)
        # Inside a graph the result is another variable, one that is read after the write.
        return wrap_autocast(result) if isinstance(result, tf.Variable) else result

    return write


for _name in READS:
    setattr(AutoCastVariable, _name, _reading(_name))
for _name, _argument in WRITES.items():
    setattr(AutoCastVariable, _name, _writing(_name, _argument))


@functools.cache
def autocast_class(cls):
    """Return the wrapped class for variables of class `cls`."""
    # Eager operations read a plain ResourceVariable in C++, past its Python methods. They recognise
    # it by the one class of the hierarchy that is a CompositeTensor; the base below it has all that
    # is needed.
    base = next(c for c in cls.__mro__ if not issubclass(c, CompositeTensor))
    return type("AutoCastVariable", (AutoCastVariable, base), {})


def wrap_autocast(variable):
    """Make a floating-point variable readable in the dtype of the current layer call.

    Args:
        variable: A `tf.Variable`, or a distributed variable.
    Returns: The same object.
    Raises: TypeError for anything that is not a variable, ValueError for a variable of another
        dtype.
    >>> kernel = wrap_autocast(tf.Variable([1.0, 2.0]))
    >>> with enable_autocast("float16"):
    ...     (kernel * 2).dtype
    tf.float16
    """
    parts = _parts(variable)
    if parts is None:
        raise TypeError(f"wrap_autocast: expected a variable, got {variable!r}.")
    for part in parts:
        if not part.dtype.is_floating:
            raise ValueError(
                f"wrap_autocast: expected a floating-point variable, got {part.dtype.name}."
            )
        if not isinstance(part, AutoCastVariable):
            part.__class__ = autocast_class(type(part))
    return variable


def _parts(variable):
    """Return the variables that hold the data: itself, its replicas or shards; None for other
    objects.
    """
    if isinstance(variable, tf.distribute.DistributedValues):
        return variable.values
    if hasattr(variable, "variables"):  # a ShardedVariable of a parameter server strategy
        return variable.variables
    if isinstance(variable, tf.Variable):
        return [stored_variable(variable)]
    return None
