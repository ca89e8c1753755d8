"""Datasets that `tf.distribute` has split among replicas, or that each worker creates."""

import tensorflow as tf

from tfk.engine.data.datasets import INFINITE, UNKNOWN, DatasetSource
from tfk.engine.data.source import Source
from tfk.utils.nest import map_tensors
from tfk.utils.replicas import parameter_servers
from tfk.utils.specs import open_spec
from tfk.utils.tensorflow_internals import first_replica_spec, per_worker_specs, strategy_of
from tfk.utils.workers import several_workers

# With other policies than these, each worker reads the whole batches and its replicas cut out their
# rows.
SHARDED_BY_TENSORFLOW = (
    tf.data.experimental.AutoShardPolicy.OFF,
    tf.data.experimental.AutoShardPolicy.FILE,
    tf.data.experimental.AutoShardPolicy.HINT,
)


def distributed_source(dataset, steps=None, owner="fit"):
    """Return the source for a `DistributedDataset`, or for a `DatasetCreator` under the current
    strategy.

    Raises: ValueError for a dataset of another strategy, or if the length of an epoch is unknown.
    """
    strategy = tf.distribute.get_strategy()
    of = strategy_of(dataset)
    if of is not strategy:
        raise ValueError(
            f"{owner}: the dataset was distributed by a {type(of).__name__}, but the model was"
            f" created under {type(strategy).__name__}. Create the model inside `with"
            " strategy.scope():` of the same strategy."
        )
    if parameter_servers(strategy):
        return WorkersSource(dataset, steps, owner)
    if isinstance(dataset, tf.distribute.DistributedDataset):
        return DistributedSource(dataset, steps)
    if not tf.distribute.has_strategy():
        return DatasetSource(dataset(tf.distribute.InputContext()), steps)
    distributed = strategy.distribute_datasets_from_function(dataset, dataset.input_options)
    return DistributedSource(distributed, steps)


def left_to_tensorflow(dataset):
    """Return whether the options of a dataset make workers read different data as `tf.distribute`
    supports.
    """
    policy = dataset.options().experimental_distribute.auto_shard_policy
    return several_workers(tf.distribute.get_strategy()) and policy in SHARDED_BY_TENSORFLOW


class DistributedSource(DatasetSource):
    """Batches that are already split into the parts of the replicas.

    Args:
        dataset: A `tf.distribute.DistributedDataset`.
        steps: Batches per epoch, -1 for an infinite epoch, or None. Defaults to None.
    """

    def __init__(self, dataset, steps=None):
        super().__init__(dataset, steps)
        self.spec = map_tensors(_spec_of_part, dataset.element_spec)

    @staticmethod
    def cardinality_of(dataset):
        # What a finite one counts depends on how the dataset was divided.
        return INFINITE if dataset.cardinality == INFINITE else UNKNOWN

    def iterator_from(self, batch):
        iterator = iter(self.dataset)
        for _ in range(batch):
            next(iterator)
        return iterator


def _spec_of_part(spec):
    part = first_replica_spec(spec)
    return open_spec(part) if isinstance(part, tf.TensorSpec) else part


class WorkersSource(Source):
    """Infinite batches that workers of a ParameterServerStrategy read from separate datasets.

    Args:
        dataset: A `DatasetCreator`, or a `DistributedDataset` of the strategy.
        steps: Batches per epoch, of all workers together.
        owner: Name of the calling method, for messages.
    """

    resumes = True

    def __init__(self, dataset, steps, owner):
        if owner == "predict":
            raise ValueError(
                "predict: outputs for datasets that each worker reads for itself would have no"
                " order. Pass arrays or a tf.data.Dataset."
            )
        if steps is None or steps == -1:
            raise ValueError(
                f"{owner}: under ParameterServerStrategy, datasets of the workers have no end that"
                " anybody knows. Pass steps_per_epoch (steps for evaluate, validation_steps for"
                " validation data)."
            )
        strategy = tf.distribute.get_strategy()
        if isinstance(dataset, tf.distribute.DistributedDataset):
            make = dataset
        else:
            options = dataset.input_options
            make = lambda: strategy.distribute_datasets_from_function(dataset, options)  # noqa: E731
        coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
        self.iterator = iter(coordinator.create_per_worker_dataset(make))
        _, self.element_spec = per_worker_specs(self.iterator)
        self.spec, self.steps = map_tensors(_spec_of_part, self.element_spec), steps

    def run(self, loop, limit):
        return loop.run_own_data(self.iterator, self.element_spec, limit)
