"""Output modes of layers that map values to category indices."""

import tensorflow as tf

from tfk import config
from tfk.utils.checks import check_choice, describe
from tfk.utils.shapes import to_tuple

INT, ONE_HOT, MULTI_HOT, COUNT, TF_IDF = "int", "one_hot", "multi_hot", "count", "tf_idf"
OLD_NAMES = {"binary": MULTI_HOT, "tf-idf": TF_IDF}


def check_output(owner, output_mode, sparse, modes):
    """Return `output_mode` under its present name; raise ValueError if it is incompatible with
    `sparse`.
    """
    output_mode = check_choice(owner, "output_mode", OLD_NAMES.get(output_mode, output_mode), modes)
    if sparse and output_mode == INT:
        raise ValueError(
            f"{describe(owner)}: sparse=True requires output_mode='one_hot', 'multi_hot', 'count'"
            " or 'tf_idf', not 'int'."
        )
    return output_mode


def output_dtype(owner, dtype, output_mode, strict=False):
    """Return the dtype of the layer: integer for `"int"`, else the default float type unless
        specified.

    Args:
        owner: The layer's class.
        dtype: Dtype given by the user, or None.
        output_mode: The layer's output mode.
        strict: Whether a float type with `"int"` is an error rather than a synonym of int64.
            Defaults to False.
    """
    if output_mode != INT:
        return dtype or config.floatx()
    if dtype is None or _is_integer(dtype):
        return dtype or "int64"
    if strict:
        raise ValueError(
            f"{describe(owner)}: output_mode='int' needs an integer dtype, got {dtype!r}."
        )
    return "int64"


def _is_integer(dtype):
    name = getattr(dtype, "name", dtype)
    try:
        return tf.as_dtype(name).is_integer
    except TypeError:  # the name of a mixed precision policy
        return False


def as_tensor(inputs, dtype=None):
    """Return `inputs` as a tensor of the given dtype; ragged and sparse tensors keep their kind."""
    if not isinstance(inputs, (tf.RaggedTensor, tf.SparseTensor)):
        inputs = tf.convert_to_tensor(inputs, None if hasattr(inputs, "dtype") else dtype)
    return inputs if dtype is None or inputs.dtype == dtype else tf.cast(inputs, dtype)


def map_values(function, inputs):
    """Apply a function to the elements of a dense, ragged or sparse tensor."""
    if isinstance(inputs, tf.SparseTensor):
        return tf.SparseTensor(inputs.indices, function(inputs.values), inputs.dense_shape)
    if isinstance(inputs, tf.RaggedTensor):
        return tf.ragged.map_flat_values(function, inputs)
    return function(inputs)


def encode(numbers, output_mode, depth, dtype, sparse=False, count_weights=None, idf_weights=None):
    """Encode category indices according to `output_mode`.

    Args:
        numbers: Integer tensor, dense, ragged or sparse, of at most two axes unless the mode is
            `"int"`.
        output_mode: `"int"` returns the indices, `"one_hot"` one row per index, `"multi_hot"` one
            row of ones per sample, `"count"` one row of counts, `"tf_idf"` one row of counts times
            `idf_weights`.
        depth: Length of the rows.
        dtype: Dtype of the result.
        sparse: Whether to return rows as a `tf.SparseTensor`. Defaults to False.
        count_weights: Weight of each index, in the shape of `numbers`. Defaults to None.
        idf_weights: Weight of each category. Defaults to None.
    """
    if output_mode == INT:
        return tf.cast(numbers, dtype)
    shape = numbers.shape
    if shape.rank == 0 or output_mode == ONE_HOT and shape[-1] != 1:
        numbers = expand_last(numbers)
    if numbers.shape.rank > 2:
        raise ValueError(
            f"output_mode={output_mode!r} gives at most two axes, but the input has the shape"
            f" {tuple(shape)}. Use output_mode='int' for inputs of more axes."
        )
    options = {
        "weights": count_weights,
        "minlength": depth,
        "maxlength": depth,
        "axis": -1,
        "binary_output": output_mode in (ONE_HOT, MULTI_HOT),
    }
    if sparse:
        counts = tf.sparse.bincount(numbers, **options)
        size = (depth,) if numbers.shape.rank == 1 else (tf.shape(counts, tf.int64)[0], depth)
        values = tf.cast(counts.values, dtype)
        if output_mode == TF_IDF:
            values *= tf.gather(idf_weights, counts.indices[:, -1])
        return tf.SparseTensor(counts.indices, values, tf.cast(tf.stack(size), tf.int64))
    counts = tf.math.bincount(numbers, dtype=dtype, **options)
    counts.set_shape((*numbers.shape[:-1], depth))
    return counts * idf_weights if output_mode == TF_IDF else counts


def encoded_shape(input_shape, output_mode, depth):
    """Return the shape of the result of `encode`."""
    shape = to_tuple(input_shape)
    if output_mode == INT or shape is None:
        return tf.TensorShape(input_shape)
    if output_mode == ONE_HOT and shape and shape[-1] != 1:
        return tf.TensorShape((*shape, depth))
    return tf.TensorShape((*shape[:-1], depth))


def expand_last(x):
    """Add an axis of length 1 at the end."""
    return tf.sparse.expand_dims(x, -1) if isinstance(x, tf.SparseTensor) else tf.expand_dims(x, -1)


class SparseOutput:
    """Mixin of layers that may return sparse or ragged tensors, whose output spec is inferred by
    tracing.
    """

    def _static_output_spec(self, inputs, args, kwargs):
        return (
            None
            if self._output_is_composite()
            else super()._static_output_spec(inputs, args, kwargs)
        )

    def _output_is_composite(self):
        return self.sparse
