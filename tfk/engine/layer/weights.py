"""Creation, saving and loading of a layer's weights."""

import numpy as np
import tensorflow as tf

from tfk import constraints, initializers, regularizers
from tfk.engine.layer.input_spec import layer_title
from tfk.engine.layer.tracking import _TrackingMixin
from tfk.mixed_precision.autocast_variable import wrap_autocast
from tfk.typing import DTypeLike, InitializerLike, Ints
from tfk.utils import handover
from tfk.utils.loading import do_weights_follow, reserve_variable
from tfk.utils.overrides import is_overridden
from tfk.utils.variables import new_variable


class _WeightsMixin(_TrackingMixin):
    """Mixin that creates, saves and loads the variables of a layer."""

    _UNTRACKED = frozenset(("_autocast_used", "_regularized"))

    _regularized: list  # pairs of a variable and its regularizer
    _autocast_used: bool = False  # whether a variable is cast when it is read

    def add_weight(
        self,
        name: str | None = None,
        shape=None,
        dtype: DTypeLike | None = None,
        initializer: InitializerLike | None = None,
        regularizer=None,
        trainable: bool | None = None,
        constraint=None,
        use_resource=None,
        synchronization=tf.VariableSynchronization.AUTO,
        aggregation=tf.VariableAggregation.NONE,
        **kwargs,
    ):
        """Create a variable of this layer.

        Args:
            name: Its name; the variable is called `<layer>/<name>`. Defaults to None.
            shape: Tuple of sizes; None or `()` for a scalar. Defaults to None.
            dtype: Its dtype; None uses the layer's variable dtype. Defaults to None.
            initializer: Name, object or function of `(shape, dtype)`; None uses `glorot_uniform`
                for floating dtypes, zeros for others. Defaults to None.
            regularizer: Regularizer whose penalty is added to the loss. Defaults to None.
            trainable: Whether training updates it; None means True unless `synchronization` is
                `ON_READ`. Defaults to None.
            constraint: Function applied to the variable after each update. Defaults to None.
            use_resource: Accepted for compatibility; all variables are resource variables. Defaults
                to None.
            synchronization, aggregation: Behaviour across the replicas of a distribution strategy.
                Default to `AUTO` and `NONE`.
            **kwargs: `autocast=False` keeps its dtype under mixed precision.

        Returns: The `tf.Variable`.
        Raises: ValueError for a trainable variable synchronized `ON_READ`, or a dtype without
            default initializer.
        """
        autocast = kwargs.pop("autocast", kwargs.pop("experimental_autocast", True))
        unknown = sorted(
            set(kwargs) - {"collections", "partitioner", "getter", "caching_device", "layout"}
        )
        if unknown:
            raise TypeError(f"{layer_title(self)}: add_weight got unknown arguments {unknown}.")
        dtype = tf.as_dtype(dtype or self.variable_dtype)
        on_read = synchronization == tf.VariableSynchronization.ON_READ
        if on_read and trainable:
            raise ValueError(
                f"{layer_title(self)}: weight {name!r} cannot be trainable with synchronization"
                " ON_READ: each replica would train its own copy. Pass trainable=False."
            )
        trainable = not on_read if trainable is None else bool(trainable)
        if initializer is None:
            if not (dtype.is_floating or dtype.is_complex or dtype.is_integer or dtype.is_bool):
                raise ValueError(
                    f"{layer_title(self)}: weight {name!r} of dtype {dtype.name} needs an"
                    " initializer."
                )
            initializer = "glorot_uniform" if dtype.is_floating else "zeros"
        reads_itself = is_overridden(type(self), "load_own_variables", _WeightsMixin)
        shape = tuple(tf.TensorShape(shape if shape is not None else ()))
        is_stored = do_weights_follow() and not reads_itself and dtype != tf.string
        reserve_variable(f"{layer_title(self)}: weight {name!r}", shape, dtype.size, is_stored)
        if is_stored:
            initializer = handover.zeros
        initializer = initializers.get(initializer)
        variable = self._new_variable(
            lambda: initializer(shape, dtype=dtype),
            name=name or "Variable",
            trainable=trainable,
            dtype=dtype,
            constraint=constraints.get(constraint),
            synchronization=synchronization,
            aggregation=aggregation,
            shape=shape,
        )
        if (
            autocast
            and self._autocast
            and dtype.is_floating
            and self._policy.compute_dtype != dtype.name
        ):
            variable = wrap_autocast(variable)
            self._autocast_used = True
        self._created.append(variable)
        self.renew_version()
        self._track_weight(variable, name or "Variable")
        regularizer = regularizers.get(regularizer)
        if regularizer is not None:
            self._regularized.append((variable, regularizer))
        return variable

    def add_variable(self, *args, **kwargs):
        """Deprecated alias of `add_weight`."""
        return self.add_weight(*args, **kwargs)

    def _new_variable(self, initial_value, name, **options):
        # Lifted out of any graph being traced: a variable outlives the trace that requests it.
        # Its name begins with the name scopes in force, which calls of layers open.
        with tf.init_scope():
            return new_variable(initial_value, name, **options)

    def known_dim(self, shape, axis: Ints = -1):
        """Return the size of `shape` along `axis`; raise ValueError if it is unknown."""
        shape = tf.TensorShape(shape)
        size = shape[axis] if shape.rank is not None else None
        if size is None:
            raise ValueError(
                f"{layer_title(self)}: needs to know axis {axis} of its input to create its"
                " weights, got shape"
                f" {tuple(shape) if shape.rank is not None else 'of unknown rank'}. Give the Input"
                " that size."
            )
        return int(size)

    def saved_variables(self):
        """Return this layer's variables (without nested layers) in the order used in files."""
        return self._own_variables(True) + self._own_variables(False)

    def save_own_variables(self, store):
        """Store this layer's variables in the dict-like `store`."""
        for index, variable in enumerate(self.saved_variables()):
            store[str(index)] = handover.values(variable)

    def check_own_variables(self, shapes):
        """Raise ValueError unless arrays of these shapes (a dict from index to shape) match this
        layer.
        """
        if not is_overridden(type(self), "load_own_variables", _WeightsMixin):
            check_stored_shapes(self, self.saved_variables(), shapes)

    def load_own_variables(self, store):
        """Load the values of `save_own_variables`.

        Raises: ValueError if the number or shapes of the arrays do not match this layer.
        """
        variables = self.saved_variables()
        values = {key: np.asarray(store[key]) for key in store.keys()}
        check_stored_shapes(self, variables, {key: value.shape for key, value in values.items()})
        for index, variable in enumerate(variables):
            handover.assign_from(store, variable, values[str(index)])


def check_stored_shapes(layer, variables, shapes):
    """Raise ValueError unless the stored arrays, of `shapes` by index, match the layer's
    variables.
    """
    if len(shapes) != len(variables):
        hint = "" if layer.built else " The layer has not been built: call it on data first."
        raise ValueError(
            f"{layer_title(layer)}: expected {len(variables)} stored variables, found"
            f" {len(shapes)}.{hint}"
        )
    for index, variable in enumerate(variables):
        shape = shapes.get(str(index))
        if shape is None or not variable.shape.is_compatible_with(shape):
            raise ValueError(
                f"{layer_title(layer)}: stored shape {shape} does not fit {variable.name!r} of"
                f" shape {tuple(variable.shape)}."
            )
