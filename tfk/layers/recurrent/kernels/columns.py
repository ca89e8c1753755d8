"""From Keras's layout (rows are samples) to the columns of the scans and back."""

import tensorflow as tf


def run_scan(scan, projected, states, recurrent, biases, mask, noise):
    """Run a scan on tensors in Keras's layout.

    Args:
        scan: What `lstm_scan`, `gru_scan` or `simple_scan` returns.
        projected: Inputs times kernel plus bias, `(time, batch, gates * units)`.
        states: Tuple of first states, `(batch, units)`.
        recurrent: `(units, gates * units)`.
        biases: Tuple of further vectors the scan takes.
        mask: `(time, batch)` bool, or None.
        noise: Recurrent dropout, a list with one `(batch, units)` for each gate, or None.

    Returns: `(states of all steps (time, batch, units), or None; the last states...)`.
    """
    inputs = (_turned(projected), *map(tf.transpose, states), tf.transpose(recurrent), *biases)
    keep = None if mask is None else mask[:, tf.newaxis]
    noise = None if noise is None else _turned(tf.stack(noise))
    results = scan(inputs, (keep, noise))
    sequence, last = (results[0], results[1:]) if len(results) > len(states) else (None, results)
    return (None if sequence is None else _turned(sequence)), *map(tf.transpose, last)


def _turned(sequence):
    return tf.transpose(sequence, (0, 2, 1))
