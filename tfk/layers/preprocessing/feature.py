"""Specifications of a FeatureSpace: columns and crosses of columns."""

from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register
from tfk.utils.checks import check_choice

MODULE = "tf_keras.src.utils.feature_space"  # the module of these classes in files of Keras 2


@register("utils", module=MODULE)
class Cross:
    """Specification of a feature cross.

    Args:
        feature_names: Names of the features.
        crossing_dim: Number of hash buckets for the combinations.
        output_mode: `"one_hot"` or `"int"`. Defaults to `"one_hot"`.
    """

    def __init__(self, feature_names, crossing_dim, output_mode="one_hot"):
        self.feature_names = tuple(feature_names)
        self.crossing_dim = crossing_dim
        self.output_mode = check_choice("Cross", "output_mode", output_mode, ("int", "one_hot"))

    @property
    def name(self):
        """The names of the features, joined."""
        return "_X_".join(self.feature_names)

    def get_config(self):
        return {
            "feature_names": self.feature_names,
            "crossing_dim": self.crossing_dim,
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@register("utils", module=MODULE)
class Feature:
    """Specification of a column: its type, preprocessing and encoding.

    Args:
        dtype: Dtype of the column.
        preprocessor: Layer applied to the column.
        output_mode: `"float"` or `"int"` (output of the layer as it is), or `"one_hot"` (its
            indices as rows).
    """

    def __init__(self, dtype, preprocessor, output_mode):
        self.dtype = dtype
        self.preprocessor = from_config(preprocessor)
        self.output_mode = check_choice(
            "Feature", "output_mode", output_mode, ("int", "one_hot", "float")
        )

    def get_config(self):
        return {
            "dtype": self.dtype,
            "preprocessor": serialize_keras_object(self.preprocessor),
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def from_config(value):
    """Return the object described by a config; anything but a dict is returned as it is."""
    return deserialize_keras_object(value) if isinstance(value, dict) else value
