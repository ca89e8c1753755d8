"""Converts `class_weight` to sample weights."""

import numpy as np
import tensorflow as tf

from tfk.utils.checks import is_integer, is_number


def add_class_weights(data, class_weight, output_names=None, losses=None):
    """Multiply class weights into the sample weights of a batch (or of whole arrays as tensors).

    Args:
        data: The triple `(x, y, sample_weight)`; `y` of any rank, one tensor or a nest by output:
            class ids if the loss is sparse, else one-hot along a last axis longer than 1.
        class_weight: Dict from class id to weight, or, for several outputs, a dict or list of such
            dicts by output.
        output_names: Names of the outputs, which a dict of dicts uses as keys. Defaults to None.
        losses: The losses passed to `compile`. Defaults to None.

    Returns:
        The triple with new sample weights.
    """
    x, y, sample_weight = data
    if y is None:
        raise ValueError(
            "class_weight needs targets, but the data have none. Pass y, or batches (x, y)."
        )
    if not tf.nest.is_nested(y):
        if isinstance(class_weight, dict) and any(
            isinstance(value, dict) for value in class_weight.values()
        ):
            class_weight = (
                next(iter(class_weight.values())) if len(class_weight) == 1 else class_weight
            )
        return (
            x,
            y,
            weights_of(
                y, class_weight, sample_weight, *map(is_sparse, tf.nest.flatten(losses)[:1])
            ),
        )
    parts_by_output = zip(*_by_output(y, class_weight, sample_weight, output_names, losses))
    merged = [weights_of(*parts) if parts[1] else parts[2] for parts in parts_by_output]
    return x, y, tf.nest.pack_sequence_as(y, merged)


def is_sparse(loss):
    """Return whether a loss, given by name or as an object or function, expects class ids as
    targets.
    """
    name = (
        loss
        if isinstance(loss, str)
        else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    )
    return "sparse" in name.lower()


def weights_of(y, class_weight, sample_weight=None, sparse=False):
    """Return sample weights of one output: the weight of each target's class, times
        `sample_weight`.

    Args:
        y: Targets.
        class_weight: Dict from class id to weight.
        sample_weight: Sample weights. Defaults to None.
        sparse: Whether `y` always holds class ids, as for a sparse loss; otherwise a last axis
            longer than 1 is assumed to be one-hot. Defaults to False.
    """
    table = class_weight_table(class_weight)
    one_hot = not sparse and y.shape.rank is not None and y.shape.rank >= 2 and y.shape[-1] != 1
    if one_hot:
        classes = tf.argmax(y, axis=-1)
    else:
        ids = tf.squeeze(y, -1) if y.shape.rank and y.shape.rank >= 2 and y.shape[-1] == 1 else y
        classes = tf.cast(tf.round(ids) if ids.dtype.is_floating else ids, tf.int64)
    outside = tf.reduce_any((classes < 0) | (classes >= len(table)))
    with tf.control_dependencies(
        [
            tf.debugging.Assert(
                ~outside,
                [
                    f"class_weight covers classes 0 to {len(table) - 1}, but y has others."
                    " Add a weight for every class."
                ],
            )
        ]
    ):
        weights = tf.gather(table, classes)
    if sample_weight is None:
        return weights
    weights = tf.cast(weights, sample_weight.dtype)
    missing = weights.shape.rank - sample_weight.shape.rank
    if missing > 0:
        sample_weight = tf.reshape(
            sample_weight, tf.concat([tf.shape(sample_weight), [1] * missing], 0)
        )
    return sample_weight * weights


def class_weight_table(class_weight):
    """Return the weights as a vector indexed by class id.

    Raises: ValueError unless the keys are consecutive integers from 0.
    """
    if not isinstance(class_weight, dict) or not all(
        is_number(value) for value in class_weight.values()
    ):
        raise ValueError(
            f"class_weight: expected a dict from class ids to numbers, got {class_weight!r}."
        )
    ids = sorted(class_weight)
    if not all(is_integer(key) for key in ids) or ids != list(range(len(ids))):
        raise ValueError(
            f"class_weight: expected one weight for each class 0 to {len(ids) - 1}, got the keys"
            f" {ids}. Give classes that need no weight the weight 1.0."
        )
    return np.asarray([class_weight[key] for key in ids], "float32")


def _by_output(y, class_weight, sample_weight, output_names, losses):
    """Return targets, class weights, sample weights and the sparse flags as lists by output."""
    targets = tf.nest.flatten(y)
    names = sorted(y) if isinstance(y, dict) else list(output_names or range(len(targets)))
    if isinstance(class_weight, dict) and all(key in names for key in class_weight):
        tables = [class_weight.get(name) for name in names]
    elif isinstance(class_weight, (list, tuple)) and len(class_weight) == len(targets):
        tables = list(class_weight)
    elif isinstance(class_weight, dict) and len(targets) == 1:
        tables = [class_weight]
    else:
        raise ValueError(
            f"class_weight: the model has several outputs {names}; pass a dict that gives each"
            f" output that needs it a dict of class weights, got {class_weight!r}."
        )
    if isinstance(sample_weight, dict):
        weights = [sample_weight.get(name) for name in names]
    elif isinstance(sample_weight, (list, tuple)):
        weights = list(sample_weight)
    else:
        weights = [sample_weight] * len(targets)
    if isinstance(losses, dict):
        losses = [losses.get(name) for name in names]
    elif not isinstance(losses, (list, tuple)) or len(losses) != len(targets):
        losses = [losses] * len(targets)
    return targets, tables, weights, [is_sparse(loss) for loss in losses]
