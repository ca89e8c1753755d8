"""Dot layer: batchwise products of two tensors."""

import string

import tensorflow as tf

from tfk.layers.merging.merge import Merge, check_shapes
from tfk.saving.registry import register
from tfk.typing import Config, Shape, TensorLike
from tfk.utils.checks import describe, is_integer
from tfk.utils.conv_arithmetic import normalize_axis


@register("layers")
class Dot(Merge):
    """Batchwise dot product of two inputs along one axis of each.

    Args:
        axes: Axis to contract, or one per input; counted with the batch axis, negative from the
            end.
        normalize: Whether to scale both inputs to unit length along these axes first, which yields
            the cosine similarity. Defaults to False.
    Input shape: A list of two tensors.
    Output shape: The remaining axes of the first input, then those of the second; `(batch, 1)` if
        none remain.
    Raises: TypeError or ValueError if `axes` is invalid, and ValueError if the contracted sizes
        differ.
    >>> Dot(axes=1)([tf.constant([[1.0, 2.0]]), tf.constant([[3.0, 4.0]])]).numpy()
    array([[11.]], dtype=float32)
    """

    def __init__(self, axes, normalize: bool = False, **kwargs):
        super().__init__(**kwargs)
        if not (is_integer(axes) or isinstance(axes, (list, tuple))):
            raise TypeError(
                f"{describe(self)}: expected axes to be an integer or two of them, got {axes!r}."
            )
        if isinstance(axes, (list, tuple)) and not (len(axes) == 2 and all(map(is_integer, axes))):
            raise ValueError(f"{describe(self)}: expected axes to hold two integers, got {axes!r}.")
        self.axes = axes if is_integer(axes) else tuple(axes)
        self.normalize = normalize

    def _axes(self, ranks):
        pair = (self.axes, self.axes) if is_integer(self.axes) else self.axes
        return [normalize_axis(axis, rank, self) for axis, rank in zip(pair, ranks)]

    def build(self, input_shape: Shape):
        shapes = check_shapes(self, input_shape, count=2)
        if any(shape.rank is None for shape in shapes):
            raise ValueError(f"{describe(self)}: needs inputs of known rank.")
        axes = self._axes([shape.rank for shape in shapes])
        sizes = [shape[axis] for shape, axis in zip(shapes, axes)]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ValueError(
                f"{describe(self)}: the contracted axes must have the same size, got {sizes[0]}"
                f" (axis {axes[0]} of {tuple(shapes[0])}) and {sizes[1]} (axis {axes[1]} of"
                f" {tuple(shapes[1])})."
            )

    def call(self, inputs: TensorLike):
        first, second = inputs
        axes = self._axes([first.shape.rank, second.shape.rank])
        if self.normalize:
            first = tf.linalg.l2_normalize(first, axis=axes[0])
            second = tf.linalg.l2_normalize(second, axis=axes[1])
        outputs = tf.einsum(contraction([first.shape.rank, second.shape.rank], axes), first, second)
        return outputs if outputs.shape.rank > 1 else tf.expand_dims(outputs, axis=-1)

    def compute_output_shape(self, input_shape: Shape):
        shapes = check_shapes(self, input_shape, count=2)
        first, second = self._axes([shape.rank for shape in shapes])
        kept = [size for axis, size in enumerate(shapes[0]) if axis != first]
        kept += [size for axis, size in enumerate(shapes[1]) if axis not in (0, second)]
        return tf.TensorShape(kept if len(kept) > 1 else [*kept, 1])

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        return None

    def get_config(self) -> Config:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def contraction(ranks, axes):
    """Return the einsum equation that contracts axis `axes[i]` of tensor i and keeps the batch
    axis.

    >>> contraction([3, 2], [2, 1])
    'bcz,bz->bc'
    """
    letters = iter(string.ascii_lowercase[2:25])
    names = []
    for rank, axis in zip(ranks, axes):
        names.append(["b"] + [next(letters) for _ in range(rank - 1)])
        names[-1][axis] = "z"
    kept = [name for name in names[0] if name != "z"] + [
        name for name in names[1][1:] if name != "z"
    ]
    return f"{''.join(names[0])},{''.join(names[1])}->{''.join(kept)}"


def dot(inputs: TensorLike, axes, normalize: bool = False, **kwargs):
    """Functional form of `Dot`: return the batchwise dot product of two inputs.

    Args:
        inputs: List of two tensors.
        axes: Axis to contract, or one per input.
        normalize: Whether to scale both inputs to unit length along these axes first. Defaults to
            False.
        **kwargs: Arguments of `Dot`, such as `name`.
    >>> dot([tf.constant([[1.0, 2.0]]), tf.constant([[3.0, 4.0]])], axes=1).numpy()
    array([[11.]], dtype=float32)
    """
    return Dot(axes=axes, normalize=normalize, **kwargs)(inputs)
