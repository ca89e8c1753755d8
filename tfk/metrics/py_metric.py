"""Metrics computed by Python code, outside the graph."""

import functools

import tensorflow as tf

from tfk.metrics.metric import Metric
from tfk.utils.autograph import runs_as_written


@runs_as_written
class PyMetric(Metric):
    """Base of metrics whose state and computation are plain Python, such as functions of
    scikit-learn.

    A subclass implements `update_state(y_true, y_pred, sample_weight=None)`, which gets eager
    tensors, `result()`, which returns one number, and `reset_state()`, which sets the first state
    and is also called when the metric is made. They run on the host between the operations of the
    graph, slower than graph code, and not under XLA.

    The arguments are those of `Metric`.
    >>> class Seen(PyMetric):
    ...     def reset_state(self):
    ...         self.seen = 0
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.seen += len(y_pred.numpy())
    ...     def result(self):
    ...         return self.seen
    >>> metric = Seen()
    >>> float(metric([1.0, 2.0], [1.0, 2.0]))
    2.0
    """

    def __init__(self, name=None, dtype=None, **kwargs):
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.reset_state()

    def __init_subclass__(cls, **kwargs):
        # Instead of the wrappers of graph metrics.
        super(Metric, cls).__init_subclass__(**kwargs)
        for name, wrap in (("update_state", _updating_on_host), ("result", _resulting_on_host)):
            if name in vars(cls):
                setattr(cls, name, wrap(vars(cls)[name]))

    def reset_state(self):
        """Initialize the state."""
        raise NotImplementedError(f"{type(self).__name__} must implement reset_state().")

    def merge_state(self, metrics):
        """Add the state of other metrics; a subclass that supports it implements it."""
        raise NotImplementedError(f"{type(self).__name__} does not implement merge_state().")


def _updating_on_host(method):
    @functools.wraps(method, updated=())
    def update_state(self, y_true, y_pred, sample_weight=None):
        def update(*values):
            with tf.device("/cpu:0"):
                method(self, *values)

        given = [y_true, y_pred] + ([] if sample_weight is None else [sample_weight])
        return tf.py_function(update, given, Tout=[])

    return runs_as_written(update_state)


def _resulting_on_host(method):
    @functools.wraps(method, updated=())
    def result(self):
        def compute():
            with tf.device("/cpu:0"):
                return method(self)

        value = tf.py_function(compute, [], Tout=self.dtype)
        value.set_shape(())
        return value

    return runs_as_written(result)
