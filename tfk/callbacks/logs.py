"""The `logs` dict that callbacks receive: from tensors on the device to numbers on the host."""

import numpy as np
import tensorflow as tf


def to_numbers(logs):
    """Copies `logs` with every tensor turned into a Python number (scalars) or a NumPy array.

    Args:
        logs: Dict of numbers, tensors, arrays or nests of them, or None.

    Returns:
        A new dict in the same order (empty for None), so that callbacks may write into it.

    >>> to_numbers({"loss": tf.constant(0.5), "acc": 1})
    {'loss': 0.5, 'acc': 1}
    """
    return {name: tf.nest.map_structure(_to_number, value) for name, value in (logs or {}).items()}


def _to_number(value):
    if tf.is_tensor(value) and hasattr(value, "numpy"):  # ragged and sparse values stay as they are
        if isinstance(value, (tf.RaggedTensor, tf.SparseTensor)):
            return value
        value = value.numpy()
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return value


def make_logs(model, logs, outputs, mode, prefix=""):
    """Writes a list of `outputs` into `logs` under the model's metric names, or under `"outputs"`.

    Args:
        model: A compiled model; its `metrics_names` label the outputs.
        logs: Dict that is written into and returned.
        outputs: Values in the order of `metrics_names`; in mode `"predict"` any structure.
        mode: `"train"`, `"test"` or `"predict"`.
        prefix: Put before every metric name, such as `"val_"`.
    """
    names = model.metrics_names if mode in ("train", "test") else ()
    if not names:
        logs[prefix + "outputs"] = outputs
    logs.update((prefix + name, value) for name, value in zip(names, outputs))
    return logs
