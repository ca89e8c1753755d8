"""`validation_split`: uses the last part of the arrays as validation data."""

import math

import tensorflow as tf

from tfk.engine.data.leaves import is_array_like, normalize, rows_in
from tfk.utils.checks import describe, is_number
from tfk.utils.dataset_creator import DatasetCreator
from tfk.utils.nest import map_tensors, tensors_of


def split_arrays(arrays, fraction, owner="fit"):
    """Split the triple `(x, y, sample_weight)` into `(training, validation)` triples.

    Args:
        arrays: Nests of arrays and tensors.
        fraction: Fraction of the rows, taken from the end, for validation; between 0 and 1.
        owner: Name of the calling method, for messages. Defaults to `"fit"`.

    Raises: ValueError if a part would be empty, or for data that cannot be split (datasets,
        generators).
    """
    if not is_number(fraction) or not 0 < fraction < 1:
        raise ValueError(
            f"{describe(owner)}: expected validation_split between 0 and 1, got {fraction!r}."
        )
    if (
        isinstance(arrays[0], (tf.data.Dataset, tf.distribute.DistributedDataset, DatasetCreator))
        or hasattr(arrays[0], "__next__")
        or hasattr(arrays[0], "on_epoch_end")
    ):
        raise ValueError(
            f"{describe(owner)}: validation_split works on arrays and tensors, got a"
            f" {type(arrays[0]).__name__}. Pass validation_data."
        )
    parts = tuple(normalize(part, what) for part, what in zip(arrays, ("x", "y", "sample_weight")))
    leaves = tensors_of(parts)
    if any(
        is_array_like(leaf) and not tf.is_tensor(leaf) and not hasattr(leaf, "nrows")
        for leaf in leaves
    ):
        raise ValueError(
            f"{describe(owner)}: validation_split cannot cut {type(leaves[0]).__name__}. Pass"
            " validation_data."
        )
    count = rows_in(leaves[0])
    cut = int(math.floor(count * (1.0 - fraction)))
    if not 0 < cut < count:
        raise ValueError(
            f"{describe(owner)}: {count} samples are too few for validation_split={fraction}: a"
            " part would be empty."
        )
    return map_tensors(lambda leaf: _rows(leaf, 0, cut), parts), map_tensors(
        lambda leaf: _rows(leaf, cut, count), parts
    )


def _rows(leaf, first, last):
    if isinstance(leaf, tf.SparseTensor):
        size = [last - first, *leaf.shape[1:]]
        return tf.sparse.slice(leaf, [first] + [0] * (leaf.shape.rank - 1), size)
    return leaf[first:last]
