"""SequenceFeatures layer: a sequence of vectors from the columns of a table."""

import tensorflow as tf

from tfk.layers.feature_column.feature_layer import FeatureLayer, call_column
from tfk.saving.registry import register
from tfk.utils.checks import describe
from tfk.utils.tensorflow_internals import feature_columns


@register("experimental")
class SequenceFeatures(FeatureLayer):
    """Turns a dict of sparse sequences into one sequence of vectors, by columns of
    `tf.feature_column`.

    Args:
        feature_columns: Columns of sequences: `sequence_numeric_column`, or an `embedding_column`
            or `indicator_column` of a `sequence_categorical_column_with_...`.
        trainable: Whether training changes embeddings.
        name: Name.
    Input shape: Dict of sparse tensors. Returns: `(sequences, lengths)`, of shapes `(batch, steps,
        sum of the sizes)` and `(batch,)`.
    Raises: ValueError for other columns, or input that is not a dict.
    """

    column_type = feature_columns.SequenceDenseColumn

    def call(self, features, training=None):
        cache = self._features(features)
        tensors, lengths = [], []
        for column in self._feature_columns:
            with tf.name_scope(column.name):
                tensor, length = call_column(
                    column.get_sequence_dense_tensor, cache, self._state_manager, training
                )
                tensors.append(self._flat(column, tensor))
                lengths.append(length)
        message = f"{describe(self)}: the columns have sequences of different lengths."
        checks = [tf.debugging.assert_equal(lengths[0], each, message) for each in lengths[1:]]
        with tf.control_dependencies([check for check in checks if check is not None]):
            return tf.concat(tensors, -1), tf.identity(lengths[0])

    def _target_shape(self, shape, size):
        batch, steps = (None, None) if isinstance(shape, dict) else (shape[0], shape[1])
        return (batch, steps, size)
