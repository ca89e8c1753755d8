"""The `logs` dict of callbacks: from tensors on the device to numbers on the host."""

import numpy as np
import tensorflow as tf


def to_numbers(logs):
    """Copy `logs`, converting every tensor to a Python number (scalars) or a NumPy array.

    Args:
        logs: Dict of numbers, tensors, arrays or nests of them, or None.

    Returns:
        A new dict in the same order (empty for None), which callbacks may modify.

    >>> to_numbers({"loss": tf.constant(0.5), "acc": 1})
    {'loss': 0.5, 'acc': 1}
    """
    return {name: tf.nest.map_structure(_to_number, value) for name, value in (logs or {}).items()}


def _to_number(value):
    if tf.is_tensor(value) and hasattr(value, "numpy"):  # ragged and sparse values are unchanged
        if isinstance(value, (tf.RaggedTensor, tf.SparseTensor)):
            return value
        value = value.numpy()
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return value


def make_logs(model, logs, outputs, mode, prefix=""):
    """Write a list of `outputs` to `logs` under the model's metric names, or under `"outputs"`.

    Args:
        model: A compiled model; its `metrics_names` label the outputs.
        logs: Dict to modify and return.
        outputs: Values in the order of `metrics_names`; any structure in mode `"predict"`.
        mode: `"train"`, `"test"` or `"predict"`.
        prefix: Prefix of every metric name, such as `"val_"`. Defaults to `""`.
    """
    names = model.metrics_names if mode in ("train", "test") else ()
    if not names:
        logs[prefix + "outputs"] = outputs
    logs.update((prefix + name, value) for name, value in zip(names, outputs))
    return logs
