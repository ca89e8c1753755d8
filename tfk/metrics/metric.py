"""Base class of metrics: variables that collect statistics, and a result computed from them."""

import functools
import warnings
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tfk import initializers
from tfk.mixed_precision import get_policy
from tfk.saving import configs
from tfk.saving.registry import register
from tfk.typing import Config, DTypeLike, InitializerLike
from tfk.utils.autograph import converted, is_library, runs_as_written
from tfk.utils.checks import check_no_more, describe
from tfk.utils.loading import reserve_variable
from tfk.utils.naming import to_snake_case, unique_name
from tfk.utils.overrides import is_overridden
from tfk.utils.replicas import mark_common
from tfk.utils.short_repr import config_repr
from tfk.utils.tensorflow_internals import needs_no_merge_call, sync_on_read, track
from tfk.utils.variables import new_variable


@register("metrics")
@runs_as_written
class Metric(tf.Module):
    """Base class of metrics. A subclass creates variables with `add_weight` and defines two
    methods.

    `update_state(y_true, y_pred, sample_weight=None)` updates the variables with a batch;
    `result()` computes the value over all batches since `reset_state()`. Both run eagerly and in
    graphs, including inside loops.

    Args:
        name: Name in logs; None uses the class name in snake case. Defaults to None.
        dtype: Dtype of variables and computation, or a `Policy`, whose variable dtype is used; None
            uses the global policy. Defaults to None.
    Input shape: Defined by the subclass.
    Output shape: Defined by the subclass, usually a scalar.
    >>> class Largest(Metric):
    ...     def __init__(self, name="largest", **kwargs):
    ...         super().__init__(name=name, **kwargs)
    ...         self.largest = self.add_weight("largest", initializer="zeros")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.largest.assign(tf.maximum(self.largest, tf.reduce_max(y_pred)))
    ...     def result(self):
    ...         return self.largest
    >>> metric = Largest()
    >>> metric.update_state(None, tf.constant([1.0, 4.0])); float(metric(None, tf.constant([3.0])))
    4.0
    """

    # True if larger is better, False if smaller is; read by callbacks with mode="auto".
    higher_is_better = None

    _added_weights: tuple = ()  # what `add_weight` made

    def __init__(self, name: str | None = None, dtype: DTypeLike | None = None, **kwargs):
        super().__init__()
        self._name = name if name is not None else unique_name(to_snake_case(type(self).__name__))
        check_no_more(self, kwargs)
        self._dtype = get_policy(dtype).variable_dtype

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name, wrap in _WRAPPERS.items():
            if name in vars(cls):
                setattr(cls, name, wrap(vars(cls)[name]))

    @property
    def name(self):
        """Name of the metric in logs, as given."""
        return self._name

    def _rename(self, name):
        """Set the name under which a model reports the metric."""
        self._name = name

    @property
    def dtype(self):
        """Dtype of variables and results, a string."""
        return self._dtype

    @runs_as_written
    def add_weight(
        self,
        name: str,
        shape=(),
        aggregation=tf.VariableAggregation.SUM,
        synchronization=tf.VariableSynchronization.ON_READ,
        initializer: InitializerLike | None = None,
        dtype: DTypeLike | None = None,
    ):
        """Create a state variable of the metric, outside any graph under construction.

        Args:
            name: Name of the variable.
            shape: Its shape, with all sizes known. Defaults to `()`.
            aggregation: How replicas are combined, a `tf.VariableAggregation`. Defaults to `SUM`.
            synchronization: When they are combined, a `tf.VariableSynchronization`. Defaults to
                `ON_READ`.
            initializer: Initial value; None means zeros. `reset_state` always sets zeros. Defaults
                to None.
            dtype: Its dtype; None uses that of the metric. Defaults to None.
        Returns: The variable.
        """
        initial_value = initializers.get(initializer or "zeros")
        shape, dtype = tf.TensorShape(shape), tf.as_dtype(dtype or self._dtype)
        reserve_variable(f"{describe(self)}: {name!r}", shape, dtype.size)
        if isinstance(tf.distribute.get_strategy(), tf.distribute.TPUStrategy):
            synchronization = tf.VariableSynchronization.ON_WRITE
        with tf.init_scope():
            variable = new_variable(
                lambda: initial_value(shape, dtype=dtype),
                trainable=False,
                name=name,
                dtype=dtype,
                aggregation=aggregation,
                synchronization=synchronization,
            )
        # Checkpoints refer to it by the name of the weight, and by the attribute it may be assigned
        # to.
        track(self, variable, name)
        # Past TensorFlow, which would track a container that it finds in an attribute.
        object.__setattr__(self, "_added_weights", (*self._added_weights, variable))
        return variable

    def update_state(self, *args, **kwargs):
        """Update the statistics with a batch."""
        raise NotImplementedError(
            f"{type(self).__name__} must implement update_state(y_true, y_pred, sample_weight)."
        )

    def result(self):
        """Return the value over all batches: a tensor, or a dict of tensors."""
        raise NotImplementedError(f"{type(self).__name__} must implement result().")

    def __call__(self, *args, **kwargs):
        """Call `update_state` with the arguments, then return `result()`."""
        self.update_state(*args, **kwargs)
        result = self.result()
        if tf.is_tensor(result):
            result._metric_obj = (
                self  # for Layer.add_metric, which reports the metric, not this value
            )
        return result

    @runs_as_written
    def reset_state(self) -> None:
        """Reset all variables to zero."""
        if is_overridden(type(self), "reset_states", Metric):  # name used by old subclasses
            return self.reset_states()
        for variable in self.variables:
            variable.assign(tf.zeros(variable.shape, variable.dtype))

    @runs_as_written
    def reset_states(self) -> None:
        """Deprecated alias of `reset_state`."""
        self.reset_state()

    @runs_as_written
    def merge_state(self, metrics: Any):
        """Add the statistics collected by other metrics of the same class.

        Args:
            metrics: List of metrics; those without a batch are skipped.
        Raises: ValueError if the variables of a metric have other shapes.
        """
        for metric in metrics:
            if not metric.variables:
                continue
            self._create_late_variables([variable.shape for variable in metric.variables])
            shapes = [[v.shape.as_list() for v in m.variables] for m in (self, metric)]
            if shapes[0] != shapes[1]:
                raise ValueError(
                    f"{describe(self)}: cannot merge the state of {describe(metric)}: the variables"
                    f" have shapes {shapes[0]} and {shapes[1]}. Merge metrics of one class made"
                    " with the same arguments."
                )
            for variable, other in zip(self.variables, metric.variables):
                variable.assign_add(other)

    def _create_late_variables(self, shapes):
        """Create the missing variables of a metric that creates them at the first batch.

        Args:
            shapes: Shapes of all variables of such a metric after its first batch, in order.
        """

    @property
    def variables(self):
        """All variables: from `add_weight`, from attributes, and from metrics in attributes."""
        attached = [
            part
            for name, value in vars(self).items()
            if not name.startswith("_self_")  # bookkeeping of tf.Module
            for part in _parts(value)
        ]
        own = [
            *self._added_weights,
            *(v for v in attached if isinstance(v, tf.Variable)),
        ]
        nested = [
            variable for part in attached if isinstance(part, Metric) for variable in part.variables
        ]
        return list({id(variable): variable for variable in own + nested}.values())

    @property
    def weights(self):
        """Same as `variables`."""
        return self.variables

    @property
    def trainable_variables(self):
        """Empty: metrics are not trained."""
        return []

    @property
    def non_trainable_variables(self):
        """Same as `variables`."""
        return self.variables

    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables

    def get_weights(self) -> list[Any]:
        """Return the values of the variables as a list of arrays."""
        return [variable.numpy() for variable in self.variables]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the variables.

        Args:
            weights: List of arrays as returned by `get_weights`.
        Raises: ValueError if the number of arrays or a shape differs.
        """
        if len(weights) != len(self.variables):
            raise ValueError(
                f"{describe(self)}: set_weights expected {len(self.variables)} arrays, got"
                f" {len(weights)}."
            )
        for variable, value in zip(self.variables, weights):
            variable.assign(value)

    def save_own_variables(self, store):
        """Store the values in the dict-like `store` under "0", "1", ..."""
        for number, value in enumerate(self.get_weights()):
            store[str(number)] = value

    def load_own_variables(self, store):
        """Set the variables from the values stored by `save_own_variables`.

        The store may be empty: a model may be saved before it has metrics. Variables that a custom
            metric creates at its first batch start from zero, with a warning.
        """
        values = [store[str(number)][...] for number in range(len(store.keys()))]
        may_be_late = is_overridden(type(self), "_create_late_variables", Metric)
        if not values or (may_be_late and len(values) < len(self.variables)):
            return  # stored before the first batch
        self._create_late_variables([tf.TensorShape(value.shape) for value in values])
        if len(values) > len(self.variables) and not is_library(type(self).update_state):
            warnings.warn(
                f"{describe(self)}: its state in the file has {len(values)} variables, of which"
                f" {len(self.variables)} exist before the first batch. It starts from zero, as it"
                " does in fit and evaluate.",
                stacklevel=2,
            )
            return
        self.set_weights(values)

    def get_config(self) -> Config:
        """Return the constructor arguments."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: Config):
        """Create a metric from the result of `get_config`; arrays may have the form used in
        files.
        """
        return cls(**{key: _array_or_setting(value) for key, value in config.items()})

    def get_build_config(self):
        """Return a dict that describes variables created at the first batch, or None if there are
        none.
        """
        return None

    def build_from_config(self, config: Config):
        """Create the variables described by `get_build_config`."""

    def __repr__(self):
        return config_repr(self)


