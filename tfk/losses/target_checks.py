"""Checks on the first batch that the targets match the output, before training starts.

Without them a mismatch often goes unnoticed, because shapes broadcast and the network learns
something else. Custom losses may relate targets and outputs in any way and are not checked.
"""

import numpy as np
import tensorflow as tf

from tfk import losses
from tfk.losses.loss import LossFunctionWrapper
from tfk.utils import hints

# The kind of targets each formula expects.
KINDS = {
    losses.sparse_categorical_crossentropy: "class ids",
    losses.categorical_crossentropy: "one-hot",
    losses.categorical_focal_crossentropy: "one-hot",
    losses.categorical_hinge: "one-hot",
    losses.binary_crossentropy: "shares",
    losses.binary_focal_crossentropy: "shares",
    losses.kl_divergence: "numbers",
    losses.poisson: "numbers",
    losses.hinge: "numbers",
    losses.squared_hinge: "numbers",
    losses.cosine_similarity: "numbers",
    losses.huber: "numbers",
    losses.log_cosh: "numbers",
    losses.mean_absolute_error: "numbers",
    losses.mean_absolute_percentage_error: "numbers",
    losses.mean_squared_error: "numbers",
    losses.mean_squared_logarithmic_error: "numbers",
}


def kind_of(loss):
    """Return the kind of targets that a loss (object or function) expects, or None for a custom
    loss.

    >>> kind_of(losses.CategoricalCrossentropy())
    'one-hot'
    """
    function = loss.fn if isinstance(loss, LossFunctionWrapper) else loss
    try:
        return KINDS.get(function)
    except TypeError:  # unhashable
        return None


def check_targets(output, y_true, output_shape, loss):
    """Raise if targets cannot belong to an output.

    Args:
        output: Name of the output layer, for messages.
        y_true: Targets of a batch: an array or eager tensor, whose values are checked too, or any
            object with `shape` and `dtype`, such as a `tf.TensorSpec`.
        output_shape: Shape of the output, with None for unknown sizes.
        loss: Loss of this output: an object, a function, or None.
    Raises: ValueError for incompatible shapes or values, TypeError for targets that are not
        numbers.
    >>> check_targets("dense", np.zeros((8,)), (8, 1), losses.mean_squared_error)
    >>> targets = np.ones((8, 3))
    >>> check_targets("out", targets, (8, 1), losses.mean_squared_error)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: Output "out": targets have shape (8, 3), but the output has shape (8, 1)...
    """
    kind = kind_of(loss)
    if kind is None or isinstance(y_true, (tf.RaggedTensor, tf.RaggedTensorSpec, tf.SparseTensor)):
        return
    check_numeric(output, y_true.dtype)
    true_shape = tf.TensorShape(y_true.shape)
    output_shape = tf.TensorShape(output_shape)
    if true_shape.rank is None or output_shape.rank is None:
        return
    one_replica = tf.distribute.get_strategy().num_replicas_in_sync == 1  # others may have no rows
    if true_shape.rank and true_shape[0] == 0 and one_replica:
        raise ValueError(
            f'Output "{output}": the targets are empty, their shape is {tuple(true_shape)}.'
        )
    check_shapes(output, tuple(true_shape), tuple(output_shape), kind)
    if isinstance(y_true, np.ndarray) or (tf.is_tensor(y_true) and hasattr(y_true, "numpy")):
        check_values(output, np.asarray(y_true), output_shape[-1], loss, kind)


def check_numeric(output, dtype):
    """Raise for targets that are strings or Python objects."""
    dtype = tf.as_dtype(dtype)
    if dtype in (tf.string, tf.variant, tf.resource):
        raise TypeError(
            f'Output "{output}": targets have dtype {dtype.name}, but a loss needs numbers.'
            " Convert class names to integers, for example with tfk.layers.StringLookup or"
            " np.unique(y, return_inverse=True)."
        )


def check_shapes(output, true_shape, output_shape, kind):
    """Raise for incompatible shapes.

    Args:
        output: Name of the output layer.
        true_shape: Shape of the targets, a tuple with None for unknown sizes.
        output_shape: Shape of the output, a tuple.
        kind: Expected kind of targets, one of the values of `KINDS`.
    Raises: ValueError that explains how to fix the mismatch.
    """
    if kind == "class ids":
        fits = _check_class_ids_shape(output, true_shape, output_shape)
    else:
        fits = any(
            _agree(one, other)
            for one, other in (
                (true_shape, output_shape),
                ((*true_shape, 1), output_shape),
                (true_shape, (*output_shape, 1)),
            )
        )
    if fits:
        return
    problem = (
        f'Output "{output}": targets have shape {true_shape}, but the output has shape'
        f" {output_shape}. "
    )
    raise ValueError(problem + _remedy(true_shape, output_shape, kind))


