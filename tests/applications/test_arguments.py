"""What the model functions take and refuse."""

import inspect
import re

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tfk import applications, config
from tfk.applications import weight_files
from tfk.utils.loading import weights_follow

SMALL = {"weights": None, "alpha": 0.25}
# Of each family its smallest member.
FAMILIES = (
    *(
        "ConvNeXtTiny",
        "DenseNet121",
        "EfficientNetB0",
        "EfficientNetV2B0",
        "InceptionResNetV2",
        "InceptionV3",
    ),
    *(
        "MobileNet",
        "MobileNetV2",
        "MobileNetV3Small",
        "NASNetMobile",
        "RegNetX002",
        "RegNetY002",
        "ResNet50",
    ),
    *("ResNet50V2", "ResNetRS50", "VGG16", "VGG19", "Xception"),
)


def small(**arguments):
    return applications.MobileNet(**{**SMALL, **arguments})


@pytest.fixture
def images():
    return np.random.default_rng(0).uniform(-1, 1, (2, 73, 90, 3)).astype("float32")


@pytest.mark.parametrize("name", sorted(name for name in dir(applications) if name[0].isupper()))
def test_arguments_and_defaults_are_those_of_keras(name):
    tf_keras = pytest.importorskip("tf_keras")
    theirs = inspect.signature(getattr(tf_keras.applications, name)).parameters
    ours = inspect.signature(getattr(applications, name)).parameters
    expected = {
        p.name: p.default for p in theirs.values() if p.kind is not inspect.Parameter.VAR_KEYWORD
    }
    assert [(p.name, p.default) for p in ours.values()][: len(expected)] == list(expected.items())


@pytest.mark.parametrize(
    "pooling, shape", [(None, (2, 2, 2, 256)), ("avg", (2, 256)), ("max", (2, 256))]
)
def test_features_of_odd_sizes_with_pooling(pooling, shape, images):
    model = small(include_top=False, pooling=pooling)
    assert model.input_shape == (None, None, None, 3)
    features = model(images).numpy()
    assert features.shape == shape
    whole = small(include_top=False)
    whole.set_weights(model.get_weights())
    reduce = {"avg": np.mean, "max": np.max, None: lambda x, axis: x}[pooling]
    np.testing.assert_allclose(features, reduce(whole(images).numpy(), axis=(1, 2)), atol=1e-5)


@pytest.mark.parametrize("name", FAMILIES)
def test_odd_sizes_and_grayscale(name):
    with weights_follow():
        model = getattr(applications, name)(
            weights=None, include_top=False, input_shape=(97, 81, 1), pooling="avg"
        )
    assert model.input_shape == (None, 97, 81, 1)
    assert model(tf.zeros((1, 97, 81, 1))).shape == (1, model.output_shape[1])


def test_nasnet_needs_images_of_known_size():
    with weights_follow():
        model = applications.NASNetMobile(weights=None, include_top=False)
    assert model.input_shape == (None, 224, 224, 3) and model.output_shape == (None, 7, 7, 1056)
    with pytest.raises(
        ValueError, match="NASNetMobile: the network needs images of known size, got"
    ):
        applications.NASNetMobile(weights=None, include_top=False, input_shape=(None, None, 3))


def test_classes_and_their_activation(images):
    pixels = tf.image.resize(images, (32, 32))
    logits = small(input_shape=(32, 32, 3), classes=7, classifier_activation=None)
    probabilities = small(input_shape=(32, 32, 3), classes=7)
    probabilities.set_weights(logits.get_weights())
    assert probabilities.output_shape == (None, 7)
    np.testing.assert_allclose(probabilities(pixels), tf.nn.softmax(logits(pixels)), atol=1e-6)


def test_on_top_of_other_layers(images):
    image = tfk.Input((64, 64, 1))
    model = small(input_tensor=tfk.layers.Concatenate()([image] * 3), include_top=False)
    assert model.input_shape == (None, 64, 64, 1) and model.output_shape == (None, 2, 2, 256)
    same = small(input_shape=(64, 64, 3), include_top=False)
    same.set_weights(model.get_weights())
    pixels = tf.image.resize(images[..., :1], (64, 64))
    np.testing.assert_allclose(model(pixels), same(tf.repeat(pixels, 3, axis=-1)), atol=1e-5)


