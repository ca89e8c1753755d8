"""States of recurrent layers: initial states, and those a stateful layer keeps between batches."""

from typing import Any

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.layers.recurrent.stacked_rnn_cells import cells_of
from tfk.layers.recurrent.states import as_list, initial_state
from tfk.typing import TensorLike
from tfk.utils.autograph import is_library
from tfk.utils.checks import describe
from tfk.utils.loading import reserve_variable
from tfk.utils.shapes import dynamic_shape
from tfk.utils.tensorflow_internals import AutoTrackable

FOLDER_NAME = "keras_api"  # under which SavedModel folders hold what has the states


class _StatefulMixin:
    """Mixin of `RNN`, which sets `cell`, `stateful`, `time_major` and, once built, `input_spec`."""

    # States are no weights: of all files, SavedModel folders alone hold them, as in Keras 2.
    _UNTRACKED = frozenset(("_kept",))

    _kept: Any = None  # an AutoTrackable: its `states`: variables in the structure of the cell's

    @property
    def states(self):
        """The state variables of a stateful layer; one None per state otherwise."""
        if self._kept is None:
            return tf.nest.map_structure(lambda _: None, as_list(self.cell.state_size))
        return self._kept.states

    @states.setter
    def states(self, states):
        self._keep(states)

    def _keep(self, states):
        # Not by assigning to `states`: TensorFlow would put them into checkpoints.
        self._kept = AutoTrackable()
        self._kept.states = states

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        children = super()._trackable_children(save_type, **kwargs)
        if save_type == "savedmodel" and self._kept is not None:
            children[FOLDER_NAME] = self._kept
        return children

    def _lookup_dependency(self, name, cached_dependencies=None):
        if name == FOLDER_NAME:
            return self._kept
        return super()._lookup_dependency(name, cached_dependencies)

    def get_initial_state(self, inputs: TensorLike):
        """Return the list of states a sequence starts from: the cell's, or zeros.

        Args:
            inputs: The inputs, which determine batch size and dtype.
        """
        first = tf.nest.flatten(inputs)[0]
        batch = dynamic_shape(first)[1 if self.time_major else 0]
        state = initial_state(self.cell, batch, first.dtype)
        return list(state) if tf.nest.is_nested(state) else [state]

    def reset_states(self, states=None) -> None:
        """Set the states of a stateful layer.

        Args:
            states: Array, or list of arrays, of shape `(batch, *size)`; None for the initial
                values. Defaults to None.
        Raises: AttributeError if the layer is not stateful; ValueError if the batch size is unknown
            or the arrays do not match.
        """
        if not self.stateful:
            raise AttributeError(
                f"{describe(self)}: reset_states needs a layer made with stateful=True."
            )
        begin = tf.nest.flatten(self._beginning())
        if self._kept is None:
            with tf.init_scope():
                variables = [tf.Variable(value, trainable=False) for value in begin]
            self._keep(tf.nest.pack_sequence_as(as_list(self.cell.state_size), variables))
        variables = tf.nest.flatten(self.states)
        values = begin if states is None else tf.nest.flatten(states)
        if len(values) != len(variables):
            raise ValueError(
                f"{describe(self)}: expected {len(variables)} states, got {len(values)}."
            )
        for index, (value, variable) in enumerate(zip(values, variables)):
            if tuple(value.shape) != tuple(variable.shape):
                raise ValueError(
                    f"{describe(self)}: expected state {index} to have shape"
                    f" {tuple(variable.shape)}, got {tuple(value.shape)}."
                )
            variable.assign(tf.cast(value, variable.dtype))

    def _beginning(self):
        """Return the values of the states before the first batch."""
        batch_size = self._known_batch_size()
        for size in tf.nest.flatten(self.cell.state_size):
            shape = (batch_size, *tf.TensorShape(size))
            reserve_variable(f"{describe(self)}: a state", shape, item_size=4)
        with tf.init_scope():
            return initial_state(self.cell, batch_size, self.variable_dtype)

    def _known_batch_size(self):
        shape = self.input_spec[0].shape if self.input_spec else None
        size = shape[1 if self.time_major else 0] if shape else None
        if size is None:
            raise ValueError(
                f"{describe(self)}: a stateful layer needs to know its batch size. Give the first"
                " layer of a Sequential batch_input_shape=(batch, time, features), or the Input"
                " batch_shape=(...)."
            )
        return size

    def _begins_at_zero(self):
        starts = [getattr(type(cell), "get_initial_state", None) for cell in cells_of(self.cell)]
        return not self.stateful and all(start is None or is_library(start) for start in starts)

    def _first_states(self, inputs, given):
        if given is not None:
            given = tf.nest.map_structure(tf.convert_to_tensor, given)
            self._check_states(given)
            batch = dynamic_shape(tf.nest.flatten(inputs)[0])[1 if self.time_major else 0]
            given = tf.nest.map_structure(lambda state: self._for_batch(state, batch), given)
        cell = cells_of(self.cell)[0]
        dtype = cell.compute_dtype if isinstance(cell, Layer) else self.compute_dtype

        def in_dtype(states):
            return tf.nest.map_structure(lambda state: tf.cast(state, dtype), states)

        if not self.stateful:
            return in_dtype(self.get_initial_state(inputs) if given is None else given)
        recorded = in_dtype(self.states)
        if given is None:
            return recorded
        # States recorded by an earlier batch go before those that are given.
        used = tf.reduce_any([tf.reduce_any(state != 0) for state in tf.nest.flatten(recorded)])
        return tf.nest.map_structure(
            lambda old, new: tf.where(used, old, new), recorded, in_dtype(given)
        )

    def _check_inputs(self, inputs):
        if self.stateful and self.built:
            self._check_batch(tf.nest.flatten(inputs)[0].shape)
        super()._check_inputs(inputs)

    def _check_batch(self, shape):
        size = shape[1 if self.time_major else 0] if shape.rank else None
        if size not in (None, self._known_batch_size()):
            raise ValueError(f"{self._wrong_batch()} Its shape is {tuple(shape)}.")

    def _wrong_batch(self):
        return (
            f"{describe(self)}: stateful=True keeps states for batches of"
            f" {self._known_batch_size()} samples, but a batch has another size. Give all batches"
            " that size (batch_size=, drop_remainder=True), or build the layer for another one."
        )

    def _with_known_batch(self, tensor):
        """Set the batch size of an input or mask of a stateful layer to that of its states."""
        size, axis = self._known_batch_size(), 1 if self.time_major else 0
        if tensor.shape[axis] is not None:
            return tensor
        fits = tf.debugging.assert_equal(tf.shape(tensor)[axis], size, self._wrong_batch())
        shape = tensor.shape.as_list()
        shape[axis] = size
        with tf.control_dependencies([fits]):
            tensor = tf.identity(tensor)
        tensor.set_shape(shape)
        return tensor

    def _check_states(self, given):
        sizes = tf.nest.flatten(as_list(self.cell.state_size))
        states = tf.nest.flatten(given)
        shapes = [tuple(state.shape) for state in states]
        fitting = len(sizes) == len(states) and all(
            state.shape[1:].is_compatible_with(tf.TensorShape(size))
            for state, size in zip(states, sizes)
        )
        if not fitting:
            wanted = [(None, *tf.TensorShape(size).as_list()) for size in sizes]
            raise ValueError(
                f"{describe(self)}: expected {len(sizes)} initial state(s) of shapes {wanted}, got"
                f" {shapes}."
            )

    def _for_batch(self, state, batch):
        """Return an initial state for `batch` samples; a state of one sample is used for all of
        them.
        """
        size = state.shape[0]
        if isinstance(batch, int) and size == batch:
            return state
        if isinstance(batch, int) and size not in (None, 1):
            raise ValueError(
                f"{describe(self)}: got an initial state of shape {tuple(state.shape)} for a batch"
                f" of {batch} samples."
            )
        return tf.broadcast_to(state, [batch, *dynamic_shape(state)[1:]])
