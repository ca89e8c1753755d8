"""Runs the cell of an `RNN` over a whole sequence in one kernel, if there is one for the call."""

import tensorflow as tf

from tfk.layers.recurrent.cell_protocols import SequenceCell
from tfk.layers.recurrent.kernels.choose import Choice, observe
from tfk.layers.recurrent.kernels.loop import INLINE
from tfk.layers.recurrent.kernels.masking import hide, hide_last
from tfk.layers.recurrent.stacked_rnn_cells import cells_of


def choose_kernel(layer, inputs, mask, training, constants):
    """Return the `Choice` for a call of an `RNN`, and a function that runs the kernel.

    The function takes a time-major mask and the states and returns the outputs of all steps, the
    last output and the final states. It is None if the cell runs step by step.
    """
    reason = _reason_for_loop(layer, inputs, mask, constants)
    if reason is not None:
        return Choice("unrolled" if layer.unroll else "loop", INLINE, reason), None
    cell = layer.cell
    x = tf.cast(inputs, cells_of(cell)[0].compute_dtype)
    x = x if layer.time_major else tf.transpose(x, (1, 0, 2))
    choice = cell.choose(observe(x, training), inputs.shape[-1])
    if choice.kernel == "loop":
        return choice, None

    def run(mask, states):
        in_order = tf.reverse(x, [0]) if layer.go_backwards else x
        states = cell.state_tensors(states)
        return cell.over_sequence(choice, in_order, states, mask, training, layer.return_sequences)

    return choice, run


def _reason_for_loop(layer, inputs, mask, constants):
    """Return why no kernel can run this call; None if one might."""
    if layer.unroll:
        return "unroll=True"
    if constants:
        return "the cell takes constants"
    if tf.nest.is_nested(inputs) or inputs.shape.rank != 3:
        return "inputs are not one (batch, time, features) tensor"
    if mask is not None and mask.shape.rank not in (2, 3):
        return "a mask of unusual rank"
    if not isinstance(layer.cell, SequenceCell) or not layer.cell.fusible():
        return f"{type(layer.cell).__name__} has a custom formula"
    return None


def run_kernel(layer, run, inputs, mask, row_lengths, states, first_is_zero):
    """Run the kernel of `choose_kernel`; masked steps repeat the previous output, or are zero.

    Returns: The last output, the outputs of all steps (or None) and the final states.
    """
    if row_lengths is not None:
        mask = tf.sequence_mask(row_lengths, tf.shape(inputs)[1])
    if mask is not None:
        mask = tf.cast(mask, tf.bool)
        mask = tf.reshape(mask, tf.shape(mask)[:2])
        mask = mask if layer.time_major else tf.transpose(mask)
        mask = tf.reverse(mask, [0]) if layer.go_backwards else mask
    outputs, last, states = run(mask, states)
    if mask is not None:
        zeros = layer.zero_output_for_mask
        last = hide_last(last, mask, zeros, first_is_zero)
        outputs = None if outputs is None else hide(outputs, mask, zeros, first_is_zero)
    if outputs is not None and not layer.time_major:
        outputs = tf.transpose(outputs, (1, 0, 2))
    return last, outputs, states
