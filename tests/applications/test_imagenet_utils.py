"""Preparing pixels and naming classes, against tf_keras."""

import importlib
import json
import types

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk.applications import imagenet_utils

tf_keras = pytest.importorskip("tf_keras")

MODULES = sorted(
    name for name, value in vars(tfk.applications).items() if hasattr(value, "preprocess_input")
)
SHAPES = {"channels_last": (2, 5, 4, 3), "channels_first": (2, 3, 5, 4)}


def keras_module(name):
    return importlib.import_module(f"tf_keras.applications.{name}")


def pixels(data_format="channels_last", dtype="float32"):
    return np.random.default_rng(0).integers(0, 256, SHAPES[data_format]).astype(dtype)


def test_every_module_prepares_and_names():
    ours = {
        name
        for name, value in vars(tfk.applications).items()
        if isinstance(value, types.ModuleType)
    }
    theirs = {
        name
        for name, value in vars(tf_keras.applications).items()
        if isinstance(value, types.ModuleType) and hasattr(value, "preprocess_input")
    }
    assert theirs <= set(MODULES) <= ours


@pytest.mark.parametrize("data_format", SHAPES)
@pytest.mark.parametrize("module", MODULES)
def test_modules_prepare_as_in_keras(module, data_format):
    if module == "imagenet_utils":
        calls = [{"mode": mode} for mode in ("caffe", "tf", "torch")]
    else:
        calls = [{}]
    for extra in calls:
        ours = getattr(tfk.applications, module).preprocess_input(
            pixels(data_format), data_format, **extra
        )
        theirs = keras_module(module).preprocess_input(pixels(data_format), data_format, **extra)
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("mode", imagenet_utils.MODES)
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64", "float16"])
def test_arrays_and_tensors_of_all_dtypes(mode, dtype):
    tolerance = 2e-3 if dtype == "float16" else 1e-5
    theirs = tf_keras.applications.imagenet_utils.preprocess_input(pixels(dtype=dtype), mode=mode)
    for make in (lambda x: x, tf.constant):  # tf_keras takes no tensors of integers
        ours = imagenet_utils.preprocess_input(make(pixels(dtype=dtype)), mode=mode)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("mode", imagenet_utils.MODES)
def test_single_images(mode):
    ours = imagenet_utils.preprocess_input(pixels()[0], mode=mode)
    np.testing.assert_allclose(
        ours, imagenet_utils.preprocess_input(pixels(), mode=mode)[0], rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("mode", imagenet_utils.MODES)
def test_inside_a_model(mode):
    image = tfk.Input((5, 4, 3))
    model = tfk.Model(image, imagenet_utils.preprocess_input(image, mode=mode))
    expected = imagenet_utils.preprocess_input(pixels(), mode=mode)
    np.testing.assert_allclose(model(pixels()), expected, rtol=1e-5, atol=1e-4)


def test_hand_worked_pixels():
    # One pixel, red 10, green 20, blue 30; caffe: blue first, less (103.939, 116.779, 123.68).
    pixel = np.array([[[10.0, 20.0, 30.0]]])
    np.testing.assert_allclose(
        imagenet_utils.preprocess_input(pixel.copy(), mode="caffe")[0, 0],
        [-73.939, -96.779, -113.68],
    )
    np.testing.assert_allclose(
        imagenet_utils.preprocess_input(pixel.copy(), mode="torch")[0, 0],
        [(10 / 255 - 0.485) / 0.229, (20 / 255 - 0.456) / 0.224, (30 / 255 - 0.406) / 0.225],
    )


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"mode": "jax"}, "mode.*caffe.*tf.*torch.*jax"),
        ({"data_format": "last"}, "data_format.*channels_last.*last"),
    ],
)
def test_unknown_settings_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        imagenet_utils.preprocess_input(pixels(), **arguments)


@pytest.fixture
def class_index(tmp_path, monkeypatch):
    """A file of names where the published one would be kept; its hash cannot be that one's."""
    index = {str(number): [f"n{number:08}", f"name_{number}"] for number in range(1000)}
    path = tmp_path / "models" / "imagenet_class_index.json"
    path.parent.mkdir()
    path.write_text(json.dumps(index))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    name, address, _ = imagenet_utils.CLASS_INDEX
    monkeypatch.setattr(imagenet_utils, "CLASS_INDEX", (name, address, None))
    imagenet_utils._class_names.cache_clear()
    yield index
    imagenet_utils._class_names.cache_clear()


@pytest.mark.parametrize("module", MODULES)
def test_names_of_the_likeliest_classes(module, class_index, monkeypatch):
    scores = np.random.default_rng(1).permutation(2000).reshape(2, 1000) / 2000
    ours = getattr(tfk.applications, module).decode_predictions(scores, top=3)
    theirs_utils = importlib.import_module("tf_keras.src.applications.imagenet_utils")
    monkeypatch.setattr(theirs_utils, "CLASS_INDEX", class_index)
    assert ours == keras_module(module).decode_predictions(scores, top=3)
    assert len(tfk.applications.imagenet_utils.decode_predictions(tf.constant(scores))[0]) == 5


@pytest.mark.parametrize("scores", [np.zeros((2, 10)), np.zeros(1000), np.zeros((1, 2, 1000))])
def test_scores_of_other_shapes_are_refused(scores):
    with pytest.raises(ValueError, match=r"\(batch, 1000\).*got shape"):
        imagenet_utils.decode_predictions(scores)
    with pytest.raises(ValueError, match="top"):
        imagenet_utils.decode_predictions(np.zeros((1, 1000)), top=0)


def test_names_without_network(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(
        imagenet_utils,
        "CLASS_INDEX",
        ("index.json", "http://127.0.0.1:9/imagenet_class_index.json", None),
    )
    imagenet_utils._class_names.cache_clear()
    with pytest.raises(OSError) as caught:
        imagenet_utils.decode_predictions(np.zeros((1, 1000)))
    text = str(caught.value)
    assert "http://127.0.0.1:9/imagenet_class_index.json" in text
    assert str(tmp_path / "models" / "index.json") in text
