"""Shapes: recognising them inside nests, converting them, broadcasting them."""

import tensorflow as tf

from tfk.utils.checks import describe, is_integer


def is_shape(value):
    """Return True for a TensorShape or a tuple or list of integers and None; False for a nest of
    shapes.
    """
    if isinstance(value, tf.TensorShape):
        return True
    return isinstance(value, (tuple, list)) and all(d is None or is_integer(d) for d in value)


def map_shapes(function, shapes):
    """Apply `function` to every shape of a nest (lists, tuples, dicts) and keep the nesting.

    >>> map_shapes(len, {"a": (None, 3), "b": [(2,), (None, 4, 5)]})
    {'a': 2, 'b': [1, 3]}
    """
    if shapes is None or is_shape(shapes):
        return None if shapes is None else function(shapes)
    if isinstance(shapes, dict):
        return {key: map_shapes(function, value) for key, value in shapes.items()}
    if isinstance(shapes, (tuple, list)):
        mapped = [map_shapes(function, value) for value in shapes]
        if isinstance(shapes, list):
            return mapped
        return type(shapes)(*mapped) if hasattr(shapes, "_fields") else tuple(mapped)
    raise TypeError(f"Expected a shape or a list, tuple or dict of shapes, got {shapes!r}.")


def to_tensor_shapes(shapes):
    """Turn every shape of a nest into a `tf.TensorShape`."""
    return map_shapes(tf.TensorShape, shapes)


def to_tuples(shapes):
    """Turn every shape of a nest into a tuple; a shape of unknown rank becomes None."""
    return map_shapes(to_tuple, shapes)


def to_tuple(shape):
    """Turn one shape into a tuple of ints and None; None when the rank is unknown."""
    shape = tf.TensorShape(shape)
    return None if shape.rank is None else tuple(shape.as_list())


def dynamic_shape(tensor):
    """Return the shape as a list that holds an int where the size is static and a scalar tensor
    elsewhere.
    """
    static = tensor.shape.as_list()
    if None not in static:
        return static
    dynamic = tf.shape(tensor)
    return [dynamic[axis] if size is None else size for axis, size in enumerate(static)]


def count_elements(variables):
    """Return the number of scalars in variables; those of unknown size do not count, as in Keras
    2."""
    return sum(variable.shape.num_elements() or 0 for variable in variables)


def broadcast_shapes(first, second, owner="broadcast"):
    """Return the shape two shapes broadcast to, as a tuple; an unknown size meets 1 as unknown, n
    as n.

    Raises: ValueError when two known sizes differ and neither is 1.
    >>> broadcast_shapes((None, 1, 3), (4, 3))
    (None, 4, 3)
    """
    first, second = tuple(first), tuple(second)
    rank = max(len(first), len(second))
    pairs = zip((1,) * (rank - len(first)) + first, (1,) * (rank - len(second)) + second)
    result = []
    for one, other in pairs:
        if one == 1 or other == 1:
            result.append(other if one == 1 else one)
        elif one is None or other is None or one == other:
            result.append(other if one is None else one)
        else:
            raise ValueError(
                f"{describe(owner)}: shapes {first} and {second} do not broadcast: sizes {one} and"
                f" {other} differ and neither is 1."
            )
    return tuple(result)
