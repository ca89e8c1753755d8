"""Layers that learn from data: adapt on all kinds of data gives what tf_keras learns."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import tfk
from tfk import layers
from tfk.layers.preprocessing import discretization

tf_keras = pytest.importorskip("tf_keras")
theirs = tf_keras.layers

NUMBERS = (np.random.RandomState(0).randn(100, 3) * [1, 5, 20] + [0, 3, -7]).astype("float32")
ANIMALS = np.random.RandomState(1).choice(
    ["ant", "bee", "cow", "dog", "eel"], (60, 3), p=[0.4, 0.3, 0.1, 0.1, 0.1]
)
TEXTS = ["The cat sat; the cat slept.", "A dog!", "the dog and the bee", "a bee, a BEE", "sat"]


def kinds(array):
    """The same data in all forms that adapt takes."""
    tensor = tf.constant(array)
    return {
        "array": array,
        "tensor": tensor,
        "list": array.tolist(),
        "dataset": tf.data.Dataset.from_tensor_slices(tensor).batch(7),
        "batches": [tensor[:50], tensor[50:]].__iter__(),
        "frame": pd.DataFrame(array),
        "ragged": tf.RaggedTensor.from_tensor(tensor) if array.ndim > 1 else tensor,
    }


@pytest.mark.parametrize("axis, invert", [(-1, False), (None, False), (-1, True), ((0, 1), False)])
def test_normalization_equals_tf_keras(axis, invert):
    data = NUMBERS if axis != (0, 1) else NUMBERS.reshape(25, 4, 3)[:1].repeat(3, 0)
    ours, other = (
        layers.Normalization(axis=axis, invert=invert),
        theirs.Normalization(axis=axis, invert=invert),
    )
    batch_size = 3 if axis == (0, 1) else 32
    for layer in (ours, other):
        layer.adapt(data, batch_size=batch_size)
    np.testing.assert_allclose(ours.mean, other.mean, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours.variance, other.variance, rtol=1e-4)
    np.testing.assert_allclose(ours(data), other(data), rtol=1e-4, atol=1e-4)
    for a, b in zip(ours.get_weights(), other.get_weights(), strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
    assert ours.is_adapted and int(ours.count) == int(other.count)


@pytest.mark.parametrize("kind", ["array", "tensor", "list", "dataset", "batches", "frame"])
def test_normalization_of_every_kind_of_data(kind):
    layer = layers.Normalization()
    layer.adapt(kinds(NUMBERS)[kind])
    np.testing.assert_allclose(layer.mean[0], NUMBERS.mean(0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.variance[0], NUMBERS.var(0), rtol=1e-4)


def test_normalization_again_steps_and_weights():
    layer = layers.Normalization()
    layer.adapt(NUMBERS * 7)
    layer.adapt(NUMBERS, batch_size=10, steps=2)  # forgets the first time
    np.testing.assert_allclose(layer.mean[0], NUMBERS[:20].mean(0), rtol=1e-4, atol=1e-5)
    copy = layers.Normalization()
    copy.build((None, 3))
    copy.set_weights(layer.get_weights())
    np.testing.assert_allclose(copy(NUMBERS), layer(NUMBERS))
    assert copy.get_config()["mean"] is None and layer.get_config()["batch_input_shape"] == (
        None,
        None,
    )


def test_normalization_of_batches_of_unequal_size_is_exact():
    ragged = tf.data.Dataset.from_generator(
        lambda: iter([NUMBERS[:1], NUMBERS[1:60], NUMBERS[60:]]),
        output_signature=tf.TensorSpec((None, 3)),
    )
    layer = layers.Normalization()
    layer.adapt(ragged)
    np.testing.assert_allclose(layer.variance[0], NUMBERS.var(0), rtol=1e-4)


def test_normalization_errors():
    for kwargs, words in (
        ({"mean": 1.0}, "mean and variance go together"),
        ({"mean": tf.Variable(1.0), "variance": 1.0}, "variable.numpy"),
    ):
        with pytest.raises(ValueError, match=words):
            layers.Normalization(**kwargs)
    with pytest.raises(ValueError, match="axis=.3,. does not fit"):
        layers.Normalization(axis=3)(NUMBERS)
    with pytest.raises(ValueError, match="needs to know axis 1"):
        layers.Normalization()(tfk.Input((None,)))
    with pytest.raises(ValueError, match=r"mean of shape \(2,\) does not fit \(3,\)"):
        layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])(NUMBERS)
    with pytest.raises(ValueError, match="cannot adapt"):
        layers.Normalization(mean=1.0, variance=1.0).adapt(NUMBERS)


@pytest.mark.parametrize("num_bins, epsilon", [(4, 0.01), (10, 0.05), (3, 0.2)])
def test_discretization_equals_tf_keras(num_bins, epsilon):
    ours, other = (m.Discretization(num_bins=num_bins, epsilon=epsilon) for m in (layers, theirs))
    for layer in (ours, other):
        layer.adapt(NUMBERS)
    np.testing.assert_allclose(ours.bin_boundaries, other.bin_boundaries, rtol=1e-6)
    np.testing.assert_array_equal(ours(NUMBERS), other(NUMBERS))
    np.testing.assert_allclose(ours.get_weights()[0], other.get_weights()[0], rtol=1e-6)
    copy = layers.Discretization(num_bins=num_bins)
    copy.build((None, 3))
    copy.set_weights(ours.get_weights())
    assert copy.bin_boundaries == ours.bin_boundaries
    counts = np.bincount(np.ravel(ours(NUMBERS)))
    assert len(counts) == num_bins and counts.min() > 0.5 * NUMBERS.size / num_bins


def test_discretization_of_composites():
    layer = layers.Discretization([0.0, 10.0])
    ragged = layer(tf.ragged.constant([[-1.0], [5.0, 50.0]]))
    assert ragged.to_list() == [[0], [1, 2]]
    sparse = layer(tf.sparse.from_dense([[0.0, 5.0], [50.0, 0.0]]))
    assert sparse.values.numpy().tolist() == [1, 2]
    rows = layers.Discretization([0.0], output_mode="one_hot", sparse=True)([[-1.0], [5.0]])
    assert tf.sparse.to_dense(rows).numpy().tolist() == [[1, 0], [0, 1]]


def test_summaries_by_hand():
    summary = discretization.summarize(np.array([3.0, 1.0, 2.0, 4.0]), 0.5)
    assert summary.tolist() == [
        [
            3,
        ],
        [2],
    ] or summary.tolist() == [[3.0], [2.0]]
    merged = discretization.merge(np.array([[1.0], [1.0]]), np.array([[0.0], [1.0]]), 0.1)
    assert merged.tolist() == [[0, 1], [1, 1]]


def test_discretization_errors():
    for kwargs, words in (
        ({"num_bins": 3, "bin_boundaries": [1.0]}, "not both"),
        ({"num_bins": -1}, "num_bins"),
        ({"output_mode": "tf_idf"}, "output_mode"),
        ({"bin_boundaries": [1.0], "sparse": True}, "sparse=True"),
    ):
        with pytest.raises(ValueError, match=words):
            layers.Discretization(**kwargs)
    with pytest.raises(ValueError, match="bin_boundaries were given"):
        layers.Discretization([1.0]).adapt(NUMBERS)
    with pytest.raises(ValueError, match="pass num_bins"):
        layers.Discretization().adapt(NUMBERS)
    assert layers.Discretization(bins=4).num_bins == 4 and layers.Discretization(
        bins=[1.0]
    ).bin_boundaries == (1.0,)


LOOKUPS = [
    {},
    {"max_tokens": 4},
    {"num_oov_indices": 2, "mask_token": "bee"},
    {"num_oov_indices": 0},
    {"output_mode": "multi_hot"},
    {"output_mode": "count", "max_tokens": 9, "pad_to_max_tokens": True},
    {"output_mode": "tf_idf"},
    {"output_mode": "tf_idf", "max_tokens": 8, "pad_to_max_tokens": True, "mask_token": "ant"},
]


@pytest.mark.parametrize("options", LOOKUPS)
@pytest.mark.parametrize("kind", ["array", "ragged", "dataset"])
def test_string_lookup_equals_tf_keras(options, kind):
    data = kinds(ANIMALS)[kind]
    if options.get("output_mode") == "tf_idf" and kind != "ragged":
        data = kinds(ANIMALS)["ragged"]  # tf_keras cannot count documents of dense data
    ours, other = layers.StringLookup(**options), theirs.StringLookup(**options)
    for layer in (ours, other):
        layer.adapt(data)
    assert ours.get_vocabulary() == other.get_vocabulary()
    assert ours.get_vocabulary(False) == other.get_vocabulary(False)
    assert ours.vocabulary_size() == other.vocabulary_size()
    inputs = (
        ANIMALS
        if options.get("num_oov_indices") == 0
        else np.concatenate([ANIMALS, [["fox", "ant", "gnu"]]])
    )
    a, b = ours(inputs), other(inputs)
    assert a.dtype == b.dtype and a.shape == b.shape
    np.testing.assert_allclose(a, b, rtol=1e-5)
    config, wanted = ours.get_config(), other.get_config()
    assert {k: v for k, v in config.items() if k != "name"} == {
        k: v for k, v in wanted.items() if k != "name"
    }


@pytest.mark.parametrize("kind", ["tensor", "list", "batches", "frame", "ragged"])
def test_string_lookup_of_every_kind_of_data(kind):
    expected = layers.StringLookup()
    expected.adapt(ANIMALS)
    layer = layers.StringLookup()
    layer.adapt(kinds(ANIMALS)[kind])
    assert layer.get_vocabulary() == expected.get_vocabulary()


@pytest.mark.parametrize("options", [{}, {"mask_token": 3}, {"output_mode": "count"}])
def test_integer_lookup_equals_tf_keras(options):
    data = np.random.RandomState(0).randint(0, 9, (50, 2))
    ours, other = layers.IntegerLookup(**options), theirs.IntegerLookup(**options)
    for layer in (ours, other):
        layer.adapt(data)
    assert ours.get_vocabulary() == other.get_vocabulary()
    np.testing.assert_allclose(ours(data + 3), other(data + 3))
    np.testing.assert_allclose(ours((data + 3).astype("int32")), other(data + 3))


def test_integer_lookup_of_other_types():
    """For which tf_keras finds no table."""
    layer = layers.IntegerLookup(vocabulary_dtype="int32", dtype="int32")
    layer.adapt(np.array([5, 5, 7], "int32"))
    numbers = layer(np.array([7, 5, 1], "int32"))
    assert numbers.dtype == tf.int32 and numbers.numpy().tolist() == [2, 1, 0]
    back = layers.IntegerLookup(vocabulary=[5, 7], vocabulary_dtype="int32", invert=True)(numbers)
    assert back.dtype == tf.int32 and back.numpy().tolist() == [7, 5, -1]


def test_sparse_counting():
    layer = layers.StringLookup(output_mode="tf_idf")
    layer.adapt(tf.sparse.from_dense([["a", "b"], ["a", ""]]))
    dense = layers.StringLookup(output_mode="tf_idf")
    dense.adapt(tf.ragged.constant([["a", "b"], ["a"]]))
    assert layer.get_vocabulary() == dense.get_vocabulary()
    np.testing.assert_allclose(layer.idf_weights, dense.idf_weights)
    # By hand: "a" is in both documents, "b" in one: log(1 + 2 / (1 + n)).
    np.testing.assert_allclose(layer.idf_weights[1:], np.log([1 + 2 / 3, 1 + 2 / 2]), rtol=1e-6)


TEXT_OPTIONS = [
    {},
    {"max_tokens": 5},
    {"standardize": "lower", "split": "character"},
    {"standardize": "strip_punctuation"},
    {"standardize": None, "ngrams": 2},
    {"ngrams": (2,)},
    {"output_mode": "multi_hot"},
    {"output_mode": "count", "ngrams": 2, "max_tokens": 40, "pad_to_max_tokens": True},
    {"output_mode": "tf_idf"},
    {"output_sequence_length": 4},
    {"output_sequence_length": 9},
    {"ragged": True},
    {
        "standardize": lambda x: tf.strings.regex_replace(x, "[aeiou]", ""),
        "split": lambda x: tf.strings.split(x, "t"),
    },
    {"output_mode": None},
]


@pytest.mark.parametrize("options", TEXT_OPTIONS, ids=range(len(TEXT_OPTIONS)))
def test_text_vectorization_equals_tf_keras(options):
    ours, other = layers.TextVectorization(**options), theirs.TextVectorization(**options)
    for layer in (ours, other):
        layer.adapt(tf.data.Dataset.from_tensor_slices(TEXTS).batch(2))
    assert ours.get_vocabulary() == other.get_vocabulary()
    new = [*TEXTS, "an unknown cat", ""]
    for inputs in (tf.constant(new), tf.constant(new)[:, tf.newaxis]):
        a, b = ours(inputs), other(inputs)
        assert type(a) is type(b) and a.dtype == b.dtype
        if isinstance(a, tf.RaggedTensor):
            assert a.to_list() == b.to_list()
        elif a.dtype == tf.string:
            np.testing.assert_array_equal(a, b)
        else:
            np.testing.assert_allclose(a, b, rtol=1e-5)
    config, wanted = ours.get_config(), other.get_config()
    assert {k: v for k, v in config.items() if k != "name"} == {
        k: v for k, v in wanted.items() if k != "name"
    }


def test_text_vectorization_takes_lists_and_scalars():
    layer = layers.TextVectorization()
    layer.adapt(TEXTS)
    expected = layer(tf.constant(TEXTS)).numpy()
    for inputs in (TEXTS, np.array(TEXTS), [[t] for t in TEXTS], np.array(TEXTS, dtype=object)):
        np.testing.assert_array_equal(layer(inputs), expected)
    np.testing.assert_array_equal(layer("a dog"), layer(["a dog"])[0])


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: layers.StringLookup(max_tokens=1), "max_tokens"),
        (lambda: layers.StringLookup(pad_to_max_tokens=True), "requires max_tokens"),
        (lambda: layers.StringLookup(num_oov_indices=-1), "num_oov_indices"),
        (lambda: layers.StringLookup(output_mode="rows"), "output_mode"),
        (lambda: layers.StringLookup(invert=True, output_mode="count"), "invert=True"),
        (lambda: layers.StringLookup(sparse=True), "sparse=True"),
        (lambda: layers.StringLookup(idf_weights=[1.0]), "idf_weights"),
        (lambda: layers.StringLookup(dtype="float32"), "integer dtype"),
        (lambda: layers.StringLookup(vocabulary=[]), "empty"),
        (lambda: layers.StringLookup(vocabulary=["a", "b", "a"]), r"more than once.*\['a'\]"),
        (lambda: layers.StringLookup(vocabulary=["a", "m"], mask_token="m"), "special token 'm'"),
        (
            lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2),
            "3 tokens .*max_tokens is 2",
        ),
        (lambda: layers.StringLookup(vocabulary="nowhere.txt"), "no vocabulary file"),
        (
            lambda: layers.StringLookup(vocabulary=["a"], output_mode="tf_idf"),
            "idf_weights are missing",
        ),
        (
            lambda: layers.StringLookup(
                vocabulary=["a"], output_mode="tf_idf", idf_weights=[1.0, 2.0]
            ),
            "expected 1",
        ),
        (lambda: layers.StringLookup(vocabulary=["a"]).adapt(["a"]), "vocabulary was given"),
        (lambda: layers.StringLookup(invert=True, oov_token=None), "oov_token"),
        (lambda: layers.IntegerLookup(vocabulary_dtype="float32"), "vocabulary_dtype"),
        (lambda: layers.TextVectorization(dtype="int64"), "dtype"),
        (lambda: layers.TextVectorization(standardize="upper"), "standardize"),
        (lambda: layers.TextVectorization(split="words"), "split"),
        (lambda: layers.TextVectorization(ngrams="2"), "ngrams"),
        (
            lambda: layers.TextVectorization(output_mode="count", output_sequence_length=3),
            "output_sequence_length",
        ),
        (lambda: layers.TextVectorization(ragged=True, output_sequence_length=3), "not both"),
        (lambda: layers.TextVectorization(vocabulary=["a"])([["a", "b"]]), "split=None"),
        (lambda: layers.Normalization().adapt({"a": 1}.items()), "batches of one tensor"),
        (
            lambda: layers.Normalization().adapt(tf.data.Dataset.from_tensors((NUMBERS, NUMBERS))),
            "lambda x, y: x",
        ),
    ],
)
def test_bad_arguments(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_other_errors():
    with pytest.raises(RuntimeError, match="no vocabulary yet"):
        layers.StringLookup()(["a"])
    with pytest.raises(TypeError, match="expected strings"):
        layers.StringLookup(vocabulary=[1, 2])
    with pytest.raises(TypeError, match="expected integers"):
        layers.IntegerLookup(vocabulary=["a"])
    with pytest.raises(tf.errors.InvalidArgumentError, match="(?s)these are not.*fox"):
        layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(["a", "fox"])
    rows = layers.StringLookup(vocabulary=["a"], output_mode="count")
    with pytest.raises(RuntimeError, match="must keep its size, 2; the new one has 3"):
        rows.set_vocabulary(["a", "b"])
    with pytest.raises(TypeError, match="adapt takes an array"):
        layers.Normalization().adapt(3)
    with pytest.raises(RuntimeError, match="inside a tf.function"):
        tf.function(lambda: layers.Normalization().adapt(NUMBERS))()
    with pytest.raises(NotImplementedError, match="update_state"):
        tfk.layers.experimental.preprocessing.PreprocessingLayer().update_state([1])


def test_own_preprocessing_layer():
    class Largest(tfk.layers.experimental.preprocessing.PreprocessingLayer):
        def build(self, input_shape):
            self.largest = self.add_weight("largest", (), initializer="zeros", trainable=False)

        def reset_state(self):
            self.largest.assign(0.0)

        def update_state(self, data):
            for value in data:  # converted by AutoGraph
                if value > self.largest:
                    self.largest.assign(value)

        def call(self, inputs):
            return inputs / self.largest

    layer = Largest()
    layer.adapt(np.array([1.0, 8.0, 3.0], "float32"))
    assert layer.is_adapted and float(layer(4.0)) == 0.5
    layer.compile(run_eagerly=True)
    layer.adapt(np.array([2.0], "float32"))
    assert float(layer(4.0)) == 2.0


def test_update_state_inside_a_function():
    layer = layers.Normalization()
    layer.build((None, 3))

    @tf.function
    def step(x):
        layer.update_state(x)

    step(NUMBERS[:50])
    step(NUMBERS[50:])
    np.testing.assert_allclose(layer.mean[0], NUMBERS.mean(0), rtol=1e-4, atol=1e-5)


def test_many_layers_adapt_without_warnings_about_tracing(caplog):
    logger = tf.get_logger()
    logger.addHandler(caplog.handler)
    try:
        for _ in range(8):
            layers.Normalization().adapt(np.ones((4, 2), "float32"))
    finally:
        logger.removeHandler(caplog.handler)
    assert "retracing" not in caplog.text


@pytest.mark.parametrize("axis", [-1, (1, 2)])
def test_adapted_normalization_starts_a_model(axis):
    data = NUMBERS.reshape(25, 4, 3)

    def shapes(keras):
        norm = keras.layers.Normalization(axis=axis)
        norm.adapt(data)
        model = keras.Sequential([norm, keras.layers.Dense(2), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(data, data[..., :1], verbose=0)
        return model.output_shape, model.layers[0].output_shape, model.predict(data[:2]).shape

    assert shapes(tfk) == shapes(tf_keras)


def test_other_adapted_layers_start_a_model():
    bins = layers.Discretization(num_bins=3)
    bins.adapt(NUMBERS)
    words = layers.TextVectorization(output_sequence_length=4)
    words.adapt(TEXTS)
    for first, x in ((bins, NUMBERS), (words, np.array(TEXTS))):
        model = tfk.Sequential([first, layers.Embedding(20, 2), layers.Flatten()])
        assert model(x).shape[0] == len(x)
