"""Ragged and sparse tensors, which a graph cannot pick rows of: read through `tf.data`."""

import tensorflow as tf

from tfk.engine.data.datasets import DatasetSource
from tfk.utils.nest import refill, tensors_of


def composite_source(data, batch_size, steps=None, shuffle=False, shuffle_seed=None):
    """A source of batches of a nest with ragged or sparse tensors among its leaves."""
    leaves = tensors_of(data)
    dataset = tf.data.Dataset.from_tensor_slices(tuple(leaves))
    if shuffle:
        dataset = dataset.shuffle(len(dataset), seed=shuffle_seed)
    dataset = (
        dataset.batch(batch_size).map(lambda *batch: refill(data, batch)).prefetch(tf.data.AUTOTUNE)
    )
    return DatasetSource(dataset, steps)
