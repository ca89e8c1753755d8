"""Private names of the recurrent layers."""

from tfk.layers.recurrent.cell_dropout import CellDropout
from tfk.layers.recurrent.rnn import RNN

CLASS = RNN


def _maybe_reset_cell_dropout_mask(layer, cell):
    """Makes a cell draw new masks, if it has any."""
    if isinstance(cell, CellDropout):
        cell.reset_dropout_mask()
        cell.reset_recurrent_dropout_mask()


NAMES = {"_maybe_reset_cell_dropout_mask": (_maybe_reset_cell_dropout_mask, "qkeras")}
