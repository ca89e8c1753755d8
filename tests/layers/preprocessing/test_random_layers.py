"""Random image layers: with a range of one value they equal tf_keras; drawn values fill the
range.
"""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.support.oracle import of_keras_2_21
from tfk import layers
from tfk.utils.random import set_random_seed

tf_keras = pytest.importorskip("tf_keras")
theirs = tf_keras.layers

IMAGES = (np.random.RandomState(0).rand(4, 9, 12, 3) * 255).astype("float32")

FIXED = [
    ("RandomRotation", {"factor": (0.1, 0.1)}),
    ("RandomRotation", {"factor": (-0.3, -0.3), "fill_mode": "constant", "fill_value": 7.0}),
    ("RandomRotation", {"factor": (0.25, 0.25), "interpolation": "nearest", "fill_mode": "wrap"}),
    ("RandomTranslation", {"height_factor": (0.2, 0.2), "width_factor": (-0.3, -0.3)}),
    (
        "RandomTranslation",
        {"height_factor": (-1.0, -1.0), "width_factor": 0.0, "fill_mode": "nearest"},
    ),
    ("RandomZoom", {"height_factor": (0.3, 0.3)}),
    (
        "RandomZoom",
        {"height_factor": (-0.4, -0.4), "width_factor": (0.5, 0.5), "fill_mode": "constant"},
    ),
    ("RandomBrightness", {"factor": (0.2, 0.2)}),
    ("RandomBrightness", {"factor": (-0.5, -0.5), "value_range": (0.0, 100.0)}),
    ("RandomHeight", {"factor": (0.5, 0.5)}),
    ("RandomWidth", {"factor": (-0.3, -0.3), "interpolation": "nearest"}),
    ("RandomCrop", {"height": 9, "width": 12}),
    ("RandomCrop", {"height": 12, "width": 5}),
]


@pytest.mark.parametrize("name, options", FIXED)
@pytest.mark.parametrize(
    "images", [IMAGES, IMAGES[0], IMAGES.astype("uint8")], ids=["batch", "single", "bytes"]
)
def test_fixed_changes_equal_tf_keras(name, options, images):
    ours = getattr(layers, name)(**options)(images, training=True)
    other = getattr(theirs, name)(**options)(images, training=True)
    assert ours.shape == other.shape and ours.dtype == tf.float32
    np.testing.assert_allclose(ours, tf.cast(other, tf.float32), atol=1e-3)


ALL = [
    layers.RandomCrop(4, 5),
    layers.RandomFlip(),
    layers.RandomRotation(0.2),
    layers.RandomTranslation(0.2, 0.3),
    layers.RandomZoom(0.3),
    layers.RandomContrast(0.3),
    layers.RandomBrightness(0.3),
    layers.RandomHeight((0.1, 0.6)),
    layers.RandomWidth((0.1, 0.6)),
]


@pytest.mark.parametrize("layer", ALL, ids=lambda layer: layer.name)
def test_random_only_while_training_and_repeatable(layer):
    results = [
        layer(IMAGES),
        *(layer(IMAGES, training=True) for _ in range(9)),
    ]  # training is the default
    assert any(r.shape != results[0].shape or np.abs(r - results[0]).max() > 0 for r in results)
    still = layer(IMAGES, training=False)
    if isinstance(layer, layers.RandomCrop):
        np.testing.assert_allclose(
            still, tf_keras.layers.RandomCrop(4, 5)(IMAGES, training=False), atol=1e-3
        )
    else:
        np.testing.assert_array_equal(still, IMAGES)
    seeded = [type(layer).from_config({**layer.get_config(), "seed": 3}) for _ in range(2)]
    np.testing.assert_array_equal(*(one(IMAGES) for one in seeded))

    @tf.function
    def call(x, training):
        return layer(x, training=training)

    np.testing.assert_array_equal(call(IMAGES, tf.constant(False)), still)
    assert call(IMAGES, tf.constant(True)).shape[0] == 4


def test_images_of_a_batch_differ_and_global_seed_repeats():
    same = np.repeat(IMAGES[:1], 8, axis=0)
    for layer in (layers.RandomRotation(0.5), layers.RandomBrightness(0.5), layers.RandomFlip()):
        changed = layer(same).numpy()
        assert len(np.unique(changed.reshape(8, -1), axis=0)) > 1

    def run():
        set_random_seed(9)
        return layers.RandomZoom(0.5)(same).numpy()

    np.testing.assert_array_equal(run(), run())


def test_ranges_are_filled():
    column = np.zeros((2000, 1, 1, 1), "float32")
    change = (
        layers.RandomBrightness((-0.5, 0.25), value_range=(-1, 1), seed=1)(column).numpy().ravel()
    )
    assert -1.0 <= change.min() < -0.98 and 0.48 < change.max() <= 0.5
    flipped = layers.RandomFlip("horizontal", seed=1)(
        np.tile([[[[0.0], [1.0]]]], (2000, 1, 1, 1))
    ).numpy()
    assert 0.45 < flipped[:, 0, 0, 0].mean() < 0.55
    image = np.arange(25.0, dtype="float32").reshape(5, 5, 1)
    crop = layers.RandomCrop(3, 3, seed=1)
    corners = {int(crop(image)[0, 0, 0]) for _ in range(200)}
    assert corners == {0, 1, 2, 5, 6, 7, 10, 11, 12}


