"""What layers that turn values into category numbers share: how the numbers are given out."""

import tensorflow as tf

from tfk import config
from tfk.utils.checks import check_choice, describe
from tfk.utils.shapes import to_tuple

INT, ONE_HOT, MULTI_HOT, COUNT, TF_IDF = "int", "one_hot", "multi_hot", "count", "tf_idf"
OLD_NAMES = {"binary": MULTI_HOT, "tf-idf": TF_IDF}


def check_output(owner, output_mode, sparse, modes):
    """Returns `output_mode` under its present name; raises ValueError when it does not go with
    `sparse`.
    """
    output_mode = check_choice(owner, "output_mode", OLD_NAMES.get(output_mode, output_mode), modes)
    if sparse and output_mode == INT:
        raise ValueError(
            f"{describe(owner)}: sparse=True goes with output_mode='one_hot', 'multi_hot', 'count'"
            " or 'tf_idf', not 'int'."
        )
    return output_mode


def output_dtype(owner, dtype, output_mode, strict=False):
    """The dtype of the layer: integers for `"int"`, else the default float type unless told
    otherwise.

    Args:
        owner: The layer's class.
        dtype: What the user gave, or None.
        output_mode: The layer's output mode.
        strict: Whether a float type with `"int"` is an error; else it stands for int64. Defaults to
            False.
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
    """`inputs` as a tensor (ragged and sparse ones stay what they are), of the given dtype."""
    if not isinstance(inputs, (tf.RaggedTensor, tf.SparseTensor)):
        inputs = tf.convert_to_tensor(inputs, None if hasattr(inputs, "dtype") else dtype)
    return inputs if dtype is None or inputs.dtype == dtype else tf.cast(inputs, dtype)


def map_values(function, inputs):
    """Applies a function to the elements of a dense, ragged or sparse tensor."""
    if isinstance(inputs, tf.SparseTensor):
        return tf.SparseTensor(inputs.indices, function(inputs.values), inputs.dense_shape)
    if isinstance(inputs, tf.RaggedTensor):
        return tf.ragged.map_flat_values(function, inputs)
    return function(inputs)


def encode(numbers, output_mode, depth, dtype, sparse=False, count_weights=None, idf_weights=None):
    """Gives out category numbers as `output_mode` says.

    Args:
        numbers: Integer tensor, dense, ragged or sparse, of at most two axes unless the mode is
            `"int"`.
        output_mode: `"int"` the numbers, `"one_hot"` a row for each number, `"multi_hot"` a row for
            each sample with ones, `"count"` with counts, `"tf_idf"` with counts times
            `idf_weights`.
        depth: Length of the rows.
        dtype: Type of the result.
        sparse: Whether rows are given as a `tf.SparseTensor`. Defaults to False.
        count_weights: What each number counts, in the shape of `numbers`. Defaults to None.
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
    """Shape of what `encode` returns."""
    shape = to_tuple(input_shape)
    if output_mode == INT or shape is None:
        return tf.TensorShape(input_shape)
    if output_mode == ONE_HOT and shape and shape[-1] != 1:
        return tf.TensorShape((*shape, depth))
    return tf.TensorShape((*shape[:-1], depth))


def expand_last(x):
    """Adds an axis of length 1 at the end."""
    return tf.sparse.expand_dims(x, -1) if isinstance(x, tf.SparseTensor) else tf.expand_dims(x, -1)


class SparseOutput:
    """Mixin of layers that may return sparse or ragged tensors: their output spec has to be found
    by a trace.
    """

    def _static_output_spec(self, inputs, args, kwargs):
        return (
            None
            if self._output_is_composite()
            else super()._static_output_spec(inputs, args, kwargs)
        )

    def _output_is_composite(self):
        return self.sparse
