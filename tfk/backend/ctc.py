"""Connectionist temporal classification (CTC): sequence labels without alignment.

Source: Graves et al., 2006, Connectionist temporal classification (ICML). The last class is the
blank.
"""

import tensorflow as tf

from tfk import config


def ctc_label_dense_to_sparse(labels, label_lengths):
    """Convert padded labels to a sparse tensor.

    Args:
        labels: Class numbers `(batch, longest)`.
        label_lengths: How many of each row count, `(batch,)`.

    Returns:
        A `tf.SparseTensor` `(batch, longest)`.
    """
    labels = tf.convert_to_tensor(labels)
    shape = tf.shape(labels, out_type=tf.int64)
    places = tf.where(tf.sequence_mask(label_lengths, shape[1]))
    return tf.SparseTensor(places, tf.gather_nd(labels, places), shape)


def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """Return the CTC loss of each sample.

    Args:
        y_true: Class numbers `(batch, longest)`.
        y_pred: Probabilities `(batch, time, classes)`, the last class being the blank.
        input_length: Steps of each sample, `(batch, 1)`.
        label_length: Labels of each sample, `(batch, 1)`.

    Returns:
        A tensor `(batch, 1)`.
    """
    labels = ctc_label_dense_to_sparse(y_true, _lengths(label_length))
    loss = tf.nn.ctc_loss(
        labels=tf.cast(labels, tf.int32),
        logits=_log_time_first(y_pred),
        label_length=None,
        logit_length=_lengths(input_length),
        blank_index=-1,
    )
    return tf.expand_dims(loss, 1)


def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1):
    """Decode the most probable label sequences.

    Args:
        y_pred: Probabilities `(batch, time, classes)`, the last class being the blank.
        input_length: Steps of each sample, `(batch,)`.
        greedy: Whether to take the best class of every step; else a beam search is done. Defaults
            to True.
        beam_width: Width of the beam. Defaults to 100.
        top_paths: How many results the beam search gives. Defaults to 1.

    Returns:
        A list of tensors `(batch, time)` with -1 after the labels, and the logarithms of their
        probabilities, `(batch, top_paths)`.
    """
    shape = tf.shape(y_pred, out_type=tf.int64)
    log_probabilities = _log_time_first(y_pred)
    input_length = tf.cast(input_length, tf.int32)
    if greedy:
        decoded, log_probability = tf.nn.ctc_greedy_decoder(log_probabilities, input_length)
    else:
        # The raw op, because TensorFlow 2's function cannot merge repeated labels, as Keras 2 does.
        indices, values, _, log_probability = tf.raw_ops.CTCBeamSearchDecoder(
            inputs=log_probabilities,
            sequence_length=input_length,
            beam_width=beam_width,
            top_paths=top_paths,
            merge_repeated=True,
        )
        decoded = [tf.SparseTensor(i, v, shape[:2]) for i, v in zip(indices, values)]
    padded = [
        tf.sparse.to_dense(tf.SparseTensor(path.indices, path.values, shape[:2]), default_value=-1)
        for path in decoded
    ]
    return padded, log_probability


def _lengths(lengths):
    return tf.cast(tf.squeeze(lengths, axis=-1), tf.int32)


def _log_time_first(probabilities):
    return tf.math.log(tf.transpose(probabilities, [1, 0, 2]) + config.epsilon())
