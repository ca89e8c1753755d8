"""Per-worker datasets for distribution strategies."""

import tensorflow as tf


class DatasetCreator:
    """Factory of the `tf.data.Dataset` of each worker for `fit` and `evaluate`.

    The dataset should repeat and shuffle; under ParameterServerStrategy it is read to no
    end, and `steps_per_epoch` (or `steps`, `validation_steps`) says what an epoch is.

    Args:
        dataset_fn: Function of a `tf.distribute.InputContext` that returns a dataset of batches,
            each for one replica: of `context.get_per_replica_batch_size(global_batch_size)` rows.
        input_options: A `tf.distribute.InputOptions` or None: how batches reach the replicas.
            Defaults to None.

    Raises: TypeError for a `dataset_fn` that is no function or returns something else, and for
        other options.

    >>> creator = DatasetCreator(lambda context: tf.data.Dataset.range(4).batch(2))
    >>> len(creator(tf.distribute.InputContext()))
    2
    """

    def __init__(self, dataset_fn, input_options=None):
        if not callable(dataset_fn):
            raise TypeError(
                "DatasetCreator: expected dataset_fn to be a function of a"
                f" tf.distribute.InputContext that returns a tf.data.Dataset, got {dataset_fn!r}."
            )
        if input_options is not None and not isinstance(input_options, tf.distribute.InputOptions):
            raise TypeError(
                "DatasetCreator: expected input_options to be a tf.distribute.InputOptions, got"
                f" {input_options!r}."
            )
        self.dataset_fn, self.input_options = dataset_fn, input_options

    def __call__(self, *args, **kwargs):
        """The dataset for the given `tf.distribute.InputContext`."""
        dataset = self.dataset_fn(*args, **kwargs)
        if not isinstance(dataset, tf.data.Dataset):
            raise TypeError(
                "DatasetCreator: expected dataset_fn to return a tf.data.Dataset, got a"
                f" {type(dataset).__name__}."
            )
        return dataset
