"""Creates a `Source` from the arguments `x`, `y` and `sample_weight`."""

import functools

import tensorflow as tf

from tfk.engine.data.arrays import array_source
from tfk.engine.data.class_weights import add_class_weights
from tfk.engine.data.datasets import DatasetSource, composite_source
from tfk.engine.data.distributed import distributed_source, left_to_tensorflow
from tfk.engine.data.generators import GeneratorSource
from tfk.engine.data.leaves import normalize, rows_in, to_tensor
from tfk.engine.data.sequences import SequenceSource
from tfk.utils.checks import check_int, check_positive_int
from tfk.utils.dataset_creator import DatasetCreator
from tfk.utils.nest import map_tensors, tensors_of
from tfk.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from tfk.utils.sequence import Sequence

DEFAULT_BATCH_SIZE = 32


def make_source(
    x,
    y=None,
    sample_weight=None,
    batch_size=None,
    steps=None,
    epochs=1,
    shuffle=False,
    class_weight=None,
    output_names=None,
    losses=None,
    workers=1,
    use_multiprocessing=False,
    max_queue_size=10,
    owner="fit",
):
    """Return a `Source` for any kind of input.

    Args:
        x, y, sample_weight, batch_size, steps, shuffle, class_weight: See `Model.fit`.
        workers, use_multiprocessing, max_queue_size: See `Model.fit`.
        epochs: Maximum number of passes over arrays. Defaults to 1.
        output_names, losses: Names and losses of the outputs, for class weights. Both default to
            None.
        owner: Name of the calling method, for messages. Defaults to `"fit"`.

    Raises: TypeError for input of an unknown kind; ValueError for arrays of different lengths, no
        data at all, or arguments incompatible with the kind of input.
    """
    batch_size = None if batch_size is None else check_positive_int(owner, "batch_size", batch_size)
    if steps is not None and steps != -1:
        check_positive_int(owner, "steps", steps)
    workers = check_int(owner, "workers", workers, minimum=0)
    check_positive_int(owner, "max_queue_size", max_queue_size)
    if class_weight is not None and not isinstance(class_weight, (dict, list, tuple)):
        raise ValueError(
            f"{owner}: expected class_weight to be a dict from class to weight, got"
            f" {type(class_weight).__name__}. Pass dict(enumerate(weights))."
        )
    convert = (
        functools.partial(
            add_class_weights, class_weight=class_weight, output_names=output_names, losses=losses
        )
        if class_weight
        else None
    )
    threads = {
        "workers": workers,
        "use_multiprocessing": use_multiprocessing,
        "max_queue_size": max_queue_size,
    }
    if isinstance(x, tf.data.Dataset) and left_to_tensorflow(x):
        x = tf.distribute.get_strategy().experimental_distribute_dataset(x)
    if isinstance(x, (tf.distribute.DistributedDataset, DatasetCreator)):
        _refuse_beside(
            owner,
            f"a {type(x).__name__}",
            y=y,
            sample_weight=sample_weight,
            class_weight=class_weight,
        )
        return distributed_source(x, steps, owner)
    if isinstance(x, tf.data.Dataset):
        _refuse_beside(owner, "a tf.data.Dataset", y=y, sample_weight=sample_weight)
        return DatasetSource(x.map(_on_batches(convert)) if convert else x, steps)
    if isinstance(x, Sequence):
        _refuse_beside(owner, "a Sequence", y=y, sample_weight=sample_weight)
        return SequenceSource(x, steps, bool(shuffle), convert=convert, **threads)
    if hasattr(x, "__next__") and hasattr(x, "__iter__"):
        _refuse_beside(owner, "a generator", y=y, sample_weight=sample_weight)
        return GeneratorSource(x, steps, convert=convert, **threads)
    data = array_data(x, y, sample_weight, owner)
    if convert:
        data = pack_x_y_sample_weight(*convert(unpacked_tensors(data)))
    count = rows_in(tensors_of(data)[0])
    batch_size = batch_size or (-(-count // steps) if steps and steps > 0 else DEFAULT_BATCH_SIZE)
    if any(isinstance(leaf, (tf.RaggedTensor, tf.SparseTensor)) for leaf in tensors_of(data)):
        return composite_source(data, batch_size, steps, shuffle)
    return array_source(data, batch_size, steps=steps, shuffle=shuffle, epochs=epochs)


def array_data(x, y=None, sample_weight=None, owner="fit"):
    """Return arrays as one nest of leaves of equal length.

    Raises: ValueError for no data and for different lengths, TypeError for data of an unknown kind.
    """
    parts = [
        normalize(part, what)
        for part, what in ((x, "x"), (y, "y"), (sample_weight, "sample_weight"))
    ]
    if not tensors_of(parts[0]):
        raise ValueError(
            f"{owner}: x is empty: expected arrays, a dataset, a Sequence or a generator, got"
            f" {x!r}."
        )
    lengths = [[rows_in(leaf) for leaf in tensors_of(part)] for part in parts]
    if len({length for part in lengths for length in part}) > 1:
        told = "; ".join(
            f"{what}: {', '.join(map(str, part))}"
            for what, part in zip(("x", "y", "sample_weight"), lengths)
            if part
        )
        raise ValueError(
            f"{owner}: Data cardinality is ambiguous. All arrays must have the same number of"
            f" samples, got {told}."
        )
    if lengths[0][0] == 0:
        raise ValueError(f"{owner}: Expected input data to be non-empty, got arrays of 0 samples.")
    return pack_x_y_sample_weight(*parts)


def unpacked_tensors(data):
    """Unpack a nest of leaves to a triple, with targets and weights as tensors."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    return x, map_tensors(to_tensor, y), map_tensors(to_tensor, sample_weight)


def _on_batches(convert):
    def run(*batch):
        return pack_x_y_sample_weight(
            *convert(unpack_x_y_sample_weight(batch[0] if len(batch) == 1 else batch))
        )

    return run


def _refuse_beside(owner, kind, **arguments):
    given = [
        name
        for name, value in arguments.items()
        if value is not None and len(tf.nest.flatten(value))
    ]
    if given:
        raise ValueError(
            f"{owner}: {' and '.join(given)} must not be passed together with {kind}, whose"
            " batches contain the targets and sample weights: (x, y) or (x, y, sample_weight)."
        )
