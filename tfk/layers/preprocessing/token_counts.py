"""Token frequencies, from which a lookup layer learns its vocabulary."""

import numpy as np
import tensorflow as tf


class TokenCounts:
    """Token counts collected by `adapt`; its tables are not tracked by the layer and never saved.

    Args:
        dtype: Dtype of the tokens, `tf.string` or `tf.int64`.
    """

    def __init__(self, dtype):
        self.dtype = dtype
        self.tokens = tf.lookup.experimental.MutableHashTable(dtype, tf.int64, 0)
        self.documents = tf.lookup.experimental.MutableHashTable(dtype, tf.int64, 0)
        self.samples = tf.Variable(0, dtype=tf.int64, trainable=False)

    def add(self, data, of_samples):
        """Count the tokens of a batch.

        Args:
            data: Dense, ragged or sparse tensor of tokens; if it has two axes, the first one is the
                batch axis.
            of_samples: Whether to count the samples that contain each token, too.
        """
        while data.shape.rank < 2:
            data = tf.expand_dims(data, 0)
        samples, values = _samples_and_values(data)
        tokens, numbers, occurrences = tf.unique_with_counts(values, out_idx=tf.int64)
        self.tokens.insert(tokens, self.tokens.lookup(tokens) + occurrences)
        if of_samples:
            size = tf.size(tokens, out_type=tf.int64)
            pairs, _ = tf.unique(samples * size + numbers)  # each token once per sample
            documents = tf.math.bincount(
                pairs % tf.maximum(size, 1), minlength=size, dtype=tf.int64
            )
            self.documents.insert(tokens, self.documents.lookup(tokens) + documents)
            rows = (
                data.nrows() if isinstance(data, tf.RaggedTensor) else tf.shape(data, tf.int64)[0]
            )
            self.samples.assign_add(rows)

    def ranked(self):
        """Return the tokens by decreasing frequency; tokens of equal frequency by decreasing
        value.
        """
        tokens, occurrences = (part.numpy().tolist() for part in self.tokens.export())
        return [token for _, token in sorted(zip(occurrences, tokens), reverse=True)]

    def idf(self, tokens):
        """Return inverse document frequencies, `log(1 + samples / (1 + samples with the token))`,
        as an array.
        """
        documents = self.documents.lookup(tf.constant(tokens, self.dtype)).numpy()
        return np.log(1 + int(self.samples) / (1 + documents))


def _samples_and_values(data):
    """Return the elements and the sample index of each."""
    if isinstance(data, tf.RaggedTensor):
        if data.shape.rank > 2:  # further axes belong to the same samples
            data = data.merge_dims(1, -1)
        return tf.cast(data.value_rowids(), tf.int64), data.flat_values
    if isinstance(data, tf.SparseTensor):
        return data.indices[:, 0], data.values
    shape = tf.shape(data, out_type=tf.int64)
    return tf.repeat(tf.range(shape[0]), tf.reduce_prod(shape[1:])), tf.reshape(data, [-1])
