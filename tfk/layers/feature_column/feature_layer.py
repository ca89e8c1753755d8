"""Base class of the feature column layers."""

import collections.abc

import tensorflow as tf

from tfk.engine.layer.layer import Layer
from tfk.saving import deserialize_keras_object, serialize_keras_object
from tfk.utils.checks import describe
from tfk.utils.tensorflow_internals import feature_columns as columns_api


class FeatureLayer(Layer):
    """Base class of `DenseFeatures` and `SequenceFeatures`, which define the columns they accept.

    Args:
        feature_columns: One column of `tf.feature_column`, or a list of them.
        trainable: Whether training changes the weights of the columns.
        name: Name.
        partitioner: Kept in the config; variables are not divided.
    """

    column_type = columns_api.FeatureColumn

    def __init__(self, feature_columns, trainable=True, name=None, partitioner=None, **kwargs):
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._feature_columns = tuple(self._checked(feature_columns))
        self._state_manager = columns_api.StateManager(self, self.trainable)
        self._partitioner = partitioner

    def _checked(self, columns):
        """The columns sorted by name."""
        if isinstance(columns, columns_api.FeatureColumn):
            columns = [columns]
        if isinstance(columns, dict) or not isinstance(columns, collections.abc.Iterable):
            raise ValueError(
                f"{describe(self)}: expected feature_columns to be a list of feature columns, got"
                f" {type(columns).__name__}."
            )
        columns = list(columns)
        for column in columns:
            if not isinstance(column, self.column_type):
                raise ValueError(
                    f"{describe(self)}: {column!r} is no {self.column_type.__name__}. Wrap a"
                    " categorical column in tf.feature_column.embedding_column or"
                    " indicator_column."
                )
        names = [column.name for column in columns]
        if not names or len(set(names)) < len(names):
            raise ValueError(
                f"{describe(self)}: expected feature columns, each name once, got {names}."
            )
        return sorted(columns, key=lambda column: column.name)

    def build(self, input_shape):
        for column in self._feature_columns:
            with tf.name_scope(_as_scope(column.name)):
                column.create_state(self._state_manager)

    def compute_output_shape(self, input_shape):
        sizes = (column.variable_shape.num_elements() for column in self._feature_columns)
        return self._target_shape(input_shape, sum(sizes))

    def _target_shape(self, shape, size):
        """The shape of a tensor of `size` numbers for each sample (or step)."""
        raise NotImplementedError

    def _flat(self, column, tensor):
        size = column.variable_shape.num_elements()
        return tf.reshape(tensor, self._target_shape(tf.shape(tensor), size))

    def _features(self, features):
        if not isinstance(features, dict):
            raise ValueError(
                f"{describe(self)}: expected a dict of features by name, got"
                f" {type(features).__name__}."
            )
        return columns_api.FeatureTransformationCache(features)

    def get_config(self):
        columns = [columns_api.serialize_feature_column(each) for each in self._feature_columns]
        return {
            **super().get_config(),
            "feature_columns": columns,
            "partitioner": serialize_keras_object(self._partitioner),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        known = {}
        columns = [
            columns_api.deserialize_feature_column(each, custom_objects, known)
            for each in config["feature_columns"]
        ]
        partitioner = deserialize_keras_object(config["partitioner"], custom_objects)
        return cls(**{**config, "feature_columns": columns, "partitioner": partitioner})


def call_column(method, cache, state, training):
    """Call a method of a column; custom columns may not accept `training`."""
    try:
        return method(cache, state, training=training)
    except TypeError:
        return method(cache, state)


def _as_scope(name):
    return "".join(c if c.isalnum() or c in "_.-" else "_" for c in name)
