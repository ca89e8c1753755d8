"""FeatureSpace equals tf_keras's, on single samples, batches, in datasets, in models and in
files.
"""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.support.compare import assert_close
from tfk import layers
from tfk.layers.preprocessing.feature_space import FeatureSpace

tf_keras = pytest.importorskip("tf_keras")
Theirs = tf_keras.utils.FeatureSpace

R = np.random.RandomState(0)
TABLE = {
    "age": R.rand(40).astype("float32") * 80,
    "height": R.rand(40).astype("float32") + 1,
    "weight": R.rand(40).astype("float32") * 100,
    "income": R.randn(40).astype("float32") * 1000,
    "job": R.choice(["cook", "smith", "judge"], 40),
    "code": R.randint(0, 5, 40),
    "zip": R.randint(0, 10**5, 40),
    "town": R.choice(["here", "there", "elsewhere"], 40),
}
DATASET = tf.data.Dataset.from_tensor_slices(TABLE)
KINDS = {
    "age": "float",
    "height": "float_rescaled",
    "weight": "float_normalized",
    "income": "float_discretized",
    "job": "string_categorical",
    "code": "integer_categorical",
    "zip": "integer_hashed",
    "town": "string_hashed",
}


def made(cls, **options):
    """The same space from either library, with features made by class methods and by name."""
    features = dict(KINDS)
    features["height"] = cls.float_rescaled(scale=2.0, offset=-1.0)
    features["income"] = cls.float_discretized(
        num_bins=4, output_mode=options.pop("bins", "one_hot")
    )
    features["job"] = cls.string_categorical(num_oov_indices=2, max_tokens=4)
    crosses = [("job", "code"), cls.cross(("town", "zip"), crossing_dim=5)]
    return cls(
        features,
        crosses=crosses,
        crossing_dim=7,
        hashing_dim=6,
        num_discretization_bins=5,
        **options,
    )


@pytest.mark.parametrize(
    "options", [{}, {"output_mode": "dict"}, {"output_mode": "dict", "bins": "int"}]
)
@pytest.mark.parametrize("batch", [None, 8])
def test_equals_tf_keras(options, batch):
    ours, theirs = made(FeatureSpace, **options), made(Theirs, **options)
    data = DATASET if batch is None else DATASET.batch(batch)
    for space in (ours, theirs):
        space.adapt(data)
    whole = {name: tf.constant(column) for name, column in TABLE.items()}
    assert_close(ours(whole), theirs(whole))
    single = {name: column[3] for name, column in TABLE.items()}
    assert_close(ours(single), theirs(single))
    columns = {name: column[:4, np.newaxis] for name, column in TABLE.items()}
    assert_close(ours(columns), theirs(columns))


def test_in_datasets_and_models():
    space = made(FeatureSpace)
    space.adapt(DATASET)
    whole = {name: tf.constant(column) for name, column in TABLE.items()}
    mapped = DATASET.batch(8).map(space, num_parallel_calls=2)
    np.testing.assert_allclose(np.concatenate(list(mapped)), space(whole), rtol=1e-5)
    encoded = space.get_encoded_features()
    outputs = layers.Dense(1, activation="sigmoid")(encoded)
    training = tfk.Model(encoded, outputs)
    training.compile("adam", "binary_crossentropy")
    labels = (TABLE["age"] > 40).astype("float32")
    training.fit(
        tf.data.Dataset.zip((mapped, tf.data.Dataset.from_tensor_slices(labels).batch(8))),
        verbose=0,
    )
    inference = tfk.Model(space.get_inputs(), outputs)
    raw = {name: tf.reshape(column, (-1, 1)) for name, column in whole.items()}
    np.testing.assert_allclose(inference.predict(raw, verbose=0), training(space(whole)), rtol=1e-4)
    assert set(space.get_inputs()) == set(TABLE)


