"""StackedRNNCells: several cells as one."""

import tensorflow as tf

from tfk.engine.layer import call_signature
from tfk.engine.layer.layer import Layer
from tfk.layers.recurrent.cell_protocols import SequenceCell
from tfk.layers.recurrent.kernels.choose import Choices
from tfk.layers.recurrent.states import initial_state, output_size
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register
from tfk.typing import Config, CustomObjects, DTypeLike, Shape, TensorLike
from tfk.utils.autograph import is_library
from tfk.utils.checks import describe


@register("layers")
class StackedRNNCells(Layer):
    """Stack of cells: the output of each cell is the input of the next.

    Args:
        cells: List of cells.
        **kwargs: `reverse_state_order=True` lists the states from the last cell to the first; and
            the arguments of `Layer`.
    Call arguments:
        inputs: Tensor of shape `(batch, features)`.
        states: The states of all cells.
        constants: List of tensors passed to cells that accept it. Defaults to None.
        training: Mode, passed to the cells. Defaults to None.
    Input shape: `(batch, features)`.
    Output shape: That of the last cell, and the new states of all cells.
    Raises: ValueError if one of `cells` is not a cell.
    >>> cell = StackedRNNCells([tfk.layers.LSTMCell(4), tfk.layers.LSTMCell(2)])
    >>> tfk.layers.RNN(cell)(tf.ones((2, 5, 3))).shape
    TensorShape([2, 2])
    """

    def __init__(self, cells, **kwargs):
        reverse_state_order = kwargs.pop("reverse_state_order", False)
        super().__init__(**kwargs)
        for cell in cells:
            lacking = [name for name in ("call", "state_size") if name not in dir(cell)]
            if lacking:
                raise ValueError(
                    f"{describe(self)}: expected cells, objects with call(inputs, states) and"
                    f" state_size; {type(cell).__name__} lacks {' and '.join(lacking)}."
                )
        self.cells = list(cells)
        self.reverse_state_order = reverse_state_order

    def _in_state_order(self, items):
        return tuple(items)[::-1] if self.reverse_state_order else tuple(items)

    @property
    def state_size(self):
        """Tuple of the cells' state sizes."""
        return self._in_state_order(cell.state_size for cell in self.cells)

    @property
    def output_size(self):
        """Output size of the last cell."""
        return output_size(self.cells[-1])

    def get_initial_state(
        self,
        inputs: TensorLike = None,
        batch_size: int | None = None,
        dtype: DTypeLike | None = None,
    ):
        """Return a tuple of the cells' initial states, for the batch of `inputs` or for
        `batch_size` and `dtype`.
        """
        if inputs is not None:
            batch_size, dtype = tf.shape(inputs)[0], inputs.dtype
        return self._in_state_order(initial_state(cell, batch_size, dtype) for cell in self.cells)

    def state_tensors(self, states):
        """Return the states unchanged: each cell casts its own."""
        return states

    def build(self, input_shape: Shape):
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        batch = tf.nest.flatten(shape)[0][0]
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell._build_in_scope(shape)
            shape = tf.nest.map_structure(
                lambda size: tf.TensorShape([batch, *tf.TensorShape(size).as_list()]),
                output_size(cell),
            )

    def _by_cell(self, states):
        """Return the states grouped by cell, each group a list."""
        nested = tf.nest.pack_sequence_as(self.state_size, tf.nest.flatten(states))
        return [
            list(own) if tf.nest.is_nested(own) else [own] for own in self._in_state_order(nested)
        ]

    def _packed(self, by_cell):
        flat = tf.nest.flatten(self._in_state_order(by_cell))
        return tf.nest.pack_sequence_as(self.state_size, flat)

    def call(
        self, inputs: TensorLike, states, constants: TensorLike = None, training: bool | None = None
    ):
        news = []
        for cell, own in zip(self.cells, self._by_cell(states)):
            names = call_signature.of_function(getattr(cell.call, "__func__", cell.call)).names
            given = {"constants": constants, "training": training}
            kwargs = {name: value for name, value in given.items() if name in names}
            inputs, new = (cell if callable(cell) else cell.call)(inputs, own, **kwargs)
            news.append(new)
        return inputs, self._packed(news)

    def get_config(self) -> Config:
        config = {
            **super().get_config(),
            "cells": [serialize_keras_object(cell) for cell in self.cells],
        }
        if self.reverse_state_order:
            config["reverse_state_order"] = True
        return config

    @classmethod
    def from_config(cls, config: Config, custom_objects: CustomObjects | None = None):
        config = dict(config)
        cells = [deserialize_keras_object(cell, custom_objects) for cell in config.pop("cells")]
        return cls(cells, **config)

    # Whole sequences: one cell after the other, each over all time steps
    # ----------------------------

    def fusible(self):
        """Return whether every cell can process whole sequences."""
        cells_can = all(isinstance(cell, SequenceCell) and cell.fusible() for cell in self.cells)
        return cells_can and is_library(type(self).call)

    def choose(self, situation, features):
        """Combine the cells' choices into one: a loop if any cell needs one."""
        choices = []
        for cell in self.cells:
            choices.append(cell.choose(situation, features))
            features = output_size(cell)
        for choice in choices:
            if choice.kernel == "loop":
                return choice
        return Choices(choices)

    def over_sequence(
        self, choice, x: TensorLike, states, mask: TensorLike, training: bool | None, sequences
    ):
        """Same as `over_sequence` of a single cell, applied cell by cell."""
        news = []
        for index, (cell, own) in enumerate(zip(self.cells, self._by_cell(states))):
            inner = sequences or index + 1 < len(self.cells)
            x, own = tf.cast(x, cell.compute_dtype), cell.state_tensors(own)
            x, last, new = cell.over_sequence(choice[index], x, own, mask, training, inner)
            news.append(new)
        return x, last, self._packed(news)


def cells_of(cell):
    """Return the cells of a stack, or the cell itself in a list."""
    return tuple(cell.cells) if isinstance(cell, StackedRNNCells) else (cell,)
