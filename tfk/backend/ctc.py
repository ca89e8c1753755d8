"""Connectionist temporal classification (CTC): sequence labels without alignment.

Source: Graves et al., 2006, Connectionist temporal classification (ICML). The last class is the
blank.
"""

import tensorflow as tf

from tfk import config


def ctc_label_dense_to_sparse(labels, label_lengths):
    """Convert padded labels to a sparse tensor.

    Args:
        labels: Class ids `(batch, longest)`.
        label_lengths: Number of valid labels of each row, `(batch,)`.

    Returns:
        A `tf.SparseTensor` of shape `(batch, longest)`.

    >>> ctc_label_dense_to_sparse([[1, 2], [3, 0]], [2, 1]).values.numpy()
    array([1, 2, 3], dtype=int32)
    """
    labels = tf.convert_to_tensor(labels)
    shape = tf.shape(labels, out_type=tf.int64)
    places = tf.where(tf.sequence_mask(label_lengths, shape[1]))
    return tf.SparseTensor(places, tf.gather_nd(labels, places), shape)


def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """Return the CTC loss of each sample.

    Args:
        y_true: Class ids `(batch, longest)`.
        y_pred: Probabilities `(batch, time, classes)`; the last class is the blank.
        input_length: Number of time steps of each sample, `(batch, 1)`.
        label_length: Number of labels of each sample, `(batch, 1)`.

    Returns:
        A tensor `(batch, 1)`.

    Source: Graves et al., 2006, Connectionist temporal classification (ICML).
    >>> y_pred = tf.fill((1, 2, 3), 1 / 3)
    >>> ctc_batch_cost([[0]], y_pred, [[2]], [[1]]).numpy().round(3)  # 3 of the 9 paths give it
    array([[1.099]], dtype=float32)
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
        y_pred: Probabilities `(batch, time, classes)`; the last class is the blank.
        input_length: Number of time steps of each sample, `(batch,)`.
        greedy: Whether to take the best class of every step instead of a beam search. Defaults to
            True.
        beam_width: Width of the beam. Defaults to 100.
        top_paths: Number of sequences that the beam search returns. Defaults to 1.

    Returns:
        A list of tensors `(batch, time)` with -1 after the labels, and their log probabilities,
        `(batch, top_paths)`.

    >>> y_pred = tf.constant([[[0.9, 0.05, 0.05], [0.1, 0.1, 0.8], [0.1, 0.7, 0.2]]])
    >>> ctc_decode(y_pred, [3])[0][0].numpy()
    array([[ 0,  1, -1]])
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