@pytest.mark.parametrize("output_mode", ["concat", "dict"])
def test_saved_and_loaded_by_either_library(tmp_path, output_mode):
    ours, theirs = (
        made(FeatureSpace, output_mode=output_mode),
        made(Theirs, output_mode=output_mode),
    )
    for space in (ours, theirs):
        space.adapt(DATASET)
    whole = {name: tf.constant(column) for name, column in TABLE.items()}
    ours.save(tmp_path / "ours.keras")
    theirs.save(str(tmp_path / "theirs.keras"))
    for name in ("ours", "theirs"):
        assert_close(tfk.models.load_model(tmp_path / f"{name}.keras")(whole), theirs(whole))
    loaded = tf_keras.models.load_model(tmp_path / "ours.keras")
    loaded.preprocessors[
        "income"
    ].finalize_state()  # which tf_keras forgets, also after loading its own files
    assert_close(loaded(whole), theirs(whole))


def test_without_adapt_and_with_given_state():
    space = FeatureSpace({"age": "float", "town": "string_hashed"}, hashing_dim=3)
    assert space({"age": 3.0, "town": "here"}).shape == (4,)
    given = {
        "job": FeatureSpace.feature("string", layers.StringLookup(vocabulary=["cook"]), "one_hot"),
        "income": FeatureSpace.float_discretized(None, bin_boundaries=[0.0, 10.0]),
        "weight": FeatureSpace.feature(
            "float32", layers.Normalization(mean=1.0, variance=4.0), "float"
        ),
        "age": FeatureSpace.feature("float32", layers.Dense(2), "float"),
    }
    space = FeatureSpace(given)
    row = space({"job": "cook", "income": 12.0, "weight": 5.0, "age": 1.0})
    assert row[2:].numpy().tolist() == [0, 0, 1, 0, 1, 2]
    again = FeatureSpace.from_config(space.get_config())
    assert again.preprocessors["job"].get_vocabulary() == ["[UNK]", "cook"]


def test_layers_of_the_user_that_adapt():
    class Largest(layers.Layer):
        def adapt(self, data):
            self.largest = max(float(tf.reduce_max(batch)) for batch in data)

        def call(self, inputs):
            return inputs / self.largest

    space = FeatureSpace(
        {"age": FeatureSpace.feature("float32", Largest(), "float"), "weight": "float_normalized"}
    )
    space.adapt(DATASET)
    row = space({"age": TABLE["age"].max(), "weight": TABLE["weight"].mean()})
    np.testing.assert_allclose(row, [1, 0], atol=1e-5)


def test_errors():
    for arguments, words in (
        (({},), "dict of columns"),
        (({"a": "text"},), "kind of feature 'a'.*'text'"),
        (({"a": "float"}, "list"), "output_mode"),
        (({"a": "float"}, "concat", [("a", "b")]), r"crosses name the unknown features \['b'\]"),
        (({"a": "integer_hashed"}, "concat", [("a", "a")], None), "crossing_dim"),
    ):
        with pytest.raises(ValueError, match=words):
            FeatureSpace(*arguments)
    for make in (
        lambda: FeatureSpace.cross(("a",), 3, "float"),
        lambda: FeatureSpace.feature("int64", None, "rows"),
    ):
        with pytest.raises(ValueError, match="output_mode"):
            make()
    space = FeatureSpace({"age": "float_normalized", "code": "integer_hashed"})
    with pytest.raises(ValueError, match=r"call adapt.dataset. first; \['age'\]"):
        space({"age": 1.0, "code": 1})
    with pytest.raises(ValueError, match="lambda x, y: x"):
        space.adapt(tf.data.Dataset.zip((DATASET, DATASET)))
    with pytest.raises(ValueError, match=r"is missing the features \['age'\]"):
        space.adapt(DATASET.map(lambda x: {"code": x["code"]}))
    space.adapt(DATASET)
    with pytest.raises(ValueError, match="expected a dict"):
        space([1.0, 2])
    with pytest.raises(ValueError, match=r"inputs are missing the features \['code'\]"):
        space({"age": 1.0})
    with pytest.raises(ValueError, match=r"unknown features \['size'\]"):
        space({"age": 1.0, "code": 1, "size": 2})
    for feature, words in (
        (FeatureSpace.integer_hashed(3, output_mode="int"), "cannot be joined"),
        (FeatureSpace.feature("float32", layers.Identity(), "one_hot"), "needs integers"),
        (
            FeatureSpace.feature("int64", layers.Identity(dtype="int64"), "one_hot"),
            "number of categories",
        ),
    ):
        with pytest.raises(ValueError, match=words):
            FeatureSpace({"a": feature})({"a": 1 if feature.dtype == "int64" else 1.0})
