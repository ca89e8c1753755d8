"""Ragged sequences: padded for the computation and made ragged again afterwards."""

import tensorflow as tf


def pad_ragged(inputs):
    """Return dense tensors for ragged ones in a nest, and the first one's row lengths (None if
    dense).
    """
    flat = tf.nest.flatten(inputs)
    if not any(isinstance(x, tf.RaggedTensor) for x in flat):
        return inputs, None
    dense = [x.to_tensor() if isinstance(x, tf.RaggedTensor) else x for x in flat]
    lengths = next(x for x in flat if isinstance(x, tf.RaggedTensor)).row_lengths()
    return tf.nest.pack_sequence_as(inputs, dense), tf.cast(lengths, tf.int32)


def to_ragged(outputs, row_lengths, go_backwards):
    """Return the valid steps of outputs `(batch, time, ...)` as a ragged tensor.

    When going backwards the padding comes first, so the valid steps are the last ones.
    """
    if not go_backwards:
        return tf.RaggedTensor.from_tensor(outputs, row_lengths)
    return tf.reverse(tf.RaggedTensor.from_tensor(tf.reverse(outputs, [1]), row_lengths), [1])
