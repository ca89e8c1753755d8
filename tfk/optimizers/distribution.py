"""Running parts of an update once for all replicas of a distribution strategy."""

import contextlib

import tensorflow as tf

from tfk.utils.control_flow import smart_cond
from tfk.utils.tensorflow_internals import maybe_merge_call, needs_no_merge_call


class _Sealed:
    """Keeps a value whole where a strategy would split it into the parts of each replica."""

    def __init__(self, value):
        self.value = value


@contextlib.contextmanager
def beside(variable):
    """Variables made inside lie on the devices of `variable`, one for each of its copies."""
    strategy = getattr(variable, "distribute_strategy", None) or tf.distribute.get_strategy()
    current = strategy is tf.distribute.get_strategy()
    with contextlib.nullcontext() if current else strategy.scope():
        with strategy.extended.colocate_vars_with(variable):
            yield


def in_replica_context():
    """True where code runs once for each replica of a strategy."""
    return tf.distribute.has_strategy() and not tf.distribute.in_cross_replica_context()


def check_one_replica(method):
    """Raises RuntimeError where a method called in the cross-replica context would miss most
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
    """`function(strategy, *args)` in the cross-replica context; called directly where there are no
    replicas.
    """
    strategy = tf.distribute.get_strategy()
    if not in_replica_context():
        return function(strategy, *args)
    return maybe_merge_call(function, strategy, *args)


def on_each_copy(strategy, variable, function, *args):
    """`function(variable, *args)` for the copy of the variable on each device."""
    if not tf.distribute.has_strategy():
        return function(variable, *args)
    return strategy.extended.update(variable, function, args=args, group=False)


def apply_if(condition, apply, skip, gradients, variables):
    """`apply(gradients, variables)` if a condition, the same in all replicas, holds, else `skip()`.

    `apply` runs in the context of the caller. In a replica context a `tf.cond` must not hold a
    merge call, so with strategies that need one the `tf.cond` goes to the cross-replica context.
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
    """Branches of a conditional have no common result; both give None."""
    return None
