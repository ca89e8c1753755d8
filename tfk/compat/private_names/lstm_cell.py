"""Private names of `LSTMCell`."""

from tfk.layers.recurrent.lstm import LSTMCell

CLASS = LSTMCell


def _compute_carry_and_output_fused(cell, gates, carry):
    """The new carry and the output gate, from the gates before their activations."""
    entry, forget, candidate, output = gates
    carry = cell.recurrent_activation(forget) * carry
    carry += cell.recurrent_activation(entry) * cell.activation(candidate)
    return carry, cell.recurrent_activation(output)


NAMES = {
    "_compute_carry_and_output_fused": (
        _compute_carry_and_output_fused,
        "tensorflow-addons (LayerNormLSTMCell), qkeras",
    )
}
