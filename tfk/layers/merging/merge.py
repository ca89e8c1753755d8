"""Base class of layers that merge several tensors into one."""

import functools

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.typing import Shape, TensorLike
from tfk.utils.checks import describe
from tfk.utils.shapes import broadcast_shapes, is_shape
from tfk.utils.user_values import as_separate_tensors


class Merge(Layer):
    """Base class of layers that combine a list of tensors elementwise; a subclass defines
    `_merge(inputs)`.

    Inputs of lower rank get axes of size 1 after the batch axis, so that `(batch, features)`
    combines with `(batch, time, features)`. The output mask is the conjunction of the input masks.
    """

    keeps_input_dtype = True

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Shape):
        self._broadcast(check_shapes(self, input_shape))

    def _as_tensors(self, inputs):
        return as_separate_tensors(inputs)

    def call(self, inputs: TensorLike):
        check_list(self, inputs)
        ranks = {x.shape.rank for x in inputs}
        if len(ranks) > 1 and None not in ranks:
            inputs = [_add_axes(x, max(ranks) - x.shape.rank) for x in inputs]
        return self._merge(inputs)

    def _merge(self, inputs):
        raise NotImplementedError(f"{describe(self)}: a merging layer must define _merge(inputs).")

    def compute_output_shape(self, input_shape: Shape):
        return self._broadcast(check_shapes(self, input_shape))

    def _broadcast(self, shapes):
        if any(shape.rank is None for shape in shapes):
            return tf.TensorShape(None)
        batches = {shape[0] for shape in shapes if shape.rank} - {None}
        if len(batches) > 1:
            raise ValueError(
                f"{describe(self)}: the inputs have different batch sizes. Their shapes are"
                f" {_tuples(shapes)}."
            )
        try:
            rest = functools.reduce(broadcast_shapes, (tuple(shape[1:]) for shape in shapes))
        except ValueError:
            raise ValueError(
                f"{describe(self)}: the shapes of the inputs do not broadcast. Their shapes"
                f" are {_tuples(shapes)}."
            ) from None
        return tf.TensorShape([batches.pop() if batches else None, *rest])

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        masks = [one for one in check_masks(self, inputs, mask) if one is not None]
        return functools.reduce(tf.logical_and, masks) if masks else None


def check_list(layer, inputs, count=None):
    """Raise unless a layer is called on a list (of `count` tensors)."""
    wanted = "a list of tensors" if count is None else f"a list of {count} tensors"
    if not isinstance(inputs, (list, tuple)):
        raise ValueError(f"{describe(layer)}: must be called on {wanted}, got {inputs!r}.")
    if not inputs or (count is not None and len(inputs) != count):
        raise ValueError(f"{describe(layer)}: must be called on {wanted}, got {len(inputs)}.")


def check_shapes(layer, input_shape, count=None):
    """Return the shapes of a list of inputs as TensorShapes; raise as `check_list` does."""
    if is_shape(input_shape) and not (isinstance(input_shape, (list, tuple)) and not input_shape):
        raise ValueError(
            f"{describe(layer)}: must be called on a list of tensors, got one tensor of shape"
            f" {tuple(input_shape)}."
        )
    check_list(layer, input_shape, count)
    return [tf.TensorShape(shape) for shape in input_shape]


def check_masks(layer, inputs, mask):
    """Return one mask or None per input; an empty list if there is no mask at all."""
    if mask is None:
        return []
    if not isinstance(mask, (list, tuple)) or len(mask) != len(inputs):
        raise ValueError(
            f"{describe(layer)}: expected a list of masks, one or None for each of {len(inputs)}"
            f" inputs, got {mask!r}."
        )
    return [None if one is None else tf.cast(one, tf.bool) for one in mask]


def _add_axes(tensor, count):
    for _ in range(count):
        tensor = tf.expand_dims(tensor, axis=1)
    return tensor


def _tuples(shapes):
    return [tuple(shape) for shape in shapes]
