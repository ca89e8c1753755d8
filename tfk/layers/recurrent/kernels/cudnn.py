"""LSTM and GRU in cuDNN on GPUs: one library call per direction for the whole sequence."""

import tensorflow as tf

from tfk.layers.recurrent.kernels.masking import Kept


def cudnn_lstm(x, first_h, first_c, kernel, recurrent, bias, mask, sequences):
    """Run an LSTM with tanh and sigmoid; arguments and results as those of `block_lstm`."""
    weights = [*tf.split(kernel, 4, 1), *tf.split(recurrent, 4, 1)]
    bias = tf.zeros((kernel.shape[1],), kernel.dtype) if bias is None else bias
    # cuDNN adds a bias to both products; Keras only has the recurrent one.
    biases = [tf.zeros_like(bias), bias]
    kept = None if mask is None else Kept(mask)
    outputs, last_h, last_c = _cudnn(
        "lstm", x, first_h, first_c, _parameters(weights, biases), kept
    )
    return _finish(outputs, (last_h, last_c[0]), (first_h, first_c), kept, sequences)


def cudnn_gru(x, first_h, kernel, recurrent, bias, mask, sequences):
    """Run a GRU with tanh, sigmoid and `reset_after`; `bias` is `(2, 3 * units)` or None."""
    bias = tf.zeros((2, kernel.shape[1]), kernel.dtype) if bias is None else bias

    def reset_first(matrix):
        update, reset, candidate = tf.split(matrix, 3, -1)
        return [reset, update, candidate]

    weights = reset_first(kernel) + reset_first(recurrent)
    biases = reset_first(bias[0]) + reset_first(bias[1])
    kept = None if mask is None else Kept(mask)
    outputs, last_h, _ = _cudnn("gru", x, first_h, None, _parameters(weights, biases), kept)
    return _finish(outputs, (last_h,), (first_h,), kept, sequences)


def _parameters(weights, biases):
    """cuDNN's flat vector: the matrices transposed, one after the other, then the biases."""
    flat = [tf.reshape(tf.transpose(matrix), [-1]) for matrix in weights]
    return tf.concat(flat + [tf.reshape(bias, [-1]) for bias in biases], 0)


def _cudnn(mode, x, first_h, first_c, parameters, kept):
    if kept is None:
        lengths = tf.fill([tf.shape(x)[1]], tf.shape(x)[0])
    else:
        x = kept.to_front(x)
        lengths = tf.maximum(
            kept.counts, 1
        )  # cuDNN does not support empty sequences; `_finish` corrects them
    made = tf.raw_ops.CudnnRNNV3(
        input=x,
        input_h=first_h[tf.newaxis],
        input_c=tf.zeros((), x.dtype) if first_c is None else first_c[tf.newaxis],
        params=parameters,
        sequence_lengths=lengths,
        rnn_mode=mode,
        is_training=True,  # keeps what the gradient needs
        time_major=True,
    )
    made.output.set_shape((x.shape[0], x.shape[1], first_h.shape[1]))
    return made.output, made.output_h[0], made.output_c


def _finish(outputs, last, first, kept, sequences):
    if kept is None:
        return (outputs if sequences else None), *last
    moved = (kept.counts > 0)[:, tf.newaxis]
    last = [tf.where(moved, state, start) for state, start in zip(last, first)]
    return (kept.spread(outputs, first[0]) if sequences else None), *last
