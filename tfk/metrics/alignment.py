"""Preparation of a batch for a metric: one dtype, flattened ragged rows, aligned ranks."""

import tensorflow as tf

from tfk.losses.alignment import align_targets, align_weights, to_tensor
from tfk.utils.logits import copy_logits


def prepare(y_true, y_pred, sample_weight, dtype):
    """Return targets and outputs as dense tensors of one dtype, and weights of that dtype.

    Args:
        y_true: Targets: tensor, ragged tensor or array.
        y_pred: Predictions; attached logits are kept.
        sample_weight: Sample weights or None.
        dtype: Dtype of the metric.
    Returns: `(y_true, y_pred, sample_weight)`.
    """
    y_true, y_pred = tf.cast(y_true, dtype), cast_output(y_pred, dtype)
    (y_true, y_pred), sample_weight = flatten_ragged([y_true, y_pred], sample_weight)
    y_true, y_pred = align_targets(y_true, y_pred)
    return y_true, y_pred, sample_weight


def cast_output(y_pred, dtype):
    """`tf.cast` that also casts attached logits."""
    y_pred = to_tensor(y_pred)
    cast = tf.cast(y_pred, dtype)
    if cast is not y_pred:
        copy_logits(y_pred, cast)
    return cast


def flatten_ragged(values, sample_weight=None):
    """Flatten ragged tensors to dense ones with the same values; dense tensors are returned
    unchanged.

    Args:
        values: Tensors, all ragged with equal rows, or all dense.
        sample_weight: None, ragged weights with the same rows, or dense weights, also one per
            sample. Defaults to None.
    Returns: The list of dense tensors and the weights.
    Raises: TypeError if only some of the values are ragged.
    """
    ragged = [isinstance(value, tf.RaggedTensor) for value in values]
    if not any(ragged):
        if isinstance(sample_weight, tf.RaggedTensor):
            raise TypeError(
                "sample_weight is ragged, but targets and outputs are dense: pass dense weights."
            )
        return values, sample_weight
    if not all(ragged):
        shapes = ", ".join(
            f"{value.shape} ({'ragged' if r else 'dense'})" for value, r in zip(values, ragged)
        )
        raise TypeError(
            f"Targets and outputs of a metric must be both ragged or both dense, got {shapes}."
        )
    depth = min(value.ragged_rank for value in values)
    if sample_weight is not None and not isinstance(sample_weight, tf.RaggedTensor):
        rows = values[0] if values[0].shape.rank == values[0].ragged_rank + 1 else values[0][..., 0]
        sample_weight = tf.cast(to_tensor(sample_weight), rows.dtype)
        if sample_weight.shape.rank:
            sample_weight = tf.ones_like(rows) * align_weights(sample_weight, rows)
    tensors = [*values, sample_weight] if isinstance(sample_weight, tf.RaggedTensor) else values
    splits = [tensor.nested_row_splits[:depth] for tensor in tensors]
    checks = [
        tf.debugging.assert_equal(
            tf.cast(one, tf.int64),
            tf.cast(first, tf.int64),
            message="Rows of ragged tensors differ in length.",
        )
        for other in splits[1:]
        for one, first in zip(other, splits[0])
    ]
    with tf.control_dependencies([check for check in checks if check is not None]):
        flat = [_flatten(tensor, depth) for tensor in tensors]
    if all(tensor.shape.rank == 1 for tensor in flat):  # formulas reduce a last axis
        flat = [tf.expand_dims(tensor, -1) for tensor in flat]
    return flat[: len(values)], flat[len(values)] if len(flat) > len(values) else sample_weight


def _flatten(tensor, depth):
    for _ in range(depth):
        tensor = tensor.values
    return tensor.to_tensor() if isinstance(tensor, tf.RaggedTensor) else tf.identity(tensor)
