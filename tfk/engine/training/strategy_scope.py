"""The scope of a model's strategy, in which training, evaluation and prediction run."""

import contextlib
import re

import tensorflow as tf

from tfk.utils.replicas import parameter_servers


@contextlib.contextmanager
def strategy_scope(model):
    """Context of the strategy of `model`; reports a lost parameter server.

    Lost workers never surface here; their work is rescheduled.
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
            f'Model "{model.name}": parameter server {", ".join(lost)} was lost together with'
            " the variables it held. Restart it and this program; with a BackupAndRestore"
            " callback, fit resumes from the last backup.",
        ) from error
