"""Variables of an optimizer: the number of updates, and slots for the variables of the model."""

import contextlib
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tfk import config as settings
from tfk import initializers
from tfk.optimizers.distribution import beside
from tfk.typing import DTypeLike, InitializerLike
from tfk.utils import handover
from tfk.utils.checks import describe
from tfk.utils.loading import do_weights_follow, reserve_variable
from tfk.utils.tensorflow_internals import deferred_values, untracked, variable_key
from tfk.utils.variables import new_variable


class CallableList(list):
    """List that returns itself when called: both `optimizer.variables` and `optimizer.variables()`
    work.
    """

    def __call__(self):
        return self


class _StateMixin:
    """Mixin that creates, finds, saves and loads the variables of an optimizer."""

    def _init_state(self):
        self._index_dict = untracked(
            self, {}
        )  # key of a variable -> its position in the list passed to build()
        with tf.init_scope():
            self._iterations = tf.Variable(0, name="iteration", dtype=tf.int64, trainable=False)
        self._variables = [self._iterations]

    @property
    def iterations(self):
        """Number of updates so far, an int64 variable."""
        return self._iterations

    @iterations.setter
    def iterations(self, variable):
        if self._index_dict:
            raise RuntimeError(
                f"{describe(self)}: iterations can be replaced only before the optimizer is built. "
                "Use iterations.assign(value) now."
            )
        self._iterations = variable
        self._variables = [variable]

    @property
    def variables(self):
        """All variables of the optimizer: the number of updates, then the slots; also callable."""
        return CallableList(self._variables)

    def _var_key(self, variable):
        """Return the key of a variable; custom optimizers know this name from Keras 2."""
        return variable_key(variable)

    def index_of(self, variable):
        """Return the position of a variable in the list passed to `build`.

        Raises: KeyError if it was not in the list.
        """
        try:
            return self._index_dict[variable_key(variable)]
        except KeyError:
            raise KeyError(
                f"{describe(self)} was built without the variable {variable.name}. Call"
                " build(variables) with all variables before the first update, or use a second"
                " optimizer."
            ) from None

    def add_variable(
        self,
        shape=None,
        dtype: DTypeLike | None = None,
        initializer: InitializerLike = "zeros",
        name: str | None = None,
    ):
        """Create a variable that is saved with the optimizer.

        Args:
            shape: Shape; None creates a scalar. Defaults to None.
            dtype: Dtype; None uses `floatx()`. Defaults to None.
            initializer: An initializer, its name, or a function of shape and dtype. Defaults to
                `"zeros"`.
            name: Name of the variable. Defaults to None.
        """
        initializer = initializers.get(initializer)
        value = initializer(
            () if shape is None else shape, dtype=tf.as_dtype(dtype or settings.floatx())
        )
        variable = new_variable(value, name, trainable=False)
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self, model_variable, variable_name, shape=None, initial_value=None
    ):
        """Create a slot, a variable that belongs to one of the model's variables.

        Args:
            model_variable: The model variable; the slot has its dtype and devices.
            variable_name: First part of the slot's name.
            shape: Shape of the slot; None uses that of `model_variable`. Defaults to None.
            initial_value: Initial value; None means zeros. Defaults to None.
        """
        variable = self._accompany(model_variable, variable_name, shape, initial_value)
        self._variables.append(variable)
        return variable

    def _accompany(self, model_variable, name, shape=None, initial_value=None, dtype=None):
        """Create a variable on the devices of `model_variable` that is not saved with the
        optimizer.
        """
        dtype = dtype or stored_dtype(model_variable)
        if model_variable.shape.is_fully_defined():
            size = model_variable.shape if shape is None else shape
            what = f"{describe(self)}: {name!r} of {model_variable.name}"
            reserve_variable(what, size, dtype.size, do_weights_follow())
        if initial_value is None:
            zeros = handover.zeros if do_weights_follow() else tf.zeros
            if shape is None and not model_variable.shape.is_fully_defined():
                initial_value = tf.zeros(tf.shape(model_variable), dtype)
            else:
                initial_value = zeros(model_variable.shape if shape is None else shape, dtype)
        with beside(model_variable):
            name = self._slot_path(model_variable, name)
            return new_variable(initial_value, name, dtype=dtype, trainable=False)

    def _slot_path(self, variable, name):
        return f"{name}/{name_of(variable)}"

    def get_weights(self) -> list[Any]:
        """Return the values of `variables` as arrays."""
        return [variable.numpy() for variable in self.variables]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the values of `variables`.

        Args:
            weights: Arrays in the order of `variables`.
        Raises: ValueError before `build`, or if the number of arrays or a shape differs.
        """
        if not self._index_dict:
            raise ValueError(
                f"{describe(self)}: set_weights() needs a built optimizer. Call"
                " build(model.trainable_variables)."
            )
        if len(weights) != len(self.variables):
            raise ValueError(
                f"{describe(self)}: expected {len(self.variables)} arrays, one for each variable,"
                f" got {len(weights)}."
            )
        for variable, weight in zip(self.variables, weights):
            if tuple(variable.shape) != tuple(weight.shape):
                raise ValueError(
                    f"{describe(self)}: variable {variable.name} has shape {tuple(variable.shape)},"
                    f" the value has {tuple(weight.shape)}."
                )
            variable.assign(weight)

    def stored_places(self, shapes):
        """Return the position of each variable's value in a stored list of arrays.

        Args:
            shapes: Shapes of the stored arrays.
        Returns: One index per variable, None for a variable without a stored value; None if the
            list is not the state of this optimizer.
        """
        layout = self._variables_in(len(shapes), lambda: shapes)
        if layout is None or not _fit(layout, shapes):
            return None
        places = {id(variable): place for place, variable in enumerate(layout)}
        return [places.get(id(variable)) for variable in self.variables]

    def derive_missing(self):
        """Compute variables that a file does not contain from those that it does."""

    def save_own_variables(self, store):
        """Store the values of `variables` in `store` under "0", "1", ...

        Args:
            store: A dict or an h5py group.
        """
        for index, variable in enumerate(self.variables):
            store[str(index)] = handover.values(variable)

    def save_for_keras3(self, store):
        """Store the state in the order of Keras 3: the learning rate follows the iterations, unless
        a schedule gives it.

        Args:
            store: A dict or an h5py group.
        """
        arrays = [handover.values(variable) for variable in self.variables_in_keras3()]
        if isinstance(self._learning_rate, tf.Variable):
            arrays.insert(1, np.asarray(self._learning_rate, "float32"))
        for index, array in enumerate(arrays):
            store[str(index)] = array

    def variables_in_keras3(self):
        """Return the variables that the optimizer has in Keras 3, but for the learning rate."""
        return list(self.variables)

    def load_own_variables(self, store):
        """Load the values of `save_own_variables`; a different number of variables only causes a
        warning.

        Args:
            store: A dict or an h5py group.
        """
        count = len(store.keys())
        variables = self._variables_in(
            count, lambda: [tuple(store[str(place)].shape) for place in range(count)]
        )
        if variables is None:
            if count == 1 and not np.any(store["0"][...]):
                return  # of a model that was never trained
            hint = (
                ""
                if self._index_dict
                else " It has not been built yet: call build(variables) first."
            )
            warnings.warn(
                f"{describe(self)}: the state is not loaded, because {count} variables"
                f" are stored and the optimizer has {len(self.variables)}.{hint}"
            )
            return
        for place, variable in enumerate(variables):
            if variable is not None:
                handover.assign_from(store, variable, store[str(place)])

    def _variables_in(self, count, shapes):
        """Return the variables in the order in which a file holds `count` arrays, None in place of
        the learning rate of Keras 3; None if it is not the state of this optimizer.

        Args:
            count: Number of arrays.
            shapes: Function that returns their shapes, for which they may have to be read. It is
                called only if several orders have that many.
        """
        orders = [list(self.variables)]
        if self._index_dict:
            first, *others = self.variables_in_keras3()
            orders += [first, *others], [first, None, *others]
        distinct = {tuple(map(id, order)): order for order in orders if len(order) == count}
        orders = list(distinct.values())
        if len(orders) > 1:
            stored = shapes()
            return next((order for order in orders if _fit(order, stored)), orders[0])
        return orders[0] if orders else None

    _takes_checkpoints = True

    @contextlib.contextmanager
    def left_alone(self):
        """Context in which checkpoints are restored around this optimizer."""
        self._takes_checkpoints = False
        try:
            yield
        finally:
            self._takes_checkpoints = True
            deferred_values(self).clear()

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        if not self._takes_checkpoints and save_type != "savedmodel":
            return {}
        return super()._trackable_children(save_type, **kwargs)

    def _lookup_dependency(self, name, cached_dependencies=None):
        if not self._takes_checkpoints:
            return None
        return super()._lookup_dependency(name, cached_dependencies)

    def _create_or_restore_slot_variable(self, **kwargs):
        raise ValueError(
            f"{describe(self)}: this checkpoint was written by an optimizer of Keras before 2.11,"
            " which stores its state in another layout. Restore the model without the optimizer."
        )


def _fit(variables, shapes):
    """Whether arrays of these shapes are values of the variables; None takes any."""
    return all(
        variable is None or tuple(variable.shape) == shape
        for variable, shape in zip(variables, shapes)
    )


def stored_dtype(variable):
    """Return the dtype in which a variable is stored, which under mixed precision differs from the
    dtype a layer reads.
    """
    return getattr(variable, "true_dtype", variable.dtype)


def name_of(variable):
    """Return the name of a variable without TensorFlow's output number."""
    return variable.name.partition(":")[0]
