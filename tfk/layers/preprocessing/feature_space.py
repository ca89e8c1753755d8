"""FeatureSpace: the preprocessing of a table, column by column, in one object."""

import os

import tensorflow as tf

from tfk.engine.graph.input_layer import Input
from tfk.engine.layer.layer import Layer
from tfk.layers.core.identity import Identity
from tfk.layers.merging.concatenate import Concatenate
from tfk.layers.preprocessing.category_encoding import CategoryEncoding
from tfk.layers.preprocessing.discretization import Discretization
from tfk.layers.preprocessing.feature import Cross, Feature, from_config
from tfk.layers.preprocessing.hashed_crossing import HashedCrossing
from tfk.layers.preprocessing.hashing import Hashing
from tfk.layers.preprocessing.index_lookup import IndexLookup
from tfk.layers.preprocessing.integer_lookup import IntegerLookup
from tfk.layers.preprocessing.normalization import Normalization
from tfk.layers.preprocessing.preprocessing_layer import PreprocessingLayer, adapt_together
from tfk.layers.preprocessing.rescaling import Rescaling
from tfk.layers.preprocessing.string_lookup import StringLookup
from tfk.saving import archive
from tfk.saving.configs import serialize_keras_object
from tfk.saving.registry import register
from tfk.utils.checks import check_choice, describe
from tfk.utils.naming import unique_name

BATCH = 32  # samples a batch, when adapt gets single samples


