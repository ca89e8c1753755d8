"""Agreement between the processes of a distribution strategy."""

import functools

import tensorflow as tf


def several_workers(strategy):
    """Return whether other processes run the same program and have to run the same steps."""
    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy) and (
        strategy.num_replicas_in_sync > len(strategy.extended.worker_devices)
    )


def least(strategy, number):
    """Return the least of the numbers that the workers have called this with, the same for all of
    them."""
    return (
        int(_least(strategy)(tf.constant([number], tf.int64)))
        if several_workers(strategy)
        else number
    )


@functools.lru_cache(maxsize=1)
def _least(strategy):
    @tf.function
    def of_all(number):
        return tf.reduce_min(strategy.gather(strategy.run(tf.identity, args=(number,)), axis=0))

    return of_all
