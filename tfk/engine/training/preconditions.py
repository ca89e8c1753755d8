"""Precondition checks of `fit`, `evaluate` and `predict`."""

import tensorflow as tf

from tfk.utils.replicas import parameter_servers


def check_compiled(model):
    """Raise RuntimeError if `compile` has not been called."""
    if not model._is_compiled:
        raise RuntimeError(
            f'Model "{model.name}": You must compile your model before training/testing. '
            "Use `model.compile(optimizer, loss)`."
        )


def refuse_in_graph(model, method):
    """Raise RuntimeError inside a `tf.function`, or in the scope of a strategy other than the
    model's.
    """
    strategy = tf.distribute.get_strategy()
    if tf.distribute.has_strategy() and strategy is not model.distribute_strategy:
        raise RuntimeError(
            f'Model "{model.name}": {method} was called inside the scope of a'
            f" {type(strategy).__name__}, but the model was created outside it. Create and compile"
            " the model inside `with strategy.scope():` too."
        )
    if not tf.executing_eagerly():
        raise RuntimeError(
            f'Model "{model.name}": {method} was called inside a tf.function, but it runs its'
            " own graphs. Call it outside, or call model(x) inside."
        )


def verbosity(verbose, strategy):
    """Resolve `verbose="auto"`; reject the progress bar if batches run remotely."""
    by_servers = parameter_servers(strategy)
    if verbose == "auto":
        return 2 if by_servers else 1
    if verbose == 1 and by_servers:
        raise ValueError(
            "verbose=1 is not supported with ParameterServerStrategy: its batches run on the workers."
            " Pass verbose=2."
        )
    return verbose