def test_contrast_by_hand():
    image = np.array([[[100.0], [120.0]], [[140.0], [80.0]]], "float32")  # mean 110
    factors = []
    layer = layers.RandomContrast((0.5, 0.25), seed=2)
    for _ in range(200):
        changed = layer(image).numpy() - 110.0
        factors.append(changed[0, 0, 0] / -10.0)
        np.testing.assert_allclose(changed, (image - 110.0) * factors[-1], rtol=1e-4)
    assert 0.5 <= min(factors) < 0.52 and 1.23 < max(factors) <= 1.2501
    assert layers.RandomContrast(0.9)(image * 2).numpy().max() <= 255


def test_use_in_models_and_datasets():
    augment = tfk.Sequential(
        [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.Rescaling(1 / 255)]
    )
    dataset = (
        tf.data.Dataset.from_tensor_slices(IMAGES).batch(2).map(lambda x: augment(x, training=True))
    )
    assert [x.shape for x in dataset] == [(2, 9, 12, 3)] * 2
    model = tfk.Sequential([tfk.Input((9, 12, 3)), augment, layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(IMAGES, np.zeros(4), epochs=1, verbose=0)
    np.testing.assert_array_equal(
        model.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0)
    )


@pytest.mark.parametrize("size", [(3, 4), (4, 4), (9, 12), (20, 5)])
@pytest.mark.parametrize("name", ["CenterCrop", "Resizing"])
def test_sizes_equal_tf_keras(name, size):
    options = {"crop_to_aspect_ratio": True} if name == "Resizing" else {}
    ours, other = (getattr(m, name)(*size, **options) for m in (layers, theirs))
    for images in (IMAGES, IMAGES[0], IMAGES.astype("uint8")):
        np.testing.assert_allclose(ours(images), tf.cast(other(images), tf.float32), atol=1e-3)
    anything = tf.function(
        lambda x: ours(x), input_signature=[tf.TensorSpec((None, None, None, 3))]
    )
    np.testing.assert_allclose(anything(IMAGES), ours(IMAGES), atol=1e-4)


@pytest.mark.parametrize("crop", [True, False])
def test_ragged_images(crop):
    ragged = tf.ragged.stack([IMAGES[0], IMAGES[1, :5, :7], IMAGES[2, :8]])
    resized = layers.Resizing(4, 4, crop_to_aspect_ratio=crop)(ragged)
    assert resized.shape == (3, 4, 4, 3)
    one = layers.Resizing(4, 4, crop_to_aspect_ratio=crop)(IMAGES[1, :5, :7])
    np.testing.assert_allclose(resized[1], one, atol=1e-4)


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: layers.RandomRotation((0.2, 0.1)), ValueError, "pair .low, high."),
        (lambda: layers.RandomRotation(-0.1), ValueError, "at least 0"),
        (lambda: layers.RandomRotation("x"), TypeError, "factor"),
        (lambda: layers.RandomRotation(0.1, fill_mode="mirror"), NotImplementedError, "fill_mode"),
        (
            lambda: layers.RandomRotation(0.1, interpolation="cubic"),
            NotImplementedError,
            "interpolation",
        ),
        (
            lambda: layers.RandomTranslation(1.5, 0.1),
            ValueError,
            "height_factor to be between -1.0 and 1.0",
        ),
        (lambda: layers.RandomTranslation(0.5, 1.1), ValueError, "width_factor"),
        (lambda: layers.RandomZoom(2.0), ValueError, "height_factor"),
        (lambda: layers.RandomZoom(0.1, (-1.5, 0)), ValueError, "width_factor"),
        (lambda: layers.RandomHeight((-2.0, 1.0)), ValueError, "factor"),
        (lambda: layers.RandomWidth(0.1, interpolation="x"), NotImplementedError, "interpolation"),
        (lambda: layers.RandomContrast(1.5), ValueError, "between 0 and 1"),
        (lambda: layers.RandomBrightness(2.0), ValueError, "factor"),
        (lambda: layers.RandomBrightness(0.1, value_range=5), ValueError, "value_range"),
        (lambda: layers.RandomFlip("both"), ValueError, "mode"),
        (lambda: layers.RandomCrop(0, 2), ValueError, "height"),
        (
            lambda: layers.Resizing(3, 3, interpolation="x"),
            NotImplementedError,
            'Resizing "resizing.*bilinear',
        ),
        (lambda: layers.CenterCrop(2, 2)(np.ones((2, 2))), ValueError, "images of shape"),
        (lambda: layers.RandomFlip()({"images": IMAGES}), ValueError, "got a dict"),
    ],
)
def test_bad_arguments(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_bounds_of_a_zoom_come_in_any_order():
    for factor in ((-0.1, -0.3), -0.2):
        ours, other = layers.RandomZoom(factor, factor), theirs.RandomZoom(factor, factor)
        assert ours.get_config()["height_factor"] == other.get_config()["height_factor"] == factor
        assert other(IMAGES, training=True).shape == ours(IMAGES, training=True).shape
    low, high = ours.height_lower, ours.height_upper
    assert (low, high) == (-0.2, 0.2)


@of_keras_2_21
def test_files_of_keras_2_name_their_generator():
    config = theirs.RandomFlip("vertical", seed=4).get_config()
    assert config["rng_type"] == "stateful"
    assert layers.RandomFlip.from_config(config).get_config() == config
