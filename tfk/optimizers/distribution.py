"""Runs parts of an update once for all replicas of a distribution strategy."""

import contextlib

import tensorflow as tf

from tfk.utils.control_flow import smart_cond
from tfk.utils.tensorflow_internals import maybe_merge_call, needs_no_merge_call


class _Sealed:
    """Wrapper that keeps a strategy from splitting a value into per-replica parts."""

    def __init__(self, value):
        self.value = value


@contextlib.contextmanager
def beside(variable):
    """Scope in which variables are created on the devices of `variable`, one per copy."""
    strategy = getattr(variable, "distribute_strategy", None) or tf.distribute.get_strategy()
    current = strategy is tf.distribute.get_strategy()
    with contextlib.nullcontext() if current else strategy.scope():
        with strategy.extended.colocate_vars_with(variable):
            yield


def in_replica_context():
    """Return True where code runs once per replica."""
    return tf.distribute.has_strategy() and not tf.distribute.in_cross_replica_context()


def check_one_replica(method):
    """Raise RuntimeError if a method called in the cross-replica context would miss most
    gradients.
    """
    count = tf.distribute.get_strategy().num_replicas_in_sync
    if count > 1:
        raise RuntimeError(
            f"{method} was called in the cross-replica context of a strategy with {count} replicas."
            " Call it in the function given to strategy.run(); or, for gradients that are summed"
            " over the replicas already, pass skip_gradients_aggregation=True."
        )


def once_for_all_replicas(function, *args):
    """Call `function(strategy, *args)` in the cross-replica context, or directly without
    replicas.
    """
    strategy = tf.distribute.get_strategy()
    if not in_replica_context():
        return function(strategy, *args)
    return maybe_merge_call(function, strategy, *args)


def on_each_copy(strategy, variable, function, *args):
    """Call `function(variable, *args)` for the copy of the variable on each device."""
    if not tf.distribute.has_strategy():
        return function(variable, *args)
    return strategy.extended.update(variable, function, args=args, group=False)


def apply_if(condition, apply, skip, gradients, variables):
    """Call `apply(gradients, variables)` if a condition, equal in all replicas, holds, else
    `skip()`.

    `apply` runs in the context of the caller. In a replica context a `tf.cond` must not contain a
    merge call, so with strategies that need one the `tf.cond` moves to the cross-replica context.
    """
    if not in_replica_context() or needs_no_merge_call():
        smart_cond(
            condition, lambda: _nothing(apply(gradients, variables)), lambda: _nothing(skip())
        )
        return

    def in_cross_replica_context(strategy, condition, gradients, sealed):
        first = strategy.experimental_local_results(condition)[0]

        def run_in_replicas():
            strategy.extended.call_for_each_replica(
                lambda grads, variables: _nothing(apply(grads, variables.value)),
                args=(gradients, sealed),
            )

        smart_cond(first, run_in_replicas, lambda: _nothing(skip()))

    context = tf.distribute.get_replica_context()
    context.merge_call(in_cross_replica_context, args=(condition, gradients, _Sealed(variables)))


def _nothing(_):
    """Run a function for its effects: branches of a conditional have no common result."""
    return None
