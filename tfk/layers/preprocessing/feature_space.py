"""FeatureSpace: preprocessing of tabular data, column by column."""

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

BATCH = 32  # samples per batch, if adapt gets single samples


@register("utils")
class FeatureSpace(Layer):
    """Preprocessing of tabular data: turns a dict of columns into one feature vector per sample.

    Args:
        features: Dict mapping column names to a kind (`"float"`, `"float_rescaled"`,
            `"float_normalized"`, `"float_discretized"`, `"integer_categorical"`,
            `"string_categorical"`, `"integer_hashed"`, `"string_hashed"`), or to the result of the
            class method of that name.
        output_mode: `"concat"` returns one tensor, the features in alphabetical order followed by
            the crosses; `"dict"` returns a dict of tensors. Defaults to `"concat"`.
        crosses: Feature crosses: lists of names, or results of `cross`. Defaults to None.
        crossing_dim: Number of hash buckets per cross. Defaults to 32.
        hashing_dim: Number of hash buckets of the `_hashed` kinds. Defaults to 32.
        num_discretization_bins: Number of bins of `"float_discretized"`. Defaults to 32.
    Input shape: A dict of tensors `(batch,)`, `(batch, 1)` or `()`.
    Output shape: `(batch, n)`, or `(n,)` for a single sample.
    Raises: ValueError if a kind or name is unknown.
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
        """Return a feature cross; see `Cross`."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype, preprocessor, output_mode):
        """Return a column with a custom preprocessing layer; see `Feature`."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name=None):
        """Return a column of numbers that are used unchanged."""
        return Feature(
            "float32", Identity(dtype="float32", name=_layer_name(name, "float")), "float"
        )

    @classmethod
    def float_rescaled(cls, scale=1.0, offset=0.0, name=None):
        """Return a column of numbers, multiplied by `scale` and shifted by `offset`."""
        layer = Rescaling(scale, offset, name=_layer_name(name, "float_rescaled"))
        return Feature("float32", layer, "float")

    @classmethod
    def float_normalized(cls, name=None):
        """Return a column of numbers, normalized to mean 0 and variance 1 over the data of
        `adapt`.
        """
        layer = Normalization(axis=-1, name=_layer_name(name, "float_normalized"))
        return Feature("float32", layer, "float")

    @classmethod
    def float_discretized(cls, num_bins, bin_boundaries=None, output_mode="one_hot", name=None):
        """Return a column of numbers as bin indices; `adapt` learns the boundaries unless they are
        given.
        """
        layer = Discretization(
            bin_boundaries, num_bins, name=_layer_name(name, "float_discretized")
        )
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(
        cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None
    ):
        """Return a column of integers, indexed by the vocabulary that `adapt` learns."""
        layer = IntegerLookup(
            max_tokens, num_oov_indices, name=_layer_name(name, "integer_categorical")
        )
        return Feature("int64", layer, output_mode)

    @classmethod
    def string_categorical(
        cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None
    ):
        """Return a column of strings, indexed by the vocabulary that `adapt` learns."""
        layer = StringLookup(
            max_tokens, num_oov_indices, name=_layer_name(name, "string_categorical")
        )
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """Return a column of strings, hashed to indices."""
        return Feature(
            "string", Hashing(num_bins, name=_layer_name(name, "string_hashed")), output_mode
        )

    @classmethod
    def integer_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """Return a column of integers, hashed to indices."""
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
        """Return the names of the features whose layer learns from data."""
        return [
            name
            for name, layer in self.preprocessors.items()
            if hasattr(layer, "adapt") and getattr(layer, "can_adapt", True)
        ]

    def adapt(self, dataset):
        """Adapt the layers of all columns in one pass over the data.

        Args:
            dataset: A `tf.data.Dataset` of dicts, single samples or batches, without targets.
        Raises: ValueError if the dataset does not yield dicts or a feature is missing.
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
                f"{describe(self)}: the dataset passed to adapt is missing the features {missing}."
            )
        if any(dataset.element_spec[name].shape.rank == 0 for name in names):
            dataset = dataset.batch(BATCH)
        columns = dataset.map(lambda sample: {name: _as_column(sample[name]) for name in names})
        together = {name: self.preprocessors[name] for name in names}
        for name, layer in list(together.items()):
            if not isinstance(layer, PreprocessingLayer):  # a custom layer that has adapt
                layer.adapt(columns.map(lambda sample, name=name: sample[name]))
                del together[name]
        adapt_together(together, columns)
        self._is_adapted = True
        self.encoded_features = None
        self.one_hot_encoders, self.concat = {}, None
        self.get_encoded_features()

    # Using it -------------------------------------------------------------------------------------

    def get_inputs(self):
        """Return a dict of symbolic inputs, for a model that takes raw features."""
        self._check_adapted()
        return self.inputs

    def get_encoded_features(self):
        """Return the symbolic output for `get_inputs()`, for a model that includes the
        preprocessing.
        """
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
            raise ValueError(f"{describe(self)}: the inputs are missing the features {missing}.")
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
        """Save everything, including learned state, to a `.keras` file for `load_model`."""
        archive.save(self, os.fspath(filepath))

    def save_own_variables(self, store):
        """Save nothing: all variables belong to the layers of the columns."""

    def load_own_variables(self, store):
        """Load nothing: all variables belong to the layers of the columns."""


def _layer_name(name, kind):
    return f"{name or unique_name(kind, zero_based=False)}_preprocessor"


def _as_column(values):
    """Return values as `(batch, 1)`."""
    if values.shape.rank == 0:
        return tf.reshape(values, (1, 1))
    return tf.expand_dims(values, -1) if values.shape.rank == 1 else values
