"""Vocabularies: files, configs, saving, exporting, use in datasets."""

import os
import pathlib
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import layers
from tfk.saving.configs import deserialize_keras_object, serialize_keras_object
from tfk.saving.registry import register_keras_serializable


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("ant\nbee\nçedilla\n", encoding="utf-8")
    return path


def test_vocabulary_files(words, tmp_path):
    layer = layers.StringLookup(vocabulary=words)
    assert layer.get_vocabulary() == ["[UNK]", "ant", "bee", "çedilla"]
    assert layer(["çedilla", "x", "ant"]).numpy().tolist() == [3, 0, 1]
    assert layers.StringLookup(vocabulary=str(words), invert=True)([1, 9]).numpy().tolist() == [
        b"ant",
        b"[UNK]",
    ]
    numbers = tmp_path / "numbers.txt"
    numbers.write_text("10\n-20\n30")
    assert layers.IntegerLookup(vocabulary=str(numbers), mask_token=0)(
        [30, 0, 7, -20]
    ).numpy().tolist() == [
        4,
        0,
        1,
        3,
    ]
    assert layers.TextVectorization(vocabulary=str(words))(["bee ANT"]).numpy().tolist() == [[3, 2]]


@pytest.mark.parametrize("cls", [layers.StringLookup, layers.TextVectorization])
def test_configs_never_name_files(cls, words):
    layer = cls(vocabulary=str(words))
    config = layer.get_config()
    assert config["vocabulary"] == ["ant", "bee", "çedilla"]  # the tokens instead
    words.unlink()
    assert cls.from_config(config).get_vocabulary() == layer.get_vocabulary()
    serialized = serialize_keras_object(layer)
    serialized["config"]["vocabulary"] = "/etc/passwd"
    with pytest.raises(ValueError, match="'/etc/passwd', which is not read"):
        deserialize_keras_object(serialized)
    with pytest.raises(ValueError, match="not read"):
        cls.from_config({**config, "vocabulary": "gs://bucket/words.txt"})


def test_special_tokens_in_front_are_recognized():
    plain = layers.StringLookup(vocabulary=["a", "b"], mask_token="", num_oov_indices=2)
    full = layers.StringLookup(vocabulary=plain.get_vocabulary(), mask_token="", num_oov_indices=2)
    assert full.get_vocabulary() == plain.get_vocabulary() == ["", "[UNK]", "[UNK]", "a", "b"]
    for vocabulary in (
        np.array(["a", "b"]),
        tf.constant(["a", "b"]),
        (b"a", b"b"),
        np.array(["a", "b"], object),
    ):
        assert layers.StringLookup(vocabulary=vocabulary).get_vocabulary(False) == ["a", "b"]


def test_tokens_that_no_file_can_hold():
    strange = ["a\nb", "c\rd", " ", "e\0f", "\u2028", "Ω"]
    layer = layers.StringLookup(vocabulary=strange)
    assert layer(strange).numpy().tolist() == [1, 2, 3, 4, 5, 6]
    latin = layers.StringLookup(vocabulary=["é"], encoding="latin-1")
    assert latin([b"\xe9"]).numpy().tolist() == [1] and latin.get_vocabulary() == ["[UNK]", "é"]


def test_idf_weights_and_padding():
    layer = layers.StringLookup(
        vocabulary=["a", "b"],
        idf_weights=[0.5, 2.0],
        output_mode="tf_idf",
        max_tokens=5,
        pad_to_max_tokens=True,
    )
    assert layer(["a", "a", "x"]).numpy().tolist() == [1.25, 1.0, 0, 0, 0]
    full = layers.StringLookup(
        vocabulary=["[UNK]", "a"], idf_weights=[7.0, 0.5], output_mode="tf_idf"
    )
    assert full(["a", "x"]).numpy().tolist() == [7.0, 0.5]


@register_keras_serializable("tests")
def shout(texts):
    return tf.strings.upper(texts)


def text_model(**options):
    vectorize = layers.TextVectorization(**options)
    vectorize.adapt(["the cat", "the dog", "a cat sat"])
    inputs = tfk.Input((), dtype="string")
    x = (
        layers.Embedding(20, 3)(vectorize(inputs))
        if "output_mode" not in options
        else vectorize(inputs)
    )
    x = layers.GlobalAveragePooling1D()(x) if "output_mode" not in options else x
    return tfk.Model(inputs, layers.Dense(2)(x))


NEW = tf.constant(["the sat", "unknown words only", "dog"])


@pytest.mark.parametrize(
    "options",
    [{}, {"output_mode": "tf_idf"}, {"output_sequence_length": 4}, {"standardize": shout}],
    ids=["int", "tf_idf", "cut", "function"],
)
def test_models_keep_learned_vocabularies(tmp_path, options):
    model = text_model(**options)
    expected = model(NEW).numpy()
    model.save(tmp_path / "m.keras")
    loaded = tfk.models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(loaded(NEW), expected, rtol=1e-6)
    assert loaded.layers[1].get_vocabulary() == model.layers[1].get_vocabulary()