def _check_class_ids_shape(output, true_shape, output_shape):
    if output_shape[-1:] == (1,):
        raise ValueError(
            f'Output "{output}" has a single unit (shape {output_shape}), but'
            " sparse_categorical_crossentropy needs one per class. Use binary_crossentropy with a"
            " sigmoid for two classes, or a last layer with more units."
        )
    one_per_output = output_shape[:-1]
    if _agree(true_shape, one_per_output) or _agree(true_shape, (*one_per_output, 1)):
        return True
    if _agree(true_shape, output_shape):
        raise ValueError(
            f'Output "{output}": targets of shape {true_shape} look one-hot, but'
            " sparse_categorical_crossentropy needs class ids. Use categorical_crossentropy, or"
            " pass y.argmax(-1)."
        )
    return False


def _agree(shape, other):
    """Return whether two shapes may be equal once unknown sizes are known."""
    return len(shape) == len(other) and all(
        one is None or two is None or one == two for one, two in zip(shape, other)
    )


def _remedy(true_shape, output_shape, kind):
    columns = true_shape[-1] if len(true_shape) == len(output_shape) else 1
    units = output_shape[-1] if output_shape else 1
    if len(true_shape) > 1 and len(output_shape) > len(true_shape) + 1:
        return (
            "The output has more axes than the targets: is a Flatten, a pooling or"
            " return_sequences=False missing?"
        )
    if kind == "class ids":
        return f"sparse_categorical_crossentropy needs class ids of shape {output_shape[:-1]}."
    if kind == "one-hot" and columns == 1:
        return (
            "For class ids use sparse_categorical_crossentropy, or tfk.utils.to_categorical(y, "
            f"{units}) for one-hot targets."
        )
    if columns is not None and units is not None and columns != units:
        return (
            f"Give the last layer {columns} unit{'s' if columns != 1 else ''}, or the targets"
            f" {units} columns."
        )
    return "They must be equal, except for a last axis of size 1."


def check_values(output, values, units, loss, kind):
    """Raise for class ids that are out of range or not integers; warn about fractions outside [0,
    1].

    Args:
        output: Name of the output layer.
        values: Targets of a batch, an array.
        units: Number of classes, or None if unknown.
        loss: The loss, for its `ignore_class`.
        kind: Expected kind of targets, one of the values of `KINDS`.
    Raises: ValueError that names the offending value.
    """
    if values.size == 0 or values.dtype.kind not in "iuf":
        return
    if kind == "class ids":
        _check_class_ids(output, values, units, loss)
    elif kind == "shares":
        lowest, highest = values.min(), values.max()
        if lowest < -1e-3 or highest > 1 + 1e-3:
            hints.warn(
                f'Output "{output}": targets range from {lowest} to {highest}, but a binary'
                " cross-entropy expects them in [0, 1]. Labels -1 and 1 become (y + 1) / 2; images"
                " of bytes are divided by 255."
            )


def _check_class_ids(output, values, units, loss):
    ignored = getattr(loss, "_fn_kwargs", {}).get("ignore_class")
    if ignored is not None:
        values = values[values != ignored]
    if values.size == 0:
        return
    if values.dtype.kind == "f":
        broken = values[values != np.floor(values)]  # including NaN
        if broken.size:
            raise ValueError(
                f'Output "{output}": sparse_categorical_crossentropy needs whole numbers as class'
                " ids, got "
                f"{broken[0]}. For real-valued targets use a regression loss such as 'mse'."
            )
    lowest, highest = int(values.min()), int(values.max())
    if lowest >= 0 and (units is None or highest < units):
        return
    wrong = lowest if lowest < 0 else highest
    if lowest == 1 and highest == units:
        hint = "Ids start at 0: pass y - 1, or give the last layer one unit more."
    elif lowest < 0:
        hint = (
            f"To leave out samples marked {wrong}, pass"
            f" SparseCategoricalCrossentropy(ignore_class={wrong})."
        )
    else:
        hint = f"Give the last layer at least {highest + 1} units, or renumber the classes."
    allowed = "not be negative" if units is None else f"be in [0, {units})"
    raise ValueError(f'Output "{output}": class ids must {allowed}, got {wrong}. {hint}')
