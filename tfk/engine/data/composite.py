"""Ragged and sparse tensors, read through `tf.data` because graphs cannot gather their rows."""

import tensorflow as tf

from tfk.engine.data.datasets import DatasetSource
from tfk.utils.nest import refill, tensors_of


def composite_source(data, batch_size, steps=None, shuffle=False, shuffle_seed=None):
    """Return a source for a nest with ragged or sparse tensors."""
    leaves = tensors_of(data)
    dataset = tf.data.Dataset.from_tensor_slices(tuple(leaves))
    if shuffle:
        dataset = dataset.shuffle(len(dataset), seed=shuffle_seed)
    dataset = (
        dataset.batch(batch_size).map(lambda *batch: refill(data, batch)).prefetch(tf.data.AUTOTUNE)
    )
    return DatasetSource(dataset, steps)