def test_files_are_exchanged_with_tf_keras(tmp_path):
    tf_keras = pytest.importorskip("tf_keras")
    model = text_model()
    model.save(tmp_path / "ours.keras")
    theirs = tf_keras.models.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(theirs(NEW), model(NEW), rtol=1e-5)
    theirs.save(tmp_path / "theirs.keras")
    back = tfk.models.load_model(tmp_path / "theirs.keras")
    np.testing.assert_allclose(back(NEW), model(NEW), rtol=1e-5)


def test_other_adapted_layers_are_saved(tmp_path):
    data = np.random.RandomState(0).randn(50, 2).astype("float32")
    normalize, bins = (
        layers.Normalization(),
        layers.Discretization(num_bins=4, output_mode="multi_hot"),
    )
    normalize.adapt(data)
    bins.adapt(data)
    inputs = tfk.Input((2,))
    model = tfk.Model(
        inputs, layers.Dense(1)(layers.Concatenate()([normalize(inputs), bins(inputs)]))
    )
    model.save(tmp_path / "m.keras")
    loaded = tfk.models.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(loaded(data), model(data), rtol=1e-5)
    assert loaded.get_layer(bins.name).bin_boundaries == bins.bin_boundaries


def test_learned_tokens_with_line_breaks_are_refused_when_saving(tmp_path):
    layer = layers.StringLookup()
    layer.adapt(["a\nb"])
    with pytest.raises(ValueError, match="line break"):
        layer.save_assets(str(tmp_path))


def test_exported_models_hold_their_vocabulary(tmp_path):
    """Loaded elsewhere, in a process that knows nothing of this package, from another folder."""
    model = text_model()
    expected = model(NEW).numpy()
    model.export(str(tmp_path / "serving"))
    shutil.move(tmp_path / "serving", tmp_path / "moved")
    assert any((tmp_path / "moved" / "assets").iterdir())
    program = textwrap.dedent("""
        import sys, tensorflow as tf
        loaded = tf.saved_model.load(sys.argv[1])
        serve = loaded.signatures["serving_default"]
        name = next(iter(serve.structured_input_signature[1]))
        outputs = serve(**{name: tf.constant(["the sat", "unknown words only", "dog"])})
        assert "tfk" not in sys.modules
        print(next(iter(outputs.values())).numpy().tolist())
        """)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "moved")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    np.testing.assert_allclose(np.array(eval(done.stdout)), expected, rtol=1e-5)


def test_use_in_a_dataset_and_in_fit():
    texts = ["good film", "bad film", "good good", "bad bad"] * 8
    labels = np.array([1, 0, 1, 0] * 8)
    vectorize = layers.TextVectorization(output_mode="multi_hot")
    vectorize.adapt(texts)
    dataset = tf.data.Dataset.from_tensor_slices((texts, labels)).batch(8)
    mapped = dataset.map(lambda x, y: (vectorize(x), y), num_parallel_calls=2)
    model = tfk.Sequential([layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    history = model.fit(mapped, epochs=2, verbose=0).history["loss"]
    assert history[1] < history[0]
    whole = tfk.Sequential([tfk.Input((1,), dtype="string"), vectorize, model])
    assert whole.predict(np.array([["good"], ["bad"]]), verbose=0).shape == (2, 1)


def test_single_values_without_places_for_unknown_tokens():
    layer = layers.StringLookup(vocabulary=["a", "b"], num_oov_indices=0)
    assert list(tf.data.Dataset.from_tensor_slices(["b", "a"]).map(layer).as_numpy_iterator()) == [
        1,
        0,
    ]
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="all inputs must be in the vocabulary"
    ):
        layer(tf.constant("z"))


def test_vocabulary_files_are_removed_with_the_layer(tmp_path, monkeypatch):
    import gc
    import tempfile

    monkeypatch.setattr(
        tempfile, "tempdir", str(tmp_path)
    )  # other processes of the suite use the common one

    def folders():
        return set(pathlib.Path(tempfile.gettempdir()).glob("tfk-vocabulary-*"))

    before = folders()
    layer = layers.StringLookup(vocabulary=["a", "b"])
    assert len(folders() - before) == 1
    del layer
    gc.collect()
    assert folders() <= before


def test_integer_vocabularies_hold_numpy_integers():
    tokens = layers.IntegerLookup(vocabulary=[42, 7]).get_vocabulary()
    assert tokens == [-1, 42, 7] and isinstance(tokens[0], np.int64)


def test_a_tensor_becomes_no_vocabulary_inside_a_function():
    layer = layers.StringLookup()
    with pytest.raises(RuntimeError, match="outside of it"):
        tf.function(lambda: layer.set_vocabulary(tf.constant(["a"])), autograph=False)()


def test_normalization_takes_one_input():
    with pytest.raises(ValueError, match="expected one input, got a list"):
        layers.Normalization(mean=0.0, variance=1.0)([1.0, 2.0])
