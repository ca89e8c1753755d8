"""Concatenate layer."""

import tensorflow as tf

from tfk.layers.merging.merge import Merge, check_masks, check_shapes
from tfk.saving.registry import register
from tfk.typing import Config, Ints, Shape, TensorLike
from tfk.utils.checks import describe
from tfk.utils.conv_arithmetic import normalize_axis
from tfk.utils.user_values import as_tensors


@register("layers")
class Concatenate(Merge):
    """Concatenation of a list of inputs along one axis.

    Args:
        axis: Axis to concatenate along, counted with the batch axis; negative from the end.
            Defaults to -1.
    Input shape: A list of tensors of the same rank that agree in all other axes.
    Output shape: Same as the inputs, with the sizes along `axis` added.
    Raises: ValueError if the inputs are not a list of tensors or differ in another axis.
    >>> Concatenate()([tf.ones((2, 3)), tf.ones((2, 5))]).shape
    TensorShape([2, 8])
    """

    def __init__(self, axis: Ints = -1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape: Shape):
        self.compute_output_shape(input_shape)

    def call(self, inputs: TensorLike):
        if all(isinstance(x, tf.SparseTensor) for x in inputs):
            return tf.sparse.concat(self.axis, inputs)
        return tf.concat(inputs, axis=self.axis)

    def compute_output_shape(self, input_shape: Shape):
        shapes = check_shapes(self, input_shape)
        rank = next((shape.rank for shape in shapes if shape.rank is not None), None)
        if rank is None:
            return tf.TensorShape(None)
        axis = normalize_axis(self.axis, rank, self)
        others, lengths = tf.TensorShape([None] * (rank - 1)), []
        for shape in shapes:
            shape = shape if shape.rank is not None else tf.TensorShape([None] * rank)
            try:
                others = others.merge_with(shape[:axis] + shape[axis + 1 :])
            except (ValueError, IndexError):
                raise ValueError(
                    f"{describe(self)}: the inputs must have the same shape except along axis"
                    f" {self.axis}. Their shapes are {[tuple(s) for s in shapes]}."
                ) from None
            lengths.append(shape[axis])
        return others[:axis] + [None if None in lengths else sum(lengths)] + others[axis:]

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        masks = check_masks(self, inputs, mask)
        if all(one is None for one in masks):
            return None
        full = [_for_each_element(x, one) for x, one in zip(as_tensors(inputs), masks)]
        return tf.reduce_all(tf.concat(full, axis=self.axis), axis=-1)

    def get_config(self) -> Config:
        return {**super().get_config(), "axis": self.axis}


def _for_each_element(tensor, mask):
    """Expand a mask to the shape of its tensor, so that the masks of all inputs can be
    concatenated.
    """
    if mask is None:
        return tf.ones_like(tensor, dtype=tf.bool)
    if mask.shape.rank < tensor.shape.rank:
        mask = tf.expand_dims(mask, axis=-1)
    return tf.broadcast_to(mask, tf.shape(tensor))


def concatenate(inputs: TensorLike, axis: Ints = -1, **kwargs):
    """Functional form of `Concatenate`: join the inputs along one axis.

    Args:
        inputs: List of two or more tensors of the same rank.
        axis: Axis to concatenate along, counted with the batch axis. Defaults to -1.
        **kwargs: Arguments of `Concatenate`, such as `name`.
    >>> concatenate([tf.ones((2, 3)), tf.ones((2, 5))]).shape
    TensorShape([2, 8])
    """
    return Concatenate(axis=axis, **kwargs)(inputs)
