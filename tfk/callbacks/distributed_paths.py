"""Where a worker of a distributed training may write."""

import os

import tensorflow as tf


def workers_of(model):
    """Names of the workers that train `model` together, and which of them this process is.

    Returns: `(names, own name)`; `((), None)` where one process trains alone.
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
    """Whether this process is the one that keeps files: always, except on the other workers of a
    cluster.
    """
    names, own = workers_of(model)
    return own is None or own == names[0]


def writable_path(model, path):
    """`path` on the chief; beside it, in a folder of its own, on other workers.

    They have to save too, since saving a variable may need all workers, but their files are not
    kept.
    """
    if is_chief(model):
        return path
    _, own = workers_of(model)
    return os.path.join(os.path.dirname(path), f"workertemp_{own}", os.path.basename(path))


def drop_unwanted(model, path):
    """Removes the folder that `writable_path` made on a worker that is not the chief."""
    if not is_chief(model) and tf.io.gfile.exists(os.path.dirname(path)):
        tf.io.gfile.rmtree(os.path.dirname(path))
