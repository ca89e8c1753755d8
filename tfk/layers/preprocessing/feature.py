"""What a FeatureSpace is told of a column, and of a combination of columns."""

from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register
from tfk.utils.checks import check_choice

MODULE = "tf_keras.src.utils.feature_space"  # what files of Keras 2 call the home of these classes


@register("utils", module=MODULE)
class Cross:
    """A combination of features.

    Args:
        feature_names: Names of the features.
        crossing_dim: How many numbers the combinations are hashed to.
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
    """What a column holds and how it is encoded.

    Args:
        dtype: Type of the column.
        preprocessor: Layer that the column goes through.
        output_mode: `"float"` (the layer's output as it is), `"int"` (the same), or `"one_hot"`
            (its numbers as rows).
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
    """The object that a config describes; anything but a dict as it is."""
    return deserialize_keras_object(value) if isinstance(value, dict) else value
