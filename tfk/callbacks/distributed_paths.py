"""Where a worker of a distributed training may write."""

import os

import tensorflow as tf


def is_chief(model):
    """Whether this process is the one that keeps files: always, except on the other workers of a cluster."""
    strategy = getattr(model, "distribute_strategy", None)
    return strategy is None or strategy.extended.should_checkpoint


def writable_path(model, path):
    """`path` on the chief; beside it, in a folder of its own, on other workers.

    They have to save too, since saving a variable may need all workers, but their files are not kept.
    """
    if is_chief(model):
        return path
    cluster = model.distribute_strategy.cluster_resolver
    return os.path.join(
        os.path.dirname(path), f"workertemp_{cluster.task_type}_{cluster.task_id}", os.path.basename(path)
    )


def drop_unwanted(model, path):
    """Removes the folder that `writable_path` made on a worker that is not the chief."""
    if not is_chief(model):
        tf.io.gfile.rmtree(os.path.dirname(path))
