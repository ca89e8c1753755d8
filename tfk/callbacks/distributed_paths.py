"""Output paths of the workers of a distributed training."""

import os

import tensorflow as tf


def workers_of(model):
    """Return the names of the workers that train `model` together, and the name of this process.

    Returns: `(names, own name)`; `((), None)` if one process trains alone.
    """
    strategy = getattr(model, "distribute_strategy", None)
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return (), None
    cluster = strategy.cluster_resolver
    jobs = cluster.cluster_spec().as_dict()
    names = tuple(
        f"{job}-{place}" for job in ("chief", "worker") for place in range(len(jobs.get(job, ())))
    )
    return (names, f"{cluster.task_type}-{cluster.task_id}") if len(names) > 1 else ((), None)


def is_chief(model):
    """Return whether this process keeps files: always, except on non-chief workers of a cluster."""
    names, own = workers_of(model)
    return own is None or own == names[0]


def writable_path(model, path):
    """Return `path` on the chief, and a path in a separate folder on other workers.

    They have to save too, since saving a variable may involve all workers, but their files are
    discarded.
    """
    if is_chief(model):
        return path
    _, own = workers_of(model)
    return os.path.join(os.path.dirname(path), f"workertemp_{own}", os.path.basename(path))


def drop_unwanted(model, path):
    """Delete the folder that `writable_path` created on a non-chief worker."""
    if not is_chief(model) and tf.io.gfile.exists(os.path.dirname(path)):
        tf.io.gfile.rmtree(os.path.dirname(path))