def _parts(value):
    """Yield the variables and metrics in an attribute's value, which may be a list or dict of
    them.
    """
    if isinstance(value, (tf.Variable, Metric)):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _parts(item)


def _array_or_setting(value):
    is_array = configs.is_object_config(value) and value["class_name"] in (
        "__numpy__",
        "__tensor__",
    )
    return configs.deserialize_keras_object(value) if is_array else value


def _updating(method):
    """Wrap `update_state` of a subclass; a custom one is converted by AutoGraph inside graphs.

    In graphs it returns a tensor that depends on the update, for `tf.group` and control
    dependencies. Keras 2 returns an operation, which a `tf.function` cannot return.
    """

    @functools.wraps(method, updated=())
    def update_state(self, *args, **kwargs):
        bound = method.__get__(self, type(self))
        if tf.executing_eagerly():
            return bound(*args, **kwargs)
        (bound if is_library(method) else converted(bound))(*args, **kwargs)
        return _after_update()

    return runs_as_written(update_state)


def _after_update():
    """Return a tensor that depends on the last operation added to the graph under construction."""
    done = tf.constant(True)
    with tf.control_dependencies([done.graph.get_operations()[-2]]):
        return tf.identity(done)


def _resulting(method):
    """Wrap `result` of a subclass: tensors, combined over replicas."""

    @functools.wraps(method, updated=())
    def result(self):
        bound = method.__get__(self, type(self))
        if not is_library(method) and not tf.executing_eagerly():
            bound = converted(bound)
        return _over_replicas(lambda: tf.nest.map_structure(tf.convert_to_tensor, bound()))

    return runs_as_written(result)


def _over_replicas(result):
    """Call `result` so that it reads, in each replica, variables summed over all replicas."""
    context = tf.distribute.get_replica_context()
    if not tf.distribute.has_strategy() or context is None:
        return result()
    if needs_no_merge_call():
        with sync_on_read():
            return mark_common(result())
    return mark_common(context.merge_call(lambda strategy: result()))


_WRAPPERS = {"update_state": _updating, "result": _resulting}
