"""TimeDistributed: applies a layer to every time step."""

from typing import Any

import tensorflow as tf

from tfk.engine.layer import call_signature
from tfk.engine.layer.input_spec import InputSpec
from tfk.layers.core.wrapper import Wrapper
from tfk.layers.recurrent.ragged import pad_ragged, to_ragged
from tfk.layers.recurrent.scan import rnn
from tfk.saving.registry import register
from tfk.typing import Shape, TensorLike
from tfk.utils.autograph import is_library
from tfk.utils.checks import describe
from tfk.utils.shapes import dynamic_shape, is_shape, map_shapes
from tfk.utils.user_values import as_tensors


@register("layers")
class TimeDistributed(Wrapper):
    """Wrapper that applies a layer to every time step of its input, with shared weights.

    Batch and time axes are merged so that all steps are computed at once. Custom and stateful
    layers may depend on the batch size; if it is known, they are called step by step instead.

    Args:
        layer: The layer to apply.
    Call arguments:
        inputs: Tensor `(batch, time, ...)`, or a nest of such tensors.
        training: Mode, passed to the layer if it accepts it. Defaults to None.
        mask: Boolean tensor `(batch, time)`, passed to the layer if it accepts it. Defaults to
            None.
    Input shape: `(batch, time, ...)`, or a nest of such shapes; ragged tensors are accepted.
    Output shape: `(batch, time, ...)`, followed by the output shape of the layer.
    Raises: ValueError if `layer` is not a layer or an input has fewer than 3 axes.
    >>> TimeDistributed(tfk.layers.Dense(4))(tf.ones((2, 5, 3))).shape
    TensorShape([2, 5, 4])
    """

    def __init__(self, layer: Any, **kwargs):
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    @property
    def _folds(self):
        return is_library(type(self.layer).call) and not self.layer.stateful

    def build(self, input_shape: Shape):
        for shape in _flat_shapes(input_shape):
            if shape.rank is not None and shape.rank < 3:
                raise ValueError(
                    f"{describe(self)}: expected inputs of at least 3 dimensions, (batch, time,"
                    f" ...), got shape {tuple(shape)}."
                )
        specs = [InputSpec(shape=(None, None, *shape[2:])) for shape in _flat_shapes(input_shape)]
        self.input_spec = specs if len(specs) > 1 else specs[0]
        super().build(map_shapes(_without_time, input_shape))

    def compute_output_shape(self, input_shape: Shape):
        inner = self.layer.compute_output_shape(map_shapes(_without_time, input_shape))
        steps = _flat_shapes(input_shape)[0][1]
        return map_shapes(lambda shape: _with_time(shape, steps), inner)

    def compute_output_dtype(self, input_dtypes):
        return self.layer.compute_output_dtype(input_dtypes)

    def _static_output_spec(self, inputs, args, kwargs):
        rule_known = is_library(type(self.layer).call) and is_library(
            type(self.layer).compute_output_shape
        )
        return super()._static_output_spec(inputs, args, kwargs) if rule_known else None

    def call(self, inputs: TensorLike, training: bool | None = None, mask: TensorLike = None):
        names = call_signature.of_layer(self.layer)
        kwargs = {"training": training} if names.takes_training else {}
        flat = tf.nest.flatten(inputs)
        if flat[0].shape[0] and not self._folds:
            return self._step_by_step(inputs, mask, kwargs)
        ragged = [isinstance(x, tf.RaggedTensor) for x in flat]
        if all(ragged):
            values = tf.nest.map_structure(lambda x: x.values, inputs)
            outputs = self.layer(values, **kwargs)
            return tf.nest.map_structure(flat[0].with_values, outputs)
        if any(ragged):
            raise ValueError(f"{describe(self)}: inputs must be all ragged or all dense, got both.")
        if mask is not None and names.has_mask_argument:
            kwargs["mask"] = tf.nest.map_structure(lambda m: None if m is None else _fold(m), mask)
        outputs = self.layer(tf.nest.map_structure(_fold, inputs), **kwargs)
        batch, steps = dynamic_shape(flat[0])[:2]
        return tf.nest.map_structure(lambda y: _unfold(y, batch, steps), outputs)

    def _step_by_step(self, inputs, mask, kwargs):
        inputs, row_lengths = pad_ragged(inputs)
        mask = tf.nest.flatten(mask)[0]
        _, outputs, _ = rnn(
            lambda x, _: (self.layer(x, **kwargs), []),
            inputs,
            [],
            mask=mask,
            input_length=row_lengths,
        )
        if row_lengths is None:
            return outputs
        return tf.nest.map_structure(lambda y: to_ragged(y, row_lengths, False), outputs)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None):
        inputs, mask = as_tensors(inputs), as_tensors(mask)
        flat = tf.nest.flatten(inputs)
        if (flat[0].shape[0] and not self._folds) or any(
            isinstance(x, tf.RaggedTensor) for x in flat
        ):
            return mask
        folded = (
            None
            if mask is None
            else tf.nest.map_structure(lambda m: None if m is None else _fold(m), mask)
        )
        inner = self.layer.compute_mask(tf.nest.map_structure(_fold, inputs), folded)
        if inner is not None:
            batch, steps = dynamic_shape(flat[0])[:2]
            return tf.nest.map_structure(
                lambda m: None if m is None else _unfold(m, batch, steps), inner
            )
        if mask is None:
            return None
        # The layer consumed the mask of single elements; a step is unmasked if one of them
        # does.
        mask = tf.nest.flatten(mask)[0]
        return tf.reduce_any(mask, axis=list(range(2, mask.shape.rank)))


def _flat_shapes(shapes):
    shapes = [shapes] if is_shape(shapes) else tf.nest.flatten(shapes)
    return [tf.TensorShape(shape) for shape in shapes]


def _without_time(shape):
    shape = tf.TensorShape(shape)
    return shape[:1] + shape[2:]


def _with_time(shape, steps):
    shape = tf.TensorShape(shape)
    return tf.TensorShape([shape[0], steps, *shape[1:]])


def _fold(x):
    return tf.reshape(x, [-1, *dynamic_shape(x)[2:]])


def _unfold(y, batch, steps):
    static = [size if isinstance(size, int) else None for size in (batch, steps)]
    folded = tf.reshape(y, [batch, steps, *dynamic_shape(y)[1:]])
    folded.set_shape([*static, *y.shape[1:]])
    return folded