@register("utils")
class FeatureSpace(Layer):
    """Preprocesses the columns of a table, given as a dict, into one row of numbers for each
    sample.

    Args:
        features: Dict from names of columns to a kind (`"float"`, `"float_rescaled"`,
            `"float_normalized"`, `"float_discretized"`, `"integer_categorical"`,
            `"string_categorical"`, `"integer_hashed"`, `"string_hashed"`), or to what the class
            method of that name returns.
        output_mode: `"concat"` one tensor, the features in alphabetical order and then the crosses;
            `"dict"` a dict of tensors. Defaults to `"concat"`.
        crosses: Combinations of features: lists of names, or what `cross` returns. Defaults to
            None.
        crossing_dim: How many numbers the combinations are hashed to. Defaults to 32.
        hashing_dim: How many numbers the `_hashed` kinds use. Defaults to 32.
        num_discretization_bins: How many bins `"float_discretized"` makes. Defaults to 32.
    Input shape: A dict of tensors `(batch,)`, `(batch, 1)` or `()`.
    Output shape: `(batch, n)`, or `(n,)`.
    Raises: ValueError for unknown kinds and names.
    >>> space = FeatureSpace({"age": "float_normalized", "job": "string_categorical"})
    >>> table = {"age": [20.0, 40.0], "job": ["cook", "smith"]}
    >>> space.adapt(tf.data.Dataset.from_tensor_slices(table))
    >>> space({"age": 40.0, "job": "cook"}).numpy()
    array([1., 0., 0., 1.], dtype=float32)
    """

    is_saved_alone = True  # a file may hold it in the place of a model

    def __init__(
        self,
        features,
        output_mode="concat",
        crosses=None,
        crossing_dim=32,
        hashing_dim=32,
        num_discretization_bins=32,
    ):
        super().__init__()
        if not features:
            raise ValueError(
                f"{describe(self)}: expected features to be a dict of columns, got {features!r}."
            )
        self.output_mode = check_choice(self, "output_mode", output_mode, ("concat", "dict"))
        self.crossing_dim = crossing_dim
        self.hashing_dim = hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.features = {
            name: self._as_feature(name, feature) for name, feature in features.items()
        }
        self.crosses = tuple(self._as_cross(cross) for cross in crosses or ())
        self.inputs = {
            name: Input((1,), dtype=feature.dtype, name=name)
            for name, feature in self.features.items()
        }
        self.preprocessors = {name: feature.preprocessor for name, feature in self.features.items()}
        self.crossers = {
            cross.name: HashedCrossing(cross.crossing_dim, name=cross.name)
            for cross in self.crosses
        }
        self.one_hot_encoders = {}
        self.concat = None
        self.encoded_features = None
        self._is_adapted = not self._to_adapt()

    # Kinds of columns -----------------------------------------------------------------------------

    @classmethod
    def cross(cls, feature_names, crossing_dim, output_mode="one_hot"):
        """A combination of features; see `Cross`."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype, preprocessor, output_mode):
        """A column that goes through a layer of your own; see `Feature`."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name=None):
        """A number that stays as it is."""
        return Feature(
            "float32", Identity(dtype="float32", name=_layer_name(name, "float")), "float"
        )

    @classmethod
    def float_rescaled(cls, scale=1.0, offset=0.0, name=None):
        """A number times `scale` plus `offset`."""
        layer = Rescaling(scale, offset, name=_layer_name(name, "float_rescaled"))
        return Feature("float32", layer, "float")

    @classmethod
    def float_normalized(cls, name=None):
        """A number with mean 0 and variance 1 over the data of `adapt`."""
        layer = Normalization(axis=-1, name=_layer_name(name, "float_normalized"))
        return Feature("float32", layer, "float")

    @classmethod
    def float_discretized(cls, num_bins, bin_boundaries=None, output_mode="one_hot", name=None):
        """A number as the bin it falls into; `adapt` finds the boundaries unless they are given."""
        layer = Discretization(
            bin_boundaries, num_bins, name=_layer_name(name, "float_discretized")
        )
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(
        cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None
    ):
        """An integer of those that `adapt` has seen."""
        layer = IntegerLookup(
            max_tokens, num_oov_indices, name=_layer_name(name, "integer_categorical")
        )
        return Feature("int64", layer, output_mode)

    @classmethod
    def string_categorical(
        cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None
    ):
        """A string of those that `adapt` has seen."""
        layer = StringLookup(
            max_tokens, num_oov_indices, name=_layer_name(name, "string_categorical")
        )
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """A string, hashed to a number."""
        return Feature(
            "string", Hashing(num_bins, name=_layer_name(name, "string_hashed")), output_mode
        )

    @classmethod
    def integer_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """An integer, hashed to a number."""
        return Feature(
            "int64", Hashing(num_bins, name=_layer_name(name, "integer_hashed")), output_mode
        )

    def _as_feature(self, name, feature):
        feature = from_config(feature)
        if isinstance(feature, Feature):
            return feature
        arguments = {
            "float": (),
            "float_rescaled": (),
            "float_normalized": (),
            "float_discretized": (self.num_discretization_bins,),
            "integer_categorical": (),
            "string_categorical": (),
            "integer_hashed": (self.hashing_dim,),
            "string_hashed": (self.hashing_dim,),
        }
        check_choice(self, f"the kind of feature {name!r}", feature, arguments)
        return getattr(self, feature)(*arguments[feature], name=name)

    def _as_cross(self, cross):
        cross = from_config(cross)
        if not isinstance(cross, Cross):
            if not self.crossing_dim:
                raise ValueError(
                    f"{describe(self)}: crosses need a crossing_dim, got {self.crossing_dim!r}."
                )
            cross = Cross(cross, self.crossing_dim)
        self._check_names(cross.feature_names, "crosses")
        return cross

    def _check_names(self, names, where):
        unknown = sorted(set(names) - set(self.features))
        if unknown:
            raise ValueError(
                f"{describe(self)}: {where} name the unknown features {unknown}; there are"
                f" {sorted(self.features)}."
            )

    # Learning -------------------------------------------------------------------------------------

    def _to_adapt(self):
        """Names of the features whose layer learns from data."""
        return [
            name
            for name, layer in self.preprocessors.items()
            if hasattr(layer, "adapt") and getattr(layer, "can_adapt", True)
        ]

    def adapt(self, dataset):
        """Lets the layers of the columns learn from data, all of them in one pass.

        Args:
            dataset: A `tf.data.Dataset` of dicts, of single samples or of batches, without targets.
        """
        if not isinstance(dataset, tf.data.Dataset) or not isinstance(dataset.element_spec, dict):
            raise ValueError(
                f"{describe(self)}: adapt takes a tf.data.Dataset of dicts, got"
                f" {getattr(dataset, 'element_spec', type(dataset).__name__)}. Leave out the"
                " targets: dataset.map(lambda x, y: x)."
            )
        names = self._to_adapt()
        missing = sorted(set(names) - set(dataset.element_spec))
        if missing:
            raise ValueError(
                f"{describe(self)}: the dataset of adapt lacks the features {missing}."
            )
        if any(dataset.element_spec[name].shape.rank == 0 for name in names):
            dataset = dataset.batch(BATCH)
        columns = dataset.map(lambda sample: {name: _as_column(sample[name]) for name in names})
        together = {name: self.preprocessors[name] for name in names}
        for name, layer in list(together.items()):
            if not isinstance(
                layer, PreprocessingLayer
            ):  # a layer of the user's own that has adapt
                layer.adapt(columns.map(lambda sample, name=name: sample[name]))
                del together[name]
        adapt_together(together, columns)
        self._is_adapted = True
        self.encoded_features = None
        self.one_hot_encoders, self.concat = {}, None
        self.get_encoded_features()

    # Using it -------------------------------------------------------------------------------------

    def get_inputs(self):
        """The symbolic inputs, a dict, for a model that begins with raw features."""
        self._check_adapted()
        return self.inputs

    def get_encoded_features(self):
        """The symbolic output for `get_inputs()`, for a model that includes the preprocessing."""
        self._check_adapted()
        if self.encoded_features is None:
            self.encoded_features = self._encode(self.inputs)
            self.built = True
        return self.encoded_features

    def _check_adapted(self):
        if not self._is_adapted:
            raise ValueError(
                f"{describe(self)}: call adapt(dataset) first; {self._to_adapt()} learn from data."
            )

    def __call__(self, data):
        if not isinstance(data, dict):
            raise ValueError(
                f"{describe(self)}: expected a dict of features, got {type(data).__name__}."
            )
        self.get_encoded_features()
        self._check_names(data, "the inputs")
        missing = sorted(set(self.features) - set(data))
        if missing:
            raise ValueError(f"{describe(self)}: the inputs lack the features {missing}.")
        data = {name: tf.convert_to_tensor(value) for name, value in data.items()}
        single = any(value.shape.rank == 0 for value in data.values())
        encoded = self._encode({name: _as_column(value) for name, value in data.items()})
        return tf.nest.map_structure(lambda x: tf.squeeze(x, 0), encoded) if single else encoded

    def _encode(self, columns):
        encoded = {name: self.preprocessors[name](columns[name]) for name in self.features}
        crossed = {
            c.name: self.crossers[c.name]([encoded[n] for n in c.feature_names])
            for c in self.crosses
        }
        modes = {name: feature.output_mode for name, feature in self.features.items()}
        modes |= {cross.name: cross.output_mode for cross in self.crosses}
        outputs = {}
        for name, values in [*sorted(encoded.items()), *sorted(crossed.items())]:
            outputs[name] = self._one_hot(name, values) if modes[name] == "one_hot" else values
        if self.output_mode == "dict":
            return outputs
        for name, values in outputs.items():
            if not values.dtype.is_floating:
                raise ValueError(
                    f"{describe(self)}: feature {name!r} is of type {values.dtype.name} and cannot"
                    " be joined to the others. Use output_mode='one_hot' for it, or"
                    " output_mode='dict' for the whole."
                )
        if self.concat is None:
            self.concat = Concatenate(axis=-1)
        return self.concat(list(outputs.values()))

    def _one_hot(self, name, values):
        if name not in self.one_hot_encoders:
            layer = self.preprocessors.get(name) or self.crossers[name]
            if not values.dtype.is_integer:
                raise ValueError(
                    f"{describe(self)}: output_mode='one_hot' needs integers, but the layer of"
                    f" feature {name!r} returns {values.dtype.name}."
                )
            self.one_hot_encoders[name] = CategoryEncoding(
                self._cardinality(name, layer), "multi_hot"
            )
        return self.one_hot_encoders[name](values)

    def _cardinality(self, name, layer):
        if isinstance(layer, IndexLookup):
            return layer.vocabulary_size()
        if isinstance(layer, Discretization):
            return layer.bin_count
        if isinstance(layer, (HashedCrossing, Hashing)):
            return layer.num_bins
        if isinstance(layer, CategoryEncoding):
            return layer.num_tokens
        raise ValueError(
            f"{describe(self)}: output_mode='one_hot' of feature {name!r} needs a layer whose"
            f" number of categories is known, not {type(layer).__name__}. Use output_mode='int'."
        )

    # Saving ---------------------------------------------------------------------------------------

    def get_config(self):
        return {
            "features": serialize_keras_object(dict(self.features)),
            "output_mode": self.output_mode,
            "crosses": serialize_keras_object(list(self.crosses)),
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
        }

    def get_build_config(self):
        return {name: layer.get_build_config() for name, layer in self.preprocessors.items()}

    def build_from_config(self, config):
        for name, build_config in config.items():
            if build_config:
                self.preprocessors[name].build_from_config(build_config)
        self._is_adapted = True

    def save(self, filepath):
        """Writes everything, what was learned included, to a `.keras` file for `load_model`."""
        archive.save(self, os.fspath(filepath))

    def save_own_variables(self, store):
        """Nothing: all variables belong to the layers of the columns."""

    def load_own_variables(self, store):
        """Nothing: all variables belong to the layers of the columns."""


def _layer_name(name, kind):
    return f"{name or unique_name(kind, zero_based=False)}_preprocessor"


def _as_column(values):
    """Values as `(batch, 1)`."""
    if values.shape.rank == 0:
        return tf.reshape(values, (1, 1))
    return tf.expand_dims(values, -1) if values.shape.rank == 1 else values
