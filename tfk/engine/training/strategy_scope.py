"""The scope of a model's strategy, in which training, evaluation and prediction run."""

import contextlib
import re

import tensorflow as tf

from tfk.engine.data.replicas import parameter_servers


@contextlib.contextmanager
def strategy_scope(model):
    """Context of the strategy of `model`; a parameter server that is lost meanwhile is told of.

    That workers are lost does not come this far: others do their work.
    """
    strategy = model.distribute_strategy
    try:
        with strategy.scope():
            yield
    except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:
        lost = sorted(set(re.findall(r"/job:ps/replica:0/task:(\d+)", str(error))))
        if not lost or not parameter_servers(strategy):
            raise
        raise tf.errors.UnavailableError(
            None,
            None,
            f'Model "{model.name}": parameter server {", ".join(lost)} was lost, and with it the'
            " variables that lay there. Start it and this program again; with a BackupAndRestore"
            " callback, fit goes on from the last backup.",
        ) from error
