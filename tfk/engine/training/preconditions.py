"""What has to hold while `fit`, `evaluate` and `predict` run: checks, and contexts for a run."""

import contextlib
import re

import tensorflow as tf

from tfk.utils.replicas import parameter_servers
from tfk.utils.tensorflow_internals import outside_strategies
from tfk.utils.versions import note_change


def check_compiled(model):
    """Raise RuntimeError if `compile` has not been called."""
    if not model._is_compiled:
        raise RuntimeError(
            f'Model "{model.name}": You must compile your model before training/testing. '
            "Use `model.compile(optimizer, loss)`."
        )


def _in_foreign_scope(model):
    """Whether the scope of a strategy other than the model's is entered."""
    return (
        tf.distribute.has_strategy()
        and tf.distribute.get_strategy() is not model.distribute_strategy
    )


def refuse_foreign_scope(model, method):
    """Raise RuntimeError in the scope of a strategy other than the model's: the training would not
    be distributed.
    """
    if _in_foreign_scope(model):
        raise RuntimeError(
            f'Model "{model.name}": {method} was called inside the scope of a'
            f" {type(tf.distribute.get_strategy()).__name__}, but the model was created outside it."
            " Create and compile the model inside `with strategy.scope():` too."
        )


def refuse_in_graph(model, method):
    """Raise RuntimeError inside a `tf.function`."""
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
            "verbose=1 is not supported with ParameterServerStrategy: its batches run on the"
            " workers. Pass verbose=2."
        )
    return verbose


@contextlib.contextmanager
def strategy_scope(model):
    """Context of the strategy of `model` alone; reports a lost parameter server.

    Lost workers never surface here; their work is rescheduled.
    """
    strategy = model.distribute_strategy
    try:
        with (
            outside_strategies() if _in_foreign_scope(model) else contextlib.nullcontext(),
            strategy.scope(),
        ):
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


def trainable_state(model):
    """Return the `trainable` flags of the model and every layer in it, as pairs."""
    return [(layer, layer._trainable) for layer in model._flatten_layers()]


@contextlib.contextmanager
def as_compiled(model):
    """Context in which the layers have the flags they had when `compile` was called."""
    state = model._trainable_state or ()
    changed = [(layer, flag) for layer, flag in state if layer._trainable != flag]
    before = [(layer, layer._trainable) for layer, _ in changed]
    _set(changed)
    try:
        yield
    finally:
        # A callback may have set one since, and compiled the model again.
        _set([pair for pair, (layer, flag) in zip(before, changed) if layer._trainable == flag])


def _set(state):
    for layer, trainable in state:
        layer._trainable = trainable
    if state:
        note_change()
