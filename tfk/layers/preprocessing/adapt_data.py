"""Batches of tensors from any data that `adapt` accepts."""

import itertools

import numpy as np
import tensorflow as tf


def batches(owner, data, batch_size, steps=None):
    """Yield batches, holding no more than one of them as a tensor.

    Args:
        owner: Title of the layer, for messages.
        data: Array, tensor, list, pandas object, `tf.data.Dataset`, or an iterable of batches.
        batch_size: Samples per batch, if `data` is not batched yet.
        steps: Number of batches; None for all. Defaults to None.
    """
    return itertools.islice(
        (_single(owner, batch) for batch in _split(owner, data, batch_size)), steps
    )


def _split(owner, data, batch_size):
    if isinstance(data, tf.data.Dataset):
        return data
    if isinstance(data, tf.SparseTensor):
        return tf.data.Dataset.from_tensor_slices(data).batch(batch_size)
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    if isinstance(data, (list, tuple)):
        data = _as_array(data)
    if isinstance(data, (np.ndarray, tf.RaggedTensor)) or tf.is_tensor(data):
        if not data.shape.rank if tf.is_tensor(data) else not data.ndim:
            return [data]
        count = data.nrows() if isinstance(data, tf.RaggedTensor) else len(data)
        return (data[start : start + batch_size] for start in range(0, int(count), batch_size))
    if hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        return (data[index] for index in range(len(data)))
    if hasattr(data, "__iter__"):
        return iter(data)
    raise TypeError(
        f"{owner}: adapt takes an array, a tensor, a list, a tf.data.Dataset or an iterable of"
        f" batches, got {type(data).__name__}."
    )


def _as_array(items):
    try:
        return np.array(items)
    except ValueError:  # rows of different lengths
        return tf.ragged.constant(items)


def _single(owner, batch):
    if isinstance(batch, (tuple, list, dict)):
        raise ValueError(
            f"{owner}: adapt takes batches of one tensor, got a {type(batch).__name__} of"
            f" {len(batch)}. Leave out the targets: dataset.map(lambda x, y: x)."
        )
    return tf.convert_to_tensor(batch) if isinstance(batch, (np.ndarray, np.generic)) else batch
