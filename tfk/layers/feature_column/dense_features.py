"""DenseFeatures layer: one vector from the columns of a table."""

import tensorflow as tf

from tfk.layers.feature_column.feature_layer import FeatureLayer, call_column
from tfk.saving.registry import register
from tfk.utils.tensorflow_internals import feature_columns


@register("layers")
class DenseFeatures(FeatureLayer):
    """Layer that turns a dict of features into one vector per sample, by columns of
    `tf.feature_column`.

    Args:
        feature_columns: Dense columns, such as `numeric_column`, `bucketized_column`,
            `embedding_column` or `indicator_column`; the vector has them in the order of their
            names.
        trainable: Whether training updates embeddings. Defaults to True.
        name: Name, unique within a model. Defaults to None.
    Call arguments:
        features: Dict of tensors under the names that the columns read.
        cols_to_output_tensors: Dict that receives the tensor of each column; None for none.
            Defaults to None.
        training: Passed to columns that use it. Defaults to None.
    Input shape: Dict of tensors `(batch, ...)`.
    Output shape: `(batch, sum of the sizes of the columns)`.
    Raises: ValueError for other columns, or input that is not a dict.
    >>> layer = DenseFeatures(tf.feature_column.numeric_column("a"))
    >>> layer({"a": tf.constant([[1.0], [2.0]])}).shape
    TensorShape([2, 1])
    """

    column_type = feature_columns.DenseColumn

    def call(self, features, cols_to_output_tensors=None, training=None):
        cache = self._features(features)
        tensors = []
        for column in self._feature_columns:
            with tf.name_scope(column.name):
                tensor = call_column(column.get_dense_tensor, cache, self._state_manager, training)
                tensors.append(self._flat(column, tensor))
            if cols_to_output_tensors is not None:
                cols_to_output_tensors[column] = tensors[-1]
        return tf.concat(tensors, -1)

    def _target_shape(self, shape, size):
        batch = None if isinstance(shape, dict) else shape[0]
        return (batch, size)