@pytest.mark.parametrize("name", FAMILIES)
def test_channels_first_builds(name):
    config.set_image_data_format("channels_first")
    build = getattr(applications, name)
    if name == "ConvNeXtTiny":
        with pytest.raises(ValueError, match="channels last.*channels_first"):
            build(weights=None)
        return
    with weights_follow():
        model = build(weights=None, include_top=False, input_shape=(3, 96, 96))
        config.set_image_data_format("channels_last")
        last = build(weights=None, include_top=False, input_shape=(96, 96, 3))
    assert model.output_shape == (None, last.output_shape[3], *last.output_shape[1:3])
    assert [w.shape for w in model.weights if len(w.shape) == 4] == [
        w.shape for w in last.weights if len(w.shape) == 4
    ]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            {"weights": "noisy-student"},
            "weights to be None.*'imagenet'.*'noisy-student'.*not an existing file",
        ),
        ({"weights": 3}, "weights to be None.*got 3"),
        ({"weights": "imagenet", "classes": 10}, "1000 classes, got classes=10.*include_top=False"),
        ({"weights": "imagenet", "classifier_activation": "relu"}, "'softmax' or None, got 'relu'"),
        (
            {"weights": "imagenet", "input_shape": (64, 64, 3)},
            r"\(224, 224, 3\), got input_shape=\(64, 64, 3\)",
        ),
        (
            {"weights": "imagenet", "include_top": False, "input_shape": (64, 64, 1)},
            "3 channels, got input_shape.*weights=None",
        ),
        ({"input_shape": (31, 64, 3)}, "at least 32x32, got input_shape"),
        ({"input_shape": (64, 64)}, r"shape of one image.*got \(64, 64\)"),
        ({"input_shape": "large"}, "shape of one image.*'large'"),
        ({"input_shape": (None, None, 3)}, "known size.*include_top=False"),
        ({"include_top": False, "pooling": "sum"}, "pooling.*avg.*max.*'sum'"),
        ({"classes": 0}, "classes.*0"),
    ],
)
def test_what_does_not_fit_together_is_explained(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        applications.VGG16(**{"weights": None, **arguments})
    assert str(caught.value).startswith("vgg16")


def test_input_tensor_and_shape_may_not_contradict():
    with pytest.raises(
        ValueError, match=r"input_tensor has shape \(None, 64, 64, 3\).*input_shape=\(32, 32, 3\)"
    ):
        small(input_tensor=tfk.Input((64, 64, 3)), input_shape=(32, 32, 3))


@pytest.mark.parametrize(
    "name, arguments, message",
    [
        ("MobileNet", {"alpha": 0.3}, "alpha.*0.25.*0.3"),
        ("MobileNet", {"depth_multiplier": 2}, "depth_multiplier.*1.*2"),
        ("MobileNetV2", {"alpha": 0.4}, "alpha.*0.35.*0.4"),
        ("MobileNetV3Small", {"alpha": 0.5}, "alpha.*0.75.*0.5"),
        ("MobileNetV3Large", {"alpha": 0.75, "minimalistic": True}, "alpha.*1.*0.75"),
        ("ResNetRS50", {"weights": "imagenet-i99"}, "'imagenet-i160'.*'imagenet-i99'"),
    ],
)
def test_variants_without_published_weights_are_named(name, arguments, message):
    with pytest.raises(ValueError, match=re.compile(message, re.DOTALL)):
        getattr(applications, name)(**arguments)


def test_unknown_arguments_are_named():
    with pytest.raises(TypeError, match="ResNet50: .*'alpha'.*It takes .*include_top"):
        applications.ResNet50(alpha=1.0)


def test_unusual_numbers_of_channels_warn():
    with pytest.warns(UserWarning, match="1 or 3 channels"):
        small(include_top=False, input_shape=(32, 32, 5))


def rates(model):
    return [layer.rate for layer in model.layers if isinstance(layer, tfk.layers.Dropout)]


def test_settings_of_the_small_networks():
    wide = small(include_top=False, alpha=0.5, depth_multiplier=2)
    assert wide.get_layer("conv_dw_2").output.shape[-1] == 64 * 0.5 * 2
    assert rates(small(dropout=0.25)) == [0.25]
    with weights_follow():
        plain = applications.MobileNetV3Small(weights=None, minimalistic=True, dropout_rate=0.4)
        full = applications.MobileNetV3Small(weights=None, include_preprocessing=False)
    assert rates(plain) == [0.4] and rates(full) == [0.2]
    kinds = [{type(layer).__name__ for layer in model.layers} for model in (plain, full)]
    assert "Multiply" in kinds[1] - kinds[0] and "Rescaling" in kinds[0] - kinds[1]


def test_settings_of_efficientnet():
    rows = [
        {
            "kernel_size": 3,
            "repeats": 2,
            "filters_in": 32,
            "filters_out": 16,
            "expand_ratio": 1,
            "strides": 2,
        },
    ]
    model = applications.EfficientNetB0(
        weights=None,
        blocks_args=rows,
        drop_connect_rate=0.5,
        activation="relu",
        depth_divisor=24,
        classes=3,
    )
    assert rates(model) == [
        0.25,
        0.2,
    ]  # of two blocks the second: half the rate; then the classifier's
    assert (
        model.get_layer("stem_conv").filters == 48
    )  # the multiple of 24 nearest to 32 of at least 90 %
    assert model.get_layer("top_activation").activation is tfk.activations.relu


@pytest.mark.parametrize(
    "name", ["EfficientNetV2B0", "ResNetRS50", "ConvNeXtTiny", "MobileNetV3Large"]
)
def test_models_scale_pixels_themselves_or_not(name):
    with weights_follow():
        with_scaling, without = (
            getattr(applications, name)(weights=None, include_top=False, include_preprocessing=flag)
            for flag in (True, False)
        )
    scaling = {"Rescaling", "Normalization"}
    assert scaling & {type(layer).__name__ for layer in with_scaling.layers}
    assert not scaling & {type(layer).__name__ for layer in without.layers}


@pytest.mark.parametrize("include_top", [True, False])
def test_weights_without_network(include_top, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    offline = weight_files.VGG16._replace(address="http://127.0.0.1:9/")
    with pytest.raises(OSError) as caught:
        offline.fetch("vgg16", include_top)
    name, address, md5 = offline.file("vgg16", include_top)
    for part in (address, f"md5 {md5}", str(tmp_path / "models" / name), "Without network"):
        assert part in str(caught.value)


def test_a_file_in_the_cache_folder_is_taken(tmp_path, monkeypatch):
    saved = small(include_top=False, input_shape=(128, 128, 3))
    release = weight_files.MOBILENET
    name, *_ = release.file("2_5_128", include_top=False)
    (tmp_path / "models").mkdir()
    saved.save_weights(tmp_path / "models" / name)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    model = small(weights="imagenet", include_top=False, input_shape=(128, 128, 3))
    for ours, theirs in zip(model.get_weights(), saved.get_weights()):
        np.testing.assert_array_equal(ours, theirs)
