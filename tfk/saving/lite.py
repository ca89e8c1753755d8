"""LiteRT (TensorFlow Lite) files, as they are or quantized."""

import numpy as np
import tensorflow as tf

from tfk.saving.signatures import serving_function
from tfk.utils.jit_scope import portable_scope

QUANTIZATIONS = (None, "dynamic", "float16", "int8")


def to_lite(model, quantize=None, representative_data=None):
    """Return the model as the bytes of a `.tflite` file.

    Args:
        model: A built model.
        quantize: None (float32), `"dynamic"` (8-bit weights, float activations), `"float16"`
            (half-precision weights) or `"int8"` (weights and activations in 8 bits; inputs and
            outputs stay float). Defaults to None.
        representative_data: For `"int8"`: array (or list or dict of arrays) of typical inputs, 100
            or more rows. Defaults to None.

    Raises: ValueError for an unknown `quantize`, or `"int8"` without representative data.
    """
    if quantize not in QUANTIZATIONS:
        raise ValueError(f"export: quantize must be one of {QUANTIZATIONS}, got {quantize!r}.")
    if quantize == "int8" and representative_data is None:
        raise ValueError(
            "export: quantize='int8' needs representative_data, about 100 typical inputs, to find"
            " the ranges of activations."
        )
    with portable_scope():  # layers trace operations that LiteRT has
        _, concrete = serving_function(model)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], model)
    if quantize is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if quantize == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if quantize == "int8":
        converter.representative_dataset = lambda: _rows(representative_data, concrete)
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS,
        tf.lite.OpsSet.SELECT_TF_OPS,
    ]
    return converter.convert()


def _rows(data, concrete):
    """Yields the inputs row by row, as dicts by input name."""
    names = list(concrete.structured_input_signature[1])
    columns = (
        data
        if isinstance(data, dict)
        else dict(zip(names, data if isinstance(data, (list, tuple)) else [data]))
    )
    for row in range(len(next(iter(columns.values())))):
        yield {
            name: (
                np.asarray(column[row : row + 1]).astype(
                    concrete.structured_input_signature[1][name].dtype.as_numpy_dtype
                )
            )
            for name, column in columns.items()
        }
