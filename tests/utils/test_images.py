"""load_img, save_img, img_to_array, array_to_img, smart_resize against tf_keras and by hand."""

import io
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tfk import config
from tfk.utils.images import array_to_img, img_to_array, load_img, middle_box, save_img
from tfk.utils.resizing import smart_resize

tf_keras = pytest.importorskip("tf_keras")

PIXELS = np.random.RandomState(0).randint(0, 256, (12, 17, 4), dtype="uint8")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "I;16", "1"])
@pytest.mark.parametrize("color_mode", ["rgb", "rgba", "grayscale"])
@pytest.mark.parametrize(
    "options", [{}, {"target_size": (6, 5)}, {"target_size": (5, 20), "keep_aspect_ratio": True}]
)
def test_load_img_equals_tf_keras(tmp_path, mode, color_mode, options):
    if mode.startswith("I"):
        image = Image.fromarray(PIXELS[:, :, 0].astype("uint16") * 100)
    else:
        image = Image.fromarray(PIXELS).convert(mode)
    image.save(tmp_path / "x.png")
    for interpolation in ("nearest", "bilinear"):
        if mode.startswith("I") and options and interpolation == "bilinear":
            continue  # Pillow does not resize 16-bit images smoothly
        arguments = {"color_mode": color_mode, "interpolation": interpolation, **options}
        ours = load_img(tmp_path / "x.png", **arguments)
        theirs = tf_keras.utils.load_img(tmp_path / "x.png", **arguments)
        assert ours.mode == theirs.mode and ours.size == theirs.size
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_load_img_sources_and_errors(tmp_path):
    path = tmp_path / "x.png"
    Image.fromarray(PIXELS).save(path)
    for source in (str(path), bytes(path), path, io.BytesIO(path.read_bytes())):
        assert load_img(source).size == (17, 12)
    with pytest.warns(UserWarning, match="color_mode"):
        assert load_img(path, grayscale=True).mode == "L"
    with pytest.raises(ValueError, match="color_mode"):
        load_img(path, color_mode="cmyk")
    with pytest.raises(ValueError, match="interpolation to be one of 'nearest'"):
        load_img(path, target_size=(2, 2), interpolation="cubic")
    with pytest.raises(TypeError, match="got int"):
        load_img(3)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_array_to_img_equals_tf_keras(channels, scale, data_format):
    for x in (PIXELS[..., :channels], PIXELS[..., :channels] / 3.0 + 4, np.zeros((3, 2, channels))):
        x = x.transpose(2, 0, 1) if data_format == "channels_first" else x
        ours = array_to_img(x, data_format, scale)
        theirs = tf_keras.utils.array_to_img(x, data_format, scale)
        assert ours.mode == theirs.mode
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
        np.testing.assert_array_equal(
            img_to_array(ours, data_format), tf_keras.utils.img_to_array(theirs, data_format)
        )


def test_deep_grey_and_defaults():
    deep = np.arange(6).reshape(2, 3, 1) * 1000
    assert array_to_img(deep, scale=False).mode == "I"
    config.set_floatx("float64")
    config.set_image_data_format("channels_first")
    assert img_to_array(np.zeros((2, 3))).dtype == "float64" and img_to_array(
        np.zeros((2, 3))
    ).shape == (
        1,
        2,
        3,
    )
    assert img_to_array(np.zeros((2, 3)), "channels_last", "uint8").dtype == "uint8"


def test_save_img(tmp_path):
    save_img(tmp_path / "x.png", PIXELS, scale=False)
    np.testing.assert_array_equal(
        np.asarray(load_img(tmp_path / "x.png", color_mode="rgba")), PIXELS
    )
    with pytest.warns(UserWarning, match="no alpha"):
        save_img(tmp_path / "x", PIXELS, file_format="jpg")
    assert load_img(tmp_path / "x").size == (17, 12)


def test_bad_arrays():
    for x, words in (
        (np.zeros((2, 2)), "3 axes"),
        (np.zeros((2, 2, 2)), "1, 3 or 4 channels, got 2"),
    ):
        with pytest.raises(ValueError, match=words):
            array_to_img(x)
    with pytest.raises(ValueError, match="2 or 3 axes"):
        img_to_array(np.zeros(3))
    with pytest.raises(ValueError, match="data_format"):
        img_to_array(np.zeros((2, 3)), "first")


def test_pillow_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="pip install pillow"):
        load_img("x.png")


def test_middle_box():
    assert middle_box((60, 40), (10, 10)) == (10, 0, 50, 40)
    assert middle_box((40, 60), (20, 10)) == (0, 20, 40, 40)


@pytest.mark.parametrize("size", [(5, 5), (20, 7), (9, 30)])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest", "AREA"])
def test_smart_resize_equals_tf_keras(size, interpolation):
    batch = np.random.RandomState(1).rand(2, 13, 18, 3).astype("float32")
    for x in (batch, batch[0]):
        ours = smart_resize(x, size, interpolation)
        np.testing.assert_allclose(
            ours, tf_keras.preprocessing.image.smart_resize(x, size, interpolation.lower())
        )
        assert isinstance(ours, np.ndarray)
    tensor = smart_resize(tf.constant(batch), size)
    assert tf.is_tensor(tensor) and tensor.shape == (2, *size, 3)


def test_smart_resize_errors():
    with pytest.raises(ValueError, match="size"):
        smart_resize(np.zeros((2, 2, 3)), (1, 2, 3))
    with pytest.raises(ValueError, match="shape"):
        smart_resize(np.zeros((2, 2)), (1, 2))
