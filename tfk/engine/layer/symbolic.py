"""SymbolicTensor: a placeholder for a value while a model is being built."""

import tensorflow as tf

from tfk.utils.tensorflow_internals import spec_shape


class Reference:
    """A hashable reference to a symbolic tensor, whose `==` is an operation of the model."""

    __slots__ = ("_tensor",)

    def __init__(self, tensor):
        self._tensor = tensor

    def deref(self):
        """Return the tensor."""
        return self._tensor

    def __eq__(self, other):
        return isinstance(other, Reference) and self._tensor is other._tensor

    def __hash__(self):
        return id(self._tensor)


class SymbolicTensor:
    """Future output of a layer: a type spec and its origin, without a value.

    TensorFlow functions, operators and slices called on it become layers of the model being built
    (see `engine/graph/tf_ops.py`). `node` is the call that returned it, and `_keras_history` is
    `(layer, node_index, tensor_index)`.
    """

    _tfk_symbolic = True
    # Operators between a NumPy array and a symbolic tensor are those of the tensor.
    __array_priority__ = 100
    is_tensor_like = True  # so that `tf.is_tensor` says True, as in Keras 2
    node = None
    mask_spec = None  # type spec of the mask that the value will carry, None without one

    def __init__(self, type_spec, name=None, history=None):
        self._type_spec = type_spec
        self._name = name
        self._keras_history = history

    @classmethod
    def from_type_spec(cls, type_spec, name=None):
        """Create a symbolic tensor for values of a `tf.TypeSpec`."""
        return cls(type_spec, name=name)

    @classmethod
    def from_tensor(cls, tensor):
        """Create a symbolic tensor for values like `tensor`."""
        return cls(tf.type_spec_from_value(tensor))

    def ref(self):
        """Return a hashable reference, for sets and dicts; `deref()` returns the tensor."""
        return Reference(self)

    @property
    def type_spec(self):
        """The `tf.TypeSpec` (dense, ragged or sparse) of the future value."""
        return self._type_spec

    @property
    def shape(self):
        return spec_shape(self._type_spec)

    def get_shape(self):
        """Return the static shape, a `tf.TensorShape`."""
        return self.shape

    def set_shape(self, shape):
        """Refine the static shape in place."""
        merged = self.shape.merge_with(shape)
        self._type_spec = tf.TensorSpec(merged, self.dtype, getattr(self._type_spec, "name", None))

    @property
    def dtype(self):
        return self._type_spec.dtype

    @property
    def name(self):
        return self._name

    @property
    def rank(self):
        return self.shape.rank

    def __len__(self):
        raise TypeError(
            "A symbolic tensor has no len(); use tf.shape(x)[0], or x.shape[0] where it is known."
        )

    def __bool__(self):
        raise TypeError(
            "A symbolic tensor has no value while a model is being built, so it cannot decide a"
            " Python `if`, `while` or `assert`. Put the decision into a layer (subclass Layer, or"
            " Lambda), where AutoGraph converts it."
        )

    def __iter__(self):
        if self.shape.rank is None or self.shape.rank == 0 or self.shape[0] is None:
            raise TypeError(
                f"Cannot iterate over a symbolic tensor of shape {self.shape}: its first size is"
                " unknown."
            )
        return (self[index] for index in range(self.shape[0]))

    def __array__(self, *args, **kwargs):
        raise TypeError(
            f"Cannot turn the symbolic tensor {self.name!r} into a NumPy array: it has no value."
            " NumPy functions do not work on model inputs; use the equivalent TensorFlow function"
            " (tf.*), or a Lambda layer."
        )

    def __repr__(self):
        layer = self._keras_history[0].name if self._keras_history else None
        made = f" (created by layer '{layer}')" if layer else ""
        kind = (
            ""
            if isinstance(self._type_spec, tf.TensorSpec)
            else f" {type(self._type_spec).__name__[:-4]}"
        )
        shape = "<unknown>" if self.shape.rank is None else tuple(self.shape)
        return f"<KerasTensor:{kind} shape={shape} dtype={self.dtype.name}{made}>"


def is_symbolic(value):
    """Return True for a `SymbolicTensor`."""
    return getattr(type(value), "_tfk_symbolic", False)


def contains_symbolic(nest):
    return any(is_symbolic(value) for value in tf.nest.flatten(nest))


def is_keras_tensor(x):
    """Return True if `x` was returned by a layer or an `Input` while building a model.

    Raises: ValueError if `x` is not a tensor.
    """
    if is_symbolic(x):
        return True
    if not (tf.is_tensor(x) or isinstance(x, tf.Variable)):
        raise ValueError(f"is_keras_tensor: expected a tensor, got {type(x).__name__}.")
    return False
