"""Dropout inside recurrent cells: one mask for all time steps of a call."""

import tensorflow as tf

from tfk.layers.regularization.noise import drop
from tfk.typing import TensorLike
from tfk.utils.checks import check_rate
from tfk.utils.control_flow import smart_cond
from tfk.utils.random import SeedGenerator, next_seed_of
from tfk.utils.shapes import dynamic_shape


class CellDropout:
    """Dropout masks for the inputs (`dropout`) and the states (`recurrent_dropout`) of a cell.

    A mask is created when a step first needs it and reused until `reset_dropout_mask`, which the
    surrounding layer calls before every sequence.

    Source: Gal and Ghahramani, 2016, arXiv:1512.05287.
    """

    _UNTRACKED = frozenset(("_input_masks", "_state_masks"))

    _input_masks: "_Memory"
    _state_masks: "_Memory"

    def _set_dropout(self, dropout, recurrent_dropout, seed):
        self.dropout = check_rate(self, "dropout", dropout)
        self.recurrent_dropout = check_rate(self, "recurrent_dropout", recurrent_dropout)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed) if dropout or recurrent_dropout else None
        self.reset_dropout_mask()
        self.reset_recurrent_dropout_mask()

    def reset_dropout_mask(self):
        """Discard the mask of the inputs."""
        self._input_masks = _Memory()

    def reset_recurrent_dropout_mask(self):
        """Discard the mask of the states."""
        self._state_masks = _Memory()

    def get_dropout_mask_for_cell(self, inputs: TensorLike, training: bool | None, count: int = 1):
        """Return the mask for a step's inputs: None without dropout, a list if `count` exceeds
        1.
        """
        return self._mask(self._input_masks, self.dropout, inputs, training, count)

    def get_recurrent_dropout_mask_for_cell(
        self, inputs: TensorLike, training: bool | None, count: int = 1
    ):
        """Return the mask for the state `inputs`, with rate `recurrent_dropout`."""
        return self._mask(self._state_masks, self.recurrent_dropout, inputs, training, count)

    def _mask(self, memory, rate, inputs, training, count):
        if rate == 0:
            return None
        return memory.recall(lambda: self._new_masks(rate, inputs, training, count))

    def _new_masks(self, rate, inputs, training, count):
        ones = tf.ones_like(inputs)
        masks = [
            smart_cond(
                training,
                lambda: drop(ones, rate, dynamic_shape(ones), next_seed_of(self)),
                lambda: ones,
            )
            for _ in range(count)
        ]
        return masks if count > 1 else masks[0]

    def __getstate__(self):
        """Copies start without masks, which may be tensors of a graph."""
        return {**vars(self), "_input_masks": _Memory(), "_state_masks": _Memory()}


class _Memory:
    """A cached value, valid in the graph that created it and in graphs nested in that one."""

    def __init__(self):
        self.place = self.value = None

    def recall(self, make):
        places = _places()
        if self.place is None or self.place not in places:
            self.place, self.value = places[0], make()
        return self.value


def _places():
    """Return the graph being traced and the graphs around it, or a constant in eager mode."""
    if tf.executing_eagerly():
        return ["eager"]
    places, graph = [], tf.constant(0).graph
    while graph is not None:
        places.append(graph)
        graph = getattr(graph, "outer_graph", None)
    return places
