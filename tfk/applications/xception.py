"""Xception: depthwise separable convolutions with shortcuts."""

from tfk import layers
from tfk.applications import imagenet_utils, weight_files
from tfk.applications.assembly import Request
from tfk.applications.blocks import batch_norm
from tfk.applications.variants import documented

MIDDLE_BLOCKS = range(5, 13)


def separable(x, filters, name, activation_name=None, activated_first=True):
    """Separable convolution and normalization, with ReLU before or after them, or none if it has no
    name.
    """
    activation = activation_name and layers.Activation("relu", name=activation_name)
    if activation and activated_first:
        x = activation(x)
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    x = batch_norm(x, f"{name}_bn")
    return activation(x) if activation and not activated_first else x


def shrinking_block(x, filters, number):
    """Two separable convolutions and pooling, added to a shortcut of the same stride."""
    shortcut = layers.Conv2D(filters[-1], 1, 2, padding="same", use_bias=False)(x)
    shortcut = batch_norm(shortcut)
    name = f"block{number}_sepconv"
    # The block before the first one of these ends in ReLU already.
    x = separable(x, filters[0], f"{name}1", f"{name}1_act" if number > 2 else None)
    x = separable(x, filters[1], f"{name}2", f"{name}2_act")
    x = layers.MaxPooling2D(3, 2, padding="same", name=f"block{number}_pool")(x)
    return layers.Add()([x, shortcut])


@documented
def Xception(
    include_top=True,
    weights="imagenet",
    input_tensor=None,
    input_shape=None,
    pooling=None,
    classes=1000,
    classifier_activation="softmax",
):
    """Network of depthwise separable convolutions: the extreme form of Inception modules.

    Images: 299x299 for the classifier, at least 71x71; prepare them with `preprocess_input` of this
        module.
    Source: Chollet, 2016, arXiv:1610.02357.
    """
    request = Request(
        "xception",
        include_top,
        weights,
        input_tensor,
        input_shape,
        pooling,
        classes,
        classifier_activation,
    )
    x = request.start(default_size=299, minimum_size=71)
    for number, (filters, stride) in enumerate(((32, 2), (64, 1)), start=1):
        name = f"block1_conv{number}"
        x = layers.Conv2D(filters, 3, stride, use_bias=False, name=name)(x)
        x = batch_norm(x, f"{name}_bn")
        x = layers.Activation("relu", name=f"{name}_act")(x)
    for number, filters in enumerate((128, 256, 728), start=2):
        x = shrinking_block(x, (filters, filters), number)
    for number in MIDDLE_BLOCKS:
        shortcut = x
        for part in (1, 2, 3):
            name = f"block{number}_sepconv{part}"
            x = separable(x, 728, name, f"{name}_act")
        x = layers.Add()([x, shortcut])
    x = shrinking_block(x, (728, 1024), 13)
    for part, filters in enumerate((1536, 2048), start=1):
        name = f"block14_sepconv{part}"
        x = separable(x, filters, name, f"{name}_act", activated_first=False)
    x = request.head(x, pool=None)
    return request.model("xception", x, weight_files.XCEPTION)


preprocess_input = imagenet_utils.preprocess_tf
decode_predictions = imagenet_utils.decode_predictions
